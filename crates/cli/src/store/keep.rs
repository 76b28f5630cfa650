//! How much of the past a tape keeps.

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use palindrome::{Past, Step};

use super::TapeError;
use super::content::read;
use super::file::TapeFile;
use crate::arguments::{age, disk_size};
use crate::history::{receipt, size};
use crate::world::nanoseconds;

/// What is kept if nothing is said.
pub(crate) const KEEP: &str = "1G";

/// How much of the past is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Everything.
    All,
    /// As much as fits into a file of so many bytes.
    Bytes(u64),
    /// What is not older.
    Age(Duration),
}

impl FromStr for Keep {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "all" {
            return Ok(Self::All);
        }
        // Units of ages are written small, those of sizes large: `30m` are minutes, `30M` are bytes.
        if let Ok(age) = age(text) {
            return Ok(Self::Age(age));
        }
        let wrong = |_| "expected a size such as 512M, an age such as 30d, or all".to_owned();
        disk_size(text).map(Self::Bytes).map_err(wrong)
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Bytes(bytes) => f.write_str(&size(*bytes)),
            Self::Age(age) => write!(f, "{}s", age.as_secs()),
        }
    }
}

/// What was forgotten of a tape: the newest moment that was forgotten before and after, and bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forgot {
    pub(crate) before: Option<(u64, i64)>,
    pub(crate) after: Option<(u64, i64)>,
    pub(crate) bytes: u64,
}

/// Forgets moments of a tape by hand: those older than an age, the oldest until the file is no larger than a
/// size, or all but the present. Gives the receipt.
pub(crate) fn forget(
    path: &Path,
    age: Option<Duration>,
    larger: Option<u64>,
    all: bool,
) -> Result<String, TapeError> {
    // A tape that is not there has nothing to be forgotten, and is not made.
    read(path)?;
    let (mut file, _opened) = TapeFile::open(path)?;
    let past = file.past();
    let steps = past.steps();
    let mut first = 0;
    if let Some(age) = age {
        let age = i64::try_from(age.as_nanos()).unwrap_or(i64::MAX);
        first = before(past, nanoseconds().saturating_sub(age));
    }
    if let Some(larger) = larger.filter(|larger| file.length() > *larger) {
        first = first.max(fitting(steps, larger));
    }
    if all {
        first = steps.len();
    }
    let first = last_kept(past, first);
    if first == 0 {
        return Ok(format!("nothing of {} is to be forgotten\n", path.display()));
    }
    let forgot = file.rewrite(first)?;
    Ok(forgot.receipt(path, "purged"))
}

/// The first of the newest steps that take so many bytes.
fn fitting(steps: &[Step], bytes: u64) -> usize {
    let mut left = bytes;
    let fits = |step: &&Step| {
        let is_room = step.size() <= left;
        left = left.saturating_sub(step.size());
        is_room
    };
    steps.len() - steps.iter().rev().take_while(fits).count()
}

impl Keep {
    /// The first step that is kept of a past in a file of so many bytes; 0 if it is not worth the work.
    pub(super) fn first(&self, past: &Past, length: u64) -> usize {
        let steps = past.steps();
        let first = match self {
            Self::All => return 0,
            Self::Bytes(bytes) if length <= *bytes => return 0,
            // Half of it, so that this is not to be done again soon.
            Self::Bytes(bytes) => fitting(steps, bytes / 2),
            Self::Age(age) => {
                let age = i64::try_from(age.as_nanos()).unwrap_or(i64::MAX);
                before(past, nanoseconds().saturating_sub(age))
            }
        };
        let first = last_kept(past, first);
        let gone: u64 = steps.iter().take(first).map(Step::size).sum();
        let is_worth_it = matches!(self, Self::Bytes(_)) || gone > length / 4;
        if is_worth_it { first } else { 0 }
    }
}

/// The first step that is not older than a time.
fn before(past: &Past, oldest: i64) -> usize {
    let is_old = |stamp: &palindrome::Stamp| stamp.time < oldest;
    match past.stamps().take_while(is_old).last() {
        // What follows the last old one begins with what that left.
        Some(last) => past.place_of(last.number).map_or(0, |place| place + 1),
        None => 0,
    }
}

/// The newest moment of the present branch stays, and what comes behind it.
fn last_kept(past: &Past, first: usize) -> usize {
    let tip = past.tip().and_then(|tip| past.place_of(tip.number));
    let last = past.steps().len().saturating_sub(1);
    first.min(tip.unwrap_or(last)).min(last)
}

impl Forgot {
    /// Leaves a receipt, and gives its line.
    pub(crate) fn receipt(&self, path: &Path, why: &str) -> String {
        let name = path.display();
        let first = self.before.map_or(0, |(number, _)| number + 1);
        let what = match self.after {
            Some((last, _)) if last > first => format!("moments {first} to {last} of {name}"),
            Some((last, _)) if last == first => format!("moment {last} of {name}"),
            _ => format!("nothing of {name}"),
        };
        let line = receipt::line(&what, self.bytes, why);
        // Nobody is to be stopped where a receipt cannot be noted.
        let _noted = receipt::note(&line);
        line
    }
}
