//! Operators where one side is a string.

use super::{BinaryOp, incompatible};
use crate::numbers::is_integer;
use crate::text::{self, Style};
use crate::{Fault, Store, View};

/// What `a op b` is: `+` joins the texts, `*` with a number repeats.
pub(super) fn binary<S: Store>(
    store: &mut S,
    op: BinaryOp,
    a: &S::Value,
    b: &S::Value,
) -> Result<S::Value, Fault> {
    match (op, store.view(a), store.view(b)) {
        (BinaryOp::Add, View::String, View::String) => {
            let (x, y) = (store.text(a), store.text(b));
            store.room(x.len() + y.len())?;
            let mut joined = String::with_capacity(x.len() + y.len());
            joined.push_str(x);
            joined.push_str(y);
            store.new_string(&joined)
        }
        (BinaryOp::Add, ..) => {
            let mut joined = text::show(store, a, Style::Plain)?;
            joined.push_str(&text::show(store, b, Style::Plain)?);
            store.new_string(&joined)
        }
        (BinaryOp::Multiply, View::String, View::Number(count)) => repeated(store, a, count),
        (BinaryOp::Multiply, View::Number(count), View::String) => repeated(store, b, count),
        _ => Err(incompatible(op)),
    }
}

/// The text of `value`, `count` times.
fn repeated<S: Store>(store: &mut S, value: &S::Value, count: f64) -> Result<S::Value, Fault> {
    if !count.is_finite() {
        return Err(Fault::new("String repetition count must be finite"));
    }
    if count < 0.0 {
        return Err(Fault::new("String repetition count must be non-negative"));
    }
    if !is_integer(count) {
        return Err(Fault::new("string repetition count must be an integer"));
    }
    let text = store.text(value);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let count = if text.is_empty() { 0 } else { count as usize };
    store.room(text.len().saturating_mul(count))?;
    let repeated = text.repeat(count);
    store.new_string(&repeated)
}
