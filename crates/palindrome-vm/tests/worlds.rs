//! Data that are kept by number, and worlds.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;

use machine::{Answer, Machine as _, Portable as _, Probes, Question, Stop, Tick};
use palindrome_vm::layout::NAMES_START;
use palindrome_vm::{BaseOffset, Image, Instruction, Program, Trap, Vm, image::pack_all};

fn program(instructions: &[Instruction]) -> Arc<Program> {
    let (code, pool, texts) = pack_all(instructions);
    Program::new(Image { code, pool, texts, ..Image::default() }).unwrap()
}

fn run(vm: &mut Vm) -> Stop<Trap> {
    loop {
        let stop = vm.run(Tick::MAX, &Probes::none());
        let Stop::Asks(Question::Clock) = stop else { return stop };
        vm.answer(&Answer::Integer(7)).unwrap();
    }
}

/// Writes `value` as the first name.
fn set(value: i64) -> [Instruction; 2] {
    let addr = BaseOffset { base: 12, offset: NAMES_START };
    [Instruction::LoadImm { reg: 1, value }, Instruction::Store { addr, reg: 1 }]
}

fn get(reg: u8) -> Instruction {
    Instruction::Load { reg, addr: BaseOffset { base: 12, offset: NAMES_START } }
}

/// Keeps 1 and 2 by number, and two worlds, of which the second is a branch.
fn worlds() -> Vec<Instruction> {
    let mut all = Vec::new();
    all.extend(set(1));
    all.push(Instruction::KeepData { dst: 5 });
    all.push(Instruction::World { name: "a".into() });
    all.extend(set(2));
    // A world makes no moments.
    all.push(Instruction::KeepMoment);
    all.push(Instruction::KeepData { dst: 6 });
    all.push(Instruction::WorldEnd);
    all.push(Instruction::PutData { src: 5 });
    all.push(get(8));
    all.push(Instruction::BranchOff { name: "a".into(), src: 6 });
    all.push(Instruction::KeepMoment);
    all.push(Instruction::Switch { branch: "a".into() });
    all.push(get(9));
    all.push(Instruction::PutData { src: 5 });
    all.push(get(10));
    all.push(Instruction::DropData { src: 5 });
    all
}

#[test]
fn a_world_becomes_a_branch_when_the_transaction_ends() {
    let mut all = worlds();
    all.extend([Instruction::PutData { src: 5 }, Instruction::Halt]);
    let mut vm = Vm::load(program(&all));
    let reason = "no data are kept with the number 0".to_owned();
    assert_eq!(run(&mut vm), Stop::Trapped(Trap::Moment { reason }));
    assert_eq!(vm.registers.general[8..11], [1, 2, 1]);
}

#[test]
fn every_state_among_worlds_is_the_same_after_it_was_written_and_taken_back() {
    let mut all = worlds();
    all.push(Instruction::Halt);
    let program = program(&all);
    let mut vm = Vm::load(Arc::clone(&program));
    vm.keep_trail(1 << 20);
    let mut hashes = vec![vm.state_hash()];
    loop {
        let bytes = vm.write_state().unwrap();
        let mut other = Vm::load(Arc::clone(&program));
        other.read_state(&bytes).unwrap();
        assert_eq!(other.state_hash(), vm.state_hash());
        assert_eq!(other.write_state().unwrap(), bytes);
        for len in 0..bytes.len() {
            assert!(Vm::load(Arc::clone(&program)).read_state(&bytes[..len]).is_err(), "{len}");
        }
        let stop = vm.run(Tick::at(vm.tick().safepoints + 1), &Probes::none());
        if let Stop::Ended(_) = stop {
            break;
        }
        if let Stop::Asks(_) = stop {
            vm.answer(&Answer::Integer(7)).unwrap();
        } else {
            assert_eq!(stop, Stop::Reached);
        }
        hashes.push(vm.state_hash());
    }
    hashes.pop();
    while let Some(hash) = hashes.pop() {
        assert_eq!(vm.back(1), 1);
        assert_eq!(vm.state_hash(), hash);
    }
}

#[test]
fn a_fault_that_is_caught_says_in_which_world_inside_of_the_savepoint_it_was() {
    let handler = palindrome_vm::CodeIndex(4);
    let mut vm = Vm::load(program(&[
        Instruction::World { name: "around".into() },
        Instruction::Savepoint { handler },
        Instruction::World { name: "inner".into() },
        Instruction::IDivImm { dst: 1, src: 1, value: 0 },
        // What was done in the savepoint is undone: only one world is open.
        Instruction::WorldEnd,
        Instruction::WorldEnd,
        Instruction::Halt,
    ]));
    let reason = "no world has begun".to_owned();
    assert_eq!(run(&mut vm), Stop::Trapped(Trap::Moment { reason }));
    let bytes = vm.write_state().unwrap();
    let text = b"in the world `inner`: division by zero";
    assert!(bytes.windows(text.len()).any(|part| part == text));
}
