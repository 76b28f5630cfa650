//! Interactive sessions through a pipe.

mod common;

use std::io::{Read, Write};
use std::process::Command;

use common::{Place, Said};

fn session(lines: &str) -> Said {
    Place::new().run("palindrome repl", lines)
}

#[test]
fn every_line_shows_the_stack() {
    let said = session("5 3 +\ndup *\n\ndrop\n1 . 2\n");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(said.output, "stack: 8\nstack: 64\nstack: empty\n1\nstack: 2\n");
    assert_eq!(said.error, "");
}

#[test]
fn a_definition_goes_on_over_lines() {
    let said = session(": twice\n  2 *\n;\n4 twice \"a\nb\" drop\n(1\n2 +) eval\n");
    assert_eq!(said.output, "stack: empty\nstack: 8\nstack: 8 3\n", "{said:?}");
}

#[test]
fn what_stays_open_to_the_end_is_told() {
    let said = session("1\n[ 1 2\n");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert_eq!(said.output, "stack: 1\nstack: 1\n");
    assert!(said.error.contains("Unclosed vector"), "{said:?}");
}

#[test]
fn an_error_leaves_the_session_usable() {
    let said = session("1 2\n7 bogus\n: f 1 + g ;\n0 drop drop drop drop\n5\n: f 9 ; f\n");
    assert_eq!(said.code, Some(1), "{said:?}");
    let last = said.output.lines().last().unwrap();
    assert!(last.ends_with("5 9"), "{said:?}");
    assert!(said.output.starts_with("stack: 1 2\nstack: 1 2\nstack: 1 2\n"), "{said:?}");
    for part in ["bogus", "Unknown word: g", "Stack underflow"] {
        assert!(said.error.contains(part), "{part}: {said:?}");
    }
}

#[test]
fn a_fault_inside_of_calls_keeps_the_data_stack() {
    let said =
        session(": f 1 >R 2 (3 nosuch) drop ;\n: g 2 swap [ 1 \"no\" error ] ;\n8\n: h g ; h\n+\n");
    assert!(said.error.contains("no"), "{said:?}");
    assert_eq!(said.code, Some(1));
    // The line that failed is over, and what is there can be used.
    assert!(!said.error.contains("panicked"), "{said:?}");
}

#[test]
fn lines_are_taken_back_and_done_again() {
    let said =
        session("1\n2\n: f 3 ;\nundo\nundo\nstack\nredo\nf\nundo\nundo\nundo\nredo\nredo\nredo\n");
    let expected = "stack: 1\nstack: 1 2\nstack: 1 2\n\
                    undone: : f 3 ;\nstack: 1 2\nundone: 2\nstack: 1\nstack: 1\n\
                    done again: 2\nstack: 1 2\nstack: 1 2\n\
                    undone: 2\nstack: 1\nundone: 1\nstack: empty\n\
                    done again: 1\nstack: 1\ndone again: 2\nstack: 1 2\n\
                    done again: : f 3 ;\nstack: 1 2\n";
    assert_eq!(said.output, expected, "{said:?}");
    assert!(said.error.contains("Unknown word: f"), "{said:?}");
    assert!(said.error.contains("nothing to undo"), "{said:?}");
}

#[test]
fn a_new_line_after_an_undo_starts_another_future() {
    let said = session("1\n2\nundo\n3\nredo\nundo\nundo\nredo\nredo\n");
    let stacks: Vec<&str> = said.output.lines().filter(|line| line.starts_with("stack")).collect();
    let expected = ["1", "1 2", "1", "1 3", "1", "empty", "1", "1 3"];
    assert_eq!(stacks, expected.map(|stack| format!("stack: {stack}")), "{said:?}");
}

#[test]
fn a_faulted_line_is_undone_like_any_other() {
    let said = session("1 2\n+ + +\nundo\n");
    assert!(said.output.ends_with("undone: + + +\nstack: 1 2\n"), "{said:?}");
}

#[test]
fn words_are_explained() {
    let said = session(": mine 1 ;\nhelp dup\nhelp mine\nwords\nhelp\nhelp nosuch\n");
    for part in ["dup  ( x -- x x )", "mine  a word defined here", "\nmine\n", "undo", "Sequences"]
    {
        assert!(said.output.contains(part), "{part}: {said:?}");
    }
    assert!(said.error.contains("no word `nosuch`"), "{said:?}");
}

#[test]
fn a_word_of_one_s_own_goes_before_a_command() {
    let said = session(": stack 7 ;\nstack\n");
    assert_eq!(said.output, "stack: empty\nstack: 7\n", "{said:?}");
    // Words of the library do not.
    let said = session("\"a b\" words\nwords\n");
    assert_eq!(said.output, "stack: [ \"a\" \"b\" ]\nnone\n", "{said:?}");
}

#[test]
fn files_are_run_as_lines() {
    let place = Place::new();
    place.write("a.tacit", ": double\n  2 * ;\n21\n");
    place.write("b.tacit", "1 nosuch\n");
    let said =
        place.run("palindrome repl a.tacit", "double\nload b.tacit\nload c.tacit\nload a.tacit\n");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.output.starts_with("stack: 21\nstack: 42\n"), "{said:?}");
    for part in ["b.tacit:1", "c.tacit", "Word already defined: double"] {
        assert!(said.error.contains(part), "{part}: {said:?}");
    }
}

#[test]
fn programs_read_the_lines_after_their_own() {
    let said = session("read-line\nhello\nlength\n");
    assert_eq!(said.output, "stack: \"hello\"\nstack: 5\n", "{said:?}");
}

#[test]
fn tasks_and_globals_live_on_from_line_to_line() {
    let said = session("(yield 5 terminate) spawn\njoin\n6 value x\n1 to x\nx\n3 terminate\n4\n");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.output.contains("stack: 5\n"), "{said:?}");
    assert!(said.output.ends_with("4\n"), "{said:?}");
}

#[test]
fn the_debugger_opens_where_the_last_line_failed_and_gives_the_session_back() {
    let said = session(": f\n0 \"no\" assert ;\n1 2\nf\ndebug\nback\nquit\ndrop drop +\n");
    let shown = "tick 5 on line 3, line 1:2, f+5\n->     2 | 0 \"no\" assert ;\n";
    assert!(said.output.contains(shown), "{said:?}");
    assert!(said.output.ends_with("stack: 3\n"), "{said:?}");
}

#[test]
fn what_a_session_cannot_be_of_is_told() {
    let place = Place::new();
    place.write("a.pvm", "main: HALT\n");
    for (what, part) in [
        ("--memory 64k pal", "--memory is for Tacit and Achronyme"),
        ("pvm", "debug"),
        ("a.pvm", "no interactive session"),
        ("--memory 100k", "64k, 128k and 256k"),
    ] {
        let said = place.run(&format!("palindrome repl {what}"), "");
        assert_eq!(said.code, Some(64), "{what}: {said:?}");
        assert!(said.error.contains(part), "{what}: {said:?}");
    }
    assert_eq!(place.run("palindrome repl nowhere.tacit", "").code, Some(66));
    assert_eq!(place.run("palindrome repl tacit --memory 256k", "1\n").output, "stack: 1\n");
}

#[test]
#[cfg(unix)]
fn ctrl_c_stops_a_line_without_end_and_says_where() {
    let place = Place::new();
    let mut child = place.command("palindrome", &["repl"]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"1\nWHILE { 1 } DO { 5 . }\n").unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut first = [0; 11];
    output.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"stack: 1\n5\n");
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    let mut error = String::new();
    child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{error}");
    assert!(error.contains("interrupted at tick") && error.contains("line 2:1"), "{error}");
    assert!(rest.contains("stack: 1"), "{rest}");
}
