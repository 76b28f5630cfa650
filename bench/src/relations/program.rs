//! The steps as a program in Palindrome, on the machine, which keeps nothing of the past.

use std::time::{Duration, Instant};

use machine::{Answer, Machine as _, Probes, Question, Stop, Tick};
use palindrome::{Options, Program, Vm, check, compile};
use source::Style;

use super::{Run, Size};
use crate::Failure;

/// What the program writes between two steps begins so.
const MARK: &str = "= ";

pub(super) fn run(size: Size) -> Result<Run, Failure> {
    let rows = size.rows;
    let text = format!(
        "relation Person(id: Int key, name: String, age: Int)
print \"{MARK}\"
for i in 0..{rows} {{ Person += {{id: i, name: \"somebody with a name\", age: i % 100}} }}
print \"{MARK}${{Person.count()}}\"
let whole = 0
for i in 0..{rows} {{ whole <- whole + (only Person where id = i * 7919 % {rows}).age }}
print \"{MARK}${{whole}}\"
for i in 0..{rows} {{ update Person.age += 1 where id = i * 7919 % {rows} }}
print \"{MARK}\"
let half = only Person where age > 50 select count() as n, sum(age) as total
print \"{MARK}${{half.n}} ${{half.total}}\"
let ages = Person group by age order by age select age, count() as n, sum(id) as total
print \"{MARK}${{ages.map(g => \"${{g.age}} ${{g.n}} ${{g.total}}\").join(\" \")}}\"
let both = Person as p, Person as q where p.age > 50 and q.id = p.id select count()
print \"{MARK}${{both[0]}}\"
print Person.map(p => p.age).sum()
"
    );
    let mut lines = timed(&text)?;
    let last = lines.pop().ok_or_else(|| Failure("the program wrote nothing".to_owned()))?;
    let mut times: Vec<Duration> = Vec::new();
    let mut results: Vec<Vec<i64>> = Vec::new();
    for (before, after) in lines.iter().zip(lines.iter().skip(1)) {
        times.push(after.0 - before.0);
        results.push(numbers(&after.1));
    }
    if let Some(updated) = results.get_mut(2) {
        *updated = numbers(&last.1);
    }
    Ok(Run { times, results })
}

fn numbers(line: &str) -> Vec<i64> {
    let line = line.trim_start_matches(MARK);
    line.split_whitespace().filter_map(|number| number.parse().ok()).collect()
}

/// The lines that a program writes, with when it wrote them.
pub(super) fn timed(text: &str) -> Result<Vec<(Instant, String)>, Failure> {
    let checked = check("bench.pal", text);
    let compiled = compile(&checked, Options::default()).map_err(|found| {
        Failure(found.iter().map(|one| one.render(&checked.sources, Style::Plain)).collect())
    })?;
    let mut vm = Vm::load(Program::new(compiled).map_err(Failure::from_display)?);
    let mut lines = Vec::new();
    loop {
        match vm.run(Tick::MAX, &Probes::none()) {
            Stop::Ended(_) => return Ok(lines),
            Stop::Trapped(trap) => return Err(Failure::from_display(trap)),
            Stop::Asks(Question::Write(pieces)) => {
                let bytes: Vec<u8> = pieces.into_iter().flat_map(|piece| piece.bytes).collect();
                lines.push((Instant::now(), String::from_utf8_lossy(&bytes).into_owned()));
                vm.answer(&Answer::Done).map_err(Failure::from_display)?;
            }
            Stop::Asks(Question::Clock) => {
                vm.answer(&Answer::Integer(0)).map_err(Failure::from_display)?;
            }
            stop @ (Stop::Asks(_) | Stop::Reached | Stop::Probed(_)) => {
                return Err(Failure(format!("the program stopped: {stop:?}")));
            }
        }
    }
}
