//! Literals that can only fail: written directly before a word that refuses every value of their
//! type, or between dictionary brackets where they are no dictionary.
//!
//! Only what fails whatever else is on the stack is an error here, with the words of the machine.
//! All the rest is left to the machine: `[ ] "a" -` is no error, since no element is a string.

use source::{Diagnostic, Severity, Span};
use tacit_vm::{Trap, WordKind};

use super::Generator;
use super::word::Meaning;
use crate::alias::built_in;
use crate::codes;
use crate::syntax::ast::{Body, Bracket, Item, ItemKind};

/// The type of a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Literal {
    Number,
    Text,
    Block,
}

use Literal::{Block, Number, Text};

/// Words that refuse some types of literals on top of the stack.
struct Refusal {
    /// What they want, as the machine says it.
    expected: &'static str,
    found: &'static [Literal],
    words: &'static [&'static str],
}

const REFUSALS: &[Refusal] = &[
    Refusal {
        expected: CODE,
        found: &[Number],
        words: &[
            "map",
            "filter",
            "take-while",
            "scan",
            "generate",
            "iterate",
            "for-each",
            "reduce",
            "find",
            "any",
            "all",
        ],
    },
    Refusal { expected: CODE, found: &[Number, Text], words: &["delay", "times", "spawn"] },
    Refusal {
        expected: SEQUENCE,
        found: &[Block],
        words: &[
            "seq",
            "sift",
            "chain",
            "zip",
            "first",
            "to-vector",
            "to-array",
            "count",
            "last",
            "next",
        ],
    },
    // A block is run for its number by these.
    Refusal {
        expected: NUMBER,
        found: &[Text],
        words: &[
            "m-", "m%", "m_", "ceil", "round", "truncate", "m*", "abs", "exp", "ln", "log", "sqrt",
            "sin", "cos", "tan", "asin", "acos", "atan",
        ],
    },
    Refusal {
        expected: NUMBER,
        found: &[Text, Block],
        words: &[
            "pick",
            "array",
            "bytes",
            "char",
            "range",
            "seq-take",
            "seq-drop",
            "emit",
            "argument",
            "join",
            "status",
            "leaks",
            "heap-quota",
        ],
    },
    Refusal {
        expected: STRING,
        found: &[Number, Block],
        words: &[
            "assert",
            "error",
            "upper",
            "lower",
            "trim",
            "split",
            "join-text",
            "replace",
            "number",
            "code",
        ],
    },
    Refusal {
        expected: "vector",
        found: &[Number, Text, Block],
        words: &["to-dict", "flatten", "multi"],
    },
    Refusal {
        expected: "vector or array",
        found: &[Number, Text, Block],
        words: &["sort", "grade", "where", "distinct", "group"],
    },
    Refusal {
        expected: "vector, dictionary, array or string",
        found: &[Number, Block],
        words: &["length", "keys", "values"],
    },
    Refusal { expected: "dictionary, vector or array", found: &[Text], words: &["values"] },
    Refusal { expected: "vector, dictionary or array", found: &[Number, Text], words: &["sum"] },
    Refusal { expected: "vector, array or string", found: &[Number, Block], words: &["reverse"] },
    Refusal {
        expected: "vector, array, dictionary or string",
        found: &[Number, Block],
        words: &["in"],
    },
];

/// Words that want two numbers, or containers of them.
const ARITHMETIC: &[&str] =
    &["-", "*", "/", "!", "^", "&", "|", "atan2", "bit-and", "bit-or", "bit-xor", "shift"];

const CODE: &str = "code";
const NUMBER: &str = "number";
const SEQUENCE: &str = "sequence";
const STRING: &str = "string";

impl Literal {
    fn of(item: &Item) -> Option<Self> {
        if matches!(item.kind, ItemKind::Number(_)) {
            Some(Number)
        } else if matches!(item.kind, ItemKind::Text(_)) {
            Some(Text)
        } else {
            matches!(item.kind, ItemKind::Block(_)).then_some(Block)
        }
    }

    /// As the machine calls it.
    const fn name(self) -> &'static str {
        match self {
            Number => NUMBER,
            Text => STRING,
            Block => CODE,
        }
    }
}

/// What a word wants in place of a literal on top of the stack.
fn expected(word: &str, literal: Literal) -> Option<&'static str> {
    let mut refusals = REFUSALS.iter();
    refusals
        .find(|refusal| refusal.found.contains(&literal) && refusal.words.contains(&word))
        .map(|refusal| refusal.expected)
}

fn trap(word: &'static str, expected: &'static str, found: Literal) -> Trap {
    let found = found.name();
    if expected == SEQUENCE {
        Trap::NoSequence { found }
    } else {
        Trap::Type { word, expected, found }
    }
}

fn advice(word: &str, expected: &str, found: Literal) -> String {
    match (expected, found) {
        (CODE, _) => format!("code follows in braces, `{word} {{ … }}`, or comes before in ( )"),
        (SEQUENCE, _) => {
            "`generate` makes a sequence of what a block pushes; `eval` runs the block".to_owned()
        }
        (NUMBER, Text) => "`number` makes a number of a string".to_owned(),
        (STRING, Number) => "`string` makes a string of a number".to_owned(),
        (_, Block) => "`eval` runs a block for its value".to_owned(),
        (_, Number | Text) => "`m,` makes a vector of one value".to_owned(),
    }
}

impl Generator<'_> {
    /// Reports a literal at the end of `before` that the word `name`, at `span`, refuses.
    pub(super) fn check_operands(&mut self, before: &[Item], name: &str, span: Span) {
        let Some((top, below)) = before.split_last() else { return };
        let Some(found) = Literal::of(top).filter(|_| !self.has_error(top.span, span)) else {
            return;
        };
        let is_variable = self.routine.slot(name).is_some();
        let Some(word) = built_in(name).filter(|_| !is_variable).map(|op| op.mnemonic) else {
            return;
        };
        if let Some(expected) = expected(word, found) {
            self.cannot_work(trap(word, expected, found), top.span, advice(name, expected, found));
        } else if ARITHMETIC.contains(&word)
            && let Some(below) = below.last()
            && let Some(first) = Literal::of(below)
            && first != Block
            && found != Block
        {
            let text = [(first, below), (found, top)].into_iter().find(|(kind, _)| *kind == Text);
            if let Some((kind, item)) = text {
                self.cannot_work(trap(word, NUMBER, kind), item.span, advice(name, NUMBER, kind));
            }
        }
    }

    /// Reports what makes no dictionary, if there is nothing but single values after the bracket
    /// at `span`.
    pub(super) fn check_dictionary(&mut self, body: &Body, span: Span) {
        let items = &body.items;
        if self.has_error(span, body.end) || !items.iter().all(|item| self.is_value(item)) {
            return;
        }
        if items.len() % 2 == 1 {
            let span = items.last().map_or(body.end, |item| item.span);
            let hint = "each key is followed by its value, `:[ \"x\" 1 \"y\" 2 ]:`";
            self.cannot_work(Trap::OddItems { count: items.len() }, span, hint.to_owned());
            return;
        }
        let is_no_string = |item: &Item| {
            matches!(
                item.kind,
                ItemKind::Number(_)
                    | ItemKind::Block(_)
                    | ItemKind::Quote(_)
                    | ItemKind::Brackets(..)
            )
        };
        let key = items.iter().enumerate().step_by(2).find(|(_, item)| is_no_string(item));
        if let Some((index, item)) = key {
            let hint = if let ItemKind::Number(value) = item.kind {
                format!("a key is a string: `\"{value}\"`")
            } else {
                "a key is a string: `:[ \"x\" 1 ]:`".to_owned()
            };
            self.cannot_work(Trap::Key { index }, item.span, hint);
        }
    }

    /// Whether an item is one value more, whatever is on the stack.
    fn is_value(&mut self, item: &Item) -> bool {
        let ItemKind::Word(name) = &item.kind else {
            return matches!(
                item.kind,
                ItemKind::Number(_)
                    | ItemKind::Text(_)
                    | ItemKind::Block(_)
                    | ItemKind::Quote(_)
                    | ItemKind::Brackets(Bracket::Square | Bracket::Dictionary, _)
                    | ItemKind::At(..)
            );
        };
        match self.meaning(name) {
            Meaning::Local(_) => true,
            Meaning::BuiltIn(op) => matches!(op.mnemonic, "NIL" | "true" | "false" | "pi"),
            Meaning::Word(found) => matches!(found.kind, WordKind::Global | WordKind::Symbol),
            Meaning::Unknown => false,
        }
    }

    /// Whether something was wrong between two places, so that items may be missing there.
    fn has_error(&self, first: Span, last: Span) -> bool {
        let (first, last) = (self.place(first), self.place(last));
        let is_between = |span: Span| {
            span.source == first.source && (first.start..last.end).contains(&span.start)
        };
        let mut errors = self.diagnostics.iter();
        errors.any(|found| found.severity == Severity::Error && is_between(found.span))
    }

    fn cannot_work(&mut self, trap: Trap, span: Span, hint: String) {
        let diagnostic = Diagnostic::error(codes::OPERAND, self.place(span), trap.to_string());
        self.error(diagnostic.with_hint(hint));
    }
}
