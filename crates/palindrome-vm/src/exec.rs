//! What each instruction does: the specification of the machine.
//!
//! This is the slow, plain engine. It computes flags at once, checks first and changes afterwards,
//! and logs what it destroys when a trail is kept. `fast` does the same for the frequent
//! instructions, and is held against this one in the tests.

use machine::{ExitCode, Question};
use tape::Stored;

use crate::alu::{Alu, compare_floats};
use crate::layout::{FRAME, HEAP, PAIR, STACK, WORD};
use crate::op::Instruction;
use crate::operand::{BaseOffset, CodeIndex, Value};
use crate::records::hash_bucket;
use crate::registers::Flags;
use crate::trap::Trap;
use crate::vm::{Snapshot, Vm};

/// Where an instruction that was performed leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// To the next one.
    Next,
    /// To another one.
    Jump(u32),
    /// To a handler, because the instruction faulted: its effect is that of going back.
    Caught(u32),
    /// To itself: it needs more time.
    Again,
    /// Nowhere yet: it is begun anew when the machine runs on. Nothing was changed.
    Paused,
    /// Nowhere until the question is answered. Nothing was changed.
    Asks(Question),
    /// The program ends here. Nothing was changed.
    End(ExitCode),
}

/// What became of an instruction given to [`Vm::execute`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Executed {
    /// It was done.
    Done,
    /// It needs an answer: give it to [`machine::Machine::answer`] through a program instead.
    Asks(Question),
    /// It ends the program.
    Ended(ExitCode),
}

impl Vm {
    /// Performs an instruction that need not be part of the program, and keeps what
    /// [`Vm::reverse_last`] needs.
    ///
    /// # Errors
    /// The instruction faults; nothing was changed.
    pub fn execute(&mut self, instruction: Instruction) -> Result<Executed, Trap> {
        let before = self.take_snapshot();
        self.keep_period(0);
        match self.perform(&instruction)? {
            Flow::Next => self.core.ip += 1,
            Flow::Jump(target) | Flow::Caught(target) => self.core.ip = target,
            Flow::Again | Flow::Paused => {}
            Flow::Asks(question) => return Ok(Executed::Asks(question)),
            Flow::End(code) => return Ok(Executed::Ended(code)),
        }
        self.core.tick += 1;
        self.executed.push(before);
        Ok(Executed::Done)
    }

    /// Takes the last instruction given to [`Vm::execute`] back.
    ///
    /// # Errors
    /// There is none; nothing was changed.
    pub fn reverse_last(&mut self) -> Result<(), NothingToReverse> {
        let before: Snapshot = self.executed.pop().ok_or(NothingToReverse)?;
        self.go_to(&before);
        Ok(())
    }

    /// Performs one instruction, but for moving on.
    pub(crate) fn perform(&mut self, instruction: &Instruction) -> Result<Flow, Trap> {
        use Instruction as I;
        if let Some(it) = instruction.arithmetic() {
            let (a, b) = (self.get(it.left), self.value(it.right));
            let Some(result) = it.op.apply(a, b) else {
                return Err(Trap::Division { dividend: a, divisor: b });
            };
            if it.inverse().is_none() {
                self.log_register(it.dst);
            }
            self.registers.flags = it.op.flags(a, b, result);
            return Ok(self.put(it.dst, result));
        }
        match instruction {
            I::Nop | I::Join { .. } => Ok(Flow::Next),
            I::Halt => Ok(Flow::End(ExitCode(0))),
            I::HaltWith { code } => Ok(Flow::End(ExitCode(self.get(*code).to_le_bytes()[0]))),
            I::Assert { condition, message } => match self.get(*condition) {
                0 => Err(Trap::Assertion { message: message.clone() }),
                _ => Ok(Flow::Next),
            },
            I::LoadImm { reg, value } => Ok(self.set(*reg, *value)),
            I::Move { dst, src } => Ok(self.set(*dst, self.get(*src))),
            I::GetStackPointer { dst } => Ok(self.set(*dst, self.core.sp)),
            I::GetFramePointer { dst } => Ok(self.set(*dst, self.core.fp)),
            I::INeg { dst, src } => {
                let (a, result) = (self.get(*src), self.get(*src).wrapping_neg());
                self.registers.flags = Alu::Sub.flags(0, a, result);
                Ok(self.set_unless(dst == src, *dst, result))
            }
            I::INot { dst, src } => {
                let result = !self.get(*src);
                self.registers.flags = Alu::Or.flags(result, 0, result);
                Ok(self.set_unless(dst == src, *dst, result))
            }
            I::FAdd { dst, src1, src2 } => Ok(self.float(*dst, *src1, *src2, |a, b| a + b)),
            I::FSub { dst, src1, src2 } => Ok(self.float(*dst, *src1, *src2, |a, b| a - b)),
            I::FMul { dst, src1, src2 } => Ok(self.float(*dst, *src1, *src2, |a, b| a * b)),
            I::FDiv { dst, src1, src2 } => Ok(self.float(*dst, *src1, *src2, |a, b| a / b)),
            I::FSqrt { dst, src } => Ok(self.float(*dst, *src, *src, |a, _| a.sqrt())),
            I::FCmp { src1, src2 } => {
                self.registers.flags = compare_floats(self.get_f64(*src1), self.get_f64(*src2));
                Ok(Flow::Next)
            }
            I::IntToFloat { dst, src } => {
                Ok(self.set(*dst, from_f64(int_to_float(self.get(*src)))))
            }
            I::FloatToInt { dst, src } => Ok(self.set(*dst, float_to_int(self.get_f64(*src)))),
            I::Cmp { src1, src2 } => Ok(self.compare(self.get(*src1), self.get(*src2))),
            I::CmpImm { src, value } => Ok(self.compare(self.get(*src), *value)),
            I::Compare { dst, src1, src2 } => {
                Ok(self.set(*dst, self.get(*src1).cmp(&self.get(*src2)) as i64))
            }
            I::CompareImm { dst, src, value } => {
                Ok(self.set(*dst, self.get(*src).cmp(value) as i64))
            }
            I::Equal { dst, src1, src2 } => {
                Ok(self.set(*dst, i64::from(self.get(*src1) == self.get(*src2))))
            }
            I::EqualImm { dst, src, value } => {
                Ok(self.set(*dst, i64::from(self.get(*src) == *value)))
            }
            I::LessThan { dst, src1, src2 } => {
                Ok(self.set(*dst, i64::from(self.get(*src1) < self.get(*src2))))
            }
            I::LessThanImm { dst, src, value } => {
                Ok(self.set(*dst, i64::from(self.get(*src) < *value)))
            }
            I::Load { reg, addr } => self.load_register(*reg, *addr, 8, false),
            I::Load32 { reg, addr } => self.load_register(*reg, *addr, 4, false),
            I::Load16 { reg, addr } => self.load_register(*reg, *addr, 2, false),
            I::Load8 { reg, addr } => self.load_register(*reg, *addr, 1, false),
            I::LoadSigned32 { reg, addr } => self.load_register(*reg, *addr, 4, true),
            I::LoadSigned16 { reg, addr } => self.load_register(*reg, *addr, 2, true),
            I::LoadSigned8 { reg, addr } => self.load_register(*reg, *addr, 1, true),
            I::Store { addr, reg } if self.trail.on && self.logging().is_unlogged(self.core.ip) => {
                self.write(self.address(*addr), self.get(*reg), 8)?;
                Ok(Flow::Next)
            }
            I::Store { addr, reg } => self.store(*addr, *reg, 8),
            I::Store32 { addr, reg } => self.store(*addr, *reg, 4),
            I::Store16 { addr, reg } => self.store(*addr, *reg, 2),
            I::Store8 { addr, reg } => self.store(*addr, *reg, 1),
            I::SwapMemory { addr, reg } => {
                let (at, new) = (self.address(*addr), self.get(*reg));
                let old = self.read(at, 8)?;
                self.write(at, new, 8)?;
                if *reg == addr.base {
                    self.log(new);
                }
                Ok(self.put(*reg, old))
            }
            I::SwapRegisters { left, right } => {
                let (a, b) = (self.get(*left), self.get(*right));
                self.put(*left, b);
                Ok(self.put(*right, a))
            }
            I::Push { reg } => self.push(self.get(*reg)),
            I::Pop { reg } => {
                let value = self.top()?;
                self.log_register(*reg);
                self.core.sp += WORD;
                Ok(self.put(*reg, value))
            }
            I::Cons { dst, car, cdr } => self.cons(*dst, self.get(*car), self.get(*cdr)),
            I::Car { dst, src } => self.pair_field(*dst, self.get(*src), 0),
            I::Cdr { dst, src } => self.pair_field(*dst, self.get(*src), WORD),
            I::TapeSeek { position } => Ok(self.seek(*position)),
            I::TapeSeekReg { reg } => Ok(self.seek(self.get(*reg))),
            I::TapeSeekMark { label } => match self.tape.mark_position(label) {
                Some(position) => Ok(self.seek(position)),
                None => Err(Trap::NoMark { name: label.clone() }),
            },
            I::TapeAdvance { delta } => self.advance(*delta),
            I::TapeAdvanceReg { reg } => self.advance(self.get(*reg)),
            I::AdvanceRecord => self.advance_record(),
            I::TapeRead { reg, len } => {
                let value = self.read(self.tape.head(), *len)?;
                Ok(self.set(*reg, value))
            }
            I::TapeWrite { reg, len } => self.write_logged(self.tape.head(), self.get(*reg), *len),
            I::WriteConst { value, len } => self.write_logged(self.tape.head(), *value, *len),
            I::TapeMark { label } => {
                self.save_state();
                let head = self.tape.head();
                self.tape.names_mut().set_mark(label.clone(), head);
                Ok(Flow::Next)
            }
            I::SegmentCreate { name, size } => self.segment_create(name, self.value(*size)),
            I::SegmentSeek { name, offset } => {
                let offset = self.value(*offset);
                let start = self.segment_range(name, offset, 0)?;
                Ok(self.seek(start))
            }
            I::SegmentRead { name, offset, len, dst } => {
                self.segment_read(name, self.value(*offset), self.value(*len), *dst)
            }
            I::SegmentWrite { name, offset, len, src } => {
                self.segment_write(name, self.value(*offset), self.value(*len), self.get(*src))
            }
            I::SegmentDrop { name } => self.segment_drop(name),
            I::Splice { dst, src, len } => {
                self.splice(self.value(*dst), self.value(*src), self.value(*len))
            }
            I::Compact { start, end } => Ok(self.compact(self.value(*start), self.value(*end))),
            I::Copy { from, start, end, to, at } => {
                let (start, end, at) = (self.value(*start), self.value(*end), self.value(*at));
                self.copy(from, start, end, to, at)
            }
            I::Call { label } => self.call(*label),
            I::Return => self.ret(),
            I::WriteField { .. }
            | I::WriteText { .. }
            | I::WriteFrom { .. }
            | I::WritePosition { .. }
            | I::WriteNow { .. }
            | I::ReadRecord { .. }
            | I::ReadRecordAs { .. }
            | I::LoadField { .. }
            | I::OutputRecord { .. }
            | I::Project { .. }
            | I::FilterNumber { .. }
            | I::FilterText { .. }
            | I::CreateView { .. }
            | I::SegmentCreateLike { .. } => self.record_instruction(instruction),
            I::HashBucket { dst, key, buckets } => {
                let bucket = hash_bucket(self.get(*key), self.value(*buckets))?;
                Ok(self.set(*dst, bucket))
            }
            I::CallRuntime { function } => self.call_runtime(*function, None),
            I::Jump { label } => Ok(Flow::Jump(label.0)),
            I::BranchNotZero { reg, label } => Ok(branch(self.get(*reg) != 0, *label)),
            I::BranchZero { reg, label } => Ok(branch(self.get(*reg) == 0, *label)),
            I::BranchEqual { label } => Ok(branch(self.flags().zero, *label)),
            I::BranchNotEqual { label } => Ok(branch(!self.flags().zero, *label)),
            I::BranchLess { label } => Ok(branch(self.flags().is_less(), *label)),
            I::BranchLessEqual { label } => {
                Ok(branch(self.flags().is_less() || self.flags().zero, *label))
            }
            I::BranchGreater { label } => {
                Ok(branch(!self.flags().is_less() && !self.flags().zero, *label))
            }
            I::BranchGreaterEqual { label } => Ok(branch(!self.flags().is_less(), *label)),
            I::BranchOverflow { label } => Ok(branch(self.flags().overflow, *label)),
            I::BranchNotEnd { label } => {
                let head = self.tape.head();
                let is_end = self.tape.segments().any(|segment| segment.end() == head)
                    || self.tape.segment_at(head).is_none();
                Ok(branch(!is_end, *label))
            }
            I::BranchNotEndOf { name, label } => self.branch_not_end_of(name, *label),
            I::Checkpoint { label } => Ok(self.checkpoint(label)),
            I::Rewind { label } => self.rewind(label, 0),
            I::RewindKeep { label, keep } => self.rewind(label, *keep),
            I::RewindN { steps } => self.rewind_steps(self.value(*steps)),
            I::Commit { label } => self.commit(label),
            I::Fork { label } => self.fork(*label),
            I::Merge { strategy } => self.merge(*strategy),
            I::Look { moment } => self.look(self.get(*moment)),
            I::LeaveLook => self.leave_look(),
            I::RewindTo { moment } => self.rewind_to(self.get(*moment)),
            I::Switch { branch } => self.switch(branch),
            I::NameMoment { name } => self.name_moment(name),
            I::KeepData { dst } => self.keep_data(*dst),
            I::PutData { src } => self.put_kept(self.get(*src)),
            I::DropData { src } => self.drop_data(self.get(*src)),
            I::World { name } => self.begin_world(name),
            I::WorldEnd => self.end_world(),
            I::BranchOff { name, src } => self.branch_when_ended(name, self.get(*src)),
            // What a world comes to is told when all of them have ended.
            I::KeepMoment if self.is_in_world() => {
                self.save_state();
                Ok(Flow::Next)
            }
            I::Savepoint { handler } => self.savepoint(Some(*handler), true),
            I::RollbackPoint { handler } => self.savepoint(Some(*handler), false),
            I::SavepointOnly => self.savepoint(None, false),
            I::Release => self.release(None),
            I::ReleaseLevel { level } => self.release_level(self.value(*level), None),
            I::Rollback => self.rollback(),
            I::Carry { src, of } => self.carry(self.get(*src), self.get(*of)),
            I::Recall { level } => self.recall(self.value(*level)),
            I::Debug { .. }
            | I::Out { .. }
            | I::OutFloat { .. }
            | I::OutString { .. }
            | I::OutText { .. }
            | I::In { .. }
            | I::Clock { .. }
            | I::KeepMoment
            | I::Random { .. }
            | I::ArgumentCount { .. }
            | I::Argument { .. } => self.ask(instruction),
            I::IAdd { .. }
            | I::ISub { .. }
            | I::IMul { .. }
            | I::IDiv { .. }
            | I::IMod { .. }
            | I::IXor { .. }
            | I::IAnd { .. }
            | I::IOr { .. }
            | I::IShl { .. }
            | I::IShr { .. }
            | I::ISar { .. }
            | I::IAddImm { .. }
            | I::ISubImm { .. }
            | I::IMulImm { .. }
            | I::IDivImm { .. }
            | I::IModImm { .. }
            | I::IXorImm { .. }
            | I::IAndImm { .. }
            | I::IOrImm { .. }
            | I::IShlImm { .. }
            | I::IShrImm { .. }
            | I::ISarImm { .. } => {
                unreachable!("taken apart above")
            }
        }
    }

    pub(crate) fn get(&self, register: u8) -> i64 {
        self.registers.general[usize::from(register)]
    }

    fn get_f64(&self, register: u8) -> f64 {
        f64::from_bits(self.get(register).cast_unsigned())
    }

    pub(crate) fn value(&self, source: Value) -> i64 {
        match source {
            Value::Register(register) => self.get(register),
            Value::Immediate(value) => value,
        }
    }

    fn flags(&self) -> Flags {
        self.registers.flags
    }

    /// Sets a register whose old value can be had back.
    pub(crate) fn put(&mut self, register: u8, value: i64) -> Flow {
        self.registers.general[usize::from(register)] = value;
        self.core.stale &= !(1 << register);
        Flow::Next
    }

    /// Sets a register and logs its old value.
    pub(crate) fn set(&mut self, register: u8, value: i64) -> Flow {
        self.log_register(register);
        self.put(register, value)
    }

    fn set_unless(&mut self, is_invertible: bool, register: u8, value: i64) -> Flow {
        if is_invertible { self.put(register, value) } else { self.set(register, value) }
    }

    fn float(&mut self, dst: u8, a: u8, b: u8, op: impl Fn(f64, f64) -> f64) -> Flow {
        self.set(dst, from_f64(op(self.get_f64(a), self.get_f64(b))))
    }

    fn compare(&mut self, a: i64, b: i64) -> Flow {
        self.registers.flags = Alu::Sub.flags(a, b, a.wrapping_sub(b));
        Flow::Next
    }

    fn address(&self, address: BaseOffset) -> i64 {
        self.get(address.base).wrapping_add(address.offset)
    }

    /// The `len` bytes at a position, filled with 0.
    pub(crate) fn read(&self, at: i64, len: u8) -> Result<i64, Trap> {
        let mut bytes = [0; 8];
        if self.tape.peek(at, &mut bytes[..usize::from(len)]) {
            Ok(i64::from_le_bytes(bytes))
        } else {
            Err(Trap::PastEnd { at })
        }
    }

    /// Writes the low `len` bytes of `value`, without logging the old ones.
    pub(crate) fn write(&mut self, at: i64, value: i64, len: u8) -> Result<(), Trap> {
        self.write_bytes(at, &value.to_le_bytes()[..usize::from(len)])
    }

    pub(crate) fn write_bytes(&mut self, at: i64, bytes: &[u8]) -> Result<(), Trap> {
        match self.tape.poke(at, bytes) {
            Stored::Ok | Stored::Watched => Ok(()),
            Stored::Protected => Err(Trap::WriteToCode { at }),
            Stored::PastEnd => Err(Trap::PastEnd { at }),
        }
    }

    fn write_logged(&mut self, at: i64, value: i64, len: u8) -> Result<Flow, Trap> {
        let old = self.read(at, len)?;
        self.write(at, value, len)?;
        self.log(old);
        Ok(Flow::Next)
    }

    fn load_register(
        &mut self,
        reg: u8,
        addr: BaseOffset,
        len: u8,
        signed: bool,
    ) -> Result<Flow, Trap> {
        let value = self.read(self.address(addr), len)?;
        let unused = 64 - 8 * u32::from(len);
        let value = if signed { value << unused >> unused } else { value };
        Ok(self.set(reg, value))
    }

    fn store(&mut self, addr: BaseOffset, reg: u8, len: u8) -> Result<Flow, Trap> {
        self.write_logged(self.address(addr), self.get(reg), len)
    }

    fn push(&mut self, value: i64) -> Result<Flow, Trap> {
        let at = self.core.sp - WORD;
        if at < STACK.start {
            return Err(Trap::StackOverflow);
        }
        self.write_logged(at, value, 8)?;
        self.core.sp = at;
        Ok(Flow::Next)
    }

    fn top(&mut self) -> Result<i64, Trap> {
        if self.core.sp >= STACK.end {
            Err(Trap::StackUnderflow)
        } else {
            self.read(self.core.sp, 8)
        }
    }

    fn call(&mut self, label: CodeIndex) -> Result<Flow, Trap> {
        let frame = self.core.sp - FRAME;
        if frame < STACK.start {
            return Err(Trap::StackOverflow);
        }
        let place = (i64::from(self.core.ip) + 1) * WORD;
        self.write_logged(frame + WORD, place, 8)?;
        self.write_logged(frame, self.core.fp, 8)?;
        (self.core.sp, self.core.fp) = (frame, frame);
        Ok(Flow::Jump(label.0))
    }

    fn ret(&mut self) -> Result<Flow, Trap> {
        let sp = self.core.sp;
        if sp != self.core.fp {
            return Err(Trap::StackImbalance { bytes: self.core.fp.wrapping_sub(sp) });
        }
        if sp == self.origin.sp {
            let end = Flow::End(ExitCode(0));
            return if self.origin.depth > 0 { Ok(end) } else { Err(Trap::StackUnderflow) };
        }
        if sp > STACK.end - FRAME {
            return Err(Trap::StackUnderflow);
        }
        let (frame, place) = (self.read(sp, 8)?, self.read(sp + WORD, 8)?);
        let target = u32::try_from(place / WORD).ok().filter(|_| place % WORD == 0);
        let is_code = |index: &u32| *index as usize <= self.program.instructions().len();
        let Some(target) = target.filter(is_code) else { return Err(Trap::BadReturn { place }) };
        if !self.program.fast_code().is_behind_call(target) {
            self.stray();
        }
        (self.core.sp, self.core.fp) = (sp + FRAME, frame);
        Ok(Flow::Jump(target))
    }

    fn cons(&mut self, dst: u8, car: i64, cdr: i64) -> Result<Flow, Trap> {
        let at = self.core.hp;
        if at > HEAP.end - PAIR {
            return Err(Trap::HeapFull);
        }
        self.save_run(at, PAIR);
        self.write(at, car, 8)?;
        self.write(at + WORD, cdr, 8)?;
        self.core.hp += PAIR;
        Ok(self.put(dst, at))
    }

    fn pair_field(&mut self, dst: u8, pair: i64, offset: i64) -> Result<Flow, Trap> {
        let heap = HEAP.start..self.core.hp;
        if !heap.contains(&pair) || pair % PAIR != 0 {
            return Err(Trap::NotAPair { value: pair });
        }
        let value = self.read(pair + offset, 8)?;
        Ok(self.set(dst, value))
    }

    pub(crate) fn seek(&mut self, position: i64) -> Flow {
        self.log(self.tape.head());
        self.tape.set_head(position);
        Flow::Next
    }

    fn advance(&mut self, by: i64) -> Result<Flow, Trap> {
        let from = self.tape.head();
        let to = from.checked_add(by).ok_or(Trap::HeadPastEnd { from, by })?;
        self.tape.set_head(to);
        Ok(Flow::Next)
    }

    fn advance_record(&mut self) -> Result<Flow, Trap> {
        let next = self.next_record()?;
        Ok(self.seek(next))
    }
}

/// There is no instruction left to reverse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are no instructions to reverse")]
pub struct NothingToReverse;

fn branch(taken: bool, label: CodeIndex) -> Flow {
    if taken { Flow::Jump(label.0) } else { Flow::Next }
}

pub(crate) fn from_f64(value: f64) -> i64 {
    // One bit pattern for every NaN, whatever made it: the hardware's choice must not be seen.
    let value = if value.is_nan() { f64::NAN } else { value };
    value.to_bits().cast_signed()
}

#[expect(clippy::cast_precision_loss, reason = "the nearest f64 is what is asked for")]
pub(crate) fn int_to_float(value: i64) -> f64 {
    value as f64
}

#[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and makes NaN 0")]
pub(crate) fn float_to_int(value: f64) -> i64 {
    value as i64
}
