//! Which old values nobody can observe, so that no history need be kept of them.

use palindrome_vm::image::unobserved as find;

use super::Code;

/// The instructions whose register's old value nobody can observe, ascending.
pub(super) fn unobserved(code: &Code) -> Vec<u32> {
    if code.rewinds_anywhere() { Vec::new() } else { find(&code.instructions, code.entry) }
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
