//! Relations in several shapes: whatever is written through one of them is there again when it is read
//! through it, and what the others do not tell stays.

mod common;

use std::fmt::Write as _;

use common::run::printed;
use proptest::prelude::*;

/// Two migrations, each of which loses something on its way forward.
const SHAPES: &str = "\
relation V1(id: Int key, name: String, balance: Int, note: String, rank: Int?)
transform migrate V1 <-> V2 {
    forward: {balance: Int, note: String} -> {balance: Decimal}
    backward: {balance: Decimal} -> {balance: round(Int), note: \"\"}
}
transform migrate V2 <-> V3 {
    forward: {name: String, rank: Int?} -> {holder: name, grade: (rank ?? 0) / 10}
    backward: {holder: String, grade: Int} -> {name: holder, rank: none}
}
";

#[derive(Clone, Debug, PartialEq)]
struct Account {
    id: i64,
    name: String,
    balance: i64,
    note: String,
    rank: Option<i64>,
}

#[derive(Clone, Debug)]
enum Step {
    Insert(Account),
    Upsert(Account),
    /// A name through the newest shape.
    Rename(i64, String),
    /// A balance through the one in the middle.
    Pay(i64, i64),
    Note(i64, String),
    /// Another key through the oldest, and the newest.
    Move(i64, i64),
    MoveNew(i64, i64),
    Delete(i64, usize),
}

fn account() -> impl Strategy<Value = Account> {
    let rank = prop::option::of(-30..30_i64);
    (0..6_i64, "[a-c]{0,2}", -99..99_i64, "[x-z]{0,2}", rank)
        .prop_map(|(id, name, balance, note, rank)| Account { id, name, balance, note, rank })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => account().prop_map(Step::Insert),
        2 => account().prop_map(Step::Upsert),
        1 => (0..6_i64, "[a-c]{0,2}").prop_map(|(id, name)| Step::Rename(id, name)),
        1 => (0..6_i64, -99..99_i64).prop_map(|(id, by)| Step::Pay(id, by)),
        1 => (0..6_i64, "[x-z]{0,2}").prop_map(|(id, note)| Step::Note(id, note)),
        1 => (0..6_i64, 0..6_i64).prop_map(|(from, to)| Step::Move(from, to)),
        1 => (0..6_i64, 0..6_i64).prop_map(|(from, to)| Step::MoveNew(from, to)),
        1 => (0..6_i64, 1..4_usize).prop_map(|(id, shape)| Step::Delete(id, shape)),
    ]
}

/// The statement for a step, and what it does to the rows.
fn apply(rows: &mut Vec<Account>, step: &Step) -> Option<String> {
    let place = |rows: &[Account], id: i64| rows.iter().position(|row| row.id == id);
    let record = |row: &Account| {
        let Account { id, name, balance, note, rank } = row;
        let rank = rank.map_or("none".to_owned(), |rank| rank.to_string());
        format!("{{id: {id}, name: {name:?}, balance: {balance}, note: {note:?}, rank: {rank}}}")
    };
    Some(match step {
        Step::Insert(row) => {
            if place(rows, row.id).is_some() {
                return None;
            }
            rows.push(row.clone());
            format!("V1 += {}", record(row))
        }
        Step::Upsert(row) => {
            match place(rows, row.id) {
                Some(place) => rows[place] = row.clone(),
                None => rows.push(row.clone()),
            }
            format!("upsert V1 += {}", record(row))
        }
        Step::Rename(id, name) => {
            rows.iter_mut().filter(|row| row.id == *id).for_each(|row| row.name.clone_from(name));
            format!("update V3.holder = {name:?} where id == {id}")
        }
        Step::Pay(id, balance) => {
            rows.iter_mut().filter(|row| row.id == *id).for_each(|row| row.balance = *balance);
            format!("update V2.balance = ({balance}).to_decimal() where id == {id}")
        }
        Step::Note(id, note) => {
            rows.iter_mut().filter(|row| row.id == *id).for_each(|row| row.note.clone_from(note));
            format!("update V1.note = {note:?} where id == {id}")
        }
        Step::Move(from, to) | Step::MoveNew(from, to) => {
            if place(rows, *to).is_some() {
                return None;
            }
            rows.iter_mut().filter(|row| row.id == *from).for_each(|row| row.id = *to);
            let shape = if matches!(step, Step::Move(..)) { "V1" } else { "V3" };
            format!("update {shape}.id = {to} where id == {from}")
        }
        Step::Delete(id, shape) => {
            rows.retain(|row| row.id != *id);
            format!("V{shape} -= V{shape} where id == {id}")
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nothing_is_lost_on_the_way_there_and_back(
        steps in prop::collection::vec(step(), 1..16),
    ) {
        let (mut text, mut rows) = (SHAPES.to_owned(), Vec::new());
        for step in &steps {
            if let Some(statement) = apply(&mut rows, step) {
                let _ = writeln!(text, "{statement}");
            }
        }
        text.push_str("for a in V1 order by id { print a.id, a.name, a.balance, a.note, a.rank ?? -99 }\n");
        text.push_str("for a in V3 order by id { print a.id, a.holder, a.balance, a.grade }\n");
        rows.sort_by_key(|row| row.id);
        let mut expected = String::new();
        for Account { id, name, balance, note, rank } in &rows {
            let _ = writeln!(expected, "{id} {name} {balance} {note} {}", rank.unwrap_or(-99));
        }
        for Account { id, name, balance, rank, .. } in &rows {
            let _ = writeln!(expected, "{id} {name} {balance}d {}", rank.unwrap_or(0) / 10);
        }
        prop_assert_eq!(printed(&text), expected, "{}", text);
    }
}
