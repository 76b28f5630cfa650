//! What a run consists of, besides values: limits, counters, and the way to library and world.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use achronyme_library::{Constant, Fault, constant, error, find};
use machine::{Answer, Question};
use source::{SourceId, Span};

use super::exit::{Exit, Outcome, Thrown};
use super::function::Function;
use super::heap::{Cyclic, Heap};
use super::module::Modules;
use super::persist::Restored;
use super::scope::Env;
use super::task::Tasks;
use super::types::Aliases;
use super::value::{Charge, Value};
use super::{Options, World};
use crate::modules::Program;

/// A run.
pub(super) struct Engine {
    /// For work that goes on on its own.
    me: Weak<Self>,
    pub(super) heap: RefCell<Heap>,
    pub(super) world: RefCell<World>,
    pub(super) modules: Modules,
    pub(super) aliases: RefCell<Aliases>,
    pub(super) tasks: Tasks,
    /// The effects that run, the innermost last.
    pub(super) effects: RefCell<Vec<Rc<Function>>>,
    /// What the prelude declares.
    pub(super) prelude: RefCell<BTreeMap<Rc<str>, Value>>,
    pub(super) restored: RefCell<Restored>,
    /// The texts of the prelude: what is thrown there was thrown where it was called.
    library: Vec<SourceId>,
    /// Calls that may be made inside of each other.
    pub(super) depth_max: usize,
    /// How many are.
    pub(super) depth: Cell<usize>,
    steps_left: Cell<u64>,
    /// The error where there is no memory even for another one.
    last_error: Value,
}

impl Engine {
    pub(super) fn new(
        program: Rc<Program>,
        library: Vec<SourceId>,
        options: &Options,
        world: World,
    ) -> Rc<Self> {
        let mut heap = Heap::new(options.memory_max);
        let last_error = error::from_fault(&mut heap, &Fault::out_of_memory(0));
        Rc::new_cyclic(|me| Self {
            me: me.clone(),
            heap: RefCell::new(heap),
            last_error: last_error.unwrap_or_default(),
            world: RefCell::new(world),
            modules: Modules::new(program),
            aliases: RefCell::default(),
            tasks: Tasks::default(),
            effects: RefCell::default(),
            prelude: RefCell::default(),
            restored: RefCell::default(),
            library,
            depth_max: options.depth_max,
            depth: Cell::new(0),
            steps_left: Cell::new(options.steps_max),
        })
    }

    /// This, for work that goes on on its own.
    pub(super) fn rc(&self) -> Result<Rc<Self>, Exit> {
        self.me.upgrade().ok_or(Exit::Stopped)
    }

    /// Counts a step.
    pub(super) fn step(&self) -> Result<(), Exit> {
        let left = self.steps_left.get().checked_sub(1).ok_or(Exit::Stopped)?;
        self.steps_left.set(left);
        Ok(())
    }

    /// Asks the outside.
    pub(super) fn ask(&self, question: Question) -> Answer {
        (self.world.borrow_mut())(question)
    }

    /// A fault as an error on its way.
    pub(super) fn fault(&self, span: Span, fault: &Fault) -> Exit {
        Exit::Throw(Box::new(Thrown { error: self.error_value(fault), span }))
    }

    /// The error that a program catches for a fault.
    pub(super) fn error_value(&self, fault: &Fault) -> Value {
        let error = error::from_fault(&mut *self.heap.borrow_mut(), fault);
        error.unwrap_or_else(|_| self.last_error.clone())
    }

    /// A fault with this message.
    pub(super) fn error<T>(&self, span: Span, message: impl Into<String>) -> Result<T, Exit> {
        Err(self.fault(span, &Fault::new(message)))
    }

    /// What a function of the library found, for what is written at `span`.
    pub(super) fn at<T>(&self, span: Span, result: Result<T, Fault>) -> Result<T, Exit> {
        result.map_err(|fault| self.fault(span, &fault))
    }

    /// What a name stands for.
    pub(super) fn name(&self, name: &str, env: &Env, span: Span) -> Outcome {
        if let Some(value) = self.lookup(name, env, span)? {
            return Ok(value);
        }
        self.error(span, format!("Undefined variable or constant: {name}"))
    }

    /// What a name stands for, if anything.
    pub(super) fn lookup(&self, name: &str, env: &Env, span: Span) -> Result<Option<Value>, Exit> {
        if let Some(variable) = env.earlier_variable(name) {
            return Ok(variable.get());
        }
        if let Some(known) = self.known(name, span)? {
            return Ok(Some(known));
        }
        let later = env.later_variable(name).and_then(|variable| variable.get());
        Ok(later.or_else(|| self.restored(name, env)))
    }

    /// What a name stands for that a program does not declare.
    pub(super) fn known(&self, name: &str, span: Span) -> Result<Option<Value>, Exit> {
        let is_visible = !name.starts_with('_') || self.is_library(span);
        if let Some(function) = self.function(name).filter(|_| is_visible) {
            return Ok(Some(function));
        }
        Ok(match constant(name) {
            None => None,
            Some(Constant::Number(number)) => Some(Value::Number(number)),
            Some(Constant::Imaginary) => Some(self.imaginary(1.0, span)?),
        })
    }

    /// Whether this is in the text of the library.
    pub(super) fn is_library(&self, span: Span) -> bool {
        self.library.contains(&span.source)
    }

    /// The function of the library with a name.
    pub(super) fn function(&self, name: &str) -> Option<Value> {
        let of_prelude = self.prelude.borrow().get(name).cloned();
        of_prelude.or_else(|| find(name).map(Value::Builtin))
    }

    /// A multiple of the imaginary unit.
    pub(super) fn imaginary(&self, number: f64, span: Span) -> Outcome {
        use achronyme_library::{Complex, Store as _};
        let made = self.heap.borrow_mut().new_complex(Complex::new(0.0, number));
        self.at(span, made)
    }

    /// A string.
    pub(super) fn string(&self, text: &str, span: Span) -> Outcome {
        let made = self.heap.borrow().string(text);
        self.at(span, made)
    }

    /// Takes bytes for an object.
    pub(super) fn charge(&self, bytes: usize, span: Span) -> Result<Charge, Exit> {
        let charge = self.heap.borrow().charge(bytes);
        self.at(span, charge)
    }

    /// What can see an environment is about to be kept in a value, which the environment may come
    /// to hold.
    pub(super) fn keep(&self, env: &Env) {
        let heap = self.heap.borrow();
        for scope in env.unwatched() {
            heap.watch(Cyclic::Scope(Rc::downgrade(&scope)));
        }
    }
}
