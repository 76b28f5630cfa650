//! Laws of graphs, most of them against what is found by trying everything.
#![expect(clippy::float_cmp, reason = "sums of small integers are exact")]

use achronyme_numeric::graph::{
    Edge, Graph, bellman_ford, breadth_first, depth_first, dijkstra, fewest_edges, floyd_warshall,
    has_cycle, kruskal, matching, max_flow, min_cut, prim, strong_components, topological_order,
    weak_components,
};
use proptest::prelude::*;

prop_compose! {
    /// A graph with weights that are small integers.
    fn graph(directed: Option<bool>, least: i32)(nodes in 1_usize..8)(
        edges in prop::collection::vec(
            (0..nodes, 0..nodes, any::<bool>(), least..6_i32), 0..16),
        nodes in Just(nodes),
    ) -> (Graph, Vec<f64>) {
        let weights = edges.iter().map(|(.., weight)| f64::from(*weight)).collect();
        let edges = edges.into_iter().map(|(from, to, way, _)| Edge {
            from, to, directed: directed.unwrap_or(way),
        });
        (Graph::new(nodes, edges.collect()), weights)
    }
}

/// The greatest weight of pairs, by trying for each set of nodes who the first is paired with.
fn best_pairs(graph: &Graph, weights: &[f64]) -> f64 {
    let nodes = graph.nodes();
    let mut best = vec![0.0_f64; 1 << nodes];
    for set in 1..best.len() {
        let first = set.trailing_zeros() as usize;
        let rest = set & !(1 << first);
        best[set] = best[rest];
        for (edge, weight) in graph.edges().iter().zip(weights) {
            for (a, b) in [(edge.from, edge.to), (edge.to, edge.from)] {
                if a == first && rest & (1 << b) != 0 {
                    best[set] = best[set].max(weight + best[rest & !(1 << b)]);
                }
            }
        }
    }
    best[best.len() - 1]
}

/// Whether a way leads from one node to another, all edges as they go.
fn leads(graph: &Graph, from: usize, to: usize) -> bool {
    breadth_first(graph, from).contains(&to)
}

/// Whether some way leads back without taking an edge twice, by trying all ways.
fn has_cycle_by_trying(graph: &Graph) -> bool {
    (0..graph.nodes()).any(|start| {
        let mut waiting = vec![(start, 0_u32)];
        while let Some((node, used)) = waiting.pop() {
            for arc in graph.arcs(node).iter().filter(|arc| used & (1 << arc.edge) == 0) {
                if arc.to == start {
                    return true;
                }
                waiting.push((arc.to, used | (1 << arc.edge)));
            }
        }
        false
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn all_ways_to_find_shortest_paths_agree((graph, weights) in graph(None, 0)) {
        let all = floyd_warshall(&graph, &weights).expect("no weight is negative");
        let ones = vec![1.0; weights.len()];
        for start in 0..graph.nodes() {
            let quick = dijkstra(&graph, &weights, start).expect("no weight is negative");
            let slow = bellman_ford(&graph, &weights, start).expect("no weight is negative");
            prop_assert_eq!(&quick.distance, &slow.distance);
            let row = &all[start * graph.nodes()..(start + 1) * graph.nodes()];
            prop_assert_eq!(&quick.distance, row);
            prop_assert_eq!(
                fewest_edges(&graph, start).distance,
                dijkstra(&graph, &ones, start).expect("no weight is negative").distance
            );
            for end in 0..graph.nodes() {
                let Some(path) = quick.to(end) else {
                    prop_assert!(!leads(&graph, start, end));
                    continue;
                };
                let length: f64 = path.windows(2).map(|pair| {
                    let ways = graph.arcs(pair[0]).iter().filter(|arc| arc.to == pair[1]);
                    ways.map(|arc| weights[arc.edge]).fold(f64::INFINITY, f64::min)
                }).sum();
                prop_assert_eq!(length, quick.distance[end]);
                prop_assert_eq!((path[0], path[path.len() - 1]), (start, end));
            }
        }
    }

    #[test]
    fn negative_weights_are_followed_and_negative_cycles_refused(
        (graph, weights) in graph(Some(true), -2)
    ) {
        match floyd_warshall(&graph, &weights) {
            Ok(all) => for start in 0..graph.nodes() {
                let paths = bellman_ford(&graph, &weights, start).expect("there is no such cycle");
                let row = &all[start * graph.nodes()..(start + 1) * graph.nodes()];
                prop_assert_eq!(&paths.distance, row);
            },
            Err(_) => prop_assert!(
                (0..graph.nodes()).any(|start| bellman_ford(&graph, &weights, start).is_err())
            ),
        }
    }

    #[test]
    fn what_flows_in_flows_out_and_no_more_than_the_cut((graph, capacities) in graph(None, 0)) {
        let (source, sink) = (0, graph.nodes() - 1);
        if source == sink {
            prop_assert!(max_flow(&graph, &capacities, source, sink).is_err());
            return Ok(());
        }
        let flow = max_flow(&graph, &capacities, source, sink).expect("all capacities are finite");
        let cut = min_cut(&graph, &capacities, source, sink).expect("all capacities are finite");
        prop_assert_eq!(flow.value, cut.value);
        prop_assert!(cut.source_side[source] && !cut.source_side[sink]);
        let mut gains = vec![0.0; graph.nodes()];
        for (index, edge) in graph.edges().iter().enumerate() {
            let flows = flow.flow[index];
            prop_assert!(flows <= capacities[index]);
            let least = if edge.directed { 0.0 } else { -capacities[index] };
            prop_assert!(flows >= least);
            gains[edge.from] -= flows;
            gains[edge.to] += flows;
        }
        prop_assert_eq!(gains[sink], flow.value);
        prop_assert_eq!(gains[source], -flow.value);
        let inner = gains.len() - 1;
        prop_assert!(gains[1..inner].iter().all(|gain| *gain == 0.0));
    }

    #[test]
    fn pairs_weigh_as_much_as_the_best_of_all((graph, weights) in graph(None, -1)) {
        let found = matching(&graph, &weights).expect("all weights are finite");
        prop_assert_eq!(found.weight, best_pairs(&graph, &weights));
        let mut seen = vec![false; graph.nodes()];
        for (a, b, edge) in found.pairs {
            let edge = graph.edges()[edge];
            prop_assert!((edge.from, edge.to) == (a, b) || (edge.to, edge.from) == (a, b));
            prop_assert!(!std::mem::replace(&mut seen[a], true));
            prop_assert!(!std::mem::replace(&mut seen[b], true));
        }
    }

    #[test]
    fn there_are_as_many_pairs_as_there_can_be((graph, weights) in graph(None, 1)) {
        let ones = vec![1.0; weights.len()];
        let found = matching(&graph, &ones).expect("all weights are finite");
        prop_assert_eq!(found.weight, best_pairs(&graph, &ones));
    }

    #[test]
    fn cycles_are_found_as_by_trying_all_ways((graph, _) in graph(None, 0)) {
        prop_assert_eq!(has_cycle(&graph), has_cycle_by_trying(&graph));
    }

    #[test]
    fn an_order_puts_the_start_of_each_edge_first((graph, _) in graph(Some(true), 0)) {
        let order = topological_order(&graph);
        prop_assert_eq!(order.is_none(), has_cycle(&graph));
        if let Some(order) = order {
            let at = |node| order.iter().position(|other| *other == node);
            prop_assert!(graph.edges().iter().all(|edge| at(edge.from) < at(edge.to)));
        }
    }

    #[test]
    fn parts_are_the_nodes_that_lead_to_each_other((graph, _) in graph(None, 0)) {
        for (graph, parts) in [
            (graph.clone(), strong_components(&graph)),
            (graph.undirected(), weak_components(&graph)),
        ] {
            let mut part_of = vec![None; graph.nodes()];
            for (index, part) in parts.iter().enumerate() {
                for node in part {
                    prop_assert_eq!(part_of[*node].replace(index), None);
                }
            }
            for a in 0..graph.nodes() {
                for b in 0..graph.nodes() {
                    let together = leads(&graph, a, b) && leads(&graph, b, a);
                    prop_assert_eq!(together, part_of[a] == part_of[b]);
                }
            }
            prop_assert!(parts.is_sorted_by_key(|part| part[0]));
        }
    }

    #[test]
    fn both_ways_to_span_a_graph_weigh_the_same((graph, weights) in graph(Some(false), 0)) {
        let weight = |edges: &[usize]| edges.iter().map(|edge| weights[*edge]).sum::<f64>();
        let forest = kruskal(&graph, &weights);
        let parts = weak_components(&graph);
        prop_assert_eq!(forest.len(), graph.nodes() - parts.len());
        let trees: Vec<usize> =
            parts.iter().flat_map(|part| prim(&graph, &weights, part[0])).collect();
        prop_assert_eq!(trees.len(), forest.len());
        prop_assert_eq!(weight(&trees), weight(&forest));
    }

    #[test]
    fn both_ways_to_walk_meet_the_same_nodes((graph, _) in graph(None, 0)) {
        let mut broad = breadth_first(&graph, 0);
        let mut deep = depth_first(&graph, 0);
        broad.sort_unstable();
        deep.sort_unstable();
        prop_assert_eq!(broad, deep);
    }
}

#[test]
fn larger_graphs_are_matched_as_well_as_smaller_parts_allow() {
    // Many odd cycles that share nodes, with weights near each other: blossoms within blossoms.
    let mut state = 1_u64;
    let mut random = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for _ in 0..60 {
        let nodes = 14;
        let edges: Vec<Edge> = (0..30)
            .map(|_| Edge {
                from: usize::try_from(random(nodes)).expect("small"),
                to: usize::try_from(random(nodes)).expect("small"),
                directed: false,
            })
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let weights: Vec<f64> = edges.iter().map(|_| 10.0 + random(5) as f64 / 8.0).collect();
        let graph = Graph::new(14, edges);
        let found = matching(&graph, &weights).expect("all weights are finite");
        assert!((found.weight - best_pairs(&graph, &weights)).abs() < 1e-12);
    }
}

#[test]
fn long_chains_need_no_stack() {
    let nodes = 200_000;
    let edges: Vec<Edge> = (1..nodes).map(|to| Edge { from: to - 1, to, directed: true }).collect();
    let graph = Graph::new(nodes, edges);
    assert_eq!(depth_first(&graph, 0).len(), nodes);
    assert_eq!(strong_components(&graph).len(), nodes);
    assert_eq!(weak_components(&graph).len(), 1);
    assert!(!has_cycle(&graph));
}
