//! Programs that the verifier lets pass and that mean nothing: the machine runs them to some end
//! without a panic, fast or step by step, and can be looked at.
#![expect(clippy::unwrap_used, reason = "a test")]

mod random;

use std::sync::Arc;

use achronyme_vm::Vm;
use machine::{Inspect, Machine, Probes, Stop, Tick};
use proptest::prelude::{any, proptest};
use testkit::ScriptedWorld;

const TICKS: u64 = 3000;
const MEMORY: usize = 1 << 20;

/// Runs to a tick, or as far as it goes.
fn run(vm: &mut Vm, world: &mut ScriptedWorld, until: u64, probes: &Probes) -> Option<String> {
    loop {
        match vm.run(Tick::at(until), probes) {
            Stop::Reached => return None,
            Stop::Probed(_) => {}
            Stop::Asks(question) => {
                if let Err(trap) = vm.answer(&world.answer(&question)) {
                    return Some(trap.to_string());
                }
            }
            Stop::Trapped(trap) => return Some(trap.to_string()),
            Stop::Ended(_) => return Some("ended".to_owned()),
        }
    }
}

fn look(vm: &Vm) {
    let _frames = vm.frames(20);
    for scope in vm.scopes() {
        for variable in scope.variables {
            let _value = vm.evaluate(&variable.expression);
            let _read = vm.locate(&variable.expression).map(|location| vm.read(location));
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_verified_runs_alike_fast_and_step_by_step(
        seed in any::<u64>(),
        is_stubborn in any::<bool>(),
    ) {
        let make = if is_stubborn { random::stubborn } else { random::program };
        let program = Arc::new(make(seed));
        let new = || Vm::new(Arc::clone(&program), MEMORY).unwrap();
        let (mut fast, mut slow) = (new(), new());
        let (mut world, mut other) = (ScriptedWorld::default(), ScriptedWorld::default());
        for until in [7, 100, 101, 1000, TICKS] {
            let end = run(&mut fast, &mut world, until, &Probes::none());
            let again = run(&mut slow, &mut other, until, &Probes::every_step());
            assert_eq!(end, again, "at {until}");
            assert_eq!(fast.tick(), slow.tick());
            let hash = fast.state_hash();
            assert_eq!(hash, slow.state_hash(), "at {until}");
            look(&fast);
            assert_eq!(fast.state_hash(), hash, "looking changed something");
            if end.is_some() {
                break;
            }
        }
    }
}
