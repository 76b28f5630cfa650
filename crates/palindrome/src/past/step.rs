//! One step of the past: what a transaction changed, as bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use palindrome_vm::ImageError;
use palindrome_vm::image::{ByteReader, ByteWriter};

/// The names of the top level with their values, as they are stored.
pub type StoredNames = BTreeMap<String, Arc<[u8]>>;

/// Which moment a step made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The number of the moment.
    pub number: u64,
    /// Nanoseconds since 1970.
    pub time: i64,
    /// The number of the moment before it on its branch.
    pub before: Option<u64>,
}

/// Where the bytes of a step are.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// At hand.
    Held(Arc<[u8]>),
    /// In the steps of the frame at a position of a file.
    Lies {
        /// The frame.
        frame: u64,
        /// Where among its steps.
        from: u32,
        /// How many bytes.
        length: u32,
    },
}

/// What one transaction changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The moment, if the step made one: definitions alone do not.
    pub stamp: Option<Stamp>,
    /// Whether it says all, and not only what is other than before.
    pub is_whole: bool,
    /// What it says.
    pub place: Place,
}

impl Step {
    /// How many bytes it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        match &self.place {
            Place::Held(bytes) => bytes.len() as u64,
            Place::Lies { length, .. } => u64::from(*length),
        }
    }

    /// Writes what is told of it beside its bytes.
    pub(super) fn write_head(&self, writer: &mut ByteWriter) {
        let before = self.stamp.and_then(|stamp| stamp.before);
        let flags = u8::from(self.stamp.is_some())
            | u8::from(self.is_whole) << 1
            | u8::from(before.is_some()) << 2;
        writer.u8(flags);
        if let Some(stamp) = self.stamp {
            writer.u64(stamp.number);
            writer.i64(stamp.time);
        }
        if let Some(before) = before {
            writer.u64(before);
        }
        writer.u32(u32::try_from(self.size()).unwrap_or(u32::MAX));
    }

    /// Reads such a head, of a step whose bytes lie in a frame.
    pub(super) fn read_head(
        reader: &mut ByteReader<'_>,
        (frame, from): (u64, u32),
    ) -> Result<Self, ImageError> {
        let flags = reader.u8()?;
        if flags > 7 || flags & 5 == 4 {
            return Err(reader.wrong(0, "a step"));
        }
        let mut stamp = None;
        if flags & 1 != 0 {
            let (number, time) = (reader.u64()?, reader.i64()?);
            let before = if flags & 4 != 0 { Some(reader.u64()?) } else { None };
            if before.is_some_and(|before| before >= number) {
                return Err(reader.wrong(0, "a moment before this one"));
            }
            stamp = Some(Stamp { number, time, before });
        }
        let place = Place::Lies { frame, from, length: reader.u32()? };
        Ok(Self { stamp, is_whole: flags & 2 != 0, place })
    }
}

/// What a step says: names that have other values, or none any more, and bytes of the store.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Change<'b> {
    pub(super) names: Vec<(String, Option<Arc<[u8]>>)>,
    pub(super) store: Cow<'b, [u8]>,
}

impl<'b> Change<'b> {
    pub(super) fn to_bytes(&self) -> Arc<[u8]> {
        let mut writer = ByteWriter::new();
        writer.count(self.names.len());
        for (name, value) in &self.names {
            writer.text(name);
            writer.bytes(value.as_deref().unwrap_or_default());
        }
        writer.bytes(&self.store);
        writer.into_bytes().into()
    }

    pub(super) fn from_bytes(bytes: &'b [u8]) -> Result<Self, ImageError> {
        let mut reader = ByteReader::new("step", bytes);
        let names = reader.list(8, |reader| {
            let (name, value) = (reader.text()?, reader.bytes()?);
            Ok::<_, ImageError>((name, (!value.is_empty()).then(|| value.into())))
        })?;
        let store = reader.bytes()?;
        reader.finish()?;
        Ok(Self { names, store: store.into() })
    }

    /// What a step says of a name: its other value or that it has none any more, if it says something.
    pub(super) fn value_of(
        bytes: &'b [u8],
        wanted: &str,
    ) -> Result<Option<Option<&'b [u8]>>, ImageError> {
        let mut reader = ByteReader::new("step", bytes);
        let mut found = None;
        for _ in 0..reader.count(8)? {
            let (name, value) = (reader.str()?, reader.bytes()?);
            if name == wanted {
                found = Some((!value.is_empty()).then_some(value));
            }
        }
        Ok(found)
    }
}

/// What changed from some names to others.
pub(super) fn names_between(
    before: &StoredNames,
    after: &StoredNames,
) -> Vec<(String, Option<Arc<[u8]>>)> {
    let new = after.iter().filter(|(name, value)| before.get(*name) != Some(value));
    let mut found: Vec<_> =
        new.map(|(name, value)| (name.clone(), Some(Arc::clone(value)))).collect();
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    found.extend(gone.map(|name| (name.clone(), None)));
    found
}
