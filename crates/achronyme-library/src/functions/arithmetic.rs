//! Functions of two or three numbers, of each pair that meets where arrays are broadcast.

use achronyme_numeric::{
    Error, broadcast_shape, common_divisor, common_multiple, floored_quotient, floored_remainder,
    rounded,
};

use super::Call;
use super::ordering::spread;
use crate::builtin::row::rows;
use crate::elementwise::{self, Meaning};
use crate::numbers::{self, Numbers};
use crate::operator::{complex_power, power};
use crate::{Complex, Fault, Store, View};

rows! {
    /// The angle of the point (x, y), from -π to π.
    ///
    /// `atan2(0, 1)` → `0`
    /// `atan2(0, [1, 2])` → `[0, 0]`
    46 atan2("y, x") "math" each_call atan2;
    /// `x ^ y`; of arrays, of each pair of numbers.
    ///
    /// `pow(2, 10)` → `1024`
    /// `pow([1, 2, 3], 2)` → `[1, 4, 9]`
    47 pow("x, y") "math" each_call pow;
    /// The square root of x² + y², without overflow on the way.
    ///
    /// `hypot(3, 4)` → `5`
    49 hypot("x, y") "math" each_call hypot;
    /// What is left of `x` divided by `y`, with the sign of `y`; NaN for `y` = 0.
    ///
    /// `mod(-1, 3)` → `2`
    696 mod("x, y") "math" call modulo;
    /// What is left of `x` divided by `y`, with the sign of `x`, as `%`; NaN for `y` = 0.
    ///
    /// `rem(-1, 3)` → `-1`
    697 rem("x, y") "math" call rem;
    /// The greatest integer that `y` goes into `x`: `x` is `y * floordiv(x, y) + mod(x, y)`.
    ///
    /// `floordiv(-1, 3)` → `-1`
    698 floordiv("x, y") "math" call floordiv;
    /// The greatest common divisor of integers.
    ///
    /// `gcd(12, 18)` → `6`
    /// `gcd([4, 6], 8)` → `[4, 2]`
    699 gcd("a, ...") "math" call gcd;
    /// The least common multiple of integers.
    ///
    /// `lcm(4, 6)` → `12`
    700 lcm("a, ...") "math" call lcm;
    /// The numbers, but none below `lo` and none above `hi`, each of which may be null. If `lo` is above
    /// `hi`, `hi` everywhere.
    ///
    /// `clip([-5, 0.5, 7], 0, 1)` → `[0, 0.5, 1]`
    674 clip("x, lo, hi") "arrays" call clip;
    /// The same as `clip`.
    ///
    /// `clamp(7, 0, 1)` → `1`
    675 clamp("x, lo, hi") "math" call clip;
    /// Whether two numbers differ by no more than `rtol` of the larger one, or no more than `atol`.
    ///
    /// `isclose(0.1 + 0.2, 0.3)` → `true`
    /// `isclose([1, 2], [1, 3])` → `[true, false]`
    701 isclose("a, b, {rtol = 1e-9, atol = 0, nan_equal = false}") "math" call isclose;
    /// Whether all numbers are close, as `isclose` says it.
    ///
    /// `allclose([1, 2], [1, 2.00000001])` → `true`
    702 allclose("a, b, {rtol = 1e-7, atol = 1e-9, nan_equal = false}") "math" call allclose;
    /// The same, for `assert_close`.
    957 _assert_close("a, b, {rtol = 1e-7, atol = 1e-9, nan_equal = false}") "" call allclose;
    /// The next integer, or with so many digits after the point; halves of the exact value away from 0.
    ///
    /// `round(2.5)` → `3`
    /// `round(3.14159, 2)` → `3.14`
    /// `round(1250, -2)` → `1300`
    27 round("x, digits = 0") "math" each_call round;
}

/// `f` of each pair of real numbers.
fn real<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    f: impl Fn(f64, f64) -> f64 + Sync,
) -> Result<S::Value, Fault> {
    let (a, b) = (call.at(0)?.clone(), call.at(1)?.clone());
    let refuse = |error| call.fault(error);
    if let Some(made) = elementwise::zip(store, [&a, &b], Meaning::Numbers, refuse, &f) {
        return made;
    }
    let (x, y) = (call.numbers(store, 0)?, call.numbers(store, 1)?);
    let (Numbers::Real(..), Numbers::Real(..)) = (&x, &y) else {
        return Err(call.type_error("real numbers are wanted, got complex ones"));
    };
    let result = paired(store, call, &x, &y, |x, y| f(x.re, y.re).into())?;
    let Numbers::Complex(shape, data) = result else { return Err(not_paired()) };
    let data = data.iter().map(|z| z.re).collect();
    drop((x, y));
    numbers::new_tensor(store, &Numbers::Real(shape, data))
}

fn not_paired() -> Fault {
    Fault::new("the numbers are no pairs")
}

/// `f` of each pair of complex numbers.
fn paired<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    a: &Numbers<'_>,
    b: &Numbers<'_>,
    f: impl Fn(Complex, Complex) -> Complex + Sync,
) -> Result<Numbers<'static>, Fault> {
    let shape = broadcast_shape(a.shape(), b.shape()).map_err(|error| call.fault(error))?;
    let size = crate::shape::size(&shape, size_of::<Complex>())?;
    store.room(size.saturating_mul(size_of::<Complex>()))?;
    let (x, y) = (a.complex_data(), b.complex_data());
    let mut data = vec![Complex::default(); size];
    achronyme_numeric::broadcast_into((a.shape(), &*x), (b.shape(), &*y), (&shape, &mut data), f);
    Ok(Numbers::Complex(shape.to_vec().into(), data.into()))
}

fn atan2<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    real(store, call, libm::atan2)
}

fn hypot<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    real(store, call, libm::hypot)
}

fn pow<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (a, b) = (call.at(0)?.clone(), call.at(1)?.clone());
    let refuse = |error| call.fault(error);
    let made = match store.view(&b) {
        View::Number(exponent) => elementwise::to_power(store, &a, exponent),
        _ => elementwise::zip(store, [&a, &b], Meaning::Numbers, refuse, power),
    };
    if let Some(made) = made {
        return made;
    }
    let (x, y) = (call.numbers(store, 0)?, call.numbers(store, 1)?);
    if let (Numbers::Real(..), Numbers::Real(..)) = (&x, &y) {
        drop((x, y));
        return real(store, call, power);
    }
    let result = paired(store, call, &x, &y, complex_power)?;
    let vector = [&a, &b].iter().filter(|it| store.view(it) == View::Vector).count() == 1;
    drop((x, y));
    if vector && result.rank() == 1 {
        return numbers::new_vector(store, &result);
    }
    numbers::new_tensor(store, &result)
}

fn modulo<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    real(store, call, floored_remainder)
}

fn rem<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    real(store, call, |x, y| x % y)
}

fn floordiv<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    real(store, call, floored_quotient)
}

fn gcd<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    common(store, call, common_divisor)
}

fn lcm<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    common(store, call, common_multiple)
}

/// What `f` makes of the first two arguments, that and the third, and so on; of one array, of each
/// number and itself.
fn common<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    f: fn(f64, f64) -> Result<f64, Error>,
) -> Result<S::Value, Fault> {
    let is_vector = call.rest(store, 0).iter().any(|it| store.view(it) == View::Vector);
    let Numbers::Real(shape, data) = call.numbers(store, 0)? else {
        return Err(call.type_error("integers are wanted, got complex numbers"));
    };
    let (mut shape, mut so_far) = (achronyme_numeric::Shape::from_slice(&shape), data.into_owned());
    if call.len() == 1 {
        for x in &mut so_far {
            *x = f(*x, *x).map_err(|error| call.fault(error))?;
        }
    }
    for place in 1..call.len() {
        let Numbers::Real(next_shape, next) = call.numbers(store, place)? else {
            return Err(call.type_error("integers are wanted, got complex numbers"));
        };
        let both = broadcast_shape(&shape, &next_shape).map_err(|error| call.fault(error))?;
        crate::shape::size(&both, size_of::<f64>())?;
        let (x, y) = (spread(&both, &shape, &so_far), spread(&both, &next_shape, &next));
        let pairs = x.iter().zip(&y).map(|(x, y)| f(*x, *y));
        so_far = pairs.collect::<Result<_, _>>().map_err(|error| call.fault(error))?;
        shape = both;
    }
    let result = Numbers::Real(shape.to_vec().into(), so_far.into());
    if is_vector {
        numbers::new_vector(store, &result)
    } else {
        numbers::new_tensor(store, &result)
    }
}

fn clip<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let lo = call.get(1).cloned().unwrap_or_else(|| store.number(f64::NEG_INFINITY));
    let hi = call.get(2).cloned().unwrap_or_else(|| store.number(f64::INFINITY));
    let x = call.at(0)?.clone();
    let meaning = Meaning::Numbers;
    let refuse = |error| call.fault(error);
    let wanted = |store: &S| {
        let kind = [&x, &lo, &hi].map(|it| store.kind(it).name()).join(", ");
        call.type_error(format!("real numbers or arrays of them are wanted, got {kind}"))
    };
    if let (View::Number(lo), View::Number(hi)) = (store.view(&lo), store.view(&hi)) {
        let made = if lo.is_nan() || hi.is_nan() {
            elementwise::map(store, &x, meaning, |_| f64::NAN)
        } else {
            // Without a question about the bounds for each number, the processor's vectors do it.
            elementwise::map(store, &x, meaning, |x| {
                let x = if x < lo { lo } else { x };
                if x > hi { hi } else { x }
            })
        };
        return made.unwrap_or_else(|| Err(wanted(store)));
    }
    let above = elementwise::zip(store, [&x, &lo], meaning, refuse, greatest);
    let above = above.unwrap_or_else(|| Err(wanted(store)))?;
    let below = elementwise::zip(store, [&above, &hi], meaning, refuse, least);
    below.unwrap_or_else(|| Err(wanted(store)))
}

fn greatest(x: f64, lo: f64) -> f64 {
    if x < lo || lo.is_nan() { lo } else { x }
}

fn least(x: f64, hi: f64) -> f64 {
    if x > hi || hi.is_nan() { hi } else { x }
}

/// How close two numbers must be.
#[derive(Clone, Copy)]
struct Tolerance {
    relative: f64,
    absolute: f64,
    nan_equal: bool,
}

impl Tolerance {
    fn new<S: Store>(
        store: &S,
        call: &Call<S::Value>,
        relative: f64,
        absolute: f64,
    ) -> Result<Self, Fault> {
        let relative = call.number_option(store, "rtol", relative)?;
        let absolute = call.number_option(store, "atol", absolute)?;
        if relative.is_nan() || relative < 0.0 || absolute.is_nan() || absolute < 0.0 {
            return Err(call.value_error("rtol and atol must be 0 or more"));
        }
        Ok(Self { relative, absolute, nan_equal: call.flag(store, "nan_equal", false)? })
    }

    #[expect(clippy::float_cmp, reason = "equal infinities are close")]
    fn holds(self, a: f64, b: f64) -> bool {
        if a.is_nan() || b.is_nan() {
            return self.nan_equal && a.is_nan() && b.is_nan();
        }
        let apart = (a - b).abs();
        a == b
            || apart.is_finite()
                && apart <= (self.relative * a.abs().max(b.abs())).max(self.absolute)
    }

    fn complex_holds(self, a: Complex, b: Complex) -> bool {
        let size = |z: Complex| libm::hypot(z.re, z.im);
        let is_nan = |z: Complex| z.re.is_nan() || z.im.is_nan();
        if is_nan(a) || is_nan(b) {
            return self.nan_equal && is_nan(a) && is_nan(b);
        }
        let apart = size(a - b);
        a == b
            || apart.is_finite()
                && apart <= (self.relative * size(a).max(size(b))).max(self.absolute)
    }
}

/// Whether each pair of numbers is close.
fn close<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    tolerance: Tolerance,
) -> Result<S::Value, Fault> {
    let (a, b) = (call.at(0)?.clone(), call.at(1)?.clone());
    let refuse = |error| call.fault(error);
    let holds = |x, y| f64::from(tolerance.holds(x, y));
    if let Some(made) = elementwise::zip(store, [&a, &b], Meaning::Truth, refuse, holds) {
        return made;
    }
    let (x, y) = (call.numbers(store, 0)?, call.numbers(store, 1)?);
    let holds = |x, y| f64::from(tolerance.complex_holds(x, y)).into();
    let result = paired(store, call, &x, &y, holds)?;
    let Numbers::Complex(shape, data) = result else { return Err(not_paired()) };
    let truths = Numbers::Real(shape, data.iter().map(|z| z.re).collect());
    drop((x, y));
    numbers::new_mask(store, &truths)
}

fn isclose<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let tolerance = Tolerance::new(store, call, 1e-9, 0.0)?;
    close(store, call, tolerance)
}

fn allclose<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let tolerance = Tolerance::new(store, call, 1e-7, 1e-9)?;
    let each = close(store, call, tolerance)?;
    let all = match store.tensor(&each) {
        Some(view) => view.data.iter().all(|truth| *truth != 0.0),
        None => store.view(&each) == View::Boolean(true),
    };
    Ok(store.boolean(all))
}

fn round<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let value = call.at(0)?.clone();
    let wanted = || Fault::type_error("round() requires a number, vector, or tensor");
    let digits = call.number_or(store, 1, 0.0)?;
    if !numbers::is_integer(digits) {
        return Err(call.value_error(format!("digits must be an integer, got {digits}")));
    }
    let view = store.view(&value);
    #[expect(clippy::cast_possible_truncation, reason = "beyond that there are no digits")]
    let digits = digits.clamp(-2000.0, 2000.0) as i32;
    if let Some(made) = elementwise::map(store, &value, Meaning::Numbers, |x| rounded(x, digits)) {
        return made;
    }
    let Some(Numbers::Real(shape, data)) = numbers::of(store, &value) else {
        return Err(wanted());
    };
    let data = data.iter().map(|x| rounded(*x, digits)).collect();
    let result = Numbers::Real(shape.into_owned().into(), data);
    numbers::as_given(store, view, &result)
}
