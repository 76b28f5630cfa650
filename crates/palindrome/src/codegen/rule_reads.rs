//! What state code reads that computes something for rules. As long as none of it changes, neither does
//! what was computed; when some does, it is computed anew.

use source::Span;

use super::Codegen;
use super::frame::ZERO;
use super::state_reads::Reads;
use crate::codes::RULE_READS;
use crate::hir::{Expression, GlobalId};

impl Codegen<'_> {
    /// What an expression of a rule reads. None if that was refused.
    pub(super) fn rule_reads(&mut self, of: &Expression) -> Option<Reads> {
        let reads = self.reads(of);
        if let Some(id) = reads.predicate {
            let name = self.program.relations.get(id.index()).map(|it| it.name.to_string());
            let name = name.unwrap_or_default();
            return self.refused_reads(
                &format!("what is computed for rules reads `{name}`, which follows from rules"),
                &format!("name it in the rule: `{name}(…)`"),
                of.span,
            );
        }
        if reads.is_elsewhere || reads.globals.iter().any(|id| self.holds_code(*id)) {
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
        let reads = self.reads_of_functions(of);
        reads.predicate.is_some() || reads.globals.iter().any(|id| self.holds_code(*id))
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
