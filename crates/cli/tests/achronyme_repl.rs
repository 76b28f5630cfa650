//! Interactive sessions with Achronyme through a pipe.

mod common;

use common::{Place, Said};

fn session(lines: &str) -> Said {
    Place::new().run("palindrome repl --lang soc", lines)
}

#[test]
fn every_value_is_shown_but_null() {
    let said = session("1 + 2\nlet x = 5\n\nprint(\"a\")\nnull\n[x, \"b\"]\n");
    assert_eq!((said.code, said.error.as_str()), (Some(0), ""), "{said:?}");
    assert_eq!(said.output, "3\n5\na\n[5, \"b\"]\n");
}

#[test]
fn what_is_open_goes_on_over_lines() {
    let said = session("let f = x => do {\n  let y = x * 2\n  y + 1\n}\nf(\n  3\n)\n1 +\n2\n");
    assert_eq!(said.output, "<function>\n7\n3\n", "{said:?}");
    let open = session("1\n[1, 2\n");
    assert_eq!((open.code, open.output.as_str()), (Some(1), "1\n"), "{open:?}");
    assert!(open.error.contains("SOC0003"), "{open:?}");
}

#[test]
fn an_error_leaves_the_session_usable() {
    let lines = "mut v = [1]\nv.push(v[9])\nnosuch(1)\nlet = 5\nthrow \"no\"\nv.push(2)\nv\n";
    let said = session(lines);
    assert_eq!(said.code, Some(1));
    assert_eq!(said.output, "[1]\n[1, 2]\n[1, 2]\n", "{said:?}");
    for part in ["Index 9 out of bounds", "Unknown function or constant: nosuch", "SOC0001", "no"] {
        assert!(said.error.contains(part), "{part}: {said:?}");
    }
}

#[test]
fn a_name_that_nothing_has_is_told_once_with_the_one_that_was_meant() {
    let begin = "let total = 1\nlet later = () => totl\n";
    for (line, meant) in [
        ("totl + 1", "total"),
        ("totl(1)", "total"),
        ("totl = 2", "total"),
        ("totl += 2", "total"),
        ("later()", "total"),
        ("filtr(x => x, [1])", "filter"),
    ] {
        let said = session(&format!("{begin}{line}\n"));
        let is_about = |text: &&str| text.starts_with("warning") || text.starts_with("fault");
        let told: Vec<&str> = said.error.lines().filter(is_about).collect();
        assert_eq!(told.len(), 1, "{said:?}");
        assert!(said.error.contains(&format!("  help: did you mean `{meant}`?")), "{said:?}");
    }
    let said = session("import { sine } from \"math\"\n");
    assert_eq!(said.error.matches("did you mean 'sin'?").count(), 1, "{said:?}");
}

#[test]
fn what_is_wrong_where_control_does_not_come_is_a_warning() {
    let said = session("let f = () => do { let x = 1; x = 2 }\nprint(7)\n");
    assert!(said.error.starts_with("warning[SOC0041]"), "{said:?}");
    assert_eq!((said.code, said.output.as_str()), (Some(0), "<function>\n7\n"), "{said:?}");
}

#[test]
fn functions_see_what_is_declared_later_and_anew() {
    let said = session("let f = x => g(x) + 1\nlet g = x => x * 2\nf(5)\nlet g = x => 0\nf(5)\n");
    assert_eq!(said.output, "<function>\n<function>\n11\n<function>\n1\n", "{said:?}");
}

#[test]
fn lines_are_taken_back_and_done_again() {
    let said = session(
        "mut n = 1\nn = 2\nlet r = {mut a: 1}\nr.a = 7\nundo\nr.a\nundo\nundo\nundo\nn\nundo\nredo\n\
         redo\n:redo\nredo\nundo\n:undo\n:undo\n:undo\nundo\nn\n",
    );
    let shown: Vec<&str> = said.output.lines().collect();
    let expected = [
        "1",
        "2",
        "{ a: 1 }",
        "7",
        "undone: r.a = 7",
        "1",
        "undone: r.a",
        "undone: let r = {mut a: 1}",
        "undone: n = 2",
        "1",
        "undone: n",
        "done again: n",
        "undone: n",
        "undone: mut n = 1",
    ];
    assert_eq!(shown, expected, "{said:?}");
    assert!(said.error.contains("nothing to undo"), "{said:?}");
    assert!(said.error.contains("nothing to do again"), "{said:?}");
    assert!(said.error.contains("Undefined variable or constant: n"), "{said:?}");
}

#[test]
fn a_line_after_an_undo_starts_another_future() {
    let said = session(
        "let a = 1\nundo\nlet b = map(x => x + 1, [1])\nb\nundo\nundo\nlet a = 3\n\
                        let c = filter(x => x > a, [1, 5])\nc\n",
    );
    let last: Vec<&str> = said.output.lines().rev().take(3).collect();
    assert_eq!(last, ["[5]", "[5]", "3"], "{said:?}");
    assert_eq!(said.code, Some(0), "{said:?}");
}

#[test]
fn tasks_and_channels_outlive_the_line_that_made_them() {
    let said = session(
        "let [tx, rx] = channel()\nlet t = spawn(async () => do {\n  let v = await rx.recv()\n  v * 2\n})\n\
         await tx.send(21)\nawait t\n",
    );
    assert_eq!(said.output.lines().last(), Some("42"), "{said:?}");
}

#[test]
fn commands_have_a_colon_or_are_meant_anyway() {
    let said = session(
        ":help linspace\nhelp map\n:names\nlet undo = 5\nundo\n:undo\nmut k = [1]\n:names\n:help k\n:help lenn\nexit\n9\n",
    );
    for part in [
        "linspace(start, end, count = 50, {endpoint = true})  [Arrays]",
        "map(function, collection",
        "none\n",
        // A name that is declared goes first, with the colon the command.
        "5\n5\n",
        "let undo = 5\n",
        "mut k = [1]\n",
        "k  a variable declared here: [1]",
    ] {
        assert!(said.output.contains(part), "{part}: {said:?}");
    }
    assert!(said.error.contains("did you mean `len`?"), "{said:?}");
    assert!(!said.output.ends_with("9\n"), "{said:?}");
    let said = session(":foo\n:load\nhelp linear\nhelp lins\nlet exit = () => 7\nexit()\n");
    for part in ["no command `:foo`", "no command `:load`", "so begin `linspace`"] {
        assert!(said.error.contains(part), "{part}: {said:?}");
    }
    assert!(said.output.contains("  det(matrix)"), "{said:?}");
    assert!(said.output.ends_with("<function>\n7\n"), "{said:?}");
    assert_eq!(session("1\nexit()\n2\n").output, "1\n");
    let help = session(":help\n").output;
    for part in [":undo", ":load FILE", "Elementary functions", "linspace"] {
        assert!(help.contains(part), "{part}: {help}");
    }
}

#[test]
fn files_are_run_and_modules_imported() {
    let place = Place::new();
    place.write(
        "a.soc",
        "import { two } from \"./b\"\nlet four = two * 2\nprint(\"loaded\")\nnull\n",
    );
    place.write("b.soc", "let two = 2\nexport { two }\n");
    let said = place.run("palindrome repl a.soc", "four\nimport { two } from \"b\"\ntwo\n");
    assert_eq!((said.code, said.output.as_str()), (Some(0), "loaded\n4\ntrue\n2\n"), "{said:?}");
    let said = place.run("palindrome repl soc", "load a.soc\nfour\nload nosuch.soc\n");
    assert_eq!((said.code, said.output.as_str()), (Some(1), "loaded\n4\n"), "{said:?}");
}

#[test]
fn programs_read_the_lines_after_them() {
    let said = session("let x = input(\"? \")\nhello\nx\n");
    assert_eq!(said.output, "? \n\"hello\"\n\"hello\"\n", "{said:?}");
}

#[test]
fn the_debugger_opens_where_the_last_line_failed() {
    let said = session(
        "let f = x => do {\n  let y = x + 1\n  [y][x]\n}\nf(3)\ndebug\nprint y\nback\nback\nquit\n1\n",
    );
    for part in ["line 1:3", "y = 4", "->     2 |   let y = x + 1", "1\n"] {
        assert!(said.output.contains(part), "{part}: {said:?}");
    }
}

#[test]
fn a_thousand_lines_are_no_burden() {
    let mut lines = String::from("mut total = 0\n");
    for index in 0..1_000 {
        lines += &format!("let f{index} = x => x + {index}; total = f{index}(total); null\n");
    }
    lines += "total\n";
    let said = session(&lines);
    assert_eq!(said.output.lines().last(), Some("499500"), "{}", said.error);
}

#[test]
fn memory_that_runs_out_leaves_the_session_usable() {
    let said = Place::new().run(
        "palindrome repl soc --memory 20M",
        "mut v = [0]\nwhile (true) { v.push(\"x\" + str(len(v))); 0 }\nv = []\nlet w = 1..1000\nlen(w)\n",
    );
    assert!(said.output.starts_with("[0]\n[]\n[1, 2, 3"), "{}", said.output.len());
    assert!(said.output.ends_with("999\n"), "{}", said.output.len());
    assert!(said.error.contains("MemoryError"), "{}", said.error);
}

#[test]
fn what_a_session_takes_is_told() {
    let place = Place::new();
    let said = place.run("palindrome repl soc --check", "1\n");
    assert_eq!(said.code, Some(64));
    place.write("a.achb", "");
    let said = place.run("palindrome repl a.achb", "");
    assert_eq!(said.code, Some(64));
    assert!(said.error.contains(".soc"), "{said:?}");
    std::fs::write(place.path("a.soc"), "1").unwrap();
    let said = place.run("palindrome repl --lang tacit a.soc", "");
    assert_eq!(said.code, Some(64));
}

#[test]
fn help_is_also_a_function() {
    let said = session("help(\"svd\")\nlet f = help\nf(svd)\nhelp(\"svdd\")\nhelp()\n");
    assert_eq!(said.output.matches("svd(matrix, {full = false})  [Linear algebra]").count(), 2);
    assert!(said.output.contains("svd([[3, 0], [0, -4]]).s"), "{said:?}");
    assert!(said.output.contains("Regular expressions\n  regex_match"), "{said:?}");
    assert!(said.error.contains("did you mean `svd`?"), "{said:?}");
}
