//! Values of the store as the language writes them, made ready for showing.

use std::fmt::Write as _;

use machine::Value as Shown;
use palindrome_vm::runtime::describe::{decimal_text, duration_text, quote, quote_bytes};
use palindrome_vm::runtime::time_text;
use relational::{Relation, Type, Value};

/// Letters of a value that are shown at most.
const SHOWN_MAX: usize = 4096;

/// A value with its type.
pub(super) fn shown(value: &Value, of: &Type) -> Shown {
    let mut text = String::new();
    write(value, of, &mut text);
    Shown { text, kind: kind(value, of).to_owned(), number: number(value), is_true: is_true(value) }
}

/// A row as a record, with its fields in the order that is given.
pub(super) fn shown_row(relation: &Relation, row: &[Value], order: &[usize]) -> Shown {
    let mut text = "{".to_owned();
    for (index, place) in order.iter().enumerate() {
        if let Some((field, value)) = relation.fields().get(*place).zip(row.get(*place)) {
            let _ = write!(text, "{}{}: ", if index == 0 { "" } else { ", " }, field.name);
            write(value, &field.ty, &mut text);
        }
    }
    text.push('}');
    Shown { text, kind: "row".to_owned(), number: None, is_true: true }
}

/// The value, as long as there is room for it.
pub(super) fn write(value: &Value, of: &Type, text: &mut String) {
    if text.len() > SHOWN_MAX {
        if !text.ends_with('…') {
            text.push('…');
        }
        return;
    }
    match (value, of) {
        (Value::None, _) => text.push_str("none"),
        (value, Type::Option(inner)) => write(value, inner, text),
        (Value::Bool(value), _) => drop(write!(text, "{value}")),
        (Value::Int(value), _) => drop(write!(text, "{value}")),
        (Value::Moment(value), _) => drop(write!(text, "{value}")),
        (Value::Float(value), _) => drop(write!(text, "{value:?}")),
        (Value::Decimal(value), _) => {
            text.push_str(&decimal_text(value.mantissa(), value.scale()));
            text.push('d');
        }
        (Value::String(value), _) => quote(cut(value), text),
        (Value::Bytes(value), _) => quote_bytes(&value[..value.len().min(SHOWN_MAX)], text),
        (Value::Timestamp(value), _) => text.push_str(&time_text(*value)),
        (Value::Duration(value), _) => text.push_str(&duration_text(*value)),
        (Value::List(values), of) => {
            let element = if let Type::List(element) = of { element } else { of };
            let parts = values.iter().map(|value| (None, value, element));
            write_all(parts, ["[", "]"], text);
        }
        (Value::Record(values), Type::Record(fields)) => {
            let parts = fields.iter().zip(values);
            let parts = parts.map(|((name, of), value)| (Some(name.as_str()), value, of));
            write_all(parts, ["{", "}"], text);
        }
        (Value::Tagged(tag, values), Type::Union(variants)) => {
            let variant = usize::try_from(*tag).ok().and_then(|tag| variants.get(tag));
            if let Some((name, parts)) = variant {
                text.push_str(name);
                if !values.is_empty() {
                    let parts = values.iter().zip(parts).map(|(value, of)| (None, value, of));
                    write_all(parts, ["(", ")"], text);
                }
            }
        }
        (value @ (Value::Record(_) | Value::Tagged(..)), _) => drop(write!(text, "{value}")),
    }
}

fn write_all<'v>(
    parts: impl Iterator<Item = (Option<&'v str>, &'v Value, &'v Type)>,
    [open, close]: [&str; 2],
    text: &mut String,
) {
    text.push_str(open);
    for (index, (name, value, of)) in parts.enumerate() {
        if text.len() > SHOWN_MAX {
            text.push('…');
            break;
        }
        if index > 0 {
            text.push_str(", ");
        }
        if let Some(name) = name {
            let _ = write!(text, "{name}: ");
        }
        write(value, of, text);
    }
    text.push_str(close);
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(SHOWN_MAX)]
}

/// The type of a value in a word.
const fn kind(value: &Value, of: &Type) -> &'static str {
    match value {
        Value::None => "optional",
        Value::Bool(_) => "Bool",
        Value::Int(_) => "Int",
        Value::Float(_) => "Float",
        Value::Decimal(_) => "Decimal",
        Value::String(_) => "String",
        Value::Bytes(_) => "Bytes",
        Value::Timestamp(_) => "Timestamp",
        Value::Duration(_) => "Duration",
        Value::Moment(_) => "Moment",
        Value::List(_) => "list",
        Value::Record(_) => "record",
        Value::Tagged(..) if matches!(of, Type::Option(_)) => "optional",
        Value::Tagged(..) => "union",
    }
}

#[expect(clippy::cast_precision_loss, reason = "for plots")]
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(value) | Value::Timestamp(value) | Value::Duration(value) => Some(*value as f64),
        Value::Moment(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        Value::Decimal(value) => decimal_text(value.mantissa(), value.scale()).parse().ok(),
        Value::None
        | Value::Bool(_)
        | Value::String(_)
        | Value::Bytes(_)
        | Value::List(_)
        | Value::Record(_)
        | Value::Tagged(..) => None,
    }
}

const fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value,
        Value::Int(value) => *value != 0,
        Value::None => false,
        _ => true,
    }
}
