//! The fast engine: the frequent cases of the frequent instructions, in one loop over raw memory.
//! Whatever it does not do itself, it leaves to the plain engine, one instruction at a time; so
//! both agree on everything that is not written here.
//!
//! One of the modules that may be `unsafe` (ARCHITECTURE.md). What it relies on:
//! - The verifier is the only way to a runnable program: registers, constants, upvalues and jumps
//!   are in range, and code never falls off its end.
//! - A frame is made only if all its registers are below the stack's limit, which is far enough
//!   below the stack's end for the widest window.
//! - A reference in a register, an object or a constant leads to an object of the kind its tag says:
//!   only the heap makes references, and the collector keeps whatever can be reached.
//!
//! Straight code counts nothing: `behind` is the difference between the ticks beyond the limit and the
//! position, both in bytes of code, and changes only where control jumps.

#![expect(unsafe_code, reason = "bounds are checked once, by the verifier (decision 7)")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::eq_op,
    clippy::float_cmp,
    reason = "words are seen as numbers, indices and distances, whose bounds are known; only a NaN \
              differs from itself, and equal means that nothing was rounded"
)]
#![expect(unused_unsafe, reason = "the macros stand inside of each other")]
#![expect(
    clippy::multiple_unsafe_ops_per_block,
    clippy::undocumented_unsafe_blocks,
    reason = "one function, whose head says why all of them hold"
)]

#[macro_use]
mod arms;
mod elements;
mod number;
mod objects;
mod tag;
mod words;

use std::sync::atomic::{Ordering, compiler_fence};

use achronyme_library::{Engine, builtin};

use crate::frame::{Link, Return};
use crate::heap::STACK_LIMIT;
use crate::layout::{Header, SHARED, generator, string, vector};
use crate::op::Op;
use crate::value::{REFERENCES, Tag, Value};
use crate::vm::{Exit, Proto, Vm};
use elements::Words;
use number::{index_of, magnitude, number, opposite, range, remainder, root};
use objects::{cell_of, closure_of, record_of, resume, suspend, vector_of};
use tag::{CELL, CLOSURE, OBJECT, RECORD, STRING, VECTOR, kind_of, length_place};
use words::{
    Here, clear, copy, element_of, equal, is_constant, pair_of, returns, share, tag_of, window,
};

impl Vm {
    /// Runs until `limit` would be passed before the next safepoint can be sure of it, or an exit.
    /// `None` for the former: the plain engine goes on.
    #[expect(clippy::too_many_lines, reason = "one arm for each instruction")]
    #[inline(never)]
    pub(crate) fn run_fast(&mut self, limit: u64) -> Option<Exit> {
        if self.state.tick >= limit {
            return None;
        }
        // So far that no limit is beyond it, and near enough for a distance in bytes.
        let limit = limit.min(self.state.tick.saturating_add(1 << 60));
        let mem: *mut u64 = self.heap.base();
        let marks: *mut u8 = self.heap.marks_base();
        let code: *const u32 = self.code.as_ptr();
        let constants: *const u64 = self.constants.as_ptr().cast();
        let protos: *const Proto = self.prototypes.as_ptr();
        let shapes: *const u32 = self.shapes.as_ptr();
        let characters: *const u64 = self.characters.as_ptr().cast();
        let globals = unsafe { mem.add(self.state.globals + 1) };
        let stack_end = unsafe { mem.add(STACK_LIMIT) };

        let (mut me, mut pc, mut base, mut k, mut behind);
        macro_rules! load {
            () => {
                me = self.prototype();
                pc = unsafe { code.add(self.state.pc as usize) };
                base = window(unsafe { mem.add(self.state.base) });
                k = unsafe { constants.add((*protos.add(me)).constants as usize) };
                behind =
                    self.state.tick.wrapping_sub(limit).wrapping_mul(4).wrapping_sub(pc as u64);
            };
        }

        macro_rules! over_limit {
            () => {
                behind.wrapping_add(pc as u64).cast_signed()
            };
        }
        macro_rules! store {
            () => {{
                self.state.pc = ((pc as usize - code as usize) / 4) as u32;
                self.state.base = (base as usize - mem as usize) / 8;
                self.state.tick = limit.wrapping_add((over_limit!() >> 2).cast_unsigned());
            }};
        }
        macro_rules! r {
            ($index:expr) => {
                *unsafe { &mut *base.add($index as usize) }
            };
        }
        macro_rules! k {
            ($index:expr) => {
                unsafe { *k.add($index as usize) }
            };
        }
        macro_rules! m {
            ($at:expr) => {
                *unsafe { &mut *mem.add($at) }
            };
        }
        // The place of an object that is known to have this tag.
        macro_rules! at {
            ($value:expr, $tag:expr) => {
                ($value).wrapping_sub($tag << 48) as usize
            };
        }
        macro_rules! mark {
            ($at:expr) => {
                unsafe { *marks.add($at >> 9) = 1 }
            };
        }
        macro_rules! skip {
            ($words:expr) => {
                pc = unsafe { pc.add($words) }
            };
        }
        // From the word after the instruction.
        macro_rules! jump {
            ($by:expr) => {{
                let by = $by as isize;
                behind = behind.wrapping_sub((by * 4) as u64);
                pc = unsafe { pc.offset(by) };
            }};
        }
        macro_rules! jump_word {
            ($index:expr) => {{
                let by = unsafe { *pc.add($index) }.cast_signed();
                skip!($index + 1);
                jump!(by);
            }};
        }
        macro_rules! go {
            ($to:expr) => {{
                let to: *const u32 = $to;
                behind = behind.wrapping_add((pc as u64).wrapping_sub(to as u64));
                pc = to;
            }};
        }

        load!();
        'run: loop {
            let here = Here(pc);
            macro_rules! at_hand {
                () => {
                    here
                };
            }
            macro_rules! next_here {
                () => {
                    Here(pc)
                };
            }
            // The fence keeps this way apart from others that end alike, which gets it a dispatch of
            // its own; it is no instruction (docs/decisions/0002-dispatch.md).
            macro_rules! again {
                () => {{
                    compiler_fence(Ordering::AcqRel);
                    continue 'run;
                }};
            }
            macro_rules! next {
                ($words:expr) => {{
                    skip!($words);
                    again!();
                }};
            }
            macro_rules! set {
                ($value:expr) => {{
                    r!(here.a()) = $value;
                    next!(1);
                }};
            }
            // To the word at the pc.
            macro_rules! link {
                ($distance:expr, $kind:expr) => {{
                    let back = (pc as usize - code as usize) / 4;
                    Link::new(back as u32, me as u32, $distance, $kind)
                }};
            }
            macro_rules! safepoint {
                () => {
                    if over_limit!() >= 0 {
                        store!();
                        return None;
                    }
                };
            }
            // Numbers and small values; the rest is compared by content elsewhere.
            macro_rules! equal {
                ($left:expr, $right:expr, $equal:ident => $then:expr) => {{
                    if let Some($equal) = equal(&self.heap, mem, $left, $right) {
                        $then;
                    }
                }};
            }
            macro_rules! set_if_equal {
                ($wanted:expr) => {
                    equal!(r!(here.b()), r!(here.c()), equal => {
                        set!(Value::boolean(equal == $wanted).0)
                    })
                };
            }
            macro_rules! jump_if_equal {
                ($right:expr, $wanted:expr) => {
                    equal!(r!(here.a()), $right, equal => branch!(equal == $wanted))
                };
            }
            macro_rules! collect {
                () => {
                    if self.heap.wants_collection() {
                        store!();
                        self.collect();
                    }
                };
            }
            macro_rules! made {
                ($value:expr, $words:expr) => {
                    if let Some(value) = unsafe { $value } {
                        r!(here.a()) = value.0;
                        skip!($words);
                        collect!();
                        again!();
                    }
                };
            }
            // What is read from a place that keeps it is shared from then on.
            macro_rules! kept {
                ($value:expr) => {{
                    let value: u64 = $value;
                    if value >= REFERENCES && (value >> 48 == VECTOR || value >> 48 == OBJECT) {
                        share(&mut self.heap, Value(value));
                    }
                    value
                }};
            }

            // SAFETY: the verifier knows no other opcodes, and control is at an instruction.
            let op: Op = unsafe { std::mem::transmute(here.op()) };
            'plain: {
                // The place of an object with this tag.
                macro_rules! object {
                    ($value:expr, $tag:expr) => {{
                        let value = $value;
                        if tag_of(value) != $tag {
                            break 'plain;
                        }
                        at!(value, $tag)
                    }};
                }
                // The index that a value is, if it is a whole number; beyond all others if it is
                // negative, too large or no number.
                macro_rules! index {
                    ($value:expr) => {{
                        let Some(index) = index_of($value) else { break 'plain };
                        index
                    }};
                }
                // An element of a vector.
                macro_rules! element {
                    ($object:expr, $index:expr) => {{
                        let place = unsafe { element_of(mem, $object, $index) };
                        let Some(place) = place else { break 'plain };
                        m!(place)
                    }};
                }
                // A character, if it is no vector but a string with no others than ASCII's.
                macro_rules! set_character {
                    ($object:expr) => {
                        if $object >> 48 != VECTOR {
                            let at = object!($object, STRING);
                            let index = index!(r!(here.c()));
                            let length = m!(at + string::BYTES);
                            if index >= length || m!(at + string::CHARACTERS) != length {
                                break 'plain;
                            }
                            let buffer = m!(at + string::BUFFER) as usize + 1;
                            let byte = m!(buffer + index as usize / 8) >> (index % 8 * 8) & 255;
                            set!(unsafe { *characters.add(byte as usize) });
                        }
                    };
                }
                // Puts a value into a vector that nobody else sees.
                macro_rules! put {
                    ($object:expr, $index:expr, $value:expr) => {{
                        let at = object!($object, VECTOR);
                        let index = index!($index);
                        if index < m!(at + vector::LENGTH) && m!(at) & SHARED == 0 {
                            let place = (m!(at + vector::DATA) + index) as usize;
                            m!(place) = $value;
                            mark!(place);
                            next!(1);
                        }
                    }};
                }
                macro_rules! up {
                    ($upvalue:expr) => {{
                        let closure = at!(unsafe { *base.sub(1) }, CLOSURE);
                        m!(closure + 1 + $upvalue as usize)
                    }};
                }
                macro_rules! set_from_cell {
                    ($cell:expr, $value:ident => $seen:expr) => {{
                        let $value = m!(object!($cell, CELL) + 1);
                        if $value != Value::ABSENT.0 {
                            set!($seen);
                        }
                    }};
                }
                macro_rules! set_from_global {
                    ($value:ident => $seen:expr) => {{
                        let $value = unsafe { *globals.add(here.wide() as usize) };
                        if $value != Value::ABSENT.0 {
                            set!($seen);
                        }
                    }};
                }
                // The place of a record's field, if it is where it was found the last time.
                macro_rules! field {
                    ($record:expr) => {{
                        let at = object!($record, RECORD);
                        let cache = unsafe { *pc.add(2) };
                        if cache >> 8 != Header(m!(at)).aux() {
                            break 'plain;
                        }
                        at + 1 + (cache & 255) as usize
                    }};
                }
                // The vector that an upvalue is or holds.
                macro_rules! up_vector {
                    ($upvalue:expr) => {{
                        let object = up!($upvalue);
                        if tag_of(object) == CELL { m!(at!(object, CELL) + 1) } else { object }
                    }};
                }
                // Goes into a closure, whose first registers hold the arguments already.
                macro_rules! call {
                    ($callee:expr, $words:expr, $new:ident, $proto:ident => $then:expr) => {
                        call!(here, $callee, $words, $new, $proto => $then)
                    };
                    ($here:expr, $callee:expr, $words:expr, $new:ident, $proto:ident => $then:expr) => {{
                        let number = Header(m!(object!($callee, CLOSURE))).aux() as usize;
                        let $proto = unsafe { &*protos.add(number) };
                        let $new = unsafe { base.add($here.a() as usize + 2) };
                        let end = unsafe { $new.add($proto.registers as usize) };
                        if $proto.plain == u16::from($here.b()) && end <= stack_end {
                            skip!($words);
                            let link = link!($here.a() as usize + 2, Return::Plain);
                            unsafe { *$new.sub(2) = link.0 };
                            clear(unsafe { $new.add($here.b() as usize) }, end);
                            $then;
                            base = window($new);
                            me = number;
                            k = unsafe { constants.add($proto.constants as usize) };
                            go!(unsafe { code.add($proto.code as usize) });
                            safepoint!();
                            again!();
                        }
                    }};
                }
                macro_rules! call_closure {
                    ($here:expr) => {{
                        let callee = unsafe { *base.add($here.a() as usize + 1) };
                        call!($here, callee, 1, new, proto => {});
                    }};
                }
                // Goes into the running function.
                macro_rules! call_rec {
                    ($here:expr) => {{
                        let proto = unsafe { &*protos.add(me) };
                        let slot = unsafe { base.add($here.a() as usize) };
                        let new = unsafe { slot.add(2) };
                        let end = unsafe { new.add(proto.registers as usize) };
                        if proto.plain == u16::from($here.b()) && end <= stack_end {
                            skip!(1);
                            let link = link!($here.a() as usize + 2, Return::Plain);
                            unsafe {
                                *slot = link.0;
                                *slot.add(1) = *base.sub(1);
                            }
                            clear(unsafe { new.add($here.b() as usize) }, end);
                            base = window(new);
                            go!(unsafe { code.add(proto.code as usize) });
                            safepoint!();
                            again!();
                        }
                    }};
                }
                macro_rules! give_back {
                    ($value:expr) => {{
                        let link = Link(unsafe { *base.sub(2) });
                        if !link.is_special() {
                            let value = $value;
                            unsafe { *base.sub(2) = value };
                            skip!(1);
                            go!(unsafe { code.add(link.pc() as usize) });
                            me = link.prototype();
                            base = window(unsafe { base.sub(link.distance()) });
                            k = unsafe { constants.add((*protos.add(me)).constants as usize) };
                            safepoint!();
                            again!();
                        }
                    }};
                }
                // Exchanges two elements; the verifier knows that all of it is there.
                macro_rules! swap {
                    ($object:expr, $half:expr) => {{
                        let other = Here(unsafe { pc.add($half) });
                        let (near, far) = (r!(here.c()), r!(other.c()));
                        if let Some((near, far)) = unsafe { pair_of(mem, $object, near, far) } {
                            let (one, two) = (kept!(m!(near)), kept!(m!(far)));
                            (r!(here.a()), r!(other.a())) = (one, two);
                            (m!(near), m!(far)) = (two, one);
                            mark!(near);
                            mark!(far);
                            next!(2 * $half + 2);
                        }
                    }};
                }
                // The instructions below that see what follows do it, too, if it is what they expect.
                macro_rules! move_call {
                    ($here:expr) => {{
                        r!($here.a()) = r!($here.b());
                        skip!(1);
                        let here = Here(pc);
                        if here.op() == Op::Call as u8 {
                            call_closure!(here);
                        }
                        again!();
                    }};
                }
                macro_rules! peek_test {
                    ($object:expr) => {{
                        let value = element!($object, r!(here.c()));
                        r!(here.a()) = value;
                        skip!(1);
                        let next = Here(pc);
                        if next.a() == here.a() {
                            if next.op() == Op::JumpIfTrue as u8 {
                                jump_if!(value, Value::TRUE, Value::FALSE);
                            } else if next.op() == Op::JumpIfFalse as u8 {
                                jump_if!(value, Value::FALSE, Value::TRUE);
                            }
                        }
                        again!();
                    }};
                }
                match op {
                    Op::LoadConst => set!(k!(here.wide())),
                    Op::LoadNull => set!(Value::NULL.0),
                    Op::LoadTrue => set!(Value::TRUE.0),
                    Op::LoadFalse => set!(Value::FALSE.0),
                    Op::LoadTruePut => load_put!(Value::TRUE.0),
                    Op::LoadFalsePut => load_put!(Value::FALSE.0),
                    Op::LoadSmall => set!(f64::from(here.wide().cast_signed()).to_bits()),
                    Op::LoadIndex => {
                        r!(here.a()) = f64::from(here.wide().cast_signed()).to_bits();
                        skip!(1);
                        let here = Here(pc);
                        if here.op() == Op::GetIndex as u8 {
                            r!(here.a()) = kept!(element!(r!(here.b()), r!(here.c())));
                            skip!(1);
                        } else if here.op() == Op::SetIndex as u8 {
                            put!(r!(here.a()), r!(here.b()), r!(here.c()));
                        }
                        again!();
                    }
                    Op::Move => set!(r!(here.b())),
                    Op::MoveMove => {
                        r!(here.a()) = r!(here.b());
                        skip!(1);
                        let here = Here(pc);
                        if here.op() == Op::Move as u8 {
                            r!(here.a()) = r!(here.b());
                            skip!(1);
                        } else if here.op() == Op::MoveCall as u8 {
                            move_call!(here);
                        }
                        again!();
                    }
                    Op::MoveCall => move_call!(here),
                    Op::CopyReturn => {
                        let value = kept!(r!(here.b()));
                        r!(here.a()) = value;
                        skip!(1);
                        if returns(pc, here.a()) {
                            give_back!(value);
                        }
                        again!();
                    }
                    Op::Copy => set!(kept!(r!(here.b()))),
                    Op::Share => {
                        kept!(r!(here.a()));
                        next!(1);
                    }
                    Op::Add => {
                        arithmetic!(r!(here.c()), +);
                        let (left, right) = (Value(r!(here.b())), Value(r!(here.c())));
                        if left.is(Tag::String) {
                            made!(self.heap.joined(left, right).ok().flatten(), 1);
                        }
                    }
                    Op::AddLoop => add_loop!(@ here, r!(here.c())),
                    Op::AddLoopK => add_loop!(@ here, k!(here.c())),
                    Op::AddStep => add_step!(here),
                    Op::AddReturn => {
                        let value = f64::from_bits(r!(here.b())) + f64::from_bits(r!(here.c()));
                        if value == value {
                            r!(here.a()) = value.to_bits();
                            skip!(1);
                            if returns(pc, here.a()) {
                                give_back!(value.to_bits());
                            }
                            again!();
                        }
                    }
                    Op::MulAdd => {
                        let value = f64::from_bits(r!(here.b())) * f64::from_bits(r!(here.c()));
                        if value == value {
                            r!(here.a()) = value.to_bits();
                            skip!(1);
                            let here = Here(pc);
                            if here.op() == Op::Add as u8 {
                                arithmetic!(@ here, r!(here.c()), +);
                            } else if here.op() == Op::AddStep as u8 {
                                add_step!(here);
                            }
                            again!();
                        }
                    }
                    Op::Sub => arithmetic!(r!(here.c()), -),
                    Op::Mul => arithmetic!(r!(here.c()), *),
                    Op::Div => arithmetic!(r!(here.c()), /),
                    Op::AddK => arithmetic!(k!(here.c()), +),
                    Op::SubK => arithmetic!(k!(here.c()), -),
                    Op::SubKCall => {
                        let value = f64::from_bits(r!(here.b())) - f64::from_bits(k!(here.c()));
                        if value == value {
                            r!(here.a()) = value.to_bits();
                            skip!(1);
                            let here = Here(pc);
                            if here.op() == Op::CallRec as u8 {
                                call_rec!(here);
                            }
                            again!();
                        }
                    }
                    Op::MulK => arithmetic!(k!(here.c()), *),
                    Op::DivK => arithmetic!(k!(here.c()), /),
                    Op::Mod => modulo!(r!(here.c())),
                    Op::ModK => modulo!(k!(here.c())),
                    Op::Neg => set_some!(number(-f64::from_bits(r!(here.b())))),
                    Op::Not => set_some!(opposite(r!(here.b()))),
                    Op::Lt => set_if!(r!(here.b()), r!(here.c()), <, >=),
                    Op::Le => set_if!(r!(here.b()), r!(here.c()), <=, >),
                    Op::Gt => set_if!(r!(here.b()), r!(here.c()), >, <=),
                    Op::Ge => set_if!(r!(here.b()), r!(here.c()), >=, <),
                    Op::Eq => set_if_equal!(true),
                    Op::Ne => set_if_equal!(false),
                    Op::Len => {
                        set_some!(length_place(r!(here.b())).map(|at| (m!(at) as f64).to_bits()));
                    }
                    Op::Floor => set_some!(number(f64::from_bits(r!(here.b())).floor())),
                    Op::Sqrt => set_some!(root(r!(here.b()))),
                    Op::Abs => set_some!(magnitude(r!(here.b()))),

                    Op::Jump => {
                        skip!(1);
                        jump!(here.distance());
                        again!();
                    }
                    Op::Loop => {
                        skip!(1);
                        jump!(here.distance());
                        safepoint!();
                        again!();
                    }
                    Op::JumpIfTrue => jump_if!(r!(here.a()), Value::TRUE, Value::FALSE),
                    Op::JumpIfFalse => jump_if!(r!(here.a()), Value::FALSE, Value::TRUE),
                    Op::JumpIfNull => branch!(r!(here.a()) == Value::NULL.0),
                    Op::JumpIfPresent => branch!(r!(here.a()) != Value::ABSENT.0),
                    Op::JumpIfVector => {
                        let tag = r!(here.a()) >> 48;
                        if tag != OBJECT {
                            branch!(tag == VECTOR);
                        }
                    }
                    Op::JumpUnlessLt => jump_unless!(r!(here.a()), r!(here.b()), <, >=),
                    Op::JumpUnlessLe => jump_unless!(r!(here.a()), r!(here.b()), <=, >),
                    Op::JumpUnlessLtK => jump_unless!(r!(here.a()), k!(here.b()), <, >=),
                    Op::JumpUnlessLeK => jump_unless!(r!(here.a()), k!(here.b()), <=, >),
                    Op::JumpUnlessGtK => jump_unless!(r!(here.a()), k!(here.b()), >, <=),
                    Op::JumpUnlessGeK => jump_unless!(r!(here.a()), k!(here.b()), >=, <),
                    Op::LoopIfLt => loop_if!(r!(here.a()), r!(here.b()), <, >=),
                    Op::LoopIfLe => loop_if!(r!(here.a()), r!(here.b()), <=, >),
                    Op::LoopIfLtK => loop_if!(r!(here.a()), k!(here.b()), <, >=),
                    Op::LoopIfLeK => loop_if!(r!(here.a()), k!(here.b()), <=, >),
                    Op::LoopIfGtK => loop_if!(r!(here.a()), k!(here.b()), >, <=),
                    Op::LoopIfGeK => loop_if!(r!(here.a()), k!(here.b()), >=, <),
                    Op::JumpIfEq => jump_if_equal!(r!(here.b()), true),
                    Op::JumpUnlessEq => jump_if_equal!(r!(here.b()), false),
                    Op::JumpIfEqK => jump_if_equal!(k!(here.b()), true),
                    Op::JumpUnlessEqK => jump_if_equal!(k!(here.b()), false),

                    Op::ForPrepare => {
                        let ends = (r!(here.a()), r!(here.a() + 1));
                        if let Some((first, last)) = range(ends, here.b() == 1) {
                            r!(here.a()) = first.to_bits();
                            r!(here.a() + 1) = last.to_bits();
                            branch!(first > last);
                        }
                    }
                    Op::ForLoop => {
                        let next = f64::from_bits(r!(here.a())) + 1.0;
                        let last = f64::from_bits(r!(here.a() + 1));
                        if next <= last {
                            r!(here.a()) = next.to_bits();
                            back!();
                        }
                        if next > last {
                            next!(2);
                        }
                    }
                    Op::IterNext => {
                        let over = r!(here.a());
                        if over >> 48 == VECTOR {
                            let at = at!(over, VECTOR);
                            let index = index!(r!(here.a() + 1));
                            if index < m!(at + vector::LENGTH) {
                                let data = m!(at + vector::DATA);
                                r!(here.a() + 2) = kept!(m!((data + index) as usize));
                                r!(here.a() + 1) =
                                    (f64::from_bits(r!(here.a() + 1)) + 1.0).to_bits();
                                skip!(2);
                                jump!(2);
                            } else {
                                jump_word!(1);
                            }
                            again!();
                        }
                        if over >> 48 == OBJECT {
                            let at = at!(over, OBJECT);
                            let link = link!(here.a() as usize + 5, Return::Iterate);
                            let new = unsafe { base.add(here.a() as usize + 5) };
                            if unsafe { resume(mem, at, new, stack_end, link) } {
                                mark!(at);
                                skip!(2);
                                let closure = at!(unsafe { *new.sub(1) }, CLOSURE);
                                let function = Header(m!(closure)).aux() as usize;
                                base = window(new);
                                me = function;
                                k = unsafe { constants.add((*protos.add(me)).constants as usize) };
                                go!(unsafe { code.add(m!(at + generator::PC) as usize) });
                                safepoint!();
                                again!();
                            }
                        }
                    }
                    Op::Yield => {
                        let link = Link(unsafe { *base.sub(2) });
                        if link.kind() == Return::Iterate {
                            let value = kept!(r!(here.a()));
                            let below = unsafe { base.sub(link.distance()) };
                            let resumed = Here(unsafe { code.add(link.pc() as usize) });
                            let at = at!(unsafe { *below.add(resumed.a() as usize) }, OBJECT);
                            skip!(1);
                            m!(at + generator::PC) = (pc as usize - code as usize) as u64 / 4;
                            mark!(unsafe { suspend(mem, at, base) });
                            mark!(at);
                            unsafe { *below.add(resumed.a() as usize + 2) = value };
                            go!(unsafe { resumed.0.add(4) });
                            me = link.prototype();
                            base = window(below);
                            k = unsafe { constants.add((*protos.add(me)).constants as usize) };
                            safepoint!();
                            again!();
                        }
                    }

                    Op::Call => call_closure!(here),
                    Op::CallRec => call_rec!(here),
                    Op::CallMethod => {
                        let place = unsafe { base.add(here.a() as usize + 1) };
                        let this = unsafe { *place };
                        let callee = m!(field!(this));
                        call!(callee, 3, new, proto => {
                            unsafe { *place = callee };
                            if proto.self_register != u16::MAX {
                                unsafe { *new.add(proto.self_register as usize) = this };
                            }
                        });
                    }
                    Op::TailRec => {
                        let proto = unsafe { &*protos.add(me) };
                        if proto.plain == u16::from(here.b()) {
                            let count = here.b() as usize;
                            unsafe {
                                copy(base.add(here.a() as usize + 2), base, count);
                                clear(base.add(count), base.add(proto.registers as usize));
                            }
                            skip!(1);
                            go!(unsafe { code.add(proto.code as usize) });
                            safepoint!();
                            again!();
                        }
                    }
                    Op::Return => give_back!(r!(here.a())),
                    Op::CallBuiltin => {
                        let index = unsafe { *pc.add(1) } as u16;
                        let row = builtin(index).filter(|row| row.engine == Engine::Library);
                        let first = r!(here.a()) >> 48;
                        if let Some(row) = row {
                            store!();
                            // A chain may begin here, which the plain engine does.
                            if row.in_place
                                && (first == VECTOR || first == OBJECT)
                                && self.has_chain_here()
                            {
                                break 'plain;
                            }
                            match self.call_library(index, here.a(), here.b()) {
                                Err(failure) => self.failed = Some(failure),
                                Ok(_) => {
                                    skip!(2);
                                    collect!();
                                    again!();
                                }
                            }
                        }
                    }
                    Op::LoadRec => set!(unsafe { *base.sub(1) }),
                    Op::CheckSelf => {
                        if r!(here.a()) >> 48 == RECORD {
                            next!(1);
                        }
                    }

                    Op::GetUpvalue => set!(kept!(up!(here.b()))),
                    Op::PeekUpvalue => set!(up!(here.b())),
                    Op::GetUpcell => set_from_cell!(up!(here.b()), value => kept!(value)),
                    Op::PeekUpcell => set_from_cell!(up!(here.b()), value => value),
                    Op::SetUpcell => set_cell!(up!(here.b()), r!(here.a())),
                    Op::GetCell => set_from_cell!(r!(here.b()), value => kept!(value)),
                    Op::PeekCell => set_from_cell!(r!(here.b()), value => value),
                    Op::SetCell => set_cell!(r!(here.a()), r!(here.b())),
                    Op::GetGlobal => set_from_global!(value => kept!(value)),
                    Op::PeekGlobal => set_from_global!(value => value),
                    Op::SetGlobal => {
                        let global = unsafe { globals.add(here.wide() as usize) };
                        unsafe { *global = r!(here.a()) };
                        mark!((global as usize - mem as usize) / 8);
                        next!(1);
                    }

                    Op::NewRecord => {
                        let first = unsafe { base.add(here.b() as usize) };
                        let shape = unsafe { *shapes.add(*pc.add(1) as usize) };
                        made!(record_of(&mut self.heap, shape, first, here.c()), 2);
                    }
                    Op::GetField => {
                        r!(here.a()) = kept!(m!(field!(r!(here.b()))));
                        next!(3);
                    }
                    Op::PeekField => {
                        r!(here.a()) = m!(field!(r!(here.b())));
                        next!(3);
                    }
                    Op::SetField => {
                        let field = field!(r!(here.a()));
                        m!(field) = r!(here.b());
                        mark!(field);
                        next!(3);
                    }

                    Op::NewVector => {
                        let first = unsafe { base.add(here.b() as usize) };
                        made!(vector_of(&mut self.heap, first, here.c()), 1);
                    }
                    Op::VectorPush => {
                        let at = object!(r!(here.a()), VECTOR);
                        let length = m!(at + vector::LENGTH);
                        if m!(at) & SHARED == 0 && length < m!(at + vector::CAPACITY) {
                            let place = (m!(at + vector::DATA) + length) as usize;
                            m!(place) = r!(here.b());
                            m!(at + vector::LENGTH) = length + 1;
                            mark!(place);
                            mark!(at + vector::LENGTH);
                            next!(1);
                        }
                    }
                    Op::GetIndex => {
                        let object = r!(here.b());
                        set_character!(object);
                        set!(kept!(element!(object, r!(here.c()))));
                    }
                    Op::PeekRow => {
                        r!(here.a()) = element!(r!(here.b()), r!(here.c()));
                        skip!(1);
                        let here = Here(pc);
                        if here.op() == Op::PeekIndex as u8 {
                            r!(here.a()) = element!(r!(here.b()), r!(here.c()));
                            skip!(1);
                        }
                        again!();
                    }
                    Op::PeekIndex => {
                        let object = r!(here.b());
                        set_character!(object);
                        set!(element!(object, r!(here.c())));
                    }
                    Op::PeekIndexTest => peek_test!(r!(here.b())),
                    Op::PeekUpIndex => set!(element!(up_vector!(here.b()), r!(here.c()))),
                    Op::PeekUpIndexTest => peek_test!(up_vector!(here.b())),
                    Op::PeekGlobalIndex => {
                        let object = unsafe { *globals.add(here.b() as usize) };
                        set!(element!(object, r!(here.c())));
                    }
                    // A walk along a vector, `while (a[i] < x) { i += 1 }`, stays in here.
                    Op::PeekGlobalIndexThen => {
                        let mut here = here;
                        loop {
                            let object = unsafe { *globals.add(here.b() as usize) };
                            let seen = element!(object, r!(here.c()));
                            let register = here.a();
                            r!(register) = seen;
                            skip!(1);
                            here = Here(pc);
                            // What was just seen need not be read again.
                            let (left, right) = if here.a() == register {
                                (f64::from_bits(seen), f64::from_bits(r!(here.b())))
                            } else {
                                (f64::from_bits(r!(here.a())), f64::from_bits(seen))
                            };
                            if here.op() == Op::Share as u8 && here.a() == register {
                                kept!(seen);
                                next!(1);
                            }
                            if here.a() != register && here.b() != register {
                                again!();
                            }
                            if here.op() == Op::JumpUnlessLt as u8 {
                                if left < right {
                                    next!(2);
                                }
                                if left >= right {
                                    branch!(true);
                                }
                                again!();
                            }
                            if here.op() != Op::LoopIfLt as u8 {
                                again!();
                            }
                            if left >= right {
                                next!(2);
                            }
                            if left.is_nan() || right.is_nan() {
                                again!();
                            }
                            jump_word!(1);
                            safepoint!();
                            here = Here(pc);
                            let step = f64::from_bits(r!(here.b()));
                            let value = if here.op() == Op::AddK as u8 {
                                step + f64::from_bits(k!(here.c()))
                            } else if here.op() == Op::SubK as u8 {
                                step - f64::from_bits(k!(here.c()))
                            } else {
                                again!();
                            };
                            if value != value {
                                again!();
                            }
                            r!(here.a()) = value.to_bits();
                            skip!(1);
                            here = Here(pc);
                            if here.op() != Op::PeekGlobalIndexThen as u8 {
                                again!();
                            }
                        }
                    }
                    Op::Swap => swap!(r!(here.b()), 1),
                    Op::SwapUp => swap!(up_vector!(here.b()), 2),
                    Op::SwapGlobal => {
                        swap!(unsafe { *globals.add(here.b() as usize) }, 2);
                    }
                    Op::SetIndex => put!(r!(here.a()), r!(here.b()), r!(here.c())),
                    Op::SetUpIndex => put_up!(here),
                    Op::SetGlobalIndex => {
                        let object = unsafe { *globals.add(here.b() as usize) };
                        put!(object, r!(here.c()), r!(here.a()));
                    }
                    Op::JumpUnlessConst => {
                        let (value, constant) = (r!(here.a()), k!(here.wide()));
                        if let Some(equal) = is_constant(&self.heap, mem, value, constant) {
                            branch!(!equal);
                        }
                    }
                    Op::JumpUnlessKind => {
                        if let Some(kind) = kind_of(r!(here.a())) {
                            branch!(kind as u8 != here.b());
                        }
                    }
                    Op::NewCell => made!(cell_of(&mut self.heap, r!(here.b())), 1),
                    Op::Closure => {
                        let number = here.wide();
                        let captures = &self.program.prototypes[usize::from(number)].captures;
                        made!(closure_of(&mut self.heap, number, captures, base), 1);
                    }
                    #[rustfmt::skip]
                    Op::Nop | Op::Pow | Op::PowK | Op::IterPrepare | Op::IterTake | Op::TailCall |
                    Op::TailMethod | Op::ReturnNull | Op::End | Op::AddField | Op::RecordSpread |
                    Op::VectorSpread | Op::VectorFinish | Op::GetIndexMany | Op::SetIndexMany |
                    Op::VectorMethod | Op::NewRange | Op::NewEdge | Op::Interpolate |
                    Op::DestructureVec | Op::DestructureRec | Op::CheckType | Op::Throw |
                    Op::Raise | Op::Await | Op::Breakpoint | Op::DebugPrint | Op::VectorAppend => {}
                }
            }

            let words = Words { memory: mem, base, globals };
            let at = (pc as usize - code as usize) / 4;
            if let Some(place) = unsafe { self.put_element(words, pc, at) } {
                mark!(place);
                next!(1);
            }
            store!();
            if self.is_stopping() {
                return None;
            }
            if let Some(exit) = self.perform() {
                return Some(exit);
            }
            if self.state.tick >= limit {
                return None;
            }
            load!();
        }
    }
}
