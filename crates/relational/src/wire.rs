//! How the catalog's descriptions are written as bytes: numbers, texts and lists one after another.

use crate::node::{get_length, put_length};

/// Bytes being written.
#[derive(Debug, Default)]
pub(crate) struct Packer {
    pub(crate) bytes: Vec<u8>,
}

impl Packer {
    pub(crate) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(crate) fn number(&mut self, number: usize) {
        put_length(&mut self.bytes, number);
    }

    pub(crate) fn link(&mut self, link: u32) {
        self.bytes.extend_from_slice(&link.to_le_bytes());
    }

    pub(crate) fn word(&mut self, word: u64) {
        self.bytes.extend_from_slice(&word.to_le_bytes());
    }

    pub(crate) fn block(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn numbers(&mut self, numbers: &[usize]) {
        self.number(numbers.len());
        for number in numbers {
            self.number(*number);
        }
    }
}

/// Bytes being read. Nothing is allocated because a count says so.
#[derive(Debug)]
pub(crate) struct Unpacker<'b> {
    pub(crate) rest: &'b [u8],
}

impl<'b> Unpacker<'b> {
    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    pub(crate) fn number(&mut self) -> Option<usize> {
        let (number, rest) = get_length(self.rest)?;
        self.rest = rest;
        Some(number)
    }

    pub(crate) fn link(&mut self) -> Option<u32> {
        let (link, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u32::from_le_bytes(*link))
    }

    pub(crate) fn word(&mut self) -> Option<u64> {
        let (word, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u64::from_le_bytes(*word))
    }

    pub(crate) fn block(&mut self) -> Option<&'b [u8]> {
        let len = self.number()?;
        let (block, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(block)
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        String::from_utf8(self.block()?.to_vec()).ok()
    }

    pub(crate) fn numbers(&mut self) -> Option<Vec<usize>> {
        (0..self.count()?).map(|_| self.number()).collect()
    }

    /// How many elements follow, each of at least one byte.
    pub(crate) fn count(&mut self) -> Option<usize> {
        self.number().filter(|count| *count <= self.rest.len())
    }
}
