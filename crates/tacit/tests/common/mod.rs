//! A fresh memory, compiling into it, listings of units, and running them.

#![allow(dead_code, reason = "each test uses its part")]

use isa::{DecodeError, Feed};
use machine::{Machine as _, Probes, Stop, Tick};
use source::Style;
use tacit::{Compiled, Options, compile};
use tacit_vm::{Instruction, Layout, Memory, Unit, Vm};
use testkit::ScriptedWorld;

/// A memory in which nothing is loaded.
pub(crate) fn memory() -> Memory {
    Vm::new(Layout::DEFAULT).memory().clone()
}

pub(crate) fn compiled(text: &str) -> Compiled {
    compile("test.tacit", text, &memory(), &Options::default())
}

/// Compiles a text that has no errors and adds it to a machine.
pub(crate) fn add(vm: &mut Vm, text: &str) -> Unit {
    let compiled = compile("test.tacit", text, vm.memory(), &Options::default());
    let unit = compiled.unit.clone().unwrap_or_else(|| panic!("{text}\n{}", rendered(&compiled)));
    vm.load(unit.clone()).unwrap_or_else(|error| panic!("{text}\n{error}"));
    unit
}

/// What became of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// What it printed.
    pub(crate) output: String,
    /// What it left on the stack, as `.` shows it.
    pub(crate) stack: Vec<String>,
    pub(crate) error: Option<String>,
}

/// Compiles a text and runs it on a machine that keeps its stack from before.
pub(crate) fn run_on(vm: &mut Vm, text: &str) -> Outcome {
    run_with(vm, text, &Options::default())
}

pub(crate) fn run_with(vm: &mut Vm, text: &str, options: &Options) -> Outcome {
    let compiled = compile("test.tacit", text, vm.memory(), options);
    let mut outcome = Outcome::default();
    let Some(unit) = compiled.unit else {
        outcome.error = compiled.diagnostics.into_iter().map(|found| found.message).next();
        return outcome;
    };
    vm.load(unit).unwrap_or_else(|error| panic!("{text}\n{error}"));
    let mut world = ScriptedWorld::default();
    let end = Tick::at(vm.tick().safepoints + 2_000_000);
    loop {
        match vm.run(end, &Probes::default()) {
            Stop::Asks(question) => {
                let answer = world.answer(&question);
                vm.answer(&answer).unwrap_or_else(|trap| panic!("{text}\n{trap}"));
            }
            Stop::Trapped(trap) => {
                outcome.error = Some(trap.to_string());
                break;
            }
            Stop::Ended(_) => break,
            Stop::Reached | Stop::Probed(_) => panic!("it does not end: {text}"),
        }
    }
    outcome.output = String::from_utf8_lossy(world.output()).into_owned();
    let shown = vm.stack().into_iter().map(|cell| vm.memory().show(cell));
    outcome.stack = shown.map(|text| text.unwrap_or_else(|trap| trap.to_string())).collect();
    outcome
}

/// Compiles a text and runs it on a machine that was just switched on.
pub(crate) fn run(text: &str) -> Outcome {
    run_on(&mut Vm::new(Layout::DEFAULT), text)
}

/// All that is said about a text.
pub(crate) fn rendered(compiled: &Compiled) -> String {
    let diagnostics = compiled.diagnostics.iter();
    diagnostics.map(|diagnostic| diagnostic.render(&compiled.sources, Style::Plain)).collect()
}

/// The messages alone.
pub(crate) fn messages(text: &str) -> Vec<String> {
    compiled(text).diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect()
}

struct Bytes<'a>(&'a [u8]);

impl Feed for Bytes<'_> {
    fn small(&mut self) -> Result<u8, DecodeError> {
        let (first, rest) = self.0.split_first().ok_or(DecodeError::MissingOperand)?;
        self.0 = rest;
        Ok(*first)
    }

    fn wide(&mut self) -> Result<i64, DecodeError> {
        Err(DecodeError::MissingOperand)
    }

    fn text(&mut self) -> Result<String, DecodeError> {
        Err(DecodeError::MissingOperand)
    }
}

/// The instructions of a unit with their offsets.
pub(crate) fn instructions(unit: &Unit) -> Vec<(usize, Instruction)> {
    let mut bytes = Bytes(&unit.code);
    let mut found = Vec::new();
    while !bytes.0.is_empty() {
        let at = usize::from(unit.base) + unit.code.len() - bytes.0.len();
        let code = bytes.small().expect("not empty");
        found.push((at, Instruction::unpack(code, &mut bytes).expect("an instruction")));
    }
    found
}

/// The unit of a text, one instruction per line.
pub(crate) fn listing(text: &str) -> String {
    let unit = add(&mut Vm::new(Layout::DEFAULT), text);
    let lines = instructions(&unit).into_iter().map(|(at, instruction)| {
        let entry = if at == usize::from(unit.entry) { ">" } else { " " };
        format!("{entry}{at:04x} {instruction}\n")
    });
    lines.collect()
}
