//! Splitting nodes that are too full, and merging or evening out those that are too empty.

use crate::StoreError;
use crate::area::{PageId, Reader, Writer, corrupt};
use crate::node::{Image, Node, ROOM, USED_MIN, inner_cell, inner_parts, separator};
use crate::pages::{Pages, PagesMut};

use super::Tree;

/// The nodes from the root down, each with the child that was gone to.
type Path = Vec<(PageId, usize)>;

/// A node cut in two: where, and what stands between the halves.
struct Cut {
    /// Cells of the left half.
    left: usize,
    /// Cells before the right half: one more than `left` where a cell moves up.
    right: usize,
    separator: Vec<u8>,
    /// Of an inner node, the child before all cells of the right half.
    child: PageId,
}

impl Tree {
    /// The way to `key`, down to and without the node `id`.
    fn path<P: Pages>(
        self,
        reader: Reader<'_, P>,
        key: &[u8],
        id: PageId,
    ) -> Result<Path, StoreError> {
        let mut path = Path::new();
        let mut node = Node::read(reader, self.root)?;
        while node.id != id {
            if node.is_leaf() {
                return Err(corrupt(id, "is not where its keys belong"));
            }
            let index = node.child_index(key)?;
            path.push((node.id, index));
            node = node.descend(reader, index)?;
        }
        Ok(path)
    }

    /// Puts a cell that has no room before cell `index` of the leaf `id`, in which `key` belongs.
    pub(super) fn split<P: PagesMut>(
        self,
        writer: &mut Writer<'_, P>,
        key: &[u8],
        id: PageId,
        index: usize,
        cell: Vec<u8>,
    ) -> Result<(), StoreError> {
        let path = self.path(writer.reader(), key, id)?;
        self.put_splitting(writer, path, (id, index), cell)
    }

    /// Puts a cell before cell `index` of the node `id`, and splits what has no room.
    fn put_splitting<P: PagesMut>(
        self,
        writer: &mut Writer<'_, P>,
        mut path: Path,
        (mut id, mut index): (PageId, usize),
        mut cell: Vec<u8>,
    ) -> Result<(), StoreError> {
        loop {
            if writer.put_cell(id, index, &cell)? {
                return Ok(());
            }
            if id == self.root {
                id = self.grow(writer)?;
                path.push((self.root, 0));
            }
            let is_last = path.iter().try_fold(true, |is_last, (id, index)| {
                Ok::<_, StoreError>(is_last && *index == Node::read(writer.reader(), *id)?.count())
            })?;
            let node = Node::read(writer.reader(), id)?;
            let at_end = is_last && index == node.count();
            let added = if at_end { append(writer, id, &cell)? } else { None };
            if let Some(added) = added {
                cell = added;
                let Some(parent) = path.pop() else { return Err(corrupt(id, "has no parent")) };
                (id, index) = parent;
                continue;
            }
            let page = *writer.page(id)?;
            let node = Node::of(id, &page)?;
            let mut image = node.image()?;
            image.cells.insert(index, &cell);
            let cut = cut(id, &image, at_end)?;
            let right = writer.take()?;
            write_halves(writer, id, right, &image, &cut)?;
            cell = inner_cell(&cut.separator, right);
            let Some((parent, child)) = path.pop() else {
                return Err(corrupt(id, "has no parent"));
            };
            (id, index) = (parent, child);
        }
    }

    /// Moves what the root holds one level down, and returns where it is now.
    fn grow<P: PagesMut>(self, writer: &mut Writer<'_, P>) -> Result<PageId, StoreError> {
        let page = *writer.page(self.root)?;
        let mut image = Node::of(self.root, &page)?.image()?;
        let id = writer.take()?;
        writer.put_node(id, &image)?;
        let Some(level) = image.level.checked_add(1) else {
            return Err(corrupt(self.root, "is too high"));
        };
        image = Image { level, left: PageId::NONE, right: id, cells: Vec::new() };
        writer.put_node(self.root, &image)?;
        Ok(id)
    }

    /// Merges the node `id`, in which `key` belongs, with a neighbour, or takes from it.
    pub(super) fn rebalance<P: PagesMut>(
        self,
        writer: &mut Writer<'_, P>,
        key: &[u8],
        mut id: PageId,
    ) -> Result<(), StoreError> {
        let mut path = self.path(writer.reader(), key, id)?;
        while Node::read(writer.reader(), id)?.used() < USED_MIN {
            let Some((parent_id, index)) = path.pop() else {
                return self.shrink(writer);
            };
            let (parent_page, reader) = (*writer.page(parent_id)?, writer.reader());
            let parent = Node::of(parent_id, &parent_page)?;
            if parent.count() == 0 {
                return Err(corrupt(parent_id, "has a single child"));
            }
            let between = index.saturating_sub(1);
            let left_page = *reader.page(parent.child(between)?)?;
            let right_page = *reader.page(parent.child(between + 1)?)?;
            let left = Node::of(parent.child(between)?, &left_page)?;
            let right = Node::of(parent.child(between + 1)?, &right_page)?;
            if left.level() != right.level() || left.level() + 1 != parent.level() {
                return Err(corrupt(parent_id, "has children on different levels"));
            }
            let between_cell = inner_cell(parent.key(between)?, right.right());
            let mut both = left.image()?;
            if !left.is_leaf() {
                both.cells.push(&between_cell);
            }
            both.cells.extend(right.image()?.cells);
            writer.cut_cell(parent_id, between)?;
            if both.used() <= ROOM {
                if left.is_leaf() {
                    both.right = right.right();
                }
                writer.put_node(left.id, &both)?;
                if left.is_leaf() && !both.right.is_none() {
                    writer.put_left(both.right, left.id)?;
                }
                writer.give(right.id)?;
                id = parent_id;
                continue;
            }
            both.right = if left.is_leaf() { right.right() } else { left.right() };
            let cut = cut(left.id, &both, false)?;
            write_halves(writer, left.id, right.id, &both, &cut)?;
            let cell = inner_cell(&cut.separator, right.id);
            if !writer.put_cell(parent_id, between, &cell)? {
                return self.put_splitting(writer, path, (parent_id, between), cell);
            }
            id = parent_id;
        }
        Ok(())
    }

    /// Takes levels away from above the only child.
    fn shrink<P: PagesMut>(self, writer: &mut Writer<'_, P>) -> Result<(), StoreError> {
        loop {
            let root = Node::read(writer.reader(), self.root)?;
            if root.is_leaf() || root.count() > 0 {
                return Ok(());
            }
            let child = root.descend(writer.reader(), 0)?.id;
            let page = *writer.page(child)?;
            writer.put_node(self.root, &Node::of(child, &page)?.image()?)?;
            writer.give(child)?;
        }
    }
}

/// Puts a cell that comes behind all others into a leaf of its own behind the leaf `id`, which stays as
/// it is; the cell that leads there. Nothing for other nodes.
fn append<P: PagesMut>(
    writer: &mut Writer<'_, P>,
    id: PageId,
    cell: &[u8],
) -> Result<Option<Vec<u8>>, StoreError> {
    let leaf = Node::read(writer.reader(), id)?;
    let count = leaf.count();
    if !leaf.is_leaf() || !leaf.right().is_none() || count < 2 {
        return Ok(None);
    }
    let above = leaf_key(cell).ok_or_else(|| corrupt(id, "has a cell that runs over its end"))?;
    let separator = separator(leaf.key(count - 1)?, above).to_vec();
    let right = writer.take()?;
    writer.put_right(id, right)?;
    let cells = vec![cell];
    writer.put_node(right, &Image { level: 0, left: id, right: PageId::NONE, cells })?;
    Ok(Some(inner_cell(&separator, right)))
}

/// Where to cut a node. At the end of a tree, what is there stays: rows that come in the order of
/// their keys fill their pages.
fn cut(id: PageId, image: &Image<'_>, at_end: bool) -> Result<Cut, StoreError> {
    let count = image.cells.len();
    if count < 3 {
        return Err(corrupt(id, "is too full with so few cells"));
    }
    if image.level > 0 {
        let left = if at_end { count - 2 } else { image.pivot().clamp(1, count - 2) };
        let (separator, child) = inner_parts(id, image.cells[left])?;
        return Ok(Cut { left, right: left + 1, separator: separator.to_vec(), child });
    }
    let left = if at_end { count - 1 } else { image.middle() };
    let broken = || corrupt(id, "has a cell that runs over its end");
    let below = leaf_key(image.cells[left - 1]).ok_or_else(broken)?;
    let above = leaf_key(image.cells[left]).ok_or_else(broken)?;
    let separator = separator(below, above).to_vec();
    Ok(Cut { left, right: left, separator, child: PageId::NONE })
}

fn leaf_key(cell: &[u8]) -> Option<&[u8]> {
    let (len, rest) = crate::node::get_length(cell)?;
    let (_, rest) = crate::node::get_length(rest)?;
    rest.get(..len)
}

/// Writes the halves of `image` to two pages, and links leaves.
fn write_halves<P: PagesMut>(
    writer: &mut Writer<'_, P>,
    left: PageId,
    right: PageId,
    image: &Image<'_>,
    cut: &Cut,
) -> Result<(), StoreError> {
    let (level, is_leaf) = (image.level, image.level == 0);
    let cells = image.cells[..cut.left].to_vec();
    let after = if is_leaf { right } else { image.right };
    writer.put_node(left, &Image { level, left: image.left, right: after, cells })?;
    let cells = image.cells[cut.right..].to_vec();
    let (before, after) = if is_leaf { (left, image.right) } else { (PageId::NONE, cut.child) };
    writer.put_node(right, &Image { level, left: before, right: after, cells })?;
    if is_leaf && !image.right.is_none() {
        writer.put_left(image.right, right)?;
    }
    Ok(())
}
