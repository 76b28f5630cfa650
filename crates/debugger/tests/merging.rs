//! Folding a branch into another, for programs of Achronyme and Tacit.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;

use debugger::{Debugger, World};
use machine::{Answer, Edit, Inspect, Machine, Question};
use source::SourceMap;
use timeline::{Options, Timeline};

const SOC: &str = "\
mut total = 10
let box = {mut n: 1, mut label: \"a\"}
let alias = box
mut list = [1, 2, 3]
mut words = [\"a\", [true, 2]]
mut point = {x: 1, mut y: 2}
mut grid = [[1, 2], [3, 4]]
let make = () => do { mut count = 0; () => do { count += 1; count } }
let counter = make()
let squares = () => generate { for (k in 0..9) { yield k * k } }
let numbers = squares()
mut own = null
for (k in 0..3) {
  total += k
}
print(total)
counter()
";

const TACIT: &str = "\
10 value total
[ 1 2 3 ] value list
:[ \"a\" 1 \"b\" 2 ]: value pairs
\"x\" value word
NIL value own
: grow 1 total + to total ;
grow grow
total .
";

struct Silent;

impl World for Silent {
    fn ask(&mut self, _: &Question) -> Answer {
        Answer::Done
    }
}

fn achronyme() -> Debugger<achronyme_vm::Vm> {
    let mut sources = SourceMap::default();
    let compiler = achronyme::Options { optimise: false, repl: false };
    let files = &mut achronyme::NoFiles;
    let (program, _) = achronyme::compile("main.soc", SOC, &mut sources, compiler, files).unwrap();
    let vm = achronyme_vm::Vm::new(Arc::new(program), 1 << 22).unwrap();
    Debugger::new(Timeline::new(vm, Options::default()))
}

fn tacit() -> Debugger<tacit_vm::Vm> {
    let layout = tacit_vm::Layout::DEFAULT;
    let compiler = tacit::Options { optimise: false, keep_sources: true };
    let vm = tacit_vm::Vm::new(layout);
    let compiled = tacit::compile("main.tacit", TACIT, vm.memory(), &compiler);
    let image = tacit_vm::Image { memory: layout.bytes(), unit: compiled.unit.unwrap() };
    Debugger::new(Timeline::new(tacit_vm::Vm::from_image(&image).unwrap(), Options::default()))
}

/// What `expression` is, or what the merge was refused for, where one branch is made by `theirs`, the
/// other by `ours`, and the first is folded into the second.
fn merged<M: Machine + Inspect + Edit>(
    mut debugger: Debugger<M>,
    (theirs, ours): (&[&str], &[&str]),
    strategy: &str,
    expression: &str,
) -> String {
    run(&mut debugger, &["goto end", "branch theirs"]);
    run(&mut debugger, theirs);
    let branch = debugger.timeline().branches().last().unwrap().name;
    run(&mut debugger, &["switch main", "goto end", "branch ours"]);
    run(&mut debugger, ours);
    let before = debugger.machine().state_hash();
    let reply = debugger.execute(&format!("merge {branch} {strategy}"), &mut Silent);
    if reply.is_error {
        assert_eq!(debugger.machine().state_hash(), before);
        return reply.text;
    }
    let value = debugger.machine().evaluate(expression).unwrap().text;
    // The branch is one like any other: what was merged stays, and the way back is open.
    run(&mut debugger, &["mark merged", "switch main", "goto merged"]);
    assert_eq!(debugger.machine().evaluate(expression).unwrap().text, value);
    value
}

fn run<M: Machine + Inspect + Edit>(debugger: &mut Debugger<M>, commands: &[&str]) {
    for command in commands {
        let reply = debugger.execute(command, &mut Silent);
        assert!(!reply.is_error, "{command}: {}", reply.text);
    }
}

fn soc(theirs: &[&str], ours: &[&str], strategy: &str, expression: &str) -> String {
    merged(achronyme(), (theirs, ours), strategy, expression)
}

fn words(theirs: &[&str], ours: &[&str], strategy: &str, expression: &str) -> String {
    merged(tacit(), (theirs, ours), strategy, expression)
}

#[test]
fn what_only_the_branch_has_changed_is_taken_over() {
    for strategy in ["latest", "earliest", "first", "combine", "manual", "ask"] {
        let theirs = ["set total = 20", "set list[1] = 9"];
        assert_eq!(soc(&theirs, &["set list[0] = 7"], strategy, "list"), "[7, 9, 3]");
        assert_eq!(soc(&theirs, &["set list[0] = 7"], strategy, "total"), "20");
        assert_eq!(
            words(&theirs_of_tacit(), &["set list[ 0 ] = 7"], strategy, "list"),
            "[ 7 9 3 ]"
        );
        assert_eq!(words(&theirs_of_tacit(), &[], strategy, "total"), "20");
        assert_eq!(words(&theirs_of_tacit(), &["set word = \"y\""], strategy, "word"), "\"y\"");
    }
}

fn theirs_of_tacit() -> [&'static str; 2] {
    ["set total = 20", "set list[ 1 ] = 9"]
}

#[test]
fn the_strategy_decides_about_what_both_have_changed() {
    // 13 at the fork.
    let (theirs, ours) = (["set total = 20"], ["set total = 30"]);
    assert_eq!(soc(&theirs, &ours, "latest", "total"), "20");
    assert_eq!(soc(&theirs, &ours, "earliest", "total"), "30");
    assert_eq!(soc(&theirs, &ours, "combine", "total"), "37");
    assert!(soc(&theirs, &ours, "manual", "total").contains("both branches changed: total"));
    // 12 at the fork.
    assert_eq!(words(&theirs, &ours, "latest", "total"), "20");
    assert_eq!(words(&theirs, &ours, "earliest", "total"), "30");
    assert_eq!(words(&theirs, &ours, "combine", "total"), "38");
    assert!(words(&theirs, &ours, "ask", "total").contains("both branches changed: total"));
}

#[test]
fn conflicts_are_named_to_the_element() {
    let said = soc(
        &["set list[2] = 5", "set box.n = 4", "set grid[1][0] = 8"],
        &["set list[2] = 6", "set box.n = 3", "set grid[1][0] = 9"],
        "manual",
        "0",
    );
    assert!(said.contains("list[2]") && said.contains("box.n"), "{said}");
    assert!(said.contains("grid[1][0]"), "{said}");
    let said = words(
        &["set pairs[ \"b\" ] = 5", "set list[ 1 ] = 4"],
        &["set pairs[ \"b\" ] = 6", "set list[ 1 ] = 5"],
        "manual",
        "0",
    );
    assert!(said.contains("list[1], pairs.b"), "{said}");
}

#[test]
fn numbers_in_arrays_combine_by_their_differences() {
    let (theirs, ours) = (["set grid[0][1] = 12"], ["set grid[0][1] = 7", "set grid[1][1] = 5"]);
    assert_eq!(soc(&theirs, &ours, "combine", "grid"), "[[1, 17],\n [3, 5]]");
    let (theirs, ours) = (["set list[ 0 ] = 11"], ["set list[ 0 ] = 6"]);
    assert_eq!(words(&theirs, &ours, "combine", "list"), "[ 16 2 3 ]");
}

#[test]
fn a_record_that_all_have_is_merged_where_it_is_for_all_who_refer_to_it() {
    let (theirs, ours) = (["set box.n = 5"], ["set box.n = 3", "set box.label = \"b\""]);
    assert_eq!(soc(&theirs, &ours, "combine", "[alias.n, box.n]"), "[7, 7]");
    assert_eq!(soc(&theirs, &ours, "latest", "alias.label"), "\"b\"");
}

#[test]
fn a_record_that_only_the_branch_has_is_copied() {
    let (theirs, ours) = (["set own = point", "set point.y = 8"], ["set total = 1"]);
    assert_eq!(soc(&theirs, &ours, "latest", "[own.y, point.y]"), "[8, 8]");
    assert_eq!(soc(&["set own = box"], &["set box.n = 6"], "latest", "own.n"), "6");
}

#[test]
fn values_of_any_depth_come_over() {
    let theirs = ["set words = [\"b\", [false, \"c\"], 4]"];
    assert_eq!(soc(&theirs, &[], "latest", "words"), "[\"b\", [false, \"c\"], 4]");
    let theirs = ["set own = [ 1 :[ \"k\" [ \"v\" NIL ] ]: ]"];
    assert_eq!(words(&theirs, &[], "latest", "own[ 1 \"k\" ]"), "[ \"v\" NIL ]");
}

#[test]
fn what_a_function_keeps_to_itself_is_merged_as_well() {
    let mut debugger = achronyme();
    run(&mut debugger, &["goto end", "goto 16:1", "branch theirs", "goto end"]);
    let after = debugger.machine().state_hash();
    // The branch has called it once; here it was not called yet.
    run(&mut debugger, &["switch main", "goto start", "goto 16:1", "branch ours"]);
    run(&mut debugger, &["set total = 9", "merge theirs latest", "goto end"]);
    assert_ne!(debugger.machine().state_hash(), after, "it is called twice now");
}

#[test]
fn what_cannot_leave_its_branch_is_named() {
    let theirs = ["set own = [1, squares]"];
    assert_eq!(soc(&theirs, &[], "latest", "own[0]"), "1", "all states have this function");
    let mut debugger = achronyme();
    run(&mut debugger, &["goto end", "goto 13:1", "branch theirs", "goto end"]);
    run(&mut debugger, &["switch main", "goto start", "goto 7:1", "branch ours", "set total = 9"]);
    let said = debugger.execute("merge theirs latest", &mut Silent);
    assert!(!said.is_error, "what is not there yet is left to the program: {}", said.text);
}

#[test]
fn wrong_strategies_and_names_are_told() {
    assert!(soc(&[], &[], "newest", "0").contains("latest, earliest, combine or manual"));
    assert!(words(&[], &[], "newest", "0").contains("latest, earliest, combine or manual"));
    let mut debugger = achronyme();
    debugger.execute("goto end", &mut Silent);
    let said = debugger.execute("merge main latest", &mut Silent).text;
    assert!(said.contains("this is `main` already"), "{said}");
}
