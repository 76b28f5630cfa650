//! The source texts of one compilation, and spans in them.

/// Which text of a [`SourceMap`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceId(pub u32);

/// A run of bytes of one source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The text.
    pub source: SourceId,
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// From the start of this span to the end of `other`.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { end: other.end.max(self.start), ..self }
    }
}

/// A place as people count it: both from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// The line.
    pub line: u32,
    /// The character in the line.
    pub column: u32,
}

/// Texts with names. Texts of 4 GiB and more are cut off there.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<File>,
}

#[derive(Clone, Debug)]
struct File {
    name: String,
    text: String,
    line_starts: Vec<u32>,
}

impl SourceMap {
    /// Adds a text under the name that messages should call it by.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let mut text = text.into();
        if u32::try_from(text.len()).is_err() {
            text.truncate(text.floor_char_boundary(u32::MAX as usize - 1));
        }
        let newlines = text.bytes().zip(1..).filter(|(byte, _)| *byte == b'\n');
        let line_starts = std::iter::once(0).chain(newlines.map(|(_, next)| next)).collect();
        self.files.push(File { name: name.into(), text, line_starts });
        SourceId(u32::try_from(self.files.len() - 1).expect("fewer than 2^32 files"))
    }

    /// The name of a text.
    #[must_use]
    pub fn name(&self, id: SourceId) -> &str {
        &self.files[id.0 as usize].name
    }

    /// A whole text.
    #[must_use]
    pub fn text(&self, id: SourceId) -> &str {
        &self.files[id.0 as usize].text
    }

    /// Every text, in the order of its id.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &str, &str)> {
        (0..).map(SourceId).zip(&self.files).map(|(id, f)| (id, f.name.as_str(), f.text.as_str()))
    }

    /// The text that a span covers.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.source).get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Where a byte is.
    #[must_use]
    pub fn line_column(&self, source: SourceId, byte: u32) -> LineColumn {
        let file = &self.files[source.0 as usize];
        let line = file.line_starts.partition_point(|start| *start <= byte).max(1);
        let start = file.line_starts[line - 1] as usize;
        let before = file.text.get(start..byte as usize).unwrap_or_default();
        let column = before.chars().count() + 1;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        LineColumn { line: count(line), column: count(column) }
    }

    /// The text of a line, from 1, without its line end.
    #[must_use]
    pub fn line(&self, source: SourceId, line: u32) -> Option<&str> {
        let file = &self.files[source.0 as usize];
        let index = (line as usize).checked_sub(1)?;
        let start = *file.line_starts.get(index)? as usize;
        let end = file.line_starts.get(index + 1).map_or(file.text.len(), |end| *end as usize);
        Some(file.text[start..end].trim_end_matches(['\n', '\r']))
    }
}
