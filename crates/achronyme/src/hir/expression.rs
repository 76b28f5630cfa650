//! Expressions.

use std::rc::Rc;

use achronyme_library::{BinaryOp, UnaryOp};
use source::Span;

use super::{Annotation, Block, Literal, Name, Pattern};

/// An expression.
#[derive(Clone, Debug)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// From its first token to its last.
    pub span: Span,
}

/// What an expression is. Operands are evaluated from left to right.
#[derive(Clone, Debug)]
pub enum ExpressionKind {
    /// A value.
    Literal(Literal),
    /// `'…${e}…'`
    Interpolated(Vec<Part>),
    /// A variable, constant, or function of the library.
    Name(Rc<str>),
    /// `self`
    SelfValue,
    /// `rec`
    Rec,
    /// `[a, ...b]`
    Array(Vec<ArrayItem>),
    /// `{a: 1, mut b: 2, ...c}`
    Record(Vec<RecordItem>),
    /// `a -> b: {…}`, `a <> b`
    Edge {
        /// The name it begins at.
        from: Name,
        /// The name it ends at.
        to: Name,
        /// Whether it goes one way.
        directed: bool,
        /// The record after `:`.
        properties: Option<Box<Expression>>,
    },
    /// `a..b`, `a..=b`
    Range {
        /// The first number.
        start: Box<Expression>,
        /// The last, or the one after it.
        end: Box<Expression>,
        /// Whether `end` belongs to it.
        inclusive: bool,
    },
    /// Operators of one level, first operand first; `^` is applied from the right, all others
    /// from the left. Comparisons have one operator.
    Binary {
        /// The first operand.
        first: Box<Expression>,
        /// Operators, where they stand, with the operand after each.
        rest: Vec<(BinaryOp, Span, Expression)>,
    },
    /// `a && b && c`; the value is that of the operand that decides.
    And(Vec<Expression>),
    /// `a || b || c`; likewise.
    Or(Vec<Expression>),
    /// `-x`, `!x`, `await x`, `- - x`
    Prefix {
        /// What is done, the last one first, and where each stands.
        operators: Vec<(PrefixOp, Span)>,
        /// To what.
        operand: Box<Expression>,
    },
    /// A value with calls, indices and fields after it, applied from the left. A call that follows
    /// a field is a call of a method: the value before the field is `self` in it.
    Chain {
        /// The value.
        first: Box<Expression>,
        /// What follows it, with the span of each.
        suffixes: Vec<(Suffix, Span)>,
    },
    /// `x => e`
    Lambda(Rc<Lambda>),
    /// `if (c) {…} else if (d) {…} else {…}`, `if(c, a, b)`, `piecewise([c, a], …, z)`
    If {
        /// Conditions and what follows from each.
        branches: Vec<(Expression, Block)>,
        /// The rest; `None` without `else`, which gives 0 (in `piecewise` an error).
        otherwise: Option<Block>,
        /// Whether it is `piecewise`, without a default: no case then is an error.
        exhaustive: bool,
    },
    /// `while (c) {…}`
    While {
        /// Before each turn.
        condition: Box<Expression>,
        /// Each turn.
        body: Block,
    },
    /// `for (x in e) {…}`
    For {
        /// The variable, a new one in each turn.
        name: Name,
        /// What is walked through.
        over: Box<Expression>,
        /// Each turn.
        body: Block,
    },
    /// `try {…} catch (e) {…}`
    Try {
        /// What may fail.
        body: Block,
        /// The variable for the error.
        name: Name,
        /// What is done then.
        handler: Block,
    },
    /// `match e {…}`
    Match {
        /// What is looked at.
        scrutinee: Box<Expression>,
        /// From the first to the last.
        arms: Vec<Arm>,
    },
    /// `do {…}`, and a value in parentheses is only its expression.
    Do(Block),
    /// `async do {…}`: a future.
    Async(Block),
    /// `generate {…}` anywhere: a new generator of this body. As the body of a function without
    /// types and defaults it is in [`Lambda::is_generator`] instead.
    Generate(Block),
    /// `x = e`, `x += e`
    Assign(Box<Assignment>),
}

/// What stands before a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrefixOp {
    /// `-`, `!`
    Unary(UnaryOp),
    /// `await`
    Await,
}

/// A piece of an interpolated string.
#[derive(Clone, Debug)]
pub enum Part {
    /// Text.
    Text(Rc<str>),
    /// `${e}`
    Value(Expression),
}

/// An element of an array literal.
#[derive(Clone, Debug)]
pub enum ArrayItem {
    /// A value.
    Value(Expression),
    /// `...e`
    Spread(Expression),
}

/// A field of a record literal.
#[derive(Clone, Debug)]
pub enum RecordItem {
    /// `a: e`, `mut a: e`
    Field {
        /// The field.
        key: Name,
        /// Whether it can be assigned to.
        mutable: bool,
        /// What is in it.
        value: Expression,
    },
    /// `...e`
    Spread(Expression),
}

/// What follows a value.
#[derive(Clone, Debug)]
pub enum Suffix {
    /// `(a, b)`
    Call(Vec<Expression>),
    /// `[a, b..c]`
    Index(Vec<IndexItem>),
    /// `.name`
    Field(Name),
}

/// What stands in an index.
#[derive(Clone, Debug)]
pub enum IndexItem {
    /// One place.
    At(Expression),
    /// `a..b`, each side may be missing.
    Slice(Option<Expression>, Option<Expression>),
}

/// A function as it is written.
#[derive(Clone, Debug)]
pub struct Lambda {
    /// What it is called in messages: the variable or field it is first put into.
    pub name: Option<Rc<str>>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// The type of its result.
    pub result: Option<Annotation>,
    /// What it does: the block of `do {…}` or `generate {…}`, or the expression as a block of one
    /// statement.
    pub body: Block,
    /// Whether a call gives a future.
    pub is_async: bool,
    /// Whether a call gives a generator; it is not async then.
    pub is_generator: bool,
    /// From the parameters to the end of the body.
    pub span: Span,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Whether it may be left out, and is null then.
    pub optional: bool,
    /// Its type.
    pub annotation: Option<Annotation>,
    /// The value where it is left out; sees the parameters before it.
    pub default: Option<Expression>,
}

/// An arm of `match`.
#[derive(Clone, Debug)]
pub struct Arm {
    /// What is asked for.
    pub pattern: Pattern,
    /// What must be true as well.
    pub guard: Option<Expression>,
    /// The value.
    pub value: Expression,
}

/// An assignment; its value is what is stored.
///
/// First comes the root, unless it is a variable, then the indices on the way, from left to right.
/// With an operator the old value is read next. Then comes the right side. Only then the variable
/// and all that lies on the way is read (once more), and what is at its end changed: as far back
/// as there are vectors, tensors and strings, each is replaced by one with the new part; a record
/// on the way ends that, and otherwise the variable gets the new value.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// Where to.
    pub place: Place,
    /// The operator of `+=` and the like, and where it stands.
    pub op: Option<(BinaryOp, Span)>,
    /// The right side.
    pub value: Expression,
}

/// Where a value is stored: a variable, and the way from it. Only `[…]` and `.name` follow; the
/// last of them is what changes.
#[derive(Clone, Debug)]
pub struct Place {
    /// A variable, `self`, or for `f().x = 1` any value whose field changes.
    pub root: Expression,
    /// The way from there. Empty for a variable itself.
    pub path: Vec<(Suffix, Span)>,
}
