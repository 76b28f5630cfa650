//! Transforms along the axes of boxes of numbers.

use super::real::{RealTransform, mirror};
use super::transform::{Transform, Work};
use crate::{Array, Complex, Error, Lines};

/// Which of the two directions of a transform is divided by the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Norm {
    /// The way back.
    Backward,
    /// Both, by the root of the length.
    Ortho,
    /// The way there.
    Forward,
}

/// The direction of a transform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From a sequence to its frequencies: with e^(−2πi·jk/n).
    There,
    /// From the frequencies to the sequence: with e^(2πi·jk/n).
    Back,
}

impl Norm {
    /// What a transform of this length is multiplied by.
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
    fn factor(self, length: usize, direction: Direction) -> f64 {
        let length = length as f64;
        match (self, direction) {
            (Self::Backward, Direction::There) | (Self::Forward, Direction::Back) => 1.0,
            (Self::Backward, Direction::Back) | (Self::Forward, Direction::There) => 1.0 / length,
            (Self::Ortho, Direction::There | Direction::Back) => 1.0 / length.sqrt(),
        }
    }
}

/// The transform of each line along an axis, which is cut or filled with zeros to `length`.
///
/// # Errors
/// The result would be too large to be counted.
pub fn transform(
    lines: Lines<'_, Complex>,
    length: usize,
    norm: Norm,
    direction: Direction,
) -> Result<Array<Complex>, Error> {
    let transform = Transform::new(length);
    let factor = norm.factor(length, direction);
    let mut work = Work::default();
    let mut source = Vec::new();
    lines.map(length, |line, target| {
        source.clear();
        source.extend_from_slice(&line[..line.len().min(length)]);
        source.resize(length, Complex::ZERO);
        match direction {
            Direction::There => transform.run(&mut source, target, &mut work),
            Direction::Back => transform.run_back(&mut source, target, &mut work),
        }
        scale(target, factor);
    })
}

/// The whole transform of each line of real numbers along an axis, forward.
///
/// # Errors
/// The result would be too large to be counted.
pub fn transform_real(
    lines: Lines<'_, f64>,
    length: usize,
    norm: Norm,
) -> Result<Array<Complex>, Error> {
    real_lines(lines, length, length, norm)
}

/// The first half of the transform, and one number more, of each line of real numbers.
///
/// # Errors
/// The result would be too large to be counted.
pub fn half_transform(
    lines: Lines<'_, f64>,
    length: usize,
    norm: Norm,
) -> Result<Array<Complex>, Error> {
    real_lines(lines, length, if length == 0 { 0 } else { length / 2 + 1 }, norm)
}

fn real_lines(
    lines: Lines<'_, f64>,
    length: usize,
    kept: usize,
    norm: Norm,
) -> Result<Array<Complex>, Error> {
    let transform = RealTransform::new(length);
    let factor = norm.factor(length, Direction::There);
    let mut work = Work::default();
    lines.map(kept, |line, target| {
        let line = &line[..line.len().min(length)];
        let half = transform.half_length();
        transform.run(line, &mut target[..half], &mut work);
        scale(&mut target[..half], factor);
        if kept > half {
            mirror(target);
        }
    })
}

/// The real numbers, `length` of them, of which each line along an axis is the first half of the
/// transform.
///
/// # Errors
/// The result would be too large to be counted.
pub fn half_transform_back(
    lines: Lines<'_, Complex>,
    length: usize,
    norm: Norm,
) -> Result<Array<f64>, Error> {
    let transform = RealTransform::new(length);
    let factor = norm.factor(length, Direction::Back);
    let mut work = Work::default();
    let mut padded = Vec::new();
    lines.map(length, |line, target| {
        let half = transform.half_length();
        if let Some(line) = line.get(..half) {
            transform.run_back(line, target, &mut work);
        } else {
            padded.clear();
            padded.extend_from_slice(line);
            padded.resize(half, Complex::ZERO);
            transform.run_back(&padded, target, &mut work);
        }
        for value in target {
            *value *= factor;
        }
    })
}

/// The transform along several axes, one after the other.
///
/// # Errors
/// The result would be too large to be counted.
pub fn transform_axes(
    array: Array<Complex>,
    axes: &[usize],
    norm: Norm,
    direction: Direction,
) -> Result<Array<Complex>, Error> {
    let mut array = array;
    for &axis in axes.iter().rev() {
        let length = array.shape()[axis];
        array = transform(Lines::of(&array, axis)?, length, norm, direction)?;
    }
    Ok(array)
}

#[expect(clippy::float_cmp, reason = "a factor of exactly 1 changes nothing")]
fn scale(numbers: &mut [Complex], factor: f64) {
    if factor != 1.0 {
        for number in numbers {
            *number *= factor;
        }
    }
}
