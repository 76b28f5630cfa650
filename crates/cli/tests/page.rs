//! The page about the command line is what the command line says of itself.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::fs;

#[test]
fn the_page_about_the_command_line_is_current() {
    let path = common::root().join("docs/cli.md");
    let found = cli::reference();
    if common::is_update() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &found).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap() == found, "UPDATE=1 rewrites {}", path.display());
}
