//! The examples in the documentation of the library's functions.

mod common;

use std::collections::BTreeMap;

use achronyme_library::{BUILTINS, prelude};
use common::run;

#[test]
fn examples_give_what_they_are_said_to() {
    let table = BUILTINS.iter().flat_map(|row| row.examples().map(|it| (row.name, it)));
    let prelude = prelude().flat_map(|row| row.examples().map(|it| (row.name, it)));
    let mut wrong = Vec::new();
    for (name, (program, echo)) in table.chain(prelude) {
        let ended = run(program, BTreeMap::new()).ended;
        if ended != Ok(Some(echo.to_owned())) {
            wrong.push(format!("{name}: {program}\nexpected {echo}\ngot {ended:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
