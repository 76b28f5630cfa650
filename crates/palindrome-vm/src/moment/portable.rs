//! Moments written down: each as what differs from the one before it, byte by byte.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use machine::{StateError, StateReader, StateWriter};
use tape::{PAGE_SIZE, Stored, Tape, TapePart};

use super::{Branch, Earlier, Look, Moment, Moments};
use crate::layout::STATE;

/// Equal bytes between two runs of different ones that are not worth a run of their own.
const GAP: usize = 4;

/// The numbers of the moments that were written already. Each is written once, though several states
/// may have it.
#[derive(Debug, Default)]
pub(crate) struct WrittenMoments(BTreeSet<u64>);

/// The moments that were read already.
#[derive(Debug, Default)]
pub(crate) struct KnownMoments {
    all: BTreeMap<u64, Moment>,
    first: u64,
    earlier: Option<Arc<dyn Earlier>>,
}

impl WrittenMoments {
    pub(crate) fn write(&mut self, moments: &Moments, writer: &mut StateWriter) {
        let mut new: BTreeMap<u64, &Moment> = BTreeMap::new();
        for branch in &moments.branches {
            let line = std::iter::successors(Some(&branch.tip), |moment| moment.before());
            // Those from before the program began belong to the program.
            for moment in line.take_while(|moment| moment.kept().is_some()) {
                if !self.0.insert(moment.number()) {
                    break;
                }
                new.insert(moment.number(), moment);
            }
        }
        writer.count(new.len());
        for (number, moment) in new {
            let before = moment.before();
            writer.number(number);
            writer.number(moment.time().cast_unsigned());
            writer.option(before.map(Moment::number));
            let state = moment.kept().map(|state| difference(state, before.and_then(Moment::kept)));
            writer.bytes(&state.unwrap_or_default());
        }
        writer.count(moments.branches.len());
        for branch in &moments.branches {
            writer.bytes(branch.name.as_bytes());
            writer.number(branch.tip.number());
        }
        writer.number(moments.present as u64);
        writer.number(moments.next);
        writer.count(moments.names.len());
        for (name, number) in &moments.names {
            writer.bytes(name.as_bytes());
            writer.number(*number);
        }
        writer.count(moments.looks.len());
        for look in &moments.looks {
            writer.number(look.number);
            writer.bytes(&difference(&look.around, moments.tip().and_then(Moment::kept)));
        }
    }
}

impl KnownMoments {
    /// Those from before the program began, which it has in any state.
    pub(crate) fn of(moments: &Moments) -> Self {
        let (first, earlier) = (moments.first, moments.earlier.clone());
        Self { all: moments.earlier_ones(), first, earlier }
    }

    /// Reads what was written. Moments share with each other what is the same, on `tape`, which
    /// stays as it is.
    pub(crate) fn read(
        &mut self,
        reader: &mut StateReader<'_>,
        tape: &mut Tape,
    ) -> Result<Moments, StateError> {
        let around = tape.part(STATE);
        let empty = Tape::new().part(STATE);
        let (first, earlier) = (self.first, self.earlier.clone());
        let read = Reading { tape, empty, all: &mut self.all, first, earlier }.moments(reader);
        tape.put_part(&around);
        read
    }
}

/// A tape on which states are put together.
struct Reading<'t> {
    tape: &'t mut Tape,
    empty: TapePart,
    all: &'t mut BTreeMap<u64, Moment>,
    first: u64,
    earlier: Option<Arc<dyn Earlier>>,
}

impl Reading<'_> {
    fn moments(mut self, reader: &mut StateReader<'_>) -> Result<Moments, StateError> {
        for _ in 0..reader.count(4)? {
            let number = reader.number()?;
            let time = reader.number()?.cast_signed();
            let before = match reader.option()? {
                Some(before) => Some(self.all.get(&before).ok_or(StateError)?.clone()),
                None => None,
            };
            let is_later = before.as_ref().is_none_or(|before| before.number() < number);
            if !is_later || self.all.contains_key(&number) {
                return Err(StateError);
            }
            let state = self.state(reader.bytes()?, before.as_ref().and_then(Moment::kept))?;
            self.all.insert(number, Moment::new(number, time, state, before));
        }
        let mut branches = Vec::new();
        for _ in 0..reader.count(2)? {
            let name = text(reader)?;
            let tip = self.all.get(&reader.number()?).ok_or(StateError)?.clone();
            branches.push(Branch { name, tip });
        }
        let present = usize::try_from(reader.number()?).map_err(|_| StateError)?;
        let next = reader.number()?;
        let is_newest = branches.iter().all(|branch| branch.tip.number() < next);
        if present >= branches.len().max(1) || !is_newest {
            return Err(StateError);
        }
        let mut names = BTreeMap::new();
        for _ in 0..reader.count(2)? {
            names.insert(text(reader)?, reader.number()?);
        }
        let tip = branches.get(present).and_then(|branch| branch.tip.kept().cloned());
        let mut looks = Vec::new();
        for _ in 0..reader.count(2)? {
            let number = reader.number()?;
            let around = self.state(reader.bytes()?, tip.as_ref())?;
            looks.push(Look { number, around });
        }
        let (first, earlier) = (self.first, self.earlier);
        Ok(Moments { next, branches, present, names, looks, first, earlier })
    }

    fn state(&mut self, bytes: &[u8], from: Option<&TapePart>) -> Result<TapePart, StateError> {
        let empty = self.empty.clone();
        patched(self.tape, from.unwrap_or(&empty), bytes)
    }
}

/// The state that differs so from another one, put together on a tape, which it changes.
pub(crate) fn patched(
    tape: &mut Tape,
    from: &TapePart,
    bytes: &[u8],
) -> Result<TapePart, StateError> {
    tape.put_part(from);
    let mut rest = bytes;
    while !rest.is_empty() {
        let (at, after) = rest.split_first_chunk::<8>().ok_or(StateError)?;
        let (len, after) = after.split_first_chunk::<2>().ok_or(StateError)?;
        let (at, len) = (i64::from_le_bytes(*at), u16::from_le_bytes(*len));
        let (run, after) = after.split_at_checked(len.into()).ok_or(StateError)?;
        let end = at.checked_add(i64::from(len)).ok_or(StateError)?;
        let is_inside = STATE.contains(&at) && end <= STATE.end && len > 0;
        if !is_inside || tape.poke(at, run) != Stored::Ok {
            return Err(StateError);
        }
        rest = after;
    }
    Ok(tape.part(STATE))
}

fn text(reader: &mut StateReader<'_>) -> Result<String, StateError> {
    String::from_utf8(reader.bytes()?.to_vec()).map_err(|_| StateError)
}

/// Runs of bytes that differ: the position of each, its length and its bytes.
pub(crate) fn difference(state: &TapePart, from: Option<&TapePart>) -> Vec<u8> {
    difference_within(state, from, &STATE)
}

/// Likewise, of a part of the data.
pub(super) fn difference_within(
    state: &TapePart,
    from: Option<&TapePart>,
    within: &Range<i64>,
) -> Vec<u8> {
    let mut out = Vec::new();
    for page in state.changes(from) {
        if !within.contains(&page.position) || page.before == page.after {
            continue;
        }
        let mut at = 0;
        while at < PAGE_SIZE {
            let differs = |place: &usize| page.before[*place] != page.after[*place];
            let Some(begin) = (at..PAGE_SIZE).find(differs) else { break };
            let mut end = begin + 1;
            while let Some(next) = (end..PAGE_SIZE.min(end + GAP)).find(differs) {
                end = next + 1;
            }
            let position = page.position + i64::try_from(begin).unwrap_or(0);
            out.extend_from_slice(&position.to_le_bytes());
            out.extend_from_slice(&u16::try_from(end - begin).unwrap_or(0).to_le_bytes());
            out.extend_from_slice(&page.after[begin..end]);
            at = end;
        }
    }
    out
}
