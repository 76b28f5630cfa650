//! NumPy's files of arrays, and archives of them.

use achronyme_data::npy::{self, Data};
use achronyme_data::npz::{self, Entry};
use machine::{Answer, Question};

use super::world::{self, call_of, written};
use crate::builtin::row::rows;
use crate::functions::Call;
use crate::numbers::{self, Numbers};
use crate::{Complex, Fault, Store};

rows! {
    /// The array in a NumPy file (`.npy`): a tensor of numbers, of complex numbers, or a mask of truth
    /// values; a number where it has no axes. All kinds of integers and floating-point numbers are
    /// read, in both orders of bytes and of axes; integers beyond 2^53 become the nearest number.
    ///
    /// `try { npy_read("no such file") } catch (e) { e.kind }` → `"IOError"`
    863 npy_read("path") "io" world ask_read, finish_read;
    /// Writes an array to a NumPy file: numbers as `<f8`, complex numbers as `<c16`, masks and truth
    /// values as `|b1`, row by row.
    864 npy_write("path, array") "io" world ask_write, finish_write;
    /// The arrays in an archive of NumPy (`.npz`), as a record by their names.
    ///
    /// `try { npz_read("no such file") } catch (e) { e.kind }` → `"IOError"`
    865 npz_read("path") "io" world ask_unpack, finish_unpack;
    /// Writes the arrays in a record to an archive of NumPy, under their names. With `compress: true`
    /// the file is smaller and takes longer to write.
    866 npz_write("path, arrays, {compress = false}") "io" world ask_pack, finish_pack;
}

fn ask_read<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    world::ask_content(store, "npy_read", arguments)
}

fn finish_read<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    let call = call_of(store, "npy_read", arguments)?;
    let path = call.text(store, 0)?.to_owned();
    let bytes = world::content(store, "npy_read", arguments, answer)?;
    array(store, &call, &format!("'{path}'"), bytes)
}

/// The array in the bytes of a file, which messages call `what`.
fn array<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    what: &str,
    bytes: &[u8],
) -> Result<S::Value, Fault> {
    let wrong = |error: achronyme_data::Error| call.value_error(format!("{what}: {error}"));
    store.room(npy::size(bytes).map_err(wrong)?)?;
    let npy::Array { shape, numbers } = npy::read(bytes).map_err(wrong)?;
    // There is but one NaN.
    let one = |x: f64| if x.is_nan() { f64::NAN } else { x };
    match numbers {
        npy::Numbers::Real(data) => {
            let data: Vec<f64> = data.into_iter().map(one).collect();
            numbers::new_tensor(store, &Numbers::Real(shape.into(), data.into()))
        }
        npy::Numbers::Complex(data) => {
            let data: Vec<Complex> =
                data.into_iter().map(|z| Complex::new(one(z.re), one(z.im))).collect();
            numbers::new_tensor(store, &Numbers::Complex(shape.into(), data.into()))
        }
        npy::Numbers::Truth(data) => {
            let data: Vec<f64> = data.into_iter().map(f64::from).collect();
            numbers::new_mask(store, &Numbers::Real(shape.into(), data.into()))
        }
    }
}

/// The file of an array; `None` if it is none.
fn file<S: Store>(store: &S, value: &S::Value) -> Option<Vec<u8>> {
    if let Some(Numbers::Real(shape, data)) = numbers::truths(store, value) {
        return Some(npy::write(&shape, Data::Truth(&data)));
    }
    Some(match numbers::of(store, value)? {
        Numbers::Real(shape, data) => npy::write(&shape, Data::Real(&data)),
        Numbers::Complex(shape, data) => npy::write(&shape, Data::Complex(&data)),
    })
}

fn ask_write<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let call = call_of(store, "npy_write", arguments)?;
    let path = call.text(store, 0)?.as_bytes().to_vec();
    let content = file(store, call.at(1)?);
    let wanted = || call.wanted(store, 1, "an array of numbers or truth values");
    Ok(Question::WriteFile { path, content: content.ok_or_else(wanted)? })
}

fn finish_write<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    written(store, "npy_write", arguments, answer)
}

fn ask_unpack<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    world::ask_content(store, "npz_read", arguments)
}

fn finish_unpack<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    let call = call_of(store, "npz_read", arguments)?;
    let path = call.text(store, 0)?.to_owned();
    let bytes = world::content(store, "npz_read", arguments, answer)?;
    let mut all = 0_usize;
    let mut has_room = |size: usize| {
        all = all.saturating_add(size);
        store.room(all).is_ok()
    };
    let entries = npz::read(bytes, &mut has_room);
    let entries = entries.map_err(|error| call.value_error(format!("'{path}': {error}")))?;
    let mut arrays: Vec<(&str, S::Value, bool)> = Vec::with_capacity(entries.len());
    for Entry { name, bytes } in &entries {
        let array = array(store, &call, &format!("'{name}' in '{path}'"), bytes)?;
        match arrays.iter_mut().find(|it| it.0 == name) {
            Some(same) => same.1 = array,
            None => arrays.push((name, array, false)),
        }
    }
    store.new_record(&arrays)
}

fn ask_pack<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let call = call_of(store, "npz_write", arguments)?;
    let path = call.text(store, 0)?.as_bytes().to_vec();
    let compress = call.flag(store, "compress", false)?;
    let record = call.at(1)?;
    if store.view(record) != crate::View::Record {
        return Err(call.wanted(store, 1, "a record of arrays"));
    }
    let mut entries = Vec::new();
    for field in store.fields(record) {
        let Some(bytes) = file(store, &field.value) else {
            let kind = store.kind(&field.value).name();
            let message = format!("'{}' must be an array of numbers, got {kind}", field.name);
            return Err(call.type_error(message));
        };
        entries.push(Entry { name: field.name.to_owned(), bytes });
    }
    let content = npz::write(&entries, compress);
    let content = content.map_err(|error| call.value_error(error.message))?;
    Ok(Question::WriteFile { path, content })
}

fn finish_pack<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    written(store, "npz_write", arguments, answer)
}
