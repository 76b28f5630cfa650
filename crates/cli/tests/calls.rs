//! Calls of earlier runs on a tape, and of earlier lines of a session, are undone by their inverses.

mod common;

use common::{Place, Said};

const BANK: &str = "\
relation Account(id: Int key, balance: Int)
let count = 0
transform give(who: Int, amount: Int) <-> take {
    update Account.balance += amount where id = who
    count <- count + 1
}
transform open(who: Int) -> Int <-> close {
    Account += {id: who, balance: 0}
    who * 10
}
";

fn run(place: &Place, program: &str) -> Said {
    place.write("a.pal", program);
    place.run("palindrome run --tape a.tape a.pal", "")
}

#[test]
fn a_later_run_undoes_calls_of_earlier_ones() {
    let place = Place::new();
    let program = |rest: &str| format!("{BANK}{rest}\nprint Account, count\n");
    let said = run(&place, &program("print open(1)\nfor i in 1..4 { give(1, i) }"));
    assert_eq!(said.output, "10\n[{id: 1, balance: 6}] 3\n", "{}", said.error);
    // What came since stays.
    let said = run(&place, &program("update Account.balance += 100 where id = 1\ntake(1, 2)"));
    assert_eq!(said.output, "[{id: 1, balance: 104}] 2\n", "{}", said.error);
    let said = run(&place, &program("take(1, 2)"));
    assert_eq!(said.code, Some(70));
    assert!(said.error.contains("no call of `give` with these arguments stands"), "{}", said.error);
    // The inverse of one that gave something gives back what it was given.
    let said = run(&place, &program("try { print close(10) } else why { print why }"));
    assert!(said.output.starts_with("the call cannot be undone: Account 1 was"), "{}", said.output);
    let said = run(&place, &program("update Account.balance = 0 where id = 1\nprint close(10)"));
    assert_eq!(said.output, "1\n[] 2\n", "{}", said.error);
}

#[test]
fn a_call_is_undone_by_what_it_did_whatever_its_code_is_now() {
    let place = Place::new();
    assert_eq!(run(&place, &format!("{BANK}let _ = open(1)\ngive(1, 5)\n")).code, Some(0));
    let other = BANK.replace("+= amount", "+= amount * 2");
    let said = run(&place, &format!("{other}take(1, 5)\nprint Account\n"));
    assert_eq!(said.output, "[{id: 1, balance: 0}]\n", "{}", said.error);
}

#[test]
fn what_no_longer_fits_is_refused_with_the_reason() {
    let cases = [
        (
            BANK.replace("amount: Int", "amount: Decimal")
                .replace("+= amount", "+= amount.round()"),
            "take(1, 5.0d)",
            "told apart as `give(Int, Int)`, and are as `give(Int, Decimal)` now",
        ),
        (
            BANK.replace("balance: Int", "balance: Int, note: String = \"\""),
            "take(1, 5)",
            "the relation `Account` has other columns now",
        ),
        (
            BANK.replace("let count = 0", "").replace("    count <- count + 1\n", ""),
            "take(1, 5)",
            "`count` is defined no more",
        ),
    ];
    for (program, undoing, why) in cases {
        let place = Place::new();
        assert_eq!(run(&place, &format!("{BANK}let _ = open(1)\ngive(1, 5)\n")).code, Some(0));
        let said = run(&place, &format!("{program}{undoing}\n"));
        assert_eq!(said.code, Some(70), "{}", said.error);
        assert!(said.error.contains(why), "{why}\n{}", said.error);
    }
}

#[test]
fn a_call_that_was_rewound_or_failed_does_not_stand() {
    let place = Place::new();
    let first = format!("{BANK}let _ = open(1)\ncheckpoint opened\ngive(1, 5)\n");
    assert_eq!(run(&place, &first).code, Some(0));
    let second = format!(
        "{BANK}try {{ give(1, 6)\nreverse \"no\" }} else why {{ print why }}\nrewind to opened\n\
         for by in [5, 6] {{ try {{ take(1, by) }} else why {{ print why }} }}\nprint Account\n"
    );
    let said = run(&place, &second);
    let nothing = "no call of `give` with these arguments stands, so `take` has nothing to undo";
    assert_eq!(said.output, format!("no\n{nothing}\n{nothing}\n[{{id: 1, balance: 0}}]\n"));
    // On the branch that was left it still stands.
    let third = format!("{BANK}switch main\ntake(1, 5)\nprint Account\n");
    let said = run(&place, &third);
    assert_eq!(said.output, "[{id: 1, balance: 0}]\n", "{}", said.error);
}

#[test]
fn lines_of_a_session_undo_calls_of_earlier_lines() {
    let place = Place::new();
    let lines =
        format!("{BANK}open(1)\ngive(1, 5)\ngive(1, 7)\ntake(1, 5)\nAccount\nundo\nAccount\n");
    for tape in ["", " --tape a.tape"] {
        let said = place.run(&format!("palindrome repl --language pal{tape}"), &lines);
        let shown: Vec<&str> = said.output.lines().filter(|line| line.starts_with(' ')).collect();
        assert_eq!(shown, [" 1        7", " 1       12"], "{}\n{}", said.output, said.error);
    }
    // The session is over; its calls stand on its tape.
    let said = run(&place, &format!("{BANK}take(1, 7)\nprint Account\n"));
    assert_eq!(said.output, "[{id: 1, balance: 5}]\n", "{}", said.error);
}
