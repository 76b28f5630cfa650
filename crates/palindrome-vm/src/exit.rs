//! Why the fast engine's loop ended.

use crate::exec::Flow;
use crate::trap::Trap;

/// Why the loop ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The limit is near, or the trail wants to be sealed.
    Limit,
    /// The instruction at the present position is for `exec`.
    Slow,
    /// There is a breakpoint at the present position.
    Break,
    /// The last instruction wrote to watched bytes.
    Watched,
    /// A runtime function at the present position came to something else than to go on.
    Called(Result<Flow, Trap>),
}
