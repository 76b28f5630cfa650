//! States that are kept: pages of the memory, shared as long as they are the same.
//!
//! A snapshot compares the memory with the one before, page by page, which takes less time than copying
//! it. Whether something was written in between and is as it was again is not seen that way; for that
//! the memory has marks, from which every snapshot gets stamps.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::inspect::reach::CellSet;
use crate::layout::Layout;
use crate::memory::{GLOBALS_TOLD, GROUP_CELLS, Memory};
use crate::program::Program;
use crate::vm::{Registers, Vm};

/// Cells of a page: 4 KB.
const PAGE_CELLS: usize = 1024;
/// Groups of cells that have a mark each, in a page.
const GROUPS: usize = PAGE_CELLS / GROUP_CELLS;

/// A state of the machine. Shares with other snapshots what is the same.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) registers: Registers,
    pub(crate) tick: u64,
    shared: Shared,
    layout: Layout,
    pub(crate) program: Arc<Program>,
}

impl Snapshot {
    /// Where it was taken.
    #[must_use]
    pub const fn tick(&self) -> u64 {
        self.tick
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").field("tick", &self.tick).finish_non_exhaustive()
    }
}

/// The pages of the newest snapshot, and how many bytes all pages hold together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pages {
    newest: Option<Shared>,
    meter: Arc<Meter>,
}

/// What all machines that share snapshots have in common.
#[derive(Debug, Default)]
struct Meter {
    bytes: AtomicUsize,
    /// Snapshots taken.
    stamp: AtomicU64,
}

/// What a snapshot shares with others.
#[derive(Clone, Debug)]
struct Shared {
    pages: Arc<[Arc<Stamped>]>,
    /// For each global variable, modulo the number of marks, the snapshot before which it was last
    /// written.
    globals: Arc<[u64; GLOBALS_TOLD]>,
}

/// A page, and when it was written.
#[derive(Debug)]
struct Stamped {
    page: Arc<Page>,
    /// The same for each group of cells. Two snapshots with the same stamp have nothing between
    /// them that was written there: whoever goes from one to the other passes a snapshot after each
    /// mark, which has a new stamp.
    groups: [u64; GROUPS],
    meter: Arc<Meter>,
}

impl Stamped {
    fn new(page: Arc<Page>, groups: [u64; GROUPS], meter: &Arc<Meter>) -> Arc<Self> {
        meter.bytes.fetch_add(size_of::<Self>(), Ordering::Relaxed);
        Arc::new(Self { page, groups, meter: Arc::clone(meter) })
    }
}

impl Drop for Stamped {
    fn drop(&mut self) {
        self.meter.bytes.fetch_sub(size_of::<Self>(), Ordering::Relaxed);
    }
}

#[derive(Debug)]
struct Page {
    cells: Box<[u32]>,
    meter: Arc<Meter>,
}

impl Page {
    fn new(cells: &[u32], meter: &Arc<Meter>) -> Arc<Self> {
        meter.bytes.fetch_add(size_of_val(cells), Ordering::Relaxed);
        Arc::new(Self { cells: cells.into(), meter: Arc::clone(meter) })
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.meter.bytes.fetch_sub(size_of_val(&*self.cells), Ordering::Relaxed);
    }
}

impl Pages {
    /// Bytes of all pages of all snapshots.
    pub(crate) fn bytes(&self) -> usize {
        self.meter.bytes.load(Ordering::Relaxed)
    }

    /// Forgets the newest snapshot: the memory is no longer like it.
    pub(crate) fn forget(&mut self) {
        self.newest = None;
    }

    /// What a snapshot of the memory keeps. Takes the memory's marks away.
    fn of(&mut self, memory: &mut Memory) -> Shared {
        let newest = self.newest.take();
        let stamp = self.meter.stamp.fetch_add(1, Ordering::Relaxed) + 1;
        let (groups, globals) = memory.marks();
        let pages = memory.cells().chunks(PAGE_CELLS).zip(groups.chunks(GROUPS)).enumerate();
        let pages = pages.map(|(index, (cells, marks))| {
            let before = newest.as_ref().and_then(|newest| newest.pages.get(index));
            let page = before.filter(|before| *before.page.cells == *cells);
            match (before, page) {
                (_, Some(before)) if marks.iter().all(|mark| *mark == 0) => Arc::clone(before),
                (before, page) => {
                    let page = page.map(|before| Arc::clone(&before.page));
                    let page = page.unwrap_or_else(|| Page::new(cells, &self.meter));
                    let stamps = stamped(before.map(|before| &before.groups), marks, stamp);
                    Stamped::new(page, stamps, &self.meter)
                }
            }
        });
        let pages = pages.collect();
        let before = newest.as_ref().map(|newest| &newest.globals);
        let globals = match before {
            Some(before) if globals.iter().all(|mark| *mark == 0) => Arc::clone(before),
            _ => Arc::new(stamped(before.map(|before| &**before), globals, stamp)),
        };
        memory.clear_marks();
        let shared = Shared { pages, globals };
        self.newest = Some(shared.clone());
        shared
    }
}

/// The stamps from before, and a new one wherever there is a mark.
fn stamped<const N: usize>(before: Option<&[u64; N]>, marks: &[u32], new: u64) -> [u64; N] {
    let mut stamps = before.copied().unwrap_or([new; N]);
    for (stamp, _) in stamps.iter_mut().zip(marks).filter(|(_, mark)| **mark != 0) {
        *stamp = new;
    }
    stamps
}

impl Snapshot {
    /// The memory as it was then.
    pub(crate) fn memory(&self) -> Memory {
        let mut memory = Memory::new(self.layout);
        self.copy_to(&mut memory);
        memory
    }

    fn copy_to(&self, memory: &mut Memory) {
        let pages = memory.cells_mut().chunks_mut(PAGE_CELLS).zip(self.shared.pages.iter());
        for (cells, stamped) in pages {
            cells.copy_from_slice(&stamped.page.cells);
        }
        memory.clear_marks();
        memory.clear_log();
    }

    /// Whether a run from here to a later state has written none of these cells. `true` is certain,
    /// but for cells of stacks and counts of references.
    pub(crate) fn has_kept(&self, later: &Self, cells: &CellSet) -> bool {
        let (first, end) = self.layout.globals();
        cells.iter().all(|cell| {
            if (first..end).contains(&cell) {
                let mark = (cell - first) % GLOBALS_TOLD;
                self.shared.globals[mark] == later.shared.globals[mark]
            } else {
                let stamp = |shared: &Shared| {
                    let stamped = shared.pages.get(cell / PAGE_CELLS)?;
                    Some(stamped.groups[cell % PAGE_CELLS / GROUP_CELLS])
                };
                stamp(&self.shared) == stamp(&later.shared)
            }
        })
    }
}

impl Vm {
    pub(crate) fn take_snapshot(&mut self) -> Snapshot {
        self.spill();
        self.memory.clear_log();
        Snapshot {
            registers: self.registers,
            tick: self.tick,
            shared: self.pages.of(&mut self.memory),
            layout: self.memory.layout(),
            program: Arc::clone(&self.program),
        }
    }

    pub(crate) fn go_to(&mut self, snapshot: &Snapshot) {
        snapshot.copy_to(&mut self.memory);
        self.registers = snapshot.registers;
        self.tick = snapshot.tick;
        self.program = Arc::clone(&snapshot.program);
        self.pages.newest = Some(snapshot.shared.clone());
    }
}
