//! What a compiler has to say about a place in a source text: data first, rendered once.

use std::fmt::Write as _;

use crate::{SourceMap, Span, visible};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The program can be used, and probably does not mean what was meant.
    Warning,
    /// There is no program.
    Error,
}

/// Messages about one text: whoever finds more keeps the first of them, and the last.
pub const DIAGNOSTICS_MAX: usize = 10_000;

/// A word of a message with more letters than this is cut off: somebody's name of a megabyte.
const WORD_MAX: usize = 200;
/// So many letters of it stay.
const WORD_KEPT: usize = 80;

/// One message about a place in a source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Stable, for looking it up: `PVM0003`.
    pub code: &'static str,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Written beside the caret: what was expected here.
    pub label: String,
    /// Other places that matter, such as the first definition.
    pub notes: Vec<Note>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A further place that a diagnostic refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where.
    pub span: Span,
    /// What is to be seen there.
    pub message: String,
}

/// Whether to colour what is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text only.
    Plain,
    /// With ANSI colours.
    Coloured,
}

impl Diagnostic {
    /// An error; add to it with struct update or the `with_` methods.
    #[must_use]
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: bounded(message.into()),
            span,
            label: String::new(),
            notes: Vec::new(),
            hint: None,
        }
    }

    /// A warning.
    #[must_use]
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// With text beside the caret.
    #[must_use]
    pub fn with_label(self, label: impl Into<String>) -> Self {
        Self { label: bounded(label.into()), ..self }
    }

    /// With advice.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(bounded(hint.into())), ..self }
    }

    /// With a further place.
    #[must_use]
    pub fn with_note(mut self, span: Span, message: impl Into<String>) -> Self {
        self.notes.push(Note { span, message: bounded(message.into()) });
        self
    }

    /// The message with the lines it is about, ending in a newline.
    #[must_use]
    pub fn render(&self, sources: &SourceMap, style: Style) -> String {
        let paint = |code: &str, text: &str| match style {
            Style::Plain => text.to_owned(),
            Style::Coloured => format!("\x1b[{code}m{text}\x1b[0m"),
        };
        let (word, colour) = match self.severity {
            Severity::Warning => ("warning", "1;33"),
            Severity::Error => ("error", "1;31"),
        };
        let mut out = String::new();
        let head = paint(colour, &format!("{word}[{}]", self.code));
        let _ = writeln!(out, "{head}: {}", paint("1", &self.message));
        excerpt(&mut out, sources, self.span, &self.label, '^', |text| paint(colour, text));
        for note in &self.notes {
            excerpt(&mut out, sources, note.span, &note.message, '-', |text| paint("1;34", text));
        }
        if let Some(hint) = &self.hint {
            let _ = writeln!(out, "  {} {hint}", paint("1;36", "help:"));
        }
        out
    }
}

/// The text without the greater part of words that are too long: names, paths, literals.
#[must_use]
pub fn bounded(text: String) -> String {
    if text.len() <= WORD_MAX {
        return text;
    }
    let pieces = text.split_inclusive(char::is_whitespace).map(|piece| {
        if piece.chars().count() <= WORD_MAX {
            return piece.to_owned();
        }
        let kept: String = piece.chars().take(WORD_KEPT).collect();
        // Quotes and commas behind it stay.
        let end = piece.trim_end_matches(|last: char| !last.is_alphanumeric() && last != '_');
        format!("{kept}…{}", piece[end.len()..].chars().take(WORD_KEPT).collect::<String>())
    });
    pieces.collect()
}

/// The place, its line, and a row of `mark` under what the span covers.
fn excerpt(
    out: &mut String,
    sources: &SourceMap,
    span: Span,
    label: &str,
    mark: char,
    paint: impl Fn(&str) -> String,
) {
    const WIDTH_MAX: usize = 160;
    let at = sources.line_column(span.source, span.start);
    let line = sources.line(span.source, at.line).unwrap_or_default();
    let number = at.line.to_string();
    let gutter = " ".repeat(number.len());
    let _ = writeln!(out, "{gutter}--> {}:{}:{}", sources.name(span.source), at.line, at.column);
    // A long line is shown from a little before the place.
    let skip = (at.column as usize).saturating_sub(WIDTH_MAX / 2);
    let skip = if line.chars().count() > WIDTH_MAX { skip } else { 0 };
    let shown: String = line.chars().skip(skip).take(WIDTH_MAX).collect();
    let shown = visible(&shown);
    let _ = writeln!(out, "{number} | {shown}");
    let covered = sources.slice(span);
    let covered = covered.lines().next().unwrap_or_default().chars().count().max(1);
    let before = (at.column as usize - 1).saturating_sub(skip);
    let marks = mark.to_string().repeat(covered.min(WIDTH_MAX));
    let text = if label.is_empty() { marks } else { format!("{marks} {label}") };
    let _ = writeln!(out, "{gutter} | {}{}", " ".repeat(before), paint(&text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_megabyte_is_cut_off() {
        let name = "x".repeat(1 << 20);
        let message = format!("`{name}` is none of `a`, `{name}`, and `b`");
        let found = Diagnostic::error("A1", Span::default(), message)
            .with_hint(format!("not `{name}`?"))
            .with_label(name.clone())
            .with_note(Span::default(), format!("{name} here"));
        let start = "x".repeat(79);
        assert_eq!(found.message, format!("`{start}…` is none of `a`, `{start}…`, and `b`"));
        assert_eq!(found.hint, Some(format!("not `{start}…`?")));
        assert_eq!(found.label, format!("{start}x…"));
        assert_eq!(found.notes[0].message, format!("{start}x… here"));
        assert_eq!(bounded("a b".repeat(1_000)), "a b".repeat(1_000));
    }

    #[test]
    fn the_caret_stands_under_the_span() {
        let mut sources = SourceMap::default();
        let source = sources.add("a.pvm", "NOP\n  IAD R1, R2\n");
        let text = Diagnostic::error("PVM0001", Span { source, start: 6, end: 9 }, "unknown `IAD`")
            .with_label("an instruction was expected")
            .with_hint("did you mean `IADD`?")
            .render(&sources, Style::Plain);
        insta::assert_snapshot!(text, @r"
        error[PVM0001]: unknown `IAD`
         --> a.pvm:2:3
        2 |   IAD R1, R2
          |   ^^^ an instruction was expected
          help: did you mean `IADD`?
        ");
    }

    #[test]
    fn a_span_past_the_end_or_inside_a_character_is_rendered() {
        let mut sources = SourceMap::default();
        let source = sources.add("a", "ü\u{1b}[31m");
        for start in 0..9 {
            let span = Span { source, start, end: start + 3 };
            let text = Diagnostic::warning("X", span, "m").render(&sources, Style::Plain);
            assert!(!text.contains('\u{1b}'));
        }
    }
}
