//! Merging what two states changed since a third one, row by row and field by field.

use std::ops::Range;
use std::sync::Arc;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::StoreError;
use crate::apply::Change;
use crate::catalog::{Relation, RelationId};
use crate::diff::RowChange;
use crate::pages::{Pages, PagesMut};
use crate::query::{Arithmetic, arithmetic};
use crate::read::Row;
use crate::store::Store;
use crate::value::Value;

/// What becomes of a field that both states changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// The other state, which is merged in, wins.
    Latest,
    /// The state that is merged into wins.
    First,
    /// Differences of numbers are added, lists get what either added and lose what either took away,
    /// texts get the changes of both where they do not touch. What else differs stays open.
    Combine,
    /// All that differs stays open.
    Ask,
}

/// A field, or a whole row, that both states changed and that stays open. The state that was merged
/// into keeps its own value until somebody decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The relation.
    pub relation: RelationId,
    /// The key of the row.
    pub key: Vec<Value>,
    /// The place of the field; nothing for the whole row, where one state has it no more. Rows are
    /// records then.
    pub field: Option<usize>,
    /// What it was in the state that both come from; nothing where there was no row.
    pub base: Option<Value>,
    /// What it is in the state that is merged into.
    pub ours: Option<Value>,
    /// What it is in the other one.
    pub theirs: Option<Value>,
}

/// What was decided about a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The value of the state that is merged into.
    Ours,
    /// That of the other one.
    Theirs,
}

/// What becomes of the rows of relations, and what stays open.
type Merged = (Vec<(RelationId, Vec<Change>)>, Vec<Conflict>);

/// Texts longer than this are compared by their ends only, in characters.
const TEXT_MAX: usize = 1 << 16;

impl Store {
    /// Puts what changed in `theirs` since `base` into `ours`, where other things may have changed
    /// since then, and says which conflicts stay open: those that nothing is decided about.
    /// Constraints must hold afterwards.
    ///
    /// Relations that are not in all three states, or whose fields differ, are refused if there is
    /// something to merge; views follow.
    ///
    /// # Errors
    /// The merged rows are refused, a number became too large, or pages failed: the caller must take
    /// back what was written.
    pub fn merge<P: PagesMut, A: Pages, B: Pages>(
        &mut self,
        ours: &mut P,
        (base, theirs): (&A, &B),
        strategy: Strategy,
        decide: &mut dyn FnMut(&Conflict) -> Option<Decision>,
    ) -> Result<Vec<Conflict>, StoreError> {
        let (changes, conflicts) = self.merged(ours, (base, theirs), strategy, decide)?;
        self.apply_all(ours, &changes)?;
        Ok(conflicts)
    }

    /// The conflicts that [`Store::merge`] would leave open if nothing were decided. Nothing changes.
    ///
    /// # Errors
    /// As of [`Store::merge`], but for what the merged rows would be refused for.
    pub fn conflicts<P: Pages, A: Pages, B: Pages>(
        &mut self,
        ours: &P,
        (base, theirs): (&A, &B),
        strategy: Strategy,
    ) -> Result<Vec<Conflict>, StoreError> {
        Ok(self.merged(ours, (base, theirs), strategy, &mut |_| None)?.1)
    }

    fn merged<P: Pages, A: Pages, B: Pages>(
        &mut self,
        ours: &P,
        (base, theirs): (&A, &B),
        strategy: Strategy,
        decide: &mut dyn FnMut(&Conflict) -> Option<Decision>,
    ) -> Result<Merged, StoreError> {
        let mut relations: Vec<(Arc<Relation>, Vec<RowChange>)> = Vec::new();
        for (id, change) in self.diff_all(base, theirs)? {
            match relations.last_mut() {
                Some((last, changes)) if last.id == id => changes.push(change),
                _ => relations.push((self.same_relation(ours, theirs, id)?, vec![change])),
            }
        }
        self.merged_rows(ours, relations, strategy, decide)
    }

    /// Puts changes of rows into a state, as [`Store::merge`] does with those of another state. Relations
    /// are as they are in `ours`.
    ///
    /// # Errors
    /// As of [`Store::merge`].
    pub fn merge_rows<P: PagesMut>(
        &mut self,
        ours: &mut P,
        relations: Vec<(Arc<Relation>, Vec<RowChange>)>,
        strategy: Strategy,
    ) -> Result<Vec<Conflict>, StoreError> {
        let (changes, conflicts) = self.merged_rows(ours, relations, strategy, &mut |_| None)?;
        self.apply_all(ours, &changes)?;
        Ok(conflicts)
    }

    fn merged_rows<P: Pages>(
        &mut self,
        ours: &P,
        relations: Vec<(Arc<Relation>, Vec<RowChange>)>,
        strategy: Strategy,
        decide: &mut dyn FnMut(&Conflict) -> Option<Decision>,
    ) -> Result<Merged, StoreError> {
        let (mut all, mut conflicts) = (Vec::new(), Vec::new());
        for (relation, changes) in relations {
            let changed = Vec::new();
            let mut merge =
                Merge { relation: &relation, strategy, decide, changes: changed, conflicts };
            for change in changes {
                let standing = self.get(ours, relation.id, &change.key)?;
                merge.row(change, standing);
            }
            conflicts = merge.conflicts;
            all.push((relation.id, merge.changes));
        }
        Ok((all, conflicts))
    }

    /// A relation with the same fields in two states.
    fn same_relation<A: Pages, B: Pages>(
        &mut self,
        ours: &A,
        theirs: &B,
        id: RelationId,
    ) -> Result<Arc<Relation>, StoreError> {
        let (one, other) = (self.relation(ours, id)?, self.relation(theirs, id)?);
        if one.fields != other.fields || one.key != other.key {
            let relation = one.name.clone();
            return Err(crate::DefinitionError::Differs { relation }.into());
        }
        Ok(one)
    }
}

/// What becomes of the rows of a relation.
struct Merge<'r> {
    relation: &'r Relation,
    strategy: Strategy,
    decide: &'r mut dyn FnMut(&Conflict) -> Option<Decision>,
    changes: Vec<Change>,
    conflicts: Vec<Conflict>,
}

impl Merge<'_> {
    /// Merges a row that changed in the other state.
    fn row(&mut self, change: RowChange, ours: Option<Row>) {
        let RowChange { key, before: base, after: theirs } = change;
        // Two that add the same to a number have added twice as much.
        let adds = self.strategy == Strategy::Combine && base.is_some() && ours.is_some();
        if ours == theirs && !adds {
            return;
        }
        if ours == base {
            return self.take(key, ours.is_some(), theirs);
        }
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => {
                let row = self.fields(&key, base.as_ref(), &ours, &theirs);
                if row != ours {
                    self.changes.push(Change::Update(key, row));
                }
            }
            (ours, theirs) => {
                let was_there = ours.is_some();
                let [base, ours, other] =
                    [base, ours, theirs.clone()].map(|row| row.map(Value::Record));
                let relation = self.relation.id;
                let conflict = Conflict { relation, key, field: None, base, ours, theirs: other };
                let decision = match self.strategy {
                    Strategy::First => Some(Decision::Ours),
                    Strategy::Latest => Some(Decision::Theirs),
                    Strategy::Combine | Strategy::Ask => (self.decide)(&conflict),
                };
                match decision {
                    Some(Decision::Ours) => {}
                    Some(Decision::Theirs) => self.take(conflict.key, was_there, theirs),
                    None => self.conflicts.push(conflict),
                }
            }
        }
    }

    /// The row becomes what it is in the other state.
    fn take(&mut self, key: Vec<Value>, was_there: bool, theirs: Option<Row>) {
        match (was_there, theirs) {
            (true, Some(row)) => self.changes.push(Change::Update(key, row)),
            (true, None) => self.changes.push(Change::Delete(key)),
            (false, Some(row)) => self.changes.push(Change::Insert(row)),
            (false, None) => {}
        }
    }

    /// The row with the fields of both.
    fn fields(&mut self, key: &[Value], base: Option<&Row>, ours: &Row, theirs: &Row) -> Row {
        let mut row = ours.clone();
        for (place, (our, their)) in ours.iter().zip(theirs).enumerate() {
            let base = base.and_then(|base| base.get(place));
            if base == Some(their) {
                continue;
            }
            let taken = match self.strategy {
                _ if base == Some(our) => Some(their.clone()),
                Strategy::Combine if base.is_none() && our == their => Some(our.clone()),
                Strategy::Latest | Strategy::First | Strategy::Ask if our == their => continue,
                Strategy::Latest => Some(their.clone()),
                Strategy::First => Some(our.clone()),
                Strategy::Combine => base.and_then(|base| combine(base, our, their)),
                Strategy::Ask => None,
            };
            if let Some(value) = taken {
                row[place] = value;
                continue;
            }
            let conflict = Conflict {
                relation: self.relation.id,
                key: key.to_vec(),
                field: Some(place),
                base: base.cloned(),
                ours: Some(our.clone()),
                theirs: Some(their.clone()),
            };
            match (self.decide)(&conflict) {
                Some(Decision::Ours) => {}
                Some(Decision::Theirs) => row[place] = their.clone(),
                None => self.conflicts.push(conflict),
            }
        }
        row
    }
}

/// A value with the changes that two have made of it since a third; nothing where they cannot both be.
///
/// Differences of numbers are added, also if they are the same; lists get what either added and lose
/// what either took away, texts get the changes of both where they do not touch, records are combined
/// field by field. Of other values, those of both are the same or cannot both be.
#[must_use]
pub fn combine(base: &Value, ours: &Value, theirs: &Value) -> Option<Value> {
    match (base, ours, theirs) {
        (Value::Int(_), Value::Int(_), Value::Int(_))
        | (Value::Float(_), Value::Float(_), Value::Float(_))
        | (Value::Duration(_), Value::Duration(_), Value::Duration(_))
        | (Value::Decimal(_), Value::Decimal(_), Value::Decimal(_)) => {
            let change = arithmetic(Arithmetic::Subtract, theirs, base).ok()?;
            arithmetic(Arithmetic::Add, ours, &change).ok()
        }
        (_, ours, theirs) if !matches!(ours, Value::Record(_)) && ours == theirs => {
            Some(ours.clone())
        }
        (Value::Timestamp(base), Value::Timestamp(ours), Value::Timestamp(theirs)) => {
            ours.checked_add(theirs.checked_sub(*base)?).map(Value::Timestamp)
        }
        (Value::List(base), Value::List(ours), Value::List(theirs)) => {
            Some(Value::List(combine_lists(base, ours, theirs)))
        }
        (Value::Record(base), Value::Record(ours), Value::Record(theirs)) => {
            let fields = base.iter().zip(ours).zip(theirs);
            let field = |((base, our), their): ((&Value, &Value), &Value)| match () {
                () if base == their => Some(our.clone()),
                () if base == our => Some(their.clone()),
                () => combine(base, our, their),
            };
            fields.map(field).collect::<Option<_>>().map(Value::Record)
        }
        (Value::String(base), Value::String(ours), Value::String(theirs)) => {
            combine_texts(base, ours, theirs).map(Value::String)
        }
        (_, _, _) => None,
    }
}

/// Lists as sets: ours, without what they took away, with what they added.
fn combine_lists(base: &[Value], ours: &[Value], theirs: &[Value]) -> Vec<Value> {
    let gone = |value: &&Value| base.contains(value) && !theirs.contains(value);
    let mut all: Vec<_> = ours.iter().filter(|value| !gone(value)).cloned().collect();
    for value in theirs {
        if !base.contains(value) && !all.contains(value) {
            all.push(value.clone());
        }
    }
    all
}

/// In place of some characters of the base, from one to another, others.
type Edit<'t> = (usize, usize, &'t [char]);

/// A text with the changes of both, if no two of them touch the same characters or place.
fn combine_texts(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let [base, ours, theirs] = [base, ours, theirs].map(|text| text.chars().collect::<Vec<_>>());
    let (ours, theirs) = (edits(&base, &ours), edits(&base, &theirs));
    let mut all: Vec<_> = ours.into_iter().chain(theirs).collect();
    all.sort_unstable();
    all.dedup();
    let (mut merged, mut at) = (String::new(), 0);
    let mut last: Option<Edit<'_>> = None;
    for (start, end, new) in all {
        let is_same_place =
            last.is_some_and(|(from, to, _)| from == start || to == start && from == to);
        if start < at || is_same_place {
            return None;
        }
        merged.extend(&base[at..start]);
        merged.extend(new);
        at = end;
        last = Some((start, end, new));
    }
    merged.extend(&base[at..]);
    Some(merged)
}

/// How a text became another, from left to right.
fn edits<'t>(base: &[char], text: &'t [char]) -> Vec<Edit<'t>> {
    if base.len().max(text.len()) > TEXT_MAX {
        let same = base.iter().zip(text).take_while(|(one, other)| one == other).count();
        let ends = base[same..].iter().rev().zip(text[same..].iter().rev());
        let tail = ends.take_while(|(one, other)| one == other).count();
        return vec![(same, base.len() - tail, &text[same..text.len() - tail])];
    }
    let edit = |op: DiffOp| match op {
        DiffOp::Equal { .. } => None,
        DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => {
            Some(Span { old: op.old_range(), new: op.new_range() })
        }
    };
    let ops = capture_diff_slices(Algorithm::Myers, base, text);
    let mut all: Vec<Span> = Vec::new();
    for span in ops.into_iter().filter_map(edit) {
        match all.last_mut() {
            // Letters that two words happen to share do not make them one.
            Some(last) if span.old.start - last.old.end < last.size().min(span.size()) => {
                (last.old.end, last.new.end) = (span.old.end, span.new.end);
            }
            _ => all.push(span),
        }
    }
    all.into_iter().map(|span| (span.old.start, span.old.end, &text[span.new])).collect()
}

/// What was in the base, and is in the text in its place.
struct Span {
    old: Range<usize>,
    new: Range<usize>,
}

impl Span {
    fn size(&self) -> usize {
        self.old.len().max(self.new.len())
    }
}
