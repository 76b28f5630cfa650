//! Time: a program made of the input ends in the same state however often it is run.

use std::fmt::Write as _;

use machine::{Machine as _, Probes, Tick};
use palindrome_vm::{Program, Vm};
use timeline::{Arrival, History, Options, Recording, Timeline};

use crate::program::{assembled, world};

/// Lines that a program is made of. `A`, `B` and `C` become registers, `N` a number, `L` a label.
const LINES: [&str; 48] = [
    "LI A, N",
    "MOV A, B",
    "IADD A, B, C",
    "IADD A, A, B",
    "ISUB A, B, N",
    "IMUL A, B, C",
    "IDIV A, B, C",
    "IMOD A, B, N",
    "IXOR A, B, C",
    "ISHL A, B, N",
    "ISAR A, B, C",
    "INEG A, B",
    "CMP A, B",
    "CMP A, N",
    "COMPARE A, B, C",
    "LESSTHAN A, B, N",
    "PUSH A",
    "POP A",
    "CALL L",
    "RETURN",
    "JUMP L",
    "BNZ A, L",
    "BZ A, L",
    "BRANCH_LT L",
    "BRANCH_GEQ L",
    "BRANCH_EQ L",
    "STORE [R15+N], A",
    "LOAD A, [R15+N]",
    "STORE8 [R15+N], A",
    "SWAP [R15+N], A",
    "SWAP A, B",
    "SEEK R15",
    "ADVANCE N",
    "TAPEWRITE A, 8",
    "TAPEREAD A, 3",
    "MARK m",
    "SEEKMARK m",
    "CHECKPOINT c",
    "REWIND c",
    "REWIND c, A",
    "COMMIT c",
    "CONS A, B, C",
    "CAR A, B",
    "OUT A",
    "IN A",
    "BRANCH_NOT_END stdin, L",
    "FORK L",
    "MERGE combine",
];
/// Instructions that a program may run.
const TICKS_MAX: u64 = 1_000;
/// Lines of a program.
const LEN_MAX: usize = 64;

/// Any bytes are a recording or refused.
pub fn open_recording(input: &[u8]) {
    if let Ok(recording) = Recording::from_bytes(input) {
        assert!(recording.answers.len() <= input.len(), "more answers than bytes");
    }
}

/// A run, the same run again, and the way back from its end come to the same states.
pub fn run_equals_replay(input: &[u8]) {
    // Going back over optimised code leaves out what nobody can observe, and the hash sees that.
    let image = assembled(&program(input), false).expect("the lines are well-formed");
    let program = Program::new(image).expect("assembled programs verify");
    let options = Options { history: History::Checkpoints, spacing: 64, ..Options::default() };
    let mut timeline = Timeline::new(Vm::load(program), options);
    let mut world = world();
    while let Arrival::Asks(question) = timeline.forward(Tick::at(TICKS_MAX), &Probes::none()) {
        if timeline.answer(world.answer(&question)).is_err() {
            break;
        }
    }
    let end = timeline.now().tick;
    let hash = timeline.machine().state_hash();
    timeline.goto(Tick::ZERO);
    timeline.goto(end);
    assert_eq!(timeline.machine().state_hash(), hash, "a replay ends in another state");

    let mut states = Vec::new();
    for tick in (0..=end.safepoints).rev().take(40) {
        timeline.goto(Tick::at(tick));
        states.push((timeline.now().tick, timeline.machine().state_hash()));
    }
    timeline.goto(end);
    for pair in states.windows(2) {
        let steps = pair[0].0.safepoints - pair[1].0.safepoints;
        assert_eq!(timeline.back(steps), steps, "steps back from {}", pair[0].0);
        assert_eq!(timeline.machine().state_hash(), pair[1].1, "the state at {}", pair[1].0);
    }
}

/// A program of the lines above, chosen by the bytes of `input`, four for each.
fn program(input: &[u8]) -> String {
    let choices: Vec<_> = input.as_chunks::<4>().0.iter().take(LEN_MAX).collect();
    let mut text = String::from("main: LI R15, 4194304\nCHECKPOINT c\nMARK m\n");
    for (index, [line, first, second, third]) in choices.iter().enumerate() {
        let (a, b, c) = (first & 7, first >> 4 & 7, second & 7);
        let label = usize::from(*second) % choices.len();
        let number = i64::from(third.cast_signed()) * [1, 1, 7, 1 << 55][usize::from(second >> 6)];
        let _ = write!(text, "L{index}: ");
        let form = LINES[usize::from(*line) % LINES.len()];
        let (mnemonic, operands) = form.split_once(' ').unwrap_or((form, ""));
        let is_small = operands.contains('[') || mnemonic == "ADVANCE";
        let number = if is_small { number.rem_euclid(64) } else { number };
        let operands = operands
            .replace('A', &format!("R{a}"))
            .replace('B', &format!("R{b}"))
            .replace('C', &format!("R{c}"))
            .replace('N', &number.to_string())
            .replace('L', &format!("L{label}"));
        let _ = writeln!(text, "{mnemonic} {operands}");
    }
    text + "HALT\n"
}
