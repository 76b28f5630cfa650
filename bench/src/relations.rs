//! Relations: programs in Palindrome and the store beneath them, beside SQLite, DuckDB and datafrog;
//! searches beside SWI-Prolog.
//!
//! Every side does the same on the same rows, and what it computed is compared before its time counts.

mod duck;
mod durable;
mod past;
mod paths;
mod program;
mod search;
mod sqlite;
mod store;

use std::time::Duration;

use crate::Failure;
use crate::measure::{median, nanoseconds, shown};
use crate::report::{Report, table};

/// What is done. The times of all but the last three are those of one row.
const STEPS: [&str; 6] = [
    "insert, in one transaction",
    "read by key, in no order",
    "update by key, in no order",
    "count and sum of a half",
    "count and sum by age",
    "join by key, and count",
];
/// The steps whose time is that of all rows together.
const WHOLE: usize = 3;

/// How long each step took, and what it came to.
struct Run {
    times: Vec<Duration>,
    results: Vec<Vec<i64>>,
}

/// Rows that everything is done with.
#[derive(Clone, Copy)]
struct Size {
    rows: i64,
    edges: i64,
}

impl Size {
    /// The age of a person in the beginning.
    fn age(id: i64) -> i64 {
        id % 100
    }

    /// A walk through all numbers in no visible order.
    fn shuffled(self) -> impl Iterator<Item = i64> {
        (0..self.rows).map(move |n| n * 7919 % self.rows)
    }

    /// What the steps have to come to.
    fn expected(self) -> Vec<Vec<i64>> {
        let ages = || (0..self.rows).map(|id| Self::age(id) + 1);
        let half: Vec<i64> = ages().filter(|age| *age > 50).collect();
        let many = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let groups = (1..=100).flat_map(|age| {
            let ids: Vec<i64> = (0..self.rows).filter(|id| Self::age(*id) + 1 == age).collect();
            [age, many(ids.len()), ids.iter().sum()]
        });
        vec![
            vec![self.rows],
            vec![(0..self.rows).map(Self::age).sum()],
            vec![ages().sum()],
            vec![many(half.len()), half.iter().sum()],
            groups.collect(),
            vec![many(half.len())],
        ]
    }
}

pub(crate) fn measure(is_smoke: bool, python: &str, report: &mut Report) -> Result<(), Failure> {
    let size =
        if is_smoke { Size { rows: 300, edges: 20 } } else { Size { rows: 100_000, edges: 1000 } };
    let rounds = if is_smoke { 1 } else { 5 };
    let expected = size.expected();
    let mut sides =
        [("Palindrome", Vec::new()), ("the store", Vec::new()), ("SQLite in memory", Vec::new())];
    for _ in 0..rounds {
        for ((name, runs), run) in
            sides.iter_mut().zip([program::run(size)?, store::run(size)?, sqlite::run(size)?])
        {
            check(name, &run.results, &expected)?;
            runs.push(run.times);
        }
    }
    let duck = duck::run(python, size, rounds)?;
    if let Ok(found) = &duck {
        check("DuckDB", &found.results, &expected[WHOLE..WHOLE + 2])?;
    }
    let mut rows = Vec::new();
    for (step, what) in STEPS.iter().enumerate() {
        let one = if step < WHOLE { size.rows as f64 } else { 1.0 };
        let of = |runs: &Vec<Vec<Duration>>| {
            let times = runs.iter().filter_map(|times| times.get(step));
            median(times.map(|time| nanoseconds(*time) as f64 / one).collect())
        };
        let times: Vec<f64> = sides.iter().map(|(_, runs)| of(runs)).collect();
        let mut cells = vec![(*what).to_owned()];
        for ((name, _), time) in sides.iter().zip(&times) {
            report.add(what, name, *time, "ns");
            cells.push(shown(*time));
        }
        let theirs = times[2];
        cells.extend([times[0], times[1]].map(|time| format!("{:.2}", time / theirs)));
        let of_duck = duck.as_ref().ok().and_then(|run| run.times.get(step.checked_sub(WHOLE)?));
        cells.push(match of_duck {
            Some(time) => {
                let time = nanoseconds(*time) as f64;
                report.add(what, "DuckDB", time, "ns");
                format!("{} ({:.1})", shown(time), times[0] / time)
            }
            None => String::new(),
        });
        rows.push(cells);
    }
    let title = format!("Relations ({} rows)", size.rows);
    let columns = [
        "what",
        "Palindrome",
        "the store",
        "SQLite",
        "Palindrome to SQLite",
        "the store to SQLite",
        "DuckDB, one thread (Palindrome to it)",
    ];
    table(&title, &columns, &rows);
    if let Err(why) = &duck {
        println!("DuckDB was not measured: {why}\n");
    }
    paths::measure(size, rounds, report)?;
    past::measure(size, rounds, report)?;
    search::measure(is_smoke, rounds, report)?;
    durable::measure(is_smoke, rounds, report)
}

fn check(name: &str, found: &[Vec<i64>], expected: &[Vec<i64>]) -> Result<(), Failure> {
    match (0..expected.len()).find(|step| found.get(*step) != expected.get(*step)) {
        None => Ok(()),
        Some(step) => Err(Failure(format!(
            "{name}, step {step}: {:?} instead of {:?}",
            found.get(step),
            expected.get(step)
        ))),
    }
}
