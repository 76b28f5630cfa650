//! Expressions.

use super::control::{Conditional, Do, For, Generate, If, Match, Piecewise, Try, While};
use super::literal::unescape;
use super::types::Type;
use syntax_tree::{View, child, children, choice, getters, views};

use super::word::{name, word};
use crate::syntax::{Element, SyntaxKind, Token};

views! {
    /// A number, string, boolean or `null`.
    Literal
    /// `'…${e}…'`
    Interpolated
    /// A name, `self` or `rec`.
    NameExpression
    /// `(e)`
    Paren
    /// `[a, ...b]`
    Array
    /// `...e`
    Spread
    /// `{a: 1, mut b: 2, ...c}`
    Record
    /// `a: 1` or `mut b: 2`
    RecordField
    /// `x => e`
    Lambda
    /// `a`, `a?: T` or `a: T = e`
    Parameter
    /// `a + b - c`
    Binary
    /// `-x`, `!x`, `await x`, `- - x`
    Unary
    /// `A -> B`, `A <> B: {…}`
    Edge
    /// `a.b[c](d)`
    Chain
    /// `(a, b)`
    Arguments
    /// `[a, b]`
    Index
    /// `a..b`, `a..`, `..b`, `..`
    Slice
    /// `.name`
    Field
    /// `x = e` or `x += e`
    Assign
}

choice! {
    /// A value.
    Expression {
        /// A literal.
        Literal
        /// A string with values in it.
        Interpolated
        /// A name, `self` or `rec`.
        NameExpression
        /// In parentheses.
        Paren
        /// `[…]`
        Array
        /// `{…}`
        Record
        /// `if (c) {…}`
        If
        /// `if(c, a, b)`
        Conditional
        /// `piecewise(…)`
        Piecewise
        /// `while …`
        While
        /// `for …`
        For
        /// `try …`
        Try
        /// `match …`
        Match
        /// `do {…}`
        Do
        /// `generate {…}`
        Generate
        /// A function.
        Lambda
        /// Operands with operators between them.
        Binary
        /// Operators before an operand.
        Unary
        /// An edge of a graph.
        Edge
        /// Calls, indices and fields.
        Chain
    }
}

choice! {
    /// What an array is made of.
    ArrayItem {
        /// All elements of another.
        Spread
        /// An element.
        Expression
    }
}

choice! {
    /// What a record is made of.
    RecordItem {
        /// All fields of another.
        Spread
        /// A field.
        RecordField
    }
}

choice! {
    /// What stands in an index.
    IndexItem {
        /// A part.
        Slice
        /// An element.
        Expression
    }
}

choice! {
    /// What is done with the value before it.
    Suffix {
        /// It is called.
        Arguments
        /// A part of it is taken.
        Index
        /// A field of it is taken.
        Field
    }
}

/// A part of a string with values in it.
#[derive(Clone, Debug)]
pub enum Part<'t> {
    /// Text, without escapes.
    Text(String),
    /// A value.
    Hole(Expression<'t>),
}

getters! {
    Paren {
        /// What is inside.
        inner: Expression;
    }
    Spread {
        /// What is spread.
        inner: Expression;
    }
    RecordField {
        /// Its value.
        value: Expression;
    }
    Lambda {
        /// The type of the result.
        result: Type;
        /// What it does.
        body: Expression;
    }
    Parameter {
        /// Its type.
        annotation: Type;
        /// What it is if no argument is given.
        default: Expression;
    }
    Unary {
        /// What the operators are applied to, the last one first.
        operand: Expression;
    }
    Chain {
        /// What the suffixes are applied to, the first one first.
        base: Expression;
    }
}

impl<'t> NameExpression<'t> {
    /// The name, `self` or `rec`.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        word(self.0)
    }
}

impl<'t> Interpolated<'t> {
    /// What it is made of.
    pub fn parts(self) -> impl Iterator<Item = Part<'t>> {
        self.0.elements().filter_map(|element| match element {
            Element::Node(hole) => child(hole).map(Part::Hole),
            Element::Token(token) => {
                (token.kind() == SyntaxKind::QuoteText).then(|| Part::Text(unescape(token.text())))
            }
        })
    }
}

impl<'t> Array<'t> {
    /// What it is made of.
    pub fn items(self) -> impl Iterator<Item = ArrayItem<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> Record<'t> {
    /// What it is made of.
    pub fn items(self) -> impl Iterator<Item = RecordItem<'t>> {
        children(self.0)
    }
}

impl<'t> RecordField<'t> {
    /// Whether it can change.
    #[must_use]
    pub fn is_mut(self) -> bool {
        let mut tokens = self.0.tokens();
        let is_mut = tokens.next().is_some_and(|first| first.kind() == SyntaxKind::MutWord);
        is_mut && tokens.next().is_some_and(|second| second.kind() != SyntaxKind::Colon)
    }

    /// Its name: a word or a string.
    #[must_use]
    pub fn key(self) -> Option<Token<'t>> {
        let is_key = |token: &Token<'_>| token.kind().is_word() || token.kind() == SyntaxKind::Text;
        self.0.tokens().filter(is_key).nth(usize::from(self.is_mut()))
    }
}

impl<'t> Lambda<'t> {
    /// Whether its calls go on on their own.
    #[must_use]
    pub fn is_async(self) -> bool {
        self.0.token(SyntaxKind::AsyncWord).is_some()
    }

    /// What it takes.
    pub fn parameters(self) -> impl Iterator<Item = Parameter<'t>> {
        self.0.child(SyntaxKind::Parameters).into_iter().flat_map(children)
    }
}

impl<'t> Parameter<'t> {
    /// Its name.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0)
    }

    /// Whether it may be left out, and is `null` then.
    #[must_use]
    pub fn is_optional(self) -> bool {
        self.0.token(SyntaxKind::Question).is_some()
    }
}

impl<'t> Binary<'t> {
    /// The operands, from left to right.
    pub fn operands(self) -> impl DoubleEndedIterator<Item = Expression<'t>> + Clone {
        self.0.children().filter_map(Expression::cast)
    }

    /// The operators between them, all of one level. Those of `^` are applied from the right, all
    /// others from the left.
    pub fn operators(self) -> impl DoubleEndedIterator<Item = Token<'t>> + Clone {
        self.0.tokens()
    }
}

impl<'t> Unary<'t> {
    /// The operators.
    pub fn operators(self) -> impl DoubleEndedIterator<Item = Token<'t>> + Clone {
        self.0.tokens()
    }
}

impl<'t> Edge<'t> {
    /// The two ends.
    pub fn ends(self) -> impl Iterator<Item = Expression<'t>> {
        children(self.0).take(2)
    }

    /// Whether it leads only one way.
    #[must_use]
    pub fn is_directed(self) -> bool {
        self.0.token(SyntaxKind::EdgeTo).is_some()
    }

    /// What is said about it.
    #[must_use]
    pub fn metadata(self) -> Option<Expression<'t>> {
        self.0.token(SyntaxKind::Colon)?;
        children(self.0).nth(2)
    }
}

impl<'t> Chain<'t> {
    /// What is done with the base, one after the other.
    pub fn suffixes(self) -> impl DoubleEndedIterator<Item = Suffix<'t>> + Clone {
        self.0.children().filter_map(Suffix::cast)
    }
}

impl<'t> Arguments<'t> {
    /// The arguments.
    pub fn values(self) -> impl Iterator<Item = Expression<'t>> {
        children(self.0)
    }
}

impl<'t> Index<'t> {
    /// The indices.
    pub fn items(self) -> impl Iterator<Item = IndexItem<'t>> {
        children(self.0)
    }
}

impl<'t> Slice<'t> {
    /// Where it begins, if that is said.
    #[must_use]
    pub fn start(self) -> Option<Expression<'t>> {
        let first = self.0.elements().next()?.node()?;
        Expression::cast(first)
    }

    /// Where it ends, if that is said.
    #[must_use]
    pub fn end(self) -> Option<Expression<'t>> {
        let skipped = usize::from(self.start().is_some());
        children(self.0).nth(skipped)
    }

    /// Whether the end belongs to it.
    #[must_use]
    pub fn is_inclusive(self) -> bool {
        self.0.token(SyntaxKind::DotDotEqual).is_some()
    }
}

impl<'t> Field<'t> {
    /// The name of the field.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        word(self.0)
    }
}

impl<'t> Assign<'t> {
    /// What is assigned to.
    #[must_use]
    pub fn target(self) -> Option<Expression<'t>> {
        child(self.0)
    }

    /// `=`, or an operator with it.
    #[must_use]
    pub fn operator(self) -> Option<Token<'t>> {
        self.0.tokens().find(|token| token.kind().is_assignment())
    }

    /// The value.
    #[must_use]
    pub fn value(self) -> Option<Expression<'t>> {
        children(self.0).nth(1)
    }
}
