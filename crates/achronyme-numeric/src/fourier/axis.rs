//! Transforms along the axes of boxes of numbers.

use super::columns::Columns;
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
    if length == lines.length() && lines.after() > 1 {
        let mut array = lines.to_array()?;
        if run_columns(&mut array, lines.axis(), norm, direction) {
            return Ok(array);
        }
    }
    let transform = Transform::kept(length);
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
        if run_columns(&mut array, axis, norm, direction) {
            continue;
        }
        let length = array.shape()[axis];
        array = transform(Lines::of(&array, axis)?, length, norm, direction)?;
    }
    Ok(array)
}

/// The transform of real numbers along several axes: only half of it is computed if one of these is
/// the last axis.
///
/// # Errors
/// The result would be too large to be counted.
pub fn transform_real_axes(
    shape: &[usize],
    data: &[f64],
    axes: &[usize],
    norm: Norm,
) -> Result<Array<Complex>, Error> {
    let last = shape.len().wrapping_sub(1);
    if !axes.contains(&last) {
        let data = data.iter().map(|x| Complex::from(*x)).collect();
        return transform_axes(Array::new(shape.to_vec(), data)?, axes, norm, Direction::There);
    }
    let others: Vec<usize> = axes.iter().copied().filter(|axis| *axis != last).collect();
    let half = half_transform(Lines::new(shape, data, last)?, shape[last], norm)?;
    let half = transform_axes(half, &others, norm, Direction::There)?;
    unfold(&half, &others, shape[last])
}

/// Of the first half along the last axis, the whole transform along the axes, of which the last has
/// this length. What is at some place is the conjugate of what is at the opposite one.
fn unfold(half: &Array<Complex>, axes: &[usize], length: usize) -> Result<Array<Complex>, Error> {
    let (outer, kept) = match half.shape() {
        [outer @ .., kept] => (outer, *kept),
        [] => return Ok(half.clone()),
    };
    let mut shape = outer.to_vec();
    shape.push(length);
    let size = half.data().len() / kept.max(1) * length;
    let mut data = vec![Complex::ZERO; size];
    let mut place = vec![0; outer.len()];
    for (row, target) in data.chunks_exact_mut(length.max(1)).enumerate() {
        let opposite = place.iter().enumerate().zip(outer).fold(0, |at, ((axis, i), count)| {
            let i = if axes.contains(&axis) && *i > 0 { count - i } else { *i };
            at * count + i
        });
        let (head, tail) = target.split_at_mut(kept);
        head.copy_from_slice(&half.data()[row * kept..(row + 1) * kept]);
        let mirrored = half.data()[opposite * kept + 1..].iter();
        // From the middle on, backwards.
        for (to, from) in tail.iter_mut().rev().zip(mirrored) {
            *to = from.conj();
        }
        advance(&mut place, outer);
    }
    Array::new(shape, data)
}

/// The next place in a box, the last axis first.
fn advance(place: &mut [usize], shape: &[usize]) {
    for (i, count) in place.iter_mut().zip(shape).rev() {
        *i += 1;
        if *i < *count {
            return;
        }
        *i = 0;
    }
}

/// Transforms along an axis that is not the last where the numbers are; `false` if that cannot be.
fn run_columns(array: &mut Array<Complex>, axis: usize, norm: Norm, direction: Direction) -> bool {
    let length = array.shape()[axis];
    let width: usize = array.shape()[axis + 1..].iter().product();
    let factor = norm.factor(length, direction);
    if width <= 1 {
        return false;
    }
    let Some(columns) = Columns::new(length, direction, factor) else { return false };
    let mut work = Work::default();
    for matrix in array.data_mut().chunks_exact_mut(length * width) {
        columns.run(matrix, width, &mut work.room);
    }
    true
}

#[expect(clippy::float_cmp, reason = "a factor of exactly 1 changes nothing")]
fn scale(numbers: &mut [Complex], factor: f64) {
    if factor != 1.0 {
        for number in numbers {
            *number *= factor;
        }
    }
}
