//! A piece of work that may have to wait: a future, on a native stack that grows.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::exit::Exit;
use super::value::Value;

/// The native stack grows when less than this is left,
const STACK_LEFT: usize = 128 * 1024;
/// by so much.
const STACK_MORE: usize = 2 * 1024 * 1024;

/// A piece of work. Both going on with it and letting go of it may lead deep down.
pub(super) struct Step<'a, T = Value>(Option<Work<'a, T>>);

type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, Exit>> + 'a>>;

impl<'a, T> Step<'a, T> {
    pub(super) fn new(work: impl Future<Output = Result<T, Exit>> + 'a) -> Self {
        Self(Some(Box::pin(work)))
    }
}

impl<T> Future for Step<'_, T> {
    type Output = Result<T, Exit>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(work) = &mut self.0 else { return Poll::Pending };
        let done = stacker::maybe_grow(STACK_LEFT, STACK_MORE, || work.as_mut().poll(context));
        if done.is_ready() {
            self.0 = None;
        }
        done
    }
}

impl<T> Drop for Step<'_, T> {
    fn drop(&mut self) {
        if let Some(work) = self.0.take() {
            stacker::maybe_grow(STACK_LEFT, STACK_MORE, || drop(work));
        }
    }
}
