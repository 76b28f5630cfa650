//! Trees held against maps in memory, going back to older moments in between.

use std::collections::BTreeMap;
use std::ops::Bound;

use proptest::prelude::*;
use tape::{Tape, TapeSnapshot};

use super::{Bounds, Bulk, Put, Tree};
use crate::area::{Reader, Writer};
use crate::pages::PAGE_STEP;

/// Where the region begins, to see that nothing depends on it being 0.
const BASE: i64 = -3 * PAGE_STEP;

type Map = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Clone, Debug)]
enum Step {
    Put(Vec<u8>, Vec<u8>),
    Add(Vec<u8>, Vec<u8>),
    Remove(Vec<u8>),
    /// Removes the entry that is this share of the way through.
    RemoveNth(prop::sample::Index),
    RemoveRange(Vec<u8>, Vec<u8>),
    Many(u16, u16, bool),
    Scan(Bound<Vec<u8>>, Bound<Vec<u8>>),
    Keep,
    GoBack(prop::sample::Index),
    Clear,
}

fn keys() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => prop::collection::vec(0u8..3, 0..6),
        2 => (0u16..2000).prop_map(|number| number.to_be_bytes().to_vec()),
        1 => (0u8..4, 100usize..1000).prop_map(|(byte, len)| vec![byte; len]),
    ]
}

fn contents() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => prop::collection::vec(any::<u8>(), 0..30),
        2 => (any::<u8>(), 0usize..1100).prop_map(|(byte, len)| vec![byte; len]),
        1 => (any::<u8>(), 1000usize..20_000).prop_map(|(byte, len)| vec![byte; len]),
    ]
}

fn bounds() -> impl Strategy<Value = Bound<Vec<u8>>> {
    prop_oneof![
        Just(Bound::Unbounded),
        keys().prop_map(Bound::Included),
        keys().prop_map(Bound::Excluded),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (keys(), contents()).prop_map(|(key, value)| Step::Put(key, value)),
        3 => (keys(), contents()).prop_map(|(key, value)| Step::Add(key, value)),
        3 => keys().prop_map(Step::Remove),
        8 => any::<prop::sample::Index>().prop_map(Step::RemoveNth),
        1 => (keys(), keys()).prop_map(|(low, high)| Step::RemoveRange(low, high)),
        3 => (0u16..2000, 0u16..300, any::<bool>())
            .prop_map(|(first, count, up)| Step::Many(first, count, up)),
        4 => (bounds(), bounds()).prop_map(|(low, high)| Step::Scan(low, high)),
        2 => Just(Step::Keep),
        2 => any::<prop::sample::Index>().prop_map(Step::GoBack),
        1 => Just(Step::Clear),
    ]
}

struct Pair {
    tape: Tape,
    tree: Tree,
    map: Map,
    kept: Vec<(TapeSnapshot, Map)>,
}

impl Pair {
    fn new() -> Self {
        let mut tape = Tape::new();
        let mut writer = Writer::new(&mut tape, BASE);
        writer.write_header(100_000).unwrap();
        let tree = Tree::create(&mut writer).unwrap();
        Self { tape, tree, map: Map::new(), kept: Vec::new() }
    }

    fn remove(&mut self, key: &[u8]) {
        let mut writer = Writer::new(&mut self.tape, BASE);
        assert_eq!(self.tree.remove(&mut writer, key).unwrap(), self.map.remove(key).is_some());
    }

    fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        let mut writer = Writer::new(&mut self.tape, BASE);
        let put = self.tree.put(&mut writer, &key, &value).unwrap();
        let is_new = self.map.insert(key, value).is_none();
        assert_eq!(put, if is_new { Put::Added } else { Put::Replaced });
    }

    fn run(&mut self, step: Step) {
        match step {
            Step::Put(key, value) => self.put(key, value),
            Step::Add(key, value) => {
                let mut writer = Writer::new(&mut self.tape, BASE);
                let put = self.tree.add(&mut writer, &key, &value).unwrap();
                let is_new = !self.map.contains_key(&key);
                self.map.entry(key).or_insert(value);
                assert_eq!(put, if is_new { Put::Added } else { Put::Kept });
            }
            Step::Remove(key) => self.remove(&key),
            Step::RemoveNth(index) => {
                if !self.map.is_empty() {
                    let key = self.map.keys().nth(index.index(self.map.len())).unwrap().clone();
                    self.remove(&key);
                }
            }
            Step::RemoveRange(low, high) => {
                if low <= high {
                    let keys: Vec<_> =
                        self.map.range(low..high).map(|(key, _)| key.clone()).collect();
                    keys.iter().for_each(|key| self.remove(key));
                }
            }
            Step::Many(first, count, up) => {
                for step in 0..count {
                    let step = if up { step } else { count - step };
                    self.put((first + step).to_be_bytes().to_vec(), vec![7; 40]);
                }
            }
            Step::Scan(low, high) => self.scan(low, high),
            Step::Keep => self.kept.push((self.tape.snapshot(), self.map.clone())),
            Step::GoBack(index) => {
                if !self.kept.is_empty() {
                    let (snapshot, map) = &self.kept[index.index(self.kept.len())];
                    self.tape.restore(snapshot);
                    self.map.clone_from(map);
                }
            }
            Step::Clear => {
                self.tree.clear(&mut Writer::new(&mut self.tape, BASE)).unwrap();
                self.map.clear();
            }
        }
    }

    fn scan(&self, low: Bound<Vec<u8>>, high: Bound<Vec<u8>>) {
        let reader = Reader::new(&self.tape, BASE);
        let inside = |key: &[u8]| {
            (match &low {
                Bound::Unbounded => true,
                Bound::Included(low) => key >= low.as_slice(),
                Bound::Excluded(low) => key > low.as_slice(),
            }) && (match &high {
                Bound::Unbounded => true,
                Bound::Included(high) => key <= high.as_slice(),
                Bound::Excluded(high) => key < high.as_slice(),
            })
        };
        let expected: Vec<_> = self.map.iter().filter(|(key, _)| inside(key)).collect();
        let bounds = Bounds { lower: low.clone(), upper: high.clone() };
        let mut found = self.tree.scan(reader, bounds.clone()).unwrap();
        for (key, value) in &expected {
            let (have, held) = found.next().unwrap().unwrap();
            assert_eq!((have, held.as_ref()), (key.as_slice(), value.as_slice()));
        }
        assert!(found.next().unwrap().is_none());
        let mut found = self.tree.scan_back(reader, bounds).unwrap();
        for (key, value) in expected.iter().rev() {
            let (have, held) = found.next().unwrap().unwrap();
            assert_eq!((have, held.as_ref()), (key.as_slice(), value.as_slice()));
        }
        assert!(found.next().unwrap().is_none());
    }

    fn check(&self) {
        let reader = Reader::new(&self.tape, BASE);
        let shape = self.tree.verify(reader).unwrap();
        assert_eq!(shape.entries, self.map.len() as u64);
        let free = reader.free_pages().unwrap();
        let mut all: Vec<_> = shape.pages.into_iter().chain(free).map(|id| id.0).collect();
        all.sort_unstable();
        let used = reader.space_use().unwrap().used;
        assert_eq!(all, (1..used).collect::<Vec<_>>(), "each page is in use or free, once");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn a_tree_is_a_sorted_map_that_goes_back_with_its_tape(
        steps in prop::collection::vec(steps(), 1..120),
    ) {
        let mut pair = Pair::new();
        for step in steps {
            pair.run(step);
            pair.check();
        }
        pair.scan(Bound::Unbounded, Bound::Unbounded);
        for key in pair.map.keys() {
            let reader = Reader::new(&pair.tape, BASE);
            let found = pair.tree.get(reader, key).unwrap();
            prop_assert_eq!(found.as_deref(), pair.map.get(key).map(Vec::as_slice));
        }
    }

    #[test]
    fn a_tree_built_at_once_is_the_same_map(
        map in prop::collection::btree_map(keys(), contents(), 0..400),
        steps in prop::collection::vec(steps(), 0..30),
    ) {
        let mut pair = Pair::new();
        let mut writer = Writer::new(&mut pair.tape, BASE);
        pair.tree.destroy(&mut writer).unwrap();
        let mut bulk = Bulk::new(&mut writer).unwrap();
        for ((key, value), is_laid) in map.iter().zip([false, true, true].into_iter().cycle()) {
            let lengths = (key.len(), value.len());
            let lay = |bytes: &mut Vec<u8>| bytes.extend([&key[..], &value[..]].concat());
            let is_added = match is_laid {
                true => bulk.push_laid(&mut writer, lengths, lay),
                false => bulk.push(&mut writer, key, value),
            };
            prop_assert!(is_added.unwrap());
            prop_assert!(!bulk.push(&mut writer, key, value).unwrap());
            prop_assert!(!bulk.push_laid(&mut writer, lengths, lay).unwrap());
        }
        pair.tree = bulk.finish(&mut writer).unwrap();
        pair.map = map;
        pair.check();
        pair.scan(Bound::Unbounded, Bound::Unbounded);
        for step in steps {
            pair.run(step);
            pair.check();
        }
    }

    #[test]
    fn bytes_written_into_a_store_never_make_it_panic(
        steps in prop::collection::vec(steps(), 1..30),
        wounds in prop::collection::vec((0i64..8, 0i64..300, any::<u8>()), 1..6),
    ) {
        let mut pair = Pair::new();
        for step in steps {
            pair.run(step);
        }
        for (page, offset, byte) in wounds {
            let at = BASE + page * PAGE_STEP + offset;
            prop_assert_eq!(pair.tape.poke(at, &[byte]), tape::Stored::Ok);
        }
        let mut writer = Writer::new(&mut pair.tape, BASE);
        let tree = pair.tree;
        for number in 0..50u16 {
            let key = number.to_be_bytes();
            tree.put(&mut writer, &key, &[1; 100]).ok();
            tree.remove(&mut writer, &[0, 1]).ok();
        }
        tree.verify(writer.reader()).ok();
        if let Ok(mut scan) = tree.scan_back(writer.reader(), Bounds::ALL) {
            while let Ok(Some(_)) = scan.next() {}
        }
        tree.clear(&mut writer).ok();
    }
}
