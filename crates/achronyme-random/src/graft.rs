//! Programs that are grown from others: parts of them are put in place of each other.

use std::collections::BTreeSet;
use std::ops::Range;

use achronyme::{Node, SyntaxKind, function_help, parse};
use source::SourceId;

use crate::dice::Dice;
use crate::program;

/// How often a part is looked for that can be changed.
const TRIES: usize = 30;
/// Parts of programs that are longer are not taken elsewhere.
const PART_MAX: usize = 400;
/// Programs do not grow beyond this.
const PROGRAM_MAX: usize = 4_000;

/// What is put around an expression, which is at `X`.
const AROUND: &[&str] = &[
    "(try { X } catch (caught) { caught.message })",
    "(() => X)()",
    "do { let kept = X; kept }",
    "(await (async () => X)())",
    "[X][0]",
    "{part: X}.part",
    "(generate { yield X }).next().value",
    "(if (true) { X } else { null })",
    "(match X { found => found })",
    "(for (turn in [1, 2]) { X })",
    "map(each => X, [1, 2])",
    "str(X)",
    "[...[X, X]]",
    "((given = X) => given)()",
    "do { mut held = null; held = X; held }",
    "(do { let [first = X, ...others] = []; first })",
    "piecewise([false, 0], [true, X], 1)",
];
/// What an expression is exchanged for.
const SHORT: &[&str] = &[
    "0",
    "-1",
    "0.5",
    "NaN",
    "Infinity",
    "null",
    "true",
    "\"\"",
    "'ö'",
    "[]",
    "{}",
    "2i",
    "[1, 2]",
    "[[1, 2], [3, 4]]",
    "(x => x)",
    "A -> B",
    "{mut a: 1}",
    "0..3",
];

/// How statements begin that others depend on.
const DECLARING: [&str; 5] = ["let ", "mut ", "type ", "import ", "export "];

/// What can take the place of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Statement,
    Expression,
    Suffix,
    Pattern,
    Type,
}

/// A part of a program.
#[derive(Debug)]
struct Part {
    sort: Sort,
    range: Range<usize>,
    /// Whether an operator beside it could take a part of it.
    is_loose: bool,
}

/// Programs to grow others from.
#[derive(Debug)]
pub struct Stock {
    texts: Vec<String>,
    /// Their parts, by sort.
    parts: Vec<(Sort, String)>,
}

impl Stock {
    /// From the texts of programs. What is none is left out.
    pub fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let texts: Vec<String> = texts.into_iter().filter(|text| is_program(text)).collect();
        let parts_of = |text: &String| -> Vec<(Sort, String)> {
            let parts = parts(text).into_iter().filter(|part| part.range.len() <= PART_MAX);
            parts.map(|part| (part.sort, taken(text, &part))).collect()
        };
        let parts = texts.iter().flat_map(parts_of).collect();
        Self { texts, parts }
    }

    /// The program with this seed. It may go on without end.
    #[must_use]
    pub fn program(&self, seed: u64) -> String {
        let mut dice = Dice::new(seed);
        let mut text = if self.texts.is_empty() || dice.chance(25) {
            program(dice.number(), dice.between(3, 8))
        } else {
            dice.pick(&self.texts).clone()
        };
        for _ in 0..dice.between(1, 6) {
            let changed = (0..TRIES).find_map(|_| {
                let changed = self.changed(&text, &mut dice)?;
                (changed.len() <= PROGRAM_MAX && is_program(&changed)).then_some(changed)
            });
            text = changed.unwrap_or(text);
        }
        text
    }

    /// The text with one change, which may break it.
    fn changed(&self, text: &str, dice: &mut Dice) -> Option<String> {
        let parts = parts(text);
        if parts.is_empty() {
            return None;
        }
        let part = dice.pick(&parts);
        let old = &text[part.range.clone()];
        let is_expression = part.sort == Sort::Expression;
        let new = match dice.weighted(&[50, 12, 12, 14, 6]) {
            1 => {
                let same: Vec<&Part> =
                    parts.iter().filter(|other| other.sort == part.sort).collect();
                taken(text, dice.pick::<&Part>(&same))
            }
            2 if part.sort == Sort::Statement => {
                format!("{}\n{old}", self.part(Sort::Statement, text, dice)?)
            }
            3 if is_expression => dice.pick::<&str>(AROUND).replace('X', old),
            4 if is_expression => (*dice.pick::<&str>(SHORT)).to_owned(),
            4 if part.sort == Sort::Statement => String::new(),
            _ => self.part(part.sort, text, dice)?,
        };
        Some(format!("{}{new}{}", &text[..part.range.start], &text[part.range.end..]))
    }

    /// A part of any program, for one that has these names.
    fn part(&self, sort: Sort, text: &str, dice: &mut Dice) -> Option<String> {
        let (_, found) =
            (0..TRIES).map(|_| dice.pick(&self.parts).clone()).find(|(other, _)| *other == sort)?;
        let known = names(text);
        let known: Vec<&String> = known.iter().collect();
        let found = if known.is_empty() || sort == Sort::Type {
            found
        } else {
            renamed(&found, &known, dice)
        };
        // What fails should not keep what follows from running.
        Some(match sort {
            Sort::Expression if dice.chance(30) => {
                format!("(try {{ {found} }} catch (caught) {{ caught.message }})")
            }
            Sort::Statement if !is_declaration(&found) && dice.chance(60) => {
                format!("try {{ {found} }} catch (caught) {{ print(caught.message) }}")
            }
            _ => found,
        })
    }
}

/// A part, so that it can stand elsewhere.
fn taken(text: &str, part: &Part) -> String {
    let text = &text[part.range.clone()];
    if part.is_loose { format!("({text})") } else { text.to_owned() }
}

/// A part of another program, in which most names that mean nothing here are those of others.
fn renamed(part: &str, known: &[&String], dice: &mut Dice) -> String {
    let own = names(part);
    let tree = parse(part, SourceId::default()).tree;
    let mut text = String::new();
    let mut end = 0;
    for node in tree.root().descendants() {
        if node.kind() != SyntaxKind::NameExpression {
            continue;
        }
        let (name, range) = (node.text(), place(node));
        let is_foreign = !own.contains(name)
            && !known.iter().any(|one| *one == name)
            && function_help(name).is_none();
        if is_foreign && range.start >= end && dice.chance(85) {
            text.push_str(&part[end..range.start]);
            text.push_str(dice.pick::<&String>(known));
            end = range.end;
        }
    }
    text + &part[end..]
}

/// The names that a text declares.
fn names(text: &str) -> BTreeSet<String> {
    let tree = parse(text, SourceId::default()).tree;
    let declares = [SyntaxKind::NamePattern, SyntaxKind::Parameter, SyntaxKind::For];
    let declaring = tree.root().descendants().filter(|node| declares.contains(&node.kind()));
    let tokens = declaring.filter_map(|node| node.token(SyntaxKind::Name));
    tokens.map(|token| token.text().to_owned()).collect()
}

fn is_declaration(text: &str) -> bool {
    DECLARING.iter().any(|word| text.starts_with(word))
}

fn is_program(text: &str) -> bool {
    parse(text, SourceId::default()).diagnostics.is_empty()
}

fn parts(text: &str) -> Vec<Part> {
    let tree = parse(text, SourceId::default()).tree;
    let part = |node: Node<'_>| {
        let (sort, is_loose) = sort(node.kind())?;
        Some(Part { sort, range: place(node), is_loose })
    };
    tree.root().descendants().filter_map(part).filter(|part| !part.range.is_empty()).collect()
}

fn place(node: Node<'_>) -> Range<usize> {
    let range = node.range();
    range.start as usize..range.end as usize
}

/// What sort of part a node is, and whether it needs brackets elsewhere.
fn sort(kind: SyntaxKind) -> Option<(Sort, bool)> {
    use SyntaxKind as S;
    Some(match kind {
        S::Import
        | S::Export
        | S::Let
        | S::TypeAlias
        | S::Return
        | S::Yield
        | S::Throw
        | S::Break
        | S::Continue
        | S::Assign
        | S::ExpressionStatement => (Sort::Statement, false),
        S::Literal
        | S::Interpolated
        | S::NameExpression
        | S::Paren
        | S::Array
        | S::Record
        | S::Chain => (Sort::Expression, false),
        S::If
        | S::Conditional
        | S::Piecewise
        | S::While
        | S::For
        | S::Try
        | S::Match
        | S::Do
        | S::Generate
        | S::Lambda
        | S::Binary
        | S::Unary
        | S::Edge => (Sort::Expression, true),
        S::Arguments | S::Index | S::Field => (Sort::Suffix, false),
        S::NamePattern | S::LiteralPattern | S::RecordPattern | S::VectorPattern => {
            (Sort::Pattern, false)
        }
        S::NameType
        | S::TensorType
        | S::RecordType
        | S::FunctionType
        | S::ParenType
        | S::OptionalType
        | S::UnionType => (Sort::Type, false),
        _ => return None,
    })
}
