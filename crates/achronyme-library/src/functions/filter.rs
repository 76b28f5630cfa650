//! Convolution, and filters run over signals.

use std::borrow::Cow;

use achronyme_numeric::signal::{
    Extension, Filter, Part, Sample, Section, Way, convolve, correlate, filter_both_ways,
};
use achronyme_numeric::{Array, Complex, Lines};

use super::series::{array, complex_tensor, is_complex, real_tensor, record, room, series};
use crate::builtin::row::rows;
use crate::functions::Call;
use crate::numbers::{self, Numbers};
use crate::{Fault, Store, View};

rows! {
    /// The convolution of two vectors of numbers: each number of one times the other, shifted and
    /// added. With `mode: "same"` its middle, as long as `x`; with `"valid"` what does not reach over
    /// the ends. Where both are longer than 64 it is computed by transforms.
    ///
    /// `conv([1, 2, 3], [1, 1])` → `[1, 3, 5, 3]`
    /// `conv([1, 2, 3], [1, 1, 1], {mode: "same"})` → `[3, 6, 5]`
    315 conv("x, h, {mode = \"full\"}") "dsp" call conv;
    /// The same as `conv`.
    ///
    /// `convolve([1, 2, 3], [1, 1], {mode: "valid"})` → `[3, 5]`
    316 convolve("x, h, {mode = \"full\"}") "dsp" call conv;
    /// The convolution as `conv`, always by transforms: quick for long vectors, and off by rounding.
    ///
    /// `round(conv_fft([1, 2, 3], [1, 1]))` → `[1, 3, 5, 3]`
    317 conv_fft("x, h, {mode = \"full\"}") "dsp" call conv_fft;
    /// How well `v` fits to `a` when it is shifted: the sum of products with the conjugate of `v`,
    /// from the shift by 1 - len(v) to that by len(a) - 1. Modes are as for `conv`.
    ///
    /// `correlate([1, 2, 3], [0, 1])` → `[1, 2, 3, 0]`
    318 correlate("a, v, {mode = \"full\"}") "dsp" call correlation;
    /// A signal through the filter with the coefficients `b` above and `a` below, along `axis`. With
    /// `zi`, what the filter remembers from before, it is a record of the signal `y` and of what the
    /// filter remembers after it, `zf`.
    ///
    /// `lfilter([1, 1], [2], [1, 2, 3])` → `[0.5, 1.5, 2.5]`
    /// `lfilter([1], [1, -1], [1, 2, 3], {zi: [10]}).y` → `[11, 13, 16]`
    319 lfilter("b, a, x, {zi = null, axis = -1}") "dsp" call lfilter;
    /// The same as `lfilter`.
    ///
    /// `iir_filter([1], [1, -1], [1, 2, 3])` → `[1, 3, 6]`
    320 iir_filter("b, a, x, {zi = null, axis = -1}") "dsp" call lfilter;
    /// A signal through a filter forwards and backwards, which delays nothing. Before it, the signal
    /// goes on by `padlen` numbers at both ends (3 times as many as the filter has coefficients),
    /// turned around its ends (`"odd"`), mirrored (`"even"`), or constant; not with `null`.
    ///
    /// `round(filtfilt([1], [1], [1, 2, 3, 4]))` → `[1, 2, 3, 4]`
    321 filtfilt("b, a, x, {padtype = \"odd\", padlen = null, axis = -1}") "dsp" call filtfilt;
    /// What a filter remembers after a long signal of ones: times the first number of a signal, a good
    /// `zi` for `lfilter`.
    ///
    /// `lfilter_zi([1, 1], [2])` → `[0.5]`
    322 lfilter_zi("b, a") "dsp" call lfilter_zi;
    /// A signal through a chain of sections, as designs give them with `output: "sos"`, along `axis`.
    ///
    /// `sosfilt([[1, 0, 0, 1, -1, 0]], [1, 2, 3])` → `[1, 3, 6]`
    323 sosfilt("sos, x, {axis = -1}") "dsp" call sosfilt;
}

/// The option `mode`.
fn part<S: Store>(store: &S, call: &Call<S::Value>) -> Result<Part, Fault> {
    let parts = [Part::Full, Part::Same, Part::Valid];
    Ok(parts[call.choice(store, "mode", &["full", "same", "valid"])?])
}

/// What is made of two sequences, which are both real or both complex.
fn of_two<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    real: impl Fn(&[f64], &[f64]) -> Result<Vec<f64>, achronyme_numeric::Error>,
    complex: impl Fn(&[Complex], &[Complex]) -> Result<Vec<Complex>, achronyme_numeric::Error>,
) -> Result<S::Value, Fault> {
    let (x, h) = (series(store, call, 0)?, series(store, call, 1)?);
    room::<S, Complex>(store, 4 * (x.len() + h.len()))?;
    if let (Numbers::Real(_, x), Numbers::Real(_, h)) = (&x, &h) {
        let result = real(x, h).map_err(|error| call.fault(error))?;
        return real_tensor(store, &result);
    }
    let result = complex(&x.complex_data(), &h.complex_data());
    complex_tensor(store, &result.map_err(|error| call.fault(error))?)
}

fn conv<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let part = part(store, call)?;
    let real = |x: &[f64], h: &[f64]| convolve(x, h, part, Way::Either);
    of_two(store, call, real, |x, h| convolve(x, h, part, Way::Either))
}

fn conv_fft<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let part = part(store, call)?;
    let real = |x: &[f64], h: &[f64]| convolve(x, h, part, Way::Transforms);
    of_two(store, call, real, |x, h| convolve(x, h, part, Way::Transforms))
}

fn correlation<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let part = part(store, call)?;
    let real = |a: &[f64], v: &[f64]| correlate(a, v, part);
    of_two(store, call, real, |a, v| correlate(a, v, part))
}

/// What numbers are seen as.
trait Scalar: Sample {
    fn data<'a>(numbers: &'a Numbers<'_>) -> Cow<'a, [Self]>;

    fn tensor<S: Store>(store: &mut S, array: &Array<Self>) -> Result<S::Value, Fault>;
}

impl Scalar for f64 {
    fn data<'a>(numbers: &'a Numbers<'_>) -> Cow<'a, [Self]> {
        match numbers {
            Numbers::Real(_, data) => Cow::Borrowed(data),
            Numbers::Complex(_, data) => data.iter().map(|z| z.re).collect(),
        }
    }

    fn tensor<S: Store>(store: &mut S, array: &Array<Self>) -> Result<S::Value, Fault> {
        store.new_tensor(array.shape(), array.data())
    }
}

impl Scalar for Complex {
    fn data<'a>(numbers: &'a Numbers<'_>) -> Cow<'a, [Self]> {
        numbers.complex_data()
    }

    fn tensor<S: Store>(store: &mut S, array: &Array<Self>) -> Result<S::Value, Fault> {
        store.new_complex_tensor(array.shape(), array.data())
    }
}

/// The coefficients of a filter; a number is one coefficient.
fn coefficients<'a, S: Store>(
    store: &'a S,
    call: &'a Call<S::Value>,
    place: usize,
) -> Result<Numbers<'a>, Fault> {
    match call.get(place).map(|value| store.view(value)) {
        Some(View::Number(_) | View::Complex(_)) => call.numbers(store, place),
        _ => series(store, call, place),
    }
}

/// The axis of some numbers: the last one, unless the option says another.
fn axis<S: Store>(store: &S, call: &Call<S::Value>, numbers: &Numbers<'_>) -> Result<usize, Fault> {
    Ok(call.axis(store, numbers.rank())?.unwrap_or(numbers.rank() - 1))
}

/// What `lfilter` is given.
struct Run<'a> {
    b: Numbers<'a>,
    a: Numbers<'a>,
    x: Numbers<'a>,
    zi: Option<Numbers<'a>>,
    axis: usize,
}

fn lfilter<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let zi = call.option("zi").map(|value| {
        numbers::of(store, value).ok_or_else(|| call.option_wanted(store, "zi", "an array"))
    });
    let (b, a) = (coefficients(store, call, 0)?, coefficients(store, call, 1)?);
    let (x, zi) = (array(store, call, 2)?, zi.transpose()?);
    let axis = axis(store, call, &x)?;
    let is_started = zi.is_some();
    let lines = x.len() / x.shape()[axis].max(1);
    room::<S, Complex>(store, lines.saturating_mul(b.len().max(a.len())))?;
    let run = Run { b, a, x, zi, axis };
    if [&run.b, &run.a, &run.x].into_iter().chain(&run.zi).any(is_complex) {
        let results = run.go::<S, Complex>(call)?;
        return filtered(store, &results, is_started);
    }
    let results = run.go::<S, f64>(call)?;
    filtered(store, &results, is_started)
}

impl Run<'_> {
    /// The signal, and what the filter remembers then.
    fn go<S: Store, T: Scalar>(
        &self,
        call: &Call<S::Value>,
    ) -> Result<(Array<T>, Array<T>), Fault> {
        let data = T::data(&self.x);
        let run = || {
            let filter = Filter::new(&T::data(&self.b), &T::data(&self.a))?;
            let lines = Lines::new(self.x.shape(), &data, self.axis)?;
            let zi = self.zi.as_ref();
            let zi = zi
                .map(|zi| Array::new(zi.shape().to_vec(), T::data(zi).into_owned()))
                .transpose()?;
            filter.run_lines(lines, zi.as_ref())
        };
        run().map_err(|error| call.fault(error))
    }
}

fn filtered<S: Store, T: Scalar>(
    store: &mut S,
    (signal, state): &(Array<T>, Array<T>),
    is_started: bool,
) -> Result<S::Value, Fault> {
    let y = T::tensor(store, signal)?;
    if !is_started {
        return Ok(y);
    }
    let zf = T::tensor(store, state)?;
    record(store, &[("y", y), ("zf", zf)])
}

fn filtfilt<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (b, a) = (coefficients(store, call, 0)?, coefficients(store, call, 1)?);
    let x = array(store, call, 2)?;
    let axis = axis(store, call, &x)?;
    let (extension, default) = match call.option("padtype") {
        _ if call.is_null("padtype") => (Extension::Odd, 0),
        None => (Extension::Odd, 3 * b.len().max(a.len())),
        Some(value) if store.view(value) == View::String => {
            let extension = Extension::from_name(store.text(value));
            (extension.map_err(|error| call.fault(error))?, 3 * b.len().max(a.len()))
        }
        Some(_) => return Err(call.option_wanted(store, "padtype", "a string or null")),
    };
    let padding = call.count_option(store, "padlen", default)?;
    let padding = if call.is_null("padtype") { 0 } else { padding };
    room::<S, Complex>(store, padding)?;
    if [&b, &a, &x].into_iter().any(is_complex) {
        let result = both_ways::<S, Complex>(call, [&b, &a, &x], axis, (extension, padding))?;
        return Complex::tensor(store, &result);
    }
    let result = both_ways::<S, f64>(call, [&b, &a, &x], axis, (extension, padding))?;
    f64::tensor(store, &result)
}

fn both_ways<S: Store, T: Scalar>(
    call: &Call<S::Value>,
    [b, a, x]: [&Numbers<'_>; 3],
    axis: usize,
    (extension, padding): (Extension, usize),
) -> Result<Array<T>, Fault> {
    let data = T::data(x);
    let run = || {
        let filter = Filter::new(&T::data(b), &T::data(a))?;
        let lines = Lines::new(x.shape(), &data, axis)?;
        let mut failed = None;
        let result = lines.map(lines.length(), |line, target| {
            match filter_both_ways(&filter, line, extension, padding) {
                Ok(filtered) => target.copy_from_slice(&filtered),
                Err(error) => failed = Some(error),
            }
        });
        failed.map_or(result, Err)
    };
    run().map_err(|error| call.fault(error))
}

fn lfilter_zi<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (b, a) = (coefficients(store, call, 0)?, coefficients(store, call, 1)?);
    if is_complex(&b) || is_complex(&a) {
        let state = settled::<S, Complex>(call, &b, &a)?;
        return complex_tensor(store, &state);
    }
    let state = settled::<S, f64>(call, &b, &a)?;
    real_tensor(store, &state)
}

fn settled<S: Store, T: Scalar>(
    call: &Call<S::Value>,
    b: &Numbers<'_>,
    a: &Numbers<'_>,
) -> Result<Vec<T>, Fault> {
    let filter = Filter::new(&T::data(b), &T::data(a));
    filter.and_then(|filter| filter.settled()).map_err(|error| call.fault(error))
}

fn sosfilt<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let sections = match array(store, call, 0)? {
        Numbers::Real(shape, data) if matches!(*shape, [_, 6]) => data.as_chunks::<6>().0.to_vec(),
        other => {
            let shape = other.shape();
            return Err(call.shape_error(format!("sos must be real, [sections, 6], got {shape:?}")));
        }
    };
    let x = array(store, call, 1)?;
    let axis = axis(store, call, &x)?;
    if is_complex(&x) {
        let result = chained::<S, Complex>(call, &sections, &x, axis)?;
        return Complex::tensor(store, &result);
    }
    let result = chained::<S, f64>(call, &sections, &x, axis)?;
    f64::tensor(store, &result)
}

fn chained<S: Store, T: Scalar>(
    call: &Call<S::Value>,
    sections: &[Section],
    x: &Numbers<'_>,
    axis: usize,
) -> Result<Array<T>, Fault> {
    let run = || {
        let mut signal = Array::new(x.shape().to_vec(), T::data(x).into_owned())?;
        for section in sections {
            let section = section.map(T::from);
            let filter = Filter::new(&section[..3], &section[3..])?;
            signal = filter.run_lines(Lines::of(&signal, axis)?, None)?.0;
        }
        Ok(signal)
    };
    run().map_err(|error| call.fault(error))
}
