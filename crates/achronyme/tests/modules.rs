//! Programs of several files, and the modules of the library, on both engines.

mod common;

use achronyme_library::{BUILTINS, module_exports, modules, prelude};
use common::{compiler_said as said, on_both};

#[test]
fn a_type_brings_what_it_is_made_of() {
    let types = (
        "t.soc",
        "type N = Number\ntype P = {x: N}\ntype L = {v: N, next: L | null}\nexport { P, L }\n",
    );
    let good = "import { P, L as List } from \"t\"\n\
         let p: P = {x: 1}\nlet l: List = {v: 1, next: {v: 2, next: null}}\np.x + l.next.v\n";
    assert_eq!(on_both(good, &[types]), "3");
    let bad = "import { P } from \"t\"\nlet p: P = {x: \"s\"}\n";
    assert_eq!(
        on_both(bad, &[types]),
        "! Type error: variable 'p' expected {x: Number}, got {x: String}"
    );
    let deep =
        "import { L as List } from \"t\"\nlet l: List = {v: 1, next: {v: \"s\", next: null}}";
    assert!(on_both(deep, &[types]).starts_with("! Type error: variable 'l' expected L,"));
}

#[test]
fn a_file_runs_once_and_keeps_its_variables() {
    let counter = (
        "counter.soc",
        "print(\"once\")\nmut n = 0\nlet inc = () => do { n += 1 }\nexport { inc, n as start }\n",
    );
    let other =
        ("other.soc", "import { inc } from \"./counter\"\ninc()\nexport { inc as again }\n");
    let main = "import { inc, start } from \"counter\"\nimport { again } from \"other.soc\"\n\
         inc()\n[again(), start]\n";
    assert_eq!(on_both(main, &[counter, other]), "once\n[3, 0]");
    let spelled = "import { inc } from \"./counter\"\nimport { inc as b } from \"sub/../counter.soc\"\n\
         inc()\nb()";
    assert_eq!(on_both(spelled, &[counter]), "once\n2");
}

#[test]
fn a_file_that_fails_runs_again_at_the_next_import() {
    let file = ("flaky.soc", "if (true) { throw \"no\" }\nlet x = 1\nexport { x }\n");
    let main = "let try_it = () => try { import { x } from \"flaky\"; x } catch (e) { e.message }\n\
         [try_it(), try_it()]\n";
    assert_eq!(on_both(main, &[file]), "[\"no\", \"no\"]");
}

/// What it is, a program, the files beside it, and what becomes of it.
type Circle = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str);

#[rustfmt::skip]
const CIRCLES: &[Circle] = &[
    ("a file of itself", "import { x } from \"a\"; x",
        &[("a.soc", "import { x } from \"a\"\nlet x = 1\nexport { x }")],
        "! Circular import of module 'a': a.soc -> a.soc"),
    ("the first file of itself", "import { x } from \"./main\"\nlet x = 1\nexport { x }",
        &[],
        "! Circular import of module './main': main.soc -> main.soc"),
    ("the first file of another one", "import { b } from \"b\"\nlet a = 1\nexport { a }",
        &[("b.soc", "import { a } from \"main\"\nlet b = 1\nexport { b }")],
        "! Circular import of module 'main': main.soc -> b.soc -> main.soc"),
    ("two files", "import { a } from \"a\"\na",
        &[("a.soc", "import { b } from \"b\"\nlet a = 1\nexport { a }"),
          ("b.soc", "import { a } from \"a\"\nlet b = 2\nexport { b }")],
        "! Circular import of module 'a': a.soc -> b.soc -> a.soc"),
    ("three files, from the middle", "import { b } from \"b\"\nb",
        &[("a.soc", "import { b } from \"b\"\nexport { b as a }"),
          ("b.soc", "import { c } from \"c\"\nexport { c as b }"),
          ("c.soc", "import { a } from \"a\"\nexport { a as c }")],
        "! Circular import of module 'b': b.soc -> c.soc -> a.soc -> b.soc"),
    ("what a file passes on", "import { x } from \"front\"\nx",
        &[("front.soc", "import { x } from \"back\"\nexport { x }"),
          ("back.soc", "import { y } from \"./front.soc\"\nlet x = 1\nexport { x, y }")],
        "! Circular import of module './front.soc': front.soc -> back.soc -> front.soc"),
    ("one file under two spellings", "import { x } from \"lib/a\"\nx",
        &[("lib/a.soc", "import { y } from \"../lib/b\"\nlet x = 1\nexport { x }"),
          ("lib/b.soc", "import { x } from \".././lib/a.soc\"\nlet y = 1\nexport { y }")],
        "! Circular import of module '.././lib/a.soc': lib/a.soc -> lib/b.soc -> lib/a.soc"),
    ("a circle that is caught", "let f = () => try { import { a } from \"a\"; a } catch (e) { e.message }\n\
         import { b } from \"b\"\n[b, f() == f()]",
        &[("a.soc", "import { b } from \"b\"\nlet a = 1\nexport { a }"),
          ("b.soc", "let a = try { import { a } from \"a\"; a } catch (e) { e.message }\n\
                     export { a as b }")],
        "[\"Circular import of module 'a': a.soc -> b.soc -> a.soc\", true]"),
    ("a circle through a function that runs later", "import { a } from \"a\"\na()",
        &[("a.soc", "import { b } from \"b\"\nlet a = () => b()\nexport { a }"),
          ("b.soc", "let b = () => do { import { a } from \"a\"; 1 }\nexport { b }")],
        "! Circular import of module 'a': a.soc -> b.soc -> a.soc"),
    ("a circle that is entered at another file later",
        "let one = try { import { b } from \"b\"; b } catch (e) { e.message }\n\
         let two = try { import { c } from \"c\"; c } catch (e) { e.message }\n[one == two, two]",
        &[("b.soc", "import { c } from \"c\"\nlet b = 1\nexport { b }"),
          ("c.soc", "import { b } from \"b\"\nlet c = 1\nexport { c }")],
        "[true, \"Circular import of module 'b': b.soc -> c.soc -> b.soc\"]"),
    ("files that meet without a circle", "import { l } from \"l\"\nimport { r } from \"r\"\n[l, r]",
        &[("l.soc", "import { x } from \"x\"\nexport { x as l }"),
          ("r.soc", "import { x } from \"./x.soc\"\nexport { x as r }"),
          ("x.soc", "let x = 7\nexport { x }")],
        "[7, 7]"),
];

#[test]
fn circles_of_imports_are_told_with_all_their_files() {
    let mut wrong = Vec::new();
    for (what, main, files, expected) in CIRCLES {
        let found = on_both(main, files);
        if found != *expected {
            wrong.push(format!("{what}\nexpected {expected}\nfound    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_is_imported_of_the_library_can_be_passed_on() {
    let file = ("lib.soc", "import { mean as average } from \"stats\"\nexport { average }\n");
    let main = "import { average } from \"lib\"\n\
         let later = () => average([1, 2, 3])\n[later(), map(average, [[1, 3], [5, 7, 9]])]\n";
    assert_eq!(on_both(main, &[file]), "[2, [2, 7]]");
}

#[test]
fn every_function_is_imported_from_its_home() {
    let rows = BUILTINS.iter().map(|row| (row.name, row.module));
    for (name, module) in rows.chain(prelude().map(|row| (row.name, row.module))) {
        assert_eq!(module.is_empty(), name.starts_with('_'), "{name}");
    }
    for module in modules() {
        // There are no more registers than 255.
        for names in module_exports(module).unwrap().chunks(60) {
            let list = |write: fn(&str) -> String| {
                let parts: Vec<String> = names.iter().map(|name| write(name)).collect();
                parts.join(", ")
            };
            let text = format!(
                "import {{ {} }} from \"{module}\"\nimport {{ {} }} from \"{module}\"\n\
                 let all = [{}]\nlen(filter(f => typeof(f) == \"Function\", all))",
                list(str::to_owned),
                list(|name| format!("{name} as other_{name}")),
                list(|name| format!("other_{name}, {name}")),
            );
            assert_eq!(said(&text), "", "{module}");
            assert_eq!(on_both(&text, &[]), (2 * names.len()).to_string(), "{module}");
        }
    }
}

#[test]
fn imported_functions_do_what_they_do_without_import() {
    for (text, expected) in [
        ("import { sin, round as r } from \"math\"\n[sin(0), map(r, [1.6])]", "[0, [2]]"),
        ("import { spawn as go } from \"tasks\"\nawait go(x => x + 1, 1)", "2"),
        ("import { print as say, assert } from \"io\"\nassert(true)\nsay(1)", "1"),
        ("let f = () => do { import { sum } from \"arrays\"; sum }\nf()([1, 2])", "3"),
        (
            "import { save_env, restore_env } from \"io\"\nlet x = 1\nsave_env(\"f\")\n\
             import { restore_env as back } from \"io\"\n\
             try { back(\"f\") } catch (e) { e.message }",
            "\"restore_env: has to be called by its name, with one argument\"",
        ),
    ] {
        assert_eq!(on_both(text, &[]), expected, "{text}");
    }
}

#[test]
fn names_that_a_module_has_not_are_told_with_a_hint() {
    for (name, hint) in [
        ("mean", "; it is in 'stats'"),
        ("PI", "; it is a constant, and needs no import"),
        ("sine", "; did you mean 'sin'?"),
        ("elephant", ""),
    ] {
        let text = format!("import {{ {name} }} from \"math\"");
        let expected = format!("Function '{name}' not found in module 'math'{hint}");
        assert_eq!(on_both(&text, &[]), format!("! {expected}"));
        assert!(said(&text).contains(&expected), "{}", said(&text));
    }
}
