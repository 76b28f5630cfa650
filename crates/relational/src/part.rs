//! What an index goes by where that is not just fields: values that are computed from the row.

use std::borrow::Cow;

use crate::StoreError;
use crate::area::{Reader, corrupt};
use crate::catalog::{Relation, RelationId};
use crate::define::Definition;
use crate::error::{DefinitionError, RowError};
use crate::index::{Index, IndexKind};
use crate::pages::{Pages, PagesMut};
use crate::query::{Expr, QueryError, pack_expr, unpack_expr};
use crate::schema::{Field, Type};
use crate::store::Store;
use crate::tree::Bounds;
use crate::value::Value;
use crate::wire::{Packer, Unpacker};

/// One of the values that an index goes by: how it is computed from a row, and its type.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Over the fields of the row, by their places. It depends on nothing else.
    pub expr: Expr,
    /// Of what it gives.
    pub ty: Type,
}

impl Part {
    fn value(&self, row: &[Value]) -> Result<Value, QueryError> {
        let value = self.expr.value(&|place| &row[place]).map(Cow::into_owned)?;
        if self.ty.accepts(&value) { Ok(value) } else { Err(QueryError::types(&value, &value)) }
    }

    pub(crate) fn pack(&self, packer: &mut Packer) {
        pack_expr(&self.expr, packer);
        self.ty.pack(packer);
    }

    pub(crate) fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        Some(Self { expr: unpack_expr(from)?, ty: Type::unpack(from, 0)? })
    }
}

/// An index by computed values that is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct ComputedIndex {
    /// Its name.
    pub name: String,
    /// How it is built.
    pub kind: IndexKind,
    /// What it goes by.
    pub parts: Vec<Part>,
}

impl ComputedIndex {
    pub(crate) fn pack(&self, packer: &mut Packer) {
        packer.block(self.name.as_bytes());
        packer.byte(self.kind.code());
        packer.number(self.parts.len());
        self.parts.iter().for_each(|part| part.pack(packer));
    }

    pub(crate) fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let (name, kind) = (from.text()?, IndexKind::from_code(from.byte()?)?);
        let parts = (0..from.count()?).map(|_| Part::unpack(from));
        Some(Self { name, kind, parts: parts.collect::<Option<_>>()? })
    }

    /// Whether it is an index of a relation whose fields may become those of a definition.
    fn is(&self, index: &Index, relation: &Relation, definition: &Definition) -> bool {
        let ty = |fields: &[Field], name: &str| {
            fields.iter().find(|field| field.name == name).map(|field| field.ty.clone())
        };
        let is_kept = |place: &usize| {
            let field = &relation.fields[*place];
            ty(&definition.fields, &field.name) == Some(field.ty.clone())
        };
        let to = |place: usize| {
            let name = relation.fields.get(place).map(|field| &field.name);
            let found = definition.fields.iter().position(|field| Some(&field.name) == name);
            found.unwrap_or(usize::MAX)
        };
        index.name == self.name
            && index.kind == self.kind
            && index.fields.iter().all(is_kept)
            && index.computed.as_ref().is_some_and(|parts| {
                let moved = parts.iter().map(|it| (it.expr.moved(&to), &it.ty));
                moved.eq(self.parts.iter().map(|it| (it.expr.clone(), &it.ty)))
            })
    }
}

impl Store {
    /// Gives a relation the indexes by computed values that a definition has, and no others.
    pub(crate) fn adapt_computed<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        definition: &Definition,
    ) -> Result<(), StoreError> {
        self.drop_computed(pages, id, definition)?;
        self.add_computed(pages, id, definition)
    }

    /// Drops the indexes by computed values that a definition does not have.
    pub(crate) fn drop_computed<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        definition: &Definition,
    ) -> Result<(), StoreError> {
        let relation = self.relation(pages, id)?;
        for index in relation.indexes.iter().filter(|index| index.computed.is_some()) {
            if !definition.computed.iter().any(|wanted| wanted.is(index, &relation, definition)) {
                self.drop_index(pages, id, &index.name)?;
            }
        }
        Ok(())
    }

    /// Makes the indexes by computed values of a definition that are not there yet.
    pub(crate) fn add_computed<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        definition: &Definition,
    ) -> Result<(), StoreError> {
        for ComputedIndex { name, kind, parts } in &definition.computed {
            let relation = self.relation(pages, id)?;
            if relation.indexes.iter().all(|index| index.name != *name) {
                self.create_computed_index(pages, id, (name, *kind), parts)?;
            }
        }
        Ok(())
    }
}

/// The fields that parts read, each once.
pub(crate) fn fields_of(parts: &[Part]) -> Vec<usize> {
    let mut fields: Vec<usize> = parts.iter().flat_map(|part| part.expr.fields()).collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}

impl Index {
    /// What it goes by, if that is more than fields as they are.
    #[must_use]
    pub fn computed(&self) -> Option<&[Part]> {
        self.computed.as_deref()
    }

    /// The fields that it goes by, if it goes by nothing else.
    pub(crate) fn plain(&self) -> Option<&[usize]> {
        self.computed.is_none().then_some(&*self.fields)
    }

    /// Of how many values it is.
    pub(crate) fn width(&self) -> usize {
        self.computed.as_ref().map_or(self.fields.len(), Vec::len)
    }

    /// The type of one of the values that it goes by.
    pub(crate) fn type_at<'t>(&'t self, fields: &'t [Field], place: usize) -> Option<&'t Type> {
        match &self.computed {
            Some(parts) => parts.get(place).map(|part| &part.ty),
            None => self.fields.get(place).and_then(|field| fields.get(*field)).map(|it| &it.ty),
        }
    }

    /// The types of the values that it goes by.
    #[must_use]
    pub fn types<'t>(&'t self, relation: &'t Relation) -> Vec<&'t Type> {
        (0..self.width()).filter_map(|place| self.type_at(&relation.fields, place)).collect()
    }

    /// Whether an expression over the fields of a row is one of the values that it goes by.
    pub(crate) fn is_by(&self, place: usize, expr: &Expr) -> bool {
        match &self.computed {
            Some(parts) => parts.get(place).is_some_and(|part| part.expr == *expr),
            None => matches!(expr, Expr::Field(field) if self.fields.get(place) == Some(field)),
        }
    }

    /// The values that it goes by in a row that is there.
    pub(crate) fn values(&self, row: &[Value]) -> Result<Vec<Value>, StoreError> {
        let Some(parts) = &self.computed else {
            return Ok(self.fields.iter().map(|field| row[*field].clone()).collect());
        };
        let values = parts.iter().map(|part| part.value(row)).collect::<Result<_, _>>();
        values.map_err(|_| corrupt(self.root, "of an index is of a row that it has no value for"))
    }

    /// Gives the fields that it reads other places.
    pub(crate) fn move_fields(&mut self, to: &dyn Fn(usize) -> usize) {
        for field in &mut self.fields {
            *field = to(*field);
        }
        for part in self.computed.iter_mut().flatten() {
            part.expr = part.expr.moved(to);
        }
    }
}

impl Relation {
    /// Whether indexes have their values for a row that is to come.
    pub(crate) fn check_computed(&self, row: &[Value]) -> Result<(), StoreError> {
        self.indexes.iter().try_for_each(|index| self.check_computed_by(index, row))
    }

    /// The same of one index.
    pub(crate) fn check_computed_by(&self, index: &Index, row: &[Value]) -> Result<(), StoreError> {
        for part in index.computed.iter().flatten() {
            if let Err(error) = part.value(row) {
                let reason = if error == QueryError::DivisionByZero {
                    "it divides by zero".to_owned()
                } else if error == QueryError::Overflow {
                    "a number becomes too large".to_owned()
                } else {
                    error.to_string()
                };
                let (relation, row) = (self.name.clone(), self.named_row(row));
                let index = index.name.clone();
                return Err(RowError::NoIndexValue { relation, index, row, reason }.into());
            }
        }
        Ok(())
    }

    /// Whether an index has its values for all rows.
    pub(crate) fn check_all_computed<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        index: &Index,
    ) -> Result<(), StoreError> {
        if index.computed.is_none() {
            return Ok(());
        }
        let mut rows = self.rows.scan(reader, Bounds::ALL)?;
        while let Some((_, bytes)) = rows.next()? {
            self.check_computed_by(index, &self.row(&bytes)?)?;
        }
        Ok(())
    }

    /// Refuses parts of an index that read what is not there.
    pub(crate) fn check_parts(&self, name: &str, parts: &[Part]) -> Result<(), StoreError> {
        let bad = |reason| DefinitionError::BadIndex { field: name.to_owned(), reason };
        if parts.is_empty() {
            return Err(bad("it goes by nothing").into());
        }
        for part in parts {
            if part.expr.check(&mut vec![false; self.fields.len()]).is_err() {
                return Err(bad("it reads what is not in the row").into());
            }
        }
        Ok(())
    }
}
