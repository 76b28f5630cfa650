//! Lists: of plain words or of references, which stay what they are.
//!
//! A list that is made of another holds its elements, too, so references among them are counted.

use super::object::{HEAD, KIND_LIST, KIND_REFERENCES};
use super::sort::sort;
use super::{Call, Outcome};
use crate::trap::Trap;

const KINDS: [u8; 2] = [KIND_LIST, KIND_REFERENCES];

impl Call<'_> {
    /// The kind of a list.
    fn list_kind(&mut self, list: i64) -> Result<u8, Trap> {
        Ok(self.head(list, &KINDS, "a list")?.kind)
    }

    /// The elements of a list.
    pub(super) fn elements(&mut self, list: i64) -> Result<Vec<i64>, Trap> {
        self.list_kind(list)?;
        let length = self.length(list)?;
        let size = usize::try_from(length).ok().filter(|_| length * 8 <= super::SIZE_MAX);
        self.make_room(size.unwrap_or(0) * 16)?;
        let bytes =
            self.read_bytes(list + HEAD, size.ok_or(Trap::ObjectSize { size: length })? * 8)?;
        Ok(bytes.as_chunks().0.iter().map(|word| i64::from_le_bytes(*word)).collect())
    }

    /// A new list of these elements.
    pub(super) fn new_list(&mut self, kind: u8, elements: &[i64]) -> Result<i64, Trap> {
        let length = i64::try_from(elements.len()).unwrap_or(i64::MAX);
        let list = self.allocate(kind, 0, length, 0)?;
        let bytes: Vec<u8> = elements.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.write_bytes(list + HEAD, &bytes)?;
        if kind == KIND_REFERENCES {
            for (place, element) in elements.iter().enumerate() {
                self.go_on_at(place)?;
                self.add_reference(*element)?;
            }
        }
        Ok(list)
    }

    /// The places of a list in the order of values, equal ones as they stand.
    fn order_of(&self, keys: &[i64], of: i64) -> Result<Vec<usize>, Trap> {
        self.go_on(keys.len() * 16)?;
        let mut order: Vec<usize> = (0..keys.len()).collect();
        let (values, mut compared) = (self.typed().total(), 0);
        sort(&mut order, |one, other| {
            compared += 1;
            self.go_on_at(compared)?;
            Ok::<_, Trap>(values.compare(keys[one], keys[other], of)?)
        })?;
        Ok(order)
    }

    fn same_kind(&mut self, list: i64, elements: &[i64]) -> Result<Outcome, Trap> {
        let kind = self.list_kind(list)?;
        self.new_list(kind, elements).map(Outcome::Value)
    }
}

pub(super) fn list_range(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (from, to) = (call.argument(0), call.argument(1));
    let length = to.saturating_sub(from).max(0);
    if length > super::SIZE_MAX / 8 {
        return Err(Trap::ObjectSize { size: length });
    }
    call.go_on(usize::try_from(length).unwrap_or(0) * 16)?;
    let elements: Vec<i64> = (from..to).collect();
    call.new_list(KIND_LIST, &elements).map(Outcome::Value)
}

pub(super) fn list_concat(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (left, right) = (call.argument(0), call.argument(1));
    let mut elements = call.elements(left)?;
    elements.extend(call.elements(right)?);
    call.same_kind(left, &elements)
}

pub(super) fn list_slice(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let list = call.argument(0);
    let elements = call.elements(list)?;
    let bound = |at: i64| usize::try_from(at.max(0)).unwrap_or(usize::MAX).min(elements.len());
    let (from, to) = (bound(call.argument(1)), bound(call.argument(2)));
    let part = elements[from..to.max(from)].to_vec();
    call.same_kind(list, &part)
}

pub(super) fn list_reverse(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let list = call.argument(0);
    let mut elements = call.elements(list)?;
    elements.reverse();
    call.same_kind(list, &elements)
}

pub(super) fn list_sort(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (list, keys, of) = (call.argument(0), call.argument(1), call.argument(2));
    let elements = call.elements(list)?;
    let keys = call.elements(keys)?;
    if keys.len() != elements.len() {
        return Err(Trap::ObjectSize { size: i64::try_from(keys.len()).unwrap_or(i64::MAX) });
    }
    let order = call.order_of(&keys, of)?;
    let sorted: Vec<i64> = order.into_iter().map(|index| elements[index]).collect();
    call.same_kind(list, &sorted)
}

pub(super) fn list_distinct(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (list, of) = (call.argument(0), call.argument(1));
    let elements = call.elements(list)?;
    let mut order = call.order_of(&elements, of)?;
    let values = call.typed().total();
    let mut kept = 0_usize;
    for place in 0..order.len() {
        call.go_on_at(place)?;
        let is_new = match kept.checked_sub(1).map(|last| order[last]) {
            Some(last) => !values.compare(elements[last], elements[order[place]], of)?.is_eq(),
            None => true,
        };
        if is_new {
            order[kept] = order[place];
            kept += 1;
        }
    }
    order.truncate(kept);
    // Equal ones stay in their order when sorted, so it is the first of them that is left.
    order.sort_unstable();
    let kept: Vec<i64> = order.into_iter().map(|index| elements[index]).collect();
    call.same_kind(list, &kept)
}

pub(super) fn list_find(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (list, value, of) = (call.argument(0), call.argument(1), call.argument(2));
    let elements = call.elements(list)?;
    let values = call.typed();
    for (index, element) in (0_i64..).zip(elements) {
        call.go_on_at(usize::try_from(index).unwrap_or(0))?;
        if values.compare(element, value, of)?.is_eq() {
            return Ok(Outcome::Value(index));
        }
    }
    Ok(Outcome::Value(-1))
}

pub(super) fn list_append(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (list, count, value) = (call.argument(0), call.argument(1), call.argument(2));
    let kind = call.list_kind(list)?;
    let length = call.length(list)?;
    if !(0..=length).contains(&count) {
        return Err(Trap::ObjectSize { size: count });
    }
    let place = |list: i64| list + HEAD + count * 8;
    if count < length {
        call.write_word(place(list), value)?;
        return Ok(Outcome::Value(list));
    }
    let bytes = call.read_bytes(list + HEAD, usize::try_from(length * 8).unwrap_or(0))?;
    let larger = call.allocate(kind, 0, (length * 2).max(4), 0)?;
    call.write_bytes(larger + HEAD, &bytes)?;
    call.write_word(place(larger), value)?;
    Ok(Outcome::Value(larger))
}

pub(super) fn list_index_fault(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (index, count) = (call.argument(0), call.argument(1));
    let message = match count {
        0 => format!("there is no element {index}: the list is empty"),
        1 => format!("there is no element {index} in a list of one element, which is element 0"),
        _ => format!(
            "there is no element {index} in a list of elements 0 to {}",
            count.wrapping_sub(1)
        ),
    };
    Err(Trap::Raised { message })
}
