//! The steps in SQLite, in memory, with statements that are prepared once.

use rusqlite::{Connection, Statement, params};

use super::{Run, Size};
use crate::Failure;
use crate::measure::clock;

pub(super) fn run(size: Size) -> Result<Run, Failure> {
    steps(size).map_err(Failure::from_display)
}

fn steps(size: Size) -> rusqlite::Result<Run> {
    let sqlite = Connection::open_in_memory()?;
    sqlite.execute_batch(
        "CREATE TABLE Person (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER NOT NULL)",
    )?;
    let mut run = Run { times: Vec::new(), results: Vec::new() };
    let mut step = |work: &mut dyn FnMut() -> rusqlite::Result<Vec<i64>>| {
        let (time, result) = clock(work);
        run.times.push(time);
        run.results.push(result?);
        Ok::<(), rusqlite::Error>(())
    };
    let mut insert = sqlite.prepare("INSERT INTO Person VALUES (?, ?, ?)")?;
    step(&mut || {
        sqlite.execute_batch("BEGIN")?;
        for id in 0..size.rows {
            insert.execute(params![id, "somebody with a name", Size::age(id)])?;
        }
        sqlite.execute_batch("COMMIT")?;
        Ok(vec![size.rows])
    })?;
    let mut read = sqlite.prepare("SELECT id, name, age FROM Person WHERE id = ?")?;
    step(&mut || {
        let mut sum = 0;
        for id in size.shuffled() {
            sum += read.query_row([id], |row| {
                // All of the row, as the others give it.
                let _name: String = row.get(1)?;
                row.get::<_, i64>(2)
            })?;
        }
        Ok(vec![sum])
    })?;
    let mut update = sqlite.prepare("UPDATE Person SET age = age + 1 WHERE id = ?")?;
    step(&mut || {
        sqlite.execute_batch("BEGIN")?;
        for id in size.shuffled() {
            update.execute([id])?;
        }
        sqlite.execute_batch("COMMIT")?;
        Ok(Vec::new())
    })?;
    let sum: i64 = sqlite.query_row("SELECT sum(age) FROM Person", [], |row| row.get(0))?;
    for text in [
        "SELECT count(*), sum(age) FROM Person WHERE age > 50",
        "SELECT age, count(*), sum(id) FROM Person GROUP BY age ORDER BY age",
        "SELECT count(*) FROM Person p, Person q WHERE p.age > 50 AND q.id = p.id",
    ] {
        let mut query = sqlite.prepare(text)?;
        step(&mut || all(&mut query))?;
    }
    if let Some(updated) = run.results.get_mut(2) {
        *updated = vec![sum];
    }
    Ok(run)
}

/// All numbers that a query gives.
fn all(query: &mut Statement<'_>) -> rusqlite::Result<Vec<i64>> {
    let columns = query.column_count();
    let mut rows = query.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            found.push(row.get(column)?);
        }
    }
    Ok(found)
}

/// All paths along a chain: how many there are.
pub(super) fn paths(edges: i64) -> Result<i64, Failure> {
    let sqlite = Connection::open_in_memory().map_err(Failure::from_display)?;
    let text = format!(
        "CREATE TABLE edge (a INTEGER, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID;
         WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {edges})
         INSERT INTO edge SELECT i, i + 1 FROM n;"
    );
    sqlite.execute_batch(&text).map_err(Failure::from_display)?;
    let text = "WITH RECURSIVE path(a, b) AS (SELECT a, b FROM edge UNION
                SELECT path.a, edge.b FROM path, edge WHERE path.b = edge.a)
                SELECT count(*) FROM path";
    sqlite.query_row(text, [], |row| row.get(0)).map_err(Failure::from_display)
}
