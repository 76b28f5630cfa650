//! Which stretches of code belong together: the top of a unit, a definition, a block.

/// Code that control enters at its first instruction only, and never falls out of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// What it is.
    pub kind: RegionKind,
    /// The header of the definition that it is or is in, 0 at the top of a unit.
    pub header: u16,
    /// How many local variables its instructions may use, if it makes a frame for them.
    pub locals: Option<u8>,
}

/// What a region is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionKind {
    /// Code outside of all definitions.
    Top,
    /// A definition, with its header.
    Definition,
    /// A block in parentheses.
    Block,
    /// A system routine.
    System,
}

/// From an offset in the code on, instructions belong to a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) from: u16,
    pub(crate) region: usize,
}
