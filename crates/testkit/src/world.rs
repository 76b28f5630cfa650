//! An outside that follows a script: the same questions get the same answers in every test run.

use std::collections::VecDeque;

use machine::{Answer, Question, Stream};

/// Lines of input, a clock and an entropy source that count, and everything that was written.
#[derive(Clone, Debug, Default)]
pub struct ScriptedWorld {
    lines: VecDeque<Vec<u8>>,
    arguments: Vec<Vec<u8>>,
    clock: i64,
    entropy: i64,
    output: Vec<u8>,
    error: Vec<u8>,
}

impl ScriptedWorld {
    /// A world whose standard input has these lines.
    #[must_use]
    pub fn with_lines(lines: &[&str]) -> Self {
        let lines = lines.iter().map(|line| line.as_bytes().to_vec()).collect();
        Self { lines, ..Self::default() }
    }

    /// The same world with these arguments for the program.
    #[must_use]
    pub fn with_arguments(mut self, arguments: &[&str]) -> Self {
        self.arguments = arguments.iter().map(|argument| argument.as_bytes().to_vec()).collect();
        self
    }

    /// What was written to standard output.
    #[must_use]
    pub fn output(&self) -> &[u8] {
        &self.output
    }

    /// What was written to standard error.
    #[must_use]
    pub fn error(&self) -> &[u8] {
        &self.error
    }

    /// Performs and answers.
    pub fn answer(&mut self, question: &Question) -> Answer {
        match question {
            Question::Write(pieces) => {
                for piece in pieces {
                    match piece.stream {
                        Stream::Output => self.output.extend(&piece.bytes),
                        Stream::Error => self.error.extend(&piece.bytes),
                    }
                }
                Answer::Done
            }
            Question::ReadLine => self.lines.pop_front().map_or(Answer::Nothing, Answer::Bytes),
            Question::ReadBytes(count) => self.read_bytes(*count),
            Question::InputEnded => Answer::Integer(i64::from(self.lines.is_empty())),
            Question::Clock => {
                self.clock += 1_000;
                Answer::Integer(self.clock)
            }
            Question::Entropy => {
                self.entropy = self.entropy.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                Answer::Integer(self.entropy)
            }
            Question::ArgumentCount => {
                Answer::Integer(i64::try_from(self.arguments.len()).unwrap_or(i64::MAX))
            }
            Question::Argument(index) => usize::try_from(*index)
                .ok()
                .and_then(|index| self.arguments.get(index))
                .map_or(Answer::Nothing, |argument| Answer::Bytes(argument.clone())),
            Question::Compact(..) => Answer::Done,
        }
    }

    fn read_bytes(&mut self, count: u32) -> Answer {
        let Some(mut line) = self.lines.pop_front() else { return Answer::Nothing };
        line.push(b'\n');
        let rest = line.split_off(line.len().min(usize::try_from(count).unwrap_or(usize::MAX)));
        if let Some((_line_end, kept)) = rest.split_last() {
            self.lines.push_front(kept.to_vec());
        }
        Answer::Bytes(line)
    }
}
