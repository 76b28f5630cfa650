//! The expansion of an instruction table, written once for every guest.

/// Defines `Instruction` and all that follows from its table.
///
/// A row is: documentation, opcode, mnemonic, variant, operands as `field: Codec`, the stack
/// effect, `flags` if it sets them, and the variant of the guest's `Undo` that tells how it is
/// taken back. The guest has `Undo` and its codecs in scope.
#[macro_export]
macro_rules! define_instructions {
    ($(
        $(#[doc = $doc:literal])*
        $code:literal $mnemonic:literal = $name:ident $({ $($field:ident : $codec:ty),* $(,)? })?
            $(($($before:ident)* -- $($after:ident)*))? $($flags:ident)? => $undo:ident;
    )*) => {
        /// One instruction with its operands.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Instruction {
            $(
                $(#[doc = $doc])*
                $name $({ $(
                    #[doc = concat!("The `", stringify!($field), "` operand.")]
                    $field: <$codec as $crate::Operand>::Value
                ),* })?,
            )*
        }

        impl Instruction {
            /// Every row of the table, in its order.
            pub const TABLE: &[$crate::OpInfo<OperandKind>] = &[$(
                $crate::OpInfo {
                    code: $code,
                    mnemonic: $mnemonic,
                    doc: concat!($($doc),*),
                    operands: &[
                        $($((stringify!($field), <$codec as $crate::Operand>::KIND)),*)?
                    ],
                    before: &[$($(stringify!($before)),*)?],
                    after: &[$($(stringify!($after)),*)?],
                    undo: Undo::$undo.name(),
                    sets_flags: $crate::define_instructions!(@flags $($flags)?),
                },
            )*];

            /// The opcode.
            #[must_use]
            pub const fn code(&self) -> u8 {
                match self { $(Self::$name { .. } => $code,)* }
            }

            /// The mnemonic.
            #[must_use]
            pub const fn mnemonic(&self) -> &'static str {
                match self { $(Self::$name { .. } => $mnemonic,)* }
            }

            /// How it is taken back.
            #[must_use]
            pub const fn undo(&self) -> Undo {
                match self { $(Self::$name { .. } => Undo::$undo,)* }
            }

            /// Whether it sets the flags.
            #[must_use]
            pub const fn sets_flags(&self) -> bool {
                match self {
                    $(Self::$name { .. } => $crate::define_instructions!(@flags $($flags)?),)*
                }
            }

            /// Cells that it puts on the stack, less those that it takes.
            #[must_use]
            pub const fn stack_effect(&self) -> i32 {
                match self {
                    $(Self::$name { .. } => {
                        let before: &[&str] = &[$($(stringify!($before)),*)?];
                        let after: &[&str] = &[$($(stringify!($after)),*)?];
                        after.len() as i32 - before.len() as i32
                    })*
                }
            }

            /// Puts the operands into `sink`, in order.
            pub fn pack(&self, sink: &mut impl $crate::Sink) {
                let _ = &sink;
                match self {
                    $(Self::$name $({ $($field),* })? => {
                        $($(<$codec as $crate::Operand>::pack($field, sink);)*)?
                    })*
                }
            }

            /// Makes the instruction with opcode `code` from the operands in `feed`.
            ///
            /// # Errors
            /// No such opcode, or an operand is missing or of another kind.
            pub fn unpack(
                code: u8,
                feed: &mut impl $crate::Feed,
            ) -> Result<Self, $crate::DecodeError> {
                match code {
                    $($code => Ok(Self::$name $({
                        $($field: <$codec as $crate::Operand>::unpack(feed)?),*
                    })?),)*
                    _ => Err($crate::DecodeError::UnknownOpcode(code)),
                }
            }
        }

        impl ::std::fmt::Display for Instruction {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$name $({ $($field),* })? => {
                        f.write_str($mnemonic)?;
                        #[allow(unused_mut, unused_assignments, reason = "no operands, or one")]
                        let mut separator = " ";
                        $($(
                            f.write_str(separator)?;
                            separator = ", ";
                            <$codec as $crate::Operand>::show($field, f)?;
                        )*)?
                        let _ = separator;
                        Ok(())
                    })*
                }
            }
        }
    };
    (@flags) => { false };
    (@flags flags) => { true };
}
