//! Directives: lines that begin with a dot.

use source::Span;
use tape::{DataType, Field, Schema, SegmentType};

use super::ast::{Name, Statement, StatementKind};
use super::expression::{Expr, ExprOp};
use super::line::{After, Line};
use super::token::Token;
use crate::codes;
use crate::problem::{Problem, labelled, problem, with_nearest};

/// The largest alignment.
pub(crate) const ALIGN_MAX: u64 = 4096;
/// Fields of a record.
pub(crate) const FIELDS_MAX: usize = 1024;

const NAMES: [&str; 17] = [
    ".segment", ".code", ".i64", ".i32", ".i16", ".byte", ".f64", ".ascii", ".asciz", ".space",
    ".align", ".alias", ".const", ".global", ".extern", ".include", ".entry",
];

/// The bytes of a text in a record, where nothing is said.
const TEXT_ROOM: u32 = 60;

const KINDS: [&str; 6] = ["data", "table", "index", "log", "heap", "stack"];

const TYPES: [(&str, DataType); 11] = [
    ("Int8", DataType::Int8),
    ("Int16", DataType::Int16),
    ("Int32", DataType::Int32),
    ("Int64", DataType::Int64),
    ("UInt8", DataType::UInt8),
    ("UInt16", DataType::UInt16),
    ("UInt32", DataType::UInt32),
    ("UInt64", DataType::UInt64),
    ("Float32", DataType::Float32),
    ("Float64", DataType::Float64),
    ("Timestamp", DataType::Timestamp),
];

/// Parses the rest of a directive's line.
pub(crate) fn parse(
    head: &Name,
    line: &mut Line<'_>,
    out: &mut Vec<Statement>,
) -> Result<After, Problem> {
    let kind = match head.text.to_ascii_lowercase().as_str() {
        ".segment" => segment(line)?,
        ".code" => StatementKind::Code,
        ".i64" => StatementKind::Numbers { width: 8, values: expressions(line)? },
        ".i32" => StatementKind::Numbers { width: 4, values: expressions(line)? },
        ".i16" => StatementKind::Numbers { width: 2, values: expressions(line)? },
        ".byte" => StatementKind::Numbers { width: 1, values: expressions(line)? },
        ".f64" => floats(line)?,
        ".ascii" => texts(line, "")?,
        ".asciz" => texts(line, "\0")?,
        ".space" => StatementKind::Space(operand(line, "a number of bytes")?),
        ".align" => StatementKind::Align(operand(line, "a number of bytes")?),
        ".alias" => {
            let name = operand_word(line, "the alias")?;
            line.eat(',');
            StatementKind::Alias { name, register: operand_word(line, "a register")? }
        }
        ".const" => {
            let name = operand_word(line, "the constant's name")?;
            if !line.eat(',') {
                line.eat('=');
            }
            StatementKind::Const { name, value: operand(line, "the constant's value")? }
        }
        ".global" => StatementKind::Global(names(line)?),
        ".extern" => StatementKind::Extern(names(line)?),
        ".entry" => StatementKind::Entry(operand_word(line, "a label")?),
        ".include" => {
            let Some(file) = line.opt_text() else { return Err(lacks(line, "a file in quotes")) };
            line.finish()?;
            return Ok(After::Include(file));
        }
        other => {
            let message = format!("there is no directive `{}`", head.text);
            let unknown = problem(codes::UNKNOWN_DIRECTIVE, head.span, message);
            return Err(with_nearest(unknown, other, NAMES));
        }
    };
    line.finish()?;
    let span = Span { end: line.previous_end(), ..head.span };
    out.push(Statement { span, kind });
    Ok(After::Next)
}

fn lacks(line: &Line<'_>, what: &str) -> Problem {
    labelled(
        codes::DIRECTIVE,
        line.here(),
        "the directive lacks something",
        format!("{what} was expected"),
    )
}

fn operand(line: &mut Line<'_>, what: &str) -> Result<Expr, Problem> {
    if line.peek().is_none() { Err(lacks(line, what)) } else { line.expression() }
}

fn operand_word(line: &mut Line<'_>, what: &str) -> Result<Name, Problem> {
    line.opt_word().ok_or_else(|| lacks(line, what))
}

fn expressions(line: &mut Line<'_>) -> Result<Vec<Expr>, Problem> {
    let mut values = vec![operand(line, "a number")?];
    while line.eat(',') {
        values.push(operand(line, "a number")?);
    }
    Ok(values)
}

fn names(line: &mut Line<'_>) -> Result<Vec<Name>, Problem> {
    let mut names = vec![operand_word(line, "a name")?];
    while line.eat(',') {
        names.push(operand_word(line, "a name")?);
    }
    Ok(names)
}

fn texts(line: &mut Line<'_>, end: &str) -> Result<StatementKind, Problem> {
    let mut bytes = Vec::new();
    loop {
        let Some(text) = line.opt_text() else { return Err(lacks(line, "a text in quotes")) };
        bytes.extend_from_slice(text.text.as_bytes());
        bytes.extend_from_slice(end.as_bytes());
        if !line.eat(',') {
            return Ok(StatementKind::Bytes(bytes));
        }
    }
}

fn floats(line: &mut Line<'_>) -> Result<StatementKind, Problem> {
    let mut bytes = Vec::new();
    loop {
        let is_negative = line.eat('-');
        let value = match line.opt_float() {
            Some(value) => value,
            None => match operand(line, "a number")?.ops.as_slice() {
                #[expect(clippy::cast_precision_loss, reason = "the nearest one is meant")]
                [ExprOp::Number(value)] => *value as f64,
                _ => return Err(lacks(line, "a plain number")),
            },
        };
        let value = if is_negative { -value } else { value };
        bytes.extend_from_slice(&value.to_le_bytes());
        if !line.eat(',') {
            return Ok(StatementKind::Bytes(bytes));
        }
    }
}

/// `NAME [, SIZE] [, kind]`.
fn segment(line: &mut Line<'_>) -> Result<StatementKind, Problem> {
    let name = operand_word(line, "the segment's name")?;
    let (mut size, mut kind) = (None, None);
    while kind.is_none() && line.eat(',') {
        match line.peek() {
            Some(Token::Word(word)) if size.is_some() || is_kind(word) => {
                kind = Some(segment_kind(line)?);
            }
            _ => size = Some(operand(line, "a size or a kind")?),
        }
    }
    Ok(StatementKind::Segment { name, size, kind })
}

fn is_kind(word: &str) -> bool {
    KINDS.iter().any(|kind| kind.eq_ignore_ascii_case(word))
}

fn segment_kind(line: &mut Line<'_>) -> Result<SegmentType, Problem> {
    let word = line.word("a kind of segment")?;
    Ok(match word.text.to_ascii_lowercase().as_str() {
        "data" => SegmentType::Data,
        "index" => SegmentType::Index,
        "log" => SegmentType::Log,
        "heap" => SegmentType::Heap,
        "stack" => SegmentType::Stack,
        "table" => SegmentType::Table { schema: schema(line, word.span)? },
        other => {
            let message = format!("there is no kind of segment `{}`", word.text);
            let label = format!("one of {} was expected", KINDS.join(", "));
            let unknown = labelled(codes::DIRECTIVE, word.span, message, label);
            return Err(with_nearest(unknown, other, KINDS));
        }
    })
}

/// `[name: Type [null], …] [key name, …]`.
pub(crate) fn schema(line: &mut Line<'_>, span: Span) -> Result<Schema, Problem> {
    let mut schema = Schema::default();
    line.expect('[')?;
    loop {
        let name = line.word("a field's name")?;
        line.expect(':')?;
        let dtype = data_type(line)?;
        let nullable =
            matches!(line.peek(), Some(Token::Word(w)) if w.eq_ignore_ascii_case("null"));
        if nullable {
            line.opt_word();
        }
        schema.fields.push(Field { name: name.text, dtype, nullable });
        if schema.fields.len() > FIELDS_MAX {
            let message = format!("a record has at most {FIELDS_MAX} fields");
            return Err(problem(codes::LIMIT, name.span, message));
        }
        if !line.eat(',') {
            break;
        }
    }
    line.expect(']')?;
    if line.peek().is_some() {
        let key = line.word("`key`")?;
        if !key.text.eq_ignore_ascii_case("key") {
            return Err(problem(codes::SYNTAX, key.span, "`key` was expected"));
        }
        schema.primary_key = names(line)?.into_iter().map(|name| name.text).collect();
    }
    let span = Span { end: line.previous_end(), ..span };
    schema.check().map_err(|error| problem(codes::SCHEMA, span, error.to_string()))?;
    Ok(schema)
}

/// Tests that there is a type of that name.
pub(crate) fn check_type(name: &str, span: Span) -> Result<(), Problem> {
    let names = || TYPES.iter().map(|(name, _)| *name).chain(["String", "Bytes"]);
    if names().any(|known| known.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    let message = format!("there is no type `{name}`");
    Err(with_nearest(problem(codes::SCHEMA, span, message), name, names()))
}

fn data_type(line: &mut Line<'_>) -> Result<DataType, Problem> {
    let word = line.word("a type")?;
    let is = |name: &str| name.eq_ignore_ascii_case(&word.text);
    if is("String") || is("Bytes") {
        if line.peek() != Some(&Token::Mark('(')) {
            let max = TEXT_ROOM;
            return Ok(if is("String") {
                DataType::String { max }
            } else {
                DataType::Bytes { max }
            });
        }
        line.expect('(')?;
        let here = line.here();
        let size = line.expression()?;
        line.expect(')')?;
        let max = match size.ops.as_slice() {
            [ExprOp::Number(value)] => u32::try_from(*value).ok(),
            _ => None,
        };
        let Some(max) = max else {
            let message = "the room of a field is a plain number below 4G";
            return Err(problem(codes::SCHEMA, here, message));
        };
        return Ok(if is("String") { DataType::String { max } } else { DataType::Bytes { max } });
    }
    let found = TYPES.iter().find(|(name, _)| is(name));
    found.map(|(_, dtype)| *dtype).ok_or_else(|| {
        let message = format!("there is no type `{}`", word.text);
        let names = TYPES.iter().map(|(name, _)| *name).chain(["String", "Bytes"]);
        with_nearest(problem(codes::SCHEMA, word.span, message), &word.text, names)
    })
}
