//! The laws of the contracts, for random programs.

mod random;

use palindrome_vm::Vm;
use proptest::prelude::*;

use crate::random::program;

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_tape_machine_keeps_the_laws_of_machines(program in program()) {
        let mut world = testkit::ScriptedWorld::with_lines(&["1", "-7", "x", "12"]);
        testkit::laws::check(|| Vm::load(program.clone()), |question| world.answer(question), 120);
    }

    #[test]
    fn states_can_be_written_down_and_gone_on_from(program in program()) {
        let mut world = testkit::ScriptedWorld::with_lines(&["5", "6"]);
        testkit::laws::check_portable(
            || Vm::load(program.clone()),
            |question| world.answer(question),
            120,
        );
    }

    #[test]
    fn looking_changes_nothing(program in program()) {
        let mut world = testkit::ScriptedWorld::with_lines(&["5", "6"]);
        testkit::laws::check_inspect(
            || Vm::load(program.clone()),
            |question| world.answer(question),
            80,
        );
    }
}
