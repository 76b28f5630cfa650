//! Going back: what is logged when instructions run, and how each is undone.

mod slot;

use std::sync::Arc;

use tape::{Stored, TapeSnapshot};

use self::slot::BackOp;
pub(crate) use self::slot::{BackSlot, back_slots};
use crate::alu::{Alu, compare_floats};
use crate::image::Program;
use crate::layout::{FRAME, PAIR, WORD};
use crate::logging::Logging;
use crate::op::{Instruction, Undo};
use crate::recover::Place;
use crate::registers::Flags;
use crate::taken::Taken;
use crate::trail::{Saved, SavedBytes};
use crate::trap::Trap;
use crate::vm::Vm;

/// Logging. Does nothing while no trail is kept.
impl Vm {
    pub(crate) fn log(&mut self, old: i64) {
        if self.trail.on {
            self.trail.open.data.push(old);
        }
    }

    /// Logs a register that the instruction at the present position is about to overwrite.
    pub(crate) fn log_register(&mut self, register: u8) {
        if self.trail.on && !self.logging().is_unlogged(self.core.ip) {
            self.trail.open.data.push(self.get(register));
        }
    }

    /// What the present stretch of trail logs.
    pub(crate) fn logging(&self) -> &Logging {
        self.program.logging(self.core.strayed)
    }

    /// From here on control may come to places by other ways than those of the code, or things are
    /// not as the code left them.
    pub(crate) fn stray(&mut self) {
        if !self.core.strayed {
            self.core.strayed = true;
            let start = self.start_here();
            self.trail.seal(start);
            self.trail.open.start = start;
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

    /// Logs the state with a tape that was taken before.
    pub(crate) fn save_tape_as(&mut self, before: TapeSnapshot) {
        self.save(|_| SavedBytes::All(before));
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
                rewinds: self.core.rewinds,
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

/// What undoing uses all the time, and so has at hand: through the machine, each change would wait
/// for the one before to come back from memory.
struct Near<'t> {
    /// The data of the newest stretch of trail that are not used up.
    old: &'t [i64],
    sp: i64,
    stale: u16,
}

impl Near<'_> {
    #[inline(always)]
    fn pop(&mut self) -> i64 {
        let (newest, rest) = self.old.split_last().expect("what is undone logged a value");
        self.old = rest;
        *newest
    }
}

/// Undoing.
impl Vm {
    /// Undoes up to `steps` instructions, as far as the trail reaches, and says how many.
    pub(crate) fn undo(&mut self, steps: u64) -> u64 {
        let program = Arc::clone(&self.program);
        let mut left = steps;
        while left > 0 {
            let reach = self.core.tick - self.trail.open.start.tick;
            if reach == 0 {
                if !self.trail.reopen() {
                    break;
                }
                self.core.strayed = self.trail.open.start.strayed;
                continue;
            }
            let now = left.min(reach);
            self.undo_run(program.logging(self.core.strayed), now);
            left -= now;
        }
        if left < steps {
            self.find_flags(&program);
        }
        steps - left
    }

    /// Undoes `steps` instructions of the newest stretch of trail, but for the flags.
    ///
    /// What was run since the newest taken branch is the code from its target to here, so nothing
    /// is looked up for each instruction.
    fn undo_run(&mut self, logging: &Logging, steps: u64) {
        let slots = logging.back_slots();
        let mut left = usize::try_from(steps).unwrap_or(usize::MAX);
        // Exclusive; between two stretches, behind the branch that is undone next.
        let mut at = self.core.ip as usize;
        let mut data = std::mem::take(&mut self.trail.open.data);
        let mut control = std::mem::take(&mut self.trail.open.control);
        let mut near = Near { old: &data, sp: self.core.sp, stale: self.core.stale };
        let mut branch = control.pop().unwrap_or(Taken::NONE);
        loop {
            let begin = branch.target().max(at.saturating_sub(left));
            left -= at - begin;
            let end = at.saturating_sub(usize::from(slots[at].idle_before)).max(begin);
            let mut stretch = &slots[begin..end];
            let mut slot: &BackSlot;
            // Every operation ends with a dispatch of its own, which is predicted better.
            macro_rules! next {
                () => {
                    match stretch {
                        [before @ .., newest] => {
                            (stretch, slot) = (before, newest);
                            continue;
                        }
                        [] => break,
                    }
                };
            }
            macro_rules! d {
                () => {
                    usize::from(slot.d & 15)
                };
            }
            macro_rules! a {
                () => {
                    usize::from(slot.a & 15)
                };
            }
            macro_rules! dst {
                () => {
                    self.registers.general[d!()]
                };
            }
            macro_rules! src {
                () => {
                    self.registers.general[a!()]
                };
            }
            macro_rules! other {
                () => {
                    self.registers.general[(slot.other & 15) as usize]
                };
            }
            // What was calculated is what the register held.
            macro_rules! recovered {
                ($old:expr) => {{
                    dst!() = $old;
                    near.stale &= !(1 << d!());
                }};
            }
            macro_rules! put_back {
                ($old:expr) => {{
                    let old: i64 = $old;
                    let at = src!().wrapping_add(slot.value);
                    restored(self.tape.store_u64(at, old.cast_unsigned()));
                }};
            }
            macro_rules! undo {
                ($($op:pat => $work:expr,)*) => {
                    loop {
                        match slot.op {
                            $($op => { $work; next!(); })*
                        }
                    }
                };
            }
            if let [before @ .., newest] = stretch {
                (stretch, slot) = (before, newest);
                undo! {
                    BackOp::Nothing => {},
                    BackOp::Restore => {
                        dst!() = near.pop();
                        near.stale &= !(1 << d!());
                    },
                    BackOp::Lose => near.stale |= 1 << d!(),
                    BackOp::Constant => recovered!(slot.value),
                    BackOp::Copy => recovered!(src!()),
                    BackOp::Reload => recovered!(self.word_at(src!().wrapping_add(slot.value))),
                    BackOp::CopySum => recovered!(src!().wrapping_add(slot.value)),
                    BackOp::Sum => recovered!(src!().wrapping_add(other!())),
                    BackOp::Difference => recovered!(src!().wrapping_sub(other!())),
                    BackOp::Product => recovered!(src!().wrapping_mul(other!())),
                    BackOp::Recover => recovered!(self.calculate(logging, slot.other)),
                    BackOp::StoredCopy => put_back!(dst!()),
                    BackOp::StoredXor => put_back!(dst!() ^ other!()),
                    BackOp::StoredSum => put_back!(dst!().wrapping_add(other!())),
                    BackOp::StoredDifference => put_back!(dst!().wrapping_sub(other!())),
                    BackOp::RecoverStored => put_back!(self.calculate(logging, slot.other)),
                    BackOp::Add => dst!() = dst!().wrapping_add(slot.value),
                    BackOp::AddRegister => dst!() = dst!().wrapping_add(src!()),
                    BackOp::SubRegister => dst!() = dst!().wrapping_sub(src!()),
                    BackOp::Xor => dst!() ^= slot.value,
                    BackOp::XorRegister => dst!() ^= src!(),
                    BackOp::Negate => dst!() = dst!().wrapping_neg(),
                    BackOp::Invert => dst!() = !dst!(),
                    BackOp::Store8 => {
                        let at = src!().wrapping_add(slot.value);
                        restored(self.tape.store_u64(at, near.pop().cast_unsigned()));
                    },
                    BackOp::Store4 => self.unstore(a!(), slot.value, 4, near.pop()),
                    BackOp::Store2 => self.unstore(a!(), slot.value, 2, near.pop()),
                    BackOp::Store1 => {
                        let at = src!().wrapping_add(slot.value);
                        restored(self.tape.store_u8(at, near.pop().to_le_bytes()[0]));
                    },
                    BackOp::StoreAtHead => {
                        let old = near.pop().to_le_bytes();
                        restored(self.tape.poke(self.tape.head(), &old[..d!()]));
                    },
                    BackOp::SwapRegisters => self.registers.general.swap(d!(), a!()),
                    BackOp::SwapMemory => {
                        // An exchange whose register is its own base changed the base;
                        // where it was is in memory.
                        let base = if d!() == a!() { near.pop() } else { src!() };
                        self.unswap(d!(), base.wrapping_add(slot.value));
                    },
                    BackOp::Push => {
                        restored(self.tape.store_u64(near.sp, near.pop().cast_unsigned()));
                        near.sp += WORD;
                    },
                    BackOp::Pop => {
                        dst!() = near.pop();
                        near.stale &= !(1 << d!());
                        near.sp -= WORD;
                    },
                    BackOp::Call => {
                        let sp = near.sp;
                        self.core.fp = self.tape.load_u64(sp).unwrap_or(0).cast_signed();
                        let frame = near.pop().cast_unsigned();
                        let place = near.pop().cast_unsigned();
                        restored(self.tape.store_u64(sp, frame));
                        restored(self.tape.store_u64(sp + WORD, place));
                        near.sp = sp + FRAME;
                    },
                    BackOp::Return => {
                        near.sp -= FRAME;
                        self.core.fp = near.sp;
                    },
                    BackOp::Head => self.tape.set_head(near.pop()),
                    BackOp::Advance => {
                        self.tape.set_head(self.tape.head().wrapping_sub(slot.value));
                    },
                    BackOp::AdvanceRegister => {
                        self.tape.set_head(self.tape.head().wrapping_sub(src!()));
                    },
                    BackOp::Writes => {
                        near.old = self.unwrite(near.old);
                        near.stale &= !1;
                    },
                    BackOp::State => {
                        self.unsaved();
                        (near.sp, near.stale) = (self.core.sp, self.core.stale);
                    },
                }
            }
            at = begin;
            if left == 0 {
                break;
            }
            at = branch.behind_source();
            if branch.is_caught() {
                // What faulted did nothing but go back.
                (self.core.sp, self.core.stale) = (near.sp, near.stale);
                self.unsaved();
                (near.sp, near.stale) = (self.core.sp, self.core.stale);
                (at, left) = (at - 1, left - 1);
            }
            branch = match branch.once_less() {
                Some(less) => less,
                None => control.pop().unwrap_or(Taken::NONE),
            };
        }
        (self.core.sp, self.core.stale) = (near.sp, near.stale);
        let data_left = near.old.len();
        data.truncate(data_left);
        self.trail.open.data = data;
        self.trail.open.control = control;
        self.trail.open.put_newest(branch);
        self.core.ip = u32::try_from(at).expect("an index into the code");
        self.core.tick -= steps;
    }

    #[inline(always)]
    fn word_at(&mut self, at: i64) -> i64 {
        self.tape.load_u64(at).unwrap_or(0).cast_signed()
    }

    /// What an instruction overwrote, from the state after it.
    #[inline(never)]
    fn calculate(&mut self, logging: &Logging, index: u32) -> i64 {
        let term = logging.term(index as usize).expect("the slot was made for a term");
        term.evaluate(&mut |place| match place {
            Place::Register(register) => self.get(register),
            Place::Cell { base, offset } => self.word_at(self.get(base).wrapping_add(offset)),
        })
    }

    #[inline(never)]
    fn unstore(&mut self, base: usize, offset: i64, len: usize, old: i64) {
        let at = self.registers.general[base].wrapping_add(offset);
        restored(self.tape.poke(at, &old.to_le_bytes()[..len]));
    }

    fn unswap(&mut self, register: usize, at: i64) {
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
        self.core.rewinds = saved.rewinds;
        match saved.bytes {
            SavedBytes::Same => {}
            SavedBytes::Run(at, bytes) => restored(self.tape.poke(at, &bytes)),
            SavedBytes::All(tape) => self.tape.restore(&tape),
        }
        self.tape.set_head(saved.head);
        self.tape.set_names(saved.names);
    }

    /// The instruction that was run before the next one, and whether it faulted and was caught.
    fn previous(&self) -> (usize, bool) {
        let ip = self.core.ip;
        match self.trail.open.control.last() {
            Some(last) if last.target() == ip as usize => {
                (last.behind_source() - 1, last.is_caught())
            }
            _ => ((ip as usize).saturating_sub(1), false),
        }
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
        let (instructions, logging) = (program.instructions(), program.logging(self.core.strayed));
        let from = loop {
            if self.core.tick == self.trail.open.start.tick {
                self.registers.flags = self.trail.open.start.flags;
                break self.core.tick;
            }
            let (previous, is_caught) = self.previous();
            let instruction = &instructions[previous];
            if instruction.undo() == Undo::Writes && !is_caught {
                let newest = self.trail.open.data.last().expect("it logged its flags");
                self.registers.flags = crate::runtime::logged_flags(*newest);
                break self.core.tick;
            }
            if instruction.undo() == Undo::State || is_caught {
                let saved = self.trail.open.saved.last().expect("it saved a state");
                self.registers.flags = saved.flags_after;
                break self.core.tick;
            }
            self.undo_run(logging, 1);
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

/// Bytes that were written before can be written again.
#[inline(always)]
fn restored(stored: Stored) {
    debug_assert!(matches!(stored, Stored::Ok | Stored::Watched), "undoing a store that failed");
    let _ = stored;
}

const _: () = assert!(PAIR == 2 * WORD && FRAME == 2 * WORD);
