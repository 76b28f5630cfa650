//! Functions of complex numbers and of two numbers.

use std::borrow::Cow;

use super::argument;
use super::elementary::as_given;
use crate::builtin::row::rows;
use crate::numbers::{self, Numbers};
use crate::operator::{complex_divide, complex_power};
use crate::{Complex, Fault, Store, View};

rows! {
    /// The complex number with these parts.
    ///
    /// `complex(1, 2)` → `1+2i`
    37 complex("re, im") "complex" library complex;
    /// The real part.
    ///
    /// `real(1 + 2i)` → `1`
    38 real("z") "complex" library real;
    /// The imaginary part.
    ///
    /// `imag(1 + 2i)` → `2`
    39 imag("z") "complex" library imag;
    /// The conjugate: the imaginary part with the other sign.
    ///
    /// `conj([1i, 2 + 1i])` → `[0-1i, 2-1i]`
    40 conj("z") "complex" library conj;
    /// The angle from the real axis, from -π to π.
    ///
    /// `arg(5)` → `0`
    41 arg("z") "complex" library arg;
    /// The same as `arg`.
    ///
    /// `phase(5)` → `0`
    42 phase("z") "complex" library arg;
    /// The distance from 0.
    ///
    /// `magnitude(3 + 4i)` → `5`
    43 magnitude("z") "complex" library magnitude;
    /// The complex number at this distance and angle.
    ///
    /// `polar(2, 0)` → `2+0i`
    44 polar("r, angle") "complex" library polar;
    /// Distance and angle.
    ///
    /// `to_polar(2)` → `[2, 0]`
    45 to_polar("z") "complex" library to_polar;
    /// The angle of the point (x, y), from -π to π.
    ///
    /// `atan2(0, 1)` → `0`
    46 atan2("y, x") "math" library atan2;
    /// `x ^ y`.
    ///
    /// `pow(2, 10)` → `1024`
    47 pow("x, y") "" library pow;
    /// The logarithm to a base; without one, the natural logarithm.
    ///
    /// `log(8, 2)` → `3`
    48 log("x, base?") "math" library log;
    /// The square root of x² + y², without overflow on the way.
    ///
    /// `hypot(3, 4)` → `5`
    49 hypot("x, y") "math" library hypot;
    /// Whether it is NaN; for arrays, of each number.
    ///
    /// `isnan(NaN)` → `true`
    50 isnan("x") "math" library isnan;
    /// Whether it is Infinity or -Infinity; for arrays, of each number.
    ///
    /// `isinf([1, Infinity])` → `[false, true]`
    51 isinf("x") "math" library isinf;
    /// Whether it is neither NaN nor infinite; for arrays, of each number.
    ///
    /// `isfinite(1 / 0)` → `false`
    52 isfinite("x") "math" library isfinite;
}

/// Two numbers.
fn pair<S: Store>(store: &S, name: &str, arguments: &[S::Value]) -> Result<(f64, f64), Fault> {
    let wanted = || format!("{name}() requires two numbers");
    Ok((
        argument::number(store, &arguments[0], wanted)?,
        argument::number(store, &arguments[1], wanted)?,
    ))
}

/// A number or complex number.
fn scalar<S: Store>(store: &S, name: &str, value: &S::Value) -> Result<Complex, Fault> {
    match store.view(value) {
        View::Number(x) => Ok(x.into()),
        View::Complex(z) => Ok(z),
        _ => Err(Fault::new(format!("{name}() requires a number or complex number"))),
    }
}

fn complex<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let (re, im) = pair(store, "complex", arguments)?;
    store.new_complex(Complex::new(re, im))
}

fn real<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    part(store, "real", &arguments[0], |x| x, |z| z.re)
}

fn imag<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    part(store, "imag", &arguments[0], |_| 0.0, |z| z.im)
}

/// A real number for each number.
fn part<S: Store>(
    store: &mut S,
    name: &str,
    value: &S::Value,
    of_real: impl Fn(f64) -> f64,
    of_complex: impl Fn(Complex) -> f64,
) -> Result<S::Value, Fault> {
    let view = store.view(value);
    let Some(numbers) = numbers::of(store, value) else {
        return Err(Fault::new(format!("{name}() requires a number, complex number, or array")));
    };
    let shape = Cow::Owned(numbers.shape().to_vec());
    let data = match &numbers {
        Numbers::Real(_, data) => data.iter().map(|x| of_real(*x)).collect(),
        Numbers::Complex(_, data) => data.iter().map(|z| of_complex(*z)).collect(),
    };
    drop(numbers);
    as_given(store, view, &Numbers::Real(shape, data))
}

fn conj<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let view = store.view(&arguments[0]);
    match numbers::of(store, &arguments[0]) {
        Some(Numbers::Real(..)) => Ok(arguments[0].clone()),
        Some(Numbers::Complex(shape, data)) => {
            let result = Numbers::Complex(
                Cow::Owned(shape.into_owned()),
                data.iter()
                    .map(|z| Complex::new(z.re, if z.im == 0.0 { 0.0 } else { -z.im }))
                    .collect(),
            );
            as_given(store, view, &result)
        }
        None => Err(Fault::new("conj() requires a number, complex number, or array")),
    }
}

fn angle(z: Complex) -> f64 {
    libm::atan2(z.im, z.re)
}

fn arg<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let angle = angle(scalar(store, "arg", &arguments[0])?);
    Ok(store.number(angle))
}

fn magnitude<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let z = scalar(store, "magnitude", &arguments[0])?;
    Ok(store.number(libm::hypot(z.re, z.im)))
}

fn polar<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let (radius, angle) = pair(store, "polar", arguments)?;
    store.new_complex(Complex::new(radius * libm::cos(angle), radius * libm::sin(angle)))
}

fn to_polar<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let z = scalar(store, "to_polar", &arguments[0])?;
    numbers::real_vector(store, &[libm::hypot(z.re, z.im), angle(z)])
}

fn atan2<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let (y, x) = pair(store, "atan2", arguments)?;
    Ok(store.number(libm::atan2(y, x)))
}

fn hypot<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let (x, y) = pair(store, "hypot", arguments)?;
    Ok(store.number(libm::hypot(x, y)))
}

fn pow<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    if let (View::Complex(_), _) | (_, View::Complex(_)) =
        (store.view(&arguments[0]), store.view(&arguments[1]))
    {
        let base = scalar(store, "pow", &arguments[0])?;
        let exponent = scalar(store, "pow", &arguments[1])?;
        return store.new_complex(complex_power(base, exponent));
    }
    let (x, y) = pair(store, "pow", arguments)?;
    Ok(store.number(libm::pow(x, y)))
}

fn log<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let view = store.view(&arguments[0]);
    let base = match arguments.get(1) {
        None => None,
        Some(base) => Some(scalar(store, "log", base)?),
    };
    let Some(numbers) = numbers::of(store, &arguments[0]) else {
        return Err(Fault::new("log() requires a number, vector, or tensor"));
    };
    let shape = Cow::Owned(numbers.shape().to_vec());
    let real_base = base.is_none_or(|base| base.im == 0.0 && base.re >= 0.0);
    let result = match &numbers {
        Numbers::Real(_, data) if real_base => {
            let log = |x: f64| base.map_or(libm::log(x), |base| real_log(x, base.re));
            Numbers::Real(shape, data.iter().map(|x| log(*x)).collect())
        }
        _ => {
            let log = |z: Complex| base.map_or(z.ln(), |base| complex_divide(z.ln(), base.ln()));
            Numbers::Complex(shape, numbers.complex_data().iter().map(|z| log(*z)).collect())
        }
    };
    drop(numbers);
    as_given(store, view, &result)
}

/// The logarithm to a base, exact where that is 2 or 10.
#[expect(clippy::float_cmp, reason = "the two bases that have their own functions")]
fn real_log(x: f64, base: f64) -> f64 {
    if base == 2.0 {
        libm::log2(x)
    } else if base == 10.0 {
        libm::log10(x)
    } else {
        libm::log(x) / libm::log(base)
    }
}

fn isnan<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    ask_each(store, "isnan", &arguments[0], f64::is_nan)
}

fn isinf<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    ask_each(store, "isinf", &arguments[0], f64::is_infinite)
}

fn isfinite<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    ask_each(store, "isfinite", &arguments[0], f64::is_finite)
}

/// A truth value for a number, or a vector of them for an array.
fn ask_each<S: Store>(
    store: &mut S,
    name: &str,
    value: &S::Value,
    holds: impl Fn(f64) -> bool,
) -> Result<S::Value, Fault> {
    if let View::Number(number) = store.view(value) {
        return Ok(store.boolean(holds(number)));
    }
    let Some(Numbers::Real(_, data)) = numbers::of(store, value) else {
        return Err(Fault::new(format!("{name}() requires a number, vector, or tensor")));
    };
    let answers: Vec<S::Value> = data.iter().map(|x| store.boolean(holds(*x))).collect();
    drop(data);
    store.new_vector(&answers)
}
