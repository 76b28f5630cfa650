//! Code of functions: all instructions, in any order.
#![expect(clippy::wildcard_enum_match_arm, reason = "only what differs from the rest is listed")]

use achronyme_library::Kind;
use achronyme_vm::{
    Capture, Constant, Handler, Line, Local, Op, Operand, Pattern, Program, Prototype, exchange,
};

use super::Random;

/// Writes the code of a function, and what is said of it.
pub(super) fn fill(random: &Random, program: &mut Program, index: usize) {
    let is_main = index == program.main as usize;
    let mut writer =
        Writer { random, program, index, is_main, code: Vec::new(), jumps: Vec::new() };
    let mut starts = Vec::new();
    for _ in 0..writer.random.below(80) {
        let op = Op::TABLE[writer.random.below(Op::TABLE.len())].op;
        let start = writer.code.len();
        if let Some(words) = writer.instruction(op) {
            let Some(rest) = writer.rest_of_exchange(op, words[0]) else { continue };
            starts.push(start);
            writer.code.extend(words);
            writer.code.extend(rest);
            if op == Op::IterNext {
                starts.push(writer.code.len());
                writer.take();
            }
        }
    }
    let last = writer.code.len();
    starts.push(last);
    writer.code.push(if is_main { Op::End } else { Op::ReturnNull }.abc(0, 0, 0));
    let (mut code, jumps) = (writer.code, writer.jumps);
    for jump in jumps {
        patch(random, &mut code, &starts, &jump);
    }
    let sources = program.sources.len();
    let prototype = &mut program.prototypes[index];
    describe(random, prototype, &starts, sources);
    prototype.code = code;
}

/// A jump whose target is not known yet.
struct Jump {
    at: usize,
    op: Op,
    /// Words of the instruction.
    words: usize,
    /// The `iter_take` that has the same target.
    twin: Option<usize>,
}

fn patch(random: &Random, code: &mut [u32], starts: &[usize], jump: &Jump) {
    let is_back = jump.op.goes_back();
    let after = jump.twin.unwrap_or(jump.at);
    let targets: Vec<_> = starts
        .iter()
        .filter(|start| if is_back { **start <= jump.at } else { **start > after })
        .collect();
    let target = *targets[random.below(targets.len())];
    for at in [Some(jump.at), jump.twin].into_iter().flatten() {
        let next = at + jump.words;
        let by = i32::try_from(target).unwrap() - i32::try_from(next).unwrap();
        if jump.words == 1 {
            code[at] = jump.op.jump(by).unwrap();
        } else {
            code[next - 1] = by.cast_unsigned();
        }
    }
}

struct Writer<'a> {
    random: &'a Random,
    program: &'a Program,
    index: usize,
    is_main: bool,
    code: Vec<u32>,
    jumps: Vec<Jump>,
}

impl Writer<'_> {
    fn prototype(&self) -> &Prototype {
        &self.program.prototypes[self.index]
    }

    /// The instruction with any operands; `None` if it may not be here.
    fn instruction(&mut self, op: Op) -> Option<Vec<u32>> {
        use Op::{
            CallRec, End, IterTake, LoadRec, Return, ReturnNull, TailCall, TailMethod, TailRec,
            Yield,
        };
        let returns =
            [Return, ReturnNull, TailCall, TailMethod, TailRec, LoadRec, CallRec].contains(&op);
        let is_here = match self.is_main {
            true => !returns,
            false => op != End,
        };
        if !is_here || op == IterTake || op == Yield && !self.prototype().is_generator {
            return None;
        }
        let mut bytes = vec![op as u8];
        let mut words = Vec::new();
        for operand in op.row().operands {
            if operand.is_word() {
                words.push(self.word(op, *operand));
            } else {
                bytes.extend(self.inside(op, *operand)?);
            }
        }
        bytes.resize(4, 0);
        self.fit(op, &mut bytes, &mut words)?;
        if op.row().operands.iter().any(|of| matches!(of, Operand::Jump | Operand::Jump24)) {
            self.jumps.push(Jump { at: self.code.len(), op, words: op.words(), twin: None });
        }
        words.insert(0, u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        Some(words)
    }

    /// What follows the first instruction of an exchange; `None` if it can begin none, and nothing
    /// if it is no such instruction.
    fn rest_of_exchange(&self, op: Op, first: u32) -> Option<Vec<u32>> {
        let [_, one, vector, near] = first.to_le_bytes();
        let registers = usize::from(self.prototype().registers);
        let (other, far) = (self.random.byte(registers), self.random.byte(registers));
        let share = |register| Op::Share.abc(register, 0, 0);
        let outside = |get: Op, set: Op| {
            let get = get.abc(other, vector, far);
            let ends = [set.abc(other, vector, near), set.abc(one, vector, far)];
            vec![share(one), get, share(other), ends[0], ends[1]]
        };
        let rest = match op {
            Op::Swap => vec![
                Op::GetIndex.abc(other, vector, far),
                Op::SetIndex.abc(vector, near, other),
                Op::SetIndex.abc(vector, far, one),
            ],
            Op::SwapUp => outside(Op::PeekUpIndex, Op::SetUpIndex),
            Op::SwapGlobal => outside(Op::PeekGlobalIndexThen, Op::SetGlobalIndex),
            _ => return Some(Vec::new()),
        };
        let whole: Vec<_> = [first].into_iter().chain(rest.iter().copied()).collect();
        (exchange(&whole) == Some(op)).then_some(rest)
    }

    /// The `iter_take` after an `iter_next`.
    fn take(&mut self) {
        let jump = self.jumps.last_mut().unwrap();
        jump.twin = Some(self.code.len());
        let [_, a, ..] = self.code[jump.at].to_le_bytes();
        self.code.extend([Op::IterTake.abc(a, 0, 0), 0]);
    }

    /// The bytes of an operand in the first word.
    fn inside(&mut self, op: Op, operand: Operand) -> Option<Vec<u8>> {
        let registers = usize::from(self.prototype().registers);
        let constants = self.prototype().constants.len();
        let globals = self.program.globals.len();
        let checks = self.program.checks.len();
        Some(match operand {
            Operand::Read | Operand::Write | Operand::Change | Operand::Window => {
                vec![self.random.byte(registers)]
            }
            Operand::Count | Operand::Unused => vec![0],
            Operand::Constant8 => vec![self.random.byte(constants)],
            Operand::Upvalue => {
                let cells =
                    [Op::GetUpcell, Op::PeekUpcell, Op::SetUpcell, Op::SetUpIndex, Op::SwapUp];
                let cells = match op {
                    Op::PeekUpIndex | Op::PeekUpIndexTest => self.random.is(),
                    op => cells.contains(&op),
                };
                let upvalues = self.prototype().upvalues.iter();
                vec![u8::try_from(upvalues.map(|of| of.1).position(|of| of == cells)?).unwrap()]
            }
            Operand::Global8 => vec![self.random.byte(globals)],
            Operand::Kind => vec![self.random.byte(Kind::ALL.len())],
            Operand::Flags => vec![self.random.byte(2)],
            Operand::Wide16 if op == Op::Raise => {
                let mut constants = self.prototype().constants.iter();
                wide(constants.position(|of| matches!(of, Constant::String(_)))?)
            }
            Operand::Wide16 => wide(self.random.below(constants)),
            Operand::Small16 => wide(self.random.below(1 << 16)),
            Operand::Prototype16 => wide(self.closure()?),
            Operand::Global16 => wide(self.random.below(globals)),
            Operand::Check16 => wide(self.random.below(checks)),
            Operand::Jump24 => vec![0; 3],
            Operand::Jump
            | Operand::Name
            | Operand::Cache
            | Operand::Shape
            | Operand::Builtin
            | Operand::Pattern
            | Operand::Mask => unreachable!("these are words"),
        })
    }

    fn word(&mut self, op: Op, operand: Operand) -> u32 {
        match operand {
            Operand::Name => self.random.word(self.program.names.len()),
            Operand::Shape => self.random.word(self.program.shapes.len()),
            Operand::Builtin => self.random.word(20),
            Operand::Pattern => {
                2 * self.random.word(self.program.patterns.len() / 2)
                    + u32::from(op == Op::DestructureRec)
            }
            _ => 0,
        }
    }

    /// Chooses windows that are inside, with counts.
    fn fit(&mut self, op: Op, bytes: &mut [u8], words: &mut [u32]) -> Option<()> {
        let registers = usize::from(self.prototype().registers);
        let random = self.random;
        let first = |count: usize| registers.checked_sub(count).map(|last| random.byte(last + 1));
        match op {
            Op::ForPrepare | Op::ForLoop => bytes[1] = first(2)?,
            Op::IterPrepare | Op::IterNext => bytes[1] = first(5)?,
            Op::Call
            | Op::CallRec
            | Op::CallMethod
            | Op::TailCall
            | Op::TailRec
            | Op::TailMethod => {
                bytes[2] = 3;
                bytes[1] = first(5)?;
            }
            Op::CallBuiltin => {
                bytes[2] = 3;
                bytes[1] = first(3)?;
            }
            Op::VectorMethod => {
                bytes[3] = 1;
                bytes[1] = first(1)?;
            }
            Op::NewRecord => {
                let fields = self.program.shapes[words[0] as usize].fields.len();
                bytes[3] = u8::try_from(fields).unwrap();
                bytes[2] = first(fields)?;
            }
            Op::NewVector | Op::Interpolate => {
                bytes[3] = 4;
                bytes[2] = first(4)?;
            }
            Op::GetIndexMany | Op::SetIndexMany => {
                (bytes[3], words[0]) = (5, 0b11_01_10_00);
                bytes[2] = first(6)?;
            }
            Op::NewRange => bytes[2] = first(2)?,
            Op::NewEdge => bytes[2] = first(3)?,
            Op::DestructureVec | Op::DestructureRec => {
                let count = match &self.program.patterns[words[0] as usize] {
                    Pattern::Vector { before, rest, after, .. } => {
                        usize::from(before + after) + usize::from(*rest)
                    }
                    Pattern::Record { fields } => fields.len(),
                };
                bytes[1] = first(count.max(1))?;
            }
            _ => {}
        }
        Some(())
    }

    /// A function of which a closure can be made here.
    fn closure(&mut self) -> Option<usize> {
        let here = self.prototype();
        let can = |index: &usize| {
            let made = &self.program.prototypes[*index];
            *index != self.program.main as usize
                && made.captures.iter().all(|capture| match capture {
                    Capture::Register(register) => u16::from(*register) < here.registers,
                    Capture::Upvalue(upvalue) => usize::from(*upvalue) < here.upvalues.len(),
                    Capture::Rec => !self.is_main,
                })
        };
        let can: Vec<_> = (0..self.program.prototypes.len()).filter(can).collect();
        (!can.is_empty()).then(|| can[self.random.below(can.len())])
    }
}

fn wide(value: usize) -> Vec<u8> {
    u16::try_from(value).unwrap().to_le_bytes().to_vec()
}

/// Handlers, variables and places in the source.
fn describe(random: &Random, prototype: &mut Prototype, starts: &[usize], sources: usize) {
    let number = |at: usize| u32::try_from(at).unwrap();
    let registers = usize::from(prototype.registers);
    if starts.len() > 3 {
        let middle = 1 + random.below(starts.len() - 2);
        prototype.handlers.push(Handler {
            start: number(starts[random.below(middle)]),
            end: number(starts[middle]),
            target: number(starts[middle + random.below(starts.len() - middle)]),
            register: random.byte(registers),
        });
    }
    for start in starts {
        if random.below(8) == 0 {
            prototype.locals.push(Local {
                name: random.text(),
                register: random.byte(registers),
                cell: random.is(),
                start: number(*start),
                end: number(starts[starts.len() - 1]),
            });
        }
        if random.below(4) == 0 {
            prototype.lines.push(Line {
                at: number(*start),
                source: if sources == 0 { 0 } else { random.word(sources) },
                start: 0,
                end: 0,
                statement: random.is(),
            });
        }
    }
}

/// Where the instructions of code begin.
pub(super) fn starts(code: &[u32]) -> Vec<u32> {
    let mut starts = Vec::new();
    let mut at = 0;
    while at < code.len() {
        starts.push(u32::try_from(at).unwrap());
        at += Op::from_code(code[at].to_le_bytes()[0]).unwrap().words();
    }
    starts
}
