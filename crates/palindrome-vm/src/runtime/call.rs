//! One call of a runtime function: its arguments, its reads and logged writes, and how it is taken
//! back.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use machine::{Answer, Machine, Question, pause};
use relational::{RawKey, Store};
use tape::{Stored, Tape, TapePart};

use super::describe::Values;
use super::function;
use super::looked::Looked;
use super::object::{HEAD, SIZE_MAX};
use super::query::Queries;
use super::rules::Followed;
use super::shape::Shapes;
use crate::exec::Flow;
use crate::layout::STATE;
use crate::moment::Moments;
use crate::registers::Flags;
use crate::trap::Trap;
use crate::vm::Vm;

/// What a function comes to.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A result for R0.
    Value(i64),
    /// Nothing for R0.
    Done,
    /// It needs an answer, and has changed nothing. It is called again with the answer.
    Asks(Question),
}

/// So many more bytes are kept by a call before its memory is looked at again.
const MEMORY_STEP: usize = 1 << 20;
/// So many places of a list or a text are gone through before it is looked at whether to go on.
const PLACES: usize = 1 << 10;
/// How much room is kept between calls.
const BUFFER_MAX: usize = 1 << 20;
/// Bytes in a page of the tape.
const PAGE: i64 = 4096;
const _: () = assert!(PAGE.cast_unsigned() == tape::PAGE_SIZE as u64);

/// What is kept between calls. All of it can be had again from the tape.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// An empty log with room.
    log: Vec<i64>,
    /// The store, which knows what it read of its catalog.
    store: Option<Box<Store>>,
    queries: Queries,
    shapes: Shapes,
    looked: Looked,
    followed: Followed,
    /// An empty buffer with room.
    buffer: Vec<u8>,
    /// An empty key with room.
    key: RawKey,
}

/// A call that is under way. Writes are logged newest last, each as its old bytes in words, its
/// position and its length.
pub(crate) struct Call<'vm> {
    vm: &'vm mut Vm,
    answer: Option<&'vm Answer>,
    log: Vec<i64>,
    writes: i64,
    /// Bytes of memory that it keeps for itself.
    spent: Cell<usize>,
    /// Whether it gave up because the machine is to come back.
    is_paused: Cell<bool>,
}

impl Vm {
    /// Performs `CALL_RUNTIME`. After a fault, the state is as it was.
    #[inline(never)]
    pub(crate) fn call_runtime(
        &mut self,
        number: u16,
        answer: Option<&Answer>,
    ) -> Result<Flow, Trap> {
        let function = function(number).ok_or(Trap::NoRuntime { number })?;
        if answer.is_none() && pause::is_due() {
            return Ok(Flow::Paused);
        }
        let log = std::mem::take(&mut self.kept.log);
        let mut call = Call { answer, log, ..Call::outside(self) };
        let outcome = (function.run)(&mut call);
        let Call { mut log, writes, is_paused, .. } = call;
        let flow = match outcome {
            Err(_)
                if answer.is_none()
                    && (is_paused.get() || pause::is_due() || pause::has_given_up()) =>
            {
                self.restore_bytes(&log, writes);
                Ok(Flow::Paused)
            }
            Ok(Outcome::Asks(question)) if writes == 0 => Ok(Flow::Asks(question)),
            Ok(Outcome::Asks(_)) => unreachable!("questions come before writes"),
            Ok(outcome) => {
                if self.trail.on {
                    let counts = writes << 8 | i64::from(self.registers.flags.bits());
                    self.trail.open.data.extend_from_slice(&log);
                    self.trail.open.data.extend([self.get(0), counts]);
                }
                if let Outcome::Value(value) = outcome {
                    self.put(0, value);
                }
                Ok(Flow::Next)
            }
            Err(trap) => {
                self.restore_bytes(&log, writes);
                Err(trap)
            }
        };
        log.clear();
        self.kept.log = log;
        flow
    }

    /// Undoes the newest call of `old`, and returns what was logged before it.
    #[cold]
    pub(crate) fn unwrite<'t>(&mut self, old: &'t [i64]) -> &'t [i64] {
        let [rest @ .., result, counts] = old else { unreachable!("a call logs two words") };
        self.registers.general[0] = *result;
        self.restore_bytes(rest, counts >> 8)
    }

    /// Undoes so many writes, newest first, and returns what was logged before them.
    fn restore_bytes<'t>(&mut self, mut log: &'t [i64], writes: i64) -> &'t [i64] {
        for _ in 0..writes {
            let [rest @ .., at, len] = log else { unreachable!("a write logs where it was") };
            let len = usize::try_from(*len).unwrap_or(0);
            let (rest, words) = rest.split_at(rest.len() - len.div_ceil(8));
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            let stored = self.tape.poke(*at, &bytes[..len]);
            debug_assert!(matches!(stored, Stored::Ok | Stored::Watched), "it was written before");
            log = rest;
        }
        log
    }
}

/// The flags at a call, from the newest word that it logged.
pub(crate) fn logged_flags(newest: i64) -> Flags {
    Flags::from_bits(newest.to_le_bytes()[0])
}

impl<'vm> Call<'vm> {
    /// A call of nobody's, whose writes stay.
    pub(crate) fn outside(vm: &'vm mut Vm) -> Self {
        let (spent, is_paused) = (Cell::new(0), Cell::new(false));
        Self { vm, answer: None, log: Vec::new(), writes: 0, spent, is_paused }
    }
}

impl Call<'_> {
    /// Notes that so many more bytes are kept until the call ends; false if it has to give up, as the
    /// machine is to come back. Whoever asks then fails, in whatever way; the call never was.
    pub(crate) fn may_go_on(&self, bytes: usize) -> bool {
        let before = self.spent.get();
        let spent = before.saturating_add(bytes);
        self.spent.set(spent);
        let is_looked_at = before / MEMORY_STEP != spent / MEMORY_STEP;
        let is_due = pause::is_due()
            || pause::has_given_up()
            || is_looked_at && pause::is_too_large(Machine::memory(self.vm).saturating_add(spent));
        if is_due && self.answer.is_none() {
            self.is_paused.set(true);
        }
        !self.is_paused.get()
    }

    /// The same as a fault of a call that goes through something long.
    pub(super) fn go_on(&self, bytes: usize) -> Result<(), Trap> {
        let reason = || "the machine is to come back".to_owned();
        if self.may_go_on(bytes) { Ok(()) } else { Err(Trap::Store { reason: reason() }) }
    }

    /// Notes that so many bytes are kept, if they are many.
    #[inline]
    pub(super) fn make_room(&self, bytes: usize) -> Result<(), Trap> {
        if bytes <= PLACES { Ok(()) } else { self.go_on(bytes) }
    }

    /// Whether a call that goes through something long is to go on, which is asked at each place.
    pub(super) fn go_on_at(&self, place: usize) -> Result<(), Trap> {
        if place.is_multiple_of(PLACES) { self.go_on(0) } else { Ok(()) }
    }

    /// Notes as much, if nothing has to be looked at for it; says whether it did. Who was told before that
    /// the memory is too small has failed since.
    #[inline(always)]
    pub(super) fn spend_little(&self, bytes: usize) -> bool {
        let before = self.spent.get();
        let spent = before.saturating_add(bytes);
        let is_little = before / MEMORY_STEP == spent / MEMORY_STEP;
        let is_little = is_little && !pause::is_wanted() && !self.is_paused.get();
        if is_little {
            self.spent.set(spent);
        }
        is_little
    }

    /// Values by the descriptions of their types.
    pub(crate) fn typed(&self) -> Values<'_, Vm> {
        Values::new(self.vm)
    }

    /// An argument; the first is 0.
    pub(crate) fn argument(&self, index: u8) -> i64 {
        self.vm.get(index + 1)
    }

    /// The answer to what the call asked, if it did.
    pub(crate) fn answer(&self) -> Option<&Answer> {
        self.answer
    }

    /// The moments of the program.
    pub(crate) fn moments(&self) -> &Arc<Moments> {
        &self.vm.core.cold.moments
    }

    /// Whether the program looks at moments.
    pub(crate) fn reads_moments(&self) -> bool {
        self.vm.program.reads_moments()
    }

    /// The data of the program as they are.
    pub(crate) fn data(&mut self) -> TapePart {
        self.vm.tape.part(STATE)
    }

    /// How many savepoints are open.
    pub(crate) fn savepoints(&self) -> usize {
        self.vm.core.cold.savepoints.depth()
    }

    /// What was carried last.
    pub(crate) fn carry(&self) -> Option<Arc<[u8]>> {
        self.vm.core.cold.carry.clone()
    }

    /// Whether what is done may be taken back by the program itself.
    pub(crate) fn is_in_savepoint(&self) -> bool {
        !self.vm.core.cold.savepoints.is_empty()
    }

    pub(crate) fn vm(&self) -> &Vm {
        self.vm
    }

    pub(crate) fn tape(&self) -> &Tape {
        &self.vm.tape
    }

    pub(crate) fn take_store(&mut self) -> Option<Box<Store>> {
        self.vm.kept.store.take()
    }

    pub(crate) fn keep_store(&mut self, store: Box<Store>) {
        self.vm.kept.store = Some(store);
    }

    /// What followed from rules before.
    pub(super) fn followed(&mut self) -> &mut Followed {
        &mut self.vm.kept.followed
    }

    /// Queries that were read before.
    pub(super) fn queries(&mut self) -> &mut Queries {
        &mut self.vm.kept.queries
    }

    /// Relations that were used before.
    pub(super) fn shapes(&mut self) -> &mut Shapes {
        &mut self.vm.kept.shapes
    }

    /// Moments that were looked at before.
    pub(super) fn looked(&self) -> &Looked {
        &self.vm.kept.looked
    }

    pub(super) fn looked_mut(&mut self) -> &mut Looked {
        &mut self.vm.kept.looked
    }

    pub(super) fn take_key(&mut self) -> RawKey {
        std::mem::take(&mut self.vm.kept.key)
    }

    /// Keeps the room of a key for the next call.
    pub(super) fn keep_key(&mut self, mut key: RawKey) {
        key.clear();
        self.vm.kept.key = key;
    }

    pub(super) fn take_buffer(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.vm.kept.buffer)
    }

    /// Keeps the room of a buffer for the next call, unless it is much.
    pub(super) fn keep_buffer(&mut self, mut buffer: Vec<u8>) {
        buffer.clear();
        buffer.shrink_to(BUFFER_MAX);
        self.vm.kept.buffer = buffer;
    }

    #[inline]
    pub(crate) fn read_word(&self, at: i64) -> Result<i64, Trap> {
        match self.vm.tape.page(at)[page_offset(at)..].first_chunk() {
            Some(word) => Ok(i64::from_le_bytes(*word)),
            None => self.vm.read(at, 8),
        }
    }

    pub(crate) fn read_bytes(&self, at: i64, len: usize) -> Result<Vec<u8>, Trap> {
        let mut bytes = vec![0; len];
        if self.vm.tape.peek(at, &mut bytes) { Ok(bytes) } else { Err(Trap::PastEnd { at }) }
    }

    /// What lies at a position, to the end of its page.
    #[inline]
    pub(super) fn rest_of_page(&self, at: i64) -> &[u8] {
        &self.vm.tape.page(at)[page_offset(at)..]
    }

    /// Bytes of the tape, where they lie if that is one page.
    #[inline]
    pub(super) fn look(&self, at: i64, len: i64) -> Result<Cow<'_, [u8]>, Trap> {
        let len = usize::try_from(len).ok().filter(|_| len <= SIZE_MAX - HEAD);
        let len = len.ok_or(Trap::PastEnd { at })?;
        match self.vm.tape.page(at).get(page_offset(at)..page_offset(at) + len) {
            Some(bytes) => Ok(Cow::Borrowed(bytes)),
            None => Ok(Cow::Owned(self.read_bytes(at, len)?)),
        }
    }

    pub(crate) fn write_word(&mut self, at: i64, value: i64) -> Result<(), Trap> {
        self.write_bytes(at, &value.to_le_bytes())
    }

    /// Writes all of the bytes or none, and logs what was there.
    #[inline]
    pub(crate) fn write_bytes(&mut self, at: i64, bytes: &[u8]) -> Result<(), Trap> {
        if self.write_quickly(at, bytes) { Ok(()) } else { self.write_slowly(at, bytes) }
    }

    /// The same where the page was written before, and all bytes lie in it; says whether it was so.
    #[inline(always)]
    pub(super) fn write_quickly(&mut self, at: i64, bytes: &[u8]) -> bool {
        let log = &mut self.log;
        let is_done = self.vm.tape.exchange(at, bytes, |old| {
            log_bytes(log, old);
            log.push(at);
            log.push(i64::try_from(old.len()).unwrap_or(i64::MAX));
        });
        self.writes += i64::from(is_done);
        is_done
    }

    /// The same where the page was not written yet, or bytes lie in several pages.
    #[cold]
    #[inline(never)]
    pub(super) fn write_slowly(&mut self, at: i64, bytes: &[u8]) -> Result<(), Trap> {
        if bytes.len() > MEMORY_STEP {
            self.go_on(2 * bytes.len())?;
        }
        let begin = self.log.len();
        if let Some(old) = self.vm.tape.page(at).get(page_offset(at)..page_offset(at) + bytes.len())
        {
            log_bytes(&mut self.log, old);
        } else {
            self.log_pages(at, bytes.len())?;
        }
        if let Err(trap) = self.vm.write_bytes(at, bytes) {
            self.log.truncate(begin);
            return Err(trap);
        }
        self.log.extend([at, i64::try_from(bytes.len()).unwrap_or(i64::MAX)]);
        self.writes += 1;
        Ok(())
    }

    /// Logs bytes of several pages.
    fn log_pages(&mut self, at: i64, len: usize) -> Result<(), Trap> {
        let begin = self.log.len();
        let (mut old, mut from, mut left) = ([0; 512], at, len);
        while left > 0 {
            let part = left.min(old.len());
            let old = &mut old[..part.next_multiple_of(8)];
            if !self.vm.tape.peek(from, &mut old[..part]) {
                self.log.truncate(begin);
                return Err(Trap::PastEnd { at });
            }
            old[part..].fill(0);
            let words = old.as_chunks().0.iter();
            self.log.extend(words.map(|word| i64::from_le_bytes(*word)));
            from = from.wrapping_add(i64::try_from(part).unwrap_or(0));
            left -= part;
        }
        Ok(())
    }
}

/// Logs bytes as words; the last one may have fewer.
#[inline(always)]
fn log_bytes(log: &mut Vec<i64>, old: &[u8]) {
    // Room for where and how many they are, too.
    log.reserve(old.len() / 8 + 3);
    let (words, rest) = old.as_chunks();
    log.extend(words.iter().map(|word| i64::from_le_bytes(*word)));
    if !rest.is_empty() {
        log.push(low_bytes(rest).cast_signed());
    }
}

/// The word whose low bytes are these, of which there are fewer than 8. It is put together from two
/// parts, which may overlap.
#[inline(always)]
fn low_bytes(bytes: &[u8]) -> u64 {
    let moved = |high: u64, len: usize| high << (8 * (bytes.len() - len));
    if let (Some(low), Some(high)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let [low, high] = [low, high].map(|part| u64::from(u32::from_le_bytes(*part)));
        return low | moved(high, 4);
    }
    if let (Some(low), Some(high)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let [low, high] = [low, high].map(|part| u64::from(u16::from_le_bytes(*part)));
        return low | moved(high, 2);
    }
    bytes.first().map_or(0, |byte| u64::from(*byte))
}

/// The place of a position in its page.
fn page_offset(at: i64) -> usize {
    usize::try_from(at.rem_euclid(PAGE)).unwrap_or(0)
}
