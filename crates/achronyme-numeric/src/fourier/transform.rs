//! The transform of one sequence of complex numbers.

use std::cell::RefCell;
use std::rc::Rc;

use super::chirp::Chirp;
use super::lane::Quad;
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
    pub(super) room: Room,
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

/// So many plans are kept for the next time.
const PLANS: usize = 8;
/// Longer ones take less time to make than to use.
const PLAN_MAX: usize = 1 << 14;

thread_local! {
    /// Plans of short transforms, the last one used first.
    static RECENT: RefCell<Vec<Rc<Transform>>> = const { RefCell::new(Vec::new()) };
}

impl Transform {
    /// For sequences of this length, as [`Transform::new`], but kept from one time to the next.
    #[must_use]
    pub fn kept(length: usize) -> Rc<Self> {
        if length > PLAN_MAX {
            return Rc::new(Self::new(length));
        }
        RECENT.with_borrow_mut(|recent| {
            match recent.iter().position(|transform| transform.length == length) {
                Some(place) => recent[..=place].rotate_right(1),
                None => {
                    recent.truncate(PLANS - 1);
                    recent.insert(0, Rc::new(Self::new(length)));
                }
            }
            Rc::clone(&recent[0])
        })
    }

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
                let (quads, spare) = work.room.of(self.length);
                for (quad, value) in quads.iter_mut().zip(&*source) {
                    *quad = Quad::new([*value, Complex::ZERO, Complex::ZERO, Complex::ZERO]);
                }
                let result = if stockham.run(quads, spare) { spare } else { quads };
                for (value, quad) in target.iter_mut().zip(result) {
                    *value = quad.first();
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
