//! What changed between two moments.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::TapeSnapshot;
use crate::cells::CELL_SIZE;
use crate::page::{PAGE_SIZE, Page};
use crate::position::page_start;
use crate::tree::Tree;

/// A cell of eight bytes that differs between two moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellChange {
    /// The position of its first byte, a multiple of 8.
    pub position: i64,
    /// Its bytes in the older moment, little-endian.
    pub before: u64,
    /// Its bytes in the newer moment.
    pub after: u64,
}

/// The cells that differ, by position, in O(pages changed).
///
/// The result is made page by page as it is asked for.
pub fn diff<'t>(
    older: &'t TapeSnapshot,
    newer: &'t TapeSnapshot,
) -> impl Iterator<Item = CellChange> + use<'t> {
    changed_pages(&older.tree, &newer.tree).into_iter().flat_map(|change| {
        let (before, after) = (page_bytes(change.older), page_bytes(change.newer));
        cells(change.number, before).zip(cells(change.number, after)).filter_map(
            |((position, before), (_, after))| {
                (before != after).then_some(CellChange { position, before, after })
            },
        )
    })
}

/// A page that two versions do not share.
pub(crate) struct PageChange<'t> {
    pub(crate) number: i64,
    pub(crate) older: Option<&'t Arc<Page>>,
    pub(crate) newer: Option<&'t Arc<Page>>,
}

/// The pages that two versions do not share, in ascending order.
pub(crate) fn changed_pages<'t>(older: &'t Tree, newer: &'t Tree) -> Vec<PageChange<'t>> {
    let mut changes = Vec::new();
    let walk = newer.changes(older, &(i64::MIN..=i64::MAX), &mut |number, older, newer| {
        changes.push(PageChange { number, older, newer });
        ControlFlow::Continue(())
    });
    debug_assert!(walk.is_continue());
    changes
}

/// The bytes of a page that may never have been written.
pub(crate) fn page_bytes(page: Option<&Arc<Page>>) -> &[u8; PAGE_SIZE] {
    page.map_or(&[0; PAGE_SIZE], |page| page.bytes().get())
}

/// The cells of a page with their positions.
pub(crate) fn cells(number: i64, page: &[u8; PAGE_SIZE]) -> impl Iterator<Item = (i64, u64)> {
    let (cells, _) = page.as_chunks::<CELL_SIZE>();
    let start = page_start(number);
    cells
        .iter()
        .zip((0..).step_by(CELL_SIZE))
        .map(move |(cell, offset)| (start + offset, u64::from_le_bytes(*cell)))
}
