//! The web, as futures.

use super::row::rows;

rows! {
    "The web";
    /// A future of what an address holds, or of an error of kind `NetworkError` or `HttpError`, as a
    /// value.
    http_get("url") "io";
    /// A future of what an address answers to a text, which is JSON unless headers say otherwise.
    http_post("url, text, headers?") "io";
}
