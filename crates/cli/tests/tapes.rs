//! Tapes in files: what a program leaves is there for the next run, whatever happens in between.

mod common;

use std::fs;
use std::io::Read as _;
use std::process::Stdio;
use std::time::Duration;

use common::{Place, Said};

/// How often a test kills.
const KILLS: u32 = 200;

/// The longest that a process lives, in microseconds.
const LIFE_MAX: u64 = 60_000;

const COUNT: &str = "\
relation Run(id: Int key, text: String)
let runs = 0
runs <- runs + 1
Run += {id: runs, text: \"run ${runs}\"}
print runs, Run.count()
";

fn run(place: &Place, program: &str, options: &str) -> Said {
    place.write("a.pal", program);
    place.run(&format!("palindrome run --tape a.tape {options} a.pal"), "")
}

#[test]
fn relations_and_names_are_there_again_at_the_next_run() {
    let place = Place::new();
    for count in 1..=3 {
        let said = run(&place, COUNT, "");
        assert_eq!(
            (said.code, said.output),
            (Some(0), format!("{count} {count}\n")),
            "{}",
            said.error
        );
    }
}

#[test]
fn names_that_nothing_assigns_to_are_what_the_program_says() {
    let place = Place::new();
    let program = |rate: i64| {
        format!(
            "let rate = {rate}\nlet state: {{a: [Decimal], b: String?}} = {{a: [], b: none}}\n\
             print rate, state\nstate <- {{a: state.a ++ [1.5d], b: \"x\"}}\n"
        )
    };
    let first = run(&place, &program(1), "");
    let second = run(&place, &program(2), "");
    assert_eq!(first.output, "1 {a: [], b: none}\n", "{}", first.error);
    assert_eq!(second.output, "2 {a: [1.5d], b: \"x\"}\n", "{}", second.error);
}

#[test]
fn the_same_key_clashes_with_the_row_of_an_earlier_run() {
    let place = Place::new();
    let program = "relation R(id: Int key)\nprint \"begin\"\nR += {id: 1}\nprint \"end\"\n";
    assert_eq!(run(&place, program, "").code, Some(0));
    let said = run(&place, program, "");
    assert_eq!((said.code, said.output.as_str()), (Some(70), "begin\n"));
    assert!(said.error.contains("\"R\" has a row with the same id"), "{}", said.error);
    assert!(said.error.contains("a.tape has all that was done before"), "{}", said.error);
}

#[test]
fn a_statement_that_fails_leaves_nothing_and_shows_nothing() {
    let place = Place::new();
    let program = "relation R(id: Int key)\nlet n = 0\nn <- n + 1\nR += {id: n}\n\
                   { R += {id: 100 + n}\n  print \"half\"\n  assert false }\n";
    let said = run(&place, program, "");
    assert_eq!((said.code, said.output.as_str()), (Some(70), ""), "{}", said.error);
    let said = run(&place, "relation R(id: Int key)\nlet n = 0\nn <- n + 0\nprint n, R\n", "");
    assert_eq!(said.output, "1 [{id: 1}]\n", "{}", said.error);
}

#[test]
fn new_columns_get_defaults_and_wider_types_take_what_was() {
    let place = Place::new();
    let first = "relation P(id: Int key, n: Int, name: String)\nP += {id: 1, n: 2, name: \"a\"}\n";
    assert_eq!(run(&place, first, "").code, Some(0));
    let second = "relation P(id: Int key, n: Decimal, age: Int = 7, name: String? unique, z: [Int]?)\n\
                  P += {id: 2, n: 1.5d, name: \"b\", age: 1}\nprint P\n";
    let said = run(&place, second, "");
    assert_eq!(
        said.output,
        "[{id: 1, n: 2d, age: 7, name: \"a\", z: none}, \
         {id: 2, n: 1.5d, age: 1, name: \"b\", z: none}]\n",
        "{}",
        said.error
    );
    let third = second.replace("id: 2", "id: 3");
    let said = run(&place, &third, "");
    assert!(said.error.contains("\"P\" has a row with the same name"), "{}", said.error);
}

#[test]
fn what_would_lose_something_is_refused_with_what_to_do() {
    let place = Place::new();
    let first = "relation P(id: Int key, age: Int)\nlet n = 1\nn <- 2\nP += {id: 1, age: 2}\n";
    assert_eq!(run(&place, first, "").code, Some(0));
    let kept = fs::read(place.path("a.tape")).unwrap();
    let refused = [
        (
            "relation P(id: Int key)\n",
            "which the definition leaves out: write it there, or give it up \
           with --drop P.age",
        ),
        (
            "relation P(id: Int key, age: String)\n",
            "its column `age` is Int, and String in the definition",
        ),
        ("relation P(id: Int, age: Int key)\n", "its key is (id), and (age) in the definition"),
        (
            "relation P(id: Int key, age: Int, b: Bool)\n",
            "give it a default, as in `b: Bool = …`, or make it `Bool?`",
        ),
        ("let n = \"\"\nn <- \"x\"\n", "`n` is Int on the tape, and String in the program"),
        (
            "let f = (x: Int) => x\nf <- (x: Int) => x + 1\n",
            "`f` is assigned to, and its values cannot be kept",
        ),
    ];
    for (program, reason) in refused {
        let said = run(&place, program, "");
        assert!(matches!(said.code, Some(65 | 70)), "{program}: {said:?}");
        assert!(said.error.replace('\n', " ").contains(reason), "{program}: {}", said.error);
        assert_eq!(fs::read(place.path("a.tape")).unwrap(), kept, "{program}");
    }
    let said = run(&place, "relation P(id: Int key)\nprint P\n", "--drop P.age --drop n");
    assert_eq!(said.output, "[{id: 1}]\n", "{}", said.error);
    let said = run(&place, "print 1\n", "--drop P --drop nobody");
    assert_eq!(said.code, Some(65));
    assert!(
        said.error.contains("--drop nobody: a.tape has nothing of this name"),
        "{}",
        said.error
    );
}

#[test]
fn other_files_newer_tapes_and_damaged_ones_are_told_apart() {
    let place = Place::new();
    assert_eq!(run(&place, COUNT, "").code, Some(0));
    assert_eq!(run(&place, COUNT, "").code, Some(0));
    let good = fs::read(place.path("a.tape")).unwrap();
    place.write("a.tape", "not a tape at all");
    let said = run(&place, COUNT, "");
    assert_eq!((said.code, said.error.contains("a.tape is no tape")), (Some(65), true), "{said:?}");
    let mut damaged = good.clone();
    damaged[100] ^= 1;
    place.write("a.tape", &damaged);
    let said = run(&place, COUNT, "");
    assert_eq!((said.code, said.error.contains("a.tape is damaged at byte")), (Some(65), true));
    assert_eq!(fs::read(place.path("a.tape")).unwrap(), damaged);
    let mut torn = good.clone();
    torn.truncate(good.len() - 3);
    place.write("a.tape", &torn);
    let said = run(&place, COUNT, "");
    assert!(said.error.contains("bytes of a transaction that was never finished"), "{said:?}");
    // The statements of the second run went to the disk together.
    assert_eq!(said.output, "2 2\n", "what went to the disk last is gone, and nothing else");
}

#[test]
fn a_tape_of_a_newer_version_is_refused_and_left_alone() {
    let place = Place::new();
    assert_eq!(run(&place, COUNT, "").code, Some(0));
    let mut newer = fs::read(place.path("a.tape")).unwrap();
    newer[8..12].copy_from_slice(&4_u32.to_le_bytes());
    let checksum = checksum(&newer[..12]);
    newer[12..16].copy_from_slice(&checksum.to_le_bytes());
    place.write("a.tape", &newer);
    for line in ["palindrome run --tape a.tape a.pal", "palindrome query a.tape Run"] {
        let said = place.run(line, "");
        assert_eq!((said.code, said.output.as_str()), (Some(65), ""), "{said:?}");
        let told = "a.tape is a tape of version 4; this release reads version 3";
        assert!(said.error.contains(told), "{}", said.error);
    }
    assert_eq!(fs::read(place.path("a.tape")).unwrap(), newer);
}

/// CRC-32 of IEEE, bit by bit.
fn checksum(bytes: &[u8]) -> u32 {
    let step = |sum: u32| (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 };
    !bytes.iter().fold(!0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum)))
}

/// Rows of a relation that is migrated later move when the program with the migration begins.
#[test]
fn rows_of_an_earlier_run_move_to_their_new_shape() {
    let place = Place::new();
    let first = "relation V1(id: Int key, name: String, price: Int, note: String)\n";
    let second = "transform migrate V1 <-> V2 {\n    forward: {price: Int, note: String} -> {price: Decimal}\n    \
                  backward: {price: Decimal} -> {price: round(Int), note: \"\"}\n}\n";
    let third = "transform migrate V2 <-> V3 {\n    forward: {name: String} -> {title: name}\n    \
                 backward: {title: String} -> {name: title}\n}\n";
    let rows = "V1 += [{id: 1, name: \"pen\", price: 2, note: \"blue\"}, {id: 2, name: \"ink\", price: 5, note: \"\"}]\n";
    assert_eq!(run(&place, &format!("{first}{rows}"), "").code, Some(0));
    let program =
        format!("{first}{second}print V1, V2\nV2 += {{id: 3, name: \"pad\", price: 1.5d}}\n");
    let said = run(&place, &program, "");
    let old = "[{id: 1, name: \"pen\", price: 2, note: \"blue\"}, {id: 2, name: \"ink\", price: 5, note: \"\"}]";
    let new = "[{id: 1, name: \"pen\", price: 2d}, {id: 2, name: \"ink\", price: 5d}]";
    assert_eq!(said.output, format!("{old} {new}\n"), "{}", said.error);
    // The second migration finds what the first one made, and what it keeps beside.
    let program = format!(
        "{first}{second}{third}update V1.name = \"red pen\" where id = 1\n\
                           print V1 where id != 2 select id, note, price\nprint V3 select title, price\n"
    );
    for _ in 0..2 {
        let said = run(&place, &program, "");
        let old = "[{id: 1, note: \"blue\", price: 2}, {id: 3, note: \"\", price: 2}]";
        let new = "[{title: \"red pen\", price: 2d}, {title: \"ink\", price: 5d}, {title: \"pad\", price: 1.5d}]";
        assert_eq!(said.output, format!("{old}\n{new}\n"), "{}", said.error);
    }
    let said = place.run("palindrome query a.tape V1.count()", "");
    assert!(said.output.contains('3'), "{said:?}");
}

#[test]
fn references_come_and_go_with_the_definition() {
    let place = Place::new();
    let company = "relation Company(id: Int key)\n";
    let plain = format!("{company}relation Person(id: Int key, at: Int?)\n");
    let said =
        run(&place, &format!("{plain}Company += {{id: 1}}\nPerson += {{id: 1, at: 7}}\n"), "");
    assert_eq!(said.code, Some(0), "{}", said.error);
    let refers = format!("{company}relation Person(id: Int key, at: Int? references Company.id)\n");
    let said = run(&place, &refers, "");
    assert_eq!(said.code, Some(70), "{said:?}");
    assert!(said.error.contains("\"Company\", which is not there"), "{}", said.error);
    assert_eq!(run(&place, &format!("{plain}update Person.at = 1\n"), "").code, Some(0));
    let said = run(&place, &format!("{refers}Company -= Company\n"), "");
    assert_eq!(said.code, Some(70), "{said:?}");
    let said = run(&place, &format!("{plain}Company -= Company\nprint Company.count()\n"), "");
    assert_eq!(said.output, "0\n", "{}", said.error);
}

/// A disk that is full: a process may not make files larger than so much.
#[test]
#[cfg(unix)]
fn a_full_disk_loses_nothing_and_is_told() {
    let place = Place::new();
    let mut program = String::from("relation R(id: Int key, text: String)\n");
    program += "let long = (0..2000).map(i => \"${i}\").to_list().join(\" \")\n";
    program +=
        &"R += {id: R.count() + 1, text: \"${long} ${R.count()}\"}\nprint R.count()\n".repeat(100);
    place.write("fill.pal", &program);
    let binary = env!("CARGO_BIN_EXE_palindrome");
    let line = format!("trap '' XFSZ; ulimit -f 100; exec {binary} run --tape a.tape fill.pal");
    let mut shell = std::process::Command::new("sh");
    let done = shell.args(["-c", &line]).current_dir(place.path("")).output().unwrap();
    let (output, error) =
        (String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap());
    assert!(!done.status.success(), "{output}{error}");
    assert!(error.contains("a.tape"), "{error}");
    let told: i64 = output.lines().last().and_then(|line| line.parse().ok()).unwrap_or(0);
    assert!(told > 0, "{output}{error}");
    let said = run(&place, "relation R(id: Int key, text: String)\nprint R.count()\n", "");
    let kept: i64 = said.output.trim().parse().unwrap_or(-1);
    assert!(kept == told || kept == told + 1, "{kept} of {told}: {}", said.error);
}

#[test]
fn two_processes_never_write_to_one_tape() {
    let place = Place::new();
    place.write("long.pal", "let n = 0\nn <- 1\nwhile true { n <- n + 1 }\n");
    let mut command = place.command("palindrome", &["run", "--tape", "a.tape", "long.pal"]);
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    while fs::metadata(place.path("a.tape")).map_or(0, |found| found.len()) < 100 {
        std::thread::sleep(Duration::from_millis(1));
    }
    let said = run(&place, COUNT, "");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(said.code, Some(74), "{said:?}");
    assert!(said.error.contains("a.tape is in use by another process"), "{}", said.error);
    assert_eq!(run(&place, COUNT, "").code, Some(0), "the lock went with the process");
}

#[test]
fn what_was_committed_is_seen_at_the_other_end_of_a_pipe_while_the_program_goes_on() {
    let place = Place::new();
    // It ends in any case, after a minute or so.
    place.write("long.pal", "let n = 0\nprint \"begin\"\nwhile n < 10000000000 { n <- n + 1 }\n");
    for options in [&["run", "long.pal"][..], &["run", "--tape", "a.tape", "long.pal"]] {
        let mut child = place.command("palindrome", options).spawn().unwrap();
        let mut first = [0; 6];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        assert_eq!(&first, b"begin\n");
        assert!(child.try_wait().unwrap().is_none(), "it is seen before the program ends");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn tapes_are_for_programs_in_palindrome() {
    let place = Place::new();
    place.write("a.soc", "1");
    let said = place.run("palindrome run --tape a.tape a.soc", "");
    assert_eq!(said.code, Some(64));
    assert!(said.error.contains("--tape is for programs in Palindrome"), "{}", said.error);
    assert!(!place.path("a.tape").exists());
}

#[test]
fn a_failed_run_on_a_tape_is_walked_back_from() {
    let place = Place::new();
    assert_eq!(run(&place, COUNT, "").code, Some(0));
    let said = run(&place, "let runs = 0\nruns <- runs + 1\nprint 1 / (runs - 2)\n", "");
    assert_eq!(said.code, Some(70));
    let said = place.run("palindrome debug --last", "print runs\nlast-write runs\n");
    assert!(said.output.contains("runs: 1 → 2"), "{}", said.output);
}

#[test]
fn the_debugger_begins_with_what_is_on_a_tape_and_leaves_it() {
    let place = Place::new();
    assert_eq!(run(&place, COUNT, "").code, Some(0));
    assert_eq!(run(&place, COUNT, "").code, Some(0));
    let kept = fs::read(place.path("a.tape")).unwrap();
    let commands = "print Run\nprint runs\ncontinue\nprint Run[3].text\nhistory runs\n\
                    set Run[1].text = \"first\"\nprint Run[1]\nundo\nprint Run[1]\n";
    // A program with a tape, the program that wrote to it last, and the tape alone.
    for line in ["--tape a.tape a.pal", "--tape a.tape", "a.tape"] {
        let said = place.run(&format!("palindrome debug {line}"), commands);
        assert_eq!((said.code, said.error.as_str()), (Some(0), ""), "{line}");
        for told in [
            "Run: 2 rows\nid  text\n1   \"run 1\"\n2   \"run 2\"\n",
            "runs = 2\n3 3\nend of time",
            "Run[3].text = \"run 3\"\n",
            "Run[1].text: \"run 1\" → \"first\"\n",
            "Run[1] = {id: 1, text: \"first\"}\n",
            "Run[1] = {id: 1, text: \"run 1\"}\n",
        ] {
            assert!(said.output.contains(told), "{line}: {told}: {}", said.output);
        }
        assert_eq!(fs::read(place.path("a.tape")).unwrap(), kept, "{line}");
    }
    place.write("other.pal", "let runs = \"\"\nruns <- \"x\"\n");
    for (line, code, reason) in [
        ("--tape a.tape other.pal", 65, "`runs` is Int on the tape, and String in the program"),
        ("--tape nowhere.tape a.pal", 66, "nowhere.tape"),
        ("--tape a.pal a.pal", 65, "a.pal is no tape"),
    ] {
        let said = place.run(&format!("palindrome debug {line}"), "");
        assert_eq!(said.code, Some(code), "{line}: {said:?}");
        assert!(said.error.contains(reason), "{line}: {}", said.error);
    }
}

/// Rows of a view follow from others, so a tape never stands in the way of another definition.
#[test]
fn views_that_changed_since_the_last_run_are_made_again() {
    let place = Place::new();
    let table = "relation P(id: Int key, age: Int, name: String)\n";
    let rows = "P += [{id: 1, age: 17, name: \"a\"}, {id: 2, age: 30, name: \"b\"}]\n";
    let first = "view Old = P where age > 18 select id\nview Count = Old select count() as n\n";
    let said = run(&place, &format!("{table}{first}{rows}print Old, Count\n"), "");
    assert_eq!(said.output, "[{id: 2}] [{n: 1}]\n", "{}", said.error);
    let changed = [
        (
            "another condition",
            "view Old = P where age > 16 select id\nview Count = Old select count() as n\n",
            "[{id: 1}, {id: 2}] [{n: 2}]\n",
        ),
        (
            "another column",
            "view Old = P where age > 16 select name\nview Count = Old select count() as n\n",
            "[{name: \"a\"}, {name: \"b\"}] [{n: 2}]\n",
        ),
        (
            "one that is computed when it is read",
            "view Old = P order by age desc limit 1 select id\nview Count = Old select count() as n\n",
            "[{id: 2}] [{n: 1}]\n",
        ),
        ("as it was", first, "[{id: 2}] [{n: 1}]\n"),
        (
            "rules in place of a view",
            "rule Old(i) :- P(i, a, _), a < 18.\nview Count = Old select count() as n\n",
            "[{i: 1}] [{n: 1}]\n",
        ),
        (
            "rules with other columns",
            "rule Old(i, a) :- P(i, a, _).\nview Count = Old select count() as n\n",
            "[{i: 1, a: 17}, {i: 2, a: 30}] [{n: 2}]\n",
        ),
    ];
    for (what, views, output) in changed {
        let said = run(&place, &format!("{table}{views}print Old, Count\n"), "");
        assert_eq!(said.output, output, "{what}: {}", said.error);
        let said = place.run("palindrome query a.tape Count --format csv", "");
        assert!(said.output.starts_with("n\n"), "{what}: {said:?}");
    }
    let said = run(&place, &format!("{table}{first}print Old, Count\n"), "");
    assert_eq!(said.output, "[{id: 2}] [{n: 1}]\n", "a view in place of rules: {}", said.error);
    // Rows that statements put there are given up by hand.
    let own = format!("{table}relation Old(id: Int key)\nOld += {{id: 7}}\nprint Old\n");
    let said = run(&place, &own, "");
    assert_eq!(said.output, "[{id: 7}]\n", "a relation in place of a view: {}", said.error);
    let said = run(&place, &format!("{table}{first}print Old, Count\n"), "");
    assert_eq!((said.code, said.output.as_str()), (Some(70), ""), "{said:?}");
    assert!(said.error.contains("--drop Old"), "{}", said.error);
    let said = run(&place, &format!("{table}{first}print Old, Count\n"), "--drop Old");
    assert_eq!(said.output, "[{id: 2}] [{n: 1}]\n", "{}", said.error);
}

#[test]
fn indexes_by_computed_values_are_those_of_the_program_that_runs() {
    let place = Place::new();
    let with = |rest: &str| run(&place, &format!("relation R(id: Int key, a: Int)\n{rest}"), "");
    let said = with("index R by 10 / a\nR += {id: 1, a: 5}\nprint R where 10 / a == 2 select id\n");
    assert_eq!(said.output, "[1]\n", "{}", said.error);
    let said = with("index R by 10 / a\nR += {id: 2, a: 0}\n");
    assert_eq!(said.code, Some(70), "{said:?}");
    let said = with("R += {id: 2, a: 0}\nprint R.count()\n");
    assert_eq!(said.output, "2\n", "{}", said.error);
    let said = with("index R by 10 / a\nprint R.count()\n");
    assert_eq!((said.code, said.output.as_str()), (Some(70), ""), "{said:?}");
    assert!(said.error.contains("has no value for {a: 0, id: 2}"), "{}", said.error);
    let said = with("index R by 10 + a\nprint R where 10 + a == 10 select id\n");
    assert_eq!(said.output, "[2]\n", "{}", said.error);
}

/// Moves an amount between two accounts in each statement, and counts in a name: what is kept must
/// always be the work of whole statements, and all of which the output tells must be there.
#[test]
fn a_kill_at_any_instant_loses_no_committed_transaction() {
    let place = Place::new();
    let setup = "relation A(id: Int key, sum: Int)\nlet moved = 0\nmoved <- 0\n\
                 A += [{id: 1, sum: 1000}, {id: 2, sum: 1000}]\n";
    assert_eq!(run(&place, setup, "").code, Some(0));
    let mut program = String::from(
        "relation A(id: Int key, sum: Int)\nlet moved = 0\n\
         transform move() -> Int {\n    update A.sum -= 1 where id = 1\n    update A.sum += 1 where id = 2\n\
         \x20   moved <- moved + 1\n    moved\n}\n",
    );
    program += &"print move()\n".repeat(150);
    place.write("move.pal", &program);
    place.write(
        "look.pal",
        "relation A(id: Int key, sum: Int)\nlet moved = 0\nmoved <- moved\n\
         print moved, (A where id = 1 select sum)[0], (A where id = 2 select sum)[0]\n",
    );
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut before = 0_i64;
    let (mut killed, mut inside) = (0, 0);
    while killed < KILLS {
        let arguments = ["run", "--tape", "a.tape", "move.pal"];
        killed += u32::from(place.is_killed(&arguments, &mut chance, LIFE_MAX));
        let said = place.run("palindrome run --tape a.tape look.pal", "");
        assert_eq!(said.code, Some(0), "{said:?}");
        let numbers: Vec<i64> =
            said.output.split_whitespace().map(|word| word.parse().unwrap()).collect();
        let [moved, one, two] = numbers[..] else { unreachable!("three numbers: {said:?}") };
        assert_eq!((one, two), (1000 - moved, 1000 + moved), "half of a statement");
        let told = fs::read_to_string(place.path("out.txt")).unwrap();
        let told = told.lines().last().and_then(|line| line.parse().ok()).unwrap_or(before);
        assert!(moved >= told && moved >= before, "{moved} on the tape, and {told} was told");
        inside += u32::from(moved > before && moved < before + 150);
        before = moved;
    }
    assert!(inside > KILLS / 20, "hardly any process was killed while it worked: {inside}");
}
