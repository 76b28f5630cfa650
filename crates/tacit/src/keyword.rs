//! The words of the syntax, which no definition can take, with what is said about them.

use crate::help::{Example, WordHelp};

/// A word of the syntax.
pub(crate) struct Keyword {
    pub(crate) name: &'static str,
    /// How it is written.
    form: &'static str,
    description: &'static str,
    /// A program and what it leaves.
    example: (&'static str, &'static str),
}

const fn keyword(
    name: &'static str,
    form: &'static str,
    description: &'static str,
    program: &'static str,
    result: &'static str,
) -> Keyword {
    Keyword { name, form, description, example: (program, result) }
}

/// All of them.
pub(crate) const KEYWORDS: &[Keyword] = &[
    keyword(
        ":",
        ": name ( stack effect ) … ;",
        "Defines a word. It can call itself. A comment on its effect may follow the name.",
        ": square ( n -- n² ) dup * ; 5 square",
        "25",
    ),
    keyword(";", ": name … ;", "Ends a definition.", ": e ; 5 e", "5"),
    keyword(
        "(",
        "( … )",
        "A block: code as a value, for `eval`, `map` and others to run. It cannot use local \
         variables.",
        "3 (2 *) eval",
        "6",
    ),
    keyword(")", "( … )", "Ends a block.", "(5 7 +) eval", "12"),
    keyword(
        "{",
        "word { … }",
        "Code for the word before it: `map { … }` is `( … ) map`. After IF, WHILE, SWITCH, \
         for-each, times and reduce it is part of the word around it, and can use local variables.",
        "[ 1 2 ] map { 10 * } to-vector",
        "[ 10 20 ]",
    ),
    keyword("}", "word { … }", "Ends code for a word.", "1 IF { 2 }", "2"),
    keyword(
        "IF",
        "flag IF { … } ELSE { … }",
        "Does one or the other. 0, NaN and all that is no number are false.",
        "0 IF { 10 } ELSE { 20 }",
        "20",
    ),
    keyword(
        "ELSE",
        "flag IF { … } ELSE { … }",
        "What is done if the flag is false.",
        "0 IF { 10 } ELSE { 20 }",
        "20",
    ),
    keyword(
        "WHILE",
        "WHILE { … } DO { … }",
        "Does the second again and again, as long as the first leaves a true flag.",
        "1 WHILE { dup 100 < } DO { 2 * }",
        "128",
    ),
    keyword(
        "DO",
        "WHILE { … } DO { … }",
        "The body of a WHILE.",
        "1 WHILE { dup 100 < } DO { 2 * }",
        "128",
    ),
    keyword(
        "SWITCH",
        "x SWITCH { 0 { … } \"a\" { … } else { … } }",
        "Takes a value and does what stands after one that matches. A case may be for several \
         values. If none matches and there is no `else`, it fails.",
        "2 SWITCH { 0 1 { \"few\" } else { \"many\" } }",
        "\"many\"",
    ),
    keyword(
        "->",
        "x -> name",
        "Sets a local variable, and makes it if it is not there. With a path, `x -> name[ key ]`, \
         sets an element. Only in definitions.",
        ": hyp -> b -> a a a * b b * + sqrt ; 3 4 hyp",
        "5",
    ),
    keyword("value", "x value name", "Makes a global variable.", "5 value x x x +", "10"),
    keyword(
        "to",
        "x to name",
        "Sets a variable that there is. With a path, `x to name[ key ]`, sets an element.",
        "[ 1 2 ] value x 7 to x[ 0 ] x",
        "[ 7 2 ]",
    ),
    keyword(
        "symbol",
        "symbol name",
        "Makes a word that stands for itself.",
        "symbol red red `red =",
        "1",
    ),
    keyword(
        "mark",
        "mark name",
        "Makes a place to `forget` back to.",
        "mark here : a 1 ; forget here : a 2 ; a",
        "2",
    ),
    keyword(
        "forget",
        "forget name",
        "Removes a word of one's own and all defined since. Code that uses them goes on working.",
        ": a 1 ; : b a ; forget a : a 2 ; a",
        "2",
    ),
    keyword(
        "`",
        "`name",
        "The symbol of a word: `eval` and the like run it. `'name` is the same.",
        ": sq dup * ; 5 `sq eval",
        "25",
    ),
    keyword("//", "// …", "A comment, to the end of the line.", "1 2 // 3", "1 2"),
];

/// Whether a name belongs to the syntax.
pub(crate) fn is_keyword(name: &str) -> bool {
    KEYWORDS.iter().any(|keyword| keyword.name == name)
}

impl Keyword {
    /// What is said about it.
    pub(crate) fn help(&self) -> WordHelp {
        let (program, expected) = self.example;
        WordHelp {
            name: self.name.to_owned(),
            effect: self.form.to_owned(),
            description: self.description.to_owned(),
            examples: vec![Example { program: program.to_owned(), expected: expected.to_owned() }],
            group: "Syntax",
            aliases: if self.name == "`" { vec!["'"] } else { Vec::new() },
        }
    }
}
