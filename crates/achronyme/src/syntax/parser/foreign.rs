//! What users of other languages write, what is written here in its place, and how the parser goes
//! on after it: one message is enough.

use syntax_tree::Parsing as _;

use super::{NONE, Parser};
use crate::syntax::kind::SyntaxKind;

const FUNCTION: &str = "a function is `(a, b) => …`; give it a name with `let`";
const DECLARATION: &str = "`let` makes a name that stays, `mut` one that changes";
const BRACES: &str = "blocks stand in braces: `{ … }`";
const IMPORT: &str = "write `import { a, b } from \"module\"`";

/// Words that begin something, and what is written here.
const WORDS: &[(&str, &str)] = &[
    ("const", "`let x = …` makes a name that stays"),
    ("var", DECLARATION),
    ("val", DECLARATION),
    ("auto", DECLARATION),
    ("int", DECLARATION),
    ("float", DECLARATION),
    ("double", DECLARATION),
    ("string", DECLARATION),
    ("bool", DECLARATION),
    ("global", DECLARATION),
    ("local", DECLARATION),
    ("nonlocal", DECLARATION),
    ("function", FUNCTION),
    ("func", FUNCTION),
    ("fn", FUNCTION),
    ("def", FUNCTION),
    ("sub", FUNCTION),
    ("lambda", "a function is `x => …`"),
    ("class", "a record holds values and functions: `{x: 1, f: () => self.x}`"),
    ("struct", "a record holds values: `{x: 1, y: 2}`"),
    ("new", "a record is made by `{x: 1}`, or by a function that gives one"),
    ("elif", "write `else if`"),
    ("elseif", "write `else if`"),
    ("unless", "write `if (!…) { … }`"),
    ("switch", "write `match e { pattern => value, … }`"),
    ("case", "write `match e { pattern => value, … }`"),
    ("foreach", "write `for (x in …) { … }`"),
    ("until", "write `while (!…) { … }`"),
    ("raise", "write `throw`"),
    ("except", "write `catch (e) { … }`"),
    ("begin", BRACES),
    ("then", BRACES),
    ("using", IMPORT),
    ("include", IMPORT),
    ("require", IMPORT),
    ("del", "a name stays until its block ends"),
];

/// Words between values, or before them.
const OPERATORS: &[(&str, &str)] = &[
    ("and", "write `&&`"),
    ("or", "write `||`"),
    ("not", "write `!`"),
    ("xor", "write `a != b`"),
    ("is", "write `==`"),
    ("mod", "write `a % b`, or `mod(a, b)` with the sign of `b`"),
    ("div", "write `floordiv(a, b)`"),
];

impl Parser<'_> {
    /// What is written here in the place of a word of another language.
    pub(super) fn foreign_word(&self, index: usize) -> Option<&'static str> {
        if self.kind_at(index) != SyntaxKind::Name {
            return None;
        }
        let word = self.text_at(index);
        let rows = WORDS.iter().chain(OPERATORS);
        rows.into_iter().find(|(foreign, _)| *foreign == word).map(|(_, advice)| *advice)
    }

    /// What is meant where a statement that begins with the name at `begin`, if with any, is followed
    /// by something at `next` on its line.
    pub(super) fn foreign_end(&self, begin: Option<usize>, next: usize) -> Option<String> {
        let is_named = begin.is_some();
        if let Some((begin, advice)) = begin.and_then(|at| Some((at, self.foreign_word(at)?))) {
            return Some(self.named_function(begin).unwrap_or_else(|| advice.to_owned()));
        }
        let last = self.last_solid(next);
        let (before, after) =
            (last.map_or(SyntaxKind::End, |last| self.kind_at(last)), self.kind_at(next));
        let is_close = self.touches(next);
        let word = self.foreign_word(next).or_else(|| self.foreign_word(last?));
        let advice = match (before, after) {
            (_, SyntaxKind::Colon) if self.kind_at(self.solid_after(next)) == SyntaxKind::Equal => {
                "write `let x = …` for a new name, `x = …` for a new value"
            }
            (_, SyntaxKind::Colon) if self.is_line_end(next + 1) => BRACES,
            (SyntaxKind::Number | SyntaxKind::Name, SyntaxKind::Colon) => {
                "a range is `1..10`, or `1..=10` with its end; `range(0, 1, 0.1)` has a step"
            }
            (_, SyntaxKind::Question) if self.kind_at(next + 1) == SyntaxKind::Question => {
                "write `if(x == null, y, x)`"
            }
            (_, SyntaxKind::Question) => "write `if(condition, a, b)`",
            (_, SyntaxKind::IfWord) => "write `if(condition, a, b)`",
            (_, SyntaxKind::ForWord) => "write `map(x => …, v)`",
            (SyntaxKind::CurlyClose, SyntaxKind::WhileWord) => {
                "there is no `do … while`: a `while (true) { … }` is left by `break`"
            }
            (_, SyntaxKind::Pipe) if self.kind_at(next + 1) == SyntaxKind::Greater => {
                "write `pipe(x, f)`"
            }
            (_, SyntaxKind::Pipe) => "`||` is or",
            (_, SyntaxKind::Comma) => "several values stand in brackets: `[a, b]`",
            (_, SyntaxKind::Bang) if self.is_line_end(next + 1) => "write `factorial(n)`",
            (SyntaxKind::RoundClose, SyntaxKind::CurlyOpen) if !is_named => {
                "a function is `(a, b) => do { … }`"
            }
            (
                SyntaxKind::Name | SyntaxKind::RoundClose | SyntaxKind::SquareClose,
                SyntaxKind::QuoteOpen,
            ) if is_close && word.is_none() && !self.is_prefixed(last) => {
                "the transpose of `A` is `transpose(A)`"
            }
            (SyntaxKind::Name, SyntaxKind::Text | SyntaxKind::QuoteOpen) if is_close => {
                "a string with values in it is `'x = ${x}'`"
            }
            (SyntaxKind::Text, SyntaxKind::Text) if is_close => {
                "a string may go on over lines: `\"…\"`"
            }
            (SyntaxKind::QuoteClose, SyntaxKind::QuoteOpen) if is_close => {
                "a quote in a string in single quotes is `\\'`"
            }
            _ => word?,
        };
        Some(advice.to_owned())
    }

    /// What is meant where a comma or the bracket at `end` has to come, if that is clear.
    pub(super) fn foreign_rest(&self, end: usize) -> Option<&'static str> {
        let close = self.kind_at(end);
        Some(match self.peek() {
            SyntaxKind::ForWord => "write `map(x => …, v)`",
            SyntaxKind::IfWord => "write `if(condition, a, b)`",
            SyntaxKind::Colon if close == SyntaxKind::RoundClose => {
                "options stand in braces: `{name: value}`"
            }
            SyntaxKind::Colon if close == SyntaxKind::SquareClose => {
                "a range is `a..b`, without its end"
            }
            SyntaxKind::Semicolon if close == SyntaxKind::SquareClose => {
                "each row of a matrix stands in brackets: `[[1, 2], [3, 4]]`"
            }
            _ => return None,
        })
    }

    /// What is meant where a value is expected and the token at `next` stands.
    pub(super) fn foreign_value(&self, next: usize) -> Option<&'static str> {
        let last = self.last_solid(next);
        let before = last.map_or(SyntaxKind::End, |last| self.kind_at(last));
        let is_close = self.touches(next);
        let is_doubled = is_close || self.kind_at(next + 1) == self.kind_at(next);
        Some(match (before, self.kind_at(next)) {
            (SyntaxKind::Plus, SyntaxKind::Plus) if is_doubled => "`x += 1` adds to a variable",
            (_, SyntaxKind::Plus) if self.kind_at(next + 1) == SyntaxKind::Plus => {
                "`x += 1` adds to a variable"
            }
            (_, SyntaxKind::Plus) => "there is no `+` before a value",
            (SyntaxKind::Minus, _) if last.is_some_and(|last| self.is_minus_minus(last)) => {
                "`x -= 1` subtracts from a variable"
            }
            (SyntaxKind::Star, SyntaxKind::Star) if is_close => "a power is `a ^ b`",
            (SyntaxKind::EqualEqual, SyntaxKind::Equal) if is_close => "equal is `==`",
            (SyntaxKind::BangEqual, SyntaxKind::Equal) if is_close => "unequal is `!=`",
            (SyntaxKind::Less, SyntaxKind::Less) | (SyntaxKind::Greater, SyntaxKind::Greater)
                if is_close =>
            {
                "bits are moved by `a * 2 ^ n`"
            }
            (_, SyntaxKind::Percent) if self.is_line_start(next) => "remarks begin with `//`",
            (_, SyntaxKind::FromWord) => IMPORT,
            (_, SyntaxKind::Colon) if self.kind_at(self.limit) == SyntaxKind::SquareClose => {
                "a range is `a..b`, without its end; all is `..`"
            }
            _ => return None,
        })
    }

    fn is_minus_minus(&self, index: usize) -> bool {
        index > 0 && self.kind_at(index - 1) == SyntaxKind::Minus
    }

    fn is_line_start(&self, index: usize) -> bool {
        let before = (0..index).rev().find(|at| self.kind_at(*at) != SyntaxKind::Whitespace);
        before.is_none_or(|before| self.kind_at(before) == SyntaxKind::Newline)
    }

    /// What is meant where a declaration has no `=`.
    pub(super) fn foreign_declaration(&self) -> Option<String> {
        let next = self.next();
        let name = self.last_solid(next)?;
        let advice = match self.peek() {
            SyntaxKind::RoundOpen => return self.function_of(name),
            SyntaxKind::Comma => "several names stand in brackets: `let [a, b] = …`",
            SyntaxKind::Less if self.kind_at(next + 1) == SyntaxKind::Minus => "write `=`",
            SyntaxKind::Minus => "names are made of letters, digits and `_`",
            kind if kind.is_assignment() => "a variable that is there changes without `let`",
            _ => return None,
        };
        Some(advice.to_owned())
    }

    /// What is meant where the name of a loop's variable is not followed by `in`.
    pub(super) fn foreign_loop(&self) -> Option<&'static str> {
        Some(match self.peek() {
            SyntaxKind::Name if self.text_at(self.next()) == "of" => "write `in`",
            SyntaxKind::Equal => "write `for (i in 1..=10) { … }`",
            SyntaxKind::Comma => "a loop has one name: `for (pair in enumerate(v)) { … }`",
            _ => return None,
        })
    }

    /// Whether the name before a string is one letter, as in `f"…"`.
    fn is_prefixed(&self, last: Option<usize>) -> bool {
        last.is_some_and(|last| matches!(self.text_at(last), "f" | "r" | "b" | "u"))
    }

    /// How a function is written whose declaration in another way begins at a token.
    fn named_function(&self, begin: usize) -> Option<String> {
        if self.foreign_word(begin) != Some(FUNCTION) {
            return None;
        }
        let mut name = self.solid_after(begin);
        // As in `function y = f(x)`.
        let next = self.solid_after(name);
        if self.kind_at(next) == SyntaxKind::Equal {
            name = self.solid_after(next);
        }
        self.function_of(name)
    }

    /// How a function is written that stands as `f(a, b)` at a token.
    pub(super) fn function_of(&self, name: usize) -> Option<String> {
        const LENGTH_MAX: usize = 60;
        let open = self.solid_after(name);
        let close = *self.partners.get(open)?;
        if self.kind_at(name) != SyntaxKind::Name || close == NONE {
            return None;
        }
        let end = self.tokens[close].start + 1;
        let parameters = self.text.get(self.tokens[open].start..end)?;
        let is_short = parameters.len() <= LENGTH_MAX && !parameters.contains('\n');
        is_short.then(|| format!("write `let {} = {parameters} => …`", self.text_at(name)))
    }

    /// The last token before one that is no blank.
    pub(super) fn last_solid(&self, index: usize) -> Option<usize> {
        (0..index).rev().find(|index| !self.kind_at(*index).is_trivia())
    }

    /// Whether nothing is between a token and the one before it.
    fn touches(&self, index: usize) -> bool {
        index > 0 && !self.kind_at(index - 1).is_trivia()
    }

    /// Whether the line ends before a token, apart from blanks.
    fn is_line_end(&self, index: usize) -> bool {
        let next = self.solid_or_line[index.min(self.tokens.len())];
        matches!(self.kind_at(next), SyntaxKind::Newline | SyntaxKind::End)
    }

    /// Whether something was said already about the line that the next token is on.
    pub(super) fn is_line_told(&self) -> bool {
        let at = self.span_at(self.next()).start as usize;
        self.diagnostics.last().is_some_and(|last| {
            let told = last.span.start as usize;
            told <= at && self.text.get(told..at).is_some_and(|between| !between.contains('\n'))
        })
    }

    /// Takes the rest of a statement that is not understood, and the block that belongs to it.
    pub(super) fn skip_statement(&mut self) {
        loop {
            if self.peek() == SyntaxKind::Colon && self.is_line_end(self.next() + 1) {
                return self.skip_indented();
            }
            let before = self.at;
            match self.peek() {
                SyntaxKind::Comma | SyntaxKind::Colon => self.skip_token(),
                _ if self.is_stop() => return,
                _ => self.node(SyntaxKind::Error, |p| p.take_part()),
            }
            if self.at == before {
                return;
            }
        }
    }

    /// Takes a colon, and the lines that stand under it further to the right, as in Python, with what
    /// belongs to the same statement.
    fn skip_indented(&mut self) {
        const FURTHER: [&str; 7] = ["elif", "else", "except", "finally", "case", "catch", "end"];
        let own = self.indent(self.tokens[self.next()].start);
        let mut end = self.next() + 1;
        let mut at = end;
        while at < self.limit.min(self.tokens.len()) {
            let next = self.solid[at];
            let Some(token) = self.tokens.get(next).filter(|_| next < self.limit) else { break };
            let indent = self.indent(token.start);
            let is_further = indent == own && FURTHER.contains(&self.text_at(next));
            if indent <= own && !is_further {
                break;
            }
            // To the end of the line.
            at = next;
            while !matches!(self.kind_at(at), SyntaxKind::Newline | SyntaxKind::End) {
                let partner = self.partners[at];
                at = if partner == NONE { at + 1 } else { partner + 1 };
            }
            end = at.min(self.limit);
        }
        self.node(SyntaxKind::Error, |p| p.take_until(end));
    }

    /// How far a line is indented, that a byte is on.
    fn indent(&self, byte: usize) -> usize {
        let line = self.text[..byte].rfind('\n').map_or(0, |end| end + 1);
        let text = &self.text[line..];
        text.len() - text.trim_start_matches([' ', '\t']).len()
    }

    /// Takes lines up to the word `end` that closes what stands open, as in MATLAB and Julia, if there
    /// is one.
    fn skip_to_end_word(&mut self) {
        if !self.has_end_words {
            return;
        }
        const OPENERS: [&str; 9] =
            ["if", "for", "while", "function", "switch", "try", "begin", "do", "parfor"];
        let mut depth = 1_usize;
        let mut is_first = false;
        for index in self.at..self.limit.min(self.tokens.len()) {
            match self.kind_at(index) {
                SyntaxKind::Newline | SyntaxKind::Semicolon => is_first = true,
                kind if kind.is_trivia() => {}
                _ => {
                    let word = self.text_at(index);
                    let is_lone = is_first && self.is_line_end(index + 1);
                    if is_first && OPENERS.contains(&word) {
                        depth += 1;
                    } else if is_lone && matches!(word, "end" | "endif" | "endfor" | "endwhile") {
                        depth -= 1;
                    }
                    is_first = false;
                    if depth == 0 {
                        return self.node(SyntaxKind::Error, |p| p.take_until(index + 1));
                    }
                }
            }
        }
        self.has_end_words = false;
    }

    /// Says nothing more of a block that has no braces; what its hint is, if nothing was said.
    pub(super) fn block_without_braces(&mut self) {
        let is_told = self.is_line_told();
        let is_braceless = self.peek() == SyntaxKind::Colon
            || self.peek() == SyntaxKind::Newline
            || self.foreign_word(self.next()).is_some();
        if !is_told {
            self.expected("`{`").hint = Some(BRACES.to_owned());
        }
        match self.peek() {
            SyntaxKind::Newline => self.skip_to_end_word(),
            SyntaxKind::End => {}
            _ if is_told || is_braceless => {
                self.skip_statement();
                if self.peek() == SyntaxKind::Newline {
                    self.skip_to_end_word();
                }
            }
            _ => {}
        }
    }
}
