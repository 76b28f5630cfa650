//! Two runs held against each other: where they first differ, how each ends, and what they print.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use debugger::{Comparison, LINES_MAX, LineMoment, compare_runs};
use machine::{Inspect, Machine, Place, SourceText, Tick};
use serde_json::json;
use similar::{ChangeTag, DiffOp, TextDiff};
use source::visible;
use timeline::Timeline;

use crate::error::CliError;
use crate::progress::Progress;

/// Lines of a difference of outputs that are shown.
const SHOWN_MAX: usize = 200;

/// Lines around what differs.
const CONTEXT: usize = 2;

/// How two runs differ.
#[derive(Debug)]
pub(crate) struct Difference {
    comparison: Comparison,
    /// When and how each has ended.
    ends: [(Tick, String); 2],
    /// `+`, `-` or blank, and a line.
    lines: Vec<(char, String)>,
    lines_left_out: usize,
    is_same_output: bool,
}

impl Difference {
    /// Compares two runs from the moments given on. `ends` says how each has ended.
    ///
    /// # Errors
    /// Ctrl-C came first.
    pub(crate) fn of<M: Machine + Inspect>(
        (first, from): (&mut Timeline<M>, Tick),
        (second, second_from): (&mut Timeline<M>, Tick),
        ends: [String; 2],
        progress: &mut Progress,
    ) -> Result<Self, CliError> {
        let map = LineMap::new(&first.machine().sources(), &second.machine().sources());
        let ticks = [first.end(), second.end()];
        let output = |timeline: &mut Timeline<M>| {
            timeline.goto(timeline.end());
            String::from_utf8_lossy(&timeline.outputs().output).into_owned()
        };
        let outputs = [output(first), output(second)];
        let comparison = compare_runs(
            (first, from),
            (second, second_from),
            &|place| map.forward(place),
            &|place| map.has_origin(place),
            &mut progress.until_interrupted(),
        );
        progress.end();
        let comparison = comparison.continue_value().ok_or(CliError::Interrupted)?;
        let [a, b] = ends;
        let (lines, lines_left_out) = changes(&outputs[0], &outputs[1]);
        Ok(Self {
            comparison,
            ends: [(ticks[0], a), (ticks[1], b)],
            lines,
            lines_left_out,
            is_same_output: outputs[0] == outputs[1],
        })
    }

    /// The moment in the second run at which it first differs.
    pub(crate) fn tick(&self) -> Option<Tick> {
        match &self.comparison {
            Comparison::Diverge(found) => found.second.as_ref().map(|moment| moment.tick),
            Comparison::Same | Comparison::SameSoFar => None,
        }
    }

    /// In words; `names` are those of the two runs.
    pub(crate) fn render(&self, names: [&str; 2]) -> String {
        let mut text = String::new();
        let width = names.map(|name| name.chars().count()).into_iter().max().unwrap_or(0) + 1;
        let [first, second] = names.map(|name| format!("{:width$}", format!("{name}:")));
        match &self.comparison {
            Comparison::Same => text.push_str("the same lines are run, with the same values\n"),
            Comparison::SameSoFar => {
                let _ = writeln!(text, "the first {LINES_MAX} lines are the same");
            }
            Comparison::Diverge(found) => {
                let what = if found.variables.is_empty() {
                    "control goes elsewhere"
                } else {
                    "values differ"
                };
                let _ = writeln!(text, "first difference: {what}");
                let side = |name: &str, moment: &Option<LineMoment>| match moment {
                    Some(moment) => {
                        format!("  {name} tick {}, {}\n", moment.tick, moment.place_name)
                    }
                    None => format!("  {name} is over\n"),
                };
                text.push_str(&side(&first, &found.first));
                text.push_str(&side(&second, &found.second));
                for (name, a, b) in &found.variables {
                    let _ = writeln!(text, "  {}: {a} | {b}", visible(name));
                }
            }
        }
        text.push_str("ends\n");
        for (name, (tick, how)) in [&first, &second].into_iter().zip(&self.ends) {
            let _ = writeln!(text, "  {name} tick {tick}, {how}");
        }
        if self.is_same_output {
            text.push_str("the output is the same\n");
            return text;
        }
        text.push_str("output\n");
        for (sign, line) in &self.lines {
            let _ = writeln!(text, "{}", format!("  {sign} {line}").trim_end());
        }
        if self.lines_left_out > 0 {
            let _ = writeln!(text, "  … {} lines more", self.lines_left_out);
        }
        text
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        let moment = |moment: &Option<LineMoment>| {
            moment.as_ref().map(
                |moment| json!({ "tick": moment.tick.to_string(), "place": moment.place_name }),
            )
        };
        let divergence = match &self.comparison {
            Comparison::Same | Comparison::SameSoFar => serde_json::Value::Null,
            Comparison::Diverge(found) => {
                let values = found
                    .variables
                    .iter()
                    .map(|(name, a, b)| json!({ "name": name, "recorded": a, "changed": b }));
                json!({
                    "recorded": moment(&found.first),
                    "changed": moment(&found.second),
                    "values": values.collect::<Vec<_>>(),
                })
            }
        };
        let end = |(tick, how): &(Tick, String)| json!({ "tick": tick.to_string(), "ending": how });
        let lines = self.lines.iter().map(|(sign, line)| format!("{sign} {line}"));
        json!({
            "divergence": divergence,
            "is_complete": self.comparison != Comparison::SameSoFar,
            "recorded": end(&self.ends[0]),
            "changed": end(&self.ends[1]),
            "same_output": self.is_same_output,
            "output": lines.collect::<Vec<_>>(),
            "output_lines_left_out": self.lines_left_out,
        })
    }
}

/// The lines that two texts do not share, with some around them.
fn changes(before: &str, after: &str) -> (Vec<(char, String)>, usize) {
    let difference = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    for (index, group) in difference.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            lines.push((' ', "⋮".to_owned()));
        }
        for change in group.iter().flat_map(|op| difference.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            lines.push((sign, visible(change.value().trim_end_matches('\n'))));
        }
    }
    let left_out = lines.len().saturating_sub(SHOWN_MAX);
    lines.truncate(SHOWN_MAX);
    (lines, left_out)
}

/// Which line of a changed program is which of the first.
struct LineMap {
    forward: BTreeMap<Place, Place>,
    backward: BTreeMap<Place, Place>,
    /// Sources without text have nothing to compare: lines are what they were.
    is_identity: bool,
}

impl LineMap {
    fn new(before: &[SourceText], after: &[SourceText]) -> Self {
        let mut map = Self {
            forward: BTreeMap::new(),
            backward: BTreeMap::new(),
            is_identity: before == after || before.iter().all(|source| source.text.is_empty()),
        };
        if map.is_identity {
            return map;
        }
        for (index, source) in before.iter().enumerate() {
            let same_name = after.iter().position(|other| other.name == source.name);
            // The file may have another name now: then it stands where the first one stood.
            let other = same_name.or_else(|| {
                let is_new = |other: &SourceText| !before.iter().any(|it| it.name == other.name);
                after.get(index).filter(|other| is_new(other)).map(|_| index)
            });
            if let Some(other) = other {
                map.add((index, source), (other, &after[other]));
            }
        }
        map
    }

    fn add(&mut self, (a, before): (usize, &SourceText), (b, after): (usize, &SourceText)) {
        let place = |source: usize, index: usize| {
            let line = u32::try_from(index + 1).ok()?;
            Some(Place { source: u32::try_from(source).ok()?, line })
        };
        let difference = TextDiff::from_lines(&before.text, &after.text);
        for op in difference.ops() {
            let (old, new, count) = match *op {
                DiffOp::Equal { old_index, new_index, len } => (old_index, new_index, len),
                // Lines in place of others are taken for the same, as far as there are as many.
                DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                    (old_index, new_index, old_len.min(new_len))
                }
                DiffOp::Delete { .. } | DiffOp::Insert { .. } => continue,
            };
            for index in 0..count {
                if let (Some(old), Some(new)) = (place(a, old + index), place(b, new + index)) {
                    self.forward.insert(old, new);
                    self.backward.insert(new, old);
                }
            }
        }
    }

    fn forward(&self, place: Place) -> Option<Place> {
        if self.is_identity { Some(place) } else { self.forward.get(&place).copied() }
    }

    fn has_origin(&self, place: Place) -> bool {
        self.is_identity || self.backward.contains_key(&place)
    }
}
