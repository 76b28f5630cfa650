//! The Achronyme machine: its programs, ready to be run.

pub(crate) mod engines;
pub(crate) mod numeric;
pub(crate) mod peers;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use achronyme::tree;
use achronyme_vm::Vm;
use machine::{Answer, Piece, Question};
use source::{Diagnostic, SourceMap};
use timeline::{History, Options, Timeline};

use crate::Failure;
use crate::finish::finish as finish_recorded;

/// Bytes that a program may take.
const MEMORY: usize = 4 << 30;

/// A program of `programs/achronyme/`. Its first line gives the size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    text: &'static str,
    smoke: u64,
    engines: u64,
}

macro_rules! entries {
    ($($name:literal $smoke:literal $engines:literal;)*) => {
        /// The programs, with the size for a quick look, and the one at which a tree walker ends in
        /// a second or so.
        pub(crate) const ALL: &[Entry] = &[$(Entry {
            name: $name,
            text: include_str!(concat!("../programs/achronyme/", $name, ".soc")),
            smoke: $smoke,
            engines: $engines,
        },)*];
    };
}

entries! {
    "fib" 12 22;
    "fib35" 12 22;
    "loopsum" 1000 300_000;
    "mandelbrot" 8 60;
    "nbody" 10 2000;
    "spectral" 10 40;
    "sieve" 1000 100_000;
    "nqueens" 5 7;
    "fannkuch" 5 7;
    "bintrees" 6 9;
    "strbuild" 100 2000;
    "closures" 100 3000;
    "records" 10 200;
    "generators" 100 30_000;
    "matmul" 5 30;
    "quicksort" 100 10_000;
    "wordcount" 1000 50_000;
    "deeprec" 2 200;
    "tailrec" 1000 400_000;
    "methods" 1000 80_000;
    "trycatch" 1000 50_000;
}

macro_rules! past {
    ($($name:literal)*) => {
        [$(Entry {
            name: $name,
            text: include_str!(concat!("../programs/achronyme/", $name, ".soc")),
            smoke: 1,
            engines: 20,
        }),*]
    };
}

/// An ordinary program with a large state, and the hard cases for whoever keeps the past. They have no
/// peers.
const PAST: &[Entry] = &past!["quicksort1m" "dirty" "scatter1m" "scatter"];

impl Entry {
    /// The size that the program has by itself.
    pub(crate) fn size(&self, is_smoke: bool) -> u64 {
        if is_smoke {
            return self.smoke;
        }
        let first = self.text.lines().next().unwrap_or_default();
        first.rsplit(' ').next().and_then(|size| size.parse().ok()).unwrap_or(0)
    }

    /// The size for comparing the two engines.
    pub(crate) const fn engines_size(&self) -> u64 {
        self.engines
    }

    /// The program's text for a size.
    pub(crate) fn text(&self, size: u64) -> String {
        let rest = self.text.split_once('\n').map_or("", |(_, rest)| rest);
        format!("let n = {size}\n{rest}")
    }

    /// A machine before the program's first instruction.
    pub(crate) fn vm(&self, size: u64) -> Result<Vm, Failure> {
        compiled(self.name, &self.text(size))
    }
}

pub(crate) fn find(name: &str) -> Result<&'static Entry, Failure> {
    let found = ALL.iter().chain(PAST).find(|entry| entry.name == name);
    found.ok_or_else(|| Failure(format!("there is no Achronyme program `{name}`")))
}

impl Entry {
    /// A machine before the first instruction of the program in another size, with a function
    /// `never` that nobody calls.
    pub(crate) fn endless(&self, size: u64) -> Result<Vm, Failure> {
        compiled(self.name, &format!("{}let never = () => 1\n", self.text(size)))
    }
}

/// A machine with a program.
fn compiled(name: &str, text: &str) -> Result<Vm, Failure> {
    let mut sources = SourceMap::default();
    let compiled = achronyme::compile(
        &format!("{name}.soc"),
        text,
        &mut sources,
        achronyme::Options::default(),
        &mut achronyme::NoFiles,
    );
    let (program, _) = compiled.map_err(|found| failed(name, &found))?;
    Vm::new(Arc::new(program), MEMORY).map_err(Failure::from_display)
}

fn failed(name: &str, found: &[Diagnostic]) -> Failure {
    let messages: Vec<_> = found.iter().map(|it| it.message.as_str()).collect();
    Failure(format!("{name}: {}", messages.join("; ")))
}

/// Walks the tree of a program; what it wrote.
fn walk(name: &str, text: &str) -> Result<String, Failure> {
    let mut sources = SourceMap::default();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let loaded = achronyme::load(name, text, &mut files, &mut sources);
    let (program, _) = loaded.map_err(|found| failed(name, &found))?;
    let output = Rc::new(RefCell::new(String::new()));
    let written = Rc::clone(&output);
    let world = move |question: Question| {
        if let Question::Write(pieces) = question {
            for Piece { bytes, .. } in pieces {
                written.borrow_mut().push_str(&String::from_utf8_lossy(&bytes));
            }
        }
        Answer::Done
    };
    let options = tree::Options::default();
    match tree::run(&program, &mut sources, &options, Box::new(world)) {
        tree::Ended::Value(_) | tree::Ended::Exit(0) => Ok(output.take()),
        ended @ (tree::Ended::Uncaught(_) | tree::Ended::Exit(_) | tree::Ended::Stopped) => {
            Err(Failure(format!("{name}: {ended:?}")))
        }
    }
}

/// Runs a machine to its end with this much history; what it wrote.
pub(crate) fn finish(vm: Vm, history: History) -> Result<String, Failure> {
    let mut timeline = Timeline::new(vm, Options { history, ..Options::default() });
    finish_recorded(&mut timeline).map(|output| String::from_utf8_lossy(&output).into_owned())
}
