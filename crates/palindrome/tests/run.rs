//! Programs of the corpus: what they print, and that they run backwards to where they began.

use std::fs;
use std::path::Path;

use machine::{Machine as _, Probes, Stop, Tick};
use palindrome::{Options, Program, Vm, check, compile};
use source::Style;
use testkit::ScriptedWorld;

/// Steps that are looked at one by one.
const STEPS_MAX: u64 = 5_000;

fn load(path: &Path, optimise: bool) -> Result<Vm, String> {
    let text = fs::read_to_string(path).expect("the case can be read");
    let checked = check("test.pal", &text);
    let options = Options { optimise, ..Options::default() };
    match compile(&checked, options) {
        Ok(compiled) => {
            let again = palindrome::Compiled::from_bytes(&compiled.to_bytes()).expect("it is one");
            assert_eq!(again.image, compiled.image, "{}", path.display());
            assert_eq!(again.names, compiled.names, "{}", path.display());
            Ok(Vm::load(Program::new(compiled).expect("code is verified")))
        }
        Err(found) => {
            Err(found.iter().map(|one| one.render(&checked.sources, Style::Plain)).collect())
        }
    }
}

/// Runs to the end; what was written, and how it ended.
fn run(vm: &mut Vm, probes: &Probes, mut look: impl FnMut(&Vm)) -> String {
    let mut world = ScriptedWorld::default();
    let end = loop {
        match vm.run(Tick::MAX, probes) {
            Stop::Reached | Stop::Probed(_) => look(vm),
            Stop::Asks(question) => match vm.answer(&world.answer(&question)) {
                Ok(()) => look(vm),
                Err(trap) => break format!("! {trap}\n= exit 70\n"),
            },
            Stop::Trapped(trap) => break format!("! {trap}\n= exit 70\n"),
            Stop::Ended(code) => break format!("= exit {}\n", code.0),
        }
    };
    let told = String::from_utf8_lossy(world.error());
    let told: String = told.lines().map(|line| format!("~ {line}\n")).collect();
    format!("{}{told}{end}", String::from_utf8_lossy(world.output()))
}

#[test]
fn programs_print_what_is_written_beside_them() {
    all_of("corpus/palindrome/run");
}

#[test]
fn programs_that_are_refused_say_why() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/palindrome/refused");
    testkit::corpus::run(&folder, "pal", |path| load(path, true).expect_err("it is refused"));
}

#[test]
fn examples_print_what_is_written_beside_them() {
    all_of("examples/palindrome");
}

/// The programs of a folder under several engines, forwards and backwards.
fn all_of(folder: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    testkit::corpus::run(&folder, "pal", |path| match load(path, true) {
        Ok(mut vm) => {
            let text = run(&mut vm, &Probes::none(), |_| {});
            let mut plain = load(path, false).expect("it was compiled before");
            assert_eq!(run(&mut plain, &Probes::none(), |_| {}), text, "{}", path.display());
            there_and_back(path);
            text
        }
        Err(text) => text,
    });
}

/// Every step is taken back to the state before it.
fn there_and_back(path: &Path) {
    let mut vm = load(path, false).expect("it was compiled before");
    let start = vm.state_hash();
    vm.keep_trail(1 << 30);
    run(&mut vm, &Probes::none(), |_| {});
    let steps = vm.tick().safepoints;
    if steps > 1_000_000 {
        return;
    }
    assert_eq!(vm.back(steps), steps, "{}", path.display());
    assert_eq!(vm.state_hash(), start, "{}", path.display());
    if steps > STEPS_MAX {
        return;
    }
    let mut hashes = vec![(0, start)];
    run(&mut vm, &Probes::every_step(), |vm| {
        hashes.push((vm.tick().safepoints, vm.state_hash()));
    });
    for (tick, hash) in hashes.iter().rev() {
        let by = vm.tick().safepoints - tick;
        assert_eq!(vm.back(by), by, "{} at {tick}", path.display());
        assert_eq!(vm.state_hash(), *hash, "{} at {tick}", path.display());
    }
}
