//! Looking at programs on the register machine: the laws of machines, and what can be seen.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;

use achronyme::{NoFiles, Options, compile};
use achronyme_vm::Vm;
use machine::{Edit, Inspect, Machine, Place, Probes, Stop, Tick};
use source::SourceMap;
use testkit::{ScriptedWorld, laws};

const MEMORY: usize = 1 << 22;

fn vm(text: &str) -> Vm {
    let mut sources = SourceMap::default();
    let compiled = compile("main.soc", text, &mut sources, Options::default(), &mut NoFiles);
    let (program, _) = compiled.unwrap_or_else(|found| unreachable!("{found:?}"));
    Vm::new(Arc::new(program), MEMORY).unwrap()
}

/// A machine that has come to a line, for the `pass`th time, from 1.
fn at_line(text: &str, line: u32, pass: usize) -> Vm {
    let mut vm = vm(text);
    let source = vm.sources().iter().position(|source| source.name == "main.soc").unwrap();
    let place = Place { source: u32::try_from(source).unwrap(), line };
    let breakpoints = vm.positions_of_line(place).into_iter().collect();
    let probes = Probes { breakpoints, ..Probes::none() };
    let mut world = ScriptedWorld::default();
    let mut passes = 0;
    while passes < pass {
        match vm.run(Tick::MAX, &probes) {
            Stop::Probed(_) => passes += 1,
            Stop::Asks(question) => vm.answer(&world.answer(&question)).unwrap(),
            other @ (Stop::Reached | Stop::Trapped(_) | Stop::Ended(_)) => {
                unreachable!("line {line} is not come to: {other:?}")
            }
        }
    }
    vm
}

fn shown(vm: &Vm, expression: &str) -> String {
    vm.evaluate(expression).map_or_else(|error| format!("error: {error}"), |value| value.text)
}

const SAMPLE: &str = r#"let scale = 3
mut total = 0
let point = {x: 1, mut y: [10, 20]}
let add = n => do {
  let twice = n * 2
  total += twice * scale
  twice
}
for (n in [1, 2, 3]) {
  add(n)
}
let words = map(w => w + "!", ["a", "b"])
let grid = [[1, 2], [3, 4]]
print(total)
"#;

const PROGRAMS: [&str; 6] = [
    SAMPLE,
    "let fib = n => if (n < 2) { n } else { fib(n - 1) + fib(n - 2) }\nfib(9)",
    "let squares = () => generate { mut n = 1\n while (true) { yield n * n\n n += 1 } }\n\
     let s = squares()\nprint(s.next().value, s.next().value, s.next().value)",
    "let risky = n => do { if (n > 2) { throw \"too large: \" + str(n) }\n n }\n\
     mut seen = []\nfor (n in [1, 5, 2, 9]) { seen.push(try { risky(n) } catch (e) { e.message }) }\n\
     print(seen)\nrisky(7)",
    "let slow = async n => do { await sleep(n)\n print(n)\n n }\n\
     print(await join_all([slow(30), slow(10), slow(20)]))\nawait write_file(\"a\", \"b\")\n\
     print(await read_file(\"a\"))",
    "mut records = []\nfor (n in range(0, 40)) { records.push({n: n, mut list: [n, str(n)]}) }\n\
     for (r in records) { r.list.push(r.n * 2) }\nprint(records[7].list, len(records))",
];

#[test]
fn the_laws_of_machines_hold() {
    for text in PROGRAMS {
        let mut world = ScriptedWorld::default();
        laws::check(|| vm(text), |question| world.answer(question), 1500);
    }
}

#[test]
fn states_can_be_written_down_and_gone_on_from() {
    for text in PROGRAMS {
        let mut world = ScriptedWorld::default();
        laws::check_portable(|| vm(text), |question| world.answer(question), 1500);
    }
}

#[test]
fn looking_changes_nothing_and_breakpoints_stop_where_control_arrives() {
    for text in PROGRAMS {
        let mut world = ScriptedWorld::default();
        laws::check_inspect(|| vm(text), |question| world.answer(question), 400);
    }
}

#[test]
fn variables_of_all_scopes_are_seen_under_their_names() {
    let vm = at_line(SAMPLE, 7, 2);
    for (expression, expected) in [
        ("n", "2"),
        ("twice", "4"),
        ("total", "18"),
        ("scale", "3"),
        ("point.x", "1"),
        ("point.y[1]", "20"),
        ("point.y[-1] / 4", "5"),
        ("twice + n * 2 ^ 3", "20"),
        ("-n ^ 2", "-4"),
        ("twice == 4 && n < 3", "true"),
        ("n == 7 || \"no\"", "\"no\""),
        ("len(point.y)", "2"),
        ("typeof(point)", "\"Record\""),
        ("[n, twice]", "[2, 4]"),
        ("point.y == [10, 20]", "true"),
        ("'it is ' + \"so\"", "\"it is so\""),
        ("words", "error: `words` has no value here"),
        ("nothing", "error: `nothing` means nothing here"),
        ("point.z", "error: there is no field `z`"),
        ("point.y[2]", "error: there is no element 2: there are 2"),
        (
            "add(1)",
            "error: here only `len` and `typeof` can be called: others may change something",
        ),
        ("(n", "error: this `(` is never closed"),
        ("n n", "error: an operator or the end was expected here"),
    ] {
        assert_eq!(shown(&vm, expression), expected, "{expression}");
    }
    let scopes = vm.scopes();
    let names: Vec<&str> = scopes.iter().map(|scope| scope.name.as_str()).collect();
    assert!(names.contains(&"locals") && names.contains(&"registers"), "{names:?}");
    let locals: Vec<&str> = scopes[0].variables.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(locals, ["n", "twice"]);
}

#[test]
fn parts_of_tensors_are_numbers_and_rows() {
    let vm = at_line(SAMPLE, 14, 1);
    assert_eq!(shown(&vm, "grid[1, 0] + grid[0][1]"), "5");
    assert_eq!(shown(&vm, "grid[1]"), "[3, 4]");
    assert_eq!(shown(&vm, "words"), "[\"a!\", \"b!\"]");
    assert_eq!(shown(&vm, "words[0][1]"), "\"!\"");
}

#[test]
fn calls_of_the_library_are_looked_through() {
    let text = "let f = x => do {\n  let y = x + 1\n  y\n}\nlet r = map(f, [5, 6])\nr";
    let vm = at_line(text, 3, 2);
    let frames = vm.frames(10);
    let names: Vec<&str> = frames.iter().map(|frame| frame.name.as_str()).collect();
    assert_eq!(names, ["f", "main"]);
    let lines: Vec<u32> = frames.iter().map(|frame| frame.place.unwrap().line).collect();
    assert_eq!(lines, [3, 5]);
    assert!(vm.depth() > 1, "map itself is between them");
    assert_eq!(shown(&vm, "y"), "7");
    assert_eq!(vm.name_of_position(vm.position_of_name("f").unwrap()).unwrap().0, "f");
}

#[test]
fn what_is_set_is_what_the_program_goes_on_with() {
    let output = |change: &dyn Fn(&mut Vm)| {
        let mut vm = at_line(SAMPLE, 7, 1);
        change(&mut vm);
        let mut world = ScriptedWorld::default();
        while let Stop::Asks(question) = vm.run(Tick::MAX, &Probes::none()) {
            vm.answer(&world.answer(&question)).unwrap();
        }
        String::from_utf8_lossy(world.output()).into_owned()
    };
    let set = |vm: &mut Vm, place: &str, value: &str| {
        let location = vm.locate(place).unwrap();
        vm.assign(location, value).unwrap();
        assert_eq!(vm.read(location).text, value);
    };
    assert_eq!(output(&|_| {}), "36\n");
    assert_eq!(output(&|vm| set(vm, "total", "1000")), "1030\n");
    let mut vm = at_line(SAMPLE, 14, 1);
    set(&mut vm, "point.y", "[1, 2, 3]");
    assert_eq!(shown(&vm, "point"), "{ x: 1, y: [1, 2, 3] }");
    set(&mut vm, "words", "\"text\"");
    let element = vm.locate("point.y[0]").unwrap();
    assert!(vm.assign(element, "5").is_err(), "elements are copied when they change");
    let location = vm.locate("point").unwrap();
    assert!(vm.assign(location, "later(").is_err());
}

#[test]
fn a_watch_stops_where_the_value_or_what_is_in_it_changes() {
    let text =
        "mut list = [1]\nlet r = {mut inner: list}\nlist.push(2)\nr.inner = 7\nlist[0] = 5\nlist";
    let mut vm = at_line(text, 3, 1);
    let watches = vec![vm.locate("list").unwrap(), vm.locate("r").unwrap()];
    let probes = Probes { watches, ..Probes::none() };
    let mut hits = Vec::new();
    while let Stop::Probed(hit) = vm.run(Tick::MAX, &probes) {
        let list = shown(&vm, "list");
        hits.push(format!("{hit:?} {list} {}", shown(&vm, "r")));
    }
    let hits: Vec<_> = hits.iter().filter(|hit| hit.starts_with("Watch")).collect();
    assert!(hits.iter().any(|hit| hit.contains("Watch(0) [1, 2]")), "{hits:?}");
    assert!(hits.iter().any(|hit| hit.starts_with("Watch(1)") && hit.contains("inner: 7")));
    assert!(hits.iter().any(|hit| hit.contains("Watch(0) [5, 2]")), "{hits:?}");
}
