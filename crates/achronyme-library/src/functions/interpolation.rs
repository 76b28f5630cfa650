//! Values between samples, and the piecewise polynomials of splines.
//!
//! A spline is a record of functions, which are written in Achronyme; what they compute with is here.
//! They begin with the name of the function that errors are to name.

use std::borrow::Cow;

use achronyme_numeric::interpolation::{self, Ends, Method, Outside, Piecewise};

use super::series::{real_series, room};
use crate::builtin::row::rows;
use crate::functions::Call;
use crate::numbers::{self, Numbers};
use crate::{Fault, Store, View};

rows! {
    /// Values at `xq` of a curve through points, at places `x` in ascending order. The `method` is
    /// `"linear"` (lines between points), `"nearest"`, `"previous"` or `"next"` (the value of such a
    /// point; in the middle the nearest is the one before), `"cubic"` (the spline of `spline`),
    /// `"pchip"`, or `"akima"` (which bends little beside outliers). Outside there is `fill`, or with
    /// `extrapolate: true` what the first or last piece says.
    ///
    /// `interp1([0, 1, 3], [0, 10, 30], [0.5, 2])` → `[5, 20]`
    /// `interp1([0, 1, 3], [0, 10, 30], 4)` → `NaN`
    /// `interp1([0, 1, 3], [0, 10, 30], 4, {extrapolate: true})` → `40`
    /// `interp1([0, 1, 3], [0, 10, 30], 2.5, {method: "previous"})` → `10`
    920 interp1("x, y, xq, {method = linear, extrapolate = false, fill = NaN}") "numerical" call interp1;
    /// Values at `xq` on the lines between points, at places `x` in ascending order; outside, the
    /// first or the last value.
    ///
    /// `interp([0, 1, 3], [0, 10, 30], [-1, 0.5, 4])` → `[0, 5, 30]`
    921 interp("x, y, xq") "numerical" call interp;
    /// The coefficients of a curve through points, a row for each piece. Options as the function with
    /// this name has.
    922 _pieces("function, x, y, options") "" library pieces;
    /// Values of a piecewise polynomial with these coefficients, or of a derivative.
    923 _piecewise("function, x, c, xq, order, periodic") "" library values;
    /// The integral of a piecewise polynomial.
    924 _piecewise_integral("function, x, c, a, b, periodic") "" library integral;
}

/// Real numbers and their shape.
type Shaped<'a> = (Cow<'a, [usize]>, Cow<'a, [f64]>);

/// The real numbers at the place of the queries.
fn queries<'a, S: Store>(store: &'a S, call: &'a Call<S::Value>) -> Result<Shaped<'a>, Fault> {
    match call.numbers(store, 2)? {
        Numbers::Real(shape, data) => Ok((shape, data)),
        Numbers::Complex(..) => Err(call.wanted(store, 2, "real numbers")),
    }
}

fn interpolated<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    method: Method,
    outside: Outside,
) -> Result<S::Value, Fault> {
    let (x, y) = (real_series(store, call, 0)?, real_series(store, call, 1)?);
    let (shape, at) = queries(store, call)?;
    room::<S, [f64; 4]>(store, x.len())?;
    let values = interpolation::interpolate(&x, &y, &at, method, outside)
        .map_err(|error| call.fault(error))?;
    let shape = shape.into_owned();
    numbers::new_tensor(store, &Numbers::Real(shape.into(), values.into()))
}

fn interp1<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let method = Method::ALL[call.choice(store, "method", Method::NAMES)?];
    let fill = call.number_option(store, "fill", f64::NAN)?;
    let outside = match (call.flag(store, "extrapolate", false)?, call.option("fill")) {
        (true, Some(_)) => return Err(call.value_error("fill and extrapolate exclude each other")),
        (true, None) => Outside::Extrapolate,
        (false, _) => Outside::Fill(fill),
    };
    interpolated(store, call, method, outside)
}

fn interp<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    interpolated(store, call, Method::Linear, Outside::Clamp)
}

fn pieces<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let call = Call::named(store, "x, y, {bc = not-a-knot}", arguments)?;
    let (x, y) = (real_series(store, &call, 0)?, real_series(store, &call, 1)?);
    room::<S, [f64; 8]>(store, x.len())?;
    let curve = if store.text(&arguments[0]) == "pchip" {
        interpolation::pchip(&x, &y)
    } else {
        let ends = Ends::ALL[call.choice(store, "bc", Ends::NAMES)?];
        interpolation::spline(&x, &y, ends)
    };
    let curve = curve.map_err(|error| call.fault(error))?;
    store.new_tensor(&[curve.pieces().len(), 4], curve.pieces().as_flattened())
}

/// The piecewise polynomial in the first two arguments, and whether it is periodic in the last.
fn piecewise<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    periodic: &S::Value,
) -> Result<Piecewise, Fault> {
    let Numbers::Real(_, c) = call.numbers(store, 1)? else {
        return Err(call.wanted(store, 1, "real numbers"));
    };
    let x = real_series(store, call, 0)?.into_owned();
    let periodic = store.view(periodic) == View::Boolean(true);
    Piecewise::new(x, c.as_chunks().0.to_vec(), periodic).map_err(|error| call.fault(error))
}

fn values<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let call = Call::named(store, "x, c, xq, order, periodic", arguments)?;
    let order = call.count(store, 3)?;
    let curve = piecewise(store, &call, &arguments[5])?;
    let (shape, at) = queries(store, &call)?;
    let values = curve.values(order, &at);
    let shape = shape.into_owned();
    numbers::new_tensor(store, &Numbers::Real(shape.into(), values.into()))
}

fn integral<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let call = Call::named(store, "x, c, a, b, periodic", arguments)?;
    let (a, b) = (call.number(store, 2)?, call.number(store, 3)?);
    let curve = piecewise(store, &call, &arguments[5])?;
    Ok(store.number(curve.integral(a, b)))
}
