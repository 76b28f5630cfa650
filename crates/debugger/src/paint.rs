//! Colours, where they are wanted.

use source::visible;

/// Whether and how to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    /// Whether to colour at all.
    pub is_coloured: bool,
    /// How source texts are coloured.
    pub syntax: Syntax,
}

/// What is known of a language for colouring its lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Syntax {
    /// What begins a remark.
    pub remark: &'static str,
    /// Words that belong to the language.
    pub keywords: &'static [&'static str],
}

/// What begins a remark in the text of an instruction.
const LISTING: Syntax = Syntax { remark: ";", keywords: &[] };

impl Paint {
    /// What stands out.
    pub(crate) fn strong(self, text: &str) -> String {
        self.with("1", text)
    }

    /// What went wrong.
    pub(crate) fn bad(self, text: &str) -> String {
        self.with("1;31", text)
    }

    /// Where one is.
    pub(crate) fn here(self, text: &str) -> String {
        self.with("1;32", text)
    }

    /// Why one stopped.
    pub(crate) fn reason(self, text: &str) -> String {
        self.with("1;33", text)
    }

    /// A line of a source text: remarks, texts, numbers and keywords are told apart.
    pub(crate) fn code(self, line: &str) -> String {
        self.coloured(line, self.syntax)
    }

    /// An instruction.
    pub(crate) fn listing(self, line: &str) -> String {
        self.coloured(line, LISTING)
    }

    fn coloured(self, line: &str, syntax: Syntax) -> String {
        let line = visible(line);
        if !self.is_coloured {
            return line;
        }
        let mut text = String::new();
        let mut rest = line.as_str();
        while let Some(first) = rest.chars().next() {
            let (length, code) = token(rest, first, syntax);
            let (piece, more) = rest.split_at(length);
            match code {
                Some(code) => text.push_str(&self.with(code, piece)),
                None => text.push_str(piece),
            }
            rest = more;
        }
        text
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.is_coloured { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// How long the piece at the start of a text is, and its colour.
fn token(text: &str, first: char, syntax: Syntax) -> (usize, Option<&'static str>) {
    if !syntax.remark.is_empty() && text.starts_with(syntax.remark) {
        return (text.len(), Some("2"));
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let until = |is_end: &dyn Fn(char) -> bool| text.find(is_end).unwrap_or(text.len());
    match first {
        '"' => {
            let mut is_escaped = false;
            let end = text.char_indices().skip(1).find(|(_, c)| {
                let is_end = *c == '"' && !is_escaped;
                is_escaped = *c == '\\' && !is_escaped;
                is_end
            });
            (end.map_or(text.len(), |(at, _)| at + 1), Some("32"))
        }
        '0'..='9' => {
            // Two points are a range.
            let end = until(&|c| !is_part(c));
            (text[..end].find("..").unwrap_or(end), Some("36"))
        }
        '.' if text.starts_with("..") => (2, None),
        c if is_part(c) => {
            let length = until(&|c| !is_part(c));
            let is_keyword = syntax.keywords.contains(&&text[..length]);
            (length, is_keyword.then_some("35"))
        }
        c => (c.len_utf8(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_texts_numbers_and_keywords_have_colours() {
        let syntax = Syntax { remark: "//", keywords: &["let"] };
        let paint = Paint { is_coloured: true, syntax };
        let colour = |code: &str, text: &str| format!("\x1b[{code}m{text}\x1b[0m");
        let expected = [
            &colour("35", "let"),
            " lets = ",
            &colour("32", "\"// 1\""),
            " + ",
            &colour("36", "2.5"),
            " ",
            &colour("2", "// \"why\" 3"),
        ];
        assert_eq!(paint.code("let lets = \"// 1\" + 2.5 // \"why\" 3"), expected.concat());
        let range = [&colour("36", "1"), "..", &colour("36", "2.5"), "..", &colour("36", "9")];
        assert_eq!(paint.code("1..2.5..9"), range.concat());
        assert_eq!(paint.code("\"open"), colour("32", "\"open"));
        assert_eq!(Paint { is_coloured: false, syntax }.code("let 1"), "let 1");
    }
}
