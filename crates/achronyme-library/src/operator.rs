//! The operators: what they do with which kinds of value.

mod array;
mod complex;
mod number;
mod text;

use crate::elementwise::{self, Meaning};
use crate::numbers::{self, Numbers};
use crate::{Fault, Store, View, compare, truth};

pub(crate) use complex::{divide as complex_divide, power as complex_power};
pub(crate) use number::power;

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `^`
    Power,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl BinaryOp {
    /// Whether it is `<`, `<=`, `>` or `>=`, which make masks of arrays.
    pub(crate) const fn is_comparison(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual)
    }

    /// As messages call what the operator does.
    const fn noun(self) -> &'static str {
        match self {
            Self::Add => "addition",
            Self::Subtract => "subtraction",
            Self::Multiply => "multiplication",
            Self::Divide => "division",
            Self::Remainder => "remainder",
            Self::Power => "power",
            Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::LessOrEqual
            | Self::Greater
            | Self::GreaterOrEqual => "comparison",
        }
    }
}

/// An operator before a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-`
    Negate,
    /// `!`
    Not,
}

/// What `a op b` is.
///
/// Numbers, complex numbers, numeric vectors and tensors mix freely: shapes are broadcast as NumPy
/// does, and what is complex makes the result complex. Two vectors give a tensor, a vector and a
/// scalar a vector; the two print and compare alike. `<`, `<=`, `>` and `>=` of arrays give a mask;
/// `==` and `!=` compare values as a whole.
///
/// # Errors
/// Kinds or shapes that do not go together, a remainder by zero, or memory has run out.
pub fn binary<S: Store>(
    store: &mut S,
    op: BinaryOp,
    a: &S::Value,
    b: &S::Value,
) -> Result<S::Value, Fault> {
    let views = (store.view(a), store.view(b));
    match views {
        (View::Number(x), View::Number(y)) => return number::binary(store, op, x, y),
        (View::Tensor | View::Vector | View::Number(_), View::Tensor | View::Vector)
        | (View::Tensor | View::Vector, View::Number(_)) => {
            if let Some(result) = array::of_numbers(store, op, a, b) {
                return result;
            }
        }
        _ => {}
    }
    match op {
        BinaryOp::Add
        | BinaryOp::Subtract
        | BinaryOp::Multiply
        | BinaryOp::Divide
        | BinaryOp::Remainder
        | BinaryOp::Power => arithmetic(store, op, (a, b), views),
        BinaryOp::Equal => Ok(store.boolean(compare::equal(store, a, b))),
        BinaryOp::NotEqual => Ok(store.boolean(!compare::equal(store, a, b))),
        BinaryOp::Less | BinaryOp::LessOrEqual | BinaryOp::Greater | BinaryOp::GreaterOrEqual => {
            if is_array(views.0) || is_array(views.1) {
                return compared(store, op, a, b);
            }
            let order = compare::order(store, a, b)?;
            let holds = order.is_some_and(|order| match op {
                BinaryOp::Less => order.is_lt(),
                BinaryOp::LessOrEqual => order.is_le(),
                BinaryOp::Greater => order.is_gt(),
                _ => order.is_ge(),
            });
            Ok(store.boolean(holds))
        }
    }
}

/// What `op a` is; `!` of a mask goes through its elements.
///
/// # Errors
/// There is no such value, or memory has run out.
pub fn unary<S: Store>(store: &mut S, op: UnaryOp, a: &S::Value) -> Result<S::Value, Fault> {
    match op {
        UnaryOp::Not if store.is_mask(a) => {
            elementwise::map(store, a, Meaning::Truth, |x| f64::from(x == 0.0))
                .unwrap_or_else(|| Err(Fault::new("Cannot negate this type")))
        }
        UnaryOp::Not => Ok(store.boolean(!truth::truthy(store, a))),
        UnaryOp::Negate => match store.view(a) {
            View::Number(number) => Ok(store.number(-number)),
            View::Complex(complex) => store.new_complex(-complex),
            View::Vector | View::Tensor | View::ComplexTensor => array::negated(store, a),
            _ => Err(Fault::new("Cannot negate this type")),
        },
    }
}

/// The mask that a comparison of arrays is where not both are of numbers alone.
fn compared<S: Store>(
    store: &mut S,
    op: BinaryOp,
    a: &S::Value,
    b: &S::Value,
) -> Result<S::Value, Fault> {
    let (x, y) = (numbers::of(store, a), numbers::of(store, b));
    let (Some(x @ Numbers::Real(..)), Some(y @ Numbers::Real(..))) = (x, y) else {
        return Err(compare::unordered());
    };
    let result = array::binary(store, op, &x, &y)?;
    drop((x, y));
    numbers::new_mask(store, &result)
}

/// What `a op b` is where not both are numbers, or arrays of numbers that go together.
fn arithmetic<S: Store>(
    store: &mut S,
    op: BinaryOp,
    (a, b): (&S::Value, &S::Value),
    views: (View, View),
) -> Result<S::Value, Fault> {
    match views {
        (View::String, _) | (_, View::String) => text::binary(store, op, a, b),
        (View::Complex(x), View::Complex(y)) => complex::binary(store, op, x, y),
        (View::Complex(x), View::Number(y)) => complex::binary(store, op, x, y.into()),
        (View::Number(x), View::Complex(y)) => complex::binary(store, op, x.into(), y),
        _ => arrays(store, op, (a, b), views.into()),
    }
}

/// What `a op b` is where at least one may be an array.
fn arrays<S: Store>(
    store: &mut S,
    op: BinaryOp,
    (a, b): (&S::Value, &S::Value),
    views: [View; 2],
) -> Result<S::Value, Fault> {
    if !views.iter().all(|view| is_numeric(*view)) {
        return Err(incompatible(op));
    }
    let vectors = views.iter().filter(|view| matches!(view, View::Vector)).count();
    let arrays = views.iter().filter(|view| !is_scalar(**view)).count();
    let (Some(x), Some(y)) = (numbers::of(store, a), numbers::of(store, b)) else {
        return Err(Fault::new(if arrays == 1 {
            "Broadcasting requires numeric vector".to_owned()
        } else {
            format!("Vector {} requires numeric vectors", op.noun())
        }));
    };
    let result = array::binary(store, op, &x, &y)?;
    drop((x, y));
    if vectors == 1 && arrays == 1 && result.rank() == 1 {
        numbers::new_vector(store, &result)
    } else {
        numbers::new_tensor(store, &result)
    }
}

const fn is_scalar(view: View) -> bool {
    matches!(view, View::Number(_) | View::Complex(_))
}

const fn is_array(view: View) -> bool {
    matches!(view, View::Vector | View::Tensor | View::ComplexTensor)
}

const fn is_numeric(view: View) -> bool {
    is_scalar(view) || is_array(view)
}

/// The error that two values have no such operation.
fn incompatible(op: BinaryOp) -> Fault {
    if op == BinaryOp::Remainder {
        return Fault::new("Modulo operator currently only supports numbers");
    }
    Fault::new(format!("Incompatible types for {}", op.noun()))
}
