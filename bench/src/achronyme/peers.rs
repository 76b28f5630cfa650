//! The same programs in Lua 5.4, in LuaJIT's interpreter, in Python and in Node: cpu seconds of whole
//! processes, taking turns. Ours has recording on.

use std::path::Path;
use std::process::Command;

use super::{ALL, Entry};
use crate::Failure;
use crate::measure::{geometric_mean, median, process_seconds};
use crate::report::{Report, table};

/// A peer: its name, its command, and the ending of its programs.
const PEERS: [(&str, &[&str], &str); 4] = [
    ("Lua 5.4", &["lua5.4"], "lua"),
    ("LuaJIT -joff", &["luajit", "-joff"], "lua"),
    ("CPython", &["/usr/bin/python3"], "py"),
    ("Node", &["node", "--stack-size=60000"], "js"),
];

pub(crate) fn measure(is_smoke: bool, report: &mut Report) -> Result<(), Failure> {
    let rounds = if is_smoke { 1 } else { 5 };
    let mut rows = Vec::new();
    let mut ratios: [Vec<f64>; 4] = Default::default();
    // The peers' programs have their sizes in them, so a quick look is one at the shortest of them.
    let count = if is_smoke { 1 } else { ALL.len() };
    for entry in &ALL[..count] {
        let (our, theirs) = times(entry, rounds)?;
        report.add("cpu", entry.name, median(our.clone()), "s");
        let mut row = vec![entry.name.to_owned(), format!("{:.3}", median(our.clone()))];
        for ((times, ratios), (name, ..)) in theirs.iter().zip(&mut ratios).zip(PEERS) {
            if times.is_empty() {
                row.push("–".to_owned());
                continue;
            }
            let ratio = median(our.iter().zip(times).map(|(our, their)| our / their).collect());
            report.add(&format!("cpu to {name}"), entry.name, ratio, "ratio");
            ratios.push(ratio);
            row.push(format!("{ratio:.2}"));
        }
        rows.push(row);
    }
    let mut row = vec!["**geometric mean**".to_owned(), String::new()];
    for (ratios, (name, ..)) in ratios.iter().zip(PEERS) {
        let mean = geometric_mean(ratios);
        report.add(&format!("cpu to {name}"), "geometric mean", mean, "ratio");
        row.push(format!("**{mean:.3}**"));
    }
    rows.push(row);
    let mut columns = vec!["program", "ours, cpu s"];
    columns.extend(PEERS.map(|(name, ..)| name));
    table("Achronyme, recorded, to its peers (goal: 0.60 of Lua 5.4)", &columns, &rows);
    Ok(())
}

/// Our times and those of every peer that has the program. Each round begins with another of them:
/// what ran just before leaves memory behind that is quicker to get than other.
fn times(entry: &Entry, rounds: usize) -> Result<(Vec<f64>, [Vec<f64>; 4]), Failure> {
    let me = std::env::current_exe().map_err(Failure::from_display)?;
    let mut ours = Command::new(me);
    ours.args(["--run-achronyme", entry.name]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/achronyme");
    let mut sides = vec![(None, ours)];
    for (place, (_, command, ending)) in PEERS.into_iter().enumerate() {
        let source = folder.join(ending).join(format!("{}.{ending}", entry.name));
        if source.exists() {
            let mut peer = Command::new(command[0]);
            peer.args(&command[1..]).arg(source);
            sides.push((Some(place), peer));
        }
    }
    let mut our_times = Vec::new();
    let mut times: [Vec<f64>; 4] = Default::default();
    let (_, printed) = process_seconds(&mut sides[0].1)?;
    for _ in 0..rounds {
        for (place, command) in &mut sides {
            let (seconds, output) = process_seconds(command)?;
            let name = place.map_or("one of our runs", |place| PEERS[place].0);
            if !is_same(&output, &printed) {
                let message = format!("{}: {name} printed {output:?}, we {printed:?}", entry.name);
                return Err(Failure(message));
            }
            place.map_or(&mut our_times, |place| &mut times[place]).push(seconds);
        }
        sides.rotate_left(1);
    }
    Ok((our_times, times))
}

/// Whether both printed the same words; numbers may be written in different ways.
fn is_same(one: &str, other: &str) -> bool {
    /// How far numbers may differ, in proportion: they are printed with 14 digits at least.
    const NEAR: f64 = 1e-13;
    let (one, other) = (one.split_whitespace(), other.split_whitespace());
    let is_near = |(one, other): (&str, &str)| match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(x), Ok(y)) => (x - y).abs() <= NEAR * x.abs().max(y.abs()),
        _ => one == other,
    };
    one.clone().count() == other.clone().count() && one.zip(other).all(is_near)
}
