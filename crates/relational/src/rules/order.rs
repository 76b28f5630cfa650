//! In which order predicates are derived: those that need each other together, after those that they
//! need.
//!
//! After Tarjan, *Depth-First Search and Linear Graph Algorithms*, 1972, without recursion.

/// For each predicate the number of its group; groups come after those that they need. `needs` has what
/// each needs, by place.
pub(super) fn strata(needs: &[Vec<usize>]) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let mut strata = vec![NONE; needs.len()];
    // When each was met, and the earliest that it leads back to.
    let (mut met, mut lowest) = (vec![NONE; needs.len()], vec![NONE; needs.len()]);
    let (mut open, mut next, mut groups) = (Vec::new(), 0, 0);
    for root in 0..needs.len() {
        // What is being looked at, each with how many of its needs were.
        let mut path = if met[root] == NONE { vec![(root, 0)] } else { Vec::new() };
        while let Some((at, done)) = path.last_mut() {
            let at = *at;
            if *done == 0 {
                (met[at], lowest[at]) = (next, next);
                next += 1;
                open.push(at);
            }
            if let Some(need) = needs[at].get(*done).copied() {
                *done += 1;
                if met[need] == NONE {
                    path.push((need, 0));
                } else if strata[need] == NONE {
                    lowest[at] = lowest[at].min(met[need]);
                }
                continue;
            }
            path.pop();
            if let Some((before, _)) = path.last() {
                lowest[*before] = lowest[*before].min(lowest[at]);
            }
            if lowest[at] == met[at] {
                while let Some(one) = open.pop() {
                    strata[one] = groups;
                    if one == at {
                        break;
                    }
                }
                groups += 1;
            }
        }
    }
    strata
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_each_other_is_together_and_after_what_it_needs() {
        // 0 and 1 need each other and 2; 3 needs 0; 4 needs itself; 5 nothing.
        let needs = [vec![1], vec![0, 2], vec![5], vec![0, 4], vec![4], vec![]];
        let strata = strata(&needs);
        assert_eq!(strata[0], strata[1]);
        for (at, all) in needs.iter().enumerate() {
            for need in all {
                assert!(strata[*need] <= strata[at], "{at} needs {need}");
                let together = at == *need || (at, *need) == (0, 1) || (at, *need) == (1, 0);
                assert_eq!(strata[*need] == strata[at], together, "{at} and {need}");
            }
        }
    }

    #[test]
    fn long_chains_have_their_order() {
        let needs: Vec<Vec<usize>> = (0..100_000).map(|at| vec![at + 1]).collect();
        let needs = [needs, vec![Vec::new()]].concat();
        let strata = strata(&needs);
        assert!(strata.iter().rev().copied().eq(0..=100_000));
    }
}
