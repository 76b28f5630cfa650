//! The plain engine: one instruction after the other, safe and in full. The fast engine does the
//! frequent cases of the frequent instructions itself, and comes here with everything else.

use achronyme_library::{
    BinaryOp, Change, Fault, Kind, Store, UnaryOp, array, change, compare, operator, text, truth,
    types,
};
use machine::Question;

use crate::heap::Heap;
use crate::op::Op;
use crate::value::{Tag, Value};
use crate::vm::{Exit, Vm};

/// Where control goes after an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// To the next one.
    Next,
    /// So many words from the next one.
    Jump(i32),
    /// Where the instruction has put it.
    Moved,
}

/// Why an instruction was not finished.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It went wrong.
    Fault(Fault),
    /// The program throws this error.
    Thrown(Value),
    /// The outside must be asked first.
    Asks(Question),
    /// The run ends here.
    Exit(Exit),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

type Done = Result<Flow, Failure>;

/// The operands of an instruction's word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word(pub(crate) u32);

impl Word {
    pub(crate) const fn a(self) -> u8 {
        self.0.to_le_bytes()[1]
    }

    pub(crate) const fn b(self) -> u8 {
        self.0.to_le_bytes()[2]
    }

    pub(crate) const fn c(self) -> u8 {
        self.0.to_le_bytes()[3]
    }

    pub(crate) const fn wide(self) -> u16 {
        (self.0 >> 16) as u16
    }

    const fn small(self) -> i16 {
        self.wide().cast_signed()
    }

    const fn jump(self) -> i32 {
        self.0.cast_signed() >> 8
    }
}

impl Vm {
    /// Performs the instruction at the pc, whoever watches. `Some` if the run must stop.
    pub(crate) fn perform_unseen(&mut self) -> Option<Exit> {
        let word = Word(self.code[self.state.pc as usize]);
        let op = self.op();
        let chain = self.run_chain(op);
        let words = chain.unwrap_or(WORDS[op as usize]);
        let mut done = if chain.is_some() { Ok(Flow::Next) } else { self.step(op, word) };
        if matches!(&done, Err(Failure::Fault(fault)) if fault.kind == Fault::MEMORY) {
            self.collect();
            done = self.step(op, word);
        }
        match done {
            Ok(flow) => {
                match flow {
                    Flow::Next => self.state.pc += words,
                    Flow::Jump(by) => {
                        self.state.pc = (self.state.pc + words).wrapping_add_signed(by);
                    }
                    Flow::Moved => {}
                }
                self.state.tick += u64::from(words);
                if self.heap.wants_collection() {
                    self.collect();
                }
                None
            }
            Err(Failure::Exit(exit)) => {
                if exit == Exit::Ended || exit == Exit::Breakpoint {
                    self.state.tick += u64::from(words);
                }
                Some(exit)
            }
            Err(Failure::Asks(question)) => {
                self.state.asked = Some(question.clone());
                Some(Exit::Asks(question))
            }
            Err(Failure::Fault(fault)) if self.is_caught() => {
                let error = self.error_of(&fault);
                self.raise(error, words)
            }
            // An error value would be a change of the state.
            Err(Failure::Fault(fault)) => Some(Exit::Trapped(fault.into())),
            Err(Failure::Thrown(error)) => self.raise(error, words),
        }
    }

    /// The word with number `index` after that of the instruction.
    pub(crate) fn operand(&self, index: u32) -> u32 {
        self.code[(self.state.pc + index) as usize]
    }

    /// The jump in the word with number `index` after that of the instruction.
    fn target(&self, index: u32) -> Flow {
        Flow::Jump(self.operand(index).cast_signed())
    }

    fn jump_if(&self, condition: bool) -> Flow {
        if condition { self.target(1) } else { Flow::Next }
    }

    fn k8(&self, index: u8) -> Value {
        self.constant_value(usize::from(index))
    }

    fn set(&mut self, register: u8, value: Value) -> Done {
        self.set_register(register, value);
        Ok(Flow::Next)
    }

    fn set_to_element(&mut self, register: u8, object: Value, at: u8) -> Done {
        let value = self.element(object, self.register(at))?;
        self.set(register, value)
    }

    /// Sets a register to a value that now is in a second place.
    fn set_shared(&mut self, register: u8, value: Value) -> Done {
        self.heap.share(value);
        self.set(register, value)
    }

    fn binary(&mut self, op: BinaryOp, to: u8, left: Value, right: Value) -> Done {
        if op == BinaryOp::Add
            && let Some(text) = self.heap.joined(left, right)?
        {
            return self.set(to, text);
        }
        self.make_into(to, &[left, right], |heap| operator::binary(heap, op, &left, &right))
    }

    fn is(&mut self, op: BinaryOp, left: Value, right: Value) -> Result<bool, Failure> {
        let answer = operator::binary(&mut self.heap, op, &left, &right)?;
        Ok(truth::condition(&self.heap, &answer)?)
    }

    /// Jumps back if a comparison holds, or on unless it does.
    fn compare(&mut self, op: Op, comparison: BinaryOp, a: u8, right: Value) -> Done {
        let holds = self.is(comparison, self.register(a), right)?;
        Ok(self.jump_if(holds == op.goes_back()))
    }

    fn equal(&self, left: Value, right: Value) -> bool {
        // Also what no program should see: a cell, an argument that was not given.
        if left.is(Tag::Small) || right.is(Tag::Small) {
            return left == right;
        }
        compare::equal(&self.heap, &left, &right)
    }

    fn unary(&mut self, op: UnaryOp, word: Word) -> Done {
        let operand = self.register(word.b());
        self.make_into(word.a(), &[operand], |heap| operator::unary(heap, op, &operand))
    }

    /// A function of the library that has an instruction of its own.
    fn function(&mut self, name: &str, word: Word) -> Done {
        let operand = self.register(word.b());
        let index = achronyme_library::find(name)
            .ok_or_else(|| Fault::new(format!("Unknown function or constant: {name}")))?;
        let call = |heap: &mut Heap| achronyme_library::call(index, heap, &[operand]);
        self.make_into(word.a(), &[operand], call)
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each instruction")]
    fn step(&mut self, op: Op, word: Word) -> Done {
        let (a, b, c) = (word.a(), word.b(), word.c());
        match op {
            Op::Nop => Ok(Flow::Next),
            Op::LoadConst => self.set(a, self.constant_value(usize::from(word.wide()))),
            Op::LoadNull => self.set(a, Value::NULL),
            Op::LoadTrue | Op::LoadTruePut => self.set(a, Value::TRUE),
            Op::LoadFalse | Op::LoadFalsePut => self.set(a, Value::FALSE),
            Op::LoadSmall | Op::LoadIndex => self.set(a, Value::number(f64::from(word.small()))),
            Op::Move | Op::MoveMove | Op::MoveCall => self.set(a, self.register(b)),
            Op::Copy | Op::CopyReturn => self.set_shared(a, self.register(b)),
            Op::Share => {
                self.heap.share(self.register(a));
                Ok(Flow::Next)
            }

            Op::Add | Op::AddLoop | Op::AddReturn | Op::AddStep => {
                self.binary(BinaryOp::Add, a, self.register(b), self.register(c))
            }
            Op::Sub => self.binary(BinaryOp::Subtract, a, self.register(b), self.register(c)),
            Op::Mul | Op::MulAdd => {
                self.binary(BinaryOp::Multiply, a, self.register(b), self.register(c))
            }
            Op::Div => self.binary(BinaryOp::Divide, a, self.register(b), self.register(c)),
            Op::Mod => self.binary(BinaryOp::Remainder, a, self.register(b), self.register(c)),
            Op::Pow => self.binary(BinaryOp::Power, a, self.register(b), self.register(c)),
            Op::AddK | Op::AddLoopK => self.binary(BinaryOp::Add, a, self.register(b), self.k8(c)),
            Op::SubK | Op::SubKCall => {
                self.binary(BinaryOp::Subtract, a, self.register(b), self.k8(c))
            }
            Op::MulK => self.binary(BinaryOp::Multiply, a, self.register(b), self.k8(c)),
            Op::DivK => self.binary(BinaryOp::Divide, a, self.register(b), self.k8(c)),
            Op::ModK => self.binary(BinaryOp::Remainder, a, self.register(b), self.k8(c)),
            Op::PowK => self.binary(BinaryOp::Power, a, self.register(b), self.k8(c)),
            Op::Neg => self.unary(UnaryOp::Negate, word),
            Op::Not => self.unary(UnaryOp::Not, word),
            Op::Eq => {
                let equal = self.equal(self.register(b), self.register(c));
                self.set(a, Value::boolean(equal))
            }
            Op::Ne => {
                let equal = self.equal(self.register(b), self.register(c));
                self.set(a, Value::boolean(!equal))
            }
            Op::Lt => self.binary(BinaryOp::Less, a, self.register(b), self.register(c)),
            Op::Le => self.binary(BinaryOp::LessOrEqual, a, self.register(b), self.register(c)),
            Op::Gt => self.binary(BinaryOp::Greater, a, self.register(b), self.register(c)),
            Op::Ge => self.binary(BinaryOp::GreaterOrEqual, a, self.register(b), self.register(c)),
            Op::Len => self.function("len", word),
            Op::Floor => self.function("floor", word),
            Op::Sqrt => self.function("sqrt", word),
            Op::Abs => self.function("abs", word),

            Op::Jump | Op::Loop => Ok(Flow::Jump(word.jump())),
            Op::JumpIfTrue => Ok(self.jump_if(truth::condition(&self.heap, &self.register(a))?)),
            Op::JumpIfFalse => Ok(self.jump_if(!truth::condition(&self.heap, &self.register(a))?)),
            Op::JumpIfNull => Ok(self.jump_if(self.register(a) == Value::NULL)),
            Op::JumpIfPresent => Ok(self.jump_if(self.register(a) != Value::ABSENT)),
            Op::JumpIfVector => Ok(self.jump_if(self.is_array(self.register(a)))),
            Op::JumpUnlessLt | Op::LoopIfLt => {
                self.compare(op, BinaryOp::Less, a, self.register(b))
            }
            Op::JumpUnlessLe | Op::LoopIfLe => {
                self.compare(op, BinaryOp::LessOrEqual, a, self.register(b))
            }
            Op::JumpUnlessEq => Ok(self.jump_if(!self.equal(self.register(a), self.register(b)))),
            Op::JumpIfEq => Ok(self.jump_if(self.equal(self.register(a), self.register(b)))),
            Op::JumpUnlessLtK | Op::LoopIfLtK => self.compare(op, BinaryOp::Less, a, self.k8(b)),
            Op::JumpUnlessLeK | Op::LoopIfLeK => {
                self.compare(op, BinaryOp::LessOrEqual, a, self.k8(b))
            }
            Op::JumpUnlessGtK | Op::LoopIfGtK => self.compare(op, BinaryOp::Greater, a, self.k8(b)),
            Op::JumpUnlessGeK | Op::LoopIfGeK => {
                self.compare(op, BinaryOp::GreaterOrEqual, a, self.k8(b))
            }
            Op::JumpUnlessEqK => Ok(self.jump_if(!self.equal(self.register(a), self.k8(b)))),
            Op::JumpIfEqK => Ok(self.jump_if(self.equal(self.register(a), self.k8(b)))),

            Op::ForPrepare => self.for_prepare(a, b == 1),
            Op::ForLoop => self.for_loop(a),
            Op::IterPrepare => self.iter_prepare(a),
            Op::IterNext => self.iter_next(a),
            Op::IterTake => self.iter_take(a),

            Op::Closure => {
                let closure = self.make_closure(word.wide())?;
                self.set(a, closure)
            }
            Op::Call | Op::TailCall => {
                let callee = self.register(a + 1);
                self.call(callee, a, b, None, op == Op::TailCall)
            }
            Op::CallRec | Op::TailRec => {
                let callee = self.closure();
                self.call(callee, a, b, None, op == Op::TailRec)
            }
            Op::CallMethod | Op::TailMethod => self.call_method(a, b, op == Op::TailMethod),
            Op::CallBuiltin => {
                #[expect(clippy::cast_possible_truncation, reason = "the verifier bounds it")]
                let index = self.operand(1) as u16;
                // It failed just now, and is not called twice.
                match self.failed.take() {
                    Some(failure) => Err(failure),
                    None => self.call_library(index, a, b),
                }
            }
            Op::Return => self.leave(self.register(a)),
            Op::ReturnNull => self.leave(Value::NULL),
            Op::LoadRec => self.set(a, self.closure()),
            Op::CheckSelf => match self.register(a).is(Tag::Record) {
                true => Ok(Flow::Next),
                false => Err(Fault::new("'self' can only be used inside record methods").into()),
            },
            Op::End => {
                self.state.ended = Some(self.register(a));
                Err(Failure::Exit(Exit::Ended))
            }

            Op::GetUpvalue => self.set_shared(a, self.upvalue(b)),
            Op::PeekUpvalue => self.set(a, self.upvalue(b)),
            Op::GetUpcell => {
                let value = self.upcell_value(b)?;
                self.set_shared(a, value)
            }
            Op::PeekUpcell => {
                let value = self.upcell_value(b)?;
                self.set(a, value)
            }
            Op::SetUpcell => self.store_cell(self.upvalue(b), self.register(a)),
            Op::NewCell => {
                let cell = self.heap.new_cell(self.register(b))?;
                self.set(a, cell)
            }
            Op::GetCell => {
                let value = self.local_cell_value(b)?;
                self.set_shared(a, value)
            }
            Op::PeekCell => {
                let value = self.local_cell_value(b)?;
                self.set(a, value)
            }
            Op::SetCell => self.store_cell(self.register(a), self.register(b)),
            Op::GetGlobal => {
                let value = self.global_value(word.wide())?;
                self.set_shared(a, value)
            }
            Op::PeekGlobal => {
                let value = self.global_value(word.wide())?;
                self.set(a, value)
            }
            Op::SetGlobal => {
                self.set_global(usize::from(word.wide()), self.register(a));
                Ok(Flow::Next)
            }

            Op::NewRecord => {
                let shape = self.shapes[self.operand(1) as usize];
                let record = self.heap.record_from(shape, self.window(b), usize::from(c))?;
                self.set(a, record)
            }
            Op::AddField => {
                let name = self.names[self.operand(1) as usize];
                let mut record = self.register(a);
                if !record.is(Tag::Record) {
                    return Err(Fault::new("only a record can get a field").into());
                }
                self.heap.record_add(&mut record, name, self.register(b), c == 1)?;
                self.set(a, record)
            }
            Op::RecordSpread => {
                let record = self.spread_record(self.register(a), self.register(b))?;
                self.set(a, record)
            }
            Op::GetField => {
                let value = self.field(self.register(b), self.operand(1))?;
                self.set_shared(a, value)
            }
            Op::PeekField => {
                let value = self.field(self.register(b), self.operand(1))?;
                self.set(a, value)
            }
            Op::SetField => self.set_field(self.register(a), self.operand(1), self.register(b)),

            Op::NewVector => {
                let elements = self.heap.values(self.window(b), usize::from(c)).to_vec();
                let value = array::literal(&mut self.heap, &elements)?;
                self.set(a, value)
            }
            Op::VectorPush => {
                let (mut vector, value) = (self.register(a), self.register(b));
                if vector.is(Tag::Vector) {
                    self.heap.vector_push(&mut vector, value)?;
                } else {
                    (vector, _) = change::apply(&mut self.heap, Change::Push, &vector, &[value])?;
                }
                self.set(a, vector)
            }
            Op::VectorSpread => {
                let vector = self.spread_vector(self.register(a), self.register(b))?;
                self.set(a, vector)
            }
            Op::VectorAppend => {
                let value = self.append(self.register(a), self.register(b))?;
                self.set(a, value)
            }
            Op::VectorFinish => {
                let elements = self.heap.elements(&self.register(a)).to_vec();
                let value = array::literal(&mut self.heap, &elements)?;
                self.set(a, value)
            }
            Op::GetIndex | Op::Swap => {
                let value = self.element(self.register(b), self.register(c))?;
                self.set_shared(a, value)
            }
            Op::PeekIndex | Op::PeekRow | Op::PeekIndexTest => {
                self.set_to_element(a, self.register(b), c)
            }
            Op::SetIndex => {
                let object =
                    self.with_element(self.register(a), self.register(b), self.register(c))?;
                self.set(a, object)
            }
            Op::GetIndexMany => {
                let value = self.elements_at(self.register(b), b + 1, c)?;
                self.set_shared(a, value)
            }
            Op::SetIndexMany => {
                let object = self.with_elements_at(self.register(a), b, c)?;
                self.set(a, object)
            }
            Op::VectorMethod => self.vector_method(a, b, c),
            Op::NewRange => {
                let (start, end) = (self.register(b), self.register(b + 1));
                let (first, last) = array::range_ends(&self.heap, &start, &end, c == 1)?;
                let value = self.heap.vector_range(first, last)?;
                self.set(a, value)
            }
            Op::NewEdge => {
                let (from, to) = (self.register(b), self.register(b + 1));
                let properties = self.register(b + 2);
                let value = self.edge(from, to, c == 1, properties)?;
                self.set(a, value)
            }
            Op::Interpolate => {
                let value = self.interpolated(b, c)?;
                self.set(a, value)
            }

            Op::JumpUnlessKind => {
                let fits = self.has_kind(self.register(a), b);
                Ok(if fits { Flow::Next } else { self.target(1) })
            }
            Op::JumpUnlessConst => {
                let constant = self.constant_value(usize::from(word.wide()));
                Ok(self.jump_if(!compare::equal(&self.heap, &self.register(a), &constant)))
            }
            Op::DestructureVec => self.destructure_vector(a, self.register(b)),
            Op::DestructureRec => self.destructure_record(a, self.register(b)),
            Op::CheckType => self.check_type(self.register(a), word.wide()),

            Op::Throw => {
                let thrown = self.register(a);
                if !self.is_caught() {
                    return Err(Failure::Exit(Exit::Trapped(self.trap(thrown)?)));
                }
                let error = achronyme_library::error::thrown(&mut self.heap, &thrown)?;
                Err(Failure::Thrown(error))
            }
            Op::Raise => {
                let message = self.constant_value(usize::from(word.wide()));
                Err(Fault::new(self.heap.text(&message)).into())
            }
            Op::Yield => self.yield_value(self.register(a)),
            Op::Await => self.wait(a, self.register(b)),

            Op::PeekUpIndex | Op::PeekUpIndexTest | Op::SwapUp => {
                let upvalue = self.upvalue(b);
                let object = if upvalue.is(Tag::Cell) { self.upcell_value(b)? } else { upvalue };
                self.set_to_element(a, object, c)
            }
            Op::SetUpIndex => {
                let cell = self.upvalue(b);
                let object = self.upcell_value(b)?;
                let changed = self.with_element(object, self.register(c), self.register(a))?;
                self.store_cell(cell, changed)
            }
            Op::PeekGlobalIndex | Op::PeekGlobalIndexThen | Op::SwapGlobal => {
                self.set_to_element(a, self.global_value(b.into())?, c)
            }
            Op::SetGlobalIndex => self.set_in_global(b, self.register(c), self.register(a)),
            Op::Breakpoint => {
                self.state.pc += 1;
                Err(Failure::Exit(Exit::Breakpoint))
            }
            Op::DebugPrint => self.debug_print(self.register(a)),
        }
    }

    /// The words of a window of registers.
    fn window(&self, register: u8) -> usize {
        self.state.base + usize::from(register)
    }

    fn check_type(&mut self, value: Value, check: u16) -> Done {
        let check = &self.program.checks[usize::from(check)];
        if types::check(&self.heap, self.alias_table(), &check.annotation, &value) {
            return Ok(Flow::Next);
        }
        let got = types::of(&self.heap, &value);
        let message = check.message.replace("{expected}", &check.shown).replace("{got}", &got);
        Err(Fault::new(message).into())
    }

    fn interpolated(&mut self, first: u8, count: u8) -> Result<Value, Failure> {
        let mut text = String::new();
        for index in 0..count {
            let value = self.register(first + index);
            if value.is(Tag::String) {
                text.push_str(self.heap.text(&value));
            } else {
                text.push_str(&text::show(&self.heap, &value, text::Style::Plain)?);
            }
        }
        Ok(self.heap.new_string(&text)?)
    }

    fn edge(
        &mut self,
        from: Value,
        to: Value,
        directed: bool,
        properties: Value,
    ) -> Result<Value, Failure> {
        let (from, to) = (self.heap.text(&from).to_owned(), self.heap.text(&to).to_owned());
        if properties != Value::NULL && !properties.is(Tag::Record) {
            return Err(Fault::new("Edge metadata must be a record").into());
        }
        Ok(self.heap.new_edge(&from, &to, directed, properties)?)
    }

    fn has_kind(&self, value: Value, code: u8) -> bool {
        let kind = self.heap.kind(&value);
        kind as u8 == code || (code == Kind::Tensor as u8 && kind == Kind::ComplexTensor)
    }

    fn debug_print(&mut self, value: Value) -> Done {
        if self.state.answered.take().is_some() {
            return Ok(Flow::Next);
        }
        let mut line = text::show(&self.heap, &value, text::Style::Echo)?;
        line.push('\n');
        Err(Failure::Asks(Question::Write(vec![machine::Piece {
            stream: machine::Stream::Error,
            bytes: line.into_bytes(),
        }])))
    }

    /// Lets go of what nothing refers to.
    pub(crate) fn collect(&mut self) {
        let top = self.stack_top();
        for at in top..self.stack_extent() {
            self.heap.set_stack(at, Value(0));
        }
        let mut roots = self.constants.clone();
        roots.push(self.last_error);
        roots.extend(&self.characters);
        self.state.roots(&mut roots);
        self.heap.collect(crate::heap::STACK..top, &roots);
        self.look_after_collection();
    }

    /// The end of the highest window of registers on the stack, which may be above the top.
    pub(crate) fn stack_extent(&self) -> usize {
        self.stack_top().max(self.state.base + 512)
    }
}

/// How many words each instruction takes.
pub(crate) static WORDS: [u32; Op::TABLE.len()] = {
    let mut words = [1; Op::TABLE.len()];
    let mut row = 0;
    while row < words.len() {
        let operands = Op::TABLE[row].operands;
        let mut operand = 0;
        while operand < operands.len() {
            if operands[operand].is_word() {
                words[row] += 1;
            }
            operand += 1;
        }
        row += 1;
    }
    words
};
