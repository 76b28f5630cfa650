//! Text made safe to show.

/// The text without control characters, which must not reach a terminal; tabs become spaces, so
/// that every character keeps its column.
#[must_use]
pub fn visible(text: &str) -> String {
    let replace = |character: char| match character {
        '\t' => ' ',
        other if other.is_control() => '\u{fffd}',
        other => other,
    };
    text.chars().map(replace).collect()
}
