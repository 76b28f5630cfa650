//! Functions that each engine runs itself: they call functions, wait, end the program,
//! or change how it prints.

use crate::builtin::row::rows;
use crate::numbers::is_integer;
use crate::{Fault, Store, View};

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
    /// Lets `print` and the like round numbers to so many digits after the point from now on; with a
    /// number below 0, no longer.
    ///
    /// `do { set_precision(2); str(2 / 3) }` → `"0.6666666666666666"`
    859 set_precision("n") "" task;
    /// Ends the program at once, with this code for its caller: an integer from 0 to 255.
    883 exit("code = 0") "io" task;
}

/// How many digits after the point `set_precision` wants; `None` for all.
///
/// # Errors
/// It wants no integer.
pub fn wanted_precision<S: Store>(store: &S, arguments: &[S::Value]) -> Result<Option<u16>, Fault> {
    match arguments.first().map(|value| store.view(value)) {
        Some(View::Number(digits)) if digits < 0.0 => Ok(None),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        Some(View::Number(digits)) if is_integer(digits) => Ok(Some(digits as u16)),
        Some(View::Number(digits)) => {
            let message = format!("n must be an integer, got {digits}");
            Err(Fault { kind: "ValueError", message }.of_function("set_precision"))
        }
        other => {
            let kind = other.map_or("null", |view| view.kind().name());
            let message = format!("set_precision: n must be a number, got {kind}");
            Err(Fault { kind: "TypeError", message })
        }
    }
}

/// The code that `exit` gives to the program's caller.
///
/// # Errors
/// It is no integer from 0 to 255.
pub fn exit_code<S: Store>(store: &S, arguments: &[S::Value]) -> Result<u8, Fault> {
    match arguments.first().map(|value| store.view(value)) {
        None | Some(View::Null) => Ok(0),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it fits")]
        Some(View::Number(code)) if is_integer(code) && (0.0..=255.0).contains(&code) => {
            Ok(code as u8)
        }
        Some(View::Number(code)) => {
            let message = format!("code must be an integer from 0 to 255, got {code}");
            Err(Fault { kind: "ValueError", message }.of_function("exit"))
        }
        Some(other) => {
            let message = format!("exit: code must be a number, got {}", other.kind().name());
            Err(Fault { kind: "TypeError", message })
        }
    }
}
