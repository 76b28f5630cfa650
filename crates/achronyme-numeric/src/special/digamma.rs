//! The logarithmic derivative of the gamma function.

use libm::log;

use super::sinc::sin_cos_pi;

/// ψ(x) = Γ′(x) / Γ(x): by recurrence to x ≥ 10 and the asymptotic series there (DLMF 5.11.2), by
/// reflection below 0. NaN at -1, -2, …, and infinite at 0 with the sign opposite to that of x.
#[must_use]
pub fn digamma(x: f64) -> f64 {
    /// B₂ₖ / 2k
    const SERIES: [f64; 7] = [
        1.0 / 12.0,
        -1.0 / 120.0,
        1.0 / 252.0,
        -1.0 / 240.0,
        1.0 / 132.0,
        -691.0 / 32_760.0,
        1.0 / 12.0,
    ];
    if x == 0.0 {
        return -1.0 / x;
    }
    if x < 0.0 {
        if x.fract() == 0.0 || x.is_infinite() {
            return f64::NAN;
        }
        let (sine, cosine) = sin_cos_pi(x);
        return digamma(1.0 - x) - std::f64::consts::PI * cosine / sine;
    }
    if x.is_infinite() {
        return x;
    }
    let (mut x, mut sum) = (x, 0.0);
    while x < 10.0 {
        sum -= 1.0 / x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = SERIES.iter().rev().fold(0.0, |series, term| series * square + term) * square;
    sum + (log(x) - 0.5 / x - series)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "some results are exact")]
mod tests {
    use super::super::assert_near;
    use super::digamma;

    #[test]
    fn known_values() {
        assert_near(digamma(1.0), -0.577_215_664_901_532_9, 1e-15);
        assert_near(digamma(-1.5), 0.703_156_640_645_243_2, 1e-14);
        assert_near(digamma(1e10), 23.025_850_929_890_455, 1e-15);
        assert_eq!(digamma(0.0), f64::NEG_INFINITY);
        assert!(digamma(-3.0).is_nan());
    }
}
