//! Interfaces: types attached to values, and methods found by type.
//!
//! The types are a dictionary from names to dictionaries of methods, in a register.

use crate::flow::Flow;
use crate::heap::Kind;
use crate::heap::shape::Shape;
use crate::layout::Register;
use crate::trap::Trap;
use crate::value::{Cell, Tag};
use crate::vm::Vm;

impl Vm {
    pub(crate) fn tag(&mut self) -> Result<Flow, Trap> {
        self.need("tag", 2)?;
        let (name, value) = (self.pop(), self.pop());
        let name = self.name("tag", name)?;
        let block = self.memory.allocate(Kind::Object, &[name, value])?;
        self.push(Kind::Object.cell(block));
        Ok(Flow::Next)
    }

    pub(crate) fn payload(&mut self) -> Result<Flow, Trap> {
        self.need("payload", 1)?;
        let object = self.pop();
        let value = self.take_payload(object)?;
        self.push(value);
        Ok(Flow::Next)
    }

    pub(crate) fn type_of(&mut self) -> Result<Flow, Trap> {
        self.need("type-of", 1)?;
        let object = self.pop();
        let name = self.attached(object).unwrap_or(Cell::NIL);
        self.memory.release(object)?;
        self.push(name);
        Ok(Flow::Next)
    }

    pub(crate) fn implement(&mut self) -> Result<Flow, Trap> {
        self.need("implement", 2)?;
        let (name, methods) = (self.pop(), self.pop());
        let name = self.name("implement", name)?;
        if methods.tag() != Some(Tag::Dictionary) {
            return Err(self.memory.type_error("implement", "dictionary", methods));
        }
        let mut types = self.take_types()?;
        let mut all = match self.memory.dictionary_get(types, name) {
            Some(known) => {
                // Taken out, so that it can be added to in place.
                self.memory.retain(known)?;
                types = self.memory.dictionary_put(types, name, Cell::NIL)?;
                known
            }
            None => self.memory.new_dictionary(&[])?,
        };
        for (method, code) in self.memory.dictionary_pairs(methods) {
            self.memory.retain(code)?;
            all = self.memory.dictionary_put(all, method, code)?;
        }
        self.memory.release(methods)?;
        types = self.memory.dictionary_put(types, name, all)?;
        self.memory.set_register(Register::Interfaces, types.0);
        Ok(Flow::Next)
    }

    pub(crate) fn send(&mut self, next: u16) -> Result<Flow, Trap> {
        self.need("send", 2)?;
        let (method, object) = (self.pop(), self.pop());
        let method = self.name("send", method)?;
        let of_type = match self.attached(object) {
            Some(name) => name,
            None => self.memory.intern_cell(self.memory.shape(object).name())?,
        };
        let Some(code) = self.method(of_type, method) else {
            let [method, interface] =
                [method, of_type].map(|name| self.memory.text(name.address()));
            return Err(Trap::NoMethod { method, interface });
        };
        self.memory.retain(code)?;
        let value = self.take_payload(object)?;
        self.push(value);
        self.call_cell(code, next)
    }

    pub(crate) fn responds(&mut self) -> Result<Flow, Trap> {
        self.need("responds", 2)?;
        let (method, name) = (self.pop(), self.pop());
        let method = self.name("responds", method)?;
        let name = self.name("responds", name)?;
        self.push(Cell::flag(self.method(name, method).is_some()));
        Ok(Flow::Next)
    }

    /// A name as a string.
    fn name(&mut self, word: &'static str, name: Cell) -> Result<Cell, Trap> {
        match self.memory.name_text(name) {
            Some(text) => self.memory.intern_cell(&text),
            None => Err(self.memory.type_error(word, "symbol or string", name)),
        }
    }

    /// The type attached to a value.
    fn attached(&self, object: Cell) -> Option<Cell> {
        let is_object = self.memory.shape(object) == Shape::Object;
        is_object.then(|| self.memory.block_cell(object.address(), 0))
    }

    /// The value without its type. Takes the reference over.
    fn take_payload(&mut self, object: Cell) -> Result<Cell, Trap> {
        if self.memory.shape(object) != Shape::Object {
            return Ok(object);
        }
        let value = self.memory.block_cell(object.address(), 1);
        self.memory.retain(value)?;
        self.memory.release(object)?;
        Ok(value)
    }

    /// A type's method; the reference stays its own.
    pub(crate) fn method(&self, name: Cell, method: Cell) -> Option<Cell> {
        let types = Cell(self.memory.register(Register::Interfaces));
        let is_dictionary = |cell: &Cell| cell.tag() == Some(Tag::Dictionary);
        let types = Some(types).filter(is_dictionary)?;
        let methods = self.memory.dictionary_get(types, name).filter(is_dictionary)?;
        self.memory.dictionary_get(methods, method)
    }

    /// Takes the dictionary of types out of its register.
    fn take_types(&mut self) -> Result<Cell, Trap> {
        let types = Cell(self.memory.register(Register::Interfaces));
        if types.tag() == Some(Tag::Dictionary) {
            self.memory.set_register(Register::Interfaces, Cell::NIL.0);
            return Ok(types);
        }
        self.memory.new_dictionary(&[])
    }
}
