//! A program as a machine has it loaded. In a dialogue it grows with each input, and going back to an
//! earlier state goes back to the earlier program, too.

use std::sync::Arc;

use crate::inspect::lines::Lines;
use crate::program::{Program, Prototype};
use crate::value::Value;
use crate::vm::Vm;

/// What an input has added, and what was there before it.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    before: Option<Arc<Self>>,
    /// The new part of the program.
    added: Program,
    constants: Vec<Value>,
    names: Vec<u32>,
    shapes: Vec<u32>,
}

impl Loaded {
    /// The functions of the program, in order.
    pub(crate) fn prototypes(&self) -> Vec<&Prototype> {
        let parts = std::iter::successors(Some(self), |part| part.before.as_deref());
        let mut parts: Vec<&Self> = parts.collect();
        parts.reverse();
        parts.into_iter().flat_map(|part| &part.added.prototypes).collect()
    }

    /// The number of the outermost code.
    pub(crate) fn main(&self) -> usize {
        self.added.main as usize
    }
}

impl Vm {
    /// Keeps what was loaded since this was called last, for later snapshots.
    pub(crate) fn keep_loaded(&mut self, before: &Program) {
        let constants = before.prototypes.iter().map(|prototype| prototype.constants.len()).sum();
        let tail = |list: &[u32], from: usize| list[from..].to_vec();
        self.loaded = Arc::new(Loaded {
            added: after(&self.program, before),
            constants: self.constants[constants..].to_vec(),
            names: tail(&self.names, before.names.len()),
            shapes: tail(&self.shapes, before.shapes.len()),
            before: Some(Arc::clone(&self.loaded)),
        });
    }

    /// Makes this the program. Instructions remember no fields afterwards.
    pub(crate) fn return_to(&mut self, loaded: &Arc<Loaded>) {
        self.forget_caches();
        if !Arc::ptr_eq(&self.loaded, loaded) {
            self.loaded = Arc::clone(loaded);
            self.reload();
        }
    }

    /// Takes back what was loaded and not kept.
    pub(crate) fn unload(&mut self) {
        self.forget_caches();
        self.reload();
    }

    fn reload(&mut self) {
        let mut parts = vec![Arc::clone(&self.loaded)];
        while let Some(before) = parts.last().and_then(|part| part.before.clone()) {
            parts.push(before);
        }
        let mut program = Program::default();
        self.code.clear();
        self.constants.clear();
        self.prototypes.clear();
        self.spent.clear();
        self.chains.clear();
        self.names.clear();
        self.shapes.clear();
        self.stretch = 0;
        for part in parts.iter().rev() {
            self.names.extend(&part.names);
            self.shapes.extend(&part.shapes);
            let mut constants = self.constants.len();
            for prototype in &part.added.prototypes {
                self.load_code(prototype, constants);
                constants += prototype.constants.len();
            }
            self.constants.extend(&part.constants);
            append(&mut program, &part.added);
        }
        self.heap.know(&program);
        self.lines = Arc::new(Lines::new(&program));
        self.program = Arc::new(program);
    }
}

/// A chain can be longer than calls may be deep.
impl Drop for Loaded {
    fn drop(&mut self) {
        let mut next = self.before.take();
        while let Some(mut part) = next.and_then(Arc::into_inner) {
            next = part.before.take();
        }
    }
}

/// What a program has that `before`, which is its beginning, has not.
fn after(program: &Program, before: &Program) -> Program {
    Program {
        prototypes: program.prototypes[before.prototypes.len()..].to_vec(),
        main: program.main,
        names: program.names[before.names.len()..].to_vec(),
        shapes: program.shapes[before.shapes.len()..].to_vec(),
        aliases: program.aliases[before.aliases.len()..].to_vec(),
        checks: program.checks[before.checks.len()..].to_vec(),
        patterns: program.patterns[before.patterns.len()..].to_vec(),
        globals: program.globals[before.globals.len()..].to_vec(),
        methods: program.methods[before.methods.len()..].to_vec(),
        sources: program.sources[before.sources.len()..].to_vec(),
        memory: program.memory,
    }
}

/// The opposite.
fn append(program: &mut Program, added: &Program) {
    program.prototypes.extend_from_slice(&added.prototypes);
    program.main = added.main;
    program.names.extend_from_slice(&added.names);
    program.shapes.extend_from_slice(&added.shapes);
    program.aliases.extend_from_slice(&added.aliases);
    program.checks.extend_from_slice(&added.checks);
    program.patterns.extend_from_slice(&added.patterns);
    program.globals.extend_from_slice(&added.globals);
    program.methods.extend_from_slice(&added.methods);
    program.sources.extend_from_slice(&added.sources);
    program.memory = added.memory;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_chain_is_let_go_of() {
        let mut chain = Arc::new(Loaded::default());
        for _ in 0..1_000_000 {
            let mut next = Loaded::default();
            next.before = Some(chain);
            chain = Arc::new(next);
        }
        assert!(Arc::into_inner(chain).is_some());
    }
}
