//! The same programs in Lua 5.4: cpu seconds of whole processes, taking turns.

use std::path::Path;
use std::process::Command;

use crate::Failure;
use crate::measure::{geometric_mean, median, process_seconds};
use crate::programs::ALL;
use crate::report::{Report, table};

pub(crate) fn measure(is_smoke: bool, report: &mut Report) -> Result<(), Failure> {
    let rounds = if is_smoke { 1 } else { 5 };
    let me = std::env::current_exe().map_err(Failure::from_display)?;
    let (mut rows, mut ratios) = (Vec::new(), Vec::new());
    for entry in ALL.iter().filter(|entry| entry.has_peer) {
        let ready = entry.ready(is_smoke)?;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        let mut lua = Command::new("lua5.4");
        lua.arg(folder.join(format!("{}.lua", ready.name))).arg(ready.size.to_string());
        let mut ours = Command::new(&me);
        ours.args(["--run", ready.name]).args(is_smoke.then_some("--smoke"));
        let (mut of_lua, mut of_us, mut paired) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            let (theirs, their_output) = process_seconds(&mut lua)?;
            let (our, our_output) = process_seconds(&mut ours)?;
            if their_output != ready.output || our_output != ready.output {
                return Err(Failure(format!("{}: the outputs differ", ready.name)));
            }
            of_lua.push(theirs);
            of_us.push(our);
            paired.push(our / theirs);
        }
        let (theirs, our, ratio) = (median(of_lua), median(of_us), median(paired));
        report.add("cpu of Lua 5.4", ready.name, theirs, "s");
        report.add("cpu", ready.name, our, "s");
        report.add("cpu to Lua 5.4", ready.name, ratio, "ratio");
        let (theirs, our) = (format!("{theirs:.3}"), format!("{our:.3}"));
        rows.push(vec![ready.name.to_owned(), theirs, our, format!("{ratio:.2}")]);
        ratios.push(ratio);
    }
    let mean = geometric_mean(&ratios);
    report.add("cpu to Lua 5.4", "geometric mean", mean, "ratio");
    let empty = String::new;
    rows.push(vec!["**geometric mean**".to_owned(), empty(), empty(), format!("**{mean:.3}**")]);
    let columns = ["program", "Lua 5.4, cpu s", "ours, history off, cpu s", "ratio"];
    table("Peers (goal: 0.42, then 0.30)", &columns, &rows);
    Ok(())
}
