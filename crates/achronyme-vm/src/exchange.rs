//! Exchanging two elements of a vector, `let t = a[i]`, `a[i] = a[j]`, `a[j] = t`: the most frequent
//! thing that several instructions do together, in sorting and in whatever tries orders out.
//!
//! The first of them says that the others follow. By itself each does the same as ever.

use crate::op::Op;

/// The instructions of an exchange, by what the vector is in.
const EXCHANGES: [(Op, &[Op]); 3] = [
    (Op::Swap, &[Op::GetIndex, Op::GetIndex, Op::SetIndex, Op::SetIndex]),
    (
        Op::SwapUp,
        &[Op::PeekUpIndex, Op::Share, Op::PeekUpIndex, Op::Share, Op::SetUpIndex, Op::SetUpIndex],
    ),
    (
        Op::SwapGlobal,
        &[
            Op::PeekGlobalIndexThen,
            Op::Share,
            Op::PeekGlobalIndexThen,
            Op::Share,
            Op::SetGlobalIndex,
            Op::SetGlobalIndex,
        ],
    ),
];

/// What the first of these words becomes if they are an exchange that begins with the first and ends
/// with the last. Every word has to be an instruction of its own.
#[must_use]
pub fn exchange(words: &[u32]) -> Option<Op> {
    EXCHANGES.into_iter().find_map(|(swap, ops)| is_exchange(words, swap, ops).then_some(swap))
}

/// How many words an exchange takes that begins with this instruction; `None` if it begins none.
pub(crate) fn words(swap: Op) -> Option<usize> {
    EXCHANGES.iter().find(|(of, _)| *of == swap).map(|(_, ops)| ops.len())
}

fn is_exchange(words: &[u32], swap: Op, ops: &[Op]) -> bool {
    let expected = |word: &u32, op: Op| word.to_le_bytes()[0] == op as u8;
    let Some((first, rest)) = words.split_first() else { return false };
    let is_begun = expected(first, ops[0]) || expected(first, swap);
    if words.len() != ops.len()
        || !is_begun
        || !rest.iter().zip(&ops[1..]).all(|(w, op)| expected(w, *op))
    {
        return false;
    }
    let [_, one, vector, near] = first.to_le_bytes();
    let second = words[ops.len() / 2 - 1].to_le_bytes();
    let [_, other, same, far] = second;
    let share = |register: u8| Op::Share.abc(register, 0, 0);
    let is_local = swap == Op::Swap;
    let put = |value: u8, at: u8| {
        if is_local {
            Op::SetIndex.abc(vector, at, value)
        } else {
            ops[ops.len() - 1].abc(value, vector, at)
        }
    };
    let ends = [put(other, near), put(one, far)];
    let read = [near, far];
    same == vector
        && one != other
        && !read.contains(&one)
        && !read.contains(&other)
        && !(is_local && (one == vector || other == vector))
        && (is_local || (words[1] == share(one) && words[3] == share(other)))
        && words[ops.len() - 2..] == ends
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(one: u8, other: u8, near: u8, far: u8) -> [u32; 4] {
        [
            Op::GetIndex.abc(one, 1, near),
            Op::GetIndex.abc(other, 1, far),
            Op::SetIndex.abc(1, near, other),
            Op::SetIndex.abc(1, far, one),
        ]
    }

    fn elsewhere(peek: Op, set: Op) -> [u32; 6] {
        [
            peek.abc(5, 0, 2),
            Op::Share.abc(5, 0, 0),
            peek.abc(6, 0, 3),
            Op::Share.abc(6, 0, 0),
            set.abc(6, 0, 2),
            set.abc(5, 0, 3),
        ]
    }

    #[test]
    fn exchanges_are_told_wherever_the_vector_is() {
        assert_eq!(exchange(&local(5, 6, 2, 3)), Some(Op::Swap));
        assert_eq!(exchange(&local(5, 6, 2, 2)), Some(Op::Swap));
        let up = elsewhere(Op::PeekUpIndex, Op::SetUpIndex);
        assert_eq!(exchange(&up), Some(Op::SwapUp));
        let global = elsewhere(Op::PeekGlobalIndexThen, Op::SetGlobalIndex);
        assert_eq!(exchange(&global), Some(Op::SwapGlobal));
    }

    #[test]
    fn an_exchange_that_has_begun_is_still_one() {
        for words in
            [local(5, 6, 2, 3).to_vec(), elsewhere(Op::PeekUpIndex, Op::SetUpIndex).to_vec()]
        {
            let swap = exchange(&words).unwrap();
            let mut begun = words.clone();
            begun[0] = begun[0] & !255 | swap as u32;
            assert_eq!(exchange(&begun), Some(swap));
            assert_eq!(super::words(swap), Some(words.len()));
        }
    }

    #[test]
    fn nothing_else_is_an_exchange() {
        let whole = local(5, 6, 2, 3);
        assert_eq!(exchange(&whole[..3]), None);
        assert_eq!(exchange(&[]), None);
        // Registers that are used for two things.
        for (one, other) in [(5, 5), (2, 6), (3, 6), (5, 2), (5, 3), (1, 6), (5, 1)] {
            assert_eq!(exchange(&local(one, other, 2, 3)), None, "{one} {other}");
        }
        for word in 0..4 {
            for byte in 0..4 {
                let mut wrong = whole;
                wrong[word] ^= 8 << (8 * byte);
                // Other indices in both places, or another vector everywhere, would do.
                assert_eq!(exchange(&wrong), None, "{word} {byte}");
            }
        }
        let mut wrong = elsewhere(Op::PeekUpIndex, Op::SetUpIndex);
        wrong[3] = Op::Share.abc(7, 0, 0);
        assert_eq!(exchange(&wrong), None);
    }
}
