//! Elementary functions of complex numbers, with the branch cuts of C99: on a cut, the sign of a zero
//! says from which side one comes. After W. Kahan, *Branch Cuts for Complex Elementary Functions, or
//! Much Ado About Nothing's Sign Bit* (1987).

use crate::Complex;

/// Beyond this, the hyperbolic tangent is 1 to the last bit.
const TANH_ONE: f64 = 22.0;
/// Sums of numbers up to this, and their squares' roots, do not overflow.
const LARGE: f64 = 1e307;
/// Numbers below this lose digits when they are halved.
const SMALL: f64 = 1e-290;

/// i z
const fn turned(z: Complex) -> Complex {
    Complex { re: -z.im, im: z.re }
}

/// -i z
const fn turned_back(z: Complex) -> Complex {
    Complex { re: z.im, im: -z.re }
}

/// The square root whose real part is 0 or more; the cut is the negative real axis.
#[must_use]
pub fn sqrt(z: Complex) -> Complex {
    let Complex { re: x, im: y } = z;
    if x == 0.0 && y == 0.0 {
        return Complex::new(0.0, y);
    }
    if y.is_infinite() {
        return Complex::new(f64::INFINITY, y);
    }
    if x.is_infinite() && y.is_nan() {
        // As in C (C17, annex G.6.4.2).
        return if x > 0.0 { z } else { Complex::new(y, f64::INFINITY) };
    }
    if x.is_infinite() {
        let (re, im) = if x > 0.0 { (x, 0.0_f64) } else { (0.0, f64::INFINITY) };
        return Complex::new(re, im.copysign(y));
    }
    if x.is_nan() || y.is_nan() {
        return Complex::new(f64::NAN, f64::NAN);
    }
    let largest = x.abs().max(y.abs());
    if largest > LARGE {
        return sqrt(Complex::new(x / 4.0, y / 4.0)) * 2.0;
    }
    if largest < SMALL {
        let scale = 2_f64.powi(108);
        return sqrt(Complex::new(x * scale, y * scale)) * 2_f64.powi(-54);
    }
    let root = f64::midpoint(x.abs(), libm::hypot(x, y)).sqrt();
    if x >= 0.0 {
        Complex::new(root, y / (2.0 * root))
    } else {
        Complex::new(y.abs() / (2.0 * root), root.copysign(y))
    }
}

/// The natural logarithm, with an imaginary part from -π to π; the cut is the negative real axis.
#[must_use]
pub fn ln(z: Complex) -> Complex {
    let Complex { re: x, im: y } = z;
    let size = libm::hypot(x, y);
    let re = if (0.5..2.0).contains(&size) {
        // Near 1 what counts is how far it is from 1.
        let (large, small) =
            if x.abs() > y.abs() { (x.abs(), y.abs()) } else { (y.abs(), x.abs()) };
        libm::log1p((large - 1.0) * (large + 1.0) + small * small) / 2.0
    } else if size.is_infinite() && x.is_finite() && y.is_finite() {
        libm::log(libm::hypot(x / 2.0, y / 2.0)) + std::f64::consts::LN_2
    } else {
        libm::log(size)
    };
    Complex::new(re, libm::atan2(y, x))
}

/// e to this power.
#[must_use]
pub fn exp(z: Complex) -> Complex {
    let Complex { re: x, im: y } = z;
    if y == 0.0 {
        return Complex::new(libm::exp(x), y);
    }
    if x == f64::NEG_INFINITY {
        return Complex::new(0.0_f64.copysign(libm::cos(y)), 0.0_f64.copysign(libm::sin(y)));
    }
    let (sin, cos) = (libm::sin(y), libm::cos(y));
    if x > 709.0 && x < 1420.0 {
        // The power overflows where the product need not.
        let half = libm::exp(x / 2.0);
        return Complex::new(half * cos * half, half * sin * half);
    }
    let size = libm::exp(x);
    Complex::new(size * cos, size * sin)
}

/// The sine.
#[must_use]
pub fn sin(z: Complex) -> Complex {
    turned_back(sinh(turned(z)))
}

/// The cosine.
#[must_use]
pub fn cos(z: Complex) -> Complex {
    cosh(turned(z))
}

/// The tangent.
#[must_use]
pub fn tan(z: Complex) -> Complex {
    turned_back(tanh(turned(z)))
}

/// The hyperbolic sine.
#[must_use]
pub fn sinh(z: Complex) -> Complex {
    let Complex { re: x, im: y } = z;
    if y == 0.0 {
        return Complex::new(libm::sinh(x), y);
    }
    Complex::new(libm::sinh(x) * libm::cos(y), libm::cosh(x) * libm::sin(y))
}

/// The hyperbolic cosine.
#[must_use]
pub fn cosh(z: Complex) -> Complex {
    let Complex { re: x, im: y } = z;
    if y == 0.0 {
        return Complex::new(libm::cosh(x), if x == 0.0 { x * y } else { y.copysign(x * y) });
    }
    Complex::new(libm::cosh(x) * libm::cos(y), libm::sinh(x) * libm::sin(y))
}

/// The hyperbolic tangent.
#[must_use]
pub fn tanh(z: Complex) -> Complex {
    let Complex { re: x, im: y } = z;
    if x.abs() > TANH_ONE {
        let small = 4.0 * libm::sin(y) * libm::cos(y) * libm::exp(-2.0 * x.abs());
        return Complex::new(1.0_f64.copysign(x), if y.is_finite() { small } else { 0.0 });
    }
    let tangent = libm::tan(y);
    let beta = 1.0 + tangent * tangent;
    let sinh = libm::sinh(x);
    let rho = (1.0 + sinh * sinh).sqrt();
    if tangent.is_infinite() {
        return Complex::new(rho / sinh, 1.0 / tangent);
    }
    let divisor = 1.0 + beta * sinh * sinh;
    Complex::new(beta * rho * sinh / divisor, tangent / divisor)
}

/// The inverse sine; the cuts are the real axis beyond -1 and 1.
#[must_use]
pub fn asin(z: Complex) -> Complex {
    let below = sqrt(Complex::new(1.0 - z.re, -z.im));
    let above = sqrt(Complex::new(1.0 + z.re, z.im));
    let re = libm::atan2(z.re, product(below, above).re);
    Complex::new(re, libm::asinh(product(below.conj(), above).im))
}

/// The inverse cosine; the cuts are the real axis beyond -1 and 1.
#[must_use]
pub fn acos(z: Complex) -> Complex {
    let below = sqrt(Complex::new(1.0 - z.re, -z.im));
    let above = sqrt(Complex::new(1.0 + z.re, z.im));
    let re = 2.0 * libm::atan2(below.re, above.re);
    Complex::new(re, libm::asinh(product(above.conj(), below).im))
}

/// The inverse hyperbolic cosine with a real part of 0 or more; the cut is the real axis below 1.
#[must_use]
pub fn acosh(z: Complex) -> Complex {
    let below = sqrt(Complex::new(z.re - 1.0, z.im));
    let above = sqrt(Complex::new(z.re + 1.0, z.im));
    let re = libm::asinh(product(below.conj(), above).re);
    Complex::new(re, 2.0 * libm::atan2(below.im, above.re))
}

/// The inverse hyperbolic sine; the cuts are the imaginary axis beyond -i and i.
#[must_use]
pub fn asinh(z: Complex) -> Complex {
    turned_back(asin(turned(z)))
}

/// The inverse hyperbolic tangent; the cuts are the real axis beyond -1 and 1.
#[must_use]
pub fn atanh(z: Complex) -> Complex {
    // For a negative real part, the function is odd.
    let sign = 1.0_f64.copysign(z.re);
    let (x, y) = (z.re * sign, z.im * sign);
    if z.is_nan() && !x.is_infinite() && !y.is_infinite() {
        return Complex::new(f64::NAN, f64::NAN);
    }
    if x > LARGE || y.abs() > LARGE {
        let near_zero = 1.0 / x.max(y.abs());
        // As in C (C17, annex G.6.2.3), the angle of what is infinite and no number is not known.
        let quarter = if y.is_nan() { y } else { std::f64::consts::FRAC_PI_2.copysign(y) };
        let re = if x.is_finite() && y.is_finite() { near_zero * (x * near_zero) } else { 0.0 };
        return Complex::new(re * sign, quarter * sign);
    }
    let apart = (1.0 - x) * (1.0 - x) + y * y;
    let (re, im) = if apart == 0.0 {
        (f64::INFINITY, 0.0_f64.copysign(y))
    } else {
        let re = libm::log1p(4.0 * x / apart) / 4.0;
        (re, libm::atan2(2.0 * y, (1.0 - x) * (1.0 + x) - y * y) / 2.0)
    };
    Complex::new(re * sign, im * sign)
}

/// The inverse tangent; the cuts are the imaginary axis beyond -i and i.
#[must_use]
pub fn atan(z: Complex) -> Complex {
    turned_back(atanh(turned(z)))
}

/// A product as it is written: zeros keep their signs.
fn product(a: Complex, b: Complex) -> Complex {
    Complex::new(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Complex, re: f64, im: f64) {
        let apart = libm::hypot(found.re - re, found.im - im);
        let size = libm::hypot(re, im).max(f64::MIN_POSITIVE);
        assert!(apart <= 8.0 * f64::EPSILON * size, "{found} is not {re}+{im}i");
    }

    const fn c(re: f64, im: f64) -> Complex {
        Complex { re, im }
    }

    #[test]
    fn values_are_those_of_mpmath() {
        close(asin(c(1.0, 2.0)), 0.427_078_586_392_476_14, 1.528_570_919_480_998_2);
        close(acos(c(-0.5, -3.0)), 1.727_800_921_583_839, 1.830_194_762_337_508_8);
        close(atan(c(-0.5, -3.0)), -1.510_484_492_504_845_3, -0.335_293_481_459_855_3);
        close(asinh(c(-0.5, -3.0)), -1.778_990_493_826_768_7, -1.396_149_861_709_447_4);
        close(acosh(c(1.0, 2.0)), 1.528_570_919_480_998_2, 1.143_717_740_402_420_6);
        close(atanh(c(1.0, 2.0)), 0.173_286_795_139_986_32, 1.178_097_245_096_172_4);
        close(tan(c(-0.5, -3.0)), -0.004_160_426_592_893_830_4, -0.997_316_365_283_202);
        close(tanh(c(1.0, 2.0)), 1.166_736_257_240_92, -0.243_458_201_185_725_25);
        close(sin(c(-0.5, -3.0)), -4.826_694_274_810_821, -8.791_512_343_493_713);
        close(cos(c(-0.5, -3.0)), 8.835_204_606_500_994, -4.802_825_082_743_033);
        close(sqrt(c(-0.5, -3.0)), 1.127_249_143_967_098, -1.330_672_999_866_817_4);
        close(ln(c(1.0, 2.0)), 0.804_718_956_217_050_1, 1.107_148_717_794_090_4);
    }

    #[test]
    fn the_sign_of_zero_says_the_side_of_a_cut() {
        let pi = std::f64::consts::PI;
        assert_eq!(ln(c(-1.0, 0.0)).im.to_bits(), pi.to_bits());
        assert_eq!(ln(c(-1.0, -0.0)).im.to_bits(), (-pi).to_bits());
        close(sqrt(c(-4.0, 0.0)), 0.0, 2.0);
        close(sqrt(c(-4.0, -0.0)), 0.0, -2.0);
        close(asin(c(2.0, 0.0)), pi / 2.0, 1.316_957_896_924_816_6);
        close(asin(c(2.0, -0.0)), pi / 2.0, -1.316_957_896_924_816_6);
        close(acos(c(-2.0, 0.0)), pi, -1.316_957_896_924_816_6);
        close(acosh(c(-2.0, -0.0)), 1.316_957_896_924_816_6, -pi);
        close(atanh(c(2.0, 0.0)), 0.549_306_144_334_054_9, pi / 2.0);
        close(atanh(c(2.0, -0.0)), 0.549_306_144_334_054_9, -pi / 2.0);
    }

    #[test]
    fn small_and_large_numbers_keep_their_digits() {
        close(asin(c(1e-10, 1e-10)), 1e-10, 1e-10);
        close(atan(c(1e-12, 0.0)), 1e-12, 0.0);
        close(sqrt(c(1e308, 1e308)), 1.098_684_113_467_809_9e154, 4.550_898_605_622_273e153);
        close(tanh(c(800.0, 1.0)), 1.0, 0.0);
        close(ln(c(1.0, 1e-200)), 0.0, 1e-200);
        assert!(ln(c(1e308, 1e308)).re < 710.0);
        assert!(exp(c(710.0, 1.5)).re.is_finite());
    }

    #[test]
    fn functions_of_what_is_infinite_tiny_and_no_number_end() {
        let root = sqrt(Complex::new(f64::INFINITY, f64::NAN));
        assert!(root.re.is_infinite() && root.im.is_nan(), "{root}");
        let root = sqrt(Complex::new(f64::NEG_INFINITY, f64::NAN));
        assert!(root.re.is_nan() && root.im.is_infinite(), "{root}");
        let sizes = [0.0, 5e-324, 1e-310, 1e-290, 0.5, 1.0, 2.0, 1e300, f64::MAX, f64::INFINITY];
        let all = || sizes.into_iter().flat_map(|size| [size, -size]).chain([f64::NAN]);
        for z in all().flat_map(|x| all().map(move |y| Complex::new(x, y))) {
            for of in [sqrt, ln, asin, acos, atan, acosh, asinh, atanh] {
                let value = of(z);
                let is_told = z.re.is_infinite() || z.im.is_infinite() || !z.is_nan();
                assert!(is_told || value.is_nan(), "{z} {value}");
            }
        }
    }
}
