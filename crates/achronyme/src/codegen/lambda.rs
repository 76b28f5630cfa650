//! Functions.

use std::rc::Rc;

use achronyme_library::Kind;
use achronyme_vm::{Constant, Op, Prototype};
use source::Span;

use super::function::{Captured, Function, FunctionKind, Storage};
use super::{Codegen, To, Use};
use crate::hir::{Annotation, AnnotationKind, Block, Lambda, Parameter};
use crate::resolve::BindingId;

impl Codegen<'_> {
    /// A closure of a function. `named` is the variable that it is the value of, `declared` the
    /// type written there.
    pub(super) fn lambda(
        &mut self,
        lambda: &Rc<Lambda>,
        target: u8,
        named: Option<BindingId>,
        declared: Option<&Annotation>,
    ) {
        let name = lambda.name.as_deref().unwrap_or("lambda");
        self.enter(name, FunctionKind::Lambda);
        self.function.prototype.is_async = lambda.is_async;
        self.function.prototype.is_generator = lambda.is_generator;
        if let Some(id) = named {
            self.function.places.insert(id, Storage::Rec);
        }
        let inherited = declared.and_then(|declared| self.function_type(declared));
        self.parameters(lambda, inherited.as_ref().map(|(parameters, _)| &**parameters));
        let result = lambda.result.as_ref();
        let result = result.or_else(|| inherited.as_ref().map(|(_, result)| result));
        if let Some(result) = result
            && !lambda.is_generator
        {
            self.function.result = self.result_check(result);
        }
        self.body(&lambda.body, lambda.is_generator);
        let number = self.exit();
        self.at(lambda.span);
        self.function.code.emit_wide(Op::Closure, target, number);
    }

    fn parameters(&mut self, lambda: &Lambda, inherited: Option<&[Annotation]>) {
        let mut needed = 0;
        for parameter in &lambda.parameters {
            let register = self.take();
            self.function.name_register(&parameter.name.text, register, false);
            if let Some(id) = self.resolution.declared(parameter.name.span) {
                let is_settled = self.is_scalar_parameter(parameter);
                let storage = Storage::Register { register, is_owned: false, is_settled };
                self.function.places.insert(id, storage);
                let kind = parameter.annotation.as_ref().filter(|_| !parameter.optional);
                let kind = kind.and_then(|annotation| self.single_kind(annotation));
                self.know(id, kind);
            }
            needed += u8::from(!parameter.optional && parameter.default.is_none());
        }
        let count = u8::try_from(lambda.parameters.len()).unwrap_or(u8::MAX);
        self.function.prototype.parameters = count;
        self.function.prototype.parameters_min = needed;
        if self.resolution.uses_self(lambda.span) {
            self.keep_self(lambda.span);
        }
        for (register, parameter) in (0..).zip(&lambda.parameters) {
            self.default_argument(parameter, register);
        }
        for (index, parameter) in (0_u8..).zip(&lambda.parameters) {
            let inherited = inherited.and_then(|all| all.get(usize::from(index)));
            if let Some(annotation) = parameter.annotation.as_ref().or(inherited) {
                self.at(parameter.name.span);
                self.check_parameter(annotation, parameter, index);
            }
        }
    }

    fn is_scalar_parameter(&mut self, parameter: &Parameter) -> bool {
        parameter.annotation.as_ref().is_some_and(|annotation| self.is_scalar_type(annotation))
    }

    fn default_argument(&mut self, parameter: &Parameter, register: u8) {
        if !parameter.optional && parameter.default.is_none() {
            return;
        }
        let checked = self.function.has_checked_self;
        let mut over = Vec::new();
        self.at(parameter.name.span);
        self.function.code.jump_on(Op::JumpIfPresent, register, 0, &mut over);
        match &parameter.default {
            Some(default) => self.into(default, register, Use::Keep),
            None => self.load(register, Constant::Null),
        }
        self.function.has_checked_self = checked;
        self.function.code.bind(over);
    }

    /// `self` is what the function is called on; else that of the function around it.
    fn keep_self(&mut self, span: Span) {
        let register = self.take();
        self.function.prototype.self_register = Some(register);
        self.function.name_register("self", register, false);
        let Some(upvalue) = self.capture(Captured::SelfValue) else { return };
        self.at(span);
        let (mut other, mut over) = (Vec::new(), Vec::new());
        let record = Kind::Record as u8;
        self.function.code.jump_on(Op::JumpUnlessKind, register, record, &mut other);
        self.function.code.jump(&mut over);
        self.function.code.bind(other);
        self.emit(Op::PeekUpvalue, register, upvalue, 0);
        self.function.code.bind(over);
    }

    fn body(&mut self, body: &Block, is_generator: bool) {
        let to = if is_generator { To::Nothing } else { To::Return };
        self.block_to(body, to);
        // After a mistake control seems to go on.
        self.leave_null();
    }

    /// `generate {…}` and `async do {…}`: a function without parameters that is called at once.
    pub(super) fn run_block(&mut self, block: &Block, is_async: bool, span: Span, target: u8) {
        let name = if is_async { "async" } else { "generate" };
        self.enter(name, FunctionKind::Block);
        self.function.prototype.is_async = is_async;
        self.function.prototype.is_generator = !is_async;
        self.body(block, !is_async);
        let number = self.exit();
        let window = self.window(target);
        let callee = self.take();
        self.at(span);
        self.function.code.emit_wide(Op::Closure, callee, number);
        self.emit(Op::Call, window, 0, 0);
        self.move_to(target, window);
    }

    /// Begins a function inside of the one that is being compiled.
    pub(super) fn enter(&mut self, name: &str, kind: FunctionKind) {
        let inner = Function::new(name, kind, self.source);
        let outer = std::mem::replace(&mut self.function, inner);
        self.around.push(outer);
    }

    /// Ends it, and says which prototype it became.
    pub(super) fn exit(&mut self) -> u16 {
        let Some(outer) = self.around.pop() else { return 0 };
        let inner = std::mem::replace(&mut self.function, outer);
        let prototype = self.finished(inner);
        self.keep(prototype)
    }

    /// The function that is being compiled, when all its code is written.
    pub(super) fn take_function(&mut self) -> Function {
        let empty = Function::new("", FunctionKind::Module, self.source);
        std::mem::replace(&mut self.function, empty)
    }

    /// The prototype that a function becomes.
    pub(super) fn finished(&mut self, function: Function) -> Prototype {
        let source = source::SourceId(self.source);
        let span = function.code.lines.first();
        let span =
            span.map_or(Span::default(), |line| Span { source, start: line.start, end: line.end });
        if function.registers.is_exhausted {
            let name = &function.prototype.name;
            let message = format!("`{name}` has too many variables and values at a time");
            self.error(crate::codes::TOO_LARGE, span, message);
        }
        if function.code.is_too_long {
            self.too_many(span, "instructions in a function");
        }
        function.finish()
    }

    /// The number that a prototype gets in the program.
    pub(super) fn keep(&mut self, prototype: Prototype) -> u16 {
        let number = u16::try_from(self.unit.program.prototypes.len());
        self.unit.program.prototypes.push(prototype);
        if number.is_err() {
            self.too_many(Span::default(), "functions");
        }
        number.unwrap_or_default()
    }

    /// Parameters and result of a function type.
    fn function_type(&mut self, annotation: &Annotation) -> Option<(Vec<Annotation>, Annotation)> {
        match &self.dereferenced(annotation).kind {
            AnnotationKind::Function { parameters, result } => {
                Some((parameters.clone(), (**result).clone()))
            }
            _ => None,
        }
    }
}
