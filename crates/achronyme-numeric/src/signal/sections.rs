//! Filters as chains of sections of order 2, whose coefficients lose less to rounding.

use super::zeros::{ZeroPole, polynomial};
use crate::Complex;

/// A section: b₀, b₁, b₂, 1, a₁, a₂.
pub type Section = [f64; 6];

/// Roots whose imaginary part is this small beside them are real.
const REAL: f64 = 100.0 * f64::EPSILON;

impl ZeroPole {
    /// The filter as sections. Each takes the pole nearest to the unit circle that is left, with its
    /// conjugate or the next real one, and the zeros nearest to it; those whose poles are nearest come
    /// last. The first has the whole gain. There are as many zeros as poles or fewer.
    #[must_use]
    pub fn to_sections(&self) -> Vec<Section> {
        let count = self.poles.len().max(self.zeros.len()).div_ceil(2);
        let padded = |roots: &[Complex]| {
            let mut roots = roots.to_vec();
            roots.resize(2 * count, Complex::ZERO);
            halves(&roots)
        };
        let (mut zeros, mut poles) = (padded(&self.zeros), padded(&self.poles));
        let mut sections = Vec::with_capacity(count.max(1));
        while let Some(pole) = take_worst(&mut poles, |_| true) {
            let pair = if pole.im == 0.0 {
                let other = take_worst(&mut poles, |root| root.im == 0.0);
                [pole, other.unwrap_or_default()]
            } else {
                [pole, pole.conj()]
            };
            // A real pole and a real zero that are left over must find each other in the end.
            let alone = |roots: &[Complex]| roots.iter().filter(|r| r.im == 0.0).count() == 1;
            let keep_real = pole.im != 0.0 && alone(&poles) && alone(&zeros);
            let zero = take_nearest(&mut zeros, pole, |root| !(keep_real && root.im == 0.0));
            let roots = match zero {
                None => Vec::new(),
                Some(zero) if zero.im != 0.0 => vec![zero, zero.conj()],
                Some(zero) => {
                    let other = take_nearest(&mut zeros, pole, |root| root.im == 0.0);
                    std::iter::once(zero).chain(other).collect()
                }
            };
            sections.push(section(&roots, &pair));
        }
        if sections.is_empty() {
            sections.push(section(&[], &[]));
        }
        sections.reverse();
        for coefficient in &mut sections[0][..3] {
            *coefficient *= self.gain;
        }
        sections
    }
}

/// Of each conjugate pair the root with the positive imaginary part, and all real ones.
fn halves(roots: &[Complex]) -> Vec<Complex> {
    let is_real = |root: &Complex| root.im.abs() <= REAL * root.norm();
    roots
        .iter()
        .filter(|root| root.im > 0.0 || is_real(root))
        .map(|root| if is_real(root) { root.re.into() } else { *root })
        .collect()
}

/// The root nearest to the unit circle.
fn take_worst(roots: &mut Vec<Complex>, fits: impl Fn(&Complex) -> bool) -> Option<Complex> {
    take_least(roots, |root| (1.0 - root.norm()).abs(), fits)
}

fn take_nearest(
    roots: &mut Vec<Complex>,
    to: Complex,
    fits: impl Fn(&Complex) -> bool,
) -> Option<Complex> {
    take_least(roots, |root| (root - to).norm(), fits)
}

/// Takes the first of the roots for which something is least.
fn take_least(
    roots: &mut Vec<Complex>,
    value: impl Fn(&Complex) -> f64,
    fits: impl Fn(&Complex) -> bool,
) -> Option<Complex> {
    let candidates = roots.iter().enumerate().filter(|(_, root)| fits(root));
    let least = candidates.min_by(|(_, a), (_, b)| value(a).total_cmp(&value(b)));
    let at = least?.0;
    Some(roots.remove(at))
}

/// A section with at most two zeros and poles.
fn section(zeros: &[Complex], poles: &[Complex]) -> Section {
    let mut section = [0.0; 6];
    for (place, value) in section.iter_mut().zip(polynomial(zeros)) {
        *place = value;
    }
    for (place, value) in section[3..].iter_mut().zip(polynomial(poles)) {
        *place = value;
    }
    section
}

#[cfg(test)]
mod tests {
    use super::super::design::{Band, design};
    use super::super::prototype::Family;

    /// Compares with values from SciPy 1.17.1.
    fn check(family: Family, order: usize, band: Band, expected: &[[f64; 6]]) {
        let sections = design(family, order, band, None).unwrap().to_sections();
        assert_eq!(sections.len(), expected.len());
        for (section, expected) in sections.iter().zip(expected) {
            for (got, expected) in section.iter().zip(expected) {
                assert!((got - expected).abs() < 1e-12, "{section:?}");
            }
        }
    }

    #[test]
    fn sections_are_scipys() {
        check(
            Family::Butterworth,
            5,
            Band::Low(0.2),
            &[
                [
                    0.001_282_581_078_960_685,
                    0.002_565_162_157_921_37,
                    0.001_282_581_078_960_685,
                    1.0,
                    -0.509_525_449_494_428_8,
                    0.0,
                ],
                [1.0, 2.0, 1.0, 1.0, -1.096_579_465_567_961_7, 0.355_446_762_172_390_5],
                [1.0, 1.0, 0.0, 1.0, -1.369_317_194_683_292_7, 0.692_569_135_387_863_4],
            ],
        );
        check(
            Family::Chebyshev2(40.0),
            4,
            Band::Low(0.3),
            &[
                [
                    0.018_267_424_020_139_665,
                    0.010_182_250_797_944_862,
                    0.018_267_424_020_139_665,
                    1.0,
                    -1.151_967_196_958_931,
                    0.355_415_855_559_920_3,
                ],
                [
                    1.0,
                    -1.067_110_026_425_558_2,
                    1.0,
                    1.0,
                    -1.504_658_512_067_584_8,
                    0.718_874_292_109_368_9,
                ],
            ],
        );
    }

    #[test]
    fn bands_share_out_their_zeros() {
        check(
            Family::Chebyshev1(1.0),
            3,
            Band::Pass(0.2, 0.5),
            &[
                [
                    0.034_384_966_351_816_024,
                    0.068_769_932_703_632_05,
                    0.034_384_966_351_816_024,
                    1.0,
                    -0.814_073_338_277_856_6,
                    0.597_708_885_955_768_9,
                ],
                [1.0, 0.0, -1.0, 1.0, -0.023_726_842_372_418_2, 0.775_037_221_889_398_7],
                [1.0, -2.0, 1.0, 1.0, -1.496_032_704_417_020_7, 0.859_931_368_244_028_2],
            ],
        );
    }
}
