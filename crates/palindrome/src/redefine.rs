//! Definitions of a session that take the place of earlier ones of the same kind and name.

use source::SourceId;

use crate::form::{ItemKind, PatternKind, StatementKind};
use crate::lower::lower;
use crate::syntax::parse;

/// A definition of a text.
struct Definition {
    kind: Kind,
    name: String,
    /// Where it is: bytes of the text.
    at: std::ops::Range<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Value,
    Function,
    Relation,
    View,
    Type,
    Contract,
    Test,
}

/// A text without what another defines anew.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reduced {
    /// What is left.
    pub(crate) text: String,
    /// The names of the top level that get another value.
    pub(crate) values: Vec<String>,
}

/// What is left of `before` where `new` comes after it.
pub(crate) fn reduced(before: &str, new: &str) -> Reduced {
    let mut left = Reduced { text: before.to_owned(), values: Vec::new() };
    let anew = definitions(new);
    if anew.is_empty() {
        return left;
    }
    let is_replaced = |one: &&Definition| {
        anew.iter().any(|other| other.kind == one.kind && other.name == one.name)
    };
    let replaced = definitions(before);
    for one in replaced.iter().rev().filter(is_replaced) {
        if one.kind == Kind::Value {
            left.values.push(one.name.clone());
        }
        // With the rest of its line, if that is blank.
        let rest = &before[one.at.end..];
        let line = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let is_last = rest[..line].trim().is_empty();
        let end = if is_last { one.at.end + line } else { one.at.end };
        left.text.replace_range(one.at.start..end, "");
    }
    left
}

fn definitions(text: &str) -> Vec<Definition> {
    let source = SourceId(0);
    let (form, _) = lower(&parse(text, source).tree, source);
    let found = form.items.iter().filter_map(|item| {
        let (kind, name) = match &item.kind {
            ItemKind::Function(function) => (Kind::Function, function.name.text.to_string()),
            ItemKind::Relation(relation) => (Kind::Relation, relation.name.text.to_string()),
            ItemKind::View { name, .. } => (Kind::View, name.text.to_string()),
            ItemKind::Type { name, .. } | ItemKind::Alias { name, .. } => {
                (Kind::Type, name.text.to_string())
            }
            ItemKind::Contract(contract) => (Kind::Contract, contract.name.text.to_string()),
            ItemKind::Test { name, .. } => (Kind::Test, name.clone()),
            ItemKind::Statement(statement) => match &statement.kind {
                StatementKind::Let { pattern, .. } => match &pattern.kind {
                    PatternKind::Name(name) => (Kind::Value, name.text.to_string()),
                    _ => return None,
                },
                _ => return None,
            },
            _ => return None,
        };
        let at = item.span.start as usize..item.span.end as usize;
        (!name.is_empty() && text.get(at.clone()).is_some()).then_some(Definition {
            kind,
            name,
            at,
        })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_of_the_same_kind_and_name_make_room() {
        let before = "let a = 1\ntransform query f() -> Int {\n    1\n}\nlet b = 2 // two\nf()\n\
                      relation f(id: Int key)\n";
        let left = reduced(before, "transform query f() -> Int { 2 }\nlet a = 3\nlet c = 4");
        assert_eq!(left.text, "let b = 2 // two\nf()\nrelation f(id: Int key)\n");
        assert_eq!(left.values, ["a"]);
        let left = reduced(before, "a + b");
        assert_eq!((left.text.as_str(), left.values.len()), (before, 0));
        let left = reduced("let a = 1; let b = 2", "let a = 2");
        assert_eq!(left.text, "; let b = 2");
    }
}
