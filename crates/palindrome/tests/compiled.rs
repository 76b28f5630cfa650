//! Compiled programs against what is known of them: inverses lead back, queries find what loops find.

mod common;

use std::fmt::Write as _;

use common::run::printed;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn compiled_inverses_lead_back(
        steps in prop::collection::vec((0..6_u8, any::<i8>()), 1..20),
        x in any::<i32>(),
    ) {
        let mut text = String::from("transform f(x: Int) -> Int <-> g {\n");
        let mut last = "x".to_owned();
        for (index, (kind, number)) in steps.iter().enumerate() {
            let step = match kind {
                0 => format!("{last} + {number}"),
                1 => format!("{number} - {last}"),
                2 => format!("-{last}"),
                3 => format!("{last} xor {number}"),
                4 => format!("h({last})"),
                _ => format!("~h({last} - {number})"),
            };
            let _ = writeln!(text, "    let y{index} = {step}");
            last = format!("y{index}");
        }
        let _ = writeln!(text, "    {last}\n}}");
        text.push_str("transform h(n: Int) -> Int { 100 - (n xor 21) }\n");
        let _ = writeln!(text, "print g(f({x})) == {x}, f(g({x})) == {x}");
        prop_assert_eq!(printed(&text), "true true\n");
    }

    #[test]
    fn arithmetic_is_that_of_whole_numbers_or_a_fault(
        a in prop_oneof![any::<i64>(), -9..9_i64, Just(i64::MAX), Just(i64::MIN + 1)],
        b in prop_oneof![any::<i64>(), -9..9_i64, Just(i64::MAX), Just(i64::MIN + 1)],
    ) {
        for (sign, exact) in [
            ("+", a.checked_add(b)),
            ("-", a.checked_sub(b)),
            ("*", a.checked_mul(b)),
            ("/", a.checked_div(b)),
            ("%", a.checked_rem(b)),
        ] {
            let text = format!("let a = {a}\nlet b = {b}\nprint a {sign} b\n");
            let found = printed(&text);
            match exact {
                Some(exact) => prop_assert_eq!(found, format!("{exact}\n"), "{} {} {}", a, sign, b),
                None => prop_assert!(found.starts_with("! "), "{} {} {}: {}", a, sign, b, found),
            }
        }
    }

    #[test]
    fn queries_find_what_is_found_by_hand(
        rows in prop::collection::btree_map(0..40_i64, (0..6_i64, 0..4_i64), 0..20),
        least in 0..6_i64,
    ) {
        let mut text = String::from(
            "relation R(id: Int key, a: Int, b: Int)\nindex R by a using btree\n",
        );
        for (id, (a, b)) in &rows {
            let _ = writeln!(text, "R += {{id: {id}, a: {a}, b: {b}}}");
        }
        let _ = writeln!(text, "let least = {least}");
        text.push_str("let found = R where a >= least order by b desc, id select id\n");
        text.push_str("print found\n");
        text.push_str("let pairs = R as x, R as y where x.a = y.b select count() as n\n");
        text.push_str("print pairs\n");
        text.push_str("let groups = R group by b order by b select b, sum(a) as total\n");
        text.push_str("for g in groups { print g.b, g.total }\n");

        let mut wanted: Vec<(i64, i64)> = rows
            .iter()
            .filter(|(_, (a, _))| *a >= least)
            .map(|(id, (_, b))| (-b, *id))
            .collect();
        wanted.sort_unstable();
        let ids: Vec<i64> = wanted.into_iter().map(|(_, id)| id).collect();
        let pairs = rows
            .values()
            .map(|(a, _)| rows.values().filter(|(_, b)| a == b).count())
            .sum::<usize>();
        let mut expected = format!("{ids:?}\n[{{n: {pairs}}}]\n");
        for b in 0..4 {
            let group: Vec<i64> =
                rows.values().filter(|(_, other)| *other == b).map(|(a, _)| *a).collect();
            if !group.is_empty() {
                let _ = writeln!(expected, "{b} {}", group.iter().sum::<i64>());
            }
        }
        prop_assert_eq!(printed(&text), expected, "{}", text);
    }
}
