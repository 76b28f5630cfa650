//! The Tacit machine: its programs, ready to be run.

pub(crate) mod pauses;
pub(crate) mod peers;
pub(crate) mod speed;

use machine::{Answer, Machine, Piece, Probes, Question, Stop, Tick};
use tacit_vm::{Layout, Vm};

use crate::Failure;

/// A program of `programs/tacit/` in the sizes it is run in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    text: &'static str,
    full: (u64, &'static str),
    smoke: (u64, &'static str),
    /// Kilobytes of memory.
    memory: usize,
}

macro_rules! entry {
    ($name:literal, $memory:literal, $full:expr, $smoke:expr) => {
        Entry {
            name: $name,
            text: include_str!(concat!("../programs/tacit/", $name, ".tacit")),
            full: $full,
            smoke: $smoke,
            memory: $memory,
        }
    };
}

/// The programs, each with what it prints. Collatz is missing: 32-bit floats cannot hold its numbers.
pub(crate) const ALL: [Entry; 5] = [
    entry!("fib35", 64, (35, "9227465\n"), (20, "6765\n")),
    entry!("nested", 64, (500, "50000000\n"), (2, "200000\n")),
    entry!("sieve8k", 64, (4000, "1027\n"), (4, "1027\n")),
    entry!("bubble", 64, (8, "745892\n"), (1, "745892\n")),
    entry!("matrix", 128, (300, "749700\n"), (2, "749700\n")),
];

/// The hard cases for whoever keeps the past. They have no peers.
const PAST: [Entry; 2] = [
    entry!("dirty", 256, (50, "0\n"), (2, "0\n")),
    entry!("scatter", 256, (50, "0\n"), (2, "0\n")),
];

impl Entry {
    /// The program's size, and what it prints then.
    pub(crate) const fn size(&self, is_smoke: bool) -> (u64, &'static str) {
        if is_smoke { self.smoke } else { self.full }
    }

    /// A machine before the program's first instruction. The size is the number that its last line
    /// begins with.
    pub(crate) fn vm(&self, is_smoke: bool) -> Result<Vm, Failure> {
        compiled(self.name, &self.sized(self.size(is_smoke).0), self.memory)
    }

    /// A machine before the first instruction of the program in another size, with a variable
    /// `cold` and a word `never` that nobody uses.
    pub(crate) fn endless(&self, size: u64) -> Result<Vm, Failure> {
        let text = format!("0 value cold\n: never ( -- ) cold drop ;\n{}", self.sized(size));
        compiled(self.name, &text, self.memory)
    }

    fn sized(&self, size: u64) -> String {
        let text = self.text.trim_end();
        let (head, last) = text.rsplit_once('\n').unwrap_or(("", text));
        let rest = last.split_once(' ').map_or("", |(_, rest)| rest);
        format!("{head}\n{size} {rest}\n")
    }
}

pub(crate) fn find(name: &str) -> Result<&'static Entry, Failure> {
    let found = ALL.iter().chain(&PAST).find(|entry| entry.name == name);
    found.ok_or_else(|| Failure(format!("there is no Tacit program `{name}`")))
}

/// A machine with a program.
pub(crate) fn compiled(name: &str, text: &str, kilobytes: usize) -> Result<Vm, Failure> {
    let layout = Layout::new(kilobytes << 10).map_err(Failure::from_display)?;
    let mut vm = Vm::new(layout);
    let made = tacit::compile(name, text, vm.memory(), &tacit::Options::default());
    let unit = made.unit.ok_or_else(|| {
        let messages: Vec<_> = made.diagnostics.iter().map(|it| it.message.as_str()).collect();
        Failure(format!("{name}: {}", messages.join("; ")))
    })?;
    vm.load(unit).map_err(Failure::from_display)?;
    Ok(vm)
}

/// Runs a machine to its end; what it wrote.
pub(crate) fn finish(vm: &mut Vm) -> Result<String, Failure> {
    let mut output = String::new();
    loop {
        match Machine::run(vm, Tick::MAX, &Probes::none()) {
            Stop::Ended(_) => return Ok(output),
            Stop::Asks(Question::Write(pieces)) => {
                for Piece { bytes, .. } in pieces {
                    output.push_str(&String::from_utf8_lossy(&bytes));
                }
                vm.answer(&Answer::Done).map_err(Failure::from_display)?;
            }
            stop @ (Stop::Reached | Stop::Probed(_) | Stop::Asks(_) | Stop::Trapped(_)) => {
                return Err(Failure(format!("stopped: {stop:?}")));
            }
        }
    }
}
