//! What a program leaves for the next run: the pages of its relations, and the values of names of the
//! top level.

use std::fmt;

use palindrome_vm::image::{ByteReader, ByteWriter};
use palindrome_vm::layout::STORE;
use palindrome_vm::{ImageError, Tape, Trap};
use relational::{Type, Value, typed_from_bytes, typed_to_bytes, widened};
use tape::TapePart;

use crate::codegen::Names;

/// Bytes of a page.
pub const STATE_PAGE: usize = relational::PAGE_SIZE;

/// A page of the relations, by its number from the first one.
pub type StatePage = (u32, Box<[u8; STATE_PAGE]>);

/// What a program leaves for the next run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// By their numbers, ascending.
    pub pages: Vec<StatePage>,
    /// By their names, ascending.
    pub names: Vec<KeptName>,
}

/// A name of the top level with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptName {
    /// Its name, with the spaces around it.
    pub name: String,
    /// The type of its values.
    pub of: Type,
    /// Its value.
    pub value: Value,
}

/// A name of a program that cannot have the value that was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct UnfitName {
    /// The name.
    pub name: String,
    /// The type that its value was kept with, and that of the program; without the latter, its values
    /// cannot be kept at all.
    pub types: Option<(Type, Type)>,
}

impl fmt::Display for UnfitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.types {
            Some((was, is)) => write!(
                f,
                "`{name}` is {was} on the tape, and {is} in the program: give it another name, or \
                 give up its value with --drop {name}"
            ),
            None => write!(
                f,
                "`{name}` is assigned to, and its values cannot be kept on a tape: only values without \
                 functions in them can, and of types that do not contain themselves"
            ),
        }
    }
}

impl std::error::Error for UnfitName {}

impl State {
    /// Whether the names of a program can have the values that were kept.
    pub(crate) fn check(&self, names: &Names) -> Result<(), UnfitName> {
        for global in names.globals.iter().filter(|global| global.is_state) {
            let name = global.name.clone();
            let Some(is) = &global.stored else { return Err(UnfitName { name, types: None }) };
            let Some(kept) = self.name(&global.name) else { continue };
            if widened(Value::None, &kept.of, is).is_none() {
                return Err(UnfitName { name, types: Some((kept.of.clone(), is.clone())) });
            }
        }
        Ok(())
    }

    /// What was kept of a name.
    #[must_use]
    pub fn name(&self, name: &str) -> Option<&KeptName> {
        let place = self.names.binary_search_by(|kept| kept.name.as_str().cmp(name)).ok()?;
        self.names.get(place)
    }

    /// The pages of the relations on a tape of their own, on which a store can be opened at
    /// [`STATE_START`].
    #[must_use]
    pub fn to_tape(&self) -> Tape {
        let mut tape = Tape::new();
        self.place_pages(&mut tape);
        tape
    }

    /// What is on a tape, with these names.
    #[must_use]
    pub fn from_tape(tape: &mut Tape, names: Vec<KeptName>) -> Self {
        let tape = tape.snapshot();
        let pages = tape.pages().into_iter().filter_map(|(at, page)| page_of(at, page));
        Self { pages: pages.collect(), names }
    }

    /// What is in a stretch of a tape, with these names.
    pub(crate) fn from_part(part: &TapePart, names: Vec<KeptName>) -> Self {
        let pages = part.changes(None).into_iter();
        let pages = pages.filter_map(|page| page_of(page.position, page.after));
        Self { pages: pages.collect(), names }
    }

    pub(crate) fn place_pages(&self, tape: &mut Tape) {
        for (number, page) in &self.pages {
            let _stored = tape.poke(STORE.start + (i64::from(*number) << 12), &page[..]);
        }
    }

    /// Makes a machine that has not run begin with this.
    pub(crate) fn place(&self, names: &Names, vm: &mut palindrome_vm::Vm) -> Result<(), Trap> {
        self.place_pages(&mut vm.tape);
        for global in names.globals.iter().filter(|global| global.is_state) {
            let (Some(kept), Some(of)) = (self.name(&global.name), &global.stored) else {
                continue;
            };
            let Some(value) = widened(kept.value.clone(), &kept.of, of) else { continue };
            let word = vm.place_value(&value, of)?;
            let _stored = vm.tape.poke(global.at, &word.to_le_bytes());
            let _stored = vm.tape.poke(global.at + 8, &1_i64.to_le_bytes());
        }
        Ok(())
    }

    /// As bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = ByteWriter::new();
        writer.count(self.pages.len());
        let mut pages = Vec::with_capacity(self.pages.len() * STATE_PAGE);
        for (number, page) in &self.pages {
            writer.u32(*number);
            pages.extend_from_slice(&page[..]);
        }
        writer.count(self.names.len());
        for kept in &self.names {
            writer.text(&kept.name);
            writer.bytes(&typed_to_bytes(&kept.of, &kept.value));
        }
        let mut bytes = writer.into_bytes();
        bytes.append(&mut pages);
        bytes
    }

    /// From bytes.
    ///
    /// # Errors
    /// They are no state.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ImageError> {
        let mut reader = ByteReader::new("state", bytes);
        let numbers = reader.list(4, ByteReader::u32)?;
        let names = reader.list(8, |reader| {
            let (name, typed) = (reader.text()?, reader.bytes()?);
            let (of, value) = typed_from_bytes(typed).map_err(|_| reader.wrong(0, "a value"))?;
            Ok(KeptName { name, of, value })
        })?;
        let mut pages = Vec::with_capacity(numbers.len().min(bytes.len() / STATE_PAGE));
        for number in numbers {
            let page = Box::new(reader.array::<STATE_PAGE>()?);
            pages.push((number, page));
        }
        reader.finish()?;
        let is_sorted = pages.is_sorted_by(|one: &StatePage, other| one.0 < other.0)
            && names.is_sorted_by(|one: &KeptName, other| one.name < other.name);
        let is_inside = pages.last().is_none_or(|(number, _)| *number < PAGES_MAX);
        if is_sorted && is_inside {
            Ok(Self { pages, names })
        } else {
            Err(ByteReader::new("state", bytes).wrong(0, "a state in order"))
        }
    }
}

/// A page of the tape as one of the relations, if it is one and not empty.
fn page_of(at: i64, page: &[u8; STATE_PAGE]) -> Option<StatePage> {
    if !STORE.contains(&at) || *page == [0; STATE_PAGE] {
        return None;
    }
    Some((u32::try_from((at - STORE.start) >> 12).ok()?, Box::new(*page)))
}

/// Pages that the relations of a program have at most.
const PAGES_MAX: u32 = 1 << 20;
const _: () = assert!((PAGES_MAX as i64) << 12 == STORE.end - STORE.start);

/// Where the store begins on the tape of a program.
pub const STATE_START: i64 = STORE.start;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_back_from_its_bytes_and_damage_is_found() {
        let kept = |name: &str, value: i64| KeptName {
            name: name.to_owned(),
            of: Type::Option(Box::new(Type::Int)),
            value: Value::Int(value),
        };
        let page = |number: u32| (number, Box::new([number.to_le_bytes()[0]; STATE_PAGE]));
        let state =
            State { pages: vec![page(0), page(7)], names: vec![kept("a", 1), kept("b", 2)] };
        let bytes = state.to_bytes();
        assert_eq!(State::from_bytes(&bytes), Ok(state.clone()));
        for cut in 0..bytes.len() {
            assert!(State::from_bytes(&bytes[..cut]).is_err(), "{cut}");
        }
        let mixed = State { names: vec![kept("b", 2), kept("a", 1)], ..state };
        assert!(State::from_bytes(&mixed.to_bytes()).is_err());
        assert_eq!(State::from_bytes(&State::default().to_bytes()), Ok(State::default()));
    }
}
