//! Types that are nothing but themselves.

use std::collections::BTreeSet;

use super::Notes;
use crate::ast::{Type, TypeAlias, View};
use crate::codes;
use crate::syntax::Node;

/// A type may contain itself in a record, a function or a tensor; `type A = A | B` says nothing.
pub(super) fn check(node: Node<'_>, notes: &mut Notes) {
    let Some(alias) = TypeAlias::cast(node) else { return };
    let (Some(name), Some(definition)) = (alias.name(), alias.definition()) else { return };
    let place = |node: Node<'_>| notes.span(node).start;
    let mut seen = BTreeSet::new();
    let mut waiting = vec![definition];
    while let Some(next) = waiting.pop() {
        let found = match next {
            Type::ParenType(inner) => inner.inner().into_iter().collect(),
            Type::OptionalType(inner) => inner.inner().into_iter().collect(),
            Type::UnionType(union) => union.members().collect(),
            Type::NameType(written) => {
                let Some(other) =
                    written.name().and_then(|name| visible(written.node(), name.text()))
                else {
                    continue;
                };
                if place(other.node()) == place(node) {
                    let message = format!("type alias {} refers to itself", name.text());
                    return notes.error(
                        notes.span(definition.node()),
                        codes::ENDLESS_TYPE,
                        message,
                    );
                }
                let is_new = seen.insert(place(other.node()));
                other.definition().filter(|_| is_new).into_iter().collect()
            }
            Type::TensorType(_) | Type::RecordType(_) | Type::FunctionType(_) => Vec::new(),
        };
        waiting.extend(found);
    }
}

/// The alias of this name that is seen at a node: in the innermost block around, the last one.
fn visible<'t>(at: Node<'t>, name: &str) -> Option<TypeAlias<'t>> {
    let mut around = at.parent();
    while let Some(block) = around {
        let mut aliases = block.children().filter_map(TypeAlias::cast);
        let found = aliases.rfind(|one| one.name().is_some_and(|token| token.text() == name));
        if found.is_some() {
            return found;
        }
        around = block.parent();
    }
    None
}
