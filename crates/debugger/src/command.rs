//! The commands: one table, from which reading, help, completion and the reference page come.

use std::fmt::Write as _;

/// One command.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// What it does, for programs.
    pub verb: Verb,
    /// Its name.
    pub name: &'static str,
    /// Shorter or older names.
    pub aliases: &'static [&'static str],
    /// Its arguments, as `help` shows them.
    pub arguments: &'static str,
    /// The command that leads back, where there is one.
    pub inverse: &'static str,
    /// What it is about.
    pub group: Group,
    /// What it does, in a sentence without a full stop.
    pub summary: &'static str,
}

/// What a command is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Going through time.
    Moving,
    /// Where to stop.
    Stopping,
    /// What is there now.
    Looking,
    /// What was there at other times.
    Searching,
    /// What might have been.
    Branching,
    /// Keeping things, and the rest.
    Session,
}

impl Group {
    /// Every group, in the order in which help shows them.
    pub const ALL: [Self; 6] = [
        Self::Moving,
        Self::Stopping,
        Self::Looking,
        Self::Searching,
        Self::Branching,
        Self::Session,
    ];

    /// Its title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Moving => "moving through time",
            Self::Stopping => "stopping, in both directions",
            Self::Looking => "looking, without side effects",
            Self::Searching => "asking the past",
            Self::Branching => "what if",
            Self::Session => "the session",
        }
    }
}

/// Defines [`Verb`] and [`COMMANDS`] from the rows.
macro_rules! commands {
    ($($group:ident { $($(#[doc = $doc:literal])* $verb:ident = $name:literal [$($alias:literal)*]
        $arguments:literal <-> $inverse:literal;)* })*) => {
        /// What a command does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Verb { $($($(#[doc = $doc])* $verb,)*)* }

        /// Every command.
        pub const COMMANDS: &[Command] = &[$($(Command {
            verb: Verb::$verb,
            name: $name,
            aliases: &[$($alias),*],
            arguments: $arguments,
            inverse: $inverse,
            group: Group::$group,
            summary: concat!($($doc),*).trim_ascii(),
        },)*)*];
    };
}

commands! {
    Moving {
    /// Goes to the next source line, into calls; N times
    Step = "step" ["s"] "[N]" <-> "back";
    /// Goes back to the source line before, into calls; N times
    Back = "back" ["rs" "rstep"] "[N]" <-> "step";
    /// Goes to the next source line, over calls; N times
    Next = "next" ["n"] "[N]" <-> "rnext";
    /// Goes back to the source line before, over calls; N times
    RNext = "rnext" ["rn"] "[N]" <-> "next";
    /// Goes on until the function has returned
    Finish = "finish" ["fin"] "" <-> "rfinish";
    /// Goes back to where the function was called
    RFinish = "rfinish" ["rfin"] "" <-> "finish";
    /// Goes N instructions forward
    StepI = "stepi" ["si"] "[N]" <-> "backi";
    /// Goes N instructions back
    BackI = "backi" ["bi" "rsi"] "[N]" <-> "stepi";
    /// Goes on to the next breakpoint, watch, fault or end
    Continue = "continue" ["c" "run" "r"] "" <-> "rcontinue";
    /// Goes back to the breakpoint or watch before, or to the start
    RContinue = "rcontinue" ["rc"] "" <-> "continue";
    /// Goes to any moment
    Goto = "goto" ["g"] "TICK|PERCENT%|start|end|MARK|LINE:N" <-> "undo";
    /// Goes back to where the last move began
    Undo = "undo" [] "" <-> "goto";
    }
    Stopping {
    /// Stops where control arrives there, if the condition holds
    Break = "break" ["b"] "FILE:LINE|LINE|FUNCTION [if COND]" <-> "delete";
    /// Stops where a value changes; with -c, where a condition becomes true
    Watch = "watch" ["w"] "LOCATION [--all] | -c COND" <-> "delete";
    /// Forgets a breakpoint or watch
    Delete = "delete" ["d"] "N|all" <-> "break";
    /// Lists breakpoints and watches
    Breakpoints = "breakpoints" ["bl"] "" <-> "";
    }
    Looking {
    /// Shows where time stands
    Where = "where" ["wh"] "" <-> "";
    /// Shows a value, now or at another moment
    Print = "print" ["p"] "EXPR [at TICK]" <-> "";
    /// Shows the variables that are seen here
    Locals = "locals" ["l"] "" <-> "";
    /// Shows the calls that led here, innermost first
    Stack = "stack" ["bt" "backtrace"] "" <-> "";
    /// Shows the registers
    Registers = "registers" ["regs"] "" <-> "";
    /// Shows bytes of the tape
    Tape = "tape" ["x"] "ADDR [LEN]" <-> "";
    /// Shows the source around here, or around a line
    Source = "source" ["list" "src"] "[LINE|FILE:LINE|FUNCTION]" <-> "";
    /// Shows N instructions from here on
    Disasm = "disasm" ["dis"] "[N]" <-> "";
    /// Shows what the program has written so far
    Output = "output" ["out"] "" <-> "";
    }
    Searching {
    /// Finds the latest change: the moment, the line, the value before and after
    LastWrite = "last-write" ["lw"] "LOCATION" <-> "";
    /// Follows a value back: where it was computed, and from what
    Origin = "origin" [] "EXPR [--deep]" <-> "";
    /// Shows all values over the past, as a table, a chart or comma-separated
    History = "history" ["hist"] "EXPR [at LINE] [--plot|--csv|--all]" <-> "";
    /// Prints a text with values for every pass of a line in the past
    Log = "log" [] "LINE \"text {EXPR}\"" <-> "";
    }
    Branching {
    /// Changes a value, which starts a branch from here
    Set = "set" [] "LOCATION = VALUE" <-> "undo";
    /// Starts a branch from here
    Branch = "branch" [] "NAME" <-> "switch";
    /// Lists the branches
    Branches = "branches" [] "" <-> "";
    /// Goes to where a branch was left
    Switch = "switch" [] "NAME" <-> "undo";
    /// Shows where two branches or moments first differ, and in what
    Compare = "compare" ["diff"] "A B" <-> "";
    /// Folds a branch into this one
    Merge = "merge" [] "BRANCH STRATEGY" <-> "";
    /// Takes a changed program, and shows what it does otherwise with the same input
    Edit = "edit" [] "FILE|back" <-> "";
    }
    Session {
    /// Names this moment
    Mark = "mark" ["m"] "NAME" <-> "";
    /// Lists the marks and notes
    Marks = "marks" ["notes"] "" <-> "";
    /// Keeps a remark about this moment
    Note = "note" [] "TEXT" <-> "";
    /// Saves a recording, to be opened here or on another machine
    Save = "save" [] "FILE" <-> "";
    /// Writes a page that shows the run
    Export = "export" [] "--html FILE" <-> "";
    /// Says how much past is kept, and what a jump costs
    Info = "info" ["i"] "" <-> "";
    /// Lists the commands, or explains one
    Help = "help" ["h" "?"] "[COMMAND]" <-> "";
    /// Ends the session
    Quit = "quit" ["q" "exit"] "" <-> "";
    }
}

impl Command {
    /// The command of this name or alias.
    #[must_use]
    pub fn find(word: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.name == word || command.aliases.contains(&word))
    }

    /// The command most like this word.
    #[must_use]
    pub fn nearest(word: &str) -> Option<&'static str> {
        source::nearest(word, COMMANDS.iter().map(|command| command.name))
    }

    /// The row of `verb`.
    pub(crate) fn of(verb: Verb) -> &'static Self {
        let row = COMMANDS.iter().find(|command| command.verb == verb);
        row.expect("every verb comes from a row")
    }

    /// The words that its arguments may be, whatever the program: options such as `--deep`, and the
    /// commands that `help` explains.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + use<> {
        let words = self.arguments.split(|c: char| c.is_whitespace() || "[]|".contains(c));
        let explained: &[Self] = if self.verb == Verb::Help { COMMANDS } else { &[] };
        let names = explained.iter().map(|command| command.name);
        words.filter(|word| word.starts_with('-')).chain(names)
    }

    /// The name with the arguments.
    #[must_use]
    pub fn usage(&self) -> String {
        format!("{} {}", self.name, self.arguments).trim_end().to_owned()
    }
}

/// The reference page's tables, in Markdown.
#[must_use]
pub fn reference() -> String {
    let mut page = String::new();
    for group in Group::ALL {
        let _ = writeln!(page, "### {}\n", sentence(group.title()));
        page.push_str("| command | also | does | way back |\n|---|---|---|---|\n");
        for command in COMMANDS.iter().filter(|command| command.group == group) {
            let quoted = |name: &&str| format!("`{name}`");
            let aliases: Vec<String> = command.aliases.iter().map(quoted).collect();
            let back = if command.inverse.is_empty() { "" } else { &quoted(&command.inverse) };
            let usage = command.usage().replace('|', "\\|");
            let (aliases, summary) = (aliases.join(" "), command.summary);
            let _ = writeln!(page, "| `{usage}` | {aliases} | {summary} | {back} |");
        }
        page.push('\n');
    }
    page
}

fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_commands_share_a_name() {
        let mut seen = BTreeSet::new();
        for command in COMMANDS {
            for name in command.aliases.iter().chain([&command.name]) {
                assert!(seen.insert(*name), "{name} twice");
            }
        }
    }

    #[test]
    fn the_way_back_leads_to_a_command() {
        for command in COMMANDS.iter().filter(|command| !command.inverse.is_empty()) {
            assert!(Command::find(command.inverse).is_some(), "{}", command.inverse);
        }
    }

    #[test]
    fn moves_are_each_other_s_way_back() {
        for name in ["step", "next", "finish", "stepi", "continue"] {
            let there = Command::find(name).unwrap();
            assert_eq!(Command::find(there.inverse).unwrap().inverse, name);
        }
    }

    #[test]
    fn a_slip_finds_the_command_that_was_meant() {
        assert_eq!(Command::nearest("contineu"), Some("continue"));
        assert_eq!(Command::nearest("banana"), None);
    }
}
