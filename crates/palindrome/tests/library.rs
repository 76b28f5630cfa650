//! The examples of the list of functions.

use machine::{Machine as _, Probes, Stop, Tick};
use palindrome::{Options, Program, Vm, check, compile, library_examples};
use source::Style;
use testkit::ScriptedWorld;

#[test]
fn examples_come_to_what_the_list_says() {
    let (text, expected) = library_examples();
    let checked = check("library.pal", &text);
    let compiled = compile(&checked, Options::default());
    let told = compiled.as_ref().err().into_iter().flatten();
    let told: String = told.map(|one| one.render(&checked.sources, Style::Plain)).collect();
    let mut vm = Vm::load(Program::new(compiled.expect(&told)).expect("it fits"));
    let mut world = ScriptedWorld::default();
    loop {
        match vm.run(Tick::MAX, &Probes::none()) {
            Stop::Asks(question) => vm.answer(&world.answer(&question)).expect("it is one"),
            Stop::Ended(_) => break,
            stop @ (Stop::Reached | Stop::Probed(_) | Stop::Trapped(_)) => panic!("{stop:?}"),
        }
    }
    assert_eq!(String::from_utf8_lossy(world.output()), expected);
}
