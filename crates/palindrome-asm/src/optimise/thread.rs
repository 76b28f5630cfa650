//! Jump threading: what leads to a jump leads to where that jump goes.

use palindrome_vm::Instruction;

use super::{Code, retarget};

/// Jumps in a row that are followed; more are followed by the next ones.
const HOPS_MAX: u32 = 1000;

/// Threads every target, except that of `JOIN`, which says where paths meet.
/// The entry stays too, for its label.
pub(super) fn thread(code: &mut Code) {
    let jumps: Vec<Option<u32>> = code
        .instructions
        .iter()
        .map(|i| if let Instruction::Jump { label } = i { Some(label.0) } else { None })
        .collect();
    let end = |start: u32| {
        let mut at = start;
        for _ in 0..HOPS_MAX {
            match jumps[at as usize] {
                Some(next) if next != start => at = next,
                // A jump in a circle stays one.
                Some(_) => return start,
                None => return at,
            }
        }
        start
    };
    for instruction in &mut code.instructions {
        if !matches!(instruction, Instruction::Join { .. }) {
            retarget(instruction, end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::listing;
    use super::*;

    #[test]
    fn chains_of_jumps_are_shortened_and_circles_stay() {
        insta::assert_snapshot!(listing(
            "main: BZ R1, a\nCALL a\nFORK b\nJOIN a\nHALT\na: JUMP b\nb: JUMP c\nc: RETURN\n\
             d: JUMP e\ne: JUMP d",
            thread,
        ));
    }
}
