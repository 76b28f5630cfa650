//! Transforms.

use syntax_tree::{View, children, getters, views};

use super::expression::Expression;
use super::name::{generics, name, word};
use super::query::behind_both;
use super::statement::{Block, Statement};
use super::types::Type;
use crate::syntax::{SyntaxKind, Token};

views! {
    /// `transform query f<T>(x: T) -> T <-> g { … }`
    Transform
    /// `transform migrate A <-> B { … }`
    Migrate
    /// The braces of a transform that has directions.
    Directions
    /// `forward: …` or `backward: …`
    Direction
    /// `{balance: Int} -> {balance: Decimal}`
    Lens
    /// `{balance: round(Int)}` in a lens.
    LensRecord
    /// `balance: Decimal = 0d` in a lens.
    LensField
    /// `a: T`
    Parameter
}

getters! {
    Transform {
        /// The type of its value.
        result: Type;
        /// What it does, if its directions are not given apart.
        body: Block;
        /// What it does in each direction.
        directions: Directions;
    }
    Migrate {
        /// The relation as it was.
        source: Expression;
        /// How each becomes the other.
        directions: Directions;
    }
    Direction {
        /// What is done: often a block.
        body: Statement;
        /// In a migration, how rows change.
        lens: Lens;
    }
    LensField {
        /// Its type, or, if it is a name, a field of the other side.
        annotation: Type;
        /// Its value: where it has a type, too, that is for rows that have none.
        value: Expression;
    }
    Parameter {
        /// Its type.
        annotation: Type;
    }
}

impl<'t> Transform<'t> {
    /// Whether it is said to change nothing.
    #[must_use]
    pub fn is_query(self) -> bool {
        let mut tokens = self.0.tokens().skip(1);
        let is_query = tokens.next().is_some_and(|second| second.text() == "query");
        is_query && tokens.next().is_some_and(|third| third.kind() == SyntaxKind::Name)
    }

    /// How it is called.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0, if self.is_query() { 2 } else { 1 })
    }

    /// The types that it is given.
    pub fn generics(self) -> impl Iterator<Item = Token<'t>> {
        generics(self.0)
    }

    /// What it takes.
    pub fn parameters(self) -> impl Iterator<Item = Parameter<'t>> {
        self.0.child(SyntaxKind::Parameters).into_iter().flat_map(children)
    }

    /// How its inverse is called, or `same`.
    #[must_use]
    pub fn inverse(self) -> Option<Token<'t>> {
        behind_both(self.0)
    }
}

impl<'t> Migrate<'t> {
    /// The relation as it becomes.
    #[must_use]
    pub fn target(self) -> Option<Expression<'t>> {
        children(self.0).nth(1)
    }
}

impl<'t> Directions<'t> {
    /// Each direction, as written.
    pub fn all(self) -> impl Iterator<Item = Direction<'t>> + Clone {
        children(self.0)
    }

    /// The first one that is forward, or backward.
    fn of(self, word: &str) -> Option<Direction<'t>> {
        self.all().find(|direction| direction.word().is_some_and(|found| found.text() == word))
    }

    /// What is done forward.
    #[must_use]
    pub fn forward(self) -> Option<Direction<'t>> {
        self.of("forward")
    }

    /// What is done backward.
    #[must_use]
    pub fn backward(self) -> Option<Direction<'t>> {
        self.of("backward")
    }
}

impl<'t> Direction<'t> {
    /// `forward` or `backward`.
    #[must_use]
    pub fn word(self) -> Option<Token<'t>> {
        word(self.0)
    }
}

impl<'t> Lens<'t> {
    /// The fields that there are before.
    #[must_use]
    pub fn source(self) -> Option<LensRecord<'t>> {
        children(self.0).next()
    }

    /// The fields that there are after.
    #[must_use]
    pub fn target(self) -> Option<LensRecord<'t>> {
        children(self.0).nth(1)
    }
}

impl<'t> LensRecord<'t> {
    /// Its fields.
    pub fn fields(self) -> impl Iterator<Item = LensField<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> LensField<'t> {
    /// How it is called.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        word(self.0)
    }
}

impl<'t> Parameter<'t> {
    /// How it is called.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0, 0)
    }
}
