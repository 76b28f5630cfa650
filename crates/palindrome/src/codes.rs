//! The codes of the diagnostics: stable, documented, each with an example.

use source::{code_reference, define_codes};

define_codes! {
    /// Something else was expected here.
    EXPECTED = "PAL0001": "let x =";
    /// Statements are separated by line ends or by `;`.
    SEPARATOR = "PAL0002": "let a = 1 let b = 2";
    /// A bracket is opened and not closed.
    UNCLOSED = "PAL0003": "let x = [1, 2";
    /// A bracket is closed that was not opened.
    UNOPENED = "PAL0004": "let x = 1)";
    /// A bracket is closed by one of another kind.
    MISMATCHED = "PAL0005": "f(1, 2]";
    /// A string ends on the line on which it begins. A line end within it is written `\n`.
    STRING_OPEN = "PAL0006": "print \"abc";
    /// Strings have the escapes `\n \t \r \0 \\ \" \$ \u{…}`, bytes have `\n \t \r \0 \\ \" \xff`.
    ESCAPE = "PAL0007": "print \"\\d\"";
    /// This is no number. Numbers are written `12`, `1_000`, `0xff`, `0b101`, `1.5`, `1e-3`;
    /// decimals `1.25d`; durations `5.minutes`.
    NUMBER = "PAL0008": "let n = 1e";
    /// The number is too large for its type: an `Int` has 64 bits, a `Decimal` 28 digits, a
    /// duration 292 years.
    TOO_LARGE = "PAL0009": "let n = 9999999999999999999";
    /// The character means nothing here. Names are made of the letters A to Z, digits and `_`.
    CHARACTER = "PAL0010": "let x = #";
    /// A remark that begins with `/*` ends with `*/`; those inside of it count, too.
    REMARK_OPEN = "PAL0011": "/* one /* two */";
    /// The word is a keyword, and cannot be a name.
    KEYWORD = "PAL0012": "let match = 5";
    /// A statement or definition stands where a value is expected.
    STATEMENT = "PAL0013": "let x = let y = 5";
    /// Comparisons, ranges and `at` do not chain.
    CHAINED = "PAL0014": "print 1 < x < 3";
    /// Too many things are inside of each other.
    TOO_DEEP = "PAL0015":;
    /// The clauses of a query come in this order, each once: `where`, `group by`, `order by`,
    /// `limit`, `select`.
    CLAUSE = "PAL0016": "let q = Person order by age where age > 18";
    /// A value gets into a place with `<-`, into a relation with `+=` and out of it with `-=`, into
    /// the rows of a relation with `update`.
    ASSIGNMENT = "PAL0017": "x = 5";
    /// A rule ends with a dot.
    RULE_END = "PAL0018": "rule a(x) :- b(x)";
    /// There is no such word here; another one is meant, or none is needed.
    FOREIGN = "PAL0019": "return 5";
    /// This part of a definition is there twice.
    TWICE = "PAL0020": "relation R(a: Int key key)";
}

/// Renders the codes as a Markdown page.
#[must_use]
pub fn error_reference() -> String {
    let head = "# Diagnostics of Palindrome\n\n\
         Every message about a program in Palindrome (`.pal`) has a code. This page is generated \
         from the code.\n";
    code_reference(head, "pal", CODES)
}
