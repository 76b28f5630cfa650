//! What is known of the places at one point of the code, and what an instruction makes of that.

use super::term::{Place, Term};
use crate::alu::Alu;
use crate::image::registers;
use crate::layout::WORD;
use crate::op::{Instruction, Undo};
use crate::operand::{BaseOffset, Value};

/// Facts that are kept at one point at most; those that came first go first.
const FACTS_MAX: usize = 16;

/// How often places are replaced by what they hold, to compare two terms.
const NORMAL_ROUNDS: usize = 3;

/// A place holds what a term comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fact {
    place: Place,
    term: Term,
}

impl Fact {
    fn depends_on(&self, place: Place) -> bool {
        self.place == place
            || matches!(place, Place::Register(register) if self.place.is_based_on(register))
            || self.term.depends_on(place)
    }

    /// What it says of a place that it holds, if it says one value.
    fn solve(&self, place: Place) -> Option<Term> {
        if self.place == place {
            return (!self.term.depends_on(place)).then(|| self.term.clone());
        }
        let is_base =
            matches!(place, Place::Register(register) if self.place.is_based_on(register));
        if is_base { None } else { self.term.solve(place, Term::Place(self.place)) }
    }
}

/// What is known at one point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts(Vec<Fact>);

impl Facts {
    /// What is known where two ways come together: what both say.
    pub(super) fn meet(&self, other: &Self) -> Self {
        if self.0.iter().all(|fact| other.implies(fact)) {
            return self.clone();
        }
        let both = self.0.iter().filter(|fact| other.implies(fact));
        let more = other.0.iter().filter(|fact| !self.0.contains(fact) && self.implies(fact));
        Self(both.chain(more).cloned().collect())
    }

    fn implies(&self, fact: &Fact) -> bool {
        if self.0.contains(fact) {
            return true;
        }
        let one = self.normal(&Term::Place(fact.place));
        one.is_some() && one == self.normal(&fact.term)
    }

    /// A term with all places that have another term replaced by it, and those in that one.
    fn normal(&self, term: &Term) -> Option<Term> {
        (0..NORMAL_ROUNDS).try_fold(term.clone(), |term, _| {
            self.0.iter().try_fold(term, |term, fact| term.with(fact.place, &fact.term))
        })
    }

    /// Does what an instruction does, and says how what it overwrites can be had afterwards, if that
    /// is a register or 8 bytes and it can.
    pub(super) fn perform(&mut self, instruction: &Instruction) -> Option<Term> {
        use Instruction as I;
        if let Some(it) = instruction.arithmetic() {
            let right = match it.right {
                Value::Register(register) => Term::register(register),
                Value::Immediate(value) => Term::Constant(value),
            };
            if let Some(inverse) = it.inverse() {
                let now = Term::register(it.dst);
                let before = Term::operation(inverse, now, right.clone());
                self.update(it.dst, before, |term| Term::operation(it.op, term, right.clone()));
                return None;
            }
            let old = self.overwrite(Place::Register(it.dst));
            let is_lost = |term: &Term| *term == Term::register(it.dst);
            let operand = |term: Term| if is_lost(&term) { old.clone() } else { Some(term) };
            if let (Some(left), Some(right)) = (operand(Term::register(it.left)), operand(right))
                && let Some(term) = Term::operation(it.op, left, right)
            {
                self.add(Place::Register(it.dst), term);
            }
            return old;
        }
        #[expect(clippy::wildcard_enum_match_arm, reason = "the undo rule says the rest")]
        match *instruction {
            I::LoadImm { reg, value } => self.set(reg, Some(Term::Constant(value))),
            I::Move { dst, src } if dst == src => Some(Term::register(src)),
            I::Move { dst, src } => self.set(dst, Some(Term::register(src))),
            I::INeg { dst, src } | I::INot { dst, src } => {
                let is_negative = matches!(instruction, I::INeg { .. });
                let of = |term: Term| match is_negative {
                    true => Term::operation(Alu::Sub, Term::Constant(0), term),
                    false => Term::operation(Alu::Xor, term, Term::Constant(-1)),
                };
                if dst == src {
                    self.update(dst, of(Term::register(dst)), of);
                    return None;
                }
                self.set(dst, of(Term::register(src)))
            }
            I::Load { reg, addr: BaseOffset { base, offset } } => {
                let cell = Term::Place(Place::Cell { base, offset });
                self.set(reg, (base != reg).then_some(cell))
            }
            I::Store { addr: BaseOffset { base, offset }, reg } => {
                self.write_beside(base, offset, WORD);
                let cell = Place::Cell { base, offset };
                let old = self.overwrite(cell);
                self.add(cell, Term::register(reg));
                old
            }
            I::Store32 { addr, .. } => self.write(addr, 4),
            I::Store16 { addr, .. } => self.write(addr, 2),
            I::Store8 { addr, .. } => self.write(addr, 1),
            I::SwapMemory { addr: BaseOffset { base, offset }, reg } => {
                self.write_beside(base, offset, WORD);
                let (cell, register) = (Place::Cell { base, offset }, Place::Register(reg));
                if base == reg {
                    self.overwrite(cell);
                    self.overwrite(register);
                } else {
                    self.forget_based_on(reg);
                    self.exchange(cell, register);
                }
                None
            }
            I::SwapRegisters { left, right } => {
                self.forget_based_on(left);
                self.forget_based_on(right);
                self.exchange(Place::Register(left), Place::Register(right));
                None
            }
            _ => self.perform_by_rule(instruction),
        }
    }

    fn perform_by_rule(&mut self, instruction: &Instruction) -> Option<Term> {
        let undo = instruction.undo();
        if undo == Undo::State {
            self.0.clear();
            return None;
        }
        if matches!(undo, Undo::Memory | Undo::Push | Undo::Call | Undo::Writes) {
            self.forget(|place| matches!(place, Place::Cell { .. }));
        }
        let (_, writes) = registers(instruction);
        let mut old = None;
        for register in (0..16).filter(|register| writes >> register & 1 == 1) {
            old = self.overwrite(Place::Register(register));
        }
        old.filter(|_| undo == Undo::Register)
    }

    /// A register gets another value.
    fn set(&mut self, register: u8, term: Option<Term>) -> Option<Term> {
        let old = self.overwrite(Place::Register(register));
        if let Some(term) = term {
            self.add(Place::Register(register), term);
        }
        old
    }

    fn add(&mut self, place: Place, term: Term) {
        if term.depends_on(place) {
            return;
        }
        if self.0.len() >= FACTS_MAX {
            self.0.remove(0);
        }
        self.0.push(Fact { place, term });
    }

    /// A register becomes something that its old value follows from. `before` is the old value in
    /// terms of the new one, `after` makes the new one of the old one.
    fn update(&mut self, register: u8, before: Option<Term>, after: impl Fn(Term) -> Option<Term>) {
        let place = Place::Register(register);
        self.move_cells(register, before.as_ref());
        self.0.retain_mut(|fact| {
            let term = if fact.place == place {
                after(fact.term.clone())
            } else {
                before.as_ref().and_then(|before| fact.term.with(place, before))
            };
            term.map(|term| fact.term = term).is_some()
        });
    }

    /// Cells that are found by a register which moves by a constant are so much nearer then.
    fn move_cells(&mut self, register: u8, before: Option<&Term>) {
        let moved = match before {
            Some(Term::Operation(Alu::Add, parts)) => match **parts {
                (_, Term::Constant(by)) => Some(by),
                _ => None,
            },
            _ => None,
        };
        let Some(by) = moved else { return self.forget_based_on(register) };
        let is_moved = |place: Place| place.is_based_on(register);
        for fact in &mut self.0 {
            if is_moved(fact.place) {
                fact.place = shifted(fact.place, by);
            }
            move_in(&mut fact.term, &is_moved, by);
        }
    }

    /// How what a place holds can be had without it, and forgets it.
    fn overwrite(&mut self, place: Place) -> Option<Term> {
        if let Place::Register(register) = place {
            self.forget_based_on(register);
        }
        let ways = self.0.iter().filter_map(|fact| fact.solve(place));
        let old = ways.min_by_key(Term::cost);
        self.0.retain_mut(|fact| {
            if !fact.depends_on(place) {
                return true;
            }
            let Some(old) = &old else { return false };
            let known = if fact.place == place {
                match (old, &fact.term) {
                    (Term::Place(other), term) => Some((*other, term.clone())),
                    (term, Term::Place(other)) => Some((*other, term.clone())),
                    _ => None,
                }
            } else {
                fact.term.with(place, old).map(|term| (fact.place, term))
            };
            let Some((place, term)) = known else { return false };
            let says_something = !term.depends_on(place);
            *fact = Fact { place, term };
            says_something
        });
        old
    }

    /// So many bytes are written that are not a word.
    fn write(&mut self, BaseOffset { base, offset }: BaseOffset, len: i64) -> Option<Term> {
        self.write_beside(base, offset, len);
        self.overwrite(Place::Cell { base, offset });
        None
    }

    /// Forgets the cells that a write may touch, but for the one at the same place. Whether two
    /// registers lead to the same place nobody knows.
    fn write_beside(&mut self, base: u8, offset: i64, len: i64) {
        self.forget(|place| match place {
            Place::Register(_) => false,
            Place::Cell { base: other, offset: at } => {
                let distance = at.wrapping_sub(offset);
                base != other || distance != 0 && (-WORD < distance && distance < len)
            }
        });
    }

    fn forget_based_on(&mut self, register: u8) {
        self.forget(|place| place.is_based_on(register));
    }

    /// Forgets the places that something is true of, and keeps what follows of others.
    fn forget(&mut self, is_lost: impl Fn(Place) -> bool) {
        while let Some(place) = self.0.iter().find_map(|fact| {
            let mut found = is_lost(fact.place).then_some(fact.place);
            fact.term.each_place(&mut |place| {
                if is_lost(place) {
                    found = Some(place);
                }
            });
            found
        }) {
            self.overwrite(place);
        }
    }

    /// Two places that nothing else is found by exchange what they hold.
    fn exchange(&mut self, one: Place, other: Place) {
        let turned = |place: Place| {
            if place == one {
                other
            } else if place == other {
                one
            } else {
                place
            }
        };
        for fact in &mut self.0 {
            fact.place = turned(fact.place);
            turn(&mut fact.term, &turned);
        }
    }
}

fn shifted(place: Place, by: i64) -> Place {
    match place {
        Place::Register(_) => place,
        Place::Cell { base, offset } => Place::Cell { base, offset: offset.wrapping_add(by) },
    }
}

fn move_in(term: &mut Term, is_moved: &impl Fn(Place) -> bool, by: i64) {
    turn(term, &|place| if is_moved(place) { shifted(place, by) } else { place });
}

fn turn(term: &mut Term, turned: &impl Fn(Place) -> Place) {
    match term {
        Term::Constant(_) => {}
        Term::Place(place) => *place = turned(*place),
        Term::Operation(_, parts) => {
            turn(&mut parts.0, turned);
            turn(&mut parts.1, turned);
        }
    }
}
