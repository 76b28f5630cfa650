//! The page of all functions.

use std::fmt::Write as _;

use achronyme_library::{FunctionExample, FunctionHelp, function_helps};

/// Renders all functions as a Markdown page.
#[must_use]
pub fn library_reference() -> String {
    let mut page = String::from(
        "# The library of Achronyme\n\n\
         This page is made from the library's tables by `cargo xtask codegen`. Examples show the \
         echo of their value; tests run every one. All functions are there without import; each \
         can be imported from its module, too, to give it another name.\n",
    );
    let mut group = "";
    for help in function_helps() {
        if help.group != group {
            group = help.group;
            let _ = write!(page, "\n## {group}\n");
        }
        let FunctionHelp { name, parameters, description, examples, module, .. } = help;
        let _ = write!(page, "\n### `{name}({parameters})`\n\n{description}\n");
        let _ = write!(page, "\nIn module `\"{module}\"`.\n");
        if !examples.is_empty() {
            let lines: Vec<_> = examples.iter().map(FunctionExample::line).collect();
            let _ = write!(page, "\n```text\n{}\n```\n", lines.join("\n"));
        }
    }
    page
}
