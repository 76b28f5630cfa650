//! Patterns and `match`.

use std::rc::Rc;

use source::{Diagnostic, Span, nearest};

use super::Checker;
use super::control::exited;
use super::exhaust::{Shape, coverage};
use super::names::{Definition, with_meant};
use crate::codes::{
    ALTERNATIVE, ARGUMENTS, MISMATCH, NO_MEMBER, NOT_EXHAUSTIVE, TOO_MANY_CASES, UNDEFINED,
    UNREACHABLE,
};
use crate::form::{self, PatternKind as Form};
use crate::hir::{Arm, Expression, ExpressionKind, Literal, Pattern, PatternKind};
use crate::types::{Type, UnionId};

impl<'a> Checker<'a> {
    /// The names that a pattern gives to values, as far as its spelling says.
    pub(super) fn pattern_names(&self, of: &'a form::Pattern, found: &mut Vec<&'a form::Name>) {
        match &of.kind {
            Form::Name(name) => {
                if !name.text.starts_with(|first: char| first.is_ascii_uppercase()) {
                    found.push(name);
                }
            }
            Form::Variant(_, inside) | Form::List(inside) => {
                inside.iter().for_each(|one| self.pattern_names(one, found));
            }
            Form::Record(fields) => {
                fields.iter().for_each(|(_, one)| self.pattern_names(one, found));
            }
            Form::ListAround(before, rest, after) => {
                before.iter().for_each(|one| self.pattern_names(one, found));
                found.extend(rest);
                after.iter().for_each(|one| self.pattern_names(one, found));
            }
            Form::Wrong | Form::Wildcard | Form::Literal(_) | Form::None | Form::OneOf(_) => {}
        }
    }

    /// A pattern for values of type `of`. Its names are bound in the innermost scope.
    pub(super) fn pattern(&mut self, form: &form::Pattern, of: &Type) -> Pattern {
        let mut names = Vec::new();
        self.pattern_within(form, of, &mut names)
    }

    fn pattern_within(
        &mut self,
        form: &form::Pattern,
        of: &Type,
        names: &mut Vec<Rc<str>>,
    ) -> Pattern {
        let at = form.span;
        let of = self.unifier.shallow(of);
        if let Type::Optional(inner) = &of
            && !matches!(&form.kind, Form::Wrong | Form::Wildcard | Form::None | Form::OneOf(_))
            && !self.is_binding(form)
        {
            let inner = self.pattern_within(form, inner, names);
            return Pattern { kind: PatternKind::Present(Box::new(inner)), of, span: at };
        }
        let kind = match &form.kind {
            Form::Wrong | Form::Wildcard => PatternKind::Wildcard,
            Form::None => {
                let optional = Type::optional(self.unifier.fresh());
                if self.unify(&of, &optional, at) {
                    PatternKind::None
                } else {
                    PatternKind::Wildcard
                }
            }
            Form::Literal(value) => self.literal_pattern(value, &of, at),
            Form::Name(name) => match self.variant_named(name) {
                Some((id, index)) => self.variant_pattern((id, index), &[], &of, at, names),
                None => self.bind_pattern(name, &of, names),
            },
            Form::Variant(path, inside) => match self.definition(path) {
                Some(Definition::Variant(id, index)) => {
                    self.variant_pattern((id, index), inside, &of, at, names)
                }
                found => {
                    if found.is_some() {
                        self.error(MISMATCH, at, "this is no constructor");
                    }
                    for one in inside {
                        self.pattern_within(one, &Type::Unknown, names);
                    }
                    PatternKind::Wildcard
                }
            },
            Form::Record(fields) => self.record_pattern(fields, &of, at, names),
            Form::List(_) | Form::ListAround(..) => self.list_pattern(form, &of, names),
            Form::OneOf(several) => {
                let before = names.len();
                let several: Vec<_> =
                    several.iter().map(|one| self.pattern_within(one, &of, names)).collect();
                if names.len() > before {
                    let names = names.split_off(before);
                    let message = format!("{} in one of several patterns", super::listed(&names));
                    let diagnostic = Diagnostic::error(ALTERNATIVE, at, message)
                        .with_hint("write an arm for each pattern");
                    self.note(diagnostic);
                }
                PatternKind::OneOf(several)
            }
        };
        Pattern { kind, of, span: at }
    }

    fn list_pattern(
        &mut self,
        form: &form::Pattern,
        of: &Type,
        names: &mut Vec<Rc<str>>,
    ) -> PatternKind {
        let element = self.element_of(of, form.span);
        let mut all = |checker: &mut Self, several: &[form::Pattern]| -> Vec<Pattern> {
            several.iter().map(|one| checker.pattern_within(one, &element, names)).collect()
        };
        match &form.kind {
            Form::List(elements) => PatternKind::List(all(self, elements)),
            Form::ListAround(before, rest, after) => {
                let (before, after) = (all(self, before), all(self, after));
                let rest = rest.as_ref().map(|name| {
                    self.once(name, names);
                    self.bind(name, Type::list(element.clone()))
                });
                PatternKind::ListAround(before, rest, after)
            }
            _ => PatternKind::Wildcard,
        }
    }

    /// Whether a pattern is a name for any value.
    fn is_binding(&self, form: &form::Pattern) -> bool {
        match &form.kind {
            Form::Name(name) => self.variant_named(name).is_none(),
            _ => false,
        }
    }

    fn variant_named(&self, name: &form::Name) -> Option<(UnionId, usize)> {
        match self.names.look_up(self.frame.space, &name.text)? {
            Definition::Variant(id, index) => Some((id, index)),
            _ => None,
        }
    }

    fn once(&mut self, name: &form::Name, names: &mut Vec<Rc<str>>) {
        if names.contains(&name.text) {
            self.named_twice(name);
        }
        names.push(Rc::clone(&name.text));
    }

    fn bind_pattern(
        &mut self,
        name: &form::Name,
        of: &Type,
        names: &mut Vec<Rc<str>>,
    ) -> PatternKind {
        let is_capital = name.text.starts_with(|first: char| first.is_ascii_uppercase());
        if let (true, Type::Union(id, _)) = (is_capital, of) {
            let union = self.program.unions.get(id.0 as usize);
            let variants = union.into_iter().flat_map(|union| &union.variants);
            let meant = nearest(&name.text, variants.map(|one| &*one.name)).map(str::to_owned);
            let message = format!("`{}` has no variant `{}`", self.show(of), name.text);
            let diagnostic = Diagnostic::error(UNDEFINED, name.span, message);
            self.note(with_meant(diagnostic, meant));
            return PatternKind::Wildcard;
        }
        self.once(name, names);
        PatternKind::Bind(self.bind(name, of.clone()))
    }

    fn literal_pattern(&mut self, value: &Literal, of: &Type, at: Span) -> PatternKind {
        let form =
            form::Expression { kind: form::ExpressionKind::Literal(value.clone()), span: at };
        let found = self.expect(&form, of);
        match found.kind {
            ExpressionKind::Literal(value) => PatternKind::Literal(value),
            _ => PatternKind::Wildcard,
        }
    }

    fn variant_pattern(
        &mut self,
        (id, index): (UnionId, usize),
        inside: &[form::Pattern],
        of: &Type,
        at: Span,
        names: &mut Vec<Rc<str>>,
    ) -> PatternKind {
        let (fields, union) = self.variant_types(id, index);
        if !self.unify(of, &union, at) {
            for one in inside {
                self.pattern_within(one, &Type::Unknown, names);
            }
            return PatternKind::Wildcard;
        }
        if fields.len() != inside.len() {
            let name = self.variant_name(id, index);
            let message = format!(
                "`{name}` has {} values in it, and {} are named",
                fields.len(),
                inside.len()
            );
            let blanks = vec!["_"; fields.len()].join(", ");
            let hint = match fields.len() {
                0 => format!("write `{name}`"),
                _ => format!("write `{name}({blanks})`, with names where values are needed"),
            };
            self.note(Diagnostic::error(ARGUMENTS, at, message).with_hint(hint));
        }
        let any = Type::Unknown;
        let mut found = Vec::new();
        for (position, one) in inside.iter().enumerate() {
            found.push(self.pattern_within(one, fields.get(position).unwrap_or(&any), names));
        }
        found.truncate(fields.len());
        for field in fields.iter().skip(found.len()) {
            found.push(Pattern { kind: PatternKind::Wildcard, of: field.clone(), span: at });
        }
        PatternKind::Variant(id, index, found)
    }

    fn record_pattern(
        &mut self,
        fields: &[(form::Name, form::Pattern)],
        of: &Type,
        at: Span,
        names: &mut Vec<Rc<str>>,
    ) -> PatternKind {
        let known = match of {
            Type::Record(known) => Some(Rc::clone(known)),
            Type::Unknown => None,
            Type::Variable(_) => {
                self.unknown_type(at);
                None
            }
            other => {
                let message = format!("`{}` is no record", self.show(other));
                self.error(MISMATCH, at, message);
                None
            }
        };
        let mut found: Vec<(Rc<str>, Pattern)> = Vec::new();
        for (name, one) in fields {
            let field = match &known {
                None => Type::Unknown,
                Some(known) => match known.get(&name.text) {
                    Some(field) => field.clone(),
                    None => {
                        let message = format!("`{}` has no field `{}`", self.show(of), name.text);
                        let meant = nearest(&name.text, known.keys().map(|name| &**name));
                        let diagnostic = Diagnostic::error(NO_MEMBER, name.span, message);
                        self.note(with_meant(diagnostic, meant.map(str::to_owned)));
                        Type::Unknown
                    }
                },
            };
            if found.iter().any(|(other, _)| *other == name.text) {
                self.named_twice(name);
            }
            let inner = self.pattern_within(one, &field, names);
            found.push((Rc::clone(&name.text), inner));
        }
        if known.is_some() { PatternKind::Record(found) } else { PatternKind::Wildcard }
    }

    fn element_of(&mut self, of: &Type, at: Span) -> Type {
        if let Type::List(element) = of {
            return (**element).clone();
        }
        let element = self.unifier.fresh();
        if self.unify(of, &Type::list(element.clone()), at) { element } else { Type::Unknown }
    }

    /// The pattern with what is known of its types.
    fn resolved_pattern(&self, of: &Pattern) -> Pattern {
        let mut found = of.clone();
        crate::hir::each_pattern(&mut found, &mut |one| one.of = self.unifier.resolve(&one.of));
        found
    }

    pub(super) fn matched(
        &mut self,
        subject: &form::Expression,
        arms: &[form::Arm],
        want: Option<&Type>,
        at: Span,
    ) -> Expression {
        let subject = self.expression(subject, None);
        let of = subject.of.clone();
        let mut found: Vec<Arm> = Vec::new();
        let mut bodies = Vec::new();
        let (mut is_present, mut is_right) = (false, true);
        let disposed = self.frame.disposed.clone();
        let mut gone = disposed.clone();
        for arm in arms {
            self.frame.disposed.clone_from(&disposed);
            self.open();
            let before = self.notes.len();
            let pattern = self.arm_pattern(&arm.pattern, &of, is_present);
            is_right &= self.notes.len() == before;
            let guard = arm.guard.as_ref().map(|guard| {
                let effect = self.effects.place("a guard");
                self.effects.limit(effect, crate::types::Effect::Query, "a guard", guard.span);
                self.effects.flow(effect, self.frame.effect, guard.span);
                let around = std::mem::replace(&mut self.frame.effect, effect);
                let found = self.expect(guard, &Type::BOOL);
                self.frame.effect = around;
                found
            });
            is_present |= guard.is_none() && pattern.kind == PatternKind::None;
            let hint = bodies.first().map(|body: &Expression| body.of.clone());
            let hint = want.cloned().or(hint);
            bodies.push(self.expression(&arm.body, hint.as_ref()));
            gone.append(&mut self.frame.disposed);
            self.close();
            let body = Self::wrong(arm.body.span);
            found.push(Arm { pattern, guard, body });
        }
        self.frame.disposed = gone;
        let result = if bodies.is_empty() { Type::NEVER } else { self.join(&mut bodies, want) };
        let ensured: Vec<_> = arms.iter().map(|arm| arm.ensure.as_ref()).collect();
        let (value, exits) = self.exits(&ensured, &result, at);
        for (index, (arm, body)) in found.iter_mut().zip(bodies).enumerate() {
            arm.body = exited(body, index, &exits, value, &result);
        }
        if is_right {
            self.covers(&found, &of, subject.span);
        }
        let kind = ExpressionKind::Match(Box::new(subject), found);
        Expression { kind, of: result, span: at }
    }

    /// An arm's pattern. After `none` a name is one for the value that is there.
    fn arm_pattern(&mut self, form: &form::Pattern, of: &Type, is_present: bool) -> Pattern {
        if let (true, Type::Optional(inner)) = (is_present, self.unifier.shallow(of))
            && self.is_binding(form)
        {
            let inner = self.pattern(form, &inner);
            let of = self.unifier.shallow(of);
            return Pattern { kind: PatternKind::Present(Box::new(inner)), of, span: form.span };
        }
        self.pattern(form, of)
    }

    fn covers(&mut self, arms: &[Arm], of: &Type, at: Span) {
        let of = self.unifier.resolve(of);
        if of.is_unknown() {
            return;
        }
        let resolved: Vec<Arm> = arms
            .iter()
            .map(|arm| Arm { pattern: self.resolved_pattern(&arm.pattern), ..arm.clone() })
            .collect();
        let covered = coverage(&resolved, &of, &self.program.unions);
        for index in covered.unreachable {
            if let Some(arm) = arms.get(index) {
                let message = "no value gets to this arm";
                let diagnostic = Diagnostic::warning(UNREACHABLE, arm.pattern.span, message)
                    .with_label("the arms before it take them all");
                self.note(diagnostic);
            }
        }
        if covered.gave_up {
            let message = "it is too much to find out whether the arms take every value";
            let diagnostic = Diagnostic::error(TOO_MANY_CASES, at, message)
                .with_hint("end with an arm `_ => …`, or match in several steps");
            self.note(diagnostic);
        } else if let Some(missing) = covered.missing {
            self.not_exhaustive(&missing, &of, at);
        }
    }

    fn not_exhaustive(&mut self, missing: &Shape, of: &Type, at: Span) {
        let text = missing.text(of, &self.program.unions);
        let message = if *missing == Shape::Any {
            "not every value is handled".to_owned()
        } else {
            format!("`{text}` is not handled")
        };
        let diagnostic = Diagnostic::error(NOT_EXHAUSTIVE, at, message)
            .with_hint(format!("add an arm `{text} => …`"));
        self.note(diagnostic);
    }
}
