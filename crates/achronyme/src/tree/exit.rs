//! The ways in which code ends other than with a value.

use std::rc::Rc;

use source::Span;

use super::function::Function;
use super::value::Value;

/// What a piece of code comes to.
pub(super) type Outcome = Result<Value, Exit>;

/// A way in which code ends other than with a value.
pub(super) enum Exit {
    /// An error, on its way to whoever catches it.
    Throw(Box<Thrown>),
    /// `break`, with its value.
    Break(Option<Value>),
    /// `continue`
    Continue,
    /// `return`
    Return(Value),
    /// The function's result is that of another call.
    Tail(Box<Call>),
    /// The steps that the run may take are used up.
    Stopped,
    /// The program has ended, and says this to its caller.
    Ended(u8),
}

/// An error on its way.
pub(super) struct Thrown {
    pub(super) error: Value,
    /// Where it was thrown.
    pub(super) span: Span,
}

/// A call that is about to be made.
pub(super) struct Call {
    pub(super) callee: Value,
    pub(super) arguments: Vec<Value>,
    /// What `self` is in it.
    pub(super) receiver: Option<Value>,
    /// Where it is written.
    pub(super) span: Span,
}

impl Call {
    /// The function of the program that is called.
    pub(super) fn function(&self) -> Option<Rc<Function>> {
        match &self.callee {
            Value::Function(function) => Some(Rc::clone(function)),
            _ => None,
        }
    }
}
