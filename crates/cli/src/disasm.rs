//! `palindrome disasm`: a program as the assembler would read it.

use std::path::Path;

use palindrome_vm::Image;

use crate::error::{CliError, exit};
use crate::pvm;
use crate::terminal::{Terminal, show};

pub(crate) fn disasm(path: &Path) -> Result<u8, CliError> {
    let loaded = pvm::load(path, Terminal::new(false))?;
    show(&listing(loaded.image()))?;
    Ok(exit::OK)
}

/// The listing, which assembles to the same program.
pub(crate) fn listing(image: &Image) -> String {
    palindrome_asm::disassemble(image)
}
