//! Contracts: what has to hold of rows, and what is done if it does not.

use std::collections::BTreeSet;
use std::rc::Rc;

use source::{Diagnostic, Span};

use super::Checker;
use super::names::SpaceId;
use super::quantifier::RowsOf;
use super::scope::Frame;
use crate::codes::{INVARIANT, MISPLACED};
use crate::form::{self, ExpressionKind as Form};
use crate::hir::{
    Callee, Contract, Expression, ExpressionKind, FunctionId, Invariant, Query, RelationId,
    RelationKind, RuleItem, StatementKind, Violation, walk,
};
use crate::types::{Effect, Fields, TRANSFORM, Type};

/// A contract that was not looked at.
#[derive(Debug)]
pub(super) struct PendingContract<'a> {
    pub(super) form: &'a form::ContractForm,
    pub(super) space: SpaceId,
}

impl Checker<'_> {
    pub(super) fn contracts(&mut self) {
        for pending in std::mem::take(&mut self.pending.contracts) {
            let (form, space) = (pending.form, pending.space);
            let mut named = Vec::new();
            let mut invariants = Vec::new();
            for invariant in &form.invariants {
                self.frame = Frame::new(crate::types::PURE, space);
                invariants.extend(self.invariant(invariant, &mut named));
            }
            if form.invariants.is_empty() && !form.name.text.is_empty() {
                let message = format!("`{}` says nothing that has to hold", form.name.text);
                let diagnostic = Diagnostic::error(INVARIANT, form.name.span, message)
                    .with_hint("write `invariant: R.field >= 0`");
                self.note(diagnostic);
            }
            self.frame = Frame::new(TRANSFORM, space);
            let on_violation = form.on_violation.as_ref().map(|body| self.violation(body, named));
            let name = self.names.full(space, &form.name.text);
            let span = form.name.span;
            self.program.contracts.push(Contract { name, invariants, on_violation, span });
        }
    }

    /// A condition; over all rows, if it names fields of relations as `R.a`.
    fn invariant(
        &mut self,
        form: &form::Expression,
        named: &mut Vec<RelationId>,
    ) -> Option<Invariant> {
        let effect = self.effects.place("an invariant");
        self.effects.limit(effect, Effect::Query, "an invariant", form.span);
        self.frame.effect = effect;
        self.open();
        let condition = match self.named_rows(form) {
            Some(RowsOf { sources, names }) => {
                self.open_rows(names);
                let condition = self.expect(form, &Type::BOOL);
                self.close();
                let query = super::relation::empty_query(sources, form.span);
                let kind = ExpressionKind::ForAll(Box::new(query), Box::new(condition));
                Expression { kind, of: Type::BOOL, span: form.span }
            }
            None => self.expect(form, &Type::BOOL),
        };
        self.close();
        if matches!(condition.kind, ExpressionKind::Wrong) {
            return None;
        }
        walk(&condition, &mut |one| {
            if let ExpressionKind::Relation(id) = one.kind
                && !named.contains(&id)
            {
                named.push(id);
            }
        });
        let relations = self.stored_relations(&condition);
        if relations.is_empty() {
            let message = "this is about no relation, and so never checked";
            let hint = match &form.kind {
                Form::Literal(_) => "write a condition on rows: `Account.balance >= 0`",
                _ => "name the relation whose rows it is about: `Account.balance >= 0`",
            };
            self.note(Diagnostic::error(INVARIANT, form.span, message).with_hint(hint));
        }
        let is_of_row = is_of_row(&condition, &relations);
        Some(Invariant { condition, relations, is_of_row })
    }

    /// What is done about a violation of what is about these relations.
    fn violation(&mut self, form: &form::Block, named: Vec<RelationId>) -> Violation {
        let of = match named.as_slice() {
            [one] => self.relation_type(*one),
            several => {
                let mut fields = Fields::new();
                for id in several {
                    let relation = self.program.relations.get(id.index());
                    let name = relation.map_or("", |one| one.name.rsplit('.').next().unwrap_or(""));
                    let name = Rc::from(name);
                    fields.insert(name, self.relation_type(*id));
                }
                Type::record(fields)
            }
        };
        self.open();
        let rows = |checker: &mut Self, name: &str| {
            let name = form::Name { text: Rc::from(name), span: Span::default() };
            let id = checker.bind(&name, of.clone());
            checker.mark_used(id);
            id
        };
        let (attempted, before) = (rows(self, "attempted"), rows(self, "before"));
        self.frame.is_violation = true;
        let body = self.statements(form);
        self.frame.is_violation = false;
        self.close();
        Violation { relations: named, attempted, before, body }
    }

    /// `accept`
    pub(super) fn accept(&mut self, span: Span) -> StatementKind {
        if !self.frame.is_violation {
            let message = "`accept` stands in `on_violation` of a contract";
            let diagnostic = Diagnostic::error(MISPLACED, span, message)
                .with_hint("elsewhere a transaction stands unless it is reversed");
            self.note(diagnostic);
        }
        StatementKind::Accept
    }

    /// Stored relations that a value depends on, also by functions, views and rules.
    fn stored_relations(&self, of: &Expression) -> BTreeSet<RelationId> {
        let mut reads = Reads::default();
        reads.look(of);
        let (mut seen_functions, mut seen) = (BTreeSet::new(), BTreeSet::new());
        let mut stored = BTreeSet::new();
        loop {
            if let Some(id) = reads.functions.pop() {
                if let (true, Some(function)) =
                    (seen_functions.insert(id), self.program.functions.get(id.index()))
                {
                    reads.look(&function.body);
                }
                continue;
            }
            let Some(id) = reads.relations.pop() else { break };
            let (true, Some(relation)) = (seen.insert(id), self.program.relations.get(id.index()))
            else {
                continue;
            };
            match &relation.kind {
                RelationKind::Stored | RelationKind::Event => {
                    stored.insert(id);
                }
                RelationKind::View(query) => reads.look_query(query),
                RelationKind::History(of) | RelationKind::Migrated(of) => reads.relations.push(*of),
                RelationKind::NameHistory(_) => {}
                RelationKind::Predicate => {
                    for rule in self.program.strata.iter().flatten().filter(|one| one.head == id) {
                        rule.columns.iter().for_each(|one| reads.look(one));
                        for item in &rule.body {
                            match item {
                                RuleItem::Holds(atom) | RuleItem::Fails(atom) => {
                                    reads.relations.push(atom.relation);
                                }
                                RuleItem::Condition(value) | RuleItem::Bind(_, value) => {
                                    reads.look(value);
                                }
                            }
                        }
                    }
                }
            }
        }
        stored
    }
}

/// What values depend on, and was not looked at.
#[derive(Default)]
struct Reads {
    functions: Vec<FunctionId>,
    relations: Vec<RelationId>,
}

impl Reads {
    fn look(&mut self, of: &Expression) {
        walk(of, &mut |one| match &one.kind {
            ExpressionKind::Relation(id) => self.relations.push(*id),
            ExpressionKind::Function(id, _)
            | ExpressionKind::Call(Callee::Function(id, _) | Callee::Inverse(id, _), _) => {
                self.functions.push(*id);
            }
            _ => {}
        });
    }

    fn look_query(&mut self, query: &Query) {
        let kind = ExpressionKind::Query(Box::new(query.clone()));
        self.look(&Expression { kind, of: Type::Unknown, span: query.span });
    }
}

/// Whether a condition is about each row of a relation by itself.
fn is_of_row(condition: &Expression, relations: &BTreeSet<RelationId>) -> bool {
    let ExpressionKind::ForAll(query, condition) = &condition.kind else { return false };
    let ([source], true) = (query.sources.as_slice(), relations.len() == 1) else { return false };
    let is_plain = matches!(source.rows.kind, ExpressionKind::Relation(id) if relations.contains(&id))
        && query.limit.is_none()
        && !query.is_grouped;
    let mut looks_elsewhere = false;
    for part in query.filter.iter().chain([&**condition]) {
        walk(part, &mut |one| {
            looks_elsewhere |= matches!(
                one.kind,
                ExpressionKind::Relation(_)
                    | ExpressionKind::Global(_)
                    | ExpressionKind::Function(..)
                    | ExpressionKind::Call(Callee::Function(..) | Callee::Inverse(..), _)
            );
        });
    }
    is_plain && !looks_elsewhere
}
