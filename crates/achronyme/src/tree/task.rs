//! Tasks: who waits for what, and who goes on next.
//!
//! An async function runs at once, inside of its caller, until its first wait. From then on it goes
//! on when nobody else runs: whoever became ready first comes first. When nobody is ready, the
//! earliest timer rings, after the outside has been asked to sleep until then.

mod channel;
mod future;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::{Future as _, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use achronyme_library::text::{self, Style};
use achronyme_library::{EngineMethod, Fault, builtin, check_arity};
use machine::Question;
use source::Span;

use super::engine::Engine;
use super::exit::{Call, Exit, Outcome, Thrown};
use super::scope::Env;
use super::step::Step;
use super::value::Value;
use crate::hir::Block;

pub(super) use channel::{Guard, Mutex, Receiver, Sender};
pub(super) use future::Future;

/// The number of a task. The outermost code is 0.
pub(super) type TaskId = u64;

/// All tasks.
#[derive(Default)]
pub(super) struct Tasks {
    next_id: Cell<TaskId>,
    pub(super) current: Cell<TaskId>,
    /// How many tasks wait for one that runs inside of them for the first time.
    nested: Cell<usize>,
    /// Those that wait, or are ready.
    waiting: RefCell<BTreeMap<TaskId, Task>>,
    /// What each that has not ended will come to.
    futures: RefCell<BTreeMap<TaskId, Rc<Future>>>,
    ready: RefCell<VecDeque<TaskId>>,
    /// By time and order.
    timers: RefCell<BTreeMap<(u64, u64), Rc<Future>>>,
    timers_made: Cell<u64>,
    now: Cell<u64>,
}

struct Task {
    work: Step<'static>,
    future: Rc<Future>,
}

impl Tasks {
    /// Lets go of all tasks.
    pub(super) fn clear(&self) {
        let all = (self.waiting.take(), self.futures.take(), self.timers.take());
        drop(all);
    }

    pub(super) fn wake(&self, tasks: impl IntoIterator<Item = TaskId>) {
        self.ready.borrow_mut().extend(tasks);
    }
}

impl Engine {
    /// Runs the outermost code to its end, and tasks meanwhile.
    pub(super) fn run_to_end(&self, mut main: Step<'_>) -> Outcome {
        let mut context = Context::from_waker(Waker::noop());
        let mut task = 0;
        loop {
            if task == 0 {
                self.tasks.current.set(0);
                if let Poll::Ready(outcome) = Pin::new(&mut main).poll(&mut context) {
                    return outcome;
                }
            } else {
                self.go_on(task, &mut context)?;
            }
            while self.tasks.ready.borrow().is_empty() && self.ring() {}
            let next = self.tasks.ready.borrow_mut().pop_front();
            // Without anybody else, the outermost code finds out that it waits in vain.
            task = next.unwrap_or(0);
        }
    }

    /// Goes on with a task. Only the end of the whole run is an error here.
    fn go_on(&self, id: TaskId, context: &mut Context<'_>) -> Result<(), Exit> {
        let Some(mut task) = self.tasks.waiting.borrow_mut().remove(&id) else { return Ok(()) };
        let around = self.tasks.current.replace(id);
        let result = Pin::new(&mut task.work).poll(context);
        self.tasks.current.set(around);
        match result {
            Poll::Ready(Err(exit @ (Exit::Stopped | Exit::Ended(_)))) => Err(exit),
            Poll::Ready(outcome) => {
                self.tasks.futures.borrow_mut().remove(&id);
                self.finish(&task.future, outcome);
                Ok(())
            }
            Poll::Pending => {
                self.tasks.waiting.borrow_mut().insert(id, task);
                Ok(())
            }
        }
    }

    /// What a task will come to.
    pub(super) fn future_of(&self, task: TaskId) -> Option<Rc<Future>> {
        self.tasks.futures.borrow().get(&task).cloned()
    }

    fn finish(&self, future: &Rc<Future>, outcome: Outcome) {
        let result = match outcome {
            Ok(value) => Ok(value),
            Err(Exit::Throw(thrown)) => Err(thrown.error),
            Err(_) => Ok(Value::Null),
        };
        self.complete(future, result);
    }

    /// Makes a task.
    fn new_task(
        &self,
        is_spawned: bool,
        span: Span,
        work: impl FnOnce(Rc<Self>) -> Step<'static>,
    ) -> Result<(TaskId, Rc<Future>), Exit> {
        let id = self.tasks.next_id.get() + 1;
        self.tasks.next_id.set(id);
        let future = self.new_future(Some(id), is_spawned, span)?;
        let task = Task { work: work(self.rc()?), future: Rc::clone(&future) };
        self.tasks.waiting.borrow_mut().insert(id, task);
        self.tasks.futures.borrow_mut().insert(id, Rc::clone(&future));
        Ok((id, future))
    }

    /// Runs a new task at once, until it waits.
    fn start(&self, span: Span, work: impl FnOnce(Rc<Self>) -> Step<'static>) -> Outcome {
        let _level = self.enter(span)?;
        let (id, future) = self.new_task(false, span, work)?;
        self.tasks.nested.set(self.tasks.nested.get() + 1);
        let result = self.go_on(id, &mut Context::from_waker(Waker::noop()));
        self.tasks.nested.set(self.tasks.nested.get() - 1);
        result?;
        Ok(Value::Future(future))
    }

    /// Calls an async function.
    pub(super) fn start_call(&self, call: Call) -> Outcome {
        let span = call.span;
        self.start(span, |engine| Step::new(async move { engine.call_in_task(call).await }))
    }

    /// `async do {…}`
    pub(super) async fn async_block(&self, block: &Block, env: &Env, span: Span) -> Outcome {
        self.keep(env);
        let (block, env) = (block.clone(), env.run_apart((*env.frame).clone()));
        self.start(span, |engine| Step::new(async move { engine.body(&block, &env).await }))
    }

    /// `spawn(function, …)`
    fn spawn(&self, arguments: Vec<Value>, span: Span) -> Outcome {
        let mut arguments = arguments.into_iter();
        let Some(Value::Function(function)) = arguments.next() else {
            return self.at(span, Err(Fault::type_error("spawn: needs a function")));
        };
        let arguments: Vec<Value> = arguments.collect();
        self.check_count(&function, arguments.len(), span)?;
        if function.lambda.is_generator {
            let wanted = "spawn: needs a function that is no generator";
            return self.at(span, Err(Fault::type_error(wanted)));
        }
        let callee = Value::Function(function);
        let call = Call { callee, arguments, receiver: None, span };
        let (id, future) = self.new_task(true, span, |engine| {
            Step::new(async move { engine.call_in_task(call).await })
        })?;
        self.tasks.wake([id]);
        Ok(Value::Future(future))
    }

    /// `sleep(milliseconds)`
    fn sleep(&self, time: &Value, span: Span) -> Outcome {
        let wanted = "sleep: needs a non-negative number of milliseconds";
        let &Value::Number(time) = time else {
            return self.at(span, Err(Fault::type_error(wanted)));
        };
        if !(time >= 0.0 && time.is_finite()) {
            return self.at(span, Err(Fault::value_error(wanted)));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is not negative, and stops at the largest number"
        )]
        let nanoseconds = (time * 1e6) as u64;
        let future = self.new_future(None, false, span)?;
        let order = self.tasks.timers_made.get();
        self.tasks.timers_made.set(order + 1);
        let at = self.tasks.now.get().saturating_add(nanoseconds);
        self.tasks.timers.borrow_mut().insert((at, order), Rc::clone(&future));
        Ok(Value::Future(future))
    }

    /// The earliest timer rings, if there is one.
    fn ring(&self) -> bool {
        let Some(((at, _), future)) = self.tasks.timers.borrow_mut().pop_first() else {
            return false;
        };
        let now = self.tasks.now.replace(at);
        if at > now {
            self.ask(Question::Sleep(at - now));
        }
        self.complete(&future, Ok(Value::Null));
        true
    }

    /// `await value`
    pub(super) async fn wait_for(&self, value: &Value, span: Span) -> Outcome {
        let Value::Future(future) = value else {
            let shown = text::show(&*self.heap.borrow(), value, Style::Echo);
            let shown = self.at(span, shown)?;
            return self.error(span, format!("Value not awaitable: {shown}"));
        };
        poll_fn(|_| {
            loop {
                if let Some(result) = future.result() {
                    return Poll::Ready(
                        result.map_err(|error| Exit::Throw(Box::new(Thrown { error, span }))),
                    );
                }
                if self.tasks.nested.get() > 0 || !self.tasks.ready.borrow().is_empty() {
                    future.add_waiter(self.tasks.current.get());
                    return Poll::Pending;
                }
                if !self.ring() {
                    let message = "Deadlock: nothing is left that could end this wait";
                    return Poll::Ready(self.error(span, message));
                }
            }
        })
        .await
    }

    /// `cancel(future)`
    fn cancel(&self, future: &Value, span: Span) -> Outcome {
        let Value::Future(future) = future else {
            return self.at(span, Err(Fault::type_error("cancel: needs a future")));
        };
        if future.result().is_some() {
            return Ok(Value::Boolean(false));
        }
        if let Some(id) = future.task() {
            // One that runs, or has one that runs inside of it, is not there.
            let Some(task) = self.tasks.waiting.borrow_mut().remove(&id) else {
                return Ok(Value::Boolean(false));
            };
            self.tasks.ready.borrow_mut().retain(|ready| *ready != id);
            self.tasks.futures.borrow_mut().remove(&id);
            drop(task);
        }
        self.tasks.timers.borrow_mut().retain(|_, timer| !Rc::ptr_eq(timer, future));
        let fault = Fault { kind: "Cancelled", message: "the task was cancelled".to_owned() };
        let error = self.error_value(&fault);
        self.complete(future, Err(error));
        Ok(Value::Boolean(true))
    }

    /// A function that begins tasks, may wait, ends the program, or changes how it prints.
    pub(super) async fn task_function(
        &self,
        index: u16,
        arguments: Vec<Value>,
        span: Span,
    ) -> Outcome {
        self.at(span, check_arity(index, arguments.len()))?;
        let name = builtin(index).map_or("", |builtin| builtin.name);
        match (name, &arguments[..]) {
            ("spawn", _) => self.spawn(arguments, span),
            ("sleep", [time]) => self.sleep(time, span),
            ("cancel", [future]) => self.cancel(future, span),
            ("set_precision", values) => {
                let digits = achronyme_library::wanted_precision(&*self.heap.borrow(), values);
                let digits = self.at(span, digits)?;
                self.heap.borrow().set_precision(digits);
                Ok(Value::Null)
            }
            ("exit", values) => {
                let code = achronyme_library::exit_code(&*self.heap.borrow(), values);
                Err(Exit::Ended(self.at(span, code)?))
            }
            ("channel", []) => self.channel(span),
            ("AsyncMutex", [value]) => self.mutex(value.clone(), span),
            ("signal", values) => self.signal(values.first().cloned().unwrap_or_default(), span),
            ("effect", [function]) => self.effect(function, span).await,
            _ => self.error(span, format!("Unknown function or constant: {name}")),
        }
    }

    /// A method of what belongs to tasks.
    pub(super) async fn engine_method(
        &self,
        value: &Value,
        method: EngineMethod,
        arguments: &[Value],
        span: Span,
    ) -> Outcome {
        match (method, value, arguments) {
            (EngineMethod::Next, Value::Generator(generator), []) => {
                self.next_turn(generator, span).await
            }
            (EngineMethod::Send, Value::Sender(sender), [value]) => {
                self.send(sender, value.clone(), span)
            }
            (EngineMethod::Close, Value::Sender(sender), []) => {
                self.close(sender);
                Ok(Value::Null)
            }
            (EngineMethod::Receive, Value::Receiver(receiver), []) => self.receive(receiver, span),
            (EngineMethod::Lock, Value::Mutex(mutex), []) => self.lock(mutex, span),
            (EngineMethod::GuardGet, Value::Guard(guard), []) => self.guarded(guard, span),
            (EngineMethod::GuardSet, Value::Guard(guard), [value]) => {
                self.set_guarded(guard, value.clone(), span)
            }
            (EngineMethod::GuardRelease, Value::Guard(guard), []) => {
                self.release_guard(guard, span)
            }
            (EngineMethod::SignalPeek, Value::Signal(signal), []) => Ok(signal.peek()),
            (EngineMethod::SignalSet, Value::Signal(signal), [value]) => {
                self.set_signal(signal, value.clone(), span).await
            }
            _ => self.at(span, Err(method.wrong_count(arguments.len()))),
        }
    }
}
