//! Pages of past states: a tree in which states share what did not change between them.

use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use xxhash_rust::xxh3::xxh3_64;

use super::memory::{Memory, PAGE};
use super::page::{Packed, Page};

pub(super) use super::page::PAGE_BYTES;

/// How many children a node has.
const FAN: usize = 32;
/// Enough for any number of pages.
const LEVELS_MAX: usize = 14;

/// The content of all pages at some moment. Cloning it copies nothing.
#[derive(Clone, Debug)]
pub(crate) struct Pages {
    root: Tree,
    /// How many levels of nodes there are.
    height: u32,
    /// The hash of nothing but zeros, by level.
    zeros: [u64; LEVELS_MAX],
    held: Arc<AtomicUsize>,
}

/// Pages in a row, as many as the level says.
#[derive(Clone, Debug, Default)]
enum Tree {
    /// Zeros.
    #[default]
    Empty,
    Page(Arc<Page>),
    /// A page of which only one state has need, and nobody soon.
    Packed(Arc<Packed>),
    Node(Arc<Node>),
}

#[derive(Debug)]
struct Node {
    children: [Tree; FAN],
    hash: OnceLock<u64>,
    held: Held,
}

/// Counts bytes as long as it lives.
#[derive(Debug)]
pub(super) struct Held {
    held: Arc<AtomicUsize>,
    bytes: usize,
}

impl Held {
    pub(super) fn new(held: &Arc<AtomicUsize>, bytes: usize) -> Self {
        held.fetch_add(bytes, Ordering::Relaxed);
        Self { held: Arc::clone(held), bytes }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Node {
    fn new(held: &Arc<AtomicUsize>) -> Self {
        Self {
            children: [const { Tree::Empty }; FAN],
            hash: OnceLock::new(),
            held: Held::new(held, size_of::<Self>()),
        }
    }
}

impl Clone for Node {
    /// For changing the clone: its hash is not known.
    fn clone(&self) -> Self {
        Self {
            children: self.children.clone(),
            hash: OnceLock::new(),
            held: Held::new(&self.held.held, self.held.bytes),
        }
    }
}

impl Tree {
    fn child(&self, index: usize) -> &Self {
        match self {
            Self::Node(node) => &node.children[index],
            Self::Empty | Self::Page(_) | Self::Packed(_) => &Self::Empty,
        }
    }

    /// The node, which becomes one if it is none, for changing.
    fn node(&mut self, held: &Arc<AtomicUsize>) -> &mut Node {
        if !matches!(self, Self::Node(_)) {
            *self = Self::Node(Arc::new(Node::new(held)));
        }
        match self {
            Self::Node(node) => {
                let node = Arc::make_mut(node);
                node.hash = OnceLock::new();
                node
            }
            Self::Empty | Self::Page(_) | Self::Packed(_) => unreachable!("it was made one"),
        }
    }

    /// Whether both are the same memory, which means the same content.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Empty, Self::Empty) => true,
            (Self::Page(a), Self::Page(b)) => Arc::ptr_eq(a, b),
            (Self::Packed(a), Self::Packed(b)) => Arc::ptr_eq(a, b),
            (Self::Node(a), Self::Node(b)) => Arc::ptr_eq(a, b),
            (Self::Empty | Self::Page(_) | Self::Packed(_) | Self::Node(_), _) => false,
        }
    }

    /// The words of a page, `None` if they are zeros.
    fn words(&self) -> Option<Cow<'_, [u64; PAGE]>> {
        match self {
            Self::Page(page) => Some(Cow::Borrowed(page.words())),
            Self::Packed(page) => Some(Cow::Owned(page.unpacked())),
            Self::Empty | Self::Node(_) => None,
        }
    }

    /// Packs the pages that nobody else has.
    fn pack(&mut self, held: &Arc<AtomicUsize>) {
        match self {
            Self::Page(page) => {
                if Arc::get_mut(page).is_some()
                    && let Some(packed) = page.packed(held)
                {
                    *self = Self::Packed(Arc::new(packed));
                }
            }
            Self::Node(node) => {
                if let Some(node) = Arc::get_mut(node) {
                    node.children.iter_mut().for_each(|child| child.pack(held));
                }
            }
            Self::Empty | Self::Packed(_) => {}
        }
    }

    fn list<'a>(
        &'a self,
        level: u32,
        first: usize,
        pages: &mut Vec<(usize, Cow<'a, [u64; PAGE]>)>,
    ) {
        match self {
            Self::Empty => {}
            Self::Page(_) | Self::Packed(_) => {
                pages.extend(self.words().map(|words| (first, words)));
            }
            Self::Node(node) => {
                for (index, child) in node.children.iter().enumerate() {
                    child.list(level - 1, first + index * FAN.pow(level - 1), pages);
                }
            }
        }
    }

    fn hash(&self, level: usize, zeros: &[u64; LEVELS_MAX]) -> u64 {
        match self {
            Self::Empty => zeros[level],
            Self::Page(page) => page.hash(),
            Self::Packed(page) => page.hash(),
            Self::Node(node) => *node.hash.get_or_init(|| {
                let children = node.children.each_ref();
                hash_of(&children.map(|child| child.hash(level - 1, zeros)))
            }),
        }
    }
}

impl Pages {
    /// So many pages of zeros.
    pub(super) fn new(pages: usize) -> Self {
        let mut height = 1;
        while FAN.pow(height) < pages {
            height += 1;
        }
        let mut zeros = [hash_of(&[0; PAGE]); LEVELS_MAX];
        for level in 1..LEVELS_MAX {
            zeros[level] = hash_of(&[zeros[level - 1]; FAN]);
        }
        Self { root: Tree::Empty, height, zeros, held: Arc::default() }
    }

    /// The words of a page, `None` if they are zeros.
    pub(super) fn get(&self, page: usize) -> Option<Cow<'_, [u64; PAGE]>> {
        self.leaf(page).words()
    }

    /// Copies a page to these words.
    pub(super) fn copy(&self, page: usize, words: &mut [u64]) {
        copy_leaf(self.leaf(page), words);
    }

    /// Makes what no other state has smaller, if that is possible.
    pub(super) fn pack(&mut self) {
        self.root.pack(&self.held);
    }

    /// Whether both have the same page in memory, which nobody has written to between them if one came
    /// from the other.
    pub(super) fn has_same(&self, other: &Self, page: usize) -> bool {
        self.leaf(page).is_same(other.leaf(page))
    }

    fn leaf(&self, page: usize) -> &Tree {
        (0..self.height)
            .rev()
            .fold(&self.root, |tree, level| tree.child(page / FAN.pow(level) % FAN))
    }

    /// Every page that is not zeros, ascending, with its number.
    pub(super) fn list(&self) -> Vec<(usize, Cow<'_, [u64; PAGE]>)> {
        let mut pages = Vec::new();
        self.root.list(self.height, 0, &mut pages);
        pages
    }

    /// Changes a page. Other states keep what they have.
    pub(super) fn set(&mut self, page: usize, words: &[u64; PAGE]) {
        let held = Arc::clone(&self.held);
        *self.place(page) = Tree::Page(Arc::new(Page::new(words, &held)));
    }

    /// Makes a page zeros.
    pub(super) fn clear(&mut self, page: usize) {
        if !matches!(self.leaf(page), Tree::Empty) {
            *self.place(page) = Tree::Empty;
        }
    }

    /// Where a page is in the tree, for changing. Its nodes are this state's own then.
    fn place(&mut self, page: usize) -> &mut Tree {
        let mut tree = &mut self.root;
        for level in (0..self.height).rev() {
            tree = &mut tree.node(&self.held).children[page / FAN.pow(level) % FAN];
        }
        tree
    }

    /// Copies to the memory the pages of `target` that differ from what is there, from page `from` to
    /// page `to`. There is what is in these pages, but for those that are marked. Calls `copied` with
    /// the number of each.
    pub(super) fn restore(
        &self,
        target: &Self,
        memory: &mut Memory,
        (from, to): (usize, usize),
        copied: &mut impl FnMut(usize),
    ) {
        let bounds = Bounds { from, to };
        restore_tree((&self.root, &target.root), self.height, 0, memory, &bounds, copied);
    }

    /// The hash of the memory. `special` are the pages before `memory_from`, whose hashes
    /// `page_hash` knows; `None` is for zeros. Pages from `to` on are zeros.
    pub(super) fn hash(
        &self,
        memory: &Memory,
        (from, to): (usize, usize),
        page_hash: &impl Fn(usize) -> Option<u64>,
        special_end: usize,
    ) -> u64 {
        let view = View { pages: self, memory, from, to, page_hash, special_end };
        view.hash(&self.root, self.height, 0)
    }

    /// Bytes held by all states together.
    pub(super) fn bytes(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }
}

struct Bounds {
    from: usize,
    to: usize,
}

fn restore_tree(
    (current, target): (&Tree, &Tree),
    level: u32,
    first: usize,
    memory: &mut Memory,
    bounds: &Bounds,
    copied: &mut impl FnMut(usize),
) {
    let end = first + FAN.pow(level);
    let (from, to) = (first.max(bounds.from), end.min(bounds.to));
    if from >= to || (current.is_same(target) && !has_marks(memory, from, to)) {
        return;
    }
    if level == 0 {
        copy_leaf(target, memory.page_mut(first));
        copied(first);
        return;
    }
    let step = FAN.pow(level - 1);
    for index in 0..FAN {
        let children = (current.child(index), target.child(index));
        restore_tree(children, level - 1, first + index * step, memory, bounds, copied);
    }
}

fn copy_leaf(page: &Tree, words: &mut [u64]) {
    match page.words() {
        Some(from) => words.copy_from_slice(&*from),
        None => words.fill(0),
    }
}

/// What is needed to hash the memory.
struct View<'a, F> {
    pages: &'a Pages,
    memory: &'a Memory,
    from: usize,
    to: usize,
    page_hash: &'a F,
    special_end: usize,
}

impl<F: Fn(usize) -> Option<u64>> View<'_, F> {
    fn hash(&self, tree: &Tree, level: u32, first: usize) -> u64 {
        let zeros = &self.pages.zeros;
        let step = FAN.pow(level);
        let end = first + step;
        let depth = level as usize;
        if first >= self.to || (first >= self.special_end && end <= self.from) {
            return zeros[depth];
        }
        if first >= self.from && !has_marks(self.memory, first, end.min(self.to)) {
            return tree.hash(depth, zeros);
        }
        if level == 0 {
            return if first >= self.from {
                hash_of(self.memory.page(first))
            } else {
                (self.page_hash)(first).unwrap_or(zeros[0])
            };
        }
        let children: [u64; FAN] = std::array::from_fn(|index| {
            self.hash(tree.child(index), level - 1, first + index * step / FAN)
        });
        hash_of(&children)
    }
}

/// Whether any of these pages is marked.
pub(super) fn has_marks(memory: &Memory, from: usize, to: usize) -> bool {
    let any = |marks: &[u8]| marks.iter().fold(0, |all, mark| all | mark) != 0;
    memory.marks()[from..to].chunks(64).any(any)
}

/// The hash of words.
pub(super) fn hash_of(words: &[u64]) -> u64 {
    xxh3_64(bytemuck::cast_slice(words))
}
