//! The loop over the slots: one `match`.
//!
//! The top of the stack is kept in a register; its cell is written when `exec` or anybody else may
//! look. The limit is looked at only where a jump is taken. Macros are what several arms do.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "cells are numbered in 16 bits; indexes are compared with what they are truncated to"
)]

use std::hint::cold_path;

use super::cells::{
    ADDRESS, BASE, LOCALS, POINTER, RANGE, RETURN, TIMES, VECTOR, frame, is_boxed, is_reference,
};
use super::whole::{MAGIC, bit_and, is_whole, low_bits, modulo};
use super::{Guard, Leave};
use crate::heap::Kind;
use crate::memory::{BEFORE, GLOBAL_MARKS, GLOBALS_TOLD, GROUP_CELLS, MARKS};
use crate::slot::{FastCode, FastOp};
use crate::value::Cell;
use crate::vm::Vm;

impl Vm {
    /// Runs while instructions are `left`, and a few more.
    #[inline(never)]
    #[rustfmt::skip] // One line for one slot, where it fits.
    pub(super) fn run_numbers<G: Guard>(&mut self, code: &FastCode, left: &mut i64, guarded: G) -> Leave {
        let slots = code.slots();
        let layout = self.memory.layout();
        let registers = self.registers;
        // Three cells are kept free for what instructions within a fused slot may push.
        let stack = guarded.free_stack((registers.stack_start, registers.stack_end), registers.sp);
        let Some((low, high)) = stack.filter(|(_, high)| high - registers.sp >= 3) else {
            let is_break = slots[usize::from(registers.ip)].op == FastOp::Break;
            return if is_break { Leave::Break } else { Leave::Slow };
        };
        let mut sp = registers.sp;
        let mut rp = registers.rp;
        let mut bp = registers.bp;
        let mut budget = *left;
        // What is in a register and a little beyond needs no check: there are cells around the memory.
        let m = std::cell::Cell::from_mut(self.memory.kept_mut()).as_array_of_cells();
        macro_rules! place {
            ($register:ident - $cells:expr) => {
                m[BEFORE + usize::from($register) - $cells]
            };
            ($register:ident + $cells:expr) => {
                m[BEFORE + usize::from($register) + $cells]
            };
            ($cell:expr) => {
                m[BEFORE + usize::from($cell)]
            };
        }
        macro_rules! at { ($($cell:tt)+) => { place!($($cell)+).get() }; }
        macro_rules! put_at {
            ($register:ident - $cells:expr; $value:expr) => {{
                let value: u32 = $value;
                place!($register - $cells).set(value);
            }};
            ($register:ident + $cells:expr; $value:expr) => {{
                let value: u32 = $value;
                place!($register + $cells).set(value);
            }};
            ($cell:expr; $value:expr) => {{
                let value: u32 = $value;
                place!($cell).set(value);
            }};
        }
        // Numbers that are rarely wanted lie before the memory, lest they take up registers.
        let apart = [
            u32::from(low) + 1,
            u32::from(low) + 2,
            u32::from(low) + 3,
            u32::from(high) - 3,
            u32::from(high) - 4,
            u32::from(registers.return_end),
            layout.block(0) as u32,
            layout.globals().0 as u32,
        ];
        for (place, number) in m.iter().zip(apart) {
            place.set(number);
        }
        macro_rules! return_end { () => { m[5].get() as u16 }; }
        let mut s = &slots[usize::from(registers.ip)];
        let mut locals = frame(m, bp);
        // With an empty stack, the cell below it stands in for the top.
        let guard = at!(low - 1);
        let mut top = at!(sp - 1);

        macro_rules! move_to {
            ($register:ident = $from:ident + $cells:expr) => {
                $register = $from.wrapping_add($cells)
            };
            ($register:ident = $from:ident - $cells:expr) => {
                $register = $from.wrapping_sub($cells)
            };
        }
        macro_rules! slow {
            () => {{
                cold_path();
                break;
            }};
        }
        macro_rules! need {
            ($cells:expr) => {
                if sp < m[$cells - 1].get() as u16 {
                    slow!();
                }
            };
        }
        // Room for what stays on the stack. For three cells more, which an instruction within a fused
        // slot may push, there always is.
        macro_rules! room {
            ($cells:expr) => {
                if sp >= m[2 + $cells].get() as u16 {
                    slow!();
                }
            };
        }
        macro_rules! push {
            ($value:expr) => {{
                let value: u32 = $value;
                put_at!(sp - 1; top);
                top = value;
                move_to!(sp = sp + 1);
            }};
        }
        macro_rules! pop {
            () => {{
                move_to!(sp = sp - 1);
                top = at!(sp - 1);
            }};
        }
        macro_rules! float { ($cell:expr) => { f32::from_bits($cell) }; }
        macro_rules! next {
            ($s:ident, $count:expr) => {{
                budget -= $count;
                s = &slots[usize::from($s.next)];
            }};
        }
        macro_rules! jump {
            ($target:expr, $count:expr) => {{
                budget -= $count;
                s = &slots[usize::from($target)];
                if budget <= 0 {
                    cold_path();
                    break;
                }
            }};
        }
        // The first cell of the block of a reference.
        macro_rules! block {
            ($reference:expr) => {
                (m[6].get() + ($reference & ADDRESS) * 16) as u16
            };
        }
        // What is watched is left to `exec`, before anything is done.
        macro_rules! unwatched {
            ($cell:expr) => { if guarded.has($cell) { slow!(); } };
        }
        macro_rules! unwatched_local {
            ($slot:expr) => { unwatched!(bp.wrapping_add(u16::from($slot))) };
        }
        // The same for what is given to the return stack, or taken from it.
        macro_rules! uncrossed {
            ($from:expr, $to:expr) => { if guarded.is_between($from, $to) { slow!(); } };
        }
        macro_rules! global { ($s:ident) => { at!((m[7].get() + $s.imm) as u16) }; }
        macro_rules! put_global {
            ($s:ident; $value:expr) => {{
                m[GLOBAL_MARKS + $s.imm as usize % GLOBALS_TOLD].set(1);
                put_at!((m[7].get() + $s.imm) as u16; $value)
            }};
        }
        // A copy of a value goes somewhere.
        macro_rules! copy {
            ($value:expr) => {{
                let value: u32 = $value;
                if is_reference(value) {
                    let block = block!(value);
                    let count = at!(block);
                    if count == 0 || count >= u32::MAX - 1 {
                        slow!();
                    }
                    put_at!(block; count + 1);
                }
                value
            }};
        }
        // A value goes away.
        macro_rules! drop {
            ($value:expr) => {{
                let value: u32 = $value;
                if is_reference(value) {
                    let block = block!(value);
                    let count = at!(block);
                    if count <= 1 {
                        slow!();
                    }
                    put_at!(block; count - 1);
                }
            }};
        }
        macro_rules! plain {
            ($value:expr) => {{
                let value: u32 = $value;
                if is_reference(value) {
                    slow!();
                }
                value
            }};
        }
        macro_rules! number {
            ($value:expr) => {{
                let value: f32 = $value;
                if value.is_nan() {
                    slow!();
                }
                value.to_bits()
            }};
        }
        macro_rules! binary {
            ($s:ident, |$a:ident, $b:ident| $result:expr) => {{
                need!(2);
                let ($a, $b) = (float!(at!(sp - 2)), float!(top));
                top = number!($result);
                move_to!(sp = sp - 1);
                next!($s, 1);
            }};
        }
        macro_rules! constant {
            ($s:ident, |$a:ident, $b:ident| $result:expr) => {{
                need!(1);
                let ($a, $b) = (float!(top), float!($s.imm));
                top = number!($result);
                next!($s, 2);
            }};
        }
        macro_rules! compare {
            ($s:ident, $op:tt) => {{
                need!(2);
                let (a, b) = (float!(at!(sp - 2)), float!(top));
                if a.is_nan() || b.is_nan() {
                    slow!();
                }
                top = Cell::flag(a $op b).0;
                move_to!(sp = sp - 1);
                next!($s, 1);
            }};
        }
        macro_rules! compare_constant {
            ($s:ident, $op:tt) => {{
                need!(1);
                let (a, b) = (float!(top), float!($s.imm));
                if a.is_nan() || b.is_nan() {
                    slow!();
                }
                top = Cell::flag(a $op b).0;
                next!($s, 2);
            }};
        }
        macro_rules! branch_unless {
            ($s:ident, $holds:expr, $count:expr) => {{
                if $holds {
                    next!($s, $count);
                } else {
                    jump!($s.target, $count);
                }
            }};
        }
        macro_rules! compare_branch {
            ($s:ident, $op:tt) => {{
                need!(2);
                let (a, b) = (float!(at!(sp - 2)), float!(top));
                if a.is_nan() || b.is_nan() {
                    slow!();
                }
                move_to!(sp = sp - 2);
                top = at!(sp - 1);
                branch_unless!($s, a $op b, 2);
            }};
        }
        macro_rules! constant_branch {
            ($s:ident, $op:tt) => {{
                need!(1);
                let (a, b) = (float!(top), float!($s.imm));
                if a.is_nan() || b.is_nan() {
                    slow!();
                }
                pop!();
                branch_unless!($s, a $op b, 3);
            }};
        }
        macro_rules! dup_branch {
            ($s:ident, $op:tt) => {{
                need!(1);
                let (a, b) = (float!(top), float!($s.imm));
                if a.is_nan() || b.is_nan() {
                    slow!();
                }
                branch_unless!($s, a $op b, 4);
            }};
        }
        macro_rules! local { ($slot:expr) => { locals[usize::from($slot)].get() }; }
        macro_rules! put_local {
            ($slot:expr; $value:expr) => {{
                let value: u32 = $value;
                locals[usize::from($slot)].set(value);
            }};
        }
        macro_rules! local_local {
            ($s:ident, |$a:ident, $b:ident| $result:expr) => {{
                room!(1);
                let ($a, $b) = (float!(local!($s.a)), float!(local!($s.b)));
                let result = number!($result);
                push!(result);
                next!($s, 3);
            }};
        }
        macro_rules! local_constant {
            ($s:ident, |$a:ident, $b:ident| $result:expr) => {{
                room!(1);
                let ($a, $b) = (float!(local!($s.a)), float!($s.imm));
                let result = number!($result);
                push!(result);
                next!($s, 3);
            }};
        }
        macro_rules! top_local {
            ($s:ident, |$a:ident, $b:ident| $result:expr) => {{
                need!(1);
                let ($a, $b) = (float!(top), float!(local!($s.a)));
                top = number!($result);
                next!($s, 2);
            }};
        }
        macro_rules! local_branch {
            ($s:ident, $right:expr, $op:tt) => {{
                let (a, b) = (float!(local!($s.a)), float!($right));
                if a.is_nan() || b.is_nan() {
                    slow!();
                }
                branch_unless!($s, a $op b, 4);
            }};
        }
        // The cell of an element, or the byte's cell and shift. Of a vector, an element in the first
        // block.
        macro_rules! element {
            ($container:expr, $block:ident, $key:expr, |$cell:ident| $plain:expr, |$word:ident, $shift:ident| $byte:expr) => {{
                let container: u32 = $container;
                let key: u32 = $key;
                let index = low_bits(float!(key));
                if !is_whole(float!(key)) {
                    slow!();
                }
                if container & !ADDRESS == POINTER {
                    // Numbers that are not negative are in the order of their bits, and all others
                    // are above them.
                    let is_array = at!($block + 1) & 0xff == Kind::Array as u32;
                    if !is_array || key >= at!($block + 2) {
                        slow!();
                    }
                    if at!($block + 3) == Cell::FALSE.0 {
                        let $cell = $block.wrapping_add(4).wrapping_add(index as u16);
                        $plain
                    } else {
                        let $word = $block.wrapping_add(4).wrapping_add((index / 4) as u16);
                        let $shift = index % 4 * 8;
                        $byte
                    }
                } else {
                    let used = at!($block + 1) >> 8 & 0xff;
                    if container & !ADDRESS != VECTOR || index >= used {
                        slow!();
                    }
                    let $cell = $block.wrapping_add(2).wrapping_add(index as u16);
                    $plain
                }
            }};
        }
        macro_rules! load {
            ($container:expr, $key:expr, $take:ident) => {{
                let place: u32 = $container;
                let block = block!(place);
                element!(place, block, $key, |cell| $take!(at!(cell)), |word, shift| ((at!(word)
                    >> shift
                    & 0xff)
                    as f32)
                    .to_bits())
            }};
            ($container:expr, $key:expr) => {
                load!($container, $key, copy)
            };
        }
        macro_rules! store {
            ($container:expr, $key:expr, $value:expr) => {{
                let value: u32 = $value;
                let place: u32 = $container;
                let block = block!(place);
                // Nobody else may see it.
                if at!(block) != 1 {
                    slow!();
                }
                element!(
                    place,
                    block,
                    $key,
                    |cell| {
                        unwatched!(cell);
                        drop!(at!(cell));
                        m[MARKS + usize::from(cell) / GROUP_CELLS].set(1);
                        put_at!(cell; value);
                    },
                    |word, shift| {
                        let byte = low_bits(float!(value));
                        if byte > 0xff || !is_whole(float!(value)) {
                            slow!();
                        }
                        unwatched!(word);
                        m[MARKS + usize::from(word) / GROUP_CELLS].set(1);
                        put_at!(word; at!(word) & !(0xff << shift) | byte << shift);
                    }
                );
            }};
        }
        // The next number of the innermost loop, if that is over a range; else `exec` has to look.
        macro_rules! range_next {
            ($s:ident, $count:expr, |$value:ident| $take:expr) => {{
                if at!(rp - 1) != RANGE {
                    slow!();
                }
                uncrossed!(rp.wrapping_sub(4), rp);
                let (now, step, end) =
                    (float!(at!(rp - 4)), float!(at!(rp - 3)), float!(at!(rp - 2)));
                let distance = end - now;
                let following = now + step;
                let is_before = ((distance.to_bits() ^ step.to_bits()) as i32) >= 0;
                if is_before || distance.to_bits() << 1 == 0 {
                    if distance.is_nan() || following.is_nan() {
                        slow!();
                    }
                    // A write in between makes the compiler read the cell twice: before, to where
                    // numbers are added, and now, to where it can be written from. To go from one
                    // place to the other takes longer, each round of the loop.
                    m[8].set(0);
                    let $value = at!(rp - 4);
                    $take;
                    put_at!(rp - 4; following.to_bits());
                    jump!($s.target, $count);
                } else {
                    if distance.is_nan() || step.is_nan() {
                        slow!();
                    }
                    move_to!(rp = rp - 4);
                    budget -= 1;
                    s = &slots[usize::from($s.imm as u16)];
                }
            }};
        }
        // What some slots do that others do before something else.
        macro_rules! for_next_set {
            () => {{
                unwatched_local!(s.a);
                plain!(local!(s.a));
                range_next!(s, 2, |value| put_local!(s.a; value));
            }};
        }
        macro_rules! bit_and_constant {
            () => {{
                need!(1);
                let number = float!(top);
                if low_bits(number) >= 1 << 23 || !is_whole(number) {
                    slow!();
                }
                // The constant is a mask for a number that has `MAGIC` added.
                let masked = (number + MAGIC).to_bits() & s.imm;
                top = (f32::from_bits(masked) - MAGIC).to_bits();
                next!(s, 2);
            }};
        }
        macro_rules! local_set {
            () => {{
                need!(1); unwatched_local!(s.a);
                drop!(local!(s.a));
                put_local!(s.a; top);
                pop!();
                next!(s, 1);
            }};
        }
        macro_rules! add_into {
            () => {{
                need!(1); unwatched_local!(s.a);
                // What it was is a number, or else the result is none.
                put_local!(s.a; number!(float!(top) + float!(local!(s.a))));
                pop!();
                next!(s, 3);
            }};
        }
        macro_rules! multiply_add_into {
            () => {{
                need!(2); unwatched_local!(s.a);
                let product = float!(at!(sp - 2)) * float!(top);
                put_local!(s.a; number!(product + float!(local!(s.a))));
                move_to!(sp = sp - 2);
                top = at!(sp - 1);
                next!(s, 4);
            }};
        }
        macro_rules! increment {
            () => {{
                unwatched_local!(s.a);
                put_local!(s.a; number!(float!(local!(s.a)) + float!(s.imm)));
                next!(s, 4);
            }};
        }
        macro_rules! literal_local_put {
            () => {{
                store!(local!(s.b), local!(s.a), s.imm);
                next!(s, 3);
            }};
        }
        macro_rules! local_local_put {
            () => {{
                need!(1);
                store!(local!(s.b), local!(s.a), top);
                pop!();
                next!(s, 2);
            }};
        }
        macro_rules! local_local_constant_put {
            () => {{
                let key = number!(float!(local!(s.b)) + float!(s.imm));
                store!(local!(s.c), key, plain!(local!(s.a)));
                next!(s, 5);
            }};
        }
        macro_rules! local_constant_put {
            () => {{
                need!(1);
                let key = number!(float!(local!(s.a)) + float!(s.imm));
                store!(local!(s.b), key, top);
                pop!();
                next!(s, 4);
            }};
        }

        loop {
            match s.op {
                FastOp::Slow => slow!(),
                FastOp::Break => break,
                FastOp::Literal => { room!(1); push!(s.imm); next!(s, 1); }
                FastOp::LiteralCode => { room!(1); push!(s.imm); jump!(s.target, 1); }
                FastOp::Dup => { need!(1); room!(1); let value = copy!(top); push!(value); next!(s, 1); }
                FastOp::Drop => { need!(1); drop!(top); pop!(); next!(s, 1); }
                FastOp::Swap => {
                    need!(2);
                    let below = at!(sp - 2);
                    put_at!(sp - 2; top);
                    top = below;
                    next!(s, 1);
                }
                FastOp::Over => {
                    need!(2);
                    room!(1);
                    let value = copy!(at!(sp - 2));
                    push!(value);
                    next!(s, 1);
                }
                FastOp::Rot => {
                    need!(3);
                    let (a, b) = (at!(sp - 3), at!(sp - 2));
                    put_at!(sp - 3; b);
                    put_at!(sp - 2; top);
                    top = a;
                    next!(s, 1);
                }
                FastOp::NegRot => {
                    need!(3);
                    let (a, b) = (at!(sp - 3), at!(sp - 2));
                    put_at!(sp - 3; top);
                    put_at!(sp - 2; a);
                    top = b;
                    next!(s, 1);
                }
                FastOp::Nip => { need!(2); drop!(at!(sp - 2)); move_to!(sp = sp - 1); next!(s, 1); }
                FastOp::Tuck => {
                    need!(2);
                    room!(1);
                    let value = copy!(top);
                    put_at!(sp - 1; at!(sp - 2));
                    put_at!(sp - 2; value);
                    move_to!(sp = sp + 1);
                    next!(s, 1);
                }
                FastOp::TwoDup => {
                    need!(2);
                    room!(2);
                    let (a, b) = (plain!(at!(sp - 2)), plain!(top));
                    push!(a);
                    push!(b);
                    next!(s, 1);
                }
                FastOp::TwoDrop => {
                    need!(2);
                    plain!(top);
                    plain!(at!(sp - 2));
                    move_to!(sp = sp - 2);
                    top = at!(sp - 1);
                    next!(s, 1);
                }
                FastOp::Add => binary!(s, |a, b| a + b),
                FastOp::Subtract => binary!(s, |a, b| a - b),
                FastOp::Multiply => binary!(s, |a, b| a * b),
                FastOp::Divide => binary!(s, |a, b| a / b),
                FastOp::Modulo => binary!(s, |a, b| modulo(a, b)),
                FastOp::BitAnd => binary!(s, |a, b| bit_and(a, b)),
                FastOp::Minimum => binary!(s, |a, b| if a < b {
                    a
                } else if b < a {
                    b
                } else {
                    f32::NAN
                }),
                FastOp::Maximum => binary!(s, |a, b| if a > b {
                    a
                } else if b > a {
                    b
                } else {
                    f32::NAN
                }),
                FastOp::Floor => { need!(1); top = number!(libm::floorf(float!(top))); next!(s, 1); }
                FastOp::Less => compare!(s, <),
                FastOp::Greater => compare!(s, >),
                FastOp::LessOrEqual => compare!(s, <=),
                FastOp::GreaterOrEqual => compare!(s, >=),
                FastOp::Equal => compare!(s, ==),
                FastOp::NotEqual => compare!(s, !=),
                FastOp::Not => {
                    need!(1);
                    if is_boxed(top) {
                        slow!();
                    }
                    top = Cell::flag(top << 1 == 0).0;
                    next!(s, 1);
                }
                FastOp::Branch => jump!(s.target, 1),
                FastOp::BranchIfFalse => {
                    need!(1);
                    if is_boxed(top) {
                        slow!();
                    }
                    let holds = top << 1 != 0;
                    pop!();
                    branch_unless!(s, holds, 1);
                }
                FastOp::Call => {
                    if rp >= return_end!() {
                        slow!();
                    }
                    uncrossed!(rp, rp.wrapping_add(1));
                    put_at!(rp; RETURN | u32::from(s.next));
                    move_to!(rp = rp + 1);
                    jump!(s.target, 1);
                }
                FastOp::Exit => {
                    let cell = at!(rp - 1);
                    if cell & !ADDRESS != RETURN {
                        slow!();
                    }
                    uncrossed!(rp.wrapping_sub(1), rp);
                    move_to!(rp = rp - 1);
                    jump!(cell as u16, 1);
                }
                FastOp::Enter => {
                    let count = u16::from(s.a);
                    if return_end!() - rp < 2 + count {
                        slow!();
                    }
                    uncrossed!(rp, rp.wrapping_add(2 + count));
                    put_at!(rp; BASE | u32::from(bp));
                    put_at!(rp + 1; LOCALS | u32::from(s.a));
                    move_to!(bp = rp + 2);
                    locals = frame(m, bp);
                    move_to!(rp = bp + count);
                    for slot in bp..rp {
                        put_at!(slot; Cell::NIL.0);
                    }
                    next!(s, 1);
                }
                FastOp::Leave => {
                    // A frame that holds no more than its own variables, none of them a reference.
                    let count = (at!(bp - 1) & 0xff) as u16;
                    if at!(bp - 1) & !0xff != LOCALS || rp != bp + count {
                        slow!();
                    }
                    let (base, cell) = (at!(bp - 2), at!(bp - 3));
                    if base & !ADDRESS != BASE || cell & !ADDRESS != RETURN {
                        slow!();
                    }
                    if (bp..rp).any(|slot| is_reference(at!(slot))) {
                        slow!();
                    }
                    uncrossed!(bp.wrapping_sub(3), rp);
                    move_to!(rp = bp - 3);
                    bp = base as u16;
                    locals = frame(m, bp);
                    jump!(cell as u16, 1);
                }
                FastOp::LocalGet => { room!(1); let value = copy!(local!(s.a)); push!(value); next!(s, 1); }
                FastOp::LocalSet => local_set!(),
                FastOp::LocalTake => {
                    room!(1);
                    unwatched_local!(s.a);
                    let value = local!(s.a);
                    put_local!(s.a; Cell::NIL.0);
                    push!(value);
                    next!(s, 1);
                }
                FastOp::LocalAt => { need!(1); top = load!(local!(s.a), top); next!(s, 1); }
                FastOp::LocalPut => {
                    need!(2);
                    store!(local!(s.a), top, at!(sp - 2));
                    move_to!(sp = sp - 2);
                    top = at!(sp - 1);
                    next!(s, 1);
                }
                FastOp::GlobalGet => { room!(1); let value = copy!(global!(s)); push!(value); next!(s, 1); }
                FastOp::GlobalSet => {
                    need!(1);
                    unwatched!((m[7].get() + s.imm) as u16);
                    drop!(global!(s));
                    put_global!(s; top);
                    pop!();
                    next!(s, 1);
                }
                FastOp::GlobalAt => { need!(1); top = load!(global!(s), top); next!(s, 1); }
                FastOp::GlobalPut => {
                    need!(2);
                    store!(global!(s), top, at!(sp - 2));
                    move_to!(sp = sp - 2);
                    top = at!(sp - 1);
                    next!(s, 1);
                }
                FastOp::ForRange => {
                    need!(3);
                    let (start, end, step) = (at!(sp - 3), at!(sp - 2), top);
                    let is_odd = is_boxed(start) || is_boxed(end) || is_boxed(step);
                    if is_odd || step << 1 == 0 || return_end!() - rp < 4 {
                        slow!();
                    }
                    uncrossed!(rp, rp.wrapping_add(4));
                    for (index, cell) in [start, step, end].into_iter().enumerate() {
                        put_at!(rp + index; cell);
                    }
                    put_at!(rp + 3; RANGE);
                    move_to!(rp = rp + 4);
                    move_to!(sp = sp - 3);
                    top = at!(sp - 1);
                    next!(s, 1);
                }
                FastOp::ForNext => { room!(1); range_next!(s, 1, |value| push!(value)); }
                FastOp::ForNextSet => for_next_set!(),
                FastOp::ForNextDrop => { range_next!(s, 2, |_value| {}); }
                FastOp::TimesNext => {
                    if at!(rp - 1) != TIMES {
                        slow!();
                    }
                    uncrossed!(rp.wrapping_sub(4), rp);
                    let rounds = float!(at!(rp - 4));
                    if rounds >= 1.0 {
                        put_at!(rp - 4; (rounds - 1.0).to_bits());
                        jump!(s.target, 1);
                    } else {
                        move_to!(rp = rp - 4);
                        next!(s, 1);
                    }
                }
                FastOp::AddK => constant!(s, |a, b| a + b),
                FastOp::MultiplyK => constant!(s, |a, b| a * b),
                FastOp::DivideK => constant!(s, |a, b| a / b),
                FastOp::ModuloK => constant!(s, |a, b| modulo(a, b)),
                FastOp::BitAndK => bit_and_constant!(),
                FastOp::BitAndKAddInto => { bit_and_constant!(); add_into!(); }
                FastOp::BitAndKAddIntoNext => { bit_and_constant!(); add_into!(); for_next_set!(); }
                FastOp::LessK => compare_constant!(s, <),
                FastOp::GreaterK => compare_constant!(s, >),
                FastOp::LessOrEqualK => compare_constant!(s, <=),
                FastOp::GreaterOrEqualK => compare_constant!(s, >=),
                FastOp::EqualK => compare_constant!(s, ==),
                FastOp::NotEqualK => compare_constant!(s, !=),
                FastOp::LessB => compare_branch!(s, <),
                FastOp::GreaterB => compare_branch!(s, >),
                FastOp::LessOrEqualB => compare_branch!(s, <=),
                FastOp::GreaterOrEqualB => compare_branch!(s, >=),
                FastOp::EqualB => compare_branch!(s, ==),
                FastOp::NotEqualB => compare_branch!(s, !=),
                FastOp::LessKB => constant_branch!(s, <),
                FastOp::GreaterKB => constant_branch!(s, >),
                FastOp::LessOrEqualKB => constant_branch!(s, <=),
                FastOp::GreaterOrEqualKB => constant_branch!(s, >=),
                FastOp::EqualKB => constant_branch!(s, ==),
                FastOp::NotEqualKB => constant_branch!(s, !=),
                FastOp::DupLessKB => dup_branch!(s, <),
                FastOp::DupGreaterKB => dup_branch!(s, >),
                FastOp::DupLessOrEqualKB => dup_branch!(s, <=),
                FastOp::DupGreaterOrEqualKB => dup_branch!(s, >=),
                FastOp::DupEqualKB => dup_branch!(s, ==),
                FastOp::DupNotEqualKB => dup_branch!(s, !=),
                FastOp::LLAdd => local_local!(s, |a, b| a + b),
                FastOp::LLSubtract => local_local!(s, |a, b| a - b),
                FastOp::LLMultiply => local_local!(s, |a, b| a * b),
                FastOp::LKAdd => local_constant!(s, |a, b| a + b),
                FastOp::LKMultiply => local_constant!(s, |a, b| a * b),
                FastOp::LAdd => top_local!(s, |a, b| a + b),
                FastOp::LSubtract => top_local!(s, |a, b| a - b),
                FastOp::LMultiply => top_local!(s, |a, b| a * b),
                FastOp::AddInto => add_into!(),
                FastOp::MultiplyAddInto => multiply_add_into!(),
                FastOp::LKAddPut => local_constant_put!(),
                FastOp::LocalSetNext => { local_set!(); for_next_set!(); }
                FastOp::AddIntoNext => { add_into!(); for_next_set!(); }
                FastOp::MultiplyAddIntoNext => { multiply_add_into!(); for_next_set!(); }
                FastOp::IncrementNext => { increment!(); for_next_set!(); }
                FastOp::LiteralLocalPutNext => { literal_local_put!(); for_next_set!(); }
                FastOp::LocalLocalPutNext => { local_local_put!(); for_next_set!(); }
                FastOp::LKAddPutNext => { local_constant_put!(); for_next_set!(); }
                FastOp::LLKAddPut => local_local_constant_put!(),
                FastOp::LLKAddPutNext => { local_local_constant_put!(); for_next_set!(); }
                FastOp::LLLPut => { store!(local!(s.c), local!(s.b), plain!(local!(s.a))); next!(s, 3); }
                FastOp::LKAddAt => {
                    room!(1);
                    let key = number!(float!(local!(s.a)) + float!(s.imm));
                    let value = load!(local!(s.b), key);
                    push!(value);
                    next!(s, 4);
                }
                FastOp::LKAddAtSet => {
                    unwatched_local!(s.c); plain!(local!(s.c));
                    let key = number!(float!(local!(s.a)) + float!(s.imm));
                    let value = load!(local!(s.b), key);
                    put_local!(s.c; value);
                    next!(s, 5);
                }
                FastOp::LAddSet => {
                    need!(1);
                    unwatched_local!(s.b);
                    let result = number!(float!(top) + float!(local!(s.a)));
                    plain!(local!(s.b));
                    put_local!(s.b; result);
                    pop!();
                    next!(s, 3);
                }
                FastOp::LLAddAt => {
                    room!(1);
                    let key = number!(float!(local!(s.a)) + float!(local!(s.b)));
                    let value = load!(local!(s.c), key);
                    push!(value);
                    next!(s, 4);
                }
                FastOp::LAddAt => {
                    need!(1);
                    let key = number!(float!(top) + float!(local!(s.a)));
                    top = load!(local!(s.b), key);
                    next!(s, 3);
                }
                FastOp::LLLessB => local_branch!(s, local!(s.b), <),
                FastOp::LLGreaterB => local_branch!(s, local!(s.b), >),
                FastOp::LLLessOrEqualB => local_branch!(s, local!(s.b), <=),
                FastOp::LLGreaterOrEqualB => local_branch!(s, local!(s.b), >=),
                FastOp::LLEqualB => local_branch!(s, local!(s.b), ==),
                FastOp::LLNotEqualB => local_branch!(s, local!(s.b), !=),
                FastOp::LKLessB => local_branch!(s, s.imm, <),
                FastOp::LKGreaterB => local_branch!(s, s.imm, >),
                FastOp::LKLessOrEqualB => local_branch!(s, s.imm, <=),
                FastOp::LKGreaterOrEqualB => local_branch!(s, s.imm, >=),
                FastOp::LKEqualB => local_branch!(s, s.imm, ==),
                FastOp::LKNotEqualB => local_branch!(s, s.imm, !=),
                FastOp::LocalLocal => {
                    room!(2);
                    let (a, b) = (plain!(local!(s.a)), plain!(local!(s.b)));
                    push!(a);
                    push!(b);
                    next!(s, 2);
                }
                FastOp::LocalLocalAt => {
                    room!(1);
                    let value = load!(local!(s.b), local!(s.a));
                    push!(value);
                    next!(s, 2);
                }
                FastOp::LocalLocalAtSet => {
                    unwatched_local!(s.c); plain!(local!(s.c));
                    let value = load!(local!(s.b), local!(s.a));
                    put_local!(s.c; value);
                    next!(s, 3);
                }
                FastOp::LocalAtSet => {
                    need!(1);
                    unwatched_local!(s.b); plain!(local!(s.b));
                    let value = load!(local!(s.a), top);
                    put_local!(s.b; value);
                    pop!();
                    next!(s, 2);
                }
                FastOp::LocalAtTest => {
                    let value = load!(local!(s.b), local!(s.a), plain);
                    if is_boxed(value) {
                        slow!();
                    }
                    branch_unless!(s, value << 1 != 0, 3);
                }
                FastOp::LocalLocalPut => local_local_put!(),
                FastOp::LiteralLocalPut => literal_local_put!(),
                FastOp::LocalTest => {
                    let value = local!(s.a);
                    if is_boxed(value) {
                        slow!();
                    }
                    branch_unless!(s, value << 1 != 0, 2);
                }
                FastOp::Increment => increment!(),
                FastOp::LocalMove => {
                    unwatched_local!(s.b);
                    let value = plain!(local!(s.a));
                    plain!(local!(s.b));
                    put_local!(s.b; value);
                    next!(s, 2);
                }
                FastOp::LiteralSet => {
                    unwatched_local!(s.a); plain!(local!(s.a)); put_local!(s.a; s.imm); next!(s, 2);
                }
                FastOp::AddExit => {
                    need!(2);
                    let cell = at!(rp - 1);
                    if cell & !ADDRESS != RETURN {
                        slow!();
                    }
                    uncrossed!(rp.wrapping_sub(1), rp);
                    top = number!(float!(at!(sp - 2)) + float!(top));
                    move_to!(sp = sp - 1);
                    move_to!(rp = rp - 1);
                    jump!(cell as u16, 2);
                }
                FastOp::DupSubtractKCall => {
                    need!(1);
                    room!(1);
                    if rp >= return_end!() {
                        slow!();
                    }
                    uncrossed!(rp, rp.wrapping_add(1));
                    let result = number!(float!(top) - float!(s.imm));
                    push!(result);
                    put_at!(rp; RETURN | u32::from(s.next));
                    move_to!(rp = rp + 1);
                    jump!(s.target, 4);
                }
                FastOp::SwapSubtractKCall => {
                    need!(2);
                    if rp >= return_end!() {
                        slow!();
                    }
                    uncrossed!(rp, rp.wrapping_add(1));
                    let result = number!(float!(at!(sp - 2)) - float!(s.imm));
                    put_at!(sp - 2; top);
                    top = result;
                    put_at!(rp; RETURN | u32::from(s.next));
                    move_to!(rp = rp + 1);
                    jump!(s.target, 4);
                }
            }
        }
        put_at!(sp - 1; top);
        put_at!(low - 1; guard);
        *left = budget;
        let registers = &mut self.registers;
        (registers.ip, registers.sp) = (code.offset_of(s), sp);
        (registers.rp, registers.bp) = (rp, bp);
        // What is not said here need not be known in the loop.
        if budget <= 0 {
            Leave::Limit
        } else if s.op == FastOp::Break {
            Leave::Break
        } else {
            Leave::Slow
        }
    }
}
