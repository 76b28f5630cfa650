//! The comparison with Lua, gforth and others: the same programs in all languages print the same.
//!
//! A twin is a pair of files in `corpus/pvm/peers` with the same name, one ending in `.pvm` and
//! one in `.lua`. The benchmark compares the outputs of its programs, too: it is run at smoke size.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const LUA: &str = "lua5.4";
const TWINS: &str = "corpus/pvm/peers";

/// Runs every twin and says how many agree.
///
/// # Errors
/// A tool is missing, a program fails, or the outputs differ.
pub fn peers(root: &Path) -> Result<String, String> {
    let [palindrome, bench] = build(root, ["palindrome", "palindrome-bench"])?;
    let mut programs = Vec::new();
    for entry in fs::read_dir(root.join(TWINS)).map_err(|error| format!("{TWINS}: {error}"))? {
        let path = entry.map_err(|error| format!("{TWINS}: {error}"))?.path();
        if path.extension().is_some_and(|extension| extension == "lua") {
            programs.push(path);
        }
    }
    programs.sort();
    if programs.is_empty() {
        return Err(format!("{TWINS} has no .lua file"));
    }
    for theirs in &programs {
        let ours = theirs.with_extension("pvm");
        let expected = output(Command::new(LUA).arg(theirs))?;
        let found = output(Command::new(&palindrome).arg("run").arg(&ours))?;
        if found != expected {
            return Err(format!("{}: prints\n{found}but {LUA} prints\n{expected}", ours.display()));
        }
    }
    for part in ["peers", "tacit-peers", "achronyme-peers", "numeric", "travel-peers"] {
        output(Command::new(&bench).args(["--smoke", "--only", part]).current_dir(root))?;
    }
    Ok(format!("{} programs and the benchmark's print what their peers print", programs.len()))
}

/// Builds some programs and says where they are. All is built as the tests build it: for one package alone
/// other features of libraries would be asked for, and all crates built a second time.
pub(crate) fn build<const N: usize>(root: &Path, names: [&str; N]) -> Result<[PathBuf; N], String> {
    let arguments = ["test", "--workspace", "--no-run", "--quiet", "--message-format", "json"];
    let messages = output(Command::new(env!("CARGO")).args(arguments).current_dir(root))?;
    let messages = messages.lines().map(serde_json::from_str::<serde_json::Value>);
    let messages: Vec<_> = messages.filter_map(Result::ok).collect();
    let mut found = names.map(|_| PathBuf::new());
    for (place, name) in found.iter_mut().zip(names) {
        let is_it = |message: &&serde_json::Value| {
            message["target"]["name"] == name && message["profile"]["test"] == false
        };
        let executables = messages.iter().filter(is_it).map(|message| &message["executable"]);
        *place = executables
            .filter_map(|path| path.as_str())
            .next_back()
            .map(PathBuf::from)
            .ok_or_else(|| format!("no package has a program `{name}`"))?;
    }
    Ok(found)
}

/// What a command prints; an exit code other than 0 is a failure.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("cannot run {name}: {error}"))?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{name} ended with {}: {error}", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
