//! Values beside the tape: written down by the description of their type, and made anew on the heap,
//! so that they can be carried over a change of all of the tape.
//!
//! Words are 8 bytes, a decimal is two; before a text, bytes and a list is how long they are; before an
//! option, whether it is there; before an alternative, which it is. Functions cannot be carried: the
//! description does not say what they hold.

use super::describe::{
    BOOL, BOXED, BYTES, DECIMAL, DURATION, FLOAT, FUNCTION, INT, LIST, MOMENT, NOTHING, OPTIONAL,
    RECORD, TEXT, TIMESTAMP, UNION, Unreadable, Values,
};
use super::object::{HEAD, KIND_LIST, KIND_RECORD, KIND_REFERENCES};
use super::{Call, Outcome};
use crate::trap::Trap;
use crate::vm::Vm;

/// Bytes of what is carried at most.
const CARRIED_MAX: usize = 64 << 20;
/// Parts of a value at most: some take no bytes.
const PARTS_MAX: usize = 1 << 24;

/// A value of a type, as bytes.
pub(crate) fn carried(vm: &Vm, value: i64, of: i64) -> Result<Vec<u8>, Trap> {
    let values = Values::new(vm);
    let mut bytes = Vec::new();
    let mut waiting = vec![(value, of)];
    let mut parts = 0;
    while let Some((value, of)) = waiting.pop() {
        let begin = waiting.len();
        write(&values, (value, of), &mut bytes, &mut waiting)?;
        waiting[begin..].reverse();
        parts += 1;
        if bytes.len() > CARRIED_MAX || parts + waiting.len() > PARTS_MAX {
            let size = i64::try_from(bytes.len().max(parts)).unwrap_or(i64::MAX);
            return Err(Trap::ObjectSize { size });
        }
    }
    Ok(bytes)
}

/// A text as bytes.
pub(crate) fn carried_text(text: &str) -> Vec<u8> {
    let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

fn write(
    values: &Values<'_, Vm>,
    (value, of): (i64, i64),
    bytes: &mut Vec<u8>,
    rest: &mut Vec<(i64, i64)>,
) -> Result<(), Trap> {
    let mut word = |word: i64| bytes.extend(word.to_le_bytes());
    match values.word(of)? {
        NOTHING => {}
        INT | FLOAT | BOOL | TIMESTAMP | DURATION | MOMENT => word(value),
        DECIMAL => {
            word(values.part(value, 0)?);
            word(values.part(value, 1)?);
        }
        TEXT | BYTES => {
            let text = values.bytes(value)?;
            word(i64::try_from(text.len()).unwrap_or(i64::MAX));
            bytes.extend(text);
        }
        OPTIONAL | BOXED if value == 0 => bytes.push(0),
        OPTIONAL => {
            bytes.push(1);
            rest.push((value, values.word(of + 8)?));
        }
        BOXED => {
            bytes.push(1);
            rest.push((values.part(value, 0)?, values.word(of + 8)?));
        }
        LIST => {
            let (element, length) = (values.word(of + 8)?, i64::from(values.length(value)?));
            word(length);
            for place in 0..length {
                rest.push((values.part(value, place)?, element));
            }
        }
        RECORD => {
            for field in 0..values.word(of + 8)? {
                let at = of + 16 + field * 24;
                let part = values.part(value, values.word(at + 16)?)?;
                rest.push((part, values.word(at + 8)?));
            }
        }
        UNION => {
            let at = values.variant(value, of)?;
            word(i64::from(values.tag(value)?));
            for part in 0..values.word(at + 8)? {
                let at = at + 16 + part * 16;
                rest.push((values.part(value, values.word(at + 8)?)?, values.word(at)?));
            }
        }
        FUNCTION => {
            return Err(Trap::NotAnObject { value, expected: "a value that can be carried" });
        }
        _ => return Err(Unreadable { at: of }.into()),
    }
    Ok(())
}

/// What was carried, as a value of a type.
pub(super) fn savepoints_open(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    Ok(Outcome::Value(i64::try_from(call.savepoints()).unwrap_or(i64::MAX)))
}

pub(super) fn carry_in(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let carry = call.carry().ok_or(Trap::NotCarried)?;
    call.uncarried(&carry, call.argument(0)).map(Outcome::Value)
}

impl Call<'_> {
    /// A value of a type, from the bytes that [`carried`] made of it.
    pub(super) fn uncarried(&mut self, bytes: &[u8], of: i64) -> Result<i64, Trap> {
        let mut reader = Reader { rest: bytes, parts: 0 };
        // Where each value goes; the first is the result.
        let mut waiting = vec![(of, None)];
        let mut result = 0;
        while let Some((of, to)) = waiting.pop() {
            let begin = waiting.len();
            let value = reader.value(self, (of, to), &mut waiting)?;
            waiting[begin..].reverse();
            match (value, to) {
                (Some(value), Some(at)) => self.write_word(at, value)?,
                (Some(value), None) => result = value,
                (None, _) => {}
            }
        }
        if reader.rest.is_empty() { Ok(result) } else { Err(wrong()) }
    }
}

/// Values that are still to be made: the description of each, and where it goes.
type Waiting = Vec<(i64, Option<i64>)>;

struct Reader<'b> {
    rest: &'b [u8],
    parts: usize,
}

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Result<&[u8], Trap> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(wrong)?;
        self.rest = rest;
        Ok(taken)
    }

    fn word(&mut self) -> Result<i64, Trap> {
        let bytes = self.take(8)?.first_chunk().copied();
        bytes.map(i64::from_le_bytes).ok_or_else(wrong)
    }

    fn size(&mut self) -> Result<usize, Trap> {
        usize::try_from(self.word()?).map_err(|_| wrong())
    }

    /// Makes a value, but for what is in it, which is left to be made; none if that is all of it.
    fn value(
        &mut self,
        call: &mut Call<'_>,
        (of, to): (i64, Option<i64>),
        rest: &mut Waiting,
    ) -> Result<Option<i64>, Trap> {
        self.parts += 1;
        if self.parts > PARTS_MAX {
            return Err(wrong());
        }
        let described = |call: &Call<'_>, at: i64| call.typed().word(at);
        Ok(Some(match described(call, of)? {
            NOTHING => 0,
            INT | FLOAT | BOOL | TIMESTAMP | DURATION | MOMENT => self.word()?,
            DECIMAL => {
                let (low, high) = (self.word()?, self.word()?);
                let decimal = call.allocate(KIND_RECORD, 0, 2, 0)?;
                call.write_word(decimal + HEAD, low)?;
                call.write_word(decimal + HEAD + 8, high)?;
                decimal
            }
            TEXT | BYTES => {
                let size = self.size()?;
                call.new_text(self.take(size)?)?
            }
            OPTIONAL | BOXED if self.take(1)? == [0] => 0,
            OPTIONAL => {
                rest.push((described(call, of + 8)?, to));
                return Ok(None);
            }
            BOXED => {
                let inner = described(call, of + 8)?;
                let references = u16::from(is_reference(described(call, inner)?));
                let object = call.allocate(KIND_RECORD, references, 1, 0)?;
                rest.push((inner, Some(object + HEAD)));
                object
            }
            LIST => {
                let (element, length) = (described(call, of + 8)?, self.word()?);
                let is_reference = is_reference(described(call, element)?);
                let kind = if is_reference { KIND_REFERENCES } else { KIND_LIST };
                let list = call.allocate(kind, 0, length, 0)?;
                rest.extend((0..length).map(|place| (element, Some(list + HEAD + 8 * place))));
                list
            }
            RECORD => {
                let mut parts = Vec::new();
                for field in 0..described(call, of + 8)? {
                    let at = of + 16 + field * 24;
                    parts.push((described(call, at + 8)?, described(call, at + 16)?));
                }
                record(call, &parts, 0, rest)?
            }
            UNION => {
                let (tag, table) = (self.word()?, described(call, of + 8)?);
                let known = u32::try_from(tag)
                    .ok()
                    .filter(|_| described(call, table).is_ok_and(|variants| tag < variants));
                let known = known.ok_or_else(wrong)?;
                let at = described(call, table + 8 + tag * 8)?;
                let mut parts = Vec::new();
                for part in 0..described(call, at + 8)? {
                    let at = at + 16 + part * 16;
                    parts.push((described(call, at)?, described(call, at + 8)?));
                }
                record(call, &parts, known, rest)?
            }
            _ => return Err(wrong()),
        }))
    }
}

/// A record of parts with these descriptions and places.
fn record(
    call: &mut Call<'_>,
    parts: &[(i64, i64)],
    tag: u32,
    rest: &mut Waiting,
) -> Result<i64, Trap> {
    let mut references = 0_u16;
    for (of, _) in parts {
        references = references.saturating_add(u16::from(is_reference(call.typed().word(*of)?)));
    }
    let length = i64::try_from(parts.len()).unwrap_or(i64::MAX);
    let object = call.allocate(KIND_RECORD, references, length, tag)?;
    for (of, place) in parts {
        if !(0..length).contains(place) {
            return Err(wrong());
        }
        rest.push((*of, Some(object + HEAD + 8 * place)));
    }
    Ok(object)
}

/// Whether values whose description is of this kind are references.
fn is_reference(kind: i64) -> bool {
    matches!(kind, DECIMAL | TEXT | BYTES | OPTIONAL | BOXED | LIST | RECORD | UNION | FUNCTION)
}

fn wrong() -> Trap {
    Trap::NotCarried
}
