//! Where Achronyme ends: huge and damaged texts, programs that take too much, and those without end.
//! Each is told with its exit code, and nothing panics.

mod common;

use std::io::Read;
use std::process::Command;

use common::Place;

/// A program; its exit code; and what is printed or said.
type Case = (&'static str, String, i32, &'static str);

fn joined(count: usize, separator: &str, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect::<Vec<_>>().join(separator)
}

/// A thing in 10,000 others.
fn within(open: &str, thing: &str, close: &str) -> String {
    format!("{}{thing}{}", open.repeat(10_000), close.repeat(10_000))
}

fn nested(open: &str, close: &str) -> String {
    within(open, "1", close)
}

fn cases() -> Vec<Case> {
    let many = |count| joined(count, ", ", |index| format!("a{index}"));
    vec![
        ("string", format!("len(\"{}\")", "x".repeat(10_000_000)), 0, "10000000\n"),
        ("sum", joined(500_000, "+", |_| "1".to_owned()), 0, "500000\n"),
        ("numbers", format!("len([{}])", joined(500_000, ",", |_| "7".to_owned())), 0, "500000\n"),
        ("statements", joined(200_000, ";", |_| "1".to_owned()), 0, "1\n"),
        (
            "functions",
            joined(20_000, "\n", |n| format!("let f{n} = x => x + {n}")),
            0,
            "<function>",
        ),
        ("calls", format!("let f = x => f\nf{}", "(1)".repeat(100_000)), 0, "<function>\n"),
        ("digits", "1".repeat(100_000), 0, "Infinity\n"),
        ("minus", format!("{}1", "-".repeat(10_000)), 0, "1\n"),
        ("not", format!("{}true", "!".repeat(10_000)), 0, "true\n"),
        ("fields", format!("let r = {{a: 1}}\nr{}", ".a".repeat(10_000)), 70, "field 'a'"),
        ("otherwise", format!("{} 3 }}", "if (false) { 1 } else ".repeat(10_000) + "{"), 0, "3\n"),
        ("union", format!("let x: {} = 1", joined(10_000, " | ", |_| "Number".into())), 0, "1\n"),
        ("constants", format!("[{}]", joined(70_000, ",", |n| format!("\"s{n}\""))), 65, "SOC0045"),
        ("parameters", format!("({}) => 1", many(300)), 65, "SOC0031"),
        ("arguments", format!("print({})", joined(300, ", ", |n| n.to_string())), 65, "SOC0045"),
        ("globals", joined(70_000, "\n", |n| format!("mut a{n} = 1")), 65, "SOC0045"),
        ("mistakes", ") ".repeat(100_000), 65, "… and at least 9900 more"),
        (
            "open",
            format!("[\"a, {}]", joined(50_000, ", ", |n| format!("\"{n}\""))),
            65,
            "is not closed",
        ),
        ("recursion", "let f = n => 1 + f(n)\nf(0)".to_owned(), 70, "Stack overflow"),
        (
            "caught",
            "let f = n => 1 + f(n)\ntry { f(0) } catch (e) { e.message }".to_owned(),
            0,
            "\"Stack overflow\"\n",
        ),
    ]
}

#[test]
fn what_is_huge_is_run_or_refused() {
    let place = Place::new();
    let mut wrong = Vec::new();
    for (name, text, code, part) in cases() {
        place.write(&format!("{name}.soc"), &text);
        let said = place.run(&format!("palindrome run {name}.soc"), "");
        let is_told = said.output.contains(part) || said.error.contains(part);
        if said.code != Some(code) || !is_told || said.error.contains("panicked") {
            let (output, error) = (shortened(&said.output), shortened(&said.error));
            wrong.push(format!("{name}: {:?} {output} {error}", said.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Things that are 10,000 deep in each other.
fn deep() -> Vec<(&'static str, String)> {
    vec![
        ("parentheses", nested("(", ")")),
        ("vectors", nested("[", "]")),
        ("records", nested("{a: ", "}")),
        ("spread", nested("[...", "]")),
        ("places", format!("let v = [0]\n{}", within("v[", "0", "]"))),
        ("calls", format!("let f = x => x\n{}", nested("f(", ")"))),
        ("functions", nested("x => ", "")),
        ("powers", "2 ^ -".repeat(10_000) + "1"),
        ("blocks", nested("do { ", " }")),
        ("choices", nested("if (true) { ", " }")),
        ("loops", nested("for (x in [1]) { ", " }")),
        ("attempts", nested("try { ", " } catch (e) { 1 }")),
        ("generators", nested("generate { ", " }")),
        ("matches", nested("match 1 { _ => ", " }")),
        ("texts", nested("'${", "}'")),
        ("vector patterns", format!("let {} = 1", within("[", "a", "]"))),
        ("record patterns", format!("match 1 {{ {} => 1 }}", within("{a: ", "b", "}"))),
        ("types", format!("let x: {} = 1", within("(", "Number", ")"))),
        ("record types", format!("type T = {}", within("{a: ", "Number", "}"))),
        ("function types", format!("type T = {}", within("(", "Number", "): Number"))),
        ("open brackets", "[".repeat(100_000)),
        ("open blocks", "do {".repeat(100_000)),
    ]
}

#[test]
fn what_is_too_deep_is_refused_by_every_command() {
    let place = Place::new();
    for (name, text) in deep() {
        place.write("a.soc", &text);
        for command in ["run", "run --engine tree", "check", "fmt --check"] {
            let said = place.run(&format!("palindrome {command} a.soc"), "");
            let error = shortened(&said.error);
            assert_eq!(said.code, Some(65), "{name}, {command}: {error}");
            let is_told = error.contains("SOC0015") || error.contains("is not closed");
            assert!(is_told, "{name}, {command}: {error}");
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(300).collect()
}

/// What takes memory without end, with the kind of the error or its message.
const GREEDY: &[(&str, &str)] = &[
    ("mut s = \"x\"\nwhile (true) { s = s + s }", "MemoryError"),
    ("\"ab\" * 1e12", "MemoryError"),
    ("mut s = 'x'\nwhile (true) { s = '${s}${s}' }", "MemoryError"),
    ("mut v = [\"a\"]\nwhile (true) { v = [...v, ...v] }", "MemoryError"),
    ("mut v = []\nwhile (true) { v.push(\"a\" + str(len(v))); 0 }", "MemoryError"),
    ("0..1e12", "MemoryError"),
    ("linspace(0, 1, 1e12)", "MemoryError"),
    (
        "let t = linspace(0, 1, 1e5)\nmut all = []\nwhile (true) { all.push(t + 1); 0 }",
        "MemoryError",
    ),
    ("mut r = {}\nwhile (true) { r = {...r, next: r} }", "MemoryError"),
    ("mut f = x => x\nwhile (true) { let g = f\n f = x => g(x + 1) }", "MemoryError"),
    ("let f = n => 1 + f(n)\nf(0)", "Stack overflow"),
    ("let f = v => map(f, [v])\nf(1)", "MemoryError"),
    (
        "mut all = []\nwhile (true) {\n  let g = generate { yield 1 }\n  g.next()\n  all.push(g)\n  0\n}",
        "MemoryError",
    ),
    ("let f = () => generate { for (x in f()) { yield x } }\nfor (x in f()) { x }", "MemoryError"),
    (
        "let f = async () => do { await sleep(1e6) }\nmut all = []\nwhile (true) { all.push(f()); 0 }",
        "MemoryError",
    ),
    ("let f = async () => do { await f() }\nawait f()", "MemoryError"),
    ("let [s, r] = channel()\nwhile (true) { await s.send([\"x\", \"y\"]) }", "MemoryError"),
];

#[test]
fn whatever_takes_all_memory_fails_with_an_error_that_can_be_caught() {
    let place = Place::new();
    let mut wrong = Vec::new();
    for (program, expected) in GREEDY {
        let caught = format!(
            "let told = try {{\n{program}\n}} catch (e) {{\n  \
             if (e.message == \"Stack overflow\") {{ e.message }} else {{ e.kind }}\n}}\n\
             print(told, len(0..1000))\n"
        );
        place.write("a.soc", &caught);
        let said = place.run("palindrome run --memory 16M a.soc", "");
        if (said.code, &*said.output) != (Some(0), &*format!("{expected} 1000\n")) {
            wrong.push(format!("{program}\n{said:?}"));
        }
        // The other engine does not find what only refers to itself, and so may have no room left.
        let said = place.run("palindrome run --memory 16M --engine tree a.soc", "");
        let is_told = match said.code {
            Some(0) => said.output.ends_with(" 1000\n"),
            Some(70) => said.error.contains("MemoryError"),
            _ => false,
        };
        if !is_told {
            wrong.push(format!("{program}\non the tree: {said:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn memory_that_runs_out_is_an_error_that_can_be_caught() {
    let place = Place::new();
    let grow = "mut v = []\nlet r = try { while (true) { v.push(\"x\" + str(len(v))); 0 } } catch (e) {\n\
                v = []\n  e.kind\n}\nr\n";
    place.write("caught.soc", grow);
    place.write("doubled.soc", "mut s = \"x\"\nwhile (true) { s = s + s }\n");
    for limit in ["--memory 20M", "--max-memory 20M", "--memory-max 60M"] {
        let said = place.run(&format!("palindrome run {limit} caught.soc"), "");
        assert_eq!((said.code, said.output.as_str()), (Some(0), "\"MemoryError\"\n"), "{said:?}");
        let said = place.run(&format!("palindrome run {limit} doubled.soc"), "");
        assert_eq!(said.code, Some(70), "{said:?}");
        for part in ["MemoryError: Out of memory", "doubled.soc:2:20", "debug --last"] {
            assert!(said.error.contains(part), "{part}: {}", said.error);
        }
    }
    let said = place.run("palindrome run --engine tree --memory 20M doubled.soc", "");
    assert_eq!(said.code, Some(70), "{said:?}");
    assert!(said.error.contains("MemoryError"), "{said:?}");
    // What ran out of memory does so again.
    let recorded = "palindrome run --memory 20M --record a.rec caught.soc";
    assert_eq!(place.run(recorded, "").code, Some(0));
    assert_eq!(place.run("palindrome replay --check a.rec", "").code, Some(0));
}

#[test]
fn a_damaged_program_is_refused_wherever_the_damage_is() {
    let place = Place::new();
    place.write("a.soc", "let f = x => map(y => y + x, [1, 2])\nf(3)\n");
    assert_eq!(place.run("palindrome build a.soc", "").code, Some(0));
    let image = std::fs::read(place.path("a.achb")).unwrap();
    for at in (0..image.len()).step_by(image.len() / 40) {
        let mut damaged = image.clone();
        damaged[at] ^= 0x41;
        place.write("b.achb", &damaged);
        let said = place.run("palindrome run b.achb", "");
        assert_eq!(said.code, Some(65), "{at}: {said:?}");
        place.write("b.achb", &image[..at]);
        let said = place.run("palindrome run b.achb", "");
        assert_eq!(said.code, Some(65), "{at}: {said:?}");
    }
}

#[test]
fn a_damaged_recording_is_refused_or_repeated_as_far_as_it_goes() {
    let place = Place::new();
    place.write("a.soc", "for (n in 0..50) { write(n); time() }\nprint(input())\n");
    assert_eq!(place.run("palindrome run --record a.rec a.soc", "hi\n").code, Some(0));
    let recording = std::fs::read(place.path("a.rec")).unwrap();
    for at in (0..recording.len()).step_by(recording.len() / 30) {
        let mut damaged = recording.clone();
        damaged[at] ^= 0x41;
        for bytes in [&damaged[..], &recording[..at]] {
            place.write("b.rec", bytes);
            for command in ["replay --check", "debug", "info"] {
                let said = place.run(&format!("palindrome {command} b.rec"), "quit\n");
                let is_told = match said.code {
                    Some(0) => command == "info" || said.error.contains("is damaged"),
                    Some(65) => said.error.contains("recording"),
                    _ => false,
                };
                assert!(is_told && !said.error.contains("panicked"), "{at}, {command}: {said:?}");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_in_a_loop_without_end_keeps_where_it_was() {
    let place = Place::new();
    let text = "mut n = 0\nlet spin = () => do {\n  while (true) { n += 1 }\n}\nprint(\"go\")\n\
                await write_file(\"on its way\", \"\")\nspin()\n";
    place.write("a.soc", text);
    let mut child = place.command("palindrome", &["run", "a.soc"]).spawn().unwrap();
    while !place.path("on its way").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    std::thread::sleep(std::time::Duration::from_millis(50));
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let mut error = String::new();
    child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{error}");
    assert!(error.contains("palindrome debug --last"), "{error}");
    let walk = place.run("palindrome debug --last", "stack\nprint n >= 0\nback\n");
    for part in ["#0   spin  a.soc:3", "a.soc:7", "n >= 0 = true"] {
        assert!(walk.output.contains(part), "{part}: {walk:?}");
    }
    let kept = std::fs::read_dir(place.path("home")).unwrap().next().unwrap().unwrap().path();
    let again = place.run(&format!("palindrome replay {}", kept.display()), "");
    assert_eq!((again.code, &*again.output), (Some(0), "go\n"), "{again:?}");
}
