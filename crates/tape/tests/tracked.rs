//! What the tape undoes by itself, and what it refuses.

use tape::{DataType, Field, READ_LEN_MAX, Schema, SegmentType, Tape, TapeError};

#[test]
fn every_tracked_operation_is_undone_by_a_rewind() {
    let mut tape = Tape::new();
    tape.create_segment("old", 10, SegmentType::Log).unwrap();
    tape.mark_at("old", 5);
    let (hash, len) = (tape.content_hash(), tape.trail_len());
    tape.checkpoint("before");
    tape.write(b"bytes").unwrap();
    tape.write(7).unwrap();
    tape.seek(-9);
    tape.advance(4).unwrap();
    tape.mark("new");
    tape.mark("old");
    tape.remove_mark("old");
    tape.remove_mark("unknown");
    tape.create_segment("new", 100, SegmentType::Heap).unwrap();
    tape.create_segment_at("far", -1000, 100, SegmentType::Stack).unwrap();
    tape.write_segment("far", 99, b"!").unwrap();
    tape.drop_segment("old").unwrap();
    assert_eq!(tape.trail_len(), len + 11);
    tape.rewind(tape.trail_len() - len).unwrap();
    assert_eq!((tape.content_hash(), tape.trail_len()), (hash, len));
    assert_eq!(tape.segment("old").unwrap().kind(), &SegmentType::Log);
}

#[test]
fn checkpoints_nest_as_savepoints_do() {
    let mut tape = Tape::new();
    tape.checkpoint("outer");
    tape.write(1).unwrap();
    tape.checkpoint("inner");
    tape.write(2).unwrap();
    tape.rewind("inner").unwrap();
    assert_eq!(tape.read_byte(), 1);
    tape.write(3).unwrap();
    tape.rewind("inner").unwrap();
    assert_eq!(tape.read_byte(), 1);
    tape.rewind("outer").unwrap();
    assert_eq!(tape.read_byte(), 0);
    let unknown = TapeError::UnknownCheckpoint { name: "inner".to_owned() };
    assert_eq!(tape.rewind("inner"), Err(unknown));
    tape.checkpoint("outer");
    tape.write(4).unwrap();
    tape.commit("outer").unwrap();
    tape.write(5).unwrap();
    tape.rewind("outer").unwrap();
    assert_eq!((tape.read_byte(), tape.trail_len()), (0, 0));
    tape.commit("outer").unwrap();
    assert!(tape.commit("outer").is_err());
}

#[test]
fn a_snapshot_keeps_the_trail_of_its_moment() {
    let mut tape = Tape::new();
    tape.write(1).unwrap();
    tape.checkpoint("one");
    tape.write(2).unwrap();
    let snapshot = tape.snapshot();
    tape.rewind(2).unwrap();
    tape.write(3).unwrap();
    tape.restore(&snapshot);
    assert_eq!((tape.read_byte(), tape.trail_len()), (2, 2));
    tape.rewind("one").unwrap();
    assert_eq!(tape.read_byte(), 1);
    tape.rewind(1).unwrap();
    assert_eq!(tape.read_byte(), 0);
}

#[test]
fn a_rewind_too_far_undoes_nothing() {
    let mut tape = Tape::new();
    tape.write(1).unwrap();
    let error = tape.rewind(2).unwrap_err();
    assert_eq!(error, TapeError::NothingToRewind { asked: 2, recorded: 1 });
    assert_eq!(error.to_string(), "cannot rewind 2 operations: only 1 are recorded");
    assert_eq!(tape.read_byte(), 1);
}

#[test]
fn a_trail_of_a_million_operations_is_dropped_without_recursion() {
    let mut tape = Tape::new();
    for _ in 0..1_000_000 {
        tape.seek(1);
    }
    let snapshot = tape.snapshot();
    tape.forget_trail();
    assert_eq!(tape.trail_len(), 0);
    drop(snapshot);
}

#[test]
fn segments_are_put_in_the_first_gap_and_dropped_space_is_used_again() {
    let mut tape = Tape::new();
    assert_eq!(tape.create_segment("a", 100, SegmentType::Data), Ok(0));
    assert_eq!(tape.create_segment("b", 50, SegmentType::Data), Ok(100));
    assert_eq!(tape.create_segment("c", 10, SegmentType::Data), Ok(150));
    tape.drop_segment("b").unwrap();
    assert_eq!(tape.create_segment("d", 51, SegmentType::Data), Ok(160));
    assert_eq!(tape.create_segment("e", 20, SegmentType::Data), Ok(100));
    assert_eq!(tape.create_segment("f", 30, SegmentType::Data), Ok(120));
    tape.create_segment_at("below", -5, 5, SegmentType::Data).unwrap();
    tape.drop_segment("a").unwrap();
    tape.create_segment_at("across", -9, 4, SegmentType::Data).unwrap();
    assert_eq!(tape.create_segment("g", 100, SegmentType::Data), Ok(0));
    let names: Vec<&str> = tape.segments().map(tape::Segment::name).collect();
    assert_eq!(names, ["across", "below", "g", "e", "f", "c", "d"]);
    assert_eq!(tape.segment_at(-1).unwrap().name(), "below");
    assert!(tape.segment_at(211).is_none());
}

#[test]
fn segments_refuse_what_cannot_be_and_say_why() {
    let mut tape = Tape::new();
    tape.create_segment("code", 16, SegmentType::Code).unwrap();
    let size = |size| TapeError::OutsideSegment { name: "code".into(), offset: 15, len: 2, size };
    assert_eq!(tape.read_segment("code", 15, 2), Err(size(16)));
    assert_eq!(tape.write_segment("code", 15, &[1, 2]), Err(size(16)));
    assert!(tape.read_segment("code", -1, 2).is_err());
    assert!(tape.read_segment("code", i64::MAX, usize::MAX).is_err());
    let overlap = tape.create_segment_at("heap", -4, 5, SegmentType::Heap).unwrap_err();
    assert_eq!(
        overlap.to_string(),
        "segment \"heap\" would overlap segment \"code\"; start it after that one ends"
    );
    assert!(tape.create_segment("code", 1, SegmentType::Code).is_err());
    assert!(tape.create_segment("none", 0, SegmentType::Code).is_err());
    assert!(tape.create_segment_at("far", i64::MAX, 2, SegmentType::Code).is_err());
    assert!(tape.create_segment("huge", usize::MAX, SegmentType::Code).is_err());
    assert!(tape.drop_segment("heap").is_err());
    assert_eq!(tape.segments().count(), 1);
    let all = tape.create_segment_at("all", i64::MIN, u64::MAX, SegmentType::Data);
    assert!(matches!(all, Err(TapeError::SegmentOverlap { .. })));
}

#[test]
fn reads_and_writes_refuse_what_lies_past_the_end_or_is_too_much() {
    let mut tape = Tape::new();
    tape.seek(i64::MAX);
    assert_eq!(tape.read(1), Ok(vec![0]));
    assert_eq!(tape.read(2), Err(TapeError::PastEnd { position: i64::MAX, len: 2 }));
    assert_eq!(tape.write(b"ab"), Err(TapeError::PastEnd { position: i64::MAX, len: 2 }));
    assert!(tape.advance(1).is_err());
    tape.seek(0);
    assert_eq!(tape.read(usize::MAX), Err(TapeError::TooLong { len: usize::MAX }));
    assert!(tape.read(READ_LEN_MAX + 1).is_err());
    tape.protect(3..4);
    assert_eq!(tape.write(b"abcd"), Err(TapeError::Protected { position: 0, len: 4 }));
    assert_eq!(tape.trail_len(), 2);
}

#[test]
fn names_are_kept_and_put_back_as_one_value() {
    let mut tape = Tape::new();
    tape.names_mut().set_mark("here", 4);
    let names = tape.names();
    tape.names_mut().create_segment("s", 8, SegmentType::Input).unwrap();
    tape.names_mut().remove_mark("here");
    assert_eq!(names.marks().collect::<Vec<_>>(), [("here", 4)]);
    let changed = tape.names();
    tape.set_names(names.clone());
    assert_eq!((tape.mark_position("here"), tape.trail_len()), (Some(4), 0));
    assert_ne!(names, changed);
    assert_eq!(tape.names(), names);
}

#[test]
fn records_are_packed_as_documented() {
    let field = |name: &str, dtype, nullable| Field { name: name.to_owned(), dtype, nullable };
    let mut schema = Schema {
        fields: vec![
            field("id", DataType::UInt32, false),
            field("name", DataType::String { max: 20 }, false),
            field("age", DataType::Int16, true),
            field("at", DataType::Timestamp, false),
        ],
        primary_key: vec!["id".to_owned()],
    };
    let offsets = ["id", "name", "age", "at", "none"].map(|name| schema.field_offset(name));
    assert_eq!(offsets, [Some(0), Some(4), Some(28), Some(31), None]);
    assert_eq!(schema.record_size(), 39);
    let mut tape = Tape::new();
    let table = |schema: &Schema| SegmentType::Table { schema: schema.clone() };
    tape.create_segment("users", 390, table(&schema)).unwrap();
    assert_eq!(tape.segment("users").unwrap().schema(), Some(&schema));
    schema.primary_key = vec!["age".to_owned()];
    let error = tape.create_segment("more", 390, table(&schema)).unwrap_err();
    assert_eq!(error, TapeError::BadKeyField { field: "age".to_owned() });
    schema.fields[1].name = "id".to_owned();
    let error = tape.create_segment("more", 390, table(&schema)).unwrap_err();
    assert_eq!(error, TapeError::DuplicateField { field: "id".to_owned() });
    assert_eq!(
        tape.create_segment("more", 390, table(&Schema::default())),
        Err(TapeError::NoFields)
    );
}
