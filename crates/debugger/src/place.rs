//! Places in the program as a user writes them: lines, and names of functions.

use machine::{CodePosition, Edit, Inspect, Machine, Place, SourceText};

use crate::debugger::Debugger;
use crate::error::CommandError;

impl<M: Machine + Inspect + Edit> Debugger<M> {
    /// Reads `FILE:LINE` or `LINE`, where the file is the one that time stands in.
    pub(crate) fn line(&self, text: &str) -> Result<Option<Place>, CommandError> {
        let machine = self.machine();
        let sources = machine.sources();
        let (source, line) = match text.rsplit_once(':') {
            Some((file, line)) if line.trim().parse::<u32>().is_ok() => {
                let no_code = || CommandError::NoCode {
                    place: text.to_owned(),
                    nearest: nearest_file(&sources, file),
                };
                (find_source(&sources, file.trim()).ok_or_else(no_code)?, line.trim())
            }
            _ => {
                let here = machine.place(machine.position());
                (here.map_or(0, |place| place.source), text.trim())
            }
        };
        Ok(line.parse().ok().map(|line| Place { source, line }))
    }

    /// The positions that `FILE:LINE`, `LINE` or `FUNCTION` means. A line without code means the
    /// next one that has some.
    pub(crate) fn positions(
        &self,
        text: &str,
    ) -> Result<(String, Vec<CodePosition>), CommandError> {
        match self.line(text)? {
            Some(place) => self.positions_from(place),
            None => self.positions_of(text),
        }
    }

    /// The positions where a function or label begins.
    pub(crate) fn positions_of(
        &self,
        name: &str,
    ) -> Result<(String, Vec<CodePosition>), CommandError> {
        let machine = self.machine();
        let names = machine.names();
        let nearest = || source::nearest(name, names.iter().map(String::as_str)).map(str::to_owned);
        let no_code = || CommandError::NoCode { place: name.to_owned(), nearest: nearest() };
        let position = machine.position_of_name(name).ok_or_else(no_code)?;
        Ok((name.to_owned(), vec![position]))
    }

    /// The positions of a line, or of the next one that has some.
    pub(crate) fn positions_from(
        &self,
        asked: Place,
    ) -> Result<(String, Vec<CodePosition>), CommandError> {
        let machine = self.machine();
        let sources = machine.sources();
        let source = usize::try_from(asked.source).ok().and_then(|index| sources.get(index));
        let source = source.ok_or(CommandError::NoSource)?;
        let last = u32::try_from(source.text.lines().count()).unwrap_or(u32::MAX);
        let last = if source.text.is_empty() { asked.line.saturating_add(64) } else { last };
        if asked.line == 0 || asked.line > last {
            return Err(CommandError::NoLine { name: source.name.clone(), line: asked.line });
        }
        let lines = (asked.line..=last).map(|line| Place { line, ..asked });
        let found = lines.map(|place| (place, machine.positions_of_line(place)));
        let found = found.into_iter().find(|(_, positions)| !positions.is_empty());
        let no_code = || {
            let place = format!("{}:{}", source.name, asked.line);
            CommandError::NoCode { place, nearest: None }
        };
        let (place, positions) = found.ok_or_else(no_code)?;
        Ok((format!("{}:{}", source.name, place.line), positions))
    }

    /// Where time stands, as `file:line`, or as the nearest name, or as a number.
    #[must_use]
    pub fn place_here(&self) -> String {
        self.name_place(self.machine().position())
    }

    /// A position as `file:line`, or as the nearest name, or as a number.
    pub(crate) fn name_place(&self, position: CodePosition) -> String {
        let machine = self.machine();
        name_place(machine, &machine.sources(), position)
    }
}

/// The same for any machine; `sources` are its own.
pub(crate) fn name_place(
    machine: &impl Inspect,
    sources: &[SourceText],
    position: CodePosition,
) -> String {
    let place = machine.place(position);
    let source = place.and_then(|place| sources.get(usize::try_from(place.source).ok()?));
    if let (Some(place), Some(source)) = (place, source) {
        return format!("{}:{}", source.name, place.line);
    }
    match machine.name_of_position(position) {
        Some((name, 0)) => name,
        Some((name, distance)) => format!("{name}+{distance}"),
        None => format!("@{}", position.0),
    }
}

/// The source of this name, or the only one whose path ends in it.
fn find_source(sources: &[SourceText], name: &str) -> Option<u32> {
    let exact = sources.iter().position(|source| source.name == name);
    let ends = |source: &SourceText| {
        source.name.strip_suffix(name).is_some_and(|before| before.ends_with(['/', '\\']))
    };
    let found = exact.or_else(|| {
        let mut matches = (0..sources.len()).filter(|index| ends(&sources[*index]));
        let first = matches.next();
        first.filter(|_| matches.next().is_none())
    });
    found.and_then(|index| u32::try_from(index).ok())
}

fn nearest_file(sources: &[SourceText], name: &str) -> Option<String> {
    source::nearest(name, sources.iter().map(|source| source.name.as_str())).map(str::to_owned)
}
