//! What an author writes, by what is written.

mod access;
mod alias;
mod change;
mod control;
mod declare;
mod expression;
mod fault;
mod function;
mod import;
mod kinds;
mod number;
mod pattern;
mod recursion;
mod statement;
mod task;
mod text;
mod vector;
