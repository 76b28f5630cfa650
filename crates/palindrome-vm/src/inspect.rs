//! Looking at a machine: source lines, frames, registers, expressions, disassembly.

use machine::{
    CodePosition, Edit, EditError, EvaluateError, Frame, Inspect, Listing, Location, Place, Scope,
    SourceText, Value, Variable,
};

use crate::expression::{Shown, evaluate, is_true};
use crate::fork::rule;
use crate::image::SymbolKind;
use crate::layout::{FRAME, STACK, WORD};
use crate::op::Instruction;
use crate::operand::Strategy;
use crate::probe::{
    REGISTERS, SPECIAL, SPECIAL_FLAGS, SPECIAL_FP, SPECIAL_HEAD, SPECIAL_HP, SPECIAL_IP,
    SPECIAL_MERGE, SPECIAL_SP, TAPE,
};
use crate::slot::position;
use crate::vm::{Snapshot, Vm};

/// Names of the machine's own registers, in the order they are shown.
const SPECIALS: [(&str, i64); 9] = [
    ("ip", SPECIAL_IP),
    ("sp", SPECIAL_SP),
    ("fp", SPECIAL_FP),
    ("hp", SPECIAL_HP),
    ("head", SPECIAL_HEAD),
    ("zero", SPECIAL_FLAGS),
    ("negative", SPECIAL_FLAGS + 1),
    ("carry", SPECIAL_FLAGS + 2),
    ("overflow", SPECIAL_FLAGS + 3),
];

impl Inspect for Vm {
    fn position(&self) -> CodePosition {
        position(self.core.ip as usize)
    }

    fn depth(&self) -> usize {
        self.return_places().count()
    }

    fn frames(&self, limit: usize) -> Vec<Frame> {
        let here = std::iter::once(self.core.ip as usize);
        // A frame is at its call, which is the instruction before the place to return to.
        let callers = self.return_places().map(|place| place.saturating_sub(1));
        let frame = |index| {
            let name = self.function_of(index);
            Frame { name, position: position(index), place: self.place(position(index)) }
        };
        here.chain(callers).take(limit).map(frame).collect()
    }

    fn scopes(&self) -> Vec<Scope> {
        let variable = |name: &str| {
            let value = self.evaluate(name).ok()?;
            Some(Variable { name: name.to_owned(), expression: name.to_owned(), value })
        };
        let general = (0..16).filter_map(|number| variable(&format!("R{number}"))).collect();
        let special = SPECIALS.iter().filter_map(|(name, _)| variable(name)).collect();
        let cells = self.core.sp..self.core.fp.clamp(self.core.sp, STACK.end);
        let stack = cells.step_by(8).take(64);
        let stack = stack.filter_map(|at| variable(&format!("[{at}]"))).collect();
        let scope = |name: &str, variables| Scope { name: name.to_owned(), variables };
        vec![scope("registers", general), scope("machine", special), scope("stack", stack)]
    }

    fn sources(&self) -> Vec<SourceText> {
        let sources = self.program.image().sources.iter();
        sources.map(|it| SourceText { name: it.name.clone(), text: it.text.clone() }).collect()
    }

    fn place(&self, position: CodePosition) -> Option<Place> {
        let lines = &self.program.image().lines;
        let index = position.0 / WORD.cast_unsigned();
        let after = lines.partition_point(|entry| u64::from(entry.index) <= index);
        let entry = lines.get(after.checked_sub(1)?)?;
        let is_code = index < self.program.instructions().len() as u64;
        is_code.then_some(Place { source: entry.source, line: entry.line })
    }

    fn positions_of_line(&self, place: Place) -> Vec<CodePosition> {
        let lines = &self.program.image().lines;
        let is_here = |index: usize| {
            lines.get(index).is_some_and(|it| it.source == place.source && it.line == place.line)
        };
        (0..lines.len())
            .filter(|index| is_here(*index) && !index.checked_sub(1).is_some_and(is_here))
            .map(|index| position(lines[index].index as usize))
            .collect()
    }

    fn position_of_name(&self, name: &str) -> Option<CodePosition> {
        let symbols = &self.program.image().symbols;
        let found = symbols.iter().find(|it| it.kind == SymbolKind::Code && it.name == name)?;
        Some(position(usize::try_from(found.value).ok()?))
    }

    fn name_of_position(&self, at: CodePosition) -> Option<(String, u64)> {
        let index = i64::try_from(at.0).ok()? / WORD;
        let symbols = self.program.image().symbols.iter();
        let before = symbols.filter(|it| it.kind == SymbolKind::Code && it.value <= index);
        let nearest = before.max_by_key(|it| it.value)?;
        Some((nearest.name.clone(), (index - nearest.value).unsigned_abs()))
    }

    fn names(&self) -> Vec<String> {
        let symbols = self.program.image().symbols.iter().map(|it| it.name.clone());
        let segments = self.tape.segments().map(|segment| segment.name().to_owned());
        let marks = self.tape.marks().map(|(name, _)| name.to_owned());
        let registers = (0..16).map(|number| format!("R{number}"));
        let special = SPECIALS.iter().map(|(name, _)| (*name).to_owned());
        let mut names: Vec<_> =
            symbols.chain(segments).chain(marks).chain(registers).chain(special).collect();
        names.sort();
        names.dedup();
        names
    }

    fn evaluate(&self, expression: &str) -> Result<Value, EvaluateError> {
        evaluate(self, expression).map(|found| value(&found.value))
    }

    fn locate(&self, expression: &str) -> Result<Location, EvaluateError> {
        let message = "this is a value without a place; a register, a flag or [position] has one";
        let none = EvaluateError { at: 0, message: message.to_owned() };
        evaluate(self, expression)?.place.ok_or(none)
    }

    fn dependencies(&self, expression: &str) -> Result<Vec<Location>, EvaluateError> {
        evaluate(self, expression).map(|found| found.reads)
    }

    fn read(&self, location: Location) -> Value {
        if location.space == SPECIAL && location.address == SPECIAL_MERGE {
            let choice = self.core.cold.choice.unwrap_or(Strategy::Manual);
            return value(&Shown::Text(choice.name().to_owned()));
        }
        let bytes = self.bytes_of(location);
        let is_stale = location.space == REGISTERS && self.core.stale >> location.address & 1 == 1;
        if is_stale {
            return value(&Shown::Text("optimised away".into()));
        }
        match <[u8; 8]>::try_from(bytes.as_slice()) {
            Ok(bytes) => value(&Shown::Int(i64::from_le_bytes(bytes))),
            Err(_) if bytes.len() < 8 => {
                let mut buffer = [0; 8];
                buffer[..bytes.len()].copy_from_slice(&bytes);
                value(&Shown::Int(i64::from_le_bytes(buffer)))
            }
            Err(_) => value(&Shown::Text(String::from_utf8_lossy(&bytes).into_owned())),
        }
    }

    fn memory(&self, address: i64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length.min(1 << 20)];
        self.tape.peek(address, &mut bytes);
        bytes
    }

    fn disassemble(&self, from: CodePosition, count: usize) -> Vec<Listing> {
        let instructions = self.program.instructions();
        let start = usize::try_from(from.0 / WORD.cast_unsigned()).unwrap_or(usize::MAX);
        let listing = |index: usize| Listing {
            position: position(index),
            label: self.name_of_position(position(index)).filter(|it| it.1 == 0).map(|it| it.0),
            text: self.show(&instructions[index]),
        };
        (start..instructions.len()).take(count).map(listing).collect()
    }
}

impl Edit for Vm {
    fn assign(&mut self, location: Location, expression: &str) -> Result<(), EditError> {
        if location.space == SPECIAL && location.address == SPECIAL_MERGE {
            return self.choose(expression.trim());
        }
        let found = evaluate(self, expression).map_err(|error| EditError(error.message))?;
        let number = match found.value {
            Shown::Int(number) => number,
            Shown::Float(number) => number.to_bits().cast_signed(),
            Shown::Text(_) | Shown::Null => {
                return Err(EditError("only a number can be stored there".to_owned()));
            }
        };
        if location.space == REGISTERS {
            let register = u8::try_from(location.address).ok().filter(|number| *number < 16);
            let register = register.ok_or(EditError("there is no such register".to_owned()))?;
            self.put(register, number);
        } else if location.space == TAPE {
            let size = location.size as usize;
            let fits = size <= 8
                && (size == 8 || number >> (8 * size) == 0 || number >> (8 * size - 1) == -1);
            if !fits {
                return Err(EditError(format!("{number} does not fit into {size} bytes")));
            }
            self.write_bytes(location.address, &number.to_le_bytes()[..size])
                .map_err(|trap| EditError(trap.to_string()))?;
        } else if location.space == SPECIAL && location.address == SPECIAL_HEAD {
            self.tape.set_head(number);
        } else if location.space == SPECIAL && location.address >= SPECIAL_FLAGS {
            let mut bits = self.registers.flags.bits();
            let mask = 1 << (location.address - SPECIAL_FLAGS).clamp(0, 3);
            bits = if number == 0 { bits & !mask } else { bits | mask };
            self.registers.flags = crate::registers::Flags::from_bits(bits);
        } else {
            let message =
                "the program's own course cannot be set; registers, flags, head and tape can";
            return Err(EditError(message.to_owned()));
        }
        self.edited();
        Ok(())
    }

    /// The tape, its marks and its segments are merged; registers and stack stay.
    fn merge(&mut self, base: &Snapshot, theirs: &Snapshot, name: &str) -> Result<(), EditError> {
        let merged = self.tape.merge(&base.tape, &theirs.tape, rule(strategy(name)?), &[STACK]);
        if let Err(conflicts) = merged {
            let cells = conflicts.cells.iter().take(4).map(|cell| cell.position.to_string());
            let names = conflicts.names.iter().cloned();
            let overlaps =
                conflicts.overlaps.iter().map(|(ours, theirs)| format!("{ours}/{theirs}"));
            let all: Vec<_> = cells.chain(names).chain(overlaps).collect();
            return Err(EditError(format!("both branches changed: {}", all.join(", "))));
        }
        self.core.hp = self.core.hp.max(theirs.core.hp);
        self.edited();
        Ok(())
    }
}

impl Vm {
    /// Chooses what the next `MERGE manual` does.
    fn choose(&mut self, name: &str) -> Result<(), EditError> {
        let strategy = strategy(name)?;
        self.cold_mut().choice = Some(strategy).filter(|it| *it != Strategy::Manual);
        let start = self.start_here();
        self.trail.restart(start);
        Ok(())
    }

    /// The places in the code that the frames on the stack return to, innermost first.
    fn return_places(&self) -> impl Iterator<Item = usize> {
        let mut frame = self.core.fp;
        std::iter::from_fn(move || {
            let is_frame = (STACK.start..=STACK.end - FRAME).contains(&frame) && frame % WORD == 0;
            if !is_frame || frame >= self.origin.sp {
                return None;
            }
            let mut bytes = [0; 16];
            self.tape.peek(frame, &mut bytes);
            let [outer, place] = [&bytes[..8], &bytes[8..]]
                .map(|half| i64::from_le_bytes(half.try_into().expect("half of 16 bytes")));
            // Frames lie further out each time, or the chain was overwritten.
            let is_sound = outer > frame && place % WORD == 0;
            frame = if is_sound { outer } else { STACK.end };
            usize::try_from(place / WORD).ok()
        })
    }

    /// The label that a call, a fork or the program starts at, at or before `index`.
    fn function_of(&self, index: usize) -> String {
        let instructions = self.program.instructions();
        let entry = self.program.image().entry as usize;
        let starts = instructions.iter().filter_map(|instruction| {
            if let Instruction::Call { label } | Instruction::Fork { label } = instruction {
                Some(label.0 as usize)
            } else {
                None
            }
        });
        let nearest = starts.chain([entry]).filter(|start| *start <= index).max();
        let start = nearest.unwrap_or(0);
        match self.name_of_position(position(start)) {
            Some((name, 0)) => name,
            _ => format!("@{start}"),
        }
    }

    /// An instruction as the assembler reads it, with labels for places in the code.
    pub fn show(&self, instruction: &Instruction) -> String {
        let text = instruction.to_string();
        let Some(at) = text.find('@') else { return text };
        let target = text[at + 1..].parse::<usize>().ok();
        let name = target.and_then(|index| self.name_of_position(position(index)));
        match name {
            Some((name, 0)) => format!("{}{name}", &text[..at]),
            _ => text,
        }
    }
}

fn strategy(name: &str) -> Result<Strategy, EditError> {
    let found = Strategy::NAMES.iter().find(|(_, names)| names.contains(&name));
    let unknown = "a merge is settled by latest, earliest, combine or manual";
    found.map(|(strategy, _)| *strategy).ok_or_else(|| EditError(unknown.to_owned()))
}

fn value(shown: &Shown) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "for plots")]
    let (text, kind, number) = match shown {
        Shown::Int(value) => (value.to_string(), "i64", Some(*value as f64)),
        Shown::Float(value) => (format!("{value:?}"), "f64", Some(*value)),
        Shown::Text(text) => {
            let mut quoted = String::new();
            let _ = crate::operand::quote(text, &mut quoted);
            (quoted, "text", None)
        }
        Shown::Null => ("null".to_owned(), "null", None),
    };
    Value { text, kind: kind.to_owned(), number, is_true: is_true(shown) }
}
