//! The words that work on values: numbers, comparisons, containers, text.

pub(crate) mod arithmetic;
pub(crate) mod broadcast;
pub(crate) mod compare;
pub(crate) mod container;
pub(crate) mod number;
pub(crate) mod pieces;
pub(crate) mod ranking;
pub(crate) mod show;
pub(crate) mod text;
