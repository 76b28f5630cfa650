//! Any text is survived.

mod common;

use common::memory;
use machine::{Machine as _, Probes, Stop, Tick};
use proptest::prelude::*;
use source::Style;
use tacit::{Options, compile, is_complete};
use tacit_vm::{Instruction, Layout, Unit, Vm};
use testkit::ScriptedWorld;

/// The body of a fuzz target: any text gives a unit that fits, or what is wrong with it.
fn compile_any(text: &str) {
    let _ = is_complete(text);
    let compiled = compile("any.tacit", text, &memory(), &Options::default());
    for diagnostic in &compiled.diagnostics {
        assert!(!diagnostic.render(&compiled.sources, Style::Plain).is_empty());
    }
    match compiled.unit {
        Some(unit) => {
            let last = common::instructions(&unit).pop();
            assert_eq!(last.map(|(_, instruction)| instruction), Some(Instruction::End));
            run_any(unit);
        }
        None => assert!(!compiled.diagnostics.is_empty()),
    }
}

/// Whatever was compiled can be loaded, and run without harm to the heap.
fn run_any(unit: Unit) {
    let mut vm = Vm::new(Layout::DEFAULT);
    vm.load(unit).expect("a unit for a new machine");
    let mut world = ScriptedWorld::default();
    for _ in 0..50 {
        match vm.run(Tick::at(vm.tick().safepoints + 100), &Probes::default()) {
            Stop::Asks(question) => {
                if vm.answer(&world.answer(&question)).is_err() {
                    break;
                }
            }
            Stop::Reached => {}
            Stop::Probed(_) | Stop::Trapped(_) | Stop::Ended(_) => break,
        }
    }
    vm.check().expect("every block is accounted for");
}

const SAMPLE: &str = ": fact ( n -- n ) dup 1 > IF { dup 1 - fact * } ELSE { } ; 5 fact . \
    : f -> a -> b a b + to a 3 times { a . exit } [ 1 2 ] for-each { . } a ; (1 (2) eval) map { 2 * } \
    5 value x 6 to x x[ 0 ] 7 to x[ 1 2 ] -> x[ 0 ] symbol red mark here forget here `red 'dup \
    :[ \"a\" 1 ]: #[ 1 2 ]# SWITCH { 0 1 { 2 } \"a\" { 3 } else { 4 } } WHILE { dup } DO { 1 - } \
    0 reduce { + } mean gcd \"text\\n\" // comment\n 1e+3 -.5 1.2.3 NIL";

proptest! {
    #[test]
    fn any_text_is_survived(text in "(\\PC|[\\n;:,\\[\\]{}()#\"'`>-]){0,80}") {
        compile_any(&text);
    }

    #[test]
    fn any_row_of_words_is_survived(
        words in proptest::collection::vec(
            proptest::sample::select(SAMPLE.split_whitespace().collect::<Vec<_>>()), 0..60
        )
    ) {
        compile_any(&words.join(" "));
    }

    #[test]
    fn a_damaged_text_is_survived(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<char>()), 1..6)
    ) {
        let mut text: Vec<_> = SAMPLE.chars().collect();
        for (at, value) in changes {
            let at = at.index(text.len());
            text[at] = value;
        }
        compile_any(&text.into_iter().collect::<String>());
    }
}
