//! Indexes: what they go by follows from a row alone.

use source::{Diagnostic, Span, nearest};

use super::Checker;
use super::names::{SpaceId, with_meant};
use super::query::{last_name, qualified};
use super::relation::is_storable;
use super::scope::{Frame, RowName};
use crate::codes::{MISMATCH, NO_MEMBER, NOT_STORABLE};
use crate::form::{self, ExpressionKind as Form};
use crate::hir::{Expression, ExpressionKind, Index, IndexKind};
use crate::types::{Effect, Type};

/// An index that was not looked at.
#[derive(Debug)]
pub(super) struct PendingIndex<'a> {
    pub(super) relation: &'a form::Expression,
    pub(super) keys: &'a [form::Expression],
    pub(super) kind: IndexKind,
    pub(super) space: SpaceId,
    pub(super) span: Span,
}

impl Checker<'_> {
    /// Indexes, once the types of all columns are known.
    pub(super) fn index_items(&mut self) {
        for index in std::mem::take(&mut self.pending.indexes) {
            self.index_item(&index);
        }
    }

    fn index_item(&mut self, index: &PendingIndex<'_>) {
        let effect = self.effects.place("what an index goes by");
        self.frame = Frame::new(effect, index.space);
        let Some(relation) = self.relation_named(index.relation) else { return };
        let known = self.columns(relation);
        let names = known.iter().map(|(name, _)| &**name);
        let fields: crate::types::Fields = known.iter().cloned().collect();
        let name = last_name(index.relation);
        let of = Type::record(fields.clone());
        let row = self.hidden(name.as_deref().unwrap_or("row"), of, index.relation.span);
        let qualified = name.as_ref().map_or(Vec::new(), |name| qualified(index.keys.iter(), name));
        let mut keys = Vec::new();
        self.open_rows(vec![RowName { name, row, fields, qualified }]);
        for form in index.keys {
            match &form.kind {
                Form::Name(name) if known.iter().all(|(column, _)| *column != name.text) => {
                    if !name.text.is_empty() {
                        let message = format!("the relation has no field `{}`", name.text);
                        let meant = nearest(&name.text, names.clone());
                        let diagnostic = Diagnostic::error(NO_MEMBER, name.span, message);
                        self.note(with_meant(diagnostic, meant.map(str::to_owned)));
                    }
                }
                _ => {
                    self.effects.limit(effect, Effect::Pure, "what an index goes by", form.span);
                    let key = self.expression(form, None);
                    if self.is_key(&key, index.kind) {
                        keys.push(key);
                    }
                }
            }
        }
        self.close();
        if keys.len() == index.keys.len() {
            let (kind, span) = (index.kind, index.span);
            self.program.indexes.push(Index { relation, row, keys, kind, span });
        }
    }

    /// Whether an index of a kind can go by an expression. Says if not.
    fn is_key(&mut self, key: &Expression, kind: IndexKind) -> bool {
        let of = self.unifier.shallow(&key.of);
        if matches!(key.kind, ExpressionKind::Wrong) || of.is_unknown() {
            return false;
        }
        if !is_storable(&of) || of == Type::NOTHING {
            let message = format!("an index cannot go by values of type `{}`", self.show(&of));
            let hint = "give it a number, a text, or another value that a column can have";
            self.note(Diagnostic::error(NOT_STORABLE, key.span, message).with_hint(hint));
            return false;
        }
        let text = match &of {
            Type::Optional(inner) => self.unifier.shallow(inner),
            of => of.clone(),
        };
        if kind == IndexKind::Fulltext && text != Type::STRING {
            let message = format!("words are found in texts, and this is `{}`", self.show(&of));
            let hint = "index it `using btree`, `hash` or `bitmap`, or make a text of it";
            self.note(Diagnostic::error(MISMATCH, key.span, message).with_hint(hint));
            return false;
        }
        true
    }
}
