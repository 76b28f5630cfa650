//! Instructions that need the outside: the question each asks, and what its answer does.

use machine::{Answer, Piece, Question, Stream, Tick};

use crate::exec::Flow;
use crate::op::Instruction;
use crate::operand::Value;
use crate::trap::Trap;
use crate::vm::Vm;

/// Bytes of a text on the tape that `OUTS` writes at most.
pub const TEXT_MAX: usize = 1 << 20;

impl Vm {
    /// What a host instruction asks. Changes nothing.
    pub(crate) fn ask(&self, instruction: &Instruction) -> Result<Flow, Trap> {
        use Instruction as I;
        #[expect(clippy::wildcard_enum_match_arm, reason = "only host instructions come here")]
        let question = match instruction {
            I::Debug { message } => write(Stream::Error, format!("{message}\n").into_bytes()),
            I::Out { src } => write(Stream::Output, format!("{}\n", self.value(*src)).into_bytes()),
            I::OutFloat { src } => {
                let value = f64::from_bits(self.get(*src).cast_unsigned());
                write(Stream::Output, format!("{value}\n").into_bytes())
            }
            I::OutString { at } => write(Stream::Output, self.text_at(self.value(*at))?),
            I::OutText { text } => write(Stream::Output, text.clone().into_bytes()),
            I::In { .. } => Question::ReadLine,
            I::Clock { .. } | I::KeepMoment => Question::Clock,
            I::Random { .. } => Question::Entropy,
            I::ArgumentCount { .. } => Question::ArgumentCount,
            I::Argument { index, .. } => {
                let index = self.value(*index);
                Question::Argument(u32::try_from(index).map_err(|_| Trap::NoArgument { index })?)
            }
            _ => unreachable!("only host instructions come here"),
        };
        Ok(Flow::Asks(question))
    }

    /// `COMPACT`: the timeline is asked to forget.
    pub(crate) fn compact(&self, start: i64, end: i64) -> Flow {
        let tick = |value: i64| Tick::at(value.max(0).cast_unsigned());
        Flow::Asks(Question::Compact(tick(start), tick(end)))
    }

    /// What the answer does to the instruction that asked.
    pub(crate) fn take_answer(
        &mut self,
        instruction: &Instruction,
        answer: &Answer,
    ) -> Result<Flow, Trap> {
        use Instruction as I;
        if let Answer::Failed(failure) = answer {
            return Err(Trap::World { failure: *failure });
        }
        #[expect(clippy::wildcard_enum_match_arm, reason = "nothing else asks")]
        match instruction {
            I::Debug { .. }
            | I::Out { .. }
            | I::OutFloat { .. }
            | I::OutString { .. }
            | I::OutText { .. }
            | I::Compact { .. } => self.done(answer),
            I::SegmentWrite { .. } => self.done(answer),
            I::Copy { from, start, end, to, at } if from == "stdin" => {
                let len_max = self.value(*end).saturating_sub(self.value(*start));
                self.copy_answered(to, self.value(*at), len_max, answer)
            }
            I::Copy { .. } => self.done(answer),
            I::In { dst } => {
                let what = "the line";
                let line = text_of(answer, || Trap::EndOfInput)?;
                self.answer_value(*dst, number(&line, what)?)
            }
            I::Argument { dst, index } => {
                let index = self.value(*index);
                let text = text_of(answer, || Trap::NoArgument { index })?;
                self.answer_value(*dst, number(&text, &format!("argument {index}"))?)
            }
            I::Clock { dst } | I::Random { dst } | I::ArgumentCount { dst } => {
                self.answer_value(*dst, integer(answer)?)
            }
            I::KeepMoment => self.keep_moment(integer(answer)?),
            I::SegmentRead { dst, len, .. } => self.stream_read(*dst, *len, answer),
            I::BranchNotEndOf { label, .. } => {
                let has_ended = integer(answer)? != 0;
                self.save_state();
                Ok(if has_ended { Flow::Next } else { Flow::Jump(label.0) })
            }
            I::OutputRecord { .. } => self.done(answer),
            I::Project { .. } => {
                let next = self.next_record()?;
                let flow = self.done(answer)?;
                self.tape.set_head(next);
                Ok(flow)
            }
            I::WriteNow { field } => self.write_number(field, integer(answer)?),
            I::CallRuntime { function } => self.call_runtime(*function, Some(answer)),
            I::Merge { .. } => self.answer_fork(answer),
            I::Release => self.release(Some(answer)),
            I::ReleaseLevel { level } => self.release_level(self.value(*level), Some(answer)),
            _ => Err(Trap::BadAnswer),
        }
    }

    fn stream_read(&mut self, dst: u8, len: Value, answer: &Answer) -> Result<Flow, Trap> {
        let bytes = bytes_of(answer, || Trap::EndOfInput)?;
        let fits = usize::try_from(self.value(len)).is_ok_and(|len| bytes.len() <= len.min(8));
        if !fits {
            return Err(Trap::BadAnswer);
        }
        let mut buffer = [0; 8];
        buffer[..bytes.len()].copy_from_slice(bytes);
        self.answer_value(dst, i64::from_le_bytes(buffer))
    }

    fn done(&mut self, answer: &Answer) -> Result<Flow, Trap> {
        if *answer != Answer::Done {
            return Err(Trap::BadAnswer);
        }
        self.save_state();
        Ok(Flow::Next)
    }

    fn answer_value(&mut self, dst: u8, value: i64) -> Result<Flow, Trap> {
        self.save_state();
        Ok(self.put(dst, value))
    }

    /// The bytes from `at` up to the first 0 byte.
    fn text_at(&self, at: i64) -> Result<Vec<u8>, Trap> {
        let mut text = Vec::new();
        let mut buffer = [0; 256];
        while text.len() < TEXT_MAX {
            let Some(from) = at.checked_add(i64::try_from(text.len()).unwrap_or(i64::MAX)) else {
                break;
            };
            if !self.tape.peek(from, &mut buffer) {
                return Err(Trap::PastEnd { at });
            }
            if let Some(end) = buffer.iter().position(|byte| *byte == 0) {
                text.extend_from_slice(&buffer[..end]);
                return Ok(text);
            }
            text.extend_from_slice(&buffer);
        }
        Err(Trap::EndlessText { at })
    }
}

fn write(stream: Stream, bytes: Vec<u8>) -> Question {
    Question::Write(vec![Piece { stream, bytes }])
}

fn integer(answer: &Answer) -> Result<i64, Trap> {
    if let Answer::Integer(value) = answer { Ok(*value) } else { Err(Trap::BadAnswer) }
}

/// The bytes of an answer; `none` is the trap for there being no more.
pub(crate) fn bytes_of(answer: &Answer, none: impl Fn() -> Trap) -> Result<&[u8], Trap> {
    match answer {
        Answer::Bytes(bytes) => Ok(bytes),
        Answer::Nothing => Err(none()),
        Answer::Done
        | Answer::Integer(_)
        | Answer::Failed(_)
        | Answer::Pairs(_)
        | Answer::Response(_)
        | Answer::Refused(..) => Err(Trap::BadAnswer),
    }
}

fn text_of(answer: &Answer, none: impl Fn() -> Trap) -> Result<String, Trap> {
    bytes_of(answer, none).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}

/// A line or an argument as a number: decimal, or hexadecimal after `0x`.
fn number(text: &str, what: &str) -> Result<i64, Trap> {
    let trimmed = text.trim();
    let parsed = match trimmed.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16),
        None => trimmed.parse(),
    };
    let shown = trimmed.chars().take(40).collect();
    parsed.map_err(|_| Trap::NotANumber { what: what.to_owned(), text: shown })
}
