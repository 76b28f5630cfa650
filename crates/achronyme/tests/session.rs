//! Programs that grow with each input.

use std::sync::Arc;

use achronyme::{NoFiles, Options, Session};
use achronyme_vm::{Program, Vm, verify};
use machine::{Machine as _, Probes, Stop, Tick};
use source::SourceMap;

/// A dialogue: what was said last.
struct Dialogue {
    session: Session,
    sources: SourceMap,
    vm: Option<Vm>,
}

impl Dialogue {
    fn new() -> Self {
        let session = Session::new(Options::default());
        Self { session, sources: SourceMap::default(), vm: None }
    }

    /// The echo of an input, or the message of its error.
    fn say(&mut self, text: &str) -> String {
        let before = self.session.program().prototypes.len();
        let compiled = self.session.compile("input", text, &mut self.sources, &mut NoFiles);
        if let Err(found) = compiled {
            assert_eq!(self.session.program().prototypes.len(), before);
            return format!("! {}", found[0].message);
        }
        let program: Arc<Program> = Arc::new(self.session.program().clone());
        assert_eq!(verify(&program), Ok(()));
        let vm = match self.vm.take() {
            None => Vm::new(program, 1 << 22).expect("a sound program"),
            Some(mut vm) => {
                vm.extend(program).expect("a program that goes on");
                vm
            }
        };
        let vm = self.vm.insert(vm);
        match vm.run(Tick::MAX, &Probes::none()) {
            Stop::Ended(_) => vm.echo().unwrap_or_default(),
            Stop::Trapped(trap) => format!("! {trap}"),
            stop @ (Stop::Reached | Stop::Probed(_) | Stop::Asks(_)) => format!("{stop:?}"),
        }
    }
}

#[test]
fn variables_stay_for_later_inputs() {
    let mut dialogue = Dialogue::new();
    assert_eq!(dialogue.say("let a = 1; mut b = 2"), "2");
    assert_eq!(dialogue.say("b += a; b"), "3");
    assert_eq!(dialogue.say("a = 5"), "! Cannot assign to immutable variable 'a'");
    assert_eq!(dialogue.say("[a, b]"), "[1, 3]");
}

#[test]
fn a_name_can_be_declared_again() {
    let mut dialogue = Dialogue::new();
    dialogue.say("let x = 1");
    dialogue.say("let f = () => x");
    assert_eq!(dialogue.say("let x = \"new\""), "\"new\"");
    assert_eq!(dialogue.say("[x, f()]"), "[\"new\", 1]");
}

#[test]
fn functions_use_what_is_declared_later() {
    let mut dialogue = Dialogue::new();
    dialogue.say("let even = n => if (n == 0) { true } else { odd(n - 1) }");
    assert_eq!(dialogue.say("even(3)"), "! Undefined variable or constant: odd");
    dialogue.say("let odd = n => if (n == 0) { false } else { even(n - 1) }");
    assert_eq!(dialogue.say("[even(10), odd(7), even(7)]"), "[true, true, false]");
}

#[test]
fn an_input_with_mistakes_changes_nothing() {
    let mut dialogue = Dialogue::new();
    dialogue.say("mut n = 1");
    assert!(dialogue.say("let n = [1,").starts_with('!'));
    assert!(dialogue.say("type A = B; type B = A; let n: A = 5").starts_with('!'));
    assert_eq!(dialogue.say("n"), "1");
}

#[test]
fn the_prelude_is_there_when_it_is_first_used() {
    let mut dialogue = Dialogue::new();
    assert_eq!(dialogue.say("mut v = [3, 1, 2]"), "[3, 1, 2]");
    assert_eq!(dialogue.say("map(x => x * 2, v)"), "[6, 2, 4]");
    assert_eq!(dialogue.say("v.filter(x => x > 1)"), "[3, 2]");
    assert_eq!(dialogue.say("v.push(9); v.map(x => x + 1)"), "[4, 2, 3, 10]");
}

#[test]
fn types_are_checked_in_later_inputs_too() {
    let mut dialogue = Dialogue::new();
    dialogue.say("mut x: Number = 1");
    assert_eq!(
        dialogue.say("x = \"s\""),
        "! Type error: cannot assign String to variable 'x' of type Number"
    );
    assert_eq!(dialogue.say("x"), "1");
}

#[test]
fn type_names_stay_for_later_inputs() {
    let mut dialogue = Dialogue::new();
    dialogue.say("type N = Number\ntype L = {v: N, next: L | null}");
    dialogue.say("type Pair = {a: N, b: N}");
    assert_eq!(dialogue.say("let p: Pair = {a: 1, b: 2}; p.a"), "1");
    assert_eq!(
        dialogue.say("let q: Pair = 5"),
        "! Type error: variable 'q' expected {a: Number, b: Number}, got Number"
    );
    assert_eq!(dialogue.say("let l: L = {v: 1, next: {v: 2, next: null}}; l.next.v"), "2");
}
