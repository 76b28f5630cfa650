//! What the compiler asks of the library: names, and what it may rely on.

use achronyme_library::{Constant, Engine, builtin};
use achronyme_vm::Op;

use crate::resolve::Meaning;

/// The library as the compiler sees it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Library;

impl Library {
    /// The number of a function.
    pub(crate) fn find(self, name: &str) -> Option<u16> {
        achronyme_library::find(name)
    }

    /// What a name means that a program does not declare.
    pub(crate) fn meaning(self, name: &str) -> Option<Meaning> {
        if let Some(index) = self.find(name) {
            return Some(Meaning::Builtin(index));
        }
        Some(match achronyme_library::constant(name)? {
            Constant::Number(number) => Meaning::Constant(number, 0.0),
            Constant::Imaginary => Meaning::Constant(0.0, 1.0),
        })
    }

    /// Whether a module of the library has a function with this name; `None` if there is no such
    /// module.
    pub(crate) fn exports(self, module: &str, name: &str) -> Option<bool> {
        Some(achronyme_library::module_exports(module)?.contains(&name))
    }

    /// The instruction that does what a function does.
    pub(crate) fn instruction(self, index: u16) -> Option<Op> {
        match builtin(index)?.name {
            "len" => Some(Op::Len),
            "floor" => Some(Op::Floor),
            "sqrt" => Some(Op::Sqrt),
            "abs" => Some(Op::Abs),
            _ => None,
        }
    }

    /// Whether a function suspends, or runs other functions.
    pub(crate) fn is_task(self, index: u16) -> bool {
        builtin(index).is_some_and(|row| row.engine == Engine::Task)
    }
}
