//! Digital filters by family, order and frequencies.

use std::f64::consts::PI;

use super::prototype::Family;
use super::zeros::ZeroPole;
use crate::Error;

/// The largest order.
const ORDER_MAX: usize = 500;
/// The greatest ripple, beyond which powers of ten overflow.
const DECIBELS_MAX: f64 = 1000.0;

/// What a filter lets pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Band {
    /// Frequencies below one.
    Low(f64),
    /// Frequencies above one.
    High(f64),
    /// Frequencies between two.
    Pass(f64, f64),
    /// Frequencies outside of two.
    Stop(f64, f64),
}

impl Band {
    /// The band of this name, at these frequencies.
    ///
    /// # Errors
    /// There is none of this name, or it needs another number of frequencies.
    pub fn from_name(name: &str, frequencies: &[f64]) -> Result<Self, Error> {
        match (name, frequencies) {
            ("lowpass", [at]) => Ok(Self::Low(*at)),
            ("highpass", [at]) => Ok(Self::High(*at)),
            ("bandpass", [from, to]) => Ok(Self::Pass(*from, *to)),
            ("bandstop", [from, to]) => Ok(Self::Stop(*from, *to)),
            ("lowpass" | "highpass", _) => Err(Error::value(format!(
                "a {name} needs one frequency, got {}",
                frequencies.len()
            ))),
            ("bandpass" | "bandstop", _) => Err(Error::value(format!(
                "a {name} needs two frequencies, got {}",
                frequencies.len()
            ))),
            _ => Err(Error::value(format!(
                "unknown btype '{name}' (known: lowpass, highpass, bandpass, bandstop)"
            ))),
        }
    }
}

/// The digital filter of a family and order. Frequencies are in units of half the sample rate, or
/// of the rate itself if one is given.
///
/// # Errors
/// The order is 0 or above 500, a ripple is not above 0, or the frequencies are not in order between
/// 0 and half the sample rate.
pub fn design(
    family: Family,
    order: usize,
    band: Band,
    rate: Option<f64>,
) -> Result<ZeroPole, Error> {
    if order == 0 || order > ORDER_MAX {
        return Err(Error::value(format!("the order must be from 1 to {ORDER_MAX}, got {order}")));
    }
    if let Family::Chebyshev1(decibels) | Family::Chebyshev2(decibels) = family
        && !(decibels > 0.0 && decibels <= DECIBELS_MAX)
    {
        let message = format!("the ripple must be above 0 and up to {DECIBELS_MAX} dB");
        return Err(Error::value(format!("{message}, got {decibels}")));
    }
    let prototype = family.prototype(order);
    let warp = |frequency| warped(frequency, rate);
    let analogue = match band {
        Band::Low(at) => prototype.to_lowpass(warp(at)?),
        Band::High(at) => prototype.to_highpass(warp(at)?),
        Band::Pass(from, to) | Band::Stop(from, to) => {
            let (low, high) = (warp(from)?, warp(to)?);
            if low >= high {
                return Err(Error::value(format!(
                    "the frequencies must rise, got {from} and {to}"
                )));
            }
            let (center, width) = ((low * high).sqrt(), high - low);
            if matches!(band, Band::Pass(..)) {
                prototype.to_bandpass(center, width)
            } else {
                prototype.to_bandstop(center, width)
            }
        }
    };
    Ok(analogue.to_digital())
}

/// The frequency of an analogue filter that becomes this one.
fn warped(frequency: f64, rate: Option<f64>) -> Result<f64, Error> {
    let relative = match rate {
        None => frequency,
        Some(rate) if rate > 0.0 && rate.is_finite() => 2.0 * frequency / rate,
        Some(rate) => return Err(Error::value(format!("fs must be above 0, got {rate}"))),
    };
    if relative > 0.0 && relative < 1.0 {
        return Ok(4.0 * libm::tan(PI * relative / 2.0));
    }
    let limit = rate.map_or(1.0, |rate| rate / 2.0);
    Err(Error::value(format!("frequencies must lie between 0 and {limit}, got {frequency}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares with values from SciPy 1.17.1.
    fn check(filter: &ZeroPole, numerator: &[f64], denominator: &[f64]) {
        let (b, a) = filter.to_polynomials();
        assert_eq!((b.len(), a.len()), (numerator.len(), denominator.len()));
        for (got, expected) in b.iter().zip(numerator).chain(a.iter().zip(denominator)) {
            assert!((got - expected).abs() < 1e-13, "{got} for {expected}");
        }
    }

    #[test]
    fn butterworth_filters_are_scipys() {
        let band = Band::Low(0.2);
        check(
            &design(Family::Butterworth, 4, band, None).unwrap(),
            &[
                0.004_824_343_357_716_228,
                0.019_297_373_430_864_913,
                0.028_946_060_146_297_37,
                0.019_297_373_430_864_913,
                0.004_824_343_357_716_228,
            ],
            &[
                1.0,
                -2.369_513_007_182_038,
                2.313_988_414_415_881,
                -1.054_665_405_878_568,
                0.187_379_492_368_185_02,
            ],
        );
        let a = [1.0, -1.161_917_483_671_732_3, 0.695_942_755_789_650_6, -0.137_761_301_259_892_8];
        let b = [0.374_452_692_590_159_56, -1.123_358_077_770_478_6];
        let filter = design(Family::Butterworth, 3, Band::High(30.0), Some(200.0)).unwrap();
        check(&filter, &[b[0], b[1], -b[1], -b[0]], &a);
        let a = [
            1.0,
            -1.400_068_516_168_091_5,
            1.272_214_937_925_007_4,
            -0.658_418_494_389_908_4,
            0.272_214_937_925_007_17,
        ];
        let b = [0.131_106_439_916_625_93, 0.0, -0.262_212_879_833_251_87, 0.0];
        let filter = design(Family::Butterworth, 2, Band::Pass(0.2, 0.5), None).unwrap();
        check(&filter, &[b[0], 0.0, b[2], 0.0, b[0]], &a);
        let b = [0.505_001_029_045_877_6, -1.029_243_505_279, 1.534_427_817_758_26];
        let filter = design(Family::Butterworth, 2, Band::Stop(0.2, 0.5), None).unwrap();
        check(&filter, &[b[0], b[1], b[2], b[1], b[0]], &a);
    }

    #[test]
    fn chebyshevs_filters_are_scipys() {
        let a = [1.0, -1.651_124_896_836_123_2, 1.089_259_316_129_218_8, -0.244_715_241_116_181_56];
        let b = [0.058_529_136_372_039_61, 0.038_180_452_716_417_47];
        let filter = design(Family::Chebyshev2(30.0), 3, Band::Low(0.4), None).unwrap();
        check(&filter, &[b[0], b[1], b[1], b[0]], &a);
        let a = [
            1.0,
            -2.374_123_174_726_608_3,
            2.705_656_660_205_056_2,
            -1.591_709_221_547_479_7,
            0.410_315_081_974_316_76,
        ];
        let b = [0.008_363_239_555_554_522, 0.033_452_958_222_218_09, 0.050_179_437_333_327_14];
        let filter = design(Family::Chebyshev1(1.0), 4, Band::Low(0.3), None).unwrap();
        check(&filter, &[b[0], b[1], b[2], b[1], b[0]], &a);
        let b = [
            0.135_337_916_652_212_2,
            -0.491_526_177_776_749,
            1.117_108_820_814_678_4,
            -1.700_472_030_422_275,
            1.977_929_119_030_393_1,
        ];
        let a = [
            1.0,
            -2.082_360_756_692_232,
            1.854_172_425_461_471_5,
            -1.404_554_126_212_131,
            1.334_472_684_659_330_8,
            -0.819_014_252_520_887_1,
            0.267_776_209_899_279_14,
            -0.078_067_280_972_797_44,
            0.026_401_273_944_093_1,
        ];
        let filter = design(Family::Chebyshev2(40.0), 4, Band::Stop(0.2, 0.5), None).unwrap();
        check(&filter, &[b[0], b[1], b[2], b[3], b[4], b[3], b[2], b[1], b[0]], &a);
    }

    #[test]
    fn impossible_filters_are_refused() {
        let refused = |order, band, rate| design(Family::Butterworth, order, band, rate).is_err();
        assert!(refused(2, Band::Low(1.5), None));
        assert!(refused(2, Band::Low(f64::NAN), None));
        assert!(refused(0, Band::Low(0.5), None));
        assert!(refused(2, Band::Pass(0.5, 0.2), None));
        assert!(refused(2, Band::Low(0.5), Some(-1.0)));
        assert!(design(Family::Chebyshev1(0.0), 2, Band::Low(0.5), None).is_err());
        assert!(Band::from_name("bandpass", &[0.5]).is_err());
    }
}
