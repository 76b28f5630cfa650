//! Questions to the whole past: every value of an expression, and printing after the fact.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use machine::{Edit, Inspect, Location, Machine, Probes, SourceText, Tick, Value};
use timeline::{Order, Stretch};

use crate::command::Verb;
use crate::debugger::{Debugger, usage};
use crate::drive::patience;
use crate::error::CommandError;
use crate::look::{TABLE, brief, difference, is_cut, show};
use crate::place::name_place;
use crate::plot::{plot, plot_kinds};
use crate::reply::Reply;
use crate::target::{is_same, probes_of};
use crate::world::World;
use source::visible;

/// Rows of a table on the screen; `--csv` has them all.
const ROWS_MAX: usize = 1_000;
/// Rows that are collected, and lines of a `log`.
const COLLECTED_MAX: usize = 500_000;
const LINES_MAX: usize = 100_000;

/// One value of a history.
#[derive(Clone, Debug)]
struct Row {
    tick: Tick,
    place: String,
    value: Value,
    /// What is told of the value, once it is known what was before.
    said: Option<String>,
    /// Whether the guest showed only the beginning of it.
    is_cut: bool,
}

/// What a history is asked of.
#[derive(Clone, Copy, Debug)]
struct Asked<'e> {
    expression: &'e str,
    /// Whether large values are looked at as a whole.
    is_whole: bool,
}

/// How a history is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Table,
    Plot,
    Csv,
    /// A table that leaves out no rows of tables.
    Whole,
}

impl<M: Machine + Inspect + Edit> Debugger<M> {
    pub(crate) fn history(
        &mut self,
        arguments: &str,
        world: &mut dyn World,
    ) -> Result<Reply, CommandError> {
        let (arguments, form) = form(arguments);
        let (expression, line) = match arguments.rsplit_once(" at ") {
            Some((expression, line)) => (expression.trim(), Some(line.trim())),
            None => (arguments, None),
        };
        if expression.is_empty() || expression.starts_with("--") {
            return Err(usage(Verb::History));
        }
        self.expect_past()?;
        let asked = Asked { expression, is_whole: form == Form::Whole };
        let rows = match line {
            Some(line) => self.values_at(asked, line, world)?,
            None => self.changes(asked, world)?,
        };
        let mut text = match form {
            Form::Table | Form::Whole => table(expression, &rows),
            Form::Csv => csv(&rows),
            Form::Plot => chart(&rows, self.timeline.end())
                .ok_or_else(|| CommandError::NothingToPlot { expression: expression.to_owned() })?,
        };
        if rows.len() >= COLLECTED_MAX {
            let _ =
                writeln!(text, "# these are the first {COLLECTED_MAX} values; there may be more");
        }
        Ok(Reply::text(text))
    }

    pub(crate) fn log(
        &mut self,
        arguments: &str,
        world: &mut dyn World,
    ) -> Result<Reply, CommandError> {
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
        let line = |machine: &M, _: Option<&String>| {
            let mut text = format!("{:>8}  ", machine.tick().to_string());
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
            ControlFlow::Continue(Some(text))
        };
        let (mut text, mut count) = (String::new(), 0);
        self.over_past(&probes, &line, world, &mut |line| {
            if count == LINES_MAX {
                let _ = writeln!(
                    text,
                    "… these are the first {LINES_MAX} passes, and there are more: `break LINE if COND` stops \
                     at some of them, both ways"
                );
                return ControlFlow::Break(());
            }
            count += 1;
            text.push_str(&line);
            ControlFlow::Continue(())
        })?;
        if text.is_empty() {
            text.push_str("the line was never passed\n");
        }
        Ok(Reply::text(text))
    }

    /// The value at every pass of a line.
    fn values_at(
        &mut self,
        asked: Asked<'_>,
        line: &str,
        world: &mut dyn World,
    ) -> Result<Vec<Row>, CommandError> {
        let expression = asked.expression;
        self.machine().dependencies(expression).map_err(CommandError::expression(expression))?;
        let (_, positions) = self.positions(line)?;
        let probes = Probes { breakpoints: positions.into_iter().collect(), ..Probes::none() };
        let sources = self.machine().sources();
        let row =
            |machine: &M, _: Option<&Row>| ControlFlow::Continue(Row::at(machine, asked, &sources));
        let mut rows = Vec::new();
        self.over_past(&probes, &row, world, &mut |row| {
            push(&mut rows, row);
            more_than(rows.len())
        })?;
        Ok(rows)
    }

    /// The value at the start, and every value it changed to.
    fn changes(
        &mut self,
        asked: Asked<'_>,
        world: &mut dyn World,
    ) -> Result<Vec<Row>, CommandError> {
        let expression = asked.expression;
        if self.machine().rests_on(expression).is_some() {
            self.machine().evaluate(expression).map_err(CommandError::expression(expression))?;
            return self.changes_followed(asked, world);
        }
        let start = self.timeline.start();
        let dependencies = self.peek(start, |d| d.machine().dependencies(expression));
        let dependencies = dependencies.map_err(CommandError::expression(expression))?;
        // A local variable is nowhere at the start.
        let here = self.machine().dependencies(expression);
        if !dependencies.is_empty() && here.is_ok_and(|it| it == dependencies) {
            let probes = Probes { watches: dependencies.clone(), ..Probes::none() };
            let rows = self.changes_at(&probes, Some(&dependencies), asked, world)?;
            if let Some(rows) = rows {
                return Ok(rows);
            }
        }
        // What the value depends on moves: look at every step.
        let rows = self.changes_at(&Probes::every_step(), None, asked, world)?;
        Ok(rows.unwrap_or_default())
    }

    /// The same for a value that is followed wherever it moves.
    fn changes_followed(
        &mut self,
        asked: Asked<'_>,
        world: &mut dyn World,
    ) -> Result<Vec<Row>, CommandError> {
        let sources = self.machine().sources();
        let (start, end) = (self.timeline.start(), self.timeline.end());
        let mut rows: Vec<Row> = Vec::new();
        rows.extend(self.peek(start, |d| Row::at(d.machine(), asked, &sources)));
        let look = |stretch: &mut Stretch<'_, M>| {
            let mut seen: Vec<Row> = Vec::new();
            let mut probes = |machine: &M| probes_of(machine, asked.expression);
            stretch.follow(&mut probes, &mut |machine, _| {
                if let Some(here) = Row::at(machine, asked, &sources)
                    && seen.last().is_none_or(|last| !is_same(&last.value, &here.value))
                {
                    push(&mut seen, here);
                }
                ControlFlow::Continue(())
            })?;
            ControlFlow::Continue(seen)
        };
        let mut take = |seen: Vec<Row>| {
            for row in seen {
                // What was told within a stretch is a change already.
                let is_change = row.said.is_some();
                if is_change || rows.last().is_none_or(|last| !is_same(&last.value, &row.value)) {
                    push(&mut rows, row);
                }
            }
            more_than(rows.len())
        };
        let (past, order) = ((start, end), Order::OldestFirst);
        let ended = self.timeline.survey(past, order, &look, &mut take, &mut patience(world));
        ended.continue_value().ok_or(CommandError::Interrupted)?;
        Ok(rows)
    }

    /// The values at the hits that differ from the one before. Nothing if what the value depends on
    /// is found to be something else than `dependencies`.
    fn changes_at(
        &mut self,
        probes: &Probes,
        dependencies: Option<&[Location]>,
        asked: Asked<'_>,
        world: &mut dyn World,
    ) -> Result<Option<Vec<Row>>, CommandError> {
        let sources = self.machine().sources();
        let has_shifted = |machine: &M| {
            let found = machine.dependencies(asked.expression);
            dependencies.is_some_and(|known| found.is_ok_and(|found| found != known))
        };
        let change = |machine: &M, last: Option<&Change>| {
            if has_shifted(machine) {
                return ControlFlow::Break(Change::Shift);
            }
            let seen = Row::at(machine, asked, &sources).map(Change::To);
            let seen = seen.unwrap_or_else(|| Change::Unseen(machine.tick()));
            ControlFlow::Continue(
                Some(seen).filter(|it| !last.is_some_and(|last| last.is_same(it))),
            )
        };
        let (mut changes, mut is_shifting): (Vec<Change>, _) = (Vec::new(), false);
        self.over_past(probes, &change, world, &mut |change| {
            is_shifting = matches!(change, Change::Shift);
            if is_shifting {
                return ControlFlow::Break(());
            }
            match changes.last_mut() {
                Some(last @ Change::Unseen(_)) if matches!(change, Change::Unseen(_)) => {
                    *last = change;
                }
                Some(last) if last.is_same(&change) => {}
                _ => changes.push(change),
            }
            more_than(changes.len())
        })?;
        if is_shifting {
            return Ok(None);
        }
        // Where every step was looked at, a value is seen as soon as there is one.
        let mut unseen = None;
        let mut rows: Vec<Row> = Vec::new();
        for change in changes {
            match change {
                Change::To(row) => {
                    if let Some(from) = unseen.take().filter(|_| dependencies.is_some()) {
                        self.push_first_seen(asked, (from, row.tick), &mut rows, world)?;
                    }
                    if rows.last().is_none_or(|last| !is_same(&last.value, &row.value)) {
                        push(&mut rows, row);
                    }
                }
                Change::Unseen(tick) => unseen = Some(tick),
                Change::Shift => {}
            }
        }
        if let Some(from) = unseen.filter(|_| dependencies.is_some()) {
            let end = Tick::at(self.timeline.end().safepoints.saturating_add(1));
            self.push_first_seen(asked, (from, end), &mut rows, world)?;
        }
        Ok(Some(rows))
    }

    /// Adds the first moment within a stretch at which the expression has a value, if it has one at its
    /// end. What it depends on does not change there; the name comes into being, such as that of a
    /// variable that is set before it can be seen.
    fn push_first_seen(
        &mut self,
        asked: Asked<'_>,
        (from, to): (Tick, Tick),
        rows: &mut Vec<Row>,
        world: &mut dyn World,
    ) -> Result<(), CommandError> {
        let sources = self.machine().sources();
        let here = self.timeline.now();
        let (mut unseen, mut seen) = (from.safepoints, to.safepoints.saturating_sub(1));
        let (mut at, mut found) = (seen, None);
        while unseen < seen {
            self.timeline.goto(Tick::at(at));
            match Row::at(self.machine(), asked, &sources) {
                Some(row) => (seen, found) = (at, Some(row)),
                None => unseen = at,
            }
            at = unseen + (seen - unseen) / 2;
            if at == unseen || world.is_interrupted() {
                break;
            }
        }
        let is_interrupted = unseen + 1 < seen;
        self.timeline.goto(here.tick);
        if is_interrupted {
            return Err(CommandError::Interrupted);
        }
        if let Some(row) = found
            && rows.last().is_none_or(|last| !is_same(&last.value, &row.value))
        {
            push(rows, row);
        }
        Ok(())
    }

    /// Visits the start and every hit from there to the end of what is known. What `look` makes of
    /// them is handed over in order; it is told what it made last in the same stretch, and breaks off
    /// where the rest of a stretch does not matter.
    fn over_past<T: Send>(
        &mut self,
        probes: &Probes,
        look: &(impl Fn(&M, Option<&T>) -> ControlFlow<T, Option<T>> + Sync),
        world: &mut dyn World,
        take: &mut dyn FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), CommandError> {
        let (start, end) = (self.timeline.start(), self.timeline.end());
        let is_wanted = probes.breakpoints.is_empty();
        let first = self.peek(start, |debugger| {
            let machine = debugger.machine();
            let is_hit = probes.breakpoints.contains(&machine.position());
            if is_wanted || is_hit { look(machine, None) } else { ControlFlow::Continue(None) }
        });
        let (ControlFlow::Break(first) | ControlFlow::Continue(first)) = first.map_break(Some);
        if first.is_some_and(|first| take(first).is_break()) {
            return Ok(());
        }
        let look = |stretch: &mut Stretch<'_, M>| {
            let mut seen: Vec<T> = Vec::new();
            if stretch.may_hit(probes) {
                stretch.run(probes, &mut |machine, _| {
                    let flow = look(machine, seen.last());
                    let is_over = flow.is_break();
                    let (ControlFlow::Break(one) | ControlFlow::Continue(one)) =
                        flow.map_break(Some);
                    seen.extend(one);
                    if is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                })?;
            }
            ControlFlow::Continue(seen)
        };
        let mut take = |seen: Vec<T>| seen.into_iter().try_for_each(&mut *take);
        let (past, order) = ((start, end), Order::OldestFirst);
        let ended = self.timeline.survey(past, order, &look, &mut take, &mut patience(world));
        ended.continue_value().ok_or(CommandError::Interrupted)
    }

    fn expect_past(&self) -> Result<(), CommandError> {
        if self.timeline.start() == self.timeline.end() {
            Err(CommandError::NoPast)
        } else {
            Ok(())
        }
    }
}

impl Row {
    /// The value at the present moment, if there is one.
    fn at<M: Machine + Inspect>(
        machine: &M,
        asked: Asked<'_>,
        sources: &[SourceText],
    ) -> Option<Self> {
        let Asked { expression, is_whole } = asked;
        let value = if is_whole {
            machine.evaluate_whole(expression)
        } else {
            machine.evaluate(expression)
        };
        let value = value.ok()?;
        let place = name_place(machine, sources, machine.position());
        let is_cut = value.kind == TABLE && value.text.lines().last().is_some_and(is_cut);
        Some(Self { tick: machine.tick(), place, value, said: None, is_cut })
    }
}

/// What is seen of a value that is watched.
#[derive(Clone, Debug)]
enum Change {
    To(Row),
    /// There is none here.
    Unseen(Tick),
    /// It depends on something else now.
    Shift,
}

impl Change {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::To(a), Self::To(b)) => a.value == b.value,
            (Self::Shift, Self::Shift) => true,
            (Self::To(_) | Self::Unseen(_) | Self::Shift, _) => false,
        }
    }
}

/// Whether to go on after so many rows.
const fn more_than(count: usize) -> ControlFlow<()> {
    if count < COLLECTED_MAX { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

/// Puts a row behind others. It is told what has changed; of tables in between only that is kept, as
/// they may be large.
fn push(rows: &mut Vec<Row>, mut row: Row) {
    let first = rows.len() <= 1;
    if let Some(last) = rows.last_mut().filter(|last| last.value.kind == TABLE) {
        row.said.get_or_insert_with(|| cell(&row.value, Some(&last.value)));
        if !first {
            let end = last.value.text.find('\n').unwrap_or(last.value.text.len());
            last.value.text.truncate(end);
        }
    }
    rows.push(row);
}

/// A chart of the numbers, which says what it leaves out; where there are none, of the other values.
fn chart(rows: &[Row], end: Tick) -> Option<String> {
    let number = |row: &Row| row.value.number.filter(|number| number.is_finite());
    let points: Vec<_> = rows.iter().filter_map(|row| Some((row.tick, number(row)?))).collect();
    if points.is_empty() {
        let kinds: Vec<_> = rows.iter().map(|row| (row.tick, brief(&row.value))).collect();
        return plot_kinds(&kinds, end);
    }
    let mut text = plot(&points, end)?;
    let left_out = rows.len() - points.len();
    if left_out > 0 {
        let first = rows.iter().find(|row| number(row).is_none());
        let first = first.map(|row| brief(&row.value)).unwrap_or_default();
        let values = if left_out == 1 { "value is" } else { "values are" };
        let _ = writeln!(text, "{left_out} {values} no finite number and left out, first {first}");
    }
    Some(text)
}

/// Splits a trailing `--plot`, `--csv` or `--all` off.
fn form(arguments: &str) -> (&str, Form) {
    for (option, form) in [("--plot", Form::Plot), ("--csv", Form::Csv), ("--all", Form::Whole)] {
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
        let value = row.said.clone().unwrap_or_else(|| brief(&row.value));
        let _ = writeln!(text, "{tick:>8}  {:width$}  {value}", row.place);
    }
    if rows.len() > ROWS_MAX {
        let _ = writeln!(text, "… {} more; --csv shows them all", rows.len() - ROWS_MAX);
    }
    if rows.iter().any(|row| row.is_cut) {
        text.push_str("only the first rows of the table were looked at; --all looks at all\n");
    }
    text
}

/// A value in a line of a table; of a table of its own, how many rows it has, and what has changed.
fn cell(value: &Value, before: Option<&Value>) -> String {
    let (Some(before), TABLE) = (before, value.kind.as_str()) else { return brief(value) };
    let said = match difference(before, value) {
        (gone, came) if gone.is_empty() && came.is_empty() => return brief(value),
        (gone, came) if gone.is_empty() => format!("+ {came}"),
        (gone, came) if came.is_empty() => format!("- {gone}"),
        (gone, came) => format!("{gone} → {came}"),
    };
    if before.kind == TABLE { format!("{}: {said}", brief(value)) } else { brief(value) }
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
        // Of a table, how many rows it has, and what has changed.
        let is_table = row.value.kind == TABLE;
        let told = is_table.then(|| row.said.clone().unwrap_or_else(|| brief(&row.value)));
        let value = told.as_ref().unwrap_or(&row.value.text);
        let _ = writeln!(text, "{},{},{}", row.tick, quote(&row.place), quote(value));
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
