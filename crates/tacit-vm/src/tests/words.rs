//! Words that run code: calls, blocks, forcing, brackets, loops, local variables.

use machine::ExitCode;

use super::expect;
use super::tiny::{Outcome, load, run_on};
use crate::control::system::pack;
use crate::layout::{CODE_START, Register};
use crate::op::Instruction as I;
use crate::trap::Trap;

#[test]
fn every_example_of_the_table_of_words_is_true() {
    let mut rows = Vec::new();
    for row in I::TABLE {
        for example in row.doc.split("Example: `").skip(1) {
            let (program, rest) = example.split_once("` → `").unwrap();
            let (expected, _) = rest.split_once('`').unwrap();
            let expected = match expected.strip_prefix("out: ") {
                Some(rest) => rest.replacen(" stack: ", " -> ", 1),
                None => expected.to_owned(),
            };
            // `.` shows no escapes, the documentation does.
            if program != "\"a\" show" {
                let has_output = program.ends_with(" .") || program.ends_with("cr");
                let arrow = if has_output && !expected.is_empty() { " ->" } else { "" };
                rows.push((program, expected + arrow));
            }
        }
    }
    assert!(rows.len() > 170);
    let rows: Vec<_> =
        rows.iter().map(|(program, expected)| (*program, expected.as_str())).collect();
    expect(&rows);
}

#[test]
fn the_machine_s_part_of_the_conformance_table_is_met() {
    expect(&[
        ("dup", "ERROR: Stack underflow: 'dup' requires 1 operand, the stack has 0"),
        ("1 +", "1 ERROR: Stack underflow: '+' requires 2 operands, the stack has 1"),
        ("7 >R 1 R> +", "8"),
        ("1 R>", "1 ERROR: Return stack underflow: 'R>' found no value moved there by this word"),
        (": double 2 * ; : quad double double ; 5 quad", "20"),
        (": fact dup 1 > IF { dup 1 - fact * } ; 5 fact", "120"),
        (
            ": f f ; f",
            "ERROR: Return stack overflow: Cannot push value, the return stack is full with 512 \
             cells; is a recursion without end?",
        ),
        ("((4 2 +) eval (3 2 +) eval *) eval", "30"),
        ("() eval", ""),
        ("(0) (2) (3) if", "3"),
        ("5 (dup 0 >) \"pos\" \"neg\" if", "5 \"pos\""),
        ("0 IF { 10 } ELSE { 20 } 30", "20 30"),
        (": cat 0 > IF { \"p\" } ELSE { \"n\" } ; 3 cat -3 cat", "\"p\" \"n\""),
        ("[ 3 -4 ] abs", "[ 3 4 ]"),
        ("#[ 1 #[ 2 3 ]# ]#", "1 2 3 2 4"),
        (":[ 1 2 ]:", "1 2 ERROR: Dictionary key at index 0 must be a string literal."),
        (": sq dup * ; 5 `sq eval", "25"),
        ("1 0 1 range to-vector", "[  ]"),
        ("1 0 1 range last", "NIL"),
        ("1 5 1 range (2 *) map (1 +) map to-vector", "[ 3 5 7 9 11 ]"),
        ("1 5 1 range (dup *) map (10 <) filter count", "3"),
        ("1 5 1 range [ 1 0 1 0 1 ] seq sift to-vector", "[ 1 3 5 ]"),
        ("1 5 1 range 0 seq-take to-vector", "[  ]"),
        ("1 0 1 range 7 (+) reduce", "7"),
        ("1 3 1 range (.) for-each 99", "1 | 2 | 3 -> 99"),
        ("1 3 1 range dup count swap count", "3 3"),
        ("1 3 1 range (drop [ 1 2 ]) map to-vector", "[ [ 1 2 ] [ 1 2 ] [ 1 2 ] ]"),
        (
            "(1) seq",
            "CODE(515) ERROR: Invalid argument for seq: expected sequence, vector, dict, string, \
             or number, got code",
        ),
        ("1 3 1 range 5 map", "SEQ(0) 5 ERROR: Type error: 'map' expected code, got number"),
        ("(2 3 *) 4 +", "10"),
        ("4 [ 7 8 9 ] call -1 \"abc\" call 5 [ ] call", "8 \"c\" NIL"),
        (": w 1 . yield 2 . 0 terminate ; `w spawn yield 10 . join .", "1 | 10 | 2 | 0 ->"),
    ]);
}

#[test]
fn operands_are_forced_from_right_to_left_with_the_stack_below_them() {
    expect(&[
        (
            "7 (1 . dup) (2 . 1 +) -",
            "2 -> 8 ERROR: Arity error: the block given to '-' left 0 values, 1 was wanted",
        ),
        ("5 (1 . 1) (2 . 2) +", "2 | 1 -> 5 3"),
        ("5 (dup 1 +) m-", "5 -6"),
        ("(1 2) m-", "1 2 ERROR: Arity error: the block given to 'm-' left 2 values, 1 was wanted"),
        ("(3) (4) `+ eval", "7"),
        ("(3) (4) `+ `call eval", "7"),
        ("((3)) 1 +", "4"),
        ("(3) quote 1 +", "CODE(515) 1 ERROR: Type error: '+' expected number, got code"),
        ("(1) force 5 force `dup force", "1 5 `dup"),
    ]);
}

#[test]
fn a_promise_is_run_once_and_never_within_itself() {
    expect(&[
        ("(1 . 5) delay dup + ", "1 -> 10"),
        ("(1 . 5) delay dup force swap force", "1 -> 5 5"),
        ("([ 1 ] ) delay dup force swap force references", "[ 1 ] 2"),
        ("(\"x\" error) delay dup force", "PROMISE(0) \"x\" ERROR: x"),
        ("(1) delay 2 3 if", "2"),
        ("(1) delay (0) and", "0"),
        (
            "1 (2 3) and",
            "2 3 ERROR: Arity error: the block given to 'and' left 2 values, 1 was wanted",
        ),
        ("(0) (\"never\" error) and (1) (\"never\" error) or", "0 1"),
        ("0 5 or 0 0 or NIL 1 or", "1 0 1"),
    ]);
}

#[test]
fn brackets_and_the_return_stack_keep_what_is_not_theirs() {
    expect(&[
        (
            "1 [ drop ]",
            "ERROR: Stack underflow: the items before ']' took values from below the opening bracket",
        ),
        (
            "[ 1 >R ]",
            "ERROR: Return stack unbalanced: ']' found a value that was moved there and not fetched back",
        ),
        ("[ R> ]", "ERROR: Return stack underflow: 'R>' found no value moved there by this word"),
        (
            ": f >R ; 1 f",
            "ERROR: Return stack unbalanced: 'exit' found a value that was moved there and not fetched back",
        ),
        (
            ": f R> ; 1 f",
            "1 ERROR: Return stack underflow: 'R>' found no value moved there by this word",
        ),
        (
            "[ 1 2 ] for-each { >R }",
            "ERROR: Return stack unbalanced: 'for-each' found a value that was moved there and not fetched back",
        ),
        (
            ":[ \"a\" ]:",
            "\"a\" ERROR: Dictionary literal requires an even number of items (key-value pairs), got 1",
        ),
        (
            ":[ \"a\" 1 2 3 ]:",
            "\"a\" 1 2 3 ERROR: Dictionary key at index 2 must be a string literal.",
        ),
        ("1 0 0 range", "1 0 0 ERROR: Invalid range: a step of 0 comes to no end"),
        ("1 2 exit 3", "1 2"),
    ]);
}

#[test]
fn loops_with_braces_nest() {
    expect(&[
        ("3 times { 5 }", "5 5 5"),
        ("0 times { 5 } -1 times { 6 }", ""),
        ("1 3 1 range for-each { [ 10 20 ] for-each { over + } drop }", "1 11 2 12 3 13"),
        ("[ 1 2 ] (1 +) map for-each { 2 times { dup } }", "2 2 2 3 3 3"),
        (
            "1.5 times { 1 }",
            "1.5 ERROR: Number error: 'times' expected a whole number from 0 up, got 1.5",
        ),
    ]);
}

#[test]
fn the_outside_is_asked_and_its_failures_are_traps() {
    expect(&[
        ("read-line argument-count 0 argument 1 argument", "\"a line\" 1 \"first\" NIL"),
        ("random 1 < now", "1 [ 1969 12 31 23 59 59 ]"),
        ("1 `. eval 2 `. call", "1 | 2 ->"),
        ("\"a\" print 66 emit cr .s", "aB ->"),
    ]);
}

#[test]
fn methods_are_found_by_the_type_attached_or_else_by_the_kind_of_value() {
    expect(&[
        (
            ": area dup * ; :[ \"area\" `area ]: \"circle\" implement 5 \"circle\" tag `area send \
             \"circle\" `area responds",
            "25 1",
        ),
        (
            ":[ \"a\" 1 ]: \"t\" implement :[ \"b\" 2 ]: \"t\" implement \"t\" \"a\" responds \"t\" \"b\" responds",
            "1 1",
        ),
        ("[ 1 ] \"none\" send", "[ 1 ] \"none\" ERROR: No method none for vector"),
        (":[ \"show\" `. ]: \"number\" implement 5 \"show\" send 6", "5 -> 6"),
        ("5 payload 5 type-of [ 1 ] \"t\" tag payload", "5 NIL [ 1 ]"),
    ]);
}

#[test]
fn local_variables_are_released_and_slots_are_no_values_of_the_program() {
    let word = |body: &[I]| {
        let body = [&[I::Enter { count: 2 }], body, &[I::Leave]].concat();
        let body = pack(&body);
        let main = pack(&[I::Small { value: 7 }, I::Enlist, I::Call { target: 0x220 }, I::End]);
        let mut code = vec![0; 0x20];
        code[..main.len()].copy_from_slice(&main);
        code.extend(body);
        run_on(load(&code, CODE_START))
    };
    let put = [I::LocalSet { slot: 0 }, I::LocalGet { slot: 0 }, I::Small { value: 5 }];
    let found = word(&[&put[..], &[I::Small { value: 0 }, I::LocalPut { slot: 0 }]].concat());
    assert_eq!(found.result(), "[ 7 ]");
    let nested = [
        I::Enlist,
        I::LocalSet { slot: 1 },
        I::Small { value: 5 },
        I::Small { value: 0 },
        I::Small { value: 0 },
        I::LocalPutPath { slot: 1, count: 2 },
        I::LocalGet { slot: 1 },
        I::Small { value: 0 },
        I::Small { value: 0 },
        I::LocalPath { slot: 1, count: 2 },
    ];
    assert_eq!(word(&nested).result(), "[ [ 5 ] ] 5");
    let take = [I::LocalSet { slot: 1 }, I::LocalTake { slot: 1 }, I::References];
    assert_eq!(word(&take).result(), "1");
    assert!(word(&[I::FromReturn]).result().contains("underflow"));
    assert!(word(&[I::ToReturn]).result().contains("unbalanced"));
    assert_eq!(word(&[I::ToReturn, I::FromReturn]).result(), "[ 7 ]");
    assert!(word(&[I::LocalGet { slot: 2 }]).result().contains("damaged"));
    assert!(matches!(word(&[]).outcome, Outcome::Ended(ExitCode(0))));
}

#[test]
fn a_promise_that_asks_for_itself_or_would_contain_itself_is_an_error() {
    let with = |last: I| {
        let get = I::GlobalGet { index: 0 };
        let block = pack(&[get.clone(), last, I::Exit]);
        let over = i16::try_from(block.len()).unwrap();
        let begin = pack(&[I::LiteralCode { over }]);
        let end = pack(&[I::Delay, I::GlobalSet { index: 0 }, get, I::Force, I::End]);
        let mut vm = load(&[begin, block, end].concat(), CODE_START);
        vm.memory.set_register(Register::Globals, 1);
        run_on(vm)
    };
    for last in [I::Force, I::Enlist, I::Seq, I::Quote, I::Negate] {
        let mut run = with(last.clone());
        assert!(matches!(run.outcome, Outcome::Trapped(_)), "{last:?} {}", run.result());
        assert_eq!(run.outcome == Outcome::Trapped(Trap::PromiseLoop), last != I::Seq);
        run.vm.abandon();
        assert_eq!(run.vm.check(), Ok(()));
    }
}
