//! Runs random programs of Achronyme on both of its engines, on all cores, and shows what is left
//! of those that differ:
//!
//! ```text
//! cargo run --release -p achronyme-random --example differ -- --programs 100000 --seed 1
//! ```
//!
//! With `--calls N` programs call N of the library's functions with arguments of any kind.
//! With `--stock FOLDER` programs are grown from those that lie there, such as `corpus/achronyme`.
//! With `--laws N` the laws of time are checked on the first N instructions of each program instead.
//! With names of files these are run, and what each engine makes of them is shown.
#![expect(clippy::print_stdout, reason = "a command-line tool")]

use std::panic;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use std::fs;
use std::path::Path;

use achronyme_random::{
    Compiled, Fared, Manner, Stock, TICKS, Text, calls, compare, minimal, program, shrink, walk,
};

const USAGE: &str = "differ [--programs N] [--seed S] [--size STATEMENTS] [--threads T] [--laws STEPS] \
     [--calls COUNT] [--stock FOLDER] [FILE…]";
/// Ticks of programs that may not end.
const TICKS_GROWN: u64 = 60_000;
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
    /// Instructions on which the laws of time are checked; 0 to compare engines.
    laws: usize,
    /// Calls of the library of each program; 0 to write other programs.
    calls: usize,
    /// What programs are grown from; none to write them anew.
    stock: Option<Stock>,
    files: Vec<String>,
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        println!("{USAGE}");
        return ExitCode::from(2);
    };
    // A panic of an engine is a finding like others.
    panic::set_hook(Box::new(|_| {}));
    let found = if options.files.is_empty() { programs(&options) } else { files(&options) };
    ExitCode::from(u8::from(found > 0))
}

fn options() -> Option<Options> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut options = Options {
        programs: 10_000,
        seed: 1,
        size: 0,
        threads,
        laws: 0,
        calls: 0,
        stock: None,
        files: Vec::new(),
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--programs" => options.programs = words.next()?.parse().ok()?,
            "--seed" => options.seed = words.next()?.parse().ok()?,
            "--size" => options.size = words.next()?.parse().ok()?,
            "--threads" => options.threads = words.next()?.parse().ok()?,
            "--laws" => options.laws = words.next()?.parse().ok()?,
            "--calls" => options.calls = words.next()?.parse().ok()?,
            "--stock" => {
                let mut texts = Vec::new();
                gather(Path::new(&words.next()?), &mut texts);
                options.stock = Some(Stock::new(texts));
            }
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
                    count(&counts, fared(seed, options));
                }
            });
        }
    });
    let counts = counts.into_inner().unwrap_or_default();
    println!("{}", told(&counts));
    counts[4]
}

/// Adds the programs in a folder and those in it.
fn gather(folder: &Path, texts: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            gather(&path, texts);
        } else if path.extension().is_some_and(|ending| ending == "soc") {
            texts.extend(fs::read_to_string(path));
        }
    }
}

/// How a program fared, as a place in the counts.
fn fared(seed: u64, options: &Options) -> usize {
    let size = match options.size {
        0 => [4, 8, 12, 20, 30, 50][usize::try_from(seed % 6).unwrap_or(0)],
        size => size,
    };
    let (text, ticks) = match &options.stock {
        Some(stock) => (stock.program(seed), TICKS_GROWN),
        None if options.calls > 0 => (calls(seed, options.calls), TICKS),
        None => (program(seed, size), TICKS),
    };
    if options.laws > 0 {
        return obeys(&text, seed, options.laws);
    }
    match compare(&text, seed, ticks) {
        Ok(Fared::Well) => 0,
        Ok(Fared::Failed) => 1,
        Ok(Fared::Refused) => {
            if options.stock.is_none() {
                println!("=== seed {seed}, size {size} is no program");
            }
            2
        }
        Ok(Fared::TooLong) => 3,
        Err(difference) => {
            let (shorter, found) = minimal(&text, seed, ticks, TRIES);
            println!("=== seed {seed}, size {size}: {}{shorter}", found.unwrap_or(difference));
            4
        }
    }
}

/// Likewise, for the laws of time.
fn obeys(text: &str, seed: u64, steps: usize) -> usize {
    let broken =
        |text: &str| Compiled::new(&Text::new(text).ok()?, seed % 4 != 3).ok()?.obeys(steps).err();
    let Some(wrong) = broken(text) else { return 0 };
    let shorter = shrink(text, TRIES, &mut |text| broken(text).is_some());
    println!("=== seed {seed}: {}\n{shorter}", broken(&shorter).unwrap_or(wrong));
    4
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
fn files(options: &Options) -> u64 {
    let mut found = 0;
    for path in &options.files {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                println!("{path}: {error}");
                continue;
            }
        };
        if options.laws > 0 {
            println!("--- {path}, {} instructions", options.laws);
            found += u64::from(obeys(&text, 0, options.laws) > 0);
            continue;
        }
        print!("--- {path}, walked\n{}", walk(&text, u64::MAX));
        let compiled = Text::new(&text).and_then(|text| Compiled::new(&text, true));
        match compiled.and_then(|compiled| Ok((compiled.runs()?, compiled))) {
            Ok((mut runs, compiled)) => {
                print!("--- compiled\n{}", runs.run(Manner::Fast, u64::MAX).seen);
                println!("{}", achronyme_vm::disassemble(compiled.program()));
            }
            Err(seen) => print!("--- compiled\n{seen}"),
        }
        for seed in 0..16 {
            if let Err(difference) = compare(&text, seed, TICKS) {
                println!("--- {difference}");
                found += 1;
                break;
            }
        }
    }
    found
}
