//! Known values of interpolation, and laws.

use proptest::prelude::*;

use super::*;
use crate::ErrorKind;

const X: [f64; 5] = [0.0, 1.0, 2.5, 3.0, 5.0];
const Y: [f64; 5] = [1.0, 3.0, 2.0, 4.0, -1.0];
const AT: [f64; 4] = [0.5, 1.0, 2.6, 4.9];

fn near(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let scale = expected.abs().max(1.0);
        assert!((found - expected).abs() <= tolerance * scale, "{found} is not {expected}");
    }
}

fn by(method: Method, at: &[f64], outside: Outside) -> Vec<f64> {
    interpolate(&X, &Y, at, method, outside).unwrap()
}

#[test]
fn methods_have_the_values_of_others() {
    // Of SciPy 1.17.1 and NumPy 2.4.6, as in the conformance set.
    let outside = Outside::Fill(f64::NAN);
    near(&by(Method::Linear, &AT, outside), &[2.0, 3.0, 2.4, -0.75], 1e-14);
    near(&by(Method::Previous, &AT, outside), &[1.0, 3.0, 2.0, 4.0], 0.0);
    near(&by(Method::Next, &AT, outside), &[3.0, 3.0, 4.0, -1.0], 0.0);
    near(&by(Method::Nearest, &AT, outside), &[1.0, 3.0, 2.0, -1.0], 0.0);
    let cubic = [2.906_153_846_153_846_3, 3.0, 2.291_224_615_384_615_4, 0.754_683_076_923_072_3];
    near(&by(Method::Cubic, &AT, outside), &cubic, 1e-13);
    let pchip = [2.383_333_333_333_333_3, 3.0, 2.208, -0.286_875_000_000_002];
    near(&by(Method::Pchip, &AT, outside), &pchip, 1e-13);
    let natural = [2.396_607_142_857_142_5, 3.0, 2.344_96, -0.455_785_000_000_003_2];
    near(&spline(&X, &Y, Ends::Natural).unwrap().values(0, &AT), &natural, 1e-13);
    let periodic = spline(&[0.0, 1.0, 2.0, 3.0], &[0.0, 1.0, -1.0, 0.0], Ends::Periodic).unwrap();
    near(&periodic.values(0, &[0.5, 2.5, 3.5, -0.5]), &[0.875, -0.875, 0.875, -0.875], 1e-13);
}

#[test]
fn akimas_curve_has_the_slopes_of_his_rule() {
    // Chords 0, 0, 1 and 1, by parabolas also before and after: -0, 0, 0, 0, 1, 1, 1, 1.
    let x = [0.0, 1.0, 2.0, 3.0, 4.0];
    let curve = akima(&x, &[0.0, 0.0, 0.0, 1.0, 2.0]).unwrap();
    // At 2 both weights are 0: the mean of 0 and 1.
    near(&curve.values(1, &x), &[0.0, 0.0, 0.5, 1.0, 1.0], 1e-15);
    // Chords 1, 3, 2: at the second point the weights are |2 - 3| and |1 - (-1)|.
    let curve = akima(&[0.0, 1.0, 2.0, 3.0], &[0.0, 1.0, 4.0, 6.0]).unwrap();
    near(&curve.values(1, &[1.0]), &[(1.0 * 1.0 + 2.0 * 3.0) / 3.0], 1e-15);
}

#[test]
fn outside_there_is_what_was_asked_for() {
    let at = [-1.0, 6.0, f64::NAN];
    let fill = by(Method::Linear, &at, Outside::Fill(7.0));
    assert_eq!(fill[..2], [7.0, 7.0]);
    assert!(fill[2].is_nan());
    near(&by(Method::Linear, &at, Outside::Extrapolate)[..2], &[-1.0, -3.5], 1e-14);
    assert_eq!(by(Method::Linear, &at, Outside::Clamp)[..2], [1.0, -1.0]);
    assert_eq!(by(Method::Next, &at, Outside::Extrapolate)[..2], [1.0, -1.0]);
    assert_eq!(by(Method::Previous, &at, Outside::Extrapolate)[..2], [1.0, -1.0]);
    let one = interpolate(&[1.0], &[5.0], &at, Method::Linear, Outside::Clamp).unwrap();
    assert_eq!(one[..2], [5.0, 5.0]);
}

#[test]
fn few_points_give_lines_and_parabolas() {
    let line = spline(&[0.0, 2.0], &[1.0, 5.0], Ends::NotAKnot).unwrap();
    assert_eq!(line.values(0, &[0.5, 3.0]), [2.0, 7.0]);
    let square = spline(&[0.0, 1.0, 3.0], &[0.0, 1.0, 9.0], Ends::NotAKnot).unwrap();
    near(&square.values(0, &[0.5, 2.0, -1.0]), &[0.25, 4.0, 1.0], 1e-14);
    near(&square.values(2, &[0.0, 2.0]), &[2.0, 2.0], 1e-14);
    let natural = spline(&[0.0, 2.0], &[1.0, 5.0], Ends::Natural).unwrap();
    near(&natural.values(0, &[0.5, 3.0]), &[2.0, 7.0], 1e-14);
    // A clamped cubic through (0, 0) and (1, 1) is 3t² - 2t³.
    let clamped = spline(&[0.0, 1.0], &[0.0, 1.0], Ends::Clamped).unwrap();
    near(&clamped.values(0, &[0.25, 0.5]), &[0.15625, 0.5], 1e-15);
    let flat = spline(&[0.0, 1.0], &[4.0, 4.0], Ends::Periodic).unwrap();
    assert_eq!(flat.values(0, &[0.3, 9.0]), [4.0, 4.0]);
    for y in [[0.0, 0.0], [0.0, 2.0]] {
        assert_eq!(pchip(&[0.0, 1.0], &y).unwrap().values(0, &[0.5]), [y[1] / 2.0]);
        assert_eq!(akima(&[0.0, 1.0], &y).unwrap().values(0, &[0.5]), [y[1] / 2.0]);
    }
}

#[test]
fn integrals_go_over_pieces_and_periods() {
    let cube = |x: f64| x * x * x;
    let x = [0.0, 0.5, 1.0, 2.5, 3.0];
    let whole = spline(&x, &x.map(cube), Ends::NotAKnot).unwrap();
    near(&[whole.integral(0.0, 3.0)], &[81.0 / 4.0], 1e-14);
    near(&[whole.integral(2.0, -1.0)], &[-15.0 / 4.0], 1e-13);
    near(&whole.values(1, &[2.0]), &[12.0], 1e-13);
    near(&whole.values(3, &[2.0]), &[6.0], 1e-12);
    assert_eq!(whole.values(4, &[2.0]), [0.0]);
    let wave = spline(&[0.0, 1.0, 2.0, 4.0], &[1.0, 2.0, 0.0, 1.0], Ends::Periodic).unwrap();
    let period = wave.integral(0.0, 4.0);
    near(&[wave.integral(1.0, 13.0)], &[3.0 * period], 1e-13);
    let part = wave.integral(3.5, 4.0) + wave.integral(0.0, 0.5);
    near(&[wave.integral(-0.5, 0.5)], &[part], 1e-13);
    assert!(whole.integral(0.0, f64::INFINITY).is_nan());
}

#[test]
fn what_cannot_be_interpolated_is_refused() {
    let kind = |x: &[f64], y: &[f64], ends| spline(x, y, ends).unwrap_err().kind;
    let line = Ends::NotAKnot;
    assert_eq!(kind(&[0.0, 2.0, 1.0], &[1.0, 2.0, 3.0], line), ErrorKind::Value);
    assert_eq!(kind(&[0.0, 0.0], &[1.0, 2.0], line), ErrorKind::Value);
    assert_eq!(kind(&[0.0, f64::NAN], &[1.0, 2.0], line), ErrorKind::Value);
    assert_eq!(kind(&[0.0, 1.0], &[1.0, f64::INFINITY], line), ErrorKind::Value);
    assert_eq!(kind(&[0.0, 1.0], &[1.0], line), ErrorKind::Shape);
    assert_eq!(kind(&[], &[], line), ErrorKind::Value);
    assert_eq!(kind(&[0.0, 1.0], &[1.0, 2.0], Ends::Periodic), ErrorKind::Value);
    let one = interpolate(&[0.0], &[1.0], &[0.0], Method::Linear, Outside::Fill(0.0));
    assert_eq!(one.unwrap_err().kind, ErrorKind::Value);
    // Lines leave out only the pieces beside a point that is not finite.
    let y = [1.0, f64::NAN, 3.0, 4.0];
    let found = interpolate(
        &[0.0, 1.0, 2.0, 3.0],
        &y,
        &[0.0, 1.5, 2.0, 2.5],
        Method::Linear,
        Outside::Clamp,
    );
    let found = found.unwrap();
    assert_eq!((found[0], found[2], found[3]), (1.0, 3.0, 3.5));
    assert!(found[1].is_nan());
}

/// Points at ascending places.
fn points() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    prop::collection::vec((0.05_f64..3.0, -5.0_f64..5.0), 2..20).prop_map(|steps| {
        let mut place = -4.0;
        let point = |(step, y): (f64, f64)| {
            place += step;
            (place, y)
        };
        steps.into_iter().map(point).unzip()
    })
}

proptest! {
    #[test]
    fn curves_go_through_their_points((x, y) in points()) {
        for method in Method::ALL {
            let found = interpolate(&x, &y, &x, *method, Outside::Clamp).unwrap();
            near(&found, &y, 1e-9);
        }
    }

    #[test]
    fn splines_are_smooth((x, mut y) in points(), share in 0.0_f64..1.0) {
        y[x.len() - 1] = y[0];
        for ends in Ends::ALL {
            let curve = spline(&x, &y, *ends).unwrap();
            for at in 1..x.len() - 1 {
                let [.., a, b, c, d] = curve.pieces()[at - 1];
                let width = x[at] - x[at - 1];
                let after = curve.pieces()[at];
                let scale = 1.0 + a.abs() + b.abs() + c.abs() + after[1].abs();
                let value = ((a * width + b) * width + c) * width + d;
                prop_assert!((value - after[3]).abs() < 1e-9 * scale);
                prop_assert!(((3.0 * a * width + 2.0 * b) * width + c - after[2]).abs() < 1e-8 * scale);
                prop_assert!((6.0 * a * width + 2.0 * b - 2.0 * after[1]).abs() < 1e-7 * scale);
            }
            // The derivative of the integral is the curve.
            let middle = x[0] + share * (x[x.len() - 1] - x[0]);
            let step = 1e-4;
            let mean = curve.integral(middle - step, middle + step) / (2.0 * step);
            prop_assert!((mean - curve.values(0, &[middle])[0]).abs() < 1e-2);
        }
    }

    #[test]
    fn pchip_stays_between_its_points((x, y) in points(), share in 0.0_f64..1.0) {
        let curve = pchip(&x, &y).unwrap();
        for at in 0..x.len() - 1 {
            let place = x[at] + share * (x[at + 1] - x[at]);
            let value = curve.values(0, &[place])[0];
            let (low, high) = (y[at].min(y[at + 1]), y[at].max(y[at + 1]));
            prop_assert!(value >= low - 1e-9 && value <= high + 1e-9);
        }
    }
}
