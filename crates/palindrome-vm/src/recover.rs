//! Old values that need not be logged, because they can be calculated from what is left.
//!
//! An instruction that overwrites a register or a word of the tape destroys nothing if the old value
//! follows from other places: a register that was loaded from a name is still in that name, and a
//! name that something was added to is the sum without it. So this follows control forwards and
//! notes, as equations between registers, words of the tape and constants, what is true on every way
//! to an instruction (the affine relations of Karr, 1976, but few and small ones, and products and
//! such that are only ever calculated forwards). Where an equation can be solved for what is
//! overwritten, going back calculates it. Code whose steps are inverse to something leaves an empty
//! log, whether its names are in registers or on the tape.
//!
//! All that is taken for granted: control comes to an instruction by the code, and nobody but the
//! code changes what it does not say. [`crate::vm::Core::strayed`] is set where that does not hold.

use std::collections::BTreeSet;

mod facts;
mod term;

pub(crate) use term::{Place, Term};

use self::facts::Facts;
use crate::image::{falls_through, targets};
use crate::op::Instruction;

/// Visits of one place at most: what is still not settled then is not known.
const VISITS_MAX: u8 = 8;

/// How the old values of a program's instructions can be had.
#[derive(Debug)]
pub(crate) struct Recovered {
    terms: Box<[Option<Term>]>,
}

impl Recovered {
    pub(crate) fn new(instructions: &[Instruction], entry: u32) -> Self {
        let before = known_before(instructions, entry);
        let mut terms = vec![None; instructions.len()].into_boxed_slice();
        let mut facts = None;
        for (index, instruction) in instructions.iter().enumerate() {
            if let Some(known) = &before[index] {
                facts = Some(known.clone());
            }
            // What nobody comes to needs no log.
            if let Some(facts) = &mut facts {
                terms[index] = facts.perform(instruction);
            }
            if !falls_through(instruction) {
                facts = None;
            }
        }
        Self { terms }
    }

    /// What the instruction overwrote, in terms of the state after it.
    pub(crate) fn term(&self, index: usize) -> Option<&Term> {
        self.terms.get(index)?.as_ref()
    }
}

/// Whether control goes on at the instruction's label, if at all, with everything as it was.
fn is_branch(instruction: &Instruction) -> bool {
    use Instruction as I;
    matches!(
        instruction,
        I::Join { .. }
            | I::Jump { .. }
            | I::BranchNotZero { .. }
            | I::BranchZero { .. }
            | I::BranchEqual { .. }
            | I::BranchNotEqual { .. }
            | I::BranchLess { .. }
            | I::BranchLessEqual { .. }
            | I::BranchGreater { .. }
            | I::BranchGreaterEqual { .. }
            | I::BranchOverflow { .. }
            | I::BranchNotEnd { .. }
    )
}

/// What is known where control comes together, or comes to from elsewhere.
fn known_before(instructions: &[Instruction], entry: u32) -> Vec<Option<Facts>> {
    let mut is_place = vec![false; instructions.len() + 1];
    for (index, instruction) in instructions.iter().enumerate() {
        for target in targets(instruction) {
            if let Some(place) = is_place.get_mut(target as usize) {
                *place = true;
            }
        }
        // Behind a call nothing is known.
        is_place[index + 1] |= matches!(instruction, Instruction::Call { .. });
    }
    let mut joined = Joined {
        before: vec![None; instructions.len() + 1],
        visits: vec![0; instructions.len() + 1],
        open: BTreeSet::new(),
    };
    joined.come_to(entry as usize, &Facts::default());
    // What comes first in the code mostly comes first in time.
    while let Some(begin) = joined.open.pop_first() {
        let mut facts = joined.before[begin].clone().unwrap_or_default();
        for (index, instruction) in instructions.iter().enumerate().skip(begin) {
            facts.perform(instruction);
            for target in targets(instruction) {
                let nothing = Facts::default();
                let known = if is_branch(instruction) { &facts } else { &nothing };
                joined.come_to(target as usize, known);
            }
            if matches!(instruction, Instruction::Call { .. }) {
                joined.come_to(index + 1, &Facts::default());
                break;
            }
            if !falls_through(instruction) {
                break;
            }
            if is_place[index + 1] {
                joined.come_to(index + 1, &facts);
                break;
            }
        }
    }
    joined.before
}

/// The places where control comes together, while they are being settled.
struct Joined {
    before: Vec<Option<Facts>>,
    visits: Vec<u8>,
    open: BTreeSet<usize>,
}

impl Joined {
    fn come_to(&mut self, index: usize, facts: &Facts) {
        let Some(before) = self.before.get_mut(index) else { return };
        let now = match before {
            None => facts.clone(),
            Some(_) if self.visits[index] >= VISITS_MAX => Facts::default(),
            Some(before) => before.meet(facts),
        };
        if before.as_ref() == Some(&now) {
            return;
        }
        self.visits[index] = self.visits[index].saturating_add(1);
        *before = Some(now);
        self.open.insert(index);
    }
}
