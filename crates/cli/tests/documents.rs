//! Every program and every session in the documents, through the real command line.
//!
//! A fenced block `pvm`, `pal`, `tacit` or `soc` is a program; a block `input` after it is what it reads,
//! and a block `output` what it prints, written as in the corpus; the stack is shown if it says
//! something of it. `output FILE` says what that file prints. A block `session` has commands behind
//! `$`; lines after `>` are what somebody types, and what follows each is the answer. `UPDATE=1` rewrites the
//! answers.
#![expect(clippy::unwrap_used, reason = "a test")]

mod expectation;

use std::fs;
use std::path::{Path, PathBuf};

use expectation::{root, run};

const PALINDROME: &str = env!("CARGO_BIN_EXE_palindrome");
/// Pages whose programs have tests of their own: most are made from tables.
const MADE: &[&str] = &[
    "docs/achronyme/examples.md",
    "docs/achronyme/library.md",
    "docs/achronyme/plots.md",
    "docs/errors/achronyme.md",
    "docs/errors/palindrome.md",
    "docs/errors/tacit.md",
    "docs/tacit/words.md",
];

#[test]
fn documents_show_what_happens() {
    let home = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    let mut checked = 0;
    for path in documents() {
        let text = fs::read_to_string(&path).unwrap();
        let blocks = blocks(&text);
        let mut answers = Vec::new();
        for (index, block) in blocks.iter().enumerate() {
            let place = || format!("{}:{}", path.display(), block.line);
            let found = match block.word() {
                "pvm" | "pal" | "tacit" | "soc" => check_program(&blocks[index..], home.path()),
                "output" => match block.info.split_once(' ') {
                    Some((_, file)) => check_file(file, "", block.body, home.path()),
                    None => None,
                },
                "session" => {
                    let answer = converse(block.body, home.path());
                    let differs = (answer != block.body).then(|| format!("answers\n{answer}"));
                    answers.push((block.body, answer));
                    differs
                }
                _ => continue,
            };
            checked += 1;
            wrong.extend(found.map(|found| format!("{}: {found}", place())));
        }
        if is_update_asked() {
            let updated =
                answers.iter().fold(text.clone(), |text, (old, new)| text.replace(*old, new));
            fs::write(&path, updated).unwrap();
        }
    }
    assert!(checked >= 15, "only {checked} blocks were found");
    assert!(wrong.is_empty(), "{}\nUPDATE=1 rewrites the sessions", wrong.join("\n\n"));
}

/// What is wrong with the program in the first block, held against the blocks after it.
fn check_program(blocks: &[Block<'_>], home: &Path) -> Option<String> {
    let (program, mut rest) = blocks.split_first().unwrap();
    let mut input = "";
    if let Some(block) = rest.first().filter(|block| block.info == "input") {
        input = block.body;
        rest = &rest[1..];
    }
    let Some(expected) = rest.first().filter(|block| block.info == "output") else {
        return Some("a program without an `output` block after it".to_owned());
    };
    let file = home.join(format!("block.{}", program.word()));
    fs::write(&file, program.body).unwrap();
    check_file(file.to_str().unwrap(), input, expected.body, home)
}

/// What is wrong with the program in a file, held against what is expected of it.
fn check_file(file: &str, input: &str, expected: &str, home: &Path) -> Option<String> {
    let is_stack_told = expected.lines().any(|line| line.starts_with("stack: "));
    let arguments: &[&str] = if is_stack_told { &["run", "--stack", file] } else { &["run", file] };
    run(PALINDROME, arguments, input, home).differs_from(expected)
}

/// The session with its answers as they are now: commands, each behind a `$`, and what is typed to it.
fn converse(session: &str, home: &Path) -> String {
    let mut answer = String::new();
    let mut lines = session.lines().filter(|line| line.starts_with(['$', '>'])).peekable();
    while let Some(command) = lines.next() {
        let mut typed = Vec::new();
        while let Some(line) = lines.next_if(|line| line.starts_with('>')) {
            typed.push(line.strip_prefix("> ").unwrap_or_default());
        }
        answer += &converse_once(command, &typed, home);
    }
    answer
}

/// The programs do not repeat what is typed, so an answer is what is added to the output by typing
/// one line more.
fn converse_once(command: &str, typed: &[&str], home: &Path) -> String {
    let words = words(command.strip_prefix("$ palindrome ").unwrap(), home);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut answer = format!("{command}\n");
    let mut before = run(PALINDROME, &words, "", home).output;
    answer += &before;
    for count in 1..=typed.len() {
        let input: String = typed[..count].iter().map(|line| format!("{line}\n")).collect();
        let after = run(PALINDROME, &words, &input, home);
        let added = after.output.strip_prefix(&before).unwrap_or_else(|| {
            panic!("`{}` changed what was shown before: {}", typed[count - 1], after.error)
        });
        answer += &format!("> {}\n{added}", typed[count - 1]);
        before = after.output;
    }
    answer
}

/// The words of a command line, of which some may be between single quotes. What begins with `~/` is a
/// file that is there for the documents alone.
fn words(line: &str, home: &Path) -> Vec<String> {
    let plain = |word: &str| match word.strip_prefix("~/") {
        Some(file) => home.join(file).to_str().unwrap().to_owned(),
        None => word.to_owned(),
    };
    let parts = line.split('\'').enumerate();
    parts
        .flat_map(|(index, part)| {
            let is_quoted = index % 2 == 1;
            if is_quoted {
                vec![part.to_owned()]
            } else {
                part.split_whitespace().map(plain).collect()
            }
        })
        .collect()
}

/// A fenced block.
struct Block<'a> {
    /// What stands after the fence.
    info: &'a str,
    body: &'a str,
    line: usize,
}

impl Block<'_> {
    fn word(&self) -> &str {
        self.info.split(' ').next().unwrap_or_default()
    }
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, usize, usize)> = None;
    let mut at = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        if let Some(info) = line.trim_end().strip_prefix("```") {
            match open.take() {
                Some((info, start, line)) => {
                    blocks.push(Block { info, body: &text[start..at], line });
                }
                None => open = Some((info, at + line.len(), number)),
            }
        }
        at += line.len();
    }
    blocks
}

/// The README and everything below `docs` that was written by hand.
fn documents() -> Vec<PathBuf> {
    let mut found = vec![root().join("README.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.retain(|path| !MADE.iter().any(|page| path.ends_with(page)));
    found.sort();
    found
}

#[expect(clippy::disallowed_methods, reason = "a developer asks for new answers this way")]
fn is_update_asked() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}
