//! The same programs in Lua 5.4 and two builds of gforth: cpu seconds of whole processes, taking turns.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{ALL, Entry};
use crate::Failure;
use crate::measure::{geometric_mean, median, process_seconds};
use crate::report::{Report, table};

/// A peer, by its command and the ending of its programs.
const PEERS: [(&str, &str); 3] = [("lua5.4", "lua"), ("gforth-fast", "fs"), ("gforth", "fs")];

pub(crate) fn measure(is_smoke: bool, report: &mut Report) -> Result<(), Failure> {
    let rounds = if is_smoke { 1 } else { 5 };
    let me = std::env::current_exe().map_err(Failure::from_display)?;
    let mut rows = Vec::new();
    let mut ratios: [Vec<f64>; 3] = Default::default();
    for entry in &ALL {
        let (size, expected) = entry.size(is_smoke);
        let mut ours = Command::new(&me);
        ours.args(["--run-tacit", entry.name]).args(is_smoke.then_some("--smoke"));
        let mut theirs = PEERS.map(|(name, ending)| {
            let mut command = Command::new(name);
            command.arg(source(entry, ending)).arg(size.to_string());
            command
        });
        let mut our_times = Vec::new();
        let mut times: [Vec<f64>; 3] = Default::default();
        for _ in 0..rounds {
            let (our, output) = process_seconds(&mut ours)?;
            check(entry.name, "ours", &output, expected)?;
            for ((their, command), (name, _)) in times.iter_mut().zip(&mut theirs).zip(PEERS) {
                let (seconds, output) = process_seconds(command)?;
                check(entry.name, name, &output, expected)?;
                their.push(seconds);
            }
            our_times.push(our);
        }
        let our = median(our_times.clone());
        report.add("cpu", entry.name, our, "s");
        let mut row = vec![entry.name.to_owned(), format!("{our:.3}")];
        for ((their, ratios), (name, _)) in times.iter().zip(&mut ratios).zip(PEERS) {
            let paired = our_times.iter().zip(their).map(|(our, their)| our / their).collect();
            let ratio = median(paired);
            report.add(&format!("cpu of {name}"), entry.name, median(their.clone()), "s");
            report.add(&format!("cpu to {name}"), entry.name, ratio, "ratio");
            row.push(format!("{:.3}", median(their.clone())));
            row.push(format!("{ratio:.2}"));
            ratios.push(ratio);
        }
        rows.push(row);
    }
    let mut row = vec!["**geometric mean**".to_owned(), String::new()];
    for (ratios, (name, _)) in ratios.iter().zip(PEERS) {
        let mean = geometric_mean(ratios);
        report.add(&format!("cpu to {name}"), "geometric mean", mean, "ratio");
        row.extend([String::new(), format!("**{mean:.3}**")]);
    }
    rows.push(row);
    let columns =
        ["program", "ours, cpu s", "Lua 5.4", "ratio", "gforth-fast", "ratio", "gforth", "ratio"];
    table("Tacit and its peers (goal: 0.80 × Lua, then 0.60)", &columns, &rows);
    Ok(())
}

/// The peer's program; where 32-bit floats need other numbers, there is one of its own.
fn source(entry: &Entry, ending: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    let file = format!("{}.{ending}", entry.name);
    let own = folder.join("tacit").join(&file);
    if own.exists() { own } else { folder.join(file) }
}

fn check(program: &str, who: &str, output: &str, expected: &str) -> Result<(), Failure> {
    if output == expected {
        return Ok(());
    }
    Err(Failure(format!("{program}: {who} printed {output:?}, not {expected:?}")))
}
