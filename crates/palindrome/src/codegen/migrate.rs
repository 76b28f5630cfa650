//! Relations in another shape: rows lie in the relation at the end of a chain of migrations, their
//! *home*. The others are read through the backward lenses, and written through the forward ones. What
//! a lens cannot carry back is kept beside the row (`beside.rs`), so that a way there and back loses
//! nothing.

use std::rc::Rc;

use palindrome_vm::runtime::HEAD;

use super::Codegen;
use super::code::Jump;
use super::frame::{FRAME, Slot};
use super::layout::{as_word, places};
use super::object::record_parts;
use super::query::Growing;
use super::relation::sorted;
use crate::hir::{Expression, ExpressionKind, Lens, Migration, Query, Relation, RelationId};
use crate::types::Type;

/// A query of a home, and its parameters.
type Found<'f> = (&'f relational::Query, &'f [(Slot, Type)]);

/// A row of a home, and what it is at each step of the chain: as the first relation has it, and so on
/// up to the home itself.
struct Levels(Vec<Slot>);

impl Levels {
    fn first(&self) -> Slot {
        self.0.first().copied().unwrap_or(Slot(0))
    }

    fn home(&self) -> Slot {
        self.0.last().copied().unwrap_or(Slot(0))
    }
}

impl<'a> Codegen<'a> {
    /// How a relation is seen, if its rows lie in another one.
    pub(super) fn migration_of(&self, id: RelationId) -> Option<&'a Migration> {
        self.program.migrations.iter().find(|migration| migration.from == id)
    }

    /// Whether rows of a relation lie in it.
    pub(super) fn has_own_rows(&self, id: RelationId) -> bool {
        self.migration_of(id).is_none()
    }

    /// The migrations between a relation and its home.
    pub(super) fn chain(&self, id: RelationId) -> Vec<&'a Migration> {
        let mut chain = Vec::new();
        let mut at = id;
        // The checker knows that it has an end.
        while let Some(migration) = self.migration_of(at)
            && chain.len() < self.program.migrations.len()
        {
            chain.push(migration);
            at = migration.to;
        }
        chain
    }

    /// The relation in which the rows of one lie.
    pub(super) fn home_of(&self, id: RelationId) -> RelationId {
        self.chain(id).last().map_or(id, |last| last.to)
    }

    /// What a column is called in the home, if all lenses on the way leave its values as they are.
    pub(super) fn same_column(&self, id: RelationId, column: &str) -> Option<Rc<str>> {
        let mut name: Rc<str> = column.into();
        for migration in self.chain(id) {
            let to = renamed(&migration.forward, &name)?;
            let back = renamed(&migration.backward, &to)?;
            if back != name {
                return None;
            }
            name = to;
        }
        Some(name)
    }

    /// Which column of a relation's home is this column of it, if it is one.
    pub(super) fn column_at(
        &self,
        id: RelationId,
        column: usize,
        home: RelationId,
    ) -> Option<usize> {
        if id == home {
            return Some(column);
        }
        let name = &sorted(self.program.relations.get(id.index())?).get(column)?.name;
        let name = self.same_column(id, name)?;
        let home = self.program.relations.get(home.index())?;
        sorted(home).iter().position(|field| field.name == name)
    }

    /// The rows of a relation whose home is another one, as a list in R0: those that a query finds there.
    pub(super) fn migrated_rows(&mut self, id: RelationId, found: Found<'_>) {
        let Some(relation) = self.program.relations.get(id.index()) else { return };
        let height = self.frame.height;
        let around = std::mem::take(&mut self.frame.is_main);
        let rows = self.growing(&Type::record(relation.row()));
        self.each_level(id, found, &mut |s, levels| {
            s.restore(levels.first(), 0);
            s.add(rows);
        });
        self.cut(rows);
        self.restore(rows.list, 0);
        self.frame.is_main = around;
        self.frame.drop_to(height, self.code.here());
    }

    /// Code for each row that a query finds in the home of a relation.
    fn each_level(
        &mut self,
        id: RelationId,
        (query, parameters): Found<'_>,
        body: &mut dyn FnMut(&mut Self, &Levels),
    ) {
        let home = self.home_of(id);
        let Some(relation) = self.program.relations.get(home.index()) else { return };
        let height = self.frame.height;
        self.planned(relation, query, parameters);
        let list = self.save(0);
        let walk = self.begin(list);
        let row = self.save(0);
        let levels = self.levels(id, row);
        body(self, &levels);
        self.finish_walk(&walk);
        self.frame.drop_to(height, self.code.here());
    }

    /// What the row of the home in a slot is before each of the migrations.
    fn levels(&mut self, id: RelationId, row: Slot) -> Levels {
        let mut levels = vec![row];
        let home = self.home_of(id);
        self.key_of(home, row);
        let key = self.save(0);
        let mut above = row;
        for migration in self.chain(id).into_iter().rev() {
            self.restore(above, 0);
            self.through(&migration.backward);
            above = self.save(0);
            self.put_back_beside(migration, key, above);
            levels.push(above);
        }
        levels.reverse();
        Levels(levels)
    }

    /// The row of the home in a slot, as a relation has it.
    pub(super) fn first_level(&mut self, id: RelationId, row: Slot) -> Slot {
        self.levels(id, row).first()
    }

    /// What a lens makes of the row in R0.
    pub(super) fn through(&mut self, lens: &Lens) {
        let height = self.frame.height;
        let slot = self.frame.variable(lens.row, self.code.here() + 1);
        self.code.store(0, FRAME, slot.offset());
        let around = std::mem::take(&mut self.frame.is_main);
        self.value(&lens.value);
        self.frame.is_main = around;
        self.frame.drop_to(height, self.code.here());
    }

    /// The row in a slot through all forward lenses.
    fn forward(&mut self, id: RelationId, row: Slot) -> Levels {
        let mut levels = vec![row];
        let mut below = row;
        for migration in self.chain(id) {
            self.restore(below, 0);
            self.through(&migration.forward);
            below = self.save(0);
            levels.push(below);
        }
        Levels(levels)
    }

    /// What becomes of a row of the home if its first form becomes another one: what does not show
    /// there, or did not change, stays.
    fn put(&mut self, id: RelationId, old: &Levels, row: Slot) -> Levels {
        let mut levels = vec![row];
        let mut below = row;
        for (migration, (was, present)) in
            self.chain(id).into_iter().zip(old.0.iter().zip(old.0.iter().skip(1)))
        {
            self.restore(*was, 0);
            self.through(&migration.forward);
            let was = self.save(0);
            self.restore(below, 0);
            self.through(&migration.forward);
            let is = self.save(0);
            self.merged(migration.to, *present, (was, is));
            below = self.save(0);
            levels.push(below);
        }
        Levels(levels)
    }

    /// A row of a relation: where a second and a third one agree, as the first one, otherwise as the
    /// third. It comes in R0.
    pub(super) fn merged(&mut self, id: RelationId, present: Slot, (was, is): (Slot, Slot)) {
        let Some(relation) = self.program.relations.get(id.index()) else { return };
        let parts = record_parts(&Type::record(relation.row()));
        let types: Vec<Type> = parts.iter().map(|(_, part)| part.clone()).collect();
        let (all, references) = places(&types);
        let height = self.frame.height;
        self.code.set(1, as_word(types.len()));
        self.code.set(2, references);
        self.call_runtime("record_new");
        let made = self.save(0);
        for (of, place) in types.iter().zip(all) {
            let (offset, differs, end) = (HEAD + place * 8, self.code.label(), self.code.label());
            self.restore(was, 0);
            self.code.load(0, 0, offset);
            self.restore(is, 1);
            self.code.load(1, 1, offset);
            self.order(of);
            self.code.jump(Jump::IfNotZero(0), differs);
            self.restore(present, 0);
            self.code.jump(Jump::Always, end);
            self.code.place(differs);
            self.restore(is, 0);
            self.code.place(end);
            self.code.load(0, 0, offset);
            self.restore(made, 1);
            self.code.store(0, 1, offset);
        }
        self.restore(made, 0);
        self.frame.drop_to(height, self.code.here());
    }

    /// Inserts the row in R0 into the home of a relation.
    pub(super) fn insert_migrated(&mut self, id: RelationId, name: &str) {
        let height = self.frame.height;
        let home = self.home_of(id);
        let row = self.save(0);
        let (levels, end) = (self.forward(id, row), self.code.label());
        self.key_of(home, levels.home());
        let key = self.save(0);
        if name != "relation_insert" {
            // In place of one that is there, of which all stays that does not show.
            let new = self.code.label();
            self.relation_number(home, 1);
            self.restore(key, 2);
            self.call_runtime("relation_get");
            self.code.jump(Jump::IfZero(0), new);
            let present = self.save(0);
            let old = self.levels(id, present);
            let levels = self.put(id, &old, row);
            self.relation_number(home, 1);
            self.restore(key, 2);
            self.restore(levels.home(), 3);
            self.call_runtime("relation_update");
            self.keep_beside(id, &levels.0, key);
            self.touched(home, levels.home());
            self.code.jump(Jump::Always, end);
            self.code.place(new);
        }
        self.relation_number(home, 1);
        self.restore(levels.home(), 2);
        self.call_runtime(name);
        self.keep_beside(id, &levels.0, key);
        self.touched(home, levels.home());
        self.code.place(end);
        self.frame.drop_to(height, self.code.here());
    }

    /// Code for each row of a query whose first source is a relation with its rows elsewhere.
    fn each_migrated_row(
        &mut self,
        id: RelationId,
        query: &Query,
        body: &mut dyn FnMut(&mut Self, &Levels),
    ) {
        let Some(source) = query.sources.first() else { return };
        let height = self.frame.height;
        let (planned, parameters) = self.restricted(query, 0, id);
        self.each_level(id, (&planned, &parameters), &mut |s, levels| {
            s.restore(levels.first(), 0);
            let row = s.frame.variable(source.row, s.code.here() + 1);
            s.code.store(0, FRAME, row.offset());
            s.nest(query, 1, &mut |s| body(s, levels));
        });
        self.frame.drop_to(height, self.code.here());
    }

    /// `R -= …` of a relation with its rows elsewhere.
    pub(super) fn delete_migrated(&mut self, id: RelationId, query: &Query) {
        let home = self.home_of(id);
        let rows = self.growing(&self.row_of(home));
        self.each_migrated_row(id, query, &mut |s, levels| {
            s.restore(levels.home(), 0);
            s.add(rows);
        });
        self.cut(rows);
        self.delete_rows(home, rows.list);
        self.touched_some(home);
    }

    /// The type of the rows of a relation.
    fn row_of(&self, id: RelationId) -> Type {
        let relation = self.program.relations.get(id.index());
        relation.map_or(Type::Unknown, |relation| Type::record(relation.row()))
    }

    /// `update R.f = …` of a relation with its rows elsewhere.
    pub(super) fn update_migrated(
        &mut self,
        id: RelationId,
        (name, value): (&str, &Expression),
        query: &Query,
    ) {
        let Some(relation) = self.program.relations.get(id.index()) else { return };
        let chain = self.chain(id);
        let home = self.home_of(id);
        let mut before = Vec::new();
        // What the rows become at each level, the rows of the home last.
        for of in chain.iter().map(|it| it.from).chain([home, home]) {
            let of = self.row_of(of);
            before.push(self.growing(&of));
        }
        let [levels_after @ .., old] = before.as_slice() else { return };
        self.each_migrated_row(id, query, &mut |s, levels| {
            s.value(value);
            let new = s.save(0);
            let changed = s.copy_row(relation, levels.first(), name, new);
            let after = s.put(id, levels, changed);
            for (slot, list) in after.0.iter().zip(levels_after) {
                s.restore(*slot, 0);
                s.add(*list);
            }
            s.restore(levels.home(), 0);
            s.add(*old);
        });
        for list in &before {
            self.cut(*list);
        }
        // All leave before any comes back, so that they do not clash on the way.
        let moved = self.may_move(id, name).then(|| {
            let moved = self.take_besides(home, old.list);
            self.delete_rows(home, old.list);
            moved
        });
        let walk = self.begin(old.list);
        let rows: Vec<Slot> =
            levels_after.iter().map(|list| self.element_of(*list, walk.index)).collect();
        let row = rows.last().copied().unwrap_or(Slot(0));
        self.key_of(home, row);
        let key = self.save(0);
        self.relation_number(home, 1);
        match &moved {
            Some(moved) => {
                self.restore(row, 2);
                self.call_runtime("relation_insert");
                self.give_besides(moved, walk.index, key);
            }
            None => {
                self.restore(key, 2);
                self.restore(row, 3);
                self.call_runtime("relation_update");
            }
        }
        self.keep_beside(id, &rows, key);
        self.touched(home, row);
        self.finish_walk(&walk);
    }

    /// Whether another value in a column may give a row another key in its home.
    fn may_move(&self, id: RelationId, column: &str) -> bool {
        let relation = |id: RelationId| self.program.relations.get(id.index());
        let (Some(from), Some(home)) = (relation(id), relation(self.home_of(id))) else {
            return true;
        };
        let others = from.fields.iter().filter(|field| &*field.name != column);
        let known: Vec<Rc<str>> =
            others.filter_map(|field| self.same_column(id, &field.name)).collect();
        key_columns(home).iter().any(|(name, _)| !known.contains(name))
    }

    /// The element of a list at the index in a slot.
    fn element_of(&mut self, list: Growing, index: Slot) -> Slot {
        self.restore(list.list, 0);
        self.restore(index, 1);
        self.element_at(0, 1);
        self.save(0)
    }

    /// Deletes the rows in a list, with what is kept beside them.
    pub(super) fn delete_rows(&mut self, id: RelationId, list: Slot) {
        let walk = self.begin(list);
        let row = self.save(0);
        self.key_of(id, row);
        let key = self.save(0);
        self.relation_number(id, 1);
        self.restore(key, 2);
        self.call_runtime("relation_delete");
        self.forget_besides(id, key);
        self.finish_walk(&walk);
    }

    /// Brings rows that lie in a relation from before its migration to its home: what an earlier
    /// program left on the tape.
    pub(super) fn move_rows(&mut self) {
        let mut moved: Vec<RelationId> =
            self.program.migrations.iter().map(|migration| migration.from).collect();
        // Those whose way is shorter first: they are the newer ones.
        moved.sort_by_key(|id| (self.chain(*id).len(), id.index()));
        for id in moved {
            let Some(relation) = self.program.relations.get(id.index()) else { continue };
            let Some(definition) = self.definition(relation) else { continue };
            self.at(relation.span);
            let text = self.data.text(&definition.to_bytes());
            self.code.set(1, text);
            self.call_runtime("relation_take");
            let height = self.frame.height;
            let list = self.save(0);
            let walk = self.begin(list);
            self.insert_migrated(id, "relation_insert");
            self.finish_walk(&walk);
            self.frame.drop_to(height, self.code.here());
        }
    }
}

/// The column of a lens's result that is a column of the row before, as it is.
fn renamed(lens: &Lens, column: &str) -> Option<Rc<str>> {
    let ExpressionKind::Record(fields) = &lens.value.kind else { return None };
    let is_it = |value: &Expression| {
        matches!(&value.kind, ExpressionKind::Field(base, name)
            if &**name == column && base.kind == ExpressionKind::Local(lens.row))
    };
    fields.iter().find(|(_, value)| is_it(value)).map(|(name, _)| Rc::clone(name))
}

/// The columns of a relation's key, in its order.
pub(super) fn key_columns(relation: &Relation) -> Vec<(Rc<str>, Type)> {
    let own = relation.fields.iter().filter(|field| field.is_key);
    let key: Vec<_> = own.map(|field| (Rc::clone(&field.name), field.of.clone())).collect();
    if key.is_empty() { record_parts(&Type::record(relation.row())) } else { key }
}
