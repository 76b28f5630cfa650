//! Paths of files, as texts.

use achronyme_data::path;
use machine::{Answer, Question};

use super::world::{call_of, refused};
use crate::builtin::row::rows;
use crate::functions::Call;
use crate::{Fault, Store};

rows! {
    /// Names joined to a path, with `/` between them on every system. What is before an absolute path
    /// does not count.
    ///
    /// `path_join("data", "2024", "a.csv")` → `"data/2024/a.csv"`
    869 path_join("path, ...") "io" library join;
    /// The folder of a path; empty if it does not say one.
    ///
    /// `path_dir("data/a.csv")` → `"data"`
    870 path_dir("path") "io" call folder;
    /// The last name of a path.
    ///
    /// `path_base("data/a.csv")` → `"a.csv"`
    871 path_base("path") "io" call base;
    /// How the last name of a path ends, from its last point on.
    ///
    /// `path_ext("data/a.csv")` → `".csv"`
    872 path_ext("path") "io" call ending;
    /// A path from the root on, without `.` and `..` in it. It need not be there, and links are not
    /// looked at.
    ///
    /// `path_abs("/data/../a.csv")` → `"/a.csv"`
    873 path_abs("path") "io" world ask_absolute, finish_absolute;
    /// The folder where the program was started, and where paths begin that are not absolute.
    ///
    /// `typeof(cwd())` → `"String"`
    874 cwd("") "io" world ask_folder, finish_folder;
    /// Whether a name is of a pattern with `*`, `?`, `[a-z]` and `**`.
    875 _path_matches("name, pattern") "" call matches;
}

fn join<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let mut joined = String::new();
    for name in arguments {
        if store.view(name) != crate::View::String {
            let kind = store.kind(name).name();
            let message = format!("path_join: all names must be strings, got {kind}");
            return Err(Fault { kind: "TypeError", message });
        }
        joined = path::join(&joined, store.text(name));
    }
    store.new_string(&joined)
}

fn folder<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let folder = path::folder(call.text(store, 0)?).to_owned();
    store.new_string(&folder)
}

fn base<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let base = path::base(call.text(store, 0)?).to_owned();
    store.new_string(&base)
}

fn ending<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let ending = path::ending(call.text(store, 0)?).to_owned();
    store.new_string(&ending)
}

fn matches<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let is_of = path::matches(call.text(store, 0)?, call.text(store, 1)?);
    Ok(store.boolean(is_of))
}

fn ask_absolute<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    call_of(store, "path_abs", arguments)?.text(store, 0)?;
    Ok(Question::WorkingFolder)
}

fn finish_absolute<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    let here = here("path_abs", answer)?;
    let path = path::absolute(&here, store.text(&arguments[0]));
    store.new_string(&path)
}

fn ask_folder<S: Store>(_: &mut S, _: &[S::Value]) -> Result<Question, Fault> {
    Ok(Question::WorkingFolder)
}

fn finish_folder<S: Store>(
    store: &mut S,
    _: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    store.new_string(&here("cwd", answer)?)
}

fn here(name: &str, answer: &Answer) -> Result<String, Fault> {
    match answer {
        Answer::Bytes(bytes) => Ok(String::from_utf8_lossy(bytes).into_owned()),
        _ => Err(refused(name, "find", ".", answer)),
    }
}
