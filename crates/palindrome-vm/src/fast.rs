//! The fast engine: one loop over the slots of [`FastCode`].
//!
//! It does the frequent instructions and nothing unusual: whatever faults, asks or is rare ends the
//! loop *before* the instruction, and `exec` takes over. The limit is looked at only when a branch
//! is taken: `end` is the index at which it would be reached in a straight line, so a branch that
//! moves the position by `n` moves `end` by `n` too, and the ticks need no counting.

#![expect(
    unsafe_code,
    reason = "an unchecked fetch is 1.2 times faster: docs/decisions/0002-dispatch.md"
)]

use tape::Stored;

use crate::alu::Alu;
use crate::back::taken;
use crate::exec::from_f64;
use crate::layout::{FRAME, STACK, WORD};
use crate::registers::Flags;
use crate::slot::{FastCode, FastOp, Slot};
use crate::vm::Vm;

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The limit is near, or the trail wants to be sealed.
    Limit,
    /// The instruction at the present position is for `exec`.
    Slow,
    /// There is a breakpoint at the present position.
    Break,
    /// The last instruction wrote to watched bytes.
    Watched,
}

/// What the flags are to be computed from.
#[derive(Clone, Copy)]
enum Pending {
    Known(Flags),
    Add,
    Sub,
    Mul,
}

/// The slot at `index`.
#[inline(always)]
fn fetch(slots: &[Slot], index: usize) -> Slot {
    debug_assert!(index < slots.len(), "a position outside of the code");
    // SAFETY: the loop starts at a position of the code. It moves on by as many slots as a fused
    // slot covers, all of which exist because fusing looked at them; the last slot is `Slow`, which
    // ends the loop; and it branches to targets that the verifier checked, or that `Return`
    // compares with the length.
    unsafe { *slots.get_unchecked(index) }
}

impl Vm {
    /// Runs at least to the first taken branch after `limit - slack` instructions, and at most
    /// `limit` instructions, unless something else ends the loop.
    ///
    /// `limit` must be larger than the code's slack.
    pub(crate) fn run_fast<const TRAIL: bool>(&mut self, code: &FastCode, limit: u64) -> Exit {
        let slots: &[Slot] = &code.slots;
        let mut ip = self.core.ip as usize;
        assert!(ip < slots.len(), "the machine is inside of its code");
        let start = ip as isize;
        let room = isize::try_from(limit - code.slack).unwrap_or(isize::MAX / 2);
        let mut end = start.saturating_add(room);
        let mut registers = [0_i64; 256];
        registers[..16].copy_from_slice(&self.registers.general);
        let r = &mut registers;
        let (mut sp, mut fp) = (self.core.sp, self.core.fp);
        let mut pending = Pending::Known(self.registers.flags);
        let (mut left, mut right) = (0_i64, 0_i64);
        let mut moved = 0_isize;

        macro_rules! log_register {
            ($at:expr, $register:expr) => {
                if TRAIL && !self.program.is_unobserved($at as u32) {
                    self.trail.open.data.push(r[usize::from($register)]);
                }
            };
        }
        // Goes on at `$offset` from after the branch at `$at`.
        macro_rules! jump {
            ($at:expr, $offset:expr) => {{
                let (at, offset) = ($at, $offset as isize);
                let target = (at + 1).wrapping_add_signed(offset);
                if TRAIL {
                    self.trail.open.control.push(taken(at as u32, target as u32));
                }
                end += offset;
                moved += offset;
                ip = target;
                if ip as isize >= end || (TRAIL && self.trail.is_full()) {
                    break Exit::Limit;
                }
                continue;
            }};
        }
        macro_rules! flags {
            ($kind:ident, $a:expr, $b:expr) => {{
                left = $a;
                right = $b;
                pending = Pending::$kind;
            }};
        }
        macro_rules! loud {
            (Add, $a:expr, $b:expr, $v:expr) => {
                flags!(Add, $a, $b)
            };
            (Sub, $a:expr, $b:expr, $v:expr) => {
                flags!(Sub, $a, $b)
            };
            (Mul, $a:expr, $b:expr, $v:expr) => {
                flags!(Mul, $a, $b)
            };
            ($other:ident, $a:expr, $b:expr, $v:expr) => {
                flags!(Sub, $v, 0)
            };
        }
        macro_rules! logs {
            (Add, $s:ident, $at:expr, rr) => {
                if $s.d != $s.a || $s.d == $s.b {
                    log_register!($at, $s.d)
                }
            };
            (Sub, $s:ident, $at:expr, rr) => {
                if $s.d != $s.a || $s.d == $s.b {
                    log_register!($at, $s.d)
                }
            };
            (Xor, $s:ident, $at:expr, rr) => {
                if $s.d != $s.a || $s.d == $s.b {
                    log_register!($at, $s.d)
                }
            };
            (Add, $s:ident, $at:expr, ri) => {
                if $s.d != $s.a {
                    log_register!($at, $s.d)
                }
            };
            (Sub, $s:ident, $at:expr, ri) => {
                if $s.d != $s.a {
                    log_register!($at, $s.d)
                }
            };
            (Xor, $s:ident, $at:expr, ri) => {
                if $s.d != $s.a {
                    log_register!($at, $s.d)
                }
            };
            ($other:ident, $s:ident, $at:expr, $form:ident) => {
                log_register!($at, $s.d)
            };
        }
        macro_rules! right {
            ($s:ident, rr) => {
                r[usize::from($s.b)]
            };
            ($s:ident, ri) => {
                i64::from($s.imm)
            };
        }
        // One operation at `$at`, without moving on.
        macro_rules! operate {
            ($op:ident, $form:ident, $s:ident, $at:expr) => {{
                let (a, b) = (r[usize::from($s.a)], right!($s, $form));
                let value = total(Alu::$op, a, b);
                if TRAIL {
                    logs!($op, $s, $at, $form);
                }
                r[usize::from($s.d)] = value;
                (a, b, value)
            }};
        }
        macro_rules! quiet {
            ($op:ident, $form:ident, $s:ident) => {{
                operate!($op, $form, $s, ip);
                ip += 1;
            }};
        }
        macro_rules! with_flags {
            ($op:ident, $form:ident, $s:ident) => {{
                let (_a, _b, _value) = operate!($op, $form, $s, ip);
                loud!($op, _a, _b, _value);
                ip += 1;
            }};
        }
        macro_rules! divide {
            ($op:ident, $form:ident, $s:ident) => {{
                let (a, b) = (r[usize::from($s.a)], right!($s, $form));
                let Some(value) = divide_quickly(Alu::$op, a, b) else { break Exit::Slow };
                log_register!(ip, $s.d);
                flags!(Sub, value, 0);
                r[usize::from($s.d)] = value;
                ip += 1;
            }};
        }
        macro_rules! set {
            ($s:ident, $value:expr) => {{
                let value = $value;
                log_register!(ip, $s.d);
                r[usize::from($s.d)] = value;
                ip += 1;
            }};
        }
        macro_rules! address {
            ($s:ident) => {
                r[usize::from($s.a)].wrapping_add(i64::from($s.imm))
            };
        }
        macro_rules! load {
            ($s:ident, $load:ident, $convert:expr) => {{
                let Some(word) = self.tape.$load(address!($s)) else { break Exit::Slow };
                set!($s, $convert(word));
            }};
        }
        // Stores a word and logs the old one; leaves the loop if that cannot be done here.
        macro_rules! put {
            ($load:ident, $store:ident, $at:expr, $value:expr, $done:expr) => {{
                let position = $at;
                if TRAIL {
                    let Some(old) = self.tape.$load(position) else { break Exit::Slow };
                    self.trail.open.data.push(u64::from(old).cast_signed());
                }
                let stored = self.tape.$store(position, $value);
                if stored != Stored::Ok {
                    if stored == Stored::Watched {
                        ip += $done;
                        break Exit::Watched;
                    }
                    if TRAIL {
                        self.trail.open.data.pop();
                    }
                    break Exit::Slow;
                }
            }};
        }
        macro_rules! store {
            ($s:ident, $load:ident, $store:ident, $type:ty) => {{
                let value = r[usize::from($s.d)] as $type;
                put!($load, $store, address!($s), value, 1);
                ip += 1;
            }};
        }
        macro_rules! condition {
            ($f:ident => $test:expr, $c:tt) => {{
                let holds = match pending {
                    Pending::Sub => left $c right,
                    other => {
                        let $f = settle(other, left, right);
                        $test
                    }
                };
                if holds {
                    let s = fetch(slots, ip);
                    jump!(ip, s.imm);
                }
                ip += 1;
            }};
        }
        macro_rules! compare_branch {
            ($c:tt, $form:ident, $s:ident) => {{
                let (a, b) = (r[usize::from($s.a)], right!($s, $form));
                flags!(Sub, a, b);
                if a $c b {
                    let branch = fetch(slots, ip + 1);
                    jump!(ip + 1, branch.imm);
                }
                ip += 2;
            }};
        }
        macro_rules! add_compare_branch {
            ($c:tt, $form:ident, $s:ident) => {{
                let a = r[usize::from($s.d)].wrapping_add(i64::from($s.imm));
                r[usize::from($s.d)] = a;
                let compare = fetch(slots, ip + 1);
                let b = right!(compare, $form);
                flags!(Sub, a, b);
                if a $c b {
                    let branch = fetch(slots, ip + 2);
                    jump!(ip + 2, branch.imm);
                }
                ip += 3;
            }};
        }
        macro_rules! float {
            ($s:ident, $op:tt) => {{
                let a = f64::from_bits(r[usize::from($s.a)].cast_unsigned());
                let b = f64::from_bits(r[usize::from($s.b)].cast_unsigned());
                set!($s, from_f64(a $op b));
            }};
        }
        // Returns from `sp` at slot `$at`, or leaves the loop with the slots before it done.
        macro_rules! ret {
            ($at:expr) => {{
                let at = $at;
                ip = at;
                if sp != fp || sp > STACK.end - FRAME || sp == self.origin.sp {
                    break Exit::Slow;
                }
                let Some(frame) = self.tape.load_u64(sp) else { break Exit::Slow };
                let Some(place) = self.tape.load_u64(sp + WORD) else { break Exit::Slow };
                // One comparison for both: the low bits turn up at the top.
                let target = place.rotate_right(3) as usize;
                if target >= slots.len() {
                    break Exit::Slow;
                }
                sp += FRAME;
                fp = frame.cast_signed();
                jump!(at, (target as isize).wrapping_sub(at as isize + 1));
            }};
        }
        macro_rules! push {
            ($value:expr) => {{
                let at = sp - WORD;
                if at < STACK.start {
                    break Exit::Slow;
                }
                put!(load_u64, store_u64, at, $value.cast_unsigned(), {
                    sp = at;
                    1
                });
                sp = at;
            }};
        }
        macro_rules! call {
            ($at:expr) => {{
                let at = $at;
                ip = at;
                let frame = sp - FRAME;
                if frame < STACK.start || !self.is_plain_stack(frame) {
                    break Exit::Slow;
                }
                let place = (at as u64 + 1) * WORD.cast_unsigned();
                if TRAIL {
                    for old in [frame + WORD, frame] {
                        let old = self.tape.load_u64(old).unwrap_or(0);
                        self.trail.open.data.push(old.cast_signed());
                    }
                }
                let _ = self.tape.store_u64(frame + WORD, place);
                let _ = self.tape.store_u64(frame, fp.cast_unsigned());
                (sp, fp) = (frame, frame);
                let branch = fetch(slots, at);
                jump!(at, branch.imm);
            }};
        }

        let exit = loop {
            let s = fetch(slots, ip);
            match s.op {
                FastOp::Slow => break Exit::Slow,
                FastOp::Break => break Exit::Break,
                FastOp::Nop => ip += 1,
                FastOp::LoadImm => set!(s, i64::from(s.imm)),
                FastOp::Move => set!(s, r[usize::from(s.a)]),
                FastOp::AddRR => quiet!(Add, rr, s),
                FastOp::SubRR => quiet!(Sub, rr, s),
                FastOp::MulRR => quiet!(Mul, rr, s),
                FastOp::XorRR => quiet!(Xor, rr, s),
                FastOp::AndRR => quiet!(And, rr, s),
                FastOp::OrRR => quiet!(Or, rr, s),
                FastOp::ShlRR => quiet!(Shl, rr, s),
                FastOp::ShrRR => quiet!(Shr, rr, s),
                FastOp::SarRR => quiet!(Sar, rr, s),
                FastOp::AddRI => quiet!(Add, ri, s),
                FastOp::SubRI => quiet!(Sub, ri, s),
                FastOp::MulRI => quiet!(Mul, ri, s),
                FastOp::XorRI => quiet!(Xor, ri, s),
                FastOp::AndRI => quiet!(And, ri, s),
                FastOp::OrRI => quiet!(Or, ri, s),
                FastOp::ShlRI => quiet!(Shl, ri, s),
                FastOp::ShrRI => quiet!(Shr, ri, s),
                FastOp::SarRI => quiet!(Sar, ri, s),
                FastOp::AddRRLoud => with_flags!(Add, rr, s),
                FastOp::SubRRLoud => with_flags!(Sub, rr, s),
                FastOp::MulRRLoud => with_flags!(Mul, rr, s),
                FastOp::XorRRLoud => with_flags!(Xor, rr, s),
                FastOp::AndRRLoud => with_flags!(And, rr, s),
                FastOp::OrRRLoud => with_flags!(Or, rr, s),
                FastOp::ShlRRLoud => with_flags!(Shl, rr, s),
                FastOp::ShrRRLoud => with_flags!(Shr, rr, s),
                FastOp::SarRRLoud => with_flags!(Sar, rr, s),
                FastOp::AddRILoud => with_flags!(Add, ri, s),
                FastOp::SubRILoud => with_flags!(Sub, ri, s),
                FastOp::MulRILoud => with_flags!(Mul, ri, s),
                FastOp::XorRILoud => with_flags!(Xor, ri, s),
                FastOp::AndRILoud => with_flags!(And, ri, s),
                FastOp::OrRILoud => with_flags!(Or, ri, s),
                FastOp::ShlRILoud => with_flags!(Shl, ri, s),
                FastOp::ShrRILoud => with_flags!(Shr, ri, s),
                FastOp::SarRILoud => with_flags!(Sar, ri, s),
                FastOp::DivRR => divide!(Div, rr, s),
                FastOp::ModRR => divide!(Mod, rr, s),
                FastOp::DivRI => divide!(Div, ri, s),
                FastOp::ModRI => divide!(Mod, ri, s),
                FastOp::CmpRR => {
                    flags!(Sub, r[usize::from(s.a)], r[usize::from(s.b)]);
                    ip += 1;
                }
                FastOp::CmpRI => {
                    flags!(Sub, r[usize::from(s.a)], i64::from(s.imm));
                    ip += 1;
                }
                FastOp::EqualRR => set!(s, i64::from(r[usize::from(s.a)] == r[usize::from(s.b)])),
                FastOp::EqualRI => set!(s, i64::from(r[usize::from(s.a)] == i64::from(s.imm))),
                FastOp::LessRR => set!(s, i64::from(r[usize::from(s.a)] < r[usize::from(s.b)])),
                FastOp::LessRI => set!(s, i64::from(r[usize::from(s.a)] < i64::from(s.imm))),
                FastOp::Load64 => load!(s, load_u64, u64::cast_signed),
                FastOp::Load32 => load!(s, load_u32, i64::from),
                FastOp::Load16 => load!(s, load_u16, i64::from),
                FastOp::Load8 => load!(s, load_u8, i64::from),
                FastOp::LoadSigned32 => {
                    load!(s, load_u32, |word: u32| i64::from(word.cast_signed()))
                }
                FastOp::LoadSigned16 => {
                    load!(s, load_u16, |word: u16| i64::from(word.cast_signed()))
                }
                FastOp::LoadSigned8 => load!(s, load_u8, |word: u8| i64::from(word.cast_signed())),
                FastOp::Store64 => store!(s, load_u64, store_u64, u64),
                FastOp::Store32 => store!(s, load_u32, store_u32, u32),
                FastOp::Store16 => store!(s, load_u16, store_u16, u16),
                FastOp::Store8 => store!(s, load_u8, store_u8, u8),
                FastOp::SwapRegisters => {
                    r.swap(usize::from(s.d), usize::from(s.a));
                    ip += 1;
                }
                FastOp::Push => {
                    push!(r[usize::from(s.a)]);
                    ip += 1;
                }
                FastOp::Pop => {
                    if sp >= STACK.end {
                        break Exit::Slow;
                    }
                    let Some(word) = self.tape.load_u64(sp) else { break Exit::Slow };
                    sp += WORD;
                    set!(s, word.cast_signed());
                }
                FastOp::Call => call!(ip),
                FastOp::Return => ret!(ip),
                FastOp::Jump => jump!(ip, s.imm),
                FastOp::BranchNotZero => {
                    if r[usize::from(s.a)] != 0 {
                        jump!(ip, s.imm);
                    }
                    ip += 1;
                }
                FastOp::BranchZero => {
                    if r[usize::from(s.a)] == 0 {
                        jump!(ip, s.imm);
                    }
                    ip += 1;
                }
                FastOp::BranchEqual => condition!(f => f.zero, ==),
                FastOp::BranchNotEqual => condition!(f => !f.zero, !=),
                FastOp::BranchLess => condition!(f => f.is_less(), <),
                FastOp::BranchLessEqual => condition!(f => f.is_less() || f.zero, <=),
                FastOp::BranchGreater => condition!(f => !f.is_less() && !f.zero, >),
                FastOp::BranchGreaterEqual => condition!(f => !f.is_less(), >=),
                FastOp::FAdd => float!(s, +),
                FastOp::FSub => float!(s, -),
                FastOp::FMul => float!(s, *),
                FastOp::FDiv => float!(s, /),
                FastOp::TapeRead64 => {
                    let Some(word) = self.tape.load_u64(self.tape.head()) else { break Exit::Slow };
                    set!(s, word.cast_signed());
                }
                FastOp::TapeRead8 => {
                    let Some(word) = self.tape.load_u8(self.tape.head()) else { break Exit::Slow };
                    set!(s, i64::from(word));
                }
                FastOp::TapeWrite64 => {
                    let value = r[usize::from(s.a)].cast_unsigned();
                    put!(load_u64, store_u64, self.tape.head(), value, 1);
                    ip += 1;
                }
                FastOp::TapeWrite8 => {
                    let value = r[usize::from(s.a)] as u8;
                    put!(load_u8, store_u8, self.tape.head(), value, 1);
                    ip += 1;
                }
                FastOp::Advance => {
                    let to = self.tape.head().checked_add(i64::from(s.imm));
                    let Some(to) = to else { break Exit::Slow };
                    self.tape.set_head(to);
                    ip += 1;
                }
                FastOp::CmpEqRR => compare_branch!(==, rr, s),
                FastOp::CmpNeRR => compare_branch!(!=, rr, s),
                FastOp::CmpLtRR => compare_branch!(<, rr, s),
                FastOp::CmpLeRR => compare_branch!(<=, rr, s),
                FastOp::CmpGtRR => compare_branch!(>, rr, s),
                FastOp::CmpGeRR => compare_branch!(>=, rr, s),
                FastOp::CmpEqRI => compare_branch!(==, ri, s),
                FastOp::CmpNeRI => compare_branch!(!=, ri, s),
                FastOp::CmpLtRI => compare_branch!(<, ri, s),
                FastOp::CmpLeRI => compare_branch!(<=, ri, s),
                FastOp::CmpGtRI => compare_branch!(>, ri, s),
                FastOp::CmpGeRI => compare_branch!(>=, ri, s),
                FastOp::AddCmpEqRR => add_compare_branch!(==, rr, s),
                FastOp::AddCmpNeRR => add_compare_branch!(!=, rr, s),
                FastOp::AddCmpLtRR => add_compare_branch!(<, rr, s),
                FastOp::AddCmpLeRR => add_compare_branch!(<=, rr, s),
                FastOp::AddCmpGtRR => add_compare_branch!(>, rr, s),
                FastOp::AddCmpGeRR => add_compare_branch!(>=, rr, s),
                FastOp::AddCmpEqRI => add_compare_branch!(==, ri, s),
                FastOp::AddCmpNeRI => add_compare_branch!(!=, ri, s),
                FastOp::AddCmpLtRI => add_compare_branch!(<, ri, s),
                FastOp::AddCmpLeRI => add_compare_branch!(<=, ri, s),
                FastOp::AddCmpGtRI => add_compare_branch!(>, ri, s),
                FastOp::AddCmpGeRI => add_compare_branch!(>=, ri, s),
                FastOp::LoadLoad => {
                    load!(s, load_u64, u64::cast_signed);
                    let s = fetch(slots, ip);
                    load!(s, load_u64, u64::cast_signed);
                }
                FastOp::StoreStore => {
                    store!(s, load_u64, store_u64, u64);
                    let s = fetch(slots, ip);
                    store!(s, load_u64, store_u64, u64);
                }
                FastOp::MulAdd => {
                    quiet!(Mul, rr, s);
                    let s = fetch(slots, ip);
                    quiet!(Add, rr, s);
                }
                FastOp::AddAddRI => {
                    quiet!(Add, ri, s);
                    let s = fetch(slots, ip);
                    quiet!(Add, ri, s);
                }
                FastOp::AddAndRI => {
                    quiet!(Add, rr, s);
                    let s = fetch(slots, ip);
                    quiet!(And, ri, s);
                }
                FastOp::PopAddReturn => {
                    if sp >= STACK.end {
                        break Exit::Slow;
                    }
                    let Some(word) = self.tape.load_u64(sp) else { break Exit::Slow };
                    sp += WORD;
                    set!(s, word.cast_signed());
                    let s = fetch(slots, ip);
                    with_flags!(Add, rr, s);
                    ret!(ip);
                }
                FastOp::MoveReturn => {
                    set!(s, r[usize::from(s.a)]);
                    ret!(ip);
                }
                FastOp::PushSub => {
                    push!(r[usize::from(s.a)]);
                    ip += 1;
                    let s = fetch(slots, ip);
                    with_flags!(Sub, ri, s);
                }
                FastOp::SubCall => {
                    with_flags!(Sub, ri, s);
                    call!(ip);
                }
                FastOp::LoadLoadMulAdd => {
                    load!(s, load_u64, u64::cast_signed);
                    let s = fetch(slots, ip);
                    load!(s, load_u64, u64::cast_signed);
                    let s = fetch(slots, ip);
                    quiet!(Mul, rr, s);
                    let s = fetch(slots, ip);
                    quiet!(Add, rr, s);
                }
                FastOp::LoadLoadCmp => {
                    load!(s, load_u64, u64::cast_signed);
                    let s = fetch(slots, ip);
                    load!(s, load_u64, u64::cast_signed);
                    let s = fetch(slots, ip);
                    flags!(Sub, r[usize::from(s.a)], r[usize::from(s.b)]);
                    ip += 1;
                }
                FastOp::AndBranch => {
                    with_flags!(And, ri, s);
                    let branch = fetch(slots, ip);
                    if r[usize::from(s.d)] != 0 {
                        jump!(ip, branch.imm);
                    }
                    ip += 1;
                }
            }
        };

        self.registers.general.copy_from_slice(&registers[..16]);
        self.registers.flags = settle(pending, left, right);
        (self.core.sp, self.core.fp) = (sp, fp);
        self.core.ip = u32::try_from(ip).expect("an index into the code");
        self.core.tick += (ip as isize - start - moved).cast_unsigned() as u64;
        exit
    }

    /// Whether a frame can be stored without any of the unusual outcomes. Watching part of the
    /// stack makes calls slow, and nothing else does.
    #[inline(always)]
    fn is_plain_stack(&self, frame: i64) -> bool {
        let _ = frame;
        !self.watches_stack
    }
}

/// The result of an operation that always has one.
#[inline(always)]
fn total(op: Alu, a: i64, b: i64) -> i64 {
    op.apply(a, b).unwrap_or(0)
}

/// Small numbers take a 32-bit division, which is several times faster.
#[inline(always)]
fn divide_quickly(op: Alu, a: i64, b: i64) -> Option<i64> {
    if b != 0 && (a | b).cast_unsigned() >> 32 == 0 {
        let (a, b) = (a as u32, b as u32);
        return Some(i64::from(if op == Alu::Div { a / b } else { a % b }));
    }
    op.apply(a, b)
}

#[cold]
fn settle(pending: Pending, left: i64, right: i64) -> Flags {
    match pending {
        Pending::Known(flags) => flags,
        Pending::Add => Alu::Add.flags(left, right, left.wrapping_add(right)),
        Pending::Sub => Alu::Sub.flags(left, right, left.wrapping_sub(right)),
        Pending::Mul => Alu::Mul.flags(left, right, left.wrapping_mul(right)),
    }
}
