//! What Achronyme's values are, and what its operators and functions do with them, whatever keeps
//! the values: the heap of the register machine, or the counted references of the tree walker.
//!
//! Everything here is generic over a [`Store`] and touches no engine: calling back, suspending and
//! asking the outside are for the engines. Where a function needs the outside, [`ask`] says what, and
//! [`finish`] makes a value of the answer.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a function names the kinds it takes; all others, also new ones, are errors to it"
)]

mod archive;
pub mod array;
mod builtin;
pub mod chain;
pub mod change;
mod classes;
pub mod compare;
mod constant;
mod describe;
mod echo;
mod elementwise;
pub mod error;
mod fault;
pub mod field;
mod functions;
mod help;
pub mod index;
mod kind;
mod method;
mod module;
mod numbers;
pub mod operator;
mod prelude;
mod shape;
mod store;
pub mod text;
pub mod truth;
pub mod types;

pub use achronyme_numeric::{Canonical, Each, Effort, rewrite};
pub use builtin::{
    Arity, BUILTINS, Builtin, Engine, area, ask, builtin, call, check_arity, find, finish,
    wrong_count,
};
pub use constant::{CONSTANTS, Constant, constant};
pub use echo::echo;
pub use fault::Fault;
pub use functions::{exit_code, wanted_precision};
pub use help::{
    FunctionExample, FunctionHelp, explain_function, function_help, function_helps,
    function_overview, functions_in_lines, functions_like,
};
pub use kind::Kind;
pub use method::{Change, EngineMethod, Method, closed_channel, method, released_guard};
pub use module::{module_exports, modules, not_exported};
pub use num_complex::Complex64 as Complex;
pub use operator::{BinaryOp, UnaryOp};
pub use prelude::{PreludeFunction, prelude, prelude_count};
pub use store::{EdgeView, FieldView, Fill, Form, OPERANDS_MAX, Store, TensorView, View};
pub use types::{Element, FieldType, Type};
