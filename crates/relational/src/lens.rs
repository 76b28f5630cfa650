//! Moving a relation to other fields by functions that the caller supplies, row by row when they are
//! read, and reading and writing it as it was before.
//!
//! What a function cannot carry back is kept beside the row: the row as it was. A field that is
//! carried back as it would be from that row is the field of that row, so that a way there and back
//! loses nothing (a lens with a complement, after Hofmann, Pierce and Wagner, *Symmetric Lenses*,
//! POPL 2011).

use std::fmt;
use std::sync::Arc;

use crate::StoreError;
use crate::area::{Reader, Writer};
use crate::catalog::{Past, Relation, RelationId, Source, widen};
use crate::define::check_fields;
use crate::error::DefinitionError;
use crate::pages::{Pages, PagesMut};
use crate::read::Row;
use crate::row::{Layout, version_of};
use crate::schema::{Field, check_row};
use crate::store::Store;
use crate::tree::Tree;
use crate::value::Value;

/// Functions between the fields of two versions of relations, by the numbers under which relations
/// were moved. They must be pure: of the same row, the same one each time.
pub trait Lenses: fmt::Debug + Send + Sync {
    /// The row of the newer fields for one of the older. What the key, indexes and references are
    /// on stays as it is.
    ///
    /// # Errors
    /// Why there is none, for the user.
    fn forward(&self, lens: u64, row: &[Value]) -> Result<Row, String>;

    /// The row of the older fields for one of the newer.
    ///
    /// # Errors
    /// Why there is none, for the user.
    fn backward(&self, lens: u64, row: &[Value]) -> Result<Row, String>;
}

/// The functions that a store was given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given(pub(crate) Option<Arc<dyn Lenses>>);

/// Relations are the same whatever functions they are read with.
impl PartialEq for Given {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// How rows of a version become rows of a later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) lens: u64,
    /// The version that comes out.
    pub(crate) target: u16,
    /// Which fields must stay as they are: their places before and after.
    pub(crate) same: Vec<(usize, usize)>,
}

/// A row before a step, which cannot be carried back from what comes out.
type Kept = (u16, Row);

impl Store {
    /// Gives the functions by which relations were moved to other fields. Without them, rows that
    /// were written before a move cannot be read.
    pub fn set_lenses(&mut self, lenses: Arc<dyn Lenses>) {
        self.lenses = Given(Some(lenses));
        self.catalogs.clear();
    }

    /// Moves a relation to other fields, by functions with a number that the caller chooses. The
    /// fields of the key, of indexes and of references must be among them with their names and
    /// types. Returns the version of the fields before, for reading and writing as before.
    ///
    /// Costs nothing for the rows that are there: they are converted when they are read, and
    /// rewritten when they are next updated.
    ///
    /// # Errors
    /// The fields are unsound, or a view is made of the relation: nothing was changed. Or pages
    /// failed.
    pub fn migrate<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        fields: &[Field],
        lens: u64,
    ) -> Result<u16, StoreError> {
        let catalog = self.catalog(pages)?;
        let mut relation = (**catalog.get(id)?).clone();
        relation.must_be_no_view()?;
        catalog.check_no_viewers(id)?;
        check_fields(&relation.name, fields)?;
        let before = relation.version;
        relation.start_version()?;
        let place = |old: usize| {
            let field = &relation.fields[old];
            let new = fields.iter().position(|new| new.name == field.name && new.ty == field.ty);
            let by = || format!("the key or an index of {}", relation.name);
            let needed = || DefinitionError::InUse { relation: field.name.clone(), by: by() };
            new.ok_or_else(needed)
        };
        let needed = relation.key.iter().chain(relation.indexes.iter().flat_map(|at| &at.fields));
        let mut same = Vec::new();
        for old in needed {
            same.push((*old, place(*old)?));
        }
        same.sort_unstable();
        same.dedup();
        relation.move_places(&|old| {
            same.iter().find(|(place, _)| *place == old).map_or(old, |(_, new)| *new)
        });
        let target = relation.version;
        for past in relation.past.iter_mut().filter(|past| past.step.is_none()) {
            past.step = Some(Step { lens, target, same: same.clone() });
        }
        relation.fields = fields.to_vec();
        relation.layout = Layout::new(fields);
        let mut writer = self.writer(pages);
        if relation.beside.is_none() {
            relation.beside = Some(Tree::create(&mut writer)?);
        }
        writer.put_relation(id, Some(&relation))?;
        Ok(before)
    }

    /// The row with a key, as it was in the fields of a version before a move.
    ///
    /// # Errors
    /// The version is not one that was moved from, or the fields were changed in other ways since
    /// then; a function failed, or pages did.
    pub fn get_before<P: Pages>(
        &mut self,
        pages: &P,
        id: RelationId,
        version: u16,
        key: &[Value],
    ) -> Result<Option<Row>, StoreError> {
        let relation = self.relation(pages, id)?;
        let reader = self.reader(pages);
        let Some(bytes) = relation.rows.get(reader, &relation.encode_key(key)?)? else {
            return Ok(None);
        };
        relation.row_before(reader, &bytes, version).map(Some)
    }

    /// Inserts a row in the fields of a version before a move, or puts it in place of the one with
    /// the same key, of which all stays that does not show in those fields.
    ///
    /// # Errors
    /// As [`get_before`](Self::get_before), and as [`upsert`](Self::upsert).
    pub fn upsert_before<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        version: u16,
        row: &[Value],
    ) -> Result<bool, StoreError> {
        let relation = self.relation(pages, id)?;
        let steps = relation.steps_from(version)?;
        let past = |version: u16| relation.past.iter().find(|past| past.version == version);
        let fields = past(version).map_or(&relation.fields, |past| &past.fields);
        check_row(&relation.name, fields, row)?;
        let mut new = row.to_vec();
        for (_, step) in &steps {
            new = relation.forward(step, &new)?;
        }
        let key = relation.key_of(&new)?;
        let reader = self.reader(pages);
        let standing = relation.rows.get(reader, &key)?;
        // From the old fields to the new ones; what does not change there stays.
        let mut rows = vec![row.to_vec()];
        for (from, step) in &steps {
            let before = rows.last().cloned().unwrap_or_default();
            let mut after = relation.forward(step, &before)?;
            if let Some(bytes) = &standing {
                let was = relation.row_before(reader, bytes, *from)?;
                let present = relation.row_before(reader, bytes, step.target)?;
                after = merged(present, &relation.forward(step, &was)?, after);
            }
            rows.push(after);
        }
        let new = rows.last().cloned().unwrap_or_default();
        let existed = self.upsert(pages, id, &new)?;
        let mut writer = self.writer(pages);
        let bytes = relation.rows.get(writer.reader(), &key)?.ok_or_else(|| relation.lost_row())?;
        let number = relation.number(&bytes)?;
        for ((from, step), pair) in steps.iter().zip(rows.windows(2)) {
            let [before, after] = pair else { continue };
            if relation.backward(step, after)? == *before {
                relation.forget_beside(&mut writer, number, *from)?;
            } else {
                relation.keep_beside(&mut writer, number, &[(*from, before.clone())])?;
            }
        }
        Ok(existed)
    }
}

/// The new row, but where it is as the row was that it comes from, what is there.
fn merged(present: Row, was: &[Value], is: Row) -> Row {
    let fields = present.into_iter().zip(was).zip(is);
    fields.map(|((present, was), is)| if *was == is { present } else { is }).collect()
}

impl Relation {
    /// The number of the present version of its fields.
    #[must_use]
    pub const fn version(&self) -> u16 {
        self.version
    }

    fn failed(&self, reason: String) -> StoreError {
        StoreError::Lens { relation: self.name.clone(), reason }
    }

    fn lenses(&self) -> Result<&dyn Lenses, StoreError> {
        let missing = || self.failed("the functions for it were not given".to_owned());
        self.lenses.0.as_deref().ok_or_else(missing)
    }

    fn fields_at(&self, version: u16) -> Result<&[Field], StoreError> {
        if version == self.version {
            return Ok(&self.fields);
        }
        let past = self.past.iter().find(|past| past.version == version);
        Ok(&past.ok_or_else(|| self.lost_row())?.fields)
    }

    fn forward(&self, step: &Step, row: &[Value]) -> Result<Row, StoreError> {
        let after = self.lenses()?.forward(step.lens, row).map_err(|reason| self.failed(reason))?;
        check_row(&self.name, self.fields_at(step.target)?, &after)?;
        if step.same.iter().any(|(old, new)| row.get(*old) != after.get(*new)) {
            return Err(self.failed("a field of the key or an index would change".to_owned()));
        }
        Ok(after)
    }

    fn backward(&self, step: &Step, row: &[Value]) -> Result<Row, StoreError> {
        self.lenses()?.backward(step.lens, row).map_err(|reason| self.failed(reason))
    }

    /// A row of an older version in the present fields, and the rows before steps on the way that
    /// cannot be carried back, if they are asked for.
    pub(crate) fn upgrade(
        &self,
        past: &Past,
        bytes: &[u8],
        mut kept: Option<&mut Vec<Kept>>,
    ) -> Result<Row, StoreError> {
        let mut row = past.layout.decode(bytes).ok_or_else(|| self.lost_row())?;
        let mut past = past;
        loop {
            let fields = match &past.step {
                None => &self.fields,
                Some(step) => &self.source_of(step).ok_or_else(|| self.lost_row())?.fields,
            };
            let value = |(source, field): (&Source, &Field)| match source {
                Source::Field(index) => {
                    row.get(*index).map(|value| widen(value.clone(), &field.ty))
                }
                Source::Given(value) => Some(value.clone()),
            };
            let before = past.sources.iter().zip(fields).map(value).collect::<Option<Row>>();
            let is_whole = |row: &Row| row.len() == fields.len();
            row = before.filter(is_whole).ok_or_else(|| self.lost_row())?;
            let Some(step) = &past.step else { return Ok(row) };
            let after = self.forward(step, &row)?;
            if let Some(kept) = &mut kept
                && self.backward(step, &after)? != row
            {
                let source = self.source_of(step).map_or(past.version, |source| source.version);
                kept.push((source, row));
            }
            row = after;
            if step.target == self.version {
                return Ok(row);
            }
            // Versions go up, so that this ends.
            let next = self.past.iter().find(|next| next.version == step.target);
            past =
                next.filter(|next| next.version > past.version).ok_or_else(|| self.lost_row())?;
        }
    }

    /// The version that a step was made from.
    fn source_of(&self, step: &Step) -> Option<&Past> {
        let is_source = |past: &&Past| past.step.as_ref() == Some(step);
        self.past.iter().filter(is_source).max_by_key(|past| past.version)
    }

    /// The steps from a version to the present one, which must all be moves.
    fn steps_from(&self, version: u16) -> Result<Vec<(u16, &Step)>, StoreError> {
        let (mut steps, mut at) = (Vec::new(), version);
        while at != self.version {
            let past = self.past.iter().find(|past| past.version == at);
            let step = past.and_then(|past| past.step.as_ref()).filter(|step| {
                step.target > at && self.source_of(step).is_some_and(|source| source.version == at)
            });
            let step = step.ok_or_else(|| {
                self.failed(format!("version {version} of its fields was changed in another way"))
            })?;
            steps.push((at, step));
            at = step.target;
        }
        Ok(steps)
    }

    /// A row in the fields of a version before moves.
    fn row_before<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        bytes: &[u8],
        version: u16,
    ) -> Result<Row, StoreError> {
        let number = self.number(bytes)?;
        let stored = version_of(bytes).ok_or_else(|| self.lost_row())?;
        let steps = self.steps_from(version)?;
        if stored < version {
            // Forward from where it is, as far as is wanted.
            let mut row = self.row_before(reader, bytes, stored)?;
            for (_, step) in self.steps_from(stored)?.iter().take_while(|(at, _)| *at < version) {
                row = self.forward(step, &row)?;
            }
            return Ok(row);
        }
        let layout = match self.past.iter().find(|past| past.version == stored) {
            _ if stored == self.version => &self.layout,
            Some(past) => &past.layout,
            None => return Err(self.lost_row()),
        };
        let mut row = layout.decode(bytes).ok_or_else(|| self.lost_row())?;
        for (at, step) in steps.iter().rev().filter(|(_, step)| step.target <= stored) {
            let back = self.backward(step, &row)?;
            row = match self.beside(reader, number, *at)? {
                None => back,
                Some(kept) => {
                    let was = self.backward(step, &self.forward(step, &kept)?)?;
                    merged(kept, &was, back)
                }
            };
            check_row(&self.name, self.fields_at(*at)?, &row)?;
        }
        Ok(row)
    }

    /// What is kept beside a row of its form in a version.
    fn beside<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        number: u64,
        version: u16,
    ) -> Result<Option<Row>, StoreError> {
        let (Some(tree), Some(past)) =
            (self.beside, self.past.iter().find(|past| past.version == version))
        else {
            return Ok(None);
        };
        let held = tree.get(reader, &beside_key(number, version))?;
        let row = |bytes: crate::tree::Bytes<'_>| past.layout.decode(&bytes);
        held.map(|bytes| row(bytes).ok_or_else(|| self.lost_row())).transpose()
    }

    /// Keeps rows as they were in older versions beside a row.
    pub(crate) fn keep_beside<P: PagesMut>(
        &self,
        writer: &mut Writer<'_, P>,
        number: u64,
        kept: &[Kept],
    ) -> Result<(), StoreError> {
        let Some(tree) = self.beside else { return Ok(()) };
        for (version, row) in kept {
            let Some(past) = self.past.iter().find(|past| past.version == *version) else {
                continue;
            };
            let bytes = past.layout.encode(*version, number, row);
            tree.put(writer, &beside_key(number, *version), &bytes)?;
        }
        Ok(())
    }

    /// Forgets what is kept beside a row.
    pub(crate) fn drop_beside<P: PagesMut>(
        &self,
        writer: &mut Writer<'_, P>,
        number: u64,
    ) -> Result<(), StoreError> {
        let mut sources = self.past.iter().filter(|past| past.step.is_some());
        sources.try_for_each(|past| self.forget_beside(writer, number, past.version))
    }

    fn forget_beside<P: PagesMut>(
        &self,
        writer: &mut Writer<'_, P>,
        number: u64,
        version: u16,
    ) -> Result<(), StoreError> {
        let Some(tree) = self.beside else { return Ok(()) };
        tree.remove(writer, &beside_key(number, version)).map(|_| ())
    }
}

fn beside_key(number: u64, version: u16) -> Vec<u8> {
    [&number.to_be_bytes()[..], &version.to_be_bytes()[..]].concat()
}
