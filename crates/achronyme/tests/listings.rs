//! What the compiler makes of programs: the code of whole programs, and of idioms that must not
//! cost more than they need.

use achronyme::{NoFiles, Options, compile};
use achronyme_vm::{Program, disassemble, verify};
use source::SourceMap;

fn compiled(text: &str) -> Program {
    let mut sources = SourceMap::default();
    let compiled = compile("a.soc", text, &mut sources, Options::default(), &mut NoFiles);
    let (program, _) = compiled.expect("a program without mistakes");
    assert_eq!(verify(&program), Ok(()));
    program
}

/// The listing without the comments that repeat the text.
fn listing(text: &str) -> String {
    disassemble(&compiled(text))
}

#[test]
fn a_recursive_function() {
    insta::assert_snapshot!(listing(
        "let factorial = (n: Number): Number => do {\n\
         \x20   if (n <= 1) {\n        return 1\n    } else {\n        return n * rec(n - 1)\n    }\n\
         }\nfactorial(5)\n"
    ));
}

#[test]
fn a_generator() {
    insta::assert_snapshot!(listing(
        "let countdown = () => generate {\n\
         \x20   yield 3\n    yield 2\n    yield 1\n    return \"Liftoff!\"\n\
         }\n\nlet gen = countdown()\ngen.next()\ngen.next()\ngen.next()\ngen.next()\n"
    ));
}

#[test]
fn a_closure_that_counts() {
    insta::assert_snapshot!(listing(
        "let makeCounter = () => do {\n    mut count = 0\n    return () => do {\n\
         \x20       count += 1\n        return count\n    }\n\
         }\n\nlet counter = makeCounter()\ncounter()\ncounter()\n"
    ));
}

#[test]
fn a_loop_over_numbers_makes_no_vector() {
    insta::assert_snapshot!(listing(
        "let sum = v => do {\n  mut s = 0\n  for (i in 0..len(v)) {\n\
         \x20   if (v[i] > 1 && i != 7) { s += v[i] * 2 }\n  }\n  s\n}\n"
    ));
}

#[test]
fn what_lies_in_a_vector_or_record_changes_there() {
    insta::assert_snapshot!(listing(
        "let f = r => do {\n  mut v = [[1], [2]]\n  v[0][0] = 5\n  v.push(3)\n  r.list[1] += 2\n\
         \x20 r.count += 1\n  v\n}\n"
    ));
}

#[test]
fn a_match_tests_and_jumps() {
    insta::assert_snapshot!(listing(
        "let f = x => match x {\n  0 => \"none\",\n  Number if (x < 0) => \"negative\",\n\
         \x20 {kind: \"circle\", r} => r * r,\n  [a, ...rest] => a,\n  _ => null\n}\n"
    ));
}

#[test]
fn errors_go_on_in_the_innermost_catch() {
    insta::assert_snapshot!(listing(
        "let f = g => do {\n  for (i in 0..3) {\n    try {\n      if (g(i)) { break }\n\
         \x20     try { return g(0) } catch (e) { g(1) }\n    } catch (e) { e.message }\n  }\n}\n"
    ));
}
