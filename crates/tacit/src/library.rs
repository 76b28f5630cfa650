//! The library: words written in Tacit, compiled into a unit when it uses them.
//!
//! A comment right above a definition is what is said about the word; words without one are the
//! library's own business. A library word sees other words of the library and built-in ones only.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use source::SourceId;

use crate::effect::{Effect, known};
use crate::help::{Example, WordHelp};
use crate::syntax::ast::{Definition, ItemKind};
use crate::syntax::parser::parse;

/// The files: names, as messages and debuggers show them, and texts.
pub(crate) const FILES: &[(&str, &str)] = &[
    ("library/combinators.tacit", include_str!("../library/combinators.tacit")),
    ("library/numbers.tacit", include_str!("../library/numbers.tacit")),
    ("library/statistics.tacit", include_str!("../library/statistics.tacit")),
    ("library/text.tacit", include_str!("../library/text.tacit")),
    ("library/json.tacit", include_str!("../library/json.tacit")),
    ("library/sorting.tacit", include_str!("../library/sorting.tacit")),
    ("library/vectors.tacit", include_str!("../library/vectors.tacit")),
    ("library/matrices.tacit", include_str!("../library/matrices.tacit")),
    ("library/sets.tacit", include_str!("../library/sets.tacit")),
];

/// What the words of each file are called together.
const GROUPS: &[&str] = &[
    "Library: combinators",
    "Library: numbers",
    "Library: statistics",
    "Library: text",
    "Library: JSON",
    "Library: sorting",
    "Library: vectors",
    "Library: matrices",
    "Library: sets",
];

/// A word of the library.
#[derive(Debug)]
pub(crate) struct LibraryWord {
    /// Number of its file.
    pub(crate) file: usize,
    pub(crate) definition: Definition,
    help: Option<WordHelp>,
}

impl LibraryWord {
    /// What the comment after its name says.
    pub(crate) fn effect(&self) -> Effect {
        self.definition.effect.and_then(|(takes, gives, _)| known(takes, gives))
    }
}

static LIBRARY: LazyLock<BTreeMap<String, LibraryWord>> = LazyLock::new(|| {
    let mut words = BTreeMap::new();
    for (file, (_, text)) in FILES.iter().enumerate() {
        for item in parse(text, SourceId::default()).items {
            if let ItemKind::Definition(definition) = item.kind {
                let start = definition.name.span.start as usize;
                let help = help(text, start, &definition, GROUPS[file]);
                let name = definition.name.text.clone();
                words.insert(name, LibraryWord { file, definition: *definition, help });
            }
        }
    }
    words
});

/// A word by its name.
pub(crate) fn find(name: &str) -> Option<&'static LibraryWord> {
    LIBRARY.get(name)
}

/// The names of words for everybody.
pub(crate) fn names<'a>() -> impl Iterator<Item = &'a str> {
    let public = LIBRARY.iter().filter(|(_, word)| word.help.is_some());
    public.map(|(name, _)| name.as_str())
}

/// What is said about them, in the order of the files and of their names.
pub(crate) fn helps() -> Vec<WordHelp> {
    let mut words: Vec<_> = LIBRARY.values().collect();
    words.sort_by_key(|word| word.file);
    words.into_iter().filter_map(|word| word.help.clone()).collect()
}

/// What the comment above a definition says, whose name is at `start`.
fn help(
    text: &str,
    start: usize,
    definition: &Definition,
    group: &'static str,
) -> Option<WordHelp> {
    let line = text[..start].rfind('\n').map_or(0, |end| end + 1);
    let comments: Vec<_> =
        text[..line].lines().rev().map_while(|line| line.strip_prefix("// ")).collect();
    if comments.is_empty() {
        return None;
    }
    let (mut description, mut examples) = (Vec::new(), Vec::new());
    for comment in comments.into_iter().rev() {
        let example = comment.strip_prefix("Example: ").and_then(|text| text.split_once(" → "));
        match example {
            Some((program, expected)) => {
                let (program, expected) = (program.to_owned(), expected.to_owned());
                examples.push(Example { program, expected });
            }
            None => description.push(comment),
        }
    }
    // Also one that does not say how many values there are, of which the parser makes nothing.
    let after = text[definition.name.span.end as usize..].trim_start();
    let effect = after.find(')').map(|end| &after[..=end]).filter(|it| it.starts_with("( "));
    Some(WordHelp {
        name: definition.name.text.clone(),
        effect: effect.unwrap_or_default().to_owned(),
        description: description.join(" "),
        examples,
        group,
        aliases: Vec::new(),
    })
}
