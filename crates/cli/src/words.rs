//! What is told of Tacit's words: `palindrome words`, and `help` and `words` in a session.

use std::fmt::Write as _;

use source::nearest;
use tacit::{Example, WordHelp, word_help, word_helps};
use tacit_vm::{Memory, WordKind};

use crate::arguments::WordsArguments;
use crate::error::{CliError, exit};
use crate::terminal::show;

/// Columns of a list of words.
const WIDTH: usize = 96;

pub(crate) fn words(arguments: &WordsArguments) -> Result<u8, CliError> {
    let helps = match &arguments.word {
        None => word_helps(),
        Some(word) => match word_help(word) {
            Some(help) => vec![help],
            None => return Err(CliError::UnknownWord { message: unknown(word, None) }),
        },
    };
    let text = if arguments.json {
        let list: Vec<_> = helps.iter().map(to_json).collect();
        format!("{}\n", serde_json::Value::from(list))
    } else if arguments.word.is_some() {
        helps.iter().map(render).collect()
    } else {
        reference(&helps)
    };
    show(&text)?;
    Ok(exit::OK)
}

/// What there is to say about a word, also about one defined in this memory.
pub(crate) fn explain(name: &str, memory: &Memory) -> Option<String> {
    let own = memory.find_word(name).filter(|word| word.kind != WordKind::Library);
    let Some(word) = own else { return word_help(name).map(|help| render(&help)) };
    let kind = match word.kind {
        WordKind::Definition | WordKind::Library => "a word defined here",
        WordKind::Global => "a global variable",
        WordKind::Symbol => "a symbol",
        WordKind::Mark => "a mark, to `forget` back to",
    };
    Some(format!("{name}  {kind}\n"))
}

/// That there is no such word.
pub(crate) fn unknown(name: &str, memory: Option<&Memory>) -> String {
    let names = memory.map_or_else(built_in, tacit::words);
    let hint = nearest(name, names.iter().map(String::as_str));
    let hint = hint.map(|other| format!("; did you mean `{other}`?")).unwrap_or_default();
    format!("there is no word `{name}`{hint}")
}

/// The words that were defined in this memory, newest first.
pub(crate) fn own(memory: &Memory) -> String {
    let own = memory.words().filter(|word| word.kind != WordKind::Library);
    let names: Vec<String> = own.map(|word| memory.text(word.name)).collect();
    if names.is_empty() { "none\n".to_owned() } else { wrapped(&names, "") }
}

/// All words that every program has, by what they are about.
pub(crate) fn overview() -> String {
    let mut text = String::new();
    for (group, helps) in groups(&word_helps()) {
        let names: Vec<String> = helps.iter().map(|help| help.name.clone()).collect();
        let _ = write!(text, "{group}\n{}", wrapped(&names, "  "));
    }
    text
}

/// Every word in a line, by what they are about.
fn reference(helps: &[WordHelp]) -> String {
    let mut text = String::new();
    for (group, helps) in groups(helps) {
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "{group}");
        for help in helps {
            let first = help.description.split_inclusive(". ").next().unwrap_or_default();
            let (name, effect, first) = (&help.name, &help.effect, first.trim());
            let _ = writeln!(text, "  {name:<15} {effect:<26} {first}");
        }
    }
    text
}

fn render(help: &WordHelp) -> String {
    let mut text = format!("{}  {}  [{}]\n", help.name, help.effect, help.group);
    let _ = writeln!(text, "  {}", help.description);
    if !help.aliases.is_empty() {
        let _ = writeln!(text, "  also: {}", help.aliases.join(" "));
    }
    let width = help.examples.iter().map(|it| it.program.chars().count()).max().unwrap_or(0);
    for Example { program, expected } in &help.examples {
        let _ = writeln!(text, "    {program:<width$}  → {expected}");
    }
    text
}

fn to_json(help: &WordHelp) -> serde_json::Value {
    let WordHelp { name, effect, description, examples, group, aliases } = help;
    let examples = examples.iter().map(|Example { program, expected }| {
        serde_json::json!({ "program": program, "expected": expected })
    });
    serde_json::json!({
        "name": name,
        "effect": effect,
        "description": description,
        "examples": examples.collect::<Vec<_>>(),
        "group": group,
        "aliases": aliases,
    })
}

/// Neighbours of the same group together.
fn groups(helps: &[WordHelp]) -> impl Iterator<Item = (&str, &[WordHelp])> {
    let runs = helps.chunk_by(|before, after| before.group == after.group);
    runs.map(|run| (run.first().map_or("", |help| help.group), run))
}

fn built_in() -> Vec<String> {
    let helps = word_helps();
    helps
        .into_iter()
        .flat_map(|help| {
            let aliases = help.aliases.into_iter().map(str::to_owned);
            aliases.chain([help.name]).collect::<Vec<_>>()
        })
        .collect()
}

/// Names in lines that are not too long.
fn wrapped(names: &[String], indent: &str) -> String {
    let mut text = String::new();
    let mut line = indent.to_owned();
    for name in names {
        if line.chars().count() + 1 + name.chars().count() > WIDTH {
            let _ = writeln!(text, "{}", line.trim_end());
            line = indent.to_owned();
        }
        let _ = write!(line, "{name} ");
    }
    let _ = writeln!(text, "{}", line.trim_end());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_in_the_overview() {
        let text = overview();
        for help in word_helps() {
            assert!(text.split_whitespace().any(|word| word == help.name), "{}", help.name);
        }
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
    }

    #[test]
    fn a_slip_is_told() {
        assert!(unknown("dupp", None).contains("`dup`"));
    }
}
