//! What each instruction does: the specification of the machine.
//!
//! This is the slow, plain engine: it decodes from the bytes in memory, every time. `fast` does the
//! same from decoded code, and is held against this one in the tests.

use isa::{DecodeError, Feed};
use machine::Answer;

use crate::control::system;
use crate::flow::Flow;
use crate::layout::Segment;
use crate::memory::Memory;
use crate::op::Instruction;
use crate::sequence::SequenceKind;
use crate::trap::Trap;
use crate::value::{Cell, Tag};
use crate::vm::{Registers, Vm};

impl Vm {
    /// Does the next instruction. If it cannot be done, asks, or ends the program, the state is as
    /// before; else the log of the memory tells what was there.
    pub(crate) fn step(&mut self) -> Result<Flow, Trap> {
        let before = self.registers;
        self.memory.clear_log();
        let (instruction, next) = self.fetch(before.ip)?;
        let mut flow = self.perform(&instruction, next);
        if let Ok(Flow::Force { operands, looked, role }) = flow {
            self.undo_to(before);
            flow = self.begin_force(operands, looked, role, before.ip);
        }
        self.settle(flow, before, next)
    }

    /// Does the next instruction, which has asked, with the answer to its question.
    pub(crate) fn step_with(&mut self, answer: &Answer) -> Result<Flow, Trap> {
        let before = self.registers;
        self.memory.clear_log();
        let (instruction, next) = self.fetch(before.ip)?;
        let flow = match self.take_answer(&instruction, next, answer) {
            Ok(Flow::Asks(_) | Flow::Force { .. } | Flow::End(_)) => Err(Trap::BadAnswer),
            flow => flow,
        };
        self.settle(flow, before, next)
    }

    /// Moves on, or undoes what the instruction has written.
    fn settle(
        &mut self,
        flow: Result<Flow, Trap>,
        before: Registers,
        next: u16,
    ) -> Result<Flow, Trap> {
        match flow {
            Ok(Flow::Next) => self.registers.ip = next,
            Ok(Flow::Jump(target)) => self.registers.ip = target,
            Ok(Flow::Asks(_) | Flow::End(_) | Flow::Force { .. }) | Err(_) => {
                self.undo_to(before);
                return flow;
            }
        }
        self.tick += 1;
        flow
    }

    fn undo_to(&mut self, before: Registers) {
        self.memory.roll_back();
        self.registers = before;
    }

    /// The instruction at an offset of the code, and the offset after it.
    pub(crate) fn fetch(&self, offset: u16) -> Result<(Instruction, u16), Trap> {
        let mut bytes = CodeBytes { memory: &self.memory, at: offset };
        let instruction = bytes.small().and_then(|code| Instruction::unpack(code, &mut bytes));
        match instruction {
            Ok(instruction) => Ok((instruction, bytes.at)),
            Err(_) => Err(Trap::Damaged { what: "there is no instruction" }),
        }
    }

    /// Performs an instruction, but for moving on. `next` is the offset after it; the register for
    /// the next instruction still has its own.
    pub(crate) fn perform(&mut self, instruction: &Instruction, next: u16) -> Result<Flow, Trap> {
        self.perform_with(instruction, next, None)
    }

    /// Performs an instruction that has asked, with the answer.
    pub(crate) fn take_answer(
        &mut self,
        instruction: &Instruction,
        next: u16,
        answer: &Answer,
    ) -> Result<Flow, Trap> {
        self.perform_with(instruction, next, Some(answer))
    }

    /// Performs an instruction. One that asks does so without an answer, and is done with it; any
    /// other does not look at the answer.
    pub(crate) fn perform_with(
        &mut self,
        instruction: &Instruction,
        next: u16,
        answer: Option<&Answer>,
    ) -> Result<Flow, Trap> {
        use Instruction as I;
        match *instruction {
            // Written by the compiler.
            I::End => self.end_unit(),
            I::Literal { value } => self.literal(Cell(value)),
            I::Small { value } => self.literal(Cell::number(value.into())),
            I::LiteralString { at } => self.literal(Cell::tagged(Tag::String, at.into())),
            I::LiteralSymbol { at } => self.literal(Cell::tagged(Tag::Symbol, at.into())),
            I::LiteralCode { over } => {
                self.literal(Cell::tagged(Tag::Code, next.into()))?;
                Ok(Flow::Jump(next.wrapping_add_signed(over)))
            }
            I::Branch { to } => Ok(Flow::Jump(next.wrapping_add_signed(to))),
            I::BranchIfFalse { to } => Ok(if self.take_flag()? {
                Flow::Next
            } else {
                Flow::Jump(next.wrapping_add_signed(to))
            }),
            I::Call { target } => self.call(target, next),
            I::Header { .. } => Err(Trap::Damaged { what: "a header is no instruction" }),
            I::Enter { count } => self.enter(count),
            I::Leave => self.leave(),
            I::LocalGet { slot } => self.local(slot).and_then(|cell| self.variable_get(cell)),
            I::LocalSet { slot } => self.local(slot).and_then(|cell| self.variable_set(cell)),
            I::LocalTake { slot } => self.local(slot).and_then(|cell| self.variable_take(cell)),
            I::LocalAt { slot } => self.local(slot).and_then(|cell| self.variable_at(cell, 1)),
            I::LocalPut { slot } => self.local(slot).and_then(|cell| self.variable_put(cell, 1)),
            I::LocalPath { slot, count } => {
                self.local(slot).and_then(|cell| self.variable_at(cell, count))
            }
            I::LocalPutPath { slot, count } => {
                self.local(slot).and_then(|cell| self.variable_put(cell, count))
            }
            I::GlobalGet { index } => self.global(index).and_then(|cell| self.variable_get(cell)),
            I::GlobalSet { index } => self.global(index).and_then(|cell| self.variable_set(cell)),
            I::GlobalTake { index } => self.global(index).and_then(|cell| self.variable_take(cell)),
            I::GlobalAt { index } => self.global(index).and_then(|cell| self.variable_at(cell, 1)),
            I::GlobalPut { index } => {
                self.global(index).and_then(|cell| self.variable_put(cell, 1))
            }
            I::GlobalPath { index, count } => {
                self.global(index).and_then(|cell| self.variable_at(cell, count))
            }
            I::GlobalPutPath { index, count } => {
                self.global(index).and_then(|cell| self.variable_put(cell, count))
            }
            I::ForInit => self.for_init(),
            I::ForNext { body } => self.for_next(body, next),
            I::ForGot { body } => self.for_got(body, next),
            I::TimesInit => self.times_init(),
            I::TimesNext { body } => self.times_next(body, next),
            I::Unloop => self.unloop(),
            I::ForRange => self.for_range(),

            // Stack.
            I::Dup => self.dup(),
            I::Drop => self.drop_top(),
            I::Swap => self.swap(),
            I::Over => self.over(),
            I::Rot => self.rot(),
            I::NegRot => self.neg_rot(),
            I::Nip => self.nip(),
            I::Tuck => self.tuck(),
            I::TwoDup => self.two_dup(),
            I::TwoDrop => self.two_drop(),
            I::Pick => self.pick(),
            I::Depth => self.push_depth(),
            I::ToReturn => self.to_return(),
            I::FromReturn => self.from_return(),
            I::FetchReturn => self.fetch_return(),

            // Arithmetic.
            I::Add => self.add(),
            I::Subtract => self.subtract(),
            I::Multiply => self.multiply(),
            I::Divide => self.divide(),
            I::Modulo => self.modulo(),
            I::Power => self.power(),
            I::Minimum => self.minimum(),
            I::Maximum => self.maximum(),
            I::Negate => self.negate(),
            I::Reciprocal => self.reciprocal(),
            I::Floor => self.floor(),
            I::Ceiling => self.ceiling(),
            I::Round => self.round(),
            I::Truncate => self.truncate(),
            I::Signum => self.signum(),
            I::Absolute => self.absolute(),
            I::Exponential => self.exponential(),
            I::NaturalLog => self.natural_log(),
            I::DecimalLog => self.decimal_log(),
            I::SquareRoot => self.square_root(),
            I::Sine => self.sine(),
            I::Cosine => self.cosine(),
            I::Tangent => self.tangent(),
            I::ArcSine => self.arc_sine(),
            I::ArcCosine => self.arc_cosine(),
            I::ArcTangent => self.arc_tangent(),
            I::ArcTangent2 => self.arc_tangent2(),
            I::Average => self.average(),
            I::Product => self.product(),
            I::Sum => self.sum(),
            I::BitAnd => self.bit_and(),
            I::BitOr => self.bit_or(),
            I::BitXor => self.bit_xor(),
            I::Shift => self.shift(),

            // Comparison, logic, constants.
            I::Less => self.less(),
            I::Greater => self.greater(),
            I::LessOrEqual => self.less_or_equal(),
            I::GreaterOrEqual => self.greater_or_equal(),
            I::Equal => self.equal(),
            I::NotEqual => self.not_equal(),
            I::Match => self.match_values(),
            I::Not => self.not(),
            I::And => self.and(next),
            I::Or => self.or(next),
            I::Xor => self.xor(),
            I::Nand => self.nand(),
            I::Compare => self.compare(),
            I::Nil => self.nil(),
            I::True => self.push_true(),
            I::False => self.push_false(),
            I::Pi => self.pi(),

            // Code.
            I::Eval => self.eval(next, answer),
            I::If => self.choose(next),
            I::CallValue => self.call_value(next, answer),
            I::Delay => self.delay(),
            I::Force => self.force(next),
            I::Quote => self.quote(),
            I::Times => self.times(next),
            I::Exit => self.exit(),
            I::Assert => self.assert(),
            I::Error => self.error(),

            // Vectors, dictionaries, arrays.
            I::VectorLeft | I::GroupLeft | I::DictionaryLeft => self.open_bracket(),
            I::VectorRight => self.vector_right(),
            I::GroupRight => self.group_right(),
            I::DictionaryRight => self.dictionary_right(),
            I::Enlist => self.enlist(),
            I::Get => self.get(),
            I::Put => self.put(),
            I::Has => self.has(),
            I::Delete => self.delete(),
            I::Length => self.length(),
            I::Keys => self.keys(),
            I::Values => self.values(),
            I::ToDictionary => self.to_dictionary(),
            I::Concat => self.concat(),
            I::Append => self.append(),
            I::Slice => self.slice(),
            I::Reverse => self.reverse(),
            I::Sort => self.sort(),
            I::Grade => self.grade(),
            I::Where => self.where_true(),
            I::Distinct => self.distinct(),
            I::Group => self.group(),
            I::In => self.is_in(),
            I::IndexOf => self.index_of(),
            I::Flatten => self.flatten(),
            I::First => self.first(next),
            I::NewArray => self.new_array(),
            I::NewBytes => self.new_bytes(),
            I::Fill => self.fill(),

            // Strings.
            I::Upper => self.upper(),
            I::Lower => self.lower(),
            I::Trim => self.trim(),
            I::Split => self.split(),
            I::JoinText => self.join_text(),
            I::Replace => self.replace(),
            I::ToText => self.to_text(),
            I::ToNumber => self.to_number(),
            I::Character => self.character(),
            I::CharacterCode => self.character_code(),
            I::TypeName => self.type_name(),
            I::Show => self.show(),

            // Sequences.
            I::Range => self.range(),
            I::Seq => self.seq(),
            I::Map => self.with_function("map", SequenceKind::Map),
            I::Filter => self.with_function("filter", SequenceKind::Filter),
            I::Sift => self.with_sequence("sift", SequenceKind::Sift),
            I::SeqTake => self.with_count("seq-take", SequenceKind::Take),
            I::SeqDrop => self.with_count("seq-drop", SequenceKind::Drop),
            I::TakeWhile => self.with_function("take-while", SequenceKind::TakeWhile),
            I::Scan => self.scan(),
            I::Chain => self.with_sequence("chain", SequenceKind::Chain),
            I::Zip => self.with_sequence("zip", SequenceKind::Zip),
            I::Multi => self.multi(),
            I::Generate => self.generate(),
            I::Iterate => self.iterate(),
            I::ToVector => self.to_vector(next),
            I::ToArray => self.to_array(next),
            I::CountElements => self.count_elements(next),
            I::Last => self.last(next),
            I::ForEach => self.consume_with("for-each", next, system::FOR_EACH),
            I::Reduce => self.reduce(next),
            I::Find => self.consume_with("find", next, system::FIND),
            I::Any => self.consume_with("any", next, system::ANY),
            I::All => self.consume_with("all", next, system::ALL),
            I::Next => self.next_element(next),

            // Input and output.
            I::Print => self.print(answer),
            I::PrintText => self.print_text(answer),
            I::NewLine => self.new_line(answer),
            I::Emit => self.emit(answer),
            I::PrintStack => self.print_stack(answer),
            I::ReadLine => self.read_line(answer),
            I::Random => self.random(answer),
            I::Now => self.now(answer),
            I::ArgumentCount => self.argument_count(answer),
            I::Argument => self.argument(answer),

            // Tasks.
            I::Spawn => self.spawn(),
            I::Yield => self.switch(next),
            I::Wait => self.wait(next),
            I::Signal => self.signal(),
            I::Join => self.join(next),
            I::Terminate => self.terminate(),
            I::TaskSelf => self.task_self(),
            I::Inbox => self.inbox(),
            I::Status => self.status(),

            // Interfaces.
            I::Tag => self.tag(),
            I::Payload => self.payload(),
            I::TypeOf => self.type_of(),
            I::Implement => self.implement(),
            I::Send => self.send(next),
            I::Responds => self.responds(),

            // Memory.
            I::HeapStats => self.heap_stats(),
            I::HeapCheck => self.heap_check(),
            I::HeapSnapshot => self.heap_snapshot(),
            I::Leaks => self.leaks(),
            I::HeapQuota => self.heap_quota(),
            I::Compact => self.compact(),
            I::References => self.references(),

            // Steps of the words that run other code.
            I::Pull => self.pull(),
            I::Pulled => self.pulled(),
            I::Applied => self.applied(),
            I::Forced => self.forced(),
            I::CallHeld => self.call_held(next),
            I::Collect => self.collect(),
            I::Tally => self.tally(),
            I::Keep => self.keep_top(),
            I::KeepCopy => self.keep_copy(),
            I::YieldHeld => self.yield_held(),
            I::DropHeld => self.drop_held(),
            I::TaskEnd => self.task_end(),
            I::Chosen => self.chosen(),
            I::Joined => self.joined(),
            I::Rest => self.rest(),
        }
    }

    fn literal(&mut self, value: Cell) -> Result<Flow, Trap> {
        if value.is_reference() || value.as_control().is_some() {
            return Err(Trap::Damaged { what: "no such literal" });
        }
        self.room(1)?;
        self.push(value);
        Ok(Flow::Next)
    }

    fn end_unit(&mut self) -> Result<Flow, Trap> {
        if self.task() != 0 {
            return Err(Trap::Damaged { what: "a task came to the end of the unit" });
        }
        Ok(Flow::End(machine::ExitCode(0)))
    }
}

/// The bytes of the code from an offset on.
struct CodeBytes<'a> {
    memory: &'a Memory,
    at: u16,
}

impl Feed for CodeBytes<'_> {
    fn small(&mut self) -> Result<u8, DecodeError> {
        let at = usize::from(self.at);
        let [byte] =
            self.memory.read(Segment::Code, at).map_err(|_| DecodeError::MissingOperand)?;
        self.at = self.at.wrapping_add(1);
        Ok(byte)
    }

    fn wide(&mut self) -> Result<i64, DecodeError> {
        Err(DecodeError::MissingOperand)
    }

    fn text(&mut self) -> Result<String, DecodeError> {
        Err(DecodeError::MissingOperand)
    }
}
