//! Operations on arrays, against NumPy and SciPy. Both sides are processes that are asked in turns and
//! warm up first; what counts is the fastest repetition. Both are also looked at with one thread.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use machine::{Answer, Piece, Probes, Question, Tick};
use timeline::{Arrival, History, Options, Timeline};

use crate::Failure;
use crate::measure::{geometric_mean, shown};
use crate::report::{Report, table};

const TABLE: &str = include_str!("../../programs/numeric.tsv");
/// What both sides compute with: numbers from 0 to below 1 without a pattern.
const DATA: &str = "\
let data = (n, start = 0) => do { let k = arange(start, start + n); mod(k * k * 0.6180339887498949, 1) }
let matrix = (n, start = 0) => reshape(data(n * n, start), n, n)
";
/// Repetitions of an operation are as many as fit in this time.
const TIME: Duration = Duration::from_millis(400);
/// How far the sums of the results may differ, in proportion.
const NEAR: f64 = 1e-6;

/// An operation.
struct Operation {
    name: &'static str,
    /// Our time to that of NumPy, at most.
    goal: f64,
    before: &'static str,
    expression: &'static str,
}

fn operations() -> impl Iterator<Item = Operation> {
    let lines = TABLE.lines().filter(|line| !line.starts_with("# "));
    lines.filter_map(|line| {
        let mut columns = line.split('\t');
        Some(Operation {
            name: columns.next()?,
            goal: columns.next()?.parse().ok()?,
            before: columns.next()?,
            expression: columns.next()?,
        })
    })
}

/// Answers questions on the standard input, as `peers/numeric.py` does.
pub(crate) fn serve() -> Result<(), Failure> {
    println!("ready");
    for line in io::stdin().lock().lines() {
        let line = line.map_err(Failure::from_display)?;
        let (name, repeats) = line.split_once('\t').unwrap_or((&line, "1"));
        let operation = operations().find(|operation| operation.name == name);
        let missing = || Failure(format!("there is no operation `{name}`"));
        let (best, sum) = run(&operation.ok_or_else(missing)?, repeats)?;
        println!("{}\t{sum}", best.as_secs_f64());
    }
    Ok(())
}

/// The fastest of several repetitions, and the sum of the sizes of the result's numbers.
fn run(operation: &Operation, repeats: &str) -> Result<(Duration, String), Failure> {
    let Operation { name, before, expression, .. } = operation;
    let text = format!(
        "{DATA}{before}\nmut result = null\nwrite(\"\")\nfor (_ in 0..={repeats}) {{\n  \
         result = {expression}\n  write(\"\")\n}}\n\
         let absolute = if (typeof(result) == \"Number\") {{ abs(result) }} else {{ sum(abs(result)) }}\n\
         print(absolute)\nnull\n"
    );
    let vm = super::compiled(name, &text)?;
    let options = Options { history: History::Checkpoints, ..Options::default() };
    let mut timeline = Timeline::new(vm, options);
    let (mut output, mut times, mut since) = (String::new(), Vec::new(), Instant::now());
    loop {
        match timeline.forward(Tick::MAX, &Probes::none()) {
            Arrival::Ended(_) => break,
            Arrival::Asks(Question::Write(pieces)) => {
                times.push(since.elapsed());
                for Piece { bytes, .. } in pieces {
                    output.push_str(&String::from_utf8_lossy(&bytes));
                }
                timeline.answer(Answer::Done).map_err(Failure::from_display)?;
                since = Instant::now();
            }
            arrival @ (Arrival::Reached
            | Arrival::Probed(_)
            | Arrival::Asks(_)
            | Arrival::Trapped(_)) => {
                return Err(Failure(format!("{name} stopped: {arrival:?}")));
            }
        }
    }
    // The first is what comes before, the second warms up, the last prints.
    times.pop();
    let best = times.into_iter().skip(2).min().unwrap_or_default();
    Ok((best, output.trim().to_owned()))
}

/// A process that is asked for times.
struct Side {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Side {
    fn start(command: &mut Command, threads: Option<usize>) -> Result<Self, Failure> {
        if let Some(threads) = threads {
            for name in ["RAYON_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"] {
                command.env(name, threads.to_string());
            }
        }
        let name = command.get_program().to_string_lossy().into_owned();
        let missing = || Failure(format!("{name} does not answer"));
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| Failure(format!("{name}: {error}")))?;
        let questions = child.stdin.take().ok_or_else(missing)?;
        let answers = BufReader::new(child.stdout.take().ok_or_else(missing)?);
        let mut side = Self { child, questions, answers };
        if side.line()?.starts_with("ready") { Ok(side) } else { Err(missing()) }
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        self.answers.read_line(&mut line).map_err(Failure::from_display)?;
        Ok(line.trim().to_owned())
    }

    /// Seconds of the fastest repetition, and the sum of the result.
    fn ask(&mut self, name: &str, repeats: usize) -> Result<(f64, f64), Failure> {
        writeln!(self.questions, "{name}\t{repeats}").map_err(Failure::from_display)?;
        let line = self.line()?;
        let wrong = || Failure(format!("{name}: answered {line:?}"));
        let (time, sum) = line.split_once('\t').ok_or_else(wrong)?;
        let number = |text: &str| text.parse::<f64>().map_err(|_| wrong());
        Ok((number(time)?, number(sum)?))
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

pub(crate) fn measure(
    is_smoke: bool,
    python: &str,
    like: &str,
    report: &mut Report,
) -> Result<(), Failure> {
    for threads in [Some(1), None] {
        let me = std::env::current_exe().map_err(Failure::from_display)?;
        let mut ours = Side::start(Command::new(me).arg("--serve-numeric"), threads)?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/numeric.py");
        let mut theirs = Side::start(Command::new(python).arg(script), threads)?;
        let (mut rows, mut ratios) = (Vec::new(), Vec::new());
        let count = if is_smoke { 1 } else { usize::MAX };
        let wanted = operations().filter(|operation| operation.name.contains(like)).take(count);
        for Operation { name, goal, .. } in wanted {
            let (our, their) = times(&mut ours, &mut theirs, name)?;
            println!("{name}: {} to {}", shown(our * 1e9), shown(their * 1e9));
            let ratio = our / their;
            ratios.push(ratio);
            let figure = if threads.is_some() { "to NumPy, one thread" } else { "to NumPy" };
            report.add(figure, name, ratio, "ratio");
            let mark = if ratio <= goal { "" } else { "over" };
            let row = [name, &shown(our * 1e9), &shown(their * 1e9), &format!("{ratio:.2}")];
            let mut row: Vec<String> = row.iter().map(|&text| text.to_owned()).collect();
            row.extend([format!("{goal}"), mark.to_owned()]);
            rows.push(row);
        }
        let mean = format!("**{:.2}**", geometric_mean(&ratios));
        let last = ["**geometric mean**", "", "", &mean, "", ""];
        rows.push(last.map(str::to_owned).to_vec());
        let about =
            if threads.is_some() { "one thread each" } else { "as many threads as they take" };
        table(
            &format!("Achronyme, recorded, to NumPy and SciPy, {about}"),
            &["operation", "ours", "NumPy", "ratio", "goal", ""],
            &rows,
        );
    }
    Ok(())
}

/// Our time and theirs, in turns, after both came to the same.
fn times(ours: &mut Side, theirs: &mut Side, name: &str) -> Result<(f64, f64), Failure> {
    let (mut our, our_sum) = ours.ask(name, 1)?;
    let (mut their, their_sum) = theirs.ask(name, 1)?;
    if (our_sum - their_sum).abs() > NEAR * our_sum.abs().max(their_sum.abs()) {
        return Err(Failure(format!("{name}: our result sums up to {our_sum}, not {their_sum}")));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    let repeats = |time: f64| (TIME.as_secs_f64() / time).clamp(3.0, 50.0) as usize;
    for _ in 0..2 {
        our = our.min(ours.ask(name, repeats(our))?.0);
        their = their.min(theirs.ask(name, repeats(their))?.0);
    }
    Ok((our, their))
}
