//! What is said about programs: every code has its example, and the page shows all of them.

use palindrome::{CODES, check, parse};
use source::SourceId;

#[test]
fn every_example_gets_exactly_its_code() {
    for info in CODES {
        for example in info.examples {
            let found = if info.code < "PAL0200" {
                parse(example, SourceId::default()).diagnostics
            } else {
                check("main.pal", example).diagnostics
            };
            let found: Vec<_> = found.iter().map(|found| found.code).collect();
            assert_eq!(found, [info.code], "{example}");
        }
    }
}

#[test]
fn codes_ascend_and_are_documented() {
    assert!(CODES.is_sorted_by(|a, b| a.code < b.code));
    assert!(CODES.iter().all(|info| !info.doc.trim().is_empty()));
}

#[test]
fn the_seed_is_checked() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/palindrome/seed");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let c = check(path.file_name().unwrap().to_str().unwrap(), &text);
        for d in &c.diagnostics {
            println!("{}", d.render(&c.sources, source::Style::Plain));
        }
    }
    let text = include_str!("../../../corpus/palindrome/syntax/tour.pal");
    let c = check("tour.pal", text);
    for d in &c.diagnostics {
        println!("{}", d.render(&c.sources, source::Style::Plain));
    }
}
