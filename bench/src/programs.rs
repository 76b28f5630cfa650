//! The programs that are measured, and what each must print.

use std::sync::Arc;

use palindrome_asm::{Options, Unit, assemble};
use palindrome_vm::{Program, Vm};

use crate::Failure;

/// A program of `programs/` in the sizes it is run in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    text: &'static str,
    language: Language,
    full: Sized,
    smoke: Sized,
    /// Whether `peers/` has it too.
    pub(crate) has_peer: bool,
}

/// What a program is written in.
#[derive(Clone, Copy, Debug)]
enum Language {
    Assembly,
    Palindrome,
}

/// A size, and the output it leads to.
#[derive(Clone, Copy, Debug)]
struct Sized {
    size: u64,
    output: &'static str,
}

/// A program of a certain size, ready to run.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    pub(crate) name: &'static str,
    pub(crate) size: u64,
    pub(crate) output: &'static str,
    pub(crate) program: Arc<Program>,
}

macro_rules! entry {
    ($name:literal, $full:expr, $full_output:literal, $smoke:expr, $smoke_output:literal, $peer:expr) => {
        entry!(@ $name, Assembly ".pvm", $full, $full_output, $smoke, $smoke_output, $peer)
    };
    (@ $name:literal, $language:ident $end:literal, $full:expr, $full_output:literal, $smoke:expr, $smoke_output:literal, $peer:expr) => {
        Entry {
            name: $name,
            text: include_str!(concat!("../programs/", $name, $end)),
            language: Language::$language,
            full: Sized { size: $full, output: $full_output },
            smoke: Sized { size: $smoke, output: $smoke_output },
            has_peer: $peer,
        }
    };
}

/// All programs. The first six have peers.
pub(crate) const ALL: [Entry; 9] = [
    entry!("fib35", 35, "9227465\n", 20, "6765\n", true),
    entry!("nested", 500, "50000000\n", 2, "200000\n", true),
    entry!("collatz", 299_999, "443\n230631\n", 300, "128\n231\n", true),
    entry!("sieve8k", 4000, "1027\n", 4, "1027\n", true),
    entry!("bubble", 8, "84829\n", 1, "84829\n", true),
    entry!("matrix", 300, "749700\n", 2, "749700\n", true),
    entry!("dirty", 200, "-7411351526876119040\n", 1, "-9182155285439283200\n", false),
    entry!("invertible", 4_000_000, "2398462656934472848\n", 100, "3133800675354791394\n", false),
    entry!(@ "steps", Palindrome ".pal", 4_000_000, "1217769254863\n", 100, "-403113\n", false),
];

/// An ordinary program with a large state, and the hardest cases for whoever keeps the past.
const PAST: [Entry; 3] = [
    entry!("sieve1m", 20, "82025\n", 1, "82025\n", false),
    entry!("scatter1m", 2000, "0\n", 1, "0\n", false),
    entry!("scatter", 2000, "0\n", 1, "0\n", false),
];

impl Entry {
    pub(crate) fn ready(&self, is_smoke: bool) -> Result<Ready, Failure> {
        let Sized { size, output } = if is_smoke { self.smoke } else { self.full };
        let text = sized(self.text, size);
        let program = match self.language {
            Language::Assembly => assembled(self.name, &text)?,
            Language::Palindrome => compiled(self.name, &text)?,
        };
        Ok(Ready { name: self.name, size, output, program })
    }

    /// The program in another size, whose output nobody waits for: it does not come to its last
    /// instruction, which is called `never`.
    pub(crate) fn endless(&self, size: u64) -> Result<Arc<Program>, Failure> {
        let text = sized(self.text, size);
        let head = text.trim_end().strip_suffix("HALT").unwrap_or(&text);
        assembled(self.name, &format!("{head}\nnever:\n    HALT\n"))
    }
}

impl Ready {
    pub(crate) fn vm(&self) -> Vm {
        Vm::load(Arc::clone(&self.program))
    }
}

pub(crate) fn find(name: &str) -> Result<&'static Entry, Failure> {
    let found = ALL.iter().chain(&PAST).find(|entry| entry.name == name);
    found.ok_or_else(|| Failure(format!("there is no program `{name}`")))
}

/// The text with another value for its constant `size`.
fn sized(text: &str, size: u64) -> String {
    let line =
        |line: &str| match [".const size ", "let size = "].iter().find(|it| line.starts_with(**it))
        {
            Some(head) => format!("{head}{size}\n"),
            None => format!("{line}\n"),
        };
    text.lines().map(line).collect()
}

fn compiled(name: &str, text: &str) -> Result<Arc<Program>, Failure> {
    let checked = palindrome::check(&format!("{name}.pal"), text);
    let image = palindrome::compile(&checked, palindrome::Options::default()).map_err(|found| {
        let messages: Vec<_> = found.iter().map(|one| one.message.as_str()).collect();
        Failure(format!("{name}.pal: {}", messages.join("; ")))
    })?;
    Program::new(image.image).map_err(|error| Failure(format!("{name}.pal: {error}")))
}

pub(crate) fn assembled(name: &str, text: &str) -> Result<Arc<Program>, Failure> {
    let mut no_includes = |name: &str| Err(std::io::Error::other(format!("no {name}")));
    let unit = Unit::new(format!("{name}.pvm"), text);
    let assembled = assemble(&[unit], &Options::default(), &mut no_includes);
    let image = assembled.image.ok_or_else(|| {
        let messages: Vec<_> = assembled.diagnostics.iter().map(|d| d.message.as_str()).collect();
        Failure(format!("{name}.pvm: {}", messages.join("; ")))
    })?;
    Program::new(image).map_err(|error| Failure(format!("{name}.pvm: {error}")))
}
