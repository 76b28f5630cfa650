//! Tables on the tape: a relational store whose whole state is bytes on pages.
//!
//! A [`Store`] works on anything that gives it pages ([`Pages`], [`PagesMut`]): a tape, whose
//! snapshots and forks then hold the store as it was, or a machine that logs what is written. All
//! operations are deterministic, to the byte.
//!
//! ```
//! use relational::{Definition, Direction, Field, Store, Type, Value};
//!
//! let mut tape = tape::Tape::new();
//! let mut store = Store::create(&mut tape, 0, 1 << 20)?;
//! let fields = vec![Field::new("id", Type::Int), Field::new("name", Type::String)];
//! let (name, key) = ("Person".to_owned(), vec!["id".to_owned()]);
//! let person = Definition { name, key, fields, ..Definition::default() };
//! let person = store.create_relation(&mut tape, &person)?;
//! store.insert(&mut tape, person, &[Value::Int(1), "Ada".into()])?;
//! let before = tape.snapshot();
//! store.delete(&mut tape, person, &[Value::Int(1)])?;
//! assert_eq!(store.count(&tape, person)?, 0);
//! assert_eq!(store.get(&before, person, &[Value::Int(1)])?.unwrap()[1], "Ada".into());
//! # Ok::<(), relational::StoreError>(())
//! ```

mod adapt;
mod any;
mod apply;
mod area;
mod catalog;
mod chain;
mod change;
mod define;
mod derived;
mod diff;
mod error;
mod hash;
mod index;
mod key;
mod lens;
mod merge;
mod node;
mod pages;
mod part;
mod point;
mod query;
mod raw;
mod read;
mod row;
mod rules;
#[cfg(test)]
mod sample;
mod schema;
mod space;
mod store;
mod stored;
mod tree;
mod value;
mod view;
mod whereabouts;
mod wire;

pub use adapt::widened;
pub use apply::Change;
pub use area::PageId;
pub use catalog::{Relation, RelationId};
pub use define::{Alteration, Definition, INDEXES_MAX};
pub use diff::RowChange;
pub use error::{DefinitionError, NamedValues, RowError, StoreError};
pub use index::{Index, IndexKind, RELATION_KEY_MAX, text_has_words};
pub use lens::Lenses;
pub use merge::{Conflict, Decision, Strategy, combine};
pub use node::KEY_MAX;
pub use pages::{Journal, PAGE_SIZE, PageFault, Pages, PagesMut};
pub use part::{ComputedIndex, Part};
pub use point::Changed;
pub use query::{
    Arithmetic, Comparison, Explained, Expr, Function, JoinKind, PLAN_DEPTH_MAX, Prepared, Query,
    QueryError, Total,
};
pub use raw::{Raw, RawKey, RawRow, RowView, RowWriter};
pub use read::{Direction, Row, Rows};
pub use rules::{
    Aggregate, Atom, BODY_MAX, COLUMNS_MAX, Computed, Derived, Literal, Missing, Predicate,
    Program, Proof, Reason, Rule, RuleError, Source, Step, Term,
};
pub use schema::{FIELDS_MAX, Field, TYPE_DEPTH_MAX, Type};
pub use space::SpaceUse;
pub use store::Store;
pub use stored::{IndexDefinition, Signature, typed_from_bytes, typed_to_bytes};
pub use tree::VALUE_MAX;
pub use value::Value;
pub use view::ViewDefinition;
