//! Whether a tree is what it should be: for tests, and for stores of doubtful origin.

use crate::StoreError;
use crate::area::{PageId, Reader, corrupt};
use crate::node::{Node, ROOM, USED_MIN};
use crate::pages::Pages;

use super::Tree;

/// What a tree is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TreeShape {
    pub(crate) entries: u64,
    /// Levels, the leaves included.
    pub(crate) height: usize,
    /// All pages, those of chains included.
    pub(crate) pages: Vec<PageId>,
}

struct Check<'p, P> {
    reader: Reader<'p, P>,
    leaves: Vec<Node<'p>>,
    entries: u64,
}

impl Tree {
    /// Checks order, bounds, levels, links, sizes and chains.
    ///
    /// # Errors
    /// The first page that breaks a rule, and which.
    pub(crate) fn verify<P: Pages>(self, reader: Reader<'_, P>) -> Result<TreeShape, StoreError> {
        let pages = self.pages(reader)?;
        let mut check = Check { reader, leaves: Vec::new(), entries: 0 };
        let root = Node::read(reader, self.root)?;
        check.node(root, None, None, true)?;
        check.links()?;
        let height = usize::from(root.level()) + 1;
        Ok(TreeShape { entries: check.entries, height, pages })
    }
}

impl<'p, P: Pages> Check<'p, P> {
    /// Levels fall with every step, so this is at most 255 deep.
    fn node(
        &mut self,
        node: Node<'p>,
        lower: Option<&[u8]>,
        upper: Option<&[u8]>,
        is_last: bool,
    ) -> Result<(), StoreError> {
        let is_root = lower.is_none() && upper.is_none();
        let too_empty = if is_last { node.count() == 0 } else { node.used() < USED_MIN };
        if too_empty && !(is_root && node.is_leaf()) {
            return Err(corrupt(node.id, "is too empty"));
        }
        let mut cells = 0;
        for index in 0..node.count() {
            cells += node.cell(index)?.len() + 2;
            let key = node.key(index)?;
            let is_below = index > 0 && key <= node.key(index - 1)?;
            let is_outside =
                lower.is_some_and(|lower| key < lower) || upper.is_some_and(|upper| key >= upper);
            if is_below || is_outside {
                return Err(corrupt(node.id, "has a key out of order"));
            }
        }
        if cells != node.used() || cells > ROOM {
            return Err(corrupt(node.id, "counts its bytes wrongly"));
        }
        if node.is_leaf() {
            self.entries += node.count() as u64;
            for index in 0..node.count() {
                super::bytes_of(self.reader, node.entry(index)?.1)?;
            }
            self.leaves.push(node);
            return Ok(());
        }
        for index in 0..=node.count() {
            let child = node.descend(self.reader, index)?;
            let low = if index == 0 { lower } else { Some(node.key(index - 1)?) };
            let high = if index == node.count() { upper } else { Some(node.key(index)?) };
            self.node(child, low, high, is_last && index == node.count())?;
        }
        Ok(())
    }

    fn links(&self) -> Result<(), StoreError> {
        let ids = || self.leaves.iter().map(|leaf| leaf.id);
        let mut before = std::iter::once(PageId::NONE).chain(ids());
        let mut after = ids().skip(1).chain(std::iter::once(PageId::NONE));
        for leaf in &self.leaves {
            if before.next() != Some(leaf.left()) || after.next() != Some(leaf.right()) {
                return Err(corrupt(leaf.id, "is linked wrongly"));
            }
        }
        Ok(())
    }
}
