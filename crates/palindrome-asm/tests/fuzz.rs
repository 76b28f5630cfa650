//! Any text and any bytes are survived.

mod common;

use palindrome_asm::{Object, Options, Unit, assemble, link};
use palindrome_vm::image::ByteReader;
use proptest::prelude::*;
use source::Style;

/// The body of a fuzz target: any text gives a program that verifies, or says why not.
fn assemble_any(bytes: &[u8]) {
    let unit = Unit::new("any.pvm", String::from_utf8_lossy(bytes));
    let mut loader = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    let assembled = assemble(&[unit], &Options::default(), &mut loader);
    for diagnostic in &assembled.diagnostics {
        assert!(!diagnostic.render(&assembled.sources, Style::Plain).is_empty());
    }
    assert!(assembled.image.is_some() || !assembled.diagnostics.is_empty());
}

/// The body of a fuzz target: any object is an error or can be linked.
fn link_any(bytes: &[u8]) {
    if let Ok(object) = Object::from_bytes(bytes) {
        link(vec![object.clone(), object], &Options::default());
    }
}

/// Gives a damaged file right checksums, so that what is behind them is tested too.
fn mend(bytes: &mut [u8]) {
    let mut at = 6;
    while let Some(head) = bytes.get(at..at + 22) {
        let len = ByteReader::new("head", &head[2..10]).u64().expect("8 bytes");
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

const SAMPLE: &str = ".const SIZE 64K\n.alias counter R3\n.global main, f\n.extern g\n\
    .segment users, SIZE, table [id: Int64, name: String(56) null] key id\n\
    first: .i64 first+8, -1\n.asciz \"text\\n\"\n.align 8\n.f64 1.5\n.code\n\
    main: CHECKPOINT start\n LOAD counter, [R2+8] ; comment\n IADD counter, counter, #1\n\
    f: SEGMENTWRITE users, R1, 8, R2\n BRANCH counter, f\n COPY users[0:8] -> stdout[0]\n\
    REWIND start, R1, R2\n CALL g\n MERGE combine\n HALT R1\n";

proptest! {
    #[test]
    fn any_text_is_survived(text in "(\\PC|[\\n;:,\\[\\]#\"']){0,80}") {
        assemble_any(text.as_bytes());
    }

    #[test]
    fn any_line_of_words_is_survived(
        words in proptest::collection::vec(
            prop_oneof![
                proptest::sample::select(SAMPLE.split_whitespace().collect::<Vec<_>>()),
                Just("\n"), Just(","), Just("->"), Just("["), Just("]"), Just("-"), Just("(")
            ],
            0..40
        )
    ) {
        assemble_any(words.join(" ").as_bytes());
    }

    #[test]
    fn a_damaged_program_is_survived(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        assemble_any(&bytes);
    }

    #[test]
    fn a_damaged_object_is_survived(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)
    ) {
        let mut loader = |_: &str| Err(std::io::ErrorKind::NotFound.into());
        let unit = Unit::new("a.pvm", SAMPLE);
        let object = palindrome_asm::assemble_object(&unit, &mut loader).object;
        let mut bytes = object.expect("no errors").to_bytes();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        mend(&mut bytes);
        link_any(&bytes);
    }
}
