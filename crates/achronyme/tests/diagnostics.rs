//! What is said about programs: every code has an example, and texts with their messages.

mod common;

use achronyme::{CODES, check, error_reference, parse};
use common::said;
use source::{DIAGNOSTICS_MAX, SourceId};

#[test]
fn every_example_gets_exactly_its_code() {
    for info in CODES.iter().filter(|info| !info.examples.is_empty()) {
        let found = check("main.soc", info.examples[0]).diagnostics;
        let found: Vec<_> = found.iter().map(|found| found.code).collect();
        assert_eq!(found, [info.code], "{}\n{}", info.examples[0], said(info.examples[0]));
    }
}

#[test]
fn codes_ascend_and_are_documented() {
    assert!(CODES.is_sorted_by(|a, b| a.code < b.code));
    assert!(CODES.iter().all(|info| !info.doc.trim().is_empty()));
}

#[test]
fn the_reference_page_is_the_one_in_docs() {
    let page = error_reference();
    let written = include_str!("../../../docs/errors/achronyme.md");
    assert!(page == written, "docs/errors/achronyme.md is not what error_reference() renders now");
}

/// Each text and what is said about it.
fn all_said(texts: &[&str]) -> String {
    let show = |text: &&str| format!("{text}\n---\n{}\n", said(text));
    texts.iter().map(show).collect()
}

#[test]
fn however_much_is_wrong_with_a_text_there_are_not_more_messages_than_anybody_reads() {
    let count = DIAGNOSTICS_MAX + 100;
    for bad in ["\u{1} ", "0x ", "\"\\q\"\n"] {
        let found = parse(&bad.repeat(count), SourceId::default()).diagnostics;
        assert!((1..=DIAGNOSTICS_MAX).contains(&found.len()), "{bad:?}: {}", found.len());
    }
    let found = check("main.soc", &"break\n".repeat(count)).diagnostics;
    assert_eq!(found.len(), DIAGNOSTICS_MAX);
}

#[test]
fn all_errors_of_a_text_are_reported_at_once() {
    insta::assert_snapshot!(all_said(&["\
let a = [1, 2, , 3]
let b = {x: 1 y: 2}
let 2c = 1_000
let d = 'sum ${1 +} and ${}'
for (x of a) { break }
f(1, 2]
yield 5
let e = 1 < 2 < 3
(a, b?, c) => a
let ok = a + b
"]));
}

#[test]
fn brackets_are_told_with_where_they_begin() {
    insta::assert_snapshot!(all_said(&[
        "let f = x => do {\n  let v = [1, 2\n  v\n}\nf(1)\n",
        "let f = x => do {\n  x\nf(1)\n",
        "let x = (1 + 2\nlet y = 3 +\n",
        "f(1, [2, 3)\n",
        "'a ${ (1 } b'\n",
        "print('it)\nlet x = 1\n",
        "let s = \"abc\nlet t = 1\n",
    ]));
}

#[test]
fn misspelt_and_foreign_words_get_advice() {
    insta::assert_snapshot!(all_said(&[
        "lett x = 5\n",
        "whlie (x) { 1 }\n",
        "if (x) { 1 } esle { 2 }\n",
        "try { 1 } cacth (e) { 2 }\n",
        "for (x on [1]) { 1 }\n",
        "import { a } form \"b\"\n",
        "const x = 5\n",
        "function f(x) { x }\n",
        "let mut x = 5\n",
        "let f = x => { let y = x; y }\n",
        "let r = {a, b}\n",
        "let x: Tensor = 1\n",
        "match x { 1 | 2 => 3 }\n",
        "(a, ...b) => a\n",
        "if (x = 1) { 2 }\n",
    ]));
}
