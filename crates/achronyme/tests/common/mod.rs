//! Programs to try things on, and what must hold of each.
#![expect(clippy::unwrap_used, reason = "a test")]
#![allow(dead_code, reason = "each test uses its part")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use achronyme::tree::{self, Ended, Options, Uncaught};
use achronyme::{
    Element, NoFiles, Node, SyntaxKind, Token, Tree, check, compile, format, load, parse, read,
};
use achronyme_vm::Vm;
use machine::{Machine as _, Probes, Stop, Tick};
use source::{Diagnostic, Severity, SourceId, SourceMap, Style};
use testkit::ScriptedWorld;
use testkit::conformance::{Row, overruled_rows};

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The conformance set, with the rows that the design overrules.
pub(crate) fn cases() -> Vec<Row> {
    let read = |name: &str| fs::read_to_string(root().join("corpus/conformance").join(name));
    overruled_rows(&read("achronyme.tsv").unwrap(), &read("achronyme.overruled.tsv").unwrap())
}

/// The programs that are measured, by name.
pub(crate) fn programs() -> Vec<(String, String)> {
    let folder = root().join("bench/programs/achronyme");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        (
            path.file_name().unwrap().to_string_lossy().into_owned(),
            fs::read_to_string(path).unwrap(),
        )
    };
    paths.into_iter().map(read).collect()
}

/// Every program there is.
pub(crate) fn texts() -> Vec<String> {
    let cases = cases();
    let cases = cases.iter().flat_map(Row::texts).map(str::to_owned);
    cases.chain(programs().into_iter().map(|(_, text)| text)).collect()
}

/// What a run printed and came to.
pub(crate) struct Printed {
    pub(crate) output: String,
    /// The value, or the message of the error.
    pub(crate) ended: Result<Option<String>, String>,
}

/// Runs a program by walking its tree, with the files beside it.
pub(crate) fn run(text: &str, mut files: BTreeMap<String, String>) -> Printed {
    let mut sources = SourceMap::default();
    let program = match load("main.soc", text, &mut files, &mut sources) {
        Ok((program, _)) => program,
        Err(found) => return Printed::refused(&found),
    };
    let outside = Rc::new(RefCell::new(ScriptedWorld::default()));
    let asked = Rc::clone(&outside);
    let options = Options { steps_max: 20_000_000, depth_max: 20_000, ..Options::default() };
    let world = Box::new(move |question| asked.borrow_mut().answer(&question));
    let ended = match tree::run(&program, &mut sources, &options, world) {
        Ended::Value(echo) => Ok(echo),
        Ended::Uncaught(Uncaught { kind, message, .. }) => {
            Err(uncaught(&kind.unwrap_or_default(), &message))
        }
        Ended::Exit(code) => Err(format!("exit {code}")),
        Ended::Stopped => Err("stopped".to_owned()),
    };
    Printed::new(&outside.take(), ended)
}

/// Runs a program on the register machine, with the files beside it.
pub(crate) fn run_compiled(text: &str, mut files: BTreeMap<String, String>) -> Printed {
    let (sources, options) = (&mut SourceMap::default(), achronyme::Options::default());
    let program = match compile("main.soc", text, sources, options, &mut files) {
        Ok((program, _)) => program,
        Err(found) => return Printed::refused(&found),
    };
    let mut vm = Vm::new(Arc::new(program), 1 << 26).unwrap();
    let mut outside = ScriptedWorld::default();
    let ended = loop {
        match vm.run(Tick::at(20_000_000), &Probes::none()) {
            Stop::Asks(question) => vm.answer(&outside.answer(&question)).unwrap(),
            Stop::Ended(_) => break Ok(vm.echo()),
            Stop::Trapped(trap) => break Err(uncaught(&trap.kind, &trap.message)),
            Stop::Reached | Stop::Probed(_) => break Err("stopped".to_owned()),
        }
    };
    Printed::new(&outside, ended)
}

/// Runs a program with the files beside it on both engines, which must agree, and gives what it
/// prints, then its value or error.
pub(crate) fn on_both(text: &str, files: &[(&str, &str)]) -> String {
    let file = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    let mut files: BTreeMap<String, String> = files.iter().map(file).collect();
    files.insert("main.soc".to_owned(), text.to_owned());
    let (walked, compiled) = (run(text, files.clone()).shown(), run_compiled(text, files).shown());
    assert_eq!(walked, compiled, "{text}");
    walked
}

fn uncaught(kind: &str, message: &str) -> String {
    match kind {
        "" | "RuntimeError" => message.to_owned(),
        kind => format!("{kind} - {message}"),
    }
}

impl Printed {
    fn new(outside: &ScriptedWorld, ended: Result<Option<String>, String>) -> Self {
        let bytes = [outside.output(), outside.error()].concat();
        Self { output: String::from_utf8(bytes).unwrap(), ended }
    }

    /// A program that is wrong does not run.
    fn refused(found: &[Diagnostic]) -> Self {
        let found = found.iter().find(|found| found.severity == Severity::Error).unwrap();
        Self { output: String::new(), ended: Err(found.message.clone()) }
    }

    /// What it printed, then its value or error.
    pub(crate) fn shown(&self) -> String {
        let last = match &self.ended {
            Ok(echo) => echo.clone().unwrap_or_default(),
            Err(message) => format!("! {message}"),
        };
        (self.output.clone() + &last).trim_end().to_owned()
    }
}

/// Runs a program without files by walking its tree.
pub(crate) fn run_with(text: &str, sources: &mut SourceMap, options: &Options) -> Ended {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let (program, _) = load("main.soc", text, &mut files, sources).unwrap();
    let mut outside = ScriptedWorld::default();
    tree::run(&program, sources, options, Box::new(move |question| outside.answer(&question)))
}

/// What is said about a text.
pub(crate) fn said(text: &str) -> String {
    let checked = check("main.soc", text);
    let render = |found: &Diagnostic| found.render(&checked.sources, Style::Plain);
    checked.diagnostics.iter().map(render).collect()
}

/// What the compiler says about a text without files.
pub(crate) fn compiler_said(text: &str) -> String {
    let (sources, options) = (&mut SourceMap::default(), achronyme::Options::default());
    let found = match compile("a.soc", text, sources, options, &mut NoFiles) {
        Ok((_, found)) | Err(found) => found,
    };
    found.iter().map(|one| one.render(sources, Style::Plain)).collect()
}

/// What a tree means: its nodes and words, without blanks, comments and separators.
pub(crate) fn meaning(tree: &Tree) -> String {
    let mut out = String::new();
    write_meaning(&mut out, tree.root());
    out
}

fn write_meaning(out: &mut String, node: Node<'_>) {
    let _ = write!(out, "({:?}", node.kind());
    for element in node.elements() {
        match element {
            Element::Node(inner) => {
                out.push(' ');
                write_meaning(out, inner);
            }
            Element::Token(token) => {
                let kind = token.kind();
                let is_separator = matches!(kind, SyntaxKind::Comma | SyntaxKind::Semicolon);
                if !kind.is_trivia() && !is_separator {
                    let _ = write!(out, " {}", token.text());
                }
            }
        }
    }
    out.push(')');
}

/// The words of all comments, in order.
fn comments(tree: &Tree) -> Vec<&str> {
    let tokens = tree.tokens().filter(|token| token.kind() == SyntaxKind::Comment);
    tokens.flat_map(|token| token.text().split_whitespace()).collect()
}

/// What must hold of any text whatever.
pub(crate) fn laws(text: &str) -> Result<(), String> {
    let parsed = parse(text, SourceId::default());
    let tokens: String = parsed.tree.tokens().map(Token::text).collect();
    if tokens != text || parsed.tree.root().text() != text {
        return Err("the tree is not the text".to_owned());
    }
    let checked = check("main.soc", text);
    for found in &checked.diagnostics {
        if found.span.start > found.span.end || found.span.end as usize > text.len() {
            return Err(format!("{found:?} is outside of the text"));
        }
        let _rendered = found.render(&checked.sources, Style::Plain);
    }
    let (lowered, _) = read("main.soc", text, &mut SourceMap::default());
    if lowered.body.span.end as usize > text.len() {
        return Err("what it means is outside of the text".to_owned());
    }
    let Ok(formatted) = format(text) else {
        return if parsed.diagnostics.is_empty() {
            Err("a good text is not formatted".to_owned())
        } else {
            Ok(())
        };
    };
    let again = parse(&formatted, SourceId::default());
    if !again.diagnostics.is_empty() {
        return Err(format!("formatted, it is wrong:\n{formatted}\n{}", said(&formatted)));
    }
    if meaning(&parsed.tree) != meaning(&again.tree) {
        return Err(format!("formatted, it means something else:\n{formatted}"));
    }
    if comments(&parsed.tree) != comments(&again.tree) {
        return Err(format!("formatted, it has other comments:\n{formatted}"));
    }
    match format(&formatted) {
        Ok(twice) if twice == formatted => Ok(()),
        twice => Err(format!("formatted twice, it differs:\n{formatted}\n---\n{twice:?}")),
    }
}
