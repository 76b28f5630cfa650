//! Pairs of nodes that are joined by edges, no node in two.

mod blossom;
mod stage;

use self::stage::Search;
use super::{Edge, Graph};
use crate::Error;

/// Pairs of nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Matching {
    /// The two nodes of each pair, and the edge that joins them; in the order of the first nodes,
    /// which have the lesser numbers.
    pub pairs: Vec<(usize, usize, usize)>,
    /// The sum of the weights of the edges.
    pub weight: f64,
}

/// The pairs with the greatest sum of weights; where all weights are 1, as many pairs as can be.
/// Which way edges go does not matter (J. Edmonds: Maximum matching and a polyhedron with
/// 0,1-vertices, 1965; the search by stages follows Z. Galil: Efficient algorithms for finding
/// maximum matching in graphs, 1986).
///
/// Weights are compared exactly as long as none is below 2⁻⁴⁷ of the greatest. Where weights
/// differ, the time is O(nodes² · edges) at most.
///
/// # Errors
/// A weight is not finite.
pub fn matching(graph: &Graph, weights: &[f64]) -> Result<Matching, Error> {
    if weights.iter().any(|weight| !weight.is_finite()) {
        return Err(Error::value("a weight is not finite"));
    }
    let units = in_units(weights);
    // What weighs nothing makes no pairs.
    let useful: Vec<usize> = (0..units.len()).filter(|edge| units[*edge] > 0).collect();
    let edges = useful.iter().map(|edge| Edge { directed: false, ..graph.edges()[*edge] });
    let graph = Graph::new(graph.nodes(), edges.collect());
    let units: Vec<i128> = useful.iter().map(|edge| units[*edge]).collect();
    let weights: Vec<f64> = useful.iter().map(|edge| weights[*edge]).collect();
    let mates = Search::new(&graph, &units).run();
    let mut pairs = Vec::new();
    let mut weight = 0.0;
    for (node, mate) in mates.iter().enumerate() {
        let Some(mate) = mate.filter(|mate| node < *mate) else { continue };
        let joining = graph.arcs(node).iter().filter(|arc| arc.to == mate);
        let best = joining
            .max_by(|a, b| weights[a.edge].total_cmp(&weights[b.edge]).then(b.edge.cmp(&a.edge)));
        if let Some(arc) = best {
            pairs.push((node, mate, useful[arc.edge]));
            weight += weights[arc.edge];
        }
    }
    Ok(Matching { pairs, weight })
}

/// Weights as integers, in units of a small part of the greatest.
fn in_units(weights: &[f64]) -> Vec<i128> {
    let most = weights.iter().copied().fold(0.0, f64::max);
    if most == 0.0 {
        return vec![0; weights.len()];
    }
    let shift = 100 - libm::ilogb(most);
    let units = weights.iter().map(|weight| {
        // In two steps, each of which is a power that a number can have.
        let weight = libm::ldexp(libm::ldexp(weight.max(0.0), shift / 2), shift - shift / 2);
        #[expect(clippy::cast_possible_truncation, reason = "below 2^101")]
        let units = weight as i128;
        units
    });
    units.collect()
}
