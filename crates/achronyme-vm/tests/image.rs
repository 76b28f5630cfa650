//! Image files: what is written is read, and nothing damaged gets through.
#![expect(clippy::unwrap_used, reason = "a test")]

mod random;

use achronyme_library::Type;
use achronyme_vm::{Check, Constant, ImageError, Op, Program, Prototype};
use proptest::prelude::{any, proptest};

use random::{Random, program};

const END: u32 = Op::End.abc(0, 0, 0);

/// A program with something in every section.
fn sample() -> Program {
    (0..)
        .map(program)
        .find(|program| {
            let Program { prototypes, methods, aliases, sources, .. } = program;
            let has_all = |prototype: &Prototype| {
                let Prototype { handlers, locals, lines, captures, code, .. } = prototype;
                let has_debug = !locals.is_empty() && !lines.is_empty();
                !handlers.is_empty() && has_debug && !captures.is_empty() && code.len() < 40
            };
            let is_small = prototypes.len() < 4
                && prototypes.iter().all(|prototype| prototype.constants.len() < 30);
            is_small
                && prototypes.iter().any(has_all)
                && !methods.is_empty()
                && !aliases.is_empty()
                && !sources.is_empty()
        })
        .unwrap()
}

fn smallest() -> Program {
    let main = Prototype { registers: 1, code: vec![END], ..Prototype::default() };
    Program { prototypes: vec![main], ..Program::default() }
}

#[test]
fn every_damaged_byte_is_noticed() {
    let bytes = sample().to_bytes();
    let bits = (0..bytes.len()).flat_map(|at| [(at, 1), (at, 0x80), (at, 0xFF)]);
    for (at, change) in bits {
        let mut damaged = bytes.clone();
        damaged[at] ^= change;
        assert!(Program::from_bytes(&damaged).is_err(), "byte {at} of {}", bytes.len());
    }
}

#[test]
fn every_truncation_is_noticed() {
    let bytes = sample().to_bytes();
    for length in 0..bytes.len() {
        assert!(Program::from_bytes(&bytes[..length]).is_err(), "{length} bytes");
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(matches!(
        Program::from_bytes(&longer),
        Err(ImageError::File(image_file::ImageError::Trailing { .. }))
    ));
}

#[test]
fn a_program_without_names_and_places_has_no_section_for_them() {
    let program = smallest();
    let bytes = program.to_bytes();
    assert_eq!(bytes.len(), 126);
    assert_eq!(bytes[..8], *b"ACHR\x65\0\0\0");
    assert_eq!(Program::from_bytes(&bytes), Ok(program));
}

#[test]
fn numbers_keep_their_bits() {
    let mut program = smallest();
    let numbers = [-0.0, 0.0, f64::NAN, -f64::NAN, f64::from_bits(0x7FF0_0000_0000_0001)];
    program.prototypes[0].constants = numbers.map(Constant::Number).to_vec();
    let read = Program::from_bytes(&program.to_bytes()).unwrap();
    let bits = |program: &Program| -> Vec<u64> {
        let constants = program.prototypes[0].constants.iter();
        let number = |constant: &Constant| match constant {
            Constant::Number(value) => Some(value.to_bits()),
            Constant::Null
            | Constant::Boolean(_)
            | Constant::Complex(..)
            | Constant::String(_)
            | Constant::Builtin(_) => None,
        };
        constants.filter_map(number).collect()
    };
    assert_eq!(bits(&program).len(), 5);
    assert_eq!(bits(&read), bits(&program));
}

#[test]
fn strings_and_constants_are_once_in_a_file() {
    let mut program = smallest();
    let long = "long ".repeat(100);
    let text = || Constant::String(long.clone());
    program.prototypes[0].constants = vec![text(), Constant::Null, text()];
    program.globals = vec![long.clone(), long.clone()];
    let bytes = program.to_bytes();
    assert!(bytes.len() < 800, "{}", bytes.len());
    assert_eq!(Program::from_bytes(&bytes), Ok(program));
}

/// A short file could ask for a long string many times.
#[test]
fn strings_take_no_more_memory_than_they_may() {
    let mut program = smallest();
    program.globals = vec!["long".repeat(1 << 16); 4096];
    let error = Program::from_bytes(&program.to_bytes()).unwrap_err();
    assert!(
        matches!(
            error,
            ImageError::File(image_file::ImageError::Value { expected: "shorter strings", .. })
        ),
        "{error}"
    );
}

#[test]
fn types_may_be_nested_only_so_deep() {
    let nested = |depth: usize| {
        let annotation = (1..depth).fold(Type::Any, |inner, _| Type::Union(vec![inner]));
        let check = Check { annotation, shown: String::new(), message: String::new() };
        Program { checks: vec![check], ..smallest() }
    };
    let deepest = nested(achronyme_vm::TYPE_DEPTH_MAX);
    assert_eq!(Program::from_bytes(&deepest.to_bytes()), Ok(deepest));
    assert!(Program::from_bytes(&nested(achronyme_vm::TYPE_DEPTH_MAX + 1).to_bytes()).is_err());
}

#[test]
fn errors_say_what_and_where() {
    let bytes = sample().to_bytes();
    let message = |bytes: &[u8]| Program::from_bytes(bytes).unwrap_err().to_string();
    insta::assert_snapshot!(message(b"ELF"), @"this is not an Achronyme image: it does not begin with `ACHR`");
    insta::assert_snapshot!(message(b"ACHR\x09\x00"), @"its format is version 9, and this program reads version 101; make it again from what it was made of");
    insta::assert_snapshot!(message(&bytes[..30]), @"the constants section is cut off at byte 0");
    let mut damaged = bytes;
    damaged[40] ^= 1;
    insta::assert_snapshot!(message(&damaged), @"the constants section is damaged: its checksum does not match");
    let mut program = smallest();
    program.prototypes[0].registers = 0;
    insta::assert_snapshot!(message(&program.to_bytes()), @"function 0, word 0: there is no register 0: there are 0");
}

proptest! {
    #[test]
    fn a_program_is_read_as_it_was_written(seed in any::<u64>()) {
        let program = program(seed);
        assert_eq!(Program::from_bytes(&program.to_bytes()), Ok(program));
    }

    /// The checksums hold, so that what is inside is looked at.
    #[test]
    fn changed_sections_are_refused_or_a_program(seed in any::<u64>(), change in any::<u64>()) {
        let mut bytes = program(seed).to_bytes();
        let random = &Random::new(change);
        for _ in 0..=random.below(3) {
            let at = 8 + random.below(bytes.len() - 8);
            bytes[at] = random.byte(256);
        }
        mend(&mut bytes);
        if let Ok(program) = Program::from_bytes(&bytes) {
            // Numbers that are not equal to themselves make a program unequal to itself.
            let again = program.to_bytes();
            assert_eq!(Program::from_bytes(&again).unwrap().to_bytes(), again);
        }
    }
}

/// Writes the checksums of the sections anew.
fn mend(bytes: &mut [u8]) {
    let mut at = 8;
    while let Some(length) = bytes.get(at..at + 4) {
        let length = u32::from_le_bytes(length.try_into().unwrap()) as usize;
        let Some(end) = (at + 8).checked_add(length).filter(|end| *end <= bytes.len()) else {
            return;
        };
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&bytes[..8]);
        hasher.update(&bytes[at + 8..end]);
        bytes[at + 4..at + 8].copy_from_slice(&hasher.finalize().to_le_bytes());
        at = end;
    }
}
