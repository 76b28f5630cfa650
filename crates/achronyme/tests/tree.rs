//! What the engine that walks the tree does where the conformance set does not look.

mod common;

use std::collections::BTreeMap;

use achronyme::tree::{Ended, Options};
use common::{run, run_with};
use source::SourceMap;

/// What a program prints, then its value or error.
fn shown(text: &str) -> String {
    shown_with(text, &[])
}

fn shown_with(text: &str, files: &[(&str, &str)]) -> String {
    let files: BTreeMap<String, String> =
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    run(text, files).shown()
}

fn all(rows: &[(&str, &str)]) {
    let wrong: Vec<_> = rows
        .iter()
        .filter(|(text, expected)| shown(text) != *expected)
        .map(|(text, expected)| format!("{text}\nexpected {expected:?}\ngot {:?}", shown(text)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn names_mean_the_nearest_earlier_declaration() {
    all(&[
        ("let x = 1\nlet f = () => x\nlet x = 2\n[f(), x]", "[1, 2]"),
        ("let f = () => do { let r = x; let x = 2; r }\nlet x = 5\nf()", "5"),
        ("let x = 1\nlet f = () => do { let r = x; let x = 2; [r, x] }\nf()", "[1, 2]"),
        ("let f = n => n\nlet f = n => if (n == 0) { \"end\" } else { f(n - 1) }\nf(3)", "\"end\""),
        ("let f = () => abs(-1)\nlet abs = x => \"own\"\nf()", "1"),
        ("let f = () => do { let g = () => y; g() }\nlet y = 1\nf()", "1"),
        (
            "let f = () => do { let g = () => y; let r = g(); let y = 2; r }\nlet y = 1\nf()",
            "! Undefined variable or constant: y",
        ),
        ("let f = () => do { n += 1; n }\nmut n = 1\nf()", "2"),
        ("let [a, b = a] = [1]", "! Undefined variable or constant: a"),
        ("let g = generate { yield later }\nlet later = 3\ng.next().value", "3"),
    ]);
}

#[test]
fn places_change_where_they_are() {
    all(&[
        ("mut v = [[1, 2], [3]]\nlet w = v\nv[0][1] = 9\n[v, w]", "[[[1, 9], [3]], [[1, 2], [3]]]"),
        ("mut m = [[1, 2], [3, 4]]\nm[1, 0] = 7\nm[0][1] += 1\nm", "[[1, 3],\n [7, 4]]"),
        ("let o = {mut v: [1, 2]}\no.v.push(3)\no.v[0] *= 5\no", "{ v: [5, 2, 3] }"),
        (
            "let o = {v: [1]}\no.v.push(3)",
            "! Cannot assign to immutable value: field 'v' is not mut",
        ),
        ("let o = {v: [{mut n: 1}]}\no.v[0].n = 2\no.v", "[{ n: 2 }]"),
        ("let v = [1]\nv.push(2)", "! Cannot assign to immutable variable 'v'"),
        ("let v = [{mut n: 1}]\nv[0].n += 1\nv", "[{ n: 2 }]"),
        ("mut s = \"abc\"\ns[1] = \"xyz\"\ns", "\"axyzc\""),
        ("mut v = [1, 2, 3]\nv[v.pop() - 3] = v.len()\nv", "[2, 2]"),
        ("mut v = [3, 1]\n[v.sort(), v]", "[[1, 3],\n [1, 3]]"),
        ("[2, 1].sort()", "[1, 2]"),
        (
            "mut v: Vector = [1]\nv[0] = 2\nv = 5",
            "! Type error: cannot assign Number to variable 'v' of type Vector",
        ),
        ("mut v = []\nlet r = for (i in 0..3) { v.push(i) }\n[v, r]", "[[0, 1, 2],\n [0, 1, 2]]"),
        ("let f = () => {mut a: 1}\nf().a = 2", "2"),
        (
            "let f = () => [1]\nf()[0] = 2",
            "! Cannot assign to an element of a value that is in no variable",
        ),
        ("mut v = [1, 2]\nv[0] = do { v = [8, 9]; 5 }\nv", "[5, 9]"),
    ]);
}

#[test]
fn calls_in_tail_position_take_no_space() {
    all(&[
        (
            "let f = n => match n { 0 => \"end\", _ => do { let m = n - 1; f(m) } }\nf(50000)",
            "\"end\"",
        ),
        (
            "let f = n => do { for (i in [1]) { if (n == 0) { return \"end\" }; return f(n - 1) } }\nf(50000)",
            "\"end\"",
        ),
        ("let f = (n): Number => if (n == 0) { 1 } else { rec(n - 1) }\nf(50000)", "1"),
        (
            "let f = (n): String => if (n == 0) { 1 } else { rec(n - 1) }\nf(5)",
            "! Type error: function return type expected String, got Number",
        ),
        (
            "let f = n => try { if (n == 0) { throw \"x\" }; return f(n - 1) } catch (e) { n }\nf(3)",
            "0",
        ),
        (
            "let f = n => try { throw \"x\" } catch (e) { if (n == 0) { \"end\" } else { f(n - 1) } }\nf(50000)",
            "\"end\"",
        ),
    ]);
}

#[test]
fn generators_are_suspended_where_they_are() {
    all(&[
        (
            "let g = generate { try { yield 1; throw \"x\" } catch (e) { yield e.message }; return 3 }\n\
          [g.next().value, g.next().value, g.next().value, g.next()]",
            "[1, \"x\", 3, { done: true, value: 3 }]",
        ),
        (
            "mut g = null\ng = generate { yield g.next() }\ng.next()",
            "! The generator is already running",
        ),
        (
            "let g = generate { yield 1; throw \"x\" }\ng.next()\ntry { g.next() } catch (e) { 0 }\ng.next()",
            "{ done: true, value: null }",
        ),
        (
            "let g = n => generate { if (n > 0) { for (x in rec(n - 1)) { yield x }; yield n } }\n\
          mut s = 0\nfor (x in g(60)) { s += x }\ns",
            "1830",
        ),
        (
            "let g = generate { let x = await sleep(1); yield [x]; yield await (async () => 5)() }\n\
          [g.next().value, g.next().value]",
            "[[null], 5]",
        ),
        ("let o = {n: 1, g: () => generate { yield self.n }}\no.g().next().value", "1"),
    ]);
}

#[test]
fn tasks_run_in_one_order() {
    all(&[
        (
            "let t = name => async () => do { print(name, 1); await sleep(2); print(name, 2) }\n\
          let a = spawn(t(\"a\"))\nlet b = t(\"b\")()\nprint(\"main\")\nawait a\nawait b",
            "b 1\nmain\na 1\nb 2\na 2",
        ),
        (
            "let f = async n => do { await sleep(n); print(n) }\nlet all = [f(3), f(1), f(2)]\n\
          for (one in all) { await one }\n0",
            "1\n2\n3\n0",
        ),
        (
            "let [tx, rx] = channel()\nawait rx.recv()",
            "! Deadlock: nothing is left that could end this wait",
        ),
        (
            "let [tx, rx] = channel()\ntry { await rx.recv() } catch (e) { e.kind }",
            "\"RuntimeError\"",
        ),
        (
            "let f = async () => do { await sleep(5); 1 }\nlet t = f()\n[cancel(t), cancel(t), \
          try { await t } catch (e) { [e.kind, e.message] }]",
            "[true, false, [\"Cancelled\", \"the task was cancelled\"]]",
        ),
        (
            "let m = AsyncMutex(0)\nlet add = async n => do {\n  let g = await m.lock()\n  let v = g.get()\n  \
          await sleep(1)\n  g.set(v + n)\n}\nlet ts = map(n => spawn(add, n), [1, 2, 3])\n\
          for (t in ts) { await t }\n(await m.lock()).get()",
            "6",
        ),
        ("await spawn(() => do { throw {message: \"m\", kind: \"K\"} })", "Error(K: m)"),
        ("spawn(5)", "! TypeError - spawn: needs a function"),
        ("spawn(x => x)", "! Lambda expects 1 arguments, got 0 (parameter 'x' has no default)"),
        ("await 5", "! Value not awaitable: 5"),
        ("let f = async n => if (n == 0) { 0 } else { 1 + (await f(n - 1)) }\nawait f(500)", "500"),
    ]);
}

#[test]
fn effects_follow_what_they_read() {
    all(&[
        (
            "let a = signal(1)\nlet b = signal(10)\nmut which = a\n\
          effect(() => print(which.value))\nwhich = b\na.set(2)\na.set(3)\nb.set(11)\n0",
            "1\n10\n11\n0",
        ),
        ("let s = signal(0)\neffect(() => if (s.value < 3) { s.set(s.peek() + 1) })\ns.value", "3"),
        (
            "let s = signal(0)\ntry { effect(() => do { s.value; throw \"x\" }) } catch (e) { 0 }\n\
          try { s.set(1); \"none\" } catch (e) { e.message }",
            "\"x\"",
        ),
    ]);
}

#[test]
fn files_are_run_once() {
    let once = (
        "once.soc",
        "print(\"once\")\nmut n = 1\nlet inc = () => do { n += 1; n }\nexport { n, inc }",
    );
    let text = "import { inc } from \"./once\"\nimport { n, inc as again } from \"sub/../once.soc\"\n\
                [inc(), again(), n]";
    assert_eq!(shown_with(text, &[once]), "once\n[2, 3, 1]");
    let nested = [
        ("lib/one.soc", "import { two } from \"./two\"\nexport { two as one }"),
        ("lib/two.soc", "let two = 2\nexport { two }"),
    ];
    assert_eq!(shown_with("import { one } from \"lib/one\"\none", &nested), "2");
    assert_eq!(shown_with("let f = () => do { import { x } from \"none\"; x }\n1", &[]), "1");
    let missing = "Failed to read module 'none': No such file or directory (os error 2)";
    assert_eq!(shown_with("import { x } from \"none\"", &[]), format!("! {missing}"));
    let wrong = [("wrong.soc", "let = 1")];
    assert!(shown_with("import { x } from \"wrong\"", &wrong).starts_with('!'));
}

#[test]
fn errors_know_where_they_were_thrown() {
    for (text, line) in [
        ("let x = 1\nthrow \"x\"", 2),
        ("let f = x =>\n  x + null\n\nf(1)", 2),
        ("let v = [1, 2]\n\nmap(x => x.a, v)", 3),
        ("let v = 1\nmap(5,\n  v)", 2),
        ("let f = (a: String) => a\n\nf(1)", 3),
    ] {
        let mut sources = SourceMap::default();
        let Ended::Uncaught(uncaught) = run_with(text, &mut sources, &Options::default()) else {
            panic!("{text}");
        };
        let at = sources.line_column(uncaught.span.source, uncaught.span.start);
        assert_eq!(at.line, line, "{text}\n{uncaught:?}");
    }
}

#[test]
fn limits_are_kept() {
    let few = Options { steps_max: 1000, ..Options::default() };
    let ended = run_with("while (true) { 1 }", &mut SourceMap::default(), &few);
    assert_eq!(ended, Ended::Stopped);
    let ended =
        run_with("try { while (true) { 1 } } catch (e) { 2 }", &mut SourceMap::default(), &few);
    assert_eq!(ended, Ended::Stopped);
    let small = Options { memory_max: 1 << 20, ..Options::default() };
    for text in [
        "mut s = \"x\"\ntry { while (true) { s = s + s } } catch (e) { e.kind }",
        "mut v = []\ntry { while (true) { v.push(1) } } catch (e) { e.kind }",
        "mut r = null\ntry { while (true) { r = {r: r} } } catch (e) { e.kind }",
        "mut f = null\ntry { while (true) { let g = f; f = () => g } } catch (e) { e.kind }",
        "try { 0..1e9 } catch (e) { e.kind }",
    ] {
        let ended = run_with(text, &mut SourceMap::default(), &small);
        assert_eq!(ended, Ended::Value(Some("\"MemoryError\"".to_owned())), "{text}");
    }
    // What is let go of can be used again.
    let text = "for (i in 0..100) { let v = 0..5000; len(v) }";
    let ended = run_with(text, &mut SourceMap::default(), &small);
    assert_eq!(ended, Ended::Value(Some("5000".to_owned())));
}

#[test]
fn what_is_deep_does_no_harm() {
    let deep = Options::default();
    for (text, expected) in [
        ("let f = n => if (n == 0) { 0 } else { 1 + f(n - 1) }\nf(100000)", "100000"),
        ("let f = n => 1 + f(n + 1)\ntry { f(0) } catch (e) { e.message }", "\"Stack overflow\""),
        (
            "mut v = []\nfor (i in 0..200000) { v = [v, \"x\"] }\nlet w = [v, \"x\"]\nv == w[0]",
            "true",
        ),
        ("mut r = null\nfor (i in 0..200000) { r = {mut r: r} }\nr.r = r\nlen(keys(r))", "1"),
        ("mut f = x => x\nfor (i in 0..100000) { let g = f; f = x => g(x) }\nf(1)", "1"),
        (
            "mut g = generate { yield 1 }\nfor (i in 0..50000) { let h = g; g = generate { for (x in h) { yield x } } }\n0",
            "0",
        ),
        (
            "mut e = null\nfor (i in 0..100000) { e = try { throw {message: \"m\", source: e} } catch (x) { x } }\ne.message",
            "\"m\"",
        ),
        (
            "let f = n => do { if (n == 0) { await sleep(1) }; 1 + f(n - 1) }\nspawn(f, 20000)\n\
          let [tx, rx] = channel()\nlet g = async () => do { let h = n => if (n == 0) { await rx.recv() } \
          else { 1 + h(n - 1) }; h(50000) }\ng()\nawait sleep(5)\n1",
            "1",
        ),
    ] {
        let ended = run_with(text, &mut SourceMap::default(), &deep);
        assert_eq!(ended, Ended::Value(Some(expected.to_owned())), "{text}");
    }
}
