//! Writing past the caches. A store first fetches the line it changes, unless that is told to go to
//! memory as a whole; of a result far larger than the caches, that saves a third of what is moved
//! (decision 0031). The numbers are the same either way.
#![cfg_attr(
    target_arch = "x86_64",
    expect(unsafe_code, reason = "such stores are instructions that the compiler never chooses")
)]

use bytemuck::{AnyBitPattern, NoUninit, Pod, Zeroable};

/// Results of so many numbers are written past the caches: what would find them there is far.
pub(crate) const LARGE: usize = 1 << 21;

/// So many numbers lie in a line of the caches.
const NUMBERS: usize = 8;

/// So many lines are written to what is near before they go past the caches.
const NEAR: usize = 16;

/// Numbers in one line of the caches.
#[derive(Clone, Copy, Zeroable, Pod)]
#[repr(C, align(64))]
struct Line([u64; NUMBERS]);

impl Line {
    /// Writes the line without fetching it.
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    #[inline(always)]
    fn stream(&mut self, words: [u64; NUMBERS]) {
        use std::arch::x86_64::{__m128i, _mm_stream_si128};
        let line: *mut __m128i = self.0.as_mut_ptr().cast();
        let quarters: [__m128i; NUMBERS / 2] = bytemuck::cast(words);
        for (index, quarter) in quarters.into_iter().enumerate() {
            // SAFETY: four quarters are the line.
            let place = unsafe { line.add(index) };
            // SAFETY: the line is aligned; whoever called `past` waits for it, so that nobody looks before
            // it is there.
            unsafe { _mm_stream_si128(place, quarter) };
        }
    }

    /// Writes the line: where there is no way to pass by the caches, through them.
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    #[inline(always)]
    fn stream(&mut self, words: [u64; NUMBERS]) {
        self.0 = words;
    }
}

/// That what is written past the caches will be waited for.
#[derive(Debug)]
pub(crate) struct Past(());

/// Lets `f` write past the caches, and waits until all of it can be seen.
#[inline(always)]
pub(crate) fn past<R>(f: impl FnOnce(&Past) -> R) -> R {
    /// Waits also if `f` panics.
    struct Wait;
    impl Drop for Wait {
        #[inline(always)]
        fn drop(&mut self) {
            #[cfg(all(target_arch = "x86_64", not(miri)))]
            // SAFETY: every processor of this kind has it.
            unsafe {
                std::arch::x86_64::_mm_sfence();
            };
        }
    }
    let _wait = Wait;
    f(&Past(()))
}

impl Past {
    /// As [`each`], past the caches where whole lines are written.
    ///
    /// Compiled for the oldest processors: their vectors are as wide as such a store, and wider ones would
    /// have to be taken apart for it. So it is for what costs less than the way to memory.
    #[inline(never)]
    pub(crate) fn each<T: Copy, U: NoUninit + AnyBitPattern, const N: usize>(
        &self,
        sources: [&[T]; N],
        out: &mut [U],
        f: impl Fn([T; N]) -> U,
    ) {
        if size_of::<U>() != size_of::<u64>() {
            return each(sources, out, f);
        }
        let (head, lines, tail) = bytemuck::pod_align_to_mut::<U, Line>(out);
        each(sources.map(|numbers| &numbers[..head.len()]), head, &f);
        let sources = sources.map(|numbers| &numbers[head.len()..]);
        let rows = sources.map(|numbers| &numbers.as_chunks::<NUMBERS>().0[..lines.len()]);
        for (index, line) in lines.iter_mut().enumerate() {
            let row = rows.map(|rows| &rows[index]);
            let mut words = [0; NUMBERS];
            for (place, word) in words.iter_mut().enumerate() {
                *word = bytemuck::cast(f(row.map(|row| row[place])));
            }
            line.stream(words);
        }
        each(sources.map(|numbers| &numbers[NUMBERS * lines.len()..]), tail, &f);
    }

    /// As [`each`](Self::each), for what costs more: it is done with the widest vectors to what is near, and
    /// goes from there to memory.
    #[inline(always)]
    pub(crate) fn each_costly<const N: usize>(
        &self,
        sources: [&[f64]; N],
        out: &mut [f64],
        f: impl Fn([f64; N]) -> f64,
    ) {
        let mut near = [0.0; NUMBERS * NEAR];
        for from in (0..out.len()).step_by(near.len()) {
            let count = near.len().min(out.len() - from);
            let sources = sources.map(|numbers| &numbers[from..from + count]);
            each(sources, &mut near[..count], &f);
            self.copy(&near[..count], &mut out[from..from + count]);
        }
    }

    /// Writes these numbers, of which there are as many as in `out`.
    pub(crate) fn copy(&self, numbers: &[f64], out: &mut [f64]) {
        self.each([numbers], out, |[x]| x);
    }
}

/// How many of these numbers come before the first line that is theirs alone.
pub(crate) fn before_lines(out: &mut [f64]) -> usize {
    bytemuck::pod_align_to_mut::<f64, Line>(out).0.len()
}

/// Writes `f` of what stands in the same place of each source, none of which is shorter.
#[inline(always)]
pub(crate) fn each<T: Copy, U, const N: usize>(
    sources: [&[T]; N],
    out: &mut [U],
    f: impl Fn([T; N]) -> U,
) {
    let sources = sources.map(|numbers| &numbers[..out.len()]);
    for (place, out) in out.iter_mut().enumerate() {
        *out = f(sources.map(|numbers| numbers[place]));
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "numbers are only copied, and whole ones are exact")]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_past_the_caches_is_there_wherever_it_begins_and_ends() {
        let numbers: Vec<f64> = (0..200).map(f64::from).collect();
        for from in 0..20 {
            for to in from..60 {
                let mut out = vec![-1.0; 60];
                past(|past| {
                    past.each([&numbers[1..], &numbers], &mut out[from..to], |[x, y]| x + y);
                });
                for (place, found) in out.iter().enumerate() {
                    let wanted = match place.checked_sub(from) {
                        Some(index) if place < to => numbers[index] + numbers[index + 1],
                        _ => -1.0,
                    };
                    assert_eq!(*found, wanted, "{place} of {from}..{to}");
                }
            }
        }
    }

    #[test]
    fn other_things_than_words_are_written_as_ever() {
        let mut out = [0_u32; 40];
        past(|past| past.each([&[7_u8; 40]], &mut out, |[x]| u32::from(x) + 1));
        assert_eq!(out, [8; 40]);
        let mut copy = [0.0; 21];
        past(|past| past.copy(&[2.5; 21], &mut copy));
        assert_eq!(copy, [2.5; 21]);
    }

    #[test]
    fn lines_begin_where_they_are_said_to() {
        let mut numbers = [0.0; 40];
        for from in 0..20 {
            let before = before_lines(&mut numbers[from..]);
            assert!(before < NUMBERS);
            assert_eq!(before_lines(&mut numbers[from + before..]), 0);
        }
    }
}
