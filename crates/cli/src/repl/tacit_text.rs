//! What the line editor knows of Tacit: completion and colours.

use std::collections::BTreeMap;

use reedline::{Color, Completer, CompletionResult, Highlighter, StyledText};

use crate::editor::{Names, suggest};

/// Completes a word.
pub(crate) struct WordCompleter {
    /// All that can be written.
    pub(crate) names: Names,
    /// What built-in words do, in a sentence.
    pub(crate) summaries: BTreeMap<String, String>,
}

impl Completer for WordCompleter {
    fn complete(&mut self, line: &str, position: usize) -> CompletionResult {
        let before = line.get(..position).unwrap_or(line);
        let start = before.rfind(|c: char| c.is_whitespace() || "(\"'`".contains(c));
        let start = start.map_or(0, |at| at + 1);
        let word = before.get(start..).unwrap_or_default();
        let names = self.names.matching(|name| name.starts_with(word));
        let suggestions = names.iter().map(|name| {
            suggest(name, self.summaries.get(name).map(String::as_str), start, position)
        });
        CompletionResult::fresh(suggestions.collect::<Vec<_>>())
    }
}

/// Colours comments, strings, numbers and syntax.
pub(crate) struct Colours;

impl Highlighter for Colours {
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        let mut styled = StyledText::new();
        for piece in pieces(line) {
            let style = match kind(piece) {
                Kind::Comment => Color::DarkGray.normal(),
                Kind::Text => Color::Green.normal(),
                Kind::Number => Color::Cyan.normal(),
                Kind::Syntax => Color::Purple.bold(),
                Kind::Other => Color::Default.normal(),
            };
            styled.push((style, piece.to_owned()));
        }
        styled
    }
}

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Comment,
    Text,
    Number,
    Syntax,
    Other,
}

/// The line in comments, strings, words and blanks; together they are the line.
fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let ends = |end: fn(char) -> bool| rest.find(end).unwrap_or(rest.len());
        let length = match first {
            _ if rest.starts_with("//") => ends(|c| c == '\n'),
            '"' => string_length(rest),
            '(' | ')' | ':' | '\'' | '`' => 1,
            blank if blank.is_whitespace() => ends(|c| !c.is_whitespace()),
            _ => ends(|c| c.is_whitespace() || "()\"'`:".contains(c)),
        };
        let (piece, after) = rest.split_at(length.max(first.len_utf8()));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        if character == '"' && !is_escaped {
            return at + 1;
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    text.len()
}

fn kind(piece: &str) -> Kind {
    const SYNTAX: [&str; 20] = [
        ":", ";", "(", ")", "{", "}", "IF", "ELSE", "WHILE", "DO", "SWITCH", "->", "to", "value",
        "symbol", "mark", "forget", "`", "'", "else",
    ];
    let number = piece.strip_prefix(['-', '+']).unwrap_or(piece);
    if piece.starts_with("//") {
        Kind::Comment
    } else if piece.starts_with('"') {
        Kind::Text
    } else if number.trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit()) {
        Kind::Number
    } else if SYNTAX.contains(&piece) {
        Kind::Syntax
    } else {
        Kind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_of_a_line_are_the_line() {
        for line in ["", "1 dup", ": f \"a\\\"b\" . ; // end", "\"open", "ü(é)", "`a'b:[ 1 ]:"] {
            assert_eq!(pieces(line).concat(), line);
        }
    }

    #[test]
    fn strings_and_comments_are_told_from_words() {
        let kinds = |line: &'static str| pieces(line).into_iter().map(kind).collect::<Vec<_>>();
        assert_eq!(kinds("\"a // b\""), [Kind::Text]);
        assert_eq!(kinds("// \"a\""), [Kind::Comment]);
        assert_eq!(kinds("-1.5"), [Kind::Number]);
        assert_eq!(kinds("-rot"), [Kind::Other]);
    }
}
