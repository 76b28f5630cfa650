//! The commands of an interactive session, which are no words of the language.

use tacit_vm::{Vm, WordKind};

/// How they are written, and what they do.
pub(crate) const COMMANDS: [(&str, &str); 8] = [
    ("help [WORD]", "Lists the words by what they are about, or explains one"),
    ("words", "Lists the words that were defined here"),
    ("stack", "Shows the stack"),
    ("undo", "Takes the last line back"),
    ("redo", "Does a line again that was taken back"),
    ("load FILE", "Runs a file"),
    ("debug", "Looks at the session with the debugger, from the last line back to the first"),
    ("exit", "Ends the session, as Ctrl-D does"),
];

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command<'a> {
    /// Of a word, or an overview where it is empty.
    Help(&'a str),
    Words,
    Stack,
    Undo,
    Redo,
    Load(&'a str),
    Debug,
    Exit,
}

impl<'a> Command<'a> {
    /// The command that a line is, if it is one. A word that the user has defined goes first.
    pub(crate) fn read(line: &'a str, machine: &Vm) -> Option<Self> {
        let command = Self::parse(line)?;
        let name = line.split_whitespace().next().unwrap_or_default();
        let word = machine.memory().find_word(name);
        let is_taken = word.is_some_and(|word| word.kind != WordKind::Library);
        (!is_taken || command == Self::Exit).then_some(command)
    }

    /// Whatever is defined.
    pub(crate) fn parse(line: &'a str) -> Option<Self> {
        let line = line.trim();
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let is_one_word = !rest.contains(char::is_whitespace);
        Some(match (name, rest) {
            ("help", word) if is_one_word => Self::Help(word),
            ("load", file) if !file.is_empty() => Self::Load(file),
            ("words", "") => Self::Words,
            ("stack", "") => Self::Stack,
            ("undo", "") => Self::Undo,
            ("redo", "") => Self::Redo,
            ("debug", "") => Self::Debug,
            ("exit" | "quit", "") => Self::Exit,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_stands_alone_on_its_line() {
        assert_eq!(Command::parse(" help  [ "), Some(Command::Help("[")));
        assert_eq!(Command::parse("load a b.tacit"), Some(Command::Load("a b.tacit")));
        assert_eq!(Command::parse("undo"), Some(Command::Undo));
        assert_eq!(Command::parse("undo 1"), None);
        assert_eq!(Command::parse("load"), None);
        assert_eq!(Command::parse("help a word"), None);
    }
}
