//! Making, changing and dropping relations and indexes.

use crate::StoreError;
use crate::area::{PageId, Writer, kind};
use crate::catalog::{Catalog, Past, Reference, Relation, RelationId, Source, widen, widens};
use crate::error::{DefinitionError, RowError};
use crate::index::{Index, IndexKind, Indexed};
use crate::pages::{Pages, PagesMut};
use crate::part::{ComputedIndex, Part, fields_of};
use crate::row::Layout;
use crate::schema::{FIELDS_MAX, Field};
use crate::store::Store;
use crate::tree::{Bounds, Bulk, Tree};

/// How many indexes a relation has at most, those for `unique` and references included.
pub const INDEXES_MAX: usize = 64;

/// A relation that is to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The fields of its key. Without any, all fields together are the key: the relation is a set.
    pub key: Vec<String>,
    /// Groups of fields that no two rows have alike. A row with a none among them clashes with none.
    pub unique: Vec<Vec<String>>,
    /// Fields that hold the key of a row of another relation (or of this one), by its name. A row
    /// with a none among them refers to nothing.
    pub references: Vec<(Vec<String>, String)>,
    /// Indexes by values that are computed from rows. Fields have the places that they have here.
    pub computed: Vec<ComputedIndex>,
}

/// A change to the fields of a relation.
///
/// Rows are rewritten when they are next updated; until then they are read through the change.
#[derive(Clone, Debug, PartialEq)]
pub enum Alteration {
    /// A new last field. Rows that are there get its default, or none.
    Add(Field),
    /// Likewise, where that many fields come before it.
    Insert(usize, Field),
    /// Takes a field away which no key, index or reference needs.
    Drop(String),
    /// Gives a field another name.
    Rename(String, String),
    /// Gives a field outside keys, indexes and references a wider type: an option of what it was,
    /// or decimals for whole numbers.
    Widen(String, crate::Type),
    /// Changes what a field is in new rows that do not say.
    Default(String, Option<crate::Value>),
    /// Gives the relation another name.
    RenameRelation(String),
}

impl Store {
    /// Makes a relation.
    ///
    /// # Errors
    /// The definition is unsound: nothing was changed. Or pages failed.
    pub fn create_relation<P: PagesMut>(
        &mut self,
        pages: &mut P,
        definition: &Definition,
    ) -> Result<RelationId, StoreError> {
        let catalog = self.catalog(pages)?;
        let Definition { name, fields, .. } = definition;
        if catalog.find(name).is_some() {
            return Err(DefinitionError::DuplicateName { name: name.clone() }.into());
        }
        check_fields(name, fields)?;
        let plan = start_relation(name, fields);
        let key = match definition.key.as_slice() {
            [] => (0..fields.len()).collect(),
            names => places(&plan, name, names)?,
        };
        let mut relation = Relation { key, ..plan };
        for names in &definition.unique {
            let fields = places(&relation, name, names)?;
            relation.indexes.push(own_index("unique", &relation, fields, true));
        }
        let mut own_references = Vec::new();
        for (names, target_name) in &definition.references {
            let fields = places(&relation, name, names)?;
            let target = if target_name == name { None } else { catalog.find(target_name) };
            if target.is_none() && target_name != name {
                return Err(DefinitionError::UnknownRelation { name: target_name.clone() }.into());
            }
            target.map_or(Ok(()), |target| target.must_be_no_view())?;
            check_reference(&relation, &fields, target.map_or(&relation, |target| target))?;
            let index = relation.indexes.len();
            relation.indexes.push(own_index("references", &relation, fields.clone(), false));
            let id = target.map_or(RelationId(0), |target| target.id);
            own_references.push(target.is_none());
            relation.references.push(Reference { fields, target: id, index });
        }
        if relation.indexes.len() > INDEXES_MAX {
            return Err(too_many("indexes", INDEXES_MAX));
        }
        let mut writer = self.writer(pages);
        relation.create_pages(&mut writer)?;
        for (reference, is_own) in relation.references.iter_mut().zip(own_references) {
            if is_own {
                reference.target = relation.id;
            }
        }
        for index in &mut relation.indexes {
            index.root = Index::create_pages(index.kind, &mut writer)?;
        }
        writer.put_relation(relation.id, Some(&relation))?;
        self.add_computed(pages, relation.id, definition)?;
        Ok(relation.id)
    }

    /// Drops a relation with its rows and indexes.
    ///
    /// # Errors
    /// Another relation refers to it: nothing was changed. Or pages failed.
    pub fn drop_relation<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
    ) -> Result<(), StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        if let Some((by, _)) = catalog.referrers(id).iter().find(|(by, _)| *by != id) {
            let by = catalog.get(*by)?.name.clone();
            return Err(DefinitionError::InUse { relation: relation.name.clone(), by }.into());
        }
        catalog.check_no_viewers(id)?;
        let mut writer = self.writer(pages);
        for page in relation.pages(writer.reader())? {
            writer.give(page)?;
        }
        writer.put_relation(id, None)
    }

    /// Makes an index of all rows.
    ///
    /// # Errors
    /// The definition is unsound, or two rows are alike in a unique index: nothing was changed. Or
    /// pages failed.
    pub fn create_index<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        (name, kind, unique): (&str, IndexKind, bool),
        fields: &[&str],
    ) -> Result<(), StoreError> {
        self.create_index_by(pages, id, (name, kind, unique), By::Fields(fields))
    }

    /// Makes an index by values that are computed from rows.
    ///
    /// # Errors
    /// As of [`create_index`](Self::create_index), and if a value cannot be computed for a row: nothing
    /// was changed.
    pub fn create_computed_index<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        (name, kind): (&str, IndexKind),
        parts: &[Part],
    ) -> Result<(), StoreError> {
        self.create_index_by(pages, id, (name, kind, false), By::Parts(parts))
    }

    fn create_index_by<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        (name, kind, unique): (&str, IndexKind, bool),
        by: By<'_>,
    ) -> Result<(), StoreError> {
        let mut relation = (*self.relation(pages, id)?).clone();
        if relation.indexes.iter().any(|index| index.name == name) {
            return Err(DefinitionError::DuplicateName { name: name.to_owned() }.into());
        }
        if relation.indexes.len() >= INDEXES_MAX {
            return Err(too_many("indexes", INDEXES_MAX));
        }
        let (fields, computed) = match by {
            By::Fields(names) => {
                let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
                (places(&relation, name, &names)?, None)
            }
            By::Parts(parts) => {
                relation.check_parts(name, parts)?;
                (fields_of(parts), Some(parts.to_vec()))
            }
        };
        let (name, root) = (name.to_owned(), PageId::NONE);
        let mut index = Index { name, kind, unique, own: false, fields, computed, root };
        let bad = |reason| {
            let field = match index.plain() {
                Some(fields) => relation.field_names(fields).join(", "),
                None => index.name.clone(),
            };
            DefinitionError::BadIndex { field, reason }
        };
        if let Some(reason) =
            index.types(&relation).into_iter().find_map(|ty| Index::flaw(kind, ty))
        {
            return Err(bad(reason).into());
        }
        if unique {
            relation.must_be_no_view()?;
            if kind == IndexKind::FullText {
                return Err(bad("words are not unique").into());
            }
            if index.computed.is_some() {
                return Err(bad("what is unique are columns").into());
            }
            relation.check_unique(self.reader(pages), &index)?;
        }
        relation.check_all_computed(self.reader(pages), &index)?;
        let mut writer = self.writer(pages);
        if kind.needs_numbers() && relation.numbers.is_none() {
            relation.numbers = Some(number_rows(&mut writer, &relation)?);
        }
        build(&mut writer, &relation, &mut index)?;
        relation.indexes.push(index);
        writer.put_relation(id, Some(&relation))
    }

    /// Drops an index that `create_index` made.
    ///
    /// # Errors
    /// There is none of that name: nothing was changed. Or pages failed.
    pub fn drop_index<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        name: &str,
    ) -> Result<(), StoreError> {
        let mut relation = (*self.relation(pages, id)?).clone();
        let place = relation.indexes.iter().position(|index| index.name == name && !index.own);
        let Some(place) = place else {
            let (relation, index) = (relation.name.clone(), name.to_owned());
            return Err(DefinitionError::UnknownIndex { relation, index }.into());
        };
        let mut writer = self.writer(pages);
        let index = relation.indexes.remove(place);
        for page in index.pages(writer.reader())? {
            writer.give(page)?;
        }
        for reference in &mut relation.references {
            if reference.index > place {
                reference.index -= 1;
            }
        }
        if !relation.indexes.iter().any(|index| index.kind.needs_numbers())
            && let Some(numbers) = relation.numbers.take()
        {
            numbers.destroy(&mut writer)?;
        }
        writer.put_relation(id, Some(&relation))
    }

    /// Changes the fields of a relation. Costs nothing for the rows that are there.
    ///
    /// # Errors
    /// The change is unsound: nothing was changed. Or pages failed.
    pub fn alter<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        alteration: &Alteration,
    ) -> Result<(), StoreError> {
        let catalog = self.catalog(pages)?;
        let mut relation = (**catalog.get(id)?).clone();
        if let Alteration::RenameRelation(name) = alteration {
            if catalog.find(name).is_some() {
                return Err(DefinitionError::DuplicateName { name: name.clone() }.into());
            }
            relation.name.clone_from(name);
        } else {
            let keeps_columns =
                matches!(alteration, Alteration::Rename(..) | Alteration::Default(..));
            if !keeps_columns {
                relation.must_be_no_view()?;
                catalog.check_no_viewers(id)?;
            }
            relation.alter(alteration)?;
        }
        self.writer(pages).put_relation(id, Some(&relation))
    }
}

/// What an index that is to be made goes by.
#[derive(Clone, Copy)]
enum By<'b> {
    Fields(&'b [&'b str]),
    Parts(&'b [Part]),
}

/// A relation without key, number and pages.
pub(crate) fn start_relation(name: &str, fields: &[Field]) -> Relation {
    Relation {
        id: RelationId(0),
        name: name.to_owned(),
        fields: fields.to_vec(),
        key: Vec::new(),
        references: Vec::new(),
        indexes: Vec::new(),
        rows: Tree { root: PageId::NONE },
        numbers: None,
        head: PageId::NONE,
        version: 0,
        layout: Layout::new(fields),
        past: Vec::new(),
        beside: None,
        lenses: crate::lens::Given::default(),
        view: None,
        derived: false,
    }
}

impl Catalog {
    /// Refuses to change what views are made of.
    pub(crate) fn check_no_viewers(&self, id: RelationId) -> Result<(), StoreError> {
        let Some(view) = self.viewers(id).first() else { return Ok(()) };
        let (relation, by) = (self.get(id)?.name.clone(), self.get(*view)?.name.clone());
        Err(DefinitionError::InUse { relation, by }.into())
    }
}

impl Relation {
    /// Takes a number, and pages for the rows and their counts.
    pub(crate) fn create_pages<P: PagesMut>(
        &mut self,
        writer: &mut Writer<'_, P>,
    ) -> Result<(), StoreError> {
        self.id = writer.new_relation()?;
        self.rows = Tree::create(writer)?;
        self.head = writer.take()?;
        let mut head = [0; 32];
        head[0] = kind::RELATION;
        writer.write(self.head, 0, &head)
    }

    fn alter(&mut self, alteration: &Alteration) -> Result<(), StoreError> {
        match alteration {
            Alteration::Add(field) => self.insert_field(self.fields.len(), field)?,
            Alteration::Insert(place, field) => self.insert_field(*place, field)?,
            Alteration::Drop(name) => {
                let place = self.free_field(name)?;
                self.start_version()?;
                self.fields.remove(place);
                for past in self.past_of_present() {
                    past.sources.remove(place);
                }
                self.move_places(&|at| if at > place { at - 1 } else { at });
            }
            Alteration::Rename(name, new) => {
                let place = self.field(name)?;
                self.fields[place].name.clone_from(new);
            }
            Alteration::Widen(name, ty) => {
                let place = self.free_field(name)?;
                if !widens(&self.fields[place].ty, ty) {
                    let (field, reason) = (name.clone(), "not every value that is there fits it");
                    return Err(DefinitionError::BadType { field, reason }.into());
                }
                self.start_version()?;
                self.fields[place] = Field { ty: ty.clone(), default: None, name: name.clone() };
                self.fields[place].check()?;
                for past in self.past_of_present() {
                    if let Source::Given(value) = &mut past.sources[place] {
                        *value = widen(value.clone(), ty);
                    }
                }
            }
            Alteration::Default(name, default) => {
                let place = self.field(name)?;
                self.fields[place].default.clone_from(default);
                self.fields[place].check()?;
            }
            Alteration::RenameRelation(name) => self.name.clone_from(name),
        }
        check_fields(&self.name, &self.fields)?;
        self.layout = Layout::new(&self.fields);
        Ok(())
    }

    fn insert_field(&mut self, place: usize, field: &Field) -> Result<(), StoreError> {
        field.check()?;
        let bad = || DefinitionError::BadDefault { field: field.name.clone() };
        let given = field.absent().ok_or_else(bad)?;
        let place = place.min(self.fields.len());
        self.start_version()?;
        self.fields.insert(place, field.clone());
        for past in self.past_of_present() {
            past.sources.insert(place, Source::Given(given.clone()));
        }
        self.move_places(&|at| if at >= place { at + 1 } else { at });
        Ok(())
    }

    /// Gives every field that the relation knows another place.
    pub(crate) fn move_places(&mut self, to: &dyn Fn(usize) -> usize) {
        self.indexes.iter_mut().for_each(|index| index.move_fields(to));
        let references = self.references.iter_mut().flat_map(|reference| &mut reference.fields);
        self.key.iter_mut().chain(references).for_each(|place| *place = to(*place));
    }

    /// The older versions whose fields become the present ones without a step in between.
    fn past_of_present(&mut self) -> impl Iterator<Item = &mut Past> {
        self.past.iter_mut().filter(|past| past.step.is_none())
    }

    /// Keeps the present fields as those of the rows that are there.
    pub(crate) fn start_version(&mut self) -> Result<(), StoreError> {
        let version = self.version.checked_add(1);
        let version =
            version.ok_or_else(|| too_many("changes of fields", usize::from(u16::MAX)))?;
        self.past.push(Past {
            version: self.version,
            fields: self.fields.clone(),
            layout: self.layout.clone(),
            sources: (0..self.fields.len()).map(Source::Field).collect(),
            step: None,
        });
        self.version = version;
        Ok(())
    }

    /// A field that nothing needs.
    fn free_field(&self, name: &str) -> Result<usize, DefinitionError> {
        let place = self.field(name)?;
        let by = if self.key.contains(&place) {
            Some("the key".to_owned())
        } else {
            let index = self.indexes.iter().find(|index| index.fields.contains(&place));
            index.map(|index| format!("index {}", index.name))
        };
        match by {
            None => Ok(place),
            Some(by) => {
                Err(DefinitionError::InUse { relation: format!("{}.{name}", self.name), by })
            }
        }
    }

    /// Whether no two rows are alike in the fields of an index.
    fn check_unique<P: Pages>(
        &self,
        reader: crate::area::Reader<'_, P>,
        index: &Index,
    ) -> Result<(), StoreError> {
        let mut seen = std::collections::BTreeMap::new();
        let mut rows = self.rows.scan(reader, Bounds::ALL)?;
        while let Some((_, bytes)) = rows.next()? {
            let row = self.row(&bytes)?;
            let values = index.values(&row)?;
            if values.iter().any(crate::Value::is_none) {
                continue;
            }
            if let Some(standing) = seen.insert(values, row.clone()) {
                let (relation, fields) = (self.name.clone(), self.field_names(&index.fields));
                let [standing, refused] = [&standing, &row].map(|row| self.named_row(row));
                return Err(RowError::Clash { relation, fields, standing, refused }.into());
            }
        }
        Ok(())
    }
}

pub(crate) fn too_many(what: &'static str, max: usize) -> StoreError {
    DefinitionError::TooMany { what, max }.into()
}

pub(crate) fn check_fields(name: &str, fields: &[Field]) -> Result<(), StoreError> {
    if fields.is_empty() {
        return Err(DefinitionError::BadFields { name: name.to_owned() }.into());
    }
    if fields.len() > FIELDS_MAX {
        return Err(too_many("fields", FIELDS_MAX));
    }
    for (index, field) in fields.iter().enumerate() {
        field.check()?;
        if fields[..index].iter().any(|other| other.name == field.name) {
            return Err(DefinitionError::DuplicateName { name: field.name.clone() }.into());
        }
    }
    Ok(())
}

/// The places of fields, at least one, each once.
pub(crate) fn places(
    relation: &Relation,
    of: &str,
    names: &[String],
) -> Result<Vec<usize>, DefinitionError> {
    let mut places = Vec::with_capacity(names.len());
    for name in names {
        places.push(relation.field(name)?);
    }
    let twice = places.iter().enumerate().any(|(index, place)| places[..index].contains(place));
    if places.is_empty() || twice {
        return Err(DefinitionError::BadFields { name: of.to_owned() });
    }
    Ok(places)
}

pub(crate) fn check_reference(
    relation: &Relation,
    fields: &[usize],
    target: &Relation,
) -> Result<(), DefinitionError> {
    let inner = |place: &usize| relation.fields[*place].ty.inner();
    let theirs = target.key.iter().map(|place| &target.fields[*place].ty);
    if fields.len() == target.key.len()
        && fields.iter().map(inner).zip(theirs).all(|(ours, theirs)| ours == theirs)
    {
        Ok(())
    } else {
        let (relation, target) = (relation.name.clone(), target.name.clone());
        Err(DefinitionError::BadReference { relation, target })
    }
}

/// An index that `unique` or a reference needs.
pub(crate) fn own_index(
    what: &str,
    relation: &Relation,
    fields: Vec<usize>,
    unique: bool,
) -> Index {
    let name =
        format!("{what} {} {}", relation.indexes.len(), relation.field_names(&fields).join(" "));
    let (kind, computed) = (IndexKind::BTree, None);
    Index { name, kind, unique, own: true, fields, computed, root: PageId::NONE }
}

/// The tree that leads from numbers of rows to their keys.
fn number_rows<P: PagesMut>(
    writer: &mut Writer<'_, P>,
    relation: &Relation,
) -> Result<Tree, StoreError> {
    let mut numbered = Vec::new();
    let mut rows = relation.rows.scan(writer.reader(), Bounds::ALL)?;
    while let Some((key, bytes)) = rows.next()? {
        numbered.push((relation.number(&bytes)?.to_be_bytes(), key.to_vec()));
    }
    numbered.sort_unstable();
    let mut numbers = Bulk::new(writer)?;
    for (number, key) in numbered {
        numbers.push(writer, &number, &key)?;
    }
    numbers.finish(writer)
}

/// Makes the pages of an index, with all rows.
pub(crate) fn build<P: PagesMut>(
    writer: &mut Writer<'_, P>,
    relation: &Relation,
    index: &mut Index,
) -> Result<(), StoreError> {
    let mut held = Vec::new();
    let mut rows = relation.rows.scan(writer.reader(), Bounds::ALL)?;
    while let Some((key, bytes)) = rows.next()? {
        held.push((key.to_vec(), relation.number(&bytes)?, relation.row(&bytes)?));
    }
    if index.kind == IndexKind::BTree {
        let entry = |(key, _, row): &(Vec<u8>, u64, Vec<crate::Value>)| {
            index.tree_entry(&relation.fields, row, key)
        };
        let mut entries = held.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        entries.sort_unstable();
        let mut tree = Bulk::new(writer)?;
        for (key, length) in entries {
            tree.push(writer, &key, &length)?;
        }
        index.root = tree.finish(writer)?.root;
        return Ok(());
    }
    index.root = Index::create_pages(index.kind, writer)?;
    for (key, number, row) in &held {
        index.add(writer, &relation.fields, &Indexed { row, key, number: *number })?;
    }
    Ok(())
}
