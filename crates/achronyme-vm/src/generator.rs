//! Generators: one frame each, kept in an object while it does not run.
//!
//! A generator runs in a frame above whoever resumes it. Its link leads to the instruction that
//! did, whose operands say where the generator is and where its values go.

use achronyme_library::Fault;

use crate::exec::{Failure, Flow, Word};
use crate::frame::{Link, Return};
use crate::heap::{Heap, STACK_LIMIT};
use crate::layout::{DONE, RUNNING};
use crate::value::Value;
use crate::vm::{Proto, Vm};

impl Vm {
    /// Makes a generator of a function and its arguments; it is the value of the call.
    pub(crate) fn make_generator(
        &mut self,
        callee: Value,
        proto: Proto,
        a: u8,
        count: u8,
        this: Option<Value>,
    ) -> Result<Flow, Failure> {
        let first = self.state.base + usize::from(a) + 2;
        let mut words = vec![Value(0); usize::from(proto.registers) + 1];
        words[0] = callee;
        for index in 0..usize::from(proto.parameters) {
            words[index + 1] = if index < usize::from(count) {
                let argument = self.heap.get(first + index);
                self.heap.share(argument);
                argument
            } else {
                Value::ABSENT
            };
        }
        if let Some(this) = this
            && proto.self_register != u16::MAX
        {
            words[usize::from(proto.self_register) + 1] = this;
        }
        let generator = self.heap.generator_of(u64::from(proto.code), &words)?;
        self.set_register(a, generator);
        Ok(Flow::Next)
    }

    /// `g.next()` where the generator is in `R[a+1]`.
    pub(crate) fn resume_next(&mut self, generator: Value, a: u8) -> Result<Flow, Failure> {
        if let Some(value) = self.heap.generator_result(generator) {
            let turn = self.turn(value, true)?;
            self.set_register(a, turn);
            return Ok(Flow::Next);
        }
        let link = self.state.base + usize::from(a) + 2;
        self.resume(generator, link, Return::Next)
    }

    /// Goes on with a generator, in a frame whose link is the word `at`.
    pub(crate) fn resume(
        &mut self,
        generator: Value,
        at: usize,
        kind: Return,
    ) -> Result<Flow, Failure> {
        if self.heap.has_flag(generator, RUNNING) {
            return Err(Fault::new("The generator is already running").into());
        }
        let base = at + 2;
        if base + self.heap.generator_length(generator) > STACK_LIMIT {
            return Err(Fault::new("Stack overflow").into());
        }
        let distance = base - self.state.base;
        let link = Link::new(self.state.pc, self.prototype_number(), distance, kind);
        self.heap.set_stack(at, link.word());
        self.state.pc = self.heap.resume_generator(generator, at + 1);
        self.state.base = base;
        Ok(Flow::Moved)
    }

    /// Gives a value to whoever resumed the generator that runs.
    pub(crate) fn yield_value(&mut self, value: Value) -> Result<Flow, Failure> {
        let link = Link::of(self.heap.get(self.state.base - 2));
        if !matches!(link.kind(), Return::Next | Return::Iterate) {
            return Err(Fault::new("yield can only be used inside a generator").into());
        }
        self.heap.share(value);
        let turn = if link.kind() == Return::Next { self.turn(value, false)? } else { value };
        let generator = self.resumed(link);
        self.heap.suspend_generator(generator, self.state.pc + 1, self.state.base - 1);
        self.state.base -= link.distance();
        self.state.pc = link.pc();
        let a = Word(self.code[self.state.pc as usize]).a();
        if link.kind() == Return::Next {
            self.set_register(a, turn);
            self.state.pc += 3;
        } else {
            self.set_register(a + 2, value);
            self.state.pc += 4;
        }
        Ok(Flow::Moved)
    }

    /// The body of the generator that runs has returned.
    pub(crate) fn end_generator(&mut self, link: Link, value: Value) -> Result<Flow, Failure> {
        self.heap.share(value);
        let turn = if link.kind() == Return::Next { self.turn(value, true)? } else { value };
        let generator = self.resumed(link);
        self.heap.finish_generator(generator, value);
        self.state.base -= link.distance();
        self.state.pc = link.pc();
        if link.kind() == Return::Next {
            let a = Word(self.code[self.state.pc as usize]).a();
            self.set_register(a, turn);
            self.state.pc += 3;
        } else {
            let exit = self.operand(1).cast_signed();
            self.state.pc = (self.state.pc + 2).wrapping_add_signed(exit);
        }
        Ok(Flow::Moved)
    }

    /// The generator that the instruction at the link resumed.
    pub(crate) fn resumed(&self, link: Link) -> Value {
        let a = usize::from(Word(self.code[link.pc() as usize]).a());
        let below = self.state.base - link.distance();
        let register = if link.kind() == Return::Next { a + 1 } else { a };
        self.heap.get(below + register)
    }

    /// `{value: v, done: d}`
    fn turn(&mut self, value: Value, done: bool) -> Result<Value, Fault> {
        self.heap.record_of(self.turn_shape, &[value, Value::boolean(done)])
    }
}

impl Heap {
    /// What a generator that has ended gave last.
    fn generator_result(&self, generator: Value) -> Option<Value> {
        self.has_flag(generator, DONE).then(|| self.generator_word(generator, 0))
    }

    /// Puts the saved words on the stack from the word `to`; says where the code goes on.
    pub(crate) fn resume_generator(&mut self, generator: Value, to: usize) -> u32 {
        self.generator_load(generator, to);
        self.set_flag(generator, RUNNING, true);
        u32::try_from(self.generator_pc(generator)).unwrap_or(0)
    }

    /// Saves its words from the stack.
    fn suspend_generator(&mut self, generator: Value, pc: u32, from: usize) {
        self.generator_save(generator, u64::from(pc), from);
        self.set_flag(generator, RUNNING, false);
    }

    /// It gives this value from now on.
    pub(crate) fn finish_generator(&mut self, generator: Value, value: Value) {
        self.generator_clear(generator);
        self.set_generator_word(generator, 0, value);
        self.set_flag(generator, RUNNING, false);
        self.set_flag(generator, DONE, true);
    }
}
