//! A relation that is there and a definition of it that may have changed since: what can be brought
//! to the definition without losing anything is, and all else is refused with what to do.

use std::fmt::Write as _;

use crate::StoreError;
use crate::catalog::{Catalog, Reference, Relation, RelationId, widen, widens};
use crate::define::{
    Alteration, Definition, INDEXES_MAX, build, check_reference, own_index, places, too_many,
};
use crate::error::DefinitionError;
use crate::index::IndexKind;
use crate::pages::PagesMut;
use crate::schema::{Field, Type};
use crate::store::Store;
use crate::tree::Bounds;
use crate::value::Value;

impl Store {
    /// Makes a relation, or brings the one with its name to the definition: new columns get their
    /// defaults, types become wider, columns become unique or cease to be, and so do indexes by
    /// computed values. A relation without rows that nothing needs is made anew.
    ///
    /// # Errors
    /// It cannot become so without a decision of somebody's: rows would lose something, or lack it. Or
    /// pages failed. After any failure the caller takes the writes back.
    pub fn adapt_relation<P: PagesMut>(
        &mut self,
        pages: &mut P,
        definition: &Definition,
    ) -> Result<RelationId, StoreError> {
        let catalog = self.catalog(pages)?;
        let Some(known) = catalog.find(&definition.name) else {
            return self.create_relation(pages, definition);
        };
        let id = known.id;
        if known.is_view() || known.is_derived() {
            self.make_room(pages, &definition.name, "relation")?;
            return self.create_relation(pages, definition);
        }
        self.drop_computed(pages, id, definition)?;
        let catalog = self.catalog(pages)?;
        let known = catalog.get(id)?;
        let shape = shape(&catalog, known, definition);
        if shape == Shape::Same {
            self.add_computed(pages, id, definition)?;
            return Ok(id);
        }
        let is_needed = !catalog.referrers(id).is_empty() || !catalog.viewers(id).is_empty();
        if self.count(pages, id)? == 0 && !is_needed {
            self.drop_relation(pages, id)?;
            return self.create_relation(pages, definition);
        }
        if let Shape::Unfit(reason) = shape {
            let relation = definition.name.clone();
            return Err(DefinitionError::Unfit { relation, reason }.into());
        }
        for (place, field) in definition.fields.iter().enumerate() {
            self.adapt_field(pages, id, place, field)?;
        }
        self.adapt_unique(pages, id, definition)?;
        self.adapt_references(pages, id, definition)?;
        self.add_computed(pages, id, definition)?;
        Ok(id)
    }

    /// Makes a relation, if there is none of its name, but for its references to relations that are not
    /// there yet. Of relations that refer to each other, all are begun before any is adapted.
    ///
    /// # Errors
    /// As of [`create_relation`](Self::create_relation).
    pub fn begin_relation<P: PagesMut>(
        &mut self,
        pages: &mut P,
        definition: &Definition,
    ) -> Result<RelationId, StoreError> {
        let catalog = self.catalog(pages)?;
        if let Some(known) = catalog.find(&definition.name) {
            return Ok(known.id);
        }
        let mut begun = definition.clone();
        let is_there = |name: &str| name == definition.name || catalog.find(name).is_some();
        begun.references.retain(|(_, target)| is_there(target));
        self.create_relation(pages, &begun)
    }

    fn adapt_field<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        place: usize,
        field: &Field,
    ) -> Result<(), StoreError> {
        let relation = self.relation(pages, id)?;
        let Some(known) = relation.fields.iter().find(|known| known.name == field.name) else {
            return self.alter(pages, id, &Alteration::Insert(place, field.clone()));
        };
        if known.ty != field.ty {
            self.alter(pages, id, &Alteration::Widen(field.name.clone(), field.ty.clone()))?;
        }
        let relation = self.relation(pages, id)?;
        let is_same = relation.fields.get(place).is_some_and(|now| now.default == field.default);
        if !is_same {
            let default = Alteration::Default(field.name.clone(), field.default.clone());
            self.alter(pages, id, &default)?;
        }
        Ok(())
    }

    /// Makes what the definition says be unique, and nothing else.
    fn adapt_unique<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        definition: &Definition,
    ) -> Result<(), StoreError> {
        let relation = self.relation(pages, id)?;
        let mut relation = (*relation).clone();
        let mut gone = Vec::new();
        for place in 0..relation.indexes.len() {
            let names = relation.field_names(&relation.indexes[place].fields);
            let index = &mut relation.indexes[place];
            if is_unique(index) && !definition.unique.contains(&names) {
                // From here on it is one of those that may be dropped.
                index.own = false;
                gone.push(index.name.clone());
            }
        }
        if !gone.is_empty() {
            self.writer(pages).put_relation(id, Some(&relation))?;
        }
        for name in &gone {
            self.drop_index(pages, id, name)?;
        }
        for names in &definition.unique {
            let relation = self.relation(pages, id)?;
            if unique_of(&relation).contains(names) {
                continue;
            }
            let mut name = format!("unique {}", names.join(" "));
            while relation.indexes.iter().any(|index| index.name == name) {
                name.push('\'');
            }
            let fields: Vec<&str> = names.iter().map(String::as_str).collect();
            self.create_index(pages, id, (&name, IndexKind::BTree, true), &fields)?;
            let mut relation = (*self.relation(pages, id)?).clone();
            for index in relation.indexes.iter_mut().filter(|index| index.name == name) {
                index.own = true;
            }
            self.writer(pages).put_relation(id, Some(&relation))?;
        }
        Ok(())
    }
}

impl Store {
    /// Makes a relation refer to what the definition says, and to nothing else.
    fn adapt_references<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        definition: &Definition,
    ) -> Result<(), StoreError> {
        let catalog = self.catalog(pages)?;
        let known = references_of(&catalog, catalog.get(id)?);
        if known == definition.references {
            return Ok(());
        }
        let mut relation = (**catalog.get(id)?).clone();
        let kept = |reference: &(Vec<String>, String)| definition.references.contains(reference);
        let mut gone = Vec::new();
        for (place, text) in known.iter().enumerate().rev().filter(|(_, text)| !kept(text)) {
            let reference = relation.references.remove(place);
            let lost =
                || StoreError::from(DefinitionError::UnknownRelation { name: text.1.clone() });
            // From here on its index is one of those that may be dropped.
            let index = relation.indexes.get_mut(reference.index).ok_or_else(lost)?;
            index.own = false;
            gone.push(index.name.clone());
        }
        self.writer(pages).put_relation(id, Some(&relation))?;
        for name in &gone {
            self.drop_index(pages, id, name)?;
        }
        let new = definition.references.iter().filter(|reference| !known.contains(reference));
        let mut is_new = false;
        for (names, target) in new {
            self.add_reference(pages, id, (names, target))?;
            is_new = true;
        }
        if is_new {
            let catalog = self.catalog(pages)?;
            let relation = catalog.get(id)?;
            let reader = self.reader(pages);
            let mut rows = relation.rows.scan(reader, Bounds::ALL)?;
            while let Some((_, bytes)) = rows.next()? {
                relation.check_references(&catalog, reader, &relation.row(&bytes)?)?;
            }
        }
        Ok(())
    }

    fn add_reference<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        (names, target): (&[String], &str),
    ) -> Result<(), StoreError> {
        let catalog = self.catalog(pages)?;
        let mut relation = (**catalog.get(id)?).clone();
        let unknown = || DefinitionError::UnknownRelation { name: target.to_owned() };
        let to = catalog.find(target).ok_or_else(unknown)?;
        to.must_be_no_view()?;
        let fields = places(&relation, &relation.name, names)?;
        check_reference(&relation, &fields, to)?;
        let mut index = own_index("references", &relation, fields.clone(), false);
        while relation.indexes.iter().any(|other| other.name == index.name) {
            index.name.push('\'');
        }
        if relation.indexes.len() >= INDEXES_MAX {
            return Err(too_many("indexes", INDEXES_MAX));
        }
        let mut writer = self.writer(pages);
        build(&mut writer, &relation, &mut index)?;
        let place = relation.indexes.len();
        relation.references.push(Reference { fields, target: to.id, index: place });
        relation.indexes.push(index);
        writer.put_relation(id, Some(&relation))
    }
}

/// How a relation differs from a definition.
fn shape(catalog: &Catalog, known: &Relation, definition: &Definition) -> Shape {
    let unfit = |reason: String| Shape::Unfit(reason);
    let names =
        |all: &[Field]| -> Vec<String> { all.iter().map(|field| field.name.clone()).collect() };
    let key = match definition.key.as_slice() {
        [] => names(&definition.fields),
        key => key.to_vec(),
    };
    for field in &known.fields {
        let Some(wanted) = definition.fields.iter().find(|wanted| wanted.name == field.name) else {
            let (relation, name) = (&definition.name, &field.name);
            return unfit(format!(
                "its rows have the column `{name}`, which the definition leaves out: write it \
                 there, or give it up with --drop {relation}.{name}"
            ));
        };
        let place = known.fields.iter().position(|other| other.name == field.name);
        let is_needed = known.key.iter().any(|at| Some(*at) == place)
            || known.indexes.iter().any(|index| index.fields.iter().any(|at| Some(*at) == place));
        if wanted.ty != field.ty && (is_needed || !widens(&field.ty, &wanted.ty)) {
            let (was, is) = (shown(&field.ty), shown(&wanted.ty));
            let why = if is_needed && widens(&field.ty, &wanted.ty) {
                ", and the key or an index has it"
            } else {
                ""
            };
            return unfit(format!(
                "its column `{}` is {was}, and {is} in the definition{why}: keep the type, or \
                 give the column another name",
                field.name
            ));
        }
    }
    if known.field_names(&known.key) != key {
        return unfit(format!(
            "its key is ({}), and ({}) in the definition: give the relation another name and \
             copy its rows",
            known.field_names(&known.key).join(", "),
            key.join(", ")
        ));
    }
    for field in &definition.fields {
        let is_new = known.fields.iter().all(|other| other.name != field.name);
        if is_new && field.absent().is_none() {
            return unfit(format!(
                "the column `{}` is new, and the rows that are there have no value for it: give \
                 it a default, as in `{0}: {} = …`, or make it `{1}?`",
                field.name,
                shown(&field.ty)
            ));
        }
    }
    let kept: Vec<_> = names(&definition.fields);
    let kept = kept.iter().filter(|name| known.fields.iter().any(|field| field.name == **name));
    if !kept.eq(known.fields.iter().map(|field| &field.name)) {
        return unfit("its columns come in another order".to_owned());
    }
    if known.fields == definition.fields
        && unique_of(known) == definition.unique
        && references_of(catalog, known) == definition.references
    {
        Shape::Same
    } else {
        Shape::Moves
    }
}

/// What a relation refers to, as a definition says it.
fn references_of(catalog: &Catalog, known: &Relation) -> Vec<(Vec<String>, String)> {
    let name =
        |id: RelationId| catalog.get(id).map_or_else(|_| String::new(), |it| it.name.clone());
    let texts = |it: &Reference| (known.field_names(&it.fields), name(it.target));
    known.references.iter().map(texts).collect()
}

/// How a relation differs from a definition.
#[derive(Debug, PartialEq)]
enum Shape {
    Same,
    /// It can be brought there.
    Moves,
    /// It cannot, for this reason.
    Unfit(String),
}

/// Whether an index was made because a definition says `unique`.
fn is_unique(index: &crate::Index) -> bool {
    index.unique && index.own
}

/// The groups of columns that a definition made unique.
fn unique_of(relation: &Relation) -> Vec<Vec<String>> {
    let unique = relation.indexes.iter().filter(|index| is_unique(index));
    unique.map(|index| relation.field_names(&index.fields)).collect()
}

/// A type as the language writes it, as far as it has names.
fn shown(of: &Type) -> String {
    match of {
        Type::Int => "Int".to_owned(),
        Type::Float => "Float".to_owned(),
        Type::Decimal => "Decimal".to_owned(),
        Type::Bool => "Bool".to_owned(),
        Type::String => "String".to_owned(),
        Type::Bytes => "Bytes".to_owned(),
        Type::Timestamp => "Timestamp".to_owned(),
        Type::Duration => "Duration".to_owned(),
        Type::Moment => "Moment".to_owned(),
        Type::Option(inner) => format!("{}?", shown(inner)),
        Type::List(inner) => format!("[{}]", shown(inner)),
        Type::Record(fields) => {
            let mut text = String::from("{");
            for (index, (name, of)) in fields.iter().enumerate() {
                let comma = if index > 0 { ", " } else { "" };
                let _ = write!(text, "{comma}{name}: {}", shown(of));
            }
            text + "}"
        }
        Type::Union(cases) => {
            let names: Vec<&str> = cases.iter().map(|(name, _)| name.as_str()).collect();
            names.join(" | ")
        }
    }
}

impl std::fmt::Display for Type {
    /// As the language writes it; of a union, its alternatives.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&shown(self))
    }
}

/// A value of one type as one of another, which takes all that the first does: whole numbers are
/// decimals, and anything is an option. `None` if the other does not.
#[must_use]
pub fn widened(value: Value, from: &Type, to: &Type) -> Option<Value> {
    widens(from, to).then(|| widen(value, to))
}
