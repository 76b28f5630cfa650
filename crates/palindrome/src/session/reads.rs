//! What a new text reads of the state, also by functions and views.

use std::collections::BTreeSet;

use super::is_new;
use crate::hir::{self, Callee, Expression, ExpressionKind, RelationKind, walk_statement};
use crate::types::Type;

/// Relations and names of the top level that are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// Relations whose rows are kept.
    pub relations: BTreeSet<String>,
    /// Names that something assigns to.
    pub names: BTreeSet<String>,
    /// Relations that a migration gives another shape, or that get their rows from one.
    pub moved: BTreeSet<String>,
}

/// What the statements from a place on read.
pub(super) fn reads(program: &hir::Program, done: u32) -> Reads {
    let migrated = program.migrations.iter().flat_map(|migration| [migration.from, migration.to]);
    let migrated = migrated.filter_map(|id| program.relations.get(id.index()));
    let moved = migrated.map(|relation| relation.name.to_string()).collect();
    let (mut found, mut waiting) = (Reads { moved, ..Reads::default() }, Vec::new());
    let (mut functions, mut relations) = (BTreeSet::new(), BTreeSet::new());
    let mut look = |one: &Expression, waiting: &mut Vec<Expression>| match &one.kind {
        ExpressionKind::Global(id) => {
            let global = program.globals.get(id.index()).filter(|global| global.is_changed);
            found.names.extend(global.map(|global| global.name.to_string()));
        }
        ExpressionKind::Function(id, _)
        | ExpressionKind::Call(Callee::Function(id, _) | Callee::Inverse(id, _), _)
            if functions.insert(*id) =>
        {
            let function = program.functions.get(id.index());
            waiting.extend(function.map(|function| function.body.clone()));
        }
        ExpressionKind::Relation(id) if relations.insert(*id) => {
            match program.relations.get(id.index()).map(|it| (&it.kind, &it.name)) {
                Some((RelationKind::View(query), _)) => {
                    let kind = ExpressionKind::Query(query.clone());
                    waiting.push(Expression { kind, of: Type::NOTHING, span: query.span });
                }
                Some((RelationKind::Stored | RelationKind::Event, name)) => {
                    found.relations.insert(name.to_string());
                }
                _ => {}
            }
        }
        _ => {}
    };
    for statement in program.main.iter().filter(|statement| is_new(statement.span, done)) {
        walk_statement(statement, &mut |one| look(one, &mut waiting));
    }
    while let Some(next) = waiting.pop() {
        let mut more = Vec::new();
        hir::walk(&next, &mut |one| look(one, &mut more));
        waiting.append(&mut more);
    }
    found
}
