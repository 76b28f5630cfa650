//! Quantiles of distributions of counts.

/// The least integer from 0 to `end` with `below(k)` at least `p`: steps that double lead away from
/// `guess`, and halving back.
pub(super) fn least(p: f64, guess: f64, end: f64, below: impl Fn(f64) -> f64) -> f64 {
    let guess = if guess > 0.0 { guess.min(end).floor() } else { 0.0 };
    // `low` is too small, `high` is not.
    let (mut low, mut high) = (guess, guess);
    let mut step = 1.0;
    if below(guess) >= p {
        loop {
            low = high - step;
            if low < 0.0 {
                low = -1.0;
                break;
            }
            if below(low) < p {
                break;
            }
            high = low;
            step *= 2.0;
        }
    } else {
        loop {
            high = low + step;
            if high >= end {
                high = end;
                break;
            }
            if below(high) >= p {
                break;
            }
            low = high;
            step *= 2.0;
        }
    }
    loop {
        let middle = (low + 0.5 * (high - low)).floor();
        if middle <= low || middle >= high {
            return high;
        }
        if below(middle) >= p {
            high = middle;
        } else {
            low = middle;
        }
    }
}
