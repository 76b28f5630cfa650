//! Decimals: exact numbers of up to 28 digits, of which some are behind the point.
//!
//! Sums, differences and products are exact, or a fault if they have more digits; a quotient is
//! rounded to the nearest with 28 digits, ties to the even one (IEEE 754-2019, 4.3.1).

use super::describe::{decimal_packed, decimal_text};
use super::object::{HEAD, KIND_RECORD};
use super::{Call, Outcome};
use crate::trap::Trap;

/// Digits of a decimal at most.
const DIGITS_MAX: u32 = 28;
/// One more than the largest digits.
const LIMIT: i128 = 10_i128.pow(DIGITS_MAX);

/// Digits, and how many of them are behind the point.
type Decimal = (i128, u32);

impl Call<'_> {
    fn decimal(&self, index: u8) -> Result<Decimal, Trap> {
        Ok(self.typed().decimal(self.argument(index))?)
    }

    /// A new decimal, whose digits are known to be few enough.
    pub(super) fn decimal_of(&mut self, digits: i128, scale: u32) -> Result<i64, Trap> {
        let decimal = self.allocate(KIND_RECORD, 0, 2, 0)?;
        let [low, high] = decimal_packed(digits, scale);
        self.write_word(decimal + HEAD, low)?;
        self.write_word(decimal + HEAD + 8, high)?;
        Ok(decimal)
    }

    fn new_decimal(&mut self, found: Option<Decimal>, what: &str) -> Result<Outcome, Trap> {
        let Some((digits, scale)) = found.and_then(fitting) else {
            let message = format!("the {what} has more than {DIGITS_MAX} digits");
            return Err(Trap::Raised { message });
        };
        self.decimal_of(digits, scale).map(Outcome::Value)
    }
}

/// Without zeros at the end that say nothing; none if there are too many digits.
fn fitting((mut digits, mut scale): Decimal) -> Option<Decimal> {
    while scale > 0 && digits % 10 == 0 {
        (digits, scale) = (digits / 10, scale - 1);
    }
    (digits.abs() < LIMIT && scale <= DIGITS_MAX).then_some((digits, scale))
}

/// Both with as many digits behind the point.
fn aligned(left: Decimal, right: Decimal) -> Option<(i128, i128, u32)> {
    let scale = left.1.max(right.1);
    let shift = |(digits, own): Decimal| digits.checked_mul(10_i128.checked_pow(scale - own)?);
    Some((shift(left)?, shift(right)?, scale))
}

fn sum(left: Decimal, right: Decimal) -> Option<Decimal> {
    let (one, other, scale) = aligned(left, right)?;
    Some((one.checked_add(other)?, scale))
}

fn product(left: Decimal, right: Decimal) -> Option<Decimal> {
    Some((left.0.checked_mul(right.0)?, left.1 + right.1))
}

/// The nearest with 28 digits. The divisor is not 0.
fn quotient(left: Decimal, right: Decimal) -> Option<Decimal> {
    let sign = left.0.signum() * right.0.signum();
    let (mut rest, divisor) = (left.0.unsigned_abs(), right.0.unsigned_abs());
    let mut digits = rest / divisor;
    rest %= divisor;
    // Digit by digit, as one divides on paper; a rest is less than 10^28, so that ten of it fit.
    let mut scale = i64::from(left.1) - i64::from(right.1);
    let limit = LIMIT.unsigned_abs();
    while scale < i64::from(DIGITS_MAX) && (scale < 0 || rest > 0) && digits < limit / 10 {
        rest *= 10;
        digits = digits * 10 + rest / divisor;
        rest %= divisor;
        scale += 1;
    }
    let is_up = match (rest * 2).cmp(&divisor) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => digits % 2 == 1,
        std::cmp::Ordering::Greater => true,
    };
    let digits = sign * i128::try_from(digits + u128::from(is_up)).ok()?;
    match u32::try_from(scale) {
        Ok(scale) => Some((digits, scale)),
        Err(_) => Some((
            digits.checked_mul(10_i128.checked_pow(scale.unsigned_abs().try_into().ok()?)?)?,
            0,
        )),
    }
}

pub(super) fn decimal_add(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let found = sum(call.decimal(0)?, call.decimal(1)?);
    call.new_decimal(found, "sum")
}

pub(super) fn decimal_subtract(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (digits, scale) = call.decimal(1)?;
    let found = sum(call.decimal(0)?, (-digits, scale));
    call.new_decimal(found, "difference")
}

pub(super) fn decimal_multiply(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let found = product(call.decimal(0)?, call.decimal(1)?);
    call.new_decimal(found, "product")
}

pub(super) fn decimal_divide(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (left, right) = (call.decimal(0)?, call.decimal(1)?);
    if right.0 == 0 {
        return Err(Trap::Raised { message: "division by zero".to_owned() });
    }
    let found = quotient(left, right);
    call.new_decimal(found, "quotient")
}

pub(super) fn decimal_remainder(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (left, right) = (call.decimal(0)?, call.decimal(1)?);
    if right.0 == 0 {
        return Err(Trap::Raised { message: "division by zero".to_owned() });
    }
    let found = aligned(left, right).map(|(one, other, scale)| (one % other, scale));
    call.new_decimal(found, "remainder")
}

pub(super) fn decimal_negate(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (digits, scale) = call.decimal(0)?;
    call.new_decimal(digits.checked_neg().map(|digits| (digits, scale)), "negative")
}

pub(super) fn decimal_of_int(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let digits = i128::from(call.argument(0));
    call.new_decimal(Some((digits, 0)), "number")
}

/// -1 rounds down, 0 to the nearest with ties away from 0, 1 up.
pub(super) fn decimal_to_int(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let ((digits, scale), how) = (call.decimal(0)?, call.argument(1));
    let unit = 10_i128.pow(scale.min(38));
    let (whole, rest) = (digits.div_euclid(unit), digits.rem_euclid(unit));
    let is_up = match how.signum() {
        -1 => false,
        // Twice the rest may not fit.
        0 => rest > unit - rest || rest == unit - rest && digits >= 0,
        _ => rest > 0,
    };
    match i64::try_from(whole + i128::from(is_up)) {
        Ok(found) => Ok(Outcome::Value(found)),
        Err(_) => Err(Trap::Raised { message: "the number does not fit into 64 bits".to_owned() }),
    }
}

pub(super) fn decimal_to_float(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (digits, scale) = call.decimal(0)?;
    // Reading decimal digits rounds correctly.
    let value: f64 = decimal_text(digits, scale).parse().unwrap_or(f64::NAN);
    Ok(Outcome::Value(crate::exec::from_f64(value)))
}

pub(super) fn decimal_of_float(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let value = f64::from_bits(call.argument(0).cast_unsigned());
    let found = read(&format!("{value}"));
    call.new_decimal(found, "number")
}

/// The number that a text is: digits, with a point perhaps.
pub(super) fn read(text: &str) -> Option<Decimal> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    let is_number = !whole.is_empty() && (whole.len() + fraction.len()) <= 400;
    let all = format!("{whole}{fraction}");
    if !is_number || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits: i128 =
        all.trim_start_matches('0')
            .parse()
            .or_else(|error: std::num::ParseIntError| {
                if *error.kind() == std::num::IntErrorKind::Empty { Ok(0) } else { Err(error) }
            })
            .ok()?;
    fitting((sign * digits, u32::try_from(fraction.len()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::super::describe::{compare_decimals, decimal_unpacked};
    use super::*;

    #[test]
    fn quotients_have_28_digits_and_are_rounded_to_the_nearest() {
        let text = |found: Option<Decimal>| {
            let (digits, scale) = found.and_then(fitting).expect("it fits");
            decimal_text(digits, scale)
        };
        assert_eq!(text(quotient((1, 0), (4, 0))), "0.25");
        assert_eq!(text(quotient((1, 0), (3, 0))), "0.3333333333333333333333333333");
        assert_eq!(text(quotient((-2, 0), (3, 0))), "-0.6666666666666666666666666667");
        assert_eq!(text(quotient((100, 0), (5, 1))), "200");
        assert_eq!(text(product((125, 2), (8, 1))), "1");
        assert_eq!(text(sum((1, 1), (2, 1))), "0.3");
        assert_eq!(read("-12.50"), Some((-125, 1)));
        assert_eq!(read("1e5"), None);
        for (digits, scale) in [(0, 0), (-1, 28), (LIMIT - 1, 3), (1 - LIMIT, 0)] {
            assert_eq!(decimal_unpacked(decimal_packed(digits, scale)), (digits, scale));
        }
        assert!(compare_decimals((3, 1), (30, 2)).is_eq());
    }
}
