//! Tasks, events, and giving all up.

use super::expect;
use super::tiny::run;

#[test]
fn tasks_take_turns_and_wait_for_events_and_for_each_other() {
    expect(&[
        (
            "(1 . yield 3 .) spawn drop (2 . yield 4 .) spawn drop yield yield 9",
            "1 | 2 | 3 | 4 -> 9",
        ),
        ("(\"go\" wait inbox) spawn \"go\" signal join", "\"go\""),
        ("(5 wait inbox) spawn dup status yield over status", "1 \"ready\" \"waiting\""),
        ("\"dup\" signal `dup wait inbox", "\"dup\""),
        ("1 wait", "1 ERROR: Deadlock: 1 task waiting"),
        ("(1 wait) spawn join", "1 ERROR: Deadlock: 2 tasks waiting"),
        ("([ 1 ]) spawn dup yield status swap join 1 status", "\"ended\" [ 1 ] \"free\""),
        ("() spawn join", "NIL"),
        ("`self spawn join", "1"),
        ("7 join", "7 ERROR: No task 7"),
        (
            "8 times { (1) spawn drop } (1) spawn",
            "CODE(538) ERROR: No room for a task: all 8 are taken; join those that have ended",
        ),
        ("64 times { 1 signal } 1 signal", "1 ERROR: No room for an event: 64 wait to be taken"),
        ("(\"no\" error) spawn join", "\"no\" ERROR: no"),
        ("3 terminate", "3 Ended(ExitCode(3))"),
        ("[ 3 ] terminate", "[ 3 ] Ended(ExitCode(1))"),
        ("([ 1 ] >R [ 2 ] 3 times { [ 3 ] terminate }) spawn join", "[ 3 ]"),
    ]);
}

#[test]
fn what_was_given_up_leaves_the_stack_and_nothing_else() {
    let programs = [
        "[ 1 ] ([ 2 ] >R [ 3 ] (4 wait) spawn yield [ 5 ] for-each { \"no\" error }) eval",
        "[ 1 ] ([ 2 ] \"no\" error) delay dup force",
        "[ 1 ] [ 2 ] ([ 3 ] swap \"no\" error) map (1 +) map to-vector",
    ];
    for program in programs {
        let mut vm = run(program).vm;
        vm.abandon();
        assert_eq!(vm.check(), Ok(()), "{program}");
        assert_eq!(vm.registers.rp, vm.registers.return_start);
        assert!(vm.depth() >= 1);
        while vm.depth() > 0 {
            let value = vm.pop();
            vm.memory.release(value).unwrap();
        }
        assert_eq!(vm.memory.blocks_used(), 0, "{program}");
    }
}

#[test]
fn a_task_that_runs_when_all_is_given_up_is_dropped_and_the_first_one_s_stack_is_kept() {
    let mut vm = run("[ 1 ] ([ 2 ] [ 3 ] >R \"no\" error) spawn join").vm;
    assert_eq!(vm.task(), 1);
    vm.abandon();
    assert_eq!(vm.task(), 0);
    assert_eq!((vm.depth(), vm.memory.blocks_used(), vm.check()), (1, 1, Ok(())));
}
