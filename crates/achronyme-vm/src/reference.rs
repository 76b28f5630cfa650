//! The reference page of the instructions, made from their table.

use std::fmt::Write as _;

use crate::op::{Op, OpRow, Operand};

/// The table of the instructions as Markdown.
#[must_use]
pub fn instruction_reference() -> String {
    let mut page = String::from(
        "| code | instruction | in the word | words after it | meaning |\n|---|---|---|---|---|\n",
    );
    for (code, row) in Op::TABLE.iter().enumerate() {
        let words = row.operands.iter().filter(|operand| operand.is_word());
        let words: Vec<_> = words.map(|operand| describe(*operand)).collect();
        let doc = row.doc.trim().replace('|', "\\|").replace("](", "]\\(");
        let _ = writeln!(
            page,
            "| `{code:02x}` | `{}` | {} | {} | {doc} |",
            row.mnemonic,
            inside(row),
            words.join(", ")
        );
    }
    page
}

/// The operands in the first word, with the letters that the meaning uses.
fn inside(row: &OpRow) -> String {
    let mut letters = ["a", "b", "c"].into_iter();
    let inside = row.operands.iter().filter(|operand| !operand.is_word());
    let described = inside.filter_map(|operand| {
        let letter = letters.next()?;
        let letter = if is_wide(*operand) { "k" } else { letter };
        if *operand == Operand::Jump24 {
            return Some(describe(*operand).to_owned());
        }
        (*operand != Operand::Unused).then(|| format!("{letter}: {}", describe(*operand)))
    });
    described.collect::<Vec<_>>().join(", ")
}

const fn is_wide(operand: Operand) -> bool {
    matches!(
        operand,
        Operand::Wide16
            | Operand::Small16
            | Operand::Prototype16
            | Operand::Global16
            | Operand::Check16
    )
}

const fn describe(operand: Operand) -> &'static str {
    match operand {
        Operand::Read | Operand::Write | Operand::Change => "register",
        Operand::Window => "first register",
        Operand::Count => "how many",
        Operand::Constant8 => "constant below 256",
        Operand::Upvalue => "upvalue",
        Operand::Kind => "kind of value",
        Operand::Flags => "0 or 1",
        Operand::Unused => "nothing",
        Operand::Wide16 => "constant",
        Operand::Small16 => "number from -32768 to 32767",
        Operand::Prototype16 => "function",
        Operand::Global8 | Operand::Global16 => "global",
        Operand::Check16 => "check",
        Operand::Jump24 => "jump of 24 bits",
        Operand::Jump => "jump",
        Operand::Name => "name",
        Operand::Cache => "cache",
        Operand::Shape => "shape",
        Operand::Builtin => "function of the library",
        Operand::Pattern => "pattern",
        Operand::Mask => "mask",
    }
}
