//! The register machine against the tree walker, and against itself without history.

use timeline::History;

use super::{ALL, finish, walk};
use crate::Failure;
use crate::measure::{clock, geometric_mean, median};
use crate::report::{Report, table};

pub(crate) fn measure(is_smoke: bool, report: &mut Report) -> Result<(), Failure> {
    let rounds = if is_smoke { 1 } else { 3 };
    let mut rows = Vec::new();
    let (mut recorded, mut walked) = (Vec::new(), Vec::new());
    for entry in ALL {
        let size = if is_smoke { entry.size(true) } else { entry.engines_size() };
        let (tree, expected) = clock(|| walk(entry.name, &entry.text(size)));
        let expected = expected?;
        let (mut off, mut kept, mut small) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            for (history, times) in [(History::Off, &mut off), (History::Checkpoints, &mut kept)] {
                let vm = entry.vm(entry.size(is_smoke))?;
                let (time, result) = clock(|| finish(vm, history));
                result?;
                times.push(time.as_secs_f64());
            }
            let vm = entry.vm(size)?;
            let (time, result) = clock(|| finish(vm, History::Checkpoints));
            if result? != expected {
                return Err(Failure(format!("{}: the engines differ", entry.name)));
            }
            small.push(time.as_secs_f64());
        }
        let (off, kept, small) = (median(off), median(kept), median(small));
        recorded.push(kept / off);
        walked.push(tree.as_secs_f64() / small);
        report.add("Achronyme without history", entry.name, off, "s");
        report.add("Achronyme recorded", entry.name, kept, "s");
        report.add(
            "tree walker to register machine",
            entry.name,
            tree.as_secs_f64() / small,
            "ratio",
        );
        rows.push(vec![
            entry.name.to_owned(),
            format!("{off:.3}"),
            format!("{kept:.3}"),
            format!("{:.3}", kept / off),
            format!("{:.0}", tree.as_secs_f64() / small),
        ]);
    }
    rows.push(vec![
        "**geometric mean**".to_owned(),
        String::new(),
        String::new(),
        format!("**{:.3}**", geometric_mean(&recorded)),
        format!("**{:.0}**", geometric_mean(&walked)),
    ]);
    let columns = ["program", "history off, s", "recorded, s", "ratio", "tree walker, times"];
    table("Engines of Achronyme", &columns, &rows);
    Ok(())
}
