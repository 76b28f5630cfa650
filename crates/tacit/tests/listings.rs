//! What code texts become.

mod common;

use common::{add, instructions, listing};
use insta::assert_snapshot;
use tacit_vm::{Instruction, Layout, Vm, WordKind};

#[test]
fn numbers_are_as_small_as_they_can_be() {
    assert_snapshot!(listing("1 -128 127 128 0.5 -0 \"a\" \"\""));
}

#[test]
fn a_definition_comes_before_the_code_that_uses_it() {
    assert_snapshot!(listing("1 : fact dup 1 > IF { dup 1 - fact * } ; fact : b fact ; `b"));
}

#[test]
fn blocks_are_skipped() {
    assert_snapshot!(listing("3 (2 (1) *) eval [ 1 2 ] map { 10 * } `dup"));
}

#[test]
fn loops_in_braces_are_part_of_the_word() {
    assert_snapshot!(listing(
        ": f -> n 3 times { n . } [ 1 ] for-each { n + exit } 0 reduce { + } (exit) drop \
         1 3 1 range for-each { . } ;"
    ));
}

#[test]
fn conditions_branch() {
    assert_snapshot!(listing(
        "1 IF { 2 } ELSE { 3 } WHILE { dup } DO { 1 - } SWITCH { 0 1 { 5 } \"a\" { 6 } } \
         SWITCH { NIL { 1 } else { 2 } }"
    ));
}

#[test]
fn variables_have_slots_and_numbers() {
    assert_snapshot!(listing(
        "5 value x 6 to x x : f -> a -> b a b + to a a x ; [ 1 ] to x 7 to x[ 0 ] x[ 0 1 + 2 ] \
         : g -> v 1 -> v[ 0 ] v[ 0 \"k\" ] ;"
    ));
}

#[test]
fn a_container_is_moved_out_of_a_variable_that_is_set_at_once() {
    assert_snapshot!(listing(
        "[ ] value g g 1 append to g
        : f [ ] -> v v 1 append -> v v dup 0 v put -> v v 0 IF { 1 append } -> v v drop
          g 1 append to g v g f to g ;"
    ));
}

#[test]
fn names_can_be_forgotten_and_defined_again() {
    assert_snapshot!(listing(
        "symbol red red `red mark here : a 1 ; : b a ; forget here : a 2 ; a"
    ));
}

#[test]
fn words_of_earlier_units_are_found() {
    let mut vm = Vm::new(Layout::DEFAULT);
    let first = add(&mut vm, "5 value x symbol red : a x ; \"text\"");
    let second = add(&mut vm, ": b a red x ; 7 to x b \"text\" `a");
    assert_eq!(usize::from(second.base), usize::from(first.base) + first.code.len());
    assert!(!second.strings.contains(&"text".to_owned()));
    let names: Vec<_> = vm.memory().words().map(|word| vm.memory().text(word.name)).collect();
    assert_eq!(names, ["b", "a", "red", "x"]);
    let a = vm.memory().find_word("a").expect("a word");
    let calls = instructions(&second);
    assert_eq!(calls[1].1, Instruction::Call { target: a.code() });
    let third = add(&mut vm, "forget red : c 1 ;");
    let names: Vec<_> = vm.memory().words().map(|word| vm.memory().text(word.name)).collect();
    assert_eq!(names, ["c", "x"]);
    assert_eq!(third.globals, 1);
    assert_eq!(vm.memory().find_word("x").expect("a word").kind, WordKind::Global);
}

#[test]
fn a_word_of_ones_own_is_found_before_the_librarys_that_came_later() {
    let mut vm = Vm::new(Layout::DEFAULT);
    add(&mut vm, ": mean drop 42 ;");
    add(&mut vm, "[ 1 2 ] variance");
    let kinds = |vm: &Vm| {
        let memory = vm.memory();
        let named = memory.words().filter(|word| memory.text(word.name) == "mean");
        named.map(|word| word.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&vm), [WordKind::Library, WordKind::Definition]);
    let found = vm.memory().find_word("mean").expect("it is defined");
    assert_eq!(found.kind, WordKind::Definition);
}

#[test]
fn every_instruction_has_a_place_in_a_text() {
    let mut vm = Vm::new(Layout::DEFAULT);
    let text = "1 2 +\n: f -> abc abc ;";
    let unit = add(&mut vm, text);
    let place = |code: usize| {
        let mut spans = unit.debug.spans.iter();
        let span = spans.rfind(|span| usize::from(span.code) <= code);
        let span = span.expect("a span");
        &text[span.start as usize..span.end as usize]
    };
    let places: Vec<_> = instructions(&unit).into_iter().map(|(at, _)| place(at)).collect();
    assert_eq!(places, ["f", "abc", "abc", "abc", ";", "1", "2", "+", "f"]);
    assert_eq!(unit.debug.locals[0].names, ["abc"]);
    assert_eq!(unit.debug.sources[0].text, text);
}
