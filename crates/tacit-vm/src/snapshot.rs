//! States that are kept: pages of the memory, shared as long as they are the same.
//!
//! Nothing is noted while a program runs. A snapshot compares the memory with the one before, page
//! by page, which takes less time than copying it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::memory::Memory;
use crate::program::Program;
use crate::vm::{Registers, Vm};

/// Cells of a page: 4 KB.
const PAGE_CELLS: usize = 1024;

/// A state of the machine. Shares with other snapshots what is the same.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) registers: Registers,
    pub(crate) tick: u64,
    pages: Arc<[Arc<Page>]>,
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
    newest: Option<Arc<[Arc<Page>]>>,
    meter: Arc<AtomicUsize>,
}

#[derive(Debug)]
struct Page {
    cells: Box<[u32]>,
    meter: Arc<AtomicUsize>,
}

impl Page {
    fn new(cells: &[u32], meter: &Arc<AtomicUsize>) -> Arc<Self> {
        meter.fetch_add(size_of_val(cells), Ordering::Relaxed);
        Arc::new(Self { cells: cells.into(), meter: Arc::clone(meter) })
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.meter.fetch_sub(size_of_val(&*self.cells), Ordering::Relaxed);
    }
}

impl Pages {
    /// Bytes of all pages of all snapshots.
    pub(crate) fn bytes(&self) -> usize {
        self.meter.load(Ordering::Relaxed)
    }

    /// Forgets the newest snapshot: the memory is no longer like it.
    pub(crate) fn forget(&mut self) {
        self.newest = None;
    }

    fn of(&mut self, memory: &Memory) -> Arc<[Arc<Page>]> {
        let newest = self.newest.take();
        let page = |(index, cells): (usize, &[u32])| {
            let before = newest.as_ref().and_then(|pages| pages.get(index));
            match before {
                Some(page) if *page.cells == *cells => Arc::clone(page),
                _ => Page::new(cells, &self.meter),
            }
        };
        let pages: Arc<[_]> = memory.cells().chunks(PAGE_CELLS).enumerate().map(page).collect();
        self.newest = Some(Arc::clone(&pages));
        pages
    }
}

impl Vm {
    pub(crate) fn take_snapshot(&mut self) -> Snapshot {
        self.spill();
        self.memory.clear_log();
        Snapshot {
            registers: self.registers,
            tick: self.tick,
            pages: self.pages.of(&self.memory),
            program: Arc::clone(&self.program),
        }
    }

    pub(crate) fn go_to(&mut self, snapshot: &Snapshot) {
        for (cells, page) in
            self.memory.cells_mut().chunks_mut(PAGE_CELLS).zip(snapshot.pages.iter())
        {
            cells.copy_from_slice(&page.cells);
        }
        self.memory.clear_log();
        self.registers = snapshot.registers;
        self.tick = snapshot.tick;
        self.program = Arc::clone(&snapshot.program);
        self.pages.newest = Some(Arc::clone(&snapshot.pages));
    }
}
