//! Tasks: slices of the stack that wait for futures, and who runs next.
//!
//! An async function runs at once, above its caller. At its first wait its slice of the stack moves
//! to an object, made like a generator, and the caller goes on with the future. From then on it
//! runs at the bottom of the stack, when the running task waits. Who became ready first runs first;
//! when nobody is ready, the earliest timer rings, after the outside has been asked to sleep until
//! then. So the order depends on the program alone.
//!
//! A future has the fields below; a waiting task waits by its own future.

mod channel;
mod future;
mod signal;

use std::collections::VecDeque;
use std::sync::Arc;

use achronyme_library::{EngineMethod, Fault, Kind, Store};
use machine::{Question, StateError, StateReader, StateWriter};

use crate::exec::{Failure, Flow};
use crate::frame::{Link, Return};
use crate::heap::{STACK, STACK_LIMIT};
use crate::value::{Tag, Value};
use crate::vm::{Body, Exit, Proto, State, Vm};

/// Register 0 of the lowest frame on the stack.
pub(crate) const BOTTOM: usize = STACK + 2;

/// Who runs, and who runs next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks {
    /// The future of the running task; `None` while that is the outermost code and never waited.
    current: Option<Value>,
    /// The future of the outermost code, once it has waited.
    main: Option<Value>,
    /// Register 0 of the running task's lowest frame.
    segment: usize,
    /// The tasks below the running one on the stack, with their segments, lowest first.
    below: Vec<(Option<Value>, usize)>,
    /// Who can go on.
    ready: VecDeque<Value>,
    /// What happens at which time, the earliest first.
    timers: VecDeque<Timer>,
    /// Nanoseconds slept so far.
    now: u64,
}

/// A future that is done at a time.
#[derive(Clone, Copy, Debug)]
struct Timer {
    at: u64,
    future: Value,
}

impl Tasks {
    /// Forgets all tasks: the outermost code begins.
    pub(crate) fn begin(&mut self) {
        *self = Self { segment: BOTTOM, now: self.now, ..Self::default() };
    }

    /// The next input of a dialogue begins: what the last one has started goes on.
    pub(crate) fn go_on(&mut self, before: &Self) {
        self.begin();
        self.ready.clone_from(&before.ready);
        self.timers.clone_from(&before.timers);
    }

    /// Hands over what tells two of them apart.
    pub(crate) fn feed(&self, number: &mut impl FnMut(u64)) {
        for value in [self.current, self.main] {
            number(value.map_or(0, |value| value.0));
        }
        number(self.segment as u64);
        number(self.now);
        for &(task, segment) in &self.below {
            number(task.map_or(0, |value| value.0));
            number(segment as u64);
        }
        number(u64::MAX);
        for task in &self.ready {
            number(task.0);
        }
        number(u64::MAX);
        for timer in &self.timers {
            number(timer.at);
            number(timer.future.0);
        }
    }

    /// Writes what [`read`](Self::read) reads.
    pub(crate) fn write(&self, writer: &mut StateWriter) {
        let word = |value: Value| value.0;
        writer.option(self.current.map(word));
        writer.option(self.main.map(word));
        writer.words(&[self.segment as u64, self.now]);
        writer.count(self.below.len());
        for &(task, segment) in &self.below {
            writer.option(task.map(word));
            writer.count(segment);
        }
        writer.count(self.ready.len());
        for task in &self.ready {
            writer.number(task.0);
        }
        writer.count(self.timers.len());
        for timer in &self.timers {
            writer.words(&[timer.at, timer.future.0]);
        }
    }

    pub(crate) fn read(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        let (current, main) = (reader.option()?.map(Value), reader.option()?.map(Value));
        let (segment, now) = (reader.small()?, reader.number()?);
        let mut tasks = Self { current, main, segment, now, ..Self::default() };
        for _ in 0..reader.count(24)? {
            tasks.below.push((reader.option()?.map(Value), reader.small()?));
        }
        for _ in 0..reader.count(8)? {
            tasks.ready.push_back(Value(reader.number()?));
        }
        for _ in 0..reader.count(16)? {
            let (at, future) = (reader.number()?, Value(reader.number()?));
            tasks.timers.push_back(Timer { at, future });
        }
        Ok(tasks)
    }

    /// Which task runs, and where its part of the stack begins.
    pub(crate) fn running(&self) -> (Option<Value>, usize) {
        (self.current, self.segment)
    }

    /// Whether there is nothing but the outermost code, which never waited.
    pub(crate) fn is_alone(&self) -> bool {
        let outermost = self.current.is_none() && self.main.is_none() && self.segment == BOTTOM;
        outermost && self.below.is_empty() && self.ready.is_empty()
    }

    /// About how many bytes they take.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.below.len() * 24 + self.ready.len() * 8 + self.timers.len() * 16
    }

    fn values(&self) -> impl Iterator<Item = Value> {
        let below = self.below.iter().filter_map(|&(task, _)| task);
        let timers = self.timers.iter().map(|timer| timer.future);
        below.chain(self.current).chain(self.main).chain(self.ready.iter().copied()).chain(timers)
    }
}

impl State {
    /// Adds all values that are not on the stack.
    pub(crate) fn roots(&self, roots: &mut Vec<Value>) {
        roots.push(Value::reference(Tag::Object, self.globals));
        roots.extend(self.ended);
        roots.extend(self.tasks.values());
        roots.extend(self.effects.iter());
    }

    /// The tasks, for changing.
    pub(crate) fn tasks_mut(&mut self) -> &mut Tasks {
        Arc::make_mut(&mut self.tasks)
    }
}

impl Vm {
    /// Calls an async function: it runs at once, and the value of the call is its future.
    pub(crate) fn start(
        &mut self,
        callee: Value,
        proto: Proto,
        a: u8,
        count: u8,
        this: Option<Value>,
    ) -> Result<Flow, Failure> {
        let future = self.new_future(false)?;
        for index in 0..count {
            self.heap.share(self.register(a + 2 + index));
        }
        let flow = self.enter(callee, proto, a, count, this, Return::Task)?;
        let base = self.state.base;
        let tasks = self.state.tasks_mut();
        tasks.below.push((tasks.current, tasks.segment));
        tasks.current = Some(future);
        tasks.segment = base;
        Ok(flow)
    }

    /// `await`
    pub(crate) fn wait(&mut self, a: u8, value: Value) -> Result<Flow, Failure> {
        if self.heap.kind(&value) != Kind::Future {
            let shown = achronyme_library::text::show(
                &self.heap,
                &value,
                achronyme_library::text::Style::Echo,
            )?;
            return Err(Fault::new(format!("Value not awaitable: {shown}")).into());
        }
        if let Some(result) = self.future_result(value) {
            let result = result.map_err(Failure::Thrown)?;
            self.heap.share(result);
            self.set_register(a, result);
            return Ok(Flow::Next);
        }
        let tasks = &self.state.tasks;
        if !tasks.below.is_empty() || !tasks.ready.is_empty() {
            return self.suspend(value);
        }
        if !self.ring()? {
            return Err(Fault::new("Deadlock: nothing is left that could end this wait").into());
        }
        // Each answer of the outside ends an instruction: this one begins again.
        Ok(Flow::Moved)
    }

    /// Moves the running task off the stack until `awaited` is there.
    fn suspend(&mut self, awaited: Value) -> Result<Flow, Failure> {
        let task = match self.state.tasks.current {
            Some(task) => task,
            None => self.new_future(false)?,
        };
        let segment = self.state.tasks.segment;
        let count = self.stack_top() - (segment - 1);
        let slice = self.heap.new_generator(u64::from(self.state.pc), segment - 1, count)?;
        self.add_waiter(awaited, task)?;
        if self.state.tasks.current.is_none() {
            self.state.tasks_mut().main = Some(task);
        }
        self.set_slice(task, slice, self.state.base - segment);
        if self.step_down(task) { Ok(Flow::Moved) } else { Ok(self.next_task()?) }
    }

    /// Goes on with the task below the running one, for whose future it has the value. False if
    /// there is none.
    fn step_down(&mut self, future: Value) -> bool {
        let tasks = self.state.tasks_mut();
        let Some((task, below)) = tasks.below.pop() else { return false };
        let base = tasks.segment;
        tasks.current = task;
        tasks.segment = below;
        let link = Link::of(self.heap.get(base - 2));
        self.heap.set_stack(base - 2, future);
        self.state.base = base - link.distance();
        self.state.pc = link.pc();
        true
    }

    /// Goes on with the task that has been ready longest; if there is none, with the outermost code,
    /// which looks again at what it waits for, and then at the timers.
    fn next_task(&mut self) -> Result<Flow, Fault> {
        let tasks = self.state.tasks_mut();
        let Some(task) = tasks.ready.pop_front().or(tasks.main) else {
            return Err(Fault::new("Deadlock: nothing is left to run"));
        };
        tasks.current = Some(task);
        tasks.segment = BOTTOM;
        let kind = if tasks.main == Some(task) { Return::Main } else { Return::Task };
        let (slice, distance) = self.slice(task);
        self.heap.set_stack(BOTTOM - 2, Link::new(0, 0, 0, kind).word());
        self.state.pc = self.heap.resume_generator(slice, BOTTOM - 1);
        self.state.base = BOTTOM + distance;
        self.clear_slice(task);
        Ok(Flow::Moved)
    }

    /// The running task, whose lowest frame is the running one, has ended.
    pub(crate) fn end_task(&mut self, result: Result<Value, Value>) -> Result<Flow, Fault> {
        let Some(task) = self.state.tasks.current else {
            return Err(Fault::new("no task runs"));
        };
        self.complete(task, result)?;
        if self.step_down(task) { Ok(Flow::Moved) } else { self.next_task() }
    }

    /// Waits for the earliest timer. False if there is none.
    fn ring(&mut self) -> Result<bool, Failure> {
        let Some(&timer) = self.state.tasks.timers.front() else { return Ok(false) };
        if timer.at > self.state.tasks.now {
            if self.state.answered.take().is_none() {
                return Err(Failure::Asks(Question::Sleep(timer.at - self.state.tasks.now)));
            }
            self.state.tasks_mut().now = timer.at;
        }
        self.state.tasks_mut().timers.pop_front();
        self.complete(timer.future, Ok(Value::NULL))?;
        Ok(true)
    }

    /// A function that begins tasks, waits, ends the program, or changes how it prints.
    pub(crate) fn task_function(
        &mut self,
        index: u16,
        arguments: &[Value],
        to: usize,
    ) -> Result<Flow, Failure> {
        let row =
            achronyme_library::builtin(index).ok_or_else(|| Fault::new("No such function"))?;
        achronyme_library::check_arity(index, arguments.len())?;
        let value = match (row.name, arguments) {
            ("effect", &[function]) => return self.run_effect(function, to),
            ("signal", arguments) => {
                self.new_signal(arguments.first().copied().unwrap_or(Value::NULL))?
            }
            ("spawn", [function, arguments @ ..]) => self.spawn(*function, arguments)?,
            ("sleep", &[time]) => self.sleep(time)?,
            ("cancel", &[future]) => self.cancel(future)?,
            ("set_precision", arguments) => {
                self.state.precision = achronyme_library::wanted_precision(&self.heap, arguments)?;
                self.heap.set_precision(self.state.precision);
                Value::NULL
            }
            ("exit", arguments) => {
                self.state.exit_code = achronyme_library::exit_code(&self.heap, arguments)?;
                self.state.ended = Some(Value::NULL);
                return Err(Failure::Exit(Exit::Ended));
            }
            (name, arguments) => self.channel_function(name, arguments)?,
        };
        self.heap.set_stack(to, value);
        Ok(Flow::Next)
    }

    /// A method that values of tasks have.
    pub(crate) fn engine_method(
        &mut self,
        method: EngineMethod,
        this: Value,
        a: u8,
        count: u8,
    ) -> Result<Flow, Failure> {
        let first = self.state.base + usize::from(a) + 2;
        let arguments = self.heap.values(first, usize::from(count)).to_vec();
        let value = match (method, arguments.as_slice()) {
            (EngineMethod::Next, []) => return self.resume_next(this, a),
            (EngineMethod::Send, &[value]) => self.send(this, value)?,
            (EngineMethod::Close, []) => self.close(this)?,
            (EngineMethod::Receive, []) => self.receive(this)?,
            (EngineMethod::Lock, []) => self.lock(this)?,
            (EngineMethod::GuardGet, []) => self.guarded(this)?,
            (EngineMethod::GuardSet, &[value]) => self.set_guarded(this, value)?,
            (EngineMethod::GuardRelease, []) => self.release_guard(this)?,
            (EngineMethod::SignalPeek, []) => self.signal_value(this),
            (EngineMethod::SignalSet, &[value]) => return self.set_signal(this, value, a),
            (method, arguments) => return Err(method.wrong_count(arguments.len()).into()),
        };
        self.set_register(a, value);
        Ok(Flow::Next)
    }

    fn spawn(&mut self, function: Value, arguments: &[Value]) -> Result<Value, Failure> {
        if !function.is(Tag::Closure) {
            return Err(Fault::type_error("spawn: needs a function").into());
        }
        let number = self.heap.closure_prototype(function) as usize;
        let proto = self.prototypes[number];
        let count = u8::try_from(arguments.len())
            .map_err(|_| Fault::type_error("spawn: takes at most 255 arguments"))?;
        self.check_arity(number, proto, count)?;
        if proto.kind == Body::Generator {
            return Err(Fault::type_error("spawn: needs a function that is no generator").into());
        }
        if BOTTOM + usize::from(proto.registers) > STACK_LIMIT {
            return Err(Fault::new("Stack overflow").into());
        }
        let mut words = vec![Value(0); usize::from(proto.registers) + 1];
        words[0] = function;
        for (index, &argument) in arguments.iter().enumerate() {
            self.heap.share(argument);
            words[index + 1] = argument;
        }
        for index in arguments.len()..usize::from(proto.parameters) {
            words[index + 1] = Value::ABSENT;
        }
        let future = self.new_future(true)?;
        let slice = self.heap.generator_of(u64::from(proto.code), &words)?;
        self.set_slice(future, slice, 0);
        self.state.tasks_mut().ready.push_back(future);
        Ok(future)
    }

    fn sleep(&mut self, time: Value) -> Result<Value, Failure> {
        let wanted = "sleep: needs a non-negative number of milliseconds";
        let time = time.as_number().ok_or_else(|| Fault::type_error(wanted))?;
        if !(time >= 0.0 && time.is_finite()) {
            return Err(Fault::value_error(wanted).into());
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is not negative, and stops at the largest number"
        )]
        let nanoseconds = (time * 1e6) as u64;
        let future = self.new_future(false)?;
        let tasks = self.state.tasks_mut();
        let at = tasks.now.saturating_add(nanoseconds);
        let place = tasks.timers.partition_point(|timer| timer.at <= at);
        tasks.timers.insert(place, Timer { at, future });
        Ok(future)
    }

    /// Ends a waiting task; who awaits it gets an error.
    fn cancel(&mut self, future: Value) -> Result<Value, Failure> {
        if self.heap.kind(&future) != Kind::Future {
            return Err(Fault::type_error("cancel: needs a future").into());
        }
        let tasks = &self.state.tasks;
        let on_stack = tasks.current == Some(future)
            || tasks.below.iter().any(|&(task, _)| task == Some(future));
        if on_stack || tasks.main == Some(future) || self.future_result(future).is_some() {
            return Ok(Value::FALSE);
        }
        self.state.tasks_mut().ready.retain(|&task| task != future);
        self.state.tasks_mut().timers.retain(|timer| timer.future != future);
        self.clear_slice(future);
        let error =
            self.error_of(&Fault { kind: "Cancelled", message: "the task was cancelled".into() });
        self.complete(future, Err(error))?;
        Ok(Value::TRUE)
    }
}
