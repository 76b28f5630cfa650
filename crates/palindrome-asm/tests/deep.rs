//! Deep stacks and large images.

mod common;

use common::{drive, machine};
use machine::{ExitCode, Machine, Stop};
use testkit::ScriptedWorld;

/// Frames lie across the ends of pages here, and pages are written to for the first time: the fast
/// engine writes half a frame, and leaves the call to the plain one.
#[test]
fn deep_calls_are_undone_exactly() {
    for pushes in ["PUSH R1\n", "", "PUSH R1\nPUSH R1\n"] {
        let pops = "POP R2\n".repeat(pushes.len() / 8);
        let text = format!(
            "main: LI R1, 2000\nCALL f\nHALT\nf: BZ R1, out\nISUB R1, R1, 1\n{pushes}CALL f\n\
             {pops}out: RETURN"
        );
        let mut vm = machine(&text);
        vm.keep_trail(1 << 26);
        let mut world = ScriptedWorld::default();
        let start = vm.state_hash();
        let end = drive(&mut vm, 1 << 20, &mut world);
        assert_eq!(end, Some(Stop::Ended(ExitCode(0))));
        let (ticks, end) = (vm.tick().safepoints, vm.state_hash());
        assert_eq!(vm.back(ticks), ticks);
        assert_eq!(vm.state_hash(), start);
        drive(&mut vm, 1 << 20, &mut world);
        assert_eq!(vm.state_hash(), end);
    }
}
