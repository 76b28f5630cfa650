//! The steps on all rows in DuckDB, by its package for Python, on one thread.

use std::process::Command;
use std::time::Duration;

use super::{Run, Size};
use crate::Failure;

const SCRIPT: &str = r#"
import statistics, sys, time
try:
    import duckdb
except ImportError as error:
    print("missing", error)
    sys.exit(0)
rows, rounds = int(sys.argv[1]), int(sys.argv[2])
duck = duckdb.connect(":memory:", config={"threads": 1})
duck.execute("CREATE TABLE Person (id BIGINT PRIMARY KEY, name TEXT NOT NULL, age BIGINT NOT NULL)")
duck.execute(f"INSERT INTO Person SELECT i, 'somebody with a name', i % 100 + 1 FROM range({rows}) t(i)")
for text in [
    "SELECT count(*), sum(age) FROM Person WHERE age > 50",
    "SELECT age, count(*), sum(id) FROM Person GROUP BY age ORDER BY age",
]:
    times = []
    for _ in range(rounds):
        begin = time.perf_counter_ns()
        found = duck.execute(text).fetchall()
        times.append(time.perf_counter_ns() - begin)
    print(int(statistics.median(times)), *(int(value) for row in found for value in row))
"#;

/// The times, or why there are none.
pub(super) fn run(python: &str, size: Size, rounds: u32) -> Result<Result<Run, String>, Failure> {
    let mut command = Command::new(python);
    let arguments = ["-c", SCRIPT, &size.rows.to_string(), &rounds.to_string()];
    let output = match command.args(arguments).output() {
        Ok(output) => output,
        Err(error) => return Ok(Err(format!("{python}: {error}"))),
    };
    let text = String::from_utf8_lossy(&output.stdout);
    if let Some(why) = text.strip_prefix("missing ") {
        return Ok(Err(format!("{} (give one that has it by --python)", why.trim())));
    }
    if !output.status.success() {
        return Err(Failure(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let mut run = Run { times: Vec::new(), results: Vec::new() };
    for line in text.lines() {
        let mut numbers = line.split_whitespace().filter_map(|number| number.parse::<i64>().ok());
        let time = numbers.next().unwrap_or(0).unsigned_abs();
        run.times.push(Duration::from_nanos(time));
        run.results.push(numbers.collect());
    }
    Ok(Ok(run))
}
