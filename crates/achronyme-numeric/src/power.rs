//! Powers of many numbers with one exponent: to the bit what `libm` gives for each, but several at
//! once.
//!
//! The kernel is that of FreeBSD's msun, which `libm` has, without its branches: log2(x) in two
//! parts, times the exponent in two parts, and 2 to the power of that. Numbers for which the branches
//! would matter are given to `libm`.
//!
//! What one number takes is one long row of operations, each of which waits for the one before. So the
//! kernel is cut into stages, and each is done to all numbers of a block before the next begins: then
//! the processor always has several rows to go on with.

#![expect(
    clippy::approx_constant,
    clippy::excessive_precision,
    reason = "the digits are those of the source"
)]

use crate::elementary::{SHIFT, by_whole_block, each_piece, slow_map_into};
use crate::elementwise::map_into;

/// So many numbers are given to the kernel together.
const BLOCK: usize = 64;
/// The upper half of a number's bits.
const UPPER: u64 = 0xffff_ffff_0000_0000;

/// Writes each number to the power of `exponent`.
pub fn power_into(numbers: &[f64], exponent: f64, out: &mut [f64]) {
    if let 2.0 = exponent {
        return map_into(numbers, out, |x| x * x);
    }
    let size = exponent.abs();
    let is_special = [0.0, 0.5, 1.0, 2.0].contains(&size) || size.is_nan() || size > 1e9;
    if is_special {
        return slow_map_into(numbers, out, |x| libm::pow(x, exponent));
    }
    // Where the results are far from overflow and from what has fewer digits.
    let most = libm::exp2(1000.0 / size).min(f64::MAX);
    let least = libm::exp2(-1000.0 / size).max(f64::MIN_POSITIVE);
    let of_zero = libm::pow(0.0, exponent);
    each_piece(numbers, out, |numbers, out| {
        by_whole_block::<BLOCK>(
            numbers,
            out,
            #[inline(always)]
            |x| (x.to_bits() == 0) | ((x >= least) & (x <= most)),
            #[inline(always)]
            |x| power_kernel(x, exponent, of_zero),
            |x| libm::pow(x, exponent),
        );
    });
}

/// A number with the upper half of its digits.
#[inline(always)]
fn upper(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & UPPER)
}

/// A normal positive number as a power of 2 and what that is to be multiplied with: from half of the root
/// of 3 to below the root of 3.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    let fraction = x.to_bits() & 0x000f_ffff_ffff_ffff;
    let is_upper = fraction >= 0xb_b67a << 32;
    let bits = fraction | if is_upper { 0x3fe0_0000 << 32 } else { 0x3ff0_0000 << 32 };
    let exponent = x.to_bits() >> 52;
    // An integer below 2^52 in the low bits of 2^52.
    let n = f64::from_bits(0x4330_0000_0000_0000 | exponent) - (4_503_599_627_370_496.0 + 1023.0);
    (n + if is_upper { 1.0 } else { 0.0 }, f64::from_bits(bits))
}

/// Whether such a number, which is not below the root of 3/2, is next to 3/2, not to 1.
#[inline(always)]
fn is_middle(ax: f64) -> bool {
    ax >= f64::from_bits(0x3ff3_988f << 32)
}

/// (ax - near) / (ax + near), where `near` is 1 or 3/2, and that in two parts.
#[inline(always)]
fn quotient(ax: f64) -> [f64; 3] {
    let is_middle = is_middle(ax);
    let near = if is_middle { 1.5 } else { 1.0 };
    let u = ax - near;
    let v = 1.0 / (ax + near);
    let s = u * v;
    let s_h = upper(s);
    let t_h = ((ax.to_bits() >> 1) & UPPER | 0x2000_0000 << 32) + (0x0008_0000 << 32);
    let t_h = f64::from_bits(t_h + if is_middle { 0x0004_0000 << 32 } else { 0 });
    let t_l = ax - (t_h - near);
    let s_l = v * ((u - s_h * t_h) - s_h * t_l);
    [s, s_h, s_l]
}

/// The series of the logarithm, from what [`quotient`] gives, but for the first part of each term.
#[inline(always)]
fn series([s, s_h, s_l]: [f64; 3]) -> f64 {
    const L1: f64 = 5.999_999_999_999_946_487_25e-01;
    const L2: f64 = 4.285_714_285_785_501_842_52e-01;
    const L3: f64 = 3.333_333_298_183_774_329_18e-01;
    const L4: f64 = 2.727_281_238_085_340_064_89e-01;
    const L5: f64 = 2.306_607_457_755_617_540_67e-01;
    const L6: f64 = 2.069_750_178_003_384_177_84e-01;
    let s2 = s * s;
    let r = s2 * s2 * (L1 + s2 * (L2 + s2 * (L3 + s2 * (L4 + s2 * (L5 + s2 * L6)))));
    r + s_l * (s_h + s)
}

/// The logarithm to the base 2 in two parts, of a number that was [`split`].
#[inline(always)]
fn logarithm(n: f64, ax: f64, [s, s_h, s_l]: [f64; 3], r: f64) -> [f64; 2] {
    const DP_H: f64 = 5.849_624_872_207_641_601_56e-01;
    const DP_L: f64 = 1.350_039_202_129_748_971_28e-08;
    const CP: f64 = 9.617_966_939_259_755_543_29e-01;
    const CP_H: f64 = 9.617_967_009_544_372_558_59e-01;
    const CP_L: f64 = -7.028_461_650_952_758_265_16e-09;
    let (near_h, near_l) = if is_middle(ax) { (DP_H, DP_L) } else { (0.0, 0.0) };
    let s2 = s_h * s_h;
    let t_h = upper(3.0 + s2 + r);
    let t_l = r - ((t_h - 3.0) - s2);
    let u = s_h * t_h;
    let v = s_l * t_h + t_l * s;
    let p_h = upper(u + v);
    let p_l = v - (p_h - u);
    let z_h = CP_H * p_h;
    let z_l = CP_L * p_h + p_l * CP + near_l;
    let t1 = upper(((z_h + z_l) + near_h) + n);
    [t1, z_l - (((t1 - n) - near_h) - z_h)]
}

/// The product of a logarithm and an exponent: an integer, and the natural logarithm of what its power of
/// 2 is to be multiplied with, in two parts.
#[inline(always)]
fn product([t1, t2]: [f64; 2], y: f64) -> [f64; 3] {
    const LG2: f64 = 6.931_471_805_599_452_862_27e-01;
    const LG2_H: f64 = 6.931_471_824_645_996_093_75e-01;
    const LG2_L: f64 = -1.904_654_299_957_768_045_25e-09;
    let y1 = upper(y);
    let p_l = (y - y1) * t1 + y * t2;
    let p_h = y1 * t1;
    let z = upper(p_l + p_h);
    // The next integer, of halves the one farther from 0; none to take away up to a half.
    let n = (z.abs() + 0.5).trunc().copysign(z);
    let n = if z.abs() > 0.5 { n } else { 0.0 };
    let p_h = p_h - n;
    let t = upper(p_l + p_h);
    let u = t * LG2_H;
    let v = (p_l - (t - p_h)) * LG2 + t * LG2_L;
    let z = u + v;
    [n, z, v - (z - u)]
}

/// e to the power of `z` and `w`, times 2 to the power of `n`.
#[inline(always)]
fn exponential([n, z, w]: [f64; 3]) -> f64 {
    const P1: f64 = 1.666_666_666_666_660_190_37e-01;
    const P2: f64 = -2.777_777_777_701_559_338_42e-03;
    const P3: f64 = 6.613_756_321_437_934_361_17e-05;
    const P4: f64 = -1.653_390_220_546_525_153_90e-06;
    const P5: f64 = 4.138_136_797_057_238_460_39e-08;
    let t = z * z;
    let t1 = z - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
    let r = (z * t1) / (t1 - 2.0) - (w + z * w);
    let z = 1.0 - (r - z);
    f64::from_bits(z.to_bits().wrapping_add((n + SHIFT).to_bits() << 52))
}

/// 0, and normal positive numbers to a power whose logarithm to the base 2 is below 1001 in size.
#[inline(always)]
fn power_kernel(numbers: &[f64; BLOCK], y: f64, of_zero: f64) -> [f64; BLOCK] {
    let (mut n, mut ax) = ([0.0; BLOCK], [0.0; BLOCK]);
    for (place, x) in numbers.iter().enumerate() {
        (n[place], ax[place]) = split(*x);
    }
    let [mut first, mut second, mut third] = [[0.0; BLOCK]; 3];
    for (place, ax) in ax.iter().enumerate() {
        [first[place], second[place], third[place]] = quotient(*ax);
    }
    let mut rest = [0.0; BLOCK];
    for (place, rest) in rest.iter_mut().enumerate() {
        *rest = series([first[place], second[place], third[place]]);
    }
    for (place, rest) in rest.iter().enumerate() {
        let parts = [first[place], second[place], third[place]];
        [first[place], second[place]] = logarithm(n[place], ax[place], parts, *rest);
    }
    for place in 0..BLOCK {
        [first[place], second[place], third[place]] = product([first[place], second[place]], y);
    }
    let mut results = [0.0; BLOCK];
    for (place, (result, x)) in results.iter_mut().zip(numbers).enumerate() {
        let value = exponential([first[place], second[place], third[place]]);
        *result = if *x == 0.0 { of_zero } else { value };
    }
    results
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(numbers: &[f64], exponent: f64) {
        let mut out = vec![0.0; numbers.len()];
        power_into(numbers, exponent, &mut out);
        for (x, found) in numbers.iter().zip(&out) {
            let wanted = libm::pow(*x, exponent);
            let wanted = if wanted.is_nan() { f64::NAN } else { wanted };
            assert_eq!(found.to_bits(), wanted.to_bits(), "{x:e}^{exponent:e}: {found} {wanted}");
        }
    }

    const EXPONENTS: [f64; 20] = [
        2.5,
        -2.5,
        3.0,
        -1.0,
        0.0,
        0.5,
        -0.5,
        1.0,
        2.0,
        -2.0,
        0.1,
        1e-3,
        1e-300,
        7.7,
        100.0,
        -333.3,
        1e5,
        1e10,
        f64::INFINITY,
        f64::NAN,
    ];

    #[test]
    fn many_powers_have_the_bits_that_each_has() {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            f64::from(u32::try_from(state >> 32).unwrap()) / 4_294_967_296.0
                + f64::from(u32::try_from(state & 0xffff_ffff).unwrap()) * 2e-19
        };
        for exponent in EXPONENTS {
            for scale in [1.0, 2.0, 1e3, 1e-3, 1e100, 1e-200] {
                let numbers: Vec<f64> = (0..20_000).map(|_| next() * scale).collect();
                check(&numbers, exponent);
            }
            let near_one: Vec<f64> = (0..20_000).map(|_| 1.0 + (next() - 0.5) * 1e-3).collect();
            check(&near_one, exponent);
        }
    }

    #[test]
    fn powers_near_the_branches_have_the_same_bits() {
        let marks = [1.0, 1.5, 2.0, 1.5_f64.sqrt(), 3_f64.sqrt(), 0.75, 1e-308, 1e308, 0.0];
        for exponent in EXPONENTS {
            for mark in marks {
                let near = |step: u64| {
                    move |i: u64| {
                        f64::from_bits((mark.to_bits() + i * step).saturating_sub(32 * step))
                    }
                };
                check(&(0..64).map(near(1)).collect::<Vec<_>>(), exponent);
                check(&(0..64).map(near(1 << 32)).collect::<Vec<_>>(), exponent);
            }
            let halves: Vec<f64> =
                (-40..40).map(|i| libm::exp2(f64::from(i) * 0.5 / exponent)).collect();
            check(&halves, exponent);
            check(
                &[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, -1.0, -2.0].repeat(16),
                exponent,
            );
        }
    }

    proptest! {
        #[test]
        fn any_powers_have_the_bits_that_each_has(
            numbers in prop::collection::vec(any::<f64>(), 64),
            positive in prop::collection::vec(1e-5..1e5_f64, 256),
            exponent in -50.0..50.0_f64,
            any_exponent in any::<f64>(),
        ) {
            for exponent in [exponent, any_exponent] {
                check(&numbers, exponent);
                check(&positive, exponent);
            }
        }
    }
}
