//! What is done with texts as the user sees them: as characters, which are code points.

use super::object::{HEAD, KIND_LIST, KIND_RECORD, KIND_REFERENCES};
use super::{Call, Outcome};
use crate::trap::Trap;

impl Call<'_> {
    pub(super) fn string(&mut self, index: u8) -> Result<String, Trap> {
        let bytes = self.text(self.argument(index))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn given(&mut self, text: &str) -> Result<Outcome, Trap> {
        self.new_text(text.as_bytes()).map(Outcome::Value)
    }

    /// A word that may be missing.
    fn optional(&mut self, word: Option<i64>) -> Result<Outcome, Trap> {
        let Some(word) = word else { return Ok(Outcome::Value(0)) };
        let found = self.allocate(KIND_RECORD, 0, 1, 0)?;
        self.write_word(found + HEAD, word)?;
        Ok(Outcome::Value(found))
    }

    fn texts<'t>(&mut self, parts: impl Iterator<Item = &'t str>) -> Result<Outcome, Trap> {
        let parts: Result<Vec<i64>, Trap> = parts
            .enumerate()
            .map(|(place, part)| {
                self.go_on_at(place)?;
                self.go_on(part.len() + size_of::<i64>())?;
                self.new_text(part.as_bytes())
            })
            .collect();
        let parts = parts?;
        let length = i64::try_from(parts.len()).unwrap_or(i64::MAX);
        // They have their one reference from here.
        let list = self.allocate(KIND_REFERENCES, 0, length, 0)?;
        let bytes: Vec<u8> = parts.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.write_bytes(list + HEAD, &bytes)?;
        Ok(Outcome::Value(list))
    }
}

fn truth(it: bool) -> Result<Outcome, Trap> {
    Ok(Outcome::Value(i64::from(it)))
}

pub(super) fn text_length(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let count = call.string(0)?.chars().count();
    Ok(Outcome::Value(i64::try_from(count).unwrap_or(i64::MAX)))
}

pub(super) fn text_upper(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let text = call.string(0)?.to_uppercase();
    call.given(&text)
}

pub(super) fn text_lower(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let text = call.string(0)?.to_lowercase();
    call.given(&text)
}

pub(super) fn text_trim(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let text = call.string(0)?;
    call.given(text.trim())
}

pub(super) fn text_split(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (text, by) = (call.string(0)?, call.string(1)?);
    if by.is_empty() {
        return Err(Trap::Raised { message: "a text cannot be split by nothing".to_owned() });
    }
    call.texts(text.split(by.as_str()))
}

pub(super) fn text_characters(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let text = call.string(0)?;
    let ends = text.char_indices().map(|(at, letter)| (at, at + letter.len_utf8()));
    call.texts(ends.map(|(from, to)| &text[from..to]))
}

pub(super) fn text_contains(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    truth(call.string(0)?.contains(&call.string(1)?))
}

pub(super) fn text_starts_with(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    truth(call.string(0)?.starts_with(&call.string(1)?))
}

pub(super) fn text_ends_with(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    truth(call.string(0)?.ends_with(&call.string(1)?))
}

pub(super) fn text_has_words(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    truth(relational::text_has_words(&call.string(0)?, &call.string(1)?))
}

pub(super) fn text_replace(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (text, from, to) = (call.string(0)?, call.string(1)?, call.string(2)?);
    if from.is_empty() {
        return Err(Trap::Raised { message: "nothing cannot be replaced in a text".to_owned() });
    }
    let pieces = text.matches(from.as_str()).count();
    let size = pieces.saturating_mul(to.len()).saturating_add(text.len());
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    if size > super::SIZE_MAX {
        return Err(Trap::ObjectSize { size });
    }
    call.given(&text.replace(from.as_str(), &to))
}

pub(super) fn text_slice(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let text = call.string(0)?;
    let bound = |at: i64| usize::try_from(at.max(0)).unwrap_or(usize::MAX);
    let (from, to) = (bound(call.argument(1)), bound(call.argument(2)));
    let part: String = text.chars().take(to).skip(from).collect();
    call.given(&part)
}

pub(super) fn text_at(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (text, index) = (call.string(0)?, call.argument(1));
    match usize::try_from(index).ok().and_then(|index| text.chars().nth(index)) {
        Some(letter) => call.given(letter.encode_utf8(&mut [0; 4])),
        None => Err(no_place("character", "text", index, text.chars().count())),
    }
}

pub(super) fn byte_at(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (bytes, index) = (call.text(call.argument(0))?, call.argument(1));
    match usize::try_from(index).ok().and_then(|index| bytes.get(index)) {
        Some(byte) => Ok(Outcome::Value(i64::from(*byte))),
        None => Err(no_place("byte", "value", index, bytes.len())),
    }
}

fn no_place(part: &str, whole: &str, index: i64, count: usize) -> Trap {
    let message = match count {
        0 => format!("there is no {part} {index}: the {whole} is empty"),
        1 => format!("there is no {part} {index} in a {whole} of one {part}, which is {part} 0"),
        _ => format!("there is no {part} {index} in a {whole} of {part}s 0 to {}", count - 1),
    };
    Trap::Raised { message }
}

pub(super) fn text_join(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (list, between) = (call.argument(0), call.text(call.argument(1))?);
    let mut text = Vec::new();
    for (index, part) in call.elements(list)?.into_iter().enumerate() {
        if index > 0 {
            text.extend_from_slice(&between);
        }
        call.go_on_at(index)?;
        text.extend(call.text(part)?);
        let size = i64::try_from(text.len()).unwrap_or(i64::MAX);
        if size > super::SIZE_MAX {
            return Err(Trap::ObjectSize { size });
        }
    }
    call.new_text(&text).map(Outcome::Value)
}

pub(super) fn text_to_int(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let found = call.string(0)?.trim().parse().ok();
    call.optional(found)
}

pub(super) fn text_to_float(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let found: Option<f64> = call.string(0)?.trim().parse().ok();
    call.optional(found.map(crate::exec::from_f64))
}

pub(super) fn text_to_decimal(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let text = call.string(0)?;
    let Some((digits, scale)) = super::decimal::read(text.trim()) else {
        return Ok(Outcome::Value(0));
    };
    call.decimal_of(digits, scale).map(Outcome::Value)
}

pub(super) fn bytes_text(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let bytes = call.text(call.argument(0))?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => call.given(text),
        Err(_) => Ok(Outcome::Value(0)),
    }
}

pub(super) fn list_flatten(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (lists, references) = (call.argument(0), call.argument(1));
    let mut all = Vec::new();
    for list in call.elements(lists)? {
        all.extend(call.elements(list)?);
        let size = i64::try_from(all.len() * 8).unwrap_or(i64::MAX);
        if size > super::SIZE_MAX {
            return Err(Trap::ObjectSize { size });
        }
    }
    let kind = if references == 0 { KIND_LIST } else { KIND_REFERENCES };
    call.new_list(kind, &all).map(Outcome::Value)
}

/// -1 rounds down, 0 to the nearest with ties away from 0, 1 up.
pub(super) fn float_to_int(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let value = f64::from_bits(call.argument(0).cast_unsigned());
    let rounded = match call.argument(1).signum() {
        -1 => value.floor(),
        0 => value.round(),
        _ => value.ceil(),
    };
    // The bounds are powers of two, so they are what they say.
    let is_fit = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&rounded);
    if is_fit {
        Ok(Outcome::Value(crate::exec::float_to_int(rounded)))
    } else {
        Err(Trap::Raised { message: "the number does not fit into 64 bits".to_owned() })
    }
}
