//! Environments in files.

use super::row::rows;

rows! {
    "Environments in files";
    /// Keeps the variables that can be seen here in a file. `options` is its path, or a record with
    /// `path`, and besides `include_only` and `exclude`, vectors of names, where `"a*"` is all that
    /// begin with `a`; `description`, `tags`; `compress` (true) and `compression_level` (1 to 22, of
    /// which packing knows only one); `allow_overwrite` (false), without which a file that is there
    /// is an error. Functions of the program, generators, errors and tasks are not kept, which is
    /// told. It has to be called by its name.
    ///
    /// `typeof(save_env)` → `"Function"`
    save_env("options") "io";
    /// Takes the names in a file that `save_env` has made: those that the program does not declare
    /// itself mean from then on what they meant there. `options` is its path, or a record with
    /// `path`, and besides `mode`: `"merge"`, `"replace"`, or `"namespace"`, which makes one record of
    /// all, with the name that `namespace` gives; `overwrite` (false), which like `"replace"` takes
    /// what was restored before from the new file, too; `include_only` and `exclude`; `verify_checksum`
    /// (true); `strict_version` (false). A name that the program declares stays what it is; to
    /// replace it is an error. It has to be called by its name.
    ///
    /// `try { restore_env("no such file") } catch (e) { "there is none" }` → `"there is none"`
    restore_env("options") "io";
    /// What is said of the variables in a file: `created_by`, `created_at`, `platform`,
    /// `num_bindings`, `binding_names`, and `description` and `tags` where there are any.
    ///
    /// `try { env_info("no such file") } catch (e) { "there is none" }` → `"there is none"`
    env_info("path") "io";
}
