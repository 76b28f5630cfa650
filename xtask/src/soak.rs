//! Long runs of tests that are short in the ordinary ones.

use std::path::Path;
use std::process::Command;

/// Kills in all, unless said otherwise.
const KILLS: u32 = 10_000;

/// The guests, each of which is killed its part of the times.
const GUESTS: u32 = 3;

/// Runs what `arguments` name.
///
/// # Errors
/// There is no such soak, or it found something.
pub fn soak(root: &Path, arguments: &[String]) -> Result<(), String> {
    let kills = match arguments {
        [what] if what == "kills" => KILLS,
        [what, count] if what == "kills" => {
            count.replace(',', "").parse().map_err(|_| format!("{count} is no number of kills"))?
        }
        _ => return Err("say what: `cargo xtask soak kills 10000`".to_owned()),
    };
    let mut command = Command::new("cargo");
    command.args(["test", "--release", "-p", "cli", "--test", "durable", "killed"]);
    command.env("PALINDROME_KILLS", kills.div_ceil(GUESTS).to_string()).current_dir(root);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the soak failed: {status}")),
        Err(error) => Err(format!("cannot run cargo: {error}")),
    }
}
