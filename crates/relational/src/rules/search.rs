//! Going through all ways in which the body of a rule holds.
//!
//! Which variables are bound where is known beforehand: each part knows which columns of a fact to
//! compare, and which to take values from.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::derive::Known;
use super::facts::FACTS_MAX;
use super::facts::{Facts, Id};
use super::{Atom, Literal, RuleError, Term};
use crate::query::{Comparison, Expr};
use crate::value::Value;

/// A variable without a value yet.
pub(super) const UNBOUND: Id = Id::MAX;

/// A term with values as numbers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot {
    Variable(usize),
    Value(Id),
}

impl Slot {
    /// The value that it stands for; variables are bound when they are looked at.
    #[inline]
    pub(super) fn id(self, bound: &[Id]) -> Id {
        match self {
            Self::Variable(variable) => bound[variable],
            Self::Value(id) => id,
        }
    }
}

/// What to do with a column of a fact.
#[derive(Clone, Copy, Debug)]
enum Column {
    /// It gives a variable its value.
    Sets(usize),
    /// It must be what the slot stands for.
    Is(Slot),
}

/// A part of a rule, made ready: its variables are bound when it is reached, but those it binds.
#[derive(Debug)]
enum Part {
    /// Facts by an index over the columns that are bound, or all in a stretch.
    Find {
        predicate: usize,
        columns: Vec<Column>,
        index: Option<(usize, Vec<Slot>)>,
        is_new: bool,
    },
    Fails {
        predicate: usize,
        slots: Vec<Slot>,
    },
    Compares(Comparison, Slot, Slot),
    Where(Expr),
    /// Gives a variable its value, or compares with the one that it has.
    Is {
        variable: usize,
        of: Expr,
        is_bound: bool,
    },
}

/// A body, made ready for when one of its atoms is a new fact.
#[derive(Debug)]
pub(super) struct Ready {
    parts: Vec<Part>,
    /// Which part of the body each is.
    pub(super) places: Vec<usize>,
    variables: usize,
}

impl Ready {
    /// Variables without values.
    pub(super) fn unbound(&self) -> Vec<Id> {
        vec![UNBOUND; self.variables]
    }
}

/// Which facts of each predicate are old, and where those end that are looked at.
pub(super) struct Round {
    pub(super) starts: Vec<usize>,
    pub(super) ends: Vec<usize>,
}

/// What becomes of the ways that are found.
pub(super) trait Found {
    /// All parts hold with these values. Says whether to look for more.
    fn found(
        &mut self,
        known: &mut Known,
        ready: &Ready,
        bound: &[Id],
    ) -> Result<ControlFlow<()>, RuleError>;

    /// So many parts hold with these values.
    #[inline]
    fn reached(&mut self, _parts: usize, _bound: &[Id]) {}
}

impl Known {
    /// Orders the parts of a body: first the atom of new facts, then whichever has most columns
    /// bound; negations and comparisons as soon as they can be told.
    pub(super) fn ready(&mut self, body: &[Literal], new: Option<usize>, given: &[usize]) -> Ready {
        let mut waiting: Vec<_> = (0..body.len()).collect();
        let (mut parts, mut places, mut bound) = (Vec::new(), Vec::new(), given.to_vec());
        while !waiting.is_empty() {
            let is_bound = |term: &Term| match term {
                Term::Variable(variable) => bound.contains(variable),
                Term::Value(_) | Term::Total(..) => true,
            };
            let rank = |place: &usize| match &body[*place] {
                Literal::Holds(_) if new == Some(*place) => (3, 0),
                Literal::Holds(atom) => {
                    let count = atom.terms.iter().filter(|term| is_bound(term)).count();
                    (1, count)
                }
                other if other.needs().iter().all(|variable| bound.contains(variable)) => (2, 0),
                Literal::Fails(_) | Literal::Compares(..) | Literal::Where(_) | Literal::Is(..) => {
                    (0, 0)
                }
            };
            // The first of the best.
            let next = (0..waiting.len()).rev().max_by_key(|at| rank(&waiting[*at])).unwrap_or(0);
            let place = waiting.remove(next);
            parts.push(self.part(&body[place], &bound, new == Some(place)));
            places.push(place);
            bound.extend(body[place].binds());
        }
        let variables = bound.iter().max().map_or(0, |max| max + 1);
        Ready { parts, places, variables }
    }

    fn part(&mut self, literal: &Literal, bound: &[usize], is_new: bool) -> Part {
        match literal {
            Literal::Compares(how, one, other) => {
                Part::Compares(*how, self.slot(one), self.slot(other))
            }
            Literal::Where(of) => Part::Where(of.clone()),
            Literal::Is(variable, of) => {
                Part::Is { variable: *variable, of: of.clone(), is_bound: bound.contains(variable) }
            }
            Literal::Fails(atom) => {
                Part::Fails { predicate: atom.predicate, slots: self.slots(atom) }
            }
            Literal::Holds(atom) => {
                let slots = self.slots(atom);
                let is_bound = |slot: &Slot| match slot {
                    Slot::Variable(variable) => bound.contains(variable),
                    Slot::Value(_) => true,
                };
                let places: Vec<_> =
                    (0..slots.len()).filter(|column| is_bound(&slots[*column])).collect();
                let index = (!places.is_empty() && !is_new).then(|| {
                    let by = places.iter().map(|column| slots[*column]).collect();
                    (self.facts[atom.predicate].index(&places), by)
                });
                let mut set = bound.to_vec();
                let column = |slot: Slot| match slot {
                    Slot::Variable(variable) if !set.contains(&variable) => {
                        set.push(variable);
                        Column::Sets(variable)
                    }
                    Slot::Variable(_) | Slot::Value(_) => Column::Is(slot),
                };
                let columns = slots.into_iter().map(column).collect();
                Part::Find { predicate: atom.predicate, columns, index, is_new }
            }
        }
    }

    pub(super) fn slots(&mut self, atom: &Atom) -> Vec<Slot> {
        atom.terms.iter().map(|term| self.slot(term)).collect()
    }

    fn slot(&mut self, term: &Term) -> Slot {
        match term {
            Term::Variable(variable) | Term::Total(_, variable) => Slot::Variable(*variable),
            Term::Value(value) => Slot::Value(self.id(value.clone())),
        }
    }

    /// Goes through all ways in which a body holds in a round.
    pub(super) fn search(
        &mut self,
        ready: &Ready,
        round: &Round,
        bound: &mut [Id],
        found: &mut impl Found,
    ) -> Result<(), RuleError> {
        self.search_from(ready, 0, round, bound, found).map(|_| ())
    }

    /// Goes on after some parts. Depth is the number of parts. Facts that are added meanwhile lie
    /// behind the end of the round, and are not seen.
    fn search_from(
        &mut self,
        ready: &Ready,
        at: usize,
        round: &Round,
        bound: &mut [Id],
        found: &mut impl Found,
    ) -> Result<ControlFlow<()>, RuleError> {
        let Some(part) = ready.parts.get(at) else {
            return found.found(self, ready, bound);
        };
        found.reached(at, bound);
        match part {
            Part::Compares(how, one, other) => {
                let value = |slot: &Slot| &self.values[slot.id(bound) as usize];
                if how.holds(value(one).cmp(value(other))) {
                    return self.search_from(ready, at + 1, round, bound, found);
                }
            }
            Part::Where(of) => {
                if *self.compute(of, bound)? == Value::Bool(true) {
                    return self.search_from(ready, at + 1, round, bound, found);
                }
            }
            Part::Is { variable, of, is_bound } => {
                let value = self.compute(of, bound)?.into_owned();
                if self.values.len() > FACTS_MAX {
                    return Err(RuleError::TooMany { max: self.max });
                }
                let id = self.id(value);
                if !is_bound || bound[*variable] == id {
                    bound[*variable] = id;
                    return self.search_from(ready, at + 1, round, bound, found);
                }
            }
            Part::Fails { predicate, slots } => {
                self.fill_scratch(slots, bound);
                if !self.facts[*predicate].has(&self.scratch) {
                    return self.search_from(ready, at + 1, round, bound, found);
                }
            }
            Part::Find { predicate, columns, index, is_new } => {
                let (start, end) = (round.starts[*predicate], round.ends[*predicate]);
                let mut places = if let Some((index, by)) = index {
                    let values = by.iter().map(|slot| slot.id(bound));
                    Places::Chain(*index, self.facts[*predicate].first(*index, values))
                } else {
                    Places::Stretch(if *is_new { start } else { 0 })
                };
                // Most facts are looked at by the last part of a body: that takes no further call.
                let is_last = at + 1 == ready.parts.len();
                while let Some(place) = places.next(&self.facts[*predicate], end) {
                    self.step()?;
                    if !fits(self.facts[*predicate].tuple(place), columns, bound) {
                        continue;
                    }
                    let flow = if is_last {
                        found.found(self, ready, bound)?
                    } else {
                        self.search_from(ready, at + 1, round, bound, found)?
                    };
                    if flow.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The value of an expression over variables that are bound.
    pub(super) fn compute<'v>(
        &'v self,
        of: &'v Expr,
        bound: &[Id],
    ) -> Result<Cow<'v, Value>, RuleError> {
        Ok(of.value(&|variable| &self.values[bound[variable] as usize])?)
    }

    #[inline]
    pub(super) fn fill_scratch(&mut self, slots: &[Slot], bound: &[Id]) {
        self.scratch.clear();
        self.scratch.extend(slots.iter().map(|slot| slot.id(bound)));
    }
}

/// Facts that may match: those of a chain of an index, or all in a stretch.
enum Places {
    Chain(usize, Option<usize>),
    Stretch(usize),
}

impl Places {
    /// The next one below `end`.
    #[inline]
    fn next(&mut self, facts: &Facts, end: usize) -> Option<usize> {
        match self {
            Self::Chain(index, next) => loop {
                let place = (*next)?;
                *next = facts.next(*index, place);
                if place < end {
                    return Some(place);
                }
            },
            Self::Stretch(next) => {
                let place = *next;
                *next += 1;
                (place < end).then_some(place)
            }
        }
    }
}

/// Whether a fact is one that is looked for; then it gives variables their values.
#[inline]
fn fits(tuple: &[Id], columns: &[Column], bound: &mut [Id]) -> bool {
    columns.iter().zip(tuple).all(|(column, id)| match column {
        Column::Is(slot) => slot.id(bound) == *id,
        Column::Sets(variable) => {
            bound[*variable] = *id;
            true
        }
    })
}
