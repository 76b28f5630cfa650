//! Searches against loops in Rust: which answers there are, in which order, and that a limit is no "no".

mod common;

use common::run::{compiled_with, printed};
use palindrome::Options;
use proptest::prelude::*;

/// All ways from one node to another along edges that lead up, each choice in the order of the numbers.
fn ways(edges: &[(u8, u8)], start: u8, end: u8) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    if edges.contains(&(start, end)) {
        found.push(vec![start, end]);
    }
    for (from, to) in edges {
        if *from == start {
            for rest in ways(edges, *to, end) {
                found.push([&[start], rest.as_slice()].concat());
            }
        }
    }
    found
}

fn program(edges: &[(u8, u8)], order: &str, rest: &str) -> String {
    let mut text = String::from("relation edge(from: Int, to: Int)\n");
    for (from, to) in edges {
        text.push_str(&format!("edge += {{from: {from}, to: {to}}}\n"));
    }
    text.push_str(&format!(
        "solve route(start: Int, end: Int) -> [Int] {order} {{\n\
             match edge(start, end) => succeed [start, end]\n\
             some mid where edge(start, mid) => {{\n\
                 try rest = route(mid, end) then succeed [start] ++ rest\n\
             }}\n\
         }}\n{rest}"
    ));
    text
}

fn shown(ways: &[Vec<u8>]) -> String {
    format!("{ways:?}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn answers_are_those_of_loops_in_their_order(
        edges in prop::collection::btree_set((0..6_u8, 1..4_u8), 0..10),
        most in 0..4_usize,
    ) {
        let edges: Vec<_> = edges.into_iter().map(|(from, by)| (from, from + by)).collect();
        let expected = ways(&edges, 0, 6);
        let rest = format!(
            "print all route(0, 6)\nprint route(0, 6).limit({most}).all()\n\
             let found = []\nfor way in route(0, 6) {{ found <- found ++ [way] }}\n\
             print found, exists route(0, 6), (first route(0, 6)) ?? []\n"
        );
        let few = &expected[..most.min(expected.len())];
        let first = expected.first().cloned().unwrap_or_default();
        let answer = format!(
            "{all}\n{}\n{all} {} {first:?}\n",
            shown(few),
            !expected.is_empty(),
            all = shown(&expected),
        );
        prop_assert_eq!(printed(&program(&edges, "", &rest)), answer);
    }

    #[test]
    fn each_order_finds_the_same_and_breadth_the_shortest_first(
        edges in prop::collection::btree_set((0..6_u8, 1..4_u8), 0..10),
    ) {
        let edges: Vec<_> = edges.into_iter().map(|(from, by)| (from, from + by)).collect();
        let mut expected = ways(&edges, 0, 6);
        // Of the same length, they come as by depth.
        expected.sort_by_key(Vec::len);
        let breadth = program(&edges, "using breadth", "print all route(0, 6)\n");
        prop_assert_eq!(printed(&breadth), format!("{}\n", shown(&expected)));
        expected.sort();
        let iterative =
            program(&edges, "using iterative", "print (all route(0, 6)).sort_by(w => \"${w}\")\n");
        prop_assert_eq!(printed(&iterative), format!("{}\n", shown(&expected)));
    }

    #[test]
    fn a_limit_gives_what_there_is_or_says_that_it_gave_up(
        edges in prop::collection::btree_set((0..6_u8, 1..4_u8), 0..10),
        limit in 0..60_u64,
    ) {
        let edges: Vec<_> = edges.into_iter().map(|(from, by)| (from, from + by)).collect();
        let text = program(&edges, "", "print all route(0, 6)\n");
        let options = Options { search_limit: Some(limit), ..Options::default() };
        let found = compiled_with(&text, options);
        let gave_up = format!(
            "! the search gave up after {limit} steps: whether there are more answers is not known\n"
        );
        if found != gave_up {
            prop_assert_eq!(found, format!("{}\n", shown(&ways(&edges, 0, 6))));
        }
    }
}

#[test]
fn each_search_has_all_of_its_limit() {
    let text = "solve numbers(n: Int) -> Int { some x in 0..n => succeed x }\n\
                for x in numbers(4) { print numbers(x).all() }\n\
                print exists numbers(5)\nprint all numbers(5)\n";
    let options = Options { search_limit: Some(5), ..Options::default() };
    let gave_up =
        "! the search gave up after 5 steps: whether there are more answers is not known\n";
    assert_eq!(
        compiled_with(text, options),
        format!("[]\n[0]\n[0, 1]\n[0, 1, 2]\ntrue\n{gave_up}")
    );
}
