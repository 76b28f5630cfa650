//! Codes of diagnostics: how a language declares its own, and the page made from them.

use std::fmt::Write as _;

/// What a code means, for the reference page and its test.
#[derive(Clone, Copy, Debug)]
pub struct CodeInfo {
    /// The code, such as `TACIT0001`. Never given to anything else.
    pub code: &'static str,
    /// What it means and what to do.
    pub doc: &'static str,
    /// Texts that together get exactly this code; none if none of reasonable size do.
    pub examples: &'static [&'static str],
}

/// Defines a constant for each code, and `CODES`, which has them all. A row is: documentation, the
/// constant's name, the code, and texts that get it.
#[macro_export]
macro_rules! define_codes {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal: $($example:literal),*;)*) => {
        $($(#[doc = $doc])* pub(crate) const $name: &str = $code;)*

        /// Every code, ascending.
        pub const CODES: &[$crate::CodeInfo] = &[$(
            $crate::CodeInfo { code: $code, doc: concat!($($doc, "\n"),*), examples: &[$($example),*] },
        )*];
    };
}

/// Renders codes as a Markdown page that begins with `head`; examples are in `language`.
#[must_use]
pub fn code_reference(head: &str, language: &str, codes: &[CodeInfo]) -> String {
    let mut page = head.to_owned();
    for info in codes {
        let doc: Vec<_> = info.doc.lines().map(str::trim).collect();
        let _ = write!(page, "\n## {}\n\n{}\n", info.code, doc.join("\n").trim());
        for example in info.examples {
            let _ = write!(page, "\n```{language}\n{example}\n```\n");
        }
    }
    page
}
