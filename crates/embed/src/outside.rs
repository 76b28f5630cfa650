//! Who answers.

use std::future::{self, Future};
use std::pin::Pin;

use machine::{Answer, Question};

/// An answer that may take its time.
pub type Answering = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// The outside of a guest that is embedded.
pub trait Outside {
    /// Begins to find an answer. The guest asks nothing else until it is there.
    fn ask(&mut self, question: Question) -> Answering;
}

/// A function that answers at once.
impl<F: FnMut(Question) -> Answer> Outside for F {
    fn ask(&mut self, question: Question) -> Answering {
        Box::pin(future::ready(self(question)))
    }
}
