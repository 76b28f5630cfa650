//! Statements.

use std::rc::Rc;

use super::Lowerer;
use crate::ast::{self, View as _};
use crate::form::{self, Rewind, StatementKind as Form};
use crate::hir::{BinaryOp, Merge};
use crate::syntax::{Node, SyntaxKind, Token};

impl Lowerer {
    pub(super) fn block(&mut self, block: ast::Block<'_>) -> form::Block {
        let node = block.node();
        let has_definitions = block.statements().any(is_definition);
        let around = if has_definitions { std::mem::take(&mut self.inner) } else { Vec::new() };
        let mut found = form::Block::default();
        if self.enter(node) {
            for one in block.statements() {
                if is_definition(one) {
                    let item = self.item(one);
                    self.inner.push(item);
                    continue;
                }
                let statement = stacker::maybe_grow(128 << 10, 2 << 20, || self.statement(one));
                found.statements.push(statement);
            }
        }
        self.leave();
        if has_definitions {
            self.blocks += 1;
            // No name can be written like this.
            let text: Rc<str> = Rc::from(format!("block{}'", self.blocks));
            found.space = Some(Rc::clone(&text));
            let items = std::mem::replace(&mut self.inner, around);
            let span = self.span(node);
            let name = form::Name { text, span };
            self.inner.push(form::Item { kind: form::ItemKind::Space { name, items }, span });
        }
        found
    }

    pub(super) fn block_or_empty(&mut self, block: Option<ast::Block<'_>>) -> form::Block {
        block.map_or_else(form::Block::default, |block| self.block(block))
    }

    /// A block of one statement, or the block that it is.
    pub(super) fn statement_block(&mut self, of: ast::Statement<'_>) -> form::Block {
        if let ast::Statement::ExpressionStatement(found) = of
            && let Some(ast::Expression::Block(block)) = found.value()
        {
            return self.block(block);
        }
        form::Block { space: None, statements: vec![self.statement(of)] }
    }

    fn body(&mut self, of: Option<ast::Statement<'_>>) -> form::Block {
        of.map_or_else(form::Block::default, |of| self.statement_block(of))
    }

    fn variable(&mut self, token: Option<Token<'_>>, within: Node<'_>) -> form::Pattern {
        let name = self.name(token, within);
        let span = name.span;
        let kind = match &*name.text {
            "" => form::PatternKind::Wrong,
            "_" => form::PatternKind::Wildcard,
            _ => form::PatternKind::Name(name),
        };
        form::Pattern { kind, span }
    }

    pub(super) fn statement(&mut self, of: ast::Statement<'_>) -> form::Statement {
        let span = self.span(of.node());
        form::Statement { kind: self.statement_kind(of), span }
    }

    fn statement_kind(&mut self, of: ast::Statement<'_>) -> Form {
        let node = of.node();
        match of {
            ast::Statement::Let(found) => Form::Let {
                pattern: self.variable(found.name(), node),
                of: found.annotation().map(|of| self.type_(of)),
                value: self.value(found.value(), node),
            },
            ast::Statement::Assign(found) => Form::Assign {
                place: self.value(found.place(), node),
                value: self.value(found.value(), node),
            },
            ast::Statement::Insert(found) => Form::Insert {
                into: self.value(found.relation(), node),
                rows: self.value(found.value(), node),
                replaces: false,
            },
            ast::Statement::Upsert(found) => Form::Insert {
                into: self.value(found.relation(), node),
                rows: self.value(found.value(), node),
                replaces: true,
            },
            ast::Statement::Delete(found) => Form::Delete {
                from: self.value(found.relation(), node),
                rows: self.value(found.value(), node),
            },
            ast::Statement::Update(found) => self.update(found),
            ast::Statement::While(found) => Form::While {
                condition: self.value(found.condition(), node),
                body: self.block_or_empty(found.body()),
            },
            ast::Statement::For(found) => Form::For {
                pattern: self.variable(found.variable(), node),
                rows: self.value(found.values(), node),
                body: self.block_or_empty(found.body()),
            },
            ast::Statement::Assert(found) => Form::Assert {
                condition: self.value(found.condition(), node),
                message: found.message().map(|message| self.expression(message)),
            },
            ast::Statement::Reverse(found) => {
                Form::Reverse(found.reason().map(|reason| self.expression(reason)))
            }
            ast::Statement::Emit(found) => self.emit(found),
            ast::Statement::Print(found) => {
                Form::Print(found.values().map(|value| self.expression(value)).collect())
            }
            ast::Statement::Yield(found) => Form::Yield(self.value(found.value(), node)),
            ast::Statement::Checkpoint(found) => Form::Checkpoint(self.name(found.name(), node)),
            ast::Statement::Rewind(found) => {
                let target = self.value(found.target(), node);
                Form::Rewind(if found.is_when() {
                    Rewind::When(target)
                } else {
                    Rewind::To(target)
                })
            }
            ast::Statement::ExpressionStatement(found) => {
                Form::Expression(self.value(found.value(), node))
            }
            other => self.rare_statement(other),
        }
    }

    /// Statements about time, those of searches, and what else is rare.
    fn rare_statement(&mut self, of: ast::Statement<'_>) -> Form {
        let node = of.node();
        match of {
            ast::Statement::Accept(_) => Form::Accept,
            ast::Statement::Break(_) => Form::Break,
            ast::Statement::Continue(_) => Form::Continue,
            ast::Statement::Swap(found) => {
                let mut places = found.places();
                Form::Swap(self.value(places.next(), node), self.value(places.next(), node))
            }
            ast::Statement::From(found) => Form::From {
                entry: self.value(found.entry(), node),
                body: self.block_or_empty(found.body()),
                exit: self.value(found.exit(), node),
            },
            ast::Statement::Watch(found) => Form::Watch(self.value(found.value(), node)),
            ast::Statement::Explain(found) => {
                let what = match found.word().map(Token::text) {
                    Some("why") => form::Explained::Why,
                    Some("whynot") => form::Explained::WhyNot,
                    _ => form::Explained::Plan,
                };
                Form::Explain(what, self.value(found.value(), node))
            }
            ast::Statement::Dispose(found) => Form::Dispose(self.name(found.name(), node)),
            ast::Statement::Recover(found) => Form::Recover(self.name(found.name(), node)),
            ast::Statement::Switch(found) => Form::Switch(self.name(found.name(), node)),
            ast::Statement::Inspect(found) => Form::Inspect(self.name(found.name(), node)),
            ast::Statement::Parallel(found) => self.parallel(found),
            ast::Statement::Revert(found) => Form::Revert {
                library: self.value(found.library(), node),
                moment: self.value(found.moment(), node),
            },
            ast::Statement::MatchAlternative(found) => Form::When {
                condition: self.value(found.condition(), node),
                body: self.body(found.body()),
            },
            ast::Statement::SomeAlternative(found) => Form::Some {
                name: self.name(found.variable(), node),
                rows: found.rows().map(|rows| self.expression(rows)),
                filter: found.filter().map(|one| self.value(one.condition(), one.node())),
                body: self.body(found.body()),
            },
            ast::Statement::TryThen(found) => Form::Then {
                name: found.variable().map(|name| self.name(Some(name), node)),
                attempt: self.value(found.attempt(), node),
                body: self.body(found.body()),
            },
            ast::Statement::Succeed(found) => {
                Form::Succeed(found.value().map(|value| self.expression(value)))
            }
            ast::Statement::Fail(_) => Form::Fail,
            _ => Form::Wrong,
        }
    }

    fn parallel(&mut self, found: ast::Parallel<'_>) -> Form {
        let mut arms = Vec::new();
        for arm in found.arms() {
            let name = self.name(arm.name(), arm.node());
            arms.push((name, self.body(arm.body())));
        }
        let merge = found.merge().and_then(ast::Merge::strategy);
        let merge = merge.and_then(|word| match word.text() {
            "latest" => Some(Merge::Latest),
            "first" => Some(Merge::First),
            "combine" => Some(Merge::Combine),
            "ask" => Some(Merge::Ask),
            _ => None,
        });
        Form::Parallel { arms, merge }
    }

    /// `update R.f += e` is `update R.f = R.f + e`.
    fn update(&mut self, found: ast::Update<'_>) -> Form {
        let node = found.node();
        let place = self.value(found.place(), node);
        let mut value = self.value(found.value(), node);
        if let Some(token) = found.operator()
            && let Some(op) = assignment_op(token.kind())
        {
            let (span, sign) = (value.span, token.span(self.source));
            let (left, right) = (Box::new(place.clone()), Box::new(value));
            value = form::Expression {
                kind: form::ExpressionKind::Binary(op, sign, left, right),
                span,
            };
        }
        let filter = found.filter().map(|one| self.value(one.condition(), one.node()));
        Form::Update { place, value, filter }
    }

    fn emit(&mut self, found: ast::Emit<'_>) -> Form {
        let node = found.node();
        let event = self.value(found.event(), node);
        let arguments = match found.arguments() {
            Some(arguments) => arguments.values().map(|one| self.expression(one)).collect(),
            None => Vec::new(),
        };
        Form::Emit { event, arguments }
    }
}

fn assignment_op(kind: SyntaxKind) -> Option<BinaryOp> {
    Some(match kind {
        SyntaxKind::PlusEqual => BinaryOp::Add,
        SyntaxKind::MinusEqual => BinaryOp::Subtract,
        SyntaxKind::StarEqual => BinaryOp::Multiply,
        SyntaxKind::SlashEqual => BinaryOp::Divide,
        SyntaxKind::PercentEqual => BinaryOp::Remainder,
        SyntaxKind::PlusPlusEqual => BinaryOp::Concatenate,
        _ => return None,
    })
}

/// Whether a statement defines something for the whole block that it stands in.
fn is_definition(of: ast::Statement<'_>) -> bool {
    matches!(
        of,
        ast::Statement::Use(_)
            | ast::Statement::TypeDefinition(_)
            | ast::Statement::Relation(_)
            | ast::Statement::IndexDefinition(_)
            | ast::Statement::ViewDefinition(_)
            | ast::Statement::Rule(_)
            | ast::Statement::Transform(_)
            | ast::Statement::Migrate(_)
            | ast::Statement::Space(_)
            | ast::Statement::Contract(_)
            | ast::Statement::Handler(_)
            | ast::Statement::Solve(_)
            | ast::Statement::Test(_)
    )
}
