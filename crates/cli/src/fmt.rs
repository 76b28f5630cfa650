//! `palindrome fmt`: programs laid out as they should be.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use source::{Diagnostic, SourceId, SourceMap};

use crate::arguments::FmtArguments;
use crate::error::{BadSource, CliError, exit};
use crate::files::{self, SOURCE_BYTES_MAX};
use crate::language::Language;
use crate::terminal::{Terminal, show};

const STANDARD_INPUT: &str = "-";

pub(crate) fn fmt(arguments: &FmtArguments, terminal: Terminal) -> Result<u8, CliError> {
    let mut bad = BadSource { sources: SourceMap::default(), diagnostics: Vec::new() };
    let mut changed = String::new();
    for path in &arguments.files {
        let is_input = path.as_os_str() == STANDARD_INPUT;
        let language =
            if is_input { Language::spoken(&arguments.lang)? } else { Language::of(path, "fmt")? };
        let text = if is_input { input()? } else { files::read_text(path)? };
        let name = if is_input { "<stdin>".to_owned() } else { path.display().to_string() };
        match language.format(&text) {
            Err(found) => {
                let source = bad.sources.add(name, text);
                bad.diagnostics.extend(found.into_iter().map(|found| moved(found, source)));
            }
            Ok(formatted) if arguments.check => {
                if formatted != text {
                    changed += &format!("{name}\n");
                }
            }
            Ok(formatted) if is_input => show(&formatted)?,
            Ok(formatted) if formatted != text => write(path, &formatted)?,
            Ok(_) => {}
        }
    }
    show(&changed)?;
    if !bad.diagnostics.is_empty() {
        return bad.settle(None, terminal);
    }
    Ok(if changed.is_empty() { exit::OK } else { exit::FAILED })
}

fn input() -> Result<String, CliError> {
    let path = Path::new("<stdin>");
    let mut bytes = Vec::new();
    let mut limited = io::stdin().lock().take(SOURCE_BYTES_MAX);
    limited.read_to_end(&mut bytes).map_err(CliError::unreadable(path))?;
    String::from_utf8(bytes).map_err(|error| CliError::NotText {
        path: path.to_owned(),
        at: error.utf8_error().valid_up_to(),
    })
}

/// Writes a file anew: what a link leads to, with the permissions that it has.
fn write(path: &Path, text: &str) -> Result<(), CliError> {
    let failed = |source| CliError::Unwritten { what: path.display().to_string(), source };
    let real = fs::canonicalize(path).map_err(failed)?;
    let permissions = fs::metadata(&real).map_err(failed)?.permissions();
    let write = |file: &mut fs::File| {
        file.set_permissions(permissions.clone())?;
        file.write_all(text.as_bytes())
    };
    files::replace(&real, |file| write(file).map_err(failed), failed)
}

/// A diagnostic about another text of the map.
fn moved(mut found: Diagnostic, source: SourceId) -> Diagnostic {
    found.span.source = source;
    for note in &mut found.notes {
        note.span.source = source;
    }
    found
}
