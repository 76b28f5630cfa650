//! Lowering: from written instructions to words of an object, by the instruction table.

use std::collections::BTreeSet;

use isa::OpInfo;
use palindrome_vm::{Instruction, OperandKind};
use source::{Diagnostic, Span};

use crate::alias::{mnemonics, no_absolute, resolve};
use crate::codes;
use crate::layout::Pending;
use crate::object::{Meaning, Object, Word};
use crate::operand::{fit_row, slots, unknown_register};
use crate::problem::{Problem, labelled, problem, with_nearest};
use crate::syntax::ast::{Form, Name, Operand};
use crate::values::undefined;

type Row = OpInfo<OperandKind>;

/// Lowers every instruction of a unit.
pub(crate) fn lower(object: &mut Object, pending: Vec<Pending>, diagnostics: &mut Vec<Diagnostic>) {
    let creates = |mnemonic: &Name| {
        ["SEGMENTCREATE", "CREATE_SEGMENT", "READ", "CREATE_VIEW"]
            .iter()
            .any(|m| m.eq_ignore_ascii_case(&mnemonic.text))
    };
    object.created = pending
        .iter()
        .filter_map(|pending| pending.parts.as_ref())
        .filter_map(|(mnemonic, operands)| match operands.first() {
            Some(Operand { form: Form::Word(name) | Form::Text(name), .. })
                if creates(mnemonic) =>
            {
                Some(name.clone())
            }
            _ => None,
        })
        .collect::<BTreeSet<_>>();
    let mut code = Vec::with_capacity(pending.len());
    for Pending { span, parts } in pending {
        let Some((mnemonic, operands)) = parts else { continue };
        match instruction(object, &mnemonic, span, operands) {
            Ok(word) => code.push(word),
            Err(problem) => diagnostics.push(*problem),
        }
    }
    object.code = code;
    object.created.clear();
}

fn instruction(
    object: &Object,
    written: &Name,
    span: Span,
    operands: Vec<Operand>,
) -> Result<Word, Problem> {
    if !mnemonics().any(|mnemonic| mnemonic.eq_ignore_ascii_case(&written.text)) {
        let message = format!("there is no instruction `{}`", written.text);
        let label = "an instruction was expected";
        let unknown = labelled(codes::UNKNOWN_MNEMONIC, written.span, message, label);
        return Err(with_nearest(unknown, &written.text, mnemonics()));
    }
    let (mnemonic, operands) = resolve(object, &written.text, written.span, operands)?;
    let rows = || Instruction::TABLE.iter().filter(|row| row.mnemonic == mnemonic);
    let fits = rows().filter_map(|row| Some((fit_row(object, &operands, row).ok()?, row)));
    let Some((_, row)) = fits.min_by_key(|(cost, _)| *cost) else {
        return Err(misfit(object, written, span, &operands, &rows().collect::<Vec<_>>()));
    };
    Ok(Word { code: row.code, slots: slots(object, &operands, row)?, span })
}

/// The operands fit no row: at the one where the best row fails.
fn misfit(
    object: &Object,
    written: &Name,
    span: Span,
    operands: &[Operand],
    rows: &[&Row],
) -> Problem {
    let name = written.text.to_ascii_uppercase();
    let forms: Vec<_> = rows.iter().map(|row| form(&name, row)).collect();
    let hint = format!("write {}", forms.join(" or "));
    let takes = |row: &&&Row| {
        let is_open = row.operands.iter().any(|(_, kind)| *kind == OperandKind::RegisterSet);
        row.operands.len() == operands.len() || is_open && operands.len() > row.operands.len()
    };
    let mut bad = None;
    let mut expected = Vec::new();
    for row in rows.iter().filter(takes) {
        let Err(index) = fit_row(object, operands, row) else { continue };
        let Some((_, kind)) = row.operands.get(index).or(row.operands.last()) else { continue };
        if bad.is_none_or(|bad| index > bad) {
            bad = Some(index);
            expected.clear();
        }
        if bad == Some(index) && !expected.contains(kind) {
            expected.push(*kind);
        }
    }
    let Some(operand) = bad.and_then(|index| operands.get(index)) else {
        let message = format!("`{name}` does not take {}", count(operands.len()));
        return Box::new(problem(codes::OPERANDS, span, message).with_hint(hint));
    };
    if let (Form::Word(word), [OperandKind::Register]) = (&operand.form, expected.as_slice()) {
        return unknown_register(object, word, operand.span);
    }
    if let Form::Word(word) = &operand.form
        && expected.contains(&OperandKind::Address)
    {
        return match object.meaning(word) {
            Some(Meaning::Register(_)) | None => unknown_address(object, word, operand.span),
            Some(_) => no_absolute(operand.span),
        };
    }
    let kinds: Vec<_> = expected.iter().map(ToString::to_string).collect();
    let label = format!("expected: {}", kinds.join(" or "));
    let message = format!("`{name}` does not take this operand");
    Box::new(labelled(codes::OPERANDS, operand.span, message, label).with_hint(hint))
}

fn unknown_address(object: &Object, word: &str, span: Span) -> Problem {
    if word.contains('.') {
        undefined(object, word, span)
    } else {
        unknown_register(object, word, span)
    }
}

fn form(name: &str, row: &Row) -> String {
    let operands: Vec<_> =
        row.operands.iter().map(|(field, kind)| format!("{field}: {kind}")).collect();
    format!("`{}`", format!("{name} {}", operands.join(", ")).trim_end())
}

fn count(operands: usize) -> String {
    match operands {
        0 => "no operands".to_owned(),
        1 => "1 operand".to_owned(),
        more => format!("{more} operands"),
    }
}
