//! Long runs of tests that are short in the ordinary ones.

use std::path::Path;
use std::process::Command;

/// Kills in all, unless said otherwise.
const KILLS: u64 = 10_000;
/// The guests, each of which is killed its part of the times.
const GUESTS: u64 = 3;
/// Inputs for each of the fuzz targets, unless said otherwise.
const INPUTS: u64 = 100_000;

/// Runs what `arguments` name.
///
/// # Errors
/// There is no such soak, or it found something.
pub fn soak(root: &Path, arguments: &[String]) -> Result<(), String> {
    let (what, count) = match arguments {
        [what] => (what.as_str(), None),
        [what, count] => {
            let said = count.replace(',', "").parse::<u64>();
            (what.as_str(), Some(said.map_err(|_| format!("{count} is no number"))?))
        }
        _ => ("", None),
    };
    let mut command = Command::new("cargo");
    match what {
        "kills" => {
            let kills = count.unwrap_or(KILLS).div_ceil(GUESTS);
            command.args(["test", "--release", "-p", "cli", "--test", "durable", "killed"]);
            command.env("PALINDROME_KILLS", kills.to_string());
        }
        "fuzz" => {
            command.args(["test", "-p", "xtask", "--test", "fuzz"]);
            command.env("PALINDROME_FUZZ", count.unwrap_or(INPUTS).to_string());
        }
        _ => {
            let wanted = "say what: `cargo xtask soak kills 10000`, `cargo xtask soak fuzz 100000`";
            return Err(wanted.to_owned());
        }
    }
    match command.current_dir(root).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the soak failed: {status}")),
        Err(error) => Err(format!("cannot run cargo: {error}")),
    }
}
