//! The tape machine's operand kinds: their values, packed forms and text.

use std::fmt;

use isa::{DecodeError, Feed, Operand, Sink};

use crate::runtime;

/// What an operand can be, for assemblers and the reference page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperandKind {
    /// `R0` to `R15`.
    Register,
    /// A number of 64 bits.
    Immediate,
    /// A register or a number.
    Source,
    /// `[Rn]`, `[Rn+offset]`.
    Address,
    /// A place in the code.
    Target,
    /// A quoted text.
    Text,
    /// The name of a segment.
    SegmentName,
    /// The name of a mark.
    MarkName,
    /// The name of a checkpoint.
    CheckpointName,
    /// A number of bytes, 1 to 8.
    Length,
    /// Registers, one or more.
    RegisterSet,
    /// `latest`, `earliest`, `combine` or `manual`.
    Strategy,
    /// The name of a runtime function.
    Runtime,
    /// The name of a field of a record.
    FieldName,
    /// `eq`, `ne`, `lt`, `le`, `gt` or `ge`.
    Order,
}

impl fmt::Display for OperandKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Register => "register",
            Self::Immediate => "number",
            Self::Source => "register or number",
            Self::Address => "[register+offset]",
            Self::Target => "label",
            Self::Text => "text",
            Self::SegmentName => "segment",
            Self::MarkName => "mark",
            Self::CheckpointName => "checkpoint",
            Self::Length => "bytes 1–8",
            Self::RegisterSet => "registers",
            Self::Strategy => "strategy",
            Self::Runtime => "runtime function",
            Self::FieldName => "field",
            Self::Order => "comparison",
        })
    }
}

/// Registers that a program can name.
pub const REGISTER_COUNT: usize = 16;

/// A register or a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// What the register holds.
    Register(u8),
    /// The number.
    Immediate(i64),
}

/// A position on the tape given by a register and an offset from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BaseOffset {
    /// The register.
    pub base: u8,
    /// Bytes from there.
    pub offset: i64,
}

/// A place in the code: the index of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeIndex(pub u32);

/// What to do where two timelines wrote different values to one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// The later fork's value.
    Latest,
    /// The earlier one's.
    Earliest,
    /// The value before, plus both differences, equal ones too.
    Combine,
    /// Fault, and let the user choose.
    Manual,
}

impl Strategy {
    /// Every strategy with the names that the assembler knows, the first of which is shown.
    pub const NAMES: [(Self, &'static [&'static str]); 4] = [
        (Self::Latest, &["latest"]),
        (Self::Earliest, &["earliest", "first"]),
        (Self::Combine, &["combine"]),
        (Self::Manual, &["manual", "ask"]),
    ];

    /// The name that is shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = Self::NAMES.iter().find(|(strategy, _)| *strategy == self);
        found.map_or("manual", |(_, names)| names[0])
    }
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Equal.
    Equal,
    /// Not equal.
    Unequal,
    /// Less.
    Less,
    /// Less or equal.
    AtMost,
    /// Greater.
    Greater,
    /// Greater or equal.
    AtLeast,
}

impl Order {
    /// Every comparison with its name and sign.
    pub const NAMES: [(Self, &'static str, &'static str); 6] = [
        (Self::Equal, "eq", "="),
        (Self::Unequal, "ne", "<>"),
        (Self::Less, "lt", "<"),
        (Self::AtMost, "le", "<="),
        (Self::Greater, "gt", ">"),
        (Self::AtLeast, "ge", ">="),
    ];

    /// The name that is shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = Self::NAMES.iter().find(|(order, ..)| *order == self);
        found.map_or("eq", |(_, name, _)| name)
    }

    /// Whether it holds between two values that compare so.
    #[must_use]
    pub const fn holds(self, found: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => found.is_eq(),
            Self::Unequal => found.is_ne(),
            Self::Less => found.is_lt(),
            Self::AtMost => found.is_le(),
            Self::Greater => found.is_gt(),
            Self::AtLeast => found.is_ge(),
        }
    }
}

macro_rules! codec {
    ($(#[$doc:meta])* $codec:ident: $value:ty, $kind:ident,
        |$v:ident, $sink:ident| $pack:expr, |$feed:ident| $unpack:expr,
        |$s:ident, $f:ident| $show:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $codec;

        impl Operand for $codec {
            type Value = $value;
            type Kind = OperandKind;
            const KIND: OperandKind = OperandKind::$kind;
            fn pack($v: &$value, $sink: &mut impl Sink) {
                $pack;
            }
            fn unpack($feed: &mut impl Feed) -> Result<$value, DecodeError> {
                $unpack
            }
            fn show($s: &$value, $f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $show
            }
        }
    };
}

/// Stands where a register would, before a number.
const IMMEDIATE: u8 = 0xff;

codec!(/// `R0` to `R15`.
    Register: u8, Register, |v, sink| sink.small(*v),
    |feed| register(feed.small()?), |v, f| write!(f, "R{v}"));
codec!(/// A number of 64 bits.
    Immediate: i64, Immediate, |v, sink| sink.wide(*v), |feed| feed.wide(),
    |v, f| write!(f, "{v}"));
codec!(/// A register or a number.
Source: Value, Source,
|v, sink| match v {
    Value::Register(register) => sink.small(*register),
    Value::Immediate(value) => {
        sink.small(IMMEDIATE);
        sink.wide(*value);
    }
},
|feed| match feed.small()? {
    IMMEDIATE => Ok(Value::Immediate(feed.wide()?)),
    other => Ok(Value::Register(register(other)?)),
},
|v, f| match v {
    Value::Register(register) => write!(f, "R{register}"),
    Value::Immediate(value) => write!(f, "{value}"),
});
codec!(/// `[Rn+offset]`.
Address: BaseOffset, Address,
|v, sink| { sink.small(v.base); sink.wide(v.offset) },
|feed| Ok(BaseOffset { base: register(feed.small()?)?, offset: feed.wide()? }),
|v, f| match v.offset {
    0 => write!(f, "[R{}]", v.base),
    offset if offset < 0 => write!(f, "[R{}-{}]", v.base, offset.unsigned_abs()),
    offset => write!(f, "[R{}+{offset}]", v.base),
});
codec!(/// A place in the code, shown as `@index`.
    Target: CodeIndex, Target, |v, sink| sink.wide(i64::from(v.0)),
    |feed| match u32::try_from(feed.wide()?) {
        Ok(index) => Ok(CodeIndex(index)),
        Err(_) => Err(DecodeError::BadOperand("a place in the code")),
    },
    |v, f| write!(f, "@{}", v.0));
codec!(/// A quoted text.
    Text: String, Text, |v, sink| sink.text(v), |feed| feed.text(), |v, f| quote(v, f));
codec!(/// The name of a segment.
    SegmentName: String, SegmentName, |v, sink| sink.text(v), |feed| feed.text(),
    |v, f| f.write_str(v));
codec!(/// The name of a mark.
    MarkName: String, MarkName, |v, sink| sink.text(v), |feed| feed.text(), |v, f| f.write_str(v));
codec!(/// The name of a checkpoint.
    CheckpointName: String, CheckpointName, |v, sink| sink.text(v), |feed| feed.text(),
    |v, f| f.write_str(v));
codec!(/// A number of bytes, 1 to 8.
    Length: u8, Length, |v, sink| sink.small(*v),
    |feed| match feed.small()? {
        length @ 1..=8 => Ok(length),
        _ => Err(DecodeError::BadOperand("a number of bytes from 1 to 8")),
    },
    |v, f| write!(f, "{v}"));
codec!(/// Registers, one bit each, R0 lowest.
RegisterSet: u16, RegisterSet, |v, sink| sink.wide(i64::from(*v)),
|feed| match u16::try_from(feed.wide()?) {
    Ok(set) if set != 0 => Ok(set),
    _ => Err(DecodeError::BadOperand("a set of registers")),
},
|v, f| {
    let mut names = (0..REGISTER_COUNT).filter(|n| v >> n & 1 == 1).map(|n| format!("R{n}"));
    f.write_str(&names.by_ref().collect::<Vec<_>>().join(", "))
});
codec!(/// How a merge settles conflicts.
MergeStrategy: Strategy, Strategy, |v, sink| sink.small(*v as u8),
|feed| {
    let code = feed.small()?;
    let found = Strategy::NAMES.iter().find(|(strategy, _)| *strategy as u8 == code);
    found.map(|(strategy, _)| *strategy).ok_or(DecodeError::BadOperand("a merge strategy"))
},
|v, f| f.write_str(v.name()));

codec!(/// The name of a field of a record.
    FieldName: String, FieldName, |v, sink| sink.text(v), |feed| feed.text(),
    |v, f| f.write_str(v));
codec!(/// How a field is compared.
Ordering: Order, Order, |v, sink| sink.small(*v as u8),
|feed| {
    let code = feed.small()?;
    let found = Order::NAMES.iter().find(|(order, ..)| *order as u8 == code);
    found.map(|(order, ..)| *order).ok_or(DecodeError::BadOperand("a comparison"))
},
|v, f| f.write_str(v.name()));
codec!(/// A function of the runtime, by its number; shown by its name.
RuntimeName: u16, Runtime, |v, sink| sink.wide(i64::from(*v)),
|feed| match u16::try_from(feed.wide()?) {
    Ok(number) => Ok(number),
    Err(_) => Err(DecodeError::BadOperand("the number of a runtime function")),
},
|v, f| match runtime::function(*v) {
    Some(function) => f.write_str(function.name),
    None => write!(f, "{v}"),
});

fn register(number: u8) -> Result<u8, DecodeError> {
    if usize::from(number) < REGISTER_COUNT {
        Ok(number)
    } else {
        Err(DecodeError::BadOperand("a register from R0 to R15"))
    }
}

/// Writes `text` in quotes with the escapes that the assembler reads.
pub fn quote(text: &str, f: &mut impl fmt::Write) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        match character {
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            '\r' => f.write_str("\\r")?,
            '\0' => f.write_str("\\0")?,
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            other if other.is_control() => write!(f, "\\u{{{:x}}}", u32::from(other))?,
            other => f.write_char(other)?,
        }
    }
    f.write_char('"')
}
