//! What can be said about every word: for `help`, completion and the reference page.

use std::fmt::Write as _;

use tacit_vm::{Instruction, Memory, WordKind};

use crate::alias::ALIASES;
use crate::effect;
use crate::keyword::KEYWORDS;
use crate::library;

/// What is said about a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordHelp {
    /// Its name.
    pub name: String,
    /// What it takes and leaves: `( a b -- c )`; of syntax how it is written.
    pub effect: String,
    /// What it does.
    pub description: String,
    /// Programs that show it.
    pub examples: Vec<Example>,
    /// What it belongs to.
    pub group: &'static str,
    /// Its other names.
    pub aliases: Vec<&'static str>,
}

/// A program that shows a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The program.
    pub program: String,
    /// What it leaves on the stack; after `out:` what it prints, and then after `stack:` what it
    /// leaves.
    pub expected: String,
}

/// The groups of built-in words, with their first opcodes.
const GROUPS: &[(u8, &str)] = &[
    (0x20, "Stack"),
    (0x30, "Arithmetic"),
    (0x58, "Comparison and logic"),
    (0x65, "Constants"),
    (0x70, "Code"),
    (0x80, "Vectors, dictionaries, arrays"),
    (0xa0, "Strings"),
    (0xb0, "Sequences"),
    (0xc8, "Input and output"),
    (0xd4, "Tasks"),
    (0xde, "Interfaces"),
    (0xe5, "Memory"),
];

/// All words: the syntax, the built-in ones, those of the library.
#[must_use]
pub fn word_helps() -> Vec<WordHelp> {
    let syntax = KEYWORDS.iter().map(crate::keyword::Keyword::help);
    syntax.chain(built_in_helps()).chain(library::helps()).collect()
}

/// What is said about a word, also by another name of it.
#[must_use]
pub fn word_help(name: &str) -> Option<WordHelp> {
    word_helps().into_iter().find(|help| help.name == name || help.aliases.contains(&name))
}

/// Every name that can be written now, ascending: for completion.
#[must_use]
pub fn words(memory: &Memory) -> Vec<String> {
    let own = memory.words().filter(|word| word.kind != WordKind::Library);
    let mut names: Vec<_> = own.map(|word| memory.text(word.name)).collect();
    for help in word_helps() {
        names.extend(help.aliases.iter().map(|alias| (*alias).to_owned()));
        names.push(help.name);
    }
    names.sort();
    names.dedup();
    names
}

/// Renders all words as a Markdown page.
#[must_use]
pub fn word_reference() -> String {
    let mut page = String::from(
        "# The words of Tacit\n\n\
         This page is made from the compiler's tables by `cargo xtask codegen`. Examples show what \
         is on the stack afterwards, or after `out:` what is printed; tests run every one.\n",
    );
    let mut group = "";
    for help in word_helps() {
        if help.group != group {
            group = help.group;
            let _ = write!(page, "\n## {group}\n");
        }
        let effect = if help.effect.is_empty() {
            String::new()
        } else {
            format!(" — `` {} ``", help.effect)
        };
        let _ = write!(page, "\n### `` {} ``{effect}\n\n{}\n", help.name, help.description);
        if !help.aliases.is_empty() {
            let names: Vec<_> = help.aliases.iter().map(|alias| format!("`` {alias} ``")).collect();
            let _ = write!(page, "\nAlso {}.\n", names.join(", "));
        }
        if !help.examples.is_empty() {
            let lines: Vec<_> = help
                .examples
                .iter()
                .map(|Example { program, expected }| format!("{program}   // {expected}"))
                .collect();
            let _ = write!(page, "\n```text\n{}\n```\n", lines.join("\n"));
        }
    }
    page
}

fn built_in_helps() -> impl Iterator<Item = WordHelp> {
    let words = Instruction::TABLE.iter().filter(|op| !op.mnemonic.starts_with('('));
    words.map(|op| {
        let (description, examples) = parts(op.doc);
        let group = GROUPS.iter().rev().find(|(first, _)| *first <= op.code);
        WordHelp {
            name: op.mnemonic.to_owned(),
            effect: effect::shown(op),
            description,
            examples,
            group: group.map_or("", |(_, name)| name),
            aliases: ALIASES
                .iter()
                .filter(|(_, word)| *word == op.mnemonic)
                .map(|(alias, _)| *alias)
                .collect(),
        }
    })
}

/// The description and the examples of a documentation text.
fn parts(doc: &str) -> (String, Vec<Example>) {
    let mut parts = doc.split("Example:");
    let text = parts.next().unwrap_or_default();
    let description = match effect::split(text) {
        Some((before, _, after)) => format!("{} {}", before.trim(), after.trim()),
        None => text.to_owned(),
    };
    let description = description.trim().to_owned();
    (description, parts.filter_map(example).collect())
}

fn example(text: &str) -> Option<Example> {
    let (program, expected) = text.split_once('→')?;
    let program = program.trim().strip_prefix('`')?.strip_suffix('`')?;
    let expected = expected.trim().strip_prefix('`')?.strip_suffix('`')?;
    let (program, expected) = (program.trim().to_owned(), expected.trim().to_owned());
    Some(Example { program, expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_is_taken_apart() {
        let help = word_help("len").expect("a word");
        assert_eq!(help.name, "length");
        assert_eq!(help.effect, "( c -- n )");
        assert_eq!(help.description, "How many elements, entries or characters.");
        assert_eq!(help.examples[0].program, "[ 7 8 9 ] length");
        assert_eq!(help.examples[0].expected, "3");
        assert_eq!(help.group, "Vectors, dictionaries, arrays");
        let average = word_help("avg").expect("a word");
        assert_eq!(average.effect, "( a b -- r ) or ( v -- r )");
        assert_eq!(average.examples.len(), 2);
        assert_eq!(
            word_help("for-each").expect("a word").description,
            "Runs `f` with each element."
        );
        assert_eq!(word_help("yield").expect("a word").examples[0].expected, "");
    }

    #[test]
    fn every_example_of_the_tables_is_found() {
        let shown: usize = built_in_helps().map(|help| help.examples.len()).sum();
        let words = Instruction::TABLE.iter().filter(|op| !op.mnemonic.starts_with('('));
        let written: usize = words.map(|op| op.doc.matches("Example:").count()).sum();
        assert_eq!(shown, written);
    }

    #[test]
    fn every_word_has_one_name_and_a_description() {
        let helps = word_helps();
        for help in &helps {
            assert!(!help.description.is_empty(), "{}", help.name);
            assert_eq!(
                helps.iter().filter(|other| other.name == help.name).count(),
                1,
                "{}",
                help.name
            );
            for alias in &help.aliases {
                assert!(helps.iter().all(|other| other.name != *alias), "{alias}");
            }
        }
    }
}
