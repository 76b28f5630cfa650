//! Why an operation of the store failed.

use std::fmt;

use crate::area::PageId;
use crate::node::KEY_MAX;
use crate::pages::PageFault;
use crate::query::QueryError;
use crate::tree::VALUE_MAX;
use crate::value::Value;

/// Why an operation failed.
///
/// All but [`Fault`](Self::Fault), [`Full`](Self::Full), [`Corrupt`](Self::Corrupt) and
/// [`View`](Self::View) are found before anything is written, by operations on single rows of
/// relations without views. After those four, after any failure of an operation on many rows, and
/// where there are views, the caller goes back to before the call.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A page could not be had or written.
    #[error("the store cannot reach its pages: {0}")]
    Fault(#[from] PageFault),
    /// Give back what is no longer needed, or make the store with more pages.
    #[error("the store is full: all its {limit} pages are in use; drop something first")]
    Full {
        /// The most pages that it may use.
        limit: u32,
    },
    /// Something else wrote into the region of the store: go back to a moment before that.
    #[error("page {page} of the store {what}; something else wrote there")]
    Corrupt {
        /// The page.
        page: PageId,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Create a store there first, or open it where it lies.
    #[error("there is no store of this version here")]
    NoStore,
    /// Make the key shorter: leave out long texts.
    #[error("a key of {len} bytes is too long; a key has at most {KEY_MAX}")]
    KeyTooLong {
        /// Its length in bytes, in the form in which keys are kept.
        len: usize,
    },
    /// Keep less in one row.
    #[error("a row of {len} bytes is too long; a row has at most {VALUE_MAX}")]
    ValueTooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// Make the bytes again: they are of another version, or damaged.
    #[error("these bytes are no {what} of this version")]
    Malformed {
        /// What they should be.
        what: &'static str,
    },
    /// Correct the definition.
    #[error("{0}")]
    Definition(#[from] Box<DefinitionError>),
    /// Change the row, or the query of the view. The change is made, but not in the views.
    #[error("the view \"{view}\" cannot be kept up to date: {error}")]
    View {
        /// The view.
        view: String,
        /// What failed in its query.
        error: Box<QueryError>,
    },
    /// Correct the functions, or give those that the relation was moved by.
    #[error("a row of \"{relation}\" cannot be carried from older fields: {reason}")]
    Lens {
        /// The relation.
        relation: String,
        /// Why not.
        reason: String,
    },
    /// Correct the row.
    #[error("{0}")]
    Row(#[from] Box<RowError>),
}

/// Why a definition of a relation or an index was refused. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DefinitionError {
    /// Correct the name.
    #[error("there is no relation \"{name}\"")]
    UnknownRelation {
        /// The name asked for.
        name: String,
    },
    /// The handle is of a relation that was dropped, or of another moment.
    #[error("there is no relation number {id} at this moment")]
    UnknownId {
        /// The number.
        id: u32,
    },
    /// Correct the name.
    #[error("\"{relation}\" has no field \"{field}\"")]
    UnknownField {
        /// The relation.
        relation: String,
        /// The name asked for.
        field: String,
    },
    /// Correct the name.
    #[error("\"{relation}\" has no index \"{index}\"")]
    UnknownIndex {
        /// The relation.
        relation: String,
        /// The name asked for.
        index: String,
    },
    /// Change what the view is made of instead.
    #[error("\"{relation}\" is a view; its rows and fields follow from its query")]
    IsView {
        /// The view.
        relation: String,
    },
    /// Write the query in another way.
    #[error("\"{name}\" cannot be a view: {reason}")]
    BadView {
        /// The view.
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// Bring both to the same fields first.
    #[error("\"{relation}\" has other fields or another key in the other state")]
    Differs {
        /// The relation.
        relation: String,
    },
    /// Do what the reason says.
    #[error("\"{relation}\" is there already and cannot become what its definition says: {reason}")]
    Unfit {
        /// The relation.
        relation: String,
        /// Why not, and what to do.
        reason: String,
    },
    /// Choose another name.
    #[error("the name \"{name}\" is taken")]
    DuplicateName {
        /// The name wanted twice.
        name: String,
    },
    /// Give it at least one field, and name each once in a key.
    #[error("\"{name}\" names no fields, or one twice")]
    BadFields {
        /// The relation, index or key.
        name: String,
    },
    /// Choose types that the store can keep.
    #[error("field \"{field}\" cannot have this type: {reason}")]
    BadType {
        /// The field.
        field: String,
        /// Why not.
        reason: &'static str,
    },
    /// Give the field a default that fits its type, or make it an option.
    #[error("field \"{field}\" needs a default of its type, as there are rows without it")]
    BadDefault {
        /// The field.
        field: String,
    },
    /// Refer to the whole key of the other relation, field by field with the same types.
    #[error("\"{relation}\" cannot refer to \"{target}\": the fields are not those of its key")]
    BadReference {
        /// The relation that refers.
        relation: String,
        /// The relation referred to.
        target: String,
    },
    /// Drop what refers to it first.
    #[error("\"{relation}\" is needed by \"{by}\"; drop that first")]
    InUse {
        /// The relation or field.
        relation: String,
        /// What needs it.
        by: String,
    },
    /// Drop something first.
    #[error("{what}: at most {max}")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// The most there may be.
        max: usize,
    },
    /// Use an index of another kind for this type of field.
    #[error("an index of this kind cannot be on \"{field}\": {reason}")]
    BadIndex {
        /// The field.
        field: String,
        /// Why not.
        reason: &'static str,
    },
}

/// Why a row was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// Give as many values as the relation has fields.
    #[error("a row of \"{relation}\" has {expected} fields, not {found}")]
    Count {
        /// The relation.
        relation: String,
        /// How many fields it has.
        expected: usize,
        /// How many values there are.
        found: usize,
    },
    /// Give a value of the field's type.
    #[error("\"{relation}.{field}\" cannot be {value}")]
    Type {
        /// The relation.
        relation: String,
        /// The field.
        field: String,
        /// What it was to be.
        value: Value,
    },
    /// Choose another key, or update the row that stands.
    #[error("\"{relation}\" has a row with the same {}: {standing} stands, {refused} is new",
        fields.join(", "))]
    Clash {
        /// The relation.
        relation: String,
        /// The fields that must differ.
        fields: Vec<String>,
        /// The row that is there.
        standing: NamedValues,
        /// The row that was to come.
        refused: NamedValues,
    },
    /// Insert the row that is referred to first.
    #[error("{row} of \"{relation}\" refers to {key} of \"{target}\", which is not there")]
    NoTarget {
        /// The relation that refers.
        relation: String,
        /// Its row.
        row: NamedValues,
        /// The relation referred to.
        target: String,
        /// The key that is not there.
        key: NamedValues,
    },
    /// Delete or change the rows that refer to it first.
    #[error("{key} of \"{target}\" cannot go: {row} of \"{relation}\" refers to it")]
    Referred {
        /// The relation referred to.
        target: String,
        /// The key that was to go.
        key: NamedValues,
        /// The relation that refers.
        relation: String,
        /// Its row.
        row: NamedValues,
    },
    /// Give a row for which the index has a value, or change what the index goes by.
    #[error("the index \"{index}\" of \"{relation}\" has no value for {row}: {reason}")]
    NoIndexValue {
        /// The relation.
        relation: String,
        /// The index.
        index: String,
        /// The row.
        row: NamedValues,
        /// Why not.
        reason: String,
    },
    /// Name a row that is there.
    #[error("\"{relation}\" has no row with the key {key}")]
    NoRow {
        /// The relation.
        relation: String,
        /// The key asked for.
        key: NamedValues,
    },
}

/// Values with the names of their fields, written as `{id: 1, name: "Ada"}`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NamedValues(pub Vec<(String, Value)>);

impl NamedValues {
    /// Values of some fields.
    pub(crate) fn new<'a>(names: impl Iterator<Item = &'a str>, values: &[Value]) -> Self {
        Self(names.map(str::to_owned).zip(values.iter().cloned()).collect())
    }
}

impl fmt::Display for NamedValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = self.0.iter().map(|(name, value)| format!("{name}: {value}"));
        write!(f, "{{{}}}", texts.collect::<Vec<_>>().join(", "))
    }
}

impl From<DefinitionError> for StoreError {
    fn from(error: DefinitionError) -> Self {
        Self::Definition(Box::new(error))
    }
}

impl From<RowError> for StoreError {
    fn from(error: RowError) -> Self {
        Self::Row(Box::new(error))
    }
}

impl StoreError {
    /// Why a view could not be computed.
    pub(crate) fn of_view(view: &str, error: QueryError) -> Self {
        match error {
            QueryError::Store(error) => error,
            error @ (QueryError::Overflow
            | QueryError::SumOverflow
            | QueryError::DivisionByZero
            | QueryError::Types { .. }
            | QueryError::Column { .. }
            | QueryError::Parameter { .. }
            | QueryError::TooDeep) => Self::View { view: view.to_owned(), error: Box::new(error) },
        }
    }
}
