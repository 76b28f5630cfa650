//! The pages that are made from the code. They are kept in the repository, so that they can be
//! read without building; a test fails where one is stale.

use std::fs;
use std::path::Path;

/// A generated document.
#[derive(Debug)]
pub struct Page {
    /// Where it lies, from the root.
    pub path: &'static str,
    /// What it holds.
    pub text: String,
}

/// Every generated page as it should be.
#[must_use]
pub fn pages() -> Vec<Page> {
    vec![
        Page { path: "docs/isa/pvm.md", text: tape_instructions() },
        Page { path: "docs/isa/tacit.md", text: tacit_instructions() },
        Page { path: "docs/isa/achronyme.md", text: achronyme_instructions() },
        Page { path: "docs/tacit/words.md", text: tacit::word_reference() },
        Page { path: "docs/achronyme/library.md", text: achronyme::library_reference() },
        Page { path: "docs/errors/achronyme.md", text: achronyme::error_reference() },
        Page { path: "docs/errors/palindrome.md", text: palindrome::error_reference() },
        Page { path: "docs/palindrome/library.md", text: palindrome::library_reference() },
        Page { path: "docs/errors/tacit.md", text: tacit::error_reference() },
        Page { path: "docs/errors/pvm.md", text: palindrome_asm::error_reference() },
        Page { path: "docs/cli.md", text: cli::reference() },
    ]
}

/// Writes the pages that differ and says which.
///
/// # Errors
/// A page cannot be written.
pub fn codegen(root: &Path) -> Result<Vec<&'static str>, String> {
    let mut written = Vec::new();
    for page in pages() {
        let path = root.join(page.path);
        if is_current(root, &page) {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", page.path))?;
        }
        fs::write(&path, &page.text).map_err(|error| format!("{}: {error}", page.path))?;
        written.push(page.path);
    }
    Ok(written)
}

/// One finding for each page that is not as [`pages`] would have it.
#[must_use]
pub fn stale_pages(root: &Path) -> Vec<String> {
    let pages = pages();
    let stale = pages.iter().filter(|page| !is_current(root, page));
    stale.map(|page| format!("{}: stale; run `cargo xtask codegen`", page.path)).collect()
}

fn is_current(root: &Path, page: &Page) -> bool {
    fs::read_to_string(root.join(page.path)).is_ok_and(|found| found == page.text)
}

fn tape_instructions() -> String {
    let table = isa::reference(palindrome_vm::Instruction::TABLE);
    let functions = palindrome_vm::runtime::reference();
    format!(
        "# The instructions of the tape machine

This page is made from the instruction table by `cargo xtask codegen`. The words around it are in
the [reference](../pvm/reference.md).

Rows with the same mnemonic differ in their operands; the assembler chooses by what is written.
*Flags* says whether zero, negative, carry and overflow are set; *undone by* what is kept so that
the instruction can be taken back: `position` and `inverse` keep nothing else.

{table}
## The functions of the runtime

`CALL_RUNTIME` names one of these. Arguments are words in R1, R2 and so on; the result comes in R0,
which stays as it is if there is none. Texts, records and lists are objects in the segment `objects`,
by their positions; the [reference](../pvm/reference.md#the-runtime) says what they look like. Numbers
are never used again: a program that calls one that a machine does not know needs a newer machine.

{functions}"
    )
}

fn tacit_instructions() -> String {
    let table = isa::reference(tacit_vm::Instruction::TABLE);
    format!(
        "# The instructions of Tacit's machine

This page is made from the instruction table by `cargo xtask codegen`. An instruction is a byte, the
opcode, and its operands, numbers low byte first.

A name in parentheses is no word: only the compiler and the machine write it. All others are words
of the language. *Undone by* says what is kept so that the instruction can be taken back: `position`
keeps nothing but where it was.

{table}"
    )
}

fn achronyme_instructions() -> String {
    let table = achronyme_vm::instruction_reference();
    format!(
        "# The instructions of Achronyme's machine

This page is made from the instruction table by `cargo xtask codegen`. An instruction is a word of 32
bits, little-endian: the opcode in the lowest byte, then the operands. Some are followed by further
words.

`R` are the registers of the function, at most 256; `K` its constants. A jump counts words from the
one after the whole instruction, backwards if it is negative; only `loop` and `for_loop` jump
backwards. A call uses a window of registers: the first is for the way back and gets the result, the
second has what is called, the arguments follow; the registers of the callee begin with them. In
programs, caches are 0. A mask has two bits for each index, the lowest first: 0 for one place, 1 for
from–to, 2 for from, 3 for to.

{table}"
    )
}
