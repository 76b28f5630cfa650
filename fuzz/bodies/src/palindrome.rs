//! Palindrome: any text has a tree that is the text, and formatting it twice changes nothing.

use source::SourceId;

/// Any bytes are read as text, and formatted if they can be.
pub fn parse_palindrome(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let parsed = palindrome::parse(&text, SourceId::default());
    assert_eq!(parsed.tree.root().text(), text, "the tree is not the text");
    for found in &parsed.diagnostics {
        assert!(found.span.end as usize <= text.len(), "{found:?}");
    }
    let Ok(formatted) = palindrome::format(&text) else { return };
    assert_eq!(palindrome::format(&formatted).as_ref(), Ok(&formatted), "formatted twice");
}
