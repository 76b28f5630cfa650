//! States written down: registers, positions, the pages of the tape, and moments.

use std::collections::BTreeMap;
use std::sync::Arc;

use machine::{Portable, StateError, StateReader, StateWriter};
use tape::{Names, PAGE_SIZE, Stored, Tape};

use crate::image::{ByteReader, ByteWriter, read_segment_type, write_segment_type};
use crate::layout;
use crate::moment::{KnownMoments, Moments, WrittenMoments};
use crate::operand::{CodeIndex, Strategy};
use crate::registers::{Flags, RegisterFile};
use crate::savepoint::{SAVEPOINTS_MAX, Savepoints};
use crate::vm::{Cold, Core, Snapshot, Vm};
use crate::world::Worlds;

/// A state with checkpoints of the program's own, with forks that no merge has folded, or with a
/// trail that the program can rewind by, has no bytes.
impl Portable for Vm {
    fn write_state(&mut self) -> Option<Vec<u8>> {
        if self.program.rewinds_by_steps() {
            return None;
        }
        let now = self.take_snapshot();
        let savepoints = now.core.cold.savepoints.clone();
        let mut open: Vec<_> = savepoints.iter().collect();
        open.reverse();
        let states = || open.iter().map(|savepoint| &savepoint.state).chain([&now]);
        let has_bytes = |state: &Snapshot| {
            let Cold { checkpoints, forks, .. } = &*state.core.cold;
            checkpoints.is_empty() && forks.is_empty()
        };
        if !states().all(has_bytes) {
            return None;
        }
        let mut writer = StateWriter::default();
        writer.count(open.len());
        // Each tape is told by what it has other than the one before.
        let mut before = BTreeMap::new();
        let mut moments = self.program.changes_moments().then(WrittenMoments::default);
        for (state, savepoint) in states().zip(open.iter().map(Some).chain([None])) {
            if let Some(savepoint) = savepoint {
                writer.option(savepoint.handler.map(|handler| handler.0.into()));
                writer.number(savepoint.catches.into());
            }
            before = write_snapshot(&mut writer, state, &before);
            if let Some(moments) = &mut moments {
                moments.write(&state.core.cold.moments, &mut writer);
            }
            if self.program.keeps_data() {
                state.core.cold.worlds.write(&mut writer);
            }
        }
        Some(writer.into_bytes())
    }

    fn read_state(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        let mut reader = StateReader::new(bytes);
        let len = self.program.instructions().len();
        let mut savepoints = Savepoints::default();
        let mut tape = Tape::new();
        let mut beside = Beside {
            moments: self
                .program
                .changes_moments()
                .then(|| KnownMoments::of(&self.core.cold.moments)),
            begun_with: Arc::clone(&self.core.cold.moments),
            keeps_data: self.program.keeps_data(),
        };
        let count = reader.count(16 * 8)?;
        if count > SAVEPOINTS_MAX {
            return Err(StateError);
        }
        for _ in 0..count {
            let handler = match reader.option()? {
                None => None,
                Some(index) => {
                    let index = u32::try_from(index).map_err(|_| StateError)?;
                    Some(CodeIndex(index)).filter(|it| (it.0 as usize) < len)
                }
            };
            let catches = reader.number()? == 1;
            let is_first = savepoints.is_empty();
            let (registers, core) =
                read_snapshot(&mut reader, (len, is_first), &mut tape, &mut beside)?;
            let state = Snapshot { registers, core, tape: tape.snapshot(), trail: None };
            savepoints = savepoints.with((handler, catches), state);
        }
        let is_first = savepoints.is_empty();
        let (registers, core) =
            read_snapshot(&mut reader, (len, is_first), &mut tape, &mut beside)?;
        reader.finish()?;
        (self.registers, self.core, self.tape) = (registers, core, tape);
        if !savepoints.is_empty() {
            self.cold_mut().savepoints = savepoints;
        }
        self.executed.clear();
        self.watching.clear();
        self.period = 0..0;
        self.back_limit = self.back_limit.map(|_| self.core.tick);
        let start = self.start_here();
        self.trail.restart(start);
        Ok(())
    }
}

/// The pages of a tape that are not all zeros, by where they begin.
type PagesAt<'s> = BTreeMap<i64, &'s [u8; PAGE_SIZE]>;

/// Writes a state, of whose pages those are left out that are as before.
fn write_snapshot<'s>(
    writer: &mut StateWriter,
    state: &'s Snapshot,
    before: &PagesAt<'_>,
) -> PagesAt<'s> {
    let core = &state.core;
    writer.words(&state.registers.general.map(i64::cast_unsigned));
    writer.number(state.registers.flags.bits().into());
    writer.number(core.ip.into());
    writer.words(&[core.sp, core.fp, core.hp].map(i64::cast_unsigned));
    writer.words(&[core.tick, core.rewinds, u64::from(core.stale) | u64::from(core.strayed) << 16]);
    writer.option(core.cold.choice.map(|choice| choice as u64));
    writer.number(u64::from(core.cold.carry.is_some()));
    writer.bytes(core.cold.carry.as_deref().unwrap_or_default());
    writer.number(state.tape.head().cast_unsigned());
    writer.bytes(&names_to_bytes(state.tape.names()));
    const ZEROS: &[u8; PAGE_SIZE] = &[0; PAGE_SIZE];
    let pages: PagesAt<'s> =
        state.tape.pages().into_iter().filter(|(_, bytes)| *bytes != ZEROS).collect();
    let is_same = |at: &i64, bytes: &[u8; PAGE_SIZE]| {
        before.get(at).is_some_and(|old| std::ptr::eq(*old, bytes) || *old == bytes)
    };
    let gone = before.keys().filter(|at| !pages.contains_key(at)).map(|at| (at, &ZEROS));
    let changed = pages.iter().filter(|(at, bytes)| !is_same(at, bytes));
    let changed: Vec<_> = changed.chain(gone).collect();
    writer.count(changed.len());
    for (start, bytes) in changed {
        writer.number(start.cast_unsigned());
        writer.bytes(*bytes);
    }
    pages
}

/// What a program has in its states beside the tape.
struct Beside {
    moments: Option<KnownMoments>,
    /// The moments of a program that never changes them.
    begun_with: Arc<Moments>,
    keeps_data: bool,
}

/// Reads a state. The tape is that of the one before.
fn read_snapshot(
    reader: &mut StateReader<'_>,
    (len, is_first): (usize, bool),
    tape: &mut Tape,
    beside: &mut Beside,
) -> Result<(RegisterFile, Core), StateError> {
    let mut registers = RegisterFile::default();
    for register in &mut registers.general {
        *register = reader.number()?.cast_signed();
    }
    registers.flags = Flags::from_bits(reader.small()?);
    let ip: u32 = reader.small()?;
    if ip as usize > len {
        return Err(StateError);
    }
    let mut position = || Ok(reader.number()?.cast_signed());
    let (sp, fp, hp) = (position()?, position()?, position()?);
    let (tick, rewinds) = (reader.number()?, reader.number()?);
    let stale: u32 = reader.small()?;
    let (stale, strayed) = (stale & 0xffff, stale >> 16);
    let stale = u16::try_from(stale).map_err(|_| StateError)?;
    let strayed = match strayed {
        0 => false,
        1 => true,
        _ => return Err(StateError),
    };
    let choice = match reader.option()? {
        None => None,
        Some(number) => Some(strategy(number).ok_or(StateError)?),
    };
    let (has_carry, carry) = (reader.number()?, reader.bytes()?);
    let carry = (has_carry == 1).then(|| carry.into());
    let mut cold = Cold { choice, carry, ..Cold::default() };
    read_tape(reader, tape)?;
    cold.moments = match &mut beside.moments {
        Some(moments) => moments.read(reader, tape)?.into(),
        None => Arc::clone(&beside.begun_with),
    };
    if beside.keeps_data {
        cold.worlds = Worlds::read(reader, tape)?.into();
    }
    // The first state brings the code, which no other one changes.
    if is_first {
        tape.protect(layout::CODE);
    }
    Ok((registers, Core { ip, sp, fp, hp, tick, rewinds, stale, strayed, cold: cold.into() }))
}

fn read_tape(reader: &mut StateReader<'_>, tape: &mut Tape) -> Result<(), StateError> {
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
    Ok(())
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
