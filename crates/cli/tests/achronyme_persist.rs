//! Environments that are kept in files and restored, by both engines and in sessions.

mod common;

use common::Place;

/// Runs a program on both engines, in a folder each; what both print.
fn run_both(files: &[(&str, &[u8])], program: &str) -> (Option<i32>, String, String) {
    let [vm, tree] = ["vm", "tree"].map(|engine| {
        let place = Place::new();
        for (name, bytes) in files {
            place.write(name, bytes);
        }
        place.write("a.soc", program);
        let said = place.run(&format!("palindrome run --engine {engine} a.soc"), "");
        assert!(!said.error.contains("panicked"), "{said:?}");
        said
    });
    assert_eq!((vm.code, &vm.output), (tree.code, &tree.output), "{vm:?}\n{tree:?}");
    let first = |error: &str| error.lines().next().unwrap_or_default().to_owned();
    assert_eq!(first(&vm.error), first(&tree.error));
    (vm.code, vm.output, vm.error)
}

const KEEP: &str = "\
let number = 0.1
let words = [\"a\", [true, null, \"ü\"]]
let matrix = [[1, 2], [3, 4]]
let waves = [[1i, 2], [3, 4i]]
let way = A <> B: {weight: 3}
let state = {mut count: 1, name: \"n\", deep: {list: []}}
let root = sqrt
mut total = 5
let add = (a, b) => a + b
";

fn kept() -> Vec<u8> {
    let place = Place::new();
    place.write("a.soc", format!("{KEEP}save_env(\"t.ach\")\n"));
    let said = place.run("palindrome run a.soc", "");
    assert_eq!((said.code, &*said.output), (Some(0), "true\n"), "{said:?}");
    let warning = "Warning: Variable 'add' is not serializable and will be skipped\n";
    assert_eq!(said.error, warning);
    std::fs::read(place.path("t.ach")).unwrap_or_default()
}

#[test]
fn values_of_all_kinds_come_back_in_another_program() {
    let program = "\
restore_env(\"t.ach\")
let show = () => print(number, words, matrix * 2, waves, way, state, root(9), total)
show()
state.count += 1
print(state.count, words[1][0], way.weight)
print(try { add(1, 2) } catch (e) { e.message })
try { nothing } catch (e) { e.message }
";
    let (code, output, error) = run_both(&[("t.ach", &kept())], program);
    let expected = "\
0.1 [a, [true, null, ü]] [[2, 4],
 [6, 8]] [[0+1i, 2+0i],
 [3+0i, 0+4i]] A <> B: { weight: 3 } { count: 1, deep: { list: [] }, name: n } 3 5
2 true 3
Unknown function or constant: add
\"Undefined variable or constant: nothing\"
";
    assert_eq!((code, &*output, &*error), (Some(0), expected, ""));
}

#[test]
fn what_is_seen_is_kept_wherever_the_call_stands() {
    let program = "\
let outer = 1
let keep = (parameter, path) => do {
  let inner = [parameter]
  for (k in 1..2) { save_env({path: path, exclude: [\"pa*\"]}) }
  let later = 2
}
keep(7, \"t.ach\")
env_info(\"t.ach\").binding_names
";
    let (code, output, _) = run_both(&[], program);
    assert_eq!((code, &*output), (Some(0), "[\"inner\", \"k\", \"outer\"]\n"));
}

#[test]
fn names_that_are_declared_stay_and_others_are_replaced_if_asked() {
    let keep = "let a = 1\nlet b = 2\nsave_env(\"1.ach\")\nlet b = 3\nsave_env({path: \"2.ach\", compress: false})\n";
    let program = format!(
        "do {{\n{keep}}}\nlet a = 10\nlet before = () => b\nrestore_env(\"1.ach\")\nprint(a, b)\n\
         restore_env(\"2.ach\")\nprint(b)\n\
         restore_env({{path: \"2.ach\", overwrite: true, exclude: [\"a\"]}})\nprint(b, before())\n\
         restore_env({{path: \"1.ach\", mode: \"namespace\", namespace: \"old\"}})\nprint(old, old.a + b)\n\
         restore_env({{path: \"1.ach\", mode: \"replace\"}})\n"
    );
    let (code, output, error) = run_both(&[], &program);
    assert_eq!((code, &*output), (Some(70), "10 2\n2\n3 3\n{ a: 1, b: 2 } 4\n"), "{error}");
    assert!(error.contains("the program declares 'a' itself"), "{error}");
}

#[test]
fn wrong_calls_are_told() {
    let cases = [
        ("save_env({path: \"t\", compress: 1})", "`compress` has to be true or false"),
        ("save_env({path: \"t\", compression_level: 23})", "a number from 1 to 22"),
        ("save_env({paht: \"t\"})", "no option 'paht'"),
        ("save_env({})", "`path` has to be a string"),
        ("save_env(5)", "requires a path or a record, got Number"),
        ("save_env(\"no/such/folder\")", "Failed to save environment: I/O error"),
        ("restore_env({path: \"t\", mode: \"all\"})", "`mode` has to be"),
        ("restore_env({path: \"t\", mode: \"namespace\"})", "needs `namespace`"),
        ("map(save_env, [\"t\"])", "has to be called by its name"),
        ("env_info({path: \"t\"})", "requires a path, got Record"),
    ];
    for (program, part) in cases {
        let (code, _, error) = run_both(&[], program);
        assert!(code == Some(70) && error.contains(part), "{program}: {error}");
    }
}

#[test]
fn damaged_files_are_told_and_do_no_harm() {
    let file = kept();
    let restore = "\
let told = check => try {
  restore_env({path: \"t.ach\", verify_checksum: check})
  \"restored\"
} catch (e) { e.message }
print(told(true))
print(told(false))
";
    let place = Place::new();
    place.write("a.soc", restore);
    for at in (0..file.len()).step_by(file.len() / 40) {
        let mut damaged = file.clone();
        damaged[at] ^= 0x41;
        let is_sum_right = at < 64;
        for bytes in [&damaged[..], &file[..at]] {
            place.write("t.ach", bytes);
            let said = place.run("palindrome run a.soc", "");
            assert_eq!((said.code, &*said.error), (Some(0), ""), "{at}: {said:?}");
            let first = said.output.lines().next().unwrap_or_default();
            let is_told = first.starts_with("Failed to restore environment");
            assert!(is_told || is_sum_right, "{at}: {said:?}");
        }
    }
}

#[test]
fn a_recording_restores_without_the_file() {
    let place = Place::new();
    place.write("t.ach", kept());
    place.write("a.soc", "restore_env(\"t.ach\")\nsave_env(\"u.ach\")\nprint(number, matrix)\n");
    let said = place.run("palindrome run --record a.rec a.soc", "");
    assert_eq!((said.code, &*said.output), (Some(0), "0.1 [[1, 2],\n [3, 4]]\n"), "{said:?}");
    for name in ["t.ach", "u.ach"] {
        assert!(std::fs::remove_file(place.path(name)).is_ok(), "{name}");
    }
    let again = place.run("palindrome replay a.rec", "");
    assert_eq!((again.code, &*again.output), (said.code, &*said.output), "{again:?}");
    assert_eq!(place.run("palindrome replay --check a.rec", "").code, Some(0));
    assert!(!place.path("u.ach").exists());
}

#[test]
fn a_session_keeps_and_restores_what_was_typed() {
    let place = Place::new();
    let first = place.run(
        "palindrome repl soc",
        "let x = 1\nmut v = [1, 2]\nv.push(3)\nlet f = () => later\nsave_env(\"t.ach\")\n",
    );
    assert!(first.output.ends_with("true\n"), "{first:?}");
    let lines = "v\nlet f = () => later\nrestore_env(\"t.ach\")\nv\nx + 1\n\
                 let g = () => v[0] + x + len(v) + rest()\nlet rest = () => 100\ng()\nlet later = 9\nf()\n\
                 undo\nundo\nundo\nundo\nundo\nundo\nundo\nundo\nv\n";
    let second = place.run("palindrome repl soc", lines);
    let shown: Vec<&str> =
        second.output.lines().filter(|line| !line.starts_with("undone")).collect();
    let expected =
        ["<function>", "true", "[1, 2, 3]", "2", "<function>", "<function>", "105", "9", "9"];
    assert_eq!(shown, expected, "{second:?}");
    let count = second.error.matches("Undefined variable or constant: v").count();
    assert_eq!(count, 2, "{second:?}");
}
