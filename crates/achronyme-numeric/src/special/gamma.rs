//! The gamma and beta functions.

use libm::{atan2, cos, exp, hypot, log, log1p, sin, sinh};
use rayon::prelude::*;

use super::deviance::stirling_error;
use crate::Complex;
use crate::wide::wide;

/// ln √(2π)
pub(crate) const LN_SQRT_2PI: f64 = 0.918_938_533_204_672_8;
const PI: f64 = std::f64::consts::PI;

/// 0!, 1!, …, 22!, which doubles hold exactly.
const FACTORIALS: [f64; 23] = {
    let mut table = [1.0; 23];
    let (mut n, mut k) = (1, 1.0);
    while n < table.len() {
        table[n] = table[n - 1] * k;
        n += 1;
        k += 1.0;
    }
    table
};

/// Below it there may be no room for 1 / x, or few digits of x.
const LEAST: f64 = 1e-300;
/// From here on the products would take longer, and be less exact, than an approximation.
const GREATEST: f64 = 12.0;

/// Γ(x): exact for integers up to 23, NaN at -1, -2, …, and with the sign of x infinite at 0.
#[must_use]
pub fn gamma(x: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 23")]
    if (1.0..=23.0).contains(&x) && x.fract() == 0.0 {
        return FACTORIALS[x as usize - 1];
    }
    if is_usual(x) { near_one([x])[0] } else { libm::tgamma(x) }
}

/// Writes [`gamma`] of each number. Where those that lie together are of usual sizes, they are
/// computed side by side.
pub fn gamma_into(numbers: &[f64], out: &mut [f64]) {
    /// From so many numbers on, several processors work.
    const MANY: usize = 1 << 15;
    /// So many at a time.
    const PIECE: usize = 1 << 12;
    let piece = |(numbers, out): (&[f64], &mut [f64])| {
        wide(
            #[inline(always)]
            || {
                let (rows, rest) = numbers.as_chunks::<LANES>();
                let (places, rest_places) = out.as_chunks_mut::<LANES>();
                for (row, place) in rows.iter().zip(places) {
                    let usual = row.iter().fold(true, |all, x| all & is_usual(*x));
                    *place = if usual { near_one(*row) } else { row.map(gamma) };
                }
                for (x, place) in rest.iter().zip(rest_places) {
                    *place = gamma(*x);
                }
            },
        );
    };
    if numbers.len() < MANY {
        piece((numbers, out));
    } else {
        numbers.par_chunks(PIECE).zip(out.par_chunks_mut(PIECE)).for_each(piece);
    }
}

/// Numbers that are computed side by side.
const LANES: usize = 8;

#[inline(always)]
#[expect(clippy::manual_range_contains, reason = "without a jump")]
fn is_usual(x: f64) -> bool {
    (x >= LEAST) & (x < GREATEST)
}

/// Γ between [`LEAST`] and [`GREATEST`]: by Γ(x) = (x - 1) Γ(x - 1) brought to where a series is
/// good, with about the error of so many products. Nothing depends on the other numbers.
#[inline(always)]
fn near_one<const COUNT: usize>(x: [f64; COUNT]) -> [f64; COUNT] {
    let (mut rest, mut product) = (x, [1.0; COUNT]);
    let greatest = x.iter().fold(0.0, |greatest: f64, x| if *x > greatest { *x } else { greatest });
    let mut least = 1.5;
    while greatest >= least {
        for (rest, product) in rest.iter_mut().zip(&mut product) {
            let is_far = *rest >= 1.5;
            // The differences are exact.
            let next = if is_far { *rest - 1.0 } else { *rest };
            *product *= if is_far { next } else { 1.0 };
            *rest = next;
        }
        least += 1.0;
    }
    let mut sum = [TERMS[TERMS.len() - 1]; COUNT];
    let t = rest.map(|rest| if rest < 0.5 { rest } else { rest - 1.0 });
    for term in TERMS.iter().rev().skip(1) {
        for (sum, t) in sum.iter_mut().zip(&t) {
            *sum = *sum * t + term;
        }
    }
    for lane in 0..COUNT {
        // 1 / Γ(1 + t)
        let reciprocal = 1.0 + t[lane] * sum[lane];
        let below = if rest[lane] < 0.5 { rest[lane] * reciprocal } else { reciprocal };
        product[lane] /= below;
    }
    product
}

/// The coefficients of 1 / Γ(1 + t) for |t| ≤ 1/2, the powers from t on: DLMF 5.7.1, where they are
/// those of 1/Γ(t).
const TERMS: [f64; 20] = [
    0.577_215_664_901_532_9,
    -0.655_878_071_520_253_9,
    -0.042_002_635_034_095_24,
    0.166_538_611_382_291_48,
    -0.042_197_734_555_544_33,
    -0.009_621_971_527_876_973,
    0.007_218_943_246_663_1,
    -0.001_165_167_591_859_065_2,
    -0.000_215_241_674_114_950_98,
    0.000_128_050_282_388_116_2,
    -2.013_485_478_078_824e-5,
    -1.250_493_482_142_670_6e-6,
    1.133_027_231_981_696e-6,
    -2.056_338_416_977_607e-7,
    6.116_095_104_481_416e-9,
    5.002_007_644_469_223e-9,
    -1.181_274_570_487_02e-9,
    1.043_426_711_691_100_5e-10,
    7.782_263_439_905_071e-12,
    -3.696_805_618_642_206e-12,
];

/// ln |Γ(x)|, infinite at 0, -1, ….
#[must_use]
pub fn lgamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// ln Γ(1 + x), also where x is tiny. For x > -1.
pub(crate) fn lgamma_1p(x: f64) -> f64 {
    /// ζ(k) - 1 from k = 2 on: DLMF table 25.2.
    const ZETA: [f64; 27] = [
        0.644_934_066_848_226_4,
        0.202_056_903_159_594_3,
        0.082_323_233_711_138_19,
        0.036_927_755_143_369_93,
        0.017_343_061_984_449_14,
        0.008_349_277_381_922_827,
        0.004_077_356_197_944_339,
        0.002_008_392_826_082_214_4,
        0.000_994_575_127_818_085_3,
        0.000_494_188_604_119_464_5,
        0.000_246_086_553_308_048_3,
        0.000_122_713_347_578_489_15,
        6.124_813_505_870_483e-5,
        3.058_823_630_702_049e-5,
        1.528_225_940_865_187e-5,
        7.637_197_637_899_763e-6,
        3.817_293_264_999_84e-6,
        1.908_212_716_553_939e-6,
        9.539_620_338_727_962e-7,
        4.769_329_867_878_064e-7,
        2.384_505_027_277_33e-7,
        1.192_199_259_653_110_7e-7,
        5.960_818_905_125_948e-8,
        2.980_350_351_465_228e-8,
        1.490_155_482_836_504_2e-8,
        7.450_711_789_835_43e-9,
        3.725_334_024_788_457e-9,
    ];
    /// 1 - γ
    const ONE_MINUS_EULER: f64 = 0.422_784_335_098_467_14;
    if x.abs() > 0.5 {
        return lgamma(1.0 + x);
    }
    // DLMF 5.7.3, with the first term of each ζ summed to a logarithm.
    let (mut sum, mut k) = (0.0, 28.0);
    for zeta in ZETA.iter().rev() {
        sum = zeta / k - x * sum;
        k -= 1.0;
    }
    x * (ONE_MINUS_EULER + x * sum) - log1p(x)
}

/// Γ(a) Γ(b) / Γ(a + b), also of negative numbers that are no integers.
#[must_use]
pub fn beta(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    let is_pole = |x: f64| x <= 0.0 && x.fract() == 0.0;
    if is_pole(a) || is_pole(b) {
        return match (small < 0.0, large > 0.0) {
            (false, true) => f64::INFINITY,
            _ => f64::NAN,
        };
    }
    if is_pole(a + b) {
        return 0.0;
    }
    if small > -80.0 && large < 80.0 && (small.abs() > 1e-100 && large.abs() > 1e-100) {
        return gamma(small) * (gamma(large) / gamma(a + b));
    }
    if small > 0.0 {
        let errors = stirling_error(a) + stirling_error(b) - stirling_error(a + b);
        let powers = -small * log1p(large / small) - large * log1p(small / large);
        // √(2π (1/a + 1/b)), from which nothing overflows.
        return (2.0 * PI).sqrt() * (1.0 / a + 1.0 / b).sqrt() * exp(errors + powers);
    }
    let sign = sign_of_gamma(a) * sign_of_gamma(b) * sign_of_gamma(a + b);
    sign * exp(lgamma(a) + lgamma(b) - lgamma(a + b))
}

fn sign_of_gamma(x: f64) -> f64 {
    if x < 0.0 && x.floor() % 2.0 != 0.0 { -1.0 } else { 1.0 }
}

/// Γ(z), by the approximation of Lanczos with g = 7 and nine terms, and its reflection.
#[must_use]
pub fn complex_gamma(z: Complex) -> Complex {
    const G: f64 = 7.0;
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if z.im == 0.0 {
        return Complex::new(gamma(z.re), 0.0);
    }
    if z.re < 0.5 {
        // Γ(z) Γ(1 - z) = π / sin πz
        return over(
            over(Complex::new(PI, 0.0), sin_pi(z)),
            complex_gamma(Complex::new(1.0 - z.re, -z.im)),
        );
    }
    let z = Complex::new(z.re - 1.0, z.im);
    let mut sum = Complex::new(0.999_999_999_999_809_9, 0.0);
    for (index, term) in (1_u8..).zip(TERMS) {
        sum += over(Complex::new(term, 0.0), z + f64::from(index));
    }
    let t = z + (G + 0.5);
    let ln = Complex::new(log(hypot(t.re, t.im)), atan2(t.im, t.re));
    let power = (z + 0.5) * ln - t;
    let size = exp(power.re + LN_SQRT_2PI);
    sum * Complex::new(size * cos(power.im), size * sin(power.im))
}

/// sin(πz)
pub(super) fn sin_pi(z: Complex) -> Complex {
    let (sine, cosine) = super::sinc::sin_cos_pi(z.re);
    let y = PI * z.im;
    Complex::new(sine * libm::cosh(y), cosine * sinh(y))
}

/// A quotient that overflows only where it is too large, by the way of Smith.
pub(super) fn over(a: Complex, b: Complex) -> Complex {
    if b.re.abs() >= b.im.abs() {
        let ratio = b.im / b.re;
        let size = b.re + b.im * ratio;
        Complex::new((a.re + a.im * ratio) / size, (a.im - a.re * ratio) / size)
    } else {
        let ratio = b.re / b.im;
        let size = b.re * ratio + b.im;
        Complex::new((a.re * ratio + a.im) / size, (a.im * ratio - a.re) / size)
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "some results are exact")]
mod tests {
    use proptest::prelude::*;

    use super::super::assert_near;
    use super::*;

    #[test]
    fn known_values() {
        assert_eq!(
            (gamma(23.0), gamma(0.0), gamma(-0.0)),
            (FACTORIALS[22], f64::INFINITY, f64::NEG_INFINITY)
        );
        assert_near(gamma(0.25), 3.625_609_908_221_908, 3e-16);
        assert_near(gamma(0.5), PI.sqrt(), 3e-16);
        assert_near(gamma(1.5), PI.sqrt() / 2.0, 3e-16);
        assert_near(gamma(1e-300), 1e300, 3e-16);
        assert_near(gamma(11.5), 11_899_423.083_962_248, 1e-15);
        assert_near(gamma(-3.7), 0.251_643_995_902_422_7, 2e-15);
        assert_near(gamma(171.0), 7.257_415_615_307_999e306, 2e-15);
        assert!(gamma(-1.0).is_nan());
        assert_near(lgamma(100.0), 359.134_205_369_575_4, 1e-15);
        assert_near(lgamma_1p(1e-20), -5.772_156_649_015_329e-21, 1e-15);
        assert_near(lgamma_1p(0.5), -0.120_782_237_635_245_22, 2e-15);
        assert_near(beta(-0.5, 2.0), -4.0, 1e-15);
        assert_near(beta(0.001, 10.0), 997.175_796_817_802_6, 1e-14);
        assert_near(beta(1e-10, 1e10), 9_999_999_976.396_933, 1e-14);
        assert_near(beta(200.0, 300.0), 1.648_549_160_866_474_6e-147, 1e-13);
        assert_eq!(beta(-0.5, -0.5), 0.0);
    }

    #[test]
    fn complex_numbers_have_a_gamma_function_too() {
        let value = complex_gamma(Complex::new(1.0, 1.0));
        assert_near(value.re, 0.498_015_668_118_356, 1e-14);
        assert_near(value.im, -0.154_949_828_301_810_7, 1e-14);
        let value = complex_gamma(Complex::new(-1.5, 0.5));
        assert_near(value.re, 0.9379166627878851, 1e-14);
        assert_near(value.im, 0.34920566814780485, 1e-14);
    }

    proptest! {
        #[test]
        fn the_series_agrees_with_the_approximation_of_lanczos(x in 1e-9..13.0_f64) {
            assert_near(gamma(x), libm::tgamma(x), 2e-15);
        }

        #[test]
        fn many_have_the_bits_that_each_has_alone(
            numbers in prop::collection::vec(
                prop_oneof![1e-3..2.0_f64, 1e-3..12.0_f64, -30.0..200.0_f64, (1..30_u8).prop_map(f64::from)],
                0..60,
            ),
        ) {
            let mut out = vec![0.0; numbers.len()];
            gamma_into(&numbers, &mut out);
            let alone: Vec<u64> = numbers.iter().map(|x| gamma(*x).to_bits()).collect();
            let together: Vec<u64> = out.iter().map(|x| x.to_bits()).collect();
            assert_eq!(together, alone);
        }

        #[test]
        fn the_recurrence_holds(x in 0.1..150.0_f64) {
            assert_near(gamma(x + 1.0), x * gamma(x), 5e-15 * x.max(1.0));
        }

        #[test]
        fn beta_is_symmetric(a in 1e-3..4e2_f64, b in 1e-3..4e2_f64) {
            assert_eq!(beta(a, b), beta(b, a));
            assert_near(beta(a + 1.0, b) + beta(a, b + 1.0), beta(a, b), 1e-12);
        }
    }
}
