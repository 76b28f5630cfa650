//! Records: values in the slots of a shape. The only objects that a program sees change.

use std::sync::Arc;

use achronyme_library::Fault;

use super::Heap;
use super::names::Names;
use super::shapes::{Shapes, Slots};
use crate::Value;
use crate::layout::{Header, ObjectKind};
use crate::value::Tag;

/// A record has at most so many fields.
const FIELDS_MAX: usize = u16::MAX as usize;

impl Heap {
    /// A record of a shape, which says how many values there are. They are not marked as shared.
    pub(crate) fn record_of(&mut self, shape: u32, fields: &[Value]) -> Result<Value, Fault> {
        let record = self.new_record_with(shape, fields.len())?;
        self.write_values(record.at() + 1, fields);
        Ok(record)
    }

    /// A record of a shape with words of the stack.
    pub(crate) fn record_from(
        &mut self,
        shape: u32,
        at: usize,
        count: usize,
    ) -> Result<Value, Fault> {
        let record = self.new_record_with(shape, count)?;
        self.memory.words_mut().copy_within(at..at + count, record.at() + 1);
        Ok(record)
    }

    /// The shape of a record.
    #[inline]
    pub(crate) fn record_shape(&self, record: Value) -> u32 {
        self.header(record.at()).aux()
    }

    /// The fields of a shape.
    #[inline]
    pub(crate) fn shape(&self, shape: u32) -> &Slots {
        self.shapes.slots(shape)
    }

    /// The slot of a name in a record, and whether it can be assigned to.
    pub(crate) fn record_slot(&self, record: Value, name: u32) -> Option<(usize, bool)> {
        let shape = self.shape(self.record_shape(record));
        let slot = shape.slot(name)?;
        Some((slot, shape.fields()[slot].1))
    }

    /// What is in a slot.
    #[inline]
    pub(crate) fn record_get(&self, record: Value, slot: usize) -> Value {
        self.get(record.at() + 1 + slot)
    }

    /// Changes what is in a slot.
    #[inline]
    pub(crate) fn record_set(&mut self, record: Value, slot: usize, value: Value) {
        self.set(record.at() + 1 + slot, value);
    }

    /// How many fields a record has.
    pub(crate) fn record_length(&self, record: Value) -> usize {
        self.shape(self.record_shape(record)).fields().len()
    }

    /// The values of a record by slots.
    pub(crate) fn record_values(&self, record: Value) -> &[Value] {
        self.values(record.at() + 1, self.record_length(record))
    }

    /// Gives a record one more field, or another value and mutability to the field with this name. It
    /// moves if it must: nothing else may refer to it.
    pub(crate) fn record_add(
        &mut self,
        slot: &mut Value,
        name: u32,
        value: Value,
        is_mutable: bool,
    ) -> Result<(), Fault> {
        let shape = self.record_shape(*slot);
        let (found, longer) = self.shape_with(shape, name, is_mutable)?;
        self.record_grow(slot, longer)?;
        self.record_set(*slot, found, value);
        Ok(())
    }

    /// Gives a record all fields of another one, as [`Self::record_add`]. They are shared then.
    pub(crate) fn record_spread(&mut self, slot: &mut Value, other: Value) -> Result<(), Fault> {
        let from = Arc::clone(self.shapes.slots(self.record_shape(other)));
        self.share_values(other.at() + 1, from.fields().len());
        let into = Arc::clone(self.shapes.slots(self.record_shape(*slot)));
        let shape = if into.fields().is_empty() {
            self.record_shape(other)
        } else {
            let mut fields = into.fields().to_vec();
            for &(name, is_mutable) in from.fields() {
                match into.slot(name) {
                    Some(found) => fields[found].1 = is_mutable,
                    None => fields.push((name, is_mutable)),
                }
            }
            self.shape_of(fields)?
        };
        self.record_grow(slot, shape)?;
        let shape = Arc::clone(self.shapes.slots(shape));
        for (index, &(name, _)) in from.fields().iter().enumerate() {
            if let Some(found) = shape.slot(name) {
                self.record_set(*slot, found, self.record_get(other, index));
            }
        }
        Ok(())
    }

    /// The name with this number.
    pub(crate) fn name(&self, number: u32) -> &str {
        self.names.name(number)
    }

    /// The number of a name, if any record could have it.
    pub(crate) fn find_name(&self, name: &str) -> Option<u32> {
        self.names.find(name)
    }

    /// The number of a name.
    pub(crate) fn intern(&mut self, name: &str) -> Result<u32, Fault> {
        if let Some(number) = self.names.find(name) {
            return Ok(number);
        }
        self.check_tables()?;
        Ok(Arc::make_mut(&mut self.names).add(name))
    }

    /// The number of the shape with these fields, whose names are different.
    pub(crate) fn shape_of(&mut self, fields: Vec<(u32, bool)>) -> Result<u32, Fault> {
        if let Some(number) = self.shapes.find(&fields) {
            return Ok(number);
        }
        self.check_tables()?;
        Ok(Arc::make_mut(&mut self.shapes).add(fields))
    }

    /// The slot of a name and the shape, if a shape gets a field with this name.
    fn shape_with(
        &mut self,
        shape: u32,
        name: u32,
        is_mutable: bool,
    ) -> Result<(usize, u32), Fault> {
        let slots = self.shapes.slots(shape);
        let found = slots.slot(name);
        let slot = found.unwrap_or(slots.fields().len());
        if found.is_some_and(|found| slots.fields()[found].1 == is_mutable) {
            return Ok((slot, shape));
        }
        if let Some(longer) = self.shapes.find_longer(shape, name, is_mutable) {
            return Ok((slot, longer));
        }
        let mut fields = slots.fields().to_vec();
        match found {
            Some(found) => fields[found].1 = is_mutable,
            None => fields.push((name, is_mutable)),
        }
        let longer = self.shape_of(fields)?;
        Arc::make_mut(&mut self.shapes).add_longer(shape, name, is_mutable, longer);
        Ok((slot, longer))
    }

    /// Gives a record a shape that has its fields and maybe more at the end.
    fn record_grow(&mut self, slot: &mut Value, shape: u32) -> Result<(), Fault> {
        let length = self.record_length(*slot);
        let wanted = self.shape(shape).fields().len();
        let header = self.header(slot.at());
        if wanted <= usize::from(header.small()) {
            let grown = Header::new(ObjectKind::Record, header.small(), shape);
            self.memory.set(slot.at(), grown.0);
            return Ok(());
        }
        let capacity = Self::rounded(1 + wanted).min(FIELDS_MAX) - 1;
        let record = self.new_record_with(shape, capacity.max(wanted))?;
        let (from, to) = (slot.at() + 1, record.at() + 1);
        self.memory.words_mut().copy_within(from..from + length, to);
        self.memory.words_mut()[to + length..to + capacity.max(wanted)].fill(0);
        *slot = record;
        Ok(())
    }

    /// A record whose slots are to be written, so many as fit.
    fn new_record_with(&mut self, shape: u32, capacity: usize) -> Result<Value, Fault> {
        let Ok(small) = u16::try_from(capacity) else {
            return Err(Fault::new(format!("A record has at most {FIELDS_MAX} fields")));
        };
        let at = self.claim(1 + capacity)?;
        self.memory.write(at, Header::new(ObjectKind::Record, small, shape).0);
        Ok(Value::reference(Tag::Record, at))
    }

    /// What is known of names and shapes.
    pub(crate) fn tables(&self) -> Tables {
        (Arc::clone(&self.names), Arc::clone(&self.shapes))
    }

    /// Whether that is all that is known.
    pub(crate) fn has_tables(&self, (names, shapes): &Tables) -> bool {
        Arc::ptr_eq(&self.names, names) && Arc::ptr_eq(&self.shapes, shapes)
    }

    /// Makes it all that is known.
    pub(crate) fn set_tables(&mut self, (names, shapes): Tables) {
        (self.names, self.shapes) = (names, shapes);
    }

    /// Names and shapes lie outside of the region, and are never let go of: they may take a quarter
    /// as much.
    fn check_tables(&self) -> Result<(), Fault> {
        let bytes = self.names.bytes() + self.shapes.bytes();
        if bytes > TABLES_MIN.max(self.limit() / 4) {
            return Err(Fault::out_of_memory(bytes));
        }
        Ok(())
    }
}

/// Names and shapes at some moment.
pub(crate) type Tables = (Arc<Names>, Arc<Shapes>);

/// Names and shapes may always take so many bytes.
const TABLES_MIN: usize = 1 << 20;
