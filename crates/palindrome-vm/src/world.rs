//! Worlds: parts of a program that each begin with the same data, and data that are kept by number,
//! so that what worlds came to can be looked at and merged. `KEEP_DATA`, `PUT_DATA`, `DROP_DATA`,
//! `WORLD`, `WORLD_END`, `BRANCH_OFF`; decision 0026.
//!
//! Worlds are done one after the other. What is kept are the data, [`STATE`]; values that they refer to
//! are on the heap, where each stays as it was made, so none has to be carried from one to another.

use std::collections::BTreeMap;
use std::sync::Arc;

use machine::{StateError, StateReader, StateWriter};
use tape::{Tape, TapePart};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::exec::Flow;
use crate::layout::STATE;
use crate::moment::{difference, patched, wrong};
use crate::trap::Trap;
use crate::vm::Vm;

/// Worlds inside of each other at most.
pub const WORLDS_MAX: usize = 1 << 10;
/// Data that can be kept by number at once.
pub const KEPT_MAX: usize = 1 << 22;
/// How many are kept in one chunk, which is copied as a whole when one of them changes.
const CHUNK: u64 = 1 << 8;

/// Data that are kept, and the worlds that the program is in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Worlds {
    /// The number that the next data get.
    next: u64,
    /// By number, in chunks, which snapshots share.
    kept: BTreeMap<u64, Arc<BTreeMap<u64, TapePart>>>,
    count: usize,
    /// The names of the worlds that have begun, outermost first.
    open: Vec<String>,
    /// Branches that begin when the transaction ends, with the numbers of their data.
    branches: Vec<(String, u64)>,
}

impl Worlds {
    /// Kept data, by their number.
    pub(crate) fn kept(&self, number: i64) -> Result<&TapePart, Trap> {
        let known = u64::try_from(number).ok();
        let found = known.and_then(|number| self.kept.get(&(number / CHUNK))?.get(&number));
        found.ok_or_else(|| wrong(format!("no data are kept with the number {number}")))
    }

    /// Branches that begin when the transaction ends.
    pub(crate) fn branches(&self) -> &[(String, u64)] {
        &self.branches
    }

    /// Takes those branches, with their data.
    pub(crate) fn take_branches(&mut self) -> Vec<(String, TapePart)> {
        let branches = std::mem::take(&mut self.branches);
        let data = branches.into_iter().map(|(name, number)| Some((name, self.remove(number)?)));
        data.collect::<Option<Vec<_>>>().unwrap_or_default()
    }

    fn insert(&mut self, data: TapePart) -> u64 {
        let number = self.next;
        Arc::make_mut(self.kept.entry(number / CHUNK).or_default()).insert(number, data);
        (self.next, self.count) = (number + 1, self.count + 1);
        number
    }

    fn remove(&mut self, number: u64) -> Option<TapePart> {
        let chunk = self.kept.get_mut(&(number / CHUNK))?;
        let data = Arc::make_mut(chunk).remove(&number)?;
        if chunk.is_empty() {
            self.kept.remove(&(number / CHUNK));
        }
        self.count -= 1;
        Some(data)
    }

    fn all(&self) -> impl Iterator<Item = (u64, &TapePart)> {
        self.kept.values().flat_map(|chunk| chunk.iter()).map(|(number, data)| (*number, data))
    }

    /// A digest; nothing for a program that never kept any, and is in no world.
    pub(crate) fn digest(&self) -> Option<u64> {
        if self.next == 0 && self.open.is_empty() {
            return None;
        }
        let mut hasher = Xxh3::new();
        let mut word = |word: u64| hasher.update(&word.to_le_bytes());
        word(self.next);
        for (number, data) in self.all() {
            word(number);
            word(data.content_hash());
        }
        for name in &self.open {
            word(xxh3_64(name.as_bytes()));
        }
        for (name, number) in &self.branches {
            word(xxh3_64(name.as_bytes()));
            word(*number);
        }
        Some(hasher.digest())
    }

    /// Writes them down: of each data what differs from those before.
    pub(crate) fn write(&self, writer: &mut StateWriter) {
        writer.number(self.next);
        writer.count(self.count);
        let mut before = None;
        for (number, data) in self.all() {
            writer.number(number);
            writer.bytes(&difference(data, before));
            before = Some(data);
        }
        writer.count(self.open.len());
        for name in &self.open {
            writer.bytes(name.as_bytes());
        }
        writer.count(self.branches.len());
        for (name, number) in &self.branches {
            writer.bytes(name.as_bytes());
            writer.number(*number);
        }
    }

    /// Reads what was written. Data are put together on `tape`, which stays as it is.
    pub(crate) fn read(reader: &mut StateReader<'_>, tape: &mut Tape) -> Result<Self, StateError> {
        let around = tape.part(STATE);
        let read = Self::read_on(reader, tape);
        tape.put_part(&around);
        read
    }

    fn read_on(reader: &mut StateReader<'_>, tape: &mut Tape) -> Result<Self, StateError> {
        let next = reader.number()?;
        let mut worlds = Self::default();
        let mut before = Tape::new().part(STATE);
        for _ in 0..reader.count(2)? {
            let number = reader.number()?;
            if number < worlds.next || number >= next {
                return Err(StateError);
            }
            worlds.next = number;
            before = patched(tape, &before, reader.bytes()?)?;
            worlds.insert(before.clone());
        }
        worlds.next = next;
        for _ in 0..reader.count(1)? {
            worlds.open.push(text(reader)?);
        }
        for _ in 0..reader.count(2)? {
            let (name, number) = (text(reader)?, reader.number()?);
            let is_kept = worlds.kept(number.cast_signed()).is_ok();
            if !is_kept || worlds.branches.iter().any(|(_, other)| *other == number) {
                return Err(StateError);
            }
            worlds.branches.push((name, number));
        }
        Ok(worlds)
    }
}

fn text(reader: &mut StateReader<'_>) -> Result<String, StateError> {
    String::from_utf8(reader.bytes()?.to_vec()).map_err(|_| StateError)
}

impl Vm {
    /// Whether a world has begun that has not ended.
    pub(crate) fn is_in_world(&self) -> bool {
        !self.core.cold.worlds.open.is_empty()
    }

    /// Keeps the data as they are.
    pub(crate) fn keep_data(&mut self, dst: u8) -> Result<Flow, Trap> {
        if self.core.cold.worlds.count >= KEPT_MAX {
            return Err(wrong(format!("{KEPT_MAX} states of the data are kept; no more can be")));
        }
        self.save_state();
        let data = self.tape.part(STATE);
        let number = self.worlds_mut().insert(data);
        Ok(self.put(dst, number.cast_signed()))
    }

    /// Makes kept data the present ones.
    pub(crate) fn put_kept(&mut self, number: i64) -> Result<Flow, Trap> {
        let data = self.core.cold.worlds.kept(number)?.clone();
        self.save_tape();
        self.put_data(&data);
        Ok(Flow::Next)
    }

    /// Forgets kept data.
    pub(crate) fn drop_data(&mut self, number: i64) -> Result<Flow, Trap> {
        self.core.cold.worlds.kept(number)?;
        let number = number.cast_unsigned();
        if self.core.cold.worlds.branches.iter().any(|(_, branch)| *branch == number) {
            return Err(wrong(format!("the data with the number {number} become a branch")));
        }
        self.save_state();
        self.worlds_mut().remove(number);
        Ok(Flow::Next)
    }

    /// Begins a world.
    pub(crate) fn begin_world(&mut self, name: &str) -> Result<Flow, Trap> {
        if self.core.cold.worlds.open.len() >= WORLDS_MAX {
            return Err(wrong(format!("{WORLDS_MAX} worlds inside of each other")));
        }
        self.save_state();
        self.worlds_mut().open.push(name.to_owned());
        Ok(Flow::Next)
    }

    /// Ends the innermost world.
    pub(crate) fn end_world(&mut self) -> Result<Flow, Trap> {
        if !self.is_in_world() {
            return Err(wrong("no world has begun".to_owned()));
        }
        self.save_state();
        self.worlds_mut().open.pop();
        Ok(Flow::Next)
    }

    /// Makes kept data a branch, which begins when the transaction ends. In a world that is too early.
    pub(crate) fn branch_when_ended(&mut self, name: &str, number: i64) -> Result<Flow, Trap> {
        self.not_in_world("begin a branch")?;
        let worlds = &self.core.cold.worlds;
        worlds.kept(number)?;
        let known = self.core.cold.moments.branches();
        let number = number.cast_unsigned();
        let is_known = known.iter().any(|branch| branch.name == name)
            || worlds.branches.iter().any(|(other, of)| other == name || *of == number);
        if is_known {
            return Err(wrong(format!("there is a branch `{name}` already: take another name")));
        }
        self.save_state();
        self.worlds_mut().branches.push((name.to_owned(), number));
        Ok(Flow::Next)
    }

    /// A fault in a world, if the program is in one.
    pub(crate) fn not_in_world(&self, what: &str) -> Result<(), Trap> {
        match self.is_in_world() {
            true => Err(wrong(format!("a world cannot {what}: do that around `parallel`"))),
            false => Ok(()),
        }
    }

    /// A fault with the names of the worlds that it is in, but for those around.
    pub(crate) fn in_worlds(&self, around: &Worlds, trap: Trap) -> Trap {
        let inner = self.core.cold.worlds.open.iter().skip(around.open.len()).rev();
        inner.fold(trap, |trap, name| Trap::InWorld { name: name.clone(), trap: Box::new(trap) })
    }

    pub(crate) fn worlds_mut(&mut self) -> &mut Worlds {
        Arc::make_mut(&mut self.cold_mut().worlds)
    }
}
