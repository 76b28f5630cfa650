//! What comes from outside.

use super::row::rows;

rows! {
    "The outside";
    /// A line of the input, after a text that asks for it; "" at the end of the input.
    input("prompt?") "io";
    /// The arguments that the program was given, as strings.
    args("") "io";
}
