//! Filters by what they should do, and what they do.

use achronyme_numeric::Complex;
use achronyme_numeric::fourier::Transform;
use achronyme_numeric::signal::{
    Band, Family, ZeroPole, design, even_frequencies, resample, response, wave, windowed_filter,
};

use super::series::{Weights, complex_tensor, real_tensor, record, room, series};
use crate::builtin::row::rows;
use crate::functions::Call;
use crate::numbers::{self, Numbers};
use crate::{Fault, Store, View};

rows! {
    /// A Butterworth filter of order `n`, as flat as possible where it lets pass: below `wn`, or with
    /// `btype` `"highpass"` above it, with `"bandpass"` between two frequencies, or with `"bandstop"`
    /// outside of them. `wn` is a fraction of half the sample rate, or in Hz if that rate is
    /// given as `fs`. It is a record of coefficients `b` and `a` for `lfilter`; with `output: "zpk"` of
    /// zeros `z`, poles `p` and gain `k`; and with `"sos"` a matrix of sections for `sosfilt`, which
    /// is best for orders above 8.
    ///
    /// `len(butter(4, 0.2).b)` → `5`
    /// `round(butter(1, 0.5).b * 1000) / 1000` → `[0.5, 0.5]`
    /// `shape(butter(5, [100, 200], {btype: "bandpass", fs: 1000, output: "sos"}))` → `[5, 6]`
    328 butter("n, wn, {btype = \"lowpass\", fs = null, output = \"ba\"}") "dsp" call butter;
    /// A Chebyshev filter of the first kind: steeper than `butter`, with a ripple of `rp` decibels
    /// where it lets pass. Everything else is as for `butter`.
    ///
    /// `len(cheby1(3, 1, 0.3).a)` → `4`
    329 cheby1("n, rp, wn, {btype = \"lowpass\", fs = null, output = \"ba\"}") "dsp" call cheby1;
    /// The same as `cheby1`.
    ///
    /// `len(cheby(3, 1, 0.3).a)` → `4`
    330 cheby("n, rp, wn, {btype = \"lowpass\", fs = null, output = \"ba\"}") "dsp" call cheby1;
    /// A Chebyshev filter of the second kind, with a ripple that stays `rs` decibels below where it
    /// lets nothing pass, which begins at `wn`. Everything else is as for `butter`.
    ///
    /// `len(cheby2(3, 40, 0.3).a)` → `4`
    331 cheby2("n, rs, wn, {btype = \"lowpass\", fs = null, output = \"ba\"}") "dsp" call cheby2;
    /// The `numtaps` coefficients of a filter without feedback: the ideal one, cut off by a window.
    /// `cutoff` has the frequencies between what passes and what does not, one or more, as fractions
    /// of half the sample rate `fs`; `pass_zero` says whether 0 passes. With `scale` the
    /// middle of the first band that passes has a gain of exactly 1.
    ///
    /// `round(sum(firwin(21, 0.3)) * 1e9) / 1e9` → `1`
    /// `len(firwin(15, [0.2, 0.5], {pass_zero: false}))` → `15`
    332 firwin(
        "numtaps, cutoff, {window = \"hamming\", pass_zero = true, fs = 2, scale = true}"
    ) "dsp" call firwin;
    /// What the filter with the coefficients `b` and `a` multiplies waves by: a record of frequencies
    /// `w` in radians per sample, or in Hz with a sample rate `fs`, and complex factors `h`. `n` is
    /// how many frequencies from 0 up to half the sample rate (with `whole`, to all of it), or
    /// a vector of frequencies.
    ///
    /// `freqz([1, 1], [2], {n: 2, fs: 8}).w` → `[0, 2]`
    /// `freqz([1, 1], [2], {n: [0]}).h` → `[1+0i]`
    333 freqz("b, a = [1], {n = 512, whole = false, fs = null}") "dsp" call freqz;
    /// A periodic signal with `num` samples in the same time, through its transform. `window` is
    /// what the transform is multiplied by, with its middle at frequency 0.
    ///
    /// `round(resample([1, 2, 1, 0], 8) * 1e6) / 1e6` → `[1, 1.707107, 2, 1.707107, 1, 0.292893, 0, 0.292893]`
    334 resample("x, num, {window = null}") "dsp" call resampled;
}

fn butter<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    designed(store, call, Family::Butterworth, 1)
}

fn cheby1<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let ripple = call.number(store, 1)?;
    designed(store, call, Family::Chebyshev1(ripple), 2)
}

fn cheby2<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let attenuation = call.number(store, 1)?;
    designed(store, call, Family::Chebyshev2(attenuation), 2)
}

/// The number or numbers at this place.
fn some_numbers<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    place: usize,
) -> Result<Vec<f64>, Fault> {
    match call.numbers(store, place)? {
        Numbers::Real(shape, data) if shape.len() <= 1 => Ok(data.into_owned()),
        _ => Err(call.wanted(store, place, "a number or a vector of real numbers")),
    }
}

/// The option `fs`, if it is given.
fn rate<S: Store>(store: &S, call: &Call<S::Value>) -> Result<Option<f64>, Fault> {
    let is_given = call.option("fs").is_some();
    Ok(if is_given { Some(positive_rate(store, call, 1.0)?) } else { None })
}

/// The option `fs`, which is above 0, or this.
pub(crate) fn positive_rate<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    default: f64,
) -> Result<f64, Fault> {
    let rate = call.number_option(store, "fs", default)?;
    if rate > 0.0 && rate.is_finite() {
        return Ok(rate);
    }
    Err(call.value_error(format!("fs must be above 0, got {rate}")))
}

/// A filter of a family, in the form that the option `output` says.
fn designed<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    family: Family,
    place: usize,
) -> Result<S::Value, Fault> {
    let order = call.count(store, 0)?;
    let frequencies = some_numbers(store, call, place)?;
    let names = ["lowpass", "highpass", "bandpass", "bandstop"];
    let name = names[call.choice(store, "btype", &names)?];
    let output = call.choice(store, "output", &["ba", "zpk", "sos"])?;
    let rate = rate(store, call)?;
    let filter = Band::from_name(name, &frequencies)
        .and_then(|band| design(family, order, band, rate))
        .map_err(|error| call.fault(error))?;
    match output {
        0 => {
            let (b, a) = filter.to_polynomials();
            let (b, a) = (real_tensor(store, &b)?, real_tensor(store, &a)?);
            record(store, &[("b", b), ("a", a)])
        }
        1 => {
            let ZeroPole { zeros, poles, gain } = filter;
            let (z, p) = (complex_tensor(store, &zeros)?, complex_tensor(store, &poles)?);
            let k = store.number(gain);
            record(store, &[("z", z), ("p", p), ("k", k)])
        }
        _ => {
            let sections = filter.to_sections();
            store.new_tensor(&[sections.len(), 6], sections.as_flattened())
        }
    }
}

fn firwin<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let count = call.count(store, 0)?;
    let half_rate = positive_rate(store, call, 2.0)? / 2.0;
    let cutoffs: Vec<f64> =
        some_numbers(store, call, 1)?.iter().map(|cutoff| cutoff / half_rate).collect();
    let window = Weights::option(store, call)?
        .unwrap_or(Weights::Named(achronyme_numeric::signal::Window::Hamming));
    let pass_zero = call.flag(store, "pass_zero", true)?;
    let scale = call.flag(store, "scale", true)?;
    let weights = window.weights(store, call, count, false)?;
    let coefficients = windowed_filter(&weights, &cutoffs, pass_zero, scale);
    real_tensor(store, &coefficients.map_err(|error| call.fault(error))?)
}

fn freqz<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let rate = rate(store, call)?;
    let turn = 2.0 * std::f64::consts::PI;
    // How many radians per sample a unit of frequency is.
    let unit = rate.map_or(1.0, |rate| turn / rate);
    let listed = call.option("n").and_then(|value| match store.view(value) {
        View::Number(_) => None,
        _ => Some(numbers::of(store, value)),
    });
    let (frequencies, waves): (Vec<f64>, Vec<Complex>) = match listed {
        None => {
            let count = call.count_option(store, "n", 512)?;
            room::<S, Complex>(store, count.saturating_mul(2))?;
            let list = even_frequencies(count, call.flag(store, "whole", false)?);
            list.into_iter().map(|(w, wave)| (w / unit, wave)).unzip()
        }
        Some(Some(Numbers::Real(shape, data))) if shape.len() == 1 => {
            (data.to_vec(), data.iter().map(|w| wave(w * unit)).collect())
        }
        Some(_) => return Err(call.option_wanted(store, "n", "an integer or a vector of numbers")),
    };
    let b = series(store, call, 0)?;
    let a = match call.get(1) {
        Some(_) => series(store, call, 1)?,
        None => Numbers::Real(vec![1].into(), vec![1.0].into()),
    };
    let factors = match (&b, &a) {
        (Numbers::Real(_, b), Numbers::Real(_, a)) => response(b, a, &waves),
        _ => response(&b.complex_data(), &a.complex_data(), &waves),
    };
    let factors = factors.map_err(|error| call.fault(error))?;
    let (w, h) = (real_tensor(store, &frequencies)?, complex_tensor(store, &factors)?);
    record(store, &[("w", w), ("h", h)])
}

fn resampled<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let signal = series(store, call, 0)?;
    let count = call.count(store, 1)?;
    if signal.len() == 0 || count == 0 {
        return Err(call.value_error("x and num must not be empty"));
    }
    store.room(Transform::bytes(count))?;
    let weights = Weights::option(store, call)?
        .map(|window| window.weights(store, call, signal.len(), true))
        .transpose()?;
    let weights = weights.as_deref();
    match &signal {
        Numbers::Real(_, signal) => {
            let result = resample(signal, count, weights);
            real_tensor(store, &result)
        }
        Numbers::Complex(_, signal) => {
            let part = |part: fn(&Complex) -> f64| {
                let part: Vec<f64> = signal.iter().map(part).collect();
                resample(&part, count, weights)
            };
            let result: Vec<Complex> = part(|z| z.re)
                .into_iter()
                .zip(part(|z| z.im))
                .map(|(re, im)| Complex::new(re, im))
                .collect();
            complex_tensor(store, &result)
        }
    }
}
