//! Clocks, memory, and the few statistics that the tables show.

use std::fs;
use std::hint::black_box;
use std::io::Read;
use std::process::{Command, Stdio};
use std::thread::{sleep, yield_now};
use std::time::{Duration, Instant};

use crate::Failure;

/// How long `work` takes, with what it gives.
pub(crate) fn clock<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let before = Instant::now();
    let result = black_box(work());
    (before.elapsed(), result)
}

/// The processor time that `work` takes, on all threads that are there after it, with what it gives.
pub(crate) fn cpu<T>(work: impl FnOnce() -> T) -> Result<(Duration, T), Failure> {
    let before = used()?;
    let result = black_box(work());
    Ok((Duration::from_nanos(used()?.saturating_sub(before)), result))
}

/// Nanoseconds of processor time that the threads of this process have used.
fn used() -> Result<u64, Failure> {
    // So that the present turn counts as well.
    yield_now();
    used_by("self")
}

/// Nanoseconds of processor time that the threads of a process have used, which is named as in `/proc`.
pub(crate) fn used_by(process: &str) -> Result<u64, Failure> {
    let mut sum = 0;
    let folder = format!("/proc/{process}/task");
    for thread in fs::read_dir(folder).map_err(Failure::from_display)? {
        let path = thread.map_err(Failure::from_display)?.path().join("schedstat");
        // A thread may end meanwhile.
        let text = fs::read_to_string(path).unwrap_or_default();
        sum += text.split(' ').next().and_then(|time| time.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(sum)
}

/// The middle one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

pub(crate) fn geometric_mean(values: &[f64]) -> f64 {
    let sum: f64 = values.iter().map(|value| value.ln()).sum();
    (sum / values.len() as f64).exp()
}

/// Times in order, in nanoseconds.
#[derive(Debug)]
pub(crate) struct Times(Vec<u64>);

impl Times {
    pub(crate) fn new(mut times: Vec<u64>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    pub(crate) fn of(times: impl Iterator<Item = Duration>) -> Self {
        Self::new(times.map(nanoseconds).collect())
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// The time that `per_mille` of all do not exceed.
    pub(crate) fn at(&self, per_mille: usize) -> f64 {
        let index = (self.0.len().saturating_sub(1)) * per_mille / 1000;
        self.0.get(index).map_or(f64::NAN, |time| *time as f64)
    }
}

pub(crate) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// A time as a reader wants it.
pub(crate) fn shown(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1e3 => format!("{n:.0} ns"),
        n if n < 1e6 => format!("{:.1} µs", n / 1e3),
        n if n < 1e9 => format!("{:.2} ms", n / 1e6),
        n => format!("{:.2} s", n / 1e9),
    }
}

/// Bytes of this process in memory.
pub(crate) fn resident() -> Result<usize, Failure> {
    let status = fs::read_to_string("/proc/self/status").map_err(Failure::from_display)?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    kilobytes.map(|count| count << 10).ok_or_else(|| Failure("no resident size".to_owned()))
}

/// Cores, and what the first one calls itself.
pub(crate) fn machine_line() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let about = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = about.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = memory.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kilobytes = total.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    format!(
        "{cores} cores, {}, {} GiB, {} {}",
        model.map_or("unknown processor", |(_, name)| name),
        kilobytes.unwrap_or(0) >> 20,
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

/// Runs a process to its end: seconds of cpu it took, and its output.
pub(crate) fn process_seconds(command: &mut Command) -> Result<(f64, String), Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let failed = |error: std::io::Error| Failure(format!("{name}: {error}"));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(failed)?;
    let mut output = String::new();
    if let Some(mut pipe) = child.stdout.take() {
        pipe.read_to_string(&mut output).map_err(failed)?;
    }
    // The figures of a process that has ended stay until somebody waits for it.
    let folder = format!("/proc/{}", child.id());
    let has_ended = || {
        let status = fs::read_to_string(format!("{folder}/stat")).unwrap_or_default();
        status.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('Z'))
    };
    while !has_ended() {
        sleep(Duration::from_micros(50));
    }
    let used = fs::read_to_string(format!("{folder}/schedstat")).map_err(failed)?;
    let all = fs::read_to_string(format!("{folder}/stat")).map_err(failed)?;
    let status = child.wait().map_err(failed)?;
    let time: f64 = used.split(' ').next().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN);
    // Exact for one thread; in hundredths of a second for all of them.
    let fields = all.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    let ticks: f64 = fields.skip(11).take(2).filter_map(|text| text.parse::<f64>().ok()).sum();
    let seconds = (time / 1e9).max(ticks / 100.0 - 0.01);
    if status.success() && time.is_finite() {
        Ok((seconds, output))
    } else {
        Err(Failure(format!("{name} failed: {status}")))
    }
}
