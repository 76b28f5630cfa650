//! Assignments and loops backwards.
//!
//! Each assignment makes a version of its variable, so that a block is a row of definitions again
//! (static single assignment: Cytron and others, "Efficiently computing static single assignment form
//! and the control dependence graph", 1991). A branch that assigns is a definition of all that it
//! assigns; a loop is one, too, whose inverse is a loop: that of `from e { b } until x` is
//! `from x { b backwards } until e`, as in Janus.

use std::collections::BTreeSet;
use std::rc::Rc;

use source::Span;

use super::super::Checker;
use super::branch::target_name;
use super::step::lost;
use super::version::{Versions, assigned, merged, rename, rename_statement};
use super::{Derivation, Equation, Stuck};
use crate::codes::LOST;
use crate::hir::{
    Arm, BinaryOp, Block, Callee, Expression, ExpressionKind, LocalId, Pattern, PatternKind, Place,
    Statement, StatementKind,
};
use crate::types::{Type, methods};

impl Checker<'_> {
    /// A block whose value is `value`.
    pub(super) fn block_step(
        &mut self,
        all: &mut Derivation,
        forward: &Expression,
        block: &Block,
        value: &Expression,
    ) -> Result<(), Stuck> {
        let Some(last) = &block.value else {
            return Err(lost(forward, "this gives no value"));
        };
        if let Some((looped, starts)) = block.statements.split_last()
            && matches!(looped.kind, StatementKind::From(..) | StatementKind::For(..))
            && starts.iter().all(|one| matches!(one.kind, StatementKind::Let(..)))
            && is_whole_loop(starts, looped, last)
        {
            return self.loop_step(all, (starts, looped, last), value);
        }
        let mut versions = Versions::new();
        for statement in &block.statements {
            self.definition_step(all, statement, &mut versions)?;
        }
        let mut last = (**last).clone();
        rename(&mut last, &versions);
        all.equations.push(Equation { forward: last, value: value.clone() });
        Ok(())
    }

    /// What a statement defines.
    fn definition_step(
        &mut self,
        all: &mut Derivation,
        statement: &Statement,
        versions: &mut Versions,
    ) -> Result<(), Stuck> {
        let span = statement.span;
        let stuck = |message: &str, hint: &str| Stuck {
            at: span,
            message: message.to_owned(),
            hint: hint.to_owned(),
            code: LOST,
        };
        match &statement.kind {
            StatementKind::Let(pattern, named) => {
                let mut named = named.clone();
                rename(&mut named, versions);
                self.define_step(all, pattern.clone(), named, span);
                Ok(())
            }
            StatementKind::Assign(Place::Local(id), value) => {
                let mut value = value.clone();
                rename(&mut value, versions);
                let pattern = self.version(*id, versions, span);
                self.define_step(all, pattern, value, span);
                Ok(())
            }
            StatementKind::Assert(..) => Ok(()),
            StatementKind::Block(block) => {
                block.statements.iter().try_for_each(|one| self.definition_step(all, one, versions))
            }
            StatementKind::Expression(Expression {
                kind: ExpressionKind::Block(block), ..
            }) if block.value.is_none() => {
                block.statements.iter().try_for_each(|one| self.definition_step(all, one, versions))
            }
            StatementKind::Expression(branch)
                if matches!(branch.kind, ExpressionKind::If(..) | ExpressionKind::Match(..)) =>
            {
                self.branch_definition(all, branch, statement, versions);
                Ok(())
            }
            StatementKind::From(..) | StatementKind::For(..) => {
                self.loop_definition(all, statement, versions);
                Ok(())
            }
            StatementKind::While(..) => Err(stuck(
                "a `while` does not say how often it was gone through",
                "write `from entry { … } until exit`, where `entry` holds only at the beginning, or \
                 write `backward:`",
            )),
            _ => Err(stuck("what this did does not follow from the result", "write `backward:`")),
        }
    }

    fn define_step(
        &mut self,
        all: &mut Derivation,
        pattern: Pattern,
        named: Expression,
        span: Span,
    ) {
        if all.is_known(&named) {
            let kind = StatementKind::Let(pattern, all.rewrite(&named));
            all.steps.push(Statement { kind, span });
            return;
        }
        self.unknown_names(all, &pattern);
        all.definitions.push((pattern, named));
    }

    /// The next version of a variable.
    fn version(&mut self, id: LocalId, versions: &mut Versions, span: Span) -> Pattern {
        let (name, of) = self.local(id).map_or((Rc::from(""), Type::Unknown), |local| {
            (Rc::clone(&local.name), local.of.clone())
        });
        let of = self.unifier.resolve(&of);
        let next = self.hidden(&name, of.clone(), span);
        versions.insert(id, next);
        Self::variable_pattern(next, of, span)
    }

    /// Variables of which a copy begins with their versions, as definitions, and the copies.
    fn copies(
        &mut self,
        changed: &BTreeSet<LocalId>,
        versions: &Versions,
        span: Span,
    ) -> (Vec<Statement>, Versions) {
        let (mut starts, mut copies) = (Vec::new(), Versions::new());
        for id in changed {
            let pattern = self.version(*id, &mut copies, span);
            if let Some(copy) = copies.get(id)
                && let Some(local) = self.program.locals.get_mut(copy.index())
            {
                local.is_changed = true;
            }
            let kind = ExpressionKind::Local(versions.get(id).copied().unwrap_or(*id));
            let value = Expression { kind, of: pattern.of.clone(), span };
            starts.push(Statement { kind: StatementKind::Let(pattern, value), span });
        }
        (starts, copies)
    }

    /// All variables together, by the names of fields that stand for them.
    fn together_record(&self, versions: &Versions, span: Span) -> Expression {
        let mut fields = Vec::new();
        for (id, version) in versions {
            let of = self.local(*version).map_or(Type::Unknown, |local| local.of.clone());
            let kind = ExpressionKind::Local(*version);
            fields.push((target_name(*id), Expression { kind, of, span }));
        }
        let of = fields.iter().map(|(name, one)| (Rc::clone(name), one.of.clone())).collect();
        Expression { kind: ExpressionKind::Record(fields), of: Type::record(of), span }
    }

    /// New versions of all that a definition changes.
    fn define_together(
        &mut self,
        all: &mut Derivation,
        (changed, value): (&BTreeSet<LocalId>, Expression),
        versions: &mut Versions,
        span: Span,
    ) {
        let mut fields = Vec::new();
        for id in changed {
            fields.push((target_name(*id), self.version(*id, versions, span)));
        }
        let of = value.of.clone();
        let pattern = Pattern { kind: PatternKind::Record(fields), of, span };
        self.define_step(all, pattern, value, span);
    }

    /// An `if` or `match` that assigns, as a choice of what it assigns.
    fn branch_definition(
        &mut self,
        all: &mut Derivation,
        branch: &Expression,
        statement: &Statement,
        versions: &mut Versions,
    ) {
        let span = statement.span;
        let changed = assigned(std::slice::from_ref(statement));
        if changed.is_empty() {
            return;
        }
        let way = |checker: &mut Self, body: Option<&Expression>| {
            let (mut statements, copies) = checker.copies(&changed, versions, span);
            if let Some(body) = body {
                let kind = StatementKind::Expression(body.clone());
                let mut inner = Statement { kind, span };
                rename_statement(&mut inner, &merged(versions, &copies));
                statements.push(inner);
            }
            let value = checker.together_record(&copies, span);
            let of = value.of.clone();
            let block = Block { statements, value: Some(Box::new(value)) };
            Expression { kind: ExpressionKind::Block(block), of, span }
        };
        let renamed = |of: &Expression| {
            let mut of = of.clone();
            rename(&mut of, versions);
            of
        };
        let kind = match &branch.kind {
            ExpressionKind::If(condition, then, otherwise) => {
                let then = Box::new(way(self, Some(then)));
                let otherwise = Box::new(way(self, otherwise.as_deref()));
                ExpressionKind::If(Box::new(renamed(condition)), then, Some(otherwise))
            }
            ExpressionKind::Match(subject, arms) => {
                let arms = arms.iter().map(|arm| Arm {
                    pattern: arm.pattern.clone(),
                    guard: arm.guard.as_ref().map(renamed),
                    body: way(self, Some(&arm.body)),
                });
                ExpressionKind::Match(Box::new(renamed(subject)), arms.collect())
            }
            _ => return,
        };
        let fields = changed.iter().map(|id| {
            let of = self.local(*id).map_or(Type::Unknown, |local| local.of.clone());
            (target_name(*id), self.unifier.resolve(&of))
        });
        let of = Type::record(fields.collect());
        self.define_together(all, (&changed, Expression { kind, of, span }), versions, span);
    }

    /// A loop as a definition of what it assigns.
    fn loop_definition(
        &mut self,
        all: &mut Derivation,
        statement: &Statement,
        versions: &mut Versions,
    ) {
        let span = statement.span;
        let changed = assigned(std::slice::from_ref(statement));
        let (mut statements, copies) = self.copies(&changed, versions, span);
        let mut inner = statement.clone();
        rename_statement(&mut inner, &merged(versions, &copies));
        let exit = match &inner.kind {
            StatementKind::From(_, _, exit) => Some(exit.clone()),
            _ => None,
        };
        statements.push(inner);
        let value = self.together_record(&copies, span);
        let of = value.of.clone();
        let block = Block { statements, value: Some(Box::new(value)) };
        let whole = Expression { kind: ExpressionKind::Block(block), of, span };
        self.define_together(all, (&changed, whole), versions, span);
        // Behind the loop its exit holds: `i == n` tells `i`, if `n` is known.
        let Some(mut exit) = exit else { return };
        let after = copies.iter().filter_map(|(id, copy)| Some((*copy, *versions.get(id)?)));
        rename(&mut exit, &after.collect());
        if let ExpressionKind::Binary(BinaryOp::Equal, left, right) = exit.kind {
            let (forward, value) = if all.is_known(&right) { (left, right) } else { (right, left) };
            if all.is_known(&value) && !all.is_known(&forward) {
                let value = all.rewrite(&value);
                all.equations.push(Equation { forward: *forward, value });
            }
        }
    }

    /// A loop whose variables, which are put together behind it, are `value`. It begins with what
    /// names them.
    fn loop_step(
        &mut self,
        all: &mut Derivation,
        (starts, looped, together): (&[Statement], &Statement, &Expression),
        value: &Expression,
    ) -> Result<(), Stuck> {
        let span = looped.span;
        let after = self.named_parts_step(all, "after", value.clone());
        let (mut steps, mut inner) = (Vec::new(), all.clone());
        (inner.steps, inner.equations, inner.definitions) = Default::default();
        // What a round gives, and what each variable is while the loop runs backwards.
        let (mut given, mut ends, mut back) = (Versions::new(), Vec::new(), Versions::new());
        for start in starts {
            let StatementKind::Let(pattern, first) = &start.kind else { continue };
            let PatternKind::Bind(id) = pattern.kind else { continue };
            let next = self.version(id, &mut back, span);
            let PatternKind::Bind(next_id) = next.kind else { continue };
            if let Some(local) = self.program.locals.get_mut(next_id.index()) {
                local.is_changed = true;
            }
            let Some(name) = field_of(together, id) else { continue };
            let end = Derivation::part(&after, &name, pattern.of.clone(), span);
            steps.push(Statement { kind: StatementKind::Let(next, end), span });
            inner.unknown.insert(id, pattern.of.clone());
            given.insert(id, id);
            ends.push((id, next_id, first.clone()));
        }
        let forward_value = self.together_record(&given, span);
        let back_value = self.together_record(&back, span);
        let (StatementKind::From(_, body, _) | StatementKind::For(_, _, body)) = &looped.kind
        else {
            return Err(Stuck {
                at: span,
                message: "this is no loop that can be run backwards".to_owned(),
                hint: "write `backward:`".to_owned(),
                code: LOST,
            });
        };
        let of = forward_value.of.clone();
        let block =
            Block { statements: body.statements.clone(), value: Some(Box::new(forward_value)) };
        let forward = Expression { kind: ExpressionKind::Block(block), of, span };
        inner.equations = vec![Equation { forward, value: back_value }];
        self.solve(&mut inner)?;
        let body = self.backward_body(&inner, &ends, span)?;
        let kind = self.backward_loop(all, looped, body, &back)?;
        steps.push(Statement { kind, span });
        all.steps.append(&mut steps);
        for (_, next, first) in ends {
            let kind = ExpressionKind::Local(next);
            let value = Expression { kind, of: first.of.clone(), span };
            all.equations.push(Equation { forward: first, value });
        }
        Ok(())
    }

    /// A round backwards: what the variables were before it, all found before any is assigned.
    fn backward_body(
        &mut self,
        inner: &Derivation,
        ends: &[(LocalId, LocalId, Expression)],
        span: Span,
    ) -> Result<Block, Stuck> {
        let mut statements = inner.steps.clone();
        let mut assigns = Vec::new();
        for (id, next, first) in ends {
            let Some(value) = inner.value_of(&(*id, Vec::new()), &first.of, span) else {
                let name = self.path_text(&(*id, Vec::new()));
                return Err(Stuck {
                    at: span,
                    message: format!("what `{name}` was before a round does not follow from it"),
                    hint: "change it by steps that can be undone, or write `backward:`".to_owned(),
                    code: LOST,
                });
            };
            let of = value.of.clone();
            let before = self.hidden("before", of.clone(), span);
            let pattern = Self::variable_pattern(before, of.clone(), span);
            statements.push(Statement { kind: StatementKind::Let(pattern, value), span });
            let value = Expression { kind: ExpressionKind::Local(before), of, span };
            let kind = StatementKind::Assign(Place::Local(*next), value);
            assigns.push(Statement { kind, span });
        }
        statements.append(&mut assigns);
        Ok(Block { statements, value: None })
    }

    fn backward_loop(
        &self,
        all: &Derivation,
        looped: &Statement,
        body: Block,
        back: &Versions,
    ) -> Result<StatementKind, Stuck> {
        let known = |of: &Expression| {
            let mut of = of.clone();
            rename(&mut of, back);
            if all.is_known(&of) {
                Ok(all.rewrite(&of))
            } else {
                Err(lost(&of, "going back, this condition or list is not known"))
            }
        };
        match &looped.kind {
            StatementKind::From(entry, _, exit) => {
                Ok(StatementKind::From(known(exit)?, body, known(entry)?))
            }
            StatementKind::For(pattern, rows, _) => {
                let of = rows.of.clone();
                let rows = known(rows)?;
                let Some((reverse, _)) = methods("reverse").next() else {
                    return Err(lost(&rows, "this list cannot be turned round"));
                };
                let span = rows.span;
                let kind = ExpressionKind::Call(Callee::Builtin(reverse), vec![rows]);
                Ok(StatementKind::For(pattern.clone(), Expression { kind, of, span }, body))
            }
            _ => Ok(StatementKind::Block(body)),
        }
    }
}

/// Whether a loop changes what begins before it and nothing else, and all of that is put together
/// behind it.
fn is_whole_loop(starts: &[Statement], looped: &Statement, together: &Expression) -> bool {
    let begun: BTreeSet<LocalId> = starts
        .iter()
        .filter_map(|one| match &one.kind {
            StatementKind::Let(Pattern { kind: PatternKind::Bind(id), .. }, _) => Some(*id),
            _ => None,
        })
        .collect();
    begun.iter().all(|id| field_of(together, *id).is_some())
        && assigned(std::slice::from_ref(looped)) == begun
}

/// The field in which a variable is put.
fn field_of(together: &Expression, id: LocalId) -> Option<Rc<str>> {
    let ExpressionKind::Record(fields) = &together.kind else { return None };
    let is_own = |one: &Expression| matches!(one.kind, ExpressionKind::Local(other) if other == id);
    fields.iter().find(|(_, one)| is_own(one)).map(|(name, _)| Rc::clone(name))
}
