//! `palindrome export`: a run as a page for a browser, in one file and without a network.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use debugger::{Debugger, Film, Sampling, Still};
use machine::{Edit, Inspect, Machine, Tick};
use serde_json::{Value, json};
use source::visible;
use timeline::{Ending, RecordedProgram};

use crate::arguments::ExportArguments;
use crate::error::{CliError, exit};
use crate::files;
use crate::guest::{GuestName, with_guest};
use crate::past::{self, Unseen};
use crate::progress::Progress;
use crate::terminal::{Terminal, show};

/// The page, but for what it shows.
const PAGE: &str = include_str!("export/page.html");

/// Where the title and the data go in it.
const TITLE: &str = "{{title}}";
const DATA: &str = "{{data}}";

/// Bytes of output, and of source texts, that a page has at most.
const OUTPUT_MAX: usize = 1 << 20;
const SOURCES_MAX: usize = 4 << 20;

/// Bytes of output that are kept while the run is filmed.
const OUTPUT_KEPT_MAX: usize = 64 << 20;

pub(crate) fn export(arguments: &ExportArguments, terminal: Terminal) -> Result<u8, CliError> {
    let path = &arguments.file;
    let (guest, material) = past::find(path)?;
    let (history, input) = (&arguments.history, arguments.input.as_deref());
    let unseen = Unseen::new(history, input, &arguments.arguments, OUTPUT_KEPT_MAX);
    let said = with_guest!(guest, G => {
        let past = past::live_through::<G>(path, material, &unseen, terminal)?;
        write(&mut Debugger::new(past.timeline), &past.program, &arguments.html)?
    });
    show(&format!("{said}\n"))?;
    Ok(exit::OK)
}

/// Writes the page of what is known of the present branch; says what is on it.
pub(crate) fn write<M: Machine + Inspect + Edit>(
    debugger: &mut Debugger<M>,
    program: &RecordedProgram,
    path: &Path,
) -> Result<String, CliError> {
    let mut progress = Progress::new();
    let film = debugger.film(&mut progress.until_interrupted()).continue_value();
    progress.end();
    let film = film.ok_or(CliError::Interrupted)?;
    let here = debugger.timeline().now().tick;
    let timeline = debugger.timeline_mut();
    timeline.goto(timeline.end());
    let output = timeline.outputs().output;
    let ending = match timeline.ending() {
        Some(Ending::Ended(code)) => format!("ended with exit code {}", code.0),
        Some(Ending::Trapped(trap)) => format!("fault: {}", visible(trap)),
        Some(Ending::Interrupted) | None => "not at its end".to_owned(),
    };
    timeline.goto(here);
    let text = page(&film, &output, &ending, program);
    let failed = |source| CliError::Unwritten { what: path.display().to_string(), source };
    files::replace(path, |file| file.write_all(text.as_bytes()).map_err(failed), failed)?;
    let (stills, chosen) = (film.stills.len(), chosen(film.sampling));
    Ok(format!("{}: {stills} moments, {chosen}", path.display()))
}

fn chosen(sampling: Sampling) -> String {
    match sampling {
        Sampling::EveryLine => "every line that was begun".to_owned(),
        Sampling::Lines { each, of } => {
            format!("one in {each} of the {of} lines that were begun")
        }
        Sampling::Ticks => "evenly spread over a run too long to show every line".to_owned(),
    }
}

fn page(film: &Film, output: &[u8], ending: &str, program: &RecordedProgram) -> String {
    let name = film.sources.first().map_or("a run", |source| source.name.as_str());
    let title = escape(&visible(name));
    let guest = GuestName::find(&program.kind).map_or("", GuestName::name);
    let remark = GuestName::find(&program.kind).map_or("", |guest| guest.syntax().remark);
    let mut data = Reel::default().data(film, output);
    data["title"] = json!(visible(name));
    data["guest"] = json!(guest);
    data["remark"] = json!(remark);
    data["ending"] = json!(ending);
    // Within a script element only `<` could end it, and in JSON it only stands in texts.
    let data = data.to_string().replace('<', "\\u003c");
    let (before, rest) = PAGE.split_once(DATA).unwrap_or((PAGE, ""));
    format!("{}{data}{rest}", before.replace(TITLE, &title))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Everything of a film, each thing only once: texts, scopes and stacks are told by their numbers.
#[derive(Default)]
struct Reel {
    texts: Table<String>,
    scopes: Table<Vec<usize>>,
    stacks: Table<Vec<usize>>,
}

impl Reel {
    fn data(mut self, film: &Film, output: &[u8]) -> Value {
        let cuts: Vec<usize> = film.stills.iter().map(|still| still.output).collect();
        let (output, ends, has_all) = cut_output(output, &cuts);
        let stills: Vec<Value> =
            film.stills.iter().zip(ends).map(|(still, end)| self.still(still, end)).collect();
        let mut room = SOURCES_MAX;
        let sources = film.sources.iter().enumerate().map(|(index, source)| {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            let is_used = film.stills.iter().any(|it| it.place.is_some_and(|it| it.0 == index));
            // What is never shown, and what has no room, is left out.
            let text = if is_used && source.text.len() <= room { source.text.as_str() } else { "" };
            room -= text.len();
            json!({ "name": visible(&source.name), "text": text })
        });
        let remarks = film.remarks.iter().map(|(tick, text)| {
            let index = film.stills.partition_point(|still| still.tick < *tick);
            json!([index.min(film.stills.len() - 1), text])
        });
        json!({
            "sampling": chosen(film.sampling),
            "start": film.start.to_string(),
            "end": film.end.to_string(),
            "sources": sources.collect::<Vec<_>>(),
            "remarks": remarks.collect::<Vec<_>>(),
            "output": output,
            "has_all_output": has_all,
            "stills": stills,
            "texts": self.texts.list,
            "scopes": self.scopes.list,
            "stacks": self.stacks.list,
        })
    }

    /// Tick, source, line, stack, scopes, and how much was written.
    fn still(&mut self, still: &Still, output: usize) -> Value {
        let mut stack = Vec::new();
        for (name, place) in &still.frames {
            stack.push(self.texts.number(name.clone()));
            stack.push(self.texts.number(place.clone()));
        }
        let mut scopes = Vec::new();
        for (name, variables) in &still.scopes {
            let mut scope = vec![self.texts.number(name.clone())];
            for (name, value) in variables {
                scope.push(self.texts.number(name.clone()));
                scope.push(self.texts.number(value.clone()));
            }
            scopes.push(self.scopes.number(scope));
        }
        let (source, line) = match still.place {
            Some((source, line)) => (i64::from(source), line),
            None => (-1, 0),
        };
        json!([tick(still.tick), source, line, self.stacks.number(stack), scopes, output])
    }
}

/// A number where it is one, for that is shorter.
fn tick(tick: Tick) -> Value {
    if tick.steps == 0 { json!(tick.safepoints) } else { json!(tick.to_string()) }
}

/// Different things in the order in which they came up.
struct Table<T> {
    numbers: BTreeMap<T, usize>,
    list: Vec<T>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { numbers: BTreeMap::new(), list: Vec::new() }
    }
}

impl<T: Ord + Clone> Table<T> {
    fn number(&mut self, thing: T) -> usize {
        let next = self.list.len();
        let number = *self.numbers.entry(thing.clone()).or_insert(next);
        if number == next {
            self.list.push(thing);
        }
        number
    }
}

/// The output as text, and where in it each cut is, as scripts count; and whether it is all there.
fn cut_output(output: &[u8], cuts: &[usize]) -> (String, Vec<usize>, bool) {
    let kept = &output[..output.len().min(OUTPUT_MAX)];
    let (mut text, mut length, mut from) = (String::new(), 0, 0);
    let mut ends = Vec::with_capacity(cuts.len());
    for cut in cuts {
        let to = (*cut).clamp(from, kept.len());
        let piece = String::from_utf8_lossy(&kept[from..to]);
        length += piece.encode_utf16().count();
        text.push_str(&piece);
        ends.push(length);
        from = to;
    }
    text.push_str(&String::from_utf8_lossy(&kept[from..]));
    (text, ends, kept.len() == output.len())
}

#[cfg(test)]
mod tests {
    use machine::SourceText;

    use super::*;

    fn film(text: &str) -> Film {
        let still = |tick: u64, output| Still {
            tick: Tick::at(tick),
            place: Some((0, 1)),
            frames: vec![("main".to_owned(), "a:1".to_owned())],
            scopes: vec![("locals".to_owned(), vec![("x".to_owned(), text.to_owned())])],
            output,
        };
        Film {
            stills: vec![still(0, 0), still(1, 3)],
            sources: vec![SourceText { name: text.to_owned(), text: text.to_owned() }],
            start: Tick::ZERO,
            end: Tick::at(1),
            sampling: Sampling::EveryLine,
            remarks: vec![(Tick::at(9), text.to_owned())],
        }
    }

    #[test]
    fn no_text_of_a_program_ends_the_script_or_makes_markup() {
        let evil = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> {{data}}";
        let page = page(&film(evil), evil.as_bytes(), evil, &RecordedProgram::default());
        let markers =
            |text: &str| (text.matches("<script").count(), text.matches("</script").count());
        assert_eq!(markers(&page), markers(PAGE));
        assert!(!page.contains("<img") && !page.contains("alert(1)</"));
        let start = page.find("id=\"data\">").unwrap() + "id=\"data\">".len();
        let end = start + page[start..].find("</script").unwrap();
        let data: Value = serde_json::from_str(&page[start..end]).unwrap();
        assert_eq!(data["sources"][0]["text"], evil);
        assert_eq!(data["output"], evil);
    }

    #[test]
    fn output_is_cut_where_scripts_count_and_equal_things_are_there_once() {
        let (text, ends, has_all) = cut_output("a𝄞b".as_bytes(), &[0, 1, 5, 6]);
        assert_eq!((text.as_str(), ends, has_all), ("a𝄞b", vec![0, 1, 3, 4], true));
        let data = Reel::default().data(&film("same"), b"abc");
        assert_eq!(data["scopes"].as_array().unwrap().len(), 1);
        assert_eq!(data["stills"][1], json!([1, 0, 1, 0, [0], 3]));
        assert_eq!(data["remarks"][0][0], 1);
    }
}
