//! Texts that nobody would write: what must hold of any text holds of them.

mod common;

use achronyme::tree::Options;
use achronyme::{DEPTH_MAX, KEYWORDS, check, format, parse};
use common::{laws, run_with, texts};
use proptest::prelude::*;
use source::{SourceId, SourceMap};

/// Things that texts are made of, besides keywords.
const PIECES: &[&str] = &[
    "...",
    "..=",
    "..",
    ".",
    "=>",
    "->",
    "<>",
    "==",
    "<=",
    "+=",
    "&&",
    "||",
    "=",
    "<",
    ">",
    "+",
    "-",
    "*",
    "^",
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
    "'",
    "${",
    "\"",
    "\\",
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "// c\n",
    "//",
    "@",
    "ü",
    "1",
    "2.5",
    ".5",
    "0x1f",
    "3i",
    "5.",
    "1e",
    "x",
    "y",
    "_",
    "Number",
    "Tensor",
    "piecewise",
    "\"s\"",
    "'a${x}b'",
    "(x)",
    "[1, 2]",
    "{a: 1}",
    "do { x }",
    "x => x",
    "let a = 1\n",
    "match x { _ => 1 }",
];

fn piece() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => prop::sample::select(PIECES), 1 => prop::sample::select(KEYWORDS)]
}

fn soup() -> impl Strategy<Value = String> {
    let spaced = (piece(), prop::bool::ANY).prop_map(|(piece, is_spaced)| {
        if is_spaced { format!("{piece} ") } else { piece.to_owned() }
    });
    prop::collection::vec(spaced, 0..40).prop_map(|pieces| pieces.concat())
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

/// A program with comments and line ends where some of its blanks are, and long names.
fn stretched() -> impl Strategy<Value = String> {
    let texts = prop::sample::select(texts());
    let blanks = prop::collection::vec((0..8, 0..5), 1..30);
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
                _ => " ",
            });
        }
        out
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn laws_hold_for_soup(text in soup()) {
        prop_assert_eq!(laws(&text), Ok(()));
    }

    #[test]
    fn laws_hold_for_changed_programs(text in changed()) {
        prop_assert_eq!(laws(&text), Ok(()));
    }

    #[test]
    fn changed_programs_run_to_the_same_end_again(text in changed()) {
        if check("main.soc", &text).diagnostics.is_empty() {
            let small = Options { steps_max: 20_000, memory_max: 1 << 24, depth_max: 1000 };
            let first = run_with(&text, &mut SourceMap::default(), &small);
            prop_assert_eq!(first, run_with(&text, &mut SourceMap::default(), &small));
        }
    }

    #[test]
    fn laws_hold_for_stretched_programs(text in stretched()) {
        prop_assert_eq!(laws(&text), Ok(()));
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
        around("do { ", "1", " }"),
        around("x => ", "1", ""),
        around("f(", "1", ")"),
        around("if (a) { ", "1", " }"),
        around("match x { _ => ", "1", " }"),
        around("try { ", "1", " } catch (e) { 1 }"),
        around("2^-", "1", ""),
        around("'${", "1", "}'"),
        around("let x = ", "1", ""),
        format!("let {} = 1", around("[", "a", "]")),
        format!("let a: {} = 1", around("(", "A", ")")),
        format!("let a: {} = 1", around("(A): ", "A", "")),
    ]
}

#[test]
fn what_is_too_deep_is_told_and_nothing_overflows() {
    for text in deep(20_000) {
        let found: Vec<_> = check("deep", &text).diagnostics.iter().map(|d| d.code).collect();
        assert!(found.contains(&"SOC0015") || found.contains(&"SOC0011"), "{found:.4?}");
        assert!(format(&text).is_err());
    }
    for text in deep(DEPTH_MAX / 2 - 3) {
        if !text.starts_with("let x = let") {
            assert_eq!(laws(&text), Ok(()), "{text:.40}");
        }
    }
}

#[test]
fn what_is_long_is_not_deep() {
    for text in [
        "1 + ".repeat(50_000) + "1",
        "2 ^ ".repeat(50_000) + "1",
        "f".to_owned() + &"(1)[2].a".repeat(20_000),
        "- ".repeat(50_000) + "1",
        "if (a) { 1 } else ".repeat(20_000) + "{ 2 }",
        "let a: ".to_owned() + &"A | ".repeat(50_000) + "A = 1",
        "a = 1\n".repeat(50_000),
        "(a): ".repeat(50_000) + "1",
        "\"\\\"\n".repeat(20_000),
        "[".repeat(50_000),
        "[(".repeat(20_000) + &"])".repeat(20_000),
        "\n".repeat(100_000) + "if (a) { 1 }" + &"\n".repeat(100_000),
    ] {
        let parsed = parse(&text, SourceId::default());
        assert_eq!(parsed.tree.root().text(), text);
        let _formatted = format(&text);
    }
}
