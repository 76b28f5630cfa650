//! What a guest reads as its standard input: a file, nothing, the real one, or what is typed.
//!
//! The real one is read on another thread, one request at a time, so that Ctrl-C is heard while
//! the guest waits for a line.
#![expect(clippy::disallowed_methods, reason = "threads belong to the command line")]

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use crate::editor::{Editor, Entered};
use crate::error::CliError;
use crate::files;
use crate::interrupt;
use crate::terminal::Terminal;

/// Bytes read at once.
const CHUNK_BYTES: usize = 64 << 10;

/// How often Ctrl-C is looked for while waiting.
const PATIENCE: Duration = Duration::from_millis(50);

/// A guest's standard input.
#[derive(Debug)]
pub(crate) struct Input {
    source: Source,
    buffer: Vec<u8>,
    /// How much of the buffer was taken already.
    taken: usize,
    /// How much was taken before what is in the buffer.
    before: u64,
    is_over: bool,
}

#[derive(Debug)]
enum Source {
    Nothing,
    File(File),
    /// Lines from a person, who also types to us.
    Typed(Box<Editor>),
    /// Not read from yet.
    Standard,
    Reader {
        requests: SyncSender<()>,
        chunks: Receiver<io::Result<Vec<u8>>>,
    },
}

/// What came of waiting for input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Bytes(Vec<u8>),
    End,
    Failed(io::ErrorKind),
    Interrupted,
}

impl Input {
    pub(crate) fn nothing() -> Self {
        Self::new(Source::Nothing)
    }

    pub(crate) fn standard() -> Self {
        Self::new(Source::Standard)
    }

    /// Lines typed between those of an interactive session.
    pub(crate) fn typed(terminal: Terminal) -> Self {
        Self::new(Source::Typed(Box::new(Editor::plain(terminal))))
    }

    pub(crate) fn file(path: &Path) -> Result<Self, CliError> {
        if path.is_dir() {
            return Err(CliError::Directory { path: path.to_owned() });
        }
        let file = File::open(path).map_err(CliError::unreadable(path))?;
        Ok(Self::new(Source::File(file)))
    }

    /// The real one, which can be gone on with where it is a file.
    pub(crate) fn resumable() -> Self {
        files::of_stream(&io::stdin())
            .map_or_else(Self::standard, |file| Self::new(Source::File(file)))
    }

    /// How many bytes were taken.
    pub(crate) fn position(&self) -> u64 {
        self.before + self.taken as u64
    }

    /// Goes on after so many bytes, before anything is taken. What is no file goes on by itself.
    pub(crate) fn go_on(&mut self, position: u64) -> io::Result<()> {
        self.before = position;
        if let Source::File(file) = &mut self.source {
            let offset = i64::try_from(position).map_err(io::Error::other)?;
            file.seek(SeekFrom::Current(offset))?;
        }
        Ok(())
    }

    /// Whether whoever reads may have to wait for somebody who looks at the output.
    pub(crate) fn may_wait(&self) -> bool {
        !matches!(self.source, Source::Nothing | Source::File(_))
    }

    fn new(source: Source) -> Self {
        Self { source, buffer: Vec::new(), taken: 0, before: 0, is_over: false }
    }

    /// A line without its end.
    pub(crate) fn line(&mut self) -> Taken {
        let mut searched = 0;
        loop {
            let rest = &self.buffer[self.taken..];
            if let Some(at) = rest[searched..].iter().position(|byte| *byte == b'\n') {
                let mut line = rest[..searched + at].to_vec();
                self.taken += line.len() + 1;
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Taken::Bytes(line);
            }
            searched = rest.len();
            match self.fill() {
                Taken::Bytes(_) => {}
                Taken::End if searched == 0 => return Taken::End,
                Taken::End => {
                    self.taken = self.buffer.len();
                    return Taken::Bytes(self.buffer[self.taken - searched..].to_vec());
                }
                stopped @ (Taken::Failed(_) | Taken::Interrupted) => return stopped,
            }
        }
    }

    /// At most `count` bytes, at least one.
    pub(crate) fn bytes(&mut self, count: usize) -> Taken {
        if self.taken == self.buffer.len() {
            match self.fill() {
                Taken::Bytes(_) => {}
                over @ (Taken::End | Taken::Failed(_) | Taken::Interrupted) => return over,
            }
        }
        let end = self.buffer.len().min(self.taken.saturating_add(count.max(1)));
        let bytes = self.buffer[self.taken..end].to_vec();
        self.taken = end;
        Taken::Bytes(bytes)
    }

    /// Whether there is no more.
    pub(crate) fn has_ended(&mut self) -> Taken {
        if self.taken < self.buffer.len() { Taken::Bytes(Vec::new()) } else { self.fill() }
    }

    /// Waits until there is more in the buffer.
    fn fill(&mut self) -> Taken {
        if self.is_over {
            return Taken::End;
        }
        self.before += self.taken as u64;
        self.buffer.drain(..self.taken);
        self.taken = 0;
        if matches!(self.source, Source::Standard) {
            self.source = reader();
        }
        let chunk = match &mut self.source {
            Source::Nothing | Source::Standard => Ok(Vec::new()),
            Source::File(file) => read_some(file),
            Source::Typed(editor) => match editor.read() {
                Entered::Line(line) => Ok((line + "\n").into_bytes()),
                Entered::Nothing => {
                    interrupt::raise();
                    return Taken::Interrupted;
                }
                // The next program may read again.
                Entered::End => return Taken::End,
            },
            Source::Reader { requests, chunks } => {
                // The thread is waiting for this, and lives as long as its channel.
                let _is_heard = requests.send(());
                loop {
                    match chunks.recv_timeout(PATIENCE) {
                        Ok(chunk) => break chunk,
                        Err(RecvTimeoutError::Timeout) if interrupt::is_wanted() => {
                            return Taken::Interrupted;
                        }
                        Err(RecvTimeoutError::Timeout) => {}
                        Err(RecvTimeoutError::Disconnected) => break Ok(Vec::new()),
                    }
                }
            }
        };
        match chunk {
            Ok(chunk) if chunk.is_empty() => {
                self.is_over = true;
                Taken::End
            }
            Ok(chunk) => {
                self.buffer.extend(chunk);
                Taken::Bytes(Vec::new())
            }
            Err(error) => Taken::Failed(error.kind()),
        }
    }
}

/// Starts the thread that reads standard input.
fn reader() -> Source {
    let (requests, asked) = sync_channel::<()>(1);
    let (answers, chunks) = sync_channel(1);
    let read = move || {
        while asked.recv().is_ok() && answers.send(read_some(&mut io::stdin())).is_ok() {}
    };
    std::thread::spawn(read);
    Source::Reader { requests, chunks }
}

fn read_some(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match stream.read(&mut chunk) {
            Ok(count) => {
                chunk.truncate(count);
                return Ok(chunk);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
