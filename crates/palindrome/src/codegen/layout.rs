//! How values lie on the tape: which types are references, where the parts of records are, and the
//! descriptions by which the runtime writes and compares values.

use std::collections::BTreeMap;
use std::rc::Rc;

use palindrome_vm::runtime::describe;

use super::data::Data;
use crate::types::{Basic, Type, Union, UnionId};

/// Whether values of a type are references.
pub(super) fn is_reference(of: &Type) -> bool {
    match of {
        Type::Basic(basic) => matches!(basic, Basic::Decimal | Basic::String | Basic::Bytes),
        Type::Unknown | Type::Variable(_) | Type::Parameter(_) => false,
        Type::Optional(_)
        | Type::List(_)
        | Type::Record(_)
        | Type::Union(..)
        | Type::Function(_)
        | Type::Relation(_)
        | Type::Answers(_) => true,
    }
}

/// Whether a value that may be missing lies in a box where it is there: a reference by itself tells,
/// unless it may be missing, too.
pub(super) fn is_boxed(inner: &Type) -> bool {
    !is_reference(inner) || matches!(inner, Type::Optional(_))
}

/// Which word of a record each part is, references first, and how many those are.
pub(super) fn places(parts: &[Type]) -> (Vec<i64>, i64) {
    let references = parts.iter().filter(|part| is_reference(part)).count();
    let references = i64::try_from(references).unwrap_or(i64::MAX);
    let (mut next_reference, mut next_plain) = (0, references);
    let place = |part: &Type| {
        let next = if is_reference(part) { &mut next_reference } else { &mut next_plain };
        *next += 1;
        *next - 1
    };
    (parts.iter().map(place).collect(), references)
}

/// A text that is the same for the same type with its fields in the same order: values of two types
/// that differ in the order alone lie alike, and are written in different orders.
pub(super) fn key(of: &Type) -> String {
    let list = |parts: &[Type]| parts.iter().map(key).collect::<Vec<_>>().join(",");
    match of {
        Type::Unknown | Type::Variable(_) => "?".to_owned(),
        Type::Parameter(name) => format!("'{name}"),
        Type::Basic(basic) => format!("{basic:?}"),
        Type::Optional(part) => format!("{}?", key(part)),
        Type::List(part) => format!("[{}]", key(part)),
        Type::Answers(part) => format!("Answers<{}>", key(part)),
        Type::Record(fields) | Type::Relation(fields) => {
            let field = |name: &Rc<str>| {
                format!("{name}:{}", fields.get(name).map(key).unwrap_or_default())
            };
            let fields: Vec<_> = fields.written().iter().map(field).collect();
            let mark = if matches!(of, Type::Record(_)) { "" } else { "@" };
            format!("{mark}{{{}}}", fields.join(","))
        }
        Type::Union(id, arguments) => format!("#{}<{}>", id.0, list(arguments)),
        Type::Function(function) => {
            format!("({})->{}", list(&function.parameters), key(&function.result))
        }
    }
}

/// Descriptions that were made so far, by the type.
#[derive(Debug, Default)]
pub(super) struct Descriptions(BTreeMap<String, i64>);

impl Descriptions {
    /// The position of a type's description.
    pub(super) fn of(&mut self, of: &Type, unions: &[Union], data: &mut Data) -> i64 {
        let mut waiting = Vec::new();
        let found = self.place(of, data, &mut waiting);
        while let Some((of, at)) = waiting.pop() {
            self.fill((&of, at), unions, data, &mut waiting);
        }
        found
    }

    fn place(&mut self, of: &Type, data: &mut Data, waiting: &mut Vec<(Type, i64)>) -> i64 {
        if let Some(at) = self.0.get(&key(of)) {
            return *at;
        }
        let words = match of {
            Type::Optional(_) | Type::List(_) | Type::Relation(_) => 2,
            Type::Record(fields) => 2 + 4 * fields.len(),
            // The number of its alternatives is known with the program: it gets room of its own.
            Type::Union(..) => 2,
            _ => 1,
        };
        let at = data.reserve(words);
        self.0.insert(key(of), at);
        waiting.push((of.clone(), at));
        at
    }

    fn fill(
        &mut self,
        (of, at): (&Type, i64),
        unions: &[Union],
        data: &mut Data,
        waiting: &mut Vec<(Type, i64)>,
    ) {
        let words = match of {
            Type::Basic(basic) => vec![match basic {
                Basic::Nothing | Basic::Never => describe::NOTHING,
                Basic::Int => describe::INT,
                Basic::Float => describe::FLOAT,
                Basic::Decimal => describe::DECIMAL,
                Basic::Bool => describe::BOOL,
                Basic::String => describe::TEXT,
                Basic::Bytes => describe::BYTES,
                Basic::Timestamp => describe::TIMESTAMP,
                Basic::Duration => describe::DURATION,
                Basic::Moment => describe::MOMENT,
            }],
            Type::Optional(part) => {
                let kind = if is_boxed(part) { describe::BOXED } else { describe::OPTIONAL };
                vec![kind, self.place(part, data, waiting)]
            }
            Type::List(part) => vec![describe::LIST, self.place(part, data, waiting)],
            Type::Relation(fields) => {
                let row = Type::Record(Rc::clone(fields));
                vec![describe::LIST, self.place(&row, data, waiting)]
            }
            Type::Record(fields) => {
                let parts: Vec<Type> = fields.values().cloned().collect();
                let mut words = vec![describe::RECORD, as_word(fields.len())];
                for ((name, part), place) in fields.iter().zip(places(&parts).0) {
                    let part = self.place(part, data, waiting);
                    words.extend([data.text(name.as_bytes()), part, place]);
                }
                let names: Vec<&Rc<str>> = fields.keys().collect();
                let number = |name: &Rc<str>| names.binary_search(&name).unwrap_or_default();
                words.extend(fields.written().iter().map(|name| as_word(number(name))));
                words
            }
            Type::Union(UnionId(id), arguments) => {
                let union = unions.get(*id as usize);
                let mut table = Vec::new();
                for (index, variant) in
                    union.iter().flat_map(|union| union.variants.iter().enumerate())
                {
                    let parts = union.map_or(Vec::new(), |union| union.fields(index, arguments));
                    let mut words = vec![data.text(variant.name.as_bytes()), as_word(parts.len())];
                    for (part, place) in parts.iter().zip(places(&parts).0) {
                        words.extend([self.place(part, data, waiting), place]);
                    }
                    let variant = data.reserve(words.len());
                    data.fill(variant, &words);
                    table.push(variant);
                }
                let variants = data.reserve(table.len() + 1);
                data.fill(variants, &[as_word(table.len())]);
                data.fill(variants + 8, &table);
                vec![describe::UNION, variants]
            }
            _ => vec![describe::FUNCTION],
        };
        data.fill(at, &words);
    }
}

/// A number of things that are in memory.
pub(super) fn as_word(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
