//! What the machines and time travel cost: `cargo run --release -p bench`.
//!
//! Every program's output is checked before its time counts. Two sides of a ratio take turns, so
//! that a machine that is slow for a while is slow for both; what is printed is the median.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::cast_precision_loss, reason = "figures are printed with three digits")]

mod achronyme;
mod finish;
mod forks;
mod measure;
mod peers;
mod programs;
mod relations;
mod report;
mod speed;
mod tacit;
mod travel;

use std::fmt;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use timeline::History;

use crate::report::Report;

/// Measures the machines and time travel, and prints tables.
#[derive(Debug, Parser)]
struct Arguments {
    /// Tiny sizes: for checking that everything still works.
    #[arg(long)]
    smoke: bool,
    /// Compares with Lua 5.4 and gforth as well, which must be installed.
    #[arg(long)]
    peers: bool,
    /// Measures only this.
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Appends the figures to `bench/record/`.
    #[arg(long)]
    record: bool,
    /// The day the record is named after; today unless given.
    #[arg(long)]
    date: Option<String>,
    /// Runs one program without history and prints its output.
    #[arg(long, hide = true)]
    run: Option<String>,
    /// Runs one Tacit program without history and prints its output.
    #[arg(long, hide = true)]
    run_tacit: Option<String>,
    /// Runs one Achronyme program, recorded, and prints its output.
    #[arg(long, hide = true)]
    run_achronyme: Option<String>,
    /// The Python that has NumPy and SciPy, for `--only numeric`, and DuckDB, for `--only relations`.
    #[arg(long, default_value = "/usr/bin/python3")]
    python: String,
    /// Of the numeric operations, and of the programs that are travelled in, only those with this in
    /// their names.
    #[arg(long, default_value = "")]
    like: String,
    /// For `--only travel`: only the table of this guest.
    #[arg(long, value_enum)]
    guest: Option<travel::GuestName>,
    /// For `--only travel`: whether anything grows without end in a run of 10^11 instructions.
    #[arg(long)]
    long: bool,
    /// For `--long`: how many instructions it ends after, as a power of ten.
    #[arg(long, default_value_t = 11, value_parser = clap::value_parser!(u32).range(9..=12))]
    power: u32,
    /// What an idle branch of this guest takes.
    #[arg(long, hide = true)]
    idle_branch: Option<String>,
    /// Answers for the times of numeric operations.
    #[arg(long, hide = true)]
    serve_numeric: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    Speed,
    Peers,
    Travel,
    TravelPeers,
    TravelAdapter,
    Forks,
    Tacit,
    TacitPeers,
    TacitPauses,
    Achronyme,
    AchronymePeers,
    Numeric,
    Relations,
}

/// Something went wrong, or a program printed something else than it should.
#[derive(Debug)]
struct Failure(String);

impl Failure {
    fn from_display(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Called by this name, the program is the command line, for measuring what that does.
const COMMAND_LINE: &str = "palindrome";

fn main() -> ExitCode {
    if std::env::args_os().next().is_some_and(|name| name == COMMAND_LINE) {
        return cli::palindrome();
    }
    match measure_all(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(message)) => {
            println!("failed: {message}");
            ExitCode::FAILURE
        }
    }
}

fn measure_all(arguments: &Arguments) -> Result<(), Failure> {
    let is_smoke = arguments.smoke;
    if let Some(name) = &arguments.run {
        let ready = programs::find(name)?.ready(is_smoke)?;
        print!("{}", speed::run_without_history(&ready)?);
        return Ok(());
    }
    if let Some(name) = &arguments.run_tacit {
        print!("{}", tacit::finish(&mut tacit::find(name)?.vm(is_smoke)?)?);
        return Ok(());
    }
    if let Some(name) = &arguments.run_achronyme {
        let entry = achronyme::find(name)?;
        let vm = entry.vm(entry.size(is_smoke))?;
        print!("{}", achronyme::finish(vm, History::Checkpoints)?);
        return Ok(());
    }
    if let Some(guest) = &arguments.idle_branch {
        println!("{}", travel::idle_branch(guest, is_smoke)?);
        return Ok(());
    }
    if arguments.serve_numeric {
        return achronyme::numeric::serve();
    }
    let machine = measure::machine_line();
    println!("Measured on: {machine}\n");
    let mut report = Report::default();
    let wants = |part| arguments.only.is_none_or(|only| only == part);
    // First, while no freed memory is there that a branch could be taken from.
    if wants(Part::Forks) {
        forks::measure(is_smoke, &mut report)?;
    }
    if wants(Part::Speed) {
        speed::measure(is_smoke, &mut report)?;
    }
    if arguments.only == Some(Part::Peers) || arguments.peers {
        peers::measure(is_smoke, &mut report)?;
    }
    if wants(Part::Tacit) {
        tacit::speed::measure(is_smoke, &mut report)?;
    }
    if wants(Part::TacitPauses) {
        tacit::pauses::measure(is_smoke, &mut report)?;
    }
    if arguments.only == Some(Part::TacitPeers) || arguments.peers {
        tacit::peers::measure(is_smoke, &mut report)?;
    }
    if wants(Part::Achronyme) {
        achronyme::engines::measure(is_smoke, &mut report)?;
    }
    if arguments.only == Some(Part::AchronymePeers) || arguments.peers {
        achronyme::peers::measure(is_smoke, &mut report)?;
    }
    if arguments.only == Some(Part::Numeric) || arguments.peers {
        achronyme::numeric::measure(is_smoke, &arguments.python, &arguments.like, &mut report)?;
    }
    if wants(Part::Travel) {
        if arguments.long {
            travel::measure_long(is_smoke, arguments.power, &mut report)?;
        } else {
            travel::measure(is_smoke, arguments.guest, &arguments.like, &mut report)?;
        }
    }
    if arguments.only == Some(Part::Relations) || arguments.peers {
        relations::measure(is_smoke, &arguments.python, &mut report)?;
    }
    if wants(Part::TravelAdapter) {
        travel::measure_adapter(is_smoke, arguments.guest, &mut report)?;
    }
    if arguments.only == Some(Part::TravelPeers) || arguments.peers {
        travel::measure_gdb(is_smoke, &mut report)?;
    }
    if arguments.record {
        let date = arguments.date.clone().unwrap_or_else(report::today);
        report.record(&date, &machine)?;
    }
    Ok(())
}
