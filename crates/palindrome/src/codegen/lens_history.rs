//! The history of a relation whose rows lie elsewhere: at each moment at which something changed in the
//! home of the rows, or beside it, the row is looked at as the lenses show it then and before.

use std::rc::Rc;

use palindrome_vm::Instruction;
use palindrome_vm::runtime::HEAD;

use super::Codegen;
use super::code::Jump;
use super::frame::{FRAME, Slot, ZERO};
use super::layout::{as_word, places};
use super::migrate::key_columns;
use super::object::record_parts;
use super::query::Growing;
use crate::codes::MIGRATION;
use crate::hir::RelationId;
use crate::types::{Fields, Type};

/// The columns that a history has besides those of its relation.
const OWN: [(&str, Type); 3] =
    [("at", Type::TIMESTAMP), ("moment", Type::MOMENT), ("op", Type::STRING)];

/// When a row of the home changed; sorted by these names. `had` is whether there was one before.
const ENTRY: [&str; 4] = ["a moment", "b key", "c had", "d at"];

/// The parts of an entry, in the frame.
struct Entry {
    moment: Slot,
    key: Slot,
    had: Slot,
    at: Slot,
}

impl Codegen<'_> {
    /// The history of a relation with its rows elsewhere, as a list in R0.
    pub(super) fn migrated_history(&mut self, of: RelationId) {
        let home = self.home_of(of);
        let relation = |id: RelationId| self.program.relations.get(id.index());
        let (Some(relation), Some(at_home)) = (relation(of), relation(home)) else { return };
        if at_home.fields.iter().any(|field| OWN.iter().any(|(name, _)| **name == *field.name)) {
            return self.refuse(
                MIGRATION,
                "its history has the columns `moment`, `at` and `op`, which the relation that it was \
                 migrated to has itself",
                "call those columns otherwise, by a lens: `happened: at`",
                relation.span,
            );
        }
        let height = self.frame.height;
        let key = key_columns(at_home).into_iter().enumerate();
        let key: Fields =
            key.map(|(place, (_, of))| (format!("key{place:05}").into(), of)).collect();
        let key = Type::record(key);
        let parts = [Type::MOMENT, key.clone(), Type::BOOL, Type::TIMESTAMP];
        let entry = ENTRY.iter().zip(parts).map(|(name, of)| (Rc::from(*name), of));
        let entry = Type::record(entry.collect());
        let entries = self.growing(&entry);
        let number = self.relations.get(home.index()).copied().unwrap_or_default();
        let key_names: Vec<Rc<str>> = key_columns(at_home).into_iter().map(|it| it.0).collect();
        self.add_entries(entries, (number, &at_home.row(), &key_names), (&key, &entry), true);
        for beside in self.besides_of(of) {
            let (at, row, names) = beside.parts();
            self.add_entries(entries, (at, &row, &names), (&key, &entry), false);
        }
        self.cut(entries);
        let description = self.description(&entry);
        self.restore(entries.list, 1);
        self.restore(entries.list, 2);
        self.code.set(3, description);
        self.call_runtime("list_sort");
        self.code.store(0, FRAME, entries.list.offset());
        let mut columns = relation.row();
        for (name, own) in OWN {
            if columns.get(&Rc::from(name)).is_none() {
                columns.insert(name.into(), own);
            }
        }
        let rows = self.growing(&Type::record(columns.clone()));
        self.each_change(of, (entries, &entry, &key), &mut |s, entry, op, row| {
            s.history_row((&relation.row(), &columns), entry, op, row);
            s.add(rows);
        });
        self.cut(rows);
        self.restore(rows.list, 0);
        self.frame.drop_to(height, self.code.here());
    }

    /// Notes when rows of a relation of the store changed.
    fn add_entries(
        &mut self,
        entries: Growing,
        (number, row, names): (i64, &Fields, &[Rc<str>]),
        (key, entry): (&Type, &Type),
        is_home: bool,
    ) {
        let mut columns = row.clone();
        for (name, of) in OWN {
            columns.insert(name.into(), of);
        }
        let changed = Type::record(columns);
        let height = self.frame.height;
        self.code.load(1, ZERO, number);
        self.call_runtime("relation_history");
        let list = self.save(0);
        let walk = self.begin(list);
        let change = self.save(0);
        let part = |s: &mut Self, name: &str| {
            let place = s.field_place(&changed, name);
            s.restore(change, 0);
            s.code.load(0, 0, HEAD + place * 8);
        };
        part(self, "op");
        if is_home {
            // A row that was inserted was not there before.
            let text = self.data.text(b"insert");
            self.code.set(1, text);
            self.order(&Type::STRING);
            self.code.copy(1, 0);
            self.code.push(Instruction::IMul { dst: 0, src1: 1, src2: 1 });
        } else {
            self.code.set(0, 1);
        }
        let had = self.save(0);
        let parts = record_parts(key);
        let types: Vec<Type> = parts.iter().map(|(_, of)| of.clone()).collect();
        let (all, references) = places(&types);
        self.code.set(1, as_word(types.len()));
        self.code.set(2, references);
        self.call_runtime("record_new");
        let made = self.save(0);
        for (name, place) in names.iter().zip(all) {
            part(self, name);
            self.restore(made, 1);
            self.code.store(0, 1, HEAD + place * 8);
        }
        part(self, "moment");
        let moment = self.save(0);
        part(self, "at");
        let at = self.save(0);
        let all = [moment, made, had, at];
        self.new_record(entry, &ENTRY, &all);
        self.add(entries);
        self.finish_walk(&walk);
        self.frame.drop_to(height, self.code.here());
    }

    /// A record of values in the frame, in R0.
    fn new_record(&mut self, of: &Type, names: &[&str], values: &[Slot]) {
        let parts = record_parts(of);
        let types: Vec<Type> = parts.iter().map(|(_, of)| of.clone()).collect();
        self.code.set(1, as_word(types.len()));
        self.code.set(2, places(&types).1);
        self.call_runtime("record_new");
        for (name, value) in names.iter().zip(values) {
            let place = self.field_place(of, name);
            self.restore(*value, 1);
            self.code.store(1, 0, HEAD + place * 8);
        }
    }

    /// Code for each change of a row as the lenses show it, with what it is called and the row that was
    /// there last.
    fn each_change(
        &mut self,
        of: RelationId,
        (entries, entry, key): (Growing, &Type, &Type),
        body: &mut dyn FnMut(&mut Self, &Entry, &str, Slot),
    ) {
        let row = self.program.relations.get(of.index()).map(crate::hir::Relation::row);
        let row = row.map_or(Type::Unknown, Type::record);
        self.code.set(0, -1);
        let last_moment = self.save(0);
        self.code.set(0, 0);
        let last_key = self.save(0);
        let walk = self.begin(entries.list);
        let whole = self.save(0);
        let (skip, new) = (self.code.label(), self.code.label());
        let [moment, key_slot, had, at] = ENTRY.map(|name| {
            let place = self.field_place(entry, name);
            self.restore(whole, 0);
            self.code.load(0, 0, HEAD + place * 8);
            self.save(0)
        });
        let parts = Entry { moment, key: key_slot, had, at };
        // What changed both in the home and beside it is one change.
        self.restore(last_moment, 0);
        self.restore(parts.moment, 1);
        self.code.push(Instruction::Cmp { src1: 0, src2: 1 });
        self.code.jump(Jump::NotEqual, new);
        self.restore(last_key, 0);
        self.restore(parts.key, 1);
        self.order(key);
        self.code.jump(Jump::IfZero(0), skip);
        self.code.place(new);
        for (from, to) in [(parts.moment, last_moment), (parts.key, last_key)] {
            self.restore(from, 0);
            self.code.store(0, FRAME, to.offset());
        }
        self.code.set(0, 0);
        let (before, after) = (self.save(0), self.save(0));
        self.restore(parts.moment, 0);
        self.row_at_moment(of, parts.key, after);
        let known = self.code.label();
        self.restore(parts.had, 0);
        self.code.jump(Jump::IfZero(0), known);
        self.restore(parts.moment, 1);
        self.call_runtime("moment_before");
        self.code.push(Instruction::CmpImm { src: 0, value: 0 });
        self.code.jump(Jump::Less, known);
        self.row_at_moment(of, parts.key, before);
        self.code.place(known);
        let (gone, came) = (self.code.label(), self.code.label());
        self.restore(after, 0);
        self.code.jump(Jump::IfZero(0), gone);
        self.restore(before, 0);
        self.code.jump(Jump::IfZero(0), came);
        self.restore(after, 1);
        self.order(&row);
        self.code.jump(Jump::IfZero(0), skip);
        body(self, &parts, "update", after);
        self.code.jump(Jump::Always, skip);
        self.code.place(came);
        body(self, &parts, "insert", after);
        self.code.jump(Jump::Always, skip);
        self.code.place(gone);
        self.restore(before, 0);
        self.code.jump(Jump::IfZero(0), skip);
        body(self, &parts, "delete", before);
        self.code.place(skip);
        self.finish_walk(&walk);
    }

    /// The row with a key of the home, as it was at the moment in R0, into a slot; 0 if there was none.
    fn row_at_moment(&mut self, of: RelationId, key: Slot, into: Slot) {
        let height = self.frame.height;
        let home = self.home_of(of);
        let none = self.code.label();
        self.code.push(Instruction::Look { moment: 0 });
        self.relation_number(home, 1);
        self.restore(key, 2);
        self.call_runtime("relation_get");
        self.code.jump(Jump::IfZero(0), none);
        let row = self.save(0);
        let first = self.first_level(of, row);
        self.restore(first, 0);
        self.code.place(none);
        self.code.store(0, FRAME, into.offset());
        self.code.push(Instruction::LeaveLook);
        self.frame.drop_to(height, self.code.here());
    }

    /// A row of the history, in R0.
    fn history_row(
        &mut self,
        (row, columns): (&Fields, &Fields),
        entry: &Entry,
        op: &str,
        from: Slot,
    ) {
        let height = self.frame.height;
        let text = self.data.text(op.as_bytes());
        self.code.set(0, text);
        let op = self.save(0);
        let (own, whole) = (Type::record(row.clone()), Type::record(columns.clone()));
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for name in columns.keys() {
            let value = if row.get(name).is_some() {
                let place = self.field_place(&own, name);
                self.restore(from, 0);
                self.code.load(0, 0, HEAD + place * 8);
                self.save(0)
            } else {
                match &**name {
                    "at" => entry.at,
                    "moment" => entry.moment,
                    _ => op,
                }
            };
            names.push(&**name);
            values.push(value);
        }
        self.new_record(&whole, &names, &values);
        self.frame.drop_to(height, self.code.here());
    }
}
