//! What the kinds of tokens and nodes of a language have in common, and how they are declared.

use std::fmt::Debug;

/// What a token or a node of a language is.
pub trait Kind: Copy + Debug + Ord + 'static {
    /// The end of the text.
    const END: Self;
    /// What could not be understood.
    const ERROR: Self;
    /// A whole text.
    const ROOT: Self;
    /// A line end.
    const NEWLINE: Self;
    /// A remark.
    const COMMENT: Self;
    /// `,`
    const COMMA: Self;
    /// `;`
    const SEMICOLON: Self;
    /// The quote that begins a string in parts.
    const QUOTE_OPEN: Self;
    /// The quote that ends it.
    const QUOTE_CLOSE: Self;
    /// What begins a value in a string.
    const HOLE_OPEN: Self;
    /// What ends it.
    const HOLE_CLOSE: Self;
    /// Brackets that are paired, each as what opens and what closes.
    const BRACKETS: [(Self, Self); 3];

    /// How a mark or keyword is written; other kinds have no fixed text.
    fn text(self) -> Option<&'static str>;

    /// Whether this is a keyword.
    fn is_keyword(self) -> bool;

    /// Whether this is a name or a keyword.
    fn is_word(self) -> bool;

    /// Whether this may stand between any two tokens.
    fn is_trivia(self) -> bool;

    /// Whether this opens what another token closes.
    fn is_open(self) -> bool {
        self == Self::HOLE_OPEN || Self::BRACKETS.iter().any(|(open, _)| *open == self)
    }

    /// Whether this closes what another token opens.
    fn is_close(self) -> bool {
        self == Self::HOLE_CLOSE || Self::BRACKETS.iter().any(|(_, close)| *close == self)
    }
}

/// Declares `SyntaxKind` with its texts: tokens, then marks, the longest first, keywords, and nodes.
///
/// The tokens begin with those that may stand anywhere, of which `Comment` is the last. There have
/// to be the kinds that [`Kind`] names, and `Name`.
#[macro_export]
macro_rules! kinds {
    (
        tokens { $($(#[doc = $token_doc:literal])* $token:ident,)* }
        marks { $($mark_text:literal = $mark:ident,)* }
        keywords { $($word_text:literal = $word:ident,)* }
        nodes { $($(#[doc = $node_doc:literal])* $node:ident,)* }
    ) => {
        /// What a token or a node is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum SyntaxKind {
            $($(#[doc = $token_doc])* $token,)*
            $(#[doc = concat!("`", $mark_text, "`")] $mark,)*
            $(#[doc = concat!("`", $word_text, "`")] $word,)*
            $($(#[doc = $node_doc])* $node,)*
        }

        /// Marks with their kinds, in the order of the table below: the longest first.
        pub(crate) const MARKS: &[(&str, SyntaxKind)] = &[$(($mark_text, SyntaxKind::$mark),)*];

        /// Every keyword with its kind.
        const WORDS: &[(&str, SyntaxKind)] = &[$(($word_text, SyntaxKind::$word),)*];

        /// Every word that cannot be a name.
        pub const KEYWORDS: &[&str] = &[$($word_text,)*];

        impl SyntaxKind {
            /// The keyword that is written so.
            pub(crate) fn keyword(text: &str) -> Option<Self> {
                WORDS.iter().find(|(word, _)| *word == text).map(|(_, kind)| *kind)
            }

            /// How a mark or keyword is written; other kinds have no fixed text.
            #[must_use]
            pub fn text(self) -> Option<&'static str> {
                let mut all = MARKS.iter().chain(WORDS);
                all.find(|(_, kind)| *kind == self).map(|(text, _)| *text)
            }

            /// Whether this is a keyword.
            #[must_use]
            pub fn is_keyword(self) -> bool {
                WORDS.iter().any(|(_, kind)| *kind == self)
            }

            /// Whether this is a name or a keyword: what may follow a dot or be a key.
            #[must_use]
            pub fn is_word(self) -> bool {
                self == Self::Name || self.is_keyword()
            }

            /// Whether this may stand between any two tokens.
            #[must_use]
            pub fn is_trivia(self) -> bool {
                self <= Self::Comment
            }

            /// Whether this opens what another token closes.
            pub(crate) fn is_open(self) -> bool {
                $crate::Kind::is_open(self)
            }

            /// Whether this closes what another token opens.
            pub(crate) fn is_close(self) -> bool {
                $crate::Kind::is_close(self)
            }
        }

        impl $crate::Kind for SyntaxKind {
            const END: Self = Self::End;
            const ERROR: Self = Self::Error;
            const ROOT: Self = Self::Root;
            const NEWLINE: Self = Self::Newline;
            const COMMENT: Self = Self::Comment;
            const COMMA: Self = Self::Comma;
            const SEMICOLON: Self = Self::Semicolon;
            const QUOTE_OPEN: Self = Self::QuoteOpen;
            const QUOTE_CLOSE: Self = Self::QuoteClose;
            const HOLE_OPEN: Self = Self::HoleOpen;
            const HOLE_CLOSE: Self = Self::HoleClose;
            const BRACKETS: [(Self, Self); 3] = [
                (Self::RoundOpen, Self::RoundClose),
                (Self::SquareOpen, Self::SquareClose),
                (Self::CurlyOpen, Self::CurlyClose),
            ];

            fn text(self) -> Option<&'static str> {
                self.text()
            }

            fn is_keyword(self) -> bool {
                self.is_keyword()
            }

            fn is_word(self) -> bool {
                self.is_word()
            }

            fn is_trivia(self) -> bool {
                self.is_trivia()
            }
        }
    };
}
