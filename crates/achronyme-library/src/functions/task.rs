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
    100 spawn("function, ...") "tasks" task;
    /// A future that is there after so many milliseconds, and is null.
    ///
    /// `[await sleep(1)]` → `[null]`
    101 sleep("milliseconds") "tasks" task;
    /// The two ends of a channel: a sender with `send(value)` and `close()`, whose values wait until
    /// the receiver takes them with `recv()` or a `for` loop. After `close()` it gives null.
    ///
    /// `do { let [tx, rx] = channel(); await tx.send(7); await rx.recv() }` → `7`
    /// `do { let [tx, rx] = channel(); tx.send(1); tx.send(2); tx.close(); for (x in rx) { x } }` → `2`
    102 channel("") "tasks" task;
    /// A mutex around a value. `await mutex.lock()` gives a guard with `get()` and `set(value)`, which
    /// nobody else has until `release()` or the end of the task that asked.
    ///
    /// `do { let guard = await AsyncMutex(1).lock(); guard.set(2); guard.get() }` → `2`
    103 AsyncMutex("value") "tasks" task;
    /// A value that runs effects when it changes.
    ///
    /// `signal(1).value` → `1`
    104 signal("value?") "tasks" task;
    /// Runs a function now, and again whenever a signal changes whose value it looked at.
    105 effect("function") "tasks" task;
    /// Ends a task where it waits. Its future becomes an error of kind `Cancelled`.
    106 cancel("future") "tasks" task;
    /// Lets `print` and the like round numbers to so many digits after the point from now on; with a
    /// number below 0, no longer.
    ///
    /// `do { set_precision(2); str(2 / 3) }` → `"0.6666666666666666"`
    859 set_precision("n") "io" task;
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
