//! Cells as the fast engine sees them: bits, and places that may be written through any of several
//! references.

use crate::control::frame::FrameKind;
use crate::memory::{BEFORE, KEPT};
use crate::value::{Cell, Control, Tag};

pub(super) const RETURN: u32 = Cell::control(Control::Return(0)).0;
pub(super) const BASE: u32 = Cell::control(Control::Base(0)).0;
pub(super) const LOCALS: u32 = FrameKind::Locals.cell(0).0;
pub(super) const RANGE: u32 = FrameKind::Range.cell(0).0;
pub(super) const TIMES: u32 = FrameKind::Times.cell(0).0;
pub(super) const ADDRESS: u32 = 0xffff;
const BOXED: u32 = 0x7fc0_0000;
pub(super) const POINTER: u32 = Cell::tagged(Tag::Pointer, 0).0;
pub(super) const VECTOR: u32 = Cell::tagged(Tag::Vector, 0).0;

#[inline(always)]
pub(super) const fn is_boxed(cell: u32) -> bool {
    cell & BOXED == BOXED
}

#[inline(always)]
pub(super) const fn is_reference(cell: u32) -> bool {
    is_boxed(cell) && REFERENCES >> (cell >> 18 & 0xf) & 1 != 0
}

/// The tags of references.
const REFERENCES: u32 = {
    let (mut tags, mut tag) = (0, 0);
    while tag < 16 {
        tags |= (Cell(BOXED | tag << 18).is_reference() as u32) << tag;
        tag += 1;
    }
    tags
};

/// A cell of the memory as a place, of which there may be several references.
pub(super) type Place = std::cell::Cell<u32>;

/// The local variables' places, as many as there can be.
#[inline(always)]
pub(super) fn frame(m: &[Place; KEPT], bp: u16) -> &[Place; 256] {
    let from = &m[BEFORE + usize::from(bp)..];
    from.first_chunk().unwrap_or_else(|| unreachable!("there are cells after the memory"))
}
