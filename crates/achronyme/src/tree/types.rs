//! Written types, looked up and checked.

use std::collections::BTreeMap;
use std::rc::Rc;

use achronyme_library::types;
use achronyme_library::{Element, Fault, FieldType, Kind, Type};

use super::engine::Engine;
use super::scope::{Declared, Env, Found};
use super::value::Value;
use crate::hir::{Annotation, AnnotationKind, StatementKind};

/// A type, and how messages tell it.
pub(super) struct Check {
    pub(super) ty: Type,
    pub(super) shown: String,
}

/// What a variable's type asks of the function that is put into it.
pub(super) struct Signature {
    pub(super) parameters: Vec<Rc<Check>>,
    pub(super) result: Rc<Check>,
}

/// How a type is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Told {
    /// As it is written.
    Written,
    /// With what aliases stand for, unless they lead to themselves.
    Resolved,
}

/// All aliases there are.
#[derive(Default)]
pub(super) struct Aliases {
    names: Vec<Rc<str>>,
    types: Vec<Type>,
    states: Vec<State>,
    /// The alias that each definition made.
    sites: BTreeMap<usize, u16>,
    /// The alias for each name that means nothing.
    unknown: BTreeMap<Rc<str>, u16>,
    /// What was found out about annotations, by where they lie.
    checks: BTreeMap<(usize, Told), Rc<Check>>,
}

enum State {
    /// Not looked up.
    Waiting(Annotation, Env),
    /// Being looked up.
    Active { is_recursive: bool },
    /// Looked up.
    Done { is_recursive: bool },
    /// The name of nothing.
    Unknown,
}

/// A lookup, and what it came across.
struct Lookup {
    told: Told,
    is_unknown: bool,
}

impl Engine {
    /// The number of the alias that a definition makes.
    pub(super) fn new_alias(
        &self,
        name: &Rc<str>,
        definition: &Annotation,
        env: &Env,
    ) -> Result<u16, Fault> {
        let site = std::ptr::from_ref(definition).addr();
        let mut aliases = self.aliases.borrow_mut();
        if let Some(number) = aliases.sites.get(&site) {
            return Ok(*number);
        }
        let number = aliases.add(name, State::Waiting(definition.clone(), env.clone()))?;
        aliases.sites.insert(site, number);
        Ok(number)
    }

    /// What an annotation asks for.
    pub(super) fn check(
        &self,
        annotation: &Annotation,
        env: &Env,
        told: Told,
    ) -> Result<Rc<Check>, Fault> {
        let key = (std::ptr::from_ref(annotation).addr(), told);
        if let Some(known) = self.aliases.borrow().checks.get(&key) {
            return Ok(Rc::clone(known));
        }
        let mut lookup = Lookup { told, is_unknown: false };
        let ty = self.type_of(annotation, env, &mut lookup)?;
        let shown = types::name(&self.aliases.borrow().names, &ty);
        let check = Rc::new(Check { ty, shown });
        if !lookup.is_unknown {
            self.aliases.borrow_mut().checks.insert(key, Rc::clone(&check));
        }
        Ok(check)
    }

    /// Whether a value is as it should be.
    pub(super) fn fits(&self, check: &Check, value: &Value) -> bool {
        let aliases = self.aliases.borrow();
        types::check(&*self.heap.borrow(), &aliases.types, &check.ty, value)
    }

    /// How a value's type is told.
    pub(super) fn type_name(&self, value: &Value) -> String {
        types::of(&*self.heap.borrow(), value)
    }

    /// What the type asks of a function that is written where it is given; `None` if it is not
    /// the type of functions.
    pub(super) fn signature(&self, check: &Check) -> Option<Rc<Signature>> {
        let Type::Function { parameters, result } = &check.ty else { return None };
        let names = &self.aliases.borrow().names;
        let part = |ty: &Type| Rc::new(Check { ty: ty.clone(), shown: types::name(names, ty) });
        let parameters = parameters.iter().map(part).collect();
        Some(Rc::new(Signature { parameters, result: part(result) }))
    }

    fn type_of(
        &self,
        annotation: &Annotation,
        env: &Env,
        lookup: &mut Lookup,
    ) -> Result<Type, Fault> {
        Ok(match &annotation.kind {
            AnnotationKind::Name(name) => return self.named_type(name, env, lookup),
            AnnotationKind::Tensor { element, shape } => {
                let inside = self.type_of(element, env, lookup)?;
                let Some(element) = types::element(&inside) else {
                    // A tensor has no such elements, so that no value fits.
                    let mut aliases = self.aliases.borrow_mut();
                    let like = Type::Tensor { element: Element::Any, shape: shape.clone() };
                    let inside = types::name(&aliases.names, &inside);
                    let shown = types::name(&aliases.names, &like).replacen("Any", &inside, 1);
                    return aliases.never(&shown).map(Type::Alias);
                };
                Type::Tensor { element, shape: shape.clone() }
            }
            AnnotationKind::Record(fields) => {
                let mut found = Vec::with_capacity(fields.len());
                for field in fields {
                    found.push(FieldType {
                        name: field.name.text.to_string(),
                        optional: field.optional,
                        mutable: field.mutable,
                        annotation: self.type_of(&field.annotation, env, lookup)?,
                    });
                }
                Type::Record(found)
            }
            AnnotationKind::Function { parameters, result } => {
                let mut found = Vec::with_capacity(parameters.len());
                for parameter in parameters {
                    found.push(self.type_of(parameter, env, lookup)?);
                }
                let result = Box::new(self.type_of(result, env, lookup)?);
                Type::Function { parameters: found, result }
            }
            AnnotationKind::Union(members) => {
                let mut found = Vec::with_capacity(members.len());
                for member in members {
                    found.push(self.type_of(member, env, lookup)?);
                }
                Type::Union(found)
            }
        })
    }

    fn named_type(&self, name: &Rc<str>, env: &Env, lookup: &mut Lookup) -> Result<Type, Fault> {
        if let Some(known) = known_type(name) {
            return Ok(known);
        }
        let Some(number) = self.alias_named(name, env)? else {
            lookup.is_unknown = true;
            return self.aliases.borrow_mut().unknown(name).map(Type::Alias);
        };
        self.resolve(number, lookup)?;
        let aliases = self.aliases.borrow();
        let index = usize::from(number);
        Ok(match (lookup.told, &aliases.states[index]) {
            (Told::Resolved, State::Done { is_recursive: false } | State::Waiting(..)) => {
                aliases.types[index].clone()
            }
            _ => Type::Alias(number),
        })
    }

    /// The alias with a name. Those of a block can be used before they are defined.
    fn alias_named(&self, name: &Rc<str>, env: &Env) -> Result<Option<u16>, Fault> {
        if let Some(Declared::Alias(number)) = env.earlier(name, true) {
            return Ok(Some(*number));
        }
        if let Found::As(Declared::Alias(number)) = env.later(name, true) {
            return Ok(Some(number));
        }
        let Some((statements, place, there)) = env.later_type(name) else { return Ok(None) };
        match &statements[place].kind {
            StatementKind::TypeAlias { definition, .. } => {
                self.new_alias(name, definition, &there).map(Some)
            }
            // What is imported is not known before.
            _ => Ok(None),
        }
    }

    /// Looks up what an alias stands for.
    fn resolve(&self, number: u16, lookup: &mut Lookup) -> Result<(), Fault> {
        let index = usize::from(number);
        let active = State::Active { is_recursive: false };
        let mut aliases = self.aliases.borrow_mut();
        let (definition, env) = match std::mem::replace(&mut aliases.states[index], active) {
            State::Waiting(definition, env) => (definition, env),
            State::Active { .. } => {
                aliases.states[index] = State::Active { is_recursive: true };
                return Ok(());
            }
            other => {
                aliases.states[index] = other;
                return Ok(());
            }
        };
        drop(aliases);
        let mut inner = Lookup { told: Told::Resolved, is_unknown: false };
        let ty = self.type_of(&definition, &env, &mut inner);
        lookup.is_unknown |= inner.is_unknown;
        let mut aliases = self.aliases.borrow_mut();
        let is_recursive = matches!(aliases.states[index], State::Active { is_recursive: true });
        // What a name that is not known yet means may be found out later.
        let is_open = inner.is_unknown || ty.is_err();
        aliases.states[index] =
            if is_open { State::Waiting(definition, env) } else { State::Done { is_recursive } };
        aliases.types[index] = ty?;
        if aliases.is_endless(number) {
            let name = Rc::clone(&aliases.names[index]);
            return Err(Fault::new(format!("type alias {name} refers to itself")));
        }
        Ok(())
    }
}

impl Aliases {
    fn add(&mut self, name: &Rc<str>, state: State) -> Result<u16, Fault> {
        let number = u16::try_from(self.names.len())
            .map_err(|_| Fault::new("a program has at most 65536 type aliases"))?;
        self.names.push(Rc::clone(name));
        self.types.push(Type::Union(Vec::new()));
        self.states.push(state);
        Ok(number)
    }

    /// An alias that no value fits, for a name that means nothing.
    fn unknown(&mut self, name: &str) -> Result<u16, Fault> {
        self.never(&format!("<unresolved type: {name}>"))
    }

    /// An alias that no value fits.
    fn never(&mut self, shown: &str) -> Result<u16, Fault> {
        if let Some(number) = self.unknown.get(shown) {
            return Ok(*number);
        }
        let shown: Rc<str> = Rc::from(shown);
        let number = self.add(&shown, State::Unknown)?;
        self.unknown.insert(shown, number);
        Ok(number)
    }

    /// Whether an alias stands for itself, without anything around it.
    fn is_endless(&self, number: u16) -> bool {
        let mut seen = vec![number];
        let mut waiting = vec![&self.types[usize::from(number)]];
        while let Some(ty) = waiting.pop() {
            match ty {
                Type::Union(members) => waiting.extend(members),
                Type::Alias(next) if *next == number => return true,
                Type::Alias(next) if !seen.contains(next) => {
                    seen.push(*next);
                    waiting.extend(self.types.get(usize::from(*next)));
                }
                _ => {}
            }
        }
        false
    }
}

/// The type that a name stands for by itself.
fn known_type(name: &str) -> Option<Type> {
    match name {
        "Any" => Some(Type::Any),
        "null" => Some(Type::Kind(Kind::Null)),
        _ => Kind::ALL.iter().find(|kind| kind.name() == name).map(|kind| Type::Kind(*kind)),
    }
}
