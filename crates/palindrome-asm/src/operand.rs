//! Operands: which row of the instruction table they fit, and what goes into the object.

use isa::OpInfo;
use palindrome_vm::runtime::{FUNCTIONS, RuntimeFunction};
use palindrome_vm::{OperandKind, Order, REGISTER_COUNT, Strategy};
use source::Span;

use crate::alias::no_absolute;
use crate::codes;
use crate::object::{Meaning, Object, Slot};
use crate::problem::{Problem, labelled, with_nearest};
use crate::syntax::ast::{Form, Name, Operand};
use crate::syntax::expression::{Expr, ExprOp, to_word};
use crate::values::{Values, undefined, wrong_kind};

/// `R0`–`R15`, `r_ret`, `r_arg`.
pub(crate) fn register_number(word: &str) -> Option<u8> {
    if word.eq_ignore_ascii_case("r_ret") {
        return Some(0);
    }
    if word.eq_ignore_ascii_case("r_arg") {
        return Some(1);
    }
    let number = numbered_register(word)?;
    u8::try_from(number).ok().filter(|number| usize::from(*number) < REGISTER_COUNT)
}

/// `n` for `Rn`, whatever `n` is.
fn numbered_register(word: &str) -> Option<u64> {
    let digits = word.strip_prefix(['R', 'r'])?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { Some(digits.parse().unwrap_or(u64::MAX)) } else { None }
}

/// The register that a word stands for in a unit.
pub(crate) fn register_of(object: &Object, word: &str) -> Option<u8> {
    match object.symbols.get(word).map(|symbol| &symbol.meaning) {
        Some(Meaning::Register(number)) => Some(*number),
        Some(_) => None,
        None => register_number(word),
    }
}

/// How well an operand fits a kind; nothing if it does not. Less is better.
pub(crate) fn fit(object: &Object, operand: &Operand, kind: OperandKind) -> Option<u32> {
    let word = if let Form::Word(word) = &operand.form { Some(word) } else { None };
    let is_register = word.is_some_and(|word| register_of(object, word).is_some());
    let is_number = matches!(operand.form, Form::Number(_)) || (word.is_some() && !is_register);
    let is_fit = match kind {
        OperandKind::Register | OperandKind::RegisterSet => is_register,
        OperandKind::Immediate | OperandKind::Length => is_number,
        OperandKind::Source => is_register || is_number,
        OperandKind::Address if is_register => return Some(1),
        OperandKind::Address => matches!(operand.form, Form::Bracket { .. } | Form::Absolute),
        OperandKind::Target => word.is_some() && !is_register,
        OperandKind::Text => matches!(operand.form, Form::Text(_)),
        OperandKind::SegmentName | OperandKind::MarkName | OperandKind::CheckpointName => {
            word.is_some() || matches!(operand.form, Form::Text(_))
        }
        OperandKind::Strategy => word.is_some(),
        OperandKind::FieldName => word.is_some() || matches!(operand.form, Form::Text(_)),
        OperandKind::Order => word.is_some_and(|word| order(word).is_some()),
        OperandKind::Runtime => is_number,
    };
    is_fit.then_some(0)
}

/// How well operands fit a row; nothing if they do not, and then the first that does not.
pub(crate) fn fit_row(
    object: &Object,
    operands: &[Operand],
    row: &OpInfo<OperandKind>,
) -> Result<u32, usize> {
    let is_open = row.operands.last().is_some_and(|(_, kind)| *kind == OperandKind::RegisterSet);
    let mut cost = 0;
    for (index, operand) in operands.iter().enumerate() {
        let last = if is_open { row.operands.last() } else { None };
        let (_, kind) = row.operands.get(index).or(last).ok_or(index)?;
        cost += fit(object, operand, *kind).ok_or(index)?;
    }
    if operands.len() < row.operands.len() { Err(operands.len()) } else { Ok(cost) }
}

/// What goes into the object for operands that fit `row`.
pub(crate) fn slots(
    object: &Object,
    operands: &[Operand],
    row: &OpInfo<OperandKind>,
) -> Result<Vec<Slot>, Problem> {
    let mut slots = Vec::with_capacity(row.operands.len());
    for (operand, (_, kind)) in operands.iter().zip(row.operands) {
        if *kind == OperandKind::RegisterSet {
            break;
        }
        let slot = slot(object, operand, *kind)?;
        if *kind == OperandKind::Length
            && let Slot::Number(expr) = &slot
            && let [ExprOp::Number(length)] = expr.ops.as_slice()
            && !(1..=8).contains(length)
        {
            let message = format!("{length} bytes cannot be read or written at once");
            return Err(labelled(codes::RANGE, operand.span, message, "1 to 8 was expected"));
        }
        slots.push(slot);
    }
    if slots.len() < row.operands.len() {
        let set = operands[slots.len()..].iter().filter_map(|operand| match &operand.form {
            Form::Word(word) => register_of(object, word),
            Form::Number(_) | Form::Bracket { .. } | Form::Absolute | Form::Text(_) => None,
        });
        slots.push(Slot::Registers(set.fold(0, |set, register| set | 1 << register)));
    }
    Ok(slots)
}

fn slot(object: &Object, operand: &Operand, kind: OperandKind) -> Result<Slot, Problem> {
    let span = operand.span;
    match (&operand.form, kind) {
        (
            Form::Word(text) | Form::Text(text),
            OperandKind::SegmentName
            | OperandKind::MarkName
            | OperandKind::CheckpointName
            | OperandKind::FieldName
            | OperandKind::Text,
        ) => Ok(Slot::Text(Name { text: text.clone(), span })),
        (Form::Word(word), OperandKind::Strategy) => strategy(word, span),
        (Form::Word(word), OperandKind::Order) if order(word).is_some() => {
            Ok(Slot::Order(order(word).unwrap_or(Order::Equal)))
        }
        (Form::Word(word), OperandKind::Runtime) if object.meaning(word).is_none() => {
            runtime_function(word, span)
        }
        (Form::Word(word), OperandKind::Target) => match object.meaning(word) {
            Some(Meaning::Code(_) | Meaning::Extern) => {
                Ok(Slot::Label(Name { text: word.clone(), span }))
            }
            Some(other) => Err(wrong_kind(word, span, &other, "a label in the code")),
            None => Err(undefined(object, word, span)),
        },
        (Form::Word(word), OperandKind::Address) => match register_of(object, word) {
            Some(base) => Ok(Slot::Address { base, offset: Expr::number(0, span) }),
            None => Err(no_absolute(span)),
        },
        (Form::Word(word), _) => match register_of(object, word) {
            Some(register) => Ok(Slot::Register(register)),
            None => number(object, &Expr::symbol(word, span)),
        },
        (Form::Number(expr), _) => number(object, expr),
        (Form::Bracket { base, offset }, _) => {
            if let Some(base) = register_of(object, &base.text) {
                number(object, offset)?;
                return Ok(Slot::Address { base, offset: offset.clone() });
            }
            Err(if object.meaning(&base.text).is_some() {
                no_absolute(span)
            } else {
                unknown_register(object, &base.text, base.span)
            })
        }
        (Form::Absolute, _) => Err(no_absolute(span)),
        (Form::Text(_), _) => Err(labelled(codes::OPERANDS, span, "a text", "not expected here")),
    }
}

/// An expression all of whose names are defined.
fn number(object: &Object, expr: &Expr) -> Result<Slot, Problem> {
    for name in expr.symbols() {
        match object.meaning(name) {
            None => return Err(undefined(object, name, expr.span)),
            Some(register @ Meaning::Register(_)) => {
                return Err(wrong_kind(name, expr.span, &register, "a number"));
            }
            Some(_) => {}
        }
    }
    match Values::of_object(object).number(0, expr) {
        Ok(value) if to_word(value).is_none() => Err(too_large(value, expr.span)),
        Ok(value) => Ok(Slot::Number(Expr::number(value, expr.span))),
        Err(problem) if problem.code == codes::NOT_CONSTANT => Ok(Slot::Number(expr.clone())),
        Err(problem) => Err(problem),
    }
}

/// `value` does not fit into a register.
pub(crate) fn too_large(value: i128, span: Span) -> Problem {
    let message = format!("{value} does not fit into 64 bits");
    labelled(codes::RANGE, span, message, "a number of 64 bits was expected")
}

fn strategy(word: &str, span: Span) -> Result<Slot, Problem> {
    let is_it = |name: &&str| name.eq_ignore_ascii_case(word);
    let found = Strategy::NAMES.iter().find(|(_, names)| names.iter().any(is_it));
    found.map(|(strategy, _)| Slot::Strategy(*strategy)).ok_or_else(|| {
        let names = || Strategy::NAMES.iter().flat_map(|(_, names)| names.iter().copied());
        let label = format!("one of {} was expected", names().collect::<Vec<_>>().join(", "));
        let message = format!("there is no merge strategy `{word}`");
        with_nearest(labelled(codes::OPERANDS, span, message, label), word, names())
    })
}

fn order(word: &str) -> Option<Order> {
    let mut names = Order::NAMES.iter();
    names.find(|(_, name, _)| name.eq_ignore_ascii_case(word)).map(|(order, ..)| *order)
}

fn runtime_function(word: &str, span: Span) -> Result<Slot, Problem> {
    let is_it = |function: &&RuntimeFunction| function.name.eq_ignore_ascii_case(word);
    let found = FUNCTIONS.iter().find(is_it);
    found.map(|it| Slot::Number(Expr::number(i128::from(it.number), span))).ok_or_else(|| {
        let message = format!("there is no runtime function `{word}`");
        let label = "the name of a runtime function was expected";
        let unknown = labelled(codes::UNKNOWN_FUNCTION, span, message, label);
        with_nearest(unknown, word, FUNCTIONS.iter().map(|function| function.name))
    })
}

/// A word where a register must be.
pub(crate) fn unknown_register(object: &Object, word: &str, span: Span) -> Problem {
    if numbered_register(word).is_some() {
        let message = format!("there is no register `{word}`");
        return labelled(codes::REGISTER_RANGE, span, message, "registers go from R0 to R15");
    }
    match object.meaning(word) {
        Some(meaning) => wrong_kind(word, span, &meaning, "a register"),
        None => {
            let aliases = object.symbols.iter();
            let aliases =
                aliases.filter(|(_, symbol)| matches!(symbol.meaning, Meaning::Register(_)));
            let message = format!("`{word}` is no register");
            let unknown = labelled(codes::OPERANDS, span, message, "a register was expected");
            with_nearest(unknown, word, aliases.map(|(name, _)| name.as_str()))
        }
    }
}
