//! The tree of each construct.

use std::fmt::Write as _;

use achronyme::{Element, Node, parse};
use source::SourceId;

/// Each text with its tree: a node a line, with its tokens.
fn trees(texts: &[&str]) -> String {
    let mut out = String::new();
    for text in texts {
        let parsed = parse(text, SourceId::default());
        assert!(parsed.diagnostics.is_empty(), "{text}: {:?}", parsed.diagnostics);
        let _ = writeln!(out, "{text}");
        for node in parsed.tree.root().children() {
            write_node(&mut out, node, 1);
        }
    }
    out
}

fn write_node(out: &mut String, node: Node<'_>, depth: usize) {
    let _ = write!(out, "{}{:?}", "  ".repeat(depth), node.kind());
    for token in node.tokens() {
        let _ = write!(out, " {}", token.text());
    }
    out.push('\n');
    for inner in node.elements().filter_map(Element::node) {
        write_node(out, inner, depth + 1);
    }
}

#[test]
fn literals() {
    insta::assert_snapshot!(trees(&[
        "1.5e3",
        "0x1f",
        "3i",
        "\"a\\n\"",
        "true",
        "null",
        "Infinity",
        "'a ${x + 1} b'",
    ]));
}

#[test]
fn operators() {
    insta::assert_snapshot!(trees(&[
        "1 + 2 - 3 * 4",
        "-2^2",
        "2^-x^3",
        "!a == b && c || d",
        "a..b + 1",
        "1..=5",
        "await f() + 1",
        "A -> B: {w: 1}",
        "A <> B",
        "- - x",
        "a +\n  b",
    ]));
}

#[test]
fn chains() {
    insta::assert_snapshot!(trees(&[
        "a.b.type(1, 2,)[0]",
        "m[1.., ..2, .., 0..1, 3]",
        "(x => x)(1)",
        "5.a",
        "piecewise([c, 1], 2)",
        "if(c, 1, 2)",
        "v [0]",
    ]));
}

#[test]
fn collections() {
    insta::assert_snapshot!(trees(&[
        "[1, ...v, [2]]",
        "[]",
        "{}",
        "{a: 1, mut b: 2, ...r, type: 3, \"two words\": 4, mut: 5}",
        "[\n  1,\n  2,\n]",
    ]));
}

#[test]
fn functions() {
    insta::assert_snapshot!(trees(&[
        "x => x",
        "() => 1",
        "(a, b: Number, c? , d: T = 5): A | B => a",
        "x: Number => x",
        "async x => 1",
        "async (x) => do { x }",
        "() => generate { yield 1 }",
        "x =>\n  self.y + rec(x)",
        "let f: (A, (B)): C? = (x): (A): B => x",
    ]));
}

#[test]
fn control() {
    insta::assert_snapshot!(trees(&[
        "if (a) { 1 } else if (b) { 2 } else { 3 }",
        "if (a) { 1 }\nelse\n{ 2 }",
        "while (a) { }",
        "for (x in v) { if (x) { continue }; break x }",
        "try { throw 1 } catch (e) { e }",
        "do { 1; 2; }",
        "async do { 1 }",
        "match x { 1 => \"a\", -2 if (y) => z, {a, b: [p, ...r, _ = 1], c = 5} => a, Number => 0, }",
    ]));
}

#[test]
fn statements() {
    insta::assert_snapshot!(trees(&[
        "let x = 1; mut y: T = 2;;",
        "let {a, b: c = 1} = r",
        "mut [p, ...q]: Vector = v",
        "x += 1",
        "r.f[0].g ^= 2",
        "return 1",
        "export { a, b as c }",
        "import {\n  a,\n  b as c\n} from \"m\"",
        "type T = {a: Number, mut b?: Tensor<Number, [2, _]>, \"c d\": null} | (A?) | Any",
    ]));
}
