//! Names that are given twice in one place.

use std::collections::BTreeMap;

use source::{Diagnostic, Severity, Span};

use super::Notes;
use crate::ast::{FieldType, Lambda, NamePattern, Parameter, Record, RecordItem, RecordType, View};
use crate::codes;
use crate::syntax::{Node, SyntaxKind, Token};

pub(super) fn check(node: Node<'_>, notes: &mut Notes) {
    if let Some(lambda) = Lambda::cast(node) {
        parameters(lambda, notes);
    } else if let Some(record) = Record::cast(node) {
        record_fields(record, notes);
    } else if let Some(record) = RecordType::cast(node) {
        let keys = record.fields().filter_map(FieldType::key);
        let twice = Twice { code: codes::SAME_FIELD, what: "field", severity: Severity::Error };
        twice.find(keys, notes);
    } else if is_pattern(node) && node.parent().is_none_or(|parent| !is_pattern(parent)) {
        let twice = Twice { code: codes::SAME_BINDING, what: "name", severity: Severity::Error };
        twice.find(parts(node).into_iter().filter_map(bound), notes);
    }
}

/// The pattern with those inside of it, but not those in the defaults.
fn parts(pattern: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    let mut waiting = vec![pattern];
    while let Some(node) = waiting.pop() {
        if is_pattern(node) || node.kind() == SyntaxKind::NamePattern {
            found.push(node);
            let inside = waiting.len();
            waiting.extend(node.children());
            waiting[inside..].reverse();
        }
    }
    found
}

/// How names that are the same are told.
struct Twice {
    code: &'static str,
    what: &'static str,
    severity: Severity,
}

impl Twice {
    fn find<'t>(&self, names: impl Iterator<Item = Token<'t>>, notes: &mut Notes) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for name in names.filter(|name| name.text() != "_") {
            let span = notes.token(name);
            if let Some(first) = seen.get(text(name)) {
                let message = format!("a second {} `{}`", self.what, text(name));
                let wrong = Diagnostic {
                    severity: self.severity,
                    ..Diagnostic::error(self.code, span, message)
                };
                notes.add(wrong.with_note(*first, "the first one"));
            } else {
                seen.insert(text(name), span);
            }
        }
    }
}

/// The name that a word or string gives.
fn text(token: Token<'_>) -> &str {
    token.text().trim_matches('"')
}

fn parameters(lambda: Lambda<'_>, notes: &mut Notes) {
    let names = lambda.parameters().filter_map(Parameter::name);
    let twice = Twice { code: codes::SAME_PARAMETER, what: "parameter", severity: Severity::Error };
    twice.find(names, notes);
    let mut has_default = false;
    for parameter in lambda.parameters() {
        let Some(name) = parameter.name() else { continue };
        let at = notes.token(name);
        let name = name.text();
        let is_default = parameter.default().is_some();
        if is_default && parameter.is_optional() {
            let message =
                format!("Parameter '{name}' cannot be both optional (?) and have a default value");
            notes.error(at, codes::PARAMETER, message);
        }
        if has_default && !is_default && !parameter.is_optional() {
            let message = format!(
                "Parameter '{name}' without default value cannot come after parameters with defaults"
            );
            notes.error(at, codes::PARAMETER, message);
        }
        has_default |= is_default || parameter.is_optional();
    }
}

/// What stands in a record twice with a spread between is meant to replace what was spread.
fn record_fields(record: Record<'_>, notes: &mut Notes) {
    let keys = record.items().filter_map(|item| match item {
        RecordItem::RecordField(field) => field.key(),
        RecordItem::Spread(_) => None,
    });
    let twice = Twice { code: codes::SAME_FIELD, what: "field", severity: Severity::Warning };
    twice.find(keys, notes);
}

fn is_pattern(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        SyntaxKind::RecordPattern
            | SyntaxKind::VectorPattern
            | SyntaxKind::FieldPattern
            | SyntaxKind::ElementPattern
            | SyntaxKind::RestPattern
    )
}

/// The name that a part of a pattern binds.
fn bound(node: Node<'_>) -> Option<Token<'_>> {
    match node.kind() {
        SyntaxKind::NamePattern => NamePattern::cast(node)?
            .name()
            .filter(|_| NamePattern::cast(node).is_some_and(|pattern| !pattern.is_type())),
        SyntaxKind::FieldPattern if node.token(SyntaxKind::Colon).is_none() => {
            node.token(SyntaxKind::Name)
        }
        SyntaxKind::RestPattern => node.token(SyntaxKind::Name),
        _ => None,
    }
}
