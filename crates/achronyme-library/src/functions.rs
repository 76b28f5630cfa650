//! The functions of the table, by what they are about; each file has its rows before its functions.

pub(crate) mod array;
pub(crate) mod complex;
pub(crate) mod csv;
pub(crate) mod elementary;
pub(crate) mod environment;
pub(crate) mod file;
pub(crate) mod http;
pub(crate) mod json;
pub(crate) mod linear;
pub(crate) mod record;
pub(crate) mod statistics;
pub(crate) mod string;
pub(crate) mod task;
pub(crate) mod value;
pub(crate) mod world;

mod argument;
