//! Diagnostics on their way from where they are noticed to the list of all.

use source::{Diagnostic, Span};

/// A diagnostic as the error of a `Result`.
pub(crate) type Problem = Box<Diagnostic>;

/// An error.
pub(crate) fn problem(code: &'static str, span: Span, message: impl Into<String>) -> Problem {
    Box::new(Diagnostic::error(code, span, message))
}

/// An error with text beside the caret.
pub(crate) fn labelled(
    code: &'static str,
    span: Span,
    message: impl Into<String>,
    label: impl Into<String>,
) -> Problem {
    Box::new(Diagnostic::error(code, span, message).with_label(label))
}

/// "did you mean …?", if there is a name like it.
pub(crate) fn with_nearest<'a>(
    problem: Problem,
    word: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Problem {
    match source::nearest(word, names) {
        Some(name) => Box::new(problem.with_hint(format!("did you mean `{name}`?"))),
        None => problem,
    }
}
