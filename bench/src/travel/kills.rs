//! Going on after `kill -9`: how long a process of `palindrome run --durable` takes from its start to
//! the answer that comes after the last one of the process that was killed.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

use super::{Figure, Scale, kibibytes};
use crate::Failure;
use crate::measure::{Times, used_by};
use crate::report::Report;

/// A program that answers each line that it reads.
pub(super) struct Durable {
    pub(super) file: &'static str,
    pub(super) text: &'static str,
    pub(super) options: &'static [&'static str],
}

/// Answers between two kills.
const ANSWERS_MAX: u64 = 200;

/// Kills it while it waits, again and again. A process that is never killed says what is right.
pub(super) fn measure(
    guest: &str,
    durable: &Durable,
    scale: &Scale,
    report: &mut Report,
) -> Result<Vec<Figure>, Failure> {
    let folder = TempDir::new().map_err(Failure::from_display)?;
    fs::write(folder.path().join(durable.file), durable.text).map_err(Failure::from_display)?;
    let mut straight = Server::start(folder.path(), durable, false)?;
    let mut server = Server::start(folder.path(), durable, true)?;
    let (mut dice, mut number) = (1_u64, 0);
    let (mut times, mut busy, mut bytes) = (Vec::new(), Vec::new(), 0);
    let mut last = String::new();
    for _ in 0..scale.kills {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        for _ in 0..(dice >> 33) % ANSWERS_MAX + ANSWERS_MAX / 10 {
            number += 1;
            last = straight.answer(number)?;
            agrees(number, &server.answer(number)?, &last)?;
        }
        drop(server);
        let begin = Instant::now();
        server = Server::start(folder.path(), durable, true)?;
        number += 1;
        let mut answer = server.answer(number)?;
        // Killed after it answered and before it noted that, it says so once more: a pipe does not
        // tell what went through it.
        if answer == last {
            answer = server.read()?;
        }
        times.push(begin.elapsed());
        busy.push(used_by(&server.child.id().to_string())?);
        agrees(number, &answer, &straight.answer(number)?)?;
        let state = fs::metadata(folder.path().join("home/durable/job/state.a"));
        bytes = state.map_or(bytes, |state| bytes.max(state.len()));
    }
    let times = Times::of(times.into_iter());
    for (name, per_mille) in [("p50", 500), ("worst", 1000)] {
        report.add(&format!("going on after a kill, {name}"), guest, times.at(per_mille), "ns");
    }
    let what = format!("going on after `kill -9`, {} times", scale.kills);
    let of_processor = format!("processor time of that, with {} on disk", kibibytes(bytes));
    Ok(vec![
        Figure::of_times(&what, "50 ms", &times),
        Figure::of_times(&of_processor, "", &Times::new(busy)),
    ])
}

/// A process that answers. It is killed when it is dropped.
struct Server {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Server {
    /// Runs this very program as the command line.
    fn start(folder: &Path, durable: &Durable, is_durable: bool) -> Result<Self, Failure> {
        let me = std::env::current_exe().map_err(Failure::from_display)?;
        let mut command = Command::new(me);
        command.arg0(crate::COMMAND_LINE).arg("run");
        command.args(if is_durable { &["--durable", "job"][..] } else { &["--history", "off"] });
        command.args(durable.options).arg(durable.file);
        command.current_dir(folder).env("PALINDROME_HOME", folder.join("home"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(Failure::from_display)?;
        let (Some(requests), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            unreachable!("both are pipes");
        };
        Ok(Self { child, requests, answers: BufReader::new(answers) })
    }

    fn answer(&mut self, number: u64) -> Result<String, Failure> {
        writeln!(self.requests, "{number}").map_err(Failure::from_display)?;
        self.read()
    }

    fn read(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        self.answers.read_line(&mut line).map_err(Failure::from_display)?;
        if line.ends_with('\n') { Ok(line) } else { Err(Failure(format!("no answer: {line:?}"))) }
    }
}

fn agrees(number: u64, answer: &str, expected: &str) -> Result<(), Failure> {
    if answer == expected {
        return Ok(());
    }
    Err(Failure(format!("request {number} was answered {answer} instead of {expected}")))
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which shows elsewhere.
        let _killed = self.child.kill();
        let _status = self.child.wait();
    }
}
