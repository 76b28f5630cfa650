//! Fast code: what the fast engine runs, made from verified instructions when a program is loaded.
//!
//! There is one slot for each instruction, in the same place, so jumping anywhere, single steps and
//! breakpoints need nothing special. A *fused* slot does the work of the next few as well; those
//! keep their own slots. A *quiet* slot does not record flags, because an instruction of the same
//! straight stretch overwrites them before anybody can see them. Instructions that the fast engine
//! leaves to `exec` have [`FastOp::Slow`].

use machine::Probes;

use crate::alu::Alu;
use crate::op::Instruction;
use crate::operand::{BaseOffset, Value};
use crate::probe::stops_at;

/// One slot: 8 bytes. What the fields mean follows from `op`.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(8))]
pub(crate) struct Slot {
    pub(crate) op: FastOp,
    pub(crate) d: u8,
    pub(crate) a: u8,
    pub(crate) b: u8,
    pub(crate) imm: i32,
}

const _: () = assert!(size_of::<Slot>() == 8);

/// What a slot does. `Loud` ones record the flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[rustfmt::skip]
pub(crate) enum FastOp {
    /// For `exec`.
    Slow,
    /// For `exec`, and a run that arrives here stops.
    Break,
    LoadImm, Move,
    AddRR, SubRR, MulRR, XorRR, AndRR, OrRR, ShlRR, ShrRR, SarRR,
    AddRI, SubRI, MulRI, XorRI, AndRI, OrRI, ShlRI, ShrRI, SarRI,
    AddRRLoud, SubRRLoud, MulRRLoud, XorRRLoud, AndRRLoud, OrRRLoud, ShlRRLoud, ShrRRLoud, SarRRLoud,
    AddRILoud, SubRILoud, MulRILoud, XorRILoud, AndRILoud, OrRILoud, ShlRILoud, ShrRILoud, SarRILoud,
    DivRR, ModRR, DivRI, ModRI, Neg, Not,
    CmpRR, CmpRI,
    EqualRR, EqualRI, LessRR, LessRI,
    Load64, Load32, Load16, Load8, LoadSigned32, LoadSigned16, LoadSigned8,
    Store64, Store32, Store16, Store8,
    // With a number that is one of `FastCode::wide`.
    LoadImmWide, Load64Wide, Store64Wide,
    SwapRegisters,
    CallRuntime,
    Push, Pop, Call, Return, Jump, BranchNotZero, BranchZero,
    BranchEqual, BranchNotEqual, BranchLess, BranchLessEqual, BranchGreater, BranchGreaterEqual, BranchOverflow,
    FAdd, FSub, FMul, FDiv,
    TapeRead64, TapeRead8, TapeWrite64, TapeWrite8, Advance,
    // Compare and branch.
    CmpEqRR, CmpNeRR, CmpLtRR, CmpLeRR, CmpGtRR, CmpGeRR,
    CmpEqRI, CmpNeRI, CmpLtRI, CmpLeRI, CmpGtRI, CmpGeRI,
    // Add a number, compare and branch: the end of a counted loop.
    AddCmpEqRR, AddCmpNeRR, AddCmpLtRR, AddCmpLeRR, AddCmpGtRR, AddCmpGeRR,
    AddCmpEqRI, AddCmpNeRI, AddCmpLtRI, AddCmpLeRI, AddCmpGtRI, AddCmpGeRI,
    // Add a register, compare and branch: the end of a loop with a stride.
    StepCmpEqRR, StepCmpNeRR, StepCmpLtRR, StepCmpLeRR, StepCmpGtRR, StepCmpGeRR,
    StepCmpEqRI, StepCmpNeRI, StepCmpLtRI, StepCmpLeRI, StepCmpGtRI, StepCmpGeRI,
    // Add a number, compare something else and branch.
    TallyCmpEqRR, TallyCmpNeRR, TallyCmpLtRR, TallyCmpLeRR, TallyCmpGtRR, TallyCmpGeRR,
    TallyCmpEqRI, TallyCmpNeRI, TallyCmpLtRI, TallyCmpLeRI, TallyCmpGtRI, TallyCmpGeRI,
    // Pairs and longer stretches.
    Load8BranchZero,
    LoadLoad, StoreStore, MulAdd, AddAddRI, AddAndRI, PopAddReturn, MoveReturn, PushSub, SubCall,
    LoadLoadMulAdd, LoadLoadCmp, AndBranch,
}

/// Fast code for one program and one set of probes.
#[derive(Debug)]
pub(crate) struct FastCode {
    pub(crate) slots: Box<[Slot]>,
    /// Numbers that do not fit into a slot.
    pub(crate) wide: Box<[i64]>,
    /// Instructions that may be run before the limit is looked at: the longest way down the code
    /// without an unconditional jump.
    pub(crate) slack: u64,
    /// Whether each place, and the end of the code, is right behind a call.
    pub(crate) behind_call: Box<[bool]>,
    /// What the code stops for.
    pub(crate) probes: Probes,
}

impl FastCode {
    pub(crate) fn new(instructions: &[Instruction], probes: &Probes) -> Self {
        let stops: Vec<bool> =
            (0..instructions.len()).map(|i| stops_at(instructions, i, probes)).collect();
        let breaks = |index: usize| probes.breakpoints.contains(&position(index));
        let is_loud = loud(instructions, &stops);
        let is_watched = !probes.watches.is_empty();
        let is_call = |of: &Instruction| matches!(of, Instruction::CallRuntime { .. });
        let mut wide = Vec::new();
        let mut slots: Vec<Slot> = instructions
            .iter()
            .enumerate()
            .map(|(index, instruction)| match (breaks(index), stops[index]) {
                (true, _) => Slot::of(FastOp::Break),
                (false, true) => Slot::of(FastOp::Slow),
                // What a call writes is compared with watches afterwards.
                (false, false) if is_watched && is_call(instruction) => Slot::of(FastOp::Slow),
                (false, false) => slot(instruction, index, is_loud[index])
                    .or_else(|| wide_slot(instruction, &mut wide))
                    .unwrap_or(Slot::of(FastOp::Slow)),
            })
            .collect();
        // Running past the end is left to `exec` too.
        slots.push(Slot::of(FastOp::Slow));
        let plain = slots.clone();
        for (index, slot) in slots.iter_mut().enumerate() {
            slot.op = fused(&plain[index..]);
        }
        let slack = slack(instructions);
        let is_call = |of: &Instruction| matches!(of, Instruction::Call { .. });
        let behind_call = [false].into_iter().chain(instructions.iter().map(is_call)).collect();
        let (slots, wide) = (slots.into_boxed_slice(), wide.into_boxed_slice());
        Self { slots, wide, slack, behind_call, probes: probes.clone() }
    }

    /// Whether a return leads here that was not made up.
    pub(crate) fn is_behind_call(&self, index: u32) -> bool {
        self.behind_call.get(index as usize).copied().unwrap_or(false)
    }
}

/// A register of the fast engine that no program can name.
const SPARE: u8 = 16;

/// A position of the code as debuggers name it.
pub(crate) fn position(index: usize) -> machine::CodePosition {
    machine::CodePosition(index as u64 * crate::layout::WORD.cast_unsigned())
}

impl Slot {
    fn of(op: FastOp) -> Self {
        Self { op, d: 0, a: 0, b: 0, imm: 0 }
    }

    fn is(self, op: FastOp) -> bool {
        self.op == op
    }
}

/// Which instructions must record the flags: not those whose flags are overwritten further down
/// the same straight stretch, before any instruction that reads flags, may fault or may stop.
fn loud(instructions: &[Instruction], stops: &[bool]) -> Vec<bool> {
    let mut is_loud = vec![true; instructions.len()];
    let mut overwritten = false;
    for (index, instruction) in instructions.iter().enumerate().rev() {
        is_loud[index] = !overwritten;
        if stops[index] || !slips_through(instruction) {
            overwritten = false;
        }
        // A division sets flags only if it does not fault, and a fault shows the old ones.
        let sets = instruction.sets_flags() && slips_through(instruction);
        overwritten |= sets && !stops[index];
    }
    is_loud
}

/// Whether nobody can look at the flags while this instruction is run by the fast engine.
fn slips_through(instruction: &Instruction) -> bool {
    use Instruction as I;
    if let Some(it) = instruction.arithmetic() {
        return !matches!(it.op, Alu::Div | Alu::Mod);
    }
    matches!(
        instruction,
        I::Nop
            | I::Join { .. }
            | I::LoadImm { .. }
            | I::Move { .. }
            | I::INeg { .. }
            | I::INot { .. }
            | I::Cmp { .. }
            | I::CmpImm { .. }
            | I::Equal { .. }
            | I::EqualImm { .. }
            | I::LessThan { .. }
            | I::LessThanImm { .. }
            | I::SwapRegisters { .. }
            | I::FAdd { .. }
            | I::FSub { .. }
            | I::FMul { .. }
            | I::FDiv { .. }
    )
}

/// The longest way from any instruction down to one that never goes on to the next.
fn slack(instructions: &[Instruction]) -> u64 {
    let (mut longest, mut current) = (0, 0);
    for instruction in instructions {
        current += 1;
        longest = current.max(longest);
        if matches!(instruction, Instruction::Jump { .. } | Instruction::Return | Instruction::Halt)
        {
            current = 0;
        }
    }
    longest + 1
}

/// The slot of an instruction whose number is too large for one, which is then kept.
fn wide_slot(instruction: &Instruction, wide: &mut Vec<i64>) -> Option<Slot> {
    use FastOp as F;
    use Instruction as I;
    #[expect(clippy::wildcard_enum_match_arm, reason = "`exec` does the rest")]
    let (op, d, a, number) = match *instruction {
        I::LoadImm { reg, value } => (F::LoadImmWide, reg, 0, value),
        I::Load { reg, addr } => (F::Load64Wide, reg, addr.base, addr.offset),
        I::Store { addr, reg } => (F::Store64Wide, reg, addr.base, addr.offset),
        _ => return None,
    };
    let imm = i32::try_from(wide.len()).ok()?;
    wide.push(number);
    Some(Slot { op, d, a, b: 0, imm })
}

/// The slot of one instruction by itself.
fn slot(instruction: &Instruction, index: usize, is_loud: bool) -> Option<Slot> {
    use FastOp as F;
    use Instruction as I;
    let make = |op, d, a, b, imm: i64| {
        let imm = i32::try_from(imm).ok()?;
        Some(Slot { op, d, a, b, imm })
    };
    let jump = |op, a, label: crate::operand::CodeIndex| {
        make(op, 0, a, 0, i64::from(label.0) - (i64::try_from(index).unwrap_or(0) + 1))
    };
    let memory = |op, reg, BaseOffset { base, offset }| make(op, reg, base, 0, offset);
    if let Some(it) = instruction.arithmetic() {
        return match it.right {
            Value::Register(b) => make(alu(it.op, true, is_loud), it.dst, it.left, b, 0),
            Value::Immediate(value) => make(alu(it.op, false, is_loud), it.dst, it.left, 0, value),
        };
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "`exec` does the rest")]
    match *instruction {
        // Not an arm that does nothing: its dispatch would be a loop of one block, which the
        // compiler never copies into the other arms. A register that no program can name serves.
        I::Nop | I::Join { .. } => make(F::SwapRegisters, SPARE, SPARE, 0, 0),
        I::LoadImm { reg, value } => make(F::LoadImm, reg, 0, 0, value),
        I::Move { dst, src } => make(F::Move, dst, src, 0, 0),
        I::INeg { dst, src } => make(F::Neg, dst, src, 0, 0),
        I::INot { dst, src } => make(F::Not, dst, src, 0, 0),
        I::Cmp { src1, src2 } => make(F::CmpRR, 0, src1, src2, 0),
        I::CmpImm { src, value } => make(F::CmpRI, 0, src, 0, value),
        I::Equal { dst, src1, src2 } => make(F::EqualRR, dst, src1, src2, 0),
        I::EqualImm { dst, src, value } => make(F::EqualRI, dst, src, 0, value),
        I::LessThan { dst, src1, src2 } => make(F::LessRR, dst, src1, src2, 0),
        I::LessThanImm { dst, src, value } => make(F::LessRI, dst, src, 0, value),
        I::Load { reg, addr } => memory(F::Load64, reg, addr),
        I::Load32 { reg, addr } => memory(F::Load32, reg, addr),
        I::Load16 { reg, addr } => memory(F::Load16, reg, addr),
        I::Load8 { reg, addr } => memory(F::Load8, reg, addr),
        I::LoadSigned32 { reg, addr } => memory(F::LoadSigned32, reg, addr),
        I::LoadSigned16 { reg, addr } => memory(F::LoadSigned16, reg, addr),
        I::LoadSigned8 { reg, addr } => memory(F::LoadSigned8, reg, addr),
        I::Store { addr, reg } => memory(F::Store64, reg, addr),
        I::Store32 { addr, reg } => memory(F::Store32, reg, addr),
        I::Store16 { addr, reg } => memory(F::Store16, reg, addr),
        I::Store8 { addr, reg } => memory(F::Store8, reg, addr),
        I::SwapRegisters { left, right } => make(F::SwapRegisters, left, right, 0, 0),
        I::CallRuntime { function } => make(F::CallRuntime, 0, 0, 0, i64::from(function)),
        I::Push { reg } => make(F::Push, 0, reg, 0, 0),
        I::Pop { reg } => make(F::Pop, reg, 0, 0, 0),
        I::Call { label } => jump(F::Call, 0, label),
        I::Return => make(F::Return, 0, 0, 0, 0),
        I::Jump { label } => jump(F::Jump, 0, label),
        I::BranchNotZero { reg, label } => jump(F::BranchNotZero, reg, label),
        I::BranchZero { reg, label } => jump(F::BranchZero, reg, label),
        I::BranchEqual { label } => jump(F::BranchEqual, 0, label),
        I::BranchNotEqual { label } => jump(F::BranchNotEqual, 0, label),
        I::BranchLess { label } => jump(F::BranchLess, 0, label),
        I::BranchLessEqual { label } => jump(F::BranchLessEqual, 0, label),
        I::BranchGreater { label } => jump(F::BranchGreater, 0, label),
        I::BranchGreaterEqual { label } => jump(F::BranchGreaterEqual, 0, label),
        I::BranchOverflow { label } => jump(F::BranchOverflow, 0, label),
        I::FAdd { dst, src1, src2 } => make(F::FAdd, dst, src1, src2, 0),
        I::FSub { dst, src1, src2 } => make(F::FSub, dst, src1, src2, 0),
        I::FMul { dst, src1, src2 } => make(F::FMul, dst, src1, src2, 0),
        I::FDiv { dst, src1, src2 } => make(F::FDiv, dst, src1, src2, 0),
        I::TapeRead { reg, len: 8 } => make(F::TapeRead64, reg, 0, 0, 0),
        I::TapeRead { reg, len: 1 } => make(F::TapeRead8, reg, 0, 0, 0),
        I::TapeWrite { reg, len: 8 } => make(F::TapeWrite64, 0, reg, 0, 0),
        I::TapeWrite { reg, len: 1 } => make(F::TapeWrite8, 0, reg, 0, 0),
        I::TapeAdvance { delta } => make(F::Advance, 0, 0, 0, delta),
        _ => None,
    }
}

fn alu(op: Alu, registers: bool, is_loud: bool) -> FastOp {
    use FastOp as F;
    let [rr, ri, rr_loud, ri_loud] = match op {
        Alu::Add => [F::AddRR, F::AddRI, F::AddRRLoud, F::AddRILoud],
        Alu::Sub => [F::SubRR, F::SubRI, F::SubRRLoud, F::SubRILoud],
        Alu::Mul => [F::MulRR, F::MulRI, F::MulRRLoud, F::MulRILoud],
        Alu::Div => [F::DivRR, F::DivRI, F::DivRR, F::DivRI],
        Alu::Mod => [F::ModRR, F::ModRI, F::ModRR, F::ModRI],
        Alu::Xor => [F::XorRR, F::XorRI, F::XorRRLoud, F::XorRILoud],
        Alu::And => [F::AndRR, F::AndRI, F::AndRRLoud, F::AndRILoud],
        Alu::Or => [F::OrRR, F::OrRI, F::OrRRLoud, F::OrRILoud],
        Alu::Shl => [F::ShlRR, F::ShlRI, F::ShlRRLoud, F::ShlRILoud],
        Alu::Shr => [F::ShrRR, F::ShrRI, F::ShrRRLoud, F::ShrRILoud],
        Alu::Sar => [F::SarRR, F::SarRI, F::SarRRLoud, F::SarRILoud],
    };
    match (registers, is_loud) {
        (true, false) => rr,
        (false, false) => ri,
        (true, true) => rr_loud,
        (false, true) => ri_loud,
    }
}

/// What the first slot of a stretch should do, given the slots by themselves.
fn fused(slots: &[Slot]) -> FastOp {
    use FastOp as F;
    let first = slots[0];
    let at = |index: usize| slots.get(index).copied().unwrap_or(Slot::of(F::Slow));
    let (second, third, fourth) = (at(1), at(2), at(3));
    #[expect(clippy::wildcard_enum_match_arm, reason = "most slots begin no stretch")]
    match first.op {
        F::CmpRR | F::CmpRI => compare_branch(first, second).unwrap_or(first.op),
        F::AddRI => {
            let is_loop = first.d == first.a;
            let end = is_loop.then(|| compare_branch(second, third)).flatten();
            let table = if second.a == first.d { ADD_COMPARE } else { TALLY_COMPARE };
            match end.and_then(|op| with_add(op, table)) {
                Some(op) => op,
                None if second.is(F::AddRI) && compare_branch(third, fourth).is_none() => {
                    F::AddAddRI
                }
                None => first.op,
            }
        }
        F::AddRR if first.d == first.a && second.a == first.d && first.b != first.d => {
            let end = compare_branch(second, third);
            end.and_then(|op| with_add(op, STEP_COMPARE)).unwrap_or(pair(first, second))
        }
        F::Load8 if second.is(F::BranchZero) && second.a == first.d => F::Load8BranchZero,
        F::Load64 if second.is(F::Load64) => {
            let chained = second.a == first.d || second.d == first.d;
            let product = third.is(F::MulRR) || third.is(F::MulRRLoud);
            let sum = fourth.is(F::AddRR) || fourth.is(F::AddRRLoud);
            if product && third.is(F::MulRR) && sum && fourth.is(F::AddRR) && !chained {
                F::LoadLoadMulAdd
            } else if third.is(F::CmpRR) && !chained {
                F::LoadLoadCmp
            } else {
                F::LoadLoad
            }
        }
        F::Store64 if second.is(F::Store64) => F::StoreStore,
        F::MulRR if second.is(F::AddRR) => F::MulAdd,
        F::AddRR => pair(first, second),
        F::Pop if second.is(F::AddRRLoud) && third.is(F::Return) => F::PopAddReturn,
        F::Move if second.is(F::Return) => F::MoveReturn,
        F::Push if second.is(F::SubRILoud) => F::PushSub,
        F::SubRILoud if second.is(F::Call) => F::SubCall,
        F::AndRILoud if second.is(F::BranchNotZero) && second.a == first.d => F::AndBranch,
        _ => first.op,
    }
}

/// An addition with what follows it.
fn pair(first: Slot, second: Slot) -> FastOp {
    if second.is(FastOp::AndRI) { FastOp::AddAndRI } else { first.op }
}

fn compare_branch(compare: Slot, branch: Slot) -> Option<FastOp> {
    use FastOp as F;
    #[expect(clippy::wildcard_enum_match_arm, reason = "nothing else compares")]
    let ops = match compare.op {
        F::CmpRR => [F::CmpEqRR, F::CmpNeRR, F::CmpLtRR, F::CmpLeRR, F::CmpGtRR, F::CmpGeRR],
        F::CmpRI => [F::CmpEqRI, F::CmpNeRI, F::CmpLtRI, F::CmpLeRI, F::CmpGtRI, F::CmpGeRI],
        _ => return None,
    };
    let branches = [
        F::BranchEqual,
        F::BranchNotEqual,
        F::BranchLess,
        F::BranchLessEqual,
        F::BranchGreater,
        F::BranchGreaterEqual,
    ];
    branches.iter().position(|op| branch.is(*op)).map(|index| ops[index])
}

/// Compare and branch with an addition before it, in the order of [`COMPARE`].
type WithAdd = [FastOp; 12];

#[rustfmt::skip]
const COMPARE: WithAdd = {
    use FastOp as F;
    [F::CmpEqRR, F::CmpNeRR, F::CmpLtRR, F::CmpLeRR, F::CmpGtRR, F::CmpGeRR, F::CmpEqRI, F::CmpNeRI, F::CmpLtRI, F::CmpLeRI, F::CmpGtRI, F::CmpGeRI]
};
#[rustfmt::skip]
const ADD_COMPARE: WithAdd = {
    use FastOp as F;
    [F::AddCmpEqRR, F::AddCmpNeRR, F::AddCmpLtRR, F::AddCmpLeRR, F::AddCmpGtRR, F::AddCmpGeRR, F::AddCmpEqRI, F::AddCmpNeRI, F::AddCmpLtRI, F::AddCmpLeRI, F::AddCmpGtRI, F::AddCmpGeRI]
};
#[rustfmt::skip]
const STEP_COMPARE: WithAdd = {
    use FastOp as F;
    [F::StepCmpEqRR, F::StepCmpNeRR, F::StepCmpLtRR, F::StepCmpLeRR, F::StepCmpGtRR, F::StepCmpGeRR, F::StepCmpEqRI, F::StepCmpNeRI, F::StepCmpLtRI, F::StepCmpLeRI, F::StepCmpGtRI, F::StepCmpGeRI]
};
#[rustfmt::skip]
const TALLY_COMPARE: WithAdd = {
    use FastOp as F;
    [F::TallyCmpEqRR, F::TallyCmpNeRR, F::TallyCmpLtRR, F::TallyCmpLeRR, F::TallyCmpGtRR, F::TallyCmpGeRR, F::TallyCmpEqRI, F::TallyCmpNeRI, F::TallyCmpLtRI, F::TallyCmpLeRI, F::TallyCmpGtRI, F::TallyCmpGeRI]
};

fn with_add(compare: FastOp, table: WithAdd) -> Option<FastOp> {
    COMPARE.iter().position(|op| *op == compare).map(|index| table[index])
}

#[cfg(test)]
mod tests {
    use super::*;
    use machine::Location;

    #[test]
    fn calls_and_large_numbers_stay_in_the_fast_engine() {
        let far = BaseOffset { base: 12, offset: 1 << 44 };
        let code = [
            Instruction::LoadImm { reg: 1, value: 1 << 40 },
            Instruction::Load { reg: 2, addr: far },
            Instruction::Store { addr: BaseOffset { base: 12, offset: -(1 << 45) }, reg: 2 },
            Instruction::CallRuntime { function: 0x205 },
        ];
        let ops = |probes: &Probes| {
            let fast = FastCode::new(&code, probes);
            assert_eq!(*fast.wide, [1 << 40, 1 << 44, -(1 << 45)]);
            fast.slots.iter().map(|slot| slot.op).collect::<Vec<_>>()
        };
        use FastOp as F;
        let (wide, end) = ([F::LoadImmWide, F::Load64Wide, F::Store64Wide], F::Slow);
        assert_eq!(ops(&Probes::none()), [&wide[..], &[F::CallRuntime, end]].concat());
        // What a call writes is compared with what is watched.
        let mut watching = Probes::none();
        watching.watches.push(Location { space: crate::TAPE, address: 1 << 45, size: 8 });
        assert_eq!(ops(&watching), [&wide[..], &[F::Slow, end]].concat());
    }
}
