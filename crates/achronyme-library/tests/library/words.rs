//! Laws of strings, of collections as sets, and of records.

use std::collections::BTreeSet;

use achronyme_library::{Fault, Store, View, compare};
use proptest::prelude::*;

use crate::heap::{Heap, Value};

fn value(heap: &mut Heap, name: &str, arguments: &[Value]) -> Value {
    heap.call(name, arguments).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

fn fault(heap: &mut Heap, name: &str, arguments: &[Value]) -> Fault {
    heap.call(name, arguments).err().unwrap_or_else(|| panic!("{name} gives a value"))
}

fn number(heap: &Heap, value: Value) -> f64 {
    let View::Number(number) = heap.view(&value) else { panic!("{value:?} is no number") };
    number
}

fn count(heap: &mut Heap, value: Value) -> usize {
    heap.elements(&value).len()
}

#[test]
fn what_has_no_room_is_not_begun() {
    let heap = &mut Heap::default();
    let text = heap.string("ab");
    let huge = Value::Number(1e12);
    for name in ["repeat", "pad_start", "pad_end"] {
        assert_eq!(fault(heap, name, &[text, huge]).kind, Fault::MEMORY, "{name}");
    }
    let wide = heap.string("{:1000000000000}");
    assert_eq!(fault(heap, "format", &[wide, huge]).kind, Fault::MEMORY);
}

#[test]
fn values_that_contain_themselves_are_elements_like_others() {
    let heap = &mut Heap::default();
    let looped = heap.record(&[("self", Value::Null)]);
    heap.set_field(looped, "self", looped);
    let other = heap.record(&[("self", Value::Number(1.0))]);
    let list = heap.vector(&[looped, other, looped]);
    let union = value(heap, "union", &[list, list]);
    assert_eq!(count(heap, union), 2);
}

proptest! {
    #[test]
    fn characters_join_to_the_string(text: String) {
        let heap = &mut Heap::default();
        let (whole, nothing) = (heap.string(&text), heap.string(""));
        for name in ["chars", "split"] {
            let arguments = [whole, nothing];
            let parts = value(heap, name, &arguments[..if name == "chars" { 1 } else { 2 }]);
            prop_assert_eq!(count(heap, parts), text.chars().count());
            let joined = value(heap, "join", &[parts, nothing]);
            prop_assert_eq!(heap.text(&joined), &text);
        }
    }

    #[test]
    fn parts_join_to_the_string(text in "[ab,é🎈]{0,20}", separator in "[,é🎈a]{1,2}") {
        let heap = &mut Heap::default();
        let (whole, between) = (heap.string(&text), heap.string(&separator));
        let parts = value(heap, "split", &[whole, between]);
        let joined = value(heap, "join", &[parts, between]);
        prop_assert_eq!(heap.text(&joined), &text);
    }

    #[test]
    fn a_part_is_where_it_is_found(text in "[abé🎈]{0,12}", part in "[abé🎈]{0,2}") {
        let heap = &mut Heap::default();
        let (whole, wanted) = (heap.string(&text), heap.string(&part));
        for name in ["index_of", "last_index_of"] {
            let at = value(heap, name, &[whole, wanted]);
            let place = number(heap, at);
            prop_assert_eq!(place >= 0.0, text.contains(&part));
            if place >= 0.0 {
                #[expect(clippy::cast_precision_loss, reason = "it is short")]
                let end = Value::Number(place + part.chars().count() as f64);
                let found = value(heap, "substring", &[whole, at, end]);
                prop_assert_eq!(heap.text(&found), &part);
            }
        }
    }

    #[test]
    fn a_number_is_read_from_its_text(given: f64) {
        let heap = &mut Heap::default();
        let text = value(heap, "str", &[Value::Number(given)]);
        let read = value(heap, "num", &[text]);
        let read = number(heap, read);
        prop_assert!(read.to_bits() == given.to_bits() || read.is_nan() && given.is_nan());
    }

    #[test]
    fn sets_have_as_many_elements_as_they_should(
        a in proptest::collection::vec(0..9_u8, 0..12),
        b in proptest::collection::vec(0..9_u8, 0..12),
    ) {
        let heap = &mut Heap::default();
        // Strings, vectors, and numbers, by what remains.
        let mut list = |numbers: &[u8]| {
            let elements: Vec<Value> = numbers.iter().map(|n| match n % 3 {
                0 => heap.string(&n.to_string()),
                1 => heap.numbers(&[f64::from(*n)]),
                _ => Value::Number(f64::from(*n)),
            }).collect();
            heap.vector(&elements)
        };
        let (x, y) = (list(&a), list(&b));
        let (a, b): (BTreeSet<u8>, BTreeSet<u8>) = (a.into_iter().collect(), b.into_iter().collect());
        let counts = [
            ("union", a.union(&b).count()),
            ("intersection", a.intersection(&b).count()),
            ("difference", a.difference(&b).count()),
            ("symmetric_difference", a.symmetric_difference(&b).count()),
        ];
        for (name, expected) in counts {
            let set = value(heap, name, &[x, y]);
            prop_assert_eq!(count(heap, set), expected, "{}", name);
        }
        let is_subset = value(heap, "is_subset", &[x, y]);
        prop_assert_eq!(heap.view(&is_subset), View::Boolean(a.is_subset(&b)));
    }

    #[test]
    fn entries_make_the_record(
        fields in proptest::collection::btree_map("[a-cé]{0,2}", -9.0..9.0, 0..6),
    ) {
        let heap = &mut Heap::default();
        let fields: Vec<(&str, Value)> =
            fields.iter().map(|(name, number)| (&**name, Value::Number(*number))).collect();
        let record = heap.record(&fields);
        let entries = value(heap, "entries", &[record]);
        let made = value(heap, "from_entries", &[entries]);
        prop_assert!(compare::equal(heap, &record, &made));
        let names = value(heap, "keys", &[record]);
        let picked = value(heap, "pick", &[record, names]);
        prop_assert!(compare::equal(heap, &record, &picked));
        let nothing = value(heap, "omit", &[record, names]);
        let merged = value(heap, "merge", &[nothing, record, made]);
        prop_assert!(compare::equal(heap, &record, &merged));
    }
}
