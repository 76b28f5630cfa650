//! Names and values in a file, as `.ach` files have them; `docs/formats/environment.md` describes it.
//!
//! A head of 64 bytes, a body in MessagePack that may be packed, and the SHA-256 of the body as it
//! lies in the file.

mod reader;
mod writer;

use sha2::{Digest as _, Sha256};

use crate::Fault;

pub(crate) use reader::{Archive, read};
pub(crate) use writer::{About, can_be_kept, write};

/// How every file begins.
const MAGIC: [u8; 4] = *b"ACH\0";
/// The version of the format: what has another first number is not read.
const VERSION: (u16, u16) = (1, 0);
const HEAD: usize = 64;
const SUM: usize = 32;

/// How a body is packed.
const PLAIN: u8 = 0;
/// By the original, which is not read here.
const ZSTD: u8 = 1;
const LZ4: u8 = 2;

/// Values inside of each other that are kept, at most: both directions recurse.
const DEPTH_MAX: usize = 200;

/// The largest body that is unpacked.
const BODY_MAX: usize = 1 << 30;

/// What is kept of a record's field that can be assigned to.
const MUTABLE: &str = "Mut";

fn sum(body: &[u8]) -> [u8; SUM] {
    Sha256::digest(body).into()
}

/// A fault that says what a file of an environment is not.
fn wrong(message: impl Into<String>) -> Fault {
    Fault { kind: "IOError", message: format!("Failed to restore environment: {}", message.into()) }
}
