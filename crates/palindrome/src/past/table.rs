//! Steps with the table of moments, as a frame of a tape or a recording has them.

use palindrome_vm::image::{ByteReader, ByteWriter};
use palindrome_vm::{ImageError, MomentTable};

use super::{Past, PastError, Place, Step};

/// What is added to a past.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Steps {
    /// How many of the steps before stay.
    pub keeps: u64,
    /// What is known of all moments, if that is another than before; with the newest forgotten one.
    pub table: Option<(MomentTable, Option<(u64, i64)>)>,
    /// The steps.
    pub steps: Vec<Step>,
}

impl Steps {
    /// Two parts: what is told of the steps, and their bytes, which are at hand.
    ///
    /// # Errors
    /// Bytes of a step are not at hand.
    pub fn to_parts(&self) -> Result<[Vec<u8>; 2], PastError> {
        let (mut heads, mut bytes) = (ByteWriter::new(), Vec::new());
        heads.u64(self.keeps);
        heads.u8(u8::from(self.table.is_some()));
        if let Some((table, forgotten)) = &self.table {
            write_table(&mut heads, table, *forgotten);
        }
        heads.count(self.steps.len());
        for step in &self.steps {
            let Place::Held(own) = &step.place else {
                return Err(PastError("a transaction is not at hand".to_owned()));
            };
            step.write_head(&mut heads);
            bytes.extend_from_slice(own);
        }
        Ok([heads.into_bytes(), bytes])
    }

    /// Reads what is told of steps, whose bytes, so many, lie in a frame.
    ///
    /// # Errors
    /// It is something else.
    pub fn from_heads(bytes: &[u8], frame: u64, length: usize) -> Result<Self, ImageError> {
        let mut reader = ByteReader::new("moments", bytes);
        let keeps = reader.u64()?;
        let table = if reader.flag()? { Some(read_table(&mut reader)?) } else { None };
        let mut from = 0_u32;
        let steps = reader.list(5, |reader| {
            let step = Step::read_head(reader, (frame, from))?;
            let size = u32::try_from(step.size()).unwrap_or(u32::MAX);
            from = from.checked_add(size).ok_or_else(|| reader.wrong(0, "a length of steps"))?;
            Ok::<_, ImageError>(step)
        })?;
        if from as usize != length {
            return Err(reader.wrong(0, "the length of the steps"));
        }
        reader.finish()?;
        Ok(Self { keeps, table, steps })
    }

    /// With the bytes at hand.
    #[must_use]
    pub fn held(mut self, bytes: &[u8]) -> Self {
        for step in &mut self.steps {
            if let Place::Lies { from, length, .. } = step.place {
                let (from, length) = (from as usize, length as usize);
                let own = bytes.get(from..from.saturating_add(length)).unwrap_or_default();
                step.place = Place::Held(own.into());
            }
        }
        self
    }
}

impl Past {
    /// Adds steps.
    ///
    /// # Errors
    /// They do not follow what is there.
    pub fn add(&mut self, new: Steps) -> Result<(), PastError> {
        let keeps = usize::try_from(new.keeps).unwrap_or(usize::MAX);
        if keeps > self.steps().len() {
            return Err(PastError("it follows transactions that are not there".to_owned()));
        }
        self.truncate(keeps);
        for step in new.steps {
            if !self.push(step) {
                return Err(PastError("its moments are not later than those before".to_owned()));
            }
        }
        if let Some((table, forgotten)) = new.table {
            self.set_table(table, forgotten);
        }
        let newest = self.stamps().next_back();
        if newest.is_some_and(|newest| newest.number >= self.table().next) {
            return Err(PastError("its moments are later than its newest".to_owned()));
        }
        Ok(())
    }

    /// All of it as bytes, for a recording.
    ///
    /// # Errors
    /// What lies elsewhere cannot be read.
    pub fn to_bytes(&self) -> Result<Vec<u8>, PastError> {
        let held = |step: &Step| {
            Ok::<_, PastError>(Step { place: Place::Held(self.bytes(step)?), ..step.clone() })
        };
        let steps = self.steps().iter().map(held).collect::<Result<_, _>>()?;
        let table = Some((self.table().clone(), self.forgotten()));
        let mut writer = ByteWriter::new();
        for part in (Steps { keeps: 0, table, steps }).to_parts()? {
            writer.bytes(&part);
        }
        Ok(writer.into_bytes())
    }

    /// From such bytes.
    ///
    /// # Errors
    /// They are something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ImageError> {
        let mut reader = ByteReader::new("past", bytes);
        let (heads, own) = (reader.bytes()?, reader.bytes()?);
        reader.finish()?;
        let steps = Steps::from_heads(heads, 0, own.len())?.held(own);
        let mut past = Self::default();
        past.add(steps).map_err(|_| ByteReader::new("past", bytes).wrong(0, "a past in order"))?;
        Ok(past)
    }
}

fn write_table(writer: &mut ByteWriter, table: &MomentTable, forgotten: Option<(u64, i64)>) {
    writer.u64(table.next);
    writer.count(table.branches.len());
    for (name, newest) in &table.branches {
        writer.text(name);
        writer.u64(*newest);
    }
    writer.u32(u32::try_from(table.present).unwrap_or(u32::MAX));
    writer.count(table.names.len());
    for (name, number) in &table.names {
        writer.text(name);
        writer.u64(*number);
    }
    writer.u8(u8::from(forgotten.is_some()));
    if let Some((number, time)) = forgotten {
        writer.u64(number);
        writer.i64(time);
    }
}

fn read_table(
    reader: &mut ByteReader<'_>,
) -> Result<(MomentTable, Option<(u64, i64)>), ImageError> {
    let next = reader.u64()?;
    let branches =
        reader.list(12, |reader| Ok::<_, ImageError>((reader.text()?, reader.u64()?)))?;
    let present = reader.u32()? as usize;
    let names = reader.list(12, |reader| Ok::<_, ImageError>((reader.text()?, reader.u64()?)))?;
    let forgotten = if reader.flag()? { Some((reader.u64()?, reader.i64()?)) } else { None };
    let is_known = branches.iter().all(|(_, newest)| *newest < next);
    if !is_known || present >= branches.len().max(1) {
        return Err(reader.wrong(0, "a table of moments"));
    }
    let names = names.into_iter().collect();
    Ok((MomentTable { next, branches, present, names }, forgotten))
}
