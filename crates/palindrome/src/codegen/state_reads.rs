//! What code reads of the state: what it names itself, what the functions that it calls name, and what
//! views are made of.

use std::collections::BTreeSet;

use super::Codegen;
use super::state::kept;
use crate::hir::{
    Backward, Callee, Expression, ExpressionKind, FunctionId, GlobalId, RelationId, RelationKind,
    walk,
};
use crate::types::{Effect, Type, builtin};

/// What of the state code reads.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads {
    /// Relations with rows of their own, and events.
    pub(super) relations: BTreeSet<RelationId>,
    pub(super) globals: BTreeSet<GlobalId>,
    /// The first relation that follows from rules.
    pub(super) predicate: Option<RelationId>,
    /// Whether it reads what changes without a statement of the program: the past, or a clock.
    pub(super) is_elsewhere: bool,
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
    reads: Reads,
}

impl Waiting {
    fn look(&mut self, of: &Expression) {
        walk(of, &mut |one| match &one.kind {
            ExpressionKind::Relation(id) => self.relations.push(*id),
            ExpressionKind::Global(id) => {
                self.reads.globals.insert(*id);
            }
            ExpressionKind::At(..) => self.reads.is_elsewhere = true,
            ExpressionKind::Function(id, _)
            | ExpressionKind::Call(Callee::Function(id, _) | Callee::Inverse(id, _), _) => {
                self.functions.push(*id);
            }
            ExpressionKind::Call(Callee::Builtin(id), _) => {
                let effect = builtin(*id).map(|row| row.effect);
                self.reads.is_elsewhere |= effect.is_some_and(|effect| effect != Effect::Pure);
            }
            _ => {}
        });
    }
}

impl Codegen<'_> {
    /// What an expression reads.
    pub(super) fn reads(&self, of: &Expression) -> Reads {
        let mut waiting = Waiting::default();
        waiting.look(of);
        self.followed(waiting)
    }

    /// What the functions read that an expression calls. What it names itself is not looked at.
    pub(super) fn reads_of_functions(&self, of: &Expression) -> Reads {
        let mut waiting = Waiting::default();
        waiting.look(of);
        let functions = waiting.functions;
        self.followed(Waiting { functions, ..Waiting::default() })
    }

    fn followed(&self, mut waiting: Waiting) -> Reads {
        let (mut functions, mut relations) = (BTreeSet::new(), BTreeSet::new());
        loop {
            if let Some(id) = waiting.functions.pop() {
                let function = self.program.functions.get(id.index());
                if let (true, Some(function)) = (functions.insert(id), function)
                    && function.effect != Effect::Pure
                {
                    waiting.look(&function.body);
                    if let Backward::Written(_, body) | Backward::Derived(_, body) =
                        &function.backward
                    {
                        waiting.look(body);
                    }
                }
                continue;
            }
            let Some(id) = waiting.relations.pop() else { return waiting.reads };
            let relation = self.program.relations.get(id.index());
            let (true, Some(relation)) = (relations.insert(id), relation) else { continue };
            match &relation.kind {
                RelationKind::Stored | RelationKind::Event => {
                    waiting.reads.relations.insert(id);
                }
                RelationKind::View(query) => {
                    let kind = ExpressionKind::Query(query.clone());
                    waiting.look(&Expression { kind, of: Type::Unknown, span: query.span });
                }
                RelationKind::Migrated(home) => waiting.relations.push(*home),
                RelationKind::History(of) => {
                    waiting.reads.is_elsewhere = true;
                    waiting.relations.push(*of);
                }
                RelationKind::NameHistory(_) => waiting.reads.is_elsewhere = true,
                RelationKind::Predicate => {
                    waiting.reads.predicate.get_or_insert(id);
                }
            }
        }
    }

    /// Whether values of a name of the top level may have functions in them, which read what they like.
    pub(super) fn holds_code(&self, id: GlobalId) -> bool {
        let global = self.program.globals.get(id.index());
        global.is_some_and(|global| kept(&global.of, &self.program.unions).is_none())
    }
}
