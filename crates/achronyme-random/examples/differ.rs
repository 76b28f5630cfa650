//! Runs random programs of Achronyme on both of its engines, on all cores, and shows what is left
//! of those that differ:
//!
//! ```text
//! cargo run --release -p achronyme-random --example differ -- --programs 100000 --seed 1
//! ```
//!
//! With names of files it runs these instead, and shows what each engine makes of them.
#![expect(clippy::print_stdout, reason = "a command-line tool")]

use std::panic;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use achronyme_random::{Compiled, Fared, Manner, compare, minimal, program, walk};

const USAGE: &str = "differ [--programs N] [--seed S] [--size STATEMENTS] [--threads T] [FILE…]";
/// Programs between two lines about how far it is.
const PROGRESS: u64 = 20_000;
/// Programs that are tried to make one shorter.
const TRIES: usize = 4_000;

struct Options {
    programs: u64,
    seed: u64,
    /// 0 for sizes of all sorts.
    size: usize,
    threads: usize,
    files: Vec<String>,
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        println!("{USAGE}");
        return ExitCode::from(2);
    };
    // A panic of an engine is a finding like others.
    panic::set_hook(Box::new(|_| {}));
    let found = if options.files.is_empty() { programs(&options) } else { files(&options.files) };
    ExitCode::from(u8::from(found > 0))
}

fn options() -> Option<Options> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut options = Options { programs: 10_000, seed: 1, size: 0, threads, files: Vec::new() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--programs" => options.programs = words.next()?.parse().ok()?,
            "--seed" => options.seed = words.next()?.parse().ok()?,
            "--size" => options.size = words.next()?.parse().ok()?,
            "--threads" => options.threads = words.next()?.parse().ok()?,
            file if !file.starts_with('-') => options.files.push(word),
            _ => return None,
        }
    }
    Some(options)
}

/// Runs random programs; says how many differ.
fn programs(options: &Options) -> u64 {
    let next = AtomicU64::new(0);
    let counts = Mutex::new([0_u64; 5]);
    thread::scope(|scope| {
        for _ in 0..options.threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= options.programs {
                        return;
                    }
                    let seed = options.seed.wrapping_add(number);
                    count(&counts, fared(seed, options.size));
                }
            });
        }
    });
    let counts = counts.into_inner().unwrap_or_default();
    println!("{}", told(&counts));
    counts[4]
}

/// How a program fared, as a place in the counts.
fn fared(seed: u64, size: usize) -> usize {
    let size = if size == 0 {
        [4, 8, 12, 20, 30, 50][usize::try_from(seed % 6).unwrap_or(0)]
    } else {
        size
    };
    let text = program(seed, size);
    match compare(&text, seed) {
        Ok(Fared::Well) => 0,
        Ok(Fared::Failed) => 1,
        Ok(Fared::Refused) => {
            println!("=== seed {seed}, size {size} is no program");
            2
        }
        Ok(Fared::TooLong) => 3,
        Err(difference) => {
            let (shorter, found) = minimal(&text, seed, TRIES);
            println!("=== seed {seed}, size {size}: {}{shorter}", found.unwrap_or(difference));
            4
        }
    }
}

fn count(counts: &Mutex<[u64; 5]>, place: usize) {
    let Ok(mut counts) = counts.lock() else { return };
    counts[place] += 1;
    if counts.iter().sum::<u64>() % PROGRESS == 0 {
        println!("{}", told(&counts));
    }
}

fn told(counts: &[u64; 5]) -> String {
    let [well, failed, refused, long, different] = counts;
    let all: u64 = counts.iter().sum();
    format!(
        "{all} programs: {well} ran well, {failed} failed, {refused} were refused, {long} took too \
         long, {different} differed"
    )
}

/// Runs programs in files; says how many differ.
fn files(paths: &[String]) -> u64 {
    let mut found = 0;
    for path in paths {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                println!("{path}: {error}");
                continue;
            }
        };
        print!("--- {path}, walked\n{}", walk(&text, u64::MAX));
        match Compiled::new(&text, true) {
            Ok(compiled) => {
                print!("--- compiled\n{}", compiled.run(Manner::Fast, u64::MAX).seen);
                println!("{}", achronyme_vm::disassemble(compiled.program()));
            }
            Err(seen) => print!("--- compiled\n{seen}"),
        }
        for seed in 0..16 {
            if let Err(difference) = compare(&text, seed) {
                println!("--- {difference}");
                found += 1;
                break;
            }
        }
    }
    found
}
