//! An outside that follows a script: the same questions get the same answers in every test run.

use std::collections::{BTreeMap, VecDeque};

use machine::{Answer, Failure, Question, Request, Response, Stream};

use crate::folders::Folders;

/// Lines of input, a clock and an entropy source that count, everything that was written, files
/// and environment variables that are nowhere else, and pages that can be fetched.
#[derive(Clone, Debug, Default)]
pub struct ScriptedWorld {
    lines: VecDeque<Vec<u8>>,
    arguments: Vec<Vec<u8>>,
    clock: i64,
    entropy: i64,
    output: Vec<u8>,
    error: Vec<u8>,
    folders: Folders,
    variables: BTreeMap<Vec<u8>, Vec<u8>>,
    pages: BTreeMap<String, Response>,
    requests: Vec<Request>,
    tools: BTreeMap<Vec<Vec<u8>>, Answer>,
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

    /// The same world with this file.
    #[must_use]
    pub fn with_file(self, path: &str, content: &str) -> Self {
        self.with_bytes(path, content.as_bytes())
    }

    /// The same world with this file.
    #[must_use]
    pub fn with_bytes(mut self, path: &str, content: &[u8]) -> Self {
        self.folders.put(path.as_bytes(), content);
        self
    }

    /// The same world with this environment variable.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.as_bytes().to_vec(), value.as_bytes().to_vec());
        self
    }

    /// The same world, in which requests to this address get this response.
    #[must_use]
    pub fn with_page(mut self, url: &str, response: Response) -> Self {
        self.pages.insert(url.to_owned(), response);
        self
    }

    /// The same world, whose tools have this answer to these words.
    #[must_use]
    pub fn with_tool(mut self, words: &[&str], answer: Answer) -> Self {
        let words = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        self.tools.insert(words, answer);
        self
    }

    /// The content of a file, if it is there.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        self.folders.get(path.as_bytes())
    }

    /// The requests that were sent.
    #[must_use]
    pub fn requests(&self) -> &[Request] {
        &self.requests
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
            Question::Clock | Question::Elapsed => {
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
            Question::Sleep(nanoseconds) => {
                self.clock = self.clock.saturating_add_unsigned(*nanoseconds);
                Answer::Integer(self.clock)
            }
            Question::Variable(name) => found(self.variables.get(name), Answer::Nothing),
            Question::Variables => {
                let pair = |(name, value): (&Vec<u8>, &Vec<u8>)| (name.clone(), value.clone());
                Answer::Pairs(self.variables.iter().map(pair).collect())
            }
            Question::SetVariable { name, value } => {
                self.variables.insert(name.clone(), value.clone());
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
            | Question::WorkingFolder => self.folders.answer(question),
            Question::Fetch(request) => self.fetch(request),
            Question::Tool(words) => match self.tools.get(words) {
                Some(answer) => answer.clone(),
                None => Answer::Refused(Failure::Missing, "there is no such tool".to_owned()),
            },
        }
    }

    fn fetch(&mut self, request: &Request) -> Answer {
        self.requests.push(request.clone());
        let page = self.pages.get(&request.url).cloned();
        let nobody = Answer::Refused(Failure::Unreachable, "Connection refused".to_owned());
        page.map_or(nobody, Answer::Response)
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

fn found(bytes: Option<&Vec<u8>>, otherwise: Answer) -> Answer {
    bytes.map_or(otherwise, |bytes| Answer::Bytes(bytes.clone()))
}
