//! Elementary functions of many numbers: to the bit what `libm` gives for each, but several at once.
//!
//! The kernels are those of FreeBSD's msun, which `libm` has, without their branches: numbers for
//! which these would matter are given to `libm`.

#![expect(
    clippy::approx_constant,
    clippy::excessive_precision,
    reason = "the digits are those of the source"
)]

use rayon::prelude::*;

use crate::wide::wide;

/// From so many numbers on, several processors work.
const MANY: usize = 1 << 14;
/// So many numbers are one piece of work.
const PIECE: usize = 1 << 12;
/// So many numbers are given to a kernel together.
pub(crate) const BLOCK: usize = 32;
/// Fewer numbers than these are given to `libm`, one by one.
const FEW: usize = 8;

/// Writes e to the power of each number.
pub fn exp_into(numbers: &[f64], out: &mut [f64]) {
    each_piece(numbers, out, |numbers, out| {
        by_block(numbers, out, |x| x.abs() < 708.0, exp_kernel, libm::exp);
    });
}

/// Writes the natural logarithm of each number.
pub fn ln_into(numbers: &[f64], out: &mut [f64]) {
    let (least, end) = (f64::MIN_POSITIVE.to_bits(), f64::INFINITY.to_bits());
    // Of bits, as comparisons of numbers with the bounds of their classes become code without vectors.
    let in_range = |x: f64| {
        let bits = x.to_bits();
        (bits.wrapping_sub(least) < end - least) | (bits << 1 == 0)
    };
    each_piece(numbers, out, |numbers, out| {
        by_block(numbers, out, in_range, ln_kernel, libm::log);
    });
}

/// Writes the sine of each number.
pub fn sin_into(numbers: &[f64], out: &mut [f64]) {
    each_piece(numbers, out, |numbers, out| {
        by_block(numbers, out, is_plain_angle, sin_kernel, libm::sin);
    });
}

/// Writes the cosine of each number.
pub fn cos_into(numbers: &[f64], out: &mut [f64]) {
    each_piece(numbers, out, |numbers, out| {
        by_block(numbers, out, is_plain_angle, cos_kernel, libm::cos);
    });
}

/// Writes `f` of each number, where `f` takes far longer than fetching the number.
pub fn slow_map_into(numbers: &[f64], out: &mut [f64], f: impl Fn(f64) -> f64 + Sync) {
    each_piece(numbers, out, |numbers, out| {
        for (x, out) in numbers.iter().zip(out) {
            *out = canonical(f(*x));
        }
    });
}

#[inline(always)]
fn canonical(x: f64) -> f64 {
    if x.is_nan() { f64::NAN } else { x }
}

/// Shows `f` all numbers and where their results belong, in pieces.
pub(crate) fn each_piece(numbers: &[f64], out: &mut [f64], f: impl Fn(&[f64], &mut [f64]) + Sync) {
    if numbers.len() < MANY {
        return f(numbers, out);
    }
    let pieces = numbers.par_chunks(PIECE).zip(out.par_chunks_mut(PIECE));
    pieces.for_each(|(numbers, out)| f(numbers, out));
}

/// Writes `kernel` of the numbers that are in its range, and `f` of the others. The kernel is also shown
/// those, but what it says of them does not matter.
#[inline(always)]
pub(crate) fn by_block(
    numbers: &[f64],
    out: &mut [f64],
    in_range: impl Fn(f64) -> bool + Copy,
    kernel: impl Fn(f64) -> f64 + Copy,
    f: impl Fn(f64) -> f64,
) {
    by_whole_block::<BLOCK>(
        numbers,
        out,
        in_range,
        #[inline(always)]
        |numbers| of_each(numbers, kernel),
        f,
    );
}

/// Writes what `block` gives for the numbers of a block, and `f` of those that are not in its range. Where
/// a block is not full, there is 1 for what is missing.
#[inline(always)]
pub(crate) fn by_whole_block<const N: usize>(
    numbers: &[f64],
    out: &mut [f64],
    in_range: impl Fn(f64) -> bool + Copy,
    block: impl Fn(&[f64; N]) -> [f64; N],
    f: impl Fn(f64) -> f64,
) {
    wide(
        #[inline(always)]
        || {
            let mut filled = [1.0; N];
            for (numbers, out) in numbers.chunks(N).zip(out.chunks_mut(N)) {
                let all_of_block = match numbers.first_chunk::<N>() {
                    Some(numbers) => numbers,
                    None if numbers.len() < FEW => {
                        for (x, out) in numbers.iter().zip(out) {
                            *out = canonical(f(*x));
                        }
                        return;
                    }
                    None => {
                        filled[..numbers.len()].copy_from_slice(numbers);
                        &filled
                    }
                };
                let results = block(all_of_block);
                match out.first_chunk_mut::<N>() {
                    Some(out) => *out = results,
                    None => out.copy_from_slice(&results[..numbers.len()]),
                }
                if !all(all_of_block, in_range) {
                    for (x, out) in numbers.iter().zip(out) {
                        if !in_range(*x) {
                            *out = canonical(f(*x));
                        }
                    }
                }
            }
        },
    );
}

/// Whether all numbers of a block are in a range.
#[inline(always)]
pub(crate) fn all<const N: usize>(numbers: &[f64; N], in_range: impl Fn(f64) -> bool) -> bool {
    let mut outside = [0_u64; N];
    for (outside, x) in outside.iter_mut().zip(numbers) {
        *outside = u64::from(!in_range(*x));
    }
    outside.iter().fold(0, |any, outside| any | outside) == 0
}

/// What a kernel gives for each number, in no memory that the kernel may know, which would keep it
/// from vectors.
#[inline(always)]
pub(crate) fn of_each<const N: usize>(numbers: &[f64; N], kernel: impl Fn(f64) -> f64) -> [f64; N] {
    let mut results = [0.0; N];
    for (x, result) in numbers.iter().zip(&mut results) {
        *result = kernel(*x);
    }
    results
}

/// The integers below 2^51 are the low bits of their sum with this.
pub(crate) const SHIFT: f64 = 6_755_399_441_055_744.0;

/// The exponential, for numbers below 708 in size.
#[inline(always)]
pub(crate) fn exp_kernel(x: f64) -> f64 {
    const LN2_HI: f64 = 6.931_471_803_691_238_164_90e-01;
    const LN2_LO: f64 = 1.908_214_929_270_587_700_02e-10;
    const INV_LN2: f64 = 1.442_695_040_888_963_387_00e+00;
    const P1: f64 = 1.666_666_666_666_660_190_37e-01;
    const P2: f64 = -2.777_777_777_701_559_338_42e-03;
    const P3: f64 = 6.613_756_321_437_934_361_17e-05;
    const P4: f64 = -1.653_390_220_546_525_153_90e-06;
    const P5: f64 = 4.138_136_797_057_238_460_39e-08;
    // Half of ln 2 and 2^-28, rounded up where msun compares upper words.
    let reduced = x.abs() >= f64::from_bits(0x3fd6_2e43_0000_0000);
    let tiny = x.abs() < f64::from_bits(0x3e30_0001_0000_0000);
    let k = (INV_LN2 * x + 0.5_f64.copysign(x)).trunc();
    let k = if reduced { k } else { 0.0 };
    let hi = x - k * LN2_HI;
    let lo = k * LN2_LO;
    let r = hi - lo;
    let rr = r * r;
    let c = r - rr * (P1 + rr * (P2 + rr * (P3 + rr * (P4 + rr * P5))));
    let y = 1.0 + (r * c / (2.0 - c) - lo + hi);
    let exponent = (k + SHIFT).to_bits().wrapping_add(1023) << 52;
    let scaled = y * f64::from_bits(exponent);
    if tiny { 1.0 + x } else { scaled }
}

/// The natural logarithm of a normal positive number, or of 0.
#[inline(always)]
fn ln_kernel(x: f64) -> f64 {
    const LN2_HI: f64 = 6.931_471_803_691_238_164_90e-01;
    const LN2_LO: f64 = 1.908_214_929_270_587_700_02e-10;
    const LG1: f64 = 6.666_666_666_666_735_130e-01;
    const LG2: f64 = 3.999_999_999_940_941_908e-01;
    const LG3: f64 = 2.857_142_874_366_239_149e-01;
    const LG4: f64 = 2.222_219_843_214_978_396e-01;
    const LG5: f64 = 1.818_357_216_161_805_012e-01;
    const LG6: f64 = 1.531_383_769_920_937_332e-01;
    const LG7: f64 = 1.479_819_860_511_658_591e-01;
    /// The upper word of half the root of 2.
    const ROOT: u64 = 0x3fe6_a09e << 32;
    let bits = x.to_bits().wrapping_add((0x3ff0_0000 << 32) - ROOT);
    let exponent = bits >> 52;
    let mantissa = (bits & 0x000f_ffff_ffff_ffff) + ROOT;
    // An integer below 2^52 in the low bits of 2^52.
    let k = f64::from_bits(0x4330_0000_0000_0000 | exponent) - (4_503_599_627_370_496.0 + 1023.0);
    let f = f64::from_bits(mantissa) - 1.0;
    let hfsq = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let t1 = w * (LG2 + w * (LG4 + w * LG6));
    let t2 = z * (LG1 + w * (LG3 + w * (LG5 + w * LG7)));
    let r = t2 + t1;
    let value = s * (hfsq + r) + k * LN2_LO - hfsq + f + k * LN2_HI;
    if x == 0.0 { f64::NEG_INFINITY } else { value }
}

const INV_PIO2: f64 = 6.366_197_723_675_813_824_33e-01;
const PIO2_1: f64 = 1.570_796_326_734_125_614_17e+00;
const PIO2_1T: f64 = 6.077_100_506_506_192_249_32e-11;

/// How many quarter turns there are in an angle, as a number and in the low bits, and what is left.
#[inline(always)]
fn quarters(x: f64) -> (f64, u64, f64, f64) {
    let shifted = x * INV_PIO2 + SHIFT;
    let count = shifted - SHIFT;
    let r = x - count * PIO2_1;
    let w = count * PIO2_1T;
    let y = r - w;
    (count, shifted.to_bits(), y, (r - y) - w)
}

/// Whether the quarter turns can be taken away in one step, and `libm` counts them likewise: the
/// angle is not too large, not close to a quarter turn, nor half way between two.
#[inline(always)]
fn is_plain_angle(x: f64) -> bool {
    let (count, _, y, _) = quarters(x);
    let size = x.abs();
    let between = (x * INV_PIO2 - count).abs();
    (size < 1e6) & (between < 0.499_99) & ((y.abs() > size * (1.0 / 32_768.0)) | (count == 0.0))
}

/// The sine of what is left, and msun's form of it for whole angles.
#[inline(always)]
fn reduced_sin(x: f64, y: f64) -> (f64, f64) {
    const S1: f64 = -1.666_666_666_666_663_243_48e-01;
    const S2: f64 = 8.333_333_333_322_489_461_24e-03;
    const S3: f64 = -1.984_126_982_985_794_931_34e-04;
    const S4: f64 = 2.755_731_370_707_006_767_89e-06;
    const S5: f64 = -2.505_076_025_340_686_341_95e-08;
    const S6: f64 = 1.589_690_995_211_550_102_21e-10;
    let z = x * x;
    let w = z * z;
    let r = S2 + z * (S3 + z * S4) + z * w * (S5 + z * S6);
    let v = z * x;
    (x - ((z * (0.5 * y - v * r) - y) - v * S1), x + v * (S1 + z * r))
}

/// The cosine of what is left.
#[inline(always)]
fn reduced_cos(x: f64, y: f64) -> f64 {
    const C1: f64 = 4.166_666_666_666_660_190_37e-02;
    const C2: f64 = -1.388_888_888_887_410_957_49e-03;
    const C3: f64 = 2.480_158_728_947_672_941_78e-05;
    const C4: f64 = -2.755_731_435_139_066_330_35e-07;
    const C5: f64 = 2.087_572_321_298_174_827_90e-09;
    const C6: f64 = -1.135_964_755_778_819_482_65e-11;
    let z = x * x;
    let w = z * z;
    let r = z * (C1 + z * (C2 + z * C3)) + w * w * (C4 + z * (C5 + z * C6));
    let hz = 0.5 * z;
    let w = 1.0 - hz;
    w + (((1.0 - w) - hz) + (z * r - x * y))
}

/// The sine of a plain angle.
#[inline(always)]
fn sin_kernel(x: f64) -> f64 {
    let (count, bits, y0, y1) = quarters(x);
    let (sin, whole_sin) = reduced_sin(y0, y1);
    let cos = reduced_cos(y0, y1);
    let tiny = x.abs() < f64::from_bits(0x3e50_0000_0000_0000);
    let sin = if count == 0.0 { whole_sin } else { sin };
    let value = if bits & 1 == 0 { sin } else { cos };
    let signed = f64::from_bits(value.to_bits() ^ ((bits & 2) << 62));
    if tiny { x } else { signed }
}

/// The cosine of a plain angle.
#[inline(always)]
fn cos_kernel(x: f64) -> f64 {
    let (_, bits, y0, y1) = quarters(x);
    let (sin, _) = reduced_sin(y0, y1);
    let cos = reduced_cos(y0, y1);
    let value = if bits & 1 == 0 { cos } else { sin };
    f64::from_bits(value.to_bits() ^ ((bits.wrapping_add(1) & 2) << 62))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Into = fn(&[f64], &mut [f64]);
    /// A function's name, the function of many, and that of one.
    type Case = (&'static str, Into, fn(f64) -> f64);

    const FUNCTIONS: [Case; 4] = [
        ("exp", exp_into, libm::exp),
        ("ln", ln_into, libm::log),
        ("sin", sin_into, libm::sin),
        ("cos", cos_into, libm::cos),
    ];

    fn check(numbers: &[f64]) {
        let mut out = vec![0.0; numbers.len()];
        for (name, into, f) in FUNCTIONS {
            into(numbers, &mut out);
            for (x, found) in numbers.iter().zip(&out) {
                let wanted = canonical(f(*x));
                assert_eq!(found.to_bits(), wanted.to_bits(), "{name}({x:e}): {found} {wanted}");
            }
        }
    }

    #[test]
    fn many_numbers_have_the_bits_that_each_has() {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            #[expect(clippy::cast_precision_loss, reason = "any number does")]
            let unit = (state >> 11) as f64 / 9_007_199_254_740_992.0;
            unit
        };
        for scale in [1e-300, 1e-9, 1e-3, 0.3, 1.0, 2.0, 4.0, 8.0, 100.0, 700.0, 1e5, 1e9, 1e300] {
            let numbers: Vec<f64> = (0..40_000).map(|_| (next() - 0.5) * 2.0 * scale).collect();
            check(&numbers);
            let positive: Vec<f64> = numbers.iter().map(|x| x.abs()).collect();
            check(&positive);
        }
    }

    #[test]
    fn numbers_near_the_branches_have_the_same_bits() {
        let ln2 = std::f64::consts::LN_2;
        let quarter = std::f64::consts::FRAC_PI_4;
        let marks = [0.0, 1.0, ln2 / 2.0, ln2, 1.5 * ln2, 2_f64.powi(-28), 2_f64.powi(-26), 708.0];
        let angles = (1..400).map(|i| f64::from(i) * quarter);
        for mark in marks.into_iter().chain(angles) {
            let near = |i: u64| f64::from_bits(mark.to_bits().wrapping_add(i).saturating_sub(32));
            let close: Vec<f64> = (0..64).map(near).collect();
            check(&close);
            let wider: Vec<f64> = (0..64).map(|i| mark * (1.0 + f64::from(i) * 1e-8)).collect();
            check(&wider);
            let below: Vec<f64> = wider.iter().map(|x| -x).collect();
            check(&below);
        }
        check(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 5e-324, -1.0].repeat(16));
        check(&[-0.0; 64]);
        check(&[0.0; 64]);
    }

    proptest! {
        #[test]
        fn any_numbers_have_the_bits_that_each_has(
            numbers in prop::collection::vec(any::<f64>(), 64),
        ) {
            check(&numbers);
        }
    }
}
