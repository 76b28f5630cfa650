//! What is said where something else was expected.

use source::nearest;
use syntax_tree::Parsing as _;

use super::Parser;
use crate::codes;
use crate::syntax::kind::{KEYWORDS, SyntaxKind};

/// Words with which statements begin, but for the keywords among them.
const STATEMENT_WORDS: &[&str] = &[
    "use",
    "type",
    "relation",
    "index",
    "view",
    "rule",
    "transform",
    "space",
    "contract",
    "on",
    "solve",
    "test",
    "update",
    "upsert",
    "reverse",
    "emit",
    "yield",
    "checkpoint",
    "rewind",
    "dispose",
    "recover",
    "parallel",
    "switch",
    "revert",
    "watch",
    "inspect",
    "explain",
    "why",
    "whynot",
];

/// Words with which statements begin in other languages, and what to do.
const FOREIGN_WORDS: &[(&str, &str)] = &[
    ("return", "the last value of a block is its value"),
    ("var", "write `let`; what `let` names can change: `x <- 5`"),
    ("const", "write `let`"),
    ("mut", "write `let`; what `let` names can change: `x <- 5`"),
    ("fn", "write `transform f(x: Int) -> Int { … }`, or `let f = x => …`"),
    ("def", "write `transform f(x: Int) -> Int { … }`, or `let f = x => …`"),
    ("func", "write `transform f(x: Int) -> Int { … }`, or `let f = x => …`"),
    ("function", "write `transform f(x: Int) -> Int { … }`, or `let f = x => …`"),
    ("query", "write `transform query f(x: Int) -> Int { … }`"),
    ("struct", "write `type T = {a: Int, b: String}`"),
    ("class", "write `type T = {a: Int, b: String}`, or `space S { … }`"),
    ("enum", "write `type T = A | B(Int)`"),
    ("table", "write `relation R(id: Int key, name: String)`"),
    ("import", "write `use Lib`"),
    ("insert", "write `R += {…}`"),
    ("delete", "write `R -= R where …`"),
    ("set", "write `x <- …`, or `update R.f = … where …`"),
    ("throw", "write `reverse \"why\"`"),
    ("raise", "write `reverse \"why\"`"),
    ("rollback", "write `reverse \"why\"`"),
    ("commit", "the end of a block is that of its transaction"),
    ("begin", "every block is a transaction: `{ … }`"),
    ("elif", "write `else if`"),
    ("until", "write `while not …`, or `from … { … } until …`"),
];

impl Parser<'_> {
    /// Takes a name; a keyword in its place is said to be one.
    pub(super) fn expect_name(&mut self, what: &str) {
        match self.peek() {
            SyntaxKind::Name => self.bump(),
            kind if kind.is_keyword() => self.keyword_as_name(),
            // A number that begins like a name is told by the lexer.
            SyntaxKind::Int | SyntaxKind::Float | SyntaxKind::Unknown => {
                self.expected(what);
                self.skip_token();
            }
            _ => {
                self.expected(what);
            }
        }
    }

    /// What a misspelt word at the token may have meant.
    pub(super) fn meant(&self, index: usize) -> Option<String> {
        let word = self.text_at(index);
        if self.kind_at(index) != SyntaxKind::Name || word.len() < 3 {
            return None;
        }
        let words = KEYWORDS.iter().chain(STATEMENT_WORDS).copied();
        nearest(word, words.filter(|known| known.len() > 2 && *known != word))
            .map(|known| format!("did you mean `{known}`?"))
    }

    /// Whether the statement at a token begins with a word of another language; that is said.
    pub(super) fn foreign_statement(&mut self, begin: usize) -> bool {
        let word = self.text_at(begin);
        let Some((_, advice)) = FOREIGN_WORDS.iter().find(|(foreign, _)| *foreign == word) else {
            return false;
        };
        let message = format!("`{word}` begins no statement here");
        self.error_at(begin, codes::FOREIGN, message).hint = Some((*advice).to_owned());
        true
    }

    /// What to do about a mark of another language that comes next.
    pub(super) fn foreign_mark(&self) -> Option<String> {
        let advice = match self.peek() {
            SyntaxKind::Pipe => "write `or`",
            SyntaxKind::Question => "write `if c { a } else { b }`",
            SyntaxKind::PlusPlusEqual
            | SyntaxKind::StarEqual
            | SyntaxKind::SlashEqual
            | SyntaxKind::PercentEqual => "write `x <- x * 2`, or `update R.f *= 2 where …`",
            SyntaxKind::Arrow => "the parameters of a function stand before it: `(x, y) => x + y`",
            _ => return None,
        };
        Some(advice.to_owned())
    }

    /// A keyword that begins a statement and no value.
    pub(super) fn is_statement_word(&self) -> bool {
        let words = [
            SyntaxKind::LetWord,
            SyntaxKind::AssertWord,
            SyntaxKind::PrintWord,
            SyntaxKind::WhileWord,
        ];
        words.contains(&self.peek())
    }

    /// A statement in the place of a value.
    pub(super) fn misplaced_statement(&mut self) {
        let word = self.text_at(self.next());
        let message = format!("`{word}` begins a statement, which is no value");
        self.error(codes::STATEMENT, message).hint =
            Some("a block has the value of its last statement: `{ let a = 1; a + 1 }`".to_owned());
        self.node(SyntaxKind::Error, Self::statement);
    }

    /// After a value: `=`, which neither compares nor assigns here.
    pub(super) fn misplaced_equal(&mut self, is_statement: bool) {
        if self.peek() != SyntaxKind::Equal {
            return;
        }
        let (message, hint) = if is_statement {
            let hint = "`x <- …` changes x, `let x = …` declares it, `update R.f = …` changes rows";
            ("`=` does not assign", hint)
        } else {
            ("`=` does not compare here", "write `==`")
        };
        self.error(codes::ASSIGNMENT, message).hint = Some(hint.to_owned());
        self.node(SyntaxKind::Error, |p| {
            p.bump();
            p.skip_blanks();
            p.expression();
        });
    }
}
