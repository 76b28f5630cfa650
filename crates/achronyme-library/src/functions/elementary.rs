//! Functions of one number, applied to each number of an array.

use std::borrow::Cow;

use achronyme_numeric::{
    Effort, Operation, analytic, cos_into, exp_into, ln_into, map_into, sin_into, slow_map_into,
};

use crate::builtin::builtin;
use crate::builtin::row::rows;
use crate::elementwise::{self, Meaning};
use crate::numbers::{self, Numbers};
use crate::{Complex, Fault, Store, View};

rows! {
    /// The sine of an angle in radians.
    ///
    /// `sin(0)` → `0`
    /// `sin([0, 0])` → `[0, 0]`
    3 sin("x") "math" each sin;
    /// The cosine of an angle in radians.
    ///
    /// `cos(0)` → `1`
    4 cos("x") "math" each cos;
    /// The tangent of an angle in radians.
    ///
    /// `tan(0)` → `0`
    5 tan("x") "math" each tan;
    /// The angle from -π/2 to π/2 whose sine it is; NaN beyond -1 and 1.
    ///
    /// `asin(0)` → `0`
    6 asin("x") "math" each asin;
    /// The angle from 0 to π whose cosine it is; NaN beyond -1 and 1.
    ///
    /// `acos(1)` → `0`
    7 acos("x") "math" each acos;
    /// The angle from -π/2 to π/2 whose tangent it is.
    ///
    /// `atan(0)` → `0`
    8 atan("x") "math" each atan;
    /// The hyperbolic sine.
    ///
    /// `sinh(0)` → `0`
    9 sinh("x") "math" each sinh;
    /// The hyperbolic cosine.
    ///
    /// `cosh(0)` → `1`
    10 cosh("x") "math" each cosh;
    /// The hyperbolic tangent.
    ///
    /// `tanh(0)` → `0`
    11 tanh("x") "math" each tanh;
    /// The number whose hyperbolic sine it is.
    ///
    /// `asinh(0)` → `0`
    12 asinh("x") "math" each asinh;
    /// The number from 0 on whose hyperbolic cosine it is; NaN below 1.
    ///
    /// `acosh(1)` → `0`
    13 acosh("x") "math" each acosh;
    /// The number whose hyperbolic tangent it is; NaN beyond -1 and 1.
    ///
    /// `atanh(0)` → `0`
    14 atanh("x") "math" each atanh;
    /// e to this power.
    ///
    /// `exp(0)` → `1`
    15 exp("x") "math" each exp;
    /// e to this power, less 1, exactly also near 0.
    ///
    /// `expm1(0)` → `0`
    16 expm1("x") "math" each expm1;
    /// The natural logarithm; NaN below 0.
    ///
    /// `ln(1)` → `0`
    17 ln("x") "math" each ln;
    /// The natural logarithm of 1 more, exactly also near 0.
    ///
    /// `log1p(0)` → `0`
    18 log1p("x") "math" each log1p;
    /// The logarithm to base 10.
    ///
    /// `log10(1000)` → `3`
    19 log10("x") "math" each log10;
    /// The logarithm to base 2.
    ///
    /// `log2(8)` → `3`
    20 log2("x") "math" each log2;
    /// The square root; of a negative number complex.
    ///
    /// `sqrt(16)` → `4`
    /// `sqrt(-1)` → `0+1i`
    21 sqrt("x") "math" each sqrt;
    /// The cube root.
    ///
    /// `cbrt(-27)` → `-3`
    22 cbrt("x") "math" each cbrt;
    /// The distance from 0.
    ///
    /// `abs(-5)` → `5`
    /// `abs(3 + 4i)` → `5`
    23 abs("x") "math" each abs;
    /// -1, 0 or 1, as it is below, at or above 0.
    ///
    /// `sign(-3)` → `-1`
    24 sign("x") "math" each sign;
    /// The greatest integer that is not greater.
    ///
    /// `floor([1.5, -1.5])` → `[1, -2]`
    25 floor("x") "math" each floor;
    /// The least integer that is not less.
    ///
    /// `ceil(2.1)` → `3`
    26 ceil("x") "math" each ceil;
    /// The integer towards 0.
    ///
    /// `trunc(-2.7)` → `-2`
    28 trunc("x") "math" each trunc;
    /// Radians in degrees.
    ///
    /// `deg(pi)` → `180`
    29 deg("x") "math" each deg;
    /// Degrees in radians.
    ///
    /// `rad(180) == pi` → `true`
    30 rad("x") "math" each rad;
}

/// Writes what a function gives for each number.
pub(crate) type OnNumbers = fn(&[f64], &mut [f64]);

/// What a function does to each of many numbers, if it may be a link of a chain.
pub(crate) fn link_of(function: u16) -> Option<Operation> {
    match builtin(function)?.name {
        "sqrt" => Some(Operation::Root),
        "where" => Some(Operation::Choose),
        name => on_numbers(name).map(Operation::Function),
    }
}

/// Declares functions from rows of name, what is done to a real number, how many are gone through,
/// and what is done to a complex one: `quick` in vectors, `slow` on many processors, or by a function.
macro_rules! elementwise {
    ($($name:ident: $real:expr, $how:ident $(, $complex:expr)?;)*) => {
        $(fn $name<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
            #[allow(unused_mut, unused_assignments, reason = "only some have a complex form")]
            let mut complex: Option<fn(Complex) -> Complex> = None;
            $(complex = Some($complex);)?
            let all = elementwise!(@all $how $real);
            apply(store, stringify!($name), &arguments[0], ($real, all), complex)
        })*

        /// What writes a function of each of many real numbers, if the result is real for all.
        fn on_numbers(name: &str) -> Option<OnNumbers> {
            Some(match name {
                $(stringify!($name) => elementwise!(@all $how $real),)*
                "abs" => |numbers, out| map_into(numbers, out, f64::abs),
                _ => return None,
            })
        }
    };
    (@all quick $real:expr) => { |numbers: &[f64], out: &mut [f64]| map_into(numbers, out, $real) };
    (@all slow $real:expr) => {
        |numbers: &[f64], out: &mut [f64]| slow_map_into(numbers, out, $real)
    };
    (@all $function:ident $real:expr) => { $function };
}

elementwise! {
    sin: libm::sin, sin_into, analytic::sin;
    cos: libm::cos, cos_into, analytic::cos;
    tan: libm::tan, slow, analytic::tan;
    asin: libm::asin, slow, analytic::asin;
    acos: libm::acos, slow, analytic::acos;
    atan: libm::atan, slow, analytic::atan;
    sinh: libm::sinh, slow, analytic::sinh;
    cosh: libm::cosh, slow, analytic::cosh;
    tanh: libm::tanh, slow, analytic::tanh;
    asinh: libm::asinh, slow, analytic::asinh;
    acosh: libm::acosh, slow, analytic::acosh;
    atanh: libm::atanh, slow, analytic::atanh;
    exp: libm::exp, exp_into, analytic::exp;
    expm1: libm::expm1, slow;
    ln: libm::log, ln_into, analytic::ln;
    log1p: libm::log1p, slow;
    log10: libm::log10, slow, |z| analytic::ln(z) / std::f64::consts::LN_10;
    log2: libm::log2, slow, |z| analytic::ln(z) / std::f64::consts::LN_2;
    cbrt: libm::cbrt, slow;
    sign: sign_of, quick;
    floor: f64::floor, quick;
    ceil: f64::ceil, quick;
    trunc: f64::trunc, quick;
    deg: f64::to_degrees, quick;
    rad: f64::to_radians, quick;
}

fn sign_of(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        0.0
    }
}

/// `real` of a number, or of each number of an array; `complex` if there is a complex one.
fn apply<S: Store>(
    store: &mut S,
    name: &str,
    value: &S::Value,
    (real, all): (impl Fn(f64) -> f64 + Sync, impl Fn(&[f64], &mut [f64]) + Sync),
    complex: Option<fn(Complex) -> Complex>,
) -> Result<S::Value, Fault> {
    let view = store.view(value);
    if let View::Number(x) = view {
        return Ok(store.number(real(x)));
    }
    let numbers = Meaning::Numbers;
    if let Some(made) = elementwise::map_all(store, value, numbers, Effort::Slow, &real, all) {
        return made;
    }
    let wanted = || {
        let or_complex = if complex.is_some() { " (also complex)" } else { "" };
        Fault::type_error(format!("{name}() requires a number, vector, or tensor{or_complex}"))
    };
    let result = match (numbers::of(store, value).ok_or_else(wanted)?, complex) {
        (Numbers::Real(shape, data), _) => {
            Numbers::Real(Cow::Owned(shape.into_owned()), data.iter().map(|x| real(*x)).collect())
        }
        (Numbers::Complex(shape, data), Some(complex)) => Numbers::Complex(
            Cow::Owned(shape.into_owned()),
            data.iter().map(|z| complex(*z)).collect(),
        ),
        (Numbers::Complex(..), None) => return Err(wanted()),
    };
    as_given(store, view, &result)
}

pub(super) use numbers::as_given;

fn sqrt<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let negative = match numbers::of(store, &arguments[0]) {
        Some(Numbers::Real(_, data)) => data.iter().fold(false, |found, x| found | (*x < 0.0)),
        _ => false,
    };
    if !negative {
        let all = |numbers: &[f64], out: &mut [f64]| map_into(numbers, out, f64::sqrt);
        return apply(store, "sqrt", &arguments[0], (f64::sqrt, all), Some(analytic::sqrt));
    }
    let view = store.view(&arguments[0]);
    let Some(Numbers::Real(shape, data)) = numbers::of(store, &arguments[0]) else {
        return Err(Fault::type_error("sqrt() requires a number, vector, or tensor"));
    };
    let roots = data.iter().map(|x| root(*x)).collect();
    let result = Numbers::Complex(Cow::Owned(shape.into_owned()), Cow::Owned(roots));
    as_given(store, view, &result)
}

/// The square root of a real number, complex.
fn root(x: f64) -> Complex {
    if x < 0.0 { Complex::new(0.0, (-x).sqrt()) } else { Complex::new(x.sqrt(), 0.0) }
}

fn abs<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let view = store.view(&arguments[0]);
    if let Some(made) = elementwise::map(store, &arguments[0], Meaning::Numbers, f64::abs) {
        return made;
    }
    let Some(numbers) = numbers::of(store, &arguments[0]) else {
        return Err(Fault::type_error(
            "abs() requires a number, vector, tensor, or complex number",
        ));
    };
    let shape = Cow::Owned(numbers.shape().to_vec());
    let data = match &numbers {
        Numbers::Real(_, data) => data.iter().map(|x| x.abs()).collect(),
        Numbers::Complex(_, data) => data.iter().map(|z| libm::hypot(z.re, z.im)).collect(),
    };
    drop(numbers);
    as_given(store, view, &Numbers::Real(shape, data))
}
