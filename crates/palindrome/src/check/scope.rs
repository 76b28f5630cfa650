//! Variables: where they are seen, what a query's clauses see, and which are never used.

use std::collections::BTreeMap;
use std::rc::Rc;

use source::{Diagnostic, Span};

use super::Checker;
use super::leave::Loop;
use super::names::SpaceId;
use crate::codes::{AMBIGUOUS, FIELD_OR_VARIABLE, UNUSED};
use crate::form;
use crate::hir::{Expression, ExpressionKind, Local, LocalId, Place};
use crate::types::{EffectId, Fields, Type};

/// What surrounds an expression.
#[derive(Debug)]
pub(super) struct Frame {
    /// Where what is done here flows.
    pub(super) effect: EffectId,
    pub(super) space: SpaceId,
    /// Type parameters of the definition around.
    pub(super) generics: Vec<Rc<str>>,
    /// The type of the rows that are yielded, in a function.
    pub(super) yields: Option<Type>,
    /// Whether functions of a group's rows can be called here.
    pub(super) has_aggregates: bool,
    /// Whether one was.
    pub(super) has_aggregated: bool,
    /// Whether rows are grouped by something, so that no group is empty.
    pub(super) has_groups: bool,
    /// The type of an answer, in a search.
    pub(super) answers: Option<Type>,
    /// Whether this is done about the violation of a contract.
    pub(super) is_violation: bool,
    /// Names that were disposed of, and where.
    pub(super) disposed: BTreeMap<Place, Span>,
    scopes: Vec<Scope>,
}

#[derive(Debug)]
enum Scope {
    /// Of a block, function, arm or loop.
    Names(BTreeMap<Rc<str>, LocalId>),
    /// A lambda begins here: variables outside of it are not assigned to inside.
    Lambda,
    /// Of a query.
    Rows(Vec<RowName>),
    /// What a query groups by, where that was given names.
    Groups(Vec<(Rc<str>, Expression)>),
    /// Of a loop's body.
    Loop(Loop),
    /// What `break` and `continue` do not leave.
    Whole(&'static str),
}

/// A source of a query.
#[derive(Clone, Debug)]
pub(super) struct RowName {
    /// What the row is called.
    pub(super) name: Option<Rc<str>>,
    pub(super) row: LocalId,
    /// Fields that can be named alone.
    pub(super) fields: Fields,
    /// Fields that are written with the row's name, and so leave the name alone to variables.
    pub(super) qualified: Vec<Rc<str>>,
}

impl Frame {
    pub(super) fn new(effect: EffectId, space: SpaceId) -> Self {
        Self {
            effect,
            space,
            generics: Vec::new(),
            yields: None,
            has_aggregates: false,
            has_aggregated: false,
            has_groups: false,
            answers: None,
            is_violation: false,
            disposed: BTreeMap::new(),
            scopes: Vec::new(),
        }
    }

    /// The names of all variables in sight.
    pub(super) fn names(&self, locals: &[Local]) -> Vec<Rc<str>> {
        let mut found = Vec::new();
        for scope in &self.scopes {
            match scope {
                Scope::Names(names) => found.extend(names.keys().cloned()),
                Scope::Lambda | Scope::Loop(_) | Scope::Whole(_) => {}
                Scope::Rows(rows) => {
                    found.extend(rows.iter().flat_map(|row| row.fields.keys().cloned()));
                }
                Scope::Groups(groups) => found.extend(groups.iter().map(|(name, _)| name.clone())),
            }
        }
        found.retain(|name| !locals.is_empty() && !name.is_empty());
        found
    }
}

/// A variable that was found.
pub(super) struct Found {
    pub(super) id: LocalId,
    /// Whether a lambda lies between it and its use.
    pub(super) is_outside: bool,
}

impl Checker<'_> {
    pub(super) fn open(&mut self) {
        self.frame.scopes.push(Scope::Names(BTreeMap::new()));
    }

    pub(super) fn open_lambda(&mut self) {
        self.frame.scopes.push(Scope::Lambda);
        self.open();
    }

    /// What a query groups by can be named from here on, where it was given names.
    pub(super) fn open_groups(&mut self, groups: Vec<(Rc<str>, Expression)>) {
        self.frame.scopes.push(Scope::Groups(groups));
    }

    pub(super) fn open_rows(&mut self, rows: Vec<RowName>) {
        self.frame.scopes.push(Scope::Rows(rows));
    }

    /// Closes the innermost scope and says which of its variables were never used.
    pub(super) fn close(&mut self) {
        let Some(scope) = self.frame.scopes.pop() else { return };
        if let Scope::Names(names) = scope {
            for id in names.into_values() {
                self.warn_unused(id);
            }
        }
    }

    pub(super) fn open_loop(&mut self, begun: Loop) {
        self.frame.scopes.push(Scope::Loop(begun));
    }

    /// Opens what `break` and `continue` do not leave.
    pub(super) fn open_whole(&mut self, what: &'static str) {
        self.frame.scopes.push(Scope::Whole(what));
    }

    /// The loop around, or what lies between: nothing if there is no loop.
    pub(super) fn loop_around(&self) -> Option<Result<Loop, &'static str>> {
        let mut between = None;
        for scope in self.frame.scopes.iter().rev() {
            match scope {
                Scope::Names(_) => {}
                Scope::Loop(begun) => return Some(between.map_or_else(|| Ok(begun.clone()), Err)),
                Scope::Lambda => between = between.or(Some("a function or world")),
                Scope::Rows(_) | Scope::Groups(_) => between = between.or(Some("a query")),
                Scope::Whole(what) => between = between.or(Some(*what)),
            }
        }
        None
    }

    pub(super) fn close_lambda(&mut self) {
        self.close();
        self.frame.scopes.pop();
    }

    fn warn_unused(&mut self, id: LocalId) {
        let Some(local) = self.local(id) else { return };
        let is_used = self.used.get(id.index()).copied().unwrap_or(true);
        if is_used || local.name.starts_with('_') || local.of.is_unknown() {
            return;
        }
        let message = format!("`{}` is never used", local.name);
        let hint = format!("remove it, or call it `_{}`", local.name);
        let span = local.span;
        self.note(Diagnostic::warning(UNUSED, span, message).with_hint(hint));
    }

    /// A variable that nothing can name.
    pub(super) fn hidden(&mut self, name: &str, of: Type, span: Span) -> LocalId {
        let id = LocalId::from_index(self.program.locals.len());
        self.program.locals.push(Local { name: Rc::from(name), of, is_changed: false, span });
        self.used.push(true);
        id
    }

    /// A variable of the innermost scope. A variable that had the name is not seen from here on.
    pub(super) fn bind(&mut self, name: &form::Name, of: Type) -> LocalId {
        let id = self.hidden(&name.text, of, name.span);
        if name.text.is_empty() {
            return id;
        }
        if let Some(used) = self.used.last_mut() {
            *used = false;
        }
        let names = self.frame.scopes.iter_mut().rev().find_map(|scope| match scope {
            Scope::Names(names) => Some(names),
            _ => None,
        });
        let before = names.and_then(|names| names.insert(Rc::clone(&name.text), id));
        if let Some(before) = before {
            self.warn_unused(before);
        }
        id
    }

    pub(super) fn mark_used(&mut self, id: LocalId) {
        if let Some(used) = self.used.get_mut(id.index()) {
            *used = true;
        }
    }

    pub(super) fn find_local(&self, name: &str) -> Option<Found> {
        let mut is_outside = false;
        for scope in self.frame.scopes.iter().rev() {
            match scope {
                Scope::Names(names) => {
                    if let Some(id) = names.get(name) {
                        return Some(Found { id: *id, is_outside });
                    }
                }
                Scope::Lambda => is_outside = true,
                Scope::Rows(rows) => {
                    let row = rows.iter().find(|row| row.name.as_deref() == Some(name));
                    if let Some(row) = row {
                        return Some(Found { id: row.row, is_outside });
                    }
                }
                Scope::Groups(_) | Scope::Loop(_) | Scope::Whole(_) => {}
            }
        }
        None
    }

    /// A variable, the row of a query, or a field of one.
    pub(super) fn local_or_field(&mut self, name: &form::Name) -> Option<Expression> {
        for depth in (0..self.frame.scopes.len()).rev() {
            let found = match self.frame.scopes.get(depth)? {
                Scope::Lambda | Scope::Loop(_) | Scope::Whole(_) => continue,
                Scope::Names(names) => match names.get(&name.text) {
                    None => continue,
                    Some(id) => self.local_value(*id, name.span),
                },
                Scope::Groups(groups) => {
                    match groups.iter().find(|(group, _)| *group == name.text) {
                        None => continue,
                        Some((_, value)) => value.clone(),
                    }
                }
                Scope::Rows(rows) => {
                    let named = rows.iter().find(|row| row.name.as_ref() == Some(&name.text));
                    if let Some(id) = named.map(|row| row.row) {
                        return Some(self.local_value(id, name.span));
                    }
                    let with: Vec<RowName> = rows
                        .iter()
                        .filter(|row| row.fields.contains_key(&name.text))
                        .cloned()
                        .collect();
                    match self.field_of_rows(name, &with, depth) {
                        None => continue,
                        Some(found) => found,
                    }
                }
            };
            return Some(found);
        }
        None
    }

    fn local_value(&mut self, id: LocalId, span: Span) -> Expression {
        self.mark_used(id);
        self.not_disposed(Place::Local(id), span);
        let of = self.local(id).map_or(Type::Unknown, |local| local.of.clone());
        Expression { kind: ExpressionKind::Local(id), of, span }
    }

    fn field_of_rows(
        &mut self,
        name: &form::Name,
        with: &[RowName],
        depth: usize,
    ) -> Option<Expression> {
        let row = with.first()?;
        let variable = self.frame.scopes.iter().take(depth).rev().find_map(|scope| match scope {
            Scope::Names(names) => names.get(&name.text).copied(),
            _ => None,
        });
        if let Some(id) = variable {
            if row.qualified.contains(&name.text) {
                return None;
            }
            let message = format!("`{}` is a field here, and also a variable", name.text);
            let at = self.local(id).map_or(name.span, |local| local.span);
            let of = row.name.clone().unwrap_or_default();
            let diagnostic = Diagnostic::warning(FIELD_OR_VARIABLE, name.span, message)
                .with_note(at, "the variable")
                .with_hint(format!("write `{of}.{}`, or rename the variable", name.text));
            self.note(diagnostic);
        }
        if with.len() > 1 {
            let names: Vec<Rc<str>> = with.iter().filter_map(|row| row.name.clone()).collect();
            let message = format!("{} have a field `{}`", super::listed(&names), name.text);
            let hint =
                format!("write `{}.{}`", names.first().cloned().unwrap_or_default(), name.text);
            self.note(Diagnostic::error(AMBIGUOUS, name.span, message).with_hint(hint));
            return Some(Self::wrong(name.span));
        }
        let of = row.fields.get(&name.text)?.clone();
        let base = self.local_value(row.row, name.span);
        let kind = if matches!(self.unifier.shallow(&base.of), Type::Optional(_)) {
            ExpressionKind::FieldIfPresent(Box::new(base), Rc::clone(&name.text))
        } else {
            ExpressionKind::Field(Box::new(base), Rc::clone(&name.text))
        };
        Some(Expression { kind, of, span: name.span })
    }
}
