//! Sets: values of one type, each once, in the order in which they came. They are found by a hash of
//! how they are written down to be carried.
//!
//! A set is a record: a list of values, a list of pairs of words (the hash of a value, and its place
//! counted from 1), and how many values there are.

use xxhash_rust::xxh3::xxh3_64;

use super::carry::carried;
use super::object::{HEAD, KIND_LIST, KIND_RECORD, KIND_REFERENCES};
use super::{Call, Outcome};
use crate::trap::Trap;

/// Where the parts of a set are.
const VALUES: i64 = HEAD;
const SLOTS: i64 = HEAD + 8;
const COUNT: i64 = HEAD + 16;
/// Places for values of a set that is new.
const FIRST: i64 = 8;

impl Call<'_> {
    fn bytes_of(&self, value: i64, of: i64) -> Result<Vec<u8>, Trap> {
        carried(self.vm(), value, of)
    }

    /// A larger copy of a list, in which nothing is used behind its elements.
    fn enlarged(&mut self, list: i64, length: i64) -> Result<i64, Trap> {
        let kind = self.head(list, &[KIND_LIST, KIND_REFERENCES], "a list of a set")?.kind;
        let elements = self.elements(list)?;
        let made = self.allocate(kind, 0, length, 0)?;
        for (element, place) in elements.into_iter().zip(0..) {
            self.write_word(made + HEAD + 8 * place, element)?;
        }
        Ok(made)
    }

    /// The place of the slot of a value, which is empty if there is no such value.
    fn slot_of(
        &mut self,
        (slots, values): (i64, i64),
        hash: i64,
        wanted: Option<(&[u8], i64)>,
    ) -> Result<(i64, i64), Trap> {
        let pairs = self.length(slots)? / 2;
        let mut place = hash & (pairs - 1);
        for _ in 0..pairs {
            let at = slots + HEAD + 16 * place;
            let known = self.read_word(at + 8)?;
            if known == 0 {
                return Ok((at, 0));
            }
            if let Some((bytes, of)) = wanted
                && self.read_word(at)? == hash
            {
                let value = self.read_word(values + HEAD + 8 * (known - 1))?;
                if self.bytes_of(value, of)? == bytes {
                    return Ok((at, known));
                }
            }
            place = (place + 1) & (pairs - 1);
        }
        // A quarter of the slots is empty in any set that was made here.
        Err(Trap::NotAnObject { value: slots, expected: "a set" })
    }

    /// Twice as many slots for the values of a set.
    fn more_slots(&mut self, slots: i64) -> Result<i64, Trap> {
        let words = self.elements(slots)?;
        let length = i64::try_from(words.len()).unwrap_or(i64::MAX);
        let made = self.allocate(KIND_LIST, 0, length * 2, 0)?;
        for pair in words.as_chunks::<2>().0.iter().filter(|pair| pair[1] != 0) {
            let (at, _) = self.slot_of((made, 0), pair[0], None)?;
            self.write_word(at, pair[0])?;
            self.write_word(at + 8, pair[1])?;
        }
        Ok(made)
    }
}

pub(super) fn set_new(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let kind = if call.argument(0) == 0 { KIND_LIST } else { KIND_REFERENCES };
    let values = call.allocate(kind, 0, FIRST, 0)?;
    let slots = call.allocate(KIND_LIST, 0, 4 * FIRST, 0)?;
    let set = call.allocate(KIND_RECORD, 2, 3, 0)?;
    call.write_word(set + VALUES, values)?;
    call.write_word(set + SLOTS, slots)?;
    Ok(Outcome::Value(set))
}

pub(super) fn set_add(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (set, value, of) = (call.argument(0), call.argument(1), call.argument(2));
    call.head(set, &[KIND_RECORD], "a set")?;
    let mut values = call.read_word(set + VALUES)?;
    let mut slots = call.read_word(set + SLOTS)?;
    let count = call.read_word(set + COUNT)?;
    for list in [values, slots] {
        call.head(list, &[KIND_LIST, KIND_REFERENCES], "a list of a set")?;
    }
    let pairs = call.length(slots)? / 2;
    if pairs <= 0 || pairs & (pairs - 1) != 0 || !(0..=call.length(values)?).contains(&count) {
        return Err(Trap::NotAnObject { value: set, expected: "a set" });
    }
    let bytes = call.bytes_of(value, of)?;
    let hash = xxh3_64(&bytes).cast_signed();
    let (mut at, known) = call.slot_of((slots, values), hash, Some((&bytes, of)))?;
    if known > 0 {
        return Ok(Outcome::Value(known - 1));
    }
    if (count + 1) * 4 > pairs * 3 {
        slots = call.more_slots(slots)?;
        call.write_word(set + SLOTS, slots)?;
        (at, _) = call.slot_of((slots, values), hash, None)?;
    }
    if count == call.length(values)? {
        values = call.enlarged(values, count.max(FIRST) * 2)?;
        call.write_word(set + VALUES, values)?;
    }
    if call.head(values, &[KIND_LIST, KIND_REFERENCES], "a list of a set")?.kind == KIND_REFERENCES
    {
        call.add_reference(value)?;
    }
    call.write_word(values + HEAD + 8 * count, value)?;
    call.write_word(at, hash)?;
    call.write_word(at + 8, count + 1)?;
    call.write_word(set + COUNT, count + 1)?;
    Ok(Outcome::Value(-1 - count))
}
