//! Repository chores: what must hold of the tree, and the pages that are made from the code.
//!
//! `cargo xtask tidy` and `cargo xtask codegen` run them by hand, `tests/tree.rs` with every
//! `cargo test`.

mod browser;
mod codegen;
mod floors;
mod markdown;
mod peers;
mod ratchet;
mod soak;
mod source;
mod tree;

pub use browser::browser;
pub use codegen::{Page, codegen, pages, stale_pages};
pub use peers::peers;
pub use soak::soak;
pub use tree::{Tree, workspace_root};

/// Everything that is wrong with the tree, one finding a line. Empty when it is tidy.
///
/// # Errors
/// The tree cannot be read, or `cargo metadata` does not answer.
pub fn tidy(tree: &Tree) -> Result<Vec<String>, String> {
    let mut findings = floors::check(tree.root())?;
    findings.extend(source::check(tree));
    findings.extend(ratchet::check(tree));
    findings.extend(markdown::check(tree));
    Ok(findings)
}
