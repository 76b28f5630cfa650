//! The lines of a box along one axis.

use crate::{Array, Error};

/// So many lines that lie side by side are copied at a time.
const TILE: usize = 8;

/// The lines of a box of numbers along one of its axes.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'a, T> {
    shape: &'a [usize],
    data: &'a [T],
    axis: usize,
}

impl<'a, A: Copy + Default> Lines<'a, A> {
    /// Of numbers in row-major order, as many as the shape says.
    ///
    /// # Errors
    /// There are more or fewer, or there is no such axis.
    pub fn new(shape: &'a [usize], data: &'a [A], axis: usize) -> Result<Self, Error> {
        if axis >= shape.len() || shape.iter().product::<usize>() != data.len() {
            return Err(Error::shape(format!(
                "{} numbers of shape {shape:?} have no lines along axis {axis}",
                data.len()
            )));
        }
        Ok(Self { shape, data, axis })
    }

    /// Of an array.
    ///
    /// # Errors
    /// There is no such axis.
    pub fn of(array: &'a Array<A>, axis: usize) -> Result<Self, Error> {
        Self::new(array.shape(), array.data(), axis)
    }

    /// The length of each line.
    #[must_use]
    pub fn length(&self) -> usize {
        self.shape[self.axis]
    }

    /// The axis along which the lines lie.
    #[must_use]
    pub fn axis(&self) -> usize {
        self.axis
    }

    /// How many lines lie side by side.
    pub(crate) fn after(&self) -> usize {
        self.shape[self.axis + 1..].iter().product()
    }

    /// A copy of the box.
    pub(crate) fn to_array(self) -> Result<Array<A>, Error> {
        Array::new(self.shape.to_vec(), self.data.to_vec())
    }

    /// The shape of the box, but with another length of the lines.
    pub(crate) fn shape_with(&self, length: usize) -> Vec<usize> {
        let mut shape = self.shape.to_vec();
        shape[self.axis] = length;
        shape
    }

    /// Another box, with another line of each line. `make` gets the line, and where the new one is to
    /// be written, `length` numbers of it.
    ///
    /// # Errors
    /// The new box would have too many numbers to be counted.
    pub fn map<B: Copy + Default>(
        &self,
        length: usize,
        mut make: impl FnMut(&[A], &mut [B]),
    ) -> Result<Array<B>, Error> {
        let shape = self.shape_with(length);
        let size = shape.iter().try_fold(1_usize, |size, length| size.checked_mul(*length));
        let size = size.ok_or_else(|| Error::value("the result would be too large"))?;
        let mut data = vec![B::default(); size];
        if size > 0 {
            self.fill(&mut data, length, &mut make);
        }
        Array::new(shape, data)
    }

    fn fill<B: Copy + Default>(
        &self,
        data: &mut [B],
        length: usize,
        make: &mut impl FnMut(&[A], &mut [B]),
    ) {
        let old = self.length();
        let after = self.after();
        if after == 1 {
            for (number, target) in data.chunks_exact_mut(length).enumerate() {
                make(&self.data[number * old..(number + 1) * old], target);
            }
            return;
        }
        let tile = TILE.min(after);
        let mut sources = vec![A::default(); tile * old];
        let mut targets = vec![B::default(); tile * length];
        for (number, target) in data.chunks_exact_mut(length * after).enumerate() {
            let source = &self.data[number * old * after..(number + 1) * old * after];
            for start in (0..after).step_by(tile) {
                let count = tile.min(after - start);
                for k in 0..old {
                    for (line, value) in source[k * after + start..][..count].iter().enumerate() {
                        sources[line * old + k] = *value;
                    }
                }
                for line in 0..count {
                    make(
                        &sources[line * old..(line + 1) * old],
                        &mut targets[line * length..(line + 1) * length],
                    );
                }
                for k in 0..length {
                    for (line, value) in target[k * after + start..][..count].iter_mut().enumerate()
                    {
                        *value = targets[line * length + k];
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_along_every_axis() {
        let array = Array::new(vec![2, 3, 10], (0..60).collect()).unwrap();
        for axis in 0..3 {
            let sums = Lines::of(&array, axis)
                .unwrap()
                .map(1, |line, sum| sum[0] = line.iter().sum::<i32>());
            let sums = sums.unwrap();
            assert_eq!(sums.shape()[axis], 1);
            assert_eq!(sums.data().iter().sum::<i32>(), 59 * 30);
            let same = Lines::of(&array, axis).unwrap().map(array.shape()[axis], |line, copy| {
                copy.copy_from_slice(line);
            });
            assert_eq!(same.unwrap(), array);
        }
    }

    #[test]
    fn boxes_without_numbers_have_lines_too() {
        let empty = Array::new(vec![0, 4], Vec::<f64>::new()).unwrap();
        let ones =
            Lines::of(&empty, 0).unwrap().map(2, |_, line: &mut [f64]| line.fill(1.0)).unwrap();
        assert_eq!((ones.shape(), ones.data()), ([2, 4].as_slice(), [1.0; 8].as_slice()));
        let none =
            Lines::of(&empty, 1).unwrap().map(7, |_, line: &mut [f64]| line.fill(1.0)).unwrap();
        assert_eq!(none.shape(), [0, 7]);
    }

    #[test]
    fn lines_that_are_not_there_are_refused() {
        assert!(Lines::new(&[2], &[1.0, 2.0], 1).is_err());
        assert!(Lines::new(&[3], &[1.0, 2.0], 0).is_err());
    }
}
