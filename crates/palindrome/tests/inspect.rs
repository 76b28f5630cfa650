//! A program that runs, looked at by its own names.

mod common;

use common::run::load;
use machine::{Inspect as _, Machine as _, Place, Probes, Stop, Tick};
use palindrome::{Options, Vm, check, compile};
use testkit::{ScriptedWorld, laws};

const TEXT: &str = "\
type Shape = Circle(Float) | Dot
transform area(shape: Shape, by: Int) -> Float {
    let scaled = by * 2
    match shape {
        Circle(r) => r * r
        Dot => 0.0
    }
}
let things = [{a: 1, b: \"x\"}, {a: 2, b: \"y\"}]
print area(Circle(1.5), 3)
let add = (n: Int) => (m: Int) => n + m
print add(1)(2), things
relation P(id: Int key, name: String)
P += {id: 1, name: \"Ada\"}
print P where id = 1
";

fn machine() -> Vm {
    load(TEXT)
}

/// Runs until a line is reached.
fn run_to(vm: &mut Vm, line: u32) {
    let positions = vm.positions_of_line(Place { source: 0, line });
    assert!(!positions.is_empty(), "line {line} has code");
    let probes = Probes { breakpoints: positions.into_iter().collect(), ..Probes::none() };
    let mut world = ScriptedWorld::default();
    loop {
        match vm.run(Tick::MAX, &probes) {
            Stop::Probed(_) => return,
            Stop::Asks(question) => vm.answer(&world.answer(&question)).expect("it goes on"),
            other @ (Stop::Reached | Stop::Trapped(_) | Stop::Ended(_)) => {
                panic!("line {line} is not reached: {other:?}")
            }
        }
    }
}

fn shown(vm: &Vm, expression: &str) -> String {
    match vm.evaluate(expression) {
        Ok(value) => value.text,
        Err(error) => format!("! {}", error.message),
    }
}

#[test]
fn variables_are_shown_as_the_language_writes_them() {
    let mut vm = machine();
    run_to(&mut vm, 5);
    assert_eq!(shown(&vm, "scaled"), "6");
    assert_eq!(shown(&vm, "shape"), "Circle(1.5)");
    assert_eq!(shown(&vm, "by"), "3");
    assert_eq!(shown(&vm, "things"), "[{a: 1, b: \"x\"}, {a: 2, b: \"y\"}]");
    assert_eq!(shown(&vm, "things[1].b"), "\"y\"");
    assert!(shown(&vm, "things[2]").starts_with('!'));
    let frames = vm.frames(10);
    let names: Vec<&str> = frames.iter().map(|frame| frame.name.as_str()).collect();
    assert_eq!(names, ["area", "main"]);
    let lines: Vec<Option<u32>> =
        frames.iter().map(|frame| frame.place.map(|place| place.line)).collect();
    assert_eq!(lines, [Some(5), Some(10)]);
    let scopes = vm.scopes();
    let locals: Vec<&str> = scopes[0].variables.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(scopes[0].name, "locals");
    assert_eq!(locals, ["shape", "by", "scaled"]);
}

#[test]
fn what_a_function_takes_from_around_it_is_shown_within() {
    let mut vm = machine();
    run_to(&mut vm, 11);
    let mut world = ScriptedWorld::default();
    // To the call of the inner function, which sees both.
    loop {
        let names: Vec<String> =
            vm.scopes()[0].variables.iter().map(|it| it.name.clone()).collect();
        if names == ["m", "n"] || names == ["n", "m"] {
            break;
        }
        match vm.run(Tick::MAX, &Probes::every_step()) {
            Stop::Probed(_) => {}
            Stop::Asks(question) => vm.answer(&world.answer(&question)).expect("it goes on"),
            other @ (Stop::Reached | Stop::Trapped(_) | Stop::Ended(_)) => panic!("{other:?}"),
        }
    }
    assert_eq!((shown(&vm, "n"), shown(&vm, "m")), ("1".to_owned(), "2".to_owned()));
}

#[test]
fn a_variable_that_functions_see_change_is_shown_in_both() {
    let text = "transform query f(n: Int) -> Int {\n    let k = n\n    let read = (x: Int) =>\n        x + k\n    \
                k <- 5\n    read(1)\n}\nprint f(3)\n";
    let mut vm = load(text);
    let mut seen = Vec::new();
    while let Stop::Probed(_) = vm.run(Tick::MAX, &Probes::every_step()) {
        let value = shown(&vm, "k");
        if !value.starts_with('!') && seen.last() != Some(&(vm.depth(), value.clone())) {
            seen.push((vm.depth(), value));
        }
    }
    let seen: Vec<(usize, &str)> =
        seen.iter().map(|(depth, text)| (*depth, text.as_str())).collect();
    assert_eq!(seen, [(1, "3"), (1, "5"), (2, "5"), (1, "5")]);
}

#[test]
fn the_laws_of_a_machine_hold() {
    let mut world = ScriptedWorld::default();
    laws::check(machine, |question| world.answer(question), 2_000);
    let mut world = ScriptedWorld::default();
    laws::check_inspect(machine, |question| world.answer(question), 600);
}

#[test]
fn what_only_the_compiler_finds_is_refused_at_its_place() {
    let search = "relation R(a: Int key)\nsolve f() -> Int using tabled {\n\
                  some a in 1..3 => { R += {a}; succeed a }\n}\nprint first f()";
    let watch = "transform f() {\n    watch 1\n}\nf()";
    let refused = [(search, "PAL0380", "cannot change state"), (watch, "PAL0331", "the top level")];
    for (text, code, what) in refused {
        let checked = check("test.pal", text);
        let Err(found) = compile(&checked, Options::default()) else {
            panic!("{text} was compiled");
        };
        assert_eq!(found[0].code, code, "{text}");
        assert!(found[0].message.contains(what), "{text}: {:?}", found[0]);
    }
}

#[test]
fn a_name_depends_on_the_same_words_before_and_after_it_gets_its_value() {
    let mut vm = machine();
    let before = vm.dependencies("add").expect("the program has the name");
    assert_eq!(shown(&vm, "add"), "(no value yet)");
    run_to(&mut vm, 13);
    assert_eq!(vm.dependencies("add"), Ok(before));
    assert!(vm.dependencies("subtract").is_err());
}

#[test]
fn the_variables_of_outer_calls_are_those_that_they_see() {
    let mut vm = load(
        "transform inner(a: Int, b: Int) -> Int {
    let sum = a + b
    assert sum > 0
    sum
}
transform outer(list: [Int]) -> Int {
    let total = 0
    for item in list {
        let before = total
        total <- before + inner(item, 10)
    }
    total
}
solve pick(from: [Int]) -> Int {
    some one in from => { let twice = outer([one, one]); succeed twice }
}
for picked in pick([3, 4]) {
    print picked
}
print [1, 2].map(n => inner(n, n))
",
    );
    let seen = |vm: &Vm, frame: usize| -> Vec<String> {
        let scopes = vm.scopes_of(frame);
        let variables = scopes.into_iter().flat_map(|scope| scope.variables);
        variables.map(|one| format!("{} = {}", one.name, one.value.text)).collect()
    };
    run_to(&mut vm, 3);
    let names: Vec<String> = vm.frames(9).into_iter().map(|frame| frame.name).collect();
    assert!(names.len() > 3 && names[1] == "outer", "{names:?}");
    assert_eq!(shown(&vm, "sum"), "13");
    let outer = ["list = [3, 3]", "total = 0", "item = 3", "before = 0"];
    assert_eq!(seen(&vm, 1), outer);
    assert_eq!(seen(&vm, 2), ["from = [3, 4]", "one = 3"]);
    assert!(seen(&vm, 99).is_empty());
    // In the second round, and then within a function of a list.
    vm.run(Tick::at(vm.tick().safepoints + 1), &Probes::none());
    run_to(&mut vm, 3);
    assert_eq!(seen(&vm, 1), ["list = [3, 3]", "total = 13", "item = 3", "before = 13"]);
    for _ in 0..3 {
        vm.run(Tick::at(vm.tick().safepoints + 1), &Probes::none());
        run_to(&mut vm, 3);
    }
    assert_eq!((shown(&vm, "a"), seen(&vm, 1)), ("1".to_owned(), vec!["n = 1".to_owned()]));
}
