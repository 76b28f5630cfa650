//! The Palindrome language: what its programs mean.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "there are more than a hundred kinds of token and node, of which a place knows a few"
)]

mod check;
mod codes;
mod form;
pub mod hir;
pub mod types;

pub use codes::{CODES, error_reference};
