//! What programs of tests find outside: an output, and files and variables that are not there yet.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use machine::{Answer, Failure, Question};
use testkit::Folders;

/// The outside of one run.
#[derive(Debug, Default)]
pub(crate) struct Outside {
    output: Rc<RefCell<Vec<u8>>>,
    folders: Folders,
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
            Question::Clock | Question::Elapsed | Question::Entropy | Question::Sleep(_) => {
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
            Question::ReadFile(_)
            | Question::WriteFile { .. }
            | Question::AppendFile { .. }
            | Question::DeleteFile(_)
            | Question::FileExists(_)
            | Question::DescribeFile(_)
            | Question::CopyFile { .. }
            | Question::MoveFile { .. }
            | Question::ListFolder(_)
            | Question::MakeFolder { .. }
            | Question::RemoveFolder(_)
            | Question::WorkingFolder => self.folders.answer(&question),
            Question::Fetch(_) => {
                Answer::Refused(Failure::Unreachable, "there is no network".to_owned())
            }
            Question::Compact(..) => Answer::Done,
        }
    }
}
