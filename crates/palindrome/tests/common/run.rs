//! Runs a program, and takes it back to its start.

use machine::{Machine as _, Probes, Stop, Tick};
use palindrome::{Options, Program, Vm, check, compile};
use source::Style;
use testkit::ScriptedWorld;

/// The machine of a program before its first instruction.
pub(crate) fn load(text: &str) -> Vm {
    load_with(text, Options::default())
}

/// The same, compiled in some way.
pub(crate) fn load_with(text: &str, options: Options) -> Vm {
    let checked = check("test.pal", text);
    let compiled = compile(&checked, options).unwrap_or_else(|found| {
        let shown = found.iter().map(|one| one.render(&checked.sources, Style::Plain));
        panic!("{text}\n{}", shown.collect::<String>())
    });
    Vm::load(Program::new(compiled).expect("code is verified"))
}

/// What a program prints; a fault is a line of its own. Afterwards it is taken back to its start.
pub(crate) fn printed(text: &str) -> String {
    compiled_with(text, Options::default())
}

/// The same, compiled in some way; but nothing is left out of the history.
pub(crate) fn compiled_with(text: &str, options: Options) -> String {
    let mut vm = load_with(text, Options { optimise: false, ..options });
    let start = vm.state_hash();
    vm.keep_trail(1 << 30);
    let mut world = ScriptedWorld::default();
    let end = loop {
        match vm.run(Tick::MAX, &Probes::none()) {
            Stop::Reached | Stop::Probed(_) => {}
            Stop::Asks(question) => vm.answer(&world.answer(&question)).expect("it goes on"),
            Stop::Trapped(trap) => break format!("! {trap}\n"),
            Stop::Ended(_) => break String::new(),
        }
    };
    let steps = vm.tick().safepoints;
    assert_eq!(vm.back(steps), steps, "{text}");
    assert_eq!(vm.state_hash(), start, "{text}");
    format!("{}{end}", String::from_utf8_lossy(world.output()))
}
