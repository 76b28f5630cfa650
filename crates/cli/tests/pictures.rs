//! The pages with pictures: their programs run, print what they should, and make the pictures beside
//! them. `UPDATE=1` rewrites the pictures, and the examples on their page; look at them then.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn documents() -> PathBuf {
    root().join("docs/achronyme")
}

/// The fenced blocks of a page: what stands after the fence, and what is in it.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let fences = page.split("```").skip(1).step_by(2);
    fences.filter_map(|block| block.split_once('\n')).collect()
}

fn run(program: &str, engine: &str, folder: &Path) -> Output {
    fs::write(folder.join("program.soc"), program).unwrap();
    Command::new(env!("CARGO_BIN_EXE_palindrome"))
        .args(["run", "--engine", engine, "program.soc"])
        .current_dir(folder)
        .env("PALINDROME_HOME", folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

/// Runs a program of a page and compares what it prints, if that is on the page, and its pictures.
/// How many these are.
fn check(page: &str, program: &str, output: Option<&str>, engine: &str) -> usize {
    let home = tempfile::tempdir().unwrap();
    let done = run(program, engine, home.path());
    assert!(done.status.success(), "{program}\n{}", String::from_utf8_lossy(&done.stderr));
    if let Some(expected) = output {
        assert_eq!(String::from_utf8(done.stdout).unwrap(), *expected, "{engine}: {program}");
    }
    let mut made = 0;
    for entry in fs::read_dir(home.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "svg") {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(page.contains(&format!("(pictures/{name})")), "{name} is not on the page");
        let found = fs::read_to_string(&path).unwrap();
        let kept = documents().join("pictures").join(name);
        if is_update_asked() {
            fs::write(&kept, &found).unwrap();
        }
        let is_same = fs::read_to_string(&kept).is_ok_and(|kept| kept == found);
        assert!(is_same, "{engine}: {name} has changed; UPDATE=1 rewrites it");
        made += 1;
    }
    made
}

#[test]
fn the_programs_about_plots_make_the_pictures_beside_them() {
    let page = fs::read_to_string(documents().join("plots.md")).unwrap();
    let blocks = blocks(&page);
    let mut made = 0;
    for (index, (language, program)) in blocks.iter().enumerate() {
        if *language != "soc" {
            continue;
        }
        let output = blocks.get(index + 1).filter(|(language, _)| *language == "output");
        made += check(&page, program, output.map(|(_, output)| *output), "vm");
    }
    assert_eq!(made, page.matches("](pictures/").count(), "every picture is made by a program");
}

#[test]
fn the_worked_examples_are_the_programs_that_are_kept() {
    let path = documents().join("examples.md");
    let mut page = fs::read_to_string(&path).unwrap();
    if is_update_asked() {
        page = current(&page);
        fs::write(&path, &page).unwrap();
    }
    assert!(page == current(&page), "the examples have changed; UPDATE=1 rewrites their page");
    let blocks = blocks(&page);
    let mut made = 0;
    for (index, (info, program)) in blocks.iter().enumerate() {
        if !info.starts_with("soc ") {
            continue;
        }
        let (language, output) = blocks[index + 1];
        assert_eq!(language, "output", "{info} has no output");
        for engine in ["vm", "tree"] {
            made += check(&page, program, Some(output), engine);
        }
    }
    assert_eq!(made, 2 * page.matches("](pictures/").count(), "each picture is made by a program");
    assert!(made >= 2 * 5, "only {made} pictures");
}

/// The page with each block `soc FILE` as that file of the examples is, and the output after it as
/// it is kept beside the file.
fn current(page: &str) -> String {
    let examples = root().join("examples/achronyme");
    let mut parts: Vec<String> = page.split("```").map(str::to_owned).collect();
    for index in (1..parts.len()).step_by(2) {
        let info = parts[index].lines().next().unwrap_or_default().to_owned();
        let Some(name) = info.strip_prefix("soc ") else { continue };
        let program = fs::read_to_string(examples.join(name)).unwrap();
        let output = fs::read_to_string(examples.join(name).with_extension("out")).unwrap();
        let output = output.strip_suffix("= exit 0\n").unwrap();
        parts[index] = format!("{info}\n{program}");
        parts[index + 2] = format!("output\n{output}");
    }
    parts.join("```")
}

#[expect(clippy::disallowed_methods, reason = "a developer asks for new answers this way")]
fn is_update_asked() -> bool {
    std::env::var_os("UPDATE").is_some()
}
