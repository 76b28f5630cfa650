//! The different ones among many numbers. All NaN are one, and so are 0 and -0.

use std::cmp::Ordering;

use crate::order::{order_of, sorted_once};

/// Each number once: in order, NaN last, or where the first of the equal ones stands. Of 0 and -0 the
/// one that comes first is kept.
#[must_use]
pub fn distinct(numbers: &[f64], sorted: bool) -> Vec<f64> {
    if !sorted {
        return distinct_with_classes(numbers, false).0;
    }
    let mut values = sorted_once(numbers);
    if let Some(zero) = values.iter_mut().find(|x| **x == 0.0)
        && let Some(first) = numbers.iter().find(|x| **x == 0.0)
    {
        *zero = *first;
    }
    values
}

/// What [`distinct`] says, and for each number the place of its value there.
#[must_use]
pub fn distinct_with_classes(numbers: &[f64], sorted: bool) -> (Vec<f64>, Vec<usize>) {
    // The place of the first of the equal ones, for each class in order.
    let mut firsts: Vec<usize> = Vec::new();
    let mut class_of = vec![0; numbers.len()];
    for place in order_of(numbers, false) {
        let x = numbers[place];
        let is_same = |first: &usize| {
            let y = numbers[*first];
            x.partial_cmp(&y).map_or(x.is_nan() && y.is_nan(), Ordering::is_eq)
        };
        if !firsts.last().is_some_and(is_same) {
            firsts.push(place);
        }
        class_of[place] = firsts.len() - 1;
    }
    if !sorted {
        let mut count = 0;
        let mut new_of = vec![0; firsts.len()];
        for (place, class) in class_of.iter_mut().enumerate() {
            if firsts[*class] == place {
                new_of[*class] = count;
                count += 1;
            }
            *class = new_of[*class];
        }
        firsts.sort_unstable();
    }
    (firsts.into_iter().map(|place| numbers[place]).collect(), class_of)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bits(numbers: &[f64]) -> Vec<u64> {
        numbers.iter().map(|x| x.to_bits()).collect()
    }

    #[test]
    fn nan_is_one_value_and_zero_keeps_its_first_sign() {
        let numbers = [3.0, f64::NAN, -0.0, 1.0, 0.0, -f64::NAN, 3.0, f64::NEG_INFINITY];
        let (values, classes) = distinct_with_classes(&numbers, false);
        assert_eq!(bits(&values), bits(&[3.0, f64::NAN, -0.0, 1.0, f64::NEG_INFINITY]));
        assert_eq!(classes, [0, 1, 2, 3, 2, 1, 0, 4]);
        assert_eq!(bits(&distinct(&numbers, false)), bits(&values));
        let (values, classes) = distinct_with_classes(&numbers, true);
        assert_eq!(bits(&values), bits(&[f64::NEG_INFINITY, -0.0, 1.0, 3.0, f64::NAN]));
        assert_eq!(classes, [3, 4, 1, 2, 1, 4, 3, 0]);
        assert_eq!(bits(&distinct(&numbers, true)), bits(&values));
        assert_eq!(distinct_with_classes(&[], true), (vec![], vec![]));
        assert!(distinct(&[], true).is_empty());
    }

    proptest! {
        #[test]
        fn each_number_is_once_where_it_first_stands(
            numbers in prop::collection::vec((-9..9_i8).prop_map(|k| f64::from(k) / 2.0), 0..100),
            sorted: bool,
        ) {
            let mut expected: Vec<f64> = Vec::new();
            for x in &numbers {
                if !expected.contains(x) {
                    expected.push(*x);
                }
            }
            if sorted {
                expected.sort_by(f64::total_cmp);
            }
            let (values, classes) = distinct_with_classes(&numbers, sorted);
            prop_assert_eq!(&values, &expected);
            prop_assert_eq!(&distinct(&numbers, sorted), &expected);
            let again: Vec<f64> = classes.iter().map(|class| values[*class]).collect();
            prop_assert_eq!(again, numbers);
        }
    }
}
