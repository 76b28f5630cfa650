//! Programs as they should be laid out, and what users see of those that are wrong.

mod common;

use common::{laws, messages, programs};
use palindrome::format;

#[test]
fn every_program_of_the_corpus_is_laid_out_as_it_stands_there() {
    for (name, text) in programs("syntax") {
        assert_eq!(messages(&name, &text), "");
        assert_eq!(laws(&text), Ok(()), "{name}");
        assert_eq!(format(&text).as_ref(), Ok(&text), "{name}");
    }
}
