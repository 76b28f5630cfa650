//! Looking through expressions.

use super::{
    Block, Expression, ExpressionKind, Part, Query, RecordPart, Rewind, SourceJoin, Statement,
    StatementKind,
};

impl Expression {
    /// Shows an expression and all that are within it to `look`, in no order.
    pub(crate) fn walk<'a>(&'a self, look: &mut dyn FnMut(&'a Self)) {
        self.walk_while(&mut |one| {
            look(one);
            true
        });
    }

    /// Likewise, without what is within an expression for which `look` says so.
    pub(crate) fn walk_while<'a>(&'a self, look: &mut dyn FnMut(&'a Self) -> bool) {
        let mut waiting = vec![self];
        while let Some(next) = waiting.pop() {
            if look(next) {
                next.children(&mut waiting);
            }
        }
    }

    fn children<'a>(&'a self, found: &mut Vec<&'a Self>) {
        match &self.kind {
            ExpressionKind::Wrong
            | ExpressionKind::Literal(_)
            | ExpressionKind::Name(_)
            | ExpressionKind::None => {}
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
            ExpressionKind::ListWith(parts) => found.extend(parts.iter().map(|(one, _)| one)),
            ExpressionKind::RecordWith(parts) => {
                found.extend(parts.iter().map(|part| match part {
                    RecordPart::Field(_, value) | RecordPart::Spread(value) => value,
                }));
            }
            ExpressionKind::Try { body, otherwise, .. } => {
                body.children(found);
                if let Some(block) = otherwise {
                    block.children(found);
                }
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
            | ExpressionKind::Ensure(one, two)
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
                    found.extend(arm.guard.iter().chain(&arm.ensure));
                    found.push(&arm.body);
                }
            }
            ExpressionKind::Block(block) => block.children(found),
            ExpressionKind::Query(query) => query.children(found),
        }
    }
}

impl Query {
    fn children<'a>(&'a self, found: &mut Vec<&'a Expression>) {
        for source in &self.sources {
            found.push(&source.rows);
            match &source.join {
                SourceJoin::Cross => {}
                SourceJoin::Inner(on) | SourceJoin::Left(on) => found.extend(on.as_ref()),
            }
        }
        found.extend(self.filter.iter().chain(&self.limit));
        found.extend(self.groups.iter().chain(&self.columns).map(|one| &one.value));
        found.extend(self.order.iter().map(|key| &key.value));
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
            StatementKind::Wrong
            | StatementKind::Checkpoint(_)
            | StatementKind::Accept
            | StatementKind::Break
            | StatementKind::Continue
            | StatementKind::Dispose(_)
            | StatementKind::Recover(_)
            | StatementKind::Switch(_)
            | StatementKind::Inspect(_)
            | StatementKind::Fail => {}
            StatementKind::Let { value, .. }
            | StatementKind::Yield(value)
            | StatementKind::Expression(value)
            | StatementKind::Watch(value)
            | StatementKind::Explain(_, value)
            | StatementKind::Rewind(Rewind::To(value) | Rewind::When(value)) => found.push(value),
            StatementKind::Assign { place: one, value: two }
            | StatementKind::Swap(one, two)
            | StatementKind::Revert { library: one, moment: two }
            | StatementKind::Insert { into: one, rows: two, .. }
            | StatementKind::Delete { from: one, rows: two } => found.extend([one, two]),
            StatementKind::Update { place, value, filter } => {
                found.extend([place, value]);
                found.extend(filter.as_ref());
            }
            StatementKind::While { condition: value, body }
            | StatementKind::When { condition: value, body }
            | StatementKind::Then { attempt: value, body, .. }
            | StatementKind::For { rows: value, body, .. } => {
                found.push(value);
                body.children(found);
            }
            StatementKind::From { entry, body, exit } => {
                found.extend([entry, exit]);
                body.children(found);
            }
            StatementKind::Some { rows, filter, body, .. } => {
                found.extend(rows.iter().chain(filter));
                body.children(found);
            }
            StatementKind::Parallel { arms, .. } => {
                arms.iter().for_each(|(_, body)| body.children(found));
            }
            StatementKind::Assert { condition, message } => {
                found.push(condition);
                found.extend(message.as_ref());
            }
            StatementKind::Reverse(value) | StatementKind::Succeed(value) => {
                found.extend(value.as_ref());
            }
            StatementKind::Emit { arguments, .. } | StatementKind::Print(arguments) => {
                found.extend(arguments);
            }
        }
    }
}
