//! The kinds of value, by their names.

/// Declares [`Kind`] from rows of variant and name.
macro_rules! kinds {
    ($($(#[$meta:meta])* $name:ident = $text:literal;)*) => {
        /// What a value is. The numbers lie in compiled programs: never renumber them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Kind {
            $($(#[$meta])* $name,)*
        }

        impl Kind {
            /// Every kind, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// As `typeof` says it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

kinds! {
    /// Nothing.
    Null = "null";
    /// `true` or `false`.
    Boolean = "Boolean";
    /// A 64-bit floating-point number.
    Number = "Number";
    /// Two of them.
    Complex = "Complex";
    /// UTF-8 text.
    String = "String";
    /// Any values in a row. Copied when it is changed and seen from elsewhere.
    Vector = "Vector";
    /// Real numbers in a box of any rank.
    Tensor = "Tensor";
    /// Complex numbers in a box of any rank.
    ComplexTensor = "ComplexTensor";
    /// Named fields in the order they were given. A reference: all who have it see its changes.
    Record = "Record";
    /// A function, written by the user or built in.
    Function = "Function";
    /// Two names joined, with properties.
    Edge = "Edge";
    /// A suspended body that yields values.
    Generator = "Generator";
    /// What went wrong.
    Error = "Error";
    /// The result of a task, once it is there.
    Future = "Future";
    /// The end of a channel that takes values.
    Sender = "Sender";
    /// The end of a channel that gives them.
    Receiver = "Receiver";
    /// A value that one task at a time may hold.
    Mutex = "AsyncMutex";
    /// The right to it.
    Guard = "MutexGuard";
    /// A value that runs effects when it changes.
    Signal = "Signal";
}

impl Kind {
    /// The kind with this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}
