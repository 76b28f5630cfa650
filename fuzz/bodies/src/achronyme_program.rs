//! Achronyme's programs: any text is refused by both engines or comes to the same in both.

use achronyme_random::{Difference, Fared, compare, program};

/// Words of code, and steps of the tree, that a program may take.
const TICKS_MAX: u64 = 20_000;
/// Statements of a program that is made from a seed.
const STATEMENTS_MAX: usize = 24;

/// Any text is refused or runs, without a panic, the same on both engines and in all manners.
pub fn run_achronyme(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    told(&text, compare(&text, input.len() as u64, TICKS_MAX));
}

/// The bytes are the seed of a program, which is one, and comes to the same on both engines.
pub fn achronyme_twins(input: &[u8]) {
    let mut seed = 0xcbf2_9ce4_8422_2325_u64;
    for byte in input {
        seed = (seed ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let text = program(seed, input.len() % STATEMENTS_MAX + 1);
    let fared = told(&text, compare(&text, seed, TICKS_MAX));
    assert!(fared != Fared::Refused, "no program:\n{text}");
}

fn told(text: &str, result: Result<Fared, Box<Difference>>) -> Fared {
    match result {
        Ok(fared) => fared,
        Err(difference) => panic!("{difference}of\n{text}"),
    }
}
