//! Programs and what becomes of them: the parts of the language that the tables do not show.

mod common;

use common::{Outcome, run, run_on};
use tacit_vm::{Layout, Vm};

/// Runs a program that has to leave this on the stack, and nothing on the heap but what is there.
#[track_caller]
fn leaves(program: &str, expected: &str) {
    let mut vm = Vm::new(Layout::DEFAULT);
    let Outcome { stack, error, .. } = run_on(&mut vm, program);
    assert_eq!((stack.join(" ").as_str(), error.as_deref()), (expected, None), "{program}");
    let check = run_on(&mut vm, "depth times { drop } heap-check");
    assert_eq!((check.stack, check.error), (vec!["1".to_owned()], None), "{program}");
}

/// Runs a program that has to fail with a message that begins so.
#[track_caller]
fn fails(program: &str, message: &str) {
    let error = run(program).error.unwrap_or_default();
    assert!(error.starts_with(message), "{program}\n{error}");
}

#[test]
fn local_variables_hide_others_and_end_with_their_word() {
    leaves("5 value x : f -> x x 1 + to x x ; 1 f x", "2 5");
    leaves(": f -> n n 1 > IF { n 1 - f n * } ELSE { 1 } ; 5 f", "120");
    leaves(": f -> dup dup dup ; 3 f", "3 3");
    leaves(": f -> a -> b a b ; [ 1 ] [ 2 ] f f", "[ 1 ] [ 2 ]");
    leaves(": f 1 IF { 5 -> x } x ; f", "5");
    leaves(": f 0 IF { 5 -> x } x ; f", "NIL");
}

#[test]
fn blocks_and_loops_can_be_left_early() {
    leaves(": f 3 times { [ 1 2 ] for-each { dup 2 = IF { exit } } } 9 ; f", "1 2");
    leaves(": f -> n 10 times { n 1 + -> n n 3 = IF { n exit } } 0 ; 0 f", "3");
    leaves("1 (2 exit 3) eval 4", "1 2 4");
    leaves("1 1 IF { exit } 2", "1");
    leaves("3 times { 7 exit } 2", "7");
    leaves(": f WHILE { 1 } DO { 5 exit } ; f", "5");
    leaves("[ 1 2 ] ( 3 times { exit } ) for-each", "1 2");
}

#[test]
fn loops_run_over_all_that_has_elements() {
    leaves("0 [ 1 2 3 ] for-each { + }", "6");
    leaves("1 4 1 range for-each { }", "1 2 3 4");
    leaves("4 1 -1 range for-each { }", "4 3 2 1");
    leaves(":[ \"a\" 1 \"b\" 2 ]: for-each { }", "[ \"a\" 1 ] [ \"b\" 2 ]");
    leaves("\"ab\" seq for-each { }", "97 98");
    leaves("[ 1 2 ] map { 10 * } filter { 10 > } for-each { }", "20");
    leaves("[ [ 1 2 ] [ 3 ] ] for-each { for-each { } }", "1 2 3");
    leaves(": f -> k [ 1 2 ] map { 10 * } for-each { k + } ; 5 f", "15 25");
    leaves("[ 1 2 3 ] 0 reduce { - }", "-6");
    leaves("0 times { 1 } 2 times { 1 }", "1 1");
    leaves("[ 3 times { 7 } ]", "[ 7 7 7 ]");
}

#[test]
fn a_switch_takes_the_first_case_that_matches() {
    let program = "symbol red : f SWITCH { 1 2 { \"few\" } \"a\" { \"text\" } red { \"red\" } \
                   NIL { \"none\" } else { \"other\" } } ;";
    leaves(
        &format!("{program} 1 f 2 f \"a\" f red f NIL f 9 f (1) f"),
        "\"few\" \"few\" \"text\" \"red\" \"none\" \"other\" \"other\"",
    );
    fails("5 SWITCH { 1 { } }", "SWITCH: no case for the value");
    leaves("[ 1 ] SWITCH { 5 { } else { 4 } }", "4");
}

#[test]
fn paths_reach_into_what_variables_hold() {
    leaves("[ 1 [ 2 3 ] ] value v v[ 0 ] v[ 1 1 ] 9 to v[ 1 0 ] v", "1 3 [ 1 [ 9 3 ] ]");
    leaves(":[ \"a\" :[ ]: ]: value d 5 to d[ \"a\" \"b\" ] d[ \"a\" \"b\" ] d[ \"c\" ]", "5 NIL");
    leaves(
        ": f -> v 2 -> i v[ i ] v[ i 1 - ] 7 -> v[ i 2 * 4 - ] v ; [ 1 2 3 ] f",
        "3 2 [ 7 2 3 ]",
    );
    leaves("[ 1 2 ] value v v 5 to v[ 0 ] v", "[ 1 2 ] [ 5 2 ]");
    leaves("3 array value a 5 to a[ 1 ] a a[ 1 ]", "[ 0 5 0 ] 5");
}

#[test]
fn values_that_are_changed_are_moved_and_others_kept() {
    leaves(": f [ ] -> v 40 times { v 1 append -> v } v length v references ; f", "40 2");
    leaves(": f [ 1 ] -> v v v 2 append -> v v ; f", "[ 1 ] [ 1 2 ]");
    leaves(": f -> v v 2 append -> v v ; [ 1 ] dup f", "[ 1 ] [ 1 2 ]");
    leaves("[ ] value g : f 40 times { g 1 append to g } ; f g length", "40");
    leaves(": f [ 1 ] -> v v 0 IF { drop [ 2 ] } -> v v ; f", "[ 1 ]");
    leaves(": f [ 1 2 ] -> v v for-each { v swap append -> v } v ; f", "[ 1 2 1 2 ]");
}

#[test]
fn units_follow_each_other_on_one_machine() {
    let mut vm = Vm::new(Layout::DEFAULT);
    let mut stack = |text: &str| {
        let outcome = run_on(&mut vm, text);
        outcome.error.unwrap_or_else(|| outcome.stack.join(" "))
    };
    assert_eq!(stack("5 value x : twice 2 * ; mark here"), "");
    assert_eq!(stack("x twice"), "10");
    assert_eq!(stack(": twice 3 * ;"), "Word already defined: twice");
    assert_eq!(stack(": b 1 ; symbol s 6 to x"), "10");
    assert_eq!(stack("`b eval s `s = x"), "10 1 1 6");
    assert_eq!(stack("bogus x"), "Unknown word: bogus");
    assert_eq!(stack("forget here : b 2 ; b"), "10 1 1 6 2");
    assert_eq!(stack("[ 1 3 ] mean [ 1 3 ] stddev"), "10 1 1 6 2 2 1");
    assert_eq!(stack(": mean drop 7 ; [ 1 ] mean [ 1 3 ] variance"), "10 1 1 6 2 2 1 7 1");
    assert_eq!(stack("forget twice x"), "10 1 1 6 2 2 1 7 1 6");
    assert_eq!(stack("twice"), "Unknown word: twice");
}

#[test]
fn words_of_the_program_can_take_blocks() {
    leaves(": thrice ( f -- ) -> f 3 times { f eval } ; 1 thrice { 2 * }", "8");
    leaves("[ 3 1 2 ] sort-with { < }", "[ 1 2 3 ]");
    leaves("(1 2 +) delay force", "3");
    leaves("spawn { 5 terminate } join", "5");
}

#[test]
fn sorting_agrees_with_itself() {
    leaves(
        ": v ( -- v ) 60 tabulate { 37 * 61 ! } ;
         v sort v merge-sort ~ v sort v insertion-sort ~ v sort v quick-sort ~ v sort-down reverse
         v sort ~ v shuffle sort v sort ~",
        "1 1 1 1 1",
    );
    leaves("[ [ 2 1 ] [ 1 2 ] [ 1 1 ] ] sort-by { first }", "[ [ 1 2 ] [ 1 1 ] [ 2 1 ] ]");
    leaves(
        "[ ] merge-sort [ ] quick-sort [ ] insertion-sort [ ] sort-with { > }",
        "[  ] [  ] [  ] [  ]",
    );
}

#[test]
fn json_escapes_what_it_must() {
    leaves("\"a\\tb\" 1 char concat to-json", "\"\"a\\tb\\u0001\"\"");
    leaves("[ 1 0 / NIL ] to-json", "\"[null,null]\"");
    let outcome = run("\"\\\\\\\"\\n\\t\" 31 char concat print-json");
    assert_eq!(outcome.output, "\"\\\\\\\"\\n\\t\\u001f\"\n");
    let deep = run("1 30 times { m, } print-json");
    assert_eq!(deep.output, format!("{}1{}\n", "[".repeat(30), "]".repeat(30)));
}
