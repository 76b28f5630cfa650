//! Roots of 1 + Σ wᵢ / (δᵢ − λ): how eigenvalues move when a matrix of rank one is added.

use super::vector::poles;

/// After how many steps a root counts as found; bisection alone needs fewer.
const STEPS_MAX: usize = 200;

/// Finds root `j`, which lies between poles `j` and `j` + 1 (or beyond the last one), as a distance
/// from the nearer of the two: the result is that pole and the distance. Poles are known by `places`,
/// between which `difference` is δᵢ − δₒ; they ascend, and weights are positive. Leaves δᵢ − λ in `delta`, each to full relative
/// precision. The interpolation by two poles is R.-C. Li's (LAPACK Working Note 89, 1994), kept
/// within an interval that always holds the root.
#[inline(always)]
pub(super) fn root(
    j: usize,
    weights: &[f64],
    places: &[f64],
    difference: impl Fn(f64, f64) -> f64,
    delta: &mut [f64],
) -> (usize, f64) {
    let count = weights.len();
    let last = j + 1 == count;
    if count == 1 {
        delta[0] = -weights[0];
        return (0, weights[0]);
    }
    let (left, right) = if last { (j - 1, j) } else { (j, j + 1) };
    let gap = if last { weights.iter().sum() } else { difference(places[j + 1], places[j]) };
    let middle = 0.5 * gap;
    set(delta, middle, places, |place| difference(place, places[j]));
    let at_middle = Sums::of(weights, delta, right).value();
    let (origin, mut low, mut high) = match (at_middle >= 0.0, last) {
        (true, _) => (j, 0.0, middle),
        (false, false) => (j + 1, -middle, 0.0),
        (false, true) => (j, middle, gap),
    };
    let mut distance = if last {
        0.5 * (low + high)
    } else {
        let (w, v) = (weights[left], weights[right]);
        let c = at_middle + w / middle - v / (gap - middle);
        if origin == j {
            small_root(c * gap + w + v, w * gap, c)
        } else {
            small_root(-c * gap + w + v, -v * gap, c)
        }
    };
    if !(low < distance && distance < high) {
        distance = 0.5 * (low + high);
    }
    for step in 0..STEPS_MAX {
        set(delta, distance, places, |place| difference(place, places[origin]));
        let sums = Sums::of(weights, delta, right);
        let value = sums.value();
        let slope = sums.left_slope + sums.right_slope;
        let noise = 1.0 + 8.0 * (sums.right - sums.left) + distance.abs() * slope;
        if value.abs() <= f64::EPSILON * noise || value.is_nan() {
            break;
        }
        if value < 0.0 {
            low = distance;
        } else {
            high = distance;
        }
        let next = distance + step_from(&sums, delta[left], delta[right], last);
        let inside = low < next && next < high && (step < 20 || step % 2 == 0);
        let next = if inside { next } else { between(low, high) };
        if next <= low || next >= high {
            break;
        }
        distance = next;
    }
    set(delta, distance, places, |place| difference(place, places[origin]));
    (origin, distance)
}

#[inline(always)]
fn set(delta: &mut [f64], distance: f64, places: &[f64], difference: impl Fn(f64) -> f64) {
    for (delta, place) in delta.iter_mut().zip(places) {
        *delta = difference(*place) - distance;
    }
}

/// The middle of an interval; of one over many magnitudes, the geometric one.
fn between(low: f64, high: f64) -> f64 {
    let product = low * high;
    if product > 0.0 && (high > 4.0 * low || low < 4.0 * high) {
        return product.sqrt().copysign(low);
    }
    0.5 * (low + high)
}

/// Where the function that has the same value and slopes, with two poles, vanishes.
#[inline(always)]
fn step_from(sums: &Sums, left: f64, right: f64, last: bool) -> f64 {
    let value = sums.value();
    let slope = sums.left_slope + sums.right_slope;
    let c = value - left * sums.left_slope - right * sums.right_slope;
    let a = (left + right) * value - left * right * slope;
    let b = left * right * value;
    let step = if last {
        let c = c.abs();
        let root = (a * a - 4.0 * b * c).max(0.0).sqrt();
        if a >= 0.0 { (a + root) / (2.0 * c) } else { 2.0 * b / (a - root) }
    } else {
        small_root(a, b, c)
    };
    if value * step < 0.0 { step } else { -value / slope }
}

/// The root of c·x² − a·x + b that the interpolation wants.
#[inline(always)]
fn small_root(a: f64, b: f64, c: f64) -> f64 {
    let root = (a * a - 4.0 * b * c).max(0.0).sqrt();
    if a > 0.0 { 2.0 * b / (a + root) } else { (a - root) / (2.0 * c) }
}

/// The sums over the poles before and from one on, and their slopes.
struct Sums {
    left: f64,
    left_slope: f64,
    right: f64,
    right_slope: f64,
}

impl Sums {
    #[inline(always)]
    fn of(weights: &[f64], delta: &[f64], right: usize) -> Self {
        let (left, left_slope) = poles(&weights[..right], &delta[..right]);
        let (right, right_slope) = poles(&weights[right..], &delta[right..]);
        Self { left, left_slope, right, right_slope }
    }

    #[inline(always)]
    fn value(&self) -> f64 {
        1.0 + self.left + self.right
    }
}
