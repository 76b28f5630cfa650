//! How rows of the prelude are written.

/// Declares rows of documentation, name, parameters and module, after what they are about.
macro_rules! rows {
    (
        $group:literal;
        $($(#[doc = $doc:literal])* $name:ident($parameters:literal) $module:literal;)*
    ) => {
        /// The rows of this file.
        pub(super) const ROWS: &[$crate::PreludeFunction] = &[$(
            $crate::PreludeFunction {
                name: stringify!($name),
                group: $group,
                module: $module,
                parameters: $parameters,
                doc: concat!($($doc, "\n"),*),
            },
        )*];
    };
}

pub(super) use rows;
