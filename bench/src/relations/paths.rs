//! Transitive closure: all paths along a chain of edges.

use datafrog::{Iteration, Relation};

use super::{Size, program, sqlite};
use crate::Failure;
use crate::measure::{clock, median, nanoseconds, shown};
use crate::report::{Report, table};

pub(super) fn measure(size: Size, rounds: u32, report: &mut Report) -> Result<(), Failure> {
    let edges = size.edges;
    let expected = edges * (edges + 1) / 2;
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..rounds {
        let text = format!(
            "relation edge(a: Int, b: Int)
rule path(a, b) :- edge(a, b).
rule path(a, c) :- edge(a, b), path(b, c).
for i in 0..{edges} {{ edge += {{a: i, b: i + 1}} }}
print 0
print path.count()
"
        );
        let lines = program::timed(&text)?;
        let [begin, end] = lines.as_slice() else {
            return Err(Failure("the rules wrote something else".to_owned()));
        };
        let ours = end.1.trim().parse::<i64>().unwrap_or(-1);
        let (frog, found) = clock(|| by_datafrog(edges));
        let (lite, counted) = clock(|| sqlite::paths(edges));
        if [ours, found, counted?] != [expected; 3] {
            return Err(Failure(format!("there are {expected} paths, and {ours} were found")));
        }
        for (all, time) in times.iter_mut().zip([end.0 - begin.0, frog, lite]) {
            all.push(nanoseconds(time) as f64);
        }
    }
    let times = times.map(median);
    let names = ["Palindrome", "datafrog", "SQLite"];
    for (name, time) in names.iter().zip(times) {
        report.add("transitive closure", name, time, "ns");
    }
    let mut cells = vec![format!("{expected} paths")];
    cells.extend(times.map(shown));
    cells.push(format!("{:.2}", times[0] / times[1]));
    let columns = ["what", names[0], names[1], names[2], "Palindrome to datafrog (goal 2)"];
    table("Rules", &columns, &[cells]);
    Ok(())
}

/// By joining each path with the edges that end where it begins.
fn by_datafrog(edges: i64) -> i64 {
    let mut iteration = Iteration::new();
    let path = iteration.variable::<(i64, i64)>("path");
    let by_target: Relation<(i64, i64)> = (0..edges).map(|n| (n + 1, n)).collect();
    path.insert((0..edges).map(|n| (n, n + 1)).collect());
    while iteration.changed() {
        path.from_join(&path, &by_target, |_, end, begin| (*begin, *end));
    }
    i64::try_from(path.complete().len()).unwrap_or(i64::MAX)
}
