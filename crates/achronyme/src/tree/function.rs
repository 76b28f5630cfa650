//! Functions that a program made.

use std::rc::Rc;

use super::grave::bury;
use super::scope::Env;
use super::types::Signature;
use super::value::Charge;
use crate::hir::Lambda;

/// A function as it is written, with what it could see.
pub(super) struct Function {
    pub(super) lambda: Rc<Lambda>,
    /// Where it was made. Taken out only when it is let go of.
    pub(super) env: Option<Env>,
    /// Types that the variable it was first put into asks for.
    pub(super) signature: Option<Rc<Signature>>,
    pub(super) _charge: Charge,
}

impl Function {
    /// How many values it takes at most.
    pub(super) fn parameters(&self) -> u8 {
        u8::try_from(self.lambda.parameters.len()).unwrap_or(u8::MAX)
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        bury(self.env.take());
    }
}
