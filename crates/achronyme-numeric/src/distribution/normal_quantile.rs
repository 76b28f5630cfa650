//! The quantiles of the standard normal distribution.
//!
//! Wichura, "Algorithm AS 241: The percentage points of the normal distribution" (1988), to 16
//! digits.

use libm::log;

/// The z with this probability below it, for p from 0 to 1.
pub(crate) fn of_probability(p: f64) -> f64 {
    let difference = p - 0.5;
    if difference.abs() <= MIDDLE {
        of_difference(difference)
    } else if difference < 0.0 {
        of_tail(p)
    } else {
        -of_tail(1.0 - p)
    }
}

/// The z with probability ½ + q below it, for |q| below ½.
pub(crate) fn of_difference(q: f64) -> f64 {
    if q.abs() > MIDDLE {
        return of_tail(0.5 - q.abs()) * -q.signum();
    }
    let r = MIDDLE * MIDDLE - q * q;
    q * ratio(r, &NEAR)
}

/// The negative z with probability p below it, for p below ½.
pub(crate) fn of_tail(p: f64) -> f64 {
    if p >= 0.5 - MIDDLE {
        return of_difference(p - 0.5);
    }
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let r = (-log(p)).sqrt();
    if r <= 5.0 { -ratio(r - 1.6, &FAR) } else { -ratio(r - 5.0, &FARTHEST) }
}

const MIDDLE: f64 = 0.425;

/// Coefficients of a numerator and a denominator, the constant ones first.
type Rational = ([f64; 8], [f64; 8]);

fn ratio(r: f64, (numerator, denominator): &Rational) -> f64 {
    let at = |terms: &[f64; 8]| terms.iter().rev().fold(0.0, |sum, term| sum * r + term);
    at(numerator) / at(denominator)
}

const NEAR: Rational = (
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_854,
    ],
);

const FAR: Rational = (
    [
        1.423_437_110_749_683_6,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_6,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        0.000_774_545_014_278_341_4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        0.000_547_593_808_499_534_5,
        1.050_750_071_644_416_9e-9,
    ],
);

const FARTHEST: Rational = (
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        0.001_242_660_947_388_078_4,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        0.000_786_869_131_145_613_3,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
);

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "some results are exact")]
mod tests {
    use super::*;
    use crate::special::assert_near;

    #[test]
    fn known_values() {
        assert_near(of_probability(0.975), 1.959_963_984_540_054_2, 4e-16);
        assert_near(of_probability(0.25), -0.674_489_750_196_081_7, 4e-16);
        assert_near(of_probability(1e-20), -9.262_340_089_798_41, 6e-16);
        assert_near(of_probability(1e-300), -37.047_096_299_361_2, 6e-16);
        assert_near(of_difference(1e-17), 2.506_628_274_631_000_5e-17, 4e-16);
        assert_eq!(of_probability(0.5), 0.0);
        assert_eq!(of_probability(1.0), f64::INFINITY);
    }
}
