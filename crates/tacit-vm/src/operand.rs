//! Tacit's operand kinds: their values, packed forms and text. Numbers are little-endian.

use std::fmt;

use isa::{DecodeError, Feed, Operand, Sink};

/// What an operand can be, for the verifier and the reference page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperandKind {
    /// A whole cell, 4 bytes.
    Bits,
    /// A number from -128 to 127, 1 byte.
    Byte,
    /// Offset of a string in the string segment, 2 bytes.
    StringAt,
    /// Offset of a word's header in the code, 0 for none, 2 bytes.
    Link,
    /// Offset of an instruction in the code, 2 bytes.
    Target,
    /// Distance from the byte after this operand, 2 bytes, signed.
    Offset,
    /// A local variable's number, 1 byte.
    Slot,
    /// How many, 1 byte.
    Count,
    /// A global variable's number, 2 bytes.
    GlobalIndex,
}

impl fmt::Display for OperandKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bits => "cell",
            Self::Byte => "number from -128 to 127",
            Self::StringAt => "string",
            Self::Link => "header",
            Self::Target => "place",
            Self::Offset => "distance",
            Self::Slot => "local",
            Self::Count => "count",
            Self::GlobalIndex => "global",
        })
    }
}

macro_rules! codec {
    ($(#[$doc:meta])* $codec:ident: $value:ty, $bytes:literal, |$v:ident, $f:ident| $show:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $codec;

        impl Operand for $codec {
            type Value = $value;
            type Kind = OperandKind;
            const KIND: OperandKind = OperandKind::$codec;

            fn pack(value: &$value, sink: &mut impl Sink) {
                for byte in value.to_le_bytes() {
                    sink.small(byte);
                }
            }

            fn unpack(feed: &mut impl Feed) -> Result<$value, DecodeError> {
                let mut bytes = [0; $bytes];
                for byte in &mut bytes {
                    *byte = feed.small()?;
                }
                Ok(<$value>::from_le_bytes(bytes))
            }

            fn show($v: &$value, $f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $show
            }
        }
    };
}

codec!(
    /// A cell.
    Bits: u32, 4, |v, f| write!(f, "{:?}", crate::value::Cell(*v))
);
codec!(
    /// A small number.
    Byte: i8, 1, |v, f| write!(f, "{v}")
);
codec!(
    /// A string.
    StringAt: u16, 2, |v, f| write!(f, "string {v:#06x}")
);
codec!(
    /// A header.
    Link: u16, 2, |v, f| write!(f, "{v:#06x}")
);
codec!(
    /// A place in the code.
    Target: u16, 2, |v, f| write!(f, "{v:#06x}")
);
codec!(
    /// A distance.
    Offset: i16, 2, |v, f| write!(f, "{v:+}")
);
codec!(
    /// A local variable.
    Slot: u8, 1, |v, f| write!(f, "{v}")
);
codec!(
    /// A count.
    Count: u8, 1, |v, f| write!(f, "{v}")
);
codec!(
    /// A global variable.
    GlobalIndex: u16, 2, |v, f| write!(f, "{v}")
);
