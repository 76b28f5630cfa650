//! Sorting that may stop in the middle: when a value cannot be read, or the machine is to come back. The
//! library's sorts expect an order that never fails.

use std::cmp::Ordering;

/// Elements that are put in order one by one before they are merged.
const RUN: usize = 16;

/// Puts places in order; equal ones stay as they are.
pub(super) fn sort<E>(
    places: &mut Vec<usize>,
    mut compare: impl FnMut(usize, usize) -> Result<Ordering, E>,
) -> Result<(), E> {
    for run in places.chunks_mut(RUN) {
        for end in 1..run.len() {
            let mut at = end;
            while at > 0 && compare(run[at - 1], run[at])?.is_gt() {
                run.swap(at - 1, at);
                at -= 1;
            }
        }
    }
    let (mut width, mut merged) = (RUN, Vec::with_capacity(places.len()));
    while width < places.len() {
        merged.clear();
        for pair in places.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            // In order already, as lists often are.
            if let (Some(last), Some(first)) = (left.last(), right.first())
                && compare(*last, *first)?.is_le()
            {
                merged.extend_from_slice(pair);
                continue;
            }
            while let (Some(one), Some(other)) = (left.first(), right.first()) {
                let taken = if compare(*one, *other)?.is_le() { &mut left } else { &mut right };
                merged.extend(taken.split_off_first());
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        std::mem::swap(places, &mut merged);
        width *= 2;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_order_of_the_library(keys in prop::collection::vec(0..40_u8, 0..300)) {
            let mut expected: Vec<usize> = (0..keys.len()).collect();
            let mut places = expected.clone();
            expected.sort_by_key(|place| keys[*place]);
            let sorted: Result<(), ()> =
                sort(&mut places, |one, other| Ok(keys[one].cmp(&keys[other])));
            prop_assert_eq!((sorted, places), (Ok(()), expected));
        }

        #[test]
        fn it_stops_at_the_first_failure(count in 2..200_usize, after in 0..300_usize) {
            let (mut places, mut left): (Vec<usize>, _) = ((0..count).rev().collect(), after);
            let sorted = sort(&mut places, |one, other| {
                left = left.checked_sub(1).ok_or("enough")?;
                Ok::<_, &str>(one.cmp(&other))
            });
            prop_assert!(sorted == Ok(()) || left == 0);
        }
    }
}
