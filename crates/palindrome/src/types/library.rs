//! What the functions of the language do, in words and by example: the page `docs/palindrome/library.md`
//! is made of this and of the table of their types.

use std::fmt::Write as _;

use super::builtin::builtins;

/// What a function does: its name with the type of what it is called on, the meaning, an expression,
/// and what that comes to. Those about searches and moments have no expression.
type Entry = (&'static str, &'static str, &'static str, &'static str);

const ENTRIES: &[Entry] = &[
    ("[T].map", "what a function gives for each element", "[1, 2].map(x => x * 10)", "[10, 20]"),
    (
        "[T].filter",
        "the elements for which a condition holds",
        "[1, 2, 3].filter(x => x > 1)",
        "[2, 3]",
    ),
    (
        "[T].flat_map",
        "the lists that a function gives for each element, as one",
        "[1, 2].flat_map(x => [x, x])",
        "[1, 1, 2, 2]",
    ),
    (
        "[T].fold",
        "a value to which a function adds one element after the other",
        "[1, 2, 3].fold(0, (sum, x) => sum + x)",
        "6",
    ),
    ("[T].any", "whether a condition holds for some element", "[1, 2].any(x => x > 1)", "true"),
    ("[T].all", "whether a condition holds for every element", "[1, 2].all(x => x > 1)", "false"),
    (
        "[T].find",
        "the first element for which a condition holds",
        "[1, 2, 3].find(x => x > 1)",
        "2",
    ),
    (
        "[T].sort_by",
        "the elements in the order of what a function gives; equal ones stay as they are",
        "[\"bb\", \"a\"].sort_by(s => s.length())",
        "[\"a\", \"bb\"]",
    ),
    ("[T].count", "how many elements there are", "[5, 6].count()", "2"),
    ("[T].is_empty", "whether there are none", "[5].is_empty()", "false"),
    ("[T].first", "the first element", "[5, 6].first()", "5"),
    ("[T].last", "the last element", "[5, 6].last()", "6"),
    ("[T].contains", "whether an element equals a value", "[5, 6].contains(6)", "true"),
    ("[T].to_list", "the elements as a list", "[5, 6].to_list()", "[5, 6]"),
    ("[T].reverse", "the elements from the last to the first", "[1, 2].reverse()", "[2, 1]"),
    ("[O].sort", "the elements in their order", "[3, 1, 2].sort()", "[1, 2, 3]"),
    (
        "[T].distinct",
        "the elements without those that equal one before",
        "[1, 2, 1].distinct()",
        "[1, 2]",
    ),
    ("[T].take", "as many of the first elements", "[1, 2, 3].take(2)", "[1, 2]"),
    ("[T].drop", "the elements without as many of the first", "[1, 2, 3].drop(2)", "[3]"),
    (
        "[T].zip",
        "pairs of elements of two lists, as far as both go",
        "[1, 2].zip([\"a\"])",
        "[{first: 1, second: \"a\"}]",
    ),
    (
        "[T].enumerate",
        "the elements with their places",
        "[\"a\"].enumerate()",
        "[{index: 0, value: \"a\"}]",
    ),
    ("[N].sum", "the sum, 0 for none", "[1, 2].sum()", "3"),
    ("[Int].avg", "the mean, a fraction", "[1, 2].avg()", "1.5"),
    ("[N].avg", "the mean, of the elements' type", "[1d, 2d].avg()", "1.5d"),
    ("[O].min", "the least element", "[2, 1].min()", "1"),
    ("[O].max", "the greatest element", "[2, 1].max()", "2"),
    (
        "[String].join",
        "the texts as one, with another in between",
        "[\"a\", \"b\"].join(\"-\")",
        "a-b",
    ),
    ("T?.or", "the value, or another if there is none", "\"x\".to_int().or(7)", "7"),
    ("T?.is_none", "whether there is no value", "\"x\".to_int().is_none()", "true"),
    ("T?.is_some", "whether there is a value", "\"x\".to_int().is_some()", "false"),
    ("Answers<T>.first", "the first answer of a search", "", ""),
    ("Answers<T>.once", "the first answer of a search", "", ""),
    ("Answers<T>.all", "all answers of a search", "", ""),
    ("Answers<T>.limit", "at most so many answers of a search", "", ""),
    ("Answers<T>.exists", "whether a search has an answer", "", ""),
    ("String.length", "how many characters there are", "\"Grüße\".length()", "5"),
    ("String.upper", "in large letters", "\"Straße\".upper()", "STRASSE"),
    ("String.lower", "in small letters", "\"Ab\".lower()", "ab"),
    ("String.trim", "without blanks at both ends", "\"  a b \".trim()", "a b"),
    ("String.split", "the parts between others", "\"a,b\".split(\",\")", "[\"a\", \"b\"]"),
    ("String.contains", "whether another text is in it", "\"abc\".contains(\"bc\")", "true"),
    ("String.starts_with", "whether it begins so", "\"abc\".starts_with(\"ab\")", "true"),
    ("String.ends_with", "whether it ends so", "\"abc\".ends_with(\"ab\")", "false"),
    (
        "String.has_words",
        "whether all words of another text are in it, in any order and in large or small letters, as a `fulltext` index finds them",
        "\"The old mill\".has_words(\"mill the\")",
        "true",
    ),
    (
        "String.replace",
        "with another text in place of each of its parts that are so",
        "\"banana\".replace(\"an\", \"o\")",
        "booa",
    ),
    (
        "String.slice",
        "the characters from one place to the one before another",
        "\"palindrome\".slice(1, 4)",
        "ali",
    ),
    ("String.characters", "its characters", "\"abc\".characters()", "[\"a\", \"b\", \"c\"]"),
    ("String.to_bytes", "its bytes in UTF-8", "\"é\".to_bytes()", "b\"\\xc3\\xa9\""),
    ("String.to_int", "the whole number that it is", "\"12\".to_int()", "12"),
    ("String.to_float", "the number that it is", "\"1.5\".to_float()", "1.5"),
    ("String.to_decimal", "the decimal that it is", "\"1.50\".to_decimal()", "1.5d"),
    ("Bytes.length", "how many there are", "b\"ab\".length()", "2"),
    ("Bytes.text", "the text that they are in UTF-8", "b\"\\xff\".text()", "none"),
    ("Int.to_float", "the nearest float", "3.to_float()", "3.0"),
    ("Int.to_decimal", "the same number", "3.to_decimal()", "3d"),
    ("N.abs", "the number without its sign", "(-3).abs()", "3"),
    ("Float.round", "the nearest whole number; halves go away from zero", "2.5.round()", "3"),
    ("Decimal.round", "the nearest whole number; halves go away from zero", "2.5d.round()", "3"),
    ("Float.floor", "the next whole number below", "2.7.floor()", "2"),
    ("Decimal.floor", "the next whole number below", "2.7d.floor()", "2"),
    ("Float.ceil", "the next whole number above", "2.1.ceil()", "3"),
    ("Decimal.ceil", "the next whole number above", "2.1d.ceil()", "3"),
    ("Float.sqrt", "the square root", "2.25.sqrt()", "1.5"),
    ("Decimal.to_float", "the nearest float", "1.25d.to_float()", "1.25"),
    ("Float.to_decimal", "the decimal that it is written as", "0.1.to_decimal()", "0.1d"),
    ("T.to_string", "the value as `print` writes it", "[1, 2].to_string()", "[1, 2]"),
    ("now", "the present moment", "", ""),
    ("branches", "the branches that there are", "", ""),
    ("diff", "what differs between two moments", "", ""),
    ("breaks", "whether the tests of a library fail with what it uses now", "", ""),
    ("compatible", "the latest moment of a library with which another one's tests pass", "", ""),
];

/// The name by which an entry is found: the type that a method is called on, a dot, and the name.
fn full_name(name: &str, is_method: bool, signature: &str) -> String {
    let mut depth = 0;
    let receiver = signature.trim_start_matches('(');
    let end = receiver.find(|c: char| {
        depth += i32::from("[{<(".contains(c)) - i32::from("]}>".contains(c));
        depth == 0 && ",)".contains(c)
    });
    match end {
        Some(end) if is_method => format!("{}.{name}", &receiver[..end]),
        _ => name.to_owned(),
    }
}

/// The functions that a program can call by their names: others have a blank in theirs.
fn named() -> impl Iterator<Item = super::Builtin> {
    builtins().map(|(_, row)| row).filter(|row| !row.name.contains(' '))
}

fn entry(full_name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.0 == full_name)
}

/// What a function or a method does, for each that is called so.
#[must_use]
pub fn library_help(name: &str) -> Option<String> {
    let mut text = String::new();
    for row in named() {
        let full = full_name(row.name, row.is_method, row.signature);
        if name != row.name && name != full {
            continue;
        }
        let (_, meaning, example, result) = entry(&full).copied().unwrap_or_default();
        let _ = writeln!(text, "{full}  {}\n  {meaning}", row.signature);
        if !example.is_empty() {
            let _ = writeln!(text, "  {example} is {result}");
        }
    }
    (!text.is_empty()).then_some(text)
}

/// Renders the functions and methods of the language as a Markdown page.
#[must_use]
pub fn library_reference() -> String {
    let mut page = String::from(
        "# Functions and methods of Palindrome\n\nThis page is generated from the table that the \
         compiler uses. `T` and `U` stand for any type, `N` for one with arithmetic, `O` for one with \
         an order, `Self` for the type of what a method is called on. What is said of lists goes for \
         relations, too. An example is shown with what `print` writes of it.\n\n\
         | | type | gives | example |\n|---|---|---|---|\n",
    );
    for row in named() {
        let full = full_name(row.name, row.is_method, row.signature);
        let (_, meaning, example, result) = entry(&full).copied().unwrap_or_default();
        let example = match example {
            "" => String::new(),
            example => format!("`{example}` is `{result}`"),
        };
        let (full, signature) = (full.replace('|', "\\|"), row.signature.replace('|', "\\|"));
        let _ = writeln!(page, "| `{full}` | `{signature}` | {meaning} | {example} |");
    }
    page
}

/// A program that prints what each example of [`library_reference`] comes to, and what it prints.
#[must_use]
pub fn library_examples() -> (String, String) {
    let examples = || ENTRIES.iter().filter(|entry| !entry.2.is_empty());
    let program = examples().map(|entry| format!("print {}\n", entry.2)).collect();
    (program, examples().map(|entry| format!("{}\n", entry.3)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_explained_once() {
        let names: Vec<String> =
            named().map(|row| full_name(row.name, row.is_method, row.signature)).collect();
        for name in &names {
            let count = ENTRIES.iter().filter(|entry| entry.0 == name).count();
            assert_eq!(count, 1, "{name}");
        }
        for entry in ENTRIES {
            assert!(names.iter().any(|name| name == entry.0), "{} is no function", entry.0);
            assert!(
                library_help(entry.0).is_some_and(|text| text.contains(entry.1)),
                "{}",
                entry.0
            );
        }
    }
}
