//! How values become text.

use crate::heap::{Heap, Value};
use achronyme_library::Store as _;
use achronyme_library::text::{self, Style};
use proptest::prelude::*;

#[test]
fn tensors_are_shown_with_a_line_for_each_row() {
    let heap = &mut Heap::default();
    let cube = heap.tensor(&[2, 2, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    let line = heap.tensor(&[2], &[1.0, 2.5]);
    let column = heap.tensor(&[2, 1, 1], &[1.0, 2.0]);
    let empty = heap.tensor(&[0, 3], &[]);
    assert_eq!(heap.echo(cube), "[[[1, 2],\n  [3, 4]],\n [[5, 6],\n  [7, 8]]]");
    assert_eq!(heap.echo(line), "[1, 2.5]");
    assert_eq!(heap.echo(column), "[[[1]],\n [[2]]]");
    assert_eq!(heap.echo(empty), "[]");
}

#[test]
fn records_are_shown_by_name_and_strings_in_quotes() {
    let heap = &mut Heap::default();
    let x = heap.string("x");
    let inner = heap.vector(&[x, Value::Null, Value::Boolean(true)]);
    let record = heap.record(&[("b", inner), ("a", Value::Number(-0.0))]);
    let empty = heap.record(&[]);
    assert_eq!(heap.echo(record), "{ a: -0, b: [\"x\", null, true] }");
    assert_eq!(heap.echo(empty), "{  }");
    assert_eq!(text::show(heap, &record, Style::Plain).unwrap(), "{ a: -0, b: [x, null, true] }");
}

#[test]
fn complex_numbers_errors_edges_and_functions_have_their_forms() {
    let heap = &mut Heap::default();
    let (a, b) = (heap.complex(1.0, -2.0), heap.complex(f64::NAN, f64::NAN));
    let message = heap.string("m");
    let kind = heap.string("K");
    let error = heap.new_error(message, kind, Value::Null).unwrap();
    let bare = heap.new_error(message, Value::Null, Value::Null).unwrap();
    let weight = heap.record(&[("weight", Value::Number(5.0))]);
    let edge = heap.new_edge("A", "B", true, weight).unwrap();
    let plain = heap.new_edge("A", "B", false, Value::Null).unwrap();
    let function = heap.function(1);
    let all = heap.vector(&[a, b, error, bare, edge, plain, function, Value::Builtin(0)]);
    assert_eq!(
        heap.echo(all),
        "[1-2i, NaN+NaNi, Error(K: m), Error(m), A -> B: { weight: 5 }, A <> B, \
         <function>, <function>]"
    );
}

#[test]
fn what_contains_itself_is_shown_once() {
    let heap = &mut Heap::default();
    let record = heap.record(&[("me", Value::Null), ("twin", Value::Null)]);
    let twin = heap.record(&[("n", Value::Number(1.0))]);
    let around = heap.vector(&[record, twin, twin]);
    heap.set_field(record, "me", around);
    heap.set_field(record, "twin", twin);
    assert_eq!(heap.echo(record), "{ me: […, { n: 1 }, { n: 1 }], twin: { n: 1 } }");
}

#[test]
fn values_a_million_deep_are_shown_compared_and_described() {
    let heap = &mut Heap::default();
    let mut deep = Value::Null;
    let mut other = Value::Null;
    for level in 0..1_000_000 {
        if level % 2 == 0 {
            deep = heap.vector(&[deep]);
            other = heap.vector(&[other]);
        } else {
            deep = heap.record(&[("a", deep)]);
            other = heap.record(&[("a", other)]);
        }
    }
    assert_eq!(heap.echo(deep).len(), 500_000 * (2 + "{ a:  }".len()) + 4);
    assert!(achronyme_library::compare::equal(heap, &deep, &other));
    assert!(heap.called("describe", &[deep]).len() < 300);
    assert!(heap.called("json_stringify", &[deep]).len() > 1_000_000);
    assert_eq!(heap.operated(deep, achronyme_library::BinaryOp::Add, Value::Number(1.0)).len(), 38);
}

#[test]
fn a_text_does_not_grow_without_end() {
    let heap = &mut Heap::default();
    let mut wide = heap.string("abc");
    for _ in 0..60 {
        wide = heap.vector(&[wide, wide]);
    }
    let fault = text::show(heap, &wide, Style::Echo).unwrap_err();
    assert!(fault.message.starts_with("Text longer than"), "{fault}");
}

#[test]
fn descriptions_tell_kind_size_and_first_parts() {
    let heap = &mut Heap::default();
    let many = heap.numbers(&(0..12).map(f64::from).collect::<Vec<_>>());
    let a = heap.string("a");
    let record = heap.record(&[("b", Value::Number(1.0)), ("a", a)]);
    let edge = heap.new_edge("A", "B", true, Value::Null).unwrap();
    assert!(heap.called("describe", &[many]).ends_with("Number(9) ... and 2 more])\""));
    assert_eq!(
        heap.called("describe", &[record]),
        "\"Record(fields: 2\n  b: Number(1)\n  a: String(\"a\"))\""
    );
    assert_eq!(heap.called("describe", &[edge]), "\"Edge(A -> B, directed)\"");
    assert_eq!(heap.called("describe", &[Value::Builtin(0)]), "\"Function(Builtin: typeof)\"");
}

proptest! {
    #[test]
    fn numbers_come_back_from_their_text(bits: u64) {
        let heap = &mut Heap::default();
        let number = f64::from_bits(bits);
        let text = heap.echo(Value::Number(number));
        prop_assert!(!text.contains('e'));
        let read: f64 = text.parse().unwrap();
        prop_assert!(read.to_bits() == number.to_bits() || number.is_nan() && read.is_nan());
    }

    #[test]
    fn json_comes_back_from_its_text(number: f64, text: String, truth: bool) {
        let heap = &mut Heap::default();
        let string = heap.string(&text);
        let inner = heap.vector(&[Value::Number(number), string, Value::Boolean(truth)]);
        let record = heap.record(&[("x", inner), ("y z", Value::Null)]);
        let pretty = heap.call("json_stringify", &[record, Value::Boolean(truth)]).unwrap();
        let read = heap.call("json_parse", &[pretty]).unwrap();
        prop_assert_eq!(heap.echo(read), heap.echo(record).replace("Infinity", "null"));
    }
}
