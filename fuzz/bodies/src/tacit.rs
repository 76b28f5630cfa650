//! Tacit's machine: images and code, whatever they hold, run without a panic and leave the heap
//! sound.

use machine::{Inspect as _, Machine as _, Probes, Stop, Tick};
use tacit_vm::{CODE_START, Image, Instruction, MEMORY_MIN, STRING_START, Unit, Vm};

use crate::program::world;

/// Instructions that a program may run.
const TICKS_MAX: u64 = 2_000;
/// Instructions between two looks at the whole state.
const TICKS: u64 = 100;

/// Any bytes are an image or refused. What can be read survives the file format.
pub fn decode_tacit_image(input: &[u8]) {
    let Ok(image) = Image::from_bytes(input) else { return };
    assert!(Image::from_bytes(&image.to_bytes()).as_ref() == Ok(&image), "an image changes");
    if let Ok(vm) = Vm::from_image(&image) {
        run(vm);
    }
}

/// Bytes are words, numbers and blocks, in any order.
pub fn run_tacit_words(input: &[u8]) {
    let unit = Unit {
        base: CODE_START,
        code: code_of(input),
        string_base: STRING_START,
        entry: CODE_START,
        ..Unit::default()
    };
    // There may be too much of it.
    if let Ok(vm) = Vm::from_image(&Image { memory: MEMORY_MIN, unit }) {
        run(vm);
    }
}

/// Code that is verified, unless it is too long.
fn code_of(input: &[u8]) -> Vec<u8> {
    let mut code = Vec::new();
    let mut open = Vec::new();
    let mut bytes = input.iter().copied();
    while let Some(byte) = bytes.next() {
        let row = Instruction::TABLE.iter().find(|row| row.code == byte);
        match byte {
            0..=1 => {
                Instruction::LiteralCode { over: 0 }.encode(&mut code);
                open.push(code.len());
            }
            2 => close(&mut code, &mut open),
            3..=0x1f => {
                let value = bytes.next().unwrap_or(0).cast_signed();
                Instruction::Small { value }.encode(&mut code);
            }
            _ if row.is_some_and(|row| is_word(row.mnemonic)) => code.push(byte),
            _ => {}
        }
    }
    while !open.is_empty() {
        close(&mut code, &mut open);
    }
    Instruction::End.encode(&mut code);
    code
}

/// Ends the innermost block, if one is open.
fn close(code: &mut Vec<u8>, open: &mut Vec<usize>) {
    let Some(start) = open.pop() else { return };
    Instruction::Exit.encode(code);
    let over = i16::try_from(code.len() - start).unwrap_or(0);
    code[start - 2..start].copy_from_slice(&over.to_le_bytes());
}

fn is_word(mnemonic: &str) -> bool {
    !mnemonic.starts_with('(')
}

fn run(mut vm: Vm) {
    let mut world = world();
    for tick in (0..TICKS_MAX).step_by(usize::try_from(TICKS).unwrap_or(1)) {
        loop {
            match vm.run(Tick::at(tick), &Probes::none()) {
                Stop::Asks(question) if vm.answer(&world.answer(&question)).is_ok() => {}
                Stop::Reached => break,
                _ => return look(&vm),
            }
        }
        look(&vm);
    }
}

fn look(vm: &Vm) {
    assert_eq!(vm.check(), Ok(()), "the heap is not sound at {}", vm.tick());
    for scope in vm.scopes() {
        for variable in scope.variables {
            let seen = vm.evaluate(&variable.expression);
            assert!(seen.is_ok(), "{}: {seen:?}", variable.expression);
        }
    }
    let names: Vec<_> = vm.frames(16).into_iter().map(|frame| frame.name).collect();
    assert!(!names.is_empty(), "there is always a frame");
}
