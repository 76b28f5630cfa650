//! A long call of the store gives up when its machine is to come back, and is begun anew when it runs on: as
//! if nothing had been.

mod common;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use common::run::load;
use machine::{Inspect as _, Machine as _, Place, Probes, Stop, Tick, pause};
use palindrome::Vm;
use testkit::ScriptedWorld;

/// A pause is wanted of the whole process: one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

const ROWS: &str = "relation R(id: Int key, a: Int)
relation S(k: Int key, b: Int)
for i in 0..3000 { R += {id: i, a: i % 7} }
for i in 0..900 { S += {k: i, b: i % 7} }
";

/// Runs until a stop that is no question.
fn go(vm: &mut Vm, world: &mut ScriptedWorld, probes: &Probes) -> Stop<palindrome_vm::Trap> {
    loop {
        match vm.run(Tick::MAX, probes) {
            Stop::Asks(question) => vm.answer(&world.answer(&question)).expect("it goes on"),
            other @ (Stop::Reached | Stop::Probed(_) | Stop::Trapped(_) | Stop::Ended(_)) => {
                return other;
            }
        }
    }
}

/// A machine before the line behind the rows.
fn before(statements: &str) -> Vm {
    before_line(&format!("{ROWS}{statements}"), 5)
}

/// A machine before a line.
fn before_line(text: &str, line: u32) -> Vm {
    let mut vm = load(text);
    let positions = vm.positions_of_line(Place { source: 0, line });
    let probes = Probes { breakpoints: positions.into_iter().collect(), ..Probes::none() };
    let stop = go(&mut vm, &mut ScriptedWorld::default(), &probes);
    assert!(matches!(stop, Stop::Probed(_)), "{stop:?}");
    vm
}

/// What the rest of a program writes.
fn rest(vm: &mut Vm) -> String {
    let mut world = ScriptedWorld::default();
    let stop = go(vm, &mut world, &Probes::none());
    assert!(matches!(stop, Stop::Ended(_)), "{stop:?}");
    String::from_utf8_lossy(world.output()).into_owned()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "Ctrl-C comes on another thread, too")]
fn a_call_gives_up_as_soon_as_a_pause_is_wanted() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for (statements, said) in [
        ("print (R as a, R as b, R as c where a.a != b.a select count() as n)", None),
        (
            "print (R as a, R as b where a.a != b.a group by a.id as x limit 1 select x, count() as n)",
            None,
        ),
        ("rule p(a, b) :- R(a, _), R(b, _), a > b, b > a.\nprint p", Some("[]\n")),
        ("for i in 0..2000 { print (R where a = 3).count() }", None),
    ] {
        let mut vm = before(statements);
        vm.keep_trail(1 << 26);
        let (start, from) = (vm.state_hash(), vm.tick().safepoints);
        let waker = std::thread::spawn(|| {
            std::thread::sleep(Duration::from_millis(60));
            pause::want();
        });
        let mut world = ScriptedWorld::default();
        let (stop, _) = pause::heeded(usize::MAX, || go(&mut vm, &mut world, &Probes::none()));
        waker.join().expect("it only waits");
        if stop != Stop::Reached {
            // It was over before.
            assert!(matches!(stop, Stop::Ended(_)), "{stop:?}: {statements}");
            pause::take();
            continue;
        }
        assert!(pause::take());
        let here = vm.tick().safepoints;
        assert_eq!((vm.back(here - from), vm.state_hash()), (here - from, start), "{statements}");
        if let Some(said) = said {
            assert_eq!(rest(&mut vm), said, "{statements}");
        }
    }
}

#[test]
fn a_call_that_takes_too_much_memory_never_was() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for statements in [
        "print (R, S where a = b and id < 900 group by id, k limit 1 select id, k, count() as n)",
        "rule p(a, b) :- R(a, x), R(b, x), a < 1200, b < 1200.\nprint (p where a = 3 and b < 20)",
    ] {
        let (mut vm, mut undisturbed) = (before(statements), before(statements));
        let memory_max = machine::Machine::memory(&vm) + (2 << 20);
        let mut world = ScriptedWorld::default();
        let (stop, is_too_large) =
            pause::heeded(memory_max, || go(&mut vm, &mut world, &Probes::none()));
        assert_eq!((stop, is_too_large), (Stop::Reached, true), "{statements}");
        assert!(world.output().is_empty());
        let said = rest(&mut vm);
        assert_eq!((rest(&mut undisturbed), undisturbed.state_hash()), (said, vm.state_hash()));
    }
}

/// A list of many texts, which is there before the second line.
const TEXTS: &str = "let texts = (0..100000).map(i => \"t${(i * 7919) % 50021}\")\n";

#[test]
#[expect(clippy::disallowed_methods, reason = "Ctrl-C comes on another thread, too")]
fn long_work_on_lists_and_texts_gives_up_too() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for (statement, said) in [
        ("print texts.sort().first()", "\"t0\"\n"),
        ("print texts.distinct().count()", "50021\n"),
        ("print texts.join(\"; \").split(\"; \").count()", "100000\n"),
        ("print (texts ++ texts).reverse().count()", "200000\n"),
        ("print (0..1000000).count()", "1000000\n"),
    ] {
        let mut vm = before_line(&format!("{TEXTS}{statement}"), 2);
        let memory_max = machine::Machine::memory(&vm) + (1 << 20);
        let mut world = ScriptedWorld::default();
        let (stop, is_too_large) =
            pause::heeded(memory_max, || go(&mut vm, &mut world, &Probes::none()));
        assert_eq!((stop, is_too_large), (Stop::Reached, true), "{statement}");
        assert_eq!(rest(&mut vm), said);
    }
    let mut vm = before_line(&format!("{TEXTS}print (texts ++ texts).sort().count()"), 2);
    let waker = std::thread::spawn(|| {
        std::thread::sleep(Duration::from_millis(20));
        pause::want();
    });
    let mut world = ScriptedWorld::default();
    let (stop, _) = pause::heeded(usize::MAX, || go(&mut vm, &mut world, &Probes::none()));
    waker.join().expect("it only waits");
    // A fast machine is done by then.
    assert!(matches!(stop, Stop::Reached | Stop::Ended(_)), "{stop:?}");
    pause::take();
    if stop == Stop::Reached {
        assert_eq!(rest(&mut vm), "200000\n");
    }
}
