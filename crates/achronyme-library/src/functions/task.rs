//! Functions that each engine runs itself: they call functions, or wait.

use crate::builtin::row::rows;

rows! {
    /// Starts a function with these arguments as a task of its own; the future is its result. If it
    /// fails, the result is the error, as a value.
    ///
    /// `await spawn((a, b) => a + b, 1, 2)` → `3`
    100 spawn("function, ...") "" task;
    /// A future that is there after so many milliseconds, and is null.
    ///
    /// `[await sleep(1)]` → `[null]`
    101 sleep("milliseconds") "" task;
    /// The two ends of a channel: a sender, a receiver.
    ///
    /// `typeof(channel()[0])` → `"Sender"`
    102 channel("") "" task;
    /// A mutex around a value.
    ///
    /// `typeof(AsyncMutex(1))` → `"AsyncMutex"`
    103 AsyncMutex("value") "" task;
    /// A value that runs effects when it changes.
    ///
    /// `signal(1).value` → `1`
    104 signal("value?") "" task;
    /// Runs a function now, and again whenever a signal changes whose value it looked at.
    105 effect("function") "" task;
    /// Ends a task where it waits. Its future becomes an error of kind `Cancelled`.
    106 cancel("future") "" task;
}
