//! Random commands on tapes, their forks and snapshots, each held against the naive twin.

#![expect(clippy::unwrap_used, reason = "a test")]

mod command;
mod naive;

use std::ops::Range;

use command::{Command, Single, commands};
use naive::{State, fits, merge, overlap, segments};
use proptest::prelude::*;
use tape::{CellChange, SegmentType, Tape, TapeSnapshot, diff};

/// A running tape beside its twin.
struct Line {
    tape: Tape,
    state: State,
    watched: Vec<Range<i64>>,
}

/// All that a case has made.
struct Bench {
    lines: Vec<Line>,
    now: usize,
    snapshots: Vec<(TapeSnapshot, State)>,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn a_tape_is_a_map_of_bytes_that_can_be_copied(commands in prop::collection::vec(commands(), 1..80)) {
        let mut bench = Bench::new();
        for command in commands {
            bench.run(command);
        }
        bench.check();
    }
}

impl Bench {
    fn new() -> Self {
        let mut tape = Tape::new();
        let start = (tape.snapshot(), State::default());
        let line = Line { tape, state: State::default(), watched: Vec::new() };
        Self { lines: vec![line], now: 0, snapshots: vec![start] }
    }

    fn run(&mut self, command: Command) {
        let count = self.snapshots.len();
        let snapshot = |index: usize| &self.snapshots[index % count];
        let line = &mut self.lines[self.now];
        match command {
            Command::Snapshot => {
                let snapshot = line.tape.snapshot();
                self.snapshots.push((snapshot, line.state.clone()));
            }
            Command::Pack(index) => self.snapshots[index % count].0.pack(),
            Command::Restore(index) => {
                line.tape.restore(&snapshot(index).0);
                line.state = snapshot(index).1.clone();
            }
            Command::Forget(index) => {
                if count > 1 {
                    self.snapshots.swap_remove(index % count);
                }
            }
            Command::Fork => {
                let tape = line.tape.fork();
                let (state, watched) = (line.state.clone(), line.watched.clone());
                self.lines.truncate(4);
                self.now = self.now.min(3);
                self.lines.push(Line { tape, state, watched });
            }
            Command::Resume(index) => {
                let (snapshot, state) = snapshot(index);
                let line = Line { tape: snapshot.to_tape(), state: state.clone(), watched: vec![] };
                self.lines[self.now] = line;
            }
            Command::Switch(index) => self.now = index % self.lines.len(),
            Command::Diff(older, newer) => check_diff(snapshot(older), snapshot(newer)),
            Command::Merge(base, theirs, strategy, private) => {
                let ((base, base_state), (theirs, their_state)) =
                    (snapshot(base), snapshot(theirs));
                let (merged, cells, names) = merge(
                    &base_state.contents,
                    &line.state.contents,
                    &their_state.contents,
                    strategy,
                    &private,
                );
                let is_manual = strategy == tape::MergeStrategy::Manual;
                match line.tape.merge(base, theirs, strategy, &private) {
                    Ok(report) => {
                        assert!(!is_manual || (cells.is_empty() && names == 0));
                        assert_eq!(report.cells_in_conflict, cells.len() as u64);
                        assert_eq!(report.names_in_conflict.len(), names);
                        assert!(!overlap(&merged));
                        line.state.contents = merged;
                    }
                    Err(conflicts) => {
                        assert!(is_manual || overlap(&merged));
                        assert!(is_manual || !conflicts.overlaps.is_empty());
                        if is_manual {
                            assert_eq!(conflicts.cells, cells);
                            assert_eq!(conflicts.names.len(), names);
                        }
                    }
                }
            }
            Command::One(command) => line.run(command),
        }
    }

    /// Compares everything that is left.
    fn check(mut self) {
        let mut hashes = Vec::new();
        let empty = Tape::new().snapshot();
        for line in &mut self.lines {
            line.check();
            for (at, byte) in &line.state.contents.bytes {
                assert_eq!(line.tape.load_u8(*at), Some(*byte));
                assert_eq!(
                    line.tape.load_u8(at.wrapping_add(8)),
                    Some(line.state.peek(at.wrapping_add(8), 1)[0])
                );
            }
            let snapshot = line.tape.snapshot();
            assert_eq!(snapshot.content_hash(), line.tape.content_hash());
            self.snapshots.push((snapshot, line.state.clone()));
        }
        for (snapshot, state) in &self.snapshots {
            check_diff(&(empty.clone(), State::default()), &(snapshot.clone(), state.clone()));
            assert_eq!(snapshot.content_hash(), state.to_tape().content_hash());
            hashes.push((snapshot.content_hash(), &state.contents));
            assert_eq!(snapshot.head(), state.contents.head);
            assert_eq!(segments(snapshot.names().segments()), state.contents.segments);
        }
        for (hash, contents) in &hashes {
            for (other, others) in &hashes {
                assert_eq!(hash == other, contents == others);
            }
        }
        let tape = Tape::new();
        assert_eq!(tape.memory(), 0);
    }
}

fn check_diff((older, before): &(TapeSnapshot, State), (newer, after): &(TapeSnapshot, State)) {
    let (old, new) = (before.contents.cells(), after.contents.cells());
    let mut positions: Vec<i64> = old.keys().chain(new.keys()).copied().collect();
    positions.sort_unstable();
    positions.dedup();
    let cell = |position| CellChange {
        position,
        before: *old.get(&position).unwrap_or(&0),
        after: *new.get(&position).unwrap_or(&0),
    };
    let expected: Vec<_> =
        positions.into_iter().map(cell).filter(|change| change.before != change.after).collect();
    let found: Vec<_> = diff(older, newer).collect();
    assert_eq!(found, expected);
    for change in expected.iter().filter(|change| change.position < i64::MAX - 8) {
        assert!(newer.differs_in(older, change.position..change.position + 8));
    }
    assert!(!newer.differs_in(&newer.clone(), i64::MIN..i64::MAX));
}

impl Line {
    fn run(&mut self, command: Single) {
        let (tape, state) = (&mut self.tape, &mut self.state);
        let head = state.contents.head;
        match command {
            Single::Store(width, at, value) => {
                let stored = match width {
                    1 => tape.store_u8(at, value.to_le_bytes()[0]),
                    2 => tape.store_u16(
                        at,
                        u16::from_le_bytes(*value.to_le_bytes().first_chunk().unwrap()),
                    ),
                    4 => tape.store_u32(
                        at,
                        u32::from_le_bytes(*value.to_le_bytes().first_chunk().unwrap()),
                    ),
                    _ => tape.store_u64(at, value),
                };
                assert_eq!(stored, state.poke(at, &value.to_le_bytes()[..width], &self.watched));
            }
            Single::Load(width, at) => {
                let loaded = match width {
                    1 => tape.load_u8(at).map(u64::from),
                    2 => tape.load_u16(at).map(u64::from),
                    4 => tape.load_u32(at).map(u64::from),
                    _ => tape.load_u64(at),
                };
                let mut bytes = state.peek(at, width);
                bytes.resize(8, 0);
                let value = u64::from_le_bytes(bytes.try_into().unwrap());
                assert_eq!(loaded, fits(at, width).then_some(value));
            }
            Single::Poke(at, bytes) => {
                assert_eq!(tape.poke(at, &bytes), state.poke(at, &bytes, &self.watched));
            }
            Single::Protect(range) => {
                tape.protect(range.clone());
                state.protected.push(range);
            }
            Single::Watch(ranges) => {
                tape.watch(&ranges);
                self.watched = ranges;
            }
            Single::Write(bytes) => {
                assert_eq!(tape.write(&bytes).is_ok(), state.write(head, &bytes));
            }
            Single::Seek(position) => {
                tape.seek(position);
                state.trail.push(naive::Undo::Head(head));
                state.contents.head = position;
            }
            Single::Advance(by) => {
                let position = head.checked_add(by);
                assert_eq!(tape.advance(by).is_ok(), position.is_some());
                if let Some(position) = position {
                    state.trail.push(naive::Undo::Head(head));
                    state.contents.head = position;
                }
            }
            Single::Mark(name) => {
                tape.mark(name);
                state.set_mark(name, Some(head));
            }
            Single::RemoveMark(name) => {
                assert_eq!(tape.remove_mark(name), state.contents.marks.get(name).copied());
                state.set_mark(name, None);
            }
            Single::Create(name, start, size) => {
                let created = match start {
                    None => tape.create_segment(name, size, SegmentType::Data).ok(),
                    Some(start) => tape
                        .create_segment_at(name, start, size as u64, SegmentType::Data)
                        .ok()
                        .map(|()| start),
                };
                assert_eq!(created, state.create(name, start, size as u64));
            }
            Single::DropSegment(name) => {
                assert_eq!(tape.drop_segment(name).is_ok(), state.drop_segment(name));
            }
            Single::WriteSegment(name, offset, bytes) => {
                let place = state.contents.segments.get(name).copied().filter(|(_, size)| {
                    u64::try_from(offset).is_ok_and(|offset| offset + bytes.len() as u64 <= *size)
                });
                let is_written =
                    place.is_some_and(|(start, _)| state.write(start + offset, &bytes));
                assert_eq!(tape.write_segment(name, offset, &bytes).is_ok(), is_written);
                if is_written {
                    assert_eq!(tape.read_segment(name, offset, bytes.len()).unwrap(), bytes);
                }
            }
            Single::Checkpoint(name) => {
                tape.checkpoint(name);
                state.checkpoints.push((name.to_owned(), state.trail.len()));
            }
            Single::Rewind(count) => assert_eq!(tape.rewind(count).is_ok(), state.rewind(count)),
            Single::RewindTo(name) => assert_eq!(tape.rewind(name).is_ok(), state.rewind_to(name)),
            Single::Commit(name) => assert_eq!(tape.commit(name).is_ok(), state.commit(name)),
            Single::Check => self.check(),
        }
    }

    fn check(&self) {
        let (tape, contents) = (&self.tape, &self.state.contents);
        assert_eq!(tape.head(), contents.head);
        assert_eq!(tape.trail_len(), self.state.trail.len());
        assert!(tape.marks().eq(contents.marks.iter().map(|(name, at)| (name.as_str(), *at))));
        assert_eq!(segments(tape.segments()), contents.segments);
        assert!(tape.segments().map(tape::Segment::start).is_sorted());
        let checkpoints = self.state.checkpoints.iter().map(|(name, len)| (name.as_str(), *len));
        assert!(tape.checkpoints().eq(checkpoints));
        assert_eq!(tape.content_hash(), self.state.to_tape().content_hash());
        for at in contents.bytes.keys().flat_map(|at| [*at, at.saturating_sub(5)]) {
            let mut bytes = [1; 16];
            assert_eq!(tape.peek(at, &mut bytes), fits(at, 16));
            assert_eq!(bytes.as_slice(), self.state.peek(at, 16));
            let there = contents
                .segments
                .iter()
                .find(|(_, (start, size))| *start <= at && at < start.wrapping_add_unsigned(*size));
            assert_eq!(
                tape.segment_at(at).map(tape::Segment::name),
                there.map(|(name, _)| name.as_str())
            );
        }
    }
}
