//! The functions of the library that are written in Achronyme.

mod common;

use achronyme::{check, format};
use achronyme_library::PRELUDE as FUNCTIONS;
use common::said;

const PRELUDE: &str = include_str!("../library/prelude.soc");

#[test]
fn the_prelude_is_right_and_laid_out() {
    assert_eq!(said(PRELUDE), "");
    assert!(check("prelude.soc", PRELUDE).diagnostics.is_empty());
    assert!(format(PRELUDE).is_ok_and(|text| text == PRELUDE), "run `palindrome format` on it");
}

#[test]
fn every_function_of_the_prelude_is_in_the_table_and_the_other_way_round() {
    let declared = PRELUDE.lines().filter_map(|line| line.strip_prefix("let ")?.split_once(" = "));
    let mut declared: Vec<&str> =
        declared.map(|(name, _)| name).filter(|name| !name.starts_with('_')).collect();
    let mut listed: Vec<&str> = FUNCTIONS.iter().map(|function| function.name).collect();
    declared.sort_unstable();
    listed.sort_unstable();
    assert_eq!(declared, listed);
}
