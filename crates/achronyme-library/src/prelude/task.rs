//! Tasks that wait for tasks.

use super::row::rows;

rows! {
    "Tasks and signals";
    /// A future of the vector of what several futures come to. If one fails, so does it.
    ///
    /// `await join_all([spawn(() => 1), spawn(() => 2)])` → `[1, 2]`
    join_all("futures") "tasks";
    /// A future of what the first of several futures comes to.
    ///
    /// `await race([spawn(() => 1), sleep(1000)])` → `1`
    race("futures") "tasks";
    /// A future of what another comes to within so many milliseconds; after that it fails.
    ///
    /// `await timeout(spawn(() => 1), 1000)` → `1`
    timeout("future, milliseconds") "tasks";
}
