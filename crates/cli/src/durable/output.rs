//! Standard output, where it is a file: its length says what was written, whatever else is lost.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};

use timeline::{Outside, Start};

use crate::files;

/// What standard output is.
pub(super) struct OutputFile {
    file: Option<File>,
    /// The device and number of the file; zeros if it is none.
    identity: (u64, u64),
    bytes: u64,
}

impl OutputFile {
    /// That of this process. A file that standard error goes to as well does not count: its length
    /// says nothing of the one stream.
    pub(super) fn of_process() -> Self {
        let mut output = Self { file: None, identity: (0, 0), bytes: 0 };
        let error = files::of_stream(&io::stderr()).and_then(|file| file.metadata().ok());
        let error = error.map(|metadata| files::identity(&metadata));
        if let Some(file) = files::of_stream(&io::stdout())
            && let Ok(metadata) = file.metadata()
            && Some(files::identity(&metadata)) != error
        {
            output.identity = files::identity(&metadata);
            output.bytes = metadata.len();
            output.file = Some(file);
        }
        output
    }

    /// Whether it is a file.
    pub(super) fn is_file(&self) -> bool {
        self.file.is_some()
    }

    /// Where the program's output begins in it, and how much of it is there, when the run was
    /// started before as `start` says, and had written as much as `outside` says.
    pub(super) fn written(&self, start: Option<&Start>, outside: &Outside) -> (u64, u64) {
        if !self.is_file() {
            return (0, outside.output);
        }
        match start {
            Some(start)
                if start.output_file == self.identity && start.output_base <= self.bytes =>
            {
                (start.output_base, self.bytes - start.output_base)
            }
            // Another file, or a shorter one: it gets the whole output.
            _ => (self.bytes, 0),
        }
    }

    /// Which file it is.
    pub(super) fn identity(&self) -> (u64, u64) {
        self.identity
    }

    /// What comes is written behind what is there.
    pub(super) fn go_to_end(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(0), |file| file.seek(SeekFrom::End(0))).map(|_end| ())
    }

    /// The file, if it is one, for another thread.
    pub(super) fn file(&self) -> Option<io::Result<File>> {
        self.file.as_ref().map(File::try_clone)
    }
}
