//! Declaring what a program defines, and reading the types that are written.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use source::{Diagnostic, Span};

use super::names::{Definition, SpaceId, TypeDefinition};
use super::statement::{MainItem, PendingGlobal};
use super::{Checker, contract, event, function, library, migrate, relation, rule};
use crate::codes::{ENDLESS_TYPE, LARGE_TYPE, NAMED_TWICE, TYPE_ARGUMENTS};
use crate::form::{self, ItemKind, TypeKind};
use crate::hir::{Global, GlobalId};
use crate::types::{Basic, Effect, Fields, PURE, QUERY, TRANSFORM, Type, Union, UnionId, Variant};

/// How many names of types may stand for each other in a row.
const ALIAS_DEPTH_MAX: usize = 30;

/// How often the names of types of one written type are replaced.
const ALIAS_STEPS_MAX: usize = 1_000;

/// A tagged union whose variants are not read so far.
#[derive(Debug)]
pub(super) struct PendingUnion<'a> {
    id: UnionId,
    parameters: &'a [form::Name],
    variants: &'a [form::VariantForm],
    space: SpaceId,
}

/// What is declared, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Pending<'a> {
    pub(super) unions: Vec<PendingUnion<'a>>,
    pub(super) relations: Vec<relation::PendingRelation<'a>>,
    pub(super) indexes: Vec<super::index::PendingIndex<'a>>,
    aliases: Vec<(&'a [form::Name], &'a form::Type, SpaceId)>,
    /// Where those names of types stand for something that has no end.
    endless: BTreeSet<Span>,
    pub(super) tests: Vec<(&'a str, &'a form::Block, Span, SpaceId)>,
    pub(super) contracts: Vec<contract::PendingContract<'a>>,
    pub(super) handlers: Vec<event::PendingHandler<'a>>,
    pub(super) migrations: Vec<migrate::PendingMigration<'a>>,
    pub(super) uses: Vec<library::PendingUse<'a>>,
}

impl<'a> Checker<'a> {
    /// Gives the names of all definitions their meaning.
    pub(super) fn declare(&mut self, items: &'a [form::Item], space: SpaceId) {
        for item in items {
            match &item.kind {
                ItemKind::Type { name, parameters, variants } => {
                    self.declare_union(name, parameters, variants, space);
                }
                ItemKind::Alias { name, parameters, of } => {
                    let meaning = TypeDefinition::Alias(parameters, of, space);
                    self.define_type(space, name, meaning);
                    self.pending.aliases.push((parameters, of, space));
                }
                ItemKind::Relation(form) => self.declare_relation(form, space),
                ItemKind::View { name, query } => self.declare_view(name, query, space),
                ItemKind::Index { relation, keys, kind } => {
                    let span = item.span;
                    let index =
                        super::index::PendingIndex { relation, keys, kind: *kind, space, span };
                    self.pending.indexes.push(index);
                }
                ItemKind::Rule(form) => {
                    let head = self.declare_predicate(form, space);
                    self.rules.push(rule::PendingRule { head, form, space, span: item.span });
                }
                ItemKind::Function(form) => self.declare_function(form, space),
                ItemKind::Space { name, items } => {
                    let inner = self.names.open(&name.text, space);
                    self.define(space, name, Definition::Space(inner));
                    stacker::maybe_grow(64 << 10, 1 << 20, || self.declare(items, inner));
                }
                ItemKind::Test { name, body } => {
                    self.pending.tests.push((name, body, item.span, space));
                }
                ItemKind::Statement(statement) => self.declare_statement(statement, space),
                ItemKind::Contract(form) => {
                    self.define(space, &form.name, Definition::Contract);
                    self.pending.contracts.push(contract::PendingContract { form, space });
                }
                ItemKind::Handler(form) => {
                    let handler = event::PendingHandler { form, space, span: item.span };
                    self.pending.handlers.push(handler);
                }
                ItemKind::Migration(form) => {
                    let between = None;
                    let span = item.span;
                    let migration = migrate::PendingMigration { form, space, span, between };
                    self.pending.migrations.push(migration);
                }
                ItemKind::Use(form) => {
                    let one = library::PendingUse { form, space, span: item.span };
                    self.pending.uses.push(one);
                }
            }
        }
    }

    fn declare_union(
        &mut self,
        name: &form::Name,
        parameters: &'a [form::Name],
        variants: &'a [form::VariantForm],
        space: SpaceId,
    ) {
        let index = self.program.unions.len();
        let id = UnionId(u32::try_from(index).unwrap_or(u32::MAX));
        let full = self.names.full(space, &name.text);
        self.define_type(space, name, TypeDefinition::Union(id));
        for (index, variant) in variants.iter().enumerate() {
            self.define(space, &variant.name, Definition::Variant(id, index));
        }
        let union = Union {
            name: full,
            parameters: parameters.iter().map(|name| Rc::clone(&name.text)).collect(),
            variants: Vec::new(),
        };
        self.program.unions.push(union);
        self.pending.unions.push(PendingUnion { id, parameters, variants, space });
    }

    fn declare_statement(&mut self, statement: &'a form::Statement, space: SpaceId) {
        let item = MainItem { statement, space, globals: Vec::new(), is_done: false };
        let index = self.main.len();
        self.main.push(item);
        let form::StatementKind::Let { pattern, .. } = &statement.kind else { return };
        let mut names = Vec::new();
        self.pattern_names(pattern, &mut names);
        for name in names {
            let id = GlobalId::from_index(self.program.globals.len());
            let of = self.unifier.fresh();
            let full = self.names.full(space, &name.text);
            let global = Global { name: full, of, is_changed: false, span: name.span };
            self.program.globals.push(global);
            self.globals.push(PendingGlobal { main: index });
            let place = self.effects.place(format!("reads `{}`", name.text));
            self.global_effects.push(place);
            self.define(space, name, Definition::Global(id));
            if let Some(item) = self.main.get_mut(index) {
                item.globals.push((Rc::clone(&name.text), id));
            }
        }
    }

    /// Reads all types that are written at definitions.
    pub(super) fn signatures(&mut self) {
        for union in std::mem::take(&mut self.pending.unions) {
            self.frame.space = union.space;
            self.frame.generics = self.generics(union.parameters);
            let mut variants = Vec::new();
            for variant in union.variants {
                let fields = variant.fields.iter().map(|of| self.read_type(of)).collect();
                variants.push(Variant { name: Rc::clone(&variant.name.text), fields });
            }
            if let Some(found) = self.program.unions.get_mut(union.id.0 as usize) {
                found.variants = variants;
            }
        }
        for (parameters, of, space) in std::mem::take(&mut self.pending.aliases) {
            self.frame.space = space;
            self.frame.generics = self.generics(parameters);
            let before = self.notes.len();
            self.read_type(of);
            if self.notes.len() > before {
                self.notes.truncate(before + 1);
                self.pending.endless.insert(of.span);
            }
        }
        self.frame.generics = Vec::new();
        self.relation_signatures();
        self.migration_signatures();
        self.handler_signatures();
        for index in 0..self.functions.len() {
            self.function_signature(index);
        }
        self.frame.generics = Vec::new();
    }

    /// Names of type parameters, each once.
    pub(super) fn generics(&mut self, names: &[form::Name]) -> Vec<Rc<str>> {
        let mut found: Vec<Rc<str>> = Vec::new();
        for name in names {
            if found.contains(&name.text) {
                self.named_twice(name);
            } else {
                found.push(Rc::clone(&name.text));
            }
        }
        found
    }

    pub(super) fn named_twice(&mut self, name: &form::Name) {
        if let Some(before) = self.find_local(&name.text) {
            self.mark_used(before.id);
        }
        if !name.text.is_empty() {
            let message = format!("`{}` is named twice", name.text);
            self.error(NAMED_TWICE, name.span, message);
        }
    }

    /// What a written type is.
    pub(super) fn read_type(&mut self, of: &form::Type) -> Type {
        let mut steps = ALIAS_STEPS_MAX;
        let found = self.read_type_within(of, &BTreeMap::new(), 0, &mut steps);
        if steps == 0 || self.unifier.is_too_large(&found) {
            self.error(LARGE_TYPE, of.span, "this type has too many parts");
            return Type::Unknown;
        }
        found
    }

    fn read_type_within(
        &mut self,
        of: &form::Type,
        meanings: &BTreeMap<Rc<str>, Type>,
        depth: usize,
        steps: &mut usize,
    ) -> Type {
        let mut read = |checker: &mut Self, of: &form::Type| {
            stacker::maybe_grow(64 << 10, 1 << 20, || {
                checker.read_type_within(of, meanings, depth, steps)
            })
        };
        match &of.kind {
            TypeKind::Wrong => Type::Unknown,
            TypeKind::Optional(inner) => Type::optional(read(self, inner)),
            TypeKind::List(inner) => Type::list(read(self, inner)),
            TypeKind::Record(fields) => {
                let fields = self.read_fields(fields, &mut read);
                Type::record(fields)
            }
            TypeKind::Function(parameters, result, effect) => {
                let parameters = parameters.iter().map(|one| read(self, one)).collect();
                let effect = match effect {
                    Effect::Pure => PURE,
                    Effect::Query => QUERY,
                    Effect::Transform => TRANSFORM,
                };
                Type::function(parameters, read(self, result), effect)
            }
            TypeKind::Named(path, arguments) => {
                let arguments: Vec<Type> = arguments.iter().map(|one| read(self, one)).collect();
                self.named_type(path, &arguments, (of.span, meanings, depth), steps)
            }
        }
    }

    fn read_fields(
        &mut self,
        fields: &[(form::Name, form::Type)],
        read: &mut dyn FnMut(&mut Self, &form::Type) -> Type,
    ) -> Fields {
        let mut found = Fields::new();
        for (name, of) in fields {
            let of = read(self, of);
            if found.insert(Rc::clone(&name.text), of).is_some() {
                self.named_twice(name);
            }
        }
        found
    }

    fn named_type(
        &mut self,
        path: &[form::Name],
        arguments: &[Type],
        (at, meanings, depth): (Span, &BTreeMap<Rc<str>, Type>, usize),
        steps: &mut usize,
    ) -> Type {
        if let [name] = path {
            if let Some(meaning) = meanings.get(&name.text) {
                return meaning.clone();
            }
            if self.frame.generics.contains(&name.text) {
                self.type_arguments(at, &name.text, 0, arguments.len());
                return Type::Parameter(Rc::clone(&name.text));
            }
            if let Some((_, basic)) = Basic::ALL.iter().find(|(own, _)| *own == &*name.text) {
                self.type_arguments(at, &name.text, 0, arguments.len());
                return Type::Basic(*basic);
            }
            if &*name.text == "Relation" || &*name.text == "Answers" {
                return self.sequence_type(name, arguments);
            }
        }
        let Some(found) = self.type_definition(path) else { return Type::Unknown };
        let name = path.last().map_or("", |name| &name.text);
        match found {
            TypeDefinition::Refused => Type::Unknown,
            TypeDefinition::Union(id) => {
                let count =
                    self.program.unions.get(id.0 as usize).map_or(0, |one| one.parameters.len());
                if !self.type_arguments(at, name, count, arguments.len()) {
                    return Type::Unknown;
                }
                Type::Union(id, arguments.into())
            }
            TypeDefinition::Alias(parameters, of, space) => {
                if !self.type_arguments(at, name, parameters.len(), arguments.len()) {
                    return Type::Unknown;
                }
                if self.pending.endless.contains(&of.span) {
                    return Type::Unknown;
                }
                if depth >= ALIAS_DEPTH_MAX {
                    let message = format!("the type `{name}` stands for itself");
                    let hint =
                        format!("a type of variants may: `type {name} = End | Next({name})`");
                    self.note(Diagnostic::error(ENDLESS_TYPE, at, message).with_hint(hint));
                    *steps = (*steps).max(1);
                    return Type::Unknown;
                }
                if *steps <= 1 {
                    *steps = 0;
                    return Type::Unknown;
                }
                *steps -= 1;
                let names = parameters.iter().map(|name| Rc::clone(&name.text));
                let meanings = names.zip(arguments.iter().cloned()).collect();
                let around = std::mem::replace(&mut self.frame.space, space);
                let found = stacker::maybe_grow(64 << 10, 1 << 20, || {
                    self.read_type_within(of, &meanings, depth + 1, steps)
                });
                self.frame.space = around;
                found
            }
        }
    }

    fn sequence_type(&mut self, name: &form::Name, arguments: &[Type]) -> Type {
        if !self.type_arguments(name.span, &name.text, 1, arguments.len()) {
            return Type::Unknown;
        }
        let Some(inner) = arguments.first() else { return Type::Unknown };
        if &*name.text == "Answers" {
            return Type::Answers(Rc::new(inner.clone()));
        }
        match inner {
            Type::Record(fields) => Type::Relation(Rc::clone(fields)),
            Type::Unknown => Type::Unknown,
            _ => {
                self.error(TYPE_ARGUMENTS, name.span, "a relation is one of records");
                Type::Unknown
            }
        }
    }

    fn type_arguments(&mut self, at: Span, name: &str, wanted: usize, given: usize) -> bool {
        if wanted == given {
            return true;
        }
        let message = match wanted {
            0 => format!("`{name}` takes no types"),
            1 => format!("`{name}` takes a type, and {given} are given"),
            _ => format!("`{name}` takes {wanted} types, and {given} are given"),
        };
        self.error(TYPE_ARGUMENTS, at, message);
        false
    }

    /// The parameters of a function, as far as their types are written.
    pub(super) fn function_signature(&mut self, index: usize) {
        let Some(pending) = self.functions.get(index) else { return };
        let (form, space) = (pending.form, pending.space);
        self.frame.space = space;
        self.frame.generics = self.generics(&form.generics);
        let mut parameters = Vec::new();
        for parameter in &form.parameters {
            parameters.push(match &parameter.of {
                Some(of) => self.read_type(of),
                None => {
                    self.untyped_parameter(&parameter.name);
                    Type::Unknown
                }
            });
        }
        let result = match &form.result {
            Some(of) if form.strategy().is_some() => Type::Answers(Rc::new(self.read_type(of))),
            Some(of) => self.read_type(of),
            None => self.unifier.fresh(),
        };
        let generics = self.frame.generics.clone();
        if let Some(function) = self.program.functions.get_mut(index) {
            function.generics = generics;
            function.result = result;
        }
        if let Some(pending) = self.functions.get_mut(index) {
            pending.parameters = parameters;
            pending.state = function::State::New;
        }
    }
}
