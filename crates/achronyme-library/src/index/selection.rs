//! What an index selects from a box: numbers that are added up along the axes of the result.

use achronyme_numeric::{Shape, broadcast_into, broadcast_shape, count_nonzero};

use super::{Argument, place};
use crate::{Fault, Store, View, numbers, numbers::Numbers, shape};

/// What is selected from a box: the place of each number is `base` and one offset of each part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selection {
    base: usize,
    parts: Vec<Part>,
}

/// Axes of the result that vary together.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    /// Their lengths.
    shape: Shape,
    offsets: Offsets,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Offsets {
    /// So many, each so much more than the one before, from 0 on.
    Run { count: usize, step: usize },
    /// These.
    List(Vec<usize>),
}

impl Offsets {
    const fn len(&self) -> usize {
        match self {
            Self::Run { count, .. } => *count,
            Self::List(offsets) => offsets.len(),
        }
    }

    fn at(&self, i: usize) -> usize {
        match self {
            Self::Run { step, .. } => i * step,
            Self::List(offsets) => offsets.get(i).copied().unwrap_or(0),
        }
    }
}

impl Selection {
    /// The shape of what is selected.
    pub(super) fn shape(&self) -> Shape {
        self.parts.iter().flat_map(|part| part.shape.iter().copied()).collect()
    }

    /// How many numbers are selected.
    ///
    /// # Errors
    /// More than memory can have.
    pub(super) fn len(&self) -> Result<usize, Fault> {
        let lengths: Shape = self.parts.iter().map(|part| part.offsets.len()).collect();
        shape::size(&lengths, size_of::<f64>())
    }

    /// Where what is selected begins and how much it is, if it lies in one piece.
    pub(super) fn piece(&self) -> Option<(usize, usize)> {
        match &*self.parts {
            [] => Some((self.base, 1)),
            [Part { offsets: Offsets::Run { count, step: 1 }, .. }] => Some((self.base, *count)),
            _ => None,
        }
    }

    /// The place of each number that is selected.
    pub(super) fn places(&self) -> Result<Vec<usize>, Fault> {
        let mut places = Vec::with_capacity(self.len()?);
        self.each_run(|from, count, step| places.extend((0..count).map(|i| from + i * step)));
        Ok(places)
    }

    /// The one place that is selected, if no axis is left.
    pub(super) fn one(&self) -> Option<usize> {
        self.parts.is_empty().then_some(self.base)
    }

    /// Shows `f` the runs that the numbers lie in, in the order of the result: where each begins, how
    /// many numbers it has, and how far apart they are.
    pub(super) fn each_run(&self, mut f: impl FnMut(usize, usize, usize)) {
        let Some((last, outer)) = self.parts.split_last() else { return f(self.base, 1, 1) };
        if self.parts.iter().any(|part| part.offsets.len() == 0) {
            return;
        }
        let lengths: Shape = outer.iter().map(|part| part.offsets.len()).collect();
        let mut counter = Shape::from_elem(0, outer.len());
        for _ in 0..lengths.iter().product() {
            let parts = counter.iter().zip(outer);
            let base: usize = parts.map(|(i, part)| part.offsets.at(*i)).sum();
            let base = base + self.base;
            match &last.offsets {
                Offsets::Run { count, step } => f(base, *count, *step),
                Offsets::List(offsets) => offsets.iter().for_each(|offset| f(base + offset, 1, 1)),
            }
            shape::advance(&mut counter, &lengths);
        }
    }

    /// Writes what is selected from `data`.
    pub(super) fn gather<T: Copy>(&self, data: &[T], mut out: &mut [T]) {
        if let [Part { offsets: Offsets::List(offsets), .. }] = &*self.parts {
            // Nothing is selected from a box without numbers, wherever that begins.
            let data = data.get(self.base..).unwrap_or_default();
            for (out, offset) in out.iter_mut().zip(offsets) {
                *out = data[*offset];
            }
            return;
        }
        self.each_run(|from, count, step| {
            let Some((run, rest)) = std::mem::take(&mut out).split_at_mut_checked(count) else {
                return;
            };
            if step == 1 {
                run.copy_from_slice(&data[from..from + count]);
            } else {
                for (out, x) in run.iter_mut().zip(data[from..].iter().step_by(step.max(1))) {
                    *out = *x;
                }
            }
            out = rest;
        });
    }

    /// Puts `values`, of which there are as many as are selected or one for all, into `data`.
    pub(super) fn scatter<T: Copy>(&self, data: &mut [T], values: &[T]) {
        if let [value] = values {
            return self.each_run(|from, count, step| {
                for slot in data[from..].iter_mut().step_by(step.max(1)).take(count) {
                    *slot = *value;
                }
            });
        }
        let mut values = values.iter();
        self.each_run(|from, count, step| {
            let slots = data[from..].iter_mut().step_by(step.max(1)).take(count);
            for (slot, value) in slots.zip(values.by_ref()) {
                *slot = *value;
            }
        });
    }
}

/// What one argument selects.
enum Selector {
    /// One place; the axis goes away.
    One(usize),
    /// So many places from this one.
    Run(usize, usize),
    /// These places, in an array of this shape; several arrays are paired.
    List(Shape, Vec<usize>),
    /// What a mask of several axes is true for: places in the box of these axes.
    Mask(usize, Vec<usize>),
}

/// What an argument selects from the axes of a box that begin with the one with this number.
fn selector<S: Store>(
    store: &S,
    argument: &Argument<S::Value>,
    axes: &[usize],
) -> Result<Selector, Fault> {
    let length = axes.first().copied().unwrap_or(0);
    let index = match argument {
        Argument::Slice(start, end) => {
            let (start, count) = place::slice(store, start.as_ref(), end.as_ref(), length)?;
            return Ok(Selector::Run(start, count));
        }
        Argument::At(index) => index,
    };
    match store.view(index) {
        View::Vector | View::Tensor => {}
        _ => return place::at(store, index, length).map(Selector::One),
    }
    if let Some(mask) = numbers::truths(store, index) {
        let rank = mask.shape().len();
        if axes.get(..rank) != Some(mask.shape()) {
            let message = format!(
                "A mask of shape {:?} does not fit an array of shape {axes:?}",
                mask.shape()
            );
            return Err(Fault { kind: "IndexError", message });
        }
        let Numbers::Real(_, truths) = mask else {
            return Err(Fault::new("Index must be a number"));
        };
        let chosen = chosen(&truths);
        return Ok(match rank {
            1 => Selector::List(Shape::from_slice(&[chosen.len()]), chosen),
            _ => Selector::Mask(rank, chosen),
        });
    }
    let Some(Numbers::Real(shape, data)) = numbers::of(store, index) else {
        return Err(Fault::new("Index must be a number"));
    };
    let places = data.iter().map(|number| place::of_number(*number, length));
    let places: Result<Vec<usize>, Fault> = places.collect();
    Ok(Selector::List(Shape::from_slice(&shape), places?))
}

/// The places of the truths that hold. Each is written whether it holds or not, and overwritten by
/// the next if it does not, as a branch would often go the wrong way.
fn chosen(truths: &[f64]) -> Vec<usize> {
    let count = count_nonzero(truths);
    let mut places = vec![0; count + 1];
    let mut next = 0;
    for (place, truth) in truths.iter().enumerate() {
        places[next] = place;
        next += usize::from(*truth != 0.0);
    }
    places.truncate(count);
    places
}

/// What `arguments` select from a box of this shape; axes that are not mentioned are whole. One list
/// of places stays where its axis was; several are paired, and stand before all slices if there is a
/// slice between them.
///
/// # Errors
/// A place that is not there, a mask that does not fit, lists that do not, or more arguments than
/// axes.
pub(super) fn select<S: Store>(
    store: &S,
    arguments: &[Argument<S::Value>],
    whole: &[usize],
) -> Result<Selection, Fault> {
    let mut steps = Shape::from_elem(1, whole.len());
    for axis in (1..whole.len()).rev() {
        steps[axis - 1] = steps[axis] * whole[axis];
    }
    let mut selection = Selection { base: 0, parts: Vec::with_capacity(whole.len()) };
    // Paired lists, and where they stand among the parts; whether a slice stands after them.
    let mut group: Option<(usize, Part)> = None;
    let mut slice_after = false;
    let mut axis = 0;
    for argument in arguments {
        if axis >= whole.len() {
            return Err(too_many(whole.len(), arguments.len()));
        }
        let (taken, list) = match selector(store, argument, &whole[axis..])? {
            Selector::One(place) => {
                selection.base += place * steps[axis];
                axis += 1;
                continue;
            }
            Selector::Run(start, count) => {
                selection.base += if count > 0 { start * steps[axis] } else { 0 };
                selection.parts.push(run(count, steps[axis]));
                slice_after = group.is_some();
                axis += 1;
                continue;
            }
            Selector::List(shape, places) => (1, (shape, places)),
            Selector::Mask(rank, places) => (rank, (Shape::from_slice(&[places.len()]), places)),
        };
        let (shape, mut offsets) = list;
        let step = steps[axis + taken - 1];
        if step != 1 {
            offsets.iter_mut().for_each(|offset| *offset *= step);
        }
        axis += taken;
        let part = Part { shape, offsets: Offsets::List(offsets) };
        group = Some(match group {
            None => (selection.parts.len(), part),
            Some((at, before)) => (if slice_after { 0 } else { at }, paired(&before, &part)?),
        });
    }
    selection.parts.extend((axis..whole.len()).map(|axis| run(whole[axis], steps[axis])));
    if let Some((at, part)) = group {
        selection.parts.insert(at, part);
    }
    join(&mut selection.parts);
    let bytes = selection.len()?.saturating_mul(size_of::<f64>());
    store.room(bytes)?;
    Ok(selection)
}

fn run(count: usize, step: usize) -> Part {
    Part { shape: Shape::from_slice(&[count]), offsets: Offsets::Run { count, step } }
}

/// Makes one run of neighbours that go on where the other ends.
fn join(parts: &mut Vec<Part>) {
    parts.dedup_by(|inner, outer| {
        let (Offsets::Run { count, step }, Offsets::Run { count: outer_count, step: outer_step }) =
            (&inner.offsets, &mut outer.offsets)
        else {
            return false;
        };
        if *outer_step != count * step {
            return false;
        }
        (*outer_count, *outer_step) = (*outer_count * count, *step);
        outer.shape.extend_from_slice(&inner.shape);
        true
    });
}

/// Two lists of places that go through their axes together.
fn paired(a: &Part, b: &Part) -> Result<Part, Fault> {
    let shape = broadcast_shape(&a.shape, &b.shape).map_err(|_| Fault {
        kind: "IndexError",
        message: format!("Lists of places of shapes {:?} and {:?} do not fit", a.shape, b.shape),
    })?;
    let (Offsets::List(x), Offsets::List(y)) = (&a.offsets, &b.offsets) else {
        return Err(Fault::new("Only lists of places are paired"));
    };
    let mut offsets = vec![0; shape::size(&shape, size_of::<usize>())?];
    broadcast_into((&a.shape, x), (&b.shape, y), (&shape, &mut offsets), |x, y| x + y);
    Ok(Part { shape, offsets: Offsets::List(offsets) })
}

fn too_many(rank: usize, count: usize) -> Fault {
    Fault::new(format!("Too many indices: tensor has {rank} dimensions, got {count} indices"))
}
