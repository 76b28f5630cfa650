//! Instructions as text, with the names of words, strings and variables.

use std::fmt::Write as _;

use machine::{CodePosition, Listing};

use crate::image::region::RegionKind;
use crate::image::verify::branch;
use crate::inspect::shown::quoted;
use crate::op::Instruction;
use crate::program::Placed;
use crate::unit::WordKind;
use crate::value::Cell;
use crate::vm::Vm;
use crate::words::HEADER_BYTES;

impl Vm {
    /// All units that are loaded, an instruction to a line.
    #[must_use]
    pub fn disassembly(&self) -> String {
        let first = self.program.units().first().map_or(u16::MAX, |unit| unit.base);
        let mut text = String::new();
        for placed in self.program.code().iter().filter(|placed| placed.at >= first) {
            let listing = self.listing(placed);
            if let Some(label) = listing.label {
                let _ = writeln!(text, "{label}:");
            }
            let _ = writeln!(text, "  {:#06x}  {}", placed.at, listing.text);
        }
        text
    }

    pub(crate) fn listings(&self, from: CodePosition, count: usize) -> Vec<Listing> {
        let code = self.program.code();
        let first = code.partition_point(|placed| u64::from(placed.at) < from.0);
        code[first..].iter().take(count).map(|placed| self.listing(placed)).collect()
    }

    fn listing(&self, placed: &Placed) -> Listing {
        let is_label = self.program.region(placed.at).is_some_and(|region| {
            region.kind == RegionKind::Definition && placed.at == region.header + HEADER_BYTES
        });
        Listing {
            position: CodePosition(placed.at.into()),
            label: is_label.then(|| self.region_name(placed.at)),
            text: self.instruction_text(placed),
        }
    }

    /// An instruction with names in place of numbers.
    #[expect(clippy::wildcard_enum_match_arm, reason = "most say themselves what they are")]
    fn instruction_text(&self, placed: &Placed) -> String {
        let name = placed.instruction.mnemonic();
        if let Some(target) = branch(placed) {
            return format!("{name} {target:#06x}");
        }
        let local = |slot: u8| {
            let header = self.program.region(placed.at).map_or(0, |region| region.header);
            let names = self.program.locals(header);
            names.get(usize::from(slot)).map_or_else(|| slot.to_string(), Clone::clone)
        };
        let global = |index: u16| {
            let name = self.program.global_name(index);
            name.map_or_else(|| index.to_string(), str::to_owned)
        };
        match placed.instruction {
            Instruction::Literal { value } => {
                format!("{name} {}", self.memory.cut_text(Cell(value)))
            }
            Instruction::LiteralString { at } => {
                format!("{name} {}", quoted(&self.memory.text(at)))
            }
            Instruction::LiteralSymbol { at } => format!("{name} {}", self.word_name(at)),
            Instruction::Call { target } => {
                let header = target.saturating_sub(HEADER_BYTES);
                format!("{name} {}", self.word_name(header))
            }
            Instruction::Header { name: string, kind, .. } => {
                let kind = WordKind::from_number(kind).map_or("?", kind_name);
                format!("{name} {} {kind}", self.memory.text(string))
            }
            Instruction::LocalGet { slot }
            | Instruction::LocalSet { slot }
            | Instruction::LocalTake { slot }
            | Instruction::LocalAt { slot }
            | Instruction::LocalPut { slot } => format!("{name} {}", local(slot)),
            Instruction::LocalPath { slot, count } | Instruction::LocalPutPath { slot, count } => {
                format!("{name} {}, {count}", local(slot))
            }
            Instruction::GlobalGet { index }
            | Instruction::GlobalSet { index }
            | Instruction::GlobalTake { index }
            | Instruction::GlobalAt { index }
            | Instruction::GlobalPut { index } => format!("{name} {}", global(index)),
            Instruction::GlobalPath { index, count }
            | Instruction::GlobalPutPath { index, count } => {
                format!("{name} {}, {count}", global(index))
            }
            ref other => other.to_string(),
        }
    }

    /// What the next instruction takes: a variable that it names, and what is on the stack.
    pub(crate) fn operand_names(&self) -> Vec<String> {
        let Some(placed) = self.program.at(self.registers.ip) else { return Vec::new() };
        let stack = |count: usize| (0..count).rev().map(|index| format!("s{index}"));
        let name = || {
            let text = self.instruction_text(placed);
            let operands = text.split_once(' ').map(|(_, rest)| rest.to_owned());
            operands.and_then(|rest| rest.split(',').next().map(str::to_owned))
        };
        #[expect(clippy::wildcard_enum_match_arm, reason = "most take what their rows say")]
        match placed.instruction {
            Instruction::LocalGet { .. }
            | Instruction::LocalTake { .. }
            | Instruction::GlobalGet { .. }
            | Instruction::GlobalTake { .. } => name().into_iter().collect(),
            Instruction::LocalAt { .. } | Instruction::GlobalAt { .. } => {
                name().into_iter().chain(stack(1)).collect()
            }
            Instruction::LocalPath { count, .. } | Instruction::GlobalPath { count, .. } => {
                name().into_iter().chain(stack(count.into())).collect()
            }
            Instruction::LocalPutPath { count, .. } | Instruction::GlobalPutPath { count, .. } => {
                stack(usize::from(count) + 1).collect()
            }
            ref other => {
                let row = Instruction::TABLE.iter().find(|row| row.mnemonic == other.mnemonic());
                stack(row.map_or(0, |row| row.before.len())).collect()
            }
        }
    }

    /// The name of the word that a symbol with that number means.
    fn word_name(&self, at: u16) -> String {
        self.memory.symbol_name(Cell::tagged(crate::value::Tag::Symbol, at.into()))
    }
}

const fn kind_name(kind: WordKind) -> &'static str {
    match kind {
        WordKind::Definition => "definition",
        WordKind::Global => "global",
        WordKind::Symbol => "symbol",
        WordKind::Mark => "mark",
        WordKind::Library => "library",
    }
}
