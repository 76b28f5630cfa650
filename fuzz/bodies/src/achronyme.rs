//! Achronyme: any text has a tree that is the text, and formatting it twice changes nothing.

use source::SourceId;

/// Any bytes are read as text, looked through, and formatted if they can be.
pub fn parse_achronyme(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let parsed = achronyme::parse(&text, SourceId::default());
    assert_eq!(parsed.tree.root().text(), text, "the tree is not the text");
    let checked = achronyme::check("fuzz.soc", &text);
    for found in &checked.diagnostics {
        assert!(found.span.end as usize <= text.len(), "{found:?}");
    }
    let Ok(formatted) = achronyme::format(&text) else { return };
    assert_eq!(achronyme::format(&formatted).as_ref(), Ok(&formatted), "formatted twice");
}
