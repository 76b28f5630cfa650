//! Assembling in tests.
#![allow(dead_code, reason = "each test file uses some of it")]

use machine::{Machine as _, Probes, Stop, Tick};
use palindrome_asm::{Assembled, Options, Unit, assemble};
use palindrome_vm::{Image, Instruction, Program, Trap, Vm};
use source::Style;
use testkit::ScriptedWorld;

/// Units called `0.pvm`, `1.pvm`…, which may include each other, not optimised.
pub(crate) fn assemble_units(texts: &[&str]) -> Assembled {
    assemble_with(texts, &Options { optimise: false, keep_sources: true })
}

/// As above, with options.
pub(crate) fn assemble_with(texts: &[&str], options: &Options) -> Assembled {
    let units: Vec<_> =
        (0..).zip(texts).map(|(n, text)| Unit::new(format!("{n}.pvm"), *text)).collect();
    let mut loader = |name: &str| {
        let found = units.iter().find(|unit| unit.name == name);
        found.map(|unit| unit.text.clone()).ok_or(std::io::ErrorKind::NotFound.into())
    };
    assemble(&units, options, &mut loader)
}

/// The messages as a user sees them.
pub(crate) fn rendered(assembled: &Assembled) -> String {
    let render = |d: &source::Diagnostic| d.render(&assembled.sources, Style::Plain);
    assembled.diagnostics.iter().map(render).collect()
}

/// The image of a text without errors.
pub(crate) fn image(text: &str) -> Image {
    let assembled = assemble_units(&[text]);
    assembled.image.clone().unwrap_or_else(|| panic!("{}", rendered(&assembled)))
}

/// The instructions of a text without errors.
pub(crate) fn instructions(text: &str) -> Vec<Instruction> {
    Program::new(image(text)).expect("it verifies").instructions().to_vec()
}

/// A machine with the program of a text, not optimised.
pub(crate) fn machine(text: &str) -> Vm {
    Vm::load(Program::new(image(text)).expect("it verifies"))
}

/// Runs to `until`, answering; says what stopped it before.
pub(crate) fn drive(vm: &mut Vm, until: u64, world: &mut ScriptedWorld) -> Option<Stop<Trap>> {
    loop {
        match vm.run(Tick::at(until), &Probes::none()) {
            Stop::Asks(question) => {
                let answer = world.answer(&question);
                if let Err(trap) = vm.answer(&answer) {
                    return Some(Stop::Trapped(trap));
                }
            }
            Stop::Reached => return None,
            stop @ (Stop::Ended(_) | Stop::Trapped(_) | Stop::Probed(_)) => return Some(stop),
        }
    }
}
