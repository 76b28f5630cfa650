//! A tree by what it means: what all views have, and how they are declared.

use crate::kind::Kind;
use crate::token::Node;

/// A node seen as what it means.
pub trait View<'t>: Sized {
    /// The kinds of the language.
    type Kind: Kind;

    /// The node as this view, if it is of the right kind.
    fn cast(node: Node<'t, Self::Kind>) -> Option<Self>;

    /// The node.
    fn node(self) -> Node<'t, Self::Kind>;
}

/// Declares views of a kind of node each. `SyntaxKind` and `View` have to be in scope.
#[macro_export]
macro_rules! views {
    ($($(#[$meta:meta])* $name:ident)*) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name<'t>($crate::Node<'t, SyntaxKind>);

            impl<'t> View<'t> for $name<'t> {
                type Kind = SyntaxKind;

                fn cast(node: $crate::Node<'t, SyntaxKind>) -> Option<Self> {
                    (node.kind() == SyntaxKind::$name).then_some(Self(node))
                }

                fn node(self) -> $crate::Node<'t, SyntaxKind> {
                    self.0
                }
            }
        )*
    };
}

/// Declares a view that is one of several.
#[macro_export]
macro_rules! choice {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name<'t> {
            $($(#[$variant_meta])* $variant($variant<'t>),)*
        }

        impl<'t> View<'t> for $name<'t> {
            type Kind = SyntaxKind;

            fn cast(node: $crate::Node<'t, SyntaxKind>) -> Option<Self> {
                None$(.or_else(|| $variant::cast(node).map(Self::$variant)))*
            }

            fn node(self) -> $crate::Node<'t, SyntaxKind> {
                match self {
                    $(Self::$variant(view) => view.node(),)*
                }
            }
        }
    };
}

/// Declares what a view has one of: the first node in it that can be seen so.
#[macro_export]
macro_rules! getters {
    ($($name:ident { $($(#[$meta:meta])* $getter:ident: $view:ident;)* })*) => {
        $(impl<'t> $name<'t> {
            $(
                $(#[$meta])*
                #[must_use]
                pub fn $getter(self) -> Option<$view<'t>> {
                    $crate::child(self.0)
                }
            )*
        })*
    };
}

/// The first node in `node` that can be seen so.
pub fn child<'t, V: View<'t>>(node: Node<'t, V::Kind>) -> Option<V> {
    node.children().find_map(V::cast)
}

/// The nodes in `node` that can be seen so.
pub fn children<'t, V: View<'t>>(node: Node<'t, V::Kind>) -> impl Iterator<Item = V> + Clone {
    node.children().filter_map(V::cast)
}
