//! Reading and changing through an index.

use crate::heap::{Heap, Value};
use achronyme_library::index::{Argument, get, set};
use achronyme_library::{Store as _, array};
use proptest::prelude::*;

fn at(index: f64) -> Argument<Value> {
    Argument::At(Value::Number(index))
}

fn slice(start: Option<f64>, end: Option<f64>) -> Argument<Value> {
    Argument::Slice(start.map(Value::Number), end.map(Value::Number))
}

fn got(heap: &mut Heap, object: Value, arguments: &[Argument<Value>]) -> String {
    match get(heap, &object, arguments) {
        Ok(value) => heap.echo(value),
        Err(fault) => format!("ERROR: {fault}"),
    }
}

fn changed(heap: &mut Heap, object: Value, arguments: &[Argument<Value>], value: Value) -> String {
    match set(heap, &object, arguments, &value) {
        Ok(value) => heap.echo(value),
        Err(fault) => format!("ERROR: {fault}"),
    }
}

#[test]
fn vectors_and_strings_are_read_by_place_and_by_slice() {
    let heap = &mut Heap::default();
    let v = heap.numbers(&[10.0, 20.0, 30.0, 40.0]);
    let s = heap.string("héllo");
    let picks = heap.numbers(&[2.0, -1.0, 2.0]);
    assert_eq!(got(heap, v, &[at(-1.0)]), "40");
    assert_eq!(got(heap, v, &[slice(Some(1.0), Some(3.0))]), "[20, 30]");
    assert_eq!(got(heap, v, &[slice(Some(-3.0), Some(-1.0))]), "[20, 30]");
    assert_eq!(got(heap, v, &[slice(Some(3.0), Some(1.0))]), "[]");
    assert_eq!(got(heap, v, &[slice(Some(7.0), None)]), "[]");
    assert_eq!(got(heap, v, &[Argument::At(picks)]), "[30, 40, 30]");
    assert_eq!(got(heap, v, &[at(-9.0)]), "ERROR: Index -9 out of bounds for length 4");
    assert_eq!(got(heap, v, &[at(1.9)]), "ERROR: index must be an integer, not 1.9");
    assert_eq!(got(heap, v, &[Argument::At(s)]), "ERROR: Index must be a number");
    assert_eq!(got(heap, s, &[at(1.0)]), "\"é\"");
    assert_eq!(got(heap, s, &[slice(Some(-3.0), None)]), "\"llo\"");
    assert_eq!(got(heap, s, &[slice(Some(1.0), Some(1.0))]), "\"\"");
    assert_eq!(got(heap, s, &[at(10.0)]), "ERROR: Index 10 out of bounds for length 5");
    assert_eq!(got(heap, Value::Number(5.0), &[at(0.0)]), "ERROR: Cannot index into Number");
}

#[test]
fn tensors_are_read_along_each_axis() {
    let heap = &mut Heap::default();
    let m = heap.tensor(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let columns = heap.numbers(&[2.0, 0.0]);
    let all = || slice(None, None);
    assert_eq!(got(heap, m, &[at(1.0)]), "[4, 5, 6]");
    assert_eq!(got(heap, m, &[at(1.0), at(-1.0)]), "6");
    assert_eq!(got(heap, m, &[all(), at(1.0)]), "[2, 5]");
    assert_eq!(got(heap, m, &[slice(Some(0.0), Some(1.0)), slice(Some(0.0), Some(1.0))]), "[[1]]");
    assert_eq!(got(heap, m, &[at(1.0), slice(Some(2.0), Some(3.0))]), "[6]");
    assert_eq!(got(heap, m, &[all(), Argument::At(columns)]), "[[3, 1],\n [6, 4]]");
    assert_eq!(got(heap, m, &[at(2.0), at(0.0)]), "ERROR: Index 2 out of bounds for length 2");
    assert_eq!(
        got(heap, m, &[at(0.0), at(0.0), at(0.0)]),
        "ERROR: Too many indices: tensor has 2 dimensions, got 3 indices"
    );
}

#[test]
fn masks_choose_elements_and_rows() {
    let heap = &mut Heap::default();
    let m = heap.tensor(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let some = heap.new_mask(&[2, 3], &[1.0, 0.0, 0.0, 0.0, 1.0, 1.0]).expect("memory is left");
    let second = heap.vector(&[Value::Boolean(false), Value::Boolean(true)]);
    assert_eq!(got(heap, m, &[Argument::At(some)]), "[1, 5, 6]");
    assert_eq!(got(heap, m, &[Argument::At(second)]), "[[4, 5, 6]]");
    assert_eq!(got(heap, m, &[Argument::At(second), at(0.0)]), "[4]");
    assert_eq!(
        got(heap, m, &[slice(None, None), Argument::At(second)]),
        "ERROR: A mask of shape [2] does not fit an array of shape [3]"
    );
    assert_eq!(got(heap, some, &[at(1.0), at(2.0)]), "true");
    assert_eq!(got(heap, some, &[at(0.0)]), "[true, false, false]");
    let zero = Value::Number(0.0);
    assert_eq!(changed(heap, m, &[Argument::At(some)], zero), "[[0, 2, 3],\n [4, 0, 0]]");
    let new = heap.numbers(&[7.0, 8.0, 9.0]);
    assert_eq!(changed(heap, m, &[Argument::At(some)], new), "[[7, 2, 3],\n [4, 8, 9]]");
    let truth = Value::Boolean(true);
    assert_eq!(
        changed(heap, some, &[at(0.0), slice(None, None)], truth),
        "[[true, true, true],\n [false, true, true]]"
    );
    assert_eq!(changed(heap, some, &[at(0.0)], zero), "[[0, 0, 0],\n [0, 1, 1]]");
}

#[test]
fn lists_of_places_are_paired() {
    let heap = &mut Heap::default();
    let m = heap.tensor(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let rows = heap.numbers(&[0.0, 1.0]);
    let columns = heap.numbers(&[2.0, 0.0]);
    let three = heap.numbers(&[0.0, 1.0, 2.0]);
    let column = heap.tensor(&[2, 1], &[0.0, 1.0]);
    assert_eq!(got(heap, m, &[Argument::At(rows), Argument::At(columns)]), "[3, 4]");
    assert_eq!(got(heap, m, &[Argument::At(column), Argument::At(columns)]), "[[3, 1],\n [6, 4]]");
    assert_eq!(
        got(heap, m, &[Argument::At(rows), Argument::At(three)]),
        "ERROR: Lists of places of shapes [2] and [3] do not fit"
    );
}

#[test]
fn values_are_spread_over_the_places() {
    let heap = &mut Heap::default();
    let m = heap.tensor(&[2, 3], &[0.0; 6]);
    let row = heap.numbers(&[1.0, 2.0, 3.0]);
    assert_eq!(
        changed(heap, m, &[slice(None, None), slice(None, None)], row),
        "[[1, 2, 3],\n [1, 2, 3]]"
    );
    let column = heap.tensor(&[2, 1], &[1.0, 2.0]);
    assert_eq!(changed(heap, m, &[slice(None, None)], column), "[[1, 1, 1],\n [2, 2, 2]]");
    let i = heap.complex(0.0, 1.0);
    assert_eq!(
        changed(heap, m, &[at(0.0), at(0.0)], i),
        "[[0+1i, 0+0i, 0+0i],\n [0+0i, 0+0i, 0+0i]]"
    );
    assert_eq!(
        changed(heap, m, &[at(0.0), slice(Some(0.0), Some(2.0))], row),
        "ERROR: Cannot put shape [3] into shape [2]"
    );
}

#[test]
fn vectors_of_vectors_take_several_indices() {
    let heap = &mut Heap::default();
    let rows = [heap.numbers(&[1.0, 2.0]), heap.numbers(&[3.0, 4.0])];
    let m = heap.vector(&rows);
    let word = heap.string("abc");
    let mixed = heap.vector(&[word, rows[0]]);
    assert_eq!(got(heap, m, &[slice(None, None), at(0.0)]), "[1, 3]");
    assert_eq!(got(heap, mixed, &[at(0.0), at(2.0)]), "\"c\"");
    assert_eq!(changed(heap, mixed, &[at(1.0), at(0.0)], word), "[\"abc\", [\"abc\", 2]]");
}

#[test]
fn changing_makes_a_new_object() {
    let heap = &mut Heap::default();
    let v = heap.numbers(&[1.0, 2.0, 3.0]);
    let m = heap.tensor(&[2, 2], &[1.0, 2.0, 3.0, 4.0]);
    let s = heap.string("héllo");
    let word = heap.string("xy");
    let z = heap.complex(0.0, 1.0);
    let nine = Value::Number(9.0);
    let pair = heap.numbers(&[8.0, 9.0]);
    assert_eq!(changed(heap, v, &[at(-1.0)], word), "[1, 2, \"xy\"]");
    assert_eq!(changed(heap, v, &[slice(Some(1.0), None)], nine), "[1, 9, 9]");
    assert_eq!(changed(heap, v, &[slice(Some(1.0), None)], pair), "[1, 8, 9]");
    assert_eq!(
        changed(heap, v, &[slice(None, None)], pair),
        "ERROR: Cannot put 2 values into 3 places"
    );
    assert_eq!(changed(heap, v, &[at(3.0)], nine), "ERROR: Index 3 out of bounds for length 3");
    assert_eq!(changed(heap, m, &[at(0.0), at(1.0)], nine), "[[1, 9],\n [3, 4]]");
    assert_eq!(changed(heap, m, &[at(0.0)], pair), "[[8, 9],\n [3, 4]]");
    assert_eq!(changed(heap, m, &[slice(None, None), at(0.0)], nine), "[[9, 2],\n [9, 4]]");
    assert_eq!(changed(heap, m, &[at(1.0), at(1.0)], z), "[[1+0i, 2+0i],\n [3+0i, 0+1i]]");
    assert_eq!(changed(heap, m, &[at(1.0)], word), "[[1, 2], \"xy\"]");
    assert_eq!(changed(heap, s, &[at(1.0)], word), "\"hxyllo\"");
    assert_eq!(heap.echo(v), "[1, 2, 3]");
    assert_eq!(heap.echo(m), "[[1, 2],\n [3, 4]]");
}

#[test]
fn literals_become_tensors_where_rows_are_equally_long() {
    let heap = &mut Heap::default();
    let a = heap.numbers(&[1.0, 2.0]);
    let b = heap.tensor(&[2], &[3.0, 4.0]);
    let c = heap.numbers(&[3.0]);
    let empty = heap.vector(&[]);
    let i = heap.complex(0.0, 2.0);
    let one = Value::Number(1.0);
    let word = heap.string("a");
    let mut shown = |elements: &[Value]| {
        let value = array::literal(heap, elements).unwrap();
        format!("{} {}", heap.kind(&value).name(), heap.echo(value))
    };
    assert_eq!(shown(&[a, b]), "Tensor [[1, 2],\n [3, 4]]");
    assert_eq!(shown(&[a, c]), "Vector [[1, 2], [3]]");
    assert_eq!(shown(&[empty, empty]), "Vector [[], []]");
    assert_eq!(shown(&[one, i]), "Vector [1+0i, 0+2i]");
    assert_eq!(shown(&[one, word, i]), "Vector [1, \"a\", 0+2i]");
    assert_eq!(shown(&[]), "Vector []");
}

#[test]
fn ranges_have_whole_ends_and_a_limit() {
    let heap = &mut Heap::default();
    let mut range = |start: f64, end: f64, inclusive: bool| match array::range(
        heap,
        &Value::Number(start),
        &Value::Number(end),
        inclusive,
    ) {
        Ok(value) => heap.echo(value),
        Err(fault) => fault.message,
    };
    assert_eq!(range(-2.0, 1.0, false), "[-2, -1, 0]");
    assert_eq!(range(1.0, 3.0, true), "[1, 2, 3]");
    assert_eq!(range(3.0, 1.0, true), "[]");
    assert_eq!(range(1.5, 4.0, false), "range bounds must be integers, not 1.5");
    assert!(range(0.0, 1e18, false).starts_with("Out of memory"));
}

proptest! {
    #[test]
    fn what_was_put_somewhere_is_there_and_the_rest_stays(
        numbers in prop::collection::vec(-100..100_i32, 1..20),
        place: prop::sample::Index,
        new: i32,
        negative: bool,
    ) {
        let heap = &mut Heap::default();
        let numbers: Vec<f64> = numbers.into_iter().map(f64::from).collect();
        let place = place.index(numbers.len());
        let index = if negative { place as f64 - numbers.len() as f64 } else { place as f64 };
        let new = f64::from(new);
        for object in [heap.numbers(&numbers), heap.tensor(&[numbers.len()], &numbers)] {
            let after = set(heap, &object, &[at(index)], &Value::Number(new)).unwrap();
            prop_assert_eq!(got(heap, after, &[at(place as f64)]), heap.echo(Value::Number(new)));
            let mut expected = numbers.clone();
            expected[place] = new;
            let expected = heap.numbers(&expected);
            prop_assert!(achronyme_library::compare::equal(heap, &after, &expected));
        }
    }

    #[test]
    fn slices_of_vectors_tensors_and_strings_agree(
        length in 0..8_usize,
        start in -10..10_i32,
        end in -10..10_i32,
    ) {
        let heap = &mut Heap::default();
        let text: String = "äbcdefgh".chars().take(length).collect();
        let numbers: Vec<f64> = (0..length).map(|i| i as f64).collect();
        let cut = slice(Some(start.into()), Some(end.into()));
        let side = |index: i32| {
            let length = i32::try_from(length).unwrap();
            let index = if index < 0 { (length + index).max(0) } else { index.min(length) };
            usize::try_from(index).unwrap()
        };
        let expected = &numbers[side(start)..side(end).max(side(start))];
        let expected_text: String =
            text.chars().skip(side(start)).take(expected.len()).collect();
        let expected = heap.numbers(expected);
        let (v, t) = (heap.numbers(&numbers), heap.tensor(&[length], &numbers));
        let s = heap.string(&text);
        prop_assert_eq!(got(heap, v, std::slice::from_ref(&cut)), heap.echo(expected));
        prop_assert_eq!(got(heap, t, std::slice::from_ref(&cut)), heap.echo(expected));
        prop_assert_eq!(got(heap, s, &[cut]), format!("\"{expected_text}\""));
    }
}
