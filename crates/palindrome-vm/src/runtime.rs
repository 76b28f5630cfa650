//! The runtime functions: one table, from which everything else about them is derived.
//!
//! `CALL_RUNTIME` names one. Its arguments are words in R1 to R5; its result, if it has one, is put
//! into R0. Whatever it changes is bytes on the tape, each of which is logged, so a call is taken
//! back as any instruction is. To add a function, add a row to [`for_each_function!`], and the
//! function to the module of its noun.
//!
//! Numbers live in saved images: never renumber them, never use one again. An image that calls a
//! number that is not in the table needs a newer machine, and is refused.

mod call;
mod heap;
mod object;
mod print;
mod text;

use std::fmt::Write as _;

pub(crate) use call::{Call, Kept, Outcome, logged_flags};
pub use object::{
    COUNT_CONSTANT, HEAD, KIND_LIST, KIND_RECORD, KIND_REFERENCES, KIND_TEXT, SIZE_MAX, head_word,
};

use crate::trap::Trap;

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct RuntimeFunction {
    /// What `CALL_RUNTIME` holds.
    pub number: u16,
    /// What the assembler calls it.
    pub name: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// What it takes in R1 and so on; at most 5.
    pub arguments: &'static [&'static str],
    /// What it puts into R0, which it leaves alone if there is none.
    pub result: Option<&'static str>,
    pub(crate) run: fn(&mut Call<'_>) -> Result<Outcome, Trap>,
}

/// Calls `$callback!` with every function, in the order of their numbers.
macro_rules! for_each_function {
    ($callback:ident) => {
        $callback! {
            /// An object of so many words, all 0, the first few of which are references.
            0x000 "record_new" = heap::record_new (words references -- record);
            /// The same with a tag, which tells the alternatives of a union apart.
            0x001 "union_new" = heap::union_new (words references tag -- union);
            /// A list of so many words, all 0, which are no references.
            0x002 "list_new" = heap::list_new (length -- list);
            /// A list of so many references, all 0.
            0x003 "references_new" = heap::references_new (length -- list);
            /// Counts one more reference to an object. Does nothing for 0 and for constants.
            0x004 "retain" = heap::retain (object --);
            /// Counts one reference less. At none, the object is given back, and later, a bounded
            /// part with each call, what it refers to.
            0x005 "release" = heap::release (object --);

            /// Writes a text to `stdout`.
            0x040 "print_text" = print::print_text (text --);
            /// Writes a text and a newline to `stdout`.
            0x041 "print_line" = print::print_line (text --);
            /// Writes a number and a newline to `stdout`.
            0x042 "print_int" = print::print_int (number --);
            /// Writes an f64 and a newline to `stdout`.
            0x043 "print_float" = print::print_float (number --);

            /// A text of so many bytes from the tape at a position.
            0x080 "text_new" = text::text_new (position length -- text);
            /// Two texts as one.
            0x081 "text_concat" = text::text_concat (left right -- text);
            /// -1, 0 or 1 as the first comes before, equals or follows the second, byte by byte.
            0x082 "text_compare" = text::text_compare (left right -- order);
            /// A number in decimal.
            0x083 "text_of_int" = text::text_of_int (number -- text);
            /// An f64 as it is written: the shortest that reads the same.
            0x084 "text_of_float" = text::text_of_float (number -- text);
        }
    };
}

macro_rules! define_functions {
    ($(
        $(#[doc = $doc:literal])*
        $number:literal $name:literal = $module:ident :: $run:ident
            ($($argument:ident)* -- $($result:ident)?);
    )*) => {
        /// Every runtime function, by ascending number.
        pub const FUNCTIONS: &[RuntimeFunction] = &[$(
            RuntimeFunction {
                number: $number,
                name: $name,
                doc: concat!($($doc),*),
                arguments: &[$(stringify!($argument)),*],
                result: define_functions!(@result $($result)?),
                run: $module::$run,
            },
        )*];
    };
    (@result) => { None };
    (@result $result:ident) => { Some(stringify!($result)) };
}

for_each_function!(define_functions);

/// The function with a number.
#[must_use]
pub fn function(number: u16) -> Option<&'static RuntimeFunction> {
    let place = FUNCTIONS.binary_search_by_key(&number, |function| function.number).ok()?;
    FUNCTIONS.get(place)
}

/// The function with a name, in small letters.
#[must_use]
pub fn named(name: &str) -> Option<&'static RuntimeFunction> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// Renders the table as the rows of a Markdown page.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "| number | function | arguments | result | meaning |\n|---|---|---|---|---|\n",
    );
    for RuntimeFunction { number, name, doc, arguments, result, .. } in FUNCTIONS {
        let (arguments, result) = (arguments.join(", "), result.unwrap_or(""));
        let doc = doc.trim().replace('|', "\\|");
        let _ = writeln!(page, "| `{number:03x}` | `{name}` | {arguments} | {result} | {doc} |");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_names_differ_and_arguments_fit_the_registers() {
        assert!(FUNCTIONS.is_sorted_by(|one, other| one.number < other.number));
        for it in FUNCTIONS {
            assert_eq!(named(it.name).map(|found| found.number), Some(it.number), "{}", it.name);
            assert!(it.arguments.len() <= 5, "{}", it.name);
            assert_eq!(it.name, it.name.to_ascii_lowercase());
        }
    }
}
