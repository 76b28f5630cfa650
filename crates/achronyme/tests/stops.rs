//! Breakpoints and watches stop at the same moments whether the fast engine runs or each instruction is
//! looked at by itself.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use achronyme::{NoFiles, Options, compile};
use achronyme_vm::Vm;
use machine::{
    Answer, CodePosition, Hit, Inspect as _, Location, Machine as _, Probes, StateHash, Stop, Tick,
};
use proptest::prelude::*;
use source::SourceMap;
use testkit::ScriptedWorld;

/// Programs, with global variables of theirs.
const PROGRAMS: [(&str, &[&str]); 9] = [
    (
        "mut sum = 0\nmut last = 0\nlet seven = 7\nfor (i in 0..60) {\n  last = i % seven\n  \
         if (last > 3) { sum = sum + last } else { sum -= 1 }\n}\nprint(sum)\nsum",
        &["sum", "last", "seven"],
    ),
    (
        "mut depth = 0\nmut calls = 0\nlet fib = n => do {\n  calls += 1\n  \
         if (n < 2) { n } else { fib(n - 1) + fib(n - 2) }\n}\ndepth = fib(9)\nprint(depth)",
        &["depth", "calls"],
    ),
    (
        "mut v = [1, 2, 3]\nmut shown = \"\"\nmut n = 0\nfor (i in 0..12) {\n  v[i % 3] = v[i % 3] + i\n  \
         if (v[0] > 9) { shown = str(v[0]) } else { n = null }\n  if (i == 8) { v = 5\n v = [1, 2, 3] }\n}\n\
         v",
        &["v", "shown", "n"],
    ),
    (
        "mut seen = 0\nlet count = n => generate { mut i = 0\n while (i < n) { yield i\n i += 1 } }\n\
         for (x in count(8)) { for (y in count(3)) { seen += x * y } }\n\
         try { [1][seen] } catch (e) { seen = 0 - seen }\nseen",
        &["seen"],
    ),
    (
        "mut total = 0\nlet [tx, rx] = channel()\n\
         let slow = async n => do { await sleep(n)\n total += n\n await tx.send(n)\n n * 2 }\n\
         let all = [slow(30), slow(10), slow(20)]\nlet first = await rx.recv()\n\
         print(first, await join_all(all))\ntotal",
        &["total"],
    ),
    (
        "let p = {mut x: 1, y: 2}\nmut big = 1\nmut k = 0\nwhile (k < 40) {\n  p.x += p.y * k\n  \
         big = big * 2\n  k += 1\n}\nlet name = read_line()\nbig = len(name)\np.x",
        &["big", "k"],
    ),
    (
        "mut moved = 0\nmut all = [5, 3, 9, 1, 7, 2]\n\
         let sort = (v) => do {\n  mut w = v\n  mut i = 0\n  while (i < 6) {\n    mut j = i + 1\n    \
         while (j < 6) {\n      if (w[j] < w[i]) {\n        let t = w[i]\n        w[i] = w[j]\n        \
         w[j] = t\n        moved += 1\n      }\n      j += 1\n    }\n    i += 1\n  }\n  w\n}\n\
         let turn = i => do {\n  let t = all[i]\n  all[i] = all[i + 1]\n  all[i + 1] = t\n  moved -= 1\n}\n\
         for (i in 0..5) { turn(i) }\nlet sorted = sort(all)\nprint(sorted, all + 1 * 2 - all)\nmoved",
        &["moved", "all"],
    ),
    (
        "mut v = zeros(6)\nmut w = [0, 0, 0]\nmut k = 0\nwhile (k < 30) {\n  v[k % 5] = k - v[k % 3]\n  \
         w[k % 3] = w[1] + v[k % 5]\n  if (k == 12) { w[1] = \"one\"\n w[1] = 1 }\n  \
         if (k == 20) { v = zeros(6) }\n  k += 1\n}\nprint(w)\nv",
        &["v[1]", "v[5]", "w[1]", "v", "w", "k"],
    ),
    (
        "mut v = zeros(6)\nmut w = [0, 0, 0]\nmut k = 0\nlet put = i => do {\n  \
         let t = v[i]\n  v[i] = v[i + 1]\n  v[i + 1] = t + k\n  w[i % 3] = v[i]\n}\n\
         while (k < 30) { put(k % 5)\n k += 1 }\nlet u = v\nv[1] = 7\nu",
        &["v[1]", "v[4]", "w[1]", "v", "w", "k"],
    ),
];

fn machine(text: &str) -> Vm {
    let mut sources = SourceMap::default();
    let compiled = compile("main.soc", text, &mut sources, Options::default(), &mut NoFiles);
    let (program, _) = compiled.unwrap_or_else(|found| panic!("{found:?}"));
    Vm::new(Arc::new(program), 1 << 21).unwrap()
}

/// Where it stopped, and why.
type Stopped = (Tick, StateHash, Hit);

/// All stops of a run, which is cut into pieces of so many words, and where it was looked at.
fn stops(vm: &mut Vm, probes: &Probes, piece: u64) -> (Vec<Stopped>, BTreeSet<u64>) {
    stops_until(vm, probes, piece, Tick::MAX)
}

fn stops_until(
    vm: &mut Vm,
    probes: &Probes,
    piece: u64,
    end: Tick,
) -> (Vec<Stopped>, BTreeSet<u64>) {
    let mut world = ScriptedWorld::with_lines(&["Ada"]);
    let mut answers: BTreeMap<Tick, Answer> = BTreeMap::new();
    let (mut found, mut passed) = (Vec::new(), BTreeSet::new());
    let mut until = 0;
    loop {
        if vm.tick() >= end {
            return (found, passed);
        }
        until = until.max(vm.tick().safepoints.saturating_add(piece)).min(end.safepoints);
        let hit = match vm.run(Tick::at(until), probes) {
            Stop::Asks(question) => {
                let answer = answers.entry(vm.tick()).or_insert_with(|| world.answer(&question));
                vm.answer_probed(answer, probes).unwrap()
            }
            Stop::Probed(hit) => Some(hit),
            Stop::Reached => None,
            Stop::Ended(_) => return (found, passed),
            stop @ Stop::Trapped(_) => panic!("{stop:?}"),
        };
        passed.insert(vm.position().0);
        found.extend(hit.map(|hit| (vm.tick(), vm.state_hash(), hit)));
    }
}

/// The same, with a look after each instruction.
fn stepped(vm: &mut Vm, probes: &Probes) -> Vec<Stopped> {
    let each = Probes { every_step: true, ..probes.clone() };
    let (found, _) = stops(vm, &each, u64::MAX);
    found.into_iter().filter(|(_, _, hit)| *hit != Hit::Step).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_fast_engine_stops_where_single_steps_do(
        program in 0..PROGRAMS.len(),
        places in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        anywhere in prop::collection::vec(0_u64..200, 0..4),
        watched in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        piece in prop_oneof![Just(u64::MAX), 1_u64..3000],
    ) {
        let (text, names) = PROGRAMS[program];
        let mut vm = machine(text);
        let start = vm.snapshot();
        let (all, passed) = stops(&mut vm, &Probes::every_step(), u64::MAX);
        let passed: Vec<u64> = passed.into_iter().collect();
        vm.restore(&start);
        // Variables have a place once the program has begun with them.
        let middle = all[all.len() / 2].0;
        let (_, _) = stops_until(&mut vm, &Probes::none(), u64::MAX, middle);
        let watch = |index: &prop::sample::Index| -> Option<Location> {
            vm.locate(names[index.index(names.len())]).ok()
        };
        let watches: Vec<Location> = watched.iter().filter_map(watch).collect();
        prop_assert!(watched.is_empty() || !watches.is_empty());
        vm.restore(&start);
        let breakpoints = places.iter().map(|place| passed[place.index(passed.len())]);
        let probes = Probes {
            breakpoints: breakpoints.chain(anywhere).map(CodePosition).collect(),
            watches,
            every_step: false,
        };
        let expected = stepped(&mut vm, &probes);
        let end = (vm.tick(), vm.state_hash());
        vm.restore(&start);
        prop_assert_eq!(stops(&mut vm, &probes, piece).0, expected);
        prop_assert_eq!((vm.tick(), vm.state_hash()), end);
        // The program is as it was.
        vm.restore(&start);
        let (_, again) = stops(&mut vm, &Probes::every_step(), u64::MAX);
        prop_assert_eq!(again.into_iter().collect::<Vec<_>>(), passed);
    }
}
