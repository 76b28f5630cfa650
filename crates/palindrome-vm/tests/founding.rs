//! The tests of the founding document that are about the machine, with types renamed at most.

use palindrome_vm::{Instruction, SegmentType, Tape, Vm};

#[test]
fn test_computation_reversal() {
    let mut vm = Vm::new();
    vm.execute(Instruction::IAdd { dst: 0, src1: 1, src2: 2 }).unwrap();
    let result = vm.registers[0];
    assert_eq!(result, 0);
    vm.reverse_last().unwrap();
    assert_eq!(vm.registers[0], 0);
}

#[test]
fn test_checkpoint_rewind_of_direct_changes() {
    let mut vm = Vm::new();
    vm.execute(Instruction::Checkpoint { label: "start".to_string() }).unwrap();
    vm.registers[0] = 42;
    vm.tape.write(100).unwrap();
    vm.execute(Instruction::Rewind { label: "start".to_string() }).unwrap();
    assert_eq!(vm.registers[0], 0);
    assert_eq!(vm.tape.read_byte(), 0);
}

#[test]
fn test_basic_reversibility() {
    let mut vm = Vm::new();
    vm.registers.general[0] = 10;
    vm.registers.general[1] = 20;
    vm.execute(Instruction::IAdd { dst: 2, src1: 0, src2: 1 }).unwrap();
    assert_eq!(vm.registers.general[2], 30);
    vm.reverse_last().unwrap();
    assert_eq!(vm.registers.general[2], 0);
}

#[test]
fn test_checkpoint_rewind() {
    let mut vm = Vm::new();
    vm.execute(Instruction::Checkpoint { label: "start".to_string() }).unwrap();
    vm.execute(Instruction::LoadImm { reg: 0, value: 42 }).unwrap();
    vm.execute(Instruction::LoadImm { reg: 1, value: 100 }).unwrap();
    assert_eq!(vm.registers.general[0], 42);
    assert_eq!(vm.registers.general[1], 100);
    vm.execute(Instruction::Rewind { label: "start".to_string() }).unwrap();
    assert_eq!(vm.registers.general[0], 0);
    assert_eq!(vm.registers.general[1], 0);
}

#[test]
fn test_tape_operations() {
    let mut vm = Vm::new();
    vm.execute(Instruction::LoadImm { reg: 0, value: 0x42 }).unwrap();
    vm.execute(Instruction::TapeWrite { reg: 0, len: 1 }).unwrap();
    vm.execute(Instruction::TapeAdvance { delta: 1 }).unwrap();
    vm.execute(Instruction::LoadImm { reg: 1, value: 0x43 }).unwrap();
    vm.execute(Instruction::TapeWrite { reg: 1, len: 1 }).unwrap();
    vm.execute(Instruction::TapeAdvance { delta: -1 }).unwrap();
    vm.execute(Instruction::TapeRead { reg: 2, len: 1 }).unwrap();
    assert_eq!(vm.registers.general[2], 0x42);
}

#[test]
fn test_stack_operations() {
    let mut vm = Vm::new();
    vm.execute(Instruction::LoadImm { reg: 0, value: 100 }).unwrap();
    vm.execute(Instruction::Push { reg: 0 }).unwrap();
    vm.execute(Instruction::LoadImm { reg: 1, value: 200 }).unwrap();
    vm.execute(Instruction::Push { reg: 1 }).unwrap();
    vm.execute(Instruction::Pop { reg: 2 }).unwrap();
    assert_eq!(vm.registers.general[2], 200);
    vm.execute(Instruction::Pop { reg: 3 }).unwrap();
    assert_eq!(vm.registers.general[3], 100);
}

#[test]
fn test_segment_operations() {
    let mut tape = Tape::new();
    tape.create_segment("data".to_string(), 1024, SegmentType::Data).unwrap();
    tape.write_segment("data", 0, b"Hello, World!").unwrap();
    let data = tape.read_segment("data", 0, 13).unwrap();
    assert_eq!(&data, b"Hello, World!");
    tape.checkpoint("before_change".to_string());
    tape.write_segment("data", 7, b"Tape!").unwrap();
    let data = tape.read_segment("data", 0, 12).unwrap();
    assert_eq!(&data, b"Hello, Tape!");
    tape.rewind("before_change").unwrap();
    let data = tape.read_segment("data", 0, 13).unwrap();
    assert_eq!(&data, b"Hello, World!");
}
