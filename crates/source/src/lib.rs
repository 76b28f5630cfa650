//! Source texts, places in them, and what can be said about a place. Knows no language.

mod code;
mod diagnostic;
mod map;
mod nearest;
mod visible;

pub use code::{CodeInfo, code_reference};
pub use diagnostic::{DIAGNOSTICS_MAX, Diagnostic, Note, Severity, Style, bounded};
pub use map::{LineColumn, SourceId, SourceMap, Span};
pub use nearest::nearest;
pub use visible::visible;
