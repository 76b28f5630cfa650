//! What was asked and answered on a branch, in order.

use machine::{Answer, Machine, Probes, Question, Tick};

use crate::Timeline;

/// A question and what was said to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// When it was asked.
    pub tick: Tick,
    /// What the program wanted.
    pub question: Question,
    /// What it was told.
    pub answer: Answer,
}

impl<M: Machine> Timeline<M> {
    /// Runs this branch again from the start to its end, and says what was asked on the way: only
    /// answers are kept. Time stays where it is.
    pub fn exchanges(&mut self) -> Vec<Exchange> {
        self.leave();
        let here = self.machine.snapshot();
        self.travel(self.start(), true, false);
        self.heard = Some(Vec::new());
        self.drive(self.end(), &Probes::none(), true);
        let heard = self.heard.take().unwrap_or_default();
        self.restore(&here);
        heard
    }
}
