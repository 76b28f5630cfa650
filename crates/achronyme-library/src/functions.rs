//! The functions of the table, by what they are about; each file has its rows before its functions.

pub(crate) mod arithmetic;
pub(crate) mod array;
pub(crate) mod association;
pub(crate) mod calculus;
pub(crate) mod complex;
pub(crate) mod creation;
pub(crate) mod csv;
pub(crate) mod descriptive;
pub(crate) mod design;
pub(crate) mod distribution;
pub(crate) mod elementary;
pub(crate) mod environment;
pub(crate) mod file;
pub(crate) mod filter;
pub(crate) mod fourier;
pub(crate) mod graph;
pub(crate) mod http;
pub(crate) mod json;
pub(crate) mod linear;
pub(crate) mod mask;
pub(crate) mod ordering;
pub(crate) mod persist;
pub(crate) mod plot;
pub(crate) mod program;
pub(crate) mod random;
pub(crate) mod record;
pub(crate) mod reduction;
pub(crate) mod sample;
pub(crate) mod schedule;
pub(crate) mod shaping;
pub(crate) mod skipping;
pub(crate) mod special;
pub(crate) mod spectrum;
pub(crate) mod string;
pub(crate) mod task;
pub(crate) mod trend;
pub(crate) mod value;
pub(crate) mod window;
pub(crate) mod world;

mod argument;
mod axis;
mod broadcast;
mod call;
mod series;

pub(crate) use call::Call;
