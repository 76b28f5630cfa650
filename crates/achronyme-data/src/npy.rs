//! NumPy's files of one array (`.npy`), format versions 1.0 to 3.0: NumPy Enhancement Proposal 1 and
//! the description in `numpy.lib.format`.

mod dtype;
mod header;

use num_complex::Complex64;

use crate::Error;
use dtype::Dtype;
use header::Header;

/// What an array holds, in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// Real numbers.
    Real(Vec<f64>),
    /// Complex numbers.
    Complex(Vec<Complex64>),
    /// Truth values.
    Truth(Vec<bool>),
}

/// An array.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// The length of each axis, the outermost first; none for a single number.
    pub shape: Vec<usize>,
    /// As many as the product of `shape`.
    pub numbers: Numbers,
}

/// The numbers of an array that is written, in row-major order.
#[derive(Clone, Copy, Debug)]
pub enum Data<'a> {
    /// Real numbers.
    Real(&'a [f64]),
    /// Complex numbers.
    Complex(&'a [Complex64]),
    /// Truth values: 0 is false.
    Truth(&'a [f64]),
}

/// How many bytes [`read`] takes for the numbers, as the header says; for a check before they are
/// taken. Never more than sixteen times what the file has.
///
/// # Errors
/// As [`read`].
pub fn size(bytes: &[u8]) -> Result<usize, Error> {
    let (header, data) = Header::read(bytes)?;
    let count = count(&header, data.len())?;
    Ok(count.saturating_mul(16))
}

/// Reads an array. Integers beyond 2^53 become the nearest number. O(n).
///
/// # Errors
/// The bytes are no such file, are cut off or go on too long, or hold something else than numbers.
/// The message has the place.
pub fn read(bytes: &[u8]) -> Result<Array, Error> {
    let (header, data) = Header::read(bytes)?;
    let count = count(&header, data.len())?;
    let dtype = header.dtype;
    let items = data.chunks_exact(dtype.size);
    let numbers = if dtype.is_complex() {
        let numbers: Vec<Complex64> = items.map(|item| dtype.complex(item)).collect();
        Numbers::Complex(in_rows(numbers, &header))
    } else if dtype.kind == 'b' {
        let numbers: Vec<bool> = items.map(|item| item[0] != 0).collect();
        Numbers::Truth(in_rows(numbers, &header))
    } else {
        let numbers: Vec<f64> = items.map(|item| dtype.real(item)).collect();
        Numbers::Real(in_rows(numbers, &header))
    };
    debug_assert_eq!(count, data.len() / dtype.size, "the length was checked");
    Ok(Array { shape: header.shape, numbers })
}

/// How many items there are.
fn count(header: &Header, found: usize) -> Result<usize, Error> {
    let Header { shape, dtype: Dtype { size, .. }, .. } = header;
    // An axis of length 0 makes all empty, however long the others say they are.
    let count = if shape.contains(&0) {
        Some(0)
    } else {
        shape.iter().try_fold(1_usize, |all, length| all.checked_mul(*length))
    };
    let bytes = count.and_then(|count| count.checked_mul(*size));
    match (count, bytes) {
        (Some(count), Some(bytes)) if bytes == found => Ok(count),
        (_, Some(bytes)) => {
            let message = format!("the shape {shape:?} takes {bytes} bytes, {found} are there");
            Err(Error::new(message))
        }
        _ => Err(Error::new(format!("the shape {shape:?} is larger than any memory"))),
    }
}

/// Numbers whose first axis changes fastest, if they are so, with the last axis changing fastest.
fn in_rows<T: Copy>(numbers: Vec<T>, header: &Header) -> Vec<T> {
    let shape = &header.shape;
    if !header.is_fortran || shape.len() < 2 || numbers.is_empty() {
        return numbers;
    }
    // How far apart neighbours along each axis are in the file.
    let mut strides = Vec::with_capacity(shape.len());
    let mut stride = 1;
    for length in shape {
        strides.push(stride);
        stride *= length;
    }
    let mut place = vec![0; shape.len()];
    let mut at = 0;
    let mut rows = Vec::with_capacity(numbers.len());
    for _ in 0..numbers.len() {
        rows.push(numbers[at]);
        for axis in (0..shape.len()).rev() {
            place[axis] += 1;
            at += strides[axis];
            if place[axis] < shape[axis] {
                break;
            }
            at -= strides[axis] * shape[axis];
            place[axis] = 0;
        }
    }
    rows
}

/// An array as a file: little-endian doubles, pairs of them, or bytes, in row-major order, in the
/// oldest version that will do. The bytes are those that NumPy writes. `shape` has as many numbers
/// as there are.
#[must_use]
pub fn write(shape: &[usize], data: Data<'_>) -> Vec<u8> {
    let (descr, size, count) = match data {
        Data::Real(numbers) => ("<f8", 8, numbers.len()),
        Data::Complex(numbers) => ("<c16", 16, numbers.len()),
        Data::Truth(numbers) => ("|b1", 1, numbers.len()),
    };
    let mut bytes = header::write(descr, shape);
    bytes.reserve(count * size);
    match data {
        Data::Real(numbers) => bytes.extend(numbers.iter().flat_map(|x| x.to_le_bytes())),
        Data::Complex(numbers) => {
            let pairs = numbers.iter().flat_map(|z| [z.re.to_le_bytes(), z.im.to_le_bytes()]);
            bytes.extend(pairs.flatten());
        }
        Data::Truth(numbers) => bytes.extend(numbers.iter().map(|x| u8::from(*x != 0.0))),
    }
    bytes
}
