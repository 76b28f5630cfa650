//! Calls and their local variables, as found on the return stack. Changes nothing.

use machine::{CodePosition, Frame, Inspect};

use crate::control::frame::FrameKind;
use crate::control::system;
use crate::image::region::RegionKind;
use crate::program::Placed;
use crate::value::{Cell, Control};
use crate::vm::Vm;

/// The local variables that can be seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Locals<'a> {
    /// The cell of the first.
    pub(crate) first: usize,
    /// Their names, in the order of their cells.
    pub(crate) names: &'a [String],
    /// How many there are; not all need have names.
    pub(crate) count: usize,
}

impl Vm {
    /// The cells on the return stack, newest first.
    pub(crate) fn return_cells(&self) -> impl Iterator<Item = (usize, Cell)> + '_ {
        let cells = self.registers.return_start..self.registers.rp;
        cells.rev().map(|cell| (usize::from(cell), self.memory.get(cell.into())))
    }

    /// The instructions that the calls are at, innermost first.
    pub(crate) fn call_places(&self) -> impl Iterator<Item = u16> + '_ {
        std::iter::once(self.registers.ip).chain(self.callers())
    }

    /// The same without the innermost. A caller is at its call, which is the instruction before the
    /// place to return to.
    pub(crate) fn callers(&self) -> impl Iterator<Item = u16> + '_ {
        let before = |place| self.program.before(place).map_or(place, |placed: &Placed| placed.at);
        self.return_cells().filter_map(move |(at, cell)| match cell.as_control()? {
            Control::Return(place) if system::is_entry(place) => Some(place),
            Control::Return(place) => Some(before(place)),
            Control::Frame(_) => {
                FrameKind::from_cell(cell).filter(|(kind, _)| *kind == FrameKind::Force)?;
                let (place, is_after) = self.after_forcing(at);
                Some(if is_after { before(place) } else { place })
            }
            Control::Base(_) | Control::Mark(_) => None,
        })
    }

    pub(crate) fn frame_list(&self, limit: usize) -> Vec<Frame> {
        let frame = |at: u16| {
            let position = CodePosition(at.into());
            Frame { name: self.region_name(at), position, place: Inspect::place(self, position) }
        };
        self.call_places().take(limit).map(frame).collect()
    }

    /// What a user calls the code around an offset.
    pub(crate) fn region_name(&self, at: u16) -> String {
        let Some(region) = self.program.region(at) else { return format!("@{at}") };
        let word = || match self.memory.word(region.header) {
            Some(word) => self.memory.text(word.name),
            None => "(program)".to_owned(),
        };
        match region.kind {
            RegionKind::Top => "(program)".to_owned(),
            RegionKind::Definition => word(),
            RegionKind::Block => format!("(block) in {}", word()),
            RegionKind::System => system::routine_name(at).unwrap_or("(system)").to_owned(),
        }
    }

    /// The local variables of the innermost definition. Blocks and system routines that it runs
    /// are looked through.
    pub(crate) fn locals(&self) -> Option<Locals<'_>> {
        let is_own = |at: &u16| {
            let kind = self.program.region(*at).map(|region| region.kind);
            !matches!(kind, Some(RegionKind::Block | RegionKind::System))
        };
        let at = self.call_places().find(is_own)?;
        let region = self.program.region(at)?;
        let count = usize::from(region.locals?);
        // At its first instruction, a definition has made no frame yet.
        let is_made = self.program.before(at)?.at != region.header;
        let first = usize::from(self.registers.bp);
        let frame = FrameKind::from_cell(self.memory.get(first.checked_sub(1)?));
        let is_sound = matches!(frame, Some((FrameKind::Locals, _)))
            && first >= usize::from(self.registers.return_start)
            && first + count <= usize::from(self.registers.rp);
        let names = self.program.locals(region.header);
        (is_made && is_sound).then_some(Locals { first, names, count })
    }
}
