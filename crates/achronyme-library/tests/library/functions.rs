//! The functions of the table.

use crate::heap::{Heap, Value};
use achronyme_library::change::apply;
use achronyme_library::{
    BUILTINS, Change, Engine, Fault, Kind, Method, builtin, error, field, find, method,
    module_exports, modules,
};

#[test]
fn every_function_lies_at_its_number_and_has_examples() {
    for row in BUILTINS {
        assert_eq!(builtin(row.index).map(|found| found.name), Some(row.name));
        assert_eq!(find(row.name), Some(row.index), "{} is there twice", row.name);
        assert!(!row.doc.trim().is_empty(), "{}", row.name);
        let ticks = row.doc.matches("` → `").count();
        assert_eq!(row.examples().count(), ticks, "{}: an example is not read", row.name);
        if row.engine == Engine::Library && !row.name.starts_with('_') {
            assert!(ticks > 0, "{} has no example", row.name);
        }
    }
}

#[test]
fn arguments_are_counted() {
    let heap = &mut Heap::default();
    let one = Value::Number(1.0);
    let cases: [(&str, &[Value], &str); 5] = [
        ("sin", &[one, one], "sin() expects 1 arguments, got 2"),
        ("typeof", &[], "typeof() expects 1 arguments, got 0"),
        ("pow", &[one], "pow() expects 2 arguments, got 1"),
        ("slice", &[one], "slice() expects 2 to 3 arguments, got 1"),
        ("max", &[], "max() requires at least one argument"),
    ];
    for (name, arguments, expected) in cases {
        assert_eq!(heap.called(name, arguments), format!("ERROR: {expected}"));
    }
    let print = find("print").unwrap();
    let fault = achronyme_library::ask(print, heap, &[]).unwrap_err();
    assert_eq!(fault.message, "print() requires at least 1 argument");
}

#[test]
fn elementary_functions_take_numbers_arrays_and_complex_numbers() {
    let heap = &mut Heap::default();
    let v = heap.numbers(&[4.0, -9.0]);
    let m = heap.tensor(&[1, 2], &[4.0, 9.0]);
    let z = heap.complex(3.0, 4.0);
    let word = heap.string("x");
    assert_eq!(heap.called("sqrt", &[v]), "[2+0i, 0+3i]");
    assert_eq!(heap.called("sqrt", &[m]), "[[2, 3]]");
    assert_eq!(heap.called("sqrt", &[Value::Number(-1.0)]), "0+1i");
    assert_eq!(heap.called("abs", &[z]), "5");
    assert_eq!(heap.called("sign", &[v]), "[1, -1]");
    assert_eq!(heap.called("round", &[Value::Number(-2.5)]), "-3");
    assert_eq!(
        heap.called("sin", &[word]),
        "ERROR: sin() requires a number, vector, or tensor (also complex)"
    );
}

#[test]
fn statistics_work_over_all_numbers() {
    let heap = &mut Heap::default();
    let empty = heap.vector(&[]);
    let mixed = [heap.complex(0.0, 1.0), Value::Number(2.0)];
    let mixed = heap.vector(&mixed);
    let nan = heap.numbers(&[1.0, f64::NAN, 3.0]);
    assert_eq!(heap.called("sum", &[empty]), "0");
    assert_eq!(heap.called("sum", &[mixed]), "2+1i");
    assert_eq!(
        heap.called("mean", &[empty]),
        "ERROR: mean: empty input, requires a non-empty vector"
    );
    assert_eq!(heap.called("max", &[nan]), "NaN");
    assert_eq!(heap.called("max", &[Value::Number(1.0), Value::Number(f64::NAN)]), "NaN");
    let tenth = heap.numbers(&vec![0.1; 100_000]);
    let sum: f64 = heap.called("sum", &[tenth]).parse().unwrap();
    assert!((sum - 10_000.0).abs() < 1e-10, "{sum}");
}

#[test]
fn matrices_are_turned_and_measured() {
    let heap = &mut Heap::default();
    let m = heap.tensor(&[3, 3], &[0.0, 2.0, 1.0, 1.0, 0.0, 0.0, 3.0, 0.0, 1.0]);
    let wide = heap.tensor(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let nothing = heap.tensor(&[0, 0], &[]);
    assert_eq!(heap.called("det", &[m]), "-2");
    assert_eq!(heap.called("det", &[nothing]), "1");
    let rejected = "ERROR: det: square matrix required, got [2, 3]";
    assert_eq!(heap.called("det", &[wide]), rejected);
    assert_eq!(heap.called("transpose", &[wide]), "[[1, 4],\n [2, 5],\n [3, 6]]");
    let (a, b) = (heap.numbers(&[1.0, 2.0]), heap.numbers(&[1.0]));
    let wrong = "ERROR: dot: dimension mismatch: expected [2], got [1]";
    assert_eq!(heap.called("dot", &[a, b]), wrong);
    assert_eq!(heap.called("cross", &[a, a]), "0");
    let huge = heap.numbers(&[3e300, 4e300]);
    assert_eq!(heap.call("norm", &[huge]).map(|norm| heap.echo(norm).len()), Ok(301));
}

#[test]
fn methods_change_vectors_and_give_what_they_took() {
    let heap = &mut Heap::default();
    let v = heap.numbers(&[3.0, 1.0, 2.0]);
    let (rest, taken) = apply(heap, Change::Pop, &v, &[]).unwrap();
    assert_eq!((heap.echo(rest), heap.echo(taken)), ("[3, 1]".to_owned(), "2".to_owned()));
    let (sorted, value) = apply(heap, Change::Sort, &v, &[]).unwrap();
    assert_eq!(
        (heap.echo(sorted), heap.echo(value)),
        ("[1, 2, 3]".to_owned(), "[1, 2, 3]".to_owned())
    );
    let (rest, taken) = apply(heap, Change::Remove, &v, &[Value::Number(-3.0)]).unwrap();
    assert_eq!((heap.echo(rest), heap.echo(taken)), ("[1, 2]".to_owned(), "3".to_owned()));
    let end = [Value::Number(3.0), Value::Null];
    let (longer, _) = apply(heap, Change::Insert, &v, &end).unwrap();
    assert_eq!(heap.echo(longer), "[3, 1, 2, null]");
    let empty = heap.vector(&[]);
    let fault = apply(heap, Change::Pop, &empty, &[]).unwrap_err();
    assert_eq!(fault.message, "pop() from an empty vector");
}

#[test]
fn sorting_has_one_order_for_numbers_and_strings() {
    let heap = &mut Heap::default();
    let (b, a) = (heap.string("b"), heap.string("a"));
    let mixed =
        [b, Value::Number(f64::NAN), Value::Number(2.0), a, Value::Null, Value::Number(-1.0)];
    let mixed = heap.vector(&mixed);
    assert_eq!(
        heap.called("sorted", &[mixed]),
        "ERROR: sorted: String and Number have no order between them"
    );
}

#[test]
fn every_method_that_names_a_function_has_one() {
    for kind in Kind::ALL {
        for builtin in BUILTINS {
            if let Some(Method::Builtin(index)) = method(*kind, builtin.name) {
                assert!(achronyme_library::builtin(index).is_some());
            }
        }
    }
    assert_eq!(method(Kind::Complex, "re"), find("real").map(Method::Builtin));
    assert_eq!(method(Kind::Vector, "len"), find("len").map(Method::Builtin));
    assert_eq!(method(Kind::Vector, "map"), Some(Method::Prelude("map")));
    assert_eq!(method(Kind::Record, "has"), find("has_field").map(Method::Builtin));
    assert_eq!(method(Kind::Number, "len"), None);
}

#[test]
fn modules_export_what_they_are_said_to() {
    assert!(module_exports("stats").unwrap().contains(&"std"));
    assert!(module_exports("math").unwrap().contains(&"asin"));
    assert!(module_exports("arrays").unwrap().contains(&"linspace"));
    assert!(module_exports("nope").is_none());
    assert!(modules().any(|module| module == "linalg"));
}

#[test]
fn thrown_values_become_errors() {
    let heap = &mut Heap::default();
    let m = heap.string("m");
    let k = heap.string("K");
    let full = heap.record(&[("message", m), ("kind", k), ("source", Value::Number(5.0))]);
    let odd = heap.record(&[("message", Value::Number(5.0)), ("kind", Value::Null)]);
    let bare = heap.record(&[]);
    let list = heap.numbers(&[1.0, 2.0]);
    let mut shown = |value: Value| {
        let error = error::thrown(heap, &value).unwrap();
        let source = field::get(heap, &error, "source").unwrap();
        format!("{} {}", heap.echo(error), heap.echo(source))
    };
    assert_eq!(shown(full), "Error(K: m) 5");
    assert_eq!(shown(odd), "Error(5) null");
    assert_eq!(shown(bare), "Error(Unknown error) null");
    assert_eq!(shown(list), "Error([1, 2]) null");
    assert_eq!(shown(Value::Null), "Error(null) null");
    let caught = error::from_fault(heap, &Fault::new("boom")).unwrap();
    assert_eq!(heap.echo(caught), "Error(RuntimeError: boom)");
}

#[test]
fn tables_and_json_say_what_is_wrong_with_them() {
    let heap = &mut Heap::default();
    let mut parsed = |name: &str, text: &str| {
        let text = heap.string(text);
        heap.called(name, &[text])
    };
    assert_eq!(
        parsed("csv_parse", "a,b\n\"x, \"\"y\"\"\",true\r\n1,\n"),
        "[{ a: \"x, \"y\"\", b: true }, { a: 1, b: null }]"
    );
    assert!(parsed("csv_parse", "a,b\n1").contains("line 2 has 1 cell, expected 2"));
    assert_eq!(parsed("json_parse", "{\"a\": [1, {\"b\": \"\\u00e9\\n\"}], \"a\": 2}"), "{ a: 2 }");
    assert_eq!(parsed("json_parse", " [] "), "[]");
    assert_eq!(
        parsed("json_parse", "[1,\n 01]"),
        "ERROR: json_parse: invalid JSON: expected a number at line 2, column 2"
    );
    assert!(parsed("json_parse", "not json").starts_with("ERROR: json_parse: invalid JSON"));
    assert!(parsed("json_parse", "[1] 2").contains("expected the end"));
    let deep = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    assert_eq!(parsed("json_parse", &deep), deep);
}
