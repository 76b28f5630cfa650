//! `palindrome history`: what is kept of past runs, and forgetting it.
#![expect(clippy::disallowed_methods, reason = "ages are told by the clock")]

pub(crate) mod receipt;

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use machine::ExitCode;
use serde_json::json;
use timeline::{Ending, Recording};

use crate::arguments::{HistoryCommand, HistoryCommandArguments, PurgeArguments};
use crate::durable::folder::{self, Folder};
use crate::error::{CliError, exit};
use crate::guest::GuestName;
use crate::home;
use crate::recording;
use crate::store;
use crate::terminal::show;

/// What the last failed run is called.
const LAST: &str = "last";

/// What has ended is kept so long, and so much of it.
const AGE_MAX: Duration = Duration::from_hours(30 * 24);
const BYTES_MAX: u64 = 4 << 30;

pub(crate) fn history(arguments: &HistoryCommandArguments) -> Result<u8, CliError> {
    match &arguments.what {
        None => list(false)?,
        Some(HistoryCommand::List { json }) => list(*json)?,
        Some(HistoryCommand::Show { json, name }) => tell(name, *json)?,
        Some(HistoryCommand::Purge(arguments)) => return purge(arguments),
        Some(HistoryCommand::Receipts) => {
            show(&receipt::all().map_err(CliError::unreadable(&home::receipts()))?)?;
        }
    }
    Ok(exit::OK)
}

/// The recording of a durable run.
pub(crate) fn read(name: &str) -> Result<(Recording, GuestName), CliError> {
    let path = folder::log(&folder::path(name)?);
    if path.is_file() { recording::read(&path) } else { Err(no_run(name)) }
}

fn no_run(name: &str) -> CliError {
    let names: Vec<String> = kept().unwrap_or_default().into_iter().map(|kept| kept.name).collect();
    let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    CliError::NoRun { name: name.to_owned(), known }
}

/// Something that is kept.
struct Kept {
    name: String,
    path: PathBuf,
    is_durable: bool,
    bytes: u64,
    changed: SystemTime,
}

impl Kept {
    fn new(name: String, path: PathBuf, is_durable: bool) -> io::Result<Self> {
        let mut kept = Self { name, path, is_durable, bytes: 0, changed: UNIX_EPOCH };
        let mut add = |metadata: fs::Metadata| {
            kept.bytes += metadata.len();
            kept.changed = kept.changed.max(metadata.modified().unwrap_or(UNIX_EPOCH));
        };
        if is_durable {
            for entry in fs::read_dir(&kept.path)? {
                add(entry?.metadata()?);
            }
        } else {
            add(fs::metadata(&kept.path)?);
        }
        Ok(kept)
    }

    /// Its recording.
    fn log(&self) -> PathBuf {
        if self.is_durable { folder::log(&self.path) } else { self.path.clone() }
    }

    fn age(&self) -> Duration {
        SystemTime::now().duration_since(self.changed).unwrap_or_default()
    }

    /// When it was changed last.
    fn time(&self) -> String {
        receipt::time(self.changed.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
    }

    /// How it stands, in a word or two.
    fn status(&self, recording: Result<&Recording, &CliError>) -> String {
        let recording = match recording {
            Ok(recording) => recording,
            Err(CliError::Unreadable { .. }) => return "empty".to_owned(),
            Err(_) => return "damaged".to_owned(),
        };
        match &recording.ending {
            Some(Ending::Ended(ExitCode(code))) => format!("ended with {code}"),
            Some(Ending::Trapped(_)) => "failed".to_owned(),
            _ if self.is_durable && self.is_running() => "runs".to_owned(),
            Some(Ending::Interrupted) => "interrupted".to_owned(),
            None => "killed".to_owned(),
        }
    }

    fn is_running(&self) -> bool {
        matches!(Folder::open(&self.name), Err(CliError::Busy { .. }))
    }
}

/// Everything that is kept: the last failed run, then durable runs by name.
fn kept() -> io::Result<Vec<Kept>> {
    let mut all = Vec::new();
    let last = home::last_recording();
    if last.is_file() {
        all.push(Kept::new(LAST.to_owned(), last, false)?);
    }
    for name in folder::names()? {
        let path = home::durable_runs().join(&name);
        all.push(Kept::new(name, path, true)?);
    }
    Ok(all)
}

fn unreadable(source: io::Error) -> CliError {
    CliError::Unreadable { path: home::folder(), source }
}

fn list(is_json: bool) -> Result<(), CliError> {
    let mut rows = Vec::new();
    for kept in kept().map_err(unreadable)? {
        let recording = recording::read(&kept.log()).map(|(recording, _)| recording);
        let status = kept.status(recording.as_ref());
        rows.push((kept, status));
    }
    let text = if is_json {
        let row = |(kept, status): &(Kept, String)| {
            json!({ "name": kept.name, "durable": kept.is_durable, "status": status,
                "bytes": kept.bytes, "changed": kept.time() })
        };
        format!("{}\n", json!(rows.iter().map(row).collect::<Vec<_>>()))
    } else if rows.is_empty() {
        format!("nothing is kept in {}\n", home::folder().display())
    } else {
        let width = rows.iter().map(|(kept, _)| kept.name.chars().count()).max().unwrap_or(0);
        let mut text = String::new();
        for (kept, status) in &rows {
            let (name, bytes, time) = (&kept.name, size(kept.bytes), kept.time());
            let kind = if kept.is_durable { "durable" } else { "the last that failed" };
            let _written = writeln!(text, "{name:width$}  {bytes:>9}  {time}  {status}, {kind}");
        }
        text
    };
    show(&text)
}

fn tell(name: &str, is_json: bool) -> Result<(), CliError> {
    let all = kept().map_err(unreadable)?;
    let kept = all.into_iter().find(|kept| kept.name == name).ok_or_else(|| no_run(name))?;
    let read = recording::read(&kept.log());
    let status = kept.status(read.as_ref().map(|(recording, _)| recording));
    let (recording, _guest) = read?;
    let path = kept.path.display().to_string();
    let begin = recording.origin.map(|(tick, _)| tick.to_string());
    if is_json {
        return show(&format!(
            "{}\n",
            json!({ "name": name, "durable": kept.is_durable, "status": status,
                "bytes": kept.bytes, "changed": kept.time(), "path": path,
                "guest": recording.program.kind, "end": recording.end.to_string(),
                "begin": begin, "answers": recording.answers.len() })
        ));
    }
    let mut text = format!(
        "{name}: {status}\n  guest    {}\n  end      tick {}\n  answers  {}\n  takes    {}\n  \
         changed  {}\n  where    {path}\n",
        recording.program.kind,
        recording.end,
        recording.answers.len(),
        size(kept.bytes),
        kept.time(),
    );
    if let Some(begin) = begin {
        let _written = writeln!(text, "  begins   at tick {begin}: what was before is forgotten");
    }
    let how = if kept.is_durable { format!("--durable {name}") } else { "--last".to_owned() };
    let _written = writeln!(text, "look at it:  palindrome debug {how}");
    show(&text)
}

fn purge(arguments: &PurgeArguments) -> Result<u8, CliError> {
    if let Some(tape) = &arguments.tape {
        let (age, size) = (arguments.older_than, arguments.larger_than);
        if age.is_none() && size.is_none() && !arguments.all {
            let message =
                "--tape: say what is to be forgotten, with --older-than, --larger-than or --all";
            return Err(CliError::Usage(message.to_owned()));
        }
        show(&store::forget(tape, age, size, arguments.all)?)?;
        return Ok(exit::OK);
    }
    let all = kept().map_err(unreadable)?;
    for name in &arguments.names {
        if !all.iter().any(|kept| kept.name == *name) {
            return Err(no_run(name));
        }
    }
    let mut said = String::new();
    let (mut count, mut bytes) = (0, 0);
    for kept in all {
        let is_named = arguments.names.contains(&kept.name);
        let is_wanted = arguments.names.is_empty() || is_named;
        let is_old = arguments.older_than.is_none_or(|age| kept.age() >= age);
        let is_large = arguments.larger_than.is_none_or(|size| kept.bytes > size);
        if !is_wanted || !is_old || !is_large {
            continue;
        }
        if !is_named && !arguments.all && !is_over(&kept) {
            let _written =
                writeln!(said, "{} can go on: --all, or its name, forgets it", kept.name);
            continue;
        }
        match forget(&kept, "purged") {
            Ok(line) => {
                said += &line;
                count += 1;
                bytes += kept.bytes;
            }
            Err(CliError::Busy { name }) if !is_named => {
                let _written = writeln!(said, "{name} runs, and stays");
            }
            Err(error) => return Err(error),
        }
    }
    let _written = writeln!(said, "{count} forgotten, {} freed", size(bytes));
    show(&said)?;
    Ok(exit::OK)
}

/// Forgets what has ended and is old, and, where what has ended takes too much, the oldest of it. A
/// run that could go on stays. Nothing is to fail because this cannot be done.
pub(crate) fn retain() {
    let mut all = kept().unwrap_or_default();
    all.sort_by_key(|kept| kept.changed);
    let mut bytes: u64 = all.iter().map(|kept| kept.bytes).sum();
    for kept in all {
        let (is_old, is_much) = (kept.age() > AGE_MAX, bytes > BYTES_MAX);
        if (is_old || is_much) && is_over(&kept) {
            let why = if is_old { "it was older than 30 days" } else { "more than 4 GiB was kept" };
            if forget(&kept, why).is_ok() {
                bytes -= kept.bytes;
            }
        }
    }
}

/// Whether nothing can come of it any more than is there.
fn is_over(kept: &Kept) -> bool {
    let ending = recording::read(&kept.log()).ok().and_then(|(recording, _)| recording.ending);
    !kept.is_durable || matches!(ending, Some(Ending::Ended(_) | Ending::Trapped(_)))
}

/// Removes something that is kept, and leaves a receipt, which is given back.
fn forget(kept: &Kept, why: &str) -> Result<String, CliError> {
    let unwritten = |source| CliError::Unwritten { what: kept.path.display().to_string(), source };
    if kept.is_durable {
        let folder = Folder::open(&kept.name)?;
        // The recording goes first: what is left without it is nothing.
        remove(&folder.log()).map_err(unwritten)?;
        fs::remove_dir_all(&folder.path).map_err(unwritten)?;
    } else {
        remove(&kept.path).map_err(unwritten)?;
    }
    let line = receipt::line(&kept.name, kept.bytes, why);
    receipt::note(&line).map_err(unwritten)?;
    Ok(line)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// So many bytes, for people.
pub(crate) fn size(bytes: u64) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    match units.into_iter().find(|(shift, _)| bytes >> shift > 0) {
        Some((shift, unit)) => {
            let tenths = (u128::from(bytes) * 10) >> shift;
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        }
        None => format!("{bytes} B"),
    }
}
