//! Places of what is drawn from a collection.

use super::Generator;
use super::draw::{below, unit};
use crate::Error;

fn place(generator: &mut Generator, count: usize) -> usize {
    // It is below `count`, which is a `usize`.
    usize::try_from(below(generator, count as u64)).unwrap_or(0)
}

fn check_count(count: usize) -> Result<(), Error> {
    if count == 0 { Err(Error::value("there is nothing to choose from")) } else { Ok(()) }
}

/// `size` places of `count`, each drawn from all.
///
/// # Errors
/// `count` is 0.
pub fn choose(generator: &mut Generator, count: usize, size: usize) -> Result<Vec<usize>, Error> {
    check_count(count)?;
    Ok((0..size).map(|_| place(generator, count)).collect())
}

/// `size` different places of `count`.
///
/// # Errors
/// There are not so many.
pub fn choose_different(
    generator: &mut Generator,
    count: usize,
    size: usize,
) -> Result<Vec<usize>, Error> {
    check_count(count)?;
    if size > count {
        return Err(Error::value(format!("cannot choose {size} of {count} without replacement")));
    }
    let mut places: Vec<usize> = (0..count).collect();
    for i in 0..size {
        places.swap(i, i + place(generator, count - i));
    }
    places.truncate(size);
    Ok(places)
}

/// `size` places, each drawn from all as often as its weight says against the sum of all.
///
/// # Errors
/// A weight is negative or not finite, or none is above 0.
pub fn choose_weighted(
    generator: &mut Generator,
    weights: &[f64],
    size: usize,
) -> Result<Vec<usize>, Error> {
    check_count(weights.len())?;
    if let Some(weight) = weights.iter().find(|weight| !(0.0..=f64::MAX).contains(*weight)) {
        return Err(Error::value(format!("p must be numbers from 0 on, got {weight}")));
    }
    let mut total = 0.0;
    let sums: Vec<f64> = weights
        .iter()
        .map(|weight| {
            total += weight;
            total
        })
        .collect();
    if total == 0.0 || total == f64::INFINITY {
        return Err(Error::value(format!("p must have a finite sum above 0, got {total}")));
    }
    // `unit` is below 1, so that the product is below the sum, or rounds to it.
    let last = weights.iter().rposition(|weight| *weight > 0.0).unwrap_or(0);
    Ok((0..size)
        .map(|_| {
            let draw = unit(generator) * total;
            sums.partition_point(|sum| *sum <= draw).min(last)
        })
        .collect())
}

/// The places from 0 to below `count` in random order.
#[must_use]
pub fn permutation(generator: &mut Generator, count: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    for i in (1..count).rev() {
        places.swap(i, place(generator, i + 1));
    }
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn choices_follow_the_recipe() {
        // From numeric.tsv.
        let seeded = Generator::new;
        assert_eq!(permutation(&mut seeded(9), 5), [0, 2, 3, 1, 4]);
        assert_eq!(choose_different(&mut seeded(42), 5, 3), Ok(vec![3, 2, 4]));
        assert_eq!(choose_weighted(&mut seeded(42), &[0.2, 0.5, 0.3], 5), Ok(vec![2, 1, 2, 1, 0]));
    }

    #[test]
    fn nothing_and_too_much_cannot_be_chosen() {
        let generator = &mut Generator::new(1);
        assert!(choose(generator, 0, 1).is_err());
        assert!(choose_different(generator, 2, 3).is_err());
        assert!(choose_weighted(generator, &[0.0, 0.0], 1).is_err());
        assert!(choose_weighted(generator, &[1.0, -1.0], 1).is_err());
        assert!(choose_weighted(generator, &[f64::NAN], 1).is_err());
    }

    proptest! {
        #[test]
        fn permutations_have_every_place_once(seed: u64, count in 0..200_usize) {
            let mut places = permutation(&mut Generator::new(seed), count);
            places.sort_unstable();
            prop_assert_eq!(places, (0..count).collect::<Vec<_>>());
        }

        #[test]
        fn what_has_no_weight_is_never_chosen(seed: u64, weights in prop::collection::vec(prop::sample::select(vec![0.0, 0.1, 3.0]), 1..9)) {
            if let Ok(places) = choose_weighted(&mut Generator::new(seed), &weights, 50) {
                prop_assert!(places.iter().all(|place| weights[*place] > 0.0));
            }
        }
    }
}
