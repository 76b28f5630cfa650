//! Files and folders that are nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use machine::{Answer, Failure, Question};

/// Files with their content, and folders. A file may be put anywhere; the folders around it are
/// there then.
#[derive(Clone, Debug, Default)]
pub struct Folders {
    files: BTreeMap<Vec<u8>, Vec<u8>>,
    folders: BTreeSet<Vec<u8>>,
}

impl Folders {
    /// Makes this the content of a file.
    pub fn put(&mut self, path: &[u8], content: &[u8]) {
        self.files.insert(path.to_vec(), content.to_vec());
    }

    /// The content of a file.
    #[must_use]
    pub fn get(&self, path: &[u8]) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// What is said to a question about files and folders; other questions are refused.
    pub fn answer(&mut self, question: &Question) -> Answer {
        match question {
            Question::ReadFile(path) => {
                self.get(path).map_or_else(missing, |content| Answer::Bytes(content.to_vec()))
            }
            Question::WriteFile { path, content } => {
                self.put(path, content);
                Answer::Done
            }
            Question::AppendFile { path, content } => {
                self.files.entry(path.clone()).or_default().extend(content);
                Answer::Done
            }
            Question::DeleteFile(path) => done(self.files.remove(path).is_some()),
            Question::FileExists(path) => {
                Answer::Integer(i64::from(self.files.contains_key(path) || self.has_folder(path)))
            }
            Question::CopyFile { from, to } => match self.files.get(from).cloned() {
                Some(content) => {
                    self.files.insert(to.clone(), content);
                    Answer::Done
                }
                None => missing(),
            },
            Question::MoveFile { from, to } => match self.files.remove(from) {
                Some(content) => {
                    self.files.insert(to.clone(), content);
                    Answer::Done
                }
                None => missing(),
            },
            Question::DescribeFile(path) => self.describe(path),
            Question::ListFolder(path) => self.list(path),
            Question::MakeFolder { path, .. } => {
                self.folders.insert(path.clone());
                Answer::Done
            }
            Question::RemoveFolder(path) => done(self.folders.remove(path)),
            Question::WorkingFolder => Answer::Bytes(b"/there".to_vec()),
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
            | Question::Variable(_)
            | Question::Variables
            | Question::SetVariable { .. }
            | Question::Fetch(_)
            | Question::Tool(_)
            | Question::Compact(..) => {
                Answer::Refused(Failure::Invalid, "that is no question about files".to_owned())
            }
        }
    }

    fn has_folder(&self, path: &[u8]) -> bool {
        path == b"." || self.folders.contains(path) || self.inner(path).next().is_some()
    }

    /// The paths in a folder, from there on.
    fn inner<'a>(&'a self, path: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let all = self.files.keys().chain(&self.folders);
        all.filter_map(move |inner| match path {
            b"." => Some(inner.as_slice()),
            _ => inner.strip_prefix(path)?.strip_prefix(b"/"),
        })
    }

    fn describe(&self, path: &[u8]) -> Answer {
        let is_folder = self.has_folder(path);
        let size = match self.files.get(path) {
            Some(content) => content.len(),
            None if is_folder => 0,
            None => return missing(),
        };
        let pair = |name: &str, value: usize| (name.into(), value.to_string().into_bytes());
        Answer::Pairs(vec![
            pair("is_folder", usize::from(is_folder)),
            pair("modified", 1_700_000_000_500_000_000),
            pair("size", size),
        ])
    }

    fn list(&self, path: &[u8]) -> Answer {
        if !self.has_folder(path) {
            return missing();
        }
        let mut names: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        for inner in self.inner(path) {
            let mut parts = inner.splitn(2, |byte| *byte == b'/');
            let name = parts.next().unwrap_or_default().to_vec();
            let whole = if path == b"." { inner.to_vec() } else { [path, b"/", inner].concat() };
            let is_folder = parts.next().is_some() || self.folders.contains(&whole);
            let kind: &[u8] = if is_folder { b"folder" } else { b"file" };
            names.insert(name, kind.to_vec());
        }
        Answer::Pairs(names.into_iter().collect())
    }
}

fn done(is_done: bool) -> Answer {
    if is_done { Answer::Done } else { missing() }
}

fn missing() -> Answer {
    Answer::Refused(Failure::Missing, "No such file or directory".to_owned())
}
