//! Other names of instructions: one small table, and the few forms that need a look at the
//! operands.

use palindrome_vm::Instruction;
use source::Span;

use crate::codes;
use crate::object::{Meaning, Object};
use crate::operand::register_of;
use crate::problem::{Problem, problem};
use crate::syntax::ast::{Form, Operand};
use crate::syntax::expression::Expr;

/// Alias, mnemonic, and the last operand if it is left out.
#[rustfmt::skip]
const ALIASES: &[(&str, &str, Option<i64>)] = &[
    ("LOADIMM", "LI", None), ("LEA", "LI", None),
    ("CREATE_SEGMENT", "SEGMENTCREATE", None),
    ("TAPESEEK", "SEEK", None), ("TAPESEEKREG", "SEEK", None), ("TAPESEEKMARK", "SEEKMARK", None),
    ("TAPEADVANCE", "ADVANCE", None), ("TAPEMARK", "MARK", None),
    ("READ_TAPE", "TAPEREAD", Some(1)), ("WRITE_TAPE", "TAPEWRITE", Some(1)),
    ("WRITE_CONST", "WRITE_CONST", Some(1)),
    ("RET", "RETURN", None), ("JMP", "JUMP", None),
    ("BRANCH", "BNZ", None), ("BRANCHZERO", "BZ", None), ("BRANCHNOTZERO", "BNZ", None),
    ("BEQ", "BRANCH_EQ", None), ("BNE", "BRANCH_NE", None), ("BLT", "BRANCH_LT", None),
    ("BLE", "BRANCH_LEQ", None), ("BGT", "BRANCH_GT", None), ("BGE", "BRANCH_GEQ", None),
    ("BRANCH_LE", "BRANCH_LEQ", None), ("BRANCH_GE", "BRANCH_GEQ", None),
    ("CP", "CHECKPOINT", None), ("RW", "REWIND", None),
];

/// Every name that can begin an instruction.
pub(crate) fn mnemonics() -> impl Iterator<Item = &'static str> {
    let rows = Instruction::TABLE.iter().map(|row| row.mnemonic);
    rows.chain(ALIASES.iter().map(|(alias, ..)| *alias))
}

/// The aliases with the mnemonics that they stand for.
pub fn aliases() -> impl Iterator<Item = (&'static str, &'static str)> {
    ALIASES.iter().map(|(alias, mnemonic, _)| (*alias, *mnemonic))
}

/// The mnemonic in the table and the operands that are meant.
pub(crate) fn resolve(
    object: &Object,
    word: &str,
    span: Span,
    mut operands: Vec<Operand>,
) -> Result<(String, Vec<Operand>), Problem> {
    let upper = word.to_ascii_uppercase();
    let alias = ALIASES.iter().find(|(alias, ..)| *alias == upper);
    let mut mnemonic = alias.map_or(upper.as_str(), |(_, mnemonic, _)| mnemonic);
    if let Some((_, _, Some(default))) = alias
        && operands.len() == 1
    {
        let form = Form::Number(Expr::number(i128::from(*default), span));
        operands.push(Operand { span, form });
    }
    if mnemonic == "LOAD"
        && let [_, Operand { form: Form::Word(name), span }] = operands.as_slice()
        && object.meaning(name).is_none()
        && let Some((record, field)) = name.split_once('.')
    {
        let part = |text: &str| Operand { span: *span, form: Form::Word(text.to_owned()) };
        let parts = [part(record), part(field)];
        operands.truncate(1);
        operands.extend(parts);
        return Ok((mnemonic.to_owned(), operands));
    }
    match (mnemonic, operands.as_mut_slice()) {
        ("LOAD" | "MOV", [_, value]) if is_number(object, value) => {
            if let Form::Word(name) = &value.form
                && mnemonic == "LOAD"
                && !matches!(object.meaning(name), Some(Meaning::Constant(_)))
            {
                return Err(no_absolute(value.span));
            }
            mnemonic = "LI";
        }
        ("MOV", [_, Operand { form: Form::Word(name), .. }]) if object.meaning(name).is_none() => {
            if name.eq_ignore_ascii_case("sp") {
                mnemonic = "GETSP";
            } else if name.eq_ignore_ascii_case("fp") {
                mnemonic = "GETFP";
            }
            if mnemonic != "MOV" {
                operands.pop();
            }
        }
        ("SEEK", [Operand { form: Form::Word(name), .. }])
            if register_of(object, name).is_none() =>
        {
            if object.symbols.contains_key(name) {
                // A label or a constant: a number.
            } else if object.has_segment(name) {
                mnemonic = "SEGMENTSEEK";
                let form = Form::Number(Expr::number(0, span));
                operands.push(Operand { span, form });
            } else {
                mnemonic = "SEEKMARK";
            }
        }
        ("SEEK", [_, _]) => mnemonic = "SEGMENTSEEK",
        _ => {}
    }
    Ok((mnemonic.to_owned(), operands))
}

/// Whether an operand is a number, and not a register or a name that nothing has.
fn is_number(object: &Object, operand: &Operand) -> bool {
    match &operand.form {
        Form::Number(_) => true,
        Form::Word(name) => register_of(object, name).is_none() && object.meaning(name).is_some(),
        Form::Bracket { .. } | Form::Absolute | Form::Text(_) => false,
    }
}

/// There is no instruction for this position.
pub(crate) fn no_absolute(span: Span) -> Problem {
    let message = "loads and stores take their position from a register";
    let hint = "`LEA Rx, label` puts a label's position into a register; then use `[Rx]`";
    Box::new(problem(codes::NO_ABSOLUTE, span, message).with_hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alias_leads_to_an_instruction() {
        for (alias, mnemonic) in aliases() {
            assert!(Instruction::TABLE.iter().any(|row| row.mnemonic == mnemonic), "{alias}");
        }
    }
}
