//! The programs that time travel is measured with: for each guest a typical one and its worst case,
//! which run as long as anybody waits, and the programs of the benchmark, which end.

use machine::{CodePosition, Inspect, Machine, Probes, Stop, Tick};
use timeline::{Options, Timeline};

use super::kills::Durable;
use super::{FULL, SMOKE};
use crate::measure::resident;
use crate::{Failure, achronyme, programs, tacit};

/// Makes a machine before its first instruction.
type Make<M> = Box<dyn Fn() -> Result<M, Failure>>;

/// A language with its programs.
pub(super) struct Guest<M> {
    pub(super) name: &'static str,
    /// How many times shorter its history is than that of the machines whose searches for a write are
    /// quick.
    pub(super) shorter: u64,
    /// The typical one first.
    pub(super) subjects: Vec<Subject<M>>,
    /// Those of the benchmark, in the size that they are measured in and in the size for a quick
    /// look.
    pub(super) programs: Vec<(&'static str, [Make<M>; 2])>,
    /// One that waits for requests, with about 1 MiB of state where the machine has so much.
    pub(super) durable: Durable,
}

/// A program that does not end.
pub(super) struct Subject<M> {
    pub(super) name: &'static str,
    /// What it stands for.
    pub(super) role: &'static str,
    pub(super) make: Make<M>,
    /// Something that is written at the beginning or never, as an expression.
    pub(super) cold: &'static str,
}

impl<M: Machine> Subject<M> {
    /// A machine at that tick.
    pub(super) fn after(&self, tick: u64) -> Result<M, Failure> {
        let mut machine = (self.make)()?;
        run_to(&mut machine, tick)?;
        Ok(machine)
    }
}

impl<M: Inspect> Subject<M> {
    /// Where the program never comes: the beginning of what each of them calls `never`.
    pub(super) fn never(&self, machine: &M) -> Result<CodePosition, Failure> {
        let none = || Failure(format!("{} has no `never`", self.name));
        machine.position_of_name("never").ok_or_else(none)
    }
}

/// Runs on to a tick that is before the program's end and its first question.
pub(super) fn run_to(machine: &mut impl Machine, tick: u64) -> Result<(), Failure> {
    match machine.run(Tick::at(tick), &Probes::none()) {
        Stop::Reached => Ok(()),
        Stop::Probed(_) | Stop::Asks(_) | Stop::Ended(_) | Stop::Trapped(_) => {
            Err(Failure(format!("stopped at {} before {tick}", machine.tick())))
        }
    }
}

macro_rules! durable {
    ($file:literal, $options:expr) => {
        Durable {
            file: $file,
            text: include_str!(concat!("../../programs/durable/", $file)),
            options: $options,
        }
    };
}

fn of_pvm(
    name: &'static str,
    role: &'static str,
    cold: &'static str,
) -> Subject<palindrome_vm::Vm> {
    let make = move || -> Result<_, Failure> {
        let program = programs::find(name)?.endless(100_000_000)?;
        Ok(palindrome_vm::Vm::load(program))
    };
    Subject { name, role, cold, make: Box::new(make) }
}

/// Loops over registers.
pub(super) fn nested() -> Subject<palindrome_vm::Vm> {
    of_pvm("nested", "loops", "[0x204000]")
}

/// The tape machine.
pub(super) fn pvm() -> Guest<palindrome_vm::Vm> {
    let programs = programs::ALL.iter().map(|entry| {
        let make = |is_smoke| -> Make<palindrome_vm::Vm> {
            Box::new(move || Ok(entry.ready(is_smoke)?.vm()))
        };
        (entry.name, [make(false), make(true)])
    });
    Guest {
        name: "PVM",
        shorter: 1,
        subjects: vec![
            of_pvm("sieve8k", "typical", "[0x208000]"),
            of_pvm("sieve1m", "typical with 1 MiB", "[0x10204000]"),
            of_pvm("dirty", "1 MiB rewritten", "[0x204000]"),
            of_pvm("scatter1m", "1 MiB at random", "[0x10000008]"),
            of_pvm("scatter", "worst case", "[0x10000008]"),
        ],
        programs: programs.collect(),
        durable: durable!("requests.pvm", &[]),
    }
}

/// The stack machine.
pub(super) fn tacit() -> Guest<tacit_vm::Vm> {
    let subject = |name: &'static str, role, cold| {
        let make = move || tacit::find(name)?.endless(10_000_000);
        Subject { name, role, cold, make: Box::new(make) }
    };
    let programs = tacit::ALL.iter().map(|entry| {
        let make = |is_smoke| -> Make<tacit_vm::Vm> { Box::new(move || entry.vm(is_smoke)) };
        (entry.name, [make(false), make(true)])
    });
    Guest {
        name: "Tacit",
        shorter: 1,
        subjects: vec![
            subject("sieve8k", "typical", "cold"),
            subject("dirty", "55 KiB rewritten", "cold"),
            subject("scatter", "worst case", "cold"),
        ],
        programs: programs.collect(),
        durable: durable!("requests.tacit", &["--memory", "256k"]),
    }
}

/// The scripting language.
pub(super) fn achronyme() -> Guest<achronyme_vm::Vm> {
    let subject = |name: &'static str, role, cold| {
        let make = move || achronyme::find(name)?.endless(1_000_000_000_000);
        Subject { name, role, cold, make: Box::new(make) }
    };
    let programs = achronyme::ALL.iter().map(|entry| {
        let make = |is_smoke| -> Make<achronyme_vm::Vm> {
            Box::new(move || entry.vm(entry.size(is_smoke)))
        };
        (entry.name, [make(false), make(true)])
    });
    Guest {
        name: "Achronyme",
        shorter: 1,
        subjects: vec![
            subject("nbody", "typical", "SM"),
            subject("quicksort1m", "typical with 1 MiB", "first[0]"),
            subject("dirty", "1 MiB rewritten", "first[0]"),
            subject("scatter1m", "1 MiB at random", "v[1]"),
            subject("scatter", "worst case", "v[1]"),
        ],
        programs: programs.collect(),
        durable: durable!("requests.soc", &[]),
    }
}

/// Bytes that each of many idle branches of this guest's typical program takes.
pub(crate) fn idle_branch(guest: &str, is_smoke: bool) -> Result<f64, Failure> {
    match guest {
        "PVM" => idle_bytes(&pvm(), is_smoke),
        "Tacit" => idle_bytes(&tacit(), is_smoke),
        "Achronyme" => idle_bytes(&achronyme(), is_smoke),
        other => Err(Failure(format!("there is no guest `{other}`"))),
    }
}

fn idle_bytes<M: Machine>(guest: &Guest<M>, is_smoke: bool) -> Result<f64, Failure> {
    let scale = if is_smoke { SMOKE } else { FULL };
    let Some(subject) = guest.subjects.first() else { return Ok(f64::NAN) };
    let mut timeline = Timeline::new((subject.make)()?, Options::default());
    timeline.forward(Tick::at(1_000_000), &Probes::none());
    let before = resident()?;
    for _ in 0..scale.branches {
        timeline.branch("what if");
    }
    let grown = resident()?.saturating_sub(before);
    Ok(grown as f64 / scale.branches as f64)
}
