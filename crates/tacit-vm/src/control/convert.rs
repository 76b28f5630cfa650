//! Built-in interfaces: methods by which objects are taken by words that want other values.
//!
//! The method gets the payload and has to leave one value, which the word takes in place of the
//! object. It is run by a forcing frame, as blocks are. What it leaves may be an object that has
//! such a method, too. An object without the method is nothing but an object.

use crate::flow::Flow;
use crate::heap::shape::Shape;
use crate::trap::Trap;
use crate::value::{Cell, Tag};
use crate::vm::Vm;

/// What a word wants its operands to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Role {
    /// Values instead of the blocks that make them.
    Value = 0,
    /// The same, and numbers instead of objects.
    Number = 1,
    /// What has elements.
    Sequence = 2,
    /// What has a text of its own.
    Text = 3,
}

/// The method by which an object is called. It may take and leave what it likes.
const CALL: &str = "call";

impl Role {
    /// The role with that number; others than there are count as the first.
    pub(crate) const fn from_number(number: u32) -> Self {
        match number {
            1 => Self::Number,
            2 => Self::Sequence,
            3 => Self::Text,
            _ => Self::Value,
        }
    }

    /// Whether blocks and promises are run.
    pub(crate) const fn runs_blocks(self) -> bool {
        matches!(self, Self::Value | Self::Number)
    }

    /// The method that makes such a value of a payload.
    const fn method(self) -> Option<&'static str> {
        match self {
            Self::Value => None,
            Self::Number => Some("number"),
            Self::Sequence => Some("seq"),
            Self::Text => Some("string"),
        }
    }
}

impl Vm {
    /// Asks for the values of blocks and promises among the topmost operands, and of objects.
    pub(crate) fn deferred(&self, operands: u16, role: Role) -> Option<Flow> {
        self.among(operands, operands, role)
    }

    /// Asks for the elements of an object, if one is the lowest of the topmost operands.
    pub(crate) fn seqable(&self, operands: u16) -> Option<Flow> {
        self.among(operands, 1, Role::Sequence)
    }

    /// Asks for the values of the lowest `looked` of the topmost operands.
    pub(crate) fn among(&self, operands: u16, looked: u16, role: Role) -> Option<Flow> {
        let is_wanted = |below: u16| {
            let cell = self.peek(below);
            role.runs_blocks() && self.memory.is_deferred(cell)
                || self.conversion(role, cell).is_some()
        };
        let is_any = (operands - looked..operands).any(is_wanted);
        is_any.then_some(Flow::Force { operands, looked, role })
    }

    /// The method by which an object becomes what is wanted; the reference stays its type's.
    pub(crate) fn conversion(&self, role: Role, cell: Cell) -> Option<Cell> {
        self.built_in_method(cell, role.method()?)
    }

    /// The method by which an object is called.
    pub(crate) fn call_method(&self, cell: Cell) -> Option<Cell> {
        self.built_in_method(cell, CALL)
    }

    fn built_in_method(&self, cell: Cell, name: &str) -> Option<Cell> {
        if cell.tag() != Some(Tag::Pointer) || self.memory.shape(cell) != Shape::Object {
            return None;
        }
        let name = Cell::tagged(Tag::String, self.memory.find_string(name)?.into());
        self.method(self.memory.block_cell(cell.address(), 0), name)
    }

    /// Calls a method with the payload of an object, whose reference stays the caller's.
    pub(crate) fn run_method(
        &mut self,
        method: Cell,
        object: Cell,
        next: u16,
    ) -> Result<Flow, Trap> {
        let payload = self.memory.block_cell(object.address(), 1);
        self.memory.retain(payload)?;
        self.memory.retain(method)?;
        self.room(1)?;
        self.push(payload);
        self.call_cell(method, next)
    }
}
