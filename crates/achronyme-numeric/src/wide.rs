//! Loops with the widest vectors a processor has. The operations are the same, and so are the bits.
//!
//! `f64::mul_add` rounds once on every processor, by definition. Within [`wide`] it is an instruction
//! where the processor has one, and elsewhere a call of a function that takes many times as long.

use pulp::{Arch, Simd, WithSimd};

/// Runs a closure, which has to be `#[inline(always)]`, with the widest vectors there are.
#[inline(always)]
pub(crate) fn wide<R>(f: impl FnOnce() -> R) -> R {
    dispatch(Wide(f))
}

/// Runs an operation with the widest vectors there are.
#[inline(always)]
pub(crate) fn dispatch<Op: WithSimd>(operation: Op) -> Op::Output {
    #[cfg(test)]
    if portable::is_on() {
        return Arch::Scalar.dispatch(operation);
    }
    Arch::new().dispatch(operation)
}

struct Wide<F>(F);

impl<R, F: FnOnce() -> R> WithSimd for Wide<F> {
    type Output = R;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> R {
        (self.0)()
    }
}

#[cfg(test)]
pub(crate) use portable::portable;

#[cfg(test)]
mod portable {
    use std::cell::Cell;

    use pulp::{Arch, Simd, WithSimd};

    thread_local! {
        static ON: Cell<bool> = const { Cell::new(false) };
    }

    pub(super) fn is_on() -> bool {
        ON.get()
    }

    /// What a closure gives without vectors, on this thread: the twin of what it gives with them.
    pub(crate) fn portable<R>(f: impl FnOnce() -> R) -> R {
        ON.set(true);
        let result = f();
        ON.set(false);
        result
    }

    struct Lanes;

    impl WithSimd for Lanes {
        type Output = usize;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F64_LANES
        }
    }

    #[test]
    fn without_vectors_numbers_come_one_by_one() {
        assert_eq!(portable(|| super::dispatch(Lanes)), 1);
        assert_eq!(super::dispatch(Lanes), Arch::new().dispatch(Lanes));
    }
}
