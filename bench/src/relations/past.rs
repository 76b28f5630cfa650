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
"
    );
    let now: i64 = (0..rows).map(|id| Size::age(id) + 1).sum();
    let mut times = [const { Vec::new() }; 2];
    for _ in 0..rounds {
        let lines = program::timed(&text)?;
        let [begin, middle, end] = lines.as_slice() else {
            return Err(Failure("the program that looks back wrote something else".to_owned()));
        };
        if [&middle.1, &end.1].map(|line| line.trim().parse()) != [Ok(now), Ok(now - rows)] {
            return Err(Failure(format!("reads of the past came to {} and {}", middle.1, end.1)));
        }
        for (all, time) in times.iter_mut().zip([middle.0 - begin.0, end.0 - middle.0]) {
            all.push(nanoseconds(time) as f64 / rows as f64);
        }
    }
    let [present, past] = times.map(median);
    report.add("read by key", "at present", present, "ns");
    report.add("read by key", "at an old moment", past, "ns");
    let cells = vec![shown(present), shown(past), format!("{:.2}", past / present)];
    let columns = ["read by key at present", "at an old moment", "ratio (goal 1.2)"];
    table("Reads of the past", &columns, &[cells]);
    Ok(())
}
