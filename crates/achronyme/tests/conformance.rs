//! The conformance set, run by the engine that walks the tree.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use common::{Printed, cases, root, run};
use testkit::conformance::Row;

/// What `palindrome run` prints, and whether it fails with what message.
fn result(case: &Row) -> Result<String, String> {
    let files: BTreeMap<String, String> = case.files.iter().cloned().collect();
    let Printed { output, ended } = run(&case.program, files);
    match ended {
        Ok(echo) => {
            let all = output + &echo.map(|echo| echo + "\n").unwrap_or_default();
            Ok(all.strip_suffix('\n').unwrap_or(&all).to_owned())
        }
        Err(message) => Err(message),
    }
}

#[test]
fn rows_give_what_is_expected_unless_they_wait() {
    let waiting = fs::read_to_string(root().join("corpus/conformance/achronyme.waiting")).unwrap();
    let waiting: BTreeSet<&str> = waiting.lines().filter(|line| !line.is_empty()).collect();
    let all = cases();
    let mut wrong = Vec::new();
    for case in &all {
        let result = result(case);
        let is_right = case.is_met(result.as_deref().map_err(String::as_str));
        match (is_right, waiting.contains(&*case.id)) {
            (true, true) => wrong.push(format!("{} waits and is right", case.id)),
            (false, false) => {
                wrong.push(format!(
                    "{}\n{}\nexpected {:?}\ngot {result:?}\n",
                    case.id, case.program, case.expected
                ));
            }
            (true, false) | (false, true) => {}
        }
    }
    let known: BTreeSet<&str> = all.iter().map(|case| &*case.id).collect();
    wrong.extend(waiting.difference(&known).map(|id| format!("{id} waits and is no row")));
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), all.len(), wrong.join("\n"));
}
