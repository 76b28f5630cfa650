//! Looking through what expressions and statements are made of, and changing it.

use super::{
    Aggregate, Atom, Block, Callee, Expression, ExpressionKind, Join, Operand, Part, Pattern,
    PatternKind, Query, Report, Rewind, Statement, StatementKind,
};

/// Functions that show what is directly within something, by reference or to be changed.
macro_rules! children {
    (
        $children:ident, $block:ident, $statement:ident, $query:ident, $atom:ident, $iter:ident
        $(, $mut:tt)?
    ) => {
        fn $atom<'a>(
            of: &'a $($mut)? Atom,
            visit: &mut dyn FnMut(&'a $($mut)? Expression),
        ) {
            for operand in of.columns.$iter() {
                if let Operand::Value(value) = operand {
                    visit(value);
                }
            }
        }

        fn $children<'a>(
            of: &'a $($mut)? Expression,
            visit: &mut dyn FnMut(&'a $($mut)? Expression),
            name: &mut dyn FnMut(&'a $($mut)? Pattern),
        ) {
            match &$($mut)? of.kind {
                ExpressionKind::Wrong
                | ExpressionKind::Literal(_)
                | ExpressionKind::Local(_)
                | ExpressionKind::Global(_)
                | ExpressionKind::Relation(_)
                | ExpressionKind::Function(..)
                | ExpressionKind::None
                | ExpressionKind::Aggregate(Aggregate::Count) => {}
                ExpressionKind::Text(parts) => {
                    for part in parts.$iter() {
                        if let Part::Value(value) = part {
                            visit(value);
                        }
                    }
                }
                ExpressionKind::List(all) | ExpressionKind::Variant(_, _, all) => {
                    all.$iter().for_each(visit);
                }
                ExpressionKind::Record(fields) => {
                    fields.$iter().for_each(|(_, value)| visit(value));
                }
                ExpressionKind::Inverse(one)
                | ExpressionKind::Present(one)
                | ExpressionKind::Field(one, _)
                | ExpressionKind::FieldIfPresent(one, _)
                | ExpressionKind::Unary(_, one)
                | ExpressionKind::Aggregate(
                    Aggregate::Sum(one)
                    | Aggregate::Min(one)
                    | Aggregate::Max(one)
                    | Aggregate::Average(one)
                    | Aggregate::Collect(one),
                ) => visit(one),
                ExpressionKind::Compose(one, two)
                | ExpressionKind::Index(one, two)
                | ExpressionKind::Coalesce(one, two)
                | ExpressionKind::Binary(_, one, two)
                | ExpressionKind::At(one, two) => {
                    visit(one);
                    visit(two);
                }
                ExpressionKind::Call(callee, arguments) => {
                    if let Callee::Value(function) = callee {
                        visit(function);
                    }
                    arguments.$iter().for_each(visit);
                }
                ExpressionKind::Lambda(lambda) => visit(&$($mut)? lambda.body),
                ExpressionKind::If(condition, then, otherwise) => {
                    visit(condition);
                    visit(then);
                    if let Some(otherwise) = otherwise {
                        visit(otherwise);
                    }
                }
                ExpressionKind::Match(subject, arms) => {
                    visit(subject);
                    for arm in arms.$iter() {
                        name(&$($mut)? arm.pattern);
                        if let Some(guard) = &$($mut)? arm.guard {
                            visit(guard);
                        }
                        visit(&$($mut)? arm.body);
                    }
                }
                ExpressionKind::Block(block) | ExpressionKind::Search(_, block) => {
                    $block(block, visit, name);
                }
                ExpressionKind::Try(body, _, otherwise) => {
                    $block(body, visit, name);
                    $block(otherwise, visit, name);
                }
                ExpressionKind::Query(query)
                | ExpressionKind::Exists(query)
                | ExpressionKind::First(query)
                | ExpressionKind::Only(query) => $query(query, visit),
                ExpressionKind::ForAll(query, condition) => {
                    $query(query, visit);
                    visit(condition);
                }
            }
        }

        fn $query<'a>(
            of: &'a $($mut)? Query,
            visit: &mut dyn FnMut(&'a $($mut)? Expression),
        ) {
            for source in of.sources.$iter() {
                visit(&$($mut)? source.rows);
                if let Join::Inner(Some(on)) | Join::Left(Some(on)) = &$($mut)? source.join {
                    visit(on);
                }
            }
            if let Some(filter) = &$($mut)? of.filter {
                visit(filter);
            }
            of.groups.$iter().for_each(|one| visit(&$($mut)? one.value));
            of.order.$iter().for_each(|one| visit(&$($mut)? one.value));
            of.columns.$iter().for_each(|one| visit(&$($mut)? one.value));
            if let Some(limit) = &$($mut)? of.limit {
                visit(limit);
            }
        }

        fn $block<'a>(
            of: &'a $($mut)? Block,
            visit: &mut dyn FnMut(&'a $($mut)? Expression),
            name: &mut dyn FnMut(&'a $($mut)? Pattern),
        ) {
            of.statements.$iter().for_each(|one| $statement(one, visit, name));
            if let Some(value) = &$($mut)? of.value {
                visit(value);
            }
        }

        fn $statement<'a>(
            of: &'a $($mut)? Statement,
            visit: &mut dyn FnMut(&'a $($mut)? Expression),
            name: &mut dyn FnMut(&'a $($mut)? Pattern),
        ) {
            match &$($mut)? of.kind {
                StatementKind::Let(pattern, value) => {
                    name(pattern);
                    visit(value);
                }
                StatementKind::Define(_, value)
                | StatementKind::Assign(_, value)
                | StatementKind::Insert { rows: value, .. }
                | StatementKind::Yield(value)
                | StatementKind::Succeed(value)
                | StatementKind::Revert(_, value)
                | StatementKind::Report(Report::Watch(value))
                | StatementKind::Expression(value)
                | StatementKind::Reverse(Some(value))
                | StatementKind::Rewind(Rewind::To(value) | Rewind::When(value)) => visit(value),
                StatementKind::Delete(_, query) => $query(query, visit),
                StatementKind::Report(Report::Plan(query)) => $query(query, visit),
                StatementKind::Report(Report::Why(atom) | Report::WhyNot(atom)) => {
                    $atom(atom, visit);
                }
                StatementKind::Update(_, _, value, query) => {
                    visit(value);
                    $query(query, visit);
                }
                StatementKind::Block(body) | StatementKind::Alternative(body) => {
                    $block(body, visit, name);
                }
                StatementKind::From(entry, body, exit) => {
                    visit(entry);
                    $block(body, visit, name);
                    visit(exit);
                }
                StatementKind::Parallel(arms, _) => {
                    arms.$iter().for_each(|arm| $block(&$($mut)? arm.body, visit, name));
                }
                StatementKind::While(condition, body) => {
                    visit(condition);
                    $block(body, visit, name);
                }
                StatementKind::For(pattern, rows, body) => {
                    name(pattern);
                    visit(rows);
                    $block(body, visit, name);
                }
                StatementKind::Assert(condition, message) => {
                    visit(condition);
                    if let Some(message) = message {
                        visit(message);
                    }
                }
                StatementKind::Try(body, _, otherwise) => {
                    $block(body, visit, name);
                    $block(otherwise, visit, name);
                }
                StatementKind::Emit(_, values) | StatementKind::Print(values) => {
                    values.$iter().for_each(visit);
                }
                StatementKind::Reverse(None)
                | StatementKind::Accept
                | StatementKind::Break
                | StatementKind::Continue
                | StatementKind::Dispose(_)
                | StatementKind::Recover(_)
                | StatementKind::Switch(_)
                | StatementKind::Report(Report::CallStack)
                | StatementKind::Checkpoint(_)
                | StatementKind::Rewind(Rewind::Checkpoint(_)) => {}
            }
        }
    };
}

children!(children, block_children, statement_children, query_children, atom_children, iter);
children!(
    children_mut,
    block_children_mut,
    statement_children_mut,
    query_children_mut,
    atom_children_mut,
    iter_mut,
    mut
);

/// Shows an expression, and all that are within it, to `look`.
pub(crate) fn walk<'a>(of: &'a Expression, look: &mut dyn FnMut(&'a Expression)) {
    let mut waiting = vec![of];
    while let Some(next) = waiting.pop() {
        look(next);
        children(next, &mut |one| waiting.push(one), &mut |_| {});
    }
}

/// Shows all expressions within a statement to `look`.
pub(crate) fn walk_statement<'a>(of: &'a Statement, look: &mut dyn FnMut(&'a Expression)) {
    let mut inside = Vec::new();
    statement_children(of, &mut |one| inside.push(one), &mut |_| {});
    inside.into_iter().for_each(|one| walk(one, look));
}

/// What is directly within an expression.
pub(crate) fn parts(of: &Expression) -> Vec<&Expression> {
    let mut found = Vec::new();
    children(of, &mut |one| found.push(one), &mut |_| {});
    found
}

/// Likewise, to be changed.
pub(crate) fn parts_mut(of: &mut Expression) -> Vec<&mut Expression> {
    let mut found = Vec::new();
    children_mut(of, &mut |one| found.push(one), &mut |_| {});
    found
}

/// Shows an expression, and all expressions and patterns that are within it, to be changed.
pub(crate) fn walk_mut(
    of: &mut Expression,
    change: &mut dyn FnMut(&mut Expression),
    change_pattern: &mut dyn FnMut(&mut Pattern),
) {
    let mut waiting = vec![of];
    while let Some(next) = waiting.pop() {
        change(next);
        children_mut(next, &mut |one| waiting.push(one), &mut |one| {
            each_pattern(one, change_pattern);
        });
    }
}

/// Likewise for a statement.
pub(crate) fn walk_statement_mut(
    of: &mut Statement,
    change: &mut dyn FnMut(&mut Expression),
    change_pattern: &mut dyn FnMut(&mut Pattern),
) {
    let mut inside = Vec::new();
    statement_children_mut(of, &mut |one| inside.push(one), &mut |one| {
        each_pattern(one, change_pattern);
    });
    for one in inside {
        walk_mut(one, change, change_pattern);
    }
}

/// Likewise for a block.
pub(crate) fn walk_block_mut(
    of: &mut Block,
    change: &mut dyn FnMut(&mut Expression),
    change_pattern: &mut dyn FnMut(&mut Pattern),
) {
    for one in &mut of.statements {
        walk_statement_mut(one, change, change_pattern);
    }
    if let Some(value) = &mut of.value {
        walk_mut(value, change, change_pattern);
    }
}

/// Likewise for a query.
pub(crate) fn walk_query_mut(
    of: &mut Query,
    change: &mut dyn FnMut(&mut Expression),
    change_pattern: &mut dyn FnMut(&mut Pattern),
) {
    let mut inside = Vec::new();
    query_children_mut(of, &mut |one| inside.push(one));
    for one in inside {
        walk_mut(one, change, change_pattern);
    }
}

/// Shows a pattern, and all that are within it, to be changed.
pub(crate) fn each_pattern(of: &mut Pattern, change: &mut dyn FnMut(&mut Pattern)) {
    let mut waiting = vec![of];
    while let Some(next) = waiting.pop() {
        change(next);
        match &mut next.kind {
            PatternKind::Wildcard
            | PatternKind::Bind(_)
            | PatternKind::Literal(_)
            | PatternKind::None => {}
            PatternKind::Variant(_, _, inside)
            | PatternKind::List(inside)
            | PatternKind::OneOf(inside) => waiting.extend(inside),
            PatternKind::Record(fields) => waiting.extend(fields.iter_mut().map(|(_, one)| one)),
            PatternKind::ListAround(before, _, after) => {
                waiting.extend(before);
                waiting.extend(after);
            }
            PatternKind::Present(inner) => waiting.push(inner),
        }
    }
}
