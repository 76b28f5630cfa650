//! Texts that nobody would write, and random programs: what must hold of any text holds of them.

mod common;

use common::{laws, programs};
use palindrome::{DEPTH_MAX, KEYWORDS, parse};
use proptest::prelude::*;
use source::SourceId;

/// Things that texts are made of, besides keywords.
const PIECES: &[&str] = &[
    "<->",
    "...",
    "++=",
    "<-",
    "->",
    "=>",
    ":-",
    "|>",
    "??",
    "?.",
    "++",
    "..",
    "==",
    "!=",
    "<=",
    "+=",
    "-=",
    "*=",
    ".",
    "=",
    "<",
    ">",
    "+",
    "-",
    "*",
    "/",
    "%",
    "~",
    "!",
    "|",
    "?",
    ":",
    ",",
    ";",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "${",
    "\\",
    "b\"",
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "// c\n",
    "//",
    "/*",
    "*/",
    "/* a\n b */",
    "@",
    "ü",
    "1",
    "2.5",
    "1.25d",
    "5.minutes",
    "0xff",
    "5.",
    "1e",
    "x",
    "y",
    "_",
    "at",
    "as",
    "on",
    "by",
    "key",
    "unique",
    "references",
    "group by",
    "order by",
    "limit",
    "desc",
    "left",
    "first",
    "only",
    "all",
    "use",
    "type",
    "relation",
    "index",
    "view",
    "rule",
    "transform",
    "query",
    "migrate",
    "forward:",
    "backward:",
    "space",
    "contract",
    "invariant:",
    "on_violation:",
    "solve",
    "using",
    "succeed",
    "fail",
    "some",
    "then",
    "test",
    "update",
    "upsert",
    "emit",
    "yield",
    "reverse",
    "accept",
    "checkpoint",
    "rewind to",
    "when",
    "dispose",
    "recover",
    "past",
    "parallel",
    "merge strategy",
    "latest",
    "switch",
    "revert",
    "to",
    "watch",
    "inspect",
    "explain",
    "why",
    "from",
    "until",
    "ensure",
    "\"s\"",
    "\"a${x}b\"",
    "(x)",
    "[1, 2]",
    "{a: 1}",
    "{ x }",
    "x => x",
    "let a = 1\n",
    "f(x)",
    "x: Int",
];

fn piece() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => prop::sample::select(PIECES), 1 => prop::sample::select(KEYWORDS)]
}

fn soup() -> impl Strategy<Value = String> {
    let spaced = (piece(), prop::bool::ANY).prop_map(|(piece, is_spaced)| {
        if is_spaced { format!("{piece} ") } else { piece.to_owned() }
    });
    prop::collection::vec(spaced, 0..40).prop_map(|pieces| pieces.concat())
}

fn texts() -> Vec<String> {
    let all = programs("seed").into_iter().chain(programs("syntax"));
    all.map(|(_, text)| text).collect()
}

/// A program with a few pieces of it replaced, removed or repeated.
fn changed() -> impl Strategy<Value = String> {
    let edit = (any::<prop::sample::Index>(), 0_usize..12, piece(), 0..4);
    (prop::sample::select(texts()), prop::collection::vec(edit, 0..4)).prop_map(|(text, edits)| {
        let mut text: Vec<char> = text.chars().collect();
        for (at, length, piece, what) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + length).min(text.len());
            let new: Vec<char> = match what {
                0 => piece.chars().collect(),
                1 => Vec::new(),
                2 => "\n".chars().collect(),
                _ => text[at..end].repeat(2),
            };
            let end = if what == 2 { at } else { end };
            drop(text.splice(at..end, new));
        }
        text.into_iter().collect()
    })
}

/// A program with remarks and line ends where some of its blanks are, and long names.
fn stretched() -> impl Strategy<Value = String> {
    let texts = prop::sample::select(texts());
    let blanks = prop::collection::vec((0..14, 0..5), 1..30);
    (texts, blanks).prop_map(|(text, blanks)| {
        let mut out = String::new();
        for (word, (blank, long)) in text.split(' ').zip(blanks.iter().cycle()) {
            out.push_str(word);
            if word.ends_with(char::is_alphabetic) && *long == 0 && word.len() < 4 {
                out.push_str("_and_a_long_name_that_fills_a_line");
            }
            out.push_str(match blank {
                0 => " // one\n",
                1 => "\n",
                2 => " // two\n\n// three\n",
                3 => " /* four */ ",
                4 => " /* five\n six */ ",
                _ => " ",
            });
        }
        out
    })
}

/// Random values.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "a",
        "b.c",
        "1",
        "2.5",
        "1d",
        "3.hours",
        "\"s\"",
        "\"x ${a} y\"",
        "none",
        "true",
        "f(a)",
        "at",
        "limit",
        "first",
        "key",
        "order",
        "now()",
        "{}",
        "[]",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(5, 40, 3, |inner| {
        let operators = prop::sample::select(vec![
            "+", "-", "*", "xor", "++", "..", "and", "or", "==", "<", "??", "|>", "at", "%",
        ]);
        let clauses = prop::sample::select(vec![
            "where a = 1",
            "where a < b and c",
            "order by a desc, b",
            "group by a select a, sum(b) as c",
            "limit 3",
            "limit n * 2 select a",
            "as p where p.a",
            "where a\n  order by b\n  limit 3",
        ]);
        prop_oneof![
            (inner.clone(), operators, inner.clone())
                .prop_map(|(a, o, b)| format!("({a}) {o} ({b})")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("{a}, {b}"))
                .prop_map(|items| { format!("[{items}]") }),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{k: {a}, at, limit: {b}}}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("f({a}, {b}).g[{b}]")),
            inner.clone().prop_map(|a| format!("not {a}")),
            inner.clone().prop_map(|a| format!("-({a})")),
            inner.clone().prop_map(|a| format!("x => {a}")),
            inner.clone().prop_map(|a| format!("(x: Int, y) => {{ let z = {a}; z }}")),
            (inner.clone(), clauses).prop_map(|(a, c)| format!("(({a}) {c})")),
            inner.clone().prop_map(|a| format!("exists({a})")),
            inner.clone().prop_map(|a| format!("(for all q in Q where {a}: q)")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!(
                "if ({a}) {{ {b} }} else if c {{\n{c} }} else {{ 0 }}"
            )),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!(
                "match ({a}) {{ 1 => {b}, x if x > 1 => {{ {b}; }} _ => {{}} }}"
            )),
            inner.clone().prop_map(|a| format!("{{ {a}; }}")),
            inner.prop_map(|a| format!("{{; {a} }}")),
        ]
    })
}

/// Random programs.
fn program() -> impl Strategy<Value = String> {
    let statement = value().prop_flat_map(|value| {
        prop::sample::select(vec![
            format!("let x: T? = {value}"),
            value.clone(),
            format!("a.b <- {value}"),
            format!("R += {value}"),
            format!("update R.f += ({value}) where {value}"),
            format!("assert {value}, {value}"),
            format!("print {value}, 1"),
            format!("while ({value}) {{ f() }}"),
            format!("for x in ({value}) {{ g()\nprint x }}"),
            format!("rewind to when {value}"),
            format!("parallel {{ a: {value} b: {{ {value} }} }} merge strategy ask"),
            format!("transform t<A>(x: A) -> [A] <-> u {{ forward: {value} backward: {{ {value} }} }}"),
            format!("rule r(a) :- p(a), ({value}), not q(b)."),
            format!("view V = {value}"),
            format!("contract C {{ invariant: {value} on_violation: {{ {value} }} }}"),
            format!("solve s(a: B) using tabled {{ match ({value}) => succeed {value}\n try ({value}) then fail }}"),
            format!("{{ {value} }}"),
            format!("try {{ {value} }} else e {{ {value} }}"),
        ])
    });
    prop::collection::vec(statement, 1..4).prop_map(|statements| statements.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn laws_hold_for_soup(text in soup()) {
        prop_assert_eq!(laws(&text), Ok(()));
    }

    #[test]
    fn laws_hold_for_changed_programs(text in changed()) {
        prop_assert_eq!(laws(&text), Ok(()));
    }

    #[test]
    fn laws_hold_for_stretched_programs(text in stretched()) {
        prop_assert_eq!(laws(&text), Ok(()));
    }

    #[test]
    fn laws_hold_for_random_programs(text in program()) {
        prop_assert_eq!(laws(&text), Ok(()));
        let wrong = parse(&text, SourceId::default()).diagnostics;
        prop_assert!(wrong.is_empty(), "{:?}", wrong);
    }

    #[test]
    fn laws_hold_for_any_characters(text in "\\PC*") {
        prop_assert_eq!(laws(&text), Ok(()));
    }
}

/// Texts of many things inside of each other.
fn deep(count: usize) -> Vec<String> {
    let around = |before: &str, inside: &str, after: &str| {
        format!("{}{inside}{}", before.repeat(count), after.repeat(count))
    };
    vec![
        around("(", "1", ")"),
        around("[", "1", "]"),
        around("{a: ", "1", "}"),
        around("{ f(); ", "1", " }"),
        around("x => ", "1", ""),
        around("f(", "1", ")"),
        around("if a { ", "1", " }"),
        around("match x { _ => ", "1", " }"),
        around("try { ", "1", " } else { 1 }"),
        around("\"${", "1", "}\""),
        around("let x = { let y = ", "1", " }"),
        around("first x where first ", "y", ""),
        around("~", "f", ""),
        format!("match x {{ {} => 1 }}", around("[", "a", "]")),
        format!("let a: {} = 1", around("[", "A", "]")),
        around("space A { ", "f()", " }"),
        around("parallel { a: ", "f()", " }"),
        around("try a then ", "b", ""),
        around("for all x in ", "y", ": 1"),
    ]
}

#[test]
fn what_is_too_deep_is_told_and_nothing_overflows() {
    for text in deep(20_000) {
        let wrong = parse(&text, SourceId::default()).diagnostics;
        assert!(wrong.iter().any(|found| found.code == "PAL0015"), "{text:.40}");
        assert_eq!(laws(&text), Ok(()), "{text:.40}");
    }
    for text in deep(DEPTH_MAX / 4) {
        assert_eq!(laws(&text), Ok(()), "{text:.40}");
    }
}

#[test]
fn what_is_long_is_read_in_one_go() {
    let sum = format!("let x = {}1", "a + ".repeat(1_000_000));
    assert!(parse(&sum, SourceId::default()).diagnostics.is_empty());
    let many = ["(", ")", "{", "}", "[", "\"", "\"${", "/*", "@", "x ", ". ", "match ", "=> "];
    for piece in many {
        let text = piece.repeat(300_000);
        assert_eq!(parse(&text, SourceId::default()).tree.root().text(), text);
    }
}
