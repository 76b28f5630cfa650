//! Where on the tape lies what a caller has read, for whoever wants to know when it changes.

use crate::StoreError;
use crate::catalog::Relation;
use crate::node::{Node, Place};
use crate::pages::{PAGE_STEP, Pages};
use crate::space::CATALOG_PLACES;
use crate::store::Store;
use crate::value::Value;

impl Store {
    /// Where it stands which relations there are and how they are made: positions and lengths. While
    /// none of them changes, neither does what [`relations`](Self::relations) says.
    #[must_use]
    pub fn catalog_places(&self) -> [(i64, u32); 2] {
        CATALOG_PLACES.map(|(at, length)| (self.base() + at, length))
    }

    /// Where the pages begin that are read on the way to the row with a key, or to where it would be.
    /// While none of them and nothing of the catalog changes, neither does the row nor the way.
    ///
    /// # Errors
    /// The values do not fit the key, or pages failed.
    pub fn row_places<P: Pages>(
        &self,
        pages: &P,
        relation: &Relation,
        key: &[Value],
    ) -> Result<Vec<i64>, StoreError> {
        let key = relation.encode_key(key)?;
        let reader = self.reader(pages);
        let mut node = Node::read(reader, relation.rows.root)?;
        let mut path = vec![node.id];
        while !node.is_leaf() {
            node = node.descend(reader, node.child_index(&key)?)?;
            path.push(node.id);
        }
        let (index, is_found) = node.search(&key)?;
        if is_found && let Place::Chain { first, len } = node.entry(index)?.1 {
            path.extend(reader.chain_pages(first, len)?);
        }
        Ok(path.into_iter().map(|page| self.base() + i64::from(page.0) * PAGE_STEP).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Definition, Field, Type};

    #[test]
    fn a_row_changes_only_with_the_pages_on_the_way_to_it() {
        let mut tape = tape::Tape::new();
        let mut store = Store::create(&mut tape, 0, 1 << 16).expect("there is room");
        let fields = vec![Field::new("id", Type::Int), Field::new("text", Type::String)];
        let (name, key) = ("R".to_owned(), vec!["id".to_owned()]);
        let definition = Definition { name, key, fields, ..Definition::default() };
        let id = store.create_relation(&mut tape, &definition).expect("it is right");
        let wanted = [Value::Int(500)];
        let page = |tape: &tape::Tape, at: i64, length: u32| {
            let mut bytes = vec![0; length as usize];
            tape.peek(at, &mut bytes);
            bytes
        };
        let (mut seen, mut kept, mut moves) = (Vec::new(), None, 0);
        for number in 0..2_000_i64 {
            // Some rows are too long for a leaf.
            let text = "x".repeat(if number % 7 == 3 { 9_000 } else { 30 });
            let row = [Value::Int(number * 7 % 2_000), text.as_str().into()];
            store.insert(&mut tape, id, &row).expect("there is room");
            let relation = store.relation(&tape, id).expect("it is there");
            let mut places: Vec<(i64, u32)> = store.catalog_places().into();
            let path = store.row_places(&tape, &relation, &wanted).expect("it is there");
            let size = u32::try_from(crate::PAGE_SIZE).expect("it is small");
            places.extend(path.into_iter().map(|at| (at, size)));
            let bytes: Vec<_> =
                places.iter().map(|(at, length)| (*at, page(&tape, *at, *length))).collect();
            let row = store.get(&tape, id, &wanted).expect("it is there");
            if bytes == seen {
                assert_eq!(row, kept, "the row changed and no page did");
            } else {
                moves += usize::from(bytes.len() != seen.len());
            }
            (seen, kept) = (bytes, row);
        }
        assert!(kept.is_some() && moves > 1, "the way has changed {moves} times");
    }
}
