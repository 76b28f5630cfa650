//! Running code: words, blocks, symbols, and other values that can be called.

use machine::Answer;

use crate::control::frame::{FrameKind, plain};
use crate::control::system;
use crate::data::show::number_text;
use crate::flow::Flow;
use crate::op::Instruction;
use crate::trap::Trap;
use crate::unit::WordKind;
use crate::value::{Cell, Control, Tag};
use crate::vm::Vm;

/// What a symbol means.
enum Meaning {
    /// A built-in word.
    Builtin(Instruction),
    /// Code at this offset.
    Code(u16),
    /// A global variable.
    Global(u16),
    /// Only itself.
    Itself,
}

/// How a value is called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// By `eval`: what is no code stays as it is.
    Eval,
    /// By `call`: containers give an element.
    Call,
}

impl Vm {
    /// Goes on at an offset, and comes back to `next`.
    pub(crate) fn call(&mut self, target: u16, next: u16) -> Result<Flow, Trap> {
        self.return_room(1)?;
        self.push_control(Control::Return(next));
        Ok(Flow::Jump(target))
    }

    /// Calls a value with what is on the stack, and comes back to `next`. Takes its reference over.
    pub(crate) fn call_cell(&mut self, callee: Cell, next: u16) -> Result<Flow, Trap> {
        if callee.tag() == Some(Tag::Code) {
            return self.call(callee.address(), next);
        }
        self.room(1)?;
        self.push(callee);
        self.call(system::CALL, next)
    }

    pub(crate) fn exit(&mut self) -> Result<Flow, Trap> {
        if self.return_top().is_none() && self.task() == 0 {
            return Ok(Flow::Jump(system::END));
        }
        Ok(Flow::Jump(self.pop_address("exit")?))
    }

    pub(crate) fn eval(&mut self, next: u16, answer: Option<&Answer>) -> Result<Flow, Trap> {
        self.run_top(Manner::Eval, next, answer)
    }

    pub(crate) fn call_value(&mut self, next: u16, answer: Option<&Answer>) -> Result<Flow, Trap> {
        self.run_top(Manner::Call, next, answer)
    }

    fn run_top(
        &mut self,
        mut manner: Manner,
        next: u16,
        answer: Option<&Answer>,
    ) -> Result<Flow, Trap> {
        // Each symbol of `eval` or `call` on top only says how the value below it is run.
        let mut symbols = 0;
        loop {
            self.need(if manner == Manner::Eval { "eval" } else { "call" }, 1)?;
            let callee = self.pop();
            match callee.tag() {
                Some(Tag::Code) => return self.call(callee.address(), next),
                Some(Tag::Symbol) => symbols += 1,
                _ if manner == Manner::Call => {
                    let Some(method) = self.call_method(callee) else {
                        return self.look_up(callee);
                    };
                    let flow = self.run_method(method, callee, next)?;
                    self.memory.release(callee)?;
                    return Ok(flow);
                }
                _ => {
                    self.push(callee);
                    return Ok(Flow::Next);
                }
            }
            match self.meaning(callee)? {
                Meaning::Builtin(Instruction::Eval) => manner = Manner::Eval,
                Meaning::Builtin(Instruction::CallValue) => manner = Manner::Call,
                Meaning::Builtin(instruction) => {
                    let flow = self.perform_with(&instruction, next, answer)?;
                    return Ok(match flow {
                        Flow::Force { operands, looked, role } => {
                            Flow::Force { operands: operands + symbols, looked, role }
                        }
                        Flow::Next | Flow::Jump(_) | Flow::Asks(_) | Flow::End(_) => flow,
                    });
                }
                Meaning::Code(target) => return self.call(target, next),
                Meaning::Global(index) => {
                    let cell = self.global(index)?;
                    return self.variable_get(cell);
                }
                Meaning::Itself => {
                    self.push(callee);
                    return Ok(Flow::Next);
                }
            }
        }
    }

    fn meaning(&self, symbol: Cell) -> Result<Meaning, Trap> {
        if let Some(instruction) = builtin(symbol) {
            return Ok(Meaning::Builtin(instruction));
        }
        let no_word = Trap::Damaged { what: "a symbol of no word" };
        let word = self.memory.word(symbol.address()).ok_or(no_word)?;
        Ok(match word.kind {
            WordKind::Definition | WordKind::Library => Meaning::Code(word.code()),
            WordKind::Global => Meaning::Global(word.value),
            WordKind::Symbol | WordKind::Mark => Meaning::Itself,
        })
    }

    /// Calls a value that is no code: a container gives the element for the value on the stack,
    /// anything else takes its place. Takes the callee's reference over.
    fn look_up(&mut self, callee: Cell) -> Result<Flow, Trap> {
        if self.depth() == 0 {
            return Err(Trap::StackUnderflow { word: "call", needs: 2, has: 1 });
        }
        let key = self.pop();
        let found = match callee.tag() {
            Some(Tag::Vector | Tag::String) => self.cyclic(callee, key)?,
            Some(Tag::Pointer) if self.memory.is_array(callee) => self.cyclic(callee, key)?,
            Some(Tag::Dictionary) => self.element(callee, key, "call")?,
            _ => callee,
        };
        self.memory.retain(found)?;
        self.memory.release(key)?;
        self.memory.release(callee)?;
        self.push(found);
        Ok(Flow::Next)
    }

    /// The element of a container that is counted round and round. The reference stays its own.
    fn cyclic(&mut self, container: Cell, key: Cell) -> Result<Cell, Trap> {
        let length = self.length_of("call", container)?;
        if length == 0 {
            return Ok(Cell::NIL);
        }
        let Some(index) = key.as_number() else {
            return Err(self.memory.type_error("call", "number", key));
        };
        // Whole numbers as far as a count can be; their remainders are whole, too.
        if Cell::number(index.abs()).as_count().is_none() {
            let (expected, found) = ("a whole number", number_text(index));
            return Err(Trap::Number { word: "call", expected, found });
        }
        let length = Cell::count(length).as_number().unwrap_or(1.0);
        let remainder = libm::fmodf(index, length);
        let index = Cell::number(if remainder < 0.0 { remainder + length } else { remainder });
        self.element(container, index, "call")
    }

    /// `IF`: whether the flag on the stack, which it takes, is true.
    pub(crate) fn take_flag(&mut self) -> Result<bool, Trap> {
        self.need("IF", 1)?;
        let flag = self.pop();
        self.memory.release(flag)?;
        Ok(flag.is_true())
    }

    pub(crate) fn choose(&mut self, next: u16) -> Result<Flow, Trap> {
        self.need("if", 3)?;
        let [e, t, flag] = [(); 3].map(|()| self.pop());
        if self.memory.is_deferred(flag) {
            self.return_room(1)?;
            self.push_control(Control::Return(next));
            let height = plain(self.registers.sp);
            self.push_frame(FrameKind::If, 0, [t, e, height])?;
            return self.run_forced(flag, system::CHOSEN);
        }
        let is_true = self.condition(flag)?;
        self.memory.release(flag)?;
        let chosen = self.choice(is_true, t, e)?;
        match run_by_if(chosen) {
            Some(target) => self.call(target, next),
            None => {
                self.push(chosen);
                Ok(Flow::Next)
            }
        }
    }

    /// `(chosen)`: the flag's block has returned.
    pub(crate) fn chosen(&mut self) -> Result<Flow, Trap> {
        let Some((FrameKind::If, _)) = self.top_frame() else {
            return Err(Trap::ReturnStackUnbalanced { word: "if" });
        };
        let [t, e, height] = self.pop_frame();
        let flag = self.take_only(height, "if")?;
        let is_true = self.condition(flag)?;
        self.memory.release(flag)?;
        let chosen = self.choice(is_true, t, e)?;
        if let Some(target) = run_by_if(chosen) {
            // What called `if` is still what to return to.
            return Ok(Flow::Jump(target));
        }
        self.push(chosen);
        Ok(Flow::Jump(self.pop_address("if")?))
    }

    fn condition(&self, flag: Cell) -> Result<bool, Trap> {
        if flag.as_number().is_none() && flag != Cell::NIL {
            return Err(Trap::Condition { found: self.memory.shape(flag).name() });
        }
        Ok(flag.is_true())
    }

    fn choice(&mut self, is_true: bool, t: Cell, e: Cell) -> Result<Cell, Trap> {
        let (chosen, other) = if is_true { (t, e) } else { (e, t) };
        self.memory.release(other)?;
        Ok(chosen)
    }

    pub(crate) fn and(&mut self, next: u16) -> Result<Flow, Trap> {
        self.join_flags(&Instruction::And, next)
    }

    pub(crate) fn or(&mut self, next: u16) -> Result<Flow, Trap> {
        self.join_flags(&Instruction::Or, next)
    }

    fn join_flags(&mut self, word: &Instruction, next: u16) -> Result<Flow, Trap> {
        self.need(word.mnemonic(), 2)?;
        let (second, first) = (self.pop(), self.pop());
        if !self.memory.is_deferred(first) && !self.memory.is_deferred(second) {
            let (a, b) = (first.is_true(), second.is_true());
            self.memory.release(first)?;
            self.memory.release(second)?;
            let is_and = *word == Instruction::And;
            self.push(Cell::flag(if is_and { a && b } else { a || b }));
            return Ok(Flow::Next);
        }
        self.return_room(1)?;
        self.push_control(Control::Return(next));
        let (code, height) = (Cell::count(word.code().into()), plain(self.registers.sp));
        self.push_frame(FrameKind::Join, 0, [second, code, height])?;
        if self.memory.is_deferred(first) {
            return self.run_forced(first, system::JOINED);
        }
        self.push(first);
        Ok(Flow::Jump(system::JOINED))
    }

    /// `(joined)`: a flag is there; with the first one, it may decide.
    pub(crate) fn joined(&mut self) -> Result<Flow, Trap> {
        let Some((FrameKind::Join, stage)) = self.top_frame() else {
            return Err(Trap::ReturnStackUnbalanced { word: "and" });
        };
        let [height, code, second] = [0, 1, 2].map(|below| self.frame_cell(below));
        let is_and = code == Cell::count(Instruction::And.code().into());
        let flag = self.take_only(height, if is_and { "and" } else { "or" })?;
        let is_true = flag.is_true();
        self.memory.release(flag)?;
        let mut result = is_true;
        if stage == 0 && is_true == is_and {
            if self.memory.is_deferred(second) {
                self.set_frame_cell(2, Cell::NIL);
                self.set_frame_detail(FrameKind::Join, 1);
                return self.run_forced(second, system::JOINED);
            }
            result = second.is_true();
        }
        let [second, ..] = self.pop_frame();
        self.memory.release(second)?;
        self.push(Cell::flag(result));
        Ok(Flow::Jump(self.pop_address("and")?))
    }

    pub(crate) fn times(&mut self, next: u16) -> Result<Flow, Trap> {
        self.need("times", 2)?;
        let (callee, rounds) = (self.pop(), self.pop());
        if !matches!(callee.tag(), Some(Tag::Code | Tag::Symbol)) {
            return Err(self.memory.type_error("times", "code", callee));
        }
        self.begin_held(next, Cell::NIL, callee)?;
        self.begin_times(rounds)?;
        Ok(Flow::Jump(system::TIMES))
    }

    pub(crate) fn assert(&mut self) -> Result<Flow, Trap> {
        self.need("assert", 2)?;
        let (text, flag) = (self.pop(), self.pop());
        let text = self.string_operand("assert", text)?;
        if !flag.is_true() {
            return Err(Trap::Assertion { text });
        }
        self.memory.release(flag)?;
        Ok(Flow::Next)
    }

    pub(crate) fn error(&mut self) -> Result<Flow, Trap> {
        self.need("error", 1)?;
        let text = self.pop();
        Err(Trap::Raised { text: self.string_operand("error", text)? })
    }

    /// The text of an operand that has to be a string.
    pub(crate) fn string_operand(&self, word: &'static str, text: Cell) -> Result<String, Trap> {
        match text.tag() {
            Some(Tag::String) => Ok(self.memory.text(text.address())),
            _ => Err(self.memory.type_error(word, "string", text)),
        }
    }
}

/// The instruction of a built-in word's symbol.
fn builtin(symbol: Cell) -> Option<Instruction> {
    let code = u8::try_from(symbol.payload()).ok()?;
    let instruction = Instruction::unpack(code, &mut NoOperands).ok()?;
    (!instruction.mnemonic().starts_with('(')).then_some(instruction)
}

/// Where a branch that `if` runs begins; quoted code and other values are results themselves.
fn run_by_if(branch: Cell) -> Option<u16> {
    (branch.tag() == Some(Tag::Code) && !branch.is_marked()).then(|| branch.address())
}

/// Words have no operands.
struct NoOperands;

impl isa::Feed for NoOperands {
    fn small(&mut self) -> Result<u8, isa::DecodeError> {
        Err(isa::DecodeError::MissingOperand)
    }

    fn wide(&mut self) -> Result<i64, isa::DecodeError> {
        Err(isa::DecodeError::MissingOperand)
    }

    fn text(&mut self) -> Result<String, isa::DecodeError> {
        Err(isa::DecodeError::MissingOperand)
    }
}
