//! Secondary indexes: what each kind keeps for a row, and finding rows by it.
//!
//! A B+tree index holds the indexed fields followed by the row's key; a hash index the same in
//! buckets; a bitmap index, for each value, the set of the rows' numbers, 65,536 to an entry; a
//! full-text index the same for each word. Long values are cut off, so what is found by one is
//! compared with the row again.

use std::collections::BTreeSet;
use std::ops::Bound;

use roaring::RoaringBitmap;
use unicode_segmentation::UnicodeSegmentation;

use crate::StoreError;
use crate::area::{PageId, Reader, Writer, corrupt};
use crate::catalog::Relation;
use crate::hash::HashTable;
use crate::key::{Zeros, encode};
use crate::node::{get_length, put_length};
use crate::pages::{Pages, PagesMut};
use crate::part::Part;
use crate::schema::{Field, Type};
use crate::tree::{Bounds, Tree, after_prefix};
use crate::value::Value;

/// The longest key of a relation; also how much of a value indexes hold.
pub const RELATION_KEY_MAX: usize = 480;

/// How an index is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKind {
    /// In order: for single values and for ranges.
    BTree,
    /// For single values.
    Hash,
    /// For fields with few different values.
    Bitmap,
    /// For the words of one text.
    FullText,
}

impl IndexKind {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::BTree => 1,
            Self::Hash => 2,
            Self::Bitmap => 3,
            Self::FullText => 4,
        }
    }

    pub(crate) const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::BTree),
            2 => Some(Self::Hash),
            3 => Some(Self::Bitmap),
            4 => Some(Self::FullText),
            _ => None,
        }
    }

    /// Whether it holds the numbers of rows rather than their keys.
    pub(crate) const fn needs_numbers(self) -> bool {
        matches!(self, Self::Bitmap | Self::FullText)
    }
}

/// An index of a relation.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    pub(crate) name: String,
    pub(crate) kind: IndexKind,
    pub(crate) unique: bool,
    /// Made for `unique` or a reference, and dropped with it.
    pub(crate) own: bool,
    /// The fields that it reads, and that it goes by if nothing is computed.
    pub(crate) fields: Vec<usize>,
    /// What it goes by, if that is not just these fields.
    pub(crate) computed: Option<Vec<Part>>,
    pub(crate) root: PageId,
}

/// A row as an index sees it.
pub(crate) struct Indexed<'r> {
    pub(crate) row: &'r [Value],
    pub(crate) key: &'r [u8],
    pub(crate) number: u64,
}

impl Index {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it is built.
    #[must_use]
    pub const fn kind(&self) -> IndexKind {
        self.kind
    }

    /// The places of the fields that it reads; those that it goes by, in its order, if none of what it
    /// goes by is [computed](Self::computed).
    #[must_use]
    pub fn fields(&self) -> &[usize] {
        &self.fields
    }

    /// Whether no two rows have the same values in these fields.
    #[must_use]
    pub const fn is_unique(&self) -> bool {
        self.unique
    }

    const fn tree(&self) -> Tree {
        Tree { root: self.root }
    }

    const fn table(&self) -> HashTable {
        HashTable { head: self.root }
    }

    /// Makes the pages of an empty index.
    pub(crate) fn create_pages<P: PagesMut>(
        kind: IndexKind,
        writer: &mut Writer<'_, P>,
    ) -> Result<PageId, StoreError> {
        match kind {
            IndexKind::Hash => Ok(HashTable::create(writer)?.head),
            IndexKind::BTree | IndexKind::Bitmap | IndexKind::FullText => {
                Ok(Tree::create(writer)?.root)
            }
        }
    }

    /// All its pages.
    pub(crate) fn pages<P: Pages>(&self, reader: Reader<'_, P>) -> Result<Vec<PageId>, StoreError> {
        match self.kind {
            IndexKind::Hash => self.table().pages(reader),
            IndexKind::BTree | IndexKind::Bitmap | IndexKind::FullText => self.tree().pages(reader),
        }
    }

    /// The encoding of values that it goes by, perhaps of the first few, perhaps cut off.
    pub(crate) fn prefix(&self, fields: &[Field], values: &[Value]) -> Vec<u8> {
        let mut prefix = Vec::new();
        for (place, value) in values.iter().enumerate() {
            let Some(ty) = self.type_at(fields, place) else { break };
            encode(ty, value, Zeros::Equal, &mut prefix);
        }
        prefix.truncate(RELATION_KEY_MAX);
        prefix
    }

    /// Adds a row.
    pub(crate) fn add<P: PagesMut>(
        &self,
        writer: &mut Writer<'_, P>,
        fields: &[Field],
        indexed: &Indexed<'_>,
    ) -> Result<(), StoreError> {
        let prefix = self.prefix(fields, &self.values(indexed.row)?);
        match self.kind {
            IndexKind::BTree => {
                let (key, length) = tree_entry(prefix, indexed.key);
                self.tree().put(writer, &key, &length)?;
            }
            IndexKind::Hash => self.table().add(writer, &prefix, indexed.key)?,
            IndexKind::Bitmap => self.set_bit(writer, prefix, indexed.number, true)?,
            IndexKind::FullText => {
                for word in self.words(indexed.row)? {
                    self.set_bit(writer, word_key(&word), indexed.number, true)?;
                }
            }
        }
        Ok(())
    }

    /// Takes a row out.
    pub(crate) fn remove<P: PagesMut>(
        &self,
        writer: &mut Writer<'_, P>,
        fields: &[Field],
        indexed: &Indexed<'_>,
    ) -> Result<(), StoreError> {
        let prefix = self.prefix(fields, &self.values(indexed.row)?);
        match self.kind {
            IndexKind::BTree => {
                let (key, _) = tree_entry(prefix, indexed.key);
                self.tree().remove(writer, &key)?;
            }
            IndexKind::Hash => {
                self.table().remove(writer, &prefix, indexed.key)?;
            }
            IndexKind::Bitmap => self.set_bit(writer, prefix, indexed.number, false)?,
            IndexKind::FullText => {
                for word in self.words(indexed.row)? {
                    self.set_bit(writer, word_key(&word), indexed.number, false)?;
                }
            }
        }
        Ok(())
    }

    /// What a B+tree index keeps for a row.
    pub(crate) fn tree_entry(
        &self,
        fields: &[Field],
        row: &[Value],
        key: &[u8],
    ) -> Result<(Vec<u8>, Vec<u8>), StoreError> {
        Ok(tree_entry(self.prefix(fields, &self.values(row)?), key))
    }

    /// Takes all entries out.
    pub(crate) fn clear<P: PagesMut>(&self, writer: &mut Writer<'_, P>) -> Result<(), StoreError> {
        match self.kind {
            IndexKind::Hash => self.table().clear(writer),
            IndexKind::BTree | IndexKind::Bitmap | IndexKind::FullText => self.tree().clear(writer),
        }
    }

    fn words(&self, row: &[Value]) -> Result<BTreeSet<String>, StoreError> {
        Ok(self.values(row)?.iter().flat_map(words_of).collect())
    }

    fn set_bit<P: PagesMut>(
        &self,
        writer: &mut Writer<'_, P>,
        mut key: Vec<u8>,
        number: u64,
        is_set: bool,
    ) -> Result<(), StoreError> {
        let (chunk, low) = (number >> 16, number & 0xffff);
        key.extend_from_slice(&chunk.to_be_bytes()[2..]);
        let held = self.tree().get(writer.reader(), &key)?;
        let mut bits = held.map_or_else(|| Ok(RoaringBitmap::new()), |held| self.bits(&held))?;
        let low = u32::try_from(low).unwrap_or(0);
        let changed = if is_set { bits.insert(low) } else { bits.remove(low) };
        if !changed {
            return Ok(());
        }
        if bits.is_empty() {
            self.tree().remove(writer, &key)?;
            return Ok(());
        }
        let mut bytes = Vec::with_capacity(bits.serialized_size());
        // Writing to memory does not fail.
        bits.serialize_into(&mut bytes).ok();
        self.tree().put(writer, &key, &bytes)?;
        Ok(())
    }

    fn bits(&self, held: &[u8]) -> Result<RoaringBitmap, StoreError> {
        let bits = RoaringBitmap::deserialize_from(held).ok();
        bits.filter(|bits| bits.max().is_none_or(|max| max <= 0xffff))
            .ok_or(corrupt(self.root, "leads to a set that cannot be read"))
    }

    /// The numbers of the rows under `prefix`, in ascending order.
    fn numbers<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        prefix: &[u8],
    ) -> Result<BTreeSet<u64>, StoreError> {
        let mut numbers = BTreeSet::new();
        let mut entries = self.tree().scan(reader, Bounds::prefix(prefix))?;
        while let Some((key, held)) = entries.next()? {
            // A cut off value may be the beginning of another.
            let Some(chunk) = key.strip_prefix(prefix).filter(|rest| rest.len() == 6) else {
                continue;
            };
            let chunk = chunk.iter().fold(0u64, |all, byte| all << 8 | u64::from(*byte));
            let bits = self.bits(&held)?;
            numbers.extend(bits.iter().map(|low| chunk << 16 | u64::from(low)));
        }
        Ok(numbers)
    }

    /// The keys of the rows whose indexed fields begin with these values, or may do so. In the
    /// order of the index.
    pub(crate) fn find<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        relation: &Relation,
        values: &[Value],
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let prefix = self.prefix(&relation.fields, values);
        match self.kind {
            IndexKind::BTree => self.find_between(reader, Bounds::prefix(&prefix)),
            IndexKind::Hash => self.table().find(reader, &prefix),
            IndexKind::Bitmap => keys_of(reader, relation, self.numbers(reader, &prefix)?),
            IndexKind::FullText => {
                self.find_words(reader, relation, &values.iter().flat_map(words_of).collect())
            }
        }
    }

    /// The keys of the rows that hold all of these words.
    fn find_words<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        relation: &Relation,
        words: &BTreeSet<String>,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut common: Option<BTreeSet<u64>> = None;
        for word in words {
            let numbers = self.numbers(reader, &word_key(word))?;
            common = Some(match common {
                None => numbers,
                Some(common) => common.intersection(&numbers).copied().collect(),
            });
        }
        keys_of(reader, relation, common.unwrap_or_default())
    }

    /// The keys of the rows between encodings of indexed fields, in a B+tree.
    pub(crate) fn find_between<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        bounds: Bounds,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut keys = Vec::new();
        let mut entries = self.tree().scan(reader, bounds)?;
        while let Some((key, length)) = entries.next()? {
            let len = get_length(&length).map(|(len, _)| len);
            let at = len.and_then(|len| key.len().checked_sub(len));
            let at = at.ok_or(corrupt(self.root, "leads to an entry that cannot be read"))?;
            keys.push(key[at..].to_vec());
        }
        Ok(keys)
    }

    /// About which share of the entries of a B+tree lies between two bounds.
    pub(crate) fn estimate<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        bounds: &Bounds,
    ) -> Result<f64, StoreError> {
        self.tree().estimate(reader, bounds)
    }

    /// How many rows have the word of a text of which there are fewest.
    pub(crate) fn estimate_words<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        text: &Value,
    ) -> Result<f64, StoreError> {
        let mut least = f64::INFINITY;
        for word in words_of(text) {
            let mut rows = 0.0;
            let mut entries = self.tree().scan(reader, Bounds::prefix(&word_key(&word)))?;
            while let Some((_, held)) = entries.next()? {
                #[expect(clippy::cast_precision_loss, reason = "a guess")]
                let count = self.bits(&held)?.len() as f64;
                rows += count;
            }
            least = least.min(rows);
        }
        Ok(least)
    }

    /// Where in a B+tree the values of the first indexed field between two bounds lie. Values that
    /// are cut off may let others in.
    pub(crate) fn bounds(
        &self,
        fields: &[Field],
        lower: &Bound<Value>,
        upper: &Bound<Value>,
    ) -> Bounds {
        let encoded = |value: &Value| self.prefix(fields, std::slice::from_ref(value));
        let is_cut = |prefix: &[u8]| prefix.len() == RELATION_KEY_MAX;
        let lower = match lower {
            Bound::Unbounded => Bound::Unbounded,
            Bound::Included(value) => Bound::Included(encoded(value)),
            Bound::Excluded(value) => {
                let prefix = encoded(value);
                match after_prefix(&prefix) {
                    Bound::Excluded(above) if !is_cut(&prefix) => Bound::Included(above),
                    Bound::Included(_) | Bound::Excluded(_) | Bound::Unbounded => {
                        Bound::Included(prefix)
                    }
                }
            }
        };
        let upper = match upper {
            Bound::Unbounded => Bound::Unbounded,
            Bound::Included(value) => after_prefix(&encoded(value)),
            Bound::Excluded(value) => {
                let prefix = encoded(value);
                if is_cut(&prefix) { after_prefix(&prefix) } else { Bound::Excluded(prefix) }
            }
        };
        Bounds { lower, upper }
    }

    /// How many entries a row has.
    pub(crate) fn count_of(&self, row: &[Value]) -> Result<u64, StoreError> {
        if self.kind == IndexKind::FullText {
            let words: BTreeSet<_> = self.words(row)?.iter().map(|word| word_key(word)).collect();
            Ok(words.len() as u64)
        } else {
            Ok(1)
        }
    }

    /// Whether all entries of a row are there.
    pub(crate) fn has<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        fields: &[Field],
        indexed: &Indexed<'_>,
    ) -> Result<bool, StoreError> {
        let prefix = self.prefix(fields, &self.values(indexed.row)?);
        match self.kind {
            IndexKind::BTree => self.tree().has(reader, &tree_entry(prefix, indexed.key).0),
            IndexKind::Hash => {
                let found = self.table().find(reader, &prefix)?;
                Ok(found.iter().any(|key| key == indexed.key))
            }
            IndexKind::Bitmap => self.has_bit(reader, prefix, indexed.number),
            IndexKind::FullText => {
                for word in self.words(indexed.row)? {
                    if !self.has_bit(reader, word_key(&word), indexed.number)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }

    fn has_bit<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        mut key: Vec<u8>,
        number: u64,
    ) -> Result<bool, StoreError> {
        key.extend_from_slice(&(number >> 16).to_be_bytes()[2..]);
        let Some(held) = self.tree().get(reader, &key)? else { return Ok(false) };
        Ok(self.bits(&held)?.contains(u32::try_from(number & 0xffff).unwrap_or(0)))
    }

    /// Checks the pages, and counts the entries.
    pub(crate) fn verify<P: Pages>(&self, reader: Reader<'_, P>) -> Result<u64, StoreError> {
        match self.kind {
            IndexKind::BTree => Ok(self.tree().verify(reader)?.entries),
            IndexKind::Hash => self.table().verify(reader),
            IndexKind::Bitmap | IndexKind::FullText => {
                self.tree().verify(reader)?;
                let mut count = 0;
                let mut entries = self.tree().scan(reader, Bounds::ALL)?;
                while let Some((_, held)) = entries.next()? {
                    count += self.bits(&held)?.len();
                }
                Ok(count)
            }
        }
    }

    /// Why an index of a kind cannot be on such a field.
    pub(crate) fn flaw(kind: IndexKind, ty: &Type) -> Option<&'static str> {
        (kind == IndexKind::FullText && *ty.inner() != Type::String)
            .then_some("words are found in texts only")
    }
}

/// The entry of a B+tree index: the fields, then the row's key, and the length of the latter.
fn tree_entry(mut prefix: Vec<u8>, key: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut length = Vec::new();
    put_length(&mut length, key.len());
    prefix.extend_from_slice(key);
    (prefix, length)
}

/// The keys of rows by their numbers.
fn keys_of<P: Pages>(
    reader: Reader<'_, P>,
    relation: &Relation,
    numbers: BTreeSet<u64>,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let lost = corrupt(relation.head, "numbers a row that is not there");
    let tree = relation.numbers.ok_or(lost.clone())?;
    let key = |number: u64| {
        let key = tree.get(reader, &number.to_be_bytes())?;
        Ok(key.ok_or_else(|| lost.clone())?.into_owned())
    };
    numbers.into_iter().map(key).collect()
}

/// The words of a text, as they are indexed: in lower case, by Unicode's rules for words.
fn words_of(value: &Value) -> BTreeSet<String> {
    let Value::String(text) = value else { return BTreeSet::new() };
    words_in(text)
}

fn words_in(text: &str) -> BTreeSet<String> {
    text.unicode_words().map(str::to_lowercase).collect()
}

/// Whether there is a word in a text.
pub(crate) fn has_words(text: &Value) -> bool {
    !words_of(text).is_empty()
}

/// Whether a text has all the words of another.
pub(crate) fn holds_words(text: &Value, words: &Value) -> bool {
    let (Value::String(text), Value::String(words)) = (text, words) else { return false };
    text_has_words(text, words)
}

/// Whether a text has all the words of another, in any order, in large or small letters.
#[must_use]
pub fn text_has_words(text: &str, words: &str) -> bool {
    words_in(words).is_subset(&words_in(text))
}

/// The key of a word: cut off where it is long, and ended.
fn word_key(word: &str) -> Vec<u8> {
    let mut key = word.as_bytes().to_vec();
    key.truncate(RELATION_KEY_MAX);
    key.push(0);
    key
}
