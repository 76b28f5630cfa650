//! The codes of the diagnostics: stable, documented, each with an example.

use source::{code_reference, define_codes};

define_codes! {
    /// Something else was expected here.
    EXPECTED = "SOC0001": "let x =";
    /// Statements are separated by line ends or by `;`.
    SEPARATOR = "SOC0002": "let a = 1 let b = 2";
    /// A bracket is opened and not closed.
    UNCLOSED = "SOC0003": "[1, 2";
    /// A bracket is closed that was not opened.
    UNOPENED = "SOC0004": "let x = 1)";
    /// A bracket is closed by one of another kind.
    MISMATCHED = "SOC0005": "f(1, 2]";
    /// A string is not closed.
    STRING_OPEN = "SOC0006": "\"abc";
    /// A string in double quotes has the escapes `\n \t \r \\ \"`, one in single quotes has
    /// `\n \t \r \\ \' \$`.
    ESCAPE = "SOC0007": "\"\\x\"";
    /// This is no number. Numbers are written `12`, `1.5`, `.5`, `1e-3` and `0xff`; with an `i`
    /// after it, a number is imaginary.
    NUMBER = "SOC0008": "let n = 1_000";
    /// The character means nothing here. Names are made of the letters A to Z, digits and `_`.
    CHARACTER = "SOC0009": "@";
    /// The word is a keyword, and cannot be a name.
    KEYWORD = "SOC0010": "let match = 5";
    /// A statement stands where a value is expected. `do { … }` makes a value of statements.
    STATEMENT = "SOC0011": "let x = return 5";
    /// Comparisons, ranges and edges do not chain.
    CHAINED = "SOC0012": "1 < 2 < 3";
    /// What a loop, condition or `catch` is about stands in parentheses.
    PARENTHESES = "SOC0013": "if true { 1 }";
    /// Braces around a value make a record. A block of statements begins with `do`.
    BLOCK = "SOC0014": "let f = () => { return 1 }";
    /// Expressions inside of each other are too many.
    TOO_DEEP = "SOC0015":;
    /// `break` and `continue` stand in a loop. A function does not see the loop around it.
    OUTSIDE_LOOP = "SOC0016": "break";
    /// `yield` stands in `generate { … }`. A function does not see the generator around it.
    OUTSIDE_GENERATOR = "SOC0017": "let f = () => do { yield 1 }";
    /// `return` and `rec` stand in a function.
    OUTSIDE_FUNCTION = "SOC0018": "return 5";
    /// Two parameters of a function have the same name.
    SAME_PARAMETER = "SOC0019": "(a, a) => a";
    /// Two fields have the same name. In a record the later one counts, in a type it is an error.
    SAME_FIELD = "SOC0020": "{a: 1, a: 2}";
    /// A pattern names two things the same.
    SAME_BINDING = "SOC0021": "let [a, a] = [1, 2]";
    /// No value gets to this arm of a `match`, as an arm before it takes them all.
    UNREACHABLE = "SOC0022": "match 1 { x => x, 2 => 0 }";
    /// A parameter is either optional or has a default value, and those without come first.
    PARAMETER = "SOC0023": "(a = 1, b) => a";
    /// Only variables, fields and elements can be assigned to.
    TARGET = "SOC0024": "3 = 4";
    /// Edges connect names.
    EDGE = "SOC0025": "(1 + 2) -> B";
    /// `piecewise` takes cases, `[condition, value]`, and perhaps a value for all others.
    PIECEWISE = "SOC0026": "piecewise([1, 2, 3])";
    /// `if` as a function takes a condition and two values.
    CONDITIONAL = "SOC0027": "if(1, 2, 3, 4)";
    /// A vector's pattern takes the rest once.
    REST = "SOC0028": "let [...a, ...b] = [1]";
    /// Nothing gets here, after a statement that leaves.
    DEAD = "SOC0029": "let f = () => do { return 1; 2 }";
    /// There is no such thing here: calls take no spread, functions no rest, imports no `*`,
    /// slices no `..=`.
    UNSUPPORTED = "SOC0030": "f(...v)";
    /// This is more than there can be: a function has at most 255 parameters, and the length of an
    /// axis in a type is a whole number below 2^32.
    LIMIT = "SOC0031":;
    /// Nothing has this name. The program runs until it gets here, and gets an error then.
    UNDEFINED = "SOC0040":;
    /// The variable is declared with `let`, or is a parameter: it cannot be assigned to.
    IMMUTABLE = "SOC0041":;
    /// The module cannot be imported, or has nothing of this name.
    IMPORT = "SOC0042":;
    /// There is nothing of this name to export.
    EXPORT = "SOC0043":;
    /// The type is nothing but itself.
    ENDLESS_TYPE = "SOC0044":;
    /// A function or program is larger than the machine's instructions can say.
    TOO_LARGE = "SOC0045":;
    /// The arms of a `match` take some values, and there is none for all others. The program gets
    /// an error if such a value comes.
    PARTIAL_MATCH = "SOC0046":;
    /// The value is of a kind that the written type does not take. The program runs until it gets
    /// here, and gets an error then.
    WRONG_TYPE = "SOC0047":;
}

/// Renders the codes as a Markdown page.
#[must_use]
pub fn error_reference() -> String {
    let head = "# Diagnostics of Achronyme\n\n\
         Every message about a program in Achronyme has a code. This page is generated from the code.\n";
    code_reference(head, "soc", CODES)
}
