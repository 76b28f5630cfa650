//! Constant expressions, kept as a flat list so that no depth of nesting can exhaust the stack.

use source::Span;

use crate::codes;
use crate::problem::{Problem, labelled, problem};

/// An expression in postfix order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expr {
    pub(crate) ops: Vec<ExprOp>,
    pub(crate) span: Span,
}

/// A step of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ExprOp {
    /// Pushes a number.
    Number(i128),
    /// Pushes what a name stands for.
    Symbol(String),
    /// The negative of the top.
    Negate,
    /// The top two, added.
    Add,
    /// The top taken from the one below.
    Subtract,
    /// The top two, multiplied.
    Multiply,
    /// The one below divided by the top, rounding towards 0.
    Divide,
}

/// What an expression stands for: a number, or a place so many bytes into a section that has no
/// place yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) section: Option<u32>,
    pub(crate) value: i128,
}

impl Term {
    /// A plain number.
    pub(crate) const fn number(value: i128) -> Self {
        Self { section: None, value }
    }
}

impl Expr {
    /// Just a number.
    pub(crate) fn number(value: i128, span: Span) -> Self {
        Self { ops: vec![ExprOp::Number(value)], span }
    }

    /// Just a name.
    pub(crate) fn symbol(name: &str, span: Span) -> Self {
        Self { ops: vec![ExprOp::Symbol(name.to_owned())], span }
    }

    /// The name, if it is nothing else.
    pub(crate) fn as_symbol(&self) -> Option<&str> {
        match self.ops.as_slice() {
            [ExprOp::Symbol(name)] => Some(name),
            _ => None,
        }
    }

    /// The names in it.
    pub(crate) fn symbols(&self) -> impl Iterator<Item = &str> {
        self.ops
            .iter()
            .filter_map(|op| if let ExprOp::Symbol(name) = op { Some(&**name) } else { None })
    }

    /// Calculates it.
    pub(crate) fn evaluate(
        &self,
        lookup: &mut dyn FnMut(&str, Span) -> Result<Term, Problem>,
    ) -> Result<Term, Problem> {
        let mut stack: Vec<Term> = Vec::new();
        for op in &self.ops {
            let value = match op {
                ExprOp::Number(value) => Term::number(*value),
                ExprOp::Symbol(name) => lookup(name, self.span)?,
                ExprOp::Negate => {
                    let top = self.pop(&mut stack)?;
                    self.combine(op, Term::number(0), top)?
                }
                ExprOp::Add | ExprOp::Subtract | ExprOp::Multiply | ExprOp::Divide => {
                    let right = self.pop(&mut stack)?;
                    let left = self.pop(&mut stack)?;
                    self.combine(op, left, right)?
                }
            };
            stack.push(value);
        }
        self.pop(&mut stack)
    }

    /// Calculates it to a number that fits 64 bits, signed or not.
    pub(crate) fn evaluate_number(
        &self,
        lookup: &mut dyn FnMut(&str, Span) -> Result<Term, Problem>,
    ) -> Result<i128, Problem> {
        let term = self.evaluate(lookup)?;
        if term.section.is_some() {
            return Err(self.not_constant());
        }
        Ok(term.value)
    }

    fn pop(&self, stack: &mut Vec<Term>) -> Result<Term, Problem> {
        let missing = || problem(codes::SYNTAX, self.span, "the expression is incomplete");
        stack.pop().ok_or_else(missing)
    }

    fn combine(&self, op: &ExprOp, left: Term, right: Term) -> Result<Term, Problem> {
        let section = match (op, left.section, right.section) {
            (_, None, None) => None,
            (ExprOp::Add, Some(place), None) | (ExprOp::Add, None, Some(place)) => Some(place),
            (ExprOp::Subtract, Some(place), None) => Some(place),
            (ExprOp::Subtract, Some(a), Some(b)) if a == b => None,
            _ => return Err(self.not_constant()),
        };
        let (a, b) = (left.value, right.value);
        let value = match op {
            ExprOp::Add => a.checked_add(b),
            ExprOp::Subtract | ExprOp::Negate => a.checked_sub(b),
            ExprOp::Multiply => a.checked_mul(b),
            ExprOp::Divide if b == 0 => {
                return Err(problem(codes::ARITHMETIC, self.span, "this divides by 0"));
            }
            ExprOp::Divide => a.checked_div(b),
            ExprOp::Number(_) | ExprOp::Symbol(_) => None,
        };
        let too_large =
            || problem(codes::ARITHMETIC, self.span, "this leaves the range of numbers");
        Ok(Term { section, value: value.ok_or_else(too_large)? })
    }

    fn not_constant(&self) -> Problem {
        labelled(
            codes::NOT_CONSTANT,
            self.span,
            "the value of this is known only after linking",
            "a number, or the difference of two labels of one segment, was expected",
        )
    }
}

/// `value` in 64 bits: from the smallest signed number to the largest unsigned one.
pub(crate) fn to_word(value: i128) -> Option<i64> {
    i64::try_from(value).ok().or_else(|| u64::try_from(value).ok().map(u64::cast_signed))
}
