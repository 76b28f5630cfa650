//! Queries: what to compute from relations, chosen how, and run over batches of rows.

mod batch;
mod choose;
mod exact;
mod expr;
mod fill;
mod function;
mod group;
mod join;
mod page;
mod plan;
mod prepared;
mod run;
mod total;
mod wire;

pub(crate) use batch::{Batch, Column};
pub(crate) use choose::width;
pub(crate) use run::answer;
pub(crate) use total::Sofar;
pub(crate) use wire::{pack_expr, unpack_expr};

pub(crate) use expr::arithmetic;
pub use expr::{Arithmetic, Comparison, Expr, QueryError};
pub use function::Function;
pub use plan::{Explained, JoinKind, PLAN_DEPTH_MAX, Query};
pub use prepared::Prepared;
pub use total::Total;
