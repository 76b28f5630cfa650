//! What is defined where: spaces with their members, and what is looked up in them.

use std::collections::BTreeMap;
use std::rc::Rc;

use source::{Diagnostic, Span, nearest};

use super::Checker;
use crate::codes::{DEFINED_TWICE, NO_MEMBER, UNDEFINED, UNDEFINED_TYPE};
use crate::form;
use crate::hir::{FunctionId, GlobalId, RelationId};
use crate::types::{Basic, UnionId, builtins};

/// Which space. The first is the top level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SpaceId(usize);

impl SpaceId {
    pub(super) const TOP: Self = Self(0);
}

/// What a name stands for where values are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Definition {
    Function(FunctionId),
    /// The name after `<->` of a function.
    Inverse(FunctionId),
    Relation(RelationId),
    Global(GlobalId),
    Variant(UnionId, usize),
    Space(SpaceId),
    /// A contract, which is no value.
    Contract,
    /// Defined by something that was refused.
    Refused,
}

/// What a name stands for where types are named.
#[derive(Clone, Copy, Debug)]
pub(super) enum TypeDefinition<'a> {
    Union(UnionId),
    Alias(&'a [form::Name], &'a form::Type, SpaceId),
    Refused,
}

#[derive(Debug, Default)]
struct Space<'a> {
    name: Rc<str>,
    parent: Option<SpaceId>,
    values: BTreeMap<Rc<str>, (Definition, Span)>,
    types: BTreeMap<Rc<str>, (TypeDefinition<'a>, Span)>,
}

/// All spaces.
#[derive(Debug)]
pub(super) struct Names<'a> {
    spaces: Vec<Space<'a>>,
}

impl<'a> Names<'a> {
    pub(super) fn new() -> Self {
        Self { spaces: vec![Space::default()] }
    }

    pub(super) fn open(&mut self, name: &str, parent: SpaceId) -> SpaceId {
        let id = SpaceId(self.spaces.len());
        let name = self.full(parent, name);
        self.spaces.push(Space { name, parent: Some(parent), ..Space::default() });
        id
    }

    /// A space that sees nothing outside of it.
    pub(super) fn open_alone(&mut self, name: &str) -> SpaceId {
        let id = SpaceId(self.spaces.len());
        self.spaces.push(Space { name: Rc::from(name), ..Space::default() });
        id
    }

    /// The name with the spaces around it.
    pub(super) fn full(&self, space: SpaceId, name: &str) -> Rc<str> {
        match self.spaces.get(space.0) {
            Some(space) if !space.name.is_empty() => Rc::from(format!("{}.{name}", space.name)),
            _ => Rc::from(name),
        }
    }

    fn space(&self, id: SpaceId) -> Option<&Space<'a>> {
        self.spaces.get(id.0)
    }

    pub(super) fn member(&self, space: SpaceId, name: &str) -> Option<Definition> {
        self.space(space)?.values.get(name).map(|(found, _)| *found)
    }

    fn type_member(&self, space: SpaceId, name: &str) -> Option<TypeDefinition<'a>> {
        self.space(space)?.types.get(name).map(|(found, _)| *found)
    }

    fn outwards(&self, from: SpaceId) -> impl Iterator<Item = &Space<'a>> {
        let mut next = Some(from);
        std::iter::from_fn(move || {
            let space = self.space(next?)?;
            next = space.parent;
            Some(space)
        })
    }

    /// What a name means within a space.
    pub(super) fn look_up(&self, from: SpaceId, name: &str) -> Option<Definition> {
        self.outwards(from).find_map(|space| space.values.get(name).map(|(found, _)| *found))
    }

    fn look_up_type(&self, from: SpaceId, name: &str) -> Option<TypeDefinition<'a>> {
        self.outwards(from).find_map(|space| space.types.get(name).map(|(found, _)| *found))
    }

    pub(super) fn names(&self, from: SpaceId) -> impl Iterator<Item = &str> {
        let names = self.outwards(from).flat_map(|space| space.values.keys());
        names.map(|name| &**name).filter(|name| !name.ends_with('\''))
    }

    fn type_names(&self, from: SpaceId) -> impl Iterator<Item = &str> {
        self.outwards(from).flat_map(|space| space.types.keys().map(|name| &**name))
    }
}

impl<'a> Checker<'a> {
    /// Gives a name of a space its meaning.
    pub(super) fn define(&mut self, space: SpaceId, name: &form::Name, meaning: Definition) {
        if name.text.is_empty() {
            return;
        }
        let Some(members) = self.names.spaces.get_mut(space.0) else { return };
        let before = members.values.get(&name.text).map(|(_, at)| *at);
        members.values.entry(Rc::clone(&name.text)).or_insert((meaning, name.span));
        if let Some(before) = before {
            self.defined_twice(name, before);
        }
    }

    pub(super) fn define_type(
        &mut self,
        space: SpaceId,
        name: &form::Name,
        meaning: TypeDefinition<'a>,
    ) {
        if name.text.is_empty() {
            return;
        }
        let Some(members) = self.names.spaces.get_mut(space.0) else { return };
        let before = members.types.get(&name.text).map(|(_, at)| *at);
        members.types.entry(Rc::clone(&name.text)).or_insert((meaning, name.span));
        if let Some(before) = before {
            self.defined_twice(name, before);
        } else if Basic::ALL.iter().any(|(basic, _)| *basic == &*name.text) {
            let message = format!("`{}` is a type of the language", name.text);
            self.note(
                Diagnostic::error(DEFINED_TWICE, name.span, message)
                    .with_hint("choose another name"),
            );
        }
    }

    fn defined_twice(&mut self, name: &form::Name, before: Span) {
        let message = format!("`{}` is defined twice", name.text);
        let diagnostic = Diagnostic::error(DEFINED_TWICE, name.span, message)
            .with_note(before, "first defined here")
            .with_hint("rename one of them");
        self.note(diagnostic);
    }

    /// The type that a path of names stands for.
    pub(super) fn type_definition(&mut self, path: &[form::Name]) -> Option<TypeDefinition<'a>> {
        let (last, spaces) = path.split_last()?;
        if last.text.is_empty() {
            return None;
        }
        let mut within = None;
        for name in spaces {
            within = Some(self.space_named(within, name)?);
        }
        let found = match within {
            Some(space) => self.names.type_member(space, &last.text),
            None => self.names.look_up_type(self.frame.space, &last.text),
        };
        if found.is_none() {
            let message = format!("no type is called `{}`", last.text);
            let own = Basic::ALL.iter().map(|(name, _)| *name).chain(["Relation"]);
            let hint = foreign_type(&last.text).map(str::to_owned).or_else(|| {
                let known = self.names.type_names(within.unwrap_or(self.frame.space));
                nearest(&last.text, known.chain(own)).map(str::to_owned)
            });
            let diagnostic = Diagnostic::error(UNDEFINED_TYPE, last.span, message);
            self.note(with_meant(diagnostic, hint));
        }
        found
    }

    fn space_named(&mut self, within: Option<SpaceId>, name: &form::Name) -> Option<SpaceId> {
        let found = match within {
            Some(space) => self.names.member(space, &name.text),
            None => self.names.look_up(self.frame.space, &name.text),
        };
        match found {
            Some(Definition::Space(id)) => Some(id),
            Some(Definition::Refused) => None,
            _ => {
                self.error(UNDEFINED, name.span, format!("no space is called `{}`", name.text));
                None
            }
        }
    }

    /// What a path of names stands for, the first of which is looked up outwards.
    pub(super) fn definition(&mut self, path: &[form::Name]) -> Option<Definition> {
        let (last, spaces) = path.split_last()?;
        let mut within = None;
        for name in spaces {
            within = Some(self.space_named(within, name)?);
        }
        match within {
            Some(space) => self.member_of(space, last),
            None => {
                let found = self.names.look_up(self.frame.space, &last.text);
                if found.is_none() {
                    self.undefined(last);
                }
                found
            }
        }
    }

    pub(super) fn member_of(&mut self, space: SpaceId, name: &form::Name) -> Option<Definition> {
        let found = self.names.member(space, &name.text);
        if found.is_none() && !name.text.is_empty() {
            let known = self.names.space(space);
            let of = known.map_or("", |space| &space.name);
            let message = format!("`{of}` has no member `{}`", name.text);
            let members = known.into_iter().flat_map(|space| space.values.keys());
            let meant = nearest(&name.text, members.map(|name| &**name)).map(str::to_owned);
            self.note(with_meant(Diagnostic::error(NO_MEMBER, name.span, message), meant));
        }
        found
    }

    /// Says that nothing has the name, and what was probably meant.
    pub(super) fn undefined(&mut self, name: &form::Name) {
        if name.text.is_empty() {
            return;
        }
        let message = format!("nothing is called `{}`", name.text);
        let diagnostic = Diagnostic::error(UNDEFINED, name.span, message);
        if let Some((_, advice)) = FOREIGN.iter().find(|(foreign, _)| *foreign == &*name.text) {
            return self.note(diagnostic.with_hint(*advice));
        }
        let locals = self.frame.names(&self.program.locals);
        let functions = builtins()
            .filter(|(_, row)| !row.is_method && !row.name.contains(' '))
            .map(|(_, row)| row.name);
        let known = locals.into_iter().chain(self.names.names(self.frame.space).map(Rc::from));
        let known: Vec<Rc<str>> = known.chain(functions.map(Rc::from)).collect();
        let meant = nearest(&name.text, known.iter().map(|name| &**name)).map(str::to_owned);
        let is_inner =
            self.names.space(self.frame.space).is_some_and(|one| one.name.ends_with('\''));
        self.note(if meant.is_none() && is_inner {
            diagnostic.with_hint(
                "what a block defines sees no variables around it: take it as a parameter",
            )
        } else {
            with_meant(diagnostic, meant)
        });
    }
}

pub(super) fn with_meant(diagnostic: Diagnostic, meant: Option<String>) -> Diagnostic {
    match meant {
        Some(meant) => diagnostic.with_hint(format!("did you mean `{meant}`?")),
        None => diagnostic,
    }
}

/// Names of other languages, and what is written here.
const FOREIGN: &[(&str, &str)] = &[
    ("count", "rows are counted by `R.count()`, and in a `select` by `count()`"),
    ("sum", "a column is summed by `R.map(r => r.x).sum()`, and in a `select` by `sum(x)`"),
    ("avg", "the mean of a column is `avg(x)` in a `select`: `R select avg(x)`"),
    ("null", "no value is `none`"),
    ("nil", "no value is `none`"),
    ("None", "no value is `none`"),
    ("undefined", "no value is `none`"),
    ("True", "write `true`"),
    ("False", "write `false`"),
    ("Some", "a value that is there is written as it is"),
    ("len", "write `xs.count()`, or `text.length()`"),
    ("println", "`print` is a statement: `print x`"),
];

/// The type that a name of other languages stands for.
fn foreign_type(name: &str) -> Option<&'static str> {
    Some(match name.to_lowercase().as_str() {
        "int" | "integer" | "i64" | "i32" | "long" | "number" => "Int",
        "float" | "double" | "f64" | "real" => "Float",
        "str" | "text" | "string" | "varchar" => "String",
        "bool" | "boolean" => "Bool",
        "date" | "datetime" | "time" => "Timestamp",
        "blob" | "binary" => "Bytes",
        "money" | "numeric" => "Decimal",
        "void" | "unit" => "Nothing",
        _ => return None,
    })
}
