//! What a table says about one instruction, and the reference page made from it.

use std::fmt::{Display, Write as _};

/// One row of a table, for checkers, assemblers, debuggers and documentation.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo<K: 'static> {
    /// The opcode. Lives in saved programs: never renumbered, never used again.
    pub code: u8,
    /// The mnemonic. Several rows may share one and differ in their operands.
    pub mnemonic: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// The operands' names and kinds, in order.
    pub operands: &'static [(&'static str, K)],
    /// Cells taken from the stack, deepest first.
    pub before: &'static [&'static str],
    /// Cells left on the stack, deepest first.
    pub after: &'static [&'static str],
    /// How it is undone.
    pub undo: &'static str,
    /// Whether it sets the flags.
    pub sets_flags: bool,
}

/// Renders a table as the rows of a Markdown page.
#[must_use]
pub fn reference<K: Display>(table: &[OpInfo<K>]) -> String {
    let mut page = String::from(
        "| code | instruction | stack | flags | undone by | meaning |\n|---|---|---|---|---|---|\n",
    );
    for op in table {
        let operands: Vec<_> = op.operands.iter().map(|(n, kind)| format!("{n}: {kind}")).collect();
        let (code, mnemonic, undo) = (op.code, op.mnemonic, op.undo);
        let stack = if op.before.is_empty() && op.after.is_empty() {
            String::new()
        } else {
            format!("`{} -- {}`", op.before.join(" "), op.after.join(" "))
        };
        let flags = if op.sets_flags { "set" } else { "" };
        let (operands, doc) = (operands.join(", "), op.doc.trim().replace('|', "\\|"));
        let _ = writeln!(
            page,
            "| `{code:02x}` | `{mnemonic}` {operands} | {stack} | {flags} | {undo} | {doc} |"
        );
    }
    page
}
