//! The page about plots: its programs run, print what they should, and make the pictures beside it.
//! `UPDATE=1` rewrites the pictures; look at them then.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn documents() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/achronyme")
}

/// The fenced blocks of a page: what stands after the fence, and what is in it.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let fences = page.split("```").skip(1).step_by(2);
    fences.filter_map(|block| block.split_once('\n')).collect()
}

fn run(program: &str, folder: &Path) -> Output {
    fs::write(folder.join("program.soc"), program).unwrap();
    Command::new(env!("CARGO_BIN_EXE_palindrome"))
        .args(["run", "program.soc"])
        .current_dir(folder)
        .env("PALINDROME_HOME", folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

#[test]
fn the_programs_about_plots_make_the_pictures_beside_them() {
    let pictures = documents().join("pictures");
    let page = fs::read_to_string(documents().join("plots.md")).unwrap();
    let blocks = blocks(&page);
    let mut made = 0;
    for (index, (language, program)) in blocks.iter().enumerate() {
        if *language != "soc" {
            continue;
        }
        let home = tempfile::tempdir().unwrap();
        let done = run(program, home.path());
        assert!(done.status.success(), "{program}\n{}", String::from_utf8_lossy(&done.stderr));
        if let Some(("output", expected)) = blocks.get(index + 1) {
            assert_eq!(String::from_utf8(done.stdout).unwrap(), *expected, "{program}");
        }
        for entry in fs::read_dir(home.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "svg") {
                continue;
            }
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(page.contains(&format!("(pictures/{name})")), "{name} is not on the page");
            let found = fs::read_to_string(&path).unwrap();
            let kept = pictures.join(name);
            if is_update_asked() {
                fs::write(&kept, &found).unwrap();
            }
            let is_same = fs::read_to_string(&kept).is_ok_and(|kept| kept == found);
            assert!(is_same, "{name} has changed; UPDATE=1 rewrites it");
            made += 1;
        }
    }
    assert_eq!(made, page.matches("](pictures/").count(), "every picture is made by a program");
}

#[expect(clippy::disallowed_methods, reason = "a developer asks for new answers this way")]
fn is_update_asked() -> bool {
    std::env::var_os("UPDATE").is_some()
}
