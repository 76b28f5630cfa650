//! Phases, trends and peaks of signals.

use achronyme_numeric::signal::{Bounds, Peak, PeakChoice, Trend, find_peaks, unwrap};
use achronyme_numeric::{Array, Complex, Lines};

use super::series::{array, new_complex, new_real, real_series, real_tensor, record};
use crate::builtin::row::rows;
use crate::functions::Call;
use crate::numbers::{self, Numbers};
use crate::{Fault, Store, View};

rows! {
    /// Angles that go on where they were cut to one turn: where neighbours differ by more than `discont`
    /// radians, turns are added to all that follow.
    ///
    /// `round(unwrap([0, 3, 6 - 2 * pi, 9 - 2 * pi]))` → `[0, 3, 6, 9]`
    345 unwrap("p, {discont = pi, axis = -1}") "dsp" call unwrapped;
    /// A signal without the straight line that fits it best, or with `method: "constant"` without its
    /// mean.
    ///
    /// `detrend([1, 3, 2], {method: "constant"})` → `[-1, 1, 0]`
    /// `detrend([1, 2, 3])` → `[0, 0, 0]`
    346 detrend("x, {method = \"linear\", axis = -1}") "dsp" call detrend;
    /// Where a signal is higher than on both sides; a plateau counts once, at its middle. A record of
    /// `indices`, `heights`, and `prominences`: how far a peak is above the higher of the two
    /// valleys that part it from higher ones. What each option names must be at least a number, or
    /// lie between the two of a vector: the `height`; the `threshold`, by which it is above its
    /// neighbours; the `prominence`; the `width` in samples at half the prominence. Peaks closer than
    /// `distance` samples to a higher one are left out.
    ///
    /// `find_peaks([0, 2, 1, 3, 3, 0, 1, 0]).indices` → `[1, 3, 6]`
    /// `find_peaks([0, 2, 1, 3, 0], {height: [1, 2.5]}).heights` → `[2]`
    347 find_peaks(
        "x, {height = null, threshold = null, distance = null, prominence = null, width = null}"
    ) "dsp" call peaks;
}

fn unwrapped<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let discontinuity = call.number_option(store, "discont", std::f64::consts::PI)?;
    let numbers = array(store, call, 0)?;
    let axis = call.axis(store, numbers.rank())?.unwrap_or(numbers.rank() - 1);
    let Numbers::Real(shape, data) = &numbers else {
        return Err(call.wanted(store, 0, "an array of real numbers"));
    };
    let result = Lines::new(shape, data, axis).and_then(|lines| {
        lines.map(lines.length(), |line, target| {
            target.copy_from_slice(line);
            unwrap(target, discontinuity);
        })
    });
    new_real(store, &result.map_err(|error| call.fault(error))?)
}

fn detrend<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let trends = [Trend::Linear, Trend::Constant];
    let trend = trends[call.choice(store, "method", &["linear", "constant"])?];
    let numbers = array(store, call, 0)?;
    let axis = call.axis(store, numbers.rank())?.unwrap_or(numbers.rank() - 1);
    match &numbers {
        Numbers::Real(shape, data) => {
            let result = Lines::new(shape, data, axis).and_then(|lines| {
                lines.map(lines.length(), |line: &[f64], target: &mut [f64]| {
                    target.copy_from_slice(line);
                    trend.remove(target);
                })
            });
            let result: Array<f64> = result.map_err(|error| call.fault(error))?;
            new_real(store, &result)
        }
        Numbers::Complex(shape, data) => {
            let result = Lines::new(shape, data, axis).and_then(|lines| {
                lines.map(lines.length(), |line: &[Complex], target: &mut [Complex]| {
                    target.copy_from_slice(line);
                    trend.remove(target);
                })
            });
            let result: Array<Complex> = result.map_err(|error| call.fault(error))?;
            new_complex(store, &result)
        }
    }
}

/// What an option says of the least and the greatest value.
fn bounds<S: Store>(store: &S, call: &Call<S::Value>, name: &str) -> Result<Option<Bounds>, Fault> {
    let Some(value) = call.option(name) else { return Ok(None) };
    let wanted = || call.option_wanted(store, name, "a number or a vector of two");
    let open = |value: &S::Value, open: f64| match store.view(value) {
        View::Null => Ok(open),
        View::Number(bound) => Ok(bound),
        _ => Err(wanted()),
    };
    let (min, max) = match (store.view(value), store.elements(value)) {
        (View::Number(min), _) => (min, f64::INFINITY),
        (_, [min, max]) => (open(min, f64::NEG_INFINITY)?, open(max, f64::INFINITY)?),
        _ => match numbers::of(store, value) {
            Some(Numbers::Real(_, data)) if data.len() == 2 => (data[0], data[1]),
            _ => return Err(wanted()),
        },
    };
    Ok(Some(Bounds { min, max }))
}

fn peaks<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let distance = call.option("distance").is_some();
    let distance = if distance { Some(call.number_option(store, "distance", 1.0)?) } else { None };
    let choice = PeakChoice {
        height: bounds(store, call, "height")?,
        threshold: bounds(store, call, "threshold")?,
        distance,
        prominence: bounds(store, call, "prominence")?,
        width: bounds(store, call, "width")?,
    };
    let signal = real_series(store, call, 0)?;
    let peaks = find_peaks(&signal, &choice).map_err(|error| call.fault(error))?;
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
    let index = |peak: &Peak| peak.index as f64;
    let list = |part: &dyn Fn(&Peak) -> f64| peaks.iter().map(part).collect::<Vec<f64>>();
    let indices = real_tensor(store, &list(&index))?;
    let heights = real_tensor(store, &list(&|peak| peak.height))?;
    let prominences = real_tensor(store, &list(&|peak| peak.prominence))?;
    record(store, &[("indices", indices), ("heights", heights), ("prominences", prominences)])
}
