//! Programs that call the library's functions with arguments of any kind.

use std::fmt::Write as _;

use achronyme::{FunctionHelp, function_helps};

use crate::dice::Dice;
use crate::misuse::Takes;

/// Arguments of all kinds, also such as hardly any function takes.
const VALUES: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "2",
    "3",
    "1.5",
    "-0",
    "NaN",
    "Infinity",
    "1e300",
    "\"abc\"",
    "\"\"",
    "\"A\"",
    "[]",
    "[1, 2, 3]",
    "[0, 0]",
    "[NaN, 1]",
    "[3, -Infinity, 2, 2]",
    "[\"a\", \"b\"]",
    "[[1, 2], [3, 4]]",
    "[[2, 0], [0, 2]]",
    "[[0, 0], [0, 0]]",
    "[[NaN, 1], [2, 3]]",
    "[[1, 2, 3], [4, 5, 6]]",
    "[[1], [2, 3]]",
    "[[1, \"a\"], {}]",
    "zeros(0)",
    "zeros(0, 0)",
    "zeros(0, 3)",
    "ones(2, 2, 2)",
    "range(0, 40)",
    "2i",
    "[1i, 2]",
    "[[1i, 2], [0, 1]]",
    "[1, 2, 3] > 2",
    "{}",
    "{a: 1, b: \"x\"}",
    "{axis: 0}",
    "{axis: 9}",
    "x => x",
    "(a, b) => a - b",
    "() => null",
    "sin",
    "A -> B",
    "network([A -> B: {weight: 1}, B -> A: {weight: -5}])",
    "network([A -> B: {weight: 2, capacity: 1}, B -> C: {weight: 3}], {A: {op: 1, mo: 2, pe: 4}})",
];

/// The program with this seed, of so many calls. Each of them may fail, and what comes of it is printed.
#[must_use]
pub fn calls(seed: u64, count: usize) -> String {
    let mut dice = Dice::new(seed);
    let helps = function_helps();
    let mut text = String::from("seed(1)\n");
    for number in 0..count {
        let call = call(&mut dice, function(&helps, seed, number));
        let _ = writeln!(
            text,
            "try {{ print({number}, [{call}]) }} catch (e) {{ print({number}, e.kind, \
             if (e.kind == \"MemoryError\") {{ \"\" }} else {{ e.message }}) }}"
        );
    }
    text
}

/// The functions one after the other, so that few seeds reach all.
fn function(helps: &[FunctionHelp], seed: u64, number: usize) -> &FunctionHelp {
    let start = usize::try_from(seed % 1_000_000).unwrap_or(0);
    &helps[(start.wrapping_mul(7) + number * 13) % helps.len()]
}

fn call(dice: &mut Dice, help: &FunctionHelp) -> String {
    let takes = Takes::new(&help.parameters);
    let (least, most) = (takes.min(), takes.max().unwrap_or(takes.places.len() + 3));
    let count = if dice.chance(4) { dice.below(most + 2) } else { dice.between(least, most) };
    let mut arguments: Vec<String> = (0..count).map(|_| value(dice)).collect();
    if let (Some(options), Some(last)) = (&takes.options, arguments.last_mut())
        && !options.is_empty()
        && dice.chance(30)
    {
        let mut fields = Vec::new();
        for (option, default) in options {
            if dice.chance(30) {
                let value = if dice.chance(50) { value(dice) } else { default.clone() };
                fields.push(format!("{option}: {value}"));
            }
        }
        *last = format!("{{{}}}", fields.join(", "));
    }
    format!("{}({})", help.name, arguments.join(", "))
}

fn value(dice: &mut Dice) -> String {
    match dice.below(10) {
        0 => format!("[{}, {}]", dice.pick(VALUES), dice.pick(VALUES)),
        _ => (*dice.pick(VALUES)).to_owned(),
    }
}
