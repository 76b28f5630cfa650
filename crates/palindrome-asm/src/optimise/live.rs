//! Which old values nobody can observe, so that no history need be kept of them.
//!
//! When an instruction overwrites a register, the old value matters if, going back from there, a
//! state can be reached from which it is read before it is overwritten. No such state exists if
//! nothing has read the register since it was last written, on any path. So this follows control
//! forwards and notes which registers may have been read since. Whatever can look at, keep or
//! bring back a state counts as reading every register: calls and returns, forks, checkpoints and
//! rewinds, whatever asks the world, and whatever may fault. The values at the start count as
//! read, so that a program can always be taken back to where it began.

use palindrome_vm::{Instruction, Undo};

use super::Code;
use super::graph::{ALL, Registers, is_plain, registers, successors};

/// The instructions whose register's old value nobody can observe, ascending.
pub(super) fn unobserved(code: &Code) -> Vec<u32> {
    if code.rewinds_anywhere() {
        return Vec::new();
    }
    let before = read_before(code);
    let is_unobserved = |index: &u32| {
        let instruction = &code.instructions[*index as usize];
        let (reads, writes) = registers(instruction);
        matches!(instruction.undo(), Undo::Register)
            && is_plain(instruction)
            && before[*index as usize].is_some_and(|seen| (seen | reads) & writes == 0)
    };
    let len = u32::try_from(code.instructions.len()).unwrap_or(u32::MAX);
    (0..len).filter(is_unobserved).collect()
}

/// For each instruction that can be reached: the registers that may have been read since they
/// were last written.
fn read_before(code: &Code) -> Vec<Option<Registers>> {
    let mut before: Vec<Option<Registers>> = vec![None; code.instructions.len()];
    before[code.entry as usize] = Some(ALL);
    let mut open = vec![code.entry];
    while let Some(index) = open.pop() {
        let instruction = &code.instructions[index as usize];
        let seen = before[index as usize].unwrap_or(ALL);
        let (reads, writes) = registers(instruction);
        let after = if !is_plain(instruction) {
            ALL
        } else if instruction.undo() == Undo::Inverse {
            // `SWAP`: the values change places, read or not.
            seen | writes
        } else {
            (seen | reads) & !(writes & !kept_by_inverse(instruction))
        };
        for next in successors(code, index) {
            let known = &mut before[next as usize];
            let joined = known.unwrap_or(0) | after;
            if *known != Some(joined) {
                *known = Some(joined);
                open.push(next);
            }
        }
    }
    before
}

/// The register whose new value is all there is of its old one, because the machine undoes the
/// instruction by calculating backwards: who reads the old value, needs the new one.
fn kept_by_inverse(instruction: &Instruction) -> Registers {
    let (reads, writes) = registers(instruction);
    match instruction.mnemonic() {
        "IADD" | "ISUB" | "IXOR" | "INEG" | "INOT" => reads & writes,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::image;
    use super::*;

    fn marked(text: &str) -> Vec<u32> {
        unobserved(&Code::of(&image(text)).expect("it can be read"))
    }

    #[test]
    fn a_value_that_was_never_read_is_forgotten() {
        assert_eq!(marked("main: LI R1, 1\nLI R1, 2\nLI R1, 3\nOUT R1\nHALT"), [1, 2]);
    }

    #[test]
    fn a_value_that_was_read_is_kept() {
        assert_eq!(marked("main: LI R1, 1\nMOV R2, R1\nLI R1, 2\nHALT"), [0; 0]);
        assert_eq!(marked("main: LI R1, 1\nIADD R1, R1, 2\nHALT"), [0; 0]);
        assert_eq!(marked("main: LI R1, 1\nBNZ R1, main\nLI R1, 2\nHALT"), [0; 0]);
    }

    #[test]
    fn a_value_from_which_an_older_one_is_calculated_back_is_kept() {
        for line in ["IADD R1, R1, 2", "ISUB R1, R1, R2", "IXOR R1, R1, 3", "INEG R1, R1"] {
            let text = format!("main: LI R1, 1\nMOV R3, R1\n{line}\nLI R1, 2\nHALT");
            assert_eq!(marked(&text), [0; 0], "{line}");
        }
        let text = "main: LI R1, 1\nMOV R3, R1\nIMUL R1, R1, 2\nLI R1, 2\nHALT";
        assert_eq!(marked(text), [3], "a product is logged, not divided");
    }

    #[test]
    fn one_path_that_reads_is_enough() {
        let text = "main: LI R1, 1\nBZ R2, over\nMOV R3, R1\nover: LI R1, 2\nHALT";
        assert_eq!(marked(text), [0; 0]);
        let text = "main: LI R1, 1\nBZ R2, over\nNOP\nover: LI R1, 2\nHALT";
        assert_eq!(marked(text), [3]);
    }

    #[test]
    fn whatever_sees_or_keeps_a_state_reads_all() {
        for line in [
            "CHECKPOINT c",
            "CALL f",
            "FORK f",
            "OUT 1",
            "IN R5",
            "IDIV R5, R5, R5",
            "LOAD R5, [R6]",
            "PUSH R5",
            "ASSERT R5, \"x\"",
        ] {
            let text = format!("main: LI R1, 1\n{line}\nLI R1, 2\nHALT\nf: RETURN");
            assert_eq!(marked(&text), [0; 0], "{line}");
        }
        assert_eq!(marked("main: LI R1, 1\nLI R1, 2\nREWINDN 1\nHALT"), [0; 0]);
    }
}
