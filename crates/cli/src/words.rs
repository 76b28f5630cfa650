//! `palindrome words`: what is told of Tacit's words, also by `help` and `words` in a session, and of
//! the functions of Achronyme.

use std::fmt::Write as _;

use ::achronyme::{explain_function, function_help, function_helps, functions_in_lines};
use source::nearest;
use tacit::{Example, WordHelp, word_help, word_helps};
use tacit_vm::{Memory, WordKind};

use crate::achronyme::functions;
use crate::arguments::WordsArguments;
use crate::error::{CliError, exit};
use crate::guest::{Guest as _, GuestName};
use crate::pvm::Pvm;
use crate::terminal::show;

/// Columns of a list of words.
const WIDTH: usize = 96;

pub(crate) fn words(arguments: &WordsArguments) -> Result<u8, CliError> {
    let names: Vec<&str> = arguments.names.iter().map(String::as_str).collect();
    let guest = names.first().and_then(|name| GuestName::spoken(name));
    let name = if guest.is_some() { names.get(1) } else { names.first() }.copied();
    if guest.is_none() && names.len() > 1 {
        let message =
            format!("`{}` is no guest with words: tacit and achronyme have some", names[0]);
        return Err(CliError::Usage(message));
    }
    let text = match guest {
        Some(GuestName::Pvm) => {
            let message =
                format!("{} has no words: docs/isa/pvm.md has its instructions", Pvm::NAME);
            return Err(CliError::Usage(message));
        }
        Some(GuestName::Palindrome) => {
            let message = "Palindrome's functions are not listed yet";
            return Err(CliError::Usage(message.to_owned()));
        }
        Some(GuestName::Achronyme) => of_achronyme(name, arguments.json)?,
        Some(GuestName::Tacit) => of_tacit(name, arguments.json)?,
        None => match of_tacit(name, arguments.json) {
            Err(error) => of_achronyme(name, arguments.json).map_err(|_| error)?,
            found => found?,
        },
    };
    show(&text)?;
    Ok(exit::OK)
}

fn of_tacit(name: Option<&str>, is_json: bool) -> Result<String, CliError> {
    let helps = match name {
        None => word_helps(),
        Some(word) => match word_help(word) {
            Some(help) => vec![help],
            None => return Err(CliError::UnknownWord { message: unknown(word, None) }),
        },
    };
    Ok(if is_json {
        json(helps.iter().map(to_json))
    } else if name.is_some() {
        helps.iter().map(render).collect()
    } else {
        reference(&helps)
    })
}

fn of_achronyme(name: Option<&str>, is_json: bool) -> Result<String, CliError> {
    let Some(name) = name else {
        let helps = function_helps();
        return Ok(if is_json {
            json(helps.iter().map(functions::to_json))
        } else {
            functions_in_lines()
        });
    };
    let found = if is_json {
        function_help(name).map(|help| json([functions::to_json(&help)].into_iter()))
    } else {
        explain_function(name)
    };
    found.ok_or_else(|| CliError::UnknownWord { message: functions::unknown(name, &[]) })
}

/// Whether it is the name of a word or function, or how one speaks of a guest that has some.
pub(crate) fn is_known(name: &str) -> bool {
    GuestName::spoken(name).is_some()
        || word_help(name).is_some()
        || explain_function(name).is_some()
}

fn json(list: impl Iterator<Item = serde_json::Value>) -> String {
    format!("{}\n", list.collect::<serde_json::Value>())
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
    for (group, helps) in groups(&word_helps(), |help| help.group) {
        let names: Vec<String> = helps.iter().map(|help| help.name.clone()).collect();
        let _ = write!(text, "{group}\n{}", wrapped(&names, "  "));
    }
    text
}

/// Every word in a line, by what they are about.
fn reference(helps: &[WordHelp]) -> String {
    let mut text = String::new();
    for (group, helps) in groups(helps, |help| help.group) {
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
fn groups<T>(
    helps: &[T],
    group: impl Fn(&T) -> &'static str + Copy,
) -> impl Iterator<Item = (&'static str, &[T])> {
    let runs = helps.chunk_by(move |before, after| group(before) == group(after));
    runs.map(move |run| (run.first().map_or("", group), run))
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
