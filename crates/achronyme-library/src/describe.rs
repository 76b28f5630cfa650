//! What `describe` tells of a value: its kind, its size, and the first parts of it.

use std::fmt::Write as _;

use crate::builtin::builtin;
use crate::text::{self, Style, check_length};
use crate::{Fault, Store, View};

/// So many parts are told.
const PARTS_MAX: usize = 10;
/// So deep parts of parts are told.
const DEPTH_MAX: usize = 6;

/// Kind, size and first parts of a value. Below six levels, and for what contains itself, `…`.
///
/// # Errors
/// The text becomes too long.
pub(crate) fn describe<S: Store>(store: &S, value: &S::Value) -> Result<String, Fault> {
    let mut text = String::new();
    write(store, value, &mut text, 0)?;
    Ok(text)
}

fn write<S: Store>(
    store: &S,
    value: &S::Value,
    text: &mut String,
    depth: usize,
) -> Result<(), Fault> {
    check_length(text)?;
    match store.view(value) {
        View::Null => text.push_str("null"),
        View::Boolean(truth) => push(text, format_args!("Boolean({truth})")),
        View::Number(_) => {
            let number = text::show(store, value, Style::Plain)?;
            push(text, format_args!("Number({number})"));
        }
        View::Complex(number) => {
            text.push_str("Complex(re: ");
            text::write_number(text, number.re);
            text.push_str(", im: ");
            text::write_number(text, number.im);
            text.push(')');
        }
        View::String => push(text, format_args!("String({:?})", store.text(value))),
        View::Vector => vector(store, value, text, depth)?,
        View::Tensor => {
            if let Some(view) = store.tensor(value) {
                let (shape, count) = (view.shape, view.data.len());
                push(text, format_args!("Tensor(shape: {shape:?}, elements: {count})"));
            }
        }
        View::ComplexTensor => {
            if let Some(view) = store.complex_tensor(value) {
                let (shape, count) = (view.shape, view.data.len());
                push(text, format_args!("ComplexTensor(shape: {shape:?}, elements: {count})"));
            }
        }
        View::Record => record(store, value, text, depth)?,
        View::Builtin(index) => {
            let name = builtin(index).map_or("?", |builtin| builtin.name);
            push(text, format_args!("Function(Builtin: {name})"));
        }
        View::Function { parameters } => {
            push(text, format_args!("Function(UserDefined, parameters: {parameters})"));
        }
        View::Edge => edge(store, value, text),
        View::Error => error(store, value, text),
        View::Generator { done } => push(text, format_args!("Generator(done: {done})")),
        View::Signal => match store.signal(value) {
            Some(inner) if depth < DEPTH_MAX => {
                text.push_str("Signal(");
                write(store, &inner, text, depth + 1)?;
                text.push(')');
            }
            _ => text.push_str("Signal(…)"),
        },
        view @ (View::Future | View::Sender | View::Receiver | View::Mutex | View::Guard) => {
            text.push_str(view.kind().name());
        }
    }
    Ok(())
}

fn vector<S: Store>(
    store: &S,
    value: &S::Value,
    text: &mut String,
    depth: usize,
) -> Result<(), Fault> {
    let elements = store.elements(value);
    if elements.is_empty() {
        text.push_str("Vector(empty)");
        return Ok(());
    }
    push(text, format_args!("Vector(length: {}, items: [", elements.len()));
    if depth >= DEPTH_MAX {
        text.push_str("…])");
        return Ok(());
    }
    for (i, element) in elements.iter().take(PARTS_MAX).enumerate() {
        if i > 0 {
            text.push_str(", ");
        }
        write(store, element, text, depth + 1)?;
    }
    more(text, elements.len());
    text.push_str("])");
    Ok(())
}

fn record<S: Store>(
    store: &S,
    value: &S::Value,
    text: &mut String,
    depth: usize,
) -> Result<(), Fault> {
    let fields = store.fields(value);
    if fields.is_empty() {
        text.push_str("Record(empty)");
        return Ok(());
    }
    push(text, format_args!("Record(fields: {}", fields.len()));
    if depth >= DEPTH_MAX {
        text.push_str(" …)");
        return Ok(());
    }
    for field in fields.iter().take(PARTS_MAX) {
        text.push('\n');
        text.extend(std::iter::repeat_n(' ', 2 * (depth + 1)));
        push(text, format_args!("{}: ", field.name));
        write(store, &field.value, text, depth + 1)?;
    }
    more(text, fields.len());
    text.push(')');
    Ok(())
}

fn edge<S: Store>(store: &S, value: &S::Value, text: &mut String) {
    let Some(edge) = store.edge(value) else { return };
    let (arrow, word) = if edge.directed { ("->", "directed") } else { ("<>", "undirected") };
    push(text, format_args!("Edge({} {arrow} {}, {word}", edge.from, edge.to));
    let properties = store.fields(&edge.properties).len();
    if properties > 0 {
        push(text, format_args!(", properties: {properties}"));
    }
    text.push(')');
}

fn error<S: Store>(store: &S, value: &S::Value, text: &mut String) {
    let Some([message, kind, _]) = store.error(value) else { return };
    let kind = if store.view(&kind) == View::String { store.text(&kind) } else { "Unknown" };
    push(text, format_args!("Error({kind}: {})", store.text(&message)));
}

/// Says how many parts are left out.
fn more(text: &mut String, count: usize) {
    if count > PARTS_MAX {
        push(text, format_args!(" ... and {} more", count - PARTS_MAX));
    }
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let written = text.write_fmt(arguments);
    debug_assert!(written.is_ok(), "a String takes everything");
}
