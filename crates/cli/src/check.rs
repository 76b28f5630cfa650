//! `palindrome check`: what is wrong with programs, without running them.

use std::collections::BTreeSet;

use ::achronyme::{Options, compile};
use source::{Severity, SourceMap};

use crate::achronyme::Disk;
use crate::arguments::CheckArguments;
use crate::error::{BadSource, CliError, exit, to_json};
use crate::language::Language;
use crate::libraries::Places;
use crate::terminal::{Terminal, show};

pub(crate) fn check(arguments: &CheckArguments, terminal: Terminal) -> Result<u8, CliError> {
    let mut sources = SourceMap::default();
    let mut diagnostics = Vec::new();
    // A module may belong to several programs.
    let mut told = BTreeSet::new();
    let mut disk = Disk::new();
    for path in &arguments.files {
        let language = Language::of(path, "check")?;
        let file = disk.main(path)?;
        let found = match language {
            Language::Achronyme => {
                let options = Options::default();
                let (Ok((_, found)) | Err(found)) =
                    compile(&file.name, &file.text, &mut sources, options, &mut disk);
                found
            }
            Language::Palindrome => {
                let source = sources.add(&file.name, &file.text);
                let places = Places::of(&file.name, arguments.tape.as_deref());
                palindrome::diagnose(&mut sources, source, &places)
            }
        };
        let name = |found: &source::Diagnostic| sources.name(found.span.source).to_owned();
        let is_new = |found: &source::Diagnostic| {
            told.insert((name(found), found.span.start, found.code, found.message.clone()))
        };
        diagnostics.extend(found.into_iter().filter(is_new));
    }
    let is_bad = diagnostics.iter().any(|found| found.severity == Severity::Error);
    if arguments.json && !is_bad {
        let found: Vec<_> = diagnostics.iter().map(|found| to_json(found, &sources)).collect();
        show(&format!("{}\n", serde_json::json!({ "diagnostics": found })))?;
        return Ok(exit::OK);
    }
    let is_warned = !diagnostics.is_empty();
    BadSource { sources, diagnostics }.settle(Some(()), terminal)?;
    Ok(if is_warned && arguments.strict { exit::FAILED } else { exit::OK })
}
