//! Every example of the founding document has a tree, and nothing is wrong with it.

use std::fs;
use std::path::{Path, PathBuf};

use palindrome::parse;
use source::{SourceMap, Style};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/palindrome/seed")
}

#[test]
fn every_example_of_the_founding_document_is_understood() {
    let mut count = 0;
    for entry in fs::read_dir(folder()).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        let text = fs::read_to_string(&path).expect("it is a text");
        let mut sources = SourceMap::default();
        let source = sources.add(&path.display().to_string(), &text);
        let parsed = parse(&text, source);
        let found: Vec<_> =
            parsed.diagnostics.iter().map(|found| found.render(&sources, Style::Plain)).collect();
        assert!(found.is_empty(), "{}", found.join("\n"));
        assert_eq!(parsed.tree.root().text(), text);
        count += 1;
    }
    assert_eq!(count, 10);
}
