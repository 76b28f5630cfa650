//! Every figure is measured once with tiny sizes: the outputs are checked, the times are not.

use std::process::Command;

/// What the benchmark prints with these arguments and tiny sizes.
fn printed(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_palindrome-bench"))
        .arg("--smoke")
        .args(arguments)
        .output()
        .expect("it was built for this test");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text.into_owned()
}

#[test]
fn every_figure_is_measured_after_its_output_was_checked() {
    let text = printed(&[]);
    let titles = [
        "## Speed",
        "## Recording",
        "## Time travel of PVM",
        "## Time travel of Tacit",
        "## Time travel of Achronyme",
        "## Forks",
        "## Speed of Tacit",
        "## Pauses of Tacit",
    ];
    for title in titles {
        assert!(text.contains(title), "{title} is missing:\n{text}");
    }
}

#[test]
fn a_long_run_is_measured_as_well() {
    let text = printed(&["--only", "travel", "--long"]);
    assert!(text.contains("## A long run of PVM"), "{text}");
}

#[test]
fn relations_are_measured_after_all_sides_came_to_the_same() {
    // A peer that is not there is told; its figures are missing then.
    let text = printed(&["--only", "relations", "--python", "no such python"]);
    for title in ["## Relations", "## Rules", "## Reads of the past", "## Durable transactions"] {
        assert!(text.contains(title), "{title} is missing:\n{text}");
    }
    assert!(text.contains("DuckDB was not measured"), "{text}");
    let is_searched = text.contains("## Search") || text.contains("SWI-Prolog was not measured");
    assert!(is_searched, "{text}");
}
