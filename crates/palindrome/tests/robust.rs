//! No text makes the checks panic, recurse without bounds, or take for ever.

use palindrome::{Options, check, compile};
use proptest::prelude::*;

const WORDS: &[&str] = &[
    "let",
    "x",
    "y",
    "=",
    "1",
    "1.5",
    "2d",
    "\"a\"",
    "+",
    "-",
    "*",
    "==",
    "<",
    "and",
    "not",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "Int",
    "String",
    "[Int]",
    "?",
    "transform",
    "f",
    "->",
    "<->",
    "g",
    "relation",
    "R",
    "R += {a: 1}",
    "where",
    "select",
    "order by",
    "group by",
    "match",
    "=>",
    "_",
    "none",
    "type",
    "T",
    "A(T)",
    "|",
    "A",
    "rule",
    "p(x)",
    ":-",
    ".",
    "~",
    "|>",
    "if",
    "else",
    "while",
    "for",
    "in",
    "x <- 2",
    "space",
    "S",
    "S.x",
    "view",
    "V",
    "exists",
    "first",
    "at",
    "now()",
    "\n",
    "\n",
    ";",
    "print",
    "yield",
    "update R.a += 1",
    "x => x",
    "sum(x)",
    "map",
    "assert",
    "try",
    "relation R(a: Int key)\n",
    "transform f(x: Int) -> Int <-> g { x + 1 }\n",
    "type T = A(T) | B(Int, Bool)\n",
    "match x { A(y) => 1, B(n, true) => n }",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_words_in_any_order_make_it_panic(
        words in prop::collection::vec(0..WORDS.len(), 0..60),
    ) {
        let text: Vec<&str> = words.into_iter().map(|index| WORDS[index]).collect();
        let first = check("a.pal", &text.join(" "));
        let again = check("a.pal", &text.join(" "));
        prop_assert_eq!(first.diagnostics, again.diagnostics);
    }
}

#[test]
fn programs_with_a_line_less_or_twice_do_not_make_it_panic() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/palindrome/check");
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("it can be read").path();
        let text = std::fs::read_to_string(path).expect("it can be read");
        let lines: Vec<&str> = text.lines().collect();
        for index in 0..lines.len() {
            let mut fewer = lines.clone();
            fewer.remove(index);
            drop(check("a.pal", &fewer.join("\n")));
            let mut more = lines.clone();
            more.insert(index, lines[index]);
            drop(check("a.pal", &more.join("\n")));
        }
    }
}

#[test]
fn deep_and_long_texts_are_refused_or_checked() {
    let deep = |open: &str, close: &str, count: usize| {
        format!("print {}1{}", open.repeat(count), close.repeat(count))
    };
    let many = |count: usize, line: &dyn Fn(usize) -> String| {
        (0..count).map(|index| line(index) + "\n").collect::<String>()
    };
    let texts = [
        deep("(", ")", 5_000),
        deep("[", "]", 5_000),
        deep("not ", "", 5_000),
        format!("print 1{}", " + 1".repeat(20_000)),
        format!("print x{}", ".a".repeat(20_000)),
        format!("let x: {}Int{} = 1", "[".repeat(5_000), "]".repeat(5_000)),
        format!("let x: Int{} = 1", "?".repeat(5_000)),
        format!("let x = {}1", "x => ".repeat(5_000)),
        many(2_000, &|index| format!("let x{} = [x{index}]", index + 1)),
        many(60, &|index| format!("let x{} = {{a: x{index}, b: x{index}}}", index + 1)),
        many(40, &|index| format!("type T{index} = {{a: T{0}, b: T{0}}}", index + 1)),
        many(3_000, &|index| format!("transform f{index}() {{ f{}() + 1 }}", index + 1)),
        many(3_000, &|index| {
            format!("transform f{index}(x: Int) -> Int <-> g{index} {{ f{}(x) }}", index + 1)
        }),
        many(2_000, &|index| format!("rule p{}(x) :- p{index}(x).", index + 1)),
        format!("print if true {{ 1 }}{}", " else if true { 1 }".repeat(3_000)),
    ];
    for text in &texts {
        drop(check("a.pal", text));
    }
}

#[test]
fn a_name_with_letters_of_other_alphabets_is_one_mistake_at_its_letter() {
    let text = "relation Größe(id: Int key, länge: Int)\nGröße += {id: 1, länge: 2}\nprint Größe\n";
    let found = check("test.pal", text).diagnostics;
    let found: Vec<(u32, &str)> =
        found.iter().map(|one| (one.span.start, one.message.as_str())).collect();
    let names = "names are made of A to Z, a to z, digits and `_`";
    assert_eq!(
        found,
        [
            (11, format!("`Größe` is no name: {names}").as_str()),
            (31, format!("`länge` is no name: {names}").as_str()),
        ]
    );
}

#[test]
fn a_program_that_is_too_large_says_where() {
    let text = format!("let x = 0\n{}", "x <- x + 1\n".repeat(40_000));
    let checked = check("test.pal", &text);
    let found = compile(&checked, Options::default());
    let Err(found) = found else { panic!("it is too large") };
    let lines: Vec<(u32, &str)> = found
        .iter()
        .map(|one| (checked.sources.line_column(one.span.source, one.span.start).line, one.code))
        .collect();
    assert!(matches!(lines[..], [(2..40_000, "PAL0360")]), "{lines:?}");
}
