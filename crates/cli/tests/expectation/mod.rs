//! Running the command-line programs, and holding what they do against what is expected.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// What a program did.
pub(crate) struct Done {
    pub(crate) output: String,
    pub(crate) error: String,
    pub(crate) code: i32,
}

/// Runs `program` in the root of the repository, with recordings of failures kept in `home`.
pub(crate) fn run(program: &str, arguments: &[&str], input: &str, home: &Path) -> Done {
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(root())
        .env("PALINDROME_HOME", home)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that ends before it has read everything is fine.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    let done = child.wait_with_output().unwrap();
    Done {
        output: String::from_utf8(done.stdout).unwrap(),
        error: String::from_utf8(done.stderr).unwrap(),
        code: done.status.code().unwrap(),
    }
}

impl Done {
    /// What is wrong with it, held against a text like those in the corpus: the output; lines of
    /// `stderr` after `~`; the fault after `!`; `= exit N`, which may be missing for 0.
    pub(crate) fn differs_from(&self, expected: &str) -> Option<String> {
        let mut output = String::new();
        let mut code = 0;
        let mut wrong = Vec::new();
        for line in expected.lines() {
            if let Some(number) = line.strip_prefix("= exit ") {
                code = number.parse().unwrap();
            } else if let Some(part) = line.strip_prefix("! ").or(line.strip_prefix("~ ")) {
                if !self.error.contains(part) {
                    wrong.push(format!("stderr has no `{part}`:\n{}", self.error));
                }
            } else {
                output += line;
                output += "\n";
            }
        }
        if self.output != output {
            wrong.push(format!("prints\n{}and not\n{output}", self.output));
        }
        if self.code != code {
            wrong.push(format!("ends with {} and not {code}\n{}", self.code, self.error));
        }
        (!wrong.is_empty()).then(|| wrong.join("\n"))
    }
}
