//! What a program is made of.

use source::Span;

use super::{Block, Expression, Name, Statement};
use crate::hir::{IndexKind, Strategy};

#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) kind: ItemKind,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum ItemKind {
    Type {
        name: Name,
        parameters: Vec<Name>,
        variants: Vec<VariantForm>,
    },
    /// Another name for a type.
    Alias {
        name: Name,
        parameters: Vec<Name>,
        of: Type,
    },
    Relation(RelationForm),
    View {
        name: Name,
        query: Expression,
    },
    Index {
        relation: Expression,
        /// What it goes by: columns, or values that are computed from a row.
        keys: Vec<Expression>,
        kind: IndexKind,
    },
    Rule(RuleForm),
    Function(Box<FunctionForm>),
    Space {
        name: Name,
        items: Vec<Item>,
    },
    Test {
        name: String,
        body: Block,
    },
    Contract(ContractForm),
    Handler(Box<HandlerForm>),
    Migration(Box<MigrationForm>),
    Use(UseForm),
    Statement(Box<Statement>),
}

#[derive(Clone, Debug)]
pub(crate) struct ContractForm {
    pub(crate) name: Name,
    pub(crate) invariants: Vec<Expression>,
    pub(crate) on_violation: Option<Block>,
}

/// `on Event(a, b) { … }`
#[derive(Clone, Debug)]
pub(crate) struct HandlerForm {
    /// A name, or names with dots.
    pub(crate) event: Expression,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Block,
}

/// `transform migrate A <-> B { … }`
#[derive(Clone, Debug)]
pub(crate) struct MigrationForm {
    pub(crate) from: Expression,
    pub(crate) to: Expression,
    pub(crate) forward: Option<LensForm>,
    pub(crate) backward: Option<LensForm>,
}

/// How rows become rows of another shape.
#[derive(Clone, Debug)]
pub(crate) struct LensForm {
    pub(crate) source: Vec<LensField>,
    pub(crate) target: Vec<LensField>,
    pub(crate) span: Span,
}

/// `balance: Decimal`, `full: name`, `balance: round(Int)`, `created: Moment = now()`
#[derive(Clone, Debug)]
pub(crate) struct LensField {
    pub(crate) name: Name,
    /// A type, or the name of a field of the other side.
    pub(crate) of: Option<Type>,
    pub(crate) value: Option<Expression>,
}

/// `use Lib.Part at T as L`
#[derive(Clone, Debug)]
pub(crate) struct UseForm {
    pub(crate) path: Vec<Name>,
    pub(crate) moment: Option<Expression>,
    pub(crate) alias: Option<Name>,
}

#[derive(Clone, Debug)]
pub(crate) struct VariantForm {
    pub(crate) name: Name,
    pub(crate) fields: Vec<Type>,
}

#[derive(Clone, Debug)]
pub(crate) struct RelationForm {
    pub(crate) name: Name,
    pub(crate) fields: Vec<Field>,
    pub(crate) history: Option<Name>,
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: Name,
    pub(crate) of: Option<Type>,
    pub(crate) is_key: bool,
    pub(crate) is_unique: bool,
    pub(crate) references: Option<Expression>,
    pub(crate) default: Option<Expression>,
}

/// `head(a, b) :- body.`; an item of the body is a call, `not` and a call, or a condition.
#[derive(Clone, Debug)]
pub(crate) struct RuleForm {
    pub(crate) name: Name,
    pub(crate) columns: Vec<Expression>,
    pub(crate) body: Vec<Expression>,
}

#[derive(Clone, Debug)]
pub(crate) struct FunctionForm {
    pub(crate) word: FunctionWord,
    pub(crate) name: Name,
    pub(crate) generics: Vec<Name>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) result: Option<Type>,
    pub(crate) inverse: Option<Inverse>,
    pub(crate) body: Body,
}

impl FunctionForm {
    /// How it searches, if it is a search.
    pub(crate) fn strategy(&self) -> Option<Strategy> {
        match self.word {
            FunctionWord::Search(strategy) => Some(strategy),
            FunctionWord::Transform | FunctionWord::Query => None,
        }
    }
}

/// What a function says that it may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FunctionWord {
    /// `transform`: anything.
    Transform,
    /// `transform query`: reads only.
    Query,
    /// `solve`: gives answers.
    Search(Strategy),
}

#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: Name,
    pub(crate) of: Option<Type>,
}

/// What stands after `<->`.
#[derive(Clone, Debug)]
pub(crate) enum Inverse {
    Named(Name),
    Same(Span),
}

#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) forward: Expression,
    pub(crate) backward: Option<Expression>,
}

#[derive(Clone, Debug)]
pub(crate) struct Type {
    pub(crate) kind: TypeKind,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum TypeKind {
    /// Not understood, which was said already.
    Wrong,
    Named(Vec<Name>, Vec<Type>),
    Optional(Box<Type>),
    List(Box<Type>),
    Record(Vec<(Name, Type)>),
    /// Parameters, result, and what it may do: pure if nothing is written.
    Function(Vec<Type>, Box<Type>, crate::types::Effect),
}
