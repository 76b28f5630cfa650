//! What was put together of the past lately.

use std::collections::BTreeMap;
use std::sync::Arc;

use palindrome_vm::layout::STATE;
use palindrome_vm::{Tape, store_patched};

use super::step::Change;
use super::{Known, PastError, Place, Source, Step};

/// Steps that are kept as they were: of a walk that ends somewhere the last ones, as whoever goes back asks
/// for them next.
const KEPT: usize = 64;
/// When there are more, all but the last walk go.
const KEPT_MAX: usize = 4 * KEPT;

/// What was put together lately, and a tape to do it on.
#[derive(Debug, Default)]
pub(super) struct Cache {
    tape: Tape,
    known: BTreeMap<usize, Known>,
    named: Option<Named>,
    /// The frame that was read last.
    frame: Option<(u64, Arc<[u8]>)>,
}

/// The name that was asked for last, and its value at a step.
#[derive(Clone, Debug)]
struct Named {
    name: String,
    place: usize,
    value: Option<Arc<[u8]>>,
}

impl Clone for Cache {
    fn clone(&self) -> Self {
        let (known, named, frame) = (self.known.clone(), self.named.clone(), self.frame.clone());
        Self { tape: Tape::new(), known, named, frame }
    }
}

impl Cache {
    /// Forgets what came behind so many steps.
    pub(super) fn truncate(&mut self, count: usize) {
        self.known.split_off(&count);
        self.named.take_if(|named| named.place >= count);
    }

    /// Forgets what was read elsewhere.
    pub(super) fn forget_frame(&mut self) {
        self.frame = None;
    }

    /// What was at a step.
    pub(super) fn known(
        &mut self,
        place: Option<usize>,
        steps: &[Step],
        source: Option<&dyn Source>,
    ) -> Result<Known, PastError> {
        let nothing = Known { part: Tape::new().part(STATE), names: Arc::default() };
        let Some(place) = place else { return Ok(nothing) };
        let missing = || PastError("there is no such step".to_owned());
        let upto = steps.get(..=place).ok_or_else(missing)?;
        let found = self.known.range(..=place).next_back();
        let found = found.map(|(at, known)| (*at, known.clone()));
        let (mut at, known) = begin(upto, found);
        let mut known = known.unwrap_or_else(|| nothing.clone());
        if self.known.len() > KEPT_MAX {
            self.known.clear();
        }
        while let Some(step) = upto.get(at) {
            let bytes = self.bytes(step, source)?;
            let from = if step.is_whole { &nothing } else { &known };
            let next = self.patched(from, &bytes)?;
            known = next;
            if place - at < KEPT {
                self.known.insert(at, known.clone());
            }
            at += 1;
        }
        Ok(known)
    }

    /// The value of a name at a step, if it had one. The store is not put together for it, and who asks for
    /// one step after the other has each looked at once.
    pub(super) fn value(
        &mut self,
        place: usize,
        name: &str,
        steps: &[Step],
        source: Option<&dyn Source>,
    ) -> Result<Option<Arc<[u8]>>, PastError> {
        let missing = || PastError("there is no such step".to_owned());
        let upto = steps.get(..=place).ok_or_else(missing)?;
        let found = self.named.take().filter(|it| it.name == name && it.place <= place);
        let (at, value) = begin(upto, found.map(|it| (it.place, it.value)));
        let mut value = value.flatten();
        for step in &upto[at..] {
            let bytes = self.bytes(step, source)?;
            let change = Change::value_of(&bytes, name).map_err(|_| unreadable())?;
            match change {
                Some(new) => value = new.map(Arc::from),
                None if step.is_whole => value = None,
                None => {}
            }
        }
        self.named = Some(Named { name: name.to_owned(), place, value: value.clone() });
        Ok(value)
    }

    fn patched(&mut self, from: &Known, bytes: &[u8]) -> Result<Known, PastError> {
        let change = Change::from_bytes(bytes).map_err(|_| unreadable())?;
        let part = if change.store.is_empty() {
            from.part.clone()
        } else {
            store_patched(&mut self.tape, &from.part, &change.store).map_err(|_| unreadable())?
        };
        let mut names = Arc::clone(&from.names);
        for (name, value) in change.names {
            let names = Arc::make_mut(&mut names);
            match value {
                Some(value) => names.insert(name, value),
                None => names.remove(&name),
            };
        }
        Ok(Known { part, names })
    }

    /// The bytes of a step.
    pub(super) fn bytes(
        &mut self,
        step: &Step,
        source: Option<&dyn Source>,
    ) -> Result<Arc<[u8]>, PastError> {
        let (at, from, length) = match &step.place {
            Place::Held(bytes) => return Ok(Arc::clone(bytes)),
            Place::Lies { frame, from, length } => (*frame, *from as usize, *length as usize),
        };
        let whole = match &self.frame {
            Some((known, bytes)) if *known == at => Arc::clone(bytes),
            _ => {
                let missing = || PastError("the file of the tape is not at hand".to_owned());
                let bytes = source.ok_or_else(missing)?.frame(at).map_err(PastError)?;
                let bytes: Arc<[u8]> = bytes.into();
                self.frame = Some((at, Arc::clone(&bytes)));
                bytes
            }
        };
        let bytes = from.checked_add(length).and_then(|end| whole.get(from..end));
        let bytes = bytes.ok_or_else(|| PastError("a transaction is cut off".to_owned()))?;
        Ok(bytes.into())
    }
}

/// At which of some steps to begin for what was at the last of them, and with what: behind one at which it
/// is known, or else at the last one that says all.
fn begin<T>(upto: &[Step], known: Option<(usize, T)>) -> (usize, Option<T>) {
    let from = known.as_ref().map_or(0, |(at, _)| at + 1);
    let whole = upto.get(from..).and_then(|steps| steps.iter().rposition(|step| step.is_whole));
    match (whole, known) {
        (Some(whole), _) => (from + whole, None),
        (None, known) => (from, known.map(|(_, known)| known)),
    }
}

fn unreadable() -> PastError {
    PastError("what a transaction changed cannot be read".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A step that says so of names.
    fn step(is_whole: bool, names: &[(&str, &[u8])]) -> Step {
        let names = names.iter().map(|(name, value)| {
            ((*name).to_owned(), (!value.is_empty()).then(|| Arc::from(*value)))
        });
        let change = Change { names: names.collect(), ..Change::default() };
        Step { stamp: None, is_whole, place: Place::Held(change.to_bytes()) }
    }

    #[test]
    fn the_value_of_a_name_is_that_among_all_names_in_whatever_order_steps_are_asked_for() {
        let steps = [
            step(true, &[("a", b"1"), ("b", b"2")]),
            step(false, &[("b", b"3")]),
            step(false, &[]),
            step(false, &[("a", b""), ("c", b"4")]),
            step(true, &[("b", b"5")]),
            step(false, &[("a", b"6")]),
            step(false, &[("a", b"7"), ("b", b"")]),
        ];
        let mut cache = Cache::default();
        for stride in 1..steps.len() {
            for asked in 0..3 * steps.len() {
                let place = asked * stride % steps.len();
                let all = Cache::default().known(Some(place), &steps, None).unwrap().names;
                for name in ["a", "b", "c", "d"] {
                    let found = cache.value(place, name, &steps, None).unwrap();
                    assert_eq!(found.as_ref(), all.get(name), "{name} at {place}");
                }
                let kept = cache.value(place, "a", &steps, None).unwrap();
                assert_eq!(kept.as_ref(), all.get("a"), "once more");
                assert_eq!(cache.known(Some(place), &steps, None).unwrap().names, all);
            }
        }
        // Other steps may come behind those that are left.
        let mut steps = steps.to_vec();
        cache.value(6, "a", &steps, None).unwrap();
        cache.truncate(6);
        steps[6] = step(false, &[("a", b"8")]);
        assert_eq!(cache.value(6, "a", &steps, None).unwrap().as_deref(), Some(&b"8"[..]));
        assert!(cache.value(7, "a", &steps, None).is_err());
    }
}
