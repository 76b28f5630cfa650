//! Operands as text.

use achronyme_library::Kind;

use super::{Function, function_name};
use crate::instruction::Instruction;
use crate::op::{Op, Operand};
use crate::program::{Constant, Pattern, Program, Shape};

/// Characters of a string that are shown.
const TEXT_MAX: usize = 40;

/// An operand, and what it stands for where that does not say it.
pub(super) struct Shown {
    pub(super) text: String,
    pub(super) note: Option<String>,
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Self { text, note: None }
    }
}

impl Function<'_> {
    pub(super) fn operand(
        &self,
        instruction: &Instruction<'_>,
        operand: Operand,
        value: i64,
    ) -> Shown {
        let program = self.program;
        let index = usize::try_from(value).unwrap_or(usize::MAX);
        let noted = |prefix: char, note: Option<String>| {
            let text = format!("{prefix}{value}");
            Shown { note: note.map(|note| format!("{text} is {note}")), text }
        };
        match operand {
            Operand::Read | Operand::Write | Operand::Change | Operand::Window => {
                noted('R', self.local(instruction.at, value))
            }
            Operand::Constant8 | Operand::Wide16 => {
                let constant = self.prototype.constants.get(index);
                noted('K', constant.map(show_constant))
            }
            Operand::Upvalue => {
                let upvalue = self.prototype.upvalues.get(index);
                noted('U', upvalue.map(|(name, _)| name.clone()).filter(|name| !name.is_empty()))
            }
            Operand::Global8 | Operand::Global16 => noted('G', program.globals.get(index).cloned()),
            Operand::Prototype16 => noted('F', Some(function_name(program, index))),
            Operand::Count | Operand::Flags | Operand::Small16 => value.to_string().into(),
            Operand::Unused | Operand::Cache => String::new().into(),
            Operand::Kind => {
                let kind = u8::try_from(value).ok().and_then(Kind::from_code);
                kind.map_or_else(|| value.to_string(), |kind| kind.name().to_owned()).into()
            }
            Operand::Check16 => {
                let check = program.checks.get(index);
                check.map_or_else(|| value.to_string(), |check| check.shown.clone()).into()
            }
            Operand::Jump | Operand::Jump24 => {
                instruction.target().map_or_else(String::new, |target| format!("L{target}")).into()
            }
            Operand::Name => show_name(program, index).into(),
            Operand::Shape => {
                let shape = program.shapes.get(index);
                shape.map_or_else(|| value.to_string(), |shape| show_shape(program, shape)).into()
            }
            Operand::Builtin => show_builtin(index).into(),
            Operand::Pattern => {
                let pattern = program.patterns.get(index);
                let shown = pattern.map(|pattern| show_pattern(program, pattern));
                shown.unwrap_or_else(|| value.to_string()).into()
            }
            Operand::Mask => show_mask(instruction.c(), index).into(),
        }
    }

    /// What an instruction makes its result of, as expressions. `is_named` says whether variables are
    /// seen by their names.
    pub(super) fn taken(&self, instruction: &Instruction<'_>, is_named: bool) -> Vec<String> {
        let name = |register: i64| {
            let name = self.local(instruction.at, register).filter(|_| is_named);
            name.unwrap_or_else(|| format!("R{register}"))
        };
        let operands: Vec<(Operand, i64)> = instruction.operands().collect();
        let mut names = Vec::new();
        match (instruction.op, operands.as_slice()) {
            (Op::GetField | Op::PeekField, [_, (_, record), .., (Operand::Name, field), _]) => {
                let field = usize::try_from(*field).ok();
                let field = field.and_then(|index| self.program.names.get(index));
                names.extend(field.map(|field| format!("{}.{field}", name(*record))));
            }
            (
                Op::GetIndex | Op::PeekIndex | Op::PeekRow | Op::PeekIndexTest | Op::Swap,
                [_, (_, object), (_, index), ..],
            ) => {
                names.push(format!("{}[{}]", name(*object), name(*index)));
                names.push(name(*index));
            }
            (_, [(Operand::Write, _), (Operand::Upvalue, index), ..]) => {
                let upvalues = &self.prototype.upvalues;
                let upvalue = usize::try_from(*index).ok().and_then(|index| upvalues.get(index));
                names.extend(upvalue.map(|(name, _)| name.clone()));
            }
            (_, [(Operand::Write, _), (Operand::Global16, index)]) => {
                names.push(format!("G{index}"));
            }
            (op, operands) => names.extend(registers(op, operands).into_iter().map(name)),
        }
        names.dedup();
        names
    }

    /// The variable that is in a register there.
    fn local(&self, at: usize, register: i64) -> Option<String> {
        let is_here = |local: &&crate::program::Local| {
            i64::from(local.register) == register
                && (local.start as usize..local.end as usize).contains(&at)
        };
        self.prototype.locals.iter().rev().find(is_here).map(|local| local.name.clone())
    }
}

/// The registers that an instruction reads as values.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "few instructions and operands are of that kind"
)]
fn registers(op: Op, operands: &[(Operand, i64)]) -> Vec<i64> {
    let mut registers = Vec::new();
    for (index, (operand, first)) in operands.iter().enumerate() {
        match operand {
            Operand::Read | Operand::Change => registers.push(*first),
            Operand::Window => {
                let count = match operands.get(index + 1) {
                    Some((Operand::Count, count)) => *count,
                    _ => 1,
                };
                // A function or an object stands before what it is called with.
                registers.extend(match op {
                    Op::Call | Op::CallRec | Op::TailCall | Op::TailRec => {
                        first + 2..first + 2 + count
                    }
                    Op::CallMethod | Op::TailMethod => first + 1..first + 2 + count,
                    _ => *first..first + count,
                });
            }
            _ => {}
        }
    }
    registers
}

pub(super) fn show_constant(constant: &Constant) -> String {
    match constant {
        Constant::Null => "null".to_owned(),
        Constant::Boolean(value) => value.to_string(),
        Constant::Number(value) => value.to_string(),
        Constant::Complex(re, im) => format!("{re}{im:+}i"),
        Constant::String(text) => {
            let cut: String = text.chars().take(TEXT_MAX).collect();
            let more = if cut.len() < text.len() { "…" } else { "" };
            format!("{cut:?}{more}")
        }
        Constant::Builtin(index) => show_builtin((*index).into()),
    }
}

fn show_builtin(index: usize) -> String {
    let builtin = u16::try_from(index).ok().and_then(achronyme_library::builtin);
    builtin.map_or_else(|| index.to_string(), |builtin| builtin.name.to_owned())
}

fn show_name(program: &Program, index: usize) -> String {
    program.names.get(index).map_or_else(|| index.to_string(), |name| format!(".{name}"))
}

fn show_shape(program: &Program, shape: &Shape) -> String {
    let field = |field: &crate::program::ShapeField| {
        let name = program.names.get(field.name as usize).map_or("?", String::as_str);
        format!("{}{name}", if field.mutable { "mut " } else { "" })
    };
    format!("{{{}}}", shape.fields.iter().map(field).collect::<Vec<_>>().join(", "))
}

/// Places for elements with `_`, those that may be missing with `?`.
fn show_pattern(program: &Program, pattern: &Pattern) -> String {
    match pattern {
        Pattern::Vector { before, rest, after, missing, open } => {
            let asked = usize::from(*before) + usize::from(*after);
            let needed = asked.saturating_sub(usize::from(*missing));
            let mut places: Vec<&str> =
                (0..asked).map(|place| if place < needed { "_" } else { "_?" }).collect();
            if *rest {
                places.insert(usize::from(*before), "...rest");
            }
            if *open && !*rest {
                places.push("...");
            }
            format!("[{}]", places.join(", "))
        }
        Pattern::Record { fields } => {
            let field = |(name, optional): &(u32, bool)| {
                let name = program.names.get(*name as usize).map_or("?", String::as_str);
                format!("{name}{}", if *optional { "?" } else { "" })
            };
            format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
    }
}

/// The form of each index, in which `_` is a register.
fn show_mask(count: u8, mut mask: usize) -> String {
    let mut forms = Vec::new();
    let mut registers = 0;
    while registers < count {
        let (form, taken) = [("_", 1), ("_.._", 2), ("_..", 1), (".._", 1)][mask & 3];
        forms.push(form);
        registers = registers.saturating_add(taken);
        mask >>= 2;
    }
    format!("[{}]", forms.join(", "))
}
