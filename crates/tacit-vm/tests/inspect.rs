//! Looking at a machine, and changing its variables.

mod assembly;

use assembly::Assembly;
use machine::{
    CodePosition, Edit, Hit, Inspect, Location, Machine, Place, Probes, Stop, Tick, Value,
};
use tacit_vm::{Image, Instruction as I, MEMORY_MIN, VALUES, Vm};

const TEXT: &str = "5 value total\n: add -> x -> y\n  x y + (1 +) eval ;\n[ 7 [ 8 9 ] ] \"k\"\n2 3 add\nto total\n";

/// A program with a definition, a block in it, and a global variable.
fn program() -> Vm {
    let mut it = Assembly::new();
    it.source("add.tacit", TEXT);
    it.span("5 value total");
    let total = it.global("total");
    it.span(": add -> x -> y");
    let add = it.define("add", &["x", "y"], |it| {
        it.all(&[I::LocalSet { slot: 0 }, I::LocalSet { slot: 1 }]);
        it.span("x y + (1 +) eval ;");
        it.all(&[I::LocalGet { slot: 0 }, I::LocalGet { slot: 1 }, I::Add]);
        it.block(|it| it.all(&[I::Small { value: 1 }, I::Add]));
        it.put(I::Eval);
    });
    it.span("5 value total");
    it.all(&[I::Small { value: 5 }, I::GlobalSet { index: total }]);
    it.span("[ 7 [ 8 9 ] ] \"k\"");
    it.all(&[I::VectorLeft, I::Small { value: 7 }, I::VectorLeft, I::Small { value: 8 }]);
    it.all(&[I::Small { value: 9 }, I::VectorRight, I::VectorRight]);
    it.push_string("k");
    it.span("2 3 add");
    it.all(&[I::Small { value: 2 }, I::Small { value: 3 }, I::Call { target: add }]);
    it.span("to total");
    it.all(&[I::GlobalTake { index: total }, I::Drop, I::GlobalSet { index: total }]);
    Vm::from_image(&Image { memory: MEMORY_MIN, unit: it.finish() }).expect("a program")
}

fn run_to(vm: &mut Vm, position: CodePosition) {
    let probes = Probes { breakpoints: [position].into(), ..Probes::none() };
    assert_eq!(vm.run(Tick::MAX, &probes), Stop::Probed(Hit::Breakpoint(position)));
}

/// A program stopped in the block.
fn in_block() -> Vm {
    let mut vm = program();
    let listing = vm.disassemble(CodePosition(0x200), 100);
    let block = listing.iter().position(|it| it.text.starts_with("(code)"));
    let block = block.expect("there is a block");
    run_to(&mut vm, listing[block + 1].position);
    vm
}

fn start_of_add(vm: &Vm) -> CodePosition {
    let word = vm.memory().find_word("add").expect("it is defined");
    CodePosition(word.code().into())
}

fn text(vm: &Vm, expression: &str) -> String {
    match vm.evaluate(expression) {
        Ok(Value { text, .. }) => text,
        Err(error) => format!("{}: {error}", error.at),
    }
}

#[test]
fn lines_lead_to_code_and_back() {
    let vm = program();
    assert_eq!(vm.sources()[0].text, TEXT);
    let place = |line| Place { source: 0, line };
    for line in [1, 2, 3, 4, 5, 6] {
        let positions = vm.positions_of_line(place(line));
        assert!(!positions.is_empty(), "line {line}");
        for position in positions {
            assert_eq!(vm.place(position), Some(place(line)), "{position:?}");
        }
    }
    assert!(vm.positions_of_line(place(7)).is_empty());
    assert_eq!(vm.place(CodePosition(0x100)), None);
    let add = start_of_add(&vm);
    assert_eq!(vm.name_of_position(add), Some(("add".to_owned(), 0)));
    assert_eq!(vm.name_of_position(CodePosition(add.0 + 2)), Some(("add".to_owned(), 2)));
    assert_eq!(vm.position_of_name("total"), None);
    assert_eq!(vm.name_of_position(vm.position()), None);
}

#[test]
fn frames_are_named_innermost_first() {
    let vm = in_block();
    let frames = vm.frames(8);
    let names: Vec<_> = frames.iter().map(|frame| frame.name.as_str()).collect();
    assert_eq!(names, ["(block) in add", "add", "(program)"]);
    let lines: Vec<_> = frames.iter().map(|frame| frame.place.unwrap().line).collect();
    assert_eq!(lines, [3, 3, 5]);
    assert_eq!(vm.depth(), 2);
    assert_eq!(vm.frames(1).len(), 1);
    let call = &vm.disassemble(frames[2].position, 1)[0];
    assert_eq!(call.text, "(call) add");
}

#[test]
fn variables_have_their_names_and_values() {
    let vm = in_block();
    let scopes = vm.scopes();
    let list = |name: &str| -> Vec<String> {
        let scope = scopes.iter().find(|scope| scope.name == name).unwrap();
        let show = |it: &machine::Variable| format!("{} = {}", it.name, it.value.text);
        scope.variables.iter().map(show).collect()
    };
    assert_eq!(list("stack"), ["s0 = 5", "s1 = \"k\"", "s2 = [ 7 [ 8 9 ] ]"]);
    assert_eq!(list("locals"), ["x = 3", "y = 2"]);
    assert_eq!(list("globals"), ["total = 5"]);
    assert!(scopes.iter().all(|scope| scope.name != "tasks"));
    assert!(list("registers").contains(&"heap-used = 2".to_owned()));

    // Before the frame is made, and at the top, there are no local variables.
    let mut early = program();
    let start = start_of_add(&early);
    run_to(&mut early, start);
    assert!(early.evaluate("x").is_err());
    // The name of a word means where its variables have their values.
    let body = early.position_of_name("add").unwrap();
    run_to(&mut early, body);
    assert_eq!(text(&early, "x y +"), "5");
    assert!(program().evaluate("x").is_err());
    assert!(program().dependencies("x 1 >").is_ok(), "a condition may be about a later moment");
    assert!(program().dependencies("x[ y ] length not").is_ok());
    assert!(program().dependencies("nothing 1 >").is_err());
    assert!(program().dependencies("x >").is_err());
}

#[test]
fn expressions_are_postfix() {
    let vm = in_block();
    for (expression, expected) in [
        ("x y +", "5"),
        ("x y - m", "6: `m` means nothing here"),
        ("1.5 2 *", "3"),
        ("0x10 2 /", "8"),
        ("-7 3 !", "-1"),
        ("2 10 ^", "1024"),
        ("3 4 & 3 4 | +", "7"),
        ("x 3 = y 3 = or", "1"),
        ("x 3 = y 3 = and not", "1"),
        ("s1", "\"k\""),
        ("s1 \"k\" =", "1"),
        ("s1 \"l\" <", "1"),
        ("s1 length", "1"),
        ("s2 length", "2"),
        ("s2[ 0 ]", "7"),
        ("s2[0] s2[1][1] +", "16"),
        ("s2[ 1 0 ]", "8"),
        ("s2[ s2[ 0 ] 6 - 1 ]", "9"),
        ("s2[ 5 ]", "NIL"),
        ("s2 s2 =", "1"),
        ("s2 s1 <>", "1"),
        ("\"héllo\"[ 1 ]", "\"é\""),
        ("depth", "3"),
        ("NIL", "NIL"),
        ("true false xor", "1"),
        ("add", "`add"),
        ("mem 0x3fff", "0"),
        ("task heap-used +", "2"),
        ("code 0x200", "(branch) 0x020b"),
        ("block 0", "block 0: Vector, 1 reference 8 9"),
        ("status 0", "running in (block) in add"),
        ("s3", "0: `s3` means nothing here"),
        ("x +", "2: `+` needs more values before it"),
        ("", "0: a value was expected here"),
        ("1 2", "3: this leaves 2 values; an operator comes after its operands"),
        ("\"a", "0: this string has no end"),
        ("s2[ 1", "2: this `[` is never closed"),
        ("s2[ ]", "4: a key was expected before `]`"),
        ("]", "0: no `[` before this"),
        ("[ 1 ]", "0: a value with elements was expected before `[`"),
        ("x[ 0 ]", "5: this has no elements"),
        ("s2[ \"k\" ]", "8: this has elements by number from 0"),
        ("s1 1 +", "5: `+` cannot be done with these two"),
        ("mem 0x10000", "4: the memory has 65536 bytes"),
        ("block", "0: `block` needs a number after it"),
    ] {
        assert_eq!(text(&vm, expression), expected, "{expression}");
    }
    assert_eq!(vm.evaluate("x").unwrap().number, Some(3.0));
    assert!(vm.evaluate("x").unwrap().is_true);
    let long = "1 ".repeat(1000);
    assert!(vm.evaluate(&long).is_err());
}

#[test]
fn places_can_be_read_and_set() {
    let mut vm = in_block();
    let before = vm.memory().register(tacit_vm::Register::BlocksUsed);
    for (expression, value, expected) in [
        ("x", "42", "42"),
        ("total", "\"text\"", "\"text\""),
        ("s2", "NIL", "NIL"),
        ("s0", "true", "1"),
    ] {
        let place = vm.locate(expression).unwrap();
        assert_eq!(place.space, VALUES);
        vm.assign(place, value).unwrap();
        assert_eq!(text(&vm, expression), expected);
        assert_eq!(vm.read(place).text, expected);
    }
    assert_eq!(before, 2);
    assert_eq!(
        vm.memory().register(tacit_vm::Register::BlocksUsed),
        0,
        "what was there is released"
    );
    assert_eq!(vm.check(), Ok(()));
    for (expression, value) in
        [("ip", "5"), ("mem 0x200", "5"), ("r0", "5"), ("x", "x"), ("x", "1 2")]
    {
        let place = vm.locate(expression).unwrap();
        let hash = vm.state_hash();
        assert!(vm.assign(place, value).is_err(), "{expression} {value}");
        assert_eq!(vm.state_hash(), hash);
    }
    assert!(vm.locate("x y +").is_err());
    assert!(vm.locate("depth").is_err());
    assert!(vm.assign(Location { space: VALUES, address: -1, size: 1 }, "1").is_err());
}

#[test]
fn a_watch_sees_into_containers() {
    // `v` is made, changed in place, set to an equal one, and set to another.
    let mut it = Assembly::new();
    let v = it.global("v");
    let vector = [I::VectorLeft, I::Small { value: 1 }, I::Small { value: 2 }, I::VectorRight];
    it.all(&vector);
    it.put(I::GlobalSet { index: v });
    it.all(&[I::Small { value: 1 }, I::Small { value: 0 }]);
    it.put(I::GlobalPut { index: v });
    it.all(&[I::Small { value: 9 }, I::Small { value: 0 }]);
    let changes = it.put(I::GlobalPut { index: v });
    it.all(&[I::Nil, I::Drop]);
    let image = Image { memory: MEMORY_MIN, unit: it.finish() };
    let mut vm = Vm::from_image(&image).unwrap();
    vm.run(Tick::at(6), &Probes::none());
    assert_eq!(text(&vm, "v"), "[ 1 2 ]");
    let probes = Probes { watches: vec![vm.locate("v").unwrap()], ..Probes::none() };
    assert_eq!(vm.run(Tick::MAX, &probes), Stop::Probed(Hit::Watch(0)));
    assert_eq!(text(&vm, "v"), "[ 9 2 ]");
    assert_eq!(vm.position(), CodePosition(u64::from(changes) + 3));
    assert!(matches!(vm.run(Tick::MAX, &probes), Stop::Ended(_)));
}

#[test]
fn an_element_is_nothing_before_its_container_is_made() {
    let mut it = Assembly::new();
    let v = it.global("v");
    it.all(&[I::VectorLeft, I::Nil, I::VectorRight]);
    it.put(I::GlobalSet { index: v });
    it.all(&[I::Small { value: 5 }, I::Small { value: 1 }]);
    it.put(I::GlobalPut { index: v });
    it.all(&[I::Nil, I::GlobalSet { index: v }]);
    it.all(&[I::Small { value: 40 }, I::NewArray]);
    it.all(&[I::Small { value: 7 }, I::Fill]);
    let image = Image { memory: MEMORY_MIN, unit: it.finish() };
    let mut vm = Vm::from_image(&image).unwrap();
    vm.run(Tick::at(8), &Probes::none());
    let [first, second] = [0, 1].map(|index| vm.locate(&format!("v [ {index} ]")).unwrap());
    let read = |vm: &Vm| [first, second].map(|place| vm.read(place).text);
    assert_eq!(read(&vm), ["NIL", "5"]);
    let mut vm = Vm::from_image(&image).unwrap();
    assert_eq!(read(&vm), ["(nothing)", "(nothing)"]);
    // Where nothing was, NIL is a change.
    let probes = Probes { watches: vec![first], ..Probes::none() };
    assert_eq!(vm.run(Tick::MAX, &probes), Stop::Probed(Hit::Watch(0)));
    assert_eq!(vm.tick(), Tick::at(4));
    assert_eq!(read(&vm), ["NIL", "(nothing)"]);
    assert_eq!(vm.run(Tick::MAX, &probes), Stop::Probed(Hit::Watch(0)));
    assert_eq!(read(&vm), ["(nothing)", "(nothing)"]);
    // In the midst of an array there are no headers.
    assert!(matches!(vm.run(Tick::MAX, &Probes::none()), Stop::Ended(_)));
    let inside = Location { address: first.address + 16, ..first };
    assert_eq!(vm.read(inside).text, "7");
}

#[test]
fn instructions_are_shown_with_names() {
    let vm = program();
    insta::assert_snapshot!(vm.disassembly());
}

#[test]
fn bytes_of_the_memory_can_be_seen() {
    let vm = in_block();
    let code = Inspect::memory(&vm, 0x200, 3);
    assert_eq!(code, [0x06, 0x08, 0x00]);
    assert_eq!(Inspect::memory(&vm, 0xfffe, 10).len(), 2);
    assert!(Inspect::memory(&vm, -1, 10).is_empty());
    let registers = i64::try_from(4 * vm.memory().layout().registers().0).unwrap();
    let ip = Inspect::memory(&vm, registers, 2);
    assert_eq!(u64::from(u16::from_le_bytes([ip[0], ip[1]])), vm.position().0);
}
