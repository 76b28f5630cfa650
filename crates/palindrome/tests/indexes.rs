//! Indexes by computed values: what a program finds by them is what it finds without them, whatever it
//! did to the rows before, and what the store computes is what code computes.

mod common;

use std::fmt::Write as _;

use common::run::printed;
use proptest::prelude::*;

/// What the index goes by, and a value that it may be compared with, of `n` and `text`.
const VALUES: [(&str, &str); 22] = [
    ("a * 2 - id", "{n}"),
    ("a / 3", "{n}"),
    ("a % 4", "{n} % 4"),
    ("-a", "{n}"),
    ("a.abs()", "{n}"),
    ("text.lower()", "\"{text}\".lower()"),
    ("text.upper().trim()", "\"{text}\".upper()"),
    ("text.length()", "{n}.abs()"),
    ("text.slice(1, 3)", "\"{text}\".slice(1, 3)"),
    ("text ++ \"-\" ++ text", "\"{text}-{text}\""),
    ("\"${text}${a}${a > 0}\"", "\"{text}{raw}true\""),
    ("maybe ?? a", "{n}"),
    ("text.contains(\"a\") xor (a > 0)", "true"),
    ("text.starts_with(\"a\") and not text.ends_with(\"b\")", "true"),
    ("price * 3d + 1d", "{n}.to_decimal() * 3d + 1d"),
    ("price.round()", "{n}"),
    ("price.floor() - price.ceil()", "0 - 1"),
    ("price.abs()", "{n}.to_decimal().abs()"),
    ("a.to_float() / 2.0", "{n}.to_float() / 2.0"),
    ("(a.to_float() / 2.0).round()", "{n}"),
    ("if a > id { text } else { text.upper() }", "\"{text}\".upper()"),
    ("kind_of(kind, a)", "{n}"),
];

/// The program with an index by one of them, or without, which prints what it finds.
fn program(
    value: usize,
    kind: &str,
    steps: &[(u8, i64, i64, String)],
    asked: &[(i64, String)],
) -> String {
    let (by, _) = VALUES[value];
    let mut text = String::from(
        "type Kind = Plain | Sized(Int) | Both(Int, String)\n\
         transform kind_of(kind: Kind, a: Int) -> Int {\n    match kind {\n        Plain => a\n        \
         Sized(n) if n > 2 => n\n        Sized(n) => n - a\n        Both(n, text) => {\n            \
         let long = text.length() + n\n            long * 2\n        }\n    }\n}\n\
         relation R(id: Int key, a: Int, text: String, maybe: Int? = none, price: Decimal = 0.5d, \
         kind: Kind = Plain)\n",
    );
    if !kind.is_empty() {
        let _ = writeln!(text, "index R by {by} using {kind}");
    }
    for (step, id, a, name) in steps {
        let row = format!(
            "{{id: {id}, a: {a}, text: \"{name}\", maybe: {}, price: {a}.to_decimal() / 4d, kind: {}}}",
            if a % 2 == 0 { format!("{}", a / 2) } else { "none".to_owned() },
            match a.rem_euclid(3) {
                0 => "Plain".to_owned(),
                1 => format!("Sized({id})"),
                _ => format!("Both({id}, \"{name}\")"),
            }
        );
        let _ = match step {
            0..=2 => writeln!(text, "upsert R += {row}"),
            3 => writeln!(text, "update R.a += 1 where id >= {id}"),
            4 => writeln!(text, "update R.text = \"{name}\" where id == {id}"),
            5 => writeln!(text, "R -= R where id == {id}"),
            6 => writeln!(
                text,
                "try {{\n    upsert R += {row}\n    reverse \"no\"\n}} else _why {{ print \"no\" }}"
            ),
            _ => writeln!(text, "print R where ({by}) == {}", asked_value(value, *a, name)),
        };
    }
    for (n, name) in asked {
        let with = asked_value(value, *n, name);
        let _ = writeln!(text, "print R where ({by}) == {with}");
        let _ = writeln!(text, "print R where id > 3 and {with} == ({by}) select id");
        if !with.starts_with('"') && with != "true" {
            let _ = writeln!(
                text,
                "print R where ({by}) > {with} and ({by}) <= {with} + {with} select id"
            );
        }
    }
    text
}

fn asked_value(value: usize, n: i64, text: &str) -> String {
    let value = VALUES[value].1.replace("{n}", &format!("({n})")).replace("{text}", text);
    value.replace("{raw}", &n.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_by_an_index_is_what_is_found_without(
        value in 0..VALUES.len(),
        steps in prop::collection::vec((0u8..8, 0i64..12, -9i64..10, "[abAB]{0,3}"), 1..25),
        asked in prop::collection::vec((-9i64..10, "[abAB]{0,3}"), 1..4),
    ) {
        let plain = printed(&program(value, "", &steps, &asked));
        for kind in ["btree", "hash", "bitmap"] {
            let found = printed(&program(value, kind, &steps, &asked));
            prop_assert_eq!(&found, &plain, "{} {}", VALUES[value].0, kind);
        }
    }
}
