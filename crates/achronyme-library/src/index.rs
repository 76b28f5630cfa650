//! `object[…]`, read and changed.

mod change;
pub(crate) mod place;
mod read;
mod selection;

pub use change::set;
pub use place::at as position;
pub(crate) use read::characters;
pub use read::get;

/// What stands between the brackets of an index.
#[derive(Clone, Debug)]
pub enum Argument<V> {
    /// One place, or several where it is a vector of numbers.
    At(V),
    /// From the first to before the second; a side that is missing is the end on that side.
    Slice(Option<V>, Option<V>),
}
