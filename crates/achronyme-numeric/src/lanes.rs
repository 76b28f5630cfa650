//! The lanes of a box along some of its axes, and what functions make of each: the one way in which
//! functions of all numbers of an array become functions along an axis.

use smallvec::SmallVec;

use crate::Error;
use crate::shape::Shape;
use crate::sum::{column_sums, pairwise};
use crate::transpose::transposed;

/// So many lanes that lie across memory are gathered at once.
const STRIP: usize = 16;

/// The numbers of a box in groups: those of one group differ in their places along the chosen axes
/// only. Groups, and the numbers in them, are in row-major order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lanes {
    shape: Shape,
    /// Which axes a lane goes along.
    chosen: SmallVec<[bool; 8]>,
    /// If the chosen axes are neighbours: how many places there are before, along and after them.
    run: Option<[usize; 3]>,
}

impl Lanes {
    /// The lanes along these axes of a box of this shape.
    ///
    /// # Errors
    /// An axis is not there, or is named twice; or the shape has more numbers than there can be.
    pub fn along(shape: &[usize], axes: &[usize]) -> Result<Self, Error> {
        let mut chosen = SmallVec::<[bool; 8]>::from_elem(false, shape.len());
        for &axis in axes {
            match chosen.get_mut(axis) {
                Some(slot) if !*slot => *slot = true,
                Some(_) => return Err(Error::value(format!("axis {axis} is named twice"))),
                None => {
                    let rank = shape.len();
                    return Err(Error::value(format!("there is no axis {axis} in rank {rank}")));
                }
            }
        }
        Self::of(shape, chosen)
    }

    fn of(shape: &[usize], chosen: SmallVec<[bool; 8]>) -> Result<Self, Error> {
        let counted = shape.iter().filter(|length| **length > 0);
        if counted.copied().try_fold(1, usize::checked_mul).is_none() {
            return Err(Error::shape(format!("the shape {shape:?} has too many numbers")));
        }
        let first = chosen.iter().position(|chosen| *chosen).unwrap_or(shape.len());
        let last = chosen.iter().rposition(|chosen| *chosen).map_or(first, |last| last + 1);
        let neighbours = chosen.get(first..last).is_none_or(|run| run.iter().all(|it| *it));
        let size = |part: &[usize]| part.iter().product();
        let run = neighbours
            .then(|| [size(&shape[..first]), size(&shape[first..last]), size(&shape[last..])]);
        Ok(Self { shape: Shape::from_slice(shape), chosen, run })
    }

    /// All numbers of a box of this shape as one lane.
    ///
    /// # Errors
    /// The shape has more numbers than there can be.
    pub fn whole(shape: &[usize]) -> Result<Self, Error> {
        Self::of(shape, SmallVec::from_elem(true, shape.len()))
    }

    /// How many numbers a lane has.
    #[must_use]
    pub fn length(&self) -> usize {
        self.product(true)
    }

    /// How many lanes there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.product(false)
    }

    fn product(&self, of_chosen: bool) -> usize {
        let lengths = self.shape.iter().zip(&self.chosen);
        lengths.filter(|(_, chosen)| **chosen == of_chosen).map(|(length, _)| *length).product()
    }

    /// The shape of a box with one number per lane: without the chosen axes, or with length 1 along
    /// them.
    #[must_use]
    pub fn reduced_shape(&self, keep_axes: bool) -> Vec<usize> {
        let lengths = self.shape.iter().zip(&self.chosen);
        lengths
            .filter(|(_, chosen)| keep_axes || !**chosen)
            .map(|(length, chosen)| if *chosen { 1 } else { *length })
            .collect()
    }

    /// How many places there are before, along and after the chosen axes, if these are neighbours:
    /// number `i` of lane `(a, b)` is then at `(a * along + i) * after + b`.
    #[must_use]
    pub const fn run(&self) -> Option<[usize; 3]> {
        self.run
    }

    /// What `f` makes of each lane, in the order of the lanes. Lanes that do not lie in one piece are
    /// copied; all else is O(numbers).
    ///
    /// # Errors
    /// The first that `f` gives.
    pub fn reduce<T: Copy, U>(
        &self,
        data: &[T],
        mut f: impl FnMut(&[T]) -> Result<U, Error>,
    ) -> Result<Vec<U>, Error> {
        let mut results = Vec::with_capacity(self.count());
        self.each(data, |lane| {
            results.push(f(lane)?);
            Ok(())
        })?;
        Ok(results)
    }

    /// The sum of each lane: to the bit what [`pairwise`] gives for it.
    ///
    /// # Errors
    /// None; lanes that are no neighbours are copied.
    pub fn sums<T>(&self, data: &[T]) -> Result<Vec<T>, Error>
    where
        T: Copy + Default + std::ops::Add<Output = T> + Send + Sync,
    {
        match self.run {
            Some([before, along, after]) if after > 1 && along > 0 => {
                let blocks = data.chunks_exact(along * after).take(before);
                Ok(blocks.flat_map(|block| column_sums(block, after)).collect())
            }
            _ => self.reduce(data, |lane| Ok(pairwise(lane))),
        }
    }

    /// What `f` makes of each lane from its first number on, one after the other. Lanes without numbers
    /// are an error.
    ///
    /// # Errors
    /// A lane is empty.
    pub fn fold<T: Copy>(&self, data: &[T], f: impl Fn(T, T) -> T) -> Result<Vec<T>, Error> {
        if self.length() == 0 && self.count() > 0 {
            return Err(Error::value("empty input"));
        }
        match self.run {
            Some([before, along, after]) if after > 1 && along > 0 => {
                let mut results = Vec::with_capacity(before * after);
                for block in data.chunks_exact(along * after).take(before) {
                    let (first, rest) = block.split_at(after);
                    let start = results.len();
                    results.extend_from_slice(first);
                    for row in rest.chunks_exact(after) {
                        for (so_far, x) in results[start..].iter_mut().zip(row) {
                            *so_far = f(*so_far, *x);
                        }
                    }
                }
                Ok(results)
            }
            _ => self.reduce(data, |lane| {
                let (first, rest) =
                    lane.split_first().ok_or_else(|| Error::value("empty input"))?;
                Ok(rest.iter().fold(*first, |so_far, x| f(so_far, *x)))
            }),
        }
    }

    /// Puts what `f` makes of each lane, which is a lane of `length` numbers, where the lane was.
    /// There must be one chosen axis, or several neighbours, whose places become one axis of `length`.
    ///
    /// # Errors
    /// The first that `f` gives; or the axes are no neighbours.
    pub fn map<T: Copy, U: Copy + Default>(
        &self,
        data: &[T],
        length: usize,
        f: impl FnMut(&[T], &mut [U]) -> Result<(), Error>,
    ) -> Result<Vec<U>, Error> {
        let [before, _, after] = self.neighbours()?;
        let mut results = vec![U::default(); before * length * after];
        self.map_into(data, length, &mut results, f)?;
        Ok(results)
    }

    fn neighbours(&self) -> Result<[usize; 3], Error> {
        self.run.ok_or_else(|| Error::value("the axes must be neighbours"))
    }

    /// As [`Self::map`], into room for as many numbers as it gives.
    ///
    /// # Errors
    /// As for [`Self::map`].
    pub fn map_into<T: Copy, U: Copy + Default>(
        &self,
        data: &[T],
        length: usize,
        results: &mut [U],
        mut f: impl FnMut(&[T], &mut [U]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let [_, _, after] = self.neighbours()?;
        if after == 1 {
            let mut next = 0;
            return self.each(data, |lane| {
                next += length;
                f(lane, &mut results[next - length..next])
            });
        }
        let mut lane_of = vec![U::default(); length * STRIP];
        let mut lane_index = 0;
        self.each(data, |lane| {
            let (outer, inner) = (lane_index / after, lane_index % after);
            let (slot, width) = (inner % STRIP, STRIP.min(after - inner / STRIP * STRIP));
            f(lane, &mut lane_of[slot * length..(slot + 1) * length])?;
            if slot + 1 == width {
                let first = inner + 1 - width;
                for i in 0..length {
                    let row = (outer * length + i) * after + first;
                    for (slot, result) in results[row..row + width].iter_mut().enumerate() {
                        *result = lane_of[slot * length + i];
                    }
                }
            }
            lane_index += 1;
            Ok(())
        })
    }

    /// Shows all lanes to `f`, each in one piece.
    fn each<T: Copy>(
        &self,
        data: &[T],
        mut f: impl FnMut(&[T]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (length, count) = (self.length(), self.count());
        if length == 0 {
            return (0..count).try_for_each(|_| f(&[]));
        }
        match self.run {
            Some([_, _, 1]) => data.chunks_exact(length).try_for_each(f),
            Some([before, _, after]) => {
                let mut lanes: Vec<T> = Vec::with_capacity(length * STRIP.min(after));
                for outer in 0..before {
                    let block = &data[outer * length * after..(outer + 1) * length * after];
                    for first in (0..after).step_by(STRIP) {
                        gather(block, after, first, STRIP.min(after - first), &mut lanes);
                        lanes.chunks_exact(length).try_for_each(&mut f)?;
                    }
                }
                Ok(())
            }
            None => {
                let axes = |chosen: bool| {
                    let all = self.chosen.iter().enumerate();
                    all.filter(move |(_, it)| **it == chosen).map(|(axis, _)| axis)
                };
                let order: Vec<usize> = axes(false).chain(axes(true)).collect();
                transposed(&self.shape, data, &order).1.chunks_exact(length).try_for_each(f)
            }
        }
    }
}

/// Puts `count` columns from `first` on of a matrix into `lanes`, one after the other.
fn gather<T: Copy>(block: &[T], width: usize, first: usize, count: usize, lanes: &mut Vec<T>) {
    lanes.clear();
    for column in first..first + count {
        lanes.extend(block.iter().skip(column).step_by(width).copied());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sums(shape: &[usize], axes: &[usize]) -> (Vec<usize>, Vec<usize>) {
        let data: Vec<usize> = (0..shape.iter().product()).collect();
        let lanes = Lanes::along(shape, axes).expect("the axes are there");
        let sums = lanes.reduce(&data, |lane| Ok(lane.iter().sum())).expect("sums succeed");
        (lanes.reduced_shape(false), sums)
    }

    #[test]
    fn lanes_go_along_the_chosen_axes() {
        assert_eq!(sums(&[2, 3], &[0]), (vec![3], vec![3, 5, 7]));
        assert_eq!(sums(&[2, 3], &[1]), (vec![2], vec![3, 12]));
        assert_eq!(sums(&[2, 3], &[0, 1]), (vec![], vec![15]));
        assert_eq!(sums(&[2, 3, 4], &[0, 2]), (vec![3], vec![60, 92, 124]));
        assert_eq!(sums(&[2, 3], &[]).1, [0, 1, 2, 3, 4, 5]);
        assert_eq!(sums(&[0, 3], &[0]), (vec![3], vec![0, 0, 0]));
        assert_eq!(sums(&[0, 3], &[1]), (vec![0], vec![]));
    }

    #[test]
    fn axes_must_be_there_and_be_named_once() {
        assert!(Lanes::along(&[2, 3], &[2]).is_err());
        assert!(Lanes::along(&[2, 3], &[1, 1]).is_err());
        assert!(Lanes::along(&[usize::MAX, 3], &[0]).is_err());
    }

    proptest! {
        #[test]
        fn lanes_mapped_to_themselves_change_nothing(
            shape in prop::collection::vec(0_usize..40, 1..4),
            axis in 0_usize..4,
        ) {
            let data: Vec<usize> = (0..shape.iter().product()).collect();
            let lanes = Lanes::along(&shape, &[axis % shape.len()]).expect("the axis is there");
            let mapped = lanes.map(&data, lanes.length(), |from, to| {
                to.copy_from_slice(from);
                Ok(())
            });
            prop_assert_eq!(mapped, Ok(data));
        }
    }
}
