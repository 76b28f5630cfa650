//! The assembler, optimiser and linker of the Palindrome tape machine.
//!
//! ```
//! use palindrome_asm::{Options, Unit, assemble};
//!
//! let unit = Unit::new("hello.pvm", "main: OUTS \"hello\\n\"\nHALT");
//! let mut no_includes = |name: &str| Err(std::io::Error::other(format!("no {name}")));
//! let assembled = assemble(&[unit], &Options::default(), &mut no_includes);
//! assert_eq!(assembled.image.expect("no errors").code.len(), 2);
//! ```

mod alias;
mod assemble;
mod codes;
mod disassemble;
mod layout;
mod link;
mod lower;
mod object;
mod operand;
mod optimise;
mod place;
mod problem;
mod reader;
mod syntax;
mod values;

pub use alias::aliases;
pub use assemble::{Assembled, AssembledObject, Options, assemble, assemble_object, link};
pub use codes::{CODES, error_reference};
pub use disassemble::disassemble;
pub use object::Object;
pub use optimise::{Positions, optimise};
pub use reader::{Loader, Unit};
