//! Chains of operators and functions of each number: several done in one go, so that no array comes
//! about in between. What they come to is to the bit what they come to one after the other.

use std::cell::Cell;

use achronyme_numeric::{Operation, Shape, Source, Step, WAITING_MAX, chain_into};
use smallvec::SmallVec;

use crate::elementwise::{self, Operand as Known};
use crate::functions::elementary::link_of;
use crate::{BinaryOp, Effort, Fault, Form, OPERANDS_MAX, Store};

/// What a link of a chain does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// An operator between two operands.
    Binary(BinaryOp),
    /// `-`
    Negate,
    /// The function with this number, called with one value.
    Function(u16),
}

/// What a link takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input<V> {
    /// A value.
    Value(V),
    /// What an earlier link of the chain comes to, which no other link takes.
    Link(usize),
}

/// A chain whose links go together: real numbers, and real arrays of one shape.
#[derive(Debug)]
pub struct Chain<V> {
    steps: SmallVec<[Step; 6]>,
    arrays: SmallVec<[V; OPERANDS_MAX]>,
    shape: Shape,
    form: Form,
    effort: Effort,
    /// Whether a step takes roots, which are complex of what is below 0.
    has_roots: bool,
}

/// What is known of what a link comes to.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Number,
    Array { is_vector: bool },
}

/// Whether a function may be a link of a chain: of one number, and of each of many.
#[must_use]
pub fn is_link(function: u16) -> bool {
    link_of(function).is_some()
}

impl<V: Clone + PartialEq> Chain<V> {
    /// Looks at a chain. `None` if one of the links does something else than to go through real
    /// numbers of one shape, or may fail: then they are done one after the other.
    pub fn of<S: Store<Value = V>>(store: &S, links: &[(Link, [Input<V>; 2])]) -> Option<Self> {
        let mut shape = None;
        let mut arrays = SmallVec::new();
        let mut results: SmallVec<[(Kind, Option<Source>); 6]> = SmallVec::new();
        let mut steps = SmallVec::new();
        let (mut effort, mut has_roots, mut is_mask) = (Effort::Quick, false, false);
        let mut waiting = [false; WAITING_MAX];
        for (link, inputs) in links {
            let count = if matches!(link, Link::Binary(_)) { 2 } else { 1 };
            let mut kinds = [Kind::Number; 2];
            let mut sources = [Source::Number(0.0); 2];
            for (index, input) in inputs.iter().take(count).enumerate() {
                (kinds[index], sources[index]) = match input {
                    Input::Link(link) => {
                        let (kind, source) = results.get_mut(*link)?;
                        (*kind, source.take()?)
                    }
                    Input::Value(value) => source(store, value, &mut shape, &mut arrays)?,
                };
            }
            if let [Source::Number(x), Source::Number(y)] = sources {
                results.push((Kind::Number, Some(Source::Number(of_scalars(*link, x, y)?))));
                continue;
            }
            let kind = result(*link, kinds, shape.as_ref())?;
            let operation = operation(*link, sources[1])?;
            is_mask = matches!(link, Link::Binary(op) if op.is_comparison());
            effort = if let Link::Function(_) = link { Effort::Slow } else { effort };
            has_roots |= matches!(operation, Operation::Root);
            let place = waiting.iter().position(|is_taken| !is_taken)?;
            for source in sources {
                if let Source::Waiting(place) = source {
                    waiting[place] = false;
                }
            }
            waiting[place] = true;
            results.push((kind, Some(Source::Waiting(place))));
            steps.push(Step { operation, sources, place });
        }
        let (Kind::Array { is_vector }, _) = results.last()? else { return None };
        let form = match (is_mask, is_vector) {
            (true, _) => Form::Mask,
            (false, true) => Form::Vector,
            (false, false) => Form::Tensor,
        };
        Some(Self { steps, arrays, shape: shape?, form, effort, has_roots })
    }

    /// Whether it computes with this array.
    pub fn takes(&self, array: &V) -> bool {
        self.arrays.contains(array)
    }

    /// Whether its result may be written over one of the arrays it takes.
    #[must_use]
    pub fn may_overwrite(&self) -> bool {
        !self.has_roots
    }

    /// What it comes to. `None` if one of the links has to make complex numbers: then they are done
    /// one after the other, too.
    ///
    /// # Errors
    /// Memory has run out.
    pub fn make<S: Store<Value = V>>(&self, store: &mut S) -> Result<Option<V>, Fault> {
        let arrays: SmallVec<[&V; OPERANDS_MAX]> = self.arrays.iter().collect();
        let Self { steps, shape, form, effort, .. } = self;
        if !self.has_roots {
            let each = |numbers: &[&[f64]], out: &mut [f64]| {
                chain_into(steps, numbers, *effort, out);
            };
            return store.filled_each(*form, shape, &arrays, *effort, &each).map(Some);
        }
        let is_real = Cell::new(true);
        let made = store.filled(*form, shape, &arrays, &mut |numbers, out| {
            is_real.set(chain_into(steps, numbers, *effort, out));
        })?;
        Ok(is_real.get().then_some(made))
    }
}

/// A value as a source; the first array says what shape all have.
fn source<S: Store>(
    store: &S,
    value: &S::Value,
    shape: &mut Option<Shape>,
    arrays: &mut SmallVec<[S::Value; OPERANDS_MAX]>,
) -> Option<(Kind, Source)>
where
    S::Value: PartialEq,
{
    let (own, is_vector) = match elementwise::operand(store, value)? {
        Known::Number(number) => return Some((Kind::Number, Source::Number(number))),
        Known::Array { shape, is_vector } => (shape, is_vector),
    };
    if *shape.get_or_insert_with(|| own.clone()) != own {
        return None;
    }
    let kind = Kind::Array { is_vector };
    if let Some(index) = arrays.iter().position(|array| array == value) {
        return Some((kind, Source::Array(index)));
    }
    if arrays.len() == OPERANDS_MAX {
        return None;
    }
    arrays.push(value.clone());
    Some((kind, Source::Array(arrays.len() - 1)))
}

/// What an operator comes to between numbers; `None` for what has rules of its own.
fn of_scalars(link: Link, x: f64, y: f64) -> Option<f64> {
    Some(match link {
        Link::Binary(BinaryOp::Add) => x + y,
        Link::Binary(BinaryOp::Subtract) => x - y,
        Link::Binary(BinaryOp::Multiply) => x * y,
        Link::Binary(BinaryOp::Divide) => x / y,
        Link::Negate => -x,
        Link::Binary(_) | Link::Function(_) => return None,
    })
}

/// What a link comes to. What takes no array is left to itself, and so are products of matrices.
fn result(link: Link, kinds: [Kind; 2], shape: Option<&Shape>) -> Option<Kind> {
    match (link, kinds) {
        (Link::Binary(op), [Kind::Array { .. }, Kind::Array { .. }]) => {
            let is_product = op == BinaryOp::Multiply && shape.is_some_and(|it| it.len() == 2);
            (!is_product).then_some(Kind::Array { is_vector: false })
        }
        (
            Link::Binary(op),
            [Kind::Array { is_vector }, Kind::Number] | [Kind::Number, Kind::Array { is_vector }],
        ) => Some(Kind::Array { is_vector: is_vector && !op.is_comparison() }),
        (Link::Negate | Link::Function(_), [kind @ Kind::Array { .. }, _]) => Some(kind),
        _ => None,
    }
}

/// What a link does to numbers; `None` for what has rules of its own.
fn operation(link: Link, second: Source) -> Option<Operation> {
    Some(match link {
        Link::Binary(BinaryOp::Add) => Operation::Add,
        Link::Binary(BinaryOp::Subtract) => Operation::Subtract,
        Link::Binary(BinaryOp::Multiply) => Operation::Multiply,
        Link::Binary(BinaryOp::Divide) => Operation::Divide,
        Link::Binary(BinaryOp::Less) => Operation::Less,
        Link::Binary(BinaryOp::LessOrEqual) => Operation::LessOrEqual,
        Link::Binary(BinaryOp::Greater) => Operation::Greater,
        Link::Binary(BinaryOp::GreaterOrEqual) => Operation::GreaterOrEqual,
        Link::Binary(BinaryOp::Power) => match second {
            Source::Number(exponent) => Operation::Power(exponent),
            Source::Array(_) | Source::Waiting(_) => return None,
        },
        Link::Binary(BinaryOp::Remainder | BinaryOp::Equal | BinaryOp::NotEqual) => return None,
        Link::Negate => Operation::Negate,
        Link::Function(function) => return link_of(function),
    })
}
