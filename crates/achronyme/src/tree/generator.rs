//! Generators: bodies that go on when they are asked.

use std::cell::{Cell, RefCell};
use std::future::{Future as _, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use source::Span;

use super::engine::Engine;
use super::exit::{Exit, Outcome};
use super::grave::bury;
use super::scope::{Env, Frame};
use super::step::Step;
use super::value::{Charge, Value};
use crate::hir::{Block, Expression};

/// A generator.
pub(super) struct Generator {
    state: RefCell<State>,
    /// Where its body puts what it yields.
    yielded: Rc<RefCell<Option<Value>>>,
    _charge: Charge,
}

enum State {
    Suspended(Step<'static>),
    Running,
    /// With the value that it returned.
    Done(Value),
}

/// Whoever asks a generator, who has its body meanwhile.
struct Turn<'a> {
    generator: &'a Generator,
    body: Option<Step<'static>>,
}

impl Generator {
    pub(super) fn is_done(&self) -> bool {
        matches!(&*self.state.borrow(), State::Done(_))
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        let state = std::mem::replace(self.state.get_mut(), State::Done(Value::Null));
        bury((state, self.yielded.take()));
    }
}

impl Drop for Turn<'_> {
    /// If nobody waits for it any more, nothing comes any more.
    fn drop(&mut self) {
        if let Some(body) = self.body.take() {
            bury(body);
            self.generator.state.replace(State::Done(Value::Null));
        }
    }
}

impl Engine {
    /// A generator of a block.
    pub(super) fn generator(&self, block: &Block, env: &Env, span: Span) -> Outcome {
        let charge = self.charge(size_of::<Generator>(), span)?;
        let engine = self.rc()?;
        self.keep(env);
        let yielded: Rc<RefCell<Option<Value>>> = Rc::default();
        let frame = Frame { yielded: Some(Rc::clone(&yielded)), ..(*env.frame).clone() };
        let (block, env) = (block.clone(), env.run_apart(frame));
        let body = Step::new(async move {
            // What the last statement comes to is nobody's.
            match engine.block(&block, &env.closed(), false).await {
                Ok(_) => Ok(Value::Null),
                Err(Exit::Return(value)) => Ok(value),
                outcome => outcome,
            }
        });
        let state = RefCell::new(State::Suspended(body));
        Ok(Value::Generator(Rc::new(Generator { state, yielded, _charge: charge })))
    }

    /// `yield`
    pub(super) async fn yield_(&self, value: &Expression, env: &Env) -> Outcome {
        let value = self.value(value, env).await?;
        if let Some(yielded) = &env.frame.yielded {
            yielded.replace(Some(value));
            let has_waited = Cell::new(false);
            poll_fn(|_| if has_waited.replace(true) { Poll::Ready(()) } else { Poll::Pending })
                .await;
        }
        Ok(Value::Null)
    }

    /// What a generator gives next, and whether that is its end.
    pub(super) async fn resume(
        &self,
        generator: &Generator,
        span: Span,
    ) -> Result<(Value, bool), Exit> {
        let state = generator.state.replace(State::Running);
        let body = match state {
            State::Suspended(body) => body,
            State::Running => return self.error(span, "The generator is already running"),
            State::Done(value) => {
                generator.state.replace(State::Done(value.clone()));
                return Ok((value, true));
            }
        };
        let _level = self.enter(span).inspect_err(|_| {
            generator.state.replace(State::Done(Value::Null));
        })?;
        let mut turn = Turn { generator, body: Some(body) };
        poll_fn(|context| {
            let Some(body) = &mut turn.body else { return Poll::Ready(Err(Exit::Stopped)) };
            let result = Pin::new(body).poll(context);
            let ended = match result {
                Poll::Ready(ended) => ended,
                Poll::Pending => {
                    // Without a value, it is the body that waits.
                    let Some(value) = generator.yielded.take() else { return Poll::Pending };
                    if let Some(body) = turn.body.take() {
                        generator.state.replace(State::Suspended(body));
                    }
                    return Poll::Ready(Ok((value, false)));
                }
            };
            turn.body = None;
            let last = ended.as_ref().ok().cloned().unwrap_or_default();
            generator.state.replace(State::Done(last));
            Poll::Ready(ended.map(|value| (value, true)))
        })
        .await
    }

    /// `generator.next()`
    pub(super) async fn next_turn(&self, generator: &Generator, span: Span) -> Outcome {
        let (value, is_done) = self.resume(generator, span).await?;
        let done = Value::Boolean(is_done);
        let fields = vec![(Rc::from("value"), value, false), (Rc::from("done"), done, false)];
        let made = self.heap.borrow().record(fields);
        self.at(span, made)
    }
}
