//! Programs as users of Python, MATLAB, Julia, C and JavaScript write them at first: each gets one
//! message, at the right place, which says what is written here.

mod common;

use achronyme::{NoFiles, Options, compile};
use source::SourceMap;

/// Programs, where they are wrong, and the hint that helps.
#[rustfmt::skip]
const ROWS: &[(&str, &str, &str)] = &[
    ("def f(x):\n  return x + 1\nprint(f(1))", "1:5", "write `let f = (x) => …`"),
    ("mut x = 1\nx++", "2:3", "`x += 1` adds to a variable"),
    ("mut x = 1\n++x", "2:1", "`x += 1` adds to a variable"),
    ("let v = 1:10", "1:10", "a range is `1..10`, or `1..=10` with its end; `range(0, 1, 0.1)` has a step"),
    ("let v = 0:0.1:1", "1:10", "a range is `1..10`, or `1..=10` with its end; `range(0, 1, 0.1)` has a step"),
    ("if (true)\n  print(1)\nend", "1:10", "blocks stand in braces: `{ … }`"),
    ("if (x > 1) { 1 } elif (x > 0) { 2 } else { 3 }", "1:18", "write `else if`"),
    ("let x = 1\nif x > 0:\n  print(x)", "2:4", "write `if (…) { … }`"),
    ("function f(x) {\n  return x * 2\n}\nf(1)", "1:10", "write `let f = (x) => …`"),
    ("function y = f(x)\n  y = x + 1\nend", "1:10", "write `let f = (x) => …`"),
    ("let a = 1\nif (a ~= 2) { 1 }", "2:7", "unequal is `!=`"),
    ("let a = 2 ** 3", "1:12", "a power is `a ^ b`"),
    ("let A = [[1, 2], [3, 4]]\nA'", "2:2", "the transpose of `A` is `transpose(A)`"),
    ("let A = [[1, 2], [3, 4]]\nlet B = A' * 2", "2:10", "the transpose of `A` is `transpose(A)`"),
    ("let v = [1, 2; 3, 4]", "1:14", "each row of a matrix stands in brackets: `[[1, 2], [3, 4]]`"),
    ("print \"x\"", "1:7", "what a function is given stands in parentheses: `print(…)`"),
    ("let f = x -> x + 1\nf(1)", "1:14", "a function is `x => …`"),
    ("let x = 5;\nlet y = x === 5", "2:13", "equal is `==`"),
    ("let x = null\nlet y = x ?? 3", "2:11", "write `if(x == null, y, x)`"),
    ("let x = true\nlet y = x ? 1 : 2", "2:11", "write `if(condition, a, b)`"),
    ("let y = 1 if true else 2", "1:11", "write `if(condition, a, b)`"),
    ("for i in range(0, 3):\n  print(i)", "1:5", "write `for (x in v) { … }`"),
    ("for (let i = 0; i < 3; i++) { print(i) }", "1:5", "write `for (i in 0..10) { … }`"),
    ("for i = 1:10\n  print(i)\nend", "1:5", "write `for (x in v) { … }`"),
    ("while x < 3:\n  x += 1", "1:7", "write `while (…) { … }`"),
    ("x = 5\nprint(x)", "1:1", "`let x = …` declares it, or `mut x = …` if it changes"),
    ("let x = 3\nx = 4", "2:1", "a variable is declared with `mut`"),
    ("# a comment\nprint(1)", "1:1", "remarks begin with `//`, and end with the line"),
    ("% a comment\nprint(1)", "1:1", "remarks begin with `//`"),
    ("/* a comment */ print(1)", "1:1", "remarks begin with `//`, and end with the line"),
    ("let v = [x * 2 for x in [1, 2]]", "1:16", "write `map(x => …, v)`"),
    ("let f = lambda x: x + 1", "1:16", "a function is `x => …`"),
    ("let f = @(x) x + 1", "1:9", "a function is `x => …`"),
    ("import numpy as np\nnp.zeros(3)", "1:8", "names stand in braces: `{ a, b }`"),
    ("from math import sin", "1:1", "write `import { a, b } from \"module\"`"),
    ("import math\nmath.sin(1)", "1:8", "names stand in braces: `{ a, b }`"),
    ("using LinearAlgebra", "1:7", "write `import { a, b } from \"module\"`"),
    ("let v = [1, 2, 3]\nlen v", "2:5", "what a function is given stands in parentheses: `len(…)`"),
    ("let s = f\"x = {1}\"", "1:10", "a string with values in it is `'x = ${x}'`"),
    ("let s = `x = ${1}`", "1:9", "a string with values in it is 'x = ${x}'"),
    ("let s = 'it''s'", "1:13", "a quote in a string in single quotes is `\\'`"),
    ("let s = \"\"\"doc\"\"\"", "1:11", "a string may go on over lines: `\"…\"`"),
    ("print(1, end=\"\")", "1:13", "options stand in braces: `{end: …}`"),
    ("let x = 1\nlet y = not x", "2:13", "write `!`"),
    ("let y = true and false", "1:14", "write `&&`"),
    ("let y = 1 if 2", "1:11", "write `if(condition, a, b)`"),
    ("console.log(1)", "1:1", "write `print(…)`"),
    ("disp(1)", "1:1", "write `print(…)`"),
    ("class A {\n}", "1:7", "a record holds values and functions: `{x: 1, f: () => self.x}`"),
    ("try:\n  1\nexcept:\n  2", "1:4", "blocks stand in braces: `{ … }`"),
    ("switch (1) { case 1: print(1) }", "1:12", "write `match e { pattern => value, … }`"),
    ("match 1:\n  case 1: 2", "1:8", "blocks stand in braces: `{ … }`"),
    ("let x = 5 div 2", "1:11", "write `floordiv(a, b)`"),
    ("let x = 5 mod 2", "1:11", "write `a % b`, or `mod(a, b)` with the sign of `b`"),
    ("let m = [1, 2] @ [3, 4]", "1:16", "a product of matrices is `matmul(a, b)`"),
    ("let m = [1, 2] .* [3, 4]", "1:17", "element by element it is `mul(a, b)`"),
    ("let m = [1, 2] .^ 2", "1:17", "element by element it is `pow(a, b)`"),
    ("let x = 1e", "1:9", "an exponent has digits: 1e3"),
    ("let x = 1,000", "1:10", "several values stand in brackets: `[a, b]`"),
    ("let x = 3j", "1:9", "an imaginary number is `3i`"),
    ("let x = 5!", "1:10", "write `factorial(n)`"),
    ("let x, y = 1, 2", "1:6", "several names stand in brackets: `let [a, b] = …`"),
    ("let (a, b) = [1, 2]", "1:5", "several names stand in brackets: `let [a, b] = …`"),
    ("let x += 1", "1:7", "a variable that is there changes without `let`"),
    ("x := 5", "1:3", "write `let x = …` for a new name, `x = …` for a new value"),
    ("let x <- 5", "1:7", "write `=`"),
    ("let f(x) = x + 1\nf(1)", "1:6", "write `let f = (x) => …`"),
    ("f(x) = x + 1", "1:1", "a function is `let f = (a, b) => …`"),
    ("let f = (x) {\n  x\n}", "1:13", "a function is `(a, b) => do { … }`"),
    ("let f = function(x) { x }", "1:21", "a function is `(a, b) => do { … }`"),
    ("let r = {a = 1}", "1:9", "a field is `a: …`; statements stand in `do { … }`"),
    ("let x = y = 1", "1:11", "`do { … }` makes a value of statements; `==` compares"),
    ("if (1 = 1) { 2 }", "1:7", "`do { … }` makes a value of statements; `==` compares"),
    ("if true { 1 }", "1:4", "write `if (…) { … }`"),
    ("if (true) print(1)", "1:11", "blocks stand in braces: `{ … }`"),
    ("for (x of [1, 2]) { x }", "1:8", "write `in`"),
    ("for x in [1, 2] { x }", "1:5", "write `for (x in v) { … }`"),
    ("let i: int = 5", "1:8", "did you mean `Number`?"),
    ("int x = 5", "1:5", "`let` makes a name that stays, `mut` one that changes"),
    ("let x: number = 5", "1:8", "did you mean `Number`?"),
    ("let x = [1, 2, 3][1:2]", "1:20", "a range is `a..b`, without its end"),
    ("let x = [1, 2, 3][-1:]", "1:21", "a range is `a..b`, without its end"),
    ("let x = [1, 2, 3]\nx[end]", "2:3", "the last element is `v[-1]`; blocks end with `}`"),
    ("do {\n 1\n} while (true)", "3:3", "there is no `do … while`: a `while (true) { … }` is left by `break`"),
    ("del x", "1:5", "a name stays until its block ends"),
    ("pass", "1:1", "an empty block is `{ }`"),
    ("let x = new Foo()", "1:13", "a record is made by `{x: 1}`, or by a function that gives one"),
    ("throw new Error(\"x\")", "1:11", "a record is made by `{x: 1}`, or by a function that gives one"),
    ("const f = (x) => { return x }\nf(1)", "1:7", "`let x = …` makes a name that stays"),
    ("let v = [1, 2, 3];\nfor (i, x) in v { print(x) }", "2:7", "a loop has one name: `for (pair in enumerate(v)) { … }`"),
    ("let x = !true && ~false", "1:18", "`!` is not"),
    ("1 <> 2", "1:1", "unequal is `!=`"),
    ("let a = 1 & 2", "1:11", "`&&` is and"),
    ("let a = 1 | 2", "1:11", "`||` is or"),
    ("let a = 1 << 2", "1:12", "bits are moved by `a * 2 ^ n`"),
    ("let a = 1 |> sin", "1:11", "write `pipe(x, f)`"),
    ("elseif (x) { 1 }", "1:12", "write `else if`"),
    ("global x", "1:8", "`let` makes a name that stays, `mut` one that changes"),
    ("let x = 0b101", "1:9", "numbers are decimal, or hexadecimal: 0xff"),
    ("let x = 1_000", "1:9", "digits stand together, without `_`"),
    ("let name-with-dash = 1", "1:9", "names are made of letters, digits and `_`"),
    ("print “hi”", "1:7", "strings are written \"so\""),
    ("let x = 3 ≤ 4", "1:11", "write `<=`"),
    ("let x = 3 × 4", "1:11", "write `*`"),
    ("pass := 1", "1:6", "write `let x = …` for a new name, `x = …` for a new value"),
    ("f = x => x", "1:1", "`let f = …` declares it, or `mut f = …` if it changes"),
];

#[test]
fn what_is_written_as_in_other_languages_gets_one_message_with_advice() {
    let mut wrong = Vec::new();
    for (text, place, hint) in ROWS {
        let mut sources = SourceMap::default();
        let made = compile("a.soc", text, &mut sources, Options::default(), &mut NoFiles);
        let (Ok((_, found)) | Err(found)) = made;
        let told: Vec<(String, &str)> = found
            .iter()
            .map(|one| {
                let at = sources.line_column(one.span.source, one.span.start);
                (format!("{}:{}", at.line, at.column), one.hint.as_deref().unwrap_or_default())
            })
            .collect();
        if told != [((*place).to_owned(), *hint)] {
            wrong.push(format!("{text}\nexpected {place} {hint}\nfound {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What other languages have may be right here, too.
#[test]
fn what_only_looks_foreign_is_left_alone() {
    for text in [
        "let v = [1, 2]\nlet end = 1\nlet s = v[0..end]\ns\n",
        "let def = x => x\ndef(1)\n",
        "let r = {class: 1, new: 2, function: 3}\nr.class + r.new\n",
        "let not = x => !x\nnot(true)\n",
        "let f = x => x - -1\nf(-2)\n",
        "for (k in do { let n = 3; 0..n }) { k }\n",
        "let x = 5 // 3\n",
        "let int = 5; int\n",
        "if (true)\n{\n  1\n}\nelse\n{\n  2\n}\n",
        "A -> B: {weight: 1}\n",
        "let s = \"it's\" + 'say \"so\"'\n",
    ] {
        assert_eq!(common::compiler_said(text), "", "{text}");
    }
}
