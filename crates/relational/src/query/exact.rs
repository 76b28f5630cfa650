//! Sums without rounding until they are asked for, so that the order of what is added never
//! matters, and what was added can be taken away again.
//!
//! Whole numbers are summed in 128 bits, decimals as multiples of 10⁻²⁸, and floats as multiples
//! of 2⁻¹⁰⁷⁴, the least of them, as in Kulisch, *Computer Arithmetic and Validity* (2013), ch. 8.

use rust_decimal::Decimal;

use super::expr::QueryError;
use crate::value::Value;
use crate::wire::{Packer, Unpacker};

/// The most digits after the point of a decimal.
const SCALE_MAX: u32 = 28;
/// 2098 bits of floats, 64 for as many as there may be, and a sign.
const FLOAT_WORDS: usize = 34;
/// 190 bits of decimals, 64 for as many as there may be, and a sign.
const DECIMAL_WORDS: usize = 4;

/// A whole number of many bits, negative ones as complements of two, lowest word first.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wide<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Wide<WORDS> {
    const ZERO: Self = Self([0; WORDS]);

    fn add(&mut self, other: &Self) {
        let mut carry = false;
        for (word, other) in self.0.iter_mut().zip(other.0) {
            let (sum, one) = word.overflowing_add(other);
            let (sum, two) = sum.overflowing_add(u64::from(carry));
            (*word, carry) = (sum, one || two);
        }
    }

    fn negate(&mut self) {
        self.0.iter_mut().for_each(|word| *word = !*word);
        let mut one = Self::ZERO;
        one.0[0] = 1;
        self.add(&one);
    }

    const fn is_negative(&self) -> bool {
        self.0[WORDS - 1] >> 63 != 0
    }

    /// How many bits it takes without leading zeros.
    fn len(&self) -> usize {
        let top = self.0.iter().rposition(|word| *word != 0);
        top.map_or(0, |top| 64 * top + 64 - self.0[top].leading_zeros() as usize)
    }

    /// The 64 bits from `at` on.
    fn bits(&self, at: usize) -> u64 {
        let (word, shift) = (at / 64, at % 64);
        let low = self.0.get(word).map_or(0, |word| word >> shift);
        let high = self.0.get(word + 1).filter(|_| shift > 0).map_or(0, |w| w << (64 - shift));
        low | high
    }

    fn multiply_ten(&mut self) {
        let mut carry = 0u128;
        for word in &mut self.0 {
            let product = u128::from(*word) * 10 + carry;
            *word = low(product);
            carry = product >> 64;
        }
    }

    /// Divides by ten, and returns the rest.
    fn divide_ten(&mut self) -> u64 {
        let mut rest = 0u128;
        for word in self.0.iter_mut().rev() {
            let part = rest << 64 | u128::from(*word);
            *word = low(part / 10);
            rest = part % 10;
        }
        low(rest)
    }

    /// Only the words that are needed.
    fn pack(&self, packer: &mut Packer) {
        let fill = if self.is_negative() { u64::MAX } else { 0 };
        let first = self.0.iter().position(|word| *word != 0).unwrap_or(0);
        let end = self.0.iter().rposition(|word| *word != fill).map_or(first, |last| last + 1);
        packer.byte(u8::from(self.is_negative()));
        packer.number(first);
        packer.number(end.saturating_sub(first));
        for word in self.0.iter().take(end).skip(first) {
            packer.bytes.extend_from_slice(&word.to_le_bytes());
        }
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let fill = if from.byte()? == 0 { 0 } else { u64::MAX };
        let (first, count) = (from.number()?, from.number()?);
        let mut wide = Self([fill; WORDS]);
        wide.0.get_mut(..first)?.fill(0);
        for word in wide.0.get_mut(first..first.checked_add(count)?)? {
            *word = from.word()?;
        }
        Some(wide)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is meant")]
const fn low(wide: u128) -> u64 {
    wide as u64
}

/// A sum of floats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Floats {
    finite: Box<Wide<FLOAT_WORDS>>,
    /// How many of them are no numbers, infinite, and infinite below zero.
    special: [u64; 3],
}

impl Floats {
    fn change(&mut self, value: f64, is_added: bool) -> Option<()> {
        if !value.is_finite() {
            let place = if value.is_nan() { 0 } else { 1 + usize::from(value < 0.0) };
            self.special[place] = stepped(self.special[place], is_added)?;
            return Some(());
        }
        let bits = value.to_bits();
        let (exponent, fraction) = ((bits >> 52 & 0x7ff) as usize, bits & ((1 << 52) - 1));
        let (digits, shift) =
            if exponent == 0 { (fraction, 0) } else { (fraction | 1 << 52, exponent - 1) };
        let mut wide = Wide::ZERO;
        let placed = u128::from(digits) << (shift % 64);
        wide.0[shift / 64] = low(placed);
        wide.0[shift / 64 + 1] = low(placed >> 64);
        if value.is_sign_negative() == is_added {
            wide.negate();
        }
        self.finite.add(&wide);
        Some(())
    }

    /// The nearest float; of two, the even one.
    fn value(&self) -> f64 {
        match self.special {
            [0, 0, 0] => {}
            [0, _, 0] => return f64::INFINITY,
            [0, 0, _] => return f64::NEG_INFINITY,
            _ => return f64::NAN,
        }
        let (is_negative, mut wide) = (self.finite.is_negative(), (*self.finite).clone());
        if is_negative {
            wide.negate();
        }
        let len = wide.len();
        let magnitude = if len <= 53 {
            f64::from_bits(wide.bits(0))
        } else {
            let shift = len - 53;
            let digits = wide.bits(shift) & ((1 << 53) - 1);
            let half = wide.bits(shift - 1) & 1 == 1;
            let sticky = (0..shift - 1).step_by(64).any(|at| {
                let bits = wide.bits(at);
                let within = (shift - 1 - at).min(64);
                bits << (64 - within) != 0
            });
            let up = half && (sticky || digits & 1 == 1);
            let bits = ((shift as u64) << 52) + digits + u64::from(up);
            f64::from_bits(bits.min(f64::INFINITY.to_bits()))
        };
        if is_negative { -magnitude } else { magnitude }
    }
}

/// A sum of decimals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decimals {
    units: Wide<DECIMAL_WORDS>,
    /// How many have so many digits after the point: the sum has as many as that with most.
    scales: [u64; SCALE_MAX as usize + 1],
}

impl Decimals {
    fn change(&mut self, value: &Decimal, is_added: bool) -> Option<()> {
        let (digits, scale) = (value.mantissa(), value.scale().min(SCALE_MAX));
        let mut wide = Wide::ZERO;
        wide.0[0] = low(digits.unsigned_abs());
        wide.0[1] = low(digits.unsigned_abs() >> 64);
        (scale..SCALE_MAX).for_each(|_| wide.multiply_ten());
        if (digits < 0) == is_added {
            wide.negate();
        }
        self.units.add(&wide);
        let count = &mut self.scales[scale as usize];
        *count = stepped(*count, is_added)?;
        Some(())
    }

    /// The sum with as many digits as fit; rounded to the nearest, of two to the even one.
    fn value(&self) -> Option<Decimal> {
        let (is_negative, mut wide) = (self.units.is_negative(), self.units.clone());
        if is_negative {
            wide.negate();
        }
        let most = self.scales.iter().rposition(|count| *count > 0).unwrap_or(0);
        let (mut scale, mut last, mut sticky) = (28, 0, false);
        while scale > most || wide.len() > 96 {
            scale = scale.checked_sub(1)?;
            sticky |= last != 0;
            last = wide.divide_ten();
            let up = last > 5 || last == 5 && (sticky || wide.0[0] & 1 == 1);
            let mut rounded = wide.clone();
            rounded.add(&Wide([u64::from(up), 0, 0, 0]));
            if scale <= most && rounded.len() <= 96 {
                wide = rounded;
                break;
            }
        }
        let digits = i128::from(wide.0[1]) << 64 | i128::from(wide.0[0]);
        let digits = if is_negative { -digits } else { digits };
        Decimal::try_from_i128_with_scale(digits, u32::try_from(scale).ok()?).ok()
    }
}

fn stepped(count: u64, is_added: bool) -> Option<u64> {
    if is_added { count.checked_add(1) } else { count.checked_sub(1) }
}

/// A sum so far, of values of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sum {
    Ints(i128),
    Durations(i128),
    Floats(Floats),
    Decimals(Box<Decimals>),
}

impl Sum {
    /// The sum of nothing, of values like this one.
    pub(crate) fn of(kind: &Value) -> Result<Self, QueryError> {
        match kind {
            Value::Int(_) => Ok(Self::Ints(0)),
            Value::Duration(_) => Ok(Self::Durations(0)),
            Value::Float(_) => {
                Ok(Self::Floats(Floats { finite: Box::new(Wide::ZERO), special: [0; 3] }))
            }
            Value::Decimal(_) => {
                let scales = [0; SCALE_MAX as usize + 1];
                Ok(Self::Decimals(Box::new(Decimals { units: Wide::ZERO, scales })))
            }
            Value::None
            | Value::Bool(_)
            | Value::String(_)
            | Value::Bytes(_)
            | Value::Timestamp(_)
            | Value::Moment(_)
            | Value::List(_)
            | Value::Record(_)
            | Value::Tagged(..) => Err(QueryError::types(kind, kind)),
        }
    }

    /// Adds a value, or takes one away that was added.
    pub(crate) fn change(&mut self, value: &Value, is_added: bool) -> Result<(), QueryError> {
        let signed = |value: i64| i128::from(value) * if is_added { 1 } else { -1 };
        let done = match (self, value) {
            (Self::Ints(sum), Value::Int(value))
            | (Self::Durations(sum), Value::Duration(value)) => {
                sum.checked_add(signed(*value)).map(|new| *sum = new)
            }
            (Self::Floats(sum), Value::Float(value)) => sum.change(*value, is_added),
            (Self::Decimals(sum), Value::Decimal(value)) => sum.change(value, is_added),
            (sum, value) => return Err(QueryError::types(&sum.value()?, value)),
        };
        done.ok_or(QueryError::Overflow)
    }

    /// Adds whole numbers.
    pub(super) fn add_ints(&mut self, ints: &[i64]) -> Result<(), QueryError> {
        if let Self::Ints(sum) = self {
            // Fewer than 2^64 numbers of 64 bits fit into twice as many.
            let more: i128 = ints.iter().map(|one| i128::from(*one)).sum();
            *sum = sum.checked_add(more).ok_or(QueryError::SumOverflow)?;
            return Ok(());
        }
        ints.iter().try_for_each(|one| self.change(&Value::Int(*one), true))
    }

    pub(crate) fn value(&self) -> Result<Value, QueryError> {
        let whole = |sum: &i128| i64::try_from(*sum).map_err(|_| QueryError::SumOverflow);
        Ok(match self {
            Self::Ints(sum) => Value::Int(whole(sum)?),
            Self::Durations(sum) => Value::Duration(whole(sum)?),
            Self::Floats(sum) => Value::Float(sum.value()),
            Self::Decimals(sum) => Value::Decimal(sum.value().ok_or(QueryError::Overflow)?),
        })
    }

    /// The sum divided by how many there were: a decimal of decimals, else a float.
    #[expect(clippy::cast_precision_loss, reason = "the nearest float is what is meant")]
    pub(crate) fn mean(&self, count: u64) -> Result<Value, QueryError> {
        match self {
            Self::Ints(sum) => Ok(Value::Float(*sum as f64 / count as f64)),
            Self::Floats(sum) => Ok(Value::Float(sum.value() / count as f64)),
            Self::Decimals(sum) => {
                let sum = sum.value().ok_or(QueryError::Overflow)?;
                let mean = sum.checked_div(Decimal::from(count));
                mean.map(Value::Decimal).ok_or(QueryError::Overflow)
            }
            Self::Durations(_) => {
                let value = self.value()?;
                Err(QueryError::types(&value, &value))
            }
        }
    }

    pub(crate) fn pack(&self, packer: &mut Packer) {
        match self {
            Self::Ints(sum) | Self::Durations(sum) => {
                packer.byte(if matches!(self, Self::Ints(_)) { 1 } else { 2 });
                packer.bytes.extend_from_slice(&sum.to_le_bytes());
            }
            Self::Floats(sum) => {
                packer.byte(3);
                sum.finite.pack(packer);
                sum.special.iter().for_each(|count| packer.word(*count));
            }
            Self::Decimals(sum) => {
                packer.byte(4);
                sum.units.pack(packer);
                let used = sum.scales.iter().enumerate().filter(|(_, count)| **count > 0);
                packer.number(used.clone().count());
                for (scale, count) in used {
                    packer.number(scale);
                    packer.word(*count);
                }
            }
        }
    }

    pub(crate) fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let kind = from.byte()?;
        match kind {
            1 | 2 => {
                let (low, high) = (from.word()?, from.word()?);
                let sum = (u128::from(high) << 64 | u128::from(low)).cast_signed();
                Some(if kind == 1 { Self::Ints(sum) } else { Self::Durations(sum) })
            }
            3 => {
                let finite = Box::new(Wide::unpack(from)?);
                let special = [from.word()?, from.word()?, from.word()?];
                Some(Self::Floats(Floats { finite, special }))
            }
            4 => {
                let units = Wide::unpack(from)?;
                let mut scales = [0; SCALE_MAX as usize + 1];
                for _ in 0..from.count()? {
                    let scale = from.number()?;
                    *scales.get_mut(scale)? = from.word()?;
                }
                Some(Self::Decimals(Box::new(Decimals { units, scales })))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::values;
    use crate::schema::Type;
    use proptest::prelude::*;

    fn sum(values: &[Value], kind: &Value) -> Sum {
        let mut sum = Sum::of(kind).unwrap();
        values.iter().for_each(|value| sum.change(value, true).unwrap());
        sum
    }

    fn kept(sum: &Sum) -> Option<Sum> {
        let mut packer = Packer::default();
        sum.pack(&mut packer);
        Sum::unpack(&mut Unpacker { rest: &packer.bytes })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

        #[test]
        fn what_is_taken_away_leaves_the_sum_of_the_rest(
            (some, others) in prop_oneof![
                Just(Type::Int), Just(Type::Float), Just(Type::Decimal), Just(Type::Duration),
            ].prop_flat_map(|ty| {
                let list = || prop::collection::vec(values(&ty), 1..8);
                (list(), list())
            }),
        ) {
            let rest = sum(&some, &some[0]);
            let mut all = sum(&[others.clone(), some.clone()].concat(), &some[0]);
            prop_assert_eq!(kept(&all), Some(all.clone()));
            for value in &others {
                all.change(value, false).unwrap();
            }
            prop_assert_eq!(kept(&rest), Some(rest.clone()));
            prop_assert_eq!(all, rest);
        }

        #[test]
        fn a_sum_of_two_floats_is_their_sum(one in any::<f64>(), two in any::<f64>()) {
            let both = sum(&[Value::Float(one), Value::Float(two)], &Value::Float(0.0));
            prop_assert_eq!(both.value().unwrap(), Value::Float(one + two));
        }

        #[test]
        fn a_sum_of_two_decimals_is_their_sum(
            one in values(&Type::Decimal), two in values(&Type::Decimal),
        ) {
            let (Value::Decimal(a), Value::Decimal(b)) = (&one, &two) else { unreachable!() };
            let both = sum(&[one.clone(), two.clone()], &one).value();
            if let Some(expected) = a.checked_add(*b) {
                prop_assert_eq!(both.unwrap(), Value::Decimal(expected));
            }
        }

        #[test]
        fn any_bytes_are_a_sum_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Some(sum) = Sum::unpack(&mut Unpacker { rest: &bytes }) {
                sum.value().ok();
                sum.mean(3).ok();
            }
        }
    }

    #[test]
    fn sums_are_exact_where_rounding_at_each_step_is_not() {
        let all = [1e300, 1.0, -1e300].map(Value::Float);
        assert_eq!(sum(&all, &all[0]).value().unwrap(), Value::Float(1.0));
        let all = [i64::MAX, 1, -1].map(Value::Int);
        assert_eq!(sum(&all, &all[0]).value().unwrap(), Value::Int(i64::MAX));
        let all = [f64::MAX, f64::MAX].map(Value::Float);
        assert_eq!(sum(&all, &all[0]).value().unwrap(), Value::Float(f64::INFINITY));
    }
}
