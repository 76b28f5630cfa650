//! Random code: nothing that a program can contain makes the machine panic or lose a block, and
//! nothing that can be in a memory makes it panic.

use machine::Answer;
use proptest::prelude::*;

use super::tiny::begun;
use crate::control::system::pack;
use crate::flow::Flow;
use crate::layout::{CODE_START, Register};
use crate::op::Instruction as I;
use crate::value::Cell;
use crate::vm::Vm;

/// Instructions of all kinds, also such as no compiler writes there; but not the steps of system
/// routines, which no unit may have.
fn instruction() -> impl Strategy<Value = I> {
    let words = I::TABLE.iter().filter(|row| row.operands.is_empty() && row.code < 0xf0);
    let words: Vec<u8> = words.map(|row| row.code).collect();
    let word = prop::sample::select(words).prop_map(|code| I::unpack(code, &mut Zeros).unwrap());
    let distance = -40_i16..40;
    prop_oneof![
        8 => word,
        4 => any::<i8>().prop_map(|value| I::Small { value }),
        2 => (0_i16..12).prop_map(|over| I::LiteralCode { over }),
        1 => (0_u16..0x100).prop_map(|at| I::LiteralSymbol { at }),
        1 => Just(I::LiteralString { at: 0 }),
        1 => distance.clone().prop_map(|to| I::Branch { to }),
        1 => distance.clone().prop_map(|to| I::BranchIfFalse { to }),
        1 => distance.clone().prop_map(|body| I::ForNext { body }),
        1 => distance.clone().prop_map(|body| I::ForGot { body }),
        1 => distance.prop_map(|body| I::TimesNext { body }),
        1 => (0_u16..0x100).prop_map(|at| I::Call { target: CODE_START + at }),
        1 => (0_u8..4).prop_map(|count| I::Enter { count }),
        1 => (0_u8..4).prop_map(|slot| I::LocalGet { slot }),
        1 => (0_u8..4).prop_map(|slot| I::LocalSet { slot }),
        1 => (0_u8..4).prop_map(|slot| I::LocalPut { slot }),
        1 => (0_u8..4, 0_u8..3).prop_map(|(slot, count)| I::LocalPutPath { slot, count }),
        1 => (0_u16..4).prop_map(|index| I::GlobalPut { index }),
    ]
}

struct Zeros;

impl isa::Feed for Zeros {
    fn small(&mut self) -> Result<u8, isa::DecodeError> {
        Ok(0)
    }

    fn wide(&mut self) -> Result<i64, isa::DecodeError> {
        Ok(0)
    }

    fn text(&mut self) -> Result<String, isa::DecodeError> {
        Ok(String::new())
    }
}

/// Leaves values of all kinds on the stack, so that most words find operands.
const BEGIN: &str = "[ 1 2 [ 3 ] ] dup 1 9 2 range (dup) map :[ \"a\" [ 5 ] ]: (1) delay 2 array \
    [ 6 ] \"t\" tag 1 3 1 range [ 4 ] (1 +) map [ 7 ] seq (2 +) 3 4 2";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn random_code_never_panics_and_never_damages_the_heap(
        code in prop::collection::vec(instruction(), 1..60),
    ) {
        let mut vm = begun(BEGIN, &pack(&code));
        vm.memory.set_register(Register::Globals, 4);
        for _ in 0..300 {
            let before = vm.registers;
            match vm.step() {
                Ok(Flow::Asks(_)) => {
                    if vm.step_with(&Answer::Done).is_err() {
                        let _refused = vm.step_with(&Answer::Bytes(vec![65]));
                    }
                }
                Ok(Flow::End(_)) => break,
                Ok(_) => {}
                Err(_) => {
                    prop_assert_eq!(vm.registers, before);
                    prop_assert!(vm.memory.log().is_empty());
                    // What cannot be done is passed over.
                    let Ok((_, next)) = vm.fetch(before.ip) else { break };
                    vm.registers.ip = next;
                }
            }
            prop_assert_eq!(vm.check(), Ok(()));
        }
        vm.abandon();
        prop_assert_eq!(vm.check(), Ok(()));
    }

    #[test]
    fn a_damaged_memory_never_makes_the_machine_panic(
        code in prop::collection::vec(instruction(), 1..60),
        done in 0..120,
        damage in prop::collection::vec((0..6000_usize, any::<u32>(), any::<Option<u8>>()), 1..6),
    ) {
        let mut vm = begun(BEGIN, &pack(&code));
        vm.memory.set_register(Register::Globals, 4);
        pass(&mut vm, done);
        for (at, bits, tag) in damage {
            let layout = vm.memory.layout();
            let cell = match at % 4 {
                0 => usize::from(vm.registers.return_start) + at % 40,
                1 => usize::from(vm.registers.stack_start) + at % 40,
                2 => layout.block(at % 40) + at % 16,
                _ => layout.task(1).0 + at % 256,
            };
            // Some are small payloads with one of the tags.
            let tagged = tag.map(|tag| 0x7fc0_0000 | u32::from(tag % 16) << 18 | (bits % 40));
            vm.memory.set(cell, Cell(tagged.unwrap_or(bits)));
        }
        pass(&mut vm, 300 - done);
        vm.abandon();
    }
}

/// Does up to so many instructions, passing over what cannot be done.
fn pass(vm: &mut Vm, steps: i32) {
    for _ in 0..steps {
        let before = vm.registers;
        match vm.step() {
            Ok(Flow::Asks(_)) => {
                let _done = vm.step_with(&Answer::Done);
            }
            Ok(Flow::End(_)) => return,
            Ok(Flow::Next | Flow::Jump(_) | Flow::Force { .. }) => {}
            Err(_) => {
                let Ok((_, next)) = vm.fetch(before.ip) else { return };
                vm.registers.ip = next;
            }
        }
    }
}
