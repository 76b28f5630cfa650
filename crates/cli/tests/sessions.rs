//! Debugging sessions as data: `corpus/*/sessions/*.session`.
//!
//! The first line is the command line after `$ `; lines that begin with `> ` are commands, and what
//! stands below each is what it says. The last line has the exit code after `= `. `UPDATE=1`
//! rewrites the files.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use common::{Place, is_update, root};
use debugger::{COMMANDS, Command};

/// A command whose answer is known and tells where that of the one before it ends.
const SENTINEL: (&str, &str) = ("help quit", "quit\n  Ends the session\n  also: q, exit\n");

/// Those that have sessions.
const GUESTS: [&str; 4] = ["pvm", "tacit", "achronyme", "palindrome"];

#[test]
fn every_command_is_tried_for_every_guest() {
    for guest in GUESTS {
        let path = root().join(format!("corpus/{guest}/sessions/every_command.session"));
        let session = fs::read_to_string(path).unwrap();
        let typed = session.lines().filter_map(|line| line.strip_prefix("> "));
        let words = typed.map(|line| line.split(' ').next().unwrap());
        let tried: BTreeSet<&str> = words.map(|word| Command::find(word).unwrap().name).collect();
        let missing = COMMANDS.iter().find(|command| !tried.contains(command.name));
        assert!(missing.is_none(), "{guest}: {missing:?}");
        assert!(!session.contains("not yet"), "{guest}");
    }
}

#[test]
fn every_session_goes_as_it_is_written() {
    let mut files = Vec::new();
    for guest in GUESTS {
        let before = files.len();
        files.extend(entries(&root().join(format!("corpus/{guest}/sessions"))));
        files.retain(|file| file.extension().is_some_and(|extension| extension == "session"));
        assert!(files.len() > before, "no session of {guest}");
    }
    let mut wrong = Vec::new();
    for file in files {
        let expected = fs::read_to_string(&file).unwrap();
        let found = play(&expected, file.parent().unwrap());
        if is_update() {
            fs::write(&file, found).unwrap();
        } else if found != expected {
            let lines = expected.lines().zip(found.lines()).enumerate();
            let first = lines.into_iter().find(|(_, (expected, found))| expected != found);
            wrong.push(format!("{}: {first:?}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "UPDATE=1 rewrites them\n{}", wrong.join("\n"));
}

/// What is in a folder, in the order of the names.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn play(session: &str, folder: &Path) -> String {
    let place = Place::new();
    for file in entries(folder) {
        let name = file.file_name().unwrap().to_str().unwrap();
        if !name.ends_with(".session") {
            fs::copy(&file, place.path(name)).unwrap();
        }
    }
    let line = session.lines().next().and_then(|line| line.strip_prefix("$ ")).unwrap();
    let commands: Vec<&str> = session.lines().filter_map(|line| line.strip_prefix("> ")).collect();
    // Sessions on the last failed run have a run before them.
    if let Some((before, _)) = line.split_once(" && ") {
        place.run(before, "");
    }
    let debug = line.rsplit(" && ").next().unwrap();
    let mut input = format!("{}\n", SENTINEL.0);
    for command in &commands {
        let _ = writeln!(input, "{command}\n{}", SENTINEL.0);
    }
    let said = place.run(debug, &input);
    assert_eq!(said.error, "", "{line}");
    let output = said.output.lines().map(without_sizes).collect::<String>();
    let mut answers = output.split(SENTINEL.1);
    let mut text = format!("$ {line}\n{}", answers.next().unwrap());
    for command in commands {
        let _ = write!(text, "> {command}\n{}", answers.next().unwrap_or_default());
    }
    let _ = writeln!(text, "= {}", said.code.unwrap());
    text
}

/// A line without what differs from one machine's memory to another's.
fn without_sizes(line: &str) -> String {
    match line.strip_prefix("memory: ") {
        Some(_) => "memory:       …\n".to_owned(),
        None => format!("{line}\n"),
    }
}
