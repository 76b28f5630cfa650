//! The words that decide what is run next, and the stacks, frames and variables they use.

pub(crate) mod bracket;
pub(crate) mod call;
pub(crate) mod convert;
pub(crate) mod force;
pub(crate) mod frame;
pub(crate) mod interface;
pub(crate) mod repeat;
pub(crate) mod stack;
pub(crate) mod system;
pub(crate) mod variable;
