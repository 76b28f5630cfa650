//! The words that can be found: those of the memory and those that the unit adds, newest last.

use source::Span;
use tacit_vm::{Memory, Register, Word, WordKind};

use super::routine::WordId;
use crate::effect::Effect;

/// A word that the unit defines.
#[derive(Debug)]
pub(super) struct NewWord {
    pub(super) name: String,
    /// Its name as a string of the memory.
    pub(super) string: u16,
    pub(super) kind: WordKind,
    /// A global variable's number.
    pub(super) value: u16,
    /// The word defined before it.
    pub(super) link: Option<WordId>,
    pub(super) span: Span,
    pub(super) effect: Effect,
}

/// A word as it was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) id: WordId,
    pub(super) kind: WordKind,
    pub(super) value: u16,
    pub(super) effect: Effect,
}

/// All words.
#[derive(Debug)]
pub(super) struct Names {
    /// What the unit defines; also what it forgets again.
    pub(super) new: Vec<NewWord>,
    /// Those of them that can be found, oldest first.
    live: Vec<usize>,
    /// The newest word of the memory that can be found, 0 for none.
    newest: u16,
}

impl Names {
    pub(super) fn new(memory: &Memory) -> Self {
        let newest = u16::try_from(memory.register(Register::Words)).unwrap_or(0);
        Self { new: Vec::new(), live: Vec::new(), newest }
    }

    /// A word of the program's own.
    pub(super) fn find(&self, memory: &Memory, name: &str) -> Option<Found> {
        self.find_where(memory, name, |kind| kind != WordKind::Library)
    }

    /// A word of the library that is already there.
    pub(super) fn find_library(&self, memory: &Memory, name: &str) -> Option<Found> {
        self.find_where(memory, name, |kind| kind == WordKind::Library)
    }

    fn find_where(
        &self,
        memory: &Memory,
        name: &str,
        is_wanted: impl Fn(WordKind) -> bool,
    ) -> Option<Found> {
        let mut live = self.live.iter().rev().copied();
        let new = live.find(|id| self.new[*id].name == name && is_wanted(self.new[*id].kind));
        if let Some(id) = new {
            return Some(self.found(id));
        }
        let string = memory.find_string(name)?;
        let mut old = self.old(memory);
        let word = old.find(|word| word.name == string && is_wanted(word.kind))?;
        let Word { kind, value, .. } = word;
        Some(Found { id: WordId::Old(word.header), kind, value, effect: None })
    }

    /// The words of the memory that can still be found, newest first.
    fn old<'a>(&self, memory: &'a Memory) -> impl Iterator<Item = Word> + use<'a> {
        let newest = self.newest;
        memory.words().skip_while(move |word| word.header > newest)
    }

    pub(super) fn found(&self, id: usize) -> Found {
        let NewWord { kind, value, effect, .. } = self.new[id];
        Found { id: WordId::New(id), kind, value, effect }
    }

    /// Lets a word be found. Its place in the order is after all that can be found now.
    pub(super) fn finish(&mut self, id: usize) {
        self.new[id].link = self.newest();
        self.live.push(id);
    }

    /// The newest word.
    pub(super) fn newest(&self) -> Option<WordId> {
        match self.live.last() {
            Some(id) => Some(WordId::New(*id)),
            None => (self.newest != 0).then_some(WordId::Old(self.newest)),
        }
    }

    /// Removes a word and all defined since.
    pub(super) fn forget(&mut self, memory: &Memory, id: WordId) {
        match id {
            WordId::New(id) => {
                let place = self.live.iter().position(|live| *live == id);
                self.live.truncate(place.unwrap_or(self.live.len()));
            }
            WordId::Old(header) => {
                self.live.clear();
                self.newest = memory.word(header).map_or(0, |word| word.link);
            }
        }
    }

    /// The names of the program's own words.
    pub(super) fn names(&self, memory: &Memory) -> Vec<String> {
        let new = self.live.iter().map(|id| self.new[*id].name.clone());
        let old = self.old(memory).filter(|word| word.kind != WordKind::Library);
        new.chain(old.map(|word| memory.text(word.name))).collect()
    }
}
