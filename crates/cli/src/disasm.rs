//! `palindrome disasm`: a program as the assembler would read it.

use std::path::Path;

use crate::error::{CliError, exit};
use crate::pvm;
use crate::terminal::{Terminal, show};

/// The listing assembles to the same program.
pub(crate) fn disasm(path: &Path) -> Result<u8, CliError> {
    let loaded = pvm::load(path, true, Terminal::new(false))?;
    show(&palindrome_asm::disassemble(loaded.image()))?;
    Ok(exit::OK)
}
