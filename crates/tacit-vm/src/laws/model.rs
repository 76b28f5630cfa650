//! Values that are copied whenever they change, and what the data words do with them.

use std::collections::BTreeMap;
use std::rc::Rc;

/// A value, with its number of parts.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Number(f32),
    String(String),
    Nil,
    Vector(Rc<Vec<Self>>, usize),
    /// Cells, or bytes.
    Array(Rc<Vec<Self>>, bool, usize),
    Dictionary(Rc<BTreeMap<String, Self>>, usize),
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Nil, Self::Nil) => true,
            (Self::Vector(a, _), Self::Vector(b, _)) => a == b,
            (Self::Array(a, ..), Self::Array(b, ..)) => a == b,
            (Self::Dictionary(a, _), Self::Dictionary(b, _)) => a == b,
            _ => false,
        }
    }
}

impl Value {
    pub(super) fn vector(values: Vec<Self>) -> Self {
        let size = values.iter().map(Self::size).sum::<usize>() + 1;
        Self::Vector(Rc::new(values), size)
    }

    pub(super) fn array(values: Vec<Self>, is_bytes: bool) -> Self {
        let size = values.iter().map(Self::size).sum::<usize>() + 1;
        Self::Array(Rc::new(values), is_bytes, size)
    }

    pub(super) fn dictionary(pairs: BTreeMap<String, Self>) -> Self {
        let size = pairs.values().map(Self::size).sum::<usize>() + 1;
        Self::Dictionary(Rc::new(pairs), size)
    }

    pub(super) fn size(&self) -> usize {
        match self {
            Self::Number(_) | Self::String(_) | Self::Nil => 1,
            Self::Vector(_, size) | Self::Array(_, _, size) | Self::Dictionary(_, size) => *size,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "small")]
    fn count(count: usize) -> Self {
        Self::Number(count as f32)
    }

    fn flag(flag: bool) -> Self {
        Self::Number(if flag { 1.0 } else { 0.0 })
    }

    /// The elements of a vector or array.
    fn list(&self) -> Option<&[Self]> {
        if let Self::Vector(values, _) | Self::Array(values, ..) = self {
            Some(values)
        } else {
            None
        }
    }

    /// The same kind of list with other elements.
    fn with(&self, values: Vec<Self>) -> Self {
        if matches!(self, Self::Array(..)) {
            Self::array(values, false)
        } else {
            Self::vector(values)
        }
    }

    fn characters(&self) -> Option<Vec<char>> {
        if let Self::String(text) = self { Some(text.chars().collect()) } else { None }
    }

    fn pairs(&self) -> Option<&BTreeMap<String, Self>> {
        if let Self::Dictionary(pairs, _) = self { Some(pairs) } else { None }
    }

    fn length(&self) -> Option<usize> {
        self.list()
            .map(<[Self]>::len)
            .or_else(|| self.characters().map(|text| text.len()))
            .or_else(|| self.pairs().map(BTreeMap::len))
    }

    fn text(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    fn number(&self) -> Option<f32> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// As an index; the outer `None` is the wrong type.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
    fn index(&self) -> Option<Option<usize>> {
        self.number().map(|number| (number >= 0.0).then_some(number as usize))
    }
}

pub(super) fn operands(word: &str) -> usize {
    match word {
        "put" | "slice" => 3,
        "m," | "length" | "keys" | "values" | "reverse" | "sort" | "distinct" | "flatten"
        | "m-" => 1,
        _ => 2,
    }
}

/// The result of a word, if it has one.
pub(super) fn apply(word: &str, operands: &[Value]) -> Option<Value> {
    let (a, b) = (&operands[0], operands.last()?);
    Some(match word {
        "m," => Value::vector(vec![a.clone()]),
        "get" => get(a, b)?,
        "put" => put(a, &operands[1], b)?,
        "has" => Value::flag(match a.pairs() {
            Some(pairs) => pairs.contains_key(b.text()?),
            None => {
                let length = a.length()?;
                b.index()?.is_some_and(|index| index < length)
            }
        }),
        "del" => delete(a, b)?,
        "length" => Value::count(a.length()?),
        "keys" => Value::vector(match a.pairs() {
            Some(pairs) => pairs.keys().cloned().map(Value::String).collect(),
            None => (0..a.length()?).map(Value::count).collect(),
        }),
        "values" => Value::vector(match a.pairs() {
            Some(pairs) => pairs.values().cloned().collect(),
            None => a.list()?.to_vec(),
        }),
        "to-dict" => {
            let (keys, values) = (a.list()?, b.list()?);
            let keys: Option<Vec<&str>> = keys.iter().map(Value::text).collect();
            let keys = keys.filter(|keys| keys.len() == values.len())?;
            let keys = keys.into_iter().map(String::from);
            Value::dictionary(keys.zip(values.iter().cloned()).collect())
        }
        "concat" => concat(a, b)?,
        "append" => {
            let Value::Vector(values, _) = a else { return None };
            Value::vector([&values[..], std::slice::from_ref(b)].concat())
        }
        "slice" => slice(a, operands[1].number()?, b.number()?)?,
        "reverse" => match a.characters() {
            Some(text) => Value::String(text.into_iter().rev().collect()),
            None => a.with(a.list()?.iter().rev().cloned().collect()),
        },
        "sort" => sort(a)?,
        "distinct" => {
            let mut kept: Vec<Value> = Vec::new();
            for value in a.list()? {
                if !kept.contains(value) {
                    kept.push(value.clone());
                }
            }
            a.with(kept)
        }
        "flatten" => {
            let Value::Vector(..) = a else { return None };
            let mut flat = Vec::new();
            flatten(a, &mut flat);
            Value::vector(flat)
        }
        "in" => Value::flag(match (a, b) {
            (_, Value::Dictionary(pairs, _)) => a.text().is_some_and(|key| pairs.contains_key(key)),
            (_, Value::String(text)) => text.contains(a.text()?),
            _ => b.list()?.contains(a),
        }),
        "index-of" => index_of(a, b)?,
        "fill" => fill(a, b)?,
        "+" => spread(a, Some(b), &|a, b| Some(Value::Number(a.number()? + b?.number()?)))?,
        "m-" => spread(a, None, &|a, _| Some(Value::Number(-a.number()?)))?,
        "=" => Value::flag(a == b),
        "<" => spread(a, Some(b), &|a, b| match (a, b?) {
            (Value::String(a), Value::String(b)) => Some(Value::flag(a < b)),
            (a, b) => Some(Value::flag(a.number()? < b.number()?)),
        })?,
        _ => return None,
    })
}

fn get(container: &Value, key: &Value) -> Option<Value> {
    if let Some(pairs) = container.pairs() {
        return Some(pairs.get(key.text()?).cloned().unwrap_or(Value::Nil));
    }
    container.length()?;
    let index = key.index()?;
    let found = match container.characters() {
        Some(text) => index.and_then(|at| text.get(at).map(|c| Value::String(c.to_string()))),
        None => index.and_then(|at| container.list()?.get(at).cloned()),
    };
    Some(found.unwrap_or(Value::Nil))
}

fn put(container: &Value, key: &Value, value: &Value) -> Option<Value> {
    if let Some(pairs) = container.pairs() {
        let mut pairs = pairs.clone();
        pairs.insert(key.text()?.to_string(), value.clone());
        return Some(Value::dictionary(pairs));
    }
    let index = key.index()??;
    if index > container.length()? {
        return None;
    }
    if let Some(text) = container.characters() {
        let before = text[..index].iter();
        let after = text.get(index + 1..).unwrap_or_default().iter();
        let value: Vec<char> = value.text()?.chars().collect();
        return Some(Value::String(before.chain(&value).chain(after).collect()));
    }
    let mut values = container.list()?.to_vec();
    if let Value::Array(_, is_bytes, _) = container {
        *values.get_mut(index)? = value.clone();
        let is_byte = value.number().is_some_and(|byte| (0.0..256.0).contains(&byte));
        return (!is_bytes || is_byte).then(|| Value::array(values, *is_bytes));
    }
    match values.get_mut(index) {
        Some(place) => *place = value.clone(),
        None => values.push(value.clone()),
    }
    Some(Value::vector(values))
}

fn delete(container: &Value, key: &Value) -> Option<Value> {
    if let Some(pairs) = container.pairs() {
        let mut pairs = pairs.clone();
        pairs.remove(key.text()?);
        return Some(Value::dictionary(pairs));
    }
    if let Some(mut text) = container.characters() {
        if let Some(index) = key.index()?.filter(|&index| index < text.len()) {
            text.remove(index);
        }
        return Some(Value::String(text.into_iter().collect()));
    }
    let Value::Vector(values, _) = container else { return None };
    let mut values = values.to_vec();
    if let Some(index) = key.index()?.filter(|&index| index < values.len()) {
        values.remove(index);
    }
    Some(Value::vector(values))
}

fn concat(a: &Value, b: &Value) -> Option<Value> {
    Some(match (a, b) {
        (Value::String(a), Value::String(b)) => Value::String(format!("{a}{b}")),
        (Value::Dictionary(a, _), Value::Dictionary(b, _)) => {
            let mut pairs = a.as_ref().clone();
            pairs.extend(b.iter().map(|(key, value)| (key.clone(), value.clone())));
            Value::dictionary(pairs)
        }
        _ => a.with([a.list()?, b.list()?].concat()),
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
fn slice(list: &Value, from: f32, to: f32) -> Option<Value> {
    list.pairs().is_none().then_some(())?;
    let [from, to] = [from, to].map(|bound| bound.max(0.0) as usize);
    let to = to.min(list.length()?);
    let from = from.min(to);
    Some(match list.characters() {
        Some(text) => Value::String(text[from..to].iter().collect()),
        None => list.with(list.list()?[from..to].to_vec()),
    })
}

fn sort(list: &Value) -> Option<Value> {
    let mut values = list.list()?.to_vec();
    let is_ordered = |value: &Value| matches!(value, Value::Number(_) | Value::String(_));
    if !values.iter().all(is_ordered) {
        return None;
    }
    let key = |value: &Value| {
        let number = value.number().unwrap_or(f32::INFINITY);
        (number, value.text().map(String::from))
    };
    values.sort_by(|a, b| key(a).partial_cmp(&key(b)).unwrap());
    Some(list.with(values))
}

fn flatten(value: &Value, flat: &mut Vec<Value>) {
    if let Value::Vector(values, _) = value {
        for value in values.iter() {
            flatten(value, flat);
        }
    } else {
        flat.push(value.clone());
    }
}

fn index_of(container: &Value, value: &Value) -> Option<Value> {
    let found = match container {
        Value::Dictionary(pairs, _) => {
            let found = pairs.iter().find(|(_, item)| *item == value);
            found.map(|(key, _)| Value::String(key.clone()))
        }
        Value::String(text) => {
            text.find(value.text()?).map(|at| Value::count(text[..at].chars().count()))
        }
        Value::Number(_) | Value::Nil | Value::Vector(..) | Value::Array(..) => {
            container.list()?.iter().position(|item| item == value).map(Value::count)
        }
    };
    Some(found.unwrap_or(Value::Nil))
}

fn fill(list: &Value, value: &Value) -> Option<Value> {
    let values = vec![value.clone(); list.list()?.len()];
    let Value::Array(_, is_bytes, _) = list else { return Some(Value::vector(values)) };
    let is_byte = value.number().is_some_and(|byte| (0.0..256.0).contains(&byte));
    let is_possible = !is_bytes || is_byte || values.is_empty();
    is_possible.then(|| Value::array(values, *is_bytes))
}

/// What an operation makes of values that have no elements.
type Function = dyn Fn(&Value, Option<&Value>) -> Option<Value>;

fn spread(a: &Value, b: Option<&Value>, function: &Function) -> Option<Value> {
    let dictionary = |pairs: &BTreeMap<String, Value>,
                      item: &dyn Fn(&str, &Value) -> Option<Value>| {
        let pairs = pairs.iter().map(|(key, value)| Some((key.clone(), item(key, value)?)));
        pairs.collect::<Option<BTreeMap<_, _>>>().map(Value::dictionary)
    };
    match (a.pairs(), b.and_then(Value::pairs)) {
        (Some(a), Some(b)) => {
            let has_keys = a.keys().eq(b.keys());
            return dictionary(a, &|key, value| {
                has_keys.then(|| spread(value, b.get(key), function))?
            })
            .filter(|_| has_keys);
        }
        (Some(a), None) if b.is_none_or(|b| b.list().is_none()) => {
            return dictionary(a, &|_, value| spread(value, b, function));
        }
        (None, Some(b)) if a.list().is_none() => {
            return dictionary(b, &|_, value| spread(a, Some(value), function));
        }
        (None, None) => {}
        _ => return None,
    }
    let (lefts, rights) = (a.list(), b.and_then(Value::list));
    let outer = if lefts.is_some() { a } else { b.unwrap_or(a) };
    let Some(b) = b else {
        let Some(lefts) = lefts else { return function(a, None) };
        let values: Option<Vec<Value>> =
            lefts.iter().map(|left| spread(left, None, function)).collect();
        return Some(a.with(values?));
    };
    if lefts.is_none() && rights.is_none() {
        return function(a, Some(b));
    }
    let lefts = lefts.unwrap_or(std::slice::from_ref(a));
    let rights = rights.unwrap_or(std::slice::from_ref(b));
    let is_empty = lefts.is_empty() || rights.is_empty();
    let length = if is_empty { 0 } else { lefts.len().max(rights.len()) };
    let values: Option<Vec<Value>> = (0..length)
        .map(|at| spread(&lefts[at % lefts.len()], Some(&rights[at % rights.len()]), function))
        .collect();
    Some(outer.with(values?))
}
