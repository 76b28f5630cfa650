//! The chores as tests, so that `cargo test` is the whole truth.

use std::fs;

use xtask::{Tree, stale_pages, tidy, workspace_root};

#[test]
fn the_tree_is_tidy() {
    let findings = tidy(&Tree::read(&workspace_root()).unwrap()).unwrap();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn the_generated_pages_are_current() {
    let stale = stale_pages(&workspace_root());
    assert!(stale.is_empty(), "{}", stale.join("\n"));
}

#[test]
fn a_tree_that_is_not_tidy_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let write = |path: &str, text: &str| {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), text).unwrap();
    };
    write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n");
    write("crates/a/Cargo.toml", "[package]\nname = \"a\"\nedition = \"2024\"\n");
    write("crates/a/src/lib.rs", &format!("fn f() {{ {}!() }}\n", "todo"));
    write("crates/a/src/long.rs", &format!("//! Long.\n{}", "\n".repeat(700)));
    write("ARCHITECTURE.md", "# A\n\nSee `crates/b`, [c](c.md) and [d](#nothing).\n");
    write("docs/two.md", "# One\n\n# Two\n");

    let findings = tidy(&Tree::read(root).unwrap()).unwrap().join("\n");
    for expected in [
        "a: no [package.metadata.floor] level",
        "crates/a/src/lib.rs: begin it with `//!`",
        "crates/a/src/lib.rs:1: `todo",
        "crates/a/src/long.rs: 701 lines; which second noun is in here?",
        "ARCHITECTURE.md:3: `crates/b` does not exist",
        "ARCHITECTURE.md:3: the link to c.md leads nowhere",
        "ARCHITECTURE.md:3: ARCHITECTURE.md has no heading for #nothing",
        "ARCHITECTURE.md: no heading with `crates/a`",
        "docs/two.md: begins with one `# ` title, and has no second",
    ] {
        assert!(findings.contains(expected), "{expected}\n\nis not in\n\n{findings}");
    }
}
