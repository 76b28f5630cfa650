//! Reads of rows as of an old moment, beside reads of the present ones.

use super::{Size, program};
use crate::Failure;
use crate::measure::{median, nanoseconds, shown};
use crate::report::{Report, table};

pub(super) fn measure(size: Size, rounds: u32, report: &mut Report) -> Result<(), Failure> {
    let rows = size.rows;
    let text = format!(
        "relation P(id: Int key, name: String, age: Int)
for i in 0..{rows} {{ P += {{id: i, name: \"somebody with a name\", age: i % 100}} }}
checkpoint start
for i in 0..{rows} {{ update P.age += 1 where id = i }}
let whole = 0
print 0
for i in 0..{rows} {{ whole <- whole + (only P where id = i * 7919 % {rows}).age }}
print whole
whole <- 0
for i in 0..{rows} {{ whole <- whole + ((only P where id = i * 7919 % {rows}).age at start) }}
print whole
whole <- 0
for i in 0..{rows} {{ whole <- whole + ((only P where id = i * 7919 % {rows}).age at (i % 3)) }}
print whole
"
    );
    let now: i64 = (0..rows).map(|id| Size::age(id) + 1).sum();
    // Two moments before the rows were changed, and one after it.
    let after = (0..rows).filter(|i| i % 3 == 2).count();
    let in_turn = now - rows + i64::try_from(after).unwrap_or(0);
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..rounds {
        let lines = program::timed(&text)?;
        let [begin, present, old, turn] = lines.as_slice() else {
            return Err(Failure("the program that looks back wrote something else".to_owned()));
        };
        let found = [&present.1, &old.1, &turn.1].map(|line| line.trim().parse());
        if found != [Ok(now), Ok(now - rows), Ok(in_turn)] {
            return Err(Failure(format!("reads of the past came to {found:?}")));
        }
        let took = [present.0 - begin.0, old.0 - present.0, turn.0 - old.0];
        for (all, time) in times.iter_mut().zip(took) {
            all.push(nanoseconds(time) as f64 / rows as f64);
        }
    }
    let [present, past, in_turn] = times.map(median);
    report.add("read by key", "at present", present, "ns");
    report.add("read by key", "at an old moment", past, "ns");
    report.add("read by key", "at three moments in turn", in_turn, "ns");
    let ratio = |time: f64| format!("{:.2}", time / present);
    let cells = vec![shown(present), shown(past), ratio(past), shown(in_turn), ratio(in_turn)];
    let columns = [
        "read by key at present",
        "at an old moment",
        "ratio (goal 1.2)",
        "at three moments in turn",
        "ratio",
    ];
    table("Reads of the past", &columns, &[cells]);
    Ok(())
}
