//! Statements.

use super::Lowerer;
use crate::ast::{self, View as _};
use crate::form::{self, Rewind, StatementKind as Form};
use crate::hir::BinaryOp;
use crate::syntax::{Node, SyntaxKind, Token};

impl Lowerer {
    pub(super) fn block(&mut self, block: ast::Block<'_>) -> form::Block {
        let node = block.node();
        let mut statements = Vec::new();
        if self.enter(node) {
            for one in block.statements() {
                let found = stacker::maybe_grow(128 << 10, 2 << 20, || self.statement(one));
                statements.push(found);
            }
        }
        self.leave();
        form::Block { statements }
    }

    fn block_or_empty(&mut self, block: Option<ast::Block<'_>>) -> form::Block {
        match block {
            Some(block) => self.block(block),
            None => form::Block { statements: Vec::new() },
        }
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
            ast::Statement::ExpressionStatement(found) => match found.value() {
                Some(ast::Expression::Try(inner)) => Form::Try {
                    body: self.block_or_empty(inner.body()),
                    name: inner.error().map(|name| self.name(Some(name), node)),
                    otherwise: inner.otherwise().map(|block| self.block(block)),
                },
                value => Form::Expression(self.value(value, node)),
            },
            other => Form::NotYet(not_yet(other)),
        }
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
        match event.kind {
            form::ExpressionKind::Name(event) => Form::Emit { event, arguments },
            form::ExpressionKind::Wrong => Form::Wrong,
            _ => Form::NotYet("an event of a space"),
        }
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

/// What a statement is called that is not done so far, or stands where it cannot be compiled so far.
pub(super) fn not_yet(of: ast::Statement<'_>) -> &'static str {
    match of {
        ast::Statement::Use(_) => "`use`",
        ast::Statement::TypeDefinition(_)
        | ast::Statement::Relation(_)
        | ast::Statement::IndexDefinition(_)
        | ast::Statement::ViewDefinition(_)
        | ast::Statement::Rule(_)
        | ast::Statement::Transform(_)
        | ast::Statement::Space(_)
        | ast::Statement::Test(_) => "a definition within a block",
        ast::Statement::Migrate(_) => "a migration",
        ast::Statement::Contract(_) => "a contract",
        ast::Statement::Handler(_) => "a handler of events",
        ast::Statement::Solve(_) => "a search",
        ast::Statement::Swap(_) => "a swap",
        ast::Statement::From(_) => "a reversible loop",
        ast::Statement::Accept(_) => "`accept`",
        ast::Statement::Dispose(_) => "`dispose`",
        ast::Statement::Recover(_) => "`recover`",
        ast::Statement::Parallel(_) => "`parallel`",
        ast::Statement::Switch(_) => "`switch`",
        ast::Statement::Revert(_) => "`revert`",
        ast::Statement::Watch(_) => "`watch`",
        ast::Statement::Inspect(_) => "`inspect`",
        ast::Statement::Explain(_) => "`explain`",
        ast::Statement::MatchAlternative(_)
        | ast::Statement::SomeAlternative(_)
        | ast::Statement::Succeed(_)
        | ast::Statement::Fail(_)
        | ast::Statement::TryThen(_) => "a step of a search",
        ast::Statement::Let(_)
        | ast::Statement::Assign(_)
        | ast::Statement::Insert(_)
        | ast::Statement::Delete(_)
        | ast::Statement::Update(_)
        | ast::Statement::Upsert(_)
        | ast::Statement::While(_)
        | ast::Statement::For(_)
        | ast::Statement::Assert(_)
        | ast::Statement::Reverse(_)
        | ast::Statement::Emit(_)
        | ast::Statement::Print(_)
        | ast::Statement::Yield(_)
        | ast::Statement::Checkpoint(_)
        | ast::Statement::Rewind(_)
        | ast::Statement::ExpressionStatement(_) => "this statement",
    }
}
