//! Three-way merges of values, for guests whose branches can be brought together.

use std::str::FromStr;

use crate::EditError;

/// What becomes of a value that both branches have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// The value of the branch that is merged in.
    Latest,
    /// The value that is here.
    Earliest,
    /// Numbers are changed by what each branch has changed them by; of others, the latest.
    Combine,
    /// It is a conflict, and nothing is merged.
    Manual,
}

impl FromStr for Strategy {
    type Err = EditError;

    fn from_str(name: &str) -> Result<Self, EditError> {
        match name {
            "latest" => Ok(Self::Latest),
            "earliest" | "first" => Ok(Self::Earliest),
            "combine" => Ok(Self::Combine),
            "manual" | "ask" => Ok(Self::Manual),
            _ => {
                let message = "a merge is settled by latest, earliest, combine or manual";
                Err(EditError(message.to_owned()))
            }
        }
    }
}

/// A value by its content; a leaf is whatever the guest does not take apart.
#[derive(Clone, Debug)]
pub enum Datum<L> {
    /// A number.
    Number(f64),
    /// Anything else without parts.
    Leaf(L),
    /// Values by their places.
    List(Vec<Self>),
    /// Values by their names, all different.
    Record(Vec<(String, Self)>),
}

/// By content; a NaN is the same as itself.
impl<L: PartialEq> PartialEq for Datum<L> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.to_bits() == b.to_bits(),
            (Self::Leaf(a), Self::Leaf(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Record(a), Self::Record(b)) => a == b,
            (Self::Number(_) | Self::Leaf(_) | Self::List(_) | Self::Record(_), _) => false,
        }
    }
}

/// A merge of many values by one strategy.
#[derive(Clone, Debug)]
pub struct Merge {
    strategy: Strategy,
    conflicts: Vec<String>,
}

/// Conflicts that an error names.
const NAMED_MAX: usize = 8;

impl Merge {
    /// A merge that has not begun.
    #[must_use]
    pub const fn new(strategy: Strategy) -> Self {
        Self { strategy, conflicts: Vec::new() }
    }

    /// What becomes of the value called `path`, if it becomes another than `ours`. Lists that have kept
    /// their length are merged place by place, records name by name. The recursion is as deep as the
    /// values.
    pub fn value<L: Clone + PartialEq>(
        &mut self,
        path: &str,
        base: Option<&Datum<L>>,
        ours: &Datum<L>,
        theirs: &Datum<L>,
    ) -> Option<Datum<L>> {
        if base == Some(theirs) {
            return None;
        }
        if base == Some(ours) {
            return Some(theirs.clone());
        }
        match (base, ours, theirs) {
            (Some(Datum::List(base)), Datum::List(ours), Datum::List(theirs))
                if base.len() == ours.len() && ours.len() == theirs.len() =>
            {
                return self.list(path, base, ours, theirs);
            }
            (Some(Datum::Record(base)), Datum::Record(ours), Datum::Record(theirs)) => {
                return self.record(path, base, ours, theirs);
            }
            (Some(Datum::Number(base)), Datum::Number(ours), Datum::Number(theirs))
                if self.strategy == Strategy::Combine =>
            {
                return Some(Datum::Number(base + (ours - base) + (theirs - base)));
            }
            _ => {}
        }
        (ours != theirs && self.takes_theirs(path)).then(|| theirs.clone())
    }

    /// Says what both branches have changed, if that has to be settled by hand.
    ///
    /// # Errors
    /// Something has.
    pub fn finish(self) -> Result<(), EditError> {
        if self.conflicts.is_empty() {
            return Ok(());
        }
        let mut text = format!(
            "both branches changed: {}",
            self.conflicts[..self.conflicts.len().min(NAMED_MAX)].join(", ")
        );
        if self.conflicts.len() > NAMED_MAX {
            text.push_str(&format!(" and {} more", self.conflicts.len() - NAMED_MAX));
        }
        Err(EditError(text))
    }

    /// Whether theirs counts of two changes.
    fn takes_theirs(&mut self, path: &str) -> bool {
        match self.strategy {
            Strategy::Latest | Strategy::Combine => true,
            Strategy::Earliest => false,
            Strategy::Manual => {
                self.conflicts.push(path.to_owned());
                false
            }
        }
    }

    fn list<L: Clone + PartialEq>(
        &mut self,
        path: &str,
        base: &[Datum<L>],
        ours: &[Datum<L>],
        theirs: &[Datum<L>],
    ) -> Option<Datum<L>> {
        let mut merged = ours.to_vec();
        let mut has_changed = false;
        for (index, place) in merged.iter_mut().enumerate() {
            let path = format!("{path}[{index}]");
            let value = self.value(&path, Some(&base[index]), &ours[index], &theirs[index]);
            if let Some(value) = value {
                *place = value;
                has_changed = true;
            }
        }
        has_changed.then_some(Datum::List(merged))
    }

    fn record<L: Clone + PartialEq>(
        &mut self,
        path: &str,
        base: &[(String, Datum<L>)],
        ours: &[(String, Datum<L>)],
        theirs: &[(String, Datum<L>)],
    ) -> Option<Datum<L>> {
        let find =
            |of: &'_ [(String, Datum<L>)], name: &str| of.iter().position(|(it, _)| it == name);
        let mut merged = Vec::with_capacity(ours.len());
        let mut has_changed = false;
        for (name, value) in ours {
            let path = format!("{path}.{name}");
            let before = find(base, name).map(|index| &base[index].1);
            let taken = match find(theirs, name) {
                Some(index) => {
                    let other = self.value(&path, before, value, &theirs[index].1);
                    has_changed |= other.is_some();
                    Some(other.unwrap_or_else(|| value.clone()))
                }
                // They have removed it; or it was added here.
                None => {
                    let is_removed =
                        before.is_some_and(|before| before == value || self.takes_theirs(&path));
                    has_changed |= is_removed;
                    (!is_removed).then(|| value.clone())
                }
            };
            merged.extend(taken.map(|value| (name.clone(), value)));
        }
        for (name, value) in theirs.iter().filter(|(name, _)| find(ours, name).is_none()) {
            // They have added it; or it was removed here.
            let before = find(base, name).map(|index| &base[index].1);
            let is_taken = match before {
                None => true,
                Some(before) => before != value && self.takes_theirs(&format!("{path}.{name}")),
            };
            if is_taken {
                has_changed = true;
                merged.push((name.clone(), value.clone()));
            }
        }
        has_changed.then_some(Datum::Record(merged))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Value = Datum<&'static str>;

    fn numbers(values: &[f64]) -> Value {
        Datum::List(values.iter().map(|value| Datum::Number(*value)).collect())
    }

    fn record(fields: &[(&str, f64)]) -> Value {
        let field = |(name, value): &(&str, f64)| ((*name).to_owned(), Datum::Number(*value));
        Datum::Record(fields.iter().map(field).collect())
    }

    fn merged(strategy: Strategy, base: &Value, ours: &Value, theirs: &Value) -> (Value, String) {
        let mut merge = Merge::new(strategy);
        let value = merge.value("x", Some(base), ours, theirs).unwrap_or_else(|| ours.clone());
        let said = merge.finish().map_or_else(|error| error.0, |()| String::new());
        (value, said)
    }

    #[test]
    fn what_one_branch_has_changed_is_taken_whatever_the_strategy() {
        let (base, ours) = (numbers(&[1.0, 2.0, 3.0]), numbers(&[1.0, 5.0, 3.0]));
        let theirs = numbers(&[1.0, 2.0, 7.0]);
        for strategy in [Strategy::Latest, Strategy::Earliest, Strategy::Combine, Strategy::Manual]
        {
            let (value, said) = merged(strategy, &base, &ours, &theirs);
            assert_eq!((value, said.as_str()), (numbers(&[1.0, 5.0, 7.0]), ""));
        }
    }

    #[test]
    fn the_strategy_decides_about_what_both_have_changed() {
        let (base, ours, theirs) = (numbers(&[1.0]), numbers(&[3.0]), numbers(&[10.0]));
        let value = |strategy| merged(strategy, &base, &ours, &theirs);
        assert_eq!(value(Strategy::Latest).0, theirs);
        assert_eq!(value(Strategy::Earliest).0, ours);
        assert_eq!(value(Strategy::Combine).0, numbers(&[12.0]));
        assert_eq!(value(Strategy::Manual).1, "both branches changed: x[0]");
    }

    #[test]
    fn equal_changes_add_up_under_combine_and_are_no_conflict_else() {
        let (base, both) = (Datum::Number(1000.0), Datum::Number(1200.0));
        assert_eq!(merged(Strategy::Combine, &base, &both, &both).0, Datum::Number(1400.0));
        assert_eq!(merged(Strategy::Manual, &base, &both, &both), (both, String::new()));
    }

    #[test]
    fn lists_of_other_lengths_are_one_value() {
        let (base, ours) = (numbers(&[1.0]), numbers(&[1.0, 2.0]));
        let theirs = numbers(&[1.0, 2.0, 3.0]);
        assert_eq!(merged(Strategy::Combine, &base, &ours, &theirs).0, theirs);
        assert_eq!(merged(Strategy::Manual, &base, &ours, &theirs).1, "both branches changed: x");
    }

    #[test]
    fn names_that_come_and_go_are_merged_one_by_one() {
        let base = record(&[("a", 1.0), ("b", 2.0), ("c", 3.0)]);
        let ours = record(&[("a", 1.0), ("b", 9.0), ("d", 4.0)]);
        let theirs = record(&[("b", 2.0), ("c", 3.0), ("e", 5.0)]);
        let expected = record(&[("b", 9.0), ("d", 4.0), ("e", 5.0)]);
        assert_eq!(merged(Strategy::Manual, &base, &ours, &theirs), (expected, String::new()));
        let removed = record(&[("a", 1.0), ("c", 3.0)]);
        let said = merged(Strategy::Manual, &base, &ours, &removed).1;
        assert_eq!(said, "both branches changed: x.b");
        assert_eq!(
            merged(Strategy::Latest, &base, &ours, &removed).0,
            record(&[("a", 1.0), ("d", 4.0)])
        );
    }
}
