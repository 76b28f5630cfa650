//! Relations, indexes, views and rules.

use syntax_tree::{View, children, getters};

use super::expression::{Arguments, Expression};
use super::name::{has_word, name};
use super::query::behind_both;
use super::types::Type;
use crate::syntax::{Node, SyntaxKind, Token};

syntax_tree::views! {
    /// `relation Person(id: Int key, name: String) <-> PersonHistory`
    Relation
    /// `age: Int unique = 0`
    RelationField
    /// `references Other.field`
    References
    /// `index Person by age using btree`
    IndexDefinition
    /// `rule ancestor(a, c) :- parent(a, b), ancestor(b, c).`
    Rule
}

/// `view Adults = Person where age > 18`
#[derive(Clone, Copy, Debug)]
pub struct ViewDefinition<'t>(Node<'t>);

impl<'t> View<'t> for ViewDefinition<'t> {
    type Kind = SyntaxKind;

    fn cast(node: Node<'t>) -> Option<Self> {
        (node.kind() == SyntaxKind::View).then_some(Self(node))
    }

    fn node(self) -> Node<'t> {
        self.0
    }
}

getters! {
    RelationField {
        /// Its type.
        annotation: Type;
        /// What it refers to.
        references: References;
        /// What it is if nothing is given.
        default: Expression;
    }
    References {
        /// A relation, or a field of one.
        target: Expression;
    }
    IndexDefinition {
        /// The relation.
        relation: Expression;
    }
    ViewDefinition {
        /// What it shows.
        rows: Expression;
    }
    Rule {
        /// How it is called: a name, or names with dots.
        name: Expression;
        /// What it is about.
        arguments: Arguments;
    }
}

impl<'t> Relation<'t> {
    /// How it is called.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0, 1)
    }

    /// Its fields.
    pub fn fields(self) -> impl Iterator<Item = RelationField<'t>> {
        self.0.child(SyntaxKind::Fields).into_iter().flat_map(children)
    }

    /// How its history is called.
    #[must_use]
    pub fn history(self) -> Option<Token<'t>> {
        behind_both(self.0)
    }
}

impl<'t> RelationField<'t> {
    /// How it is called.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0, 0)
    }

    /// The words behind its type.
    fn has(self, word: &str) -> bool {
        let mut words = self.0.tokens().skip(1);
        words.any(|token| token.kind() == SyntaxKind::Name && token.text() == word)
    }

    /// Whether it belongs to the key.
    #[must_use]
    pub fn is_key(self) -> bool {
        self.has("key")
    }

    /// Whether no two rows have the same.
    #[must_use]
    pub fn is_unique(self) -> bool {
        self.has("unique")
    }
}

impl<'t> IndexDefinition<'t> {
    /// What it is sorted by.
    pub fn keys(self) -> impl Iterator<Item = Expression<'t>> + Clone {
        children(self.0).skip(1)
    }

    /// Of which kind it is.
    #[must_use]
    pub fn method(self) -> Option<Token<'t>> {
        has_word(self.0, "using").then(|| name(self.0, 3)).flatten()
    }
}

impl<'t> Rule<'t> {
    /// What has to hold; of a fact, nothing. Where `=` compares, it means `==`.
    pub fn goals(self) -> impl Iterator<Item = Expression<'t>> + Clone {
        children(self.0).skip(1)
    }
}
