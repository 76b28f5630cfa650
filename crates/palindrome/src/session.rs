//! A text that is added to what was said before: the whole is compiled again, and only the new part is
//! run, on the state that the other has left.

mod reads;

use palindrome_vm::image::{LineEntry, SourceFile};
use source::{Diagnostic, Severity, SourceId, SourceMap, Span};

use crate::check::UNUSED_VALUE;
use crate::check::check_with;
use crate::codegen::{Compiled, Options, compile};
use crate::codes::{NOT_A_QUERY, NOT_YET};
use crate::form::ItemKind;

use crate::hir::{self, Callee, Expression, ExpressionKind, Place, Statement, StatementKind, walk};
use crate::library::Libraries;
use crate::lower::lower;
use crate::redefine::reduced;
use crate::syntax::{SyntaxKind, parse};
use crate::types::Effect;

pub use reads::Reads;

/// A text with the name that messages call it by.
#[derive(Clone, Copy, Debug)]
pub struct Said<'t> {
    /// The name.
    pub name: &'t str,
    /// The text.
    pub text: &'t str,
}

/// A text that was compiled after another.
#[derive(Debug)]
pub struct Added {
    /// What runs it; nothing if it is wrong.
    pub compiled: Option<Compiled>,
    /// Both texts, the new one second.
    pub sources: SourceMap,
    /// What is to be said of the new text; errors also of the other.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether it defines something, so that what comes later needs it.
    pub is_definition: bool,
    /// Whether it shows something and does nothing else.
    pub only_shows: bool,
    /// What is left of the other text: what is defined anew takes the place of what was.
    pub before: String,
    /// The name of a stored relation with its columns, if all that is asked for is its rows.
    pub stored: Option<(String, Vec<String>)>,
    /// What the new text reads.
    pub reads: Reads,
}

/// Where a text disposes of a name of the top level: the next line would have it again.
fn disposed(program: &hir::Program, text: &str, done: u32) -> Option<Diagnostic> {
    let tree = parse(text, SourceId(0)).tree;
    let node = tree.root().descendants().find(|node| {
        let mut words = node.tokens().filter(|token| token.kind() == SyntaxKind::Name);
        // The first word is `dispose`.
        let name = words.nth(1).map(syntax_tree::Token::text);
        node.kind() == SyntaxKind::Dispose
            && program.globals.iter().any(|global| Some(&*global.name) == name)
    })?;
    let mut at = node.span(SourceId(0));
    (at.start, at.end) = (at.start.saturating_add(done), at.end.saturating_add(done));
    let message = "a session cannot dispose of a name of the top level yet";
    Some(Diagnostic::error(NOT_YET, at, message).with_hint("a program in a file can"))
}

/// Compiles a text as the continuation of another. With `is_query`, what changes something is refused.
#[must_use]
pub fn compile_after(
    before: Said<'_>,
    new: Said<'_>,
    libraries: &dyn Libraries,
    is_query: bool,
) -> Added {
    let left = reduced(before.text, new.text);
    let before = Said { text: &left.text, ..before };
    let prefix = if before.text.is_empty() { String::new() } else { format!("{}\n", before.text) };
    let whole = format!("{prefix}{}", new.text);
    let done = u32::try_from(prefix.len()).unwrap_or(u32::MAX);
    let checked = check_with(new.name, &whole, libraries);
    let mut diagnostics = checked.diagnostics.clone();
    if is_query && diagnostics.iter().all(|found| found.severity != Severity::Error) {
        diagnostics.extend(no_query(&checked.program, done, SourceId(0)));
    }
    diagnostics.extend(disposed(&checked.program, new.text, done));
    let is_wrong = diagnostics.iter().any(|found| found.severity == Severity::Error);
    // What is said later may look at moments.
    let options = Options { done, keep_moments: !is_query, ..Options::default() };
    let mut compiled = None;
    if !is_wrong {
        match compile(&checked, options) {
            Ok(made) => compiled = Some(made),
            Err(found) => diagnostics.extend(found),
        }
    }
    let mut sources = SourceMap::default();
    sources.add(before.name, before.text);
    sources.add(new.name, new.text);
    for (_, name, text) in checked.sources.iter().skip(1) {
        sources.add(name, text);
    }
    // What is said last is shown, so somebody uses it.
    let is_shown = |found: &Diagnostic| found.message == UNUSED_VALUE;
    diagnostics.retain(|found| {
        found.severity == Severity::Error || (is_new(found.span, done) && !is_shown(found))
    });
    for found in &mut diagnostics {
        found.span = moved(found.span, done);
        for note in &mut found.notes {
            note.span = moved(note.span, done);
        }
    }
    if let Some(made) = &mut compiled {
        divide(made, before, new, prefix.lines().count());
        made.names.renewed = left.values;
    }
    let form = lower(&parse(new.text, SourceId(0)).tree, SourceId(0)).0;
    let is_definition = form.items.iter().any(|item| match &item.kind {
        ItemKind::Statement(statement) => {
            use crate::form::StatementKind::{Let, Watch};
            matches!(statement.kind, Let { .. } | Watch(_))
        }
        _ => true,
    });
    let only_shows = !is_definition && only_shows(&checked.program, done);
    let stored = stored_relation(&checked.program, done);
    let reads = reads::reads(&checked.program, done);
    let before = before.text.to_owned();
    Added { compiled, sources, diagnostics, is_definition, only_shows, before, stored, reads }
}

fn stored_relation(program: &hir::Program, done: u32) -> Option<(String, Vec<String>)> {
    let last = program.main.last().filter(|last| is_new(last.span, done))?;
    let StatementKind::Expression(value) = &last.kind else { return None };
    let ExpressionKind::Relation(id) = value.kind else { return None };
    let relation = program.relations.get(id.index())?;
    let columns = || relation.fields.iter().map(|field| field.name.to_string()).collect();
    (relation.kind == hir::RelationKind::Stored).then(|| (relation.name.to_string(), columns()))
}

/// Whether something is in the new text.
fn is_new(at: Span, done: u32) -> bool {
    at.source == SourceId(0) && at.start >= done
}

/// A place in the whole as one in the text that it is in; after the two come those of libraries.
fn moved(span: Span, done: u32) -> Span {
    if span.source != SourceId(0) {
        return Span { source: SourceId(span.source.0.saturating_add(1)), ..span };
    }
    if span.start < done {
        return span;
    }
    Span { source: SourceId(1), start: span.start - done, end: span.end.saturating_sub(done) }
}

/// Tells lines of the two texts apart in code.
fn divide(made: &mut Compiled, before: Said<'_>, new: Said<'_>, lines: usize) {
    let lines = u32::try_from(lines).unwrap_or(u32::MAX);
    let file =
        |said: Said<'_>| SourceFile { name: said.name.to_owned(), text: said.text.to_owned() };
    // Whoever looks at the program sees the new text first.
    made.image.sources.splice(..1, [file(new), file(before)]);
    for LineEntry { source, line, .. } in &mut made.image.lines {
        (*source, *line) = match *source {
            0 if *line > lines => (0, *line - lines),
            library => (library + 1, *line),
        };
    }
}

/// Why a text is no query, if it is none.
fn no_query(program: &hir::Program, done: u32, source: SourceId) -> Vec<Diagnostic> {
    let wrong = |at: Span, what: &str| {
        vec![Diagnostic::error(NOT_A_QUERY, at, what).with_hint(
            "a query only reads; to change something, run a program with --tape, or use the repl",
        )]
    };
    let mut asked = program.main.iter().filter(|statement| is_new(statement.span, done));
    let Some(first) = asked.next() else {
        let at = Span { source, start: done, end: done };
        return wrong(at, "there is no query here");
    };
    if let Some(second) = asked.next() {
        return wrong(second.span, "a query is one expression");
    }
    let StatementKind::Expression(value) = &first.kind else {
        return wrong(first.span, "this is no query");
    };
    let mut found = None;
    walk(value, &mut |part| found = found.or_else(|| change(part, program)));
    found.map_or_else(Vec::new, |at| wrong(at, "this changes something"))
}

/// Whether what is new computes and prints, and changes nothing.
fn only_shows(program: &hir::Program, done: u32) -> bool {
    let mut said = program.main.iter().filter(|statement| is_new(statement.span, done));
    said.all(|statement| {
        let mut is_look = true;
        let mut look = |value: &Expression| {
            walk(value, &mut |part| is_look &= change(part, program).is_none());
        };
        match &statement.kind {
            StatementKind::Expression(value) => look(value),
            StatementKind::Print(values) => values.iter().for_each(look),
            StatementKind::Report(_) => {}
            _ => return false,
        }
        is_look
    })
}

/// Where something is changed, if it is here.
fn change(part: &Expression, program: &hir::Program) -> Option<Span> {
    let is_change = |statement: &Statement| {
        matches!(
            statement.kind,
            StatementKind::Insert { .. }
                | StatementKind::Delete(..)
                | StatementKind::Update(..)
                | StatementKind::Assign(Place::Global(_), _)
                | StatementKind::Emit(..)
                | StatementKind::Rewind(_)
                | StatementKind::Dispose(_)
                | StatementKind::Recover(_)
                | StatementKind::Switch(_)
                | StatementKind::Parallel(..)
        )
    };
    match &part.kind {
        ExpressionKind::Call(Callee::Function(id, _) | Callee::Inverse(id, _), _) => {
            let function = program.functions.get(id.index())?;
            (function.effect == Effect::Transform).then_some(part.span)
        }
        ExpressionKind::Block(block) => {
            block.statements.iter().find(|statement| is_change(statement)).map(|it| it.span)
        }
        _ => None,
    }
}
