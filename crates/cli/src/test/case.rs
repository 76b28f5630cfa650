//! The tests and examples in a text.

use std::fs;
use std::path::{Path, PathBuf};

use ::achronyme::ast::{Pattern, Root, Statement, View};
use ::achronyme::{File, SyntaxKind, Tree, parse};
use source::{SourceId, SourceMap};

use crate::error::CliError;
use crate::language::Language;

/// A test or an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Case {
    /// What it is called.
    pub(super) name: String,
    /// The line where it begins.
    pub(super) line: u32,
    /// What is run after the text.
    pub(super) program: String,
    /// What an example has to come to; nothing if that does not matter.
    pub(super) echo: Option<String>,
}

impl Case {
    /// The text with what is run after it.
    pub(super) fn file(&self, file: &File) -> File {
        let File { name, text } = file;
        File { name: name.clone(), text: format!("{}\n{}\n", text.trim_end(), self.program) }
    }
}

/// The texts that are meant by what was given, in a fixed order.
pub(super) fn texts(given: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let here = [PathBuf::from(".")];
    let given = if given.is_empty() { &here[..] } else { given };
    let mut found = Vec::new();
    for path in given {
        let metadata = fs::metadata(path).map_err(CliError::unreadable(path))?;
        if metadata.is_dir() {
            let before = found.len();
            below(path, &mut found)?;
            found[before..].sort();
        } else {
            Language::of(path, "test")?;
            found.push(path.clone());
        }
    }
    Ok(found)
}

/// All texts below a folder but for what is hidden.
fn below(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), CliError> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(CliError::unreadable(&folder))? {
            let entry = entry.map_err(CliError::unreadable(&folder))?;
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            // What is linked to may lead back.
            let kind = entry.file_type().map_err(CliError::unreadable(&folder))?;
            let path = entry.path();
            if kind.is_dir() && !is_hidden {
                folders.push(path);
            } else if Language::of(&path, "test").is_ok() && !is_hidden && path.is_file() {
                let path = path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
                found.push(path);
            }
        }
    }
    Ok(())
}

/// The tests and examples of a text, in its order.
pub(super) fn cases(file: &File) -> Vec<Case> {
    let mut sources = SourceMap::default();
    let source = sources.add(&*file.name, &*file.text);
    let tree = parse(sources.text(source), source).tree;
    let line = |at: u32| sources.line_column(source, at).line;
    let mut cases = examples(&tree, source, line);
    cases.extend(functions(&tree, line));
    cases.sort_by_key(|case| case.line);
    cases
}

fn functions(tree: &Tree, line: impl Fn(u32) -> u32) -> Vec<Case> {
    let statements = Root::cast(tree.root()).into_iter().flat_map(Root::statements);
    let declared = statements.filter_map(|statement| {
        let Statement::Let(declared) = statement else { return None };
        let Pattern::NamePattern(pattern) = declared.pattern()? else { return None };
        pattern.name()
    });
    let tests = declared.filter(|name| name.text().starts_with("test_"));
    tests
        .map(|name| Case {
            name: name.text().to_owned(),
            line: line(name.range().start),
            program: format!("{}()", name.text()),
            echo: None,
        })
        .collect()
}

/// Remarks `//> program` that follow each other are one program, `// => value` after them what it
/// comes to, in as many lines as it has.
fn examples(tree: &Tree, source: SourceId, line: impl Fn(u32) -> u32) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    // The last line that belongs to the last example.
    let mut last = None;
    for token in tree.tokens().filter(|token| token.kind() == SyntaxKind::Comment) {
        let number = line(token.span(source).start);
        let follows = last.is_some_and(|last| last + 1 == number);
        let open = cases.last_mut().filter(|_| follows);
        let text = token.text().trim_end();
        if let Some(program) = text.strip_prefix("//>") {
            let program = program.strip_prefix(' ').unwrap_or(program);
            match open.filter(|case| case.echo.is_none()) {
                Some(case) => case.program = format!("{}\n{program}", case.program),
                None => cases.push(Case {
                    name: String::new(),
                    line: number,
                    program: program.to_owned(),
                    echo: None,
                }),
            }
            last = Some(number);
        } else if let (Some(echo), Some(case)) = (text.strip_prefix("// => "), open) {
            case.echo = Some(match case.echo.take() {
                Some(before) => format!("{before}\n{echo}"),
                None => echo.to_owned(),
            });
            last = Some(number);
        }
    }
    for case in &mut cases {
        let first = case.program.lines().next().unwrap_or_default();
        case.name = format!("example in line {}: {first}", case.line);
    }
    cases
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, Option<String>)> {
        let file = File { name: "a.soc".to_owned(), text: text.to_owned() };
        cases(&file).into_iter().map(|case| (case.program, case.echo)).collect()
    }

    #[test]
    fn functions_at_the_top_are_tests() {
        let text = "let test_a = () => 1\nlet b = () => do { let test_c = 1 }\nmut test_d = x => x";
        let programs: Vec<String> = found(text).into_iter().map(|case| case.0).collect();
        assert_eq!(programs, ["test_a()", "test_d()"]);
    }

    #[test]
    fn remarks_are_examples() {
        let text = "//> f(1)\n// => 2\n//> let a = 1\n//> a\n// => [1,\n// =>  2]\nlet s = \"//> no\"\n\
                    // => nor this\n  //> g()\n";
        let expected = [("f(1)", Some("2")), ("let a = 1\na", Some("[1,\n 2]")), ("g()", None)];
        let expected = expected.map(|(a, b)| (a.to_owned(), b.map(str::to_owned)));
        assert_eq!(found(text), expected);
    }
}
