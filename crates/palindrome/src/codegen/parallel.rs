//! Parallel worlds: each arm begins with the data as they are, and what it comes to is kept; then all
//! become branches, or are merged in the order in which they are written; decision 0026.

use palindrome_vm::Instruction;
use source::Span;

use super::Codegen;
use super::code::Jump;
use super::contract::{ALL, Watched};
use super::frame::{FRAME, Slot, ZERO};
use crate::hir::{Merge, RelationId, RelationKind, World};

/// How the machine merges.
const LATEST: i64 = 0;
const FIRST: i64 = 1;
const COMBINE: i64 = 2;
const ASK: i64 = 3;
/// What stays open is a fault.
const STRICT: i64 = 8;

/// What worlds leave beside their data, in words of the frame.
struct Left {
    /// Whether each of the relations that contracts are about was touched.
    touched: Vec<(Watched, Slot)>,
    /// How many events waited before, and a list of those that were emitted since.
    waiting: Option<(Slot, Slot)>,
}

/// A world that has ended: what it is called, and its data.
struct Ended<'w> {
    name: &'w str,
    data: Slot,
}

impl Codegen<'_> {
    /// `parallel { a: … b: … } merge strategy …`
    pub(super) fn parallel(&mut self, worlds: &[World], merge: Option<Merge>, at: Span) {
        let height = self.frame.height;
        self.code.push(Instruction::KeepData { dst: 0 });
        let base = self.save(0);
        let left = self.before_worlds();
        let mut ended = Vec::new();
        for world in worlds {
            if let Some(first) = world.body.statements.first() {
                self.at(first.span);
            }
            self.code.push(Instruction::World { name: world.name.to_string() });
            self.block(&world.body);
            if merge.is_none() {
                // A branch is a transaction of its own, with what follows it.
                self.check();
                self.handle_events();
            } else {
                self.note_left(&left);
            }
            self.code.push(Instruction::KeepData { dst: 0 });
            let data = self.save(0);
            self.code.push(Instruction::WorldEnd);
            self.restore(base, 0);
            self.code.push(Instruction::PutData { src: 0 });
            ended.push(Ended { name: &world.name, data });
        }
        self.at(at);
        match merge {
            None => {
                for Ended { name, data } in ended {
                    self.restore(data, 0);
                    self.code.push(Instruction::BranchOff { name: name.to_owned(), src: 0 });
                }
            }
            Some(merge) => {
                for world in &ended {
                    self.merge_world(world, base, merge);
                    self.restore(world.data, 0);
                    self.code.push(Instruction::DropData { src: 0 });
                }
                self.take_over_left(&left);
            }
        }
        self.restore(base, 0);
        self.code.push(Instruction::DropData { src: 0 });
        self.frame.drop_to(height, self.code.here());
    }

    fn before_worlds(&mut self) -> Left {
        self.code.set(0, 0);
        let watched: Vec<Watched> = self.contracts.watched.values().copied().collect();
        let touched = watched.into_iter().map(|one| (one, self.save(0))).collect();
        let waiting = (!self.program.handlers.is_empty()).then(|| {
            self.code.set(1, 0);
            self.call_runtime("references_new");
            let emitted = self.save(0);
            self.code.load(0, ZERO, self.events.waiting.1);
            (self.save(0), emitted)
        });
        Left { touched, waiting }
    }

    /// Notes what the world at hand has left, before all is as it was.
    fn note_left(&mut self, left: &Left) {
        for (watched, slot) in &left.touched {
            let not = self.code.label();
            self.code.load(0, ZERO, watched.flag);
            self.code.jump(Jump::IfZero(0), not);
            self.code.store(0, FRAME, slot.offset());
            self.code.place(not);
        }
        if let Some((count, emitted)) = left.waiting {
            let none = self.code.label();
            let (list, now) = self.events.waiting;
            self.code.load(3, ZERO, now);
            self.restore(count, 2);
            self.code.push(Instruction::Cmp { src1: 3, src2: 2 });
            self.code.jump(Jump::LessOrEqual, none);
            self.code.load(1, ZERO, list);
            self.call_runtime("list_slice");
            self.code.copy(2, 0);
            self.restore(emitted, 1);
            self.call_runtime("list_concat");
            self.code.store(0, FRAME, emitted.offset());
            self.code.place(none);
        }
    }

    /// What worlds left counts for the transaction that goes on.
    fn take_over_left(&mut self, left: &Left) {
        self.all_may_have_changed();
        for (watched, slot) in &left.touched {
            let not = self.code.label();
            self.restore(*slot, 0);
            self.code.jump(Jump::IfZero(0), not);
            self.touched_all(*watched);
            self.code.place(not);
        }
        if let Some((_, emitted)) = left.waiting {
            let (list, count) = self.events.waiting;
            let height = self.frame.height;
            let walk = self.begin(emitted);
            let event = self.save(0);
            self.begin_list(list);
            self.restore(event, 0);
            self.append_to(list, count);
            self.finish_walk(&walk);
            self.frame.drop_to(height, self.code.here());
        }
    }

    /// All rows of a relation may have been touched.
    pub(super) fn touched_all(&mut self, watched: Watched) {
        self.code.set(0, ALL);
        self.code.store(0, ZERO, watched.flag);
        self.code.store(0, ZERO, self.contracts.any);
        self.code.store(ZERO, ZERO, watched.keys);
        self.code.store(ZERO, ZERO, watched.count);
    }

    fn merge_world(&mut self, world: &Ended<'_>, base: Slot, merge: Merge) {
        let height = self.frame.height;
        let table = self.known_names(true);
        let conflict = self.conflict();
        let is_handled = conflict
            .is_some_and(|id| self.program.handlers.iter().any(|handler| handler.event == id));
        let how = match merge {
            Merge::Latest => LATEST,
            Merge::First => FIRST,
            Merge::Combine => COMBINE,
            Merge::Ask => ASK,
        };
        // What is open is never passed over in silence.
        let how = if conflict.is_none() { how + STRICT } else { how };
        self.code.push(Instruction::World { name: world.name.to_owned() });
        let decided = (merge == Merge::Ask && !is_handled)
            .then(|| self.ask_person((base, world.data), table, world.name));
        self.restore(base, 1);
        self.restore(world.data, 2);
        self.code.set(3, how);
        self.code.set(4, table);
        match decided {
            Some(decided) => self.restore(decided, 5),
            None => self.code.set(5, 0),
        }
        self.call_runtime("world_merge");
        if let Some(id) = conflict {
            let open = self.save(0);
            let walk = self.begin(open);
            let row = self.save(0);
            self.emit_row(id, row);
            self.finish_walk(&walk);
        }
        self.code.push(Instruction::WorldEnd);
        self.frame.drop_to(height, self.code.here());
    }

    /// Asks somebody about each conflict; a list of what was decided.
    fn ask_person(&mut self, (base, data): (Slot, Slot), table: i64, name: &str) -> Slot {
        let (again, more, done) = (self.code.label(), self.code.label(), self.code.label());
        let text = self.data.text(name.as_bytes());
        self.code.set(1, 0);
        self.call_runtime("list_new");
        let decided = self.save(0);
        self.code.set(0, 0);
        let (count, question) = (self.save(0), self.frame.slot());
        self.code.place(again);
        self.restore(base, 1);
        self.restore(data, 2);
        self.code.set(3, table);
        self.restore(count, 4);
        self.code.set(5, text);
        self.call_runtime("world_question");
        self.code.jump(Jump::IfZero(0), done);
        self.code.store(0, FRAME, question.offset());
        self.code.place(more);
        self.restore(question, 1);
        self.call_runtime("print_error");
        self.call_runtime("world_choice");
        self.code.push(Instruction::CmpImm { src: 0, value: 0 });
        self.code.jump(Jump::Less, more);
        self.code.copy(3, 0);
        self.restore(decided, 1);
        self.restore(count, 2);
        self.call_runtime("list_append");
        self.code.store(0, FRAME, decided.offset());
        self.next(count);
        self.code.jump(Jump::Always, again);
        self.code.place(done);
        self.restore(decided, 1);
        self.code.set(2, 0);
        self.restore(count, 3);
        self.call_runtime("list_slice");
        self.code.store(0, FRAME, decided.offset());
        decided
    }

    /// The relation of what worlds do not agree on, if the program names it.
    fn conflict(&self) -> Option<RelationId> {
        let is_it = |relation: &crate::hir::Relation| {
            let fields = relation.fields.iter().map(|field| &*field.name);
            &*relation.name == "Conflict"
                && relation.kind == RelationKind::Event
                && fields.eq(["relation", "key", "field", "base", "ours", "theirs"])
        };
        self.program.relations.iter().position(is_it).map(RelationId::from_index)
    }
}
