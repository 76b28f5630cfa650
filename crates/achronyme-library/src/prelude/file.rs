//! Files, as futures.

use super::row::rows;

rows! {
    "Files";
    /// A future of what is in a file, or of an error of kind `IOError`, as a value.
    ///
    /// `typeof(await read_file("no such file"))` → `"Error"`
    read_file("path") "io";
    /// A future of null, once a text is the content of a file; or of an error, as a value.
    write_file("path, text") "io";
    /// A future of null, once a text is added at the end of a file; or of an error, as a value.
    append_file("path, text") "io";
    /// A future of true, once a file is removed; or of an error, as a value.
    delete_file("path") "io";
    /// A future of whether there is a file or folder.
    ///
    /// `await exists("no such file")` → `false`
    exists("path") "io";
}
