//! The toy keeps the laws it is there to teach, and the checks notice one that does not.

use machine::{Answer, Failure, Machine, Probes, Question, Stop, Tick};
use testkit::toy::{Op, Toy, ToyTrap};
use testkit::{ScriptedWorld, laws};

/// Counts down from a number read, writing, reading the clock and storing all over the place.
const COUNT_DOWN: [Op; 14] = [
    Op::ReadLine(0),
    Op::Set(1, 1),
    Op::JumpIfZero(0, 12),
    Op::Subtract(0, 1),
    Op::Entropy(3),
    Op::Store(3, 0),
    Op::Clock(4),
    Op::Add(2, 4),
    Op::Write(2),
    Op::Write(0),
    Op::Compact(3),
    Op::Jump(2),
    Op::Divide(1, 0),
    Op::Halt(0),
];

#[test]
fn the_toy_keeps_every_law_until_it_traps() {
    let make = || Toy::new(&COUNT_DOWN, 1000);
    let mut world = ScriptedWorld::with_lines(&["300"]);
    laws::check(make, |question| world.answer(question), 10_000);
    let mut world = ScriptedWorld::with_lines(&["300"]);
    laws::check_inspect(make, |question| world.answer(question), 10_000);
}

#[test]
fn a_toy_without_a_trail_keeps_every_law() {
    let mut world = ScriptedWorld::with_lines(&["50"]);
    let make = || Toy::new(&COUNT_DOWN, 1000).without_trail();
    laws::check(make, |question| world.answer(question), 300);
}

#[test]
fn an_answer_that_the_toy_cannot_take_is_a_trap() {
    let mut world = ScriptedWorld::with_lines(&["ten"]);
    let make = || Toy::new(&[Op::Set(0, 1), Op::ReadLine(0)], 1);
    laws::check(make, |question| world.answer(question), 10);

    let mut toy = Toy::new(&[Op::Write(0)], 1);
    assert!(matches!(toy.run(Tick::MAX, &Probes::none()), Stop::Asks(Question::Write(_))));
    let refused = toy.answer(&Answer::Failed(Failure::Full));
    assert_eq!(refused, Err(ToyTrap::NotWritten(Failure::Full)));
    assert_eq!(toy.tick(), Tick::ZERO);
}
