//! Rounding to digits after the decimal point.

/// Powers of ten up to this are exact numbers.
const EXACT: i32 = 22;
/// No number has more digits after the point.
const DIGITS_MAX: i32 = 1100;

/// `x` with so many digits after the point, or so many zeros before it if `digits` is negative: the
/// number nearest to the decimal that is nearest to the exact value of `x`, halves away from 0.
#[must_use]
pub fn rounded(x: f64, digits: i32) -> f64 {
    if digits == 0 || !x.is_finite() {
        return libm::round(x);
    }
    if digits < 0 {
        return rounded_before(x, digits);
    }
    if digits > DIGITS_MAX {
        return x;
    }
    if let Some(rounded) = rounded_soon(x, digits) {
        return rounded;
    }
    let digits = usize::try_from(digits).unwrap_or(0);
    // All digits of a number can be written, so that the next one after the cut decides.
    let exact = format!("{:.*}", usize::try_from(DIGITS_MAX).unwrap_or(0), x.abs());
    let Some(point) = exact.find('.') else { return x };
    let (kept, rest) = exact.split_at((point + 1 + digits).min(exact.len()));
    let mut kept = kept.to_owned().into_bytes();
    if rest.as_bytes().first().is_some_and(|digit| *digit >= b'5') {
        carry(&mut kept);
    }
    let kept = String::from_utf8(kept).unwrap_or_default();
    kept.parse().map_or(x, |rounded: f64| rounded.copysign(x))
}

/// The same where the product with a power of ten leaves no doubt: it is off by half of its last bit.
fn rounded_soon(x: f64, digits: i32) -> Option<f64> {
    const WHOLE_MAX: f64 = 4_503_599_627_370_496.0;
    if digits > EXACT {
        return None;
    }
    let scale = (0..digits).fold(1.0, |scale, _| scale * 10.0);
    let scaled = x.abs() * scale;
    let below = scaled.floor();
    let apart = (scaled - below - 0.5).abs();
    // The quotient of two whole numbers is the number nearest to the decimal.
    (scaled < WHOLE_MAX && apart > scaled * (8.0 * f64::EPSILON))
        .then(|| (libm::round(scaled) / scale).copysign(x))
}

/// Adds one to the last digit of a decimal text.
fn carry(text: &mut Vec<u8>) {
    for digit in text.iter_mut().rev() {
        match digit {
            b'0'..=b'8' => {
                *digit += 1;
                return;
            }
            b'9' => *digit = b'0',
            _ => {}
        }
    }
    text.insert(0, b'1');
}

/// The nearest multiple of a power of ten.
fn rounded_before(x: f64, digits: i32) -> f64 {
    if digits < -EXACT {
        // More than that only large numbers have; what is lost is less than half.
        let scale = libm::pow(10.0, f64::from(-digits));
        return if x.abs() < scale / 2.0 {
            0.0_f64.copysign(x)
        } else {
            libm::round(x / scale) * scale
        };
    }
    let scale = (0..-digits).fold(1.0, |scale, _| scale * 10.0);
    let rest = x % scale;
    let below = x - rest;
    if rest.abs() * 2.0 >= scale { below + scale.copysign(x) } else { below }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the nearest number is meant")]
mod tests {
    use super::*;

    #[test]
    fn the_exact_value_decides() {
        assert_eq!(rounded(2.675, 2), 2.67);
        assert_eq!(rounded(0.125, 2), 0.13);
        assert_eq!(rounded(-0.125, 2), -0.13);
        assert_eq!(rounded(9.995_000_1, 2), 10.0);
        assert_eq!(rounded(1.5, 0), 2.0);
        assert_eq!(rounded(1e300, 5), 1e300);
        assert_eq!(rounded(0.1, 400), 0.1);
        assert_eq!(rounded(5e-324, 2000), 5e-324);
    }

    #[test]
    fn the_soon_rounded_are_those_of_the_decimal_text() {
        for i in 0..20_000_u32 {
            let x = f64::from(i) * 0.000_731 - 7.0;
            let text = format!("{x:.3}");
            // Halves are rounded to even there, and there are none here.
            assert_eq!(text.parse(), Ok(rounded(x, 3)), "{x}");
        }
    }

    #[test]
    fn digits_before_the_point_become_zeros() {
        assert_eq!(rounded(1250.0, -2), 1300.0);
        assert_eq!(rounded(-1249.0, -2), -1200.0);
        assert_eq!(rounded(5.0, -400), 0.0);
        assert_eq!(rounded(1e300, -3), 1e300);
    }
}
