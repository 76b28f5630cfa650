//! Why a fact follows, and what is missing for one that does not.
//!
//! A fact follows from facts of rounds before it, so looking only at those finds a proof that does
//! not rest on itself.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::ControlFlow;

use super::derive::{Derived, Known};
use super::facts::Id;
use super::search::{Found, Ready, Round};
use super::total::Totals;
use super::{Atom, Literal, Predicate, Rule, RuleError, Source, Term};
use crate::query::{Comparison, Expr};
use crate::read::Row;
use crate::value::Value;

/// How many ways are shown that a total is over, and how many things that are missing.
const SHOWN_MAX: usize = 100;

/// Why a fact is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is a row of a relation.
    Given,
    /// It follows by a rule from the steps below it.
    Rule(usize),
    /// It is a total by a rule, over so many ways; the steps below are the first of them.
    Total(usize, u64),
    /// It was shown above.
    Shown,
    /// It is absent, as it must be.
    Absent,
}

/// A step of a proof.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// How deep it lies: it is needed by the last step before it that lies less deep.
    pub depth: usize,
    /// The predicate.
    pub predicate: Predicate,
    /// The fact.
    pub row: Row,
    /// Why.
    pub reason: Reason,
}

/// A proof of a fact, which is its first step.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// The steps. No fact is shown twice.
    pub steps: Vec<Step>,
    names: Vec<String>,
}

/// Something for want of which a fact does not follow.
#[derive(Clone, Debug, PartialEq)]
pub enum Missing {
    /// There is no such fact, whatever the variables in it are.
    Fact(Atom),
    /// There is this fact, which must be absent.
    Present(Predicate, Row),
    /// This does not hold.
    Compares(Value, Comparison, Value),
    /// A condition of the rule with this number does not hold.
    Condition(usize),
    /// The totals are these.
    Totals(Predicate, Row),
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Step { depth, predicate, row, reason } in &self.steps {
            let name = self.names.get(*predicate).map_or("", String::as_str);
            let row: Vec<_> = row.iter().map(ToString::to_string).collect();
            let reason = match reason {
                Reason::Given => "is given".to_owned(),
                Reason::Rule(rule) => format!("by rule {}", rule + 1),
                Reason::Total(rule, ways) => format!("by rule {} over {ways}", rule + 1),
                Reason::Shown => "as above".to_owned(),
                Reason::Absent => "is not there".to_owned(),
            };
            // Far in, lines stay readable.
            let indent = 2 * depth.min(&30);
            writeln!(f, "{:indent$}{name}({})  {reason}", "", row.join(", "))?;
        }
        Ok(())
    }
}

/// Keeps the first ways, and counts all.
struct Ways {
    max: usize,
    first: Vec<Vec<Id>>,
    count: u64,
    totals: Option<Totals>,
}

impl Found for Ways {
    fn found(
        &mut self,
        known: &mut Known,
        ready: &Ready,
        bound: &[Id],
    ) -> Result<ControlFlow<()>, RuleError> {
        self.count += 1;
        if self.first.len() < self.max {
            self.first.push(bound.to_vec());
        }
        if let Some(totals) = &mut self.totals {
            return totals.found(known, ready, bound);
        }
        Ok(if self.first.len() < self.max {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    }
}

/// Keeps how far a search came.
struct Furthest {
    parts: usize,
    bound: Vec<Id>,
    totals: Option<Totals>,
    is_found: bool,
}

impl Found for Furthest {
    fn found(
        &mut self,
        known: &mut Known,
        ready: &Ready,
        bound: &[Id],
    ) -> Result<ControlFlow<()>, RuleError> {
        self.is_found = true;
        match &mut self.totals {
            Some(totals) => totals.found(known, ready, bound),
            None => Ok(ControlFlow::Break(())),
        }
    }

    fn reached(&mut self, parts: usize, bound: &[Id]) {
        if parts > self.parts || self.bound.is_empty() {
            (self.parts, self.bound) = (parts, bound.to_vec());
        }
    }
}

/// What a proof still has to show: a fact by its place, or that one is absent.
enum Open {
    Fact(Predicate, usize),
    Absent(Predicate, Row),
}

impl Derived {
    /// A proof of a fact; nothing if it is not there.
    ///
    /// # Errors
    /// Totals cannot be computed anew, which they could when the facts were derived.
    pub fn why(&mut self, predicate: Predicate, row: &[Value]) -> Result<Option<Proof>, RuleError> {
        let Some(place) = self.place(predicate, row) else { return Ok(None) };
        let (mut steps, mut seen) = (Vec::new(), BTreeSet::new());
        let mut waiting = vec![(0, Open::Fact(predicate, place))];
        while let Some((depth, open)) = waiting.pop() {
            let (predicate, place) = match open {
                Open::Absent(predicate, row) => {
                    steps.push(Step { depth, predicate, row, reason: Reason::Absent });
                    continue;
                }
                Open::Fact(predicate, place) => (predicate, place),
            };
            let tuple = self.known.facts[predicate].tuple(place).to_vec();
            let row = self.known.row(&tuple);
            let is_given = matches!(self.program.predicates[predicate].1, Source::Relation(_));
            let reason = if is_given {
                Reason::Given
            } else if seen.insert((predicate, place)) {
                let Some((reason, needed)) = self.reason(predicate, place, &tuple)? else {
                    // Facts are only ever derived by rules.
                    return Ok(None);
                };
                waiting.extend(needed.into_iter().rev().map(|open| (depth + 1, open)));
                reason
            } else {
                Reason::Shown
            };
            steps.push(Step { depth, predicate, row, reason });
        }
        let names = self.program.predicates.iter().map(|(name, _)| name.clone()).collect();
        Ok(Some(Proof { steps, names }))
    }

    fn place(&mut self, predicate: Predicate, row: &[Value]) -> Option<usize> {
        let known = &mut self.known;
        let tuple: Option<Vec<_>> = row.iter().map(|value| known.known_id(value)).collect();
        let (facts, tuple) = (known.facts.get_mut(predicate)?, tuple?);
        if facts.width == tuple.len() { facts.place(&tuple) } else { None }
    }

    /// The first rule by which a fact follows from facts of earlier rounds, and those.
    fn reason(
        &mut self,
        predicate: Predicate,
        place: usize,
        tuple: &[Id],
    ) -> Result<Option<(Reason, Vec<Open>)>, RuleError> {
        let began = self.known.rounds.partition_point(|counts| counts[predicate] <= place);
        let Some(ends) = self.known.rounds.get(began.saturating_sub(1)).cloned() else {
            return Ok(None);
        };
        let round = Round { starts: vec![0; ends.len()], ends };
        for number in 0..self.program.rules.len() {
            let rule = self.program.rules[number].clone();
            if rule.head.predicate != predicate {
                continue;
            }
            let Some(given) = self.known.given(&rule.head, tuple) else { continue };
            let totals = Totals::of(&mut self.known, &rule.head);
            let is_total = totals.is_some();
            let max = if is_total { SHOWN_MAX } else { 1 };
            let mut ways = Ways { max, first: Vec::new(), count: 0, totals };
            self.known.search_given(&rule, &given, &round, &mut ways)?;
            let Ways { first, count, totals, .. } = ways;
            if first.is_empty() {
                continue;
            }
            if let Some(totals) = totals
                && !totals.rows(&self.known)?.contains(&self.known.row(tuple))
            {
                continue;
            }
            let mut needed = Vec::new();
            for bound in &first {
                needed.extend(self.needed(&rule, bound));
            }
            let reason = if is_total { Reason::Total(number, count) } else { Reason::Rule(number) };
            return Ok(Some((reason, needed)));
        }
        Ok(None)
    }

    /// What a body says of facts, with these values.
    fn needed(&mut self, rule: &Rule, bound: &[Id]) -> Vec<Open> {
        let mut needed = Vec::new();
        for literal in &rule.body {
            let Some(atom) = literal.atom() else { continue };
            let slots = self.known.slots(atom);
            let tuple: Vec<_> = slots.into_iter().map(|slot| slot.id(bound)).collect();
            if matches!(literal, Literal::Fails(_)) {
                needed.push(Open::Absent(atom.predicate, self.known.row(&tuple)));
            } else if let Some(place) = self.known.facts[atom.predicate].place(&tuple) {
                needed.push(Open::Fact(atom.predicate, place));
            }
        }
        needed
    }

    /// What is missing for a fact: for each rule that could give it, the part of its body at which
    /// the search that came furthest ended; what is missing for that comes after it, deeper.
    /// Nothing if the fact is there.
    ///
    /// # Errors
    /// Totals cannot be computed anew, which they could when the facts were derived.
    pub fn whynot(
        &mut self,
        predicate: Predicate,
        row: &[Value],
    ) -> Result<Option<Vec<(usize, Missing)>>, RuleError> {
        if self.place(predicate, row).is_some() {
            return Ok(None);
        }
        let terms = row.iter().cloned().map(Term::Value).collect();
        let (mut missing, mut seen) = (Vec::new(), BTreeSet::new());
        let mut waiting = vec![(0, Missing::Fact(Atom { predicate, terms }))];
        while let Some((depth, one)) = waiting.pop() {
            if let Missing::Fact(Atom { predicate, terms }) = &one
                && let Some(row) = terms.iter().map(value_of).collect::<Option<Row>>()
                && seen.insert((*predicate, row.clone()))
            {
                let reasons = self.lacks(*predicate, &row)?;
                waiting.extend(reasons.into_iter().rev().map(|lack| (depth + 1, lack)));
            }
            missing.push((depth, one));
            if missing.len() >= SHOWN_MAX {
                break;
            }
        }
        Ok(Some(missing))
    }

    /// What each rule lacks for a fact.
    fn lacks(&mut self, predicate: Predicate, row: &Row) -> Result<Vec<Missing>, RuleError> {
        let mut lacks = Vec::new();
        let tuple: Vec<_> = row.iter().map(|value| self.known.id(value.clone())).collect();
        let ends: Vec<_> = self.known.facts.iter().map(|facts| facts.count).collect();
        let round = Round { starts: vec![0; ends.len()], ends };
        for number in 0..self.program.rules.len() {
            let rule = self.program.rules[number].clone();
            if rule.head.predicate != predicate || rule.head.terms.len() != tuple.len() {
                continue;
            }
            let Some(given) = self.known.given(&rule.head, &tuple) else { continue };
            let totals = Totals::of(&mut self.known, &rule.head);
            let mut furthest = Furthest { parts: 0, bound: Vec::new(), totals, is_found: false };
            let ready = self.known.search_given(&rule, &given, &round, &mut furthest)?;
            if furthest.is_found {
                let rows = furthest.totals.map(|totals| totals.rows(&self.known)).transpose()?;
                let rows = rows.into_iter().flatten();
                lacks.extend(rows.map(|row| Missing::Totals(predicate, row)));
            } else if let Some(place) = ready.places.get(furthest.parts) {
                let mut bound: BTreeSet<_> = given.iter().map(|(variable, _)| *variable).collect();
                for place in &ready.places[..furthest.parts] {
                    bound.extend(rule.body[*place].binds());
                }
                lacks.push(self.lack((number, &rule.body[*place]), &bound, &furthest.bound));
            }
        }
        Ok(lacks)
    }

    /// What a part of a body lacks.
    fn lack(
        &self,
        (rule, literal): (usize, &Literal),
        bound: &BTreeSet<usize>,
        ids: &[Id],
    ) -> Missing {
        let value = |term: &Term| match term {
            Term::Value(value) => Some(value.clone()),
            Term::Variable(variable) | Term::Total(_, variable) => {
                let id = bound.contains(variable).then(|| ids.get(*variable)).flatten()?;
                self.known.values.get(*id as usize).cloned()
            }
        };
        let sure = |term: &Term| value(term).unwrap_or(Value::None);
        let computed = |of: &Expr| {
            let computed = self.known.compute(of, ids).map(Cow::into_owned);
            computed.unwrap_or(Value::None)
        };
        match literal {
            Literal::Holds(atom) => {
                let term = |term: &Term| value(term).map_or_else(|| term.clone(), Term::Value);
                let terms = atom.terms.iter().map(term).collect();
                Missing::Fact(Atom { predicate: atom.predicate, terms })
            }
            Literal::Fails(atom) => {
                Missing::Present(atom.predicate, atom.terms.iter().map(sure).collect())
            }
            Literal::Compares(how, one, other) => Missing::Compares(sure(one), *how, sure(other)),
            // Sides that cannot be computed were seen by the search before.
            Literal::Where(Expr::Compare(how, one, other)) => {
                Missing::Compares(computed(one), *how, computed(other))
            }
            Literal::Where(_) => Missing::Condition(rule),
            Literal::Is(variable, of) => {
                Missing::Compares(sure(&Term::Variable(*variable)), Comparison::Equal, computed(of))
            }
        }
    }
}

fn value_of(term: &Term) -> Option<Value> {
    match term {
        Term::Value(value) => Some(value.clone()),
        Term::Variable(_) | Term::Total(..) => None,
    }
}

impl Known {
    /// The variables of a head that a fact gives values to; nothing if it is no such fact. Totals
    /// may be anything.
    fn given(&mut self, head: &Atom, tuple: &[Id]) -> Option<Vec<(usize, Id)>> {
        let mut given: Vec<(usize, Id)> = Vec::new();
        for (term, id) in head.terms.iter().zip(tuple) {
            match term {
                Term::Total(..) => {}
                Term::Value(value) if self.known_id(value) != Some(*id) => return None,
                Term::Value(_) => {}
                Term::Variable(variable) => {
                    match given.iter().find(|(other, _)| other == variable) {
                        Some((_, other)) if other != id => return None,
                        Some(_) => {}
                        None => given.push((*variable, *id)),
                    }
                }
            }
        }
        Some(given)
    }

    /// Goes through all ways in which a body holds with some variables given.
    fn search_given(
        &mut self,
        rule: &Rule,
        given: &[(usize, Id)],
        round: &Round,
        found: &mut impl Found,
    ) -> Result<Ready, RuleError> {
        let variables: Vec<_> = given.iter().map(|(variable, _)| *variable).collect();
        let ready = self.ready(&rule.body, None, &variables);
        let mut bound = ready.unbound();
        given.iter().for_each(|(variable, id)| bound[*variable] = *id);
        self.search(&ready, round, &mut bound, found)?;
        Ok(ready)
    }
}
