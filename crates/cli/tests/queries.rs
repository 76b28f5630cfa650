//! Questions to tapes and programs, and rows that go into tapes and out of them.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::fs;
use std::process::Stdio;

use common::{Place, Said};

const PEOPLE: &str = "\
type Mood = Happy | Sad(Int)
relation Person(id: Int key, name: String, pay: Decimal?, mood: Mood = Happy, tags: [String] = [], big: Float = 0.5)
transform double(x: Int) -> Int { x * 2 }
view Rich = Person where pay != none
let limit = 2
";

const ROWS: &str = "\
Person += {id: 1, name: \"Ada, \\\"x\\\"\", pay: 1.25d, mood: Sad(3), tags: [\"a\", \"é\"]}
Person += {id: 2, name: \"\", big: 1e300}
";

/// A place with a tape with rows, and one without.
fn place() -> Place {
    let place = Place::new();
    place.write("full.pal", format!("{PEOPLE}{ROWS}print \"not asked for\"\n"));
    place.write("empty.pal", PEOPLE);
    assert_eq!(place.run("palindrome run --tape full.tape full.pal", "").code, Some(0));
    assert_eq!(place.run("palindrome run --tape empty.tape empty.pal", "").code, Some(0));
    place
}

fn query(place: &Place, file: &str, text: &str, options: &[&str]) -> Said {
    let arguments = [&["query", file, text], options].concat();
    let mut command = place.command("palindrome", &arguments);
    Said::from(command.stdin(Stdio::null()).output().unwrap())
}

#[test]
fn a_tape_is_asked_with_the_definitions_of_its_program() {
    let place = place();
    let answers = [
        ("Person select id, name", "id  name\n 1  Ada, \"x\"\n 2\n"),
        ("Rich select name, id", "name      id\nAda, \"x\"   1\n"),
        ("Person where id = double(1) select id", "value\n    2\n"),
        ("Person.count()", "2\n"),
        ("limit", "2\n"),
        ("first (Person select id, pay)", "id   pay\n 1  1.25\n"),
        ("[1.5, 2.0]", "value\n  1.5\n  2.0\n"),
        ("(x: Int) => x", "(function)\n"),
    ];
    for file in ["full.tape", "full.pal"] {
        for (text, answer) in answers {
            let said = query(&place, file, text, &[]);
            assert_eq!(
                (said.code, said.output.as_str()),
                (Some(0), answer),
                "{text}: {}",
                said.error
            );
            assert_eq!(said.error, "", "{text}");
        }
    }
}

#[test]
fn a_query_changes_nothing_and_is_told_where_it_would() {
    let place = place();
    let before = fs::read(place.path("full.tape")).unwrap();
    place.write(
        "w.pal",
        format!(
            "{PEOPLE}transform put() -> Int {{\n    Person += {{id: 9, name: \"\"}}\n    1\n}}\n"
        ),
    );
    assert_eq!(place.run("palindrome run --tape w.tape w.pal", "").code, Some(0));
    let refused = [
        ("full.tape", "Person += {id: 3, name: \"x\"}", "this is no query"),
        ("full.tape", "let x = 1", "this is no query"),
        ("full.tape", "1\n2", "a query is one expression"),
        ("full.tape", "", "there is no query here"),
        ("w.tape", "put()", "this changes something"),
        ("w.tape", "[1].map(x => put())", "this changes something"),
        ("full.tape", "Persn", "did you mean `Person`?"),
        ("full.tape", "Person where nam = 1", "(query):1:14"),
    ];
    for (file, text, reason) in refused {
        let said = query(&place, file, text, &[]);
        assert_eq!(said.code, Some(65), "{text}: {said:?}");
        assert!(said.error.contains(reason), "{text}: {}", said.error);
    }
    let said = query(&place, "full.tape", "1 / 0", &[]);
    assert_eq!((said.code, said.error.contains("division by zero")), (Some(70), true));
    assert_eq!(fs::read(place.path("full.tape")).unwrap(), before);
}

#[test]
fn rows_come_back_from_every_format() {
    let place = place();
    let whole = query(&place, "full.tape", "Person", &[]).output;
    assert!(whole.contains("1e300"), "{whole}");
    for ending in ["csv", "json", "parquet"] {
        let file = format!("rows.{ending}");
        let said = query(&place, "full.tape", "Person", &["--output", &file]);
        assert_eq!((said.code, said.output.as_str()), (Some(0), ""), "{}", said.error);
        fs::copy(place.path("empty.tape"), place.path("new.tape")).unwrap();
        let said = place.run(&format!("palindrome import new.tape Person {file}"), "");
        assert_eq!(said.output, "2 rows into Person\n", "{ending}: {}", said.error);
        assert_eq!(query(&place, "new.tape", "Person", &[]).output, whole, "{ending}");
        // A query of the same rows is written the same.
        let asked = query(&place, "full.tape", "Person where id > 0", &["--format", ending]);
        if ending != "parquet" {
            assert_eq!(asked.output, fs::read_to_string(place.path(&file)).unwrap());
        }
    }
    let csv = fs::read_to_string(place.path("rows.csv")).unwrap();
    assert_eq!(
        csv,
        "id,name,pay,mood,tags,big\n1,\"Ada, \"\"x\"\"\",1.25,\"{\"\"Sad\"\":[3]}\",\"[\"\"a\"\",\"\"é\"\"]\",0.5\n\
         2,\"\",,\"\"\"Happy\"\"\",[],1e300\n"
    );
}

#[test]
fn a_bad_value_is_told_with_its_line_and_column_and_no_row_goes_in() {
    let place = place();
    let before = fs::read(place.path("empty.tape")).unwrap();
    let long = format!("id,name\n{}x,y\n", "1,\"a\nb\"\n".replace('1', "3"));
    let bad = [
        (
            "csv",
            "id,name\n1,a\nx,b\n",
            "(standard input):3:1: id: a whole number of 64 bits was expected",
        ),
        (
            "csv",
            "id,name,pay\n1,a,\n2,b,1.2.3\n",
            "3:5: pay: a decimal of at most 28 digits was expected",
        ),
        ("csv", long.as_str(), "4:1: id: a whole number"),
        ("csv", "id,nam\n1,a\n", "1:4: there is no column \"nam\""),
        ("csv", "id\n1\n", "1:1: the column \"name\" is missing"),
        ("csv", "id,name\n1\n", "2:1: 1 cells, and there are 2 columns"),
        ("csv", "id,id,name\n", "1:4: the column \"id\" is there twice"),
        ("csv", "id,name\n1,\"a\n", "2:3: the cell in quotes does not end"),
        ("csv", "id,name\n1,a\n1,b\n", "3:1: \"Person\" has a row with the same id"),
        ("csv", "", "1:1: there is no line with the names"),
        (
            "json",
            "[{\"id\": 1, \"name\": \"a\"},\n {\"id\": true, \"name\": \"a\"}]",
            "2:12: Int was expected",
        ),
        (
            "json",
            "{\"id\": 1, \"name\": \"a\"}\n{\"id\": 2}",
            "2:9: the column \"name\" is missing",
        ),
        ("json", "[{\"id\": 1, \"nam\": 2}]", "1:17: there is no column \"nam\""),
        ("json", "[{\"id\": 1", "1:9: EOF while parsing"),
        (
            "json",
            "[{\"id\": 1, \"name\": \"a\", \"mood\": {\"Sad\": [\"x\"]}}]",
            "Int was expected",
        ),
    ];
    for (format, text, reason) in bad {
        let said =
            place.run(&format!("palindrome import --format {format} empty.tape Person -"), text);
        assert_eq!(said.code, Some(65), "{text}: {said:?}");
        assert!(said.error.contains(reason), "{text}: {}", said.error);
    }
    assert_eq!(fs::read(place.path("empty.tape")).unwrap(), before);
    place.write("bad.parquet", "no parquet");
    for (line, reason) in [
        ("empty.tape Persn bad.csv --format csv", "is \"Person\" meant?"),
        ("empty.tape Rich bad.parquet", "the rows of \"Rich\" follow from others"),
        ("empty.tape Person bad.parquet", "bad.parquet: "),
        ("full.pal Person bad.parquet", "full.pal is no tape"),
    ] {
        let said = place.run(&format!("palindrome import {line}"), "");
        assert_eq!(said.code, Some(65), "{said:?}");
        assert!(said.error.contains(reason), "{line}: {}", said.error);
    }
    let said = place.run("palindrome import empty.tape Person rows", "");
    assert_eq!(said.code, Some(64), "{said:?}");
}

/// A float has fewer digits than a decimal, so none may come between.
#[test]
fn decimals_of_a_file_are_read_to_the_last_digit_or_refused() {
    let place = place();
    let text = "[{\"id\": 1, \"name\": \"a\", \"pay\": 123.45678901234567890123},\n\
                {\"id\": 2, \"name\": \"b\", \"pay\": -1.5e3}, {\"id\": 3, \"name\": \"c\", \"pay\": null},\n\
                {\"id\": 4, \"name\": \"d\", \"pay\": \"0.10000000000000000001\"}]";
    let said = place.run("palindrome import --format json empty.tape Person -", text);
    assert_eq!(said.output, "4 rows into Person\n", "{}", said.error);
    let said = query(&place, "empty.tape", "Person select id, pay", &["--format", "csv"]);
    let rows = "id,pay\n1,123.45678901234567890123\n2,-1500\n3,\n4,0.10000000000000000001\n";
    assert_eq!(said.output, rows, "{}", said.error);
    let long = "0.12345678901234567890123456789012345";
    for (format, text) in [
        ("json", format!("[{{\"id\": 9, \"name\": \"a\", \"pay\": {long}}}]")),
        ("csv", format!("id,name,pay\n9,a,{long}\n")),
        ("json", "[{\"id\": 9, \"name\": \"a\", \"pay\": true}]".to_owned()),
    ] {
        let said =
            place.run(&format!("palindrome import --format {format} empty.tape Person -"), &text);
        assert_eq!(said.code, Some(65), "{text}: {said:?}");
        assert!(said.error.to_lowercase().contains("decimal"), "{text}: {}", said.error);
    }
}

#[test]
fn columns_that_a_file_does_not_have_get_their_defaults() {
    let place = place();
    let text = "{\"name\": \"a\", \"id\": 5}\n\n{\"id\": 6, \"name\": \"b\", \"pay\": 2}\n";
    let said = place.run("palindrome import --format json empty.tape Person -", text);
    assert_eq!(said.output, "2 rows into Person\n", "{}", said.error);
    let said = place.run("palindrome import --format csv empty.tape Person -", "name,id\nc,7\n");
    assert_eq!(said.output, "1 row into Person\n", "{}", said.error);
    let said = query(&place, "empty.tape", "Person select id, pay, big", &["--format", "csv"]);
    assert_eq!(said.output, "id,pay,big\n5,,0.5\n6,2,0.5\n7,,0.5\n", "{}", said.error);
}

#[test]
fn many_rows_go_in_and_out() {
    let place = place();
    let mut text = String::from("id,name\n");
    for id in 0..30_000 {
        text += &format!("{id},name {id}\n");
    }
    place.write("many.csv", &text);
    let said = place.run("palindrome import empty.tape Person many.csv", "");
    assert_eq!(said.output, "30000 rows into Person\n", "{}", said.error);
    let said = query(&place, "empty.tape", "Person.count()", &[]);
    assert_eq!(said.output, "30000\n", "{}", said.error);
    let said = query(&place, "empty.tape", "Person", &["--format", "csv"]);
    assert_eq!(said.output.lines().count(), 30_001);
    assert!(said.output.ends_with("29999,name 29999,,\"\"\"Happy\"\"\",[],0.5\n"));
}

/// A tape whose program has contracts.
fn watched() -> Place {
    let place = Place::new();
    place.write(
        "shop.pal",
        "relation Account(id: Int key, owner: String, balance: Int)\n\
         relation Owner(name: String key, spare: Int)\n\
         let lows = 0\n\
         contract Positive {\n    invariant: Account.balance >= -10\n}\n\
         contract Round {\n    invariant: Owner.spare >= 0\n    \
         on_violation: { emit Low(1); update Owner.spare = 0 where spare < 0 }\n}\n\
         on Low(id) { lows <- lows + 1 }\n\
         Account += {id: 1, owner: \"Ada\", balance: 5}\n",
    );
    let said = place.run("palindrome run --tape a.tape shop.pal", "");
    assert_eq!(said.code, Some(0), "{}", said.error);
    place
}

#[test]
fn imported_rows_keep_contracts_or_none_goes_in() {
    let place = watched();
    let before = fs::read(place.path("a.tape")).unwrap();
    let import = |relation: &str, rows: &str| {
        place.run(&format!("palindrome import --format csv a.tape {relation} -"), rows)
    };
    let said = import("Account", "id,owner,balance\n2,Bob,7\n3,Eve,-11\n");
    assert_eq!((said.code, said.output.as_str()), (Some(70), ""), "{said:?}");
    assert!(said.error.contains("contract `Positive`"), "{}", said.error);
    assert!(said.error.contains("{id: 3, owner: \"Eve\", balance: -11}"), "{}", said.error);
    assert_eq!(fs::read(place.path("a.tape")).unwrap(), before, "nothing was changed");
    let said = import("Account", "id,owner,balance\n2,Bob,7\n1,Eve,0\n");
    assert_eq!(said.code, Some(65), "{said:?}");
    assert!(said.error.contains("3:1: \"Account\" has a row with the same id"), "{}", said.error);
    let said = import("Account", "id,owner,balance\n2,Bob,7\n3,Eve,-10\n");
    assert_eq!((said.code, said.output.as_str()), (Some(0), "2 rows into Account\n"), "{said:?}");
    // A handler repairs what it can, as it does for a program.
    let said = import("Owner", "name,spare\nAda,3\nEve,-4\n");
    assert_eq!((said.code, said.output.as_str()), (Some(0), "2 rows into Owner\n"), "{said:?}");
    let said = query(&place, "a.tape", "Owner", &["--format", "csv"]);
    assert_eq!(said.output, "name,spare\nAda,3\nEve,0\n", "{}", said.error);
    let said = query(&place, "a.tape", "Account select id, balance", &["--format", "csv"]);
    assert_eq!(said.output, "id,balance\n1,5\n2,7\n3,-10\n", "{}", said.error);
    // The program goes on with it, and nothing else is on the tape.
    place.write(
        "more.pal",
        fs::read_to_string(place.path("shop.pal")).unwrap().replace("Account += ", "print lows, "),
    );
    let said = place.run("palindrome run --tape a.tape more.pal", "");
    assert_eq!(said.code, Some(0), "{}", said.error);
    assert!(said.output.starts_with("1 {"), "{}", said.output);
    let said = query(&place, "a.tape", "imported", &[]);
    assert_eq!(said.code, Some(65), "{said:?}");
}

#[test]
fn the_plan_of_a_query_is_shown_instead_of_its_rows() {
    let place = Place::new();
    place.write(
        "p.pal",
        "relation Place(id: Int key, land: String)\nindex Place by land\n\
         for i in 0..100 { Place += {id: i, land: \"land ${i % 25}\"} }\nprint \"not asked for\"\n",
    );
    assert_eq!(place.run("palindrome run --tape p.tape p.pal", "").code, Some(0));
    let before = fs::read(place.path("p.tape")).unwrap();
    for file in ["p.tape", "p.pal"] {
        let said = query(&place, file, "Place where land = \"land 3\"", &["--explain"]);
        assert_eq!((said.code, said.error.as_str()), (Some(0), ""), "{file}");
        assert!(said.output.contains("index \"land btree\" of Place  (about 4 rows, 4 found)"));
        assert!(said.output.contains("\n4 found in all"), "{}", said.output);
        let said = query(&place, file, "Place", &["--explain"]);
        assert!(said.output.contains("scan Place  (about 100 rows, 100 found)"), "{said:?}");
    }
    for (text, reason) in [
        ("Place += {id: 1, land: \"x\"}", "this is no query"),
        ("Plac", "did you mean `Place`?"),
        ("1 + 1", "error[PAL"),
    ] {
        let said = query(&place, "p.tape", text, &["--explain"]);
        assert_eq!((said.code, said.output.as_str()), (Some(65), ""), "{text}: {said:?}");
        assert!(said.error.contains(reason), "{text}: {}", said.error);
    }
    let said = query(&place, "p.tape", "Place", &["--explain", "--format", "csv"]);
    assert_eq!(said.code, Some(64), "{said:?}");
    assert_eq!(fs::read(place.path("p.tape")).unwrap(), before);
}
