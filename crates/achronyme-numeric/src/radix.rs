//! Many integers sorted by their digits, which takes time in proportion to their number.

/// So many bits are a digit.
const BITS: u32 = 11;
/// So many values a digit has.
const VALUES: usize = 1 << BITS;
/// So many digits are looked at, the highest that not all integers have in common.
const DIGITS: u32 = 3;
/// From so many integers on, comparing them is slower.
const MIN: usize = 1 << 13;

/// Sorts integers: by their highest digits from the lowest of these on, each pass keeping the order of
/// the one before (D. E. Knuth, *The Art of Computer Programming* 3, §5.2.5), and those alike in these
/// by comparisons. Whether they end up in `spare`, which must be as long if there [are
/// passes](is_by_digits).
pub(crate) fn sort(keys: &mut [u64], spare: &mut [u64]) -> bool {
    let Some(&first) = keys.first().filter(|_| is_by_digits(keys.len())) else {
        keys.sort_unstable();
        return false;
    };
    let differing = keys.iter().fold(0, |differing, key| differing | (key ^ first));
    let top = u64::BITS - differing.leading_zeros();
    let shift = top.saturating_sub(BITS * DIGITS);
    let (mut from, mut to) = (keys, spare);
    let mut is_in_spare = false;
    for (mut places, digit) in counts(from, shift).into_iter().zip(0..) {
        if sum_up(&mut places, from.len()) {
            scatter(from, to, &mut places, shift + digit * BITS);
            (from, to) = (to, from);
            is_in_spare = !is_in_spare;
        }
    }
    if shift > 0 {
        sort_alike(from, shift);
    }
    is_in_spare
}

/// Whether so many integers are sorted by their digits, for which there must be a spare place.
pub(crate) fn is_by_digits(count: usize) -> bool {
    count >= MIN && u32::try_from(count).is_ok()
}

#[expect(clippy::cast_possible_truncation, reason = "the digit is what is wanted")]
const fn digit(key: u64, shift: u32) -> usize {
    (key >> shift) as usize % VALUES
}

/// How often each value of each digit is there.
fn counts(keys: &[u64], shift: u32) -> [[u32; VALUES]; DIGITS as usize] {
    let mut counts = [[0; VALUES]; DIGITS as usize];
    let [low, middle, high] = &mut counts;
    for key in keys {
        let key = key >> shift;
        low[digit(key, 0)] += 1;
        middle[digit(key, BITS)] += 1;
        high[digit(key, 2 * BITS)] += 1;
    }
    counts
}

/// Makes of the counts of values where each begins. Whether there are several.
fn sum_up(counts: &mut [u32; VALUES], total: usize) -> bool {
    let mut sum = 0;
    let mut is_one = false;
    for count in counts {
        is_one |= *count as usize == total;
        (*count, sum) = (sum, sum + *count);
    }
    !is_one
}

/// Puts each integer where the next with its digit belongs.
fn scatter(keys: &[u64], to: &mut [u64], places: &mut [u32; VALUES], shift: u32) {
    for key in keys {
        let place = &mut places[digit(*key, shift)];
        to[*place as usize] = *key;
        *place += 1;
    }
}

/// Sorts the integers among those that are the same from bit `shift` on, where all are in order by what
/// is above it.
fn sort_alike(keys: &mut [u64], shift: u32) {
    let mut at = 1;
    while at < keys.len() {
        if keys[at - 1] <= keys[at] {
            at += 1;
            continue;
        }
        let high = keys[at] >> shift;
        let is_alike = |key: &&u64| **key >> shift == high;
        let before = keys[..at].iter().rev().take_while(is_alike).count();
        let after = keys[at..].iter().take_while(is_alike).count();
        keys[at - before..at + after].sort_unstable();
        at += after;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(mut keys: Vec<u64>) {
        let mut expected = keys.clone();
        expected.sort_unstable();
        let mut spare = vec![0; keys.len()];
        let sorted = if sort(&mut keys, &mut spare) { spare } else { keys };
        assert!(sorted == expected, "{} keys", expected.len());
    }

    #[test]
    fn integers_of_few_and_of_many_bits_are_sorted() {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state ^ state >> 29
        };
        for mask in [0, 1, 0xfff, 0x1_ffff_ffff, 0x3_ffff_ffff, 7 << 61, 7 << 61 | 0xff, u64::MAX] {
            check((0..20_000).map(|_| next() & mask).collect());
        }
        check((0..20_000).collect());
        check((0..20_000).rev().collect());
        check(vec![u64::MAX; 10_000]);
        // All but one are the same in their highest digits.
        check((0..20_000).map(|i| if i == 5 { u64::MAX } else { next() >> 40 }).collect());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn sorting_by_digits_is_sorting(
            few in prop::collection::vec(any::<u64>(), 1..50),
            shift in 0_u32..64,
            count in 0_usize..12_000,
        ) {
            let keys = few.iter().cycle().zip(0_u64..).map(|(key, i)| (key >> shift) ^ (i % 257));
            check(keys.take(count).collect());
        }
    }
}
