//! Laws of transforms, and values from NumPy 2.4.6.

use proptest::prelude::*;

use super::*;
use crate::{Array, Complex, Lines};

fn forward(values: &[Complex]) -> Vec<Complex> {
    let transform = Transform::new(values.len());
    let mut target = vec![Complex::ZERO; values.len()];
    transform.run(&mut values.to_vec(), &mut target, &mut Work::default());
    target
}

/// The transform by its definition.
fn defined(values: &[Complex]) -> Vec<Complex> {
    let roots = roots::Roots::new(values.len());
    let term = |k: usize, j: usize, x: &Complex| x * roots.at(k * j % values.len());
    (0..values.len()).map(|k| values.iter().enumerate().map(|(j, x)| term(k, j, x)).sum()).collect()
}

/// Numbers without a pattern.
fn noise(count: usize) -> Vec<Complex> {
    let mut state = 1_u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(state >> 32).unwrap()) / f64::from(u32::MAX) - 0.5
    };
    (0..count).map(|_| Complex::new(next(), next())).collect()
}

fn norm(values: &[Complex]) -> f64 {
    values.iter().map(Complex::norm_sqr).sum::<f64>().sqrt()
}

fn distance(left: &[Complex], right: &[Complex]) -> f64 {
    assert_eq!(left.len(), right.len());
    norm(&left.iter().zip(right).map(|(a, b)| a - b).collect::<Vec<_>>())
}

#[test]
fn transforms_of_every_short_length_are_what_the_definition_says() {
    for n in (1..=300).chain([512, 1000, 1021, 1024, 47 * 43, 2 * 53, 5 * 59]) {
        let values = noise(n);
        let error = distance(&forward(&values), &defined(&values)) / norm(&defined(&values));
        assert!(error < 4e-15, "length {n}: {error}");
    }
}

#[test]
fn transforms_of_long_lengths_come_back() {
    for n in [1 << 16, 1 << 17, 100_000, 65_537, 3 * 65_521] {
        let values = noise(n);
        let transform = Transform::new(n);
        let mut target = vec![Complex::ZERO; n];
        transform.run_back(&mut forward(&values), &mut target, &mut Work::default());
        let same: Vec<_> = target.iter().map(|z| z / n as f64).collect();
        assert!(distance(&same, &values) < 2e-15 * norm(&values), "length {n}");
    }
}

#[test]
fn a_pure_wave_has_one_frequency() {
    for n in [4096, 10_007, 12_000] {
        let wave: Vec<_> = (0..n).map(|j| roots::root(n - 5 * j % n, n)).collect();
        let spectrum = forward(&wave);
        assert!((spectrum[5] - Complex::from(n as f64)).norm() < 1e-10);
        assert!(spectrum.iter().enumerate().all(|(k, z)| k == 5 || z.norm() < 1e-10));
    }
}

#[test]
fn transforms_of_integers_are_numpys() {
    let values = [1.0, 2.0, -1.0, 0.5, 3.0, -2.0, 0.0, 4.0];
    let array = Array::vector(values.to_vec());
    let spectrum = half_transform(Lines::of(&array, 0).unwrap(), 8, Norm::Backward).unwrap();
    let expected = [
        Complex::new(7.5, 0.0),
        Complex::new(3.303_300_858_899_106_6, 0.646_446_609_406_725_6),
        Complex::new(5.0, 4.5),
        Complex::new(-7.303_300_858_899_107, -1.353_553_390_593_274_3),
        Complex::new(-1.5, 0.0),
    ];
    assert!(distance(spectrum.data(), &expected) < 1e-14);
}

#[test]
fn the_frequencies_are_numpys() {
    assert_eq!(frequencies(4, 0.1), [0.0, 2.5, -5.0, -2.5]);
    assert_eq!(frequencies(5, 1.0), [0.0, 0.2, 0.4, -0.4, -0.2]);
    assert_eq!(half_frequencies(6, 0.5), [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0]);
    assert_eq!(half_frequencies(0, 0.5), [0.0; 0]);
}

#[test]
fn nothing_has_no_frequencies() {
    let nothing = Array::<f64>::vector(Vec::new());
    assert!(
        transform_real(Lines::of(&nothing, 0).unwrap(), 0, Norm::Ortho).unwrap().data().is_empty()
    );
    assert!(
        half_transform(Lines::of(&nothing, 0).unwrap(), 0, Norm::Backward)
            .unwrap()
            .data()
            .is_empty()
    );
    let nothing = Array::<Complex>::vector(Vec::new());
    assert!(
        half_transform_back(Lines::of(&nothing, 0).unwrap(), 0, Norm::Backward)
            .unwrap()
            .data()
            .is_empty()
    );
    assert_eq!(
        half_transform_back(Lines::of(&nothing, 0).unwrap(), 3, Norm::Backward).unwrap().data(),
        [0.0; 3]
    );
}

fn values(max: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-1.0..1.0, 1..max)
}

proptest! {
    #[test]
    fn the_half_transform_is_half_of_the_transform(x in values(200), pad in 0..5_usize) {
        let length = x.len() + pad;
        let complex: Vec<Complex> = x.iter().map(|x| Complex::from(*x)).collect();
        let (real, complex) = (Array::vector(x), Array::vector(complex));
        let whole = transform(Lines::of(&complex, 0).unwrap(), length, Norm::Ortho, Direction::There).unwrap();
        let mirrored = transform_real(Lines::of(&real, 0).unwrap(), length, Norm::Ortho).unwrap();
        let half = half_transform(Lines::of(&real, 0).unwrap(), length, Norm::Ortho).unwrap();
        prop_assert!(distance(whole.data(), mirrored.data()) < 1e-13);
        prop_assert!(distance(&whole.data()[..=length / 2], half.data()) < 1e-13);
        let back = half_transform_back(Lines::of(&half, 0).unwrap(), length, Norm::Ortho).unwrap();
        for (x, y) in real.data().iter().zip(back.data()) {
            prop_assert!((x - y).abs() < 1e-14);
        }
    }

    #[test]
    fn the_way_back_from_a_half_is_that_of_its_mirrored_whole(x in values(300), length in 1..300_usize) {
        let half: Vec<Complex> = x.chunks(2).map(|c| Complex::new(c[0], c[c.len() - 1] - 0.5)).collect();
        let mut whole = vec![Complex::ZERO; length];
        for (k, value) in half.iter().take(length / 2 + 1).enumerate() {
            let is_own_image = k == 0 || 2 * k == length;
            whole[k] = if is_own_image { value.re.into() } else { *value };
            whole[(length - k) % length] = whole[k].conj();
        }
        let (half, whole) = (Array::vector(half), Array::vector(whole));
        let back = half_transform_back(Lines::of(&half, 0).unwrap(), length, Norm::Ortho).unwrap();
        let all = transform(Lines::of(&whole, 0).unwrap(), length, Norm::Ortho, Direction::Back).unwrap();
        for (x, z) in back.data().iter().zip(all.data()) {
            prop_assert!((Complex::from(*x) - z).norm() < 1e-13);
        }
    }

    #[test]
    fn energy_is_kept_by_orthogonal_transforms(x in values(500)) {
        let energy: f64 = x.iter().map(|x| x * x).sum();
        let array = Array::vector(x);
        let spectrum = transform_real(Lines::of(&array, 0).unwrap(), array.data().len(), Norm::Ortho).unwrap();
        prop_assert!((norm(spectrum.data()).powi(2) - energy).abs() <= 1e-13 * energy);
    }

    #[test]
    fn centering_is_undone(rows in 1..6_usize, columns in 1..6_usize) {
        let array = Array::new(vec![rows, columns], (0..rows * columns).collect()).unwrap();
        let centered = center(array.clone(), &[0, 1]).unwrap();
        prop_assert_eq!(centered.data()[rows / 2 * columns + columns / 2], 0);
        prop_assert_eq!(uncenter(centered, &[0, 1]).unwrap(), array);
    }

    #[test]
    fn transforms_along_two_axes_are_undone(rows in 1..20_usize, columns in 1..20_usize) {
        let array = Array::new(vec![rows, columns], noise(rows * columns)).unwrap();
        let there =
            transform_axes(array.clone(), &[0, 1], Norm::Backward, Direction::There).unwrap();
        let back = transform_axes(there, &[1, 0], Norm::Backward, Direction::Back).unwrap();
        prop_assert!(distance(back.data(), array.data()) < 1e-14 * norm(array.data()));
    }

    #[test]
    fn transforms_of_real_boxes_are_those_of_complex_ones(
        shape in prop::collection::vec(1_usize..9, 1..4),
        chosen in prop::collection::vec(any::<bool>(), 3),
    ) {
        let size = shape.iter().product();
        let data: Vec<f64> = noise(size).iter().map(|z| z.re).collect();
        let axes: Vec<usize> = (0..shape.len()).filter(|axis| chosen[*axis]).collect();
        let complex = data.iter().map(|x| Complex::from(*x)).collect();
        let complex = Array::new(shape.clone(), complex).unwrap();
        let whole = transform_axes(complex, &axes, Norm::Ortho, Direction::There).unwrap();
        let found = transform_real_axes(&shape, &data, &axes, Norm::Ortho).unwrap();
        prop_assert_eq!(found.shape(), whole.shape());
        prop_assert!(distance(found.data(), whole.data()) < 1e-13);
    }

    #[test]
    fn columns_are_transformed_as_lines_are(
        before in 1..3_usize,
        length in 1..70_usize,
        after in 1..20_usize,
        back: bool,
    ) {
        let array = Array::new(vec![before, length, after], noise(before * length * after)).unwrap();
        let direction = if back { Direction::Back } else { Direction::There };
        let found = transform(Lines::of(&array, 1).unwrap(), length, Norm::Backward, direction);
        let plan = Transform::new(length);
        let factor = if back { 1.0 / length as f64 } else { 1.0 };
        let each = Lines::of(&array, 1).unwrap().map(length, |line, target| {
            let (line, work) = (&mut line.to_vec(), &mut Work::default());
            if back { plan.run_back(line, target, work) } else { plan.run(line, target, work) }
            target.iter_mut().for_each(|z| *z *= factor);
        });
        prop_assert!(distance(found.unwrap().data(), each.unwrap().data()) < 1e-13);
    }
}
