//! Expressions over a machine's state, for looking: registers, flags, tape, segments, arithmetic.
//!
//! ```text
//! expression = comparison { ("&&" | "||") comparison }
//! comparison = bits [ ("==" | "!=" | "<" | "<=" | ">" | ">=") bits ]
//! bits       = sum { ("&" | "|" | "^" | "<<" | ">>") sum }
//! sum        = product { ("+" | "-") product }
//! product    = unary { ("*" | "/" | "%") unary }
//! unary      = ("-" | "~" | "!") unary | primary
//! primary    = number | "(" expression ")" | "[" expression [":" bytes] "]"
//!            | ("f64" | "text") "(" expression ")" | name [ "[" expression "]" ] [ "." field ]
//! ```
//!
//! A name is a register or an alias of one, `ip sp fp hp head tick merge`, a flag, a label, a constant, a
//! segment or a mark. The record with index `i` of a table is `table[i]`, and its field
//! `table[i].field`; of anything else with a position, `name[i]` is the `i`-th cell of 8 bytes. A
//! segment also has `.start` and `.size`.

use machine::{EvaluateError, Location};
use tape::{DataType, Field, Segment};

use crate::image::SymbolKind;
use crate::layout::WORD;
use crate::operand::Strategy;
use crate::probe::{
    REGISTERS, SPECIAL, SPECIAL_FLAGS, SPECIAL_FP, SPECIAL_HEAD, SPECIAL_HP, SPECIAL_IP,
    SPECIAL_MERGE, SPECIAL_SP, TAPE,
};
use crate::vm::Vm;

/// Brackets inside of each other at most.
const DEPTH_MAX: usize = 64;
/// Bytes of a text that is shown at most.
pub(crate) const TEXT_SHOWN_MAX: usize = 4096;

/// A value that an expression has.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shown {
    Int(i64),
    Float(f64),
    Text(String),
    /// A field that is absent.
    Null,
}

/// What was found: the value, where it is stored if it is, and everything that was read.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) value: Shown,
    pub(crate) place: Option<Location>,
    pub(crate) reads: Vec<Location>,
}

/// Evaluates `text`.
pub(crate) fn evaluate(vm: &Vm, text: &str) -> Result<Found, EvaluateError> {
    let mut parser = Parser { vm, text, at: 0, depth: 0, reads: Vec::new() };
    let operand = parser.expression()?;
    parser.space();
    if parser.at < text.len() {
        return Err(parser.error("an operator or the end was expected here"));
    }
    Ok(Found { value: operand.value, place: operand.place, reads: parser.reads })
}

struct Operand {
    value: Shown,
    place: Option<Location>,
}

impl Operand {
    fn int(value: i64) -> Self {
        Self { value: Shown::Int(value), place: None }
    }
}

struct Parser<'a> {
    vm: &'a Vm,
    text: &'a str,
    at: usize,
    depth: usize,
    reads: Vec<Location>,
}

type Parsed = Result<Operand, EvaluateError>;

impl<'a> Parser<'a> {
    fn expression(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error("the expression is nested too deeply"));
        }
        let mut left = self.comparison()?;
        while let Some(operator) = self.take(&["&&", "||"]) {
            let right = self.comparison()?;
            let (a, b) = (is_true(&left.value), is_true(&right.value));
            left = Operand::int(i64::from(if operator == "&&" { a && b } else { a || b }));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn comparison(&mut self) -> Parsed {
        let left = self.binary(0)?;
        let Some(operator) = self.take(&["==", "!=", "<=", ">=", "<", ">"]) else {
            return Ok(left);
        };
        let right = self.binary(0)?;
        let order = compare(&left.value, &right.value);
        let holds = match operator {
            "==" => order.is_some_and(std::cmp::Ordering::is_eq),
            "!=" => !order.is_some_and(std::cmp::Ordering::is_eq),
            "<" => order.is_some_and(std::cmp::Ordering::is_lt),
            "<=" => order.is_some_and(std::cmp::Ordering::is_le),
            ">" => order.is_some_and(std::cmp::Ordering::is_gt),
            _ => order.is_some_and(std::cmp::Ordering::is_ge),
        };
        Ok(Operand::int(i64::from(holds)))
    }

    fn binary(&mut self, level: usize) -> Parsed {
        const LEVELS: [&[&str]; 3] = [&["<<", ">>", "&", "|", "^"], &["+", "-"], &["*", "/", "%"]];
        if level == LEVELS.len() {
            return self.unary();
        }
        let mut left = self.binary(level + 1)?;
        loop {
            self.space();
            let start = self.at;
            // `&&` and `||` belong to the caller.
            let rest = &self.text[self.at..];
            if rest.starts_with("&&") || rest.starts_with("||") {
                return Ok(left);
            }
            let Some(operator) = self.take(LEVELS[level]) else { return Ok(left) };
            let right = self.binary(level + 1)?;
            let value = apply(operator, &left.value, &right.value);
            let message = "these two cannot be combined like this";
            left = Operand { value: value.ok_or_else(|| at(start, message))?, place: None };
        }
    }

    fn unary(&mut self) -> Parsed {
        self.space();
        let start = self.at;
        let Some(operator) = self.take(&["-", "~", "!"]) else { return self.primary() };
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error("the expression is nested too deeply"));
        }
        let operand = self.unary()?;
        self.depth -= 1;
        let value = match (operator, operand.value) {
            ("-", Shown::Int(value)) => Shown::Int(value.wrapping_neg()),
            ("-", Shown::Float(value)) => Shown::Float(-value),
            ("~", Shown::Int(value)) => Shown::Int(!value),
            ("!", value) => Shown::Int(i64::from(!is_true(&value))),
            _ => return Err(at(start, "this needs a number")),
        };
        Ok(Operand { value, place: None })
    }

    fn primary(&mut self) -> Parsed {
        self.space();
        let start = self.at;
        match self.text[start..].chars().next() {
            None => Err(self.error("a value was expected here")),
            Some('(') => {
                self.at += 1;
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            Some('[') => {
                self.at += 1;
                let position = self.integer()?;
                let size = if self.take(&[":"]).is_some() { self.integer()? } else { WORD };
                self.expect("]")?;
                let size = u32::try_from(size).ok().filter(|size| (1..=8).contains(size));
                let size = size.ok_or_else(|| at(start, "a cell has 1 to 8 bytes"))?;
                Ok(self.cell(position, size))
            }
            Some(digit) if digit.is_ascii_digit() => self.number(),
            Some(letter) if letter.is_alphabetic() || letter == '_' => self.name(),
            Some(other) => Err(at(start, &format!("`{other}` begins no value"))),
        }
    }

    fn number(&mut self) -> Parsed {
        let start = self.at;
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let word = self.word(is_part).replace('_', "");
        let parsed = match word.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16).ok().map(u64::cast_signed),
            None => word.parse().ok(),
        };
        if let Some(value) = parsed {
            return Ok(Operand::int(value));
        }
        let float = word.contains('.').then(|| word.parse().ok()).flatten();
        let value = Shown::Float(float.ok_or_else(|| at(start, "this is no number"))?);
        Ok(Operand { value, place: None })
    }

    fn name(&mut self) -> Parsed {
        let start = self.at;
        let name = self.word(|c| c.is_alphanumeric() || c == '_' || c == '$');
        if (name == "f64" || name == "text") && self.take(&["("]).is_some() {
            let inner = self.integer()?;
            self.expect(")")?;
            return Ok(if name == "f64" {
                let value = Shown::Float(f64::from_bits(inner.cast_unsigned()));
                Operand { value, place: None }
            } else {
                self.string(inner)
            });
        }
        if let Some(operand) = self.register(name) {
            return Ok(operand);
        }
        let Some(base) = self.base(name) else {
            return Err(at(start, &self.unknown(name)));
        };
        if self.take(&["["]).is_some() {
            let index = self.integer()?;
            self.expect("]")?;
            return self.element(start, &base, index);
        }
        if self.take(&["."]).is_some() {
            let field = self.word(|c| c.is_alphanumeric() || c == '_');
            return match (&base.segment, field) {
                (Some(segment), "start") => Ok(Operand::int(segment.start())),
                (Some(segment), "size") => Ok(Operand::int(segment.size().cast_signed())),
                _ => Err(at(start, &format!("`{name}` has no `.{field}`; say which: {name}[0]"))),
            };
        }
        Ok(Operand::int(base.value))
    }

    fn register(&mut self, name: &str) -> Option<Operand> {
        let lower = name.to_lowercase();
        if lower == "tick" {
            return Some(Operand::int(self.vm.core.tick.cast_signed()));
        }
        let special = |address| Some(Location { space: SPECIAL, address, size: 1 });
        let location = match lower.as_str() {
            "ip" => special(SPECIAL_IP),
            "sp" => special(SPECIAL_SP),
            "fp" => special(SPECIAL_FP),
            "hp" => special(SPECIAL_HP),
            "head" => special(SPECIAL_HEAD),
            "zero" => special(SPECIAL_FLAGS),
            "negative" => special(SPECIAL_FLAGS + 1),
            "carry" => special(SPECIAL_FLAGS + 2),
            "overflow" => special(SPECIAL_FLAGS + 3),
            "merge" => special(SPECIAL_MERGE),
            _ => {
                let number = lower.strip_prefix('r').and_then(|digits| digits.parse().ok());
                let alias = self.symbol(name, SymbolKind::Register);
                let number = number.filter(|n| (0..16).contains(n)).or(alias);
                let builtin = match lower.as_str() {
                    "r_ret" => Some(0),
                    "r_arg" => Some(1),
                    _ => None,
                };
                let address = number.or(builtin)?;
                Some(Location { space: REGISTERS, address, size: 1 })
            }
        }?;
        self.reads.push(location);
        let value = match location.space {
            REGISTERS => self.vm.get(u8::try_from(location.address).ok()?),
            _ => self.vm.special(location.address)?,
        };
        let is_stale =
            location.space == REGISTERS && self.vm.core.stale >> location.address & 1 == 1;
        if location.space == SPECIAL && location.address == SPECIAL_MERGE {
            let name = self.vm.core.cold.choice.unwrap_or(Strategy::Manual).name();
            return Some(Operand { value: Shown::Text(name.to_owned()), place: Some(location) });
        }
        let value = if is_stale { Shown::Text("optimised away".into()) } else { Shown::Int(value) };
        Some(Operand { value, place: Some(location) })
    }

    /// What a name that is no register stands for.
    fn base(&self, name: &str) -> Option<Base> {
        if let Some(segment) = self.vm.tape.segment(name) {
            return Some(Base { value: segment.start(), segment: Some(segment.clone()) });
        }
        let value = self
            .symbol(name, SymbolKind::Data)
            .or_else(|| self.symbol(name, SymbolKind::Constant))
            .or_else(|| Some(self.symbol(name, SymbolKind::Code)? * WORD))
            .or_else(|| self.vm.tape.mark_position(name))?;
        Some(Base { value, segment: None })
    }

    fn symbol(&self, name: &str, kind: SymbolKind) -> Option<i64> {
        let symbols = &self.vm.program.image().symbols;
        symbols.iter().find(|it| it.kind == kind && it.name == name).map(|it| it.value)
    }

    /// `base[index]`, with a field for a record.
    fn element(&mut self, start: usize, base: &Base, index: i64) -> Parsed {
        let schema = base.segment.as_ref().and_then(Segment::schema).cloned();
        let Some(schema) = schema else {
            let position = index.checked_mul(WORD).and_then(|o| base.value.checked_add(o));
            let position = position.ok_or_else(|| at(start, "this is past the end of the tape"))?;
            return Ok(self.cell(position, 8));
        };
        let size = schema.record_size().cast_signed();
        let record = index.checked_mul(size).and_then(|offset| base.value.checked_add(offset));
        let record = record.ok_or_else(|| at(start, "this is past the end of the tape"))?;
        if self.take(&["."]).is_none() {
            return Ok(Operand::int(record));
        }
        let field_at = self.at;
        let name = self.word(|c| c.is_alphanumeric() || c == '_');
        let (Some(field), Some(offset)) = (schema.field(name), schema.field_offset(name)) else {
            let known: Vec<_> = schema.fields.iter().map(|field| field.name.as_str()).collect();
            let known = known.join(", ");
            return Err(at(field_at, &format!("no field `{name}`; there are: {known}")));
        };
        let position = record.wrapping_add_unsigned(offset);
        Ok(self.field(field, position))
    }

    fn field(&mut self, field: &Field, position: i64) -> Operand {
        let whole = u32::try_from(field.size()).unwrap_or(u32::MAX);
        self.reads.push(Location { space: TAPE, address: position, size: whole });
        let mut position = position;
        if field.nullable {
            if self.peek(position, 1) == 0 {
                return Operand { value: Shown::Null, place: None };
            }
            position = position.wrapping_add(1);
        }
        let signed = |bits: u32, value: i64| value << (64 - bits) >> (64 - bits);
        let (size, value) = match field.dtype {
            DataType::Int8 => (1, Shown::Int(signed(8, self.peek(position, 1)))),
            DataType::Int16 => (2, Shown::Int(signed(16, self.peek(position, 2)))),
            DataType::Int32 => (4, Shown::Int(signed(32, self.peek(position, 4)))),
            DataType::UInt8 => (1, Shown::Int(self.peek(position, 1))),
            DataType::UInt16 => (2, Shown::Int(self.peek(position, 2))),
            DataType::UInt32 => (4, Shown::Int(self.peek(position, 4))),
            DataType::Int64 | DataType::UInt64 | DataType::Timestamp => {
                (8, Shown::Int(self.peek(position, 8)))
            }
            DataType::Float32 => {
                let bits = u32::try_from(self.peek(position, 4)).unwrap_or(0);
                (4, Shown::Float(f64::from(f32::from_bits(bits))))
            }
            DataType::Float64 => {
                (8, Shown::Float(f64::from_bits(self.peek(position, 8).cast_unsigned())))
            }
            DataType::String { max } | DataType::Bytes { max } => {
                let len = u32::try_from(self.peek(position, 4)).unwrap_or(0).min(max) as usize;
                let mut bytes = vec![0; len.min(TEXT_SHOWN_MAX)];
                self.vm.tape.peek(position.wrapping_add(4), &mut bytes);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                return Operand { value: Shown::Text(text), place: None };
            }
        };
        let place = Location { space: TAPE, address: position, size };
        Operand { value, place: Some(place) }
    }

    fn cell(&mut self, position: i64, size: u32) -> Operand {
        let place = Location { space: TAPE, address: position, size };
        self.reads.push(place);
        Operand { value: Shown::Int(self.peek(position, size)), place: Some(place) }
    }

    fn string(&mut self, position: i64) -> Operand {
        let mut bytes = vec![0; TEXT_SHOWN_MAX];
        self.vm.tape.peek(position, &mut bytes);
        let len = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        let size = u32::try_from(len + 1).unwrap_or(u32::MAX);
        let place = Location { space: TAPE, address: position, size };
        self.reads.push(place);
        let text = String::from_utf8_lossy(&bytes[..len]).into_owned();
        Operand { value: Shown::Text(text), place: Some(place) }
    }

    fn peek(&self, position: i64, size: u32) -> i64 {
        let mut bytes = [0; 8];
        self.vm.tape.peek(position, &mut bytes[..size as usize]);
        i64::from_le_bytes(bytes)
    }

    fn integer(&mut self) -> Result<i64, EvaluateError> {
        self.space();
        let start = self.at;
        match self.expression()?.value {
            Shown::Int(value) => Ok(value),
            Shown::Float(_) | Shown::Text(_) | Shown::Null => {
                Err(at(start, "an integer was expected here"))
            }
        }
    }

    fn unknown(&self, name: &str) -> String {
        format!("there is no register, label, segment or mark `{name}`")
    }

    fn word(&mut self, is_part: impl Fn(char) -> bool) -> &'a str {
        let rest = &self.text[self.at..];
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn space(&mut self) {
        self.word(char::is_whitespace);
    }

    fn take(&mut self, operators: &[&'static str]) -> Option<&'static str> {
        self.space();
        let rest = &self.text[self.at..];
        let found = operators.iter().find(|operator| rest.starts_with(**operator))?;
        self.at += found.len();
        Some(found)
    }

    fn expect(&mut self, what: &'static str) -> Result<(), EvaluateError> {
        match self.take(&[what]) {
            Some(_) => Ok(()),
            None => Err(self.error(&format!("`{what}` was expected here"))),
        }
    }

    fn error(&self, message: &str) -> EvaluateError {
        at(self.at, message)
    }
}

struct Base {
    value: i64,
    segment: Option<Segment>,
}

fn at(at: usize, message: &str) -> EvaluateError {
    EvaluateError { at, message: message.to_owned() }
}

pub(crate) fn is_true(value: &Shown) -> bool {
    match value {
        Shown::Int(value) => *value != 0,
        Shown::Float(value) => *value != 0.0 && !value.is_nan(),
        Shown::Text(text) => !text.is_empty(),
        Shown::Null => false,
    }
}

#[expect(clippy::cast_precision_loss, reason = "comparing an integer with an f64 is inexact")]
fn compare(left: &Shown, right: &Shown) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Shown::Int(a), Shown::Int(b)) => Some(a.cmp(b)),
        (Shown::Float(a), Shown::Float(b)) => a.partial_cmp(b),
        (Shown::Int(a), Shown::Float(b)) => (*a as f64).partial_cmp(b),
        (Shown::Float(a), Shown::Int(b)) => a.partial_cmp(&(*b as f64)),
        (Shown::Text(a), Shown::Text(b)) => Some(a.cmp(b)),
        (Shown::Null, Shown::Null) => Some(std::cmp::Ordering::Equal),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "mixed arithmetic is that of f64")]
fn apply(operator: &str, left: &Shown, right: &Shown) -> Option<Shown> {
    let float = |a: f64, b: f64| {
        Some(Shown::Float(match operator {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => a / b,
            "%" => a % b,
            _ => return None,
        }))
    };
    match (left, right) {
        (Shown::Int(a), Shown::Int(b)) => {
            let shift = u32::try_from(b & 63).unwrap_or(0);
            Some(Shown::Int(match operator {
                "+" => a.wrapping_add(*b),
                "-" => a.wrapping_sub(*b),
                "*" => a.wrapping_mul(*b),
                "/" => a.checked_div(*b)?,
                "%" => a.checked_rem(*b)?,
                "&" => a & b,
                "|" => a | b,
                "^" => a ^ b,
                "<<" => a << shift,
                _ => a >> shift,
            }))
        }
        (Shown::Float(a), Shown::Float(b)) => float(*a, *b),
        (Shown::Int(a), Shown::Float(b)) => float(*a as f64, *b),
        (Shown::Float(a), Shown::Int(b)) => float(*a, *b as f64),
        _ => None,
    }
}
