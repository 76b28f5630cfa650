//! What the compiler says: every code has an example, and texts with their messages.

mod common;

use common::{compiled, messages, rendered};
use source::Severity;
use tacit::{CODES, error_reference, is_complete};

#[test]
fn every_example_gets_exactly_its_code() {
    for info in CODES.iter().filter(|info| !info.examples.is_empty()) {
        let compiled = compiled(info.examples[0]);
        let found: Vec<_> = compiled.diagnostics.iter().map(|d| d.code).collect();
        assert_eq!(found, [info.code], "{}\n{}", info.examples[0], rendered(&compiled));
        let is_error = compiled.diagnostics[0].severity == Severity::Error;
        assert_eq!(compiled.unit.is_none(), is_error, "{}", info.code);
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
    let written = include_str!("../../../docs/errors/tacit.md");
    assert!(page == written, "docs/errors/tacit.md is not what error_reference() renders now");
}

#[test]
fn messages_are_those_of_the_original() {
    for (text, message) in [
        ("1e3", "Unknown word: e3"),
        ("3abc", "Unknown word: abc"),
        ("\"abc", "Unterminated string literal at line 1, column 5"),
        ("# 5", "Unknown word: #"),
        ("dup;", "Unknown word: dup;"),
        ("1 2 bogus 3", "Unknown word: bogus"),
        (": dup 1 ;", "Word already defined: dup"),
        (": [ 1 ;", "Word already defined: ["),
        (": if 1 ;", "Word already defined: if"),
        (": IF 1 ;", "Word already defined: IF"),
        (": a ; : a ;", "Word already defined: a"),
        ("(: a 1 ;)", "Cannot nest definition inside code block"),
        (": a : b ; ;", "Nested definitions are not allowed"),
        (": a 1", "Unclosed definition for a"),
        (": ;", "Expected word name after :"),
        (": \"x\" 1 ;", "Expected word name after :"),
        (":", "Expected word name after :"),
        (")", "Unexpected closing parenthesis"),
        (";", "Unexpected semicolon"),
        ("}", "Unexpected }"),
        ("]", "Unexpected ]"),
        ("(1", "Unclosed code block"),
        ("[ 1", "Unclosed vector"),
        ("#[ 1", "Unclosed group"),
        (":[ 1", "Unclosed dictionary"),
        ("1 IF { 2", "Unclosed block"),
        ("1 IF 2", "Expected { for then-block in IF statement"),
        ("1 IF { 1 } ELSE 2", "Expected { for else-block in IF statement"),
        ("1 ELSE { 2 }", "Unknown word: ELSE"),
        ("{ 1 2 }", "{ } without a combinator"),
        ("1 dup { 2 }", "{ } without a combinator"),
        ("[ ] { 2 * } map", "{ } must follow its combinator"),
        ("[ 1 ] 5 { 2 * } map", "{ } must follow its combinator"),
        (":[ \"a\" { 2 } ]:", "{ } without a combinator"),
        ("1 3 1 range { 2 * } map", "{ } must follow its combinator"),
        (":[ 1 2 ]:", "Dictionary key at index 0 must be a string literal."),
        ("1 3 1 range 5 map to-vector", "Type error: 'map' expected code, got number"),
        ("`nosuch", "Undefined word: nosuch"),
        ("`", "Undefined word: "),
        ("5 -> x", "'->' outside definition"),
        ("5 to x", "Unknown variable: x"),
        (": f -> x (x) ;", "Block cannot use local x"),
        (": f -> x map { x } ;", "Block cannot use local x"),
        (":[ 1 2 ]:", "Dictionary key at index 0 must be a string literal."),
    ] {
        assert_eq!(messages(text), [message], "{text}");
    }
    let long = format!("\"{}\"", "a".repeat(256));
    assert_eq!(messages(&long), ["String too long (max 255 characters)"]);
}

/// A text and what is said about it.
fn said(text: &str) -> String {
    format!("{text}\n---\n{}", rendered(&compiled(text)))
}

#[test]
fn all_errors_of_a_text_are_reported_at_once() {
    insta::assert_snapshot!(said(
        ": square dup * ;\n5 sqare .\n: f -> x (x) eval y ;\n[ 1 2 ) dup;\n1 IF 2 { 3 }\n1e3 `swop"
    ));
}

#[test]
fn advice_is_given_where_there_is_some() {
    insta::assert_snapshot!(said(
        "[ 1 ] value v v[0] [1 2] 1 IF { 2 dup} } ELSE 5 to w\n: v 1 ; : lenght 1 ;\nlenth\n\
         : f a -> a ;\n(1) value b v[ b eval ] v[ ] v[ drop ]\n\
         forget dup forget mean forget w 1 to gcd\nmark m m `m 1 SWITCH { f { 2 } } dup { 1 }"
    ));
}

#[test]
fn warnings_do_not_prevent_a_unit() {
    assert!(compiled(": f -> x x[ 0 exit 1 ] ;").unit.is_none());
    insta::assert_snapshot!(said(
        ": a ( x -- y ) dup ; : b ( x -- y ) 1 exit 2 ; : c ( x y -- z ) + ; : 7 1 ;\n\
         : d ( n -- ) times { 1 } ; : e ( seq -- x ) 0 reduce { + } ; : g ( x -- ... ) ;"
    ));
    assert!(compiled(": a ( x -- y ) dup ;").unit.is_some());
}

#[test]
fn a_text_is_complete_unless_more_may_follow() {
    for text in ["1 2 +", ": a 1 ;", "bogus", ")", ": a ) [", "\"a\"", "// (", "", "1 IF {dup}"] {
        assert!(is_complete(text), "{text}");
    }
    for text in
        [": a", ": a 1", "(", "[ 1", "\"abc", "1 IF {", "1 IF", ":[ \"a\" (", ":", "5 value"]
    {
        assert!(!is_complete(text), "{text}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_not_a_crash() {
    for open in ["(", "[ ", "1 IF { ", "1 SWITCH { 1 { ", ":[ ", "x[ ", ": a ", "map { "] {
        let text = open.repeat(10_000);
        let compiled = compiled(&text);
        let codes: Vec<_> = compiled.diagnostics.iter().map(|found| found.code).collect();
        assert!(codes.contains(&"TACIT0020") || codes.len() == 20, "{open}");
        assert!(compiled.diagnostics.iter().all(|found| found.code != "TACIT0006"), "{open}");
        assert!(compiled.unit.is_none());
    }
    let fine = format!("{}1{}", "(".repeat(199), ")".repeat(199));
    assert!(compiled(&fine).unit.is_some());
    assert!(compiled(&"1 2 + ".repeat(2000)).unit.is_some());
}

#[test]
fn long_texts_take_time_in_proportion() {
    for part in ["bogus ", ": a ( ", "1-1-", "1a", "(1 ", "`x", "1 value x ", "\"a\" ", "] "] {
        assert!(compiled(&part.repeat(30_000)).unit.is_none(), "{part}");
    }
}

#[test]
fn what_does_not_fit_is_an_error() {
    let found = messages(&"1 drop ".repeat(6000));
    assert!(found[0].starts_with("The code segment is full"), "{found:?}");
    let strings: String = (0..200).map(|n| format!("\"{}{n}\" ", "a".repeat(200))).collect();
    let found = messages(&strings);
    assert!(found[0].starts_with("String digest overflow"), "{found:?}");
    assert_eq!(found.len(), 1);
    let locals: String = (0..300).map(|n| format!("-> x{n} ")).collect();
    assert!(messages(&format!(": f {locals} ;"))[0].starts_with("Too many local variables"));
    let globals: String = (0..300).map(|n| format!("{n} value x{n} ")).collect();
    assert!(messages(&globals)[0].starts_with("No room for more than 256 global variables"));
    let keys = "1 ".repeat(256);
    assert!(messages(&format!("1 value x x[ {keys}]"))[0].starts_with("Too many keys"));
}
