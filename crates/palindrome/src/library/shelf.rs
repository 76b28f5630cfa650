//! What was published, in its order: each name has a timeline of its own.

use std::collections::BTreeMap;

use palindrome_vm::ImageError;
use palindrome_vm::image::{ByteReader, ByteWriter};
use palindrome_vm::runtime::{time_of, time_text};
use source::nearest;

use super::{Content, Library, NoLibrary};
use crate::hir::LibraryMoment;

/// Which moment of a library `latest` means, where that is not the newest one.
pub type Pins = BTreeMap<String, u64>;

/// What a `use` in a published text means, whatever is published later.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Binding {
    /// The library that is used.
    pub library: String,
    /// As of when, as it is written.
    pub at: LibraryMoment,
    /// What that was.
    pub content: Content,
}

/// A moment of a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// What the library is called.
    pub library: String,
    /// Its number on the timeline of the library, from 0.
    pub moment: u64,
    /// Nanoseconds since 1970.
    pub time: i64,
    /// The file that it was published from.
    pub file: String,
    /// Its text.
    pub text: String,
    /// What its uses mean, ascending.
    pub uses: Vec<Binding>,
    /// What it is known by.
    pub content: Content,
}

/// All publications.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    publications: Vec<Publication>,
}

/// Why nothing was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotPublished {
    /// The newest moment of the library is just that.
    Same(Box<Publication>),
    /// The newest moment of the library is later than that.
    TooEarly(Box<Publication>),
}

impl Shelf {
    /// Publishes a text, and gives what it has become.
    ///
    /// # Errors
    /// It is there already, or the time is before that of the moment before it.
    pub fn publish(
        &mut self,
        library: &str,
        (file, text): (&str, &str),
        mut uses: Vec<Binding>,
        time: i64,
    ) -> Result<&Publication, NotPublished> {
        uses.sort();
        uses.dedup();
        let content = Content::of(text, &uses);
        let last = self.latest(library);
        if let Some(last) = last {
            if last.content == content {
                return Err(NotPublished::Same(Box::new(last.clone())));
            }
            if last.time > time {
                return Err(NotPublished::TooEarly(Box::new(last.clone())));
            }
        }
        let moment = last.map_or(0, |last| last.moment + 1);
        let (library, file, text) = (library.to_owned(), file.to_owned(), text.to_owned());
        let new = Publication { library, moment, time, file, text, uses, content };
        let place = self.publications.len();
        self.publications.push(new);
        Ok(&self.publications[place])
    }

    /// All, in the order in which they were published.
    #[must_use]
    pub fn publications(&self) -> &[Publication] {
        &self.publications
    }

    /// The names of all libraries, ascending.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.publications.iter().map(|one| one.library.clone()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The moments of a library, from the newest to the oldest.
    pub fn moments<'a, 'n>(
        &'a self,
        library: &'n str,
    ) -> impl Iterator<Item = &'a Publication> + use<'a, 'n> {
        self.publications.iter().rev().filter(move |one| one.library == library)
    }

    fn latest<'a>(&'a self, library: &str) -> Option<&'a Publication> {
        self.moments(library).next()
    }

    /// The publication with a content; the newest one, if there are several.
    fn with(&self, content: Content) -> Option<&Publication> {
        self.publications.iter().rev().find(|one| one.content == content)
    }

    /// What a library was at a moment; for `latest`, where it is pinned, at that.
    ///
    /// # Errors
    /// It was not published then.
    pub fn at<'a>(
        &'a self,
        library: &str,
        at: &LibraryMoment,
        pins: &Pins,
    ) -> Result<&'a Publication, NoLibrary> {
        let Some(latest) = self.latest(library) else {
            let names = self.names();
            let hint = match nearest(library, names.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("publish it: `palindrome publish {library}.pal --tape FILE`"),
            };
            let message = format!("no library `{library}` is published here");
            return Err(NoLibrary { message, hint });
        };
        let number = |number: u64| self.moments(library).find(|one| one.moment == number);
        match at {
            LibraryMoment::Latest => match pins.get(library) {
                Some(pin) => number(*pin).ok_or_else(|| NoLibrary {
                    message: format!(
                        "`{library}` is pinned to moment {pin}, which it does not have"
                    ),
                    hint: format!("write a moment, or publish {library} anew"),
                }),
                None => Ok(latest),
            },
            LibraryMoment::Number(wanted) => number(*wanted).ok_or_else(|| NoLibrary {
                message: format!("`{library}` has no moment {wanted}"),
                hint: format!("its newest one is {}", latest.moment),
            }),
            LibraryMoment::Time(text) => {
                let Some(time) = time_of(text) else {
                    return Err(NoLibrary {
                        message: format!("`{text}` is no time"),
                        hint: "one is written 2024-01-15T10:30:00Z, or 2024-01-15".to_owned(),
                    });
                };
                self.moments(library).find(|one| one.time <= time).ok_or_else(|| {
                    let first = self.moments(library).last().unwrap_or(latest);
                    let first = time_text(first.time);
                    NoLibrary {
                        message: format!("`{library}` was not published at that moment"),
                        hint: format!("it was first published at {first}: write that or later"),
                    }
                })
            }
        }
    }

    /// What a `use` in a published text was bound to.
    ///
    /// # Errors
    /// The publication is not here, or has no such use.
    pub fn bound<'a>(
        &'a self,
        user: &str,
        library: &str,
        at: &LibraryMoment,
    ) -> Result<&'a Publication, NoLibrary> {
        let user = self.publications.iter().rev().find(|one| one.identity() == user);
        let binding = user.and_then(|user| {
            user.uses.iter().find(|binding| binding.library == library && binding.at == *at)
        });
        binding.and_then(|binding| self.with(binding.content)).ok_or_else(|| NoLibrary {
            message: format!("what `{library}` was when this was published is not known here"),
            hint: "publish both anew".to_owned(),
        })
    }

    /// As bytes.
    #[must_use]
    pub fn to_bytes(publications: &[Publication]) -> Vec<u8> {
        let mut bytes = ByteWriter::new();
        bytes.count(publications.len());
        for one in publications {
            bytes.text(&one.library);
            bytes.u64(one.moment);
            bytes.i64(one.time);
            bytes.text(&one.file);
            bytes.text(&one.text);
            bytes.count(one.uses.len());
            one.uses.iter().for_each(|binding| binding.write(&mut bytes));
            one.content.write(&mut bytes);
        }
        bytes.into_bytes()
    }

    /// Publications from bytes.
    ///
    /// # Errors
    /// They are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Vec<Publication>, ImageError> {
        let mut reader = ByteReader::new("libraries", bytes);
        let found = reader.list(64, |reader| {
            let (library, moment, time) = (reader.text()?, reader.u64()?, reader.i64()?);
            let (file, text) = (reader.text()?, reader.text()?);
            let uses = reader.list(37, Binding::read)?;
            // It is not computed again: a later release may lay texts out in another way.
            let content = Content::read(reader)?;
            Ok(Publication { library, moment, time, file, text, uses, content })
        })?;
        reader.finish()?;
        Ok(found)
    }

    /// Adds publications that were kept.
    ///
    /// # Errors
    /// They do not go on from those that are here; the name and the number of the first one that does
    /// not.
    pub fn extend(&mut self, found: Vec<Publication>) -> Result<(), (String, u64)> {
        for one in found {
            let last = self.latest(&one.library);
            let is_next = match last {
                None => one.moment == 0,
                Some(last) => {
                    Some(one.moment) == last.moment.checked_add(1) && last.time <= one.time
                }
            };
            if !is_next {
                return Err((one.library, one.moment));
            }
            self.publications.push(one);
        }
        Ok(())
    }
}

impl Publication {
    /// The same for equal contents only.
    #[must_use]
    pub fn identity(&self) -> String {
        format!("published {}", self.content)
    }

    /// As a program uses it. Its text is called by the name of the library, with its moment.
    #[must_use]
    pub fn library(&self) -> Library {
        let file = format!("{}@{}.pal", self.library, self.moment);
        Library { identity: self.identity(), file, text: self.text.clone() }
    }
}

impl Binding {
    pub(super) fn write(&self, to: &mut ByteWriter) {
        to.text(&self.library);
        match &self.at {
            LibraryMoment::Latest => to.u8(0),
            LibraryMoment::Time(time) => {
                to.u8(1);
                to.text(time);
            }
            LibraryMoment::Number(number) => {
                to.u8(2);
                to.u64(*number);
            }
        }
        self.content.write(to);
    }

    fn read(from: &mut ByteReader<'_>) -> Result<Self, ImageError> {
        let library = from.text()?;
        let at = match from.u8()? {
            0 => LibraryMoment::Latest,
            1 => LibraryMoment::Time(from.text()?.into()),
            2 => LibraryMoment::Number(from.u64()?),
            _ => return Err(from.wrong(0, "a moment of a library")),
        };
        Ok(Self { library, at, content: Content::read(from)? })
    }
}
