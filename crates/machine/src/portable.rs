//! States written down, for another process to go on from.

use std::fmt;

use crate::Machine;

/// A machine whose states can leave the process.
///
/// # Law
/// *Return*: after `read_state` of what `write_state` gave, a machine for the same program, of the
/// same size, has the state, the tick and the future of the one that wrote.
///
/// Bytes are from a file that the user's own runs wrote and that was checked for damage. A machine
/// refuses what cannot be, as far as that can be seen, but a state made up by somebody else can make
/// it do anything that a program can.
pub trait Portable: Machine {
    /// The state as bytes; `None` where it holds something that has no bytes, or a question waits.
    /// The state is not changed, and the past stays what it was.
    fn write_state(&mut self) -> Option<Vec<u8>>;

    /// Makes what was written the state. Forgets the trail.
    ///
    /// # Errors
    /// The bytes are no state of this machine. It must not be run then: its state is arbitrary.
    fn read_state(&mut self, bytes: &[u8]) -> Result<(), StateError>;
}

/// The bytes are no state of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateError;

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes are no state of this machine")
    }
}

impl std::error::Error for StateError {}

/// Writes what a [`StateReader`] reads.
#[derive(Clone, Debug, Default)]
pub struct StateWriter {
    bytes: Vec<u8>,
}

impl StateWriter {
    /// A number, in 8 bytes.
    pub fn number(&mut self, number: u64) {
        self.bytes.extend(number.to_le_bytes());
    }

    /// A number or none.
    pub fn option(&mut self, number: Option<u64>) {
        self.number(u64::from(number.is_some()));
        self.number(number.unwrap_or(0));
    }

    /// How many things follow.
    pub fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    /// Bytes, after their number.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.bytes.extend(bytes);
    }

    /// Words, as many as the reader will ask for.
    pub fn words(&mut self, words: &[u64]) {
        self.bytes.reserve(words.len() * 8);
        for word in words {
            self.bytes.extend(word.to_le_bytes());
        }
    }

    /// What was written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Reads what a [`StateWriter`] wrote. Every method fails at the end.
#[derive(Clone, Debug)]
pub struct StateReader<'a> {
    rest: &'a [u8],
}

/// What reading gives.
type Read<T> = Result<T, StateError>;

#[expect(clippy::missing_errors_doc, reason = "each fails where the bytes end or make no sense")]
impl<'a> StateReader<'a> {
    /// From the beginning of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    fn take(&mut self, count: usize) -> Read<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(StateError)?;
        self.rest = rest;
        Ok(taken)
    }

    /// A number.
    pub fn number(&mut self) -> Read<u64> {
        let bytes = self.take(8)?;
        Ok(u64::from_le_bytes(*bytes.first_chunk().ok_or(StateError)?))
    }

    /// A number that fits into the type.
    pub fn small<T: TryFrom<u64>>(&mut self) -> Read<T> {
        T::try_from(self.number()?).map_err(|_| StateError)
    }

    /// A number or none.
    pub fn option(&mut self) -> Read<Option<u64>> {
        let (is_there, number) = (self.number()?, self.number()?);
        match is_there {
            0 => Ok(None),
            1 => Ok(Some(number)),
            _ => Err(StateError),
        }
    }

    /// How many things follow, each of which takes at least `size` bytes: never more than there can
    /// be.
    pub fn count(&mut self, size: usize) -> Read<usize> {
        let count: usize = self.small()?;
        let is_possible = count.checked_mul(size.max(1)).is_some_and(|all| all <= self.rest.len());
        is_possible.then_some(count).ok_or(StateError)
    }

    /// Bytes, after their number.
    pub fn bytes(&mut self) -> Read<&'a [u8]> {
        let count = self.count(1)?;
        self.take(count)
    }

    /// A text, after its length.
    pub fn text(&mut self) -> Read<&'a str> {
        std::str::from_utf8(self.bytes()?).map_err(|_| StateError)
    }

    /// As many words as there is room for.
    pub fn words(&mut self, words: &mut [u64]) -> Read<()> {
        let bytes = self.take(words.len().checked_mul(8).ok_or(StateError)?)?;
        let (chunks, _) = bytes.as_chunks();
        for (word, chunk) in words.iter_mut().zip(chunks) {
            *word = u64::from_le_bytes(*chunk);
        }
        Ok(())
    }

    /// Fails unless everything was read.
    pub fn finish(self) -> Read<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(StateError) }
    }
}
