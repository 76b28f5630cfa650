//! In which order rules are applied: a predicate that others need first, and those that need each
//! other together. What needs the absence of something comes after that is complete.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use source::{Diagnostic, Span};

use super::super::Checker;
use crate::codes::NOT_STRATIFIED;
use crate::hir::{Expression, ExpressionKind, RelationId, RelationKind, Rule, RuleItem, walk};

/// That one relation needs another.
#[derive(Clone, Copy, Debug)]
struct Need {
    what: RelationId,
    /// Whether it has to be complete before: it is negated or aggregated, or a view looks at it.
    is_complete: bool,
    /// Whether it is put together.
    is_aggregate: bool,
    at: Span,
}

type Needs = BTreeMap<RelationId, Vec<Need>>;

impl Checker<'_> {
    /// Rules by strata. Says where there is no such order.
    pub(super) fn stratify(&mut self, rules: Vec<Rule>) -> Vec<Vec<Rule>> {
        let needs = self.needs(&rules);
        let groups = groups(&needs);
        let mut group_of = BTreeMap::new();
        for (index, group) in groups.iter().enumerate() {
            group_of.extend(group.iter().map(|id| (*id, index)));
        }
        let mut said = BTreeSet::new();
        for (from, all) in &needs {
            for need in all.iter().filter(|need| need.is_complete) {
                let group = group_of.get(from);
                if group == group_of.get(&need.what) && said.insert(group.copied()) {
                    self.cycle(&needs, *from, *need);
                }
            }
        }
        let mut strata: Vec<Vec<Rule>> = groups.iter().map(|_| Vec::new()).collect();
        for rule in rules {
            let index = group_of.get(&rule.head).copied().unwrap_or_default();
            if let Some(stratum) = strata.get_mut(index) {
                stratum.push(rule);
            }
        }
        strata.retain(|stratum| !stratum.is_empty());
        strata
    }

    fn needs(&self, rules: &[Rule]) -> Needs {
        let mut needs = Needs::new();
        for rule in rules {
            let found = needs.entry(rule.head).or_default();
            let is_aggregate = |one: &Expression| matches!(one.kind, ExpressionKind::Aggregate(_));
            let has_aggregates = rule.columns.iter().any(is_aggregate);
            for item in &rule.body {
                let (atom, is_complete) = match item {
                    // What is made of all rows needs all of them.
                    RuleItem::Holds(atom) => (atom, has_aggregates),
                    RuleItem::Fails(atom) => (atom, true),
                    RuleItem::Condition(_) | RuleItem::Bind(..) => continue,
                };
                let is_aggregate = has_aggregates;
                found.push(Need { what: atom.relation, is_complete, is_aggregate, at: atom.span });
            }
        }
        for (index, relation) in self.program.relations.iter().enumerate() {
            let RelationKind::View(query) = &relation.kind else { continue };
            let found = needs.entry(RelationId::from_index(index)).or_default();
            let whole = Expression {
                kind: ExpressionKind::Query(query.clone()),
                of: crate::types::Type::Unknown,
                span: query.span,
            };
            walk(&whole, &mut |one| {
                if let ExpressionKind::Relation(what) = one.kind {
                    let at = one.span;
                    found.push(Need { what, is_complete: true, is_aggregate: false, at });
                }
            });
        }
        needs
    }

    fn cycle(&mut self, needs: &Needs, from: RelationId, need: Need) {
        let names: Vec<Rc<str>> = std::iter::once(from)
            .chain(path(needs, need.what, from))
            .filter_map(|id| self.program.relations.get(id.index()))
            .map(|relation| Rc::clone(&relation.name))
            .collect();
        let chain: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let name = chain.first().cloned().unwrap_or_default();
        let message = if need.is_aggregate {
            format!("{name} is made of all rows of itself")
        } else {
            format!("{name} follows from its own absence")
        };
        let diagnostic = Diagnostic::error(NOT_STRATIFIED, need.at, message)
            .with_label(format!("the cycle: {}", chain.join(" needs ")))
            .with_hint(if need.is_aggregate {
                "break the cycle: put together rows of something that does not need this"
            } else {
                "break the cycle: negate something that does not need this"
            });
        self.note(diagnostic);
    }
}

/// A way from one relation to another over what is needed, with both.
fn path(needs: &Needs, from: RelationId, to: RelationId) -> Vec<RelationId> {
    let mut before: BTreeMap<RelationId, RelationId> = BTreeMap::new();
    let mut waiting = VecDeque::from([from]);
    while let Some(next) = waiting.pop_front() {
        if next == to {
            break;
        }
        for need in needs.get(&next).into_iter().flatten() {
            if need.what != from && !before.contains_key(&need.what) {
                before.insert(need.what, next);
                waiting.push_back(need.what);
            }
        }
    }
    let mut found = vec![to];
    let mut at = to;
    while let Some(previous) = before.get(&at) {
        found.push(*previous);
        at = *previous;
    }
    found.reverse();
    found
}

/// Relations that need each other, those first that others need: strongly connected components,
/// after Tarjan, "Depth-first search and linear graph algorithms" (1972), with a stack of its own.
fn groups(needs: &Needs) -> Vec<Vec<RelationId>> {
    let mut state = Components::default();
    for start in needs.keys() {
        if state.number.contains_key(start) {
            continue;
        }
        let mut calls = vec![(*start, 0)];
        state.enter(*start);
        while let Some((node, next)) = calls.pop() {
            let target = needs.get(&node).and_then(|all| all.get(next)).map(|need| need.what);
            match target {
                Some(target) if !state.number.contains_key(&target) => {
                    calls.push((node, next));
                    calls.push((target, 0));
                    state.enter(target);
                }
                Some(target) => {
                    state.lower(node, target);
                    calls.push((node, next + 1));
                }
                None => {
                    state.leave(node);
                    if let Some((caller, _)) = calls.last() {
                        state.lower(*caller, node);
                    }
                }
            }
        }
    }
    state.groups
}

#[derive(Default)]
struct Components {
    number: BTreeMap<RelationId, usize>,
    low: BTreeMap<RelationId, usize>,
    stack: Vec<RelationId>,
    open: BTreeSet<RelationId>,
    groups: Vec<Vec<RelationId>>,
}

impl Components {
    fn enter(&mut self, node: RelationId) {
        let number = self.number.len();
        self.number.insert(node, number);
        self.low.insert(node, number);
        self.stack.push(node);
        self.open.insert(node);
    }

    fn lower(&mut self, node: RelationId, to: RelationId) {
        let Some(low) = self.low.get(&to).copied() else { return };
        if let Some(own) = self.low.get_mut(&node)
            && self.open.contains(&to)
        {
            *own = low.min(*own);
        }
    }

    /// Takes a component off the stack, if the node is the first of one.
    fn leave(&mut self, node: RelationId) {
        if self.low.get(&node) != self.number.get(&node) {
            return;
        }
        let mut group = Vec::new();
        while let Some(one) = self.stack.pop() {
            self.open.remove(&one);
            group.push(one);
            if one == node {
                break;
            }
        }
        group.sort_unstable();
        self.groups.push(group);
    }
}
