//! The outside of a run that is made again in another way: it is told what the first run was told, in
//! order and by kind, and nothing is performed.

use std::collections::BTreeMap;
use std::mem::{Discriminant, discriminant};

use debugger::World;
use machine::{Answer, Failure, Machine, Probes, Question, Tick};
use timeline::{Arrival, Exchange, Timeline};

use crate::interrupt;
use crate::progress::Progress;

/// What was read before, and will be again.
#[derive(Debug)]
pub(crate) struct Inputs {
    /// What standard input said, and how much of it was read again.
    input: Vec<u8>,
    taken: usize,
    /// Whether the first run has seen the end of its input.
    has_ended: bool,
    arguments: Vec<Vec<u8>>,
    /// Everything else, and whether it was used again.
    kept: Vec<(Question, Answer, bool)>,
    /// What there was no answer to, and how often.
    missing: BTreeMap<String, u64>,
    made_up: u64,
    memory_max: usize,
}

/// How a run came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finish {
    Ended(u8),
    Trapped(String),
    /// It went on much longer than the first run.
    TooLong,
    TooLarge,
    Interrupted,
}

/// How many times as long as the first run another may be, and how much longer at least.
const LONGER: u64 = 10;
const MORE: u64 = 10_000_000;

/// 2⁶⁴ divided by the golden ratio, and a thousandth of a second in nanoseconds.
const WEYL: i64 = 0x9e37_79b9_7f4a_7c15_u64.cast_signed();
const MILLISECOND: i64 = 1_000_000;

/// Safepoints between two looks for Ctrl-C.
const SLICE: u64 = 1 << 18;

impl Inputs {
    pub(crate) fn new(exchanges: &[Exchange], arguments: Vec<Vec<u8>>, memory_max: usize) -> Self {
        let mut inputs = Self {
            input: Vec::new(),
            taken: 0,
            has_ended: false,
            arguments,
            kept: Vec::new(),
            missing: BTreeMap::new(),
            made_up: 0,
            memory_max,
        };
        for Exchange { question, answer, .. } in exchanges {
            match (question, answer) {
                (Question::ReadLine, Answer::Bytes(line)) => {
                    inputs.input.extend(line);
                    inputs.input.push(b'\n');
                }
                (Question::ReadBytes(_), Answer::Bytes(bytes)) => inputs.input.extend(bytes),
                (Question::ReadLine | Question::ReadBytes(_), _)
                | (Question::InputEnded, Answer::Integer(1)) => inputs.has_ended = true,
                (
                    Question::InputEnded
                    | Question::Write(_)
                    | Question::ArgumentCount
                    | Question::Argument(_),
                    _,
                ) => {}
                _ => inputs.kept.push((question.clone(), answer.clone(), false)),
            }
        }
        inputs
    }

    /// What did not fit, in sentences.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let times = |count: u64| match count {
            1 => String::new(),
            count => format!(" ({count} times)"),
        };
        let missing = self.missing.iter().map(|(what, count)| format!("{what}{}", times(*count)));
        let mut remarks: Vec<String> = missing.collect();
        let rest = self.input.len() - self.taken;
        if rest > 0 {
            remarks.push(format!("{rest} bytes of the recorded input were not read"));
        }
        remarks
    }

    /// Runs on to the end, or as long as makes sense for a run that was `length` long before.
    pub(crate) fn feed<M: Machine>(
        &mut self,
        timeline: &mut Timeline<M>,
        length: Tick,
        progress: &mut Progress,
    ) -> Finish {
        let limit = length.safepoints.saturating_mul(LONGER).saturating_add(MORE);
        loop {
            if interrupt::take() {
                return Finish::Interrupted;
            }
            if timeline.machine().memory() > self.memory_max {
                return Finish::TooLarge;
            }
            let now = timeline.now().tick;
            if now.safepoints >= limit {
                return Finish::TooLong;
            }
            match timeline.forward(Tick::at(now.safepoints + SLICE), &Probes::none()) {
                Arrival::Reached | Arrival::Probed(_) => progress.show(timeline.now().tick),
                Arrival::Asks(question) => {
                    let answer = self.ask(&question);
                    if let Err(trap) = timeline.answer(answer) {
                        return Finish::Trapped(trap.to_string());
                    }
                }
                Arrival::Trapped(trap) => return Finish::Trapped(trap.to_string()),
                Arrival::Ended(code) => return Finish::Ended(code.0),
            }
        }
    }

    /// The next unused answer of a kind.
    fn next_of(&mut self, kind: Discriminant<Question>) -> Option<Answer> {
        let entry = self.kept.iter_mut().find(|(it, _, used)| !used && discriminant(it) == kind)?;
        entry.2 = true;
        Some(entry.1.clone())
    }

    /// The next unused answer to the same question, or else the last used one.
    fn same(&mut self, question: &Question) -> Option<Answer> {
        let next = self.kept.iter_mut().find(|(it, _, used)| !used && it == question);
        if let Some((_, answer, used)) = next {
            *used = true;
            return Some(answer.clone());
        }
        let used = self.kept.iter().rev().find(|(it, ..)| it == question);
        used.map(|(_, answer, _)| answer.clone())
    }

    fn miss(&mut self, what: &str) {
        *self.missing.entry(what.to_owned()).or_default() += 1;
    }

    /// Input that runs out, though it had not ended when it was recorded, is told.
    fn rest(&mut self) -> &[u8] {
        if self.taken == self.input.len() && !self.has_ended {
            self.miss("the program asks for more input than was recorded; it finds its end");
        }
        &self.input[self.taken..]
    }

    fn bytes(&mut self, count: usize) -> Answer {
        let rest = self.rest();
        let bytes = rest[..rest.len().min(count.max(1))].to_vec();
        self.taken += bytes.len();
        if bytes.is_empty() { Answer::Nothing } else { Answer::Bytes(bytes) }
    }

    fn line(&mut self) -> Answer {
        let rest = self.rest();
        if rest.is_empty() {
            return Answer::Nothing;
        }
        let end = rest.iter().position(|byte| *byte == b'\n');
        let line = rest[..end.unwrap_or(rest.len())].to_vec();
        self.taken += line.len() + usize::from(end.is_some());
        Answer::Bytes(line)
    }

    /// What counts up or is random, where the recording has no more of it: the same each time.
    fn make_up(&mut self, question: &Question) -> Answer {
        self.made_up += 1;
        let is_chance = *question == Question::Entropy;
        let what = if is_chance { "chance" } else { "time" };
        self.miss(&format!("there is no more recorded {what}; it is made up"));
        let kind = discriminant(question);
        let last = self.kept.iter().rev().find(|(it, ..)| discriminant(it) == kind);
        let last =
            last.and_then(
                |(_, answer, _)| {
                    if let Answer::Integer(last) = answer { Some(*last) } else { None }
                },
            );
        let last = last.unwrap_or(0);
        let made_up = self.made_up.cast_signed();
        Answer::Integer(if is_chance {
            // The steps of Weyl's sequence look like chance from outside.
            last.wrapping_add(made_up.wrapping_mul(WEYL))
        } else {
            last.saturating_add(made_up.saturating_mul(MILLISECOND))
        })
    }
}

impl World for Inputs {
    fn ask(&mut self, question: &Question) -> Answer {
        match question {
            Question::Write(_) | Question::Compact(..) => Answer::Done,
            Question::ReadLine => self.line(),
            Question::ReadBytes(count) => self.bytes(usize::try_from(*count).unwrap_or(usize::MAX)),
            Question::InputEnded => Answer::Integer(i64::from(self.rest().is_empty())),
            Question::ArgumentCount => {
                Answer::Integer(i64::try_from(self.arguments.len()).unwrap_or(i64::MAX))
            }
            Question::Argument(index) => {
                let argument = self.arguments.get(usize::try_from(*index).unwrap_or(usize::MAX));
                argument.map_or(Answer::Nothing, |argument| Answer::Bytes(argument.clone()))
            }
            Question::Clock | Question::Elapsed | Question::Entropy | Question::Sleep(_) => {
                match self.next_of(discriminant(question)) {
                    Some(answer) => answer,
                    None => self.make_up(question),
                }
            }
            Question::Variable(_)
            | Question::Variables
            | Question::ReadFile(_)
            | Question::FileExists(_)
            | Question::DescribeFile(_)
            | Question::ListFolder(_)
            | Question::WorkingFolder
            | Question::Tool(_)
            | Question::Fetch(_) => self.same(question).unwrap_or_else(|| {
                self.miss(&format!("nothing was recorded for {}", describe(question)));
                Answer::Refused(Failure::Missing, "it is not in the recording".to_owned())
            }),
            Question::SetVariable { .. }
            | Question::WriteFile { .. }
            | Question::AppendFile { .. }
            | Question::DeleteFile(_)
            | Question::CopyFile { .. }
            | Question::MoveFile { .. }
            | Question::MakeFolder { .. }
            | Question::RemoveFolder(_) => self.same(question).unwrap_or_else(|| {
                self.miss(&format!("not performed: {}", describe(question)));
                Answer::Done
            }),
        }
    }

    fn is_interrupted(&mut self) -> bool {
        interrupt::take()
    }

    fn memory_max(&self) -> usize {
        self.memory_max
    }
}

/// A question about the outside in some words.
fn describe(question: &Question) -> String {
    let text = |bytes: &[u8]| source::visible(&String::from_utf8_lossy(bytes));
    match question {
        Question::Variable(name) => format!("the variable {}", text(name)),
        Question::SetVariable { name, .. } => format!("setting the variable {}", text(name)),
        Question::ReadFile(path) => format!("reading {}", text(path)),
        Question::WriteFile { path, .. } => format!("writing {}", text(path)),
        Question::AppendFile { path, .. } => format!("adding to {}", text(path)),
        Question::DeleteFile(path) => format!("deleting {}", text(path)),
        Question::FileExists(path) | Question::DescribeFile(path) => {
            format!("looking for {}", text(path))
        }
        Question::CopyFile { from, .. } => format!("copying {}", text(from)),
        Question::MoveFile { from, .. } => format!("moving {}", text(from)),
        Question::ListFolder(path) => format!("listing {}", text(path)),
        Question::MakeFolder { path, .. } => format!("making the folder {}", text(path)),
        Question::RemoveFolder(path) => format!("removing the folder {}", text(path)),
        Question::Fetch(request) => format!("{} {}", request.method, source::visible(&request.url)),
        Question::Variables => "the list of variables".to_owned(),
        Question::WorkingFolder => "the working folder".to_owned(),
        Question::Tool(words) => {
            let words: Vec<String> = words.iter().map(|word| text(word)).collect();
            format!("asking {}", words.join(" "))
        }
        Question::Write(_)
        | Question::ReadLine
        | Question::ReadBytes(_)
        | Question::InputEnded
        | Question::Clock
        | Question::Elapsed
        | Question::Entropy
        | Question::ArgumentCount
        | Question::Argument(_)
        | Question::Sleep(_)
        | Question::Compact(..) => "this".to_owned(),
    }
}

impl Finish {
    /// In words, as the end of a sentence about the run.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Ended(code) => format!("exit code {code}"),
            Self::Trapped(trap) => format!("fault: {}", source::visible(trap)),
            Self::TooLong => "given up: it runs much longer than the first".to_owned(),
            Self::TooLarge => "given up: it takes more memory than --memory-max allows".to_owned(),
            Self::Interrupted => "interrupted".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(question: Question, answer: Answer) -> Exchange {
        Exchange { tick: Tick::ZERO, question, answer }
    }

    #[test]
    fn lines_are_read_again_as_bytes_and_what_runs_out_is_told() {
        let bytes = |text: &str| Answer::Bytes(text.as_bytes().to_vec());
        let exchanges = [
            heard(Question::ReadLine, bytes("one")),
            heard(Question::Clock, Answer::Integer(7)),
            heard(Question::ReadLine, bytes("two")),
        ];
        let mut inputs = Inputs::new(&exchanges, Vec::new(), usize::MAX);
        assert_eq!(inputs.ask(&Question::ReadBytes(5)), bytes("one\nt"));
        assert_eq!(inputs.remarks(), ["3 bytes of the recorded input were not read"]);
        assert_eq!(inputs.ask(&Question::ReadLine), bytes("wo"));
        assert_eq!(inputs.ask(&Question::Clock), Answer::Integer(7));
        assert!(inputs.remarks().is_empty());
        assert_eq!(inputs.ask(&Question::ReadLine), Answer::Nothing);
        assert_eq!(inputs.ask(&Question::Clock), Answer::Integer(1_000_007));
        assert_eq!(inputs.remarks().len(), 2);
    }

    #[test]
    fn nothing_is_performed_that_was_not_recorded() {
        let read = |path: &str| Question::ReadFile(path.as_bytes().to_vec());
        let exchanges = [heard(read("a"), Answer::Bytes(vec![1]))];
        let mut inputs = Inputs::new(&exchanges, Vec::new(), usize::MAX);
        assert_eq!(inputs.ask(&read("a")), Answer::Bytes(vec![1]));
        assert_eq!(inputs.ask(&read("a")), Answer::Bytes(vec![1]));
        assert!(matches!(inputs.ask(&read("b")), Answer::Refused(Failure::Missing, _)));
        assert_eq!(inputs.ask(&Question::DeleteFile(b"a".to_vec())), Answer::Done);
        let said = inputs.remarks();
        assert_eq!(said, ["not performed: deleting a", "nothing was recorded for reading b"]);
    }
}
