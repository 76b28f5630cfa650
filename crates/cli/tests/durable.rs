//! Durable runs, killed at random instants: what they did is done once, and the whole of it.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, ExitStatus, Stdio};
use std::time::Duration;

use common::{Place, root};

/// How often a test kills, unless `PALINDROME_KILLS` says otherwise.
const KILLS: u32 = 70;

/// The longest that a process lives, in microseconds.
const LIFE_MAX: u64 = 400_000;

/// Numbers without a pattern (xorshift64*, Marsaglia 2003, Vigna 2016).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) % end
    }
}

/// A folder with a program of `corpus/durable` and its input.
struct Job {
    place: Place,
    file: &'static str,
}

impl Job {
    fn new(file: &'static str) -> Self {
        let place = Place::new();
        fs::copy(root().join("corpus/durable").join(file), place.path(file)).unwrap();
        let lines: Vec<String> = (1..=60).map(|line| line.to_string()).collect();
        place.write("in.txt", lines.join("\n") + "\n");
        Self { place, file }
    }

    /// Starts the run; its output is added to a file.
    fn start(&self) -> Child {
        let output = File::options().create(true).append(true).open(self.output()).unwrap();
        let arguments = ["run", "--durable", "job", "--input", "in.txt", self.file];
        let mut command = self.place.command("palindrome", &arguments);
        command.stdin(Stdio::null()).stdout(output).stderr(self.complaints()).spawn().unwrap()
    }

    fn complaints(&self) -> File {
        File::options().create(true).append(true).open(self.place.path("complaints.txt")).unwrap()
    }

    fn output(&self) -> PathBuf {
        self.place.path("out.txt")
    }

    /// Runs to the end, and kills the process at random instants at most so often; says how often.
    fn run_and_kill(&self, chance: &mut Chance, kills_max: u32) -> (u32, ExitStatus) {
        let mut kills = 0;
        loop {
            let mut child = self.start();
            if kills < kills_max {
                std::thread::sleep(Duration::from_micros(chance.below(LIFE_MAX)));
                // It may have ended before; then there is nothing to kill.
                child.kill().unwrap();
            }
            let status = child.wait().unwrap();
            if status.code().is_some() {
                return (kills, status);
            }
            kills += 1;
        }
    }

    /// Runs to the end, with more options.
    fn finish(&self, options: &str) -> common::Said {
        let file = self.file;
        self.place.run(&format!("palindrome run --durable job {options} --input in.txt {file}"), "")
    }

    /// A run that was killed when it had come some way: to its second state.
    fn killed(file: &'static str) -> Self {
        let job = Self::new(file);
        loop {
            let mut child = job.start();
            while !job.kept("state.b").is_file() && child.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_millis(1));
            }
            child.kill().unwrap();
            if child.wait().unwrap().code().is_none() {
                return job;
            }
            // It was too quick.
            job.place.run("palindrome history purge job", "");
            fs::remove_file(job.output()).unwrap();
        }
    }

    fn kept(&self, name: &str) -> PathBuf {
        self.place.path("home/durable/job").join(name)
    }

    fn said(&self, name: &str) -> String {
        fs::read_to_string(self.place.path(name)).unwrap()
    }
}

/// Checks the output of a whole run: no line is missing or there twice, and the random numbers that
/// it showed are those it went on with.
fn check(output: &str, expected: &str) {
    let fixed = |text: &str| -> Vec<String> {
        text.lines().filter(|line| line.parse::<u64>().is_ok()).map(str::to_owned).collect()
    };
    let numbers: Vec<String> =
        output.replace("random\n", "random ").lines().map(str::to_owned).collect();
    let shown = numbers.iter().filter_map(|line| line.strip_prefix("random "));
    let sum: u64 = shown.clone().map(|number| number.parse::<u64>().unwrap()).sum();
    assert_eq!(shown.count(), 60, "{output}");
    let last = output.replace("sum\n", "sum ");
    assert_eq!(last.lines().last().unwrap(), format!("sum {sum}"), "{output}");
    let plain = |text: &str| fixed(&text.replace("random\n", "random ").replace("sum\n", "sum "));
    assert_eq!(plain(output), plain(expected));
}

/// Kills a program until it was killed often enough, in one run after the other.
fn kill_again_and_again(file: &'static str, seed: u64) {
    #[expect(clippy::disallowed_methods, reason = "the soak asks for more this way")]
    let kills = std::env::var("PALINDROME_KILLS").ok().and_then(|count| count.parse().ok());
    let mut left: u32 = kills.unwrap_or(KILLS);
    let whole = Job::new(file);
    assert_eq!(whole.run_and_kill(&mut Chance(seed), 0).1.code(), Some(0));
    let mut chance = Chance(seed);
    while left > 0 {
        let job = Job::new(file);
        let (kills, status) = job.run_and_kill(&mut chance, left);
        let complaints = job.said("complaints.txt");
        assert_eq!(status.code(), Some(0), "after {kills} kills: {complaints}");
        check(&job.said("out.txt"), &whole.said("out.txt"));
        if file.ends_with(".soc") {
            assert_eq!(job.said("log.txt"), whole.said("log.txt"));
        }
        let walk = job.place.run("palindrome debug --durable job", "goto end\nbacki\nwhere\n");
        assert!(walk.code == Some(0) && walk.error.is_empty(), "{walk:?}");
        left -= kills.min(left);
    }
}

#[test]
fn a_tape_machine_that_is_killed_goes_on() {
    kill_again_and_again("lines.pvm", 0x9e37_79b9_7f4a_7c15);
}

#[test]
fn a_stack_machine_that_is_killed_goes_on() {
    kill_again_and_again("lines.tacit", 0xbf58_476d_1ce4_e5b9);
}

#[test]
fn a_program_in_achronyme_that_is_killed_goes_on_and_adds_to_its_file_once() {
    kill_again_and_again("lines.soc", 0x94d0_49bb_1331_11eb);
}

#[test]
fn an_output_that_was_emptied_is_written_again_and_one_that_is_whole_is_not() {
    let job = Job::new("lines.pvm");
    assert_eq!(job.start().wait().unwrap().code(), Some(0));
    let whole = job.said("out.txt");
    assert_eq!(job.start().wait().unwrap().code(), Some(0));
    assert_eq!(job.said("out.txt"), whole);
    assert!(job.said("complaints.txt").contains("has ended with exit code 0 already"));
    File::create(job.output()).unwrap();
    assert_eq!(job.start().wait().unwrap().code(), Some(0));
    assert_eq!(job.said("out.txt"), whole);
    let cut = File::options().write(true).open(job.output()).unwrap();
    cut.set_len(whole.len() as u64 / 2).unwrap();
    assert_eq!(job.start().wait().unwrap().code(), Some(0));
    assert_eq!(job.said("out.txt"), whole);
}

#[test]
fn a_state_that_is_torn_or_flipped_is_not_gone_on_from() {
    for damage in ["torn", "flipped", "gone"] {
        let job = loop {
            let job = Job::killed("lines.tacit");
            for name in ["state.a", "state.b"] {
                let mut bytes = fs::read(job.kept(name)).unwrap();
                match damage {
                    "torn" => bytes.truncate(bytes.len() / 2),
                    "flipped" => {
                        let middle = bytes.len() / 2;
                        bytes[middle] ^= 4;
                    }
                    _ => bytes.clear(),
                }
                fs::write(job.kept(name), bytes).unwrap();
            }
            assert_eq!(job.start().wait().unwrap().code(), Some(0), "{damage}");
            // It may have been killed when it had ended but for its process.
            if !job.said("complaints.txt").contains("has ended with exit code 0 already") {
                break job;
            }
        };
        let complaints = job.said("complaints.txt");
        assert!(complaints.is_empty(), "{complaints}");
        let whole = Job::new("lines.tacit");
        assert_eq!(whole.start().wait().unwrap().code(), Some(0));
        check(&job.said("out.txt"), &whole.said("out.txt"));
    }
}

#[test]
fn a_recording_cut_off_anywhere_goes_on_or_says_why_not() {
    let job = Job::killed("lines.pvm");
    let bytes = fs::read(job.kept("run.rec")).unwrap();
    for cut in (0..bytes.len()).step_by(bytes.len() / 25 + 1) {
        fs::write(job.kept("run.rec"), &bytes[..cut]).unwrap();
        let said = job.finish("");
        assert!(matches!(said.code, Some(0 | 65 | 74)), "cut off at {cut}: {said:?}");
        assert!(!said.error.contains("panicked"), "{said:?}");
    }
}

#[test]
fn what_is_not_the_same_command_is_refused_with_a_way_on() {
    let job = Job::new("lines.pvm");
    assert_eq!(job.finish("").code, Some(0));
    let said = job.place.run("palindrome run --durable job --input in.txt lines.pvm more", "");
    assert_eq!(said.code, Some(64), "{said:?}");
    assert!(said.error.contains("another list of arguments"), "{said:?}");
    job.place.write("lines.pvm", "main: HALT\n");
    let said = job.finish("");
    assert_eq!(said.code, Some(64), "{said:?}");
    assert!(said.error.contains("began with another program"), "{said:?}");
    assert!(said.error.contains("palindrome history purge"), "{said:?}");
    for name in ["../x", ".x", "a/b", "a b"] {
        let arguments = ["run", "--durable", name, "lines.pvm"];
        let output = job.place.command("palindrome", &arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(64), "{name}");
    }
}

#[test]
fn two_processes_do_not_share_a_run() {
    let place = Place::new();
    place.write("wait.pvm", "main: OUTS \"ready\"\nIN R1\nOUT R1\nHALT\n");
    let arguments = ["run", "--durable", "job", "wait.pvm"];
    let mut first = place.command("palindrome", &arguments).spawn().unwrap();
    let mut ready = [0; 5];
    std::io::Read::read_exact(first.stdout.as_mut().unwrap(), &mut ready).unwrap();
    let second = place.run("palindrome run --durable job wait.pvm", "");
    assert_eq!(second.code, Some(74), "{second:?}");
    assert!(second.error.contains("the run job goes on in another process"), "{second:?}");
    let purged = place.run("palindrome history purge --all", "");
    assert!(purged.output.contains("job runs, and stays"), "{purged:?}");
    first.kill().unwrap();
    first.wait().unwrap();
    let third = place.run("palindrome run --durable job wait.pvm", "7\n");
    assert_eq!((third.code, third.output.trim()), (Some(0), "7"), "{third:?}");
}

#[test]
fn a_recording_that_grows_too_large_forgets_its_beginning_and_leaves_a_receipt() {
    let job = Job::new("lines.soc");
    let said = job.finish("--durable-max 1");
    assert_eq!(said.code, Some(0), "{said:?}");
    let whole = Job::new("lines.soc");
    check(&said.output, &whole.finish("").output);
    let shown = job.place.run("palindrome history show job", "");
    assert!(shown.output.contains("what was before is forgotten"), "{shown:?}");
    let receipts = job.place.run("palindrome history receipts", "");
    assert!(receipts.output.contains("forgot job before tick"), "{receipts:?}");
    let walk = job.place.run("palindrome debug --durable job", "goto start\ngoto end\nback\n");
    assert!(walk.code == Some(0) && walk.error.is_empty(), "{walk:?}");
    assert_eq!(job.finish("--durable-max 1").code, Some(0), "it has ended and stays so");
    let alone = job.place.run("palindrome replay home/durable/job/run.rec", "");
    assert_eq!(alone.code, Some(65), "{alone:?}");
    assert!(alone.error.contains("palindrome debug --durable"), "{alone:?}");
}

#[test]
fn what_is_kept_is_listed_and_forgotten_with_a_receipt() {
    let job = Job::new("lines.pvm");
    assert!(job.place.run("palindrome history", "").output.starts_with("nothing is kept"));
    assert_eq!(job.finish("").code, Some(0));
    let list = job.place.run("palindrome history list --json", "");
    let found: serde_json::Value = serde_json::from_str(&list.output).unwrap();
    assert_eq!((&found[0]["name"], &found[0]["status"]), (&"job".into(), &"ended with 0".into()));
    let nothing = job.place.run("palindrome history purge --older-than 1h", "");
    assert_eq!(nothing.output, "0 forgotten, 0 B freed\n");
    let none = job.place.run("palindrome history purge other", "");
    assert_eq!(none.code, Some(66), "{none:?}");
    assert!(none.error.contains("there are: job"), "{none:?}");
    let purged = job.place.run("palindrome history purge --larger-than 10", "");
    assert!(purged.output.contains("forgot job"), "{purged:?}");
    assert!(!job.place.path("home/durable/job").exists());
    let receipts = job.place.run("palindrome history receipts", "");
    assert!(receipts.output.contains("purged"), "{receipts:?}");
}

#[cfg(unix)]
#[test]
fn a_full_disk_stops_a_durable_run_which_goes_on_later() {
    let job = Job::new("lines.soc");
    let program = env!("CARGO_BIN_EXE_palindrome");
    // A file that may not grow is what a full disk is, but for its name.
    let line = format!(
        "trap '' XFSZ; ulimit -f 24; exec {program} run --durable job --input in.txt lines.soc"
    );
    let home = job.place.path("home");
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &line]).current_dir(home.parent().unwrap()).env("PALINDROME_HOME", &home);
    let output = File::create(job.output()).unwrap();
    let stopped = shell.stdout(output).stderr(job.complaints()).status().unwrap();
    let complaints = job.said("complaints.txt");
    assert_eq!(stopped.code(), Some(74), "{complaints}");
    assert!(complaints.contains("cannot write the recording"), "{complaints}");
    assert!(complaints.contains("goes on with the same command"), "{complaints}");
    assert_eq!(job.start().wait().unwrap().code(), Some(0));
    let whole = Job::new("lines.soc");
    check(&job.said("out.txt"), &whole.finish("").output);
    let log = job.said("log.txt");
    assert_eq!(log, whole.said("log.txt"));
}

#[test]
fn where_nothing_can_be_kept_a_durable_run_does_not_begin_and_a_plain_one_does() {
    let place = Place::new();
    place.write("a.pvm", "main: LI R1, 0\nOUT R1\nIDIV R2, R1, R1\n");
    place.write("home", "a file, and no folder");
    let durable = place.run("palindrome run --durable job a.pvm", "");
    assert_eq!((durable.code, durable.output.as_str()), (Some(74), ""), "{durable:?}");
    let plain = place.run("palindrome run a.pvm", "");
    assert_eq!((plain.code, plain.output.as_str()), (Some(70), "0\n"), "{plain:?}");
    assert!(plain.error.contains("the run could not be kept"), "{plain:?}");
}
