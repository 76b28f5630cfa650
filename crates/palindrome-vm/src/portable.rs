//! States written down: registers, positions, the pages of the tape, and moments.

use std::sync::Arc;

use machine::{Portable, StateError, StateReader, StateWriter};
use tape::{Names, PAGE_SIZE, Stored, Tape};

use crate::image::{ByteReader, ByteWriter, read_segment_type, write_segment_type};
use crate::layout;
use crate::moment::Moments;
use crate::operand::Strategy;
use crate::registers::Flags;
use crate::vm::{Cold, Core, Vm};

/// A state with checkpoints of the program's own, with forks that no merge has folded, or with a
/// trail that the program can rewind by, has no bytes.
impl Portable for Vm {
    fn write_state(&mut self) -> Option<Vec<u8>> {
        let Cold { checkpoints, forks, choice, moments } = &*self.core.cold;
        let moments = Arc::clone(moments);
        if !checkpoints.is_empty() || !forks.is_empty() || self.program.rewinds_by_steps() {
            return None;
        }
        let choice = choice.map(|choice| choice as u64);
        let mut writer = StateWriter::default();
        let core = &self.core;
        writer.words(&self.registers.general.map(i64::cast_unsigned));
        writer.number(self.registers.flags.bits().into());
        writer.number(core.ip.into());
        writer.words(&[core.sp, core.fp, core.hp].map(i64::cast_unsigned));
        writer.words(&[core.tick, core.rewinds, core.stale.into()]);
        writer.option(choice);
        let tape = self.tape.snapshot();
        writer.number(tape.head().cast_unsigned());
        writer.bytes(&names_to_bytes(tape.names()));
        let pages = tape.pages();
        let pages: Vec<_> =
            pages.into_iter().filter(|(_, bytes)| *bytes != &[0; PAGE_SIZE]).collect();
        writer.count(pages.len());
        for (start, bytes) in pages {
            writer.number(start.cast_unsigned());
            writer.bytes(bytes);
        }
        if self.program.keeps_moments() {
            moments.write(&mut writer);
        }
        Some(writer.into_bytes())
    }

    fn read_state(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        let mut reader = StateReader::new(bytes);
        for register in &mut self.registers.general {
            *register = reader.number()?.cast_signed();
        }
        self.registers.flags = Flags::from_bits(reader.small()?);
        let ip: u32 = reader.small()?;
        if ip as usize > self.program.instructions().len() {
            return Err(StateError);
        }
        let mut position = || Ok(reader.number()?.cast_signed());
        let (sp, fp, hp) = (position()?, position()?, position()?);
        let (tick, rewinds) = (reader.number()?, reader.number()?);
        let stale = reader.small()?;
        let choice = match reader.option()? {
            None => None,
            Some(number) => Some(strategy(number).ok_or(StateError)?),
        };
        self.tape = tape(&mut reader)?;
        let mut cold = Cold { choice, ..Cold::default() };
        if self.program.keeps_moments() {
            cold.moments = Moments::read(&mut reader, &mut self.tape)?.into();
        }
        self.core = Core { ip, sp, fp, hp, tick, rewinds, stale, cold: cold.into() };
        reader.finish()?;
        self.executed.clear();
        self.watching.clear();
        self.back_limit = self.back_limit.map(|_| tick);
        let start = self.start_here();
        self.trail.restart(start);
        Ok(())
    }
}

fn tape(reader: &mut StateReader<'_>) -> Result<Tape, StateError> {
    let mut tape = Tape::new();
    tape.set_head(reader.number()?.cast_signed());
    *tape.names_mut() = names_from_bytes(reader.bytes()?)?;
    for _ in 0..reader.count(PAGE_SIZE)? {
        let start = reader.number()?.cast_signed();
        let bytes = reader.bytes()?;
        let is_page = bytes.len() == PAGE_SIZE && start.cast_unsigned() % PAGE_SIZE as u64 == 0;
        if !is_page || tape.poke(start, bytes) != Stored::Ok {
            return Err(StateError);
        }
    }
    tape.protect(layout::CODE);
    Ok(tape)
}

fn names_to_bytes(names: &Names) -> Vec<u8> {
    let mut writer = ByteWriter::new();
    let marks: Vec<_> = names.marks().collect();
    writer.count(marks.len());
    for (name, position) in marks {
        writer.text(name);
        writer.i64(position);
    }
    let segments: Vec<_> = names.segments().collect();
    writer.count(segments.len());
    for segment in segments {
        writer.text(segment.name());
        writer.i64(segment.start());
        writer.u64(segment.size());
        write_segment_type(&mut writer, segment.kind());
    }
    writer.into_bytes()
}

fn names_from_bytes(bytes: &[u8]) -> Result<Names, StateError> {
    let bad = |_| StateError;
    let mut reader = ByteReader::new("names", bytes);
    let mut names = Names::default();
    for _ in 0..reader.count(12).map_err(bad)? {
        let name = reader.text().map_err(bad)?;
        names.set_mark(name, reader.i64().map_err(bad)?);
    }
    for _ in 0..reader.count(21).map_err(bad)? {
        let name = reader.text().map_err(bad)?;
        let (start, size) = (reader.i64().map_err(bad)?, reader.u64().map_err(bad)?);
        let kind = read_segment_type(&mut reader).map_err(bad)?;
        names.create_segment_at(name, start, size, kind).map_err(|_| StateError)?;
    }
    reader.finish().map_err(bad)?;
    Ok(names)
}

fn strategy(number: u64) -> Option<Strategy> {
    Strategy::NAMES.iter().map(|(strategy, _)| *strategy).find(|it| *it as u64 == number)
}
