//! Places that can be watched, and what is in them.

use machine::{CodePosition, Hit, Location, Probes, Space};

use crate::inspect::reach::CellSet;
use crate::layout::{Register, Segment};
use crate::memory::Memory;
use crate::vm::Vm;

/// Bytes of the memory; the address is the byte.
pub const MEMORY: Space = Space(0);
/// The machine's registers; the address is one of the `REGISTER_` numbers.
pub const REGISTERS: Space = Space(1);
/// Values, with all that they refer to; the address is the number of the cell.
pub const VALUES: Space = Space(2);
/// The offset of the next instruction.
pub const REGISTER_IP: i64 = Register::Instruction as i64;
/// The first free cell of the stack.
pub const REGISTER_SP: i64 = Register::Stack as i64;
/// The first free cell of the return stack.
pub const REGISTER_RP: i64 = Register::Return as i64;
/// The first local variable's cell.
pub const REGISTER_BP: i64 = Register::Base as i64;

/// The watches of a run with their values.
pub(crate) struct Watched<'p> {
    probes: &'p Probes,
    values: Vec<Seen>,
    /// The cells that the values depend on, where they are known and wanted.
    cells: Option<CellSet>,
}

/// What was stored in a location.
struct Seen {
    bytes: Vec<u8>,
    /// Whether nothing was there: a cell of a stack above its top.
    is_free: bool,
}

impl<'p> Watched<'p> {
    pub(crate) fn new(vm: &Vm, probes: &'p Probes) -> Self {
        let values = probes.watches.iter().map(|watch| vm.seen(*watch)).collect();
        Self { probes, values, cells: None }
    }

    /// Finds the cells that the values depend on, and has only these looked at from now on, if the
    /// values depend on nothing else.
    pub(crate) fn reach(&mut self, vm: &Vm) {
        self.cells = vm.memory.reach(&self.probes.watches);
    }

    /// Whether the fast engine may run: it knows when one of these cells is written.
    pub(crate) const fn is_known(&self) -> bool {
        self.cells.is_some() || self.probes.watches.is_empty()
    }

    /// The cells of which each write has to be looked at: what [`reach`](Self::reach) found.
    pub(crate) const fn cells(&self) -> Option<&CellSet> {
        self.cells.as_ref()
    }

    /// What the instruction just done has hit.
    pub(crate) fn hit(&mut self, vm: &Vm) -> Option<Hit> {
        let arrived = CodePosition(vm.registers.ip.into());
        let is_break = || {
            let is_break = self.probes.breakpoints.contains(&arrived);
            is_break.then_some(Hit::Breakpoint(arrived))
        };
        let step = self.probes.every_step.then_some(Hit::Step);
        let place = is_break();
        self.changed(vm).or(place).or(step)
    }

    /// The first watch whose value the instruction just done has changed, if any.
    pub(crate) fn changed(&mut self, vm: &Vm) -> Option<Hit> {
        let mut hit = None;
        if let Some(cells) = &self.cells {
            let is_written = vm.memory.log().iter().any(|(cell, _)| cells.has(*cell));
            let is_other =
                |(watch, before): (&Location, &Seen)| vm.is_gone(*watch) != before.is_free;
            if !is_written && !self.probes.watches.iter().zip(&self.values).any(is_other) {
                return None;
            }
            self.reach(vm);
        }
        for (index, watch) in self.probes.watches.iter().enumerate() {
            if vm.may_have_written(*watch, &self.values[index]) {
                let now = vm.seen(*watch);
                if now.bytes != self.values[index].bytes {
                    hit = hit.or(Some(Hit::Watch(index)));
                }
                self.values[index] = now;
            }
        }
        hit
    }
}

impl Vm {
    /// What is stored in a location, as bytes. What is outside of its space is left out.
    pub(crate) fn bytes_of(&self, location: Location) -> Vec<u8> {
        let Location { space, address, size } = location;
        match space {
            MEMORY => {
                let (start, end) = self.memory.byte_range(address, size);
                (start..end).map(|at| self.byte_now(at)).collect()
            }
            REGISTERS => {
                let value = self.register_now(address);
                value.map_or(Vec::new(), |value| value.to_le_bytes().to_vec())
            }
            // Where there is nothing, there is not even a NIL.
            VALUES if self.is_unused(address) => Vec::new(),
            VALUES => self.memory.value_bytes(self.value_at(address), &mut |_| {}),
            Space(_) => Vec::new(),
        }
    }

    fn seen(&self, location: Location) -> Seen {
        Seen { bytes: self.bytes_of(location), is_free: self.is_gone(location) }
    }

    /// Whether a location is above the top of a stack.
    fn is_gone(&self, location: Location) -> bool {
        let cell = usize::try_from(location.address);
        location.space == VALUES && cell.is_ok_and(|cell| self.is_free(cell))
    }

    /// Whether the instruction just done may have changed what was stored in a location.
    fn may_have_written(&self, location: Location, before: &Seen) -> bool {
        let Location { space, address, size } = location;
        let layout = self.memory.layout();
        match space {
            MEMORY => {
                let (start, end) = self.memory.byte_range(address, size);
                let cells = start / 4..end.div_ceil(4);
                let (first, last) = layout.registers();
                // The registers are kept elsewhere, and so their changes are not in the log.
                cells.start < last && first < cells.end
                    || self.log_has(|cell| cells.contains(&cell))
            }
            VALUES => {
                let cell = usize::try_from(address).unwrap_or(usize::MAX);
                let heap = layout.base(Segment::Heap) / 4..layout.base(Segment::String) / 4;
                self.is_gone(location) != before.is_free
                    || self.log_has(|written| written == cell || heap.contains(&written))
            }
            _ => true,
        }
    }

    fn log_has(&self, is_it: impl Fn(usize) -> bool) -> bool {
        self.memory.log().iter().any(|(cell, _)| is_it((*cell).into()))
    }

    /// A byte of the memory, with the registers as they are now.
    pub(crate) fn byte_now(&self, at: usize) -> u8 {
        self.cell_now(at / 4).to_le_bytes()[at % 4]
    }

    /// A cell of the memory, with the registers as they are now.
    pub(crate) fn cell_now(&self, cell: usize) -> u32 {
        let first = self.memory.layout().registers().0;
        let kept =
            cell.checked_sub(first).and_then(|index| self.register_now(i64::try_from(index).ok()?));
        kept.map_or_else(|| self.memory.get(cell).0, u32::from)
    }

    /// A register that is kept outside of the memory, by its number.
    pub(crate) fn register_now(&self, number: i64) -> Option<u16> {
        self.registers.list().get(usize::try_from(number).ok()?).copied()
    }
}

impl Memory {
    /// The bytes of a location in [`MEMORY`], as far as they are there.
    pub(crate) fn byte_range(&self, address: i64, size: u32) -> (usize, usize) {
        let end = self.layout().bytes();
        let start = usize::try_from(address).unwrap_or(end).min(end);
        (start, start.saturating_add(size as usize).min(end))
    }
}
