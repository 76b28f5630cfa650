//! Every figure is measured once with tiny sizes: the outputs are checked, the times are not.

use std::process::Command;

#[test]
fn every_figure_is_measured_after_its_output_was_checked() {
    let output = Command::new(env!("CARGO_BIN_EXE_palindrome-bench"))
        .arg("--smoke")
        .output()
        .expect("it was built for this test");
    let (text, errors) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}{errors}");
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
