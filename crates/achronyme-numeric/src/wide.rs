//! Loops with the widest vectors a processor has. The operations are the same, and so are the bits.

use pulp::{Arch, Simd, WithSimd};

/// Runs a closure, which has to be `#[inline(always)]`, with the widest vectors there are.
#[inline(always)]
pub(crate) fn wide<R>(f: impl FnOnce() -> R) -> R {
    Arch::new().dispatch(Wide(f))
}

struct Wide<F>(F);

impl<R, F: FnOnce() -> R> WithSimd for Wide<F> {
    type Output = R;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> R {
        (self.0)()
    }
}
