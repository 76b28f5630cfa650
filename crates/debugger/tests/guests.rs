//! What holds in both directions of time, for programs of all three languages: random walks lead to the
//! states of a straight run, and breakpoints stop at the same moments both ways.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::num::NonZeroUsize;
use std::sync::Arc;

use debugger::{Debugger, World};
use machine::{Answer, Edit, Inspect, Machine, Question, StateHash, Tick};
use proptest::prelude::*;
use source::SourceMap;
use timeline::{Options, Timeline};

const SOC: &str = "\
mut total = 0
let box = {mut n: 1}
let grow = k => do {
  let by = k * 2
  box.n += by
  total += box.n
  by
}
let all = map(grow, [3, 1, 2])
for (k in 0..3) {
  print(total, all[k])
  grow(k)
}
total
";

const TACIT: &str = "\
0 value total
[ 3 1 2 ] value list
: grow ( k -- n )
    -> k
    k 2 * -> by
    total by + to total
    by ;
list for-each { grow . }
total .
";

const PVM: &str = "\
main:   LI R1, 3
        LI R2, 0
        LEA R4, cell
loop:   CALL grow
        OUT R2
        ISUB R1, R1, 1
        BNZ R1, loop
        HALT
grow:   PUSH R1
        IMUL R3, R1, 2
        IADD R2, R2, R3
        STORE [R4], R2
        POP R1
        RET
.segment data
cell:   .i64 0
";

/// The outside of programs that only write.
struct Silent;

impl World for Silent {
    fn ask(&mut self, _: &Question) -> Answer {
        Answer::Done
    }
}

fn options() -> Options {
    Options { spacing: 8, threads: NonZeroUsize::new(1), ..Options::default() }
}

/// The same debugger where so many threads search the past.
fn with_threads<M: Machine + Inspect + Edit>(debugger: Debugger<M>, threads: usize) -> Debugger<M> {
    let timeline = debugger.into_timeline();
    let options = Options { threads: NonZeroUsize::new(threads), ..options() };
    Debugger::new(Timeline::new(timeline.machine().twin().unwrap(), options))
}

fn achronyme() -> Debugger<achronyme_vm::Vm> {
    let mut sources = SourceMap::default();
    let compiler = achronyme::Options { optimise: false, repl: false };
    let files = &mut achronyme::NoFiles;
    let (program, _) = achronyme::compile("main.soc", SOC, &mut sources, compiler, files).unwrap();
    let vm = achronyme_vm::Vm::new(Arc::new(program), 1 << 22).unwrap();
    Debugger::new(Timeline::new(vm, options()))
}

fn tacit() -> Debugger<tacit_vm::Vm> {
    let layout = tacit_vm::Layout::DEFAULT;
    let compiler = tacit::Options { optimise: false, keep_sources: true };
    let vm = tacit_vm::Vm::new(layout);
    let compiled = tacit::compile("main.tacit", TACIT, vm.memory(), &compiler);
    let image = tacit_vm::Image { memory: layout.bytes(), unit: compiled.unit.unwrap() };
    Debugger::new(Timeline::new(tacit_vm::Vm::from_image(&image).unwrap(), options()))
}

fn pvm() -> Debugger<palindrome_vm::Vm> {
    let assembling = palindrome_asm::Options { optimise: false, keep_sources: true };
    let unit = palindrome_asm::Unit::new("main.pvm", PVM);
    let mut none = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    let assembled = palindrome_asm::assemble(&[unit], &assembling, &mut none);
    let program = palindrome_vm::Program::new(assembled.image.unwrap()).unwrap();
    Debugger::new(Timeline::new(palindrome_vm::Vm::load(program), options()))
}

/// Everything that a user can see of a moment.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    tick: Tick,
    hash: StateHash,
    variables: Vec<(String, String)>,
    frames: Vec<String>,
    output: Vec<u8>,
}

fn see<M: Machine + Inspect + Edit>(debugger: &Debugger<M>) -> Seen {
    let machine = debugger.machine();
    let variables = machine.scopes().into_iter().flat_map(|scope| scope.variables);
    Seen {
        tick: machine.tick(),
        hash: machine.state_hash(),
        variables: variables.map(|variable| (variable.name, variable.value.text)).collect(),
        frames: machine.frames(20).into_iter().map(|frame| format!("{frame:?}")).collect(),
        output: debugger.timeline().outputs().output,
    }
}

/// Every moment of a run, one after the other.
fn straight<M: Machine + Inspect + Edit>(mut debugger: Debugger<M>) -> Vec<Seen> {
    let mut seen = vec![see(&debugger)];
    loop {
        let stopped = debugger.step_instructions(1, &mut Silent);
        // The last instruction ends the program, and is a moment like any other.
        if seen.last().is_some_and(|last| last.tick < stopped.tick) {
            seen.push(see(&debugger));
        }
        if !stopped.why.is_empty() {
            return seen;
        }
    }
}

const MOVES: [&str; 12] = [
    "step",
    "back",
    "next",
    "rnext",
    "finish",
    "rfinish",
    "stepi",
    "backi",
    "goto",
    "continue",
    "rcontinue",
    "branch",
];

/// Walks at random, also on branches that change nothing, and holds each moment against the run.
fn check_walk<M: Machine + Inspect + Edit>(
    seen: &[Seen],
    mut walker: Debugger<M>,
    stops: &[&str],
    moves: &[(usize, u64)],
) -> Result<(), TestCaseError> {
    set(&mut walker, stops)?;
    for (index, (kind, count)) in moves.iter().enumerate() {
        let command = match MOVES[*kind] {
            name @ ("stepi" | "backi") => format!("{name} {}", count * count),
            "goto" => format!("goto {}%", count * 11),
            "branch" if index % 2 == 0 => format!("branch b{index}"),
            "branch" => "switch main".to_owned(),
            name => name.to_owned(),
        };
        walker.execute(&command, &mut Silent);
        let found = see(&walker);
        let expected = seen.iter().find(|seen| seen.tick == found.tick);
        prop_assert_eq!(expected, Some(&found), "after {}", command);
    }
    Ok(())
}

/// Sets breakpoints and watches where all variables are there, and goes to the start.
fn set<M: Machine + Inspect + Edit>(
    debugger: &mut Debugger<M>,
    stops: &[&str],
) -> Result<(), TestCaseError> {
    debugger.execute("goto end", &mut Silent);
    for stop in stops {
        let reply = debugger.execute(stop, &mut Silent);
        prop_assert!(!reply.is_error, "{}: {}", stop, reply.text);
    }
    debugger.execute("goto start", &mut Silent);
    Ok(())
}

/// The moments at which a command stops again and again, until time ends.
fn stops<M: Machine + Inspect + Edit>(debugger: &mut Debugger<M>, command: &str) -> Vec<Tick> {
    let mut stops = Vec::new();
    loop {
        let before = debugger.timeline().now();
        let reply = debugger.execute(command, &mut Silent);
        if reply.text.contains("of time") || debugger.timeline().now() == before {
            return stops;
        }
        stops.push(debugger.timeline().now().tick);
    }
}

fn check_stops<M: Machine + Inspect + Edit>(
    make: fn() -> Debugger<M>,
    setup: &[&str],
    (there, back): (&str, &str),
) -> Result<(), TestCaseError> {
    let mut debugger = make();
    set(&mut debugger, setup)?;
    let mut forward = stops(&mut debugger, there);
    debugger.execute("goto end", &mut Silent);
    let end = debugger.timeline().end();
    forward.retain(|tick| *tick < end);
    let mut backward = stops(&mut debugger, back);
    backward.reverse();
    prop_assert_eq!(&forward, &backward, "{:?} {}", setup, there);
    Ok(())
}

const SOC_STOPS: [&str; 6] = [
    "break grow",
    "break 5 if k > 1",
    "break 11",
    "watch total",
    "watch box.n",
    "watch -c total > 20",
];
const TACIT_STOPS: [&str; 5] =
    ["break grow", "break 6 if k 1 >", "break 8", "watch total", "watch -c total 5 >"];
const PVM_STOPS: [&str; 6] = [
    "break grow",
    "break 11 if R1 > 1",
    "break loop",
    "watch R2",
    "watch [cell]",
    "watch -c R2 > 6",
];

fn moves() -> impl Strategy<Value = Vec<(usize, u64)>> {
    proptest::collection::vec((0..MOVES.len(), 1..9_u64), 1..30)
}

fn some(stops: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(stops, 0..stops.len())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_walk_through_achronyme_shows_what_a_straight_run_showed(
        moves in moves(), stops in some(&SOC_STOPS),
    ) {
        check_walk(&straight(achronyme()), achronyme(), &stops, &moves)?;
    }

    #[test]
    fn a_walk_through_tacit_shows_what_a_straight_run_showed(
        moves in moves(), stops in some(&TACIT_STOPS),
    ) {
        check_walk(&straight(tacit()), tacit(), &stops, &moves)?;
    }

    #[test]
    fn a_walk_through_the_tape_machine_shows_what_a_straight_run_showed(
        moves in moves(), stops in some(&PVM_STOPS),
    ) {
        check_walk(&straight(pvm()), pvm(), &stops, &moves)?;
    }

    #[test]
    fn stops_in_achronyme_are_the_same_both_ways(setup in some(&SOC_STOPS), by_line in any::<bool>()) {
        check_stops(achronyme, &setup, direction(by_line))?;
    }

    #[test]
    fn stops_in_tacit_are_the_same_both_ways(setup in some(&TACIT_STOPS), by_line in any::<bool>()) {
        check_stops(tacit, &setup, direction(by_line))?;
    }

    #[test]
    fn stops_on_the_tape_machine_are_the_same_both_ways(
        setup in some(&PVM_STOPS), by_line in any::<bool>(),
    ) {
        check_stops(pvm, &setup, direction(by_line))?;
    }
}

/// What questions to the past, and stops on the way back, are answered to.
fn asked<M: Machine + Inspect + Edit>(
    mut debugger: Debugger<M>,
    setup: &[&str],
    questions: &[&str],
    part: u64,
) -> Result<Vec<String>, TestCaseError> {
    set(&mut debugger, setup)?;
    debugger.execute("goto end", &mut Silent);
    debugger.execute(&format!("goto {part}%"), &mut Silent);
    let mut ask = |question: &str| debugger.execute(question, &mut Silent).text;
    let mut answers: Vec<String> = questions.iter().map(|question| ask(question)).collect();
    for _ in 0..40 {
        answers.push(ask("rcontinue"));
    }
    Ok(answers)
}

fn check_threads<M: Machine + Inspect + Edit>(
    make: fn() -> Debugger<M>,
    setup: &[&str],
    questions: &[&str],
    part: u64,
) -> Result<(), TestCaseError> {
    let alone = asked(make(), setup, questions, part)?;
    for threads in [2, 4] {
        let together = asked(with_threads(make(), threads), setup, questions, part)?;
        prop_assert_eq!(&together, &alone, "{} threads", threads);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn achronyme_s_past_is_the_same_for_any_number_of_threads(
        setup in some(&SOC_STOPS), part in 0_u64..101,
    ) {
        let questions = [
            "last-write total", "origin total --deep", "history total", "history by",
            "history box.n at 6", "log 11 \"{k} {total} {nothing}\"", "print total at 11:2",
        ];
        check_threads(achronyme, &setup, &questions, part)?;
    }

    #[test]
    fn tacit_s_past_is_the_same_for_any_number_of_threads(
        setup in some(&TACIT_STOPS), part in 0_u64..101,
    ) {
        let questions = [
            "last-write total", "origin total --deep", "history total", "history k",
            "history total at 5", "log 6 \"{k} {total}\"", "print total at 6:2",
        ];
        check_threads(tacit, &setup, &questions, part)?;
    }

    #[test]
    fn the_tape_machine_s_past_is_the_same_for_any_number_of_threads(
        setup in some(&PVM_STOPS), part in 0_u64..101,
    ) {
        let questions = [
            "last-write R2", "last-write [cell]", "origin R2 --deep", "history R2", "history [cell]",
            "history R1 at 11", "log 5 \"{R1} {R2}\"", "print R2 at 11:2",
        ];
        check_threads(pvm, &setup, &questions, part)?;
    }
}

const fn direction(by_line: bool) -> (&'static str, &'static str) {
    if by_line { ("step", "back") } else { ("continue", "rcontinue") }
}

/// What an expression is after `set`, on a machine that has come to its end.
fn after_set<M: Machine + Inspect + Edit>(
    mut debugger: Debugger<M>,
    assignment: &str,
    expression: &str,
) -> String {
    debugger.execute("goto end", &mut Silent);
    let before = debugger.machine().state_hash();
    let said = debugger.execute(&format!("set {assignment}"), &mut Silent);
    if said.is_error {
        assert_eq!(debugger.machine().state_hash(), before, "{assignment}");
        return said.text;
    }
    debugger.execute("switch main", &mut Silent);
    assert_eq!(debugger.machine().state_hash(), before, "{assignment}");
    debugger.execute("undo", &mut Silent);
    debugger.machine().evaluate(expression).unwrap().text
}

#[test]
fn elements_and_fields_are_set_like_variables() {
    let soc = |assignment, expression| after_set(achronyme(), assignment, expression);
    assert_eq!(soc("all[1] = 9", "all"), "[6, 9, 4]");
    assert_eq!(soc("all[-1] = all[0] + 1", "all"), "[6, 2, 7]");
    assert_eq!(soc("box.n = 5", "box.n"), "5");
    assert_eq!(soc("all = [1, [2, 3]]", "all[1]"), "[2, 3]");
    for wrong in ["all[3] = 1", "all[1].x = 2", "len(all) = 2", "all[1] = ", "nothing = 1"] {
        assert!(soc(wrong, "0").starts_with("error"), "{wrong}");
    }
    let words = |assignment, expression| after_set(tacit(), assignment, expression);
    assert_eq!(words("list[ 1 ] = 9", "list"), "[ 3 9 2 ]");
    assert_eq!(words("list = [ 1 [ 2 \"x\" ] ]", "list[ 1 ]"), "[ 2 \"x\" ]");
    assert_eq!(words("list[ 0 ] = :[ \"a\" 1 ]:", "list[ 0 \"a\" ]"), "1");
    for wrong in
        ["list[ 7 ] = 1", "list[ 0 1 ] = 1", "list = [ 1", "list = 1 2", "list = :[ 1 2 ]:"]
    {
        assert!(words(wrong, "0").starts_with("error"), "{wrong}");
    }
}
