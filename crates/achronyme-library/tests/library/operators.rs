//! What the operators do with numbers, arrays and strings.

#![expect(clippy::float_cmp, reason = "arithmetic is compared with itself")]

use crate::heap::{Heap, Value};
use achronyme_library::BinaryOp::{Add, Divide, Equal, Less, Multiply, Power, Remainder, Subtract};
use achronyme_library::{BinaryOp, Store, UnaryOp, operator, truth};
use proptest::prelude::*;

#[test]
fn vectors_tensors_and_scalars_mix() {
    let heap = &mut Heap::default();
    let v = heap.numbers(&[1.0, 2.0]);
    let w = heap.numbers(&[3.0, 4.0, 5.0]);
    let one = heap.numbers(&[3.0]);
    let m = heap.tensor(&[2, 2], &[1.0, 2.0, 3.0, 4.0]);
    let i = heap.complex(0.0, 1.0);
    assert_eq!(heap.operated(v, Add, one), "[4, 5]");
    assert_eq!(heap.operated(v, Add, w), "ERROR: Cannot broadcast shapes [2] and [3]");
    assert_eq!(heap.operated(v, Divide, Value::Number(0.0)), "[Infinity, Infinity]");
    assert_eq!(heap.operated(v, Add, i), "[1+1i, 2+1i]");
    assert_eq!(heap.operated(m, Add, v), "[[2, 4],\n [4, 6]]");
    assert_eq!(heap.operated(m, Multiply, m), "[[7, 10],\n [15, 22]]");
    assert_eq!(heap.operated(m, Multiply, v), "[5, 11]");
    assert_eq!(heap.operated(v, Multiply, m), "[7, 10]");
    assert_eq!(heap.operated(m, Multiply, i), "[[0+1i, 0+2i],\n [0+3i, 0+4i]]");
    assert_eq!(heap.operated(Value::Number(1.0), Subtract, m), "[[0, -1],\n [-2, -3]]");
    assert_eq!(heap.operated(v, Power, v), "[1, 4]");
    assert_eq!(heap.operated(v, Remainder, Value::Number(0.0)), "[NaN, NaN]");
}

#[test]
fn two_vectors_give_a_tensor_and_one_a_vector() {
    let heap = &mut Heap::default();
    let v = heap.numbers(&[1.0, 2.0]);
    let both = operator::binary(heap, Add, &v, &v).unwrap();
    let scaled = operator::binary(heap, Multiply, &Value::Number(2.0), &v).unwrap();
    assert_eq!(heap.kind(&both).name(), "Tensor");
    assert_eq!(heap.kind(&scaled).name(), "Vector");
    assert_eq!(heap.operated(both, Equal, scaled), "true");
}

#[test]
fn what_does_not_fit_is_told_by_its_operation() {
    let heap = &mut Heap::default();
    let a = heap.string("a");
    let words = heap.vector(&[a]);
    let one = Value::Number(1.0);
    let cases = [
        (words, Add, words, "Vector addition requires numeric vectors"),
        (words, Add, one, "Broadcasting requires numeric vector"),
        (Value::Boolean(true), Add, one, "Incompatible types for addition"),
        (Value::Null, Multiply, one, "Incompatible types for multiplication"),
        (a, Subtract, one, "Incompatible types for subtraction"),
        (one, Remainder, Value::Number(0.0), "Modulo by zero"),
        (one, Remainder, Value::Null, "Modulo operator currently only supports numbers"),
        (a, Multiply, Value::Number(2.5), "string repetition count must be an integer"),
        (a, Multiply, Value::Number(-1.0), "String repetition count must be non-negative"),
        (a, Multiply, Value::Number(f64::INFINITY), "String repetition count must be finite"),
    ];
    for (a, op, b, expected) in cases {
        assert_eq!(heap.operated(a, op, b), format!("ERROR: {expected}"));
    }
    assert!(heap.operated(words, Less, words).starts_with("ERROR: Comparison operators currently"));
}

#[test]
fn strings_join_with_anything_and_repeat() {
    let heap = &mut Heap::default();
    let ab = heap.string("ab");
    let v = heap.numbers(&[1.0, 2.0]);
    assert_eq!(heap.operated(ab, Add, v), "\"ab[1, 2]\"");
    assert_eq!(heap.operated(Value::Null, Add, ab), "\"nullab\"");
    assert_eq!(heap.operated(ab, Multiply, Value::Number(3.0)), "\"ababab\"");
    assert!(heap.operated(ab, Multiply, Value::Number(1e15)).contains("Out of memory"));
}

#[test]
fn powers_of_complex_numbers_with_whole_exponents_are_exact() {
    let heap = &mut Heap::default();
    let i = heap.complex(0.0, 1.0);
    let z = heap.complex(1.0, 1.0);
    let zero = heap.complex(0.0, 0.0);
    let huge = heap.complex(1e200, 1e200);
    assert_eq!(heap.operated(i, Power, Value::Number(2.0)), "-1+0i");
    assert_eq!(heap.operated(z, Power, Value::Number(4.0)), "-4+0i");
    assert_eq!(heap.operated(z, Power, Value::Number(-2.0)), "0-0.5i");
    assert_eq!(heap.operated(z, Divide, zero), "NaN+NaNi");
    assert_eq!(heap.operated(huge, Divide, huge), "1+0i");
    assert_eq!(heap.operated(Value::Number(0.0), Power, z), "0+0i");
}

#[test]
fn negation_keeps_the_kind() {
    let heap = &mut Heap::default();
    let v = heap.numbers(&[1.0, -2.0]);
    let m = heap.tensor(&[1, 2], &[1.0, -2.0]);
    let v = operator::unary(heap, UnaryOp::Negate, &v).unwrap();
    let m = operator::unary(heap, UnaryOp::Negate, &m).unwrap();
    assert_eq!((heap.kind(&v).name(), heap.echo(v)), ("Vector", "[-1, 2]".to_owned()));
    assert_eq!((heap.kind(&m).name(), heap.echo(m)), ("Tensor", "[[-1, 2]]".to_owned()));
    assert!(operator::unary(heap, UnaryOp::Negate, &Value::Null).is_err());
}

/// Boxes of small integers, for which arithmetic is exact.
fn boxes() -> impl Strategy<Value = (Vec<usize>, Vec<f64>)> {
    prop::collection::vec(1..4_usize, 1..4).prop_flat_map(|shape| {
        let size = shape.iter().product::<usize>();
        let data = prop::collection::vec((-9..10_i32).prop_map(f64::from), size);
        (Just(shape), data)
    })
}

/// The number of a box at a place, where axes of length 1 stand for any length.
fn at((shape, data): &(Vec<usize>, Vec<f64>), place: &[usize]) -> f64 {
    let place = &place[place.len() - shape.len()..];
    let offset = shape
        .iter()
        .zip(place)
        .fold(0, |offset, (length, index)| offset * length + if *length == 1 { 0 } else { *index });
    data[offset]
}

/// What an operator does to two numbers.
type Arithmetic = fn(f64, f64) -> f64;

proptest! {
    #[test]
    fn broadcasting_pairs_the_numbers_that_meet(a in boxes(), b in boxes(), which in 0..3_usize) {
        let ops: [(BinaryOp, Arithmetic); 3] =
            [(Add, |x, y| x + y), (Subtract, |x, y| x - y), (Divide, |x, y| x / y)];
        let (op, apply) = ops[which];
        let heap = &mut Heap::default();
        let x = heap.tensor(&a.0, &a.1);
        let y = heap.tensor(&b.0, &b.1);
        let rank = a.0.len().max(b.0.len());
        let axis = |shape: &[usize], i: usize| {
            (i + shape.len()).checked_sub(rank).map_or(1, |i| shape[i])
        };
        let fits = (0..rank).all(|i| {
            let (m, n) = (axis(&a.0, i), axis(&b.0, i));
            m == n || m == 1 || n == 1
        });
        match operator::binary(heap, op, &x, &y) {
            Err(_) => prop_assert!(!fits),
            Ok(result) => {
                prop_assert!(fits);
                let view = Store::tensor(heap, &result).unwrap();
                let mut place = vec![0; rank];
                for number in view.data {
                    let expected = apply(at(&a, &place), at(&b, &place));
                    prop_assert!(*number == expected || number.is_nan() && expected.is_nan());
                    for i in (0..rank).rev() {
                        place[i] += 1;
                        if place[i] < view.shape[i] {
                            break;
                        }
                        place[i] = 0;
                    }
                }
            }
        }
    }

    #[test]
    fn numbers_are_compared_as_ieee_says(x: f64, y: f64) {
        let heap = &mut Heap::default();
        let cases = [
            (Less, x < y),
            (BinaryOp::GreaterOrEqual, x >= y),
            (Equal, x == y),
            (BinaryOp::NotEqual, x != y),
        ];
        for (op, expected) in cases {
            let shown = heap.operated(Value::Number(x), op, Value::Number(y));
            prop_assert_eq!(shown, expected.to_string());
        }
    }
}

#[test]
fn comparisons_of_arrays_are_masks() {
    let heap = &mut Heap::default();
    let v = heap.numbers(&[1.0, 2.0, f64::NAN]);
    let two = Value::Number(2.0);
    assert_eq!(heap.operated(v, Less, two), "[true, false, false]");
    assert_eq!(heap.operated(v, BinaryOp::GreaterOrEqual, two), "[false, true, false]");
    let mask = operator::binary(heap, Less, &v, &two).expect("numbers have an order");
    let not = operator::unary(heap, UnaryOp::Not, &mask).expect("masks can be negated");
    assert!(heap.is_mask(&mask) && heap.is_mask(&not));
    assert_eq!(heap.echo(not), "[false, true, true]");
    assert_eq!(heap.operated(mask, Add, mask), "[2, 0, 0]");
    assert_eq!(heap.operated(mask, Equal, mask), "true");
    let numbers = heap.tensor(&[3], &[1.0, 0.0, 0.0]);
    assert_eq!(heap.operated(mask, Equal, numbers), "false");
    let truths = [true, false, false].map(Value::Boolean);
    let truths = heap.vector(&truths);
    assert_eq!(heap.operated(truths, Equal, mask), "true");
    assert!(truth::condition(heap, &mask).is_err());
    let words = heap.string("x");
    assert!(operator::binary(heap, Less, &v, &words).is_err());
    let pair = heap.numbers(&[1.0, 2.0]);
    assert_eq!(heap.operated(v, Less, pair), "ERROR: Cannot broadcast shapes [3] and [2]");
}
