//! The conformance set, run by the engine that walks the tree.

mod common;

use std::collections::BTreeMap;

use common::{Printed, cases, run};
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
fn rows_give_what_is_expected() {
    let all = cases();
    let mut wrong = Vec::new();
    for case in &all {
        let result = result(case);
        if !case.is_met(result.as_deref().map_err(String::as_str)) {
            wrong.push(format!(
                "{}\n{}\nexpected {:?}\ngot {result:?}\n",
                case.id, case.program, case.expected
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), all.len(), wrong.join("\n"));
}
