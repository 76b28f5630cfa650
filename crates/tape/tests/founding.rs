//! The founding document's tests of the tape, word for word, but for `read` of one byte being
//! called `read_byte` and `head` being a method.

#![expect(unused_must_use, reason = "the founding document's words")]

use tape::{SegmentType, Tape};

#[test]
fn test_basic_read_write() {
    let mut tape = Tape::new();
    tape.write(42);
    assert_eq!(tape.read_byte(), 42);
}

#[test]
fn test_advance_and_write() {
    let mut tape = Tape::new();
    tape.write(1);
    tape.advance(1);
    tape.write(2);
    tape.advance(-1);
    assert_eq!(tape.read_byte(), 1);
}

#[test]
fn test_rewind() {
    let mut tape = Tape::new();
    tape.write(10);
    tape.advance(1);
    tape.write(20);

    tape.rewind(2); // Undo write and advance
    assert_eq!(tape.read_byte(), 10);
    assert_eq!(tape.head(), 0);
}

#[test]
fn test_segment_operations() {
    let mut tape = Tape::new();

    // Create a data segment
    let start = tape.create_segment("data".to_string(), 1024, SegmentType::Data).unwrap();
    assert_eq!(start, 0);

    // Write to segment
    tape.write_segment("data", 0, b"Hello, World!").unwrap();

    // Read back
    let data = tape.read_segment("data", 0, 13).unwrap();
    assert_eq!(&data, b"Hello, World!");

    // Create checkpoint
    tape.checkpoint("before_change".to_string());

    // Modify segment
    tape.write_segment("data", 7, b"Tape!").unwrap();

    let data = tape.read_segment("data", 0, 12).unwrap();
    assert_eq!(&data, b"Hello, Tape!");

    // Rewind
    tape.rewind("before_change").unwrap();

    // Should be back to original
    let data = tape.read_segment("data", 0, 13).unwrap();
    assert_eq!(&data, b"Hello, World!");
}
