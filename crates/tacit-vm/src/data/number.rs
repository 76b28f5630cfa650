//! What arithmetic, comparison and logic make of numbers.
//!
//! The four basic operations are those of `f32`. Other functions are computed in 64 bits by one
//! implementation and rounded, so that every platform has the same bits.

use std::cmp::Ordering;

use crate::trap::Trap;

/// Defines the operations: opcode, word, and how many operands they take.
macro_rules! operations {
    ($($name:ident = $code:literal $word:literal $operands:literal,)*) => {
        /// An operation that goes element by element. The numbers are the opcodes of the words.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Operation {
            $($name = $code,)*
        }

        impl Operation {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word.
            pub(crate) const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// How many operands it takes, 1 or 2.
            pub(crate) const fn operands(self) -> u16 {
                match self { $(Self::$name => $operands,)* }
            }
        }
    };
}

operations! {
    Add = 0x30 "+" 2,
    Subtract = 0x31 "-" 2,
    Multiply = 0x32 "*" 2,
    Divide = 0x33 "/" 2,
    Modulo = 0x34 "!" 2,
    Power = 0x35 "^" 2,
    Minimum = 0x36 "&" 2,
    Maximum = 0x37 "|" 2,
    Negate = 0x38 "m-" 1,
    Reciprocal = 0x39 "m%" 1,
    Floor = 0x3a "m_" 1,
    Ceiling = 0x3b "ceil" 1,
    Round = 0x3c "round" 1,
    Truncate = 0x3d "truncate" 1,
    Signum = 0x3e "m*" 1,
    Absolute = 0x3f "abs" 1,
    Exponential = 0x40 "exp" 1,
    NaturalLog = 0x41 "ln" 1,
    DecimalLog = 0x42 "log" 1,
    SquareRoot = 0x43 "sqrt" 1,
    Sine = 0x44 "sin" 1,
    Cosine = 0x45 "cos" 1,
    Tangent = 0x46 "tan" 1,
    ArcSine = 0x47 "asin" 1,
    ArcCosine = 0x48 "acos" 1,
    ArcTangent = 0x49 "atan" 1,
    ArcTangent2 = 0x4a "atan2" 2,
    Average = 0x4b "avg" 2,
    Product = 0x4c "prod" 2,
    BitAnd = 0x4e "bit-and" 2,
    BitOr = 0x4f "bit-or" 2,
    BitXor = 0x50 "bit-xor" 2,
    Shift = 0x51 "shift" 2,
    Less = 0x58 "<" 2,
    Greater = 0x59 ">" 2,
    LessOrEqual = 0x5a "<=" 2,
    GreaterOrEqual = 0x5b ">=" 2,
    Not = 0x5f "not" 1,
    Xor = 0x62 "xor" 2,
    Nand = 0x63 "nand" 2,
    Compare = 0x64 "compare" 2,
}

impl Operation {
    /// The opcode.
    pub(crate) const fn code(self) -> u8 {
        self as u8
    }

    /// What it makes of two numbers; of `a` alone, if it takes one.
    #[inline(always)]
    pub(crate) fn compute(self, a: f32, b: f32) -> Result<f32, Trap> {
        Ok(match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply | Self::Product => a * b,
            Self::Divide => a / b,
            Self::Modulo => libm::fmodf(a, b),
            Self::Power => in_64_bits(a, |a| libm::pow(a, b.into())),
            Self::Minimum => extreme(a, b, a <= b),
            Self::Maximum => extreme(a, b, a >= b),
            Self::Negate => -a,
            Self::Reciprocal => 1.0 / a,
            Self::Floor => libm::floorf(a),
            Self::Ceiling => libm::ceilf(a),
            Self::Round => libm::roundf(a),
            Self::Truncate => libm::truncf(a),
            Self::Signum => signum(a),
            Self::Absolute => libm::fabsf(a),
            Self::Exponential => in_64_bits(a, libm::exp),
            Self::NaturalLog => in_64_bits(a, libm::log),
            Self::DecimalLog => in_64_bits(a, libm::log10),
            Self::SquareRoot => in_64_bits(a, libm::sqrt),
            Self::Sine => in_64_bits(a, libm::sin),
            Self::Cosine => in_64_bits(a, libm::cos),
            Self::Tangent => in_64_bits(a, libm::tan),
            Self::ArcSine => in_64_bits(a, libm::asin),
            Self::ArcCosine => in_64_bits(a, libm::acos),
            Self::ArcTangent => in_64_bits(a, libm::atan),
            Self::ArcTangent2 => in_64_bits(a, |a| libm::atan2(a, b.into())),
            Self::Average => in_64_bits(a, |a| f64::midpoint(a, b.into())),
            Self::BitAnd => bits(self.word(), a, b, |a, b| a & b)?,
            Self::BitOr => bits(self.word(), a, b, |a, b| a | b)?,
            Self::BitXor => bits(self.word(), a, b, |a, b| a ^ b)?,
            Self::Shift => shift(self.word(), a, b)?,
            Self::Less => flag(a < b),
            Self::Greater => flag(a > b),
            Self::LessOrEqual => flag(a <= b),
            Self::GreaterOrEqual => flag(a >= b),
            Self::Not => flag(!truth(a)),
            Self::Xor => flag(truth(a) != truth(b)),
            Self::Nand => flag(!(truth(a) && truth(b))),
            Self::Compare => sign(order(a, b)),
        })
    }

    /// What it makes of two values that compare so, if it is a comparison.
    pub(crate) fn of_order(self, order: Ordering) -> Option<f32> {
        if !self.is_comparison() {
            return None;
        }
        self.compute(sign(order), 0.0).ok()
    }

    /// Whether it is for strings, too.
    pub(crate) const fn is_comparison(self) -> bool {
        matches!(
            self,
            Self::Less | Self::Greater | Self::LessOrEqual | Self::GreaterOrEqual | Self::Compare
        )
    }

    /// Whether it asks only whether values are true.
    pub(crate) const fn is_logic(self) -> bool {
        matches!(self, Self::Not | Self::Xor | Self::Nand)
    }
}

/// The order of numbers in which NaN is last, and 0 and -0 are the same.
pub(crate) fn order(a: f32, b: f32) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

#[expect(clippy::cast_possible_truncation, reason = "rounding is what is wanted")]
fn in_64_bits(a: f32, function: impl Fn(f64) -> f64) -> f32 {
    function(a.into()) as f32
}

fn extreme(a: f32, b: f32, is_first: bool) -> f32 {
    if a.is_nan() || b.is_nan() {
        f32::NAN
    } else if is_first {
        a
    } else {
        b
    }
}

fn signum(a: f32) -> f32 {
    if a > 0.0 {
        1.0
    } else if a < 0.0 {
        -1.0
    } else {
        a
    }
}

const fn flag(is_true: bool) -> f32 {
    if is_true { 1.0 } else { 0.0 }
}

fn truth(a: f32) -> bool {
    a != 0.0 && !a.is_nan()
}

const fn sign(order: Ordering) -> f32 {
    match order {
        Ordering::Less => -1.0,
        Ordering::Equal => 0.0,
        Ordering::Greater => 1.0,
    }
}

/// Of whole numbers in two's complement: what 24 bits and a sign can say, a number can.
#[expect(clippy::cast_precision_loss, reason = "25 bits in two's complement fit")]
fn bits(
    word: &'static str,
    a: f32,
    b: f32,
    function: impl Fn(i32, i32) -> i32,
) -> Result<f32, Trap> {
    Ok(function(whole(word, a)?, whole(word, b)?) as f32)
}

#[expect(clippy::cast_possible_truncation, reason = "checked")]
#[expect(clippy::float_cmp, reason = "compared with its truncation")]
fn whole(word: &'static str, a: f32) -> Result<i32, Trap> {
    let is_whole = (-16_777_216.0..16_777_216.0).contains(&a) && libm::truncf(a) == a;
    if is_whole {
        Ok(a as i32)
    } else {
        let expected = "a whole number of at most 24 bits";
        Err(Trap::Number { word, expected, found: crate::data::show::number_text(a) })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "checked, and rounding")]
fn shift(word: &'static str, a: f32, by: f32) -> Result<f32, Trap> {
    let by = whole(word, by)?;
    let scaled = libm::scalbn(a.into(), by.clamp(-400, 400));
    Ok(if by < 0 { libm::floor(scaled) } else { scaled } as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::show::number_text;

    fn compute(operation: Operation, a: f32, b: f32) -> String {
        operation.compute(a, b).map_or_else(|trap| trap.to_string(), number_text)
    }

    #[test]
    fn the_operations_have_the_opcodes_and_words_of_the_table() {
        for &operation in Operation::ALL {
            let mut rows = crate::op::Instruction::TABLE.iter();
            let row = rows.find(|row| row.code == operation.code()).unwrap();
            assert_eq!(operation.word(), row.mnemonic);
            let is_fixed = !row.after.is_empty();
            assert!(!is_fixed || row.before.len() == usize::from(operation.operands()));
        }
    }

    #[test]
    fn the_remainder_has_the_sign_of_the_dividend() {
        let remainders = [(10.0, 3.0), (-10.0, 3.0), (10.0, -3.0), (1.0, 0.0)];
        let remainders = remainders.map(|(a, b)| compute(Operation::Modulo, a, b));
        assert_eq!(remainders, ["1", "-1", "1", "NaN"]);
    }

    #[test]
    fn logarithms_of_powers_of_10_are_whole() {
        for power in 0..=38_u8 {
            let a = Operation::Power.compute(10.0, power.into()).unwrap();
            assert_eq!(compute(Operation::DecimalLog, a, 0.0), power.to_string());
        }
    }

    #[test]
    fn a_shift_to_the_right_rounds_down() {
        assert_eq!(compute(Operation::Shift, -5.0, -1.0), "-3");
        assert_eq!(compute(Operation::Shift, 5.0, -400_000.0), "0");
        assert_eq!(compute(Operation::Shift, 1.0, 200.0), "Infinity");
        assert!(Operation::Shift.compute(1.0, 0.5).is_err());
    }

    #[test]
    fn bits_are_those_of_whole_numbers_in_twos_complement() {
        assert_eq!(compute(Operation::BitAnd, -1.0, 255.0), "255");
        assert_eq!(compute(Operation::BitXor, -16_777_216.0, 16_777_215.0), "-1");
        assert!(Operation::BitOr.compute(16_777_216.0, 0.0).is_err());
        assert!(Operation::BitOr.compute(f32::NAN, 0.0).is_err());
    }

    #[test]
    fn nan_is_neither_smaller_nor_greater_but_last_in_order() {
        assert_eq!(compute(Operation::Minimum, f32::NAN, 1.0), "NaN");
        assert_eq!(compute(Operation::Less, f32::NAN, 1.0), "0");
        assert_eq!(compute(Operation::Compare, f32::NAN, 1.0), "1");
        assert_eq!(compute(Operation::Compare, -0.0, 0.0), "0");
    }
}
