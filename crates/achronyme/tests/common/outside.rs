//! What programs of tests find outside: an output, and files and variables that are not there yet.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use machine::{Answer, Failure, Question};

/// The outside of one run.
#[derive(Debug, Default)]
pub(crate) struct Outside {
    output: Rc<RefCell<Vec<u8>>>,
    files: BTreeMap<Vec<u8>, Vec<u8>>,
    variables: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Outside {
    /// Where what is written goes.
    pub(crate) fn output(&self) -> Rc<RefCell<Vec<u8>>> {
        Rc::clone(&self.output)
    }

    pub(crate) fn answer(&mut self, question: Question) -> Answer {
        match question {
            Question::Write(pieces) => {
                self.output.borrow_mut().extend(pieces.into_iter().flat_map(|piece| piece.bytes));
                Answer::Done
            }
            Question::Clock | Question::Entropy | Question::Sleep(_) => {
                Answer::Integer(1_700_000_000_000_000_000)
            }
            Question::ArgumentCount | Question::InputEnded => Answer::Integer(0),
            Question::ReadLine | Question::ReadBytes(_) | Question::Argument(_) => Answer::Nothing,
            Question::Variable(name) => {
                self.variables.get(&name).cloned().map_or(Answer::Nothing, Answer::Bytes)
            }
            Question::Variables => Answer::Pairs(self.variables.clone().into_iter().collect()),
            Question::SetVariable { name, value } => {
                self.variables.insert(name, value);
                Answer::Done
            }
            Question::ReadFile(path) => {
                self.files.get(&path).cloned().map_or_else(missing, Answer::Bytes)
            }
            Question::WriteFile { path, content } => {
                self.files.insert(path, content);
                Answer::Done
            }
            Question::AppendFile { path, content } => {
                self.files.entry(path).or_default().extend(content);
                Answer::Done
            }
            Question::DeleteFile(path) => {
                self.files.remove(&path).map_or_else(missing, |_| Answer::Done)
            }
            Question::FileExists(path) => Answer::Integer(self.files.contains_key(&path).into()),
            Question::Fetch(_) => {
                Answer::Refused(Failure::Unreachable, "there is no network".to_owned())
            }
            Question::Compact(..) => Answer::Done,
        }
    }
}

fn missing() -> Answer {
    Answer::Refused(Failure::Missing, "No such file or directory".to_owned())
}
