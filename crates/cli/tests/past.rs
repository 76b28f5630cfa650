//! The past of a tape: what was at any transaction of any run is there to be asked for, in queries, in later
//! programs and in sessions.

mod common;

use std::fs;

use common::{Place, Said};

const PERSON: &str = "relation Person(id: Int key, name: String, age: Int = 0) <-> PersonHistory\n";

fn run(place: &Place, program: &str, options: &str) -> Said {
    place.write("a.pal", program);
    place.run(&format!("palindrome run --tape a.tape {options} a.pal"), "")
}

fn ok(said: &Said) -> &str {
    assert_eq!(said.code, Some(0), "{}", said.error);
    &said.output
}

fn at(place: &Place, query: &str, moment: &str) -> Said {
    place.run(&format!("palindrome query a.tape {query} --format csv --at {moment}"), "")
}

/// Numbers that look random, and are the same in every run.
struct Noise(u64);

impl Noise {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// A statement that changes something, or nothing.
fn statement(noise: &mut Noise) -> String {
    let (id, age) = (noise.below(12), noise.below(100));
    match noise.below(6) {
        0 | 1 => format!("upsert Person += {{id: {id}, name: \"p{age}\", age: {age}}}"),
        2 => format!("update Person.age += {age} where id = {id}"),
        3 => format!("Person -= Person where id = {id}"),
        4 => format!("word <- \"{}\"", "ab".repeat(usize::try_from(age).unwrap_or(0))),
        _ => format!(
            "for i in 0..20 {{ upsert Person += {{id: 100 + i, name: \"n${{i}}\", age: {age}}} }}"
        ),
    }
}

#[test]
fn what_was_printed_then_is_what_is_found_at_that_moment() {
    let (place, mut noise) = (Place::new(), Noise(7));
    let mut known: Vec<(String, String)> = Vec::new();
    for round in 0..5 {
        let mut program = format!("{PERSON}let word = \"\"\nword <- word\n");
        for _ in 0..12 {
            program += &statement(&mut noise);
            // The moment of a statement is the one before that of the next.
            program += "\nprint (now() - 1) - now(), now(), word, Person order by id select id, name, age\n";
        }
        if round % 2 == 1 {
            program +=
                "rewind to 3\nprint -1, now(), word, Person order by id select id, name, age\n";
        }
        for line in ok(&run(&place, &program, "")).lines() {
            let (number, was) = line.strip_prefix("-1 ").unwrap().split_once(' ').unwrap();
            known.push((number.to_owned(), was.to_owned()));
        }
    }
    assert!(known.len() > 60);
    let look = |(number, _): &(String, String)| {
        format!("print word at {number}, (Person order by id select id, name, age) at {number}\n")
    };
    let looks: String = known.iter().rev().map(look).collect();
    let looked = run(&place, &format!("{PERSON}let word = \"\"\nword <- word\n{looks}"), "");
    for ((number, was), found) in known.iter().rev().zip(ok(&looked).lines()) {
        assert_eq!(was, found, "moment {number}");
    }
    // The rows of a query are the same; the words, by their lengths.
    for (number, was) in known.iter().step_by(7) {
        let rows = at(&place, "Person.count()", number);
        let count = was.matches("id: ").count();
        assert_eq!(ok(&rows).lines().last(), Some(count.to_string().as_str()), "{number}: {was}");
        let word = at(&place, "word", number);
        let wanted = was.split(" [").next().unwrap_or_default();
        assert_eq!(ok(&word).lines().last().unwrap_or_default().trim_matches('"'), wanted);
    }
}

#[test]
fn a_moment_is_said_by_number_time_distance_or_name() {
    let place = Place::new();
    let program = format!(
        "{PERSON}Person += {{id: 1, name: \"Ada\"}}\ncheckpoint ada\nPerson += {{id: 2, name: \"Bob\"}}\n"
    );
    ok(&run(&place, &program, ""));
    ok(&run(&place, &format!("{PERSON}update Person.age = 5 where id = 1\n"), ""));
    for (moment, rows) in [
        ("0", "id,name,age\n1,Ada,0\n"),
        ("start", "id,name,age\n1,Ada,0\n"),
        ("ada", "id,name,age\n1,Ada,0\n"),
        ("2", "id,name,age\n1,Ada,0\n2,Bob,0\n"),
        ("3", "id,name,age\n1,Ada,5\n2,Bob,0\n"),
        ("0.seconds", "id,name,age\n1,Ada,5\n2,Bob,0\n"),
        ("2199-01-01", "id,name,age\n1,Ada,5\n2,Bob,0\n"),
    ] {
        assert_eq!(ok(&at(&place, "Person", moment)), rows, "{moment}");
    }
    for (moment, told) in [
        ("4", "there is no moment 4 yet: the newest is 3"),
        ("99999999999999999999", "there is no moment of so large a number"),
        ("1999-01-01", "no moment is as old as 1999-01-01T00:00:00Z: the first is 0"),
        ("400.weeks", "no moment is as old as"),
        ("add", "there is no checkpoint `add`: is `ada` meant?"),
        ("-1", "a moment is a number, `start`, a time"),
    ] {
        let said = place.run(&format!("palindrome query a.tape Person --at={moment}"), "");
        assert_eq!((said.code, said.output.as_str()), (Some(65), ""), "{moment}");
        assert!(said.error.contains(told), "{moment}: {}", said.error);
    }
    // A program has moments, too.
    let said = place.run("palindrome query a.pal Person --at start --format csv", "");
    assert_eq!(ok(&said), "id,name,age\n");
}

#[test]
fn queries_look_at_the_past_from_where_they_stand() {
    let place = Place::new();
    let first = format!(
        "{PERSON}let note = \"a\"\nPerson += {{id: 1, name: \"Ada\"}}\nnote <- \"b\"\n\
         rewind to now() - 2\nnote <- \"c\"\n"
    );
    assert_eq!(ok(&run(&place, &first, "")), "");
    let asked = |query: &str, at: &str| {
        let asked = format!("palindrome query a.tape {query} --format csv {at}");
        let said = place.run(&asked, "");
        ok(&said).replace('\n', " ")
    };
    assert_eq!(asked("PersonHistory.count()", ""), "value 1 ");
    assert_eq!(asked("history(note).count()", ""), "value 2 ");
    assert_eq!(asked("branches().count()", ""), "value 2 ");
    // What came later was not there.
    assert_eq!(asked("history(note).count()", "--at 2"), "value 2 ");
    assert_eq!(asked("PersonHistory.count()", "--at 0"), "value 0 ");
    assert_eq!(asked("branches().count()", "--at 2"), "value 1 ");
    assert_eq!(asked("now()", "--at 2"), "value 3 ");
}

#[test]
fn a_later_run_reaches_the_moments_of_earlier_ones() {
    let place = Place::new();
    let first = format!(
        "{PERSON}let note = \"a\"\nPerson += {{id: 1, name: \"Ada\"}}\ncheckpoint ada\nnote <- \"b\"\nprint now()\n"
    );
    assert_eq!(ok(&run(&place, &first, "")), "4\n");
    let second = format!(
        "{PERSON}let note = \"\"\nnote <- note ++ \"c\"\nPerson -= Person where id = 1\n\
         print now(), now() - 3, note at ada, ((Person at ada) select name), note at 3\n\
         print (history(note) select value), (PersonHistory select op, moment)\n\
         print (diff(2, now()) where relation = \"Person\" and field = \"name\" select before, after)\n\
         rewind to when Person.count() == 1 and note == \"b\"\n\
         print note, Person.count(), branches()\n\
         switch main\nprint note, Person.count()\nrewind to ada\nprint note, (branches() select name)\n"
    );
    assert_eq!(
        ok(&run(&place, &second, "")),
        "8 5 a [\"Ada\"] b\n[\"a\", \"b\", \"bc\"] \
         [{op: \"insert\", moment: 1}, {op: \"delete\", moment: 7}]\n\
         [{before: \"Ada\", after: none}]\n\
         b 1 [{moment: 10, name: \"main\"}, {moment: 11, name: \"main2\"}]\n\
         bc 0\na [\"main\", \"main2\", \"main3\"]\n"
    );
}

#[test]
fn what_did_not_exist_then_is_told_and_other_shapes_are_seen_through() {
    let place = Place::new();
    ok(&run(&place, "relation A(id: Int key)\nA += {id: 1}\n", ""));
    let second = "relation A(id: Int key, more: String = \"-\")\nrelation B(id: Int key)\nlet n = 1\n\
                  n <- 2\nB += {id: 1}\nprint A at 0\n";
    assert_eq!(ok(&run(&place, second, "")), "[{id: 1, more: \"-\"}]\n");
    assert_eq!(ok(&at(&place, "A", "0")), "id,more\n1,-\n");
    for name in ["B", "n"] {
        let said = at(&place, name, "0");
        let told = format!("`{name}` did not exist at moment 0");
        assert!(said.code == Some(65) && said.error.contains(&told), "{said:?}");
    }
    for read in ["B", "B.count()", "B where id = 1"] {
        let said = run(&place, &format!("relation B(id: Int key)\nprint ({read}) at 0\n"), "");
        assert_eq!((said.code, said.output.as_str()), (Some(70), ""));
        assert!(said.error.contains("at moment 0 there is no relation \"B\""), "{}", said.error);
    }
    let said = run(&place, "let n = 1\nn <- 3\nprint n at 0\n", "");
    assert!(said.error.contains("`n` did not exist at moment 0: it came to be at"), "{said:?}");
}

#[test]
fn a_recording_of_a_run_that_looks_back_is_replayed_without_the_tape() {
    let place = Place::new();
    ok(&run(&place, &format!("{PERSON}Person += {{id: 1, name: \"Ada\"}}\n"), ""));
    let text = format!("{PERSON}print Person at 0, history(Person) select name\n");
    let said = run(&place, &text, "--record a.rec");
    assert_eq!(ok(&said), "[{id: 1, name: \"Ada\", age: 0}] [\"Ada\"]\n");
    fs::remove_file(place.path("a.tape")).unwrap();
    let again = place.run("palindrome replay a.rec", "");
    assert_eq!(ok(&again), said.output);
}

#[test]
fn a_tape_keeps_as_much_of_its_past_as_it_is_told() {
    let (place, mut noise) = (Place::new(), Noise(1));
    for _run in 0..12 {
        let mut text = "relation R(id: Int key, text: String)\nlet n = 0\nn <- n + 1\n".to_owned();
        for id in 0..8 {
            let text_of: String = (0..400)
                .map(|_| char::from(b"abcdefghij"[usize::try_from(noise.below(10)).unwrap_or(0)]))
                .collect();
            text += &format!("upsert R += {{id: {id}, text: \"${{n}} {text_of}\"}}\n");
        }
        ok(&run(&place, &text, "--keep 16K"));
        assert!(fs::metadata(place.path("a.tape")).unwrap().len() < 20 << 10);
    }
    let said = at(&place, "R", "0");
    assert_eq!(said.code, Some(65));
    assert!(said.error.contains("moment 0 was forgotten: moment "), "{}", said.error);
    assert!(said.error.contains("is the first that is kept"), "{}", said.error);
    assert_eq!(ok(&at(&place, "n", "119")), "value\n12\n");
    let said = run(
        &place,
        "relation R(id: Int key, text: String)\nlet n = 0\nn <- n + 0\nprint R.count() at 2\n",
        "",
    );
    assert!(said.error.contains("moment 2 was forgotten: moment "), "{}", said.error);
    let purged = place.run("palindrome history purge --tape a.tape --all", "");
    assert!(ok(&purged).contains("forgot moments "), "{purged:?}");
    assert_eq!(ok(&at(&place, "n", "start")), "value\n12\n");
    assert!(at(&place, "n", "120").error.contains("moment 120 was forgotten: moment 121, "));
    let again = place.run("palindrome history purge --tape a.tape --all", "");
    assert_eq!(ok(&again), "nothing of a.tape is to be forgotten\n");
    let receipts = place.run("palindrome history receipts", "");
    assert!(ok(&receipts).contains("forgot moments 0 to "), "{receipts:?}");
    assert!(receipts.output.contains("of a.tape"), "{receipts:?}");
}

#[test]
fn lines_of_a_session_see_those_before_and_undo_takes_their_moments() {
    let place = Place::new();
    let lines = format!(
        "{PERSON}Person += {{id: 1, name: \"Ada\"}}\ncheckpoint ada\nlet word = \"x\"\n\
         word <- \"y\"\nPerson += {{id: 2, name: \"Bob\"}}\nPerson at ada select name\nword at (now() - 2)\n\
         undo\nnow()\nPerson.count()\nhistory(word) select value\nrewind to ada\nPerson.count()\n"
    );
    for options in ["", " --tape a.tape"] {
        let said = place.run(&format!("palindrome repl --language pal{options}"), &lines);
        let output = ok(&said);
        assert!(output.starts_with("[\"Ada\"]\n\"y\"\n"), "{output}");
        assert!(output.contains("4\n1\n"), "{output}");
        assert!(output.contains("[\"x\", \"y\"]\n1\n"), "{output}");
    }
    // On the tape the lines that were undone never were.
    assert_eq!(ok(&at(&place, "Person.count()", "7")), "value\n1\n");
    let said = place
        .run("palindrome repl --language pal --tape a.tape", "now()\nword at 3\nPerson at ada\n");
    assert!(ok(&said).starts_with("9\n\"y\"\nid  name  age\n"), "{said:?}");
}
