//! The incomplete beta function, divided by the complete one.

use libm::{exp, log};

use super::deviance::{deviance, stirling_error};
use super::gamma::LN_SQRT_2PI;
use super::incomplete_gamma::away;

/// Where both parameters are above this, the integral is summed; the fraction would be long.
const LARGE: f64 = 1_000.0;
const ITERATIONS_MAX: u32 = 10_000;

/// I(x; a, b) = ∫₀ˣ tᵃ⁻¹ (1 - t)ᵇ⁻¹ dt / B(a, b). NaN unless a, b > 0 and 0 ≤ x ≤ 1.
#[must_use]
pub fn betainc(a: f64, b: f64, x: f64) -> f64 {
    beta_tails(a, b, x, 1.0 - x).0
}

/// I(x; a, b) and 1 - I(x; a, b), the smaller of which has all its digits, where `y` is 1 - x, which
/// the caller may know better.
pub(crate) fn beta_tails(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    let in_range = |x: f64| (0.0..=1.0).contains(&x);
    if !(a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite() && in_range(x) && in_range(y)) {
        return (f64::NAN, f64::NAN);
    }
    if x == 0.0 {
        return (0.0, 1.0);
    }
    if y == 0.0 {
        return (1.0, 0.0);
    }
    if b * x <= a * y {
        let lower = lower(a, b, x, y);
        (lower, 1.0 - lower)
    } else {
        let upper = lower(b, a, y, x);
        (1.0 - upper, upper)
    }
}

/// `ln(xᵃ yᵇ / B(a, b))`, for a, b > 0 and x, y = 1 - x between 0 and 1.
pub(crate) fn ln_beta_prefactor(a: f64, b: f64, x: f64, y: f64) -> f64 {
    // How far (a + b) x is from a, and (a + b) y from b.
    let excess = b * x - a * y;
    let sum = a + b;
    let powers = -deviance(a, excess, sum * x) - deviance(b, -excess, sum * y);
    let errors = stirling_error(sum) - stirling_error(a) - stirling_error(b);
    // a b / (a + b), where the product would overflow.
    let harmonic = if a < b { a * (b / sum) } else { b * (a / sum) };
    powers + errors + 0.5 * log(harmonic) - LN_SQRT_2PI
}

/// I(x; a, b) where x is at most a / (a + b).
fn lower(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if a > LARGE && b > LARGE {
        // Doubles are too coarse for the narrowest distributions, and the sum may be off.
        return integral(a, b, x, y).min(1.0);
    }
    exp(ln_beta_prefactor(a, b, x, y)) / a * (a + 1.0) * fraction(a, b, x, y)
}

/// The even part of the continued fraction DLMF 8.17.22, by the method of Lentz, divided by a + 1.
/// Its terms are arranged so that where x is at most a / (a + b), nothing is lost to 1 - x.
fn fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let next = a + 1.0;
    let distance = 1.0 + (a * y - b * x);
    let (mut c, mut d) = (1.0 / TINY, 1.0 / away(distance, TINY));
    let mut value = d;
    let mut m = 0.0_f64;
    for _ in 0..ITERATIONS_MAX {
        let before = a + 2.0 * m;
        let odd = (a + m) / before * ((a + b + m) / (before + 1.0)) * x;
        m += 1.0;
        let n = a + 2.0 * m;
        let even = m * (b - m) * x * (next / (n - 1.0)) / n;
        let numerator = odd * even * next;
        let last = next / (n + 1.0);
        let denominator =
            (a + m) / n * (distance + m * (2.0 + y)) * last + m / n * (m + 1.0) * last + even;
        d = 1.0 / away(numerator * d + denominator, TINY);
        c = away(denominator + numerator / c, TINY);
        let factor = d * c;
        value *= factor;
        if (factor - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value
}

/// The integral over ln(t / (1 - t)), from where the integrand is e⁻⁴² of what it is at x, up to x:
/// panels of 16 points by Gauss. There the integrand falls like a bell or faster than a power.
fn integral(a: f64, b: f64, x: f64, y: f64) -> f64 {
    const PANELS: u8 = 10;
    const DEPTH: f64 = 42.0;
    let slope = a * y - b * x;
    let curvature = (a + b) * x * y;
    let length = 2.0 * DEPTH / (slope + (slope * slope + 2.0 * DEPTH * curvature).sqrt());
    let half = 0.5 * length / f64::from(PANELS);
    let peak = ln_beta_prefactor(a, b, x, y);
    let at = |distance: f64| {
        let shrunk = x * exp(-distance);
        let sum = y + shrunk;
        exp(ln_beta_prefactor(a, b, shrunk / sum, y / sum) - peak)
    };
    let mut sum = 0.0;
    for panel in (0..PANELS).rev() {
        let middle = half * f64::from(2 * panel + 1);
        for (node, weight) in GAUSS_16 {
            sum += weight * (at(middle - half * node) + at(middle + half * node));
        }
    }
    sum * half * exp(peak)
}

/// The positive nodes of Gauss' rule for 16 points, and their weights: DLMF §3.5(v).
const GAUSS_16: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_58),
    (0.458_016_777_657_227_37, 0.169_156_519_395_002_54),
    (0.617_876_244_402_643_7, 0.149_595_988_816_576_73),
    (0.755_404_408_355_003, 0.124_628_971_255_533_88),
    (0.865_631_202_387_831_8, 0.095_158_511_682_492_79),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_894),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_096),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::assert_near;
    use super::*;

    #[test]
    fn known_values_in_each_region() {
        for (a, b, x, lower, upper) in [
            (2.0, 3.0, 0.25, 0.261_718_75, 0.738_281_25),
            (0.5, 0.5, 0.01, 0.063_768_560_858_519_85, 0.936_231_439_141_480_1),
            (0.001, 2.0, 0.3, 0.999_495_909_406_324_6, 0.000_504_090_593_675_424_6),
            (30.0, 0.2, 0.99, 0.184_532_105_023_537_06, 0.815_467_894_976_462_9),
            (10.0, 100.0, 0.2, 0.999_329_794_925_905_9, 0.000_670_205_074_094_114_6),
            (500.0, 2_000.0, 0.19, 0.104_553_938_661_796_94, 0.895_446_061_338_203),
            (1_200.0, 1_500.0, 0.4, 1.388_643_847_765_817_4e-6, 0.999_998_611_356_152_2),
            (5_000.0, 5_000.0, 0.5, 0.5, 0.5),
            (1_000_000.0, 2_000_000.0, 0.332_5, 0.001_095_632_252_231_272, 0.998_904_367_747_768_7),
            (3_000.0, 100_000_000.0, 2.9e-5, 0.032_977_353_257_781_15, 0.967_022_646_742_218_8),
            (5.0, 100_000.0, 0.000_1, 0.970_760_551_557_829_7, 0.029_239_448_442_170_31),
            (50.0, 60.0, 1.0e-5, 3.421_174_902_982_084_4e-219, 1.0),
        ] {
            let (p, q) = beta_tails(a, b, x, 1.0 - x);
            assert_near(p, lower, 1e-12);
            assert_near(q, upper, 1e-12);
        }
        assert!(betainc(-1.0, 1.0, 0.5).is_nan() && betainc(1.0, 1.0, 1.5).is_nan());
    }

    #[test]
    fn the_fraction_ends_where_one_parameter_is_huge() {
        for b in [0.5_f64, 3.0, 30.0, 999.0] {
            for a in [1e5, 1e7, 1e12, 1e100] {
                for part in [0.03, 0.3, 0.9, 1.0, 1.1, 3.0, 30.0] {
                    // As a grows the beta distribution of y becomes a gamma distribution of a y.
                    let y = b * part / a;
                    let (below, above) = beta_tails(a, b, 1.0 - y, y);
                    let (p, q) = super::super::gamma_tails(b, b * part);
                    if a >= 1e100 {
                        assert_near(below, q, 1e-9);
                        assert_near(above, p, 1e-9);
                    }
                    assert_near(below + above, 1.0, 1e-15);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn the_recurrence_holds(a in 0.01..3e3_f64, b in 0.01..3e3_f64, part in 0.01..0.99_f64) {
            // DLMF 8.17.20
            let x = a * part / (a * part + b * (1.0 - part));
            let y = 1.0 - x;
            let difference = exp(ln_beta_prefactor(a, b, x, y)) / a;
            let next = betainc(a + 1.0, b, x);
            assert!((betainc(a, b, x) - difference - next).abs() <= 1e-11);
        }

        #[test]
        fn it_is_symmetric(a in 1e-3..1e6_f64, b in 1e-3..1e6_f64, x in 0.0..1.0_f64) {
            let (p, q) = beta_tails(a, b, x, 1.0 - x);
            assert_eq!(beta_tails(b, a, 1.0 - x, x), (q, p));
            prop_assert!((0.0..=1.0).contains(&p) && (0.0..=1.0).contains(&q));
        }
    }
}
