//! `palindrome test`: the functions and examples in programs that say whether these are right.

mod case;
mod outcome;
mod palindrome;

use std::path::Path;

use ::achronyme::File;
use source::Severity;

use crate::achronyme::{Disk, compiled};
use crate::arguments::TestArguments;
use crate::error::{BadSource, CliError, exit, render, to_json};
use crate::files;
use crate::guest::LoadOptions;
use crate::interrupt;
use crate::language::Language;
use crate::libraries::Places;
use crate::terminal::{Terminal, show};
use outcome::{Outcome, Wrong};
use palindrome::Tests;

pub(crate) fn test(arguments: &TestArguments, terminal: Terminal) -> Result<u8, CliError> {
    interrupt::listen();
    let mut tester = Tester { arguments, terminal, tests: Vec::new(), is_kept: false };
    let disk = Disk::new();
    for path in case::texts(&arguments.files)? {
        let goes_on = match Language::of(&path, "test")? {
            Language::Achronyme => tester.test_file(&disk.main(&path)?)?,
            Language::Palindrome => tester.test_palindrome(&path)?,
        };
        if !goes_on {
            return Ok(exit::INTERRUPTED);
        }
    }
    tester.finish()
}

/// What was tested so far.
struct Tester<'a> {
    arguments: &'a TestArguments,
    terminal: Terminal,
    tests: Vec<Test>,
    /// Whether a failed run is where `--last` finds it.
    is_kept: bool,
}

/// What came of a test.
struct Test {
    file: String,
    /// What it is called; none for a file that is no program.
    name: Option<String>,
    line: Option<u32>,
    wrong: Option<Wrong>,
    output: String,
    /// Whether its run is where `--last` finds it.
    is_kept: bool,
}

impl Tester<'_> {
    /// Runs all that is to be run of a file; false if Ctrl-C came.
    fn test_file(&mut self, file: &File) -> Result<bool, CliError> {
        let mut cases = case::cases(file);
        if let Some(wanted) = &self.arguments.name {
            cases.retain(|case| case.name.contains(wanted));
        }
        if cases.is_empty() {
            return Ok(true);
        }
        if let (None, said) = compiled(file, &self.options()) {
            self.add(&file.name, None, Outcome::of(Wrong::Text(said)))?;
            return Ok(true);
        }
        for case in cases {
            let Some(outcome) = outcome::run(file, &case, self.arguments, !self.is_kept) else {
                return Ok(false);
            };
            self.add(&file.name, Some((case.name, case.line)), outcome?)?;
        }
        Ok(true)
    }

    /// Runs the tests of a program in Palindrome; false if Ctrl-C came.
    fn test_palindrome(&mut self, path: &Path) -> Result<bool, CliError> {
        let name = path.display().to_string();
        let places = Places::of(&name, self.arguments.tape.as_deref());
        let tests = Tests::of(&name, &files::read_text(path)?, places, self.arguments.memory_max);
        if let Some(said) = tests.wrong() {
            self.add(&name, None, Outcome::of(Wrong::Text(said)))?;
            return Ok(true);
        }
        for (number, (test, line)) in tests.names().into_iter().enumerate() {
            if self.arguments.name.as_ref().is_some_and(|wanted| !test.contains(wanted)) {
                continue;
            }
            let outcome = tests.run(number, !self.is_kept)?;
            let Some(outcome) = outcome else { return Ok(false) };
            self.add(&name, Some((test, line)), outcome)?;
        }
        Ok(true)
    }

    fn options(&self) -> LoadOptions {
        LoadOptions { memory_max: self.arguments.memory_max, ..LoadOptions::default() }
    }

    /// Notes what came of a test, and says it.
    fn add(
        &mut self,
        file: &str,
        case: Option<(String, u32)>,
        outcome: Outcome,
    ) -> Result<(), CliError> {
        let Outcome { wrong, output, is_kept } = outcome;
        self.is_kept |= is_kept;
        let (name, line) = case.unzip();
        let test = Test { file: file.to_owned(), name, line, wrong, output, is_kept };
        if !self.arguments.json {
            let verdict =
                if test.wrong.is_some() { self.terminal.red("FAILED") } else { "ok".to_owned() };
            show(&format!("{} ... {verdict}\n", test.name()))?;
        }
        self.tests.push(test);
        Ok(())
    }

    fn finish(&self) -> Result<u8, CliError> {
        let failed: Vec<&Test> = self.tests.iter().filter(|test| test.wrong.is_some()).collect();
        let passed = self.tests.len() - failed.len();
        if self.arguments.json {
            let tests: Vec<_> = self.tests.iter().map(Test::to_json).collect();
            let report =
                serde_json::json!({ "passed": passed, "failed": failed.len(), "tests": tests });
            show(&format!("{report}\n"))?;
        } else {
            let mut text = String::new();
            for test in &failed {
                text += &test.tell(self.terminal);
            }
            text += &match (passed, failed.len()) {
                (0, 0) => "no tests\n".to_owned(),
                (passed, 0) => format!("\n{passed} passed\n"),
                (passed, failed) => format!("\n{passed} passed, {failed} failed\n"),
            };
            show(&text)?;
        }
        Ok(if failed.is_empty() { exit::OK } else { exit::FAILED })
    }
}

impl Test {
    fn name(&self) -> String {
        match &self.name {
            Some(name) => format!("{}: {name}", self.file),
            None => self.file.clone(),
        }
    }

    /// What is wrong, in words.
    fn tell(&self, terminal: Terminal) -> String {
        let mut text = format!("\n{}\n", self.name());
        match &self.wrong {
            None => {}
            Some(Wrong::Text(said)) => text += &render(said, terminal),
            Some(Wrong::Fault(fault)) => text += &fault.render(terminal, self.is_kept),
            Some(Wrong::Value { expected, found }) => {
                text += &format!("expected {expected}\nfound    {found}\n");
                if self.is_kept {
                    text += "walk back from it:  palindrome debug --last\n";
                }
            }
            Some(Wrong::TooLarge) => {
                text += "it takes more memory than --memory-max allows\n";
            }
        }
        if !self.is_kept && !matches!(self.wrong, Some(Wrong::Text(_)) | None) {
            let name = self.name.as_deref().unwrap_or_default();
            let name = name.split_once(": ").map_or(name, |(line, _)| line);
            text += &format!(
                "to debug it:  palindrome test --name '{name}' {}, then debug --last\n",
                self.file
            );
        }
        if !self.output.is_empty() {
            text += "output:\n";
            for line in self.output.lines() {
                text += &format!("  {line}\n");
            }
        }
        text
    }

    fn to_json(&self) -> serde_json::Value {
        let mut json = serde_json::json!({
            "file": self.file,
            "name": self.name,
            "line": self.line,
            "ok": self.wrong.is_none(),
            "output": self.output,
        });
        match &self.wrong {
            None => {}
            Some(Wrong::Text(said)) => json["diagnostics"] = errors(said).into(),
            Some(Wrong::Fault(fault)) => json["fault"] = fault.to_json(),
            Some(Wrong::Value { expected, found }) => {
                json["expected"] = expected.as_str().into();
                json["found"] = found.as_str().into();
            }
            Some(Wrong::TooLarge) => json["error"] = "out of memory".into(),
        }
        json
    }
}

fn errors(said: &BadSource) -> Vec<serde_json::Value> {
    let errors = said.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    errors.map(|found| to_json(found, &said.sources)).collect()
}
