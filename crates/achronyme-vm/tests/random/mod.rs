//! Programs that pass the verifier and mean nothing, with everything in them that a program can
//! have.
#![allow(dead_code, reason = "each test uses a part")]

mod code;
mod pools;

use std::cell::Cell;

use achronyme_vm::{Constant, Handler, Program, Prototype};

/// Numbers that look random, the same in every run.
#[derive(Clone, Debug)]
pub(crate) struct Random(Cell<u64>);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    pub(crate) fn bits(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mixed = (self.0.get() ^ self.0.get() >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// Less than `bound`, which is not 0.
    pub(crate) fn below(&self, bound: usize) -> usize {
        usize::try_from(self.bits() % bound as u64).unwrap()
    }

    pub(crate) fn byte(&self, bound: usize) -> u8 {
        u8::try_from(self.below(bound.min(256))).unwrap()
    }

    pub(crate) fn word(&self, bound: usize) -> u32 {
        u32::try_from(self.below(bound)).unwrap()
    }

    pub(crate) fn is(&self) -> bool {
        self.bits().is_multiple_of(2)
    }

    pub(crate) fn text(&self) -> String {
        let pieces = ["a", "Ω", "line\n", "\"", "\0", "naïve ", "🦀", "x"];
        (0..self.below(5)).map(|_| pieces[self.below(pieces.len())]).collect()
    }
}

/// A program that passes the verifier.
pub(crate) fn program(seed: u64) -> Program {
    let random = &Random::new(seed);
    let mut program = pools::pools(random);
    let count = 1 + random.below(5);
    program.main = random.word(count);
    for index in 0..count {
        program.prototypes.push(outline(random, index == program.main as usize));
    }
    for index in 0..count {
        code::fill(random, &mut program, index);
    }
    program
}

/// The same, and whatever goes wrong, each function goes on with its next instruction.
pub(crate) fn stubborn(seed: u64) -> Program {
    let random = &Random::new(!seed);
    let mut program = program(seed);
    for prototype in &mut program.prototypes {
        let starts = code::starts(&prototype.code);
        let pairs = starts.iter().zip(&starts[1..]);
        let handlers = pairs.map(|(start, end)| Handler {
            start: *start,
            end: *end,
            target: *end,
            register: random.byte(prototype.registers.into()),
        });
        prototype.handlers = handlers.collect();
    }
    program
}

/// A function without its code.
fn outline(random: &Random, is_main: bool) -> Prototype {
    let registers = 6 + random.below(if random.is() { 10 } else { 251 });
    let parameters = if is_main { 0 } else { random.byte(6) };
    let upvalues = if is_main { 0 } else { random.below(5) };
    let constants = (0..1 + random.below(300)).map(|_| constant(random));
    let suspends = if is_main { 0 } else { random.below(4) };
    Prototype {
        name: random.text(),
        parameters_min: random.byte(usize::from(parameters) + 1),
        parameters,
        registers: u16::try_from(registers).unwrap(),
        self_register: (!is_main && random.is()).then(|| random.byte(registers)),
        is_generator: suspends == 1,
        is_async: suspends == 2,
        constants: constants.collect(),
        captures: (0..upvalues).map(|_| pools::capture(random)).collect(),
        upvalues: (0..upvalues).map(|_| (random.text(), random.is())).collect(),
        ..Prototype::default()
    }
}

fn constant(random: &Random) -> Constant {
    let numbers = [0.0, -0.0, 1.5, f64::INFINITY, f64::MIN_POSITIVE, 1e300];
    let number = || numbers[random.below(numbers.len())];
    let (one, other) = (number(), number());
    match random.below(6) {
        0 => Constant::Null,
        1 => Constant::Boolean(random.is()),
        2 => Constant::Number(one),
        3 => Constant::Complex(one, other),
        4 => Constant::String(random.text()),
        _ => Constant::Builtin(u16::from(random.byte(20))),
    }
}
