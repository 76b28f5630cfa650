//! Arms of a `match` that no value gets to, and rests that are taken twice.

use std::collections::{BTreeMap, BTreeSet};

use source::{Diagnostic, Span};

use super::Notes;
use crate::ast::{Match, NamePattern, Pattern, Value, VectorItem, VectorPattern, View};
use crate::codes;
use crate::syntax::Node;

pub(super) fn check(node: Node<'_>, notes: &mut Notes) {
    if let Some(found) = Match::cast(node) {
        arms(found, notes);
    } else if let Some(pattern) = VectorPattern::cast(node) {
        rests(pattern, notes);
    }
}

/// What an arm takes, as far as that shows without running it.
enum Taken<'t> {
    Everything,
    Type(&'t str),
    Literal(String, &'static str),
    Something,
}

fn taken(pattern: Pattern<'_>) -> Taken<'_> {
    match pattern {
        Pattern::NamePattern(name) if name.is_type() => {
            Taken::Type(NamePattern::name(name).map_or("", |token| token.text()))
        }
        Pattern::NamePattern(_) => Taken::Everything,
        Pattern::LiteralPattern(literal) => match literal.value() {
            // -0 and 0 are the same number.
            Some(Value::Number(number)) => Taken::Literal(format!("{:?}", number + 0.0), "Number"),
            Some(Value::Text(text)) => Taken::Literal(format!("{text:?}"), "String"),
            Some(Value::Boolean(is_true)) => Taken::Literal(is_true.to_string(), "Boolean"),
            Some(Value::Null) => Taken::Literal("null".to_owned(), "Null"),
            Some(Value::Imaginary(_)) | None => Taken::Something,
        },
        Pattern::RecordPattern(_) | Pattern::VectorPattern(_) => Taken::Something,
    }
}

fn arms(found: Match<'_>, notes: &mut Notes) {
    let mut all: Option<Span> = None;
    let mut types: BTreeMap<&str, Span> = BTreeMap::new();
    let mut literals: BTreeMap<String, Span> = BTreeMap::new();
    for arm in found.arms() {
        let Some(pattern) = arm.pattern() else { continue };
        let at = notes.span(pattern.node());
        let what = taken(pattern);
        let before = all.or_else(|| match &what {
            Taken::Type(name) => types.get(name).copied(),
            Taken::Literal(text, kind) => literals.get(text).or_else(|| types.get(kind)).copied(),
            Taken::Everything | Taken::Something => None,
        });
        if let Some(before) = before {
            let message = "no value gets to this arm";
            let warning = Diagnostic::warning(codes::UNREACHABLE, at, message);
            notes.add(warning.with_note(before, "this one takes them before"));
            continue;
        }
        if arm.guard().is_some() {
            continue;
        }
        match what {
            Taken::Everything => all = Some(at),
            Taken::Type(name) => drop(types.insert(name, at)),
            Taken::Literal(text, _) => drop(literals.insert(text, at)),
            Taken::Something => {}
        }
    }
}

fn rests(pattern: VectorPattern<'_>, notes: &mut Notes) {
    let rests = pattern.items().filter(|item| matches!(item, VectorItem::RestPattern(_)));
    let spans: BTreeSet<Span> = rests.map(|item| notes.span(item.node())).collect();
    if let (Some(first), Some(second)) = (spans.first(), spans.iter().nth(1)) {
        let message = "a vector's pattern takes the rest once";
        let wrong = Diagnostic::error(codes::REST, *second, message);
        notes.add(wrong.with_note(*first, "taken here already"));
    }
}
