//! Programs of several files, on the register machine.

use std::collections::BTreeMap;
use std::sync::Arc;

use achronyme::{Options, compile};
use achronyme_vm::Vm;
use machine::{Machine as _, Probes, Stop, Tick};
use source::SourceMap;

/// What a program comes to, or the message of its error.
fn run(main: &str, files: &[(&str, &str)]) -> String {
    let pair = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    let mut files: BTreeMap<String, String> = files.iter().map(pair).collect();
    let mut sources = SourceMap::default();
    let compiled = compile("main.soc", main, &mut sources, Options::default(), &mut files);
    let (program, _) = match compiled {
        Ok(compiled) => compiled,
        Err(found) => return format!("! {}", found[0].message),
    };
    let mut vm = Vm::new(Arc::new(program), 1 << 22).expect("a sound program");
    match vm.run(Tick::MAX, &Probes::none()) {
        Stop::Ended(_) => vm.echo().unwrap_or_default(),
        Stop::Trapped(trap) => format!("! {trap}"),
        stop @ (Stop::Reached | Stop::Probed(_) | Stop::Asks(_)) => format!("{stop:?}"),
    }
}

#[test]
fn a_type_brings_what_it_is_made_of() {
    let types = (
        "t.soc",
        "type N = Number\ntype P = {x: N}\ntype L = {v: N, next: L | null}\nexport { P, L }\n",
    );
    let good = "import { P, L as List } from \"t\"\n\
         let p: P = {x: 1}\nlet l: List = {v: 1, next: {v: 2, next: null}}\np.x + l.next.v\n";
    assert_eq!(run(good, &[types]), "3");
    let bad = "import { P } from \"t\"\nlet p: P = {x: \"s\"}\n";
    assert_eq!(
        run(bad, &[types]),
        "! Type error: variable 'p' expected {x: Number}, got {x: String}"
    );
    let deep =
        "import { L as List } from \"t\"\nlet l: List = {v: 1, next: {v: \"s\", next: null}}";
    assert!(run(deep, &[types]).starts_with("! Type error: variable 'l' expected L,"));
}

#[test]
fn a_file_runs_once_and_keeps_its_variables() {
    let counter =
        ("counter.soc", "mut n = 0\nlet inc = () => do { n += 1 }\nexport { inc, n as start }\n");
    let other =
        ("other.soc", "import { inc } from \"./counter\"\ninc()\nexport { inc as again }\n");
    let main = "import { inc, start } from \"counter\"\nimport { again } from \"other.soc\"\n\
         inc()\n[again(), start]\n";
    assert_eq!(run(main, &[counter, other]), "[3, 0]");
}

#[test]
fn a_file_that_fails_runs_again_at_the_next_import() {
    let file = ("flaky.soc", "if (true) { throw \"no\" }\nlet x = 1\nexport { x }\n");
    let main = "let try_it = () => try { import { x } from \"flaky\"; x } catch (e) { e.message }\n\
         [try_it(), try_it()]\n";
    assert_eq!(run(main, &[file]), "[\"no\", \"no\"]");
}

#[test]
fn files_that_import_each_other_are_an_error() {
    let a = ("a.soc", "import { b } from \"b\"\nlet a = 1\nexport { a }\n");
    let b = ("b.soc", "import { a } from \"a\"\nlet b = 2\nexport { b }\n");
    assert_eq!(run("import { a } from \"a\"\na", &[a, b]), "! Circular import of module 'a'");
}

#[test]
fn what_is_imported_of_the_library_can_be_passed_on() {
    let file = ("lib.soc", "import { mean as average } from \"stats\"\nexport { average }\n");
    let main = "import { average } from \"lib\"\n\
         let later = () => average([1, 2, 3])\n[later(), map(average, [[1, 3], [5, 7, 9]])]\n";
    assert_eq!(run(main, &[file]), "[2, [2, 7]]");
}
