//! The incomplete gamma functions, divided by the complete one.

use libm::{erfc, exp, expm1, log};

use super::deviance::{deviance, log1p_minus, stirling_error};
use super::gamma::{LN_SQRT_2PI, lgamma_1p};

/// From here on `a` is large enough for Temme's expansion.
const LARGE: f64 = 200.0;
const ITERATIONS_MAX: u32 = 10_000;

/// The lower incomplete gamma function P(a, x) = γ(a, x) / Γ(a). NaN unless a, x ≥ 0.
#[must_use]
pub fn gammainc(a: f64, x: f64) -> f64 {
    gamma_tails(a, x).0
}

/// The upper one, 1 - P(a, x), without cancellation.
#[must_use]
pub fn gammaincc(a: f64, x: f64) -> f64 {
    gamma_tails(a, x).1
}

/// P(a, x) and 1 - P(a, x), the smaller of which has all its digits.
pub(crate) fn gamma_tails(a: f64, x: f64) -> (f64, f64) {
    if a.is_nan() || x.is_nan() || a < 0.0 || x < 0.0 || (a == 0.0 && x == 0.0) {
        return (f64::NAN, f64::NAN);
    }
    if x == 0.0 || (a.is_infinite() && x.is_finite()) {
        return (0.0, 1.0);
    }
    if a == 0.0 || x.is_infinite() {
        return if a.is_infinite() { (f64::NAN, f64::NAN) } else { (1.0, 0.0) };
    }
    if a >= LARGE && (x - a).abs() < 0.35 * a {
        return uniform(a, x);
    }
    if a < 1.0 && x < 1.5 {
        let upper = small(a, x);
        if upper < 0.6 {
            return (1.0 - upper, upper);
        }
    }
    if x < a + 1.0 {
        let lower = exp(ln_gamma_prefactor(a, x)) / a * series(a, x);
        (lower, 1.0 - lower)
    } else {
        let upper = exp(ln_gamma_prefactor(a, x)) * fraction(a, x);
        (1.0 - upper, upper)
    }
}

/// `ln(xᵃ exp(-x) / Γ(a))`, for a, x > 0.
pub(crate) fn ln_gamma_prefactor(a: f64, x: f64) -> f64 {
    if a < 1.0 {
        return a * log(x) - x - lgamma_1p(a) + log(a);
    }
    -deviance(a, x - a, x) - stirling_error(a) + 0.5 * log(a) - LN_SQRT_2PI
}

/// DLMF 8.11.4, from its first term on.
fn series(a: f64, x: f64) -> f64 {
    let (mut sum, mut term, mut n) = (1.0, 1.0, a);
    for _ in 0..ITERATIONS_MAX {
        n += 1.0;
        term *= x / n;
        sum += term;
        if term < sum * f64::EPSILON * 0.25 {
            break;
        }
    }
    sum
}

/// 1 - P where a < 1 and x is small, from DLMF 8.7.1.
fn small(a: f64, x: f64) -> f64 {
    let (mut sum, mut term, mut n) = (0.0, 1.0, 0.0_f64);
    for _ in 0..ITERATIONS_MAX {
        n += 1.0;
        term *= -x / n;
        sum += term / (a + n);
        if term.abs() < f64::EPSILON * 0.1 {
            break;
        }
    }
    let exponent = a * log(x) - lgamma_1p(a);
    -expm1(exponent) - exp(exponent) * a * sum
}

/// The continued fraction DLMF 8.9.2 for Γ(a, x) exp(x) / xᵃ, by the method of Lentz.
fn fraction(a: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / TINY, 1.0 / b);
    let mut value = d;
    let mut i = 0.0_f64;
    for _ in 0..ITERATIONS_MAX {
        i += 1.0;
        let numerator = -i * (i - a);
        b += 2.0;
        d = 1.0 / away(numerator * d + b, TINY);
        c = away(b + numerator / c, TINY);
        let factor = d * c;
        value *= factor;
        if (factor - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value
}

/// Keeps a divisor away from 0.
pub(super) fn away(x: f64, tiny: f64) -> f64 {
    if x.abs() < tiny { tiny } else { x }
}

/// Temme's uniform expansion for large a (DLMF 8.12.3 and 8.12.4), to a⁻⁴.
fn uniform(a: f64, x: f64) -> (f64, f64) {
    let ratio = (x - a) / a;
    let half_square = -log1p_minus(ratio);
    let eta = (2.0 * half_square).sqrt().copysign(ratio);
    let mut sum = 0.0;
    for row in TEMME.iter().rev() {
        sum = sum / a + row.iter().rev().fold(0.0, |sum, term| sum * eta + term);
    }
    let rest = exp(-a * half_square - LN_SQRT_2PI) / a.sqrt() * sum;
    let distance = eta * (0.5 * a).sqrt();
    if ratio < 0.0 {
        let lower = 0.5 * erfc(-distance) - rest;
        (lower, 1.0 - lower)
    } else {
        let upper = 0.5 * erfc(distance) + rest;
        (1.0 - upper, upper)
    }
}

/// The coefficients dₖₙ of DLMF 8.12.8: cₖ(η) = Σ dₖₙ ηⁿ. They follow from 8.12.9 to 8.12.11 with
/// rational numbers.
const TEMME: [&[f64]; 5] = [
    &[
        -0.333_333_333_333_333_3,
        0.083_333_333_333_333_33,
        -0.014_814_814_814_814_815,
        0.001_157_407_407_407_407_3,
        0.000_352_733_686_067_019_4,
        -0.000_178_755_144_032_921_8,
        3.919_263_178_522_438e-5,
        -2.185_448_510_679_992e-6,
        -1.854_062_210_715_16e-6,
        8.296_711_340_953_087e-7,
        -1.766_595_273_682_607_8e-7,
        6.707_853_543_401_498e-9,
        1.026_180_978_424_030_9e-8,
        -4.382_036_018_453_353e-9,
        9.147_699_582_236_79e-10,
        -2.551_419_399_494_624_8e-11,
        -5.830_772_132_550_426e-11,
        2.436_194_802_066_741_5e-11,
    ],
    &[
        -0.001_851_851_851_851_852,
        -0.003_472_222_222_222_222,
        0.002_645_502_645_502_645_4,
        -0.000_990_226_337_448_559_6,
        0.000_205_761_316_872_427_98,
        -4.018_775_720_164_609e-7,
        -1.809_855_033_448_997_7e-5,
        7.649_160_916_081_11e-6,
        -1.612_090_089_456_344_6e-6,
        4.647_127_802_807_434e-9,
        1.378_633_446_915_721e-7,
        -5.752_545_603_517_705e-8,
        1.195_162_859_977_814_8e-8,
    ],
    &[
        0.004_133_597_883_597_883,
        -0.002_681_327_160_493_827_3,
        0.000_771_604_938_271_604_9,
        2.009_387_860_082_304_7e-6,
        -0.000_107_366_532_263_651_6,
        5.292_344_882_912_012_5e-5,
        -1.276_063_518_861_872_8e-5,
        3.423_578_734_096_138e-8,
        1.372_195_730_906_293_4e-6,
        -6.298_992_138_380_055e-7,
        1.428_061_420_606_424_2e-7,
    ],
    &[
        0.000_649_434_156_378_600_8,
        0.000_229_472_093_621_399_17,
        -0.000_469_189_494_395_255_7,
        0.000_267_720_632_062_838_85,
        -7.561_801_671_883_977e-5,
        -2.396_505_113_867_297e-7,
        1.108_265_411_534_730_2e-5,
        -5.674_952_826_991_596_5e-6,
    ],
    &[
        -0.000_861_888_290_916_711_7,
        0.000_784_039_221_720_066_6,
        -0.000_299_072_480_303_190_2,
        -1.463_845_257_884_341_8e-6,
        6.641_498_215_465_122e-5,
        -3.968_365_047_179_435e-5,
    ],
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::assert_near;
    use super::*;

    #[test]
    fn known_values_in_each_region() {
        for (a, x, lower, upper) in [
            (2.0, 1.0, 0.264_241_117_657_115_33, 0.735_758_882_342_884_7),
            (0.5, 30.0, 0.999_999_999_999_990_6, 9.485_737_571_073_848e-15),
            (10.0, 3.0, 0.001_102_488_130_115_479_8, 0.998_897_511_869_884_5),
            (100.0, 100.0, 0.513_298_798_279_148_7, 0.486_701_201_720_851_35),
            (1.0e-10, 0.5, 0.999_999_999_944_022_7, 5.597_735_948_054_988e-11),
            (0.001, 1.0e-5, 0.989_123_044_695_782_7, 0.010_876_955_304_217_33),
            (0.001, 2.0, 0.999_951_023_082_169, 4.897_691_783_098_148e-5),
            (0.7, 1.4, 0.850_107_202_624_621_9, 0.149_892_797_375_378_1),
            (30.0, 80.0, 0.999_999_999_950_967_7, 4.903_229_555_810_753e-11),
            (200.0, 150.0, 5.709_688_574_208_244_6e-5, 0.999_942_903_114_257_9),
            (250.0, 330.0, 0.999_998_110_612_559_6, 1.889_387_440_411_358_6e-6),
            (1_000.0, 900.0, 0.000_549_902_265_711_782_9, 0.999_450_097_734_288_2),
            (1_000_000.0, 1_003_000.0, 0.998_638_259_353_782_4, 0.001_361_740_646_217_591_5),
            (10_000_000_000.0, 9_999_800_000.0, 0.022_749_592_035_814_55, 0.977_250_407_964_185_5),
            (5_000.0, 1_000.0, 0.0, 1.0),
            (3.0, 200.0, 1.0, 2.795_609_373_660_883_6e-83),
        ] {
            let (p, q) = gamma_tails(a, x);
            assert_near(p, lower, 2e-13);
            assert_near(q, upper, 2e-13);
        }
        assert_eq!(gamma_tails(2.0, 0.0), (0.0, 1.0));
        assert_eq!(gamma_tails(2.0, f64::INFINITY), (1.0, 0.0));
        assert!(gammainc(-1.0, 1.0).is_nan() && gammaincc(1.0, -1.0).is_nan());
    }

    proptest! {
        #[test]
        fn the_recurrence_holds(a in 0.01..1e4_f64, ratio in 0.01..3.0_f64) {
            // DLMF 8.8.5
            let x = a * ratio;
            let difference = exp(ln_gamma_prefactor(a, x)) / a;
            let (before, after) = (gammainc(a, x), gammainc(a + 1.0, x));
            prop_assert!((before - difference - after).abs() <= 1e-12 * (before + 1e-290));
        }

        #[test]
        fn both_functions_are_one_together(a in 1e-5..1e6_f64, x in 1e-5..1e6_f64) {
            let (p, q) = gamma_tails(a, x);
            assert_near(p + q, 1.0, 1e-14);
            prop_assert!((0.0..=1.0).contains(&p) && (0.0..=1.0).contains(&q));
        }
    }
}
