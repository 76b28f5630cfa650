//! Input and output: what is asked of the outside, and what becomes of the answer.
//!
//! Each word is done twice: without an answer it asks and changes nothing, with one it is done.

pub(crate) mod date;

use machine::{Answer, Piece, Question, Stream};

use crate::console::date::civil;
use crate::control::convert::Role;
use crate::data::show::TEXT_MAX;
use crate::flow::Flow;
use crate::trap::Trap;
use crate::value::Cell;
use crate::vm::Vm;

impl Vm {
    pub(crate) fn print(&mut self, answer: Option<&Answer>) -> Result<Flow, Trap> {
        self.need(".", 1)?;
        if let Some(flow) = self.deferred(1, Role::Text) {
            return Ok(flow);
        }
        let shown = self.memory.show(self.peek(0))?;
        self.write(shown + "\n", 1, answer)
    }

    pub(crate) fn print_text(&mut self, answer: Option<&Answer>) -> Result<Flow, Trap> {
        self.need("print", 1)?;
        if let Some(flow) = self.deferred(1, Role::Text) {
            return Ok(flow);
        }
        let text = self.memory.plain_text(self.peek(0))?;
        self.write(text, 1, answer)
    }

    pub(crate) fn new_line(&mut self, answer: Option<&Answer>) -> Result<Flow, Trap> {
        self.write("\n".to_owned(), 0, answer)
    }

    pub(crate) fn emit(&mut self, answer: Option<&Answer>) -> Result<Flow, Trap> {
        self.need("emit", 1)?;
        let code = self.whole("emit", self.peek(0))?;
        let character = u32::try_from(code).ok().and_then(char::from_u32);
        let Some(character) = character else {
            let (expected, found) = ("the code of a character", code.to_string());
            return Err(Trap::Number { word: "emit", expected, found });
        };
        self.write(character.to_string(), 1, answer)
    }

    pub(crate) fn print_stack(&mut self, answer: Option<&Answer>) -> Result<Flow, Trap> {
        let values = self.stack();
        let mut text = String::new();
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                text.push(' ');
            }
            text.push_str(&self.memory.show(value)?);
            if text.len() > TEXT_MAX {
                return Err(Trap::TextTooLong { max: TEXT_MAX });
            }
        }
        self.write(text + "\n", 0, answer)
    }

    /// Writes a text; when that is done, pops so many operands.
    fn write(
        &mut self,
        text: String,
        operands: u16,
        answer: Option<&Answer>,
    ) -> Result<Flow, Trap> {
        match answer {
            None => {
                let piece = Piece { stream: Stream::Output, bytes: text.into_bytes() };
                return Ok(Flow::Asks(Question::Write(vec![piece])));
            }
            Some(Answer::Done) => {}
            Some(answer) => return Err(refused(answer)),
        }
        for _ in 0..operands {
            let operand = self.pop();
            self.memory.release(operand)?;
        }
        Ok(Flow::Next)
    }

    pub(crate) fn read_line(&mut self, answer: Option<&Answer>) -> Result<Flow, Trap> {
        self.room(1)?;
        let Some(answer) = answer else {
            return Ok(Flow::Asks(Question::ReadLine));
        };
        self.push_text(answer)
    }

    pub(crate) fn random(&mut self, answer: Option<&Answer>) -> Result<Flow, Trap> {
        self.room(1)?;
        match answer {
            None => return Ok(Flow::Asks(Question::Entropy)),
            Some(Answer::Integer(bits)) => {
                let top = usize::try_from(bits.cast_unsigned() >> 40).unwrap_or(0);
                let number = Cell::count(top).as_number().unwrap_or(0.0);
                self.push(Cell::number(number / 16_777_216.0));
            }
            Some(answer) => return Err(refused(answer)),
        }
        Ok(Flow::Next)
    }

    pub(crate) fn now(&mut self, answer: Option<&Answer>) -> Result<Flow, Trap> {
        self.room(1)?;
        match answer {
            None => return Ok(Flow::Asks(Question::Clock)),
            Some(Answer::Integer(nanoseconds)) => {
                #[expect(clippy::cast_precision_loss, reason = "years are below 2^24")]
                let parts = civil(*nanoseconds).map(|part| Cell::number(part as f32));
                let date = self.memory.new_vector(&parts)?;
                self.push(date);
            }
            Some(answer) => return Err(refused(answer)),
        }
        Ok(Flow::Next)
    }

    pub(crate) fn argument_count(&mut self, answer: Option<&Answer>) -> Result<Flow, Trap> {
        self.room(1)?;
        match answer {
            None => return Ok(Flow::Asks(Question::ArgumentCount)),
            Some(Answer::Integer(count)) => {
                self.push(Cell::count(usize::try_from(*count).unwrap_or(0)));
            }
            Some(answer) => return Err(refused(answer)),
        }
        Ok(Flow::Next)
    }

    pub(crate) fn argument(&mut self, answer: Option<&Answer>) -> Result<Flow, Trap> {
        self.need("argument", 1)?;
        let index = self.whole("argument", self.peek(0))?;
        let Some(answer) = answer else {
            return Ok(Flow::Asks(Question::Argument(u32::try_from(index).unwrap_or(u32::MAX))));
        };
        self.pop();
        self.push_text(answer)
    }

    /// Pushes the text of an answer, or NIL if there was none.
    fn push_text(&mut self, answer: &Answer) -> Result<Flow, Trap> {
        let text = match answer {
            Answer::Bytes(bytes) => self.memory.intern_cell(&String::from_utf8_lossy(bytes))?,
            Answer::Nothing => Cell::NIL,
            Answer::Done
            | Answer::Integer(_)
            | Answer::Failed(_)
            | Answer::Pairs(_)
            | Answer::Response(_)
            | Answer::Refused(..) => return Err(refused(answer)),
        };
        self.push(text);
        Ok(Flow::Next)
    }
}

/// The failure of an answer that is none of those wanted.
fn refused(answer: &Answer) -> Trap {
    match answer {
        Answer::Failed(failure) => Trap::World { failure: *failure },
        Answer::Done
        | Answer::Integer(_)
        | Answer::Bytes(_)
        | Answer::Nothing
        | Answer::Pairs(_)
        | Answer::Response(_)
        | Answer::Refused(..) => Trap::BadAnswer,
    }
}
