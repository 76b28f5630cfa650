//! Arrays made from shapes and numbers.

use achronyme_numeric::{Error, Lanes, Shape, diagonal, repeated, set_diagonal, tiled};

use super::Call;
use crate::builtin::row::rows;
use crate::numbers::{self, Numbers, of_each_kind};
use crate::{Complex, Fault, Form, Store, View, array, shape};

rows! {
    /// A tensor of zeros with this shape: its lengths one by one, or as a vector.
    ///
    /// `shape(zeros(2, 3))` → `[2, 3]`
    /// `zeros([2])` → `[0, 0]`
    640 zeros("length, ...") "arrays" library zeros;
    /// A tensor of ones with this shape: its lengths one by one, or as a vector.
    ///
    /// `ones(3)` → `[1, 1, 1]`
    641 ones("length, ...") "arrays" library ones;
    /// A tensor with this shape that has the same number everywhere.
    ///
    /// `full(2, 7)` → `[7, 7]`
    /// `full([1, 2], 1i)` → `[[0+1i, 0+1i]]`
    642 full("shape, value") "arrays" call full;
    /// The matrix with ones on a diagonal, and zeros elsewhere. The diagonals above the main one have
    /// the numbers `k` from 1 on, those below from -1.
    ///
    /// `eye(2)[1]` → `[0, 1]`
    /// `eye(2, 3, {k: 1})[0]` → `[0, 1, 0]`
    643 eye("rows, columns = rows, {k = 0}") "arrays" call eye;
    /// The same as `eye`.
    ///
    /// `identity(2)[0]` → `[1, 0]`
    644 identity("rows, columns = rows, {k = 0}") "arrays" call eye;
    /// The square matrix with these numbers on a diagonal; or the diagonal of a matrix.
    ///
    /// `diag([1, 2])[1]` → `[0, 2]`
    /// `diag([[1, 2], [3, 4]])` → `[1, 4]`
    645 diag("array, k = 0") "arrays" call diag;
    /// The numbers from `start`, or 0, to before `stop`, `step` apart: each is `start` and a multiple of
    /// `step`. None if `stop` lies the other way.
    ///
    /// `arange(3)` → `[0, 1, 2]`
    /// `arange(1, 0, -0.5)` → `[1, 0.5]`
    646 arange("start, stop?, step?") "arrays" call arange;
    /// For each vector a tensor in which it varies along its own axis: the places of a grid. With
    /// `indexing: "xy"` the first vector lies along the second axis, with `"ij"` along the first.
    ///
    /// `meshgrid([1, 2], [3, 4])[1][1]` → `[4, 4]`
    647 meshgrid("x, ..., {indexing = \"xy\"}") "arrays" call meshgrid;
    /// An array side by side with itself, so often along each axis.
    ///
    /// `tile([1, 2], 2)` → `[1, 2, 1, 2]`
    /// `shape(tile([[1, 2]], [2, 1]))` → `[2, 2]`
    648 tile("array, counts") "arrays" call tile;
    /// Each element so often, one after the other; or the places along an axis. `count` is a number, or
    /// a vector with one for each. Of a string, the whole string so often.
    ///
    /// `repeat([1, 2], 2)` → `[1, 1, 2, 2]`
    /// `repeat([1, 2], [1, 2])` → `[1, 2, 2]`
    /// `repeat("ab", 2)` → `"abab"`
    649 repeat("value, count, {axis = null}") "arrays" call repeat;
    /// A tensor of the numbers of vectors in vectors, which all have the same shape.
    ///
    /// `ndim(tensor([[1, 2], [3, 4]]))` → `2`
    650 tensor("value") "arrays" call tensor;
    /// The elements of a tensor, or its rows, as a vector.
    ///
    /// `vector(arange(3))` → `[0, 1, 2]`
    651 vector("array") "arrays" call vector;
}

/// The length that a number is.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
pub(super) fn length<V: Clone>(call: &Call<V>, number: f64) -> Result<usize, Fault> {
    if number >= 0.0 && numbers::is_integer(number) {
        return Ok(number as usize);
    }
    Err(call.value_error(format!("a length must be an integer from 0 on, got {number}")))
}

/// The lengths from this argument on: a vector of them, or one in each argument.
pub(super) fn lengths<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    from: usize,
) -> Result<Shape, Fault> {
    let mut shape = Shape::new();
    if let Some(View::Number(_)) = call.get(from).map(|value| store.view(value)) {
        for place in from..call.len() {
            shape.push(length(call, call.number(store, place)?)?);
        }
        return Ok(shape);
    }
    for number in integers(store, call, from)? {
        shape.push(length(call, number)?);
    }
    Ok(shape)
}

/// The numbers from this argument on: in a vector, or one in each argument.
pub(super) fn integers<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    from: usize,
) -> Result<Vec<f64>, Fault> {
    let each = || (from..call.len()).map(|place| call.number(store, place)).collect();
    if let Some(View::Number(_)) = call.get(from).map(|value| store.view(value)) {
        return each();
    }
    match call.numbers(store, from)? {
        Numbers::Real(shape, data) if shape.len() == 1 && call.len() == from + 1 => {
            Ok(data.into_owned())
        }
        _ => each(),
    }
}

fn filled<S: Store>(store: &mut S, shape: &[usize], number: f64) -> Result<S::Value, Fault> {
    shape::size(shape, size_of::<f64>())?;
    if shape.is_empty() {
        return Ok(store.number(number));
    }
    store.filled(Form::Tensor, shape, &[], &mut |_, out| out.fill(number))
}

fn zeros<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    everywhere(store, "zeros", arguments, 0.0)
}

fn ones<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    everywhere(store, "ones", arguments, 1.0)
}

/// A tensor of these lengths that has the same number everywhere.
fn everywhere<S: Store>(
    store: &mut S,
    name: &'static str,
    arguments: &[S::Value],
    number: f64,
) -> Result<S::Value, Fault> {
    // Small arrays are made in loops: for these the lengths are not looked up as arguments.
    let mut few = [0; 4];
    if let Some(shape) = few.get_mut(..arguments.len())
        && shape.iter_mut().zip(arguments).all(|(length, value)| small(store, value, length))
    {
        return filled(store, shape, number);
    }
    let call = Call::new(store, name, "length, ...", arguments)?;
    let shape = lengths(store, &call, 0)?;
    filled(store, &shape, number)
}

/// Whether a value is a length below 2^15, which is put into `length`.
fn small<S: Store>(store: &S, value: &S::Value, length: &mut usize) -> bool {
    let View::Number(number) = store.view(value) else { return false };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "looked at")]
    let whole = number as u16;
    *length = usize::from(whole);
    #[expect(clippy::float_cmp, reason = "only if it is exact")]
    let is_whole = f64::from(whole) == number;
    is_whole && whole < 1 << 15
}

fn full<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let shape: Result<Vec<usize>, Fault> = match call.numbers(store, 0)? {
        Numbers::Real(shape, data) if shape.len() <= 1 => {
            data.iter().map(|number| length(call, *number)).collect()
        }
        _ => return Err(call.wanted(store, 0, "a length or a vector of lengths")),
    };
    let shape = shape?;
    match store.view(call.at(1)?) {
        View::Number(number) => filled(store, &shape, number),
        View::Complex(number) => {
            let size = shape::size(&shape, size_of::<Complex>())?;
            store.room(size.saturating_mul(size_of::<Complex>()))?;
            let numbers = Numbers::Complex(shape.into(), vec![number; size].into());
            numbers::new_tensor(store, &numbers)
        }
        _ => Err(call.wanted(store, 1, "a number or complex number")),
    }
}

/// A number of a diagonal.
fn diagonal_number<V: Clone>(call: &Call<V>, number: f64) -> Result<isize, Fault> {
    if !numbers::is_integer(number) {
        return Err(call.value_error(format!("k must be an integer, got {number}")));
    }
    #[expect(clippy::cast_possible_truncation, reason = "saturates, far beyond any matrix")]
    Ok(number as isize)
}

fn eye<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let rows = call.count(store, 0)?;
    let columns = call.count_or(store, 1, rows)?;
    let k = diagonal_number(call, call.number_option(store, "k", 0.0)?)?;
    let shape = [rows, columns];
    shape::size(&shape, size_of::<f64>())?;
    store.filled(Form::Tensor, &shape, &[], &mut |_, out| {
        out.fill(0.0);
        set_diagonal(out, shape, k, std::iter::repeat(1.0));
    })
}

fn diag<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let k = diagonal_number(call, call.number_or(store, 1, 0.0)?)?;
    let numbers = call.numbers(store, 0)?;
    let result = match numbers.shape() {
        [rows, columns] => {
            let shape = [*rows, *columns];
            of_each_kind!(numbers, (_shape, data) => {
                let data = diagonal(data, shape, k);
                (vec![data.len()], data)
            })
        }
        [length] => {
            let side = length.saturating_add(k.unsigned_abs());
            let shape = [side, side];
            let size = shape::size(&shape, size_of::<Complex>())?;
            store.room(size.saturating_mul(size_of::<Complex>()))?;
            of_each_kind!(numbers, (_shape, data) => {
                let mut matrix = vec![Default::default(); size];
                set_diagonal(&mut matrix, shape, k, data.iter().copied());
                (shape.to_vec(), matrix)
            })
        }
        _ => return Err(call.wanted(store, 0, "a vector or a matrix of numbers")),
    };
    drop(numbers);
    numbers::new_tensor(store, &result)
}

#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
fn arange<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let first = call.number(store, 0)?;
    let (start, stop) = match call.get(1) {
        None => (0.0, first),
        Some(_) => (first, call.number(store, 1)?),
    };
    let step = call.number_or(store, 2, 1.0)?;
    if step == 0.0 {
        return Err(call.value_error("step must not be 0"));
    }
    let steps = ((stop - start) / step).ceil();
    if steps.is_nan() || !start.is_finite() {
        return Err(call.value_error("start, stop and step must be numbers that are not NaN"));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let count = steps.max(0.0) as usize;
    shape::size(&[count], size_of::<f64>())?;
    store.filled(Form::Tensor, &[count], &[], &mut |_, out| {
        for (i, slot) in out.iter_mut().enumerate() {
            *slot = start + i as f64 * step;
        }
    })
}

fn meshgrid<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let by_rows = call.choice(store, "indexing", &["xy", "ij"])? == 1;
    let mut axes = Vec::new();
    for place in 0..call.len() {
        match call.numbers(store, place)? {
            Numbers::Real(shape, data) if shape.len() <= 1 => axes.push(data.into_owned()),
            _ => return Err(call.wanted(store, place, "a vector of numbers")),
        }
    }
    let mut shape: Vec<usize> = axes.iter().map(Vec::len).collect();
    let axis_of = |i: usize| if !by_rows && axes.len() > 1 && i < 2 { 1 - i } else { i };
    if !by_rows && shape.len() > 1 {
        shape.swap(0, 1);
    }
    shape::size(&shape, size_of::<f64>())?;
    let mut grids = Vec::with_capacity(axes.len());
    for (i, numbers) in axes.iter().enumerate() {
        let lanes = Lanes::along(&shape, &[axis_of(i)]).map_err(|error| call.fault(error))?;
        let Some([_, along, after]) = lanes.run() else { continue };
        grids.push(store.filled(Form::Tensor, &shape, &[], &mut |_, out| {
            for (at, slot) in out.iter_mut().enumerate() {
                *slot = numbers[at / after % along];
            }
        })?);
    }
    store.new_vector(&grids)
}

/// The counts at a place: a number, or a vector of them.
fn counts<S: Store>(store: &S, call: &Call<S::Value>, place: usize) -> Result<Vec<usize>, Fault> {
    match call.numbers(store, place)? {
        Numbers::Real(shape, data) if shape.len() <= 1 => {
            data.iter().map(|number| length(call, *number)).collect()
        }
        _ => Err(call.wanted(store, place, "a count or a vector of counts")),
    }
}

/// Refuses what would not fit in memory.
fn room<S: Store>(store: &S, size: usize, counts: &[usize]) -> Result<(), Fault> {
    let size = counts.iter().fold(size, |size, count| size.saturating_mul(*count));
    store.room(size.saturating_mul(size_of::<Complex>()))
}

fn tile<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let counts = counts(store, call, 1)?;
    let numbers = call.numbers(store, 0)?;
    room(store, numbers.len(), &counts)?;
    let result = of_each_kind!(numbers, (shape, data) => {
        tiled((shape, data), &counts).map_err(|error| call.fault(error))?
    });
    let view = store.view(call.at(0)?);
    drop(numbers);
    numbers::as_given(store, view, &result)
}

fn repeat<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let value = call.at(0)?.clone();
    if store.view(&value) == View::String {
        let count = call.count(store, 1)?;
        store.room(store.text(&value).len().saturating_mul(count))?;
        let text = store.text(&value).repeat(count);
        crate::text::check_length(&text)?;
        return store.new_string(&text);
    }
    let counts = counts(store, call, 1)?;
    let total = counts.iter().fold(0_usize, |sum, count| sum.saturating_add(*count));
    let Some(numbers) = numbers::of(store, &value) else {
        return repeat_elements(store, call, &value, &counts);
    };
    room(store, numbers.len() / counts.len().max(1), &[total])?;
    let axis = call.axis(store, numbers.rank())?;
    let result = of_each_kind!(numbers, (shape, data) => {
        let flat = [data.len()];
        let shape: &[usize] = if axis.is_some() { shape } else { &flat };
        repeated((shape, data), &counts, axis.unwrap_or(0)).map_err(|error| call.fault(error))?
    });
    let view = store.view(&value);
    drop(numbers);
    numbers::as_given(store, view, &result)
}

/// The elements of a vector that are no numbers.
fn repeat_elements<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    value: &S::Value,
    counts: &[usize],
) -> Result<S::Value, Fault> {
    if store.view(value) != View::Vector || call.axis(store, 1)?.is_some_and(|axis| axis > 0) {
        return Err(call.wanted(store, 0, "a string, a vector, or a tensor"));
    }
    let elements = store.elements(value).to_vec();
    let places: Vec<f64> = vec![0.0; elements.len()];
    room(store, elements.len(), &[counts.iter().copied().max().unwrap_or(0)])?;
    repeated((&[elements.len()], &places), counts, 0).map_err(|error| call.fault(error))?;
    let count = |i: usize| if counts.len() == 1 { counts[0] } else { counts[i] };
    let copies = elements.iter().enumerate();
    let copies = copies.flat_map(|(i, element)| std::iter::repeat_n(element.clone(), count(i)));
    let copies: Vec<S::Value> = copies.collect();
    store.new_vector(&copies)
}

fn tensor<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let value = call.at(0)?.clone();
    if let Some(truths) = numbers::truths(store, &value) {
        let truths = Numbers::Real(
            truths.shape().to_vec().into(),
            truths.complex_data().iter().map(|z| z.re).collect(),
        );
        return numbers::new_mask(store, &truths);
    }
    if let Some(numbers) = numbers::of(store, &value) {
        let numbers = of_each_kind!(numbers, (shape, data) => (shape.to_vec(), data.to_vec()));
        return numbers::new_tensor(store, &numbers);
    }
    let rows = store.elements(&value);
    let all = rows.iter().all(|row| numbers::of(store, row).is_some());
    if store.view(&value) == View::Vector && all {
        return Err(call.fault(Error::shape("the rows have different shapes")));
    }
    Err(call.wanted(store, 0, "numbers in vectors"))
}

fn vector<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let value = call.at(0)?.clone();
    if array::length(store, &value).is_none() {
        return Err(call.wanted(store, 0, "a vector or tensor"));
    }
    let items = array::items(store, &value)?;
    store.new_vector(&items)
}
