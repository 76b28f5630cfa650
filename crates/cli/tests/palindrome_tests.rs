//! `palindrome test` and `palindrome check` on programs in Palindrome.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{Place, Said};

const BANK: &str = "\
relation Account(id: Int key, balance: Int)
Account += {id: 1, balance: 100}
print \"begin\"
transform take(from: Int, amount: Int) {
    update Account.balance -= amount where id = from
    assert for all a in Account: a.balance >= 0, \"only that much is there\"
}
test \"something is taken\" {
    take(1, 30)
    assert (only Account where id = 1).balance == 70
}
space Inner {
    test \"no test sees what another one did\" { assert (only Account where id = 1).balance == 100 }
}
test \"too much is taken\" {
    print \"taking\"
    take(1, 101)
}
";

fn said(place: &Place, arguments: &[&str]) -> Said {
    Said::from(place.command("palindrome", arguments).output().unwrap())
}

#[test]
fn each_test_is_run_behind_the_top_level_by_itself() {
    let place = Place::new();
    place.write("bank.pal", BANK);
    let found = said(&place, &["test", "--no-color", "bank.pal"]);
    assert_eq!(found.code, Some(1), "{found:?}");
    let lines: Vec<&str> = found.output.lines().collect();
    assert_eq!(
        lines[..7],
        [
            "bank.pal: something is taken ... ok",
            "bank.pal: no test sees what another one did ... ok",
            "bank.pal: too much is taken ... FAILED",
            "",
            "bank.pal: too much is taken",
            "fault: assertion failed: only that much is there",
            lines[6],
        ]
    );
    assert!(lines[6].starts_with(" --> bank.pal:6, take+"), "{found:?}");
    assert_eq!(
        lines[lines.len() - 5..],
        ["output:", "  begin", "  taking", "", "2 passed, 1 failed"]
    );
    let one = said(&place, &["test", "--no-color", "--name", "another one", "bank.pal"]);
    assert_eq!(one.code, Some(0), "{one:?}");
    assert!(one.output.ends_with("\n1 passed\n"), "{one:?}");
}

#[test]
fn a_failed_test_is_reported_as_data_and_can_be_walked_back() {
    let place = Place::new();
    place.write("bank.pal", BANK);
    let found = said(&place, &["test", "--json", "bank.pal"]);
    assert_eq!(found.code, Some(1), "{found:?}");
    let report: serde_json::Value = serde_json::from_str(&found.output).unwrap();
    assert_eq!(report["passed"], 2);
    assert_eq!(report["tests"][2]["name"], "too much is taken");
    assert_eq!(report["tests"][2]["line"], 15);
    assert_eq!(report["tests"][2]["output"], "begin\ntaking\n");
    let mut debugger = place.command("palindrome", &["debug", "--last"]).spawn().unwrap();
    std::io::Write::write_all(debugger.stdin.as_mut().unwrap(), b"end\nwhere\n").unwrap();
    let session = Said::from(debugger.wait_with_output().unwrap());
    assert!(session.output.contains("bank.pal:6"), "{session:?}");
}

#[test]
fn folders_are_looked_through_and_what_is_no_program_fails() {
    let place = Place::new();
    std::fs::create_dir(place.path("tests")).unwrap();
    place.write("tests/good.pal", "test \"one\" { assert 1 + 1 == 2 }\n");
    place.write("tests/bad.pal", "test \"two\" { assert y }\n");
    place.write("tests/untested.pal", "print 1\n");
    let found = said(&place, &["test", "--no-color", "tests"]);
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(found.output.contains("good.pal: one ... ok"), "{found:?}");
    assert!(found.output.contains("PAL0200"), "{found:?}");
    assert!(found.output.ends_with("1 passed, 1 failed\n"), "{found:?}");
}

#[test]
fn check_shows_a_transform_that_is_not_undone() {
    let place = Place::new();
    place.write(
        "half.pal",
        "transform half(x: Int) -> Int <-> double {\n    forward: x / 2\n    backward: x * 2\n}\n",
    );
    let found = said(&place, &["check", "--no-color", "half.pal"]);
    assert_eq!(found.code, Some(65), "{found:?}");
    assert!(found.error.contains("`half(1)` is `0`, and `double(0)` is `0`"), "{found:?}");
}
