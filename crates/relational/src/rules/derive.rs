//! Finding all facts that follow from rules: stratum by stratum, and within one in rounds, each of
//! which looks at what the round before found.
//!
//! After Bancilhon and Ramakrishnan, *An Amateur's Introduction to Recursive Query Processing
//! Strategies*, SIGMOD 1986 (semi-naive evaluation), and Apt, Blair and Walker, *Towards a Theory of
//! Declarative Knowledge*, 1988 (strata).

use std::collections::BTreeMap;

use super::facts::{FACTS_MAX, Facts, Id};
use super::{Atom, Literal, Predicate, Program, Rule, RuleError, Source, Term};
use crate::pages::Pages;
use crate::query::Comparison;
use crate::read::{Direction, Row};
use crate::store::Store;
use crate::value::Value;

/// All facts of a program.
#[derive(Debug)]
pub struct Derived {
    values: Vec<Value>,
    facts: Vec<Facts>,
}

impl Derived {
    /// How many facts a predicate has.
    #[must_use]
    pub fn count(&self, predicate: Predicate) -> usize {
        self.facts.get(predicate).map_or(0, |facts| facts.count)
    }

    /// The facts of a predicate, in the order in which they were found: those of a relation by its
    /// keys, others as the rules and those give it.
    pub fn rows(&self, predicate: Predicate) -> impl Iterator<Item = Row> + '_ {
        let facts = self.facts.get(predicate);
        facts.into_iter().flat_map(move |facts| {
            (0..facts.count).map(move |place| {
                facts.tuple(place).iter().map(|id| self.values[*id as usize].clone()).collect()
            })
        })
    }
}

/// A term with values as numbers.
#[derive(Clone, Copy, Debug)]
enum Slot {
    Variable(usize),
    Value(Id),
}

/// A part of a rule, made ready: its variables are bound when it is reached, but those it binds.
#[derive(Debug)]
enum Part {
    /// Facts by an index over the columns that are bound, or all in a stretch.
    Find {
        predicate: usize,
        slots: Vec<Slot>,
        index: Option<(usize, Vec<Slot>)>,
        is_new: bool,
    },
    Fails {
        predicate: usize,
        slots: Vec<Slot>,
    },
    Compares(Comparison, Slot, Slot),
}

/// A rule, made ready for when one of its atoms is a new fact.
#[derive(Debug)]
struct Ready {
    head: usize,
    slots: Vec<Slot>,
    parts: Vec<Part>,
    variables: usize,
}

impl Store {
    /// All facts that follow from a program, of which at most `facts_max` may be derived.
    ///
    /// # Errors
    /// The program is unsound, too much follows from it, or pages failed. Nothing is ever changed.
    pub fn derive<P: Pages>(
        &mut self,
        pages: &P,
        program: &Program,
        facts_max: usize,
    ) -> Result<Derived, RuleError> {
        let mut widths = Vec::new();
        for (_, source) in &program.predicates {
            widths.push(match source {
                Source::Relation(id) => self.relation(pages, *id)?.fields().len(),
                Source::Rules(width) => *width,
            });
        }
        program.check(&widths)?;
        let strata = program.strata()?;
        let mut known = Known {
            ids: BTreeMap::new(),
            values: Vec::new(),
            facts: widths.into_iter().map(Facts::new).collect(),
            left: facts_max.min(FACTS_MAX),
            max: facts_max,
            scratch: Vec::new(),
        };
        for (place, (_, source)) in program.predicates.iter().enumerate() {
            if let Source::Relation(id) = source {
                let mut rows = self.scan(pages, *id, Direction::Up)?;
                while let Some(row) = rows.next_row()? {
                    let tuple: Vec<_> = row.into_iter().map(|value| known.id(value)).collect();
                    known.facts[place].add(&tuple);
                }
            }
        }
        for stratum in 0..=strata.iter().copied().max().unwrap_or(0) {
            known.derive_stratum(program, &strata, stratum)?;
        }
        Ok(Derived { values: known.values, facts: known.facts })
    }
}

struct Known {
    ids: BTreeMap<Value, Id>,
    values: Vec<Value>,
    facts: Vec<Facts>,
    left: usize,
    max: usize,
    scratch: Vec<Id>,
}

/// Which facts of each predicate are old, and where those end that this round looks at.
struct Round {
    starts: Vec<usize>,
    ends: Vec<usize>,
}

impl Known {
    fn id(&mut self, value: Value) -> Id {
        // There are fewer values than facts times columns; see `FACTS_MAX`.
        let next = Id::try_from(self.values.len()).unwrap_or(Id::MAX);
        let values = &mut self.values;
        *self.ids.entry(value).or_insert_with_key(|value| {
            values.push(value.clone());
            next
        })
    }

    fn derive_stratum(
        &mut self,
        program: &Program,
        strata: &[usize],
        stratum: usize,
    ) -> Result<(), RuleError> {
        let is_here = |predicate: usize| {
            strata[predicate] == stratum
                && matches!(program.predicates[predicate].1, Source::Rules(_))
        };
        let rules = program.rules.iter().filter(|rule| is_here(rule.head.predicate));
        let (mut first, mut later) = (Vec::new(), Vec::new());
        for rule in rules {
            first.push(self.ready(rule, None));
            for (place, literal) in rule.body.iter().enumerate() {
                if let Literal::Holds(atom) = literal
                    && is_here(atom.predicate)
                {
                    later.push(self.ready(rule, Some(place)));
                }
            }
        }
        let counts = |known: &Self| known.facts.iter().map(|facts| facts.count).collect::<Vec<_>>();
        let mut starts = counts(self);
        let mut rules = &first;
        loop {
            let ends = counts(self);
            let round = Round { starts, ends: ends.clone() };
            for rule in rules {
                self.run(rule, &round)?;
            }
            let is_done = counts(self) == ends;
            if is_done {
                return Ok(());
            }
            starts = ends;
            rules = &later;
        }
    }

    /// Orders the parts of a rule: first the atom of new facts, then whichever has most columns
    /// bound; negations and comparisons as soon as they can be told.
    fn ready(&mut self, rule: &Rule, new: Option<usize>) -> Ready {
        let mut waiting: Vec<_> = (0..rule.body.len()).collect();
        let (mut parts, mut bound) = (Vec::new(), Vec::new());
        while !waiting.is_empty() {
            let is_bound = |term: &Term| match term {
                Term::Variable(variable) => bound.contains(variable),
                Term::Value(_) => true,
            };
            let rank = |place: &usize| match &rule.body[*place] {
                Literal::Holds(_) if new == Some(*place) => (3, 0),
                Literal::Holds(atom) => {
                    let count = atom.terms.iter().filter(|term| is_bound(term)).count();
                    (1, count)
                }
                other if other.terms().into_iter().all(is_bound) => (2, 0),
                Literal::Fails(_) | Literal::Compares(..) => (0, 0),
            };
            // The first of the best.
            let next = (0..waiting.len()).rev().max_by_key(|at| rank(&waiting[*at])).unwrap_or(0);
            let place = waiting.remove(next);
            parts.push(self.part(&rule.body[place], &bound, new == Some(place)));
            bound.extend(rule.body[place].binds());
        }
        let slots = self.slots(&rule.head);
        let variables = bound.iter().max().map_or(0, |max| max + 1);
        Ready { head: rule.head.predicate, slots, parts, variables }
    }

    fn part(&mut self, literal: &Literal, bound: &[usize], is_new: bool) -> Part {
        match literal {
            Literal::Compares(how, one, other) => {
                Part::Compares(*how, self.slot(one), self.slot(other))
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
                let columns: Vec<_> =
                    (0..slots.len()).filter(|column| is_bound(&slots[*column])).collect();
                let index = (!columns.is_empty() && !is_new).then(|| {
                    let by = columns.iter().map(|column| slots[*column]).collect();
                    (self.facts[atom.predicate].index(&columns), by)
                });
                Part::Find { predicate: atom.predicate, slots, index, is_new }
            }
        }
    }

    fn slots(&mut self, atom: &Atom) -> Vec<Slot> {
        atom.terms.iter().map(|term| self.slot(term)).collect()
    }

    fn slot(&mut self, term: &Term) -> Slot {
        match term {
            Term::Variable(variable) => Slot::Variable(*variable),
            Term::Value(value) => Slot::Value(self.id(value.clone())),
        }
    }

    /// Adds all that follows from a rule in a round.
    fn run(&mut self, rule: &Ready, round: &Round) -> Result<(), RuleError> {
        self.search(rule, &rule.parts, round, &mut vec![None; rule.variables])
    }

    /// Goes through all ways in which the parts hold. Depth is the number of parts. Facts that are
    /// added meanwhile lie behind the end of the round, and are not seen.
    fn search(
        &mut self,
        rule: &Ready,
        parts: &[Part],
        round: &Round,
        bound: &mut [Option<Id>],
    ) -> Result<(), RuleError> {
        let Some((part, rest)) = parts.split_first() else {
            self.fill_scratch(&rule.slots, bound);
            if self.facts[rule.head].add(&self.scratch) {
                self.left = self.left.checked_sub(1).ok_or(RuleError::TooMany { max: self.max })?;
            }
            return Ok(());
        };
        match part {
            Part::Compares(how, one, other) => {
                let value = |slot: &Slot| &self.values[slot.id(bound) as usize];
                if how.holds(value(one).cmp(value(other))) {
                    self.search(rule, rest, round, bound)?;
                }
            }
            Part::Fails { predicate, slots } => {
                self.fill_scratch(slots, bound);
                if !self.facts[*predicate].has(&self.scratch) {
                    self.search(rule, rest, round, bound)?;
                }
            }
            Part::Find { predicate, slots, index, is_new } => {
                let (start, end) = (round.starts[*predicate], round.ends[*predicate]);
                let mut places = if let Some((index, by)) = index {
                    let values = by.iter().map(|slot| slot.id(bound));
                    Places::Chain(*index, self.facts[*predicate].first(*index, values))
                } else {
                    Places::Stretch(if *is_new { start } else { 0 })
                };
                while let Some(place) = places.next(&self.facts[*predicate], end) {
                    let set = bind(self.facts[*predicate].tuple(place), slots, bound);
                    if set.fits {
                        self.search(rule, rest, round, bound)?;
                    }
                    set.undo(slots, bound);
                }
            }
        }
        Ok(())
    }

    fn fill_scratch(&mut self, slots: &[Slot], bound: &[Option<Id>]) {
        self.scratch.clear();
        self.scratch.extend(slots.iter().map(|slot| slot.id(bound)));
    }
}

impl Slot {
    /// The value that it stands for; variables are bound when they are looked at.
    fn id(&self, bound: &[Option<Id>]) -> Id {
        match self {
            Self::Variable(variable) => bound[*variable].unwrap_or(Id::MAX),
            Self::Value(id) => *id,
        }
    }
}

/// Facts that may match: those of a chain of an index, or all in a stretch.
enum Places {
    Chain(usize, Option<usize>),
    Stretch(usize),
}

impl Places {
    /// The next one below `end`.
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

/// Which columns of an atom gave values to variables.
struct Bound {
    fits: bool,
    /// A bit for each column; see `COLUMNS_MAX`.
    set: u64,
}

/// Gives the variables of an atom the values of a fact, if those that have one agree.
fn bind(tuple: &[Id], slots: &[Slot], bound: &mut [Option<Id>]) -> Bound {
    let mut set = 0;
    for (column, (slot, id)) in slots.iter().zip(tuple).enumerate() {
        let agrees = match slot {
            Slot::Value(value) => value == id,
            Slot::Variable(variable) => match bound[*variable] {
                Some(value) => value == *id,
                None => {
                    bound[*variable] = Some(*id);
                    set |= 1 << column;
                    true
                }
            },
        };
        if !agrees {
            return Bound { fits: false, set };
        }
    }
    Bound { fits: true, set }
}

impl Bound {
    fn undo(&self, slots: &[Slot], bound: &mut [Option<Id>]) {
        for (column, slot) in slots.iter().enumerate() {
            if let Slot::Variable(variable) = slot
                && self.set >> column & 1 != 0
            {
                bound[*variable] = None;
            }
        }
    }
}
