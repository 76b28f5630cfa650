//! What all views have, and how they are declared.

use crate::syntax::{Node, SyntaxKind, Token};

/// A node seen as what it means.
pub trait View<'t>: Sized {
    /// The node as this view, if it is of the right kind.
    fn cast(node: Node<'t>) -> Option<Self>;

    /// The node.
    fn node(self) -> Node<'t>;
}

/// Declares views of a kind of node each.
macro_rules! views {
    ($($(#[$meta:meta])* $name:ident)*) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name<'t>(Node<'t>);

            impl<'t> View<'t> for $name<'t> {
                fn cast(node: Node<'t>) -> Option<Self> {
                    (node.kind() == SyntaxKind::$name).then_some(Self(node))
                }

                fn node(self) -> Node<'t> {
                    self.0
                }
            }
        )*
    };
}

/// Declares a view that is one of several.
macro_rules! choice {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name<'t> {
            $($(#[$variant_meta])* $variant($variant<'t>),)*
        }

        impl<'t> View<'t> for $name<'t> {
            fn cast(node: Node<'t>) -> Option<Self> {
                None$(.or_else(|| $variant::cast(node).map(Self::$variant)))*
            }

            fn node(self) -> Node<'t> {
                match self {
                    $(Self::$variant(view) => view.node(),)*
                }
            }
        }
    };
}

pub(super) use {choice, views};

/// The first node in `node` that can be seen so.
pub(super) fn child<'t, V: View<'t>>(node: Node<'t>) -> Option<V> {
    node.children().find_map(V::cast)
}

/// The nodes in `node` that can be seen so.
pub(super) fn children<'t, V: View<'t>>(node: Node<'t>) -> impl Iterator<Item = V> + Clone {
    node.children().filter_map(V::cast)
}

/// The first name, or the first keyword where one can stand for a name.
pub(super) fn word(node: Node<'_>) -> Option<Token<'_>> {
    node.tokens().find(|token| token.kind().is_word())
}

/// The first name.
pub(super) fn name(node: Node<'_>) -> Option<Token<'_>> {
    node.token(SyntaxKind::Name)
}
