//! Looking through expressions.

use super::{
    Block, Expression, ExpressionKind, Part, Rewind, SourceJoin, Statement, StatementKind,
};

impl Expression {
    /// Shows an expression and all that are within it to `look`, in no order.
    pub(crate) fn walk<'a>(&'a self, look: &mut dyn FnMut(&'a Self)) {
        let mut waiting = vec![self];
        while let Some(next) = waiting.pop() {
            look(next);
            next.children(&mut waiting);
        }
    }

    fn children<'a>(&'a self, found: &mut Vec<&'a Self>) {
        match &self.kind {
            ExpressionKind::Wrong
            | ExpressionKind::Literal(_)
            | ExpressionKind::Name(_)
            | ExpressionKind::None
            | ExpressionKind::NotYet(_) => {}
            ExpressionKind::Text(parts) => {
                for part in parts {
                    if let Part::Value(value) = part {
                        found.push(value);
                    }
                }
            }
            ExpressionKind::List(all) => found.extend(all),
            ExpressionKind::Record(fields) => {
                found.extend(fields.iter().map(|(_, value, _)| value));
            }
            ExpressionKind::Field { base: one, .. }
            | ExpressionKind::Unary(_, one)
            | ExpressionKind::Inverse(one)
            | ExpressionKind::Exists(one)
            | ExpressionKind::First(one)
            | ExpressionKind::Only(one) => found.push(one),
            ExpressionKind::Lambda(lambda) => found.push(&lambda.body),
            ExpressionKind::Index(one, two)
            | ExpressionKind::Binary(_, _, one, two)
            | ExpressionKind::Coalesce(one, two)
            | ExpressionKind::Compose(one, two)
            | ExpressionKind::At(one, two) => found.extend([&**one, &**two]),
            ExpressionKind::ForAll { rows, condition, .. } => found.extend([&**rows, &**condition]),
            ExpressionKind::Call(function, arguments) => {
                found.push(function);
                found.extend(arguments);
            }
            ExpressionKind::If(condition, then, otherwise) => {
                found.extend([&**condition, &**then]);
                found.extend(otherwise.as_deref());
            }
            ExpressionKind::Match(subject, arms) => {
                found.push(subject);
                for arm in arms {
                    found.extend(arm.guard.as_ref());
                    found.push(&arm.body);
                }
            }
            ExpressionKind::Block(block) => block.children(found),
            ExpressionKind::Query(query) => {
                for source in &query.sources {
                    found.push(&source.rows);
                    match &source.join {
                        SourceJoin::Cross => {}
                        SourceJoin::Inner(on) | SourceJoin::Left(on) => found.extend(on.as_ref()),
                    }
                }
                found.extend(query.filter.iter().chain(&query.limit));
                found.extend(query.groups.iter().chain(&query.columns).map(|one| &one.value));
                found.extend(query.order.iter().map(|key| &key.value));
            }
        }
    }
}

impl Block {
    fn children<'a>(&'a self, found: &mut Vec<&'a Expression>) {
        self.statements.iter().for_each(|one| one.children(found));
    }
}

impl Statement {
    fn children<'a>(&'a self, found: &mut Vec<&'a Expression>) {
        match &self.kind {
            StatementKind::Wrong | StatementKind::Checkpoint(_) | StatementKind::NotYet(_) => {}
            StatementKind::Let { value, .. }
            | StatementKind::Yield(value)
            | StatementKind::Expression(value)
            | StatementKind::Rewind(Rewind::To(value) | Rewind::When(value)) => found.push(value),
            StatementKind::Assign { place: one, value: two }
            | StatementKind::Insert { into: one, rows: two, .. }
            | StatementKind::Delete { from: one, rows: two } => found.extend([one, two]),
            StatementKind::Update { place, value, filter } => {
                found.extend([place, value]);
                found.extend(filter.as_ref());
            }
            StatementKind::While { condition: value, body }
            | StatementKind::For { rows: value, body, .. } => {
                found.push(value);
                body.children(found);
            }
            StatementKind::Assert { condition, message } => {
                found.push(condition);
                found.extend(message.as_ref());
            }
            StatementKind::Reverse(reason) => found.extend(reason.as_ref()),
            StatementKind::Try { body, otherwise, .. } => {
                body.children(found);
                if let Some(block) = otherwise {
                    block.children(found);
                }
            }
            StatementKind::Emit { arguments, .. } | StatementKind::Print(arguments) => {
                found.extend(arguments);
            }
        }
    }
}
