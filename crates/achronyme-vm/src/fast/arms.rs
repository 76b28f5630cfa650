//! What the arms for numbers, comparisons and jumps of the fast engine have in common, as macros over
//! those that its loop defines: `r!` and `k!` for registers and constants, `at_hand!` and `next_here!`
//! for the instruction at hand and the one at the position, `skip!`, `jump_word!`, `next!` and `again!`
//! for where it goes on, `set!` for the result.

macro_rules! set_some {
    ($value:expr) => {
        if let Some(value) = $value {
            set!(value);
        }
    };
}

macro_rules! branch {
    ($jumps:expr) => {{
        if $jumps {
            jump_word!(1);
        } else {
            skip!(2);
        }
        again!();
    }};
}

macro_rules! back {
    () => {{
        jump_word!(1);
        safepoint!();
        again!();
    }};
}

macro_rules! arithmetic {
    ($right:expr, $op:tt) => {
        arithmetic!(@ at_hand!(), $right, $op)
    };
    (@ $here:expr, $right:expr, $op:tt) => {{
        let value = f64::from_bits(r!($here.b())) $op f64::from_bits($right);
        if value == value {
            r!($here.a()) = value.to_bits();
            next!(1);
        }
    }};
}

macro_rules! modulo {
    ($right:expr) => {{
        let (left, right) = (f64::from_bits(r!(at_hand!().b())), f64::from_bits($right));
        set_some!(remainder(left, right).map(f64::to_bits));
    }};
}

// One thing if the comparison holds, the other if its opposite does.
macro_rules! compare {
    ($left:expr, $right:expr, $op:tt, $not:tt, $then:expr, $otherwise:expr) => {{
        let (left, right) = (f64::from_bits($left), f64::from_bits($right));
        if left $op right {
            $then;
        }
        if left $not right {
            $otherwise;
        }
    }};
}

macro_rules! jump_if {
    ($value:expr, $jumps:expr, $goes_on:expr) => {{
        let value = $value;
        if value == $jumps.0 {
            jump_word!(1);
            again!();
        }
        if value == $goes_on.0 {
            next!(2);
        }
    }};
}

macro_rules! jump_unless {
    ($left:expr, $right:expr, $op:tt, $not:tt) => {
        compare!($left, $right, $op, $not, next!(2), branch!(true))
    };
}

macro_rules! loop_if {
    ($left:expr, $right:expr, $op:tt, $not:tt) => {
        compare!($left, $right, $op, $not, back!(), next!(2))
    };
}

// An addition and the comparison that jumps back after it.
macro_rules! add_loop {
    (@ $here:expr, $right:expr) => {{
        let value = f64::from_bits(r!($here.b())) + f64::from_bits($right);
        if value == value {
            r!($here.a()) = value.to_bits();
            skip!(1);
            let here = next_here!();
            // SAFETY: the verifier knows no other opcodes.
            match unsafe { std::mem::transmute::<u8, Op>(here.op()) } {
                Op::LoopIfLt => loop_if!(r!(here.a()), r!(here.b()), <, >=),
                Op::LoopIfLe => loop_if!(r!(here.a()), r!(here.b()), <=, >),
                Op::LoopIfLtK => loop_if!(r!(here.a()), k!(here.b()), <, >=),
                Op::LoopIfLeK => loop_if!(r!(here.a()), k!(here.b()), <=, >),
                _ => {}
            }
            again!();
        }
    }};
}

// An addition and the two above after it.
macro_rules! add_step {
    ($here:expr) => {{
        let value = f64::from_bits(r!($here.b())) + f64::from_bits(r!($here.c()));
        if value == value {
            r!($here.a()) = value.to_bits();
            skip!(1);
            let here = next_here!();
            if here.op() == Op::AddLoopK as u8 {
                add_loop!(@ here, k!(here.c()));
            } else if here.op() == Op::AddK as u8 {
                arithmetic!(@ here, k!(here.c()), +);
            }
            again!();
        }
    }};
}

macro_rules! set_if {
    ($left:expr, $right:expr, $op:tt, $not:tt) => {
        compare!($left, $right, $op, $not, set!(Value::TRUE.0), set!(Value::FALSE.0))
    };
}

macro_rules! set_cell {
    ($cell:expr, $value:expr) => {{
        let at = object!($cell, CELL) + 1;
        m!(at) = $value;
        mark!(at);
        next!(1);
    }};
}

macro_rules! put_up {
    ($here:expr) => {{
        let cell = object!(up!($here.b()), CELL);
        put!(m!(cell + 1), r!($here.c()), r!($here.a()));
    }};
}

// A value for a register, and the store of it after that.
macro_rules! load_put {
    ($value:expr) => {{
        r!(at_hand!().a()) = $value;
        skip!(1);
        let here = next_here!();
        if here.op() == Op::SetIndex as u8 {
            put!(r!(here.a()), r!(here.b()), r!(here.c()));
        } else if here.op() == Op::SetUpIndex as u8 {
            put_up!(here);
        }
        again!();
    }};
}
