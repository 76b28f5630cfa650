//! `bisect`, `whatif` and `export`, and recordings without the source at hand, for every guest.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{Place, root};
use serde_json::Value;

/// Reads three lines and adds them up; the same in all three languages, as far as they go.
const PROGRAMS: [(&str, &str); 3] = [
    ("sum.soc", "mut sum = 0\nfor (k in 0..3) {\n  sum += num(input())\n  print(sum)\n}\n"),
    ("sum.tacit", "0 value paid\n3 times { read-line number paid + to paid paid . }\n"),
    (
        "sum.pvm",
        ".code\nmain: LI R1, 0\n LI R3, 3\nnext: IN R2\n IADD R1, R1, R2\n OUT R1\n ISUB R3, R3, 1\n BNZ R3, next\n HALT\n",
    ),
];

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The sessions' programs, here.
fn tills(place: &Place) -> [&'static str; 3] {
    let names = ["till.soc", "till.tacit", "till.pvm"];
    for (name, guest) in names.into_iter().zip(["achronyme", "tacit", "pvm"]) {
        for name in [name.to_owned(), name.replace("till", "dearer")] {
            let path = root().join(format!("corpus/{guest}/sessions/{name}"));
            std::fs::copy(path, place.path(&name)).unwrap();
        }
    }
    names
}

/// Like [`Place::run`], with arguments that may have blanks in them.
fn run(place: &Place, arguments: &[&str]) -> (i32, String, String) {
    let output = place.command("palindrome", arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn halving_and_searching_find_the_same_moment() {
    let place = Place::new();
    let predicates = ["sum > 20", "total 8 >", "R5 > 20"];
    for (program, predicate) in tills(&place).into_iter().zip(predicates) {
        let record = format!("palindrome run --record {program}.rec {program}");
        assert_eq!(place.run(&record, "").code, Some(0));
        let recording = format!("{program}.rec");
        let mut found = Vec::new();
        for arguments in [
            vec!["bisect", "--json", program, predicate],
            vec!["bisect", "--json", &recording, predicate],
            vec!["bisect", "--json", "--search", program, predicate],
        ] {
            let (code, output, error) = run(&place, &arguments);
            assert_eq!((code, error.as_str()), (0, ""), "{arguments:?}");
            let told = json(&output);
            assert_eq!(told["found"], true);
            assert!(!told["cause"]["values"].as_array().unwrap().is_empty(), "{told}");
            found.push((told["cause"]["line"].clone(), told["how"].clone()));
        }
        assert_eq!(found[0].0, found[1].0, "{program}");
        assert_eq!(found[0].0, found[2].0, "{program}");
        assert_eq!((&found[0].1, &found[2].1), (&Value::from("halving"), &Value::from("search")));
    }
}

#[test]
fn what_is_true_only_for_a_while_is_found_without_being_asked_to_search() {
    let place = Place::new();
    tills(&place);
    let (code, output, _) = run(&place, &["bisect", "--json", "till.soc", "sum == 11"]);
    assert_eq!((code, json(&output)["how"].clone()), (0, Value::from("search")));
    let (code, output, _) = run(&place, &["bisect", "--json", "till.soc", "before == 11"]);
    assert_eq!(
        (code, json(&output)["cause"]["line"].clone()),
        (0, "let before = till.total".into())
    );
    let (code, output, _) = run(&place, &["bisect", "till.soc", "sum > 1000"]);
    assert_eq!(code, 1);
    assert!(output.starts_with("never true up to tick "), "{output}");
    assert_eq!(run(&place, &["bisect", "till.soc", "sum >"]).0, 64);
    assert_eq!(run(&place, &["bisect", "nothing.soc", "sum"]).0, 66);
}

#[test]
fn a_long_run_is_searched_in_parts() {
    let place = Place::new();
    let text = "mut a = 1\nmut hit = 0\nfor (k in 0..400000) {\n  a = (a * 31 + 7) % 1000003\n  \
                if (k == 390000) { hit = 1 }\n  if (k == 390001) { hit = 0 }\n}\nprint(a)\n";
    place.write("long.soc", text);
    let (code, output, error) = run(&place, &["bisect", "--json", "long.soc", "hit == 1"]);
    assert_eq!((code, error.as_str()), (0, ""));
    let told = json(&output);
    assert_eq!((&told["how"], &told["place"]), (&"search".into(), &"long.soc:6".into()));
    let (code, ..) = run(&place, &["bisect", "--json", "long.soc", "hit == 2"]);
    assert_eq!(code, 1);
}

#[test]
fn another_value_makes_another_run() {
    let place = Place::new();
    let sets = ["till.total = 1000", "total = 1000", "[total] = 1000"];
    for ((program, set), at) in tills(&place).into_iter().zip(sets).zip(["14:1", "10:1", "10:1"]) {
        let arguments = ["whatif", "--json", program, "--at", at, "--set", set];
        let (code, output, error) = run(&place, &arguments);
        assert_eq!((code, error.as_str()), (0, ""), "{program}");
        let told = json(&output);
        assert_eq!(told["same_output"], false, "{told}");
        assert!(
            told["divergence"].is_object() && told["remarks"] == Value::Array(vec![]),
            "{told}"
        );
        let shown = run(&place, &["whatif", program, "--at", at, "--set", set]).1;
        assert!(shown.contains("first difference") && shown.contains("\n  + "), "{shown}");
    }
    let (code, _, error) = run(&place, &["whatif", "till.soc", "--set", "nothing = 1"]);
    assert!(code == 64 && error.contains("nothing"), "{error}");
    let (code, _, error) = run(&place, &["whatif", "till.soc", "--at", "6:9", "--set", "sum = 1"]);
    assert!(code == 64 && error.contains("3 times, not 9"), "{error}");
    assert_eq!(run(&place, &["whatif", "till.soc"]).0, 64);
}

#[test]
fn another_program_reads_what_was_recorded() {
    let place = Place::new();
    for (name, text) in PROGRAMS {
        place.write(name, text);
        let recording = format!("{name}.rec");
        let said = place.run(&format!("palindrome run --record {recording} {name}"), "1\n2\n3\n");
        assert_eq!((said.code, said.output.as_str()), (Some(0), "1\n3\n6\n"), "{}", said.error);

        let same = run(&place, &["whatif", &recording, "--program", name]).1;
        assert!(same.contains("the same lines") && same.contains("output is the same"), "{same}");

        let more = text
            .replace("0..3", "0..4")
            .replace("3 times", "4 times")
            .replace("R3, 3\n", "R3, 4\n");
        let other = format!("more{}", &name[3..]);
        place.write(&other, more);
        let (code, output, error) =
            run(&place, &["whatif", "--json", &recording, "--program", &other]);
        assert_eq!((code, error.as_str()), (0, ""), "{name}");
        let told = json(&output);
        assert!(told["remarks"][0].as_str().unwrap().contains("more input"), "{told}");

        let less = text
            .replace("0..3", "0..2")
            .replace("3 times", "2 times")
            .replace("R3, 3\n", "R3, 2\n");
        place.write(&other, less);
        let told = json(&run(&place, &["whatif", "--json", &recording, "--program", &other]).1);
        assert_eq!(told["remarks"][0], "2 bytes of the recorded input were not read");
        assert_eq!(told["output"].as_array().unwrap().last().unwrap(), "- 6");
    }
}

#[test]
fn a_program_that_never_ends_is_given_up() {
    let place = Place::new();
    place.write("a.soc", "mut a = 1\nprint(a)\n");
    place.write("b.soc", "mut a = 1\nwhile (a > 0) { a = 2 }\nprint(a)\n");
    let (code, output, _) = run(&place, &["whatif", "a.soc", "--program", "b.soc"]);
    assert!(code == 0 && output.contains("given up"), "{output}");
}

#[test]
fn a_page_has_every_line_of_a_run() {
    let place = Place::new();
    for program in tills(&place) {
        let (code, output, error) = run(&place, &["export", "--html", "page.html", program]);
        assert_eq!((code, error.as_str()), (0, ""), "{program}");
        assert!(output.ends_with("every line that was begun\n"), "{output}");
        let page = std::fs::read_to_string(place.path("page.html")).unwrap();
        assert!(page.contains("</html>") && !page.contains("{{") && !page.contains("://"));
        assert!(page.len() < 100_000);
    }
    place.write("long.soc", "mut a = 0\nfor (k in 0..9000) {\n  a += k\n}\nprint(a)\n");
    let (_, output, _) = run(&place, &["export", "--html", "page.html", "long.soc"]);
    assert!(output.contains(": one in ") || output.contains(", one in "), "{output}");
    assert!(std::fs::metadata(place.path("page.html")).unwrap().len() < 1_000_000);
}

#[test]
fn without_the_source_places_are_told_by_their_lines() {
    let place = Place::new();
    let lines = ["till.soc:18", "till.tacit:15", "till.pvm:18"];
    for (program, last) in tills(&place).into_iter().zip(lines) {
        let recording = format!("{program}.rec");
        let record = format!("palindrome run --record {recording} --no-source {program}");
        let ran = place.run(&record, "");
        assert_eq!(ran.code, Some(0), "{}", ran.error);
        std::fs::remove_file(place.path(program)).unwrap();
        let facts = json(&place.run(&format!("palindrome info --json {recording}"), "").output);
        assert_eq!(facts["has_text"], false, "{facts}");

        let said =
            place.run(&format!("palindrome debug --replay {recording}"), "back\nsource\nstack\n");
        assert!(said.code == Some(0) && said.output.contains(last), "{last}: {}", said.output);
        assert!(said.output.contains("carries no source text"), "{}", said.output);
        let again = place.run(&format!("palindrome replay {recording}"), "");
        assert_eq!((again.code, &again.output), (Some(0), &ran.output));
        let checked = place.run(&format!("palindrome replay --check {recording}"), "");
        assert!(checked.output.starts_with("the replay is the run"), "{}", checked.output);
        let told = json(&place.run(&format!("palindrome replay --json {recording}"), "").output);
        assert_eq!(
            (told["ending"].as_str(), told["error"].as_str()),
            (Some("exit code 0"), Some(""))
        );
        let (code, ..) = run(&place, &["export", "--html", "page.html", &recording]);
        assert_eq!(code, 0);
    }
}
