//! Rules in stages. What follows from the rules of one is in the store before those of the next begin,
//! which so can look at views of it; decision 0035.

use std::collections::{BTreeMap, BTreeSet};

use super::Codegen;
use super::code::Jump;
use super::frame::{Frame, ZERO};
use crate::codes::RULE_READS;
use crate::hir::{Expression, ExpressionKind, Relation, RelationId, RelationKind, RuleItem, walk};
use crate::types::Type;

/// A relation that rules look at and the store does not keep: where its rows are laid for them.
#[derive(Clone, Debug)]
pub(super) struct Laid {
    pub(super) of: RelationId,
    pub(super) relation: Relation,
    at: i64,
}

/// Rules that are applied together.
#[derive(Debug, Default)]
pub(super) struct Stage {
    /// As a text.
    pub(super) text: i64,
    /// What is laid there before.
    pub(super) laid: Vec<Laid>,
    /// What is computed for them.
    pub(super) computed: Vec<usize>,
}

impl Codegen<'_> {
    /// In which stage each relation that follows from rules is known, views after what they read.
    pub(super) fn stages(&self) -> BTreeMap<RelationId, usize> {
        let mut stages: BTreeMap<RelationId, usize> = BTreeMap::new();
        let views: Vec<(RelationId, Vec<RelationId>)> = self.views().collect();
        // No relation is behind itself over a view, so there are no more rounds than relations.
        for _ in 0..=self.program.relations.len() {
            let before = stages.clone();
            for rule in self.program.strata.iter().flatten() {
                let atoms = rule.body.iter().filter_map(|item| match item {
                    RuleItem::Holds(atom) | RuleItem::Fails(atom) => Some(atom.relation),
                    RuleItem::Condition(_) | RuleItem::Bind(..) => None,
                });
                let needed = atoms.filter_map(|id| before.get(&id).copied()).max().unwrap_or(0);
                let own = stages.entry(rule.head).or_default();
                *own = needed.max(*own);
            }
            for (view, reads) in &views {
                if let Some(last) = reads.iter().filter_map(|id| stages.get(id)).max().copied() {
                    let is_view = |id: &&RelationId| views.iter().any(|(view, _)| view == *id);
                    let behind = |id: &RelationId| {
                        let stage = stages.get(id).copied();
                        stage.map(|stage| stage + usize::from(!is_view(&id)))
                    };
                    let next = reads.iter().filter_map(behind).max().unwrap_or(last);
                    stages.insert(*view, next);
                }
            }
            if stages == before {
                break;
            }
        }
        stages
    }

    /// The views of the program, and the relations that their queries name.
    fn views(&self) -> impl Iterator<Item = (RelationId, Vec<RelationId>)> + '_ {
        self.program.relations.iter().enumerate().filter_map(|(index, relation)| {
            let RelationKind::View(query) = &relation.kind else { return None };
            let mut reads = Vec::new();
            let kind = ExpressionKind::Query(query.clone());
            let whole = Expression { kind, of: Type::Unknown, span: query.span };
            walk(&whole, &mut |one| {
                if let ExpressionKind::Relation(id) = one.kind {
                    reads.push(id);
                }
            });
            Some((RelationId::from_index(index), reads))
        })
    }

    /// A relation that the store does not keep, as one that rules can look at.
    pub(super) fn laid(&mut self, id: RelationId) -> Option<Laid> {
        let relation = self.program.relations.get(id.index())?;
        if let RelationKind::View(query) = &relation.kind {
            let kind = ExpressionKind::Query(query.clone());
            let whole = Expression { kind, of: Type::Unknown, span: query.span };
            if self.functions_read_rules(&whole) {
                self.refuse(
                    RULE_READS,
                    "rules cannot look at this view: it calls a function that reads what follows from rules, \
                     maybe from these",
                    "write what the function reads into the view",
                    relation.span,
                );
                return None;
            }
        }
        let relation = Relation {
            name: format!("rows of {}", relation.name).into(),
            fields: relation
                .fields
                .iter()
                .map(|field| crate::hir::RelationField {
                    is_key: false,
                    is_unique: false,
                    references: None,
                    default: None,
                    ..field.clone()
                })
                .collect(),
            kind: RelationKind::Predicate,
            history: None,
            span: relation.span,
        };
        let at = self.data.global();
        Some(Laid { of: id, relation, at })
    }

    /// Makes the relations in which rows are laid for rules.
    pub(super) fn make_laid(&mut self, stages: &[Stage]) {
        let mut made = BTreeSet::new();
        for laid in stages.iter().flat_map(|stage| &stage.laid) {
            self.make_relation(&laid.relation, laid.at);
            made.insert(laid.of);
        }
    }

    /// The code that finds what follows from rules, where code has a part in it.
    pub(super) fn rules_code(&mut self) {
        let Some((entry, fresh, busy)) = self.rules.as_ref().and_then(super::rule::Rules::entry)
        else {
            return;
        };
        let stages = self.rules.as_mut().map(super::rule::Rules::take_stages).unwrap_or_default();
        self.code.no_line();
        let start = self.code.here();
        self.frame = Frame::default();
        self.code.place(entry);
        let (done, end) = (self.code.label(), self.code.label());
        // What a view of this stage reads are the rules of those before, which are known.
        self.code.load(0, ZERO, busy);
        self.code.jump(Jump::IfNotZero(0), end);
        self.code.set(0, 1);
        self.code.store(0, ZERO, busy);
        let same = self.code.label();
        self.code.load(0, ZERO, fresh);
        self.code.jump(Jump::IfNotZero(0), same);
        self.forget_computed();
        self.code.place(same);
        for stage in &stages {
            for laid in &stage.laid {
                let same = self.code.label();
                let height = self.frame.height;
                self.rows_of(laid.of, laid.relation.span);
                self.code.copy(2, 0);
                self.code.load(1, ZERO, laid.at);
                self.call_runtime("relation_fill");
                self.code.jump(Jump::IfZero(0), same);
                self.code.store(ZERO, ZERO, fresh);
                self.code.place(same);
                self.frame.drop_to(height, self.code.here());
            }
            let (again, next) = (self.code.label(), self.code.label());
            self.code.load(0, ZERO, fresh);
            self.code.jump(Jump::IfNotZero(0), next);
            self.code.place(again);
            self.code.set(1, stage.text);
            self.call_runtime("rules_refresh");
            self.unless_wanted(next);
            for number in &stage.computed {
                self.compute_wanted(*number);
            }
            self.code.jump(Jump::Always, again);
            self.code.place(next);
        }
        self.code.place(done);
        self.code.set(0, 1);
        self.code.store(0, ZERO, fresh);
        self.code.store(ZERO, ZERO, busy);
        self.code.place(end);
        self.code.push(palindrome_vm::Instruction::Return);
        self.finish_function("(rules)", start);
    }
}
