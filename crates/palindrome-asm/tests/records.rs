//! Instructions on records: the founding document's listings give what they should, and whatever
//! is done to records is undone to the bit.

mod common;

use std::fs;
use std::path::Path;

use common::{drive, machine};
use machine::{ExitCode, Machine as _, Stop};
use palindrome_vm::Vm;
use proptest::prelude::*;
use testkit::ScriptedWorld;

/// Runs to the end a step at a time; the states before each step and at the end, and the last stop.
fn states(
    vm: &mut Vm,
    world: &mut ScriptedWorld,
) -> (Vec<machine::StateHash>, Stop<palindrome_vm::Trap>) {
    let mut states = vec![vm.state_hash()];
    loop {
        if let Some(stop) = drive(vm, vm.tick().safepoints + 1, world) {
            return (states, stop);
        }
        states.push(vm.state_hash());
    }
}

#[test]
fn the_listings_of_the_founding_document_run_forward_and_back() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/pvm/records");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "pvm") {
            continue;
        }
        count += 1;
        let mut vm = machine(&fs::read_to_string(&path).expect("a program"));
        vm.keep_trail(1 << 28);
        let mut world = ScriptedWorld::default();
        let (all, stop) = states(&mut vm, &mut world);
        assert_eq!(stop, Stop::Ended(ExitCode(0)), "{}", path.display());
        let expected = fs::read_to_string(path.with_extension("out")).unwrap_or_default();
        let found = format!("{}= exit 0\n", String::from_utf8_lossy(world.output()));
        assert_eq!(found, expected, "{}", path.display());
        for expected in all.iter().rev().skip(1) {
            assert_eq!(vm.back(1), 1, "{}", path.display());
            assert_eq!(vm.state_hash(), *expected, "{}", path.display());
        }
    }
    assert_eq!(count, 7);
}

const TABLES: &str = "\
SMALL = [id: Int8, name: String(3)]
.segment users, 128, table [id: Int64, name: String(8) null, age: Int32, height: Float64]
.segment others, 4096, table [id: Int16, age: UInt64]
.code
main: SEEK users
READ r
";

/// A line that a program may have after [`TABLES`], whatever came before it.
fn line() -> impl Strategy<Value = String> {
    let table = || prop::sample::select(vec!["users", "others"]);
    let field = || prop::sample::select(vec!["id", "age"]);
    let order = prop::sample::select(vec!["=", "<>", "<", "<=", ">", ">="]);
    prop_oneof![
        3 => (table(), 0..5_i64).prop_map(|(table, place)| format!("SEEK {table}\nADVANCE {}", place * 32)),
        4 => (field(), -2..9_i64).prop_map(|(field, value)| format!("WRITE [{field}: {value}]")),
        1 => Just("WRITE [name: \"Ada\", height: 1.5]".to_owned()),
        2 => field().prop_map(|field| format!("WRITE [id: r.{field}]")),
        1 => (table(), 0..3_i64).prop_map(|(table, at)| format!("WRITE [age: &{table}[{at}]]")),
        1 => Just("WRITE [age: now()]".to_owned()),
        2 => Just("READ r".to_owned()),
        1 => Just("READ r as SMALL".to_owned()),
        2 => field().prop_map(|field| format!("LOAD R1, r.{field}")),
        1 => Just("OUTPUT r".to_owned()),
        1 => field().prop_map(|field| format!("PROJECT {field}")),
        3 => (field(), order, -2..9_i64)
            .prop_map(|(field, order, value)| format!("FILTER {field} {order} {value}")),
        2 => (table(), field(), -2..9_i64)
            .prop_map(|(table, field, value)| format!("CREATE_VIEW seen, {table}, {field}, gt, {value}")),
        1 => Just("SEGMENTCREATE more, 100, SMALL".to_owned()),
        1 => Just("HASH_BUCKET R2, R1, 7".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn forward_back_and_forward_again_give_the_same_states(
        lines in prop::collection::vec(line(), 1..25),
        back in any::<prop::sample::Index>(),
    ) {
        let mut vm = machine(&format!("{TABLES}{}\nHALT", lines.join("\n")));
        vm.keep_trail(1 << 28);
        let (all, stop) = states(&mut vm, &mut ScriptedWorld::default());
        // A fault leaves the state as it was.
        prop_assert_eq!(vm.state_hash(), all[all.len() - 1]);
        let steps = back.index(all.len());
        prop_assert_eq!(vm.back(steps as u64), steps as u64);
        prop_assert_eq!(vm.state_hash(), all[all.len() - 1 - steps]);
        for expected in all.iter().rev().skip(1 + steps) {
            prop_assert_eq!(vm.back(1), 1);
            prop_assert_eq!(vm.state_hash(), *expected);
        }
        let (again, stopped) = states(&mut vm, &mut ScriptedWorld::default());
        prop_assert_eq!(again, all);
        prop_assert_eq!(stopped, stop);
    }
}
