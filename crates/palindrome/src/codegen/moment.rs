//! Moments: when they are kept, reading at one of them, going back to one, and what they tell.

use std::collections::BTreeSet;
use std::rc::Rc;

use palindrome_vm::Instruction;

use super::Codegen;
use super::code::Jump;
use super::frame::{FRAME, ZERO};
use super::layout::is_reference;
use crate::hir::{
    BinaryOp, Callee, Expression, ExpressionKind, GlobalId, Place, Relation, RelationId,
    RelationKind, Rewind,
};
use crate::types::{BuiltinId, Type};

impl Codegen<'_> {
    /// Whether anything can look at moments. Otherwise none is kept.
    pub(super) fn looks_back(&self) -> bool {
        let is_past = |relation: &Relation| {
            matches!(relation.kind, RelationKind::History(_) | RelationKind::NameHistory(_))
        };
        self.program.looks_back || self.program.relations.iter().any(is_past)
    }

    /// The end of an outermost transaction.
    pub(super) fn keep_moment(&mut self) {
        if self.keeps_moments {
            self.code.push(Instruction::KeepMoment);
        }
    }

    /// `e at T`: the data are those of the moment while `e` is computed. What is on the heap and in
    /// frames stays, so nothing has to be carried there and back.
    pub(super) fn at_moment(&mut self, inner: &Expression, moment: &Expression, of: &Expression) {
        if self.only_field_at(inner, moment) {
            return;
        }
        let height = self.frame.height;
        self.moment(moment);
        // Answers wait, and are looked for at that moment later.
        let waits = matches!(self.of(&inner.of), Type::Answers(_)).then(|| self.save(0));
        self.at(of.span);
        self.code.push(Instruction::Look { moment: 0 });
        let around = std::mem::take(&mut self.frame.is_main);
        self.value(inner);
        self.frame.is_main = around;
        self.at(of.span);
        self.code.push(Instruction::LeaveLook);
        if let Some(moment) = waits {
            self.answers_at(moment);
        }
        self.frame.drop_to(height, self.code.here());
    }

    /// A moment, its number, a time or the text of one, as the number of a moment in R0.
    pub(super) fn moment(&mut self, of: &Expression) {
        self.value(of);
        self.at(of.span);
        let function = match self.of(&of.of) {
            Type::TIMESTAMP => "moment_at",
            Type::STRING => "moment_of_text",
            _ => return,
        };
        self.code.copy(1, 0);
        self.call_runtime(function);
    }

    /// A function of the language about moments; false for any other one.
    pub(super) fn moment_builtin(
        &mut self,
        id: BuiltinId,
        arguments: &[Expression],
        of: &Expression,
    ) -> bool {
        match (id.name(), arguments) {
            ("now", []) => self.call_runtime("moment_now"),
            ("branches", []) => self.call_runtime("branches"),
            ("diff", [one, other]) => {
                let height = self.frame.height;
                self.moment(one);
                let before = self.save(0);
                self.moment(other);
                self.code.copy(2, 0);
                self.restore(before, 1);
                self.frame.drop_to(height, self.code.here());
                self.at(of.span);
                let table = self.known_names(false);
                self.code.set(3, table);
                self.call_runtime("difference");
            }
            (BuiltinId::CHECKPOINT, [name]) => {
                self.value(name);
                self.code.copy(1, 0);
                self.call_runtime("moment_named");
            }
            _ => return false,
        }
        true
    }

    /// `+` and `-` of the moment in R0 and what is in R1.
    pub(super) fn moment_operator(&mut self, op: BinaryOp, other: &Type) {
        self.code.copy(2, 1);
        self.code.copy(1, 0);
        if *other == Type::MOMENT {
            return self.call_runtime("moment_between");
        }
        if op == BinaryOp::Subtract {
            self.code.push(Instruction::INeg { dst: 2, src: 2 });
        }
        let function = if *other == Type::DURATION { "moment_after" } else { "moment_moved" };
        self.call_runtime(function);
    }

    pub(super) fn checkpoint(&mut self, name: &str) {
        self.code.push(Instruction::NameMoment { name: name.to_owned() });
    }

    pub(super) fn switch(&mut self, name: &str) {
        self.code.push(Instruction::Switch { branch: name.to_owned() });
        self.forget_events();
    }

    pub(super) fn rewind(&mut self, to: &Rewind) {
        match to {
            Rewind::To(moment) => self.moment(moment),
            Rewind::Checkpoint(name) => {
                let text = self.data.text(name.as_bytes());
                self.code.set(1, text);
                self.call_runtime("moment_named");
            }
            Rewind::When(condition) => self.moment_when(condition),
        }
        self.code.push(Instruction::RewindTo { moment: 0 });
        self.forget_events();
    }

    /// The latest earlier moment at which a condition held, into R0.
    fn moment_when(&mut self, condition: &Expression) {
        let height = self.frame.height;
        let shown = self.sources.slice(condition.span).split_whitespace();
        let shown = shown.collect::<Vec<_>>().join(" ");
        let line = self.code.line();
        self.call_runtime("moment_now");
        let moment = self.save(0);
        let (again, not, end) = (self.code.label(), self.code.label(), self.code.label());
        self.code.place(again);
        self.restore(moment, 1);
        self.call_runtime("moment_before");
        self.code.store(0, FRAME, moment.offset());
        let none = self.fault(&format!("there is no earlier moment at which this held: {shown}"));
        self.code.push(Instruction::CmpImm { src: 0, value: 0 });
        self.code.jump(Jump::Less, none);
        self.code.push(Instruction::Look { moment: 0 });
        // Before a name or relation came to be, no condition on it held.
        let (names, relations) = self.read_in(condition);
        for global in names {
            let at = self.global(global);
            self.code.load(0, ZERO, at + 8);
            self.code.jump(Jump::IfZero(0), not);
        }
        for relation in relations {
            let Some(name) = self.own_name(relation) else { continue };
            let text = self.data.text(name.as_bytes());
            self.code.set(1, text);
            self.call_runtime("relation_exists");
            self.code.jump(Jump::IfZero(0), not);
        }
        let around = std::mem::take(&mut self.frame.is_main);
        self.branch(condition, false, not);
        self.frame.is_main = around;
        self.code.set_line(line);
        self.code.push(Instruction::LeaveLook);
        self.restore(moment, 0);
        self.code.jump(Jump::Always, end);
        self.code.place(not);
        self.code.push(Instruction::LeaveLook);
        self.code.jump(Jump::Always, again);
        self.code.place(end);
        self.frame.drop_to(height, self.code.here());
    }

    /// The names of the top level that an expression reads, also by functions and views.
    pub(super) fn names_in(&self, of: &Expression) -> BTreeSet<GlobalId> {
        self.read_in(of).0
    }

    /// What a stored relation is called, if its rows lie where it is.
    fn own_name(&self, id: RelationId) -> Option<String> {
        let relation = self.program.relations.get(id.index())?;
        let is_own = self.is_stored(id) && self.has_own_rows(id);
        is_own.then(|| relation.name.to_string())
    }

    /// Likewise with relations.
    fn read_in(&self, of: &Expression) -> (BTreeSet<GlobalId>, BTreeSet<RelationId>) {
        let (mut names, mut functions, mut relations) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut waiting: Vec<Expression> = vec![of.clone()];
        while let Some(next) = waiting.pop() {
            crate::hir::walk(&next, &mut |one| match &one.kind {
                ExpressionKind::Global(id) => {
                    names.insert(*id);
                }
                ExpressionKind::Function(id, _)
                | ExpressionKind::Call(Callee::Function(id, _) | Callee::Inverse(id, _), _)
                    if functions.insert(*id) =>
                {
                    let function = self.program.functions.get(id.index());
                    waiting.extend(function.map(|function| function.body.clone()));
                }
                ExpressionKind::Relation(id) if relations.insert(*id) => {
                    let relation = self.program.relations.get(id.index());
                    if let Some(RelationKind::View(query)) = relation.map(|it| &it.kind) {
                        let kind = ExpressionKind::Query(query.clone());
                        waiting.push(Expression { kind, of: Type::NOTHING, span: query.span });
                    }
                }
                _ => {}
            });
        }
        (names, relations)
    }

    /// Takes a name away. Its value stays where it is, for whoever recovers it.
    pub(super) fn dispose(&mut self, place: Place) {
        // Of a variable, the checker knows everywhere whether it is there.
        let Place::Global(id) = place else { return };
        let at = self.global(id);
        self.call_runtime("moment_now");
        self.code.push(Instruction::IAddImm { dst: 0, src: 0, value: 1 });
        self.code.store(0, ZERO, at + 16);
        self.code.set(0, 0);
        self.code.store(0, ZERO, at + 8);
    }

    pub(super) fn recover(&mut self, place: Place) {
        let Place::Global(id) = place else { return };
        let at = self.global(id);
        self.code.set(0, 0);
        self.code.store(0, ZERO, at + 16);
        self.code.set(0, 1);
        self.code.store(0, ZERO, at + 8);
    }

    /// The history of a relation, as a list in R0.
    pub(super) fn relation_history(&mut self, of: RelationId) {
        if !self.has_own_rows(of) {
            return self.migrated_history(of);
        }
        self.relation_number(of, 1);
        self.call_runtime("relation_history");
    }

    /// The history of a name.
    pub(super) fn name_history(&mut self, of: GlobalId) {
        let value = self.program.globals.get(of.index()).map_or(Type::INT, |it| it.of.clone());
        let (at, description) = (self.global(of), self.description(&value));
        self.code.set(1, at);
        self.code.set(2, description);
        self.code.set(3, i64::from(is_reference(&value)));
        self.call_runtime("name_history");
    }

    /// What there is: names with their positions and types, relations with the types of their rows.
    /// Functions can be merged, but not written.
    pub(super) fn known_names(&mut self, with_functions: bool) -> i64 {
        let mut words = vec![0];
        for (global, at) in self.program.globals.iter().zip(self.globals.clone()) {
            if matches!(global.of, Type::Function(_)) && !with_functions {
                continue;
            }
            let of = self.description(&global.of);
            words.extend([self.data.text(global.name.as_bytes()), at, of]);
            if let Some(count) = words.first_mut() {
                *count += 1;
            }
        }
        for (index, at) in self.relations.clone().into_iter().enumerate() {
            let Some(relation) = self.program.relations.get(index) else { continue };
            if !self.has_own_rows(RelationId::from_index(index))
                || !matches!(relation.kind, RelationKind::Stored | RelationKind::Event)
            {
                continue;
            }
            let row = self.description(&Type::record(relation.row()));
            let name: Rc<str> = Rc::clone(&relation.name);
            words.extend([at, self.data.text(name.as_bytes()), row]);
        }
        self.data.record(0, &words)
    }
}
