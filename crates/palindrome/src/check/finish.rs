//! The end of the walk: types as they were found out, and messages in the order of the text.

use source::{Diagnostic, Severity, Span};

use super::Checker;
use crate::codes::UNKNOWN_TYPE;
use crate::hir::{
    self, Backward, Expression, Operand, RelationKind, RuleItem, walk_block_mut, walk_mut,
    walk_query_mut, walk_statement_mut,
};
use crate::types::{Type, Unifier};

impl Checker<'_> {
    pub(super) fn finish(mut self) -> (hir::Program, Vec<Diagnostic>) {
        self.later_aggregates();
        self.effect_limits();
        let mut open = Vec::new();
        resolve(&mut self.program, &self.unifier, &mut open);
        let mut named = open_names(&self.program);
        if named.is_empty() {
            named.extend(open.into_iter().min_by_key(|span| (span.source, span.start, span.end)));
        }
        let is_right = self.notes.iter().all(|note| note.severity == Severity::Warning);
        // Of what else is wrong, unknown types are mostly a consequence.
        if is_right {
            for span in named {
                let message = "the type of this is not known";
                let diagnostic = Diagnostic::error(UNKNOWN_TYPE, span, message)
                    .with_hint("write it where it is named: `let x: [Int] = []`");
                self.note(diagnostic);
            }
        }
        let mut notes = self.notes;
        notes.sort_by_key(|note| (note.span.source, note.span.start, note.span.end, note.code));
        notes.dedup();
        (self.program, notes)
    }
}

/// Puts in what is known of all types. Notes where something stays unknown.
fn resolve(program: &mut hir::Program, unifier: &Unifier, open: &mut Vec<Span>) {
    let fix = |of: &mut Type| *of = unifier.resolve(of);
    for local in &mut program.locals {
        fix(&mut local.of);
    }
    for global in &mut program.globals {
        fix(&mut global.of);
    }
    let mut expression = |one: &mut Expression| {
        fix(&mut one.of);
        if has_variables(&one.of) {
            open.push(one.span);
        }
        match &mut one.kind {
            hir::ExpressionKind::Function(_, types)
            | hir::ExpressionKind::Call(
                hir::Callee::Function(_, types) | hir::Callee::Inverse(_, types),
                _,
            ) => types.iter_mut().for_each(fix),
            _ => {}
        }
    };
    let mut pattern = |one: &mut hir::Pattern| fix(&mut one.of);
    for function in &mut program.functions {
        fix(&mut function.result);
        walk_mut(&mut function.body, &mut expression, &mut pattern);
        match &mut function.backward {
            Backward::Written(_, body) | Backward::Derived(_, body) => {
                walk_mut(body, &mut expression, &mut pattern);
            }
            Backward::None | Backward::Tape | Backward::Same => {}
        }
    }
    resolve_relations(program, &fix, &mut expression, &mut pattern);
    for statement in &mut program.main {
        walk_statement_mut(statement, &mut expression, &mut pattern);
    }
    for test in &mut program.tests {
        walk_block_mut(&mut test.body, &mut expression, &mut pattern);
    }
    for handler in &mut program.handlers {
        walk_block_mut(&mut handler.body, &mut expression, &mut pattern);
    }
    for contract in &mut program.contracts {
        for invariant in &mut contract.invariants {
            walk_mut(&mut invariant.condition, &mut expression, &mut pattern);
        }
        if let Some(violation) = &mut contract.on_violation {
            walk_block_mut(&mut violation.body, &mut expression, &mut pattern);
        }
    }
    for migration in &mut program.migrations {
        for lens in [&mut migration.forward, &mut migration.backward] {
            walk_mut(&mut lens.value, &mut expression, &mut pattern);
        }
    }
}

/// Likewise for relations and rules.
fn resolve_relations(
    program: &mut hir::Program,
    fix: &dyn Fn(&mut Type),
    expression: &mut dyn FnMut(&mut Expression),
    pattern: &mut dyn FnMut(&mut hir::Pattern),
) {
    for relation in &mut program.relations {
        for field in &mut relation.fields {
            fix(&mut field.of);
            if let Some(default) = &mut field.default {
                walk_mut(default, expression, pattern);
            }
        }
        if let RelationKind::View(query) = &mut relation.kind {
            walk_query_mut(query, expression, pattern);
        }
    }
    for key in program.indexes.iter_mut().flat_map(|index| &mut index.keys) {
        walk_mut(key, expression, pattern);
    }
    for rule in program.strata.iter_mut().flatten() {
        rule.columns.iter_mut().for_each(|one| walk_mut(one, expression, pattern));
        for item in &mut rule.body {
            match item {
                RuleItem::Holds(atom) | RuleItem::Fails(atom) => {
                    for operand in &mut atom.columns {
                        if let Operand::Value(value) = operand {
                            walk_mut(value, expression, pattern);
                        }
                    }
                }
                RuleItem::Condition(value) | RuleItem::Bind(_, value) => {
                    walk_mut(value, expression, pattern);
                }
            }
        }
    }
}

/// Names whose types nothing says.
fn open_names(program: &hir::Program) -> Vec<Span> {
    let locals = program.locals.iter().filter(|local| !local.name.is_empty());
    let locals = locals.map(|local| (&local.of, local.span));
    let names = locals.chain(program.globals.iter().map(|global| (&global.of, global.span)));
    names.filter(|(of, _)| has_variables(of)).map(|(_, span)| span).collect()
}

fn has_variables(of: &Type) -> bool {
    let mut waiting = vec![of];
    while let Some(next) = waiting.pop() {
        if let Type::Variable(_) = next {
            return true;
        }
        waiting.extend(next.parts());
    }
    false
}
