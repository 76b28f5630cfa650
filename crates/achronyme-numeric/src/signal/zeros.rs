//! Transfer functions by their zeros and poles.

use crate::Complex;

/// A transfer function k·Π(s − zᵢ)/Π(s − pᵢ).
#[derive(Clone, Debug, PartialEq)]
pub struct ZeroPole {
    /// Where it is 0.
    pub zeros: Vec<Complex>,
    /// Where it is infinite.
    pub poles: Vec<Complex>,
    /// Its factor.
    pub gain: f64,
}

/// The product of −rᵢ.
fn negated_product(roots: &[Complex]) -> Complex {
    roots.iter().fold(Complex::ONE, |product, root| product * -root)
}

/// The product of `from` − rᵢ.
fn distances(from: f64, roots: &[Complex]) -> Complex {
    roots.iter().fold(Complex::ONE, |product, root| product * (Complex::from(from) - root))
}

/// The coefficients of Π(x − rᵢ), the highest power first, where roots come in conjugate pairs.
#[must_use]
pub(super) fn polynomial(roots: &[Complex]) -> Vec<f64> {
    let mut coefficients = vec![Complex::ONE];
    for root in roots {
        coefficients.push(Complex::ZERO);
        for k in (1..coefficients.len()).rev() {
            let before = coefficients[k - 1];
            coefficients[k] -= before * root;
        }
    }
    coefficients.iter().map(|c| c.re).collect()
}

impl ZeroPole {
    /// How many poles more than zeros there are.
    fn degree(&self) -> usize {
        self.poles.len() - self.zeros.len()
    }

    /// A low-pass at 1 made one at another frequency.
    #[must_use]
    pub(super) fn to_lowpass(&self, frequency: f64) -> Self {
        let scale = |roots: &[Complex]| roots.iter().map(|root| root * frequency).collect();
        let degree = i32::try_from(self.degree()).unwrap_or(i32::MAX);
        Self {
            zeros: scale(&self.zeros),
            poles: scale(&self.poles),
            gain: self.gain * power(frequency, degree),
        }
    }

    /// A low-pass at 1 made a high-pass.
    #[must_use]
    pub(super) fn to_highpass(&self, frequency: f64) -> Self {
        let invert = |root: &Complex| Complex::from(frequency) / root;
        let mut zeros: Vec<Complex> = self.zeros.iter().map(invert).collect();
        zeros.resize(self.poles.len(), Complex::ZERO);
        Self {
            zeros,
            poles: self.poles.iter().map(invert).collect(),
            gain: self.gain * self.inversion(),
        }
    }

    /// What the gain is multiplied by when zeros and poles are inverted.
    fn inversion(&self) -> f64 {
        (negated_product(&self.zeros) / negated_product(&self.poles)).re
    }

    /// A low-pass at 1 made a band-pass around a frequency, of some width.
    #[must_use]
    pub(super) fn to_bandpass(&self, center: f64, width: f64) -> Self {
        let scale = |root: &Complex| root * (width / 2.0);
        let mut zeros = around(self.zeros.iter().map(scale), center);
        zeros.resize(zeros.len() + self.degree(), Complex::ZERO);
        let degree = i32::try_from(self.degree()).unwrap_or(i32::MAX);
        Self {
            zeros,
            poles: around(self.poles.iter().map(scale), center),
            gain: self.gain * power(width, degree),
        }
    }

    /// A low-pass at 1 made a band-stop.
    #[must_use]
    pub(super) fn to_bandstop(&self, center: f64, width: f64) -> Self {
        let invert = |root: &Complex| Complex::from(width / 2.0) / root;
        let mut zeros = around(self.zeros.iter().map(invert), center);
        let there = Complex::new(0.0, center);
        zeros.resize(zeros.len() + self.degree(), there);
        zeros.resize(zeros.len() + self.degree(), -there);
        Self {
            zeros,
            poles: around(self.poles.iter().map(invert), center),
            gain: self.gain * self.inversion(),
        }
    }

    /// An analogue filter made a digital one by the bilinear transform, where frequency 4·tan(w/2)
    /// of the analogue one becomes w radians per sample.
    #[must_use]
    pub(super) fn to_digital(&self) -> Self {
        let rate = Complex::from(4.0);
        let map = |root: &Complex| (rate + root) / (rate - root);
        let mut zeros: Vec<Complex> = self.zeros.iter().map(map).collect();
        zeros.resize(self.poles.len(), Complex::from(-1.0));
        Self {
            zeros,
            poles: self.poles.iter().map(map).collect(),
            gain: self.gain * (distances(4.0, &self.zeros) / distances(4.0, &self.poles)).re,
        }
    }

    /// The coefficients of numerator and denominator, the highest power first.
    #[must_use]
    pub fn to_polynomials(&self) -> (Vec<f64>, Vec<f64>) {
        let numerator = polynomial(&self.zeros).iter().map(|c| c * self.gain).collect();
        (numerator, polynomial(&self.poles))
    }
}

/// Roots of a low-pass moved to both sides of a frequency.
fn around(roots: impl Iterator<Item = Complex>, center: f64) -> Vec<Complex> {
    let roots: Vec<(Complex, Complex)> =
        roots.map(|root| (root, (root * root - Complex::from(center * center)).sqrt())).collect();
    let above = roots.iter().map(|(root, distance)| root + distance);
    above.chain(roots.iter().map(|(root, distance)| root - distance)).collect()
}

/// A number times itself, by squares.
fn power(base: f64, exponent: i32) -> f64 {
    let (mut result, mut square, mut rest) = (1.0, base, exponent);
    while rest > 0 {
        if rest & 1 == 1 {
            result *= square;
        }
        square *= square;
        rest >>= 1;
    }
    result
}
