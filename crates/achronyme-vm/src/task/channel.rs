//! Channels and mutexes, between tasks.

use achronyme_library::{Fault, Kind, Store, closed_channel, released_guard};

use super::future::GUARDS;
use crate::exec::Failure;
use crate::layout::{LAST, ObjectKind};
use crate::value::Value;
use crate::vm::Vm;

/// Fields of a channel: a vector of values sent, how many of them are received, a vector of futures
/// that wait for one, how many of them have one, and whether it is closed.
const QUEUE: usize = 0;
const TAKEN: usize = 1;
const WAITING: usize = 2;
const SERVED: usize = 3;
const CLOSED: usize = 4;
/// The field of a sender and of a receiver.
const CHANNEL: usize = 0;
/// Fields of a mutex: its value, its guard or null, a vector of pairs of a future that waits
/// for it and the task that asked or null, how many of them are served.
const VALUE: usize = 0;
const HOLDER: usize = 1;
/// Fields of a guard: its mutex or null once it is released.
const MUTEX: usize = 0;

impl Vm {
    /// The functions that make channels and mutexes.
    pub(super) fn channel_function(
        &mut self,
        name: &str,
        arguments: &[Value],
    ) -> Result<Value, Failure> {
        Ok(match (name, arguments) {
            ("channel", []) => self.channel()?,
            ("AsyncMutex", &[value]) => {
                self.heap.share(value);
                let zero = Value::number(0.0);
                let fields = [value, Value::NULL, Value::NULL, zero];
                self.heap.new_object(ObjectKind::Mutex, &fields)?
            }
            _ => return Err(Fault::new(format!("Unknown function or constant: {name}")).into()),
        })
    }

    pub(super) fn guarded(&mut self, guard: Value) -> Result<Value, Fault> {
        let mutex = self.mutex_of(guard)?;
        let value = self.heap.object_field(mutex, VALUE);
        self.heap.share(value);
        Ok(value)
    }

    pub(super) fn set_guarded(&mut self, guard: Value, value: Value) -> Result<Value, Fault> {
        let mutex = self.mutex_of(guard)?;
        self.heap.share(value);
        self.heap.set_object_field(mutex, VALUE, value);
        Ok(Value::NULL)
    }

    fn channel(&mut self) -> Result<Value, Fault> {
        let zero = Value::number(0.0);
        let fields = [Value::NULL, zero, Value::NULL, zero, Value::FALSE];
        let channel = self.heap.new_object(ObjectKind::Channel, &fields)?;
        let sender = self.heap.new_object(ObjectKind::Sender, &[channel])?;
        let receiver = self.heap.new_object(ObjectKind::Receiver, &[channel])?;
        self.heap.vector_of(&[sender, receiver])
    }

    fn end_of(&self, value: Value, kind: Kind) -> Result<Value, Fault> {
        if self.heap.kind(&value) == kind {
            Ok(self.heap.object_field(value, CHANNEL))
        } else {
            Err(Fault::new(format!("a {} is needed", kind.name())))
        }
    }

    pub(super) fn send(&mut self, sender: Value, value: Value) -> Result<Value, Fault> {
        let channel = self.end_of(sender, Kind::Sender)?;
        if self.heap.object_field(channel, CLOSED) == Value::TRUE {
            let error = self.error_of(&closed_channel());
            return self.ready_future(error);
        }
        self.heap.share(value);
        if let Some(future) = self.take_first(channel, WAITING, SERVED)? {
            self.complete(future, Ok(value))?;
        } else {
            let queue = self.appended(self.heap.object_field(channel, QUEUE), value)?;
            self.heap.set_object_field(channel, QUEUE, queue);
        }
        self.ready_future(Value::NULL)
    }

    pub(crate) fn receive(&mut self, receiver: Value) -> Result<Value, Fault> {
        let channel = self.end_of(receiver, Kind::Receiver)?;
        if let Some(value) = self.take_first(channel, QUEUE, TAKEN)? {
            return self.ready_future(value);
        }
        if self.heap.object_field(channel, CLOSED) == Value::TRUE {
            let future = self.ready_future(Value::NULL)?;
            self.heap.set_flag(future, LAST, true);
            return Ok(future);
        }
        let future = self.new_future(false)?;
        let waiting = self.appended(self.heap.object_field(channel, WAITING), future)?;
        self.heap.set_object_field(channel, WAITING, waiting);
        Ok(future)
    }

    /// No more values will be sent: who waits gets null.
    pub(super) fn close(&mut self, sender: Value) -> Result<Value, Fault> {
        let channel = self.end_of(sender, Kind::Sender)?;
        self.heap.set_object_field(channel, CLOSED, Value::TRUE);
        while let Some(future) = self.take_first(channel, WAITING, SERVED)? {
            self.heap.set_flag(future, LAST, true);
            self.complete(future, Ok(Value::NULL))?;
        }
        Ok(Value::NULL)
    }

    /// Takes the first element of a vector in a field of which so many are taken already. Amortised
    /// O(1): what is taken stays until it is half of the vector.
    fn take_first(
        &mut self,
        object: Value,
        vector: usize,
        taken: usize,
    ) -> Result<Option<Value>, Fault> {
        let queue = self.heap.object_field(object, vector);
        if queue == Value::NULL {
            return Ok(None);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count was put there"
        )]
        let at = self.heap.object_field(object, taken).as_number().unwrap_or(0.0) as usize;
        let elements = self.heap.vector_elements(queue);
        let Some(&first) = elements.get(at) else { return Ok(None) };
        let next = at + 1;
        if next * 2 >= elements.len() {
            let left = elements[next..].to_vec();
            let left = if left.is_empty() { Value::NULL } else { self.heap.vector_of(&left)? };
            self.heap.set_object_field(object, vector, left);
            self.heap.set_object_field(object, taken, Value::number(0.0));
        } else {
            #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
            self.heap.set_object_field(object, taken, Value::number(next as f64));
        }
        Ok(Some(first))
    }

    pub(super) fn lock(&mut self, mutex: Value) -> Result<Value, Fault> {
        if self.heap.kind(&mutex) != Kind::Mutex {
            return Err(Fault::new("an AsyncMutex is needed"));
        }
        let task = self.state.tasks.current.unwrap_or(Value::NULL);
        if self.heap.object_field(mutex, HOLDER) == Value::NULL {
            let guard = self.guard(mutex, task)?;
            return self.ready_future(guard);
        }
        let future = self.new_future(false)?;
        let entry = self.heap.vector_of(&[future, task])?;
        let waiting = self.appended(self.heap.object_field(mutex, WAITING), entry)?;
        self.heap.set_object_field(mutex, WAITING, waiting);
        Ok(future)
    }

    /// A guard of a mutex that nobody holds, for a task, which releases it at its end.
    fn guard(&mut self, mutex: Value, task: Value) -> Result<Value, Fault> {
        let guard = self.heap.new_object(ObjectKind::Guard, &[mutex])?;
        self.heap.set_object_field(mutex, HOLDER, guard);
        if task != Value::NULL {
            let guards = self.appended(self.heap.object_field(task, GUARDS), guard)?;
            self.heap.set_object_field(task, GUARDS, guards);
        }
        Ok(guard)
    }

    fn mutex_of(&self, guard: Value) -> Result<Value, Fault> {
        if self.heap.kind(&guard) != Kind::Guard {
            return Err(Fault::new("a MutexGuard is needed"));
        }
        match self.heap.object_field(guard, MUTEX) {
            Value::NULL => Err(released_guard()),
            mutex => Ok(mutex),
        }
    }

    /// `guard.release()`
    pub(super) fn release_guard(&mut self, guard: Value) -> Result<Value, Fault> {
        self.mutex_of(guard)?;
        self.release(guard)?;
        Ok(Value::NULL)
    }

    /// Gives the mutex to who waits longest.
    pub(super) fn release(&mut self, guard: Value) -> Result<(), Fault> {
        let mutex = self.heap.object_field(guard, MUTEX);
        if mutex == Value::NULL {
            return Ok(());
        }
        self.heap.set_object_field(guard, MUTEX, Value::NULL);
        self.heap.set_object_field(mutex, HOLDER, Value::NULL);
        if let Some(entry) = self.take_first(mutex, WAITING, SERVED)?
            && let &[future, task] = self.heap.vector_elements(entry)
        {
            let guard = self.guard(mutex, task)?;
            self.complete(future, Ok(guard))?;
        }
        Ok(())
    }
}
