//! One page of a B+tree: a sorted, slotted page of cells.
//!
//! A cell of a leaf is a key with its value, or with where the value's chain begins; a cell of an
//! inner node is a child with the least key that may lie in it. What a node looks like is in
//! `docs/formats/relational.md`.

mod search;

use tape::prefetch;

pub(crate) use search::Rising;

use crate::StoreError;
use crate::area::{PageId, Reader, Writer, corrupt, get_u16, kind, small};
use crate::pages::{PAGE_SIZE, Pages, PagesMut};

const AT_LEVEL: usize = 1;
const AT_COUNT: usize = 2;
const AT_LEFT: usize = 8;
const AT_RIGHT: usize = 12;
pub(crate) const HEAD: usize = 16;
/// Bytes for cells and their slots.
pub(crate) const ROOM: usize = PAGE_SIZE - HEAD;
/// What a slot takes.
pub(crate) const SLOT: usize = 2;
/// The most that a cell takes with its slot: four fit on any page.
pub(crate) const CELL_MAX: usize = ROOM / 4;
/// A node that takes less than this is merged with a neighbour, unless it is the last of its level.
pub(crate) const USED_MIN: usize = 1000;

/// The longest key. Longer values than fit beside it lie in chains.
pub const KEY_MAX: usize = 1000;

/// A node, looked at where it lies.
#[derive(Clone, Copy)]
pub(crate) struct Node<'p> {
    pub(crate) id: PageId,
    page: &'p [u8; PAGE_SIZE],
}

/// Where a value is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'p> {
    Here(&'p [u8]),
    Chain { first: PageId, len: usize },
}

/// Room for a cell on a page.
#[derive(Clone, Copy)]
pub(crate) struct Gap {
    /// How many cells there are.
    count: usize,
    /// Where this one begins.
    start: usize,
    dead: usize,
}

impl<'p> Node<'p> {
    #[inline]
    pub(crate) fn read<P: Pages>(reader: Reader<'p, P>, id: PageId) -> Result<Self, StoreError> {
        Self::of(id, reader.page(id)?)
    }

    /// The node with these bytes.
    #[inline]
    pub(crate) fn of(id: PageId, page: &'p [u8; PAGE_SIZE]) -> Result<Self, StoreError> {
        let node = Self { id, page };
        let is_node = match page[0] {
            kind::LEAF => page[AT_LEVEL] == 0,
            kind::INNER => page[AT_LEVEL] != 0,
            _ => false,
        };
        let slots_end = HEAD + SLOT * node.count();
        if is_node && slots_end <= node.start() && node.start() <= PAGE_SIZE {
            Ok(node)
        } else {
            Err(corrupt(id, "is no node of a tree"))
        }
    }

    /// Whether it is the same page in the same memory, and so the same bytes.
    pub(crate) fn shares(self, other: Node<'_>) -> bool {
        self.id == other.id && std::ptr::eq(self.page, other.page)
    }

    /// How many levels lie below: 0 for a leaf.
    pub(crate) fn level(self) -> u8 {
        self.page[AT_LEVEL]
    }

    pub(crate) fn is_leaf(self) -> bool {
        self.level() == 0
    }

    #[inline]
    pub(crate) fn count(self) -> usize {
        get_u16(self.page, AT_COUNT)
    }

    /// Where the lowest cell begins.
    fn start(self) -> usize {
        get_u16(self.page, 4)
    }

    /// Bytes of removed cells between those that stand.
    fn dead(self) -> usize {
        get_u16(self.page, 6)
    }

    /// Bytes taken by cells and slots.
    pub(crate) fn used(self) -> usize {
        (PAGE_SIZE - self.start() + SLOT * self.count()).saturating_sub(self.dead())
    }

    pub(crate) fn left(self) -> PageId {
        PageId::read(self.page, AT_LEFT)
    }

    /// The next leaf; of an inner node, the child before all cells.
    pub(crate) fn right(self) -> PageId {
        PageId::read(self.page, AT_RIGHT)
    }

    /// Everything from where cell `index` begins.
    #[inline]
    fn cell_on(self, index: usize) -> Result<&'p [u8], StoreError> {
        if index < self.count() {
            let offset = get_u16(self.page, HEAD + SLOT * index);
            if (HEAD..PAGE_SIZE).contains(&offset) {
                return Ok(&self.page[offset..]);
            }
        }
        Err(corrupt(self.id, "has a slot that leads nowhere"))
    }

    /// The key of a cell and what follows it, and the length of its value (0 in an inner node).
    #[inline]
    fn parts(self, index: usize) -> Result<(&'p [u8], &'p [u8], usize), StoreError> {
        let cell = self.cell_on(index)?;
        let broken = || corrupt(self.id, "has a cell that runs over its end");
        let (key_len, value_len, rest) = if self.is_leaf() {
            let (key_len, rest) = get_length(cell).ok_or_else(broken)?;
            let (value_len, rest) = get_length(rest).ok_or_else(broken)?;
            (key_len, value_len, rest)
        } else {
            let (key_len, rest) = cell.get(4..).and_then(get_length).ok_or_else(broken)?;
            (key_len, 0, rest)
        };
        let (key, rest) = rest.split_at_checked(key_len).ok_or_else(broken)?;
        Ok((key, rest, value_len))
    }

    #[inline]
    pub(crate) fn key(self, index: usize) -> Result<&'p [u8], StoreError> {
        // Nearly all lengths take a byte.
        let cell = self.cell_on(index)?;
        let short = match (self.is_leaf(), cell) {
            (true, [key_len, value_len, rest @ ..]) if (*key_len | *value_len) < 0x80 => {
                rest.get(..usize::from(*key_len))
            }
            (false, [_, _, _, _, key_len, rest @ ..]) if *key_len < 0x80 => {
                rest.get(..usize::from(*key_len))
            }
            (_, _) => None,
        };
        match short {
            Some(key) => Ok(key),
            None => Ok(self.parts(index)?.0),
        }
    }

    /// Key and value of a cell of a leaf.
    #[inline]
    pub(crate) fn entry(self, index: usize) -> Result<(&'p [u8], Place<'p>), StoreError> {
        let (key, rest, len) = self.parts(index)?;
        let broken = || corrupt(self.id, "has a cell that runs over its end");
        if is_inline(key.len(), len) {
            return Ok((key, Place::Here(rest.get(..len).ok_or_else(broken)?)));
        }
        let link = rest.get(..4).and_then(|link| link.try_into().ok()).ok_or_else(broken)?;
        Ok((key, Place::Chain { first: PageId(u32::from_le_bytes(link)), len }))
    }

    /// The value of a cell of a leaf, and where in the page it lies, unless it lies in a chain.
    #[inline]
    pub(crate) fn value_at(self, index: usize) -> Result<Option<(usize, &'p [u8])>, StoreError> {
        let (key, rest, len) = self.parts(index)?;
        if !is_inline(key.len(), len) {
            return Ok(None);
        }
        let broken = || corrupt(self.id, "has a cell that runs over its end");
        Ok(Some((PAGE_SIZE - rest.len(), rest.get(..len).ok_or_else(broken)?)))
    }

    /// The value of a cell of a leaf, if its lengths are short and it lies beside its key.
    #[inline]
    pub(crate) fn short_value(self, index: usize) -> Option<&'p [u8]> {
        let slot = self.page.get(HEAD + SLOT * index..)?;
        let cell = self.page.get(usize::from(u16::from_le_bytes(*slot.first_chunk()?))..)?;
        let [key_len, len, more, ..] = *cell.first_chunk::<3>()?;
        let (head, len) = match (len < 0x80, more) {
            (true, _) => (2, usize::from(len)),
            (false, ..8) => (3, usize::from(len & 0x7f) | usize::from(more) << 7),
            (false, _) => return None,
        };
        let from = head + usize::from(key_len);
        let is_short = key_len < 0x80 && is_inline(usize::from(key_len), len);
        cell.get(from..from + len).filter(|_| is_short)
    }

    /// A cell's bytes.
    pub(crate) fn cell(self, index: usize) -> Result<&'p [u8], StoreError> {
        let cell = self.cell_on(index)?;
        let (key, rest, len) = self.parts(index)?;
        let tail = match (self.is_leaf(), is_inline(key.len(), len)) {
            (false, _) => 0,
            (true, true) => len,
            (true, false) => 4,
        };
        let len = cell.len() - rest.len() + tail;
        cell.get(..len).ok_or_else(|| corrupt(self.id, "has a cell that runs over its end"))
    }

    /// The child before cell `index`, or after the last one.
    #[inline]
    pub(crate) fn child(self, index: usize) -> Result<PageId, StoreError> {
        let child = match index.checked_sub(1) {
            None => self.right(),
            Some(before) => {
                let cell = self.cell_on(before)?.first_chunk();
                PageId(cell.map_or(0, |link| u32::from_le_bytes(*link)))
            }
        };
        if child.is_none() { Err(corrupt(self.id, "has no child there")) } else { Ok(child) }
    }

    /// The child at `index`, which must be one level lower: so every way down ends.
    #[inline]
    pub(crate) fn descend<P: Pages>(
        self,
        reader: Reader<'p, P>,
        index: usize,
    ) -> Result<Self, StoreError> {
        let id = self.child(index)?;
        let page = reader.page(id)?;
        // Where a leaf's slots are; its head is fetched at once.
        prefetch(&page[64..]);
        prefetch(&page[128..]);
        let child = Self::of(id, page)?;
        if child.level() + 1 == self.level() {
            Ok(child)
        } else {
            Err(corrupt(child.id, "is on the wrong level"))
        }
    }

    /// Where a cell of that length goes, if there is room between the slots and the other cells.
    #[inline]
    pub(crate) fn gap(self, len: usize) -> Option<Gap> {
        let (count, dead) = (self.count(), self.dead());
        let start = self.start().checked_sub(len)?;
        (HEAD + SLOT * (count + 1) <= start).then_some(Gap { count, start, dead })
    }

    /// A copy to change, with all cells in order.
    pub(crate) fn image(self) -> Result<Image<'p>, StoreError> {
        let cells = (0..self.count()).map(|index| self.cell(index)).collect::<Result<_, _>>()?;
        Ok(Image { level: self.level(), left: self.left(), right: self.right(), cells })
    }
}

/// What a node is to hold.
#[derive(Clone, Debug)]
pub(crate) struct Image<'c> {
    pub(crate) level: u8,
    pub(crate) left: PageId,
    pub(crate) right: PageId,
    pub(crate) cells: Vec<&'c [u8]>,
}

impl Image<'_> {
    /// What the cells take with their slots.
    pub(crate) fn used(&self) -> usize {
        self.cells.iter().map(|cell| cell.len() + SLOT).sum()
    }

    /// The cell in whose middle half of the bytes have gone by: without it, neither side is large.
    pub(crate) fn pivot(&self) -> usize {
        let total = self.used();
        let mut before = 0;
        for (index, cell) in self.cells.iter().enumerate() {
            before += cell.len() + SLOT;
            if 2 * before >= total {
                return index;
            }
        }
        0
    }

    /// After how many cells the halves are closest in size, counting the slots.
    pub(crate) fn middle(&self) -> usize {
        let total = self.used();
        let mut before = 0;
        for (index, cell) in self.cells.iter().enumerate() {
            let after = before + cell.len() + SLOT;
            if 2 * after >= total {
                let nearer = 2 * after - total <= total - 2 * before;
                let middle = if nearer { index + 1 } else { index };
                return middle.clamp(1, self.cells.len().saturating_sub(1).max(1));
            }
            before = after;
        }
        self.cells.len()
    }
}

impl<P: PagesMut> Writer<'_, P> {
    /// Writes a whole node. Cells that do not fit come from pages on which cells overlap.
    pub(crate) fn put_node(&mut self, id: PageId, image: &Image<'_>) -> Result<(), StoreError> {
        if image.used() > ROOM {
            return Err(corrupt(id, "has more cells than fit"));
        }
        let mut page = [0; PAGE_SIZE];
        page[0] = if image.level == 0 { kind::LEAF } else { kind::INNER };
        page[AT_LEVEL] = image.level;
        page[AT_COUNT..][..2].copy_from_slice(&small(image.cells.len()).to_le_bytes());
        page[AT_LEFT..][..4].copy_from_slice(&image.left.bytes());
        page[AT_RIGHT..][..4].copy_from_slice(&image.right.bytes());
        let mut start = PAGE_SIZE;
        for (index, cell) in image.cells.iter().enumerate() {
            start -= cell.len();
            page[start..][..cell.len()].copy_from_slice(cell);
            page[HEAD + SLOT * index..][..SLOT].copy_from_slice(&small(start).to_le_bytes());
        }
        page[4..6].copy_from_slice(&small(start).to_le_bytes());
        self.write(id, 0, &page[..HEAD + SLOT * image.cells.len()])?;
        if start < PAGE_SIZE { self.write(id, start, &page[start..]) } else { Ok(()) }
    }

    /// Puts a cell before cell `index`, if it fits. A page with holes is put in order first.
    pub(crate) fn put_cell(
        &mut self,
        id: PageId,
        index: usize,
        cell: &[u8],
    ) -> Result<bool, StoreError> {
        let mut node = Node::read(self.reader(), id)?;
        let (count, needs) = (node.count(), cell.len() + SLOT);
        if index > count || node.used() + needs > ROOM {
            return Ok(false);
        }
        if HEAD + SLOT * count + needs > node.start() {
            let page = *node.page;
            let holed = Node { id, page: &page };
            self.put_node(id, &holed.image()?)?;
            node = Node::read(self.reader(), id)?;
        }
        let Some(gap) = node.gap(cell.len()) else {
            return Err(corrupt(id, "has more cells than fit"));
        };
        let (from, to) = (HEAD + SLOT * index, HEAD + SLOT * count);
        if from == to {
            self.append_cell(id, cell, gap)?;
        } else {
            let slots = [&small(gap.start).to_le_bytes(), &node.page[from..to]].concat();
            self.write(id, gap.start, cell)?;
            self.write(id, from, &slots)?;
            self.put_counts(id, count + 1, gap.start, gap.dead)?;
        }
        Ok(true)
    }

    /// Puts a cell behind all others of a page that has a gap for it.
    #[inline]
    pub(crate) fn append_cell(
        &mut self,
        id: PageId,
        cell: &[u8],
        gap: Gap,
    ) -> Result<(), StoreError> {
        self.write(id, gap.start, cell)?;
        self.write(id, HEAD + SLOT * gap.count, &small(gap.start).to_le_bytes())?;
        self.put_counts(id, gap.count + 1, gap.start, gap.dead)
    }

    /// Takes cell `index` out.
    pub(crate) fn cut_cell(&mut self, id: PageId, index: usize) -> Result<(), StoreError> {
        let node = Node::read(self.reader(), id)?;
        let (count, start, dead) = (node.count(), node.start(), node.dead());
        let len = node.cell(index)?.len();
        let (from, to) = (HEAD + SLOT * index, HEAD + SLOT * count);
        let at_start = get_u16(node.page, from) == start;
        let slots = node.page[from + SLOT..to].to_vec();
        if !slots.is_empty() {
            self.write(id, from, &slots)?;
        }
        let (start, dead) = match (count, at_start) {
            (1, _) => (PAGE_SIZE, 0),
            (_, true) => (start + len, dead),
            (_, false) => (start, dead + len),
        };
        self.put_counts(id, count - 1, start, dead)
    }

    pub(crate) fn put_left(&mut self, id: PageId, left: PageId) -> Result<(), StoreError> {
        self.write(id, AT_LEFT, &left.bytes())
    }

    pub(crate) fn put_right(&mut self, id: PageId, right: PageId) -> Result<(), StoreError> {
        self.write(id, AT_RIGHT, &right.bytes())
    }

    fn put_counts(
        &mut self,
        id: PageId,
        count: usize,
        start: usize,
        dead: usize,
    ) -> Result<(), StoreError> {
        let counts = [count, start, dead].map(|number| small(number).to_le_bytes());
        self.write(id, AT_COUNT, counts.as_flattened())
    }
}

/// Whether a value lies beside its key, rather than in a chain.
#[inline]
pub(crate) const fn is_inline(key_len: usize, value_len: usize) -> bool {
    // A value that may be inline has a length of at most two bytes.
    let lengths = if key_len < 0x80 { 1 } else { 2 } + if value_len < 0x80 { 1 } else { 2 };
    value_len < CELL_MAX && lengths + key_len + value_len + SLOT <= CELL_MAX
}

/// A cell of a leaf, up to its value or link.
pub(crate) fn leaf_cell(key: &[u8], value_len: usize, tail: &[u8]) -> Vec<u8> {
    let mut cell = Vec::with_capacity(key.len() + tail.len() + 7);
    put_leaf_cell(&mut cell, key, value_len, tail);
    cell
}

/// What most cells fit into.
pub(crate) const SHORT_CELL: usize = 128;

/// Such a cell within a buffer, if it fits with its value: its length.
#[inline]
pub(crate) fn short_cell(key: &[u8], value: &[u8], cell: &mut [u8; SHORT_CELL]) -> Option<usize> {
    let (key_end, end) = (2 + key.len(), 2 + key.len() + value.len());
    cell.get_mut(2..key_end)?.copy_from_slice(key);
    cell.get_mut(key_end..end)?.copy_from_slice(value);
    // Both are below 128.
    (cell[0], cell[1]) = (low_bits(key.len()), low_bits(value.len()));
    Some(end)
}

/// Adds such a cell to bytes.
pub(crate) fn put_leaf_cell(bytes: &mut Vec<u8>, key: &[u8], value_len: usize, tail: &[u8]) {
    put_length(bytes, key.len());
    put_length(bytes, value_len);
    bytes.extend_from_slice(key);
    bytes.extend_from_slice(tail);
}

/// A cell of an inner node.
pub(crate) fn inner_cell(key: &[u8], child: PageId) -> Vec<u8> {
    let mut cell = Vec::with_capacity(key.len() + 6);
    cell.extend_from_slice(&child.bytes());
    put_length(&mut cell, key.len());
    cell.extend_from_slice(key);
    cell
}

/// Key and child of such a cell.
pub(crate) fn inner_parts(id: PageId, cell: &[u8]) -> Result<(&[u8], PageId), StoreError> {
    let broken = || corrupt(id, "has a cell that runs over its end");
    let (child, rest) = cell.split_first_chunk().ok_or_else(broken)?;
    let (len, rest) = get_length(rest).ok_or_else(broken)?;
    let key = rest.get(..len).ok_or_else(broken)?;
    Ok((key, PageId(u32::from_le_bytes(*child))))
}

/// Seven bits a byte, lowest first; all but the last have the top bit.
pub(crate) fn put_length(bytes: &mut Vec<u8>, mut length: usize) {
    while length >= 0x80 {
        bytes.push(0x80 | low_bits(length));
        length >>= 7;
    }
    bytes.push(low_bits(length));
}

const fn low_bits(length: usize) -> u8 {
    (length & 0x7f).to_le_bytes()[0]
}

/// A length and what follows it; at most five bytes are read.
#[inline]
pub(crate) fn get_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, mut rest) = bytes.split_first()?;
    if first < 0x80 {
        return Some((usize::from(first), rest));
    }
    let mut length = usize::from(first & 0x7f);
    for shift in [7, 14, 21, 28] {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        length |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some((length, rest));
        }
    }
    None
}

/// The shortest key that is above `below` and not above `above`.
pub(crate) fn separator<'k>(below: &[u8], above: &'k [u8]) -> &'k [u8] {
    let common = below.iter().zip(above).take_while(|(one, other)| one == other).count();
    &above[..above.len().min(common + 1)]
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node {} with {} cells", self.id, self.count())
    }
}
