//! Arrays that are written over where nobody else has them: what programs see is as if every operator
//! made a new one, on the way forwards and back.

use std::sync::Arc;

use achronyme_random::{Compiled, Dice, Fared, TICKS, Text, compare};
use achronyme_vm::Vm;
use machine::{Machine as _, Probes, Stop, Tick};

/// Instructions of each program that the laws of time are held against.
const LAW_STEPS: usize = 400;

/// What differs between the engines, or between a run and one with jumps back.
fn differs(text: &str, seed: u64, wanted: Fared) -> Option<String> {
    match compare(text, seed, TICKS) {
        Ok(fared) if fared == wanted => None,
        Ok(fared) => Some(format!("{fared:?}\n{text}")),
        Err(difference) => Some(format!("{difference}\n{text}")),
    }
}

/// Programs in which an array is in two places, one of which changes.
const TRAPS: &[(&str, &str)] = &[
    ("the same one twice", "let a = arange(5) + 1\nlet t = a + a\n[a, t, (a + a) + (a + a)]"),
    (
        "the same variable on both sides",
        "mut x = arange(5) * 2\nx = x + x\nx = x * x\nx = x - x / (x + 1)\nx",
    ),
    (
        "a variable that is changed while it is an operand",
        "mut x = arange(4) + 1\nlet f = () => 1\nlet y = x + (do { x = x * 2; x }) + x\n[x, y]",
    ),
    ("a variable of which there is a copy", "mut x = arange(4) + 1\nlet y = x\nx = x + 1\n[x, y]"),
    (
        "an element of a list",
        "mut x = arange(4) + 1\nlet list = [x, \"a\"]\nx = x * 3\nx = x * 3\n[x, list]",
    ),
    (
        "a field of a record",
        "mut x = arange(4) + 1\nlet r = {mut v: x}\nx = x * 3\nr.v = r.v - 1\nr.v = r.v - x\n[x, r.v]",
    ),
    (
        "a captured variable",
        "mut x = arange(4) + 1\nlet f = () => x\nlet before = f()\nx = x + f() * 2\n\
         [before, x, f(), f() + f()]",
    ),
    (
        "a captured constant",
        "let x = arange(4) + 1\nlet f = y => x * y + x - 1\n[f(2), f(x), f(f(x)), x]",
    ),
    (
        "a parameter",
        "let f = (x, n) => do { mut y = x; for (i in 0..n) { y = y + x * i }; y - x }\n\
         let a = arange(4) + 1\n[f(a, 3), a, f(a * 2, 2), a]",
    ),
    (
        "an argument that is given on",
        "let id = x => x\nlet a = arange(4) + 1\nlet b = id(a) + 1\nlet c = id(a + 0) * 2\n[a, b, c]",
    ),
    (
        "what a loop goes through",
        "mut x = arange(4) + 1\nmut s = 0\nfor (v in x) { x = x + v; s = s + v }\n[x, s]",
    ),
    (
        "what a loop has begun with",
        "let first = arange(4) + 1\nmut x = first\nfor (i in 0..5) { x = x * 2 - first }\n[first, x]",
    ),
    (
        "a generator that waits between operands",
        "let a = arange(4) + 1\nlet g = generate {\n  let t = a * 2 + (do { yield a; a }) * 3 - 1\n  \
         yield t\n  yield t + (do { yield t * 1; 1 })\n}\nlet r = [g.next().value, g.next().value]\n\
         let s = r[1] + 1\n[r, s, g.next().value, g.next().value, a]",
    ),
    (
        "an error between operands",
        "mut x = arange(4) + 1\nlet y = try { x = x * 2 + (do { throw \"no\"; 1 }); 0 } catch (e) { x + 1 }\n\
         [x, y]",
    ),
    (
        "operands that do not fit",
        "mut x = arange(4) * 2\nlet y = try { x = x * 2 + arange(3); 0 } catch (e) { x - 1 }\n[x, y]",
    ),
    (
        "operands that are no numbers",
        "mut x = arange(4) * 2\nlet y = try { x = x - 1; x = x * 2 - {a: 1}; 0 } catch (e) { x - 1 }\n[x, y]",
    ),
    (
        "broadcasting",
        "let m = reshape(arange(6), 2, 3)\nlet v = [10, 20, 30]\nmut n = m * 1 + v\nn = n - v\n\
         [n, m * 2 + [[1], [2]], [1, 2, 3] * 2 + m, v, m]",
    ),
    ("one number", "mut x = ones(1, 1) * 2\nx = x + 1\nmut y = sum(x * 2)\ny = y + x\n[x, y]"),
    ("none", "mut x = zeros(0) * 2\nx = x + 1\nx = sqrt(x)\n[x, len(x)]"),
    (
        "masks",
        "let a = arange(6)\nmut m = a * 2 > 4\nlet k = m\nm = m + m\nlet n = !(a * 1 > 2)\n\
         [m, k, n, n * 2, where(a * 1 > 2, a, -a), where(a > 2, a > 3, a < 1), (a + 1 > 2) == (a > 1)]",
    ),
    (
        "variables that are assigned to again and again",
        "let a = arange(5) + 1\nmut x = a * 2\nmut y = x\nmut l = []\nlet f = p => p - 1\n\
         for (i in 0..4) {\n  let t = a * i\n  let u = a + t\n  x = t * u\n  l = [...l, u]\n  y = a - f(u)\n  \
         let v = y\n  y = a / 2\n  l.push(v)\n  l.push(t * 1)\n}\n[l, x, y, a]",
    ),
    (
        "vectors that are assigned to",
        "let a = [1, 2, 3]\nmut x = a * 2\nmut s = []\nfor (i in 0..3) { x = a * i; s = [...s, x]; x = -a }\n[s, x, a]",
    ),
    (
        "a mask that is assigned to",
        "let a = arange(4)\nlet m = a > 2\nlet n = !m\nmut x = m\nmut y = n\nx[0] = 7\ny[0] = 8\n[m, n, x, y]",
    ),
    (
        "vectors",
        "mut v = [1, 2, 3]\nlet w = v\nv = v * 2\nv = v + 1\nv.push(9)\nv = -v\n\
         [v, w, -(v * 2), v[0] + v * 1, [v, v * 2 + 1]]",
    ),
    (
        "complex results",
        "let a = arange(4) - 2\n[sqrt(a * 1), sqrt(a * a), (a * 1) ^ 0.5, (a * 1 + 2) * (1 + 2i), a]",
    ),
    (
        "products of matrices",
        "let m = reshape(arange(4), 2, 2)\n[(m + 1) * (m - 1), (m + 1) * m, m * (m * 2), (m + m) ^ 2, m]",
    ),
    (
        "functions of each number",
        "let a = arange(4) + 1\n[exp(ln(a * 2)), abs(floor(a * 1.5) - 3), round(a / 3, 1), pow(a * 2, a),\
         \n isnan(a / 0), clip(a * 2, a, a + 3), sum(a * 2), sort(-a), -(-a)]",
    ),
    (
        "a function of the library as a value",
        "let f = sqrt\nlet a = arange(4) + 1\nlet g = (h, x) => h(x * x) + h(x)\n[f(a * a), g(f, a), g(exp, a), a]",
    ),
    (
        "callbacks",
        "let a = arange(4) + 1\nlet l = map(x => x * 2 - x, [a, a * 2])\nlet r = reduce((s, x) => s + x, 0, [a, a, a])\n\
         [l, r, a]",
    ),
    (
        "tasks that wait between operands",
        "let a = arange(4) + 1\nlet f = async (x) => do { await sleep(1); x * 2 }\n\
         let t = f(a)\nlet u = a * 3 + await t\nlet v = (await t) - 1\n[u, v, await t, a]",
    ),
    (
        "arms of a choice",
        "let f = x => if (sum(x) > 5) { x * 2 } else { x }\nlet a = arange(4)\nlet b = a + 1\n\
         [f(a) + 1, f(b) + 1, f(b * 1) - 1, match (a * 1) { x => x + (x - 1) }, a, b]",
    ),
    (
        "chains with numbers between the arrays",
        "let a = arange(4) + 1\nmut k = 3\nlet f = (x, y) => a * x + x * y - (y / x) * a / (-y)\n\
         [f(2, 3), k * 2 * a + k * k, a * k - k * (k + 1) * a, (a > k - 1) * k + 1, f(0, 0) + 1]",
    ),
    (
        "chains of one number and of none",
        "let f = x => -(x * 2) + x / 3 - 1\n[f([4]), f(ones(1, 1)), f(zeros(0)), f(ones(1, 3)), f([])]",
    ),
    (
        "a value of a chain that is used twice",
        "mut t = 0\nlet a = arange(4) + 1\nlet b = (do { t = a * 2; t }) + 1\nlet c = (do { t = a * 3; t }) * t + t\n\
         let d = (do { let u = a * 2 + 1; u * u - u })\n[a, b, c, d, t]",
    ),
    (
        "a chain over what it reads",
        "mut x = arange(6) + 1\nfor (i in 0..3) { x = (x * 2 - i) / (x + 1) + x }\nmut y = x * 1\n\
         y = sqrt(y * y + 1) - y\ny = y * 2 + sin(x)\ny = exp(-y) * y\n[x, y]",
    ),
    (
        "a chain with roots that are complex",
        "mut x = arange(4) - 2\nlet y = sqrt(x * 2 + 1) * 2\n\
         x = sqrt(x - 1) + x\n[x, y]",
    ),
    (
        "chains of matrices",
        "let m = reshape(arange(4), 2, 2)\nlet n = m + m * 2 - 1\n[n, (m + 1) * (m - 1) + m, -m + n / 2 * m, m]",
    ),
    (
        "a chain whose shapes stop to fit",
        "let m = reshape(arange(6), 2, 3)\nlet v = [1, 2, 3]\nlet c = [[1], [2]]\n\
         let e = try { v * 2 + 1 + [1, 2] } catch (e) { e.message }\n[m * 2 + v - 1, m - 1 + c * 2, e]",
    ),
    (
        "a chain with something else in the midst of it",
        "let a = arange(4) + 1\nlet s = [\"s\", {x: a * 2 + 1}]\n\
         let e = try { a * 2 + 1 + \"t\" } catch (e) { e.message }\n\
         let g = try { -(a * 2) + null } catch (e) { e.message }\n[s, e, g, a * 2 + s[1].x - a, a * (1 + 2i) + a * 2]",
    ),
    (
        "chains in handlers, loops and arms",
        "mut x = arange(4) + 1\nmut n = 0\nwhile (n < 4) {\n  n += 1\n  x = try { if (n == 2) { throw x * 2 + 1 }\n\
         x * 2 - n } catch (e) { x / 2 + n * x }\n}\nlet y = if (n > 3) { x * 2 + 1 } else { x - 1 - x }\n[x, y]",
    ),
    (
        "chains of what is captured and changed",
        "mut x = arange(4) + 1\nlet f = () => do { x = x * 2 + 1 - x; x * x + 1 }\nlet y = x\n[f(), f(), x, y]",
    ),
    (
        "masks in chains",
        "let a = arange(6)\nlet m = a * 2 > 4\n[-(a > 2) + 1, (a + 1 > 2) + (a * 2 < 6), a - 1 >= a / 2, m * 2 > 1, !(a * 2 + 1 > 3)]",
    ),
    (
        "choices in chains",
        "let a = arange(6)\nlet b = a / 2 - 1\nlet m = a > 2\nlet n = b / (a - a)\n\
         [where(a * 2 > 4, a, b), where(a > 2, a, 1) + 1, where(m, b, 7) * 2, where(n > 0, n, -n) + 0, where(n, n, a) * 1,\n\
         where(a > 1, a > 2, m), where(a > 1, m, 1), where(a - 2, [1, 2, 3, 4, 5, 6], b), where(a > 2, 1, 2) > 1,\n\
         where(a > 2, \"s\" == \"s\", m), where(a > 2, true, false), where(a > 2, 1i, b), where(a > 1), a, b, m]",
    ),
    (
        "choices of other shapes",
        "let m = reshape(arange(4), 2, 2)\nlet e = zeros(0)\nlet c = try { where(m > 1, [1, 2, 3], 0) } catch (e) { e.message }\n\
         [where(m > 1, m, -m), where(m > 1, [7, 8], m * 2), where([[1], [2]] > 1, m, 0), where(e > 1, e, 1), where(e + 1, e, 1), c, m]",
    ),
    (
        "one number of a chain",
        "let a = arange(300) / 7 - 3\nlet b = a * a\nlet v = [1, 2, 3]\nlet m = reshape(arange(6), 2, 3)\n\
         [sum(a * b), mean((a - mean(a)) ^ 2), max(a * 2 - b), min(-b + 1), count_nonzero(a > 1), sum(a > 1), sum(a * b + 1) / 3,\n\
         max(0 * a / (a - a)), min(0 * v + v / 0), sum(v * 2 + v), mean(v > 1), max(0 - 0 * v), sum(m * 2 + 1), max(where(a > 1, a, b)),\n\
         sum(m - 2 * m), sum((m + 1) * 2, {axis: 0}), sum(sqrt(v - 5) * 2), sum(v * 2 + 1i), count_nonzero(v * 2 + 1i), a, b]",
    ),
    (
        "chosen by masks",
        "let a = arange(6)\nlet v = [3, 1, 2]\nlet m = reshape(arange(6), 2, 3)\nlet k = a > 2\nlet e = zeros(0)\n\
         let f = g => try { g() } catch (e) { e.message }\nlet x = v[v > 1]\n\
         [a[k], a[a > 9], f(() => k[k]), k[a < 4], v[v > 1] * 2, x, m[m > 2], f(() => m[[true, false]]), f(() => m[m > 2, 1]), f(() => a[[0, 2] > 1 - 2 * v[0]]),\n\
         f(() => e[e > 1]), f(() => [][e > 1]), f(() => a[v > 1]), f(() => m[v > 1]), f(() => v[k]), f(() => [\"s\", a][v[0..2] > 1]), a]",
    ),
    (
        "one number of nothing",
        "let e = zeros(0)\nlet f = g => try { g() } catch (e) { e.message }\n\
         [sum(e * 2 + 1), count_nonzero(e + 1 > 2), f(() => mean(e * 2 + 1)), f(() => max(e * 2 - 1)), f(() => min(e * 2 > 1)), sum([] * 2)]",
    ),
    (
        "one number of a chain in the place of an array",
        "mut x = arange(6) + 1\nmut k = 0\nfor (i in 0..3) { x = x * sum(x * 2 - i) / 100; k = k + max(x * x - 1); x = x - mean(x * k) }\n\
         let y = do { let s = x * 2; sum(s + 1) + s }\n[x, k, y]",
    ),
    ("an uncaught error", "mut x = arange(4) * 2\nx = x * 3 + 1\nx = x + arange(7)\nx"),
];

#[test]
fn nobody_sees_an_array_change_that_is_in_two_places() {
    let mut wrong = Vec::new();
    for (name, text) in TRAPS {
        let wanted = if *name == "an uncaught error" { Fared::Failed } else { Fared::Well };
        for seed in 0..8 {
            wrong.extend(differs(text, seed, wanted).map(|found| format!("{name}: {found}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn programs_with_temporaries_obey_the_laws_of_time() {
    for (name, text) in TRAPS {
        let compiled = Compiled::new(&Text::new(text).unwrap(), true).unwrap();
        if let Err(found) = compiled.obeys(LAW_STEPS) {
            panic!("{name}: {found}\n{text}");
        }
    }
}

/// An expression of arrays of five numbers.
fn expression(dice: &mut Dice, depth: usize) -> String {
    const NAMES: &[&str] = &["a", "b", "v", "m", "x", "y", "f(x)", "r.v", "l[1]"];
    if depth == 0 || dice.chance(15) {
        return (*dice.pick(NAMES)).to_owned();
    }
    let one = expression(dice, depth - 1);
    match dice.below(18) {
        0 => format!("({one} {} {})", dice.pick(&["+", "-", "*", "/"]), dice.between(1, 4)),
        1 => format!("({} {} {one})", dice.between(1, 4), dice.pick(&["+", "-", "*", "/"])),
        2 => format!("(-{one})"),
        3 => format!("{}({one})", dice.pick(&["abs", "exp", "sin", "floor", "atan", "isnan"])),
        4 => format!("sqrt(abs({one}))"),
        5 => format!("where({one} > 1, {one}, {})", expression(dice, depth - 1)),
        6 => format!("f({one})"),
        7 => format!("do {{ {}; {one} }}", change(dice, depth - 1)),
        8 => format!("(k * {one} - k * {})", dice.between(1, 4)),
        9 => format!("({one} ^ {})", dice.pick(&["2", "k", "0.5"])),
        10 => format!("where({one} < {}, k, {one})", expression(dice, depth - 1)),
        11 => format!("where({one}, {}, a > k / 9)", expression(dice, depth - 1)),
        12 => format!("({one} - {}({one} * 2))", dice.pick(&["sum", "mean", "min", "max"])),
        13 => format!("(b + count_nonzero({one} > 1))"),
        _ => {
            let other = expression(dice, depth - 1);
            format!("({one} {} {other})", dice.pick(&["+", "-", "*", "/", "<", ">="]))
        }
    }
}

/// A change of a variable.
fn change(dice: &mut Dice, depth: usize) -> String {
    let value = expression(dice, depth);
    match dice.below(6) {
        0 => format!("r.v = {value}"),
        1 => format!("l[1] = {value}"),
        2 => format!("x[{}] = sum({value})", dice.below(5)),
        3 => format!("y = x; x = {value}"),
        4 => format!("y += {value}"),
        _ => format!("x = x + {value}"),
    }
}

/// A program that computes with arrays in variables, and prints all of them after each step.
fn chains(seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let mut text = "let a = arange(5) / 3\nlet b = linspace(1, 2, 5)\nlet v = [1, 2, 3, 4, 5]\n\
                    let m = v > 2\nlet k = 3\nlet r = {mut v: a}\nmut l = [\"l\", b]\n\
                    mut x = a * b\nmut y = x\nlet f = p => p * 0.5 + b - p\n"
        .to_owned();
    for _ in 0..dice.between(2, 5) {
        let change = change(&mut dice, 3);
        let is_inside = dice.chance(50);
        text += &match dice.below(4) {
            0 => format!("for (i in 0..{}) {{ {change} }}\n", dice.between(1, 3)),
            1 if is_inside => format!("try {{ {change}; throw x }} catch (e) {{ {change} }}\n"),
            _ => format!("{change}\n"),
        };
        text += "print(x, y, r, l)\n";
    }
    text + "[a, b, v, m]"
}

#[test]
fn chains_come_to_what_their_steps_come_to() {
    let mut wrong = Vec::new();
    for seed in 0..300 {
        wrong.extend(differs(&chains(seed), seed, Fared::Well));
    }
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong[0]);
}

#[test]
fn chains_and_sums_in_loops_take_the_memory_of_their_result() {
    const NUMBERS: usize = 200_000;
    let is_enough = |text: &str, arrays: usize| {
        let compiled = Compiled::new(&Text::new(text).unwrap(), true).unwrap();
        // What else there is takes less than half of one.
        let memory = (2 * arrays + 1) * NUMBERS * size_of::<f64>() / 2;
        let mut vm = Vm::new(Arc::clone(compiled.program()), memory).unwrap();
        match vm.run(Tick::MAX, &Probes::none()) {
            Stop::Ended(_) => true,
            Stop::Trapped(trap) if trap.message.starts_with("Out of memory") => false,
            stop @ (Stop::Reached | Stop::Probed(_) | Stop::Asks(_) | Stop::Trapped(_)) => {
                panic!("{stop:?}")
            }
        }
    };
    // Of one array that is kept.
    for (text, temporaries) in [
        ("a * a + a * a - a", 1),
        ("sqrt(a * a + a * a + a / 2) * 2 - exp(a) + a", 1),
        ("a % 1 + a % 2 - a", 2),
        ("abs(-(a + 1)) * 2 > 1", 1),
        ("where(a + 1 > 1, a, 2) + 1", 1),
        ("do { mut x = a * 2; for (i in 0..9) { x = x + a; x = x / 2 }; x }", 1),
    ] {
        let text = format!("let a = linspace(0, 1, {NUMBERS})\nlet r = {text}\n0");
        assert!(is_enough(&text, 1 + temporaries), "{text}");
        assert!(!is_enough(&text, temporaries), "{text}");
    }
}
