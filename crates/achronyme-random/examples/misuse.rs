//! Drafts rows of `corpus/achronyme/misuse/misuse.tsv`, which are then read and judged, and looks
//! whether the rows there still come to the same:
//!
//! ```text
//! cargo run -p achronyme-random --example misuse -- draft [NAME | 'RIGHT CALL']…
//! cargo run -p achronyme-random --example misuse -- every [NAME | 'RIGHT CALL']…
//! cargo run -p achronyme-random --example misuse -- again < corpus/achronyme/misuse/misuse.tsv
//! ```
//!
//! `draft` leaves out what is not needed: kinds that are taken, errors of the function that is called
//! back, and calls whose error differs from another only in what it got. `every` does not. Without names
//! it is all functions. `again` reads rows and writes them with what comes of their programs now.
#![expect(clippy::print_stdout, reason = "a command-line tool")]

use std::collections::BTreeSet;
use std::io::{self, BufRead as _};
use std::panic;
use std::process::ExitCode;

use achronyme::function_helps;
use achronyme_random::{Misuse, draft, outcome};

fn main() -> ExitCode {
    // A panic of an engine is a finding like others.
    panic::set_hook(Box::new(|_| {}));
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.split_first() {
        Some((command, names)) if command == "draft" => drafts(names, fewer),
        Some((command, names)) if command == "every" => drafts(names, |rows| rows),
        Some((command, [])) if command == "again" => again(),
        _ => {
            println!("misuse draft|every [NAME | 'RIGHT CALL']… | again");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn drafts(names: &[String], kept: impl Fn(Vec<Misuse>) -> Vec<Misuse>) {
    let right = |name: &str| names.iter().find(|word| word.contains(&format!("{name}(")));
    for help in function_helps() {
        let given = right(&help.name);
        if !names.is_empty() && !names.contains(&help.name) && given.is_none() {
            continue;
        }
        for row in kept(draft(&help, given.map(String::as_str))) {
            println!("{}", row.line());
        }
    }
}

/// The rows that say something that others do not.
fn fewer(rows: Vec<Misuse>) -> Vec<Misuse> {
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    for row in rows {
        let is_value = row.outcome.starts_with('→');
        let case = row.case.split(' ').next().unwrap_or_default();
        let needed = match case {
            "kind" | "option" | "range" => {
                // Kinds are named at the end, and "twenty 2" is as wrong as "twenty 3".
                let told = row.outcome.split(", got").next().unwrap_or_default();
                let told: String = told.chars().filter(|c| !c.is_ascii_digit()).collect();
                !is_value && seen.insert((row.case.clone(), told))
            }
            _ => true,
        };
        if needed && (row.program.is_empty() || is_value || !row.is_of_callback()) {
            kept.push(row);
        }
    }
    if let Some(first) = kept.first()
        && !kept.iter().any(|row| row.case.starts_with("kind"))
    {
        let function = first.function.clone();
        let outcome = "takes any kind, or nothing".to_owned();
        kept.push(Misuse { function, case: "kind".to_owned(), program: String::new(), outcome });
    }
    kept
}

fn again() {
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        match Misuse::read(&line) {
            Some(row) if !row.program.is_empty() => {
                println!("{}", Misuse { outcome: outcome(&row.program), ..row }.line());
            }
            _ => println!("{line}"),
        }
    }
}
