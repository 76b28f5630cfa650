//! Calls: of functions, constructors, methods, and values; and generic functions.

use std::collections::BTreeMap;
use std::rc::Rc;

use source::{Diagnostic, Span, nearest};

use super::Checker;
use super::names::{Definition, with_meant};
use crate::codes::{MISMATCH, NO_METHOD, NOT_CALLABLE};
use crate::form::{self, ExpressionKind as Form};
use crate::hir::{Callee, Expression, ExpressionKind, FunctionId};
use crate::types::{
    Basic, Builtin, BuiltinId, Effect, EffectId, FunctionType, PURE, QUERY, Type, builtins, methods,
};

impl Checker<'_> {
    /// A function's type, with fresh types in place of its type parameters, and those.
    pub(super) fn instance(&mut self, id: FunctionId) -> (FunctionType, Vec<Type>) {
        self.demand_function(id);
        let Some((pending, function)) =
            self.functions.get(id.index()).zip(self.program.functions.get(id.index()))
        else {
            let unknown =
                FunctionType { parameters: Vec::new(), result: Type::Unknown, effect: PURE };
            return (unknown, Vec::new());
        };
        let types: Vec<Type> = function.generics.iter().map(|_| self.unifier.fresh()).collect();
        let meanings = function.generics.iter().cloned().zip(types.iter().cloned()).collect();
        let resolved = self.unifier.resolve(&function.result);
        let parameters = pending.parameters.iter().map(|one| one.instantiate(&meanings)).collect();
        let open = self.unifier.is_open(&function.result);
        let result = if open { function.result.clone() } else { resolved.instantiate(&meanings) };
        (FunctionType { parameters, result, effect: pending.effect }, types)
    }

    pub(super) fn call(
        &mut self,
        function: &form::Expression,
        arguments: &[form::Expression],
        want: Option<&Type>,
        at: Span,
    ) -> Expression {
        match &function.kind {
            Form::Name(name) if self.find_local(&name.text).is_none() => {
                let found = self.names.look_up(self.frame.space, &name.text);
                match found {
                    Some(Definition::Variant(id, index)) => {
                        return self.variant_call((id, index), arguments, want, at);
                    }
                    Some(Definition::Relation(id)) => return self.has_row(id, arguments, at),
                    Some(_) => {}
                    None => return self.builtin_call(name, arguments, at),
                }
            }
            Form::Field { base, name, if_present: false } => match self.space_of(base) {
                Some(space) => {
                    if let Some(Definition::Variant(id, index)) =
                        self.names.member(space, &name.text)
                    {
                        return self.variant_call((id, index), arguments, want, at);
                    }
                    if let Some(Definition::Relation(id)) = self.names.member(space, &name.text) {
                        return self.has_row(id, arguments, at);
                    }
                }
                None => return self.method_call(base, name, arguments, at),
            },
            _ => {}
        }
        let function = self.expression(function, None);
        self.call_value(function, arguments, want, at)
    }

    fn call_value(
        &mut self,
        function: Expression,
        arguments: &[form::Expression],
        want: Option<&Type>,
        at: Span,
    ) -> Expression {
        let called = match self.unifier.shallow(&function.of) {
            Type::Function(called) => called,
            Type::Unknown => {
                for one in arguments {
                    self.expression(one, None);
                }
                return Self::wrong(at);
            }
            Type::Variable(_) => {
                self.unknown_type(function.span);
                return Self::wrong(at);
            }
            other => {
                let message = format!("this is `{}`, and cannot be called", self.show(&other));
                let diagnostic = Diagnostic::error(NOT_CALLABLE, function.span, message);
                self.note(match other {
                    Type::Relation(_) => {
                        diagnostic.with_hint("write `exists … where …`, or a query")
                    }
                    _ => diagnostic,
                });
                return Self::wrong(at);
            }
        };
        self.effects.flow(called.effect, self.frame.effect, at);
        let name = match &function.kind {
            ExpressionKind::Function(id, _) => self.function_name(*id),
            ExpressionKind::Local(id) => {
                self.local(*id).map_or(Rc::from(""), |one| Rc::clone(&one.name))
            }
            _ => Rc::from("this function"),
        };
        if let Some(want) = want
            && !matches!(self.unifier.shallow(want), Type::Optional(_))
            && self.has_variables(&called.result)
        {
            drop(self.try_unify(want, &called.result, at));
        }
        let found = self.arguments(&name, &called.parameters, arguments, at);
        if found.len() != called.parameters.len() {
            return Self::wrong(at);
        }
        let callee = match function.kind {
            ExpressionKind::Function(id, types) => Callee::Function(id, types),
            ExpressionKind::Inverse(inner) => match inner.kind {
                ExpressionKind::Function(id, types) => {
                    if !self.wanted.iter().any(|(other, _)| *other == id) {
                        self.wanted.push((id, at));
                    }
                    Callee::Inverse(id, types)
                }
                _ => Callee::Value(Box::new(Expression {
                    kind: ExpressionKind::Inverse(inner),
                    ..function
                })),
            },
            _ => Callee::Value(Box::new(function)),
        };
        let of = called.result.clone();
        Expression { kind: ExpressionKind::Call(callee, found), of, span: at }
    }

    /// Whether a result is only a type parameter, so that what is expected says what it is.
    fn has_variables(&self, of: &Type) -> bool {
        self.unifier.shallow(of).parts().iter().any(|part| self.unifier.is_open(part))
    }

    /// A call of a name that nothing defines: a function of the language.
    fn builtin_call(
        &mut self,
        name: &form::Name,
        arguments: &[form::Expression],
        at: Span,
    ) -> Expression {
        if let Some(found) = self.aggregate(name, arguments, at) {
            return found;
        }
        match &*name.text {
            "history" => return self.history(arguments, at),
            "diff" => return self.difference(arguments, at),
            "breaks" => return self.breaks(arguments, at),
            "compatible" => return self.misplaced_compatible(at),
            _ => {}
        }
        let found = builtins().find(|(_, row)| !row.is_method && row.name == &*name.text);
        if let Some((id, row)) = found {
            let (parameters, result) = row.types();
            if row.effect == Effect::Query {
                self.program.looks_back = true;
                self.effects.flow(QUERY, self.frame.effect, at);
            }
            let found = self.arguments(row.name, &parameters, arguments, at);
            let of = result.unwrap_or(Type::Unknown);
            return Expression {
                kind: ExpressionKind::Call(Callee::Builtin(id), found),
                of,
                span: at,
            };
        }
        if methods(&name.text).next().is_some()
            && let Some((first, rest)) = arguments.split_first()
        {
            let receiver = self.expression(first, None);
            return self.method(receiver, name, rest, at);
        }
        self.undefined(name);
        for one in arguments {
            self.expression(one, None);
        }
        Self::wrong(at)
    }

    fn method_call(
        &mut self,
        base: &form::Expression,
        name: &form::Name,
        arguments: &[form::Expression],
        at: Span,
    ) -> Expression {
        let receiver = self.expression(base, None);
        let of = self.unifier.shallow(&receiver.of);
        if let Type::Record(fields) = &of
            && fields.contains_key(&name.text)
        {
            let span = base.span.to(name.span);
            let function = self.field_of(receiver, name, false, span);
            return self.call_value(function, arguments, None, at);
        }
        self.method(receiver, name, arguments, at)
    }

    /// `a.f(b)`: a method of the language, or a function whose first parameter takes the receiver.
    fn method(
        &mut self,
        receiver: Expression,
        name: &form::Name,
        arguments: &[form::Expression],
        at: Span,
    ) -> Expression {
        let of = self.unifier.shallow(&receiver.of);
        if of.is_unknown() {
            return Self::wrong(at);
        }
        for (id, row) in methods(&name.text) {
            if self.takes(&row, &of) {
                return self.builtin_method((id, row), receiver, name, arguments, at);
            }
        }
        if matches!(of, Type::Variable(_)) {
            self.unknown_type(receiver.span);
            return Self::wrong(at);
        }
        let message = format!("`{}` has no method `{}`", self.show(&of), name.text);
        let known: Vec<&str> = builtins()
            .filter(|(_, row)| row.is_method && self.takes(row, &of))
            .map(|(_, row)| row.name)
            .collect();
        let meant = nearest(&name.text, known.iter().copied()).map(str::to_owned);
        let is_optional = matches!(of, Type::Optional(_));
        let diagnostic = Diagnostic::error(NO_METHOD, name.span, message);
        let counts = known.iter().find(|known| ["count", "length"].contains(known));
        let is_counted = ["count", "length", "len", "size"].contains(&&*name.text);
        self.note(if let Some(counts) = counts.filter(|_| is_counted) {
            diagnostic.with_hint(format!(
                "write `{counts}()`: lists and relations have a `count`, texts and bytes a `length`"
            ))
        } else if meant.is_some() {
            with_meant(diagnostic, meant)
        } else if is_optional {
            diagnostic.with_hint("it may be missing: write `(… ?? …)` or `match` first")
        } else if &*name.text == "reverse" {
            diagnostic
                .with_hint("to take back what was done, write `reverse \"why\"` as a statement")
        } else if known.is_empty() {
            diagnostic
        } else {
            diagnostic.with_hint(format!("there are `{}`", known.join("`, `")))
        });
        for one in arguments {
            self.expression(one, None);
        }
        Self::wrong(at)
    }

    /// Whether a method is one of values of this type, as far as the outermost layer says.
    fn takes(&self, row: &Builtin, of: &Type) -> bool {
        let (parameters, _) = row.types();
        match (parameters.first(), of) {
            (Some(Type::List(_)), Type::List(_) | Type::Relation(_))
            | (Some(Type::Optional(_)), Type::Optional(_))
            | (Some(Type::Answers(_)), Type::Answers(_)) => match parameters.first() {
                Some(Type::List(element)) if **element == Type::STRING => {
                    let Type::List(actual) = of else { return false };
                    matches!(self.unifier.shallow(actual), Type::STRING | Type::Variable(_))
                }
                Some(Type::List(element)) if **element == Type::INT => {
                    let Type::List(actual) = of else { return false };
                    self.unifier.shallow(actual) == Type::INT
                }
                _ => true,
            },
            (Some(Type::Basic(wanted)), Type::Basic(actual)) => wanted == actual,
            (Some(Type::Parameter(name)), of) => match &**name {
                "N" => is_numeric(of),
                _ => !matches!(of, Type::Function(_) | Type::Variable(_) | &Type::NOTHING),
            },
            _ => false,
        }
    }

    fn builtin_method(
        &mut self,
        (id, row): (BuiltinId, Builtin),
        receiver: Expression,
        name: &form::Name,
        arguments: &[form::Expression],
        at: Span,
    ) -> Expression {
        let (parameters, result) = row.types();
        let letters = ["T", "U", "N", "O"];
        let fresh: BTreeMap<Rc<str>, Type> =
            letters.iter().map(|letter| (Rc::from(*letter), self.unifier.fresh())).collect();
        let called = self.effects.place(format!("what `{}` calls", row.name));
        self.effects.flow(called, self.frame.effect, at);
        let mut types: Vec<Type> =
            parameters.iter().map(|one| with_effect(&one.instantiate(&fresh), called)).collect();
        let own = self.unifier.shallow(&receiver.of);
        let first = if types.is_empty() { Type::Unknown } else { types.remove(0) };
        let as_list = match &own {
            Type::Relation(fields) => Type::list(Type::Record(Rc::clone(fields))),
            other => other.clone(),
        };
        self.unify(&first, &as_list, receiver.span);
        let mut found = vec![receiver];
        found.extend(self.arguments(&name.text, &types, arguments, at));
        for (letter, of) in &fresh {
            self.bounded(letter, of, row.name, at);
        }
        let of = match result {
            None => own,
            Some(result) => result.instantiate(&fresh),
        };
        if self.unifier.is_too_large(&of) {
            self.error(crate::codes::LARGE_TYPE, at, "the type of this value has too many parts");
            return Self::wrong(at);
        }
        Expression { kind: ExpressionKind::Call(Callee::Builtin(id), found), of, span: at }
    }

    /// What stands for `N` has to have arithmetic, and what stands for `O` an order.
    fn bounded(&mut self, letter: &str, of: &Type, name: &str, at: Span) {
        let of = self.unifier.shallow(of);
        if matches!(of, Type::Unknown | Type::Variable(_)) {
            return;
        }
        let wrong = match letter {
            "N" if !is_numeric(&of) => "have no arithmetic",
            "O" if !self.is_ordered(&of) => "have no order",
            _ => return,
        };
        let message = format!("`{name}`: values of type `{}` {wrong}", self.show(&of));
        self.error(MISMATCH, at, message);
    }
}

fn is_numeric(of: &Type) -> bool {
    matches!(of, Type::Basic(Basic::Int | Basic::Float | Basic::Decimal | Basic::Duration))
}

/// A parameter's type; if it is a function, what it does flows to `effect`.
fn with_effect(of: &Type, effect: EffectId) -> Type {
    match of {
        Type::Function(function) => {
            Type::function(function.parameters.clone(), function.result.clone(), effect)
        }
        other => other.clone(),
    }
}
