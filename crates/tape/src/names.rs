//! What a tape has names for: marks and segments, in one value that is shared in O(1).

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use xxhash_rust::xxh3::Xxh3;

use crate::{Segment, SegmentType, TapeError};

/// The marks and segments of a tape.
///
/// Cloning costs O(1). Changes are not recorded on any trail: a machine with its own history keeps
/// the old value, or undoes a change by the opposite one.
#[derive(Clone, Default)]
pub struct Names(Arc<Table>);

#[derive(Clone, Default)]
struct Table {
    marks: BTreeMap<String, i64>,
    segments: BTreeMap<String, Segment>,
    /// The names of the segments by their first positions.
    starts: BTreeMap<i64, String>,
    digest: OnceLock<u64>,
}

impl Names {
    /// Where the mark stands.
    #[must_use]
    pub fn mark_position(&self, name: &str) -> Option<i64> {
        self.0.marks.get(name).copied()
    }

    /// All marks, by name.
    pub fn marks(&self) -> impl Iterator<Item = (&str, i64)> {
        self.0.marks.iter().map(|(name, position)| (name.as_str(), *position))
    }

    /// Puts a mark, and returns where it stood before.
    pub fn set_mark(&mut self, name: impl Into<String>, position: i64) -> Option<i64> {
        self.edit().marks.insert(name.into(), position)
    }

    /// Takes a mark away, and returns where it stood.
    pub fn remove_mark(&mut self, name: &str) -> Option<i64> {
        self.0.marks.contains_key(name).then(|| self.edit().marks.remove(name))?
    }

    /// The segment of that name.
    #[must_use]
    pub fn segment(&self, name: &str) -> Option<&Segment> {
        self.0.segments.get(name)
    }

    /// The segment that holds `position`.
    #[must_use]
    pub fn segment_at(&self, position: i64) -> Option<&Segment> {
        let (_, name) = self.0.starts.range(..=position).next_back()?;
        self.segment(name).filter(|segment| position < segment.end())
    }

    /// All segments, by their first positions.
    pub fn segments(&self) -> impl Iterator<Item = &Segment> {
        self.0.starts.values().filter_map(|name| self.segment(name))
    }

    /// Creates a segment in the first gap from 0 upward that is large enough.
    ///
    /// # Errors
    /// The name is taken, the size is 0, the schema is unsound, or there is no such gap.
    pub fn create_segment(
        &mut self,
        name: impl Into<String>,
        size: u64,
        kind: SegmentType,
    ) -> Result<&Segment, TapeError> {
        let name = name.into();
        let mut start = 0;
        for segment in self.segments().filter(|segment| segment.end() > 0) {
            if start <= segment.start() && segment.start().abs_diff(start) >= size {
                break;
            }
            start = segment.end();
        }
        self.create_segment_at(name, start, size, kind)
    }

    /// Creates a segment at `start`.
    ///
    /// # Errors
    /// The name is taken, the size is 0, the schema is unsound, it would not end on the tape, or it
    /// would overlap another.
    pub fn create_segment_at(
        &mut self,
        name: impl Into<String>,
        start: i64,
        size: u64,
        kind: SegmentType,
    ) -> Result<&Segment, TapeError> {
        let name = name.into();
        if self.segment(&name).is_some() {
            return Err(TapeError::DuplicateSegment { name });
        }
        self.insert_segment(Segment::new(name, start, size, kind)?)
    }

    /// Puts a segment, dropped before or taken from elsewhere, in its place.
    ///
    /// # Errors
    /// The name is taken, or it would overlap another.
    pub fn insert_segment(&mut self, segment: Segment) -> Result<&Segment, TapeError> {
        let name = segment.name().to_owned();
        if self.segment(&name).is_some() {
            return Err(TapeError::DuplicateSegment { name });
        }
        if let Some(other) = self.overlapping(&segment) {
            return Err(TapeError::SegmentOverlap { name, other: other.name().to_owned() });
        }
        let table = self.edit();
        table.starts.insert(segment.start(), name.clone());
        Ok(table.segments.entry(name).or_insert(segment))
    }

    /// Drops a segment, whose bytes stay as they are, and returns it.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn drop_segment(&mut self, name: &str) -> Result<Segment, TapeError> {
        let unknown = || TapeError::UnknownSegment { name: name.to_owned() };
        self.segment(name).ok_or_else(unknown)?;
        let table = self.edit();
        let segment = table.segments.remove(name).ok_or_else(unknown)?;
        table.starts.remove(&segment.start());
        Ok(segment)
    }

    /// Whether both are the same value, not only equal ones.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The first segment that shares a position with `segment`.
    fn overlapping(&self, segment: &Segment) -> Option<&Segment> {
        self.segment_at(segment.start()).or_else(|| {
            let (_, name) = self.0.starts.range(segment.range()).next()?;
            self.segment(name)
        })
    }

    fn edit(&mut self) -> &mut Table {
        let table = Arc::make_mut(&mut self.0);
        table.digest.take();
        table
    }

    /// A digest of all names, the same on every machine; kept until a name changes.
    pub(crate) fn digest(&self) -> u64 {
        *self.0.digest.get_or_init(|| {
            let mut hash = Sink(Xxh3::new());
            hash.count(self.0.marks.len());
            for (name, position) in self.marks() {
                hash.text(name);
                hash.number(position.cast_unsigned());
            }
            hash.count(self.0.segments.len());
            for segment in self.segments() {
                hash.segment(segment);
            }
            hash.0.digest()
        })
    }
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.is(other) || (self.0.marks == other.0.marks && self.0.segments == other.0.segments)
    }
}

impl Eq for Names {}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Names")
            .field("marks", &self.0.marks)
            .field("segments", &self.0.segments.values())
            .finish()
    }
}

/// Feeds values to a hash such that different values feed different bytes.
struct Sink(Xxh3);

impl Sink {
    fn number(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }

    fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.update(text.as_bytes());
    }

    fn segment(&mut self, segment: &Segment) {
        self.text(segment.name());
        self.number(segment.start().cast_unsigned());
        self.number(segment.size());
        self.text(segment.kind().name());
        let Some(schema) = segment.schema() else { return };
        self.count(schema.fields.len());
        for field in &schema.fields {
            self.text(&field.name);
            self.0.update(&[field.dtype.code(), u8::from(field.nullable)]);
            self.number(field.dtype.size());
        }
        self.count(schema.primary_key.len());
        for name in &schema.primary_key {
            self.text(name);
        }
    }
}
