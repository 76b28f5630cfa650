//! The tree by what it means: a view for each kind of node. A view shows what is there; in a text
//! with mistakes anything may be missing.

mod control;
mod expression;
mod literal;
mod pattern;
mod statement;
mod types;
mod word;

pub use control::{
    Conditional, Do, For, Generate, Guard, If, Match, MatchArm, Piecewise, Try, While,
};
pub use expression::{
    Arguments, Array, ArrayItem, Assign, Binary, Chain, Edge, Expression, Field, Index, IndexItem,
    Interpolated, Lambda, Literal, NameExpression, Parameter, Paren, Part, Record, RecordField,
    RecordItem, Slice, Spread, Suffix, Unary,
};
pub use literal::Value;
pub(crate) use literal::text_value;
pub use pattern::{
    ElementPattern, FieldPattern, LiteralPattern, NamePattern, Pattern, RecordPattern, RestPattern,
    TYPE_NAMES, VectorItem, VectorPattern,
};
pub use statement::{
    Block, Break, Continue, Export, ExpressionStatement, Import, ImportItem, Let, Return, Root,
    Statement, Throw, TypeAlias, Yield,
};
pub use syntax_tree::View;
pub use types::{
    FieldType, FunctionType, NameType, OptionalType, ParenType, RecordType, TensorType, Type,
    UnionType,
};
