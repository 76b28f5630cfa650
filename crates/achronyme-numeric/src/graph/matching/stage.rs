//! The search for ways along which one more pair can be made, and the prices that prove there is
//! none.

use super::blossom::{Blossoms, Link, way_to_base};
use crate::graph::Graph;

/// What a node or blossom is in the trees that grow from nodes without mate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    /// In none.
    Free,
    /// An even number of edges from the root: it seeks a mate.
    Outer,
    /// An odd number of edges from the root.
    Inner,
}

/// What is to be done once the prices have changed.
enum Next {
    /// Nothing: the pairs are the best.
    End,
    /// An edge has become tight.
    Scan,
    /// The price of an inner blossom has come to 0.
    Expand(usize),
}

/// The state of the search. The price of an edge is that of its ends less twice its weight, and of
/// what both ends are in twice; it is never negative, and 0 where the edge joins a pair.
pub(super) struct Search<'a> {
    graph: &'a Graph,
    weights: &'a [i128],
    mates: Vec<Option<usize>>,
    blossoms: Blossoms,
    price: Vec<i128>,
    label: Vec<Label>,
    /// The edge from the tree to each that has a label, from the outside to the inside.
    entry: Vec<Option<Link>>,
    /// Outer nodes whose edges have not been looked at.
    waiting: Vec<usize>,
}

impl<'a> Search<'a> {
    pub(super) fn new(graph: &'a Graph, weights: &'a [i128]) -> Self {
        let nodes = graph.nodes();
        let blossoms = Blossoms::new(nodes);
        let most = weights.iter().copied().max().unwrap_or(0);
        let mut price = vec![0; blossoms.size()];
        price[..nodes].fill(most);
        Self {
            graph,
            weights,
            mates: vec![None; nodes],
            label: vec![Label::Free; blossoms.size()],
            entry: vec![None; blossoms.size()],
            waiting: Vec::new(),
            price,
            blossoms,
        }
    }

    /// The mate of each node in the best pairs.
    pub(super) fn run(mut self) -> Vec<Option<usize>> {
        loop {
            self.begin();
            loop {
                if self.grow() {
                    break;
                }
                match self.change_prices() {
                    Next::End => return self.mates,
                    Next::Scan => self.scan_again(),
                    Next::Expand(blossom) => {
                        self.expand_inner(blossom);
                        self.scan_again();
                    }
                }
            }
            self.expand_worthless();
        }
    }

    /// Makes a tree of each node or blossom without mate.
    fn begin(&mut self) {
        self.label.fill(Label::Free);
        self.entry.fill(None);
        self.waiting.clear();
        let all: Vec<usize> = self.blossoms.outermost_ones().collect();
        for number in all {
            if self.mates[self.blossoms.base(number)].is_none() {
                self.make_outer(number, None);
            }
        }
    }

    fn make_outer(&mut self, number: usize, entry: Option<Link>) {
        self.label[number] = Label::Outer;
        self.entry[number] = entry;
        self.waiting.extend(self.blossoms.leaves(number));
    }

    /// Adds a matched node or blossom to a tree, and the one that it is matched with.
    fn make_inner(&mut self, number: usize, entry: Link) {
        self.label[number] = Label::Inner;
        self.entry[number] = Some(entry);
        let base = self.blossoms.base(number);
        if let Some(mate) = self.mates[base] {
            self.make_outer(self.blossoms.outermost(mate), Some((base, mate)));
        }
    }

    fn scan_again(&mut self) {
        self.waiting.clear();
        for node in (0..self.graph.nodes()).rev() {
            if self.label[self.blossoms.outermost(node)] == Label::Outer {
                self.waiting.push(node);
            }
        }
    }

    /// Follows tight edges from outer nodes; whether one more pair was made.
    fn grow(&mut self) -> bool {
        while let Some(node) = self.waiting.pop() {
            let graph = self.graph;
            for arc in graph.arcs(node) {
                let (own, other) = (self.blossoms.outermost(node), self.blossoms.outermost(arc.to));
                if own == other || self.slack(node, arc.to, arc.edge) > 0 {
                    continue;
                }
                match self.label[other] {
                    Label::Free => self.make_inner(other, (node, arc.to)),
                    Label::Inner => {}
                    Label::Outer => {
                        if let Some(meeting) = self.meeting(own, other) {
                            self.shrink(meeting, (node, arc.to));
                        } else {
                            self.augment(node, arc.to);
                            self.augment(arc.to, node);
                            return true;
                        }
                    }
                }
            }
        }
        false
    }

    fn slack(&self, a: usize, b: usize, edge: usize) -> i128 {
        self.price[a] + self.price[b] - 2 * self.weights[edge]
    }

    /// The outer one before an outer one, on the way to the root.
    fn before(&self, outer: usize) -> Option<usize> {
        let (inner, _) = self.entry[outer]?;
        let (outer, _) = self.entry[self.blossoms.outermost(inner)]?;
        Some(self.blossoms.outermost(outer))
    }

    /// Where the ways of two outer ones to their roots meet; `None` if the roots are different.
    fn meeting(&self, a: usize, b: usize) -> Option<usize> {
        let mut seen = std::collections::BTreeSet::new();
        let (mut one, mut other) = (Some(a), Some(b));
        while let Some(here) = one {
            if !seen.insert(here) {
                return Some(here);
            }
            one = self.before(here);
            if other.is_some() {
                std::mem::swap(&mut one, &mut other);
            }
        }
        None
    }

    /// Makes a blossom of an edge between outer ones and the ways back to where these meet.
    fn shrink(&mut self, meeting: usize, (from, to): Link) {
        let mut parts = Vec::new();
        let mut links = vec![(from, to)];
        let mut part = self.blossoms.outermost(from);
        while part != meeting {
            parts.push(part);
            let Some(entry) = self.entry[part] else { return };
            links.push(entry);
            part = self.blossoms.outermost(entry.0);
        }
        parts.push(meeting);
        parts.reverse();
        links.reverse();
        part = self.blossoms.outermost(to);
        while part != meeting {
            parts.push(part);
            let Some((outside, inside)) = self.entry[part] else { return };
            links.push((inside, outside));
            part = self.blossoms.outermost(outside);
        }
        let inner = parts.iter().filter(|part| self.label[**part] == Label::Inner);
        let found: Vec<usize> = inner.flat_map(|part| self.blossoms.leaves(*part)).collect();
        let Some(blossom) = self.blossoms.shrink(parts, links) else { return };
        self.label[blossom] = Label::Outer;
        self.entry[blossom] = self.entry[meeting];
        self.price[blossom] = 0;
        self.waiting.extend(found);
    }

    /// Makes a pair of a node and its new mate, and exchanges pairs and others along the way to
    /// the root.
    fn augment(&mut self, mut node: usize, mut mate: usize) {
        loop {
            let outer = self.blossoms.outermost(node);
            self.blossoms.rebase(outer, node, &mut self.mates);
            self.mates[node] = Some(mate);
            let Some((base, _)) = self.entry[outer] else { return };
            let inner = self.blossoms.outermost(base);
            let Some((outside, inside)) = self.entry[inner] else { return };
            self.blossoms.rebase(inner, inside, &mut self.mates);
            self.mates[inside] = Some(outside);
            (node, mate) = (outside, inside);
        }
    }

    /// Changes the prices as far as none becomes negative.
    fn change_prices(&mut self) -> Next {
        let outer = |label: Label| label == Label::Outer;
        let nodes = 0..self.graph.nodes();
        let label_of = |node: usize| self.label[self.blossoms.outermost(node)];
        // A node that may as well stay alone ends the search: all without mate have this price.
        let alone = nodes.clone().map(|node| self.price[node]).min().unwrap_or(0);
        let mut change = alone;
        let mut next = Next::End;
        for node in nodes.clone().filter(|node| outer(label_of(*node))) {
            for arc in self.graph.arcs(node) {
                if self.blossoms.outermost(node) == self.blossoms.outermost(arc.to) {
                    continue;
                }
                let slack = self.slack(node, arc.to, arc.edge);
                let until = match label_of(arc.to) {
                    Label::Free => slack,
                    Label::Outer => slack / 2,
                    Label::Inner => continue,
                };
                if until < change {
                    change = until;
                    next = Next::Scan;
                }
            }
        }
        let blossoms: Vec<usize> =
            self.blossoms.outermost_ones().filter(|b| self.blossoms.is_blossom(*b)).collect();
        for blossom in &blossoms {
            if self.label[*blossom] == Label::Inner && self.price[*blossom] < change {
                change = self.price[*blossom];
                next = Next::Expand(*blossom);
            }
        }
        for node in nodes {
            match self.label[self.blossoms.outermost(node)] {
                Label::Outer => self.price[node] -= change,
                Label::Inner => self.price[node] += change,
                Label::Free => {}
            }
        }
        for blossom in blossoms {
            match self.label[blossom] {
                Label::Outer => self.price[blossom] += change,
                Label::Inner => self.price[blossom] -= change,
                Label::Free => {}
            }
        }
        next
    }

    /// Takes an inner blossom apart. The parts on the way through it stay in the tree.
    fn expand_inner(&mut self, blossom: usize) {
        let Some((outside, inside)) = self.entry[blossom] else { return };
        let start = self.blossoms.part_of(blossom, inside);
        let (parts, links) = self.blossoms.expand(blossom);
        for part in &parts {
            self.label[*part] = Label::Free;
            self.entry[*part] = None;
        }
        let Some(at) = parts.iter().position(|part| *part == start) else { return };
        let mut entry = (outside, inside);
        for pair in way_to_base(&parts, &links, at).chunks_exact(2) {
            self.make_inner(pair[0].0, entry);
            entry = pair[1].1;
        }
        self.label[parts[0]] = Label::Inner;
        self.entry[parts[0]] = Some(entry);
    }

    /// Takes apart the blossoms that have no price, and those inside them that have none.
    fn expand_worthless(&mut self) {
        let worthless = |search: &Self, number: usize| {
            search.blossoms.is_blossom(number) && search.price[number] == 0
        };
        let mut waiting: Vec<usize> = self.blossoms.outermost_ones().collect();
        waiting.retain(|number| worthless(self, *number));
        while let Some(blossom) = waiting.pop() {
            let parts = self.blossoms.parts(blossom).to_vec();
            self.blossoms.expand(blossom);
            waiting.extend(parts.into_iter().filter(|part| worthless(self, *part)));
        }
    }
}
