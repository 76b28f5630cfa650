//! Where Tacit's memory ends, what is no program, damaged images, and programs without end: each is
//! told with its place and its exit code, and nothing panics.

mod common;

use std::fmt::Write as _;

use common::Place;

/// A program, its exit code with 64 and with 256 KiB, and what is said with 64.
struct Case {
    name: &'static str,
    text: String,
    codes: [i32; 2],
    said: &'static [&'static str],
}

fn case(name: &'static str, text: &str, codes: [i32; 2], said: &'static [&'static str]) -> Case {
    Case { name, text: text.to_owned(), codes, said }
}

fn many(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, index| {
        let _ = writeln!(text, "{}", line(index));
        text
    })
}

fn cases() -> Vec<Case> {
    let long = "a".repeat(255);
    vec![
        case(
            "heap",
            "[ ] 0 WHILE { dup 5000 < } DO {\n  swap over append swap 1 + } drop length .",
            [70, 0],
            &["Heap full", "heap.tacit:2", "append"],
        ),
        case(
            "heap_for_ever",
            ": grow -> v WHILE { true } DO { v m, -> v } ; [ ] grow",
            [70, 70],
            &["Heap full", "grow+"],
        ),
        case(
            "code",
            &many(1_000, |index| format!(": w{index} {} ;", "dup drop ".repeat(10))),
            [65, 0],
            &["TACIT0021", "code segment is full", "larger memory"],
        ),
        case("routine", &"1.5 drop\n".repeat(9_000), [65, 65], &["TACIT0021", "54001 bytes"]),
        case(
            "strings",
            &many(200, |index| format!("\"{}{index}\" drop", "s".repeat(200))),
            [65, 0],
            &["TACIT0021", "strings.tacit:", "String digest overflow"],
        ),
        case(
            "made_strings",
            "0 WHILE { dup 4000 < } DO {\n  1 + dup string drop } .",
            [70, 0],
            &["String digest overflow", "made_strings.tacit:2"],
        ),
        case("string", &format!("\"{long}\" length ."), [0, 0], &[]),
        case("long", &format!("1\n\"{long}b\" ."), [65, 65], &["TACIT0004", "long.tacit:2", "256"]),
        case(
            "joined",
            &format!("\"{long}\" \"b\"\nconcat"),
            [70, 70],
            &["String too long", "joined.tacit:2", "256 bytes"],
        ),
        case(
            "deep",
            ": deep dup IF { 1 - deep 1 + } ; 1000 deep .",
            [70, 0],
            &["Return stack overflow", "recursion", "deep+", "… and "],
        ),
        case("stack", ": more 1 WHILE { true } DO { dup } ; more", [70, 70], &["Stack overflow"]),
        case("nested", &("(".repeat(201) + &")".repeat(201)), [65, 65], &["TACIT0020", "200"]),
        case("nested_in_the_heap", NESTED, [70, 70], &["String too long", "804 bytes"]),
    ]
}

/// A vector inside of a vector, two hundred times, taken apart, and shown in more than a string.
const NESTED: &str = "[ ] 200 times { m, } dup flatten length . string length .";

#[test]
fn every_limit_is_told_and_a_larger_memory_has_larger_ones() {
    let place = Place::new();
    let mut wrong = Vec::new();
    for Case { name, text, codes, said } in cases() {
        place.write(&format!("{name}.tacit"), &text);
        for (memory, code) in ["64k", "256k"].iter().zip(codes) {
            let run = place.run(&format!("palindrome run --memory {memory} {name}.tacit"), "");
            let is_told = *memory != "64k" || said.iter().all(|part| run.error.contains(part));
            if run.code != Some(code) || !is_told || run.error.contains("panicked") {
                wrong.push(format!("{name} {memory}: {:?} {}", run.code, run.error));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn brackets_that_do_not_match_are_told_where_they_are() {
    let place = Place::new();
    for (text, at, message) in [
        ("1 ( 2", "1:3", "Unclosed code block"),
        ("1 )", "1:3", "Unexpected closing parenthesis"),
        ("1\n[ 2", "2:1", "Unclosed vector"),
        ("1 ]", "1:3", "Unexpected ]"),
        ("#[ 1", "1:1", "Unclosed group"),
        ("1 ]#", "1:3", "Unexpected ]#"),
        (":[ \"a\"", "1:1", "Unclosed dictionary"),
        ("1 ]:", "1:3", "Unexpected ]:"),
        ("1 IF { 2", "1:6", "Unclosed block"),
        ("[ 1 ] map { 2 *", "1:11", "Unclosed block"),
        ("1 SWITCH { 1 { 2 }", "1:10", "Unclosed block"),
        ("1 }", "1:3", "Unexpected }"),
        (": f 1", "1:1", "Unclosed definition for f"),
        ("1 ;", "1:3", "Unexpected semicolon"),
        ("[ ( ] )", "1:3", "Unclosed code block"),
        ("5 value x x[ 0", "1:11", "Unclosed vector"),
        ("1 \"abc", "1:3", "Unterminated string literal at line 1, column 7"),
    ] {
        place.write("wrong.tacit", text);
        let run = place.run("palindrome run --stack wrong.tacit", "");
        assert_eq!((run.code, run.output.as_str()), (Some(65), "stack: empty\n"), "{text}");
        let found = format!("wrong.tacit:{at}\n");
        assert!(run.error.contains(&found) && run.error.contains(message), "{text}: {run:?}");
    }
}

#[test]
fn a_word_that_is_not_there_has_a_neighbour() {
    let place = Place::new();
    for (text, hint) in [
        ("[ 1 ] lenght", "did you mean `length`?"),
        ("1 2 SWAP", "did you mean `swap`?"),
        (": average sum ; [ 1 ] averge", "did you mean `average`?"),
        ("5 value total totl", "did you mean `total`?"),
        ("1 dup;", "words end at blanks"),
        ("1e3", "`1e+3`"),
    ] {
        place.write("wrong.tacit", text);
        let run = place.run("palindrome run wrong.tacit", "");
        assert_eq!(run.code, Some(65), "{text}");
        assert!(run.error.contains("Unknown word") && run.error.contains(hint), "{text}: {run:?}");
    }
}

#[test]
fn a_damaged_image_is_refused_wherever_the_damage_is() {
    let place = Place::new();
    place.write("good.tacit", ": twice 2 * ; 4 twice . \"text\" .");
    assert_eq!(place.run("palindrome build good.tacit", "").code, Some(0));
    let good = std::fs::read(place.path("good.tacit.bin")).unwrap();
    for at in (0..good.len()).step_by(good.len() / 24).chain([good.len() - 1]) {
        let mut flipped = good.clone();
        flipped[at] ^= 0x20;
        for bytes in [&flipped[..], &good[..at]] {
            place.write("bad.tacit.bin", bytes);
            for command in ["run", "debug", "disasm"] {
                let run = place.run(&format!("palindrome {command} bad.tacit.bin"), "");
                assert_eq!(run.code, Some(65), "{command}, {at} of {}: {run:?}", good.len());
                assert!(run.error.contains("bad.tacit.bin"), "{command}, {at}: {run:?}");
                assert!(!run.error.contains("panicked"), "{command}, {at}: {run:?}");
            }
        }
    }
}

/// What is a megabyte long is told in a few lines, and whole to a program that asks.
#[test]
fn long_messages_and_paths_are_cut() {
    let place = Place::new();
    let words = "let long = (0..20000).map(i => \"word ${i}\").to_list().join(\" \")\n";
    place.write("words.pal", format!("{words}assert false, long\n"));
    let said = place.run("palindrome run words.pal", "");
    assert_eq!(said.code, Some(70), "{said:?}");
    assert!(said.error.len() < 4_000, "{}", said.error.len());
    for part in ["fault: assertion failed: word 0 word 1 word 2", "… and ", " letters more\n"] {
        assert!(said.error.contains(part), "{part}: {}", said.error);
    }
    let said = place.run("palindrome run --json words.pal", "");
    assert!(said.error.contains("word 19999") || said.output.contains("word 19999"));
    let word = "let long = (0..9999).map(_i => \"ab\").to_list().join(\"\")\n";
    place.write("word.pal", format!("{word}assert false, long\n"));
    let said = place.run("palindrome run word.pal", "");
    assert_eq!(said.code, Some(70), "{said:?}");
    assert!(said.error.contains("assertion failed: abab") && said.error.len() < 1_000, "{said:?}");
    let path = format!("{}.pal", "long/".repeat(900));
    let said = place.run(&format!("palindrome run {path}"), "");
    assert_eq!(said.code, Some(66), "{said:?}");
    assert!(said.error.contains("long/long/") && said.error.contains('…'), "{said:?}");
    assert!(said.error.len() < 1_000, "{}", said.error);
}

#[test]
#[cfg(unix)]
fn ctrl_c_in_a_loop_without_end_keeps_where_it_was() {
    let place = Place::new();
    place.write("endless.tacit", ": spin 0\n  WHILE { true } DO {\n  1 + dup . } ;\nspin\n");
    place.interrupt("palindrome", &["run", "endless.tacit"], "1\n2\n");
    let walk = place.run("palindrome debug --last", "backtrace\nback 20\n");
    assert_eq!(walk.code, Some(0), "{walk:?}");
    for part in ["#0   spin  endless.tacit:", "#1   (program)  endless.tacit:4", ", spin+"] {
        assert!(walk.output.contains(part), "{part}: {walk:?}");
    }
}

/// A search without end, of each kind: what it tries, calls of itself, and calls with changes to undo.
#[test]
#[cfg(unix)]
fn ctrl_c_stops_a_search_without_end() {
    let place = Place::new();
    let searches = [
        "    some i in 0..9000000000000000000 => { match i < 0 => succeed i }\n",
        "    match n == 0 => { match false => { endless(n) } }\n    some i in 0..n => { endless(i) }\n",
        "    some i in 0..9000000000000000000 => { R += {i}; match i < 0 => succeed i }\n",
    ];
    // What is printed before is more than a pipe's buffer holds back.
    for (number, body) in searches.iter().enumerate() {
        let text = format!(
            "relation R(i: Int key)\nsolve endless(n: Int) -> Int {{\n{body}}}\n\
             for i in 0..20000 {{ print i }}\nprint first endless(64)\n"
        );
        let file = format!("search{number}.pal");
        place.write(&file, text);
        place.interrupt("palindrome", &["run", &file], "0\n1\n");
        let said = place.run(&format!("palindrome run --search-limit 1000 {file}"), "");
        assert_eq!(said.code, Some(70), "{said:?}");
        assert!(said.error.contains("gave up after 1000 steps"), "{said:?}");
    }
}
