//! The numbers that truth values choose. Nothing here goes two ways for true and false: which of them
//! comes next is seldom foreseen.

use crate::wide::wide;

/// How many numbers are not 0.
#[must_use]
pub fn count_nonzero(numbers: &[f64]) -> usize {
    wide(
        #[inline(always)]
        || numbers.iter().map(|x| usize::from(*x != 0.0)).sum(),
    )
}

/// Writes those of the numbers whose truth is not 0, in their order, as far as there is room.
pub fn chosen_into(truths: &[f64], numbers: &[f64], out: &mut [f64]) {
    let mut next = 0;
    for (truth, number) in truths.iter().zip(numbers) {
        // Each is written, and overwritten by the next if it was not chosen.
        let Some(place) = out.get_mut(next) else { return };
        *place = *number;
        next += usize::from(*truth != 0.0);
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "numbers are only copied")]
mod tests {
    use super::*;

    #[test]
    fn those_that_are_true_are_chosen_in_their_order() {
        for count in [0, 1, 7, 127, 128, 129, 1000] {
            for every in [1, 2, 3, 50] {
                let numbers: Vec<f64> = (0..count).map(|i| i as f64).collect();
                let truth = |i: usize| if i.is_multiple_of(every) { i as f64 - 0.5 } else { -0.0 };
                let truths: Vec<f64> = (0..count).map(truth).collect();
                let wanted: Vec<f64> = numbers.iter().copied().step_by(every).collect();
                assert_eq!(count_nonzero(&truths), wanted.len());
                let mut out = vec![-1.0; wanted.len()];
                chosen_into(&truths, &numbers, &mut out);
                assert_eq!(out, wanted);
            }
        }
        assert_eq!(count_nonzero(&[f64::NAN, 0.0, f64::INFINITY, -0.0]), 2);
    }

    #[test]
    fn what_has_no_room_is_left_out() {
        let mut out = [0.0; 2];
        chosen_into(&[1.0; 4], &[1.0, 2.0, 3.0, 4.0], &mut out);
        assert_eq!(out, [1.0, 2.0]);
        chosen_into(&[1.0; 4], &[5.0], &mut []);
    }
}
