//! Expressions of the language as a debugger evaluates them: names, fields, elements and rows, the
//! operators, and the rows of a relation for which something holds. Nothing is called, so nothing
//! changes.

use std::sync::Arc;

use machine::{EvaluateError, Location, Value as Shown};
use palindrome_vm::runtime::decimal_of;
use palindrome_vm::runtime::describe::{self, Values, decimal_packed};
use relational::{Relation, Row, Store, Type, Value};
use source::{Severity, SourceId, nearest};

use super::Vm;
use super::operator;
use super::path::Found;
use super::relations::{self, Wanted};
use super::written;
use crate::form::{Expression, ExpressionKind, ItemKind, Query, StatementKind};
use crate::hir::{BinaryOp, Literal};
use crate::lower::lower;
use crate::syntax::parse;

/// What an expression stands for.
#[derive(Clone, Debug)]
pub(super) enum Datum {
    /// A value that lies on the tape.
    Tape(Found),
    /// A value of the store's, or one that was found out.
    Stored(Value, Type),
    /// A row.
    Row(Arc<Relation>, Row),
    /// A relation; of some of its rows those.
    Rows(Arc<Relation>, Option<Vec<Row>>),
    /// There is none here, and why.
    Absent(&'static str),
}

const NO_VALUE: &str = "(no value yet)";
const NO_ROW: &str = "(no row)";
const NO_PART: &str = "(no such part)";
const NOT_MADE: &str = "(not made yet)";

/// An expression that is evaluated.
pub(super) struct Evaluation<'v> {
    vm: &'v Vm,
    store: Option<Store>,
    /// Where everything lies that was looked at, if somebody wants to know.
    reads: Option<Vec<Location>>,
    /// The row whose fields are in scope.
    row: Option<(Arc<Relation>, Row)>,
}

/// The expression that a text is.
pub(super) fn expression(text: &str) -> Result<Expression, EvaluateError> {
    let parsed = parse(text, SourceId(0));
    let (form, lowered) = lower(&parsed.tree, SourceId(0));
    let mut found = parsed.diagnostics.iter().chain(&lowered);
    if let Some(wrong) = found.find(|found| found.severity == Severity::Error) {
        return Err(error(wrong.span.start, &wrong.message));
    }
    let mut items = form.items.into_iter();
    let (first, second) = (items.next(), items.next());
    let statement = match first.map(|item| item.kind) {
        Some(ItemKind::Statement(statement)) if second.is_none() => statement.kind,
        _ => return Err(error(0, "an expression was expected")),
    };
    match statement {
        StatementKind::Expression(value) => Ok(value),
        StatementKind::Assign { .. } => Err(error(0, "`==` compares, `set` changes")),
        _ => Err(error(0, "an expression was expected")),
    }
}

pub(super) fn error(at: u32, message: &str) -> EvaluateError {
    EvaluateError { at: at as usize, message: message.to_owned() }
}

fn not_here(at: u32) -> EvaluateError {
    let message = "the debugger reads names, fields, `list[2]`, `Relation[key].field`, operators, \
                   `count()` and `Relation where condition`, and calls nothing";
    error(at, message)
}

impl Vm {
    /// The value of an expression, made ready for showing; of a relation so many rows, or all.
    pub(super) fn value_of(
        &self,
        text: &str,
        rows_max: Option<usize>,
    ) -> Result<Shown, EvaluateError> {
        Ok(self.shown_datum(self.datum(text)?, rows_max))
    }

    /// What an expression stands for.
    pub(super) fn datum(&self, text: &str) -> Result<Datum, EvaluateError> {
        Evaluation::new(self, None).value(&expression(text)?)
    }

    /// Where everything lies that the value of an expression was made of.
    pub(super) fn reads_of(&self, text: &str) -> Result<Vec<Location>, EvaluateError> {
        let mut evaluation = Evaluation::new(self, Some(Vec::new()));
        if let Datum::Rows(relation, None) = evaluation.value(&expression(text)?)? {
            evaluation.read(self.relation_places(&relation, Wanted::Rows));
        }
        let mut reads = evaluation.reads.unwrap_or_default();
        reads.sort_unstable();
        reads.dedup();
        Ok(reads)
    }

    /// Whether an expression means the same wherever the program is: it names no variable of a function.
    pub(super) fn means_the_same_everywhere(&self, text: &str) -> bool {
        let Ok(found) = expression(text) else { return false };
        let mut is_same = true;
        found.walk(&mut |part| {
            if let ExpressionKind::Name(name) = &part.kind {
                is_same &= self.is_relation(&name.text) || !self.is_some_variable(&name.text);
            }
        });
        is_same
    }

    /// Whether some function has a variable of a name.
    fn is_some_variable(&self, name: &str) -> bool {
        let functions = self.program.names.functions.iter();
        functions.flat_map(|function| &function.variables).any(|variable| variable.name == name)
    }

    fn shown_datum(&self, found: Datum, rows_max: Option<usize>) -> Shown {
        match found {
            Datum::Tape(found) => self.shown(found.at, found.of),
            Datum::Stored(value, of) => written::shown(&value, &of),
            Datum::Row(relation, row) => {
                written::shown_row(&relation, &row, &self.field_order(&relation))
            }
            Datum::Rows(relation, rows) => self.shown_rows(&relation, rows.as_deref(), rows_max),
            Datum::Absent(why) => Shown {
                text: why.to_owned(),
                kind: "nothing".to_owned(),
                number: None,
                is_true: false,
            },
        }
    }
}

impl<'v> Evaluation<'v> {
    pub(super) fn new(vm: &'v Vm, reads: Option<Vec<Location>>) -> Self {
        Self { vm, store: vm.store(), reads, row: None }
    }

    fn read(&mut self, locations: impl IntoIterator<Item = Location>) {
        if let Some(reads) = &mut self.reads {
            reads.extend(locations);
        }
    }

    pub(super) fn value(&mut self, of: &Expression) -> Result<Datum, EvaluateError> {
        let at = of.span.start;
        if let Some(name) = dotted(of)
            && let Some(found) = self.name(&name)
        {
            return Ok(found);
        }
        match &of.kind {
            ExpressionKind::Literal(value) => literal(value, at),
            ExpressionKind::None => Ok(Datum::Stored(Value::None, Type::Option(Type::Int.into()))),
            ExpressionKind::Name(name) => Err(self.unknown(&name.text, at)),
            ExpressionKind::Field { base, name, if_present } => {
                let from = self.value(base)?;
                self.field(from, &name.text, *if_present, name.span.start)
            }
            ExpressionKind::Index(base, index) => {
                let from = self.value(base)?;
                self.element(from, index)
            }
            ExpressionKind::Call(function, arguments) if arguments.is_empty() => {
                match &function.kind {
                    ExpressionKind::Field { base, name, .. }
                        if ["count", "length"].contains(&&*name.text) =>
                    {
                        let from = self.value(base)?;
                        self.count(from, name.span.start)
                    }
                    _ => Err(not_here(at)),
                }
            }
            ExpressionKind::Unary(op, operand) => {
                let found = self.value(operand)?;
                let Some(value) = self.scalar(found, operand.span.start)? else {
                    return Ok(Datum::Absent(NO_VALUE));
                };
                operator::unary(*op, value).map(typed).map_err(|what| error(at, &what))
            }
            ExpressionKind::Binary(op, place, left, right) => {
                self.binary((*op, place.start), left, right)
            }
            ExpressionKind::Query(query) => self.query(query, at),
            ExpressionKind::Exists(rows) => {
                let found = self.value(rows)?;
                let Datum::Stored(Value::Int(count), _) = self.count(found, rows.span.start)?
                else {
                    return Ok(Datum::Absent(NOT_MADE));
                };
                Ok(typed(Value::Bool(count > 0)))
            }
            _ => Err(not_here(at)),
        }
    }

    fn unknown(&self, name: &str, at: u32) -> EvaluateError {
        let start: String = name.chars().take(60).collect();
        let names = &self.vm.program.names;
        let variables = self.vm.locals();
        let known = variables.iter().map(|variable| variable.name);
        let known = known.chain(names.globals.iter().map(|global| global.name.as_str()));
        let known = known.chain(names.relations.iter().map(|relation| relation.name.as_str()));
        let mut message = format!("there is no variable and no relation `{start}` here");
        if let Some(near) = nearest(name, known) {
            message += &format!("; did you mean `{near}`?");
        }
        error(at, &message)
    }

    /// What a name stands for, dots and all.
    fn name(&mut self, name: &str) -> Option<Datum> {
        if let Some((relation, row)) = &self.row
            && let Some(at) = relation.fields().iter().position(|field| field.name == name)
        {
            return Some(Datum::Stored(row.get(at)?.clone(), relation.fields()[at].ty.clone()));
        }
        if let Some(seen) = self.vm.variable(name) {
            let found = Found { at: seen.at, of: seen.of, read: Vec::new() };
            self.read(self.vm.with_definition(vec![found.at]));
            return Some(Datum::Tape(found));
        }
        if let Some(at) = self.vm.undefined(name) {
            self.read(self.vm.with_definition(vec![at]));
            return Some(Datum::Absent(NO_VALUE));
        }
        let found = self
            .store
            .as_mut()
            .and_then(|store| store.find_relation(&self.vm.tape.tape, name).ok());
        let is_declared = self.vm.is_relation(name);
        if found.is_some() || is_declared {
            self.read(relations::catalog_places(self.store.as_ref()));
        }
        match found {
            Some(relation) => Some(Datum::Rows(relation, None)),
            None if is_declared => Some(Datum::Absent(NOT_MADE)),
            // A condition is set before the function that it is about is reached.
            None => {
                let is_known = self.reads.is_some() && self.vm.is_some_variable(name);
                is_known.then_some(Datum::Absent(NO_VALUE))
            }
        }
    }

    fn field(
        &mut self,
        from: Datum,
        name: &str,
        if_present: bool,
        at: u32,
    ) -> Result<Datum, EvaluateError> {
        let no_field = |names: &mut dyn Iterator<Item = &str>| {
            let names: Vec<&str> = names.collect();
            let start: String = name.chars().take(60).collect();
            error(at, &format!("there is no field `{start}`, but {}", names.join(", ")))
        };
        match from {
            Datum::Absent(why) => Ok(Datum::Absent(why)),
            Datum::Row(relation, mut row) => {
                let fields = relation.fields();
                let found = fields.iter().position(|field| field.name == name);
                let place =
                    found.ok_or_else(|| no_field(&mut fields.iter().map(|it| it.name.as_str())))?;
                Ok(Datum::Stored(row.swap_remove(place), fields[place].ty.clone()))
            }
            Datum::Rows(relation, _) => {
                let message = format!(
                    "`{name}` is a field of rows: which row? As in `{}[key].{name}`",
                    relation.name()
                );
                Err(error(at, &message))
            }
            Datum::Stored(Value::None, _) if if_present => {
                Ok(Datum::Stored(Value::None, Type::Option(Type::Int.into())))
            }
            Datum::Stored(value, of) => {
                let of = if let Type::Option(inner) = of { *inner } else { of };
                match (value, of) {
                    (Value::Record(mut values), Type::Record(mut fields)) => {
                        let found = fields.iter().position(|(field, _)| field == name);
                        let found = found.filter(|place| *place < values.len());
                        let place = found
                            .ok_or_else(|| no_field(&mut fields.iter().map(|it| it.0.as_str())))?;
                        Ok(Datum::Stored(values.swap_remove(place), fields.swap_remove(place).1))
                    }
                    (Value::None, _) => Ok(Datum::Absent(NO_PART)),
                    _ => Err(error(at, "this value has no fields")),
                }
            }
            Datum::Tape(found) => match self.vm.field(&found, name) {
                Ok(Some((at, of))) => Ok(Datum::Tape(Found { at, of, read: Vec::new() })),
                Ok(None) => Err(error(at, "the value has no such part")),
                Err(_) => Ok(Datum::Absent(NO_VALUE)),
            },
        }
    }

    fn element(&mut self, from: Datum, index: &Expression) -> Result<Datum, EvaluateError> {
        let at = index.span.start;
        let relation = match from {
            Datum::Absent(why) => {
                // It is looked at all the same, so that a wrong name in it is told.
                self.key(index)?;
                return Ok(Datum::Absent(why));
            }
            Datum::Row(..) => return Err(error(at, "a row has fields, not elements")),
            Datum::Rows(relation, _) => relation,
            Datum::Stored(value, of) => {
                let of = if let Type::Option(inner) = of { *inner } else { of };
                let (Value::List(mut values), Type::List(element)) = (value, of) else {
                    return Err(error(at, "this value has no elements"));
                };
                let Some(place) = self.place(index)? else { return Ok(Datum::Absent(NO_VALUE)) };
                let place = usize::try_from(place).ok().filter(|place| *place < values.len());
                return Ok(place.map_or(Datum::Absent(NO_PART), |place| {
                    Datum::Stored(values.swap_remove(place), *element)
                }));
            }
            Datum::Tape(found) => {
                let Some(place) = self.place(index)? else { return Ok(Datum::Absent(NO_VALUE)) };
                return Ok(match self.vm.element(&found, place) {
                    Ok(Some((at, of))) => Datum::Tape(Found { at, of, read: Vec::new() }),
                    Ok(None) => Datum::Absent(NO_PART),
                    Err(_) => Datum::Absent(NO_VALUE),
                });
            }
        };
        let Some(key) = self.key(index)? else { return Ok(Datum::Absent(NO_VALUE)) };
        let key = fitting(&relation, key);
        let wrong = |found: relational::StoreError| error(at, &found.to_string());
        let Some(store) = &mut self.store else { return Ok(Datum::Absent(NOT_MADE)) };
        if let Some(reads) = &mut self.reads {
            let places = store.row_places(&self.vm.tape.tape, &relation, &key).map_err(wrong)?;
            reads.extend(places.into_iter().map(relations::page_at));
        }
        let row = store.get(&self.vm.tape.tape, relation.id(), &key).map_err(wrong)?;
        Ok(row.map_or(Datum::Absent(NO_ROW), |row| Datum::Row(relation, row)))
    }

    /// The number of an element.
    fn place(&mut self, index: &Expression) -> Result<Option<i64>, EvaluateError> {
        let found = self.value(index)?;
        match self.scalar(found, index.span.start)? {
            None => Ok(None),
            Some(Value::Int(place)) => Ok(Some(place)),
            Some(_) => Err(error(index.span.start, "elements are counted by an Int")),
        }
    }

    /// The values of a key: `[1]`, or `[[1, "a"]]` where it has several fields.
    fn key(&mut self, index: &Expression) -> Result<Option<Vec<Value>>, EvaluateError> {
        let parts = match &index.kind {
            ExpressionKind::List(parts) => parts.as_slice(),
            _ => std::slice::from_ref(index),
        };
        let mut key = Vec::new();
        for part in parts {
            let found = self.value(part)?;
            match self.scalar(found, part.span.start)? {
                Some(value) => key.push(value),
                None => return Ok(None),
            }
        }
        Ok(Some(key))
    }

    fn count(&mut self, of: Datum, at: u32) -> Result<Datum, EvaluateError> {
        let count = match of {
            Datum::Absent(why) => return Ok(Datum::Absent(why)),
            Datum::Rows(_, Some(rows)) => rows.len() as u64,
            Datum::Rows(relation, None) => {
                self.read(self.vm.relation_places(&relation, Wanted::Count));
                self.vm.count(&relation)
            }
            Datum::Stored(Value::List(values), _) => values.len() as u64,
            Datum::Stored(Value::String(text), _) => text.chars().count() as u64,
            Datum::Stored(Value::Bytes(bytes), _) => bytes.len() as u64,
            Datum::Tape(found) => match self.vm.length(&found) {
                Some(count) => count,
                None => return Err(error(at, "this value is no list and no text")),
            },
            Datum::Row(..) | Datum::Stored(..) => {
                return Err(error(at, "this value is no list and no text"));
            }
        };
        Ok(typed(Value::Int(i64::try_from(count).unwrap_or(i64::MAX))))
    }

    fn binary(
        &mut self,
        (op, at): (BinaryOp, u32),
        left: &Expression,
        right: &Expression,
    ) -> Result<Datum, EvaluateError> {
        let first = self.value(left)?;
        let first = self.scalar(first, left.span.start)?;
        let is_known = match (op, &first) {
            (BinaryOp::And, Some(Value::Bool(first))) => !first,
            (BinaryOp::Or, Some(Value::Bool(first))) => *first,
            _ => false,
        };
        if is_known {
            return Ok(typed(Value::Bool(op == BinaryOp::Or)));
        }
        let second = self.value(right)?;
        let second = self.scalar(second, right.span.start)?;
        let (Some(first), Some(second)) = (first, second) else {
            return Ok(Datum::Absent(NO_VALUE));
        };
        operator::binary(op, first, second).map(typed).map_err(|what| error(at, &what))
    }

    /// A value that is no list, record, alternative or row; nothing where there is none.
    pub(super) fn scalar(&self, found: Datum, at: u32) -> Result<Option<Value>, EvaluateError> {
        let found = match found {
            Datum::Absent(_) => return Ok(None),
            Datum::Stored(value, _) => return Ok(Some(value)),
            Datum::Row(..) | Datum::Rows(..) => {
                return Err(error(at, "this is a row or a relation; what of it is meant?"));
            }
            Datum::Tape(found) => found,
        };
        let unlike = "only numbers, texts, truth values, times and bytes can be worked with here";
        match self.vm.scalar(&found) {
            Ok(Some(value)) => Ok(Some(value)),
            Ok(None) => Err(error(at, unlike)),
            Err(_) => Ok(None),
        }
    }

    fn query(&mut self, query: &Query, at: u32) -> Result<Datum, EvaluateError> {
        let is_plain = !query.is_grouped && query.groups.is_empty() && query.order.is_empty();
        let is_whole = query.columns.is_empty() && query.limit.is_none();
        let [source] = query.sources.as_slice() else { return Err(not_here(at)) };
        let Some(filter) = query.filter.as_ref().filter(|_| is_plain && is_whole) else {
            return Err(not_here(at));
        };
        let relation = match self.value(&source.rows)? {
            Datum::Rows(relation, None) => relation,
            Datum::Absent(why) => return Ok(Datum::Absent(why)),
            _ => return Err(error(source.rows.span.start, "this is no relation")),
        };
        self.read(self.vm.relation_places(&relation, Wanted::Rows));
        let mut found = Vec::new();
        for row in self.vm.all_rows(&relation).map_err(|wrong| error(at, &wrong.to_string()))? {
            let before = self.row.replace((Arc::clone(&relation), row));
            let value = self.value(filter);
            let row = std::mem::replace(&mut self.row, before);
            let value = value.and_then(|value| self.scalar(value, filter.span.start));
            if value? == Some(Value::Bool(true)) {
                found.extend(row.map(|(_, row)| row));
            }
        }
        Ok(Datum::Rows(relation, Some(found)))
    }
}

/// The name that an expression is, with the spaces around it.
fn dotted(of: &Expression) -> Option<String> {
    match &of.kind {
        ExpressionKind::Name(name) => Some(name.text.to_string()),
        ExpressionKind::Field { base, name, if_present: false } => {
            Some(format!("{}.{}", dotted(base)?, name.text))
        }
        _ => None,
    }
}

fn literal(value: &Literal, at: u32) -> Result<Datum, EvaluateError> {
    let value = match value {
        Literal::Int(value) => Value::Int(*value),
        Literal::Float(value) => Value::Float(*value),
        Literal::Decimal(digits, scale) => {
            let value = decimal_of(decimal_packed(*digits, *scale));
            Value::Decimal(value.ok_or_else(|| error(at, "a decimal has at most 28 digits"))?)
        }
        Literal::Bool(value) => Value::Bool(*value),
        Literal::String(text) => Value::String(text.to_string()),
        Literal::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        Literal::Duration(value) => Value::Duration(*value),
    };
    Ok(typed(value))
}

/// A value that is no list, record or alternative, with its type.
fn typed(value: Value) -> Datum {
    let of = match value {
        Value::Bool(_) => Type::Bool,
        Value::Float(_) => Type::Float,
        Value::Decimal(_) => Type::Decimal,
        Value::String(_) => Type::String,
        Value::Bytes(_) => Type::Bytes,
        Value::Timestamp(_) => Type::Timestamp,
        Value::Duration(_) => Type::Duration,
        Value::Moment(_) => Type::Moment,
        _ => Type::Int,
    };
    Datum::Stored(value, of)
}

/// The values of a key, where whole numbers may stand for others.
fn fitting(relation: &Relation, key: Vec<Value>) -> Vec<Value> {
    let fields = relation.key().iter().map(|place| &relation.fields()[*place].ty);
    let types = fields.map(Some).chain(std::iter::repeat(None));
    key.into_iter()
        .zip(types)
        .map(|(value, of)| of.map_or(value.clone(), |of| fit(value, of)))
        .collect()
}

/// A value where one of a type is meant: whole numbers may stand for others.
pub(super) fn fit(value: Value, of: &Type) -> Value {
    match (value, of) {
        (Value::Int(value), Type::Moment) => {
            u64::try_from(value).map_or(Value::Int(value), Value::Moment)
        }
        (Value::Int(value), Type::Decimal | Type::Float) => {
            let zero = if *of == Type::Decimal {
                decimal_of(decimal_packed(0, 0)).map(Value::Decimal)
            } else {
                Some(Value::Float(0.0))
            };
            let sum = zero.map(|zero| operator::binary(BinaryOp::Add, Value::Int(value), zero));
            sum.and_then(Result::ok).unwrap_or(Value::Int(value))
        }
        (value, _) => value,
    }
}

impl Vm {
    /// A value that is no list, record or alternative; nothing for others.
    fn scalar(&self, found: &Found) -> Result<Option<Value>, describe::Unreadable> {
        let values = Values::new(&self.tape);
        let (mut word, mut of) = (values.word(found.at)?, found.of);
        loop {
            let kind = values.word(of)?;
            if ![describe::OPTIONAL, describe::BOXED].contains(&kind) {
                break;
            }
            if word == 0 {
                return Ok(Some(Value::None));
            }
            if kind == describe::BOXED {
                word = values.part(word, 0)?;
            }
            of = values.word(of + 8)?;
        }
        let unreadable = describe::Unreadable { at: found.at };
        Ok(Some(match values.word(of)? {
            describe::INT => Value::Int(word),
            describe::FLOAT => Value::Float(f64::from_bits(word.cast_unsigned())),
            describe::BOOL => Value::Bool(word != 0),
            describe::DECIMAL => {
                let (digits, scale) = values.decimal(word)?;
                Value::Decimal(decimal_of(decimal_packed(digits, scale)).ok_or(unreadable)?)
            }
            describe::TEXT => {
                Value::String(String::from_utf8_lossy(&values.bytes(word)?).into_owned())
            }
            describe::BYTES => Value::Bytes(values.bytes(word)?),
            describe::TIMESTAMP => Value::Timestamp(word),
            describe::DURATION => Value::Duration(word),
            describe::MOMENT => Value::Moment(u64::try_from(word).map_err(|_| unreadable)?),
            _ => return Ok(None),
        }))
    }

    /// How long a list, a text or bytes are; letters of a text.
    fn length(&self, found: &Found) -> Option<u64> {
        let values = Values::new(&self.tape);
        match self.scalar(found) {
            Ok(Some(Value::String(text))) => Some(text.chars().count() as u64),
            Ok(Some(Value::Bytes(bytes))) => Some(bytes.len() as u64),
            Ok(None) if values.word(found.of) == Ok(describe::LIST) => {
                values.length(values.word(found.at).ok()?).ok().map(u64::from)
            }
            _ => None,
        }
    }
}
