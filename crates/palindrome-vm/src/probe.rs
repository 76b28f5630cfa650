//! Probes in the machine's own terms: which instructions can touch what is watched.

use machine::{Location, Probes, Space};

use crate::op::{Instruction, Undo};
use crate::operand::Strategy;
use crate::vm::Vm;

/// Bytes of tape; the address is the position.
pub const TAPE: Space = Space(0);
/// R0 to R15; the address is the number.
pub const REGISTERS: Space = Space(1);
/// The registers of the machine itself; the address is one of the `SPECIAL_` numbers.
pub const SPECIAL: Space = Space(2);
/// The instruction pointer in [`SPECIAL`].
pub const SPECIAL_IP: i64 = 0;
/// The stack pointer.
pub const SPECIAL_SP: i64 = 1;
/// The frame pointer.
pub const SPECIAL_FP: i64 = 2;
/// The heap pointer.
pub const SPECIAL_HP: i64 = 3;
/// The head.
pub const SPECIAL_HEAD: i64 = 4;
/// The zero, negative, carry and overflow flags follow each other from here.
pub const SPECIAL_FLAGS: i64 = 5;
/// What the next `MERGE manual` does about conflicts: the number of a strategy, manual by default.
pub const SPECIAL_MERGE: i64 = 9;

/// Whether the fast engine must hand the instruction at `index` to `exec`, because it may change a
/// watch that the tape cannot see.
pub(crate) fn stops_at(instructions: &[Instruction], index: usize, probes: &Probes) -> bool {
    probes.watches.iter().any(|watch| changes(&instructions[index], *watch))
}

fn changes(instruction: &Instruction, watch: Location) -> bool {
    match watch.space {
        // The tape is told ranges with an end, so it cannot see its own last byte.
        TAPE => {
            watch.address.checked_add(i64::from(watch.size)).is_none()
                && instruction.undo() == Undo::Memory
        }
        REGISTERS => {
            let written = instruction.destinations();
            (watch.address..watch.address.saturating_add(i64::from(watch.size.max(1))))
                .any(|number| u32::try_from(number).is_ok_and(|n| n < 16 && written >> n & 1 == 1))
        }
        SPECIAL => match watch.address {
            SPECIAL_SP | SPECIAL_FP => {
                matches!(instruction.undo(), Undo::Push | Undo::Pop | Undo::Call | Undo::Return)
            }
            SPECIAL_HEAD => matches!(instruction.undo(), Undo::Head | Undo::Inverse),
            SPECIAL_IP => true,
            _ => instruction.sets_flags(),
        },
        Space(_) => false,
    }
}

impl Instruction {
    /// The register whose old value the undo rule `old register` is about.
    pub(crate) fn destination(&self) -> Option<u8> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "arithmetic says its own")]
        match *self {
            Self::LoadImm { reg, .. }
            | Self::Load { reg, .. }
            | Self::Load32 { reg, .. }
            | Self::Load16 { reg, .. }
            | Self::Load8 { reg, .. }
            | Self::LoadSigned32 { reg, .. }
            | Self::LoadSigned16 { reg, .. }
            | Self::LoadSigned8 { reg, .. }
            | Self::TapeRead { reg, .. }
            | Self::Pop { reg } => Some(reg),
            Self::Move { dst, .. }
            | Self::GetStackPointer { dst }
            | Self::GetFramePointer { dst }
            | Self::INeg { dst, .. }
            | Self::INot { dst, .. }
            | Self::FAdd { dst, .. }
            | Self::FSub { dst, .. }
            | Self::FMul { dst, .. }
            | Self::FDiv { dst, .. }
            | Self::FSqrt { dst, .. }
            | Self::IntToFloat { dst, .. }
            | Self::FloatToInt { dst, .. }
            | Self::Compare { dst, .. }
            | Self::CompareImm { dst, .. }
            | Self::Equal { dst, .. }
            | Self::EqualImm { dst, .. }
            | Self::LessThan { dst, .. }
            | Self::LessThanImm { dst, .. }
            | Self::Car { dst, .. }
            | Self::Cdr { dst, .. }
            | Self::LoadField { dst, .. }
            | Self::HashBucket { dst, .. } => Some(dst),
            _ => self.arithmetic().map(|it| it.dst),
        }
    }

    /// Every register that it may change, one bit each.
    pub(crate) fn destinations(&self) -> u16 {
        #[expect(clippy::wildcard_enum_match_arm, reason = "the undo rule says the rest")]
        match *self {
            Self::SwapRegisters { left, right } => 1 << left | 1 << right,
            Self::SwapMemory { reg, .. } => 1 << reg,
            Self::CallRuntime { .. } => 1,
            _ if self.undo() == Undo::State => u16::MAX,
            _ => self.destination().map_or(0, |register| 1 << register),
        }
    }
}

impl Vm {
    /// What is stored in a location, as bytes. A location outside of its space has none.
    pub(crate) fn bytes_of(&self, location: Location) -> Vec<u8> {
        let Location { space, address, size } = location;
        match space {
            TAPE => {
                let mut bytes = vec![0; (size as usize).min(WATCH_MAX)];
                self.tape.peek(address, &mut bytes);
                bytes
            }
            REGISTERS => usize::try_from(address)
                .ok()
                .and_then(|number| self.registers.general.get(number))
                .map_or(Vec::new(), |value| value.to_le_bytes().to_vec()),
            SPECIAL => self.special(address).map_or(Vec::new(), |v| v.to_le_bytes().to_vec()),
            Space(_) => Vec::new(),
        }
    }

    /// The value of one of the machine's own registers.
    pub(crate) fn special(&self, address: i64) -> Option<i64> {
        let flags = self.registers.flags;
        Some(match address {
            SPECIAL_IP => i64::from(self.core.ip) * crate::layout::WORD,
            SPECIAL_SP => self.core.sp,
            SPECIAL_FP => self.core.fp,
            SPECIAL_HP => self.core.hp,
            SPECIAL_HEAD => self.tape.head(),
            SPECIAL_MERGE => self.core.cold.choice.unwrap_or(Strategy::Manual) as i64,
            5..=8 => i64::from(flags.bits() >> (address - SPECIAL_FLAGS) & 1),
            _ => return None,
        })
    }
}

/// Bytes that a watch compares at most.
const WATCH_MAX: usize = 1 << 16;
