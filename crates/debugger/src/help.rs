//! `help`, out of the table of commands.

use std::fmt::Write as _;

use machine::{Edit, Inspect, Machine};

use crate::command::{COMMANDS, Command, Group};
use crate::debugger::Debugger;
use crate::details::details;
use crate::error::CommandError;
use crate::reply::Reply;

impl<M: Machine + Inspect + Edit> Debugger<M> {
    pub(crate) fn help(&self, word: &str) -> Result<Reply, CommandError> {
        if word.is_empty() {
            return Ok(Reply::text(self.overview()));
        }
        let command = Command::find(word).ok_or_else(|| CommandError::UnknownCommand {
            word: word.to_owned(),
            nearest: Command::nearest(word).map(str::to_owned),
        })?;
        let mut text = format!("{}\n  {}\n", self.paint.strong(&command.usage()), command.summary);
        if !command.aliases.is_empty() {
            let _ = writeln!(text, "  also: {}", command.aliases.join(", "));
        }
        if !command.inverse.is_empty() {
            let _ = writeln!(text, "  way back: {}", command.inverse);
        }
        for line in details(command.verb).lines() {
            let _ = writeln!(text, "  {line}");
        }
        Ok(Reply::text(text))
    }

    fn overview(&self) -> String {
        let mut text = String::new();
        for group in Group::ALL {
            let _ = writeln!(text, "{}", self.paint.strong(group.title()));
            for command in COMMANDS.iter().filter(|command| command.group == group) {
                let short = command.aliases.first().map(|alias| format!(" ({alias})"));
                let head = format!("{}{}", command.usage(), short.unwrap_or_default());
                if head.chars().count() > 34 {
                    let _ = writeln!(text, "  {head}\n  {:34}  {}", "", command.summary);
                } else {
                    let _ = writeln!(text, "  {head:34}  {}", command.summary);
                }
            }
        }
        text
    }
}
