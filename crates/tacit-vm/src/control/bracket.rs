//! Brackets: the opening ones remember how high the stack is, the closing ones take what is above.

use crate::flow::Flow;
use crate::trap::Trap;
use crate::value::{Cell, Control, Tag};
use crate::vm::Vm;

impl Vm {
    /// `[`, `#[` and `:[`.
    pub(crate) fn open_bracket(&mut self) -> Result<Flow, Trap> {
        self.return_room(1)?;
        self.push_control(Control::Mark(self.registers.sp));
        Ok(Flow::Next)
    }

    pub(crate) fn vector_right(&mut self) -> Result<Flow, Trap> {
        let items = self.take_bracketed("]")?;
        self.room(1)?;
        let vector = self.memory.new_vector(&items)?;
        self.push(vector);
        Ok(Flow::Next)
    }

    pub(crate) fn group_right(&mut self) -> Result<Flow, Trap> {
        let count = self.close_bracket("]#")?;
        self.room(1)?;
        self.push(Cell::count(count));
        Ok(Flow::Next)
    }

    pub(crate) fn dictionary_right(&mut self) -> Result<Flow, Trap> {
        let items = self.take_bracketed("]:")?;
        if items.len() % 2 == 1 {
            return Err(Trap::OddItems { count: items.len() });
        }
        let pairs: Vec<_> = items.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        if let Some(pair) = pairs.iter().position(|(key, _)| key.tag() != Some(Tag::String)) {
            return Err(Trap::Key { index: 2 * pair });
        }
        self.room(1)?;
        let dictionary = self.memory.new_dictionary(&pairs)?;
        self.push(dictionary);
        Ok(Flow::Next)
    }

    /// Pops the mark of the opening bracket; says how many values are above it.
    fn close_bracket(&mut self, word: &'static str) -> Result<usize, Trap> {
        let top = self.return_top().and_then(Cell::as_control);
        let Some(Control::Mark(mark)) = top else {
            return Err(Trap::ReturnStackUnbalanced { word });
        };
        self.pop_return();
        let count = self.registers.sp.checked_sub(mark).ok_or(Trap::BelowBracket { word })?;
        Ok(count.into())
    }

    /// Pops what is above the mark of the opening bracket. The references go to the caller.
    fn take_bracketed(&mut self, word: &'static str) -> Result<Vec<Cell>, Trap> {
        let count = self.close_bracket(word)?;
        let first = usize::from(self.registers.sp) - count;
        let items = (first..first + count).map(|cell| self.memory.get(cell)).collect();
        self.registers.sp -= u16::try_from(count).unwrap_or(0);
        Ok(items)
    }
}
