//! The engine that walks the tree of a program: plain, for comparison with the register machine.
//!
//! Code is evaluated by futures that call each other, on a native stack that grows. A generator or
//! a task is such a future that is kept and asked again; tail calls go back to the loop in
//! `call`; everything else is as it is written.

mod call;
mod chain;
mod control;
mod engine;
mod exit;
mod expression;
mod function;
mod generator;
mod grave;
mod heap;
mod module;
mod pattern;
mod persist;
mod place;
mod scope;
mod signal;
mod statement;
mod step;
mod task;
mod types;
mod value;

use std::rc::Rc;

use achronyme_library::Store as _;
use machine::{Answer, Question};
use source::{SourceMap, Span};

use crate::hir::Module;
use crate::modules::Program;
use crate::prelude;
use engine::Engine;
use exit::{Exit, Outcome, Thrown};
use scope::Env;
use step::Step;
use value::Value;

/// Whoever answers what a program asks of the outside.
pub type World = Box<dyn FnMut(Question) -> Answer>;

/// What a run may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Steps, which are expressions, statements, turns of loops and calls.
    pub steps_max: u64,
    /// Bytes of values. Beyond them a program gets an error that it can catch.
    pub memory_max: usize,
    /// Calls inside of each other. Likewise.
    pub depth_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { steps_max: u64::MAX, memory_max: 1 << 31, depth_max: 110_000 }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// With a value, in the form in which a dialogue shows it. None for null.
    Value(Option<String>),
    /// With an error that nothing caught.
    Uncaught(Uncaught),
    /// With a call of `exit`, and this for its caller.
    Exit(u8),
    /// It took all its steps.
    Stopped,
}

/// An error that nothing caught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncaught {
    /// Its kind, if it has one.
    pub kind: Option<String>,
    /// What is wrong.
    pub message: String,
    /// Where it was thrown.
    pub span: Span,
}

/// Runs a program. `sources` are those that its spans are in; the library's texts are added.
pub fn run(program: &Program, sources: &mut SourceMap, options: &Options, world: World) -> Ended {
    let files = prelude::needed(sources.iter().map(|(_, _, text)| text));
    let read = |file: usize| {
        let prelude::File { name, text } = prelude::FILES[file];
        prelude::read(file, sources.add(name, text)).module
    };
    let library: Vec<Rc<Module>> = files.into_iter().map(read).collect();
    let texts = library.iter().map(|file| file.body.span.source).collect();
    let engine = Engine::new(Rc::new(program.clone()), texts, options, world);
    let outcome = match library.iter().try_for_each(|file| engine.load_prelude(file)) {
        Ok(()) => engine.run_to_end(Step::new(engine.run_module(0))),
        Err(exit) => Err(exit),
    };
    let ended = engine.ended(outcome);
    engine.let_go();
    ended
}

impl Engine {
    /// Runs what a file of the library declares; its names are those of functions from then on.
    fn load_prelude(&self, prelude: &Module) -> Result<(), Exit> {
        let mut env = Env::module(usize::MAX, &prelude.body.statements);
        let work = async { self.statements(&prelude.body.statements, &mut env, false).await };
        self.run_to_end(Step::new(work))?;
        let variables = env.variables().into_iter().rev();
        let values = variables.filter_map(|(name, variable)| Some((name, variable.get()?)));
        self.prelude.borrow_mut().extend(values);
        Ok(())
    }

    /// Runs a file.
    async fn run_module(&self, file: usize) -> Outcome {
        let program = Rc::clone(&self.modules.program);
        let Some(module) = program.modules.get(file) else { return Ok(Value::Null) };
        let statements = &module.module.body.statements;
        let mut env = Env::module(file, statements);
        self.keep(&env);
        self.statements(statements, &mut env, false).await
    }

    fn ended(&self, outcome: Outcome) -> Ended {
        match outcome {
            Ok(Value::Null) => Ended::Value(None),
            Ok(value) => {
                let shown = achronyme_library::echo(&*self.heap.borrow(), &value);
                match shown {
                    Ok(shown) => Ended::Value(Some(shown)),
                    Err(fault) => Ended::Uncaught(Uncaught {
                        kind: Some(fault.kind.to_owned()),
                        message: fault.message,
                        span: Span::default(),
                    }),
                }
            }
            Err(Exit::Throw(thrown)) => Ended::Uncaught(self.uncaught(&thrown)),
            Err(Exit::Ended(code)) => Ended::Exit(code),
            Err(_) => Ended::Stopped,
        }
    }

    fn uncaught(&self, thrown: &Thrown) -> Uncaught {
        let heap = self.heap.borrow();
        let [message, kind, _] = heap.error(&thrown.error).unwrap_or_default();
        let kind = (!matches!(kind, Value::Null)).then(|| heap.text(&kind).to_owned());
        Uncaught { kind, message: heap.text(&message).to_owned(), span: thrown.span }
    }

    /// Lets go of everything, also of what leads back to itself.
    fn let_go(&self) {
        self.tasks.clear();
        self.heap.borrow().clear();
        let functions = self.prelude.take();
        drop(functions);
    }
}
