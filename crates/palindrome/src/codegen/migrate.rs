//! Relations in another shape: rows lie in the relation that was migrated to. The other one is read
//! through the backward lens, and written through the forward one.

use source::Span;

use super::Codegen;
use super::code::Jump;
use super::frame::{FRAME, Slot};
use crate::hir::{
    Column, Expression, ExpressionKind, Join, Lens, Migration, Query, RelationId, Source,
};
use crate::types::Type;

impl<'a> Codegen<'a> {
    /// How a relation is seen, if its rows lie in another one.
    pub(super) fn migration_of(&self, id: RelationId) -> Option<&'a Migration> {
        self.program.migrations.iter().find(|migration| migration.from == id)
    }

    /// Whether rows of a relation lie in it.
    pub(super) fn has_own_rows(&self, id: RelationId) -> bool {
        self.migration_of(id).is_none()
    }

    /// The relation in which the rows of one lie.
    pub(super) fn home_of(&self, id: RelationId) -> RelationId {
        let migrations = self.program.migrations.len();
        let step = |id: RelationId, _| self.migration_of(id).map_or(id, |migration| migration.to);
        (0..migrations).fold(id, step)
    }

    pub(super) fn refuse_migrations(&mut self) {
        for migration in &self.program.migrations {
            let twice = self.program.migrations.iter().filter(|it| it.from == migration.from);
            if !migration.forward.kept.is_empty() {
                let what = "a migration whose new rows do not tell all of the old ones";
                self.not_yet(what, migration.span);
            } else if twice.count() > 1 {
                self.not_yet("a relation with several migrations", migration.span);
            }
        }
    }

    /// The rows of the relation that was migrated to, through the backward lens.
    pub(super) fn migrated_rows(&mut self, migration: &Migration, span: Span) {
        let of = self.program.relations.get(migration.to.index());
        let of = of.map_or(Type::Unknown, |relation| Type::Relation(relation.row().into()));
        let rows = Expression { kind: ExpressionKind::Relation(migration.to), of, span };
        let Lens { row, value, .. } = &migration.backward;
        let query = Query {
            sources: vec![Source { rows, row: *row, join: Join::Cross }],
            filter: None,
            groups: Vec::new(),
            is_grouped: false,
            order: Vec::new(),
            limit: None,
            columns: vec![Column { name: "".into(), value: value.clone() }],
            span,
        };
        let around = std::mem::take(&mut self.frame.is_main);
        self.query_value(&query);
        self.frame.is_main = around;
    }

    /// The row in R0 as a row of the relation in which it lies, and which that is.
    pub(super) fn through_lenses(&mut self, id: RelationId) -> RelationId {
        let mut id = id;
        // A chain of migrations has an end: each relation is defined by one of them at most.
        for _ in 0..self.program.migrations.len() {
            let Some(migration) = self.migration_of(id) else { break };
            self.through(&migration.forward);
            id = migration.to;
        }
        id
    }

    /// What a lens makes of the row in R0.
    fn through(&mut self, lens: &Lens) {
        let height = self.frame.height;
        let slot = self.frame.variable(lens.row, self.code.here() + 1);
        self.code.store(0, FRAME, slot.offset());
        self.value(&lens.value);
        self.frame.drop_to(height, self.code.here());
    }

    /// Puts a row of the relation before a migration in place of another one with the same key. What
    /// it cannot tell stays as it is, where nothing changed that it can tell.
    pub(super) fn update_migrated(&mut self, id: RelationId, old: Slot, new: Slot) {
        let height = self.frame.height;
        self.restore(old, 0);
        let to = self.through_lenses(id);
        let before = self.save(0);
        self.restore(new, 0);
        self.through_lenses(id);
        let after = self.save(0);
        self.key_of(to, before);
        let key = self.save(0);
        self.relation_number(to, 1);
        self.code.copy(2, 0);
        self.call_runtime("relation_get");
        let present = self.save(0);
        let Some(relation) = self.program.relations.get(to.index()) else { return };
        let own = Type::record(relation.row());
        let kept = self.migration_of(id).map_or(&[][..], |it| it.backward.kept.as_slice());
        for name in kept {
            let Some(field) = relation.fields.iter().find(|field| field.name == *name) else {
                continue;
            };
            let (changed, description) = (self.code.label(), self.description(&field.of));
            let offset = palindrome_vm::runtime::HEAD + self.field_place(&own, name) * 8;
            self.restore(before, 1);
            self.code.load(1, 1, offset);
            self.restore(after, 2);
            self.code.load(2, 2, offset);
            self.code.set(3, description);
            self.call_runtime("compare_values");
            self.code.jump(Jump::IfNotZero(0), changed);
            self.restore(present, 0);
            self.code.load(0, 0, offset);
            self.restore(after, 1);
            self.code.store(0, 1, offset);
            self.code.place(changed);
        }
        self.relation_number(to, 1);
        self.restore(key, 2);
        self.restore(after, 3);
        self.call_runtime("relation_update");
        self.touched(to, after);
        self.frame.drop_to(height, self.code.here());
    }

    /// The key of the row in a slot, in the relation in which it lies, into R0; and which that is.
    pub(super) fn migrated_key(&mut self, id: RelationId, row: Slot) -> RelationId {
        if self.has_own_rows(id) {
            self.key_of(id, row);
            return id;
        }
        let height = self.frame.height;
        self.restore(row, 0);
        let to = self.through_lenses(id);
        let moved = self.save(0);
        self.key_of(to, moved);
        self.frame.drop_to(height, self.code.here());
        to
    }
}
