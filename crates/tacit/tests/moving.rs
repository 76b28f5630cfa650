//! Values moved out of variables make no difference: programs do the same with and without.

mod common;

use common::{Outcome, run_with};
use proptest::prelude::*;
use tacit::Options;
use tacit_vm::{Layout, Vm};

/// A row of words that mostly does something: there is always a vector somewhere.
fn rows() -> impl Strategy<Value = String> {
    let word = proptest::sample::select(vec![
        "v",
        "v",
        "v",
        "w",
        "w",
        "g",
        "-> v",
        "-> v",
        "-> w",
        "to g",
        "to g",
        "1 append",
        "2 append",
        "0 9 put",
        "dup",
        "drop",
        "swap",
        "over",
        "concat",
        "h",
        "v[ 0 ]",
        "5 -> v[ 0 ]",
        "7 to g[ 0 ]",
        "length",
        "reverse",
    ]);
    let row = || proptest::collection::vec(word.clone(), 1..9).prop_map(|words| words.join(" "));
    let braced = (row(), row(), 0..4_usize).prop_map(|(one, two, kind)| match kind {
        0 => format!("1 IF {{ {one} }} ELSE {{ {two} }}"),
        1 => format!("0 IF {{ {one} }} {two}"),
        2 => format!("2 times {{ {one} }} {two}"),
        _ => format!("[ 1 2 ] for-each {{ drop {one} }} {two}"),
    });
    proptest::collection::vec(prop_oneof![row(), braced], 1..6).prop_map(|parts| parts.join(" "))
}

fn outcome(program: &str, optimise: bool) -> (Outcome, String) {
    let mut vm = Vm::new(Layout::DEFAULT);
    let options = Options { optimise, ..Options::default() };
    let outcome = run_with(&mut vm, program, &options);
    vm.check().expect("every block is accounted for");
    let global = if outcome.error.is_none() {
        run_with(&mut vm, "g show", &options).stack.pop().unwrap_or_default()
    } else {
        String::new()
    };
    (outcome, global)
}

proptest! {
    #[test]
    fn a_program_does_the_same_whether_or_not_values_are_moved(body in rows()) {
        let program = format!(
            "[ 3 4 ] value g : h g 8 append to g ; \
             : f [ 1 2 ] -> v [ 5 ] -> w v w {body} v w ; [ 0 ] [ 1 ] [ 2 ] f"
        );
        prop_assert_eq!(outcome(&program, true), outcome(&program, false), "{}", program);
    }
}
