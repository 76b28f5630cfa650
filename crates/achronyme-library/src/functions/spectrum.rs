//! Spectra of signals.

use std::borrow::Cow;

use achronyme_numeric::fourier::Transform;
use achronyme_numeric::signal::{
    Average, Extension, Sample, Scaling, Segments, Signal, Synthesis, Trend, Window, average,
    powers, short_time_transform, unwrap,
};
use achronyme_numeric::{Array, Complex, Error, Lines};

use super::design::positive_rate;
use super::series::{
    Weights, array, complex_tensor, new_complex, real_tensor, record, room, series,
};
use crate::builtin::row::rows;
use crate::functions::Call;
use crate::numbers::Numbers;
use crate::{Fault, Store, View};

rows! {
    /// How the power of a signal is spread over frequencies: a record of frequencies `f` and powers
    /// `pxx`. `fs` is the sample rate. The signal is freed of its mean (`detrend: "constant"`),
    /// its line (`"linear"`) or nothing (`false`), weighted by `window`, and cut or filled with zeros to
    /// `nfft` numbers. Power is per Hz, or as it is with `scaling: "spectrum"`.
    ///
    /// `periodogram([1, -1, 1, -1], {fs: 4}).f` → `[0, 1, 2]`
    /// `periodogram([1, -1, 1, -1], {scaling: "spectrum"}).pxx` → `[0, 0, 1]`
    340 periodogram(
        "x, {fs = 1, window = \"boxcar\", nfft = null, detrend = \"constant\", scaling = \"density\"}"
    ) "dsp" call periodogram;
    /// The power of a signal over frequencies by Welch's method: the mean, or with
    /// `average: "median"` the median, of what `periodogram` gives for stretches of `nperseg` samples
    /// that overlap by `noverlap`, half of that if not given. Less is blurred in time, more in noise.
    ///
    /// `len(welch(map(k => sin(k), range(0, 100)), {nperseg: 16}).pxx)` → `9`
    341 welch(
        "x, {fs = 1, window = \"hann\", nperseg = 256, noverlap = null, nfft = null, detrend = \"constant\", scaling = \"density\", average = \"mean\"}"
    ) "dsp" call welch;
    /// The power of a signal as it changes: a record of frequencies `f`, times `t`, and powers `sxx`
    /// with a row for each frequency. Options are as for `welch`, but stretches overlap by an eighth
    /// if nothing else is said, and `mode` may be `"psd"` (power), `"magnitude"`, `"angle"`, `"phase"`
    /// (angles that go on from one frequency to the next) or `"complex"`.
    ///
    /// `shape(spectrogram(map(k => sin(k), range(0, 100)), {nperseg: 16}).sxx)` → `[9, 7]`
    342 spectrogram(
        "x, {fs = 1, window = [\"tukey\", 0.25], nperseg = 256, noverlap = null, nfft = null, detrend = \"constant\", scaling = \"density\", mode = \"psd\"}"
    ) "dsp" call spectrogram;
    /// The transforms of stretches of a signal: a record of frequencies `f`, times `t`, and complex
    /// amplitudes `zxx` with a row for each frequency. Before it the signal goes on at both ends by
    /// half a stretch of zeros (`boundary` may also be `"even"`, `"odd"`, `"constant"` or `null`), and
    /// with `padded` it is filled with zeros until stretches cover it.
    ///
    /// `stft([1, 1, 1, 1], {nperseg: 2}).t` → `[0, 1, 2, 3, 4]`
    343 stft(
        "x, {fs = 1, window = \"hann\", nperseg = 256, noverlap = null, nfft = null, detrend = false, boundary = \"zeros\", padded = true}"
    ) "dsp" call stft;
    /// The signal of which this is the `zxx` of `stft` with the same options: a record of times `t` and
    /// the signal `x`. `nperseg` is 2(rows - 1) if it is not given. With `input_onesided: false` the
    /// rows are all frequencies, and the signal is complex.
    ///
    /// `let z = stft([1, 2, 3, 4], {nperseg: 4}).zxx; round(istft(z).x)` → `[1, 2, 3, 4]`
    344 istft(
        "zxx, {fs = 1, window = \"hann\", nperseg = null, noverlap = null, nfft = null, input_onesided = true, boundary = true}"
    ) "dsp" call istft;
}

/// A signal, cut into stretches as the options say.
struct Plan {
    signal: Numbers<'static>,
    weights: Vec<f64>,
    overlap: usize,
    transform: usize,
    trend: Trend,
    rate: f64,
}

impl Plan {
    /// With stretches that overlap by a share of their length, unless the option says otherwise, and
    /// with a window unless the option names one.
    fn new<S: Store>(
        store: &S,
        call: &Call<S::Value>,
        window: Window,
        share: usize,
        trend: Trend,
    ) -> Result<Self, Fault> {
        let signal = owned(series(store, call, 0)?);
        let rate = positive_rate(store, call, 1.0)?;
        let window = Weights::option(store, call)?.unwrap_or(Weights::Named(window));
        let trend = self::trend(store, call, trend)?;
        let length = match window.count() {
            Some(count) => call.count_option(store, "nperseg", count)?,
            None => call.count_option(store, "nperseg", 256)?.min(signal.len()),
        };
        if length == 0 || signal.len() == 0 {
            return Err(call.value_error("x must not be empty, and nperseg at least 1"));
        }
        if length > signal.len() {
            let count = signal.len();
            return Err(call.value_error(format!("the window has more weights than x, {count}")));
        }
        let overlap = call.count_option(store, "noverlap", length / share)?;
        let transform = call.count_option(store, "nfft", length)?;
        let weights = window.weights(store, call, length, true)?;
        let plan = Self { signal, weights, overlap, transform, trend, rate };
        let segments = plan.segments();
        segments.check().map_err(|error| call.fault(error))?;
        store.room(Transform::bytes(transform))?;
        room::<S, Complex>(store, segments.count(plan.signal.len()).saturating_mul(transform))?;
        Ok(plan)
    }

    fn segments(&self) -> Segments<'_> {
        let Self { weights, overlap, transform, trend, .. } = self;
        Segments { weights, overlap: *overlap, transform: *transform, trend: *trend }
    }

    fn signal(&self) -> Signal<'_> {
        match &self.signal {
            Numbers::Real(_, data) => Signal::Real(data),
            Numbers::Complex(_, data) => Signal::Complex(data),
        }
    }

    /// The middles of the stretches of a signal of so many samples, shifted by some samples.
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
    fn times(&self, samples: usize, shift: f64) -> Vec<f64> {
        let segments = self.segments();
        let first = self.weights.len() as f64 / 2.0 - shift;
        let time = |k: usize| (first + (k * segments.step()) as f64) / self.rate;
        (0..segments.count(samples)).map(time).collect()
    }
}

/// The option `detrend`.
fn trend<S: Store>(store: &S, call: &Call<S::Value>, default: Trend) -> Result<Trend, Fault> {
    match call.option("detrend").map(|value| store.view(value)) {
        _ if call.is_null("detrend") => Ok(Trend::None),
        None => Ok(default),
        Some(View::Boolean(false)) => Ok(Trend::None),
        Some(_) => {
            let trends = [Trend::Constant, Trend::Linear];
            Ok(trends[call.choice(store, "detrend", &["constant", "linear"])?])
        }
    }
}

/// The option `scaling`.
fn scaling<S: Store>(store: &S, call: &Call<S::Value>) -> Result<Scaling, Fault> {
    let scalings = [Scaling::Density, Scaling::Spectrum];
    Ok(scalings[call.choice(store, "scaling", &["density", "spectrum"])?])
}

fn periodogram<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let signal = series(store, call, 0)?;
    let length = signal.len();
    if length == 0 {
        return Err(call.value_error("empty input"));
    }
    let transform = call.count_option(store, "nfft", length)?;
    if transform == 0 {
        return Err(call.value_error("nfft must be at least 1"));
    }
    let length = length.min(transform);
    let signal = match signal {
        Numbers::Real(_, data) => {
            Numbers::Real(vec![length].into(), data[..length].to_vec().into())
        }
        Numbers::Complex(_, data) => {
            Numbers::Complex(vec![length].into(), data[..length].to_vec().into())
        }
    };
    let window = Weights::option(store, call)?.unwrap_or(Weights::Named(Window::Boxcar));
    let weights = window.weights(store, call, length, true)?;
    let (rate, trend) = (positive_rate(store, call, 1.0)?, trend(store, call, Trend::Constant)?);
    store.room(Transform::bytes(transform))?;
    let plan = Plan { signal, weights, overlap: 0, transform, trend, rate };
    averaged(store, call, &plan, Average::Mean)
}

fn welch<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let averages = [Average::Mean, Average::Median];
    let average = averages[call.choice(store, "average", &["mean", "median"])?];
    let plan = Plan::new(store, call, Window::Hann, 2, Trend::Constant)?;
    averaged(store, call, &plan, average)
}

/// Numbers of their own.
fn owned(numbers: Numbers<'_>) -> Numbers<'static> {
    match numbers {
        Numbers::Real(shape, data) => {
            Numbers::Real(Cow::Owned(shape.into_owned()), Cow::Owned(data.into_owned()))
        }
        Numbers::Complex(shape, data) => {
            Numbers::Complex(Cow::Owned(shape.into_owned()), Cow::Owned(data.into_owned()))
        }
    }
}

/// The average power at each frequency.
fn averaged<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    plan: &Plan,
    kind: Average,
) -> Result<S::Value, Fault> {
    let scaling = scaling(store, call)?;
    let segments = plan.segments();
    let rows = powers(plan.signal(), &segments, plan.rate, scaling);
    let pxx = average(&rows.map_err(|error| call.fault(error))?, kind);
    let f = segments.frequencies(plan.signal(), plan.rate);
    let (f, pxx) = (real_tensor(store, &f)?, real_tensor(store, &pxx)?);
    record(store, &[("f", f), ("pxx", pxx)])
}

/// What `spectrogram` shows.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Power,
    Magnitude,
    Angle,
    Phase,
    Complex,
}

fn spectrogram<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let modes = [Mode::Power, Mode::Magnitude, Mode::Angle, Mode::Phase, Mode::Complex];
    let names = ["psd", "magnitude", "angle", "phase", "complex"];
    let mode = modes[call.choice(store, "mode", &names)?];
    let plan = Plan::new(store, call, Window::Tukey(0.25), 8, Trend::Constant)?;
    let scaling = scaling(store, call)?;
    let segments = plan.segments();
    let f = segments.frequencies(plan.signal(), plan.rate);
    let t = plan.times(plan.signal().len(), 0.0);
    let sxx = if mode == Mode::Power {
        let rows = powers(plan.signal(), &segments, plan.rate, scaling);
        let rows = rows.map_err(|error| call.fault(error))?;
        let data: Vec<f64> =
            (0..f.len()).flat_map(|k| rows.iter().map(move |row| row[k])).collect();
        store.new_tensor(&[f.len(), t.len()], &data)?
    } else {
        let spectra = amplitudes(&plan, scaling).map_err(|error| call.fault(error))?;
        shown(store, call, mode, &spectra)?
    };
    let (f, t) = (real_tensor(store, &f)?, real_tensor(store, &t)?);
    record(store, &[("f", f), ("t", t), ("sxx", sxx)])
}

/// The roots of powers, with their angles.
fn amplitudes(plan: &Plan, scaling: Scaling) -> Result<Array<Complex>, Error> {
    let mut spectra = short_time_transform(plan.signal(), &plan.segments())?;
    if scaling == Scaling::Density {
        let sum: f64 = plan.weights.iter().sum();
        let squares: f64 = plan.weights.iter().map(|weight| weight * weight).sum();
        let factor = sum / (plan.rate * squares).sqrt();
        for value in spectra.data_mut() {
            *value *= factor;
        }
    }
    Ok(spectra)
}

/// What is shown of complex amplitudes. Phases go on from one frequency to the next.
fn shown<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    mode: Mode,
    spectra: &Array<Complex>,
) -> Result<S::Value, Fault> {
    let angle = |z: &Complex| libm::atan2(z.im, z.re);
    let of_each =
        |part: &dyn Fn(&Complex) -> f64| -> Vec<f64> { spectra.data().iter().map(part).collect() };
    let data = match mode {
        Mode::Complex => return new_complex(store, spectra),
        Mode::Power | Mode::Magnitude => of_each(&|z| z.norm()),
        Mode::Angle => of_each(&angle),
        Mode::Phase => {
            let angles = of_each(&angle);
            let phases = Lines::new(spectra.shape(), &angles, 0).and_then(|lines| {
                lines.map(lines.length(), |line, target| {
                    target.copy_from_slice(line);
                    unwrap(target, std::f64::consts::PI);
                })
            });
            phases.map_err(|error| call.fault(error))?.into_parts().1
        }
    };
    store.new_tensor(spectra.shape(), &data)
}

/// The option `boundary`: how a signal goes on, if it does.
fn boundary<S: Store>(store: &S, call: &Call<S::Value>) -> Result<Option<Extension>, Fault> {
    match call.option("boundary").map(|value| store.view(value)) {
        _ if call.is_null("boundary") => Ok(None),
        Some(View::Boolean(false)) => Ok(None),
        None => Ok(Some(Extension::Zeros)),
        Some(_) => {
            let extensions =
                [Extension::Zeros, Extension::Even, Extension::Odd, Extension::Constant];
            let names = ["zeros", "even", "odd", "constant"];
            Ok(Some(extensions[call.choice(store, "boundary", &names)?]))
        }
    }
}

fn stft<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let mut plan = Plan::new(store, call, Window::Hann, 2, Trend::None)?;
    let boundary = boundary(store, call)?;
    let padded = call.flag(store, "padded", true)?;
    let (length, step) = (plan.weights.len(), plan.segments().step());
    let count = if boundary.is_some() { length / 2 } else { 0 };
    let samples = plan.signal().len() + 2 * count;
    let missing = if padded { (samples - length).next_multiple_of(step) + length } else { samples };
    plan.signal = match plan.signal {
        Numbers::Real(_, data) => {
            let data = longer(data.into_owned(), boundary, count, missing);
            let data = data.map_err(|error| call.fault(error))?;
            Numbers::Real(vec![data.len()].into(), data.into())
        }
        Numbers::Complex(_, data) => {
            let data = longer(data.into_owned(), boundary, count, missing);
            let data = data.map_err(|error| call.fault(error))?;
            Numbers::Complex(vec![data.len()].into(), data.into())
        }
    };
    let f = plan.segments().frequencies(plan.signal(), plan.rate);
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
    let shift = if boundary.is_some() { length as f64 / 2.0 } else { 0.0 };
    let t = plan.times(plan.signal().len(), shift);
    let spectra = short_time_transform(plan.signal(), &plan.segments());
    let spectra = spectra.map_err(|error| call.fault(error))?;
    let zxx = new_complex(store, &spectra)?;
    let (f, t) = (real_tensor(store, &f)?, real_tensor(store, &t)?);
    record(store, &[("f", f), ("t", t), ("zxx", zxx)])
}

/// A signal with `count` samples more at both ends, and then zeros up to `length`.
fn longer<T: Sample>(
    signal: Vec<T>,
    boundary: Option<Extension>,
    count: usize,
    length: usize,
) -> Result<Vec<T>, Error> {
    let mut signal = match boundary {
        Some(extension) => extension.extend(&signal, count)?,
        None => signal,
    };
    signal.resize(length, T::default());
    Ok(signal)
}

fn istft<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let spectra = array(store, call, 0)?;
    let is_half = call.flag(store, "input_onesided", true)?;
    let is_extended = call.flag(store, "boundary", true)? && !call.is_null("boundary");
    let rate = positive_rate(store, call, 1.0)?;
    let rows = spectra.shape()[0];
    let default = if is_half { 2 * rows.saturating_sub(1) } else { rows };
    let window = Weights::option(store, call)?.unwrap_or(Weights::Named(Window::Hann));
    let length = call.count_option(store, "nperseg", window.count().unwrap_or(default))?;
    let transform = if is_half && length == default + 1 { length } else { default };
    let transform = call.count_option(store, "nfft", transform)?;
    let overlap = call.count_option(store, "noverlap", length / 2)?;
    let weights = window.weights(store, call, length, true)?;
    store.room(Transform::bytes(transform))?;
    let columns = spectra.len().checked_div(rows).unwrap_or(0);
    room::<S, Complex>(store, columns.saturating_mul(length))?;
    let synthesis = Synthesis { weights: &weights, overlap, transform, is_extended };
    let array = Array::new(spectra.shape().to_vec(), spectra.complex_data().into_owned());
    let array = array.map_err(|error| call.fault(error))?;
    let (signal, count) = if is_half {
        let signal = synthesis.real(&array).map_err(|error| call.fault(error))?;
        (real_tensor(store, &signal)?, signal.len())
    } else {
        let signal = synthesis.complex(&array).map_err(|error| call.fault(error))?;
        (complex_tensor(store, &signal)?, signal.len())
    };
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
    let times: Vec<f64> = (0..count).map(|k| k as f64 / rate).collect();
    let t = real_tensor(store, &times)?;
    record(store, &[("t", t), ("x", signal)])
}
