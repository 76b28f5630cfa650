//! Transforms that are written in both directions are tried on values that are made up.

use palindrome::{NoLibraries, diagnose};
use source::{SourceMap, Style};

/// What is wrong with a text, as users see it.
fn found(text: &str) -> String {
    let mut sources = SourceMap::default();
    sources.add("other.pal", "print 1");
    let source = sources.add("a.pal", text);
    let found = diagnose(&mut sources, source, &NoLibraries);
    found.iter().map(|one| one.render(&sources, Style::Plain)).collect()
}

#[test]
fn directions_that_undo_each_other_are_left_alone() {
    let right = "\
type Coin = Heads(Int) | Tails(Int) | Edge
transform increment(x: Int) -> Int <-> decrement {
    forward: x + 1
    backward: x - 1
}
transform text(x: Int) -> [String] <-> number {
    forward: [\"${x}\"]
    backward: {
        let n = x[0].to_int() ?? 0
        assert [\"${n}\"] == x
        n
    }
}
transform shift(x: Int, by: Int) -> Int <-> unshift {
    forward: x - by
    backward: x + by
}
transform turn(c: Coin) -> Coin <-> unturn {
    forward: match c { Heads(n) => Tails(n), Tails(n) => Heads(n), Edge => Edge }
    backward: match c { Tails(n) => Heads(n), Heads(n) => Tails(n), Edge => Edge }
}
transform flip<T>(xs: [T]) -> [T] <-> unflip {
    forward: xs.reverse()
    backward: xs.reverse()
}
transform through(f: (Int) -> Int) -> (Int) -> Int <-> back {
    forward: f
    backward: f
}
";
    assert_eq!(found(right), "");
}

#[test]
fn the_smallest_counterexample_is_shown() {
    insta::assert_snapshot!([
        "transform half(x: Int) -> Int <-> double {\n    forward: x / 2\n    backward: x * 2\n}",
        "transform add(x: Int, by: Int) -> Int <-> take {\n    forward: x + by\n    backward: x + by\n}",
        "transform join(xs: [String]) -> String <-> split {\n    forward: xs.join(\",\")\n    backward: \
         xs.split(\",\")\n}",
        "transform square(p: {a: Int, b: Int}) -> {c: Int} {\n    forward: {c: p.a + p.b}\n    \
         backward: {a: p.c, b: 0}\n}",
        "type Tree = Leaf | Node(Tree, Int, Tree)\ntransform mirror(t: Tree) -> Tree <-> back {\n    \
         forward: match t { Leaf => Leaf, Node(l, v, r) => Node(r, v, l) }\n    backward: match t { \
         Leaf => Leaf, Node(_, v, r) => Node(r, v, r) }\n}",
        "transform inverse(x: Int) -> Int <-> reinverse {\n    forward: 100 - x\n    backward: 100 / x\n}",
        "transform sign(x: Decimal) -> Decimal <-> resign {\n    forward: x.abs()\n    backward: x\n}",
        "transform bytes(x: String) -> Bytes <-> text {\n    forward: x.to_bytes()\n    backward: \
         x.text() ?? \"\"\n}",
    ]
    .map(found)
    .join("\n"));
}

#[test]
fn what_never_ends_or_takes_too_much_is_given_up() {
    let text = "\
transform stuck(x: Int) -> Int <-> unstuck {
    forward: {
        while x == x { assert true }
        x
    }
    backward: x
}
transform large(x: Int) -> Int <-> small {
    forward: {
        let all = [0..1]
        while all.count() < 1_000_000 { all <- all ++ [0..100_000] }
        x
    }
    backward: x
}
";
    assert!(!found(text).contains("PAL0275"), "{}", found(text));
}

#[test]
fn a_program_is_tried_on_the_same_values_each_time() {
    let text = "transform f(x: String) -> String <-> g {\n    forward: x.upper()\n    backward: x.lower()\n}";
    assert_eq!(found(text), found(text));
    assert!(found(text).contains("PAL0275"), "{}", found(text));
}
