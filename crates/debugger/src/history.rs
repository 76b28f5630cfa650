//! Questions to the whole past: every value of an expression, and printing after the fact.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use machine::{Edit, Inspect, Machine, Probes, Tick, Value};

use crate::command::Verb;
use crate::debugger::{Debugger, usage};
use crate::error::CommandError;
use crate::look::show;
use crate::place::name_place;
use crate::plot::plot;
use crate::reply::Reply;
use source::visible;

/// Rows of a table on the screen; `--csv` has them all.
const ROWS_MAX: usize = 1_000;

/// One value of a history.
#[derive(Clone, Debug)]
struct Row {
    tick: Tick,
    place: String,
    value: Value,
}

/// How a history is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Table,
    Plot,
    Csv,
}

impl<M: Machine + Inspect + Edit> Debugger<M> {
    pub(crate) fn history(&mut self, arguments: &str) -> Result<Reply, CommandError> {
        let (arguments, form) = form(arguments);
        let (expression, line) = match arguments.rsplit_once(" at ") {
            Some((expression, line)) => (expression.trim(), Some(line.trim())),
            None => (arguments, None),
        };
        if expression.is_empty() || expression.starts_with("--") {
            return Err(usage(Verb::History));
        }
        self.expect_past()?;
        let rows = match line {
            Some(line) => self.values_at(expression, line)?,
            None => self.changes(expression)?,
        };
        match form {
            Form::Table => Ok(Reply::text(table(expression, &rows))),
            Form::Csv => Ok(Reply::text(csv(&rows))),
            Form::Plot => {
                let points = rows.iter().filter_map(|row| Some((row.tick, row.value.number?)));
                let points: Vec<_> = points.collect();
                plot(&points, self.timeline.end()).map(Reply::text).ok_or_else(|| {
                    CommandError::NothingToPlot { expression: expression.to_owned() }
                })
            }
        }
    }

    pub(crate) fn log(&mut self, arguments: &str) -> Result<Reply, CommandError> {
        let (line, template) =
            arguments.split_once(char::is_whitespace).ok_or_else(|| usage(Verb::Log))?;
        let template = template.trim();
        let inner = template.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let pieces = pieces(inner.unwrap_or(template)).ok_or_else(|| usage(Verb::Log))?;
        for (_, expression) in &pieces {
            if let Some(expression) = expression {
                self.machine()
                    .dependencies(expression)
                    .map_err(CommandError::expression(expression))?;
            }
        }
        self.expect_past()?;
        let (_, positions) = self.positions(line)?;
        let probes = Probes { breakpoints: positions.into_iter().collect(), ..Probes::none() };
        let mut text = String::new();
        let mut count = 0_usize;
        self.over_past(&probes, &mut |machine| {
            count += 1;
            let _ = write!(text, "{:>8}  ", machine.tick().to_string());
            for (words, expression) in &pieces {
                text.push_str(&visible(words));
                if let Some(expression) = expression {
                    match machine.evaluate(expression) {
                        Ok(value) => text.push_str(&show(&value)),
                        Err(error) => {
                            let _ = write!(text, "<{error}>");
                        }
                    }
                }
            }
            text.push('\n');
            ControlFlow::Continue(())
        });
        if count == 0 {
            text.push_str("the line was never passed\n");
        }
        Ok(Reply::text(text))
    }

    /// The value at every pass of a line.
    fn values_at(&mut self, expression: &str, line: &str) -> Result<Vec<Row>, CommandError> {
        self.machine().dependencies(expression).map_err(CommandError::expression(expression))?;
        let (_, positions) = self.positions(line)?;
        let probes = Probes { breakpoints: positions.into_iter().collect(), ..Probes::none() };
        let sources = self.machine().sources();
        let mut rows = Vec::new();
        self.over_past(&probes, &mut |machine| {
            if let Ok(value) = machine.evaluate(expression) {
                let place = name_place(machine, &sources, machine.position());
                rows.push(Row { tick: machine.tick(), place, value });
            }
            ControlFlow::Continue(())
        });
        Ok(rows)
    }

    /// The value at the start, and every value it changed to.
    fn changes(&mut self, expression: &str) -> Result<Vec<Row>, CommandError> {
        let start = self.timeline.start();
        let dependencies = self.peek(start, |d| d.machine().dependencies(expression));
        let dependencies = dependencies.map_err(CommandError::expression(expression))?;
        let probes = Probes { watches: dependencies.clone(), ..Probes::none() };
        // A local variable is nowhere at the start.
        let here = self.machine().dependencies(expression);
        let mut has_shifted = dependencies.is_empty() || here.is_ok_and(|it| it != dependencies);
        let mut rows = Rows::new(expression, self.machine().sources());
        if !has_shifted {
            self.over_past(&probes, &mut |machine| {
                rows.take(machine);
                let found = machine.dependencies(expression);
                has_shifted = found.is_ok_and(|found| found != dependencies);
                if has_shifted { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
        }
        if has_shifted {
            // What the value depends on moves: look at every step.
            rows = Rows::new(expression, self.machine().sources());
            self.over_past(&Probes::every_step(), &mut |machine| {
                rows.take(machine);
                ControlFlow::Continue(())
            });
        }
        Ok(rows.list)
    }

    /// Visits the start and every hit from there to the end of what is known.
    fn over_past(&mut self, probes: &Probes, visit: &mut dyn FnMut(&M) -> ControlFlow<()>) {
        let (start, end) = (self.timeline.start(), self.timeline.end());
        let is_wanted = probes.breakpoints.is_empty();
        let goes_on = self.peek(start, |debugger| {
            let machine = debugger.machine();
            let is_hit = probes.breakpoints.contains(&machine.position());
            !(is_wanted || is_hit) || visit(machine).is_continue()
        });
        if goes_on {
            self.timeline.each(start, end, probes, &mut |machine, _| visit(machine));
        }
    }

    fn expect_past(&self) -> Result<(), CommandError> {
        if self.timeline.start() == self.timeline.end() {
            Err(CommandError::NoPast)
        } else {
            Ok(())
        }
    }
}

/// Gathers the values that differ from the one before.
struct Rows<'a> {
    expression: &'a str,
    sources: Vec<machine::SourceText>,
    list: Vec<Row>,
}

impl<'a> Rows<'a> {
    fn new(expression: &'a str, sources: Vec<machine::SourceText>) -> Self {
        Self { expression, sources, list: Vec::new() }
    }

    fn take<M: Machine + Inspect>(&mut self, machine: &M) {
        let Ok(value) = machine.evaluate(self.expression) else { return };
        if self.list.last().is_some_and(|last| last.value == value) {
            return;
        }
        let place = name_place(machine, &self.sources, machine.position());
        self.list.push(Row { tick: machine.tick(), place, value });
    }
}

/// Splits a trailing `--plot` or `--csv` off.
fn form(arguments: &str) -> (&str, Form) {
    for (option, form) in [("--plot", Form::Plot), ("--csv", Form::Csv)] {
        if let Some(rest) = arguments.strip_suffix(option) {
            return (rest.trim(), form);
        }
    }
    (arguments, Form::Table)
}

fn table(expression: &str, rows: &[Row]) -> String {
    if rows.is_empty() {
        return "no values".to_owned();
    }
    let width = rows.iter().take(ROWS_MAX).map(|row| row.place.chars().count()).max().unwrap_or(0);
    let width = width.max("before".len());
    let mut text = format!("{:>8}  {:width$}  {expression}\n", "tick", "before");
    for row in rows.iter().take(ROWS_MAX) {
        let tick = row.tick.to_string();
        let _ = writeln!(text, "{tick:>8}  {:width$}  {}", row.place, show(&row.value));
    }
    if rows.len() > ROWS_MAX {
        let _ = writeln!(text, "… {} more; --csv shows them all", rows.len() - ROWS_MAX);
    }
    text
}

fn csv(rows: &[Row]) -> String {
    let quote = |text: &str| {
        if text.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let mut text = String::from("tick,place,value\n");
    for row in rows {
        let _ = writeln!(text, "{},{},{}", row.tick, quote(&row.place), quote(&row.value.text));
    }
    text
}

/// `"a {x} b"` as words, each perhaps followed by an expression. `{{` and `}}` stand for braces.
fn pieces(template: &str) -> Option<Vec<(String, Option<String>)>> {
    let mut pieces = Vec::new();
    let mut words = String::new();
    let mut characters = template.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '{' | '}' if characters.peek() == Some(&character) => {
                characters.next();
                words.push(character);
            }
            '{' => {
                let mut expression = String::new();
                loop {
                    match characters.next()? {
                        '}' => break,
                        other => expression.push(other),
                    }
                }
                let expression = expression.trim().to_owned();
                if expression.is_empty() {
                    return None;
                }
                pieces.push((std::mem::take(&mut words), Some(expression)));
            }
            '}' => return None,
            other => words.push(other),
        }
    }
    pieces.push((words, None));
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_words_and_expressions() {
        let some = |text: &str| Some(text.to_owned());
        let found = pieces("a = {a} {{x}}");
        let expected = vec![("a = ".to_owned(), some("a")), (" {x}".to_owned(), None)];
        assert_eq!(found, Some(expected));
        for wrong in ["{", "{a", "}", "{}", "{ }"] {
            assert_eq!(pieces(wrong), None, "{wrong}");
        }
    }
}
