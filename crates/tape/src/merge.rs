//! Three-way merge of tapes that went apart.
//!
//! Bytes are merged by cells, the aligned groups of eight: what only one side changed is taken from
//! that side, and what both changed to different values is a conflict, which the strategy decides.
//! Combining adds both differences up, equal ones too.
//! Marks and segments are merged by name in the same way. Only pages that both share no longer are
//! looked at. The head and the trail stay ours.

use std::ops::Range;

use crate::cells::CELL_SIZE;
use crate::diff::{PageChange, cells, changed_pages, page_bytes};
use crate::page::PAGE_SIZE;
use crate::position::{last_position, page_start};
use crate::ranges::Ranges;
use crate::tree::Tree;
use crate::{Names, Segment, Tape, TapeError, TapeSnapshot};

/// What becomes of a cell, a mark or a segment that both sides changed, and differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeStrategy {
    /// Theirs.
    Latest,
    /// Ours.
    Earliest,
    /// For cells, the base plus both differences, wrapping, even where both sides have the same
    /// value; for marks and segments, theirs. See `docs/decisions/0004-combine.md`.
    Combine,
    /// Nothing is merged, and the conflicts are returned.
    Manual,
}

/// A cell that both sides changed to different values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellConflict {
    /// The position of its first byte, a multiple of 8.
    pub position: i64,
    /// Its bytes before the sides went apart, little-endian.
    pub base: u64,
    /// What we made of them.
    pub ours: u64,
    /// What they made of them.
    pub theirs: u64,
}

/// What a merge did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergeReport {
    /// How many cells have new values.
    pub cells_changed: u64,
    /// How many cells were in conflict, and decided by the strategy.
    pub cells_in_conflict: u64,
    /// Whether a watched cell has a new value.
    pub is_watched: bool,
    /// The marks and segments in conflict, decided by the strategy.
    pub names_in_conflict: Vec<String>,
}

/// Why a merge was refused. Nothing was changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error(
    "the merge was refused: {cells_total} cells and {} names are in conflict, {} pairs of segments \
     overlap; choose a strategy that decides, or keep the sides apart",
    self.names.len(), self.overlaps.len()
)]
pub struct MergeConflicts {
    /// The first cells in conflict, at most [`MergeConflicts::CELLS_MAX`], by position.
    pub cells: Vec<CellConflict>,
    /// How many cells are in conflict.
    pub cells_total: u64,
    /// The marks and segments in conflict.
    pub names: Vec<String>,
    /// The segments that would overlap: ours or the one merged first, and the other. An obstacle to
    /// every strategy.
    pub overlaps: Vec<(String, String)>,
}

impl MergeConflicts {
    /// The most conflicts that are listed.
    pub const CELLS_MAX: usize = 1000;
}

impl Tape {
    /// Takes over what `theirs` changed since `base`, from which this tape has come, too.
    ///
    /// Cells that touch a range in `private` stay as they are. Protected ranges are no obstacle. The
    /// merge is not on the trail: a snapshot taken before is the way back. Costs O(pages changed).
    ///
    /// # Errors
    /// The strategy is [`MergeStrategy::Manual`] and there are conflicts, or segments from the two
    /// sides would overlap.
    pub fn merge(
        &mut self,
        base: &TapeSnapshot,
        theirs: &TapeSnapshot,
        strategy: MergeStrategy,
        private: &[Range<i64>],
    ) -> Result<MergeReport, MergeConflicts> {
        let mut report = MergeReport::default();
        let mut conflicts = MergeConflicts::default();
        let names = merge_names(&base.names, &self.names, &theirs.names, strategy, &mut conflicts);
        let private = Ranges::new(private);
        let changes = changed_pages(&base.tree, &theirs.tree);
        if strategy == MergeStrategy::Manual {
            for change in &changes {
                PageMerge::new(self.memory.tree(), change, strategy, &private)
                    .run(&mut |conflict| conflicts.add(conflict));
            }
        }
        let is_undecided = conflicts.cells_total > 0 || !conflicts.names.is_empty();
        if !conflicts.overlaps.is_empty() || (strategy == MergeStrategy::Manual && is_undecided) {
            return Err(conflicts);
        }
        report.names_in_conflict = conflicts.names;
        for change in &changes {
            self.merge_page(change, strategy, &private, &mut report);
        }
        self.names = names;
        Ok(report)
    }

    fn merge_page(
        &mut self,
        change: &PageChange<'_>,
        strategy: MergeStrategy,
        private: &Ranges,
        report: &mut MergeReport,
    ) {
        let merge = PageMerge::new(self.memory.tree(), change, strategy, private);
        let merged = merge.run(&mut |_| report.cells_in_conflict += 1);
        let start = page_start(change.number);
        let mut changed = 0;
        for ((position, before), (_, after)) in
            cells(change.number, merge.ours).zip(cells(change.number, &merged))
        {
            if before != after {
                changed += 1;
                report.is_watched |= touches(self.memory.watched(), position);
            }
        }
        report.cells_changed += changed;
        if changed == 0 {
            // A copy of an unchanged page would only cost memory.
        } else if &merged == page_bytes(change.newer) {
            self.memory.put(change.number, change.newer);
        } else {
            self.memory.overwrite(start, &merged);
        }
    }
}

impl MergeConflicts {
    fn add(&mut self, conflict: CellConflict) {
        self.cells_total += 1;
        if self.cells.len() < Self::CELLS_MAX {
            self.cells.push(conflict);
        }
    }
}

/// Whether a range holds a byte of the cell.
fn touches(ranges: &Ranges, position: i64) -> bool {
    last_position(position, CELL_SIZE).is_some_and(|last| ranges.touch(position, last))
}

/// The three versions of a page, and how to make one of them.
struct PageMerge<'m> {
    number: i64,
    base: &'m [u8; PAGE_SIZE],
    ours: &'m [u8; PAGE_SIZE],
    theirs: &'m [u8; PAGE_SIZE],
    strategy: MergeStrategy,
    private: &'m Ranges,
}

impl<'m> PageMerge<'m> {
    fn new(
        ours: &'m Tree,
        change: &PageChange<'m>,
        strategy: MergeStrategy,
        private: &'m Ranges,
    ) -> Self {
        let (base, theirs) = (page_bytes(change.older), page_bytes(change.newer));
        let ours = page_bytes(ours.get(change.number));
        Self { number: change.number, base, ours, theirs, strategy, private }
    }

    /// The merged page; `conflict` sees each cell in conflict.
    fn run(&self, conflict: &mut dyn FnMut(CellConflict)) -> [u8; PAGE_SIZE] {
        let mut merged = *self.ours;
        let (places, _) = merged.as_chunks_mut::<CELL_SIZE>();
        let ours = cells(self.number, self.ours).map(|(_, cell)| cell);
        let theirs = cells(self.number, self.theirs).map(|(_, cell)| cell);
        let sides = ours.zip(theirs).zip(places);
        let has_private = self.private.touch_page(self.number);
        for ((position, base), ((ours, theirs), place)) in cells(self.number, self.base).zip(sides)
        {
            let adds_up = self.strategy == MergeStrategy::Combine && ours != base;
            if theirs == base || (theirs == ours && !adds_up) {
                continue;
            }
            if has_private && touches(self.private, position) {
                continue;
            }
            if ours != base && theirs != ours {
                conflict(CellConflict { position, base, ours, theirs });
            }
            *place = self.decide(base, ours, theirs).to_le_bytes();
        }
        merged
    }

    /// The value of a cell that they changed.
    const fn decide(&self, base: u64, ours: u64, theirs: u64) -> u64 {
        match self.strategy {
            _ if ours == base => theirs,
            MergeStrategy::Latest => theirs,
            MergeStrategy::Earliest | MergeStrategy::Manual => ours,
            MergeStrategy::Combine => ours.wrapping_add(theirs.wrapping_sub(base)),
        }
    }
}

/// The merged marks and segments; conflicts and overlaps are added to `conflicts`.
fn merge_names(
    base: &Names,
    ours: &Names,
    theirs: &Names,
    strategy: MergeStrategy,
    conflicts: &mut MergeConflicts,
) -> Names {
    if theirs.is(base) || theirs.is(ours) {
        return ours.clone();
    }
    let mut merged = ours.clone();
    let takes_theirs = |is_conflict: bool| {
        !is_conflict || matches!(strategy, MergeStrategy::Latest | MergeStrategy::Combine)
    };
    for name in changed_marks(base, theirs) {
        let [before, our, their] = [base, ours, theirs].map(|names| names.mark_position(name));
        if our == their {
            continue;
        }
        if our != before {
            conflicts.names.push(name.to_owned());
        }
        match their {
            _ if !takes_theirs(our != before) => {}
            Some(position) => drop(merged.set_mark(name, position)),
            None => drop(merged.remove_mark(name)),
        }
    }
    let mut added = Vec::new();
    for name in changed_segments(base, theirs) {
        let [before, our, their] = [base, ours, theirs].map(|names| names.segment(name));
        if our == their {
            continue;
        }
        if our != before {
            conflicts.names.push(name.to_owned());
        }
        if takes_theirs(our != before) {
            merged.drop_segment(name).ok();
            added.extend(their.cloned());
        }
    }
    insert_all(&mut merged, added, conflicts);
    merged
}

/// Puts segments where nothing else may lie.
fn insert_all(names: &mut Names, segments: Vec<Segment>, conflicts: &mut MergeConflicts) {
    for segment in segments {
        match names.insert_segment(segment).map(|_| ()) {
            Err(TapeError::SegmentOverlap { name, other }) => {
                conflicts.overlaps.push((other, name));
            }
            other => debug_assert!(other.is_ok(), "dropped before: {other:?}"),
        }
    }
}

/// The marks that were put, moved or taken away.
fn changed_marks<'n>(base: &'n Names, newer: &'n Names) -> impl Iterator<Item = &'n str> {
    let gone = base.marks().filter(|(name, _)| newer.mark_position(name).is_none());
    let set = newer.marks().filter(|(name, at)| base.mark_position(name) != Some(*at));
    gone.chain(set).map(|(name, _)| name)
}

/// The segments that were created, dropped or made anew.
fn changed_segments<'n>(base: &'n Names, newer: &'n Names) -> impl Iterator<Item = &'n str> {
    let gone = base.segments().filter(|segment| newer.segment(segment.name()).is_none());
    let made = newer.segments().filter(|segment| base.segment(segment.name()) != Some(*segment));
    gone.chain(made).map(Segment::name)
}
