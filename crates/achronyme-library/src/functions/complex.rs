//! Functions of complex numbers and of two numbers.

use std::borrow::Cow;

use achronyme_numeric::{analytic, broadcast_into, broadcast_shape};

use super::elementary::as_given;
use crate::builtin::row::rows;
use crate::elementwise::{self, Meaning};
use crate::numbers::{self, Numbers};
use crate::operator::complex_divide;
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
    42 phase("z") "complex" library phase;
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
    /// The logarithm to a base; without one, the natural logarithm.
    ///
    /// `log(8, 2)` → `3`
    48 log("x, base?") "math" library log;
    /// Whether it is NaN; for arrays, of each number.
    ///
    /// `isnan(NaN)` → `true`
    50 isnan("x") "math" each isnan;
    /// Whether it is Infinity or -Infinity; for arrays, of each number.
    ///
    /// `isinf([1, Infinity])` → `[false, true]`
    51 isinf("x") "math" each isinf;
    /// Whether it is neither NaN nor infinite; for arrays, of each number.
    ///
    /// `isfinite(1 / 0)` → `false`
    52 isfinite("x") "math" each isfinite;
}

/// A number or complex number.
fn scalar<S: Store>(store: &S, name: &str, value: &S::Value) -> Result<Complex, Fault> {
    match store.view(value) {
        View::Number(x) => Ok(x.into()),
        View::Complex(z) => Ok(z),
        _ => Err(Fault::type_error(format!("{name}() requires a number or complex number"))),
    }
}

fn complex<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    pairs(store, "complex", arguments, Complex::new)
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
        return Err(Fault::type_error(format!(
            "{name}() requires a number, complex number, or array"
        )));
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
        None => Err(Fault::type_error("conj() requires a number, complex number, or array")),
    }
}

fn angle(z: Complex) -> f64 {
    libm::atan2(z.im, z.re)
}

fn log<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let view = store.view(&arguments[0]);
    let base = match arguments.get(1) {
        None => None,
        Some(base) => Some(scalar(store, "log", base)?),
    };
    let Some(numbers) = numbers::of(store, &arguments[0]) else {
        return Err(Fault::type_error("log() requires a number, vector, or tensor"));
    };
    let shape = Cow::Owned(numbers.shape().to_vec());
    let real_base = match arguments.get(1).map(|base| store.view(base)) {
        Some(View::Complex(base)) => base.im == 0.0 && base.re >= 0.0,
        _ => true,
    };
    let result = match &numbers {
        Numbers::Real(_, data) if real_base => {
            let log = |x: f64| base.map_or(libm::log(x), |base| real_log(x, base.re));
            Numbers::Real(shape, data.iter().map(|x| log(*x)).collect())
        }
        _ => {
            let log = |z: Complex| {
                base.map_or(analytic::ln(z), |base| {
                    complex_divide(analytic::ln(z), analytic::ln(base))
                })
            };
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

fn arg<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    part(store, "arg", &arguments[0], |x| libm::atan2(0.0, x), angle)
}

fn phase<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    part(store, "phase", &arguments[0], |x| libm::atan2(0.0, x), angle)
}

fn size(z: Complex) -> f64 {
    libm::hypot(z.re, z.im)
}

fn magnitude<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    part(store, "magnitude", &arguments[0], f64::abs, size)
}

/// The complex number at a distance and an angle.
fn from_polar(radius: f64, angle: f64) -> Complex {
    Complex::new(radius * libm::cos(angle), radius * libm::sin(angle))
}

fn polar<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    pairs(store, "polar", arguments, from_polar)
}

/// A complex number for each pair of real numbers that meets when they are broadcast.
fn pairs<S: Store>(
    store: &mut S,
    name: &str,
    arguments: &[S::Value],
    f: impl Fn(f64, f64) -> Complex + Sync,
) -> Result<S::Value, Fault> {
    if let (View::Number(x), View::Number(y)) =
        (store.view(&arguments[0]), store.view(&arguments[1]))
    {
        return store.new_complex(f(x, y));
    }
    let boxes = (numbers::of(store, &arguments[0]), numbers::of(store, &arguments[1]));
    let (Some(Numbers::Real(x_shape, x)), Some(Numbers::Real(y_shape, y))) = boxes else {
        return Err(Fault::type_error(format!("{name}() requires two numbers")));
    };
    let fault = |error: achronyme_numeric::Error| Fault {
        kind: error.kind.name(),
        message: format!("{name}: {}", error.message),
    };
    let shape = broadcast_shape(&x_shape, &y_shape).map_err(fault)?;
    let size = crate::shape::size(&shape, size_of::<Complex>())?;
    store.room(size.saturating_mul(size_of::<Complex>()))?;
    let mut data = vec![Complex::default(); size];
    broadcast_into((&x_shape, &*x), (&y_shape, &*y), (&shape, &mut data), f);
    drop((x_shape, x, y_shape, y));
    numbers::new_tensor(store, &Numbers::Complex(shape.to_vec().into(), data.into()))
}

fn to_polar<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    if let View::Number(_) | View::Complex(_) = store.view(&arguments[0]) {
        let z = scalar(store, "to_polar", &arguments[0])?;
        return numbers::real_vector(store, &[size(z), angle(z)]);
    }
    let radius = part(store, "to_polar", &arguments[0], f64::abs, size)?;
    let angle = part(store, "to_polar", &arguments[0], |x| libm::atan2(0.0, x), angle)?;
    store.new_vector(&[radius, angle])
}

fn isnan<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    ask_each(store, "isnan", &arguments[0], f64::is_nan, |z| z.re.is_nan() || z.im.is_nan())
}

fn isinf<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let complex = |z: Complex| z.re.is_infinite() || z.im.is_infinite();
    ask_each(store, "isinf", &arguments[0], f64::is_infinite, complex)
}

fn isfinite<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let complex = |z: Complex| z.re.is_finite() && z.im.is_finite();
    ask_each(store, "isfinite", &arguments[0], f64::is_finite, complex)
}

/// A truth value for a number, a mask for an array.
fn ask_each<S: Store>(
    store: &mut S,
    name: &str,
    value: &S::Value,
    holds: impl Fn(f64) -> bool + Sync,
    complex_holds: impl Fn(Complex) -> bool,
) -> Result<S::Value, Fault> {
    let real = |x| f64::from(holds(x));
    if let Some(made) = elementwise::map(store, value, Meaning::Truth, real) {
        return made;
    }
    let (shape, truths): (Vec<usize>, Vec<f64>) = match numbers::of(store, value) {
        Some(Numbers::Real(shape, data)) => {
            (shape.to_vec(), data.iter().map(|x| real(*x)).collect())
        }
        Some(Numbers::Complex(shape, data)) => {
            (shape.to_vec(), data.iter().map(|z| f64::from(complex_holds(*z))).collect())
        }
        None => {
            return Err(Fault::type_error(format!(
                "{name}() requires a number, vector, or tensor"
            )));
        }
    };
    numbers::new_mask(store, &Numbers::Real(shape.into(), truths.into()))
}
