//! Where the standard segments lie on the tape of a loaded program.

use std::ops::Range;

use tape::SegmentType;

/// Bytes of one instruction: the instruction with index `i` lies at position `i * WORD`.
pub const WORD: i64 = 8;
/// The code, read-only once loaded.
pub const CODE: Range<i64> = 0..1 << 20;
/// The stack, which grows down from its end.
pub const STACK: Range<i64> = 1 << 20..2 << 20;
/// Pairs made by `CONS`, from the start up.
pub const HEAP: Range<i64> = 2 << 20..3 << 20;
/// Where a program's own segments begin.
pub const USER_START: i64 = 3 << 20;
/// What runtime functions allocate, if a program calls any: the segment `objects`.
pub const OBJECTS: Range<i64> = 1 << 44..(1 << 44) + (1 << 32);
/// The relational store, if a program calls runtime functions: the segment `store`.
pub const STORE: Range<i64> = 1 << 45..(1 << 45) + (1 << 32);
/// What moments keep: the store, and from [`NAMES_START`] on the names of a program's top level. It
/// has the size and the place of a [`tape::TapePart`].
pub const STATE: Range<i64> = 1 << 45..(1 << 45) + (1 << 36);
/// Where the names of the top level of a program begin, if it has some.
pub const NAMES_START: i64 = STATE.start + (1 << 35);
/// What runtime functions print inside of savepoints, if a program calls any: the segment `output`.
pub const OUTPUT: Range<i64> = 1 << 46..(1 << 46) + (1 << 26);
/// The segments that a program has if it calls runtime functions.
pub const RUNTIME_SEGMENTS: [(&str, Range<i64>, SegmentType); 3] = [
    ("objects", OBJECTS, SegmentType::Heap),
    ("store", STORE, SegmentType::Index),
    ("output", OUTPUT, SegmentType::Data),
];
/// Instructions that fit into the code segment.
pub const INSTRUCTIONS_MAX: usize = 1 << 17;
/// Bytes of a pair.
pub const PAIR: i64 = 16;
/// Bytes that a call pushes.
pub const FRAME: i64 = 16;
/// The streams, which can be named where a segment can.
pub const STREAMS: [&str; 3] = ["stdin", "stdout", "stderr"];
