//! Copies of functions for the types that they are used with.

use std::rc::Rc;

use source::Span;

use super::code::Label;
use super::frame::{Frame, Home, Slot};
use super::search::Mode;
use super::{Codegen, copy_key};
use crate::codes::ENDLESS_COPIES;
use crate::hir::{Backward, Callee, Expression, ExpressionKind, Function, FunctionId, LocalId};
use crate::types::Type;

/// Copies of functions at most. A function that calls itself with ever larger types would have no
/// end of them.
const COPIES_MAX: usize = 10_000;

/// How deep the types are that a function is used with, at most.
const TYPE_DEPTH_MAX: usize = 64;

/// Something that code is to be made of.
#[derive(Clone, Debug)]
pub(super) enum Instance {
    /// A function, with what its type parameters stand for.
    Function(FunctionId, Vec<Type>),
    /// Its inverse.
    Inverse(FunctionId, Vec<Type>),
    /// A search, how it is compiled, and where it goes on.
    Search(FunctionId, Vec<Type>, Mode, Label),
    /// A lambda.
    Lambda(Box<LambdaCopy>),
    /// First one function value, then the other: those that it captures.
    Composed,
}

/// A lambda where it is made.
#[derive(Clone, Debug)]
pub(super) struct LambdaCopy {
    pub(super) name: String,
    pub(super) parameters: Vec<LocalId>,
    pub(super) body: Expression,
    /// What it takes from around it, in the order of its words, and where that is.
    pub(super) captured: Vec<(LocalId, Home)>,
    pub(super) meanings: std::collections::BTreeMap<Rc<str>, Type>,
}

impl Codegen<'_> {
    /// Where the copy of a function begins, which is made if it was not so far.
    pub(super) fn copy(
        &mut self,
        id: FunctionId,
        types: &[Type],
        is_inverse: bool,
        at: Span,
    ) -> Label {
        let types: Vec<Type> = types.iter().map(|of| self.of(of)).collect();
        let key = copy_key(&format!("{}{}", if is_inverse { "~" } else { "" }, id.0), &types);
        if let Some(label) = self.instances.get(&key) {
            return *label;
        }
        let label = self.code.label();
        let is_deep = types.iter().any(|of| is_deeper(of, TYPE_DEPTH_MAX));
        if self.instances.len() >= COPIES_MAX || is_deep {
            self.refuse(
                ENDLESS_COPIES,
                "the function is used with ever more types, as it calls itself with larger ones",
                "let it call itself with the types that it was called with",
                at,
            );
            return label;
        }
        self.instances.insert(key, label);
        let instance =
            if is_inverse { Instance::Inverse(id, types) } else { Instance::Function(id, types) };
        self.waiting.push_back((instance, label));
        label
    }

    /// Lets all functions be made that are for certain types, whoever calls them.
    pub(super) fn copy_all(&mut self) {
        for (index, function) in self.program.functions.iter().enumerate() {
            let id = FunctionId::from_index(index);
            match &function.body.kind {
                _ if !function.generics.is_empty() => {}
                ExpressionKind::Search(..) => {
                    self.search_copy((id, &[]), Mode::Plain);
                }
                _ => {
                    self.copy(id, &[], false, function.span);
                }
            }
        }
    }

    /// Makes a copy.
    pub(super) fn instance(&mut self, instance: &Instance, label: Label) {
        self.code.place(label);
        match instance {
            Instance::Function(id, types) => {
                let Some(function) = self.program.functions.get(id.index()) else { return };
                let name = function.name.to_string();
                let body = match function.body.kind {
                    // As a value, a search is what begins one.
                    ExpressionKind::Search(..) => &self.beginning(*id, function, types),
                    _ => &function.body,
                };
                if self.standing.is_of(*id) && self.standing_function(function, types) {
                    return;
                }
                if super::yielded::yields(body) {
                    let meanings = Self::meanings(function, types);
                    self.frame = Frame { meanings, ..Frame::default() };
                    self.yielding(&name, &function.parameters, body);
                } else {
                    self.function((*id, types), &name, &function.parameters, body);
                }
            }
            Instance::Inverse(id, types) => {
                let Some(function) = self.program.functions.get(id.index()) else { return };
                let name = match &function.inverse {
                    Some(name) => name.to_string(),
                    None => format!("~{}", function.name),
                };
                match &function.backward {
                    Backward::Written(parameters, body) | Backward::Derived(parameters, body) => {
                        self.function((*id, types), &name, parameters, body);
                    }
                    Backward::Tape => self.undoing_function(function, types, &name),
                    Backward::None | Backward::Same => {
                        self.contradiction("the inverse of this", function.span);
                    }
                }
            }
            Instance::Search(id, types, mode, resume) => {
                let Some(function) = self.program.functions.get(id.index()) else { return };
                self.search_instance(function, (*id, types), (*mode, *resume));
            }
            Instance::Lambda(copy) => self.lambda_body(copy),
            Instance::Composed => self.composed_body(),
        }
    }

    /// The call of a search with its own parameters.
    fn beginning(&self, id: FunctionId, function: &Function, types: &[Type]) -> Expression {
        let span = function.body.span;
        let parameter = |local: &LocalId| {
            let of = self.program.locals.get(local.index()).map(|local| local.of.clone());
            let of = of.unwrap_or(Type::Unknown);
            Expression { kind: ExpressionKind::Local(*local), of, span }
        };
        let arguments = function.parameters.iter().map(parameter).collect();
        let kind = ExpressionKind::Call(Callee::Function(id, types.to_vec()), arguments);
        Expression { kind, of: function.body.of.clone(), span }
    }

    fn function(
        &mut self,
        (id, types): (FunctionId, &[Type]),
        name: &str,
        parameters: &[LocalId],
        body: &Expression,
    ) {
        let function = self.program.functions.get(id.index());
        let meanings = function.map(|it| Self::meanings(it, types)).unwrap_or_default();
        self.frame = Frame { meanings, ..Frame::default() };
        self.body(name, parameters, body);
    }

    /// What the type parameters of a function stand for.
    pub(super) fn meanings(
        function: &Function,
        types: &[Type],
    ) -> std::collections::BTreeMap<Rc<str>, Type> {
        function.generics.iter().cloned().zip(types.iter().cloned()).collect()
    }

    /// A function's code: its arguments are in the frame.
    pub(super) fn body(&mut self, name: &str, parameters: &[LocalId], body: &Expression) {
        let start = self.code.here();
        self.at(body.span);
        let parameters: Vec<(LocalId, Slot)> =
            parameters.iter().map(|one| (*one, self.frame.variable(*one, start))).collect();
        if self.frame.own.is_some() {
            self.frame.own = Some(self.frame.slot());
        }
        for (parameter, slot) in parameters {
            self.box_variable(parameter, slot);
        }
        self.value(body);
        self.code.push(palindrome_vm::Instruction::Return);
        self.finish_function(name, start);
    }

    fn lambda_body(&mut self, copy: &LambdaCopy) {
        let mut frame = Frame { meanings: copy.meanings.clone(), ..Frame::default() };
        frame.own = Some(Slot(0));
        for (local, home) in &copy.captured {
            frame.homes.insert(*local, *home);
            frame.seen.push(super::frame::Seen {
                local: *local,
                home: *home,
                from: self.code.here(),
                to: u32::MAX,
            });
        }
        self.frame = frame;
        self.body(&copy.name, &copy.parameters, &copy.body);
    }
}

/// Whether more types are inside of each other.
fn is_deeper(of: &Type, most: usize) -> bool {
    match most.checked_sub(1) {
        Some(left) => of.parts().iter().any(|part| is_deeper(part, left)),
        None => true,
    }
}
