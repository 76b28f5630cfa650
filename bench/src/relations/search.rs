//! A search for all numbers of so many bits, beside SWI-Prolog: how many inferences it counts there, in a
//! second.

use std::process::Command;

use super::program;
use crate::Failure;
use crate::measure::{median, nanoseconds};
use crate::report::{Report, table};

const PROLOG: &str = "bits(0, 0).
bits(N, X) :- N > 0, M is N - 1, bits(M, Y), ( X is 2 * Y ; X is 2 * Y + 1 ).
main(N) :- statistics(inferences, A), statistics(cputime, B), aggregate_all(count, bits(N, _), C),
    statistics(cputime, E), statistics(inferences, D), I is D - A, T is E - B,
    format('~w ~w ~w~n', [C, I, T]).
";

pub(super) fn measure(is_smoke: bool, rounds: u32, report: &mut Report) -> Result<(), Failure> {
    let bits = if is_smoke { 6 } else { 18 };
    let expected = 1_i64 << bits;
    let text = format!(
        "solve bits(n: Int) -> Int {{
    if n == 0 {{ succeed 0 }} else {{
        try y = bits(n - 1) then {{
            succeed 2 * y
            succeed 2 * y + 1
        }}
    }}
}}
let count = 0
print 0
for x in bits({bits}) {{ count <- count + 1 }}
print count
"
    );
    let folder = tempfile::tempdir().map_err(Failure::from_display)?;
    let file = folder.path().join("bits.pl");
    std::fs::write(&file, PROLOG).map_err(Failure::from_display)?;
    let (mut ours, mut theirs, mut inferences) = (Vec::new(), Vec::new(), 0.0);
    for _ in 0..rounds {
        let lines = program::timed(&text)?;
        let [begin, end] = lines.as_slice() else {
            return Err(Failure("the search wrote something else".to_owned()));
        };
        if end.1.trim().parse() != Ok(expected) {
            return Err(Failure(format!("the search found {} of {expected}", end.1.trim())));
        }
        ours.push(nanoseconds(end.0 - begin.0) as f64 / 1e9);
        let mut command = Command::new("swipl");
        command.arg("-g").arg(format!("main({bits})")).args(["-t", "halt"]).arg(&file);
        let Ok(output) = command.output() else {
            println!("SWI-Prolog was not measured: `swipl` is not there\n");
            return Ok(());
        };
        let text = String::from_utf8_lossy(&output.stdout);
        let words: Vec<_> = text.split_whitespace().collect();
        let [count, of, seconds] = words[..] else {
            return Err(Failure(format!("SWI-Prolog wrote {text}")));
        };
        let (Ok(of), Ok(seconds)) = (of.parse(), seconds.parse()) else {
            return Err(Failure(format!("SWI-Prolog wrote {text}")));
        };
        if count.parse() != Ok(expected) {
            return Err(Failure(format!("SWI-Prolog found {count} of {expected}")));
        }
        inferences = of;
        theirs.push(seconds);
    }
    let millions = |seconds: f64| inferences / seconds.max(1e-9) / 1e6;
    let (ours, theirs) = (millions(median(ours)), millions(median(theirs)));
    report.add("search", "Palindrome", ours, "million inferences/s");
    report.add("search", "SWI-Prolog", theirs, "million inferences/s");
    let cells = vec![format!("{ours:.1}"), format!("{theirs:.1}"), format!("{:.2}", ours / theirs)];
    let columns = ["Palindrome (goal 10)", "SWI-Prolog", "Palindrome to it"];
    table("Search: million inferences a second", &columns, &[cells]);
    Ok(())
}
