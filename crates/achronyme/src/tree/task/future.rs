//! Futures: what a task will come to.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use source::Span;

use super::super::engine::Engine;
use super::super::exit::Exit;
use super::super::grave::bury;
use super::super::value::{Charge, Value};
use super::{Guard, TaskId};

/// What a task will come to.
pub(in crate::tree) struct Future {
    /// The task, if it is the result of one.
    task: Option<TaskId>,
    /// Whether an error becomes a value.
    is_spawned: bool,
    result: RefCell<Option<Result<Value, Value>>>,
    waiters: RefCell<Vec<TaskId>>,
    /// What its task holds.
    guards: RefCell<Vec<Rc<Guard>>>,
    is_ending: Cell<bool>,
    /// Whether a channel gave it that is closed and has nothing more to give.
    is_last: Cell<bool>,
    _charge: Charge,
}

impl Future {
    pub(super) fn result(&self) -> Option<Result<Value, Value>> {
        self.result.borrow().clone()
    }

    /// Marks what a channel gives that has nothing more to give.
    pub(super) fn set_last(&self) {
        self.is_last.set(true);
    }

    pub(in crate::tree) fn is_last(&self) -> bool {
        self.is_last.get()
    }

    pub(super) fn task(&self) -> Option<TaskId> {
        self.task
    }

    pub(super) fn add_waiter(&self, task: TaskId) {
        let mut waiters = self.waiters.borrow_mut();
        if !waiters.contains(&task) {
            waiters.push(task);
        }
    }

    pub(super) fn hold(&self, guard: Rc<Guard>) {
        self.guards.borrow_mut().push(guard);
    }
}

impl Drop for Future {
    fn drop(&mut self) {
        bury((self.result.take(), self.guards.take()));
    }
}

impl Engine {
    pub(super) fn new_future(
        &self,
        task: Option<TaskId>,
        is_spawned: bool,
        span: Span,
    ) -> Result<Rc<Future>, Exit> {
        let charge = self.charge(size_of::<Future>(), span)?;
        Ok(Rc::new(Future {
            task,
            is_spawned,
            result: RefCell::default(),
            waiters: RefCell::default(),
            guards: RefCell::default(),
            is_ending: Cell::new(false),
            is_last: Cell::new(false),
            _charge: charge,
        }))
    }

    /// A future that is there already.
    pub(super) fn ready_future(&self, value: Value, span: Span) -> Result<Value, Exit> {
        let future = self.new_future(None, false, span)?;
        future.result.replace(Some(Ok(value)));
        Ok(Value::Future(future))
    }

    /// Ends a future; who waits for it becomes ready.
    pub(super) fn complete(&self, future: &Future, result: Result<Value, Value>) {
        if future.result.borrow().is_some() || future.is_ending.replace(true) {
            return;
        }
        for guard in future.guards.take() {
            self.release(&guard);
        }
        let result = match result {
            Err(error) if future.is_spawned => Ok(error),
            result => result,
        };
        future.result.replace(Some(result));
        self.tasks.wake(future.waiters.take());
    }
}
