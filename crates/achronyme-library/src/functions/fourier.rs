//! Fourier transforms.

use achronyme_numeric::fourier::{
    Direction, Norm, Transform, center, frequencies, half_frequencies, half_transform,
    half_transform_back, transform, transform_axes, transform_real, transform_real_axes, uncenter,
};
use achronyme_numeric::{Array, Complex, Error, Lines};

use super::series::{array, new_complex, new_real, real_tensor, room};
use crate::builtin::row::rows;
use crate::functions::Call;
use crate::numbers::Numbers;
use crate::{Fault, Store, View};

/// Where the imaginary parts are this small beside the numbers, they are rounding errors.
const REAL: f64 = 1e-10;

rows! {
    /// The discrete Fourier transform of a vector or tensor of real or complex numbers: how much there
    /// is of each frequency. It is exact for any length, and fast for all of them. With `n`, the
    /// numbers are first cut, or filled with zeros, to that many. A tensor is transformed along
    /// `axis`. `norm` says what is divided by the length: `"backward"` the way back, `"forward"` the
    /// way there, `"ortho"` both by its root.
    ///
    /// `fft([1, 2, 3, 4])` → `[10+0i, -2+2i, -2+0i, -2-2i]`
    /// `fft([1, 1], 4)` → `[2+0i, 1-1i, 0+0i, 1+1i]`
    /// `fft([1, 2, 3, 4], {norm: "ortho"})[0]` → `5+0i`
    280 fft("x, n?, {axis = -1, norm = \"backward\"}") "dsp" call fft;
    /// The sequence whose transform this is. `real` says whether its imaginary parts are left away:
    /// `true`, `false`, or `"auto"`, which does so if they are only rounding errors.
    ///
    /// `ifft(fft([1, 2, 3, 4]))` → `[1, 2, 3, 4]`
    /// `ifft([0, 1, 0, 0], {real: false})[1]` → `0+0.25i`
    281 ifft("x, n?, {axis = -1, norm = \"backward\", real = \"auto\"}") "dsp" call ifft;
    /// The first half of the transform of real numbers, floor(n/2) + 1 of them; the others are
    /// conjugates of these. Options are as for `fft`.
    ///
    /// `rfft([1, 2, 3, 4])` → `[10+0i, -2+2i, -2+0i]`
    282 rfft("x, n?, {axis = -1, norm = \"backward\"}") "dsp" call rfft;
    /// The real numbers of which this is the first half of the transform. There are `n` of them;
    /// without it, 2(m - 1) for m numbers. Options are as for `fft`.
    ///
    /// `irfft(rfft([1, 2, 3, 4]))` → `[1, 2, 3, 4]`
    /// `len(irfft(rfft([1, 2, 4]), 3))` → `3`
    283 irfft("x, n?, {axis = -1, norm = \"backward\"}") "dsp" call irfft;
    /// The transform along the last two axes, or those in `axes`.
    ///
    /// `fft2([[1, 2], [3, 4]])[0]` → `[10+0i, -2+0i]`
    284 fft2("x, {axes = [-2, -1], norm = \"backward\"}") "dsp" call fft2;
    /// The numbers whose transform along the last two axes, or those in `axes`, this is.
    ///
    /// `ifft2(fft2([[1, 2], [3, 4]]))[1]` → `[3+0i, 4+0i]`
    285 ifft2("x, {axes = [-2, -1], norm = \"backward\"}") "dsp" call ifft2;
    /// The transform along all axes, or those in `axes`.
    ///
    /// `fftn([[1, 2], [3, 4]], {axes: 0})[1]` → `[-2+0i, -2+0i]`
    286 fftn("x, {axes = null, norm = \"backward\"}") "dsp" call fftn;
    /// The numbers whose transform along all axes, or those in `axes`, this is.
    ///
    /// `ifftn(fftn([[1, 2], [3, 4]]))[0]` → `[1+0i, 2+0i]`
    287 ifftn("x, {axes = null, norm = \"backward\"}") "dsp" call ifftn;
    /// The numbers of a transform with frequency 0 in the middle: of all axes, or those in `axes`.
    ///
    /// `fftshift([0, 1, 2, -2, -1])` → `[-2, -1, 0, 1, 2]`
    288 fftshift("x, {axes = null}") "dsp" call fftshift;
    /// Undoes `fftshift`.
    ///
    /// `ifftshift([-2, -1, 0, 1, 2])` → `[0, 1, 2, -2, -1]`
    289 ifftshift("x, {axes = null}") "dsp" call ifftshift;
    /// The frequencies that the numbers of a transform of length `n` stand for, where `d` is the time
    /// from one sample to the next.
    ///
    /// `fftfreq(4, 0.5)` → `[0, 0.5, -1, -0.5]`
    290 fftfreq("n, d = 1") "dsp" call fftfreq;
    /// The frequencies that the numbers of `rfft` stand for.
    ///
    /// `rfftfreq(4, 0.5)` → `[0, 0.5, 1]`
    291 rfftfreq("n, d = 1") "dsp" call rfftfreq;
    /// The absolute values of the transform of real numbers. Complex numbers are taken for a
    /// transform already, and give their absolute values.
    ///
    /// `fft_mag([1, 0, 1, 0])` → `[2, 0, 2, 0]`
    292 fft_mag("x") "dsp" call fft_mag;
    /// The angles of the transform of real numbers. Complex numbers are taken for a transform
    /// already, and give their angles.
    ///
    /// `fft_phase([1, 1])` → `[0, 0]`
    293 fft_phase("x") "dsp" call fft_phase;
}

/// The option `norm`.
fn norm<S: Store>(store: &S, call: &Call<S::Value>) -> Result<Norm, Fault> {
    let norms = [Norm::Backward, Norm::Ortho, Norm::Forward];
    Ok(norms[call.choice(store, "norm", &["backward", "ortho", "forward"])?])
}

/// What a transform along one axis is given.
struct Task {
    axis: usize,
    length: usize,
    norm: Norm,
}

/// The axis of some numbers, and the length to transform; `default` says it from that of the axis.
fn task<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    numbers: &Numbers<'_>,
    default: impl Fn(usize) -> usize,
) -> Result<Task, Fault> {
    let axis = call.axis(store, numbers.rank())?.unwrap_or(numbers.rank() - 1);
    let found = numbers.shape()[axis];
    let length = call.count_or(store, 1, default(found))?;
    if length == 0 && found > 0 {
        return Err(call.value_error("n must be at least 1"));
    }
    let others = numbers.shape().iter().enumerate().filter(|(other, _)| *other != axis);
    room::<S, Complex>(store, others.fold(length, |size, (_, other)| size.saturating_mul(*other)))?;
    store.room(Transform::bytes(length))?;
    Ok(Task { axis, length, norm: norm(store, call)? })
}

/// The transform there or back along one axis.
fn along_axis<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    direction: Direction,
) -> Result<Array<Complex>, Fault> {
    let numbers = array(store, call, 0)?;
    let Task { axis, length, norm } = task(store, call, &numbers, |length| length)?;
    let result = match (&numbers, direction) {
        (Numbers::Real(shape, data), Direction::There) => {
            Lines::new(shape, data, axis).and_then(|lines| transform_real(lines, length, norm))
        }
        _ => Lines::new(numbers.shape(), &numbers.complex_data(), axis)
            .and_then(|lines| transform(lines, length, norm, direction)),
    };
    result.map_err(|error| call.fault(error))
}

fn fft<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let result = along_axis(store, call, Direction::There)?;
    new_complex(store, &result)
}

fn ifft<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let result = along_axis(store, call, Direction::Back)?;
    let is_real = match call.option("real").map(|value| store.view(value)) {
        Some(View::Boolean(is_real)) => is_real,
        _ => {
            call.choice(store, "real", &["auto"])?;
            let greatest =
                |part: fn(&Complex) -> f64| result.data().iter().map(part).fold(0.0, f64::max);
            greatest(|z| z.im.abs()) <= REAL * greatest(|z| z.norm())
        }
    };
    if is_real {
        let data: Vec<f64> = result.data().iter().map(|z| z.re).collect();
        return store.new_tensor(result.shape(), &data);
    }
    new_complex(store, &result)
}

fn rfft<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let numbers = array(store, call, 0)?;
    let Task { axis, length, norm } = task(store, call, &numbers, |length| length)?;
    let Numbers::Real(shape, data) = &numbers else {
        return Err(call.type_error("x must have real numbers (fft takes complex ones)"));
    };
    let result = Lines::new(shape, data, axis)
        .and_then(|lines| half_transform(lines, length, norm))
        .map_err(|error| call.fault(error))?;
    new_complex(store, &result)
}

fn irfft<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let numbers = array(store, call, 0)?;
    let default = |count: usize| 2 * count.saturating_sub(1);
    let Task { axis, length, norm } = task(store, call, &numbers, default)?;
    let result = Lines::new(numbers.shape(), &numbers.complex_data(), axis)
        .and_then(|lines| half_transform_back(lines, length, norm))
        .map_err(|error| call.fault(error))?;
    new_real(store, &result)
}

/// The axes that the option `axes` names, which are different; otherwise the last `count`.
fn axes<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    rank: usize,
    count: usize,
) -> Result<Vec<usize>, Fault> {
    let Some(value) = call.option("axes") else { return Ok((rank - count..rank).collect()) };
    let wanted = || call.option_wanted(store, "axes", "an integer or a vector of integers");
    let Some(Numbers::Real(_, numbers)) = crate::numbers::of(store, value) else {
        return Err(wanted());
    };
    let axes: Result<Vec<usize>, Fault> =
        numbers.iter().map(|axis| call.axis_of(*axis, rank)).collect();
    let axes = axes?;
    if axes.iter().enumerate().any(|(k, axis)| axes[..k].contains(axis)) {
        return Err(call.value_error("axes must be different"));
    }
    Ok(axes)
}

/// The transform along several axes: the last `count`, or all.
fn along_axes<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    direction: Direction,
    count: Option<usize>,
) -> Result<S::Value, Fault> {
    let numbers = array(store, call, 0)?;
    let rank = numbers.rank();
    if count.is_some_and(|count| rank < count) && call.option("axes").is_none() {
        let shape = numbers.shape();
        return Err(call.shape_error(format!("expected two axes or more, got shape {shape:?}")));
    }
    let axes = axes(store, call, rank, count.unwrap_or(rank))?;
    let norm = norm(store, call)?;
    room::<S, Complex>(store, numbers.len())?;
    let result = match (&numbers, direction) {
        (Numbers::Real(shape, data), Direction::There) => {
            transform_real_axes(shape, data, &axes, norm)
        }
        _ => Array::new(numbers.shape().to_vec(), numbers.complex_data().into_owned())
            .and_then(|array| transform_axes(array, &axes, norm, direction)),
    };
    let result = result.map_err(|error| call.fault(error))?;
    new_complex(store, &result)
}

fn fft2<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    along_axes(store, call, Direction::There, Some(2))
}

fn ifft2<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    along_axes(store, call, Direction::Back, Some(2))
}

fn fftn<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    along_axes(store, call, Direction::There, None)
}

fn ifftn<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    along_axes(store, call, Direction::Back, None)
}

fn fftshift<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    shift(store, call, center, center)
}

fn ifftshift<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    shift(store, call, uncenter, uncenter)
}

/// The numbers in another order.
fn shift<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    real: impl Fn(Array<f64>, &[usize]) -> Result<Array<f64>, Error>,
    complex: impl Fn(Array<Complex>, &[usize]) -> Result<Array<Complex>, Error>,
) -> Result<S::Value, Fault> {
    let numbers = array(store, call, 0)?;
    let axes = axes(store, call, numbers.rank(), numbers.rank())?;
    let shape = numbers.shape().to_vec();
    match numbers {
        Numbers::Real(_, data) => {
            let array = Array::new(shape, data.into_owned()).and_then(|array| real(array, &axes));
            let array = array.map_err(|error| call.fault(error))?;
            new_real(store, &array)
        }
        Numbers::Complex(_, data) => {
            let array =
                Array::new(shape, data.into_owned()).and_then(|array| complex(array, &axes));
            let array = array.map_err(|error| call.fault(error))?;
            new_complex(store, &array)
        }
    }
}

fn fftfreq<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    listed(store, call, frequencies)
}

fn rfftfreq<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    listed(store, call, half_frequencies)
}

/// The frequencies of a transform.
fn listed<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    list: impl Fn(usize, f64) -> Vec<f64>,
) -> Result<S::Value, Fault> {
    let (count, step) = (call.count(store, 0)?, call.number_or(store, 1, 1.0)?);
    room::<S, f64>(store, count)?;
    real_tensor(store, &list(count, step))
}

fn fft_mag<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    each(store, call, |z| z.norm())
}

fn fft_phase<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    each(store, call, |z| libm::atan2(z.im, z.re))
}

/// Something of each number of a transform, or of complex numbers.
fn each<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    part: impl Fn(&Complex) -> f64,
) -> Result<S::Value, Fault> {
    let numbers = array(store, call, 0)?;
    let (shape, data) = match numbers {
        Numbers::Complex(shape, data) => (shape.to_vec(), data.iter().map(part).collect()),
        Numbers::Real(..) => {
            let (shape, data) = along_axis(store, call, Direction::There)?.into_parts();
            (shape, data.iter().map(part).collect::<Vec<f64>>())
        }
    };
    store.new_tensor(&shape, &data)
}
