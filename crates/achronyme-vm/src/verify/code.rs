//! The instructions of a function.

use achronyme_library::Kind;

use super::function::Needs;
use super::pools::pattern_registers;
use super::{Problem, ensure, in_range};
use crate::exchange;
use crate::instruction::Instruction;
use crate::op::{Op, Operand};
use crate::program::{Constant, Pattern, Program, Prototype};

/// Indices that a mask has room for.
const INDICES_MAX: u32 = 16;

/// The registers that an instruction uses one after the other: from the first, `fixed` and as many
/// as one of its operands says. Patterns say it for the instructions that have one.
#[derive(Clone, Copy, Debug)]
struct Window {
    op: Op,
    first: Byte,
    fixed: u8,
    count: Option<Byte>,
}

/// A byte of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Byte {
    A,
    B,
    C,
}

const WINDOWS: [Window; 20] = [
    window(Op::ForPrepare, Byte::A, 2, None),
    window(Op::ForLoop, Byte::A, 2, None),
    window(Op::IterPrepare, Byte::A, 5, None),
    window(Op::IterNext, Byte::A, 5, None),
    window(Op::IterTake, Byte::A, 5, None),
    window(Op::Call, Byte::A, 2, Some(Byte::B)),
    window(Op::CallRec, Byte::A, 2, Some(Byte::B)),
    window(Op::CallMethod, Byte::A, 2, Some(Byte::B)),
    window(Op::CallBuiltin, Byte::A, 0, Some(Byte::B)),
    window(Op::TailCall, Byte::A, 2, Some(Byte::B)),
    window(Op::TailRec, Byte::A, 2, Some(Byte::B)),
    window(Op::TailMethod, Byte::A, 2, Some(Byte::B)),
    window(Op::NewRecord, Byte::B, 0, Some(Byte::C)),
    window(Op::NewVector, Byte::B, 0, Some(Byte::C)),
    window(Op::GetIndexMany, Byte::B, 1, Some(Byte::C)),
    window(Op::SetIndexMany, Byte::B, 1, Some(Byte::C)),
    window(Op::VectorMethod, Byte::A, 0, Some(Byte::C)),
    window(Op::NewRange, Byte::B, 2, None),
    window(Op::NewEdge, Byte::B, 3, None),
    window(Op::Interpolate, Byte::B, 0, Some(Byte::C)),
];

const fn window(op: Op, first: Byte, fixed: u8, count: Option<Byte>) -> Window {
    Window { op, first, fixed, count }
}

/// The first of the registers that an instruction uses one after the other, and how many they are.
pub(crate) fn window_of(instruction: &Instruction<'_>) -> Option<(usize, usize)> {
    let window = WINDOWS.iter().find(|window| window.op == instruction.op)?;
    Some(window.registers(instruction))
}

impl Window {
    /// The first register and how many. What begins at `a` gets a result there at least.
    fn registers(self, instruction: &Instruction<'_>) -> (usize, usize) {
        let byte = |byte| match byte {
            Byte::A => instruction.a(),
            Byte::B => instruction.b(),
            Byte::C => instruction.c(),
        };
        let count = usize::from(self.fixed) + self.count.map_or(0, |count| byte(count).into());
        (byte(self.first).into(), count.max(usize::from(self.first == Byte::A)))
    }
}

/// Which words begin an instruction.
pub(super) fn starts(code: &[u32]) -> Result<Vec<bool>, Problem> {
    let mut starts = vec![false; code.len()];
    let (mut at, mut is_final) = (0, false);
    while at < code.len() {
        let Some(instruction) = Instruction::decode(code, at) else {
            let message = "this is no instruction, or not all of it".to_owned();
            return Err(Problem { at: Some(at), message });
        };
        starts[at] = true;
        is_final = instruction.is_final();
        at = instruction.next();
    }
    if is_final {
        return Ok(starts);
    }
    Err(Problem { at: None, message: "its code does not end where control ends".to_owned() })
}

/// What is needed to judge an instruction.
pub(super) struct Code<'a> {
    pub(super) program: &'a Program,
    pub(super) prototype: &'a Prototype,
    pub(super) needs: &'a [Needs],
    pub(super) starts: &'a [bool],
}

impl Code<'_> {
    pub(super) fn check(&self) -> Result<(), Problem> {
        let mut at = 0;
        let mut before = None;
        while let Some(instruction) = Instruction::decode(&self.prototype.code, at) {
            self.check_instruction(&instruction, before.as_ref())
                .map_err(|message| Problem { at: Some(at), message })?;
            at = instruction.next();
            before = Some(instruction);
        }
        Ok(())
    }

    fn check_instruction(
        &self,
        instruction: &Instruction<'_>,
        before: Option<&Instruction<'_>>,
    ) -> Result<(), String> {
        ensure(instruction.is_plain(), || "bits that mean nothing are not zero".to_owned())?;
        for (operand, value) in instruction.operands() {
            self.check_operand(instruction, operand, value)?;
        }
        self.check_window(instruction)?;
        self.check_special(instruction)?;
        check_neighbours(instruction, before)
    }

    /// Tests an operand by itself.
    fn check_operand(
        &self,
        instruction: &Instruction<'_>,
        operand: Operand,
        value: i64,
    ) -> Result<(), String> {
        let Prototype { registers, constants, upvalues, .. } = self.prototype;
        let program = self.program;
        let among = |what, count| in_range(what, value.cast_unsigned(), count);
        match operand {
            Operand::Read | Operand::Write | Operand::Change => {
                among("register", usize::from(*registers))
            }
            // See `check_window` and `check_special`.
            Operand::Window | Operand::Count | Operand::Mask => Ok(()),
            Operand::Constant8 | Operand::Wide16 => among("constant", constants.len()),
            Operand::Upvalue => {
                among("upvalue", upvalues.len())?;
                self.check_upvalue(instruction)
            }
            Operand::Kind => among("kind", Kind::ALL.len()),
            Operand::Flags => ensure(value <= 1, || format!("the flags are {value}, not 0 or 1")),
            Operand::Unused | Operand::Small16 => Ok(()),
            Operand::Prototype16 => {
                among("function", program.prototypes.len())?;
                self.check_closure(usize::try_from(value).unwrap_or(usize::MAX))
            }
            Operand::Global8 | Operand::Global16 => among("global", program.globals.len()),
            Operand::Check16 => among("check", program.checks.len()),
            Operand::Jump | Operand::Jump24 => self.check_jump(instruction),
            Operand::Name => among("name", program.names.len()),
            Operand::Cache => ensure(value == 0, || "something is remembered already".to_owned()),
            Operand::Shape => among("shape", program.shapes.len()),
            Operand::Builtin => u16::try_from(value)
                .map_err(|_| format!("there is no function {value} in the library"))
                .and_then(check_builtin),
            Operand::Pattern => among("pattern", program.patterns.len()),
        }
    }

    /// Only some instructions jump back: those at which a run can stop.
    fn check_jump(&self, instruction: &Instruction<'_>) -> Result<(), String> {
        let Some(target) = instruction.target() else { return Ok(()) };
        let is_start = usize::try_from(target).ok().and_then(|target| self.starts.get(target));
        ensure(is_start == Some(&true), || format!("no instruction begins at word {target}"))?;
        let is_back = instruction.op.goes_back();
        let goes_back = target <= i64::try_from(instruction.at).unwrap_or(i64::MAX);
        ensure(is_back == goes_back, || format!("word {target} is in the wrong direction"))
    }

    fn check_upvalue(&self, instruction: &Instruction<'_>) -> Result<(), String> {
        let (_, is_cell) = self.prototype.upvalues[usize::from(instruction.b())];
        let wants_cell = matches!(
            instruction.op,
            Op::GetUpcell | Op::PeekUpcell | Op::SetUpcell | Op::SetUpIndex
        );
        // That one looks into a cell if it is one.
        let takes_both =
            matches!(instruction.op, Op::PeekUpIndex | Op::PeekUpIndexTest | Op::SwapUp);
        ensure(takes_both || is_cell == wants_cell, || {
            let not = if is_cell { "" } else { "not " };
            format!("upvalue {} is {not}a cell", instruction.b())
        })
    }

    fn check_closure(&self, index: usize) -> Result<(), String> {
        ensure(index != self.program.main as usize, || {
            "the main function is no closure".to_owned()
        })?;
        ensure(self.needs[index].are_met_by(self.prototype), || {
            format!("function {index} wants registers or upvalues that are not here")
        })
    }

    /// Tests that all registers of a window are there.
    fn check_window(&self, instruction: &Instruction<'_>) -> Result<(), String> {
        let (first, count) = match window_of(instruction) {
            Some(window) => window,
            None => match self.pattern(instruction) {
                Some(pattern) => (instruction.a().into(), pattern_registers(pattern)),
                None => return Ok(()),
            },
        };
        let registers = usize::from(self.prototype.registers);
        ensure(first + count <= registers, || {
            format!("it uses {count} registers from {first}, and there are {registers}")
        })
    }

    /// Tests what only some instructions need.
    fn check_special(&self, instruction: &Instruction<'_>) -> Result<(), String> {
        let op = instruction.op;
        ensure(self.prototype.is_generator || op != Op::Yield, || {
            "this is for generators, and the function is none".to_owned()
        })?;
        ensure(op != Op::Raise || self.has_text(instruction), || {
            "the message is no string".to_owned()
        })?;
        if op == Op::NewRecord {
            self.check_record(instruction)?;
        }
        if let Some(words) = exchange::words(op) {
            let rest = self.prototype.code.get(instruction.at..instruction.at + words);
            let is_whole = rest.is_some_and(|words| exchange(words) == Some(op));
            ensure(is_whole, || "the rest of the exchange does not follow".to_owned())?;
        }
        if matches!(op, Op::GetIndexMany | Op::SetIndexMany) {
            check_mask(instruction)?;
        }
        let pattern = self.pattern(instruction);
        ensure(
            op != Op::DestructureVec || matches!(pattern, Some(Pattern::Vector { .. })),
            || "the pattern is not for vectors".to_owned(),
        )?;
        ensure(op != Op::DestructureRec || matches!(pattern, Some(Pattern::Record { .. })), || {
            "the pattern is not for records".to_owned()
        })
    }

    fn check_record(&self, instruction: &Instruction<'_>) -> Result<(), String> {
        let fields = number(instruction, Operand::Shape)
            .and_then(|index| self.program.shapes.get(index))
            .map_or(0, |shape| shape.fields.len());
        let count = usize::from(instruction.c());
        ensure(fields == count, || format!("the shape has {fields} fields, not {count}"))
    }

    fn has_text(&self, instruction: &Instruction<'_>) -> bool {
        let constant = number(instruction, Operand::Wide16)
            .and_then(|index| self.prototype.constants.get(index));
        matches!(constant, Some(Constant::String(_)))
    }

    fn pattern(&self, instruction: &Instruction<'_>) -> Option<&Pattern> {
        self.program.patterns.get(number(instruction, Operand::Pattern)?)
    }
}

pub(super) fn check_builtin(index: u16) -> Result<(), String> {
    match achronyme_library::builtin(index) {
        Some(_) => Ok(()),
        None => Err(format!("There is no function {index} of the library")),
    }
}

/// The number that the operand of a kind has.
fn number(instruction: &Instruction<'_>, kind: Operand) -> Option<usize> {
    let (_, value) = instruction.operands().find(|(operand, _)| *operand == kind)?;
    usize::try_from(value).ok()
}

/// Tests that a mask tells apart all registers that there are for indices, and no more.
fn check_mask(instruction: &Instruction<'_>) -> Result<(), String> {
    let count = u32::from(instruction.c());
    let mut mask = number(instruction, Operand::Mask).unwrap_or(usize::MAX);
    let (mut indices, mut registers) = (0, 0);
    while registers < count && indices < INDICES_MAX {
        registers += if mask & 3 == 1 { 2 } else { 1 };
        mask >>= 2;
        indices += 1;
    }
    ensure(indices > 0 && registers == count && mask == 0, || {
        format!("the mask is not for {count} registers")
    })
}

/// Tests the instructions that go together.
fn check_neighbours(
    instruction: &Instruction<'_>,
    before: Option<&Instruction<'_>>,
) -> Result<(), String> {
    let follows_next = before.is_some_and(|before| before.op == Op::IterNext);
    if follows_next != (instruction.op == Op::IterTake) {
        return Err("`iter_next` and `iter_take` come together".to_owned());
    }
    let fits = before.is_none_or(|before| {
        before.a() == instruction.a() && before.target() == instruction.target()
    });
    ensure(!follows_next || fits, || {
        "`iter_take` is not for the same loop as the `iter_next` before it".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_window_is_known() {
        for row in Op::TABLE {
            let has_window = row.operands.contains(&Operand::Window);
            let is_known = WINDOWS.iter().any(|window| window.op == row.op)
                || row.operands.contains(&Operand::Pattern);
            assert_eq!(has_window, is_known, "{row:?}");
        }
    }
}
