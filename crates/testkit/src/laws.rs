//! The laws of [`Machine`] and [`Inspect`] as checks. Every implementation calls them from its
//! tests, with a program that does something worth checking.

use std::collections::BTreeSet;

use machine::{
    Answer, CodePosition, Hit, Inspect, Machine, Portable, Probes, Question, StateHash, Stop, Tick,
};

/// Checks every law of [`Machine`] on the first `steps` instructions of what `make` makes.
///
/// # Panics
/// A law does not hold; the message says which, and at what tick.
pub fn check<M: Machine>(
    make: impl Fn() -> M,
    world: impl FnMut(&Question) -> Answer,
    steps: usize,
) {
    let life = Life::observe(make(), world, steps);
    assert!(life.moments.len() > 1, "the program does nothing");
    stops_leave_the_state(&make, &life);
    runs_are_equal_however_divided(&make, &life);
    probes_change_nothing(&make, &life);
    any_snapshot_can_be_restored(&make, &life);
    back_undoes_exactly(&make, &life);
    a_twin_lives_the_same_life(&make, &life);
}

/// Checks that looking changes nothing, and that breakpoints stop where control arrives.
///
/// # Panics
/// As [`check`].
pub fn check_inspect<M: Machine + Inspect>(
    make: impl Fn() -> M,
    world: impl FnMut(&Question) -> Answer,
    steps: usize,
) {
    let life = Life::observe(make(), world, steps);
    let mut machine = make();
    let mut positions = vec![machine.position()];
    for moment in &life.moments[1..] {
        life.advance(&mut machine, moment.tick);
        look_at_everything(&machine);
        assert_eq!(machine.tick(), moment.tick, "looking moved time");
        assert_eq!(
            machine.state_hash(),
            moment.hash,
            "looking changed the state at {}",
            moment.tick
        );
        positions.push(machine.position());
    }

    let distinct: BTreeSet<CodePosition> = positions.iter().copied().collect();
    for position in distinct.into_iter().take(64) {
        let arrivals = (1..positions.len()).filter(|index| positions[*index] == position);
        let expected: Vec<Tick> = arrivals.map(|index| life.moments[index].tick).collect();
        let probes = Probes { breakpoints: BTreeSet::from([position]), ..Probes::none() };
        let mut machine = make();
        let mut found = Vec::new();
        while life.advance_probed(&mut machine, life.end(), &probes).is_some() {
            found.push(machine.tick());
        }
        assert_eq!(found, expected, "where a breakpoint at {position:?} stops");
    }
}

/// What a straight run showed: the state at every tick, and the answers.
struct Life<T> {
    moments: Vec<LifeMoment>,
    answers: Vec<(Tick, Question, Answer)>,
    trap: Option<T>,
}

struct LifeMoment {
    tick: Tick,
    hash: StateHash,
}

impl<T: Clone + PartialEq + std::fmt::Debug> Life<T> {
    fn observe<M: Machine<Trap = T>>(
        mut machine: M,
        mut world: impl FnMut(&Question) -> Answer,
        steps: usize,
    ) -> Self {
        let first = LifeMoment { tick: machine.tick(), hash: machine.state_hash() };
        let mut life = Self { moments: vec![first], answers: Vec::new(), trap: None };
        while life.moments.len() <= steps {
            let before = machine.tick();
            match machine.run(Tick::MAX, &Probes::every_step()) {
                Stop::Probed(hit) => assert_eq!(hit, Hit::Step, "every step was asked for"),
                Stop::Asks(question) => {
                    let answer = world(&question);
                    let result = machine.answer_probed(&answer, &Probes::every_step());
                    life.answers.push((before, question, answer));
                    match result {
                        Ok(hit) => assert_eq!(hit, Some(Hit::Step), "an answer retires"),
                        Err(trap) => {
                            life.trap = Some(trap);
                            break;
                        }
                    }
                }
                Stop::Trapped(trap) => {
                    life.trap = Some(trap);
                    break;
                }
                Stop::Ended(_) => break,
                Stop::Reached => unreachable!("the last tick was reached"),
            }
            assert!(machine.tick() > before, "an instruction ran at {before} and time stood still");
            life.moments.push(LifeMoment { tick: machine.tick(), hash: machine.state_hash() });
        }
        life
    }

    fn end(&self) -> Tick {
        self.moments[self.moments.len() - 1].tick
    }

    /// Runs to `until` with the answers of this life.
    fn advance<M: Machine<Trap = T>>(&self, machine: &mut M, until: Tick) {
        let hit = self.advance_probed(machine, until, &Probes::none());
        assert_eq!(hit, None, "nothing was probed for");
        assert_eq!(machine.tick(), until, "a run to {until} stopped early");
    }

    /// Runs to `until` or the first hit with the answers of this life.
    fn advance_probed<M: Machine<Trap = T>>(
        &self,
        machine: &mut M,
        until: Tick,
        probes: &Probes,
    ) -> Option<Hit> {
        loop {
            match machine.run(until, probes) {
                Stop::Probed(hit) => return Some(hit),
                Stop::Asks(question) if machine.tick() < until => {
                    let tick = machine.tick();
                    let kept = self.answers.binary_search_by_key(&tick, |answer| answer.0);
                    let Ok(index) = kept else {
                        unreachable!("a new question at {tick}: {question:?}");
                    };
                    let (_, kept_question, answer) = &self.answers[index];
                    assert_eq!(&question, kept_question, "the question at {tick}");
                    let hit = machine.answer_probed(answer, probes);
                    assert!(hit.is_ok(), "an answer at {tick} was taken before");
                    if let Ok(Some(hit)) = hit {
                        return Some(hit);
                    }
                }
                Stop::Reached | Stop::Asks(_) | Stop::Trapped(_) | Stop::Ended(_) => return None,
            }
        }
    }

    fn assert_at<M: Machine<Trap = T>>(&self, machine: &M, index: usize, law: &str) {
        let moment = &self.moments[index];
        assert_eq!(machine.tick(), moment.tick, "{law}: the tick after {index} instructions");
        assert_eq!(machine.state_hash(), moment.hash, "{law}: the state at {}", moment.tick);
    }
}

/// Checks the law of [`Portable`], at some moments of a life.
///
/// # Panics
/// As [`check`].
pub fn check_portable<M: Portable>(
    make: impl Fn() -> M,
    world: impl FnMut(&Question) -> Answer,
    steps: usize,
) {
    let life = Life::observe(make(), world, steps);
    let mut dice = Dice(6);
    let last = life.moments.len() - 1;
    for _ in 0..20 {
        let index = dice.below(life.moments.len());
        let mut machine = make();
        life.advance(&mut machine, life.moments[index].tick);
        let Some(bytes) = machine.write_state() else { continue };
        life.assert_at(&machine, index, "a state that was written");
        let mut other = make();
        // What it did before does not matter.
        life.advance(&mut other, life.moments[dice.below(life.moments.len())].tick);
        assert_eq!(other.read_state(&bytes), Ok(()), "a state is read");
        life.assert_at(&other, index, "a state that was read");
        life.advance(&mut other, life.end());
        life.assert_at(&other, last, "going on from a state that was read");
        life.advance(&mut machine, life.end());
        life.assert_at(&machine, last, "going on from a state that was written");
        for cut in [0, dice.below(bytes.len()), bytes.len() - 1] {
            assert!(make().read_state(&bytes[..cut]).is_err(), "a state cut off at {cut}");
        }
    }
}

/// Law 4: a trap or a question leaves the state as it was, and says so again.
fn stops_leave_the_state<M: Machine>(make: &impl Fn() -> M, life: &Life<M::Trap>) {
    let mut machine = make();
    for (tick, question, _) in life.answers.iter().take(200) {
        life.advance(&mut machine, *tick);
        let hash = machine.state_hash();
        for _ in 0..2 {
            let stop = machine.run(Tick::MAX, &Probes::none());
            assert!(matches!(&stop, Stop::Asks(asked) if asked == question), "law 4: at {tick}");
            assert_eq!(machine.tick(), *tick, "law 4: a question is not retired");
            assert_eq!(machine.state_hash(), hash, "law 4: a question left its mark at {tick}");
        }
    }
    if life.trap.is_none() {
        // It ended, or may go on for ever.
        return;
    }
    let last = life.moments.len() - 1;
    let mut machine = make();
    life.advance(&mut machine, life.end());
    for _ in 0..2 {
        let found = match machine.run(Tick::MAX, &Probes::none()) {
            Stop::Trapped(trap) => Some(trap),
            Stop::Asks(_) => match life.answers.last() {
                Some((tick, _, answer)) if *tick == life.end() => machine.answer(answer).err(),
                _ => None,
            },
            Stop::Reached | Stop::Probed(_) | Stop::Ended(_) => None,
        };
        assert_eq!(found, life.trap, "law 4: the trap comes again");
        life.assert_at(&machine, last, "law 4: a trap");
    }
}

/// Laws 1 and 2: equal states stay equal, wherever a run is cut.
fn runs_are_equal_however_divided<M: Machine>(make: &impl Fn() -> M, life: &Life<M::Trap>) {
    let mut dice = Dice(1);
    for stride in [1, 7, 1000, life.moments.len()] {
        let (mut machine, mut index) = (make(), 0);
        while index + 1 < life.moments.len() {
            index = (index + 1 + dice.below(stride)).min(life.moments.len() - 1);
            life.advance(&mut machine, life.moments[index].tick);
            life.assert_at(&machine, index, "laws 1 and 2");
            let stop = machine.run(machine.tick(), &Probes::none());
            assert!(matches!(stop, Stop::Reached), "law 2: a run to now is over at once");
        }
    }
}

/// Law 2: probes change nothing, and a probe that hits at the end of a run is reported.
fn probes_change_nothing<M: Machine>(make: &impl Fn() -> M, life: &Life<M::Trap>) {
    let probes = Probes { breakpoints: (0..256).map(CodePosition).collect(), ..Probes::none() };
    let mut machine = make();
    let mut hits = Vec::new();
    while let Some(hit) = life.advance_probed(&mut machine, life.end(), &probes) {
        let index = life.moments.binary_search_by_key(&machine.tick(), |moment| moment.tick);
        let Ok(index) = index else { unreachable!("a stop at no tick: {}", machine.tick()) };
        life.assert_at(&machine, index, "law 2: a probed run");
        hits.push((index, hit));
    }
    let mut dice = Dice(2);
    for _ in 0..50.min(hits.len()) {
        let (index, hit) = hits[dice.below(hits.len())];
        let mut machine = make();
        life.advance(&mut machine, life.moments[index - 1].tick);
        let found = life.advance_probed(&mut machine, life.moments[index].tick, &probes);
        assert_eq!(found, Some(hit), "law 2: a hit at the very end of a run");
        life.assert_at(&machine, index, "law 2: a probed run");
    }
}

/// Law 3: any snapshot, in any order.
fn any_snapshot_can_be_restored<M: Machine>(make: &impl Fn() -> M, life: &Life<M::Trap>) {
    let mut dice = Dice(3);
    let mut machine = make();
    let mut kept = vec![(0, machine.snapshot())];
    for _ in 0..200 {
        let (index, snapshot) = kept[dice.below(kept.len())].clone();
        machine.restore(&snapshot);
        life.assert_at(&machine, index, "law 3");
        let next = index + dice.below(life.moments.len() - index);
        life.advance(&mut machine, life.moments[next].tick);
        life.assert_at(&machine, next, "law 3: going on");
        kept.push((next, machine.snapshot()));
        if kept.len() > 20 {
            kept.swap_remove(1 + dice.below(kept.len() - 1));
        }
    }
}

/// Law 6: snapshots of one machine in its twin, while the machine goes on.
fn a_twin_lives_the_same_life<M: Machine>(make: &impl Fn() -> M, life: &Life<M::Trap>) {
    let mut dice = Dice(6);
    let mut machine = make();
    let start = machine.snapshot();
    for _ in 0..20 {
        let index = dice.below(life.moments.len());
        let next = index + dice.below(life.moments.len() - index);
        machine.restore(&start);
        life.advance(&mut machine, life.moments[index].tick);
        let Some(mut twin) = machine.twin() else { return };
        let snapshot = machine.snapshot();
        life.advance(&mut machine, life.moments[next].tick);
        twin.restore(&snapshot);
        life.assert_at(&twin, index, "law 6");
        life.advance(&mut twin, life.moments[next].tick);
        life.assert_at(&twin, next, "law 6: going on");
        life.assert_at(&machine, next, "law 6: the machine itself");
    }
}

/// Law 5: back, and forward again, and back. Snapshots that are made on the way hold as any others.
fn back_undoes_exactly<M: Machine>(make: &impl Fn() -> M, life: &Life<M::Trap>) {
    let mut dice = Dice(5);
    let mut machine = make();
    let start = machine.snapshot();
    for round in 0..40 {
        let index =
            if round == 0 { life.moments.len() - 1 } else { dice.below(life.moments.len()) };
        machine.restore(&start);
        machine.keep_trail(1 << 20);
        life.advance(&mut machine, life.moments[index].tick);
        let mut here = index;
        let mut kept = Vec::new();
        for _ in 0..40 {
            if dice.below(8) == 0 {
                kept.push((here, machine.snapshot()));
            }
            let steps = 1 + dice.below(if round % 2 == 0 { 1 } else { 100 });
            let undone = machine.back(steps as u64);
            let undone = usize::try_from(undone).unwrap_or(usize::MAX);
            assert!(undone <= steps, "law 5: more was undone than asked for");
            here -= undone;
            life.assert_at(&machine, here, "law 5");
            if undone < steps {
                break;
            }
            let again = here + dice.below(steps.min(index - here) + 1);
            life.advance(&mut machine, life.moments[again].tick);
            life.assert_at(&machine, again, "law 5: forward again");
            here = again;
        }
        machine.keep_trail(0);
        assert_eq!(machine.back(1), 0, "law 5: a trail that is not kept undoes nothing");
        life.assert_at(&machine, here, "law 5: without a trail");
        for (here, snapshot) in kept.into_iter().rev() {
            machine.restore(&snapshot);
            life.assert_at(&machine, here, "law 5: a snapshot on the way");
            let next = here + dice.below(life.moments.len() - here);
            life.advance(&mut machine, life.moments[next].tick);
            life.assert_at(&machine, next, "law 5: going on from a snapshot on the way");
        }
    }
}

fn look_at_everything(machine: &impl Inspect) {
    let position = machine.position();
    let _depth = machine.depth();
    let _frames = machine.frames(8);
    let _sources = machine.sources();
    let _place = machine.place(position).map(|place| machine.positions_of_line(place));
    let _name = machine.name_of_position(position);
    let _listing = machine.disassemble(position, 4);
    let _bytes = machine.memory(0, 64);
    for scope in machine.scopes() {
        for variable in scope.variables.iter().take(16) {
            let _value = machine.evaluate(&variable.expression);
            let _dependencies = machine.dependencies(&variable.expression);
            let _read = machine.locate(&variable.expression).map(|place| machine.read(place));
        }
    }
    for name in machine.names().iter().take(16) {
        let _position = machine.position_of_name(name);
    }
}

/// The same numbers in every test run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound.max(1)
    }
}
