//! Constant folding: calculations whose operands are known become `LI`, one for one.

use palindrome_vm::Instruction;
use palindrome_vm::image::{Argument, arguments, registers};

use super::Code;
use super::graph::{is_time_or_call, leaders, successors};

/// Folds inside basic blocks. An instruction whose flags may be read stays.
pub(super) fn fold(code: &mut Code) {
    let flags = flags_needed_after(code);
    let leaders = leaders(code);
    let mut known: [Option<i64>; 16] = [None; 16];
    for (index, instruction) in code.instructions.iter_mut().enumerate() {
        if leaders[index] {
            known = [None; 16];
        }
        let result = value(instruction, &known);
        if is_time_or_call(instruction) {
            known = [None; 16];
            continue;
        }
        let (_, writes) = registers(instruction);
        for (register, known) in known.iter_mut().enumerate() {
            if writes >> register & 1 == 1 {
                *known = None;
            }
        }
        let Some((reg, value)) = result else { continue };
        known[usize::from(reg)] = Some(value);
        if !(instruction.sets_flags() && flags[index]) {
            *instruction = Instruction::LoadImm { reg, value };
        }
    }
}

/// The register that an instruction sets to a number that is known, and the number.
fn value(instruction: &Instruction, known: &[Option<i64>; 16]) -> Option<(u8, i64)> {
    let arguments: Vec<_> = arguments(instruction).into_iter().map(|(_, a)| a).collect();
    let number = |argument: &Argument| match argument {
        Argument::Register(register) => known[usize::from(*register)],
        Argument::Number(number) => Some(*number),
        Argument::Address(_)
        | Argument::Target(_)
        | Argument::Text(_)
        | Argument::Registers(_)
        | Argument::Strategy(_)
        | Argument::Order(_) => None,
    };
    match (instruction.mnemonic(), arguments.as_slice()) {
        ("LI" | "MOV", [Argument::Register(dst), a]) => Some((*dst, number(a)?)),
        ("INEG", [Argument::Register(dst), a]) => Some((*dst, number(a)?.wrapping_neg())),
        ("INOT", [Argument::Register(dst), a]) => Some((*dst, !number(a)?)),
        (mnemonic, [Argument::Register(dst), a, b]) => {
            Some((*dst, calculate(mnemonic, number(a)?, number(b)?)?))
        }
        _ => None,
    }
}

/// What the machine would calculate, unless it would fault.
fn calculate(mnemonic: &str, a: i64, b: i64) -> Option<i64> {
    let bits = u32::try_from(b & 63).ok()?;
    Some(match mnemonic {
        "IADD" => a.wrapping_add(b),
        "ISUB" => a.wrapping_sub(b),
        "IMUL" => a.wrapping_mul(b),
        "IDIV" => a.checked_div(b)?,
        "IMOD" => a.checked_rem(b)?,
        "IXOR" => a ^ b,
        "IAND" => a & b,
        "IOR" => a | b,
        "ISHL" => a << bits,
        "ISHR" => (a.cast_unsigned() >> bits).cast_signed(),
        "ISAR" => a >> bits,
        "COMPARE" => a.cmp(&b) as i64,
        "EQUAL" => i64::from(a == b),
        "LESSTHAN" => i64::from(a < b),
        _ => return None,
    })
}

/// After which instructions somebody may read the flags before they are set again.
fn flags_needed_after(code: &Code) -> Vec<bool> {
    let len = code.instructions.len();
    if code.rewinds_anywhere() {
        return vec![true; len];
    }
    let reads = |instruction: &Instruction| {
        let mnemonic = instruction.mnemonic();
        (mnemonic.starts_with("BRANCH_") && mnemonic != "BRANCH_NOT_END")
            || is_time_or_call(instruction)
    };
    let mut predecessors: Vec<Vec<u32>> = vec![Vec::new(); len];
    let mut needed = vec![false; len];
    let mut open = Vec::new();
    for (index, instruction) in (0_u32..).zip(&code.instructions) {
        successors(code, index).for_each(|next| predecessors[next as usize].push(index));
        if reads(instruction) {
            open.push(index);
        }
    }
    // Each `open` instruction needs the flags that are there before it.
    while let Some(index) = open.pop() {
        for before in &predecessors[index as usize] {
            let was_needed = std::mem::replace(&mut needed[*before as usize], true);
            let instruction = &code.instructions[*before as usize];
            if !was_needed && !instruction.sets_flags() && !reads(instruction) {
                open.push(*before);
            }
        }
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::super::tests::listing;
    use palindrome_vm::image::from_arguments;
    use palindrome_vm::{OperandKind, Vm};

    use super::*;

    #[test]
    fn what_is_calculated_is_what_the_machine_calculates() {
        const NUMBERS: [i64; 9] = [0, 1, -1, 2, -7, 63, 64, i64::MAX, i64::MIN];
        let mut checked = 0;
        let kinds = |row: &&isa::OpInfo<OperandKind>| {
            matches!(
                row.operands,
                [
                    (_, OperandKind::Register),
                    (_, OperandKind::Register),
                    (_, OperandKind::Immediate)
                ]
            )
        };
        for row in Instruction::TABLE.iter().filter(kinds) {
            for (a, b) in NUMBERS.iter().flat_map(|a| NUMBERS.map(|b| (*a, b))) {
                let arguments = [Argument::Register(1), Argument::Register(2), Argument::Number(b)];
                let made = from_arguments(row.code, &arguments).expect("the operands fit");
                let mut known = [None; 16];
                known[2] = Some(a);
                let mut vm = Vm::new();
                vm.registers[2] = a;
                let ran = vm.execute(made.clone()).is_ok();
                let expected = ran.then(|| (1, vm.registers[1]));
                assert_eq!(value(&made, &known), expected, "{made} with R2 = {a}");
                checked += 1;
            }
        }
        assert_eq!(checked, 14 * 81);
    }

    #[test]
    fn known_numbers_are_calculated() {
        insta::assert_snapshot!(listing(
            "main: LI R1, 6\nIMUL R2, R1, 7\nMOV R3, R2\nISHR R4, R3, 65\nCOMPARE R5, R4, R3\n\
             INOT R6, R5\nOUT R2\nHALT R5",
            fold,
        ));
    }

    #[test]
    fn flags_that_may_be_read_are_still_set() {
        insta::assert_snapshot!(listing(
            "main: LI R1, 6\nISUB R2, R1, 6\nBRANCH_EQ end\nISUB R2, R1, 5\nCHECKPOINT c\n\
             IADD R3, R1, 1\nCMP R3, R1\nend: HALT",
            fold,
        ));
    }

    #[test]
    fn what_faults_or_comes_from_elsewhere_stays() {
        insta::assert_snapshot!(listing(
            "main: LI R1, 0\nIDIV R2, R1, 0\nCALL f\nMOV R3, R1\nLI R1, 1\nCHECKPOINT c\nLI R1, 2\n\
             REWIND c\nMOV R4, R1\nloop: MOV R5, R1\nLI R1, 3\nBZ R4, loop\nHALT\nf: RETURN",
            fold,
        ));
    }
}
