//! `palindrome disasm`: a program as the assembler would read it.

use std::fmt::Write as _;
use std::path::Path;

use machine::{CodePosition, Inspect};
use palindrome_vm::Vm;

use crate::error::{CliError, exit};
use crate::pvm;
use crate::terminal::{Terminal, show};

pub(crate) fn disasm(path: &Path) -> Result<u8, CliError> {
    let loaded = pvm::load(path, Terminal::new(false))?;
    show(&listing(&loaded.machine()))?;
    Ok(exit::OK)
}

/// Every instruction, with its labels.
pub(crate) fn listing(machine: &Vm) -> String {
    let mut text = String::new();
    let count = machine.program().instructions().len();
    for row in machine.disassemble(CodePosition(0), count) {
        if let Some(label) = &row.label {
            let _ = writeln!(text, "{label}:");
        }
        let _ = writeln!(text, "    {}", row.text);
    }
    text
}
