//! Functions of the language that go through a list: loops in code, so that what they call is called
//! as anything is, and can be stepped into and taken back.

use palindrome_vm::Instruction;
use palindrome_vm::runtime::HEAD;

use super::Codegen;
use super::code::{Jump, Label};
use super::expression::whole_jump;
use super::frame::{FRAME, Slot};
use super::layout::places;
use crate::hir::{BinaryOp, Expression};
use crate::types::{BuiltinId, Type};

/// A loop through a list, whose parts lie in the frame.
pub(super) struct Walk {
    list: Slot,
    pub(super) index: Slot,
    again: Label,
    pub(super) end: Label,
}

impl Codegen<'_> {
    pub(super) fn walk(
        &mut self,
        id: BuiltinId,
        element: &Type,
        arguments: &[Expression],
        of: &Expression,
    ) {
        let height = self.frame.height;
        let slots: Vec<Slot> = arguments
            .iter()
            .map(|one| {
                self.value(one);
                self.save(0)
            })
            .collect();
        self.at(of.span);
        let (list, second) = match slots.as_slice() {
            [list] => (*list, *list),
            [list, second, ..] => (*list, *second),
            [] => return,
        };
        match id.name() {
            "map" => self.map(list, second, of),
            "flat_map" => {
                self.map_into(list, second, true);
                self.code.copy(1, 0);
                let inner = self.element(&of.of);
                self.code.set(2, Self::holds_references(&inner));
                self.call_runtime("list_flatten");
            }
            "filter" => self.filter(list, second),
            "fold" => self.fold(&slots),
            "any" | "all" => self.any(list, second, id.name() == "all"),
            "find" => self.find(list, second, element),
            "sort_by" => self.sort_by((list, second), arguments),
            "sum" => self.sum_all(list, element, of),
            "avg" => self.average(list, element, of),
            "min" | "max" => self.extreme(list, element, id.name() == "min"),
            "zip" => self.zip((list, second), element, arguments),
            _ => self.enumerate(list, element),
        }
        self.frame.drop_to(height, self.code.here());
    }

    /// The beginning of a loop, with the element in R0.
    pub(super) fn begin(&mut self, list: Slot) -> Walk {
        self.code.set(0, 0);
        let index = self.save(0);
        let walk = Walk { list, index, again: self.code.label(), end: self.code.label() };
        self.code.place(walk.again);
        self.restore(walk.list, 0);
        self.restore(walk.index, 1);
        self.code.load_half(2, 0, 8);
        self.code.push(Instruction::Cmp { src1: 1, src2: 2 });
        self.code.jump(Jump::GreaterOrEqual, walk.end);
        self.element_at(0, 1);
        walk
    }

    pub(super) fn finish_walk(&mut self, walk: &Walk) {
        self.next(walk.index);
        self.code.jump(Jump::Always, walk.again);
        self.code.place(walk.end);
    }

    /// Counts a word of the frame up.
    pub(super) fn next(&mut self, index: Slot) {
        self.restore(index, 0);
        self.code.push(Instruction::IAddImm { dst: 0, src: 0, value: 1 });
        self.code.store(0, FRAME, index.offset());
    }

    /// Calls the function in a slot with the value in R0.
    pub(super) fn apply_to(&mut self, function: Slot) {
        self.code.store(0, FRAME, self.frame.height * 8);
        self.frame.height_max = self.frame.height_max.max(self.frame.height + 2);
        self.restore(function, 0);
        self.call_closure(1);
    }

    /// A new list as long as the one in a slot.
    fn new_like(&mut self, list: Slot, is_references: bool) -> Slot {
        self.restore(list, 1);
        self.code.load_half(1, 1, 8);
        self.call_runtime(if is_references { "references_new" } else { "list_new" });
        self.save(0)
    }

    fn map(&mut self, list: Slot, function: Slot, of: &Expression) {
        let element = self.element(&of.of);
        self.map_into(list, function, Self::holds_references(&element) == 1);
    }

    fn map_into(&mut self, list: Slot, function: Slot, is_references: bool) {
        let made = self.new_like(list, is_references);
        let walk = self.begin(list);
        self.apply_to(function);
        self.put_element(made, walk.index);
        self.finish_walk(&walk);
        self.restore(made, 0);
    }

    fn filter(&mut self, list: Slot, function: Slot) {
        // The list itself, written over from the front by what is kept: nobody else has this copy.
        self.restore(list, 1);
        self.code.set(2, 0);
        self.code.set(3, i64::MAX);
        self.call_runtime("list_slice");
        let made = self.save(0);
        self.code.set(0, 0);
        let count = self.save(0);
        let walk = self.begin(list);
        let value = self.save(0);
        self.apply_to(function);
        let skip = self.code.label();
        self.code.jump(Jump::IfZero(0), skip);
        self.restore(value, 0);
        self.put_element(made, count);
        self.next(count);
        self.code.place(skip);
        self.finish_walk(&walk);
        self.restore(made, 1);
        self.code.set(2, 0);
        self.restore(count, 3);
        self.call_runtime("list_slice");
    }

    fn fold(&mut self, slots: &[Slot]) {
        let [list, folded, function] = *slots else { return };
        let walk = self.begin(list);
        let at = self.frame.height * 8;
        self.code.store(0, FRAME, at + 8);
        self.restore(folded, 0);
        self.code.store(0, FRAME, at);
        self.restore(function, 0);
        self.call_closure(2);
        self.code.store(0, FRAME, folded.offset());
        self.finish_walk(&walk);
        self.restore(folded, 0);
    }

    pub(super) fn any(&mut self, list: Slot, function: Slot, is_all: bool) {
        let found = self.code.label();
        let walk = self.begin(list);
        self.apply_to(function);
        self.code.jump(if is_all { Jump::IfZero(0) } else { Jump::IfNotZero(0) }, found);
        self.finish_walk(&walk);
        let end = self.code.label();
        self.code.set(0, i64::from(is_all));
        self.code.jump(Jump::Always, end);
        self.code.place(found);
        self.code.set(0, i64::from(!is_all));
        self.code.place(end);
    }

    fn find(&mut self, list: Slot, function: Slot, element: &Type) {
        let (found, end) = (self.code.label(), self.code.label());
        let walk = self.begin(list);
        let value = self.save(0);
        self.apply_to(function);
        self.code.jump(Jump::IfNotZero(0), found);
        self.finish_walk(&walk);
        self.code.set(0, 0);
        self.code.jump(Jump::Always, end);
        self.code.place(found);
        self.restore(value, 0);
        self.wrap(element);
        self.code.place(end);
    }

    fn sort_by(&mut self, (list, function): (Slot, Slot), arguments: &[Expression]) {
        let key = match arguments.get(1).map(|one| self.of(&one.of)) {
            Some(Type::Function(function)) => function.result.clone(),
            _ => Type::INT,
        };
        self.map_into(list, function, Self::holds_references(&key) == 1);
        self.code.copy(2, 0);
        self.restore(list, 1);
        let description = self.description(&key);
        self.code.set(3, description);
        self.call_runtime("list_sort");
    }

    pub(super) fn sum_all(&mut self, list: Slot, element: &Type, of: &Expression) {
        let zero = if *element == Type::DECIMAL { self.decimal(0, 0) } else { 0 };
        self.code.set(0, zero);
        let sum = self.save(0);
        let walk = self.begin(list);
        self.code.copy(1, 0);
        self.restore(sum, 0);
        self.sum(element, of);
        self.code.store(0, FRAME, sum.offset());
        self.finish_walk(&walk);
        self.restore(sum, 0);
    }

    pub(super) fn average(&mut self, list: Slot, element: &Type, of: &Expression) {
        let end = self.code.label();
        self.restore(list, 1);
        self.code.load_half(0, 1, 8);
        self.code.jump(Jump::IfZero(0), end);
        self.sum_all(list, element, of);
        // The mean of whole numbers is none.
        let mean = if *element == Type::INT { &Type::FLOAT } else { element };
        if *element == Type::INT {
            self.code.push(Instruction::IntToFloat { dst: 0, src: 0 });
        }
        let sum = self.save(0);
        self.restore(list, 1);
        self.code.load_half(1, 1, 8);
        match *mean {
            Type::FLOAT => self.code.push(Instruction::IntToFloat { dst: 1, src: 1 }),
            Type::DECIMAL => {
                self.call_runtime("decimal_of_int");
                self.code.copy(1, 0);
            }
            _ => {}
        }
        self.restore(sum, 0);
        self.operator(BinaryOp::Divide, (mean, mean), of);
        self.wrap(mean);
        self.code.place(end);
    }

    pub(super) fn extreme(&mut self, list: Slot, element: &Type, is_min: bool) {
        let end = self.code.label();
        self.restore(list, 1);
        self.code.load_half(0, 1, 8);
        self.code.jump(Jump::IfZero(0), end);
        self.code.load(0, 1, HEAD);
        let best = self.save(0);
        let walk = self.begin(list);
        let value = self.save(0);
        self.restore(best, 1);
        self.order(element);
        self.code.push(Instruction::CmpImm { src: 0, value: 0 });
        let skip = self.code.label();
        let op = if is_min { BinaryOp::Less } else { BinaryOp::Greater };
        let better = whole_jump(op).unwrap_or(Jump::Less);
        self.code.jump(better.otherwise(), skip);
        self.restore(value, 0);
        self.code.store(0, FRAME, best.offset());
        self.code.place(skip);
        self.finish_walk(&walk);
        self.restore(best, 0);
        self.wrap(element);
        self.code.place(end);
    }

    /// A list of records of two fields, whose values `parts` has in slots for each element.
    fn pairs(&mut self, types: &[Type; 2], values: (Slot, Slot), made: Slot, index: Slot) {
        let (all, references) = places(types);
        self.code.set(1, 2);
        self.code.set(2, references);
        self.call_runtime("record_new");
        for (slot, place) in [values.0, values.1].into_iter().zip(all) {
            self.restore(slot, 1);
            self.code.store(1, 0, HEAD + place * 8);
        }
        self.put_element(made, index);
    }

    fn zip(&mut self, (list, other): (Slot, Slot), element: &Type, arguments: &[Expression]) {
        let second = arguments.get(1).map_or(Type::INT, |one| self.element(&one.of));
        // As many as the shorter one has.
        self.restore(list, 1);
        self.code.set(2, 0);
        self.restore(other, 3);
        self.code.load_half(3, 3, 8);
        self.call_runtime("list_slice");
        let list = self.save(0);
        let made = self.new_like(list, true);
        let walk = self.begin(list);
        let value = self.save(0);
        self.restore(other, 0);
        self.restore(walk.index, 1);
        self.element_at(0, 1);
        let partner = self.save(0);
        self.pairs(&[element.clone(), second], (value, partner), made, walk.index);
        self.finish_walk(&walk);
        self.restore(made, 0);
    }

    fn enumerate(&mut self, list: Slot, element: &Type) {
        let made = self.new_like(list, true);
        let walk = self.begin(list);
        let value = self.save(0);
        self.pairs(&[Type::INT, element.clone()], (walk.index, value), made, walk.index);
        self.finish_walk(&walk);
        self.restore(made, 0);
    }
}
