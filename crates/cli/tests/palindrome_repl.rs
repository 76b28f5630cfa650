//! Interactive sessions with Palindrome through a pipe.

mod common;

use common::{Place, Said};

fn session(lines: &str) -> Said {
    Place::new().run("palindrome repl --language pal", lines)
}

const PERSON: &str = "relation Person(id: Int key, name: String)\n\
                      Person += [{id: 1, name: \"Ada\"}, {id: 2, name: \"Bob\"}]\n";

#[test]
fn values_are_shown_and_rows_are_tables() {
    let said = session(&format!(
        "1 + 2\nlet x = 5\nprint \"a\"\n[x, 2]\n\"b\"\n{PERSON}Person\nPerson where id > x\n"
    ));
    assert_eq!((said.code, said.error.as_str()), (Some(0), ""), "{said:?}");
    assert_eq!(said.output, "3\na\n[5, 2]\n\"b\"\nid  name\n 1  Ada\n 2  Bob\nid  name\n");
}

/// What is done behind a line for contracts, events and watches leaves its value alone.
#[test]
fn values_are_shown_where_contracts_handlers_and_watches_look_at_lines() {
    let said = session(&format!(
        "{PERSON}contract Named {{\n    invariant: Person.name != \"\"\n    on_violation: {{ emit Bad(1); reverse }}\n}}\n\
         on Bad(n: Int) {{ print \"bad\" }}\nPerson where id = 1\n1 + 1\n\
         transform add(id: Int) -> Int {{\n    Person += {{id: id, name: \"x\"}}\n    id\n}}\nadd(7)\nwatch Person.count()\nadd(8)\n\
         Person.count()\n"
    ));
    assert_eq!((said.code, said.error.as_str()), (Some(0), ""), "{said:?}");
    assert_eq!(said.output, "id  name\n 1  Ada\n2\n7\nPerson.count(): 3 -> 4\n8\n4\n");
}

#[test]
fn definitions_and_state_stay_from_line_to_line() {
    let said = session(
        "let n = 1\nn <- n + 1\ntransform twice(x: Int) -> Int {\n    x * 2\n}\nn <- twice(n)\nn\n\
         let f = (x: Int) => x + n\nf(1)\ntype Shape = Dot | Box(Int)\nlet s = Box(3)\n\
         match s { Dot => 0, Box(n) => n }\nrule p(a) :- Person(a, _).\n",
    );
    assert_eq!(said.output, "4\n5\n3\n", "{said:?}");
    assert!(said.error.contains("Person"), "the rule came before its relation: {said:?}");
}

#[test]
fn a_line_that_fails_changes_nothing_and_the_session_goes_on() {
    let said = session(&format!(
        "{PERSON}{{ Person += {{id: 3, name: \"Eve\"}}\n  assert false }}\nlet bad = 1 / 0\nbad\nlet bad = 7\nbad\n\
         Person.count()\nPersn\n"
    ));
    assert_eq!(said.code, Some(1));
    assert_eq!(said.output, "7\n2\n", "{said:?}");
    for part in
        ["assertion failed", "division by zero", "nothing is called `bad`", "did you mean `Person`"]
    {
        assert!(said.error.contains(part), "{part}: {said:?}");
    }
    assert!(said.error.contains("line 9:1:1"), "the line by itself: {}", said.error);
}

#[test]
fn lines_are_taken_back_and_done_again() {
    let said = session(&format!(
        "{PERSON}Person -= Person where id = 1\nlet x = 1\nundo\nundo\nPerson.count()\nx\n:redo\n"
    ));
    let output =
        "undone: Person -= Person where id = 1\n2\ndone again: Person -= Person where id = 1\n";
    assert!(said.output.ends_with(output), "a look in between takes nothing away: {said:?}");
    assert!(said.error.contains("nothing is called `x`"), "{said:?}");
    let said = session(&format!(
        "{PERSON}Person -= Person where id = 1\nundo\nredo\nPerson.count()\nundo\nundo\nundo\nundo\nundo\n"
    ));
    assert!(said.output.contains("done again: Person -= Person where id = 1\n1\n"), "{said:?}");
    assert!(said.error.contains("there is nothing to undo"), "{said:?}");
}

#[test]
fn lines_that_only_show_something_are_passed_over_when_others_are_taken_back() {
    let said = session(
        "let x = 1\nx <- 2\nx\nprint x + 1\n1 / (x - 2)\n// nothing\nundo\nx\nredo\nredo\nx\n\
         undo\nundo\nundo\nx\n",
    );
    let output = said.output.split_once("undone").map(|(_, rest)| rest);
    assert_eq!(
        output,
        Some(": x <- 2\n1\ndone again: x <- 2\n2\nundone: x <- 2\nundone: let x = 1\n"),
        "{said:?}"
    );
    assert!(said.error.contains("there is nothing to undo"), "{said:?}");
    assert!(said.error.contains("nothing is called `x`"), "{said:?}");
}

#[test]
fn names_are_listed_and_explained() {
    let said = session(&format!("{PERSON}let x = [1]\n:names\n:help Person\n:help nme\n:nosuch\n"));
    assert!(said.output.contains("relation Person: 2 rows\n"), "{said:?}");
    assert!(said.output.contains("let x = [1]\n"), "{said:?}");
    assert!(said.output.contains("Person (relation): 2 rows\nid  name\n1   \"Ada\"\n"), "{said:?}");
    let help = session(":help undo\n:help now\n:help String.trim\nlet now = 2\n:help now\n");
    assert_eq!(
        help.output,
        ":undo  Takes the last line back that changed something\n\
         now  () -> Moment\n  the present moment\n\
         String.trim  (String) -> String\n  without blanks at both ends\n  \"  a b \".trim() is a b\n\
         now (Int): 2\n",
        "{help:?}"
    );
    let many = session("relation R(id: Int key)\nfor i in 0..200 { R += {id: i} }\n:help R\n");
    assert!(many.output.ends_with("99\n… 100 more; `R` shows them\n"), "{many:?}");
    assert!(said.error.contains("nothing here is called `nme`"), "{said:?}");
    assert!(said.error.contains("there is no command `:nosuch`"), "{said:?}");
}

#[test]
fn a_session_on_a_tape_goes_on_in_the_next() {
    let place = Place::new();
    let first = place.run("palindrome repl --tape a.tape", &format!("{PERSON}let n = 1\nn <- 2\n"));
    assert_eq!((first.code, first.error.as_str()), (Some(0), ""), "{first:?}");
    let next = place.run(
        "palindrome repl --tape a.tape",
        "n\nn <- n + 1\nundo\nPerson -= Person where id = 1\n",
    );
    assert_eq!(next.output, "2\nundone: n <- n + 1\n", "{next:?}");
    let asked = place.run("palindrome query a.tape n", "");
    assert_eq!(asked.output, "2\n", "{asked:?}");
    let asked = place.run("palindrome query a.tape Person.count()", "");
    assert_eq!(asked.output, "1\n", "{asked:?}");
    place.write(
        "p.pal",
        "relation Person(id: Int key, name: String)\nlet n = 0\nn <- n + 1\nprint n, Person\n",
    );
    let run = place.run("palindrome run --tape a.tape p.pal", "");
    assert_eq!(run.output, "3 [{id: 2, name: \"Bob\"}]\n", "{run:?}");
    let wrong = place.run("palindrome repl --lang soc --tape a.tape", "");
    assert_eq!(wrong.code, Some(64), "{wrong:?}");
}

#[test]
fn the_debugger_looks_at_a_session() {
    let said = session(&format!(
        "{PERSON}let x = 3\nx <- 4\ndebug\nlast-write x\nprint Person\nquit\nx\n"
    ));
    assert!(said.output.contains("x: 3 → 4"), "{said:?}");
    assert!(said.output.contains("Person: 2 rows\nid  name\n"), "{said:?}");
    assert!(said.output.ends_with("4\n"), "{said:?}");
}

#[test]
fn definitions_are_made_anew() {
    let said = session(&format!(
        "let x = 5\nlet x = \"six\"\nx\n\
         transform query f(n: Int) -> Int {{ n + 1 }}\ntransform query g(n: Int) -> Int {{ f(n) * 10 }}\n\
         transform query f(n: Int) -> Int {{ n + 2 }}\ng(2)\n\
         {PERSON}view Old = Person where id > 1\nOld.count()\nview Old = Person where id > 0\nOld.count()\n"
    ));
    assert_eq!(
        (said.output.as_str(), said.error.as_str()),
        ("\"six\"\n40\n1\n2\n", ""),
        "{said:?}"
    );
}

#[test]
fn what_others_need_is_made_anew_only_if_it_fits_them() {
    let said = session(
        "transform query f(n: Int) -> Int { n + 1 }\ntransform query g(n: Int) -> Int { f(n) * 10 }\n\
         transform query f(n: String) -> Int { 1 }\ng(1)\n",
    );
    assert_eq!(said.output, "20\n", "{said:?}");
    assert!(said.error.contains("(session):1:38") && said.error.contains("String"), "{said:?}");
}

#[test]
fn a_relation_that_is_made_anew_keeps_its_rows() {
    let said = session(&format!(
        "{PERSON}relation Person(id: Int key, name: String, age: Int = 3)\nPerson\n"
    ));
    assert_eq!(said.output, "id  name  age\n 1  Ada     3\n 2  Bob     3\n", "{said:?}");
}

#[test]
fn what_is_watched_is_told_line_by_line() {
    let said = session(&format!(
        "{PERSON}let x = 1\nwatch Person.count()\nwatch x\nPerson += {{id: 3, name: \"Eve\"}}\nx <- 2\nx\n\
         undo\nx <- 7\n"
    ));
    assert_eq!(
        said.output, "Person.count(): 2 -> 3\nx: 1 -> 2\n2\nundone: x <- 2\nx: 1 -> 7\n",
        "{said:?}"
    );
}

#[test]
fn branches_are_listed_by_a_word() {
    let said = session("branches\nbranches()\nlet branches = 5\nbranches\n");
    assert_eq!(
        (said.output.as_str(), said.error.as_str()),
        ("moment  name\nmoment  name\n     0  main\n5\n", "")
    );
}
