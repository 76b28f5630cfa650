//! What a cell means.

/// What is in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing is known.
    Missing,
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Truth(bool),
    /// Anything else, as it stands there.
    Text(String),
}

/// What the cells of a column are to be read as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CellKind {
    /// Numbers and truth values where they look like it, texts otherwise.
    #[default]
    Auto,
    /// Numbers only.
    Number,
    /// Truth values only.
    Truth,
    /// Texts, whatever they look like.
    Text,
}

/// What the columns are to be read as: one kind for all, and those of some columns by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    /// For columns that are not named.
    pub all: CellKind,
    /// Names and kinds.
    pub named: Vec<(String, CellKind)>,
}

impl Kinds {
    pub(super) fn of(&self, column: Option<&String>) -> CellKind {
        let named = self.named.iter().find(|named| Some(&named.0) == column);
        named.map_or(self.all, |named| named.1)
    }
}

impl Cell {
    /// What a text means; `None` if it is none of that kind. Blanks around numbers and truth values
    /// do not count, nor around what stands for a missing cell, which are the texts `na`.
    pub(super) fn read(text: String, kind: CellKind, na: &[String]) -> Option<Self> {
        let trimmed = text.trim();
        if na.iter().any(|na| na == trimmed) {
            return Some(Self::Missing);
        }
        let truth = match trimmed {
            "true" => Some(Self::Truth(true)),
            "false" => Some(Self::Truth(false)),
            _ => None,
        };
        let number = || trimmed.parse().ok().map(Self::Number);
        match kind {
            CellKind::Number => number(),
            CellKind::Truth => truth,
            CellKind::Text => Some(Self::Text(text)),
            CellKind::Auto => number().or(truth).or(Some(Self::Text(text))),
        }
    }
}
