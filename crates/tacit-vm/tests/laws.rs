//! The laws of the contracts, for random programs.

mod assembly;
mod random;

use machine::{Edit, Inspect, Machine, Probes, Stop, Tick};
use proptest::prelude::*;
use tacit_vm::Vm;

use crate::random::program;

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_stack_machine_keeps_the_laws_of_machines(image in program()) {
        let mut world = testkit::ScriptedWorld::with_lines(&["1", "-7", "x", "12"]);
        testkit::laws::check(
            || Vm::from_image(&image).unwrap(),
            |question| world.answer(question),
            200,
        );
    }

    #[test]
    fn states_can_be_written_down_and_gone_on_from(image in program()) {
        let mut world = testkit::ScriptedWorld::with_lines(&["5", "6"]);
        testkit::laws::check_portable(
            || Vm::from_image(&image).unwrap(),
            |question| world.answer(question),
            200,
        );
    }

    #[test]
    fn looking_changes_nothing(image in program()) {
        let mut world = testkit::ScriptedWorld::with_lines(&["5", "6"]);
        testkit::laws::check_inspect(
            || Vm::from_image(&image).unwrap(),
            |question| world.answer(question),
            120,
        );
    }

    /// Whatever is set, the program goes on without a panic, and the heap stays sound.
    #[test]
    fn values_can_be_set_anywhere(image in program(), ticks in 0..60_u64, which in any::<u8>()) {
        let mut world = testkit::ScriptedWorld::with_lines(&["5", "6"]);
        let mut vm = Vm::from_image(&image).unwrap();
        while let Stop::Asks(question) = vm.run(Tick::at(ticks), &Probes::none()) {
            if vm.answer(&world.answer(&question)).is_err() {
                break;
            }
        }
        for scope in vm.scopes() {
            for variable in scope.variables {
                let value = ["7", "\"text\"", "NIL"][usize::from(which) % 3];
                if let Ok(location) = vm.locate(&variable.expression) {
                    // Some places cannot be set; those say so.
                    let _result = vm.assign(location, value);
                }
            }
        }
        prop_assert_eq!(vm.check(), Ok(()));
        let _stop = vm.run(Tick::at(ticks + 100), &Probes::none());
    }

    /// Every count of references is right after every instruction, and after giving up.
    #[test]
    fn the_heap_is_sound_all_the_time(image in program()) {
        let mut world = testkit::ScriptedWorld::with_lines(&["1", "2"]);
        let mut vm = Vm::from_image(&image).unwrap();
        for _ in 0..300 {
            match vm.run(Tick::MAX, &Probes::every_step()) {
                Stop::Probed(_) => {}
                Stop::Asks(question) => {
                    if vm.answer(&world.answer(&question)).is_err() {
                        break;
                    }
                }
                Stop::Trapped(_) | Stop::Ended(_) | Stop::Reached => break,
            }
            prop_assert_eq!(vm.check(), Ok(()));
        }
        vm.abandon();
        prop_assert_eq!(vm.check(), Ok(()));
    }
}
