//! Calls that stand: those that their inverse can undo, newest first, in a chain of objects that never
//! change. Each link is a union, whose tag says of which function, with what tells the call from others,
//! the link before, what the inverse gives, and the numbers of the data before and after the call.

use std::collections::BTreeSet;

use super::object::{HEAD, KIND_RECORD};
use super::{Call, Outcome};
use crate::trap::Trap;

/// Words of a link, of which the first are references.
const WORDS: i64 = 5;
const REFERENCES: u16 = 3;
/// What tells the call from others.
const KEY: i64 = HEAD;
/// The link before, or 0.
const BEFORE: i64 = HEAD + 8;
/// The number of the data after the call, which no other link has.
const AFTER: i64 = HEAD + 32;

impl Call<'_> {
    fn link(&mut self, at: i64) -> Result<(), Trap> {
        self.head(at, &[KIND_RECORD], "a call that stands")?;
        Ok(())
    }

    /// The links from the newest on.
    fn links(&mut self, newest: i64) -> Result<Vec<i64>, Trap> {
        let (mut all, mut at) = (Vec::new(), newest);
        while at != 0 {
            self.link(at)?;
            all.push(at);
            at = self.read_word(at + BEFORE)?;
            // A link is made before those that refer to it.
            if all.last().is_some_and(|last| at >= *last) {
                return Err(Trap::NotAnObject { value: at, expected: "an older call" });
            }
        }
        Ok(all)
    }

    /// The same link behind another one.
    fn moved_link(&mut self, link: i64, before: i64) -> Result<i64, Trap> {
        let tag = self.typed().tag(link)?;
        let copy = self.allocate(KIND_RECORD, REFERENCES, WORDS, tag)?;
        for word in 0..WORDS {
            let value = self.read_word(link + HEAD + 8 * word)?;
            self.write_word(copy + HEAD + 8 * word, value)?;
        }
        self.write_word(copy + BEFORE, before)?;
        Ok(copy)
    }

    /// Links, oldest first, behind another one.
    fn chained(&mut self, before: i64, links: &[i64]) -> Result<i64, Trap> {
        links.iter().try_fold(before, |before, link| self.moved_link(*link, before))
    }

    fn after(&mut self, links: &[i64]) -> Result<BTreeSet<i64>, Trap> {
        links.iter().map(|link| self.read_word(link + AFTER)).collect()
    }
}

pub(super) fn standing_find(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (mut at, tag) = (call.argument(0), call.argument(1));
    let (key, of) = (call.argument(2), call.argument(3));
    while at != 0 {
        call.link(at)?;
        if i64::from(call.typed().tag(at)?) == tag {
            let other = call.read_word(at + KEY)?;
            if call.typed().total().compare(other, key, of)?.is_eq() {
                break;
            }
        }
        let before = call.read_word(at + BEFORE)?;
        if before >= at {
            return Err(Trap::NotAnObject { value: before, expected: "an older call" });
        }
        at = before;
    }
    Ok(Outcome::Value(at))
}

pub(super) fn standing_without(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (newest, link) = (call.argument(0), call.argument(1));
    let all = call.links(newest)?;
    let Some(place) = all.iter().position(|other| *other == link) else {
        return Ok(Outcome::Value(newest));
    };
    let newer: Vec<i64> = all[..place].iter().rev().copied().collect();
    let before = call.read_word(link + BEFORE)?;
    call.chained(before, &newer).map(Outcome::Value)
}

pub(super) fn standing_merge(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (ours, base, theirs) = (call.argument(0), call.argument(1), call.argument(2));
    if theirs == base {
        return Ok(Outcome::Value(ours));
    }
    let [ours, base, theirs] = [ours, base, theirs].map(|newest| call.links(newest));
    let (ours, base, theirs) = (ours?, base?, theirs?);
    let (known, standing) = (call.after(&base)?, call.after(&theirs)?);
    let mut links = Vec::new();
    for link in ours.into_iter().rev() {
        let number = call.read_word(link + AFTER)?;
        if !known.contains(&number) || standing.contains(&number) {
            links.push(link);
        }
    }
    for link in theirs.into_iter().rev() {
        if !known.contains(&call.read_word(link + AFTER)?) {
            links.push(link);
        }
    }
    call.chained(0, &links).map(Outcome::Value)
}
