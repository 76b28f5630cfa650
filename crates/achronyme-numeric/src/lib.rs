//! Numbers in boxes, and what is computed with them: the part of Achronyme's library that knows no
//! value of the language, no memory of an engine and no function of a program.
//!
//! Everything is deterministic to the bit: elementary functions come from `libm`, sums have a fixed
//! order whatever the number of threads and the width of the processor's vectors, and nothing
//! depends on hash order, addresses or time.

pub mod analytic;
mod array;
mod chain;
mod choice;
mod concat;
mod decimal;
mod diagonal;
mod distinct;
mod elementary;
mod elementwise;
mod error;
pub mod fourier;
mod integers;
mod lanes;
pub mod linear;
mod lines;
mod meeting;
mod order;
mod power;
mod radix;
mod rewrite;
mod shape;
pub mod signal;
mod stream;
mod sum;
mod transpose;
mod wide;

pub mod distribution;
pub mod graph;
pub mod interpolation;
pub mod optimization;
pub mod program;
pub mod random;
pub mod schedule;
pub mod special;
pub mod statistics;

pub use array::Array;
pub use chain::{Operation, Source, Step, WAITING_MAX, chain_fold, chain_into, chain_sum};
pub use choice::{chosen_into, count_nonzero};
pub use concat::{concatenated, repeated, tiled};
pub use decimal::rounded;
pub use diagonal::{diagonal, set_diagonal};
pub use distinct::{distinct, distinct_with_classes};
pub use elementary::{cos_into, exp_into, ln_into, sin_into, slow_map_into};
pub use elementwise::{Canonical, broadcast_into, choose_into, map_into, zip_into};
pub use error::{Error, ErrorKind};
pub use integers::{common_divisor, common_multiple, floored_quotient, floored_remainder};
pub use lanes::Lanes;
pub use lines::Lines;
pub use meeting::meeting;
pub use num_complex::Complex64 as Complex;
pub use order::{complex_order_of, extreme, order_of, place_of_extreme, sort_into};
pub use power::power_into;
pub use rewrite::{Each, Effort, OPERANDS_MAX, rewrite};
pub use shape::{Shape, broadcast_shape, steps};
pub use sum::{column_sums, pairwise, pairwise_of, pairwise_of_pairs, product};
pub use transpose::{transpose_into, transposed};
