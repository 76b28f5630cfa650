//! Types in words, for messages.

use super::{Element, FieldType, Type};
use crate::{Kind, Store, View};

/// How deep the type of a value is told; below that it is `Any`.
const DEPTH_MAX: usize = 4;
/// How many fields of a record are told; then follows `…`.
const FIELDS_MAX: usize = 8;

/// A type as one writes it. `aliases` are the names of the program's aliases by their numbers.
pub fn name(aliases: &[impl AsRef<str>], ty: &Type) -> String {
    match ty {
        Type::Any => "Any".to_owned(),
        Type::Kind(kind) => kind.name().to_owned(),
        Type::Tensor { element, shape } => {
            let element = match element {
                Element::Number => "Number",
                Element::Complex => "Complex",
                Element::Any => "Any",
            };
            match shape {
                None => format!("Tensor<{element}>"),
                Some(axes) => {
                    let axes = axes.iter().map(|axis| match axis {
                        Some(length) => length.to_string(),
                        None => "_".to_owned(),
                    });
                    format!("Tensor<{element}, [{}]>", joined(axes, ", "))
                }
            }
        }
        Type::Record(fields) => {
            let fields =
                fields.iter().map(|FieldType { name: field, optional, mutable, annotation }| {
                    let before = if *mutable { "mut " } else { "" };
                    let after = if *optional { "?" } else { "" };
                    format!("{before}{field}{after}: {}", name(aliases, annotation))
                });
            format!("{{{}}}", joined(fields, ", "))
        }
        Type::Function { parameters, result } => {
            let parameters = parameters.iter().map(|parameter| name(aliases, parameter));
            format!("({}) => {}", joined(parameters, ", "), name(aliases, result))
        }
        Type::Union(members) => joined(
            members.iter().map(|member| match member {
                Type::Function { .. } => format!("({})", name(aliases, member)),
                _ => name(aliases, member),
            }),
            " | ",
        ),
        Type::Alias(number) => {
            aliases.get(usize::from(*number)).map_or("Any", AsRef::as_ref).to_owned()
        }
    }
}

/// What a value is, as `typeof` says it.
pub fn kind_name<S: Store>(store: &S, value: &S::Value) -> &'static str {
    store.kind(value).name()
}

/// The type of a value, as one would annotate it: with the shape of a tensor and the fields of a
/// record. Told only so far down.
pub fn of<S: Store>(store: &S, value: &S::Value) -> String {
    described(store, value, DEPTH_MAX)
}

fn described<S: Store>(store: &S, value: &S::Value, depth: usize) -> String {
    match store.view(value) {
        View::Tensor => {
            let shape = store.tensor(value).map_or(&[][..], |view| view.shape);
            format!("Tensor<Number, {shape:?}>")
        }
        View::ComplexTensor => {
            let shape = store.complex_tensor(value).map_or(&[][..], |view| view.shape);
            format!("Tensor<Complex, {shape:?}>")
        }
        View::Record if depth == 0 => Kind::Record.name().to_owned(),
        View::Record => {
            let fields = store.fields(value);
            let more = fields.len() > FIELDS_MAX;
            let told = fields.into_iter().take(FIELDS_MAX).map(|field| {
                format!("{}: {}", field.name, described(store, &field.value, depth - 1))
            });
            let told = told.chain(more.then(|| "…".to_owned()));
            format!("{{{}}}", joined(told, ", "))
        }
        view => view.kind().name().to_owned(),
    }
}

fn joined(parts: impl Iterator<Item = String>, separator: &str) -> String {
    parts.collect::<Vec<_>>().join(separator)
}
