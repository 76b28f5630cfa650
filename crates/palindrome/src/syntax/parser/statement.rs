//! Statements: which one begins, and those that change state.

use syntax_tree::Parsing as _;

use super::{Context, Parser};
use crate::codes;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    pub(super) fn statement(&mut self) {
        self.statement = self.next();
        match self.peek() {
            SyntaxKind::LetWord => self.let_(),
            SyntaxKind::AssertWord => self.assert(),
            SyntaxKind::PrintWord => self.node(SyntaxKind::Print, |p| {
                let word = p.next();
                p.bump();
                // Brackets directly behind it are those of a call.
                if p.kind_at(word + 1) == SyntaxKind::RoundOpen {
                    p.arguments();
                } else {
                    p.values();
                }
            }),
            SyntaxKind::WhileWord => self.while_(),
            SyntaxKind::ForWord if !self.is_for_all() => self.for_(),
            SyntaxKind::TryWord if self.is_try_then() => self.try_then(),
            SyntaxKind::MatchWord if self.is_search => self.match_alternative(),
            SyntaxKind::Name if self.opt_item() || self.opt_change() || self.opt_time() => {}
            SyntaxKind::Name if self.is_search && self.opt_search() => {}
            _ => self.expression_statement(),
        }
    }

    /// Whether a name stands behind the next token that is no word of an operator.
    pub(super) fn is_name_next(&self) -> bool {
        let second = self.second();
        let is_operator =
            ["at", "as"].contains(&self.text_at(second)) && self.is_value_start(self.after(second));
        self.kind_at(second) == SyntaxKind::Name && !is_operator
    }

    /// Whether a value stands behind the next token that is not the rest of one: brackets and `-` are
    /// that where a blank is before them, and none behind the `-`.
    fn is_value_next(&self) -> bool {
        let second = self.second();
        let is_apart = second > self.next() + 1;
        self.is_value_start(second)
            && match self.kind_at(second) {
                SyntaxKind::RoundOpen | SyntaxKind::SquareOpen | SyntaxKind::CurlyOpen => is_apart,
                SyntaxKind::Minus => is_apart && self.after(second) == second + 1,
                SyntaxKind::ForWord => false,
                SyntaxKind::Name => self.is_name_next(),
                _ => true,
            }
    }

    fn is_stop_next(&self) -> bool {
        let kind = self.peek_second();
        kind.is_close()
            || matches!(kind, SyntaxKind::Newline | SyntaxKind::Semicolon | SyntaxKind::End)
    }

    /// A statement that changes or shows state, if its word comes next.
    fn opt_change(&mut self) -> bool {
        let kind = match self.text_at(self.next()) {
            "update" if self.is_name_next() => {
                self.update();
                return true;
            }
            "upsert" if self.is_name_next() => {
                self.upsert();
                return true;
            }
            "from" if self.is_value_next() => {
                self.from();
                return true;
            }
            "emit" if self.is_name_next() => {
                self.emit();
                return true;
            }
            "reverse" if self.is_stop_next() || self.is_value_next() => SyntaxKind::Reverse,
            "accept" if self.is_stop_next() => SyntaxKind::Accept,
            "break" if self.is_stop_next() => SyntaxKind::Break,
            "continue" if self.is_stop_next() => SyntaxKind::Continue,
            "yield" if self.is_value_next() => SyntaxKind::Yield,
            "watch" if self.is_value_next() => SyntaxKind::Watch,
            "explain" | "why" | "whynot" if self.is_value_next() => SyntaxKind::Explain,
            _ => return false,
        };
        self.node(kind, |p| {
            let has_value = !p.is_stop_next();
            p.bump();
            if has_value {
                p.expression();
            }
        });
        true
    }

    fn let_(&mut self) {
        self.node(SyntaxKind::Let, |p| {
            p.bump();
            if p.is_word("mut") && p.peek_second() == SyntaxKind::Name {
                p.error(codes::FOREIGN, "`mut` is not needed").hint =
                    Some("what `let` names can change: `x <- 5`".to_owned());
                p.skip_token();
            }
            p.expect_name("a name");
            if p.eat(SyntaxKind::Colon) {
                p.skip_blanks();
                p.type_();
            }
            if p.expect(SyntaxKind::Equal) {
                p.skip_blanks();
                p.expression();
            } else if p.peek() == SyntaxKind::ArrowLeft {
                p.hint(Some("`let` declares with `=`; `<-` changes what is there".to_owned()));
                p.skip_to_stop();
            } else {
                p.skip_to_stop();
            }
        });
    }

    fn assert(&mut self) {
        self.node(SyntaxKind::Assert, |p| {
            p.bump();
            let context = Context { has_commas: false, ..p.context };
            p.within(context, Self::expression);
            if p.eat(SyntaxKind::Comma) {
                p.skip_blanks();
                p.within(context, Self::expression);
            }
        });
    }

    /// Values with commas between them.
    fn values(&mut self) {
        let context = Context { has_commas: false, ..self.context };
        self.within(context, |p| {
            loop {
                p.expression();
                if !p.eat(SyntaxKind::Comma) {
                    return;
                }
                p.skip_blanks();
            }
        });
    }

    /// `update R.f += e where c`
    fn update(&mut self) {
        self.node(SyntaxKind::Update, |p| {
            p.bump();
            p.path("what is to be changed");
            if !p.peek().is_assignment() {
                p.expected("`=`").hint = Some("write `update R.f = … where …`".to_owned());
                p.skip_to_stop();
                return;
            }
            p.bump();
            p.skip_blanks();
            p.simple_expression();
            let next = p.onward();
            if p.kind_at(next) == SyntaxKind::WhereWord {
                p.take_until(next);
                p.where_(false);
            }
        });
    }

    /// `upsert R += e`
    fn upsert(&mut self) {
        self.node(SyntaxKind::Upsert, |p| {
            p.bump();
            p.path("a relation");
            if p.expect(SyntaxKind::PlusEqual) {
                p.skip_blanks();
                p.expression();
            } else {
                p.skip_to_stop();
            }
        });
    }

    /// `emit Event(a, b)`
    fn emit(&mut self) {
        self.node(SyntaxKind::Emit, |p| {
            p.bump();
            p.path("an event");
            if p.peek() == SyntaxKind::RoundOpen {
                p.arguments();
            } else {
                p.expected("`(`");
            }
        });
    }

    fn expression_statement(&mut self) {
        let checkpoint = self.checkpoint();
        let begin = self.next();
        self.expression();
        if self.next() == begin {
            return;
        }
        let kind = match self.peek() {
            SyntaxKind::ArrowLeft => SyntaxKind::Assign,
            SyntaxKind::Both => SyntaxKind::Swap,
            SyntaxKind::PlusEqual => SyntaxKind::Insert,
            SyntaxKind::MinusEqual => SyntaxKind::Delete,
            _ => {
                self.wrap(checkpoint, SyntaxKind::ExpressionStatement);
                return;
            }
        };
        self.builder.start_at(checkpoint, kind);
        self.bump();
        self.skip_blanks();
        self.expression();
        self.builder.finish();
    }
}
