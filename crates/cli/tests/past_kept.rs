//! The past of a tape is as sure as its present: through kills, and through migrations, by every way in
//! which it can be read.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;

use common::{Place, Said};

/// How often a test kills.
const KILLS: u32 = 60;
/// The longest that a process lives, in microseconds.
const LIFE_MAX: u64 = 60_000;

fn run(place: &Place, program: &str) -> Said {
    place.write("a.pal", program);
    place.run("palindrome run --tape a.tape a.pal", "")
}

fn ok(said: &Said) -> &str {
    assert_eq!(said.code, Some(0), "{}", said.error);
    &said.output
}

/// The rows that a query gives, as words.
fn rows(place: &Place, query: &str, at: &str) -> Vec<Vec<i64>> {
    let mut words = vec!["query", "a.tape", query, "--format", "csv"];
    words.extend(at.split_whitespace());
    let done = place.command("palindrome", &words).stdin(Stdio::null()).output().unwrap();
    let said = Said::from(done);
    let numbers = |line: &str| line.split(',').map(|word| word.parse().unwrap()).collect();
    ok(&said).lines().skip(1).map(numbers).collect()
}

/// Each statement moves an amount, and tells at which moment it did. Whenever the process is killed, every
/// moment that was told or found before is there, and is as it was then.
#[test]
fn a_kill_at_any_instant_changes_no_moment_before_it() {
    let place = Place::new();
    let head = "relation A(id: Int key, sum: Int)\nlet moved = 0\n";
    let setup = format!("{head}moved <- 0\nA += [{{id: 1, sum: 1000}}, {{id: 2, sum: 1000}}]\n");
    assert_eq!(ok(&run(&place, &setup)), "");
    let mut program = format!(
        "{head}transform move() -> Int {{\n    update A.sum -= 1 where id = 1\n    \
         update A.sum += 1 where id = 2\n    moved <- moved + 1\n    moved\n}}\n"
    );
    // The number is that of the moment that the statement makes.
    program += &"print now(), move()\n".repeat(150);
    place.write("move.pal", &program);
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut told: BTreeMap<i64, i64> = BTreeMap::new();
    let (mut killed, mut inside) = (0, 0);
    while killed < KILLS {
        let arguments = ["run", "--tape", "a.tape", "move.pal"];
        killed += u32::from(place.is_killed(&arguments, &mut chance, LIFE_MAX));
        // What is no whole line was not told.
        let output = fs::read_to_string(place.path("out.txt")).unwrap();
        for line in output.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            let (moment, moved) = line.trim().split_once(' ').unwrap();
            let (moment, moved) = (moment.parse().unwrap(), moved.parse().unwrap());
            let was = told.insert(moment, moved);
            assert_eq!(was, None, "moment {moment} was another one before");
        }
        let history = rows(&place, "history(moved) select moment, value", "");
        let known: BTreeMap<i64, i64> = history.iter().map(|row| (row[0], row[1])).collect();
        for (moment, moved) in &told {
            assert_eq!(known.get(moment), Some(moved), "moment {moment}");
        }
        inside += u32::from((1..150).contains(&(known.len() - told.len())));
        told = known;
        // One is made by each statement, and by nothing else.
        for (count, row) in history.iter().enumerate() {
            assert_eq!(row[1], i64::try_from(count).unwrap(), "{history:?}");
        }
        let some = (chance >> 20) % history.len() as u64;
        for row in [&history[usize::try_from(some).unwrap()], &history[history.len() - 1]] {
            let found = rows(&place, "A order by id select sum", &format!("--at {}", row[0]));
            // The names came to be before the rows.
            let sums: Vec<i64> = found.into_iter().flatten().collect();
            let is_begin = row[1] == 0 && sums.is_empty();
            assert!(is_begin || sums == [1000 - row[1], 1000 + row[1]], "{row:?}: {sums:?}");
        }
    }
    assert!(inside > KILLS / 20, "hardly any process was killed while it worked: {inside}");
}

const OLD: &str = "relation V1(id: Int key, name: String, price: Int, note: String)\n\
                   index V1 by name using btree\n";
const NEW: &str = "transform migrate V1 <-> V2 {\n    forward: {price: Int, note: String} -> {price: Decimal}\n    \
                   backward: {price: Decimal} -> {price: round(Int), note: \"\"}\n}\n";

/// Three moments in the old shape, then three in the new one.
fn migrated() -> Place {
    let place = Place::new();
    let first = format!(
        "{OLD}V1 += [{{id: 1, name: \"pen\", price: 2, note: \"blue\"}}, {{id: 2, name: \"ink\", price: 5, note: \"\"}}]\n\
         update V1.price = 3 where id = 1\nV1 += {{id: 3, name: \"pad\", price: 7, note: \"n\"}}\n"
    );
    assert_eq!(ok(&run(&place, &first)), "");
    let second = format!(
        "{OLD}{NEW}update V2.price = 3.5d where id = 1\nV2 += {{id: 4, name: \"cap\", price: 1.5d}}\n\
         V2 -= V2 where id = 2\n"
    );
    assert_eq!(ok(&run(&place, &second)), "");
    place
}

fn asked(place: &Place, questions: &str) -> String {
    let views = "view Dear = V2 where price > 2.5d\nrule named(n) :- V2(_, n, _).\n";
    ok(&run(place, &format!("{OLD}{NEW}{views}{questions}"))).to_owned()
}

#[test]
fn moments_before_a_migration_are_read_in_both_shapes_in_every_way() {
    let place = migrated();
    let found = asked(
        &place,
        "print (only V2 where id = 1).price at 0, (only V2 where id = 1).price at 1, (only V2 where id = 1).price\n\
         print (only V1 where id = 1).price at 0, (only V1 where id = 1).note at 3, (only V1 where id = 1).price\n\
         print (only V2 where id = 1) at 0, (only V1 where id = 1) at 0\n\
         print (V2 where name = \"ink\" select id) at 0, (V1 where name = \"ink\" select id) at 0, V1 where name = \"ink\"\n\
         print (V2 select id, price) at 1, (V1 select id, note) at 2\n\
         print (Dear select id) at 0, (Dear select id) at 2, Dear select id\n\
         print (named order by n) at 0, named order by n\n\
         print V2.count() at 2, (V2 select sum(price)) at 2, exists (V2 where id = 3) at 1\n",
    );
    assert_eq!(
        found,
        "2d 3d 3.5d\n2 blue 4\n\
         {id: 1, name: \"pen\", price: 2d} {id: 1, name: \"pen\", price: 2, note: \"blue\"}\n\
         [2] [2] []\n\
         [{id: 1, price: 3d}, {id: 2, price: 5d}] [{id: 1, note: \"blue\"}, {id: 2, note: \"\"}, {id: 3, note: \"n\"}]\n\
         [2] [1, 2, 3] [1, 3]\n\
         [{n: \"ink\"}, {n: \"pen\"}] [{n: \"cap\"}, {n: \"pad\"}, {n: \"pen\"}]\n\
         3 [15d] false\n"
    );
}

#[test]
fn histories_and_differences_go_through_a_migration() {
    let place = migrated();
    let found = asked(
        &place,
        "for row in history(V2) { print row.moment, row.op, row.id, row.price }\nprint \"-\"\n\
         for row in history(V1) { print row.moment, row.op, row.id, row.price, row.note }\nprint \"-\"\n\
         for row in diff(0, 4) { print row.key, row.field, row.before, row.after }\nprint \"-\"\n\
         for row in diff(3, 4) { print row.key, row.field, row.before, row.after }\n",
    );
    assert_eq!(
        found,
        "0 insert 1 2d\n0 insert 2 5d\n1 update 1 3d\n2 insert 3 7d\n3 update 1 3.5d\n4 insert 4 1.5d\n\
         5 delete 2 5d\n-\n\
         0 insert 1 2 blue\n0 insert 2 5 \n1 update 1 3 blue\n2 insert 3 7 n\n3 update 1 4 blue\n\
         4 insert 4 2 \n5 delete 2 5 \n-\n\
         1 price \"2d\" \"3.5d\"\n3 name none \"pad\"\n3 price none \"7d\"\n4 name none \"cap\"\n\
         4 price none \"1.5d\"\n-\n4 name none \"cap\"\n4 price none \"1.5d\"\n"
    );
}

#[test]
fn queries_of_a_tape_see_moments_before_a_migration_in_both_shapes() {
    let place = migrated();
    let at = |query: &str, moment: u32| {
        let line = format!("palindrome query a.tape {query} --format csv --at {moment}");
        ok(&place.run(&line, "")).replace('\n', " ")
    };
    assert_eq!(at("V2", 1), "id,name,price 1,pen,3 2,ink,5 ");
    assert_eq!(at("V1", 1), "id,name,price,note 1,pen,3,blue 2,ink,5,\"\" ");
    assert_eq!(at("V1", 3), "id,name,price,note 1,pen,4,blue 2,ink,5,\"\" 3,pad,7,n ");
    assert_eq!(at("history(V2).count()", 2), "value 4 ");
    assert_eq!(at("history(V2).count()", 5), "value 7 ");
    assert_eq!(at("diff(0,2).count()", 5), "value 3 ");
}
