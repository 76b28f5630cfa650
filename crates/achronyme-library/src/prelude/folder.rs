//! Folders.

use super::row::rows;

rows! {
    "Folders";
    /// The names of what is in a folder, in order. A `pattern` such as `"*.csv"` leaves others out:
    /// `*` is any letters, `?` any one, `[a-z]` one of these. With `recursive: true` there is also
    /// what is in the folders in it, as paths from there on; a pattern with `/` is compared with
    /// these, in which `**` is any letters and `/`. Links are not followed.
    ///
    /// `try { list_dir("no such folder") } catch (e) { e.kind }` → `"IOError"`
    list_dir("path = \".\", {pattern = null, recursive = false}") "io";
}
