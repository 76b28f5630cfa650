//! Dead code: instructions that nothing leads to, and jumps to the next instruction.

use palindrome_vm::Instruction;

use super::graph::successors;
use super::{Code, retarget};

/// Removes them.
pub(super) fn remove(code: &mut Code) {
    let may_shorten = !code.counts_ticks();
    let reached = reachable(code);
    let mut keep = reached.clone();
    // From the end, so that what lies between a jump and its target is known to be gone.
    let mut following = u32::try_from(keep.len()).unwrap_or(u32::MAX);
    for index in (0..following).rev() {
        let here = index as usize;
        let instruction = &code.instructions[here];
        if let Instruction::Jump { label } = instruction
            && may_shorten
            && index < label.0
            && label.0 <= following
        {
            keep[here] = false;
        }
        if keep[here] {
            following = index;
        }
    }
    compact(code, &keep, &reached);
}

fn reachable(code: &Code) -> Vec<bool> {
    let mut reached = vec![false; code.instructions.len()];
    let mut open = vec![code.entry];
    while let Some(index) = open.pop() {
        if !std::mem::replace(&mut reached[index as usize], true) {
            open.extend(successors(code, index));
        }
    }
    // What makes a name is kept, since every name that is used must be made somewhere.
    for (reached, instruction) in reached.iter_mut().zip(&code.instructions) {
        *reached |= matches!(
            instruction,
            Instruction::Checkpoint { .. } | Instruction::SegmentCreate { .. }
        );
    }
    reached
}

/// Keeps some instructions and moves all that refers to them.
fn compact(code: &mut Code, keep: &[bool], reached: &[bool]) {
    let mut next = 0;
    let mut moved: Vec<u32> = Vec::with_capacity(keep.len() + 1);
    for keep in keep {
        moved.push(next);
        next += u32::from(*keep);
    }
    moved.push(next);
    let to = |index: u32| moved[index as usize];
    let mut kept = keep.iter();
    code.instructions.retain(|_| kept.next().is_none_or(|keep| *keep));
    let mut kept = keep.iter();
    code.lines.retain(|_| kept.next().is_none_or(|keep| *keep));
    code.instructions.iter_mut().for_each(|instruction| retarget(instruction, to));
    code.entry = to(code.entry);
    for place in &mut code.moved {
        // What was never run has no place any more; the end and a jump's target are one.
        *place = place.filter(|index| reached.get(*index as usize) != Some(&false)).map(to);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::listing;
    use super::*;

    #[test]
    fn what_nothing_leads_to_goes() {
        insta::assert_snapshot!(listing(
            "unused: NOP\nRETURN\nmain: JUMP next\nnext: FORK worker\nCALL f\nBZ R1, main\nHALT\n\
             CHECKPOINT c\nNOP\nf: RETURN\nOUT 1\nworker: RETURN\nlast: NOP",
            remove,
        ));
    }
}
