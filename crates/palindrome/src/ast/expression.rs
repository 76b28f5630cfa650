//! Expressions.

use syntax_tree::{View, child, children, choice, getters, views};

use super::control::{If, Match, Try};
use super::name::word;
use super::query::{ForAll, Quantified, Query};
use super::statement::Block;
use super::transform::Parameter;
use crate::syntax::{Element, SyntaxKind, Token, string_value};

views! {
    /// A number, string, boolean or `none`.
    Literal
    /// `"…${e}…"`
    Interpolated
    /// A name.
    NameExpression
    /// `(e)`
    Paren
    /// `[a, ...b]`
    List
    /// `...e`
    Spread
    /// `{a: 1, b, ...c}`
    Record
    /// `a: 1` or `b`
    RecordField
    /// `x => e` or `(x: T, y) => e`
    Lambda
    /// `~f`
    Inverse
    /// `a + b - c`
    Binary
    /// `-x`, `!x`, `not x`, also several of them.
    Unary
    /// `e at T`
    At
    /// `a.b[c](d)`
    Chain
    /// `(a, b)`
    Arguments
    /// `[a]`
    Subscript
    /// `.name` or `?.name`
    Field
}

choice! {
    /// A value.
    Expression {
        /// A literal.
        Literal
        /// A string with values in it.
        Interpolated
        /// A name.
        NameExpression
        /// In parentheses.
        Paren
        /// `[…]`
        List
        /// `{a: …}`
        Record
        /// Statements, of which the last one is the value.
        Block
        /// `if c {…}`
        If
        /// `match e {…}`
        Match
        /// `try {…} else {…}`
        Try
        /// A function.
        Lambda
        /// The inverse of a transform.
        Inverse
        /// Operands with operators between them.
        Binary
        /// Operators before an operand.
        Unary
        /// A value as of a moment.
        At
        /// Calls, subscripts and fields.
        Chain
        /// Rows of relations.
        Query
        /// What is asked about rows.
        Quantified
        /// What holds for all rows.
        ForAll
    }
}

choice! {
    /// What a list is made of.
    ListItem {
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
    /// What is done with the value before it.
    Suffix {
        /// It is called.
        Arguments
        /// An element of it is taken.
        Subscript
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
        /// Its value; without one it is that of the name.
        value: Expression;
    }
    Lambda {
        /// What it does.
        body: Expression;
    }
    Inverse {
        /// The transform: a name, names with dots, in parentheses, or an inverse.
        transform: Expression;
    }
    Unary {
        /// What the operators are applied to, the last one first.
        operand: Expression;
    }
    At {
        /// What is looked at.
        value: Expression;
    }
    Chain {
        /// What the suffixes are applied to, the first one first.
        base: Expression;
    }
    Subscript {
        /// Which element, or which of them.
        index: Expression;
    }
}

impl<'t> NameExpression<'t> {
    /// The name.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        self.0.token(SyntaxKind::Name)
    }
}

impl<'t> Interpolated<'t> {
    /// What it is made of.
    pub fn parts(self) -> impl Iterator<Item = Part<'t>> {
        self.0.elements().filter_map(|element| match element {
            Element::Node(hole) => child(hole).map(Part::Hole),
            Element::Token(token) => (token.kind() == SyntaxKind::QuoteText)
                .then(|| Part::Text(string_value(token.text()))),
        })
    }
}

impl<'t> List<'t> {
    /// What it is made of.
    pub fn items(self) -> impl Iterator<Item = ListItem<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> Record<'t> {
    /// What it is made of.
    pub fn items(self) -> impl Iterator<Item = RecordItem<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> RecordField<'t> {
    /// Its name, which may be a keyword.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        word(self.0)
    }
}

impl<'t> Lambda<'t> {
    /// What it takes.
    pub fn parameters(self) -> impl Iterator<Item = Parameter<'t>> {
        self.0.child(SyntaxKind::Parameters).into_iter().flat_map(children)
    }
}

impl<'t> Binary<'t> {
    /// The operands, from left to right.
    pub fn operands(self) -> impl DoubleEndedIterator<Item = Expression<'t>> + Clone {
        self.0.children().filter_map(Expression::cast)
    }

    /// The operators between them, all of one level, applied from the left. Where `=` compares, it
    /// means `==`.
    pub fn operators(self) -> impl DoubleEndedIterator<Item = Token<'t>> + Clone {
        self.0.tokens()
    }
}

impl<'t> Unary<'t> {
    /// The operators, the outermost first.
    pub fn operators(self) -> impl DoubleEndedIterator<Item = Token<'t>> + Clone {
        self.0.tokens()
    }
}

impl<'t> At<'t> {
    /// The moment.
    #[must_use]
    pub fn moment(self) -> Option<Expression<'t>> {
        children(self.0).nth(1)
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
    pub fn values(self) -> impl Iterator<Item = Expression<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> Field<'t> {
    /// The name of the field, which may be a keyword.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        word(self.0)
    }

    /// Whether there is none if the value before it is `none`: `?.`
    #[must_use]
    pub fn is_optional(self) -> bool {
        self.0.token(SyntaxKind::QuestionDot).is_some()
    }
}
