//! What the assembler says: every code has an example, and texts with their messages.

mod common;

use common::{assemble_units, rendered};
use palindrome_asm::{CODES, error_reference};
use source::Severity;

#[test]
fn every_example_gets_exactly_its_code() {
    for info in CODES.iter().filter(|info| !info.examples.is_empty()) {
        let assembled = assemble_units(info.examples);
        let found: Vec<_> = assembled.diagnostics.iter().map(|d| d.code).collect();
        assert_eq!(found, [info.code], "{}\n{}", info.examples[0], rendered(&assembled));
        let is_error = assembled.diagnostics[0].severity == Severity::Error;
        assert_eq!(assembled.image.is_none(), is_error, "{}", info.code);
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
    let written = include_str!("../../../docs/errors/pvm.md");
    assert!(page == written, "docs/errors/pvm.md is not what error_reference() renders now");
    assert!(CODES.iter().all(|info| page.contains(&format!("## {}\n", info.code))));
}

/// A text and what is said about it.
fn said(text: &str) -> String {
    format!("{text}\n---\n{}", rendered(&assemble_units(&[text])))
}

#[test]
fn all_errors_of_a_file_are_reported_at_once() {
    insta::assert_snapshot!(said(
        "main:\n  IAD R1, R2, R3\n  IADD R1, R2\n  LI R16, 5\n  LI R1, 0x\n  JUMP lop\nloop:\n  \
         BZ R1 loop\n  ADVANCE \"x\"\n  HALT"
    ));
}

#[test]
fn operands_are_told_with_the_forms_there_are() {
    insta::assert_snapshot!(said(
        "main: SWAP 5, R1\nLOAD R1\nMERGE lastest\nIADD 1, R2, R3\nHALT R1, R2\nTAPEREAD R1, 9"
    ));
}

#[test]
fn names_are_looked_for_where_they_could_be() {
    insta::assert_snapshot!(said(
        ".segment users, 64K\ncount: .i64 0\n.code\nmain: CHECKPOINT start\nLEA R1, coutn\n\
         SEGMENTSEEK user, 0\nREWIND strat\nSEEKMARK place\nJUMP count\nLOAD R1, count\n\
         STORE [count], R1\nmain: HALT"
    ));
}

#[test]
fn what_is_planned_is_said_to_be_planned() {
    insta::assert_snapshot!(said(
        "MOUNT remote \"machine2.example.com/tape\"\nREPLICATE users, remote\nmain: HALT"
    ));
}

#[test]
fn what_is_wrong_about_records_is_said_where_it_is() {
    insta::assert_snapshot!(said(
        "CREATE_VIEW adults {\n    SOURCE users\n    HALT\n}\n\
         T = [id: Int63]\nU = [id: Int64]\nmain: WRITE [id 1]\nWRITE [id: Int46(1)]\n\
         WRITE [id: then()]\nREAD\nREAD a as b\nOUTPUT c\nFILTER id ~ 1\nFILTER id = \n\
         LI R1, record.age\nTRANSFORM U to T {\nBTREE_NODE n {\n    keys: [1]\n    \
         children: [1]\n}\nBTREE_NODE m {\nTRANSFORM U -> U {\n"
    ));
}

#[test]
fn directives_are_checked() {
    insta::assert_snapshot!(said(
        ".segment t, 4, table [a: Int64, a: Int64]\n.segment u, 1T\n.segment v, 2\n.i32 1\n\
         .segment w\n.byte 300, x-y\n.align 5000\n.i64 'ab'\n.code\n.const A B+1\n.const B A+1\n\
         .alias x R99\nmain: HALT"
    ));
}

#[test]
fn numbers_must_fit() {
    insta::assert_snapshot!(said(
        "main: LI R1, 99999999999999999999\nLI R1, 1/0\nLI R1, 18446744073709551615+1\n\
         LI R1, 1.5*2\nLI R1, '\\q'\nHALT"
    ));
}

#[test]
fn nothing_large_is_allocated_for_large_numbers() {
    for text in [
        ".segment a\n.space 1000G\n.code\nmain: HALT",
        ".segment a\n.space 99999999999G\n.code\nmain: HALT",
        ".segment a, 1024G\n.code\nmain: HALT",
        ".segment a\n.space 1000G\n.byte 1\n.code\nmain: HALT",
        ".segment a, 9e30\nmain: HALT",
    ] {
        assemble_units(&[text]);
    }
}

#[test]
fn deep_nesting_is_an_error_and_not_a_crash() {
    let parentheses = format!("main: LI R1, {}1{}\nHALT", "(".repeat(9999), ")".repeat(9999));
    let signs = format!("main: LI R1, {}1\nHALT", "-".repeat(99_999));
    let sum = format!("main: LI R1, 1{}\nHALT", "+1".repeat(99_999));
    let mut forward = String::from("main: HALT\n");
    let mut double = String::from("main: LI R1, c0\nHALT\n");
    for n in 0..200 {
        forward.push_str(&format!(".const c{n} c{}\n", n + 1));
        double.push_str(&format!(".const c{n} c{}+c{}\n", n + 1, n + 1));
    }
    assert_eq!(assemble_units(&[&parentheses]).diagnostics[0].code, "PVM0017");
    assert!(assemble_units(&[&signs]).image.is_some());
    assert!(assemble_units(&[&sum]).image.is_some());
    assert!(assemble_units(&[&forward]).image.is_none());
    assert!(assemble_units(&[&double]).image.is_none());
    let mut chain = String::from(".const c0 1\n");
    (0..5000).for_each(|n| chain.push_str(&format!(".const c{} c{n}+1\n", n + 1)));
    assert!(assemble_units(&[&format!("{chain}main: LI R1, c5000\nHALT")]).image.is_some());
}

#[test]
fn includes_have_limits() {
    let text = ".include \"1.pvm\"\nmain: CALL f\nHALT";
    let assembled = assemble_units(&[text, "f: RETURN"]);
    assert!(assembled.image.is_some(), "{}", rendered(&assembled));
    let bomb: Vec<_> =
        (0..20).map(|n| format!(".include \"{0}.pvm\"\n.include \"{0}.pvm\"", n + 1)).collect();
    let bomb: Vec<_> = bomb.iter().map(String::as_str).collect();
    assert!(assemble_units(&bomb).image.is_none());
}

#[test]
fn code_that_is_too_long_is_an_error() {
    let text = "NOP\n".repeat(131_071);
    assert!(assemble_units(&[&format!("{text}HALT")]).image.is_some());
    let long = assemble_units(&[&format!("{text}NOP\nHALT")]);
    assert_eq!(long.diagnostics[0].code, "PVM0017");
    let both = assemble_units(&[&text, "HALT\nHALT"]);
    assert!(both.image.is_none() && both.diagnostics.iter().any(|d| d.code == "PVM0017"));
}
