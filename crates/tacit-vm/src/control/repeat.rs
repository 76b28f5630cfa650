//! Loops: their frames on the return stack, and the instructions of those written with braces.

use crate::control::frame::{FrameKind, plain};
use crate::control::system;
use crate::flow::Flow;
use crate::trap::Trap;
use crate::value::{Cell, Control};
use crate::vm::Vm;

/// Bytes of a `(for-got)`, which a `(for-next)` skips when the loop has ended.
const FOR_GOT_BYTES: u16 = 3;

impl Vm {
    pub(crate) fn for_init(&mut self) -> Result<Flow, Trap> {
        self.need("for-each", 1)?;
        if let Some(flow) = self.seqable(1) {
            return Ok(flow);
        }
        let source = self.pop();
        self.begin_loop(source)?;
        Ok(Flow::Next)
    }

    /// `(for-range)`
    pub(crate) fn for_range(&mut self) -> Result<Flow, Trap> {
        let [start, end, step] = self.pop_range()?;
        self.push_frame(FrameKind::Range, 0, [start, step, end])?;
        Ok(Flow::Next)
    }

    /// Makes a loop over a value, whose reference it takes over.
    pub(crate) fn begin_loop(&mut self, source: Cell) -> Result<(), Trap> {
        let sequence = self.sequence_from(source)?;
        if let Some([cursor, end, step]) = self.range_of(sequence) {
            self.push_frame(FrameKind::Range, 0, [cursor, step, end])?;
            return self.memory.release(sequence);
        }
        let sequence = self.own_sequence(sequence)?;
        self.push_frame(FrameKind::Sequence, 0, [sequence, Cell::NIL, Cell::NIL])
    }

    pub(crate) fn for_next(&mut self, body: i16, next: u16) -> Result<Flow, Trap> {
        let body = next.wrapping_add_signed(body);
        let after = next.wrapping_add(FOR_GOT_BYTES);
        match self.top_frame() {
            Some((FrameKind::Range, _)) => {
                let [end, step, cursor] = [0, 1, 2].map(|below| self.frame_cell(below));
                match range_step(cursor, step, end) {
                    Some(following) => {
                        self.room(1)?;
                        self.set_frame_cell(2, following);
                        self.push(cursor);
                        Ok(Flow::Jump(body))
                    }
                    None => {
                        self.pop_frame();
                        Ok(Flow::Jump(after))
                    }
                }
            }
            Some((FrameKind::Sequence, _)) => {
                let sequence = self.frame_cell(2);
                if !self.is_simple(sequence) {
                    return self.begin_pull(sequence, next);
                }
                if let Some(element) = self.next_of(sequence)? {
                    self.room(1)?;
                    self.push(element);
                    return Ok(Flow::Jump(body));
                }
                self.end_loop()?;
                Ok(Flow::Jump(after))
            }
            _ => Err(Trap::ReturnStackUnbalanced { word: "for-each" }),
        }
    }

    pub(crate) fn for_got(&mut self, body: i16, next: u16) -> Result<Flow, Trap> {
        self.need("for-each", 1)?;
        let flag = self.pop();
        self.memory.release(flag)?;
        if flag.is_true() {
            return Ok(Flow::Jump(next.wrapping_add_signed(body)));
        }
        match self.top_frame() {
            Some((FrameKind::Sequence, _)) => self.end_loop().map(|()| Flow::Next),
            _ => Err(Trap::ReturnStackUnbalanced { word: "for-each" }),
        }
    }

    pub(crate) fn times_init(&mut self) -> Result<Flow, Trap> {
        self.need("times", 1)?;
        let rounds = self.pop();
        self.begin_times(rounds)?;
        Ok(Flow::Next)
    }

    /// Makes a loop of so many rounds; fewer than 0 are none.
    pub(crate) fn begin_times(&mut self, rounds: Cell) -> Result<(), Trap> {
        let is_negative = rounds.as_number().is_some_and(|rounds| rounds < 0.0);
        let rounds = if is_negative { 0 } else { self.whole("times", rounds)? };
        self.push_frame(FrameKind::Times, 0, [Cell::count(rounds), Cell::NIL, Cell::NIL])
    }

    pub(crate) fn times_next(&mut self, body: i16, next: u16) -> Result<Flow, Trap> {
        let Some((FrameKind::Times, _)) = self.top_frame() else {
            return Err(Trap::ReturnStackUnbalanced { word: "times" });
        };
        match self.frame_cell(2).as_count() {
            Some(rounds) if rounds > 0 => {
                self.set_frame_cell(2, Cell::count(rounds - 1));
                Ok(Flow::Jump(next.wrapping_add_signed(body)))
            }
            _ => {
                self.pop_frame();
                Ok(Flow::Next)
            }
        }
    }

    pub(crate) fn unloop(&mut self) -> Result<Flow, Trap> {
        match self.top_frame() {
            Some((FrameKind::Range | FrameKind::Times | FrameKind::Sequence, _)) => {
                self.end_loop().map(|()| Flow::Next)
            }
            _ => Err(Trap::ReturnStackUnbalanced { word: "exit" }),
        }
    }

    /// Takes the frame of a loop away, and releases what it kept.
    pub(crate) fn end_loop(&mut self) -> Result<(), Trap> {
        let [kept, ..] = self.pop_frame();
        self.memory.release(kept)
    }

    /// Begins to make an element of a sequence that cannot give one at once; `next` takes the flag
    /// that says whether there was one.
    pub(crate) fn begin_pull(&mut self, sequence: Cell, next: u16) -> Result<Flow, Trap> {
        self.return_room(1)?;
        self.push_control(Control::Return(next));
        let node = plain(sequence.address());
        self.push_frame(FrameKind::Pull, 0, [node, Cell::NIL, Cell::NIL])?;
        Ok(Flow::Jump(system::PULL))
    }
}

/// The cursor after an element of a range, or nothing if the range has ended before it.
pub(crate) fn range_step(cursor: Cell, step: Cell, end: Cell) -> Option<Cell> {
    let (at, by, to) = (cursor.as_number()?, step.as_number()?, end.as_number()?);
    let is_inside = if by > 0.0 { at <= to } else { at >= to };
    is_inside.then(|| Cell::number(at + by))
}
