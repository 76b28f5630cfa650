//! The words that compare deeply, and the constants. Those that compare element by element are
//! defined with arithmetic.

use crate::control::convert::Role;
use crate::flow::Flow;
use crate::trap::Trap;
use crate::value::Cell;
use crate::vm::Vm;

impl Vm {
    pub(crate) fn equal(&mut self) -> Result<Flow, Trap> {
        self.need("=", 2)?;
        self.deferred(2, Role::Value).map_or_else(|| self.compare_both(true), Ok)
    }

    pub(crate) fn not_equal(&mut self) -> Result<Flow, Trap> {
        self.need("<>", 2)?;
        self.deferred(2, Role::Value).map_or_else(|| self.compare_both(false), Ok)
    }

    pub(crate) fn match_values(&mut self) -> Result<Flow, Trap> {
        self.need("~", 2)?;
        self.compare_both(true)
    }

    pub(crate) fn nil(&mut self) -> Result<Flow, Trap> {
        self.push_constant(Cell::NIL)
    }

    pub(crate) fn push_true(&mut self) -> Result<Flow, Trap> {
        self.push_constant(Cell::TRUE)
    }

    pub(crate) fn push_false(&mut self) -> Result<Flow, Trap> {
        self.push_constant(Cell::FALSE)
    }

    pub(crate) fn pi(&mut self) -> Result<Flow, Trap> {
        self.push_constant(Cell::number(std::f32::consts::PI))
    }

    fn compare_both(&mut self, wanted: bool) -> Result<Flow, Trap> {
        let (b, a) = (self.pop(), self.pop());
        let is_equal = self.memory.equals(a, b);
        self.memory.release(a)?;
        self.memory.release(b)?;
        self.push(Cell::flag(is_equal == wanted));
        Ok(Flow::Next)
    }

    fn push_constant(&mut self, constant: Cell) -> Result<Flow, Trap> {
        self.room(1)?;
        self.push(constant);
        Ok(Flow::Next)
    }
}
