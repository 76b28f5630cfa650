//! Image files and the verifier: what is written is read, and nothing damaged gets through.
#![expect(clippy::unwrap_used, reason = "a test")]

use palindrome_vm::image::{
    LineEntry, SegmentImage, SegmentProblem, SourceFile, Symbol, SymbolKind, pack_all,
};
use palindrome_vm::{CodeIndex, Image, ImageError, Instruction, Program, Value, VerifyError};
use proptest::prelude::*;
use tape::{DataType, Field, Schema, SegmentType};

/// An image with something in every section.
fn sample() -> Image {
    let instructions = [
        Instruction::Checkpoint { label: "start".to_owned() },
        Instruction::LoadImm { reg: 1, value: i64::MIN },
        Instruction::SegmentSeek { name: "users".to_owned(), offset: Value::Immediate(8) },
        Instruction::BranchNotZero { reg: 1, label: CodeIndex(4) },
        Instruction::Rewind { label: "start".to_owned() },
        Instruction::Halt,
    ];
    let (code, pool, texts) = pack_all(&instructions);
    let field = |name: &str, dtype| Field { name: name.to_owned(), dtype, nullable: false };
    let schema = Schema {
        fields: vec![field("id", DataType::Int64), field("name", DataType::String { max: 56 })],
        primary_key: vec!["id".to_owned()],
    };
    let text = "main: CHECKPOINT start ; and so on\n".repeat(8);
    Image {
        code,
        pool,
        texts,
        entry: 0,
        segments: vec![SegmentImage {
            name: "users".to_owned(),
            start: 3 << 20,
            size: 1 << 40,
            kind: SegmentType::Table { schema },
            data: vec![1, 2, 3],
        }],
        symbols: vec![Symbol { name: "main".to_owned(), kind: SymbolKind::Code, value: 0 }],
        lines: vec![LineEntry { index: 0, source: 0, line: 1 }],
        sources: vec![SourceFile { name: "a.pvm".to_owned(), text }],
        unobserved: vec![1],
    }
}

/// The body of a fuzz target: any bytes are an error, or an image, which may be a program.
fn decode_any(bytes: &[u8]) {
    if let Ok(image) = Image::from_bytes(bytes) {
        assert_eq!(Image::from_bytes(&image.to_bytes()).as_ref(), Ok(&image));
        if let Ok(program) = Program::new(image) {
            assert_eq!(program.instructions().len(), program.image().code.len());
        }
    }
}

#[test]
fn an_image_is_read_as_it_was_written() {
    let image = sample();
    assert_eq!(Image::from_bytes(&image.to_bytes()), Ok(image.clone()));
    assert!(Program::new(image).is_ok());
}

/// Files of version 1 can be read for ever.
#[test]
fn the_first_version_stays_readable() {
    let golden = include_bytes!("golden/format_1.image");
    assert_eq!(Image::from_bytes(golden), Ok(sample()));
}

#[test]
fn every_single_damaged_bit_is_noticed() {
    let bytes = sample().to_bytes();
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(Image::from_bytes(&damaged).is_err(), "bit {bit}");
    }
}

#[test]
fn every_truncation_is_noticed() {
    let bytes = sample().to_bytes();
    for len in 0..bytes.len() {
        assert!(Image::from_bytes(&bytes[..len]).is_err(), "{len} bytes");
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(matches!(Image::from_bytes(&longer), Err(ImageError::Trailing { .. })));
}

#[test]
fn errors_say_what_and_where() {
    let bytes = sample().to_bytes();
    let message = |bytes: &[u8]| Image::from_bytes(bytes).unwrap_err().to_string();
    insta::assert_snapshot!(message(b"ELF"), @"this is not a Palindrome image: it does not begin with `PVMI`");
    insta::assert_snapshot!(message(b"PVMI\x09\x00"), @"its format is version 9, and this program reads version 1; make it again from what it was made of");
    insta::assert_snapshot!(message(&bytes[..30]), @"the code section is cut off at byte 6");
    let mut damaged = bytes;
    damaged[40] ^= 1;
    insta::assert_snapshot!(message(&damaged), @"the code section is damaged: its checksum does not match");
}

/// What the verifier says to the sample after a change.
fn verdict(change: impl FnOnce(&mut Image)) -> VerifyError {
    let mut image = sample();
    change(&mut image);
    Program::new(image).unwrap_err()
}

fn with_code(instructions: &[Instruction]) -> impl FnOnce(&mut Image) {
    let (code, pool, texts) = pack_all(instructions);
    move |image| {
        (image.code, image.pool, image.texts) = (code, pool, texts);
        image.unobserved.clear();
    }
}

#[test]
fn the_verifier_refuses_what_a_machine_could_not_run() {
    let name = |name: &str| name.to_owned();
    assert_eq!(verdict(|image| image.code.clear()), VerifyError::NoCode);
    assert_eq!(verdict(|image| image.entry = 6), VerifyError::Entry { entry: 6, len: 6 });
    assert!(matches!(
        verdict(|image| image.code = vec![0; 131_073]),
        VerifyError::TooLong { len: 131_073 }
    ));
    assert!(matches!(verdict(|image| image.pool.clear()), VerifyError::Word { .. }));
    assert!(matches!(verdict(|image| image.texts.clear()), VerifyError::Word { .. }));
    assert!(matches!(verdict(|image| image.code[0] = 0xff), VerifyError::Word { .. }));
    let message = verdict(|image| image.code[1] = 0x0001_0000_1010).to_string();
    insta::assert_snapshot!(message, @"instruction 1 (a.pvm:1) is unreadable: an operand is not a register from R0 to R15");
    assert!(matches!(
        verdict(with_code(&[Instruction::Jump { label: CodeIndex(1) }])),
        VerifyError::Target { target: 1, len: 1, .. }
    ));
    assert!(matches!(
        verdict(with_code(&[Instruction::SegmentDrop { name: name("none") }])),
        VerifyError::UnknownSegment { .. }
    ));
    assert!(matches!(
        verdict(with_code(&[Instruction::Commit { label: name("none") }])),
        VerifyError::UnknownCheckpoint { .. }
    ));
    assert!(matches!(verdict(|image| image.symbols[0].value = 7), VerifyError::Symbol { .. }));
    assert_eq!(verdict(|image| image.lines[0].source = 1), VerifyError::Lines);
    assert_eq!(verdict(|image| image.unobserved = vec![1, 1]), VerifyError::Unobserved);
    // Only the old value of a register can be left out of the history.
    assert_eq!(verdict(|image| image.unobserved = vec![2]), VerifyError::Unobserved);
    let pops = |image: &mut Image| {
        with_code(&[Instruction::Pop { reg: 1 }])(image);
        (image.lines, image.unobserved) = (Vec::new(), vec![0]);
    };
    assert_eq!(verdict(pops), VerifyError::Unobserved);
}

#[test]
fn the_verifier_refuses_segments_that_cannot_be() {
    let problem = |change: fn(&mut SegmentImage)| {
        let error = verdict(|image| change(&mut image.segments[0]));
        let VerifyError::Segment { problem, .. } = error else { panic!("{error}") };
        problem
    };
    assert_eq!(problem(|s| s.name = "heap".to_owned()), SegmentProblem::Name);
    assert_eq!(problem(|s| s.name.clear()), SegmentProblem::Name);
    assert_eq!(problem(|s| s.size = 0), SegmentProblem::Size { size: 0 });
    assert_eq!(problem(|s| s.size = 2), SegmentProblem::Data { len: 3 });
    assert!(matches!(problem(|s| s.size = u64::MAX), SegmentProblem::Size { .. }));
    assert!(matches!(problem(|s| s.start = i64::MAX), SegmentProblem::Start { .. }));
    assert!(matches!(problem(|s| s.start = 4096), SegmentProblem::Overlap { .. }));
    assert_eq!(problem(|s| s.kind = SegmentType::Code), SegmentProblem::Kind);
    let no_fields =
        |s: &mut SegmentImage| s.kind = SegmentType::Table { schema: Schema::default() };
    assert!(matches!(problem(no_fields), SegmentProblem::Schema { .. }));
    let twice = verdict(|image| image.segments.push(image.segments[0].clone()));
    assert!(matches!(twice, VerifyError::Segment { problem: SegmentProblem::Name, .. }));
}

/// Gives a damaged file right checksums, so that what is behind them is tested too.
fn mend(bytes: &mut [u8]) {
    let mut at = 6;
    while let Some(head) = bytes.get(at..at + 22) {
        let len = u64::from_le_bytes(head[2..10].try_into().unwrap());
        let Some(end) = usize::try_from(len).ok().and_then(|len| (at + 22).checked_add(len)) else {
            return;
        };
        if end > bytes.len() {
            return;
        }
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&bytes[at..at + 18]);
        hasher.update(&bytes[at + 22..end]);
        bytes[at + 18..at + 22].copy_from_slice(&hasher.finalize().to_le_bytes());
        at = end;
    }
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        decode_any(&bytes);
        decode_any(&[b"PVMI\x01\x00", bytes.as_slice()].concat());
    }

    #[test]
    fn damage_behind_right_checksums_is_survived(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)
    ) {
        let mut bytes = sample().to_bytes();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        mend(&mut bytes);
        decode_any(&bytes);
    }
}
