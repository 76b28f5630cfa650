//! Heaps written down.

use std::sync::Arc;

use machine::{StateError, StateReader, StateWriter};

use super::memory::{PAGE, STACK, STACK_WORDS};
use super::names::Names;
use super::pages::Pages;
use super::shapes::Shapes;
use super::{Heap, HeapSnapshot};

impl Heap {
    /// Writes a snapshot of this heap.
    pub(crate) fn write(&self, snapshot: &HeapSnapshot, writer: &mut StateWriter) {
        writer.count(self.space.geometry.object_pages);
        writer.count(snapshot.stack_top);
        let names = snapshot.names.list();
        writer.count(names.len());
        for name in names {
            writer.bytes(name.as_bytes());
        }
        let shapes = snapshot.shapes.list();
        writer.count(shapes.len());
        for shape in shapes {
            writer.count(shape.fields().len());
            for &(name, is_mutable) in shape.fields() {
                writer.words(&[name.into(), is_mutable.into()]);
            }
        }
        let pages = snapshot.pages.list();
        writer.count(pages.len());
        for (page, words) in pages {
            writer.count(page);
            writer.words(&*words);
        }
    }

    /// Goes to the state that was written.
    pub(crate) fn read(&mut self, reader: &mut StateReader<'_>) -> Result<(), StateError> {
        let geometry = self.space.geometry;
        let object_pages: usize = reader.small()?;
        let stack_top: usize = reader.small()?;
        if object_pages != geometry.object_pages || stack_top > STACK + STACK_WORDS {
            return Err(StateError);
        }
        let mut names = Names::default();
        for _ in 0..reader.count(8)? {
            names.add(reader.text()?);
        }
        let mut shapes = Shapes::new(&[]);
        for _ in 0..reader.count(8)? {
            let mut fields = Vec::new();
            for _ in 0..reader.count(16)? {
                fields.push((reader.small()?, reader.number()? != 0));
            }
            shapes.add(fields);
        }
        let mut pages = Pages::new(geometry.pages());
        for _ in 0..reader.count(PAGE * 8)? {
            let page: usize = reader.small()?;
            if page >= geometry.pages() {
                return Err(StateError);
            }
            let mut words = [0; PAGE];
            reader.words(&mut words)?;
            pages.set(page, &words);
        }
        if !self.is_possible(&pages) {
            return Err(StateError);
        }
        let (names, shapes) = (Arc::new(names), Arc::new(shapes));
        self.restore(&HeapSnapshot { pages, stack_top, names, shapes });
        Ok(())
    }
}
