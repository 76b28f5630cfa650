//! The library over a store of its own. One program for all tests: each that is added would compile
//! the whole library once more.

mod heap;

mod equality;
mod functions;
mod index;
mod operators;
mod signal;
mod text;
mod types;
mod words;
