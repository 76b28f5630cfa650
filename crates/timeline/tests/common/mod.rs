//! A life that goes on for ever, and what it is told.

use machine::{Answer, Machine, Probes, Question, Tick};
use testkit::toy::Op;
use timeline::{Arrival, Timeline};

/// Counts cell 1 up for ever, asks for the time and writes now and then.
pub(crate) const BUSY: [Op; 7] = [
    Op::Set(0, 1),
    Op::Add(1, 0),
    Op::Clock(3),
    Op::Add(4, 3),
    Op::Write(4),
    Op::Add(2, 1),
    Op::Jump(1),
];

/// Lives on for so many safepoints. The time follows from the tick.
pub(crate) fn live<M: Machine>(timeline: &mut Timeline<M>, length: u64) {
    let until = Tick::at(timeline.now().tick.safepoints + length);
    while let Arrival::Asks(question) = timeline.forward(until, &Probes::none()) {
        let answer = outside(&question, timeline.now().tick);
        timeline.answer(answer).expect("it waits for an answer");
    }
}

fn outside(question: &Question, tick: Tick) -> Answer {
    if *question == Question::Clock {
        Answer::Integer(i64::try_from(tick.safepoints * 7 % 31).unwrap_or(0))
    } else {
        Answer::Done
    }
}
