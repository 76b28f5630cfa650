//! What a text says, before any name in it is looked up.

use source::Span;

/// A pair of brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bracket {
    /// `( … )`
    Round,
    /// `[ … ]`
    Square,
    /// `#[ … ]#`
    Group,
    /// `:[ … ]:`
    Dictionary,
    /// `{ … }`
    Curly,
}

impl Bracket {
    /// What it is for, in messages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Round => "code block",
            Self::Square => "vector",
            Self::Group => "group",
            Self::Dictionary => "dictionary",
            Self::Curly => "block",
        }
    }

    /// The opening and the closing one.
    pub(crate) const fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::Round => ("(", ")"),
            Self::Square => ("[", "]"),
            Self::Group => ("#[", "]#"),
            Self::Dictionary => (":[", "]:"),
            Self::Curly => ("{", "}"),
        }
    }
}

/// One item of a program.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) kind: ItemKind,
    /// The token that stands for it in messages and listings: of brackets the opening one.
    pub(crate) span: Span,
}

/// A row of items.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body {
    pub(crate) items: Vec<Item>,
    /// What closes it.
    pub(crate) end: Span,
}

/// A kind of item.
#[derive(Clone, Debug)]
pub(crate) enum ItemKind {
    Number(f32),
    Text(String),
    Word(String),
    /// `` `name `` or `'name`
    Quote(String),
    /// `( … )`
    Block(Body),
    /// `[ … ]`, `#[ … ]#`, `:[ … ]:`
    Brackets(Bracket, Body),
    /// `IF { … } ELSE { … }`
    If(Body, Option<Body>),
    /// `WHILE { … } DO { … }`
    While(Body, Body),
    /// `SWITCH { key { … } … else { … } }`
    Switch(Vec<Case>, Option<Body>),
    /// `word { … }`, and the word after it if that would take braces, too.
    With(String, Body, Option<String>),
    /// `x[ … ]`
    At(String, Body),
    Set(Store),
    Definition(Box<Definition>),
    /// `value name`
    Value(Name),
    /// `symbol name`
    Symbol(Name),
    /// `mark name`
    Mark(Name),
    /// `forget name`
    Forget(Name),
}

/// One case of a `SWITCH`.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The values that it is for.
    pub(crate) keys: Vec<Item>,
    pub(crate) body: Body,
}

/// `-> name`, `to name`, or one of these with a path.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    /// Whether it is `->`, which makes a local variable.
    pub(crate) makes: bool,
    pub(crate) name: Name,
    pub(crate) keys: Option<Body>,
}

/// A name where one was wanted.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// `: name ( effect ) … ;`
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) name: Name,
    /// How many values the comment says it takes and leaves.
    pub(crate) effect: Option<(usize, usize, Span)>,
    pub(crate) body: Body,
}
