//! How far to go along a direction.
//!
//! J. J. Moré and D. J. Thuente, "Line search algorithms with guaranteed sufficient decrease" (ACM
//! Transactions on Mathematical Software 20, 1994): steps are tried until the function falls by part
//! of what its slope promises, and the slope has become flat (strong Wolfe conditions).

/// Where a search stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The function is asked at the next step.
    Ask,
    /// The step fulfils both conditions.
    Done,
    /// The longest step is still downhill.
    AtLongest,
    /// No better step can be told apart by its values.
    Stuck,
}

/// A step that was tried, with value and slope there.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Tried {
    step: f64,
    value: f64,
    slope: f64,
}

/// A search. It is a row of numbers between two questions, see [`LineSearch::to_numbers`].
#[derive(Clone, Debug, PartialEq)]
pub struct LineSearch {
    /// At 0.
    start: Tried,
    /// The part of the fall that the first slope promises.
    sufficient: f64,
    /// The part of the first slope that may remain.
    curvature: f64,
    longest: f64,
    /// The best step so far.
    best: Tried,
    /// The other end of the interval in which a good step lies.
    other: Tried,
    is_bracketed: bool,
    /// Until a step with a sufficient fall and a rising slope was found, the function less the fall
    /// that is wanted is looked at in its place.
    is_first_stage: bool,
    width: f64,
    width_before: f64,
    /// Between which the next steps lie.
    range: (f64, f64),
    step: f64,
    progress: Progress,
}

/// The relative width of the interval at which a search ends.
const WIDTH_MIN: f64 = 1e-14;

/// How much of the interval two steps must take off.
const SHRINK: f64 = 0.66;

/// By how much steps grow until there is an interval: least and most.
const GROWTH: (f64, f64) = (1.1, 4.0);

impl LineSearch {
    /// A search from a place with this value and this slope in the direction of the search, which is
    /// negative, that begins with `step`.
    #[must_use]
    pub fn new(
        (value, slope): (f64, f64),
        step: f64,
        longest: f64,
        (sufficient, curvature): (f64, f64),
    ) -> Self {
        let start = Tried { step: 0.0, value, slope };
        let step = step.min(longest);
        Self {
            start,
            sufficient,
            curvature,
            longest,
            best: start,
            other: start,
            is_bracketed: false,
            is_first_stage: true,
            width: longest,
            width_before: 2.0 * longest,
            range: (0.0, step + GROWTH.1 * step),
            step,
            progress: Progress::Ask,
        }
    }

    /// The step at which the function is asked next, or with which the search ended.
    #[must_use]
    pub fn step(&self) -> f64 {
        self.step
    }

    /// Where the search stands.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Goes on with value and slope at the step. Where they are not finite, a shorter step is tried.
    pub fn answer(&mut self, value: f64, slope: f64) {
        let tried = Tried { step: self.step, value, slope };
        if !(value.is_finite() && slope.is_finite()) {
            self.longest = tried.step;
            let middle = self.best.step + (tried.step - self.best.step) / 2.0;
            let is_new = middle > self.best.step && middle < tried.step;
            self.progress = if is_new { Progress::Ask } else { Progress::Stuck };
            self.step = if is_new { middle } else { self.best.step };
            self.range.1 = self.range.1.min(tried.step);
            return;
        }
        let wanted = self.sufficient * self.start.slope;
        let limit = self.start.value + tried.step * wanted;
        let falls = value <= limit;
        if self.is_first_stage && falls && slope >= 0.0 {
            self.is_first_stage = false;
        }
        let (low, high) = self.range;
        if falls && slope.abs() <= -self.curvature * self.start.slope {
            self.progress = Progress::Done;
        } else if tried.step >= self.longest && falls && slope <= wanted {
            self.progress = Progress::AtLongest;
        } else if self.is_bracketed
            && (tried.step <= low || tried.step >= high || high - low <= WIDTH_MIN * high)
        {
            self.progress = Progress::Stuck;
            self.step = self.best.step;
        } else {
            self.next(tried, falls, wanted);
        }
    }

    /// The next step, after one that is not good enough.
    fn next(&mut self, tried: Tried, falls: bool, wanted: f64) {
        let is_less = self.is_first_stage && tried.value <= self.best.value && !falls;
        let shift = if is_less { wanted } else { 0.0 };
        let less =
            |it: Tried| Tried { value: it.value - it.step * shift, slope: it.slope - shift, ..it };
        let more =
            |it: Tried| Tried { value: it.value + it.step * shift, slope: it.slope + shift, ..it };
        let (mut best, mut other) = (less(self.best), less(self.other));
        let next = self.improve(&mut best, &mut other, less(tried));
        (self.best, self.other) = (more(best), more(other));
        self.step = next;
        let (near, far) = (self.best.step, self.other.step);
        if self.is_bracketed {
            if (far - near).abs() >= SHRINK * self.width_before {
                self.step = near + (far - near) / 2.0;
            }
            self.width_before = self.width;
            self.width = (far - near).abs();
            self.range = (near.min(far), near.max(far));
        } else {
            let ahead = self.step - near;
            self.range = (self.step + GROWTH.0 * ahead, self.step + GROWTH.1 * ahead);
        }
        self.step = self.step.max(0.0).min(self.longest);
        let (low, high) = self.range;
        let is_spent = self.step <= low || self.step >= high || high - low <= WIDTH_MIN * high;
        if self.is_bracketed && is_spent {
            self.step = near;
        }
        self.progress = Progress::Ask;
    }

    /// A step from the cubic and the quadratic function that have the values and slopes of the best
    /// one and of the one that was tried, and the interval after it (section 4 of the paper).
    fn improve(&mut self, best: &mut Tried, other: &mut Tried, tried: Tried) -> f64 {
        let turns = tried.slope * best.slope.signum() < 0.0;
        let (x, t) = (best.step, tried.step);
        let chord = (best.value - tried.value) / (t - x);
        let quadratic = t + tried.slope / (tried.slope - best.slope) * (x - t);
        let next = if tried.value > best.value {
            // Higher: a least value lies between.
            self.is_bracketed = true;
            let cubic = cubic_least(*best, tried);
            let square = x + best.slope / (chord + best.slope) / 2.0 * (t - x);
            if (cubic - x).abs() < (square - x).abs() {
                cubic
            } else {
                cubic + (square - cubic) / 2.0
            }
        } else if turns {
            // Lower, and the slope has turned.
            self.is_bracketed = true;
            let cubic = cubic_least(tried, *best);
            if (cubic - t).abs() > (quadratic - t).abs() { cubic } else { quadratic }
        } else if tried.slope.abs() < best.slope.abs() {
            // Lower, and less steep: the cubic may have no least value ahead.
            self.ahead(*best, *other, tried, quadratic)
        } else if self.is_bracketed {
            // Lower, and not less steep.
            cubic_least(tried, *other)
        } else if t > x {
            self.range.1
        } else {
            self.range.0
        };
        if tried.value > best.value {
            *other = tried;
        } else {
            if turns {
                *other = *best;
            }
            *best = tried;
        }
        next
    }

    fn ahead(&self, best: Tried, other: Tried, tried: Tried, quadratic: f64) -> f64 {
        let (x, t) = (best.step, tried.step);
        let (low, high) = self.range;
        let (theta, gamma) = cubic_terms(best, tried, true);
        let gamma = if t > x { -gamma } else { gamma };
        let ratio = (gamma - tried.slope + theta) / (gamma + (best.slope - tried.slope) + gamma);
        let cubic = if ratio < 0.0 && gamma.abs() > 0.0 {
            t + ratio * (x - t)
        } else if t > x {
            high
        } else {
            low
        };
        let is_nearer = (cubic - t).abs() < (quadratic - t).abs();
        if self.is_bracketed {
            let next = if is_nearer { cubic } else { quadratic };
            let edge = t + SHRINK * (other.step - t);
            if t > x { next.min(edge) } else { next.max(edge) }
        } else {
            let next = if is_nearer { quadratic } else { cubic };
            next.max(low).min(high)
        }
    }
}

/// The middle term and the root in the formula of a cubic's least place. The root of a negative
/// number, which only rounding or a cubic without such a place give, counts as 0 if `is_clamped`.
fn cubic_terms(a: Tried, b: Tried, is_clamped: bool) -> (f64, f64) {
    let theta = 3.0 * (a.value - b.value) / (b.step - a.step) + a.slope + b.slope;
    let scale = theta.abs().max(a.slope.abs()).max(b.slope.abs());
    let square = (theta / scale) * (theta / scale) - (a.slope / scale) * (b.slope / scale);
    (theta, scale * if is_clamped { square.max(0.0) } else { square.abs() }.sqrt())
}

/// The least place of the cubic with these values and slopes, from the first of them.
fn cubic_least(from: Tried, to: Tried) -> f64 {
    let (theta, gamma) = cubic_terms(from, to, false);
    let gamma = if to.step < from.step { -gamma } else { gamma };
    let ratio = (gamma - from.slope + theta) / (gamma - from.slope + gamma + to.slope);
    from.step + ratio * (to.step - from.step)
}

/// The kinds of progress in the order of their numbers.
const PROGRESS: [Progress; 4] =
    [Progress::Ask, Progress::Done, Progress::AtLongest, Progress::Stuck];

impl LineSearch {
    /// How many numbers a search is.
    pub const SIZE: usize = 19;

    /// The search as numbers: where it stands (0 to 3), the step, and what it knows.
    #[must_use]
    pub fn to_numbers(&self) -> [f64; Self::SIZE] {
        let place = PROGRESS.iter().position(|progress| *progress == self.progress).unwrap_or(3);
        let place = u32::try_from(place).unwrap_or(3);
        [
            f64::from(place),
            self.step,
            self.start.value,
            self.start.slope,
            self.sufficient,
            self.curvature,
            self.longest,
            self.best.step,
            self.best.value,
            self.best.slope,
            self.other.step,
            self.other.value,
            self.other.slope,
            f64::from(self.is_bracketed),
            f64::from(self.is_first_stage),
            self.width,
            self.width_before,
            self.range.0,
            self.range.1,
        ]
    }

    /// The search that these numbers are; `None` if they are none.
    #[must_use]
    pub fn from_numbers(numbers: &[f64]) -> Option<Self> {
        let [place, step, value, slope, sufficient, curvature, longest, best @ ..] = numbers else {
            return None;
        };
        let [b0, b1, b2, o0, o1, o2, bracketed, first, width, before, low, high, ..] = best else {
            return None;
        };
        let tried = |step: &f64, value: &f64, slope: &f64| Tried {
            step: *step,
            value: *value,
            slope: *slope,
        };
        let progress = PROGRESS.iter().zip(0_u32..).find(|(_, i)| f64::from(*i) >= *place)?.0;
        Some(Self {
            start: tried(&0.0, value, slope),
            sufficient: *sufficient,
            curvature: *curvature,
            longest: *longest,
            best: tried(b0, b1, b2),
            other: tried(o0, o1, o2),
            is_bracketed: *bracketed > 0.0,
            is_first_stage: *first > 0.0,
            width: *width,
            width_before: *before,
            range: (*low, *high),
            step: *step,
            progress: *progress,
        })
    }
}

#[cfg(test)]
mod tests;
