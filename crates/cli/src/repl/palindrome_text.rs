//! What the line editor knows of Palindrome: completion and colours.

use std::collections::BTreeMap;

use ::palindrome::{SyntaxKind, parse};
use reedline::{Color, Completer, CompletionResult, Highlighter, StyledText, Suggestion};
use source::SourceId;

use crate::editor::{Names, suggest};

/// Completes a name.
pub(crate) struct WordCompleter {
    /// All that can be written.
    pub(crate) names: Names,
    /// What some of them mean, in a sentence.
    pub(crate) summaries: BTreeMap<String, String>,
}

impl Completer for WordCompleter {
    fn complete(&mut self, line: &str, position: usize) -> CompletionResult {
        let before = line.get(..position).unwrap_or(line);
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let word = &before[before.trim_end_matches(is_part).len()..];
        let start = before.len() - word.len();
        let names = self.names.matching(|name| name.starts_with(word));
        let suggestions = names.iter().map(|name| {
            let summary = self.summaries.get(name).map(String::as_str);
            Suggestion { append_whitespace: false, ..suggest(name, summary, start, position) }
        });
        CompletionResult::fresh(suggestions.collect::<Vec<_>>())
    }
}

/// Colours remarks, texts, numbers and keywords.
pub(crate) struct Colours;

impl Highlighter for Colours {
    #[expect(clippy::wildcard_enum_match_arm, reason = "few kinds of token have a colour")]
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        let mut styled = StyledText::new();
        for token in parse(line, SourceId(0)).tree.tokens() {
            let style = match token.kind() {
                SyntaxKind::Comment => Color::DarkGray.normal(),
                SyntaxKind::Text
                | SyntaxKind::Bytes
                | SyntaxKind::QuoteOpen
                | SyntaxKind::QuoteText
                | SyntaxKind::QuoteClose => Color::Green.normal(),
                SyntaxKind::Int
                | SyntaxKind::Float
                | SyntaxKind::Decimal
                | SyntaxKind::Duration => Color::Cyan.normal(),
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
        for line in ["", "let x = \"a ${b + 1} c\" // why", "\"open", "# ü [1,", "R += {a: 1.5d}"]
        {
            let styled = Colours.highlight(line, 0);
            let text: String = styled.buffer.iter().map(|(_, text)| text.as_str()).collect();
            assert_eq!(text, line);
        }
    }

    #[test]
    fn names_are_completed() {
        let names = Names::default();
        names.set(vec!["Person".to_owned(), "print".to_owned(), "select".to_owned()]);
        let mut completer = WordCompleter { names, summaries: BTreeMap::new() };
        let found = completer.complete("print Per", 9);
        let found: Vec<_> = found.suggestions().iter().map(|it| it.value.clone()).collect();
        assert_eq!(found, ["Person"]);
    }
}
