//! The way to the entry that was looked for last: whoever reads a row and then changes it, or reads
//! another of its fields, need not search for it again.

use super::Tree;
use crate::StoreError;
use crate::area::{PageId, Reader};
use crate::node::Node;
use crate::pages::Pages;

/// A key that was found, and how.
///
/// It is no state: a way is followed only over links that are on the pages now, and has to end at the
/// key. As a tree has each key once, that is where a search would end, too.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    root: PageId,
    key: Vec<u8>,
    /// Which child was gone to in each inner node.
    way: Vec<usize>,
    /// The place in the leaf.
    place: usize,
}

impl Trace {
    /// The leaf with a key, if the way to it is known, and its place there.
    fn follow<'p, P: Pages>(
        &self,
        reader: Reader<'p, P>,
        root: PageId,
        key: &[u8],
    ) -> Option<(Node<'p>, usize)> {
        if self.root != root || self.key != key {
            return None;
        }
        let mut node = Node::read(reader, root).ok()?;
        for index in &self.way {
            if node.is_leaf() {
                return None;
            }
            node = node.descend(reader, *index).ok()?;
        }
        let is_it =
            node.is_leaf() && self.place < node.count() && node.key(self.place).ok()? == key;
        is_it.then_some((node, self.place))
    }
}

impl Tree {
    /// The leaf in which `key` is, and its place there, if it is there.
    #[inline]
    pub(crate) fn trace<'p, P: Pages>(
        self,
        reader: Reader<'p, P>,
        key: &[u8],
        trace: &mut Trace,
    ) -> Result<Option<(Node<'p>, usize)>, StoreError> {
        if let Some(found) = trace.follow(reader, self.root, key) {
            return Ok(Some(found));
        }
        // Not known again before all of it is.
        trace.root = PageId::NONE;
        trace.way.clear();
        let (mut node, mut within) = (Node::read(reader, self.root)?, None);
        while !node.is_leaf() {
            let index;
            (index, within) = node.child_within(key, within)?;
            trace.way.push(index);
            node = node.descend(reader, index)?;
        }
        let (place, found) = node.search_within(key, within)?;
        if !found {
            return Ok(None);
        }
        trace.key.clear();
        trace.key.extend_from_slice(key);
        (trace.root, trace.place) = (self.root, place);
        Ok(Some((node, place)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::area::Writer;
    use tape::Tape;

    fn key(number: u32) -> [u8; 4] {
        number.to_be_bytes()
    }

    #[test]
    fn a_way_that_is_known_ends_where_a_search_ends() {
        let mut tape = Tape::new();
        let mut writer = Writer::new(&mut tape, 0);
        writer.write_header(1 << 10).unwrap();
        let (tree, other) =
            (Tree::create(&mut writer).unwrap(), Tree::create(&mut writer).unwrap());
        for number in 0..2000 {
            tree.put(&mut writer, &key(2 * number), &[7; 60]).unwrap();
        }
        other.put(&mut writer, &key(900), b"other").unwrap();
        let mut trace = Trace::default();
        let find = |writer: &Writer<'_, Tape>, of: Tree, number, trace: &mut Trace| {
            let found = of.trace(writer.reader(), &key(number), trace).unwrap();
            found.map(|(leaf, place)| (leaf.id, place, leaf.key(place).unwrap().to_vec()))
        };
        let first = find(&writer, tree, 900, &mut trace).unwrap();
        assert_eq!(first.2, key(900));
        assert_eq!(find(&writer, tree, 900, &mut trace), Some(first.clone()));
        assert_ne!(find(&writer, other, 900, &mut trace).unwrap().0, first.0);
        assert_eq!(find(&writer, tree, 901, &mut trace), None);
        assert_eq!(find(&writer, tree, 900, &mut trace), Some(first));
        // Whatever changes: what comes before it in its page, that page, or whether it is there.
        for step in 0..2000 {
            let number = 2 * (step * 7919 % 2000);
            assert!(tree.remove(&mut writer, &key(number)).unwrap());
            let found = find(&writer, tree, 900, &mut trace);
            let (leaf, place, is_there) = tree.search(writer.reader(), &key(900)).unwrap();
            let expected = is_there.then(|| (leaf.id, place, key(900).to_vec()));
            assert_eq!(found, expected, "after {step} removals");
        }
    }
}
