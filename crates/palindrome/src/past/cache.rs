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
    /// The frame that was read last.
    frame: Option<(u64, Arc<[u8]>)>,
}

impl Clone for Cache {
    fn clone(&self) -> Self {
        Self { tape: Tape::new(), known: self.known.clone(), frame: self.frame.clone() }
    }
}

impl Cache {
    /// Forgets what came behind so many steps.
    pub(super) fn truncate(&mut self, count: usize) {
        self.known.split_off(&count);
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
        // From the last one that says all, or that is known.
        let whole = upto.iter().rposition(|step| step.is_whole).unwrap_or(0);
        let found = self.known.range(whole..=place).next_back();
        let (mut at, mut known) = match found {
            Some((at, known)) => (at + 1, known.clone()),
            None => (whole, nothing.clone()),
        };
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

    fn patched(&mut self, from: &Known, bytes: &[u8]) -> Result<Known, PastError> {
        let wrong = || PastError("what a transaction changed cannot be read".to_owned());
        let change = Change::from_bytes(bytes).map_err(|_| wrong())?;
        let part = if change.store.is_empty() {
            from.part.clone()
        } else {
            store_patched(&mut self.tape, &from.part, &change.store).map_err(|_| wrong())?
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
