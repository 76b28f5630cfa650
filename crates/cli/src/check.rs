//! `palindrome check`: what is wrong with programs, without running them.

use ::achronyme::{parse, structure};
use source::{Severity, SourceMap};

use crate::achronyme;
use crate::arguments::CheckArguments;
use crate::error::{BadSource, CliError, exit, to_json};
use crate::files;
use crate::terminal::{Terminal, show};

pub(crate) fn check(arguments: &CheckArguments, terminal: Terminal) -> Result<u8, CliError> {
    let mut sources = SourceMap::default();
    let mut diagnostics = Vec::new();
    for path in &arguments.files {
        achronyme::expect(path, "check")?;
        let text = files::read_text(path)?;
        let source = sources.add(path.display().to_string(), text);
        let parsed = parse(sources.text(source), source);
        let mut found = parsed.diagnostics;
        found.extend(structure(&parsed.tree, source));
        found.sort_by_key(|found| found.span.start);
        diagnostics.extend(found);
    }
    let is_bad = diagnostics.iter().any(|found| found.severity == Severity::Error);
    if arguments.json && !is_bad {
        let found: Vec<_> = diagnostics.iter().map(|found| to_json(found, &sources)).collect();
        show(&format!("{}\n", serde_json::json!({ "diagnostics": found })))?;
        return Ok(exit::OK);
    }
    BadSource { sources, diagnostics }.settle(Some(()), terminal)?;
    Ok(exit::OK)
}
