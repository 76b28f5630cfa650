//! Temporaries: which instructions may write their result over the array that is in its register
//! before, because nobody will see that again.
//!
//! An instruction takes what is in the register of its result from there. If the register also *owns*
//! it, nobody else has it. A register owns what is in it if it was made for it, by an operator or a
//! function, and was not put anywhere else since; what is marked as shared is left alone in any case,
//! so what was shared on its way here counts as owned, too. Which registers own what is in them
//! follows from the code, so nothing about it lies in files.
//!
//! `move` is taken at its word: one of the two registers is not used again, or neither sees the other
//! change. So what is read from the register that it moved from is still owned, as for instructions
//! that change elements. What is not even read may be what the other register has now.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "what is not known of an instruction is nothing"
)]

use std::collections::BTreeMap;

use achronyme_library::{Engine, Fault, builtin};

use crate::Value;
use crate::exec::{Failure, Flow};
use crate::heap::Heap;
use crate::instruction::Instruction;
use crate::op::{Op, Operand};
use crate::program::Prototype;
use crate::vm::Vm;

/// How often a function is gone through at most, until no loop brings news. Of code that needs more,
/// nothing is known.
const PASSES_MAX: usize = 8;

impl Vm {
    /// Whether the instruction at the pc may write its result over what is in register `index`, to
    /// which that goes: it is an array that nobody will see afterwards.
    pub(crate) fn is_spent(&mut self, index: u8) -> bool {
        if !self.is_array(self.register(index)) {
            return false;
        }
        let word = self.state.pc - self.prototypes[self.prototype()].code;
        self.is_spent_at(word as usize)
    }

    /// Whether the instruction at a word of the running function may write over what is in the register
    /// of its result.
    pub(crate) fn is_spent_at(&mut self, word: usize) -> bool {
        let number = self.prototype();
        let prototypes = &self.program.prototypes;
        let spent = self.spent[number].get_or_insert_with(|| Spent::of(&prototypes[number]));
        spent.at(word)
    }

    /// Puts what the library makes of these operands into register `to`, over what is there if it may.
    pub(crate) fn make_into(
        &mut self,
        to: u8,
        operands: &[Value],
        make: impl FnOnce(&mut Heap) -> Result<Value, Fault>,
    ) -> Result<Flow, Failure> {
        if self.is_spent(to) {
            let before = self.register(to);
            if operands.contains(&before) {
                self.heap.spend(before);
            } else {
                self.heap.let_go(before);
            }
        }
        let made = make(&mut self.heap);
        self.heap.keep_operands();
        self.set_register(to, made?);
        Ok(Flow::Next)
    }
}

/// The registers that own what is in them, and those of them from which nothing was moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Registers([[u64; 4]; 2]);

const OWNED: usize = 0;
const UNMOVED: usize = 1;

impl Registers {
    const NONE: Self = Self([[0; 4]; 2]);

    const fn has(self, which: usize, register: u8) -> bool {
        self.0[which][register as usize / 64] >> (register % 64) & 1 == 1
    }

    const fn with(mut self, register: u8) -> Self {
        let (word, bit) = (register as usize / 64, 1 << (register % 64));
        self.0[OWNED][word] |= bit;
        self.0[UNMOVED][word] |= bit;
        self
    }

    /// From which something is moved.
    const fn moved(mut self, register: u8) -> Self {
        self.0[UNMOVED][register as usize / 64] &= !(1 << (register % 64));
        self
    }

    const fn without(mut self, register: u8) -> Self {
        self.0[OWNED][register as usize / 64] &= !(1 << (register % 64));
        self.moved(register)
    }

    fn without_many(self, registers: impl IntoIterator<Item = u8>) -> Self {
        registers.into_iter().fold(self, Self::without)
    }

    /// Without the registers from `first` on.
    fn below(self, first: u8) -> Self {
        self.without_many(first..=u8::MAX)
    }

    fn in_both(self, other: Self) -> Self {
        let mut both = self.0;
        let words = both.iter_mut().flatten().zip(other.0.into_iter().flatten());
        words.for_each(|(bits, other)| *bits &= other);
        Self(both)
    }
}

/// For each word of a function's code, whether the instruction there may write over what is in the
/// register that its result goes to.
#[derive(Clone, Debug)]
pub(crate) struct Spent(Box<[u64]>);

impl Spent {
    /// Time in proportion to the code.
    pub(crate) fn of(prototype: &Prototype) -> Self {
        let mut walk = Walk {
            code: &prototype.code,
            reached: prototype
                .handlers
                .iter()
                .map(|handler| (handler.target as usize, Registers::NONE))
                .collect(),
        };
        let none = vec![0; prototype.code.len().div_ceil(64)].into_boxed_slice();
        for _ in 0..PASSES_MAX {
            let mut words = none.clone();
            if !walk.pass(&mut words) {
                return Self(words);
            }
        }
        Self(none)
    }

    /// Whether the instruction at this word may.
    pub(crate) fn at(&self, word: usize) -> bool {
        self.0.get(word / 64).is_some_and(|bits| bits >> (word % 64) & 1 == 1)
    }
}

/// Going through code, from what is known at the places to which jumps lead.
struct Walk<'a> {
    code: &'a [u32],
    /// What all jumps to a word that were seen so far agree on.
    reached: BTreeMap<usize, Registers>,
}

impl Walk<'_> {
    /// Goes through all instructions once. Whether a jump back brought news.
    fn pass(&mut self, words: &mut [u64]) -> bool {
        let mut owned = Some(Registers::NONE);
        let (mut at, mut is_news) = (0, false);
        while let Some(instruction) = Instruction::decode(self.code, at) {
            if let Some(known) = self.reached.get_mut(&at) {
                *known = owned.map_or(*known, |owned| owned.in_both(*known));
                owned = Some(*known);
            }
            if let Some(before) = owned {
                words[at / 64] |= u64::from(may_overwrite(&instruction, before)) << (at % 64);
                let after = after(&instruction, before);
                if let Some(target) = instruction.target() {
                    let target = usize::try_from(target).unwrap_or_default();
                    is_news |= self.reach(target, after) && target <= at;
                }
                owned = (!instruction.is_final()).then_some(after);
            }
            at = instruction.next();
        }
        is_news
    }

    /// A jump leads to `target`. Whether less is known there than before.
    fn reach(&mut self, target: usize, owned: Registers) -> bool {
        let before = self.reached.get(&target).copied();
        let after = before.map_or(owned, |before| before.in_both(owned));
        self.reached.insert(target, after);
        before != Some(after)
    }
}

/// Whether the result may be written over what is in its register: an operand, or what is not used.
fn may_overwrite(instruction: &Instruction<'_>, owned: Registers) -> bool {
    let (a, b, c) = (instruction.a(), instruction.b(), instruction.c());
    let is_operand = match instruction.op {
        Op::CallBuiltin if function(instruction).is_some_and(|row| row.in_place) => true,
        Op::Floor | Op::Sqrt | Op::Abs => a == b,
        op if is_operator(op) => {
            let is_register = instruction.op.row().operands.get(2) == Some(&Operand::Read);
            a == b || (is_register && a == c)
        }
        _ => return false,
    };
    owned.has(if is_operand { OWNED } else { UNMOVED }, a)
}

/// What registers own after an instruction.
fn after(instruction: &Instruction<'_>, owned: Registers) -> Registers {
    let (a, b, c) = (instruction.a(), instruction.b(), instruction.c());
    match instruction.op {
        op if is_operator(op) || is_simple(op) => owned.with(a),
        // New, or shared from now on.
        Op::Floor
        | Op::Sqrt
        | Op::Abs
        | Op::NewRange
        | Op::Copy
        | Op::CopyReturn
        | Op::Share
        | Op::GetUpvalue
        | Op::GetUpcell
        | Op::GetCell
        | Op::GetGlobal
        | Op::GetField
        | Op::GetIndex
        | Op::Swap
        | Op::GetIndexMany => owned.with(a),
        // Also somewhere else, before it or from now on.
        Op::Move | Op::MoveMove | Op::MoveCall => owned.moved(b).without(a),
        Op::PeekUpvalue
        | Op::PeekUpcell
        | Op::PeekCell
        | Op::PeekGlobal
        | Op::PeekField
        | Op::PeekIndex
        | Op::PeekRow
        | Op::PeekIndexTest
        | Op::PeekUpIndex
        | Op::PeekUpIndexTest
        | Op::SwapUp
        | Op::PeekGlobalIndex
        | Op::PeekGlobalIndexThen
        | Op::SwapGlobal
        | Op::SetGlobal
        | Op::SetUpcell
        | Op::SetUpIndex
        | Op::SetGlobalIndex => owned.without(a),
        Op::SetCell | Op::SetField => owned.without(b),
        Op::SetIndex => owned.without(c),
        Op::NewCell => owned.without(a).without(b),
        Op::NewVector => owned.without_many(b..=b.saturating_add(c)).with(a),
        Op::NewRecord => owned.without_many(b..=b.saturating_add(c)).without(a),
        // The registers from there on are the callee's, which gives what it has kept nowhere else.
        Op::Call | Op::CallRec => owned.below(a).with(a),
        Op::CallBuiltin => match function(instruction).map(|row| row.engine) {
            Some(Engine::Library | Engine::World) => owned.below(a).with(a),
            Some(Engine::Task) | None => owned.below(a),
        },
        Op::CallMethod | Op::TailCall | Op::TailRec | Op::TailMethod => owned.below(a),
        Op::IterPrepare | Op::IterNext | Op::IterTake => owned.below(a),
        op if only_looks(op) => owned,
        _ => Registers::NONE,
    }
}

fn function(instruction: &Instruction<'_>) -> Option<&'static achronyme_library::Builtin> {
    let (_, index) = instruction.operands().find(|(operand, _)| *operand == Operand::Builtin)?;
    builtin(u16::try_from(index).ok()?)
}

/// Whether it is an operator, which gives a new value.
fn is_operator(op: Op) -> bool {
    matches!(
        op,
        Op::Add
            | Op::Sub
            | Op::Mul
            | Op::Div
            | Op::Mod
            | Op::Pow
            | Op::AddK
            | Op::SubK
            | Op::MulK
            | Op::DivK
            | Op::ModK
            | Op::PowK
            | Op::AddLoop
            | Op::AddLoopK
            | Op::AddReturn
            | Op::AddStep
            | Op::SubKCall
            | Op::MulAdd
            | Op::Neg
            | Op::Not
            | Op::Lt
            | Op::Le
            | Op::Gt
            | Op::Ge
    )
}

/// Whether it gives what is no array.
fn is_simple(op: Op) -> bool {
    matches!(
        op,
        Op::LoadConst
            | Op::LoadNull
            | Op::LoadTrue
            | Op::LoadTruePut
            | Op::LoadFalse
            | Op::LoadFalsePut
            | Op::LoadSmall
            | Op::LoadIndex
            | Op::LoadRec
            | Op::Eq
            | Op::Ne
            | Op::Len
            | Op::Interpolate
    )
}

/// Whether it puts nothing anywhere but a number into a register.
fn only_looks(op: Op) -> bool {
    op.row().operands.iter().any(|operand| matches!(operand, Operand::Jump | Operand::Jump24))
        && !matches!(op, Op::DestructureVec | Op::DestructureRec)
        || matches!(op, Op::Nop | Op::CheckType | Op::CheckSelf | Op::Breakpoint | Op::DebugPrint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::Handler;

    fn spent(code: &[u32]) -> Vec<usize> {
        let prototype = Prototype { code: code.to_vec(), registers: 8, ..Prototype::default() };
        words(&prototype)
    }

    fn words(prototype: &Prototype) -> Vec<usize> {
        let spent = Spent::of(prototype);
        (0..prototype.code.len()).filter(|&word| spent.at(word)).collect()
    }

    const END: u32 = Op::End.abc(0, 0, 0);

    #[test]
    fn what_an_operator_made_is_spent_by_the_next_that_puts_its_result_there() {
        let (make, other) = (Op::Mul.abc(2, 0, 1), Op::Mul.abc(3, 0, 1));
        assert_eq!(spent(&[make, other, Op::Add.abc(2, 2, 3), END]), [2]);
        assert_eq!(spent(&[make, Op::Sub.abc(2, 0, 2), Op::Neg.abc(2, 2, 0), END]), [1, 2]);
        assert_eq!(spent(&[make, Op::AddK.abc(2, 2, 2), END]), [1]);
        assert_eq!(spent(&[make, Op::Add.abc(3, 2, 0), END]), [], "its register is read again");
        assert_eq!(spent(&[make, make, END]), [1], "nobody has read it");
        let moved = [make, Op::Move.abc(3, 2, 0)];
        assert_eq!(spent(&[moved[0], moved[1], make, END]), [], "another register may have it");
        assert_eq!(spent(&[moved[0], moved[1], Op::Neg.abc(2, 2, 0), END]), [2], "it does not");
        let call = [make, Op::Move.abc(5, 2, 0), Op::Call.abc(3, 1, 0), make, END];
        assert_eq!(spent(&call), [], "an argument");
        assert_eq!(spent(&[Op::Add.abc(0, 0, 1), Op::Add.abc(0, 0, 1), END]), [1], "a parameter");
    }

    #[test]
    fn what_is_also_elsewhere_is_not_spent() {
        let (make, add) = (Op::Mul.abc(2, 0, 1), Op::Add.abc(2, 2, 1));
        for between in [
            Op::Move.abc(2, 3, 0),
            Op::PeekGlobal.wide(2, 0),
            Op::PeekIndex.abc(2, 3, 4),
            Op::SetGlobal.wide(2, 0),
            Op::SetCell.abc(3, 2, 0),
            Op::SetIndex.abc(3, 4, 2),
            Op::NewCell.abc(3, 2, 0),
            Op::NewVector.abc(3, 2, 1),
            Op::VectorPush.abc(3, 2, 0),
            Op::Yield.abc(3, 0, 0),
            Op::Closure.wide(3, 0),
        ] {
            assert_eq!(spent(&[make, between, add, END]), [], "{between:x}");
        }
        for between in [Op::Copy.abc(3, 2, 0), Op::Share.abc(2, 0, 0), Op::Len.abc(3, 2, 0)] {
            assert_eq!(spent(&[make, between, add, END]), [2], "{between:x}");
        }
    }

    #[test]
    fn functions_of_each_number_spend_their_argument() {
        let index = |name: &str| u32::from(achronyme_library::find(name).unwrap_or_default());
        let call = |name: &str| [Op::Mul.abc(2, 0, 1), Op::CallBuiltin.abc(2, 1, 0), index(name)];
        assert_eq!(spent(&[&call("exp")[..], &[END]].concat()), [1]);
        assert_eq!(spent(&[&call("sum")[..], &[END]].concat()), []);
        assert_eq!(spent(&[&call("sum")[..], &[Op::Neg.abc(2, 2, 0), END]].concat()), [3]);
    }

    #[test]
    fn what_a_loop_needs_holds_on_every_way_to_it() {
        let back = |by: i32| Op::Loop.jump(by).unwrap_or_default();
        let add = Op::Add.abc(2, 2, 1);
        // Made before the loop, and in it.
        assert_eq!(spent(&[Op::Mul.abc(2, 0, 1), add, back(-2)]), [1]);
        // At first a parameter.
        assert_eq!(spent(&[add, back(-2)]), []);
        // Put away at the end of each turn.
        let put = Op::SetGlobal.wide(2, 0);
        assert_eq!(spent(&[Op::Mul.abc(2, 0, 1), add, put, back(-3)]), []);
        // Made on one of two ways.
        let branch = [Op::JumpIfTrue.abc(0, 0, 0), 1, Op::Mul.abc(2, 0, 1), add, END];
        assert_eq!(spent(&branch), []);
    }

    #[test]
    fn nothing_is_known_where_an_error_leads() {
        let code = vec![Op::Mul.abc(2, 0, 1), Op::Neg.abc(3, 2, 0), Op::Add.abc(2, 2, 1), END];
        let handler = Handler { start: 0, end: 2, target: 2, register: 3 };
        let mut prototype = Prototype { code, registers: 8, ..Prototype::default() };
        assert_eq!(words(&prototype), [2]);
        prototype.handlers.push(handler);
        assert_eq!(words(&prototype), []);
    }
}
