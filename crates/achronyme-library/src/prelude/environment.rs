//! Environment variables.

use super::row::rows;

rows! {
    "Environment variables";
    /// Sets the environment variables in a file of lines `NAME=value`, which is `.env` if none is
    /// given; whether it could be read.
    ///
    /// `env_load("no such file")` → `false`
    env_load("path?") "io";
}
