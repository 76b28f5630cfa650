//! Which instructions log what they overwrite, and how each is undone.

use crate::back::{BackSlot, back_slots};
use crate::image::{Program, unobserved_beside};
use crate::recover::{Recovered, Term};

/// What going back needs to know of a program.
#[derive(Debug)]
pub(crate) struct Logging {
    unlogged: Box<[bool]>,
    unobserved: Box<[bool]>,
    recovered: Option<Recovered>,
    back: Box<[BackSlot]>,
}

impl Logging {
    /// `strayed`: control may come to places by other ways than those of the code.
    pub(crate) fn new(program: &Program, strayed: bool) -> Self {
        let (instructions, entry) = (program.instructions(), program.image().entry);
        let marks = || vec![false; instructions.len()].into_boxed_slice();
        let (mut unlogged, mut unobserved) = (marks(), marks());
        let mut recovered = None;
        // A program that can take back its own steps may observe every old value, and what is
        // taken back is counted by what is logged.
        if !program.rewinds_by_steps() {
            if !strayed {
                recovered = Some(Recovered::new(instructions, entry));
            }
            let term = |index: usize| recovered.as_ref().and_then(|it| it.term(index));
            let listed = &program.image().unobserved;
            if !listed.is_empty() {
                let taken = |index| term(index).map_or(0, Term::registers);
                // Marks that are not true are passed over: going back would come to wrong values.
                for index in unobserved_beside(instructions, entry, taken) {
                    unobserved[index as usize] = listed.binary_search(&index).is_ok();
                }
            }
            for (index, unlogged) in unlogged.iter_mut().enumerate() {
                *unlogged = unobserved[index] || term(index).is_some();
            }
        }
        let mut logging = Self { unlogged, unobserved, recovered, back: Box::default() };
        logging.back = back_slots(instructions, &logging).into_boxed_slice();
        logging
    }

    /// Whether each instruction logs nothing of what it overwrites, though it has no inverse.
    pub(crate) fn unlogged(&self) -> &[bool] {
        &self.unlogged
    }

    pub(crate) fn is_unlogged(&self, index: u32) -> bool {
        self.unlogged.get(index as usize).copied().unwrap_or(false)
    }

    /// Whether nobody can observe the old value that the instruction overwrites.
    pub(crate) fn is_unobserved(&self, index: usize) -> bool {
        self.unobserved.get(index).copied().unwrap_or(false)
    }

    /// How the old value can be had.
    pub(crate) fn term(&self, index: usize) -> Option<&Term> {
        self.recovered.as_ref()?.term(index)
    }

    /// How each instruction is undone.
    pub(crate) fn back_slots(&self) -> &[BackSlot] {
        &self.back
    }
}
