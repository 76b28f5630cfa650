//! Versions of variables: which variables statements assign, and others in their place.

use std::collections::{BTreeMap, BTreeSet};

use crate::hir::{
    Expression, ExpressionKind, LocalId, PatternKind, Place, Statement, StatementKind, walk_mut,
    walk_statement, walk_statement_mut,
};

/// Variables, and the versions that they have.
pub(super) type Versions = BTreeMap<LocalId, LocalId>;

/// The versions with others over them.
pub(super) fn merged(versions: &Versions, over: &Versions) -> Versions {
    let mut found = versions.clone();
    found.extend(over.iter().map(|(id, copy)| (*id, *copy)));
    found
}

/// Variables around statements that they assign.
pub(super) fn assigned(statements: &[Statement]) -> BTreeSet<LocalId> {
    let (mut found, mut own) = (BTreeSet::new(), BTreeSet::new());
    let mut waiting: Vec<&[Statement]> = vec![statements];
    for one in statements {
        walk_statement(one, &mut |inner| {
            if let ExpressionKind::Block(body) = &inner.kind {
                waiting.push(&body.statements);
            }
        });
    }
    while let Some(next) = waiting.pop() {
        for one in next {
            match &one.kind {
                StatementKind::Assign(Place::Local(id), _) => {
                    found.insert(*id);
                }
                StatementKind::Let(pattern, _) => {
                    let mut pattern = pattern.clone();
                    crate::hir::each_pattern(&mut pattern, &mut |one| {
                        if let PatternKind::Bind(id) = one.kind {
                            own.insert(id);
                        }
                    });
                }
                StatementKind::Block(body)
                | StatementKind::While(_, body)
                | StatementKind::From(_, body, _)
                | StatementKind::For(_, _, body) => waiting.push(&body.statements),
                _ => {}
            }
        }
    }
    found.retain(|id| !own.contains(id));
    found
}

/// Puts versions in place of variables.
pub(super) fn rename(of: &mut Expression, versions: &Versions) {
    walk_mut(of, &mut |one| rename_here(one, versions), &mut |_| {});
}

pub(super) fn rename_statement(of: &mut Statement, versions: &Versions) {
    rename_places(std::slice::from_mut(of), versions);
    walk_statement_mut(of, &mut |one| rename_here(one, versions), &mut |_| {});
}

fn rename_here(of: &mut Expression, versions: &Versions) {
    match &mut of.kind {
        ExpressionKind::Local(id) => {
            if let Some(version) = versions.get(id) {
                *id = *version;
            }
        }
        ExpressionKind::Block(block) => rename_places(&mut block.statements, versions),
        _ => {}
    }
}

fn rename_places(statements: &mut [Statement], versions: &Versions) {
    let mut waiting: Vec<&mut Statement> = statements.iter_mut().collect();
    while let Some(one) = waiting.pop() {
        match &mut one.kind {
            StatementKind::Assign(Place::Local(id), _) => {
                if let Some(version) = versions.get(id) {
                    *id = *version;
                }
            }
            StatementKind::Block(body)
            | StatementKind::While(_, body)
            | StatementKind::From(_, body, _)
            | StatementKind::For(_, _, body) => waiting.extend(&mut body.statements),
            _ => {}
        }
    }
}
