//! The transform of one sequence of complex numbers.

use super::chirp::Chirp;
use super::lane::Pair;
use super::split::{Room, Split};
use super::stockham::{Stockham, radices};
use crate::Complex;

/// From this length on a transform is split into shorter ones.
const SPLIT_MIN: usize = 64;

/// How to transform sequences of one length: forward, without a factor, with e^(−2πi·jk/n).
///
/// Its cost is that of n·log n steps for every length.
#[derive(Clone, Debug)]
pub struct Transform {
    length: usize,
    way: Way,
}

#[derive(Clone, Debug)]
enum Way {
    /// Of nothing, or of one number.
    Same,
    Short(Stockham),
    Long(Split),
    Chirp(Chirp),
}

/// Room that transforms work in, to be used for many.
#[derive(Clone, Debug, Default)]
pub struct Work {
    room: Room,
    buffers: Vec<Vec<Complex>>,
}

impl Work {
    /// A buffer of this length with anything in it.
    pub(super) fn take(&mut self, length: usize) -> Vec<Complex> {
        let mut buffer = self.buffers.pop().unwrap_or_default();
        buffer.resize(length, Complex::ZERO);
        buffer
    }

    /// Gives it back, for the next time.
    pub(super) fn give(&mut self, buffer: Vec<Complex>) {
        self.buffers.push(buffer);
    }
}

impl Transform {
    /// For sequences of this length.
    #[must_use]
    pub fn new(length: usize) -> Self {
        let way = if length <= 1 {
            Way::Same
        } else if radices(length).is_none() {
            Way::Chirp(Chirp::new(length))
        } else if length < SPLIT_MIN {
            Stockham::new(length).map_or(Way::Same, Way::Short)
        } else {
            Split::new(length).map_or(Way::Same, Way::Long)
        };
        Self { length, way }
    }

    /// The length of the sequences.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// About how many bytes it takes to transform one sequence of this length.
    #[must_use]
    pub fn bytes(length: usize) -> usize {
        let numbers = if radices(length.max(1)).is_some() { 4 } else { 20 };
        length.saturating_mul(numbers * size_of::<Complex>())
    }

    /// Puts the transform of `source` into `target`; what is in `source` then is of no use. Both are
    /// as long as the transform.
    pub fn run(&self, source: &mut [Complex], target: &mut [Complex], work: &mut Work) {
        match &self.way {
            Way::Same => target.copy_from_slice(source),
            Way::Short(stockham) => {
                let (pairs, spare) = work.room.of(self.length);
                for (pair, value) in pairs.iter_mut().zip(&*source) {
                    *pair = Pair::new(*value, Complex::ZERO);
                }
                let result = if stockham.run(pairs, spare) { spare } else { pairs };
                for (value, pair) in target.iter_mut().zip(result) {
                    *value = pair.first();
                }
            }
            Way::Long(split) => split.run(source, target, &mut work.room),
            Way::Chirp(chirp) => chirp.run(source, target, work),
        }
    }

    /// The same backwards, without a factor: with e^(2πi·jk/n).
    pub fn run_back(&self, source: &mut [Complex], target: &mut [Complex], work: &mut Work) {
        conjugate(source);
        self.run(source, target, work);
        conjugate(target);
    }
}

/// Conjugates all numbers; an imaginary part of 0 stays as it is.
fn conjugate(numbers: &mut [Complex]) {
    for number in numbers {
        number.im = 0.0 - number.im;
    }
}
