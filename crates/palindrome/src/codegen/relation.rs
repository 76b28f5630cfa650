//! Relations: made when the program begins, and changed by statements. Their rows are records.

use std::rc::Rc;

use relational::{Definition, Field};
use source::Span;

use super::Codegen;
use super::code::Jump;
use super::frame::{FRAME, Slot, ZERO};
use super::layout::{as_word, places};
use super::object::record_parts;
use super::state::constant;
use crate::codes::LENS_COLUMN;
use crate::hir::{
    Expression, ExpressionKind, Query, Reference, Relation, RelationField, RelationId, RelationKind,
};
use crate::types::{Basic, Type, Union};

/// How deep the types of columns are inside of each other at most.
const TYPE_DEPTH_MAX: usize = 16;

impl Codegen<'_> {
    /// Makes the relations and indexes, and keeps their numbers.
    pub(super) fn make_relations(&mut self) {
        self.relations = self.program.relations.iter().map(|_| self.data.global()).collect();
        self.find_indexes();
        for index in self.referenced_first() {
            let found = self.program.relations.get(index).zip(self.relations.get(index).copied());
            let Some((relation, at)) = found else { continue };
            if !self.has_own_rows(RelationId::from_index(index)) {
                continue;
            }
            match relation.kind {
                RelationKind::Stored | RelationKind::Predicate | RelationKind::Event => {
                    self.make_relation(relation, at);
                }
                RelationKind::View(_) | RelationKind::History(_) | RelationKind::NameHistory(_) => {
                }
                // Only a migration makes one, and its rows lie in another.
                RelationKind::Migrated(_) => {}
            }
        }
        self.make_besides();
        self.make_calls();
        self.make_views();
        self.make_indexes();
    }

    /// The relations in an order in which each comes behind those that it refers to. Where they refer
    /// to each other there is none: those come last, and are begun without the references.
    fn referenced_first(&mut self) -> Vec<usize> {
        let relations = &self.program.relations;
        let mut order: Vec<usize> = Vec::new();
        let mut is_placed = vec![false; relations.len()];
        let mut waiting: Vec<usize> = (0..relations.len()).collect();
        while !waiting.is_empty() {
            let before = waiting.len();
            waiting.retain(|index| {
                let fields = relations.get(*index).into_iter().flat_map(|it| &it.fields);
                let mut targets = fields.filter_map(|field| field.references);
                let is_ready = targets.all(|Reference(target)| {
                    let target = self.home_of(target);
                    target.index() == *index || is_placed.get(target.index()) == Some(&true)
                });
                if is_ready {
                    order.push(*index);
                    is_placed[*index] = true;
                }
                !is_ready
            });
            if waiting.len() == before {
                for index in &waiting {
                    let Some(relation) = relations.get(*index) else { continue };
                    if relation.kind == RelationKind::Stored
                        && self.has_own_rows(RelationId::from_index(*index))
                        && let Some(definition) = self.definition(relation)
                    {
                        self.at(relation.span);
                        let text = self.data.text(&definition.to_bytes());
                        self.code.set(1, text);
                        self.call_runtime("relation_begin");
                    }
                }
                order.extend(waiting);
                break;
            }
        }
        order
    }

    pub(super) fn make_relation(&mut self, relation: &Relation, at: i64) {
        self.at(relation.span);
        let Some(definition) = self.definition(relation) else { return };
        let text = self.data.text(&definition.to_bytes());
        self.code.set(1, text);
        // What follows from others is found out anew.
        let is_derived = matches!(relation.kind, RelationKind::Predicate);
        self.call_runtime(if is_derived { "relation_derive" } else { "relation_create" });
        self.code.store(0, ZERO, at);
    }

    /// A relation as the store is told of it; none if that was refused.
    pub(super) fn definition(&mut self, relation: &Relation) -> Option<Definition> {
        let refused = self.notes.len();
        let mut fields = Vec::new();
        for field in sorted(relation) {
            match stored(&field.of, &self.program.unions, 0) {
                Some(of) => {
                    let default = field.default.as_ref().and_then(constant);
                    fields.push(Field { name: field.name.to_string(), ty: of, default });
                }
                None => self.contradiction("a column of this type", relation.span),
            }
        }
        let named = |wanted: &dyn Fn(&RelationField) -> bool| -> Vec<String> {
            let found = relation.fields.iter().filter(|field| wanted(field));
            found.map(|field| field.name.to_string()).collect()
        };
        let mut references = Vec::new();
        for field in &relation.fields {
            if let Some(reference) = field.references
                && let Some(target) = self.program.relations.get(reference.0.index())
            {
                // Rows are found by the key, so that has to be the same in the home of the rows.
                let mut key = target.fields.iter().filter(|field| field.is_key);
                if key.any(|key| self.same_column(reference.0, &key.name).is_none()) {
                    self.refuse(
                        LENS_COLUMN,
                        "a reference goes by the key, which a migration of that relation computes",
                        "refer to the shape that it was migrated to, where the rows lie",
                        relation.span,
                    );
                }
                let home = self.program.relations.get(self.home_of(reference.0).index());
                let home = home.unwrap_or(target);
                references.push((vec![field.name.to_string()], home.name.to_string()));
            }
        }
        let place = self.program.relations.iter().position(|it| std::ptr::eq(it, relation));
        let id = place.map(RelationId::from_index).filter(|id| self.has_own_rows(*id));
        let computed = id.map_or(Vec::new(), |id| self.computed_indexes(id));
        (self.notes.len() == refused).then(|| Definition {
            name: relation.name.to_string(),
            fields,
            key: named(&|field| field.is_key),
            unique: named(&|field| field.is_unique).into_iter().map(|name| vec![name]).collect(),
            references,
            computed,
        })
    }

    /// The number of a relation, into a register.
    pub(super) fn relation_number(&mut self, id: RelationId, register: u8) {
        let at = self.relations.get(id.index()).copied().unwrap_or_default();
        self.code.load(register, ZERO, at);
    }

    /// `R += …`
    pub(super) fn insert(
        &mut self,
        into: RelationId,
        rows: &Expression,
        is_many: bool,
        replaces: bool,
    ) {
        let height = self.frame.height;
        let relation = self.program.relations.get(into.index());
        // Without a key, a row is all that there is to it: one that is there changes nothing.
        let is_set = relation.is_some_and(|it| !it.fields.iter().any(|field| field.is_key));
        let name = if replaces || is_set { "relation_upsert" } else { "relation_insert" };
        if is_many {
            self.value(&self.all_with_defaults(into, rows));
            let list = self.save(0);
            self.at(rows.span);
            let walk = self.begin(list);
            self.insert_one(into, name);
            self.finish_walk(&walk);
        } else {
            let whole = self.with_defaults(into, rows);
            let of_words = if name == "relation_upsert" { "row_upsert" } else { "row_insert" };
            if !self.insert_direct(into, &whole, of_words) {
                self.value(&whole);
                self.at(rows.span);
                self.insert_one(into, name);
            }
        }
        self.has_changed(self.home_of(into));
        self.frame.drop_to(height, self.code.here());
    }

    /// Inserts the row in R0 by the runtime's function of that name.
    fn insert_one(&mut self, into: RelationId, name: &str) {
        if !self.has_own_rows(into) {
            return self.insert_migrated(into, name);
        }
        let row = self.is_watched(into).then(|| self.save(0));
        self.code.copy(2, 0);
        self.relation_number(into, 1);
        self.call_runtime(name);
        if let Some(row) = row {
            self.touched(into, row);
        }
    }

    /// Rows, of which those in a list that is written out get what they do not say.
    fn all_with_defaults(&self, id: RelationId, rows: &Expression) -> Expression {
        let ExpressionKind::List(elements) = &rows.kind else { return rows.clone() };
        let whole = elements.iter().map(|row| self.with_defaults(id, row)).collect();
        Expression { kind: ExpressionKind::List(whole), ..rows.clone() }
    }

    /// A row that is written out, with what it does not say.
    fn with_defaults(&self, id: RelationId, row: &Expression) -> Expression {
        let relation = self.program.relations.get(id.index());
        let (ExpressionKind::Record(fields), Some(relation)) = (&row.kind, relation) else {
            return row.clone();
        };
        let mut fields = fields.clone();
        for field in &relation.fields {
            if !fields.iter().any(|(name, _)| *name == field.name) {
                let none =
                    Expression { kind: ExpressionKind::None, of: field.of.clone(), span: row.span };
                let value = field.default.clone().unwrap_or(none);
                fields.push((Rc::clone(&field.name), value));
            }
        }
        let of = Type::record(relation.row());
        Expression { kind: ExpressionKind::Record(fields), of, span: row.span }
    }

    /// `R -= …`: the rows are found first.
    pub(super) fn delete(&mut self, from: RelationId, query: &Query) {
        let height = self.frame.height;
        if self.has_own_rows(from) {
            let list = self.own_rows(query, None);
            self.delete_rows(from, list.0);
            self.touched_some(from);
        } else {
            self.delete_migrated(from, query);
        }
        self.has_changed(self.home_of(from));
        self.frame.drop_to(height, self.code.here());
    }

    /// `update R.f = … where …`: rows and their new values are found first.
    pub(super) fn update(
        &mut self,
        (id, name): (RelationId, &str),
        value: &Expression,
        query: &Query,
        at: Span,
    ) {
        let Some(relation) = self.program.relations.get(id.index()) else { return };
        if self.update_point((id, name), value, query, at) {
            return;
        }
        let height = self.frame.height;
        if !self.has_own_rows(id) {
            self.at(at);
            self.update_migrated(id, (name, value), query);
            self.has_changed(self.home_of(id));
            self.frame.drop_to(height, self.code.here());
            return;
        }
        let (list, values) = self.own_rows(query, Some(value));
        self.has_changed(id);
        self.at(at);
        let is_key = relation.fields.iter().any(|field| field.is_key && &*field.name == name)
            || !relation.fields.iter().any(|field| field.is_key);
        // All leave before any comes back, so that they do not clash on the way.
        let moved = is_key.then(|| {
            let moved = self.take_besides(id, list);
            self.delete_rows(id, list);
            moved
        });
        let walk = self.begin(list);
        let row = self.save(0);
        self.restore(values, 0);
        self.restore(walk.index, 1);
        self.element_at(0, 1);
        let new = self.save(0);
        let changed = self.copy_row(relation, row, name, new);
        if let Some(moved) = &moved {
            self.relation_number(id, 1);
            self.restore(changed, 2);
            self.call_runtime("relation_insert");
            self.key_of(id, changed);
            let key = self.save(0);
            self.give_besides(moved, walk.index, key);
        } else {
            self.key_of(id, row);
            self.code.copy(2, 0);
            self.relation_number(id, 1);
            self.restore(changed, 3);
            self.call_runtime("relation_update");
        }
        self.touched(id, changed);
        self.finish_walk(&walk);
        self.frame.drop_to(height, self.code.here());
    }

    /// A copy of the row in a slot, with another value in a field.
    pub(super) fn copy_row(
        &mut self,
        relation: &Relation,
        row: Slot,
        name: &str,
        value: Slot,
    ) -> Slot {
        let parts = record_parts(&Type::record(relation.row()));
        let types: Vec<Type> = parts.iter().map(|(_, part)| part.clone()).collect();
        let (all, references) = places(&types);
        self.code.set(1, as_word(types.len()));
        self.code.set(2, references);
        self.call_runtime("record_new");
        self.restore(row, 1);
        for ((part, _), place) in parts.iter().zip(all) {
            let offset = palindrome_vm::runtime::HEAD + place * 8;
            if &**part == name {
                self.restore(value, 2);
            } else {
                self.code.load(2, 1, offset);
            }
            self.code.store(2, 0, offset);
        }
        self.save(0)
    }

    /// The key of the row in a slot, as a record of its fields in their order, into R0.
    pub(super) fn key_of(&mut self, id: RelationId, row: Slot) {
        let Some(relation) = self.program.relations.get(id.index()) else { return };
        let own = Type::record(relation.row());
        let key: Vec<(&str, Type)> = relation
            .fields
            .iter()
            .filter(|field| field.is_key)
            .map(|field| (&*field.name, field.of.clone()))
            .collect();
        if key.is_empty() {
            self.restore(row, 0);
            return;
        }
        let types: Vec<Type> = key.iter().map(|(_, of)| of.clone()).collect();
        let (all, references) = places(&types);
        self.code.set(1, as_word(types.len()));
        self.code.set(2, references);
        self.call_runtime("record_new");
        self.restore(row, 1);
        for ((name, _), place) in key.iter().zip(all) {
            let from = self.field_place(&own, name);
            self.code.load(2, 1, palindrome_vm::runtime::HEAD + from * 8);
            self.code.store(2, 0, palindrome_vm::runtime::HEAD + place * 8);
        }
    }

    /// The rows of a relation, in the order of their keys, into R0.
    pub(super) fn rows_of(&mut self, id: RelationId, at: Span) {
        let Some(relation) = self.program.relations.get(id.index()) else { return };
        if !self.has_own_rows(id) {
            let all = relational::Query::Relation(relational::RelationId::new(0));
            return self.migrated_rows(id, (&all, &[]));
        }
        match &relation.kind {
            RelationKind::View(query) if !self.kept.contains_key(&id) => {
                let around = std::mem::take(&mut self.frame.is_main);
                // The rows of a view are records, also where it selects one value.
                let mut query = query.clone();
                if let ([column], [field]) = (&mut *query.columns, &*relation.fields)
                    && column.name.is_empty()
                {
                    column.name = Rc::clone(&field.name);
                }
                self.query_value(&query);
                self.frame.is_main = around;
            }
            RelationKind::Stored
            | RelationKind::Predicate
            | RelationKind::Event
            | RelationKind::View(_) => {
                if self.needs_rules(id) {
                    self.refresh();
                }
                let query = relational::Query::Relation(relational::RelationId::new(0));
                self.planned(relation, &query, &[]);
            }
            RelationKind::History(of) => self.relation_history(*of),
            RelationKind::NameHistory(of) => self.name_history(*of),
            RelationKind::Migrated(_) => {
                self.contradiction("these rows", at);
            }
        }
    }

    /// Rows of a relation by a plan; parameters lie in slots. The list comes in R0.
    pub(super) fn planned(
        &mut self,
        relation: &Relation,
        query: &relational::Query,
        parameters: &[(Slot, Type)],
    ) {
        self.planned_by("query_rows", relation, query, parameters);
    }

    /// The same, by a function of the runtime; R3 and on are its further arguments.
    pub(super) fn planned_by(
        &mut self,
        function: &str,
        relation: &Relation,
        query: &relational::Query,
        parameters: &[(Slot, Type)],
    ) {
        let unions = &self.program.unions;
        let types = |all: &mut dyn Iterator<Item = &Type>| -> Vec<relational::Type> {
            all.filter_map(|of| stored(of, unions, 0)).collect()
        };
        let signature = relational::Signature {
            relations: vec![relation.name.to_string()],
            parameters: types(&mut parameters.iter().map(|(_, of)| of)),
            columns: types(&mut sorted(relation).iter().map(|field| &field.of)),
        };
        self.ask_store(&signature.to_bytes(query), parameters, function);
    }

    /// What a function of the runtime makes of a query in bytes, in R0; parameters lie in slots.
    pub(super) fn ask_store(&mut self, query: &[u8], parameters: &[(Slot, Type)], function: &str) {
        let text = self.data.text(query);
        self.show_plan(text, parameters);
        let height = self.frame.height;
        if parameters.is_empty() {
            self.code.set(2, 0);
        } else {
            self.frame_record(parameters, 2, 1);
        }
        self.code.set(1, text);
        self.call_runtime(function);
        self.frame.drop_to(height, self.code.here());
    }

    /// Adds R0 to the list in a slot, which has as many elements as another slot says.
    pub(super) fn append(&mut self, list: Slot, count: Slot) {
        self.code.copy(3, 0);
        self.restore(list, 1);
        self.restore(count, 2);
        self.call_runtime("list_append");
        self.code.store(0, FRAME, list.offset());
        self.next(count);
    }

    /// Faults with a text if R0 is `wrong`.
    pub(super) fn fault_if(&mut self, jump: Jump, text: &str) {
        let label = self.fault(text);
        self.code.jump(jump, label);
    }
}

/// The columns in the order in which records have them: by name.
pub(super) fn sorted(relation: &Relation) -> Vec<&RelationField> {
    let mut fields: Vec<&RelationField> = relation.fields.iter().collect();
    fields.sort_by(|one, other| one.name.cmp(&other.name));
    fields
}

/// The type as the store has it; none if it cannot be stored.
pub(super) fn stored(of: &Type, unions: &[Union], depth: usize) -> Option<relational::Type> {
    use relational::Type as Stored;
    if depth > TYPE_DEPTH_MAX {
        return None;
    }
    let inner = |of: &Type| stored(of, unions, depth + 1);
    Some(match of {
        Type::Basic(basic) => match basic {
            Basic::Int => Stored::Int,
            Basic::Float => Stored::Float,
            Basic::Decimal => Stored::Decimal,
            Basic::Bool => Stored::Bool,
            Basic::String => Stored::String,
            Basic::Bytes => Stored::Bytes,
            Basic::Timestamp => Stored::Timestamp,
            Basic::Duration => Stored::Duration,
            Basic::Moment => Stored::Moment,
            Basic::Nothing | Basic::Never => return None,
        },
        Type::Optional(part) if matches!(**part, Type::Optional(_)) => return None,
        Type::Optional(part) => Stored::Option(Box::new(inner(part)?)),
        Type::List(part) => Stored::List(Box::new(inner(part)?)),
        Type::Record(fields) => {
            let fields = fields.iter().map(|(name, part)| Some((name.to_string(), inner(part)?)));
            Stored::Record(fields.collect::<Option<_>>()?)
        }
        Type::Union(id, arguments) => {
            let union = unions.get(id.0 as usize)?;
            let variants = union.variants.iter().enumerate().map(|(index, variant)| {
                let parts = union.fields(index, arguments);
                let parts = parts.iter().map(inner).collect::<Option<_>>()?;
                Some((variant.name.to_string(), parts))
            });
            Stored::Union(variants.collect::<Option<_>>()?)
        }
        Type::Unknown
        | Type::Variable(_)
        | Type::Parameter(_)
        | Type::Function(_)
        | Type::Relation(_)
        | Type::Answers(_) => return None,
    })
}
