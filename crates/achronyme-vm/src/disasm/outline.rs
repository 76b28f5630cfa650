//! What is above the instructions of a function, and the source lines between them.

use std::fmt::Write as _;

use super::function_name;
use crate::program::{Capture, Line, Program, Prototype};

/// What a function is, where its upvalues come from, and where its errors go.
pub(super) fn outline(program: &Program, index: usize, prototype: &Prototype) -> String {
    let Prototype { parameters_min, parameters, registers, .. } = prototype;
    let mut text = format!("F{index} {}", function_name(program, index));
    let _ = match parameters_min == parameters {
        true => write!(text, "({parameters})"),
        false => write!(text, "({parameters_min}..{parameters})"),
    };
    let _ = write!(text, ", {registers} registers");
    if let Some(register) = prototype.self_register {
        let _ = write!(text, ", self in R{register}");
    }
    let flags = [(prototype.is_generator, "generator"), (prototype.is_async, "async")];
    for (_, flag) in flags.iter().filter(|(is_set, _)| *is_set) {
        let _ = write!(text, ", {flag}");
    }
    text.push('\n');
    for (index, (capture, (name, is_cell))) in
        prototype.captures.iter().zip(&prototype.upvalues).enumerate()
    {
        let from = match capture {
            Capture::Register(register) => format!("R{register}"),
            Capture::Upvalue(upvalue) => format!("U{upvalue}"),
            Capture::Rec => "rec".to_owned(),
        };
        let cell = if *is_cell { ", a cell" } else { "" };
        let _ = writeln!(text, "  ; U{index} is {name}, from {from} of its maker{cell}");
    }
    for handler in &prototype.handlers {
        let _ = writeln!(
            text,
            "  ; errors from {} to {} go to L{} with R{}",
            handler.start, handler.end, handler.target, handler.register
        );
    }
    text
}

/// Number and text of the source line of a statement that begins at a word.
pub(super) fn source_line(
    program: &Program,
    prototype: &Prototype,
    at: usize,
) -> Option<(usize, String)> {
    let found = prototype.lines.partition_point(|line| (line.at as usize) < at);
    let begins = |line: &&Line| line.at as usize == at && line.statement;
    let line = prototype.lines.get(found).filter(begins)?;
    let text = &program.sources.get(line.source as usize)?.text;
    let before = text.get(..line.start as usize)?;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let number = before.matches('\n').count() + 1;
    Some((number, text[start..].lines().next().unwrap_or_default().trim().to_owned()))
}
