//! The conformance set, run by the engine that walks the tree.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use common::{Case, Printed, cases, root, run};

/// What `palindrome run` prints, and whether it fails with what message.
fn result(case: &Case) -> Result<String, String> {
    let files: BTreeMap<String, String> = case.files.iter().cloned().collect();
    let Printed { output, ended } = run(&case.texts[0], files);
    match ended {
        Ok(echo) => {
            let all = output + &echo.map(|echo| echo + "\n").unwrap_or_default();
            Ok(all.strip_suffix('\n').unwrap_or(&all).to_owned())
        }
        Err(message) => Err(message),
    }
}

/// Whether a result is what a row expects. An error may be told in somewhat other words.
fn is_right(case: &Case, result: &Result<String, String>) -> bool {
    match (case.expected.strip_prefix("ERROR"), result) {
        (Some(meaning), Err(message)) => {
            let message = message.to_lowercase();
            let words: Vec<String> =
                meaning.trim_start_matches(':').split_whitespace().map(str::to_lowercase).collect();
            let found = words.iter().filter(|word| message.contains(&**word)).count();
            meaning.contains("syntax error") || found * 4 >= words.len() * 3
        }
        (None, Ok(shown)) => *shown == case.expected,
        (Some(_), Ok(_)) | (None, Err(_)) => false,
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
        match (is_right(case, &result), waiting.contains(&*case.id)) {
            (true, true) => wrong.push(format!("{} waits and is right", case.id)),
            (false, false) => {
                wrong.push(format!(
                    "{}\n{}\nexpected {:?}\ngot {result:?}\n",
                    case.id, case.texts[0], case.expected
                ));
            }
            (true, false) | (false, true) => {}
        }
    }
    let known: BTreeSet<&str> = all.iter().map(|case| &*case.id).collect();
    wrong.extend(waiting.difference(&known).map(|id| format!("{id} waits and is no row")));
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), all.len(), wrong.join("\n"));
}
