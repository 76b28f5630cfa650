//! `palindrome disasm`: a program's instructions as text.

use std::path::Path;

use crate::error::{CliError, exit};
use crate::guest::{self, Guest, LoadOptions, with_guest};
use crate::terminal::{Terminal, show};

pub(crate) fn disasm(path: &Path) -> Result<u8, CliError> {
    let (name, form) = guest::of_program(path)?;
    let listing = with_guest!(name, G => {
        let program: G = guest::load(path, form, &LoadOptions::default(), Terminal::new(false))?;
        program.listing()
    });
    show(&listing)?;
    Ok(exit::OK)
}
