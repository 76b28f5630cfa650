//! What a program asks about libraries while it runs: whether the tests of another one pass with them,
//! and with which moment of one they last do.

use std::collections::BTreeSet;

use machine::{Answer, Failure};
use palindrome::hir::LibraryMoment;
use palindrome::{Checked, Libraries as _, Options, Pins, check_with, compile, compile_test};
use palindrome_vm::runtime::time_text;
use source::Severity;
use timeline::{History, Timeline};

use super::Places;
use crate::drive::{Outcome, drive};
use crate::guest::Guest as _;
use crate::interrupt;
use crate::palindrome::verify;
use crate::world::LiveWorld;

/// How many programs may be tried inside of each other.
const DEPTH_MAX: usize = 16;

/// Answers what a program asks its tools.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    places: Places,
    memory_max: usize,
    /// What is being tried.
    trying: Vec<String>,
}

/// Why there is no answer.
enum Unanswered {
    /// For this reason.
    Refused(String),
    /// Ctrl-C came.
    Interrupted,
}

impl Tools {
    pub(crate) fn new(places: Places, memory_max: usize) -> Self {
        Self { places, memory_max, trying: Vec::new() }
    }

    /// The answer; `None` where Ctrl-C came first.
    pub(crate) fn answer(&self, words: &[Vec<u8>]) -> Option<Answer> {
        let words: Vec<String> =
            words.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let answer = match words.as_slice() {
            ["breaks", app, pins @ ..] => {
                self.breaks(app, pins).map(|it| Answer::Integer(it.into()))
            }
            ["compatible", library, app, pins @ ..] => {
                self.compatible(library, app, pins).map(Answer::Integer)
            }
            ["moment", library, what, ..] => self.moment(library, what).map(Answer::Integer),
            ["reverted", library, pins @ ..] => {
                self.reverted(library, pins).map(|text| Answer::Bytes(text.into_bytes()))
            }
            _ => Err(Unanswered::Refused("this release does not know this question".to_owned())),
        };
        match answer {
            Ok(answer) => Some(answer),
            Err(Unanswered::Refused(reason)) => Some(Answer::Refused(Failure::Invalid, reason)),
            Err(Unanswered::Interrupted) => None,
        }
    }

    /// What is pinned: on the tape or in a trial, and by the program so far.
    fn pinned(&self, pairs: &[&str]) -> Result<Pins, Unanswered> {
        let mut pins = self.places.pins()?.clone();
        for pair in pairs.as_chunks::<2>().0 {
            let [library, moment] = pair.map(str::to_owned);
            match moment.parse::<u64>() {
                Ok(moment) => {
                    pins.insert(library, moment);
                }
                // Less than 0 is the newest one; but in a trial, no run has left anything.
                Err(_) if self.trying.is_empty() => {
                    pins.remove(&library);
                }
                Err(_) => {}
            }
        }
        Ok(pins)
    }

    fn breaks(&self, app: &str, pairs: &[&str]) -> Result<bool, Unanswered> {
        if self.trying.iter().any(|tried| tried == app) {
            return Ok(false);
        }
        let pins = self.pinned(pairs)?;
        let checked = self.checked(app, &pins)?;
        Ok(!self.passes(app, &checked, &pins)?)
    }

    /// The latest moment of a library with which the tests pass.
    fn compatible(&self, library: &str, app: &str, pairs: &[&str]) -> Result<i64, Unanswered> {
        let mut pins = self.pinned(pairs)?;
        let number = |moment: u64| i64::try_from(moment).unwrap_or(i64::MAX);
        let shelf = &self.places.published()?.shelf;
        let Some(newest) = shelf.moments(library).next() else {
            return Err(Unanswered::Refused(format!(
                "`{library}` is a file here, which has no moments: publish it, and run with --tape"
            )));
        };
        let now = pins.remove(library);
        if self.trying.iter().any(|tried| tried == app) {
            return Ok(number(now.unwrap_or(newest.moment)));
        }
        let checked = self.checked(app, &pins)?;
        let mut uses = checked.program.uses.iter();
        if !uses.any(|used| &*used.library == library && used.at == LibraryMoment::Latest) {
            return Err(Unanswered::Refused(format!(
                "`{app}` does not use `{library}` at latest, so no moment of it makes a difference"
            )));
        }
        let mut tried = BTreeSet::new();
        for publication in shelf.moments(library) {
            if !tried.insert(publication.content) {
                continue;
            }
            pins.insert(library.to_owned(), publication.moment);
            let checked = self.checked(app, &pins)?;
            if self.passes(app, &checked, &pins)? {
                return Ok(number(publication.moment));
            }
        }
        Err(Unanswered::Refused(format!(
            "`{app}` passes its tests with none of the {} moments of `{library}`",
            newest.moment + 1
        )))
    }

    fn moment(&self, library: &str, what: &str) -> Result<i64, Unanswered> {
        let at = match what.parse() {
            _ if what == "latest" => return Ok(-1),
            Ok(number) => LibraryMoment::Number(number),
            Err(_) => LibraryMoment::Time(what.into()),
        };
        let found = self.places.published()?.shelf.at(library, &at, &Pins::new())?;
        Ok(i64::try_from(found.moment).unwrap_or(i64::MAX))
    }

    /// What is said of a library that was reverted.
    fn reverted(&self, library: &str, pairs: &[&str]) -> Result<String, Unanswered> {
        let pins = self.pinned(pairs)?;
        let found = self.places.published()?.shelf.at(library, &LibraryMoment::Latest, &pins)?;
        let (moment, time) = (found.moment, time_text(found.time));
        let which = if pins.contains_key(library) { "moment" } else { "its newest moment," };
        Ok(format!("{library} is at {which} {moment} of {time}, from the next run on"))
    }

    /// A program that is published, or beside, with what its uses mean now.
    fn checked(&self, app: &str, pins: &Pins) -> Result<Checked, Unanswered> {
        if self.trying.len() >= DEPTH_MAX {
            return Err(Unanswered::Refused(format!(
                "programs try each other more than {DEPTH_MAX} deep: {}",
                self.trying.join(", ")
            )));
        }
        let places = self.places.pinned(pins.clone());
        let found = places.find(app, &LibraryMoment::Latest, None)?;
        Ok(check_with(&found.file, &found.text, &places))
    }

    /// Whether a program compiles, and all of its tests pass.
    fn passes(&self, app: &str, checked: &Checked, pins: &Pins) -> Result<bool, Unanswered> {
        if checked.diagnostics.iter().any(|found| found.severity == Severity::Error) {
            return Ok(false);
        }
        let mut inner = self.clone();
        inner.places = self.places.pinned(pins.clone());
        inner.trying.push(app.to_owned());
        let count = checked.program.tests.len();
        if count == 0 {
            return Ok(compile(checked, Options::default()).is_ok());
        }
        for number in 0..count {
            let Some(Ok(compiled)) = compile_test(checked, number, Options::default()) else {
                return Ok(false);
            };
            let refused = |error: crate::error::CliError| Unanswered::Refused(error.to_string());
            let program = verify(app.as_ref(), compiled).map_err(refused)?;
            let options =
                timeline::Options { history: History::Off, ..timeline::Options::default() };
            let mut timeline = Timeline::new(program.machine().map_err(refused)?, options);
            let mut world = LiveWorld::unseen(self.memory_max);
            world.give(Some(inner.clone()));
            match drive(&mut timeline, &mut world, |_| {}) {
                Outcome::Ended(machine::ExitCode(0)) => {}
                Outcome::Ended(_) | Outcome::Trapped(_) | Outcome::TooLarge => return Ok(false),
                Outcome::Interrupted | Outcome::Closed => {
                    // Whoever asked ends, too.
                    interrupt::raise();
                    return Err(Unanswered::Interrupted);
                }
            }
        }
        Ok(true)
    }
}

impl From<palindrome::NoLibrary> for Unanswered {
    fn from(missing: palindrome::NoLibrary) -> Self {
        Self::Refused(format!("{}; {}", missing.message, missing.hint))
    }
}
