//! `docs/cli.md`, made from the command line's own declaration and the debugger's table.

use std::fmt::Write as _;

use clap::{Command, CommandFactory};

use crate::arguments::{Palindrome, Pvmc, Pvmd, Pvmr};

/// Columns of the help texts on the page.
const WIDTH: usize = 96;

/// The whole page.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "# The command line\n\n\
         Made from the programs' own help by a test; do not edit. `UPDATE=1 cargo test -p cli`\n\
         writes it anew.\n\n",
    );
    for command in [Palindrome::command(), Pvmr::command(), Pvmc::command(), Pvmd::command()] {
        let name = command.get_name().to_owned();
        let mut command = command.term_width(WIDTH).disable_colored_help(true).bin_name(name);
        command.build();
        section(&mut page, &mut command, 2);
    }
    page.push_str("## Commands of the debugger\n\n");
    page.push_str(debugger::reference().trim_end());
    page.push('\n');
    page
}

fn section(page: &mut String, command: &mut Command, level: usize) {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let help = command.render_help().to_string();
    let lines: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
    let _ =
        writeln!(page, "{} `{name}`\n\n```text\n{}\n```\n", "#".repeat(level), lines.join("\n"));
    for inner in command.get_subcommands_mut() {
        if inner.get_name() != "help" {
            section(page, inner, level + 1);
        }
    }
}
