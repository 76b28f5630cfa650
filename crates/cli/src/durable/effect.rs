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
            | Question::Tool(_)
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
/// is what was there then. An error is what is left to be done: all of it, or the end of what is
/// appended.
pub(super) fn settle(question: &Question, before: Option<u64>) -> Result<Answer, Question> {
    let now = self::before(question);
    let is_gone = before.is_some() && now.is_none();
    let is_removal = matches!(
        question,
        Question::DeleteFile(_) | Question::MoveFile { .. } | Question::RemoveFolder(_)
    );
    let is_made =
        matches!(question, Question::MakeFolder { .. }) && before.is_none() && now.is_some();
    if (is_removal && is_gone) || is_made {
        return Ok(Answer::Done);
    }
    if let Question::AppendFile { path, content } = question {
        let begin = before.unwrap_or(0);
        let done = now.map_or(0, |now| now.saturating_sub(begin)).min(content.len() as u64);
        let done = usize::try_from(done).unwrap_or(0);
        if part(question, begin, done).as_deref() != Some(&content[..done]) {
            return Err(question.clone());
        }
        if done == content.len() && now.is_some() {
            return Ok(Answer::Done);
        }
        let content = content[done..].to_vec();
        return Err(Question::AppendFile { path: path.clone(), content });
    }
    if let Question::Fetch(request) = question
        && Effect::of(question) == Effect::Once
    {
        let message = format!(
            "the process was killed during this {} request: nobody knows whether it arrived",
            request.method
        );
        return Ok(Answer::Refused(Failure::Other, message));
    }
    Err(question.clone())
}

/// Lets what was done to a file outlast a loss of power. Where that is not possible it still outlasts
/// the end of the process.
pub(super) fn sync(question: &Question) {
    let (Question::WriteFile { path, .. }
    | Question::AppendFile { path, .. }
    | Question::CopyFile { to: path, .. }) = question
    else {
        return;
    };
    let file = std::str::from_utf8(path).ok().and_then(|path| File::open(path).ok());
    let _synced = file.map(|file| file.sync_all());
}

/// What the question is about.
fn path(question: &Question) -> Option<&Path> {
    let (Question::AppendFile { path, .. }
    | Question::DeleteFile(path)
    | Question::MoveFile { from: path, .. }
    | Question::MakeFolder { path, .. }
    | Question::RemoveFolder(path)) = question
    else {
        return None;
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

#[cfg(test)]
mod tests {
    use machine::Request;

    use super::*;

    #[test]
    fn what_was_appended_in_part_is_appended_to_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        let path = file.to_str().unwrap().as_bytes().to_vec();
        let append =
            |content: &[u8]| Question::AppendFile { path: path.clone(), content: content.to_vec() };
        let all = append(b"12345");
        assert_eq!(settle(&all, None), Err(all.clone()), "the file was not even made");
        for done in 0..5 {
            fs::write(&file, &b"xx12345"[..2 + done]).unwrap();
            assert_eq!(settle(&all, Some(2)), Err(append(&b"12345"[done..])));
        }
        fs::write(&file, b"xx12345").unwrap();
        assert_eq!(settle(&all, Some(2)), Ok(Answer::Done));
        fs::write(&file, b"xx12345 and more by others").unwrap();
        assert_eq!(settle(&all, Some(2)), Ok(Answer::Done));
        fs::write(&file, b"xxothers").unwrap();
        assert_eq!(settle(&all, Some(2)), Err(all.clone()));
    }

    #[test]
    fn what_is_gone_or_made_was_done() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        let path = file.to_str().unwrap().as_bytes().to_vec();
        let delete = Question::DeleteFile(path.clone());
        let make = Question::MakeFolder { path: path.clone(), with_parents: false };
        assert_eq!(settle(&delete, Some(3)), Ok(Answer::Done));
        assert_eq!(settle(&delete, None), Err(delete.clone()), "it was not there before");
        assert_eq!(settle(&make, None), Err(make.clone()));
        fs::create_dir(&file).unwrap();
        assert_eq!(settle(&make, None), Ok(Answer::Done));
        assert_eq!(settle(&make, Some(0)), Err(make.clone()), "it was there before");
        let remove = Question::RemoveFolder(path);
        assert_eq!(settle(&remove, Some(0)), Err(remove.clone()), "it is still there");
    }

    #[test]
    fn a_request_that_must_not_be_sent_twice_fails_where_nobody_knows() {
        let request = |method: &str| {
            Question::Fetch(Request { method: method.to_owned(), ..Request::default() })
        };
        assert_eq!(settle(&request("GET"), None), Err(request("GET")));
        let refused = settle(&request("post"), None);
        assert!(matches!(refused, Ok(Answer::Refused(Failure::Other, _))), "{refused:?}");
    }
}
