//! A full memory, a deep one, and one that is used again and again.

use crate::heap::Heap;
use crate::{Program, Value};
use achronyme_library::Fault;

fn heap(limit: usize) -> Heap {
    Heap::new(&Program::default(), limit).unwrap()
}

#[test]
fn a_full_memory_is_an_error_and_usable_after_a_collection() {
    let mut heap = heap(1 << 20);
    let mut list = Value::NULL;
    let mut cells = 0;
    let fault = loop {
        match heap.new_cell(list) {
            Ok(cell) => list = cell,
            Err(fault) => break fault,
        }
        cells += 1;
    };
    assert_eq!(fault.kind, Fault::MEMORY);
    assert_eq!(cells, (1 << 20) / 16);
    heap.collect(0..0, &[list]);
    assert!(heap.new_cell(list).is_err());
    heap.collect(0..0, &[]);
    assert!(heap.vector_of(&[Value::NULL; 100_000]).is_ok());
    assert!(heap.vector_of(&[Value::NULL; 100_000]).is_err());
}

#[test]
fn sizes_that_cannot_be_are_errors() {
    let mut heap = heap(1 << 20);
    assert!(heap.allocate(usize::MAX).is_none());
    let mut vector = heap.vector_of(&[]).unwrap();
    assert!(heap.vector_reserve(&mut vector, usize::MAX).is_err());
}

#[test]
fn a_list_of_a_million_is_followed_to_its_end() {
    let mut heap = heap(64 << 20);
    let mut list = Value::NULL;
    for number in 0..1_000_000 {
        list = heap.vector_of(&[list, Value::number(f64::from(number))]).unwrap();
    }
    heap.collect(0..0, &[list]);
    let mut count = 0;
    while let Some(&next) = heap.vector_elements(list).first() {
        count += 1;
        list = next;
        if list == Value::NULL {
            break;
        }
    }
    assert_eq!(count, 1_000_000);
}

#[test]
fn memory_is_used_again() {
    let mut heap = heap(8 << 20);
    for round in 0..200u32 {
        let mut kept = Vec::new();
        for number in 0..1000usize {
            let size = number * usize::try_from(round).unwrap() % 700;
            let vector = loop {
                match heap.vector_of(&vec![Value::number(0.0); size]) {
                    Ok(vector) => break vector,
                    Err(_) => heap.collect(0..0, &kept),
                }
            };
            if number % 10 == 0 {
                kept.push(vector);
            }
        }
    }
}

#[test]
fn equal_work_gives_equal_places() {
    let places = || {
        let mut heap = heap(4 << 20);
        let mut kept = Vec::new();
        let mut places = Vec::new();
        for number in 0..20_000usize {
            let vector = heap.vector_of(&vec![Value::NULL; number * 7 % 90]).unwrap();
            places.push(vector.at());
            if number % 50 == 0 {
                kept.push(vector);
            }
            if heap.wants_collection() || number % 1000 == 0 {
                heap.collect(0..0, &kept);
            }
        }
        places
    };
    assert_eq!(places(), places());
}

#[test]
fn a_vector_grows_into_free_pages_behind_it_and_below_it() {
    let mut heap = heap(64 << 20);
    let element = Value::number(1.0);
    let [mut grows, dies, stays] = [0; 3].map(|_| heap.vector_of(&[element; 2000]).unwrap());
    heap.collect(0..0, &[grows, stays]);
    let before = (heap.space.frontier, heap.vector_data(grows));
    for _ in 0..1500 {
        heap.vector_push(&mut grows, element).unwrap();
    }
    assert_eq!((heap.space.frontier, heap.vector_data(grows)), before, "in place of {dies:?}");
    // The last one: it would need new pages, and moves to where the others were.
    let mut last = heap.vector_of(&[element; 3000]).unwrap();
    heap.collect(0..0, &[last]);
    let frontier = heap.space.frontier;
    for number in 0..2000 {
        heap.vector_push(&mut last, Value::number(f64::from(number))).unwrap();
    }
    assert_eq!(heap.space.frontier, frontier);
    assert_eq!(heap.vector_elements(last).len(), 5000);
    assert_eq!(heap.vector_elements(last)[4999], Value::number(1999.0));
    heap.collect(0..0, &[last]);
    assert_eq!(heap.vector_elements(last)[2999], element);
}

#[test]
fn long_objects_begin_on_different_words_of_their_pages() {
    let mut heap = heap(16 << 20);
    let mut words = std::collections::BTreeSet::new();
    let rows: Vec<Value> = (0..100).map(|_| heap.vector_of(&[Value::NULL; 700]).unwrap()).collect();
    for &row in &rows {
        let at = heap.vector_data(row) - 1;
        words.insert(at % crate::heap::PAGE);
        assert_eq!(heap.object_around(at), Some(at));
        assert_eq!(heap.object_around(at + 700), Some(at));
        assert_ne!(heap.object_around(at.saturating_sub(1)), Some(at));
    }
    assert!(words.len() > 20, "{words:?}");
    heap.collect(0..0, &rows[50..]);
    assert_eq!(
        heap.object_around(heap.vector_data(rows[60])),
        Some(heap.vector_data(rows[60]) - 1)
    );
}
