//! Palindrome's corpus, on the tape machine.

use std::fs;
use std::path::Path;

use ::palindrome::{Options, Program, Vm, check, compile};
use source::Severity;

use crate::case::Guest;

pub(crate) enum Palindrome {}

impl Guest for Palindrome {
    type Machine = Vm;

    const EXTENSION: &'static str = "pal";
    const FOLDERS: &'static [&'static str] =
        &["corpus/palindrome/run", "corpus/palindrome/sessions", "examples/palindrome"];
    const STEPS_MAX: u64 = 5_000;

    fn load(path: &Path, optimise: bool) -> Result<Vm, String> {
        let text = fs::read_to_string(path).unwrap();
        let checked = check(&path.display().to_string(), &text);
        match compile(&checked, Options { optimise, ..Options::default() }) {
            Ok(compiled) => Ok(Vm::load(Program::new(compiled).unwrap())),
            Err(found) => {
                let errors = found.iter().filter(|it| it.severity == Severity::Error);
                let errors: String = errors.map(|error| format!("! {}\n", error.message)).collect();
                Err(format!("{errors}= exit 65\n"))
            }
        }
    }
}
