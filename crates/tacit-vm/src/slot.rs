//! Fast code: what the fast engine runs, made from the verified instructions in a memory.
//!
//! There is one slot for each byte of code, so that an address in memory is a slot's index, and
//! jumping anywhere, single steps and breakpoints need nothing special. A *fused* slot does the work
//! of the next few instructions as well; those keep their own slots. What the fast engine leaves to
//! `exec` has [`FastOp::Slow`].

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::op::Instruction;
use crate::program::{Placed, Program};
use crate::value::{Cell, Tag};

/// Slots of any code: as many as a 16-bit address can tell.
const SLOTS: usize = 1 << 16;

/// One slot. What the fields mean follows from `op`.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(16))]
pub(crate) struct Slot {
    pub(crate) op: FastOp,
    /// A local variable.
    pub(crate) a: u8,
    /// Another, or a count.
    pub(crate) b: u8,
    pub(crate) c: u8,
    /// Where to go on otherwise.
    pub(crate) target: u16,
    /// Where to go on.
    pub(crate) next: u16,
    /// A cell.
    pub(crate) imm: u32,
}

impl Slot {
    const SLOW: Self = Self { op: FastOp::Slow, a: 0, b: 0, c: 0, target: 0, next: 0, imm: 0 };
}

/// What a slot does. `L` is a local variable, `K` a constant, `T` the top of the stack, `B` a branch
/// if false; an arrow stores. As wide as the table of the dispatch likes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[rustfmt::skip]
pub(crate) enum FastOp {
    /// For `exec`.
    Slow,
    /// A run that arrives here stops.
    Break,
    Literal, LiteralCode,
    Dup, Drop, Swap, Over, Rot, NegRot, Nip, Tuck, TwoDup, TwoDrop,
    Add, Subtract, Multiply, Divide, Modulo, Minimum, Maximum, BitAnd, Floor,
    Less, Greater, LessOrEqual, GreaterOrEqual, Equal, NotEqual, Not,
    Branch, BranchIfFalse, Call, Exit, Enter, Leave,
    LocalGet, LocalSet, LocalTake, LocalAt, LocalPut,
    GlobalGet, GlobalSet, GlobalAt, GlobalPut,
    ForRange, ForNext, TimesNext,
    // With a constant in place of the top.
    AddK, MultiplyK, DivideK, ModuloK, BitAndK,
    LessK, GreaterK, LessOrEqualK, GreaterOrEqualK, EqualK, NotEqualK,
    // Compare and branch.
    LessB, GreaterB, LessOrEqualB, GreaterOrEqualB, EqualB, NotEqualB,
    LessKB, GreaterKB, LessOrEqualKB, GreaterOrEqualKB, EqualKB, NotEqualKB,
    DupLessKB, DupGreaterKB, DupLessOrEqualKB, DupGreaterOrEqualKB, DupEqualKB, DupNotEqualKB,
    // With local variables.
    LLAdd, LLSubtract, LLMultiply,
    LAdd, LSubtract, LMultiply,
    LKAdd, LKMultiply,
    LAddSet, LLAddAt, LAddAt, LKAddAt, LKAddAtSet, LKAddPut, LLLPut, LLKAddPut,
    AddInto, MultiplyAddInto, BitAndKAddInto,
    LLLessB, LLGreaterB, LLLessOrEqualB, LLGreaterOrEqualB, LLEqualB, LLNotEqualB,
    LKLessB, LKGreaterB, LKLessOrEqualB, LKGreaterOrEqualB, LKEqualB, LKNotEqualB,
    LocalLocal, LocalLocalAt, LocalLocalAtSet, LocalAtSet, LocalLocalPut, LiteralLocalPut,
    LocalTest, LocalAtTest, Increment, LocalMove, LiteralSet,
    // Ends of words, and calls.
    AddExit, DupSubtractKCall, SwapSubtractKCall, ForNextSet, ForNextDrop,
    // The end of a loop's body, and the next round.
    LocalSetNext, AddIntoNext, MultiplyAddIntoNext, IncrementNext, LiteralLocalPutNext,
    LocalLocalPutNext, LKAddPutNext, LLKAddPutNext, BitAndKAddIntoNext,
}

/// Fast code for a program, and one set of breakpoints.
pub(crate) struct FastCode {
    /// What it was made of.
    pub(crate) program: Arc<Program>,
    slots: Box<[Slot; SLOTS]>,
    /// Instructions that may be run before the limit is looked at: the longest way down the code
    /// without a jump.
    pub(crate) slack: u64,
    /// What the code stops at.
    pub(crate) breaks: BTreeSet<u16>,
}

impl FastCode {
    /// Translates all code of a program.
    pub(crate) fn new(program: &Arc<Program>, breaks: BTreeSet<u16>) -> Self {
        let code = program.code();
        let mut slots = empty();
        for placed in code {
            slots[usize::from(placed.at)] = plain(placed);
        }
        let alone = slots.clone();
        let slot_of = |at: u16| alone[usize::from(at)];
        for (index, placed) in code.iter().enumerate() {
            // Instructions that follow each other, as far as one slot may reach.
            let stretch: Vec<Slot> = code[index..]
                .iter()
                .take(STRETCH)
                .enumerate()
                .take_while(|(ahead, it)| *ahead == 0 || !breaks.contains(&it.at))
                .map(|(_, it)| slot_of(it.at))
                .collect();
            if let Some(slot) = fused(&stretch).or_else(|| with_body(placed, &breaks, slot_of)) {
                slots[usize::from(placed.at)] = slot;
            }
        }
        for at in &breaks {
            slots[usize::from(*at)] = Slot { op: FastOp::Break, ..Slot::SLOW };
        }
        // With the slot that follows, the last ones first.
        for placed in code.iter().rev() {
            let Slot { op, next, .. } = slots[usize::from(placed.at)];
            if let Some(op) = joined(op, slots[usize::from(next)].op) {
                slots[usize::from(placed.at)].op = op;
            }
        }
        Self { program: Arc::clone(program), slots, slack: slack(code), breaks }
    }

    /// Whether it is code for that.
    pub(crate) fn is_for(&self, program: &Arc<Program>, breaks: &BTreeSet<u16>) -> bool {
        Arc::ptr_eq(&self.program, program) && self.breaks == *breaks
    }

    pub(crate) const fn slots(&self) -> &[Slot; SLOTS] {
        &self.slots
    }

    /// The offset of one of the slots.
    #[expect(clippy::cast_possible_truncation, reason = "there are 2^16")]
    pub(crate) fn offset_of(&self, slot: &Slot) -> u16 {
        let bytes = std::ptr::from_ref(slot).addr() - self.slots.as_ptr().addr();
        (bytes / size_of::<Slot>()) as u16
    }
}

impl fmt::Debug for FastCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FastCode").field("slack", &self.slack).finish_non_exhaustive()
    }
}

fn empty() -> Box<[Slot; SLOTS]> {
    let slots = vec![Slot::SLOW; SLOTS].into_boxed_slice().try_into();
    slots.unwrap_or_else(|_| unreachable!("the length is right"))
}

/// Instructions between two places where the limit is looked at, at most: every taken jump.
fn slack(code: &[Placed]) -> u64 {
    let (mut longest, mut run) = (0, 0);
    for placed in code {
        run += 1;
        longest = longest.max(run);
        if matches!(
            placed.instruction,
            Instruction::Branch { .. } | Instruction::Exit | Instruction::Leave | Instruction::End
        ) {
            run = 0;
        }
    }
    longest + STRETCH as u64
}

/// Instructions that one slot covers at most.
const STRETCH: usize = 6;

/// What one instruction does by itself.
#[expect(clippy::wildcard_enum_match_arm, reason = "`exec` does the rest")]
fn plain(placed: &Placed) -> Slot {
    let Placed { next, ref instruction, .. } = *placed;
    use FastOp as F;
    use Instruction as I;
    let slot = |op| Slot { op, next, ..Slot::SLOW };
    let literal = |cell: Cell| Slot { imm: cell.0, ..slot(F::Literal) };
    let branch = |op, offset: i16| Slot { target: next.wrapping_add_signed(offset), ..slot(op) };
    let local = |op, a: u8| Slot { a, ..slot(op) };
    let global = |op, index: u16| Slot { imm: index.into(), ..slot(op) };
    match *instruction {
        I::Literal { value } => literal(Cell(value)),
        I::Small { value } => literal(Cell::number(value.into())),
        I::LiteralString { at } => literal(Cell::tagged(Tag::String, at.into())),
        I::LiteralSymbol { at } => literal(Cell::tagged(Tag::Symbol, at.into())),
        I::LiteralCode { over } => {
            let code = Cell::tagged(Tag::Code, next.into());
            Slot { imm: code.0, ..branch(F::LiteralCode, over) }
        }
        I::Nil => literal(Cell::NIL),
        I::True => literal(Cell::TRUE),
        I::False => literal(Cell::FALSE),
        I::Pi => literal(Cell::number(std::f32::consts::PI)),
        I::Branch { to } => branch(F::Branch, to),
        I::BranchIfFalse { to } => branch(F::BranchIfFalse, to),
        I::Call { target } => Slot { target, ..slot(F::Call) },
        I::Exit => slot(F::Exit),
        I::Enter { count } => local(F::Enter, count),
        I::Leave => slot(F::Leave),
        I::LocalGet { slot: a } => local(F::LocalGet, a),
        I::LocalSet { slot: a } => local(F::LocalSet, a),
        I::LocalTake { slot: a } => local(F::LocalTake, a),
        I::LocalAt { slot: a } => local(F::LocalAt, a),
        I::LocalPut { slot: a } => local(F::LocalPut, a),
        I::GlobalGet { index } => global(F::GlobalGet, index),
        I::GlobalSet { index } => global(F::GlobalSet, index),
        I::GlobalAt { index } => global(F::GlobalAt, index),
        I::GlobalPut { index } => global(F::GlobalPut, index),
        I::ForRange => slot(F::ForRange),
        I::ForNext { body } => {
            // Without another element the loop ends after the `(for-got)` that follows.
            let operand = next.wrapping_add(3);
            Slot { imm: operand.into(), ..branch(F::ForNext, body) }
        }
        I::TimesNext { body } => branch(F::TimesNext, body),
        I::Dup => slot(F::Dup),
        I::Drop => slot(F::Drop),
        I::Swap => slot(F::Swap),
        I::Over => slot(F::Over),
        I::Rot => slot(F::Rot),
        I::NegRot => slot(F::NegRot),
        I::Nip => slot(F::Nip),
        I::Tuck => slot(F::Tuck),
        I::TwoDup => slot(F::TwoDup),
        I::TwoDrop => slot(F::TwoDrop),
        I::Add => slot(F::Add),
        I::Subtract => slot(F::Subtract),
        I::Multiply => slot(F::Multiply),
        I::Divide => slot(F::Divide),
        I::Modulo => slot(F::Modulo),
        I::Minimum => slot(F::Minimum),
        I::Maximum => slot(F::Maximum),
        I::BitAnd => slot(F::BitAnd),
        I::Floor => slot(F::Floor),
        I::Less => slot(F::Less),
        I::Greater => slot(F::Greater),
        I::LessOrEqual => slot(F::LessOrEqual),
        I::GreaterOrEqual => slot(F::GreaterOrEqual),
        I::Equal => slot(F::Equal),
        I::NotEqual => slot(F::NotEqual),
        I::Not => slot(F::Not),
        _ => slot(F::Slow),
    }
}

/// A loop's next round together with the first instruction of its body.
fn with_body(
    placed: &Placed,
    breaks: &BTreeSet<u16>,
    slot_of: impl Fn(u16) -> Slot,
) -> Option<Slot> {
    let slot = slot_of(placed.at);
    if slot.op != FastOp::ForNext || breaks.contains(&slot.target) {
        return None;
    }
    let body = slot_of(slot.target);
    let op = after_next(body.op)?;
    Some(Slot { op, a: body.a, target: body.next, ..slot })
}

/// One slot for the first few of a stretch.
fn fused(stretch: &[Slot]) -> Option<Slot> {
    let at = |index: usize| stretch.get(index).copied().unwrap_or(Slot::SLOW);
    let ops: [FastOp; STRETCH] = std::array::from_fn(|index| at(index).op);
    let first = at(0);
    // The first slot's fields, going on after `count`.
    let made = |op, count: usize| Slot { op, next: at(count - 1).next, ..first };
    use FastOp as F;
    // Subtracting a constant is adding its opposite, to the bit.
    let addend = |literal: usize| {
        let sign = if at(literal + 1).op == F::Subtract { 1 << 31 } else { 0 };
        at(literal).imm ^ sign
    };
    #[expect(clippy::wildcard_enum_match_arm, reason = "most stretches are not fused")]
    Some(match ops {
        [F::Dup, F::Literal, compare, F::BranchIfFalse, ..]
            if let Some(op) = dup_compare(compare) =>
        {
            Slot { imm: at(1).imm, target: at(3).target, ..made(op, 4) }
        }
        [F::Dup, F::Literal, F::Subtract, F::Call, ..] => {
            Slot { imm: at(1).imm, target: at(3).target, ..made(F::DupSubtractKCall, 4) }
        }
        [F::Swap, F::Literal, F::Subtract, F::Call, ..] => {
            Slot { imm: at(1).imm, target: at(3).target, ..made(F::SwapSubtractKCall, 4) }
        }
        [F::Add, F::Exit, ..] => made(F::AddExit, 2),
        // Taken or copied is the same to a number that is set again.
        [F::LocalGet | F::LocalTake, F::Literal, F::Add | F::Subtract, F::LocalSet, ..]
            if first.a == at(3).a =>
        {
            Slot { imm: addend(1), ..made(F::Increment, 4) }
        }
        [F::LocalGet, F::Literal, F::Add | F::Subtract, F::LocalAt, F::LocalSet, ..] => {
            Slot { imm: addend(1), b: at(3).a, c: at(4).a, ..made(F::LKAddAtSet, 5) }
        }
        [F::LocalGet, F::Literal, F::Add | F::Subtract, F::LocalAt, ..] => {
            Slot { imm: addend(1), b: at(3).a, ..made(F::LKAddAt, 4) }
        }
        [F::LocalGet, F::Literal, F::Add | F::Subtract, F::LocalPut, ..] => {
            Slot { imm: addend(1), b: at(3).a, ..made(F::LKAddPut, 4) }
        }
        [F::Multiply, F::LocalGet | F::LocalTake, F::Add, F::LocalSet, ..]
            if at(1).a == at(3).a =>
        {
            Slot { a: at(1).a, ..made(F::MultiplyAddInto, 4) }
        }
        [F::LocalGet, F::LocalGet, F::Literal, F::Add | F::Subtract, F::LocalPut, ..] => {
            Slot { imm: addend(2), b: at(1).a, c: at(4).a, ..made(F::LLKAddPut, 5) }
        }
        [F::LocalGet, F::LocalGet, F::LocalPut, ..] => {
            Slot { b: at(1).a, c: at(2).a, ..made(F::LLLPut, 3) }
        }
        [F::LocalGet, F::LocalGet, compare, F::BranchIfFalse, ..]
            if let Some(op) = local_local_compare(compare) =>
        {
            Slot { b: at(1).a, target: at(3).target, ..made(op, 4) }
        }
        [F::LocalGet, F::Literal, compare, F::BranchIfFalse, ..]
            if let Some(op) = local_compare(compare) =>
        {
            Slot { imm: at(1).imm, target: at(3).target, ..made(op, 4) }
        }
        [F::LocalGet, F::LocalAt, F::LocalSet, ..] => {
            Slot { b: at(1).a, c: at(2).a, ..made(F::LocalLocalAtSet, 3) }
        }
        [F::LocalGet, F::LocalAt, F::BranchIfFalse, ..] => {
            Slot { b: at(1).a, target: at(2).target, ..made(F::LocalAtTest, 3) }
        }
        [F::Literal, F::LocalGet, F::LocalPut, ..] => {
            Slot { a: at(1).a, b: at(2).a, ..made(F::LiteralLocalPut, 3) }
        }
        [F::LocalGet, F::LocalAt, ..] => Slot { b: at(1).a, ..made(F::LocalLocalAt, 2) },
        [F::LocalGet, F::LocalPut, ..] => Slot { b: at(1).a, ..made(F::LocalLocalPut, 2) },
        [F::LocalAt, F::LocalSet, ..] => Slot { b: at(1).a, ..made(F::LocalAtSet, 2) },
        [F::LocalGet | F::LocalTake, F::Add, F::LocalSet, ..] if first.a == at(2).a => {
            made(F::AddInto, 3)
        }
        [F::LocalGet, F::Add, F::LocalSet, ..] => Slot { b: at(2).a, ..made(F::LAddSet, 3) },
        [F::LocalGet, F::LocalGet, F::Add, F::LocalAt, ..] => {
            Slot { b: at(1).a, c: at(3).a, ..made(F::LLAddAt, 4) }
        }
        [F::LocalGet, F::Add, F::LocalAt, ..] => Slot { b: at(2).a, ..made(F::LAddAt, 3) },
        [F::LocalGet, F::LocalGet, operation @ (F::Add | F::Subtract | F::Multiply), ..] => {
            let op = match operation {
                F::Add => F::LLAdd,
                F::Subtract => F::LLSubtract,
                _ => F::LLMultiply,
            };
            Slot { b: at(1).a, ..made(op, 3) }
        }
        [F::LocalGet, F::Literal, operation @ (F::Add | F::Subtract | F::Multiply), ..] => {
            let op = match operation {
                F::Add | F::Subtract => F::LKAdd,
                _ => F::LKMultiply,
            };
            Slot { imm: addend(1), ..made(op, 3) }
        }
        [F::LocalGet, F::Add, ..] => made(F::LAdd, 2),
        [F::LocalGet, F::Subtract, ..] => made(F::LSubtract, 2),
        [F::LocalGet, F::Multiply, ..] => made(F::LMultiply, 2),
        [F::LocalGet, F::BranchIfFalse, ..] => {
            Slot { target: at(1).target, ..made(F::LocalTest, 2) }
        }
        [F::LocalGet, F::LocalSet, ..] => Slot { b: at(1).a, ..made(F::LocalMove, 2) },
        [F::LocalGet, F::LocalGet, ..] => Slot { b: at(1).a, ..made(F::LocalLocal, 2) },
        [F::Literal, F::LocalSet, ..] => Slot { a: at(1).a, ..made(F::LiteralSet, 2) },
        [F::Literal, compare, F::BranchIfFalse, ..] if let Some(op) = constant_compare(compare) => {
            Slot { target: at(2).target, ..made(op, 3) }
        }
        [F::Literal, F::BitAnd, ..] if let Some(mask) = mask(first.imm) => {
            Slot { imm: mask, ..made(F::BitAndK, 2) }
        }
        [F::Literal, F::Add | F::Subtract, ..] => Slot { imm: addend(0), ..made(F::AddK, 2) },
        [F::Literal, operation, ..] if let Some(op) = constant(operation) => made(op, 2),
        [compare, F::BranchIfFalse, ..] if let Some(op) = compare_branch(compare) => {
            Slot { target: at(1).target, ..made(op, 2) }
        }
        _ => return None,
    })
}

/// What does the work of two slots one after the other, reading both.
fn joined(op: FastOp, next: FastOp) -> Option<FastOp> {
    match (op, next) {
        (FastOp::BitAndK, FastOp::AddInto) => Some(FastOp::BitAndKAddInto),
        (FastOp::BitAndK, FastOp::AddIntoNext) => Some(FastOp::BitAndKAddIntoNext),
        (op, FastOp::ForNextSet) => before_next(op),
        _ => None,
    }
}

/// The bits of a whole number below 2²³, if a cell is one; with all above them set.
fn mask(cell: u32) -> Option<u32> {
    let number = Cell(cell).as_count()?;
    u32::try_from(number).ok().filter(|mask| *mask < 1 << 23).map(|mask| mask | !0 << 23)
}

macro_rules! pairs {
    ($($name:ident: $($from:ident => $to:ident),*;)*) => {
        $(
            const fn $name(op: FastOp) -> Option<FastOp> {
                match op {
                    $(FastOp::$from => Some(FastOp::$to),)*
                    _ => None,
                }
            }
        )*
    };
}

pairs! {
    after_next: LocalSet => ForNextSet, Drop => ForNextDrop;
    before_next: LocalSet => LocalSetNext, AddInto => AddIntoNext,
        MultiplyAddInto => MultiplyAddIntoNext, Increment => IncrementNext,
        LiteralLocalPut => LiteralLocalPutNext, LocalLocalPut => LocalLocalPutNext,
        LKAddPut => LKAddPutNext, LLKAddPut => LLKAddPutNext;
    dup_compare: Less => DupLessKB, Greater => DupGreaterKB, LessOrEqual => DupLessOrEqualKB,
        GreaterOrEqual => DupGreaterOrEqualKB, Equal => DupEqualKB, NotEqual => DupNotEqualKB;
    local_local_compare: Less => LLLessB, Greater => LLGreaterB, LessOrEqual => LLLessOrEqualB,
        GreaterOrEqual => LLGreaterOrEqualB, Equal => LLEqualB, NotEqual => LLNotEqualB;
    local_compare: Less => LKLessB, Greater => LKGreaterB, LessOrEqual => LKLessOrEqualB,
        GreaterOrEqual => LKGreaterOrEqualB, Equal => LKEqualB, NotEqual => LKNotEqualB;
    constant_compare: Less => LessKB, Greater => GreaterKB, LessOrEqual => LessOrEqualKB,
        GreaterOrEqual => GreaterOrEqualKB, Equal => EqualKB, NotEqual => NotEqualKB;
    compare_branch: Less => LessB, Greater => GreaterB, LessOrEqual => LessOrEqualB,
        GreaterOrEqual => GreaterOrEqualB, Equal => EqualB, NotEqual => NotEqualB;
    constant: Multiply => MultiplyK, Divide => DivideK,
        Modulo => ModuloK, Less => LessK, Greater => GreaterK,
        LessOrEqual => LessOrEqualK, GreaterOrEqual => GreaterOrEqualK, Equal => EqualK,
        NotEqual => NotEqualK;
}
