//! Every program there is: read, taken apart, formatted.

mod common;

use achronyme::{WIDTH_MAX, check, format, parse};
use common::{cases, laws, programs, said, texts};
use source::{Severity, SourceId};

#[test]
fn programs_are_right_unless_they_are_to_be_wrong() {
    let mut wrong = Vec::new();
    let mut refused = Vec::new();
    for case in cases() {
        for text in case.texts() {
            let is_right = parse(text, SourceId::default()).diagnostics.is_empty();
            let is_to_be_wrong = case.expected.contains("syntax error");
            if !is_right {
                refused.push(case.id.clone());
            }
            if is_right == is_to_be_wrong {
                wrong.push(format!("{}: {:?}\n{}", case.id, case.expected, said(text)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    insta::assert_snapshot!("refused", refused.join("\n"));
}

#[test]
fn what_the_structure_is_wrong_about_fails_when_run_too() {
    let mut found = Vec::new();
    for case in cases() {
        for text in
            case.texts().filter(|text| parse(text, SourceId::default()).diagnostics.is_empty())
        {
            let checked = check("main.soc", text);
            for diagnostic in checked.diagnostics {
                let is_error = diagnostic.severity == Severity::Error;
                assert!(
                    !is_error || case.expected.starts_with("ERROR"),
                    "{}: {:?}\n{}",
                    case.id,
                    case.expected,
                    said(text)
                );
                found.push(format!("{} {} {}", case.id, diagnostic.code, diagnostic.message));
            }
        }
    }
    insta::assert_snapshot!("structure", found.join("\n"));
}

#[test]
fn measured_programs_are_right() {
    let programs = programs();
    assert!(programs.len() > 15);
    for (name, text) in programs {
        assert_eq!(said(&text), "", "{name}");
    }
}

#[test]
fn laws_hold_for_every_program() {
    let mut wrong = Vec::new();
    for text in texts() {
        if let Err(error) = laws(&text) {
            wrong.push(format!("{text}\n=> {error}"));
        }
    }
    assert!(wrong.is_empty(), "{} programs\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn measured_programs_are_formatted_already_unless_their_lines_are_long() {
    let is_short = |text: &str| text.lines().all(|line| line.len() <= WIDTH_MAX);
    let programs: Vec<_> = programs().into_iter().filter(|(_, text)| is_short(text)).collect();
    assert!(programs.len() > 5);
    for (name, text) in programs {
        assert_eq!(format(&text).unwrap(), text, "{name}");
    }
}
