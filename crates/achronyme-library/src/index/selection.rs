//! What an index selects from a box: places along each axis.

use super::{Argument, place};
use crate::{Fault, Store, View, numbers, numbers::Numbers, shape};

/// What is selected along one axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    /// One place; the axis goes away.
    One(usize),
    /// So many places from this one.
    Run(usize, usize),
    /// These places.
    Many(Vec<usize>),
}

impl Axis {
    /// How many places are selected.
    const fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Run(_, length) => *length,
            Self::Many(places) => places.len(),
        }
    }

    /// The place that is selected as number `i`.
    fn place(&self, i: usize) -> usize {
        match self {
            Self::One(place) => *place,
            Self::Run(start, _) => start + i,
            Self::Many(places) => places.get(i).copied().unwrap_or(0),
        }
    }
}

/// What `argument` selects from an axis of this length.
pub(super) fn axis<S: Store>(
    store: &S,
    argument: &Argument<S::Value>,
    length: usize,
) -> Result<Axis, Fault> {
    match argument {
        Argument::Slice(start, end) => {
            let (start, length) = place::slice(store, start.as_ref(), end.as_ref(), length)?;
            Ok(Axis::Run(start, length))
        }
        Argument::At(index) if matches!(store.view(index), View::Vector | View::Tensor) => {
            places(store, index, length).map(Axis::Many)
        }
        Argument::At(index) => place::at(store, index, length).map(Axis::One),
    }
}

/// The places that an array of indices means.
fn places<S: Store>(store: &S, indices: &S::Value, length: usize) -> Result<Vec<usize>, Fault> {
    let Some(Numbers::Real(shape, data)) = numbers::of(store, indices) else {
        return Err(Fault::new("Index must be a number"));
    };
    if shape.len() != 1 {
        return Err(Fault::new("An index that is an array must have one axis"));
    }
    data.iter().map(|number| place::at(store, &store.number(*number), length)).collect()
}

/// What `arguments` select from a box of this shape; axes that are not mentioned are whole.
///
/// # Errors
/// A place that is not there, or more arguments than axes.
pub(super) fn axes<S: Store>(
    store: &S,
    arguments: &[Argument<S::Value>],
    shape: &[usize],
) -> Result<Vec<Axis>, Fault> {
    if arguments.len() > shape.len() {
        return Err(Fault::new(format!(
            "Too many indices: tensor has {} dimensions, got {} indices",
            shape.len(),
            arguments.len()
        )));
    }
    let mut axes = Vec::with_capacity(shape.len());
    for (argument, length) in arguments.iter().zip(shape) {
        axes.push(axis(store, argument, *length)?);
    }
    axes.extend(shape.iter().skip(arguments.len()).map(|length| Axis::Run(0, *length)));
    Ok(axes)
}

/// The shape of what is selected.
pub(super) fn selected_shape(axes: &[Axis]) -> Vec<usize> {
    axes.iter().filter(|axis| !matches!(axis, Axis::One(_))).map(Axis::len).collect()
}

/// The place of every selected number in a box of this shape, in row-major order.
///
/// # Errors
/// More than memory can have.
pub(super) fn offsets<S: Store>(
    store: &S,
    axes: &[Axis],
    whole: &[usize],
) -> Result<Vec<usize>, Fault> {
    let lengths: Vec<usize> = axes.iter().map(Axis::len).collect();
    let size = shape::size(&lengths, size_of::<usize>())?;
    store.room(size.saturating_mul(size_of::<usize>()))?;
    let mut offsets = Vec::with_capacity(size);
    if size == 0 {
        return Ok(offsets);
    }
    let mut strides = vec![1; whole.len()];
    for i in (1..whole.len()).rev() {
        strides[i - 1] = strides[i] * whole[i];
    }
    let Some((last, outer)) = axes.split_last() else {
        return Ok(vec![0]);
    };
    let mut counter = vec![0; outer.len()];
    while offsets.len() < size {
        let base: usize = counter
            .iter()
            .zip(outer)
            .zip(&strides)
            .map(|((i, axis), stride)| axis.place(*i) * stride)
            .sum();
        offsets.extend((0..last.len()).map(|i| base + last.place(i)));
        shape::advance(&mut counter, &lengths);
    }
    Ok(offsets)
}
