//! Stepping back: from a trail, to exactly what was there, whatever the instruction did.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use achronyme::{NoFiles, Options, compile};
use achronyme_vm::Vm;
use machine::{Answer, Machine as _, Probes, StateHash, Stop, Tick};
use proptest::prelude::*;
use source::SourceMap;
use testkit::ScriptedWorld;

/// What all programs here fit in.
const MEMORY: usize = 1 << 21;
const TRAIL: usize = 64 << 20;

const PROGRAMS: [(&str, &str); 10] = [
    ("numbers", "mut sum = 0\nfor (i in 0..30) { sum = sum + i % 7 }\nsum"),
    (
        "objects, strings and vectors that grow",
        "mut all = []\nmut text = \"\"\nfor (i in 0..25) {\n  all.push({n: i, mut v: [i, str(i)]})\n  \
         all[i].v.push(text)\n  text = text + \"-\" + str(i)\n}\nlen(text)",
    ),
    (
        "large arrays, in pages of their own",
        "mut v = linspace(0, 1, 2000)\nmut w = v\nmut u = [...v]\nfor (i in 0..5) {\n  w = w + v\n  \
         w[i] = 0 - i\n  for (x in 0..4) { u.push(x) }\n  if (i == 3) { u = [...u, ...u] }\n}\nlen(u)",
    ),
    (
        "chains of operators on arrays",
        "mut v = linspace(0, 1, 1500)\nmut w = v * 2 + 1\nfor (i in 0..4) {\n  w = w * v - i + sin(w)\n  \
         v = sqrt(v * v + w) * 2 - i\n}\nlen(v)",
    ),
    (
        "errors that are caught at several depths",
        "let fail = n => if (n == 0) { throw \"bottom\" } else { 1 + fail(n - 1) }\nmut seen = []\n\
         for (n in 0..6) { seen.push(try { fail(n) } catch (e) { e.message + str(n) }) }\n\
         try { [1, 2][7] } catch (e) { seen.push(e.message) }\nseen",
    ),
    (
        "generators",
        "let count = n => generate { mut i = 0\n while (i < n) { yield [i, str(i)]\n i += 1 } }\n\
         mut all = []\nfor (x in count(9)) { for (y in count(3)) { all.push(x[0] + y[0]) } }\n\
         let g = count(2)\n[g.next(), g.next(), g.next(), all]",
    ),
    (
        "tasks, channels and timers",
        "let [tx, rx] = channel()\n\
         let slow = async n => do { await sleep(n)\n await tx.send(n)\n n * 2 }\n\
         let all = [slow(30), slow(10), slow(20)]\nlet first = await rx.recv()\n\
         let late = spawn(async () => do { await sleep(5)\n throw \"late\" })\n\
         print(first, await join_all(all))\nprint(await late)",
    ),
    (
        "signals and effects",
        "let a = signal(1)\nlet b = signal(10)\nmut seen = []\n\
         effect(() => do { seen.push(a.value + b.value) })\n\
         for (i in 0..5) { a.set(i)\n b.set(a.value * 2) }\nseen",
    ),
    (
        "names and shapes that are made as it runs, and precision",
        "mut r = {a: 1}\nfor (i in 0..8) {\n  r = {...r, ...from_entries([[\"k\" + str(i), i]])}\n  \
         set_precision(i)\n  print(1 / 3, r)\n}\nkeys(r)",
    ),
    (
        "what it reads, and an end by an exit code",
        "let name = read_line()\nprint(\"hello \" + name)\nlet t = rand()\nif (t >= 0) { exit(3) }\nname",
    ),
];

/// A life: the state at each tick, and the answers.
struct Life {
    moments: Vec<(Tick, StateHash)>,
    answers: BTreeMap<Tick, Answer>,
}

/// Of each program, and where it always collects.
static LIVES: LazyLock<Vec<[Life; 2]>> = LazyLock::new(|| {
    PROGRAMS.iter().map(|(_, text)| [false, true].map(|eager| Life::of(text, eager))).collect()
});

fn machine(text: &str, is_eager: bool) -> Vm {
    let mut sources = SourceMap::default();
    let compiled = compile("main.soc", text, &mut sources, Options::default(), &mut NoFiles);
    let (program, _) = compiled.unwrap_or_else(|found| panic!("{found:?}"));
    let mut vm = Vm::new(Arc::new(program), MEMORY).unwrap();
    if is_eager {
        vm.collect_often(true);
    }
    vm
}

impl Life {
    fn of(text: &str, is_eager: bool) -> Self {
        let mut vm = machine(text, is_eager);
        let mut world = ScriptedWorld::with_lines(&["Ada"]);
        let mut life =
            Self { moments: vec![(vm.tick(), vm.state_hash())], answers: BTreeMap::new() };
        loop {
            match vm.run(Tick::MAX, &Probes::every_step()) {
                Stop::Asks(question) => {
                    let answer = world.answer(&question);
                    life.answers.insert(vm.tick(), answer.clone());
                    assert_eq!(vm.answer(&answer), Ok(()), "{text}");
                }
                Stop::Probed(_) => {}
                Stop::Ended(_) => break,
                stop @ (Stop::Reached | Stop::Trapped(_)) => panic!("{stop:?}: {text}"),
            }
            life.moments.push((vm.tick(), vm.state_hash()));
        }
        if life.moments.last().is_some_and(|last| last.0 < vm.tick()) {
            life.moments.push((vm.tick(), vm.state_hash()));
        }
        life
    }

    fn run(&self, vm: &mut Vm, index: usize) {
        let until = self.moments[index].0;
        while vm.tick() < until {
            match vm.run(until, &Probes::none()) {
                Stop::Asks(_) => {
                    let answer = self.answers[&vm.tick()].clone();
                    assert_eq!(vm.answer(&answer), Ok(()));
                }
                Stop::Reached | Stop::Ended(_) => break,
                stop @ (Stop::Probed(_) | Stop::Trapped(_)) => panic!("{stop:?}"),
            }
        }
        self.is_at(vm, index);
    }

    fn is_at(&self, vm: &Vm, index: usize) {
        assert_eq!((vm.tick(), vm.state_hash()), self.moments[index], "moment {index}");
    }

    fn last(&self) -> usize {
        self.moments.len() - 1
    }
}

#[test]
fn every_instruction_is_taken_back_one_at_a_time_and_done_again() {
    for ((what, text), lives) in PROGRAMS.into_iter().zip(&*LIVES) {
        for (is_eager, life) in [false, true].into_iter().zip(lives) {
            let mut vm = machine(text, is_eager);
            vm.keep_trail(TRAIL);
            for _ in 0..2 {
                life.run(&mut vm, life.last());
                for index in (0..life.last()).rev() {
                    assert_eq!(vm.back(1), 1, "{what}");
                    life.is_at(&vm, index);
                }
                assert_eq!(vm.back(1), 0, "{what}: before the first instruction");
            }
        }
    }
}

#[test]
fn a_question_that_waits_is_forgotten_by_a_step_back_and_asked_again() {
    let text = "let a = 1\nprint(a)\na";
    let life = Life::of(text, false);
    let mut vm = machine(text, false);
    vm.keep_trail(TRAIL);
    let Stop::Asks(question) = vm.run(Tick::MAX, &Probes::none()) else { panic!("it prints") };
    let asked = vm.tick();
    assert_eq!(vm.back(1), 1);
    assert!(vm.tick() < asked);
    assert_eq!(vm.run(Tick::MAX, &Probes::none()), Stop::Asks(question));
    life.run(&mut vm, life.last());
}

#[test]
fn what_destroys_more_than_the_trail_may_hold_is_not_taken_back_and_harms_nothing() {
    let text = "let a = linspace(0, 1, 3000)\nmut w = a + a\nfor (i in 0..3) { w = w * 2 }\n\
                let b = 1\nb + 1";
    let life = Life::of(text, false);
    for bytes in [1, 100, 2000, 20_000] {
        let mut vm = machine(text, false);
        vm.keep_trail(bytes);
        life.run(&mut vm, life.last());
        assert!(vm.trail_bytes() <= bytes, "{} of {bytes}", vm.trail_bytes());
        let taken = usize::try_from(vm.back(u64::MAX)).unwrap();
        assert!(taken < life.last());
        life.is_at(&vm, life.last() - taken);
        life.run(&mut vm, life.last());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Forward and back, with snapshots on the way that are gone back to later.
    #[test]
    fn any_walk_comes_to_the_states_of_a_straight_run(
        program in 0..PROGRAMS.len(),
        is_eager in any::<bool>(),
        moves in prop::collection::vec((0..4_u8, any::<prop::sample::Index>()), 1..40),
    ) {
        let text = PROGRAMS[program].1;
        let life = &LIVES[program][usize::from(is_eager)];
        let mut vm = machine(text, is_eager);
        vm.keep_trail(1 << 20);
        let (mut here, mut kept) = (0, Vec::new());
        for (kind, place) in moves {
            match kind {
                0 => {
                    here += place.index(life.moments.len() - here);
                    life.run(&mut vm, here);
                }
                1 => {
                    let steps = place.index(here + 1);
                    let taken = usize::try_from(vm.back(steps as u64)).unwrap();
                    prop_assert!(taken <= steps);
                    here -= taken;
                    life.is_at(&vm, here);
                }
                2 => kept.push((here, vm.snapshot())),
                _ if kept.is_empty() => {}
                _ => {
                    let (then, snapshot) = &kept[place.index(kept.len())];
                    vm.restore(snapshot);
                    here = *then;
                    life.is_at(&vm, here);
                }
            }
        }
    }
}
