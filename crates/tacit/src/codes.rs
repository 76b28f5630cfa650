//! The codes of the compiler's diagnostics: stable, documented, each with an example.

use source::{code_reference, define_codes};

define_codes! {
    /// Nothing has this name: no variable, word or word of the library. Words end only at blanks
    /// and at `( ) : " '` and the backtick, so `dup;` is one word.
    UNKNOWN_WORD = "TACIT0001": "1 2 bogus 3";
    /// A word is quoted that does not exist. `symbol NAME` makes a name that stands for itself.
    UNDEFINED_QUOTE = "TACIT0002": "`nosuch";
    /// A string is not closed.
    STRING_OPEN = "TACIT0003": "\"abc";
    /// A string has more than 255 bytes.
    STRING_LENGTH = "TACIT0004":;
    /// A number is too large for 32 bits.
    NUMBER = "TACIT0005": "1e+39";
    /// Something was opened and not closed.
    UNCLOSED = "TACIT0006": "[ 1 2";
    /// Something is closed that was not opened.
    UNEXPECTED = "TACIT0007": "1 )";
    /// Definitions stand on their own, not inside of brackets or of other definitions.
    NESTED = "TACIT0008": "(: a 1 ;)";
    /// A name was wanted.
    EXPECTED_NAME = "TACIT0009": ": ;";
    /// The name is taken. Words of one's own can be removed with `forget`; built-in words cannot.
    DEFINED = "TACIT0010": ": dup 1 ;";
    /// A word of the syntax was not followed by what belongs to it.
    EXPECTED = "TACIT0011": "1 IF 2";
    /// Braces follow a word that takes code: `map { … }`, `IF { … }`.
    STRAY_BLOCK = "TACIT0012": "1 3 1 range { 2 * } map";
    /// A case of a `SWITCH` is for values known when compiling: numbers, strings, symbols.
    CASE = "TACIT0013": "1 SWITCH { dup { 2 } }";
    /// `->` makes a variable of the definition around it. `value` makes global ones.
    LOCAL_OUTSIDE = "TACIT0014": "5 -> x";
    /// A block runs on its own, perhaps when the definition around it has long returned, so it
    /// cannot use that one's variables. Braces after `IF`, `WHILE`, `SWITCH`, `for-each`,
    /// `times` and `reduce` belong to the definition and can.
    LOCAL_IN_BLOCK = "TACIT0015": ": f -> x (x 1 +) eval ;";
    /// A local variable is read before it is set.
    LOCAL_UNSET = "TACIT0016": ": f x 1 -> x ;";
    /// `to` sets variables that there are.
    UNKNOWN_VARIABLE = "TACIT0017": "5 to x";
    /// It has to be known when compiling how many keys a path has.
    PATH = "TACIT0018": "[ 1 ] value x x[ 0 (1) eval ]";
    /// `value`, `symbol`, `mark` and `forget` stand on their own, outside of definitions and
    /// brackets.
    TOP_LEVEL = "TACIT0019": ": f 5 value x ;";
    /// Brackets and blocks inside of each other are too many.
    TOO_DEEP = "TACIT0020":;
    /// The program does not fit into the memory.
    FULL = "TACIT0021":;
    /// A definition has at most 255 local variables, a path at most 255 keys.
    TOO_MANY = "TACIT0022":;
    /// Only words of one's own can be forgotten.
    FORGET = "TACIT0023": "forget dup";
    /// The word is part of the syntax, a mark, or a local variable, and cannot be used so.
    NOT_A_VALUE = "TACIT0024": "mark here here";
    /// Leaving a word between brackets would leave the bracket open.
    EXIT_IN_BRACKETS = "TACIT0025": ": f [ 1 exit ] ;";
    /// The comment after a definition's name says something else than its code does.
    EFFECT = "TACIT0026": ": twice ( a -- b c ) 2 * ;";
    /// Nothing gets here, after `exit`.
    UNREACHABLE = "TACIT0027": ": f 1 exit 2 ;";
    /// The name is a number, so that it always means the number.
    NUMBER_NAME = "TACIT0028": ": 5 10 ;";
    /// A literal stands directly before a word that refuses every value of its type, or between
    /// dictionary brackets where it makes no dictionary. This could only fail when it is run, with
    /// the same words.
    OPERAND = "TACIT0029": "(1) seq";
}

/// Renders the codes as a Markdown page.
#[must_use]
pub fn error_reference() -> String {
    let head = "# Diagnostics of Tacit\n\n\
         Every message of Tacit's compiler has a code. This page is generated from the compiler.\n";
    code_reference(head, "tacit", CODES)
}
