//! Statements and blocks.

use syntax_tree::Parsing as _;

use super::Parser;
use crate::codes;
use crate::prelude;
use crate::syntax::kind::SyntaxKind;
use syntax_tree::Checkpoint;

impl Parser<'_> {
    /// Statements up to the token at `end`.
    pub(super) fn statements(&mut self, end: usize) {
        while {
            self.skip_separators(end);
            self.is_before(end)
        } {
            let begin = self.next();
            let is_name = self.kind_at(begin) == SyntaxKind::Name;
            self.statement();
            if self.next() == begin {
                self.stray(begin);
                continue;
            }
            let is_separated = matches!(
                self.peek(),
                SyntaxKind::Newline | SyntaxKind::Semicolon | SyntaxKind::End
            );
            if is_separated || !self.is_before(end) {
                continue;
            }
            self.no_separator(if is_name { Some(begin) } else { None });
        }
    }

    /// A token that begins nothing.
    fn stray(&mut self, begin: usize) {
        let is_told = self.kind_at(begin).is_close() || self.kind_at(begin) == SyntaxKind::Unknown;
        if !is_told && !self.is_told_at(begin) {
            self.expected("a statement");
        }
        self.skip_token();
        self.skip_to_stop();
    }

    /// Between two statements stands nothing. `begin` is the name that the first one begins with.
    fn no_separator(&mut self, begin: Option<usize>) {
        let next = self.next();
        let kind = self.kind_at(next);
        if kind.is_close() || kind == SyntaxKind::Unknown || self.is_told_at(next) {
            self.skip_token();
            self.skip_to_stop();
            return;
        }
        let foreign = self.foreign_end(begin, next);
        let is_foreign = foreign.is_some();
        let hint = foreign
            .or_else(|| begin.and_then(|begin| self.call_without_parentheses(begin, next)))
            .or_else(|| begin.and_then(|begin| self.meant(begin)))
            .or_else(|| self.meant(next));
        let is_start = self.is_expression_start() || self.is_statement_word();
        let is_assigned = kind.is_assignment();
        let diagnostic = if is_assigned {
            let message = "an assignment is no value, and does not chain";
            self.error(codes::STATEMENT, message)
        } else if is_start {
            self.error(codes::SEPARATOR, "a line end or `;` is missing between two statements")
        } else {
            self.expected("a line end or `;`")
        };
        if hint.is_some() {
            diagnostic.hint = hint;
        }
        if is_foreign {
            self.skip_statement();
        } else if !is_start || begin.is_some() {
            self.skip_to_stop();
        }
    }

    /// How a function is called whose name is a statement, with something behind it.
    fn call_without_parentheses(&self, begin: usize, next: usize) -> Option<String> {
        let name = self.text_at(begin);
        let is_function =
            achronyme_library::find(name).is_some() || prelude::function(name).is_some();
        let is_alone = self.last_solid(next) == Some(begin);
        (is_function && is_alone)
            .then(|| format!("what a function is given stands in parentheses: `{name}(…)`"))
    }

    fn skip_separators(&mut self, end: usize) {
        while self.is_before(end)
            && matches!(self.peek(), SyntaxKind::Newline | SyntaxKind::Semicolon)
        {
            self.bump();
        }
    }

    /// Whether a statement that is no expression begins here.
    pub(super) fn is_statement_word(&self) -> bool {
        matches!(
            self.peek(),
            SyntaxKind::ImportWord
                | SyntaxKind::ExportWord
                | SyntaxKind::LetWord
                | SyntaxKind::MutWord
                | SyntaxKind::TypeWord
                | SyntaxKind::ReturnWord
                | SyntaxKind::YieldWord
                | SyntaxKind::ThrowWord
                | SyntaxKind::BreakWord
                | SyntaxKind::ContinueWord
        )
    }

    pub(super) fn statement(&mut self) {
        match self.peek() {
            SyntaxKind::ImportWord => self.import(),
            SyntaxKind::ExportWord => self.export(),
            SyntaxKind::LetWord | SyntaxKind::MutWord => self.let_(),
            SyntaxKind::TypeWord => self.type_alias(),
            SyntaxKind::ReturnWord => self.with_value(SyntaxKind::Return),
            SyntaxKind::YieldWord => self.with_value(SyntaxKind::Yield),
            SyntaxKind::ThrowWord => self.with_value(SyntaxKind::Throw),
            SyntaxKind::BreakWord => self.node(SyntaxKind::Break, |p| {
                p.bump();
                if p.is_expression_start() {
                    p.expression();
                }
            }),
            SyntaxKind::ContinueWord => self.leaf(SyntaxKind::Continue),
            _ => self.expression_statement(),
        }
    }

    fn with_value(&mut self, kind: SyntaxKind) {
        self.node(kind, |p| {
            p.bump();
            p.expression();
        });
    }

    fn let_(&mut self) {
        self.node(SyntaxKind::Let, |p| {
            let is_mut = p.peek() == SyntaxKind::MutWord;
            p.bump();
            // `let mut x` is what other languages have.
            if !is_mut && p.peek() == SyntaxKind::MutWord {
                p.error(codes::EXPECTED, "`let` and `mut` do not go together").hint =
                    Some("`mut x = …` alone makes a variable".to_owned());
                p.skip_token();
            }
            p.binding();
            if p.eat(SyntaxKind::Colon) {
                p.skip_blanks();
                p.type_();
            }
            let hint = p.foreign_declaration();
            if p.expect(SyntaxKind::Equal) {
                p.skip_blanks();
                p.expression();
            } else if hint.is_some() {
                p.hint(hint);
                p.skip_statement();
            } else if !p.is_stop() {
                p.skip_to_stop();
            }
        });
    }

    fn type_alias(&mut self) {
        self.node(SyntaxKind::TypeAlias, |p| {
            p.bump();
            p.expect_name("the name of the type");
            if p.expect(SyntaxKind::Equal) {
                p.skip_blanks();
                p.type_();
            } else {
                p.skip_to_stop();
            }
        });
    }

    fn expression_statement(&mut self) {
        let checkpoint = self.checkpoint();
        let begin = self.next();
        self.bare_expression();
        if self.next() == begin {
            return;
        }
        if self.peek().is_assignment() {
            self.builder.start_at(checkpoint, SyntaxKind::Assign);
            self.bump();
            self.skip_blanks();
            self.expression();
            self.builder.finish();
        } else {
            self.wrap(checkpoint, SyntaxKind::ExpressionStatement);
        }
    }

    /// `{ … }` with statements, which may stand on the next line.
    pub(super) fn block(&mut self) {
        if self.peek_past_lines() != SyntaxKind::CurlyOpen {
            self.block_without_braces();
            return;
        }
        self.skip_blanks();
        self.node(SyntaxKind::Block, Self::statements_in_braces);
    }

    /// `{ … }` with statements; the braces come next.
    pub(super) fn statements_in_braces(&mut self) {
        self.bracketed(true, Self::statements);
    }

    /// A statement in the place of a value.
    pub(super) fn misplaced_statement(&mut self) {
        let word = self.text_at(self.next());
        let message = format!("`{word}` begins a statement, which is no value");
        self.error(codes::STATEMENT, message).hint =
            Some("`do { … }` makes a value of statements".to_owned());
        self.node(SyntaxKind::Error, Self::statement);
    }

    /// After a value: an assignment in the place of a value.
    pub(super) fn misplaced_assignment(&mut self, checkpoint: Checkpoint) {
        if !self.peek().is_assignment() {
            return;
        }
        let hint = "`do { … }` makes a value of statements; `==` compares";
        self.assignment_as_value(checkpoint, hint.to_owned());
    }

    /// What a function is given.
    pub(super) fn argument(&mut self) {
        if self.kind_at(self.next()) == SyntaxKind::Name && self.peek_second() == SyntaxKind::Equal
        {
            let checkpoint = self.checkpoint();
            let hint = format!("options stand in braces: `{{{}: …}}`", self.text_at(self.next()));
            self.bare_expression();
            self.assignment_as_value(checkpoint, hint);
        } else {
            self.expression();
        }
    }

    fn assignment_as_value(&mut self, checkpoint: Checkpoint, hint: String) {
        self.error(codes::STATEMENT, "an assignment is no value").hint = Some(hint);
        self.builder.start_at(checkpoint, SyntaxKind::Error);
        self.bump();
        self.skip_blanks();
        self.expression();
        self.builder.finish();
    }
}
