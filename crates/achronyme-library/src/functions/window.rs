//! Windows.

use achronyme_numeric::signal::Window;

use super::series::{Weights, array, real_series, real_tensor, room};
use crate::builtin::row::rows;
use crate::functions::Call;
use crate::numbers::Numbers;
use crate::{Complex, Fault, Store};

rows! {
    /// `n` weights of a raised cosine, which fades in from 0 and out to 0. They are symmetric; with
    /// `periodic: true` they are the first n of n + 1, as suits spectra.
    ///
    /// `hanning(5)` → `[0, 0.5, 1, 0.5, 0]`
    /// `hanning(4, {periodic: true})` → `[0, 0.5, 1, 0.5]`
    300 hanning("n, {periodic = false}") "dsp" call hanning;
    /// The same as `hanning`.
    ///
    /// `hann(3)` → `[0, 1, 0]`
    301 hann("n, {periodic = false}") "dsp" call hanning;
    /// `n` weights of a raised cosine on a small step, as for `hanning`.
    ///
    /// `len(hamming(5))` → `5`
    302 hamming("n, {periodic = false}") "dsp" call hamming;
    /// `n` weights of a sum of three cosines, as for `hanning`.
    ///
    /// `blackman(5)[2]` → `1`
    303 blackman("n, {periodic = false}") "dsp" call blackman;
    /// `n` weights of 1.
    ///
    /// `rectangular(3)` → `[1, 1, 1]`
    304 rectangular("n, {periodic = false}") "dsp" call rectangular;
    /// The same as `rectangular`.
    ///
    /// `boxcar(2)` → `[1, 1]`
    305 boxcar("n, {periodic = false}") "dsp" call rectangular;
    /// `n` weights of a triangle, as for `hanning`.
    ///
    /// `bartlett(5)` → `[0, 0.5, 1, 0.5, 0]`
    306 bartlett("n, {periodic = false}") "dsp" call bartlett;
    /// `n` weights of a sum of five cosines, whose spectrum is flat at its top, as for `hanning`.
    ///
    /// `flattop(5)[2] > 1` → `true`
    307 flattop("n, {periodic = false}") "dsp" call flattop;
    /// `n` weights of Kaiser's window with the shape `beta`: all 1 for 0, and narrower above.
    ///
    /// `kaiser(3, 0)` → `[1, 1, 1]`
    308 kaiser("n, beta, {periodic = false}") "dsp" call kaiser;
    /// `n` weights of 1 between the halves of a raised cosine, which take up the fraction `alpha`.
    ///
    /// `tukey(5, 1)` → `[0, 0.5, 1, 0.5, 0]`
    309 tukey("n, alpha = 0.5, {periodic = false}") "dsp" call tukey;
    /// `n` weights of the window with this name, as spectra take them: `periodic` unless one says
    /// otherwise. A window with a number is named by a vector: `["kaiser", 8]`, `["tukey", 0.25]`.
    ///
    /// `window("hann", 4)` → `[0, 0.5, 1, 0.5]`
    /// `window(["kaiser", 0], 2)` → `[1, 1]`
    310 window("name, n, {periodic = true}") "dsp" call window;
    /// A signal times a window, number by number; each row of a tensor.
    ///
    /// `apply_window([1, 2, 3], hanning(3))` → `[0, 2, 0]`
    311 apply_window("x, window") "dsp" call apply_window;
}

/// So many weights of a window as the first argument says.
fn weights<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    window: Window,
) -> Result<S::Value, Fault> {
    let count = call.count(store, 0)?;
    let periodic = call.flag(store, "periodic", false)?;
    room::<S, f64>(store, count)?;
    real_tensor(store, &window.weights(count, periodic))
}

fn hanning<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    weights(store, call, Window::Hann)
}

fn hamming<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    weights(store, call, Window::Hamming)
}

fn blackman<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    weights(store, call, Window::Blackman)
}

fn rectangular<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    weights(store, call, Window::Boxcar)
}

fn bartlett<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    weights(store, call, Window::Bartlett)
}

fn flattop<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    weights(store, call, Window::Flattop)
}

fn kaiser<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let beta = call.number(store, 1)?;
    weights(store, call, Window::Kaiser(beta))
}

fn tukey<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let alpha = call.number_or(store, 1, 0.5)?;
    weights(store, call, Window::Tukey(alpha))
}

fn window<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let named = Weights::of(store, call, call.at(0)?)?;
    let count = call.count(store, 1)?;
    let weights = named.weights(store, call, count, call.flag(store, "periodic", true)?)?;
    real_tensor(store, &weights)
}

fn apply_window<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (numbers, weights) = (array(store, call, 0)?, real_series(store, call, 1)?);
    if numbers.shape().last() != Some(&weights.len()) {
        return Err(call.shape_error(format!(
            "x has shape {:?}, the window [{}]",
            numbers.shape(),
            weights.len()
        )));
    }
    let shape = numbers.shape().to_vec();
    match numbers {
        Numbers::Real(_, data) => {
            let data: Vec<f64> =
                data.iter().zip(weights.iter().cycle()).map(|(x, weight)| x * weight).collect();
            store.new_tensor(&shape, &data)
        }
        Numbers::Complex(_, data) => {
            let data: Vec<Complex> =
                data.iter().zip(weights.iter().cycle()).map(|(z, weight)| z * weight).collect();
            store.new_complex_tensor(&shape, &data)
        }
    }
}
