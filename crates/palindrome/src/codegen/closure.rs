//! Functions as values: objects whose tag says which function it is, with what it takes from around
//! it. The machine has no jump to a place in a register, so a call of a value goes to a dispatcher for
//! its number of arguments, which finds the function by its number.

use std::collections::{BTreeMap, BTreeSet};

use palindrome_vm::Instruction;
use palindrome_vm::runtime::HEAD;
use source::Span;

use super::Codegen;
use super::code::{Jump, Label};
use super::frame::{FRAME, Frame, Home, Slot};
use super::instance::{Instance, LambdaCopy};
use super::layout::{as_word, places};
use crate::hir::{
    Backward, Expression, ExpressionKind, Lambda, LocalId, Program, walk, walk_statement,
};
use crate::types::Type;

/// Functions that are used as values.
#[derive(Debug, Default)]
pub(super) struct Closures {
    /// Where each begins, and how many arguments it takes, by its number.
    functions: Vec<(Label, usize)>,
    /// Where calls with so many arguments go.
    dispatchers: BTreeMap<usize, Label>,
    composed: Option<u32>,
}

impl Codegen<'_> {
    /// The number of a function that is used as a value.
    fn closure_number(&mut self, label: Label, arguments: usize) -> u32 {
        let known = self.closures.functions.iter().position(|(other, _)| *other == label);
        let number = known.unwrap_or_else(|| {
            self.closures.functions.push((label, arguments));
            self.closures.functions.len() - 1
        });
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// A function or its inverse as a value.
    pub(super) fn function_value(&mut self, of: &Expression) {
        let (inner, is_inverse) = match &of.kind {
            ExpressionKind::Inverse(inner) => (&**inner, true),
            _ => (of, false),
        };
        let arguments = match self.of(&of.of) {
            Type::Function(function) => function.parameters.len(),
            _ => 0,
        };
        match &inner.kind {
            ExpressionKind::Function(id, types) => {
                let label = self.copy(*id, types, is_inverse, of.span);
                let number = self.closure_number(label, arguments);
                let constant = self.data.record(number, &[]);
                self.code.set(0, constant);
            }
            ExpressionKind::Compose(one, other) => {
                let inverse = |of: &Expression| Expression {
                    kind: ExpressionKind::Inverse(Box::new(of.clone())),
                    of: reversed(&of.of),
                    span: of.span,
                };
                self.compose(&inverse(other), &inverse(one));
            }
            ExpressionKind::Inverse(back) => self.value(back),
            _ => self.contradiction("the inverse of a value", of.span),
        }
    }

    /// First one, then the other.
    pub(super) fn compose(&mut self, one: &Expression, other: &Expression) {
        let height = self.frame.height;
        self.value(one);
        let first = self.save(0);
        self.value(other);
        let second = self.save(0);
        let number = match self.closures.composed {
            Some(number) => number,
            None => {
                let label = self.code.label();
                self.waiting.push_back((Instance::Composed, label));
                let number = self.closure_number(label, 1);
                self.closures.composed = Some(number);
                number
            }
        };
        self.new_closure(2, 2, number);
        self.restore(first, 1);
        self.code.store(1, 0, HEAD);
        self.restore(second, 1);
        self.code.store(1, 0, HEAD + 8);
        self.frame.drop_to(height, self.code.here());
    }

    pub(super) fn new_closure(&mut self, words: i64, references: i64, number: u32) {
        self.code.set(1, words);
        self.code.set(2, references);
        self.code.set(3, i64::from(number));
        self.call_runtime("union_new");
    }

    /// The code of every composition: the argument, then the object with both functions.
    pub(super) fn composed_body(&mut self) {
        let start = self.code.here();
        self.frame = Frame { height: 2, height_max: 4, ..Frame::default() };
        let (argument, own) = (Slot(0), Slot(1));
        for place in [0, 8] {
            if place == 0 {
                self.restore(argument, 0);
            }
            self.code.store(0, FRAME, self.frame.height * 8);
            self.restore(own, 0);
            self.code.load(0, 0, HEAD + place);
            self.call_closure(1);
        }
        self.code.push(Instruction::Return);
        self.finish_function("|>", start);
    }

    pub(super) fn lambda(&mut self, lambda: &Lambda, at: Span) {
        let mut captured: Vec<LocalId> = Vec::new();
        walk(&lambda.body, &mut |one| {
            if let ExpressionKind::Local(id) = one.kind
                && self.frame.homes.contains_key(&id)
                && !captured.contains(&id)
            {
                captured.push(id);
            }
        });
        captured.sort_unstable();
        let mut types = Vec::new();
        for id in &captured {
            let Some(local) = self.program.locals.get(id.index()) else { continue };
            if self.is_in_box(*id) {
                // The box itself, so that both see the same variable.
                types.push(Type::list(Type::INT));
                continue;
            }
            types.push(self.of(&local.of));
            if local.is_changed {
                self.contradiction("a function that takes a variable that changes", at);
            }
        }
        let (all, references) = places(&types);
        let home = |(id, place): (&LocalId, &i64)| {
            let is_in_box = self.is_in_box(*id);
            (*id, if is_in_box { Home::CapturedBox(*place) } else { Home::Captured(*place) })
        };
        let homes = captured.iter().zip(&all).map(home).collect();
        let label = self.code.label();
        let number = self.closure_number(label, lambda.parameters.len());
        let copy = LambdaCopy {
            name: format!("function@{}", self.code.line().number),
            parameters: lambda.parameters.clone(),
            body: (*lambda.body).clone(),
            captured: homes,
            meanings: self.frame.meanings.clone(),
        };
        self.waiting.push_back((Instance::Lambda(Box::new(copy)), label));
        if captured.is_empty() {
            let constant = self.data.record(number, &[]);
            self.code.set(0, constant);
            return;
        }
        self.new_closure(as_word(captured.len()), references, number);
        for (id, place) in captured.iter().zip(all) {
            match self.frame.homes.get(id) {
                Some(Home::Slot(_) | Home::Captured(_)) => self.local(*id, 1),
                Some(Home::Boxed(_) | Home::CapturedBox(_)) => self.box_of(*id, 1),
                None => {}
            }
            self.code.store(1, 0, HEAD + place * 8);
        }
    }

    fn is_in_box(&self, id: LocalId) -> bool {
        matches!(self.frame.homes.get(&id), Some(Home::Boxed(_) | Home::CapturedBox(_)))
    }

    /// Where a call of a value with so many arguments goes.
    pub(super) fn dispatcher(&mut self, arguments: usize) -> Label {
        if let Some(label) = self.closures.dispatchers.get(&arguments) {
            return *label;
        }
        let label = self.code.label();
        self.closures.dispatchers.insert(arguments, label);
        label
    }

    /// The dispatchers, once all functions are known.
    pub(super) fn dispatchers(&mut self) {
        self.code.no_line();
        for (arguments, label) in self.closures.dispatchers.clone() {
            let start = self.code.here();
            self.code.place(label);
            self.restore(Slot(as_word(arguments)), 0);
            self.code.load_half(0, 0, 12);
            let functions = self.closures.functions.iter().enumerate();
            let functions: Vec<(i64, Label)> = functions
                .filter(|(_, (_, count))| *count == arguments)
                .map(|(number, (label, _))| (as_word(number), *label))
                .collect();
            self.search_number(&functions);
            self.finish_function("(call)", start);
        }
    }

    /// Goes on at the function whose number is in R0, by halving.
    pub(super) fn search_number(&mut self, functions: &[(i64, Label)]) {
        match functions {
            [] => {
                let wrong = self.fault("this function was never made");
                self.code.jump(Jump::Always, wrong);
            }
            [(_, only)] => self.code.jump(Jump::Always, *only),
            more => {
                let (left, right) = more.split_at(more.len() / 2);
                let after = self.code.label();
                let middle = right.first().map_or(0, |(number, _)| *number);
                self.code.push(Instruction::CmpImm { src: 0, value: middle });
                self.code.jump(Jump::GreaterOrEqual, after);
                self.search_number(left);
                self.code.place(after);
                self.search_number(right);
            }
        }
    }
}

/// The variables that change and that functions see.
pub(super) fn boxed(program: &Program) -> BTreeSet<LocalId> {
    let is_changed = |id: &LocalId| program.locals.get(id.index()).is_some_and(|it| it.is_changed);
    let mut found = BTreeSet::new();
    if !program.locals.iter().any(|local| local.is_changed) {
        return found;
    }
    let mut look = |one: &Expression| {
        if let ExpressionKind::Lambda(lambda) = &one.kind {
            walk(&lambda.body, &mut |inner| {
                if let ExpressionKind::Local(id) = &inner.kind
                    && is_changed(id)
                {
                    found.insert(*id);
                }
            });
        }
    };
    each_expression(program, &mut look);
    found
}

/// Every expression that code is made of.
pub(super) fn each_expression(program: &Program, look: &mut dyn FnMut(&Expression)) {
    let mut look = |one: &Expression| look(one);
    for function in &program.functions {
        walk(&function.body, &mut look);
        if let Backward::Written(_, body) | Backward::Derived(_, body) = &function.backward {
            walk(body, &mut look);
        }
    }
    let handlers = program.handlers.iter().map(|handler| &handler.body);
    let violations = program.contracts.iter().filter_map(|contract| contract.on_violation.as_ref());
    let blocks = handlers.chain(violations.map(|violation| &violation.body));
    let tests = program.tests.iter().map(|test| &test.body);
    for block in blocks.chain(tests) {
        block.statements.iter().for_each(|statement| walk_statement(statement, &mut look));
        block.value.iter().for_each(|value| walk(value, &mut look));
    }
    program.main.iter().for_each(|statement| walk_statement(statement, &mut look));
}

/// The type of the inverse of a function of this type.
fn reversed(of: &Type) -> Type {
    match of {
        Type::Function(function) => {
            let mut parameters = function.parameters.clone();
            let result = match parameters.first_mut() {
                Some(first) => std::mem::replace(first, function.result.clone()),
                None => function.result.clone(),
            };
            Type::function(parameters, result, function.effect)
        }
        other => other.clone(),
    }
}
