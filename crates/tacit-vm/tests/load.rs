//! What may be loaded, and what may not.

mod assembly;

use assembly::Assembly;
use tacit_vm::{
    Cell, CodeProblem, Instruction, Layout, LoadError, Register, Tag, Unit, Vm, WordKind,
};

fn load(unit: Unit) -> Result<Vm, LoadError> {
    let mut vm = Vm::new(Layout::DEFAULT);
    let before = vm.memory().cells().to_vec();
    match vm.load(unit) {
        Ok(()) => Ok(vm),
        Err(error) => {
            assert_eq!(vm.memory().cells(), before, "a unit that was refused left its mark");
            Err(error)
        }
    }
}

/// The problem of the first instruction that is wrong in a unit of these.
fn problem(instructions: &[Instruction]) -> CodeProblem {
    let mut assembly = Assembly::new();
    assembly.all(instructions);
    code_problem(assembly.finish())
}

fn code_problem(unit: Unit) -> CodeProblem {
    match load(unit) {
        Err(LoadError::Code { problem, .. }) => problem,
        other => panic!("{:?}", other.map(|_| ())),
    }
}

#[test]
fn a_unit_goes_where_it_says() {
    let mut assembly = Assembly::new();
    let counter = assembly.global("counter");
    let square = assembly.define("square", &[], |it| {
        it.all(&[Instruction::Dup, Instruction::Multiply]);
    });
    let entry = assembly.here();
    assembly.push_string("hello");
    assembly.number(3.0);
    assembly.put(Instruction::Call { target: square });
    assembly.put(Instruction::GlobalSet { index: counter });
    assembly.block(|it| it.block(|it| it.number(1.0)));
    let unit = assembly.finish();
    let vm = load(unit.clone()).unwrap();
    let memory = vm.memory();
    assert_eq!(
        usize::from(unit.base) + unit.code.len(),
        memory.register(Register::CodeEnd) as usize
    );
    assert_eq!(memory.register(Register::Globals), 1);
    assert_eq!(memory.get(memory.layout().globals().0), Cell::NIL);
    assert_eq!(memory.find_word("square").unwrap().code(), square);
    assert_eq!(memory.find_word("counter").unwrap().kind, WordKind::Global);
    assert!(memory.find_string("hello").is_some());
    assert!(vm.program().is_start(entry));
    assert!(!vm.program().is_start(entry + 1));
}

#[test]
fn a_second_unit_uses_words_and_strings_of_the_first() {
    let mut first = Assembly::new();
    let five = first.define("five", &[], |it| it.number(5.0));
    let mut vm = load(first.finish()).unwrap();
    let name = vm.memory().find_string("five").unwrap();
    let mut second = Assembly::after(&vm);
    second.put(Instruction::Call { target: five });
    second.put(Instruction::LiteralString { at: name });
    second.put(Instruction::LiteralSymbol { at: five - 8 });
    second.put(Instruction::LiteralSymbol { at: 0x20 });
    second.define("six", &[], |it| it.number(6.0));
    let unit = second.finish();
    let before = vm.program().clone();
    vm.load(unit.clone()).unwrap();
    let words: Vec<_> = vm.memory().words().map(|word| vm.memory().text(word.name)).collect();
    assert_eq!(words, ["six", "five"]);
    assert_eq!(before.units().len(), 1, "what was loaded before stays as it is");
    assert!(matches!(vm.load(unit), Err(LoadError::Place { what: "code", .. })));
}

#[test]
fn loops_that_are_written_with_braces_are_accepted() {
    let mut assembly = Assembly::new();
    assembly.define("sum", &["total"], |it| {
        it.put(Instruction::ForInit);
        let test = it.put(Instruction::Branch { to: 0 });
        let body = it.here();
        it.put(Instruction::LocalSet { slot: 0 });
        it.land(test);
        it.back(Instruction::ForNext { body: 0 }, body);
        it.back(Instruction::ForGot { body: 0 }, body);
    });
    load(assembly.finish()).unwrap();
}

#[test]
fn definitions_may_come_before_the_entry_without_a_jump() {
    let mut assembly = Assembly::new();
    assembly.header("one", WordKind::Library, 0);
    assembly.all(&[Instruction::Small { value: 1 }, Instruction::Exit]);
    assembly.header("two", WordKind::Library, 0);
    assembly.all(&[Instruction::Small { value: 2 }, Instruction::Exit]);
    assembly.header("here", WordKind::Mark, 0);
    assembly.unit.entry = assembly.here();
    load(assembly.finish()).unwrap();
}

#[test]
fn control_stays_in_its_region() {
    let target = |problem| matches!(problem, CodeProblem::Target { .. });
    assert!(target(problem(&[Instruction::Branch { to: -1 }])));
    assert!(target(problem(&[Instruction::Branch { to: 1 }])));
    assert!(target(problem(&[Instruction::Branch { to: -4 }])));
    assert!(target(problem(&[Instruction::BranchIfFalse { to: i16::MIN }])));
    assert!(target(problem(&[Instruction::LiteralCode { over: 0 }])));
    assert!(target(problem(&[Instruction::LiteralCode { over: -3 }])));

    // Into a block, and out of one.
    let mut assembly = Assembly::new();
    let jump = assembly.put(Instruction::Branch { to: 0 });
    assembly.block(|it| {
        it.land(jump);
        it.put(Instruction::Nil);
    });
    assert!(target(code_problem(assembly.finish())));
    let mut assembly = Assembly::new();
    let mut jump = 0;
    assembly.block(|it| jump = it.put(Instruction::BranchIfFalse { to: 0 }));
    assembly.land(jump);
    assert!(target(code_problem(assembly.finish())));

    let mut assembly = Assembly::new();
    assembly.put(Instruction::Dup);
    assert_eq!(code_problem(assembly.unit), CodeProblem::FallsOff);
    let mut assembly = Assembly::new();
    let over = assembly.put(Instruction::LiteralCode { over: 0 });
    assembly.put(Instruction::Dup);
    assembly.land(over);
    assert_eq!(code_problem(assembly.finish()), CodeProblem::FallsOff);
}

#[test]
fn operands_are_what_they_say() {
    use Instruction as I;
    assert_eq!(problem(&[I::Call { target: 0x200 }]), CodeProblem::Call { target: 0x200 });
    assert_eq!(problem(&[I::Call { target: 0x100 }]), CodeProblem::Call { target: 0x100 });
    assert_eq!(problem(&[I::LiteralString { at: 5 }]), CodeProblem::String { at: 5 });
    assert_eq!(problem(&[I::LiteralSymbol { at: 1 }]), CodeProblem::Symbol { target: 1 });
    assert_eq!(problem(&[I::LiteralSymbol { at: 0xf0 }]), CodeProblem::Symbol { target: 0xf0 });
    assert_eq!(problem(&[I::GlobalGet { index: 0 }]), CodeProblem::Global { index: 0, count: 0 });
    assert_eq!(problem(&[I::LocalGet { slot: 0 }]), CodeProblem::Local { slot: 0, count: 0 });
    assert_eq!(problem(&[I::Pull]), CodeProblem::System);
    assert_eq!(problem(&[I::GlobalPath { index: 0, count: 0 }]), CodeProblem::Path);
    assert_eq!(problem(&[I::Leave]), CodeProblem::Frame);
    assert_eq!(problem(&[I::Enter { count: 1 }]), CodeProblem::Frame);
    assert_eq!(problem(&[I::ForNext { body: -3 }]), CodeProblem::Loop);
    assert_eq!(problem(&[I::ForGot { body: -3 }]), CodeProblem::Loop);
    for bits in [0xffc0_0000, 0x7f80_0001, 0x7fc4_0001, Cell::tagged(Tag::Vector, 3).0] {
        assert_eq!(problem(&[I::Literal { value: bits }]), CodeProblem::Literal { bits });
    }
    let mut fit = Assembly::new();
    for cell in [Cell::NIL, Cell::NAN, Cell::TRUE, Cell::number(-0.0), Cell::number(f32::INFINITY)]
    {
        fit.put(I::Literal { value: cell.0 });
    }
    load(fit.finish()).unwrap();

    let mut bad = Assembly::new();
    bad.unit.code.push(0xff);
    assert!(matches!(code_problem(bad.finish()), CodeProblem::Decode(_)));
    let mut cut = Assembly::new();
    cut.unit.code = vec![0x01, 0, 0];
    assert!(matches!(code_problem(cut.unit), CodeProblem::Decode(_)));
}

#[test]
fn local_variables_belong_to_their_definition() {
    let mut assembly = Assembly::new();
    assembly.define("f", &["x"], |it| {
        it.block(|it| {
            it.put(Instruction::LocalGet { slot: 0 });
        });
    });
    assert_eq!(code_problem(assembly.finish()), CodeProblem::Local { slot: 0, count: 0 });
    let mut assembly = Assembly::new();
    assembly.define("f", &["x"], |it| {
        it.put(Instruction::LocalGet { slot: 1 });
    });
    assert_eq!(code_problem(assembly.finish()), CodeProblem::Local { slot: 1, count: 1 });
    let mut assembly = Assembly::new();
    assembly.define("f", &[], |it| {
        it.put(Instruction::End);
    });
    assert_eq!(code_problem(assembly.finish()), CodeProblem::End);
}

#[test]
fn headers_lead_down_to_headers() {
    let header = |link: u16, name: u16, kind: i8| {
        let mut assembly = Assembly::new();
        let over = assembly.put(Instruction::Branch { to: 0 });
        let at = assembly.string("f");
        let name = if name == 1 { at } else { name };
        assembly.put(Instruction::Header { link, name, kind, value: 0 });
        assembly.put(Instruction::Exit);
        assembly.land(over);
        load(assembly.finish())
    };
    assert!(header(0, 1, 0).is_ok());
    for (link, name, kind) in [(0x203, 1, 0), (0x202, 1, 0), (9, 1, 0), (0, 0, 0), (0, 7, 0)] {
        assert!(header(link, name, kind).is_err(), "{link:#x} {name} {kind}");
    }
    for kind in [-1, 1, 2, 3, 5, 127] {
        assert!(header(0, 1, kind).is_err(), "{kind}");
    }
    let mut assembly = Assembly::new();
    assembly.unit.words = 0x200;
    assert_eq!(code_problem(assembly.finish()), CodeProblem::Words);
}

#[test]
fn a_unit_begins_at_the_top() {
    let mut inside = Assembly::new();
    let code = inside.define("f", &[], |it| it.number(1.0));
    inside.unit.entry = code;
    code_problem(inside.finish());
    let mut between = Assembly::new();
    between.number(1.0);
    between.unit.entry += 1;
    assert_eq!(code_problem(between.finish()), CodeProblem::Entry);
    assert_eq!(code_problem(Assembly::new().unit), CodeProblem::Entry);
}

#[test]
fn what_does_not_fit_is_refused() {
    let with = |change: fn(&mut Unit)| {
        let mut unit = Assembly::new().finish();
        change(&mut unit);
        load(unit).map(|_| ()).unwrap_err()
    };
    assert!(matches!(with(|it| it.base += 1), LoadError::Place { what: "code", .. }));
    assert!(matches!(with(|it| it.string_base += 1), LoadError::Place { what: "strings", .. }));
    assert!(matches!(with(|it| it.code = vec![0; 16 << 10]), LoadError::NoRoom { .. }));
    assert!(matches!(with(|it| it.globals = 2000), LoadError::NoRoom { .. }));
    assert!(matches!(with(|it| it.strings = vec!["x".repeat(256)]), LoadError::String { .. }));
    assert!(matches!(with(|it| it.strings = vec![String::new()]), LoadError::String { .. }));
    assert!(matches!(
        with(|it| it.strings = vec!["a".into(), "a".into()]),
        LoadError::String { index: 1, .. }
    ));
    let many = |it: &mut Unit| it.strings = (0..100).map(|n| format!("{n:0200}")).collect();
    assert!(matches!(with(many), LoadError::NoRoom { what: "bytes of strings", .. }));
    let debug = |it: &mut Unit| it.debug.globals.push((0, "x".into()));
    assert!(matches!(with(debug), LoadError::Debug { .. }));
}
