//! `import` and `export`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use achronyme_library::{module_exports, not_exported};
use source::Span;

use super::engine::Engine;
use super::exit::Exit;
use super::scope::{Declared, Env};
use super::step::Step;
use crate::hir::NamedItem;
use crate::modules::{Imported, Program};

/// The files of a program, and what became of them.
pub(super) struct Modules {
    pub(super) program: Rc<Program>,
    states: RefCell<Vec<State>>,
}

/// What a file exports: a value, a type, or both, under each name.
type Exports = BTreeMap<Rc<str>, Vec<Declared>>;

enum State {
    New,
    /// Being run, with what was exported so far.
    Running(Exports),
    Done(Rc<Exports>),
}

impl Modules {
    pub(super) fn new(program: Rc<Program>) -> Self {
        let states = program.modules.iter().map(|_| State::New).collect();
        Self { program, states: RefCell::new(states) }
    }
}

impl Engine {
    pub(super) async fn import(
        &self,
        items: &[NamedItem],
        path: &Rc<str>,
        span: Span,
        env: &mut Env,
    ) -> Result<(), Exit> {
        let program = Rc::clone(&self.modules.program);
        let module = program.modules.get(env.frame.module);
        match module.and_then(|module| module.imports.get(path)) {
            Some(Imported::Library) => self.import_library(items, path, env),
            Some(Imported::File(file)) => {
                let exports = self.exports(*file, path, span).await?;
                self.import_from(items, path, &exports, env)
            }
            other => {
                let refusal = other.and_then(|imported| imported.refusal(path));
                self.error(span, refusal.unwrap_or_default())
            }
        }
    }

    fn import_library(&self, items: &[NamedItem], path: &str, env: &mut Env) -> Result<(), Exit> {
        let names = module_exports(path).unwrap_or_default();
        for NamedItem { name, alias } in items {
            let found = names.contains(&&*name.text).then(|| self.function(&name.text)).flatten();
            let Some(function) = found else {
                return self.error(name.span, not_exported(path, &name.text));
            };
            env.bind(&alias.text, function);
        }
        Ok(())
    }

    fn import_from(
        &self,
        items: &[NamedItem],
        path: &str,
        exports: &Exports,
        env: &mut Env,
    ) -> Result<(), Exit> {
        for NamedItem { name, alias } in items {
            let Some(found) = exports.get(&name.text) else {
                let message = format!(
                    "'{}' is not exported from module '{path}' (neither as value nor type)",
                    name.text
                );
                return self.error(name.span, message);
            };
            for what in found {
                match what {
                    // What is imported is the present value, which cannot be assigned to.
                    Declared::Variable(variable) => {
                        env.bind(&alias.text, variable.get().unwrap_or_default());
                    }
                    Declared::Alias(number) => env.declare(&alias.text, Declared::Alias(*number)),
                }
            }
        }
        Ok(())
    }

    /// What a file exports, which is run if it has not been.
    fn exports<'a>(&'a self, file: usize, path: &'a str, span: Span) -> Step<'a, Rc<Exports>> {
        Step::new(async move {
            let is_new = match &self.modules.states.borrow()[file] {
                State::Done(exports) => return Ok(Rc::clone(exports)),
                State::Running(_) => false,
                State::New => true,
            };
            if !is_new {
                return self.error(span, format!("Module '{path}' is being run by another task"));
            }
            self.set_state(file, State::Running(Exports::new()));
            match self.run_module(file).await {
                Ok(_) => {
                    let State::Running(exports) = self.set_state(file, State::New) else {
                        return Ok(Rc::default());
                    };
                    let exports = Rc::new(exports);
                    self.set_state(file, State::Done(Rc::clone(&exports)));
                    Ok(exports)
                }
                Err(exit) => {
                    self.set_state(file, State::New);
                    Err(exit)
                }
            }
        })
    }

    fn set_state(&self, file: usize, state: State) -> State {
        std::mem::replace(&mut self.modules.states.borrow_mut()[file], state)
    }

    pub(super) fn export(&self, items: &[NamedItem], env: &Env) -> Result<(), Exit> {
        for NamedItem { name, alias } in items {
            let found: Vec<Declared> = [false, true]
                .iter()
                .filter_map(|is_type| env.earlier(&name.text, *is_type).cloned())
                .collect();
            if found.is_empty() {
                let message = format!(
                    "Cannot export '{}': not found in current scope (neither value nor type)",
                    name.text
                );
                return self.error(name.span, message);
            }
            let mut states = self.modules.states.borrow_mut();
            if let Some(State::Running(exports)) = states.get_mut(env.frame.module) {
                exports.insert(Rc::clone(&alias.text), found);
            }
        }
        Ok(())
    }
}
