//! Tables on the tape.

mod area;
mod chain;
mod error;
mod key;
mod node;
mod pages;
mod row;
#[cfg(test)]
mod sample;
mod schema;
mod space;
mod tree;
mod value;
mod wire;

pub use area::PageId;
pub use error::{DefinitionError, RowError, StoreError};
pub use node::KEY_MAX;
pub use pages::{Journal, PAGE_SIZE, PageFault, Pages, PagesMut};
pub use schema::{FIELDS_MAX, Field, TYPE_DEPTH_MAX, Type};
pub use space::SpaceUse;
pub use tree::VALUE_MAX;
pub use value::Value;
