//! What running something may do to the state, and how that follows from what it calls.
//!
//! Each function is a place in a graph. Whatever a function calls flows into its place, and so does
//! a function value into the place of the type that it is used as. The least solution is found by
//! following the edges from the two effects that there are; the path that an effect came by is what
//! a message shows.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use source::Span;

/// What running something may do, from less to more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// The result depends on the arguments only.
    #[default]
    Pure,
    /// It reads state.
    Query,
    /// It changes state.
    Transform,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pure => "pure",
            Self::Query => "query",
            Self::Transform => "transform",
        })
    }
}

/// A place in a graph of effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EffectId(u32);

/// What does nothing.
pub(crate) const PURE: EffectId = EffectId(0);
/// What reads state.
pub(crate) const QUERY: EffectId = EffectId(1);
/// What changes state.
pub(crate) const TRANSFORM: EffectId = EffectId(2);

/// What flows where.
#[derive(Debug)]
pub(crate) struct EffectGraph {
    names: Vec<String>,
    /// For each place, where its effect goes, and where in the text that is said.
    edges: Vec<Vec<(EffectId, Span)>>,
    limits: Vec<Limit>,
}

/// What a place may do at most.
#[derive(Clone, Debug)]
pub(crate) struct Limit {
    pub(crate) place: EffectId,
    pub(crate) most: Effect,
    /// What has the limit, for the message.
    pub(crate) what: String,
    pub(crate) at: Span,
}

/// A limit that is not kept.
#[derive(Debug)]
pub(crate) struct Excess {
    pub(crate) limit: Limit,
    pub(crate) effect: Effect,
    /// From the place with the limit to where the effect comes from: what is called, and where.
    pub(crate) chain: Vec<(String, Span)>,
}

impl Default for EffectGraph {
    fn default() -> Self {
        let names = ["pure", "reads state", "changes state"].map(str::to_owned).to_vec();
        Self { names, edges: vec![Vec::new(); 3], limits: Vec::new() }
    }
}

impl EffectGraph {
    /// A place of its own; messages call it `name`.
    pub(crate) fn place(&mut self, name: impl Into<String>) -> EffectId {
        let id = EffectId(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.names.push(name.into());
        self.edges.push(Vec::new());
        id
    }

    /// What is at `from` is also done at `to`.
    pub(crate) fn flow(&mut self, from: EffectId, to: EffectId, at: Span) {
        if from == to || from == PURE {
            return;
        }
        let to = match to {
            PURE => self.bounded(Effect::Pure, at),
            QUERY => self.bounded(Effect::Query, at),
            _ => to,
        };
        if let Some(edges) = self.edges.get_mut(from.0 as usize) {
            edges.push((to, at));
        }
    }

    /// The place of a function's type that is written, which only what does less may be used as.
    fn bounded(&mut self, most: Effect, at: Span) -> EffectId {
        let place = self.place(format!("a `{most}` function"));
        self.limit(place, most, format!("a `{most}` function"), at);
        place
    }

    /// A place may not do more than this.
    pub(crate) fn limit(
        &mut self,
        place: EffectId,
        most: Effect,
        what: impl Into<String>,
        at: Span,
    ) {
        self.limits.push(Limit { place, most, what: what.into(), at });
    }

    /// What each place does.
    pub(crate) fn solve(&self) -> Solution {
        Solution { queries: self.reach(QUERY), transforms: self.reach(TRANSFORM) }
    }

    /// All places that an effect gets to, each with the place that it got there from.
    fn reach(&self, from: EffectId) -> BTreeMap<EffectId, (EffectId, Span)> {
        let mut found = BTreeMap::new();
        let mut waiting = VecDeque::from([from]);
        while let Some(next) = waiting.pop_front() {
            for (to, at) in self.edges.get(next.0 as usize).into_iter().flatten() {
                if *to != from && !found.contains_key(to) {
                    found.insert(*to, (next, *at));
                    waiting.push_back(*to);
                }
            }
        }
        found
    }

    /// The limits that are not kept.
    pub(crate) fn excesses(&self, solution: &Solution) -> Vec<Excess> {
        let exceeded = |limit: &&Limit| solution.effect(limit.place) > limit.most;
        let places: BTreeSet<EffectId> =
            self.limits.iter().filter(exceeded).map(|limit| limit.place).collect();
        let mut found = Vec::new();
        for limit in self.limits.iter().filter(exceeded) {
            let effect = solution.effect(limit.place);
            let (chain, passed) = self.chain(solution, limit.place, effect);
            // What is too much for something on the way is said there.
            if passed.is_disjoint(&places) {
                found.push(Excess { limit: limit.clone(), effect, chain });
            }
        }
        found
    }

    /// How an effect comes to a place: by what, and where; and the places on the way.
    fn chain(
        &self,
        solution: &Solution,
        place: EffectId,
        effect: Effect,
    ) -> (Vec<(String, Span)>, BTreeSet<EffectId>) {
        let came =
            if effect == Effect::Transform { &solution.transforms } else { &solution.queries };
        let (mut chain, mut passed) = (Vec::new(), BTreeSet::new());
        let mut at = place;
        while let Some((from, span)) = came.get(&at) {
            let name = self.names.get(from.0 as usize).cloned().unwrap_or_default();
            chain.push((name, *span));
            passed.insert(*from);
            at = *from;
        }
        (chain, passed)
    }
}

/// What each place of a graph does.
#[derive(Debug, Default)]
pub(crate) struct Solution {
    queries: BTreeMap<EffectId, (EffectId, Span)>,
    transforms: BTreeMap<EffectId, (EffectId, Span)>,
}

impl Solution {
    pub(crate) fn effect(&self, place: EffectId) -> Effect {
        if place == TRANSFORM || self.transforms.contains_key(&place) {
            Effect::Transform
        } else if place == QUERY || self.queries.contains_key(&place) {
            Effect::Query
        } else {
            Effect::Pure
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: u32) -> Span {
        Span { start, end: start + 1, ..Span::default() }
    }

    #[test]
    fn an_effect_shows_the_calls_that_it_came_by() {
        let mut graph = EffectGraph::default();
        let [a, b, c] = ["a", "b", "c"].map(|name| graph.place(name));
        graph.flow(b, a, at(1));
        graph.flow(c, b, at(2));
        graph.flow(a, c, at(3));
        graph.flow(TRANSFORM, c, at(4));
        graph.limit(a, Effect::Query, "`a`", at(0));
        let solution = graph.solve();
        assert_eq!(solution.effect(b), Effect::Transform);
        let excesses = graph.excesses(&solution);
        let names = |one: &Excess| one.chain.iter().map(|(name, _)| name.clone()).collect();
        let chains: Vec<Vec<String>> = excesses.iter().map(names).collect();
        assert_eq!(chains, [["b", "c", "changes state"]]);
    }

    #[test]
    fn what_calls_only_itself_is_pure() {
        let mut graph = EffectGraph::default();
        let a = graph.place("a");
        graph.flow(a, a, at(0));
        assert_eq!(graph.solve().effect(a), Effect::Pure);
    }
}
