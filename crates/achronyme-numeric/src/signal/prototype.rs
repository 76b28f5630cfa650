//! Analogue low-pass filters at frequency 1, from which all others are made.
//!
//! (A. V. Oppenheim and R. W. Schafer, Discrete-Time Signal Processing, appendix B.)

use super::zeros::ZeroPole;
use crate::Complex;
use crate::fourier::roots::root;

/// The family of a filter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Family {
    /// As flat as possible in the pass band.
    Butterworth,
    /// With ripple of so many decibels in the pass band.
    Chebyshev1(f64),
    /// With ripple in the stop band, so many decibels below the pass band.
    Chebyshev2(f64),
}

impl Family {
    /// The filter of this order.
    pub(super) fn prototype(self, order: usize) -> ZeroPole {
        match self {
            Self::Butterworth => {
                let poles = angles(order).map(|(cos, sin)| -Complex::new(cos, sin)).collect();
                ZeroPole { zeros: Vec::new(), poles, gain: 1.0 }
            }
            Self::Chebyshev1(ripple) => ripple_in_pass_band(order, ripple),
            Self::Chebyshev2(attenuation) => ripple_in_stop_band(order, attenuation),
        }
    }
}

/// Cosine and sine of π·m/2n, for m from 1 − n to n − 1 in steps of 2.
fn angles(order: usize) -> impl Iterator<Item = (f64, f64)> {
    // The angle is that of the root number 3n + m + n of 4n, going the other way round.
    (0..order).map(move |k| {
        let turn = (5 * order - 1 - 2 * k) % (4 * order);
        let root = root(turn, 4 * order);
        (root.re, root.im)
    })
}

fn ripple_in_pass_band(order: usize, ripple: f64) -> ZeroPole {
    let excess = ratio_less_one(ripple);
    let (sinh, cosh) = ellipse(order, 1.0 / excess.sqrt());
    let poles: Vec<Complex> =
        angles(order).map(|(cos, sin)| -Complex::new(sinh * cos, cosh * sin)).collect();
    let product = poles.iter().fold(Complex::ONE, |product, pole| product * -pole).re;
    let gain = if order.is_multiple_of(2) { product / (1.0 + excess).sqrt() } else { product };
    ZeroPole { zeros: Vec::new(), poles, gain }
}

fn ripple_in_stop_band(order: usize, attenuation: f64) -> ZeroPole {
    let (sinh, cosh) = ellipse(order, ratio_less_one(attenuation).sqrt());
    let zeros: Vec<Complex> = angles(order)
        .enumerate()
        .filter(|(k, _)| 2 * k + 1 != order)
        .map(|(_, (_, sin))| Complex::new(0.0, 1.0 / sin))
        .collect();
    let poles: Vec<Complex> = angles(order)
        .map(|(cos, sin)| -Complex::ONE / Complex::new(sinh * cos, cosh * sin))
        .collect();
    let product = |roots: &[Complex]| roots.iter().fold(Complex::ONE, |all, root| all * -root);
    let gain = (product(&poles) / product(&zeros)).re;
    ZeroPole { zeros, poles, gain }
}

/// 10^(d/10) − 1.
fn ratio_less_one(decibels: f64) -> f64 {
    libm::expm1(decibels * (std::f64::consts::LN_10 / 10.0))
}

/// Half the axes of the ellipse on which poles lie.
#[expect(clippy::cast_precision_loss, reason = "orders are small")]
fn ellipse(order: usize, x: f64) -> (f64, f64) {
    let size = libm::asinh(x) / order as f64;
    (libm::sinh(size), libm::cosh(size))
}
