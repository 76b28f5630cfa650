//! Chains: operators and functions of each number that stand one after the other, done in one go if
//! they meet arrays, so that what comes in between is never an array (decision 0030).
//!
//! A chain is one step of the machine, which passes the words of all its instructions. Whether one is
//! done depends only on the code and the values, so both engines and every run agree. Registers that
//! held what came in between are null afterwards: nothing reads them, which follows from the code.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "all other instructions end a chain, or are no part of one"
)]

use std::sync::Arc;

use achronyme_library::chain::{self, INPUTS_MAX, Input, Link};
use achronyme_library::{BinaryOp, Fault};
use smallvec::SmallVec;

use crate::instruction::Instruction;
use crate::liveness::is_read_later;
use crate::op::{Op, Operand};
use crate::program::{Program, Prototype};
use crate::value::Value;
use crate::vm::Vm;

/// So many instructions at most are one chain.
const INSTRUCTIONS_MAX: usize = 32;

/// Most chains are shorter.
const FEW: usize = 8;

/// What is known of the chains of a function, for each word of its code.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chains(Vec<Known>);

/// What begins at a word.
#[derive(Clone, Debug, Default)]
enum Known {
    /// Nobody has asked.
    #[default]
    Nothing,
    NoChain,
    Chain(Arc<Chain>),
}

/// Instructions that may be done in one go.
#[derive(Debug)]
pub(crate) struct Chain {
    parts: Vec<Part>,
    /// How many words they are.
    words: u32,
    /// The register of the result, and the first of the instructions that writes there.
    to: u8,
    first_write: usize,
}

/// An instruction of a chain.
#[derive(Clone, Copy, Debug)]
enum Part {
    /// A register gets a value from somewhere.
    Load { to: u8, from: From },
    /// A register gets what a link comes to.
    Link { to: u8, link: Link, from: [From; INPUTS_MAX] },
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug)]
enum From {
    Register(u8),
    Constant(u16),
    Small(i16),
    Global(u16),
    Upvalue(u8),
    /// What the cell in a register has.
    Cell(u8),
    /// What the cell in an upvalue has.
    Upcell(u8),
}

impl Vm {
    /// Does the chain that begins at the pc, if there is one and it can be done in one go; then so many
    /// words are passed. If it is done otherwise, or fails, its instructions are done one by one.
    pub(crate) fn run_chain(&mut self, op: Op) -> Option<u32> {
        let word = self.code[self.state.pc as usize].to_le_bytes();
        let is_begun = match op {
            Op::CallBuiltin => self.is_array(self.register(word[1])),
            _ if begins(op) => {
                self.is_array(self.register(word[2]))
                    || (takes_two_registers(op) && self.is_array(self.register(word[3])))
            }
            _ => return None,
        };
        if !is_begun {
            return None;
        }
        let chain = self.chain_here()?;
        match self.done_at_once(&chain) {
            Err(fault) if fault.kind == Fault::MEMORY => {
                self.collect();
                self.done_at_once(&chain).ok().flatten()
            }
            done => done.ok().flatten(),
        }?;
        Some(chain.words)
    }

    /// Whether a chain begins at the pc.
    pub(crate) fn has_chain_here(&mut self) -> bool {
        self.chain_here().is_some()
    }

    /// The chain that begins at the pc.
    fn chain_here(&mut self) -> Option<Arc<Chain>> {
        let number = self.prototype();
        let word = (self.state.pc - self.prototypes[number].code) as usize;
        let Chains(known) = &mut self.chains[number];
        if known.is_empty() {
            known.resize_with(self.program.prototypes[number].code.len(), Known::default);
        }
        let known = known.get_mut(word)?;
        if let Known::Nothing = known {
            let found = Chain::at(&self.program, &self.program.prototypes[number], word);
            *known = found.map_or(Known::NoChain, |chain| Known::Chain(Arc::new(chain)));
        }
        match known {
            Known::Chain(chain) => Some(Arc::clone(chain)),
            Known::Nothing | Known::NoChain => None,
        }
    }

    /// Does a chain. `None` if its instructions are to be done one by one; then nothing of what they
    /// see has changed.
    fn done_at_once(&mut self, chain: &Chain) -> Result<Option<()>, Fault> {
        // What the registers have, as the chain goes on.
        let mut registers: SmallVec<[(u8, Input<Value>); FEW]> = SmallVec::new();
        let mut links: SmallVec<[(Link, [Input<Value>; INPUTS_MAX]); FEW]> = SmallVec::new();
        for part in &chain.parts {
            let (to, input) = match *part {
                Part::Load { to, from } => match self.input(from, &registers) {
                    // Of what is not there yet, each instruction has its own message.
                    Some(input @ Input::Value(_)) => (to, input),
                    _ => return Ok(None),
                },
                Part::Link { to, link, from } => {
                    let inputs = from.map(|from| self.input(from, &registers));
                    let [Some(first), Some(second), Some(third)] = inputs else { return Ok(None) };
                    links.push((link, [first, second, third]));
                    (to, Input::Link(links.len() - 1))
                }
            };
            match registers.iter_mut().find(|(register, _)| *register == to) {
                Some((_, before)) => *before = input,
                None => registers.push((to, input)),
            }
        }
        let Some(planned) = chain::Chain::of(&self.heap, &links) else { return Ok(None) };
        let before = self.register(chain.to);
        let makes_array = planned.makes_array();
        if makes_array && self.is_array(before) && self.is_spent_at(chain.first_write) {
            match planned.takes(&before) {
                true if planned.may_overwrite() => self.heap.spend(before),
                true => {}
                false => self.heap.let_go(before),
            }
        }
        self.heap.library_begins();
        let made = planned.make(&mut self.heap);
        self.heap.keep_operands();
        let Some(made) = made? else { return Ok(None) };
        for (register, input) in registers {
            match input {
                Input::Value(value) => self.set_register(register, value),
                Input::Link(_) => self.set_register(register, Value::NULL),
            }
        }
        self.set_register(chain.to, made);
        Ok(Some(()))
    }

    /// What is in a place, as far as a chain has come.
    fn input(&self, from: From, registers: &[(u8, Input<Value>)]) -> Option<Input<Value>> {
        let value = match from {
            From::Register(index) => {
                let changed = registers.iter().find(|(register, _)| *register == index);
                if let Some((_, input)) = changed {
                    return Some(*input);
                }
                self.register(index)
            }
            From::Constant(index) => self.constant_value(usize::from(index)),
            From::Small(number) => Value::number(f64::from(number)),
            From::Global(index) => self.global_value(index).ok()?,
            From::Upvalue(index) => self.upvalue(index),
            From::Cell(register) => {
                // A cell that the chain itself has put somewhere is not looked for.
                if registers.iter().any(|(changed, _)| *changed == register) {
                    return None;
                }
                self.local_cell_value(register).ok()?
            }
            From::Upcell(index) => self.upcell_value(index).ok()?,
        };
        Some(Input::Value(value))
    }
}

impl Chain {
    /// The longest chain that begins at a word of a function's code; `None` if it would have one link.
    fn at(program: &Program, prototype: &Prototype, word: usize) -> Option<Self> {
        let code = &prototype.code;
        let starts =
            prototype.lines.iter().filter(|line| line.statement && line.at as usize > word);
        let statement_end = starts.map(|line| line.at as usize).min().unwrap_or(usize::MAX);
        let (mut parts, mut ends): (Vec<(usize, Part)>, Vec<usize>) = (Vec::new(), Vec::new());
        let mut at = word;
        while parts.len() < INSTRUCTIONS_MAX
            && at < statement_end
            && let Some(instruction) = Instruction::decode(code, at)
            && let Some(part) = part(&instruction)
        {
            parts.push((at, part));
            ends.push(instruction.next());
            at = instruction.next();
            if let Part::Link { link: Link::Function(function), .. } = part
                && chain::is_end(function)
            {
                break;
            }
        }
        let is_link = |part: &Part| matches!(part, Part::Link { .. });
        while let Some((_, part)) = parts.last() {
            let end = ends.pop()?;
            let links = parts.iter().filter(|(_, part)| is_link(part)).count();
            if links < 2 {
                return None;
            }
            if let Part::Link { to, .. } = *part {
                let mut between = parts.iter().filter_map(|(_, part)| match part {
                    Part::Link { to: between, .. } if *between != to => Some(*between),
                    _ => None,
                });
                if !between.any(|register| {
                    is_named(prototype, register, word, end)
                        || is_read_later(program, prototype, end, register)
                }) {
                    let (first_write, _) = parts.iter().find(|(_, part)| part.to() == to)?;
                    return Some(Self {
                        words: u32::try_from(end - word).ok()?,
                        to,
                        first_write: *first_write,
                        parts: parts.into_iter().map(|(_, part)| part).collect(),
                    });
                }
            }
            parts.pop();
        }
        None
    }
}

impl Part {
    const fn to(&self) -> u8 {
        match *self {
            Self::Load { to, .. } | Self::Link { to, .. } => to,
        }
    }
}

/// Whether a debugger shows a register as a variable somewhere between two words.
fn is_named(prototype: &Prototype, register: u8, from: usize, to: usize) -> bool {
    prototype.locals.iter().any(|local| {
        local.register == register && (local.start as usize) <= to && (local.end as usize) > from
    })
}

/// An instruction as a part of a chain, if it may be one.
fn part(instruction: &Instruction<'_>) -> Option<Part> {
    let (a, b, c) = (instruction.a(), instruction.b(), instruction.c());
    let wide = || u16::from_le_bytes([b, c]);
    let load = |from| Some(Part::Load { to: a, from });
    let link = |link, [first, second]: [From; 2]| {
        Some(Part::Link { to: a, link, from: [first, second, first] })
    };
    let function = |index: u16, first: u8, count: u8| {
        let takes = chain::values_of(index).is_some_and(|values| values == usize::from(count));
        let from =
            [0, 1, 2].map(|place| From::Register(first.saturating_add(place.min(count - 1))));
        takes.then_some(Part::Link { to: a, link: Link::Function(index), from })
    };
    if let Some(op) = binary(instruction.op) {
        let second = match takes_two_registers(instruction.op) {
            true => From::Register(c),
            false => From::Constant(c.into()),
        };
        return link(Link::Binary(op), [From::Register(b), second]);
    }
    match instruction.op {
        Op::LoadConst => load(From::Constant(wide())),
        Op::LoadSmall => load(From::Small(wide().cast_signed())),
        Op::Move | Op::MoveMove => load(From::Register(b)),
        Op::PeekGlobal => load(From::Global(wide())),
        Op::PeekUpvalue => load(From::Upvalue(b)),
        Op::PeekUpcell => load(From::Upcell(b)),
        Op::PeekCell => load(From::Cell(b)),
        Op::Neg => link(Link::Negate, [From::Register(b); 2]),
        Op::Floor => function(achronyme_library::find("floor")?, b, 1),
        Op::Sqrt => function(achronyme_library::find("sqrt")?, b, 1),
        Op::Abs => function(achronyme_library::find("abs")?, b, 1),
        Op::CallBuiltin if b > 0 => {
            let (_, index) =
                instruction.operands().find(|(operand, _)| *operand == Operand::Builtin)?;
            function(u16::try_from(index).ok()?, a, b)
        }
        _ => None,
    }
}

/// Whether a chain may begin with this instruction, which then reads its first operand from `b`.
fn begins(op: Op) -> bool {
    binary(op).is_some() || matches!(op, Op::Neg | Op::Floor | Op::Sqrt | Op::Abs)
}

fn takes_two_registers(op: Op) -> bool {
    op.row().operands.get(2) == Some(&Operand::Read)
}

/// The operator that an instruction is.
const fn binary(op: Op) -> Option<BinaryOp> {
    Some(match op {
        Op::Add | Op::AddK | Op::AddLoop | Op::AddLoopK => BinaryOp::Add,
        Op::Sub | Op::SubK => BinaryOp::Subtract,
        Op::Mul | Op::MulK | Op::MulAdd => BinaryOp::Multiply,
        Op::Div | Op::DivK => BinaryOp::Divide,
        Op::Pow | Op::PowK => BinaryOp::Power,
        Op::Lt => BinaryOp::Less,
        Op::Le => BinaryOp::LessOrEqual,
        Op::Gt => BinaryOp::Greater,
        Op::Ge => BinaryOp::GreaterOrEqual,
        _ => return None,
    })
}
