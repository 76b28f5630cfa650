//! Running the real programs in a folder of their own.
#![expect(clippy::unwrap_used, reason = "a test")]
#![allow(dead_code, reason = "each test uses its part")]

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// A folder for one test, with a home of its own in it.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

/// What a program said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
    pub(crate) error: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// Copies a program of the corpus here.
    pub(crate) fn copy(&self, name: &str) {
        std::fs::copy(sessions().join(name), self.path(name)).unwrap();
    }

    pub(crate) fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let binary = match program {
            "palindrome" => env!("CARGO_BIN_EXE_palindrome"),
            "pvmr" => env!("CARGO_BIN_EXE_pvmr"),
            "pvmc" => env!("CARGO_BIN_EXE_pvmc"),
            "pvmd" => env!("CARGO_BIN_EXE_pvmd"),
            other => unreachable!("{other}"),
        };
        let mut command = Command::new(binary);
        command.args(arguments).current_dir(self.folder.path());
        command.env("PALINDROME_HOME", self.path("home")).env_remove("NO_COLOR");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a program whose output goes to `out.txt`, and kills it some time before `life_max` microseconds
    /// have passed; says whether it had not ended by then. `chance` says when, and goes on.
    pub(crate) fn is_killed(&self, arguments: &[&str], chance: &mut u64, life_max: u64) -> bool {
        *chance =
            chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let output = std::fs::File::create(self.path("out.txt")).unwrap();
        let mut command = self.command("palindrome", arguments);
        let mut child = command.stdin(Stdio::null()).stdout(output).spawn().unwrap();
        std::thread::sleep(Duration::from_micros((*chance >> 33) % life_max));
        child.kill().unwrap();
        let ended = child.wait().unwrap().code();
        assert!(matches!(ended, None | Some(0)), "{ended:?}");
        ended.is_none()
    }

    /// Runs a program that does not end, until it is interrupted after it has written something that
    /// begins so. It has to say that it is kept.
    #[cfg(unix)]
    pub(crate) fn interrupt(&self, program: &str, arguments: &[&str], begin: &str) {
        let mut child = self.command(program, arguments).spawn().unwrap();
        let mut output = child.stdout.take().unwrap();
        let mut first = vec![0; begin.len().max(1)];
        output.read_exact(&mut first).unwrap();
        assert!(first.starts_with(begin.as_bytes()), "{first:?}");
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let mut rest = Vec::new();
        output.read_to_end(&mut rest).unwrap();
        let mut error = String::new();
        child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{error}");
        assert!(error.contains("palindrome debug --last"), "{error}");
    }

    pub(crate) fn run(&self, line: &str, input: &str) -> Said {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut child = self.command(words[0], &words[1..]).spawn().unwrap();
        feed(&mut child, input);
        Said::from(child.wait_with_output().unwrap())
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            output: String::from_utf8_lossy(&output.stdout).into_owned(),
            error: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Writes the input and closes it. A program that has stopped reading is no failure.
fn feed(child: &mut Child, input: &str) {
    let _written = child.stdin.take().unwrap().write_all(input.as_bytes());
}

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where the sessions are, and their programs.
pub(crate) fn sessions() -> PathBuf {
    root().join("corpus/pvm/sessions")
}

/// Whether new answers are to be written down.
pub(crate) fn is_update() -> bool {
    #[expect(clippy::disallowed_methods, reason = "a developer asks for new answers this way")]
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}

/// `CODE(12)` and `SEQ(3)` with nothing between the parentheses.
pub(crate) fn without_addresses(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('(') {
        text += before;
        text.push('(');
        let is_address = before.ends_with("CODE") || before.ends_with("SEQ");
        rest =
            if is_address { after.trim_start_matches(|c: char| c.is_ascii_digit()) } else { after };
    }
    text + rest
}
