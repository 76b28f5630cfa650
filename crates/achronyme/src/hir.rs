//! A program freed of its spelling: what the tree walker walks and the compiler compiles.
//!
//! Made from the syntax tree by `lower`. Everything is owned and carries the span it came from.
//! What can be long is flat (operands of one level, suffixes, statements), so nothing here is
//! deeper than the nesting of the text, which the parser bounds.

mod expression;
mod pattern;
mod statement;

pub use achronyme_library::{BinaryOp, UnaryOp};
pub use expression::{
    Arm, ArrayItem, Assignment, Expression, ExpressionKind, IndexItem, Lambda, Parameter, Part,
    Place, PrefixOp, RecordItem, Suffix,
};
pub use pattern::{FieldPattern, Literal, Pattern, PatternKind};
pub use statement::{
    Annotation, AnnotationKind, Block, FieldAnnotation, Module, Name, NamedItem, Statement,
    StatementKind,
};
