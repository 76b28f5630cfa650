//! The heap of a program: objects of size classes, free lists and reference counts, all of it bytes
//! in the segment `objects`.
//!
//! Four sizes to each doubling, so at most a quarter of a block is unused; a block that is given
//! back serves the next object of its class. An object whose last reference goes is only put on a
//! list; each later call gives back a bounded number of references, so no call takes long
//! because much is freed at once (J. Weizenbaum, "Symmetric list processor", CACM 6, 1963).

use super::object::{
    COUNT_CONSTANT, HEAD, Head, KIND_LIST, KIND_RECORD, KIND_REFERENCES, KIND_TEXT, SIZE_MAX,
};
use super::value::Objects;
use super::{Call, Outcome};
use crate::layout::OBJECTS;
use crate::trap::Trap;

/// Where the part of the segment begins that was never used; 0 stands for [`FIRST`].
const NEXT: i64 = OBJECTS.start;
/// The newest object that has no references to it, and still has some to others.
const DEAD: i64 = OBJECTS.start + 8;
/// How far the segment was ever used: what lies beyond is zeros.
const USED: i64 = OBJECTS.start + 16;
/// Whether a block was ever given back by itself.
const HAS_FREED: i64 = OBJECTS.start + 24;
/// For each size class, its newest free block.
const FREE: i64 = OBJECTS.start + 64;
/// The first block.
const FIRST: i64 = OBJECTS.start + 4096;
/// Sizes of blocks are multiples.
const UNIT: i64 = 16;
/// Added to the kind of an object that has no references to it.
const KIND_DEAD: u8 = 0x80;
/// The kind of a free block. Its second word is the next free block.
const KIND_FREE: u8 = 0xff;
const KINDS: [u8; 4] = [KIND_TEXT, KIND_RECORD, KIND_LIST, KIND_REFERENCES];
/// References that a call gives back at most, besides its own.
const RECLAIM: u32 = 64;

/// The size class of a block that has so many bytes.
pub(super) const fn class_of(bytes: i64) -> u8 {
    class_of_units((bytes + UNIT - 1) / UNIT)
}

/// How many bytes the block takes for so many.
pub(super) const fn block_of(bytes: i64) -> i64 {
    units_of(class_of(bytes)) * UNIT
}

/// The size class of a block of so many units: up to 8 each its own, then 4 for each doubling.
const fn class_of_units(units: i64) -> u8 {
    if units <= 8 {
        return units.to_le_bytes()[0];
    }
    let doublings = 61 - (units - 1).leading_zeros();
    let quarters = ((units - 1) >> doublings) + 1;
    (8 + (doublings.cast_signed() as i64 - 1) * 4 + quarters - 4).to_le_bytes()[0]
}

/// The units of the blocks of a class.
const fn units_of(class: u8) -> i64 {
    if class <= 8 {
        return class as i64;
    }
    ((class as i64 - 9) % 4 + 5) << ((class - 9) / 4 + 1)
}

impl Call<'_> {
    /// A new object whose content is zeros, with one reference to it.
    pub(crate) fn allocate(
        &mut self,
        kind: u8,
        references: u16,
        length: i64,
        tag: u32,
    ) -> Result<i64, Trap> {
        let width = if kind == KIND_TEXT { 1 } else { 8 };
        let size = length.checked_mul(width).filter(|size| (0..=SIZE_MAX - HEAD).contains(size));
        let content = size.ok_or(Trap::ObjectSize { size: length })?;
        let (object, class, is_new) = self.take_block(content + HEAD)?;
        // What was given back is not zeros.
        let old =
            if is_new { (self.read_word(USED)? - (object + HEAD)).min(content) } else { content };
        if old > 0 {
            self.clear(object + HEAD, old)?;
        }
        let head = Head { kind, class, references, count: 1 };
        self.write_head(object, head, length, tag)?;
        Ok(object)
    }

    /// A block of so many bytes, its class, and whether it lies where the heap ended.
    fn take_block(&mut self, bytes: i64) -> Result<(i64, u8, bool), Trap> {
        self.reclaim(RECLAIM / 4)?;
        let class = class_of(bytes);
        let free = FREE + 8 * i64::from(class);
        let object = self.read_word(free)?;
        if object != 0 {
            let next = self.read_word(object + 8)?;
            self.write_word(free, next)?;
            return Ok((object, class, false));
        }
        let next = self.read_word(NEXT)?.max(FIRST);
        let bytes = block_of(bytes);
        if next > OBJECTS.end - bytes {
            return Err(Trap::ObjectsFull { bytes });
        }
        self.write_word(NEXT, next + bytes)?;
        Ok((next, class, true))
    }

    /// A new object with this content.
    fn put_object(
        &mut self,
        (kind, references, tag): (u8, u16, u32),
        length: usize,
        content: &[u8],
    ) -> Result<i64, Trap> {
        let size = i64::try_from(content.len()).unwrap_or(i64::MAX);
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        if size > SIZE_MAX - HEAD {
            return Err(Trap::ObjectSize { size: length });
        }
        let (object, class, _) = self.take_block(size + HEAD)?;
        self.write_head(object, Head { kind, class, references, count: 1 }, length, tag)?;
        self.write_bytes(object + HEAD, content)?;
        Ok(object)
    }

    /// Where the heap ends, if no block was ever given back by itself, nor waits for it.
    pub(super) fn heap_end(&self) -> Result<Option<i64>, Trap> {
        if self.read_word(HAS_FREED)? != 0 || self.read_word(DEAD)? != 0 {
            return Ok(None);
        }
        Ok(Some(self.read_word(NEXT)?.max(FIRST)))
    }

    /// Lets the heap end farther on. What lies before is written by whoever calls this.
    pub(super) fn move_heap_end(&mut self, end: i64) -> Result<(), Trap> {
        self.write_word(NEXT, end)
    }

    /// Lets the heap end where it ended before, unless blocks were given back one by one.
    pub(super) fn end_heap_at(&mut self, end: i64) -> Result<(), Trap> {
        // Before the first object there is no end yet.
        let end = end.max(FIRST);
        let next = self.read_word(NEXT)?.max(FIRST);
        if !(FIRST..=next).contains(&end) || end % UNIT != 0 {
            return Err(Trap::NotAnObject { value: end, expected: "where the heap ended before" });
        }
        // Those are on lists, and so are those that wait for it.
        if end < next && self.heap_end()?.is_some() {
            if self.read_word(USED)? < next {
                self.write_word(USED, next)?;
            }
            self.write_word(NEXT, end)?;
        }
        Ok(())
    }

    /// Writes so many zeros.
    fn clear(&mut self, at: i64, len: i64) -> Result<(), Trap> {
        const ZEROS: [u8; 512] = [0; 512];
        let (mut at, mut left) = (at, usize::try_from(len).unwrap_or(0));
        while left > 0 {
            let part = left.min(ZEROS.len());
            self.write_bytes(at, &ZEROS[..part])?;
            at += i64::try_from(part).unwrap_or(0);
            left -= part;
        }
        Ok(())
    }

    fn write_head(&mut self, object: i64, head: Head, length: i64, tag: u32) -> Result<(), Trap> {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&head.word().to_le_bytes());
        bytes[8..].copy_from_slice(&(length | i64::from(tag) << 32).to_le_bytes());
        self.write_bytes(object, &bytes)
    }

    /// Counts a reference more.
    pub(crate) fn add_reference(&mut self, object: i64) -> Result<(), Trap> {
        if object == 0 {
            return Ok(());
        }
        let head = self.head(object, &KINDS, "an object")?;
        if head.count == COUNT_CONSTANT {
            return Ok(());
        }
        // One that has too many references to count is never freed.
        self.write_word(object, Head { count: head.count + 1, ..head }.word())
    }

    /// Counts a reference less. An object without any is put on the list of the dead.
    pub(crate) fn drop_reference(&mut self, object: i64) -> Result<(), Trap> {
        if object == 0 {
            return Ok(());
        }
        let head = self.head(object, &KINDS, "an object")?;
        match head.count {
            COUNT_CONSTANT => Ok(()),
            0 => Err(Trap::NotAnObject { value: object, expected: "an object in use" }),
            1 => {
                if !OBJECTS.contains(&object) || head.class == 0 {
                    return Err(Trap::NotAnObject { value: object, expected: "an object" });
                }
                // The place of the next one takes the place of the count.
                let next = (self.read_word(DEAD)?.max(OBJECTS.start) - OBJECTS.start) / UNIT;
                let count = u32::try_from(next).unwrap_or(0);
                let dead = Head { kind: head.kind | KIND_DEAD, count, ..head };
                self.write_word(object, dead.word())?;
                self.write_word(DEAD, object)
            }
            _ => self.write_word(object, Head { count: head.count - 1, ..head }.word()),
        }
    }

    /// Gives back up to so many references of dead objects, and those that have none left.
    fn reclaim(&mut self, most: u32) -> Result<(), Trap> {
        for _ in 0..most {
            let object = self.read_word(DEAD)?;
            if object == 0 {
                break;
            }
            let head = Head::from_word(self.read_word(object)?);
            let kind = head.kind & !KIND_DEAD;
            let left = match kind {
                KIND_RECORD => i64::from(head.references),
                KIND_REFERENCES => self.length(object)?,
                _ => 0,
            };
            if left == 0 {
                let next = i64::from(head.count) * UNIT;
                self.write_word(DEAD, if next == 0 { 0 } else { OBJECTS.start + next })?;
                let free = FREE + 8 * i64::from(head.class);
                let before = self.read_word(free)?;
                if self.read_word(HAS_FREED)? == 0 {
                    self.write_word(HAS_FREED, 1)?;
                }
                self.write_word(object, Head { kind: KIND_FREE, count: 0, ..head }.word())?;
                self.write_word(object + 8, before)?;
                self.write_word(free, object)?;
                continue;
            }
            if kind == KIND_RECORD {
                let references = head.references - 1;
                self.write_word(object, Head { references, ..head }.word())?;
            } else {
                self.write_word(object + 8, left - 1)?;
            }
            let referred = self.read_word(object + HEAD + (left - 1) * 8)?;
            self.drop_reference(referred)?;
        }
        Ok(())
    }
}

impl Objects for Call<'_> {
    fn make_object(
        &mut self,
        kind: u8,
        references: u16,
        words: &[i64],
        tag: u32,
    ) -> Result<i64, Trap> {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.put_object((kind, references, tag), words.len(), &bytes)
    }

    fn make_text(&mut self, bytes: &[u8]) -> Result<i64, Trap> {
        self.put_object((KIND_TEXT, 0, 0), bytes.len(), bytes)
    }
}

pub(super) fn record_new(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    record(call, 0)
}

pub(super) fn union_new(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let tag = call.argument(2);
    let tag = u32::try_from(tag).map_err(|_| Trap::ObjectSize { size: tag })?;
    record(call, tag)
}

fn record(call: &mut Call<'_>, tag: u32) -> Result<Outcome, Trap> {
    let (words, references) = (call.argument(0), call.argument(1));
    let fits = u16::try_from(references).ok().filter(|_| references <= words);
    let fits = fits.ok_or(Trap::ObjectSize { size: references })?;
    call.allocate(KIND_RECORD, fits, words, tag).map(Outcome::Value)
}

pub(super) fn list_new(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    call.allocate(KIND_LIST, 0, call.argument(0), 0).map(Outcome::Value)
}

pub(super) fn references_new(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    call.allocate(KIND_REFERENCES, 0, call.argument(0), 0).map(Outcome::Value)
}

pub(super) fn retain(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    call.add_reference(call.argument(0))?;
    Ok(Outcome::Done)
}

pub(super) fn release(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    call.drop_reference(call.argument(0))?;
    call.reclaim(RECLAIM)?;
    Ok(Outcome::Done)
}

pub(super) fn heap_release(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    call.end_heap_at(call.argument(0))?;
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_never_smaller_and_at_most_a_quarter_larger_than_asked_for() {
        for units in 1..=SIZE_MAX / UNIT {
            let size = units_of(class_of_units(units));
            assert!(size >= units && size * 4 <= units * 5 + 3, "{units} in {size}");
        }
        assert!(FREE + 8 * i64::from(class_of(SIZE_MAX)) < FIRST);
    }
}
