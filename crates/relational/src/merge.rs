//! Merging what two states changed since a third one, row by row and field by field.

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

/// Texts longer than this are compared by their ends only, in characters.
const TEXT_MAX: usize = 1 << 16;

impl Store {
    /// Puts what changed in `theirs` since `base` into `ours`, where other things may have changed
    /// since then, and says which conflicts stay open. Constraints must hold afterwards.
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
        base: &A,
        theirs: &B,
        strategy: Strategy,
    ) -> Result<Vec<Conflict>, StoreError> {
        let mut relations: Vec<(Arc<Relation>, Vec<RowChange>)> = Vec::new();
        for (id, change) in self.diff_all(base, theirs)? {
            match relations.last_mut() {
                Some((last, changes)) if last.id == id => changes.push(change),
                _ => relations.push((self.same_relation(ours, theirs, id)?, vec![change])),
            }
        }
        let (mut all, mut conflicts) = (Vec::new(), Vec::new());
        for (relation, changes) in relations {
            let mut merge = Merge { relation: &relation, strategy, changes: Vec::new(), conflicts };
            for change in changes {
                let standing = self.get(ours, relation.id, &change.key)?;
                merge.row(change, standing)?;
            }
            conflicts = merge.conflicts;
            all.push((relation.id, merge.changes));
        }
        self.apply_all(ours, &all)?;
        Ok(conflicts)
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
    changes: Vec<Change>,
    conflicts: Vec<Conflict>,
}

impl Merge<'_> {
    /// Merges a row that changed in the other state.
    fn row(&mut self, change: RowChange, ours: Option<Row>) -> Result<(), StoreError> {
        let RowChange { key, before: base, after: theirs } = change;
        if ours == theirs {
            return Ok(());
        }
        if ours == base {
            self.changes.push(match (ours, theirs) {
                (Some(_), Some(row)) => Change::Update(key, row),
                (Some(_), None) => Change::Delete(key),
                (None, Some(row)) => Change::Insert(row),
                (None, None) => return Ok(()),
            });
            return Ok(());
        }
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => {
                let row = self.fields(&key, base.as_ref(), &ours, &theirs)?;
                if row != ours {
                    self.changes.push(Change::Update(key, row));
                }
            }
            (ours, theirs) => match (self.strategy, ours, theirs) {
                (Strategy::First, ..) | (_, None, None) => {}
                (Strategy::Latest, Some(_), _) => self.changes.push(Change::Delete(key)),
                (Strategy::Latest, None, Some(row)) => self.changes.push(Change::Insert(row)),
                (Strategy::Combine | Strategy::Ask, ours, theirs) => {
                    let relation = self.relation.id;
                    let [base, ours, theirs] =
                        [base, ours, theirs].map(|row| row.map(Value::Record));
                    self.conflicts.push(Conflict {
                        relation,
                        key,
                        field: None,
                        base,
                        ours,
                        theirs,
                    });
                }
            },
        }
        Ok(())
    }

    /// The row with the fields of both.
    fn fields(
        &mut self,
        key: &[Value],
        base: Option<&Row>,
        ours: &Row,
        theirs: &Row,
    ) -> Result<Row, StoreError> {
        let mut row = ours.clone();
        for (place, (our, their)) in ours.iter().zip(theirs).enumerate() {
            let base = base.and_then(|base| base.get(place));
            if our == their || base == Some(their) {
                continue;
            }
            let taken = match self.strategy {
                _ if base == Some(our) => Some(their.clone()),
                Strategy::Latest => Some(their.clone()),
                Strategy::First => Some(our.clone()),
                Strategy::Combine => base.and_then(|base| combine(base, our, their)),
                Strategy::Ask => None,
            };
            match taken {
                Some(value) => row[place] = value,
                None => self.conflicts.push(Conflict {
                    relation: self.relation.id,
                    key: key.to_vec(),
                    field: Some(place),
                    base: base.cloned(),
                    ours: Some(our.clone()),
                    theirs: Some(their.clone()),
                }),
            }
        }
        Ok(row)
    }
}

/// A value with the changes of both; nothing where they cannot both be.
fn combine(base: &Value, ours: &Value, theirs: &Value) -> Option<Value> {
    match (base, ours, theirs) {
        (Value::Int(_), Value::Int(_), Value::Int(_))
        | (Value::Float(_), Value::Float(_), Value::Float(_))
        | (Value::Duration(_), Value::Duration(_), Value::Duration(_))
        | (Value::Decimal(_), Value::Decimal(_), Value::Decimal(_)) => {
            let change = arithmetic(Arithmetic::Subtract, theirs, base).ok()?;
            arithmetic(Arithmetic::Add, ours, &change).ok()
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
                () if our == their || base == their => Some(our.clone()),
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
            let (old, new) = (op.old_range(), op.new_range());
            Some((old.start, old.end, &text[new]))
        }
    };
    let ops = capture_diff_slices(Algorithm::Myers, base, text);
    ops.into_iter().filter_map(edit).collect()
}
