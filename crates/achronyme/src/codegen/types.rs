//! Written types, their names, and where they are checked.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;

use achronyme_library::{FieldType, Kind, Type, types};
use achronyme_vm::{Check, Op};
use source::Span;

use super::Codegen;
use crate::codes;
use crate::hir::{Annotation, AnnotationKind, Block, Name, Parameter, StatementKind};
use crate::resolve::BindingId;

/// The type names that are visible, and what variables are checked for.
#[derive(Debug, Default)]
pub(super) struct TypeScopes {
    aliases: Vec<Alias>,
    scopes: Vec<BTreeMap<Rc<str>, usize>>,
    /// The check before each assignment.
    assigned: BTreeMap<BindingId, u16>,
}

/// A name for a type.
#[derive(Clone, Debug)]
struct Alias {
    name: Rc<str>,
    /// How it is defined; `None` if that is in another text.
    definition: Option<Annotation>,
    state: State,
    /// Its number in the program, if it contains itself.
    number: Option<u16>,
}

#[derive(Clone, Debug)]
enum State {
    New,
    /// Being looked at, further out.
    Open,
    Done(KnownType),
}

/// A type, and how messages write it.
#[derive(Clone, Debug)]
pub(crate) struct KnownType {
    found: Type,
    shown: String,
}

impl TypeScopes {
    pub(super) fn assigned(&self, id: BindingId) -> Option<u16> {
        self.assigned.get(&id).copied()
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name).copied())
    }
}

impl Codegen<'_> {
    /// Types of a block can be used before they are defined.
    pub(super) fn open_types(&mut self, block: &Block) {
        self.types.scopes.push(BTreeMap::new());
        for statement in &*block.statements {
            if let StatementKind::TypeAlias { name, definition } = &statement.kind {
                let before =
                    self.types.scopes.last().and_then(|scope| scope.get(&name.text).copied());
                self.define(&name.text, Some(definition.clone()), State::New);
                // Of several the first counts, until another is passed.
                if let (Some(before), Some(scope)) = (before, self.types.scopes.last_mut()) {
                    scope.insert(Rc::clone(&name.text), before);
                }
            }
        }
    }

    pub(super) fn close_types(&mut self) {
        let Some(scope) = self.types.scopes.pop() else { return };
        if self.unit.options.repl && self.around.is_empty() && self.types.scopes.len() == 1 {
            for (name, index) in scope {
                let known = self.known(index);
                self.unit.types.insert(name, known);
            }
        }
    }

    /// Makes the types of earlier inputs visible.
    pub(super) fn open_outer_types(&mut self) {
        self.types.scopes.push(BTreeMap::new());
        for (name, known) in self.unit.types.clone() {
            self.define_known(&name, known);
        }
    }

    /// Gives a type of another text a name in the innermost scope.
    pub(super) fn define_known(&mut self, name: &Rc<str>, known: KnownType) {
        self.define(name, None, State::Done(known));
    }

    fn define(&mut self, name: &Rc<str>, definition: Option<Annotation>, state: State) {
        let index = self.types.aliases.len();
        if let Some(scope) = self.types.scopes.last_mut() {
            scope.insert(Rc::clone(name), index);
        }
        self.types.aliases.push(Alias { name: Rc::clone(name), definition, state, number: None });
    }

    /// The definition is passed: from here on it counts. Looks at it even if nobody uses it.
    pub(super) fn type_alias(&mut self, name: &Name, definition: &Annotation) {
        let is_here = |alias: &Alias| {
            alias.definition.as_ref().is_some_and(|known| known.span == definition.span)
        };
        let Some(index) = self.types.aliases.iter().rposition(is_here) else { return };
        if let Some(scope) = self.types.scopes.last_mut() {
            scope.insert(Rc::clone(&name.text), index);
        }
        self.alias(index);
    }

    /// The type with this name.
    pub(super) fn type_named(&mut self, name: &str) -> Option<KnownType> {
        let index = self.types.find(name)?;
        Some(self.known(index))
    }

    fn known(&mut self, index: usize) -> KnownType {
        let found = self.alias(index);
        match &self.types.aliases[index].state {
            State::Done(known) => known.clone(),
            State::New | State::Open => {
                KnownType { found, shown: self.types.aliases[index].name.to_string() }
            }
        }
    }

    /// The written type that a name stands for.
    pub(super) fn dereferenced(&self, annotation: &Annotation) -> Annotation {
        let mut current = annotation.clone();
        for _ in 0..=self.types.aliases.len() {
            let AnnotationKind::Name(name) = &current.kind else { break };
            let definition =
                self.types.find(name).map(|index| &self.types.aliases[index].definition);
            let Some(Some(definition)) = definition else { break };
            current = definition.clone();
        }
        current
    }

    fn alias(&mut self, index: usize) -> Type {
        let alias = &self.types.aliases[index];
        match (&alias.state, alias.definition.clone()) {
            (State::Done(known), _) => known.found.clone(),
            (State::New, Some(definition)) => self.resolve_alias(index, &definition),
            (State::Open | State::New, _) => Type::Alias(self.alias_number(index)),
        }
    }

    fn resolve_alias(&mut self, index: usize, definition: &Annotation) -> Type {
        self.types.aliases[index].state = State::Open;
        let mut found = self.annotation(definition);
        let name = self.types.aliases[index].name.to_string();
        let shown = match self.types.aliases[index].number {
            None => self.shown(definition, true),
            Some(number) => {
                if is_bare(&found, number) {
                    let message = format!("type alias {name} refers to itself");
                    self.error(codes::ENDLESS_TYPE, definition.span, message);
                    found = Type::Any;
                }
                self.unit.program.aliases[usize::from(number)] = found;
                found = Type::Alias(number);
                name
            }
        };
        let known = KnownType { found: found.clone(), shown };
        self.types.aliases[index].state = State::Done(known);
        found
    }

    fn alias_number(&mut self, index: usize) -> u16 {
        if let Some(number) = self.types.aliases[index].number {
            return number;
        }
        let number = u16::try_from(self.unit.program.aliases.len());
        if number.is_err() {
            self.too_many(Span::default(), "types");
        }
        let number = number.unwrap_or_default();
        self.unit.program.aliases.push(Type::Any);
        self.types.aliases[index].number = Some(number);
        number
    }

    /// The type that is written.
    fn annotation(&mut self, annotation: &Annotation) -> Type {
        match &annotation.kind {
            AnnotationKind::Name(name) => match self.types.find(name) {
                Some(index) => self.alias(index),
                None => named(name).unwrap_or_else(|| {
                    self.warn_no_type(name, annotation.span);
                    Type::Union(Vec::new())
                }),
            },
            AnnotationKind::Tensor { element, shape } => {
                match types::element(&self.annotation(element)) {
                    Some(element) => Type::Tensor { element, shape: shape.clone() },
                    None => Type::Union(Vec::new()),
                }
            }
            AnnotationKind::Record(fields) => {
                let fields = fields.iter().map(|field| FieldType {
                    name: field.name.text.to_string(),
                    optional: field.optional,
                    mutable: field.mutable,
                    annotation: self.annotation(&field.annotation),
                });
                Type::Record(fields.collect())
            }
            AnnotationKind::Function { parameters, result } => Type::Function {
                parameters: parameters.iter().map(|one| self.annotation(one)).collect(),
                result: Box::new(self.annotation(result)),
            },
            AnnotationKind::Union(members) => {
                Type::Union(members.iter().map(|one| self.annotation(one)).collect())
            }
        }
    }

    /// The only kind of the type's values, if it is only one.
    pub(super) fn single_kind(&mut self, annotation: &Annotation) -> Option<Kind> {
        match self.annotation(annotation) {
            Type::Kind(kind) => Some(kind),
            _ => None,
        }
    }

    /// Whether no value of the type is a vector or a tensor.
    pub(super) fn is_scalar_type(&mut self, annotation: &Annotation) -> bool {
        let found = self.annotation(annotation);
        is_scalar(&found)
    }

    /// Checks a variable where it is declared; says whether it is never a vector or a tensor.
    pub(super) fn check_variable(
        &mut self,
        id: BindingId,
        annotation: &Annotation,
        register: u8,
        kind: Option<Kind>,
    ) -> bool {
        let name = self.resolution.binding(id).name.to_string();
        let message = format!("Type error: variable '{name}' expected {{expected}}, got {{got}}");
        if let Some(check) = self.check_number(annotation, message, true)
            && !self.is_proven(check, kind)
        {
            let place = self.function.code.place();
            self.warn_refuted(check, kind, place, &format!("the value of `{name}`"));
            self.function.code.emit_wide(Op::CheckType, register, check);
        }
        self.is_scalar_type(annotation)
    }

    /// Holds a variable's type against what will be assigned, also by a function that is its value.
    pub(super) fn check_assigned(&mut self, id: BindingId, annotation: &Annotation) {
        let name = self.resolution.binding(id).name.to_string();
        let message =
            format!("Type error: cannot assign {{got}} to variable '{name}' of type {{expected}}");
        if let Some(check) = self.check_number(annotation, message, true) {
            self.types.assigned.insert(id, check);
        }
    }

    pub(super) fn check_destructured(&mut self, annotation: &Annotation, register: u8) {
        let message = "Type error in destructuring: expected {expected}, got {got}";
        self.check(annotation, register, message.to_owned(), true);
    }

    pub(super) fn check_parameter(
        &mut self,
        annotation: &Annotation,
        parameter: &Parameter,
        index: u8,
    ) {
        let message = format!(
            "Type error: argument {} (parameter '{}') expected {{expected}}, got {{got}}",
            u16::from(index) + 1,
            parameter.name.text
        );
        if !parameter.optional {
            return self.check(annotation, index, message, false);
        }
        let mut members = match &annotation.kind {
            AnnotationKind::Union(members) => members.clone(),
            _ => vec![annotation.clone()],
        };
        let null = AnnotationKind::Name(Rc::from("null"));
        let null = Annotation { kind: null, span: annotation.span };
        members.push(null);
        let union = Annotation { kind: AnnotationKind::Union(members), span: annotation.span };
        self.check(&union, index, message, false);
    }

    /// The check of a function's result.
    pub(super) fn result_check(&mut self, annotation: &Annotation) -> Option<u16> {
        let message = "Type error: function return type expected {expected}, got {got}";
        self.check_number(annotation, message.to_owned(), false)
    }

    fn check(&mut self, annotation: &Annotation, register: u8, message: String, expand: bool) {
        if let Some(check) = self.check_number(annotation, message, expand) {
            self.function.code.emit_wide(Op::CheckType, register, check);
        }
    }

    /// The number of a check; `None` if it is always fulfilled.
    fn check_number(&mut self, written: &Annotation, message: String, expand: bool) -> Option<u16> {
        let annotation = self.annotation(written);
        if annotation == Type::Any {
            return None;
        }
        let shown = self.shown(written, expand);
        let number = self.unit.check(Check { annotation, shown, message });
        if number.is_none() {
            self.too_many(written.span, "types");
        }
        number
    }

    /// A type as messages write it; with its names replaced, unless they contain themselves.
    fn shown(&self, annotation: &Annotation, expand: bool) -> String {
        let list = |all: &[Annotation], between: &str| {
            let all: Vec<_> = all.iter().map(|one| self.shown(one, expand)).collect();
            all.join(between)
        };
        match &annotation.kind {
            AnnotationKind::Name(name) => match self.types.find(name) {
                Some(index) if expand => match &self.types.aliases[index].state {
                    State::Done(known) => known.shown.clone(),
                    State::New | State::Open => name.to_string(),
                },
                None if named(name).is_none() => format!("<unresolved type: {name}>"),
                _ => name.to_string(),
            },
            AnnotationKind::Tensor { element, shape } => {
                let element = self.shown(element, expand);
                match shape {
                    None => format!("Tensor<{element}>"),
                    Some(shape) => {
                        let axis = |axis: &Option<u32>| {
                            axis.map_or_else(|| "_".to_owned(), |length| length.to_string())
                        };
                        let axes: Vec<_> = shape.iter().map(axis).collect();
                        format!("Tensor<{element}, [{}]>", axes.join(", "))
                    }
                }
            }
            AnnotationKind::Record(fields) => {
                let mut text = String::from("{");
                for (index, field) in fields.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    let mutable = if field.mutable { "mut " } else { "" };
                    let optional = if field.optional { "?" } else { "" };
                    let shown = self.shown(&field.annotation, expand);
                    let name = &field.name.text;
                    let _ = write!(text, "{comma}{mutable}{name}{optional}: {shown}");
                }
                text + "}"
            }
            AnnotationKind::Function { parameters, result } => {
                format!("({}) => {}", list(parameters, ", "), self.shown(result, expand))
            }
            AnnotationKind::Union(members) => list(members, " | "),
        }
    }
}

/// The type that the language has under this name.
pub(super) fn named(name: &str) -> Option<Type> {
    if name == "Any" {
        return Some(Type::Any);
    }
    Kind::ALL.iter().copied().find(|kind| kind.name() == name).map(Type::Kind)
}

/// Whether a type leads to itself before any value was looked into.
fn is_bare(found: &Type, number: u16) -> bool {
    match found {
        Type::Alias(other) => *other == number,
        Type::Union(members) => members.iter().any(|one| is_bare(one, number)),
        _ => false,
    }
}

fn is_scalar(found: &Type) -> bool {
    match found {
        Type::Kind(kind) => !matches!(kind, Kind::Vector | Kind::Tensor | Kind::ComplexTensor),
        Type::Record(_) | Type::Function { .. } => true,
        Type::Union(members) => members.iter().all(is_scalar),
        Type::Any | Type::Tensor { .. } | Type::Alias(_) => false,
    }
}
