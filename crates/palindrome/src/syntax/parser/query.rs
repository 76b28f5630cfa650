//! Queries: sources, clauses, and what asks about their rows.

use syntax_tree::{Checkpoint, Parsing as _};

use super::{Context, Parser};
use crate::codes;
use crate::syntax::kind::SyntaxKind;

/// A clause of a query, in the order in which they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Clause {
    Where,
    Group,
    Order,
    Limit,
    Select,
}

impl Clause {
    fn text(self) -> &'static str {
        match self {
            Self::Where => "where",
            Self::Group => "group by",
            Self::Order => "order by",
            Self::Limit => "limit",
            Self::Select => "select",
        }
    }
}

impl Parser<'_> {
    /// The clause that begins at a token.
    fn clause(&self, index: usize) -> Option<Clause> {
        let has_by = || self.is_word_at(self.solid_after(index), "by");
        match (self.kind_at(index), self.text_at(index)) {
            (SyntaxKind::WhereWord, _) => Some(Clause::Where),
            (SyntaxKind::SelectWord, _) => Some(Clause::Select),
            (SyntaxKind::Name, "group") if has_by() => Some(Clause::Group),
            (SyntaxKind::Name, "order") if has_by() => Some(Clause::Order),
            (SyntaxKind::Name, "limit") => Some(Clause::Limit),
            _ => None,
        }
    }

    /// Whether a line that begins with a token is a clause of the query before it. `limit 3 route()`
    /// is a statement of its own.
    pub(super) fn is_clause_line(&self, index: usize) -> bool {
        let Some(clause) = self.clause(index) else { return false };
        if clause != Clause::Limit {
            return true;
        }
        let count = self.after(index);
        let is_count = matches!(self.kind_at(count), SyntaxKind::Int | SyntaxKind::Name);
        is_count && !self.is_operand_name(self.after(count))
    }

    /// Whether a token is a name, and no word of an operator or clause.
    fn is_operand_name(&self, index: usize) -> bool {
        let is_infix = ["at", "as", "on", "limit", "group", "order", "ensure", "then"];
        self.kind_at(index) == SyntaxKind::Name && !is_infix.contains(&self.text_at(index))
    }

    /// What makes a query of the value since a checkpoint.
    pub(super) fn opt_clauses(&mut self, checkpoint: Checkpoint) {
        let has_comma = self.context.has_commas && self.peek() == SyntaxKind::Comma;
        let has_alias = self.is_word("as") && self.peek_second() == SyntaxKind::Name;
        if !has_comma && !has_alias && self.clause(self.onward()).is_none() {
            return;
        }
        self.builder.start_at(checkpoint, SyntaxKind::Query);
        self.builder.start_at(checkpoint, SyntaxKind::Source);
        self.source_rest();
        self.builder.finish();
        while self.context.has_commas && self.eat(SyntaxKind::Comma) {
            self.skip_blanks();
            self.node(SyntaxKind::Source, |p| {
                if p.is_word("left") && p.peek_second() == SyntaxKind::Name {
                    p.bump();
                }
                p.simple_expression();
                p.source_rest();
            });
        }
        self.clauses();
        self.builder.finish();
        // The moment of the whole query.
        if self.context.has_at && self.is_word("at") {
            self.builder.start_at(checkpoint, SyntaxKind::At);
            self.bump();
            self.skip_blanks();
            self.simple_expression();
            self.builder.finish();
        }
    }

    /// `as name on c` behind a source.
    fn source_rest(&mut self) {
        if self.is_word("as") && self.peek_second() == SyntaxKind::Name {
            self.bump();
            self.bump();
        }
        if self.is_word("on") && self.is_value_start(self.second()) {
            self.bump();
            self.skip_blanks();
            self.in_clause(true);
        }
    }

    /// A value in a clause, where `at` and further clauses belong to the query.
    fn in_clause(&mut self, has_equals: bool) {
        let has_equals = has_equals || self.context.has_equals;
        let context = Context {
            has_equals,
            has_clauses: false,
            has_commas: false,
            has_at: false,
            ..self.context
        };
        self.within(context, Self::expression);
    }

    fn clauses(&mut self) {
        let mut last = None;
        while let Some(clause) = self.clause(self.onward()) {
            self.go_onward();
            if last.is_some_and(|last| last >= clause) {
                let message = format!("`{}` does not come here", clause.text());
                self.error(codes::CLAUSE, message).hint =
                    Some("the order is where, group by, order by, limit, select, each once".into());
            }
            last = last.max(Some(clause));
            self.one_clause(clause);
        }
    }

    fn one_clause(&mut self, clause: Clause) {
        match clause {
            Clause::Where => self.where_(true),
            Clause::Group => self.node(SyntaxKind::GroupBy, |p| {
                p.bump();
                p.bump();
                p.items(Self::selected);
            }),
            Clause::Order => self.node(SyntaxKind::OrderBy, |p| {
                p.bump();
                p.bump();
                p.items(|p| {
                    p.node(SyntaxKind::SortKey, |p| {
                        p.in_clause(false);
                        if !p.eat_word("asc") {
                            p.eat_word("desc");
                        }
                    });
                });
            }),
            Clause::Limit => self.node(SyntaxKind::Limit, |p| {
                p.bump();
                p.in_clause(false);
            }),
            Clause::Select => self.node(SyntaxKind::Select, |p| {
                p.bump();
                p.items(Self::selected);
            }),
        }
    }

    /// `where c`; `is_query` if an `at` behind it is that of the whole query.
    pub(super) fn where_(&mut self, is_query: bool) {
        self.node(SyntaxKind::Where, |p| {
            p.bump();
            p.skip_blanks();
            if is_query {
                p.in_clause(true);
            } else {
                let context = Context { has_equals: true, ..p.context };
                p.within(context, Self::simple_expression);
            }
        });
    }

    /// One or more things with commas between them, after which a line may end.
    fn items(&mut self, item: impl Fn(&mut Self)) {
        loop {
            self.skip_blanks();
            item(self);
            if !self.eat(SyntaxKind::Comma) {
                return;
            }
        }
    }

    /// `e as name`
    fn selected(&mut self) {
        self.node(SyntaxKind::Selected, |p| {
            p.in_clause(false);
            if p.eat_word("as") {
                p.expect_name("a name for the field");
            }
        });
    }

    /// `for all Q` behind a condition.
    pub(super) fn opt_for_all(&mut self, checkpoint: Checkpoint) {
        if !self.is_for_all() {
            return;
        }
        self.builder.start_at(checkpoint, SyntaxKind::ForAll);
        self.bump();
        self.bump();
        self.expression();
        self.builder.finish();
    }

    /// Whether `for all` comes next, and is no loop over a variable of that name.
    pub(super) fn is_for_all(&self) -> bool {
        let all = self.second();
        self.peek() == SyntaxKind::ForWord
            && self.is_word_at(all, "all")
            && self.kind_at(self.after(all)) != SyntaxKind::InWord
    }

    /// `for all x in Q: c`
    pub(super) fn for_all(&mut self) {
        self.node(SyntaxKind::ForAll, |p| {
            p.bump();
            p.bump();
            p.expect_name("a name for a row");
            if !p.expect(SyntaxKind::InWord) {
                p.skip_to_stop();
                return;
            }
            let context = Context { has_commas: false, ..p.context };
            p.within(context, Self::expression);
            if p.expect(SyntaxKind::Colon) {
                p.skip_blanks();
                p.expression();
            }
        });
    }

    /// Whether a word that asks about the rows of a query comes next, with one behind it.
    pub(super) fn is_quantified(&self) -> bool {
        let (next, second) = (self.next(), self.second());
        let third = self.after(second);
        let is_name = |index: usize| self.is_operand_name(index);
        if self.kind_at(next) == SyntaxKind::ExistsWord {
            return true;
        }
        match self.text_at(next) {
            "limit" => {
                let is_count = self.kind_at(second) == SyntaxKind::Int || is_name(second);
                is_count && is_name(third)
            }
            "first" | "only" | "once" | "all" => {
                is_name(second) && self.kind_at(third) != SyntaxKind::Colon
            }
            _ => false,
        }
    }

    /// `exists Q`, `exists(Q)`, `first Q`, `limit n Q`
    pub(super) fn quantified(&mut self) {
        self.node(SyntaxKind::Quantified, |p| {
            let (is_limit, is_exists) = (p.is_word("limit"), p.peek() == SyntaxKind::ExistsWord);
            p.bump();
            if is_limit {
                p.primary();
            }
            let has_equals = is_exists || p.context.has_equals;
            p.within(Context { has_equals, has_clauses: true, ..p.context }, |p| {
                if is_exists && p.peek() == SyntaxKind::RoundOpen {
                    p.paren();
                } else {
                    p.expression();
                }
            });
        });
    }
}
