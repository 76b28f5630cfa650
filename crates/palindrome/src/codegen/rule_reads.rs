//! What state code reads that computes something for rules. As long as none of it changes, neither does
//! what was computed; when some does, it is computed anew.

use std::collections::BTreeSet;

use source::Span;

use super::Codegen;
use super::frame::ZERO;
use super::state::kept;
use crate::codes::RULE_READS;
use crate::hir::{
    Callee, Expression, ExpressionKind, FunctionId, GlobalId, RelationId, RelationKind, walk,
};
use crate::types::{Effect, Type, builtin};

/// What of the state code reads.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads {
    pub(super) relations: BTreeSet<RelationId>,
    pub(super) globals: BTreeSet<GlobalId>,
}

impl Reads {
    pub(super) fn is_empty(&self) -> bool {
        self.relations.is_empty() && self.globals.is_empty()
    }
}

/// What was met and not looked into.
#[derive(Default)]
struct Waiting {
    functions: Vec<FunctionId>,
    relations: Vec<RelationId>,
    globals: BTreeSet<GlobalId>,
    /// What changes without a statement of the program.
    is_elsewhere: bool,
}

impl Waiting {
    fn look(&mut self, of: &Expression) {
        walk(of, &mut |one| match &one.kind {
            ExpressionKind::Relation(id) => self.relations.push(*id),
            ExpressionKind::Global(id) => {
                self.globals.insert(*id);
            }
            ExpressionKind::At(..) => self.is_elsewhere = true,
            ExpressionKind::Function(id, _)
            | ExpressionKind::Call(Callee::Function(id, _) | Callee::Inverse(id, _), _) => {
                self.functions.push(*id);
            }
            ExpressionKind::Call(Callee::Builtin(id), _) => {
                let effect = builtin(*id).map(|row| row.effect);
                self.is_elsewhere |= effect.is_some_and(|effect| effect != Effect::Pure);
            }
            _ => {}
        });
    }
}

impl Codegen<'_> {
    /// What an expression of a rule reads. None if that was refused.
    pub(super) fn rule_reads(&mut self, of: &Expression) -> Option<Reads> {
        let mut waiting = Waiting::default();
        waiting.look(of);
        let (mut functions, mut relations) = (BTreeSet::new(), BTreeSet::new());
        let mut reads = Reads::default();
        loop {
            if let Some(id) = waiting.functions.pop() {
                let function = self.program.functions.get(id.index());
                if let (true, Some(function)) = (functions.insert(id), function)
                    && function.effect != Effect::Pure
                {
                    waiting.look(&function.body);
                }
                continue;
            }
            let Some(id) = waiting.relations.pop() else { break };
            let relation = self.program.relations.get(id.index());
            let (true, Some(relation)) = (relations.insert(id), relation) else { continue };
            match &relation.kind {
                RelationKind::Stored | RelationKind::Event => {
                    reads.relations.insert(id);
                }
                RelationKind::View(query) => {
                    let kind = ExpressionKind::Query(query.clone());
                    waiting.look(&Expression { kind, of: Type::Unknown, span: query.span });
                }
                RelationKind::Migrated(home) => waiting.relations.push(*home),
                RelationKind::History(_) | RelationKind::NameHistory(_) => {
                    waiting.is_elsewhere = true;
                }
                RelationKind::Predicate => {
                    let name = relation.name.to_string();
                    return self.refused_reads(
                        &format!(
                            "what is computed for rules reads `{name}`, which follows from rules"
                        ),
                        &format!("name it in the rule: `{name}(…)`"),
                        of.span,
                    );
                }
            }
        }
        reads.globals = waiting.globals;
        if waiting.is_elsewhere || reads.globals.iter().any(|id| self.holds_code(*id)) {
            return self.refused_reads(
                "nothing tells when this changes, so rules would not be applied again",
                "give rules what they need as rows of a relation",
                of.span,
            );
        }
        Some(reads)
    }

    /// Whether functions that an expression calls may read what follows from rules. What it names itself
    /// is not looked at.
    pub(super) fn functions_read_rules(&self, of: &Expression) -> bool {
        let mut waiting = Waiting::default();
        waiting.look(of);
        waiting.relations.clear();
        waiting.globals.clear();
        let (mut functions, mut relations) = (BTreeSet::new(), BTreeSet::new());
        loop {
            if let Some(id) = waiting.functions.pop() {
                let function = self.program.functions.get(id.index());
                if let (true, Some(function)) = (functions.insert(id), function)
                    && function.effect != Effect::Pure
                {
                    waiting.look(&function.body);
                }
            } else if let Some(id) = waiting.relations.pop() {
                let kind = self.program.relations.get(id.index()).map(|relation| &relation.kind);
                match kind.filter(|_| relations.insert(id)) {
                    Some(RelationKind::Predicate) => return true,
                    Some(RelationKind::View(query)) => {
                        let kind = ExpressionKind::Query(query.clone());
                        waiting.look(&Expression { kind, of: Type::Unknown, span: query.span });
                    }
                    Some(RelationKind::Migrated(home)) => waiting.relations.push(*home),
                    Some(RelationKind::History(of)) => waiting.relations.push(*of),
                    Some(
                        RelationKind::Stored | RelationKind::Event | RelationKind::NameHistory(_),
                    )
                    | None => {}
                }
            } else {
                return waiting.globals.iter().any(|id| self.holds_code(*id));
            }
        }
    }

    /// Whether values of a name of the top level may have functions in them, which read what they like.
    fn holds_code(&self, id: GlobalId) -> bool {
        let global = self.program.globals.get(id.index());
        global.is_some_and(|global| kept(&global.of, &self.program.unions).is_none())
    }

    fn refused_reads(&mut self, why: &str, hint: &str, at: Span) -> Option<Reads> {
        self.refuse(RULE_READS, why, hint, at);
        None
    }

    /// A name of the top level has another value, from which rows may follow.
    pub(super) fn name_has_changed(&mut self, id: GlobalId) {
        let reads = |one: &super::computed::Computed| one.reads.globals.contains(&id);
        if self.computed_by_code.iter().any(reads) {
            self.all_may_have_changed();
        }
    }

    /// Forgets what was computed from state, as that has changed.
    pub(super) fn forget_computed(&mut self) {
        let read = self.computed_by_code.iter().filter(|one| !one.reads.is_empty());
        for at in read.map(|one| one.values_at).collect::<Vec<_>>() {
            self.code.load(1, ZERO, at);
            self.call_runtime("relation_clear");
        }
    }
}
