//! Searches along functions whose steps are known, and that every search ends.

use proptest::prelude::*;

use super::*;

/// Searches along a function of one number that gives value and slope; how often it was asked.
fn search(
    phi: impl Fn(f64) -> (f64, f64),
    step: f64,
    longest: f64,
    conditions: (f64, f64),
) -> (LineSearch, usize) {
    let mut search = LineSearch::new(phi(0.0), step, longest, conditions);
    let mut asked = 0;
    while search.progress() == Progress::Ask && asked < 100 {
        let (value, slope) = phi(search.step());
        search = LineSearch::from_numbers(&search.to_numbers()).unwrap();
        search.answer(value, slope);
        asked += 1;
    }
    (search, asked)
}

/// The first function of the paper, section 5.
fn first(a: f64) -> (f64, f64) {
    let b = 2.0;
    (-a / (a * a + b), (a * a - b) / ((a * a + b) * (a * a + b)))
}

/// The second.
fn second(a: f64) -> (f64, f64) {
    let b = a + 0.004;
    let fourth = b * b * b * b;
    (fourth * b - 2.0 * fourth, 5.0 * fourth - 8.0 * b * b * b)
}

/// The fourth to sixth.
fn yanai(b1: f64, b2: f64) -> impl Fn(f64) -> (f64, f64) {
    move |a| {
        let gamma = |b: f64| (1.0 + b * b).sqrt() - b;
        let p = ((1.0 - a) * (1.0 - a) + b2 * b2).sqrt();
        let q = (a * a + b1 * b1).sqrt();
        let value = gamma(b1) * p + gamma(b2) * q;
        (value, gamma(b1) * (a - 1.0) / p + gamma(b2) * a / q)
    }
}

#[test]
fn the_functions_of_the_paper_take_as_many_steps_as_there() {
    // Tables 1 to 6: for each first step, the number of values and the place.
    let starts = [1e-3, 1e-1, 1e1, 1e3];
    let check = |phi: &dyn Fn(f64) -> (f64, f64), conditions, known: [(usize, f64); 4]| {
        for (start, (count, place)) in starts.iter().zip(known) {
            let (found, asked) = search(phi, *start, 1e10, conditions);
            assert_eq!(found.progress(), Progress::Done, "{start}");
            assert!(asked.abs_diff(count) <= 1, "{start}: {asked} for {count}");
            assert!((found.step() - place).abs() < 0.07 * place, "{start}: {}", found.step());
        }
    };
    check(&first, (1e-3, 1e-1), [(6, 1.4), (3, 1.4), (1, 10.0), (4, 37.0)]);
    check(&second, (1e-1, 1e-1), [(12, 1.6), (8, 1.6), (8, 1.6), (11, 1.6)]);
    check(&yanai(1e-3, 1e-3), (1e-3, 1e-3), [(4, 0.08), (1, 0.1), (3, 0.35), (4, 0.83)]);
    check(&yanai(1e-2, 1e-3), (1e-3, 1e-3), [(6, 0.075), (3, 0.078), (7, 0.073), (8, 0.076)]);
    check(&yanai(1e-3, 1e-2), (1e-3, 1e-3), [(13, 0.93), (11, 0.93), (8, 0.92), (11, 0.92)]);
}

#[test]
fn a_search_ends_at_the_longest_step_and_avoids_what_is_no_number() {
    let (found, _) = search(|a| (-a, -1.0), 1.0, 5.0, (1e-4, 0.9));
    assert_eq!((found.progress(), found.step()), (Progress::AtLongest, 5.0));
    let (found, _) = search(
        |a| if a < 0.7 { ((a - 0.5) * (a - 0.5), 2.0 * a - 1.0) } else { (f64::NAN, 0.0) },
        100.0,
        1e3,
        (1e-4, 0.1),
    );
    assert_eq!(found.progress(), Progress::Done);
    assert!((found.step() - 0.5).abs() < 0.06);
    let (found, asked) =
        search(|a| if a > 0.0 { (f64::NAN, f64::NAN) } else { (0.0, -1.0) }, 1.0, 1e3, (0.1, 0.1));
    assert!(found.progress() == Progress::Stuck || asked == 100);
}

proptest! {
    #[test]
    fn every_search_ends_at_a_lower_place(
        a in 0.01_f64..5.0,
        b in -3.0_f64..3.0,
        c in 0.0_f64..3.0,
        step in 1e-4_f64..1e4,
    ) {
        // A parabola with ripples that falls at 0.
        let phi = |x: f64| {
            let value = a * x * x + b * x.powi(3) / (1.0 + x * x) + c * libm::cos(3.0 * x) - 4.0 * x;
            let part = (3.0 * x * x * (1.0 + x * x) - 2.0 * x.powi(4)) / ((1.0 + x * x) * (1.0 + x * x));
            (value, 2.0 * a * x + b * part - 3.0 * c * libm::sin(3.0 * x) - 4.0)
        };
        let (found, asked) = search(phi, step, 1e10, (1e-4, 0.1));
        prop_assert!(asked < 60);
        prop_assert!(found.progress() != Progress::Ask);
        prop_assert!(phi(found.step()).0 < phi(0.0).0);
        if found.progress() == Progress::Done {
            prop_assert!(phi(found.step()).1.abs() <= 0.4 + 1e-9);
        }
    }
}
