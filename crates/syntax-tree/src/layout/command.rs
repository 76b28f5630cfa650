//! What a text is laid out of.

/// How a group decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// On one line up to where something inside of it begins a new one.
    Hug,
    /// On one line if all of it is.
    Whole,
}

/// A step of laying out.
#[derive(Clone, Debug)]
pub enum Command<'t> {
    /// Words.
    Text(&'t str),
    /// A blank, or a new line in a broken group; after an empty one, if that was there before.
    Line {
        /// Whether an empty line was there before.
        is_blank: bool,
    },
    /// Nothing, or a new line in a broken group.
    SoftLine,
    /// A new line, after an empty one if that was there before.
    HardLine {
        /// Whether an empty line was there before.
        is_blank: bool,
    },
    /// A group begins; it is broken in any case if that is wanted.
    Open {
        /// How it decides.
        style: Style,
        /// Whether it is broken in any case.
        is_forced: bool,
    },
    /// A group ends.
    Close,
    /// From here on lines are indented further, if the group is broken.
    Indent,
    /// Until here.
    Dedent,
    /// A comment, for the end of the line.
    Comment(&'t str),
}
