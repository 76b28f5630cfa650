//! Chains of operators and functions of each number: several done in one go, so that no array comes
//! about in between. What they come to is to the bit what they come to one after the other.

use std::cell::Cell;

use achronyme_numeric::{Operation, Shape, Source, Step, WAITING_MAX, chain_into};
use smallvec::SmallVec;

use self::end::End;
use crate::elementwise::{self, Operand as Known};
use crate::functions::elementary::link_of;
use crate::{BinaryOp, Effort, Fault, Form, OPERANDS_MAX, Store, View};

mod end;

/// What a link of a chain does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// An operator between two operands.
    Binary(BinaryOp),
    /// `-`
    Negate,
    /// The function with this number, called with as many values as [`values_of`] says.
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

/// So many values at most a link takes.
pub const INPUTS_MAX: usize = 3;

/// A chain whose links go together: real numbers, and real arrays of one shape.
#[derive(Debug)]
pub struct Chain<V> {
    steps: SmallVec<[Step; 6]>,
    arrays: SmallVec<[(V, Kind); OPERANDS_MAX]>,
    shape: Shape,
    form: Form,
    effort: Effort,
    /// Whether a step takes roots, which are complex of what is below 0.
    has_roots: bool,
    /// What is made of the numbers, if they are no array.
    end: Option<End>,
}

/// What is known of what a link comes to.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Number,
    Array { is_vector: bool, is_mask: bool },
}

/// With how many values a function is called that may be a link of a chain: of one number, and of each of
/// many, or such that it [ends](is_end) one. `None` for all others.
#[must_use]
pub fn values_of(function: u16) -> Option<usize> {
    match link_of(function) {
        Some(operation) => Some(inputs_of(operation)),
        None => is_end(function).then_some(1),
    }
}

/// Whether a function makes one number of all that a chain comes to, so that nothing follows.
#[must_use]
pub fn is_end(function: u16) -> bool {
    End::of(function).is_some()
}

const fn inputs_of(operation: Operation) -> usize {
    if let Operation::Choose = operation { 3 } else { 1 }
}

impl<V: Clone + PartialEq> Chain<V> {
    /// Looks at a chain. `None` if one of the links does something else than to go through real
    /// numbers of one shape, or may fail: then they are done one after the other.
    pub fn of<S: Store<Value = V>>(
        store: &S,
        links: &[(Link, [Input<V>; INPUTS_MAX])],
    ) -> Option<Self> {
        let mut operands = Operands { arrays: SmallVec::new(), shape: None };
        let mut results: SmallVec<[(Kind, Option<Source>); 6]> = SmallVec::new();
        let mut steps = SmallVec::new();
        let (mut effort, mut has_roots) = (Effort::Quick, false);
        let mut waiting = [false; WAITING_MAX];
        let (end, links) = match links.split_last() {
            Some(((Link::Function(function), inputs), before)) => match End::of(*function) {
                // It takes what the others come to.
                Some(end) if inputs[0] == Input::Link(before.len().checked_sub(1)?) => {
                    (Some(end), before)
                }
                Some(_) => return None,
                None => (None, links),
            },
            _ => (None, links),
        };
        for (link, inputs) in links {
            let operation = operation(*link)?;
            let count = match link {
                Link::Binary(_) => 2,
                Link::Negate | Link::Function(_) => inputs_of(operation),
            };
            let mut kinds = [Kind::Number; INPUTS_MAX];
            let mut sources = [Source::Number(0.0); INPUTS_MAX];
            for (index, input) in inputs.iter().take(count).enumerate() {
                (kinds[index], sources[index]) = match input {
                    Input::Link(link) => {
                        let (kind, source) = results.get_mut(*link)?;
                        (*kind, source.take()?)
                    }
                    Input::Value(value) => operands.source(store, value)?,
                };
            }
            if let [Source::Number(x), Source::Number(y), Source::Number(_)] = sources {
                results.push((Kind::Number, Some(Source::Number(of_scalars(*link, x, y)?))));
                continue;
            }
            let operation = match (operation, sources[1]) {
                (Operation::Power(_), Source::Number(2.0)) => {
                    sources[1] = sources[0];
                    Operation::Multiply
                }
                // The powers of one exponent only.
                (Operation::Power(_), Source::Number(exponent)) => Operation::Power(exponent),
                (Operation::Power(_), _) => return None,
                _ => operation,
            };
            let kind = result(*link, operation, kinds, operands.shape.as_ref())?;
            effort = if is_slow(operation) { Effort::Slow } else { effort };
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
        let (Kind::Array { is_vector, is_mask }, _) = results.last()? else { return None };
        let form = match (is_mask, is_vector) {
            (true, _) => Form::Mask,
            (false, true) => Form::Vector,
            (false, false) => Form::Tensor,
        };
        let Operands { arrays, shape } = operands;
        Some(Self { steps, arrays, shape: shape?, form, effort, has_roots, end })
    }

    /// Whether it computes with this array.
    pub fn takes(&self, array: &V) -> bool {
        self.arrays.iter().any(|(taken, _)| taken == array)
    }

    /// Whether its result may be written over one of the arrays it takes.
    #[must_use]
    pub fn may_overwrite(&self) -> bool {
        !self.has_roots
    }

    /// Whether it comes to an array, not to one number.
    #[must_use]
    pub const fn makes_array(&self) -> bool {
        self.end.is_none()
    }

    /// What it comes to. `None` if one of the links has to make complex numbers, or fails: then they are
    /// done one after the other, too.
    ///
    /// # Errors
    /// Memory has run out.
    pub fn make<S: Store<Value = V>>(&self, store: &mut S) -> Result<Option<V>, Fault> {
        let arrays: SmallVec<[&V; OPERANDS_MAX]> =
            self.arrays.iter().map(|(array, _)| array).collect();
        let Self { steps, shape, form, effort, .. } = self;
        if let Some(end) = self.end {
            let numbers = arrays.iter().map(|array| store.numbers(array));
            let Some(numbers) = numbers.collect::<Option<SmallVec<[_; OPERANDS_MAX]>>>() else {
                return Ok(None);
            };
            let numbers: SmallVec<[&[f64]; OPERANDS_MAX]> =
                numbers.iter().map(|numbers| &**numbers).collect();
            let count = shape.iter().product();
            return Ok(end.made(steps, &numbers, count).map(|number| store.number(number)));
        }
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

/// What a chain takes.
#[derive(Debug)]
struct Operands<V> {
    arrays: SmallVec<[(V, Kind); OPERANDS_MAX]>,
    /// That of all arrays.
    shape: Option<Shape>,
}

impl<V: Clone + PartialEq> Operands<V> {
    /// A value as a source. `None` if it is no real number, nor a real array of the shape of all others.
    fn source<S: Store<Value = V>>(&mut self, store: &S, value: &V) -> Option<(Kind, Source)> {
        if let Some(index) = self.arrays.iter().position(|(array, _)| array == value) {
            return Some((self.arrays[index].1, Source::Array(index)));
        }
        let (own, is_vector) = match elementwise::operand(store, value)? {
            // A box of one number is left to itself: it may be of truth values.
            Known::Number(_) if store.view(value) == View::Tensor => return None,
            Known::Number(number) => return Some((Kind::Number, Source::Number(number))),
            Known::Array { shape, is_vector } => (shape, is_vector),
        };
        if *self.shape.get_or_insert_with(|| own.clone()) != own
            || self.arrays.len() == OPERANDS_MAX
        {
            return None;
        }
        let kind = Kind::Array { is_vector, is_mask: store.is_mask(value) };
        self.arrays.push((value.clone(), kind));
        Some((kind, Source::Array(self.arrays.len() - 1)))
    }
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
fn result(
    link: Link,
    operation: Operation,
    kinds: [Kind; INPUTS_MAX],
    shape: Option<&Shape>,
) -> Option<Kind> {
    let is_truth = |kind| matches!(kind, Kind::Array { is_mask: true, .. });
    match (link, kinds) {
        (Link::Binary(op), [Kind::Array { .. }, Kind::Array { .. }, _]) => {
            let is_product = op == BinaryOp::Multiply && shape.is_some_and(|it| it.len() == 2);
            (!is_product).then_some(Kind::Array { is_vector: false, is_mask: op.is_comparison() })
        }
        (
            Link::Binary(op),
            [Kind::Array { is_vector, .. }, Kind::Number, _]
            | [Kind::Number, Kind::Array { is_vector, .. }, _],
        ) => {
            let is_mask = op.is_comparison();
            Some(Kind::Array { is_vector: is_vector && !is_mask, is_mask })
        }
        (Link::Function(_), [Kind::Array { .. }, x, y])
            if matches!(operation, Operation::Choose) =>
        {
            Some(Kind::Array { is_vector: false, is_mask: is_truth(x) && is_truth(y) })
        }
        (Link::Negate, [Kind::Array { is_vector, .. }, ..]) => {
            Some(Kind::Array { is_vector, is_mask: false })
        }
        (Link::Function(_), [Kind::Array { is_vector, .. }, ..]) if inputs_of(operation) == 1 => {
            Some(Kind::Array { is_vector, is_mask: false })
        }
        _ => None,
    }
}

/// What a link does to numbers, powers with an exponent that is to be looked at; `None` for what has
/// rules of its own.
fn operation(link: Link) -> Option<Operation> {
    Some(match link {
        Link::Binary(BinaryOp::Add) => Operation::Add,
        Link::Binary(BinaryOp::Subtract) => Operation::Subtract,
        Link::Binary(BinaryOp::Multiply) => Operation::Multiply,
        Link::Binary(BinaryOp::Divide) => Operation::Divide,
        Link::Binary(BinaryOp::Less) => Operation::Less,
        Link::Binary(BinaryOp::LessOrEqual) => Operation::LessOrEqual,
        Link::Binary(BinaryOp::Greater) => Operation::Greater,
        Link::Binary(BinaryOp::GreaterOrEqual) => Operation::GreaterOrEqual,
        Link::Binary(BinaryOp::Power) => Operation::Power(1.0),
        Link::Binary(BinaryOp::Remainder | BinaryOp::Equal | BinaryOp::NotEqual) => return None,
        Link::Negate => Operation::Negate,
        Link::Function(function) => return link_of(function),
    })
}

/// Whether it takes far longer than fetching a number.
const fn is_slow(operation: Operation) -> bool {
    matches!(operation, Operation::Function(_) | Operation::Root)
}
