//! Every example that the words are explained with, through the real command line.

mod common;

use common::Place;

#[test]
fn every_example_does_what_is_written_beside_it() {
    let place = Place::new();
    let said = place.run("palindrome words --json", "");
    let words: serde_json::Value = serde_json::from_str(&said.output).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for word in words.as_array().unwrap() {
        for example in word["examples"].as_array().unwrap() {
            let program = example["program"].as_str().unwrap();
            let expected = wanted(example["expected"].as_str().unwrap());
            let arguments = ["run", "--stack", "--check", "-e", program];
            let done = place.command("palindrome", &arguments).output().unwrap();
            let said = common::Said::from(done);
            count += 1;
            let is_same = said.code == Some(0)
                && common::without_addresses(&said.output) == common::without_addresses(&expected);
            if !is_same {
                let (name, error) = (&word["name"], said.error);
                wrong.push(format!(
                    "{name}: {program}\n  expected {expected:?}\n  found    {:?}\n{error}",
                    said.output
                ));
            }
        }
    }
    assert!(count >= 150, "only {count} examples");
    assert!(wrong.is_empty(), "{} of {count}\n{}", wrong.len(), wrong.join("\n"));
}

/// What is printed, for an example's `out: LINE | LINE stack: VALUES`, where both may be missing.
fn wanted(expected: &str) -> String {
    let (output, stack) = match expected.strip_prefix("out:") {
        Some(rest) => {
            let (output, stack) = rest.split_once("stack:").unwrap_or((rest, ""));
            (output.trim().replace(" | ", "\n") + "\n", stack.trim())
        }
        None => (String::new(), expected.trim()),
    };
    format!("{output}stack: {}\n", if stack.is_empty() { "empty" } else { stack })
}

#[test]
fn a_word_is_explained_and_a_slip_is_told() {
    let place = Place::new();
    let said = place.run("palindrome words swap", "");
    assert!(said.output.starts_with("swap  ( a b -- b a )"), "{said:?}");
    assert!(said.output.contains("1 2 swap  → 2 1"), "{said:?}");
    let slip = place.run("palindrome words swpa", "");
    assert_eq!(slip.code, Some(64), "{slip:?}");
    assert!(slip.error.contains("did you mean `swap`?"), "{slip:?}");
    let all = place.run("palindrome words", "");
    assert!(all.output.lines().count() > 150, "{all:?}");
}

#[test]
fn help_explains_functions_words_and_commands() {
    let place = Place::new();
    for asked in ["help soc svd", "help achronyme svd", "help svd", "words soc svd"] {
        let said = place.run(&format!("palindrome {asked}"), "");
        assert!(said.output.starts_with("svd("), "{asked}: {said:?}");
        assert!(said.output.contains("[Linear algebra]"), "{asked}: {said:?}");
    }
    let word = place.run("palindrome help tacit swap", "");
    assert!(word.output.starts_with("swap  ( a b -- b a )"), "{word:?}");
    let area = place.run("palindrome help soc dates", "");
    assert!(area.output.contains("  date_add("), "{area:?}");
    let all = place.run("palindrome help soc", "");
    assert!(all.output.contains("svd(") && all.output.lines().count() > 300, "{all:?}");
    let command = place.run("palindrome help run", "");
    assert!(command.output.contains("Usage: palindrome run"), "{command:?}");
    let page = place.run("palindrome help", "");
    assert!(page.output.contains("palindrome help soc svd"), "{page:?}");
    let slip = place.run("palindrome help soc svdd", "");
    assert_eq!(slip.code, Some(64), "{slip:?}");
    assert!(slip.error.contains("did you mean `svd`?"), "{slip:?}");
    let unknown = place.run("palindrome help nothing_of_that_name", "");
    assert_eq!(unknown.code, Some(64), "{unknown:?}");
}
