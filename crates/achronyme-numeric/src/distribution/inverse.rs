//! Where a distribution reaches a probability.

use libm::log;

const STEPS_MAX: u32 = 200;

/// The u between `from` and `to` below which a distribution has the probability `p`, and above which
/// `q` = 1 - p: by Newton's method on the logarithm of the smaller one, which is concave for the
/// distributions here, so that it converges from everywhere; a step that leaves what is known to
/// hold the answer becomes a bisection. `tails` gives both probabilities at u, and `density` their
/// derivative.
pub(super) fn invert(
    (mut from, mut to): (f64, f64),
    start: f64,
    (p, q): (f64, f64),
    tails: impl Fn(f64) -> (f64, f64),
    density: impl Fn(f64) -> f64,
) -> f64 {
    /// A step this small leaves an error of its square.
    const CLOSE: f64 = 1e-9;
    let is_lower = p <= q;
    let mut u = if start > from && start < to { start } else { 0.5 * (from + to) };
    for _ in 0..STEPS_MAX {
        let (below, above) = tails(u);
        let (value, target) = if is_lower { (below, p) } else { (above, q) };
        if (value > target) == is_lower {
            to = u;
        } else {
            from = u;
        }
        let step = log(value / target) * (value / density(u));
        let next = if is_lower { u - step } else { u + step };
        let is_inside = next >= from && next <= to;
        let before = std::mem::replace(&mut u, if is_inside { next } else { 0.5 * (from + to) });
        let resolution = f64::EPSILON * u.abs();
        if (is_inside && step.abs() <= CLOSE) || (u - before).abs() <= resolution {
            break;
        }
    }
    u
}
