//! Variables, fields and elements.

use achronyme_library::index::Argument;
use achronyme_library::{Change, Fault, Kind, Method, Store, array, change, field, index, method};
use smallvec::SmallVec;

use crate::exec::{Failure, Flow};
use crate::program::{Capture, Local, Pattern, Prototype};
use crate::value::{Tag, Value};
use crate::vm::Vm;

impl Vm {
    pub(crate) fn upvalue(&self, index: u8) -> Value {
        self.heap.upvalue(self.closure(), usize::from(index))
    }

    /// What is in the cell in an upvalue.
    pub(crate) fn upcell_value(&self, index: u8) -> Result<Value, Failure> {
        self.cell_value(self.upvalue(index), |prototype, _| {
            prototype.upvalues.get(usize::from(index)).map(|(name, _)| name.as_str())
        })
    }

    /// What is in the cell in a register.
    pub(crate) fn local_cell_value(&self, register: u8) -> Result<Value, Failure> {
        self.cell_value(self.register(register), |prototype, at| {
            let here = |local: &&Local| local.cell && local.register == register && at < local.end;
            prototype.locals.iter().find(here).map(|local| local.name.as_str())
        })
    }

    fn cell_value<'a>(
        &'a self,
        cell: Value,
        name: impl FnOnce(&'a Prototype, u32) -> Option<&'a str>,
    ) -> Result<Value, Failure> {
        if !cell.is(Tag::Cell) {
            return Err(Fault::new("the code reads a cell where there is none").into());
        }
        match self.heap.cell_get(cell) {
            Value::ABSENT => {
                let number = self.prototype();
                let at = self.state.pc - self.prototypes[number].code;
                let name = name(&self.program.prototypes[number], at).unwrap_or("?");
                Err(Fault::new(format!("Undefined variable or constant: {name}")).into())
            }
            value => Ok(value),
        }
    }

    pub(crate) fn store_cell(&mut self, cell: Value, value: Value) -> Result<Flow, Failure> {
        if !cell.is(Tag::Cell) {
            return Err(Fault::new("the code writes a cell where there is none").into());
        }
        self.heap.cell_set(cell, value);
        Ok(Flow::Next)
    }

    pub(crate) fn global_value(&self, index: u16) -> Result<Value, Failure> {
        match self.global(usize::from(index)) {
            Value::ABSENT => {
                let name = &self.program.globals[usize::from(index)];
                Err(Fault::new(format!("Undefined variable or constant: {name}")).into())
            }
            value => Ok(value),
        }
    }

    pub(crate) fn make_closure(&mut self, prototype: u16) -> Result<Value, Failure> {
        let captures = &self.program.prototypes[usize::from(prototype)].captures;
        let mut upvalues = Vec::with_capacity(captures.len());
        for capture in captures {
            let value = match *capture {
                Capture::Register(register) => self.register(register),
                Capture::Upvalue(index) => self.upvalue(index),
                Capture::Rec => self.closure(),
            };
            upvalues.push(value);
        }
        for &value in &upvalues {
            self.heap.share(value);
        }
        Ok(self.heap.new_closure(u32::from(prototype), &upvalues)?)
    }

    /// The field with the name at `name` of the program.
    pub(crate) fn field(&mut self, object: Value, name: u32) -> Result<Value, Failure> {
        if object.is(Tag::Record)
            && let Some((slot, _)) = self.heap.record_slot(object, self.names[name as usize])
        {
            self.remember(object, slot);
            return Ok(self.heap.record_get(object, slot));
        }
        let name = self.program.names[name as usize].clone();
        if name == "value" && self.heap.kind(&object) == Kind::Signal {
            self.follow(object)?;
            return Ok(self.signal_value(object));
        }
        Ok(field::get(&mut self.heap, &object, &name)?)
    }

    pub(crate) fn set_field(
        &mut self,
        object: Value,
        name: u32,
        value: Value,
    ) -> Result<Flow, Failure> {
        let text = || self.program.names[name as usize].clone();
        if !object.is(Tag::Record) {
            let message = format!("Cannot access field '{}' on non-record value", text());
            return Err(Fault::new(message).into());
        }
        match self.heap.record_slot(object, self.names[name as usize]) {
            None => Err(Fault::new(format!("Field '{}' not found in record", text())).into()),
            Some((_, false)) => {
                let message =
                    format!("Cannot assign to immutable value: field '{}' is not mut", text());
                Err(Fault::new(message).into())
            }
            Some((slot, true)) => {
                self.remember(object, slot);
                self.heap.record_set(object, slot, value);
                Ok(Flow::Next)
            }
        }
    }

    /// Remembers in the instruction where it found a field, for records of the same shape.
    pub(crate) fn remember(&mut self, record: Value, slot: usize) {
        let shape = self.heap.record_shape(record);
        if let Ok(slot) = u8::try_from(slot)
            && shape < 1 << 24
        {
            self.caches.push(self.state.pc + 2);
            self.code[self.state.pc as usize + 2] = (shape << 8) | u32::from(slot);
        }
    }

    pub(crate) fn spread_record(&mut self, record: Value, from: Value) -> Result<Value, Failure> {
        if !from.is(Tag::Record) || !record.is(Tag::Record) {
            return Err(Fault::new("Cannot spread non-Record value in record context").into());
        }
        let mut record = record;
        self.heap.record_spread(&mut record, from)?;
        Ok(record)
    }

    /// The array literal of the elements of a vector and one more value. The vector itself gets it
    /// if nothing else has it.
    pub(crate) fn append(&mut self, vector: Value, value: Value) -> Result<Value, Failure> {
        let mut vector = vector;
        if vector.is(Tag::Vector) && self.stays_vector(vector, value) {
            self.heap.vector_push(&mut vector, value)?;
            return Ok(vector);
        }
        let mut elements = array::spread(&mut self.heap, &vector)?;
        elements.push(value);
        Ok(array::literal(&mut self.heap, &elements)?)
    }

    /// Whether the literal of the elements and the value has all of them as they are.
    fn stays_vector(&self, vector: Value, value: Value) -> bool {
        let is_row = |kind| matches!(kind, Kind::Vector | Kind::Tensor | Kind::ComplexTensor);
        let kind = self.heap.kind(&value);
        let elements = self.heap.elements(&vector);
        match elements.first().map(|first| self.heap.kind(first)) {
            Some(Kind::Number) if kind == Kind::Number => {
                elements.iter().all(|element| element.as_number().is_some())
            }
            Some(Kind::Number) => kind != Kind::Complex,
            Some(Kind::Complex) => !matches!(kind, Kind::Number | Kind::Complex),
            Some(first) if is_row(first) => !is_row(kind),
            Some(_) => true,
            None => !is_row(kind),
        }
    }

    pub(crate) fn spread_vector(&mut self, vector: Value, from: Value) -> Result<Value, Failure> {
        let mut vector = vector;
        if !vector.is(Tag::Vector) {
            return Err(Fault::new("only a vector can be appended to").into());
        }
        if from.is(Tag::Vector) {
            self.heap.vector_extend(&mut vector, from)?;
            return Ok(vector);
        }
        let elements = array::spread(&mut self.heap, &from)?;
        for element in elements {
            self.heap.share(element);
            self.heap.vector_push(&mut vector, element)?;
        }
        Ok(vector)
    }

    /// `object[at]`.
    pub(crate) fn element(&mut self, object: Value, at: Value) -> Result<Value, Failure> {
        if let Some(byte) = self.heap.ascii_at(object, at) {
            return Ok(self.characters[usize::from(byte)]);
        }
        if let Some(number) = self.heap.tensor_at(object, &[at]) {
            return Ok(number);
        }
        Ok(index::get(&mut self.heap, &object, &[Argument::At(at)])?)
    }

    /// `object` after `object[at] = value`: itself if only one place has it.
    pub(crate) fn with_element(
        &mut self,
        object: Value,
        at: Value,
        value: Value,
    ) -> Result<Value, Failure> {
        if object.is(Tag::Vector) && at.as_number().is_some() {
            let length = self.heap.elements(&object).len();
            let at = index::position(&self.heap, &at, length)?;
            let mut object = object;
            self.heap.vector_set(&mut object, at, value)?;
            return Ok(object);
        }
        self.changed(object, &[Argument::At(at)], value)
    }

    /// Puts a value into what a global has.
    pub(crate) fn set_in_global(
        &mut self,
        index: u8,
        at: Value,
        value: Value,
    ) -> Result<Flow, Failure> {
        let object = self.global_value(index.into())?;
        let changed = self.with_element(object, at, value)?;
        self.set_global(index.into(), changed);
        Ok(Flow::Next)
    }

    /// `object[…]` with `count` registers from `first`, which the mask tells apart.
    pub(crate) fn elements_at(
        &mut self,
        object: Value,
        first: u8,
        count: u8,
    ) -> Result<Value, Failure> {
        match (self.operand(1), count) {
            // All are places.
            (0, _) => {
                let at = self.heap.values(self.state.base + usize::from(first), usize::from(count));
                if let Some(number) = self.heap.tensor_at(object, at) {
                    return Ok(number);
                }
            }
            // One slice with both ends.
            (1, 2) => {
                let [start, end] = [first, first + 1].map(|register| self.register(register));
                if let Some(slice) = self.heap.tensor_slice(object, [start, end])? {
                    return Ok(slice);
                }
                let slice = [Argument::Slice(Some(start), Some(end))];
                return Ok(index::get(&mut self.heap, &object, &slice)?);
            }
            _ => {}
        }
        let arguments = self.arguments(first, count);
        Ok(index::get(&mut self.heap, &object, &arguments)?)
    }

    /// `object` after `object[…] = value`.
    pub(crate) fn with_elements_at(
        &mut self,
        object: Value,
        first: u8,
        count: u8,
    ) -> Result<Value, Failure> {
        let arguments = self.arguments(first, count);
        let value = self.register(first + count);
        self.changed(object, &arguments, value)
    }

    /// `object` after `object[arguments] = value`.
    fn changed(
        &mut self,
        object: Value,
        arguments: &[Argument<Value>],
        value: Value,
    ) -> Result<Value, Failure> {
        let mut changed = object;
        if self.heap.tensor_set_at(&mut changed, arguments, value)? {
            return Ok(changed);
        }
        Ok(index::set(&mut self.heap, &object, arguments, &value)?)
    }

    fn arguments(&self, first: u8, count: u8) -> SmallVec<[Argument<Value>; 4]> {
        let mask = self.operand(1);
        let mut registers = (first..first + count).map(|register| self.register(register));
        let mut arguments = SmallVec::new();
        for bits in (0..16).map(|index| mask >> (2 * index) & 3) {
            let mut next = || registers.next();
            let argument = match bits {
                0 => next().map(Argument::At),
                1 => next()
                    .and_then(|start| next().map(|end| Argument::Slice(Some(start), Some(end)))),
                2 => next().map(|start| Argument::Slice(Some(start), None)),
                _ => next().map(|end| Argument::Slice(None, Some(end))),
            };
            let Some(argument) = argument else { break };
            arguments.push(argument);
        }
        arguments
    }

    pub(crate) fn destructure_vector(&mut self, to: u8, from: Value) -> Result<Flow, Failure> {
        let Pattern::Vector { before, rest, after, missing, open } = *self.pattern(self.operand(1))
        else {
            return Err(Fault::new("the pattern is not one for vectors").into());
        };
        let Some(length) = array::length(&self.heap, &from) else {
            return Ok(Flow::Jump(self.operand(2).cast_signed()));
        };
        let mut elements = Vec::with_capacity(length);
        for index in 0..length {
            elements.extend(array::item(&mut self.heap, &from, index)?);
        }
        let asked = usize::from(before) + usize::from(after);
        let fits = elements.len() + usize::from(missing) >= asked
            && (rest || open || elements.len() <= asked);
        if !fits {
            return Ok(Flow::Jump(self.operand(2).cast_signed()));
        }
        let mut register = to;
        let mut put = |vm: &mut Self, value: Value| {
            vm.heap.share(value);
            vm.set_register(register, value);
            register = register.wrapping_add(1);
        };
        let tail = elements.len().saturating_sub(usize::from(after)).max(usize::from(before));
        for index in 0..usize::from(before) {
            put(self, elements.get(index).copied().unwrap_or(Value::ABSENT));
        }
        if rest {
            let middle = elements.get(usize::from(before)..tail).unwrap_or(&[]);
            let middle = self.heap.new_vector(middle)?;
            put(self, middle);
        }
        for index in 0..usize::from(after) {
            put(self, elements.get(tail + index).copied().unwrap_or(Value::ABSENT));
        }
        Ok(Flow::Next)
    }

    pub(crate) fn destructure_record(&mut self, to: u8, from: Value) -> Result<Flow, Failure> {
        let Pattern::Record { fields } = self.pattern(self.operand(1)).clone() else {
            return Err(Fault::new("the pattern is not one for records").into());
        };
        let mut found = Vec::with_capacity(fields.len());
        if from.is(Tag::Record) {
            for (name, optional) in fields {
                match self.heap.record_slot(from, self.names[name as usize]) {
                    Some((slot, _)) => found.push(self.heap.record_get(from, slot)),
                    None if optional => found.push(Value::ABSENT),
                    None => return Ok(Flow::Jump(self.operand(2).cast_signed())),
                }
            }
        } else if let Some(error) = self.heap.error(&from) {
            for (name, optional) in fields {
                let name = self.program.names[name as usize].as_str();
                let at = ["message", "kind", "source"].iter().position(|&field| field == name);
                match at.map(|at| error[at]).filter(|&value| value != Value::NULL) {
                    Some(value) => found.push(value),
                    None if optional => found.push(Value::ABSENT),
                    None => return Ok(Flow::Jump(self.operand(2).cast_signed())),
                }
            }
        } else {
            return Ok(Flow::Jump(self.operand(2).cast_signed()));
        }
        for (register, value) in (to..).zip(found) {
            self.heap.share(value);
            self.set_register(register, value);
        }
        Ok(Flow::Next)
    }

    /// A method that changes the vector in register `b`, with the arguments from `a`.
    pub(crate) fn vector_method(&mut self, a: u8, b: u8, count: u8) -> Result<Flow, Failure> {
        #[expect(clippy::cast_possible_truncation, reason = "the verifier bounds it")]
        let index = self.operand(1) as u16;
        let row =
            achronyme_library::builtin(index).ok_or_else(|| Fault::new("No such function"))?;
        let arguments =
            self.heap.values(self.state.base + usize::from(a), usize::from(count)).to_vec();
        // The function that is called as the method is, has another meaning.
        let change = match row.name {
            "sorted" => Some(Method::Change(Change::Sort)),
            name => method(Kind::Vector, name),
        };
        let Some(Method::Change(change)) = change else {
            return Err(Fault::new(format!("{} changes no vector", row.name)).into());
        };
        let (changed, value) = self.array_method(change, self.register(b), &arguments)?;
        self.set_register(b, changed);
        self.set_register(a, value);
        Ok(Flow::Next)
    }

    /// Whether methods change it where it lies.
    pub(crate) fn is_array(&self, value: Value) -> bool {
        let kind = || self.heap.kind(&value);
        value.is(Tag::Vector)
            || value.is(Tag::Object) && matches!(kind(), Kind::Tensor | Kind::ComplexTensor)
    }

    /// What a vector or tensor becomes by a method, and the value of the call.
    pub(crate) fn array_method(
        &mut self,
        change: Change,
        array: Value,
        arguments: &[Value],
    ) -> Result<(Value, Value), Failure> {
        let mut vector = array;
        let value = match (change, arguments) {
            _ if !vector.is(Tag::Vector) => {
                return Ok(change::apply(&mut self.heap, change, &vector, arguments)?);
            }
            (Change::Push, &[value]) => {
                self.heap.share(value);
                self.heap.vector_push(&mut vector, value)?;
                vector
            }
            (Change::Pop, &[]) => {
                let popped = self.heap.vector_pop(&mut vector)?;
                popped.ok_or_else(|| Fault::index_error("pop() from an empty vector"))?
            }
            (Change::Insert, &[index, value]) => {
                let places = self.heap.vector_length(vector) + 1;
                let at = index::position(&self.heap, &index, places)?;
                self.heap.share(value);
                self.heap.vector_insert(&mut vector, at, value)?;
                vector
            }
            (Change::Remove, &[index]) => {
                let places = self.heap.vector_length(vector);
                let at = index::position(&self.heap, &index, places)?;
                self.heap.vector_remove(&mut vector, at)?.unwrap_or(Value::NULL)
            }
            _ => return Ok(change::apply(&mut self.heap, change, &vector, arguments)?),
        };
        Ok((vector, value))
    }
}
