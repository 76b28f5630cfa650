//! Queries.

use syntax_tree::{View, child, children, getters, views};

use super::expression::Expression;
use super::name::{has_word, name_behind};
use crate::syntax::{SyntaxKind, Token};

views! {
    /// `A, left B as b on c where … group by … order by … limit … select …`
    Query
    /// `left B as b on c`
    Source
    /// `where c`
    Where
    /// `group by a, b`
    GroupBy
    /// `order by a desc, b`
    OrderBy
    /// `a desc`
    SortKey
    /// `limit e`
    Limit
    /// `select a, b as c`
    Select
    /// `b as c`
    Selected
    /// `exists Q`, `first Q`, `only Q`, `once Q`, `all Q`, `limit n Q`
    Quantified
    /// `for all x in Q: c`, or `c for all Q`
    ForAll
}

/// What is asked about the rows of a query, or the answers of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// Whether there is one.
    Exists,
    /// The first one.
    First,
    /// The one that there is.
    Only,
    /// The first one, for good: no other is looked for later.
    Once,
    /// All of them.
    All,
    /// So many of them.
    Limit,
}

getters! {
    Query {
        /// Which rows.
        filter: Where;
        /// What is put together.
        group: GroupBy;
        /// In which order.
        order: OrderBy;
        /// How many.
        limit: Limit;
        /// What of them.
        select: Select;
    }
    Source {
        /// Where the rows come from.
        rows: Expression;
    }
    Where {
        /// What holds for the rows.
        condition: Expression;
    }
    SortKey {
        /// What is compared.
        key: Expression;
    }
    Limit {
        /// How many.
        count: Expression;
    }
    Selected {
        /// The value.
        value: Expression;
    }
}

impl<'t> Query<'t> {
    /// Where rows come from.
    pub fn sources(self) -> impl Iterator<Item = Source<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> Source<'t> {
    /// Whether there is a row of it, of `none`, where no row fits.
    #[must_use]
    pub fn is_left(self) -> bool {
        has_word(self.0, "left")
            && self.0.tokens().next().is_some_and(|first| first.text() == "left")
    }

    /// How its rows are called.
    #[must_use]
    pub fn alias(self) -> Option<Token<'t>> {
        let mut tokens = self.0.tokens().skip_while(|token| token.text() != "as").skip(1);
        tokens.next().filter(|token| token.kind() == SyntaxKind::Name)
    }

    /// Which of its rows fit: what stands behind `on`.
    #[must_use]
    pub fn condition(self) -> Option<Expression<'t>> {
        children(self.0).nth(1)
    }
}

impl<'t> GroupBy<'t> {
    /// What the rows of a group have in common.
    pub fn keys(self) -> impl Iterator<Item = Selected<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> OrderBy<'t> {
    /// What is compared, the first one first.
    pub fn keys(self) -> impl Iterator<Item = SortKey<'t>> + Clone {
        children(self.0)
    }
}

impl SortKey<'_> {
    /// Whether the greatest comes first.
    #[must_use]
    pub fn is_descending(self) -> bool {
        has_word(self.0, "desc")
    }
}

impl<'t> Select<'t> {
    /// The values.
    pub fn items(self) -> impl Iterator<Item = Selected<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> Selected<'t> {
    /// How the value is called, if that is said.
    #[must_use]
    pub fn alias(self) -> Option<Token<'t>> {
        self.0.tokens().filter(|token| token.kind() == SyntaxKind::Name).nth(1)
    }
}

impl<'t> Quantified<'t> {
    /// What is asked.
    #[must_use]
    pub fn quantifier(self) -> Option<Quantifier> {
        Some(match self.0.tokens().next()?.text() {
            "exists" => Quantifier::Exists,
            "first" => Quantifier::First,
            "only" => Quantifier::Only,
            "once" => Quantifier::Once,
            "all" => Quantifier::All,
            "limit" => Quantifier::Limit,
            _ => return None,
        })
    }

    /// How many answers, for [`Quantifier::Limit`].
    #[must_use]
    pub fn count(self) -> Option<Expression<'t>> {
        (self.quantifier() == Some(Quantifier::Limit)).then(|| child(self.0)).flatten()
    }

    /// The rows or answers that are asked about. Of `exists(R.f = e)` it is the condition, whose
    /// source is the relation that it names.
    #[must_use]
    pub fn rows(self) -> Option<Expression<'t>> {
        let before = usize::from(self.quantifier() == Some(Quantifier::Limit));
        children(self.0).nth(before)
    }
}

impl<'t> ForAll<'t> {
    /// How a row is called; without a name the fields of the rows are in scope by theirs.
    #[must_use]
    pub fn variable(self) -> Option<Token<'t>> {
        self.0.token(SyntaxKind::InWord)?;
        self.0.tokens().filter(|token| token.kind() == SyntaxKind::Name).nth(1)
    }

    /// The rows.
    #[must_use]
    pub fn rows(self) -> Option<Expression<'t>> {
        let is_prefix = self.0.token(SyntaxKind::InWord).is_some();
        children(self.0).nth(usize::from(!is_prefix))
    }

    /// What holds for each.
    #[must_use]
    pub fn condition(self) -> Option<Expression<'t>> {
        let is_prefix = self.0.token(SyntaxKind::InWord).is_some();
        children(self.0).nth(usize::from(is_prefix))
    }
}

/// The name of the relation's history or of an inverse: what stands behind `<->`.
pub(super) fn behind_both(node: crate::syntax::Node<'_>) -> Option<Token<'_>> {
    name_behind(node, SyntaxKind::Both)
}
