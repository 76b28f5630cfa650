//! `palindrome info`: what is in a program or a recording.

use std::fmt::Write as _;

use timeline::{Ending, Recording};

use crate::arguments::InfoArguments;
use crate::error::{CliError, exit};
use crate::guest::{self, Facts, Guest, LoadOptions, with_guest};
use crate::kind::Kind;
use crate::recording;
use crate::terminal::{Terminal, show};
use source::visible;

pub(crate) fn info(arguments: &InfoArguments) -> Result<u8, CliError> {
    let path = &arguments.file;
    std::fs::metadata(path).map_err(CliError::unreadable(path))?;
    let facts = if Kind::of(path)? == Kind::Recording {
        let (recording, guest) = recording::read(path)?;
        let mut facts = recording_facts(&recording);
        let size = std::fs::metadata(path).map_err(CliError::unreadable(path))?.len();
        facts.push(("bytes", size.into()));
        facts.extend(with_guest!(guest, G => {
            program_facts(&G::from_image(path, &recording.program.image)?)
        }));
        facts
    } else {
        let (guest, form) = guest::of_program(path)?;
        with_guest!(guest, G => {
            let options = LoadOptions::default();
            program_facts(&guest::load::<G>(path, form, &options, Terminal::new(false))?)
        })
    };
    let text = if arguments.json {
        let map: serde_json::Map<_, _> =
            facts.into_iter().map(|(name, value)| (name.replace(' ', "_"), value)).collect();
        format!("{}\n", serde_json::Value::from(map))
    } else {
        let mut text = String::new();
        for (name, value) in facts {
            let _ = writeln!(text, "{:<14} {}", format!("{name}:"), plain(&value));
        }
        text
    };
    show(&text)?;
    Ok(exit::OK)
}

fn program_facts<G: Guest>(program: &G) -> Facts {
    let mut facts = vec![("guest", G::NAME.into())];
    facts.extend(program.facts());
    facts
}

fn recording_facts(recording: &Recording) -> Facts {
    let ending = match &recording.ending {
        None => "cut off".to_owned(),
        Some(Ending::Ended(code)) => format!("exit code {}", code.0),
        Some(Ending::Trapped(trap)) => format!("fault: {trap}"),
        Some(Ending::Interrupted) => "interrupted".to_owned(),
    };
    let named = |list: &[(machine::Tick, String)]| -> Vec<String> {
        list.iter().map(|(tick, name)| format!("{name} (tick {tick})")).collect()
    };
    let arguments = recording.program.arguments.iter();
    let arguments: Vec<String> =
        arguments.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    vec![
        ("end", recording.end.to_string().into()),
        ("ending", ending.into()),
        ("answers", recording.answers.len().into()),
        ("state hashes", recording.hashes.len().into()),
        ("arguments", arguments.into()),
        ("marks", named(&recording.marks).into()),
        ("notes", named(&recording.notes).into()),
        ("bytes lost", recording.recovered.map_or(0, |recovered| recovered.bytes_lost).into()),
    ]
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => visible(text),
        serde_json::Value::Array(items) if items.is_empty() => "none".to_owned(),
        serde_json::Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        serde_json::Value::Bool(true) => "yes".to_owned(),
        serde_json::Value::Bool(false) => "no".to_owned(),
        serde_json::Value::Null | serde_json::Value::Number(_) | serde_json::Value::Object(_) => {
            value.to_string()
        }
    }
}
