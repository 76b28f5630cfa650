//! Transforms of 2, 3, 4, 5 or any small odd number of values: what a pass is made of.

use super::lane::Quad;
use super::roots::root;

/// The largest prime that is transformed by its definition.
pub(super) const PRIME_MAX: usize = 47;

/// cos(2π/3) is −½; this is sin(2π/3).
const SIN_THIRD: f64 = 0.866_025_403_784_438_6;
/// cos and sin of 2π/5 and 4π/5.
const COS_FIFTH: f64 = 0.309_016_994_374_947_45;
const SIN_FIFTH: f64 = 0.951_056_516_295_153_5;
const COS_TWO_FIFTHS: f64 = -0.809_016_994_374_947_5;
const SIN_TWO_FIFTHS: f64 = 0.587_785_252_292_473_1;

/// The transform of as many values as an array has.
#[inline(always)]
pub(super) fn two([a, b]: [Quad; 2]) -> [Quad; 2] {
    [a + b, a - b]
}

#[inline(always)]
pub(super) fn three([a, b, c]: [Quad; 3]) -> [Quad; 3] {
    let (sum, difference) = (b + c, (b - c).scaled(SIN_THIRD).turned());
    let middle = a - sum.scaled(0.5);
    [a + sum, middle + difference, middle - difference]
}

#[inline(always)]
pub(super) fn four([a, b, c, d]: [Quad; 4]) -> [Quad; 4] {
    let (even, odd) = (a + c, b + d);
    let (even_less, odd_less) = (a - c, (b - d).turned());
    [even + odd, even_less + odd_less, even - odd, even_less - odd_less]
}

#[inline(always)]
pub(super) fn five([a, b, c, d, e]: [Quad; 5]) -> [Quad; 5] {
    let (near, near_less) = (b + e, b - e);
    let (far, far_less) = (c + d, c - d);
    let first = a + near.scaled(COS_FIFTH) + far.scaled(COS_TWO_FIFTHS);
    let second = a + near.scaled(COS_TWO_FIFTHS) + far.scaled(COS_FIFTH);
    let first_less = (near_less.scaled(SIN_FIFTH) + far_less.scaled(SIN_TWO_FIFTHS)).turned();
    let second_less = (near_less.scaled(SIN_TWO_FIFTHS) - far_less.scaled(SIN_FIFTH)).turned();
    [
        a + near + far,
        first + first_less,
        second + second_less,
        second - second_less,
        first - first_less,
    ]
}

/// The transform of any odd number of values, in the square of their number of steps.
#[derive(Clone, Debug)]
pub(super) struct Odd {
    cosines: Vec<f64>,
    sines: Vec<f64>,
    sums: Vec<Quad>,
    differences: Vec<Quad>,
}

impl Odd {
    pub(super) fn new(count: usize) -> Self {
        let roots: Vec<_> = (0..count).map(|k| root(k, count)).collect();
        Self {
            cosines: roots.iter().map(|w| w.re).collect(),
            sines: roots.iter().map(|w| -w.im).collect(),
            sums: vec![Quad::default(); count / 2],
            differences: vec![Quad::default(); count / 2],
        }
    }

    /// Replaces values by their transform.
    pub(super) fn apply(&mut self, values: &mut [Quad]) {
        let count = values.len();
        let first = values[0];
        let mut total = first;
        for j in 0..count / 2 {
            let (left, right) = (values[j + 1], values[count - 1 - j]);
            self.sums[j] = left + right;
            self.differences[j] = left - right;
            total = total + self.sums[j];
        }
        values[0] = total;
        for k in 1..=count / 2 {
            let (mut even, mut odd) = (first, Quad::default());
            let mut at = 0;
            for (sum, difference) in self.sums.iter().zip(&self.differences) {
                at += k;
                if at >= count {
                    at -= count;
                }
                even = even + sum.scaled(self.cosines[at]);
                odd = odd + difference.scaled(self.sines[at]);
            }
            let odd = odd.turned();
            values[k] = even + odd;
            values[count - k] = even - odd;
        }
    }
}
