//! `palindrome publish`: puts a text in Palindrome on a tape, as the next moment of a library.

use std::path::Path;

use machine::{Answer, Question};
use palindrome::{Binding, NotPublished, Publication, diagnose, used_libraries};
use palindrome_vm::runtime::{time_of, time_text};
use source::{Severity, SourceMap};

use crate::arguments::PublishArguments;
use crate::error::{BadSource, CliError, exit, to_json};
use crate::files;
use crate::libraries::Places;
use crate::store::{self, TapeFile};
use crate::terminal::{Terminal, show};
use crate::world::LiveWorld;

pub(crate) fn publish(arguments: &PublishArguments, terminal: Terminal) -> Result<u8, CliError> {
    let Some(path) = &arguments.file else { return list(arguments) };
    let name = name(path, arguments.name.as_deref())?;
    let time = arguments.at.as_deref().map(time).transpose()?;
    let file = path.display().to_string();
    let text = files::read_text(path)?;
    let mut sources = SourceMap::default();
    let source = sources.add(&file, &text);
    let places = Places::before(&name, &arguments.tape);
    let diagnostics = diagnose(&mut sources, source, &places);
    let is_right = diagnostics.iter().all(|found| found.severity != Severity::Error);
    let bad = BadSource { sources, diagnostics };
    if arguments.json && is_right {
        for found in &bad.diagnostics {
            terminal.complain(&format!("{}\n", to_json(found, &bad.sources)));
        }
    } else {
        bad.settle(is_right.then_some(()), terminal)?;
    }
    let (mut tape, opened) = TapeFile::open(&arguments.tape)?;
    let content = opened.content;
    let mut published = content.published()?;
    let mut uses = Vec::new();
    for (library, at) in used_libraries(&text) {
        // Between the check and here, somebody else may have published something: that counts.
        let found = published.shelf.at(&library, &at, &published.pins);
        let found = found.map_err(|missing| CliError::Usage(missing.message))?;
        uses.push(Binding { content: found.content, library, at });
    }
    let last = published.shelf.moments(&name).next().map(|last| last.time);
    // A clock that was set back does not change what came first.
    let time = time.unwrap_or_else(|| now().max(last.unwrap_or(i64::MIN)));
    match published.shelf.publish(&name, (&file, &text), uses, time) {
        Ok(new) => {
            let new = new.clone();
            tape.publish(&content, new.clone())?;
            say(&new, true, arguments.json)
        }
        Err(NotPublished::Same(last)) => say(&last, false, arguments.json),
        Err(NotPublished::TooEarly(last)) => {
            let (moment, time) = (last.moment, time_text(last.time));
            let message =
                format!("--at: moment {moment} of `{name}` is of {time}; times do not go back");
            Err(CliError::Usage(message))
        }
    }
}

fn say(of: &Publication, is_new: bool, is_json: bool) -> Result<u8, CliError> {
    let Publication { library, moment, .. } = of;
    if is_json {
        let mut json = described(of);
        json["new"] = is_new.into();
        show(&format!("{json}\n"))?;
    } else if is_new {
        let (time, content) = (time_text(of.time), of.content.short());
        show(&format!("{library}: moment {moment}, {time}, {content}\n"))?;
    } else {
        let time = time_text(of.time);
        show(&format!("{library}: nothing new; this is moment {moment}, of {time}\n"))?;
    }
    Ok(exit::OK)
}

fn list(arguments: &PublishArguments) -> Result<u8, CliError> {
    let published = store::read(&arguments.tape)?.content.published()?;
    let (shelf, pins) = (&published.shelf, &published.pins);
    let mut all: Vec<&Publication> = Vec::new();
    for name in shelf.names() {
        let mut moments: Vec<&Publication> = shelf.moments(&name).collect();
        moments.reverse();
        all.extend(moments);
    }
    let is_pinned = |one: &Publication| pins.get(&one.library) == Some(&one.moment);
    if arguments.json {
        let all: Vec<_> = all
            .into_iter()
            .map(|one| {
                let mut json = described(one);
                json["pinned"] = is_pinned(one).into();
                json
            })
            .collect();
        show(&format!("{}\n", serde_json::json!({ "publications": all })))?;
        return Ok(exit::OK);
    }
    if all.is_empty() {
        show("nothing is published\n")?;
        return Ok(exit::OK);
    }
    let mut text = String::new();
    let width = all.iter().map(|one| one.library.len()).max().unwrap_or_default();
    for one in all {
        let pin = if is_pinned(one) { "  pinned" } else { "" };
        let (time, content) = (time_text(one.time), one.content.short());
        text += &format!("{:width$}  {:>4}  {time}  {content}{pin}\n", one.library, one.moment);
    }
    show(&text)?;
    Ok(exit::OK)
}

fn described(of: &Publication) -> serde_json::Value {
    let uses = of.uses.iter().map(|used| {
        serde_json::json!({
            "library": used.library,
            "at": used.at.to_string(),
            "content": used.content.to_string(),
        })
    });
    serde_json::json!({
        "library": of.library,
        "moment": of.moment,
        "time": time_text(of.time),
        "content": of.content.to_string(),
        "file": of.file,
        "uses": uses.collect::<Vec<_>>(),
    })
}

/// What the library is called: as was said, or as the file.
fn name(path: &Path, said: Option<&str>) -> Result<String, CliError> {
    let is_text = path.extension().is_some_and(|ending| ending == "pal");
    if !is_text {
        let message = format!("{}: programs in Palindrome (.pal) are published", path.display());
        return Err(CliError::Usage(message));
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = said.unwrap_or(&stem);
    let is_word = |part: &str| {
        let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
        part.starts_with(is_letter)
            && part.chars().all(|c| is_letter(c) || c.is_ascii_digit())
            && !palindrome::KEYWORDS.contains(&part)
    };
    if name.split('.').all(is_word) {
        return Ok(name.to_owned());
    }
    let message = match said {
        Some(_) => format!("--as {name}: this is no name; one is written `Lib` or `Lib.Part`"),
        None => format!("`{name}` is no name of a library: say with --as what it is called"),
    };
    Err(CliError::Usage(message))
}

fn time(text: &str) -> Result<i64, CliError> {
    let wrong = || CliError::Usage(format!("--at {text}: a time is written 2024-01-15T10:30:00Z"));
    let time = time_of(text).ok_or_else(wrong)?;
    if time > now() {
        return Err(CliError::Usage(format!("--at {text}: that is in the future")));
    }
    Ok(time)
}

fn now() -> i64 {
    match LiveWorld::unseen(0).perform(&Question::Clock) {
        Some(Answer::Integer(now)) => now,
        _ => 0,
    }
}
