//! Folders, and what is done to files as a whole.

use machine::{Answer, Question};

use super::world::{call_of, refused};
use crate::builtin::row::rows;
use crate::functions::Call;
use crate::{Fault, Store};

rows! {
    /// Names and kinds of what is in a folder.
    876 _list_dir("path") "" world ask_list, finish_list;
    /// Makes a folder. Those around it are made where they are not there, and nothing is wrong where
    /// the folder itself is there, unless `parents: false`.
    877 mkdir("path, {parents = true}") "io" world ask_make, finish_make;
    /// Removes a folder in which there is nothing.
    ///
    /// `try { remove_dir("no such folder") } catch (e) { e.kind }` → `"IOError"`
    878 remove_dir("path") "io" world ask_remove, finish_remove;
    /// Copies a file, in place of what has the second path.
    ///
    /// `try { copy_file("no such file", "b") } catch (e) { e.kind }` → `"IOError"`
    879 copy_file("from, to") "io" world ask_copy, finish_copy;
    /// Gives a file or folder another path, in place of a file that has it.
    ///
    /// `try { move_file("no such file", "b") } catch (e) { e.kind }` → `"IOError"`
    880 move_file("from, to") "io" world ask_move, finish_move;
    /// What there is to say of a file or folder: a record of its `size` in bytes, when it was
    /// `modified`, in seconds since 1970, and `is_dir`.
    ///
    /// `stat_file(".").is_dir` → `true`
    881 stat_file("path") "io" world ask_describe, finish_describe;
}

/// The path at this place.
fn path<S: Store>(store: &S, call: &Call<S::Value>, place: usize) -> Result<Vec<u8>, Fault> {
    Ok(call.text(store, place)?.as_bytes().to_vec())
}

/// The only path of a call.
fn only_path<S: Store>(
    store: &S,
    name: &'static str,
    arguments: &[S::Value],
) -> Result<Vec<u8>, Fault> {
    path(store, &call_of(store, name, arguments)?, 0)
}

/// Null, once something was done to the first path.
fn done<S: Store>(
    store: &mut S,
    name: &str,
    action: &str,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    match answer {
        Answer::Done => Ok(store.null()),
        _ => Err(refused(name, action, store.text(&arguments[0]), answer)),
    }
}

fn ask_list<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    Ok(Question::ListFolder(only_path(store, "_list_dir", arguments)?))
}

fn finish_list<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    let Answer::Pairs(pairs) = answer else {
        return Err(refused("list_dir", "list", store.text(&arguments[0]), answer));
    };
    let mut entries = Vec::with_capacity(pairs.len());
    for (name, kind) in pairs {
        let name = store.new_string(&String::from_utf8_lossy(name))?;
        let kind = store.new_string(&String::from_utf8_lossy(kind))?;
        entries.push(store.new_vector(&[name, kind])?);
    }
    store.new_vector(&entries)
}

fn ask_make<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let call = call_of(store, "mkdir", arguments)?;
    let with_parents = call.flag(store, "parents", true)?;
    Ok(Question::MakeFolder { path: path(store, &call, 0)?, with_parents })
}

fn finish_make<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    done(store, "mkdir", "make", arguments, answer)
}

fn ask_remove<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    Ok(Question::RemoveFolder(only_path(store, "remove_dir", arguments)?))
}

fn finish_remove<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    done(store, "remove_dir", "remove", arguments, answer)
}

fn ask_copy<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let call = call_of(store, "copy_file", arguments)?;
    Ok(Question::CopyFile { from: path(store, &call, 0)?, to: path(store, &call, 1)? })
}

fn finish_copy<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    done(store, "copy_file", "copy", arguments, answer)
}

fn ask_move<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let call = call_of(store, "move_file", arguments)?;
    Ok(Question::MoveFile { from: path(store, &call, 0)?, to: path(store, &call, 1)? })
}

fn finish_move<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    done(store, "move_file", "move", arguments, answer)
}

fn ask_describe<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    Ok(Question::DescribeFile(only_path(store, "stat_file", arguments)?))
}

fn finish_describe<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    let Answer::Pairs(pairs) = answer else {
        return Err(refused("stat_file", "look at", store.text(&arguments[0]), answer));
    };
    let number = |wanted: &str| {
        let pair = pairs.iter().find(|pair| pair.0 == wanted.as_bytes());
        let text = pair.and_then(|pair| std::str::from_utf8(&pair.1).ok());
        text.and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0)
    };
    let size = store.number(number("size"));
    let modified = store.number(number("modified") / 1e9);
    let is_folder = store.boolean(number("is_folder") > 0.0);
    store.new_record(&[
        ("size", size, false),
        ("modified", modified, false),
        ("is_dir", is_folder, false),
    ])
}
