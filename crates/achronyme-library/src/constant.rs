//! Names that stand for a number unless a program gives them another meaning.

use std::f64::consts;

/// What a predefined name stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant {
    /// A number.
    Number(f64),
    /// The imaginary unit.
    Imaginary,
}

/// The constants with this name, in upper or lower case letters. `i` is a constant only alone.
#[must_use]
pub fn constant(name: &str) -> Option<Constant> {
    let number = match name.to_ascii_lowercase().as_str() {
        "pi" => consts::PI,
        "e" => consts::E,
        "phi" | "goldenratio" => 1.618_033_988_749_895,
        "sqrt2" => consts::SQRT_2,
        "sqrt3" => 1.732_050_807_568_877_2,
        "ln2" => consts::LN_2,
        "ln10" => consts::LN_10,
        "infinity" => f64::INFINITY,
        "nan" => f64::NAN,
        "i" => return Some(Constant::Imaginary),
        _ => return None,
    };
    Some(Constant::Number(number))
}

/// How constants are written, for completion and for advice on a name that is not there.
pub const CONSTANTS: &[&str] =
    &["pi", "e", "phi", "goldenratio", "sqrt2", "sqrt3", "ln2", "ln10", "Infinity", "NaN", "i"];
