//! Records, lists, variants, and what is taken out of them.

use std::collections::BTreeMap;
use std::rc::Rc;

use source::{Diagnostic, Span, nearest};

use super::Checker;
use super::names::{Definition, with_meant};
use crate::codes::{ARGUMENTS, LARGE_TYPE, MISMATCH, NAMED_TWICE, NO_MEMBER};
use crate::form;
use crate::hir::{BinaryOp, Block, Expression, ExpressionKind, Statement, StatementKind};
use crate::types::{Fields, PURE, Type, UnionId, methods};

impl Checker<'_> {
    pub(super) fn list(
        &mut self,
        elements: &[form::Expression],
        want: Option<&Type>,
    ) -> (ExpressionKind, Type) {
        let element = match want.map(|want| self.unwrapped(want)) {
            Some(Type::List(element)) => (*element).clone(),
            _ => self.unifier.fresh(),
        };
        let mut found = Vec::new();
        if self.unifier.is_open(&element) {
            for one in elements {
                found.push(self.expression(one, Some(&element)));
            }
            let of = self.join_elements(&mut found, &element);
            return (ExpressionKind::List(found), Type::list(of));
        }
        for one in elements {
            found.push(self.expect(one, &element));
        }
        (ExpressionKind::List(found), Type::list(element))
    }

    fn join_elements(&mut self, found: &mut Vec<Expression>, element: &Type) -> Type {
        if found.is_empty() {
            return element.clone();
        }
        let no_value = found.iter().find(|one| self.unifier.shallow(&one.of) == Type::NOTHING);
        if let Some(at) = no_value.map(|one| one.span) {
            self.error(MISMATCH, at, "this gives no value");
            return Type::Unknown;
        }
        self.join(found, Some(element))
    }

    pub(super) fn record(
        &mut self,
        fields: &[(form::Name, form::Expression, bool)],
        want: Option<&Type>,
    ) -> (ExpressionKind, Type) {
        let wanted = match want.map(|want| self.unwrapped(want)) {
            Some(Type::Record(fields)) => Some(fields),
            _ => None,
        };
        let mut types = Fields::new();
        let mut found = Vec::new();
        for (name, value, _) in fields {
            let expected = wanted.as_ref().and_then(|fields| fields.get(&name.text));
            let value = match expected {
                Some(expected) => self.expect(value, expected),
                None => self.expression(value, None),
            };
            if self.unifier.shallow(&value.of) == Type::NOTHING {
                self.error(MISMATCH, value.span, "this gives no value");
            }
            let of = expected.cloned().unwrap_or_else(|| value.of.clone());
            if types.insert(Rc::clone(&name.text), of).is_some() {
                self.named_twice(name);
            }
            found.push((Rc::clone(&name.text), value));
        }
        (ExpressionKind::Record(found), Type::record(types))
    }

    /// `[1, ...xs]`: the values between lists are lists themselves.
    pub(super) fn list_with(
        &mut self,
        parts: &[(form::Expression, bool)],
        want: Option<&Type>,
        at: Span,
    ) -> Expression {
        let element = match want.map(|want| self.unwrapped(want)) {
            Some(Type::List(element)) => (*element).clone(),
            _ => self.unifier.fresh(),
        };
        let of = Type::list(element.clone());
        let mut whole: Option<Expression> = None;
        let mut between = Vec::new();
        let mut add = |next: Expression| {
            let span = next.span;
            whole = Some(match whole.take() {
                None => next,
                Some(before) => {
                    let op = BinaryOp::Concatenate;
                    let kind = ExpressionKind::Binary(op, Box::new(before), Box::new(next));
                    Expression { kind, of: of.clone(), span: at.to(span) }
                }
            });
        };
        for (part, is_list) in parts {
            if !is_list {
                between.push(self.expect(part, &element));
                continue;
            }
            if !between.is_empty() {
                let kind = ExpressionKind::List(std::mem::take(&mut between));
                add(Expression { kind, of: of.clone(), span: at });
            }
            add(self.expect(part, &of));
        }
        if !between.is_empty() {
            add(Expression { kind: ExpressionKind::List(between), of: of.clone(), span: at });
        }
        whole.map_or_else(|| Self::wrong(at), |whole| Expression { span: at, ..whole })
    }

    /// `{...r, a: 1}`: the fields of records, in place of which others may come behind.
    pub(super) fn record_with(&mut self, parts: &[form::RecordPart], at: Span) -> Expression {
        let mut fields: BTreeMap<Rc<str>, Expression> = BTreeMap::new();
        let mut types = Fields::new();
        let (mut statements, mut written) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                form::RecordPart::Field(name, value) => {
                    let value = self.expression(value, None);
                    let value = self.kept(value, &mut statements);
                    if written.contains(&name.text) {
                        self.named_twice(name);
                    }
                    written.push(Rc::clone(&name.text));
                    types.insert(Rc::clone(&name.text), value.of.clone());
                    fields.insert(Rc::clone(&name.text), value);
                }
                form::RecordPart::Spread(value) => {
                    let value = self.expression(value, None);
                    let of = self.unifier.shallow(&value.of);
                    let Type::Record(own) = &of else {
                        if !of.is_unknown() {
                            let message = format!("`{}` has no fields to take", self.show(&of));
                            self.error(MISMATCH, value.span, message);
                        }
                        return Self::wrong(at);
                    };
                    if let Some(name) = own.keys().find(|name| written.contains(name)) {
                        let message = format!("this has a field `{name}` again");
                        let diagnostic = Diagnostic::error(NAMED_TWICE, value.span, message)
                            .with_hint("write `...` first, and behind it what differs");
                        self.note(diagnostic);
                    }
                    let base = self.kept(value, &mut statements);
                    for (name, of) in own.in_order() {
                        types.insert(Rc::clone(name), of.clone());
                        let kind = ExpressionKind::Field(Box::new(base.clone()), Rc::clone(name));
                        let value = Expression { kind, of: of.clone(), span: base.span };
                        fields.insert(Rc::clone(name), value);
                    }
                }
            }
        }
        let of = Type::record(types);
        let kind = ExpressionKind::Record(fields.into_iter().collect());
        let value = Some(Box::new(Expression { kind, of: of.clone(), span: at }));
        let kind = ExpressionKind::Block(Block { statements, value });
        Expression { kind, of, span: at }
    }

    /// Gives a value a name that nothing can say, so that it is made once and in its turn.
    fn kept(&mut self, value: Expression, statements: &mut Vec<Statement>) -> Expression {
        let (of, span) = (value.of.clone(), value.span);
        let id = self.hidden("part", of.clone(), span);
        let pattern = Self::variable_pattern(id, of.clone(), span);
        statements.push(Statement { kind: StatementKind::Let(pattern, value), span });
        Expression { kind: ExpressionKind::Local(id), of, span }
    }

    pub(super) fn variant_value(&mut self, id: UnionId, index: usize, at: Span) -> Expression {
        let (fields, of) = self.variant_types(id, index);
        if fields.is_empty() {
            return Expression {
                kind: ExpressionKind::Variant(id, index, Vec::new()),
                of,
                span: at,
            };
        }
        // As a function, it makes the value of its arguments.
        let name = self.variant_name(id, index);
        let locals: Vec<_> =
            fields.iter().map(|field| self.hidden("", field.clone(), at)).collect();
        let inner = locals.iter().zip(&fields).map(|(local, field)| Expression {
            kind: ExpressionKind::Local(*local),
            of: field.clone(),
            span: at,
        });
        let kind = ExpressionKind::Variant(id, index, inner.collect());
        let body = Box::new(Expression { kind, of: of.clone(), span: at });
        let lambda = crate::hir::Lambda { parameters: locals, body };
        debug_assert!(!name.is_empty(), "variants have names");
        Expression {
            kind: ExpressionKind::Lambda(lambda),
            of: Type::function(fields, of, PURE),
            span: at,
        }
    }

    pub(super) fn variant_name(&self, id: UnionId, index: usize) -> Rc<str> {
        let union = self.program.unions.get(id.0 as usize);
        let variant = union.and_then(|union| union.variants.get(index));
        variant.map_or(Rc::from(""), |variant| Rc::clone(&variant.name))
    }

    /// The types of a variant's fields and of its union, with fresh types for parameters.
    pub(super) fn variant_types(&mut self, id: UnionId, index: usize) -> (Vec<Type>, Type) {
        let Some(union) = self.program.unions.get(id.0 as usize) else {
            return (Vec::new(), Type::Unknown);
        };
        let arguments: Vec<Type> = union.parameters.iter().map(|_| self.unifier.fresh()).collect();
        let fields = union.fields(index, &arguments);
        (fields, Type::Union(id, arguments.into()))
    }

    /// `Direct(a, b)`
    pub(super) fn variant_call(
        &mut self,
        (id, index): (UnionId, usize),
        arguments: &[form::Expression],
        want: Option<&Type>,
        at: Span,
    ) -> Expression {
        let (fields, of) = self.variant_types(id, index);
        if let Some(want) = want {
            let want = self.unwrapped(want);
            if matches!(want, Type::Union(other, _) if other == id) {
                drop(self.try_unify(&want, &of, at));
            }
        }
        let name = self.variant_name(id, index);
        let found = self.arguments(&name, &fields, arguments, at);
        if self.unifier.is_too_large(&of) {
            self.error(LARGE_TYPE, at, "the type of this value has too many parts");
            return Self::wrong(at);
        }
        Expression { kind: ExpressionKind::Variant(id, index, found), of, span: at }
    }

    /// Arguments of the types that are asked for.
    pub(super) fn arguments(
        &mut self,
        name: &str,
        wanted: &[Type],
        given: &[form::Expression],
        at: Span,
    ) -> Vec<Expression> {
        if wanted.len() != given.len() {
            self.wrong_count(name, wanted.len(), given.len(), at);
        }
        let mut found: BTreeMap<usize, Expression> = BTreeMap::new();
        // Functions come last: what the others are says what functions take.
        let mut is_function = Vec::new();
        for (index, one) in given.iter().enumerate() {
            let is_lambda = matches!(one.kind, form::ExpressionKind::Lambda(_));
            let wants = wanted.get(index).map(|wanted| self.unifier.shallow(wanted));
            is_function.push(is_lambda || matches!(wants, Some(Type::Function(_))));
        }
        for functions in [false, true] {
            for (index, one) in given.iter().enumerate() {
                if is_function.get(index) == Some(&functions) {
                    let value = match wanted.get(index) {
                        Some(wanted) if self.is_of_row(one, wanted) => {
                            self.row_function(one, wanted)
                        }
                        Some(wanted) => self.expect(one, wanted),
                        None => self.expression(one, None),
                    };
                    found.insert(index, value);
                }
            }
        }
        found.into_values().collect()
    }

    pub(super) fn wrong_count(&mut self, name: &str, wanted: usize, given: usize, at: Span) {
        let values = |count| match count {
            0 => "no values".to_owned(),
            1 => "1 value".to_owned(),
            count => format!("{count} values"),
        };
        let message = format!("`{name}` takes {}, and gets {given}", values(wanted));
        self.error(ARGUMENTS, at, message);
    }

    /// `r.a`, `S.a`
    pub(super) fn field(
        &mut self,
        base: &form::Expression,
        name: &form::Name,
        if_present: bool,
        at: Span,
    ) -> Expression {
        if let Some(space) = self.space_of(base) {
            return match self.member_of(space, name) {
                Some(found) => {
                    let found = self.defined_value(found, name);
                    Expression { span: at, ..found }
                }
                None => Self::wrong(at),
            };
        }
        let base = self.expression(base, None);
        self.field_of(base, name, if_present, at)
    }

    /// The space that an expression names.
    pub(super) fn space_of(&mut self, base: &form::Expression) -> Option<super::names::SpaceId> {
        let found = match &base.kind {
            form::ExpressionKind::Name(name) => {
                if self.find_local(&name.text).is_some() {
                    return None;
                }
                self.names.look_up(self.frame.space, &name.text)?
            }
            form::ExpressionKind::Field { base, name, if_present: false } => {
                let outer = self.space_of(base)?;
                self.names.member(outer, &name.text)?
            }
            _ => return None,
        };
        match found {
            Definition::Space(id) => Some(id),
            _ => None,
        }
    }

    pub(super) fn field_of(
        &mut self,
        base: Expression,
        name: &form::Name,
        if_present: bool,
        at: Span,
    ) -> Expression {
        let of = self.unifier.shallow(&base.of);
        let (fields, is_missing) = match &of {
            Type::Unknown => return Self::wrong(at),
            Type::Variable(_) => {
                self.unknown_type(base.span);
                return Self::wrong(at);
            }
            Type::Record(fields) => (Rc::clone(fields), false),
            Type::Optional(inner) => match self.unifier.shallow(inner) {
                Type::Record(fields) => (fields, true),
                _ => return self.no_field(&base, name, at),
            },
            _ => return self.no_field(&base, name, at),
        };
        let Some(found) = fields.get(&name.text) else { return self.no_field(&base, name, at) };
        if is_missing != if_present {
            let (shown, hint) = if is_missing {
                ("may be missing", format!("write `?.{}`, or `match` first", name.text))
            } else {
                ("is never missing", format!("write `.{}`", name.text))
            };
            let message = format!("this {shown}: it is `{}`", self.show(&of));
            self.note(Diagnostic::error(MISMATCH, base.span, message).with_hint(hint));
            return Self::wrong(at);
        }
        let found = found.clone();
        let name = Rc::clone(&name.text);
        if is_missing {
            let of = match self.unifier.shallow(&found) {
                of @ Type::Optional(_) => of,
                of => Type::optional(of),
            };
            return Expression {
                kind: ExpressionKind::FieldIfPresent(Box::new(base), name),
                of,
                span: at,
            };
        }
        Expression { kind: ExpressionKind::Field(Box::new(base), name), of: found, span: at }
    }

    fn no_field(&mut self, base: &Expression, name: &form::Name, at: Span) -> Expression {
        if name.text.is_empty() {
            return Self::wrong(at);
        }
        let of = self.unifier.shallow(&base.of);
        let message = format!("`{}` has no field `{}`", self.show(&of), name.text);
        let diagnostic = Diagnostic::error(NO_MEMBER, name.span, message);
        let diagnostic = match &of {
            Type::Record(fields) => {
                let meant = nearest(&name.text, fields.keys().map(|name| &**name));
                with_meant(diagnostic, meant.map(str::to_owned))
            }
            Type::Relation(fields) if fields.contains_key(&name.text) => {
                let hint = format!("a relation has many rows: write `… select {}`", name.text);
                diagnostic.with_hint(hint)
            }
            _ if methods(&name.text).next().is_some() => {
                diagnostic.with_hint(format!("a method is called: `.{}()`", name.text))
            }
            _ => diagnostic,
        };
        self.note(diagnostic);
        Self::wrong(at)
    }

    /// `a[i]`
    pub(super) fn index(
        &mut self,
        base: &form::Expression,
        index: &form::Expression,
        at: Span,
    ) -> Expression {
        let base = self.expression(base, None);
        let index = self.expect(index, &Type::INT);
        let of = match self.unifier.shallow(&base.of) {
            Type::Unknown => return Self::wrong(at),
            Type::List(element) => (*element).clone(),
            Type::STRING => Type::STRING,
            Type::BYTES => Type::INT,
            Type::Variable(_) => {
                self.unknown_type(base.span);
                return Self::wrong(at);
            }
            other => {
                let message = format!("`{}` has no elements to choose one of", self.show(&other));
                let diagnostic = Diagnostic::error(MISMATCH, base.span, message);
                self.note(match other {
                    Type::Relation(_) => diagnostic.with_hint("write `first R where …`"),
                    _ => diagnostic,
                });
                return Self::wrong(at);
            }
        };
        Expression { kind: ExpressionKind::Index(Box::new(base), Box::new(index)), of, span: at }
    }
}
