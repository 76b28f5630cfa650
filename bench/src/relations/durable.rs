//! Transactions that are on the disk before the next one begins: a program with a tape in a file, and
//! SQLite with full synchronisation.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rusqlite::{Connection, params};

use crate::Failure;
use crate::measure::{clock, median, nanoseconds, shown};
use crate::report::{Report, table};

pub(super) fn measure(is_smoke: bool, rounds: u32, report: &mut Report) -> Result<(), Failure> {
    let count = if is_smoke { 5 } else { 300 };
    let mut times = [const { Vec::new() }; 2];
    for _ in 0..rounds {
        let folder = tempfile::tempdir().map_err(Failure::from_display)?;
        // What a process takes besides its transactions is in both.
        let few = ours(&folder.path().join("few"), 1)?;
        let many = ours(&folder.path().join("many"), 1 + count)?;
        times[0].push(nanoseconds(many.saturating_sub(few)) as f64 / f64::from(count));
        let theirs = by_sqlite(&folder.path().join("sqlite"), count);
        times[1]
            .push(nanoseconds(theirs.map_err(Failure::from_display)?) as f64 / f64::from(count));
    }
    let [ours, theirs] = times.map(median);
    report.add("durable transaction", "Palindrome", ours, "ns");
    report.add("durable transaction", "SQLite", theirs, "ns");
    let cells = vec![shown(ours), shown(theirs), format!("{:.2}", ours / theirs)];
    table("Durable transactions", &["Palindrome", "SQLite", "Palindrome to SQLite"], &[cells]);
    Ok(())
}

/// A process that runs so many transactions, one row each.
fn ours(at: &Path, count: u32) -> Result<Duration, Failure> {
    let mut text = "relation P(id: Int key, name: String)\n".to_owned();
    for id in 0..count {
        text += &format!("P += {{id: {id}, name: \"somebody with a name\"}}\n");
    }
    text += "print P.count()\n";
    let (program, tape) = (at.with_extension("pal"), at.with_extension("tape"));
    std::fs::write(&program, text).map_err(Failure::from_display)?;
    let me = std::env::current_exe().map_err(Failure::from_display)?;
    let mut command = Command::new(me);
    command.arg0(crate::COMMAND_LINE).arg("run").arg(program).arg("--tape").arg(tape);
    let (time, output) = clock(|| command.output());
    let output = output.map_err(Failure::from_display)?;
    let text = String::from_utf8_lossy(&output.stdout);
    if text.trim() == count.to_string() {
        return Ok(time);
    }
    let told = String::from_utf8_lossy(&output.stderr);
    Err(Failure(format!("{count} transactions came to {text}{told}")))
}

fn by_sqlite(at: &Path, count: u32) -> rusqlite::Result<Duration> {
    let sqlite = Connection::open(at)?;
    sqlite.execute_batch(
        "PRAGMA synchronous = FULL;
         CREATE TABLE P (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
    )?;
    let mut insert = sqlite.prepare("INSERT INTO P VALUES (?, ?)")?;
    let (time, done) = clock(|| {
        (0..count).try_for_each(|id| {
            insert.execute(params![id, "somebody with a name"])?;
            Ok::<(), rusqlite::Error>(())
        })
    });
    done?;
    Ok(time)
}
