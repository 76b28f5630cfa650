//! Blossoms: cycles of an odd number of nodes, or of blossoms in turn, that count as one node.

/// An edge that leads from one node to another.
pub(super) type Link = (usize, usize);

/// Nodes and blossoms. Numbers below the count of nodes are nodes, others blossoms.
#[derive(Debug)]
pub(super) struct Blossoms {
    nodes: usize,
    /// The outermost blossom, or the node itself, that each node is in.
    outermost: Vec<usize>,
    /// The blossom around each.
    parent: Vec<Option<usize>>,
    /// The parts of each blossom along its cycle, beginning with the one that has the base.
    parts: Vec<Vec<usize>>,
    /// The edge from each part to the next.
    links: Vec<Vec<Link>>,
    /// The node of each that is not matched inside it.
    base: Vec<usize>,
    /// Numbers without a blossom.
    unused: Vec<usize>,
}

impl Blossoms {
    pub(super) fn new(nodes: usize) -> Self {
        // More than half as many blossoms as nodes are never there.
        let size = nodes + nodes / 2 + 1;
        Self {
            nodes,
            outermost: (0..nodes).collect(),
            parent: vec![None; size],
            parts: vec![Vec::new(); size],
            links: vec![Vec::new(); size],
            base: (0..size).collect(),
            unused: (nodes..size).rev().collect(),
        }
    }

    /// How many numbers there are.
    pub(super) fn size(&self) -> usize {
        self.parent.len()
    }

    pub(super) fn is_blossom(&self, number: usize) -> bool {
        number >= self.nodes
    }

    /// Nodes and blossoms in no other blossom.
    pub(super) fn outermost_ones(&self) -> impl Iterator<Item = usize> {
        let is_used = |number: &usize| !self.is_blossom(*number) || !self.parts[*number].is_empty();
        (0..self.size()).filter(move |number| self.parent[*number].is_none() && is_used(number))
    }

    pub(super) fn outermost(&self, node: usize) -> usize {
        self.outermost[node]
    }

    pub(super) fn base(&self, number: usize) -> usize {
        self.base[number]
    }

    pub(super) fn parts(&self, blossom: usize) -> &[usize] {
        &self.parts[blossom]
    }

    /// The nodes inside.
    pub(super) fn leaves(&self, number: usize) -> Vec<usize> {
        let mut leaves = Vec::new();
        let mut waiting = vec![number];
        while let Some(next) = waiting.pop() {
            if self.is_blossom(next) {
                waiting.extend(self.parts[next].iter().rev());
            } else {
                leaves.push(next);
            }
        }
        leaves
    }

    /// Makes a blossom of parts; returns its number.
    pub(super) fn shrink(&mut self, parts: Vec<usize>, links: Vec<Link>) -> Option<usize> {
        let blossom = self.unused.pop()?;
        self.base[blossom] = self.base[parts[0]];
        self.parent[blossom] = None;
        for part in &parts {
            self.parent[*part] = Some(blossom);
        }
        self.parts[blossom] = parts;
        self.links[blossom] = links;
        for leaf in self.leaves(blossom) {
            self.outermost[leaf] = blossom;
        }
        Some(blossom)
    }

    /// Unmakes an outermost blossom. Returns what its parts and links were.
    pub(super) fn expand(&mut self, blossom: usize) -> (Vec<usize>, Vec<Link>) {
        let parts = std::mem::take(&mut self.parts[blossom]);
        for part in &parts {
            self.parent[*part] = None;
            for leaf in self.leaves(*part) {
                self.outermost[leaf] = *part;
            }
        }
        self.unused.push(blossom);
        (parts, std::mem::take(&mut self.links[blossom]))
    }

    /// The part of a blossom that has a node.
    pub(super) fn part_of(&self, blossom: usize, node: usize) -> usize {
        let mut part = node;
        while let Some(parent) = self.parent[part].filter(|parent| *parent != blossom) {
            part = parent;
        }
        part
    }

    /// Matches the nodes inside anew so that this one is left over, as the base.
    pub(super) fn rebase(&mut self, number: usize, node: usize, mates: &mut [Option<usize>]) {
        let mut waiting = vec![(number, node)];
        while let Some((blossom, node)) = waiting.pop() {
            if !self.is_blossom(blossom) {
                continue;
            }
            let chosen = self.part_of(blossom, node);
            waiting.push((chosen, node));
            let count = self.parts[blossom].len();
            let Some(start) = self.parts[blossom].iter().position(|part| *part == chosen) else {
                continue;
            };
            // What lies between the new base and the old one, on the side where it is even.
            let pairs: Vec<usize> = if start % 2 == 1 {
                (start + 1..count).step_by(2).collect()
            } else {
                (0..start).step_by(2).collect()
            };
            for first in pairs {
                let (a, b) = self.links[blossom][first];
                mates[a] = Some(b);
                mates[b] = Some(a);
                waiting.push((self.parts[blossom][first], a));
                waiting.push((self.parts[blossom][(first + 1) % count], b));
            }
            self.parts[blossom].rotate_left(start);
            self.links[blossom].rotate_left(start);
            self.base[blossom] = node;
        }
    }
}

/// The way inside a blossom from one part to the base, as parts with the link to the next one, on
/// the side where it has an even number of links.
pub(super) fn way_to_base(parts: &[usize], links: &[Link], start: usize) -> Vec<(usize, Link)> {
    if start % 2 == 1 {
        (start..parts.len()).map(|at| (parts[at], links[at])).collect()
    } else {
        let back = |at: usize| (parts[at], (links[at - 1].1, links[at - 1].0));
        (1..=start).rev().map(back).collect()
    }
}
