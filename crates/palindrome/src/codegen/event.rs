//! Events: what is emitted becomes rows, and waits on the tape until the transaction has ended; then
//! each handler is done as a transaction of its own.
//!
//! An event that waits is an object whose tag says which relation it is of, with its row.

use palindrome_vm::Instruction;
use palindrome_vm::runtime::{HEAD, describe};

use super::Codegen;
use super::code::{Jump, Label};
use super::frame::{FRAME, Frame, Slot, ZERO};
use super::layout::as_word;
use crate::hir::{Expression, ExpressionKind, Handler, Relation, RelationId, RelationKind};
use crate::types::Type;

/// The events of the program that is compiled.
#[derive(Debug)]
pub(super) struct Events {
    /// The relations that events can be of; which one is the tag.
    relations: Vec<RelationId>,
    /// On the tape: events that wait for their handlers, and how many there are.
    pub(super) waiting: (i64, i64),
    /// Those of a contract's handler, of which it is not known yet whether they are all that stands.
    held: (i64, i64),
    /// Code that makes an event stand, and that does so for a list of them.
    one_stands: Label,
    pub(super) stand: Label,
    /// Code that does what handlers do, and the handlers'.
    handle: Label,
    handlers: Vec<Label>,
    /// The description of what is carried over undoing a transaction.
    undone: Option<i64>,
}

impl Events {
    pub(super) fn new(code: &mut super::Code, data: &mut super::Data, handlers: usize) -> Self {
        let mut list = || (data.global(), data.global());
        Self {
            relations: Vec::new(),
            waiting: list(),
            held: list(),
            one_stands: code.label(),
            stand: code.label(),
            handle: code.label(),
            handlers: (0..handlers).map(|_| code.label()).collect(),
            undone: None,
        }
    }
}

impl Codegen<'_> {
    /// Which relations events can be of.
    pub(super) fn make_events(&mut self) {
        let relations = self.program.relations.iter().enumerate();
        let of_events = relations.filter(|(_, relation)| is_of_events(relation));
        self.events.relations = of_events.map(|(index, _)| RelationId::from_index(index)).collect();
    }

    /// `emit E(…)`
    pub(super) fn emit(&mut self, id: RelationId, values: &[Expression], at: source::Span) {
        let Some(relation) = self.program.relations.get(id.index()) else { return };
        let names = relation.fields.iter().map(|field| field.name.clone());
        let fields = names.zip(values.iter().cloned()).collect();
        let of = Type::record(relation.row());
        let height = self.frame.height;
        self.value(&Expression { kind: ExpressionKind::Record(fields), of, span: at });
        let row = self.save(0);
        self.at(at);
        self.emit_row(id, row);
        self.frame.drop_to(height, self.code.here());
    }

    /// The row in a slot is emitted.
    pub(super) fn emit_row(&mut self, id: RelationId, row: Slot) {
        let height = self.frame.height;
        let tag = self.events.relations.iter().position(|known| *known == id);
        self.code.set(1, 1);
        self.code.set(2, 1);
        self.code.set(3, as_word(tag.unwrap_or_default()));
        self.call_runtime("union_new");
        self.restore(row, 1);
        self.code.store(1, 0, HEAD);
        if self.frame.violated.is_some() {
            let event = self.save(0);
            self.begin_list(self.events.held.0);
            self.restore(event, 0);
            self.append_to(self.events.held.0, self.events.held.1);
        } else {
            self.call_with(self.events.one_stands);
        }
        self.frame.drop_to(height, self.code.here());
    }

    /// A list on the tape that events are added to.
    pub(super) fn begin_list(&mut self, at: i64) {
        let have = self.code.label();
        self.code.load(0, ZERO, at);
        self.code.jump(Jump::IfNotZero(0), have);
        self.code.set(1, 0);
        self.call_runtime("references_new");
        self.code.store(0, ZERO, at);
        self.code.place(have);
    }

    /// What a contract's handler emitted, as a list in R0.
    pub(super) fn held_events(&mut self) {
        let (list, count) = self.events.held;
        self.begin_list(list);
        self.code.load(1, ZERO, list);
        self.code.set(2, 0);
        self.code.load(3, ZERO, count);
        self.call_runtime("list_slice");
    }

    /// Events of a handler around, in two words of the frame.
    pub(super) fn set_held_aside(&mut self) -> [Slot; 2] {
        [self.events.held.0, self.events.held.1].map(|at| {
            self.code.load(0, ZERO, at);
            self.code.store(ZERO, ZERO, at);
            self.save(0)
        })
    }

    pub(super) fn bring_held_back(&mut self, around: [Slot; 2]) {
        for (at, slot) in [self.events.held.0, self.events.held.1].into_iter().zip(around) {
            self.restore(slot, 0);
            self.code.store(0, ZERO, at);
        }
    }

    /// The transaction stands, and what a contract's handler emitted with it.
    pub(super) fn release_events(&mut self) {
        self.held_events();
        self.code.store(ZERO, ZERO, self.events.held.0);
        self.code.store(ZERO, ZERO, self.events.held.1);
        self.call_with(self.events.stand);
    }

    /// Behind a transaction of the top level: what was emitted is handled.
    pub(super) fn handle_events(&mut self) {
        if self.program.handlers.is_empty() {
            return;
        }
        let end = self.code.label();
        self.code.load(0, ZERO, self.events.waiting.1);
        self.code.jump(Jump::IfZero(0), end);
        self.enter(self.events.handle, 0);
        self.code.place(end);
    }

    /// Behind a rewind: what was waiting at that moment was handled after it.
    pub(super) fn forget_events(&mut self) {
        if !self.program.handlers.is_empty() {
            self.code.store(ZERO, ZERO, self.events.waiting.0);
            self.code.store(ZERO, ZERO, self.events.waiting.1);
        }
    }

    /// The code of events, if there can be any.
    pub(super) fn event_code(&mut self) {
        if self.events.relations.is_empty() && !self.contracts.can_undo {
            return;
        }
        self.one_stands_code();
        self.stand_code();
        if !self.program.handlers.is_empty() {
            self.handle_code();
            self.handler_code();
        }
    }

    /// Goes to the code for the relation of the event in a slot.
    fn by_relation(&mut self, event: Slot, mut work: impl FnMut(&mut Self, RelationId)) {
        let end = self.code.label();
        for (tag, id) in self.events.relations.clone().into_iter().enumerate() {
            let next = self.code.label();
            self.restore(event, 0);
            self.code.load_half(0, 0, 12);
            self.code.push(Instruction::CmpImm { src: 0, value: as_word(tag) });
            self.code.jump(Jump::NotEqual, next);
            work(self, id);
            self.code.jump(Jump::Always, end);
            self.code.place(next);
        }
        self.code.place(end);
    }

    /// The event in the first word becomes a row, and waits for its handlers.
    fn one_stands_code(&mut self) {
        self.code.no_line();
        let start = self.code.here();
        self.frame = Frame { height: 1, height_max: 2, ..Frame::default() };
        self.code.place(self.events.one_stands);
        self.by_relation(Slot(0), |s, id| {
            s.restore(Slot(0), 0);
            s.code.load(0, 0, HEAD);
            let row = s.save(0);
            s.code.copy(2, 0);
            s.relation_number(id, 1);
            // One that is emitted twice is one row, and handled twice.
            s.call_runtime("relation_upsert");
            s.has_changed(id);
            s.touched(id, row);
            if s.program.handlers.iter().any(|handler| handler.event == id) {
                let (list, count) = s.events.waiting;
                s.begin_list(list);
                s.restore(Slot(0), 0);
                s.append_to(list, count);
            }
            s.frame.drop_to(1, s.code.here());
        });
        self.code.push(Instruction::Return);
        self.finish_function("(emit)", start);
    }

    /// Each event of the list in the first word stands.
    fn stand_code(&mut self) {
        self.code.no_line();
        let start = self.code.here();
        self.frame = Frame { height: 1, height_max: 2, ..Frame::default() };
        self.code.place(self.events.stand);
        let walk = self.begin(Slot(0));
        self.call_with(self.events.one_stands);
        self.finish_walk(&walk);
        self.code.push(Instruction::Return);
        self.finish_function("(emit all)", start);
    }

    /// Does what handlers do, event by event, also about those that they emit.
    fn handle_code(&mut self) {
        let program = self.program;
        self.code.no_line();
        let start = self.code.here();
        self.frame = Frame::default();
        self.code.place(self.events.handle);
        let (again, end) = (self.code.label(), self.code.label());
        let (list, count) = self.events.waiting;
        self.code.set(0, 0);
        let index = self.save(0);
        self.code.place(again);
        self.restore(index, 1);
        self.code.load(0, ZERO, count);
        self.code.push(Instruction::Cmp { src1: 1, src2: 0 });
        self.code.jump(Jump::GreaterOrEqual, end);
        self.code.load(0, ZERO, list);
        self.element_at(0, 1);
        let event = self.save(0);
        self.by_relation(event, |s, id| {
            let handlers = program.handlers.iter().zip(s.events.handlers.clone());
            for (handler, label) in handlers.filter(|(handler, _)| handler.event == id) {
                s.handled(handler, label, event);
            }
        });
        self.code.no_line();
        self.next(index);
        self.code.jump(Jump::Always, again);
        self.code.place(end);
        self.code.store(ZERO, ZERO, list);
        self.code.store(ZERO, ZERO, count);
        self.code.push(Instruction::Return);
        self.finish_function("(events)", start);
    }

    /// A handler as a transaction. If it fails, that is told, and the next one follows.
    fn handled(&mut self, handler: &Handler, label: Label, event: Slot) {
        let Some(relation) = self.program.relations.get(handler.event.index()) else { return };
        let (source, start) = (handler.span.source, handler.span.start);
        let line = self.sources.line_column(source, start).line;
        // The program's own text is what `line` means without a name.
        let place = match self.sources.name(source) {
            name if source != self.source => format!("{name}:{line}"),
            _ => format!("line {line}"),
        };
        let begin = format!("{place}: the handler of `{}` failed: ", relation.name);
        self.at(handler.span);
        self.transaction_and(
            &mut |s| {
                let of = Type::record(relation.row());
                let height = s.frame.height;
                s.restore(event, 1);
                s.code.load(1, 1, HEAD);
                for field in &relation.fields {
                    let place = s.field_place(&of, &field.name);
                    s.code.load(0, 1, HEAD + place * 8);
                    let slot = s.frame.slot();
                    s.code.store(0, FRAME, slot.offset());
                }
                s.frame.drop_to(height, s.code.here());
                s.enter(label, as_word(relation.fields.len()));
            },
            &mut |s| {
                s.keep_moment();
                s.look_at_watches();
            },
            &mut |s| {
                s.code.copy(2, 0);
                let text = s.data.text(begin.as_bytes());
                s.code.set(1, text);
                s.call_runtime("text_concat");
                s.code.copy(1, 0);
                s.call_runtime("print_error");
            },
        );
    }

    fn handler_code(&mut self) {
        let program = self.program;
        for (handler, label) in program.handlers.iter().zip(self.events.handlers.clone()) {
            let relation = program.relations.get(handler.event.index());
            let name = relation.map_or("", |relation| &relation.name);
            self.code.place(label);
            self.frame = Frame::default();
            let kind = ExpressionKind::Block(handler.body.clone());
            let body = Expression { kind, of: Type::NOTHING, span: handler.span };
            self.body(&format!("on {name}"), &handler.parameters, &body);
        }
    }

    /// The description of what is carried over undoing a transaction: a record of the events that
    /// stand, and of the reason.
    pub(super) fn undone_description(&mut self) -> i64 {
        if let Some(known) = self.events.undone {
            return known;
        }
        let mut variants = vec![as_word(self.events.relations.len())];
        for id in self.events.relations.clone() {
            let relation = self.program.relations.get(id.index());
            let row = relation.map_or(Type::Unknown, |relation| Type::record(relation.row()));
            let name = relation.map_or("", |relation| &relation.name);
            let words = [self.data.text(name.as_bytes()), 1, self.description(&row), 0];
            variants.push(self.described(&words));
        }
        let variants = self.described(&variants);
        let event = self.described(&[describe::UNION, variants]);
        let events = self.described(&[describe::LIST, event]);
        let reason = self.description(&Type::STRING);
        let [first, second] = ["events", "reason"].map(|name| self.data.text(name.as_bytes()));
        let words = [describe::RECORD, 2, first, events, 0, second, reason, 1];
        let known = self.described(&words);
        self.events.undone = Some(known);
        known
    }

    fn described(&mut self, words: &[i64]) -> i64 {
        let at = self.data.reserve(words.len());
        self.data.fill(at, words);
        at
    }
}

/// Whether something can be emitted into a relation.
fn is_of_events(relation: &Relation) -> bool {
    matches!(relation.kind, RelationKind::Event | RelationKind::Stored)
}
