//! Futures: what a task will come to.

use achronyme_library::Fault;

use crate::layout::ObjectKind;
use crate::value::Value;
use crate::vm::Vm;

/// 0 while it is not there, 1 when there is a value, 2 when there is an error.
const STATE: usize = 0;
/// The value or the error.
const RESULT: usize = 1;
/// A vector of the futures of the tasks that wait, or null.
const WAITERS: usize = 2;
/// The slice of the stack of a task that waits, or null.
const SLICE: usize = 3;
/// How far register 0 of the running frame is above that of the lowest one in the slice.
const DISTANCE: usize = 4;
/// Whether an error becomes a value.
const SPAWNED: usize = 5;
/// A vector of the guards that the task holds, or null.
pub(super) const GUARDS: usize = 6;

const PENDING: Value = Value::number(0.0);
const THERE: Value = Value::number(1.0);
const FAILED: Value = Value::number(2.0);

impl Vm {
    pub(super) fn new_future(&mut self, spawned: bool) -> Result<Value, Fault> {
        let mut fields = [Value::NULL; 7];
        fields[STATE] = PENDING;
        fields[DISTANCE] = Value::number(0.0);
        fields[SPAWNED] = Value::boolean(spawned);
        self.heap.new_object(ObjectKind::Future, &fields)
    }

    /// A future that is there already.
    pub(super) fn ready_future(&mut self, value: Value) -> Result<Value, Fault> {
        let future = self.new_future(false)?;
        self.heap.share(value);
        self.heap.set_object_field(future, STATE, THERE);
        self.heap.set_object_field(future, RESULT, value);
        Ok(future)
    }

    /// The value or error of a future that is there.
    pub(super) fn future_result(&self, future: Value) -> Option<Result<Value, Value>> {
        let result = self.heap.object_field(future, RESULT);
        match self.heap.object_field(future, STATE) {
            THERE => Some(Ok(result)),
            FAILED => Some(Err(result)),
            _ => None,
        }
    }

    /// Lets a task go on when the future is there. The outermost code may do that already, as it
    /// also goes on when nobody else can.
    pub(super) fn add_waiter(&mut self, future: Value, task: Value) -> Result<(), Fault> {
        let waiters = self.heap.object_field(future, WAITERS);
        if self.state.tasks.main == Some(task)
            && waiters != Value::NULL
            && self.heap.vector_elements(waiters).contains(&task)
        {
            return Ok(());
        }
        let waiters = self.appended(waiters, task)?;
        self.heap.set_object_field(future, WAITERS, waiters);
        Ok(())
    }

    /// A vector, or null for an empty one, with one more element.
    pub(super) fn appended(&mut self, vector: Value, element: Value) -> Result<Value, Fault> {
        if vector == Value::NULL {
            return self.heap.vector_of(&[element]);
        }
        let mut vector = vector;
        self.heap.vector_push(&mut vector, element)?;
        Ok(vector)
    }

    /// Ends a future; who waits for it becomes ready.
    pub(super) fn complete(
        &mut self,
        future: Value,
        result: Result<Value, Value>,
    ) -> Result<(), Fault> {
        if self.future_result(future).is_some() {
            return Ok(());
        }
        let spawned = self.heap.object_field(future, SPAWNED) == Value::TRUE;
        let (state, value) = match result {
            Ok(value) => (THERE, value),
            Err(error) if spawned => (THERE, error),
            Err(error) => (FAILED, error),
        };
        let guards = self.heap.object_field(future, GUARDS);
        if guards != Value::NULL {
            for guard in self.heap.vector_elements(guards).to_vec() {
                self.release(guard)?;
            }
        }
        self.heap.share(value);
        self.heap.set_object_field(future, STATE, state);
        self.heap.set_object_field(future, RESULT, value);
        let waiters = self.heap.object_field(future, WAITERS);
        if waiters != Value::NULL {
            let waiting = self.heap.vector_elements(waiters).to_vec();
            self.state.tasks_mut().ready.extend(waiting);
            self.heap.set_object_field(future, WAITERS, Value::NULL);
        }
        Ok(())
    }

    /// The slice of a task that waits, and where in it the running frame is.
    pub(super) fn slice(&self, task: Value) -> (Value, usize) {
        let distance = self.heap.object_field(task, DISTANCE).as_number().unwrap_or(0.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a distance on the stack was put there"
        )]
        (self.heap.object_field(task, SLICE), distance as usize)
    }

    #[expect(clippy::cast_precision_loss, reason = "the stack is far smaller than 2^53 words")]
    pub(super) fn set_slice(&mut self, task: Value, slice: Value, distance: usize) {
        self.heap.set_object_field(task, SLICE, slice);
        self.heap.set_object_field(task, DISTANCE, Value::number(distance as f64));
    }

    pub(super) fn clear_slice(&mut self, task: Value) {
        self.heap.set_object_field(task, SLICE, Value::NULL);
    }
}
