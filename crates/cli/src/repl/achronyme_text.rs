//! What the line editor knows of Achronyme: completion and colours.

use std::collections::BTreeMap;

use ::achronyme::{SyntaxKind, parse};
use achronyme_library::{Kind, method};
use reedline::{Color, Completer, CompletionResult, Highlighter, StyledText, Suggestion};
use source::SourceId;

use crate::editor::{Names, suggest};

/// Methods that are no functions.
const METHODS: [&str; 18] = [
    "close", "get", "has", "im", "insert", "lock", "mag", "next", "peek", "phase", "pop", "push",
    "re", "recv", "release", "remove", "send", "set",
];

/// Completes a name; after a dot, the name of a method.
pub(crate) struct NameCompleter {
    /// All that can be written.
    pub(crate) names: Names,
    /// What functions do, in a sentence.
    pub(crate) summaries: BTreeMap<String, String>,
}

impl Completer for NameCompleter {
    fn complete(&mut self, line: &str, position: usize) -> CompletionResult {
        let before = line.get(..position).unwrap_or(line);
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let word = &before[before.trim_end_matches(is_part).len()..];
        let start = before.len() - word.len();
        let is_member = before[..start].ends_with('.') && !before[..start].ends_with("..");
        let names = if is_member {
            let functions =
                self.summaries.keys().map(String::as_str).filter(|name| is_method(name));
            let mut names: Vec<String> = functions.chain(METHODS).map(str::to_owned).collect();
            names.retain(|name| name.starts_with(word));
            names.sort();
            names
        } else {
            self.names.matching(|name| name.starts_with(word))
        };
        let suggestions = names.iter().map(|name| {
            let summary = self.summaries.get(name).map(String::as_str);
            Suggestion { append_whitespace: false, ..suggest(name, summary, start, position) }
        });
        CompletionResult::fresh(suggestions.collect::<Vec<_>>())
    }
}

/// Whether values of some kind have this of themselves.
fn is_method(name: &str) -> bool {
    let kinds = [Kind::Vector, Kind::String, Kind::Number, Kind::Complex, Kind::Record];
    kinds.into_iter().any(|kind| method(kind, name).is_some())
}

/// Colours comments, strings, numbers and keywords.
pub(crate) struct Colours;

impl Highlighter for Colours {
    #[expect(clippy::wildcard_enum_match_arm, reason = "few kinds of token have a colour")]
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        let mut styled = StyledText::new();
        for token in parse(line, SourceId(0)).tree.tokens() {
            let style = match token.kind() {
                SyntaxKind::Comment => Color::DarkGray.normal(),
                SyntaxKind::Text
                | SyntaxKind::QuoteOpen
                | SyntaxKind::QuoteText
                | SyntaxKind::QuoteClose => Color::Green.normal(),
                SyntaxKind::Number | SyntaxKind::Imaginary => Color::Cyan.normal(),
                kind if kind.is_keyword() => Color::Purple.bold(),
                _ => Color::Default.normal(),
            };
            styled.push((style, token.text().to_owned()));
        }
        styled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coloured_line_is_the_line() {
        for line in ["", "let x = 'a ${b + 1} c' // why", "\"open", "@ ü [1,", "'${"] {
            let styled = Colours.highlight(line, 0);
            let text: String = styled.buffer.iter().map(|(_, text)| text.as_str()).collect();
            assert_eq!(text, line);
        }
    }

    #[test]
    fn names_are_completed_and_methods_after_a_dot() {
        let names = Names::default();
        names.set(vec!["total".to_owned(), "length".to_owned(), "let".to_owned()]);
        let mut completer = NameCompleter {
            names,
            summaries: BTreeMap::from([("len".to_owned(), "how long".to_owned())]),
        };
        let mut complete = |line: &str| {
            let found = completer.complete(line, line.len());
            found.suggestions().iter().map(|it| it.value.clone()).collect::<Vec<_>>()
        };
        assert_eq!(complete("1 + to"), ["total"]);
        assert_eq!(complete("f(le"), ["length", "let"]);
        assert_eq!(complete("v.le"), ["len"]);
        assert_eq!(complete("v.pu"), ["push"]);
        assert_eq!(complete("1..le"), ["length", "let"]);
    }
}
