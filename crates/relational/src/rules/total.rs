//! Totals in the heads of rules: for each different list of the head's other terms, over all ways in
//! which the body holds. What it needs is complete before: totals are strata above their bodies.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::derive::Known;
use super::facts::Id;
use super::search::{Found, Ready, Slot};
use super::{Aggregate, Atom, RuleError, Term};
use crate::query::{Expr, Sofar, Total};
use crate::read::Row;
use crate::value::Value;

/// The groups of a rule.
pub(super) struct Totals {
    slots: Vec<Slot>,
    /// What is computed in each column of the head; nothing where it is what groups have in common.
    totals: Vec<Option<Aggregate>>,
    groups: BTreeMap<Vec<Id>, Vec<Option<(Total, Sofar)>>>,
}

impl Aggregate {
    /// The total over values of which one is known.
    fn total(self, first: &Value) -> Total {
        // What it is of is not asked.
        let of = Expr::Field(0);
        match self {
            Self::Count => Total::Count,
            Self::Sum => Total::Sum(of, zero(first)),
            Self::Min => Total::Min(of),
            Self::Max => Total::Max(of),
            Self::Avg => Total::Avg(of),
            Self::Collect => Total::Collect(of),
        }
    }
}

/// The zero of the type of a value; of what has none, the value, which cannot be summed.
fn zero(value: &Value) -> Value {
    match value {
        Value::Int(_) => Value::Int(0),
        Value::Float(_) => Value::Float(0.0),
        Value::Decimal(_) => Value::Decimal(rust_decimal::Decimal::ZERO),
        Value::Duration(_) => Value::Duration(0),
        Value::None
        | Value::Bool(_)
        | Value::String(_)
        | Value::Bytes(_)
        | Value::Timestamp(_)
        | Value::Moment(_)
        | Value::List(_)
        | Value::Record(_)
        | Value::Tagged(..) => value.clone(),
    }
}

impl Totals {
    /// For a head with totals.
    pub(super) fn of(known: &mut Known, head: &Atom) -> Option<Self> {
        let total = |term: &Term| match term {
            Term::Total(total, _) => Some(*total),
            Term::Variable(_) | Term::Value(_) => None,
        };
        let totals: Vec<_> = head.terms.iter().map(total).collect();
        let is_needed = totals.iter().any(Option::is_some);
        is_needed.then(|| Self { slots: known.slots(head), totals, groups: BTreeMap::new() })
    }

    /// The rows of all groups.
    pub(super) fn rows(self, known: &Known) -> Result<Vec<Row>, RuleError> {
        let mut rows = Vec::new();
        for (key, totals) in self.groups {
            let mut common = known.row(&key).into_iter();
            let mut row = Vec::with_capacity(totals.len());
            for total in totals {
                row.push(match total {
                    Some((total, sofar)) => total.finish(sofar)?,
                    None => common.next().unwrap_or(Value::None),
                });
            }
            rows.push(row);
        }
        Ok(rows)
    }

    /// Adds the facts.
    pub(super) fn finish(self, known: &mut Known, predicate: usize) -> Result<(), RuleError> {
        for row in self.rows(known)? {
            known.scratch = row.into_iter().map(|value| known.id(value)).collect();
            known.add(predicate)?;
        }
        Ok(())
    }
}

impl Found for Totals {
    fn found(
        &mut self,
        known: &mut Known,
        _: &Ready,
        bound: &[Id],
    ) -> Result<ControlFlow<()>, RuleError> {
        let columns = self.slots.iter().zip(&self.totals);
        let key = columns.clone().filter(|(_, total)| total.is_none());
        let key: Vec<_> = key.map(|(slot, _)| slot.id(bound)).collect();
        if self.groups.len() > known.left {
            return Err(RuleError::TooMany { max: known.max });
        }
        let value = |slot: &Slot| &known.values[slot.id(bound) as usize];
        let group = self.groups.entry(key).or_default();
        if group.is_empty() {
            for (slot, total) in columns.clone() {
                let total = total.map(|total| total.total(value(slot)));
                let sofar = total.as_ref().map(Total::start).transpose()?;
                group.push(total.zip(sofar));
            }
        }
        for (slot, total) in self.slots.iter().zip(group) {
            if let Some((total, sofar)) = total {
                total.add(sofar, value(slot).clone())?;
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}
