//! The tree by what it means: a view for each kind of node. A view shows what is there; in a text
//! with mistakes anything may be missing.

mod control;
mod definition;
mod expression;
mod literal;
mod name;
mod pattern;
mod query;
mod relation;
mod search;
mod statement;
mod time;
mod transform;
mod types;

pub use control::{Ensure, For, From, Guard, If, Match, MatchArm, Try, While};
pub use definition::{
    Contract, Handler, Invariant, Space, Test, TypeDefinition, Use, Variant, VariantField,
    Violation,
};
pub use expression::{
    Arguments, At, Binary, Chain, Expression, Field, Interpolated, Inverse, Lambda, List, ListItem,
    Literal, NameExpression, Paren, Part, Record, RecordField, RecordItem, Spread, Subscript,
    Suffix, Unary,
};
pub use literal::Value;
pub use pattern::{
    EitherPattern, FieldPattern, ListPattern, LiteralPattern, NamePattern, Pattern, PatternItem,
    RecordPattern, RestPattern, VariantPattern,
};
pub use query::{
    ForAll, GroupBy, Limit, OrderBy, Quantified, Quantifier, Query, Select, Selected, SortKey,
    Source, Where,
};
pub use relation::{IndexDefinition, References, Relation, RelationField, Rule, ViewDefinition};
pub use search::{Fail, MatchAlternative, Solve, SomeAlternative, Succeed, TryThen};
pub use statement::{
    Accept, Assert, Assign, Block, Break, Continue, Delete, Emit, Explain, ExpressionStatement,
    Insert, Let, Print, Reverse, Root, Statement, Swap, Update, Upsert, Watch, Yield,
};
pub use syntax_tree::View;
pub use time::{
    Checkpoint, Dispose, Inspect, Merge, Parallel, ParallelArm, Recover, Revert, Rewind, Switch,
};
pub use transform::{
    Direction, Directions, Lens, LensField, LensRecord, Migrate, Parameter, Transform,
};
pub use types::{
    FieldType, FunctionType, ListType, NameType, OptionalType, ParenType, RecordType, Type,
};
