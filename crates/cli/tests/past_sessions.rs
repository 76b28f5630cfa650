//! Conversations with the past of a tape as data: `corpus/palindrome/past/*.session`.
//!
//! Each run begins with a command line after `$ `; what a session is told stands after `> `, with the
//! answer below it; what it says on standard error stands at the end, after `~ `, and then the exit
//! code if it is not 0. All runs of a file are in one folder, with the programs that lie beside it.
//! `UPDATE=1` rewrites the files.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::process::Stdio;

use common::{Place, is_update, root};

/// What is asked behind each line, to know where its answer ends, and what is said to it.
const SENTINEL: (&str, &str) =
    (":help let", "let  a word of the language; docs/palindrome/ describes it\n");

/// What has to occur in some session.
const WORDS: &[&str] = &[
    " at ",
    "rewind to",
    "rewind to when",
    "branches",
    "switch",
    "diff(",
    "history(",
    "undo",
    "redo",
    "watch ",
    "checkpoint",
    "--at",
];

#[test]
fn every_session_with_the_past_goes_as_it_is_written() {
    let folder = root().join("corpus/palindrome/past");
    let mut files: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut wrong, mut all) = (Vec::new(), String::new());
    for file in files.iter().filter(|file| file.extension().is_some_and(|it| it == "session")) {
        let expected = fs::read_to_string(file).unwrap();
        let place = Place::new();
        for program in files.iter().filter(|file| file.extension().is_some_and(|it| it == "pal")) {
            fs::copy(program, place.path(program.file_name().unwrap().to_str().unwrap())).unwrap();
        }
        let found = play(&expected, &place);
        if is_update() {
            fs::write(file, &found).unwrap();
        } else if found != expected {
            let first = expected.lines().zip(found.lines()).find(|(one, other)| one != other);
            wrong.push(format!("{}: {first:?}", file.display()));
        }
        all += &expected;
    }
    assert!(wrong.is_empty(), "UPDATE=1 rewrites them\n{}", wrong.join("\n"));
    let missing = WORDS.iter().find(|word| !all.contains(*word));
    assert!(missing.is_none(), "no session says {missing:?}");
}

/// The session with its answers as they are now.
fn play(session: &str, place: &Place) -> String {
    let mut text = String::new();
    let mut lines = session.lines().peekable();
    while let Some(line) = lines.next() {
        // What was said is said anew.
        let Some(command) = line.strip_prefix("$ ") else {
            if line.starts_with('#') {
                let _ = writeln!(text, "{line}");
            }
            continue;
        };
        let mut typed = Vec::new();
        while let Some(line) =
            lines.next_if(|line| !line.starts_with("$ ") && !line.starts_with('#'))
        {
            typed.extend(line.strip_prefix("> "));
        }
        let _ = writeln!(text, "$ {command}");
        once(command, &typed, place, &mut text);
    }
    text
}

/// One run.
fn once(command: &str, typed: &[&str], place: &Place, text: &mut String) {
    let mut input = String::new();
    for line in typed {
        let _ = writeln!(input, "{line}\n{}", SENTINEL.0);
    }
    let words = words(command);
    let arguments: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    place.write("typed", &input);
    let mut process = place.command(&words[0], &arguments);
    process.stdin(Stdio::from(fs::File::open(place.path("typed")).unwrap()));
    let said = common::Said::from(process.output().unwrap());
    let mut answers = said.output.split(SENTINEL.1);
    if typed.is_empty() {
        *text += answers.next().unwrap();
    }
    for line in typed {
        let _ = write!(text, "> {line}\n{}", answers.next().unwrap_or_default());
    }
    for line in said.error.lines() {
        let _ = writeln!(text, "~ {line}");
    }
    if said.code != Some(0) {
        let _ = writeln!(text, "= {}", said.code.unwrap());
    }
}

/// The words of a command line, of which some may be between single quotes.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(index, part)| match index % 2 {
        1 => vec![part.to_owned()],
        _ => part.split_whitespace().map(str::to_owned).collect(),
    });
    words.collect()
}
