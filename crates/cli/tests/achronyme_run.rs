//! Running, building, recording and debugging programs in Achronyme.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{Place, Said};

const BANK: &str = "\
let take = (account, amount) => do {
  if (amount > account.balance) {
    throw {message: 'only ${account.balance} left', kind: \"Funds\"}
  }
  account.balance -= amount
}
let account = {mut balance: 100}
let all = amounts => map(amount => take(account, amount), amounts)
all([30, 50])
print(\"left:\", account.balance)
all([15, 40])
";

/// Runs a text given on the command line.
fn expression(place: &Place, text: &str, options: &[&str]) -> Said {
    let mut arguments = vec!["run", "--lang", "soc"];
    arguments.extend(options);
    arguments.extend(["-e", text]);
    Said::from(place.command("palindrome", &arguments).output().unwrap())
}

#[test]
fn the_value_is_shown_after_the_output() {
    let place = Place::new();
    place.write("a.soc", "let name = \"you\"\nprint('hello ${name}')\nmap(x => x^2, 1..=3)\n");
    for engine in ["vm", "tree"] {
        let said = place.run(&format!("palindrome run --engine {engine} a.soc"), "");
        assert_eq!((said.code, said.output.as_str()), (Some(0), "hello you\n[1, 4, 9]\n"));
        assert_eq!(said.error, "");
        // Nothing is shown of null.
        let said = expression(&place, "null", &["--engine", engine]);
        assert_eq!((said.code, said.output.as_str()), (Some(0), ""));
    }
}

#[test]
fn an_error_is_shown_with_its_place_and_the_calls_of_the_program() {
    let place = Place::new();
    place.write("bank.soc", BANK);
    let said = place.run("palindrome run bank.soc", "");
    assert_eq!((said.code, said.output.as_str()), (Some(70), "left: 20\n"));
    insta::assert_snapshot!(said.error);
    let said = place.run("palindrome run --engine tree bank.soc", "");
    assert_eq!((said.code, said.output.as_str()), (Some(70), "left: 20\n"));
    insta::assert_snapshot!(said.error);
}

#[test]
fn an_error_deep_inside_shows_twenty_calls_and_counts_the_others() {
    let place = Place::new();
    let text = "let f = n => if (n == 0) { [1][7] } else { 1 + f(n - 1) }\nf(100)";
    let said = expression(&place, text, &[]);
    assert_eq!(said.code, Some(70));
    assert!(said.error.contains("#19 f"), "{}", said.error);
    assert!(!said.error.contains("#20"), "{}", said.error);
    assert!(said.error.contains("… and 82 more"), "{}", said.error);
}

#[test]
fn errors_can_be_told_as_data() {
    let place = Place::new();
    for engine in ["vm", "tree"] {
        let said = expression(&place, "let v = [1]\nv[4]", &["--json", "--engine", engine]);
        assert_eq!(said.code, Some(70));
        let found: serde_json::Value = serde_json::from_str(&said.error).unwrap();
        assert_eq!(found["error"], "Index 4 out of bounds for length 1");
        assert_eq!((&found["line"], &found["kind"]), (&2.into(), &"fault".into()));
        let said = expression(&place, "let = 1\nlet x = )", &["--json", "--engine", engine]);
        assert_eq!(said.code, Some(65));
        let found: serde_json::Value = serde_json::from_str(&said.error).unwrap();
        assert_eq!(found["diagnostics"].as_array().unwrap().len(), 2, "{}", said.error);
    }
}

#[test]
fn every_mistake_is_told() {
    let place = Place::new();
    place.write("a.soc", "let a = 1 +\nlet f = x => { return 1 }\n3 = 4\nlet match = 5\n");
    let said = place.run("palindrome run a.soc", "");
    assert_eq!(said.code, Some(65));
    insta::assert_snapshot!(said.error);
}

#[test]
fn a_failed_run_is_walked_back() {
    let place = Place::new();
    place.write("bank.soc", BANK);
    assert_eq!(place.run("palindrome run bank.soc", "").code, Some(70));
    let lines = "print amount\nprint account.balance\nlast-write account.balance\nstack\nback\n\
                 goto start\nwhere\nquit\n";
    let said = place.run("palindrome debug --last", lines);
    assert_eq!(said.code, Some(0), "{said:?}");
    insta::assert_snapshot!(said.output);
}

#[test]
fn breakpoints_and_watches_stop_in_both_directions() {
    let place = Place::new();
    place.write("bank.soc", BANK);
    let lines = "break take if amount == 50\ncontinue\nlocals\nfinish\nwatch account.balance\n\
                 rcontinue\ncontinue\ndelete all\ncontinue\n";
    let said = place.run("palindrome debug bank.soc", lines);
    assert_eq!(said.code, Some(0), "{said:?}");
    insta::assert_snapshot!(said.output);
}

#[test]
fn a_built_program_does_the_same() {
    let place = Place::new();
    place.write("bank.soc", BANK);
    let run = place.run("palindrome run bank.soc", "");
    assert_eq!(place.run("palindrome build bank.soc", "").code, Some(0));
    let built = place.run("palindrome run bank.achb", "");
    assert_eq!((built.code, &built.output, &built.error), (run.code, &run.output, &run.error));
    let build = "palindrome build --no-source -O0 bank.soc -o small.achb";
    assert_eq!(place.run(build, "").code, Some(0));
    let small = place.run("palindrome run small.achb", "");
    assert_eq!((small.code, &small.output), (run.code, &run.output));
    assert!(small.error.contains("Funds: only 5 left"), "{}", small.error);
    let size = |name: &str| std::fs::metadata(place.path(name)).unwrap().len();
    assert!(size("small.achb") < size("bank.achb"));
    assert_eq!(place.run("palindrome build bank.achb", "").code, Some(64));
    assert_eq!(place.run("palindrome build bank.soc bank.soc", "").code, Some(64));
}

#[test]
fn what_is_in_a_program_is_told() {
    let place = Place::new();
    place.write("bank.soc", BANK);
    assert_eq!(place.run("palindrome build bank.soc", "").code, Some(0));
    for file in ["bank.soc", "bank.achb"] {
        let said = place.run(&format!("palindrome info --json {file}"), "");
        let facts: serde_json::Value = serde_json::from_str(&said.output).unwrap();
        assert_eq!(facts["guest"], "achronyme");
        assert_eq!(facts["has_text"], true);
        let functions = facts["functions"].as_array().unwrap();
        assert!(functions.contains(&"take".into()) && functions.contains(&"all".into()));
        let listing = place.run(&format!("palindrome disasm {file}"), "").output;
        for part in ["take(2)", "account.balance -= amount", "throw"] {
            assert!(listing.contains(part), "{part}: {listing}");
        }
    }
}

#[test]
fn a_recording_replays_with_its_input_and_arguments() {
    let place = Place::new();
    place.write("a.soc", "let name = input(\"who? \")\nprint(name, args())\nlen(name)\n");
    let said = place.run("palindrome run --record a.rec a.soc x y", "Ann\n");
    assert_eq!((said.code, said.output.as_str()), (Some(0), "who? Ann [x, y]\n3\n"));
    let again = place.run("palindrome replay a.rec", "");
    assert_eq!((again.code, &again.output), (Some(0), &said.output));
    let check = place.run("palindrome replay --check a.rec", "");
    assert_eq!(check.code, Some(0), "{check:?}");
    let walk = place.run("palindrome debug a.rec", "print name\nquit\n");
    assert!(walk.output.contains("\"Ann\""), "{walk:?}");
    let refused = place.run("palindrome run --engine tree --record b.rec a.soc", "");
    assert_eq!(refused.code, Some(64));
    assert!(refused.error.contains("--record"), "{refused:?}");
}

#[test]
fn modules_are_found_beside_the_file_that_imports_them() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("lib/inner")).unwrap();
    place.write("main.soc", "import { twice } from \"./lib/double\"\nimport { two as n } from \"lib/inner/two.soc\"\ntwice(n)\n");
    place.write(
        "lib/double.soc",
        "import { two } from \"inner/two\"\nlet twice = x => x * two\nexport { twice }\n",
    );
    place.write("lib/inner/two.soc", "print(\"once\")\nlet two = 2\nexport { two }\n");
    for engine in ["vm", "tree"] {
        let said = place.run(&format!("palindrome run --engine {engine} main.soc"), "");
        assert_eq!((said.code, said.output.as_str()), (Some(0), "once\n4\n"), "{said:?}");
    }
    // The program that is built has them in it.
    assert_eq!(place.run("palindrome build main.soc -o lib/all.achb", "").code, Some(0));
    std::fs::remove_dir_all(place.path("lib/inner")).unwrap();
    assert_eq!(place.run("palindrome run lib/all.achb", "").output, "once\n4\n");
    let said = place.run("palindrome run main.soc", "");
    assert_eq!(said.code, Some(70));
    assert!(
        said.error.contains("inner/two") && said.error.contains("lib/double.soc:1"),
        "{said:?}"
    );
}

#[test]
fn the_command_line_says_which_language_a_program_is_in() {
    let place = Place::new();
    for language in ["soc", "achronyme", "Achronyme"] {
        let arguments = ["run", "--lang", language, "-e", "1 + 1"];
        let said = Said::from(place.command("palindrome", &arguments).output().unwrap());
        assert_eq!((said.code, said.output.as_str()), (Some(0), "2\n"));
    }
    let said = Said::from(place.command("palindrome", &["run", "-e", "1 ."]).output().unwrap());
    assert_eq!(said.output, "1\n");
    place.write("a.tacit", "1");
    for (line, part) in [
        ("palindrome run --lang nosuch -e 1", "achronyme"),
        ("palindrome run --engine tree -e 1", "--lang achronyme"),
        ("palindrome run --engine tree a.tacit", "Achronyme"),
        ("palindrome run --lang soc --stack -e 1", "no stack"),
        ("palindrome run --lang soc --check -e 1", "no heap"),
        ("palindrome run --lang soc a.tacit", "-e"),
    ] {
        let said = place.run(line, "");
        assert!(matches!(said.code, Some(2 | 64)), "{line}: {said:?}");
        assert!(said.error.contains(part), "{line}: {said:?}");
    }
}

#[test]
fn functions_of_the_library_are_explained() {
    let place = Place::new();
    let said = place.run("palindrome words achronyme linspace", "");
    assert!(
        said.output.starts_with("linspace(start, end, count = 50, {endpoint = true})"),
        "{said:?}"
    );
    assert!(said.output.contains("→ [0, 0.25, 0.5, 0.75, 1]"), "{said:?}");
    assert_eq!(place.run("palindrome words soc linspace", "").output, said.output);
    // What Tacit has not is looked for here.
    let said = place.run("palindrome words json_stringify", "");
    assert!(
        said.output.starts_with("json_stringify(value, pretty = false, {digits, special})"),
        "{said:?}"
    );
    let all = place.run("palindrome words achronyme", "").output;
    for part in ["map(function, collection", "read_file(path)", "sin(x)"] {
        assert!(all.contains(part), "{part}");
    }
    let slip = place.run("palindrome words soc lenn", "");
    assert_eq!(slip.code, Some(64));
    assert!(slip.error.contains("did you mean `len`?"), "{slip:?}");
    let said = place.run("palindrome words soc map --json", "");
    let found: serde_json::Value = serde_json::from_str(&said.output).unwrap();
    assert_eq!(found[0]["name"], "map");
    assert_eq!(place.run("palindrome words pvm", "").code, Some(64));
    assert_eq!(place.run("palindrome words one two", "").code, Some(64));
}
