//! Every trap: what raises it, what it says, and that it changes nothing. Every question: what its
//! answers do, bad ones included.

mod common;

use std::collections::BTreeSet;

use common::{drive, machine};
use machine::{Answer, ExitCode, Failure, Machine, Probes, Question, Stop, Tick};
use palindrome_vm::{Trap, Vm};
use testkit::ScriptedWorld;

/// Programs and what they say. Input is one line, `seven`, and there is one argument, `0x1f`.
const TRAPS: &[(&str, &str)] = &[
    ("LI R1, 5\nIDIV R1, R1, 0", "division by zero"),
    ("LI R1, 5\nIMOD R1, R1, R2", "division by zero"),
    (
        "LI R1, -9223372036854775808\nIDIV R1, R1, -1",
        "division overflow: -9223372036854775808 by -1 does not fit into 64 bits",
    ),
    ("again: PUSH R1\nJUMP again", "stack overflow: the stack segment is full"),
    ("again: CALL again", "stack overflow: the stack segment is full"),
    ("POP R1", "stack underflow: there is nothing on the stack to pop or return to"),
    ("RETURN", "stack underflow: there is nothing on the stack to pop or return to"),
    (
        "CALL f\nHALT\nf: PUSH R1\nRETURN",
        "return with 1 values too many on the stack: pop them first",
    ),
    ("CALL f\nHALT\nf: POP R1\nRETURN", "return with 1 values too few on the stack"),
    (
        "CALL f\nRETURN\nf: GETSP R1\nLI R2, -9223372036852678656\nSTORE [R1], R2\nRETURN",
        "return with 1152921504606846976 values too few on the stack",
    ),
    (
        "CALL f\nHALT\nf: GETSP R1\nLI R2, 12\nSTORE [R1+8], R2\nRETURN",
        "return to 12, which is no place in the code: the frame was overwritten",
    ),
    ("LI R1, 16\nSTORE [R1], R2", "write at 16, in the code, which is read-only"),
    ("SEEK 1048575\nWRITE_CONST 1, 8", "write at 1048575, in the code, which is read-only"),
    (
        "LI R1, 9223372036854775807\nLOAD R2, [R1]",
        "access at 9223372036854775807 runs past the end of the tape",
    ),
    (
        "LI R1, 9223372036854775800\nSTORE [R1+1], R2",
        "access at 9223372036854775801 runs past the end of the tape",
    ),
    (
        "LI R1, 9223372036854775800\nOUTS R1",
        "access at 9223372036854775800 runs past the end of the tape",
    ),
    (
        "SEEK 9223372036854775807\nADVANCE 1",
        "the head at 9223372036854775807 cannot move by 1: that is past the end of the tape",
    ),
    (
        "SEEK -9223372036854775808\nLI R1, -2\nADVANCE R1",
        "the head at -9223372036854775808 cannot move by -2: that is past the end of the tape",
    ),
    ("again: CONS R1, R2, R3\nJUMP again", "the heap is full"),
    ("CAR R1, R2", "0 is no pair made by CONS"),
    ("CONS R1, R2, R3\nIADD R1, R1, 8\nCDR R1, R1", "2097160 is no pair made by CONS"),
    ("SEGMENTDROP s\nSEGMENTSEEK s, 0", "there is no segment `s` now"),
    ("SEGMENTCREATE t, -1", "a segment of -1 bytes cannot be made"),
    ("SEGMENTSEEK stdin, 0", "`stdin` is a stream: it has no positions to seek"),
    ("SEGMENTDROP heap", "segment `heap` cannot be dropped"),
    ("COPY s[8:4] -> s[0]", "a copy from 8 to 4 has no length: the end comes first"),
    (
        "COPY big[0:0x8000000] -> big[0]",
        "134217728 bytes cannot be copied at once; at most 67108864 can",
    ),
    ("SEGMENTREAD s, 60, 8, R1", "8 bytes at 60 are outside of segment `s`, which has 64 bytes"),
    ("SEGMENTSEEK s, -1", "0 bytes at -1 are outside of segment `s`, which has 64 bytes"),
    ("SEGMENTREAD s, 0, 9, R1", "a register takes 1 to 8 bytes, not 9; COPY moves more"),
    ("SEGMENTWRITE s, 0, R1, R1", "a register takes 1 to 8 bytes, not 0; COPY moves more"),
    ("SEEKMARK m\nMARK m", "no mark `m` was set yet"),
    ("SEEK -8\nADVANCE", "the head at -8 is in no table, so there is no next record"),
    (
        "REWIND c\nCHECKPOINT c",
        "there is no checkpoint `c` now: none was made, or it was committed",
    ),
    (
        "CHECKPOINT c\nCOMMIT c\nCOMMIT c",
        "there is no checkpoint `c` now: none was made, or it was committed",
    ),
    ("NOP\nREWINDN 5", "cannot rewind 5 instructions; at most 1 are possible now"),
    ("NOP\nREWINDN -1", "cannot rewind -1 instructions; at most 1 are possible now"),
    ("again: SAVEPOINT\nJUMP again", "more than 65536 savepoints would be open"),
    ("SAVEPOINT\nRELEASE\nROLLBACK", "no such savepoint is open"),
    ("SAVEPOINT\nRECALL 1", "no such savepoint is open"),
    (
        "CHECKPOINT c\nSAVEPOINT\nREWIND c",
        "the checkpoint `c` was made before the savepoint that is open: RELEASE or ROLLBACK first",
    ),
    ("CALL_RUNTIME carry_in", "what was carried is no value of this type"),
    ("again: FORK w\nJUMP again\nw: RETURN", "too many forks wait for a MERGE"),
    (
        "FORK w\nMERGE latest\nHALT\nw: POP R1\nPOP R1\nRETURN",
        "fork 1 stopped at instruction 3: stack underflow: there is nothing on the stack to pop \
         or return to",
    ),
    (
        "LI R9, s\nLI R1, 1\nFORK w\nLI R1, 2\nFORK w\nMERGE manual\nHALT\n\
         w: STORE [R9], R1\nSTORE [R9+8], R1\nSTORE [R9+16], R1\nSTORE [R9+24], R1\n\
         STORE [R9+32], R1\nRETURN",
        "fork 2 and this timeline changed 5 cells to different values: at 3145728, 3145736, \
         3145744, 3145752, …; a debugger can settle it: set merge = latest",
    ),
    (
        "FORK a\nFORK b\nMERGE latest\nHALT\na: SEGMENTCREATE x, 64\nRETURN\n\
         b: SEGMENTCREATE y, 64\nRETURN",
        "the forks cannot be merged: segments `x` and `y` overlap",
    ),
    (
        "FORK a\nFORK b\nMERGE manual\nHALT\na: SEEK 8\nMARK m\nRETURN\nb: SEEK 16\nMARK m\nRETURN",
        "the forks cannot be merged: `m` differ between them",
    ),
    ("ASSERT R1, \"R1 is set\"", "assertion failed: R1 is set"),
    (
        "SEGMENTREAD stdin, 0, 8, R1\nIN R1",
        "the input has ended; BRANCH_NOT_END stdin tells before",
    ),
    (
        "COPY stdin[0:64] -> s[0]\nCOPY stdin[0:64] -> s[0]",
        "the input has ended; BRANCH_NOT_END stdin tells before",
    ),
    ("IN R1", "the line `seven` is no number"),
    ("ARG R1, 1", "there is no argument 1; ARGC counts them"),
    ("ARG R1, -1", "there is no argument -1; ARGC counts them"),
    (
        "LI R1, big\nLI R2, 0x4141414141414141\nLI R3, 131073\n\
         again: STORE [R1], R2\nIADD R1, R1, 8\nISUB R3, R3, 1\nBNZ R3, again\n\
         LI R1, big\nOUTS R1",
        "the text at 3149824 has no end: no 0 byte follows",
    ),
    (
        "LI R1, 8000000\nagain: CALL_RUNTIME list_new\nJUMP again",
        "out of memory: the segment `objects` has no room for 67108864 bytes",
    ),
    ("LI R1, -1\nCALL_RUNTIME list_new", "an object cannot have the size -1"),
    ("LI R1, s\nCALL_RUNTIME print_text", "3145728 is no reference to a text"),
    (
        "LI R1, 0x7e37e43c8800759c\nLI R2, 0\nCALL_RUNTIME float_to_int",
        "the number does not fit into 64 bits",
    ),
    ("T = [id: Int8]\nSEEK T\nWRITE [name: 1]", "the records of `T` have no field `name`"),
    ("T = [id: Int8]\nSEEK T\nWRITE [id: 128]", "field `id`: 128 does not go from -128 to 127"),
    (
        "LI R1, s\nLI R2, -4294967295\nSTORE [R1], R2\nLI R2, 2\nSTORE [R1+8], R2\n\
         LI R2, 0x6f6e\nSTORE [R1+16], R2\nCALL_RUNTIME fault",
        "no",
    ),
    (
        "LI R1, s\nLI R2, -4294967295\nSTORE [R1], R2\nLI R2, 2\nSTORE [R1+8], R2\n\
         LI R2, 0x6f6e\nSTORE [R1+16], R2\nCALL_RUNTIME reverse",
        "reversed: no",
    ),
    ("SEEK s\nREAD it", "the head at 3145728 is in no table, so there is no next record"),
    ("LI R1, 7\nCALL_RUNTIME relation_count", "there is no relation number 7 at this moment"),
    ("LI R1, 5\nLOOK R1", "there is no moment 5 yet: the present one is 0"),
    ("LI R1, 5\nPUT_DATA R1", "no data are kept with the number 5"),
    (
        "WORLD \"a\"\nWORLD \"b\"\nIDIV R1, R1, R2",
        "in the world `a`: in the world `b`: division by zero",
    ),
];

/// Which trap it is, for those that a program can raise by itself.
fn kind(trap: &Trap) -> Option<u32> {
    match trap {
        Trap::Division { .. } => Some(0),
        Trap::StackOverflow => Some(1),
        Trap::StackUnderflow => Some(2),
        Trap::StackImbalance { .. } => Some(3),
        Trap::BadReturn { .. } => Some(4),
        Trap::WriteToCode { .. } => Some(5),
        Trap::PastEnd { .. } => Some(6),
        Trap::HeadPastEnd { .. } => Some(7),
        Trap::HeapFull => Some(8),
        Trap::NotAPair { .. } => Some(9),
        Trap::NoSegment { .. } => Some(10),
        Trap::Segment { .. } => Some(11),
        Trap::OutOfSegment { .. } => Some(12),
        Trap::BadLength { .. } => Some(13),
        Trap::NoMark { .. } => Some(14),
        Trap::NotInTable { .. } => Some(15),
        Trap::NoCheckpoint { .. } => Some(16),
        Trap::RewindTooFar { .. } => Some(17),
        Trap::TooManyForks => Some(18),
        Trap::InFork { .. } => Some(19),
        Trap::MergeConflict { .. } => Some(20),
        Trap::MergeNames { .. } => Some(21),
        Trap::Assertion { .. } => Some(22),
        Trap::EndOfInput => Some(23),
        Trap::NotANumber { .. } => Some(24),
        Trap::NoArgument { .. } => Some(25),
        Trap::EndlessText { .. } => Some(26),
        Trap::ObjectsFull { .. } => Some(27),
        Trap::ObjectSize { .. } => Some(28),
        Trap::NotAnObject { .. } => Some(29),
        Trap::Store { .. } => Some(30),
        Trap::NoField { .. } => Some(31),
        Trap::FieldValue { .. } => Some(32),
        Trap::Raised { .. } => Some(33),
        Trap::TooManySavepoints => Some(34),
        Trap::NoSavepoint => Some(35),
        Trap::SavepointBetween { .. } => Some(36),
        Trap::NotCarried => Some(37),
        Trap::Reversed { .. } => Some(38),
        Trap::Moment { .. } => Some(39),
        Trap::InWorld { .. } => Some(40),
        // The first comes from the depth of forks only, inside of `InFork`; a program that calls
        // what is not there is not loaded; and for the last of them a trail would be too long.
        Trap::ForksTooDeep
        | Trap::NoRuntime { .. }
        | Trap::World { .. }
        | Trap::BadAnswer
        | Trap::OutputFull => None,
    }
}

fn program(body: &str) -> String {
    format!(".segment s, 64\n.byte 0\n.segment big, 1073741824\n.byte 0\n.code\nmain: {body}\nHALT")
}

fn world() -> ScriptedWorld {
    ScriptedWorld::with_lines(&["seven"]).with_arguments(&["0x1f"])
}

#[test]
fn every_trap_says_what_is_wrong_and_changes_nothing() {
    let mut kinds = BTreeSet::new();
    for (body, message) in TRAPS {
        let text = program(body);
        let mut vm = machine(&text);
        let start = vm.state_hash();
        vm.keep_trail(1 << 26);
        let stop = drive(&mut vm, 1 << 24, &mut world());
        let Some(Stop::Trapped(trap)) = stop else { panic!("{body}: {stop:?}") };
        assert_eq!(trap.to_string(), *message, "{body}");
        kinds.extend(kind(&trap));
        // A machine that never came to the trap is in the same state.
        let (ticks, hash) = (vm.tick().safepoints, vm.state_hash());
        let mut other = machine(&text);
        assert_eq!(drive(&mut other, ticks, &mut world()), None, "{body}");
        assert_eq!((other.tick(), other.state_hash()), (Tick::at(ticks), hash), "{body}");
        // Neither is the trail broken, if it reaches that far.
        if !body.contains("REWINDN") {
            assert_eq!(vm.back(ticks), ticks, "{body}");
            assert_eq!(vm.state_hash(), start, "{body}");
        }
    }
    assert_eq!(kinds.len(), 41);
}

/// A machine at its first question.
fn asking(body: &str) -> (Vm, Question) {
    let mut vm = machine(&program(body));
    let stop = vm.run(Tick::at(100), &Probes::none());
    let Stop::Asks(question) = stop else { panic!("{body}: {stop:?}") };
    (vm, question)
}

/// Instructions that ask, with the answers that they take.
const QUESTIONS: &[(&str, &[&str])] = &[
    ("OUT 5", &["done"]),
    ("OUTF R1", &["done"]),
    ("LI R1, s\nOUTS R1", &["done"]),
    ("OUTS \"text\"", &["done"]),
    ("DEBUG \"text\"", &["done"]),
    ("COMPACT 0, 5", &["done"]),
    ("SEGMENTWRITE stdout, 0, 8, R1", &["done"]),
    ("SEGMENTWRITE stderr, 0, 8, R1", &["done"]),
    ("COPY s[0:8] -> stdout[0]", &["done"]),
    ("IN R1", &["bytes"]),
    ("ARG R1, 0", &["bytes"]),
    ("CLOCK R1", &["integer"]),
    ("RANDOM R1", &["integer"]),
    ("ARGC R1", &["integer"]),
    ("SEGMENTREAD stdin, 0, 2, R1", &["bytes"]),
    ("COPY stdin[0:2] -> s[0]", &["bytes"]),
    ("BRANCH_NOT_END stdin, main", &["integer"]),
    ("FORK w\nMERGE latest\nHALT\nw: CLOCK R1", &["integer"]),
];

#[test]
fn every_question_takes_its_answers_and_no_others() {
    let answers = [
        ("done", Answer::Done),
        ("integer", Answer::Integer(7)),
        ("bytes", Answer::Bytes(b"12".to_vec())),
        ("too many", Answer::Bytes(vec![b'1'; 70])),
        ("nothing", Answer::Nothing),
        ("failed", Answer::Failed(Failure::Closed)),
    ];
    for (body, good) in QUESTIONS {
        for (name, answer) in &answers {
            let (mut vm, question) = asking(body);
            let (tick, hash) = (vm.tick(), vm.state_hash());
            let result = vm.answer(answer);
            let case = format!("{body}: {name}");
            if good.contains(name) {
                assert_eq!(result, Ok(()), "{case}");
                assert_eq!(vm.tick(), Tick::at(tick.safepoints + 1), "{case}");
                continue;
            }
            let mut trap = result.expect_err(&case);
            if let Trap::InFork { trap: inner, .. } = trap {
                trap = *inner;
            }
            let expected = match (*name, &question) {
                ("failed", _) => Trap::World { failure: Failure::Closed },
                ("nothing", Question::ReadLine | Question::ReadBytes(_)) => Trap::EndOfInput,
                ("nothing", Question::Argument(0)) => Trap::NoArgument { index: 0 },
                ("too many", Question::ReadLine) => {
                    Trap::NotANumber { what: "the line".into(), text: "1".repeat(40) }
                }
                ("too many", Question::Argument(0)) => {
                    Trap::NotANumber { what: "argument 0".into(), text: "1".repeat(40) }
                }
                _ => Trap::BadAnswer,
            };
            assert_eq!(trap, expected, "{case}");
            assert_eq!((vm.tick(), vm.state_hash()), (tick, hash), "{case}");
            // The question is asked again.
            assert_eq!(vm.run(Tick::at(100), &Probes::none()), Stop::Asks(question), "{case}");
        }
    }
}

#[test]
fn an_answer_without_a_question_is_refused() {
    for body in ["NOP", "HALT", "MERGE latest", "IADD R1, R1, 1"] {
        let mut vm = machine(&program(body));
        let hash = vm.state_hash();
        assert_eq!(vm.answer(&Answer::Done), Err(Trap::BadAnswer), "{body}");
        assert_eq!((vm.tick(), vm.state_hash()), (Tick::at(0), hash));
    }
}

#[test]
fn answers_do_what_the_instructions_say() {
    let text = program(
        "OUT -5\nLI R1, 0x4004000000000000\nOUTF R1\nIN R1\nOUT R1\nARGC R1\nOUT R1\nARG R1, 0\n\
         OUT R1\nCLOCK R1\nOUT R1\nRANDOM R1\nOUT R1\nSEGMENTREAD stdin, 0, 2, R1\nOUT R1\n\
         COPY stdin[0:5] -> s[8]\nLI R1, s\nIADD R1, R1, 8\nOUTS R1\nOUTS \"text\\n\"\n\
         DEBUG \"here\"\nLI R1, 0x0a21\nSEGMENTWRITE stdout, 0, 2, R1\n\
         SEGMENTWRITE stderr, 0, 2, R1\nCOPY s[8:11] -> stderr[0]\n\
         BRANCH_NOT_END stdin, more\nOUT 0\nHALT\nmore: IN R1\nOUT R1\nBRANCH_NOT_END stdin, more",
    );
    let mut world =
        ScriptedWorld::with_lines(&["  0x10 ", "abxyz", "-3"]).with_arguments(&["0x1f"]);
    let stop = drive(&mut machine(&text), 1000, &mut world);
    assert_eq!(stop, Some(Stop::Ended(ExitCode(0))));
    let output = String::from_utf8_lossy(world.output()).into_owned();
    assert_eq!(output, "-5\n2.5\n16\n1\n31\n1000\n1\n25185\nxyz\ntext\n!\n-3\n");
    assert_eq!(world.error(), b"here\n!\nxyz");
}
