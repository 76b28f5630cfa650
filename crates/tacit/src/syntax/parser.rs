//! Tokens to items. Knows the words of the syntax and no others.

use source::{Diagnostic, SourceId, Span};

use super::ast::{Body, Bracket, Case, Definition, Item, ItemKind, Name, Store};
use super::lexer::{Lexer, Token, TokenKind};
use crate::alias::built_in;
use crate::codes;
use crate::effect::takes_code;
use crate::keyword::is_keyword;

/// Brackets and blocks inside of each other at most.
const DEPTH_MAX: usize = 200;

/// An error about braces whose place is `span`, where no word before takes them. The word after
/// them is `next`, if that would.
pub(crate) fn stray_block(next: Option<&str>, span: Span) -> Diagnostic {
    let (message, hint) = match next {
        Some(name) => ("{ } must follow its combinator", format!("write `{name} {{ … }}`")),
        None => (
            "{ } without a combinator",
            "braces follow IF, WHILE, SWITCH or a word that takes code: `map { … }`; `( … )` is a \
             block to pass"
                .to_owned(),
        ),
    };
    Diagnostic::error(codes::STRAY_BLOCK, span, message).with_hint(hint)
}

/// Whether braces may follow a word of the language.
fn takes_braces(name: &str) -> bool {
    matches!(name, "IF" | "WHILE" | "SWITCH") || built_in(name).is_some_and(takes_code)
}

/// What a text consists of.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) items: Vec<Item>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Whether all that is wrong is that the text ends too early.
    pub(crate) is_unfinished: bool,
}

/// Parses a whole text.
pub(crate) fn parse(text: &str, source: SourceId) -> Parsed {
    let mut lexer = Lexer::new(text, source);
    let next = lexer.token();
    let mut parser = Parser {
        lexer,
        next,
        open: Vec::new(),
        in_definition: false,
        depth: 0,
        is_stopped: false,
        at_end: 0,
        has_glued: false,
        diagnostics: Vec::new(),
    };
    let items = parser.items().items;
    let Parser { lexer, at_end, has_glued, mut diagnostics, .. } = parser;
    let at_end = at_end + usize::from(lexer.is_open);
    diagnostics.extend(lexer.diagnostics);
    let is_unfinished = at_end > 0 && at_end == diagnostics.len() && !has_glued;
    Parsed { items, diagnostics, is_unfinished }
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    next: Token,
    /// The brackets around the next token, with where they were opened.
    open: Vec<Bracket>,
    in_definition: bool,
    depth: usize,
    /// Whether the nesting was too deep, so that nothing more is said.
    is_stopped: bool,
    /// How many diagnostics there are because the text ends.
    at_end: usize,
    /// Whether a word ends in what was probably meant to close something: `dup}`.
    has_glued: bool,
    diagnostics: Vec<Diagnostic>,
}

impl Parser<'_> {
    fn bump(&mut self) -> Token {
        let next = self.lexer.token();
        std::mem::replace(&mut self.next, next)
    }

    fn error(&mut self, diagnostic: Diagnostic) {
        if !self.is_stopped {
            self.diagnostics.push(diagnostic);
        }
    }

    /// An error about what is missing where the next token is.
    fn missing(&mut self, code: &'static str, message: impl Into<String>) {
        if self.next.kind == TokenKind::End && !self.is_stopped {
            self.at_end += 1;
        }
        self.error(Diagnostic::error(code, self.next.span, message));
    }

    /// Items up to a closing bracket, a semicolon or the end, none of which is taken if it belongs
    /// to something around them.
    fn items(&mut self) -> Body {
        let mut items = Vec::new();
        loop {
            let is_word_end = match self.next.kind {
                TokenKind::End => true,
                TokenKind::Semicolon => self.in_definition,
                TokenKind::Close(bracket) => self.open.contains(&bracket),
                TokenKind::Number(_)
                | TokenKind::Text(_)
                | TokenKind::Word(_)
                | TokenKind::Quote(_)
                | TokenKind::Open(_)
                | TokenKind::Colon => false,
            };
            if is_word_end {
                return Body { items, end: self.next.span };
            }
            items.extend(self.opt_item());
        }
    }

    fn opt_item(&mut self) -> Option<Item> {
        let Token { kind, span } = self.bump();
        let kind = match kind {
            TokenKind::Number(value) => ItemKind::Number(value),
            TokenKind::Text(value) => ItemKind::Text(value),
            TokenKind::Quote(name) => ItemKind::Quote(name),
            TokenKind::Word(name) => return self.opt_word(name, span),
            TokenKind::Open(Bracket::Round) => {
                ItemKind::Block(self.bracketed(Bracket::Round, span))
            }
            TokenKind::Open(Bracket::Curly) => {
                self.bracketed(Bracket::Curly, span);
                self.error(stray_block(self.opt_combinator(), span));
                return None;
            }
            TokenKind::Open(bracket) => ItemKind::Brackets(bracket, self.bracketed(bracket, span)),
            TokenKind::Colon => return self.opt_definition(span),
            TokenKind::Close(bracket) => {
                let closing = match bracket {
                    Bracket::Round => "closing parenthesis",
                    Bracket::Square | Bracket::Group | Bracket::Dictionary | Bracket::Curly => {
                        bracket.text().1
                    }
                };
                let message = format!("Unexpected {closing}");
                let label = format!("no {} is open here", bracket.text().0);
                self.error(Diagnostic::error(codes::UNEXPECTED, span, message).with_label(label));
                return None;
            }
            TokenKind::Semicolon => {
                let diagnostic = Diagnostic::error(codes::UNEXPECTED, span, "Unexpected semicolon");
                self.error(diagnostic.with_label("no definition is open here"));
                return None;
            }
            TokenKind::End => return None,
        };
        Some(Item { kind, span })
    }

    /// What follows an opening bracket, with the closing one.
    fn bracketed(&mut self, bracket: Bracket, start: Span) -> Body {
        if self.is_too_deep(start) {
            return Body::default();
        }
        self.open.push(bracket);
        self.depth += 1;
        let body = self.items();
        self.depth -= 1;
        self.open.pop();
        if self.next.kind == TokenKind::Close(bracket) {
            self.bump();
        } else {
            let (open, close) = bracket.text();
            let message = format!("Unclosed {}", bracket.name());
            if self.next.kind == TokenKind::End && !self.is_stopped {
                self.at_end += 1;
            }
            let diagnostic = Diagnostic::error(codes::UNCLOSED, start, message);
            self.error(diagnostic.with_label(format!("this {open} has no {close}")));
        }
        body
    }

    fn is_too_deep(&mut self, span: Span) -> bool {
        if self.depth < DEPTH_MAX {
            return false;
        }
        let message =
            format!("Nested too deeply: at most {DEPTH_MAX} brackets inside of each other");
        self.error(Diagnostic::error(codes::TOO_DEEP, span, message));
        self.is_stopped = true;
        self.lexer.skip_all();
        self.bump();
        true
    }

    fn opt_word(&mut self, name: String, span: Span) -> Option<Item> {
        self.has_glued |= name.len() > 1 && name.ends_with([';', ']', '}']);
        let kind = match name.as_str() {
            "IF" => self.opt_if()?,
            "WHILE" => self.opt_while()?,
            "SWITCH" => self.opt_switch()?,
            "->" | "to" => ItemKind::Set(self.opt_store(&name)?),
            "value" => ItemKind::Value(self.opt_top_level_name(&name, span)?),
            "symbol" => ItemKind::Symbol(self.opt_top_level_name(&name, span)?),
            "mark" => ItemKind::Mark(self.opt_top_level_name(&name, span)?),
            "forget" => ItemKind::Forget(self.opt_top_level_name(&name, span)?),
            _ if self.next.kind == TokenKind::Open(Bracket::Curly) => {
                let start = self.bump().span;
                let body = self.bracketed(Bracket::Curly, start);
                ItemKind::With(name, body, self.opt_combinator().map(str::to_owned))
            }
            _ => match name.strip_suffix('[') {
                Some(variable) => {
                    ItemKind::At(variable.to_owned(), self.bracketed(Bracket::Square, span))
                }
                None => ItemKind::Word(name),
            },
        };
        Some(Item { kind, span })
    }

    /// The next token, if it is a word of the language that takes braces.
    fn opt_combinator(&self) -> Option<&str> {
        let TokenKind::Word(name) = &self.next.kind else { return None };
        takes_braces(name).then_some(name)
    }

    /// `{ … }`, or an error that says what it was wanted for.
    fn opt_curly(&mut self, wanted: &str) -> Option<Body> {
        if self.next.kind != TokenKind::Open(Bracket::Curly) {
            self.missing(codes::EXPECTED, format!("Expected {{ for {wanted}"));
            return None;
        }
        let start = self.bump().span;
        Some(self.bracketed(Bracket::Curly, start))
    }

    fn is_next_word(&self, words: &[&str]) -> bool {
        matches!(&self.next.kind, TokenKind::Word(word) if words.contains(&word.as_str()))
    }

    fn opt_if(&mut self) -> Option<ItemKind> {
        let then = self.opt_curly("then-block in IF statement")?;
        let mut otherwise = None;
        if self.is_next_word(&["ELSE"]) {
            self.bump();
            otherwise = Some(self.opt_curly("else-block in IF statement")?);
        }
        Some(ItemKind::If(then, otherwise))
    }

    fn opt_while(&mut self) -> Option<ItemKind> {
        let test = self.opt_curly("condition in WHILE statement")?;
        if !self.is_next_word(&["DO"]) {
            self.missing(codes::EXPECTED, "Expected DO after condition in WHILE statement");
            return None;
        }
        self.bump();
        let body = self.opt_curly("body in WHILE statement")?;
        Some(ItemKind::While(test, body))
    }

    fn opt_switch(&mut self) -> Option<ItemKind> {
        if self.next.kind != TokenKind::Open(Bracket::Curly) {
            self.missing(codes::EXPECTED, "Expected { for cases in SWITCH statement");
            return None;
        }
        let start = self.bump().span;
        if self.is_too_deep(start) {
            return None;
        }
        self.open.push(Bracket::Curly);
        self.depth += 1;
        let (cases, otherwise) = self.cases();
        self.depth -= 1;
        self.open.pop();
        if self.next.kind == TokenKind::Close(Bracket::Curly) {
            self.bump();
        } else {
            if self.next.kind == TokenKind::End && !self.is_stopped {
                self.at_end += 1;
            }
            let diagnostic = Diagnostic::error(codes::UNCLOSED, start, "Unclosed block");
            self.error(diagnostic.with_label("this { has no }"));
        }
        Some(ItemKind::Switch(cases, otherwise))
    }

    fn cases(&mut self) -> (Vec<Case>, Option<Body>) {
        let (mut cases, mut otherwise) = (Vec::new(), None);
        loop {
            if self.is_next_word(&["else", "ELSE"]) {
                let span = self.bump().span;
                let body = self.opt_curly("else-block in SWITCH statement");
                if otherwise.is_some() {
                    let message = "A SWITCH has one else-block";
                    self.error(Diagnostic::error(codes::CASE, span, message));
                }
                otherwise = otherwise.or(body);
                continue;
            }
            let mut keys = Vec::new();
            while let Some(kind) = self.opt_key() {
                keys.push(Item { kind, span: self.bump().span });
            }
            if keys.is_empty() {
                let is_end = matches!(
                    self.next.kind,
                    TokenKind::End | TokenKind::Close(_) | TokenKind::Semicolon
                );
                if is_end {
                    return (cases, otherwise);
                }
                let message = "Expected a number, string or symbol for a case in SWITCH statement";
                self.error(Diagnostic::error(codes::CASE, self.next.span, message));
                self.opt_item();
                continue;
            }
            if let Some(body) = self.opt_curly("case in SWITCH statement") {
                cases.push(Case { keys, body });
            }
        }
    }

    /// What the next token is as the key of a case.
    fn opt_key(&self) -> Option<ItemKind> {
        match &self.next.kind {
            TokenKind::Number(value) => Some(ItemKind::Number(*value)),
            TokenKind::Text(value) => Some(ItemKind::Text(value.clone())),
            TokenKind::Quote(name) => Some(ItemKind::Quote(name.clone())),
            TokenKind::Word(name) => (!is_keyword(name)).then(|| ItemKind::Word(name.clone())),
            TokenKind::Open(_)
            | TokenKind::Close(_)
            | TokenKind::Colon
            | TokenKind::Semicolon
            | TokenKind::End => None,
        }
    }

    /// A word as a name, if one is next.
    fn opt_name(&mut self) -> Option<Name> {
        let TokenKind::Word(word) = &self.next.kind else { return None };
        let text = (!is_keyword(word)).then(|| word.clone())?;
        Some(Name { text, span: self.bump().span })
    }

    fn opt_store(&mut self, word: &str) -> Option<Store> {
        let Some(mut name) = self.opt_name() else {
            self.missing(codes::EXPECTED_NAME, format!("Expected variable name after {word}"));
            return None;
        };
        let variable = name.text.strip_suffix('[').map(str::to_owned);
        let keys = variable.map(|variable| {
            name.text = variable;
            self.bracketed(Bracket::Square, name.span)
        });
        Some(Store { makes: word == "->", name, keys })
    }

    fn opt_top_level_name(&mut self, word: &str, span: Span) -> Option<Name> {
        let Some(name) = self.opt_name() else {
            self.missing(codes::EXPECTED_NAME, format!("Expected name after {word}"));
            return None;
        };
        if self.in_definition || !self.open.is_empty() {
            let message = format!("'{word}' inside of a definition or brackets");
            let diagnostic = Diagnostic::error(codes::TOP_LEVEL, span, message);
            let hint = match word {
                "value" => "`-> NAME` makes a local variable in a definition; `to NAME` sets one",
                _ => "put it before the definition",
            };
            self.error(diagnostic.with_hint(hint));
            return None;
        }
        Some(name)
    }

    /// The name after a colon. The token after it is read, but for the comment on the effect.
    fn opt_defined_name(&mut self) -> Option<Name> {
        let text = match &self.next.kind {
            TokenKind::Word(name) => name.clone(),
            TokenKind::Number(value) => format!("{value}"),
            // A bracket is a word like others, and taken.
            TokenKind::Open(Bracket::Square) => "[".to_owned(),
            TokenKind::Close(Bracket::Square) => "]".to_owned(),
            TokenKind::Text(_)
            | TokenKind::Quote(_)
            | TokenKind::Open(_)
            | TokenKind::Close(_)
            | TokenKind::Colon
            | TokenKind::Semicolon
            | TokenKind::End => return None,
        };
        Some(Name { text, span: self.next.span })
    }

    fn opt_definition(&mut self, colon: Span) -> Option<Item> {
        let nested = if !self.open.is_empty() {
            Some("Cannot nest definition inside code block")
        } else if self.in_definition {
            Some("Nested definitions are not allowed")
        } else {
            None
        };
        if let Some(message) = nested {
            let diagnostic = Diagnostic::error(codes::NESTED, colon, message);
            self.error(diagnostic.with_hint("define the word before this one"));
        }
        let Some(name) = self.opt_defined_name() else {
            self.missing(codes::EXPECTED_NAME, "Expected word name after :");
            while !matches!(self.next.kind, TokenKind::Semicolon | TokenKind::End) {
                self.bump();
            }
            self.bump();
            return None;
        };
        let effect = self.lexer.opt_effect();
        self.bump();
        if self.is_too_deep(colon) {
            return None;
        }
        // Inside of an outer definition, brackets around it are no concern of the inner one.
        let open = std::mem::take(&mut self.open);
        let outer = std::mem::replace(&mut self.in_definition, true);
        self.depth += 1;
        let body = self.items();
        self.depth -= 1;
        self.in_definition = outer;
        self.open = open;
        if self.next.kind == TokenKind::Semicolon {
            self.bump();
        } else {
            if !self.is_stopped {
                self.at_end += 1;
            }
            let message = format!("Unclosed definition for {}", name.text);
            let diagnostic = Diagnostic::error(codes::UNCLOSED, colon.to(name.span), message);
            self.error(diagnostic.with_label("it ends with ;"));
        }
        let span = name.span;
        let effect = effect.and_then(|(span, counts)| {
            let (takes, leaves) = counts?;
            Some((takes, leaves, span))
        });
        let definition = Definition { name, effect, body };
        nested.is_none().then(|| Item { kind: ItemKind::Definition(Box::new(definition)), span })
    }
}
