//! Inverses of transforms of values.
//!
//! What is known going back is the result, so that the body is an equation: *body = result*. It is
//! taken apart from the outside in. `a + b = v` becomes `a = v - b` once all in `b` is known; a record
//! becomes an equation for each field, a constructor one for each value in it; a `let` becomes one
//! when its name is known. What is found out is named in the order in which it is found, and that
//! is the inverse: every step is one of arithmetic that loses nothing, so that no history is needed.
//! The idea of running each step backwards, in turn, is that of Janus (Lutz and Derby, 1982;
//! Yokoyama and Glück, "A reversible programming language and its invertible self-interpreter",
//! 2007); there, too, branches have to be told apart by what holds after them.

mod branch;
mod flow;
mod step;
mod version;

use std::collections::BTreeMap;
use std::rc::Rc;

use source::{Diagnostic, Span};

use super::Checker;
use super::leave::left_in;
use crate::codes::LOST;
use crate::hir::{
    Block, Expression, ExpressionKind, Function, LocalId, Pattern, PatternKind, Statement,
    StatementKind, parts, parts_mut,
};
use crate::types::Type;

/// A variable, and a way to a part of it.
type Path = (LocalId, Vec<Rc<str>>);

/// Equations that may be looked at for one function: loops and branches inside of each other are
/// looked at again as more becomes known.
const STEPS_MAX: usize = 20_000;

/// An equation: what the forward direction computes has this value.
#[derive(Clone, Debug)]
struct Equation {
    forward: Expression,
    value: Expression,
}

/// Why an equation cannot be taken apart.
#[derive(Clone, Debug)]
struct Stuck {
    at: Span,
    message: String,
    hint: String,
    code: &'static str,
}

/// What is known going back, and what is not so far.
#[derive(Clone, Debug, Default)]
struct Derivation {
    /// Variables of the forward direction that have to be found.
    unknown: BTreeMap<LocalId, Type>,
    known: BTreeMap<Path, Expression>,
    equations: Vec<Equation>,
    /// Names of the forward direction and what they name.
    definitions: Vec<(Pattern, Expression)>,
    /// Steps of the inverse so far.
    steps: Vec<Statement>,
}

impl Checker<'_> {
    /// The inverse of a function: its parameters and its body.
    fn derive_checked(
        &mut self,
        parameters: &[LocalId],
        body: &Expression,
        result: &Type,
    ) -> Result<(Vec<LocalId>, Expression), Stuck> {
        let lost = |at, message: &str| Stuck {
            at,
            message: message.to_owned(),
            hint: "write `backward:`".to_owned(),
            code: LOST,
        };
        if let Some(at) = left_in(body) {
            return Err(lost(at, "a round that is left early does not say so in the result"));
        }
        let Some((argument, others)) = parameters.split_first() else {
            return Err(lost(body.span, "there is nothing to give back"));
        };
        let of = self.local(*argument).map_or(Type::Unknown, |local| local.of.clone());
        let of = self.unifier.resolve(&of);
        let given = self.hidden("result", self.unifier.resolve(result), body.span);
        let value = Expression {
            kind: ExpressionKind::Local(given),
            of: self.unifier.resolve(result),
            span: body.span,
        };
        let mut derivation = Derivation::default();
        derivation.unknown.insert(*argument, of.clone());
        derivation.equations.push(Equation { forward: body.clone(), value });
        self.solve(&mut derivation)?;
        let Some(found) = derivation.value_of(&(*argument, Vec::new()), &of, body.span) else {
            let path = derivation.missing(*argument, &of);
            let name = self.path_text(&path);
            return Err(Stuck {
                at: body.span,
                message: format!("`{name}` does not follow from the result"),
                hint: format!("also return `{name}`, or write `backward:`"),
                code: LOST,
            });
        };
        let kind = if derivation.steps.is_empty() {
            found.kind
        } else {
            let value = Some(Box::new(found));
            ExpressionKind::Block(Block { statements: derivation.steps, value })
        };
        let parameters = std::iter::once(given).chain(others.iter().copied()).collect();
        Ok((parameters, Expression { kind, of, span: body.span }))
    }

    /// The inverse of a function, or a message that says where it loses information.
    pub(super) fn derive(&mut self, function: &Function) -> Option<(Vec<LocalId>, Expression)> {
        self.inverse_steps = 0;
        match self.derive_checked(&function.parameters, &function.body, &function.result) {
            Ok(found) => Some(found),
            Err(stuck) => {
                let name = &function.name;
                let diagnostic = Diagnostic::error(stuck.code, stuck.at, stuck.message)
                    .with_note(
                        function.span,
                        format!("so `{name}` has no inverse that can be derived"),
                    )
                    .with_hint(stuck.hint);
                self.note(diagnostic);
                None
            }
        }
    }

    /// Takes equations apart until everything is known, or one of them is stuck.
    fn solve(&mut self, all: &mut Derivation) -> Result<(), Stuck> {
        loop {
            let mut stuck = None;
            let mut has_moved = false;
            for equation in std::mem::take(&mut all.equations) {
                let span = equation.forward.span;
                self.inverse_steps += 1;
                if self.inverse_steps > STEPS_MAX {
                    return Err(Stuck {
                        at: span,
                        message: "this is too much to derive an inverse of".to_owned(),
                        hint: "make parts of it transforms of their own, or write `backward:`"
                            .to_owned(),
                        code: LOST,
                    });
                }
                let moved = stacker::maybe_grow(128 << 10, 2 << 20, || self.step(all, &equation));
                match moved {
                    Ok(()) => has_moved = true,
                    Err(why) => {
                        let why = Stuck {
                            at: if why.at == Span::default() { span } else { why.at },
                            ..why
                        };
                        stuck.get_or_insert(why);
                        all.equations.push(equation);
                    }
                }
            }
            has_moved |= all.use_definitions();
            match stuck {
                None if all.equations.is_empty() => return Ok(()),
                Some(why) if !has_moved => return Err(why),
                _ => {}
            }
        }
    }

    fn path_text(&self, (root, path): &Path) -> String {
        let mut text = self.local(*root).map_or(String::new(), |local| local.name.to_string());
        for name in path {
            text.push('.');
            text.push_str(name);
        }
        text
    }

    /// Names a value of which only parts are asked for: of a record that is written out each field.
    fn named_parts_step(
        &mut self,
        all: &mut Derivation,
        name: &str,
        value: Expression,
    ) -> Expression {
        let ExpressionKind::Record(fields) = value.kind else {
            return self.named_step(all, name, value);
        };
        let fields = fields.into_iter().map(|(part, inner)| {
            let inner = self.named_step(all, &part, inner);
            (part, inner)
        });
        Expression { kind: ExpressionKind::Record(fields.collect()), ..value }
    }

    /// Names a value, so that it is computed once, and gives the name.
    fn named_step(&mut self, all: &mut Derivation, name: &str, value: Expression) -> Expression {
        if let ExpressionKind::Local(_) = value.kind {
            return value;
        }
        let (of, span) = (value.of.clone(), value.span);
        let id = self.hidden(name, of.clone(), span);
        let pattern = Self::variable_pattern(id, of.clone(), span);
        all.steps.push(Statement { kind: StatementKind::Let(pattern, value), span });
        Expression { kind: ExpressionKind::Local(id), of, span }
    }
}

impl Derivation {
    /// A field of what was named by parts.
    fn part(value: &Expression, name: &Rc<str>, of: Type, span: Span) -> Expression {
        if let ExpressionKind::Record(fields) = &value.kind
            && let Some((_, field)) = fields.iter().find(|(other, _)| other == name)
        {
            return field.clone();
        }
        let kind = ExpressionKind::Field(Box::new(value.clone()), Rc::clone(name));
        Expression { kind, of, span }
    }

    /// The part of an unknown variable that an expression is.
    fn path(&self, of: &Expression) -> Option<Path> {
        let mut names = Vec::new();
        let mut at = of;
        loop {
            match &at.kind {
                ExpressionKind::Field(base, name) => {
                    names.push(Rc::clone(name));
                    at = base;
                }
                ExpressionKind::Local(id) if self.unknown.contains_key(id) => {
                    names.reverse();
                    return Some((*id, names));
                }
                _ => return None,
            }
        }
    }

    /// The value of a part of a variable, if it follows from what is known.
    fn value_of(&self, path: &Path, of: &Type, span: Span) -> Option<Expression> {
        let (root, names) = path;
        for length in (0..=names.len()).rev() {
            let (front, rest) = names.split_at(length);
            if let Some(found) = self.known.get(&(*root, front.to_vec())) {
                let mut value = found.clone();
                for (index, name) in rest.iter().enumerate() {
                    let is_last = index + 1 == rest.len();
                    let inner = match &value.of {
                        Type::Record(fields) => fields.get(name).cloned().unwrap_or(Type::Unknown),
                        _ => Type::Unknown,
                    };
                    let of = if is_last { of.clone() } else { inner };
                    let kind = ExpressionKind::Field(Box::new(value), Rc::clone(name));
                    value = Expression { kind, of, span };
                }
                return Some(value);
            }
        }
        let Type::Record(fields) = of else { return None };
        let is_begun =
            self.known.keys().any(|(other, longer)| other == root && longer.starts_with(names));
        if !is_begun && !fields.is_empty() {
            return None;
        }
        let mut found = Vec::new();
        for (name, field) in fields.iter() {
            let inner = (*root, names.iter().chain([name]).cloned().collect());
            found.push((Rc::clone(name), self.value_of(&inner, field, span)?));
        }
        Some(Expression { kind: ExpressionKind::Record(found), of: of.clone(), span })
    }

    /// A part of a variable that does not follow from what is known.
    fn missing(&self, root: LocalId, of: &Type) -> Path {
        let mut path = Vec::new();
        let mut at = of;
        while let Type::Record(fields) = at {
            let next = fields.iter().find(|(name, field)| {
                let inner = (root, path.iter().chain([*name]).cloned().collect());
                self.value_of(&inner, field, Span::default()).is_none()
            });
            let is_begun = self
                .known
                .keys()
                .any(|(other, longer)| *other == root && longer.starts_with(&path));
            match next {
                Some((name, field)) if is_begun => {
                    path.push(Rc::clone(name));
                    at = field;
                }
                _ => break,
            }
        }
        (root, path)
    }

    /// Whether everything in an expression is known.
    fn is_known(&self, of: &Expression) -> bool {
        stacker::maybe_grow(64 << 10, 1 << 20, || match self.path(of) {
            Some(path) => self.value_of(&path, &of.of, of.span).is_some(),
            None => parts(of).into_iter().all(|part| self.is_known(part)),
        })
    }

    /// The expression as the inverse computes it, if everything in it is known.
    fn rewrite(&self, of: &Expression) -> Expression {
        let mut found = of.clone();
        self.rewrite_in(&mut found);
        found
    }

    fn rewrite_in(&self, of: &mut Expression) {
        stacker::maybe_grow(64 << 10, 1 << 20, || {
            if let Some(path) = self.path(of) {
                if let Some(value) = self.value_of(&path, &of.of, of.span) {
                    *of = value;
                }
                return;
            }
            for part in parts_mut(of) {
                self.rewrite_in(part);
            }
        });
    }

    fn learn(&mut self, path: Path, value: Expression) {
        self.known.insert(path, value);
    }

    /// Definitions of which all names are known become equations.
    fn use_definitions(&mut self) -> bool {
        let mut has_moved = false;
        for (pattern, forward) in std::mem::take(&mut self.definitions) {
            match self.rebuild(&pattern) {
                Some(value) => {
                    self.equations.push(Equation { forward, value });
                    has_moved = true;
                }
                None => self.definitions.push((pattern, forward)),
            }
        }
        has_moved
    }

    /// The value that a pattern took, if its names are known and nothing in it was dropped.
    fn rebuild(&self, pattern: &Pattern) -> Option<Expression> {
        let all = |inside: &[Pattern]| -> Option<Vec<Expression>> {
            inside.iter().map(|one| self.rebuild(one)).collect()
        };
        let kind = match &pattern.kind {
            PatternKind::Bind(id) => {
                return self.value_of(&(*id, Vec::new()), &pattern.of, pattern.span);
            }
            PatternKind::Literal(value) => ExpressionKind::Literal(value.clone()),
            PatternKind::None => ExpressionKind::None,
            PatternKind::Variant(id, index, inside) => {
                ExpressionKind::Variant(*id, *index, all(inside)?)
            }
            PatternKind::List(inside) => ExpressionKind::List(all(inside)?),
            PatternKind::Present(inner) => ExpressionKind::Present(Box::new(self.rebuild(inner)?)),
            PatternKind::Record(named) => {
                let Type::Record(fields) = &pattern.of else { return None };
                let mut found = Vec::new();
                for name in fields.keys() {
                    let (_, inner) = named.iter().find(|(other, _)| other == name)?;
                    found.push((Rc::clone(name), self.rebuild(inner)?));
                }
                ExpressionKind::Record(found)
            }
            PatternKind::Wildcard | PatternKind::ListAround(..) | PatternKind::OneOf(_) => {
                return None;
            }
        };
        Some(Expression { kind, of: pattern.of.clone(), span: pattern.span })
    }
}
