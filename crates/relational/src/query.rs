//! Queries: what to compute from relations, chosen how, and run over batches of rows.

mod batch;
mod choose;
mod expr;
mod join;
mod plan;
mod run;
mod total;
mod wire;

pub use expr::{Arithmetic, Comparison, Expr, QueryError};
pub use plan::{Explained, JoinKind, PLAN_DEPTH_MAX, Query};
pub use total::Total;
