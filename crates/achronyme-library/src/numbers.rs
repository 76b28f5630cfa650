//! Values seen as boxes of numbers: what operators and numeric functions compute with.

use std::borrow::Cow;

use crate::{Complex, Fault, Store, View};

/// The deepest nesting of vectors that is taken for a box of numbers.
const RANK_MAX: usize = 32;

/// Whether a number is an integer.
#[expect(clippy::float_cmp, reason = "an integer is exactly its integer part")]
pub(crate) fn is_integer(number: f64) -> bool {
    /// From here on every finite number is one.
    const ALL: f64 = 4_503_599_627_370_496.0;
    #[expect(clippy::cast_possible_truncation, reason = "it is below 2^52")]
    let whole = |number: f64| number as i64;
    #[expect(clippy::cast_precision_loss, reason = "it is below 2^52")]
    let is_whole = |number: f64| whole(number) as f64 == number;
    // Without a call, as the oldest processors have no instruction that rounds.
    if number.abs() < ALL { is_whole(number) } else { number.is_finite() }
}

/// A box of numbers. The last axis varies fastest; a scalar has no axes.
#[derive(Clone, Debug)]
pub(crate) enum Numbers<'a> {
    /// Real numbers.
    Real(Cow<'a, [usize]>, Cow<'a, [f64]>),
    /// Complex numbers.
    Complex(Cow<'a, [usize]>, Cow<'a, [Complex]>),
}

/// The same for real and complex numbers: an expression that makes shape and numbers of `$shape` and
/// `$data`.
macro_rules! of_each_kind {
    ($numbers:expr, ($shape:ident, $data:ident) => $made:expr) => {
        match &$numbers {
            $crate::numbers::Numbers::Real($shape, $data) => {
                let (shape, data) = $made;
                $crate::numbers::Numbers::Real(shape.into(), data.into())
            }
            $crate::numbers::Numbers::Complex($shape, $data) => {
                let (shape, data) = $made;
                $crate::numbers::Numbers::Complex(shape.into(), data.into())
            }
        }
    };
}

pub(crate) use of_each_kind;

impl Numbers<'_> {
    /// The length of each axis.
    pub(crate) fn shape(&self) -> &[usize] {
        match self {
            Self::Real(shape, _) | Self::Complex(shape, _) => shape,
        }
    }

    /// How many axes it has.
    pub(crate) fn rank(&self) -> usize {
        self.shape().len()
    }

    /// How many numbers it has.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Real(_, data) => data.len(),
            Self::Complex(_, data) => data.len(),
        }
    }

    /// The numbers as complex ones.
    pub(crate) fn complex_data(&self) -> Cow<'_, [Complex]> {
        match self {
            Self::Real(_, data) => Cow::Owned(data.iter().map(|x| Complex::from(*x)).collect()),
            Self::Complex(_, data) => Cow::Borrowed(data),
        }
    }
}

/// The numbers of a number, a tensor, or a vector of numbers, equally shaped vectors or tensors.
/// `None` where there is anything else in it, or the shape is ragged.
pub(crate) fn of<'a, S: Store>(store: &'a S, value: &'a S::Value) -> Option<Numbers<'a>> {
    match store.view(value) {
        View::Number(x) => Some(Numbers::Real(Cow::Borrowed(&[]), Cow::Owned(vec![x]))),
        View::Complex(z) => Some(Numbers::Complex(Cow::Borrowed(&[]), Cow::Owned(vec![z]))),
        View::Tensor => {
            let view = store.tensor(value)?;
            Some(Numbers::Real(Cow::Borrowed(view.shape), Cow::Borrowed(view.data)))
        }
        View::ComplexTensor => {
            let view = store.complex_tensor(value)?;
            Some(Numbers::Complex(Cow::Borrowed(view.shape), Cow::Borrowed(view.data)))
        }
        View::Vector => match store.numbers(value) {
            Some(data) => Some(Numbers::Real(Cow::Owned(vec![data.len()]), data)),
            None => of_vector(store, store.elements(value)),
        },
        _ => None,
    }
}

/// The numbers of a mask, or 0 and 1 of a vector of truth values. `None` for anything else, and for
/// an empty vector.
pub(crate) fn truths<'a, S: Store>(store: &'a S, value: &'a S::Value) -> Option<Numbers<'a>> {
    if store.is_mask(value) {
        return of(store, value);
    }
    let elements = store.elements(value);
    if elements.is_empty() {
        return None;
    }
    let truths = elements.iter().map(|element| match store.view(element) {
        View::Boolean(truth) => Some(f64::from(truth)),
        _ => None,
    });
    let data: Option<Vec<f64>> = truths.collect();
    Some(Numbers::Real(Cow::Owned(vec![elements.len()]), Cow::Owned(data?)))
}

/// The numbers of a vector, by its elements.
fn of_vector<S: Store>(store: &S, elements: &[S::Value]) -> Option<Numbers<'static>> {
    let mut data = Vec::with_capacity(elements.len());
    for element in elements {
        match store.view(element) {
            View::Number(x) => data.push(x),
            View::Complex(_) => return of_scalars(store, elements),
            View::Vector | View::Tensor | View::ComplexTensor if data.is_empty() => {
                return of_nested(store, elements, RANK_MAX);
            }
            _ => return None,
        }
    }
    Some(Numbers::Real(Cow::Owned(vec![elements.len()]), Cow::Owned(data)))
}

/// The complex numbers of a vector of numbers and complex numbers.
fn of_scalars<S: Store>(store: &S, elements: &[S::Value]) -> Option<Numbers<'static>> {
    let scalars = elements.iter().map(|element| match store.view(element) {
        View::Number(x) => Some(x.into()),
        View::Complex(z) => Some(z),
        _ => None,
    });
    let data: Option<Vec<Complex>> = scalars.collect();
    Some(Numbers::Complex(Cow::Owned(vec![elements.len()]), Cow::Owned(data?)))
}

/// As [`of`], for what is at most `depth` deep.
fn of_part<'a, S: Store>(store: &'a S, value: &'a S::Value, depth: usize) -> Option<Numbers<'a>> {
    if store.view(value) != View::Vector {
        return of(store, value);
    }
    let elements = store.elements(value);
    let nested = elements.iter().any(|element| {
        matches!(store.view(element), View::Vector | View::Tensor | View::ComplexTensor)
    });
    if !nested {
        return of_vector(store, elements);
    }
    of_nested(store, elements, depth)
}

/// The numbers of a vector of vectors or tensors at most `depth` deep.
fn of_nested<S: Store>(store: &S, elements: &[S::Value], depth: usize) -> Option<Numbers<'static>> {
    let depth = depth.checked_sub(1)?;
    let mut parts = Vec::with_capacity(elements.len());
    let mut size = 0_usize;
    for element in elements {
        let part = of_part(store, element, depth)?;
        size += part.len();
        store.room(size.checked_mul(size_of::<Complex>())?).ok()?;
        parts.push(part);
    }
    stacked(&parts)
}

/// Equally shaped boxes as one with one more axis.
pub(crate) fn stacked(parts: &[Numbers<'_>]) -> Option<Numbers<'static>> {
    let first = parts.first()?;
    if parts.iter().any(|part| part.shape() != first.shape()) {
        return None;
    }
    let shape: Vec<usize> =
        std::iter::once(parts.len()).chain(first.shape().iter().copied()).collect();
    let size = parts.len() * first.len();
    if parts.iter().any(|part| matches!(part, Numbers::Complex(..))) {
        let mut data = Vec::with_capacity(size);
        for part in parts {
            data.extend_from_slice(&part.complex_data());
        }
        return Some(Numbers::Complex(Cow::Owned(shape), Cow::Owned(data)));
    }
    let mut data = Vec::with_capacity(size);
    for part in parts {
        if let Numbers::Real(_, numbers) = part {
            data.extend_from_slice(numbers);
        }
    }
    Some(Numbers::Real(Cow::Owned(shape), Cow::Owned(data)))
}

/// A tensor of these numbers; a scalar where there is no axis.
pub(crate) fn new_tensor<S: Store>(
    store: &mut S,
    numbers: &Numbers<'_>,
) -> Result<S::Value, Fault> {
    match numbers {
        Numbers::Real(shape, data) => match (shape.is_empty(), data.first()) {
            (true, Some(x)) => Ok(store.number(*x)),
            _ => store.new_tensor(shape, data),
        },
        Numbers::Complex(shape, data) => match (shape.is_empty(), data.first()) {
            (true, Some(z)) => store.new_complex(*z),
            _ => store.new_complex_tensor(shape, data),
        },
    }
}

/// A mask of these numbers, which are 0 and 1; a truth value where there is no axis.
pub(crate) fn new_mask<S: Store>(store: &mut S, numbers: &Numbers<'_>) -> Result<S::Value, Fault> {
    match numbers {
        Numbers::Real(shape, data) => match (shape.is_empty(), data.first()) {
            (true, Some(x)) => Ok(store.boolean(*x != 0.0)),
            _ => store.new_mask(shape, data),
        },
        Numbers::Complex(..) => Err(Fault::new("Complex numbers are no truth values")),
    }
}

/// The numbers as a vector if the argument was one.
pub(crate) fn as_given<S: Store>(
    store: &mut S,
    given: View,
    numbers: &Numbers<'_>,
) -> Result<S::Value, Fault> {
    if given == View::Vector { new_vector(store, numbers) } else { new_tensor(store, numbers) }
}

/// A vector of these numbers, which have one axis; otherwise a tensor or a scalar.
pub(crate) fn new_vector<S: Store>(
    store: &mut S,
    numbers: &Numbers<'_>,
) -> Result<S::Value, Fault> {
    if numbers.rank() != 1 {
        return new_tensor(store, numbers);
    }
    match numbers {
        Numbers::Real(_, data) => real_vector(store, data),
        Numbers::Complex(_, data) => {
            let elements: Result<Vec<S::Value>, Fault> =
                data.iter().map(|z| store.new_complex(*z)).collect();
            store.new_vector(&elements?)
        }
    }
}

/// A vector of numbers.
pub(crate) fn real_vector<S: Store>(store: &mut S, data: &[f64]) -> Result<S::Value, Fault> {
    let elements: Vec<S::Value> = data.iter().map(|x| store.number(*x)).collect();
    store.new_vector(&elements)
}
