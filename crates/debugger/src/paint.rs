//! Colours, where they are wanted.

use source::visible;

/// Whether and how to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    /// Whether to colour at all.
    pub is_coloured: bool,
}

impl Paint {
    /// What stands out.
    pub(crate) fn strong(self, text: &str) -> String {
        self.with("1", text)
    }

    /// What stands back.
    pub(crate) fn faint(self, text: &str) -> String {
        self.with("2", text)
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

    /// A line of a program: its comment stands back.
    pub(crate) fn code(self, line: &str) -> String {
        let line = visible(line);
        match line.find(';') {
            Some(at) if self.is_coloured => format!("{}{}", &line[..at], self.faint(&line[at..])),
            _ => line,
        }
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.is_coloured { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
