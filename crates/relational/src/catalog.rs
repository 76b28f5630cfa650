//! What relations there are, and where their pages lie.
//!
//! Descriptions are entries of a tree; a decoded [`Catalog`] is a cache of them, told by its stamp.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::StoreError;
use crate::area::{PageId, Reader, Writer, corrupt};
use crate::error::DefinitionError;
use crate::index::{Index, IndexKind};
use crate::lens::{Given, Step};
use crate::pages::{Pages, PagesMut};
use crate::part::{Part, fields_of};
use crate::row::{Layout, number_of, version_of};
use crate::schema::{Field, Type};
use crate::space::CatalogHead;
use crate::tree::{Bounds, Tree};
use crate::value::Value;
use crate::view::View;
use crate::wire::{Packer, Unpacker, pack_value, unpack_value};

/// The number of a relation, which no other gets while the store exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RelationId(pub(crate) u32);

impl RelationId {
    /// The relation with this number, if there is one: operations on it say so if not. In a query
    /// that is made for bytes, the place of its name in the [`Signature`](crate::Signature).
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// A relation as it is described in the catalog.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    pub(crate) id: RelationId,
    pub(crate) name: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) key: Vec<usize>,
    pub(crate) references: Vec<Reference>,
    pub(crate) indexes: Vec<Index>,
    /// Rows by their keys.
    pub(crate) rows: Tree,
    /// Keys by the numbers of rows, where an index needs it.
    pub(crate) numbers: Option<Tree>,
    /// The page that counts the rows.
    pub(crate) head: PageId,
    pub(crate) version: u16,
    pub(crate) layout: Layout,
    pub(crate) past: Vec<Past>,
    /// What is kept beside rows that were moved to other fields.
    pub(crate) beside: Option<Tree>,
    /// The functions that they were moved by.
    pub(crate) lenses: Given,
    /// What makes it a view.
    pub(crate) view: Option<Box<View>>,
    /// Whether its rows follow from rules.
    pub(crate) derived: bool,
}

/// Behind the description of a relation whose rows follow from rules; no view begins so.
const DERIVED: u8 = 0;

/// Fields that hold the key of a row of another relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) fields: Vec<usize>,
    pub(crate) target: RelationId,
    /// The index on these fields.
    pub(crate) index: usize,
}

/// An older version of the fields, in which rows may still be kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Past {
    pub(crate) version: u16,
    pub(crate) fields: Vec<Field>,
    pub(crate) layout: Layout,
    /// Where each present field comes from; with a step, each field before that.
    pub(crate) sources: Vec<Source>,
    pub(crate) step: Option<Step>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Source {
    Field(usize),
    Given(Value),
}

impl Relation {
    /// Its number.
    #[must_use]
    pub const fn id(&self) -> RelationId {
        self.id
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its fields, in the order of the values of a row.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The places of the fields of the key, in the key's order.
    #[must_use]
    pub fn key(&self) -> &[usize] {
        &self.key
    }

    /// Its indexes, those that `unique` and references need included.
    #[must_use]
    pub fn indexes(&self) -> &[Index] {
        &self.indexes
    }

    /// Whether it is a view.
    #[must_use]
    pub const fn is_view(&self) -> bool {
        self.view.is_some()
    }

    /// Whether its rows follow from rules.
    #[must_use]
    pub const fn is_derived(&self) -> bool {
        self.derived
    }

    /// Refuses to change a view.
    pub(crate) fn must_be_no_view(&self) -> Result<(), DefinitionError> {
        if self.is_view() {
            return Err(DefinitionError::IsView { relation: self.name.clone() });
        }
        Ok(())
    }

    /// The place of a field.
    pub(crate) fn field(&self, name: &str) -> Result<usize, DefinitionError> {
        self.fields.iter().position(|field| field.name == name).ok_or_else(|| {
            let (relation, field) = (self.name.clone(), name.to_owned());
            DefinitionError::UnknownField { relation, field }
        })
    }

    pub(crate) fn field_names(&self, fields: &[usize]) -> Vec<String> {
        fields.iter().map(|field| self.fields[*field].name.clone()).collect()
    }

    /// A row from its bytes, in the present version of the fields.
    pub(crate) fn row(&self, bytes: &[u8]) -> Result<Vec<Value>, StoreError> {
        let broken = || corrupt(self.rows.root, "leads to a row that cannot be read");
        let version = version_of(bytes).ok_or_else(broken)?;
        if version == self.version {
            return self.layout.decode(bytes).ok_or_else(broken);
        }
        let past = self.past.iter().find(|past| past.version == version).ok_or_else(broken)?;
        self.upgrade(past, bytes, None)
    }

    /// One field of a row from its bytes.
    pub(crate) fn value(&self, bytes: &[u8], place: usize) -> Result<Value, StoreError> {
        let value = match version_of(bytes) {
            Some(version) if version == self.version => self.layout.field(bytes, place),
            Some(version) => match self.past.iter().find(|past| past.version == version) {
                Some(past) if past.step.is_some() => {
                    self.upgrade(past, bytes, None)?.into_iter().nth(place)
                }
                past => past.and_then(|past| self.past_value(past, bytes, place)),
            },
            None => None,
        };
        value.ok_or_else(|| self.lost_row())
    }

    fn past_value(&self, past: &Past, bytes: &[u8], place: usize) -> Option<Value> {
        match past.sources.get(place)? {
            Source::Field(index) => {
                Some(widen(past.layout.field(bytes, *index)?, &self.fields.get(place)?.ty))
            }
            Source::Given(value) => Some(value.clone()),
        }
    }

    /// The rows are not what the store wrote.
    pub(crate) const fn lost_row(&self) -> StoreError {
        corrupt(self.rows.root, "leads to a row that cannot be read, or not to one it should")
    }

    pub(crate) fn number(&self, bytes: &[u8]) -> Result<u64, StoreError> {
        number_of(bytes).ok_or(corrupt(self.rows.root, "leads to a row that cannot be read"))
    }

    fn pack(&self) -> Vec<u8> {
        let mut packer = Packer::default();
        packer.block(self.name.as_bytes());
        pack_fields(&mut packer, &self.fields);
        packer.numbers(&self.key);
        packer.number(self.references.len());
        for reference in &self.references {
            packer.numbers(&reference.fields);
            packer.link(reference.target.0);
            packer.number(reference.index);
        }
        packer.number(self.indexes.len());
        for index in &self.indexes {
            packer.block(index.name.as_bytes());
            packer.byte(index.kind.code());
            let is_computed = u8::from(index.computed.is_some());
            packer.byte(u8::from(index.unique) | u8::from(index.own) << 1 | is_computed << 2);
            match &index.computed {
                None => packer.numbers(&index.fields),
                Some(parts) => {
                    packer.number(parts.len());
                    parts.iter().for_each(|part| part.pack(&mut packer));
                }
            }
            packer.link(index.root.0);
        }
        packer.link(self.rows.root.0);
        packer.link(self.numbers.map_or(0, |tree| tree.root.0));
        packer.link(self.head.0);
        packer.number(usize::from(self.version));
        packer.number(self.past.len());
        for past in &self.past {
            packer.number(usize::from(past.version));
            pack_fields(&mut packer, &past.fields);
            past.pack_sources(&mut packer);
        }
        packer.link(self.beside.map_or(0, |tree| tree.root.0));
        if let Some(view) = &self.view {
            view.pack(&mut packer);
        } else if self.derived {
            packer.byte(DERIVED);
        }
        packer.bytes
    }

    fn unpack(id: RelationId, bytes: &[u8]) -> Option<Self> {
        let mut from = Unpacker { rest: bytes };
        let name = from.text()?;
        let fields = unpack_fields(&mut from)?;
        let key = from.numbers()?;
        let mut references = Vec::new();
        for _ in 0..from.count()? {
            let fields = from.numbers()?;
            let (target, index) = (RelationId(from.link()?), from.number()?);
            references.push(Reference { fields, target, index });
        }
        let mut indexes = Vec::new();
        for _ in 0..from.count()? {
            let (name, kind) = (from.text()?, IndexKind::from_code(from.byte()?)?);
            let flags = from.byte()?;
            let (unique, own) = (flags & 1 != 0, flags & 2 != 0);
            let (fields, computed) = if flags & 4 == 0 {
                (from.numbers()?, None)
            } else {
                let parts = (0..from.count()?).map(|_| Part::unpack(&mut from));
                let parts = parts.collect::<Option<Vec<_>>>()?;
                (fields_of(&parts), Some(parts))
            };
            let root = PageId(from.link()?);
            indexes.push(Index { name, kind, unique, own, fields, computed, root });
        }
        let rows = Tree { root: PageId(from.link()?) };
        let numbers = Some(PageId(from.link()?)).filter(|root| !root.is_none());
        let numbers = numbers.map(|root| Tree { root });
        let head = PageId(from.link()?);
        let version = u16::try_from(from.number()?).ok()?;
        let mut past = Vec::new();
        for _ in 0..from.count()? {
            past.push(Past::unpack(&mut from)?);
        }
        let layout = Layout::new(&fields);
        let beside = Some(PageId(from.link()?)).filter(|root| !root.is_none());
        let beside = beside.map(|root| Tree { root });
        let derived = from.rest == [DERIVED];
        let view = if derived || from.rest.is_empty() {
            None
        } else {
            Some(Box::new(View::unpack(&mut from)?))
        };
        let relation = Self {
            id,
            name,
            fields,
            key,
            references,
            indexes,
            rows,
            numbers,
            head,
            version,
            layout,
            past,
            beside,
            lenses: Given::default(),
            view,
            derived,
        };
        relation.is_sound().then_some(relation)
    }

    /// Whether all places of fields and indexes exist.
    fn is_sound(&self) -> bool {
        let count = self.fields.len();
        let all = self.key.iter().chain(self.indexes.iter().flat_map(|index| &index.fields));
        let mut all = all.chain(self.references.iter().flat_map(|reference| &reference.fields));
        all.all(|field| *field < count)
            && self.references.iter().all(|reference| reference.index < self.indexes.len())
            && self.past.iter().all(|past| past.step.is_some() || past.sources.len() == count)
    }
}

impl Past {
    fn pack_sources(&self, packer: &mut Packer) {
        packer.number(self.sources.len());
        for source in &self.sources {
            match source {
                Source::Field(index) => {
                    packer.byte(0);
                    packer.number(*index);
                }
                Source::Given(value) => {
                    packer.byte(1);
                    pack_value(value, packer);
                }
            }
        }
        packer.byte(u8::from(self.step.is_some()));
        if let Some(step) = &self.step {
            packer.word(step.lens);
            packer.number(usize::from(step.target));
            packer.numbers(&step.same.iter().map(|(old, _)| *old).collect::<Vec<_>>());
            packer.numbers(&step.same.iter().map(|(_, new)| *new).collect::<Vec<_>>());
        }
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let version = u16::try_from(from.number()?).ok()?;
        let fields = unpack_fields(from)?;
        let mut sources = Vec::new();
        for _ in 0..from.count()? {
            sources.push(if from.byte()? == 0 {
                Source::Field(from.number()?)
            } else {
                Source::Given(unpack_value(from, 0)?)
            });
        }
        let mut step = None;
        if from.byte()? != 0 {
            let (lens, target) = (from.word()?, u16::try_from(from.number()?).ok()?);
            let (old, new) = (from.numbers()?, from.numbers()?);
            step = Some(Step { lens, target, same: old.into_iter().zip(new).collect() });
        }
        Some(Self { version, layout: Layout::new(&fields), fields, sources, step })
    }
}

fn pack_fields(packer: &mut Packer, fields: &[Field]) {
    packer.number(fields.len());
    fields.iter().for_each(|field| field.pack(packer));
}

fn unpack_fields(from: &mut Unpacker<'_>) -> Option<Vec<Field>> {
    (0..from.count()?).map(|_| Field::unpack(from)).collect()
}

/// A value of a narrower type as one of `ty`: see [`widens`].
pub(crate) fn widen(value: Value, ty: &Type) -> Value {
    match (value, ty) {
        (value, Type::Option(inner)) if !value.is_none() => widen(value, inner),
        (Value::Int(number), Type::Decimal) => Value::Decimal(number.into()),
        (value, _) => value,
    }
}

/// Whether every value of `from` is one of `to`: whole numbers are decimals, and anything is an
/// option.
pub(crate) fn widens(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (from, to) if from == to => true,
        (Type::Option(from), Type::Option(to)) => widens(from, to),
        (Type::Option(_), _) => false,
        (from, Type::Option(to)) => widens(from, to),
        (Type::Int, Type::Decimal) => true,
        _ => false,
    }
}

/// All relations of one moment.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    relations: BTreeMap<RelationId, Arc<Relation>>,
    names: BTreeMap<String, RelationId>,
    /// Who refers to a relation: the relations, and which of their references.
    referrers: BTreeMap<RelationId, Vec<(RelationId, usize)>>,
    /// Which views are made of a relation, in the order in which they were made.
    viewers: BTreeMap<RelationId, Vec<RelationId>>,
}

impl Catalog {
    pub(crate) fn read<P: Pages>(
        reader: Reader<'_, P>,
        head: CatalogHead,
        lenses: &Given,
    ) -> Result<Self, StoreError> {
        let mut catalog = Self::default();
        let mut entries = Tree { root: head.root }.scan(reader, Bounds::ALL)?;
        while let Some((key, bytes)) = entries.next()? {
            let broken = corrupt(head.root, "leads to a description that cannot be read");
            let Some(id) = key.try_into().ok().map(u32::from_be_bytes).map(RelationId) else {
                return Err(broken);
            };
            let mut relation = Relation::unpack(id, &bytes).ok_or(broken)?;
            relation.lenses.clone_from(lenses);
            for (place, reference) in relation.references.iter().enumerate() {
                catalog.referrers.entry(reference.target).or_default().push((id, place));
            }
            for source in relation.view.iter().flat_map(|view| view.sources()) {
                catalog.viewers.entry(source).or_default().push(id);
            }
            catalog.names.insert(relation.name.clone(), id);
            catalog.relations.insert(id, Arc::new(relation));
        }
        catalog.check_views(head.root)?;
        Ok(catalog)
    }

    pub(crate) fn get(&self, id: RelationId) -> Result<&Arc<Relation>, StoreError> {
        let unknown = || DefinitionError::UnknownId { id: id.0 }.into();
        self.relations.get(&id).ok_or_else(unknown)
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Arc<Relation>> {
        self.names.get(name).and_then(|id| self.relations.get(id))
    }

    pub(crate) fn relations(&self) -> impl Iterator<Item = &Arc<Relation>> {
        self.relations.values()
    }

    pub(crate) fn referrers(&self, id: RelationId) -> &[(RelationId, usize)] {
        self.referrers.get(&id).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn viewers(&self, id: RelationId) -> &[RelationId] {
        self.viewers.get(&id).map_or(&[], Vec::as_slice)
    }
}

impl<P: PagesMut> Writer<'_, P> {
    /// Writes a description, or takes it out.
    pub(crate) fn put_relation(
        &mut self,
        id: RelationId,
        relation: Option<&Relation>,
    ) -> Result<(), StoreError> {
        let head = self.reader().catalog_head()?;
        let (tree, key) = (Tree { root: head.root }, id.0.to_be_bytes());
        let mut changed = key.to_vec();
        if let Some(relation) = relation {
            let bytes = relation.pack();
            tree.put(self, &key, &bytes)?;
            changed.extend_from_slice(&bytes);
        } else {
            tree.remove(self, &key)?;
        }
        let stamp = xxhash_rust::xxh3::xxh3_64_with_seed(&changed, head.stamp);
        self.set_catalog_head(CatalogHead { stamp, ..head })
    }

    /// A number for a new relation.
    pub(crate) fn new_relation(&mut self) -> Result<RelationId, StoreError> {
        let head = self.reader().catalog_head()?;
        let next = head.next.checked_add(1).ok_or(StoreError::Full { limit: u32::MAX })?;
        self.set_catalog_head(CatalogHead { next, ..head })?;
        Ok(RelationId(head.next))
    }
}
