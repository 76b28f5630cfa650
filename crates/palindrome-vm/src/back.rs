//! Going back: what is logged when instructions run, and how each is undone.

use std::sync::Arc;

use tape::Stored;

use crate::alu::{Alu, compare_floats};
use crate::image::Program;
use crate::layout::{FRAME, PAIR, WORD};
use crate::op::{Instruction, Undo};
use crate::operand::Value;
use crate::registers::Flags;
use crate::trail::{Saved, SavedBytes};
use crate::trap::Trap;
use crate::vm::Vm;

/// How an instruction is undone, taken apart once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BackSlot {
    op: BackOp,
    d: u8,
    a: u8,
    value: i64,
}

#[derive(Clone, Copy, Debug)]
enum BackOp {
    Nothing,
    Restore,
    /// The old value was not logged: nobody can observe it.
    Lose,
    Add,
    AddRegister,
    SubRegister,
    Xor,
    XorRegister,
    Negate,
    Invert,
    Store8,
    Store4,
    Store2,
    Store1,
    StoreAtHead,
    SwapRegisters,
    SwapMemory,
    Push,
    Pop,
    Call,
    Return,
    Head,
    Advance,
    AdvanceRegister,
    State,
}

/// The undoing of each instruction of `program`.
pub(crate) fn back_slots(program: &Program) -> Vec<BackSlot> {
    let slots = program.instructions().iter().zip(0..);
    slots.map(|(instruction, index)| back_slot(instruction, program.is_unobserved(index))).collect()
}

fn back_slot(instruction: &Instruction, is_unobserved: bool) -> BackSlot {
    use Instruction as I;
    let slot = |op, d, a, value| BackSlot { op, d, a, value };
    if let Some(it) = instruction.arithmetic() {
        return match (it.inverse(), it.right) {
            (Some(Alu::Add), Value::Immediate(value)) => slot(BackOp::Add, it.dst, 0, value),
            (Some(Alu::Sub), Value::Immediate(value)) => {
                slot(BackOp::Add, it.dst, 0, value.wrapping_neg())
            }
            (Some(_), Value::Immediate(value)) => slot(BackOp::Xor, it.dst, 0, value),
            (Some(Alu::Add), Value::Register(a)) => slot(BackOp::AddRegister, it.dst, a, 0),
            (Some(Alu::Sub), Value::Register(a)) => slot(BackOp::SubRegister, it.dst, a, 0),
            (Some(_), Value::Register(a)) => slot(BackOp::XorRegister, it.dst, a, 0),
            (None, _) => slot(restore(is_unobserved), it.dst, 0, 0),
        };
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "the undo rule says the rest")]
    match *instruction {
        I::INeg { dst, src } if dst == src => slot(BackOp::Negate, dst, 0, 0),
        I::INot { dst, src } if dst == src => slot(BackOp::Invert, dst, 0, 0),
        I::Store { addr, .. } => slot(BackOp::Store8, 0, addr.base, addr.offset),
        I::Store32 { addr, .. } => slot(BackOp::Store4, 0, addr.base, addr.offset),
        I::Store16 { addr, .. } => slot(BackOp::Store2, 0, addr.base, addr.offset),
        I::Store8 { addr, .. } => slot(BackOp::Store1, 0, addr.base, addr.offset),
        I::TapeWrite { len, .. } | I::WriteConst { len, .. } => {
            slot(BackOp::StoreAtHead, len, 0, 0)
        }
        I::SwapRegisters { left, right } => slot(BackOp::SwapRegisters, left, right, 0),
        I::SwapMemory { addr, reg } => slot(BackOp::SwapMemory, reg, addr.base, addr.offset),
        I::Pop { reg } => slot(BackOp::Pop, reg, 0, 0),
        I::TapeAdvance { delta } => slot(BackOp::Advance, 0, 0, delta),
        I::TapeAdvanceReg { reg } => slot(BackOp::AdvanceRegister, 0, reg, 0),
        _ => match instruction.undo() {
            Undo::Nothing => slot(BackOp::Nothing, 0, 0, 0),
            Undo::Register => {
                let dst = instruction.destination().unwrap_or(0);
                slot(restore(is_unobserved), dst, 0, 0)
            }
            Undo::Push => slot(BackOp::Push, 0, 0, 0),
            Undo::Call => slot(BackOp::Call, 0, 0, 0),
            Undo::Return => slot(BackOp::Return, 0, 0, 0),
            Undo::Head => slot(BackOp::Head, 0, 0, 0),
            Undo::State => slot(BackOp::State, 0, 0, 0),
            Undo::Inverse | Undo::Memory | Undo::Pop => unreachable!("taken apart above"),
        },
    }
}

fn restore(is_unobserved: bool) -> BackOp {
    if is_unobserved { BackOp::Lose } else { BackOp::Restore }
}

/// Logging. Does nothing while no trail is kept.
impl Vm {
    pub(crate) fn log(&mut self, old: i64) {
        if self.trail.on {
            self.trail.open.data.push(old);
        }
    }

    /// Logs a register that the instruction at the present position is about to overwrite.
    pub(crate) fn log_register(&mut self, register: u8) {
        if self.trail.on && !self.program.is_unobserved(self.core.ip) {
            self.trail.open.data.push(self.get(register));
        }
    }

    /// Logs the state, but for the tape's bytes.
    pub(crate) fn save_state(&mut self) {
        self.save(|_| SavedBytes::Same);
    }

    /// Logs the state and a run of bytes.
    pub(crate) fn save_run(&mut self, at: i64, len: i64) {
        match usize::try_from(len) {
            Ok(len) if len <= tape::PAGE_SIZE => self.save(|vm| {
                let mut bytes = vec![0; len];
                vm.tape.peek(at, &mut bytes);
                SavedBytes::Run(at, bytes)
            }),
            _ => self.save_tape(),
        }
    }

    /// Logs the state with all of the tape.
    pub(crate) fn save_tape(&mut self) {
        self.save(|vm| SavedBytes::All(vm.tape.snapshot()));
    }

    fn save(&mut self, bytes: impl FnOnce(&mut Self) -> SavedBytes) {
        if self.trail.on {
            let saved = Saved {
                registers: self.registers,
                flags_after: self.registers.flags,
                sp: self.core.sp,
                fp: self.core.fp,
                hp: self.core.hp,
                head: self.tape.head(),
                stale: self.core.stale,
                cold: Arc::clone(&self.core.cold),
                names: self.tape.names(),
                bytes: bytes(self),
            };
            self.trail.open.saved.push(saved);
        }
    }

    /// Takes the last saved state off again, because the instruction faults after all.
    pub(crate) fn unsave(&mut self, trap: Trap) -> Trap {
        if self.trail.on {
            self.trail.open.saved.pop();
        }
        trap
    }
}

/// Undoing.
impl Vm {
    /// Undoes up to `steps` instructions, as far as the trail reaches, and says how many.
    pub(crate) fn undo(&mut self, steps: u64) -> u64 {
        let program = Arc::clone(&self.program);
        let slots = program.back_slots();
        let mut left = steps;
        while left > 0 {
            let reach = self.core.tick - self.trail.open.start.tick;
            if reach == 0 {
                if !self.trail.reopen() {
                    break;
                }
                continue;
            }
            let now = left.min(reach);
            self.undo_run(slots, now);
            left -= now;
        }
        if left < steps {
            self.find_flags(&program);
        }
        steps - left
    }

    /// Undoes `steps` instructions of the newest stretch of trail, but for the flags.
    fn undo_run(&mut self, slots: &[BackSlot], steps: u64) {
        let mut ip = self.core.ip as usize;
        for _ in 0..steps {
            ip = previous(&mut self.trail.open.control, ip);
            self.undo_one(slots[ip]);
        }
        self.core.ip = u32::try_from(ip).expect("an index into the code");
        self.core.tick -= steps;
    }

    #[inline(always)]
    fn undo_one(&mut self, slot: BackSlot) {
        let BackSlot { op, d, a, value } = slot;
        let general = &mut self.registers.general;
        let (d, a) = (usize::from(d & 15), usize::from(a & 15));
        match op {
            BackOp::Nothing => {}
            BackOp::Restore => {
                general[d] = pop(&mut self.trail.open.data);
                self.core.stale &= !(1 << d);
            }
            BackOp::Lose => self.core.stale |= 1 << d,
            BackOp::Add => general[d] = general[d].wrapping_add(value),
            BackOp::AddRegister => general[d] = general[d].wrapping_add(general[a]),
            BackOp::SubRegister => general[d] = general[d].wrapping_sub(general[a]),
            BackOp::Xor => general[d] ^= value,
            BackOp::XorRegister => general[d] ^= general[a],
            BackOp::Negate => general[d] = general[d].wrapping_neg(),
            BackOp::Invert => general[d] = !general[d],
            BackOp::Store8 => {
                let at = general[a].wrapping_add(value);
                let old = pop(&mut self.trail.open.data);
                restored(self.tape.store_u64(at, old.cast_unsigned()));
            }
            BackOp::Store4 => self.unstore(a, value, 4),
            BackOp::Store2 => self.unstore(a, value, 2),
            BackOp::Store1 => {
                let at = general[a].wrapping_add(value);
                let old = pop(&mut self.trail.open.data);
                restored(self.tape.store_u8(at, old.to_le_bytes()[0]));
            }
            BackOp::StoreAtHead => {
                let old = pop(&mut self.trail.open.data).to_le_bytes();
                restored(self.tape.poke(self.tape.head(), &old[..d]));
            }
            BackOp::SwapRegisters => general.swap(d, a),
            BackOp::SwapMemory => self.unswap(d, a, value),
            BackOp::Push => {
                let old = pop(&mut self.trail.open.data);
                restored(self.tape.store_u64(self.core.sp, old.cast_unsigned()));
                self.core.sp += WORD;
            }
            BackOp::Pop => {
                general[d] = pop(&mut self.trail.open.data);
                self.core.stale &= !(1 << d);
                self.core.sp -= WORD;
            }
            BackOp::Call => {
                let sp = self.core.sp;
                self.core.fp = self.tape.load_u64(sp).unwrap_or(0).cast_signed();
                let frame = pop(&mut self.trail.open.data).cast_unsigned();
                let place = pop(&mut self.trail.open.data).cast_unsigned();
                restored(self.tape.store_u64(sp, frame));
                restored(self.tape.store_u64(sp + WORD, place));
                self.core.sp = sp + FRAME;
            }
            BackOp::Return => {
                self.core.sp -= FRAME;
                self.core.fp = self.core.sp;
            }
            BackOp::Head => self.tape.set_head(pop(&mut self.trail.open.data)),
            BackOp::Advance => self.tape.set_head(self.tape.head().wrapping_sub(value)),
            BackOp::AdvanceRegister => {
                self.tape.set_head(self.tape.head().wrapping_sub(general[a]));
            }
            BackOp::State => self.unsaved(),
        }
    }

    fn unstore(&mut self, base: usize, offset: i64, len: usize) {
        let at = self.registers.general[base].wrapping_add(offset);
        let old = pop(&mut self.trail.open.data).to_le_bytes();
        restored(self.tape.poke(at, &old[..len]));
    }

    /// An exchange whose register is its own base changed the base; where it was is in memory.
    fn unswap(&mut self, register: usize, base: usize, offset: i64) {
        let old_register_at = if register == base {
            pop(&mut self.trail.open.data)
        } else {
            self.registers.general[base]
        };
        let at = old_register_at.wrapping_add(offset);
        let in_memory = self.tape.load_u64(at).unwrap_or(0).cast_signed();
        let in_register = self.registers.general[register].cast_unsigned();
        restored(self.tape.store_u64(at, in_register));
        self.registers.general[register] = in_memory;
    }

    #[cold]
    fn unsaved(&mut self) {
        let saved = self.trail.open.saved.pop().expect("a state was saved by what is undone");
        self.registers.general = saved.registers.general;
        (self.core.sp, self.core.fp, self.core.hp) = (saved.sp, saved.fp, saved.hp);
        (self.core.stale, self.core.cold) = (saved.stale, saved.cold);
        match saved.bytes {
            SavedBytes::Same => {}
            SavedBytes::Run(at, bytes) => restored(self.tape.poke(at, &bytes)),
            SavedBytes::All(tape) => self.tape.restore(&tape),
        }
        self.tape.set_head(saved.head);
        self.tape.set_names(saved.names);
    }

    /// Finds what the flags were at the present moment.
    ///
    /// They are not logged. Goes further back to where they were set last, or to where a state was
    /// saved, and forward again to here. What was found is kept while it holds, so stepping back
    /// over a stretch looks at each instruction at most twice.
    fn find_flags(&mut self, program: &Program) {
        let now = self.core.tick;
        if let Some(known) = self.trail.known
            && known.from <= now
            && now <= known.to
        {
            self.registers.flags = known.flags;
            return;
        }
        let (instructions, slots) = (program.instructions(), program.back_slots());
        let from = loop {
            if self.core.tick == self.trail.open.start.tick {
                self.registers.flags = self.trail.open.start.flags;
                break self.core.tick;
            }
            let control = self.trail.open.control.last().copied();
            let branches = self.trail.open.control.len();
            let index = previous(&mut self.trail.open.control, self.core.ip as usize);
            let instruction = &instructions[index];
            if instruction.undo() == Undo::State {
                // By their number: the branch before may be the same, as in the slices of a merge.
                if self.trail.open.control.len() < branches {
                    self.trail.open.control.extend(control);
                }
                let saved = self.trail.open.saved.last().expect("it saved a state");
                self.registers.flags = saved.flags_after;
                break self.core.tick;
            }
            self.undo_one(slots[index]);
            self.core.ip = u32::try_from(index).expect("an index into the code");
            self.core.tick -= 1;
            if let Some(flags) = self.flags_set_by(instruction) {
                self.registers.flags = flags;
                break self.core.tick + 1;
            }
        };
        while self.core.tick < now {
            let flow = self.perform(&instructions[self.core.ip as usize]);
            let flow = flow.expect("what was run once runs again");
            self.retire(flow);
        }
        self.trail.known = Some(Known { from, to: now, flags: self.registers.flags });
    }

    /// The flags that `instruction` sets, from its operands, which are as they were before it.
    fn flags_set_by(&self, instruction: &Instruction) -> Option<Flags> {
        use Instruction as I;
        if let Some(it) = instruction.arithmetic() {
            let (a, b) = (self.get(it.left), self.value(it.right));
            return Some(it.op.flags(a, b, it.op.apply(a, b)?));
        }
        let compare = |a: i64, b: i64| Some(Alu::Sub.flags(a, b, a.wrapping_sub(b)));
        #[expect(clippy::wildcard_enum_match_arm, reason = "nothing else sets flags")]
        match *instruction {
            I::INeg { src, .. } => compare(0, self.get(src)),
            I::INot { src, .. } => {
                let result = !self.get(src);
                Some(Alu::Or.flags(result, 0, result))
            }
            I::Cmp { src1, src2 } => compare(self.get(src1), self.get(src2)),
            I::CmpImm { src, value } => compare(self.get(src), value),
            I::FCmp { src1, src2 } => {
                let float = |register| f64::from_bits(self.get(register).cast_unsigned());
                Some(compare_floats(float(src1), float(src2)))
            }
            _ => None,
        }
    }
}

/// Flags that going back has found, and the ticks at which they hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    from: u64,
    to: u64,
    flags: Flags,
}

/// The instruction that was run before the one at `ip`.
#[inline(always)]
fn previous(control: &mut Vec<u64>, ip: usize) -> usize {
    match control.last() {
        Some(last) if (*last & 0xffff_ffff) as usize == ip => {
            let source = (*last >> 32) as usize;
            control.pop();
            source
        }
        _ => ip.wrapping_sub(1),
    }
}

/// A taken branch, as it is logged.
#[inline(always)]
pub(crate) fn taken(source: u32, target: u32) -> u64 {
    u64::from(source) << 32 | u64::from(target)
}

#[inline(always)]
fn pop(data: &mut Vec<i64>) -> i64 {
    data.pop().expect("a value was logged by what is undone")
}

/// Bytes that were written before can be written again.
#[inline(always)]
fn restored(stored: Stored) {
    debug_assert!(matches!(stored, Stored::Ok | Stored::Watched), "undoing a store that failed");
    let _ = stored;
}

const _: () = assert!(PAIR == 2 * WORD && FRAME == 2 * WORD);
