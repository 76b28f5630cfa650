//! What watches and breakpoints stop for, held against looking at every step.

mod random;

use machine::{Answer, CodePosition, Hit, Location, Machine, Probes, Stop, Tick};
use palindrome_vm::{
    BaseOffset, Instruction as I, REGISTERS, SPECIAL, SPECIAL_FLAGS, SPECIAL_FP, SPECIAL_HEAD,
    SPECIAL_HP, SPECIAL_IP, SPECIAL_SP, TAPE, Vm,
};
use proptest::prelude::*;

use crate::random::{program, world};

/// Something to watch, mostly where these programs write.
fn location() -> impl Strategy<Value = Location> {
    let at = |space, size| move |address| Location { space, address, size };
    let near = prop_oneof![
        4 => 0x30_0000..0x30_0040_i64,
        2 => 0x30_0ff0..0x30_1010_i64,
        1 => 0x20_0000..0x20_0020_i64,
        2 => 0x1f_ffc0..0x20_0000_i64,
        1 => -20..0_i64,
        1 => i64::MAX - 16..=i64::MAX,
    ];
    let special = vec![SPECIAL_SP, SPECIAL_FP, SPECIAL_HP, SPECIAL_HEAD];
    prop_oneof![
        4 => (near, prop::sample::select(vec![1_u32, 2, 4, 8, 8, 64, 5000]))
            .prop_map(|(address, size)| Location { space: TAPE, address, size }),
        3 => (0..9_i64).prop_map(at(REGISTERS, 8)),
        1 => prop::sample::select(special).prop_map(at(SPECIAL, 8)),
        1 => (SPECIAL_FLAGS..SPECIAL_FLAGS + 4).prop_map(at(SPECIAL, 1)),
        1 => Just(at(SPECIAL, 8)(SPECIAL_IP)),
    ]
}

/// The value at a location, found without the machine's own probes.
fn value(vm: &Vm, Location { space, address, size }: Location) -> Vec<u8> {
    let flag = |bit: i64| {
        let flags = vm.registers.flags;
        let all = [flags.zero, flags.negative, flags.carry, flags.overflow];
        i64::from(all[usize::try_from(bit).expect("one of four")])
    };
    let number = match (space, address) {
        (TAPE, at) => {
            let mut bytes = vec![0; size as usize];
            vm.tape.peek(at, &mut bytes);
            return bytes;
        }
        (REGISTERS, number) => vm.registers.general[usize::try_from(number).expect("a register")],
        (_, SPECIAL_SP) => vm.sp(),
        (_, SPECIAL_FP) => vm.fp(),
        (_, SPECIAL_HP) => vm.hp(),
        (_, SPECIAL_HEAD) => vm.tape.head(),
        (_, SPECIAL_IP) => i64::from(vm.ip()),
        (_, bit) => flag(bit - SPECIAL_FLAGS),
    };
    number.to_le_bytes().to_vec()
}

/// Every stop up to `until`, and where it is.
fn stops(vm: &mut Vm, until: u64, probes: &Probes) -> Vec<(u64, Hit)> {
    let mut found = Vec::new();
    while vm.tick() < Tick::at(until) {
        let hit = match vm.run(Tick::at(until), probes) {
            Stop::Probed(hit) => Some(hit),
            Stop::Asks(question) => {
                let answer: Answer = world(vm, &question);
                let Ok(hit) = vm.answer_probed(&answer, probes) else { break };
                hit
            }
            Stop::Reached => None,
            Stop::Trapped(_) | Stop::Ended(_) => break,
        };
        found.extend(hit.map(|hit| (vm.tick().safepoints, hit)));
    }
    found
}

/// The same, by running single steps and comparing.
fn expected(vm: &mut Vm, until: u64, probes: &Probes) -> Vec<(u64, Hit)> {
    let look = |vm: &Vm| -> Vec<_> { probes.watches.iter().map(|it| value(vm, *it)).collect() };
    let mut before = look(vm);
    let mut found = Vec::new();
    while vm.tick() < Tick::at(until) {
        match vm.run(Tick::at(until), &Probes::every_step()) {
            Stop::Probed(_) | Stop::Reached => {}
            Stop::Asks(question) => {
                let answer = world(vm, &question);
                if vm.answer(&answer).is_err() {
                    break;
                }
            }
            Stop::Trapped(_) | Stop::Ended(_) => break,
        }
        let after = look(vm);
        let changed = (0..after.len()).find(|index| after[*index] != before[*index]);
        let here = CodePosition(u64::from(vm.ip()) * 8);
        let arrived = probes.breakpoints.contains(&here).then_some(Hit::Breakpoint(here));
        let hit = changed.map(Hit::Watch).or(arrived);
        found.extend(hit.map(|hit| (vm.tick().safepoints, hit)));
        before = after;
    }
    found
}

#[test]
fn the_last_byte_of_the_tape_can_be_watched() {
    let set = |reg, value| I::LoadImm { reg, value };
    let store = I::Store8 { addr: BaseOffset { base: 1, offset: 0 }, reg: 2 };
    let code = [set(1, i64::MAX), set(2, 5), store, I::Halt];
    let mut vm = Vm::load(random::build(code.to_vec()));
    let watches = vec![Location { space: TAPE, address: i64::MAX, size: 1 }];
    let probes = Probes { watches, ..Probes::none() };
    assert_eq!(stops(&mut vm, 100, &probes), [(3, Hit::Watch(0))]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn probes_stop_where_values_change_and_control_arrives(
        program in program(),
        watches in prop::collection::vec(location(), 0..4),
        breakpoints in prop::collection::btree_set((0..70_u64).prop_map(|at| CodePosition(at * 8)), 0..4),
        until in 20..600_u64,
        keeps_trail in prop::bool::ANY,
    ) {
        let probes = Probes { breakpoints, watches, every_step: false };
        let [mut fast, mut plain] = [(); 2].map(|()| Vm::load(program.clone()));
        if keeps_trail {
            fast.keep_trail(1 << 22);
        }
        let wanted = expected(&mut plain, until, &probes);
        prop_assert_eq!(stops(&mut fast, until, &probes), wanted, "{:?}", program);
        prop_assert_eq!(fast.state_hash(), plain.state_hash());
        if keeps_trail {
            // Once more, from a moment gone back to. Texts of megabytes leave a shorter trail.
            let steps = fast.tick().safepoints.div_ceil(2);
            let gone = fast.back(steps);
            prop_assert!(gone == steps || fast.back(1) == 0);
            let back = plain.tick().safepoints - gone;
            let again: Vec<_> = expected(&mut Vm::load(program.clone()), until, &probes);
            let later: Vec<_> = again.into_iter().filter(|(tick, _)| *tick > back).collect();
            prop_assert_eq!(stops(&mut fast, until, &probes), later);
        }
    }
}
