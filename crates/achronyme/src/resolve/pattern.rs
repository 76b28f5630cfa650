//! The names that patterns bind.

use super::scope::Resolver;
use crate::hir::{Pattern, PatternKind};

impl Resolver<'_> {
    /// The values for what is missing are looked up where the pattern stands: no name of the
    /// pattern is seen in them.
    pub(super) fn defaults(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Wildcard
            | PatternKind::Name(_)
            | PatternKind::Kind(_)
            | PatternKind::Literal(_) => {}
            PatternKind::Record(fields) => {
                for field in fields {
                    if let Some(default) = &field.default {
                        self.expression(default);
                    }
                    self.defaults(&field.pattern);
                }
            }
            PatternKind::Vector { before, after, .. } => {
                for (pattern, default) in before.iter().chain(after) {
                    if let Some(default) = default {
                        self.expression(default);
                    }
                    self.defaults(pattern);
                }
            }
        }
    }

    /// Declares the names.
    pub(super) fn bind(&mut self, pattern: &Pattern, mutable: bool) {
        match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Kind(_) | PatternKind::Literal(_) => {}
            PatternKind::Name(name) => {
                self.declare(name, mutable);
            }
            PatternKind::Record(fields) => {
                for field in fields {
                    if field.binds_key {
                        self.declare(&field.key, mutable);
                    }
                    self.bind(&field.pattern, mutable);
                }
            }
            PatternKind::Vector { before, rest, after } => {
                for (pattern, _) in before {
                    self.bind(pattern, mutable);
                }
                if let Some(rest) = rest {
                    self.declare(rest, mutable);
                }
                for (pattern, _) in after {
                    self.bind(pattern, mutable);
                }
            }
        }
    }
}
