//! gdb's `record full` on the same loops in C, compiled: instructions a second while it records, while
//! it goes back over all of that, and for one step back; beside the same of the tape machine.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use machine::{Machine, Probes, Tick};
use tempfile::TempDir;
use timeline::{Options, Timeline};

use super::subject::run_to;
use super::{FULL, SMOKE, moves, power_of_ten, subject};
use crate::Failure;
use crate::measure::{clock, process_seconds, shown};
use crate::report::{Report, table};

/// Instructions of the C program, compiled with `-O1`, for one round of its innermost loop.
const INSTRUCTIONS_A_ROUND: f64 = 6.0;

/// Instructions that gdb may record; 200,000 unless it is told.
const LIMIT: &str = "set record full insn-number-max 2000000";

/// What one session gave.
struct Session {
    instructions: f64,
    forward: Duration,
    backward: Duration,
    step: Duration,
}

pub(crate) fn measure(is_smoke: bool, report: &mut Report) -> Result<(), Failure> {
    let (rounds, steps, native) = if is_smoke { (1, 3, 1) } else { (8, 100, 500) };
    let folder = TempDir::new().map_err(Failure::from_display)?;
    let program = compiled(folder.path())?;
    let (seconds, output) = process_seconds(Command::new(&program).arg(native.to_string()))?;
    if output.trim() != (native * 100_000).to_string() {
        return Err(Failure(format!("nested.c printed {output:?}")));
    }
    let native = f64::from(native) * 200_000.0 * INSTRUCTIONS_A_ROUND / seconds;
    let session = session(&program, rounds, steps)?;
    let rate = |time: Duration| session.instructions / time.as_secs_f64();
    let (forward, backward) = (rate(session.forward), rate(session.backward));
    let ours = ours(is_smoke)?;
    let million = |rate: f64| format!("{:.3}", rate / 1e6);
    let rows = [
        ["without recording, 10^6 instructions a second", &million(native), &million(ours.plain)],
        ["recording, 10^6 a second", &million(forward), &million(ours.forward)],
        [
            "slowdown of recording",
            &format!("{:.0}", native / forward),
            &format!("{:.3}", ours.plain / ours.forward),
        ],
        ["back over all of it, 10^6 a second", &million(backward), &million(ours.backward)],
        [
            "the same, to the speed without recording",
            &format!("1 / {:.0}", native / backward),
            &format!("{:.2}", ours.backward / ours.plain),
        ],
        ["one step back", &shown(session.step.as_nanos() as f64), &shown(ours.step)],
        [
            "instructions of history",
            &format!("{:.0}", session.instructions),
            &power_of_ten(ours.instructions),
        ],
    ];
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    table("gdb's `record full`, nested loops", &["what", "gdb", "PVM"], &rows);
    for (name, value) in [("native", native), ("recording", forward), ("backward", backward)] {
        report.add(name, "gdb", value, "instructions/s");
    }
    report.add("step back", "gdb", session.step.as_nanos() as f64, "ns");
    Ok(())
}

/// Compiles the loops.
fn compiled(folder: &Path) -> Result<std::path::PathBuf, Failure> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/gdb/nested.c");
    let program = folder.join("nested");
    let mut command = Command::new("cc");
    command.args(["-O1", "-g", "-o"]).arg(&program).arg(source);
    let output = command.output().map_err(|error| missing("cc", "gcc", &error))?;
    if output.status.success() {
        return Ok(program);
    }
    Err(Failure(format!("cc: {}", String::from_utf8_lossy(&output.stderr))))
}

fn missing(name: &str, package: &str, error: &std::io::Error) -> Failure {
    Failure(format!("cannot run {name}: {error}; Debian's package `{package}` has it"))
}

/// Records the loops with one round of the outermost and so many of the middle one, goes back over
/// all of it with a breakpoint that is never hit, and takes some single steps back from the end.
fn session(program: &Path, rounds: u32, steps: usize) -> Result<Session, Failure> {
    let mut commands = vec![
        "set confirm off",
        "set pagination off",
        LIMIT,
        "break work",
        "run",
        "delete",
        "record full",
        "break finished",
        "echo @\\n",
        "continue",
        "echo @forward\\n",
        "info record",
        "delete",
        "break never",
        "echo @\\n",
        "reverse-continue",
        "echo @backward\\n",
        "record goto end",
        "echo @\\n",
    ];
    commands.extend(vec!["reverse-stepi"; steps]);
    commands.extend(["echo @steps\\n", "kill"]);
    let mut command = Command::new("gdb");
    command.args(["-batch", "-nx"]);
    command.args(commands.iter().flat_map(|text| ["-ex", text])).arg("--args").arg(program);
    command.args(["1", &rounds.to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| missing("gdb", "gdb", &error))?;
    let Some(output) = child.stdout.take() else { unreachable!("it is a pipe") };
    let mut begin = Instant::now();
    let (mut text, mut times, mut instructions) = (String::new(), Vec::new(), None);
    for line in BufReader::new(output).lines() {
        let line = line.map_err(Failure::from_display)?;
        match line.strip_prefix('@') {
            Some("") => begin = Instant::now(),
            Some(_) => times.push(begin.elapsed()),
            None => {}
        }
        if let Some(rest) = line.strip_prefix("Log contains ") {
            let number = rest.split(' ').next();
            instructions = number.and_then(|number| number.parse::<f64>().ok());
        }
        text += &line;
        text.push('\n');
    }
    child.wait().map_err(Failure::from_display)?;
    let has_gone_back = text.contains("No more reverse-execution history");
    match (&times[..], instructions) {
        ([forward, backward, all], Some(instructions)) if has_gone_back => Ok(Session {
            instructions,
            forward: *forward,
            backward: *backward,
            step: *all / u32::try_from(steps).unwrap_or(1),
        }),
        _ => Err(Failure(format!("gdb did not record, or not go back:\n{text}"))),
    }
}

/// The same of the tape machine, over a longer history.
struct Ours {
    plain: f64,
    forward: f64,
    backward: f64,
    step: f64,
    instructions: u64,
}

fn ours(is_smoke: bool) -> Result<Ours, Failure> {
    let scale = if is_smoke { SMOKE } else { FULL };
    let subject = subject::nested();
    let mut machine = (subject.make)()?;
    let fresh = machine.snapshot();
    let (plain, result) = clock(|| run_to(&mut machine, scale.instructions));
    result?;
    machine.restore(&fresh);
    let mut timeline = Timeline::new(machine, Options::default());
    let end = Tick::at(scale.instructions);
    let (forward, _) = clock(|| timeline.forward(end, &Probes::none()));
    let never = subject.never(timeline.machine())?;
    let backward = moves::search(&mut timeline, never)?;
    let steps = moves::steps(&mut timeline, &subject, &scale)?;
    let instructions = scale.instructions;
    let rate = |time: Duration| instructions as f64 / time.as_secs_f64();
    let (plain, forward, backward) = (rate(plain), rate(forward), rate(backward));
    Ok(Ours { plain, forward, backward, step: steps.at(500), instructions })
}
