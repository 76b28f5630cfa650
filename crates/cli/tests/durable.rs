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
