//! What the compiler says of programs that can run.

mod common;

use common::compiler_said as said;

#[test]
fn names_that_nothing_has_are_told_with_the_one_that_was_meant() {
    insta::assert_snapshot!(said("let total = 1\nprint(totl)\nfilte(x => x, [1])\nlimit = 3\n"));
}

#[test]
fn what_cannot_be_assigned_to_is_told() {
    insta::assert_snapshot!(said("let x = 1\nlet f = p => do { p = 2 }\nx += 1\n"));
}

#[test]
fn a_match_that_takes_a_few_values_is_told() {
    insta::assert_snapshot!(said(
        "let f = x => match x { 1 => \"one\", String => \"text\" }\n\
         let g = x => match x { true => 1, false => 0 }\n\
         let h = x => match x { {kind: \"a\"} => 1 }\n"
    ));
}

#[test]
fn a_value_that_its_type_never_takes_is_told() {
    insta::assert_snapshot!(said(
        "let a: Number = \"a\"\n\
         mut b: Number | String = 1\n\
         b = true\n\
         b = \"b\"\n\
         let c = (x): String? => if (x) { null } else { 5 }\n\
         let d: Tensor<Number> = [1, 2]\n\
         let e: (Number): Number = 3\n\
         let f: {a: Number} = {a: 1}\n"
    ));
}

#[test]
fn modules_and_names_that_are_not_there_are_told() {
    insta::assert_snapshot!(said(
        "let f = () => do { import { a } from \"./none\"; a }\n\
         let g = () => do { import { nope } from \"math\"; nope }\n"
    ));
}

#[test]
fn types_that_are_nothing_but_themselves_are_errors() {
    insta::assert_snapshot!(said("type A = B\ntype B = A\nlet x: A = 1\n"));
}

#[test]
fn what_is_too_large_is_told() {
    let sum: Vec<String> = (0..300).map(|n| format!("let a{n} = {n}")).collect();
    let text = format!("let f = () => do {{\n{}\na0\n}}\n", sum.join("\n"));
    insta::assert_snapshot!(said(&text));
}
