//! A paged, copy-on-write tape. (The segment types only, until the rest arrives.)

/// What a segment is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SegmentType {
    /// Instructions.
    Code,
    /// Anything.
    Data,
    /// The stack.
    Stack,
    /// Pairs.
    Heap,
    /// Records.
    Table {
        /// Their layout.
        schema: Schema,
    },
    /// An index of a table.
    Index,
    /// A log.
    Log,
    /// `stdin`.
    Input,
    /// `stdout`.
    Output,
    /// `stderr`.
    Error,
}

/// The layout of a table's records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// In the order they lie in a record.
    pub fields: Vec<Field>,
    /// Names of the fields that tell records apart.
    pub primary_key: Vec<String>,
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub dtype: DataType,
    /// Whether it may be absent.
    pub nullable: bool,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum DataType {
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float32,
    Float64,
    String { max: u32 },
    Bytes { max: u32 },
    Timestamp,
}
