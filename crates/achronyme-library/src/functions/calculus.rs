//! Differences and integrals of samples.

use std::borrow::Cow;

use crate::builtin::row::rows;
use crate::functions::Call;
use crate::numbers::{self, Numbers};
use crate::{Fault, Store};

rows! {
    /// Differences of neighbours, `n` times over.
    950 _diff("array, n = 1, {axis = -1}") "" call differences;
    /// Slopes of samples `dx` apart: central inside, to the neighbour at the ends.
    951 _gradient("array, dx = 1") "" call gradient;
    /// The area under samples by trapezoids.
    952 _trapezoid("y, x = null, {dx = 1, axis = -1}") "" call trapezoid;
    /// The same.
    955 _trapz("y, x = null, {dx = 1, axis = -1}") "" call trapezoid;
    /// The area under samples by parabolas.
    953 _simpson("y, x = null, {dx = 1}") "" call simpson;
    /// The areas under samples up to each but the first, by trapezoids. `x` says where the samples
    /// are, or `dx` how far apart; with `initial`, the first is that, and there are as many as samples.
    ///
    /// `cumtrapz([1, 2, 4], [0, 1, 3])` → `[1.5, 7.5]`
    /// `cumtrapz([1, 2, 4], {initial: 0})` → `[0, 1.5, 4.5]`
    954 cumtrapz("y, x = null, {dx = 1, axis = -1, initial = null}") "numerical" call cumulative;
}

/// Samples along one axis: `outer` times `length` times `inner` numbers.
struct Samples {
    shape: Vec<usize>,
    axis: usize,
    data: Vec<f64>,
    outer: usize,
    length: usize,
    inner: usize,
}

impl Samples {
    fn read<S: Store>(store: &S, call: &Call<S::Value>) -> Result<Self, Fault> {
        let Numbers::Real(shape, data) = call.numbers(store, 0)? else {
            return Err(call.wanted(store, 0, "a vector or tensor of real numbers"));
        };
        let (shape, data) = (shape.into_owned(), data.into_owned());
        if shape.is_empty() {
            return Err(call.wanted(store, 0, "a vector or tensor"));
        }
        let axis = call.axis(store, shape.len())?.unwrap_or(shape.len() - 1);
        let outer = shape[..axis].iter().product();
        let inner = shape[axis + 1..].iter().product();
        let length = shape[axis];
        Ok(Self { shape, axis, data, outer, length, inner })
    }

    /// The samples of one lane.
    fn lane(&self, outer: usize, inner: usize) -> impl Iterator<Item = f64> + Clone + '_ {
        let first = outer * self.length * self.inner + inner;
        (0..self.length).map(move |at| self.data[first + at * self.inner])
    }

    /// A box in which each lane is what `f` makes of it, of `length` numbers.
    fn map(&self, length: usize, f: impl Fn(&[f64]) -> Vec<f64>) -> Numbers<'static> {
        let mut shape = self.shape.clone();
        shape[self.axis] = length;
        let mut data = vec![0.0; self.outer * length * self.inner];
        for outer in 0..self.outer {
            for inner in 0..self.inner {
                let lane: Vec<f64> = self.lane(outer, inner).collect();
                for (at, value) in f(&lane).into_iter().enumerate() {
                    data[(outer * length + at) * self.inner + inner] = value;
                }
            }
        }
        Numbers::Real(Cow::Owned(shape), Cow::Owned(data))
    }

    /// A box without the axis, in which each lane is one number.
    fn reduce(&self, f: impl Fn(&[f64]) -> f64) -> Numbers<'static> {
        let Numbers::Real(shape, data) = self.map(1, |lane| vec![f(lane)]) else {
            return Numbers::Real(Cow::Owned(Vec::new()), Cow::Owned(vec![0.0]));
        };
        let mut shape = shape.into_owned();
        shape.remove(self.axis);
        Numbers::Real(Cow::Owned(shape), data)
    }

    /// The distances between samples: from the places at argument 1, or the option `dx`.
    fn widths<S: Store>(&self, store: &S, call: &Call<S::Value>) -> Result<Vec<f64>, Fault> {
        if call.get(1).is_none() {
            let dx = call.number_option(store, "dx", 1.0)?;
            return Ok(vec![dx; self.length.saturating_sub(1)]);
        }
        let Numbers::Real(shape, places) = call.numbers(store, 1)? else {
            return Err(call.wanted(store, 1, "a vector of real numbers"));
        };
        if *shape != [self.length] {
            let message = format!("x must have {} numbers, got {:?}", self.length, &*shape);
            return Err(call.shape_error(message));
        }
        Ok(places.windows(2).map(|pair| pair[1] - pair[0]).collect())
    }
}

fn differences<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let times = call.count_or(store, 1, 1)?;
    let samples = Samples::read(store, call)?;
    let times = times.min(samples.length);
    let result = samples.map(samples.length - times, |lane| {
        let mut lane = lane.to_vec();
        for _ in 0..times {
            lane = lane.windows(2).map(|pair| pair[1] - pair[0]).collect();
        }
        lane
    });
    drop(samples);
    numbers::new_tensor(store, &result)
}

fn gradient<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let dx = call.number_or(store, 1, 1.0)?;
    let samples = Samples::read(store, call)?;
    if samples.shape.len() != 1 || samples.length < 2 {
        return Err(call.value_error("at least 2 samples in a row are needed"));
    }
    let last = samples.length - 1;
    let result = samples.map(samples.length, |lane| {
        let slope = |at: usize| match at {
            0 => (lane[1] - lane[0]) / dx,
            at if at == last => (lane[at] - lane[at - 1]) / dx,
            at => (lane[at + 1] - lane[at - 1]) / (2.0 * dx),
        };
        (0..=last).map(slope).collect()
    });
    numbers::new_tensor(store, &result)
}

fn areas<'a>(lane: &'a [f64], widths: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    lane.windows(2).zip(widths).map(|(pair, width)| width * (pair[0] + pair[1]) / 2.0)
}

fn trapezoid<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let samples = Samples::read(store, call)?;
    let widths = samples.widths(store, call)?;
    let result = samples.reduce(|lane| areas(lane, &widths).fold(0.0, |sum, area| sum + area));
    numbers::new_tensor(store, &result)
}

fn cumulative<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let samples = Samples::read(store, call)?;
    let widths = samples.widths(store, call)?;
    let initial = match call.option("initial") {
        Some(_) => Some(call.number_option(store, "initial", 0.0)?),
        None => None,
    };
    let length = match initial {
        Some(_) => samples.length,
        None => samples.length.saturating_sub(1),
    };
    let result = samples.map(length, |lane| {
        let mut sum = 0.0;
        let sums = areas(lane, &widths).map(|area| {
            sum += area;
            sum
        });
        initial.into_iter().take(lane.len()).chain(sums).collect()
    });
    numbers::new_tensor(store, &result)
}

/// Parabolas through three samples each; for an even number of samples, the last interval takes the
/// parabola through the last three (Cartwright 2017).
fn simpson<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let samples = Samples::read(store, call)?;
    if samples.shape.len() != 1 {
        return Err(call.value_error("samples in a row are needed"));
    }
    let h = samples.widths(store, call)?;
    let y = &samples.data;
    let even = y.len() % 2 == 0;
    let whole = if even { y.len().saturating_sub(1) } else { y.len() };
    let mut area = 0.0;
    for at in (0..whole.saturating_sub(2)).step_by(2) {
        let (first, second) = (h[at], h[at + 1]);
        let both = first + second;
        area += both / 6.0
            * (y[at] * (2.0 - second / first)
                + y[at + 1] * (both * both / (first * second))
                + y[at + 2] * (2.0 - first / second));
    }
    if even && y.len() == 2 {
        area += h[0] * (y[0] + y[1]) / 2.0;
    } else if even && y.len() > 2 {
        let last = y.len() - 1;
        let (before, end) = (h[last - 2], h[last - 1]);
        area += y[last] * (2.0 * end * end + 3.0 * before * end) / (6.0 * (before + end))
            + y[last - 1] * (end * end + 3.0 * before * end) / (6.0 * before)
            - y[last - 2] * end * end * end / (6.0 * before * (before + end));
    }
    Ok(store.number(area))
}
