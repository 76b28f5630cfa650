//! What changes the outside: which of it can be done twice, and what is made of what was perhaps
//! done when the process was killed.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use machine::{Answer, Failure, Question};

/// What performing a question does to the outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    None,
    /// The same, however often it is done.
    Repeatable,
    /// Something that must be done once: it is said before that it will be.
    Once,
}

impl Effect {
    pub(super) fn of(question: &Question) -> Self {
        match question {
            Question::WriteFile { .. } | Question::CopyFile { .. } => Self::Repeatable,
            Question::AppendFile { .. }
            | Question::DeleteFile(_)
            | Question::MoveFile { .. }
            | Question::MakeFolder { .. }
            | Question::RemoveFolder(_) => Self::Once,
            Question::Fetch(request) => {
                let method = request.method.to_ascii_uppercase();
                let is_safe = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"];
                if is_safe.contains(&&*method) { Self::Repeatable } else { Self::Once }
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
            | Question::Variable(_)
            | Question::Variables
            | Question::SetVariable { .. }
            | Question::ReadFile(_)
            | Question::FileExists(_)
            | Question::DescribeFile(_)
            | Question::ListFolder(_)
            | Question::WorkingFolder
            | Question::Compact(..) => Self::None,
        }
    }
}

/// The bytes of the file or folder that the question is about, if it is there.
pub(super) fn before(question: &Question) -> Option<u64> {
    let metadata = fs::metadata(path(question)?).ok()?;
    Some(if metadata.is_dir() { 0 } else { metadata.len() })
}

/// The answer to a question that was perhaps performed, where the outside shows that it was; `before`
/// is what was there then. `None` where it has to be performed now, as far as `rest` says: all of it,
/// or only the end of what is appended.
pub(super) fn settle(question: &Question, before: Option<u64>) -> Result<Answer, Question> {
    let now = self::before(question);
    match question {
        Question::DeleteFile(_) | Question::MoveFile { .. } | Question::RemoveFolder(_)
            if before.is_some() && now.is_none() =>
        {
            Ok(Answer::Done)
        }
        Question::MakeFolder { .. } if before.is_none() && now.is_some() => Ok(Answer::Done),
        Question::AppendFile { path, content } => {
            let begin = before.unwrap_or(0);
            let done = now.map_or(0, |now| now.saturating_sub(begin)).min(content.len() as u64);
            let done = usize::try_from(done).unwrap_or(0);
            if part(question, begin, done).as_deref() != Some(&content[..done]) {
                return Err(question.clone());
            }
            if done == content.len() && now.is_some() {
                return Ok(Answer::Done);
            }
            Err(Question::AppendFile { path: path.clone(), content: content[done..].to_vec() })
        }
        Question::Fetch(request) if Effect::of(question) == Effect::Once => {
            let message = format!(
                "the process was killed during this {} request: nobody knows whether it arrived",
                request.method
            );
            Ok(Answer::Refused(Failure::Other, message))
        }
        other => Err(other.clone()),
    }
}

/// Lets what was done to a file outlast a loss of power. Where that is not possible it still outlasts
/// the end of the process.
pub(super) fn sync(question: &Question) {
    let path = match question {
        Question::WriteFile { path, .. } | Question::AppendFile { path, .. } => path,
        Question::CopyFile { to, .. } => to,
        _ => return,
    };
    let file = std::str::from_utf8(path).ok().and_then(|path| File::open(path).ok());
    let _synced = file.map(|file| file.sync_all());
}

/// What the question is about.
fn path(question: &Question) -> Option<&Path> {
    let path = match question {
        Question::AppendFile { path, .. }
        | Question::DeleteFile(path)
        | Question::MoveFile { from: path, .. }
        | Question::MakeFolder { path, .. }
        | Question::RemoveFolder(path) => path,
        _ => return None,
    };
    std::str::from_utf8(path).ok().map(Path::new)
}

/// So many bytes of the file from there on.
fn part(question: &Question, begin: u64, count: usize) -> Option<Vec<u8>> {
    if count == 0 {
        return Some(Vec::new());
    }
    let mut file = File::open(path(question)?).ok()?;
    file.seek(SeekFrom::Start(begin)).ok()?;
    let mut bytes = vec![0; count];
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}
