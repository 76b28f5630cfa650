//! Rules: their types, that all variables get values, and in which order they can be applied.

mod strata;

use std::collections::BTreeSet;
use std::rc::Rc;

use source::{Diagnostic, Span};

use super::Checker;
use super::names::{Definition, SpaceId};
use super::scope::Frame;
use crate::codes::{DERIVED_ROWS, RULE_PART, UNBOUND};
use crate::form::{self, ExpressionKind as Form};
use crate::hir::{
    Atom, BinaryOp, Expression, ExpressionKind, LocalId, Operand, RelationId, RelationKind, Rule,
    RuleItem, UnaryOp, walk,
};
use crate::types::{Effect, Type, builtins};

/// A rule that was not looked at.
#[derive(Debug)]
pub(super) struct PendingRule<'a> {
    pub(super) head: RelationId,
    pub(super) form: &'a form::RuleForm,
    pub(super) space: SpaceId,
    pub(super) span: Span,
}

impl Checker<'_> {
    pub(super) fn rule_bodies(&mut self) {
        let mut rules = Vec::new();
        for rule in std::mem::take(&mut self.rules) {
            rules.extend(self.rule(&rule));
        }
        self.program.strata = self.stratify(rules);
    }

    fn rule(&mut self, rule: &PendingRule<'_>) -> Option<Rule> {
        let effect = self.effects.place("a rule");
        self.effects.limit(effect, Effect::Query, "a rule", rule.span);
        self.frame = Frame::new(effect, rule.space);
        let name = &rule.form.name;
        let kind = self.program.relations.get(rule.head.index()).map(|one| one.kind.clone())?;
        if kind != RelationKind::Predicate {
            let message = format!("`{}` is not defined by rules", name.text);
            let diagnostic = Diagnostic::error(DERIVED_ROWS, name.span, message)
                .with_hint("give the rule another name");
            self.note(diagnostic);
            return None;
        }
        self.open();
        let body = self.rule_body(rule);
        let columns = if body.is_some() { self.head(rule) } else { None };
        let found = body.zip(columns).map(|(body, columns)| {
            self.all_bound(&body, &columns);
            Rule { head: rule.head, columns, body, span: rule.span }
        });
        self.close();
        found
    }

    /// The variables of a rule are bound where they are named first.
    fn rule_variable(&mut self, name: &form::Name) -> (LocalId, Type) {
        let id = match self.find_local(&name.text) {
            Some(found) => {
                self.mark_used(found.id);
                found.id
            }
            None => {
                let of = self.unifier.fresh();
                self.bind(name, of)
            }
        };
        (id, self.local(id).map_or(Type::Unknown, |local| local.of.clone()))
    }

    fn head(&mut self, rule: &PendingRule<'_>) -> Option<Vec<Expression>> {
        let columns = self.columns(rule.head);
        let given = &rule.form.columns;
        if columns.len() != given.len() {
            self.column_count(rule.head, columns.len(), given.len(), rule.form.name.span);
            return None;
        }
        let mut found = Vec::new();
        for (form, (_, of)) in given.iter().zip(&columns) {
            if let Form::Name(name) = &form.kind
                && self.find_local(&name.text).is_none()
            {
                self.unbound(name);
                return None;
            }
            self.frame.has_aggregates = true;
            let value = self.expect(form, of);
            self.frame.has_aggregates = false;
            self.whole_aggregate(&value);
            found.push(value);
        }
        Some(found)
    }

    /// An aggregate is a column by itself: a condition on it is one of another rule.
    fn whole_aggregate(&mut self, column: &Expression) {
        let mut inside = None;
        walk(column, &mut |one| {
            if matches!(one.kind, ExpressionKind::Aggregate(_)) && one.span != column.span {
                inside = Some(one.span);
            }
        });
        if let Some(at) = inside {
            let message = "in the head of a rule this is a whole column";
            let diagnostic = Diagnostic::error(RULE_PART, at, message)
                .with_hint("compute with it in a rule that names this one");
            self.note(diagnostic);
        }
    }

    fn unbound(&mut self, name: &form::Name) {
        if name.text.is_empty() {
            return;
        }
        let message = format!("`{}` gets no value in this rule", name.text);
        let diagnostic = Diagnostic::error(UNBOUND, name.span, message)
            .with_hint("use it in a part of the body that is not negated");
        self.note(diagnostic);
    }

    fn rule_body(&mut self, rule: &PendingRule<'_>) -> Option<Vec<RuleItem>> {
        let mut parts = Vec::new();
        for part in &rule.form.body {
            conjuncts(part, &mut parts);
        }
        // Atoms first, so that conditions know the types of variables.
        let mut found: Vec<(usize, RuleItem)> = Vec::new();
        let mut rest = Vec::new();
        let mut is_whole = true;
        for (index, part) in parts.iter().enumerate() {
            match self.atom_of(part) {
                Some((id, arguments, is_negated)) => match self.atom(id, arguments, part.span) {
                    Some(atom) if is_negated => found.push((index, RuleItem::Fails(atom))),
                    Some(atom) => found.push((index, RuleItem::Holds(atom))),
                    None => is_whole = false,
                },
                None => rest.push((index, *part)),
            }
        }
        for (index, part) in rest {
            match self.condition(part) {
                Some(item) => found.push((index, item)),
                None => is_whole = false,
            }
        }
        found.sort_by_key(|(index, _)| *index);
        is_whole.then(|| found.into_iter().map(|(_, item)| item).collect())
    }

    /// The relation, its columns, and whether it is negated, if a part is an atom.
    fn atom_of<'f>(
        &mut self,
        part: &'f form::Expression,
    ) -> Option<(RelationId, &'f [form::Expression], bool)> {
        let (part, is_negated) = match &part.kind {
            Form::Unary(UnaryOp::Not, inner) => (&**inner, true),
            _ => (part, false),
        };
        let Form::Call(function, arguments) = &part.kind else { return None };
        let found = match &function.kind {
            Form::Name(name) => self.names.look_up(self.frame.space, &name.text),
            Form::Field { base, name, .. } => {
                let space = self.space_of(base)?;
                self.names.member(space, &name.text)
            }
            _ => None,
        };
        match found {
            Some(Definition::Relation(id)) => Some((id, arguments, is_negated)),
            _ => None,
        }
    }

    fn atom(&mut self, id: RelationId, given: &[form::Expression], at: Span) -> Option<Atom> {
        let columns = self.columns(id);
        if columns.len() != given.len() {
            self.column_count(id, columns.len(), given.len(), at);
            return None;
        }
        let mut operands = Vec::new();
        for (form, (_, of)) in given.iter().zip(&columns) {
            operands.push(match &form.kind {
                Form::Name(name) if &*name.text == "_" => Operand::Any,
                Form::Name(name) => {
                    let (local, own) = self.rule_variable(name);
                    self.unify(of, &own, form.span);
                    Operand::Variable(local)
                }
                _ => Operand::Value(self.expect(form, of)),
            });
        }
        Some(Atom { relation: id, columns: operands, span: at })
    }

    fn condition(&mut self, part: &form::Expression) -> Option<RuleItem> {
        if let Form::Binary(BinaryOp::Equal, _, left, right) = &part.kind
            && let Form::Name(name) = &left.kind
            && self.find_local(&name.text).is_none()
        {
            let value = self.expression(right, None);
            let id = self.bind(name, value.of.clone());
            return Some(RuleItem::Bind(id, value));
        }
        if let Form::Call(function, _) = &part.kind
            && let Form::Name(name) = &function.kind
            && self.names.look_up(self.frame.space, &name.text).is_none()
            && !builtins().any(|(id, _)| id.name() == &*name.text)
        {
            self.undefined(name);
            return None;
        }
        if matches!(part.kind, Form::Query(_) | Form::Lambda(_) | Form::Block(_)) {
            let diagnostic = Diagnostic::error(RULE_PART, part.span, "this is no part of a rule")
                .with_hint("define a view, and name it here");
            self.note(diagnostic);
            return None;
        }
        for name in free_names(part) {
            let is_known = self.find_local(&name.text).is_some()
                || self.names.look_up(self.frame.space, &name.text).is_some();
            if !is_known {
                self.unbound(&name);
                return None;
            }
        }
        Some(RuleItem::Condition(self.expect(part, &Type::BOOL)))
    }

    /// Says which variables get no value: those of no atom that has to hold.
    fn all_bound(&mut self, body: &[RuleItem], columns: &[Expression]) {
        let mut bound: BTreeSet<LocalId> = BTreeSet::new();
        for item in body {
            if let RuleItem::Holds(atom) = item {
                bound.extend(variables(atom));
            }
        }
        let mut waiting: Vec<(&LocalId, &Expression)> = Vec::new();
        for item in body {
            if let RuleItem::Bind(id, value) = item {
                waiting.push((id, value));
            }
        }
        loop {
            let before = bound.len();
            for (id, value) in &waiting {
                if locals(value).iter().all(|(used, _)| bound.contains(used)) {
                    bound.insert(**id);
                }
            }
            if bound.len() == before {
                break;
            }
        }
        let mut used: Vec<(LocalId, Span)> = columns.iter().flat_map(locals).collect();
        for item in body {
            match item {
                RuleItem::Holds(atom) | RuleItem::Fails(atom) => {
                    for operand in &atom.columns {
                        match operand {
                            Operand::Any => {}
                            Operand::Variable(id) => {
                                let local = self.local(*id);
                                used.push((*id, local.map_or(atom.span, |local| local.span)));
                            }
                            Operand::Value(value) => used.extend(locals(value)),
                        }
                    }
                }
                RuleItem::Condition(value) | RuleItem::Bind(_, value) => used.extend(locals(value)),
            }
        }
        let mut said = BTreeSet::new();
        for (id, at) in used {
            if !bound.contains(&id) && said.insert(id) {
                let name = self.local(id).map_or(Rc::from(""), |local| Rc::clone(&local.name));
                self.mark_used(id);
                self.unbound(&form::Name { text: name, span: at });
            }
        }
    }
}

/// The parts of a condition that are joined by `and`.
pub(super) fn conjuncts<'f>(part: &'f form::Expression, found: &mut Vec<&'f form::Expression>) {
    let mut waiting = vec![part];
    while let Some(next) = waiting.pop() {
        match &next.kind {
            Form::Binary(BinaryOp::And, _, left, right) => waiting.extend([&**right, &**left]),
            _ => found.push(next),
        }
    }
}

fn free_names(part: &form::Expression) -> Vec<form::Name> {
    let mut called = BTreeSet::new();
    let mut found = Vec::new();
    part.walk(&mut |one| match &one.kind {
        Form::Call(function, _) => {
            called.insert(function.span);
        }
        Form::Name(name) => found.push(name.clone()),
        _ => {}
    });
    found.retain(|name| !called.contains(&name.span));
    found
}

fn variables(atom: &Atom) -> impl Iterator<Item = LocalId> {
    atom.columns.iter().filter_map(|operand| match operand {
        Operand::Variable(id) => Some(*id),
        Operand::Any | Operand::Value(_) => None,
    })
}

/// The variables in an expression, and where.
fn locals(of: &Expression) -> Vec<(LocalId, Span)> {
    let mut found = Vec::new();
    walk(of, &mut |one| {
        if let ExpressionKind::Local(id) = one.kind {
            found.push((id, one.span));
        }
    });
    found
}
