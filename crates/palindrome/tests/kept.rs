//! Views that the store keeps up against queries that are computed anew, over random changes.

mod common;

use std::fmt::Write as _;

use common::run::printed;
use proptest::prelude::*;

/// Queries that can be views, each with what orders its rows.
const QUERIES: [(&str, &str); 8] = [
    ("A where x > 3", "id"),
    ("A where not (x = y) or x < 2 select id, x + y as total", "id"),
    ("A as a, B as b where a.id = b.a select a.id as id, b.id as other, b.z as z", "other"),
    ("A as a, B as b where a.id = b.a and b.z > a.x select a.id as id, b.id as other", "other"),
    ("A as a, left B as b on a.id = b.a select a.id as id, b?.id as other", "id, other ?? -1"),
    ("B group by a select a, count() as n, sum(z) as total, min(z) as least", "a"),
    ("A as a, B as b where a.id = b.a group by a.x select a.x as x, max(b.z) as most", "x"),
    ("A select x, y", "x, y"),
];

fn change() -> impl Strategy<Value = String> {
    let small = || 0..6_i64;
    prop_oneof![
        3 => (small(), small(), small())
            .prop_map(|(id, x, y)| format!("upsert A += {{id: {id}, x: {x}, y: {y}}}")),
        3 => (0..9_i64, small(), small())
            .prop_map(|(id, a, z)| format!("upsert B += {{id: {id}, a: {a}, z: {z}}}")),
        1 => small().prop_map(|id| format!("A -= A where id = {id}")),
        1 => small().prop_map(|z| format!("B -= B where z < {z}")),
        1 => (small(), small()).prop_map(|(x, y)| format!("update A.x += 1 where x = {x} and y = {y}")),
        1 => small().prop_map(|a| format!("update B.a = {a} where z > a")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn views_are_what_their_queries_give(changes in prop::collection::vec(change(), 1..12)) {
        let mut text = String::from(
            "relation A(id: Int key, x: Int, y: Int)\nrelation B(id: Int key, a: Int, z: Int)\n",
        );
        for (index, (query, _)) in QUERIES.iter().enumerate() {
            let _ = writeln!(text, "view V{index} = {query}");
        }
        let mut looks = String::new();
        for (index, (query, order)) in QUERIES.iter().enumerate() {
            let _ = writeln!(
                looks,
                "let v{index} = V{index} order by {order}\nlet q{index} = ({query}) order by {order}\n\
                 print {index}, v{index} == q{index}",
            );
        }
        for change in &changes {
            let _ = writeln!(text, "{change}");
        }
        text.push_str(&looks);
        let expected: String =
            (0..QUERIES.len()).map(|index| format!("{index} true\n")).collect();
        prop_assert_eq!(printed(&text), expected);
    }
}
