//! What users see of programs that are wrong.

mod common;

use common::{laws, messages};
use palindrome::{CODES, check, parse};
use source::SourceId;

/// Each text with all of its messages.
fn all(texts: &[&str]) -> String {
    let mut out = String::new();
    for text in texts {
        assert_eq!(laws(text), Ok(()), "{text}");
        out += &messages("a.pal", text);
        out += "\n";
    }
    out
}

#[test]
fn each_code_has_texts_that_get_it_and_no_other() {
    for info in CODES {
        for example in info.examples {
            // Of what is wrong with the syntax, the names do not matter.
            let found = if info.code < "PAL0200" {
                parse(example, SourceId::default()).diagnostics
            } else {
                check("a.pal", example).diagnostics
            };
            let codes: Vec<_> = found.iter().map(|found| found.code).collect();
            assert_eq!(codes, [info.code], "{example}");
        }
    }
}

#[test]
fn all_errors_of_a_text_are_reported_at_once() {
    insta::assert_snapshot!(all(&[
        "let = 5\nlet y 6\nrelation R(id Int, name: String kee)\ntransform f(x: ) -> Int { x + }\n\
         update R.a where b\nprint 1,\nmatch x { 1 -> 2\n else => 3 }\nlet ok = 1\n",
    ]));
}

#[test]
fn brackets_and_strings_are_told_with_where_they_begin() {
    insta::assert_snapshot!(all(&[
        "f(1, 2\nlet y = 3",
        "transform f() {\n    g(\n}\n",
        "let a = [1, 2)\nlet b = 3)",
        "print \"abc\nprint \"a ${b \nprint \"c\\q\"",
        "let x = /* a /* b */ 5",
    ]));
}

#[test]
fn statements_that_are_cut_short_say_what_is_missing() {
    insta::assert_snapshot!(all(&[
        "if x",
        "try { f() }\nlet y = 1",
        "try { f() } catch (e) { }",
        "for (x in xs) { }",
        "for x of xs { }",
        "rule p(a) :- q(a)\nrule p(b).",
        "rule p :- q(a).",
        "contract C { invarant: a > 0 }",
        "parallel { a: f() } merge strategy newest",
        "dispose x",
        "transform migrate A { }",
        "solve s(a: Int) { try f(a) }",
        "index Person age",
        "relation R { a: Int }",
        "test name { }",
        "x[",
    ]));
}

#[test]
fn words_and_marks_of_other_languages_get_advice() {
    insta::assert_snapshot!(all(&[
        "return 5",
        "var x = 5",
        "fn f(x) { x }",
        "let mut x = 5",
        "x = 5",
        "x *= 2",
        "if x = 5 { f() }",
        "if a && b || c { f() }",
        "let s = 'text'",
        "let x = a ? b : c",
        "1 < x < 3",
        "x at a - y at b",
        "let x = let y = 1",
        "let and = 5",
        "updte Person.a = 1",
        "let r = {a = 1}",
        "let n = 1__0 + 0b12 + 99999999999999999999 + 1.5x",
        "let q = Person order by a where b",
        "let i: none = 1",
        "match \"a ${b}\" { \"x ${y}\" => 1 }",
    ]));
}
