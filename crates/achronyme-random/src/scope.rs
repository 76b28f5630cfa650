//! The names that a program has at a place.

use crate::types::Type;

/// A name of a program.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) kind: Type,
    /// Whether the author may assign to it. Counters of loops are left alone.
    pub(crate) mutable: bool,
    /// Of a function: what a call costs.
    pub(crate) cost: usize,
    /// How many functions are around it.
    pub(crate) level: usize,
}

/// The names at a place, the innermost last.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    variables: Vec<Variable>,
    /// How many functions are around the place.
    pub(crate) level: usize,
}

impl Scope {
    pub(crate) fn mark(&self) -> usize {
        self.variables.len()
    }

    /// Leaves all blocks that were entered since `mark`.
    pub(crate) fn leave(&mut self, mark: usize) {
        self.variables.truncate(mark);
    }

    pub(crate) fn add(&mut self, variable: Variable) {
        self.variables.push(variable);
    }

    /// Whether a name is that of a variable.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.variables.iter().any(|variable| variable.name == name)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|variable| variable.name.as_str())
    }

    /// The variables that can be named here and suit. What can be changed and leads to functions
    /// is left out inside of further functions: a function could come to call itself for ever.
    pub(crate) fn visible(&self, suits: impl Fn(&Variable) -> bool) -> Vec<&Variable> {
        let mut found: Vec<&Variable> = Vec::new();
        for (index, variable) in self.variables.iter().enumerate() {
            let is_safe = !variable.mutable
                || variable.level == self.level
                || !variable.kind.holds_function();
            let is_hidden = self.variables[index + 1..].iter().any(|v| v.name == variable.name);
            if is_safe && !is_hidden && suits(variable) {
                found.push(variable);
            }
        }
        found
    }
}
