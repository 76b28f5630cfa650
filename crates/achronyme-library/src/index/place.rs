//! Numbers as places in something that has a length.

use crate::numbers::is_integer;
use crate::{Fault, Store, View};

/// The integer that an index is.
///
/// # Errors
/// It is no number, or no integer.
fn integer<S: Store>(store: &S, index: &S::Value) -> Result<i64, Fault> {
    let View::Number(number) = store.view(index) else {
        return Err(Fault::new("Index must be a number"));
    };
    whole(number)
}

fn whole(number: f64) -> Result<i64, Fault> {
    if !is_integer(number) {
        return Err(Fault::new(format!("index must be an integer, not {number}")));
    }
    #[expect(clippy::cast_possible_truncation, reason = "saturates, and then is out of bounds")]
    Ok(number as i64)
}

/// The place that `index` means in `length` places; negative ones count from the end.
///
/// # Errors
/// There is no such place.
pub fn at<S: Store>(store: &S, index: &S::Value, length: usize) -> Result<usize, Fault> {
    let wanted = integer(store, index)?;
    from_integer(wanted, length).ok_or_else(|| out_of_bounds(wanted, length))
}

/// As [`at`], for a number.
pub(super) fn of_number(number: f64, length: usize) -> Result<usize, Fault> {
    let wanted = whole(number)?;
    from_integer(wanted, length).ok_or_else(|| out_of_bounds(wanted, length))
}

/// The place that `wanted` means in `length` places.
pub(super) fn from_integer(wanted: i64, length: usize) -> Option<usize> {
    let place = if wanted < 0 {
        length.checked_sub(usize::try_from(wanted.unsigned_abs()).ok()?)?
    } else {
        usize::try_from(wanted).ok()?
    };
    (place < length).then_some(place)
}

fn out_of_bounds(wanted: i64, length: usize) -> Fault {
    Fault::new(format!("Index {wanted} out of bounds for length {length}"))
}

/// Where a slice begins, and how many places it has. What lies outside is cut off.
///
/// # Errors
/// A side is no integer.
pub(super) fn slice<S: Store>(
    store: &S,
    start: Option<&S::Value>,
    end: Option<&S::Value>,
    length: usize,
) -> Result<(usize, usize), Fault> {
    let clamped = |index: &S::Value| -> Result<usize, Fault> {
        let wanted = integer(store, index)?;
        let distance = usize::try_from(wanted.unsigned_abs()).unwrap_or(usize::MAX);
        Ok(if wanted < 0 { length.saturating_sub(distance) } else { distance.min(length) })
    };
    let start = start.map_or(Ok(0), clamped)?;
    let end = end.map_or(Ok(length), clamped)?;
    Ok((start, end.saturating_sub(start)))
}
