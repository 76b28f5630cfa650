//! The error function and its complement of many numbers: to the bit what `libm` gives for each, but
//! several at once.
//!
//! The kernels are those of FreeBSD's msun, which `libm` has, without their branches: a number gets
//! what the formulas of all ranges give, and the one of its own is taken. Far in the tails, and what is
//! no number, is given to `libm`.

#![expect(clippy::excessive_precision, reason = "the digits are those of the source")]
#![expect(
    clippy::redundant_closure,
    reason = "a function that is passed is a call, and no vectors"
)]

use super::double::Double;
use super::error_function::{FRAC_2_SQRT_PI, SQRT_HALF, erf, erfc};
use crate::elementary::{BLOCK, all, by_whole_block, each_piece, exp_kernel, of_each};

/// Below it the exponential of a square has all its digits.
const FAR: f64 = 26.0;
/// Up to it, the error function is a rational function times the number.
const NEAR: f64 = 0.843_75;
/// The bits of the number near 1/0.35 from which on the tail has other polynomials.
const TAIL: u64 = 0x4006_db6d_0000_0000;
/// Erf(1), rounded to the digits of a short number.
const ERX: f64 = 8.450_629_115_104_675_292_97e-01;

/// Writes the error function of each number.
pub fn erf_into(numbers: &[f64], out: &mut [f64]) {
    each_piece(numbers, out, |numbers, out| {
        by_range(
            numbers,
            out,
            #[inline(always)]
            |x| x,
            #[inline(always)]
            |x| erf_near(x),
            #[inline(always)]
            |x| erf_kernel(x),
            erf,
        );
    });
}

/// Writes 1 - erf(x) of each number.
pub fn erfc_into(numbers: &[f64], out: &mut [f64]) {
    each_piece(numbers, out, |numbers, out| {
        by_range(
            numbers,
            out,
            #[inline(always)]
            |x| x,
            #[inline(always)]
            |x| erfc_near(x),
            #[inline(always)]
            |x| erfc_kernel(x),
            erfc,
        );
    });
}

/// Writes erfc(z / √2) / 2 for what `standard` makes of each number: the quotient is not rounded. `f`
/// is the same for one number.
pub(crate) fn half_erfc_of_doubles_into(
    numbers: &[f64],
    out: &mut [f64],
    standard: impl Fn(f64) -> f64 + Copy + Sync,
    f: impl Fn(f64) -> f64 + Sync,
) {
    each_piece(numbers, out, |numbers, out| {
        by_range(
            numbers,
            out,
            #[inline(always)]
            |x| standard(x) * SQRT_HALF.high,
            #[inline(always)]
            |x| {
                0.5 * of_double(
                    standard(x),
                    #[inline(always)]
                    |x| erfc_near(x),
                )
            },
            #[inline(always)]
            |x| {
                0.5 * of_double(
                    standard(x),
                    #[inline(always)]
                    |x| erfc_kernel(x),
                )
            },
            &f,
        );
    });
}

/// Writes `near` of the numbers of a block if `place` of all is near 0, otherwise `kernel` of those that are
/// not far, and `f` of the others.
#[inline(always)]
fn by_range(
    numbers: &[f64],
    out: &mut [f64],
    place: impl Fn(f64) -> f64 + Copy,
    near: impl Fn(f64) -> f64 + Copy,
    kernel: impl Fn(f64) -> f64 + Copy,
    f: impl Fn(f64) -> f64,
) {
    by_whole_block::<BLOCK>(
        numbers,
        out,
        #[inline(always)]
        |x| place(x).abs() < FAR,
        #[inline(always)]
        |numbers| {
            if all(numbers, |x| place(x).abs() < NEAR) {
                return of_each(numbers, near);
            }
            of_each(numbers, kernel)
        },
        f,
    );
}

/// What `erfc_of_double` gives for a number that is not far, with a kernel of erfc.
#[inline(always)]
fn of_double(z: f64, erfc: impl Fn(f64) -> f64) -> f64 {
    let x = Double::product(z, SQRT_HALF.high);
    let low = x.low + z * SQRT_HALF.low;
    erfc(x.high) - FRAC_2_SQRT_PI * exp_kernel(-x.high * x.high) * low
}

/// The error function of a number that is near 0.
#[inline(always)]
fn erf_near(x: f64) -> f64 {
    let (p, q) = near_ratio(x);
    erf_of_ratio(x, p / q)
}

/// The error function of a number that is not far.
#[inline(always)]
fn erf_kernel(x: f64) -> f64 {
    let size = x.abs();
    let ratio = ratio(size);
    let right = 1.0 - outer(size, ratio);
    let right = if size < 6.0 { right } else { 1.0 };
    if size < NEAR { erf_of_ratio(x, ratio) } else { right.copysign(x) }
}

#[inline(always)]
fn erf_of_ratio(x: f64, ratio: f64) -> f64 {
    /// 8 (2 / √π - 1)
    const EFX8: f64 = 1.027_033_336_764_100_690_53e+00;
    let tiny = 0.125 * (8.0 * x + EFX8 * x);
    let value = x + x * ratio;
    if x.abs() < f64::from_bits(0x3e30_0000_0000_0000) { tiny } else { value }
}

/// 1 - erf(x) of a number that is near 0.
#[inline(always)]
fn erfc_near(x: f64) -> f64 {
    let (p, q) = near_ratio(x);
    erfc_of_ratio(x, p / q)
}

/// 1 - erf(x) of a number that is not far.
#[inline(always)]
fn erfc_kernel(x: f64) -> f64 {
    let ratio = ratio(x.abs());
    let right = outer(x.abs(), ratio);
    let far = if x < 0.0 { 2.0 - right } else { right };
    if x.abs() < NEAR { erfc_of_ratio(x, ratio) } else { far }
}

#[inline(always)]
fn erfc_of_ratio(x: f64, ratio: f64) -> f64 {
    let small = 1.0 - (x + x * ratio);
    let middle = 0.5 - (x - 0.5 + x * ratio);
    if x < 0.25 { small } else { middle }
}

/// The quotient of polynomials that the formula of a number's range needs.
#[inline(always)]
fn ratio(x: f64) -> f64 {
    let s = 1.0 / (x * x);
    let outer = pick(x < f64::from_bits(TAIL), left_exponent(s), right_exponent(s));
    let outer = pick(x < 1.25, middle_ratio(x - 1.0), outer);
    let (p, q) = pick(x < NEAR, near_ratio(x), outer);
    p / q
}

#[inline(always)]
fn pick(is_first: bool, first: (f64, f64), second: (f64, f64)) -> (f64, f64) {
    (if is_first { first.0 } else { second.0 }, if is_first { first.1 } else { second.1 })
}

/// Erfc of a number between [`NEAR`] and 28, from the quotient.
#[inline(always)]
fn outer(x: f64, ratio: f64) -> f64 {
    let z = f64::from_bits(x.to_bits() & 0xffff_ffff_0000_0000);
    let tail = exp_kernel(-z * z - 0.5625) * exp_kernel((z - x) * (z + x) + ratio) / x;
    let middle = 1.0 - ERX - ratio;
    if x < 1.25 { middle } else { tail }
}

/// The quotient erf(x) / x - 1 for numbers up to [`NEAR`] in size.
#[inline(always)]
fn near_ratio(x: f64) -> (f64, f64) {
    const PP0: f64 = 1.283_791_670_955_125_585_61e-01;
    const PP1: f64 = -3.250_421_072_470_014_993_70e-01;
    const PP2: f64 = -2.848_174_957_559_851_047_66e-02;
    const PP3: f64 = -5.770_270_296_489_441_591_57e-03;
    const PP4: f64 = -2.376_301_665_665_016_260_84e-05;
    const QQ1: f64 = 3.979_172_239_591_553_528_19e-01;
    const QQ2: f64 = 6.502_224_998_876_729_444_85e-02;
    const QQ3: f64 = 5.081_306_281_875_765_627_76e-03;
    const QQ4: f64 = 1.324_947_380_043_216_445_26e-04;
    const QQ5: f64 = -3.960_228_278_775_368_123_20e-06;
    let z = x * x;
    let r = PP0 + z * (PP1 + z * (PP2 + z * (PP3 + z * PP4)));
    let s = 1.0 + z * (QQ1 + z * (QQ2 + z * (QQ3 + z * (QQ4 + z * QQ5))));
    (r, s)
}

/// The quotient erf(1 + s) - erf(1) for numbers 1 + s between [`NEAR`] and 1.25.
#[inline(always)]
fn middle_ratio(s: f64) -> (f64, f64) {
    const PA0: f64 = -2.362_118_560_752_659_440_77e-03;
    const PA1: f64 = 4.148_561_186_837_483_316_66e-01;
    const PA2: f64 = -3.722_078_760_357_013_238_47e-01;
    const PA3: f64 = 3.183_466_199_011_617_536_74e-01;
    const PA4: f64 = -1.108_946_942_823_966_774_76e-01;
    const PA5: f64 = 3.547_830_432_561_823_593_71e-02;
    const PA6: f64 = -2.166_375_594_868_790_843_00e-03;
    const QA1: f64 = 1.064_208_804_008_442_282_86e-01;
    const QA2: f64 = 5.403_979_177_021_710_489_37e-01;
    const QA3: f64 = 7.182_865_441_419_626_628_68e-02;
    const QA4: f64 = 1.261_712_198_087_616_421_12e-01;
    const QA5: f64 = 1.363_708_391_202_905_073_62e-02;
    const QA6: f64 = 1.198_449_984_679_910_741_70e-02;
    let p = PA0 + s * (PA1 + s * (PA2 + s * (PA3 + s * (PA4 + s * (PA5 + s * PA6)))));
    let q = 1.0 + s * (QA1 + s * (QA2 + s * (QA3 + s * (QA4 + s * (QA5 + s * QA6)))));
    (p, q)
}

/// The quotient ln(x erfc(x)) + x² + 0.5625 for numbers between 1.25 and 1/0.35, from 1/x².
#[inline(always)]
fn left_exponent(s: f64) -> (f64, f64) {
    const RA0: f64 = -9.864_944_034_847_148_227_05e-03;
    const RA1: f64 = -6.938_585_727_071_817_643_72e-01;
    const RA2: f64 = -1.055_862_622_532_329_098_14e+01;
    const RA3: f64 = -6.237_533_245_032_600_603_96e+01;
    const RA4: f64 = -1.623_966_694_625_734_703_55e+02;
    const RA5: f64 = -1.846_050_929_067_110_359_94e+02;
    const RA6: f64 = -8.128_743_550_630_659_342_46e+01;
    const RA7: f64 = -9.814_329_344_169_145_485_92e+00;
    const SA1: f64 = 1.965_127_166_743_925_712_92e+01;
    const SA2: f64 = 1.376_577_541_435_190_426_00e+02;
    const SA3: f64 = 4.345_658_774_752_292_288_21e+02;
    const SA4: f64 = 6.453_872_717_332_678_803_36e+02;
    const SA5: f64 = 4.290_081_400_275_678_333_86e+02;
    const SA6: f64 = 1.086_350_055_417_794_351_34e+02;
    const SA7: f64 = 6.570_249_770_319_281_701_35e+00;
    const SA8: f64 = -6.042_441_521_485_809_874_38e-02;
    let r = RA0 + s * (RA1 + s * (RA2 + s * (RA3 + s * (RA4 + s * (RA5 + s * (RA6 + s * RA7))))));
    let upper = SA5 + s * (SA6 + s * (SA7 + s * SA8));
    (r, 1.0 + s * (SA1 + s * (SA2 + s * (SA3 + s * (SA4 + s * upper)))))
}

/// The same for numbers between 1/0.35 and 28.
#[inline(always)]
fn right_exponent(s: f64) -> (f64, f64) {
    const RB0: f64 = -9.864_942_924_700_099_285_97e-03;
    const RB1: f64 = -7.992_832_376_805_230_065_74e-01;
    const RB2: f64 = -1.775_795_491_775_475_198_89e+01;
    const RB3: f64 = -1.606_363_848_558_219_160_62e+02;
    const RB4: f64 = -6.375_664_433_683_896_277_22e+02;
    const RB5: f64 = -1.025_095_131_611_077_249_54e+03;
    const RB6: f64 = -4.835_191_916_086_513_970_19e+02;
    const SB1: f64 = 3.033_806_074_348_245_829_24e+01;
    const SB2: f64 = 3.257_925_129_965_739_188_26e+02;
    const SB3: f64 = 1.536_729_586_084_436_959_94e+03;
    const SB4: f64 = 3.199_858_219_508_595_539_08e+03;
    const SB5: f64 = 2.553_050_406_433_164_425_83e+03;
    const SB6: f64 = 4.745_285_412_069_553_672_15e+02;
    const SB7: f64 = -2.244_095_244_658_581_833_62e+01;
    let r = RB0 + s * (RB1 + s * (RB2 + s * (RB3 + s * (RB4 + s * (RB5 + s * RB6)))));
    let upper = SB4 + s * (SB5 + s * (SB6 + s * SB7));
    (r, 1.0 + s * (SB1 + s * (SB2 + s * (SB3 + s * upper))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::erfc_of_double;
    use super::*;
    use crate::wide::portable;

    type Into = fn(&[f64], &mut [f64]);
    /// A function's name, the function of many, and that of one.
    type Case = (&'static str, Into, fn(f64) -> f64);

    fn normal_tail_into(numbers: &[f64], out: &mut [f64]) {
        half_erfc_of_doubles_into(numbers, out, |x| x, normal_tail);
    }

    fn normal_tail(z: f64) -> f64 {
        0.5 * erfc_of_double(z)
    }

    fn check(numbers: &[f64]) {
        let functions: [Case; 3] = [
            ("erf", erf_into, erf),
            ("erfc", erfc_into, erfc),
            ("the tail", normal_tail_into, normal_tail),
        ];
        for (name, into, f) in functions {
            let (mut out, mut plain) = (vec![0.0; numbers.len()], vec![0.0; numbers.len()]);
            into(numbers, &mut out);
            portable(|| into(numbers, &mut plain));
            for ((x, found), plain) in numbers.iter().zip(&out).zip(&plain) {
                let wanted = f(*x);
                let wanted = if wanted.is_nan() { f64::NAN } else { wanted };
                assert_eq!(found.to_bits(), wanted.to_bits(), "{name}({x:e}): {found} {wanted}");
                assert_eq!(plain.to_bits(), wanted.to_bits(), "{name}({x:e}) without vectors");
            }
        }
    }

    #[test]
    fn numbers_of_every_size_have_the_bits_that_each_has() {
        for scale in [1e-300, 1e-17, 1e-8, 1e-3, 0.2, 1.0, 2.0, 3.0, 7.0, 27.0, 40.0, 1e9] {
            let numbers = (-2000..=2000).map(|i| f64::from(i) * 0.000_499_3 * scale);
            check(&numbers.collect::<Vec<_>>());
        }
    }

    #[test]
    fn numbers_near_the_branches_have_the_same_bits() {
        let root = std::f64::consts::SQRT_2;
        for mark in [2_f64.powi(-56), 2_f64.powi(-28), 0.25, NEAR, 1.25, 1.0 / 0.35, 6.0, FAR] {
            for mark in [mark, mark * root] {
                let near =
                    |i: u64| f64::from_bits((mark.to_bits() & !0xffff_ffff) + i * 0x800_0000);
                let above: Vec<f64> = (0..64).map(near).collect();
                check(&above);
                check(&above.iter().map(|x| -x).collect::<Vec<_>>());
                let close = |i: u64| f64::from_bits(mark.to_bits() + i - 32);
                check(&(0..64).map(close).collect::<Vec<_>>());
            }
        }
        check(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 5e-324, -1.0].repeat(16));
        check(&[-0.0; 64]);
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
