//! The toy's memory: one block of cells, shared with snapshots until the first write, and counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A block of cells that knows how many bytes it and its copies hold together.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    block: Arc<Block>,
}

impl Cells {
    pub(super) fn new(count: usize) -> Self {
        let meter = Arc::new(AtomicUsize::new(0));
        Self { block: Arc::new(Block::new(vec![0; count], meter)) }
    }

    pub(super) fn as_slice(&self) -> &[i64] {
        &self.block.values
    }

    pub(super) fn as_mut_slice(&mut self) -> &mut [i64] {
        &mut Arc::make_mut(&mut self.block).values
    }

    pub(super) fn bytes(&self) -> usize {
        self.block.meter.load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
struct Block {
    values: Vec<i64>,
    meter: Arc<AtomicUsize>,
}

impl Block {
    fn new(values: Vec<i64>, meter: Arc<AtomicUsize>) -> Self {
        meter.fetch_add(size_of_val(values.as_slice()), Ordering::Relaxed);
        Self { values, meter }
    }
}

impl Clone for Block {
    fn clone(&self) -> Self {
        Self::new(self.values.clone(), Arc::clone(&self.meter))
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        self.meter.fetch_sub(size_of_val(self.values.as_slice()), Ordering::Relaxed);
    }
}
