//! The fast engine: one loop over the slots of [`FastCode`].
//!
//! It does the frequent instructions and nothing unusual: whatever faults, asks or is rare ends the
//! loop *before* the instruction, and `exec` takes over. The limit is looked at only when a branch
//! is taken: `end` is the index at which it would be reached in a straight line, so a branch that
//! moves the position by `n` moves `end` by `n` too, and the ticks need no counting.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "indices of the code are below 2^17, and stores and short divisions want the low bits"
)]
#![expect(clippy::no_effect, reason = "most stores have nothing else to do")]

use std::sync::Arc;

use tape::Stored;

use crate::alu::{Alu, Pending, divide_quickly, total};
use crate::cursor::At;
use crate::exec::{Flow, from_f64};
use crate::exit::Exit;
use crate::layout::{FRAME, STACK, WORD};
use crate::reach::{cold, warm};
use crate::slot::{FastCode, FastOp, Slot};
use crate::taken::Taken;
use crate::vm::Vm;

impl Vm {
    /// Runs at least to the first taken branch after `limit - slack` instructions, and at most
    /// `limit` instructions, unless something else ends the loop.
    ///
    /// `limit` must be larger than the code's slack.
    pub(crate) fn run_fast<const TRAIL: bool>(&mut self, code: &FastCode, limit: u64) -> Exit {
        let (slots, wide): (&[Slot], &[i64]) = (&code.slots, &code.wide);
        let program = Arc::clone(&self.program);
        let unlogged = if TRAIL { program.logging(self.core.strayed).unlogged() } else { &[] };
        let mut ip = self.core.ip as usize;
        assert!(ip < slots.len(), "the machine is inside of its code");
        let start = ip as isize;
        let room = isize::try_from(limit - code.slack).unwrap_or(isize::MAX).min(isize::MAX / 2);
        let mut end = start + room;
        let mut registers = [0_i64; 256];
        registers[..16].copy_from_slice(&self.registers.general);
        let r = &mut registers;
        let (mut sp, mut fp) = (self.core.sp, self.core.fp);
        let (origin, tick) = (self.origin.sp, self.core.tick);
        // The newest branch of the trail, which is counted here if it is taken again.
        let mut newest = if TRAIL { self.trail.open.take_newest() } else { Taken::NONE };
        let mut pending = Pending::Known;
        let (mut left, mut right) = (i64::from(self.registers.flags.bits()), 0_i64);

        macro_rules! log_register {
            ($at:expr, $register:expr) => {
                if TRAIL && !unlogged[$at] {
                    self.trail.open.data.push(r[$register]);
                }
            };
        }
        // Goes on at `$offset` from after the branch at `$at`.
        macro_rules! jump {
            ($at:expr, $offset:expr) => {{
                let (at, offset) = ($at, $offset as isize);
                let target = (at + 1).wrapping_add_signed(offset);
                if TRAIL {
                    let taken = Taken::branch(at as u32, target as u32);
                    newest = self.trail.open.count(newest, taken);
                }
                end += offset;
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
                if $s.d() != $s.a() || $s.d() == $s.b() {
                    log_register!($at, $s.d())
                }
            };
            (Sub, $s:ident, $at:expr, rr) => {
                if $s.d() != $s.a() || $s.d() == $s.b() {
                    log_register!($at, $s.d())
                }
            };
            (Xor, $s:ident, $at:expr, rr) => {
                if $s.d() != $s.a() || $s.d() == $s.b() {
                    log_register!($at, $s.d())
                }
            };
            (Add, $s:ident, $at:expr, ri) => {
                if $s.d() != $s.a() {
                    log_register!($at, $s.d())
                }
            };
            (Sub, $s:ident, $at:expr, ri) => {
                if $s.d() != $s.a() {
                    log_register!($at, $s.d())
                }
            };
            (Xor, $s:ident, $at:expr, ri) => {
                if $s.d() != $s.a() {
                    log_register!($at, $s.d())
                }
            };
            ($other:ident, $s:ident, $at:expr, $form:ident) => {
                log_register!($at, $s.d())
            };
        }
        macro_rules! right {
            ($s:ident, rr) => {
                r[$s.b()]
            };
            ($s:ident, ri) => {
                $s.imm()
            };
        }
        // One operation at `$at`, without moving on.
        macro_rules! operate {
            ($op:ident, $form:ident, $s:ident, $at:expr) => {{
                let (a, b) = (r[$s.a()], right!($s, $form));
                let value = total(Alu::$op, a, b);
                if TRAIL {
                    logs!($op, $s, $at, $form);
                }
                r[$s.d()] = value;
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
                let (a, b) = (r[$s.a()], right!($s, $form));
                let Some(value) = divide_quickly(Alu::$op, a, b) else { break Exit::Slow };
                log_register!(ip, $s.d());
                flags!(Sub, value, 0);
                r[$s.d()] = value;
                ip += 1;
            }};
        }
        macro_rules! set {
            ($s:ident, $value:expr) => {{
                let value = $value;
                log_register!(ip, $s.d());
                r[$s.d()] = value;
                ip += 1;
            }};
        }
        // Sets a register to what its old value can be had from, if it is its own source.
        macro_rules! replace {
            ($s:ident, $value:expr) => {{
                if $s.d() != $s.a() {
                    log_register!(ip, $s.d());
                }
                r[$s.d()] = $value;
                ip += 1;
            }};
        }
        macro_rules! address {
            ($s:ident) => {
                r[$s.a()].wrapping_add($s.imm())
            };
        }
        // A miss does the same out of the way, and goes on from the top of the loop.
        macro_rules! load {
            ($s:ident, $hit:ident, $load:ident, $convert:expr) => {
                load!(@ $s, address!($s), $hit, $load, $convert)
            };
            (@ $s:ident, $at:expr, $hit:ident, $load:ident, $convert:expr) => {{
                let position = $at;
                match self.tape.$hit(position) {
                    Some(word) => set!($s, $convert(word)),
                    None => match cold(&mut self.tape, |tape| tape.$load(position)) {
                        Some(word) => {
                            set!($s, $convert(word));
                            continue;
                        }
                        None => break Exit::Slow,
                    },
                }
            }};
        }
        // Stores a word and logs the old one. `$done` is what else the instruction does.
        macro_rules! put {
            ($hit:ident, $load:ident, $put:ident, $store:ident, $at:expr, $value:expr, $done:expr) => {{
                let (position, value) = ($at, $value);
                if TRAIL && !unlogged[ip] {
                    let old = match self.tape.$hit(position) {
                        Some(old) => old,
                        None => match cold(&mut self.tape, |tape| tape.$load(position)) {
                            Some(old) => old,
                            None => break Exit::Slow,
                        },
                    };
                    self.trail.open.data.push(u64::from(old).cast_signed());
                }
                if !self.tape.$put(position, value) {
                    match cold(&mut self.tape, |tape| tape.$store(position, value)) {
                        Stored::Ok => {
                            $done;
                            ip += 1;
                            continue;
                        }
                        Stored::Watched => {
                            $done;
                            ip += 1;
                            break Exit::Watched;
                        }
                        Stored::Protected | Stored::PastEnd => {
                            if TRAIL && !unlogged[ip] {
                                self.trail.open.data.pop();
                            }
                            break Exit::Slow;
                        }
                    }
                }
                $done;
                ip += 1;
            }};
        }
        macro_rules! store {
            ($s:ident, $hit:ident, $load:ident, $put:ident, $store:ident, $type:ty) => {
                put!($hit, $load, $put, $store, address!($s), r[$s.d()] as $type, ())
            };
        }
        macro_rules! branch {
            ($s:ident, $holds:expr) => {{
                if $holds {
                    jump!(ip, $s.imm());
                }
                ip += 1;
            }};
        }
        macro_rules! condition {
            ($f:ident => $test:expr, $c:tt) => {{
                let holds = match pending {
                    Pending::Sub => left $c right,
                    other => {
                        let $f = other.settle(left, right);
                        $test
                    }
                };
                if holds {
                    let s = At::new(slots, ip);
                    jump!(ip, s.imm());
                }
                ip += 1;
            }};
        }
        macro_rules! compare_branch {
            ($c:tt, $form:ident, $s:ident) => {{
                let (a, b) = (r[$s.a()], right!($s, $form));
                flags!(Sub, a, b);
                if a $c b {
                    let branch = At::new(slots, ip + 1);
                    jump!(ip + 1, branch.imm());
                }
                ip += 2;
            }};
        }
        macro_rules! add_compare_branch {
            ($c:tt, $form:ident, $s:ident) => {{
                let a = r[$s.d()].wrapping_add($s.imm());
                r[$s.d()] = a;
                let compare = At::new(slots, ip + 1);
                let b = right!(compare, $form);
                flags!(Sub, a, b);
                if a $c b {
                    let branch = At::new(slots, ip + 2);
                    jump!(ip + 2, branch.imm());
                }
                ip += 3;
            }};
        }
        macro_rules! step_compare_branch {
            ($c:tt, $form:ident, $s:ident) => {{
                let a = r[$s.d()].wrapping_add(r[$s.b()]);
                r[$s.d()] = a;
                let compare = At::new(slots, ip + 1);
                let b = right!(compare, $form);
                flags!(Sub, a, b);
                if a $c b {
                    let branch = At::new(slots, ip + 2);
                    jump!(ip + 2, branch.imm());
                }
                ip += 3;
            }};
        }
        macro_rules! tally_compare_branch {
            ($c:tt, $form:ident, $s:ident) => {{
                r[$s.d()] = r[$s.d()].wrapping_add($s.imm());
                let compare = At::new(slots, ip + 1);
                let (a, b) = (r[compare.a()], right!(compare, $form));
                flags!(Sub, a, b);
                if a $c b {
                    let branch = At::new(slots, ip + 2);
                    jump!(ip + 2, branch.imm());
                }
                ip += 3;
            }};
        }
        macro_rules! float {
            ($s:ident, $op:tt) => {{
                let a = f64::from_bits(r[$s.a()].cast_unsigned());
                let b = f64::from_bits(r[$s.b()].cast_unsigned());
                set!($s, from_f64(a $op b));
            }};
        }
        // Returns from `sp`.
        macro_rules! ret {
            () => {{
                if sp != fp || sp > STACK.end - FRAME || sp == origin {
                    break Exit::Slow;
                }
                let Some((frame, place)) = self.tape.hit_pair(sp) else {
                    match warm(&mut self.tape, sp) {
                        true => continue,
                        false => break Exit::Slow,
                    }
                };
                // One comparison for both: the low bits turn up at the top.
                let target = place.rotate_right(3) as usize;
                if !matches!(code.behind_call.get(target), Some(true)) {
                    break Exit::Slow;
                }
                sp += FRAME;
                fp = frame.cast_signed();
                jump!(ip, (target as isize).wrapping_sub(ip as isize + 1));
            }};
        }
        // What the machine has in place of the loop's own variables.
        macro_rules! settle {
            () => {{
                if TRAIL {
                    self.trail.open.put_newest(newest);
                }
                self.registers.general.copy_from_slice(&r[..16]);
                self.registers.flags = pending.settle(left, right);
                (self.core.sp, self.core.fp) = (sp, fp);
                self.core.ip = u32::try_from(ip).expect("an index into the code");
                // Branches moved both alike, so what is left of the room says how far it went.
                self.core.tick = tick + (room - (end - ip as isize)).cast_unsigned() as u64;
            }};
        }
        macro_rules! push {
            ($value:expr) => {{
                let at = sp - WORD;
                if at < STACK.start {
                    break Exit::Slow;
                }
                let value = $value.cast_unsigned();
                put!(hit_u64, load_u64, put_u64, store_u64, at, value, sp = at);
            }};
        }
        macro_rules! pop {
            ($s:ident) => {{
                if sp >= STACK.end {
                    break Exit::Slow;
                }
                let Some(word) = self.tape.hit_u64(sp) else {
                    let _ = cold(&mut self.tape, |tape| tape.load_u64(sp));
                    match self.tape.hit_u64(sp) {
                        Some(_) => continue,
                        None => break Exit::Slow,
                    }
                };
                sp += WORD;
                set!($s, word.cast_signed());
            }};
        }
        macro_rules! call {
            ($s:ident) => {{
                let frame = sp - FRAME;
                if frame < STACK.start {
                    break Exit::Slow;
                }
                let place = (ip as u64 + 1) * WORD.cast_unsigned();
                if TRAIL {
                    for old in [frame + WORD, frame] {
                        let old = self.tape.load_u64(old).unwrap_or(0);
                        self.trail.open.data.push(old.cast_signed());
                    }
                }
                let old = fp.cast_unsigned();
                if !self.tape.put_pair(frame, old, place)
                    && !cold(&mut self.tape, |tape| {
                        tape.ready(frame) && tape.put_pair(frame, old, place)
                    })
                {
                    if TRAIL {
                        let kept = self.trail.open.data.len() - 2;
                        self.trail.open.data.truncate(kept);
                    }
                    break Exit::Slow;
                }
                (sp, fp) = (frame, frame);
                jump!(ip, $s.imm());
            }};
        }

        let exit = loop {
            let s = At::new(slots, ip);
            match s.op() {
                FastOp::Slow => break Exit::Slow,
                FastOp::Break => break Exit::Break,
                FastOp::LoadImm => set!(s, s.imm()),
                FastOp::Move => set!(s, r[s.a()]),
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
                FastOp::Neg => {
                    let (a, value) = (r[s.a()], r[s.a()].wrapping_neg());
                    flags!(Sub, 0, a);
                    replace!(s, value);
                }
                FastOp::Not => {
                    let value = !r[s.a()];
                    flags!(Sub, value, 0);
                    replace!(s, value);
                }
                FastOp::CmpRR => {
                    flags!(Sub, r[s.a()], r[s.b()]);
                    ip += 1;
                }
                FastOp::CmpRI => {
                    flags!(Sub, r[s.a()], s.imm());
                    ip += 1;
                }
                FastOp::EqualRR => set!(s, i64::from(r[s.a()] == r[s.b()])),
                FastOp::EqualRI => set!(s, i64::from(r[s.a()] == s.imm())),
                FastOp::LessRR => set!(s, i64::from(r[s.a()] < r[s.b()])),
                FastOp::LessRI => set!(s, i64::from(r[s.a()] < s.imm())),
                FastOp::Load64 => load!(s, hit_u64, load_u64, u64::cast_signed),
                FastOp::Load32 => load!(s, hit_u32, load_u32, i64::from),
                FastOp::Load16 => load!(s, hit_u16, load_u16, i64::from),
                FastOp::Load8 => load!(s, hit_u8, load_u8, i64::from),
                FastOp::LoadSigned32 => {
                    load!(s, hit_u32, load_u32, |word: u32| i64::from(word.cast_signed()));
                }
                FastOp::LoadSigned16 => {
                    load!(s, hit_u16, load_u16, |word: u16| i64::from(word.cast_signed()));
                }
                FastOp::LoadSigned8 => {
                    load!(s, hit_u8, load_u8, |word: u8| i64::from(word.cast_signed()));
                }
                FastOp::Store64 => store!(s, hit_u64, load_u64, put_u64, store_u64, u64),
                FastOp::Store32 => store!(s, hit_u32, load_u32, put_u32, store_u32, u32),
                FastOp::Store16 => store!(s, hit_u16, load_u16, put_u16, store_u16, u16),
                FastOp::Store8 => store!(s, hit_u8, load_u8, put_u8, store_u8, u8),
                FastOp::LoadImmWide => set!(s, wide[s.imm() as usize]),
                FastOp::Load64Wide => {
                    let at = r[s.a()].wrapping_add(wide[s.imm() as usize]);
                    load!(@ s, at, hit_u64, load_u64, u64::cast_signed);
                }
                FastOp::Store64Wide => {
                    let at = r[s.a()].wrapping_add(wide[s.imm() as usize]);
                    put!(hit_u64, load_u64, put_u64, store_u64, at, r[s.d()] as u64, ());
                }
                FastOp::CallRuntime => {
                    settle!();
                    let called = self.call_runtime(s.imm() as u16, None);
                    if TRAIL {
                        newest = self.trail.open.take_newest();
                    }
                    match called {
                        Ok(Flow::Next) => {
                            r[0] = self.registers.general[0];
                            ip += 1;
                        }
                        other => break Exit::Called(other),
                    }
                }
                FastOp::SwapRegisters => {
                    r.swap(s.d(), s.a());
                    ip += 1;
                }
                FastOp::Push => push!(r[s.a()]),
                FastOp::Pop => pop!(s),
                FastOp::Call => call!(s),
                FastOp::Return => ret!(),
                FastOp::Jump => jump!(ip, s.imm()),
                FastOp::BranchNotZero => branch!(s, r[s.a()] != 0),
                FastOp::BranchZero => branch!(s, r[s.a()] == 0),
                FastOp::BranchEqual => condition!(f => f.zero, ==),
                FastOp::BranchNotEqual => condition!(f => !f.zero, !=),
                FastOp::BranchLess => condition!(f => f.is_less(), <),
                FastOp::BranchLessEqual => condition!(f => f.is_less() || f.zero, <=),
                FastOp::BranchGreater => condition!(f => !f.is_less() && !f.zero, >),
                FastOp::BranchGreaterEqual => condition!(f => !f.is_less(), >=),
                FastOp::BranchOverflow => branch!(s, pending.overflowed(left, right)),
                FastOp::FAdd => float!(s, +),
                FastOp::FSub => float!(s, -),
                FastOp::FMul => float!(s, *),
                FastOp::FDiv => float!(s, /),
                FastOp::TapeRead64 => {
                    load!(@ s, self.tape.head(), hit_u64, load_u64, u64::cast_signed);
                }
                FastOp::TapeRead8 => load!(@ s, self.tape.head(), hit_u8, load_u8, i64::from),
                FastOp::TapeWrite64 => {
                    let (head, value) = (self.tape.head(), r[s.a()].cast_unsigned());
                    put!(hit_u64, load_u64, put_u64, store_u64, head, value, ());
                }
                FastOp::TapeWrite8 => {
                    let (head, value) = (self.tape.head(), r[s.a()] as u8);
                    put!(hit_u8, load_u8, put_u8, store_u8, head, value, ());
                }
                FastOp::Advance => {
                    let to = self.tape.head().checked_add(s.imm());
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
                FastOp::StepCmpEqRR => step_compare_branch!(==, rr, s),
                FastOp::StepCmpNeRR => step_compare_branch!(!=, rr, s),
                FastOp::StepCmpLtRR => step_compare_branch!(<, rr, s),
                FastOp::StepCmpLeRR => step_compare_branch!(<=, rr, s),
                FastOp::StepCmpGtRR => step_compare_branch!(>, rr, s),
                FastOp::StepCmpGeRR => step_compare_branch!(>=, rr, s),
                FastOp::StepCmpEqRI => step_compare_branch!(==, ri, s),
                FastOp::StepCmpNeRI => step_compare_branch!(!=, ri, s),
                FastOp::StepCmpLtRI => step_compare_branch!(<, ri, s),
                FastOp::StepCmpLeRI => step_compare_branch!(<=, ri, s),
                FastOp::StepCmpGtRI => step_compare_branch!(>, ri, s),
                FastOp::StepCmpGeRI => step_compare_branch!(>=, ri, s),
                FastOp::TallyCmpEqRR => tally_compare_branch!(==, rr, s),
                FastOp::TallyCmpNeRR => tally_compare_branch!(!=, rr, s),
                FastOp::TallyCmpLtRR => tally_compare_branch!(<, rr, s),
                FastOp::TallyCmpLeRR => tally_compare_branch!(<=, rr, s),
                FastOp::TallyCmpGtRR => tally_compare_branch!(>, rr, s),
                FastOp::TallyCmpGeRR => tally_compare_branch!(>=, rr, s),
                FastOp::TallyCmpEqRI => tally_compare_branch!(==, ri, s),
                FastOp::TallyCmpNeRI => tally_compare_branch!(!=, ri, s),
                FastOp::TallyCmpLtRI => tally_compare_branch!(<, ri, s),
                FastOp::TallyCmpLeRI => tally_compare_branch!(<=, ri, s),
                FastOp::TallyCmpGtRI => tally_compare_branch!(>, ri, s),
                FastOp::TallyCmpGeRI => tally_compare_branch!(>=, ri, s),
                FastOp::Load8BranchZero => {
                    load!(s, hit_u8, load_u8, i64::from);
                    let branch = At::new(slots, ip);
                    if r[branch.a()] == 0 {
                        jump!(ip, branch.imm());
                    }
                    ip += 1;
                }
                FastOp::LoadLoad => {
                    load!(s, hit_u64, load_u64, u64::cast_signed);
                    let s = At::new(slots, ip);
                    load!(s, hit_u64, load_u64, u64::cast_signed);
                }
                FastOp::StoreStore => {
                    store!(s, hit_u64, load_u64, put_u64, store_u64, u64);
                    let s = At::new(slots, ip);
                    store!(s, hit_u64, load_u64, put_u64, store_u64, u64);
                }
                FastOp::MulAdd => {
                    quiet!(Mul, rr, s);
                    let s = At::new(slots, ip);
                    quiet!(Add, rr, s);
                }
                FastOp::AddAddRI => {
                    quiet!(Add, ri, s);
                    let s = At::new(slots, ip);
                    quiet!(Add, ri, s);
                }
                FastOp::AddAndRI => {
                    quiet!(Add, rr, s);
                    let s = At::new(slots, ip);
                    quiet!(And, ri, s);
                }
                FastOp::PopAddReturn => {
                    pop!(s);
                    let s = At::new(slots, ip);
                    with_flags!(Add, rr, s);
                    ret!();
                }
                FastOp::MoveReturn => {
                    set!(s, r[s.a()]);
                    ret!();
                }
                FastOp::PushSub => {
                    push!(r[s.a()]);
                    let s = At::new(slots, ip);
                    with_flags!(Sub, ri, s);
                }
                FastOp::SubCall => {
                    with_flags!(Sub, ri, s);
                    let s = At::new(slots, ip);
                    call!(s);
                }
                FastOp::LoadLoadMulAdd => {
                    load!(s, hit_u64, load_u64, u64::cast_signed);
                    let s = At::new(slots, ip);
                    load!(s, hit_u64, load_u64, u64::cast_signed);
                    let s = At::new(slots, ip);
                    quiet!(Mul, rr, s);
                    let s = At::new(slots, ip);
                    quiet!(Add, rr, s);
                }
                FastOp::LoadLoadCmp => {
                    load!(s, hit_u64, load_u64, u64::cast_signed);
                    let s = At::new(slots, ip);
                    load!(s, hit_u64, load_u64, u64::cast_signed);
                    let s = At::new(slots, ip);
                    flags!(Sub, r[s.a()], r[s.b()]);
                    ip += 1;
                }
                FastOp::AndBranch => {
                    with_flags!(And, ri, s);
                    let branch = At::new(slots, ip);
                    if r[s.d()] != 0 {
                        jump!(ip, branch.imm());
                    }
                    ip += 1;
                }
            }
        };

        settle!();
        exit
    }
}
