//! Every example of the founding document has a tree, and nothing is wrong with it.

mod common;

use common::{laws, messages, programs};

#[test]
fn every_example_of_the_founding_document_is_understood() {
    let programs = programs("seed");
    assert_eq!(programs.len(), 10);
    for (name, text) in programs {
        assert_eq!(messages(&name, &text), "");
        assert_eq!(laws(&text), Ok(()), "{name}");
    }
}
