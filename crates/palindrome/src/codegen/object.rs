//! Records, alternatives of unions, and lists: made, and read.

use std::rc::Rc;

use palindrome_vm::runtime::HEAD;
use palindrome_vm::{BaseOffset, Instruction};

use super::code::Jump;
use super::frame::{FRAME, Slot};
use super::layout::{as_word, is_reference, places};
use super::{Codegen, FaultKind};
use crate::hir::{Expression, ExpressionKind};
use crate::types::{Type, UnionId};

impl Codegen<'_> {
    /// Values that wait in the frame, one after the other.
    fn values<'e>(&mut self, all: impl Iterator<Item = &'e Expression>) -> Vec<Slot> {
        all.map(|one| {
            self.value(one);
            self.save(0)
        })
        .collect()
    }

    /// Puts values from the frame into the object in R0.
    fn fill(&mut self, slots: &[Slot], places: &[i64]) {
        for (slot, place) in slots.iter().zip(places) {
            self.restore(*slot, 1);
            self.code.store(1, 0, HEAD + place * 8);
        }
    }

    pub(super) fn record(&mut self, fields: &[(Rc<str>, Expression)], of: &Expression) {
        let height = self.frame.height;
        let slots = self.values(fields.iter().map(|(_, value)| value));
        self.at(of.span);
        let parts = record_parts(&self.of(&of.of));
        let types: Vec<Type> = parts.iter().map(|(_, part)| part.clone()).collect();
        let (all, references) = places(&types);
        self.code.set(1, as_word(types.len()));
        self.code.set(2, references);
        self.call_runtime("record_new");
        let place = |name: &Rc<str>| {
            let index = parts.iter().position(|(other, _)| other == name);
            index.and_then(|index| all.get(index)).copied().unwrap_or_default()
        };
        let places: Vec<i64> = fields.iter().map(|(name, _)| place(name)).collect();
        self.fill(&slots, &places);
        self.frame.drop_to(height, self.code.here());
    }

    /// An alternative of a union. Those without parts are constants.
    pub(super) fn variant(
        &mut self,
        (id, index): (UnionId, usize),
        parts: &[Expression],
        of: &Expression,
    ) {
        let tag = u32::try_from(index).unwrap_or(u32::MAX);
        if parts.is_empty() {
            let constant = self.data.record(tag, &[]);
            self.code.set(0, constant);
            return;
        }
        let height = self.frame.height;
        let slots = self.values(parts.iter());
        self.at(of.span);
        let types = self.variant_parts((id, index), &of.of);
        let (places, references) = places(&types);
        self.code.set(1, as_word(types.len()));
        self.code.set(2, references);
        self.code.set(3, i64::from(tag));
        self.call_runtime("union_new");
        self.fill(&slots, &places);
        self.frame.drop_to(height, self.code.here());
    }

    /// The types of what is in an alternative of a union of a type.
    pub(super) fn variant_parts(&self, (id, index): (UnionId, usize), of: &Type) -> Vec<Type> {
        let arguments = match self.of(of) {
            Type::Union(_, arguments) => arguments,
            _ => Rc::default(),
        };
        let union = self.program.unions.get(id.0 as usize);
        union.map_or(Vec::new(), |union| union.fields(index, &arguments))
    }

    /// Which word of a record a field is.
    pub(super) fn field_place(&self, of: &Type, name: &str) -> i64 {
        let parts = record_parts(&self.of(of));
        let types: Vec<Type> = parts.iter().map(|(_, part)| part.clone()).collect();
        let index = parts.iter().position(|(other, _)| &**other == name);
        index.and_then(|index| places(&types).0.get(index).copied()).unwrap_or_default()
    }

    pub(super) fn field(&mut self, base: &Expression, name: &str, of: &Expression) {
        if let ExpressionKind::Only(query) = &base.kind
            && self.only_column(query, name)
        {
            return;
        }
        if let Some(slot) = self.column_at_hand(base, name) {
            return self.restore(slot, 0);
        }
        self.value(base);
        self.at(of.span);
        let place = self.field_place(&base.of, name);
        self.code.load(0, 0, HEAD + place * 8);
    }

    /// Where a column of a row is, of which nothing else is at hand.
    pub(super) fn column_at_hand(&self, base: &Expression, name: &str) -> Option<Slot> {
        let ExpressionKind::Local(row) = base.kind else { return None };
        let mut columns = self.frame.columns.iter();
        columns.find(|((of, column), _)| *of == row && **column == *name).map(|(_, slot)| *slot)
    }

    /// `r?.a`: the field where there is a record.
    pub(super) fn field_if_present(&mut self, base: &Expression, name: &str, of: &Expression) {
        let inner = match self.of(&base.of) {
            Type::Optional(inner) => (*inner).clone(),
            other => other,
        };
        let end = self.code.label();
        self.value(base);
        self.code.jump(Jump::IfZero(0), end);
        self.at(of.span);
        let place = self.field_place(&inner, name);
        self.code.load(0, 0, HEAD + place * 8);
        let part = record_parts(&inner).into_iter().find(|(other, _)| &**other == name);
        if let (Some((_, part)), Type::Optional(given)) = (part, self.of(&of.of))
            && part == *given
        {
            self.wrap(&part);
        }
        self.code.place(end);
    }

    pub(super) fn list(&mut self, elements: &[Expression], of: &Expression) {
        let height = self.frame.height;
        let element = self.element(&of.of);
        self.code.set(1, as_word(elements.len()));
        self.new_list(&element);
        let list = self.save(0);
        for (place, one) in (0_i64..).zip(elements) {
            self.value(one);
            self.restore(list, 1);
            self.code.store(0, 1, HEAD + place * 8);
        }
        self.restore(list, 0);
        self.frame.drop_to(height, self.code.here());
    }

    /// A list of as many elements as R1 says.
    pub(super) fn new_list(&mut self, element: &Type) {
        self.call_runtime(if is_reference(element) { "references_new" } else { "list_new" });
    }

    /// The type of the elements of a list.
    pub(super) fn element(&self, of: &Type) -> Type {
        match self.of(of) {
            Type::List(element) => (*element).clone(),
            Type::Relation(fields) => Type::Record(fields),
            other => other,
        }
    }

    /// `a[i]`
    pub(super) fn index(&mut self, list: &Expression, index: &Expression, of: &Expression) {
        self.pair(list, index);
        self.at(of.span);
        let name = match self.of(&list.of) {
            Type::STRING => "text_at",
            Type::BYTES => "byte_at",
            _ => return self.element_or_fault(),
        };
        self.code.copy(2, 1);
        self.code.copy(1, 0);
        self.call_runtime(name);
    }

    /// The element of the list in R0 whose index is in R1, in R0.
    fn element_or_fault(&mut self) {
        let wrong = self.fault_of(FaultKind::Index);
        self.code.load_half(2, 0, 8);
        self.code.push(Instruction::CmpImm { src: 1, value: 0 });
        self.code.jump(Jump::Less, wrong);
        self.code.push(Instruction::Cmp { src1: 1, src2: 2 });
        self.code.jump(Jump::GreaterOrEqual, wrong);
        self.element_at(0, 1);
    }

    /// Loads the element of the list in a register whose index is in another, into the first.
    pub(super) fn element_at(&mut self, list: u8, index: u8) {
        self.code.push(Instruction::IShlImm { dst: index, src: index, value: 3 });
        self.code.push(Instruction::IAdd { dst: list, src1: list, src2: index });
        self.code.load(list, list, HEAD);
    }

    /// Stores R0 as an element of a list in the frame, whose index is there, too.
    pub(super) fn put_element(&mut self, list: Slot, index: Slot) {
        self.code.load(1, FRAME, list.offset());
        self.code.load(2, FRAME, index.offset());
        self.code.push(Instruction::IShlImm { dst: 2, src: 2, value: 3 });
        self.code.push(Instruction::IAdd { dst: 1, src1: 1, src2: 2 });
        self.code.push(Instruction::Store { addr: BaseOffset { base: 1, offset: HEAD }, reg: 0 });
    }

    pub(super) fn concatenate(&mut self, of: &Type) {
        self.code.copy(2, 1);
        self.code.copy(1, 0);
        let is_list = matches!(of, Type::List(_));
        self.call_runtime(if is_list { "list_concat" } else { "text_concat" });
    }

    /// Whether an expression is a range that is written out.
    pub(super) fn as_range<'e>(
        &self,
        of: &'e Expression,
    ) -> Option<(&'e Expression, &'e Expression)> {
        match &of.kind {
            ExpressionKind::Binary(crate::hir::BinaryOp::Range, from, to) => Some((from, to)),
            _ => None,
        }
    }
}

/// The fields of a record with their types.
pub(super) fn record_parts(of: &Type) -> Vec<(Rc<str>, Type)> {
    match of {
        Type::Record(fields) | Type::Relation(fields) => {
            fields.iter().map(|(name, part)| (Rc::clone(name), part.clone())).collect()
        }
        _ => Vec::new(),
    }
}
