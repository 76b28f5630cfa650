//! What lenses cannot carry back: a relation beside the home of the rows, which nobody can name. It has,
//! by the key of a row of the home, the row as it was before a migration, and what the backward lens
//! makes of what it became. Where a row that is carried back is still so, the row from before is it (a
//! lens with a complement, after Hofmann, Pierce and Wagner, *Symmetric Lenses*, POPL 2011).

use std::rc::Rc;

use palindrome_vm::runtime::HEAD;
use relational::{Definition, Field};

use super::Codegen;
use super::code::Jump;
use super::frame::{FRAME, Slot, ZERO};
use super::layout::{as_word, places};
use super::migrate::key_columns;
use super::object::record_parts;
use super::query::Growing;
use super::relation::stored;
use crate::hir::{Migration, RelationId};
use crate::types::{Fields, Type};

/// What is kept beside the rows of a home for one migration.
#[derive(Clone, Debug)]
pub(super) struct Beside {
    /// The relation before the migration.
    from: RelationId,
    home: RelationId,
    /// Where its number is.
    at: i64,
    /// The type of its rows.
    row: Type,
    /// The parts of a row that are the key.
    key: Vec<Rc<str>>,
}

/// Rows of such relations, for each row of a list.
pub(super) struct Moved(Vec<(Beside, Growing)>);

const ROW: &str = "row";
const BACK: &str = "back";

impl Beside {
    /// Where the number of the relation is, its columns, and those that are its key.
    pub(super) fn parts(&self) -> (i64, Fields, Vec<Rc<str>>) {
        let fields = record_parts(&self.row).into_iter().collect();
        (self.at, fields, self.key.clone())
    }
}

impl Codegen<'_> {
    /// What is kept beside the rows of a relation on their way to the home.
    pub(super) fn besides_of(&self, id: RelationId) -> Vec<Beside> {
        self.chain(id).into_iter().filter_map(|migration| self.beside(migration.from)).collect()
    }

    /// Makes what migrations need that lose something on their way forward.
    pub(super) fn make_besides(&mut self) {
        for migration in &self.program.migrations {
            if migration.forward.kept.is_empty() {
                continue;
            }
            let home = self.home_of(migration.to);
            let relation = |id: RelationId| self.program.relations.get(id.index());
            let (Some(from), Some(to)) = (relation(migration.from), relation(home)) else {
                continue;
            };
            let mut fields = Fields::new();
            let (mut key, mut by) = (Vec::new(), String::new());
            for (place, (column, of)) in key_columns(to).into_iter().enumerate() {
                // Columns are in the order of their names.
                let name: Rc<str> = format!("key{place:05}").into();
                fields.insert(Rc::clone(&name), of);
                key.push(name);
                // While the key is that of the relation before, it stays where it is, however many
                // migrations are still to come.
                let mut own = from.fields.iter().map(|field| &field.name);
                match own
                    .find(|own| self.same_column(migration.from, own).as_ref() == Some(&column))
                {
                    Some(own) => by += &format!(" {own}"),
                    None => by += &format!(" {}.{column}", to.name),
                }
            }
            let own = Type::record(from.row());
            fields.insert(ROW.into(), own.clone());
            fields.insert(BACK.into(), own);
            let row = Type::record(fields);
            let columns = record_parts(&row).into_iter().map(|(name, of)| {
                let of = stored(&of, &self.program.unions, 0)?;
                Some(Field::new(name.to_string(), of))
            });
            let Some(columns) = columns.collect::<Option<Vec<_>>>() else {
                self.contradiction("a column of this type", migration.span);
                continue;
            };
            let definition = Definition {
                // No relation of a program has a name that begins with a blank.
                name: format!(" {} beside by{by}", from.name),
                fields: columns,
                key: key.iter().map(ToString::to_string).collect(),
                ..Definition::default()
            };
            self.at(migration.span);
            let text = self.data.text(&definition.to_bytes());
            self.code.set(1, text);
            self.call_runtime("relation_create");
            let at = self.data.global();
            self.code.store(0, ZERO, at);
            self.besides.push(Beside { from: migration.from, home, at, row, key });
        }
    }

    fn beside(&self, from: RelationId) -> Option<Beside> {
        self.besides.iter().find(|beside| beside.from == from).cloned()
    }

    /// The row in R0 of what is kept, for the row of the home with the key in a slot; 0 if there is
    /// none.
    fn look_beside(&mut self, beside: &Beside, key: Slot) {
        self.code.load(1, ZERO, beside.at);
        self.restore(key, 2);
        self.call_runtime("relation_get");
    }

    /// A row that was carried back becomes what it was, as far as it is still so.
    pub(super) fn put_back_beside(&mut self, migration: &Migration, key: Slot, row: Slot) {
        let Some(beside) = self.beside(migration.from) else { return };
        let height = self.frame.height;
        let end = self.code.label();
        self.look_beside(&beside, key);
        self.code.jump(Jump::IfZero(0), end);
        let found = self.save(0);
        let [was, kept] = [BACK, ROW].map(|part| {
            let place = self.field_place(&beside.row, part);
            self.restore(found, 0);
            self.code.load(0, 0, HEAD + place * 8);
            self.save(0)
        });
        self.merged(migration.from, kept, (was, row));
        self.code.store(0, FRAME, row.offset());
        self.code.place(end);
        self.frame.drop_to(height, self.code.here());
    }

    /// Keeps what each lens of a chain cannot carry back: rows are what a row is on its way from the
    /// first relation to the home.
    pub(super) fn keep_beside(&mut self, id: RelationId, rows: &[Slot], key: Slot) {
        for (migration, pair) in self.chain(id).into_iter().zip(rows.windows(2)) {
            let (Some(beside), [before, after]) = (self.beside(migration.from), pair) else {
                continue;
            };
            let height = self.frame.height;
            self.restore(*after, 0);
            self.through(&migration.backward);
            let back = self.save(0);
            self.write_beside(&beside, key, (*before, back));
            self.frame.drop_to(height, self.code.here());
        }
    }

    fn write_beside(&mut self, beside: &Beside, key: Slot, (row, back): (Slot, Slot)) {
        let parts = record_parts(&beside.row);
        let types: Vec<Type> = parts.iter().map(|(_, part)| part.clone()).collect();
        let (all, references) = places(&types);
        self.code.set(1, as_word(types.len()));
        self.code.set(2, references);
        self.call_runtime("record_new");
        let key_types = parts.iter().filter(|(name, _)| beside.key.contains(name));
        let key_types: Vec<Type> = key_types.map(|(_, of)| of.clone()).collect();
        let mut key_places = places(&key_types).0.into_iter();
        for ((name, _), place) in parts.iter().zip(all) {
            match &**name {
                ROW => self.restore(row, 1),
                BACK => self.restore(back, 1),
                _ => {
                    let from = key_places.next().unwrap_or_default();
                    self.restore(key, 1);
                    self.code.load(1, 1, HEAD + from * 8);
                }
            }
            self.code.store(1, 0, HEAD + place * 8);
        }
        self.code.copy(2, 0);
        self.code.load(1, ZERO, beside.at);
        self.call_runtime("relation_upsert");
    }

    /// The row of the home with the key in a slot is gone.
    pub(super) fn forget_besides(&mut self, home: RelationId, key: Slot) {
        for beside in self.besides.clone() {
            if beside.home == home {
                self.code.load(1, ZERO, beside.at);
                self.restore(key, 2);
                self.call_runtime("relation_delete");
            }
        }
    }

    /// What is kept beside the rows of the home in a list, before they go.
    pub(super) fn take_besides(&mut self, home: RelationId, list: Slot) -> Moved {
        let own: Vec<Beside> =
            self.besides.iter().filter(|beside| beside.home == home).cloned().collect();
        let mut moved = Vec::new();
        for beside in own {
            let found = self.growing(&beside.row);
            let walk = self.begin(list);
            let row = self.save(0);
            self.key_of(home, row);
            let key = self.save(0);
            self.look_beside(&beside, key);
            self.add(found);
            self.finish_walk(&walk);
            self.cut(found);
            moved.push((beside, found));
        }
        Moved(moved)
    }

    /// Keeps it beside the row that came for the one with that index, which has the key in a slot.
    pub(super) fn give_besides(&mut self, moved: &Moved, index: Slot, key: Slot) {
        for (beside, found) in &moved.0 {
            let height = self.frame.height;
            let end = self.code.label();
            self.restore(found.list, 0);
            self.restore(index, 1);
            self.element_at(0, 1);
            self.code.jump(Jump::IfZero(0), end);
            let before = self.save(0);
            let [row, back] = [ROW, BACK].map(|part| {
                let place = self.field_place(&beside.row, part);
                self.restore(before, 0);
                self.code.load(0, 0, HEAD + place * 8);
                self.save(0)
            });
            self.write_beside(beside, key, (row, back));
            self.code.place(end);
            self.frame.drop_to(height, self.code.here());
        }
    }
}
