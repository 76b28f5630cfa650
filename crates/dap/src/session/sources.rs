//! The program's source texts, and how client and debugger call them.

use machine::{Edit, Inspect, Machine, Place, SourceText};
use serde_json::{Value, json};

use super::{Answered, Debuggee, Host};
use crate::from_dap::{BreakpointLocations, NamedSource, WantedSource};

/// The most lines that are searched for code at once.
const LINES_MAX: u32 = 10_000;

/// A text, and where the client finds it.
#[derive(Debug)]
struct Known {
    name: String,
    /// The file that has just this text; the client asks for the text where there is none.
    path: Option<String>,
}

/// All texts of a program.
#[derive(Debug, Default)]
pub(super) struct Sources(Vec<Known>);

impl Sources {
    pub(super) fn of<M: Machine>(machine: &impl Inspect, host: &impl Host<M>) -> Self {
        let known =
            |source: &SourceText| Known { name: source.name.clone(), path: host.path_of(source) };
        Self(machine.sources().iter().map(known).collect())
    }

    /// A text as the client is told of it.
    pub(super) fn one(&self, index: u32) -> Value {
        let Some(known) = usize::try_from(index).ok().and_then(|index| self.0.get(index)) else {
            return json!({ "name": "(no source)" });
        };
        let name = known.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = source::visible(name);
        match &known.path {
            Some(path) => json!({ "name": name, "path": path }),
            None => json!({
                "name": name,
                "path": known.name,
                "sourceReference": i64::from(index) + 1,
            }),
        }
    }

    pub(super) fn all(&self) -> Value {
        let count = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        json!({ "sources": (0..count).map(|index| self.one(index)).collect::<Vec<_>>() })
    }

    /// Which text the client means.
    pub(super) fn find(&self, named: &NamedSource) -> Result<u32, String> {
        let count = i64::try_from(self.0.len()).unwrap_or(i64::MAX);
        if let Some(reference) = named.source_reference.filter(|it| (1..=count).contains(it)) {
            return Ok(u32::try_from(reference - 1).unwrap_or(u32::MAX));
        }
        let asked = named.path.as_ref().or(named.name.as_ref());
        let asked = asked.ok_or("a source has a `path` or a `sourceReference`")?;
        let is_exact = |known: &Known| known.path.as_ref() == Some(asked) || known.name == *asked;
        // One may call it by a longer path than the other, if only one text can be meant.
        let ends = |long: &str, short: &str| {
            long.strip_suffix(short).is_some_and(|before| before.ends_with(['/', '\\']))
        };
        let is_like = |known: &Known| ends(asked, &known.name) || ends(&known.name, asked);
        let exact = self.0.iter().position(is_exact);
        let found = exact.or_else(|| {
            let mut alike = (0..self.0.len()).filter(|index| is_like(&self.0[*index]));
            alike.next().filter(|_| alike.next().is_none())
        });
        found
            .and_then(|index| u32::try_from(index).ok())
            .ok_or_else(|| format!("{} is no source text of this program", source::visible(asked)))
    }
}

impl<M, H> Debuggee<M, H>
where
    M: Machine + Inspect + Edit,
    H: Host<M>,
{
    /// A line as the client counts them.
    pub(super) fn to_line(&self, line: u32) -> i64 {
        i64::from(line) - 1 + self.first_line
    }

    /// The place that the client means.
    pub(super) fn place_of(&self, named: &NamedSource, line: i64) -> Result<Place, String> {
        let source = self.sources.find(named)?;
        let line = line.checked_sub(self.first_line).and_then(|line| line.checked_add(1));
        let line = line.and_then(|line| u32::try_from(line).ok()).filter(|line| *line > 0);
        Ok(Place { source, line: line.ok_or("there is no such line")? })
    }

    pub(super) fn source(&self, wanted: &WantedSource) -> Answered {
        let reference = wanted.source.source_reference.unwrap_or(wanted.source_reference);
        let named = NamedSource { source_reference: Some(reference), ..wanted.source.clone() };
        let index = usize::try_from(self.sources.find(&named)?).unwrap_or(usize::MAX);
        let text = self.debugger.machine().sources().into_iter().nth(index).map(|it| it.text);
        match text.filter(|text| !text.is_empty()) {
            Some(text) => Ok(json!({ "content": text })),
            None => Err("the program carries no source text".to_owned()),
        }
    }

    pub(super) fn breakpoint_locations(&self, wanted: &BreakpointLocations) -> Answered {
        let first = self.place_of(&wanted.source, wanted.line)?;
        let last = self.place_of(&wanted.source, wanted.end_line.unwrap_or(wanted.line))?;
        let last = last.line.min(first.line.saturating_add(LINES_MAX));
        let has_code = |line: &u32| {
            !self.debugger.machine().positions_of_line(Place { line: *line, ..first }).is_empty()
        };
        let lines = (first.line..=last).filter(has_code);
        let lines: Vec<Value> = lines.map(|line| json!({ "line": self.to_line(line) })).collect();
        Ok(json!({ "breakpoints": lines }))
    }
}
