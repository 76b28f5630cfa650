//! Sequences of every kind, in every order.

use super::expect;
use super::tiny::{Outcome, begun_in, run, run_on};
use crate::layout::{Layout, MEMORY_MAX};
use crate::trap::Trap;

#[test]
fn functions_of_sequences_may_be_anything_that_can_be_called() {
    expect(&[
        ("[ 2 0 1 ] [ 100 200 300 ] map to-vector", "[ 300 100 200 ]"),
        ("[ \"b\" \"c\" ] :[ \"a\" 1 \"b\" 2 ]: map to-vector", "[ 2 NIL ]"),
        ("[ 4 9 ] `sqrt map to-vector", "[ 2 3 ]"),
        ("[ 1 2 ] `. for-each", "1 | 2 ->"),
        ("[ 1 2 3 ] 0 `+ reduce", "6"),
        (": sq dup * ; [ 1 2 ] `sq map to-vector", "[ 1 4 ]"),
        ("[ (1) (2) ] 5 `+ scan to-vector", "[ 6 8 ]"),
    ]);
}

#[test]
fn every_kind_of_sequence_can_be_within_every_other() {
    expect(&[
        (
            "[ 1 2 3 ] (1 +) map [ 7 ] chain [ 10 20 30 40 ] (2 /) map zip to-vector",
            "[ [ 2 5 ] [ 3 10 ] [ 4 15 ] [ 7 20 ] ]",
        ),
        ("1 9 1 range (2 !) filter 1 seq-drop 2 seq-take to-vector", "[ 3 5 ]"),
        (
            "[ [ 1 2 3 ] 1 (2 *) iterate (7) generate ] multi to-vector",
            "[ [ 1 1 7 ] [ 2 2 7 ] [ 3 4 7 ] ]",
        ),
        ("[ ] multi to-vector", "[  ]"),
        ("1 3 1 range 10 * to-vector", "[ 10 20 30 ]"),
        ("1 3 1 range m- to-vector", "[ -1 -2 -3 ]"),
        ("1 3 1 range [ 5 6 ] seq + to-vector", "[ 6 8 ]"),
        ("10 1 3 1 range - to-vector", "[ 9 8 7 ]"),
        ("1 3 1 range dup (2 *) map + to-vector", "[ 3 6 9 ]"),
        ("[ (1) 2 ] seq 1 + to-vector", "[ 2 3 ]"),
        (
            "[ 5 1 ] [ 9 ] chain (2 <) take-while to-vector [ 1 5 1 ] (2 <) take-while to-vector",
            "[  ] [ 1 ]",
        ),
        ("5 1 -2 range to-vector", "[ 5 3 1 ]"),
        (":[ \"b\" 2 \"a\" 1 ]: to-vector", "[ [ \"a\" 1 ] [ \"b\" 2 ] ]"),
        ("[ 1 2 ] to-array seq (1 +) map to-array", "[ 2 3 ]"),
        ("\"aé€\" to-vector", "[ 97 233 8364 ]"),
        ("[ 1 2 3 ] seq next drop next drop swap drop swap drop to-vector", "[ 3 ]"),
        ("[ 1 2 ] (3 +) map next drop to-vector", "4 [ 5 ]"),
        ("[ ] (3 +) map next [ ] next", "0 0"),
        ("[ 1 2 ] (3 +) map first [ ] first \"ab\" first", "4 NIL 97"),
        ("[ 4 5 ] (9 >) find [ ] (9 >) any [ ] (9 >) all [ 9 ] (8 >) all", "NIL 0 1 1"),
        ("1 30 1 range to-vector count", "30"),
    ]);
}

#[test]
fn a_sequence_that_something_else_sees_stays_as_it_was() {
    expect(&[
        ("[ 1 2 3 ] seq dup to-vector swap to-vector", "[ 1 2 3 ] [ 1 2 3 ]"),
        ("[ 1 2 3 ] seq dup next drop nip nip to-vector", "[ 2 3 ]"),
        ("[ 1 2 3 ] seq dup next drop to-vector nip swap to-vector", "[ 2 3 ] [ 1 2 3 ]"),
        (
            "[ 1 2 3 ] seq dup dup zip to-vector swap to-vector",
            "[ [ 1 1 ] [ 2 2 ] [ 3 3 ] ] [ 1 2 3 ]",
        ),
        (
            "[ 1 2 3 ] (1 +) map dup (2 *) map dup to-vector rot to-vector rot to-vector",
            "[ 4 6 8 ] [ 2 3 4 ] [ 4 6 8 ]",
        ),
    ]);
}

#[test]
fn sequences_shared_over_and_over_run_out_of_blocks_and_not_of_time() {
    let program = format!("[ 1 ] seq {} count", "dup zip ".repeat(30));
    let run = run(&program);
    assert!(matches!(run.outcome, Outcome::Trapped(Trap::HeapFull { .. })), "{:?}", run.outcome);
}

#[test]
fn sequences_may_be_as_deep_in_each_other_as_the_largest_memory_has_room_for() {
    let program = format!("[ 7 ] seq {} first", "1 seq-take [ ] chain ".repeat(250));
    let layout = Layout::new(MEMORY_MAX).unwrap();
    assert_eq!(run_on(begun_in(layout, &program, &[0])).result(), "7");
    let program = format!("[ 7 ] seq {} first", "(1 +) map ".repeat(100));
    let run = run_on(begun_in(layout, &program, &[0]));
    assert_eq!(run.result(), "107");
}
