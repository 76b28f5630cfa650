//! Making elements of sequences that need other code, or a search: step by step, with a frame on
//! the return stack for each sequence that is being asked.
//!
//! A frame keeps the sequence's block, a height of the stack, and a value; its detail is how many
//! of the sequences below it have answered. An answer is an element with a 1 on top, or a 0.

use crate::control::frame::{FrameKind, plain};
use crate::control::system;
use crate::flow::Flow;
use crate::heap::Kind;
use crate::op::Instruction;
use crate::sequence::SequenceKind;
use crate::trap::Trap;
use crate::value::{Cell, Control, Tag};
use crate::vm::Vm;

/// What comes next for the sequence of the innermost frame.
enum Step {
    /// An element of this sequence is needed.
    Ask(Cell),
    /// Its own answer is there.
    Answer(Option<Cell>),
    /// Control goes on elsewhere.
    Go(Flow),
}

impl Vm {
    /// `(pull)`
    pub(crate) fn pull(&mut self) -> Result<Flow, Trap> {
        let (sequence, stage) = self.pulled_sequence()?;
        let step = self.begin_element(sequence, stage)?;
        self.go_on_pulling(step)
    }

    /// `(pulled)`
    pub(crate) fn pulled(&mut self) -> Result<Flow, Trap> {
        let (sequence, stage) = self.pulled_sequence()?;
        let missing = Trap::Damaged { what: "no answer of a sequence" };
        self.need("(pulled)", 1).map_err(|_| missing.clone())?;
        let flag = self.pop();
        self.memory.release(flag)?;
        let answer = if flag.is_true() {
            self.need("(pulled)", 1).map_err(|_| missing)?;
            Some(self.pop())
        } else {
            None
        };
        let step = self.source_answered(sequence, stage, answer)?;
        self.go_on_pulling(step)
    }

    /// `(applied)`
    pub(crate) fn applied(&mut self) -> Result<Flow, Trap> {
        let (sequence, _) = self.pulled_sequence()?;
        let kind = self.sequence_kind(sequence)?;
        let value = self.take_only(self.frame_cell(1), self.word_of(sequence, kind))?;
        let step = self.function_returned(sequence, kind, value)?;
        self.go_on_pulling(step)
    }

    fn go_on_pulling(&mut self, mut step: Step) -> Result<Flow, Trap> {
        loop {
            match step {
                Step::Go(flow) => return Ok(flow),
                Step::Answer(answer) => return self.answer_pull(answer),
                Step::Ask(source) if self.is_simple(source) => {
                    let answer = self.next_of(source)?;
                    let (sequence, stage) = self.pulled_sequence()?;
                    step = self.source_answered(sequence, stage, answer)?;
                }
                Step::Ask(source) => {
                    self.return_room(1)?;
                    self.push_control(Control::Return(system::PULLED));
                    let node = plain(source.address());
                    self.push_frame(FrameKind::Pull, 0, [node, Cell::NIL, Cell::NIL])?;
                    return Ok(Flow::Jump(system::PULL));
                }
            }
        }
    }

    /// Ends the innermost frame with an answer for what is below it.
    fn answer_pull(&mut self, answer: Option<Cell>) -> Result<Flow, Trap> {
        let [_, _, kept] = self.pop_frame();
        self.memory.release(kept)?;
        let address = self.pop_address("(pull)")?;
        self.room(2)?;
        if let Some(element) = answer {
            self.push(element);
        }
        self.push(Cell::flag(answer.is_some()));
        Ok(Flow::Jump(address))
    }

    /// The sequence of the innermost frame, and how many of its sources have answered.
    fn pulled_sequence(&self) -> Result<(Cell, u8), Trap> {
        let Some((FrameKind::Pull, stage)) = self.top_frame() else {
            return Err(Trap::ReturnStackUnbalanced { word: "next" });
        };
        Ok((Kind::Sequence.cell(self.frame_cell(2).address()), stage))
    }

    fn keep(&mut self, value: Cell, stage: u8) {
        self.set_frame_cell(0, value);
        self.set_frame_detail(FrameKind::Pull, stage);
    }

    /// Takes the value that the innermost frame keeps.
    fn take_kept(&mut self) -> Cell {
        let kept = self.frame_cell(0);
        self.set_frame_cell(0, Cell::NIL);
        kept
    }

    /// Begins to make an element, or goes on when one did not do.
    fn begin_element(&mut self, sequence: Cell, stage: u8) -> Result<Step, Trap> {
        let first = self.part(sequence, 1);
        match self.sequence_kind(sequence)? {
            SequenceKind::Take => {
                let left = self.part(sequence, 2).as_count().unwrap_or(0);
                if left == 0 {
                    return Ok(Step::Answer(None));
                }
                self.set_part(sequence, 2, Cell::count(left - 1));
                Ok(Step::Ask(first))
            }
            SequenceKind::TakeWhile if first == Cell::NIL => Ok(Step::Answer(None)),
            SequenceKind::Chain if first == Cell::NIL => Ok(Step::Ask(self.part(sequence, 2))),
            SequenceKind::Multi => {
                self.set_frame_cell(1, plain(sequence.address()));
                Ok(if first == Cell::NIL { Step::Answer(None) } else { Step::Ask(first) })
            }
            SequenceKind::Generate => self.apply(first, &[]),
            SequenceKind::Iterate => {
                let value = self.part(sequence, 2);
                if self.part(sequence, 3).is_true() {
                    self.set_part(sequence, 2, Cell::NIL);
                    return self.apply(first, &[value]);
                }
                self.set_part(sequence, 3, Cell::TRUE);
                self.memory.retain(value)?;
                Ok(Step::Answer(Some(value)))
            }
            SequenceKind::Broadcast if first.tag() != Some(Tag::Sequence) => {
                self.memory.retain(first)?;
                self.source_answered(sequence, stage, Some(first))
            }
            SequenceKind::Map
            | SequenceKind::Filter
            | SequenceKind::Sift
            | SequenceKind::Drop
            | SequenceKind::TakeWhile
            | SequenceKind::Scan
            | SequenceKind::Chain
            | SequenceKind::Zip
            | SequenceKind::Broadcast => Ok(Step::Ask(first)),
            SequenceKind::Range
            | SequenceKind::Vector
            | SequenceKind::String
            | SequenceKind::Dictionary
            | SequenceKind::Array
            | SequenceKind::Constant => Ok(Step::Answer(self.next_of(sequence)?)),
        }
    }

    fn source_answered(
        &mut self,
        sequence: Cell,
        stage: u8,
        answer: Option<Cell>,
    ) -> Result<Step, Trap> {
        let kind = self.sequence_kind(sequence)?;
        let Some(element) = answer else {
            if kind == SequenceKind::Chain && self.part(sequence, 1) != Cell::NIL {
                self.end_first(sequence)?;
                return Ok(Step::Ask(self.part(sequence, 2)));
            }
            return Ok(Step::Answer(None));
        };
        let second = self.part(sequence, 2);
        match (kind, stage) {
            (SequenceKind::Map, _) => self.apply(second, &[element]),
            (SequenceKind::Filter | SequenceKind::TakeWhile, _) => {
                self.memory.retain(element)?;
                self.keep(element, 0);
                self.apply(second, &[element])
            }
            (SequenceKind::Sift | SequenceKind::Zip, 0) => {
                self.keep(element, 1);
                Ok(Step::Ask(second))
            }
            (SequenceKind::Sift, _) => {
                let kept = self.take_kept();
                self.keep(Cell::NIL, 0);
                self.memory.release(element)?;
                if element.is_true() {
                    return Ok(Step::Answer(Some(kept)));
                }
                self.memory.release(kept)?;
                Ok(Step::Go(Flow::Jump(system::PULL)))
            }
            (SequenceKind::Zip, _) => {
                let kept = self.take_kept();
                Ok(Step::Answer(Some(self.memory.new_vector(&[kept, element])?)))
            }
            (SequenceKind::Drop, _) => {
                let left = second.as_count().unwrap_or(0);
                if left == 0 {
                    return Ok(Step::Answer(Some(element)));
                }
                self.set_part(sequence, 2, Cell::count(left - 1));
                self.memory.release(element)?;
                Ok(Step::Go(Flow::Jump(system::PULL)))
            }
            (SequenceKind::Scan, _) => {
                let so_far = self.part(sequence, 3);
                self.set_part(sequence, 3, Cell::NIL);
                self.apply(second, &[so_far, element])
            }
            (SequenceKind::Multi, _) => self.multi_answered(element),
            (SequenceKind::Broadcast, 0) if self.part(sequence, 4).is_true() => {
                self.keep(element, 1);
                if second.tag() == Some(Tag::Sequence) {
                    return Ok(Step::Ask(second));
                }
                self.memory.retain(second)?;
                let left = self.take_kept();
                self.apply(self.part(sequence, 3), &[left, second])
            }
            (SequenceKind::Broadcast, 0) => self.apply(self.part(sequence, 3), &[element]),
            (SequenceKind::Broadcast, _) => {
                let left = self.take_kept();
                self.apply(self.part(sequence, 3), &[left, element])
            }
            _ => Ok(Step::Answer(Some(element))),
        }
    }

    fn multi_answered(&mut self, element: Cell) -> Result<Step, Trap> {
        let so_far = self.take_kept();
        let elements = if so_far == Cell::NIL {
            self.memory.new_vector(&[element])?
        } else {
            self.memory.vector_append(so_far, element)?
        };
        let here = Kind::Sequence.cell(self.frame_cell(1).address());
        let rest = self.part(here, 2);
        if rest.tag() != Some(Tag::Sequence) {
            return Ok(Step::Answer(Some(elements)));
        }
        self.set_frame_cell(0, elements);
        self.set_frame_cell(1, plain(rest.address()));
        Ok(Step::Ask(self.part(rest, 1)))
    }

    /// Calls a sequence's function with these values, whose references it takes over.
    fn apply(&mut self, function: Cell, values: &[Cell]) -> Result<Step, Trap> {
        self.set_frame_cell(1, plain(self.registers.sp));
        self.room(values.len())?;
        for &value in values {
            self.push(value);
        }
        self.memory.retain(function)?;
        Ok(Step::Go(self.call_cell(function, system::APPLIED)?))
    }

    fn function_returned(
        &mut self,
        sequence: Cell,
        kind: SequenceKind,
        value: Cell,
    ) -> Result<Step, Trap> {
        match kind {
            SequenceKind::Filter | SequenceKind::TakeWhile => {
                self.memory.release(value)?;
                let kept = self.take_kept();
                if value.is_true() {
                    return Ok(Step::Answer(Some(kept)));
                }
                self.memory.release(kept)?;
                if kind == SequenceKind::Filter {
                    return Ok(Step::Go(Flow::Jump(system::PULL)));
                }
                self.end_first(sequence)?;
                Ok(Step::Answer(None))
            }
            SequenceKind::Scan | SequenceKind::Iterate => {
                self.memory.retain(value)?;
                let place = if kind == SequenceKind::Scan { 3 } else { 2 };
                self.set_part(sequence, place, value);
                Ok(Step::Answer(Some(value)))
            }
            SequenceKind::Map
            | SequenceKind::Generate
            | SequenceKind::Broadcast
            | SequenceKind::Sift
            | SequenceKind::Take
            | SequenceKind::Drop
            | SequenceKind::Chain
            | SequenceKind::Zip
            | SequenceKind::Multi
            | SequenceKind::Range
            | SequenceKind::Vector
            | SequenceKind::String
            | SequenceKind::Dictionary
            | SequenceKind::Array
            | SequenceKind::Constant => Ok(Step::Answer(Some(value))),
        }
    }

    /// The word that made a sequence, for what is said about its function.
    fn word_of(&self, sequence: Cell, kind: SequenceKind) -> &'static str {
        match kind {
            SequenceKind::Filter => "filter",
            SequenceKind::TakeWhile => "take-while",
            SequenceKind::Scan => "scan",
            SequenceKind::Generate => "generate",
            SequenceKind::Iterate => "iterate",
            SequenceKind::Broadcast => {
                let code = self.part(sequence, 3).payload();
                let row = Instruction::TABLE.iter().find(|row| u32::from(row.code) == code);
                row.map_or("map", |row| row.mnemonic)
            }
            SequenceKind::Map
            | SequenceKind::Sift
            | SequenceKind::Take
            | SequenceKind::Drop
            | SequenceKind::Chain
            | SequenceKind::Zip
            | SequenceKind::Multi
            | SequenceKind::Range
            | SequenceKind::Vector
            | SequenceKind::String
            | SequenceKind::Dictionary
            | SequenceKind::Array
            | SequenceKind::Constant => "map",
        }
    }
}
