//! The naive twin of a tape: a map of bytes, copied as a whole.

use std::collections::BTreeMap;
use std::ops::Range;

use tape::{CellConflict, MergeStrategy, Segment, SegmentType, Stored, Tape};

/// What a content hash covers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Contents {
    /// The bytes that are not 0.
    pub(crate) bytes: BTreeMap<i64, u8>,
    pub(crate) head: i64,
    pub(crate) marks: BTreeMap<String, i64>,
    pub(crate) segments: BTreeMap<String, (i64, u64)>,
}

#[derive(Clone, Debug)]
pub(crate) enum Undo {
    Bytes(i64, Vec<u8>),
    Head(i64),
    Mark(String, Option<i64>),
    Segment(String, Option<(i64, u64)>),
}

/// What a snapshot holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) contents: Contents,
    pub(crate) protected: Vec<Range<i64>>,
    pub(crate) trail: Vec<Undo>,
    pub(crate) checkpoints: Vec<(String, usize)>,
}

impl State {
    pub(crate) fn peek(&self, at: i64, len: usize) -> Vec<u8> {
        let byte = |at: i128| i64::try_from(at).ok().and_then(|at| self.contents.bytes.get(&at));
        (0..len as i128).map(|turn| *byte(i128::from(at) + turn).unwrap_or(&0)).collect()
    }

    pub(crate) fn overwrite(&mut self, at: i64, bytes: &[u8]) {
        for (at, byte) in (at..=i64::MAX).zip(bytes) {
            if *byte == 0 {
                self.contents.bytes.remove(&at);
            } else {
                self.contents.bytes.insert(at, *byte);
            }
        }
    }

    pub(crate) fn poke(&mut self, at: i64, bytes: &[u8], watched: &[Range<i64>]) -> Stored {
        if !fits(at, bytes.len()) {
            return Stored::PastEnd;
        }
        if touches(&self.protected, at, bytes.len()) {
            return Stored::Protected;
        }
        self.overwrite(at, bytes);
        if touches(watched, at, bytes.len()) { Stored::Watched } else { Stored::Ok }
    }

    pub(crate) fn write(&mut self, at: i64, bytes: &[u8]) -> bool {
        let before = self.peek(at, bytes.len());
        let is_written = self.poke(at, bytes, &[]) == Stored::Ok;
        if is_written {
            self.trail.push(Undo::Bytes(at, before));
        }
        is_written
    }

    pub(crate) fn set_mark(&mut self, name: &str, position: Option<i64>) {
        let before = put(&mut self.contents.marks, name, position);
        if position.is_some() || before.is_some() {
            self.trail.push(Undo::Mark(name.to_owned(), before));
        }
    }

    /// Creates a segment in the first gap, or at a place, if that is allowed.
    pub(crate) fn create(&mut self, name: &str, start: Option<i64>, size: u64) -> Option<i64> {
        let is_free = |start: i64| {
            let end = i128::from(start) + i128::from(size);
            end <= i128::from(i64::MAX)
                && self.contents.segments.values().all(|(other, len)| {
                    end <= i128::from(*other)
                        || i128::from(*other) + i128::from(*len) <= start.into()
                })
        };
        let ends =
            self.contents.segments.values().map(|(start, len)| start.wrapping_add_unsigned(*len));
        let mut starts: Vec<i64> = ends.filter(|end| *end > 0).chain([0]).collect();
        starts.sort_unstable();
        let start = match start {
            Some(start) => Some(start).filter(|start| is_free(*start)),
            None => starts.into_iter().find(|start| is_free(*start)),
        };
        let start = start.filter(|_| size > 0 && !self.contents.segments.contains_key(name))?;
        self.contents.segments.insert(name.to_owned(), (start, size));
        self.trail.push(Undo::Segment(name.to_owned(), None));
        Some(start)
    }

    pub(crate) fn drop_segment(&mut self, name: &str) -> bool {
        let before = self.contents.segments.remove(name);
        let is_there = before.is_some();
        if is_there {
            self.trail.push(Undo::Segment(name.to_owned(), before));
        }
        is_there
    }

    pub(crate) fn rewind(&mut self, count: usize) -> bool {
        if count > self.trail.len() {
            return false;
        }
        for _ in 0..count {
            match self.trail.pop().unwrap() {
                Undo::Bytes(at, before) => self.overwrite(at, &before),
                Undo::Head(before) => self.contents.head = before,
                Undo::Mark(name, before) => drop(put(&mut self.contents.marks, &name, before)),
                Undo::Segment(name, before) => {
                    put(&mut self.contents.segments, &name, before);
                }
            }
        }
        self.checkpoints.retain(|(_, len)| *len <= self.trail.len());
        true
    }

    pub(crate) fn rewind_to(&mut self, name: &str) -> bool {
        let Some(index) = self.checkpoints.iter().rposition(|(known, _)| known == name) else {
            return false;
        };
        self.checkpoints.truncate(index + 1);
        self.rewind(self.trail.len() - self.checkpoints[index].1)
    }

    pub(crate) fn commit(&mut self, name: &str) -> bool {
        let index = self.checkpoints.iter().rposition(|(known, _)| known == name);
        self.checkpoints.truncate(index.unwrap_or(self.checkpoints.len()));
        index.is_some()
    }

    /// A tape with the same contents, made anew.
    pub(crate) fn to_tape(&self) -> Tape {
        let mut tape = Tape::new();
        for (at, byte) in &self.contents.bytes {
            assert_eq!(tape.poke(*at, &[*byte]), Stored::Ok);
        }
        tape.set_head(self.contents.head);
        for (name, position) in &self.contents.marks {
            tape.names_mut().set_mark(name.as_str(), *position);
        }
        for (name, (start, size)) in &self.contents.segments {
            tape.create_segment_at(name.as_str(), *start, *size, SegmentType::Data).unwrap();
        }
        tape
    }
}

impl Contents {
    /// The aligned groups of eight bytes in which one is not 0.
    pub(crate) fn cells(&self) -> BTreeMap<i64, u64> {
        let mut cells = BTreeMap::new();
        for (at, byte) in &self.bytes {
            *cells.entry(at & !7).or_insert(0) |= u64::from(*byte) << (8 * (at & 7));
        }
        cells
    }
}

/// What merging gives: the contents, and the conflicts in cells and in names.
pub(crate) fn merge(
    base: &Contents,
    ours: &Contents,
    theirs: &Contents,
    strategy: MergeStrategy,
    private: &[Range<i64>],
) -> (Contents, Vec<CellConflict>, usize) {
    let mut merged = ours.clone();
    let mut conflicts = Vec::new();
    let all = [base.cells(), ours.cells(), theirs.cells()];
    let positions: BTreeMap<i64, ()> =
        all.iter().flat_map(BTreeMap::keys).map(|position| (*position, ())).collect();
    for position in positions.into_keys().filter(|position| !touches(private, *position, 8)) {
        let [base, ours, theirs] =
            [0, 1, 2].map(|side: usize| *all[side].get(&position).unwrap_or(&0));
        let is_conflict = ours != base && theirs != base && ours != theirs;
        if is_conflict {
            conflicts.push(CellConflict { position, base, ours, theirs });
        }
        let both = ours.wrapping_add(theirs).wrapping_sub(base);
        let cell = match strategy {
            MergeStrategy::Combine => both,
            _ if !is_conflict => {
                if theirs == base {
                    ours
                } else {
                    theirs
                }
            }
            MergeStrategy::Latest => theirs,
            MergeStrategy::Earliest | MergeStrategy::Manual => ours,
        };
        let mut state = State { contents: merged, ..State::default() };
        state.overwrite(position, &cell.to_le_bytes());
        merged = state.contents;
    }
    let prefers_ours = strategy == MergeStrategy::Earliest;
    let mut names = merge_maps(&base.marks, &theirs.marks, &mut merged.marks, prefers_ours);
    names += merge_maps(&base.segments, &theirs.segments, &mut merged.segments, prefers_ours);
    (merged, conflicts, names)
}

/// Merges into `ours`, and says how many names are in conflict.
fn merge_maps<V: Clone + PartialEq>(
    base: &BTreeMap<String, V>,
    theirs: &BTreeMap<String, V>,
    ours: &mut BTreeMap<String, V>,
    prefers_ours: bool,
) -> usize {
    let mut conflicts = 0;
    let names: BTreeMap<&String, ()> =
        base.keys().chain(theirs.keys()).map(|name| (name, ())).collect();
    for name in names.into_keys() {
        let (before, our, their) = (base.get(name), ours.get(name), theirs.get(name));
        if their == before || their == our {
            continue;
        }
        let is_conflict = our != before;
        conflicts += usize::from(is_conflict);
        if !(is_conflict && prefers_ours) {
            put(ours, name, their.cloned());
        }
    }
    conflicts
}

/// Whether two segments share a byte.
pub(crate) fn overlap(contents: &Contents) -> bool {
    let mut ranges: Vec<_> = contents.segments.values().collect();
    ranges.sort_unstable();
    ranges
        .is_sorted_by(|one, two| one.0.wrapping_add_unsigned(one.1) <= two.0)
        .then_some(())
        .is_none()
}

pub(crate) fn fits(at: i64, len: usize) -> bool {
    i128::from(at) + len as i128 <= i128::from(i64::MAX) + 1
}

pub(crate) fn touches(ranges: &[Range<i64>], at: i64, len: usize) -> bool {
    let end = i128::from(at) + len as i128;
    ranges
        .iter()
        .any(|range| i128::from(range.start).max(at.into()) < i128::from(range.end).min(end))
}

fn put<V>(map: &mut BTreeMap<String, V>, name: &str, value: Option<V>) -> Option<V> {
    match value {
        Some(value) => map.insert(name.to_owned(), value),
        None => map.remove(name),
    }
}

/// What the tape says of its segments, in the model's words.
pub(crate) fn segments<'s>(
    segments: impl Iterator<Item = &'s Segment>,
) -> BTreeMap<String, (i64, u64)> {
    segments.map(|segment| (segment.name().to_owned(), (segment.start(), segment.size()))).collect()
}
