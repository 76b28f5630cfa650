//! An object: one assembled unit, with what only a linker can fill in.

mod format;

use std::collections::{BTreeMap, BTreeSet};

use palindrome_vm::image::SourceFile;
use palindrome_vm::{Order, Strategy};
use source::Span;
use tape::SegmentType;

use crate::syntax::ast::Name;
use crate::syntax::expression::Expr;

/// One assembled unit. Made by [`assemble_object`](crate::assemble_object), used by
/// [`link`](crate::link).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    pub(crate) sources: Vec<SourceFile>,
    pub(crate) code: Vec<Word>,
    pub(crate) segments: Vec<ObjectSegment>,
    pub(crate) symbols: BTreeMap<String, ObjectSymbol>,
    pub(crate) entry: Option<Name>,
    /// Segments that it creates when it runs.
    pub(crate) created: BTreeSet<String>,
    /// Names made global whose definition was not looked for yet; empty in a finished object.
    pub(crate) globals: Vec<Name>,
}

/// An instruction whose operands may depend on where things will be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Word {
    pub(crate) code: u8,
    pub(crate) slots: Vec<Slot>,
    pub(crate) span: Span,
}

/// An operand of a [`Word`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Slot {
    Register(u8),
    Number(Expr),
    Address {
        base: u8,
        offset: Expr,
    },
    Label(Name),
    /// A text, or the name of a segment, mark or checkpoint.
    Text(Name),
    Registers(u16),
    Strategy(Strategy),
    Order(Order),
}

/// A segment, or a unit's part of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ObjectSegment {
    pub(crate) name: Name,
    /// As declared.
    pub(crate) size: Option<u64>,
    pub(crate) kind: SegmentType,
    /// Bytes used; those past `data` are 0.
    pub(crate) len: u64,
    pub(crate) data: Vec<u8>,
    pub(crate) patches: Vec<Patch>,
}

/// A number in a segment that a linker calculates.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Patch {
    pub(crate) offset: u64,
    pub(crate) width: u8,
    pub(crate) value: Expr,
}

/// What a unit knows about a name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ObjectSymbol {
    pub(crate) meaning: Meaning,
    pub(crate) span: Span,
    pub(crate) is_global: bool,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Meaning {
    /// An instruction of the unit.
    Code(u32),
    /// A place in a segment of the unit.
    Data { segment: u32, offset: u64 },
    /// A number.
    Constant(Expr),
    /// A register.
    Register(u8),
    /// Something in another unit.
    Extern,
}

impl Object {
    /// The index of a segment.
    pub(crate) fn segment(&self, name: &str) -> Option<u32> {
        let index = self.segments.iter().position(|segment| segment.name.text == name)?;
        u32::try_from(index).ok()
    }

    /// Whether the unit declares or creates this segment.
    pub(crate) fn has_segment(&self, name: &str) -> bool {
        self.segment(name).is_some() || self.created.contains(name)
    }

    /// What a name means; a segment's name is also that of its first position.
    pub(crate) fn meaning(&self, name: &str) -> Option<Meaning> {
        if let Some(symbol) = self.symbols.get(name) {
            return Some(symbol.meaning.clone());
        }
        self.segment(name).map(|segment| Meaning::Data { segment, offset: 0 })
    }

    /// Every name that an expression or a target may use.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let segments = self.segments.iter().map(|segment| segment.name.text.as_str());
        self.symbols.keys().map(String::as_str).chain(segments)
    }
}

impl Object {
    /// Visits every place in the source texts that the object remembers.
    pub(crate) fn each_span(&mut self, visit: &mut dyn FnMut(&mut Span)) {
        for word in &mut self.code {
            visit(&mut word.span);
            for slot in &mut word.slots {
                match slot {
                    Slot::Number(expr) | Slot::Address { offset: expr, .. } => {
                        visit(&mut expr.span);
                    }
                    Slot::Label(name) | Slot::Text(name) => visit(&mut name.span),
                    Slot::Register(_) | Slot::Registers(_) | Slot::Strategy(_) | Slot::Order(_) => {
                    }
                }
            }
        }
        for segment in &mut self.segments {
            visit(&mut segment.name.span);
            segment.patches.iter_mut().for_each(|patch| visit(&mut patch.value.span));
        }
        for symbol in self.symbols.values_mut() {
            visit(&mut symbol.span);
            if let Meaning::Constant(expr) = &mut symbol.meaning {
                visit(&mut expr.span);
            }
        }
        self.entry.iter_mut().for_each(|entry| visit(&mut entry.span));
    }
}
