//! Calls and returns, and the way of an error up the stack.

use std::sync::Arc;

use achronyme_library::{Engine, EngineMethod, Fault, Kind, Method, Store, builtin, field, text};

use crate::exec::{Failure, Flow};
use crate::frame::{CLEARED, Link, Return};
use crate::heap::STACK_LIMIT;
use crate::trap::Trap;
use crate::value::{Tag, Value};
use crate::vm::{Body, Exit, Proto, Vm};

impl Vm {
    /// Calls `callee` with `count` arguments from `R[a+2]`; the result goes to `R[a]`.
    pub(crate) fn call(
        &mut self,
        callee: Value,
        a: u8,
        count: u8,
        this: Option<Value>,
        tail: bool,
    ) -> Result<Flow, Failure> {
        if callee.is(Tag::Closure) {
            let number = self.heap.closure_prototype(callee) as usize;
            let proto = self.prototypes[number];
            self.check_arity(number, proto, count)?;
            return match proto.kind {
                Body::Plain if tail => self.replace(callee, proto, a, count, this),
                Body::Plain => self.enter(callee, proto, a, count, this, Return::Plain),
                Body::Generator => self.make_generator(callee, proto, a, count, this),
                Body::Async => self.start(callee, proto, a, count, this),
            };
        }
        let first = self.state.base + usize::from(a) + 2;
        if let Some(index) = callee.as_builtin() {
            return self.call_builtin(index, first, count, first - 2);
        }
        Err(Fault::new("CallExpression requires a function, got non-function value").into())
    }

    pub(crate) fn check_arity(&self, number: usize, proto: Proto, count: u8) -> Result<(), Fault> {
        if (proto.parameters_min..=proto.parameters).contains(&count) {
            return Ok(());
        }
        let (least, most) = (proto.parameters_min, proto.parameters);
        let prototype = &self.program.prototypes[number];
        if self.is_of_library(number)
            && let Some(fault) = achronyme_library::prelude_count(
                &prototype.name,
                least.into(),
                most.into(),
                count.into(),
            )
        {
            return Err(fault);
        }
        if count > most {
            let message = format!("Lambda expects at most {most} arguments, got {count}");
            return Err(Fault::new(message));
        }
        let missing = prototype.locals.iter().find(|local| local.register == count);
        let missing = missing
            .map_or(String::new(), |local| format!(" (parameter '{}' has no default)", local.name));
        Err(Fault::new(format!("Lambda expects {most} arguments, got {count}{missing}")))
    }

    /// Makes a frame above `R[a+1]`.
    pub(crate) fn enter(
        &mut self,
        callee: Value,
        proto: Proto,
        a: u8,
        count: u8,
        this: Option<Value>,
        kind: Return,
    ) -> Result<Flow, Failure> {
        let distance = usize::from(a) + 2;
        let base = self.state.base + distance;
        if base + usize::from(proto.registers) > STACK_LIMIT {
            return Err(Fault::new("Stack overflow").into());
        }
        let back = self.state.pc + crate::exec::WORDS[self.op() as usize];
        let link = Link::new(back, self.prototype_number(), distance, kind);
        self.heap.set_stack(base - 2, link.word());
        self.heap.set_stack(base - 1, callee);
        self.begin(base, proto, count, this);
        Ok(Flow::Moved)
    }

    /// Puts a frame in the place of the running one.
    fn replace(
        &mut self,
        callee: Value,
        proto: Proto,
        a: u8,
        count: u8,
        this: Option<Value>,
    ) -> Result<Flow, Failure> {
        let base = self.state.base;
        if base + usize::from(proto.registers) > STACK_LIMIT {
            return Err(Fault::new("Stack overflow").into());
        }
        for index in 0..usize::from(count) {
            let word = self.heap.get(base + usize::from(a) + 2 + index);
            self.heap.set_stack(base + index, word);
        }
        self.heap.set_stack(base - 1, callee);
        self.begin(base, proto, count, this);
        Ok(Flow::Moved)
    }

    /// Clears what is not given of a window, and goes to the code.
    pub(crate) fn begin(&mut self, base: usize, proto: Proto, count: u8, this: Option<Value>) {
        for index in count..proto.parameters {
            self.heap.set_stack(base + usize::from(index), Value::ABSENT);
        }
        // By fours, as the fast engine does: what lies above the window is dead.
        let mut index = usize::from(proto.parameters.max(count));
        while index < usize::from(proto.registers) {
            for index in index..index + CLEARED {
                self.heap.set_stack(base + index, Value(0));
            }
            index += CLEARED;
        }
        if let Some(this) = this
            && proto.self_register != u16::MAX
        {
            self.heap.set_stack(base + usize::from(proto.self_register), this);
        }
        self.state.base = base;
        self.state.pc = proto.code;
    }

    #[expect(clippy::cast_possible_truncation, reason = "the verifier bounds programs")]
    pub(crate) fn prototype_number(&self) -> u32 {
        self.prototype() as u32
    }

    /// Calls the method of `R[a+1]` that the instruction names.
    pub(crate) fn call_method(&mut self, a: u8, count: u8, tail: bool) -> Result<Flow, Failure> {
        let name = self.operand(1);
        let this = self.register(a + 1);
        if this.is(Tag::Record)
            && let Some((slot, _)) = self.heap.record_slot(this, self.names[name as usize])
        {
            self.remember(this, slot);
            let callee = self.heap.record_get(this, slot);
            return self.call_field(callee, this, a, count, tail, name);
        }
        let text = self.program.names[name as usize].clone();
        let kind = self.heap.kind(&this);
        if kind == Kind::Generator {
            return if text == "next" {
                self.engine_method(EngineMethod::Next, this, a, count)
            } else {
                Err(Fault::new(format!("Generators only have a 'next' method, not '{text}'"))
                    .into())
            };
        }
        let prelude = |row: &&(u8, u32, u16)| row.0 == kind as u8 && row.1 == name;
        if let Some(&(_, _, global)) = self.program.methods.iter().find(prelude) {
            let callee = self.global(usize::from(global));
            let last = self.state.base + usize::from(a) + 2 + usize::from(count);
            self.heap.set_stack(last, this);
            return self.call(callee, a, count + 1, None, tail);
        }
        match achronyme_library::method(kind, &text) {
            Some(Method::Builtin(index)) => {
                let first = self.state.base + usize::from(a) + 1;
                self.call_builtin(index, first, count + 1, first - 1)
            }
            Some(Method::Engine(method)) => self.engine_method(method, this, a, count),
            Some(Method::Change(change)) => {
                let first = self.state.base + usize::from(a) + 2;
                let arguments = self.heap.values(first, usize::from(count)).to_vec();
                let (_, value) =
                    achronyme_library::change::apply(&mut self.heap, change, &this, &arguments)?;
                self.set_register(a, value);
                Ok(Flow::Next)
            }
            Some(Method::Prelude(_)) | None => {
                if !matches!(kind, Kind::Record | Kind::Edge | Kind::Error | Kind::Generator) {
                    let message = format!("Cannot access field '{text}' on non-record value");
                    return Err(Fault::new(message).into());
                }
                let callee = field::get(&mut self.heap, &this, &text)?;
                self.call_field(callee, this, a, count, tail, name)
            }
        }
    }

    fn call_field(
        &mut self,
        callee: Value,
        this: Value,
        a: u8,
        count: u8,
        tail: bool,
        name: u32,
    ) -> Result<Flow, Failure> {
        if !callee.is(Tag::Closure) && callee.as_builtin().is_none() {
            let name = &self.program.names[name as usize];
            return Err(Fault::new(format!("Field '{name}' is not a function")).into());
        }
        self.set_register(a + 1, callee);
        let done = self.call(callee, a, count, Some(this), tail);
        if done.is_err() {
            self.set_register(a + 1, this);
        }
        done
    }

    /// Calls a function of the library with the `count` registers from `a`, where the result goes.
    pub(crate) fn call_library(&mut self, index: u16, a: u8, count: u8) -> Result<Flow, Failure> {
        let first = self.state.base + usize::from(a);
        if builtin(index).is_some_and(|row| row.in_place) && count > 0 && self.is_spent(a) {
            self.heap.spend(self.register(a));
            let done = self.call_builtin(index, first, count, first);
            self.heap.keep_operands();
            return done;
        }
        self.call_builtin(index, first, count, first)
    }

    /// Calls a function of the library with the `count` words from `first`; the result goes to the
    /// word `to`.
    pub(crate) fn call_builtin(
        &mut self,
        index: u16,
        first: usize,
        count: u8,
        to: usize,
    ) -> Result<Flow, Failure> {
        let mut few = [Value(0); 8];
        let all;
        let arguments: &[Value] = match few.get_mut(..usize::from(count)) {
            Some(few) => {
                few.copy_from_slice(self.heap.values(first, usize::from(count)));
                few
            }
            None => {
                all = self.heap.values(first, usize::from(count)).to_vec();
                &all
            }
        };
        let row = builtin(index).ok_or_else(|| Fault::new("No such function"))?;
        self.heap.library_begins();
        let value = match row.engine {
            Engine::Library => achronyme_library::call(index, &mut self.heap, arguments)?,
            Engine::World => match self.state.answered.take() {
                Some(answer) => {
                    achronyme_library::finish(index, &mut self.heap, arguments, &answer)?
                }
                None => {
                    let question = achronyme_library::ask(index, &mut self.heap, arguments)?;
                    return Err(Failure::Asks(question));
                }
            },
            Engine::Task => return self.task_function(index, arguments, to),
        };
        let value = self.heap.delivered(value);
        self.heap.set_stack(to, value);
        Ok(Flow::Next)
    }

    /// Returns `value` from the running function.
    pub(crate) fn leave(&mut self, value: Value) -> Result<Flow, Failure> {
        let link = Link::of(self.heap.get(self.state.base - 2));
        match link.kind() {
            Return::Plain => {
                self.heap.set_stack(self.state.base - 2, value);
                self.state.base -= link.distance();
                self.state.pc = link.pc();
                Ok(Flow::Moved)
            }
            Return::Next | Return::Iterate => self.end_generator(link, value),
            Return::Effect => self.end_effect(link),
            Return::Task => Ok(self.end_task(Ok(value))?),
            Return::Main => {
                self.state.ended = Some(value);
                Err(Failure::Exit(Exit::Ended))
            }
        }
    }

    /// Sends an error to the nearest handler. `Some` if there is none: then nothing has changed.
    pub(crate) fn raise(&mut self, error: Value, words: u32) -> Option<Exit> {
        let Some(target) = self.find_handler() else {
            let trap = self.trap(error).unwrap_or_else(Trap::from);
            return Some(Exit::Trapped(trap));
        };
        self.state.tick += u64::from(words);
        self.unwind(target.base);
        match target.handler {
            Some((pc, register)) => {
                self.state.pc = pc;
                self.set_register(register, error);
                None
            }
            None => match self.end_task(Err(error)) {
                Ok(_) => None,
                Err(fault) => {
                    let error = self.error_of(&fault);
                    self.raise(error, 0)
                }
            },
        }
    }

    /// Whether an error would go anywhere but to whoever looks at the failed run.
    pub(crate) fn is_caught(&self) -> bool {
        self.find_handler().is_some()
    }

    fn find_handler(&self) -> Option<Target> {
        let mut base = self.state.base;
        let mut number = self.prototype();
        let mut pc = self.state.pc;
        loop {
            let at = pc - self.prototypes[number].code;
            let handlers = &self.program.prototypes[number].handlers;
            if let Some(handler) = handlers.iter().find(|h| (h.start..h.end).contains(&at)) {
                let pc = self.prototypes[number].code + handler.target;
                return Some(Target { base, handler: Some((pc, handler.register)) });
            }
            let link = Link::of(self.heap.get(base - 2));
            match link.kind() {
                Return::Plain | Return::Effect => pc = link.pc() - 1,
                Return::Next | Return::Iterate => pc = link.pc(),
                Return::Task => return Some(Target { base, handler: None }),
                Return::Main => return None,
            }
            base -= link.distance();
            number = link.prototype();
        }
    }

    /// Drops the frames above that with register 0 at `base`; generators in them have ended.
    fn unwind(&mut self, base: usize) {
        while self.state.base != base {
            let link = Link::of(self.heap.get(self.state.base - 2));
            if matches!(link.kind(), Return::Next | Return::Iterate) {
                let generator = self.resumed(link);
                self.heap.finish_generator(generator, Value::NULL);
            }
            if link.kind() == Return::Effect {
                Arc::make_mut(&mut self.state.effects).pop();
            }
            self.state.base -= link.distance();
        }
    }

    /// What is thrown as whoever looks at the failed run sees it: as the error that would be made of
    /// it. Makes nothing.
    ///
    /// # Errors
    /// Its text would be too long.
    pub(crate) fn trap(&self, thrown: Value) -> Result<Trap, Fault> {
        let fields = self.heap.error(&thrown).map(|[message, kind, _]| (Some(message), kind));
        let fields = fields.or_else(|| {
            let field = |name| self.heap.field(&thrown, name);
            let kind = field("kind").unwrap_or(Value::NULL);
            thrown.is(Tag::Record).then(|| (field("message"), kind))
        });
        let (message, kind) = fields.unwrap_or((Some(thrown), Value::NULL));
        let message = match message {
            Some(message) => text::show(&self.heap, &message, text::Style::Plain)?,
            None => "Unknown error".to_owned(),
        };
        Ok(Trap { kind: self.heap.text(&kind).to_owned(), message })
    }

    /// The error value of a fault.
    pub(crate) fn error_of(&mut self, fault: &Fault) -> Value {
        match achronyme_library::error::from_fault(&mut self.heap, fault) {
            Ok(error) => error,
            Err(_) => self.last_error,
        }
    }
}

/// Where an error goes.
struct Target {
    /// Register 0 of the function that handles it.
    base: usize,
    /// Where that goes on, and the register for the error; `None` if its task fails.
    handler: Option<(u32, u8)>,
}
