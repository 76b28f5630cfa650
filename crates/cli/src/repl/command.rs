//! The commands of an interactive session, which are no part of the language.

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command<'a> {
    /// Of a name, or an overview where it is empty.
    Help(&'a str),
    /// What was declared.
    Names,
    /// The state, for guests that show it after each line.
    State,
    Undo,
    Redo,
    Load(&'a str),
    Debug,
    Exit,
    /// Something else behind a colon, where nothing but commands can have one.
    Unknown(&'a str),
}

impl<'a> Command<'a> {
    /// The command that a line is, where `names` and `state` are what the guest calls those two.
    pub(crate) fn parse(line: &'a str, names: &str, state: Option<&str>) -> Option<Self> {
        let line = line.trim();
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let is_one_word = !rest.contains(char::is_whitespace);
        Some(match (name, rest) {
            ("help", word) if is_one_word => Self::Help(word),
            ("load", file) if !file.is_empty() => Self::Load(file),
            ("undo", "") => Self::Undo,
            ("redo", "") => Self::Redo,
            ("debug", "") => Self::Debug,
            ("exit" | "quit", "") => Self::Exit,
            (name, "") if name == names => Self::Names,
            (name, "") if Some(name) == state => Self::State,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_stands_alone_on_its_line() {
        let parse = |line| Command::parse(line, "words", Some("stack"));
        assert_eq!(parse(" help  [ "), Some(Command::Help("[")));
        assert_eq!(parse("load a b.tacit"), Some(Command::Load("a b.tacit")));
        assert_eq!(parse("undo"), Some(Command::Undo));
        assert_eq!(parse("words"), Some(Command::Names));
        assert_eq!(parse("stack"), Some(Command::State));
        assert_eq!(parse("undo 1"), None);
        assert_eq!(parse("load"), None);
        assert_eq!(parse("help a word"), None);
        assert_eq!(Command::parse("stack", "names", None), None);
    }
}
