//! The tree of each construct.

use std::fmt::Write as _;

use palindrome::{Element, Node, parse};
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
        "1_000",
        "0xff",
        "1.5e3",
        "1.25d",
        "1.5.hours",
        "b\"\\xff\"",
        "\"a ${x + 1} b\"",
        "none",
    ]));
}

#[test]
fn operators_bind_as_decided() {
    insta::assert_snapshot!(trees(&[
        "a |> b or c and not d == e ?? f at t .. g ++ h + i * -j.k",
        "x at now() - 5.minutes == y at t",
        "~f(x)",
        "~(f |> g)(x)",
        "~S.f(x) xor 1",
        "!a and not not b",
        "a\n  .b(c)\n  |> d",
        "a < -1",
    ]));
}

#[test]
fn braces_are_blocks_or_records() {
    insta::assert_snapshot!(trees(&[
        "{ x }",
        "{}",
        "let r = { x }",
        "let r = {}",
        "let r = {a: 1, b, ...c}",
        "let b = { f(x); x + 1 }",
        "x => {a, b: -1}",
        "if a { b } else { c }",
    ]));
}

#[test]
fn queries() {
    insta::assert_snapshot!(trees(&[
        "let a = Person where age > 18 order by age desc, name select name, age + 1 as next",
        "Person as p, left Dog as d on d.owner = p.id where p.age = 3 group by p.age limit 3",
        "Person\n  where a = b\n  group by c\n  select c, count()",
        "Person where age > 18 at T",
        "assert exists Person where age > 3",
        "exists(R.a = 1) and not exists(R.b = 2)",
        "first Person where age > 3",
        "limit 3 route(a, b)",
        "for all x in Person where x.age > 1: x.name != \"\"",
        "assert a.b >= 0 for all A, \"why\"",
        "f(Person where a = 1, 2)",
        "let limit = 3; let order = limit; let key = {id: at, name: first}",
    ]));
}

#[test]
fn control() {
    insta::assert_snapshot!(trees(&[
        "if a { 1 } else if b { 2 }\nelse { 3 } ensure x > 1",
        "while a { b }",
        "from a == 0 { f() } until a == 3",
        "for x in Person where age > 3 { print x, \"y\" }",
        "print(a, b); print (a, b); print()",
        "match x { 1 => a, -2 if y => b, Direct(p, [q, ...]) | Other.Case => { c }\n{a, b: _, ...} => {a} ensure d }",
        "try { a } else err { b }",
        "x <- 1; x <-> y; R += {a}; R -= R where a = 1; update R.a += 1 where b = 2; upsert R += r",
    ]));
}

#[test]
fn definitions() {
    insta::assert_snapshot!(trees(&[
        "use Lib at \"2024\" as L; use A as B",
        "type Path = Direct(Node, to: Node)\n  | Nowhere",
        "type Pair<A, B> = {a: A, b: [B]?}; type F = (A, B) -> C -> D?; type N = Int",
        "relation P(id: Int key, o: Int references O.id unique = 0, f: Relation<{a: Int}>) <-> H",
        "index P by age, lower(name) using btree",
        "view V = P where a = 1",
        "rule r(a, c) :- p(a, b), not q(b, c), a != 1.5. rule f(1).",
        "transform f<T>(x: T) -> T <-> g { forward: x + 1 backward: x - 1 }",
        "transform query q() <-> same { yield P }",
        "transform migrate A <-> B { forward: {b: Int, c: [Int]} -> {b: D = 1d} backward: {b: D} -> {b: round(Int), n: a + 1} }",
        "space S { let x = 1; transform f() { x <- 2 } }",
        "contract C { invariant: A.b >= 0 on_violation: { accept } }",
        "on S.Event(a, b: Int) { reverse }",
        "test \"name\" { assert true }",
    ]));
}

#[test]
fn searches() {
    insta::assert_snapshot!(trees(&[
        "solve route(a: Node, b: Node) -> [Node] using breadth, tabled {\n  match edge(a, b) => succeed [a, b]\n  some m where edge(a, m) => { try rest = route(m, b) then succeed [a] ++ rest }\n  some x in R where y => fail\n  match p { Direct(a) => succeed }\n}",
    ]));
}

#[test]
fn time() {
    insta::assert_snapshot!(trees(&[
        "checkpoint c; rewind to c; rewind to when a < 0; rewind to now() - 1",
        "dispose x -> past; recover x <- past; switch main; inspect stack",
        "parallel { a: x <- 1 b: { y } }\n// c\nmerge strategy combine",
        "revert L to compatible(A); watch a.b where c = 1; explain P; why a(1); emit E(1)",
        "reverse \"r\"; reverse; let reverse = 1; reverse(xs)",
    ]));
}
