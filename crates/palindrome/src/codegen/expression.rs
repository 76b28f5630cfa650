//! Expressions: each leaves its value in R0. Other registers hold nothing between two expressions;
//! what has to wait lies in the frame.

use palindrome_vm::Instruction;
use palindrome_vm::runtime::HEAD;
use palindrome_vm::runtime::describe::decimal_packed;

use super::Codegen;
use super::code::Jump;
use super::frame::{FRAME, Home, Slot, ZERO};
use super::layout::{is_boxed, is_reference};
use crate::hir::{
    BinaryOp, Block, Expression, ExpressionKind, GlobalId, Literal, LocalId, Part, UnaryOp,
};
use crate::types::{Basic, Type};

/// Parts of an expression that is computed in registers at most.
const SIMPLE_PARTS: usize = 10;

impl Codegen<'_> {
    /// Computes an expression into R0.
    pub(super) fn value(&mut self, of: &Expression) {
        stacker::maybe_grow(128 << 10, 2 << 20, || self.value_inner(of));
    }

    fn value_inner(&mut self, of: &Expression) {
        self.at(of.span);
        if self.is_simple(of) {
            self.simple(of, 0);
            return;
        }
        match &of.kind {
            ExpressionKind::Wrong => self.contradiction("an error", of.span),
            ExpressionKind::Literal(literal) => self.literal(literal, 0),
            ExpressionKind::Text(parts) => self.text(parts),
            ExpressionKind::Local(id) => self.local(*id, 0),
            ExpressionKind::Global(id) => self.global_value(*id, 0),
            ExpressionKind::Function(..) | ExpressionKind::Inverse(_) => self.function_value(of),
            ExpressionKind::Compose(one, other) => self.compose(one, other),
            ExpressionKind::Lambda(lambda) => self.lambda(lambda, of.span),
            ExpressionKind::List(elements) => self.list(elements, of),
            ExpressionKind::Record(fields) => self.record(fields, of),
            ExpressionKind::Variant(id, index, parts) => self.variant((*id, *index), parts, of),
            ExpressionKind::Present(inner) => self.present(inner),
            ExpressionKind::None => self.code.set(0, 0),
            ExpressionKind::Field(base, name) => self.field(base, name, of),
            ExpressionKind::FieldIfPresent(base, name) => self.field_if_present(base, name, of),
            ExpressionKind::Index(list, index) => self.index(list, index, of),
            ExpressionKind::Coalesce(one, other) => self.coalesce(one, other, of),
            ExpressionKind::Call(callee, arguments) => self.call(callee, arguments, of),
            ExpressionKind::Unary(op, operand) => self.unary(*op, operand, of),
            ExpressionKind::Binary(op, one, other) => self.binary(*op, one, other, of),
            ExpressionKind::If(condition, then, otherwise) => {
                self.if_(condition, then, otherwise.as_deref());
            }
            ExpressionKind::Match(subject, arms) => self.match_(subject, arms),
            ExpressionKind::Block(block) => self.block(block),
            ExpressionKind::Relation(id) => self.rows_of(*id, of.span),
            ExpressionKind::Try(body, reason, otherwise) => self.try_(body, *reason, otherwise),
            ExpressionKind::Search(..) => self.contradiction("a search", of.span),
            ExpressionKind::At(inner, moment) => self.at_moment(inner, moment, of),
            ExpressionKind::Query(query) => self.query_value(query),
            ExpressionKind::Exists(query) => self.exists(query),
            ExpressionKind::ForAll(query, condition) => self.for_all(query, condition),
            ExpressionKind::First(query) => self.pick(query, true),
            ExpressionKind::Only(query) => self.pick(query, false),
            ExpressionKind::Aggregate(aggregate) => self.aggregated(aggregate, of),
        }
    }

    /// Whether an expression can be computed in registers alone.
    fn is_simple(&self, of: &Expression) -> bool {
        let mut left = SIMPLE_PARTS;
        self.is_simple_within(of, &mut left)
    }

    /// Whether a condition is computed in registers alone, by few instructions.
    pub(super) fn is_short(&self, condition: &Expression) -> bool {
        match &condition.kind {
            ExpressionKind::Binary(BinaryOp::And | BinaryOp::Or, one, other) => {
                self.is_simple(one) && self.is_simple(other)
            }
            _ => self.is_simple(condition),
        }
    }

    fn is_simple_within(&self, of: &Expression, left: &mut usize) -> bool {
        let Some(less) = left.checked_sub(1) else { return false };
        *left = less;
        match &of.kind {
            ExpressionKind::Literal(
                Literal::Int(_) | Literal::Float(_) | Literal::Bool(_) | Literal::Duration(_),
            ) => true,
            ExpressionKind::Local(_) | ExpressionKind::Global(_) => true,
            ExpressionKind::Field(base, _) => {
                matches!(self.of(&base.of), Type::Record(_)) && self.is_simple_within(base, left)
            }
            ExpressionKind::Unary(_, operand) => {
                Self::is_plain(&self.of(&operand.of)) && self.is_simple_within(operand, left)
            }
            ExpressionKind::Binary(op, one, other) => {
                let is_plain = !matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Range)
                    && Self::is_plain(&self.of(&one.of))
                    && Self::is_plain(&self.of(&other.of));
                // Whoever counts moments has to know where there are some.
                let is_of_moments = self.of(&one.of) == Type::MOMENT
                    && matches!(op, BinaryOp::Add | BinaryOp::Subtract);
                let is_remainder = *op == BinaryOp::Remainder && self.of(&one.of) == Type::FLOAT;
                is_plain
                    && !is_remainder
                    && !is_of_moments
                    && self.is_simple_within(one, left)
                    && self.is_simple_within(other, left)
            }
            _ => false,
        }
    }

    /// Whether the machine's own arithmetic is for values of the type.
    fn is_plain(of: &Type) -> bool {
        matches!(
            of,
            Type::Basic(
                Basic::Int
                    | Basic::Float
                    | Basic::Bool
                    | Basic::Timestamp
                    | Basic::Duration
                    | Basic::Moment
            )
        )
    }

    /// Computes a simple expression into a register. Those below keep what they hold.
    fn simple(&mut self, of: &Expression, to: u8) {
        match &of.kind {
            ExpressionKind::Literal(literal) => self.literal(literal, to),
            ExpressionKind::Local(id) => self.local(*id, to),
            ExpressionKind::Global(id) => self.global_value(*id, to),
            ExpressionKind::Field(base, name) => {
                if let Some(slot) = self.column_at_hand(base, name) {
                    return self.restore(slot, to);
                }
                self.simple(base, to);
                let place = self.field_place(&base.of, name);
                self.at(of.span);
                self.code.load(to, to, HEAD + place * 8);
            }
            ExpressionKind::Unary(op, operand) => {
                self.simple(operand, to);
                self.at(of.span);
                self.apply_unary(*op, &self.of(&operand.of), to);
            }
            ExpressionKind::Binary(op, one, other) => {
                self.simple(one, to);
                self.simple(other, to + 1);
                self.at(of.span);
                let types = (self.of(&one.of), self.of(&other.of));
                self.apply(*op, (&types.0, &types.1), to);
            }
            _ => self.contradiction("an operand", of.span),
        }
    }

    /// Computes two expressions into R0 and R1.
    pub(super) fn pair(&mut self, one: &Expression, other: &Expression) {
        self.value(one);
        if self.is_simple(other) {
            self.at(other.span);
            self.simple(other, 1);
            return;
        }
        let height = self.frame.height;
        let slot = self.save(0);
        self.value(other);
        self.code.copy(1, 0);
        self.restore(slot, 0);
        self.frame.drop_to(height, self.code.here());
    }

    /// Keeps a register in the frame.
    pub(super) fn save(&mut self, register: u8) -> Slot {
        let slot = self.frame.slot();
        self.code.store(register, FRAME, slot.offset());
        slot
    }

    pub(super) fn restore(&mut self, slot: Slot, register: u8) {
        self.code.load(register, FRAME, slot.offset());
    }

    pub(super) fn literal(&mut self, literal: &Literal, to: u8) {
        let word = match literal {
            Literal::Int(value) | Literal::Duration(value) => *value,
            Literal::Float(value) => value.to_bits().cast_signed(),
            Literal::Bool(value) => i64::from(*value),
            Literal::String(text) => self.data.text(text.as_bytes()),
            Literal::Bytes(bytes) => self.data.text(bytes),
            Literal::Decimal(digits, scale) => self.decimal(*digits, *scale),
        };
        self.code.set(to, word);
    }

    /// A constant decimal.
    pub(super) fn decimal(&mut self, digits: i128, scale: u32) -> i64 {
        self.data.record(0, &decimal_packed(digits, scale))
    }

    pub(super) fn local(&mut self, id: LocalId, to: u8) {
        match self.frame.homes.get(&id).copied() {
            Some(Home::Slot(slot)) => self.code.load(to, FRAME, slot.offset()),
            Some(Home::Captured(place)) => {
                let own = self.frame.own.map_or(0, Slot::offset);
                self.code.load(to, FRAME, own);
                self.code.load(to, to, HEAD + place * 8);
            }
            Some(Home::Boxed(_) | Home::CapturedBox(_)) => {
                self.box_of(id, to);
                self.code.load(to, to, HEAD);
            }
            None => {
                let span = self.program.locals.get(id.index()).map(|local| local.span);
                self.contradiction("a use of this variable", span.unwrap_or_default());
            }
        }
    }

    /// The box that a variable lies in.
    pub(super) fn box_of(&mut self, id: LocalId, to: u8) {
        match self.frame.homes.get(&id).copied() {
            Some(Home::Boxed(slot)) => self.code.load(to, FRAME, slot.offset()),
            Some(Home::CapturedBox(place)) => {
                let own = self.frame.own.map_or(0, Slot::offset);
                self.code.load(to, FRAME, own);
                self.code.load(to, to, HEAD + place * 8);
            }
            Some(Home::Slot(_) | Home::Captured(_)) | None => {}
        }
    }

    /// Puts a variable into a box, if functions see it change. R0 is lost then.
    pub(super) fn box_variable(&mut self, id: LocalId, slot: Slot) {
        if !self.boxed.contains(&id) {
            return;
        }
        let of = self.program.locals.get(id.index()).map(|local| self.of(&local.of));
        self.code.set(1, 1);
        self.code.set(2, i64::from(of.is_some_and(|of| is_reference(&of))));
        self.call_runtime("record_new");
        self.restore(slot, 1);
        self.code.store(1, 0, HEAD);
        self.code.store(0, FRAME, slot.offset());
        self.frame.put_in_box(id, slot, self.code.here());
    }

    /// Whether a name of the top level has a value for sure: the text comes after its definition, and
    /// nothing goes back to before it.
    pub(super) fn is_defined_here(&self) -> bool {
        self.frame.is_main && !self.keeps_moments
    }

    /// A name of the top level. In functions, and where one can go back, it may be too early for it.
    fn global_value(&mut self, id: GlobalId, to: u8) {
        let at = self.global(id);
        if !self.is_defined_here() {
            let name = self.program.globals.get(id.index()).map(|it| it.name.clone());
            let name = name.unwrap_or_default();
            let label = self.fault_of(super::FaultKind::Name(name.to_string(), at));
            self.code.load(to, ZERO, at + 8);
            self.code.jump(Jump::IfZero(to), label);
        }
        self.code.load(to, ZERO, at);
    }

    /// Text with values in it.
    fn text(&mut self, parts: &[Part]) {
        let height = self.frame.height;
        let mut before = None;
        for part in parts {
            match part {
                Part::Text(text) => {
                    let text = self.data.text(text.as_bytes());
                    self.code.set(0, text);
                }
                Part::Value(value) => {
                    self.value(value);
                    self.written(&value.of);
                }
            }
            match before {
                None => before = Some(self.save(0)),
                Some(slot) => {
                    self.code.copy(2, 0);
                    self.restore(slot, 1);
                    self.call_runtime("text_concat");
                    self.code.store(0, FRAME, slot.offset());
                }
            }
        }
        if before.is_none() {
            let empty = self.data.text(b"");
            self.code.set(0, empty);
        }
        self.frame.drop_to(height, self.code.here());
    }

    /// The value in R0 as a text, as `print` writes it.
    pub(super) fn written(&mut self, of: &Type) {
        let of = self.of(of);
        match of {
            Type::STRING => {}
            Type::INT => {
                self.code.copy(1, 0);
                self.call_runtime("text_of_int");
            }
            _ => {
                let description = self.description(&of);
                self.code.copy(1, 0);
                self.code.set(2, description);
                self.call_runtime("text_of_value");
            }
        }
    }

    fn unary(&mut self, op: UnaryOp, operand: &Expression, of: &Expression) {
        self.value(operand);
        self.at(of.span);
        let operand = self.of(&operand.of);
        self.apply_unary(op, &operand, 0);
    }

    fn binary(&mut self, op: BinaryOp, one: &Expression, other: &Expression, of: &Expression) {
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let end = self.code.label();
                self.value(one);
                let is_known =
                    if op == BinaryOp::And { Jump::IfZero(0) } else { Jump::IfNotZero(0) };
                self.code.jump(is_known, end);
                self.value(other);
                self.code.place(end);
            }
            _ => {
                let types = (self.of(&one.of), self.of(&other.of));
                self.pair(one, other);
                self.at(of.span);
                self.operator(op, (&types.0, &types.1), of);
            }
        }
    }

    fn if_(&mut self, condition: &Expression, then: &Expression, otherwise: Option<&Expression>) {
        let (no, end) = (self.code.label(), self.code.label());
        self.branch(condition, false, no);
        self.value(then);
        if let Some(otherwise) = otherwise {
            self.code.jump(Jump::Always, end);
            self.code.place(no);
            self.value(otherwise);
            self.code.place(end);
        } else {
            self.code.place(no);
            self.code.place(end);
        }
    }

    /// Goes on at a label if a condition is `when`.
    pub(super) fn branch(&mut self, condition: &Expression, when: bool, to: super::code::Label) {
        self.at(condition.span);
        match &condition.kind {
            ExpressionKind::Unary(UnaryOp::Not, inner) => {
                stacker::maybe_grow(128 << 10, 2 << 20, || self.branch(inner, !when, to));
                return;
            }
            ExpressionKind::Binary(BinaryOp::And, one, other) if !when => {
                stacker::maybe_grow(128 << 10, 2 << 20, || self.branch(one, false, to));
                stacker::maybe_grow(128 << 10, 2 << 20, || self.branch(other, false, to));
                return;
            }
            ExpressionKind::Binary(BinaryOp::Or, one, other) if when => {
                stacker::maybe_grow(128 << 10, 2 << 20, || self.branch(one, true, to));
                stacker::maybe_grow(128 << 10, 2 << 20, || self.branch(other, true, to));
                return;
            }
            ExpressionKind::Binary(op, one, other) => {
                let of = self.of(&one.of);
                let is_same = of == self.of(&other.of);
                if let Some(jump) = whole_jump(*op)
                    && is_same
                    && Self::is_plain(&of)
                    && of != Type::FLOAT
                {
                    self.pair(one, other);
                    self.at(condition.span);
                    self.code.push(Instruction::Cmp { src1: 0, src2: 1 });
                    self.code.jump(if when { jump } else { jump.otherwise() }, to);
                    return;
                }
            }
            _ => {}
        }
        self.value(condition);
        self.code.jump(if when { Jump::IfNotZero(0) } else { Jump::IfZero(0) }, to);
    }

    /// A block. Its variables end with it.
    pub(super) fn block(&mut self, block: &Block) {
        let height = self.frame.height;
        for statement in &block.statements {
            self.statement(statement);
        }
        match &block.value {
            Some(value) => self.value(value),
            None => self.code.set(0, 0),
        }
        self.frame.drop_to(height, self.code.here());
    }

    /// A value where it may be missing: in a box, unless it is a reference that tells by itself.
    fn present(&mut self, inner: &Expression) {
        self.value(inner);
        let of = self.of(&inner.of);
        self.wrap(&of);
    }

    /// The value in R0, which is there, where it may be missing.
    pub(super) fn wrap(&mut self, inner: &Type) {
        if !is_boxed(inner) {
            return;
        }
        let height = self.frame.height;
        let slot = self.save(0);
        self.code.set(1, 1);
        self.code.set(2, i64::from(is_reference(inner)));
        self.call_runtime("record_new");
        self.restore(slot, 1);
        self.code.store(1, 0, HEAD);
        self.frame.drop_to(height, self.code.here());
    }

    /// The value in the register, which may be missing and is there.
    pub(super) fn unwrap(&mut self, inner: &Type, register: u8) {
        if is_boxed(inner) {
            self.code.load(register, register, HEAD);
        }
    }

    fn coalesce(&mut self, one: &Expression, other: &Expression, of: &Expression) {
        let (missing, end) = (self.code.label(), self.code.label());
        self.value(one);
        self.code.jump(Jump::IfZero(0), missing);
        // What is there stays as it is if the other may be missing, too.
        if let Type::Optional(inner) = self.of(&one.of)
            && self.of(&of.of) == *inner
        {
            self.unwrap(&inner, 0);
        }
        self.code.jump(Jump::Always, end);
        self.code.place(missing);
        self.value(other);
        self.code.place(end);
    }
}

/// How whole numbers are compared.
pub(super) fn whole_jump(op: BinaryOp) -> Option<Jump> {
    Some(match op {
        BinaryOp::Equal => Jump::Equal,
        BinaryOp::NotEqual => Jump::NotEqual,
        BinaryOp::Less => Jump::Less,
        BinaryOp::LessOrEqual => Jump::LessOrEqual,
        BinaryOp::Greater => Jump::Greater,
        BinaryOp::GreaterOrEqual => Jump::GreaterOrEqual,
        _ => return None,
    })
}
