//! Boxes of numbers.

use crate::Error;

/// A box of numbers in row-major order: the last axis varies fastest. A box without axes has one
/// number.
#[derive(Clone, Debug, PartialEq)]
pub struct Array<T> {
    shape: Vec<usize>,
    data: Vec<T>,
}

impl<T> Array<T> {
    /// A box of these numbers.
    ///
    /// # Errors
    /// `shape` says that there are more or fewer of them.
    pub fn new(shape: Vec<usize>, data: Vec<T>) -> Result<Self, Error> {
        let size = shape.iter().try_fold(1_usize, |size, length| size.checked_mul(*length));
        if size != Some(data.len()) {
            return Err(Error::shape(format!(
                "{} numbers cannot have the shape {shape:?}",
                data.len()
            )));
        }
        Ok(Self { shape, data })
    }

    /// Numbers in a row.
    #[must_use]
    pub fn vector(data: Vec<T>) -> Self {
        Self { shape: vec![data.len()], data }
    }

    /// The length of each axis, the outermost first.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// How many axes there are.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// The numbers.
    #[must_use]
    pub fn data(&self) -> &[T] {
        &self.data
    }

    /// The numbers, to be changed.
    pub fn data_mut(&mut self) -> &mut [T] {
        &mut self.data
    }

    /// Shape and numbers.
    #[must_use]
    pub fn into_parts(self) -> (Vec<usize>, Vec<T>) {
        (self.shape, self.data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_must_say_how_many_numbers_there_are() {
        assert_eq!(Array::new(vec![2, 2], vec![1.0; 4]).map(|a| a.rank()), Ok(2));
        assert!(Array::new(vec![2, usize::MAX], vec![1.0; 4]).is_err());
        assert_eq!(Array::vector(vec![1, 2]).shape(), [2]);
    }
}
