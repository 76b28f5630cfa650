//! The web, as futures.

use super::row::rows;

rows! {
    "The web";
    /// A future of what an address holds, as a string.
    ///
    /// Options: `timeout` in seconds, or null for the system's own limits; `headers` and `query`,
    /// records; `json`, whether the answer is read as JSON; `full`, whether the value is a record of
    /// `status`, `headers`, `body` and `url`. Where there is no answer, or one with a status other than
    /// 200 to 299, the future is an error of kind `NetworkError` or `HttpError`, as a value; with
    /// `raise: true`, to await it throws that error; with `raise: false`, any status will do.
    ///
    /// `typeof(await http_get("http://127.0.0.1:1/", {timeout: 1}))` → `"Error"`
    http_get("url, {timeout = 30, headers, query, json = false, raise, full = false}") "io";
    /// A future of what an address answers to a text, which is JSON unless headers say otherwise. The
    /// options are those of `http_get`; with `json: true`, any value can be sent, as JSON. A record
    /// without an option is one of headers.
    http_post("url, text, {timeout = 30, headers, query, json = false, raise, full = false}") "io";
    /// A future of the answer to a request: a record of `status`, `headers`, `body` and `url`. The
    /// request is a record with `url`, and besides `method`, `body`, and the options of `http_get`.
    /// To await it throws an error where there is no answer, or one with a status other than 200 to
    /// 299, unless `raise: false` lets any status do.
    ///
    /// `try { await http_request({url: "http://127.0.0.1:1/"}) } catch (e) { e.kind }` → `"NetworkError"`
    http_request("{url, method = \"GET\", body, timeout = 30, headers, query, json = false, raise = true}") "io";
}
