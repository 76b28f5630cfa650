//! Modules, blocks and statements.

use std::rc::Rc;

use source::Span;

use super::{Expression, Pattern};

/// A file, or one input of a dialogue.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its statements.
    pub body: Block,
}

/// Statements in a scope of their own; the value is that of the last.
#[derive(Clone, Debug)]
pub struct Block {
    /// In the order of the text. Empty for `{}`, whose value is null.
    pub statements: Rc<[Statement]>,
    /// From brace to brace.
    pub span: Span,
    /// Whether it is the body of a loop, and `continue` in it goes on with that: then the value of
    /// a turn may be needed after the next one has begun.
    pub continues: bool,
}

/// A name where it is written.
#[derive(Clone, Debug)]
pub struct Name {
    /// The name.
    pub text: Rc<str>,
    /// Where it stands.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// From its first token to its last.
    pub span: Span,
}

/// What a statement does.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// `import { a, b as c } from "path"`. Its value is true.
    Import {
        /// What is imported, under which name.
        items: Vec<NamedItem>,
        /// The path as it is written.
        path: Rc<str>,
        /// Where the path stands.
        path_span: Span,
    },
    /// `export { a, b as c }`. Its value is true.
    Export {
        /// What is exported, under which name.
        items: Vec<NamedItem>,
    },
    /// `let` and `mut`. The value is that of the right side.
    Let {
        /// Whether the names can be assigned to.
        mutable: bool,
        /// What is bound. A single name is [`super::PatternKind::Name`].
        pattern: Pattern,
        /// The type after `:`.
        annotation: Option<Annotation>,
        /// The right side.
        value: Expression,
    },
    /// `type N = T`. Its value is true.
    TypeAlias {
        /// The new name.
        name: Name,
        /// What it stands for.
        definition: Annotation,
    },
    /// `return e`
    Return(Expression),
    /// `yield e`. Its value is null.
    Yield(Expression),
    /// `throw e`
    Throw(Expression),
    /// `break`, `break e`
    Break(Option<Expression>),
    /// `continue`
    Continue,
    /// A value, or an assignment.
    Expression(Expression),
}

/// `a` or `a as b`.
#[derive(Clone, Debug)]
pub struct NamedItem {
    /// The name on the inside of where it comes from.
    pub name: Name,
    /// The name given to it; the same if there is no `as`.
    pub alias: Name,
}

/// A type as it is written. Aliases are looked up where it is used.
#[derive(Clone, Debug)]
pub struct Annotation {
    /// The type.
    pub kind: AnnotationKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of a written type.
#[derive(Clone, Debug)]
pub enum AnnotationKind {
    /// `Number`, `Any`, `null`, or an alias.
    Name(Rc<str>),
    /// `Tensor<T, [2, _]>`
    Tensor {
        /// What the numbers are.
        element: Box<Annotation>,
        /// Axes, `None` for `_`.
        shape: Option<Vec<Option<u32>>>,
    },
    /// `{a: A, mut b?: B}`
    Record(Vec<FieldAnnotation>),
    /// `(A, B): R`
    Function {
        /// Types of the parameters.
        parameters: Vec<Annotation>,
        /// Type of the result.
        result: Box<Annotation>,
    },
    /// `A | B`, `A?`
    Union(Vec<Annotation>),
}

/// A field of a written record type.
#[derive(Clone, Debug)]
pub struct FieldAnnotation {
    /// Its name.
    pub name: Name,
    /// Whether it may be missing.
    pub optional: bool,
    /// Whether `mut` stands before it.
    pub mutable: bool,
    /// Its type.
    pub annotation: Annotation,
}
