//! Keeping states, going back, and telling states apart.

mod assembly;

use assembly::Assembly;
use machine::{Hit, Location, Machine, Probes, Stop, Tick};
use tacit_vm::{Image, Instruction as I, MEMORY, MEMORY_MIN, REGISTER_SP, REGISTERS, Vm};

/// Counts down from 100 in a global variable, and makes a vector each time.
fn countdown() -> Vm {
    let mut it = Assembly::new();
    let n = it.global("n");
    it.all(&[I::Small { value: 100 }, I::GlobalSet { index: n }]);
    let start = it.here();
    it.all(&[I::GlobalGet { index: n }, I::Enlist, I::Drop]);
    it.all(&[I::GlobalGet { index: n }, I::Small { value: 1 }, I::Subtract]);
    it.all(&[I::Dup, I::GlobalSet { index: n }, I::Not]);
    it.back(I::BranchIfFalse { to: 0 }, start);
    load(it)
}

fn load(it: Assembly) -> Vm {
    Vm::from_image(&Image { memory: MEMORY_MIN, unit: it.finish() }).expect("a program")
}

fn run_to(vm: &mut Vm, tick: u64) {
    assert_eq!(vm.run(Tick::at(tick), &Probes::none()), Stop::Reached);
}

#[test]
fn snapshots_share_the_pages_that_are_the_same() {
    let mut vm = countdown();
    let alone = Machine::memory(&vm);
    let first = vm.snapshot();
    let one = Machine::memory(&vm) - alone;
    let size = MEMORY_MIN..MEMORY_MIN / 16 * 17;
    assert!(size.contains(&one), "the first snapshot has all pages, and little else: {one}");
    let again = vm.snapshot();
    assert_eq!(Machine::memory(&vm) - alone, one, "nothing has changed");
    run_to(&mut vm, 500);
    let later = vm.snapshot();
    let pages = (Machine::memory(&vm) - alone - one) / 4096;
    assert!((1..=4).contains(&pages), "stack, globals, heap, registers: {pages}");
    drop((first, again));
    run_to(&mut vm, 501);
    drop(vm.snapshot());
    let left = Machine::memory(&vm) - alone;
    assert!(left <= one + 4 * 4300, "{left}");
    vm.restore(&later);
    assert_eq!(Machine::tick(&vm), Tick::at(500));
}

#[test]
fn the_trail_keeps_to_its_bound_and_drops_the_oldest() {
    let mut vm = countdown();
    vm.keep_trail(4000);
    run_to(&mut vm, 700);
    assert!(vm.trail_bytes() <= 4000);
    let undone = vm.back(1000);
    assert!((50..700).contains(&undone), "{undone}");
    let here = vm.state_hash();
    assert_eq!(vm.back(1), 0);
    let mut other = countdown();
    run_to(&mut other, 700 - undone);
    assert_eq!(other.state_hash(), here);
    run_to(&mut vm, 700);
    run_to(&mut other, 700);
    assert_eq!(other.state_hash(), vm.state_hash());
    vm.keep_trail(0);
    assert_eq!(vm.trail_bytes(), 0);
}

#[test]
fn what_is_above_the_tops_of_the_stacks_does_not_count() {
    let make = |left: i8| {
        let mut it = Assembly::new();
        it.all(&[I::Small { value: left }, I::Drop]);
        it.all(&[I::Small { value: left }, I::ToReturn, I::FromReturn, I::Drop]);
        load(it)
    };
    let hash = |left, ticks| {
        let mut vm = make(left);
        // The code differs, so only the states as far as they differ from the first are compared.
        let before = vm.state_hash();
        run_to(&mut vm, ticks);
        (before, vm.state_hash())
    };
    let (mut a, mut b) = (make(1), make(1));
    run_to(&mut a, 6);
    run_to(&mut b, 6);
    assert_eq!(a.state_hash(), b.state_hash());
    assert_ne!(hash(1, 1).1, hash(1, 2).1);
    assert_ne!(hash(1, 0).0, hash(2, 0).0, "code counts");
}

#[test]
fn looking_at_bytes_and_registers_stops_where_they_change() {
    let mut it = Assembly::new();
    it.all(&[I::Nil, I::Drop, I::Nil, I::Nil, I::Drop]);
    let mut vm = load(it);
    let watch = |space, address, size| Probes {
        watches: vec![Location { space, address, size }],
        ..Probes::none()
    };
    let sp = watch(REGISTERS, REGISTER_SP, 1);
    for tick in 1..=5 {
        assert_eq!(vm.run(Tick::MAX, &sp), Stop::Probed(Hit::Watch(0)));
        assert_eq!(Machine::tick(&vm), Tick::at(tick));
    }
    let mut vm = countdown();
    let stack = i64::try_from(4 * vm.memory().layout().stack().0).expect("it fits");
    assert_eq!(vm.run(Tick::MAX, &watch(MEMORY, stack, 4)), Stop::Probed(Hit::Watch(0)));
    // After the jump over the header of the variable.
    assert_eq!(Machine::tick(&vm), Tick::at(2));
    // The next instruction takes the number away, which leaves the bytes as they are.
    assert_eq!(vm.run(Tick::MAX, &watch(MEMORY, stack + 2, 1)), Stop::Probed(Hit::Watch(0)));
    assert!(Machine::tick(&vm) > Tick::at(3));
}

#[test]
fn a_snapshot_brings_its_program_along() {
    let mut vm = countdown();
    let Stop::Ended(_) = vm.run(Tick::MAX, &Probes::none()) else { panic!("it has an end") };
    let before = vm.snapshot();
    let mut second = Assembly::after(&vm);
    second.define("one", &[], |it| it.number(1.0));
    vm.load(second.finish()).expect("a unit");
    assert!(vm.memory().find_word("one").is_some());
    let after = vm.snapshot();
    vm.restore(&before);
    assert_eq!(vm.program().units().len(), 1);
    assert!(vm.memory().find_word("one").is_none());
    vm.restore(&after);
    assert_eq!(vm.program().units().len(), 2);
    assert!(matches!(vm.run(Tick::MAX, &Probes::none()), Stop::Ended(_)));
}
