//! Channels and mutexes, between tasks.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use achronyme_library::{closed_channel, released_guard};
use source::Span;

use super::super::engine::Engine;
use super::super::exit::Outcome;
use super::super::grave::bury;
use super::super::value::{Charge, Value};
use super::{Future, TaskId};

/// What two ends have in common.
pub(in crate::tree) struct Channel {
    sent: RefCell<VecDeque<Value>>,
    /// Who waits for a value.
    waiting: RefCell<VecDeque<Rc<Future>>>,
    is_closed: Cell<bool>,
    _charge: Charge,
}

/// The end of a channel that takes values.
pub(in crate::tree) struct Sender(Rc<Channel>);

/// The end of a channel that gives them.
pub(in crate::tree) struct Receiver(Rc<Channel>);

/// A value that one task at a time may hold.
pub(in crate::tree) struct Mutex {
    value: RefCell<Value>,
    is_held: Cell<bool>,
    /// Who waits for it: a future for each, and the task that will hold it.
    waiting: RefCell<VecDeque<(Rc<Future>, TaskId)>>,
    _charge: Charge,
}

/// The right to a mutex's value, until it is released.
pub(in crate::tree) struct Guard {
    mutex: RefCell<Option<Rc<Mutex>>>,
}

impl Drop for Channel {
    fn drop(&mut self) {
        bury((self.sent.take(), self.waiting.take()));
    }
}

impl Drop for Mutex {
    fn drop(&mut self) {
        bury((self.value.take(), self.waiting.take()));
    }
}

impl Engine {
    pub(super) fn channel(&self, span: Span) -> Outcome {
        let channel = Rc::new(Channel {
            sent: RefCell::default(),
            waiting: RefCell::default(),
            is_closed: Cell::new(false),
            _charge: self.charge(size_of::<Channel>(), span)?,
        });
        let ends = vec![
            Value::Sender(Rc::new(Sender(Rc::clone(&channel)))),
            Value::Receiver(Rc::new(Receiver(channel))),
        ];
        let made = self.heap.borrow().vector(ends);
        self.at(span, made)
    }

    pub(super) fn send(&self, sender: &Sender, value: Value, span: Span) -> Outcome {
        let channel = &sender.0;
        if channel.is_closed.get() {
            let error = self.error_value(&closed_channel());
            return self.ready_future(error, span);
        }
        let waiting = channel.waiting.borrow_mut().pop_front();
        match waiting {
            Some(future) => self.complete(&future, Ok(value)),
            None => channel.sent.borrow_mut().push_back(value),
        }
        self.ready_future(Value::Null, span)
    }

    pub(in crate::tree) fn receive(&self, receiver: &Receiver, span: Span) -> Outcome {
        let channel = &receiver.0;
        let sent = channel.sent.borrow_mut().pop_front();
        if let Some(value) = sent {
            return self.ready_future(value, span);
        }
        if channel.is_closed.get() {
            let future = self.ready_future(Value::Null, span)?;
            if let Value::Future(future) = &future {
                future.set_last();
            }
            return Ok(future);
        }
        let future = self.new_future(None, false, span)?;
        channel.waiting.borrow_mut().push_back(Rc::clone(&future));
        Ok(Value::Future(future))
    }

    /// No more values will be sent: who waits gets null.
    pub(super) fn close(&self, sender: &Sender) {
        sender.0.is_closed.set(true);
        for future in sender.0.waiting.take() {
            future.set_last();
            self.complete(&future, Ok(Value::Null));
        }
    }

    pub(super) fn mutex(&self, value: Value, span: Span) -> Outcome {
        let charge = self.charge(size_of::<Mutex>(), span)?;
        Ok(Value::Mutex(Rc::new(Mutex {
            value: RefCell::new(value),
            is_held: Cell::new(false),
            waiting: RefCell::default(),
            _charge: charge,
        })))
    }

    pub(super) fn lock(&self, mutex: &Rc<Mutex>, span: Span) -> Outcome {
        let task = self.tasks.current.get();
        if !mutex.is_held.get() {
            let guard = self.guard(mutex, task);
            return self.ready_future(guard, span);
        }
        let future = self.new_future(None, false, span)?;
        mutex.waiting.borrow_mut().push_back((Rc::clone(&future), task));
        Ok(Value::Future(future))
    }

    /// The guard of a mutex that nobody holds, for a task, which releases it at its end.
    fn guard(&self, mutex: &Rc<Mutex>, task: TaskId) -> Value {
        mutex.is_held.set(true);
        let guard = Rc::new(Guard { mutex: RefCell::new(Some(Rc::clone(mutex))) });
        if let Some(future) = self.future_of(task) {
            future.hold(Rc::clone(&guard));
        }
        Value::Guard(guard)
    }

    pub(super) fn guarded(&self, guard: &Guard, span: Span) -> Outcome {
        match &*guard.mutex.borrow() {
            Some(mutex) => Ok(mutex.value.borrow().clone()),
            None => self.at(span, Err(released_guard())),
        }
    }

    pub(super) fn set_guarded(&self, guard: &Guard, value: Value, span: Span) -> Outcome {
        match &*guard.mutex.borrow() {
            Some(mutex) => {
                let old = mutex.value.replace(value);
                drop(old);
                Ok(Value::Null)
            }
            None => self.at(span, Err(released_guard())),
        }
    }

    /// `guard.release()`
    pub(super) fn release_guard(&self, guard: &Guard, span: Span) -> Outcome {
        if guard.mutex.borrow().is_none() {
            return self.at(span, Err(released_guard()));
        }
        self.release(guard);
        Ok(Value::Null)
    }

    /// Gives the mutex to whoever waits longest.
    pub(super) fn release(&self, guard: &Guard) {
        let Some(mutex) = guard.mutex.take() else { return };
        mutex.is_held.set(false);
        let next = mutex.waiting.borrow_mut().pop_front();
        if let Some((future, task)) = next {
            let guard = self.guard(&mutex, task);
            self.complete(&future, Ok(guard));
        }
    }
}
