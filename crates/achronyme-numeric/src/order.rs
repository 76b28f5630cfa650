//! The order of numbers: NaN comes last, whichever way one sorts; equal numbers stay as they stand.

use std::cell::Cell;
use std::cmp::Ordering;

use rayon::prelude::*;

use crate::wide::wide;
use crate::{Complex, radix};

/// From so many numbers on, several processors work.
const MANY: usize = 100_000;

/// The bit of the sign.
const SIGN: u64 = 1 << 63;

/// Integers in the order of the numbers, with NaN last; -0 before 0.
#[inline(always)]
fn key(number: f64, descending: bool) -> u64 {
    let bits = number.to_bits();
    let ascending = bits ^ if bits & SIGN == 0 { SIGN } else { u64::MAX };
    let ordered = if descending { !ascending } else { ascending };
    if number.is_nan() { u64::MAX } else { ordered }
}

/// What [`key`] was given.
#[inline(always)]
fn number(key: u64, descending: bool) -> f64 {
    let ascending = if descending { !key } else { key };
    let bits = ascending ^ if ascending & SIGN == 0 { u64::MAX } else { SIGN };
    if key == u64::MAX { f64::NAN } else { f64::from_bits(bits) }
}

/// Writes the numbers in order.
pub fn sort_into(numbers: &[f64], out: &mut [f64], descending: bool) {
    // The keys lie where the numbers will.
    let keys = bytemuck::cast_slice_mut(out);
    write_keys(numbers, keys, |x| x, descending);
    let spare = sort(keys);
    wide(
        #[inline(always)]
        || match &spare {
            Some(sorted) => {
                for (slot, key) in out.iter_mut().zip(sorted) {
                    *slot = number(*key, descending);
                }
            }
            None => {
                for slot in out {
                    *slot = number(slot.to_bits(), descending);
                }
            }
        },
    );
    spare.into_iter().for_each(keep);
}

/// The different numbers in order, 0 and -0 being one, whose sign is lost.
pub(crate) fn sorted_once(numbers: &[f64]) -> Vec<f64> {
    let mut values = vec![0.0_f64; numbers.len()];
    let keys = bytemuck::cast_slice_mut(&mut values);
    write_keys(numbers, keys, |x| x + 0.0, false);
    let spare = sort(keys);
    let mut count = 0;
    for place in 0..numbers.len() {
        let key_at = |place: usize| match &spare {
            Some(sorted) => sorted[place],
            None => values[place].to_bits(),
        };
        let key = key_at(place);
        let is_last = place + 1 == numbers.len() || key_at(place + 1) != key;
        // Without a branch, which could not be foreseen.
        values[count] = number(key, false);
        count += usize::from(is_last);
    }
    spare.into_iter().for_each(keep);
    values.truncate(count);
    values
}

fn write_keys(numbers: &[f64], keys: &mut [u64], prepare: impl Fn(f64) -> f64, descending: bool) {
    wide(
        #[inline(always)]
        || {
            for (slot, x) in keys.iter_mut().zip(numbers) {
                *slot = key(prepare(*x), descending);
            }
        },
    );
}

/// Sorts keys, of which equal ones are the same: where they are, or into the room that is given back.
fn sort(keys: &mut [u64]) -> Option<Vec<u64>> {
    /// So many processors compare as fast as one sorts by digits.
    const PROCESSORS: usize = 6;
    if keys.len() >= MANY && rayon::current_num_threads() > PROCESSORS {
        keys.par_sort_unstable();
        return None;
    }
    if !radix::is_by_digits(keys.len()) {
        keys.sort_unstable();
        return None;
    }
    let mut spare = SPARE.take();
    if spare.len() < keys.len() {
        spare.resize(keys.len(), 0);
    }
    if radix::sort(keys, &mut spare[..keys.len()]) {
        return Some(spare);
    }
    keep(spare);
    None
}

/// So many keys have room that is kept.
const KEPT: usize = 1 << 20;

thread_local! {
    /// Room for keys, kept from one time to the next: to ask for it takes longer than a pass over it.
    static SPARE: Cell<Vec<u64>> = const { Cell::new(Vec::new()) };
}

/// Keeps what [`sort`] gave for the next time.
fn keep(spare: Vec<u64>) {
    if spare.capacity() <= KEPT {
        SPARE.set(spare);
    }
}

/// The places of the numbers in their order.
#[must_use]
pub fn order_of(numbers: &[f64], descending: bool) -> Vec<usize> {
    // 0 and -0 are equal.
    let keys = numbers.iter().map(|x| key(x + 0.0, descending));
    let mut keys: Vec<(u64, usize)> = keys.zip(0..).collect();
    if keys.len() >= MANY && rayon::current_num_threads() > 1 {
        keys.par_sort_unstable();
    } else {
        keys.sort_unstable();
    }
    keys.into_iter().map(|(_, place)| place).collect()
}

/// The places of complex numbers in their order: by the real part, then the imaginary one.
#[must_use]
pub fn complex_order_of(numbers: &[Complex], descending: bool) -> Vec<usize> {
    let compare = |a: Complex, b: Complex| {
        let nan = |z: Complex| z.re.is_nan() || z.im.is_nan();
        if nan(a) || nan(b) {
            return nan(a).cmp(&nan(b));
        }
        let parts = a.re.partial_cmp(&b.re).unwrap_or(Ordering::Equal);
        let parts = parts.then_with(|| a.im.partial_cmp(&b.im).unwrap_or(Ordering::Equal));
        if descending { parts.reverse() } else { parts }
    };
    let mut places: Vec<usize> = (0..numbers.len()).collect();
    places.sort_by(|a, b| compare(numbers[*a], numbers[*b]));
    places
}

/// Where the least number is, or the greatest: the first such place, or the first NaN. `None` if
/// there is no number.
#[must_use]
pub fn place_of_extreme(numbers: &[f64], greatest: bool) -> Option<usize> {
    let mut best = 0;
    let mut so_far = *numbers.first()?;
    for (place, x) in numbers.iter().enumerate() {
        if so_far.is_nan() {
            break;
        }
        if x.is_nan() || if greatest { *x > so_far } else { *x < so_far } {
            (best, so_far) = (place, *x);
        }
    }
    Some(best)
}

/// The least number, or the greatest; NaN if there is one. `None` if there is no number.
#[must_use]
pub fn extreme(numbers: &[f64], greatest: bool) -> Option<f64> {
    if greatest { best(numbers, |x, best| x > best) } else { best(numbers, |x, best| x < best) }
}

/// The number that is better than all others; NaN if there is one.
fn best(numbers: &[f64], better: impl Fn(f64, f64) -> bool + Sync) -> Option<f64> {
    let first = *numbers.first()?;
    let piece = |numbers: &[f64]| {
        wide(
            #[inline(always)]
            || best_of_piece(numbers, first, &better),
        )
    };
    let join = |a: f64, b: f64| if a.is_nan() || better(a, b) { a } else { b };
    let found = if numbers.len() < MANY {
        piece(numbers)
    } else {
        numbers.par_chunks(1 << 14).map(piece).reduce(|| first, join)
    };
    // 0 and -0 are equal, so which of them comes first decides, whatever the lanes: make them one.
    let nan = first.is_nan() || found.is_nan();
    Some(if nan { f64::NAN } else { found + 0.0 })
}

#[inline(always)]
fn best_of_piece(numbers: &[f64], first: f64, better: &impl Fn(f64, f64) -> bool) -> f64 {
    /// Numbers compared side by side.
    const LANES: usize = 16;
    let mut best = [first; LANES];
    let mut nans = [0; LANES];
    let (rows, rest) = numbers.as_chunks::<LANES>();
    for row in rows {
        for lane in 0..LANES {
            let x = row[lane];
            best[lane] = if better(x, best[lane]) { x } else { best[lane] };
            nans[lane] |= u64::from(x.is_nan());
        }
    }
    if nans.iter().fold(0, |all, nan| all | nan) != 0 || rest.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    let both = best.into_iter().chain(rest.iter().copied());
    both.fold(first, |best, x| if better(x, best) { x } else { best })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nan_is_last_both_ways() {
        let z = [(f64::NAN, 1.0), (2.0, 1.0), (1.0, f64::NAN), (2.0, 0.0)];
        let z = z.map(|(re, im)| Complex::new(re, im));
        assert_eq!(complex_order_of(&z, false), [3, 1, 0, 2]);
        assert_eq!(complex_order_of(&z, true), [1, 3, 0, 2]);
        let mut out = [0.0; 4];
        sort_into(&[3.0, f64::NAN, 1.0, -2.0], &mut out, true);
        assert_eq!(out[..3], [3.0, 1.0, -2.0]);
        assert!(out[3].is_nan());
        assert_eq!(order_of(&[3.0, f64::NAN, 1.0, 3.0], true), [0, 3, 2, 1]);
        assert_eq!(order_of(&[0.0, -0.0, -1.0], false), [2, 0, 1]);
    }

    #[test]
    fn the_first_of_equal_extremes_counts_and_nan_before_all() {
        assert_eq!(place_of_extreme(&[3.0, 1.0, 1.0], false), Some(1));
        assert_eq!(place_of_extreme(&[1.0, f64::NAN, 9.0], true), Some(1));
        assert_eq!(place_of_extreme(&[], true), None);
        assert_eq!(extreme(&[], true), None);
        let mut many = vec![f64::NEG_INFINITY; 100];
        many[40] = 3.0;
        assert_eq!(extreme(&many, true), Some(3.0));
        many[70] = f64::INFINITY;
        assert_eq!(extreme(&many, true), Some(f64::INFINITY));
        assert_eq!(extreme(&many, false), Some(f64::NEG_INFINITY));
        many[50] = f64::NAN;
        assert!(extreme(&many, true).is_some_and(f64::is_nan));
        assert!(extreme(&[1.0, f64::NAN, 9.0], true).is_some_and(f64::is_nan));
    }

    proptest! {
        #[test]
        fn numbers_sort_as_they_compare(
            numbers in prop::collection::vec(-1e3..1e3, 0..100),
            descending: bool,
        ) {
            let mut sorted = vec![0.0; numbers.len()];
            sort_into(&numbers, &mut sorted, descending);
            let mut other = numbers.clone();
            other.sort_by(|a: &f64, b| if descending { b.total_cmp(a) } else { a.total_cmp(b) });
            prop_assert_eq!(&sorted, &other);
            let by_place: Vec<f64> =
                order_of(&numbers, descending).iter().map(|at| numbers[*at]).collect();
            prop_assert_eq!(by_place, other);
            prop_assert_eq!(extreme(&numbers, descending), sorted.first().copied());
        }
    }
}
